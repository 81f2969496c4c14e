"""Fetching published sources: the only part of the program, with walking, that uses the network.

`portal` finds the addresses, `web` speaks HTTP, `contents` checks what came and
unpacks it, `lock` keeps the account, `fetch` does the whole for many sources.
"""
