"""Progress of the network, by municipality: how many units have an open contact point.

The published plan opens a point in every unit in two waves: 129 centres, then
458 more (the 2020 analysis, sections 2.2 and 4.1), 587 in all; 592 since
2022-07-01.  Data tell which units have an open centre, but not to which wave
a centre belongs.  So the second wave is reckoned nationally: of the units
with an open point those beyond the first 129.  By municipality the units with
an open point stand beside all its units, and beside those that remain; what
remains in all municipalities together is what is left of both waves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vpvkac.analysis.decisions import DONE, OPEN, count_in
from vpvkac.model.tables import TABLES
from vpvkac.sources.reference import published_values

if TYPE_CHECKING:
    import pandas as pd

_FROM_MUNICIPALITIES = [
    "municipality", "municipality_name", "units", "units_existing", "units_announced",
    "units_planned", "units_none",
]  # fmt: skip


class Plan(NamedTuple):
    """The published plan: points of its two waves."""

    first_wave: int
    second_wave: int


class National(NamedTuple):
    """Progress of the whole network.

    Parameters
    ----------
    units, existing, remaining
        Units of the layout, those with an open point, those without.
    share
        Of the units that have one, 0-1.
    first_wave
        Published number of first-wave centres.
    second_wave, opened
        Points of the second wave, the units less the first wave; and how
        many are open, the units with an open point less the first wave.
        None where the units are not those of the whole country.
    """

    units: int
    existing: int
    remaining: int
    share: float
    first_wave: int
    second_wave: int | None
    opened: int | None


def progress(municipalities: pd.DataFrame, followed: pd.DataFrame) -> pd.DataFrame:
    """Lay out how far each municipality has come.

    Parameters
    ----------
    municipalities
        `cover.cover_municipalities`; empty where no list of centres is given.
    followed
        `following.follow_up`.

    Returns
    -------
    progress
        Columns of `progress`, by municipality.
    """
    table = municipalities[_FROM_MUNICIPALITIES].reset_index(drop=True)
    table["existing_share"] = table["units_existing"] / table["units"]
    table["remaining"] = table["units"] - table["units_existing"]
    for state in (OPEN, DONE):
        table[f"decisions_{state}"] = count_in(followed, table["municipality"], state)
    return table[list(TABLES["progress"].names)]


def plan() -> Plan:
    """Give the published numbers of points (`data/reference/published.toml`)."""
    figures = published_values()
    return Plan(int(figures["first_wave"]), int(figures["second_wave"]))


def national(table: pd.DataFrame) -> National | None:
    """Sum the progress of all municipalities; None where it is not known."""
    if len(table) == 0:
        return None
    units, existing = int(table["units"].sum()), int(table["units_existing"].sum())
    first = plan().first_wave
    whole = units in {published_values()["units"], published_values()["units_2023"]}
    return National(
        units,
        existing,
        units - existing,
        existing / units,
        first,
        units - first if whole else None,
        max(existing - first, 0) if whole else None,
    )
