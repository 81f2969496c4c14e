"""The project file: which inputs a job reads, and by which rules it decides.

The form of `vpvkac.toml` is DESIGN.md's, "Project file".
"""

from __future__ import annotations

import datetime as dt
import os
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, get_args

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.options import OptionError, known_names, listed, number, one_of
from vpvkac.sources.catalogue import in_project
from vpvkac.sources.inputfile import MEGABYTE, NO_PATH, unfit
from vpvkac.sources.tomlfile import read_toml, unknown_keys
from vpvkac.texts.message import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Host = Literal["centre", "library", "municipal_premises", "post_office", "institution"]
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
}
_PUBLISHED_HOSTS = ("centres", "libraries", "post_offices")
# Inputs that come in one form only; the last two are read by commands beside `run`.
SINGLE_INPUTS = (
    "units", "addresses", "corrections", "atvk_history", "decisions", "streets", "assumptions",
)  # fmt: skip
# Inputs without which a run goes on, and the keys of their columns beyond those of every table.
OPTIONAL_INPUTS: dict[str, tuple[str, ...]] = {
    "development_centres": ("level",),
    "population": ("value",),
    "suitability": ("step_free", "public_computer", "desk_apart", "parking"),
}
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
_POSITION_PAIRS = (("lat", "lon"), ("x", "y"))
_STOP_KEYS = ("feed", "regional", "service_day")
_ABOUT = ("title", "title_en", "synthetic")
_LEAST_THRESHOLD, _MOST_THRESHOLD = 1.0, 100_000.0


@dataclass(frozen=True)
class Input:
    """One input file.

    Parameters
    ----------
    path
        The file, absolute.
    shown
        The file as the project names it; faults and `run.json` say this.
    columns
        Key of the canonical table → column of the file; empty for a published format.
    where
        Column → values; rows with another value are not used.
    may_be_folder
        Whether the reader takes a folder of files too.
    strict
        Whether every bad row of a published source is an error, as the project says.
    most_bytes
        Size that no such file has.
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
    """By what the program decides; definitions in DESIGN.md.

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

    def __post_init__(self) -> None:
        checked, errors = check_rules(vars(self))
        if errors:
            raise ValueError("\n".join(map(str, errors))) from errors[0]
        for name, value in checked.items():
            object.__setattr__(self, name, value)


def check_rules(given: Mapping[str, object]) -> tuple[dict[str, Any], list[OptionError]]:
    """Check the values of rules, by name: those that can stand, and what is wrong with the rest."""
    checked: dict[str, Any] = {}
    errors: list[OptionError] = []
    for name, value in given.items():
        try:
            checked[name] = _CHECKED_RULES[name](name, value)
        except OptionError as error:
            errors.append(error)
    return checked, errors


def _layout(name: str, value: object) -> Any:
    if value is None:
        return None
    # A bare TOML date (2022-07-01 without quotes) says what is meant.
    return one_of(name, str(value) if isinstance(value, dt.date) else value, get_args(Layout))


_CHECKED_RULES: dict[str, Callable[[str, object], Any]] = {
    "layout": _layout,
    "threshold_m": lambda name, value: number(name, value, _LEAST_THRESHOLD, _MOST_THRESHOLD),
    "stop_set": lambda name, value: one_of(name, value, get_args(StopSet)),
    "hosts": lambda name, value: listed(name, value, get_args(Host)),
}


@dataclass(frozen=True)
class Project:
    """A job: inputs, rules and what stands on its pages.

    Parameters
    ----------
    path
        The project file.
    units
        The territorial units.
    hosts
        Inputs by kind of host, in the order of `HOST_INPUTS`.
    stops
        Sources of stops, in the order of the file.
    addresses
        The state address register, if given.
    optional
        Inputs by the keys of `OPTIONAL_INPUTS`.
    corrections
        The planner's corrections of places, if given.
    atvk_history
        The history of unit codes, or the units of another layout, if given.
    decisions
        What the planner has decided on gaps, if given, or if it lies beside
        the project file as `DECISIONS_FILE`.
    beside
        Inputs that the project file does not name and that were found beside it.
    streets
        The street network that `walk` measures along, if given.
    assumptions
        What `cost` reckons with, if given; else the published assumptions.
    points
        A what-if: places added, moved, opened or closed (`with_points`).
    strict
        Whether every bad row of a published source stops the run; else up to
        1 % of its rows are dropped with a warning.
    title_en
        The title in English; empty where there is none.
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
    def given(self) -> frozenset[str]:
        """The inputs given, as the project file names them."""
        hosts = (INPUT_OF_HOST[host] for host in self.hosts)
        stops = ("stops",) if self.stops else ()
        return frozenset(("units", *hosts, *stops, *self.optional))

    def with_rules(self, **changes: Any) -> Project:
        """Give the same project under other rules, `project.with_rules(threshold_m=800)`.

        Raises
        ------
        ValueError
            If there is no such rule, or it cannot have that value; the message
            names the choices and the nearest one.
        """
        known_names(changes, tuple(_CHECKED_RULES), "rules", _NO_RULE)
        return replace(self, rules=replace(self.rules, **changes))

    def with_points(self, path: str | Path) -> Project:
        """Give the same project with places added, moved, opened or closed.

        Parameters
        ----------
        path
            A CSV as `vpvkac.sources.points` reads it: a `place` that a list
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
            listed = ", ".join(known) or "–"
            problem = Text("nav projekta pieturu avots", "is no feed of the project")
            remedy = Text(f"projektā ir: {listed}", f"the project has: {listed}")
            raise InputError([Fault("error", str(self.path), problem, remedy, value=feed)])
        old = self.stops[known.index(feed)]
        given = _given_file(path, "stops", may_be_folder=old.source.may_be_folder)
        source = replace(old.source, path=given.path, shown=given.shown)
        new = replace(old, source=source, service_day=None)
        return replace(self, stops=tuple(new if stops is old else stops for stops in self.stops))


def _given_file(path: str | Path, key: str, *, may_be_folder: bool = False) -> Input:
    """Take a file given beside the project file; its path is relative to the current folder.

    Raises
    ------
    InputError
        If there is no such file.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` raises at some names
    source = Input(absolute, str(path), may_be_folder=may_be_folder, most_bytes=most_bytes_of(key))
    if not source.is_there:
        problem, remedy = source.unfit or (_NOT_THERE, Text("pārbaudiet ceļu", "check the path"))
        raise InputError([Fault("error", str(path), problem, remedy)])
    return source


def most_bytes_of(key: str) -> int:
    """Give the size that no file of an input has."""
    return _MOST_BYTES.get(key, Input.most_bytes)


def load(path: str | Path) -> Project:
    """Read a project.

    Parameters
    ----------
    path
        A folder with `vpvkac.toml`, or that file.

    Raises
    ------
    InputError
        With every fault of the project file: not found, not TOML, an unknown
        key, a value of the wrong type, an input file that does not exist; and
        with the faults of the files that it names, so that all are told at once.
    """
    file = Path(path)
    if "\0" in str(file):
        raise InputError([Fault("error", str(file), *NO_PATH)])
    if file.is_dir():
        file = file / PROJECT_FILE
    parser = _Parser(file)
    project = parser.project()
    if project is None:
        raise InputError(parser.faults)
    if parser.faults:
        from vpvkac.inputs.tables import faults_of_files

        raise InputError([*parser.faults, *faults_of_files(project)])
    return project


class _Parser:
    """Turns a project file into a `Project`, collecting every fault."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.folder = file.resolve().parent
        self.faults: list[Fault] = []

    def project(self) -> Project | None:
        """Give the project as far as it is told; None if it names no units."""
        document = self._document()
        self._unknown(document, ("inputs", "rules", "about"), "")
        rules = self._rules(self._table(document, "rules"))
        about = self._table(document, "about")
        self._unknown(about, _ABOUT, "about.")
        inputs = self._table(document, "inputs")
        self._unknown_inputs(inputs)
        units = self._published(inputs, "units")
        addresses = self._published(inputs, "addresses")
        hosts = {
            host: given
            for key, host in HOST_INPUTS.items()
            if (given := self._host(inputs, key)) is not None
        }
        stops = self._stops(inputs.get("stops", []))
        optional = {
            key: given
            for key, columns in OPTIONAL_INPUTS.items()
            if (given := self._input(inputs, key, columns)) is not None
        }
        title = self._typed(about, "about.", "title", str, "")
        title_en = self._typed(about, "about.", "title_en", str, "")
        synthetic = self._typed(about, "about.", "synthetic", bool, default=False)
        if "units" not in inputs:
            self._fault("inputs.units", None, Text("trūkst", "is missing"), _GIVE_UNITS)
        if not any(key in inputs for key in HOST_INPUTS):
            self._fault("inputs", None, Text("nav nevienas iestādes", "has no host"), _GIVE_HOST)
        if units is None:
            return None
        single: dict[str, Any] = {key: self._published(inputs, key) for key in SINGLE_INPUTS[2:]}
        project = Project(
            self.file,
            units,
            hosts,
            stops,
            addresses,
            rules,
            title,
            synthetic,
            optional,
            title_en=title_en,
            **single,
        )
        return project if "decisions" in inputs else self._with_decisions_beside(project)

    def _with_decisions_beside(self, project: Project) -> Project:
        found = Input(self.folder / DECISIONS_FILE, DECISIONS_FILE)
        return replace(project, decisions=found, beside=(found,)) if found.is_there else project

    def _document(self) -> dict[str, Any]:
        remedy = Text(
            "norādiet mapi ar vpvkac.toml vai pašu datni; jaunu izveido vpvkac init MAPE (visai "
            "Latvijai) vai vpvkac sample MAPE (paraugs)",
            "give a folder with vpvkac.toml, or that file; vpvkac init DIR makes one for the "
            "whole of Latvia, vpvkac sample DIR one with the sample",
        )
        return read_toml(self.file, str(self.file), if_missing=remedy)

    def _rules(self, given: dict[str, Any]) -> Rules:
        self._unknown(given, tuple(_CHECKED_RULES), "rules.")
        known = {name: value for name, value in given.items() if name in _CHECKED_RULES}
        checked, errors = check_rules(known)
        for error in errors:
            self._fault(f"rules.{error.name}", str(error.value), error.problem, error.remedy)
        return Rules(**checked)

    def _stops(self, given: object) -> tuple[StopInput, ...]:
        if not isinstance(given, list):
            self._fault(
                "inputs.stops",
                str(given),
                Text("nav saraksts", "is not a list"),
                Text("rakstiet stops = [ { path = … } ]", "write stops = [ { path = … } ]"),
            )
            return ()
        stops = [
            stop
            for number, entry in enumerate(given, 1)
            if (stop := self._stop(entry, number, alone=len(given) == 1)) is not None
        ]
        feeds = [stop.feed for stop in stops]
        for feed in sorted({feed for feed in feeds if feeds.count(feed) > 1}):
            self._fault(
                "inputs.stops.feed",
                feed,
                Text("ir norādīts vairākkārt", "is given more than once"),
                Text("norādiet katram avotam savu nosaukumu", "give each source a name of its own"),
            )
        return tuple(stops)

    def _stop(self, entry: object, number: int, *, alone: bool) -> StopInput | None:
        where = f"inputs.stops[{number}]"
        table = {"path": entry} if isinstance(entry, str) else entry
        source = self._source(table, where, _STOP_KEYS)
        if source is None or not isinstance(table, dict):
            return None
        if not source.is_plain:
            source = replace(source, may_be_folder=True, most_bytes=most_bytes_of("stops"))
            self._no_where(source, where)
        self._check_path(source, where)
        feed = self._typed(table, f"{where}.", "feed", str, Path(source.shown).stem)
        if not feed or ":" in feed:
            self._fault(f"{where}.feed", feed, _BAD_FEED, _GIVE_FEED)
        regional = self._typed(table, f"{where}.", "regional", bool, default=alone)
        day = self._day(table.get("service_day"), f"{where}.service_day")
        return StopInput(source, feed, regional, day)

    def _day(self, given: object, where: str) -> dt.date | None:
        if given is None:
            return None
        try:
            return dt.date.fromisoformat(str(given))
        except ValueError:
            self._fault(
                where,
                str(given),
                Text("nav datums", "is not a date"),
                Text('rakstiet "2026-11-02"', 'write "2026-11-02"'),
            )
            return None

    def _published(self, inputs: dict[str, Any], key: str) -> Input | None:
        """Read an input that comes in its published form only."""
        source = self._input(inputs, key)
        for column in source.columns if source else ():
            self._fault(
                f"inputs.{key}.{column}",
                None,
                Text("šim avotam kolonnas nenorāda", "is not given for this source"),
                Text("norādiet publicēto datni", "give the file as published"),
            )
        return source

    def _host(self, inputs: dict[str, Any], key: str) -> Input | None:
        source = self._input(inputs, key)
        if source is None or source.is_plain:
            return source
        if key not in _PUBLISHED_HOSTS:
            self._fault(f"inputs.{key}", source.shown, _NO_PUBLISHED_FORMAT, _NAME_COLUMNS)
            return None
        # The published list of centres has no header to name a column by.
        if key == "centres":
            self._no_where(source, "inputs.centres")
        return source

    def _input(
        self, inputs: dict[str, Any], key: str, columns: tuple[str, ...] = ()
    ) -> Input | None:
        if key not in inputs:
            return None
        given = inputs[key]
        table = {"path": given} if isinstance(given, str) else given
        source = self._source(table, f"inputs.{key}", columns=columns)
        if source is None:
            return None
        source = replace(source, most_bytes=most_bytes_of(key))
        self._check_path(source, f"inputs.{key}")
        return source

    def _source(
        self,
        table: object,
        where: str,
        more: tuple[str, ...] = (),
        *,
        columns: tuple[str, ...] = (),
    ) -> Input | None:
        """Read one input; `more` are keys of its own, `columns` keys of its columns."""
        if not isinstance(table, dict) or not isinstance(table.get("path"), str):
            self._fault(
                where,
                None,
                Text("nav norādīts ceļš", "names no path"),
                Text('rakstiet "…" vai { path = "…" }', 'write "…" or { path = "…" }'),
            )
            return None
        keys = (*COLUMN_KEYS, *columns)
        self._unknown(table, ("path", "where", *keys, *more), f"{where}.")
        named = {key: column for key in keys if (column := self._column(table, key, where))}
        self._pairs(named, where)
        path = self.folder / table["path"]
        return Input(path, table["path"], named, self._where(table.get("where", {}), where))

    def _column(self, table: dict[str, Any], key: str, where: str) -> str:
        """Read the name of a column; empty if the key is not given or has no such value."""
        if key not in table:
            return ""
        name: str = self._typed(table, f"{where}.", key, str, "")
        if isinstance(table[key], str) and not name.strip():
            self._fault(f"{where}.{key}", name, _EMPTY_COLUMN, _GIVE_COLUMN)
        return _composed(name)

    def _pairs(self, columns: Mapping[str, str], where: str) -> None:
        for pair in _POSITION_PAIRS:
            missing = [key for key in pair if key not in columns]
            if len(missing) == 1:
                listed = " + ".join(pair)
                self._fault(
                    f"{where}.{missing[0]}",
                    None,
                    Text("trūkst", "is missing"),
                    Text(f"norādiet abus: {listed}", f"name both: {listed}"),
                )

    def _check_path(self, source: Input, where: str) -> None:
        if source.is_there:
            return
        known = in_project({PurePosixPath(source.shown).as_posix()})
        missing = (_NOT_THERE, _FETCH_IT if known else _CHECK_PATH)
        self._fault(where, source.shown, *(source.unfit or missing))

    def _no_where(self, source: Input, where: str) -> None:
        if source.where:
            self._fault(
                f"{where}.where",
                None,
                Text("šim formātam nav lietojams", "does not apply to this format"),
                Text("izdzēsiet to", "delete it"),
            )

    def _where(self, given: object, where: str) -> dict[str, tuple[str, ...]]:
        if not isinstance(given, dict) or not all(
            isinstance(values, list) and values and all(isinstance(value, str) for value in values)
            for values in given.values()
        ):
            self._fault(
                f"{where}.where",
                str(given),
                Text("nav kolonnu un vērtību saraksts", "is not columns with lists of values"),
                Text('rakstiet { "kolonna" = ["vērtība"] }', 'write { "column" = ["value"] }'),
            )
            return {}
        return {
            _composed(column): tuple(_composed(value) for value in values)
            for column, values in given.items()
        }

    def _table(self, document: dict[str, Any], key: str) -> dict[str, Any]:
        value = document.get(key, {})
        if isinstance(value, dict):
            return value
        self._fault(
            key,
            str(value),
            Text("nav sadaļa", "is not a section"),
            Text(f"rakstiet [{key}]", f"write [{key}]"),
        )
        return {}

    def _typed(
        self,
        table: dict[str, Any],
        where: str,
        key: str,
        kind: type,
        default: Any,
    ) -> Any:
        value = table.get(key, default)
        number = kind is float and isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, kind) or number:
            return value
        self._fault(f"{where}{key}", str(value), _WRONG_TYPE[kind], _RIGHT_TYPE[kind])
        return default

    def _unknown_inputs(self, inputs: dict[str, Any]) -> None:
        known = (*SINGLE_INPUTS, *HOST_INPUTS, *OPTIONAL_INPUTS, "stops")
        self._unknown(inputs, known, "inputs.")

    def _unknown(self, table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
        self.faults.extend(unknown_keys(table, known, where, str(self.file)))

    def _fault(self, field_: str, value: str | None, problem: Text, remedy: Text) -> None:
        self.faults.append(
            Fault("error", str(self.file), problem, remedy, field=field_, value=value)
        )


def _composed(text: str) -> str:
    """Write a text as the readers give theirs, so that the two can be compared."""
    return unicodedata.normalize("NFC", text.strip())


_NOT_THERE = Text("datne nav atrasta", "file not found")
_CHECK_PATH = Text(
    "pārbaudiet ceļu (tas ir attiecībā pret vpvkac.toml)",
    "check the path (it is relative to vpvkac.toml)",
)
_FETCH_IT = Text("lejupielādējiet to ar vpvkac fetch", "download it with vpvkac fetch")
_NO_RULE = Text("nav zināms noteikums", "is not a known rule")
_EMPTY_COLUMN = Text("nav kolonnas nosaukums", "is not the name of a column")
_GIVE_COLUMN = Text("norādiet kolonnu vai izdzēsiet atslēgu", "name a column or delete the key")
_NO_PUBLISHED_FORMAT = Text("nav publicēta formāta", "has no published format")
_NAME_COLUMNS = Text(
    'norādiet kolonnas: { path = "…", id = "…", name = "…" }',
    'name its columns: { path = "…", id = "…", name = "…" }',
)
_BAD_FEED = Text("neder par pieturu avota nosaukumu", "cannot be the name of a feed")
_GIVE_FEED = Text(
    'rakstiet feed = "…" bez kola; ar to sākas pieturu atslēgas',
    'write feed = "…" without a colon; the keys of its stops begin with it',
)
_GIVE_UNITS = Text("norādiet teritoriālo vienību datni", "name the file of territorial units")
_GIVE_HOST = Text(
    f"norādiet vismaz vienu no: {', '.join(HOST_INPUTS)}",
    f"give at least one of: {', '.join(HOST_INPUTS)}",
)
_WRONG_TYPE = {
    str: Text("nav teksts", "is not text"),
    bool: Text("nav true vai false", "is not true or false"),
    float: Text("nav skaitlis", "is not a number"),
}
_RIGHT_TYPE = {
    str: Text("rakstiet pēdiņās", "write it in quotes"),
    bool: Text("rakstiet true vai false bez pēdiņām", "write true or false without quotes"),
    float: Text("rakstiet skaitli bez pēdiņām", "write a number without quotes"),
}
