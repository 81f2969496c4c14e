"""Pages without a map: `frame` gives them one look and one safe way to be written.

`report` writes the report from modules of its own beside it.
"""
