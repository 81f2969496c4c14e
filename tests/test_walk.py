"""The way along streets equals networkx's; joining, ties and reach follow the definitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString

import vpvkac
import walk_oracle
from plain_country import SOUTH, WEST, at, rows
from vpvkac.geo.geodesy import distance
from vpvkac.questions.walk.streets import Routes, Snapped, Streets, find_routes, snap

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from walk_oracle import Position, Street

pytestmark = pytest.mark.slow

# Both sides round to a millimetre, from lengths that differ by less.
_ROUNDING = 0.0011


def streets_of(streets: Sequence[Street]) -> Streets:
    start, end, courses = zip(*streets, strict=True)
    table = gpd.GeoDataFrame({"start": start, "end": end}, geometry=list(courses), crs=3059)
    return Streets.of(table)


def snapped(streets: Streets, positions: Sequence[Position]) -> Snapped:
    lat, lon = np.array(positions, float).reshape(-1, 2).T
    return snap(streets, lat, lon)


def walked(
    streets: Sequence[Street], points: Sequence[Position], stops: Sequence[Position]
) -> Routes:
    network = streets_of(streets)
    return find_routes(network, snapped(network, points), snapped(network, stops))


def line(*spots: tuple[float, float]) -> LineString:
    """Make a course of kilometres from the south-west corner of the plain country."""
    return LineString([(WEST + 1000 * x, SOUTH + 1000 * y) for x, y in spots])


# --- Against networkx --------------------------------------------------------------------------


def town(seed: int) -> tuple[list[Street], list[Position], list[Position]]:
    """Make a random town: bent streets, streets side by side, loops, parts cut off."""
    rng = np.random.default_rng(seed)
    nodes = rng.uniform(0, 2, (rng.integers(2, 30), 2))
    streets: list[Street] = []
    for _ in range(rng.integers(1, 45)):
        start, end = (int(n) for n in rng.integers(0, len(nodes), 2))
        bends = nodes[start] + rng.normal(0, 0.2, (rng.integers(start == end, 4), 2)).cumsum(0)
        spots = [nodes[start], *bends, nodes[end]]
        streets.append((start, end, line(*((float(x), float(y)) for x, y in spots))))
    positions = [at(float(x), float(y)) for x, y in rng.uniform(-0.1, 2.1, (40, 2))]
    on_one = [at(*_part(streets[0][2], share)) for share in (0.0, 0.2, 0.2, 0.7, 1.0)]
    return streets, positions[:15] + on_one[:3], positions[15:] + on_one[3:] + on_one[1:2]


def _part(course: LineString, share: float) -> tuple[float, float]:
    spot = course.interpolate(share, normalized=True)
    return (spot.x - WEST) / 1000, (spot.y - SOUTH) / 1000


@pytest.mark.parametrize("seed", range(40))
def test_ways_equal_those_of_networkx(seed: int) -> None:
    streets, points, stops = town(seed)
    ways = walked(streets, points, stops)
    expected = walk_oracle.ways(streets, points, stops)
    for number, way in enumerate(expected):
        if way.stop is None:
            assert ways.stop[number] == -1
            assert np.isnan(ways.street_m[number])
            assert ways.route[number] is None
            continue
        assert ways.street_m[number] == pytest.approx(way.metres, abs=_ROUNDING)
        if ways.stop[number] != way.stop:
            # Another stop only if it is as far to the millimetre.
            alone = walk_oracle.ways(streets, [points[number]], [stops[ways.stop[number]]])[0]
            assert alone.metres == pytest.approx(way.metres, abs=_ROUNDING)
        else:
            assert ways.off_street_m[number] == pytest.approx(way.off, abs=_ROUNDING)


@pytest.mark.parametrize("seed", range(40, 60))
def test_no_way_is_shorter_than_the_straight_line_and_each_route_is_as_long_as_said(
    seed: int,
) -> None:
    streets, points, stops = town(seed)
    ways = walked(streets, points, stops)
    found = np.flatnonzero(ways.stop >= 0)
    lat, lon = np.array(points).T
    stop_lat, stop_lon = np.array(stops).T
    straight = distance(lat[found], lon[found], stop_lat[ways.stop[found]],
                        stop_lon[ways.stop[found]])  # fmt: skip
    assert (ways.street_m[found] >= straight - 0.001).all()
    assert (ways.air_m[found] == straight).all()
    for number, metres in zip(found, ways.street_m[found], strict=True):
        route = ways.route[number]
        assert walk_oracle.metres(route, 0, route.length) == pytest.approx(metres, abs=0.01)
        ends = [walk_oracle.TO_DEGREES.transform(*route.coords[n]) for n in (0, -1)]
        said = [points[number][::-1], stops[ways.stop[number]][::-1]]
        assert np.allclose(ends, said, atol=1e-8)


# --- By hand -----------------------------------------------------------------------------------

# One street of 2 km straight to the north on the central meridian of zone and country.
STREET: Street = (0, 1, line((0, 0), (0, 2)))


def north(one: float, other: float) -> float:
    (lat, lon), (lat2, lon2) = at(0, one), at(0, other)
    return float(walk_oracle.GEOD.inv(lon, lat, lon2, lat2)[2])


def test_a_point_and_two_stops_on_one_street_reach_each_other_along_it() -> None:
    ways = walked([STREET], [at(0, 1.0)], [at(0, 0.2), at(0, 1.5)])
    assert ways.stop.tolist() == [1]
    assert ways.street_m[0] == pytest.approx(north(1.0, 1.5), abs=0.002)
    assert ways.off_street_m[0] == pytest.approx(0, abs=0.01)


def test_both_legs_off_the_street_count() -> None:
    ways = walked([STREET], [at(0.1, 1.0)], [at(-0.05, 1.5)])
    legs = 0.15 * 1000 / 0.9996
    assert ways.off_street_m[0] == pytest.approx(legs, abs=0.05)
    assert ways.street_m[0] == pytest.approx(north(1.0, 1.5) + legs, abs=0.05)


def test_a_point_at_a_stop_walks_to_the_street_and_back() -> None:
    ways = walked([STREET], [at(0.1, 1.0)], [at(0.1, 1.0)])
    assert ways.air_m[0] == 0
    assert ways.street_m[0] == pytest.approx(2 * 0.1 * 1000 / 0.9996, abs=0.05)


def test_the_nearest_stop_by_air_is_not_the_nearest_across_a_river() -> None:
    # Two banks, joined by a bridge at the south end only.
    banks: list[Street] = [
        (0, 1, line((0, 0), (0, 2))),
        (2, 3, line((0.3, 0), (0.3, 2))),
        (0, 2, line((0, 0), (0.3, 0))),
    ]
    across, along = at(0.3, 1.5), at(0, 0.9)
    ways = walked(banks, [at(0, 1.5)], [across, along])
    assert ways.stop.tolist() == [1]
    assert ways.street_m[0] == pytest.approx(north(0.9, 1.5), abs=0.02)


def test_of_streets_side_by_side_the_shorter_is_walked() -> None:
    sides: list[Street] = [
        (0, 1, line((0, 0), (0.5, 0.5), (0, 1))),
        (0, 1, line((0, 0), (0, 1))),
        (2, 0, line((0, -0.2), (0, 0))),
        (1, 3, line((0, 1), (0, 1.2))),
    ]
    ways = walked(sides, [at(0, -0.1)], [at(0, 1.1)])
    assert ways.street_m[0] == pytest.approx(north(-0.1, 1.1), abs=0.02)


def test_of_stops_equally_far_the_first_is_found_however_they_are_ordered() -> None:
    same = [at(0, 1.5)] * 3
    assert walked([STREET], [at(0, 1)], [*same, at(0, 0.2)]).stop.tolist() == [0]
    assert walked([STREET], [at(0, 1)], [at(0, 0.2), *same]).stop.tolist() == [1]


@pytest.mark.parametrize(("metres", "reason"), [(249.99, ""), (250.01, "no_street")])
def test_a_point_is_snapped_up_to_250_m_from_a_street(metres: float, reason: str) -> None:
    streets = streets_of([STREET, (2, 3, line((1, 0), (1, 2)))])
    lat, lon = at(0, 1)
    east, north_, _ = walk_oracle.GEOD.fwd(lon, lat, 90, metres)
    found = snapped(streets, [(north_, east)])
    assert found.reason.tolist() == [reason]
    assert found.is_snapped.tolist() == [not reason]


def test_a_place_beyond_the_streets_or_two_kilometres_from_any_is_outside() -> None:
    streets = streets_of([STREET, (2, 3, line((9, 0), (9, 2)))])
    found = snapped(streets, [at(-1, 1), at(1, 1), at(4.5, 1), at(0, 3), at(0, 9)])
    assert found.reason.tolist() == ["outside", "no_street", "outside", "outside", "outside"]


def test_a_part_without_a_stop_is_not_reached() -> None:
    ways = walked([STREET, (2, 3, line((1, 0), (1, 2)))], [at(1, 1)], [at(0, 1)])
    assert ways.stop.tolist() == [-1]


# --- On the sample -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample_walk(sample_result: Result) -> vpvkac.Walk:
    return vpvkac.walk(sample_result)


def test_the_sample_is_walked_as_its_generator_says(
    sample_walk: vpvkac.Walk, truth: dict[str, Any]
) -> None:
    said = truth["walk"]["ways"]
    table = sample_walk.table.set_index("place")
    assert set(table.index) == set(said)
    for place, way in said.items():
        row = table.loc[place]
        assert row["reason"] == way.get("reason", ""), place
        if row["reason"] == "":
            assert row["street_stop"] == way["stop"], place
            assert row["street_m"] == pytest.approx(way["street_m"], abs=0.01), place
            assert row["off_street_m"] == pytest.approx(way["off_street_m"], abs=0.01), place


def test_what_was_planted_is_found(sample_walk: vpvkac.Walk, truth: dict[str, Any]) -> None:
    planted = truth["walk"]["planted"]
    table = sample_walk.table.set_index("place")
    river, other = table.loc[planted["river"]], table.loc[planted["other_stop"]]
    assert river["within_air"]
    assert not river["within_street"]
    assert other["street_stop"] != other["air_stop"]
    assert table.loc[planted["far"], "reason"] == "no_street"
    assert table.loc[planted["cut_off"], "reason"] == "unreachable"
    warned = {fault.field for fault in sample_walk.faults}
    assert planted["far"] in warned


def test_every_point_and_open_centre_has_a_row_and_the_counts_add_up(
    sample_walk: vpvkac.Walk, sample_result: Result
) -> None:
    places = sample_result.places
    open_centres = places[(places["host"] == "centre") & (places["status"] == "open")]["place"]
    points = set(sample_result.network["place"].dropna()) | set(open_centres)
    assert sample_walk.table["place"].tolist() == sorted(points)
    counts = sample_walk.counts
    assert counts.pop("points") == len(points) == sum(counts.values())


def test_who_is_within_reach_by_street_is_by_air(sample_walk: vpvkac.Walk) -> None:
    known = sample_walk.table[sample_walk.table["street_m"].notna()]
    assert len(known) > 10
    assert (known["street_m"] >= known["air_m"] - 0.001).all()
    assert not (known["within_street"] & ~known["within_air"]).any()
    assert (known["within_street"] == (known["street_m"] <= 700)).all()


def test_points_are_classed_and_those_within_by_air_only_listed(sample_walk: vpvkac.Walk) -> None:
    classes = dict(zip(sample_walk.table["place"], sample_walk.classes, strict=True))
    for row in sample_walk.table.to_dict("records"):
        side = "both" if row["within_street"] else "air_only" if row["within_air"] else "neither"
        assert classes[row["place"]] == (row["reason"] or side)
    listed = sample_walk.air_only
    assert len(listed) == sample_walk.counts["air_only"] > 0
    assert listed["street_m"].is_monotonic_decreasing
    assert {classes[place] for place in listed["place"]} == {"air_only"}
    assert sample_walk.streets_m == pytest.approx(sample_walk.streets.length_m.sum())


def test_minutes_and_detour_follow_their_definitions(
    sample_result: Result, sample_walk: vpvkac.Walk
) -> None:
    slow = vpvkac.walk(sample_result, speed_km_h=3.0).table
    row = slow[slow["street_m"].notna()].iloc[0]
    assert row["minutes"] == pytest.approx(row["street_m"] / 50)
    known = sample_walk.table.dropna(subset=["street_m"])
    assert known["minutes"].to_numpy() == pytest.approx(known["street_m"].to_numpy() / 70)
    same = known[known["street_stop"] == known["air_stop"]]
    assert same["detour"].to_numpy() == pytest.approx((same["street_m"] / same["air_m"]).to_numpy())


@pytest.mark.parametrize("speed", [0.0, -4.2, 21.0, float("nan"), float("inf")])
def test_a_speed_that_nobody_walks_is_refused(sample_result: Result, speed: float) -> None:
    with pytest.raises(ValueError, match="speed_km_h"):
        vpvkac.walk(sample_result, speed_km_h=speed)


# --- A project of its own ----------------------------------------------------------------------

CENTRES = rows("id,name,lat,lon", ("a", "<script>alert(1)</script>", *at(0.5, 0.5)),
               ("b", '=HYPERLINK("x")', *at(0.5, 9.5)), ("c", "Trešais", *at(15, 5)))  # fmt: skip
STOPS = rows("id,name,lat,lon", ("1", "Pie tilta", *at(0.5, 0.7)))
TOML = """
[inputs]
units = "units.gpkg"
centres = { path = "centres.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon" }]
"""


def test_a_project_without_stops_has_no_way(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    toml = TOML[: TOML.index("stops = ")]
    result = vpvkac.analyse(vpvkac.load(write_project(toml=toml, centres_csv=CENTRES)))
    file = tmp_path / "streets.gpkg"
    gpd.GeoDataFrame(geometry=[line((0, 0), (0.5, 0.5))], crs=3059).to_file(file)
    walk = vpvkac.walk(result, streets=file)
    assert walk.table["reason"].tolist() == ["no_stop", "outside", "outside"]
    assert walk.table["within_street"].isna().all()
    walk.write(tmp_path / "out")


def test_names_are_hostile_until_escaped(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    result = vpvkac.analyse(
        vpvkac.load(write_project(toml=TOML, centres_csv=CENTRES, stops_csv=STOPS)), lang="en"
    )
    file = tmp_path / "streets.gpkg"
    bent = line((0.5, 0.5), (0.1, 0.5), (0.1, 0.7), (0.5, 0.7))
    gpd.GeoDataFrame(geometry=[bent], crs=3059).to_file(file)
    walk = vpvkac.walk(result, streets=file)
    assert walk.counts["air_only"] == 1
    csv, page = walk.write(tmp_path / "out")
    assert "<script>alert" not in page.read_text(encoding="utf-8")
    row = csv.read_text(encoding="utf-8").splitlines()[1].split(",")
    assert row[:3] == ["centres:a", "LV9000110", "stops:1"]
    assert row[9:] == ["true", "false", ""]
    first = page.read_bytes()
    walk.write(tmp_path / "out")
    assert page.read_bytes() == first
