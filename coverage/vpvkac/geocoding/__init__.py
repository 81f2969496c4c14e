"""Geocoding: from an address to a position, by the state address register.

`index` finds rows of the register by any of their parts; `buildings` matches
whole addresses, `likeness` those that are written a little otherwise, `areas`
places what is left by its postcode, settlement or unit; `chain` is the way
through them.  Definitions and measured figures: `docs/geocoding.md`.
"""
