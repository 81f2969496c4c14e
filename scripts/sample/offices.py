"""Invented offices of state institutions, and a checklist of premises of two municipalities.

Both draw from streams of their own and stand beside the places that the network is made of, so
that nothing made before them changes.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from sample.outline import TO_PLANE
from sample.places import GEOD, THRESHOLD_M
from sample.truth import key_of

if TYPE_CHECKING:
    from sample.places import Place
    from sample.truth import Answer
    from sample.units import Unit

OFFICES_FILE, STATE_FILE, PREMISES_FILE = "iestades.csv", "valsts_centri.csv", "telpas.csv"
_SEED, _PREMISES_SEED = 20_200_202, 20_200_304
# Names of offices, and how many units hold each; one of each stands beside the state centre.
_OFFICES = {"NVA": 10, "VSAA": 8, "VID": 4, "LAD": 3}
_OTHER, _WITH_CENTRE, _WITHOUT = "Parauga inspekcija", 4, 8
# Degrees that an office may stand from its unit's point.
_AWAY = 0.004
# Rows of table 30 in the order of the file, and its headings.
_ROWS = {
    "utilities": "1.1", "step_free": "1.2", "desk_kinds": "2.1", "desk_apart": "2.2",
    "public_computer": "3.1", "printing": "3.2", "specialist_desk": "3.3", "card_terminal": "3.4",
    "queue_machine": "3.5", "signs": "4.1", "leaflets": "4.2", "video": "5.1",
    "covid_rules": "5.2", "parking": "6.1",
}  # fmt: skip
_NOT_BINDING = ("3.5", "5.1", "5.2")
_ANSWERS, _SHARES = ("jā", "nē", ""), (0.6, 0.22, 0.18)
_UNANSWERED_EVERY, _NOBODYS = 7, "libraries:99999"


@dataclass(frozen=True)
class Office:
    """An office: its number, whose it is (empty of another institution), its unit, position."""

    number: int
    institution: str
    unit: int
    lat: float
    lon: float


def place_offices(answer: Answer) -> tuple[list[Office], Office]:
    """Put offices into units whose point is surely within reach, a state centre into a large city.

    There no office can be what a gap is closed by.
    """
    rng = np.random.default_rng(_SEED)
    listed = {gap["unit"] for gap in answer.gaps()}
    fit = [
        number
        for number, unit in enumerate(answer.units)
        if answer.points[number] is not None
        and unit.code not in listed
        and all(answer.within(place) for place in answer.by_unit[number])
    ]
    own = [
        number for number in fit if answer.units[number].code == answer.units[number].municipality
    ]
    city = max(own, key=lambda number: answer.units[number].shape.area)
    opened = [number for number in fit if answer.status(number) == "existing"]
    planned = [n for n in fit if answer.status(n) == "planned" and n != city]
    chosen = [
        city,
        *rng.choice(planned, _WITHOUT - 1, replace=False).tolist(),
        *rng.choice(opened, _WITH_CENTRE, replace=False).tolist(),
    ]
    offices: list[Office] = []

    def put(number: int, institution: str, unit: int) -> Office:
        return Office(number, institution, unit, *_spot(rng, answer, unit))

    for institution, count in _OFFICES.items():
        others = rng.choice(chosen[1:], count - 1, replace=False).tolist()
        start = len(offices) + 1
        offices += [
            put(number, institution, unit)
            for number, unit in enumerate((city, *sorted(others)), start)
        ]
    offices.append(put(len(offices) + 1, "", chosen[-1]))
    return offices, put(1, "", city)


def _spot(rng: np.random.Generator, answer: Answer, unit: int) -> tuple[float, float]:
    """Find a spot in a unit near its point."""
    point, shape = answer.by_unit[unit][0], answer.units[unit].shape
    while True:
        lat, lon = (round(at + rng.uniform(-_AWAY, _AWAY), 7) for at in (point.lat, point.lon))
        if shape.contains(shapely.Point(TO_PLANE.transform(lon, lat))):
            return lat, lon


def write_offices(
    folder: Path, units: list[Unit], offices: list[Office], state: Office
) -> dict[str, Any]:
    """Write the lists of offices and of state centres, and tell what becomes of their rows."""
    names = [
        f"{office.institution or _OTHER}, {units[office.unit].name} (izdomāta parauga iestāde)"
        for office in offices
    ]
    _write(folder / OFFICES_FILE, names, offices)
    _write(folder / STATE_FILE, ["Izdomāts valsts klientu apkalpošanas centrs"], [state])
    return {
        name: {"rows_read": count, "used": count, "dropped": {}}
        for name, count in (("institutions", len(offices)), ("state_centres", 1))
    }


def _write(path: Path, names: list[str], offices: list[Office]) -> None:
    rows = [
        (office.number, name, f"{office.lat:.7f}", f"{office.lon:.7f}")
        for office, name in zip(offices, names, strict=True)
    ]
    path.write_bytes(_table([("id", "nosaukums", "lat", "lon"), *rows]))


def _table(rows: list[tuple[Any, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def told(answer: Answer, offices: list[Office], state: Office) -> dict[str, Any]:
    """Tell which units hold offices, and each unit's nearest office of every institution.

    From a point inside the unit, by measuring to every office.
    """
    units = answer.units
    inside = shapely.get_coordinates(shapely.point_on_surface([unit.shape for unit in units]))
    lon, lat = TO_PLANE.transform(*inside.T, direction="INVERSE")
    nearest: dict[str, dict[str, list[Any]]] = {}
    for institution in _OFFICES:
        own = [office for office in offices if office.institution == institution]
        metres = np.array([
            GEOD.inv(lon, lat, np.full(len(units), o.lon), np.full(len(units), o.lat))[2]
            for o in own
        ])  # fmt: skip
        nearest[institution] = {
            unit.code: [f"institutions:{own[best].number}", round(float(metres[best, n]), 3)]
            for n, (unit, best) in enumerate(zip(units, metres.argmin(axis=0), strict=True))
        }
    held: dict[str, dict[str, Any]] = {}
    for office in offices:
        row = held.setdefault(units[office.unit].code, {"institutions": [], "offices": 0})
        row["institutions"] = sorted({*row["institutions"], office.institution or "other"})
        row["offices"] += 1
    for number, unit in enumerate(units):
        if unit.code in held:
            held[unit.code]["status"] = answer.status(number)
            held[unit.code]["state_centres"] = int(number == state.unit)
    return {"units": dict(sorted(held.items())), "nearest": nearest}


def answer_for_premises(answer: Answer) -> dict[str, dict[str, str]]:
    """Answer for the premises of two municipalities, by place and row; a few places not at all."""
    rng = np.random.default_rng(_PREMISES_SEED)
    moved = next(gap["unit"] for gap in answer.gaps() if gap["class"] == "move")
    codes = {unit.code: unit.municipality for unit in answer.units}
    several = [code for code in sorted(set(codes.values())) if code not in codes]
    asked = {codes[moved], next(code for code in several if code != codes[moved])}
    given: dict[str, dict[str, str]] = {}
    for place in sorted(answer.places, key=key_of):
        if place.host == "post_office" or answer.units[place.unit].municipality not in asked:
            continue
        drawn = rng.choice(_ANSWERS, len(_ROWS), p=_SHARES)
        if place.number % _UNANSWERED_EVERY:
            given[key_of(place)] = dict(zip(_ROWS, map(str, drawn), strict=True))
    return given


def write_premises(folder: Path, given: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Write the checklist, with the answers of a place that is none; say what becomes of it."""
    rows = [(place, *answers.values()) for place, answers in given.items()]
    nobody = (_NOBODYS, *[_ANSWERS[0]] * len(_ROWS))
    head = ("vieta", *(f"r{row.replace('.', '_')}" for row in _ROWS.values()))
    (folder / PREMISES_FILE).write_bytes(_table([head, *rows, nobody]))
    return {"rows_read": len(rows) + 1, "used": len(rows), "dropped": {"no_place": 1}}


def compliance(answer: Answer, given: dict[str, dict[str, str]]) -> dict[str, list[int]]:
    """Count the rows that bind of each place answered for: met, not met, not known.

    6.2 is whether a stop of the set is near.
    """
    counts = {}
    places = {key_of(place): place for place in answer.places}
    for key, answers in given.items():
        place: Place = places[key]
        near = "" if answer.uncertain(place) else _ANSWERS[answer.metres[key] > THRESHOLD_M]
        bound = [said for name, said in answers.items() if _ROWS[name] not in _NOT_BINDING]
        counts[key] = [[*bound, near].count(said) for said in _ANSWERS]
    return counts
