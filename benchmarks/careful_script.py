"""The main job as a careful analyst would write it: whole columns at once, one layer each.

    python benchmarks/careful_script.py OUT

The same as `plain_script.py`, with only the columns that are needed, no loops
over rows, borders simplified for the map, and one GeoJson layer for the units,
one for the places, one for the stops.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import folium
import geopandas as gpd
import pandas as pd
import shapely
from rapidfuzz import fuzz, process

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
THRESHOLD_M = 700
PLANAR, DEGREES = "EPSG:3059", "EPSG:4326"
MUNICIPAL = ["Pašvaldības iestāde", "Pašvaldības iestādes struktūrvienība"]
COLOURS = {"existing": "#1b7837", "announced": "#7fbf7b", "planned": "#c2a5cf", "none": "#d73027"}
MARKS = {"centre": "#00441b", "library": "#40004b", "post_office": "#b35806"}
NAMES = {"L1_code": "unit", "L1_name": "unit_name", "L0_code": "municipality",
         "L0_name": "municipality_name"}  # fmt: skip
CALLS, ROUTES = ["trip_id", "stop_id"], ["route_id", "route_type"]
STOPS = ["stop_id", "stop_name", "stop_lat", "stop_lon", "location_type"]


def tidy(address: pd.Series) -> pd.Series:
    """Write addresses so that they can be compared."""
    forms = {r"\s+": " ", "[„“”]": '"', r", \d+\. stāvs": "", r", LV-\d{4}$": "",
             " novads": " nov.", " pagasts": " pag.", " pilsēta": ""}  # fmt: skip
    text = address.astype(str)
    for form, other in forms.items():
        text = text.str.replace(form, other, regex=True)
    return text.str.strip().str.lower()


def points(table: pd.DataFrame, lat: str, lon: str) -> gpd.GeoDataFrame:
    """Project the rows that have coordinates."""
    placed = table[(table[lat] > 0) & (table[lon] > 0)].rename(columns={lat: "lat", lon: "lon"})
    geometry = gpd.points_from_xy(placed["lon"], placed["lat"], crs=DEGREES)
    return gpd.GeoDataFrame(placed, geometry=geometry).to_crs(PLANAR)


def read_register() -> pd.DataFrame:
    """Read the addresses in force."""
    columns = ["STATUSS", "STD", "DD_N", "DD_E"]
    register = pd.read_csv(SAMPLE / "aw_eka.csv", usecols=columns, engine="pyarrow")
    register = register[register["STATUSS"] == "EKS"]
    return register.assign(key=tidy(register["STD"])).drop_duplicates("key").set_index("key")


def located(table: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Find the addresses of places without coordinates, else the likest ones."""
    keys = tidy(table["address"])
    lost = table["lat"].isna() & ~keys.isin(register.index)
    keys[lost] = keys[lost].map(
        lambda key: (process.extractOne(key, register.index, scorer=fuzz.ratio) or [key])[0]
    )
    found = register.reindex(keys).set_index(table.index)
    lat, lon = table["lat"].fillna(found["DD_N"]), table["lon"].fillna(found["DD_E"])
    return table.assign(lat=lat, lon=lon)


def read_centres() -> pd.DataFrame:
    """Read the centres' list: a row with a number and an address begins a centre."""
    file = SAMPLE / "vpvkac-kontakti_2023_aktual_081123.csv"
    rows = pd.read_csv(file, sep=";", header=None, dtype=str).fillna("")
    begins = rows[0].str.strip().str.isdigit() & (rows[7] != "")
    centre = begins.cumsum()
    later = (rows[[8, 9]] == "Tiks atvērts").any(axis=1)
    table = rows[begins]
    return pd.DataFrame(
        {"place": "centres:" + table[0].str.strip(), "host": "centre",
         "name": table[4].str.split().str.join(" "), "address": table[7],
         "status": centre[begins].isin(centre[later]).map({True: "announced", False: "open"}),
         "lat": float("nan"), "lon": float("nan")}
    )  # fmt: skip


def read_libraries() -> pd.DataFrame:
    """Read the municipal libraries at work."""
    table = pd.read_csv(SAMPLE / "bibliotekas.csv", engine="pyarrow")
    kept = table["Juridiskais statuss"].isin(MUNICIPAL) & (table["Darbojās 2022.gadā"] == "Jā")
    table = table[kept]
    return pd.DataFrame(
        {"place": "libraries:" + table["_id"].astype(str), "host": "library",
         "name": table["Objekta nosaukums"], "address": table["Adrese"], "status": "open",
         "lat": table["LAT"].where(table["LAT"] > 0), "lon": table["LON"].where(table["LON"] > 0)}
    )  # fmt: skip


def read_post_offices() -> pd.DataFrame:
    """Read the post offices among lockers and letter boxes."""
    table = pd.DataFrame(json.loads((SAMPLE / "pasta_nodalas.json").read_bytes()))
    table = table[table["type"].isin([1, 2]) & (table["status"] == 1)]
    return pd.DataFrame(
        {"place": "post_offices:" + table["id"], "host": "post_office", "name": table["label"],
         "address": table["readableAddress"], "status": "open", "lat": table["latitude"],
         "lon": table["longitude"]}
    )  # fmt: skip


def read_stops(file: str, feed: str) -> gpd.GeoDataFrame:
    """Read the stops that a bus serves, with how often."""
    with zipfile.ZipFile(SAMPLE / file) as archive:

        def read(name: str, columns: list[str]) -> pd.DataFrame:
            with archive.open(f"{name}.txt") as opened:
                return pd.read_csv(
                    opened,
                    skipinitialspace=True,
                    encoding="utf-8-sig",
                    usecols=lambda column: column.strip() in columns,
                ).rename(columns=str.strip)

        routes = read("routes", ROUTES).set_index("route_id")["route_type"]
        trips = read("trips", ["trip_id", "route_id"]).set_index("trip_id")["route_id"]
        calls, stops = read("stop_times", CALLS), read("stops", STOPS)
    buses = trips.index[trips.map(routes) == 3]  # noqa: PLR2004 - a bus
    visits = calls.loc[calls["trip_id"].isin(buses), "stop_id"].value_counts()
    stops = stops[stops["location_type"].fillna(0).eq(0) & stops["stop_id"].isin(visits.index)]
    stops = stops.assign(
        visits=stops["stop_id"].map(visits), stop=feed + ":" + stops["stop_id"].astype(str)
    )
    return points(stops.drop(columns=["stop_id", "location_type"]), "stop_lat", "stop_lon")


def choose(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Choose the contact point of every unit: an open centre, an announced one, a library."""
    rank = places["host"].map({"centre": 0, "library": 2}) + (places["status"] == "announced")
    hosts = places.assign(rank=rank).dropna(subset="rank")
    hosts = hosts.sort_values(["rank", "distance_m", "place"]).drop_duplicates("unit")
    status = hosts["rank"].map({0: "existing", 1: "announced", 2: "planned"})
    chosen: pd.DataFrame = hosts.assign(status=status).drop(columns="rank")
    return chosen


def count(
    units: gpd.GeoDataFrame,
    network: pd.DataFrame,
    places: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Count what every unit holds, and its residents."""
    cells = gpd.read_file(SAMPLE / "rezgis_iedzivotaji_1km.geojson", engine="pyogrio")
    cells = cells.set_geometry(cells.centroid).sjoin(units[["unit", "geometry"]])
    near = stops.sjoin(units[["unit", "geometry"]])["unit"].value_counts()
    held = pd.crosstab(places["unit"], places["host"])
    points = network.set_index("unit")[["status", "distance_m", "within"]]
    table = units.assign(
        area_km2=units.area / 1e6,
        population=units["unit"].map(cells.groupby("unit")["iedzivotaji"].sum()),
        stops=units["unit"].map(near).fillna(0).astype(int),
    )
    table = table.join(held, on="unit").fillna(dict.fromkeys(held.columns, 0))
    return table.join(points, on="unit").fillna({"status": "none"})


def draw(units: gpd.GeoDataFrame, places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame) -> folium.Map:
    """Draw one layer of units by status, one of places, one of stops."""
    map_ = folium.Map(location=[56.9, 24.6], zoom_start=8, prefer_canvas=True)
    shapes = shapely.coverage_simplify(units.geometry.to_numpy(), 100)
    shown = units.set_geometry(gpd.GeoSeries(shapes, units.index, crs=PLANAR))
    said = ["unit_name", "municipality_name", "status"]
    folium.GeoJson(
        shown[[*said, "geometry"]].to_crs(DEGREES),
        name="units",
        style_function=lambda feature: {
            "fillColor": COLOURS[feature["properties"]["status"]],
            "weight": 1,
        },
        tooltip=folium.GeoJsonTooltip(said),
    ).add_to(map_)
    folium.GeoJson(
        stops[["stop_name", "visits", "geometry"]].to_crs(DEGREES),
        name="stops",
        marker=folium.CircleMarker(radius=2, weight=0, fill=True, fill_opacity=0.7),
        tooltip=folium.GeoJsonTooltip(["stop_name", "visits"]),
    ).add_to(map_)
    said = ["name", "address", "stop_name", "distance_m"]
    folium.GeoJson(
        places[["host", *said, "geometry"]].round({"distance_m": 0}).to_crs(DEGREES),
        name="places",
        marker=folium.CircleMarker(radius=5, fill=True, fill_opacity=0.9),
        style_function=lambda feature: {"fillColor": MARKS[feature["properties"]["host"]]},
        tooltip=folium.GeoJsonTooltip(said),
    ).add_to(map_)
    folium.LayerControl().add_to(map_)
    return map_


def main(out: Path) -> None:
    """Do the job."""
    out.mkdir(parents=True, exist_ok=True)
    units = gpd.read_file(
        SAMPLE / "Territorial_units_LV_1.2m_(2021.07.01.).shp", columns=list(NAMES)
    ).rename(columns=NAMES)
    regional = read_stops("gtfs-latvia-lv.zip", "reg")
    city = read_stops("gtfs-pilseta.zip", "pilseta")
    hosts = pd.concat([read_centres(), read_libraries(), read_post_offices()], ignore_index=True)
    places = points(located(hosts, read_register()), "lat", "lon")
    places = places.sjoin(units, predicate="within").drop(columns="index_right")
    near = regional[["stop", "stop_name", "visits", "geometry"]]
    places = places.sjoin_nearest(near, distance_col="distance_m").drop(columns="index_right")
    places = places.sort_values("stop", kind="stable").drop_duplicates("place").sort_values("place")
    places["within"] = places["distance_m"] <= THRESHOLD_M
    network = choose(places)
    counted = count(units, network, places, regional)
    tables = {"network": network, "places": places, "units": counted,
              "gaps_access": network[~network["within"]],
              "gaps_coverage": counted[counted["status"] == "none"]}  # fmt: skip
    for name, table in tables.items():
        table.drop(columns="geometry").to_csv(out / f"{name}.csv", index=False)
    for name, layer in {**tables, "stops": pd.concat([regional, city])}.items():
        layer.to_file(out / "coverage.gpkg", layer=name, driver="GPKG", engine="pyogrio")
    draw(counted, places, regional).save(out / "map.html")
    found = counted["status"].value_counts().to_dict()
    print(json.dumps({**found, "within": int(network["within"].sum())}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
