"""The main job as an analyst would write it who wants it done: joins, loops, a marker each.

    python benchmarks/plain_script.py OUT

Reads the sample's files, finds the nearest regional bus stop of every place by
`sjoin_nearest` (planar), chooses a contact point for every unit, and writes
tables, a GeoPackage and a map with one marker per place and stop.  Addresses
are found by their text, and those left by the likest one.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

import folium
import geopandas as gpd
import pandas as pd
from rapidfuzz import fuzz, process

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
THRESHOLD_M = 700


def tidy(address: str) -> str:
    """Write an address so that it can be compared."""
    address = " ".join(str(address).split())
    address = re.sub(r"[„“”]", '"', address)
    address = re.sub(r", \d+\. stāvs", "", address)
    address = re.sub(r", LV-\d{4}$", "", address)
    address = address.replace(" novads", " nov.").replace(" pagasts", " pag.")
    return address.replace(" pilsēta", "").strip().lower()


def read_units() -> gpd.GeoDataFrame:
    """Read the territorial units."""
    units = gpd.read_file(SAMPLE / "Territorial_units_LV_1.2m_(2021.07.01.).shp")
    return units.rename(
        columns={
            "L1_code": "unit",
            "L1_name": "unit_name",
            "L0_code": "municipality",
            "L0_name": "municipality_name",
        }
    )


def read_register() -> pd.DataFrame:
    """Read the addresses in force."""
    register = pd.read_csv(SAMPLE / "aw_eka.csv")
    register = register[register["STATUSS"] == "EKS"]
    register["key"] = register["STD"].apply(tidy)
    return register.drop_duplicates("key")[["key", "DD_N", "DD_E"]]


def read_centres(register: pd.DataFrame) -> pd.DataFrame:
    """Read the centres' list: a row with a number and an address begins a centre."""
    rows = pd.read_csv(
        SAMPLE / "vpvkac-kontakti_2023_aktual_081123.csv", sep=";", header=None, dtype=str
    )
    centres = []
    for _, row in rows.iterrows():
        if str(row[0]).strip().isdigit() and pd.notna(row[7]):
            name = " ".join(row[4].split())
            centres.append(
                {"place": f"centres:{row[0].strip()}", "host": "centre", "name": name,
                 "address": row[7], "status": "open"}
            )  # fmt: skip
        if "Tiks atvērts" in str(row[9]) or "Tiks atvērts" in str(row[8]):
            centres[-1]["status"] = "announced"
    table = pd.DataFrame(centres)
    table["key"] = table["address"].apply(tidy)
    for index, key in table["key"].items():
        if key not in set(register["key"]):
            likest = process.extractOne(key, register["key"], scorer=fuzz.ratio, score_cutoff=80)
            table.loc[index, "key"] = likest[0] if likest else key
    found = table.merge(register, on="key", how="left")
    return found.rename(columns={"DD_N": "lat", "DD_E": "lon"})


def read_libraries(register: pd.DataFrame) -> pd.DataFrame:
    """Read the municipal libraries at work."""
    table = pd.read_csv(SAMPLE / "bibliotekas.csv")
    municipal = ["Pašvaldības iestāde", "Pašvaldības iestādes struktūrvienība"]
    table = table[table["Juridiskais statuss"].isin(municipal)]
    table = table[table["Darbojās 2022.gadā"] == "Jā"]
    table["key"] = table["Adrese"].apply(tidy)
    table = table.merge(register, on="key", how="left")
    lat = table["LAT"].where(table["LAT"] > 0, table["DD_N"])
    lon = table["LON"].where(table["LON"] > 0, table["DD_E"])
    return pd.DataFrame(
        {"place": "libraries:" + table["_id"].astype(str), "host": "library",
         "name": table["Objekta nosaukums"], "address": table["Adrese"], "status": "open",
         "lat": lat, "lon": lon}
    )  # fmt: skip


def read_post_offices() -> pd.DataFrame:
    """Read the post offices among lockers and letter boxes."""
    table = pd.DataFrame(json.loads((SAMPLE / "pasta_nodalas.json").read_text(encoding="utf-8")))
    table = table[table["type"].isin([1, 2]) & (table["status"] == 1)]
    return pd.DataFrame(
        {"place": "post_offices:" + table["id"].astype(str), "host": "post_office",
         "name": table["label"], "address": table["readableAddress"], "status": "open",
         "lat": table["latitude"], "lon": table["longitude"]}
    )  # fmt: skip


def read_stops(file: str, feed: str) -> gpd.GeoDataFrame:
    """Read the stops that a bus serves, with how often."""
    with zipfile.ZipFile(SAMPLE / file) as archive:
        tables = {}
        for name in ("stops", "routes", "trips", "stop_times"):
            with archive.open(f"{name}.txt") as opened:
                table = pd.read_csv(opened, skipinitialspace=True, encoding="utf-8-sig")
            tables[name] = table.rename(columns=str.strip)
    calls = tables["stop_times"].merge(tables["trips"][["trip_id", "route_id"]], on="trip_id")
    calls = calls.merge(tables["routes"][["route_id", "route_type"]], on="route_id")
    calls = calls[calls["route_type"] == 3]  # noqa: PLR2004 - a bus
    visits = calls.groupby("stop_id").size().rename("visits").reset_index()
    stops = tables["stops"].merge(visits, on="stop_id")
    stops = stops[stops["location_type"].fillna(0) == 0]
    stops = stops[(stops["stop_lat"] != 0) & (stops["stop_lon"] != 0)]
    stops["stop"] = feed + ":" + stops["stop_id"].astype(str)
    geometry = gpd.points_from_xy(stops["stop_lon"], stops["stop_lat"], crs="EPSG:4326")
    stops = gpd.GeoDataFrame(stops, geometry=geometry).to_crs("EPSG:3059")
    return stops[["stop", "stop_name", "visits", "stop_lat", "stop_lon", "geometry"]]


def place(tables: list[pd.DataFrame], units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put all places in one table with the unit that each stands in."""
    places = pd.concat(tables).dropna(subset=["lat", "lon"]).drop(columns="key")
    geometry = gpd.points_from_xy(places["lon"], places["lat"], crs="EPSG:4326")
    places = gpd.GeoDataFrame(places, geometry=geometry).to_crs("EPSG:3059")
    columns = ["unit", "unit_name", "municipality", "municipality_name", "geometry"]
    return places.sjoin(units[columns], predicate="within").drop(columns="index_right")


def measure(places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Find the nearest stop of every place."""
    measured = places.sjoin_nearest(stops, distance_col="distance_m").drop(columns="index_right")
    measured = measured.drop_duplicates("place")
    measured["within"] = measured["distance_m"] <= THRESHOLD_M
    return measured


def choose(units: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Choose the contact point of every unit: an open centre, an announced one, a library."""
    rows = []
    for _, unit in units.iterrows():
        here = places[places["unit"] == unit["unit"]]
        row = {"unit": unit["unit"], "unit_name": unit["unit_name"],
               "municipality": unit["municipality"],
               "municipality_name": unit["municipality_name"], "status": "none"}  # fmt: skip
        centres = here[here["host"] == "centre"]
        for status, hosts in (
            ("existing", centres[centres["status"] == "open"]),
            ("announced", centres[centres["status"] == "announced"]),
            ("planned", here[here["host"] == "library"]),
        ):
            if len(hosts) > 0:
                best = hosts.sort_values("distance_m").iloc[0]
                columns = ["place", "host", "name", "address", "lat", "lon", "stop", "stop_name",
                           "distance_m", "within", "geometry"]  # fmt: skip
                row = {**row, "status": status, **best[columns].to_dict()}
                break
        rows.append(row)
    return pd.DataFrame(rows)


def count(
    units: gpd.GeoDataFrame,
    network: pd.DataFrame,
    places: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Count what every unit holds, and its residents."""
    cells = gpd.read_file(SAMPLE / "rezgis_iedzivotaji_1km.geojson")
    cells["geometry"] = cells.geometry.centroid
    people = cells.sjoin(units[["unit", "geometry"]]).groupby("unit")["iedzivotaji"].sum()
    table = units[["unit", "unit_name", "municipality", "municipality_name", "geometry"]].copy()
    table["area_km2"] = table.area / 1e6
    table["population"] = table["unit"].map(people)
    for host in ("centre", "library", "post_office"):
        held = places[places["host"] == host].groupby("unit").size()
        table[host] = table["unit"].map(held).fillna(0).astype(int)
    near = stops.sjoin(units[["unit", "geometry"]]).groupby("unit").size()
    table["stops"] = table["unit"].map(near).fillna(0).astype(int)
    return table.merge(network[["unit", "status", "distance_m", "within"]], on="unit")


def draw(units: gpd.GeoDataFrame, places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame) -> folium.Map:
    """Draw units by status, and a marker for every place and stop."""
    colours = {
        "existing": "#1b7837",
        "announced": "#7fbf7b",
        "planned": "#c2a5cf",
        "none": "#d73027",
    }
    map_ = folium.Map(location=[56.9, 24.6], zoom_start=8, prefer_canvas=True)
    folium.GeoJson(
        units.drop(columns="within").to_crs("EPSG:4326"),
        style_function=lambda feature: {
            "fillColor": colours[feature["properties"]["status"]],
            "weight": 1,
        },
        tooltip=folium.GeoJsonTooltip(["unit_name", "municipality_name", "status"]),
    ).add_to(map_)
    for _, stop in stops.iterrows():
        folium.CircleMarker(
            [stop["stop_lat"], stop["stop_lon"]], radius=2, tooltip=stop["stop_name"]
        ).add_to(map_)
    icons = {"centre": "green", "library": "purple", "post_office": "orange"}
    for _, row in places.iterrows():
        text = f"{row['name']}<br>{row['address']}<br>{row['stop_name']}: {row['distance_m']:.0f} m"
        folium.Marker(
            [row["lat"], row["lon"]],
            popup=text,
            tooltip=row["name"],
            icon=folium.Icon(color=icons[row["host"]]),
        ).add_to(map_)
    return map_


def main(out: Path) -> None:
    """Do the job."""
    out.mkdir(parents=True, exist_ok=True)
    units = read_units()
    register = read_register()
    hosts = [read_centres(register), read_libraries(register), read_post_offices()]
    regional = read_stops("gtfs-latvia-lv.zip", "reg")
    city = read_stops("gtfs-pilseta.zip", "pilseta")
    places = measure(place(hosts, units), regional)
    network = choose(units, places)
    counted = count(units, network, places, regional)
    points = gpd.GeoDataFrame(network.dropna(subset=["place"]), crs="EPSG:3059")
    gaps_access = points[points["distance_m"] > THRESHOLD_M]
    gaps_coverage = counted[counted["status"] == "none"]
    tables = {"network": points, "places": places, "units": counted,
              "gaps_access": gaps_access, "gaps_coverage": gaps_coverage}  # fmt: skip
    for name, table in tables.items():
        table.drop(columns="geometry").to_csv(out / f"{name}.csv", index=False)
    every = pd.concat([regional, city])
    for name, layer in {**tables, "stops": every}.items():
        layer.to_file(out / "coverage.gpkg", layer=name, driver="GPKG")
    draw(counted, places, regional).save(out / "map.html")
    found = network["status"].value_counts().to_dict()
    print(json.dumps({**found, "within": int(points["within"].sum())}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
