"""Readers: one module per published source, from its native format to a canonical table.

Readers never compute coverage, and computations never read files.
"""
