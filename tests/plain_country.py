"""A country small enough to reckon in the head: four squares of 10 km in two municipalities.

    LV9000100 Ziemeļu pagasts │ LV9000200 Austrumu pagasts      Kreisais novads │ Labais novads
    ──────────────────────────┼───────────────────────────
    LV9000110 Dienvidu pagasts│ LV9000210 Pilsēta

The south-west corner is at easting 500 000, northing 300 000 (EPSG:3059).
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
from pyproj import Geod, Transformer
from shapely.geometry import box

GEOD = Geod(ellps="GRS80")
SIDE = 10_000
WEST, SOUTH = 500_000, 300_000
_LEFT, _RIGHT = ("LV9000000", "Kreisais novads"), ("LV9001000", "Labais novads")
UNITS = [
    ("LV9000100", "Ziemeļu pagasts", 7, *_LEFT, 0, 1),
    ("LV9000110", "Dienvidu pagasts", 7, *_LEFT, 0, 0),
    ("LV9000200", "Austrumu pagasts", 7, *_RIGHT, 1, 1),
    ("LV9000210", "Pilsēta", 6, *_RIGHT, 1, 0),
]
_TO_DEGREES = Transformer.from_crs("EPSG:3059", "EPSG:4326", always_xy=True)


def units_frame(units: list[tuple[str, str, int, str, str, int, int]]) -> gpd.GeoDataFrame:
    """Make the table as the statistical bureau publishes it."""
    squares = [
        box(WEST + x * SIDE, SOUTH + y * SIDE, WEST + (x + 1) * SIDE, SOUTH + (y + 1) * SIDE)
        for *_, x, y in units
    ]
    columns = ("L1_code", "L1_name", "L1_type", "L0_code", "L0_name")
    table = {name: [unit[number] for unit in units] for number, name in enumerate(columns)}
    same = {"L0_type": 5, "NUTS3_code": "LV099", "NUTS3_name": "Paraugs"}
    return gpd.GeoDataFrame(table | same, geometry=squares, crs="EPSG:3059")


def write_units(path: Path, units: list[tuple[str, str, int, str, str, int, int]]) -> None:
    """Write the units as a file."""
    units_frame(units).to_file(path, driver="GPKG")


def at(x: float, y: float) -> tuple[float, float]:
    """Give latitude and longitude of a position in kilometres from the south-west corner."""
    lon, lat = _TO_DEGREES.transform(WEST + 1000 * x, SOUTH + 1000 * y)
    return round(lat, 7), round(lon, 7)


def beside(lat: float, lon: float, metres: float, azimuth: float = 90) -> tuple[float, float]:
    """Go so many metres along the ellipsoid."""
    lon2, lat2, _ = GEOD.fwd(lon, lat, azimuth, metres)
    return round(lat2, 7), round(lon2, 7)


def rows(header: str, *lines: tuple[object, ...]) -> str:
    """Write a CSV."""
    return "\n".join([header, *(",".join(str(value) for value in line) for line in lines)]) + "\n"


_COLUMNS = 'id = "id", name = "name", lat = "lat", lon = "lon"'
_SMALL = f"""
[inputs]
units = "units.gpkg"
centres = {{ path = "centres.csv", {_COLUMNS}, hours = "hours" }}
libraries = {{ path = "libraries.csv", {_COLUMNS} }}
stops = [{{ path = "stops.csv", {_COLUMNS}, feed = "f" }}]
streets = "streets.osm"
"""


def write_small(folder: Path) -> Path:
    """Write a project of a centre, two libraries, two stops and a street; give its file."""
    folder.mkdir()
    write_units(folder / "units.gpkg", UNITS)
    header = "id,name,lat,lon"
    ends = [at(0.6, 0.5), at(0.6, 1.2)]
    nodes = [f'<node id="{n}" lat="{lat}" lon="{lon}" version="1"/>'
             for n, (lat, lon) in enumerate(ends, 1)]  # fmt: skip
    way = '<way id="9" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way>'
    files = {
        "vpvkac.toml": _SMALL,
        "centres.csv": rows(f"{header},hours", ("c", "C", *ends[0], "Mo-Fr 08:00-17:00")),
        "libraries.csv": rows(header, ("l", "L", *at(5, 5)), ("m", "M", *at(15, 15))),
        "stops.csv": rows(header, ("s", "S", *ends[1]), ("t", "T", *at(15, 15.1))),
        "streets.osm": f'<?xml version="1.0"?><osm version="0.6">{"".join(nodes)}{way}</osm>',
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "vpvkac.toml"
