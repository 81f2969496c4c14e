"""An earlier run, read back from the folder it was written into.

The folder may be of another version, half copied or edited: whatever is wrong with it becomes a
fault, all at once.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.analysis.network import NONE, STATUSES
from vpvkac.analysis.reach import BUS, EXISTING, NETWORK, WALK
from vpvkac.analysis.reach import NONE as NO_WAY
from vpvkac.geo.geodesy import CRS, distance
from vpvkac.model.accounts import Source
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import Host, StopSet
from vpvkac.model.stamp import VERSION
from vpvkac.model.tables import TABLES
from vpvkac.questions.compare.question import Run, RunInput, known
from vpvkac.questions.compare.there_and_back import HOMES, Side
from vpvkac.sources.base import LATITUDE, LONGITUDE, Checks
from vpvkac.sources.encoding import read_text
from vpvkac.sources.geodata import read_layer
from vpvkac.sources.lock import PUBLISHED
from vpvkac.sources.outputs import read_back
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Bilingual, Message, Text

RUN_FILE = "run.json"
_NETWORK, _SUMMARY, _LAYERS = "network.csv", "summary.csv", "coverage.gpkg"
# Files show 0.1 m and 4 decimals of a share; at a threshold or target a whole step may be missing.
_AGREES_M, _AGREES_SHARE = 0.11, 1.01e-4
_HOMES, _SERVICE = "reach_homes.parquet", "reach_service.csv"

_MEASURE = r"(count|share|km²|m)( [0-9]{4})?"
_GEOPACKAGE = Message("the GeoPackage of a run")
_AGAIN = Message("make it again with vpvkac run")


def load_run(folder: str | Path) -> Run:
    """Read an earlier run from its folder.

    Parameters
    ----------
    folder
        Where `vpvkac run` wrote: run.json, network.csv, summary.csv and
        coverage.gpkg are read.

    Returns
    -------
    run
        For `compare`.

    Raises
    ------
    InputError
        With every fault of every file: not there, not of its form, a column
        or value missing, tables that do not belong together.
    """
    return read_run(folder)[0]


def read_run(folder: str | Path) -> tuple[Run, tuple[Fault, ...]]:
    """Read an earlier run as `load_run` does; give its warnings too."""
    reader = _Reader(Path(folder))
    parts: list[Any] = []
    for read in (reader.about, reader.network, reader.summary, reader.units):
        try:
            parts.append(read())
        except InputError as error:
            reader.faults.extend(error.faults)
    if not has_errors(reader.faults):
        about, network, (summary, values), units = parts
        reader.belong_together(network, units, about["threshold_m"])
    if has_errors(reader.faults):
        raise InputError(reader.faults)
    reach = reader.reach(about.pop("reach"), units["unit"])
    if has_errors(reader.faults):
        raise InputError(reader.faults)
    files = tuple(reader.folder / name for name in (RUN_FILE, _NETWORK, _SUMMARY, _LAYERS))
    run = Run(
        **about, network=network, summary=summary, metres=reader.metres(network), values=values,
        units=units, files=files, reach=reach,
    )  # fmt: skip
    return run, tuple(reader.faults)


class _Reader:
    """Reads one file of the folder after the other and keeps the faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []

    def _file(self, name: str) -> tuple[Path, str]:
        return self.folder / name, str(self.folder / name)

    def _fault(self, name: str, problem: Text, **where: Any) -> None:
        self.faults.append(Fault("error", str(self.folder / name), problem, _AGAIN, **where))

    def about(self) -> dict[str, Any]:
        """Read run.json: rules, title and inputs."""
        text = read_text(*self._file(RUN_FILE))
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict) or content.get("program") != "vpvkac":
            self._fault(RUN_FILE, Message("is not the description of a run"))
            return {}
        rules = content.get("parameters")
        about = {}
        for field, holds in _FIELDS.items():
            section, _, key = field.rpartition(".")
            values = content if not section else rules if isinstance(rules, dict) else {}
            valid = key in values and holds(values[key])
            about[key] = values[key] if valid else None
            if not valid:
                self._not_valid(field, values, key)
            if key == "version" and about[key] != VERSION:
                warning = Fault(
                    "warning", str(self.folder / RUN_FILE), Message("is a run of another version"),
                    Message("make it again if definitions have changed"), field=field,
                    value=str(about[key]),
                )  # fmt: skip
                self.faults.append(warning)
        about["reach"] = content.get("reach")
        inputs = about.pop("inputs") or []
        return about | {
            "shown": str(self.folder),
            "layout": about["layout"] or "",
            "hosts": tuple(about["hosts"] or ()),
            "inputs": tuple(
                RunInput(one["input"], one["file"], one["sha256"],
                         one.get("reference_date") or "", one["rows_used"])
                for one in inputs
            ),
            "sources": tuple(dict.fromkeys(map(_source, inputs))),
        }  # fmt: skip

    def _not_valid(self, field: str, values: dict[str, Any], key: str) -> None:
        if field == "inputs":
            self._fault(RUN_FILE, Message("is not a list of inputs"), field=field)
        elif key in values:
            value = json.dumps(values[key], ensure_ascii=False)
            self._fault(RUN_FILE, Message("is not a valid value"), field=field, value=value)
        else:
            self._fault(RUN_FILE, Message("is missing"), field=field)

    def _table(self, name: str, file: str) -> tuple[pd.DataFrame, pd.DataFrame, Checks]:
        """Read a table; give it, its cells as they stand there, and what takes its faults."""
        path, shown = self._file(file)
        records = read_records(path, shown, required=TABLES[name].needed)
        self.faults.extend(records.faults)
        checks = Checks(shown, records.lines)
        return read_back(name, records.table, checks), records.table, checks

    def network(self) -> pd.DataFrame:
        """Read network.csv: one row per unit."""
        table, texts, checks = self._table("network", _NETWORK)
        table["unit"] = checks.unit_codes(table["unit"], field="unit")
        checks.filled(table["status"], field="status")
        checks.choices(table["status"], STATUSES, field="status")
        checks.choices(table["host"], get_args(Host), field="host")
        has_place, has_distance = table["place"] != "", table["distance_m"].notna()
        for field, wrong, problem, values in (
            ("status", (table["status"] == NONE) == has_place,
             Message("does not go with the column place"), table["status"]),
            ("place", has_place & (table["lat"].isna() | table["lon"].isna()),
             Message("has no coordinates"), table["place"]),
            ("within", (texts["within"] != "") != has_distance,
             Message("does not go with the column distance_m"), texts["within"]),
        ):  # fmt: skip
            checks.refuse(wrong, problem, _AGAIN, field=field, values=values)
        self.faults.extend(checks.faults)
        return table.sort_values("unit", ignore_index=True)

    def summary(self) -> tuple[pd.DataFrame, dict[tuple[str, str], float]]:
        """Read summary.csv; shares are divided anew, for they have 4 decimals, if that agrees."""
        table, _, checks = self._table("summary", _SUMMARY)
        known_measure = table["measure"].str.fullmatch(_MEASURE)
        checks.refuse(
            ~known_measure, Message("is not a known measure"), _AGAIN, field="measure",
            values=table["measure"],
        )  # fmt: skip
        self.faults.extend(checks.faults)
        values = {}
        if not has_errors(checks.faults) and {"part", "whole"} <= set(table):
            shares = table["part"] / table["whole"].where(table["whole"] > 0)
            agrees = (shares - table["value"]).abs() <= _AGREES_SHARE
            keys = zip(table["criterion"], table["measure"], strict=True)
            values = known(keys, shares.where(agrees))
        return table[list(TABLES["summary"].needed)], values

    def metres(self, network: pd.DataFrame) -> dict[str, float]:
        """Measure to the stops again, for network.csv has 0.1 m; none where it does not agree."""
        try:
            stops = read_layer(
                *self._file(_LAYERS), _GEOPACKAGE, TABLES["stops"].needed, layer="stops"
            ).table
        except InputError:
            return {}
        stops = stops.drop_duplicates("stop").set_index("stop")
        at = stops.apply(pd.to_numeric, errors="coerce").reindex(network["stop"])
        ends = np.column_stack([network[["lat", "lon"]].to_numpy(float), at.to_numpy(float)])
        measured = pd.Series(np.nan, network.index)
        both = np.isfinite(ends).all(axis=1)
        measured[both] = distance(*ends[both].T)
        agrees = (measured - network["distance_m"]).abs() <= _AGREES_M
        return known(network["unit"], measured.where(agrees))

    def reach(self, rules: Any, units: pd.Series) -> Side | None:
        """Read what a run with `--reach` found: its homes, and the departures of its day."""
        if rules is None:
            return None
        rules = rules if isinstance(rules, dict) else {}
        for field, holds in _OF_REACH.items():
            if not holds(rules.get(field)):
                self._not_valid(f"reach.{field}", rules, field)
        if has_errors(self.faults):
            return None
        service, texts, checks = self._table("reach_service", _SERVICE)
        problem = Message("is not a whole number from 0")
        for name in ("departures", "arrivals"):
            whole = texts[name].str.fullmatch("[0-9]+")
            checks.refuse(~whole, problem, _AGAIN, field=name, values=texts[name])
        self._positions(service, checks)
        self.faults.extend(checks.faults)
        homes = self._homes(units)
        if has_errors(self.faults):
            return None
        day = dt.date.fromisoformat(rules["day"])
        return Side(homes, service, day, int(rules["walk"]) * 60)

    def _homes(self, units: pd.Series) -> pd.DataFrame:
        """Read the homes; a table without rows where they cannot be read."""
        path, shown = self._file(_HOMES)
        try:
            homes = pd.read_parquet(path)
        except (OSError, ValueError, LookupError, TypeError) as error:
            problem = Message("is not the table of homes of a run: {why}")
            self._fault(_HOMES, problem.with_values(why=" ".join(str(error).split())[:200]))
            return pd.DataFrame(columns=list(HOMES))
        missing = [name for name in HOMES if name not in homes]
        for name in missing:
            self._fault(_HOMES, Message("is missing"), field=name)
        if missing:
            return homes
        homes = homes[list(HOMES)].reset_index(drop=True)
        checks = Checks(shown, np.arange(1, len(homes) + 1))
        checks.some(homes)
        for name in ("home", "points", "unit", "class"):
            is_text = homes[name].map(lambda value: isinstance(value, str)).astype(bool)
            checks.refuse(
                ~is_text, Message("is not a text"), _AGAIN, field=name, values=homes[name]
            )
            homes[name] = homes[name].where(is_text, "")
            if name != "unit":
                checks.filled(homes[name].where(is_text, "-"), field=name)
        for name, known_ones in (("class", (WALK, BUS, NO_WAY)), ("points", (EXISTING, NETWORK))):
            checks.choices(homes[name], known_ones, field=name)
        checks.refuse(
            (homes["unit"] != "") & ~homes["unit"].isin(units),
            Message("is not a unit of this run"), _AGAIN, field="unit", values=homes["unit"],
        )  # fmt: skip
        checks.refuse(
            homes.duplicated(["points", "home"]), Message("is there more than once"), _AGAIN,
            field="home", values=homes["home"],
        )  # fmt: skip
        for name in ("residents", "appointments"):
            values = homes[name]
            numbers = pd.to_numeric(values, errors="coerce").to_numpy(float, na_value=np.nan)
            whole = pd.api.types.is_numeric_dtype(values) & (numbers >= 0) & (numbers < np.inf)
            if name == "appointments":
                whole &= numbers == np.round(numbers)
            problem = Message("is not a number from 0")
            checks.refuse(~whole, problem, _AGAIN, field=name, values=values)
            homes[name] = np.where(whole, numbers, 0)
        self._positions(homes, checks)
        self.faults.extend(checks.faults)
        return homes

    @staticmethod
    def _positions(table: pd.DataFrame, checks: Checks) -> None:
        """Refuse rows without a position in degrees."""
        for name, limits in (("lat", LATITUDE), ("lon", LONGITUDE)):
            degrees = pd.to_numeric(table[name], errors="coerce").to_numpy(float, na_value=np.nan)
            wrong = ~((degrees >= limits[0]) & (degrees <= limits[1]))
            wrong |= not pd.api.types.is_numeric_dtype(table[name])
            problem = Message("is not a position in degrees")
            checks.refuse(wrong, problem, _AGAIN, field=name, values=table[name])

    def units(self) -> gpd.GeoDataFrame | None:
        """Read the polygons of the units from coverage.gpkg."""
        layer = read_layer(*self._file(_LAYERS), _GEOPACKAGE, TABLES["units"].needed, layer="units")
        self.faults.extend(layer.faults)
        if layer.shapes is None:
            self._fault(_LAYERS, Message("has no layer units that can be read"))
            return None
        shapes = layer.reprojected(CRS)
        sound = np.isin(shapely.get_type_id(shapes), [3, 6]) & shapely.is_valid(shapes)
        if not sound.all():
            self._fault(_LAYERS, Message("holds polygons that are not valid"), field="units")
            return None
        frame = gpd.GeoDataFrame(layer.table, geometry=shapes)
        return frame.sort_values("unit", ignore_index=True)

    def belong_together(
        self, network: pd.DataFrame, units: gpd.GeoDataFrame, threshold_m: float
    ) -> None:
        """Refuse tables of different runs in one folder."""
        if network["unit"].tolist() != units["unit"].tolist():
            self._fault(_LAYERS, Message("holds other units in its layer than network.csv"))
        within = network["distance_m"] <= threshold_m
        differs = within != network["within"].fillna(value=False)
        wrong = (network["distance_m"].notna() & differs).to_numpy(bool)
        if wrong.any():
            threshold = format(threshold_m, "g")
            problem = Message(
                "does not go with the threshold of {threshold} m in run.json", threshold=threshold
            )
            first = network["unit"][wrong].iloc[0]
            self._fault(_NETWORK, problem, field="within", value=first, alike=int(wrong.sum()))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_input(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and all(_is_text(one.get(key)) for key in ("input", "file", "source", "sha256"))
        and all(
            one.get(key) is None or _is_text(one[key])
            for key in ("publisher", "licence", "reference_date")
        )
        and isinstance(one.get("rows_used"), int)
    )


# What run.json must hold, and when a value is what it should be.
_FIELDS: dict[str, Callable[[Any], bool]] = {
    "version": _is_text,
    "parameters.hosts": lambda value: (
        isinstance(value, list) and bool(value) and all(host in get_args(Host) for host in value)
    ),
    "inputs": lambda value: isinstance(value, list) and all(map(_is_input, value)),
    "title": _is_text,
    "synthetic": lambda value: isinstance(value, bool),
    "parameters.layout": lambda value: (
        value is None or (_is_text(value) and re.fullmatch(r"\d{4}(-\d\d){0,2}", value) is not None)
    ),
    # As of a project.
    "parameters.threshold_m": lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 1e5  # noqa: PLR2004
    ),
    "parameters.stop_set": lambda value: value in get_args(StopSet),
}


def _is_day(value: Any) -> bool:
    try:
        return bool(dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


# As of the options of `reach`.
_OF_REACH: dict[str, Callable[[Any], bool]] = {
    "day": _is_day,
    "walk": lambda value: type(value) is int and 0 <= value <= 240,  # noqa: PLR2004
}


def _source(one: dict[str, Any]) -> Source:
    """Name a source in both languages where the program knows it, else as the run did."""
    published, publisher = PUBLISHED.get(one["input"]), one.get("publisher")
    return Source(
        published.name if published else Bilingual(one["source"], one["source"]),
        Bilingual(publisher, publisher) if publisher else None,
        one.get("licence"),
        one.get("reference_date"),
    )
