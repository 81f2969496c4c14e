"""The synthetic sample, made in the order of the modules.

`outline` → `units` (with `names`) → `roads` → `places` → `addresses` →
`feeds` → `people` → `published` (the files) → `truth` (what a right answer is).
Nothing here imports the program whose answers the truth judges.
"""
