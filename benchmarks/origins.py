"""Origins and stops to measure with: the sample's regional stops, and points all over the country.

Half of the origins stand around stops, as addresses do; half anywhere in the
country, as the cells of a grid do.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from harness import SAMPLE
from vpvkac.geo.geodesy import CRS, to_degrees, to_planar

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEED = "gtfs-latvia-lv.zip"
_UNITS = "Territorial_units_LV_1.2m_(2021.07.01.).shp"
_SEED = 24
_AROUND, _AROUND_M = 9_000, 800.0


class Points(NamedTuple):
    """Points in degrees, and in EPSG:3059 metres, each array of shape (n,)."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]

    def frame(self) -> gpd.GeoDataFrame:
        """Give them as a table of points in EPSG:3059."""
        return gpd.GeoDataFrame(geometry=gpd.points_from_xy(self.easting, self.northing, crs=CRS))


def stops(count: int) -> Points:
    """Read the first `count` stops of the sample's regional feed."""
    with zipfile.ZipFile(SAMPLE / _FEED) as feed, feed.open("stops.txt") as opened:
        table = pd.read_csv(opened, skipinitialspace=True, encoding="utf-8-sig")
    placed = table[table["stop_lat"].between(55, 59) & table["stop_lon"].between(20, 29)][:count]
    lat, lon = placed["stop_lat"].to_numpy(float), placed["stop_lon"].to_numpy(float)
    return Points(lat, lon, *to_planar(lat, lon))


def origins(count: int) -> Points:
    """Make points up, the same ones each time."""
    random = np.random.default_rng(_SEED)
    near = stops(_AROUND)
    around = random.integers(0, len(near.lat), count // 2)
    beside = np.column_stack([near.easting, near.northing])[around]
    beside += random.normal(0, _AROUND_M, beside.shape)
    xy = random.permutation(np.vstack([beside, _anywhere(random, count - len(beside))]))
    lat, lon = to_degrees(xy[:, 0], xy[:, 1])
    return Points(lat, lon, xy[:, 0], xy[:, 1])


def _anywhere(random: np.random.Generator, count: int) -> NDArray[np.float64]:
    country = gpd.read_file(SAMPLE / _UNITS).union_all()
    shapely.prepare(country)
    west, south, east, north = country.bounds
    kept = np.empty((0, 2))
    while len(kept) < count:
        xy = random.uniform([west, south], [east, north], (count, 2))
        kept = np.vstack([kept, xy[shapely.contains_xy(country, xy[:, 0], xy[:, 1])]])
    return kept[:count]
