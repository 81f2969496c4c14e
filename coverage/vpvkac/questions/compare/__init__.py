"""Two runs side by side: what a change of rules, inputs or points changes.

`side` gives a run the form in which two can be compared, `earlier` reads one
back from its folder, `changes` compares, `report` and `change_map` show it.
"""
