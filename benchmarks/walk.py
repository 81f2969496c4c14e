"""How long the way along streets takes: `python benchmarks/walk.py [JUNCTIONS] [STOPS] [POINTS]`.

Streets are made here: a grid of crooked blocks of 60 m with a quarter of the
sides left out, so that there are dead ends, detours and parts cut off; points
and stops stand anywhere among them.  A million junctions are the walkers'
streets of a country; nothing is read or written.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "coverage"))

import geopandas as gpd
import numpy as np
import shapely

from vpvkac.geodesy import to_degrees
from vpvkac.walking.joining import join
from vpvkac.walking.network import Streets
from vpvkac.walking.search import find_ways

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDE_M, CROOKED_M, LEFT_OUT = 60.0, 20.0, 0.25
WEST, SOUTH = 450_000.0, 300_000.0


def grid(rng: np.random.Generator, count: int) -> gpd.GeoDataFrame:
    """Make the pieces of street between `count` junctions."""
    side = round(count**0.5)
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    xy = np.column_stack([WEST + SIDE_M * x.ravel(), SOUTH + SIDE_M * y.ravel()])
    xy += rng.uniform(-CROOKED_M, CROOKED_M, xy.shape)
    number = np.arange(side * side).reshape(side, side)
    start = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    end = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    kept = rng.random(len(start)) > LEFT_OUT
    start, end = start[kept], end[kept]
    lines = shapely.linestrings(np.stack([xy[start], xy[end]], axis=1))
    return gpd.GeoDataFrame({"start": start, "end": end}, geometry=lines, crs="EPSG:3059")


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something takes: by the clock, and of the processor on a busy machine."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    by_clock, by_processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"{by_clock:8.2f} s  {by_processor:8.2f} s of the processor  {what}")


def main() -> None:
    """Time each step."""
    junctions, stops, points = (
        int(given) for given in (*sys.argv[1:], *(1_000_000, 9_310, 600)[len(sys.argv) - 1 :])
    )
    rng = np.random.default_rng(1)
    table = grid(rng, junctions)
    print(f"{junctions} junctions, {len(table)} pieces, {stops} stops, {points} points")
    with timed("loading: lengths on the ellipsoid"):
        streets = Streets.of(table)
    with timed("loading: links, index, hull"):
        _ = streets.links, streets.hull
        streets.tree.query_nearest(shapely.Point(WEST, SOUTH))
    far = SIDE_M * round(junctions**0.5)
    where = rng.uniform(0, far, (points + stops, 2)) + np.array([WEST, SOUTH])
    lat, lon = to_degrees(*where.T)
    with timed("in all after loading"):
        with timed("joining points and stops"):
            standing = join(streets, lat[:points], lon[:points])
            calling = join(streets, lat[points:], lon[points:])
        with timed("searching, with routes"):
            ways = find_ways(streets, standing, calling)
    print(f"{np.isfinite(ways.street_m).sum()} points have a way, {np.nanmax(ways.street_m):.0f} m")


if __name__ == "__main__":
    main()
