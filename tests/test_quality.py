"""Quality classes of the bus, against the definition in plain loops over every stop and call."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import lxml.html
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

import vpvkac
from gtfs_oracle import rows_of
from vpvkac.analysis.quality import CODES, joined_stops, quality_classes
from vpvkac.questions.coverage.quality import quality_lines
from vpvkac.sources.gtfs import read_gtfs

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

GEOD = Geod(ellps="GRS80")
# The definition as a planner reads it: the greatest interval of each category, and the class of a
# category up to each distance.
INTERVALS = ((20, "IV"), (40, "V"), (60, "VI"), (120, "VII"), (210, "VIII"))
CLASSES = {
    "III": {300: "B", 500: "C", 750: "D", 1000: "E", 1250: "F"},
    "IV": {300: "C", 500: "D", 750: "E", 1000: "F", 1250: "G"},
    "V": {300: "D", 500: "E", 750: "F", 1000: "G", 1250: "G"},
    "VI": {300: "E", 500: "F", 750: "G"},
    "VII": {300: "F", 500: "G", 750: "G"},
    "VIII": {300: "G", 500: "G"},
}


def category(calls: float) -> str | None:
    if calls == 0:
        return None
    interval = 840 / (calls / 2)
    if interval < 10:
        return "III"
    return next((name for most, name in INTERVALS if interval <= most), None)


def class_at(calls: float, metres: float) -> str:
    reach = CLASSES.get(category(calls) or "", {})
    return next((letter for limit, letter in reach.items() if metres <= limit), "none")


def metres_between(one: pd.Series, other: pd.Series) -> float:
    return float(round(GEOD.inv(one["lon"], one["lat"], other["lon"], other["lat"])[2], 3))


def same_stop(one: pd.Series, other: pd.Series) -> bool:
    if one["parent"] and other["parent"]:
        return one["feed"] == other["feed"] and one["parent"] == other["parent"]
    same = one["stop_name"] == other["stop_name"] != ""
    return bool(same and metres_between(one, other) <= 150)


def slow_classes(places: pd.DataFrame, stops: pd.DataFrame) -> list[str | None]:
    """Join poles one by one, and look from every place at every stop."""
    joined: list[list[int]] = []
    for number, stop in stops.iterrows():
        beside = [group for group in joined
                  if any(same_stop(stop, stops.loc[other]) for other in group)]  # fmt: skip
        joined = [group for group in joined if group not in beside]
        joined.append([int(str(number)), *(other for group in beside for other in group)])
    found = []
    for _, place in places.iterrows():
        classes, could = [], []
        for group in joined:
            feeds: dict[str, float] = {}
            for other in group:
                stop = stops.loc[other]
                feeds[stop["feed"]] = feeds.get(stop["feed"], 0) + stop["calls"]
            known = [calls for calls in feeds.values() if not np.isnan(calls)]
            metres = min(metres_between(place, stops.loc[other]) for other in group)
            (classes if known else could).append(class_at(max(known, default=169), metres))
        best = min(classes, default="none", key=CODES.index)
        better = any(CODES.index(code) < CODES.index(best) for code in could)
        found.append(None if better else best)
    return found


def made(rng: np.random.Generator, count: int, *, unknown: float = 0.0) -> gpd.GeoDataFrame:
    """Stops about 3 km around a spot, in two feeds, some with a parent, many of one name."""
    calls = np.round(np.exp(rng.uniform(0, np.log(130), count)))
    calls[rng.random(count) < unknown] = np.nan
    parents = np.where(rng.random(count) < 0.3, rng.choice(["p", "q", "r"], count), "")
    return gpd.GeoDataFrame(
        {
            "stop": [f"a:{number}" for number in range(count)],
            "stop_name": rng.choice(["Centrs", "Skola", "Dzirnavas", ""], count),
            "feed": rng.choice(["a", "b"], count, p=[0.8, 0.2]),
            "parent": parents,
            "lat": 57 + rng.uniform(-0.012, 0.012, count),
            "lon": 24 + rng.uniform(-0.022, 0.022, count),
            "calls": calls,
            "calls_by_day": pd.array(pd.Series(calls), "Int64"),
        }
    )


@pytest.mark.parametrize("seed", range(12))
def test_classes_are_those_of_plain_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stops = made(rng, 30, unknown=0.05 * (seed % 2))
    places = pd.DataFrame({"lat": 57 + rng.uniform(-0.02, 0.02, 40),
                           "lon": 24 + rng.uniform(-0.035, 0.035, 40)})  # fmt: skip
    found = quality_classes(places["lat"], places["lon"], stops)
    assert found.tolist() == slow_classes(places, stops)
    assert len(set(found)) > 1


@pytest.mark.parametrize("calls", [1, 7, 8, 13, 14, 27, 28, 41, 42, 83, 84, 168, 169, 400])
@pytest.mark.parametrize("metres", [1, 299, 301, 499, 501, 749, 751, 999, 1001, 1249, 1251])
def test_the_edges_of_categories_and_distances(calls: int, metres: int) -> None:
    lon, lat, _ = GEOD.fwd(24, 57, 70, metres)
    stops = made(np.random.default_rng(1), 1).assign(lat=57.0, lon=24.0, calls_by_day=calls)
    assert quality_classes([lat], [lon], stops).tolist() == [class_at(calls, metres)]


def test_two_poles_of_one_stop_count_together_and_neighbours_do_not() -> None:
    stops = made(np.random.default_rng(0), 3).assign(
        stop_name=["Skola", " skola", "Dzirnavas"], feed="a", parent="",
        lat=[57.0, 57.001, 57.0005], lon=24.0, calls_by_day=pd.array([4, 4, 4], "Int64"),
    )  # fmt: skip
    assert joined_stops(stops)["calls"].tolist() == [8, 8, 4]
    assert quality_classes([57.0], [24.0], stops).tolist() == ["G"]
    assert quality_classes([57.0], [24.0], stops[1:]).tolist() == ["none"]


def test_nothing_is_told_where_no_calls_are_known() -> None:
    stops = made(np.random.default_rng(0), 3, unknown=1.0)
    assert quality_classes([57.0], [24.0], stops).tolist() == [None]
    assert quality_classes([57.0], [24.0], stops[:0]).tolist() == [None]


# --- The calls of a feed -------------------------------------------------------------------------


def seconds(text: str) -> int:
    hours, minutes, rest = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + rest


def test_calls_by_day_are_those_of_every_row_of_the_sample() -> None:
    """The calls of each stop in the sample's feeds, a row of stop_times at a time."""
    project = vpvkac.sample()
    for stops in project.stops:
        feed = Path(stops.source.path)
        reading = read_gtfs(feed, feed=stops.feed, regional=stops.regional)
        day = reading.notes["service_day"].replace("-", "")
        runs = slow_services(feed, day)
        buses = {row["route_id"] for row in rows_of(feed, "routes.txt") or []
                 if row["route_type"] == "3" or row["route_type"][:-2] in ("2", "7")}  # fmt: skip
        trips = {row["trip_id"] for row in rows_of(feed, "trips.txt") or []
                 if row["service_id"] in runs and row["route_id"] in buses}  # fmt: skip
        counts = slow_counts(feed, trips)
        stop = reading.table["stop"].str.split(":", n=1).str[1]
        told = dict(zip(stop, reading.table["calls_by_day"], strict=True))
        assert told == {one: counts.get(one, 0) for one in stop}
        assert sum(told.values()) > 30


def slow_counts(feed: Path, trips: set[str]) -> dict[str, int]:
    """Count the departures by day of some trips, each of a frequency by itself."""
    calls: dict[str, list[dict[str, str]]] = {}
    for row in rows_of(feed, "stop_times.txt") or []:
        if row["trip_id"] in trips:
            calls.setdefault(row["trip_id"], []).append(row)
    begins: dict[str, list[int]] = {}
    for row in rows_of(feed, "frequencies.txt") or []:
        begin, end = seconds(row["start_time"]), seconds(row["end_time"])
        begins.setdefault(row["trip_id"], []).extend(range(begin, end, int(row["headway_secs"])))
    counts: dict[str, int] = {}
    for trip, own in calls.items():
        own.sort(key=lambda row: int(row["stop_sequence"]))
        given = [number for number, row in enumerate(own) if row["departure_time"]]
        first = seconds(own[0]["departure_time"])
        for number, row in enumerate(own):
            before = max(one for one in given if one <= number)
            after = min(one for one in given if one >= number)
            depart = seconds(own[before]["departure_time"])
            if before < after:
                way = seconds(own[after]["arrival_time"]) - depart
                depart += way * (number - before) // (after - before)
            for begin in begins.get(trip, [first]):
                by_day = 6 * 3600 <= begin + depart - first < 20 * 3600
                counts[row["stop_id"]] = counts.get(row["stop_id"], 0) + by_day
    return counts


def slow_services(feed: Path, day: str) -> set[str]:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    weekday = names[pd.Timestamp(day).weekday()]
    runs = {row["service_id"] for row in rows_of(feed, "calendar.txt") or []
            if row[weekday] == "1" and row["start_date"] <= day <= row["end_date"]}  # fmt: skip
    for row in rows_of(feed, "calendar_dates.txt") or []:
        if row["date"] == day:
            (runs.add if row["exception_type"] == "1" else runs.discard)(row["service_id"])
    return runs


FEED = {
    "routes.txt": "route_id,route_type\nb,3\nt,0\n",
    "trips.txt": "route_id,service_id,trip_id\nb,w,one\nb,w,many\nt,w,tram\nb,s,sunday\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
                 "A,A,57,24\nB,B,57.1,24\nC,C,57.2,24\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
                    "start_date,end_date\nw,1,1,1,1,1,0,0,20261102,20261231\n"
                    "s,0,0,0,0,0,0,1,20261102,20261231\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                      "one,05:59:00,05:59:59,A,1\none,06:00:00,06:00:00,B,2\none,,,C,3\n"
                      "one,20:00:00,20:00:00,A,4\n"
                      "many,07:00:00,07:00:00,A,1\nmany,07:30:00,07:30:00,B,2\n"
                      "tram,08:00:00,08:00:00,A,1\nsunday,09:00:00,09:00:00,A,1\n",
    "frequencies.txt": "trip_id,start_time,end_time,headway_secs\n"
                       "many,05:00:00,08:00:00,1800\nmany,19:15:00,20:15:00,1200\n",
}  # fmt: skip


def calls_of(folder: Path, **tables: str) -> list[int | None]:
    with zipfile.ZipFile(folder / "feed.zip", "w") as feed:
        for name, text in {**FEED, **{f"{key}.txt": text for key, text in tables.items()}}.items():
            feed.writestr(name, text)
    table = read_gtfs(folder / "feed.zip", feed="f", regional=True).table
    return [None if pd.isna(one) else int(one) for one in table["calls_by_day"]]


def test_calls_of_a_day_by_hand(tmp_path: Path) -> None:
    """From 6 h on, before 20 h; blank times spread; frequencies shifted; by bus alone.

    `many` leaves A at 5:00 … 7:30 and 19:15, 19:35, 19:55: 4 and 3 count; it is at B half an
    hour later: 5:30, 6:00 … 8:00 and 19:45, 20:05, 20:25: 5 and 1.
    """
    assert calls_of(tmp_path) == [7, 1 + 6, 1]


def test_calls_without_a_time_are_not_known(tmp_path: Path) -> None:
    text = FEED["stop_times.txt"].replace("one,20:00:00,20:00:00", "one,,")
    assert calls_of(tmp_path, stop_times=text) == [None, None, None]


# --- What becomes of it --------------------------------------------------------------------------


def test_the_points_near_a_stop_without_a_class_are_listed(sample_result: Result) -> None:
    network = sample_result.network.dropna(subset=["place"])
    near = network["within"].astype(bool)
    expected = network[near & (network["quality_class"] == "none")]
    listed = sample_result.gaps_quality
    assert set(listed["place"]) == set(expected["place"])
    assert len(listed) > 50
    assert (listed["calls_by_day"] < 14).all()
    assert set(sample_result.gaps_service["place"]) < set(listed["place"])
    summary = sample_result.summary.set_index("criterion")["value"]
    counts = network["quality_class"].value_counts()
    assert {code: summary[f"points_quality_{code}"] for code in CODES} == {
        code: counts.get(code, 0) for code in CODES
    }
    homes = [name for name in summary.index if name.startswith("population_quality_")]
    assert summary[homes].sum() == summary["population"]


def test_points_near_a_stop_without_a_class_are_told_beside_the_headline(
    sample_out_en: Path,
) -> None:
    with (sample_out_en / "network.csv").open(encoding="utf-8") as file:
        points = [row for row in csv.DictReader(file) if row["place"]]
    poor = {row["place"] for row in points
            if row["within"] == "true" and row["quality_class"] == "none"}  # fmt: skip
    with (sample_out_en / "gaps_service.csv").open(encoding="utf-8") as file:
        rare = sum(row["place"] in poor for row in csv.DictReader(file))
    said = (
        f"Points with a stop within 700 m and too few buses for any quality class: {len(poor)}; "
        f"of these, points with no more than 3 calls: {rare}."
    )
    for page, href in (("index", "gaps.html#quality"), ("report", "gaps.html#quality"),
                       ("gaps", "#quality")):  # fmt: skip
        tree = lxml.html.parse(sample_out_en / f"{page}.html")
        (link,) = tree.xpath("//ul[@class='key-figures']/following-sibling::*[1]/a")
        assert link.text_content().replace("\xa0", " ") == said
        assert link.get("href") == href


def test_classes_of_the_sample_are_those_of_plain_loops(sample_result: Result) -> None:
    places = sample_result.places.sort_values("place").iloc[::97]
    stops = sample_result.stops[sample_result.stops["in_set"]]
    stops = stops.assign(calls=stops["calls_by_day"].astype(float))
    for (_, place), found in zip(places.iterrows(), places["quality_class"], strict=True):
        beside = stops[(abs(stops["lat"] - place["lat"]) < 0.03)
                       & (abs(stops["lon"] - place["lon"]) < 0.05)]  # fmt: skip
        assert [found] == slow_classes(pd.DataFrame([place]), beside.reset_index(drop=True))


def test_a_letter_counts_its_points_by_class(sample_result: Result) -> None:
    lines = quality_lines(sample_result)
    assert set(lines) == set(sample_result.network["municipality"])
    for code, rows in sample_result.network.groupby("municipality"):
        points = [row for row in rows.to_dict("records") if isinstance(row["place"], str)]
        near = sum(row["quality_class"] == "none" and row["within"] for row in points)
        shown = [int(count) for count in re.findall(r": (\d+)(?=[;.])", lines[str(code)])]
        assert sum(shown) == len(points) + near
        assert (f"robežās: {near}." in lines[str(code)].replace("\u00a0", " ")) == (near > 0)
