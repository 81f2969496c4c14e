"""The main job by the program's own functions, with the outputs of the two scripts beside this.

    python benchmarks/our_script.py OUT

Tables, a GeoPackage and one map with every place and stop; what `vpvkac run`
writes more is measured step by step by its `--timings`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium

import vpvkac
from vpvkac.analysis.gaps import access_gaps, coverage_gaps
from vpvkac.analysis.rounding import rounded
from vpvkac.api.coverage import measure
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.files import layers
from vpvkac.render import map_page
from vpvkac.render.csvfile import write_csv
from vpvkac.render.gpkg import write_geopackage
from vpvkac.render.map_page import BaseLayers

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.analysis.network import Network
    from vpvkac.model.project import Project


COLOURS = {"existing": "#1b7837", "announced": "#7fbf7b", "planned": "#c2a5cf", "none": "#d73027"}
MARKS = {"centre": "#00441b", "library": "#40004b", "post_office": "#b35806"}
_FEEDS = ("reg", "pilseta")
_OF_UNIT = ["unit_name", "municipality_name", "status"]
_OF_STOP = ["stop_name", "visits"]
_OF_PLACE = ["host", "name", "address", "stop_name", "distance_m"]


def main(out: Path) -> None:
    """Do the job."""
    out.mkdir(parents=True, exist_ok=True)
    covered = measure(_project())
    tables = _tables(covered)
    for name, table in tables.items():
        if name != "stops":
            write_csv(out / f"{name}.csv", table.drop(columns="geometry"), TABLES[name].decimals)
    drawn = layers(tables, covered.lang, covered.threshold_m)
    write_geopackage(out / "coverage.gpkg", drawn)
    _draw(tables).save(out / "map.html")
    found = covered.network["status"].value_counts().to_dict()
    print(json.dumps({**found, "within": int(covered.network["within"].sum())}))


def _project() -> Project:
    """Give the sample with the inputs that the other scripts read, and no more."""
    sample = vpvkac.sample()
    return replace(
        sample,
        hosts={host: given for host, given in sample.hosts.items() if host in MARKS},
        stops=tuple(stops for stops in sample.stops if stops.feed in _FEEDS),
        optional={"population": sample.optional["population"]},
        streets=None,
        decisions=None,
        beside=(),
        standards=(),
    )


def _tables(covered: Network) -> dict[str, gpd.GeoDataFrame]:
    """Give the tables of the job, with the decimals that files show."""
    units, network, places = covered.units, covered.network, covered.places
    tables = {
        "network": network,
        "places": places,
        "units": units,
        "gaps_access": access_gaps(covered),
        "gaps_coverage": coverage_gaps(covered),
        "stops": covered.stops[[*TABLES["stops"].names, "geometry"]],
    }
    return {name: rounded(table, covered.threshold_m) for name, table in tables.items()}


def _draw(tables: dict[str, gpd.GeoDataFrame]) -> folium.Map:
    """Draw one layer of units by status, one of the stops that count, one of places."""
    units, places, stops = tables["units"], tables["places"], tables["stops"]
    map_ = folium.Map(location=[56.9, 24.6], zoom_start=8, prefer_canvas=True)
    shown = BaseLayers.of(units).units
    folium.GeoJson(
        map_page.projected(shown, _said(shown, _OF_UNIT)),
        name="units",
        style_function=lambda feature: {
            "fillColor": COLOURS[feature["properties"]["status"]],
            "weight": 1,
        },
        tooltip=folium.GeoJsonTooltip(_OF_UNIT),
    ).add_to(map_)
    counting = stops[stops["in_set"]]
    folium.GeoJson(
        map_page.points(counting, _said(counting, _OF_STOP)),
        name="stops",
        marker=folium.CircleMarker(radius=2, weight=0, fill=True, fill_opacity=0.7),
        tooltip=folium.GeoJsonTooltip(_OF_STOP),
    ).add_to(map_)
    folium.GeoJson(
        map_page.points(places, _said(places, _OF_PLACE)),
        name="places",
        marker=folium.CircleMarker(radius=5, fill=True, fill_opacity=0.9),
        style_function=lambda feature: {"fillColor": MARKS[feature["properties"]["host"]]},
        tooltip=folium.GeoJsonTooltip(_OF_PLACE[1:]),
    ).add_to(map_)
    folium.LayerControl().add_to(map_)
    return map_


def _said(table: pd.DataFrame, columns: list[str]) -> list[dict[Any, Any]]:
    plain = table[columns].astype(object)
    said: list[dict[Any, Any]] = plain.where(plain.notna(), "").to_dict("records")
    return said


if __name__ == "__main__":
    main(Path(sys.argv[1]))
