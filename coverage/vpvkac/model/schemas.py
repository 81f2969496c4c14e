"""Contracts of the tables that inputs give, held by pandera (DESIGN.md, "The flow").

They guard the program's own work: what is wrong in a file has been told as a
fault before, so a breach here is a defect of ours and stops the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandera.pandas as pa

from vpvkac.geo.geodesy import CRS
from vpvkac.model.columns import Column
from vpvkac.model.tables import TABLES, Table

if TYPE_CHECKING:
    import geopandas as gpd

_STORED: dict[str, Any] = {"string": str, "boolean": bool, "integer": "Int64", "number": float}
_SHAPES = {"units": ("Polygon", "MultiPolygon"), "places": ("Point",), "stops": ("Point",)}


def check(name: str, table: gpd.GeoDataFrame) -> None:
    """Hold a table to its contract: columns, system of coordinates and kind of geometry.

    Parameters
    ----------
    name
        {"units", "places", "stops"}.

    Raises
    ------
    pandera.errors.SchemaErrors, ValueError
        If the table breaks its contract.
    """
    if len(table) == 0:
        return
    contract(TABLES[name]).validate(table, lazy=True)
    shapes = _SHAPES[name]
    if table.crs != CRS or not table.geom_type.isin(shapes).all():
        raise ValueError(f"a canonical table holds {shapes} in {CRS}")


def contract(table: Table) -> pa.DataFrameSchema:
    """Make the contract of a table: what inputs give must be there, the rest may be."""
    unique = table.key[0] if len(table.key) == 1 else None
    return pa.DataFrameSchema(
        {
            column.name: _contract_of(column, table, unique=column.name == unique)
            for column in table.columns
        }
    )


def _contract_of(column: Column, table: Table, *, unique: bool) -> pa.Column:
    filled = unique or column.name in table.filled
    checks = []
    if column.type.stored == "string":
        if column.codes:
            blank = [] if filled else [""]
            checks.append(pa.Check.isin([*column.codes, *blank]))
        if column.pattern:
            checks.append(pa.Check.str_matches(rf"^({column.pattern}){'' if filled else '?'}$"))
    elif column.limits:
        checks.append(pa.Check.in_range(*column.limits))
    return pa.Column(
        _STORED[column.type.stored],
        checks,
        nullable=not filled and column.type.stored != "string",
        unique=unique,
        required=column.name in table.given,
    )
