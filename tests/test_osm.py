"""OpenStreetMap: the download against services on this machine, and the reader of what came.

The services answer from `osm_places.osm`, written for these tests; what stands
in it is reckoned here by hand, or read by osmnx itself.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import osmnx
import pandas as pd
import pytest
import shapely

import vpvkac
from osm_server import OsmServer, Trouble, elements_of
from plain_country import at
from vpvkac.fetch.osm import Extract, Services, fetch_osm
from vpvkac.fetch.web import RefusedError, RetryPolicy
from vpvkac.model.faults import InputError
from vpvkac.model.project import Host, Input
from vpvkac.sources.osm import read_osm
from vpvkac.texts.words import DROPPED

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

pytestmark = pytest.mark.slow

PLACES = Path(__file__).with_name("osm_places.osm")
DATE = "2026-11-20"
INTERPRETER = "/api/interpreter"
CORNERS = [at(0, 0), at(20, 0), at(20, 20), at(0, 20)]
BORDER = shapely.Polygon([(lon, lat) for lat, lon in CORNERS])
QUICK = RetryPolicy(tries=3, first_wait=1.0, most_wait=60.0)


@pytest.fixture
def server() -> Iterator[OsmServer]:
    with OsmServer(PLACES, BORDER, DATE) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were to be waited between tries."""
    return []


@pytest.fixture
def fetch(
    server: OsmServer, waits: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Host], Extract]:
    """Fetch a kind of place into `raw/`; nothing is waited for."""
    services = Services(f"{server.origin}/api", server.origin)
    # osmnx paces itself with this.
    monkeypatch.setattr("time.sleep", lambda _: None)
    (tmp_path / "raw").mkdir()

    def fetch(host: Host) -> Extract:
        return fetch_osm(
            host,
            tmp_path / "raw" / f"{host}.geojson",
            tmp_path / "raw" / "osm_cache",
            services=services,
            policy=QUICK,
            sleep=waits.append,
        )

    return fetch


@pytest.fixture
def libraries(fetch: Callable[[Host], Extract], tmp_path: Path) -> Path:
    fetch("library")
    return tmp_path / "raw" / "library.geojson"


def read(
    file: Path, host: Host = "library", where: Mapping[str, tuple[str, ...]] | None = None
) -> Reading:
    return read_osm(Input(file, file.name, where=where or {}), host)


def sentences(faults: object) -> str:
    assert isinstance(faults, InputError | RefusedError)
    given = faults.faults if isinstance(faults, InputError) else [faults.fault]
    return "\n".join(fault.sentence("en") for fault in given)


# --- The download ------------------------------------------------------------------------------


def test_what_was_fetched_is_what_osmnx_reads_from_the_file_within_the_border(
    libraries: Path,
) -> None:
    whole = osmnx.features.features_from_xml(
        PLACES,
        polygon=BORDER,
        tags=dict.fromkeys(("amenity", "disused:amenity", "abandoned:amenity"), "library"),
    )
    shapes = {
        f"{kind}/{number}": shape
        for (kind, number), shape in zip(whole.index, whole.geometry, strict=True)
    }
    fetched = json.loads(libraries.read_text(encoding="utf-8"))["features"]
    shaped = {one["id"]: one["geometry"] for one in fetched if one["geometry"] is not None}

    assert set(shaped) == set(shapes)
    for id_, shape in shaped.items():
        assert shapely.from_geojson(json.dumps(shape)).equals(shapes[id_])


def test_tags_come_as_they_are(libraries: Path) -> None:
    said = elements_of(PLACES)
    fetched = json.loads(libraries.read_text(encoding="utf-8"))["features"]

    assert {one["id"]: one["properties"] for one in fetched} == {
        one["id"]: said[one["id"]]["tags"] for one in fetched
    }


def test_what_osmnx_makes_no_shape_of_is_not_lost(libraries: Path) -> None:
    fetched = json.loads(libraries.read_text(encoding="utf-8"))["features"]

    assert [one["id"] for one in fetched if one["geometry"] is None] == ["relation/302"]


def test_a_place_beyond_the_border_is_asked_for_with_the_margin_but_not_kept(
    server: OsmServer, libraries: Path
) -> None:
    assert "node/105" in server.elements
    assert "node/105" not in libraries.read_text(encoding="utf-8")


def test_a_border_of_many_points_is_asked_for_by_an_outline_of_few_that_holds_it(
    server: OsmServer, fetch: Callable[[Host], Extract]
) -> None:
    turn = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    # As long as Latvia and as ragged as a coast.
    radius = 1 + 0.2 * np.sin(5 * turn) + 0.02 * np.sin(300 * turn)
    server.border = shapely.Polygon(
        np.column_stack([24.6 + 3.3 * radius * np.cos(turn), 56.9 + radius * np.sin(turn)])
    )
    fetch("library")
    (area,) = server.areas

    assert area.contains(server.border)
    assert len(area.exterior.coords) < 300
    assert area.area < 1.2 * shapely.area(server.border)


def test_the_file_bears_its_date_licence_and_query(
    fetch: Callable[[Host], Extract], tmp_path: Path
) -> None:
    extract = fetch("post_office")
    content = json.loads((tmp_path / "raw" / "post_office.geojson").read_text(encoding="utf-8"))

    assert content["licence"] == extract.licence == "ODbL 1.0"
    assert content["publisher"] == extract.publisher == "© OpenStreetMap contributors"
    assert content["date"] == extract.date == DATE
    assert content["query"] == extract.query
    assert extract.query["amenity"] == "post_office"
    assert extract.features == len(content["features"]) == 3


def test_the_same_answers_give_the_same_bytes(
    fetch: Callable[[Host], Extract], libraries: Path
) -> None:
    first = libraries.read_bytes()
    fetch("library")

    assert libraries.read_bytes() == first


def test_nothing_is_asked_twice_in_a_day_and_the_border_once_for_all_kinds(
    server: OsmServer, fetch: Callable[[Host], Extract]
) -> None:
    fetch("library")
    fetch("library")
    fetch("post_office")

    assert server.times_asked("/search") == 1
    assert server.times_asked(INTERPRETER) == 2


def test_answers_of_yesterday_are_asked_anew(
    server: OsmServer, fetch: Callable[[Host], Extract], tmp_path: Path
) -> None:
    fetch("library")
    yesterday = time.time() - 25 * 3600
    for file in (tmp_path / "raw" / "osm_cache").rglob("*.json"):
        os.utime(file, (yesterday, yesterday))
    server.date = "2026-11-21"

    assert fetch("library").date == "2026-11-21"
    assert server.times_asked(INTERPRETER) == 2


def test_the_program_says_who_it_is(server: OsmServer, fetch: Callable[[Host], Extract]) -> None:
    fetch("library")

    assert {agent.split("/")[0] for *_, agent in server.asked} == {"vpvkac"}


def test_nothing_is_written_but_in_the_folders_named(
    fetch: Callable[[Host], Extract], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    fetch("library")

    assert list(elsewhere.iterdir()) == []
    assert sorted(file.name for file in (tmp_path / "raw").iterdir()) == [
        "library.geojson", "osm_cache",
    ]  # fmt: skip


def test_osmnx_and_the_machine_are_left_as_they_were(fetch: Callable[[Host], Extract]) -> None:
    settings = {
        name: value for name, value in vars(osmnx.settings).items() if not name.startswith("_")
    }
    look_up = socket.getaddrinfo
    fetch("library")

    assert settings == {name: getattr(osmnx.settings, name) for name in settings}
    assert socket.getaddrinfo is look_up


# --- Troubles ----------------------------------------------------------------------------------

HALF = json.dumps({"elements": [], "remark": "runtime error: Query timed out"})


@pytest.mark.parametrize("path", ["/search", INTERPRETER])
@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Trouble(429), id="too many requests"),
        pytest.param(Trouble(504, "<html>busy</html>"), id="gateway time-out"),
        pytest.param(Trouble(503), id="service unavailable"),
        pytest.param(Trouble(200, "<html>busy</html>"), id="a page with status 200"),
        pytest.param(Trouble(200, '[{"osm_id": 1', cut_short=True), id="a body cut short"),
    ],
)
def test_what_may_pass_is_tried_again(
    server: OsmServer,
    fetch: Callable[[Host], Extract],
    waits: list[float],
    path: str,
    trouble: Trouble,
) -> None:
    server.troubles[path].extend([trouble, trouble])

    assert fetch("library").features == 9
    assert waits == [1.0, 2.0]


def test_an_answer_that_overpass_broke_off_is_not_taken_for_a_whole_one(
    server: OsmServer, fetch: Callable[[Host], Extract]
) -> None:
    server.troubles[INTERPRETER].append(Trouble(body=HALF))

    assert fetch("library").features == 9


def test_retry_after_is_obeyed(
    server: OsmServer, fetch: Callable[[Host], Extract], waits: list[float]
) -> None:
    server.troubles[INTERPRETER].append(Trouble(429, headers={"Retry-After": "7"}))
    fetch("library")

    assert waits == [7.0]


def test_a_service_that_asks_for_an_hour_is_not_waited_for(
    server: OsmServer, fetch: Callable[[Host], Extract], waits: list[float]
) -> None:
    server.troubles[INTERPRETER].append(Trouble(429, headers={"Retry-After": "3600"}))
    with pytest.raises(RefusedError) as refused:
        fetch("library")

    assert waits == []
    assert sentences(refused.value) == (
        "library.geojson: answers with error 429 and asks to wait 3600 s; try later"
    )


LASTING = {
    "always busy": ([Trouble(504)] * 3, "answers with error 504 (3 attempts)"),
    "always half": ([Trouble(body=HALF)] * 3, "did not find all that was asked"),
    "no such page": ([Trouble(404)], "answers with error 404"),
    "moved": ([Trouble(302, headers={"Location": "ftp://x/"})], "answers with error 302"),
    "empty": ([Trouble(body='{"elements": []}')], "has no such feature"),
    "another form": ([Trouble(body='{"found": 3}')], "is not understood"),
    "no date": (
        [Trouble(body='{"elements": [{"type": "node", "id": 1, "lat": 56.9, "lon": 24.1, '
                      '"tags": {"amenity": "library"}}]}')],
        "is not understood",
    ),
    # JSON can escape it, but no text can hold it.
    "half a character": (
        [Trouble(body='{"elements": [{"type": "node", "id": 1, "lat": 56.9, "lon": 24.1, '
                      '"tags": {"amenity": "library", "name": "\\ud83d"}}]}')],
        "is not understood",
    ),
    "a way of no nodes": (
        [Trouble(body='{"elements": [{"type": "way", "id": 1, "nodes": [], "tags": {}}]}')],
        "is not understood",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_told_and_leaves_the_former_file_whole(
    server: OsmServer, fetch: Callable[[Host], Extract], libraries: Path, name: str
) -> None:
    before = libraries.read_bytes()
    for file in libraries.parent.rglob("osm_cache/**/*.json"):
        file.unlink()
    troubles, said = LASTING[name]
    server.troubles[INTERPRETER] = deque(troubles)
    with pytest.raises(RefusedError) as refused:
        fetch("library")

    assert said in sentences(refused.value)
    assert libraries.read_bytes() == before
    assert list(libraries.parent.glob("*.part")) == []
    # The next time all is well: a bad answer was not kept.
    assert fetch("library").features == 9


def test_a_country_without_a_border_is_told(
    server: OsmServer, fetch: Callable[[Host], Extract]
) -> None:
    server.troubles["/search"].append(Trouble(body="[]"))
    with pytest.raises(RefusedError) as refused:
        fetch("library")

    assert "has no such feature" in sentences(refused.value)


def test_a_service_that_is_not_there_is_told(tmp_path: Path, waits: list[float]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(RefusedError) as refused:
        fetch_osm(
            "library",
            tmp_path / "osm.geojson",
            tmp_path / "cache",
            services=Services(nowhere, nowhere),
            policy=QUICK,
            sleep=waits.append,
        )

    assert "does not answer (3 attempts)" in sentences(refused.value)


@pytest.mark.parametrize("address", ["http://example.org/api", "ftp://127.0.0.1/api", "overpass"])
def test_only_safe_addresses_are_asked(tmp_path: Path, address: str) -> None:
    with pytest.raises(RefusedError):
        fetch_osm("library", tmp_path / "x.geojson", tmp_path, services=Services(address))


# --- The reader --------------------------------------------------------------------------------


def test_every_feature_is_used_or_dropped_by_reason(libraries: Path) -> None:
    reading = read(libraries)

    assert sorted(reading.table["id"]) == ["node/101", "relation/301", "relation/302", "way/201"]
    dropped = {reason: count for reason, count in reading.dropped.items() if count}
    assert dropped == {"closed": 4, "duplicate_reference": 1}
    assert reading.rows_read == 9 == len(reading.table) + sum(dropped.values())


def test_date_licence_and_publisher_go_on_with_the_table(libraries: Path) -> None:
    assert read(libraries).notes == {
        "date": DATE, "licence": "ODbL 1.0", "publisher": "© OpenStreetMap contributors",
    }  # fmt: skip


def test_a_place_bears_what_its_mapper_said(libraries: Path) -> None:
    place = read(libraries).table.set_index("id").loc["node/101"]

    assert place["name"] == "Ziemeļu pagasta bibliotēka"
    assert place["address"] == "Skolas iela 3A, Ziemeļciems, Ziemeļu pag., Kreisais nov., LV-9901"
    assert place["phone"] == "+371 60000001, +371 60000002"
    assert place["email"] == "ziemeli@example.org"
    assert place["hours"] == "Mo-Fr 10:00-13:00,13:30-18:00; PH off"
    assert (place["lat"], place["lon"]) == (56.978539, 24.0822601)
    assert place["status"] == "open"


def test_a_farm_is_named_in_quotation_marks(libraries: Path) -> None:
    place = read(libraries).table.set_index("id").loc["way/201"]

    assert place["address"] == '"Straumēni", Dienvidu pag.'


@pytest.mark.parametrize(
    ("id_", "ring", "hole"),
    [("way/201", "way/201", None), ("relation/301", "way/202", "way/203")],
)
def test_an_area_stands_at_a_point_inside_of_it(
    libraries: Path, id_: str, ring: str, hole: str | None
) -> None:
    said = elements_of(PLACES)

    def polygon(way: str) -> shapely.Polygon:
        nodes = [said[f"node/{number}"] for number in said[way]["nodes"]]
        return shapely.Polygon([(node["lon"], node["lat"]) for node in nodes])

    table = read(libraries).table.set_index("id")
    point = shapely.Point(float(table["lon"][id_]), float(table["lat"][id_]))

    assert polygon(ring).contains(point)
    assert not polygon(ring).contains(polygon(ring).centroid) or hole is not None
    assert hole is None or not polygon(hole).contains(point)


def test_a_place_without_a_shape_keeps_its_address_to_be_found_by(libraries: Path) -> None:
    table = read(libraries).table.set_index("id")

    assert table["address"]["relation/302"] == "Parka iela 1, Austrumciems"
    assert table["lat"].isna().to_dict()["relation/302"]
    assert table["lon"].isna().sum() == 1


def test_a_node_in_a_building_of_the_same_name_is_one_place_and_told(libraries: Path) -> None:
    (fault,) = read(libraries).faults

    assert fault.level == "warning"
    assert fault.value == "node/102"
    assert "mapped twice" in fault.sentence("en")


def test_post_offices_are_read_by_the_same_reader(
    fetch: Callable[[Host], Extract], tmp_path: Path
) -> None:
    fetch("post_office")
    reading = read(tmp_path / "raw" / "post_office.geojson", "post_office")
    table = reading.table.set_index("id")

    assert list(table.index) == ["node/107", "node/111"]
    assert list(table["name"]) == ["Pilsētas pasta nodaļa", "Latvijas Pasts"]
    assert list(table.loc["node/107", ["address", "phone", "email"]]) == [
        "LV-9921", "+371 60000003", "pasts@example.org",
    ]  # fmt: skip
    assert reading.dropped["closed"] == 1


def test_the_planner_chooses_by_any_tag(libraries: Path) -> None:
    reading = read(libraries, where={"addr:district": ("Kreisais novads",)})

    assert list(reading.table["id"]) == ["node/101"]
    assert reading.dropped["not_in_where"] == 8
    assert reading.rows_read == 9


def feature(id_: object = "node/1", lon: object = 24.1, **tags: object) -> dict[str, Any]:
    shape = {"type": "Point", "coordinates": [lon, 56.9]}
    return {"type": "Feature", "id": id_, "geometry": shape, "properties": tags}


def extract(*features: object, **about: object) -> str:
    head = {"date": DATE, "licence": "ODbL 1.0", "publisher": "©", "query": {"amenity": "library"}}
    return json.dumps({"type": "FeatureCollection", **head, **about, "features": list(features)})


LIVE = {"amenity": "library"}
FAULTY = {
    "not JSON": ("<html>", "is not an extract"),
    "a list": ("[]", "is not an extract"),
    "another's GeoJSON": ('{"type": "FeatureCollection", "features": []}', "is not an extract"),
    "no licence": (extract(feature(**LIVE), licence=""), "with its date and licence"),
    "a feature that is none": (extract(3), "is not an extract"),
    "post offices": (extract(query={"amenity": "post_office"}), "of amenity=library"),
    "nothing": (extract(), "has no rows"),
    "tags of another type": (extract(feature(amenity=3)), "x.geojson, row 1, properties: are not"),
    "half a character": (extract(feature(name="\ud83d", **LIVE)), "row 1, properties"),
    "no tags": (extract({"type": "Feature", "id": "node/1"}), "row 1, properties"),
    "no id": (extract(feature(None, **LIVE)), "row 1, id: is empty"),
    "an id twice": (extract(feature(**LIVE), feature(**LIVE)), 'row 2, id: "node/1" occurs twice'),
    "an id of none": (extract(feature("n1", **LIVE)), "is not an element of OpenStreetMap"),
    "not a shape": (extract(feature(lon="x", **LIVE)), '"node/1" is not a geometry'),
    "off the globe": (extract(feature(lon=241, **LIVE)), '"node/1" is out of range'),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_file_that_is_no_such_extract_is_an_error(name: str, tmp_path: Path) -> None:
    text, said = FAULTY[name]
    file = tmp_path / "x.geojson"
    file.write_text(text, encoding="utf-8")
    try:
        faults = [fault for fault in read(file).faults if fault.level == "error"]
    except InputError as error:
        faults = list(error.faults)

    assert len(faults) == 1
    assert said in faults[0].sentence("en")


def test_where_names_a_tag_that_nobody_gave(libraries: Path) -> None:
    with pytest.raises(InputError) as error:
        read(libraries, where={"operator:type": ("public",)})

    assert "operator:type" in sentences(error.value)


# Name of the node, of the area → which of them is used, whatever else is said of it.
TWICE = {
    "the area says more": ({"name": "A"}, {"name": "A", "phone": "1"}, ["way/2"]),
    "the node says more": ({"name": "A", "phone": "1"}, {"name": "A"}, ["node/1"]),
    "both say the same": ({"name": "A"}, {"name": "a"}, ["way/2"]),
    "one has no name": ({"name": "A"}, {}, ["node/1"]),
    "two places in a building": ({"name": "A"}, {"name": "B"}, ["node/1", "way/2"]),
    "one of them given up": ({"name": "A", "disused": "yes"}, {"name": "A"}, ["way/2"]),
}


@pytest.mark.parametrize("name", TWICE)
def test_a_place_mapped_twice_counts_once_by_what_says_more(name: str, tmp_path: Path) -> None:
    node, area, used = TWICE[name]
    ring = [[24, 56.8], [24.2, 56.8], [24.2, 57], [24, 57], [24, 56.8]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    file = tmp_path / "x.geojson"
    file.write_text(
        extract(
            feature(**LIVE, **node),
            feature("way/2", **LIVE, **area) | {"geometry": shape},
        ),
        encoding="utf-8",
    )
    reading = read(file)

    assert list(reading.table["id"]) == used
    assert len(used) + sum(reading.dropped.values()) == 2


def test_reading_an_extract_needs_no_osmnx() -> None:
    code = "import sys, vpvkac.sources.osm; sys.exit('osmnx' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- A run with it -----------------------------------------------------------------------------


def test_the_licence_is_carried_into_every_output(
    fetch: Callable[[Host], Extract], write_project: Callable[..., Path], tmp_path: Path
) -> None:
    for host in ("library", "post_office"):
        fetch(host)
    project = write_project(
        toml='[inputs]\nunits = "units.gpkg"\nlibraries = "raw/library.geojson"\n'
        'post_offices = "raw/post_office.geojson"\n[about]\nsynthetic = true\n'
    )
    result = vpvkac.analyse(vpvkac.load(project))
    result.write(tmp_path / "out")
    inputs = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["inputs"]
    of_osm = [one for one in inputs if one["input"] in {"libraries", "post_offices"}]

    assert [one["licence"] for one in of_osm] == ["ODbL 1.0", "ODbL 1.0"]
    assert [one["reference_date"] for one in of_osm] == [DATE, DATE]
    assert all("© OpenStreetMap contributors" in str(one["publisher"]) for one in of_osm)
    for page in ("map.html", "datapackage.json"):
        text = (tmp_path / "out" / page).read_text(encoding="utf-8")
        assert "© OpenStreetMap contributors" in text
        assert "ODbL 1.0" in text
    with zipfile.ZipFile(tmp_path / "out" / "gaps.xlsx") as workbook:
        strings = workbook.read("xl/sharedStrings.xml").decode()
    assert "© OpenStreetMap contributors" in strings
    assert "ODbL 1.0" in strings


def test_a_run_places_them_in_their_units_and_accounts_for_every_feature(
    fetch: Callable[[Host], Extract], write_project: Callable[..., Path]
) -> None:
    fetch("library")
    project = write_project(
        toml='[inputs]\nunits = "units.gpkg"\nlibraries = "raw/library.geojson"\n'
    )
    result = vpvkac.analyse(vpvkac.load(project))
    account = next(one for one in result.accounts if one.key == "libraries")

    assert dict(zip(result.places["place"], result.places["unit"], strict=True)) == {
        "libraries:node/101": "LV9000100",
        "libraries:relation/301": "LV9000210",
        "libraries:way/201": "LV9000110",
    }
    # The one without a shape has an address, but there is no register to find it in.
    assert account.dropped == {"closed": 4, "duplicate_reference": 1, "no_coordinates": 1}
    assert (account.rows_read, account.rows_used) == (9, 3)


def test_the_file_itself_is_read_as_osmnx_reads_what_was_fetched_of_it(libraries: Path) -> None:
    fetched = read_osm(Input(libraries, "library.geojson"), "library").table
    whole = read_osm(Input(PLACES, "osm_places.osm"), "library").table
    common = whole[whole["id"].isin(fetched["id"])].reset_index(drop=True)
    columns = ["id", "name", "address", "phone", "email", "hours", "lat", "lon"]
    pd.testing.assert_frame_equal(
        common[columns].sort_values("id", ignore_index=True),
        fetched[columns].sort_values("id", ignore_index=True),
    )


def test_a_project_names_files_of_openstreetmap_as_they_are(
    write_project: Callable[..., Path],
) -> None:
    toml = '[inputs]\nunits = "units.gpkg"\n'
    toml += 'libraries = "all.osm"\npost_offices = "all.osm"\nmunicipal_premises = "all.osm"\n'
    project = write_project(toml=toml)
    text = PLACES.read_text(encoding="utf-8")
    at_town_hall = text.replace('v="post_office"', 'v="townhall"', 1)
    (project.parent / "all.osm").write_text(at_town_hall, encoding="utf-8")
    result = vpvkac.analyse(vpvkac.load(project))
    used = {one.key: one.rows_used for one in result.accounts}
    assert used["municipal_premises"] == 1
    assert used["libraries"] >= 3
    assert result.places["host"].nunique() == 3


def test_every_reason_has_its_words(libraries: Path) -> None:
    assert set(read(libraries).dropped) <= set(DROPPED)
