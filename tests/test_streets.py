"""Streets: what the readers take and refuse, and the download from services on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely
from click.testing import CliRunner
from pyproj import Geod
from shapely.geometry import LineString, MultiLineString, Point, Polygon

import vpvkac
from osm_server import OsmServer, Trouble
from plain_country import SOUTH, WEST, at, rows
from vpvkac.cli.main import main
from vpvkac.fetch.osm import Download, Services, fetch_streets
from vpvkac.fetch.web import RefusedError, RetryPolicy
from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.questions.walk.streets import Streets, download_areas
from vpvkac.sources.streets import read_streets

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

DOCS = Path(__file__).parents[1] / "docs" / "walk.md"
GEOD = Geod(ellps="GRS80")
DATE = "2026-11-20"
QUICK = RetryPolicy(tries=3, first_wait=1.0, most_wait=60.0)
# Kilometres from the corner of the plain country.
NODES = {1: (0.5, 0.5), 2: (0.5, 1.0), 3: (1.0, 1.0), 4: (1.0, 0.5), 5: (1.0, 0.3), 6: (0.5, 1.4),
         7: (1.4, 1.0)}  # fmt: skip
# Ways of OpenStreetMap: their nodes and tags; the first five are walked.
WAYS: list[tuple[list[int], dict[str, str]]] = [
    ([1, 2], {"highway": "residential"}),
    ([2, 3], {"highway": "residential", "oneway": "yes"}),
    ([3, 4], {"highway": "footway"}),
    ([4, 5], {"highway": "cycleway", "foot": "designated"}),
    ([2, 6], {"highway": "service", "access": "private", "foot": "yes"}),
    ([1, 4], {"highway": "motorway"}),
    ([2, 4], {"highway": "path", "foot": "no"}),
    ([1, 3], {"highway": "cycleway"}),
    ([1, 5], {"highway": "service", "service": "private"}),
    ([3, 7, 4, 3], {"highway": "pedestrian", "area": "yes"}),
    ([1, 2, 3, 1], {"building": "yes"}),
]
WALKED = 5


def geodesic(*nodes: int) -> float:
    lat, lon = zip(*(at(*NODES[node]) for node in nodes), strict=True)
    return float(GEOD.line_length(lon, lat))


def osm_xml(ways: list[tuple[list[int], dict[str, str]]], more: str = "") -> str:
    nodes = [
        f'<node id="{n}" lat="{lat}" lon="{lon}" version="1"/>'
        for n, (lat, lon) in ((n, at(*spot)) for n, spot in NODES.items())
    ]
    written = [
        f'<way id="{100 + n}" version="1">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        + "</way>"
        for n, (refs, tags) in enumerate(ways)
    ]
    head = f'<osm version="0.6"><meta osm_base="{DATE}T01:02:03Z"/>'
    return "\n".join(['<?xml version="1.0"?>', head, *nodes, *written, more, "</osm>"])


@pytest.fixture
def osm_file(tmp_path: Path) -> Path:
    file = tmp_path / "town.osm"
    file.write_text(osm_xml(WAYS), encoding="utf-8")
    return file


def read(file: Path, where: Mapping[str, tuple[str, ...]] | None = None) -> Reading:
    return read_streets(Input(file, file.name, where=where or {}))


def refusal(file: Path, where: Mapping[str, tuple[str, ...]] | None = None) -> str:
    with pytest.raises(InputError) as refused:
        read(file, where)
    return "\n".join(fault.sentence("en") for fault in refused.value.faults)


def whole(reading: Reading) -> float:
    return float(Streets.of(gpd.GeoDataFrame(reading.table)).length_m.sum())


def dropped(reading: Reading) -> dict[str, int]:
    return {reason: count for reason, count in reading.dropped.items() if count}


def accounted(reading: Reading, lines: int) -> bool:
    return reading.rows_read == lines and all(count >= 0 for count in reading.dropped.values())


def line(*spots: tuple[float, float]) -> LineString:
    return LineString([(WEST + 1000 * x, SOUTH + 1000 * y) for x, y in spots])


# --- OSM XML -----------------------------------------------------------------------------------


def test_of_osm_xml_the_ways_one_walks_on_are_taken(osm_file: Path) -> None:
    reading = read(osm_file)
    assert len(reading.table) == WALKED
    assert reading.rows_read == len(WAYS)
    assert dropped(reading) == {"not_walked": 6}
    expected = sum(geodesic(*refs) for refs, _ in WAYS[:WALKED])
    assert whole(reading) == pytest.approx(expected, abs=1e-4)
    assert reading.notes == {
        "publisher": "© OpenStreetMap contributors", "licence": "ODbL 1.0", "date": DATE,
    }  # fmt: skip


def test_ways_are_cut_where_they_share_a_node_and_only_there(tmp_path: Path) -> None:
    file = tmp_path / "cross.osm"
    ways = [([1, 2, 6], {"highway": "path"}), ([2, 3], {"highway": "path"}),
            ([1, 3], {"highway": "path"}), ([2, 4], {"highway": "path"})]  # fmt: skip
    file.write_text(osm_xml(ways), encoding="utf-8")
    table = read(file).table
    # The last two cross in the plane like a bridge.
    assert len(table) == 5
    assert len(set(table["start"]) | set(table["end"])) == 5


def test_a_way_is_cut_where_a_node_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "clipped.osm"
    ways = [([1, 2, 99, 3, 4], {"highway": "path"}), ([98, 3], {"highway": "path"}),
            ([4, 4], {"highway": "path"}), ([1, 97, 2], {"highway": "path"})]  # fmt: skip
    file.write_text(osm_xml(ways), encoding="utf-8")
    reading = read(file)
    assert whole(reading) == pytest.approx(geodesic(1, 2) + geodesic(3, 4), abs=1e-4)
    assert dropped(reading) == {"no_shape": 2, "no_length": 1}
    (fault,) = reading.faults
    assert fault.sentence("en") == (
        'clipped.osm, way: "100" leads over nodes that are not in the file; it is cut there; '
        "for the whole way make an extract with complete ways (3 rows like this)"
    )


DELETED = {
    "JOSM": (' action="delete"', ""),
    "history": (' visible="false"', ""),
    "its node": ("", ' action="delete"'),
}


@pytest.mark.parametrize("how", DELETED)
def test_what_is_deleted_is_no_street(tmp_path: Path, how: str) -> None:
    of_way, of_node = DELETED[how]
    text = osm_xml([([1, 2], {"highway": "path"}), ([1, 3], {"highway": "path"})])
    text = text.replace('<way id="101"', f'<way id="101"{of_way}')
    text = text.replace('<node id="3"', f'<node id="3"{of_node}')
    file = tmp_path / "town.osm"
    file.write_text(text, encoding="utf-8")
    reading = read(file)
    assert reading.rows_read == 2
    assert whole(reading) == pytest.approx(geodesic(1, 2), abs=1e-4)
    assert dropped(reading) == ({"deleted": 1} if of_way else {"no_shape": 1})


def way(key: int, refs: list[int], **facts: str) -> str:
    nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    about = "".join(f' {name}="{value}"' for name, value in facts.items())
    return f'<way id="{key}"{about}>{nodes}<tag k="highway" v="path"/></way>'


def test_of_several_versions_the_highest_counts(tmp_path: Path) -> None:
    first = [([1, 2], {"highway": "path"})]
    more = (way(7, [1, 3], version="1"), way(7, [1, 4], version="3"), way(7, [1, 5], version="2"),
            way(8, [2, 3], version="1"), way(8, [2, 3], version="2", visible="false"),
            way(9, [3, 4], version="4"), way(9, [3, 4], version="4"))  # fmt: skip
    file = tmp_path / "history.osm"
    file.write_text(osm_xml(first, "".join(more)), encoding="utf-8")
    reading = read(file)
    lengths = [geodesic(1, 2), geodesic(1, 4), geodesic(3, 4)]
    assert whole(reading) == pytest.approx(sum(lengths), abs=1e-4)
    assert dropped(reading) == {"old_version": 3, "deleted": 1, "duplicate": 1}
    assert reading.rows_read == 8


def test_one_version_in_two_forms_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "town.osm"
    both = way(7, [1, 3], version="1") + way(7, [1, 4], version="1")
    file.write_text(osm_xml([([1, 2], {"highway": "path"})], both), encoding="utf-8")
    assert 'id: "way/7" is in the file in two forms of one version' in refusal(file)


def test_a_file_of_changes_is_no_extract(tmp_path: Path) -> None:
    file = tmp_path / "day.osm"
    file.write_text('<osmChange version="0.6"><create/></osmChange>', encoding="utf-8")
    assert "is a file of changes (osmChange)" in refusal(file)


CASES = {
    "01-osm-missing-nodes/s40_whole": (1500.6, "false"),
    "01-osm-missing-nodes/s42_one_missing": (None, None),
    "07-osm-deleted-ways/s21_josm_deleted": (1500.6, "false"),
    "07-osm-deleted-ways/s22_visible_false": (1500.6, "false"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_there_draws_no_street(shared_cases: Path, case: str) -> None:
    walked = vpvkac.walk(vpvkac.analyse(vpvkac.load(shared_cases / case)))
    row = walked.table.iloc[0]
    metres, within = CASES[case]
    if metres is None:
        assert np.isnan(row["street_m"])
        assert "nodes that are not in the file" in walked.faults[0].sentence("en")
    else:
        assert round(row["street_m"], 1) == metres
        assert str(bool(row["within_street"])).lower() == within


def test_where_no_way_is_whole_the_cause_is_told(shared_cases: Path) -> None:
    told = refusal(shared_cases / "01-osm-missing-nodes/s41_middle_nodes_missing/s.osm")
    assert "leads over nodes that are not in the file" in told
    assert "no line is a street (lines: 1; no line: 1)" in told


def test_check_reads_the_streets(shared_cases: Path, tmp_path: Path) -> None:
    case = shared_cases / "28-check-skips-streets"
    told = CliRunner().invoke(main, ["check", str(case), "--out", str(tmp_path), "--lang", "en"])
    assert told.exit_code == 1
    assert "s.osm: cannot be read" in told.stderr
    assert "s.osm" in (tmp_path / "check.csv").read_text(encoding="utf-8")


def test_check_accounts_for_the_ways_of_good_streets(shared_cases: Path, tmp_path: Path) -> None:
    case = shared_cases / "07-osm-deleted-ways/s21_josm_deleted"
    told = CliRunner().invoke(main, ["check", str(case), "--out", str(tmp_path), "--lang", "en"])
    assert told.exit_code == 0
    line = next(line for line in told.stdout.splitlines() if line.startswith("s.osm"))
    assert line.split()[1:] == ["2", "1", "1"]
    assert "deleted" in told.stdout


# --- GraphML -----------------------------------------------------------------------------------


def graph_of(crs: str = "epsg:4326") -> nx.MultiDiGraph[int]:
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs=crs, created_with="OSMnx 2", simplified=True)
    for node, spot in NODES.items():
        lat, lon = at(*spot)
        graph.add_node(node, y=lat, x=lon)
    bend = [at(*spot)[::-1] for spot in ((0.5, 0.5), (0.4, 0.75), (0.5, 1.0))]
    graph.add_edge(1, 2, geometry=LineString(bend), osmid=1)
    graph.add_edge(2, 1, geometry=LineString(bend[::-1]), osmid=1)
    graph.add_edge(1, 2, osmid=2)
    graph.add_edge(2, 3, osmid=3)
    graph.add_edge(3, 2, osmid=3)
    # A shape drawn against its edge.
    graph.add_edge(
        4, 3, geometry=LineString([at(1, 1)[::-1], at(1.2, 0.7)[::-1], at(1, 0.5)[::-1]])
    )
    return graph


def test_a_graph_that_osmnx_saved_is_read_each_street_once(tmp_path: Path) -> None:
    osmnx.io.save_graphml(graph_of(), tmp_path / "town.graphml")
    reading = read(tmp_path / "town.graphml")
    table = reading.table
    assert (reading.rows_read, len(table)) == (6, 4)
    assert dropped(reading) == {"twice": 2}
    assert reading.notes["licence"] == "ODbL 1.0"
    ends = shapely.get_coordinates(shapely.get_point(table.geometry.to_numpy(), 0))
    nodes = [list(NODES)[n] for n in table["start"]]
    expected = [[WEST + 1000 * NODES[n][0], SOUTH + 1000 * NODES[n][1]] for n in nodes]
    assert np.allclose(ends, expected, atol=0.02)


def test_a_projected_graph_gives_the_same_streets(tmp_path: Path) -> None:
    osmnx.io.save_graphml(graph_of(), tmp_path / "degrees.graphml")
    projected = osmnx.projection.project_graph(graph_of(), to_crs="EPSG:32635")
    osmnx.io.save_graphml(projected, tmp_path / "plane.graphml")
    one, other = read(tmp_path / "degrees.graphml"), read(tmp_path / "plane.graphml")
    assert whole(one) == pytest.approx(whole(other), abs=1e-3)


# --- GeoPackage --------------------------------------------------------------------------------


def write_lines(
    file: Path, shapes: list[Any], crs: str | None = "EPSG:3059", **columns: Any
) -> Path:
    gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(file)
    return file


def test_lines_of_a_geopackage_meet_at_common_vertices(tmp_path: Path) -> None:
    shapes = [
        line((0, 0), (1, 0), (2, 0)),
        line((1, 0), (1, 1)),
        MultiLineString([line((0, 1), (0, 2)), line((0, 2), (1, 2))]),
        line((0.5, -1), (0.5, 1)),
        None,
        line((5, 5), (5, 5)),
    ]
    reading = read(write_lines(tmp_path / "streets.gpkg", shapes))
    assert len(reading.table) == 6
    assert reading.rows_read == 6
    assert dropped(reading) == {"no_shape": 1, "no_length": 1}


def test_lines_in_degrees_and_of_some_kinds_only(tmp_path: Path) -> None:
    degrees = [gpd.GeoSeries([one], crs=3059).to_crs(4326)[0]
               for one in (line((0, 0), (1, 0)), line((1, 0), (1, 1)))]  # fmt: skip
    file = write_lines(tmp_path / "streets.gpkg", degrees, "EPSG:4326", kind=["path", "rail"])
    reading = read(file, {"kind": ("path",)})
    assert (len(reading.table), reading.dropped["not_in_where"]) == (1, 1)
    assert whole(reading) == pytest.approx(1000 / 0.9996, abs=0.05)
    assert "is not among the columns" in refusal(file, {"sort": ("path",)})


# --- What is refused ---------------------------------------------------------------------------


def test_what_is_no_file_of_streets_is_told_in_a_sentence(tmp_path: Path) -> None:
    forms = "GeoPackage of street lines"
    files = {
        "page.osm": "<html><body>503</body></html>",
        "text.graphml": "id,name\n1,a\n",
        "cut.graphml": '<?xml version="1.0"?><graphml xmlns="x"><graph><node id="1"',
        "cut.osm": osm_xml(WAYS)[:600],
        "word.osm": '<osm><node id="one" lat="57" lon="24"/></osm>',
        "empty.osm": "<osm></osm>",
        "empty.graphml": '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph '
        'edgedefault="directed"/></graphml>',
        "table.csv": "a,b\n1,2\n",
        "zero.gpkg": "",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        said = refusal(tmp_path / name)
        assert said.startswith(name), said
        assert forms in said, said
        assert "\n" not in said


def test_a_graph_without_coordinates_or_crs_is_told(tmp_path: Path) -> None:
    file = tmp_path / "town.graphml"
    graph = graph_of()
    del graph.nodes[3]["x"]
    osmnx.io.save_graphml(graph, file)
    assert 'node: "3" is a node without coordinates' in refusal(file)
    graph = graph_of()
    del graph.graph["crs"]
    osmnx.io.save_graphml(graph, file)
    assert "names no crs" in refusal(file)
    osmnx.io.save_graphml(graph_of("epsg:999999"), file)
    assert "crs that is no such" in refusal(file)
    graph = graph_of()
    graph.nodes[3]["x"] = "east"
    osmnx.io.save_graphml(graph, file)
    assert "cannot be read" in refusal(file)


def test_coordinates_out_of_range_are_told(tmp_path: Path) -> None:
    graph = graph_of()
    graph.nodes[7]["y"] = 1e9
    graph.add_edge(3, 7)
    osmnx.io.save_graphml(graph, tmp_path / "town.graphml")
    assert "coordinates out of range" in refusal(tmp_path / "town.graphml")
    far = write_lines(tmp_path / "far.gpkg", [LineString([(0, 0), (1e12, 1e12)])])
    assert "coordinates out of range" in refusal(far)
    swapped = osm_xml(WAYS).replace('lat="', 'lat="9')
    (tmp_path / "swapped.osm").write_text(swapped, encoding="utf-8")
    assert "coordinates out of range" in refusal(tmp_path / "swapped.osm")


def test_points_polygons_and_lines_without_a_crs_are_told(tmp_path: Path) -> None:
    points = write_lines(tmp_path / "points.gpkg", [Point(WEST, SOUTH)])
    assert "holds Point, not lines" in refusal(points)
    areas = write_lines(tmp_path / "areas.gpkg", [Polygon([(0, 0), (1, 0), (1, 1)])])
    assert "holds Polygon, not lines" in refusal(areas)
    bare = tmp_path / "bare.geojson"
    write_lines(tmp_path / "lines.shp", [line((0, 0), (1, 1))])
    (tmp_path / "lines.prj").unlink()
    assert "has no coordinate system" in refusal(tmp_path / "lines.shp")
    assert not bare.exists()


def test_where_does_not_apply_to_graphs(osm_file: Path) -> None:
    assert "where: does not apply to this format" in refusal(osm_file, {"highway": ("path",)})


# --- The download ------------------------------------------------------------------------------

CENTRES = rows("id,name,lat,lon", ("a", "Centrs", *at(0.5, 0.5)), ("b", "Tālais", *at(15, 15)))
STOPS = rows("id,name,lat,lon", ("1", "Pietura", *at(1.0, 0.3)))
TOML = """
[inputs]
units = "units.gpkg"
centres = { path = "centres.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon" }]
"""


@pytest.fixture
def project(write_project: Callable[..., Path]) -> Path:
    return write_project(toml=TOML, centres_csv=CENTRES, stops_csv=STOPS)


@pytest.fixture
def server(osm_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OsmServer]:
    # osmnx paces itself with this.
    monkeypatch.setattr("time.sleep", lambda _: None)
    with OsmServer(osm_file, shapely.box(20, 55, 29, 59), DATE) as server:
        yield server


def download(server: OsmServer, project: Path, tmp_path: Path) -> Download:
    result = vpvkac.analyse(vpvkac.load(project))
    # Where there is nothing at all.
    empty = shapely.box(27, 56, 27.01, 56.01)
    return fetch_streets(
        [*download_areas(result), empty], tmp_path / "got.graphml", tmp_path / "cache",
        services=Services(f"{server.origin}/api", server.origin), policy=QUICK,
        sleep=lambda _: None,
    )  # fmt: skip


def test_what_is_downloaded_is_walked_as_the_same_streets_from_a_file(
    server: OsmServer, project: Path, osm_file: Path, tmp_path: Path
) -> None:
    got = download(server, project, tmp_path)
    assert got == Download(areas=2, empty=1, date=DATE)
    result = vpvkac.analyse(vpvkac.load(project))
    one = vpvkac.walk(result, streets=tmp_path / "got.graphml")
    other = vpvkac.walk(result, streets=osm_file)
    expected = geodesic(1, 2, 3, 4, 5)
    for walk in (one, other):
        assert walk.table["street_m"].iloc[0] == pytest.approx(expected, abs=0.002)
        assert walk.table["within_air"].iloc[0]
        assert not walk.table["within_street"].iloc[0]
        source = walk.result.sources[-1]
        assert (source.licence, source.date) == ("ODbL 1.0", DATE)
    assert len(one.streets.lines) < len(WAYS)


def test_a_second_download_of_the_day_asks_nothing_again_and_gives_the_same_bytes(
    server: OsmServer, project: Path, tmp_path: Path
) -> None:
    download(server, project, tmp_path)
    first = (tmp_path / "got.graphml").read_bytes()
    asked = server.times_asked("/api/interpreter")
    download(server, project, tmp_path)
    # Only the area where there was nothing, which leaves no answer to keep.
    assert server.times_asked("/api/interpreter") == asked + 1
    assert (tmp_path / "got.graphml").read_bytes() == first


def test_areas_hold_points_and_their_stops_with_room_around(project: Path) -> None:
    areas = download_areas(vpvkac.analyse(vpvkac.load(project)))
    assert len(areas) == 1
    for x, y in ((0.5, 0.5), (1.0, 0.3)):
        lat, lon = at(x, y)
        east, north, _ = GEOD.fwd(lon, lat, 30, 900)
        assert areas[0].contains(Point(lon, lat))
        assert areas[0].contains(Point(east, north))


@pytest.mark.slow
def test_a_service_in_trouble_leaves_the_earlier_file(
    server: OsmServer, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "got.graphml").write_text("earlier", encoding="utf-8")
    for trouble in (Trouble(504), Trouble(429, headers={"Retry-After": "9999"}), Trouble(400),
                    Trouble(200, "<html>busy</html>"), Trouble(200, '{"elements": 1}'),
                    Trouble(200, '{"elements": [], "remark": "out of time"}')):  # fmt: skip
        server.troubles["/api/interpreter"].extend([trouble] * QUICK.tries)
        with pytest.raises(RefusedError) as refused:
            download(server, project, tmp_path)
        assert "got.graphml" in refused.value.fault.sentence("en")
        server.troubles["/api/interpreter"].clear()
        assert (tmp_path / "got.graphml").read_text(encoding="utf-8") == "earlier"
    server.troubles["/api/interpreter"].append(Trouble(503))
    download(server, project, tmp_path)
    assert "graphml" in (tmp_path / "got.graphml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_command_downloads_and_the_next_needs_no_network(
    server: OsmServer, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Services(f"{server.origin}/api", server.origin)
    monkeypatch.setattr("vpvkac.fetch.osm.Services", lambda: here)
    monkeypatch.setenv("VPVKAC_CACHE", str(tmp_path / "own_cache"))
    asked = ["walk", str(project), "--out", str(tmp_path / "out"), "--lang", "en"]

    bare = CliRunner().invoke(main, asked)
    assert bare.exit_code == 1
    assert "names no streets" in bare.output
    assert not (tmp_path / "out").exists()

    first = CliRunner().invoke(main, [*asked, "--download"])
    assert first.exit_code == 0, first.output
    assert "Streets downloaded" in first.output
    table = (tmp_path / "out" / "walk.csv").read_bytes()
    requests = len(server.asked)
    again = CliRunner().invoke(main, asked)
    assert again.exit_code == 0, again.output
    assert "Streets as downloaded before" in again.output
    assert len(server.asked) == requests
    assert (tmp_path / "out" / "walk.csv").read_bytes() == table
    written = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert written == ["streets.graphml", "walk.csv", "walk.html"]

    server.troubles["/api/interpreter"].extend([Trouble(400)] * 3)
    monkeypatch.setenv("VPVKAC_CACHE", str(tmp_path / "other_cache"))
    refused = CliRunner().invoke(main, [*asked, "--download"])
    assert refused.exit_code == 1
    assert "answers with error 400" in refused.output


@pytest.mark.slow
def test_the_sample_is_walked_by_the_command_and_not_downloaded(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vpvkac.cli.main", "walk", "--lang", "en", "--out",
               str(tmp_path / "out")]  # fmt: skip
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=env, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.replace("\N{NO-BREAK SPACE}", " ")
    example = DOCS.read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    assert said.startswith(example)
    page = (tmp_path / "out" / "walk.html").read_text(encoding="utf-8")
    assert "Synthetic sample" in page
    assert len(page) < 4_000_000
    refused = CliRunner().invoke(main, ["walk", "--download", "--out", str(tmp_path / "none")])
    assert refused.exit_code == 1
    assert "izdomātas" in refused.output
