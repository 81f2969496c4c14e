"""Geo: positions, distances on the ellipsoid, nearest targets."""
