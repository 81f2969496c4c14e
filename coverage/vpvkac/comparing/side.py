"""A side of a comparison: a run as its files show it, fresh or read back from its folder.

Both are compared as shown (metres to 0.1, shares to 4 decimals), so that a
run and the folder it was written into are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from vpvkac import __version__
from vpvkac.network import COLUMNS as NETWORK_COLUMNS
from vpvkac.outputs.staging import files_of

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from vpvkac.provenance import Source
    from vpvkac.result import Result

TEXTS = (
    "unit", "unit_name", "kind", "municipality", "municipality_name", "region", "status", "host",
    "place", "place_name", "address", "stop", "stop_name", "located_by",
)  # fmt: skip
NUMBERS = ("lat", "lon", "distance_m", "walk_min", "distance_all_m")
FLAGS = ("within", "uncertain", "near_border")
UNIT_COLUMNS = ("unit", "unit_name", "kind", "municipality", "municipality_name")
SUMMARY_COLUMNS = ("criterion", "measure", "value")


@dataclass(frozen=True)
class Used:
    """One input that a run was made from, as `run.json` tells it."""

    key: str
    file: str
    sha256: str
    date: str
    rows_used: int


@dataclass(frozen=True, repr=False)
class Run:
    """A run as it is compared.

    Parameters
    ----------
    shown
        Where it is from: the project file, or the folder it was written into.
    title, synthetic, layout, threshold_m, stop_set, hosts
        As of `Result`; `layout` is empty where the units' file stands as it is.
    version
        Of the program that made it.
    inputs, sources
        What it was made from.
    network
        Columns of network.csv, sorted by `unit`; texts are empty where null.
    summary
        `SUMMARY_COLUMNS` of summary.csv.
    units
        `UNIT_COLUMNS` and polygons, EPSG:3059, sorted by `unit`.
    files
        What it was read from: nothing is written over these.
    """

    shown: str
    title: str
    synthetic: bool
    layout: str
    threshold_m: float
    stop_set: str
    hosts: tuple[str, ...]
    version: str
    inputs: tuple[Used, ...]
    sources: tuple[Source, ...]
    network: pd.DataFrame
    summary: pd.DataFrame
    units: gpd.GeoDataFrame
    files: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        return f"<Run of {self.shown}: {len(self.network)} units, {self.threshold_m:g} m>"

    @property
    def has_stops(self) -> bool:
        """Whether any stop was there to measure to."""
        return any(used.rows_used for used in self.inputs if used.key == "stops")


def run_of(result: Result) -> Run:
    """Give a fresh result the form in which it is compared."""
    from vpvkac.outputs.tables import shown

    tables, rules = shown(result), result.project.rules
    units = result.units[[*UNIT_COLUMNS, "geometry"]]
    return Run(
        shown=str(result.project.path),
        title=result.title,
        synthetic=result.synthetic,
        layout=result.layout,
        threshold_m=rules.threshold_m,
        stop_set=rules.stop_set,
        hosts=rules.hosts,
        version=__version__,
        inputs=tuple(
            Used(of.key, of.shown, of.sha256, of.source.date or "", of.rows_used)
            for of in result.accounts
        ),
        sources=result.sources,
        network=plain_network(pd.DataFrame(tables["network"])),
        summary=pd.DataFrame(tables["summary"])[list(SUMMARY_COLUMNS)],
        units=units.sort_values("unit", ignore_index=True),
        files=files_of(result.project),
    )


def plain_network(table: pd.DataFrame) -> pd.DataFrame:
    """Give the network's columns one type each, whether computed or read."""
    columns: dict[str, pd.Series] = {}
    for name in NETWORK_COLUMNS:
        column = table[name]
        if name in FLAGS:
            columns[name] = column.astype("boolean")
        elif name in NUMBERS:
            columns[name] = column.astype(float)
        else:
            columns[name] = column.astype(object).where(column.notna(), "").astype(str)
    return pd.DataFrame(columns).sort_values("unit", ignore_index=True)
