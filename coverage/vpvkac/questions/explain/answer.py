"""Everything that is known about one unit's contact point, gathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.network import ANNOUNCED, NONE, Findings
from vpvkac.geo.geodesy import distance, to_degrees
from vpvkac.geo.nearest import nearest
from vpvkac.model.territory import NONE as NO_UNIT
from vpvkac.questions.explain.changes import changes
from vpvkac.questions.explain.finding import find_unit

if TYPE_CHECKING:
    from vpvkac.analysis.network import Findings


_OF_UNIT = (
    "unit", "unit_name", "kind", "municipality", "municipality_name", "region", "area_km2",
    "population", "population_least", "population_most", "centres", "announced", "libraries",
    "post_offices", "other", "stops", "status",
)  # fmt: skip
_OF_GAP = (
    "class", "place", "distance_m", "over_m", "alt_place", "alt_name", "alt_distance_m", "remedy",
    "place_name", "stop_name", "located_within_m", "alt_host", "alt_address", "alt_service_class",
    "alt_visits_within", "nearest_name", "nearest_unit_name", "nearest_m",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why a unit's contact point is what it is, and what would change it.

    Parameters
    ----------
    result
        The analysis explained.
    unit
        The unit's row of `units.csv`, None for what is not known.
    others
        Codes of the units whose name is the same but for the kind.
    steps
        The steps of the rule and which decides (`STEP_COLUMNS`).
    candidates
        Every place of the unit (`CANDIDATE_COLUMNS`).
    surroundings
        The stops around the point; None where there is no point.
    decision
        Within reach or beyond, and how surely.
    placing
        How the point came to its position and unit; None where there is none.
    changes
        What would change it (`changes.COLUMNS`).
    gaps
        The unit's rows of the lists of access and coverage gaps: the facts of their reasons,
        and the remedies.
    elsewhere
        For a unit with no point, what is nearest outside it (`ELSEWHERE_COLUMNS`).
    """

    result: Findings
    unit: dict[str, Any]
    others: tuple[str, ...]
    steps: pd.DataFrame
    candidates: pd.DataFrame
    surroundings: Surroundings | None
    decision: Decision
    placing: Placing | None
    changes: pd.DataFrame
    gaps: list[dict[str, Any]]
    elsewhere: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Explanation: {self.unit['unit']} {self.unit['unit_name']}>"


def answer(result: Findings, unit: str) -> Explanation:
    """Gather what is known of a unit, named by code or name.

    Raises
    ------
    vpvkac.questions.explain.finding.UnitNotFoundError
        If no unit fits, or several do; it names the closest, or those that fit.
    """
    found = find_unit(result.units, unit, result.places)
    row = result.network.set_index("unit").loc[found.unit]
    has_point = row["status"] != NONE
    listed = candidates(result, found.unit)
    return Explanation(
        result=result,
        unit=_of_unit(result, found.unit),
        others=found.others,
        steps=steps(listed, result.project.rules.hosts),
        candidates=listed,
        surroundings=surroundings(result, row["lat"], row["lon"]) if has_point else None,
        decision=decide(result, found.unit),
        placing=placing(result, row["place"]) if has_point else None,
        changes=changes(result, found.unit),
        gaps=_gaps_of(result, found.unit),
        elsewhere=pd.DataFrame(columns=list(ELSEWHERE_COLUMNS))
        if has_point
        else elsewhere(result, found.unit),
    )


def _of_unit(result: Findings, unit: str) -> dict[str, Any]:
    row = result.units[result.units["unit"] == unit][list(_OF_UNIT)]
    return records(row)[0]


def _gaps_of(result: Findings, unit: str) -> list[dict[str, Any]]:
    """Give the unit's rows of the gap lists; a coverage gap has no place and no distance."""
    tables = (result.gaps_access, result.gaps_coverage.assign(**{"class": "none"}))
    rows = [
        pd.DataFrame(table[table["unit"] == unit]).reindex(columns=list(_OF_GAP))
        for table in tables
    ]
    return [record for table in rows for record in records(table)]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give rows as plain values, None for a null."""
    plain = table.astype(object)
    filled = plain.where(plain.notna(), None)
    return [
        {name: _plain(value) for name, value in zip(filled.columns, row, strict=True)}
        for row in filled.to_numpy()
    ]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


CHOSEN = "chosen"
NOT_A_HOST = "not_a_host"
LATER_HOST = "later_host"
NOT_YET_OPEN = "not_yet_open"
FARTHER = "farther"
HIGHER_KEY = "higher_key"
WHYS = (CHOSEN, NOT_A_HOST, LATER_HOST, NOT_YET_OPEN, FARTHER, HIGHER_KEY)
CANDIDATE_COLUMNS = (
    "place", "host", "name", "address", "status", "distance_m", "within", "uncertain", "stop",
    "stop_name", "located_by", "located_within_m", "near_border", "why",
)  # fmt: skip
STEP_COLUMNS = ("host", "status", "places", "decides")


def candidates(result: Findings, unit: str) -> pd.DataFrame:
    """List every place of a unit in the order in which the rule would take them.

    Returns
    -------
    candidates
        `CANDIDATE_COLUMNS`; `why` is one of `WHYS`.  Places of hosts that may not hold a
        point come last, by their distance to a stop.
    """
    hosts = result.project.rules.hosts
    places = pd.DataFrame(result.places[result.places["unit"] == unit]).drop(columns="geometry")
    places["step"] = _steps_of(places, hosts)
    order = places.sort_values(["step", "distance_m", "place"], na_position="last")
    order["why"] = _whys(order)
    return order.reset_index(drop=True)[list(CANDIDATE_COLUMNS)]


def steps(listed: pd.DataFrame, hosts: Sequence[str]) -> pd.DataFrame:
    """List the steps of the rule, how many places of the unit each finds, and which decides.

    Parameters
    ----------
    listed
        `candidates`.
    hosts
        Kinds of host that may hold a point, the preferred first.

    Returns
    -------
    steps
        `STEP_COLUMNS`; announced places are a step for centres, and for other
        hosts where there are such.
    """
    rows = []
    for host in hosts:
        of_host = listed[listed["host"] == host]
        waiting = of_host["status"] == ANNOUNCED
        rows.append((host, "open", of_host[~waiting]))
        if host == "centre" or waiting.any():
            rows.append((host, ANNOUNCED, of_host[waiting]))
    return pd.DataFrame(
        [
            (host, status, len(found), bool((found["why"] == CHOSEN).any()))
            for host, status, found in rows
        ],
        columns=list(STEP_COLUMNS),
    )


def _steps_of(places: pd.DataFrame, hosts: Sequence[str]) -> pd.Series:
    """Give the step that finds each place; NaN for a host that may not hold a point."""
    rank = places["host"].map({host: number for number, host in enumerate(hosts)}).astype(float)
    return 2 * rank + (places["status"] == ANNOUNCED)


def _whys(order: pd.DataFrame) -> np.ndarray:
    """Say of each place why it is the point, or what stands before it."""
    if len(order) == 0:
        return np.empty(0, object)
    first = order.iloc[0]
    none = np.isnan(first["step"])
    is_first = (order["place"] == first["place"]) & (not none)
    later_host = order["step"] // 2 > first["step"] // 2
    tied = order["distance_m"].isna() | (order["distance_m"] == first["distance_m"])
    return np.select(
        [order["step"].isna(), is_first, later_host, order["step"] > first["step"], tied],
        [NOT_A_HOST, CHOSEN, LATER_HOST, NOT_YET_OPEN, HIGHER_KEY],
        FARTHER,
    )


COLUMNS = ("stop", "stop_name", "feed", "regional", "modes", "visits", "distance_m")
_COUNTED, _NOT_COUNTED = 5, 3


class Surroundings(NamedTuple):
    """The stops around a point.

    Parameters
    ----------
    counted
        The nearest stops of the set that counts, `COLUMNS`; ties by key.
    not_counted
        The nearest of the others.
    within
        How many stops of the set lie within the threshold, a stop place of
        several feeds once.
    """

    counted: pd.DataFrame
    not_counted: pd.DataFrame
    within: int


def surroundings(result: Findings, lat: float, lon: float) -> Surroundings:
    """Measure from a point to every stop."""
    stops = result.stops
    lats, lons = np.full(len(stops), lat), np.full(len(stops), lon)
    metres = distance(lats, lons, stops["lat"], stops["lon"])
    measured = stops.assign(distance_m=metres).sort_values(["distance_m", "stop"])
    in_set = measured["in_set"].astype(bool)
    table = pd.DataFrame(measured)[list(COLUMNS)]
    return Surroundings(
        table[in_set].head(_COUNTED).reset_index(drop=True),
        table[~in_set].head(_NOT_COUNTED).reset_index(drop=True),
        int((stops["counted"] & (metres <= result.threshold_m)).sum()),
    )


class Decision(NamedTuple):
    """How a point fares against the threshold.

    Parameters
    ----------
    place
        The point; None where the unit has none.
    distance_m
        To the nearest stop of the set; None without stops, as all that follows.
    within
        ``distance_m <= threshold_m``.
    over_m
        Metres beyond the threshold; negative within it.
    least_m, most_m
        What the distance could be, as precisely as the place is located.
    uncertain
        Whether the decision could turn within these.
    distance_all_m
        To the nearest stop of any kind but rail.
    """

    place: str | None
    threshold_m: float
    distance_m: float | None = None
    within: bool | None = None
    over_m: float | None = None
    least_m: float | None = None
    most_m: float | None = None
    uncertain: bool | None = None
    distance_all_m: float | None = None


class Placing(NamedTuple):
    """How a place came to its position and to its unit.

    Parameters
    ----------
    located_by, located_within_m
        DESIGN.md, "Placing".
    near_border
        Placed by polygon, near another unit.
    stands_in
        Code of the unit whose polygon holds the position; empty where none does.
    owner
        Code of the municipality that it belongs to; empty where not known.
    """

    located_by: str
    located_within_m: float
    near_border: bool
    stands_in: str
    owner: str


def decide(result: Findings, unit: str) -> Decision:
    """Set out the decision on a unit's point."""
    row = result.network.set_index("unit").loc[unit]
    if row["status"] == NONE:
        return Decision(None, result.threshold_m)
    place, metres = str(row["place"]), row["distance_m"]
    any_stop = None if pd.isna(row["distance_all_m"]) else float(row["distance_all_m"])
    if pd.isna(metres):
        return Decision(place, result.threshold_m, distance_all_m=any_stop)
    radius = float(result.places.set_index("place").loc[place, "located_within_m"])
    return Decision(
        place,
        result.threshold_m,
        distance_m=float(metres),
        within=bool(row["within"]),
        over_m=float(metres) - result.threshold_m,
        least_m=max(float(metres) - radius, 0.0),
        most_m=float(metres) + radius,
        uncertain=bool(row["uncertain"]),
        distance_all_m=any_stop,
    )


def placing(result: Findings, place: str) -> Placing:
    """Tell how a place was located, and in whose polygon it stands."""
    row = result.places.set_index("place").loc[place]
    number = result.inputs.territory.holding(np.array([row["geometry"]], object))[0]
    units = result.inputs.territory.units["unit"]
    return Placing(
        str(row["located_by"]),
        float(row["located_within_m"]),
        bool(row["near_border"]),
        "" if number == NO_UNIT else str(units[number]),
        str(row["owner"]),
    )


ELSEWHERE_COLUMNS = ("host", "place", "name", "address", "unit", "is_point", "distance_m")


def elsewhere(result: Findings, unit: str) -> pd.DataFrame:
    """Find the nearest contact point of another unit, and the nearest place of every host.

    Distances are geodesics from the unit's representative point, which lies
    inside its polygon (DESIGN.md, "`nearest_m`").

    Returns
    -------
    elsewhere
        `ELSEWHERE_COLUMNS`: the nearest contact point first, then a place for each kind
        of host, nearest first, unless it is that point.
    """
    inside = result.units.set_index("unit").geometry.loc[[unit]].representative_point()
    lat, lon = to_degrees(inside.x, inside.y)
    others = result.places[result.places["unit"] != unit]
    others = pd.DataFrame(others).drop(columns="geometry")
    points = others[others["chosen"]]
    groups = [points, *(of_host for _, of_host in others.groupby("host"))]
    rows = []
    for group in groups:
        if len(group):
            sorted_group = group.sort_values("place", ignore_index=True)
            found = nearest(lat, lon, sorted_group["lat"], sorted_group["lon"])
            rows.append(sorted_group.iloc[found.target].assign(distance_m=found.distance_m).iloc[0])
    if not rows:
        return pd.DataFrame(columns=list(ELSEWHERE_COLUMNS))
    table = pd.DataFrame(rows).rename(columns={"chosen": "is_point"})
    first, rest = table.iloc[:1], table.iloc[1:].sort_values(["distance_m", "place"])
    rest = rest[~rest["place"].isin(first["place"])]
    return pd.concat([first, rest], ignore_index=True)[list(ELSEWHERE_COLUMNS)]
