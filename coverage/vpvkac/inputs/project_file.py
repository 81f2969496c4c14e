"""The project file `vpvkac.toml`, parsed with every fault at once; and the embedded sample."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from vpvkac.inputs.tables import faults_of_files
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import (
    COLUMN_KEYS,
    DECISIONS_FILE,
    HOST_INPUTS,
    NO_PATH,
    NOT_FOUND,
    OPTIONAL_INPUTS,
    PROJECT_FILE,
    RULES,
    SINGLE_INPUTS,
    Input,
    Project,
    Rules,
    StopInput,
    check_rules,
    most_bytes_of,
)
from vpvkac.sources.catalogue import in_project
from vpvkac.sources.tomlfile import read_toml, unknown_keys
from vpvkac.texts.message import Message, Text

_PUBLISHED_HOSTS = ("centres", "libraries", "post_offices")
_POSITION_PAIRS = (("lat", "lon"), ("x", "y"))
_STOP_KEYS = ("feed", "regional", "service_day")
_ABOUT = ("title", "title_en", "synthetic")


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
            self._fault("inputs.units", None, Message("is missing"), _GIVE_UNITS)
        if not any(key in inputs for key in HOST_INPUTS):
            self._fault("inputs", None, Message("has no host"), _GIVE_HOST)
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
        remedy = Message(
            "give a folder with vpvkac.toml, or that file; vpvkac init DIR makes one for the "
            "whole of Latvia, vpvkac sample DIR one with the sample"
        )
        return read_toml(self.file, str(self.file), if_missing=remedy)

    def _rules(self, given: dict[str, Any]) -> Rules:
        self._unknown(given, tuple(RULES), "rules.")
        known = {name: value for name, value in given.items() if name in RULES}
        checked, errors = check_rules(known)
        for error in errors:
            self._fault(f"rules.{error.name}", str(error.value), error.problem, error.remedy)
        return Rules(**checked)

    def _stops(self, given: object) -> tuple[StopInput, ...]:
        if not isinstance(given, list):
            self._fault(
                "inputs.stops",
                str(given),
                Message("is not a list"),
                Message("write stops = [ { path = … } ]"),
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
                Message("is given more than once"),
                Message("give each source a name of its own"),
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
                Message("is not a date"),
                Message('write "2026-11-02"'),
            )
            return None

    def _published(self, inputs: dict[str, Any], key: str) -> Input | None:
        """Read an input that comes in its published form only."""
        source = self._input(inputs, key)
        for column in source.columns if source else ():
            self._fault(
                f"inputs.{key}.{column}",
                None,
                Message("is not given for this source"),
                Message("give the file as published"),
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
                Message("names no path"),
                Message('write "…" or { path = "…" }'),
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
                    Message("is missing"),
                    Message("name both: {listed}", listed=listed),
                )

    def _check_path(self, source: Input, where: str) -> None:
        if source.is_there:
            return
        known = in_project({PurePosixPath(source.shown).as_posix()})
        missing = (NOT_FOUND, _FETCH_IT if known else _CHECK_PATH)
        self._fault(where, source.shown, *(source.unfit or missing))

    def _no_where(self, source: Input, where: str) -> None:
        if source.where:
            self._fault(
                f"{where}.where",
                None,
                Message("does not apply to this format"),
                Message("delete it"),
            )

    def _where(self, given: object, where: str) -> dict[str, tuple[str, ...]]:
        if not isinstance(given, dict) or not all(
            isinstance(values, list) and values and all(isinstance(value, str) for value in values)
            for values in given.values()
        ):
            self._fault(
                f"{where}.where",
                str(given),
                Message("is not columns with lists of values"),
                Message('write { "column" = ["value"] }'),
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
            Message("is not a section"),
            Message("write [{key}]", key=key),
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


_CHECK_PATH = Message("check the path (it is relative to vpvkac.toml)")
_FETCH_IT = Message("download it with vpvkac fetch")
_EMPTY_COLUMN = Message("is not the name of a column")
_GIVE_COLUMN = Message("name a column or delete the key")
_NO_PUBLISHED_FORMAT = Message("has no published format")
_NAME_COLUMNS = Message('name its columns: { path = "…", id = "…", name = "…" }')
_BAD_FEED = Message("cannot be the name of a feed")
_GIVE_FEED = Message('write feed = "…" without a colon; the keys of its stops begin with it')
_GIVE_UNITS = Message("name the file of territorial units")
_GIVE_HOST = Message("give at least one of: {inputs}", inputs=", ".join(HOST_INPUTS))
_WRONG_TYPE = {
    str: Message("is not text"),
    bool: Message("is not true or false"),
    float: Message("is not a number"),
}
_RIGHT_TYPE = {
    str: Message("write it in quotes"),
    bool: Message("write true or false without quotes"),
    float: Message("write a number without quotes"),
}


_HERE = Path(__file__).resolve().parents[1]


def sample_folder() -> Path:
    """Find the sample: in the installed package, or in the source tree it is made from."""
    folders = (_HERE / "sample", _HERE.parents[1] / "data" / "sample")
    return next(folder for folder in folders if (folder / PROJECT_FILE).is_file())


def sample() -> Project:
    """Load the embedded sample as a project; its names and numbers are invented."""
    return load(sample_folder())
