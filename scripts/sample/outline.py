"""The country's outline and its seven state cities, drawn by hand in rounded coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Polygon

TO_PLANE = Transformer.from_crs("EPSG:4258", "EPSG:3059", always_xy=True)
TO_DEGREES = Transformer.from_crs("EPSG:3059", "EPSG:4258", always_xy=True)

# Longitude, latitude; from the south-western corner along the sea, the gulf and the land border.
_COAST = [
    (21.05, 56.08), (21.02, 56.25), (20.98, 56.40), (21.00, 56.55), (21.05, 56.75),
    (21.18, 56.90), (21.38, 57.05), (21.45, 57.25), (21.58, 57.42), (21.75, 57.57),
    (22.10, 57.62), (22.40, 57.70), (22.60, 57.75), (22.62, 57.62), (22.82, 57.48),
    (23.08, 57.37), (23.18, 57.18), (23.32, 57.05), (23.55, 56.98), (23.85, 57.00),
    (24.05, 57.06), (24.28, 57.16), (24.40, 57.28), (24.36, 57.50), (24.36, 57.72),
    (24.33, 57.86),
]  # fmt: skip
_LAND = [
    (24.55, 57.94), (24.85, 57.97), (25.05, 58.05), (25.30, 58.06), (25.35, 57.98),
    (25.65, 57.90), (26.02, 57.78), (26.05, 57.68), (26.40, 57.58), (26.60, 57.54),
    (26.88, 57.62), (27.10, 57.57), (27.38, 57.55), (27.55, 57.52), (27.52, 57.42),
    (27.70, 57.38), (27.85, 57.28), (27.82, 57.12), (27.76, 57.00), (27.72, 56.87),
    (27.88, 56.83), (27.95, 56.72), (27.92, 56.62), (28.12, 56.50), (28.20, 56.42),
    (28.22, 56.28), (28.16, 56.16), (27.95, 56.11), (27.85, 56.03), (27.62, 55.92),
    (27.58, 55.80), (27.28, 55.80), (26.98, 55.83), (26.80, 55.72), (26.58, 55.69),
    (26.42, 55.73), (26.22, 55.80), (26.05, 55.96), (25.80, 56.08), (25.50, 56.16),
    (25.10, 56.20), (24.92, 56.40), (24.85, 56.42), (24.55, 56.29), (24.30, 56.27),
    (24.00, 56.33), (23.75, 56.36), (23.50, 56.33), (23.15, 56.36), (22.95, 56.37),
    (22.65, 56.35), (22.20, 56.37), (21.95, 56.36), (21.68, 56.32), (21.40, 56.21),
    (21.22, 56.10),
]  # fmt: skip


@dataclass(frozen=True)
class CitySite:
    """Where a state city stands: longitude, latitude, and the half axes in metres."""

    lon: float
    lat: float
    east_m: float
    north_m: float


# The capital first; it and three more stand on the sea and are cut by the coast.
CITY_SITES = (
    CitySite(24.13, 56.985, 10_300.0, 11_400.0),
    CitySite(23.72, 56.97, 10_800.0, 4_300.0),
    CitySite(21.05, 56.52, 4_300.0, 6_000.0),
    CitySite(21.58, 57.37, 4_600.0, 4_700.0),
    CitySite(23.70, 56.63, 4_600.0, 4_200.0),
    CitySite(26.55, 55.89, 5_300.0, 4_600.0),
    CitySite(27.35, 56.52, 2_500.0, 2_300.0),
)

# Waves that bend straight drawn lines into borders, coasts and roads: metres of
# amplitude and of wavelength.  Amplitude * 2 pi / wavelength stays well under 1,
# so the bending never folds the plane and borders never cross.
_WAVES = ((700.0, 23_000.0), (380.0, 11_000.0), (150.0, 4_700.0))


def chance(rng: np.random.Generator, share: float) -> bool:
    """Say yes in a share of all cases."""
    return bool(rng.uniform() < share)


def bend(xy: np.ndarray) -> np.ndarray:
    """Shift each planar point by the waves; whole metres, so that results never wander.

    Parameters
    ----------
    xy
        n × 2 planar coordinates, in metres.
    """
    moved = xy.astype(float)
    for number, (amplitude, wavelength) in enumerate(_WAVES, start=1):
        turn = 2 * np.pi / wavelength
        angle = 0.7 * number
        along = np.cos(angle) * xy[:, 0] + np.sin(angle) * xy[:, 1]
        across = np.cos(angle) * xy[:, 1] - np.sin(angle) * xy[:, 0]
        moved[:, 0] += amplitude * np.sin(turn * across + number)
        moved[:, 1] += amplitude * np.sin(turn * along + 2 * number)
    return np.round(moved)


def outline() -> Polygon:
    """Return the country as drawn, planar, before bending."""
    lon, lat = np.array(_COAST + _LAND).T
    x, y = TO_PLANE.transform(lon, lat)
    return Polygon(np.round(np.column_stack([x, y])))


def blob(rng: np.random.Generator, centre: np.ndarray, axes: tuple[float, float]) -> Polygon:
    """Draw a rounded, uneven area around a centre.

    Parameters
    ----------
    axes
        Half axes to the east and to the north, in metres.
    """
    angles = np.arange(14) * 2 * np.pi / 14
    reach = rng.uniform(0.86, 1.14, 14)
    x = centre[0] + axes[0] * reach * np.cos(angles)
    y = centre[1] + axes[1] * reach * np.sin(angles)
    return Polygon(np.round(np.column_stack([x, y])))


def state_cities(rng: np.random.Generator, country: Polygon) -> list[Polygon]:
    """Draw the seven state cities inside the country."""
    cities = []
    for site in CITY_SITES:
        centre = np.array(TO_PLANE.transform(site.lon, site.lat))
        city = shapely.intersection(blob(rng, centre, (site.east_m, site.north_m)), country)
        cities.append(max(shapely.get_parts(city), key=lambda part: part.area))
    return cities
