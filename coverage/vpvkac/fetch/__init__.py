"""Fetching published sources: the only part of the program that uses the network.

`portal` finds the addresses, `web` speaks HTTP, `place` checks what came and puts it where the
project reads it, `fetch` does the whole for many sources; `osm` asks OpenStreetMap.
"""
