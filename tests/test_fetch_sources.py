"""The sources of the catalogue: what goes together, what stands in for what, what is newer.

The measure is the log of the test server and the bytes it was told to send.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conftest import SAMPLE
from portal_server import Answer, Portal, resource
from vpvkac.cli.main import main
from vpvkac.fetch import fetch as fetching
from vpvkac.fetch.osm import Services
from vpvkac.sources import lock
from vpvkac.sources.catalogue import BY_NAME, GROUPS, SOURCES, Dataset, Direct

CENTRES = (SAMPLE / "vpvkac-kontakti_2023_aktual_081123.csv").read_bytes()
LIBRARIES = (SAMPLE / "bibliotekas.csv").read_bytes()
FEED = (SAMPLE / "gtfs-latvia-lv.zip").read_bytes()
BUILDINGS = (SAMPLE / "aw_eka.csv").read_bytes()
PARENTS = ("iela", "ciems", "pagasts", "pilseta", "novads")
REGISTER = "varis-atvertie-dati"
EARLIER_REGISTER = "valsts-adresu-registra-informacijas-sistemas-atvertie-dati"
PROJECT = '[inputs]\naddresses = "raw/addresses.csv"\n'


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal() as listening:
        yield listening


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "vpvkac.toml").write_text(PROJECT, encoding="utf-8")
    return tmp_path


def fetch(folder: Path, portal: Portal, *arguments: str, lang: str = "en") -> Any:
    """Fetch as a planner does."""
    given = ["fetch", *arguments, "--project", str(folder), "--lang", lang]
    return CliRunner().invoke(main, given, env={"VPVKAC_PORTAL": portal.address})


def parent(kind: str) -> bytes:
    return f'\ufeff"KODS","STATUSS","VKUR_CD","ATRIB"\r\n"1","EKS","2","{kind}"\r\n'.encode()


def publish_register(portal: Portal, dataset: str, *, names: tuple[str, ...]) -> None:
    """Publish tables of the register, and beside them what must not be taken for them."""
    bodies = {"aw_eka.csv": BUILDINGS} | {f"aw_{kind}.csv": parent(kind) for kind in PARENTS}
    bodies |= {"aw_eka_his.csv": b"KODS,STD\n1,x\n", "aw_eka.csv-metadata.json": b"[1]"}
    bodies["aw_csv.zip"] = zipped(
        {name.upper(): body for name, body in bodies.items() if "his" not in name}
    )
    given = [resource(portal.lay(f"/{dataset}/{name}", bodies[name]), name) for name in names]
    portal.publish(dataset, given, "cc-by-4.0")


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def publish(portal: Portal, dataset: str, name: str, *answers: Answer | bytes) -> str:
    """Publish a dataset of one file; give its address."""
    address = portal.lay(f"/f/{name}", *answers)
    portal.publish(dataset, [resource(address, name)])
    return address


def locked(folder: Path) -> dict[str, Any]:
    content = json.loads((folder / "sources.lock.json").read_text(encoding="utf-8"))
    sources: dict[str, Any] = content["sources"]
    return sources


# --- The register and its parents ----------------------------------------------------------------


def test_the_register_comes_with_its_parents(project: Path, portal: Portal) -> None:
    tables = (*(f"aw_{kind}.csv" for kind in PARENTS), "aw_eka.csv")
    publish_register(
        portal, REGISTER, names=("aw_eka_his.csv", *tables, "aw_eka.csv-metadata.json")
    )
    answer = fetch(project, portal)
    assert answer.exit_code == 0, answer.output
    assert "Sources fetched: 6 of 6." in answer.output
    files = {file.name: file.read_bytes() for file in (project / "raw").iterdir()}
    assert files == {"addresses.csv": BUILDINGS} | {
        f"aw_{kind}.csv": parent(kind) for kind in PARENTS
    }
    assert set(locked(project)) == set(GROUPS["register"])
    assert {entry["licence"] for entry in locked(project).values()} == {"CC BY 4.0"}


def test_a_zip_of_the_whole_register_is_asked_for_once(project: Path, portal: Portal) -> None:
    publish_register(portal, REGISTER, names=("aw_csv.zip",))
    answer = fetch(project, portal)
    assert answer.exit_code == 0, answer.output
    assert (project / "raw" / "addresses.csv").read_bytes() == BUILDINGS
    assert (project / "raw" / "aw_novads.csv").read_bytes() == parent("novads")
    assert len(portal.requests(f"/{REGISTER}/aw_csv.zip")) == 1
    assert len({entry["downloads"][0]["sha256"] for entry in locked(project).values()}) == 1


def test_a_register_that_moved_to_its_earlier_dataset_is_found_and_said(
    project: Path, portal: Portal
) -> None:
    tables = ("aw_eka.csv", *(f"aw_{kind}.csv" for kind in PARENTS))
    publish_register(portal, EARLIER_REGISTER, names=tables)
    answer = fetch(project, portal, "addresses")
    assert answer.exit_code == 0, answer.output
    assert (project / "raw" / "addresses.csv").read_bytes() == BUILDINGS
    assert locked(project)["addresses"]["dataset"] == EARLIER_REGISTER
    assert "has no file (404)" in answer.output
    assert "was taken from another address" in answer.output
    asked = [seen.path for seen in portal.seen]
    assert len(asked) == 3
    latvian = fetch(project, portal, "addresses", lang="lv")
    assert "ir ņemta no citas adreses" in latvian.output


def test_an_older_register_never_takes_the_place_of_a_newer_one(
    project: Path, portal: Portal
) -> None:
    publish_register(portal, REGISTER, names=("aw_eka.csv",))
    assert fetch(project, portal, "addresses").exit_code == 0
    good = locked(project)
    del portal.datasets[REGISTER]
    old = resource(portal.lay("/old/aw_eka.csv", BUILDINGS + b"\r\n"), modified="2022-01-01")
    portal.publish(EARLIER_REGISTER, [old])
    answer = fetch(project, portal, "addresses")
    assert answer.exit_code == 1
    assert "is older there (2022-01-01) than the file that is here" in answer.output
    assert (project / "raw" / "addresses.csv").read_bytes() == BUILDINGS
    assert locked(project) == good


# --- Fallbacks -----------------------------------------------------------------------------------


def test_the_fallbacks_are_tried_in_order_and_all_are_said_if_none_helps(
    project: Path, portal: Portal
) -> None:
    answer = fetch(project, portal, "addresses")
    assert answer.exit_code == 1
    (sentence,) = re.findall("Error: raw/addresses.csv.*", answer.output)
    assert sentence.count("has no file (404)") == 3
    places = [sentence.index(place) for place in (REGISTER, EARLIER_REGISTER, "aw_csv.zip")]
    assert places == sorted(places)
    datasets = [seen for seen in portal.seen if "package_show" in seen.path]
    assert len(datasets) == 2
    # The last one is a file on the portal itself.
    assert portal.seen[-1].path.endswith("/download/aw_csv.zip")


def test_nobody_but_the_portal_given_is_asked(project: Path, portal: Portal) -> None:
    answer = fetch(project, portal, "atd", "rail")
    assert answer.exit_code == 1
    assert {seen.path for seen in portal.seen} == {"/dati/api/3/action/package_show"}
    assert answer.output.count("Error:") == 2


def test_a_list_that_the_reader_refuses_is_kept_and_the_next_one_taken(
    project: Path, portal: Portal
) -> None:
    ours = BY_NAME["libraries"]
    assert isinstance(ours.origin, Dataset)
    publish(portal, ours.origin.id, "objektusaraksts.csv", b"a;b\n1;2\n")
    publish(portal, "bibliotku-statistika", "bibliotekas.csv", LIBRARIES)
    answer = fetch(project, portal, "libraries")
    assert answer.exit_code == 0, answer.output
    raw = project / "raw"
    assert (raw / "libraries.csv").read_bytes() == LIBRARIES
    assert "was refused by its reader" in answer.output
    assert (raw / "libraries.csv.refused").read_bytes() == b"a;b\n1;2\n"
    assert locked(project)["libraries"]["dataset"] == "bibliotku-statistika"


def test_what_is_lesser_never_takes_the_place_of_a_good_file(project: Path, portal: Portal) -> None:
    ours = BY_NAME["libraries"]
    assert isinstance(ours.origin, Dataset)
    publish(portal, ours.origin.id, "objektusaraksts_2026-10.csv", LIBRARIES)
    publish(portal, "bibliotku-statistika", "bibliotekas.csv", LIBRARIES + b"\r\n")
    assert fetch(project, portal, "libraries").exit_code == 0
    good = locked(project)

    publish(portal, ours.origin.id, "objektusaraksts_2026-11.csv", b"a;b\n1;2\n")
    for _ in range(2):
        answer = fetch(project, portal, "libraries")
        assert answer.exit_code == 1
        assert "the last good file stays in use" in answer.output
        assert (project / "raw" / "libraries.csv").read_bytes() == LIBRARIES
        assert locked(project) == good
        assert rows(fetch(project, portal, "--check", "libraries").stdout) == {
            "libraries": ["2026-11", "2026-10", "the lock is behind"]
        }

    # Where it is gone from here, the lesser one is better than none; and is then kept up.
    (project / "raw" / "libraries.csv").unlink()
    assert fetch(project, portal, "libraries").exit_code == 0
    assert locked(project)["libraries"]["dataset"] == "bibliotku-statistika"
    publish(portal, "bibliotku-statistika", "bibliotekas.csv", LIBRARIES + b"\r\n\r\n")
    assert fetch(project, portal, "libraries").exit_code == 0
    assert (project / "raw" / "libraries.csv").read_bytes() == LIBRARIES + b"\r\n\r\n"


def test_a_feed_is_taken_from_the_publisher_where_the_portal_lacks_it(
    project: Path, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = portal.lay("/uploads/GTFS.zip", FEED)
    moved = replace(BY_NAME["atd"], fallbacks=(Direct(address),))
    monkeypatch.setitem(BY_NAME, "atd", moved)
    answer = fetch(project, portal, "atd")
    assert answer.exit_code == 0, answer.output
    assert f'"{address}"' in answer.output
    assert locked(project)["atd"]["dataset"] == ""
    assert fetch(project, portal, "--locked").exit_code == 0


def test_what_cannot_be_had_names_what_openstreetmap_has_instead(
    project: Path, portal: Portal
) -> None:
    answer = fetch(project, portal, "libraries")
    assert answer.exit_code == 1
    assert "download it with vpvkac fetch osm_libraries" in answer.output


def test_a_feed_without_a_known_address_asks_for_one(project: Path, portal: Portal) -> None:
    for lang, said in (("en", "No address of a file is known for"), ("lv", "adrese nav zināma")):
        listed = fetch(project, portal, "--list", lang=lang).output
        (sentence,) = [line for line in listed.splitlines() if said in line]
        assert "daugavpils, ventspils, valmiera, jekabpils" in sentence
    answer = fetch(project, portal, "ventspils", lang="lv")
    assert answer.exit_code == 1
    assert "tika meklēts portālā" in answer.output
    address = portal.lay("/ventspils.zip", FEED)
    given = fetch(project, portal, "ventspils", "--address", f"ventspils={address}")
    assert given.exit_code == 0, given.output
    assert '{ path = "raw/ventspils.zip", feed = "ventspils" }' in given.output


# --- Trains --------------------------------------------------------------------------------------


def test_trains_are_a_feed_of_their_own_that_no_project_names(
    project: Path, portal: Portal
) -> None:
    rail = BY_NAME["rail"]
    assert isinstance(rail.origin, Dataset)
    publish(portal, rail.origin.id, "GTFS.zip", FEED)
    answer = fetch(project, portal, "rail")
    assert answer.exit_code == 0, answer.output
    assert (project / "raw" / "rail.zip").read_bytes() == FEED
    assert "feed =" not in answer.output
    assert "rail" not in {source.name for source in SOURCES if source.key == "stops"}
    assert "rail" not in GROUPS["cities"]


# --- Which is newer: `fetch --check` -------------------------------------------------------------


def rows(output: str) -> dict[str, list[str]]:
    """Read the table of `--check`: source → newest, in the lock, state."""
    cells = [re.split(r"\s{2,}", line) for line in output.splitlines()]
    return {name: rest for name, *rest in cells if name in BY_NAME}


def test_check_says_what_is_newer_and_downloads_nothing(project: Path, portal: Portal) -> None:
    etag = {"ETag": '"one"'}
    portal.publish(
        "vpvkac-kontakti",
        [resource(portal.lay("/c/vpvkac-kontakti_081123.csv", Answer(CENTRES, headers=etag)))],
    )
    publish(portal, "atd-gtfs", "gtfs-latvia-lv.zip", FEED)
    assert fetch(project, portal, "centres", "atd").exit_code == 0
    before = {file: file.stat().st_mtime_ns for file in project.rglob("*")}
    publish(portal, "atd-gtfs", "gtfs-latvia-lv_2026-11-20.zip", FEED)

    answer = fetch(project, portal, "--check", "centres", "atd", "riga", "ventspils")

    assert answer.exit_code == 1
    table = rows(answer.stdout)
    assert table["centres"][-2:] == ["8 November 2023", "the lock has the newest"]
    assert table["atd"] == ["20 November 2026", "1 January 2026", "the lock is behind"]
    assert table["riga"] == ["–", "–", "cannot be reached"]
    assert table["ventspils"] == ["–", "–", "cannot be reached"]
    assert {file: file.stat().st_mtime_ns for file in project.rglob("*")} == before
    last = portal.requests("/c/vpvkac-kontakti_081123.csv")[-1]
    assert last.headers["If-None-Match"] == '"one"'


@pytest.mark.parametrize(
    ("modified", "served", "newest"),
    [
        ("2024-02-02T08:00:00", "08 Nov 2023 10:00:00", "2 February 2024"),
        ("2023-11-08T10:00:00", "08 Nov 2023 15:00:00", "8 November 2023"),
    ],
)
def test_check_finds_a_file_replaced_under_its_dated_name(
    project: Path, portal: Portal, modified: str, served: str, newest: str
) -> None:
    def standing(modified: str, served: str) -> list[str]:
        body = Answer(CENTRES, headers={"Last-Modified": f"Wed, {served} GMT"})
        laid = portal.lay("/c/vpvkac-kontakti_081123.csv", body)
        portal.publish("vpvkac-kontakti", [resource(laid, modified=modified)])
        if not (project / "raw").exists():
            assert fetch(project, portal, "centres").exit_code == 0
        return rows(fetch(project, portal, "--check", "centres").stdout)["centres"]

    day = "8 November 2023"
    assert standing("2023-11-08T10:00:00", "08 Nov 2023 10:00:00")[1:] == [
        day, "the lock has the newest",
    ]  # fmt: skip
    assert standing(modified, served) == [newest, day, "the lock is behind"]


def test_every_place_that_was_asked_is_said_and_what_stays_in_use(
    project: Path, portal: Portal
) -> None:
    address = publish(portal, "vpvkac-kontakti", "vpvkac-kontakti_081123.csv", CENTRES)
    assert fetch(project, portal, "centres").exit_code == 0
    path = "/f/vpvkac-kontakti_081123.csv"
    for body, error in ((Answer(b"", 410), address), (b"a;b\n1;2\n" * 200, "elsewhere")):
        portal.lay(path, body)
        answer = fetch(project, portal, "centres")
        (sentence,) = re.findall("Error: raw/centres.csv: cannot be had.*", answer.output)
        assert error in sentence
        assert "vpvkac-kontakti – leads to the same file" in sentence
        assert "vpvkac – leads to the same file" in sentence
        assert "the last good file stays in use" in sentence
    assert (project / "raw" / "centres.csv").read_bytes() == CENTRES


def test_check_of_what_was_never_fetched_shows_the_date_of_the_newest(
    project: Path, portal: Portal
) -> None:
    publish(portal, "vpvkac-kontakti", "vpvkac-kontakti_2023_aktual_081123.csv", CENTRES)
    answer = fetch(project, portal, "--check", "centres", lang="lv")
    assert answer.exit_code == 0, answer.output
    assert rows(answer.stdout) == {"centres": ["08.11.2023.", "–", "vēl nav lejupielādēts"]}
    assert not (project / "raw").exists()


def test_check_says_where_the_first_address_failed(project: Path, portal: Portal) -> None:
    publish_register(portal, EARLIER_REGISTER, names=("aw_eka.csv",))
    answer = fetch(project, portal, "--check", "addresses")
    assert answer.exit_code == 0, answer.output
    assert rows(answer.stdout)["addresses"][-1] == "not fetched yet"
    assert "Warning: raw/addresses.csv" in answer.output


def test_check_of_openstreetmap_asks_whether_the_service_is_there(
    project: Path, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.lay("/api/status", b"Connected as: 1\n")
    here = Services(f"{portal.origin}/api", portal.origin)
    monkeypatch.setattr("vpvkac.fetch.osm.Services", lambda **_: here)
    answer = fetch(project, portal, "--check", "osm")
    assert answer.exit_code == 0, answer.output
    assert rows(answer.stdout) == {
        "osm_libraries": ["–", "–", "not fetched yet"],
        "osm_post_offices": ["–", "–", "not fetched yet"],
        "osm_town_halls": ["–", "–", "not fetched yet"],
    }
    assert {seen.path for seen in portal.seen} == {"/api/timestamp", "/api/status"}


@pytest.mark.parametrize(
    ("newest", "state"),
    [(b"2026-11-28T20:21:32Z\n", "the lock is behind"),
     (b"2026-11-20T23:59:59Z", "the lock has the newest"),
     (b"<html>busy</html>", "cannot be determined without downloading"),
     (b"", "cannot be determined without downloading")],
)  # fmt: skip
def test_check_asks_openstreetmap_for_the_day_of_its_data(
    project: Path, portal: Portal, newest: bytes, state: str
) -> None:
    service = f"{portal.origin}/api"
    local = lock.Local("raw/osm_libraries.geojson", 1, "0" * 64)
    got = lock.Download(service, 1, "0" * 64, (local,))
    entry = lock.Entry("", "", "2026-11-20", None, "ODbL 1.0", "2026-11-20T12:00:00Z", (got,))
    lock.write(project, {"osm_libraries": entry})
    portal.lay("/api/timestamp", newest)
    portal.lay("/api/status", b"Connected as: 1\n")
    given = ("osm_libraries", "--address", f"osm_libraries={service}")
    answer = fetch(project, portal, "--check", *given)
    assert answer.exit_code == 0, answer.output
    assert rows(answer.stdout)["osm_libraries"][-1] == state


@pytest.mark.parametrize("status", [405, 501])
def test_a_server_that_gives_no_headers_alone_counts_as_reached(
    project: Path, portal: Portal, status: int
) -> None:
    publish(portal, "vpvkac-kontakti", "vpvkac-kontakti_081123.csv", Answer(b"", status))
    answer = fetch(project, portal, "--check", "centres")
    assert answer.exit_code == 0, answer.output
    assert rows(answer.stdout)["centres"] == ["8 November 2023", "–", "not fetched yet"]


@pytest.mark.parametrize(
    ("lang", "state"),
    [("en", "cannot be determined without downloading"), ("lv", "bez lejupielādes nav nosakāms")],
)
def test_check_does_not_call_newest_what_nobody_dates(
    project: Path, portal: Portal, lang: str, state: str
) -> None:
    given = ("atd", "--address", f"atd={portal.lay('/undated.zip', FEED)}")
    assert fetch(project, portal, *given).exit_code == 0
    portal.lay("/undated.zip", FEED + b"other")
    answer = fetch(project, portal, "--check", *given, lang=lang)
    assert answer.exit_code == 0, answer.output
    assert rows(answer.stdout)["atd"] == ["–", "–", state]
    etag = {"ETag": '"one"'}
    portal.lay("/undated.zip", Answer(FEED, headers=etag))
    assert fetch(project, portal, *given).exit_code == 0
    known = fetch(project, portal, "--check", *given)
    assert rows(known.stdout)["atd"] == ["–", "–", "the lock has the newest"]
    # Many servers give the headers again rather than say that nothing changed.
    for tag, standing in (('"two"', "behind"), ('W/"one"', "has the newest")):
        portal.lay("/undated.zip", Answer(FEED, headers={"ETag": tag}))
        assert standing in rows(fetch(project, portal, "--check", *given).stdout)["atd"][-1]


def test_check_says_which_file_is_gone(project: Path, portal: Portal) -> None:
    address = portal.lay("/f/vpvkac-kontakti_081123.csv", Answer(b"", 404))
    portal.publish("vpvkac-kontakti", [resource(address)])
    answer = fetch(project, portal, "--check", "centres")
    assert answer.exit_code == 1
    assert "has no file (404)" in answer.output
    assert rows(answer.stdout)["centres"] == ["–", "–", "cannot be reached"]


# --- What a reader refuses -----------------------------------------------------------------------


def test_what_the_reader_refuses_is_kept_beside_and_the_last_good_one_stays(
    project: Path, portal: Portal
) -> None:
    publish(portal, "vpvkac-kontakti", "vpvkac-kontakti_2023-11.csv", CENTRES)
    assert fetch(project, portal, "centres").exit_code == 0
    good = locked(project)
    raw = project / "raw"
    changed = b"Nr;Nosaukums\n1;Cita forma\n"
    publish(portal, "vpvkac-kontakti", "vpvkac-kontakti_2026-11.csv", changed)

    for _ in range(2):
        answer = fetch(project, portal, "centres")
        assert answer.exit_code == 1
        assert "kept beside as raw/centres.csv.refused" in answer.output
        assert (raw / "centres.csv").read_bytes() == CENTRES
        assert (raw / "centres.csv.refused").read_bytes() == changed
        assert locked(project) == good

    reason = (raw / "centres.csv.refused.txt").read_text(encoding="utf-8")
    assert "vpvkac-kontakti_2026-11.csv" in reason
    assert "raw/centres.csv" in reason
    # Both languages, for whoever is asked about it.
    assert len(reason.splitlines()) >= 3
    assert fetch(project, portal, "--locked").exit_code == 0

    publish(portal, "vpvkac-kontakti", "vpvkac-kontakti_2026-12.csv", CENTRES + b"\r\n")
    assert fetch(project, portal, "centres").exit_code == 0
    assert [file.name for file in raw.iterdir()] == ["centres.csv"]


@pytest.mark.parametrize(
    ("name", "good", "column"),
    [(f"aw_{kind}", parent(kind), b"ATRIB") for kind in PARENTS]
    + [("aw_eka_his", b"KODS,STD\n1,x\n", b"STD")],
)
def test_a_table_of_the_register_whose_form_changed_leaves_the_last_good_one(
    project: Path, portal: Portal, name: str, good: bytes, column: bytes
) -> None:
    publish(portal, REGISTER, f"{name}.csv", good)
    assert fetch(project, portal, name).exit_code == 0
    before = locked(project)
    changed = good.replace(column, b"ATVK")
    publish(portal, REGISTER, f"{name}.csv", changed)
    answer = fetch(project, portal, name)
    assert answer.exit_code == 1
    assert f"kept beside as raw/{name}.csv.refused" in answer.output
    assert (project / "raw" / f"{name}.csv").read_bytes() == good
    assert (project / "raw" / f"{name}.csv.refused").read_bytes() == changed
    assert locked(project) == before


def test_a_whole_feed_without_a_bus_is_refused_for_the_stops(project: Path, portal: Portal) -> None:
    empty = zipped({"stops.txt": b"stop_id,stop_name,stop_lat,stop_lon\n"})
    publish(portal, "atd-gtfs", "gtfs-latvia-lv.zip", empty)
    answer = fetch(project, portal, "atd")
    assert answer.exit_code == 1
    assert (project / "raw" / "atd.zip.refused").read_bytes() == empty
    assert not (project / "raw" / "atd.zip").exists()
    assert fetching.FetchOptions(project).read is False
