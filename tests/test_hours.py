"""Opening hours: strings become minutes, minutes become figures, and each is checked by hand."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vpvkac
from vpvkac.analysis.opening import DAY, Week, read_day, read_week
from vpvkac.questions.hours.answer import (
    closes_at_lunch,
    count_bus_unknown,
    count_national,
    intensity,
    intensity_shades,
    intensity_share,
    listed_centres,
    measure_weeks,
    open_shades,
    published_findings,
)
from vpvkac.sources.hours import DAYS, opening_hours

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.api.questions import Hours

MONDAY = dt.date(2023, 11, 6)
Spans = list[tuple[int, int]]
# Table 14 once more, copied by another hand from the published table: days in rows.
TABLE_14 = {
    "Mo": "16.5 33.1 42.8 49.9 72.1 39.5 42.8 39.1 37.8 39.1 83.0",
    "Tu": "15.6 30.8 38.4 45.2 59.5 34.8 39.2 36.9 38.6 141.0 50.0",
    "We": "14.9 30.7 38.0 43.6 59.4 34.6 39.0 37.3 37.7 88.3 49.5",
    "Th": "13.8 26.6 37.5 41.7 56.5 35.2 37.7 36.5 39.7 43.2 57.3",
    "Fr": "16.6 32.6 41.4 45.6 48.9 37.6 40.1 55.8 60.8 178.0",
    "Sa": "- 42.0 54.0 42.0 41.0 24.0",
}


def slow_figures(week: dict[int, Spans]) -> dict[str, Any]:
    """Measure a week from its spans in minutes, with nothing of the package."""
    working = [week.get(day, []) for day in range(5)]
    lunch = [
        any(end >= 660 and start <= 900 for (_, end), (start, _) in pairwise(spans))
        for spans in working
    ]
    early = [covered(spans, 480, 540) == 60 for spans in working]
    total = weighed = 0.0
    for day, row in enumerate(TABLE_14.values()):
        for hour, text in enumerate(row.split(), start=8):
            if text != "-":
                total += float(text)
                part = covered(week.get(day, []), hour * 60, hour * 60 + 60) / 60
                weighed += part * float(text)
    return {
        "weekly_h": sum(end - start for spans in week.values() for start, end in spans) / 60,
        "lunch_closed": any(lunch),
        "lunch_days": sum(lunch),
        "early": all(early),
        "early_days": sum(early),
        "evening": any(end > 1020 for spans in working for _, end in spans),
        "evening_days": sum(any(end > 1020 for _, end in spans) for spans in working),
        "late_days": sum(covered(spans, 1080, 1140) == 60 for spans in working),
        "saturday": bool(week.get(5)),
        "friday_until_14": bool(working[4]) and all(end <= 840 for _, end in working[4]),
        "intensity_share": weighed / total,
    }


def covered(spans: Spans, start: int, end: int) -> int:
    """Count the minutes of the spans between two moments."""
    return sum(max(0, min(b, end) - max(a, start)) for a, b in spans)


def written(spans: Spans) -> str:
    clock = [tuple(f"{t // 60:02d}:{t % 60:02d}" for t in span) for span in spans]
    return ",".join(f"{a}-{b}" for a, b in clock)


def read(hours: str, monday: dt.date = MONDAY) -> Week:
    week = read_week(hours, monday)
    assert week is not None
    return week


def figures(hours: str) -> dict[str, Any]:
    return {str(name): value[0] for name, value in measure_weeks(read(hours).minutes[None]).items()}


@st.composite
def _spans(draw: st.DrawFn) -> Spans:
    """Draw up to three spans of a day that neither touch nor overlap; at times 24:00."""
    quarter = st.integers(0, 96).map(lambda n: n * 15)
    odd = st.integers(0, 1440)
    turns = sorted(draw(st.sets(quarter | odd, max_size=6)))
    return list(zip(turns[::2], turns[1::2], strict=False))


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(st.integers(0, 6), _spans()))
def test_a_week_measures_as_by_hand(week: dict[int, Spans]) -> None:
    hours = opening_hours({day: written(spans) for day, spans in week.items()})
    if not hours:
        return
    found_here = figures(hours)
    for name, value in slow_figures(week).items():
        assert found_here[name] == pytest.approx(value), name
    assert read(hours).least == read(hours).most == pytest.approx(found_here["weekly_h"])


@pytest.mark.parametrize(
    ("hours", "name", "value"),
    [
        ("Mo-Fr 08:00-17:00", "weekly_h", 45),
        ("Mo-Fr 08:00-17:00", "early", True),
        ("Mo-Th 08:00-17:00", "early", False),  # every working day, not every day it opens
        ("Mo-Th 08:00-17:00", "early_days", 4),
        ("Mo-Fr 08:01-17:00", "early_days", 0),
        ("Mo-Fr 08:00-17:00", "evening", False),
        ("Mo 08:00-17:01", "evening_days", 1),
        ("We 18:00-19:00", "late_days", 1),
        ("We 18:00-18:59", "late_days", 0),
        ("Sa 09:00-12:00", "saturday", True),
        ("Sa 17:00-20:00", "evening", False),  # an evening of a working day is meant
        ("Fr 22:00-02:00", "saturday", True),  # after midnight it is Saturday
        ("Mo 08:00-12:00,12:20-17:00", "lunch_days", 1),
        ("Mo 08:00-12:00,12:00-17:00", "lunch_days", 0),
        ("Mo 08:00-11:00,15:00-17:00", "lunch_days", 1),
        ("Mo 08:00-10:59,12:00-17:00", "lunch_days", 0),
        ("Mo 08:00-14:00,15:01-17:00", "lunch_days", 0),
        ("Mo 08:00-10:30,11:30-12:00,12:30-17:00", "lunch_days", 1),
        ("Sa 08:00-12:00,12:20-17:00", "lunch_days", 0),
        ("Fr 08:00-14:00", "friday_until_14", True),
        ("Fr 08:00-14:01", "friday_until_14", False),
        ("Mo-Th 08:00-17:00", "friday_until_14", False),  # closed on Friday is another thing
        ("Mo-Fr 08:00-24:00", "weekly_h", 80),
        ("24/7", "weekly_h", 168),
        ("24/7", "intensity_share", 1),
        ("Mo-Fr 08:00-17:00; PH off", "weekly_h", 45),
        ("Mo-Fr 08:00-17:00; We off", "weekly_h", 36),
        ("PH off", "weekly_h", 0),
        ("Su 22:00-26:00", "weekly_h", 4),  # two hours of this Sunday, two of the last
    ],
)
def test_a_case_by_hand(hours: str, name: str, value: float) -> None:
    assert figures(hours)[name] == value


def test_the_intensity_share_of_one_hour_is_its_cell() -> None:
    total = sum(float(v) for row in TABLE_14.values() for v in row.split() if v != "-")
    assert figures("Mo 12:00-13:00")["intensity_share"] == pytest.approx(72.1 / total)
    assert figures("Fr 17:30-18:00")["intensity_share"] == pytest.approx(89.0 / total)
    assert figures("Fr 18:00-20:00")["intensity_share"] == 0  # the cell is empty
    assert figures("Sa 08:00-09:00")["intensity_share"] == 0


def test_table_14_is_carried_cell_by_cell() -> None:
    wanted = np.full((7, 24), np.nan)
    for day, row in enumerate(TABLE_14.values()):
        cells = row.split()
        wanted[day, 8 : 8 + len(cells)] = [float(v) if v != "-" else np.nan for v in cells]
    assert np.array_equal(intensity(), wanted, equal_nan=True)
    assert intensity_share(np.zeros((1, 7, 24))) == 0
    assert (
        published_findings()["early_on_average"].count,
        published_findings()["early_on_average"].of,
    ) == (99, 120)
    assert published_findings()["saturday"].count == 1


def test_a_season_counts_in_its_weeks_and_the_band_is_given() -> None:
    hours = "Oct 01-May 31 Tu 08:00-12:00; Jun 01-Sep 30 Tu 09:00-11:00; We 10:00-11:00"
    winter, summer = read(hours), read(hours, dt.date(2024, 7, 1))
    assert winter.minutes.sum() == 5 * 60
    assert summer.minutes.sum() == 3 * 60
    assert (winter.least, winter.most) == (summer.least, summer.most) == (3, 5)


def test_public_holidays_close_the_year_but_not_the_typical_week() -> None:
    # 20 November 2023 is off for the 18th, a Saturday; the week is typical all the same.
    plain = read("Mo 08:00-10:00", dt.date(2023, 11, 20))
    assert plain.minutes.sum() == 120
    # Mondays that are off in the 52 weeks: 20 November, 25 December, 1 January, 1 April
    # (Easter), 6 May (for the 4th, a Saturday), 24 June; 18 November 2024 lies behind them.
    assert plain.year_h == (52 - 6) * 2
    # In all there are fifteen: these, 24, 26 and 31 December, 29 and 31 March, 1, 12 and 19 May,
    # 23 June.
    assert read("Mo 08:00-10:00; PH 09:00-10:00", dt.date(2023, 11, 20)).year_h == 46 * 2 + 15
    assert read("Mo 08:00-10:00; PH off", dt.date(2023, 11, 20)).year_h == plain.year_h


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ((2024, 11, 18), False),  # proclamation of the republic
        ((2023, 5, 4), False),  # restoration of independence
        ((2024, 5, 6), False),  # for 4 May, a Saturday
        ((2025, 5, 5), False),  # for 4 May, a Sunday
        ((2023, 11, 20), False),  # for 18 November, a Saturday
        ((2023, 6, 23), False),
        ((2024, 6, 24), False),
        ((2023, 4, 7), False),  # Good Friday
        ((2023, 4, 10), False),  # Easter Monday
        ((2023, 5, 1), False),
        ((2024, 12, 24), False),
        ((2024, 12, 31), False),
        ((2023, 11, 10), True),
        ((2024, 12, 27), True),
        ((2023, 6, 22), True),
    ],
)
def test_latvian_public_holidays(day: tuple[int, int, int], is_open: bool) -> None:
    assert (read_day("Mo-Fr 08:00-17:00", dt.date(*day)) is not None) is is_open


@pytest.mark.parametrize(
    ("hours", "turns"),
    [
        ("Mo-Fr 08:00-12:00,12:20-17:00", (480, 1020)),
        ("Fr 08:00-24:00", (480, 1440)),
        ("Fr 20:00-02:00", (1200, 1560)),
        ("Th 20:00-02:00; Fr 08:00-10:00", (480, 600)),  # Thursday's night is no opening
        ("Th 20:00-02:00", None),
        ("Mo-Th 08:00-17:00", None),
        ("24/7", None),  # never opens, never closes
        ("Fr 00:00-24:00", (0, 1440)),
    ],
)
def test_a_days_first_opening_and_last_closing(hours: str, turns: tuple[int, int] | None) -> None:
    assert read_day(hours, dt.date(2023, 11, 10)) == turns


@pytest.mark.parametrize(
    "hours",
    ["", " ", "pēc pieraksta", "08.00-17.00", "Mo 25:00-26:00", "\0", "<script>", "=cmd()",
     "Mo-Fr 08:00-17:00 (pēc pieraksta)", "Mo 08:00-12:00;" * 400, "x" * 100_000,
     "Mo 08:00-12:00 ,"],
)  # fmt: skip
def test_what_is_no_hours_is_not_guessed(hours: str) -> None:
    assert read_week(hours, MONDAY) is None


def test_lunch_is_looked_for_day_by_day() -> None:
    minutes = np.zeros((2, 5, DAY), bool)
    minutes[0, 1, 480:720] = minutes[0, 1, 750:1000] = True
    minutes[1, :, 480:1000] = True
    assert closes_at_lunch(minutes).tolist() == [[False, True, False, False, False], [False] * 5]


@pytest.fixture(scope="module")
def sample_hours(sample_result: Result) -> Hours:
    return vpvkac.hours(sample_result)


def test_the_sample_measures_as_its_planted_weeks(
    sample_hours: Hours, truth: dict[str, Any]
) -> None:
    table = sample_hours.table.set_index("place")
    planted = {
        place: entry["hours"]
        for place, entry in truth["places"].items()
        if place.startswith("centres:") and entry["status"] == "open"
    }
    assert set(table.index) == set(planted)
    assert len(planted) == 122
    for place, hours in planted.items():
        week = {
            DAYS.index(day): [(_minute(a), _minute(b)) for a, b in spans]
            for day, spans in hours.items()
        }
        for name, value in slow_figures(week).items():
            assert table.loc[place, name] == pytest.approx(value), (place, name)


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def test_the_counts_are_those_of_the_rows(sample_hours: Hours) -> None:
    table = sample_hours.table
    counts = dict(zip(sample_hours.national["check"], sample_hours.national["count"], strict=True))
    assert counts["early"] == sum(map(bool, table["early"]))
    assert counts["early_on_average"] == table["early_days"].sum() / 5
    assert counts["saturday"] == sum(map(bool, table["saturday"])) > 0
    assert counts["lunch_monday_to_thursday"] == table["lunch_mo_th"].sum() / 4
    assert (sample_hours.national["of"] == 122).all()
    # Nothing stands beside synthetic data.
    assert sample_hours.national["published_count"].isna().all()
    by_municipality = sample_hours.by_municipality
    assert by_municipality["centres"].sum() == 122
    for name in ("early", "saturday", "bus_before", "bus_after", "lunch_closed"):
        assert by_municipality[name].sum() == counts[name]
    week = sample_hours.open_centres.to_numpy()
    assert week.sum() == pytest.approx(table["weekly_h"].sum())
    assert week[8, 0] >= counts["early"]


def test_on_real_data_the_published_figures_stand_beside(sample_hours: Hours) -> None:
    checks = count_national(sample_hours.table, synthetic=False)
    beside = dict(zip(checks["check"], checks["published_count"].astype(object), strict=True))
    assert {check: count for check, count in beside.items() if pd.notna(count)} == {
        "early_on_average": 99, "saturday": 1,
    }  # fmt: skip
    assert checks["published_of"].max() == 120


def test_cells_are_classed_by_fifths_and_by_the_steps_of_table_14(sample_hours: Hours) -> None:
    assert intensity_shades([np.nan, 0, 20, 20.1, 40, 60.5, 100, 178]).tolist() == [
        0, 1, 1, 2, 2, 4, 4, 5,
    ]  # fmt: skip
    counts, shades = sample_hours.open_centres.to_numpy(), open_shades(sample_hours).to_numpy()
    assert ((shades == 0) == (counts == 0)).all()
    assert (shades <= 5).all()
    # All 122 hours are known: a fifth more for each begun fifth of them.
    assert (counts <= 122 * shades / 5).all()
    assert (counts[shades > 0] > 122 * (shades[shades > 0] - 1) / 5).all()


def test_centres_are_listed_by_why_and_known_once(sample_hours: Hours) -> None:
    table = sample_hours.table
    unknown = table.head(1).assign(unknown="no_hours", bus_unknown="no_hours")
    lists = listed_centres(pd.concat([table.iloc[1:], unknown]))
    assert lists["unknown"]["place"].tolist() == unknown["place"].tolist()
    rows = {row["place"]: row for row in table.iloc[1:].to_dict("records")}
    assert set(lists["early"]["place"]) == {key for key, row in rows.items() if row["early_days"]}
    assert {row["place"]: row["order"] for row in lists["to-weigh"].to_dict("records")} == {
        key: -(not row["late"]) - (not row["saturday"])
        for key, row in rows.items()
        if not (row["late"] and row["saturday"])
    }
    assert set(lists["no-bus"]["place"]) == {
        key
        for key, row in rows.items()
        if any(row[name] is not pd.NA and not row[name] for name in ("bus_before", "bus_after"))
    }
    assert count_bus_unknown(unknown) == {"no_hours": 1, "no_stop": 0, "no_times": 0, "closed": 0}
