"""The result of an analysis: the network as it stands, and its gaps.

`Network` is all that most questions need; `Findings` adds the gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.analysis.network import STATUSES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.analysis.catchment import Residents
    from vpvkac.inputs.tables import Inputs
    from vpvkac.model.accounts import Account, Source
    from vpvkac.model.project import Project


class Cause(NamedTuple):
    """Why our value may differ from the published one, or what is to be known of it.

    Parameters
    ----------
    code
        What it is, such as ``"new_towns"``.
    names
        The centres or the municipality that it speaks of.
    metres
        How far the named centres are from a stop; NaN where not measured.
    """

    code: str
    names: tuple[str, ...] = ()
    metres: tuple[float, ...] = ()


@dataclass(frozen=True, repr=False)
class Network:
    """The network of a project and its reach; columns as in DESIGN.md's outputs, full precision.

    Parameters
    ----------
    project, inputs
        What the tables were made from.
    units, places, stops, network
        GeoDataFrames in EPSG:3059; `stops` tells by `in_set` which measure, and
        by `counted` which count, where feeds overlap.
    municipalities
        A plain table.
    living
        Where residents live; None where no population is given.

    Notes
    -----
    Distances are metres rounded to 0.001 m; files show them to 0.1 m.
    """

    project: Project
    inputs: Inputs
    units: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    network: gpd.GeoDataFrame
    municipalities: pd.DataFrame
    living: Residents | None

    def __repr__(self) -> str:
        kind = " (synthetic sample)" if self.synthetic else ""
        return f"<{type(self).__name__}{kind}: {self._summary()}>"

    def _summary(self) -> str:
        counts = self.network["status"].value_counts()
        statuses = ", ".join(f"{counts.get(name, 0)} {name}" for name in STATUSES)
        return f"{len(self.network)} units: {statuses}"

    @property
    def threshold_m(self) -> float:
        """Distance that counts as within reach, metres."""
        return self.project.rules.threshold_m

    @property
    def stop_set(self) -> str:
        """Which stops count: regional, bus or all."""
        return self.project.rules.stop_set

    @property
    def layout(self) -> str:
        """Date of the layout, ISO date; empty where the file stands as it is."""
        return self.inputs.layout

    @property
    def synthetic(self) -> bool:
        """Whether the data are invented."""
        return self.project.synthetic

    @property
    def accounts(self) -> tuple[Account, ...]:
        """What became of every input."""
        return self.inputs.accounts

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the data come from, each once, in the order of the project."""
        return tuple(dict.fromkeys(account.source for account in self.accounts))


@dataclass(frozen=True, repr=False)
class Findings(Network):
    """The tables of one run: the network and its gaps, in facts and codes, in no language.

    Parameters
    ----------
    gaps_access, gaps_service, gaps_coverage
        GeoDataFrames in EPSG:3059.
    hosts, residents, summary, gaps_municipalities, published
        Plain tables; `published` is empty on synthetic data, `residents`
        where no population is given.
    causes
        What may explain the difference of each published figure, by its key.
    follow_up, gap_clusters, progress
        Plain tables: the planner's decisions and what became of them
        (`decisions`), neighbouring gaps (`clusters`), and how far the network
        has come by municipality (`rollout`).
    """

    hosts: pd.DataFrame
    residents: pd.DataFrame
    summary: pd.DataFrame
    gaps_access: gpd.GeoDataFrame
    gaps_service: gpd.GeoDataFrame
    gaps_coverage: gpd.GeoDataFrame
    gaps_municipalities: pd.DataFrame
    published: pd.DataFrame
    causes: Mapping[str, tuple[Cause, ...]]
    follow_up: pd.DataFrame
    gap_clusters: pd.DataFrame
    progress: pd.DataFrame

    def _summary(self) -> str:
        gaps = f"{len(self.gaps_access)} access gaps, {len(self.gaps_coverage)} coverage gaps"
        return f"{super()._summary()}; {gaps}"
