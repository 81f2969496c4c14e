"""Weekday hours become opening_hours as OpenStreetMap writes them."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
from pathlib import Path

import pytest

import hours_oracle
from vpvkac.model.project import Input
from vpvkac.sources.hours import hours_in, intervals_in, opening_hours, weekday_in, with_days
from vpvkac.sources.post_offices import read_post_offices


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


def openings_differ(one: str, other: str) -> list[tuple[dt.date, int]]:
    """Tell on which days and minutes of a year an independent evaluator says otherwise of one."""
    both = [hours_oracle.Reader(text).rules() if text else [] for text in (one, other)]
    turns = {0}
    for rule in itertools.chain(*both):
        turns |= {moment for times in rule.times for pair in times for moment in pair}
    days = [dt.date(2026, 1, 1) + dt.timedelta(number) for number in range(365)]
    return [
        (day, minute)
        for day in days
        for minute in turns
        if hours_oracle.state(both[0], day, minute) != hours_oracle.state(both[1], day, minute)
    ]


def written_forms(folder: Path) -> list[tuple[str, str]]:
    """The forms as people write them, and what each means, in OpenStreetMap's syntax."""
    with (folder / "hours/written_forms.csv").open(encoding="utf-8", newline="") as opened:
        return [(row["raw"], row["meaning"]) for row in csv.DictReader(opened)]


def as_read(raw: str, tmp_path: Path) -> str:
    """Read a form by the reader of its source: the post's are JSON, one is a column's cell."""
    if raw.startswith('"'):
        office = {"id": "1", "type": 1, "label": "X", "status": 1, "latitude": 56.9,
                  "longitude": 24.1, "readableAddress": "",
                  "workingHours": json.loads(f"{{{raw}}}")}  # fmt: skip
        file = tmp_path / "offices.json"
        file.write_text(json.dumps([office]), encoding="utf-8")
        return str(read_post_offices(Input(file, file.name)).table["hours"][0])
    lines = raw.splitlines()
    if weekday_in(raw) is None:
        lines = [f"Pirmdiena: {raw}"]
    hours, bad = hours_in(lines)
    assert bad == ""
    return hours


def test_the_27_written_forms_mean_what_they_are_said_to_mean(
    shared_data: Path, tmp_path: Path
) -> None:
    forms = written_forms(shared_data)
    assert len(forms) == 27
    for raw, meaning in forms:
        rules = meaning.removeprefix("two seasons: ").split("; ")
        if meaning.startswith("two seasons"):
            # The second season is named before the first of its days alone.
            rules[2] = f"Jun 01-Sep 30 {rules[2]}"
        assert not openings_differ(as_read(raw, tmp_path), "; ".join(rules)), raw


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("Otrdiena: Slēgts (atrodas Rugāju pagasta pārvaldē)",
         'Tu off "atrodas Rugāju pagasta pārvaldē"'),
        ("Otrdiena: 8:00-12:00 (pēc pieraksta)", 'Tu 08:00-12:00 "pēc pieraksta"'),
        ('Otrdiena: Slēgts ("Rugāji")', "Tu off \"'Rugāji'\""),
        ("Katra mēneša otrā trešdiena - metodiskā diena", 'We[2] off "metodiskā diena"'),
        ("Katra mēneša pēdējā piektdiena 9:00 - 10:00", "Fr[-1] 09:00-10:00"),
        ("S., Sv. 9.00–12.00", "Sa-Su 09:00-12:00"),
        ("Pirmdiena, otrdiena un piektdiena: 8:00-17:00", "Mo-Tu 08:00-17:00; Fr 08:00-17:00"),
        ("Pirmdiena - ceturtdiena – 8:00-17:00", "Mo-Th 08:00-17:00"),
        ("Sestdiena 10:00-14:00 no 1. septembra līdz 31. maijam", "Sep 01-May 31 Sa 10:00-14:00"),
    ],
)  # fmt: skip
def test_remarks_days_of_the_month_lists_and_seasons_are_kept(line: str, hours: str) -> None:
    assert hours_in([line]) == (hours, "")


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("P-Pk 8:00-17:00", "Mo-Fr 08:00-17:00"),
        ("P., T., C. 8.00-17.00, pārtraukums 12.00-12.45",
         "Mo 08:00-12:00,12:45-17:00; We-Th 08:00-12:00,12:45-17:00"),
        ("Otrdiena 8:00-12:00 (pusdienas 10:00-10:30)", "Tu 08:00-10:00,10:30-12:00"),
        ("Otrdiena 8:00-12:00, 12:30-17:00 (pārtraukums 12.00–12.30)",
         "Tu 08:00-12:00,12:30-17:00"),
        ("Pirmdiena-piektdiena 9.00-18.00 ar pusdienu pārtraukumu no 13 līdz 14",
         "Mo-Fr 09:00-13:00,14:00-18:00"),
        ("Otrdien, ceturtdien no 9 līdz 18", "Tu 09:00-18:00; Th 09:00-18:00"),
        ("Katru pirmdienu plkst. 9–12", "Mo 09:00-12:00"),
        ("Pirmdiena 8⁰⁰–17³⁰", "Mo 08:00-17:30"),
        ("Pirmdiena 8.30.–12.00.", "Mo 08:30-12:00"),
        ("Pr. 9–12, Ot. slēgts; Ce. 13-17", "Mo 09:00-12:00; Th 13:00-17:00"),
        ("Pirmdiena 8:00-9:00, otrdiena 9:00-10:00", "Mo 08:00-09:00; Tu 09:00-10:00"),
        ("P.8.30–12.00 un 13.00–17.00 O.8.30-12.00",
         "Mo 08:30-12:00,13:00-17:00; Tu 08:30-12:00"),
        ("Otrdien 9.00-12.00 pēc iepriekšēja pieraksta",
         'Tu 09:00-12:00 "pēc iepriekšēja pieraksta"'),
        ("Otrdiena apmeklētājus nepieņem", ""),
        ("Mēneša 1. un 3. trešdiena 10.00-14.00", "We[1,3] 10:00-14:00"),
        ("Katra mēneša pirmajā pirmdienā slēgts", "Mo[1] off"),
        ("Sestdiena 10.00–14.00 (01.10.–30.04.)", "Oct 01-Apr 30 Sa 10:00-14:00"),
    ],
)  # fmt: skip
def test_forms_that_people_may_write_besides(line: str, hours: str) -> None:
    assert hours_in([line]) == (hours, "")


def test_a_pause_on_a_line_of_its_own_is_of_the_days_that_hold_it() -> None:
    week = ["Pirmdiena-ceturtdiena 8.00-17.00", "Piektdiena 8.00-12.00", "Sestdiena slēgts"]
    read = "Mo-Th 08:00-12:00,12:30-17:00; Fr 08:00-12:00"
    assert hours_in([*week, "Pusdienas: 12:00-12:30"]) == (read, "")
    # Whose pause this could be is not known.
    assert hours_in([*week, "Pusdienas: 17:00-18:00"])[1] == "Pusdienas: 17:00-18:00"


@pytest.mark.parametrize(
    ("cells", "lines"),
    [
        (["P.", "8.30–12.00"], ["P. 8.30–12.00", ""]),
        (["C.", "", "8.30–12.00"], ["C. 8.30–12.00", "", ""]),
        (["S., Sv.", "BRĪVS"], ["S., Sv. BRĪVS", ""]),
        (["Sv.", "-"], ["Sv. -", ""]),
        (["P.\nO.", "8-12\nslēgts"], ["P. 8-12\nO. slēgts", ""]),
        (["C.", "Cēsis"], ["C.", "Cēsis"]),
        (["P.", "O.", "8-12", "9-13"], ["P. | O. | 8-12 | 9-13", "", "", ""]),
    ],
)
def test_days_in_cells_of_their_own_stand_before_their_hours(
    cells: list[str], lines: list[str]
) -> None:
    assert with_days(cells) == lines


@pytest.mark.parametrize(
    "line",
    ["Darba dienās 8:00-17:00", "Darbdienās 8-17", "Katru dienu 9-18",
     "Otrdiena 8:00-12:00 (pusdienas 11:30-12:30)", "Otrdiena: pēc pieraksta",
     "Otrdiena (atrodas Rugājos)", "katru otro otrdienu 8-12", "Otrdiena 1-5",
     "Otrdiena 10:00–14:00 (jūnijs, jūlijs, augusts slēgts)",
     "Otrdiena 10:00–14:00 (nepāra nedēļās)", "Otrdiena 8:00-12:00, trešdiena",
     "Sestdiena 01.10.–30.04. 10.00–14.00", "Pēdējā otrdiena mēnesī slēgts",
     "P. | O. | 8-12 | 9-13"],
)  # fmt: skip
def test_a_line_that_may_mean_two_things_is_told(line: str) -> None:
    assert hours_in([line]) == ("", line)


@pytest.mark.parametrize(
    ("lines", "hours", "lost"),
    [
        (["Pirmdiena: 8:00-17:00", "Katra mēneša pirmā un trešā pirmdiena: slēgts"],
         "Mo 08:00-17:00; Mo[1,3] off", ""),
        (["Pirmdiena: 8:00-17:00", "Mēneša pēdējā pirmdiena - slēgts"],
         "Mo 08:00-17:00; Mo[-1] off", ""),
        (["Piektdiena: 8:00-15:00", "Katra mēneša pēdējā darba diena - slēgts"],
         "Fr 08:00-15:00", "Katra mēneša pēdējā darba diena - slēgts"),
        (["Piektdiena: 8:00-15:00", "Katra mēneša pēdējā darba dienā apmeklētājus nepieņem"],
         "Fr 08:00-15:00", "Katra mēneša pēdējā darba dienā apmeklētājus nepieņem"),
        (["Pirmdiena: 8:00-17:00", "Mēneša pirmajā nedēļā pirmdiena slēgta"],
         "Mo 08:00-17:00", "Mēneša pirmajā nedēļā pirmdiena slēgta"),
        (["Piektdiena: 8:00-15:00", "Piektdiena: slēgts"], "Fr 08:00-15:00", "Piektdiena: slēgts"),
        (["Piektdiena: slēgts", "Piektdiena: 8:00-15:00"], "", "Piektdiena: 8:00-15:00"),
        (["No 1. septembra", "Piektdiena: 8:00-15:00"], "Fr 08:00-15:00", "No 1. septembra"),
        (["Darba dienas un laiks", "Piektdiena: 8:00-15:00"], "Fr 08:00-15:00", ""),
        (["Katra mēneša otrā un ceturtā trešdiena 8:00-9:00"], "We[2,4] 08:00-09:00", ""),
    ],
)  # fmt: skip
def test_an_exception_is_kept_or_told(lines: list[str], hours: str, lost: str) -> None:
    assert hours_in(lines) == (hours, lost)
