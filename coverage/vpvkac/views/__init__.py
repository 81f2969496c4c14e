"""Views: what is shown, in no format yet; a page, a workbook or a map is made of it."""
