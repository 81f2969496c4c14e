"""`report.html`, a module for each section."""
