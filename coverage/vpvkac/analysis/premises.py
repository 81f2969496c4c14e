"""Premises: how far places meet the rows of table 30, and the candidates of a unit compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.catchment import GRID
from vpvkac.analysis.network import EXISTING, Residents
from vpvkac.analysis.quality import CODES
from vpvkac.geo.nearest import Targets
from vpvkac.inputs.optional import with_answers
from vpvkac.model.project import TABLE_30
from vpvkac.model.tables import TABLES
from vpvkac.sources.plain import NO, REQUIREMENTS, UNKNOWN, YES

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from vpvkac.analysis.network import Network
    from vpvkac.model.project import Rules

# "2. stāvs", "3.stāvā", "II stāvs", "otrais stāvs"; below the ground too.
_UPSTAIRS = (
    r"(?:\b(?:[2-9]|[1-9]\d)\s*\.?|\b(?:I{2,3}|IV|V)|\b(?:otr|treš|ceturt|piekt)\w+)\s*stāv(?:s|ā|a|u|i)\b"
    r"|pagrabstāv|cokolstāv"
)
# What candidates are compared by.
MEASURES = ("distance_m", "quality_class", "residents_within", "step_free", "weekly_h")
_FLOOR = "stāv"
# Kinds that hold no contact point of a municipality.
_OF_STATE = ("institution", "state_centre")


def with_compliance(
    places: gpd.GeoDataFrame, checklist: pd.DataFrame | None, rules: Rules
) -> gpd.GeoDataFrame:
    """Add the answers, and how many of the rows that bind are met, not met and not known.

    `compliance` is met / (met + not met), null where the checklist answers none of them; what is
    not known is never met.  Null throughout without a checklist.  `floor_check` tells the places
    upstairs by their address, unless the checklist answers for their entrance.
    """
    places = with_answers(places, checklist)
    # Few addresses tell a floor, and those are found quickly.
    is_upstairs = places["address"].str.contains(_FLOOR, case=False, regex=False, na=False)
    few = places.loc[is_upstairs, "address"]
    is_upstairs[is_upstairs] = few.str.contains(_UPSTAIRS, case=False, regex=True)
    open_question = ~places["step_free"].isin([YES, NO])
    places = places.assign(floor_check=(is_upstairs & open_question).to_numpy(bool))
    counts = ["requirements_met", "requirements_not_met", "requirements_unknown"]
    if checklist is None:
        nothing = pd.array([pd.NA] * len(places), "Int64")
        return places.assign(**dict.fromkeys(counts, nothing), compliance=np.nan)
    answers = places[list(REQUIREMENTS)].assign(stop_near=stop_near(places))
    is_centre = (places["host"] == "centre").to_numpy()
    binds = np.column_stack(
        [np.where(is_centre, row in rules.binding_centre, row in rules.binding_library)
         for row in map(TABLE_30.__getitem__, answers.columns)]
    )  # fmt: skip
    table = answers.to_numpy(object)
    for name, answer in zip(counts, (YES, NO, UNKNOWN), strict=True):
        places[name] = pd.array(((table == answer) & binds).sum(axis=1), "Int64")
    met, not_met = (places[name].to_numpy(float) for name in counts[:2])
    # The distance to a stop alone, the last column, says nothing of premises.
    is_answered = (np.isin(table[:, :-1], [YES, NO]) & binds[:, :-1]).any(axis=1)
    share = np.divide(met, met + not_met, out=np.full(len(places), np.nan), where=is_answered)
    return places.assign(compliance=share)


def stop_near(places: pd.DataFrame) -> NDArray[np.str_]:
    """Answer row 6.2, a stop within the threshold; unknown where the place is uncertain."""
    is_sure = places["within"].notna() & ~places["uncertain"].fillna(value=True).astype(bool)
    near = np.where(places["within"].fillna(value=False).astype(bool), YES, NO)
    return np.where(is_sure, near, UNKNOWN)


def compare_candidates(result: Network) -> pd.DataFrame:
    """Compare the places of units that have several and no existing centre: `candidates`.

    Nearer to a stop, of a better quality class, with more residents within the threshold,
    step-free, open longer: one is on the front unless another of its unit is at least as good in
    all and better in some, `better_place` the first of these.  What is known of one and not of the
    other leaves the two side by side; what is known of neither is left out.
    """
    from vpvkac.analysis.opening import hours_a_week

    names = list(TABLES["candidates"].names)
    closed = result.network.loc[result.network["status"] != EXISTING, "unit"]
    places = pd.DataFrame(result.places).rename(columns={"name": "place_name"})
    places = places[places.columns.intersection([*names, "lat", "lon", "hours"])]
    places = places[places["unit"].isin(closed) & ~places["host"].isin(_OF_STATE)]
    places = places[places.duplicated("unit", keep=False)]
    of_unit = result.units[["unit", "unit_name", "municipality_name"]]
    table = places.merge(pd.DataFrame(of_unit), on="unit", validate="many_to_one")
    table = table.sort_values(["unit", "place"], ignore_index=True)
    table["residents_within"] = _residents_within(table, result.living, result.threshold_m)
    hours = hours_a_week(table["hours"], np.nan)
    table["weekly_h"] = hours["least"].to_numpy(float)
    better = _first_better(table)
    table["on_front"] = better < 0
    table["better_place"] = np.array([*table["place"], None], object)[better]
    return table[names]


def _residents_within(
    table: pd.DataFrame, living: Residents | None, metres: float
) -> pd.api.extensions.ExtensionArray:
    """Count the residents within a distance of each place; null unless they are on a grid."""
    if living is None or living.basis != GRID or table.empty:
        return pd.array([pd.NA] * len(table), "Int64")
    cells = living.cells
    pairs = Targets(cells["lat"], cells["lon"]).within(table["lat"], table["lon"], metres)
    people = cells["population"].to_numpy(float)[pairs.target]
    return pd.array(np.bincount(pairs.origin, people, len(table)).astype(np.int64), "Int64")


def measures(table: pd.DataFrame) -> NDArray[np.float64]:
    """Give what candidates are compared by, a column each of `MEASURES`: more is better.

    NaN where it is not known.
    """
    return np.column_stack([
        -table["distance_m"].to_numpy(float, na_value=np.nan),
        -table["quality_class"].map({code: n for n, code in enumerate(CODES)}).to_numpy(float),
        table["residents_within"].to_numpy(float, na_value=np.nan),
        table["step_free"].map({NO: 0.0, YES: 1.0}).to_numpy(float),
        table["weekly_h"].to_numpy(float, na_value=np.nan),
    ])  # fmt: skip


def _first_better(table: pd.DataFrame) -> NDArray[np.int64]:
    """Find for each row the first of its unit that is at least as good in all and better, or -1."""
    values = measures(table)
    values = values[:, ~np.isnan(values).all(axis=0)]
    found = np.full(len(table), -1)
    numbers = pd.DataFrame({"unit": pd.factorize(table["unit"])[0], "row": np.arange(len(table))})
    pairs = numbers.merge(numbers, on="unit", suffixes=("", "_other"))
    own, other = values[pairs["row"]], values[pairs["row_other"]]
    as_good = (other >= own) | (np.isnan(own) & np.isnan(other))
    dominates = np.all(as_good, axis=1) & np.any(other > own, axis=1)
    first = pairs[dominates].drop_duplicates("row")
    found[first["row"]] = first["row_other"]
    return found
