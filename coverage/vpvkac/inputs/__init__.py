"""Inputs: the files of a project, read and placed as canonical tables, all faults at once."""
