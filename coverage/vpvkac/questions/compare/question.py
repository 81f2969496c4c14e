"""A side of a comparison: a run as its files show it, fresh or read back from its folder.

Both are compared as shown (metres to 0.1, shares to 4 decimals), so that a run and the folder it
was written into are the same.  What people read is rounded from the full precision, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from vpvkac.analysis import rounding
from vpvkac.model.stamp import VERSION
from vpvkac.model.tables import TABLES
from vpvkac.questions.compare.there_and_back import Side, side_of
from vpvkac.sources.outputs import plain

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.analysis.network import Findings
    from vpvkac.model.accounts import Source


_Key = TypeVar("_Key")


@dataclass(frozen=True)
class RunInput:
    """One input that a run was made from, as `run.json` has it."""

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
        As of `Findings`; `layout` is empty where the units' file stands as it is.
    version
        Of the program that made it.
    inputs, sources
        What it was made from.
    network
        Columns of network.csv, sorted by `unit`; texts are empty where null.
    summary
        Criterion, measure and value of summary.csv.
    metres
        Distance of a unit's point to its stop at full precision, by unit.
    values
        Values of the summary at full precision, by criterion and measure.
    units
        Codes, names and polygons, EPSG:3059, sorted by `unit`.
    files
        What it was read from: nothing is written over these.
    reach
        What `reach` found; None where it was not asked.
    """

    shown: str
    title: str
    synthetic: bool
    layout: str
    threshold_m: float
    stop_set: str
    hosts: tuple[str, ...]
    version: str
    inputs: tuple[RunInput, ...]
    sources: tuple[Source, ...]
    network: pd.DataFrame
    summary: pd.DataFrame
    metres: Mapping[str, float]
    values: Mapping[tuple[str, str], float]
    units: gpd.GeoDataFrame
    files: tuple[Path, ...] = ()
    reach: Side | None = None

    def __repr__(self) -> str:
        return f"<Run of {self.shown}: {len(self.network)} units, {self.threshold_m:g} m>"

    @property
    def has_stops(self) -> bool:
        """Whether any stop was there to measure to."""
        return any(one.rows_used for one in self.inputs if one.key == "stops")


def run_of(result: Findings, title: str) -> Run:
    """Give a fresh result the form in which it is compared, and its title in one language."""
    tables, rules = rounding.shown(result, ("network", "summary")), result.project.rules
    network, summary = result.network, result.summary
    units = result.units[[*TABLES["units"].needed, "geometry"]]
    inputs = (
        RunInput(of.key, of.shown, of.sha256, of.source.date or "", of.rows_used)
        for of in result.accounts
    )
    measures = zip(summary["criterion"], summary["measure"], strict=True)
    return Run(
        str(result.project.path), title, result.synthetic, result.layout, rules.threshold_m,
        rules.stop_set, rules.hosts, VERSION, tuple(inputs), result.sources,
        network=plain("network", tables["network"]).sort_values("unit", ignore_index=True),
        summary=pd.DataFrame(tables["summary"])[list(TABLES["summary"].needed)],
        metres=known(network["unit"], network["distance_m"]),
        values=known(measures, summary["value"]),
        units=units.sort_values("unit", ignore_index=True),
        files=result.project.paths,
        reach=None if result.reach is None else side_of(result.reach),
    )  # fmt: skip


def known(keys: Iterable[_Key], values: pd.Series) -> dict[_Key, float]:
    """Map keys to the values that are not null."""
    pairs = zip(keys, values.astype(float), strict=True)
    return {key: value for key, value in pairs if pd.notna(value)}
