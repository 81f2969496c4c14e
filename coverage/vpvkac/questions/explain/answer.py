"""Everything that is known about one unit's contact point, gathered, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.access import measure
from vpvkac.analysis.coverage import least_threshold
from vpvkac.analysis.network import ANNOUNCED, NONE, build_network
from vpvkac.geo.geodesy import distance, to_degrees
from vpvkac.geo.nearest import nearest
from vpvkac.model.tables import TABLES
from vpvkac.model.territory import NONE as NO_UNIT
from vpvkac.questions.explain.question import Question, find_unit

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.analysis.network import Findings
    from vpvkac.model.project import Rules


# Why a place is the point, or what stands before it.
CHOSEN = "chosen"
NOT_A_HOST = "not_a_host"
LATER_HOST = "later_host"
NOT_YET_OPEN = "not_yet_open"
FARTHER = "farther"
HIGHER_KEY = "higher_key"
# Kinds of change; the thing changed stands beside.
STOP_SET = "stop_set"  # the stop set that counts
STOP_CLOSES = "stop_closes"  # the stop that is given up
THRESHOLD = "threshold_m"  # the threshold, metres
OPENS = "opens"  # the announced place that opens
CLOSES = "closes"  # the point, given up
HOST = "host"  # the kind of host that may hold a point too, after the others
POINT = "point"  # the place that the point is set up in

CANDIDATE_COLUMNS = (*TABLES["explain_candidates"].names, "why")
STEP_COLUMNS = ("host", "status", "places", "decides")
ELSEWHERE_COLUMNS = ("host", "place", "name", "address", "unit", "is_point", "distance_m")
_OF_POINT = TABLES["explain_point"].names
CHANGE_COLUMNS = ("change", "to", *_OF_POINT, "differs")
_COUNTED, _NOT_COUNTED = 5, 3
_STOP_SETS = ("regional", "bus", "all")
# Beside the run's own, the thresholds that the report compares.
_THRESHOLDS = (600.0, 800.0)


class Surroundings(NamedTuple):
    """The stops around a point.

    The nearest of the set that counts, ties by key; the nearest of the others; and how many of the
    set lie within the threshold, a stop place of several feeds once.
    """

    counted: pd.DataFrame
    not_counted: pd.DataFrame
    within: int

    @property
    def nearer(self) -> pd.DataFrame:
        """Those that do not count and are no farther than the farthest listed that does."""
        farthest = self.counted["distance_m"].max() if len(self.counted) else np.inf
        return self.not_counted[self.not_counted["distance_m"] <= farthest]


class Decision(NamedTuple):
    """How a point fares against the threshold; None where there is no point, or no stop.

    `over_m` is negative within reach. The distance could be from `least_m` to `most_m`, as
    precisely as the place is located; `uncertain` tells whether the decision could turn within
    these. `distance_all_m` is to the nearest stop of any kind but rail.
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

    `located_unit` is by what its unit is known; `near_border`: placed by polygon, near another
    unit; `stands_in` is the unit whose polygon
    holds the position, `owner` the municipality it belongs to, codes, empty where there is none.
    """

    located_by: str
    located_within_m: float
    near_border: bool
    located_unit: str
    stands_in: str
    owner: str


@dataclass(frozen=True)
class Others:
    """How many places the point could be moved to, how many within reach, and the nearest."""

    count: int
    within: int
    nearest: dict[Any, Any]


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
        What would change it (`CHANGE_COLUMNS`).
    gaps
        The unit's rows of the lists of access and coverage gaps; the `class` of the latter is
        "none".
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
    gaps: list[dict[Any, Any]]
    elsewhere: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Explanation: {self.unit['unit']} {self.unit['unit_name']}>"

    def other_places(self) -> Others | None:
        """Sum up the other places of the unit as its point; None where none has a distance."""
        rows = self.changes[self.changes["change"] == POINT].to_dict("records")
        if not rows or rows[0]["distance_m"] is None:
            return None
        best = min(rows, key=lambda row: (row["distance_m"], row["place"]))
        return Others(len(rows), sum(bool(row["within"]) for row in rows), best)


def answer(result: Findings, question: Question) -> Explanation:
    """Gather what is known of a unit.

    Raises UnitNotFoundError if no unit fits, or several do; it names the closest, or those.
    """
    found = find_unit(result.units, question.unit, result.places)
    unit = found.unit
    row = result.network.set_index("unit").loc[unit]
    has_point = row["status"] != NONE
    places = _candidates(result, unit)
    return Explanation(
        result=result,
        unit=records(_of_unit(result.units, unit)[list(TABLES["explain_unit"].names)])[0],
        others=found.others,
        steps=_steps(places, result.project.rules.hosts),
        candidates=places,
        surroundings=_surroundings(result, row["lat"], row["lon"]) if has_point else None,
        decision=_decide(result, row),
        placing=_placing(result, row["place"]) if has_point else None,
        changes=_changes(result, unit),
        gaps=[
            *records(_of_unit(result.gaps_access, unit)),
            *records(_of_unit(result.gaps_coverage, unit).assign(**{"class": "none"})),
        ],
        elsewhere=pd.DataFrame(columns=list(ELSEWHERE_COLUMNS))
        if has_point
        else _elsewhere(result, unit),
    )


def _of_unit(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    return pd.DataFrame(table[table["unit"] == unit].drop(columns="geometry"))


def records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Give rows as plain values, None for a null."""
    plain = table.astype(object)
    filled = plain.where(plain.notna(), None)
    return [
        {
            name: value.item() if hasattr(value, "item") else value
            for name, value in zip(filled.columns, row, strict=True)
        }
        for row in filled.to_numpy()
    ]


def _candidates(result: Findings, unit: str) -> pd.DataFrame:
    """List every place of a unit in the order in which the rule would take them.

    Places of hosts that may not hold a point come last, by their distance to a stop.
    """
    rank = {host: 2 * number for number, host in enumerate(result.project.rules.hosts)}
    places = _of_unit(result.places, unit)
    # An announced place comes after the open ones of its kind.
    places["step"] = places["host"].map(rank).astype(float) + (places["status"] == ANNOUNCED)
    order = places.sort_values(["step", "distance_m", "place"], na_position="last")
    order = order.reset_index(drop=True)
    first = order.iloc[:1].reindex([0]).iloc[0]
    step, is_first = order["step"], (order.index == 0) & order["step"].notna()
    tied = order["distance_m"].isna() | (order["distance_m"] == first["distance_m"])
    order["why"] = np.select(
        [step.isna(), is_first, step // 2 > first["step"] // 2, step > first["step"], tied],
        [NOT_A_HOST, CHOSEN, LATER_HOST, NOT_YET_OPEN, HIGHER_KEY],
        FARTHER,
    )
    return order[list(CANDIDATE_COLUMNS)]


def _steps(listed: pd.DataFrame, hosts: Sequence[str]) -> pd.DataFrame:
    """List the steps of the rule, how many candidates each finds, and which decides.

    Announced places are a step for centres, and for other hosts where there are such.
    """
    rows = []
    for host in hosts:
        of_host = listed[listed["host"] == host]
        waiting = of_host["status"] == ANNOUNCED
        steps = {"open": of_host[~waiting]}
        if host == "centre" or waiting.any():
            steps[ANNOUNCED] = of_host[waiting]
        for status, found in steps.items():
            rows.append((host, status, len(found), bool((found["why"] == CHOSEN).any())))
    return pd.DataFrame(rows, columns=list(STEP_COLUMNS))


def _surroundings(result: Findings, lat: float, lon: float) -> Surroundings:
    """Measure from a point to every stop."""
    stops = result.stops
    lats, lons = np.full(len(stops), lat), np.full(len(stops), lon)
    metres = distance(lats, lons, stops["lat"], stops["lon"])
    measured = stops.assign(distance_m=metres).sort_values(["distance_m", "stop"])
    in_set = measured["in_set"].astype(bool)
    table = pd.DataFrame(measured)[list(TABLES["explain_stops"].names)]
    return Surroundings(
        table[in_set].head(_COUNTED).reset_index(drop=True),
        table[~in_set].head(_NOT_COUNTED).reset_index(drop=True),
        int((stops["counted"] & (metres <= result.threshold_m)).sum()),
    )


def why_not_counted(modes: str) -> str:
    """Tell what keeps a stop out of the set: its feed, or that no bus calls there ("mode")."""
    return "feed" if modes.startswith("bus") else "mode"


def _decide(result: Findings, row: pd.Series) -> Decision:
    """Set out the decision on the point of a row of the network."""
    if row["status"] == NONE:
        return Decision(None, result.threshold_m)
    place, metres = str(row["place"]), float(row["distance_m"])
    any_stop = None if pd.isna(row["distance_all_m"]) else float(row["distance_all_m"])
    if pd.isna(metres):
        return Decision(place, result.threshold_m, distance_all_m=any_stop)
    radius = float(result.places.set_index("place").loc[place, "located_within_m"])
    return Decision(
        place,
        result.threshold_m,
        distance_m=metres,
        within=bool(row["within"]),
        over_m=metres - result.threshold_m,
        least_m=max(metres - radius, 0.0),
        most_m=metres + radius,
        uncertain=bool(row["uncertain"]),
        distance_all_m=any_stop,
    )


def _placing(result: Findings, place: str) -> Placing:
    """Tell how a place was located, and in whose polygon it stands."""
    row = result.places.set_index("place").loc[place]
    number = result.inputs.territory.holding(np.array([row["geometry"]], object))[0]
    units = result.inputs.territory.units["unit"]
    return Placing(
        str(row["located_by"]),
        float(row["located_within_m"]),
        bool(row["near_border"]),
        str(row["located_unit"]),
        "" if number == NO_UNIT else str(units[number]),
        str(row["owner"]),
    )


def _elsewhere(result: Findings, unit: str) -> pd.DataFrame:
    """Find the nearest contact point of another unit, and the nearest place of every host.

    Distances are geodesics from the unit's representative point, which lies
    inside its polygon. The nearest contact point comes first, then a place for
    each kind of host, nearest first, unless it is that point.
    """
    inside = result.units.set_index("unit").geometry.loc[[unit]].representative_point()
    lat, lon = to_degrees(inside.x, inside.y)
    others = pd.DataFrame(result.places[result.places["unit"] != unit]).drop(columns="geometry")
    rows = []
    for group in (others[others["chosen"]], *(of_host for _, of_host in others.groupby("host"))):
        if len(group):
            by_key = group.sort_values("place", ignore_index=True)
            found = nearest(lat, lon, by_key["lat"], by_key["lon"])
            rows.append(by_key.iloc[found.target].assign(distance_m=found.distance_m).iloc[0])
    if not rows:
        return pd.DataFrame(columns=list(ELSEWHERE_COLUMNS))
    table = pd.DataFrame(rows).rename(columns={"chosen": "is_point"})
    first, rest = table.iloc[:1], table.iloc[1:].sort_values(["distance_m", "place"])
    rest = rest[~rest["place"].isin(first["place"])]
    return pd.concat([first, rest], ignore_index=True)[list(ELSEWHERE_COLUMNS)]


# --- What would change it ----------------------------------------------------------------------


def _changes(result: Findings, unit: str) -> pd.DataFrame:
    """Judge a unit anew under each condition that could change its point or its reach.

    Nothing is guessed: places are measured and the point is chosen as in a run of the changed
    project. A row for each change, its point as in `network.csv`; `differs` tells whether status,
    place, reach or certainty do.
    """
    units, places = result.inputs.territory.units, result.inputs.places
    case = _Case(
        units[units["unit"] == unit],
        places[places["unit"] == unit].reset_index(drop=True),
        result.inputs.stops,
        result.project.rules,
    )
    now = case.point()
    rows = []
    for kind, to, point in (*_other_rules(case, now), *_other_places(case, now)):
        differs = any(
            point[name] != now[name] for name in ("status", "place", "within", "uncertain")
        )
        rows.append({"change": kind, "to": to, **point, "differs": differs})
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS), dtype=object)


class _Case(NamedTuple):
    """A unit (one row) with its places and all stops, to be judged anew."""

    unit: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    rules: Rules

    def point(self, **rules: Any) -> dict[str, Any]:
        """Give the unit's row of the network, by other rules if any are given."""
        by = replace(self.rules, **rules)
        network = build_network(self.unit, measure(self.places, self.stops, by), by.hosts)
        return records(pd.DataFrame(network[list(_OF_POINT)]))[0]

    def each_alone(self) -> list[dict[str, Any]]:
        """Give every place as the point of a unit that holds nothing else, in their order."""
        keys = self.places["place"].to_numpy()
        units = self.unit.iloc[np.zeros(len(keys), int)].assign(unit=keys)
        apart = measure(self.places, self.stops, self.rules).assign(unit=keys)
        network = build_network(units, apart, sorted(set(self.places["host"])))
        return records(pd.DataFrame(network[list(_OF_POINT)]))


def _other_rules(case: _Case, now: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Judge with other stops, and at other thresholds: the least one takes the point in."""
    if now["status"] != NONE and len(case.stops):
        for stop_set in _STOP_SETS:
            if stop_set != case.rules.stop_set:
                yield STOP_SET, stop_set, case.point(stop_set=stop_set)
        if now["stop"] is not None:
            left = case.stops[case.stops["stop"] != now["stop"]].reset_index(drop=True)
            yield STOP_CLOSES, now["stop"], case._replace(stops=left).point()
    if now["distance_m"] is not None:
        tried = {*_THRESHOLDS, least_threshold(now["distance_m"])} - {case.rules.threshold_m}
        for threshold_m in sorted(tried):
            yield THRESHOLD, threshold_m, case.point(threshold_m=threshold_m)


def _other_places(case: _Case, now: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Judge with a place opened, with the point given up, and with each place as the point."""
    places, hosts = case.places, case.rules.hosts
    waiting = (places["status"] == ANNOUNCED) & places["host"].isin(hosts)
    for place in places.loc[waiting, "place"]:
        opened = places.assign(status=places["status"].mask(places["place"] == place, "open"))
        yield OPENS, place, case._replace(places=opened).point()
    if now["status"] != NONE:
        left = places[places["place"] != now["place"]].reset_index(drop=True)
        yield CLOSES, now["place"], case._replace(places=left).point()
    for host in sorted(set(places["host"]) - set(hosts)):
        yield HOST, host, case.point(hosts=(*hosts, host))
    for point in case.each_alone():
        if point["place"] != now["place"]:
            yield POINT, point["place"], point
