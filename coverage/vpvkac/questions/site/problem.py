"""The problem: who is to be reached, from where, and what each candidate would do for them.

Both methods are one question: a set S of new points is worth
Σ_i max_{j ∈ S} s_ij, where s_ij is what candidate j saves for demand i.

- Maximal covering (Church & ReVelle 1974): s_ij is the weight of i if j is
  within the radius and no locked point is, else 0.
- p-median (Hakimi 1964; ReVelle & Swain 1970): s_ij is the weight of i times
  the metres by which j is nearer than the limit of i.  With locked points the
  limit is the distance to the nearest of them: no candidate farther away can
  help, so that leaving them out loses nothing.

Savings are whole numbers (weights, or weights × millimetres), and sums exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csc_array

from vpvkac.analysis.network import Network, is_open_centre, points_and_centres
from vpvkac.analysis.sets import number_sets
from vpvkac.geo.geodesy import to_degrees
from vpvkac.geo.nearest import Nearest, Pairs, Targets, nearest
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import INPUT_OF_HOST
from vpvkac.questions.site.question import STOPS, Existing, Weights
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEMAND_COLUMNS = ("demand", "unit", "lat", "lon", "weight", "least", "most")
PLACE_COLUMNS = ("place", "host", "name", "unit", "lat", "lon")
USUAL = ("library", "municipal_premises", "post_office")
MILLIMETRES = 1000
_COUNTS = ("weight", "least", "most")
_NONE = np.empty(0, np.int64)
_NO_PAIRS = Pairs(_NONE, _NONE, np.empty(0))


def demand_table(result: Network, weights: Weights) -> pd.DataFrame:
    """List the places of demand (`DEMAND_COLUMNS`), sorted by unit and key.

    Residents stand in the middle of their cell of the grid, or at their unit's representative
    point where they are counted by unit.  With the weights `units` every unit counts 1, at its
    representative point.  Weights are whole numbers above 0, with the band that suppressed counts
    leave.  Raises InputError if residents are to be weighed and none are given.
    """
    residents = result.inputs.residents
    if weights == "units":
        middles = result.units.geometry.representative_point()
        lat, lon = to_degrees(middles.x, middles.y)
        unit, one = result.units["unit"], np.ones(len(middles), np.int64)
        table = pd.DataFrame(
            {"demand": unit, "unit": unit, "lat": lat, "lon": lon} | dict.fromkeys(_COUNTS, one)
        )
    elif residents is None:
        problem = Message("no residents are given")
        remedy = Message("name population, or choose --weights units")
        raise _refused(result, problem, remedy, "inputs.population")
    else:
        published = ("population", "population_least", "population_most")
        names = {"cell": "demand", **dict(zip(published, _COUNTS, strict=True))}
        table = pd.DataFrame(residents.drop(columns="geometry")).rename(columns=names)
        table = table[table["weight"] > 0]
        if table.empty:
            problem = Message("has no residents")
            remedy = Message("check the file, or choose --weights units")
            raise _refused(result, problem, remedy, "inputs.population")
        table = table.astype(dict.fromkeys(_COUNTS, np.int64))
    return table.sort_values(["unit", "demand"], ignore_index=True)[list(DEMAND_COLUMNS)]


def locked_points(result: Network, existing: Existing) -> pd.DataFrame:
    """List the points that stay where they are (`PLACE_COLUMNS`), sorted by `place`.

    "open": every open centre; "network": the announced centres and the planned points too, one
    per unit.
    """
    places = result.places
    if existing == "network":
        return _by_place(points_and_centres(result.network, places))
    return _by_place(places[is_open_centre(places)])


def candidate_places(
    result: Network, kinds: Sequence[str] | None, locked: pd.DataFrame
) -> pd.DataFrame:
    """List the places where a new point could go (`PLACE_COLUMNS`), sorted by `place`.

    Kinds of host, or "stops" for the stops of the set; None for those of `USUAL` that the project
    gives.  A place that holds a point is no candidate.  Raises InputError if a kind is not given
    in the project, or there is no candidate.
    """
    asked = USUAL if kinds is None else tuple(dict.fromkeys(kinds))
    given = {*result.project.hosts, *([STOPS] if result.project.stops else [])}
    if kinds is not None and (missing := [kind for kind in asked if kind not in given]):
        problem = Message("is not given in the project")
        remedy = Message("name it, or choose other candidates")
        field_of = {STOPS: STOPS} | {str(host): field for host, field in INPUT_OF_HOST.items()}
        fields = [f"inputs.{field_of[kind]}" for kind in missing]
        raise _refused(result, problem, remedy, *fields)
    tables = [_by_place(result.places[result.places["host"].isin(asked)])]
    if STOPS in asked:
        stops = result.stops[result.stops["in_set"] & (result.stops["unit"] != "")]
        named = stops.rename(columns={"stop": "place", "stop_name": "name"})
        tables.append(_by_place(named.assign(host=STOPS)))
    every = pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)
    free = every[~every["place"].isin(locked["place"])]
    if free.empty:
        problem = Message("there is no candidate place without a point")
        remedy = Message("choose other --candidates")
        raise _refused(result, problem, remedy, "--candidates")
    return _by_place(free)


def _refused(result: Network, problem: Text, remedy: Text, *fields: str) -> InputError:
    file = str(result.project.path)
    return InputError([Fault("error", file, problem, remedy, field=field) for field in fields])


def _by_place(places: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame(places)[list(PLACE_COLUMNS)]
    return table.sort_values("place", ignore_index=True).astype({"lat": float, "lon": float})


def pairs_within(points: pd.DataFrame, demand: pd.DataFrame, radius_m: float) -> Pairs:
    """Pair points with the demand no farther than the radius, ordered by point, then demand."""
    if points.empty:
        return _NO_PAIRS
    targets = Targets(demand["lat"], demand["lon"])
    return targets.within(points["lat"], points["lon"], radius_m)


def nearest_of(demand: pd.DataFrame, points: pd.DataFrame) -> Nearest:
    """Find the nearest of the points for each place of demand."""
    return nearest(demand["lat"], demand["lon"], points["lat"], points["lon"])


def is_covered(points: pd.DataFrame, demand: pd.DataFrame, radius_m: float) -> NDArray[np.bool_]:
    """Tell which places of demand lie within the radius of any of the points; shape (n,)."""
    covered = np.zeros(len(demand), bool)
    covered[pairs_within(points, demand, radius_m).target] = True
    return covered


def cover_savings(
    demand: pd.DataFrame, candidates: pd.DataFrame, already: NDArray[np.bool_], radius_m: float
) -> csc_array:
    """Compute what each candidate would newly cover: weights, int64, shape (n, m).

    `already` tells the demand that a locked point covers, shape (n,).
    """
    pairs = pairs_within(candidates, demand, radius_m)
    weight = np.where(already, 0, demand["weight"].to_numpy(np.int64))
    shape = (len(demand), len(candidates))
    return _sparse(pairs.target, pairs.origin, weight[pairs.target], shape)


def distance_savings(
    demand: pd.DataFrame, candidates: pd.DataFrame, limit_m: NDArray[np.float64]
) -> csc_array:
    """Compute by how much each candidate would bring a point nearer than a limit, shape (n,).

    Savings are weights × millimetres, int64, shape (n, m).
    """
    lat, lon = demand["lat"].to_numpy(float), demand["lon"].to_numpy(float)
    targets = Targets(candidates["lat"], candidates["lon"])
    # Places of like limits are looked up together, and the looks are at most twice too wide.
    band = np.floor(np.log2(np.maximum(limit_m, 1))).astype(int)
    bands = [_NO_PAIRS]
    for one in np.unique(band):
        rows = np.flatnonzero(band == one)
        pairs = targets.within(lat[rows], lon[rows], float(limit_m[rows].max()))
        bands.append(pairs._replace(origin=rows[pairs.origin]))
    origin, target, metres = (np.concatenate(part) for part in zip(*bands, strict=True))
    near = metres <= limit_m[origin]
    origin, target, metres = origin[near], target[near], metres[near]
    limit, away = (np.rint(part * MILLIMETRES).astype(np.int64) for part in (limit_m, metres))
    saved = demand["weight"].to_numpy(np.int64)[origin] * (limit[origin] - away)
    return _sparse(origin, target, saved, (len(demand), len(candidates)))


def _sparse(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    saved: NDArray[np.int64],
    shape: tuple[int, int],
) -> csc_array:
    some = saved > 0
    table = csc_array((saved[some], (row[some], column[some])), shape=shape)
    table.sort_indices()
    return table


def distinct_candidates(savings: csc_array) -> NDArray[np.int64]:
    """List the candidates that differ in what they save; of equal ones the first, sorted.

    Those that save nothing are left out.
    """
    amounts, amount = np.unique(savings.data, return_inverse=True)
    entry = savings.indices.astype(np.int64) * len(amounts) + amount
    number = number_sets(savings.indptr, entry)
    first = np.sort(np.unique(number, return_index=True)[1].astype(np.int64))
    return np.asarray(first[np.diff(savings.indptr)[first] > 0])
