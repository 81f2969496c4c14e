"""`python demand_script.py ORIGINS.csv UNITS.gpkg OUT`: the demand, as an analyst would script it.

Joins of geopandas, half a million origins at a time, on the plane.  The
geopackage holds units, points and stops, ready made.
"""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

_ROWS = 500_000
_WITHIN_M = 700
_CRS = "EPSG:3059"


def main() -> None:
    """Find the nearest point, the nearest stop and the unit of every origin."""
    origins, geopackage, out = sys.argv[1:]
    units, points, stops = (
        gpd.read_file(geopackage, layer=layer) for layer in ("units", "points", "stops")
    )
    Path(out).mkdir(parents=True, exist_ok=True)
    writer = None
    parts = []
    for chunk in pd.read_csv(origins, chunksize=_ROWS, dtype={"id": str}):
        spots = gpd.points_from_xy(chunk["lon"], chunk["lat"], crs="EPSG:4326")
        here = gpd.GeoDataFrame(chunk, geometry=spots).to_crs(_CRS)
        found = here.sjoin(units, predicate="intersects", how="left").drop(columns="index_right")
        found = _joined(found, points, "place")
        found = _joined(found, stops, "stop")
        found["within"] = found["stop_m"] <= _WITHIN_M
        table = pa.table(found.to_arrow(index=False))
        writer = writer or pq.ParquetWriter(Path(out) / "demand.parquet", table.schema)
        writer.write_table(table)
        weighed = found["residents"].where(found["within"], 0)
        parts.append(found.assign(weighed=weighed).groupby("unit").agg(
            origins=("id", "size"), within=("within", "sum"), residents=("residents", "sum"),
            residents_within=("weighed", "sum"), place_m=("place_m", "sum"),
        ))  # fmt: skip
    if writer is not None:
        writer.close()
    pd.concat(parts).groupby("unit").sum().to_csv(Path(out) / "demand_units.csv")


def _joined(here: gpd.GeoDataFrame, there: gpd.GeoDataFrame, key: str) -> gpd.GeoDataFrame:
    found = here.sjoin_nearest(there[[key, "geometry"]], distance_col=f"{key}_m", how="left")
    return found.drop(columns="index_right").drop_duplicates("id")


if __name__ == "__main__":
    main()
