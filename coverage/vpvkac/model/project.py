"""A project: which inputs a job reads, and by which rules it decides."""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from vpvkac.model.faults import InputError
from vpvkac.model.options import (
    YEARS,
    OptionError,
    by_year,
    choose,
    clock,
    date,
    flag,
    listed,
    minutes,
    number,
    one_of,
    share,
    whole,
    year,
)
from vpvkac.texts import words
from vpvkac.texts.message import Lang, Message, Text

MEGABYTE = 1_000_000
NO_PATH = (Message("is no path"), Message("write a path without NUL characters"))
NOT_FOUND = Message("file not found")
_NAME_FILE = Message("name a file")


def unfit(
    path: Path, most_bytes: int | None = None, *, may_be_folder: bool = False
) -> tuple[Text, Text] | None:
    """Tell what is wrong with what is found at a path, and what to do; None if nothing is.

    A device or a pipe would be read without end, so only plain files are, and
    none larger than `most_bytes`.  Nothing is wrong where nothing is found.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - `Path.stat` says the same
    except OSError:
        return None
    except ValueError:
        return NO_PATH
    if stat.S_ISDIR(found.st_mode):
        return None if may_be_folder else (Message("is a folder"), _NAME_FILE)
    if not stat.S_ISREG(found.st_mode):
        return Message("is not a plain file (but a device, a pipe or a socket)"), _NAME_FILE
    if most_bytes is not None and found.st_size > most_bytes:
        problem = Message("is larger than {most} MB", most=most_bytes // MEGABYTE)
        return problem, Message("check that it is the right file")
    return None


Host = Literal[
    "centre", "library", "municipal_premises", "post_office", "institution", "state_centre"
]
StopSet = Literal["regional", "bus", "all"]
Layout = Literal["2021-01-01", "2021-07-01", "2022-07-01"]

PROJECT_FILE = "vpvkac.toml"
# Used wherever it lies beside the project file, named in it or not.
DECISIONS_FILE = "decisions.csv"
HOST_INPUTS: dict[str, Host] = {
    "centres": "centre",
    "libraries": "library",
    "municipal_premises": "municipal_premises",
    "post_offices": "post_office",
    "institutions": "institution",
    "state_centres": "state_centre",
}
# As files of OpenStreetMap end, and the inputs that may be one.
OSM_ENDINGS = (".geojson", ".osm", ".pbf")
OSM_INPUTS = ("libraries", "municipal_premises", "post_offices")
# Inputs that come in one form only; the last two are read by commands beside `run`.
SINGLE_INPUTS = (
    "units", "addresses", "corrections", "atvk_history", "decisions", "streets", "assumptions",
)  # fmt: skip
# Inputs without which a run goes on, and the keys of their columns beyond those of every table.
OPTIONAL_INPUTS: dict[str, tuple[str, ...]] = {
    "development_centres": ("level",),
    "population": ("value",),
    "age_groups": ("age_65_74", "age_75"),
    "suitability": tuple(words.REQUIREMENTS),
}
# The rows of table 30 (2020 analysis, 3.4) by the names of their answers; the last is computed.
TABLE_30 = {
    "utilities": "1.1", "step_free": "1.2", "desk_kinds": "2.1", "desk_apart": "2.2",
    "public_computer": "3.1", "printing": "3.2", "specialist_desk": "3.3", "card_terminal": "3.4",
    "queue_machine": "3.5", "signs": "4.1", "leaflets": "4.2", "video": "5.1",
    "covid_rules": "5.2", "parking": "6.1", "stop_near": "6.2",
}  # fmt: skip
# Rows of table 30 that bind unless a project says otherwise: without the desirable queue machine,
# the video surveillance to be considered and the Covid-19 rules, which are past.
BINDING = tuple(row for row in TABLE_30.values() if row not in ("3.5", "5.1", "5.2"))
UNIT_KEYS = ("unit", "unit_name", "kind", "municipality", "municipality_name", "region")
INPUT_OF_HOST: dict[Host, str] = {host: key for key, host in HOST_INPUTS.items()}
COLUMN_KEYS = (
    "id", "name", "lat", "lon", "x", "y", "address", "unit", "unit_name", "municipality",
    "owner", "status", "hours", "phone", "email",
)  # fmt: skip
# Real ones: 135 MB of addresses, 30 MB of a national feed, some hundred MB of streets.
_MOST_BYTES = {
    "addresses": 5_000 * MEGABYTE, "stops": 5_000 * MEGABYTE, "streets": 20_000 * MEGABYTE,
    "population": 2_000 * MEGABYTE,
}  # fmt: skip


@dataclass(frozen=True)
class Input:
    """One input file: its absolute `path`, and as faults and `run.json` name it (`shown`).

    `columns`: key of the canonical table → column of the file; empty for a published format.
    `where`: column → values; rows with another value are not used.  `strict`: whether every
    bad row of a published source is an error.  No such file has `most_bytes`.
    """

    path: Path
    shown: str
    columns: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    may_be_folder: bool = False
    strict: bool = False
    most_bytes: int = 500 * MEGABYTE

    @property
    def is_plain(self) -> bool:
        """Whether this is a plain table whose columns the project names."""
        return bool(self.columns)

    @property
    def is_there(self) -> bool:
        """Whether there is such a file, or for a feed such a folder, that can be read."""
        # `Path.exists` raises where a name is too long or a folder is closed.
        return os.path.exists(self.path) and self.unfit is None  # noqa: PTH110

    @property
    def unfit(self) -> tuple[Text, Text] | None:
        """What is wrong with what is found there, and what to do; None if nothing is."""
        return unfit(self.path, self.most_bytes, may_be_folder=self.may_be_folder)


@dataclass(frozen=True)
class StopInput:
    """One source of stops: a GTFS feed, or a plain table of stops."""

    source: Input
    feed: str
    regional: bool
    service_day: dt.date | None = None


@dataclass(frozen=True)
class Rules:
    """By what the program decides.

    Parameters
    ----------
    layout
        {"2021-01-01", "2021-07-01", "2022-07-01"}: vintage of the units; None takes the file
        as it stands.
    threshold_m
        Metres to a stop that are within reach.
    stop_set
        {"regional", "bus", "all"}.
    hosts
        Kinds of host that may be a unit's contact point, in the order of choice.
    peak_factor
        Services of the busiest month by those of a mean one; people at the desk
        are those that it needs.
    binding_centre, binding_library
        Rows of table 30 by which premises are judged, of centres and of other hosts.

    Raises
    ------
    ValueError
        If a rule has a value that it cannot have; it names the value, the
        choices and the nearest one.
    """

    layout: Layout | None = None
    threshold_m: float = 700.0
    stop_set: StopSet = "regional"
    hosts: tuple[Host, ...] = ("centre", "library")
    peak_factor: float = 1.0
    binding_centre: tuple[str, ...] = BINDING
    binding_library: tuple[str, ...] = BINDING

    def __post_init__(self) -> None:
        checked, errors = check_rules(vars(self))
        if errors:
            raise ValueError("\n".join(map(str, errors))) from errors[0]
        for name, value in checked.items():
            object.__setattr__(self, name, value)


def check_rules(
    given: Mapping[str, object], rules: Mapping[str, Callable[[str, object], Any]] | None = None
) -> tuple[dict[str, Any], list[OptionError]]:
    """Check the values of rules, by name: those that can stand, and what is wrong with the rest."""
    rules = RULES if rules is None else rules
    checked: dict[str, Any] = {}
    errors: list[OptionError] = []
    for name, value in given.items():
        try:
            checked[name] = rules[name](name, value)
        except OptionError as error:
            errors.append(error)
    return checked, errors


def _layout(name: str, value: object) -> Any:
    if value is None:
        return None
    # A bare TOML date (2022-07-01 without quotes) says what is meant.
    return one_of(name, str(value) if isinstance(value, dt.date) else value, get_args(Layout))


RULES: dict[str, Callable[[str, object], Any]] = {
    "layout": _layout,
    "threshold_m": lambda name, value: number(name, value, 1.0, 100_000.0),
    "stop_set": lambda name, value: one_of(name, value, get_args(StopSet)),
    "hosts": lambda name, value: listed(name, value, get_args(Host)),
    "peak_factor": lambda name, value: number(name, value, 1.0, 12.0),
    **dict.fromkeys(
        ("binding_centre", "binding_library"),
        lambda name, value: listed(name, value, tuple(TABLE_30.values())),
    ),
}


class Standard(NamedTuple):
    """A rung of the project's ladder: the share of residents who are to have a point so near.

    `floor` is that of the residents of every municipality, None without one.
    """

    km: float
    share: float
    floor: float | None = None


STANDARD: dict[str, Callable[[str, object], Any]] = {
    "km": lambda name, value: number(name, value, 0, 1000, above=True),
    "share": share,
    "floor": share,
}
"""What a project may set under `[[standards]]`."""


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise OptionError(name, value, Message("is not text"), Message("write it in quotes"))


ABOUT: dict[str, Callable[[str, object], Any]] = {
    "reply_by": lambda name, value: date(name, value).isoformat(),
    "contact": lambda name, value: " ".join(_text(name, value).split()),
}
"""What pages say of the job, beside its titles."""

_MOST_MIN = 240
REACH_POINTS = ("both", "existing", "network")
REACH: dict[str, Callable[[str, object], Any]] = {
    "day": lambda name, value: None if value is None else date(name, value),
    "leave": clock,
    "home": clock,
    "stay": lambda name, value: minutes(name, value, 1, _MOST_MIN),
    "walk": lambda name, value: minutes(name, value, 0, _MOST_MIN),
    "rail": flag,
    "points": lambda name, value: one_of(name, value, REACH_POINTS),
    "assumed_hours": _text,
}
"""The options of `vpvkac reach` that a project may set under `[reach]`."""

_MOST_MONEY, _FARTHEST_M = 1e12, 1_000_000.0


def _units_by_year(name: str, value: object) -> dict[str, int]:
    if isinstance(value, Mapping):
        return {str(unit): year(f"{name}.{unit}", when) for unit, when in value.items()}
    problem = Message("is not years of opening by unit")
    raise OptionError(name, value, problem, Message("write { LV0000000 = 2024 }"))


def _units(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(unit, str) for unit in value):
        return tuple(value)
    raise OptionError(name, value, Message("is not a list"), Message('write ["LV0000000"]'))


def _wordings(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(text, str) for text in value):
        return tuple(value)
    raise OptionError(name, value, Message("is not a list"), Message('write ["Open the point"]'))


def money(name: str, value: object) -> float:
    """Check an amount of money, EUR."""
    return number(name, value, 0, _MOST_MONEY, above=True)


PLAN: dict[str, Callable[[str, object], Any]] = {
    # One amount alone holds from the first year on, whichever that is.
    "budget": lambda name, value: (
        by_year(name, value, money)
        if isinstance(value, Mapping)
        else {YEARS.start: money(name, value)}
    ),
    "targets": lambda name, value: by_year(name, value, share),
    "first": year,
    "last": year,
    "scenario": lambda name, value: one_of(name, value, ("A", "B")),
    "most": lambda name, value: whole(name, value, 1),
    "fixed": _units_by_year,
    "barred": _units,
    "decisions": flag,
    "opens": _wordings,
    "radius_m": lambda name, value: number(name, value, 0, _FARTHEST_M, above=True),
    "weights": lambda name, value: one_of(name, value, ("population", "units")),
}
"""The options of `vpvkac plan` that a project may set under `[plan]`."""


@dataclass(frozen=True, repr=False)
class Project:
    """A job: inputs, rules and what stands on its pages.

    Parameters
    ----------
    path
        The project file.
    hosts
        Inputs by kind of host, in the order of `HOST_INPUTS`.
    optional
        Inputs by the keys of `OPTIONAL_INPUTS`.
    atvk_history
        The history of unit codes, or the units of another layout.
    decisions, beside
        What the planner has decided on gaps, if given, or if it lies beside
        the project file as `DECISIONS_FILE`; and what was found so.
    points
        A what-if: places added, moved, opened or closed (`with_points`).
    reach
        The options of `vpvkac reach` under `[reach]`; None where there is no such section.
    plan
        The options of `vpvkac plan` under `[plan]`.
    reply_by
        The day by which municipalities are asked to answer, ISO; else within
        a month of receiving their page.
    contact
        To whom they send it, an e-mail address or other words in one line; empty
        for whoever sent them their page.
    standards
        The ladder of standards under `[[standards]]`, by km.
    strict
        Whether every bad row of a published source stops the run; else up to
        1 % of its rows are dropped with a warning.
    use_cache
        Whether what was read before is taken from the cache, and what is read kept there.
    """

    path: Path
    units: Input
    hosts: Mapping[Host, Input] = field(default_factory=dict)
    stops: tuple[StopInput, ...] = ()
    addresses: Input | None = None
    rules: Rules = field(default_factory=Rules)
    title: str = ""
    synthetic: bool = False
    optional: Mapping[str, Input] = field(default_factory=dict)
    corrections: Input | None = None
    atvk_history: Input | None = None
    decisions: Input | None = None
    streets: Input | None = None
    assumptions: Input | None = None
    points: Input | None = None
    beside: tuple[Input, ...] = ()
    strict: bool = False
    title_en: str = ""
    reply_by: str = ""
    contact: str = ""
    reach: Mapping[str, Any] | None = None
    standards: tuple[Standard, ...] = ()
    plan: Mapping[str, Any] = field(default_factory=dict)
    use_cache: bool = True

    def __repr__(self) -> str:
        """Name it, its inputs and the rules that decide, in a line."""
        inputs, rules = ", ".join(sorted(self.given)), self.rules
        return (
            f"<Project {self.path}: {inputs}; {rules.threshold_m:g} m, stop_set {rules.stop_set}, "
            f"hosts {', '.join(rules.hosts)}>"
        )

    @property
    def files(self) -> tuple[Input, ...]:
        """Every input."""
        single = (
            self.units, self.addresses, self.corrections, self.atvk_history, self.decisions,
            self.streets, self.assumptions, self.points,
        )  # fmt: skip
        stops = (stops.source for stops in self.stops)
        given = (source for source in single if source is not None)
        return (*given, *self.hosts.values(), *stops, *self.optional.values())

    @property
    def paths(self) -> tuple[Path, ...]:
        """The project file and every file that it names: nothing is written over them."""
        return (self.path, *(source.path for source in self.files))

    @property
    def given(self) -> frozenset[str]:
        """The inputs given, as the project file names them."""
        hosts = (INPUT_OF_HOST[host] for host in self.hosts)
        stops = ("stops",) if self.stops else ()
        return frozenset(("units", *hosts, *stops, *self.optional))

    def title_in(self, lang: Lang) -> str:
        """Give the title, in English where there is one and English is asked for."""
        return (lang == "en" and self.title_en) or self.title

    def with_rules(self, **changes: Any) -> Project:
        """Give the same project under other rules, `project.with_rules(threshold_m=800)`.

        Raises
        ------
        ValueError
            If there is no such rule, or it cannot have that value; the message
            names the choices and the nearest one.
        """
        for name in changes:
            if name not in RULES:
                problem, remedy = Message("is not a known rule"), choose(name, tuple(RULES))
                raise OptionError("rules", name, problem, remedy)
        return replace(self, rules=replace(self.rules, **changes))

    @property
    def counts_rail(self) -> bool:
        """Whether trains count where it is asked who can go there and back."""
        return bool(self.reach and self.reach.get("rail"))

    def with_points(self, path: str | Path) -> Project:
        """Give the same project with places added, moved, opened or closed.

        Parameters
        ----------
        path
            A CSV as `vpvkac.sources.plain` reads it: a `place` that a list
            has is changed, any other is new.

        Raises
        ------
        InputError
            If there is no such file.
        """
        return replace(self, points=_given_file(path, "points"))

    def with_stops(self, feed: str, path: str | Path) -> Project:
        """Give the same project with another file for one of its feeds, of another date say.

        A service day that the project names belongs to the other file, and is
        chosen afresh.

        Raises
        ------
        InputError
            If the project has no such feed, or there is no such file.
        """
        known = [stops.feed for stops in self.stops]
        if feed not in known:
            remedy = Message("the project has: {listed}", listed=", ".join(known) or "–")
            problem = Message("is no feed of the project")
            raise InputError.of(str(self.path), problem, remedy, value=feed)
        old = self.stops[known.index(feed)]
        given = _given_file(path, "stops", may_be_folder=old.source.may_be_folder)
        source = replace(old.source, path=given.path, shown=given.shown)
        new = replace(old, source=source, service_day=None)
        return replace(self, stops=tuple(new if stops is old else stops for stops in self.stops))


def _given_file(path: str | Path, key: str, *, may_be_folder: bool = False) -> Input:
    """Take a file given beside the project file; its path is relative to the current folder."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` raises at some names
    source = Input(absolute, str(path), may_be_folder=may_be_folder, most_bytes=most_bytes_of(key))
    if not source.is_there:
        raise InputError.of(str(path), *(source.unfit or (NOT_FOUND, Message("check the path"))))
    return source


def most_bytes_of(key: str) -> int:
    """Give the size that no file of an input has."""
    return _MOST_BYTES.get(key, Input.most_bytes)
