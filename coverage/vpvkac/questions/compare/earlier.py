"""An earlier run, read back from the folder it was written into.

The folder may be of another version, half copied or edited: whatever is
wrong with it is told in sentences, all at once.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.analysis.network import NONE, STATUSES
from vpvkac.geo.geodesy import CRS, distance
from vpvkac.model.accounts import Source
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import Host, StopSet
from vpvkac.model.tables import TABLES
from vpvkac.model.version import VERSION
from vpvkac.questions.compare.run import Run, Used, known
from vpvkac.sources.base import Checks
from vpvkac.sources.encoding import read_text
from vpvkac.sources.geodata import read_layer
from vpvkac.sources.lock import PUBLISHED
from vpvkac.sources.outputs import read_back
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Bilingual, Message, Text

RUN_FILE = "run.json"
_NETWORK, _SUMMARY, _LAYERS = "network.csv", "summary.csv", "coverage.gpkg"
_PARTS = ("part", "whole")
# Files show 0.1 m and 4 decimals of a share; at a threshold or target a whole step may be missing.
_AGREES_M, _AGREES_SHARE = 0.11, 1.01e-4
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
    run = reader.run()
    if run is None or has_errors(reader.faults):
        raise InputError(reader.faults)
    return run, tuple(reader.faults)


class _Reader:
    """Reads one file of the folder after the other and keeps the faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []

    def run(self) -> Run | None:
        """Give the run as far as it is sound; None if a file is not of its form."""
        about = self._kept(self._about)
        network = self._kept(self._network)
        found = self._kept(self._summary)
        units = self._kept(self._units)
        if about is None or network is None or found is None or units is None:
            return None
        if has_errors(self.faults):
            return None
        self._belong_together(network, units, about["threshold_m"])
        summary, values = found
        metres = self._metres(network)
        files = tuple(self.folder / name for name in (RUN_FILE, _NETWORK, _SUMMARY, _LAYERS))
        return Run(
            **about, network=network, summary=summary, metres=metres, values=values, units=units,
            files=files,
        )  # fmt: skip

    def _kept(self, read: Any) -> Any:
        try:
            return read()
        except InputError as error:
            self.faults.extend(error.faults)
            return None

    def _shown(self, name: str) -> str:
        return str(self.folder / name)

    def _fault(self, name: str, problem: Text, remedy: Text = _AGAIN, **where: Any) -> None:
        self.faults.append(Fault("error", self._shown(name), problem, remedy, **where))

    def _about(self) -> dict[str, Any] | None:
        """Read run.json: rules, title and inputs."""
        text = read_text(self.folder / RUN_FILE, self._shown(RUN_FILE))
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict) or content.get("program") != "vpvkac":
            problem = Message("is not the description of a run")
            self._fault(RUN_FILE, problem)
            return None
        rules = content.get("parameters")
        rules = rules if isinstance(rules, dict) else {}
        version = self._of(content, "version", lambda value: isinstance(value, str))
        if version != VERSION:
            self._warn_version(str(version))
        hosts = self._of(rules, "hosts", _is_hosts, "parameters.")
        inputs = self._inputs(content.get("inputs"))
        return {
            "shown": str(self.folder),
            "title": self._of(content, "title", lambda value: isinstance(value, str)),
            "synthetic": self._of(content, "synthetic", lambda value: isinstance(value, bool)),
            "layout": self._of(rules, "layout", _is_layout, "parameters.") or "",
            "threshold_m": self._of(rules, "threshold_m", _is_distance, "parameters."),
            "stop_set": self._of(
                rules, "stop_set", lambda value: value in get_args(StopSet), "parameters."
            ),
            "hosts": tuple(hosts or ()),
            "version": version,
            "inputs": tuple(_used(one) for one in inputs),
            "sources": tuple(dict.fromkeys(_source(one) for one in inputs)),
        }

    def _of(self, content: dict[str, Any], key: str, holds: Any, where: str = "") -> Any:
        """Give a value of run.json that is of its type."""
        if key in content and holds(content[key]):
            return content[key]
        value = None if key not in content else json.dumps(content[key], ensure_ascii=False)
        problem = Message("is missing") if key not in content else Message("is not a valid value")
        self._fault(RUN_FILE, problem, field=f"{where}{key}", value=value)
        return None

    def _inputs(self, given: Any) -> list[dict[str, Any]]:
        if isinstance(given, list) and all(_is_input(one) for one in given):
            return given
        problem = Message("is not a list of inputs")
        self._fault(RUN_FILE, problem, field="inputs")
        return []

    def _warn_version(self, version: str) -> None:
        self.faults.append(
            Fault(
                "warning",
                self._shown(RUN_FILE),
                Message("is a run of another version"),
                Message("make it again if definitions have changed"),
                field="version",
                value=version,
            )
        )

    def _network(self) -> pd.DataFrame | None:
        """Read network.csv: one row per unit."""
        shown = self._shown(_NETWORK)
        read = read_records(self.folder / _NETWORK, shown, required=TABLES["network"].needed)
        checks = Checks(shown, read.lines)
        table = read_back("network", read.table, checks)
        table["unit"] = checks.unit_codes(table["unit"], field="unit")
        checks.filled(table["status"], field="status")
        checks.choices(table["status"], STATUSES, field="status")
        checks.choices(table["host"], get_args(Host), field="host")
        checks.refuse(
            (table["status"] == NONE) != (table["place"] == ""),
            Message("does not go with the column place"),
            _AGAIN,
            field="status",
            values=table["status"],
        )
        checks.refuse(
            (table["place"] != "") & (table["lat"].isna() | table["lon"].isna()),
            Message("has no coordinates"),
            _AGAIN,
            field="place",
            values=table["place"],
        )
        checks.refuse(
            (read.table["within"] != "") != table["distance_m"].notna(),
            Message("does not go with the column distance_m"),
            _AGAIN,
            field="within",
            values=read.table["within"],
        )
        self.faults.extend([*read.faults, *checks.faults])
        return None if has_errors(checks.faults) else table.sort_values("unit", ignore_index=True)

    def _summary(self) -> tuple[pd.DataFrame, dict[tuple[str, str], float]] | None:
        """Read summary.csv: one row per criterion and measure; and its shares in full."""
        shown = self._shown(_SUMMARY)
        read = read_records(self.folder / _SUMMARY, shown, required=TABLES["summary"].needed)
        checks = Checks(shown, read.lines)
        table = read_back("summary", read.table, checks)
        checks.refuse(
            ~table["measure"].str.fullmatch(_MEASURE),
            Message("is not a known measure"),
            _AGAIN,
            field="measure",
            values=table["measure"],
        )
        self.faults.extend([*read.faults, *checks.faults])
        if has_errors(checks.faults):
            return None
        return table[list(TABLES["summary"].needed)], _in_full(table)

    def _metres(self, network: pd.DataFrame) -> dict[str, float]:
        """Measure to the stops again, for network.csv has 0.1 m; none where it does not agree."""
        path, shown = self.folder / _LAYERS, self._shown(_LAYERS)
        try:
            stops = read_layer(
                path, shown, _GEOPACKAGE, TABLES["stops"].needed, layer="stops"
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

    def _units(self) -> gpd.GeoDataFrame | None:
        """Read the polygons of the units from coverage.gpkg."""
        path, shown = self.folder / _LAYERS, self._shown(_LAYERS)
        layer = read_layer(path, shown, _GEOPACKAGE, TABLES["units"].needed, layer="units")
        self.faults.extend(layer.faults)
        if layer.shapes is None:
            problem = Message("has no layer units that can be read")
            self._fault(_LAYERS, problem)
            return None
        shapes = layer.reprojected(CRS)
        sound = np.isin(shapely.get_type_id(shapes), [3, 6]) & shapely.is_valid(shapes)
        if not sound.all():
            problem = Message("holds polygons that are not valid")
            self._fault(_LAYERS, problem, field="units")
            return None
        frame = gpd.GeoDataFrame(layer.table, geometry=shapes)
        return frame.sort_values("unit", ignore_index=True)

    def _belong_together(
        self, network: pd.DataFrame, units: gpd.GeoDataFrame, threshold_m: float
    ) -> None:
        """Refuse tables of different runs in one folder."""
        if network["unit"].tolist() != units["unit"].tolist():
            problem = Message("holds other units in its layer than network.csv")
            self._fault(_LAYERS, problem)
        told = network["distance_m"].notna()
        reached = network["distance_m"] <= threshold_m
        wrong = (told & (reached != network["within"].fillna(value=False))).to_numpy(bool)
        if wrong.any():
            first = network["unit"][wrong].iloc[0]
            problem = Message(
                "does not go with the threshold of {threshold} m in run.json",
                threshold=format(threshold_m, "g"),
            )
            self._fault(_NETWORK, problem, field="within", value=first, alike=int(wrong.sum()))


def _in_full(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Divide the shares anew, for their values have 4 decimals; as far as the parts agree."""
    if not set(_PARTS) <= set(table):
        return {}
    shares = table["part"] / table["whole"].where(table["whole"] > 0)
    agrees = (shares - table["value"]).abs() <= _AGREES_SHARE
    return known(zip(table["criterion"], table["measure"], strict=True), shares.where(agrees))


def _is_hosts(value: Any) -> bool:
    known = get_args(Host)
    return isinstance(value, list) and bool(value) and all(host in known for host in value)


def _is_layout(value: Any) -> bool:
    return value is None or (
        isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
    )


def _is_distance(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 1e5  # noqa: PLR2004 - as of a project


def _is_input(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and all(isinstance(one.get(key), str) for key in ("input", "file", "source", "sha256"))
        and all(
            one.get(key) is None or isinstance(one[key], str)
            for key in ("publisher", "licence", "reference_date")
        )
        and isinstance(one.get("rows_used"), int)
    )


def _used(one: dict[str, Any]) -> Used:
    date = one.get("reference_date") or ""
    return Used(one["input"], one["file"], one["sha256"], date, one["rows_used"])


def _source(one: dict[str, Any]) -> Source:
    """Name a source in both languages where the program knows it, else as the run did."""
    published, publisher = PUBLISHED.get(one["input"]), one.get("publisher")
    return Source(
        published.name if published else Bilingual(one["source"], one["source"]),
        Bilingual(publisher, publisher) if publisher else None,
        one.get("licence"),
        one.get("reference_date"),
    )
