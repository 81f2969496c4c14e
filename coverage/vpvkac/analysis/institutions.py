"""Institutions: how far their own offices are from each unit, and which units hold any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.analysis.criteria import INSTITUTIONS, institution_of
from vpvkac.geo.geodesy import to_degrees
from vpvkac.geo.nearest import nearest
from vpvkac.model.tables import TABLES

if TYPE_CHECKING:
    from vpvkac.analysis.network import Network


def nearest_offices(result: Network) -> pd.DataFrame:
    """Find the nearest office of each institution from a point inside each unit.

    `institutions`, by unit and in the order of `INSTITUTIONS`; of institutions that the list has.
    """
    offices = result.places[result.places["host"] == "institution"]
    kinds = institution_of(offices["name"])
    units = result.units.sort_values("unit", ignore_index=True)
    inside = units.geometry.representative_point()
    lat, lon = to_degrees(inside.x, inside.y)
    parts = [units.assign(institution="", place="", place_name="", address="", nearest_m=0.0)[:0]]
    for kind in INSTITUTIONS:
        own = offices[kinds == kind].sort_values("place", ignore_index=True)
        if own.empty:
            continue
        target, metres = nearest(lat, lon, own["lat"], own["lon"])
        found = own[["place", "name", "address"]].iloc[target].reset_index(drop=True)
        found = found.rename(columns={"name": "place_name"})
        of_unit = units.drop(columns=["geometry"]).join(found)
        parts.append(of_unit.assign(institution=kind, nearest_m=metres))
    table = pd.concat(parts).sort_values("unit", kind="stable", ignore_index=True)
    return pd.DataFrame(table)[list(TABLES["institutions"].names)]


def office_places(result: Network) -> pd.DataFrame:
    """List the units that hold offices: whose, the unit's point, and whether a centre is open.

    `institution_places`, those without an open centre first, then by offices, descending.
    """
    places, network = result.places, result.network.set_index("unit")
    offices = places[places["host"] == "institution"]
    kinds = institution_of(offices["name"])
    listed = kinds.groupby(offices["unit"]).agg(
        lambda of: "; ".join(code for code in (*INSTITUTIONS, "other") if (of == code).any())
    )
    table = pd.DataFrame({"institutions": listed, "offices": offices["unit"].value_counts()})
    state = places.loc[places["host"] == "state_centre", "unit"].value_counts()
    open_centres = result.units.set_index("unit")["centres"]
    table = table.join(network).assign(
        state_centres=state.reindex(table.index).fillna(0).astype("int64"),
        has_centre=open_centres.reindex(table.index) > 0,
    )
    table = table.rename_axis("unit").reset_index()
    table = table.sort_values(
        ["has_centre", "offices", "unit"], ascending=[True, False, True], ignore_index=True
    )
    return pd.DataFrame(table)[list(TABLES["institution_places"].names)]
