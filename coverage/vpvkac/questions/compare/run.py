"""A side of a comparison: a run as its files show it, fresh or read back from its folder.

Both are compared as shown (metres to 0.1, shares to 4 decimals), so that a
run and the folder it was written into are the same.  What people read is
rounded from the full precision beside it, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from vpvkac.analysis.rounding import shown
from vpvkac.model.stamp import VERSION
from vpvkac.model.tables import TABLES
from vpvkac.sources.outputs import plain
from vpvkac.texts.formats import Shown, to_metres, to_number, to_share
from vpvkac.views.writer import of_measure

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.analysis.network import Findings
    from vpvkac.model.accounts import Source


_Key = TypeVar("_Key")
# Half a step of what files show, less what keeps the half itself on its side.
_UNSURE_M, _UNSURE_SHARE = 0.0499, 0.0000499


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
    metres: Mapping[str, float]
    values: Mapping[tuple[str, str], float]
    units: gpd.GeoDataFrame
    files: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        return f"<Run of {self.shown}: {len(self.network)} units, {self.threshold_m:g} m>"

    @property
    def has_stops(self) -> bool:
        """Whether any stop was there to measure to."""
        return any(used.rows_used for used in self.inputs if used.key == "stops")

    def distance(self, unit: str, shown: float) -> Shown:
        """Round the distance of a unit's point as people see it.

        Parameters
        ----------
        shown
            As the network has it, to 0.1 m; where no more is known, and the
            metre hangs on more, it stays so.
        """
        if unit in self.metres:
            return to_metres(self.metres[unit], self.threshold_m)
        either = (to_metres(shown + apart, self.threshold_m) for apart in (-_UNSURE_M, _UNSURE_M))
        sure = len(set(either)) == 1
        return (
            to_metres(shown, self.threshold_m) if sure else to_number(shown, 1)._replace(unit="m")
        )

    def value(self, criterion: str, measure: str, shown: float) -> Shown:
        """Round a value of the summary as people see it.

        Parameters
        ----------
        shown
            As the summary has it, a share to 4 decimals; where no more is
            known, and the tenth of a per cent hangs on more, it stays so.
        """
        exact = self.values.get((criterion, measure))
        if exact is not None:
            return of_measure(exact, measure, criterion=criterion)
        found = of_measure(shown, measure, criterion=criterion)
        if not measure.startswith("share"):
            return found
        either = (to_share(shown + apart) for apart in (-_UNSURE_SHARE, _UNSURE_SHARE))
        sure = len(set(either)) == 1
        return found if sure else to_number(100 * shown, 2)._replace(unit="%")


def run_of(result: Findings, title: str) -> Run:
    """Give a fresh result the form in which it is compared, and its title in one language."""
    tables, rules = shown(result, ("network", "summary")), result.project.rules
    network, summary = result.network, result.summary
    units = result.units[[*TABLES["units"].needed, "geometry"]]
    return Run(
        shown=str(result.project.path),
        title=title,
        synthetic=result.synthetic,
        layout=result.layout,
        threshold_m=rules.threshold_m,
        stop_set=rules.stop_set,
        hosts=rules.hosts,
        version=VERSION,
        inputs=tuple(
            Used(of.key, of.shown, of.sha256, of.source.date or "", of.rows_used)
            for of in result.accounts
        ),
        sources=result.sources,
        network=plain("network", tables["network"]).sort_values("unit", ignore_index=True),
        summary=pd.DataFrame(tables["summary"])[list(TABLES["summary"].needed)],
        metres=known(network["unit"], network["distance_m"]),
        values=known(zip(summary["criterion"], summary["measure"], strict=True), summary["value"]),
        units=units.sort_values("unit", ignore_index=True),
        files=result.project.paths,
    )


def known(keys: Iterable[_Key], values: pd.Series) -> dict[_Key, float]:
    """Map keys to the values that are not null."""
    pairs = zip(keys, values.astype(float), strict=True)
    return {key: value for key, value in pairs if pd.notna(value)}
