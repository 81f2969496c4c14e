"""What an hour more would add, against opening that hour in the input and running it all again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import vpvkac
from page_tables import tables_of
from plain_country import rows
from test_reach import FEED, TIMES, Write, ask, country
from vpvkac.analysis.reach import hour_more, open_slots
from vpvkac.api.coverage import Result
from vpvkac.api.questions import Reach

__all__ = ["country"]
FROM, UNTIL = 7 * 60, 19 * 60
HOURS = (
    [(480, 720)], [(495, 705), (765, 1000)], [(420, 540)], [(600, 610)], [(600, 610), (660, 720)],
    [(450, 480), (1020, 1110)], [(720, 1140)], [(400, 430)], [(1150, 1200)], [(1110, 1290)],
)  # fmt: skip


def text(spans: list[tuple[int, int]]) -> str:
    return "Mo-Fr " + ",".join(
        "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span) for span in spans
    )


def hour_earlier(spans: list[tuple[int, int]]) -> list[tuple[int, int]] | None:
    (first, end), *rest = spans
    begin = max(first - 60, FROM)
    return [(begin, end), *rest] if begin < first else None


def hour_later(spans: list[tuple[int, int]]) -> list[tuple[int, int]] | None:
    *rest, (first, end) = spans
    later = min(end + 60, UNTIL)
    return [*rest, (first, later)] if end < later else None


def random_times(random: np.random.Generator) -> str:
    """One bus there and one back at times about which hours can turn."""
    there, back = random.integers(6 * 60, 19 * 60), random.integers(7 * 60, 20 * 60)
    calls = [("there", there, "A", 1), ("there", there + 20, "B", 2),
             ("again", back, "B", 1), ("again", back + 20, "A", 2)]  # fmt: skip
    return rows(
        TIMES,
        *((trip, *2 * (f"{minute // 60:02}:{minute % 60:02}:00",), stop, number, 0, 0)
          for trip, minute, stop, number in calls),
    )  # fmt: skip


def cases() -> Iterator[tuple[list[tuple[int, int]], int, str]]:
    random = np.random.default_rng(20261129)
    for number in range(40):
        yield HOURS[number % len(HOURS)], int(random.choice([30, 60, 20])), random_times(random)


def with_hours(result: Result, place: str, hours: str) -> Result:
    places = result.places
    changed = places["hours"].mask(places["place"] == place, hours)
    return dataclasses.replace(result, places=places.assign(hours=changed))


def test_an_hour_more_adds_what_running_again_with_it_gives(country: Write) -> None:
    file = country()
    result, seen = vpvkac.analyse(vpvkac.load(file)), set()
    place = str(result.network["place"].dropna().iloc[0])
    for spans, stay, times in cases():
        (file.parent / "gtfs" / "stop_times.txt").write_text(times, encoding="utf-8")

        def run(hours: list[tuple[int, int]], stay: int = stay) -> tuple[pd.Series[Any], int]:
            now = with_hours(result, place, text(hours))
            found = vpvkac.reach(now, points="network", stay=stay)
            return found.places.iloc[0], int(found.units["none"].iloc[-1])

        now, none = run(spans)
        for name, change in (("earlier_adds", hour_earlier), ("later_adds", hour_later)):
            longer = change(spans)
            gained = none - run(longer)[1] if longer else 0
            # Empty where no appointment more would fit.
            assert (0 if pd.isna(now[name]) else now[name]) == gained, (spans, stay, times)
            seen.add((name, gained))
    assert seen == {(name, n) for name in ("earlier_adds", "later_adds") for n in (0, 1, 2)}


def test_an_hour_more_is_that_of_the_minutes() -> None:
    for spans in HOURS:
        minutes = np.zeros((1, 2880), bool)
        for begin, end in spans:
            minutes[0, begin:end] = True
        for stay in (20, 30, 60, 90):
            now = open_slots(minutes, stay)
            for change, more in zip(
                (hour_earlier, hour_later), hour_more(minutes, stay), strict=True
            ):
                longer = np.zeros((1, 2880), bool)
                for begin, end in change(spans) or spans:
                    longer[0, begin:end] = True
                assert np.array_equal(more, open_slots(longer, stay) & ~now), (spans, stay)


def test_the_example_of_an_hour_more(country: Write) -> None:
    # There at 12:02:35, back with the bus of 13:05: open until 13:00, one is served at 12:30.
    times = FEED["stop_times.txt"].replace("07:30", "11:40").replace("07:50", "12:00")
    times = times.replace("12:05", "13:05").replace("12:25", "13:25")
    file = country(stop_times=times)
    assert ask(file, "--points", "network")[0] == 0
    out = file.parent / "out"
    place = pd.read_csv(out / "reach_places.csv").iloc[0]
    assert (place["later_adds"], place["earlier_adds"]) == (1, 0)
    assert (place["appointments"], place["appointments_bus"]) == (8, 0)
    assert place["unused"] == "08:00 08:30 09:00 09:30 10:00 10:30 11:00 11:30"
    hours = pd.read_csv(out / "reach_hours.csv").set_index("begin")
    assert hours.index.tolist() == [
        f"{slot // 2:02}:{slot % 2 * 30:02}" for slot in range(14, 26)
    ]  # fmt: skip
    assert hours.index[hours["is_open"]].tolist() == place["unused"].split()
    assert hours["residents_walk"].tolist() == [1] * 12
    assert hours["residents_bus"].tolist() == hours["adds"].tolist() == [0] * 11 + [1]
    (offered,) = [
        table
        for table in tables_of((out / "reach.html").read_text(encoding="utf-8")).values()
        if "An hour later adds, units" in table.columns
    ]
    assert offered.column("An hour later adds, units") == ["1"]
    assert offered.column("An hour earlier adds, units") == ["0"]


@pytest.mark.slow
def test_an_hour_more_on_the_sample(
    sample_result: Result, sample_reach: Reach, truth: dict[str, Any]
) -> None:
    """Change the hours of two centres and run all of it again; whom each then serves, it adds."""
    assert sample_reach.day == dt.date(2023, 11, 10)
    places, homes = (
        table[table["points"] == "existing"] for table in (sample_reach.places, sample_reach.homes)
    )
    places, homes = places.set_index("place"), homes.set_index("home")
    planted = truth["journeys"]["an_hour_later"]
    assert places.loc[planted["centre"], "later_adds"] >= planted["residents"]
    most = str(places["earlier_adds"].astype(float).idxmax())
    assert places.loc[most, "earlier_adds"] > 0
    changes = {planted["centre"]: ("later_adds", hour_later), most: ("earlier_adds", hour_earlier)}
    longer = sample_result
    for place, (_, change) in changes.items():
        spans = [
            tuple(int(clock[:2]) * 60 + int(clock[3:]) for clock in span)
            for span in truth["places"][place]["hours"]["Fr"]
        ]
        longer = with_hours(longer, place, text(change(spans)))
    again = vpvkac.reach(longer, points="existing").homes.set_index("home")
    gained = again[(homes["class"] == "none") & (again["class"] != "none")]
    adds = {place: places.loc[place, name] for place, (name, _) in changes.items()}
    assert gained.groupby("place")["residents"].sum().to_dict() == adds
    assert not ((homes["class"] != "none") & (again["class"] == "none")).any()
