"""Contracts of the canonical tables (DESIGN.md, "The flow"), held by pandera.

They guard the program's own work: what is wrong in a file has been told as a
fault before, so a breach here is a defect of ours and stops the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pandera.pandas as pa

from vpvkac.geo.geodesy import CRS
from vpvkac.model.project import Host

if TYPE_CHECKING:
    import geopandas as gpd

_UNIT_CODE = pa.Check.str_matches(r"^LV[0-9]{7}$")
_UNIT_OR_NONE = pa.Check.str_matches(r"^(LV[0-9]{7})?$")
_KINDS = ("state_city", "town", "parish", "municipality")
_MODES = r"^(bus|trolleybus|tram)(\+(trolleybus|tram))*$"
_LOCATED_BY = ("published", "correction", "address", "fuzzy", "postcode", "settlement", "unit")

_UNITS = pa.DataFrameSchema(
    {
        "unit": pa.Column(str, _UNIT_CODE, unique=True),
        "unit_name": pa.Column(str),
        "kind": pa.Column(str, pa.Check.isin(_KINDS)),
        "municipality": pa.Column(str, _UNIT_CODE),
        "municipality_name": pa.Column(str),
        "region": pa.Column(str),
        "area_km2": pa.Column(float, pa.Check.gt(0)),
        "population": pa.Column("Int64", pa.Check.ge(0), nullable=True),
    }
)
_PLACES = pa.DataFrameSchema(
    {
        "place": pa.Column(str, pa.Check.str_matches(r"^[a-z_]+:."), unique=True),
        "host": pa.Column(str, pa.Check.isin(get_args(Host))),
        "owner": pa.Column(str, _UNIT_OR_NONE),
        "unit": pa.Column(str, _UNIT_CODE),
        "municipality": pa.Column(str, _UNIT_CODE),
        "status": pa.Column(str, pa.Check.isin(["open", "announced"])),
        "located_by": pa.Column(str, pa.Check.isin(_LOCATED_BY)),
        "located_within_m": pa.Column(float, pa.Check.ge(0)),
        "score": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
        "near_border": pa.Column(bool),
        "lat": pa.Column(float, pa.Check.in_range(-90, 90)),
        "lon": pa.Column(float, pa.Check.in_range(-180, 180)),
    }
)
_STOPS = pa.DataFrameSchema(
    {
        "stop": pa.Column(str, pa.Check.str_contains(":"), unique=True),
        "feed": pa.Column(str),
        "regional": pa.Column(bool),
        "modes": pa.Column(str, pa.Check.str_matches(_MODES)),
        "visits": pa.Column("Int64", pa.Check.ge(0), nullable=True),
        "unit": pa.Column(str, _UNIT_OR_NONE),
        "lat": pa.Column(float, pa.Check.in_range(-90, 90)),
        "lon": pa.Column(float, pa.Check.in_range(-180, 180)),
    }
)


def check_units(units: gpd.GeoDataFrame) -> None:
    """Hold the units to their contract."""
    _check(_UNITS, units, ["Polygon", "MultiPolygon"])


def check_places(places: gpd.GeoDataFrame) -> None:
    """Hold the places to their contract."""
    _check(_PLACES, places, ["Point"])


def check_stops(stops: gpd.GeoDataFrame) -> None:
    """Hold the stops to their contract."""
    _check(_STOPS, stops, ["Point"])


def _check(schema: pa.DataFrameSchema, table: gpd.GeoDataFrame, shapes: list[str]) -> None:
    """Validate columns, system of coordinates and kind of geometry.

    Raises
    ------
    pandera.errors.SchemaErrors, ValueError
        If the table breaks its contract.
    """
    if len(table) == 0:
        return
    schema.validate(table, lazy=True)
    if table.crs != CRS or not table.geom_type.isin(shapes).all():
        raise ValueError(f"a canonical table holds {shapes} in {CRS}")
