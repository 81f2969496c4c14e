"""The assumptions of the cost model, read from a TOML file that a planner edits.

`data/reference/cost.toml` holds those of the 2020 analysis, each with its
unit and source; a project names a file of its own as `assumptions`.  Amounts
are exact fractions, so that shares of a whole add up to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.reference import reference_file
from vpvkac.sources.tomlfile import read_toml, unknown_keys
from vpvkac.texts.message import Message, Text

_FILE = "cost.toml"
SCENARIOS = ("A", "B")
_EARLIEST, _LATEST, _MOST_YEARS = 2000, 2100, 50
_MOST_MONEY, _MOST_COUNT, _MOST_GROWTH = 10**12, 10**9, 100
# More decimals than anyone means; "1e-999999" would be reckoned with for hours.
_MOST_DECIMALS = 12


class Kind(NamedTuple):
    """What a key takes: a range of numbers, whole or not; or a word that is true or false."""

    least: int
    most: int
    whole: bool = False


class Since(NamedTuple):
    """A key that takes a value by year, of a kind, from a year of the model on.

    Parameters
    ----------
    kind
        What each value is.
    year
        The earliest year that has an effect, {"first", "set_up"}.
    at_once
        Whether the first value must be of that very year.
    """

    kind: Kind
    year: str = "first"
    at_once: bool = False


YEAR = Kind(_EARLIEST, _LATEST, whole=True)
COUNT = Kind(0, _MOST_COUNT, whole=True)
SOME = Kind(1, _MOST_COUNT, whole=True)
MONEY = Kind(0, _MOST_MONEY)
SHARE = Kind(0, 1)
GROWTH = Kind(0, _MOST_GROWTH)


def _is(kind: Kind | Since | type[bool]) -> Mapping[str, Any]:
    return {"kind": kind}


@dataclass(frozen=True)
class Steps:
    """A value that changes by year: each holds from its year until the next one named."""

    values: Mapping[int, Fraction]

    def at(self, year: int) -> Fraction:
        """Give the value of a year; 0 before the first one named."""
        named = [value for since, value in self.values.items() if since <= year]
        return named[-1] if named else Fraction(0)

    @property
    def begins(self) -> int:
        """The first year named."""
        return next(iter(self.values))


@dataclass(frozen=True)
class Years:
    """The years of the model; from `set_up` on there is a second wave."""

    first: int = field(metadata=_is(YEAR))
    last: int = field(metadata=_is(YEAR))
    set_up: int = field(metadata=_is(YEAR))

    @property
    def all(self) -> range:
        """Every year."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True)
class Points:
    """The points of the published network."""

    first_wave: int = field(metadata=_is(SOME))
    second_wave: int = field(metadata=_is(COUNT))


@dataclass(frozen=True)
class Demand:
    """Services and contacts in the year before the first, and the band the services lie in."""

    services: int = field(metadata=_is(SOME))
    contacts: int = field(metadata=_is(COUNT))
    services_low: int = field(metadata=_is(SOME))
    services_high: int = field(metadata=_is(SOME))


@dataclass(frozen=True)
class Upkeep:
    """What the network costs every year, EUR."""

    first_wave: Fraction = field(metadata=_is(MONEY))
    supplement: Fraction = field(metadata=_is(MONEY))
    supplement_share: Steps = field(metadata=_is(Since(SHARE, "set_up")))
    administrative_centre: Steps = field(metadata=_is(Since(MONEY)))
    contact_centre: Fraction = field(metadata=_is(MONEY))
    digital_centre: Fraction = field(metadata=_is(MONEY))
    publicity: Steps = field(metadata=_is(Since(MONEY)))
    regular_training: Steps = field(metadata=_is(Since(MONEY, "set_up")))


@dataclass(frozen=True)
class Investment:
    """What the network costs once, in the year of the set-up, EUR."""

    improving: Fraction = field(metadata=_is(MONEY))
    setting_up: Fraction = field(metadata=_is(MONEY))
    first_training: Fraction = field(metadata=_is(MONEY))
    written_off_over: int = field(metadata=_is(Kind(1, 100, whole=True)))


@dataclass(frozen=True)
class State:
    """What the state pays, EUR and shares."""

    fixed_part_before: Fraction = field(metadata=_is(MONEY))
    upkeep_share: Steps = field(metadata=_is(Since(SHARE, "set_up")))
    service: Fraction = field(metadata=_is(MONEY))
    contact: Fraction = field(metadata=_is(MONEY))


@dataclass(frozen=True)
class Saving:
    """What institutions save, EUR."""

    service: Steps = field(metadata=_is(Since(MONEY, "set_up")))
    contact: Fraction = field(metadata=_is(MONEY))


@dataclass(frozen=True)
class Scenario:
    """How demand grows, and what the state takes upon itself."""

    services: Steps = field(metadata=_is(Since(GROWTH, at_once=True)))
    contacts: Steps = field(metadata=_is(Since(GROWTH, at_once=True)))
    contact_centre: Steps = field(metadata=_is(Since(GROWTH)))
    common_share: Steps = field(metadata=_is(Since(SHARE, "set_up")))
    first_training_in_fixed_part: bool = field(metadata=_is(bool))
    saves: bool = field(metadata=_is(bool))


@dataclass(frozen=True)
class Own:
    """The demand of the user's own network; None for its share of the national one."""

    share: Fraction = field(metadata=_is(SHARE))
    services: int | None = field(default=None, metadata=_is(SOME))
    contacts: int | None = field(default=None, metadata=_is(COUNT))


@dataclass(frozen=True)
class Assumptions:
    """Everything the cost model reckons with.

    Parameters
    ----------
    shown
        The file as its project names it.
    published
        Whether these are the assumptions of the 2020 analysis; `own` may differ.
    given
        Key → value as the file has it, in its order: "upkeep.supplement".
    """

    shown: str
    published: bool
    given: Mapping[str, Any]
    years: Years
    network: Points
    demand: Demand
    upkeep: Upkeep
    investment: Investment
    state: State
    saving: Saving
    scenario: Mapping[str, Scenario]
    own: Own


_SECTIONS: dict[str, type] = {
    "years": Years,
    "network": Points,
    "demand": Demand,
    "upkeep": Upkeep,
    "investment": Investment,
    "state": State,
    "saving": Saving,
    "own": Own,
}
_KNOWN = (*list(_SECTIONS)[:-1], "scenario", "own")


def published_assumptions() -> Assumptions:
    """Give the assumptions of the 2020 analysis."""
    return read_assumptions(reference_file(_FILE), _FILE)


def published_text() -> str:
    """Give the file of the published assumptions, to be copied and edited."""
    return reference_file(_FILE).read_text(encoding="utf-8")


def read_assumptions(file: str | Path, shown: str | None = None) -> Assumptions:
    """Read a file of assumptions.

    Parameters
    ----------
    shown
        The file's name as faults say it; else its path.

    Raises
    ------
    InputError
        With every fault of the file: a key missing or unknown, a value of
        another type or out of range, years out of order.
    """
    name = str(file) if shown is None else shown
    remedy = Message("check the path")
    document = read_toml(Path(file), name, if_missing=remedy, parse_float=Decimal)
    reader = _Reader(name, document)
    sections = reader.sections()
    if reader.faults:
        raise InputError(reader.faults)
    original = read_toml(reference_file(_FILE), _FILE, if_missing=remedy, parse_float=Decimal)
    published = all(document[key] == original[key] for key in _KNOWN if key != "own")
    return Assumptions(name, published, MappingProxyType(reader.values), **sections)


class _Reader:
    """Turns a document into sections, collecting every fault."""

    def __init__(self, shown: str, document: dict[str, Any]) -> None:
        self.shown = shown
        self.document = document
        self.faults: list[Fault] = []
        self.values: dict[str, Any] = {}
        self.years: Years | None = None

    def sections(self) -> dict[str, Any]:
        """Give the sections; of use only if there are no faults."""
        self.faults += unknown_keys(self.document, _KNOWN, "", self.shown)
        given = self.document
        read: dict[str, Any] = {"years": self._years()}
        for name in ("network", "demand", "upkeep", "investment", "state", "saving"):
            read[name] = self._section(_SECTIONS[name], given.get(name), name)
        read["scenario"] = self._scenarios(given.get("scenario"))
        read["own"] = self._section(Own, given.get("own"), "own")
        self._state_before(read)
        return read

    def _years(self) -> Years | None:
        years: Years | None = self._section(Years, self.document.get("years"), "years")
        if years is None:
            return None
        in_order = years.first < years.set_up <= years.last
        if not in_order or years.last - years.first >= _MOST_YEARS:
            text = f"{years.first}, {years.set_up}, {years.last}"
            self._fault("years", text, _YEARS_WRONG, _YEARS_RIGHT)
            return None
        self.years = years
        return years

    def _scenarios(self, given: object) -> Mapping[str, Scenario] | None:
        if not isinstance(given, dict):
            self._section(Scenario, given, "scenario.A")
            return None
        self.faults += unknown_keys(given, SCENARIOS, "scenario.", self.shown)
        read = {
            name: self._section(Scenario, given.get(name), f"scenario.{name}") for name in SCENARIOS
        }
        return MappingProxyType(read)

    def _state_before(self, read: Mapping[str, Any]) -> None:
        """Refuse a lump sum that does not cover what the state pays whole in every year."""
        state, upkeep = read["state"], read["upkeep"]
        if self.years is None or state is None or upkeep is None:
            return
        before = range(self.years.first, self.years.set_up)
        least = max(upkeep.publicity.at(year) + upkeep.digital_centre for year in before)
        if state.fixed_part_before < least:
            self._fault(
                "state.fixed_part_before",
                f"{float(state.fixed_part_before):g}",
                Message("is less than publicity and digital centre together"),
                Message("must be at least {least}", least=format(float(least), "g")),
            )

    def _section(self, kind: type, given: object, where: str) -> Any:
        """Read one section; None where something is wrong with it."""
        if not isinstance(given, dict):
            text = None if given is None else str(given)
            problem = _MISSING if given is None else _NO_SECTION
            remedy = Message("write a section [{where}]", where=where)
            self._fault(where, text, problem, remedy)
            return None
        keys = {entry.name: entry for entry in fields(kind)}
        before = len(self.faults)
        self.faults += unknown_keys(given, list(keys), f"{where}.", self.shown)
        read = {
            key: self._value(given.get(key), f"{where}.{key}", entry.metadata["kind"])
            for key, entry in keys.items()
            if key in given or entry.default is not None
        }
        return kind(**read) if len(self.faults) == before else None

    def _value(self, given: object, where: str, kind: Kind | Since | type[bool]) -> Any:
        if given is None:
            remedy = Message("write it; see the sample cost.toml")
            self._fault(where, None, _MISSING, remedy)
            return None
        self.values[where] = given
        if isinstance(kind, Since):
            return self._steps(given, where, kind)
        if isinstance(kind, Kind):
            return self._number(given, where, kind)
        if not isinstance(given, bool):
            self._fault(where, str(given), _NOT_BOOL, _WRITE_BOOL)
        return given

    def _number(self, given: object, where: str, kind: Kind) -> Fraction | int | None:
        if isinstance(given, bool) or not isinstance(given, int | Decimal):
            self._fault(where, str(given), _NOT_NUMBER, _WRITE_NUMBER)
            return None
        value = Decimal(given)
        # NaN is in no range; an infinite number has no digits to count.
        if not value.is_finite() or not kind.least <= value <= kind.most:
            remedy = Message("must be from {least} to {most}", least=kind.least, most=kind.most)
            self._fault(where, str(given), _OUT_OF_RANGE, remedy)
            return None
        if kind.whole and not isinstance(given, int):
            self._fault(where, str(given), _NOT_WHOLE, _WRITE_WHOLE)
            return None
        if value.as_tuple().exponent < -_MOST_DECIMALS:  # type: ignore[operator]
            remedy = Message("write at most {decimals}", decimals=_MOST_DECIMALS)
            self._fault(where, str(given), _MANY_DECIMALS, remedy)
            return None
        return int(value) if kind.whole else Fraction(value)

    def _steps(self, given: object, where: str, since: Since) -> Steps | None:
        if not isinstance(given, dict) or not given:
            self._fault(where, str(given), _NOT_STEPS, _WRITE_STEPS)
            return None
        before = len(self.faults)
        values = {
            year: self._number(value, f"{where}.{year}", since.kind)
            for year, value in given.items()
        }
        named = [year for year in given if self._is_year(year, where, since)]
        for year, later in pairwise(map(int, named)):
            if year >= later:
                self._fault(f"{where}.{later}", None, _NOT_IN_ORDER, _ORDER_YEARS)
        if since.at_once and named and self.years and int(named[0]) != self.years.first:
            first = str(self.years.first)
            remedy = Message("begin with {first}", first=first)
            self._fault(
                where,
                named[0],
                Message("does not begin with the first year"),
                remedy,
            )
        if len(self.faults) > before:
            return None
        return Steps(MappingProxyType({int(year): Fraction(values[year] or 0) for year in named}))

    def _is_year(self, year: str, where: str, since: Since) -> bool:
        """Tell whether a key is a year that has an effect; say so where it is not."""
        if not (year.isascii() and year.isdigit() and len(year) == len(str(_EARLIEST))):
            self._fault(f"{where}.{year}", None, _NOT_YEAR, _WRITE_STEPS)
            return False
        if self.years is None:
            return True
        earliest = self.years.first if since.year == "first" else self.years.set_up
        if earliest <= int(year) <= self.years.last:
            return True
        span = f"{earliest}–{self.years.last}"
        remedy = Message("write a year of {span}", span=span)
        self._fault(f"{where}.{year}", None, _NO_EFFECT, remedy)
        return False

    def _fault(self, where: str, value: str | None, problem: Text, remedy: Text) -> None:
        self.faults.append(Fault("error", self.shown, problem, remedy, field=where, value=value))


_MISSING = Message("is missing")
_NO_SECTION = Message("is not a section")
_YEARS_WRONG = Message("are not years in order")
_YEARS_RIGHT = Message("must be: first < set_up <= last, at most 50 years altogether")
_NOT_NUMBER = Message("is not a number")
_WRITE_NUMBER = Message("write a number with a decimal point, without quotes or spaces")
_NOT_WHOLE = Message("is not a whole number")
_WRITE_WHOLE = Message("write a whole number")
_OUT_OF_RANGE = Message("is out of range")
_MANY_DECIMALS = Message("has too many decimals")
_NOT_BOOL = Message("is not true or false")
_WRITE_BOOL = Message("write true or false without quotes")
_NOT_STEPS = Message("is not values by year")
_WRITE_STEPS = Message("write { 2022 = 0.4, 2023 = 0.3 }")
_NOT_IN_ORDER = Message("stands after a later year")
_ORDER_YEARS = Message("put the years in order")
_NOT_YEAR = Message("is not a year")
_NO_EFFECT = Message("is a year in which the value has no effect")
