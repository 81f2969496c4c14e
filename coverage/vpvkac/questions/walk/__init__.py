"""Walking: how far each point is from its nearest stop along streets.

`network` holds the streets as arrays, `joining` joins points and stops to
them, `search` finds the way, `walk` does all three, `output` and `wording`
write and say what came of it.
"""
