"""Service at stops: visits within reach against slow sums, classes, and points rarely served."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

import vpvkac
from plain_country import at, beside, rows
from vpvkac.analysis.access import classes, with_service, with_stop_places

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result


GEOD = Geod(ellps="GRS80")
TOML = """
[inputs]
units = "units.gpkg"
centres = { path = "centres.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [%s]
[rules]
stop_set = "bus"
"""
CENTRE = rows("id,name,lat,lon", (1, "<b>Dienvidu</b> VPVKAC", *at(5, 5)))


# --- The sample, against the generator ---------------------------------------------------------


def test_visits_of_every_point_are_the_generators(
    sample_result: Result, truth: dict[str, Any]
) -> None:
    points = sample_result.network.dropna(subset=["place"]).set_index("place")
    told = truth["service_of_points"]
    assert len(told) == 582
    assert points["visits"].to_dict() == {key: point["visits"] for key, point in told.items()}
    found = points["visits_within"].to_dict()
    assert found == {key: point["visits_within"] for key, point in told.items()}


def test_the_rarely_served_points_are_listed_and_no_others(
    sample_result: Result, truth: dict[str, Any]
) -> None:
    reach = truth["sets"]["regional"]["network"].values()
    within = {point["place"] for point in reach if point.get("within")}
    told = truth["service_of_points"]
    rare = {key for key in within if told[key]["visits_within"] <= 3}
    listed = sample_result.gaps_service
    assert len(rare) > 10
    # The sample has no open centre that is not its unit's point.
    assert set(listed["place"]) == rare
    assert set(listed["remedy"]) == {"ask_for_service"}
    residents = {code: unit["population"] for code, unit in truth["residents"]["by_unit"].items()}
    order = [
        (told[place]["visits_within"] > 0, -residents[unit], -metres, place)
        for place, unit, metres in zip(
            listed["place"], listed["unit"], listed["distance_m"], strict=True
        )
    ]
    assert order == sorted(order)
    assert listed["rank"].tolist() == list(range(1, len(rare) + 1))


def test_classes_are_counted_in_the_summary(sample_result: Result, truth: dict[str, Any]) -> None:
    visits = [point["visits_within"] for point in truth["service_of_points"].values()]
    expected = {
        "points_service_none": sum(count == 0 for count in visits),
        "points_service_1_3": sum(1 <= count <= 3 for count in visits),
        "points_service_4_9": sum(4 <= count <= 9 for count in visits),
        "points_service_10_23": sum(10 <= count <= 23 for count in visits),
        "points_service_24": sum(count >= 24 for count in visits),
        "points_service_unknown": 0,
    }
    summary = sample_result.summary.set_index("criterion")
    assert {name: summary["value"][name] for name in expected} == expected
    assert set(summary["measure"][list(expected)]) == {"count"}


def test_a_better_place_says_how_often_it_is_served(sample_result: Result) -> None:
    places = sample_result.places.set_index("place")
    moves = sample_result.gaps_access.dropna(subset=["alt_place"])
    assert len(moves) == 11
    told = moves["alt_visits_within"].tolist()
    assert told == places["visits_within"][moves["alt_place"]].tolist()
    says = moves["reason"].str.contains("Taču arī tur reisu ir maz")
    assert says.tolist() == moves["alt_service_class"].isin(["none", "1-3"]).tolist()
    assert says.any()
    assert not says.all()


# --- Exhaustively, with feeds that overlap -------------------------------------------------------


def slow(place: tuple[float, float], stops: list[tuple[Any, ...]], metres: float) -> int | None:
    """Sum the visits of the busiest feed of every chain of poles, one pole at a time."""
    chains: list[list[tuple[Any, ...]]] = []
    for stop in stops:
        near = [c for c in chains if any(planar(stop, other) <= 30 for other in c)]
        chains = [c for c in chains if c not in near] + [[stop, *(s for c in near for s in c)]]
    total: int | None = 0
    for chain in chains:
        feeds: dict[str, int | None] = {}
        for _, feed, lat, lon, visits in chain:
            away = round(GEOD.inv(place[1], place[0], lon, lat)[2], 3)
            if away <= metres:
                known = feeds.get(feed, 0)
                feeds[feed] = None if visits is None or known is None else known + visits
        counts = [count for count in feeds.values() if count is not None]
        if feeds and total is not None:
            total = total + max(counts) if counts else None
    return total


def planar(one: tuple[Any, ...], other: tuple[Any, ...]) -> float:
    return float(GEOD.inv(one[3], one[2], other[3], other[2])[2])


def frame(stops: list[tuple[Any, ...]]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(stops, columns=["stop", "feed", "lat", "lon", "visits"])
    table["visits"] = table["visits"].astype("Int64")
    points = gpd.points_from_xy(table["lon"], table["lat"], crs="EPSG:4326")
    return with_stop_places(gpd.GeoDataFrame(table, geometry=points).to_crs("EPSG:3059"))


@pytest.mark.parametrize("seed", range(4))
def test_overlapping_feeds_count_once_as_a_slow_sum_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stops: list[tuple[Any, ...]] = []
    for number in range(60):
        lat, lon = at(*rng.uniform(4, 6, 2))
        stops.append((f"a:{number}", "a", lat, lon, int(rng.integers(0, 6))))
        if number % 2:
            # The same pole in the other feed; some feeds tell no visits.
            visits = None if number % 3 == 0 else int(rng.integers(0, 9))
            stops.append((f"b:{number}", "b", *beside(lat, lon, rng.uniform(1, 20)), visits))
        if number % 5 == 0:
            stops.append((f"c:{number}", "c", *at(*rng.uniform(4, 6, 2)), None))
    where = [at(*rng.uniform(4, 6, 2)) for _ in range(40)]
    places = gpd.GeoDataFrame({"lat": [p[0] for p in where], "lon": [p[1] for p in where]})
    for metres in (150.0, 700.0):
        found = with_service(places, frame(stops), metres)["visits_within"]
        expected = [slow(place, stops, metres) for place in where]
        assert [None if pd.isna(count) else count for count in found] == expected
        assert None in expected
        assert any(count for count in expected)


def test_a_stop_at_exactly_the_threshold_counts() -> None:
    lat, lon = at(5, 5)
    there = beside(lat, lon, 412.0)
    metres = round(GEOD.inv(lon, lat, there[1], there[0])[2], 3)
    places = gpd.GeoDataFrame({"lat": [lat], "lon": [lon]})
    stops = frame([("a:1", "a", *there, 7)])
    assert with_service(places, stops, metres)["visits_within"].tolist() == [7]
    assert with_service(places, stops, metres - 0.001)["visits_within"].tolist() == [0]


def test_classes_begin_where_they_should() -> None:
    visits = pd.Series([0, 1, 3, 4, 9, 10, 23, 24, 5000, None], dtype="Int64")
    assert classes(visits).fillna("?").tolist() == [
        "none", "1-3", "1-3", "4-9", "4-9", "10-23", "10-23", "24+", "24+", "?",
    ]  # fmt: skip


# --- Small projects ------------------------------------------------------------------------------


def write_feed(path: Path, stop: tuple[float, float], calls: int) -> None:
    """Write a feed of one stop near the centre, another far off, and so many trips by day."""
    times = [
        (f"t{n}", f"{8 + n % 12}:{n:02d}:00", f"{8 + n % 12}:{n:02d}:00", "1", 1)
        for n in range(calls)
    ]
    times += [("far", "8:00:00", "8:00:00", "2", 1), ("far", "9:00:00", "9:00:00", "2", 2)]
    trips = [("r", "s", f"t{n}") for n in range(calls)] + [("r", "s", "far")]
    tables = {
        "agency": rows(
            "agency_name,agency_url,agency_timezone", ("A", "http://a.example", "Europe/Riga")
        ),
        "stops": rows(
            "stop_id,stop_name,stop_lat,stop_lon", (1, "<i>Tuvā", *stop), (2, "Tālā", *at(15, 15))
        ),
        "routes": rows("route_id,route_short_name,route_type", ("r", "1", 3)),
        "trips": rows("route_id,service_id,trip_id", *trips),
        "stop_times": rows("trip_id,arrival_time,departure_time,stop_id,stop_sequence", *times),
        "calendar": rows(
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
            "start_date,end_date",
            ("s", 1, 1, 1, 1, 1, 0, 0, 20231106, 20231110),
        ),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.txt", text)


def near_and_rare(write_project: Callable[..., Path], calls: int, lang: str = "lv") -> Result:
    project = write_project(toml=TOML % '{ path = "bus.zip", feed = "bus" }', centres_csv=CENTRE)
    write_feed(project.parent / "bus.zip", beside(*at(5, 5), 180.0), calls)
    return vpvkac.analyse(vpvkac.load(project), lang=lang)  # type: ignore[arg-type]


@pytest.mark.parametrize("calls", [1, 3, 4])
def test_a_near_stop_with_few_visits_is_a_gap(
    write_project: Callable[..., Path], calls: int
) -> None:
    result = near_and_rare(write_project, calls)
    assert len(result.gaps_access) == 0
    assert len(result.gaps_service) == (calls <= 3)
    if calls <= 3:
        (reason,) = result.gaps_service["reason"]
        assert reason == (
            f"Pietura “<i>Tuvā” ir 180\N{NO-BREAK SPACE}m attālumā, taču reisu skaits tajā ir mazs "
            f"(kustības saraksta dienā – {calls}), tāpēc sasniedzamība ar sabiedrisko transportu "
            "ir ierobežota."
        )


def test_a_rare_stop_is_told_on_pages_and_never_as_markup(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    near_and_rare(write_project, 2, "en").write(tmp_path / "out")
    called = "but few buses call there (on the service day: 2)"
    for name, told in {
        # The numbers stand in the columns beside.
        "gaps.html": "but no more than 3 buses call there on the service day",
        "municipalities/LV9000000/index.html": called,
        # By the quality class of the stop, for the report lists no gaps.
        "report.html": "point has a stop near, but too few buses for any quality class",
    }.items():
        page = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert told in page, name
        assert "<i>Tuvā" not in page
        assert "<b>Dienvidu" not in page
    table = pd.read_csv(tmp_path / "out" / "gaps_service.csv")
    assert table[["rank", "visits", "visits_within", "service_class"]].to_numpy().tolist() == [
        [1, 2, 2, "1-3"]
    ]


def test_visits_that_are_not_known_are_not_judged(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    plain = '{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "x" }'
    stops = rows("id,name,lat,lon", (1, "A", *beside(*at(5, 5), 180.0)))
    # One centre is near the stop, the other is not.
    centres = CENTRE + rows("", (2, "Pilsētas VPVKAC", *at(15, 5))).lstrip()
    project = write_project(toml=TOML % plain, centres_csv=centres, stops_csv=stops)
    result = vpvkac.analyse(vpvkac.load(project), lang="en")
    assert result.places["within"].tolist() == [True, False]
    assert result.places[["visits", "visits_within", "service_class"]].isna().all().all()
    assert len(result.gaps_service) == 0
    assert not result.summary["criterion"].str.startswith("points_service").any()
    result.write(tmp_path / "out")
    page = (tmp_path / "out" / "gaps.html").read_text(encoding="utf-8")
    assert "Bus calls at stops are not known, so they are not judged." in page


def test_without_stops_nothing_is_said_of_service(write_project: Callable[..., Path]) -> None:
    toml = TOML.replace("stops = [%s]\n", "")
    result = vpvkac.analyse(vpvkac.load(write_project(toml=toml, centres_csv=CENTRE)))
    assert result.network["service_class"].isna().all()
    assert result.gaps_service.empty
