"""The main job by the program's own functions, with the outputs of the two scripts beside this.

    python benchmarks/our_script.py OUT

Tables, a GeoPackage and one map with every place and stop; what `vpvkac run`
writes more is measured step by step by its `--timings`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import folium

import vpvkac
from vpvkac.maps import layers
from vpvkac.maps.explorer import explorer
from vpvkac.maps.page import render
from vpvkac.outputs.csvfile import write_csv
from vpvkac.outputs.geopackage import write_geopackage
from vpvkac.outputs.tables import DECIMALS, shown, written

if TYPE_CHECKING:
    from vpvkac.result import Result

_TABLES = ("network", "places", "units", "gaps_access", "gaps_coverage")
_LAYERS = (*_TABLES, "stops")
_SAID = ["name", "address", "stop_name", "distance_m"]


def main(out: Path) -> None:
    """Do the job."""
    out.mkdir(parents=True, exist_ok=True)
    result = vpvkac.analyse(vpvkac.sample())
    tables = shown(result)
    for name in _TABLES:
        columns = list(written(result)[name])
        write_csv(out / f"{name}.csv", tables[name][columns], DECIMALS)
    write_geopackage(
        out / "coverage.gpkg",
        {name: tables[name] for name in _LAYERS},
        lang=result.lang,
        threshold_m=result.threshold_m,
    )
    (out / "map.html").write_text(_map(result), encoding="utf-8")
    found = result.network["status"].value_counts().to_dict()
    print(json.dumps({**found, "within": int(result.network["within"].sum())}))


def _map(result: Result) -> str:
    """Draw the explorer, whose points are the contact points, with every other place on it."""
    map_ = explorer(result)
    others = result.places[~result.places["chosen"]]
    said = others[_SAID].astype(object).where(others[_SAID].notna(), "").to_dict("records")
    folium.GeoJson(
        layers.point_features(others, said),
        marker=folium.CircleMarker(radius=4),
        tooltip=folium.GeoJsonTooltip(_SAID),
    ).add_to(map_)
    return render(map_, title=result.title, lang=result.lang)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
