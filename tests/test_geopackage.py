"""`coverage.gpkg`: what GDAL and SQLite read back, and what its styles tell QGIS."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from vpvkac.analysis.rounding import shown
from vpvkac.questions.coverage.files import LAYERS, layers
from vpvkac.render.gpkg import write_geopackage
from vpvkac.render.symbols import ALERT, FILLS, INK, SHAPES, for_script
from vpvkac.texts import words

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.texts.message import Lang

    Layers = dict[str, gpd.GeoDataFrame]

pytestmark = pytest.mark.slow

POINTS = ("network", "places", "stops", "gaps_access")
NO_BREAK = "\N{NO-BREAK SPACE}"
# What the columns of DESIGN.md's tables are; all others are texts.
TYPES = {
    "BOOLEAN": "within uncertain near_border chosen regional in_set floor_check",
    "INTEGER": "population population_least population_most centres announced libraries "
    "post_offices other stops visits rank visits_within alt_visits_within residents_nearest "
    "residents_nearest_least residents_nearest_most services_least services_most cluster "
    "cluster_size calls_by_day requirements_met requirements_not_met requirements_unknown "
    "age_65_74 age_75",
    "REAL": "area_km2 distance_m distance_all_m alt_distance_m over_m nearest_m walk_min lat lon "
    "located_within_m score staff_least staff_most compliance offline",
}
HOSTILE = {
    "SQL": "'; DROP TABLE places; --",
    "XML": "</qml></qgis><!-- & \" ' ]]>",
    "long": "Ļoti gara nosaukuma " * 25,
    "right to left": "\u202eakētoilbib\u202c \u200fשלום",
    "control": "divas\nrindas\tun\u2028vēl",
    "astral": "🚌 bibliotēka \U0001f4da",
    "expression": '[% eval(1) %] "name" = name',
    "empty": "",
}


@pytest.fixture(scope="session")
def tables(sample_result: Result) -> Layers:
    everything = shown(sample_result)
    return {name: everything[name] for name in LAYERS}


@pytest.fixture(scope="session")
def written(tables: Layers, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Lang], Path]:
    """Give the sample's GeoPackage in a language, written once."""
    folder = tmp_path_factory.mktemp("geopackage")

    def file(lang: Lang) -> Path:
        path: Path = folder / f"{lang}.gpkg"
        if not path.exists():
            write_geopackage(path, layers(tables, lang, 700.0))
        return path

    return file


@pytest.fixture(scope="session")
def gpkg(written: Callable[[Lang], Path]) -> Path:
    return written("lv")


def ask(file: Path, query: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(query, values).fetchall()


def column(file: Path, layer: str, name: str) -> list[Any]:
    # The names are the tests' own.
    return [row[0] for row in ask(file, f'SELECT "{name}" FROM "{layer}" ORDER BY fid')]  # noqa: S608


def qml(file: Path, layer: str) -> ET.Element:
    """Find a layer's style as QGIS does when the layer is opened."""
    found = ask(
        file,
        "SELECT styleQML FROM layer_styles WHERE f_table_schema = '' AND f_table_name = ?"
        " AND f_geometry_column = (SELECT column_name FROM gpkg_geometry_columns"
        " WHERE table_name = f_table_name)"
        " ORDER BY CASE WHEN useAsDefault THEN 1 ELSE 2 END, update_time DESC LIMIT 1",
        layer,
    )
    return ET.fromstring(found[0][0])  # noqa: S314 - written by the program itself


def options(element: ET.Element) -> dict[str, str]:
    return {option.get("name", ""): option.get("value", "") for option in element.iter("Option")}


# --- The file ------------------------------------------------------------------------------------


def test_the_bytes_do_not_depend_on_folder_time_zone_locale_day_or_run(
    tables: Layers, gpkg: Path, tmp_path: Path
) -> None:
    for name, table in tables.items():
        table.to_parquet(tmp_path / f"{name}.parquet")
    program = """
import json, sys
from pathlib import Path
import geopandas, pyogrio
from vpvkac.questions.coverage.files import layers
from vpvkac.render.gpkg import write_geopackage
pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2031-12-31T23:59:59.999Z"})
tables = {name: geopandas.read_parquet(f"{name}.parquet") for name in json.loads(sys.argv[1])}
write_geopackage(Path("kopija.gpkg"), layers(tables, "lv", 700.0))
"""
    changed = {"TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"}
    sources = str(files("vpvkac").joinpath(".."))
    subprocess.run(
        [sys.executable, "-c", program, json.dumps(LAYERS)],
        cwd=tmp_path,
        env=os.environ | changed | {"PYTHONPATH": sources},
        check=True,
    )
    assert (tmp_path / "kopija.gpkg").read_bytes() == gpkg.read_bytes()


def test_no_moment_of_the_run_is_in_the_file(gpkg: Path) -> None:
    moments = set(re.findall(rb"(?:19|20)\d\d-\d\d-\d\dT[\d:.]+Z", gpkg.read_bytes()))
    assert moments == {b"1970-01-01T00:00:00.000Z"}


def test_a_file_that_is_there_is_replaced_and_nothing_is_left_beside_it(
    tables: Layers, gpkg: Path, tmp_path: Path
) -> None:
    path = tmp_path / "coverage.gpkg"
    path.write_text("an earlier file")
    write_geopackage(path, layers(tables, "lv", 700.0))
    assert path.read_bytes() == gpkg.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == ["coverage.gpkg"]


def test_it_is_a_geopackage_that_sqlite_finds_whole(gpkg: Path) -> None:
    assert gpkg.read_bytes()[:16] == b"SQLite format 3\0"
    assert ask(gpkg, "PRAGMA application_id") == [(int.from_bytes(b"GPKG", "big"),)]
    assert ask(gpkg, "PRAGMA user_version") == [(10300,)]
    assert ask(gpkg, "PRAGMA journal_mode") == [("delete",)]
    assert ask(gpkg, "PRAGMA integrity_check") == [("ok",)]
    assert ask(gpkg, "PRAGMA foreign_key_check") == []


def test_contents_list_the_layers_in_order_and_the_styles_as_attributes(gpkg: Path) -> None:
    listed = ask(gpkg, "SELECT table_name, data_type, srs_id FROM gpkg_contents ORDER BY rowid")
    features = [(name, "features", 3059) for name in LAYERS]
    assert listed == [*features, ("layer_styles", "attributes", 0)]
    assert ask(gpkg, "SELECT table_name FROM gpkg_ogr_contents WHERE feature_count IS NULL") == []


def test_areas_are_multipolygons_and_the_rest_points_all_in_lks_92(gpkg: Path) -> None:
    rows = ask(
        gpkg,
        "SELECT table_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns",
    )
    kinds = {name: "POINT" if name in POINTS else "MULTIPOLYGON" for name in LAYERS}
    assert sorted(rows) == sorted((name, kind, 3059, 0, 0) for name, kind in kinds.items())
    system = ask(
        gpkg,
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
        " WHERE srs_id = 3059",
    )
    assert system[0][:2] == ("EPSG", 3059)
    assert 'AUTHORITY["EPSG","3059"]' in system[0][2]


def test_every_layer_has_a_spatial_index(gpkg: Path) -> None:
    rows = ask(
        gpkg,
        "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'",
    )
    assert {row[0] for row in rows} == set(LAYERS)


# --- What is in it -------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS)
def test_columns_keep_names_order_and_kind(layer: str, gpkg: Path, tables: Layers) -> None:
    kinds = {name: kind for kind, names in TYPES.items() for name in names.split()}
    expected = [
        (name, kinds.get(name, "TEXT")) for name in tables[layer].columns if name != "geometry"
    ]
    declared = ask(gpkg, "SELECT name, type FROM pragma_table_info(?)", layer)
    assert declared[0] == ("fid", "INTEGER")
    assert declared[1][0] == "geom"
    assert declared[2:] == expected


@pytest.mark.parametrize("layer", LAYERS)
def test_values_come_back_as_they_were(layer: str, gpkg: Path, tables: Layers) -> None:
    table = tables[layer]
    for name in table.columns.drop("geometry"):
        expected = [None if pd.isna(value) else value for value in table[name]]
        assert column(gpkg, layer, name) == expected, name


@pytest.mark.parametrize("layer", LAYERS)
def test_geometries_come_back_as_they_were_and_missing_ones_stay_missing(
    layer: str, gpkg: Path, tables: Layers
) -> None:
    table = tables[layer]
    back = gpd.read_file(gpkg, layer=layer)
    assert back.crs.to_epsg() == 3059
    assert (back.geometry.isna().to_numpy() == table.geometry.isna().to_numpy()).all()
    there = table.geometry.notna().to_numpy()
    before, after = (frame.geometry.to_numpy()[there] for frame in (table, back))
    assert shapely.equals(before, after).all()
    assert shapely.get_num_coordinates(before).tolist() == (
        shapely.get_num_coordinates(after).tolist()
    )


def test_a_unit_without_a_point_has_a_row_without_geometry(
    gpkg: Path, truth: dict[str, Any]
) -> None:
    rows = ask(gpkg, "SELECT unit FROM network WHERE geom IS NULL ORDER BY unit")
    assert [row[0] for row in rows] == sorted(truth["planted"]["units_without_host"])


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_are_kept_and_do_no_harm(
    hostile: str, tables: Layers, tmp_path: Path
) -> None:
    texts = ("unit_name", "name", "place_name", "stop_name", "address", "reason", "phone")
    renamed = {
        layer: table.head(9).assign(**{name: hostile for name in texts if name in table})
        for layer, table in tables.items()
    }
    path = tmp_path / "coverage.gpkg"
    write_geopackage(path, layers(renamed, "lv", 700.0))
    for layer, table in renamed.items():
        assert len(gpd.read_file(path, layer=layer)) == len(table)
        assert qml(path, layer).find("renderer-v2") is not None
        for name in set(texts) & set(table):
            assert set(column(path, layer, name)) == {hostile}
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]


def test_empty_layers_keep_their_kinds_and_styles(tables: Layers, tmp_path: Path) -> None:
    path = tmp_path / "coverage.gpkg"
    empty = {name: table.iloc[:0] for name, table in tables.items()}
    write_geopackage(path, layers(empty, "en", 700.0))
    whole = tmp_path / "whole.gpkg"
    write_geopackage(whole, layers(tables, "en", 700.0))
    for layer in LAYERS:
        kinds = [ask(file, "SELECT * FROM pragma_table_info(?)", layer) for file in (path, whole)]
        assert kinds[0] == kinds[1]
        assert pyogrio.read_info(path, layer=layer)["features"] == 0
        assert qml(path, layer).find("renderer-v2/symbols/symbol") is not None


def test_a_run_without_stops_leaves_distances_empty_but_their_columns_whole(
    tables: Layers, tmp_path: Path
) -> None:
    network = tables["network"].assign(
        distance_m=float("nan"), within=pd.array([pd.NA] * len(tables["network"]), "boolean")
    )
    path = tmp_path / "coverage.gpkg"
    write_geopackage(
        path, layers({**tables, "network": network, "stops": tables["stops"].iloc[:0]}, "lv", 700.0)
    )
    assert set(column(path, "network", "within")) == {None}
    assert set(column(path, "network", "distance_m")) == {None}
    declared = dict(ask(path, "SELECT name, type FROM pragma_table_info('network')"))
    assert (declared["within"], declared["distance_m"]) == ("BOOLEAN", "REAL")


# --- Languages -----------------------------------------------------------------------------------


def test_titles_are_in_the_language_and_names_and_codes_are_not(
    written: Callable[[Lang], Path],
) -> None:
    titles = {
        lang: dict(ask(written(lang), "SELECT table_name, identifier FROM gpkg_contents"))
        for lang in ("lv", "en")
    }
    assert titles["lv"]["gaps_access"] == "Sasniedzamības nepilnības"
    assert titles["lv"]["gaps_coverage"] == "Pārklājuma nepilnības"
    assert titles["en"]["gaps_coverage"] == "Coverage gaps"
    assert titles["en"]["network"] == "Network of contact points"
    for layer in LAYERS:
        kinds = [
            ask(written(lang), "SELECT name, type FROM pragma_table_info(?)", layer)
            for lang in ("lv", "en")
        ]
        assert kinds[0] == kinds[1]
    assert column(written("lv"), "network", "status") == column(written("en"), "network", "status")


def test_the_threshold_named_is_the_runs_own(tables: Layers, tmp_path: Path) -> None:
    path = tmp_path / "coverage.gpkg"
    write_geopackage(path, layers(tables, "lv", 450.0))
    described = ask(path, "SELECT description FROM gpkg_contents WHERE table_name = 'gaps_access'")
    assert f"tālāk par 450{NO_BREAK}m" in described[0][0]
    aliases = {
        alias.get("field"): alias.get("name") for alias in qml(path, "network").iter("alias")
    }
    assert aliases["within"] == f"450{NO_BREAK}m robežās"
    labels = {rule.get("label") for rule in qml(path, "units").iter("rule")}
    assert f"Tālāk par 450{NO_BREAK}m" in labels


# --- Styles --------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("lang", ["lv", "en"])
def test_every_column_has_an_alias_at_the_place_where_qgis_counts_it(
    layer: str, lang: Lang, written: Callable[[Lang], Path]
) -> None:
    file = written(lang)
    declared = [row[0] for row in ask(file, "SELECT name FROM pragma_table_info(?)", layer)]
    fields = [name for name in declared if name != "geom"]
    aliases = list(qml(file, layer).iter("alias"))
    assert [alias.get("field") for alias in aliases] == fields[1:]
    assert [fields[int(alias.get("index", ""))] for alias in aliases] == fields[1:]
    assert all((alias.get("name") or "").strip() for alias in aliases)
    assert len({alias.get("name") for alias in aliases}) == len(aliases)


def test_aliases_are_the_glossarys_terms(written: Callable[[Lang], Path]) -> None:
    planted: dict[tuple[Lang, str, str], str] = {
        ("lv", "network", "distance_m"): "Attālums pa taisni, m",
        ("lv", "network", "within"): f"700{NO_BREAK}m robežās",
        ("lv", "places", "host"): "Iestādes veids",
        ("lv", "gaps_access", "remedy"): "Ieteicamā rīcība",
        ("lv", "gaps_access", "stop_name"): "Tuvākā pietura",
        ("lv", "stops", "stop_name"): "Nosaukums",
        ("en", "units", "area_km2"): "Area, km²",
        ("en", "gaps_coverage", "nearest_name"): "Nearest contact point elsewhere",
    }
    for (lang, layer, name), term in planted.items():
        aliases = qml(written(lang), layer).iter("alias")
        assert next(alias.get("name") for alias in aliases if alias.get("field") == name) == term


def looks(file: Path, layer: str) -> dict[str, list[dict[str, str]]]:
    """Give the parts of the symbol of each rule, the lowest first, by the rule's filter."""
    style = qml(file, layer)
    symbols = {
        symbol.get("name"): [options(part) for part in symbol.findall("layer")]
        for symbol in style.iterfind("renderer-v2/symbols/symbol")
    }
    return {rule.get("filter", ""): symbols[rule.get("symbol")] for rule in style.iter("rule")}


def colour_of(hexadecimal: str) -> str:
    return ",".join(str(part) for part in bytes.fromhex(hexadecimal[1:])) + ",255"


def test_every_unit_has_the_colour_of_the_reach_of_its_point(gpkg: Path, tables: Layers) -> None:
    network = tables["network"].set_index("unit")["distance_m"]
    areas = {
        unit: "none" if pd.isna(metres) else "within" if metres <= 700 else "beyond"
        for unit, metres in network.items()
    }
    drawn: dict[str, str] = {}
    for condition, parts in looks(gpkg, "units").items():
        # QGIS's expressions of this kind are SQL too, so SQLite can try them.
        for (unit,) in ask(gpkg, f"SELECT unit FROM units WHERE {condition}"):  # noqa: S608
            assert unit not in drawn
            drawn[unit] = parts[0]["color"]
    assert drawn == {unit: colour_of(FILLS[code].ground) for unit, code in areas.items()}
    assert len(set(drawn.values())) == 3


@pytest.mark.parametrize("layer", ["network", "places", "gaps_access"])
def test_form_tells_the_kind_fill_the_status_and_colour_the_reach(
    layer: str, gpkg: Path, tables: Layers
) -> None:
    table = tables[layer][tables[layer].geometry.notna()]
    key = "unit" if layer == "network" else "place"
    rows = table.set_index(key).to_dict("index")
    seen: dict[str, dict[str, str]] = {}
    for condition, parts in looks(gpkg, layer).items():
        found = ask(gpkg, f"SELECT {key} FROM {layer} WHERE {condition}")  # noqa: S608
        if condition == '"uncertain"':
            assert {one for (one,) in found} == {one for one in rows if rows[one]["uncertain"]}
            assert parts[0]["outline_style"] == "dash"
            assert parts[0]["color"].endswith(",0")
            continue
        for (one,) in found:
            assert one not in seen, one
            seen[one] = next(part for part in parts if part["outline_color"] != part["color"])
            is_dotted = parts[-1]["color"] == parts[-1]["outline_color"]
            assert is_dotted == (rows[one]["status"] == "announced")
    assert seen.keys() == rows.keys()
    for one, row in rows.items():
        # A place is beyond where the run says so, whatever kind of gap it is.
        beyond = not row["within"] if "within" in row else row["over_m"] > 0
        told = colour_of(ALERT if beyond else INK)
        is_open = row["status"] in {"existing", "open"}
        mark = seen[one]
        assert mark["name"] == SHAPES[row["host"]].name
        assert mark["color" if is_open else "outline_color"] == told, one
        assert mark["outline_color" if is_open else "color"] == colour_of("#ffffff")


@pytest.mark.parametrize("layer", ["network", "places", "stops", "gaps_access"])
def test_every_point_passes_one_rule(layer: str, gpkg: Path) -> None:
    kinds = " + ".join(
        f"coalesce({condition}, 0)"
        for condition in looks(gpkg, layer)
        if condition != '"uncertain"'
    )
    passed = ask(gpkg, f"SELECT {kinds} FROM {layer} WHERE geom IS NOT NULL")  # noqa: S608
    assert {row[0] for row in passed} == {1}


def test_a_rule_says_what_it_draws(written: Callable[[Lang], Path]) -> None:
    labels = {
        lang: {rule.get("label") for layer in ("units", "network", "places", "gaps_access")
               for rule in qml(written(lang), layer).iter("rule")}
        for lang in ("lv", "en")
    }  # fmt: skip
    assert {
        f"700{NO_BREAK}m robežās", "Bez kontaktpunkta", "Esošs: VPVKAC",
        f"Plānots: Pašvaldības bibliotēka – tālāk par 700{NO_BREAK}m", "Pasta nodaļas",
    } <= labels["lv"]  # fmt: skip
    assert "Planned: Municipal library" in labels["en"]
    assert len(labels["lv"]) == len(labels["en"])


def test_a_unit_whose_distance_is_not_known_is_told_apart(tables: Layers, tmp_path: Path) -> None:
    units = tables["units"].assign(within=pd.array([pd.NA] * len(tables["units"]), "boolean"))
    path = tmp_path / "coverage.gpkg"
    write_geopackage(path, layers({**tables, "units": units}, "lv", 700.0))
    counts = {
        parts[0]["color"]: ask(path, f"SELECT count(*) FROM units WHERE {condition}")[0][0]  # noqa: S608
        for condition, parts in looks(path, "units").items()
    }
    none = int((units["status"] == "none").sum())
    assert counts == {
        colour_of(FILLS["within"].ground): 0, colour_of(FILLS["beyond"].ground): 0,
        colour_of(FILLS["none"].ground): none,
        colour_of(FILLS["unknown"].ground): len(units) - none,
    }  # fmt: skip


def test_every_host_has_a_form_of_its_own(tables: Layers, tmp_path: Path) -> None:
    places = tables["places"].head(12).assign(host=[*words.HOSTS] * 2)
    places["status"] = ["open"] * 6 + ["announced"] * 6
    path = tmp_path / "coverage.gpkg"
    write_geopackage(path, layers({**tables, "places": places}, "lv", 700.0))
    for status in ("open", "announced"):
        drawn = [parts for rule, parts in looks(path, "places").items() if f"'{status}'" in rule]
        assert len({parts[0]["name"] for parts in drawn}) == len(words.HOSTS)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_symbol_named_is_drawn_and_of_the_layers_kind(layer: str, gpkg: Path) -> None:
    style = qml(gpkg, layer)
    drawn = style.findall("renderer-v2/symbols/symbol")
    names = [symbol.get("name") for symbol in drawn]
    used = [item.get("symbol") for item in style.iter() if item.tag == "rule"]
    assert names == (used or ["0"])
    assert {symbol.get("type") for symbol in drawn} == {"marker" if layer in POINTS else "fill"}
    assert style.findtext("layerGeometryType") == ("0" if layer in POINTS else "2")
    for symbol in drawn:
        inner = symbol.findall("layer/symbol")
        assert [item.get("name") for item in inner] == (
            [f"@{symbol.get('name')}@1"] if inner else []
        )


def test_no_two_verdicts_look_alike_and_units_without_a_point_are_hatched(gpkg: Path) -> None:
    style = qml(gpkg, "units")
    looks = [
        ET.tostring(symbol).replace(f'name="{number}"'.encode(), b"")
        for number, symbol in enumerate(style.findall("renderer-v2/symbols/symbol"))
    ]
    assert len(set(looks)) == len(looks) == 3
    for layer, symbol in (("units", "2"), ("gaps_coverage", "0")):
        hatched = qml(gpkg, layer).findall(f"renderer-v2/symbols/symbol[@name='{symbol}']/layer")
        assert "LinePatternFill" in {part.get("class") for part in hatched}


def test_codes_are_shown_by_their_labels(gpkg: Path) -> None:
    coded = (
        "kind", "host", "status", "located_by", "located_unit", "class", "alt_host", "nearest_host",
        "remedy", "service_class", "alt_service_class", "quality_class",
    )  # fmt: skip
    for layer in LAYERS:
        style = qml(gpkg, layer)
        names = [row[0] for row in ask(gpkg, "SELECT name FROM pragma_table_info(?)", layer)]
        lists = {field.get("name", ""): field for field in style.iter("field")}
        assert set(lists) == set(coded) & set(names)
        for name, field in lists.items():
            labels = {code: label for label, code in options(field).items()}
            assert set(column(gpkg, layer, name)) - {None} <= set(labels), (layer, name)
    places = {field.get("name"): options(field) for field in qml(gpkg, "places").iter("field")}
    assert places["status"]["Darbojas"] == "open"
    assert places["host"]["Pasta nodaļa"] == "post_office"


def test_the_colours_are_the_explorers() -> None:
    script = files("vpvkac").joinpath("render/templates/marks.js").read_text(encoding="utf-8")
    assert re.search(r"SYMBOLS", script)
    assert not re.search(f"{INK}|{ALERT}", script)
    told = for_script()
    assert (told["ink"], told["alert"]) == (INK, ALERT)
    assert told["fills"] == {
        code: [fill.ground, fill.hatch, 1 if fill.angle < 90 else -1]
        for code, fill in FILLS.items()
    }
    assert told["corners"].keys() == SHAPES.keys() - {"centre"}
