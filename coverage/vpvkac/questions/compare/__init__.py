"""Two runs side by side: what a change of rules, inputs or points changes.

`question` gives a run the form in which two can be compared, `earlier` reads one back from its
folder.
"""
