"""Weekday hours become opening_hours as OpenStreetMap writes them."""

from __future__ import annotations

import pytest

from vpvkac.sources.hours import intervals_in, opening_hours, weekday_in


@pytest.mark.parametrize(
    ("published", "hours"),
    [
        ("8:30 - 12:00; 12:20 - 17:00", "08:30-12:00,12:20-17:00"),
        ("Pirmdiena: 8:30 - 12:00; 12:20 - 17:00", "08:30-12:00,12:20-17:00"),
        ("09:00-18:00", "09:00-18:00"),
        (" 8:00-11:00", "08:00-11:00"),
        ("8.30–12.00", "08:30-12:00"),
        ("8.30-12.00 un 13.00-17.00", "08:30-12:00,13:00-17:00"),
        ("-", ""),
        ("slēgts", ""),
        ("", ""),
    ],
)
def test_a_day(published: str, hours: str) -> None:
    assert intervals_in(published) == hours


@pytest.mark.parametrize(
    "text", ["pēc pieraksta", "8:30", "17:00 - 8:30", "8:30-25:00", "8:30-12:00 (pēc pieraksta)",
             "8:30-12:00; 11:00-17:00"],
)  # fmt: skip
def test_what_is_not_hours_is_not_guessed(text: str) -> None:
    assert intervals_in(text) is None


def test_equal_days_join_and_the_morning_is_not_overridden() -> None:
    lunch = "08:30-12:00,12:20-17:00"
    week = {0: lunch, 1: lunch, 2: lunch, 3: lunch, 4: "08:30-15:00", 5: ""}
    assert opening_hours(week) == "Mo-Th 08:30-12:00,12:20-17:00; Fr 08:30-15:00"


def test_a_closed_day_parts_a_run() -> None:
    assert opening_hours({0: "08:00-09:00", 2: "08:00-09:00"}) == "Mo 08:00-09:00; We 08:00-09:00"
    assert opening_hours({}) == ""


@pytest.mark.parametrize(("text", "day"), [("PIRMDIENA", 0), ("Svētdiena:", 6), ("rīt", None)])
def test_weekdays_by_name(text: str, day: int | None) -> None:
    assert weekday_in(text) == day
