"""What maps and legends tell apart, and how many of each: areas, points, streets, gaps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.analysis.coverage import BANDS, band_of, chosen_places, count_bands
from vpvkac.analysis.criteria import INSTITUTIONS, OTHER, institution_of
from vpvkac.analysis.network import (
    ANNOUNCED,
    EXISTING,
    NONE,
    PLANNED,
    STATUSES,
    is_open_centre,
    status_of,
)

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from vpvkac.analysis.network import Findings


# Least number of centres of each class (the analysis, 2.2, figure 5).
CENTRE_CLASSES = {"none": 0, "1": 1, "2-4": 2, "5-9": 5, "10+": 10}
# What of two things an area holds.
BOTH, FIRST, SECOND, NEITHER = "both", "first", "second", "neither"
WITHIN, BEYOND = "within", "beyond"


class ReachCounts(NamedTuple):
    """How many points lie within the threshold, beyond it, and where that is to be verified."""

    within: int
    beyond: int
    uncertain: int


def classify_counts(counts: pd.Series) -> pd.Series:
    """Give the class of each number of centres, a code of `CENTRE_CLASSES`."""
    codes = np.array(list(CENTRE_CLASSES), object)
    least = list(CENTRE_CLASSES.values())
    classes = codes[np.searchsorted(least, counts.to_numpy(), side="right") - 1]
    return pd.Series(classes, counts.index)


def classify_pair(first: pd.Series, second: pd.Series) -> pd.Series:
    """Tell of two counts of each area which are above zero: both, first, second, neither."""
    one, other = first > 0, second > 0
    codes = np.select([one & other, one, other], [BOTH, FIRST, SECOND], NEITHER)
    return pd.Series(codes, first.index)


def count_offices(municipalities: pd.DataFrame, offices: pd.DataFrame) -> pd.DataFrame:
    """Add to each municipality how many offices stand in it.

    Parameters
    ----------
    municipalities, offices
        With `municipality`.

    Returns
    -------
    table
        The municipalities with `institution_offices`.
    """
    counts = municipalities["municipality"].map(offices["municipality"].value_counts())
    return municipalities.assign(institution_offices=counts.fillna(0).astype("int64"))


def count_codes(codes: pd.Series) -> dict[str, int]:
    """Count how often each code occurs; nulls are none."""
    return {str(code): int(count) for code, count in codes.value_counts().items()}


def count_institutions(offices: pd.DataFrame) -> dict[str, int]:
    """Count offices by the institution they are named after, in its order, others last."""
    counts = count_codes(institution_of(offices["name"]))
    return {code: counts[code] for code in (*INSTITUTIONS, OTHER) if code in counts}


def count_centres(centres: pd.DataFrame) -> dict[tuple[int, str], int]:
    """Count centres by `band` and `reach` (`centres_to_show`), the nearest band and side first."""
    pairs = list(zip(centres["band"], centres["reach"], strict=True))
    in_order = sorted(set(pairs), key=lambda pair: (pair[0], pair[1] == BEYOND))
    return {pair: pairs.count(pair) for pair in in_order}


def count_measured(network: pd.DataFrame) -> pd.DataFrame:
    """Count the points that have a distance by band, all of them and those of each status.

    As `bands.count_bands`, in rows "all", "existing", "announced", "planned", without those of no
    point; with the share of each band of the row's points, `band_0_share` and so on.
    """
    measured = network[network["distance_m"].notna()]
    groups = {"all": measured}
    groups |= {status: measured[measured["status"] == status] for status in STATUSES}
    counts = {
        name: count_bands(points).loc["all"] for name, points in groups.items() if len(points)
    }
    table = pd.DataFrame(counts).T
    shares = table[list(BANDS)].div(table["measured"], axis=0) if counts else table
    return table.join(shares.add_suffix("_share"))


def count_sides(points: pd.DataFrame) -> ReachCounts:
    """Count points by `within` and `uncertain`; a null is neither."""
    within = points["within"].astype("boolean")
    uncertain = points["uncertain"].astype("boolean")
    return ReachCounts(int(within.sum()), int((~within).sum()), int(uncertain.sum()))


def is_beyond(points: pd.DataFrame) -> pd.Series:
    """Tell which points are known to be beyond the threshold."""
    return ~points["within"].astype("boolean").fillna(value=True).astype(bool)


def points_to_show(findings: Findings, others: Iterable[str] = ()) -> pd.DataFrame:
    """List the contact points and the places of gaps, those that need attention last.

    Returns
    -------
    points
        The point of every unit, every place of gaps_access and gaps_service
        that is not one, and `others` by key: columns of `places`, with the
        `status` of a point in place of the place's own.
    """
    listed = (findings.network, findings.gaps_access, findings.gaps_service)
    keys = {*others}.union(*(table["place"].dropna() for table in listed))
    places = findings.places[findings.places["place"].isin(keys)]
    frame = pd.DataFrame(places.drop(columns="geometry")).assign(status=status_of(places))
    order = frame["status"].map({PLANNED: 0, ANNOUNCED: 1, EXISTING: 2})
    frame = frame.assign(beyond=is_beyond(frame), order=order)
    return pd.DataFrame(frame.sort_values(["beyond", "order", "place"], kind="stable"))


def verdicts(network: pd.DataFrame) -> pd.Series:
    """Tell of each unit whether its point is within reach or beyond, or that it has none.

    By `unit`: "within", "beyond", "none", "unknown" where no distance is known.
    """
    within = network["within"].astype("boolean")
    cases = [network["status"] == NONE, within.fillna(value=False), ~within.fillna(value=True)]
    codes = np.select(cases, [NONE, WITHIN, BEYOND], "unknown")
    return pd.Series(codes, network["unit"].to_numpy())


def centres_by_status(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """List all centres, the announced first, with the `status` of a point in place of their own."""
    centres = places[places["host"] == "centre"].replace({"status": {"open": EXISTING}})
    return centres.sort_values("status")


def farthest_centres(centres: pd.DataFrame) -> pd.DataFrame:
    """List the centres beyond the threshold (`centres_to_show`), the farthest first."""
    beyond = centres[centres["reach"] == BEYOND]
    return beyond.sort_values(["distance_m", "place"], ascending=[False, True])


def libraries_to_show(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """List the libraries, those beyond the threshold last.

    Returns
    -------
    libraries
        Columns of `places`; `chosen` is whether it is the library of its unit
        that is nearest to a stop.
    """
    libraries = places[places["host"] == "library"].drop(columns="geometry")
    chosen = libraries["place"].isin(chosen_places(places, "library")["place"])
    frame = pd.DataFrame(libraries).assign(chosen=chosen, beyond=is_beyond(libraries))
    return frame.sort_values(["beyond", "place"], kind="stable")


def centres_to_show(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """List the open centres whose distance is known, the farthest last.

    Returns
    -------
    centres
        Columns of `places`, with `band` (`bands`) and `reach`, within or beyond.
    """
    known = is_open_centre(places) & places["distance_m"].notna()
    centres = pd.DataFrame(places[known].drop(columns="geometry"))
    reach = np.where(centres["within"].to_numpy(bool), WITHIN, BEYOND)
    banded = centres.assign(band=band_of(centres["distance_m"]), reach=reach)
    return banded.sort_values(["distance_m", "place"], ignore_index=True)


def streets_to_show(
    points: NDArray[np.object_],
    lines: NDArray[np.object_],
    tree: shapely.STRtree,
    distance_m: float,
    most_vertices: int,
) -> NDArray[np.int64]:
    """Choose the streets that a map has room for: those near the points, then the others.

    Parameters
    ----------
    points
        Positions in EPSG:3059, shape (n,), the most important first.
    lines, tree
        Streets in EPSG:3059, shape (m,), and their index.
    distance_m
        What counts as near, metres.
    most_vertices
        How many vertices all chosen lines may have together.

    Returns
    -------
    chosen
        Numbers of lines, ascending: as many of the order as have together at
        most so many vertices.
    """
    _, near = tree.query(points, predicate="dwithin", distance=distance_m)
    order = pd.unique(np.concatenate([near, np.arange(len(lines))]))
    vertices = np.cumsum(shapely.get_num_coordinates(lines[order]))
    return np.sort(order[vertices <= most_vertices])


class GapCounts(NamedTuple):
    """How many gaps the three lists of a unit's gaps hold, a place in two of them counted once."""

    access: int
    service: int
    coverage: int

    @property
    def total(self) -> int:
        """How many there are of all kinds."""
        return sum(self)


class AccessCounts(NamedTuple):
    """What the list of access gaps is made of.

    Parameters
    ----------
    beyond, to_verify
        Contact points beyond the threshold, and those within it whose position
        is uncertain.
    centres
        Open centres that are not their unit's point.
    """

    beyond: int
    to_verify: int
    centres: int


class DecidedCounts(NamedTuple):
    """How many points with a gap, and how many units with no point, a decision is about."""

    points: int
    units: int

    @property
    def total(self) -> int:
        """How many there are of both kinds."""
        return sum(self)


def count_gaps(access: pd.DataFrame, service: pd.DataFrame, coverage: pd.DataFrame) -> GapCounts:
    """Count the gaps of the lists (`gaps`), with `place`."""
    return GapCounts(len(access), len(only_rare(access, service)), len(coverage))


def only_rare(access: pd.DataFrame, service: pd.DataFrame) -> pd.DataFrame:
    """Take the rarely served places that are no access gap besides: each counts once, as that."""
    return service[~service["place"].isin(access["place"])]


def count_access(access: pd.DataFrame, network: pd.DataFrame, threshold_m: float) -> AccessCounts:
    """Count what the list of access gaps holds, by `place` and `distance_m`."""
    is_point = access["place"].isin(network["place"])
    beyond = access["distance_m"] > threshold_m
    return AccessCounts(
        int((is_point & beyond).sum()), int((is_point & ~beyond).sum()), int((~is_point).sum())
    )


def count_decided(
    access: pd.DataFrame, service: pd.DataFrame, coverage: pd.DataFrame
) -> DecidedCounts:
    """Count the gaps whose `decision` is not empty, a place in two lists once."""
    columns = ["place", "decision"]
    points = pd.concat([access[columns], service[columns]]).drop_duplicates("place")
    return DecidedCounts(
        int((points["decision"] != "").sum()), int((coverage["decision"] != "").sum())
    )


def count_remedies(
    access: pd.DataFrame, service: pd.DataFrame, coverage: pd.DataFrame
) -> dict[str, int]:
    """Count the gaps of the lists by `remedy`; a place in two of them counts once, as beyond."""
    lists = access, only_rare(access, service), coverage
    return count_codes(pd.concat([gaps["remedy"] for gaps in lists]))


def failing_points(criterion: str, network: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """List what falls short of a criterion with a target.

    Parameters
    ----------
    criterion
        units_none, centres_beyond or points_beyond.

    Returns
    -------
    failing
        Units with no point, rows of the network; or centres or points beyond the threshold,
        the farthest first, their name in `name`.
    """
    if criterion == "units_none":
        return network[network["status"] == NONE]
    if criterion == "centres_beyond":
        failing = places[is_open_centre(places) & is_beyond(places)]
    else:
        failing = network[is_beyond(network)].assign(name=network["place_name"])
    return failing.sort_values(["distance_m", "place"], ascending=[False, True])


def count_placings(places: pd.DataFrame, by: str = "located_by") -> pd.DataFrame:
    """Count places by how they were located, or by what their unit is known (`located_unit`).

    `places`; `located_within_m` of the worst placed; how many are `uncertain`, and `near_border`.
    """
    is_uncertain = places["uncertain"].astype("boolean").fillna(value=False).astype(bool)
    groups = places.assign(uncertain=is_uncertain).groupby(by)
    return groups.agg(
        places=("place", "size"),
        located_within_m=("located_within_m", "max"),
        uncertain=("uncertain", "sum"),
        near_border=("near_border", "sum"),
    )
