"""The nearest stop and every decision equal an exhaustive geodesic search."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from pyproj import Geod

from vpvkac.geo.geodesy import circle, distance
from vpvkac.geo.nearest import Targets, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRS80 = Geodesic(6378137.0, 1 / 298.257222101)
PYPROJ = Geod(ellps="GRS80")
Points = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def scattered(count: int, seed: int) -> Points:
    """Scatter points over Latvia, as many in towns as in the country."""
    random = np.random.default_rng(seed)
    lat, lon = random.uniform(55.7, 58.1, count), random.uniform(20.9, 28.3, count)
    town = random.integers(0, min(40, count), count // 2)
    lat[: count // 2] = lat[town] + random.normal(0, 0.02, count // 2)
    lon[: count // 2] = lon[town] + random.normal(0, 0.04, count // 2)
    return lat.round(7), lon.round(7)


def planted(stops: Points, count: int, seed: int) -> Points:
    """Put points 699 to 701 m from a stop, in any direction."""
    random = np.random.default_rng(seed)
    lat, lon = stops
    chosen = random.integers(0, len(lat), count)
    metres = 700 + random.uniform(-1, 1, count)
    azimuth = random.uniform(0, 360, count)
    away_lon, away_lat, _ = PYPROJ.fwd(lon[chosen], lat[chosen], azimuth, metres)
    return away_lat.round(7), away_lon.round(7)


def exhaustive(points: Points, stops: Points) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Measure every pair; the first of equally near stops wins."""
    found, metres = [], []
    for lat, lon in zip(*points, strict=True):
        away = PYPROJ.inv(
            np.full(len(stops[0]), lon), np.full(len(stops[0]), lat), stops[1], stops[0]
        )
        away = np.round(away[2], 3)
        found.append(int(away.argmin()))
        metres.append(float(away.min()))
    return np.array(found), np.array(metres)


def test_a_distance_is_the_geodesic_on_grs80() -> None:
    lat, lon = scattered(200, 1)
    other_lat, other_lon = scattered(200, 2)
    ours = distance(lat, lon, other_lat, other_lon)
    theirs = [
        GRS80.Inverse(*pair)["s12"] for pair in zip(lat, lon, other_lat, other_lon, strict=True)
    ]
    assert np.abs(ours - np.round(theirs, 3)).max() <= 0.001
    assert (np.abs(ours - np.round(theirs, 3)) < 1e-9).mean() > 0.99


@pytest.mark.parametrize("reach", [0.5, 700, 20_000, 35_000, 2_000_000])
def test_a_distance_is_that_of_pyproj_to_the_last_millimetre(reach: float) -> None:
    """At every latitude, short or long; 200 000 pairs hold many next to a half millimetre."""
    random = np.random.default_rng(12)
    count = 200_000
    lat, lon = random.uniform(-90, 90, count), random.uniform(-180, 180, count)
    away = reach * random.uniform(0, 1, count)
    other_lon, other_lat, _ = PYPROJ.fwd(lon, lat, random.uniform(0, 360, count), away)
    theirs = PYPROJ.inv(lon, lat, other_lon, other_lat)[2]
    ours = distance(lat, lon, other_lat, other_lon)
    assert (ours == np.round(theirs, 3)).all()
    assert (np.abs(np.abs(theirs * 1000 - np.round(theirs * 1000)) - 0.5) < 1e-3).sum() > 100


def test_the_same_spot_is_at_no_distance() -> None:
    assert distance([57.0, -90.0], [24.0, 10.0], [57.0, -90.0], [24.0, 10.0]).tolist() == [0, 0]


@pytest.mark.slow
def test_stop_distance_and_decision_equal_an_exhaustive_search() -> None:
    stops = scattered(9_310, 3)
    # Pairs of stops on one pole: exact ties, which go to the first.
    for part in stops:
        part[1_000:1_100] = part[:100]
    anywhere, near_threshold = scattered(1_000, 4), planted(stops, 1_000, 5)
    at_ties = planted((stops[0][:100], stops[1][:100]), 100, 6)
    points = (
        np.concatenate([anywhere[0], near_threshold[0], at_ties[0]]),
        np.concatenate([anywhere[1], near_threshold[1], at_ties[1]]),
    )
    stop, metres = exhaustive(points, stops)
    found = nearest(*points, *stops)
    assert len(points[0]) >= 2_000
    assert (found.target == stop).all()
    assert (found.distance_m == metres).all()
    assert ((found.distance_m <= 700) == (metres <= 700)).all()
    within_a_metre = np.abs(metres - 700) < 1
    assert within_a_metre.sum() > 200
    assert 0.2 < (metres[within_a_metre] <= 700).mean() < 0.8


def test_equally_near_stops_east_and_west_tie_and_the_first_wins() -> None:
    lat = np.full(50, 57.0)
    middle = np.linspace(21, 28, 50)
    east, west = middle + 0.01, middle - 0.01
    stops_lat, stops_lon = np.concatenate([lat, lat]), np.concatenate([east, west])
    found = nearest(lat, middle, stops_lat, stops_lon)
    assert (found.target == np.arange(50)).all()


def test_crowds_of_stops_at_one_distance_are_all_compared() -> None:
    ring_lon, ring_lat, _ = PYPROJ.fwd(
        np.full(360, 27.9), np.full(360, 56.0), np.arange(360.0), np.full(360, 640.0)
    )
    ring = (np.round(ring_lat, 7), np.round(ring_lon, 7))
    point = (np.array([56.0]), np.array([27.9]))
    stop, metres = exhaustive(point, ring)
    found = nearest(*point, *ring)
    assert (found.target[0], found.distance_m[0]) == (stop[0], metres[0])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_stops_are_enough(count: int) -> None:
    stops = scattered(count, 7)
    points = scattered(50, 8)
    stop, metres = exhaustive(points, stops)
    found = nearest(*points, *stops)
    assert (found.target == stop).all()
    assert (found.distance_m == metres).all()


def test_far_stops_are_found_across_the_whole_country() -> None:
    stops = (np.array([57.0, 56.0]), np.array([21.0, 28.2]))
    points = scattered(500, 9)
    stop, metres = exhaustive(points, stops)
    found = nearest(*points, *stops)
    assert (found.target == stop).all()
    assert (found.distance_m == metres).all()


def test_the_nearest_is_found_anywhere_on_the_earth() -> None:
    random = np.random.default_rng(13)
    stops = (random.uniform(-89, 89, 300), random.uniform(-180, 180, 300))
    points = (random.uniform(-89, 89, 300), random.uniform(-180, 180, 300))
    stop, metres = exhaustive(points, stops)
    found = nearest(*points, *stops)
    assert (found.target == stop).all()
    assert (found.distance_m == metres).all()


def test_stops_within_a_distance_are_those_of_an_exhaustive_search() -> None:
    stops = scattered(2_000, 14)
    for part in stops:
        part[1_000:1_100] = part[:100]
    near_threshold, on_a_stop = planted(stops, 600, 15), (stops[0][:50], stops[1][:50])
    points = (
        np.concatenate([near_threshold[0], on_a_stop[0], [10.0]]),
        np.concatenate([near_threshold[1], on_a_stop[1], [10.0]]),
    )
    expected = [
        (origin, target, metres)
        for origin, (lat, lon) in enumerate(zip(*points, strict=True))
        for target, metres in enumerate(
            np.round(PYPROJ.inv(np.full(2_000, lon), np.full(2_000, lat), stops[1], stops[0])[2], 3)
        )
        if metres <= 700
    ]
    targets = Targets(*stops)
    found = targets.within(*points, 700)
    assert list(zip(*(part.tolist() for part in found), strict=True)) == expected
    counts = np.bincount([origin for origin, _, _ in expected], minlength=len(points[0]))
    assert (targets.count_within(*points, 700) == counts).all()
    assert counts[-1] == 0
    assert len(targets.count_within([], [], 700)) == 0


@pytest.mark.parametrize("metres", [0.0, 0.5, 40_000.0, 2_000_000.0, 18_000_000.0])
def test_pairs_within_a_distance_are_found_anywhere_on_the_earth(metres: float) -> None:
    random = np.random.default_rng(16)
    lat = np.concatenate([random.uniform(-90, 90, 60), random.uniform(89.5, 90, 20), [0, 0, 90]])
    lon = np.concatenate([random.uniform(-180, 180, 80), [-179.9, 179.9, 0]])
    here, there = np.divmod(np.arange(len(lat) ** 2), len(lat))
    away = np.round(PYPROJ.inv(lon[here], lat[here], lon[there], lat[there])[2], 3)
    near = away <= metres
    found = Targets(lat, lon).within(lat, lon, metres)
    assert found.origin.tolist() == here[near].tolist()
    assert found.target.tolist() == there[near].tolist()
    assert found.distance_m.tolist() == away[near].tolist()
    counts = np.bincount(here[near], minlength=len(lat))
    assert (Targets(lat, lon).count_within(lat, lon, metres) == counts).all()
    assert (Targets([], []).count_within(lat, lon, metres) == 0).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("far", [57.0, -57.0])
def test_what_has_no_position_is_near_nothing(far: float) -> None:
    """Whether the targets are near one another or all over the Earth."""
    targets = Targets([np.nan, 56.9, far], [np.nan, 24.1, 24.2])
    lat, lon = [56.9001, np.nan, far], [24.1, 24.1, 24.2001]
    pairs = targets.within(lat, lon, 700)
    assert (pairs.origin.tolist(), pairs.target.tolist()) == ([0, 2], [1, 2])
    assert targets.count_within(lat, lon, 700).tolist() == [1, 0, 1]
    assert len(Targets([np.nan], [np.nan]).within(lat, lon, 700).origin) == 0


def test_no_stop_is_an_error() -> None:
    with pytest.raises(ValueError, match="no target"):
        nearest([57.0], [24.0], [], [])


def test_the_circle_keeps_its_radius_on_the_ellipsoid() -> None:
    ring = circle(57.5, 27.0, 700)
    away = PYPROJ.inv(np.full(len(ring), 27.0), np.full(len(ring), 57.5), ring[:, 0], ring[:, 1])[2]
    assert np.abs(away - 700).max() < 0.001
    assert (ring[0] == ring[-1]).all()


def test_the_index_is_not_a_loop_over_pairs() -> None:
    """A tripwire at five times what 100 000 points take: about 0.5 s."""
    stops, points = scattered(9_310, 10), scattered(100_000, 11)
    begun = time.perf_counter()
    nearest(*points, *stops)
    assert time.perf_counter() - begun < 2.5
