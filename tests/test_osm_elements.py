"""Places and streets out of OpenStreetMap's own files: XML and PBF, whole, cut or doubled."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.sources.osm import read_osm
from vpvkac.sources.streets import read_streets
from vpvkac.texts.words import DROPPED

if TYPE_CHECKING:
    from vpvkac.model.project import Host

FORMS = ("xml", "pbf")
Write = Callable[[str], Input]
HOSTS: tuple[tuple[Host, str, int], ...] = (
    ("library", "library", 142), ("post_office", "post_office", 163),
    ("municipal_premises", "townhall", 62),
)  # fmt: skip
CORNERS = "".join(
    f'<node id="{number}" version="1" lat="{lat}" lon="{lon}"/>'
    for number, lat, lon in (
        (1, 56.90, 24.10), (2, 56.90, 24.14), (3, 56.92, 24.14), (4, 56.92, 24.10),
        (5, 56.905, 24.11), (6, 56.905, 24.13), (7, 56.915, 24.13), (8, 56.915, 24.11),
    )
)  # fmt: skip
LIBRARY = '<tag k="amenity" v="library"/>'


def way(number: int, refs: str, more: str = LIBRARY, version: int = 1) -> str:
    nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs.split())
    return f'<way id="{number}" version="{version}">{nodes}{more}</way>'


@pytest.fixture(params=FORMS)
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    """Write elements as XML, and for every second test as the PBF that pyosmium makes of it."""

    def written(elements: str) -> Input:
        file = tmp_path / "places.osm"
        file.write_text(f'<osm version="0.6" generator="x">{elements}</osm>', encoding="utf-8")
        return as_pbf(file) if request.param == "pbf" else Input(file, file.name)

    return written


def as_pbf(file: Path) -> Input:
    osmium = pytest.importorskip("osmium")
    # Only a history says what is no more.
    is_history = "visible=" in file.read_text(encoding="utf-8")
    made = file.with_suffix(".osh.pbf" if is_history else ".osm.pbf")
    made.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(made)) as writer:
        for element in osmium.FileProcessor(str(file)):
            writer.add(element)
    return Input(made, made.name)


# --- Real nodes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_real_nodes_are_read_and_lie_in_the_units_given(
    form: str, shared_data: Path, tmp_path: Path
) -> None:
    """409 nodes of 2019: libraries, post offices, town halls, and houses of culture besides."""
    with (shared_data / "osm/latvia_2019-09_nodes.csv").open(encoding="utf-8") as opened:
        given = {row["osm_node"]: row for row in csv.DictReader(opened)}
    assert len(given) == 409
    file = tmp_path / "latvia.osm"
    with file.open("w", encoding="utf-8") as opened:
        opened.write('<osm version="0.6">\n')
        for number, row in sorted(given.items(), key=lambda item: int(item[0])):
            name = row["name"].replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
            tags = f'<tag k="amenity" v="{row["amenity"]}"/>'
            tags += f'<tag k="name" v="{name}"/>' if name else ""
            opened.write(f'<node id="{number}" lat="{row["lat"]}" lon="{row["lon"]}">{tags}</node>')
        opened.write("</osm>")
    source = as_pbf(file) if form == "pbf" else Input(file, file.name)
    (shapes,) = (shared_data / "units/2022-07-01").glob("*.shp")
    units = gpd.read_file(shapes)
    in_no_unit = 0
    for host, amenity, count in HOSTS:
        reading = read_osm(source, host)
        assert reading.faults == []
        assert len(reading.table) == reading.rows_read == count
        table = reading.table
        points = gpd.points_from_xy(table["lon"], table["lat"], crs="EPSG:4326").to_crs(3059)
        held = gpd.sjoin(
            gpd.GeoDataFrame(table[["id", "name"]], geometry=points), units, how="left"
        )
        for number, name, unit in zip(held["id"], held["name"], held["L1_name"], strict=True):
            row = given[number.removeprefix("node/")]
            assert (row["amenity"], row["name"].strip()) == (amenity, name)
            assert (row["unit_2022"] or None) == (unit if isinstance(unit, str) else None)
            in_no_unit += not row["unit_2022"]
    assert in_no_unit == 5


# --- Shapes --------------------------------------------------------------------------------------


def test_a_place_is_a_node_a_building_or_a_relation_with_a_yard(write: Write) -> None:
    relation = (
        '<relation id="30" version="1"><member type="way" ref="21" role="outer"/>'
        '<member type="way" ref="22" role="outer"/><member type="way" ref="23" role="inner"/>'
        f'<tag k="type" v="multipolygon"/>{LIBRARY}</relation>'
    )
    node = f'<node id="9" version="1" lat="57.1" lon="25.1">{LIBRARY}</node>'
    ways = (
        way(20, "1 2 3 1") + way(21, "1 2 3", "") + way(22, "3 4 1", "")
        + way(23, "5 6 7 8 5", "") + way(24, "1 4", '<tag k="highway" v="path"/>')
    )  # fmt: skip
    reading = read_osm(write(CORNERS + node + ways + relation), "library")
    assert reading.table["id"].tolist() == ["node/9", "way/20", "relation/30"]
    assert reading.faults == []
    assert reading.rows_read == 3
    lat, lon = (reading.table[axis].tolist() for axis in ("lat", "lon"))
    assert (lat[0], lon[0]) == (57.1, 25.1)
    # Within the triangle; in the ring between the outline and its yard.
    assert (lat[1] - 56.90) / 0.02 < (lon[1] - 24.10) / 0.04
    assert 56.90 < lat[2] < 56.92
    assert 24.10 < lon[2] < 24.14
    assert not (56.905 < lat[2] < 56.915 and 24.11 < lon[2] < 24.13)
    assert reading.notes["licence"] == "ODbL 1.0"


def test_a_place_cut_off_at_the_edge_stands_where_what_is_there_stands(write: Write) -> None:
    relation = (
        '<relation id="30" version="1"><member type="way" ref="21" role="outer"/>'
        '<member type="way" ref="99" role="outer"/>'
        f'<tag k="type" v="multipolygon"/>{LIBRARY}</relation>'
    )
    ways = way(20, "1 2 3 77 1") + way(21, "2 3", "") + way(22, "88 89 88")
    reading = read_osm(write(CORNERS + ways + relation), "library")
    assert reading.table["id"].tolist() == ["way/20", "way/22", "relation/30"]
    (fault,) = [fault for fault in reading.faults if fault.level == "warning"]
    assert (fault.value, fault.alike) == ("way/20", 3)
    assert "is not whole in the file; it is placed by what is there" in fault.sentence("en")
    assert fault.sentence("lv") != fault.sentence("en")
    table = reading.table.set_index("id")
    assert table["lat"].isna().tolist() == [False, True, False]
    assert 56.90 <= table.loc["way/20", "lat"] <= 56.92
    assert table.loc["relation/30", "lon"] == pytest.approx(24.14)


def test_a_node_in_a_building_is_one_place(write: Write) -> None:
    node = f'<node id="9" version="1" lat="56.91" lon="24.135">{LIBRARY}</node>'
    reading = read_osm(write(CORNERS + node + way(20, "1 2 3 1")), "library")
    assert reading.dropped["duplicate_reference"] == 1
    assert len(reading.table) == 1


# --- What is no more -----------------------------------------------------------------------------


def test_of_a_history_the_last_version_counts(write: Write) -> None:
    history = (
        f'<node id="9" version="1" lat="56.1" lon="24.1">{LIBRARY}</node>'
        f'<node id="9" version="2" lat="56.2" lon="24.1">{LIBRARY}</node>'
        f'<node id="10" version="1" lat="56.3" lon="24.1">{LIBRARY}</node>'
        '<node id="10" version="2" visible="false"/>'
    )
    reading = read_osm(write(history), "library")
    assert reading.table[["id", "lat"]].to_numpy().tolist() == [["node/9", 56.2]]
    assert reading.dropped["old_version"] == 2
    assert reading.rows_read == len(reading.table) + sum(reading.dropped.values())
    assert {"deleted", "old_version", "duplicate"} <= set(DROPPED)


def test_what_josm_deleted_is_no_place(tmp_path: Path) -> None:
    file = tmp_path / "edited.osm"
    elements = CORNERS + way(20, "1 2 3 1").replace("<way ", '<way action="delete" ')
    elements += f'<node id="9" action="modify" lat="56.2" lon="24.1">{LIBRARY}</node>'
    file.write_text(f'<osm version="0.6">{elements}</osm>', encoding="utf-8")
    reading = read_osm(Input(file, file.name), "library")
    assert reading.table["id"].tolist() == ["node/9"]
    assert reading.dropped["deleted"] == 1


def test_an_element_twice_counts_once_and_in_two_forms_is_an_error(write: Write) -> None:
    once = f'<node id="9" version="1" lat="56.1" lon="24.1">{LIBRARY}</node>'
    reading = read_osm(write(once + once), "library")
    assert (len(reading.table), reading.dropped["duplicate"]) == (1, 1)
    with pytest.raises(InputError, match="is in the file in two forms of one version"):
        read_osm(write(once + once.replace("56.1", "56.2")), "library")


def test_each_of_several_values_of_a_tag_counts(write: Write) -> None:
    values = ("community_centre; library", "library;cafe", "toy_library", "public_bookcase")
    nodes = (
        f'<node id="{number}" version="1" lat="56.{number}" lon="24.1">'
        f'<tag k="amenity" v="{value}"/></node>'
        for number, value in enumerate(values, 1)
    )
    gone = '<tag k="disused:amenity" v="cafe;library"/>'
    gone = f'<node id="9" version="1" lat="56.9" lon="24.1">{gone}</node>'
    reading = read_osm(write("".join(nodes) + gone), "library")
    assert reading.table["id"].tolist() == ["node/1", "node/2"]
    assert (reading.rows_read, reading.dropped["closed"]) == (3, 1)


@pytest.mark.parametrize(
    "content",
    [
        '<osmChange version="0.6"><delete>{}</delete></osmChange>',
        '<osmChange version="0.6"><create>{}</create></osmChange>',
        '<osm version="0.6"><action type="delete"><old>{}</old></action></osm>',
    ],
)
def test_changes_are_not_read_as_what_there_is(content: str, tmp_path: Path) -> None:
    file = tmp_path / "x.osm"
    node = f'<node id="9" version="1" lat="56.1" lon="24.1">{LIBRARY}</node>'
    file.write_text(content.format(node), encoding="utf-8")
    with pytest.raises(InputError, match="holds changes, not what there is"):
        read_osm(Input(file, "x.osm"), "library")


@pytest.mark.parametrize("name", ["x.osm", "x.pbf", "x.geojson"])
def test_a_file_is_read_by_its_content_whatever_its_name(name: str, write: Write) -> None:
    made = write(CORNERS + way(20, "1 2 3 4 1"))
    file = made.path.with_name(name)
    file.write_bytes(made.path.read_bytes())
    assert read_osm(Input(file, name), "library").table["id"].tolist() == ["way/20"]


def test_a_place_of_which_the_centre_alone_is_given_stands_there(tmp_path: Path) -> None:
    file = tmp_path / "x.osm"
    centre = f'<center lat="56.91" lon="24.12"/>{LIBRARY}'
    relation = f'<relation id="30"><member type="way" ref="1" role="outer"/>{centre}</relation>'
    elements = way(20, "", centre) + way(21, "7 8 9 7", centre) + relation
    file.write_text(f'<osm version="0.6">{elements}</osm>', encoding="utf-8")
    reading = read_osm(Input(file, "x.osm"), "library")
    assert reading.table["id"].tolist() == ["way/20", "way/21", "relation/30"]
    assert reading.table[["lat", "lon"]].drop_duplicates().to_numpy().tolist() == [[56.91, 24.12]]
    assert reading.faults == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('<osm version="0.6"><node', "cannot be read"),
        ('<osm version="0.6"><node id="x" lat="1" lon="2"/></osm>', "cannot be read"),
        ('<osm version="0.6"><remark>runtime error: timed out</remark></osm>', "broke off"),
        ('<osm version="0.6"></osm>', "has no rows"),
    ],
)
def test_a_file_that_is_none_or_not_whole_is_an_error(
    content: str, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.osm"
    file.write_text(content, encoding="utf-8")
    try:
        told = "\n".join(
            fault.sentence("en") for fault in read_osm(Input(file, "x.osm"), "library").faults
        )
    except InputError as error:
        told = str(error)
    assert said in told


def test_a_pbf_cut_short_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "x.osm"
    file.write_text(f'<osm version="0.6">{CORNERS}{way(20, "1 2 3 1")}</osm>', encoding="utf-8")
    source = as_pbf(file)
    source.path.write_bytes(source.path.read_bytes()[:-20])
    with pytest.raises(InputError, match="cannot be read"):
        read_osm(source, "library")


# --- Streets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case", ["01-osm-missing-nodes/s40_whole", "01-osm-missing-nodes/s42_one_missing",
             "07-osm-deleted-ways/s22_visible_false"],
)  # fmt: skip
def test_streets_are_the_same_out_of_pbf(case: str, shared_cases: Path, tmp_path: Path) -> None:
    (file,) = (shared_cases / case).glob("*.osm")
    copy = tmp_path / file.name
    copy.write_bytes(file.read_bytes())
    xml, pbf = read_streets(Input(copy, "s.osm")), read_streets(as_pbf(copy))
    assert xml.table.geometry.length.sum() == pytest.approx(pbf.table.geometry.length.sum())
    assert len(xml.table) == len(pbf.table)
    assert [fault.problem for fault in xml.faults] == [fault.problem for fault in pbf.faults]
    assert {**xml.dropped, "not_walked": 0} == {**pbf.dropped, "not_walked": 0}
