"""Fetching published sources: the only part of the program that uses the network.

`portal` finds the addresses, `web` speaks HTTP within the bounds of `exchange`, `contents`
checks what came and unpacks it, `place` puts it where the project reads it, `sources.lock`
keeps the account, `fetch` does the whole for many sources; `osm` asks OpenStreetMap, by
`overpass`.
"""
