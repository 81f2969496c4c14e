"""Development centres: the unit each lies in, and whether it has a one-stop centre.

By place: an open centre stands in its unit.  By owner: one that stands there
belongs to the municipality the unit is of; a municipality's centre may stand
in a state city that is a municipality of its own, and is not the city's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import to_planar
from vpvkac.model.addresses import municipality_stems, unit_stems
from vpvkac.model.territory import NONE, Territory
from vpvkac.sources.base import Checks
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.model.faults import Fault
    from vpvkac.model.project import Input


COLUMNS = ("centre", "name", "level", "unit", "unit_name", "municipality", "municipality_name")


class Placed(NamedTuple):
    """The development centres in their units, the rows dropped, and the faults found."""

    table: pd.DataFrame
    dropped: dict[str, int]
    faults: list[Fault]


def place(table: pd.DataFrame, territory: Territory, source: Input) -> Placed:
    """Find the unit of every development centre.

    By its code; else by unit name and municipality, if unique; else by its own
    name and municipality, as a town or a parish of that name; else by position.

    Parameters
    ----------
    table
        `sources.plain.DEVELOPMENT_CENTRES`.

    Returns
    -------
    placed
        Table of `COLUMNS`, sorted by key.  Dropped: `no_unit`.  An unknown
        code is an error.
    """
    checks = Checks(source.shown, table["row"])
    coded = territory.coded(table["unit"])
    checks.refuse(
        (coded == NONE) & (table["unit"] != ""),
        Message("is no unit of this layout"),
        Message("check the code, or give another --layout"),
        field=source.columns.get("unit"),
        values=table["unit"],
    )
    number = coded
    for found in (*_named(table, territory), _holding(table, territory)):
        number = np.where(number == NONE, found, number)
    nowhere = number == NONE
    checks.warn(
        nowhere & (table["unit"] == ""),
        Message("is found in no unit; the row is not used"),
        Message("give the unit's code, its name and municipality, or coordinates"),
        values=table["name"].mask(table["name"] == "", table["id"]),
    )
    columns = ["unit", "unit_name", "municipality", "municipality_name"]
    of_unit = territory.units[columns].iloc[number[~nowhere]].reset_index(drop=True)
    own = table.loc[~nowhere, ["id", "name", "level"]].reset_index(drop=True)
    placed = pd.concat([own.rename(columns={"id": "centre"}), of_unit], axis=1)
    placed = placed.sort_values("centre", ignore_index=True)[list(COLUMNS)]
    return Placed(placed, {"no_unit": int(nowhere.sum())}, checks.faults)


def _named(table: pd.DataFrame, territory: Territory) -> list[NDArray[np.int64]]:
    stated = territory.municipality_named(table["municipality"])
    names = territory.municipalities.set_index("municipality")["municipality_name"]
    written = stated.map(names).fillna(table["municipality"]).astype(str)
    # A state city of its own is found without its municipality, which is itself.
    is_city = stated.isin(territory.units["unit"])
    municipality = municipality_stems(written).mask(is_city, "")
    own = table["name"]
    return [
        territory.named(unit_stems(names_of_units), municipality)
        for names_of_units in (table["unit_name"], own, (own + " pagasts").mask(own == "", ""))
    ]


def _holding(table: pd.DataFrame, territory: Territory) -> NDArray[np.int64]:
    lat, lon = table["lat"].to_numpy(float), table["lon"].to_numpy(float)
    known = np.isfinite(lat) & np.isfinite(lon)
    found = np.full(len(table), NONE, np.int64)
    if known.any():
        points = shapely.points(np.column_stack(to_planar(lat[known], lon[known])))
        found[known] = territory.holding(np.asarray(points, object))
    return found
