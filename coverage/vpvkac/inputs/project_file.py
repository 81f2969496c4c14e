"""The project file `vpvkac.toml`, parsed with every fault at once; and the embedded sample."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import (
    ABOUT,
    COLUMN_KEYS,
    DECISIONS_FILE,
    HOST_INPUTS,
    NO_PATH,
    NOT_FOUND,
    OPTIONAL_INPUTS,
    OSM_ENDINGS,
    OSM_INPUTS,
    PLAN,
    PROJECT_FILE,
    REACH,
    RULES,
    SINGLE_INPUTS,
    STANDARD,
    UNIT_KEYS,
    Input,
    Project,
    Rules,
    Standard,
    StopInput,
    check_rules,
    most_bytes_of,
)
from vpvkac.sources.catalogue import in_project
from vpvkac.sources.tomlfile import SLASHES, read_toml, unknown_keys
from vpvkac.texts.message import Message, Text

_PUBLISHED_HOSTS = ("centres", "libraries", "post_offices")


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
        remedy = Message(
            "give a folder with vpvkac.toml, or that file; vpvkac init DIR makes one for the "
            "whole of Latvia, vpvkac sample DIR one with the sample"
        )
        document = read_toml(self.file, str(self.file), if_missing=remedy)
        self._unknown(document, ("inputs", "rules", "about", "reach", "plan", "standards"), "")
        rules = Rules(**self._rules(document, "rules", RULES))
        reach = self._rules(document, "reach", REACH) if "reach" in document else None
        about = self._table(document, "about")
        self._unknown(about, ("title", "title_en", "synthetic", *ABOUT), "about.")
        inputs = self._table(document, "inputs")
        known = (*SINGLE_INPUTS, *HOST_INPUTS, *OPTIONAL_INPUTS, "stops")
        self._unknown(inputs, known, "inputs.")
        units = self._published(inputs, "units", UNIT_KEYS)
        addresses = self._published(inputs, "addresses")
        hosts = {host: self._host(inputs, key) for key, host in HOST_INPUTS.items()}
        stops = self._stops(inputs.get("stops", []))
        optional = {key: self._input(inputs, key, own) for key, own in OPTIONAL_INPUTS.items()}
        title = self._typed(about, "about.", "title", "")
        title_en = self._typed(about, "about.", "title_en", "")
        synthetic = self._typed(about, "about.", "synthetic", default=False)
        told, errors = check_rules({key: about[key] for key in ABOUT if key in about}, ABOUT)
        for error in errors:
            self._fault(f"about.{error.name}", str(error.value), error.problem, error.remedy)
        if "units" not in inputs:
            remedy = Message("name the file of territorial units")
            self._fault("inputs.units", None, Message("is missing"), remedy)
        if not any(key in inputs for key in HOST_INPUTS):
            remedy = Message("give at least one of: {inputs}", inputs=", ".join(HOST_INPUTS))
            self._fault("inputs", None, Message("has no host"), remedy)
        if units is None:
            return None
        single: dict[str, Any] = {key: self._published(inputs, key) for key in SINGLE_INPUTS[2:]}
        beside = Input(self.folder / DECISIONS_FILE, DECISIONS_FILE)
        if "decisions" not in inputs and beside.is_there:
            single.update(decisions=beside, beside=(beside,))
        return Project(
            self.file,
            units,
            {host: given for host, given in hosts.items() if given is not None},
            stops,
            addresses,
            rules,
            title,
            synthetic,
            {key: given for key, given in optional.items() if given is not None},
            title_en=title_en,
            reach=reach,
            standards=self._standards(document.get("standards", [])),
            plan=self._rules(document, "plan", PLAN),
            **told,
            **single,
        )

    def _rules(self, document: dict[str, Any], section: str, rules: Mapping[str, Any]) -> Any:
        """Give the rules of a section by name, as far as they can stand."""
        given = self._table(document, section)
        self._unknown(given, tuple(rules), f"{section}.")
        checked, errors = check_rules({key: given[key] for key in given if key in rules}, rules)
        for error in errors:
            self._fault(f"{section}.{error.name}", str(error.value), error.problem, error.remedy)
        return checked

    def _standards(self, given: object) -> tuple[Standard, ...]:
        if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
            remedy = Message("write [[standards]], and under it km = 5 and share = 0.9")
            self._fault("standards", str(given), Message("is not a list"), remedy)
            return ()
        found: list[Standard] = []
        for number, entry in enumerate(given, 1):
            where = f"standards[{number}]"
            checked = self._rules({where: entry}, where, STANDARD)
            for key in ("km", "share"):
                if key not in entry:
                    remedy = Message("write km = 5 and share = 0.9")
                    self._fault(f"{where}.{key}", None, Message("is missing"), remedy)
            if {"km", "share"} <= checked.keys():
                found.append(Standard(**checked))
            if "km" in checked and checked["km"] in [standard.km for standard in found[:-1]]:
                problem, remedy = Message("is given more than once"), Message("give each once")
                self._fault(f"{where}.km", str(entry["km"]), problem, remedy)
        return tuple(sorted(found))

    def _stops(self, given: object) -> tuple[StopInput, ...]:
        if not isinstance(given, list):
            remedy = Message("write stops = [ { path = … } ]")
            self._fault("inputs.stops", str(given), Message("is not a list"), remedy)
            return ()
        numbered = enumerate(given, 1)
        found = [self._stop(entry, number, alone=len(given) == 1) for number, entry in numbered]
        stops = [stop for stop in found if stop is not None]
        feeds = [stop.feed for stop in stops]
        for feed in sorted({feed for feed in feeds if feeds.count(feed) > 1}):
            problem = Message("is given more than once")
            remedy = Message("give each source a name of its own")
            self._fault("inputs.stops.feed", feed, problem, remedy)
        return tuple(stops)

    def _stop(self, entry: object, number: int, *, alone: bool) -> StopInput | None:
        where = f"inputs.stops[{number}]"
        table = {"path": entry} if isinstance(entry, str) else entry
        source = self._source(table, where, ("feed", "regional", "service_day"))
        if source is None or not isinstance(table, dict):
            return None
        if not source.is_plain:
            source = replace(source, may_be_folder=True, most_bytes=most_bytes_of("stops"))
            self._no_where(source, where)
        self._check_path(source, where)
        feed = self._typed(table, f"{where}.", "feed", Path(source.shown).stem)
        if not feed or ":" in feed:
            problem = Message("cannot be the name of a feed")
            remedy = Message(
                'write feed = "…" without a colon; the keys of its stops begin with it'
            )
            self._fault(f"{where}.feed", feed, problem, remedy)
        regional = self._typed(table, f"{where}.", "regional", default=alone)
        day = None
        try:
            if (given := table.get("service_day")) is not None:
                day = dt.date.fromisoformat(str(given))
        except ValueError:
            problem, remedy = Message("is not a date"), Message('write "2026-11-02"')
            self._fault(f"{where}.service_day", str(given), problem, remedy)
        return StopInput(source, feed, regional, day)

    def _published(
        self, inputs: dict[str, Any], key: str, columns: tuple[str, ...] = ()
    ) -> Input | None:
        """Read an input that comes in its published form only, with at most these columns named."""
        source = self._input(inputs, key, columns)
        for column in (name for name in source.columns if name not in columns) if source else ():
            problem = Message("is not given for this source")
            remedy = Message("give the file as published")
            self._fault(f"inputs.{key}.{column}", None, problem, remedy)
        return source

    def _host(self, inputs: dict[str, Any], key: str) -> Input | None:
        source = self._input(inputs, key)
        if source is None or source.is_plain:
            return source
        of_osm = key in OSM_INPUTS and source.path.suffix.lower() in OSM_ENDINGS
        if key not in _PUBLISHED_HOSTS and not of_osm:
            problem = Message("has no published format")
            remedy = Message('name its columns: { path = "…", id = "…", name = "…" }')
            self._fault(f"inputs.{key}", source.shown, problem, remedy)
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
        if source is not None:
            source = replace(
                source, most_bytes=most_bytes_of(key), may_be_folder=key == "suitability"
            )
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
            remedy = Message('write "…" or { path = "…" }')
            self._fault(where, None, Message("names no path"), remedy)
            return None
        keys = (*COLUMN_KEYS, *columns)
        self._unknown(table, ("path", "where", *keys, *more), f"{where}.")
        named = {}
        for key in keys:
            name = self._typed(table, f"{where}.", key, "")
            if isinstance(table.get(key), str) and not name.strip():
                problem = Message("is not the name of a column")
                remedy = Message("name a column or delete the key")
                self._fault(f"{where}.{key}", name, problem, remedy)
            if name := _composed(name):
                named[key] = name
        for pair in (("lat", "lon"), ("x", "y")):
            missing = [key for key in pair if key not in named]
            if len(missing) == 1:
                remedy = Message("name both: {listed}", listed=" + ".join(pair))
                self._fault(f"{where}.{missing[0]}", None, Message("is missing"), remedy)
        # As Windows writes it, too: a project is the same wherever it is read.
        shown = table["path"].replace("\\", "/")
        path = self.folder / shown
        return Input(path, shown, named, self._where(table.get("where", {}), where))

    def _check_path(self, source: Input, where: str) -> None:
        if source.is_there:
            return
        remedy = Message("check the path (it is relative to vpvkac.toml)")
        if not source.shown.isprintable():  # "raw\new.csv" in double quotes holds a line's end
            remedy = SLASHES
        if in_project({PurePosixPath(source.shown).as_posix()}):
            remedy = Message("download it with vpvkac fetch")
        self._fault(where, source.shown, *(source.unfit or (NOT_FOUND, remedy)))

    def _no_where(self, source: Input, where: str) -> None:
        if source.where:
            problem = Message("does not apply to this format")
            self._fault(f"{where}.where", None, problem, Message("delete it"))

    def _where(self, given: object, where: str) -> dict[str, tuple[str, ...]]:
        if not isinstance(given, dict) or not all(
            isinstance(values, list) and values and all(isinstance(value, str) for value in values)
            for values in given.values()
        ):
            problem = Message("is not columns with lists of values")
            remedy = Message('write { "column" = ["value"] }')
            self._fault(f"{where}.where", str(given), problem, remedy)
            return {}
        return {
            _composed(column): tuple(_composed(value) for value in values)
            for column, values in given.items()
        }

    def _table(self, document: dict[str, Any], key: str) -> dict[str, Any]:
        value = document.get(key, {})
        if isinstance(value, dict):
            return value
        remedy = Message("write [{key}]", key=key)
        self._fault(key, str(value), Message("is not a section"), remedy)
        return {}

    def _typed(self, table: dict[str, Any], where: str, key: str, default: Any) -> Any:
        """Give a value of the type of its default, else that."""
        value = table.get(key, default)
        if isinstance(value, type(default)):
            return value
        if isinstance(default, bool):
            problem = Message("is not true or false")
            remedy = Message("write true or false without quotes")
        else:
            problem, remedy = Message("is not text"), Message("write it in quotes")
        self._fault(f"{where}{key}", str(value), problem, remedy)
        return default

    def _unknown(self, table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
        self.faults.extend(unknown_keys(table, known, where, str(self.file)))

    def _fault(self, field: str, value: str | None, problem: Text, remedy: Text) -> None:
        self.faults.append(Fault("error", str(self.file), problem, remedy, None, field, value))


def _composed(text: str) -> str:
    """Write a text as the readers give theirs, so that the two can be compared."""
    return unicodedata.normalize("NFC", text.strip())


def sample_folder() -> Path:
    """Find the sample: in the installed package, or in the source tree it is made from."""
    package = Path(__file__).resolve().parents[1]
    folders = (package / "sample", package.parents[1] / "data" / "sample")
    return next(folder for folder in folders if (folder / PROJECT_FILE).is_file())


def sample() -> Project:
    """Load the embedded sample as a project; its names and numbers are invented."""
    return load(sample_folder())
