"""Questions: a folder each, from what is asked to the files that answer it."""
