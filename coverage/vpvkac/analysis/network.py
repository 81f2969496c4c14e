"""The network: one contact point for every unit, and the tables of a run around it.

`Network` is all that most questions need; `Findings` adds the gaps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from vpvkac.model.tables import TABLES

if TYPE_CHECKING:
    from vpvkac.analysis.plan import Openings
    from vpvkac.analysis.reach import ThereAndBack
    from vpvkac.inputs.tables import Inputs
    from vpvkac.model.accounts import Account, Source
    from vpvkac.model.faults import Fault
    from vpvkac.model.project import Project, StopInput
    from vpvkac.sources.gtfs.timetable import TimedFeed

EXISTING, ANNOUNCED, PLANNED, NONE = "existing", "announced", "planned", "none"
STATUSES = (EXISTING, ANNOUNCED, PLANNED, NONE)
_OF_PLACE = [
    "host", "place", "name", "address", "lat", "lon", "stop", "stop_name", "distance_m",
    "walk_min", "within", "uncertain", "located_by", "near_border", "distance_all_m", "geometry",
]  # fmt: skip


def is_open_centre(places: pd.DataFrame) -> pd.Series:
    """Tell which places are centres open today."""
    return (places["host"] == "centre") & (places["status"] == "open")


def status_of(places: pd.DataFrame) -> np.ndarray:
    """Tell what a point at each place is: existing, announced, planned; none without a place."""
    centre, waiting = places["host"] == "centre", places["status"] == ANNOUNCED
    cases = [places["place"].isna(), centre & ~waiting, centre & waiting]
    return np.select(cases, [NONE, EXISTING, ANNOUNCED], PLANNED)


def points_and_centres(network: pd.DataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """List every contact point, and every open centre that is not its unit's point, by key."""
    is_point = places["place"].isin(network["place"].dropna())
    points: gpd.GeoDataFrame = places[is_point | is_open_centre(places)]
    return points.sort_values("place", ignore_index=True)


def build_network(
    units: gpd.GeoDataFrame, places: gpd.GeoDataFrame, hosts: Sequence[str]
) -> gpd.GeoDataFrame:
    """Give every unit its contact point, of measured places.

    An open centre; else an announced centre; else the next kind of host in
    the order given.  Among several the one nearest to a stop of the set; ties,
    and where there are no stops, the lowest key.  The needed columns of
    `network` and the point, EPSG:3059, one row per unit, sorted by `unit`.
    """
    candidates = places[places["host"].isin(hosts)]
    # An empty column would map to text.
    rank = candidates["host"].map({host: number for number, host in enumerate(hosts)}).astype(float)
    ordered = candidates.assign(rank=2 * rank + (candidates["status"] == ANNOUNCED)).sort_values(
        ["rank", "distance_m", "place"], na_position="last"
    )
    of_unit = units.drop(columns="geometry").set_index("unit")
    chosen = ordered.drop_duplicates("unit").set_index("unit").reindex(of_unit.index)
    network = pd.concat([of_unit, chosen[_OF_PLACE]], axis=1)
    network["status"] = status_of(chosen)
    network["near_border"] = network["near_border"].astype("boolean")
    network = network.rename(columns={"name": "place_name"}).reset_index()
    frame = gpd.GeoDataFrame(network, geometry="geometry", crs=units.crs)
    # Its service and demand are not known yet.
    columns = [*TABLES["network"].needed, "geometry"]
    return frame.sort_values("unit", ignore_index=True)[columns]


class Residents(NamedTuple):
    """Where residents live, and how that is known.

    The cells (`inputs.population.CELL_COLUMNS`); whether they are those of a grid
    (`catchment.GRID`) or of a table by unit (`catchment.BY_UNIT`); and whether the
    residents of every unit are known, else no share is given.
    """

    cells: gpd.GeoDataFrame
    basis: str
    complete: bool


class Cause(NamedTuple):
    """Why our value may differ from the published one: a code such as ``"new_towns"``.

    With the centres or the municipality that it speaks of, and how far the
    named centres are from a stop, metres, NaN where not measured.
    """

    code: str
    names: tuple[str, ...] = ()
    metres: tuple[float, ...] = ()


@dataclass(frozen=True, repr=False)
class Network:
    """The network of a project and its reach; columns as in the outputs, at full precision.

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

    def timetable(self, stops: StopInput) -> TimedFeed:
        """Give the timetable of a feed that is no plain table.

        Raises
        ------
        InputError
            If it has no stop times, or errors that only its timetable shows.
        """
        return self.inputs.timetables[stops.feed]()

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
    gaps_access, gaps_service, gaps_coverage, gaps_quality
        GeoDataFrames in EPSG:3059.
    hosts, residents, worst_off, standards, summary, gaps_municipalities, published
        Plain tables; `published` is empty on synthetic data, `residents` and
        `worst_off` where no population is given, `standards` without a ladder.
    causes
        What may explain the difference of each published figure, by its key.
    follow_up, gap_clusters, progress
        Plain tables: the planner's decisions and what became of them,
        neighbouring gaps, and how far the network has come by municipality.
    institutions, institution_places
        Plain tables: the nearest office of each institution from each unit, and the units that
        hold offices; empty where the offices are not given.
    candidates
        A plain table: the places of units without an existing centre, compared.
    reach
        Who can go there, be served and be home again; None where not asked, or where
        the timetables do not let it be told, as `reach_faults` say.
    openings
        In what order the remaining points open; None where not asked.
    """

    hosts: pd.DataFrame
    residents: pd.DataFrame
    worst_off: pd.DataFrame
    standards: pd.DataFrame
    summary: pd.DataFrame
    gaps_access: gpd.GeoDataFrame
    gaps_service: gpd.GeoDataFrame
    gaps_coverage: gpd.GeoDataFrame
    gaps_quality: gpd.GeoDataFrame
    gaps_municipalities: pd.DataFrame
    published: pd.DataFrame
    causes: Mapping[str, tuple[Cause, ...]]
    follow_up: pd.DataFrame
    gap_clusters: pd.DataFrame
    progress: pd.DataFrame
    institutions: pd.DataFrame
    institution_places: pd.DataFrame
    candidates: pd.DataFrame
    reach: ThereAndBack | None = None
    reach_faults: tuple[Fault, ...] = ()
    openings: Openings | None = None

    def _summary(self) -> str:
        gaps = f"{len(self.gaps_access)} access gaps, {len(self.gaps_coverage)} coverage gaps"
        return f"{super()._summary()}; {gaps}"
