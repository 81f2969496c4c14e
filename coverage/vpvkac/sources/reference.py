"""Published figures and assumptions of the 2020 analysis, facts in `data/reference/`.

`cost.toml` holds the assumptions of the cost model, each with its unit and source; a planner
edits a copy and names it in the project.  Amounts are exact fractions, so that shares of a
whole add up to the whole.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.tomlfile import read_toml, unknown_keys
from vpvkac.texts.message import Bilingual, Message, Text

_HERE = Path(__file__).resolve().parents[1]
_FIGURES, _COSTS = "published.toml", "cost.toml"
_FACTS = (
    "code", "section", "measure", "basis", "of", "value", "municipality", "unit", "earlier",
)  # fmt: skip
SCENARIOS = ("A", "B")
_EARLIEST, _LATEST, _MOST_YEARS = 2000, 2100, 50
_MOST_MONEY, _MOST_COUNT, _MOST_GROWTH = 10**12, 10**9, 100
# More decimals than anyone means; "1e-999999" would be computed with for hours.
_MOST_DECIMALS = 12


def reference_file(name: str) -> Path:
    """Find a file of facts: in the installed package, or in the source tree it is made from."""
    folders = (_HERE / "reference", _HERE.parents[1] / "data" / "reference")
    return next(folder / name for folder in folders if (folder / name).is_file())


# --- Published figures ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """One published figure: what it is called, of what, where it stands and what it says.

    `measure` is "count", "share" (0-1) or "m"; `basis`, a key of `questions.coverage.view`, is
    what of ours stands beside it; `value` is None where a claim has no number, `earlier` that
    of 2018.  `why` may explain a difference, `note` is to be known of the figure itself.  Of a
    named centre, `municipality` is today's and `unit` a code since 2021-07-01; `names` are the
    development centres it counts, where named.
    """

    code: str
    section: str
    measure: str
    basis: str
    name: Text
    of: str = ""
    value: float | None = None
    why: Text | None = None
    note: Text | None = None
    municipality: str = ""
    unit: str = ""
    names: tuple[str, ...] = ()
    earlier: float | None = None

    @property
    def key(self) -> str:
        """Name the figure by one word of its own."""
        return f"{self.code}:{self.of}" if self.of else self.code


@cache
def figures() -> tuple[Figure, ...]:
    """Return every published figure, in the order of the file."""
    document = tomllib.loads(reference_file(_FIGURES).read_text(encoding="utf-8"))
    found = []
    for entry in document["figure"]:
        facts: dict[str, Any] = {key: entry[key] for key in _FACTS if key in entry}
        words = {key: document[key][entry[key]] for key in ("why", "note") if key in entry}
        facts |= {key: Bilingual(text["lv"], text["en"]) for key, text in words.items()}
        name = Bilingual(entry["lv"], entry["en"])
        found.append(Figure(name=name, names=tuple(entry.get("names", ())), **facts))
    return tuple(found)


@cache
def published_values() -> Mapping[str, float]:
    """Return the figures that have a number and no `of`, by code."""
    return {
        figure.code: float(figure.value)
        for figure in figures()
        if figure.value is not None and not figure.of
    }


# --- Assumptions of costs ------------------------------------------------------------------------


class _Kind(NamedTuple):
    """What a number may be: a range, whole or not."""

    least: int
    most: int
    whole: bool = False


class _Since(NamedTuple):
    """A value by year, of a kind, from a year of the model ("first", "set_up") on, or at once."""

    kind: _Kind
    year: str = "first"
    at_once: bool = False


@dataclass(frozen=True)
class Steps:
    """A value that changes by year: each holds from its year until the next one named."""

    values: Mapping[int, Fraction]

    def at(self, year: int) -> Fraction:
        """Return the value of a year; 0 before the first one named."""
        named = [value for since, value in self.values.items() if since <= year]
        return named[-1] if named else Fraction(0)

    @property
    def begins(self) -> int:
        """The first year named."""
        return next(iter(self.values))


_MONEY, _SHARE, _GROWTH = _Kind(0, _MOST_MONEY), _Kind(0, 1), _Kind(0, _MOST_GROWTH)
Year = Annotated[int, _Kind(_EARLIEST, _LATEST, whole=True)]
Count = Annotated[int, _Kind(0, _MOST_COUNT, whole=True)]
Some = Annotated[int, _Kind(1, _MOST_COUNT, whole=True)]
Money = Annotated[Fraction, _MONEY]
Share = Annotated[Fraction, _SHARE]
MoneyByYear = Annotated[Steps, _Since(_MONEY)]
MoneySinceSetUp = Annotated[Steps, _Since(_MONEY, "set_up")]
ShareSinceSetUp = Annotated[Steps, _Since(_SHARE, "set_up")]
GrowthByYear = Annotated[Steps, _Since(_GROWTH)]
GrowthFromFirst = Annotated[Steps, _Since(_GROWTH, at_once=True)]


@dataclass(frozen=True)
class Years:
    """The years of the model; from `set_up` on there is a second wave."""

    first: Year
    last: Year
    set_up: Year

    @property
    def all(self) -> range:
        """Every year."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True)
class Points:
    """The points of the published network."""

    first_wave: Some
    second_wave: Count


@dataclass(frozen=True)
class Demand:
    """Services and contacts in the year before the first, and the band the services lie in."""

    services: Some
    contacts: Count
    services_low: Some
    services_high: Some


@dataclass(frozen=True)
class Upkeep:
    """What the network costs every year, EUR."""

    first_wave: Money
    supplement: Money
    supplement_share: ShareSinceSetUp
    administrative_centre: MoneyByYear
    contact_centre: Money
    digital_centre: Money
    publicity: MoneyByYear
    regular_training: MoneySinceSetUp


@dataclass(frozen=True)
class Investment:
    """What the network costs once, in the year of the set-up, EUR."""

    improving: Money
    setting_up: Money
    first_training: Money
    written_off_over: Annotated[int, _Kind(1, 100, whole=True)]


@dataclass(frozen=True)
class State:
    """What the state pays, EUR and shares."""

    fixed_part_before: Money
    upkeep_share: ShareSinceSetUp
    service: Money
    contact: Money


@dataclass(frozen=True)
class Saving:
    """What institutions save, EUR."""

    service: MoneySinceSetUp
    contact: Money


@dataclass(frozen=True)
class Scenario:
    """How demand grows, and what the state takes upon itself."""

    services: GrowthFromFirst
    contacts: GrowthFromFirst
    contact_centre: GrowthByYear
    common_share: ShareSinceSetUp
    first_training_in_fixed_part: bool
    saves: bool


@dataclass(frozen=True)
class Own:
    """The demand of the user's own network; None for its share of the national one."""

    share: Share
    services: Some | None = None
    contacts: Count | None = None


@dataclass(frozen=True)
class Assumptions:
    """Everything the cost model computes with.

    `published` is whether these are the assumptions of the 2020 analysis, whatever `own` says;
    `given` has each value by its key ("upkeep.supplement") as the file has it, in its order.
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


_SECTIONS = {
    "years": Years, "network": Points, "demand": Demand, "upkeep": Upkeep,
    "investment": Investment, "state": State, "saving": Saving, "scenario": Scenario, "own": Own,
}  # fmt: skip


def published_assumptions() -> Assumptions:
    """Return the assumptions of the 2020 analysis."""
    return read_assumptions(reference_file(_COSTS), _COSTS)


def published_text() -> str:
    """Return the file of the published assumptions, to be copied and edited."""
    return reference_file(_COSTS).read_text(encoding="utf-8")


def read_assumptions(file: str | Path, shown: str | None = None) -> Assumptions:
    """Read a file of assumptions, which faults call `shown`, else by its path.

    Raises InputError with every fault of the file: a key missing or unknown, a value of
    another type or out of range, years out of order.
    """
    name = str(file) if shown is None else shown
    remedy = Message("check the path")
    document = read_toml(Path(file), name, if_missing=remedy, parse_float=Decimal)
    reader = _Reader(name)
    sections = reader.sections(document)
    if reader.faults:
        raise InputError(reader.faults)
    original = read_toml(reference_file(_COSTS), _COSTS, if_missing=remedy, parse_float=Decimal)
    published = all(document[key] == original[key] for key in _SECTIONS if key != "own")
    return Assumptions(name, published, MappingProxyType(reader.values), **sections)


class _Reader:
    """Turns a document into sections, collecting every fault, and every value by its key."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.faults: list[Fault] = []
        self.values: dict[str, Any] = {}
        self.years: Years | None = None

    def sections(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the sections; of use only if there are no faults."""
        self.faults += unknown_keys(document, list(_SECTIONS), "", self.shown)
        read: dict[str, Any] = {}
        for name, kind in _SECTIONS.items():
            given = document.get(name)
            if name != "scenario":
                read[name] = self._section(kind, given, name)
            elif isinstance(given, dict):
                self.faults += unknown_keys(given, SCENARIOS, "scenario.", self.shown)
                scenarios = {
                    one: self._section(kind, given.get(one), f"scenario.{one}") for one in SCENARIOS
                }
                read[name] = MappingProxyType(scenarios)
            else:
                self._section(kind, given, "scenario.A")
            if name == "years":
                self._check_years(read[name])
        self._check_state(read["state"], read["upkeep"])
        return read

    def _check_years(self, years: Years | None) -> None:
        """Keep the years if they are in order: what is given by year is checked by them."""
        if years is None:
            return
        if years.first < years.set_up <= years.last < years.first + _MOST_YEARS:
            self.years = years
            return
        problem = Message("are not years in order")
        remedy = Message("must be: first < set_up <= last, at most 50 years altogether")
        self._fault("years", f"{years.first}, {years.set_up}, {years.last}", problem, remedy)

    def _check_state(self, state: State | None, upkeep: Upkeep | None) -> None:
        """Refuse a lump sum that does not cover what the state pays whole in every year."""
        if self.years is None or state is None or upkeep is None:
            return
        before = range(self.years.first, self.years.set_up)
        least = max(upkeep.publicity.at(year) + upkeep.digital_centre for year in before)
        if state.fixed_part_before < least:
            problem = Message("is less than publicity and digital centre together")
            remedy = Message("must be at least {least}", least=format(float(least), "g"))
            value = f"{float(state.fixed_part_before):g}"
            self._fault("state.fixed_part_before", value, problem, remedy)

    def _section(self, kind: type, given: object, where: str) -> Any:
        """Read one section; None where something is wrong with it."""
        if not isinstance(given, dict):
            problem = _MISSING if given is None else Message("is not a section")
            remedy = Message("write a section [{where}]", where=where)
            return self._fault(where, None if given is None else str(given), problem, remedy)
        before = len(self.faults)
        keys = [entry.name for entry in fields(kind)]
        self.faults += unknown_keys(given, keys, f"{where}.", self.shown)
        types = get_type_hints(kind, include_extras=True)
        read = {
            key: self._value(given.get(key), f"{where}.{key}", types[key])
            for key in keys
            if key in given or not hasattr(kind, key)
        }
        return kind(**read) if len(self.faults) == before else None

    def _value(self, given: object, where: str, kind: Any) -> Any:
        if given is None:
            return self._fault(where, None, _MISSING, Message("write it; see the sample cost.toml"))
        self.values[where] = given
        # What may be left out is a union with None.
        annotated = next((one for one in get_args(kind) if get_args(one)), kind)
        rule = next(iter(getattr(annotated, "__metadata__", ())), None)
        if isinstance(rule, _Since):
            return self._steps(given, where, rule)
        if isinstance(rule, _Kind):
            return self._number(given, where, rule)
        if isinstance(given, bool):
            return given
        problem = Message("is not true or false")
        return self._fault(
            where, str(given), problem, Message("write true or false without quotes")
        )

    def _number(self, given: object, where: str, kind: _Kind) -> Any:
        if isinstance(given, bool) or not isinstance(given, int | Decimal):
            remedy = Message("write a number with a decimal point, without quotes or spaces")
            return self._fault(where, str(given), Message("is not a number"), remedy)
        value = Decimal(given)
        # NaN is in no range; an infinite number has no digits to count.
        if not value.is_finite() or not kind.least <= value <= kind.most:
            remedy = Message("must be from {least} to {most}", least=kind.least, most=kind.most)
            return self._fault(where, str(given), Message("is out of range"), remedy)
        if kind.whole and not isinstance(given, int):
            problem = Message("is not a whole number")
            return self._fault(where, str(given), problem, Message("write a whole number"))
        if not kind.whole and value.as_tuple().exponent < -_MOST_DECIMALS:  # type: ignore[operator]
            remedy = Message("write at most {decimals}", decimals=_MOST_DECIMALS)
            return self._fault(where, str(given), Message("has too many decimals"), remedy)
        return given if kind.whole else Fraction(value)

    def _steps(self, given: object, where: str, since: _Since) -> Any:
        if not isinstance(given, dict) or not given:
            problem = Message("is not values by year")
            return self._fault(where, str(given), problem, _WRITE_STEPS)
        before = len(self.faults)
        values = {
            year: self._number(value, f"{where}.{year}", since.kind)
            for year, value in given.items()
        }
        named = [year for year in given if self._is_year(year, where, since)]
        for year, later in pairwise(map(int, named)):
            if year >= later:
                problem = Message("stands after a later year")
                self._fault(f"{where}.{later}", None, problem, Message("put the years in order"))
        if since.at_once and named and self.years and int(named[0]) != self.years.first:
            problem = Message("does not begin with the first year")
            remedy = Message("begin with {first}", first=str(self.years.first))
            self._fault(where, named[0], problem, remedy)
        if len(self.faults) > before:
            return None
        return Steps(MappingProxyType({int(year): Fraction(values[year] or 0) for year in named}))

    def _is_year(self, year: str, where: str, since: _Since) -> bool:
        """Return whether a key is a year that has an effect; say so where it is not."""
        if not (year.isascii() and year.isdigit() and len(year) == len(str(_EARLIEST))):
            self._fault(f"{where}.{year}", None, Message("is not a year"), _WRITE_STEPS)
            return False
        if self.years is None:
            return True
        earliest = self.years.first if since.year == "first" else self.years.set_up
        if earliest <= int(year) <= self.years.last:
            return True
        problem = Message("is a year in which the value has no effect")
        span = f"{earliest}–{self.years.last}"
        self._fault(f"{where}.{year}", None, problem, Message("write a year of {span}", span=span))
        return False

    def _fault(self, where: str, value: str | None, problem: Text, remedy: Text) -> Any:
        """Collect a fault; None stands in place of the value."""
        self.faults.append(Fault("error", self.shown, problem, remedy, field=where, value=value))


_MISSING = Message("is missing")
_WRITE_STEPS = Message("write { 2022 = 0.4, 2023 = 0.3 }")
