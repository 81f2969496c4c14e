"""Further rows of the summary, there where the inputs allow them.

Tables 5 and 6 and figure 11 of the 2020 analysis: municipalities by centres
owned, development centres by level, institutions' offices; the residents, the
checklist of premises, how often the points are served, and who lives near.
Counts by owner stand beside those by place where the two differ
(REFERENCE.md, "Network and reach").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.analysis import catchment, network, service
from vpvkac.analysis.institutions import INSTITUTIONS, OTHER, institution_of
from vpvkac.analysis.network import is_open_centre
from vpvkac.inputs import suitability
from vpvkac.inputs.population import COUNTS
from vpvkac.sources.planner_tables import LEVELS, REQUIREMENTS

if TYPE_CHECKING:
    import pandas as pd

OWNED = "_owned"
MUNICIPAL = (
    "municipalities_with_centre", "municipalities_one", "municipalities_several",
    "municipalities_none",
)  # fmt: skip
CRITERIA = (
    *(f"{criterion}{OWNED}" for criterion in MUNICIPAL),
    *(
        f"development_{level}{ending}"
        for level in LEVELS
        for ending in ("", "_with_centre", f"_with_centre{OWNED}")
    ),
    "municipal_premises",
    "institutions",
    *(f"institution_{institution}" for institution in (*INSTITUTIONS, OTHER)),
    "institution_units",
    "institution_units_with_centre",
    "institution_municipalities",
    "institution_municipalities_with_centre",
    f"institution_municipalities_with_centre{OWNED}",
    "population",
    *(
        f"points_{requirement}_{answer}"
        for requirement in REQUIREMENTS
        for answer in suitability.ANSWERS
    ),
    *service.CRITERIA,
    *(
        f"population_within_{radius}_{points}"
        for points in (network.EXISTING, catchment.NETWORK)
        for radius in catchment.RADII_M
    ),
)


class Row(NamedTuple):
    """A criterion, its value, and the band of a count made from suppressed cells."""

    criterion: str
    value: float
    least: float = float("nan")
    most: float = float("nan")


class Further(NamedTuple):
    """The tables that the further rows are made of.

    Parameters
    ----------
    places
        Measured places with their service, the checklist's answers and `chosen`.
    residents
        `catchment.COLUMNS`.
    development
        With `by_place` and `by_owner`; None where they are not given.
    given
        Inputs of the project, as it names them.
    """

    units: pd.DataFrame
    places: pd.DataFrame
    municipalities: pd.DataFrame
    residents: pd.DataFrame
    development: pd.DataFrame | None
    given: frozenset[str]


def further_rows(tables: Further) -> list[Row]:
    """Give the rows that the inputs allow, in the order of `CRITERIA`."""
    rows: list[Row] = []
    if "centres" in tables.given:
        rows += _by_owner(tables.municipalities)
    if tables.development is not None:
        rows += _development(tables.development, known="centres" in tables.given)
    if "municipal_premises" in tables.given:
        count = (tables.places["host"] == "municipal_premises").sum()
        rows.append(Row("municipal_premises", float(count)))
    if "institutions" in tables.given:
        rows += _institutions(tables)
    if "population" in tables.given:
        rows.append(Row("population", *(_total(tables.units[name]) for name in COUNTS)))
    if "suitability" in tables.given:
        rows += _answers(tables.places)
    points = tables.places[tables.places["chosen"]]
    rows += [Row(*counted) for counted in service.counted(points["service_class"]).items()]
    return rows + _within(tables.residents)


def _within(residents: pd.DataFrame) -> list[Row]:
    """Give the residents within each distance of the points."""
    rows = residents[residents["radius_m"].notna()]
    return [
        Row(f"population_{measure}_{points}", *map(float, band))
        for measure, points, *band in rows[
            ["measure", "points", "residents", "least", "most"]
        ].itertuples(index=False)
    ]


def by_centres(held: pd.Series) -> dict[str, float]:
    """Count municipalities with a centre, with one, with several and with none."""
    counts = ((held > 0).sum(), (held == 1).sum(), (held > 1).sum(), (held == 0).sum())
    return dict(zip(MUNICIPAL, map(float, counts), strict=True))


def _by_owner(municipalities: pd.DataFrame) -> list[Row]:
    """Count by owner, where that differs from the count by place in any municipality."""
    if municipalities["centres"].equals(municipalities["centres_owned"]):
        return []
    owned = by_centres(municipalities["centres_owned"])
    return [Row(f"{criterion}{OWNED}", value) for criterion, value in owned.items()]


def _development(development: pd.DataFrame, *, known: bool) -> Iterator[Row]:
    differ = not development["by_place"].equals(development["by_owner"])
    for level in LEVELS:
        own = development[development["level"] == level]
        yield Row(f"development_{level}", float(len(own)))
        if known:
            yield Row(f"development_{level}_with_centre", float(own["by_place"].sum()))
        if known and differ:
            yield Row(f"development_{level}_with_centre{OWNED}", float(own["by_owner"].sum()))


def _institutions(tables: Further) -> list[Row]:
    """Count offices by institution, and the units and municipalities that hold one."""
    offices = tables.places[tables.places["host"] == "institution"]
    by_kind = institution_of(offices["name"]).value_counts()
    rows = [Row("institutions", float(len(offices)))]
    rows += [
        Row(f"institution_{kind}", float(by_kind.get(kind, 0)))
        for kind in (*INSTITUTIONS, OTHER)
        if kind != OTHER or kind in by_kind
    ]
    units = tables.units[tables.units["unit"].isin(offices["unit"])]
    held = tables.municipalities["municipality"].isin(offices["municipality"])
    municipalities = tables.municipalities[held]
    with_centre = float((municipalities["centres"] > 0).sum())
    owning = float((municipalities["centres_owned"] > 0).sum())
    rows.append(Row("institution_units", float(len(units))))
    if "centres" in tables.given:
        rows.append(Row("institution_units_with_centre", float((units["centres"] > 0).sum())))
    rows.append(Row("institution_municipalities", float(len(municipalities))))
    if "centres" in tables.given:
        rows.append(Row("institution_municipalities_with_centre", with_centre))
    if "centres" in tables.given and owning != with_centre:
        rows.append(Row(f"institution_municipalities_with_centre{OWNED}", owning))
    return rows


def _total(counts: pd.Series) -> float:
    """Add up; NaN where a unit's count is not known."""
    return float("nan") if counts.isna().any() else float(counts.sum())


def _answers(places: pd.DataFrame) -> list[Row]:
    counted = suitability.counts(places[places["chosen"]])
    return [
        Row(f"points_{requirement}_{answer}", float(count))
        for (requirement, answer), count in counted.items()
    ]


def with_centre(development: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Tell which development centres have an open one-stop centre.

    A centre whose list names no owner counts where it stands.

    Returns
    -------
    development
        With `by_place` and `by_owner`, both bool.
    """
    centres = places.loc[is_open_centre(places), ["unit", "municipality", "owner"]]
    own = (centres["owner"] == "") | (centres["owner"] == centres["municipality"])
    return development.assign(
        by_place=development["unit"].isin(centres["unit"]),
        by_owner=development["unit"].isin(centres.loc[own, "unit"]),
    )
