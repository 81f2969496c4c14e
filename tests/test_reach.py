"""`vpvkac reach` on a country small enough to reckon in the head, and what it says of bad input."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lxml.html
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import vpvkac
from browser import console, show
from plain_country import at, beside, rows
from vpvkac.cli.main import main
from vpvkac.model.faults import InputError
from vpvkac.questions.compare.there_and_back import compare_ways, side_of
from vpvkac.questions.coverage.explorer import explorer
from vpvkac.render.map_page import render

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

PROJECT = """
[inputs]
units = "units.gpkg"
stops = [{ path = "gtfs", feed = "f", regional = true }]

[inputs.libraries]
path = "libraries.csv"
id = "id"
name = "name"
lat = "lat"
lon = "lon"
hours = "hours"
"""
# The home of each parish without a grid is the middle of its square: the library of Ziemeļi stands
# in the middle of its own, stop A 419 m from the middle of Dienvidi, stop B 139 m from the library.
HOME, LIBRARY = at(5, 5), at(5, 15)
A, B = beside(*HOME, 419), beside(*LIBRARY, 139)
HEADER = "id,name,lat,lon,hours"
LIBRARIES = rows(HEADER, ("l", "L", *LIBRARY, "Mo-Fr 08:00-12:00"))
TIMES = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type"
FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n1,P,http://p,Europe/Riga\n",
    "stops.txt": rows("stop_id,stop_name,stop_lat,stop_lon", ("A", "Ēka", *A), ("B", "Baltā", *B)),
    "routes.txt": "route_id,agency_id,route_short_name,route_type\nb,1,1,3\n",
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "w,1,1,1,1,1,0,0,20261101,20261231\n"
    ),
    "trips.txt": "route_id,service_id,trip_id\nb,w,there\nb,w,again\n",
    "stop_times.txt": rows(
        TIMES,
        ("there", "07:30:00", "07:30:00", "A", 1, 0, 0),
        ("there", "07:50:00", "07:50:00", "B", 2, 0, 0),
        ("again", "12:05:00", "12:05:00", "B", 1, 0, 0),
        ("again", "12:25:00", "12:25:00", "A", 2, 0, 0),
    ),
}
Write = Callable[..., Path]


@pytest.fixture
def country(write_project: Write, tmp_path: Path) -> Write:
    """Write a project, with other tables or lines where they are given."""

    def write(more: str = "", *, libraries: str = LIBRARIES, **tables: str | None) -> Path:
        folder = tmp_path / "gtfs"
        folder.mkdir(exist_ok=True)
        for name, text in (FEED | {f"{key}.txt": text for key, text in tables.items()}).items():
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8")
        return write_project(toml=PROJECT + more, libraries_csv=libraries)

    return write


def ask(file: Path, *arguments: str, lang: str = "en") -> tuple[int, str]:
    out = str(file.parent / "out")
    told = CliRunner().invoke(main, ["reach", str(file), "--out", out, "--lang", lang, *arguments])
    return told.exit_code, told.output


def clock(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def homes_of(found: vpvkac.api.questions.Reach) -> pd.DataFrame:
    return found.homes.set_index("home")


def test_the_example_of_the_page(country: Write) -> None:
    found = vpvkac.reach(vpvkac.analyse(vpvkac.load(country())), points="network")
    assert found.day == dt.date(2026, 11, 2)
    homes = homes_of(found)
    assert homes["class"].to_dict() == {
        "LV9000100": "walk", "LV9000110": "bus", "LV9000200": "none", "LV9000210": "none",
    }  # fmt: skip
    row = homes.loc["LV9000110"]
    assert (row["appointments"], row["of"], row["changes"]) == (8, 8, 0)
    assert row["out"] == clock("07:22:13")
    assert row["arrive"] == clock("07:52:35")
    assert row["leave"] == clock("08:30:00")
    assert row["back"] == clock("12:32:47")
    assert row["minutes"] == 311
    assert not row["own"]
    assert homes["way"].to_dict() == {
        "LV9000100": "", "LV9000110": "", "LV9000200": "no_stop", "LV9000210": "no_stop",
    }  # fmt: skip
    # The library stands in the middle of its parish: nobody walks to it from elsewhere.
    assert homes["walk_place"].to_dict() == {
        "LV9000100": "libraries:l", "LV9000110": "", "LV9000200": "", "LV9000210": "",
    }  # fmt: skip
    assert homes["walk_m"].dropna().to_dict() == {"LV9000100": pytest.approx(0, abs=0.1)}
    place = found.places.iloc[0]
    assert (place["appointments"], place["first"], place["last"]) == (8, "08:00", "11:30")
    assert (place["residents_walk"], place["residents_bus"]) == (1, 1)
    assert (found.gaps["remedy"] == "remote_support").all()


def test_every_resident_is_counted_once(country: Write) -> None:
    found = vpvkac.reach(vpvkac.analyse(vpvkac.load(country())))
    sums = found.units[["walk", "bus", "none"]].sum(axis=1)
    assert (sums == found.units["residents"]).all()
    assert found.units["residents"].tolist()[-1] == 4


@pytest.mark.parametrize(("changes", "way", "said"), [
    # The bus comes after the last appointment.
    ({"stop_times": FEED["stop_times.txt"].replace("07:", "11:")}, "no_outbound",
     "departure from the stop “Ēka”, to be there at 8:00–11:30: L."),
    # The bus home leaves before anyone has been served.
    ({"stop_times": FEED["stop_times.txt"].replace("12:", "08:")}, "no_return",
     "leaves the point (L) at 8:30 or later and is at the stop “Ēka” by 20:52."),
    # Opening until 13:00 would do.
    ({"stop_times": FEED["stop_times.txt"].replace("07:30:00", "11:40:00")
      .replace("07:50:00", "11:55:00").replace("12:", "13:")}, "no_outbound", "Asked for"),
    ({"libraries": rows(HEADER, ("l", "L", *LIBRARY, "Mo-Fr 12:30-15:00"))}, "no_return",
     "leaves the point (L) at 13:00 or later"),
])  # fmt: skip
def test_what_stands_in_the_way_and_what_to_ask_for(
    country: Write, changes: dict[str, str], way: str, said: str
) -> None:
    file = country(**changes)
    assert ask(file, "--points", "network")[0] == 0
    gaps = pd.read_csv(file.parent / "out" / "gaps_reach.csv").set_index("unit")
    assert gaps.loc["LV9000110", "way"] == way
    assert said in gaps.loc["LV9000110", "reason"]
    assert gaps["rank"].tolist() == [1, 2, 3]


# A bus there alone, at the point at 11:02, whose first appointment is then 11:30; and one home
# alone, of which the last appointment is 8:30.
ONE_WAY = {
    "no_return": [("there", "10:40:00", "10:40:00", "A", 1, 0, 0),
                  ("there", "11:00:00", "11:00:00", "B", 2, 0, 0)],
    "no_outbound": [("again", "09:05:00", "09:05:00", "B", 1, 0, 0),
                    ("again", "09:25:00", "09:25:00", "A", 2, 0, 0)],
}  # fmt: skip


@pytest.mark.parametrize(("way", "said", "asked", "helps"), [
    ("no_return", "at 12:00 or later", {"B": "12:03:00", "A": "12:23:00"}, True),
    ("no_return", "“Ēka” by 20:52", {"B": "20:32:00", "A": "20:52:00"}, True),
    ("no_return", "at 12:00 or later", {"B": "11:40:00", "A": "12:10:00"}, False),
    ("no_return", "“Ēka” by 20:52", {"B": "20:33:00", "A": "20:53:00"}, False),
    ("no_outbound", "to be there at 8:00–8:30", {"A": "08:00:00", "B": "08:27:00"}, True),
    ("no_outbound", "to be there at 8:00–8:30", {"A": "08:05:00", "B": "08:29:00"}, False),
])  # fmt: skip
def test_a_departure_as_asked_for_helps_and_none_outside_it(
    country: Write, way: str, said: str, asked: dict[str, str], helps: bool
) -> None:
    head = FEED["stop_times.txt"].splitlines()[0]
    project = country(stop_times=rows(head, *ONE_WAY[way]))
    found = vpvkac.reach(vpvkac.analyse(vpvkac.load(project)), points="network")
    assert homes_of(found).loc["LV9000110", "way"] == way
    assert ask(project, "--points", "network")[0] == 0
    gaps = pd.read_csv(project.parent / "out" / "gaps_reach.csv").set_index("unit")
    assert said in gaps.loc["LV9000110", "reason"]
    trip = "again" if way == "no_return" else "there"
    calls = [
        (trip, at, at, stop, number, 0, 0) for number, (stop, at) in enumerate(asked.items(), 1)
    ]
    project = country(stop_times=rows(head, *ONE_WAY[way], *calls))
    found = vpvkac.reach(vpvkac.analyse(vpvkac.load(project)), points="network")
    assert (homes_of(found).loc["LV9000110", "class"] == "bus") == helps


# The walk home is 467 s from A, that to the library 155 s from B.
OUT, THERE = ("out", "07:22:13"), ("arrive", "07:52:35")
C = beside(*LIBRARY, 3000)
TRIES: dict[str, tuple[dict[str, str], str, dict[str, str], str]] = {
    "no bus home after an appointment": (
        {"stop_times": FEED["stop_times.txt"].replace("12:", "08:")}, "no_return",
        dict([OUT, THERE, ("leave", "08:30:00")]),
        "leave home 7:22, at the point 7:53, leave it 8:30, no way home by midnight (L).",
    ),
    "a bus home too late": (
        {"stop_times": FEED["stop_times.txt"].replace("12:", "22:")}, "no_return",
        dict([OUT, THERE, ("leave", "08:30:00"), ("back", "22:32:47")]),
        "leave home 7:22, at the point 7:53, leave it 8:30, home 22:33 (L).",
    ),
    "a bus there too late": (
        {"stop_times": FEED["stop_times.txt"].replace("07:", "11:")}, "no_outbound",
        {"out": "11:22:13", "arrive": "11:52:35"},
        "leave home 11:22, at the point 11:53 at the earliest, its last appointment is at 11:30",
    ),
    "a bus part of the way": (
        {"stops": rows(FEED["stops.txt"].rstrip(), ("C", "Tālā", *C)),
         "stop_times": FEED["stop_times.txt"].replace("07:50:00,B", "07:50:00,C")}, "no_outbound",
        {"stop": "f:C", "distance_m": "3000"},
        "by 21:00 is the stop “Tālā”, in a straight line 3 km (L).",
    ),
    "no bus there": (
        {"stop_times": rows(TIMES, ("again", "12:05:00", "12:05:00", "B", 1, 0, 0),
                            ("again", "12:25:00", "12:25:00", "A", 2, 0, 0))}, "no_outbound",
        {}, "no vehicle brings one nearer to a point by 21:00; in a straight line L is",
    ),
    "no appointment that day": (
        {"libraries": rows(HEADER, ("l", "L", *LIBRARY, "Sa 09:00-12:00"))}, "hours",
        dict([OUT, THERE, ("leave", "08:30:00"), ("back", "12:32:47")]),
        "leave home 7:22, at the point 7:53, leave it 8:30, home 12:33 (L).",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TRIES)
def test_the_best_try_of_a_home_that_cannot(country: Write, case: str) -> None:
    tables, way, wanted, sentence = TRIES[case]
    file = country(**tables)
    assert ask(file, "--points", "network")[0] == 0
    gaps = pd.read_csv(file.parent / "out" / "gaps_reach.csv", dtype=str).set_index("unit")
    row = gaps.loc["LV9000110"]
    assert row["way"] == way
    names = ["out", "arrive", "leave", "back"]
    times = {name: row[name] for name in names if not pd.isna(row[name])}
    at = {key: str(clock(text)) for key, text in wanted.items() if key in names}
    assert at.items() <= times.items()
    assert (row["place"], row["place_name"]) == ("libraries:l", "L")
    if "stop" in wanted:
        assert row["stop"] == wanted["stop"]
        assert float(row["distance_m"]) == pytest.approx(3000, abs=1)
    assert ("back" in times) == ("back" in wanted)
    assert sentence in row["reason"].replace("\N{NO-BREAK SPACE}", " ")
    # Those farther away have no served stop, and are told the nearest.
    far = gaps.loc["LV9000210"]
    assert far["way"] == "no_stop"
    assert float(far["walk_s"]) > 1800
    assert "the nearest served stop in a straight line is “" in far["reason"]


def test_other_hours_are_named(country: Write) -> None:
    # Open before a bus has come, with a bus home; and after the last bus home, with a bus there.
    late = FEED["stop_times.txt"] + rows(
        "late,12:10:00,12:10:00,A,1,0,0", ("late", "12:25:00", "12:25:00", "B", 2, 0, 0)
    )
    file = country(
        libraries=rows(HEADER, ("l", "L", *LIBRARY, '"Mo-Fr 07:00-07:30,12:30-13:00"')),
        stop_times=late, trips=FEED["trips.txt"] + "b,w,late\n",
    )  # fmt: skip
    assert ask(file, "--points", "network")[0] == 0
    gaps = pd.read_csv(file.parent / "out" / "gaps_reach.csv").set_index("unit")
    assert gaps.loc["LV9000110", ["way", "remedy"]].tolist() == ["hours", "other_hours"]
    assert "An appointment that would help most: 8:00 (L)." in gaps.loc["LV9000110", "reason"]


def test_without_an_existing_centre_nobody_can(country: Write) -> None:
    file = country('[reach]\npoints = "existing"\n')
    assert ask(file)[0] == 0
    row = pd.read_csv(file.parent / "out" / "reach.csv").iloc[-1]
    assert row[["residents", "walk", "bus", "none"]].tolist() == [4, 0, 0, 4]
    gaps = pd.read_csv(file.parent / "out" / "gaps_reach.csv")
    assert (gaps["remedy"] == "remote_support").all()
    homes = pd.read_parquet(file.parent / "out" / "reach_homes.parquet").set_index("home")
    assert homes.loc["LV9000110", ["class", "way", "place"]].tolist() == ["none", "no_outbound", ""]
    assert run(file)[0] == 0
    reply = CliRunner().invoke(main, ["hours", str(file), "--reach", "--out", str(file.parent)])
    assert reply.exit_code == 0, reply.output


def test_a_feed_that_does_not_run_on_the_day_is_warned_of(country: Write) -> None:
    file = country()
    second = file.parent / "second"
    second.mkdir()
    for name, text in FEED.items():
        (second / name).write_text(text.replace("20261101,20261231", "20260101,20260228"))
    file.write_text(PROJECT.replace(ONE, f"{ONE}, {TWO}"), encoding="utf-8")
    code, said = ask(file, "--day", "2026-11-03")
    assert code == 0
    sentence = "does not run on the service day; its calendars: 2026-01-01 to 2026-02-28"
    assert sentence in " ".join(said.split())
    assert sentence in (file.parent / "out" / "reach.html").read_text(encoding="utf-8")


def test_a_name_of_a_feed_is_no_pattern(country: Write) -> None:
    file = country()
    file.write_text(file.read_text(encoding="utf-8").replace('"f"', '"a{b}"'), encoding="utf-8")
    assert ask(file)[0] == 0
    service = pd.read_csv(file.parent / "out" / "reach_service.csv")
    assert service["line"].unique().tolist() == ["a{b}: 1"]


def test_on_foot_too_an_appointment_must_be_usable(country: Write) -> None:
    # From 12:30 on no appointment is left, and a later bus is of no use.
    file = country()
    assert ask(file, "--points", "network", "--leave", "12:30")[0] == 0
    gaps = pd.read_csv(file.parent / "out" / "gaps_reach.csv").set_index("unit")
    row = pd.read_csv(file.parent / "out" / "reach.csv").iloc[-1]
    assert row[["walk", "bus", "none"]].tolist() == [0, 0, 4]
    assert gaps.loc["LV9000100", ["way", "remedy"]].tolist() == ["hours", "other_hours"]
    assert "An appointment that would help most: 13:00 (L)." in gaps.loc["LV9000100", "reason"]
    assert gaps.loc["LV9000110", ["way", "remedy"]].tolist() == ["no_outbound", "remote_support"]
    places = pd.read_csv(file.parent / "out" / "reach_places.csv").iloc[0]
    assert places[["residents_walk", "residents_bus"]].tolist() == [0, 0]
    # The first appointment ends at 8:30, and home is a few steps away.
    result = vpvkac.analyse(vpvkac.load(file))
    for home, class_ in (("08:35", "walk"), ("08:29", "none")):
        homes = homes_of(vpvkac.reach(result, points="network", home=home))
        assert homes.loc["LV9000100", "class"] == class_


def test_where_no_point_is_open_that_day_other_hours_help(country: Write) -> None:
    calendar = FEED["calendar.txt"].replace("1,1,1,1,1,0,0", "1,1,1,1,1,1,0")
    file = country(calendar=calendar)
    assert ask(file, "--points", "network", "--day", "2026-11-07")[0] == 0
    gaps = pd.read_csv(file.parent / "out" / "gaps_reach.csv").set_index("unit")
    assert gaps.loc["LV9000110", ["way", "remedy"]].tolist() == ["hours", "other_hours"]
    assert gaps.loc["LV9000100", ["way", "remedy"]].tolist() == ["hours", "other_hours"]
    assert gaps.loc["LV9000200", ["way", "remedy"]].tolist() == ["no_stop", "remote_support"]


def test_points_without_hours_take_those_assumed(country: Write) -> None:
    file = country(
        '[reach]\nassumed_hours = "Mo-Fr 10:00-11:00"\npoints = "network"\nstay = 60\n',
        libraries=rows(HEADER, ("l", "L", *LIBRARY, "")),
    )
    code, said = ask(file)
    assert code == 0, said
    place = pd.read_csv(file.parent / "out" / "reach_places.csv").iloc[0]
    assert (place["hours"], place["appointments"]) == ("Mo-Fr 10:00-11:00", 1)
    assert not place["hours_known"]
    page = (file.parent / "out" / "reach.html").read_text(encoding="utf-8")
    sentence = "No point of this set has known hours: all who can rest on the assumption of Mon–Fri"
    assert sentence in page
    assert sentence in said
    # What is asked goes before what the project sets.
    assert ask(file, "--stay", "30")[0] == 0
    place = pd.read_csv(file.parent / "out" / "reach_places.csv").iloc[0]
    assert place["appointments"] == 2


def test_what_rests_on_assumed_hours_is_told_by_a_run_too(country: Write) -> None:
    # On foot to a library without hours and one with them, and by bus to the first.
    both = (("l", "L", *LIBRARY, ""), ("m", "M", *at(15, 15), "Mo-Fr 08:00-12:00"))
    file = country(libraries=rows(HEADER, *both))
    assert run(file, "--reach")[0] == 0
    out = file.parent / "out"
    sentence = (
        "Of those who can, 66.7 % go to a point whose hours are not known and are taken to be "
        "Mon–Fri 9:00–17:00."
    )
    for page in ("report.html", "reach.html"):
        text = (out / page).read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
        assert text.count(sentence) == 1
        # Of the open centres, of which there is none, nothing is assumed.
        assert "No point of this set" not in text
    gaps = pd.read_csv(out / "gaps_reach.csv").set_index(["points", "way"])["reason"]
    sentence = "There is no point to go to."
    assert gaps["existing", "no_outbound"].tolist() == [sentence, sentence]


def test_nobody_is_a_resident_where_residents_are_not_known(country: Write) -> None:
    file = country()
    output = ask(file)[1].replace("\N{NO-BREAK SPACE}", " ")
    assert "Network of contact points: from 50 % of territorial units one can go there" in output
    page = (file.parent / "out" / "reach.html").read_text(encoding="utf-8")
    assert "Residents are not given: every territorial unit counts as one" in page
    reasons = pd.read_csv(file.parent / "out" / "gaps_reach.csv")["reason"]
    told = " ".join([output.replace(str(file.parent), ""), *reasons])
    assert "resident" not in told.lower()

    file = country('[inputs.population]\npath = "people.csv"\nunit = "code"\nvalue = "people"\n')
    people = [("LV9000100", 30), ("LV9000110", 10), ("LV9000200", 0), ("LV9000210", 60)]
    (file.parent / "people.csv").write_text(rows("code,people", *people), encoding="utf-8")
    assert "40 % of residents can go there" in ask(file)[1].replace("\N{NO-BREAK SPACE}", " ")
    page = (file.parent / "out" / "reach.html").read_text(encoding="utf-8")
    assert "Residents are those of a territorial unit, taken at a point in the middle" in page


def test_a_call_by_arrangement_counts_and_is_told(country: Write) -> None:
    file = country(stop_times=FEED["stop_times.txt"].replace("A,1,0,0", "A,1,2,0"))
    assert ask(file, "--points", "network")[0] == 0
    page = (file.parent / "out" / "reach.html").read_text(encoding="utf-8")
    assert "a call that must be arranged beforehand: 1 (25 %)" in page.replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_the_order_of_feeds_changes_no_byte(country: Write) -> None:
    file = country()
    second = file.parent / "second"
    second.mkdir()
    for name, text in FEED.items():
        later = text.replace("07:", "09:").replace("Ēka", "Otra")
        (second / name).write_text(later, encoding="utf-8")
    written = []
    for feeds in (f"{ONE}, {TWO}", f"{TWO}, {ONE}", f"{TWO}, {ONE}"):
        file.write_text(PROJECT.replace(ONE, feeds), encoding="utf-8")
        assert ask(file)[0] == 0
        out = sorted((file.parent / "out").glob("*reach*"))
        written.append({path.name: path.read_bytes() for path in out})
    assert len(written[0]) == 7
    assert written[1] == written[2]
    # The page names its sources in the order of the project.
    del written[0]["reach.html"], written[1]["reach.html"]
    assert written[0] == written[1]


BAD: dict[str, tuple[dict[str, str | None], list[str], str, str]] = {
    "no stop times": ({"stop_times": None}, [], "stop_times.txt", "stop_times.txt"),
    "no trip on the day": (
        {}, ["--day", "2026-12-06"], "šajā dienā nekas nekursē", "no vehicle runs on this day",
    ),
    "outside the calendar": (
        {}, ["--day", "2030-01-07"],
        "ir ārpus avotu kalendāriem: 2026-11-01 – 2026-12-31",
        "is outside the calendars of the feeds: 2026-11-01 to 2026-12-31",
    ),
    "time goes backward": (
        {"stop_times": FEED["stop_times.txt"].replace("07:30", "07:55").replace("12:05", "12:55")},
        [], "nevienam šīs dienas reisam nav lietojamu laiku",
        "no trip of this day has times that can be used",
    ),
    "a frequency of zero": (
        {"frequencies": "trip_id,start_time,end_time,headway_secs\nthere,07:00:00,08:00:00,0\n"},
        [], "frequencies.txt", 'frequencies.txt, row 2, headway_secs: "0" is not a whole number',
    ),
    "a frequency that is negative": (
        {"frequencies": "trip_id,start_time,end_time,headway_secs\nthere,07:00:00,08:00:00,-5\n"},
        [], "frequencies.txt", 'frequencies.txt, row 2, headway_secs: "-5" is not a whole number',
    ),
    "a band that ends before it starts": (
        {"frequencies": "trip_id,start_time,end_time,headway_secs\nthere,08:00:00,07:00:00,600\n"},
        [], "frequencies.txt", 'row 2, end_time: "07:00:00" is not after start_time',
    ),
    "a sequence twice": (
        {"stop_times": FEED["stop_times.txt"].replace("B,2", "B,1")}, [], "stop_sequence",
        'stop_times.txt, row 2, stop_sequence: "1" is the key of more than one row',
    ),
    "a text that is no time": (
        {"stop_times": FEED["stop_times.txt"].replace("07:30:00", "7h30")},
        [], "departure_time", 'stop_times.txt, row 2, departure_time: "7h30" is not a time',
    ),
    "no rows of stop times": (
        {"stop_times": f"{TIMES}\n"}, [], "stop_times.txt: nav pieturu laiku",
        "stop_times.txt: there are no stop times",
    ),
    "no calendar": (
        {"calendar": None}, [], "gtfs: nav ne calendar.txt, ne calendar_dates.txt",
        "gtfs: there is neither calendar.txt nor calendar_dates.txt; nothing runs",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_in_a_sentence(country: Write, case: str) -> None:
    tables, arguments, lv, en = BAD[case]
    file = country(**tables)
    for lang, sentence in (("lv", lv), ("en", en)):
        code, said = ask(file, *arguments, lang=lang)
        assert code == 1, said
        assert sentence in said
        assert "Traceback" not in said
    assert not (file.parent / "out").exists()


@pytest.mark.parametrize(("arguments", "lv", "en"), [
    (["--stay", "0"], "jābūt vismaz 1", "must be at least 1"),
    (["--walk", "241"], "jābūt no 0 līdz 240", "must be from 0 to 240"),
    (["--leave", "25:00"], "nav diennakts laiks", "is not a time of day"),
    (["--home", "04:00"], "jābūt pēc 05:00", "must be after 05:00"),
    (["--day", "2026-13-01"], "nav datums", "is not a date"),
    (["--points", "all"], "nav zināma vērtība", "is not a known value"),
])  # fmt: skip
def test_options_out_of_range_are_wrong_usage(
    country: Write, arguments: list[str], lv: str, en: str
) -> None:
    file = country()
    for lang, sentence in (("lv", lv), ("en", en)):
        code, said = ask(file, *arguments, lang=lang)
        assert code == 2
        assert sentence in said


@pytest.mark.parametrize(("lines", "sentence"), [
    ("stay = 0", "reach.stay"),
    ('leave = "7"', "is not a time of day"),
    ('home = "04:00"', "must be after 05:00"),
    ('assumed_hours = "ofte"', "cannot be understood as opening hours"),
    ('hours = "Mo-Fr"', "reach.hours"),
])  # fmt: skip
def test_what_a_project_sets_is_checked(country: Write, lines: str, sentence: str) -> None:
    code, said = ask(country(f"[reach]\n{lines}\n"))
    assert code == 1
    assert sentence in said


def test_options_of_python_are_checked(country: Write) -> None:
    result = vpvkac.analyse(vpvkac.load(country()))
    with pytest.raises(ValueError, match="stay: 0 is too small"):
        vpvkac.reach(result, stay=0)
    with pytest.raises(InputError, match="no vehicle runs on this day"):
        vpvkac.reach(result, day="2026-12-06")
    found = vpvkac.reach(result, points="network")
    assert "<Reach: 4 homes" in repr(found)
    files = found.write(result.project.path.parent / "new")
    assert all(path.is_file() for path in files)


@pytest.fixture
def earlier(country: Write, made_once: Callable[..., Path], tmp_path: Path) -> Path:
    """Give a copy of the folder of a run with reach."""

    def write(folder: Path) -> None:
        vpvkac.analyse(vpvkac.load(country()), reach=True).write(folder)

    return Path(shutil.copytree(made_once("run_with_reach", write), tmp_path / "earlier"))


def run(file: Path, *arguments: str) -> tuple[int, str]:
    out = str(file.parent / "out")
    reply = CliRunner().invoke(main, ["run", str(file), "--out", out, "--lang", "en", *arguments])
    return reply.exit_code, reply.output


def test_a_run_tells_reach_where_it_is_asked_or_the_project_says_so(country: Write) -> None:
    file = country()
    out = file.parent / "out"
    assert ask(file)[0] == 0
    alone = {path.name: path.read_bytes() for path in out.iterdir()}
    code, output = run(file)
    assert code == 0, output
    assert "reach_existing" not in (out / "summary.csv").read_text(encoding="utf-8")

    code, output = run(file, "--reach")
    assert code == 0
    # Two of four homes: the one beside the library, and the one with the bus.
    line = r"Units from which one can go there and back: network of contact points, % +50(\.0)?\s?%"
    assert re.search(line, output)
    summary = pd.read_csv(out / "summary.csv").set_index("criterion")["value"]
    assert summary[-8:].index.tolist() == [
        f"reach_{points}_units_{what}"
        for points in ("existing", "network")
        for what in ("share", "walk", "bus", "none")
    ]
    assert summary[-4:].tolist() == [0.5, 1, 1, 2]
    # The files of the question are those of the command, and the data package names its tables.
    # The page alone leads to the others.
    for name in alone.keys() - {"reach.html"}:
        assert (out / name).read_bytes() == alone[name]
    assert "gaps_reach" in (out / "datapackage.json").read_text(encoding="utf-8")
    assert "gaps_reach.csv" in (out / "run.json").read_text(encoding="utf-8")

    assert run(file)[0] == 0
    assert not (out / "reach.csv").exists()
    asked = country("[reach]\n")
    assert run(asked)[0] == 0
    assert (out / "reach.csv").exists()
    assert run(asked, "--no-reach")[0] == 0
    assert not (out / "reach.csv").exists()


ONE = '{ path = "gtfs", feed = "f", regional = true }'
TWO = '{ path = "second", feed = "g", regional = true }'


@pytest.mark.parametrize(("case", "is_input"), [
    ("no stop times", False), ("outside the calendar", False), ("time goes backward", False),
    ("a band that ends before it starts", False), ("no calendar", False),
    ("a sequence twice", True), ("a text that is no time", True),
])  # fmt: skip
def test_a_run_tells_of_a_bad_feed_beside_a_good_one(
    country: Write, case: str, is_input: bool
) -> None:
    """What stops the timetable alone leaves the rest; errors of the input come before writing."""
    tables, arguments, _, sentence = BAD[case]
    file = country(f"[reach]\nday = {arguments[1]!r}\n" if arguments else "")
    second = file.parent / "second"
    second.mkdir()
    for name, text in (FEED | {f"{key}.txt": text for key, text in tables.items()}).items():
        if text is not None:
            (second / name).write_text(text, encoding="utf-8")
    # A day without a vehicle, and trips without times, are of all feeds together.
    feeds = TWO if case in {"outside the calendar", "time goes backward", "no calendar"} else (
        f"{ONE}, {TWO}"
    )  # fmt: skip
    file.write_text(file.read_text(encoding="utf-8").replace(ONE, feeds), encoding="utf-8")
    code, said = run(file, "--reach")
    assert code == 1
    assert sentence.replace("gtfs:", "second:") in said
    out = file.parent / "out"
    assert ("Reach was not computed; everything else was written." in said) != is_input
    assert (out / "summary.csv").exists() != is_input
    assert not (out / "reach.csv").exists()


@pytest.mark.parametrize("tables", [
    {"stop_times": f"{TIMES}\n"},
    BAD["a frequency of zero"][0],
])  # fmt: skip
def test_a_run_loses_nothing_where_reach_cannot_be_told(
    country: Write, tables: dict[str, str | None]
) -> None:
    file = country(**tables)
    assert run(file)[0] == 0
    out = file.parent / "out"
    without = (out / "summary.csv").read_bytes()
    code, output = run(file, "--reach")
    assert code == 1
    assert "Reach was not computed; everything else was written." in output
    assert (out / "summary.csv").read_bytes() == without
    assert (out / "map.html").exists()
    # How often a bus comes is not known, and nothing is said to be served four times a day.
    assert pd.read_csv(out / "network.csv")["visits"].isna().all()


# Of each parish of the municipality, by hand: who can on foot, who by bus, who cannot.
RIGHT = {"Austrumu pagasts": (0, 0, 1), "Pilsēta": (0, 0, 1)}
LEFT = {"Ziemeļu pagasts": (1, 0, 0), "Dienvidu pagasts": (0, 1, 0)}


@pytest.mark.parametrize("known", [True, False])
def test_letters_and_workbooks_tell_the_way(country: Write, tmp_path: Path, known: bool) -> None:
    """With three residents in each unit, and without: then units are counted, and called so."""
    residents = '[inputs.population]\npath = "people.csv"\nunit = "code"\nvalue = "people"\n'
    file = country(residents if known else "")
    units = ["LV9000100", "LV9000110", "LV9000200", "LV9000210"]
    people = rows("code,people", *((unit, 3) for unit in units))
    (file.parent / "people.csv").write_text(people, encoding="utf-8")
    vpvkac.analyse(vpvkac.load(file), reach=True, lang="en").write(tmp_path / "new")
    each = 3 if known else 1
    for code, of in (("LV9001000", RIGHT), ("LV9000000", LEFT)):
        folder = tmp_path / "new" / "municipalities" / code
        letter = lxml.html.parse(folder / "index.html").getroot()
        text = " ".join(letter.find("body").text_content().replace("\u00a0", " ").split())
        none = sum(row[2] for row in of.values())
        able, walk, bus = (("0 %", "0 %", "0 %"), ("100 %", "50 %", "50 %"))[none == 0]
        said = (
            f"Network of contact points: {able} of residents can go there, be served and be home "
            f"again on one day ({walk} on foot, {bus} by bus). Residents who cannot: {none * each}."
            if known
            else f"Network of contact points: from {able} of territorial units one can go there, "
            f"be served and be home again on one day ({walk} on foot, {bus} by bus). "
            f"Territorial units from which one cannot: {none}."
        )
        assert said in text
        (listed,) = letter.xpath("//section[@aria-labelledby='no-way']") or [None]
        assert (listed is not None) == (none > 0)
        if listed is not None:
            told = [item.text_content().strip() for item in listed.xpath(".//li")]
            assert told == [f"{name}: {each}" if known else name for name in of]
        sheet = openpyxl.load_workbook(folder / f"{code}.xlsx")["Usable there and back"]
        head, *cells = sheet.iter_rows(values_only=True)
        table = pd.DataFrame(cells, columns=head)
        table = table[table["Contact points"] == "Network of contact points"]
        columns = (
            ["Residents", "Residents on foot", "Residents by bus", "Residents who cannot"]
            if known
            else ["Territorial units", "Units, on foot", "Units, by bus",
                  "Units from which one cannot"]
        )  # fmt: skip
        assert ("Residents" in head) == known
        assert {name: tuple(row) for name, *row in table[["Territorial unit", *columns]].to_numpy()
        } == {name: (each, *(each * one for one in row)) for name, row in of.items()}  # fmt: skip


@pytest.mark.browser
def test_the_map_tells_the_journey_of_a_home_and_of_its_unit(
    browser: WebDriver, country: Write, tmp_path: Path
) -> None:
    result = vpvkac.analyse(vpvkac.load(country()), reach=True, lang="en")
    journey = "leave home 7:22, at the point 7:53, leave it 8:30, home 12:33; 8 of 8 appointments"
    file = tmp_path / "map.html"
    file.write_text(render(explorer(result, lang="en"), title="", lang="en"), encoding="utf-8")
    show(browser, file)
    homes = browser.execute_script(
        """
        document.querySelector("input[value=homes]").click();
        const homes = [];
        map_0.eachLayer((layer) => { if (layer.said && layer._map) homes.push(layer); });
        const told = homes.map((home) => {
          home.fire("click", {latlng: home.getLatLng()}, true);
          return document.querySelector(".card").textContent;
        });
        return told.sort();
        """
    )
    browser.execute_script("location.hash = 'unit=LV9000110'")
    card = browser.find_element("css selector", ".card").text
    assert console(browser) == []
    assert len(homes) == len(result.reach.homes[result.reach.homes["points"] == "network"])
    # The home at the library, that of the journey, and two without a stop.
    assert homes == [
        "By busResidents: 1Leave home" + journey.removeprefix("leave home") + " (L).",
        *["Cannot on one dayResidents: 1What stands in the way: no stop within the walk"] * 2,
        "On footResidents: 1L, in a straight line 0\N{NO-BREAK SPACE}m",
    ]
    assert journey in " ".join(card.split())


def test_an_explanation_tells_the_way_of_the_unit(country: Write) -> None:
    result = vpvkac.analyse(vpvkac.load(country()), reach=True, lang="en")
    text = str(vpvkac.explain(result, "LV9000110"))
    assert "leave home 7:22, at the point 7:53, leave it 8:30, home 12:33; 8 of 8" in " ".join(
        text.split()
    )
    text = str(vpvkac.explain(result, "LV9000100"))
    assert "For example on foot: L, in a straight line 0 m." in " ".join(text.split())
    rows = vpvkac.explain(result, "LV9000200").data["reach"]
    assert [(row["points"], row["none"], row["way"]) for row in rows] == [
        ("existing", 1, "no_stop"), ("network", 1, "no_stop"),
    ]  # fmt: skip
    assert vpvkac.explain(vpvkac.analyse(vpvkac.load(country())), "LV9000110").data["reach"] is None


def test_what_another_timetable_takes_away(country: Write, tmp_path: Path) -> None:
    file = country("[reach]\n")
    before = tmp_path / "before"
    vpvkac.analyse(vpvkac.load(file), reach=True, lang="en").write(before)
    # The bus home leaves before anyone has been served.
    later = country("[reach]\n", stop_times=FEED["stop_times.txt"].replace("12:", "08:"))
    out = tmp_path / "changes"
    asked = ["compare", str(before), str(later), "--out", str(out), "--lang", "en"]
    reply = CliRunner().invoke(main, asked)
    assert reply.exit_code == 0, reply.output
    assert "residents who lose the way there and back: 1; who gain it: 0" in reply.output
    assert "every territorial unit counts as one" in reply.output
    units = pd.read_csv(out / "compare_reach.csv", dtype={"unit": str}).fillna("")
    country_ = units[(units["points"] == "network") & (units["municipality"] == "")].iloc[0]
    assert country_[["residents", "able_a", "able_b", "gained", "lost"]].tolist() == [4, 2, 1, 0, 1]
    assert units[(units["lost"] > 0) & (units["unit"] != "")]["unit"].tolist() == ["LV9000110"]
    service = pd.read_csv(out / "compare_service.csv").fillna("")
    assert service[["line", "stop", "change", "times_a", "times_b", "residents_lost"]].to_numpy(
        object
    ).tolist() == [
        # The bus home comes to A too early for who lives there.
        ["f: 1", "f:A", "retimed", "07:30", "07:30", 1],
        ["f: 1", "f:B", "retimed", "12:05", "08:05", 0],
    ]
    assert service["arrival_times_a"].tolist() == ["12:25", "07:50"]
    assert service["arrival_times_b"].tolist() == ["08:25", "07:50"]
    page = (out / "compare_reach.html").read_text(encoding="utf-8")
    # Of one feed alone a line needs no feed; the page says what A and B are.
    assert "f: 1" not in page
    assert "Residents who lose the way: 1 of 1" in page
    assert "What A and B are" in page
    assert "How A and B differ" in page
    # Nothing here is measured to the nearest stop.
    assert "700 m" not in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "stop set" not in page.lower()
    assert ">Stop</th>" in page
    assert "Dienvidu pagasts" in page.split('id="service"')[1]
    # There is no open centre, so nobody gains or loses the way to one.
    assert page.count("No resident gains or loses the way.") == 1
    assert "compare_reach.html" in (out / "compare.html").read_text(encoding="utf-8")
    # The same from two results, the other way round.
    first, second = (vpvkac.analyse(vpvkac.load(one), reach=True) for one in (later, later))
    back = vpvkac.compare(first, vpvkac.load_run(before)).ways
    assert back is not None
    assert back.country["gained"].tolist() == [0, 1]
    same = vpvkac.compare(first, second).ways
    assert same is not None
    assert same.service.empty
    assert same.country[["gained", "lost", "more", "fewer"]].to_numpy().sum() == 0
    assert (same.units["able_b"] - same.units["able_a"]
            == same.units["gained"] - same.units["lost"]).all()  # fmt: skip


@pytest.mark.parametrize("known", [True, False])
def test_hours_say_where_units_stand_for_residents(country: Write, known: bool) -> None:
    residents = '[inputs.population]\npath = "people.csv"\nunit = "code"\nvalue = "people"\n'
    file = country(residents if known else "")
    units = ["LV9000100", "LV9000110", "LV9000200", "LV9000210"]
    people = rows("code,people", *((unit, 3) for unit in units))
    (file.parent / "people.csv").write_text(people, encoding="utf-8")
    out = file.parent / "out"
    asked = ["hours", str(file), "--out", str(out), "--lang", "en", "--reach", "--all"]
    reply = CliRunner().invoke(main, asked)
    assert reply.exit_code == 0, reply.output
    page = (out / "hours.html").read_text(encoding="utf-8")
    assert ("every territorial unit counts as one" in page) != known


def test_a_name_that_lines_of_two_feeds_share_is_told_with_the_feed(country: Write) -> None:
    """Of the lines "1" of two feeds, and "2" of one."""
    result = vpvkac.analyse(vpvkac.load(country()), reach=True)
    assert result.reach is not None
    side = side_of(result.reach)
    lines = ["a: 1", "b: 1", "a: 2"]
    service = pd.concat([side.service.assign(line=line) for line in lines], ignore_index=True)
    later = side._replace(service=service.assign(departures=service["departures"] + 1))
    ways = compare_ways(side._replace(service=service), later, result.units)
    assert sorted(ways.lines["line"]) == ["2", "a: 1", "b: 1"]
    assert not ways.counts_residents
    two = later._replace(homes=side.homes.assign(residents=2))
    assert compare_ways(two, two, result.units).counts_residents


def test_a_set_of_points_of_one_side_is_told(country: Write, tmp_path: Path) -> None:
    before = tmp_path / "before"
    vpvkac.analyse(vpvkac.load(country("[reach]\n")), reach=True).write(before)
    later = country('[reach]\npoints = "network"\n')
    asked = ["compare", str(before), str(later), "--out", str(tmp_path / "x"), "--lang", "en"]
    reply = CliRunner().invoke(main, asked)
    assert reply.exit_code == 0, reply.output
    sentence = "Existing centres: not compared, for only one side has them (A)."
    assert sentence in " ".join(reply.output.split())
    assert sentence in (tmp_path / "x" / "compare_reach.html").read_text(encoding="utf-8")


def test_an_earlier_run_without_reach_is_told(country: Write, tmp_path: Path) -> None:
    file, before = country(), tmp_path / "before"
    vpvkac.analyse(vpvkac.load(file)).write(before)
    asked = ["compare", str(before), str(file), "--out", str(tmp_path / "x"), "--lang", "en"]
    assert CliRunner().invoke(main, asked).exit_code == 0
    assert not (tmp_path / "x" / "compare_reach.html").exists()
    reply = CliRunner().invoke(main, [*asked, "--reach"])
    assert reply.exit_code == 1
    assert "is a run without reach" in reply.output
    vpvkac.analyse(vpvkac.load(file), reach=True).write(before)
    (before / "reach_homes.parquet").write_bytes(b"PAR1 no")
    reply = CliRunner().invoke(main, asked)
    assert reply.exit_code == 1
    assert "reach_homes.parquet: is not the table of homes" in reply.output


@pytest.mark.parametrize(("column", "value", "said"), [
    ("home", 7, "is not a text"),
    ("home", None, "is not a text"),
    ("unit", "LV0000000", "is not a unit of this run"),
    ("unit", None, "is not a text"),
    ("residents", "2", "is not a number from 0"),
    ("residents", float("nan"), "is not a number from 0"),
    ("residents", -1, "is not a number from 0"),
    ("residents", float("inf"), "is not a number from 0"),
    ("appointments", "8", "is not a number from 0"),
    ("appointments", -1, "is not a number from 0"),
    ("lat", float("nan"), "is not a position in degrees"),
    ("points", "all", "is not a known value"),
])  # fmt: skip
def test_edited_homes_of_a_run_get_a_sentence(
    earlier: Path, column: str, value: Any, said: str
) -> None:
    homes = pd.read_parquet(earlier / "reach_homes.parquet")
    homes[column] = homes[column].astype(object)
    homes.loc[0, column] = value
    if column not in {"home", "residents", "appointments"} or not isinstance(value, str):
        homes[column] = homes[column].infer_objects()
    if column in {"home", "residents", "appointments"} and not isinstance(value, float):
        homes[column] = [value] * len(homes)
    homes.to_parquet(earlier / "reach_homes.parquet")
    with pytest.raises(InputError) as caught:
        vpvkac.load_run(earlier)
    faults = [fault for fault in caught.value.faults if fault.field == column]
    assert said in faults[0].problem.text("en")
    assert faults[0].file.endswith("reach_homes.parquet")


@pytest.mark.parametrize("rows", ["none", "keys in the index", "a column less"])
def test_homes_of_a_run_that_are_no_table_of_homes_get_a_sentence(earlier: Path, rows: str) -> None:
    homes = pd.read_parquet(earlier / "reach_homes.parquet")
    edited = {
        "none": homes.head(0), "keys in the index": homes.set_index("home"),
        "a column less": homes.drop(columns="class"),
    }  # fmt: skip
    edited[rows].to_parquet(earlier / "reach_homes.parquet")
    with pytest.raises(InputError, match=r"has no rows|is missing"):
        vpvkac.load_run(earlier)


@pytest.mark.parametrize("walk", ["Infinity", "-30", "1e9", "NaN", '"30"', "null"])
def test_an_edited_walk_of_a_run_gets_a_sentence(earlier: Path, walk: str) -> None:
    path = earlier / "run.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["reach"]["walk"] = "WALK"
    path.write_text(json.dumps(content).replace('"WALK"', walk), encoding="utf-8")
    with pytest.raises(InputError, match=r"is not a valid value"):
        vpvkac.load_run(earlier)


@pytest.mark.parametrize("value", ["-1", "1.5", "", "x"])
def test_edited_departures_of_a_run_get_a_sentence(earlier: Path, value: str) -> None:
    path = earlier / "reach_service.csv"
    table = pd.read_csv(path, dtype=str)
    table.loc[0, "departures"] = value
    table.to_csv(path, index=False)
    with pytest.raises(InputError, match=r"is not a whole number from 0"):
        vpvkac.load_run(earlier)


def test_a_public_holiday_is_told(country: Write) -> None:
    file = country(calendar=FEED["calendar.txt"].replace("20261101", "20260101"))
    code, output = ask(file)
    assert code == 0
    # Ties take the earliest day.
    assert "1 January 2026" in output
    assert "2026-01-01" in output
    assert "the service day is a public holiday, on which points are closed" in output
    assert "public holiday" not in ask(file, "--day", "2026-11-30")[1]
