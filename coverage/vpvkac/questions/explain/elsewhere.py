"""What stands outside a unit with no point: the nearest contact point and the nearest premises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.geo.geodesy import to_degrees
from vpvkac.geo.nearest import nearest

if TYPE_CHECKING:
    from vpvkac.analysis.result import Findings

COLUMNS = ("host", "place", "name", "address", "unit", "is_point", "distance_m")


def elsewhere(result: Findings, unit: str) -> pd.DataFrame:
    """Find the nearest contact point of another unit, and the nearest place of every host.

    Distances are geodesics from the unit's representative point, which lies
    inside its polygon (DESIGN.md, "`nearest_m`").

    Returns
    -------
    elsewhere
        `COLUMNS`: the nearest contact point first, then a place for each kind
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
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.DataFrame(rows).rename(columns={"chosen": "is_point"})
    first, rest = table.iloc[:1], table.iloc[1:].sort_values(["distance_m", "place"])
    rest = rest[~rest["place"].isin(first["place"])]
    return pd.concat([first, rest], ignore_index=True)[list(COLUMNS)]
