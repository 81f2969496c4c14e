"""Where else a source is looked for, and what reads it before it is taken.

The measure is what the portal on this machine was told to send.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from conftest import SAMPLE
from portal_server import Answer, Portal, resource
from test_fetch import QUICK, zipped_names
from test_fetch_sources import fetch, locked, publish, rows
from vpvkac.fetch import elsewhere
from vpvkac.fetch.fetch import FetchOptions
from vpvkac.fetch.fetch import fetch as fetch_all
from vpvkac.fetch.web import RefusedError, Web
from vpvkac.model.project import Input
from vpvkac.sources.catalogue import BY_NAME, Direct, Page, Search, Table
from vpvkac.sources.centres import read_centres
from vpvkac.sources.population import read_population_by_unit

FEED = (SAMPLE / "gtfs-latvia-lv.zip").read_bytes()
CENTRES = (SAMPLE / "vpvkac-kontakti_2023_aktual_081123.csv").read_bytes()
PLACES = b'_id,Objekta nosaukums,Adrese,LAT,LON\n1,Tautas nams,"Iela 1, Ogre",56.8,24.6\n'
HTML = b"<!DOCTYPE html><html><body>Kluda</body></html>"


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal() as listening:
        yield listening


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "vpvkac.toml").write_text("[inputs]\n", encoding="utf-8")
    return tmp_path


# --- Every way to fail ---------------------------------------------------------------------------

FAILURES = {
    "404": Answer(b"", 404),
    "500": Answer(b"", 500),
    "a web page with 200": Answer(HTML, kind="text/html"),
    "a web page that calls itself a zip": Answer(HTML, kind="application/zip"),
    "silence": Answer(FEED, delay=1.0),
    "half a zip": Answer(FEED[: len(FEED) // 2]),
    "a body that breaks off": Answer(FEED, cut_after=1000),
    "nothing": Answer(b""),
    "another zip": Answer(zipped_names({"readme.txt": b"x"})),
    "a feed without a bus": Answer(
        zipped_names({"stops.txt": b"stop_id,stop_name,stop_lat,stop_lon\n"})
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_whatever_the_first_address_does_the_next_is_taken_and_said(
    project: Path, portal: Portal, failure: str
) -> None:
    publish(portal, "atd-gtfs", "gtfs-latvia-lv.zip", FAILURES[failure])
    other = portal.lay("/atd/gtfs-latvia-lv.zip", FEED)
    source = replace(BY_NAME["atd"], fallbacks=(Direct(other),))
    outcome = _fetch(project, portal, source)
    assert outcome.state == "new"
    assert (project / "raw" / "atd.zip").read_bytes() == FEED
    sentences = [fault.sentence("en") for fault in outcome.faults]
    assert {fault.level for fault in outcome.faults} == {"warning"}
    assert any(other in one and "was taken from another address" in one for one in sentences)
    assert len(sentences) >= 2

    # With nothing else to take, the last good file stays, and it is said so.
    portal.lay("/atd/gtfs-latvia-lv.zip", FAILURES[failure])
    good = locked(project)
    outcome = _fetch(project, portal, source)
    assert outcome.state == "failed"
    assert (project / "raw" / "atd.zip").read_bytes() == FEED
    assert locked(project) == good
    sentence = "\n".join(fault.sentence("en") for fault in outcome.faults)
    assert "the last good file stays in use" in sentence


def _fetch(project: Path, portal: Portal, source: Any) -> Any:
    options = FetchOptions(project, portal=portal.address, read=True)
    with Web(QUICK, lambda _: None) as web:
        return next(iter(fetch_all([source], options, web, lambda _: None)))


def test_all_tries_stand_in_one_sentence(project: Path, portal: Portal) -> None:
    sources = {"atd": (404, 500), "riga": (500, 410)}
    for name, (first, second) in sources.items():
        portal.lay("/dati/api/3/action/package_show", Answer(b"", first))
        other = portal.lay("/other.zip", Answer(b"", second))
        outcome = _fetch(project, portal, replace(BY_NAME[name], fallbacks=(Direct(other),)))
        (fault,) = outcome.faults
        sentence = fault.sentence("lv")
        assert sentence.index(str(first)) < sentence.index(other) < sentence.rindex(str(second))


# --- The portal's search -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "dataset", "file", "body"),
    [
        ("centres", "vpvkac-kontakti-2027", "vpvkac_kontakti_2027_01.csv", CENTRES),
        ("ventspils", "ventspils-reiss-gtfs", "gtfs.zip", FEED),
        ("valmiera", "sabiedriskais-transports-valmiera", "vtu_gtfs.zip", FEED),
        ("jekabpils", "jekabpils-autobusi", "GTFS.zip", FEED),
        ("daugavpils", "daugavpils-satiksme", "daugavpils-gtfs.zip", FEED),
        ("culture_centres", "kulturas-centru-jauna-statistika", "k.csv", PLACES),
    ],
)
def test_a_dataset_by_another_name_is_found_by_searching(
    project: Path, portal: Portal, name: str, dataset: str, file: str, body: bytes
) -> None:
    address = publish(portal, dataset, file, body)
    # What fits the words and is not the file.
    publish(portal, "gtfs-liepajas-tramvaji", "liepaja.zip", b"never asked")
    publish(portal, "vpvkac-statistika", "vpvkac.csv", b"never asked")
    source = BY_NAME[name]
    if not isinstance(source.origin, Search):
        gone = portal.lay("/gone", Answer(b"", 404))
        source = replace(source, origin=Direct(gone))
    outcome = _fetch(project, portal, source)
    assert outcome.state == "new", [fault.sentence("en") for fault in outcome.faults]
    assert (project / source.file).read_bytes() == body
    assert locked(project)[name]["dataset"] == dataset
    assert locked(project)[name]["downloads"][0]["address"] == address


@pytest.mark.parametrize(
    "answer",
    [HTML, b"{}", b'{"success": true, "result": {"results": 7}}', b"[]",
     b'{"success": true, "result": {"results": [{"resources": null}]}}'],
)  # fmt: skip
def test_an_answer_to_a_search_that_is_none_is_a_sentence(
    project: Path, portal: Portal, answer: bytes
) -> None:
    portal.lay("/dati/api/3/action/package_search", answer)
    said = fetch(project, portal, "ventspils")
    assert said.exit_code == 1
    assert "does not answer as the portal's API does" in said.output


# --- A page that links to the file ---------------------------------------------------------------


def test_a_feed_is_found_by_the_link_on_a_page(project: Path, portal: Portal) -> None:
    feed = portal.lay("/gtfs/ventspils_2026_10.zip", FEED)
    page = portal.lay("/avoti.html", Answer(
        b"<a href='gtfs/ventspils_2025_12.zip'>a</a><A HREF=/gtfs/ventspils_2026_10.zip>b</A>"
        b"<a href='file:///gtfs/ventspils_2027_01.zip'>c</a><a href='http://[/ventspils.zip'>d</a>"
        b"<a href='http://203.0.113.9/ventspils_2028.zip'>e</a><a href='/gtfs/valmiera.zip'>f</a>",
        kind="text/html"))  # fmt: skip
    last = BY_NAME["ventspils"].fallbacks[-1]
    assert isinstance(last, Page)
    source = replace(BY_NAME["ventspils"], origin=Page(page, last.pattern), fallbacks=())
    outcome = _fetch(project, portal, source)
    assert outcome.state == "new", [fault.sentence("en") for fault in outcome.faults]
    assert locked(project)["ventspils"]["downloads"][0]["address"] == feed
    assert locked(project)["ventspils"]["date"] == "2026-10"


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"\xff\x00<a href", b"<" * 100_000])
def test_a_page_without_the_link_is_a_sentence(project: Path, portal: Portal, body: bytes) -> None:
    page = portal.lay("/avoti.html", Answer(body, kind="text/html"))
    source = replace(BY_NAME["ventspils"], origin=Page(page, r"\.zip$"), fallbacks=())
    (fault,) = _fetch(project, portal, source).faults
    assert "is a page with no link to the file" in fault.sentence("en")


# --- The statistical office's table --------------------------------------------------------------

YEARS = {
    "title": "x",
    "variables": [{"code": "TIME", "values": ["2024", "2026", "2025"]},
                  {"code": "AREA", "values": ["LV", "LV0001000"]}],
}  # fmt: skip
FIGURES: dict[str, Any] = {
    "class": "dataset",
    "id": ["INDICATOR", "AREA", "TIME"],
    "size": [1, 5, 1],
    "dimension": {"AREA": {"category": {"index": {
        "LV": 0, "LV0040010": 2, "LV0001000": 1, "LV0055000": 3, "UNK": 4,
    }}}, "TIME": {"category": {"index": {"2026": 0}}}},
    "value": [1_800_000, 600_000, 23_000, None, 12],
}  # fmt: skip


def table_at(portal: Portal, figures: bytes) -> Any:
    address = portal.lay("/IRS051", json.dumps(YEARS).encode())
    portal.lay("/posted/IRS051", Answer(figures, kind="application/json"))
    source = BY_NAME["population"]
    assert isinstance(source.origin, Table)
    return replace(source, origin=replace(source.origin, address=address), fallbacks=())


@pytest.mark.parametrize("sparse", [False, True])
def test_residents_come_from_the_table_as_a_file_that_its_reader_reads(
    project: Path, portal: Portal, *, sparse: bool
) -> None:
    """Areas that are no more have no figure; the state and what is unknown have no code."""
    figures = FIGURES
    if sparse:
        given = {str(n): value for n, value in enumerate(FIGURES["value"]) if value is not None}
        figures = FIGURES | {"value": given}
    source = table_at(portal, json.dumps(figures).encode())
    outcome = _fetch(project, portal, source)
    assert outcome.state == "new", [fault.sentence("en") for fault in outcome.faults]
    file = project / "raw" / "population.csv"
    assert file.read_text() == "unit,residents\nLV0001000,600000\nLV0040010,23000\n"
    assert locked(project)["population"]["date"] == "2026"
    asked = {one["code"]: one["selection"] for one in portal.posted[0]["query"]}
    assert asked["AREA"] == {"filter": "all", "values": ["*"]}
    assert asked["TIME"] == {"filter": "item", "values": ["2026"]}
    assert asked["INDICATOR"] == {"filter": "item", "values": ["TOTAL"]}
    # By the line that fetch says, the project reads it.
    assert 'unit = "unit", value = "residents"' in source.line
    read = read_population_by_unit(Input(file, "p", columns=source.columns)).table
    assert read["population"].tolist() == [600_000, 23_000]
    assert _fetch(project, portal, source).state == "same"
    # The year of the lock is asked for again, and the same file made of it.
    before, after = file.read_bytes(), portal.posted.copy()
    file.unlink()
    with Web(QUICK, lambda _: None) as web:
        options = FetchOptions(project, locked=True, portal=portal.address)
        (outcome,) = fetch_all([source], options, web, lambda _: None)
    assert (outcome.state, file.read_bytes()) == ("same", before)
    assert portal.posted[len(after) :] == after[:1]


@pytest.mark.parametrize(
    "change",
    [{"value": []}, {"value": [1, 2.5, 3, 4, 5]}, {"size": [2, 5, 1]}, {"dimension": {}},
     {"value": ["a"] * 5}, {"size": [1]}, {"id": None},
     {"dimension": FIGURES["dimension"] | {"TIME": {"category": {"index": ["2025"]}}}}],
)  # fmt: skip
def test_figures_of_another_form_are_a_sentence(
    project: Path, portal: Portal, change: dict[str, Any]
) -> None:
    source = table_at(portal, json.dumps(FIGURES | change).encode())
    (fault,) = _fetch(project, portal, source).faults
    assert "gives an answer that is not understood" in fault.sentence("en")
    assert not (project / "raw" / "population.csv").exists()


def test_a_table_without_years_is_a_sentence() -> None:
    source = BY_NAME["population"]
    assert isinstance(source.origin, Table)
    for answer in (b"[]", b'{"variables": [{"code": "TIME", "values": []}]}', HTML):
        with pytest.raises(RefusedError, match="not understood"):
            elsewhere.find_year(source, source.origin, lambda _, body=answer: body)


@pytest.mark.parametrize(("column", "is_taken"), [("iedzivotaj", True), ("ID", False)])
def test_the_grid_is_taken_only_with_its_residents(
    project: Path, portal: Portal, tmp_path: Path, column: str, *, is_taken: bool
) -> None:
    """Programs use of `rezgis` the cells alone: without residents it is no grid of them."""
    cells = [shapely.box(500_000 + 1000 * n, 300_000, 501_000 + 1000 * n, 301_000) for n in (0, 1)]
    # Of eleven letters a shapefile keeps ten.
    grid = gpd.GeoDataFrame({column: [5, 120]}, geometry=cells, crs=3059)
    made = tmp_path / "made"
    made.mkdir()
    grid.to_file(made / "Grid_LV_1k.shp")
    parts = {file.name: file.read_bytes() for file in made.iterdir()}
    publish(portal, "rezgis", "grid_lv_1k.zip", zipped_names(parts))
    publish(portal, "rezgis-cits", "grid_lv_100.zip", b"never asked")
    answer = fetch(project, portal, "population_grid")
    assert (answer.exit_code == 0) == is_taken, answer.output
    assert (project / "raw" / "population_grid.shp").exists() == is_taken


# --- Workbooks -----------------------------------------------------------------------------------


def workbook() -> bytes:
    """Make the sample's list as the workbook that was published before it was saved as text."""
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(CENTRES.decode("utf-8-sig")), delimiter=";"):
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_list_of_centres_published_as_a_workbook_alone_is_taken(
    project: Path, portal: Portal
) -> None:
    body = workbook()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    publish(portal, "vpvkac-kontakti", "vpvkac_kontakti_2022_08.xlsx", Answer(body, kind=kind))
    answer = fetch(project, portal, "centres")
    assert answer.exit_code == 0, answer.output
    file = project / "raw" / "centres.csv"
    assert file.read_bytes() == body
    assert locked(project)["centres"]["date"] == "2022-08"
    text = SAMPLE / "vpvkac-kontakti_2023_aktual_081123.csv"
    ours, theirs = (read_centres(Input(one, "c")).table for one in (file, text))
    columns = ["name", "address", "owner", "hours"]
    pd.testing.assert_frame_equal(ours[columns], theirs[columns])


def test_of_text_and_workbook_the_newer_is_taken_and_of_half_a_workbook_the_text(
    project: Path, portal: Portal
) -> None:
    text = resource(portal.lay("/vpvkac-kontakti_2022_08.csv", CENTRES), "a")
    body = workbook()
    newer = resource(portal.lay("/vpvkac-kontakti_2023_11.xlsx", body[:-100], body), "b")
    portal.publish("vpvkac-kontakti", [text, newer])
    answer = fetch(project, portal, "centres")
    assert answer.exit_code == 0, answer.output
    assert "is not a CSV table" in answer.output
    assert "was taken from another address" in answer.output
    assert (project / "raw" / "centres.csv").read_bytes() == CENTRES
    assert fetch(project, portal, "centres").exit_code == 0
    assert (project / "raw" / "centres.csv").read_bytes() == body


# --- What reads what is fetched ------------------------------------------------------------------

TRAINS = {
    "agency.txt": b"agency_id,agency_name,agency_url,agency_timezone\n1,V,https://v.lv,Europe/Riga\n",
    "stops.txt": b"stop_id,stop_name,stop_lat,stop_lon\nA,Ogre,56.8,24.6\nB,Kegums,56.7,24.7\n",
    "routes.txt": b"route_id,agency_id,route_short_name,route_type\n1,1,R,2\n",
    "trips.txt": b"route_id,service_id,trip_id\n1,d,t\n",
    "stop_times.txt": b"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                      b"t,8:00:00,8:00:00,A,1\nt,8:10:00,8:10:00,B,2\n",
    "calendar.txt": b"service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
                    b"start_date,end_date\nd,1,1,1,1,1,1,1,20260101,20271231\n",
}  # fmt: skip
GOOD = {
    "rail": ("GTFS.zip", zipped_names(TRAINS)),
    "culture_centres": ("kulturas_centri.csv", PLACES),
}
BAD = {
    "rail": zipped_names(TRAINS | {"stop_times.txt": b"trip_id,stop_id\nt,A\n"}),
    "culture_centres": PLACES.replace(b"Adrese", b"Vieta"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_source_that_no_run_needs_is_read_before_it_is_taken_too(
    project: Path, portal: Portal, name: str
) -> None:
    file, body = GOOD[name]
    dataset = BY_NAME[name].origin.id  # type: ignore[union-attr]
    publish(portal, dataset, file, body)
    answer = fetch(project, portal, name)
    assert answer.exit_code == 0, answer.output
    publish(portal, dataset, f"2027-01-01_{file}", BAD[name])
    answer = fetch(project, portal, name)
    assert answer.exit_code == 1, answer.output
    local = project / BY_NAME[name].file
    assert local.read_bytes() == body
    assert Path(f"{local}.refused").read_bytes() == BAD[name]
    assert f"kept beside as {BY_NAME[name].file}.refused" in answer.output


def test_a_table_of_residents_given_by_address_is_read_by_the_columns_of_the_project(
    project: Path, portal: Portal
) -> None:
    body = b"kods;skaits\nLV0001000;600000\n"
    address = portal.lay("/residents.csv", Answer(body, kind="text/csv"))
    given = ("population", "--address", f"population={address}")
    refused = fetch(project, portal, *given)
    assert refused.exit_code == 1
    assert (project / "raw" / "population.csv.refused").read_bytes() == body
    (project / "vpvkac.toml").write_text(
        '[inputs]\npopulation = { path = "raw/population.csv", unit = "kods", value = "skaits" }\n'
    )
    answer = fetch(project, portal, *given)
    assert answer.exit_code == 0, answer.output
    assert (project / "raw" / "population.csv").read_bytes() == body
    assert [file.name for file in (project / "raw").iterdir()] == ["population.csv"]


# --- How it stands -------------------------------------------------------------------------------


def test_check_says_of_every_source_how_it_stands(project: Path, portal: Portal) -> None:
    """Also of those that are found by searching; none is left out, nothing is downloaded."""
    publish(portal, "ventspils-gtfs", "gtfs_2026_11.zip", FEED)
    publish(portal, "kulturas-centru-statistika", "k.csv", PLACES)
    answer = fetch(project, portal, "--check", "ventspils", "culture_centres", "atvk")
    assert rows(answer.stdout) == {
        "ventspils": ["2026-11", "–", "not fetched yet"],
        "culture_centres": ["1 January 2026", "–", "not fetched yet"],
        "atvk": ["–", "–", "cannot be reached"],
    }
    assert not (project / "raw").exists()


def test_a_fallback_that_is_no_newer_does_not_leave_the_lock_behind(
    project: Path, portal: Portal
) -> None:
    publish(portal, "atd-gtfs", "gtfs-latvia-lv_2026-11-01.zip", FEED)
    assert fetch(project, portal, "centres", "atd").exit_code == 1
    del portal.datasets["atd-gtfs"]
    old = portal.lay(
        "/old.zip", Answer(FEED, headers={"Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT"})
    )
    answer = fetch(project, portal, "--check", "atd", "--address", f"atd={old}")
    assert rows(answer.stdout)["atd"] == ["21 October 2026", "1 November 2026",
                                          "the lock has the newest"]  # fmt: skip


# --- Hostile answers -----------------------------------------------------------------------------


def test_an_address_of_megabytes_is_passed_over_at_once(project: Path, portal: Portal) -> None:
    """A pattern with two stars would take hours on it."""
    long = f"https://x.invalid/{'vpvkac' * 500_000}.csv"
    good = portal.lay("/vpvkac-kontakti_2023_11.csv", CENTRES)
    portal.publish("vpvkac", [resource(long, "a", "2027-01-01"), resource(good, "b")])
    begun = time.monotonic()
    assert fetch(project, portal, "centres").exit_code == 0
    page = portal.lay("/p.html", Answer(f"<a href='/{'ventspils' * 500_000}.zip'>a</a>".encode()))
    source = replace(BY_NAME["ventspils"], origin=Page(page, "ventspils.*x.*zip"), fallbacks=())
    assert _fetch(project, portal, source).state == "failed"
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("path", ["api/3/action/package_show", "api/3/action/package_search"])
def test_a_bomb_in_place_of_the_portal_s_answer_is_left(
    project: Path, portal: Portal, path: str
) -> None:
    """Some hundred kilobytes that unpack to a hundred megabytes."""
    bomb = gzip.compress(b" " * 100_000_000, 9)
    assert len(bomb) < 200_000
    answer = Answer(bomb, kind="application/json", headers={"Content-Encoding": "gzip"})
    portal.lay(f"/dati/{path}", answer)
    assert "is larger than 32 MB" in fetch(project, portal, "centres").output


def test_a_table_of_statistics_that_never_ends_is_left(project: Path, portal: Portal) -> None:
    source = table_at(portal, b" " * 40_000_000)
    (fault,) = _fetch(project, portal, source).faults
    assert "is larger than 32 MB" in fault.sentence("en")
    assert not (project / "raw" / "population.csv").exists()


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x/y.zip", "//", "http://203.0.113.9/x", "data:,x"]
)
def test_neither_a_link_nor_a_redirect_leads_out_of_the_web(
    project: Path, portal: Portal, target: str
) -> None:
    page = portal.lay("/p.html", Answer(f"<a href='{target}#ventspils.zip'>a</a>".encode()))
    moved = portal.lay("/moved.html", Answer(b"", 302, headers={"Location": target}))
    for address in (page, moved):
        source = replace(BY_NAME["ventspils"], origin=Page(address, r"zip$"), fallbacks=())
        assert _fetch(project, portal, source).state == "failed"
    assert {seen.path for seen in portal.seen} == {"/p.html", "/moved.html"}
