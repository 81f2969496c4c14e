"""Opening hours held against a small evaluator of the tests' own, and against weeks by hand."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from hours_oracle import week_minutes
from page_tables import tables_of
from vpvkac.analysis.opening import Week, read_day, read_week
from vpvkac.cli.main import main
from vpvkac.questions.hours.answer import measure_weeks

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
NOVEMBER, JULY = dt.date(2023, 11, 6), dt.date(2024, 7, 1)
SHEET = (HERE / "opening_hours_strings.csv").read_text(encoding="utf-8").splitlines()
STRINGS = list(csv.DictReader(SHEET))
# In the syntax, but two readers may take them for two things: the product asks for another form.
TWO_READINGS = {
    "Mo-Fr 08:00-12:00; 13:00-17:00", "08:00-12:00; 13:00-17:00", "Mo-Fr 08:00-17:00; off",
    "Mo-Fr 08:00-12:00 off, 13:00-17:00",
}  # fmt: skip
WEEK = 7 * 24 * 60
# Surely and possibly open minutes from Monday 6 to Sunday 12 November 2023, counted by hand.  No
# holiday of Latvia lies in it; it is week 45, its Monday the first, its Wednesday the second.
BY_HAND = {
    "24/7": (WEEK, WEEK),
    "off": (0, 0),
    '"by appointment"': (0, WEEK),
    "unknown": (0, WEEK),
    'off "closed for renovation"': (0, 0),
    'off || "by appointment"': (0, WEEK),
    "Mo-Fr 08:00-17:00": (5 * 540, 5 * 540),
    "Mo-Th 08:00-17:00; Fr 08:00-15:00": (4 * 540 + 420, 4 * 540 + 420),
    "Mo 08:30-12:00,12:20-17:00": (210 + 280, 210 + 280),
    "Mo-Fr 08:00-12:00, 13:00-17:00": (5 * 480, 5 * 480),
    "Mo-Fr 08:00-12:00, We 14:00-18:00": (5 * 240 + 240, 5 * 240 + 240),
    "Mo-Fr 08:00-12:00; We 14:00-18:00": (4 * 240 + 240, 4 * 240 + 240),
    "Mo-Fr 08:00-17:00; We off": (4 * 540, 4 * 540),
    "Mo-Fr 08:00-17:00; We 12:00-13:00 off": (5 * 540 - 60, 5 * 540 - 60),
    "Mo-Fr 08:00-17:00; 12:00-13:00 off": (5 * 480, 5 * 480),
    "We off; Mo-Fr 12:00-18:00": (5 * 360, 5 * 360),
    "Mo-Fr 08:00-18:00; PH off": (5 * 600, 5 * 600),
    'Mo-Fr 08:00-18:00 || "by appointment"': (5 * 600, WEEK),
    'Mo-Fr 08:00-18:00; PH off || "x"': (5 * 600, WEEK),
    "Mo-Fr 08:00-18:00 || off": (5 * 600, 5 * 600),
    "Mo-Fr 08:00-12:00 || Mo-Fr 10:00-14:00": (5 * 360, 5 * 360),
    "Mo-Fr 08:00-12:00 || 10:00-14:00": (5 * 360 + 2 * 240, 5 * 360 + 2 * 240),
    "Mo-Fr 08:00-12:00 unknown || Mo-Fr 08:00-17:00": (5 * 300, 5 * 540),
    'Mo-Fr 08:00-17:00; Sa 10:00-12:00 "by appointment"': (5 * 540, 5 * 540 + 120),
    'Mo-Fr 08:00-17:00; Sa 10:00-12:00 open "cash only"': (5 * 540 + 120, 5 * 540 + 120),
    "Mo-Fr 08:00-17:00; Sa,Su unknown": (5 * 540, 5 * 540 + 2 * 1440),
    "17:00+": (0, 7 * 420),
    "08:00-17:00+": (7 * 540, 7 * 960),
    "Fr 22:00-02:00": (240, 240),
    "Su 22:00-02:00": (240, 240),  # the last Sunday's night ends on this Monday
    "Fr 22:00-02:00; Sa 10:00-14:00": (120 + 240, 120 + 240),
    "Fr 22:00-02:00, Sa 10:00-14:00": (240 + 240, 240 + 240),
    "Mo-Sa 22:00-06:00": (6 * 480, 6 * 480),
    "Mo[1] 10:00-12:00": (120, 120),
    "Mo[2] 10:00-12:00": (0, 0),
    "We[2] off": (0, 0),
    "Mo-Fr 08:00-17:00; We[2] off": (4 * 540, 4 * 540),
    "week 1-53/2 Mo 10:00-12:00": (120, 120),
    "week 2-52/2 Mo 10:00-12:00": (0, 0),
    "2024 Mo-Fr 08:00-17:00": (0, 0),
    "2023 Mo-Fr 08:00-17:00": (5 * 540, 5 * 540),
    "Sep-May Sa 10:00-14:00": (240, 240),
    "Nov 06,08,10 10:00-12:00": (3 * 120, 3 * 120),
    "Apr-Oct 10:00-18:00; Nov-Mar 10:00-16:00": (7 * 360, 7 * 360),
    "2022 Jan 01-2023 Nov 08 10:00-12:00": (3 * 120, 3 * 120),
    "sunrise-sunset": (0, WEEK),
    "10:00-sunset": (7 * 120, 7 * 840),
    "20:00-sunrise": (7 * 240, 7 * 960),
    "SH 10:00-14:00": (0, 7 * 240),
    "SH Mo-Fr 10:00-14:00": (0, 5 * 240),
    "PH Mo-Fr 10:00-14:00": (0, 0),
    "Mo-Fr 08:00-17:00; SH off": (0, 5 * 540),
    "easter -2 days off": (0, 0),
    "Mo-Fr 08:00-16:30; Fr 08:00-15:00": (4 * 510 + 420, 4 * 510 + 420),
}  # fmt: skip


def week_of(hours: str, monday: dt.date) -> tuple[int, int] | None:
    """Count the product's surely and possibly open minutes of one week without holidays."""
    week = read_week(hours, monday)
    if week is None:
        return None
    return int(week.minutes.sum()), int((week.minutes | week.unknown).sum())


def read(hours: str, monday: dt.date = NOVEMBER) -> Week:
    week = read_week(hours, monday)
    assert week is not None
    return week


def test_there_are_enough_strings() -> None:
    assert len({row["hours"] for row in STRINGS}) == len(STRINGS) >= 380
    assert sum(row["least_2023_11_06"] != "" for row in STRINGS) >= 340
    assert len(BY_HAND) >= 50
    assert set(BY_HAND) <= {row["hours"] for row in STRINGS}


@pytest.mark.parametrize(("hours", "minutes"), BY_HAND.items())
def test_a_week_by_hand(hours: str, minutes: tuple[int, int]) -> None:
    assert week_minutes(hours, NOVEMBER) == minutes
    if "SH" in hours:  # any week may be one of school holidays
        week = read(hours)
        assert (round(week.least * 60), round(week.most * 60)) == minutes
    else:
        assert week_of(hours, NOVEMBER) == minutes


@pytest.mark.parametrize("row", STRINGS, ids=lambda row: row["hours"])
def test_each_string_measures_as_the_other_evaluator_has_it(row: dict[str, str]) -> None:
    hours = row["hours"]
    for monday in (NOVEMBER, JULY):
        end = f"{monday:%Y_%m_%d}"
        if not row[f"least_{end}"]:
            with pytest.raises(ValueError):  # noqa: PT011 - every kind of it
                week_minutes(hours, monday)
            assert week_of(hours, monday) is None
            continue
        expected = int(row[f"least_{end}"]), int(row[f"most_{end}"])
        assert week_minutes(hours, monday) == expected
        at_school = week_minutes(hours, monday, schools=(False,))
        assert at_school == expected or "SH" in hours
        assert week_of(hours, monday) == (None if hours in TWO_READINGS else at_school)


UNDERSTOOD = [row["hours"] for row in STRINGS if row["least_2023_11_06"]]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(UNDERSTOOD),
    st.lists(
        st.tuples(st.sampled_from(["; ", ", ", " || "]), st.sampled_from(UNDERSTOOD)),
        min_size=1, max_size=3,
    ),
    st.integers(0, 60),
)  # fmt: skip
def test_rules_follow_one_another_as_in_the_other_evaluator(
    first: str, more: list[tuple[str, str]], weeks: int
) -> None:
    """A string that the product will not read is no fault; one that it reads otherwise is."""
    hours = first.removesuffix(";") + "".join(f"{between}{rule}" for between, rule in more)
    monday = NOVEMBER + dt.timedelta(7 * weeks)
    found = week_of(hours, monday)
    if found is not None:
        assert found == week_minutes(hours, monday, schools=(False,))


@pytest.mark.parametrize("number", range(0, len(STRINGS), 24))
def test_the_least_and_the_most_are_those_of_the_weeks(number: int) -> None:
    hours = STRINGS[number]["hours"]
    week = read_week(hours, NOVEMBER)
    if week is None:
        return
    weeks = [week_minutes(hours, NOVEMBER + dt.timedelta(7 * later)) for later in range(52)]
    assert round(week.least * 60) == min(sure for sure, _ in weeks)
    assert round(week.most * 60) == max(possible for _, possible in weeks)


def test_written_forms_of_the_lists(shared_data: Path) -> None:
    with (shared_data / "hours" / "written_forms.csv").open(encoding="utf-8", newline="") as file:
        forms = [row["meaning"].removeprefix("two seasons: ") for row in csv.DictReader(file)]
    assert len(forms) == 27
    for form in forms:
        for monday in (NOVEMBER, JULY, dt.date(2024, 2, 5)):
            assert week_of(form, monday) == week_minutes(form, monday), form


@pytest.mark.parametrize(
    ("hours", "name", "value"),
    [
        ('Mo-Fr 08:00-18:00 || "x"', "early", True),
        ('Mo-Fr 08:00-18:00 || "x"', "saturday", None),
        ("Mo-Fr 08:00-18:00 || off", "saturday", False),
        ('"by appointment"', "early", None),
        ("Mo-Fr 08:30-17:00; Mo 08:00-09:00 unknown", "early", False),
        ('Mo-Fr 08:00-17:00; Fr 08:00-14:00 "by appointment"', "early", None),
        ("Mo-Fr 08:00-17:00+", "evening", None),
        ("Mo-Fr 08:00-17:30+", "evening", True),
        ("Mo-Fr 08:00-17:00; Fr 08:00-13:00+", "friday_until_14", None),
        ("Mo-Fr 08:00-17:00; Fr 08:00-15:00+", "friday_until_14", False),
        ("Mo-Fr 08:00-12:00,13:00-17:00; Fr 08:00-12:00 unknown", "lunch_closed", True),
        ("Mo-Fr 08:00-12:00, Mo-Fr 12:00-13:00 unknown, Mo-Fr 13:00-17:00", "lunch_closed", None),
        ("Mo-Fr 08:00-12:00, Mo-Fr 12:00-13:00 unknown, Mo-Fr 13:00-17:00", "lunch_days", 0),
        ("Mo-Th 08:00-17:00, Mo 18:00-19:00 unknown", "late", None),
        ("Mo-Th 08:00-17:00, Mo 18:00-18:30 unknown", "late", False),
        ("Mo-Th 08:00-17:00; Tu 08:00-19:00, Mo 18:00-19:00 unknown", "late", True),
    ],
)  # fmt: skip
def test_a_flag_that_hangs_on_unknown_hours_is_not_told(
    hours: str, name: str, value: object
) -> None:
    week = read(hours)
    cell = measure_weeks(week.minutes[None], week.unknown[None])[name].astype(object)[0]
    assert (None if cell is pd.NA else cell) == value


@pytest.mark.parametrize(
    "hours", [":", "::::", ";", "Mo-Fr, 08:00-17:00", "Mo-Fr, off", "2024-2020 Mo 10:00-12:00"]
)
def test_what_is_no_rule_or_two_is_not_understood(hours: str) -> None:
    assert read_week(hours, NOVEMBER) is None


def test_a_year_counts_what_is_sure() -> None:
    plain = read("Mo-Fr 08:00-18:00").year_h
    # 52 weeks from 6 November 2023: 260 working days, of which nine are public holidays.
    assert plain == 2510
    assert read('Mo-Fr 08:00-18:00 || "x"').year_h == plain
    assert read('Mo-Fr 08:00-18:00; PH off || "x"').year_h == plain
    assert read("PH off; Mo-Fr 08:00-18:00").year_h == plain
    assert read("Mo-Fr 08:00-18:00; Sa unknown").year_h == plain
    assert read('"by appointment"').year_h == 0
    assert np.isnan(read("Mo-Fr 08:00-18:00; SH off").year_h)
    assert read("Mo-Fr 08:00-18:00; SH,PH 10:00-12:00").year_h != plain


def test_the_service_day_of_hours_that_fall_back() -> None:
    assert read_day('Mo-Fr 08:00-18:00 || "x"', dt.date(2023, 11, 10)) == (480, 1080)
    assert read_day("Fr 17:00+", dt.date(2023, 11, 10)) is None


def test_hours_with_a_fallback_count_as_they_stand(shared_cases: Path, tmp_path: Path) -> None:
    """Case 04: what stands behind `||` is asked only when the rule before it says closed."""
    out = tmp_path / "out"
    asked = ["hours", str(shared_cases / "04-hours-fallback"), "--out", str(out), "--lang", "en"]
    answer = CliRunner().invoke(main, asked)
    assert answer.exit_code == 0, answer.output
    with (out / "hours.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["weekly_h"] for row in rows] == ["50.00"] * 3
    assert [row["weekly_h_least"] for row in rows] == ["50.00"] * 3
    assert [row["weekly_h_most"] for row in rows] == ["50.00", "168.00", "168.00"]
    assert {row["year_h"] for row in rows} == {"2510.00"}
    assert {row["early"] for row in rows} == {"true"}
    assert {row["intensity_share"] for row in rows} == {"0.8351"}
    told = [line for line in answer.stderr.splitlines() if ", hours: " in line]
    assert len(told) == 2
    assert all("it is 50 to 168 h a week" in line for line in told)
    # What is not known of a Saturday is no "no".
    page = (out / "hours.html").read_text(encoding="utf-8")
    assert tables_of(page)["early"].column("Saturdays") == ["no", "–", "–"]


PROJECT = """
[inputs]
units = "units.gpkg"
centres = { path = "centres.csv", id = "id", name = "name", lat = "lat", lon = "lon", hours = "h" }
stops = [{ path = "feed.zip", feed = "f", regional = true }]
"""


def feed(path: Path, first: str, last: str) -> None:
    """Write a feed of one bus a day whose calendar runs from one day to another."""
    from zipfile import ZipFile, ZipInfo

    from plain_country import at

    lat, lon = at(5, 15.1)
    files = {
        "agency": "agency_id,agency_name,agency_url,agency_timezone\nA,A,http://a.lv,Europe/Riga",
        "stops": f"stop_id,stop_name,stop_lat,stop_lon\nS,S,{lat},{lon}\nT,T,{lat + 0.01},{lon}",
        "routes": "route_id,agency_id,route_short_name,route_type\nR,A,1,3",
        "trips": "route_id,service_id,trip_id\nR,W,1",
        "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "1,07:50:00,07:50:00,S,1\n1,08:10:00,08:10:00,T,2",
        "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
        f"start_date,end_date\nW,1,1,1,1,1,0,0,{first},{last}",
    }
    with ZipFile(path, "w") as archive:
        for name, content in files.items():
            # A feed that names no day it begins on begins on the day it was packed.
            archive.writestr(ZipInfo(f"{name}.txt", (2023, 11, 8, 12, 0, 0)), f"{content}\n")


@pytest.mark.parametrize(
    ("first", "last", "monday", "service_day"),
    [
        ("19000101", "20991231", dt.date(2023, 11, 6), "2023-11-08"),
        ("20990105", "20991231", dt.date(2024, 10, 7), "2099-01-05"),
        ("20760601", "20761231", dt.date(2024, 10, 7), "2076-06-01"),
        ("20231106", "20231112", dt.date(2023, 11, 6), "2023-11-06"),
    ],
)
def test_a_calendar_without_end_makes_no_year_without_holidays(
    write_project: Callable[..., Path],
    tmp_path: Path,
    first: str,
    last: str,
    monday: dt.date,
    service_day: str,
) -> None:
    import vpvkac
    from plain_country import at

    lat, lon = at(5, 15)
    project = write_project(
        toml=PROJECT, centres_csv=f"id,name,lat,lon,h\na,A,{lat},{lon},Mo-Fr 08:00-17:00\n"
    )
    feed(tmp_path / "feed.zip", first, last)
    found = vpvkac.hours(vpvkac.analyse(vpvkac.load(project)))
    row = found.table.iloc[0]
    assert (found.monday, row["service_day"]) == (monday, service_day)
    assert row["year_h"] == read("Mo-Fr 08:00-17:00", monday).year_h < 52 * 45
    assert row["weekly_h"] == 45
    warned = [fault.sentence("en") for fault in found.faults]
    if monday == dt.date(2024, 10, 7):
        assert re.search("service_day.*outside the years whose public holidays are", warned[0])
        assert service_day in warned[0]
    else:
        assert warned == []
