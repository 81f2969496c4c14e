"""Outputs: what a run writes, from the result's tables; outputs show, they never decide.

`tables` gives the tables as files show them, one module each writes a kind
of file, and `folder` puts all of them in place together.
"""
