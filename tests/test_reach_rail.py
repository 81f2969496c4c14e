"""Trains: they count for `vpvkac reach` where that is asked for, at stations that no bus serves."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from plain_country import rows
from test_reach import FEED, A, B, Write, ask, clock, country
from vpvkac.cli.main import main
from vpvkac.sources.gtfs import read_gtfs

__all__ = ["country"]
HEADINGS = "stop_id,stop_name,stop_lat,stop_lon"
# The train does what the bus of the example did; a bus runs elsewhere.
FAR = (("X", "Tāle", A[0], A[1] + 0.3), ("Y", "Tālava", A[0], A[1] + 0.4))
STOPS = rows(HEADINGS, ("A", "Ēka", *A), ("B", "Baltā", *B), *FAR)
BY_BUS = rows(
    "", ("bus", "06:00:00", "06:00:00", "X", 1, 0, 0), ("bus", "06:10:00", "06:10:00", "Y", 2, 0, 0)
)


def feed(kind: int, *, bus: bool = True) -> dict[str, str]:
    """Make a feed whose vehicles at A and B are of one route type, with a bus elsewhere or none."""
    routes = f"route_id,agency_id,route_short_name,route_type\nr,1,R,{kind}\nb,1,1,3\n"
    trips = "route_id,service_id,trip_id\nr,w,there\nr,w,again\n"
    times = FEED["stop_times.txt"]
    if bus:
        trips, times = trips + "b,w,bus\n", times + BY_BUS.lstrip()
    return {"stops": STOPS, "routes": routes, "trips": trips, "stop_times": times}


def home(file: Path) -> pd.Series:
    """Give the home of the example, by its file."""
    homes = pd.read_parquet(file.parent / "out" / "reach_homes.parquet")
    return homes[homes["points"] == "network"].set_index("home").loc["LV9000110"]


def test_a_journey_by_train_alone_counts_with_rail(country: Write) -> None:
    file = country(**feed(2))
    code, said = ask(file, "--points", "network")
    page = (file.parent / "out" / "reach.html").read_text(encoding="utf-8")
    assert (code, home(file)["class"]) == (0, "none")
    assert "Trains count too" not in said + page
    assert "Railway stations" not in page
    code, said = ask(file, "--points", "network", "--rail")
    page = (file.parent / "out" / "reach.html").read_text(encoding="utf-8")
    assert code == 0
    for text in (said, page):
        assert "Trains count too: what is said of buses holds for them as well." in text
    assert "Railway stations are counted." in page
    assert "Railway stations are not counted." not in page
    # As by the bus of the example that docs/reach.md reckons by hand.
    found = home(file)
    assert (found["class"], found["appointments"]) == ("bus", 8)
    times = [found[name] for name in ("out", "arrive", "leave", "back")]
    assert times == [clock(text) for text in ("07:22:13", "07:52:35", "08:30:00", "12:32:47")]


def test_a_ferry_never_counts(country: Write) -> None:
    file = country(**feed(4))
    code, _ = ask(file, "--points", "network", "--rail")
    assert (code, home(file)["class"]) == (0, "none")


def test_a_feed_of_trains_alone_is_read_where_trains_count(country: Write) -> None:
    file = country(**feed(2, bus=False))
    code, said = ask(file, "--points", "network")
    assert code == 1
    assert "gtfs: no stop is served by bus, trolleybus or tram" in said
    code, said = ask(file, "--points", "network", "--rail")
    assert code == 0, said
    assert "reach.csv" in said
    assert (home(file)["class"], home(file)["appointments"]) == ("bus", 8)
    service = pd.read_csv(file.parent / "out" / "reach_service.csv")
    assert service[["line", "stop", "stop_name"]].to_numpy().tolist() == [
        ["f: R", "f:A", "Ēka"], ["f: R", "f:B", "Baltā"],
    ]  # fmt: skip


def test_the_project_can_ask_for_trains(country: Write) -> None:
    file = country("[reach]\nrail = true\n", **feed(2, bus=False))
    out = file.parent / "all"
    told = CliRunner().invoke(main, ["run", str(file), "--out", str(out), "--lang", "en"])
    assert told.exit_code == 0, told.output
    units = pd.read_csv(out / "reach.csv").set_index(["points", "unit"])
    assert units.loc[("network", "LV9000110"), "bus"] == 1
    # Coverage knows no trains: every row of the feed is dropped by its reason.
    inputs = json.loads((out / "run.json").read_text(encoding="utf-8"))["inputs"]
    dropped = [one["rows_dropped"] for one in inputs if not one["rows_used"]]
    assert dropped == [{"not_bus": 2, "unserved": 2}]


@pytest.mark.parametrize(("kind", "level"), [(2, "warning"), (4, "error")])
def test_a_feed_without_buses_is_told_of(country: Write, kind: int, level: str) -> None:
    folder = country(**feed(kind, bus=False)).parent / "gtfs"
    fault = read_gtfs(folder, feed="f", regional=True, rail=True).faults[-1]
    assert fault.problem.text("en") == "no stop is served by bus, trolleybus or tram"
    assert fault.level == level


def test_a_station_without_a_position_is_passed_by(country: Write) -> None:
    stops = rows(HEADINGS, ("A", "Ēka", "", ""), ("B", "Baltā", *B), *FAR)
    file = country(**feed(2) | {"stops": stops})
    code, _ = ask(file, "--points", "network", "--rail")
    assert (code, home(file)["class"]) == (0, "none")
