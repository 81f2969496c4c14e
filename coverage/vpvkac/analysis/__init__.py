"""Analysis: from tables to tables; no language, no view, no file."""
