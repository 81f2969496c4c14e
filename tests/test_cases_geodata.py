"""Files of geodata as they come: lost code pages, other coordinates, cells twice, odd values."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from click.testing import CliRunner
from shapely.geometry import Point, box

import vpvkac
from plain_country import SIDE, SOUTH, UNITS, WEST, at, rows, units_frame, write_units
from vpvkac.cli.main import main
from vpvkac.inputs.project_file import load
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input
from vpvkac.questions.check.answer import examine
from vpvkac.sources.geodata import read_layer
from vpvkac.sources.plain import read_plain_hosts
from vpvkac.sources.population import read_population_grid
from vpvkac.sources.units import read_units
from vpvkac.texts.message import Bilingual

if TYPE_CHECKING:
    from click.testing import Result


pytestmark = pytest.mark.slow

FORMS = Bilingual("datne", "file")
LATVIAN = "AĀBCČDEĒFGĢHIĪJKĶLĻMNŅOPRSŠTUŪVZŽ aābcčdeēfgģhiījkķlļmnņoprsštuūvzž “–”"
PLACES = 'libraries = { path = "l.csv", id = "id", name = "name", lat = "lat", lon = "lon" }'
LIST = rows("id,name,lat,lon", ("1", "Viena", *at(5, 5)))


def run(project: Path, out: Path) -> Result:
    return CliRunner().invoke(main, ["run", str(project), "--out", str(out), "--lang", "en"])


def said(result: Result, label: str) -> list[str]:
    return [line for line in result.stderr.splitlines() if line.startswith(f"{label}: ")]


def faults(read: Any) -> list[Fault]:
    try:
        return list(read().faults)
    except InputError as error:
        return list(error.faults)


def errors(read: Any) -> list[str]:
    return [fault.sentence("en") for fault in faults(read) if fault.level == "error"]


def hosts_of(path: Path, **columns: str) -> Any:
    return read_plain_hosts(Input(path, path.name, columns or {"id": "id"}))


def collection(*features: Any, **more: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **more, "features": features})


def feature(properties: Any, shape: Any = None, **more: Any) -> dict[str, Any]:
    geometry = None if shape is None else shapely.geometry.mapping(shape)
    return {"type": "Feature", "properties": properties, "geometry": geometry, **more}


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# --- Code pages --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "name"),
    [("e04_shp_utf8_no_cpg", "UTF-8"), ("e05_shp_cp1257_no_cpg", "Windows-1257")],
)
@pytest.mark.parametrize("label", [None, "ANSI 1257", "System"])
def test_units_without_a_code_page_keep_their_names(
    shared_cases: Path, tmp_path: Path, case: str, name: str, label: str | None
) -> None:
    folder = shared_cases / "06-shp-encoding" / case
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    if label is not None:
        (tmp_path / "units.cpg").write_text(label, encoding="ascii")
    found = vpvkac.analyse(load(tmp_path)).units
    told = [fault.sentence("en") for fault in examine(load(tmp_path)).faults]
    told = [line for line in told if ".cpg" in line]
    assert len(told) == (0 if (label, name) == ("ANSI 1257", "Windows-1257") else 1)
    assert all(name in line for line in told)
    assert "Alfas īņu pagasts" in found["unit_name"].tolist()
    letters = "".join([*found["unit_name"], *found["municipality_name"]])
    assert set(letters) <= set(LATVIAN)


def shapefile(
    folder: Path, codec: str, label: bytes | None, language: int = 0, text: str = LATVIAN
) -> Path:
    """Write a shapefile with every Latvian letter, its bytes and what is said of them."""
    path = folder / "l.shp"
    frame = gpd.GeoDataFrame({"nr": [1], "Ķ": [text]}, geometry=[Point(5e5, 3e5)], crs=3059)
    frame.to_file(path, encoding=codec)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if label is not None:
        path.with_suffix(".cpg").write_bytes(label)
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    assert text.encode(codec) in table
    table[29] = language
    path.with_suffix(".dbf").write_bytes(table)
    return path


SPELLINGS = {
    "UTF-8": [b"UTF-8", b"utf8\r\n", b"UTF8", b"65001", b"\xef\xbb\xbfUTF-8", b'"UTF-8"'],
    "CP1257": [
        b"ANSI 1257", b"1257", b"CP1257", b"windows-1257", b"Windows 1257", b"cp-1257\n",
        b"ISO 8859-13", b"ISO-8859-13", b"885913", b"iso8859_13",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("codec", "label"), [(codec, label) for codec, all_ in SPELLINGS.items() for label in all_]
)
def test_a_code_page_is_understood_however_it_is_spelt(
    tmp_path: Path, codec: str, label: bytes
) -> None:
    # The two Baltic pages have the letters in common, but not these signs.
    text = LATVIAN.rstrip(" “–”")
    layer = read_layer(shapefile(tmp_path, codec, label, text=text), "l.shp", FORMS, ["Ķ"])
    assert (layer.table["Ķ"][0], layer.faults) == (text, [])


@pytest.mark.parametrize(
    ("codec", "label", "language"),
    [
        ("UTF-8", None, 0), ("UTF-8", None, 0x57), ("UTF-8", None, 0x03), ("UTF-8", b"System", 0),
        ("UTF-8", b"ANSI 1257", 0), ("UTF-8", b"ISO-8859-1", 0), ("UTF-8", b"", 0),
        ("CP1257", None, 0), ("CP1257", None, 0x57), ("CP1257", None, 0x03),
        ("CP1257", b"UTF-8", 0), ("CP1257", b"System", 0), ("CP1257", b"ANSI 1252", 0),
        ("CP1257", b"\x00\xff\xfe", 0), ("CP1257", b"UTF-16", 0), ("CP1257", b"ASCII", 0),
    ],
)  # fmt: skip
def test_a_code_page_lost_or_wrong_is_found_out_and_told(
    tmp_path: Path, codec: str, label: bytes | None, language: int
) -> None:
    layer = read_layer(shapefile(tmp_path, codec, label, language), "l.shp", FORMS, ["Ķ", "nr"])
    assert layer.table.loc[0].tolist() == [LATVIAN, "1"]
    (fault,) = layer.faults
    assert (fault.level, ".cpg" in fault.problem.text("en")) == ("warning", True)


def test_the_language_of_the_table_counts_where_no_code_page_is_stated(tmp_path: Path) -> None:
    layer = read_layer(shapefile(tmp_path, "CP1257", None, 0xCC), "l.shp", FORMS, ["Ķ"])
    assert (layer.table["Ķ"][0], layer.faults) == (LATVIAN, [])


def test_letters_of_no_code_page_are_an_error(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "CP1257", None)
    table = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(table.replace("Ā".encode("cp1257"), b"\x81"))
    assert (
        "of no encoding that is known"
        in errors(lambda: read_layer(path, "l.shp", FORMS, ["nr"]))[0]
    )


def test_a_letter_cut_by_the_end_of_its_cell_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "l.shp"
    names = ["ā" * 127, "ē"]
    gpd.GeoDataFrame({"n": names}, geometry=[Point(5e5, 3e5)] * 2, crs=3059).to_file(path)
    table = path.with_suffix(".dbf").read_bytes()
    at_ = table.index("ā".encode())
    # One byte more before it, so that the cell's last byte is half a letter.
    width = table[48]
    cell = (b"x" + "ā".encode() * 127)[:width]
    assert (width % 2, len(cell)) == (0, width)
    path.with_suffix(".dbf").write_bytes(table[:at_] + cell + table[at_ + width :])
    layer = read_layer(path, "l.shp", FORMS, ["n"])
    assert layer.table["n"].tolist() == ["x" + "ā" * ((width - 1) // 2), "ē"]


# --- Parts of a shapefile ----------------------------------------------------------------------


def test_parts_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "a.shp", tmp_path / "b.shp"
    units_frame(UNITS).to_file(one)
    units_frame(UNITS[:3]).to_file(other)
    for part in (".dbf", ".shx", ".shp"):
        mixed = tmp_path / f"m{part[1:]}.shp"
        for ending in (".shp", ".shx", ".dbf", ".prj"):
            origin = other if ending == part else one
            mixed.with_suffix(ending).write_bytes(origin.with_suffix(ending).read_bytes())
        (told,) = errors(lambda path=mixed: read_units(Input(path, "u.shp")))
        assert "belong" in told
        assert "copy all its parts" in told


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("size", [0, 20, 90, 130, -7])
def test_a_part_cut_short_is_told(tmp_path: Path, part: str, size: int) -> None:
    path = tmp_path / "u.shp"
    units_frame(UNITS).to_file(path)
    data = path.with_suffix(part).read_bytes()
    path.with_suffix(part).write_bytes(data[:size])
    assert errors(lambda: read_units(Input(path, "u.shp")))


def test_deleted_rows_and_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "u.shp"
    units_frame(UNITS).to_file(path)
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    head, width = int.from_bytes(table[8:10], "little"), int.from_bytes(table[10:12], "little")
    table[head + width] = ord("*")
    path.with_suffix(".dbf").write_bytes(table)
    reading = read_units(Input(path, "u.shp"))
    assert reading.table["unit"].tolist() == [UNITS[0][0], UNITS[2][0], UNITS[3][0]]
    assert reading.table.geometry.centroid.x.tolist() == [WEST + 5000, WEST + 15000, WEST + 15000]
    units_frame(UNITS).iloc[:0].to_file(path)
    assert "has no units" in errors(lambda: read_units(Input(path, "u.shp")))[0]


@pytest.mark.parametrize("said", [b" daudz", b"\xff\x81\x83  1"])
def test_texts_in_a_column_of_numbers_are_seen(tmp_path: Path, said: bytes) -> None:
    path = tmp_path / "g.shp"
    shape = box(WEST, SOUTH, WEST + 1000, SOUTH + 1000)
    gpd.GeoDataFrame({"iedz": [123_456]}, geometry=[shape], crs=3059).to_file(path)
    table = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(table.replace(b"123456", said))
    grid = Input(path, "g.shp", {"value": "iedz"})
    assert "is not a number" in errors(lambda: read_population_grid(grid))[0]


@pytest.mark.parametrize(
    "text",
    [
        "", "x", 'PROJCS["x"', 'LOCAL_CS["x",UNIT["m",1]]', "http://127.0.0.1:9/crs",
        'GEOGCS["x",DATUM["x",SPHEROID["x",0,0]],PRIMEM["x",0],UNIT["x",0]]',
        'PROJCS["x",GEOGCS["x",DATUM["x",SPHEROID["x",1,1]]],PROJECTION["x"],UNIT["m",1]]',
    ],
)  # fmt: skip
def test_a_coordinate_system_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "u.shp"
    units_frame(UNITS).to_file(path)
    written(path.with_suffix(".prj"), text)
    assert errors(lambda: read_units(Input(path, "u.shp")))


# --- Coordinates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "file"),
    [
        ("e01_projected_no_crs", "units.geojson"), ("e02_crs_lks92", "units.geojson"),
        ("p04_no_crs", "grid.geojson"),
    ],
)  # fmt: skip
def test_metres_without_a_known_crs_are_told(
    shared_cases: Path, tmp_path: Path, case: str, file: str
) -> None:
    done = run(shared_cases / "13-geojson-no-crs" / case, tmp_path / "out")
    assert done.exit_code == 1
    (told,) = said(done, "Error")
    assert told.startswith(f"Error: {file}")
    assert "the coordinates are no degrees" in told
    assert "names no coordinate system that is known" in told
    assert "save it in EPSG:4326, or with its crs" in told
    assert "Warning:" not in done.stderr.replace("\nWarning: ", "")
    assert "Fix geometries" not in done.stderr


def crs_of(name: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize(
    "crs",
    [
        None, crs_of("LKS-92 / Latvia TM"), crs_of("urn:ogc:def:crs:EPSG::99999"), crs_of(""),
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "proj4"}},
        3059, [], {"type": "name"}, {"type": "name", "properties": None},
        crs_of("+proj=tmerc"), crs_of("urn:ogc:def:crs:EPSG::4326"), crs_of("EPSG:4258"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["units", "hosts"])
def test_metres_in_geojson_need_a_crs_that_is_known(tmp_path: Path, crs: Any, kind: str) -> None:
    shapes = units_frame(UNITS)
    entries = [
        feature({**dict(row), "id": number}, shape)
        for (number, row), shape in zip(
            shapes.drop(columns="geometry").iterrows(), shapes.geometry, strict=True
        )
    ]
    more = {} if crs is None else {"crs": crs}
    path = written(tmp_path / "u.geojson", collection(*entries, **more))
    told = errors(
        (lambda: read_units(Input(path, "u.geojson")))
        if kind == "units"
        else lambda: hosts_of(path)
    )
    assert len(told) == 1
    assert "no degrees" in told[0]
    assert "Fix geometries" not in told[0]


@pytest.mark.parametrize("crs", [4326, 4258, 4661, 3857, 25834, 25835, 3035, 32635, 3059, 3346])
@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
def test_every_other_crs_is_reprojected(tmp_path: Path, crs: int, ending: str) -> None:
    path = tmp_path / f"u.{ending}"
    units_frame(UNITS).to_crs(crs).to_file(path)
    table = read_units(Input(path, path.name)).table
    assert table.total_bounds.tolist() == pytest.approx(
        [WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE], abs=1
    )


@pytest.mark.parametrize("name", ["EPSG:3059", "urn:ogc:def:crs:EPSG::3059",
                                  "http://www.opengis.net/def/crs/EPSG/0/3059"])  # fmt: skip
def test_a_crs_of_geojson_is_known_by_its_authority(tmp_path: Path, name: str) -> None:
    place = Point(WEST + 5000, SOUTH + 5000)
    path = written(tmp_path / "l.geojson", collection(feature({"id": 1}, place), crs=crs_of(name)))
    table = hosts_of(path).table
    assert (table["lat"][0], table["lon"][0]) == at(5, 5)


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
@pytest.mark.parametrize("crs", [4326, 3059, 3857])
def test_axes_in_the_other_order_are_told(tmp_path: Path, ending: str, crs: int) -> None:
    frame = units_frame(UNITS).to_crs(crs)
    turned = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    path = tmp_path / f"u.{ending}"
    gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=turned, crs=crs).to_file(path)
    (told,) = errors(lambda: read_units(Input(path, path.name)))
    assert "are swapped" in told


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
def test_degrees_in_a_file_that_says_metres_are_told(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"u.{ending}"
    units_frame(UNITS).to_crs(4326).set_crs(3059, allow_override=True).to_file(path)
    (told,) = errors(lambda: read_units(Input(path, path.name)))
    assert "are degrees, though the file's coordinate system is LKS-92 / Latvia TM" in told


@pytest.mark.parametrize("srs", [0, -1, 99])
def test_a_geopackage_of_no_crs_is_told(tmp_path: Path, srs: int) -> None:
    path = tmp_path / "u.gpkg"
    write_units(path, UNITS)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", [srs])
    database.close()
    (told,) = errors(lambda: read_units(Input(path, "u.gpkg")))
    assert "has no coordinate system" in told


def test_coordinates_that_are_none_are_no_shape(tmp_path: Path) -> None:
    spoilt = collection(feature({"id": "a"}, Point(24, 57)))
    for wrong in ("[null, 57]", '["24", 57]', "[]", "[24]", "[NaN, 57]", "[1e400, 57]", "{}"):
        path = written(tmp_path / "l.geojson", spoilt.replace("[24.0, 57.0]", wrong))
        assert path.read_text("utf-8") != spoilt
        assert hosts_of(path).table["lat"].isna().all()


# --- What content asks for ---------------------------------------------------------------------


@pytest.fixture
def asked() -> Iterator[tuple[int, list[str]]]:
    """Serve on this machine; give the port and what was asked for."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        do_HEAD = do_POST = do_GET  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, requests
    server.shutdown()
    server.server_close()


LINKS = {
    "vrt": "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/vsicurl/http://127.0.0.1:{}/a"
    ".geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    "wfs": "<OGRWFSDataSource><URL>http://127.0.0.1:{}/wfs</URL></OGRWFSDataSource>",
    "gdalg": '{{"type": "gdal_streamed_alg", "command_line": "gdal vector read http://127.0.0.1:{}/a"}}',
    "link": '{{"type": "FeatureCollection", "crs": {{"type": "link", "properties": {{"href": '
    '"http://127.0.0.1:{}/crs", "type": "proj4"}}}}, "features": [{{"type": "Feature", '
    '"properties": {{"id": 1, "iedzivotaji": 1}}, "geometry": {{"type": "Point", "coordinates": '
    "[1, 1]}}}}]}}",
    "topojson": '{{"type": "Topology", "objects": {{}}, "arcs": [], "a": "http://127.0.0.1:{}"}}',
    "service": '{{"objectIdFieldName": "a", "url": "http://127.0.0.1:{}/query?f=json"}}',
}


@pytest.mark.parametrize("content", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("name", ["x.gpkg", "x.geojson", "x.shp", "x.json", "x.vrt"])
def test_no_content_makes_a_reader_ask_the_network(
    tmp_path: Path, asked: tuple[int, list[str]], content: str, name: str
) -> None:
    port, requests = asked
    path = written(tmp_path / name, content.format(port))
    for read in (
        lambda: read_units(Input(path, name)),
        lambda: hosts_of(path),
        lambda: read_population_grid(Input(path, name)),
    ):
        assert errors(read)
    assert requests == []


@pytest.mark.parametrize("name", ["gdal_vrt.gpkg", "gdal_crs_link.geojson"])
def test_files_of_the_review_are_refused(shared_review: Path, name: str) -> None:
    assert errors(lambda: read_population_grid(Input(shared_review / name, name)))


# --- Entries, columns and layers ---------------------------------------------------------------


def test_entries_that_are_no_features_are_errors(shared_review: Path) -> None:
    path = shared_review / "dropped_features.geojson"
    columns = {"id": "id", "name": "nosaukums"}
    (fault,) = [one for one in faults(lambda: hosts_of(path, **columns)) if one.level == "error"]
    assert (fault.row, fault.alike) == (1, 3)
    assert "is no Feature" in fault.problem.text("en")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"type": "FeatureCollection", "features": {}}', "no collection"),
        ('{"type": "Point", "coordinates": [24, 57]}', "no collection"),
        ('{"type": "Topology"}', "no collection"),
        ('{"type": "FeatureCollection", "features": [], "features": []}', "is not JSON"),
        ("{" * 100_000, "is not JSON"),
        ('{"a": ' + "[" * 200_000 + "]" * 200_000 + "}", "is not JSON"),
        ("{'type': 1}", "is not JSON"),
    ],
)
def test_what_is_no_collection_of_features_is_told(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path / "l.geojson", text)
    (told,) = errors(lambda: hosts_of(path))
    assert words in told


@pytest.mark.parametrize("case", ["h01_list_props", "h02_nested_props"])
def test_lists_are_joined_and_objects_refused(
    shared_cases: Path, tmp_path: Path, case: str
) -> None:
    done = run(shared_cases / "23-geojson-list-property" / case, tmp_path)
    if case == "h02_nested_props":
        assert done.exit_code == 1
        assert "libs.geojson, row 1, phone: " in said(done, "Error")[0]
    else:
        assert done.exit_code == 0
        phones = pd.read_csv(tmp_path / "places.csv")["phone"]
        assert set(phones) == {"'+371 1111111, +371 2222222"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"), (1.0, "1"), (4.5, "4.5"), (12345678901234567890, "12345678901234567890"),
        ("1.0", "1.0"), (" A ", "A"), ("a\u0304", "ā"), (True, "true"), (False, "false"),
        (None, ""), ([1, 2.0, "a"], "1, 2, a"), ([], ""), (["a", None, "b"], "a, b"),
        ({"a": 1}, None), ([{"a": 1}], None), ([[1]], None), ("a\0b", None), ("\ud800", None),
        ("2023-01-05", "2023-01-05"),
    ],
)  # fmt: skip
def test_values_are_written_as_the_file_has_them(
    tmp_path: Path, value: object, text: str | None
) -> None:
    # Another value in the column changes nothing.
    entries = [feature({"v": one}) for one in (value, 2, 4.5, "x", None)]
    path = written(tmp_path / "l.geojson", collection(*entries))
    layer = read_layer(path, "l.geojson", FORMS, ["v"])
    assert layer.table["v"].tolist() == ["" if text is None else text, "2", "4.5", "x", ""]
    assert [fault.row for fault in layer.faults] == ([1] if text is None else [])


def test_whole_numbers_are_keys_without_a_decimal_point(shared_cases: Path, tmp_path: Path) -> None:
    done = run(shared_cases / "24-geojson-float-ids", tmp_path)
    assert done.exit_code == 0
    places = pd.read_csv(tmp_path / "places.csv", dtype=str).set_index("place")
    assert list(places.index) == [f"libraries:{key}" for key in ("1", "2", "3", "4.5")]
    assert places["located_by"]["libraries:1"] == "correction"
    assert "of no list" not in done.stderr


def test_the_key_of_a_geopackage_is_a_column(shared_cases: Path, tmp_path: Path) -> None:
    done = run(shared_cases / "25-gpkg-fid", tmp_path)
    assert done.exit_code == 0
    with sqlite3.connect(f"file:{shared_cases}/25-gpkg-fid/libs.gpkg?immutable=1", uri=True) as db:
        expected = [f"libraries:{fid}" for (fid,) in db.execute("SELECT fid FROM l")]
    db.close()
    assert sorted(pd.read_csv(tmp_path / "places.csv")["place"]) == sorted(expected)


def test_the_id_of_a_feature_is_a_column_unless_a_property_is(tmp_path: Path) -> None:
    path = written(tmp_path / "l.geojson", collection(feature({"n": "a"}, id=7)))
    assert read_layer(path, "l", FORMS, ["id"]).table["id"].tolist() == ["7"]
    path = written(tmp_path / "l.geojson", collection(feature({"id": "a"}, id=7)))
    assert read_layer(path, "l", FORMS, ["id"]).table["id"].tolist() == ["a"]


def test_texts_in_a_column_of_whole_numbers_are_seen(shared_review: Path) -> None:
    path = shared_review / "grid_text_counts.gpkg"
    told = errors(lambda: read_population_grid(Input(path, path.name)))
    assert any('"LV9999999" is not a number' in sentence for sentence in told)


def geopackage(folder: Path, *statements: str) -> Path:
    path = folder / "l.gpkg"
    table = {"nr": [1, 2], "v": ["a", "b"]}
    frame = gpd.GeoDataFrame(table, geometry=[Point(5e5, 3e5), Point(5.1e5, 3e5)], crs=3059)
    frame.to_file(path, layer="l", driver="GPKG")
    database = sqlite3.connect(path)
    # GDAL's own triggers need functions that SQLite has not.
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        database.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS nr FROM n"


@pytest.mark.parametrize(
    "statements",
    [
        ["ALTER TABLE l RENAME TO m", "CREATE VIEW l AS SELECT a.* FROM m a, m b"],
        ["ALTER TABLE l RENAME TO m", f"CREATE VIEW l AS {ENDLESS}"],
        ["ALTER TABLE l RENAME TO m"],
        ["ALTER TABLE l DROP COLUMN geom"],
        ["ALTER TABLE l RENAME TO m", "CREATE VIRTUAL TABLE l USING rtree(fid, a, b)"],
        ["DROP TABLE gpkg_contents", f"CREATE VIEW gpkg_contents AS {ENDLESS}"],
        ["DROP TABLE gpkg_spatial_ref_sys", f"CREATE VIEW gpkg_spatial_ref_sys AS {ENDLESS}"],
        [f"CREATE VIEW gpkg_data_columns AS {ENDLESS}"],
    ],
)
def test_only_plain_tables_of_a_geopackage_are_read(tmp_path: Path, statements: list[str]) -> None:
    path = geopackage(tmp_path, *statements)
    (told,) = errors(lambda: hosts_of(path, id="nr"))
    assert "is no plain table" in told


def test_columns_that_are_computed_are_not_read(tmp_path: Path) -> None:
    path = geopackage(tmp_path, "ALTER TABLE l ADD COLUMN g AS (nr + 1)")
    (told,) = errors(lambda: hosts_of(path, id="g"))
    assert "is not among the columns" in told
    assert len(hosts_of(path, id="nr").table) == 2


def test_values_of_a_geopackage_are_told_by_row(tmp_path: Path) -> None:
    path = geopackage(tmp_path, "UPDATE l SET v = x'ff00' WHERE nr = 2")
    (told,) = errors(lambda: hosts_of(path, id="nr", name="v"))
    assert "row 2, v:" in told
    path = geopackage(tmp_path, "UPDATE l SET nr = 1.5 WHERE nr = 2")
    assert hosts_of(path, id="nr").table["id"].tolist() == ["1", "1.5"]


def test_lists_in_a_geopackage_are_joined(tmp_path: Path) -> None:
    import pyogrio

    source = written(
        tmp_path / "s.geojson", collection(feature({"id": 1, "p": ["a", "b"]}, Point(24, 57)))
    )
    path = tmp_path / "l.gpkg"
    pyogrio.write_dataframe(
        gpd.GeoDataFrame({"id": [1], "p": ['["a", "b"]']}, geometry=[Point(24, 57)], crs=4326), path
    )
    assert read_layer(path, "l", FORMS, ["p"]).table["p"].tolist() == ['["a", "b"]']
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE gpkg_data_columns (table_name TEXT, column_name TEXT, mime_type TEXT)"
    )
    database.execute("INSERT INTO gpkg_data_columns VALUES ('l', 'p', 'application/json')")
    database.commit()
    database.close()
    found = [read_layer(one, "l", FORMS, ["p"]).table["p"].tolist() for one in (path, source)]
    assert found == [["a, b"], ["a, b"]]


def test_a_geopackage_is_read_with_nothing_written_beside_it(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.close()
    assert len(hosts_of(path, id="nr").table) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["l.gpkg"]
    # What a program that has the file open has not moved into it counts too.
    database = sqlite3.connect(path)
    database.execute("INSERT INTO l (nr, v) VALUES (3, 'c')")
    database.commit()
    assert len(hosts_of(path, id="nr").table) == 3
    database.close()


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (shapely.LineString([(24, 57), (24.1, 57)]), "is a line or several points"),
        (shapely.MultiPoint([(24, 57), (24.1, 57)]), "is a line or several points"),
        (shapely.Polygon([(24, 57), (24.1, 57.1), (24.1, 57), (24, 57.1)]), "is not a valid area"),
        (shapely.MultiPoint([(24, 57)]), ""), (Point(24, 57, 9), ""), (box(24, 57, 24.1, 57.1), ""),
        (shapely.GeometryCollection([Point(24, 57)]), ""), (None, ""), (Point(), ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["geojson", "gpkg"])
def test_a_place_is_a_point_or_an_area(tmp_path: Path, shape: Any, words: str, ending: str) -> None:
    path = tmp_path / f"l.{ending}"
    table = {"id": ["a", "b"]}
    gpd.GeoDataFrame(table, geometry=[Point(24, 57), shape], crs=4326).to_file(path)
    told = errors(lambda: hosts_of(path))
    if words:
        assert len(told) == 1
        assert f"row 2, geometry: {words}" in told[0]
    else:
        assert told == []
        lat = hosts_of(path).table["lat"].tolist()[1]
        assert np.isnan(lat) if shape is None or shape.is_empty else 57 <= lat <= 57.1


# --- Grids and units ---------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["q1_dup", "q3_totals"])
def test_cells_on_one_another_are_told(shared_cases: Path, tmp_path: Path, case: str) -> None:
    done = run(shared_cases / "11-grid-duplicate-cells" / case, tmp_path / "out")
    assert done.exit_code == 1
    assert "grid.geojson, row 5: the cell" in said(done, "Error")[0]


def grid_of(folder: Path, cells: list[Any], counts: list[int], crs: int = 3059) -> Path:
    path = folder / "g.gpkg"
    frame = gpd.GeoDataFrame({"iedzivotaji": counts}, geometry=cells, crs=3059)
    frame.to_crs(crs).to_file(path, driver="GPKG")
    return path


def squares(side: int, count: int) -> list[Any]:
    return [
        box(WEST + x * side, SOUTH + y * side, WEST + (x + 1) * side, SOUTH + (y + 1) * side)
        for x in range(count)
        for y in range(count)
    ]


@pytest.mark.parametrize("crs", [3059, 4326, 25835, 3035, 3857])
def test_cells_that_touch_are_no_overlap(tmp_path: Path, crs: int) -> None:
    path = grid_of(tmp_path, squares(1000, 20), [20] * 400, crs)
    reading = read_population_grid(Input(path, "g.gpkg"))
    assert reading.faults == []
    assert int(reading.table["population"].sum()) == 8000


@pytest.mark.parametrize("crs", [3059, 4326])
@pytest.mark.parametrize("strict", [False, True])
def test_up_to_one_in_a_hundred_equal_cells_counts_once(
    tmp_path: Path, crs: int, *, strict: bool
) -> None:
    cells = squares(1000, 20)
    turned = shapely.Polygon(np.roll(np.array(cells[7].exterior.coords)[:-1], 1, axis=0))
    path = grid_of(tmp_path, [*cells, turned, cells[9]], [20] * 402, crs)
    source = Input(path, "g.gpkg", strict=strict)
    reading = read_population_grid(source)
    (fault,) = reading.faults
    assert (fault.row, fault.alike) == (401, 2)
    assert fault.level == ("error" if strict else "warning")
    assert reading.rows_read == 402
    if not strict:
        assert reading.dropped["duplicate"] == 2
        assert int(reading.table["population"].sum()) == 8000


def test_equal_cells_with_different_counts_are_not_used(tmp_path: Path) -> None:
    cells = squares(1000, 20)
    path = grid_of(tmp_path, [*cells, cells[3]], [20] * 400 + [30])
    reading = read_population_grid(Input(path, "g.gpkg"))
    (fault,) = reading.faults
    assert (fault.level, fault.row, fault.alike) == ("warning", 4, 2)
    assert (reading.rows_read, reading.dropped["duplicate"]) == (401, 2)
    assert int(reading.table["population"].sum()) == 20 * 399


@pytest.mark.parametrize(
    "other",
    [
        box(WEST, SOUTH, WEST + 10_000, SOUTH + 10_000),
        box(WEST + 200, SOUTH + 200, WEST + 300, SOUTH + 300),
        box(WEST + 500, SOUTH + 500, WEST + 1500, SOUTH + 1500),
        Point(WEST + 500, SOUTH + 500),
    ],
)
@pytest.mark.parametrize("crs", [3059, 4326])
def test_cells_that_overlap_are_errors(tmp_path: Path, other: Any, crs: int) -> None:
    path = grid_of(tmp_path, [*squares(1000, 20), other], [20] * 401, crs)
    (told,) = errors(lambda: read_population_grid(Input(path, "g.gpkg")))
    assert "row 401: the cell lies on another" in told


def test_a_sum_of_no_residents_harms_nobody(tmp_path: Path) -> None:
    path = grid_of(tmp_path, [*squares(1000, 2), box(WEST, SOUTH, WEST + 2e3, SOUTH + 2e3)],
                   [20, 20, 20, 20, 0])  # fmt: skip
    assert errors(lambda: read_population_grid(Input(path, "g.gpkg"))) == []


def test_a_line_is_no_cell(tmp_path: Path) -> None:
    line = shapely.LineString([(WEST, SOUTH), (WEST + 9, SOUTH)])
    path = grid_of(tmp_path, [*squares(1000, 2), line], [20] * 5)
    (told,) = errors(lambda: read_population_grid(Input(path, "g.gpkg")))
    assert "row 5: the cell is neither a polygon nor a point" in told


def changed_units(folder: Path, *more: Any) -> Path:
    frame = units_frame(UNITS)
    path = folder / "u.gpkg"
    pd.concat([frame, *more]).to_file(path, driver="GPKG")
    return path


def test_a_unit_that_stands_there_twice_is_told(tmp_path: Path) -> None:
    path = changed_units(tmp_path, units_frame(UNITS[1:2]))
    told = errors(lambda: read_units(Input(path, "u.gpkg")))
    assert len(told) == 1
    assert 'row 5, L1_code: "LV9000110" stands there more than once, row for row' in told[0]


def test_of_many_units_one_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    many = [(f"LV90{n:05d}", f"Vienība {n}", 7, "LV9000000", "Novads", n % 10, n // 10)
            for n in range(100)]  # fmt: skip
    path = tmp_path / "u.gpkg"
    frame = units_frame(many)
    pd.concat([frame, frame.iloc[[5]]]).to_file(path, driver="GPKG")
    reading = read_units(Input(path, "u.gpkg"))
    (fault,) = reading.faults
    assert (fault.level, fault.row, fault.value) == ("warning", 101, "LV9000005")
    assert (len(reading.table), reading.rows_read, reading.dropped["duplicate"]) == (100, 101, 1)


def test_units_that_overlap_are_errors(tmp_path: Path) -> None:
    inside = units_frame([("LV9000220", "Iekšā", 6, "LV9001000", "Labais novads", 0, 0)])
    inside.geometry = inside.buffer(-3000)
    path = changed_units(tmp_path, inside)
    (told,) = errors(lambda: read_units(Input(path, "u.gpkg")))
    assert told.startswith('u.gpkg, L1_code: "LV9000220" overlaps LV9000110')


def test_real_units_do_not_overlap(shared_data: Path) -> None:
    for path in shared_data.glob("units/*/*.shp"):
        if "2018" not in path.name:
            assert errors(lambda path=path: read_units(Input(path, path.name))) == []


# --- Paths -------------------------------------------------------------------------------------

KINDS = {
    "units": 'units = "{}"',
    "centres": 'centres = "{}"',
    "libraries": 'libraries = {{ path = "{}", id = "id" }}',
    "post_offices": 'post_offices = "{}"',
    "municipal_premises": 'municipal_premises = {{ path = "{}", id = "id" }}',
    "institutions": 'institutions = {{ path = "{}", id = "id" }}',
    "addresses": 'addresses = "{}"',
    "stops": 'stops = ["{}"]',
    "plain stops": 'stops = [{{ path = "{}", id = "id" }}]',
    "population": 'population = "{}"',
    "development_centres": 'development_centres = {{ path = "{}", id = "id", level = "l" }}',
    "suitability": 'suitability = {{ path = "{}", id = "id" }}',
    "corrections": 'corrections = "{}"',
    "decisions": 'decisions = "{}"',
    "atvk_history": 'atvk_history = "{}"',
    "streets": 'streets = "{}"',
    "assumptions": 'assumptions = "{}"',
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/dev/zero", "pipe", "big", "a\\u0000b"])
def test_only_plain_files_of_a_sensible_size_are_read(tmp_path: Path, kind: str, path: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "big").open("wb") as big:
        # A file with a hole in it takes no room.
        big.truncate(25_000_000_000)
    write_units(tmp_path / "u.gpkg", UNITS)
    written(tmp_path / "l.csv", LIST)
    given = {"units": 'units = "u.gpkg"', "libraries": PLACES}
    key = kind.rpartition(" ")[2]
    inputs = "\n".join({**given, key: KINDS[kind].format(path)}.values())
    written(tmp_path / "vpvkac.toml", f"[inputs]\n{inputs}\n")
    with pytest.raises(InputError) as refused:
        load(tmp_path)
    (fault,) = refused.value.faults
    words = {"big": "is larger than", "a\\u0000b": "is no path"}.get(path, "is not a plain file")
    assert words in fault.problem.text("en")
    assert fault.field is not None
    assert key in fault.field


def test_a_project_file_that_is_no_plain_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "vpvkac.toml")
    for path in (tmp_path, "/dev/zero", "a\0b"):
        with pytest.raises(InputError, match=r"is not a plain file|is no path"):
            load(path)


def test_points_and_stops_given_beside_a_project_are_plain_files(tmp_path: Path) -> None:
    write_units(tmp_path / "u.gpkg", UNITS)
    written(tmp_path / "l.csv", LIST)
    written(tmp_path / "vpvkac.toml", f'[inputs]\nunits = "u.gpkg"\n{PLACES}\n')
    project = load(tmp_path)
    for path, words in (("/dev/zero", "plain file"), ("a\0b", "no path"), ("x", "file not found")):
        with pytest.raises(InputError, match=words):
            project.with_points(path)


# --- Parquet -----------------------------------------------------------------------------------


def opened(path: Path, **columns: str) -> Any:
    from vpvkac.questions.demand.origins import open_origins
    from vpvkac.questions.demand.question import Columns, Question

    return open_origins(Question(path, Columns(**columns)))


def test_two_columns_of_one_name_are_told(shared_review: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lat: is the name of several columns"):
        opened(shared_review / "lat_twice.parquet")
    # Where nobody asks for it, a name that occurs twice harms nobody.
    table = pa.table([[57.0], [24.0], [1], [2]], names=["lat", "lon", "a", "a"])
    pq.write_table(table, tmp_path / "o.parquet")
    source = opened(tmp_path / "o.parquet")
    (part,) = source.partitions()
    (chunk,) = source.read(part)
    assert len(chunk.row) == 1


@pytest.mark.parametrize(
    "geo",
    [
        b'{"primary_column": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"primary_column": "g", "columns": {"g": {"encoding": "WKB", "crs": '
        + b'{"a": ' * 400 + b"1" + b"}" * 400 + b"}}}",
        b'{"primary_column": "g", "columns": {"g": {"encoding": "WKB", "crs": [1]}}}',
        b'{"primary_column": "g", "columns": {"g": {"encoding": "WKB", "crs": true}}}',
        b"[]", b"\xff", b"null", b'{"primary_column": ["g"], "columns": {}}',
    ],
)  # fmt: skip
def test_metadata_that_make_no_sense_are_told(tmp_path: Path, geo: bytes) -> None:
    table = pa.table({"g": pa.array([Point(24, 57).wkb])}).replace_schema_metadata({b"geo": geo})
    pq.write_table(table, tmp_path / "o.parquet")
    with pytest.raises(InputError, match=r"make no sense|no known coordinate system"):
        opened(tmp_path / "o.parquet")


@pytest.mark.parametrize("name", ["o.parquet", "o.csv"])
def test_origins_are_plain_files(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="is not a plain file"):
        opened(tmp_path / name)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "folder" / "o.parquet")
    with pytest.raises(InputError, match="is not a plain file"):
        opened(tmp_path / "folder")
