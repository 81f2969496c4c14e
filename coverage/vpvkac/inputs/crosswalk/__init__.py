"""Crosswalk: tables in the unit codes of another year, recoded to the units of this one."""
