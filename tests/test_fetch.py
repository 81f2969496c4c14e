"""Fetching: what a portal may do to a planner, and what must then stand on the disk.

The independent measure is what the test server was told to send: its bytes, by
`hashlib`, and the log of what it was asked.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import gzip
import hashlib
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, SAMPLE
from osm_server import OsmServer
from plain_country import at
from portal_server import Answer, Portal, Speaker, resource
from vpvkac.cli.main import main
from vpvkac.fetch.fetch import FetchOptions, Outcome, fetch
from vpvkac.fetch.osm import Services
from vpvkac.fetch.portal import date_in, resolve
from vpvkac.fetch.web import RefusedError, RetryPolicy, Web, redirect_target
from vpvkac.model.faults import InputError
from vpvkac.sources import lock
from vpvkac.sources.catalogue import BY_NAME, GROUPS, SOURCES, Dataset, Direct, Page, Table
from vpvkac.sources.lock import Download, Entry, source_of

CENTRES = (SAMPLE / "vpvkac-kontakti_2023_aktual_081123.csv").read_bytes()
OLDER = b"\xef\xbb\xbf1;;;;Vecs VPVKAC;;Vecs;Iela 1;;;;\n"
FEED = (SAMPLE / "gtfs-pilseta.zip").read_bytes()
UNITS = "Territorial_units_LV_1.2m_(2021.07.01.)"
SHAPE = (SAMPLE / f"{UNITS}.shp").read_bytes()
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
PLACES = ROOT / "tests" / "osm_places.osm"
PAGE = b"<!DOCTYPE html><html><body>Kluda 500</body></html>"
QUICK = RetryPolicy(connect=2, read=0.4, tries=3, first_wait=1, most_wait=120)


@pytest.fixture
def portal() -> Iterator[Portal]:
    """Give a portal of this test's own."""
    with Portal() as listening:
        yield listening


class Planner:
    """A planner's folder, and how they fetch into it; waits are noted, not waited."""

    def __init__(self, folder: Path, portal: Portal) -> None:
        self.folder = folder
        self.portal = portal
        self.waits: list[float] = []

    def fetch(self, *names: str, policy: RetryPolicy = QUICK, **options: Any) -> list[Outcome]:
        """Fetch sources."""
        sources = [BY_NAME[name] for name in names]
        wanted = FetchOptions(self.folder, portal=self.portal.address, **options)
        with Web(policy, self.waits.append) as web:
            return list(fetch(sources, wanted, web, lambda _: None))

    def centres(self, **options: Any) -> Outcome:
        """Fetch the list of centres."""
        return self.fetch("centres", **options)[0]

    def files(self) -> dict[str, bytes]:
        """Give every file under raw/, hidden ones too."""
        raw = self.folder / "raw"
        return {
            file.relative_to(raw).as_posix(): file.read_bytes()
            for file in raw.rglob("*")
            if file.is_file()
        }

    def locked(self) -> dict[str, Any]:
        """Read the lock as any other program would."""
        content = json.loads((self.folder / "sources.lock.json").read_text(encoding="utf-8"))
        sources: dict[str, Any] = content["sources"]
        return sources


@pytest.fixture
def planner(tmp_path: Path, portal: Portal) -> Planner:
    """Give a planner with an empty folder."""
    return Planner(tmp_path, portal)


def publish_centres(portal: Portal, *answers: Answer | bytes, name: str = "2023-11") -> str:
    """Publish a list of centres that answers so; give its address."""
    address = portal.lay("/f/vpvkac-kontakti.csv", *answers)
    portal.publish("vpvkac-kontakti", [resource(address, f"VPVKAC KONTAKTI {name}")])
    return address


def said(outcome: Outcome) -> str:
    """Give the sentences of an outcome."""
    return "\n".join(fault.sentence("en") for fault in outcome.faults)


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def zipped(**members: bytes) -> bytes:
    return zipped_names(members)


def zipped_names(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def shapefile(stem: str = UNITS) -> dict[str, bytes]:
    return {f"{stem}{part}": (SAMPLE / f"{UNITS}{part}").read_bytes() for part in PARTS}


# Choosing


def test_of_two_vintages_the_newer_by_its_name_is_taken_whatever_was_uploaded_last(
    portal: Portal, planner: Planner
) -> None:
    new = portal.lay("/f/vpvkac-kontakti_2023_aktual_081123.csv", CENTRES)
    old = portal.lay("/f/vpvkac_kontakti_2022_08.csv", OLDER)
    portal.publish(
        "vpvkac-kontakti",
        [resource(new, "a", "2023-11-09T10:00:00"), resource(old, "b", "2026-02-01T10:00:00")],
    )
    assert planner.centres().state == "new"
    assert planner.files() == {"centres.csv": CENTRES}
    assert planner.locked()["centres"]["date"] == "2023-11-08"


def test_without_dates_in_names_the_last_modified_is_taken(
    portal: Portal, planner: Planner
) -> None:
    first = portal.lay("/f/1/vpvkac-kontakti.csv", OLDER)
    second = portal.lay("/f/2/vpvkac-kontakti.csv", CENTRES)
    portal.publish(
        "vpvkac-kontakti",
        [resource(second, "a", "2025-05-02T00:00:00"), resource(first, "b", "2025-05-01T23:00:00")],
    )
    planner.centres()
    assert planner.files() == {"centres.csv": CENTRES}
    assert planner.locked()["centres"]["resource_date"] == "2025-05-02"


@pytest.mark.parametrize(("ending", "told"), [("ods", True), ("pdf", False)])
def test_a_newer_resource_of_another_form_is_passed_over_and_told_of_if_it_holds_data(
    portal: Portal, planner: Planner, ending: str, told: bool
) -> None:
    table = portal.lay("/f/vpvkac_kontakti_2022_08.csv", CENTRES)
    newer = f"{portal.origin}/f/vpvkac-kontakti_2024_01.{ending}"
    portal.publish("vpvkac-kontakti", [resource(table, "a"), resource(newer, "Saraksts 2024-01")])
    outcome = planner.centres()
    assert planner.files() == {"centres.csv": CENTRES}
    assert ('"Saraksts 2024-01" is newer on the portal' in said(outcome)) == told
    assert all(fault.level == "warning" for fault in outcome.faults)


def test_half_of_a_newer_shapefile_does_not_hide_the_whole_older_one(
    portal: Portal, planner: Planner
) -> None:
    older = portal.lay("/f/territorial_units_lv_1.2m_2021.07.01.zip", zipped_names(shapefile()))
    half = f"{portal.origin}/f/territorial_units_lv_1.2m_2024.01.01.shp"
    portal.publish("robezas", [resource(older), resource(half)])
    outcome = planner.fetch("units")[0]
    assert "territorial_units_lv_1.2m_2024.01.01.shp" in said(outcome)
    assert outcome.state == "new"


def test_a_moved_resource_is_found_again_under_its_new_address(
    portal: Portal, planner: Planner
) -> None:
    old = publish_centres(portal, CENTRES)
    planner.centres()
    new = portal.lay("/moved/vpvkac-kontakti.csv", CENTRES)
    portal.lay("/f/vpvkac-kontakti.csv", Answer(b"gone", 404))
    portal.publish("vpvkac-kontakti", [resource(new, "VPVKAC KONTAKTI 2023-11")])
    assert planner.centres().state == "same"
    assert planner.locked()["centres"]["downloads"][0]["address"] == new != old


def test_the_whole_register_as_a_zip_gives_its_buildings(portal: Portal, planner: Planner) -> None:
    buildings = (SAMPLE / "aw_eka.csv").read_bytes()
    body = zipped_names({"AW_EKA.CSV": buildings, "AW_IELA.CSV": b"A,B\n"})
    whole = portal.lay("/f/aw_csv.zip", body)
    past = portal.lay("/f/aw_eka_his.csv", b"A,B\n")
    portal.publish("varis-atvertie-dati", [resource(whole, "w"), resource(past, "AW_EKA_HIS")])
    planner.fetch("addresses")
    assert planner.files() == {"addresses.csv": buildings}


def test_the_libraries_come_from_the_datastore_which_numbers_them(
    portal: Portal, planner: Planner
) -> None:
    body = (SAMPLE / "bibliotekas.csv").read_bytes()
    portal.publish(
        "bibliotku-statistika",
        [resource("https://kultura.invalid/api", "Bibliotēkas", datastore_active=True, id="9-a")],
    )
    portal.lay("/dati/datastore/dump/9-a", Answer(body, kind="text/csv; charset=utf-8"))
    planner.fetch("libraries")
    assert planner.files() == {"libraries.csv": body}


@pytest.mark.parametrize("form", ["zip", "parts"])
def test_units_come_as_a_zip_or_in_parts_and_lie_under_one_name(
    portal: Portal, planner: Planner, form: str
) -> None:
    parts = shapefile()
    older = portal.lay("/f/territorial_units_lv_1.2m_2018.01.01.zip", b"never asked")
    coarse = portal.lay("/f/territorial_units_lv_2.4m_2021.07.01.zip", b"never asked")
    if form == "zip":
        bodies = {f"/f/territorial_units_lv_1.2m_2021.07.01..{form}": zipped_names(parts)}
    else:
        bodies = {f"/f/{name.casefold()}": body for name, body in parts.items()}
    addresses = [portal.lay(path, body) for path, body in bodies.items()]
    portal.publish("robezas", [resource(address) for address in [coarse, *addresses, older]])
    outcome = planner.fetch("units")[0]
    assert outcome.faults == ()
    assert planner.files() == {
        f"units{name.removeprefix(UNITS)}": body for name, body in parts.items()
    }
    entry = planner.locked()["units"]
    assert entry["date"] == "2021-07-01"
    assert len(entry["downloads"]) == len(addresses)


def test_the_parts_of_a_former_shapefile_do_not_stay_beside_the_new(
    portal: Portal, planner: Planner
) -> None:
    path = "/f/territorial_units_lv_1.2m_2021.07.01.zip"
    without = {name: body for name, body in shapefile().items() if not name.endswith(".cpg")}
    address = portal.lay(path, zipped_names(shapefile()), zipped_names(without))
    portal.publish("robezas", [resource(address)])
    planner.fetch("units")
    assert "units.cpg" in planner.files()
    assert planner.fetch("units")[0].state == "changed"
    assert "units.cpg" not in planner.files()


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("Territorial_units_LV_1.2m_(2025.07.01.).zip", "2025-07-01"),
        ("saraksts 08.11.2023.csv", "2023-11-08"),
        ("atu_20240101.csv", "2024-01-01"),
        ("VPVKAC KONTAKTI 2023-11", "2023-11"),
        ("MarsrutuSaraksti06_2025", "2025-06"),
        ("gtfs-latvia-lv.zip", None),
        ("objekts_991399.csv", None),
        ("2023_99", None),
    ],
)
def test_dates_are_read_from_the_names_that_publishers_give(name: str, date: str | None) -> None:
    assert date_in(name) == date


# The account


def test_the_lock_tells_address_dates_licence_size_sum_and_time(
    portal: Portal, planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    address = publish_centres(portal, CENTRES)
    planner.centres()
    entry = planner.locked()["centres"]
    assert entry == {
        "dataset": "vpvkac-kontakti",
        "resource": "VPVKAC KONTAKTI 2023-11",
        "date": "2023-11",
        "resource_date": "2026-01-01",
        "licence": "CC0",
        "time": "2023-11-14T22:13:20Z",
        "downloads": [
            {
                "address": address,
                "size": len(CENTRES),
                "sha256": sha(CENTRES),
                "files": [
                    {"path": "raw/centres.csv", "size": len(CENTRES), "sha256": sha(CENTRES)}
                ],
                "etag": "",
                "last_modified": "",
            }
        ],
    }


def test_the_same_fetch_twice_writes_the_same_lock(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, CENTRES)
    planner.centres()
    before = (planner.folder / "sources.lock.json").read_bytes()
    assert planner.centres().state == "same"
    assert (planner.folder / "sources.lock.json").read_bytes() == before


def test_the_licence_the_portal_states_precedes_the_one_of_the_catalogue(
    portal: Portal, planner: Planner
) -> None:
    address = publish_centres(portal, CENTRES)
    portal.publish("vpvkac-kontakti", [resource(address, "n")], licence="CC-BY-4.0")
    planner.centres()
    assert planner.locked()["centres"]["licence"] == "CC BY 4.0"


def test_a_direct_address_is_dated_by_the_server(portal: Portal, planner: Planner) -> None:
    headers = {"Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT"}
    address = portal.lay("/gtfs.zip", Answer(FEED, headers=headers))
    planner.fetch("jurmala", addresses={"jurmala": address})
    assert planner.locked()["jurmala"]["resource_date"] == "2026-10-21"


def test_provenance_takes_licence_and_date_from_the_lock_while_the_file_is_what_was_fetched(
    portal: Portal, planner: Planner
) -> None:
    address = publish_centres(portal, CENTRES)
    portal.publish("vpvkac-kontakti", [resource(address, "VPVKAC 2023-11")], licence="CC-BY-4.0")
    planner.centres()
    file = planner.folder / "raw" / "centres.csv"
    told = source_of("centres", is_plain=False, synthetic=False, date=None, path=file)
    assert (told.licence, told.date) == ("CC BY 4.0", "2023-11")
    dated = source_of("centres", is_plain=False, synthetic=False, date="2023-11-08", path=file)
    assert (dated.licence, dated.date) == ("CC BY 4.0", "2023-11-08")
    file.write_bytes(OLDER)
    told = source_of("centres", is_plain=False, synthetic=False, date=None, path=file)
    assert (told.licence, told.date) == ("CC0", None)


def test_a_feed_is_named_by_its_own_publisher(portal: Portal, planner: Planner) -> None:
    planner.fetch("riga", addresses={"riga": portal.lay("/gtfs.zip", FEED)})
    file = planner.folder / "raw" / "riga.zip"
    told = source_of("stops", is_plain=False, synthetic=False, date=None, path=file)
    assert told.publisher == BY_NAME["riga"].publisher
    elsewhere = source_of("stops", is_plain=False, synthetic=False, date=None)
    assert elsewhere.publisher == BY_NAME["atd"].publisher
    synthetic = source_of("stops", is_plain=False, synthetic=True, date=None, path=file)
    assert synthetic.publisher is None


def test_a_damaged_lock_does_not_stop_a_run(planner: Planner) -> None:
    (planner.folder / "sources.lock.json").write_text("{", encoding="utf-8")
    file = planner.folder / "raw" / "centres.csv"
    assert source_of("centres", is_plain=False, synthetic=False, date=None, path=file).licence


def test_a_file_that_changed_since_the_lock_is_reported_and_taken(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, OLDER, CENTRES)
    planner.centres()
    outcome = planner.centres()
    assert outcome.state == "changed"
    assert f"{sha(OLDER)[:12]}… → {sha(CENTRES)[:12]}…" in said(outcome)
    assert [fault.level for fault in outcome.faults] == ["warning"]
    assert planner.files() == {"centres.csv": CENTRES}


def test_a_server_that_knows_the_version_sends_it_once(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, Answer(CENTRES, headers={"ETag": '"1"'}))
    planner.centres()
    assert planner.centres().state == "same"
    second = portal.requests("/f/vpvkac-kontakti.csv")[1]
    assert second.headers["If-None-Match"] == '"1"'
    (planner.folder / "raw" / "centres.csv").unlink()
    planner.centres()
    assert planner.files() == {"centres.csv": CENTRES}


# --locked


def test_locked_asks_nothing_where_the_files_are_those_of_the_lock(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, CENTRES)
    planner.centres()
    asked = len(portal.seen)
    assert planner.centres(locked=True).state == "same"
    assert len(portal.seen) == asked


def test_locked_takes_the_locked_address_and_not_the_newer_resource(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, CENTRES)
    planner.centres()
    (planner.folder / "raw" / "centres.csv").unlink()
    newer = portal.lay("/f/vpvkac-kontakti_2026_01.csv", OLDER)
    portal.publish("vpvkac-kontakti", [resource(newer, "newer")])
    assert planner.centres(locked=True).state == "same"
    assert planner.files() == {"centres.csv": CENTRES}


def test_locked_refuses_a_file_that_changed_and_leaves_nothing(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, CENTRES, OLDER)
    planner.centres()
    before = planner.locked()
    (planner.folder / "raw" / "centres.csv").unlink()
    outcome = planner.centres(locked=True)
    assert outcome.state == "failed"
    assert "no longer the file named in sources.lock.json" in said(outcome)
    assert planner.files() == {}
    assert planner.locked() == before


def test_locked_refuses_what_it_cannot_make_of_the_same_download(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, CENTRES)
    planner.centres()
    (planner.folder / "raw" / "centres.csv").unlink()
    file = planner.folder / "sources.lock.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["sources"]["centres"]["downloads"][0]["files"][0]["sha256"] = sha(OLDER)
    file.write_text(json.dumps(content), encoding="utf-8")
    assert planner.centres(locked=True).state == "failed"
    assert planner.files() == {}


def test_locked_takes_only_what_the_lock_names(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, CENTRES)
    outcome = planner.centres(locked=True)
    assert "is not in sources.lock.json" in said(outcome)
    assert planner.files() == {}


@pytest.mark.parametrize("locked", [False, True])
def test_a_file_changed_by_hand_is_never_written_over(
    portal: Portal, planner: Planner, locked: bool
) -> None:
    publish_centres(portal, CENTRES)
    planner.centres()
    mine = b"my;own;work\n"
    (planner.folder / "raw" / "centres.csv").write_bytes(mine)
    portal.seen.clear()
    outcome = planner.centres(locked=locked)
    assert "changed by hand" in said(outcome)
    # What the lock names is known without asking.
    assert bool(portal.seen) != locked
    assert planner.files() == {"centres.csv": mine}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"version": 2, "sources": {}}', b'{"version":1,"sources":{"units":{}}}',
     b'{"version": 1, "sources": 7}', b"\xff\xfe"],
)  # fmt: skip
def test_a_lock_that_is_none_stops_everything_with_a_sentence(
    planner: Planner, content: bytes
) -> None:
    (planner.folder / "sources.lock.json").write_bytes(content)
    with pytest.raises(InputError, match="is not a lock file"):
        planner.centres()


def test_a_lock_cannot_name_a_file_elsewhere_or_an_address_without_https(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, CENTRES)
    planner.centres()
    victim = planner.folder / "victim.csv"
    victim.write_bytes(b"mine")
    content = (planner.folder / "sources.lock.json").read_text(encoding="utf-8")
    hostile = content.replace("raw/centres.csv", "raw/../victim.csv").replace(
        f"{portal.origin}/f/", "http://example.com/f/"
    )
    (planner.folder / "sources.lock.json").write_text(hostile, encoding="utf-8")
    assert "not an https address" in said(planner.centres(locked=True))
    planner.centres()
    assert victim.read_bytes() == b"mine"


# Servers that answer badly


@pytest.mark.parametrize("status", [404, 410])
def test_a_resource_that_is_gone_is_not_asked_again(
    portal: Portal, planner: Planner, status: int
) -> None:
    publish_centres(portal, Answer(b"", status))
    outcome = planner.centres()
    assert f"has no file ({status})" in said(outcome)
    assert planner.waits == []
    assert planner.files() == {}
    assert not (planner.folder / "sources.lock.json").exists()


def test_a_dataset_that_is_gone_is_a_sentence(planner: Planner) -> None:
    assert "package_show?id=vpvkac-kontakti" in said(planner.centres())


@pytest.mark.parametrize(
    "body",
    [PAGE, b"{}", b'{"success": false}', b'{"success": true, "result": []}', b"[" * 100_000,
     b'{"success": true, "result": {"resources": "x"}}'],
)  # fmt: skip
def test_a_portal_that_does_not_speak_its_language_is_a_sentence(
    portal: Portal, planner: Planner, body: bytes
) -> None:
    portal.lay("/dati/api/3/action/package_show", body)
    assert "does not answer as the portal's API does" in said(planner.centres())


def test_a_dataset_without_a_fitting_resource_names_what_it_has(
    portal: Portal, planner: Planner
) -> None:
    portal.publish("vpvkac-kontakti", [resource("https://x.invalid/a.pdf", "Apraksts\x1b[2J")])
    sentence = said(planner.centres())
    assert "it has: Apraksts[2J" in sentence
    assert "\x1b" not in sentence


def test_503_twice_and_then_the_file_is_the_file_after_growing_waits(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, Answer(b"", 503), Answer(b"", 503), Answer(CENTRES))
    assert planner.centres().state == "new"
    assert planner.waits == [1, 2]
    assert planner.files() == {"centres.csv": CENTRES}


def test_503_for_good_is_given_up_with_a_sentence(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, Answer(b"", 503))
    assert "answers with error 503 (3 attempts)" in said(planner.centres())
    assert len(portal.requests("/f/vpvkac-kontakti.csv")) == 3


def test_the_portal_itself_is_asked_again_too(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, CENTRES)
    good = portal.answer("/dati/api/3/action/package_show", "id=vpvkac-kontakti")
    portal.lay("/dati/api/3/action/package_show", Answer(b"", 502), good)
    assert planner.centres().state == "new"
    assert planner.waits == [1]


def test_429_waits_as_many_seconds_as_it_is_told(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, Answer(b"", 429, headers={"Retry-After": "17"}), Answer(CENTRES))
    assert planner.centres().state == "new"
    assert planner.waits == [17]


def test_retry_after_may_be_a_date(portal: Portal, planner: Planner) -> None:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=60)
    header = {"Retry-After": email.utils.format_datetime(moment, usegmt=True)}
    publish_centres(portal, Answer(b"", 503, headers=header), Answer(CENTRES))
    planner.centres()
    assert len(planner.waits) == 1
    assert 50 < planner.waits[0] <= 60


@pytest.mark.parametrize("said_by_server", ["soon", "-5", "", "9" * 5000, "Wed, 99 Foo"])
def test_a_retry_after_that_says_nothing_is_as_none(
    portal: Portal, planner: Planner, said_by_server: str
) -> None:
    header = {"Retry-After": said_by_server}
    publish_centres(portal, Answer(b"", 429, headers=header), Answer(CENTRES))
    assert planner.centres().state == "new"
    assert planner.waits == [1]


def test_a_server_that_asks_for_an_hour_is_not_asked_before(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, Answer(b"", 429, headers={"Retry-After": "3600"}))
    assert "asks to wait 3600 s" in said(planner.centres())
    assert planner.waits == []
    assert len(portal.requests("/f/vpvkac-kontakti.csv")) == 1


def test_a_body_cut_short_is_taken_up_where_it_broke_off(portal: Portal, planner: Planner) -> None:
    long = CENTRES * 20
    whole = Answer(long, headers={"ETag": '"v1"'}, ranges=True)
    publish_centres(portal, replace(whole, cut_after=len(long) // 2), whole)
    assert planner.centres().state == "new"
    assert planner.files() == {"centres.csv": long}
    asked = portal.requests("/f/vpvkac-kontakti.csv")[1]
    begin = int(asked.headers["Range"].removeprefix("bytes=").removesuffix("-"))
    assert len(long) // 4 < begin <= len(long) // 2
    assert asked.headers["If-Range"] == '"v1"'


def test_a_file_that_changed_in_between_is_begun_anew(portal: Portal, planner: Planner) -> None:
    cut = Answer(OLDER * 9000, headers={"ETag": '"v1"'}, ranges=True, cut_after=200_000)
    publish_centres(portal, cut, Answer(CENTRES, headers={"ETag": '"v2"'}, ranges=True))
    planner.centres()
    assert planner.files() == {"centres.csv": CENTRES}


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}])
def test_without_a_version_to_hold_on_to_a_cut_body_is_begun_anew(
    portal: Portal, planner: Planner, headers: dict[str, str]
) -> None:
    long = Answer(CENTRES * 20, headers=headers)
    publish_centres(portal, replace(long, cut_after=len(long.body) // 2), long)
    planner.centres()
    assert planner.files() == {"centres.csv": long.body}
    assert "Range" not in portal.requests("/f/vpvkac-kontakti.csv")[1].headers


def test_a_range_from_elsewhere_is_not_glued_on(portal: Portal, planner: Planner) -> None:
    cut = Answer(OLDER * 9000, headers={"ETag": '"v1"'}, cut_after=200_000)
    wrong = Answer(CENTRES[5:], 206, headers={"Content-Range": f"bytes 5-9/{len(CENTRES)}"})
    publish_centres(portal, cut, wrong, Answer(CENTRES))
    planner.centres()
    assert planner.files() == {"centres.csv": CENTRES}


def test_a_body_always_cut_short_leaves_no_half_file(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, Answer(CENTRES, cut_after=1000))
    outcome = planner.centres()
    assert "connection closed early (3 attempts)" in said(outcome)
    assert planner.files() == {}
    assert list((planner.folder / "raw").iterdir()) == []


def test_half_an_archive_that_claims_to_be_whole_is_refused(
    portal: Portal, planner: Planner
) -> None:
    address = portal.lay("/gtfs.zip", FEED[: len(FEED) // 2])
    outcome = planner.fetch("riga", addresses={"riga": address})[0]
    assert outcome.state == "failed"
    assert planner.files() == {}


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", "application/json"])
def test_a_wrong_content_type_is_refused(portal: Portal, planner: Planner, kind: str) -> None:
    publish_centres(portal, Answer(CENTRES, kind=kind))
    assert f"gives content of type {kind.partition(';')[0]}" in said(planner.centres())
    assert planner.files() == {}


@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain", "text/csv", ""])
def test_content_types_that_servers_give_for_tables_are_taken(
    portal: Portal, planner: Planner, kind: str
) -> None:
    publish_centres(portal, Answer(CENTRES, kind=kind))
    assert planner.centres().state == "new"


@pytest.mark.parametrize("name", ["centres", "post_offices", "riga", "units", "addresses"])
def test_an_error_page_with_status_200_is_no_file_of_any_form(
    portal: Portal, planner: Planner, name: str
) -> None:
    address = portal.lay(f"/page{BY_NAME[name].file[-4:]}", b"\xef\xbb\xbf \n" + PAGE)
    outcome = planner.fetch(name, addresses={name: address})[0]
    assert "is a web page, not data" in said(outcome)
    assert planner.files() == {}


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("centres", b"", "is empty"),
        ("centres", b"not found", "is not a CSV table"),
        ("centres", b"a;b\x00\x00;c\n", "is not a CSV table"),
        ("post_offices", b'[{"id": "1", "ty', "is not JSON, or is cut off"),
        ("post_offices", b'{"error": 1}', "is not a JSON list of records"),
        ("post_offices", b"[]", "is not a JSON list of records"),
        ("riga", b"a,b\n", "is not a zip"),
        ("units", b"a,b\n", "is not a shapefile's part"),
        ("units", zipped(readme=b"x"), "is a zip without the file wanted"),
        ("units", zipped_names({"a.shp": SHAPE}), "lacks the parts .shx, .dbf, .prj"),
        ("addresses", zipped_names({"a.csv": b"A,B\n", "b.csv": b"A,B\n"}), "several fitting"),
    ],
)  # fmt: skip
def test_what_is_not_of_its_form_is_refused(
    portal: Portal, planner: Planner, name: str, body: bytes, problem: str
) -> None:
    outcome = planner.fetch(name, addresses={name: portal.lay("/file", body)})[0]
    assert problem in said(outcome)
    assert planner.files() == {}


def test_a_server_that_does_not_answer_in_time_is_asked_again(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, Answer(CENTRES, delay=1), Answer(CENTRES))
    assert planner.centres().state == "new"
    publish_centres(portal, Answer(OLDER, delay=1))
    assert "does not answer in time (3 attempts)" in said(planner.centres())
    assert planner.files() == {"centres.csv": CENTRES}


def test_where_no_server_is_all_sources_are_told_of_and_the_host_is_tried_once(
    planner: Planner,
) -> None:
    outcomes = planner.fetch("centres", "atd", "riga", policy=replace(QUICK, tries=2))
    assert [outcome.state for outcome in outcomes] == ["failed"] * 3
    gone = replace(QUICK, tries=2)
    nowhere = "http://127.0.0.1:9"
    names = ("jurmala", "liepaja", "rezekne")
    planner.waits.clear()
    outcomes = planner.fetch(
        *names, policy=gone, addresses={name: f"{nowhere}/{name}.zip" for name in names}
    )
    assert all("does not answer; check the network" in said(outcome) for outcome in outcomes)
    assert planner.waits == [1]


@pytest.mark.parametrize(
    "sent",
    [b"", b"\r\n\r\n", b"HTTP/1.1", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n",
     b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500, b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000,
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
     b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 7\r\n\r\na;b",
     b"HTTP/1.1 302 Go\r\nLocation: http://[\r\n\r\n",
     b"HTTP/1.1 302 Go\r\nLocation: \xff\xfe\r\n\r\n",
     b"HTTP/1.1 206 Part\r\nContent-Range: bytes x\r\n\r\na;b",
     b"HTTP/1.1 304 Same\r\n\r\n", b"HTTP/1.1 416 No\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n",
     b"SSH-2.0-OpenSSH_9.6\r\n", os.urandom(2000)],
)  # fmt: skip
def test_whatever_bytes_a_server_sends_it_is_a_sentence(planner: Planner, sent: bytes) -> None:
    with Speaker(sent) as address:
        outcome = planner.centres(
            addresses={"centres": address}, policy=replace(QUICK, tries=2, first_wait=0)
        )
    assert outcome.state == "failed"
    assert outcome.faults[0].level == "error"
    assert planner.files() == {}


def test_a_body_longer_than_any_source_is_not_taken_whether_it_says_so_or_not(
    portal: Portal, planner: Planner
) -> None:
    least = replace(QUICK, most_bytes=1000)
    publish_centres(portal, CENTRES)
    assert "is larger than" in said(planner.centres(policy=least))
    claim = Answer(CENTRES, headers={"Content-Length": str(10**12)}, cut_after=10)
    publish_centres(portal, claim)
    assert "is larger than" in said(planner.centres())
    assert planner.waits == []
    silent = Answer(CENTRES, headers={"Content-Length": "x"}, cut_after=len(CENTRES))
    publish_centres(portal, silent)
    assert planner.centres(policy=least).state == "failed"
    assert planner.files() == {}


def test_a_body_that_drips_for_ever_is_left(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, Answer(CENTRES, drip=500))
    outcome = planner.centres(policy=replace(QUICK, whole=0.1))
    assert "does not answer in time" in said(outcome)
    assert planner.files() == {}


def test_a_body_in_chunks_without_its_end_is_not_whole(portal: Portal, planner: Planner) -> None:
    chunks = b"%x\r\n%s\r\n" % (len(CENTRES), CENTRES)
    answer = Answer(chunks + b"0\r\n\r\n", headers={"Transfer-Encoding": "chunked"})
    publish_centres(portal, replace(answer, cut_after=len(chunks)), answer)
    assert planner.centres().state == "new"
    assert planner.waits == [1]
    assert planner.files() == {"centres.csv": CENTRES}


def test_a_body_compressed_against_our_wish_is_read_and_never_resumed(
    portal: Portal, planner: Planner
) -> None:
    headers = {"Content-Encoding": "gzip", "ETag": '"v1"'}
    whole = Answer(gzip.compress(CENTRES * 50), headers=headers, ranges=True)
    publish_centres(portal, replace(whole, cut_after=len(whole.body) // 2), whole)
    assert planner.centres().state == "new"
    assert planner.files() == {"centres.csv": CENTRES * 50}
    assert "Range" not in portal.requests("/f/vpvkac-kontakti.csv")[1].headers


# Servers that lead astray


@pytest.mark.parametrize(
    "location",
    ["https://example.com/x.csv", "file:///etc/passwd", "ftp://example.com/x.csv", "gopher://x/"],
)
def test_a_redirect_to_another_scheme_is_refused(
    portal: Portal, planner: Planner, location: str
) -> None:
    publish_centres(portal, Answer(b"", 302, headers={"Location": location}))
    sentence = said(planner.centres())
    assert f"redirects to another scheme: {location}" in sentence
    assert planner.files() == {}


@pytest.mark.parametrize("location", ["http://localhost:1/x.csv", "//example.com/x.csv"])
def test_a_redirect_to_another_host_without_https_is_refused(
    portal: Portal, planner: Planner, location: str
) -> None:
    publish_centres(portal, Answer(b"", 301, headers={"Location": location}))
    assert "redirects to another host without https" in said(planner.centres())


def test_a_publisher_may_keep_files_on_another_host_by_https() -> None:
    target = redirect_target(
        "https://data.gov.lv/dati/a", "https://s3.example.org/b.zip", "raw/a.zip"
    )
    assert target == "https://s3.example.org/b.zip"


@pytest.mark.parametrize(
    "location", ["http://data.gov.lv/b", "https://me:secret@s3.example.org/b", "https://[/b"]
)
def test_but_not_in_the_open_nor_with_a_password(location: str) -> None:
    with pytest.raises(RefusedError):
        redirect_target("https://data.gov.lv/dati/a", location, "raw/a.zip")


def test_a_redirect_on_the_same_host_is_followed_diacritics_and_all(
    portal: Portal, planner: Planner
) -> None:
    portal.lay("/f/vpvkac-saraksts", CENTRES)
    publish_centres(portal, Answer(b"", 302, headers={"Location": "vpvkac-saraksts"}))
    assert planner.centres().state == "new"


def test_redirects_without_end_are_left(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, Answer(b"", 302, headers={"Location": "/f/vpvkac-kontakti.csv"}))
    assert "redirects endlessly" in said(planner.centres())


@pytest.mark.parametrize(
    "address",
    ["http://example.com/vpvkac-kontakti.csv", "file:///etc/vpvkac-kontakti.csv",
     "ftp://example.com/vpvkac-kontakti.csv", "/vpvkac-kontakti.csv", "vpvkac-kontakti.csv",
     "https://[vpvkac-kontakti.csv", "https:///vpvkac-kontakti.csv",
     "https://a:port/vpvkac-kontakti.csv", "https://a b/vpvkac-kontakti.csv"],
)  # fmt: skip
def test_an_address_that_is_not_https_is_never_asked(
    portal: Portal, planner: Planner, address: str
) -> None:
    portal.publish("vpvkac-kontakti", [resource(address, "vpvkac kontakti.csv", format="CSV")])
    sentence = said(planner.centres())
    assert re.search("is not an https address|is not an address|no fitting file", sentence)


def test_a_password_in_an_address_is_neither_sent_nor_shown(
    portal: Portal, planner: Planner
) -> None:
    portal.publish("vpvkac-kontakti", [resource("https://me:secret@a.lv/vpvkac-kontakti.csv")])
    sentence = said(planner.centres())
    assert "holds a user name or password" in sentence
    assert "secret" not in sentence


def test_names_that_climb_out_of_the_folder_do_not(portal: Portal, planner: Planner) -> None:
    path = "/f/..%2F..%2Fvpvkac-kontakti.csv"
    portal.lay(path, CENTRES)
    portal.publish(
        "vpvkac-kontakti",
        [resource(f"{portal.origin}{path}", "../../../etc/vpvkac kontakti.csv")],
    )
    assert planner.centres().state == "new"
    assert planner.files() == {"centres.csv": CENTRES}
    assert {file.name for file in planner.folder.iterdir()} == {"raw", "sources.lock.json"}


@pytest.mark.parametrize(
    "name", ["../units.shp", "/units.shp", "C:\\units.shp", "a/../../units.shp", "..\\units.shp"]
)
@pytest.mark.parametrize("source", ["units", "riga"])
def test_a_zip_whose_names_climb_out_is_refused_before_it_is_unpacked(
    portal: Portal, planner: Planner, name: str, source: str
) -> None:
    body = zipped_names(shapefile() | {name: b"x", "stops.txt": b"stop_id\n"})
    address = portal.lay("/file.zip", body)
    outcome = planner.fetch(source, addresses={source: address})[0]
    assert outcome.state == "failed"
    assert "do not use this archive" in said(outcome)
    assert {file.name for file in planner.folder.rglob("*")} == {"raw"}


def test_a_damaged_member_of_a_zip_is_refused(portal: Portal, planner: Planner) -> None:
    whole = zipped_names({"aw_eka.csv": b"KODS,STD\n" + os.urandom(5000)})
    damaged = whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:]
    address = portal.lay("/aw_csv.zip", damaged)
    outcome = planner.fetch("addresses", addresses={"addresses": address})[0]
    assert "is a damaged or incomplete zip" in said(outcome)
    assert planner.files() == {}


def test_a_member_shorter_than_its_archive_declares_is_refused(
    portal: Portal, planner: Planner
) -> None:
    content = b"KODS,STD\n1,A\n"
    whole = zipped_names({"aw_eka.csv": content})
    declared, more = (size.to_bytes(4, "little") for size in (len(content), len(content) + 9))
    head, directory = whole.split(b"PK\x01\x02")
    lying = head + b"PK\x01\x02" + directory.replace(declared, more, 1)
    outcome = planner.fetch("addresses", addresses={"addresses": portal.lay("/a.zip", lying)})[0]
    assert "is a damaged or incomplete zip" in said(outcome)
    assert planner.files() == {}


# Manners


def test_every_request_says_who_asks_and_for_the_bytes_as_they_are(
    portal: Portal, planner: Planner
) -> None:
    publish_centres(portal, CENTRES)
    planner.centres()
    assert len(portal.seen) == 2
    for seen in portal.seen:
        assert re.fullmatch(r"vpvkac/\d+\.\d+.*", seen.headers["User-Agent"])
        assert seen.headers["Accept-Encoding"] == "identity"


def test_post_offices_are_asked_for_as_json(portal: Portal, planner: Planner) -> None:
    body = (SAMPLE / "pasta_nodalas.json").read_bytes()
    address = portal.lay("/api/public", Answer(body, kind="application/json"))
    planner.fetch("post_offices", addresses={"post_offices": f"{address}?type[]=1&page=1"})
    assert portal.requests("/api/public")[0].headers["Accept"] == "application/json"
    assert planner.files() == {"post_offices.json": body}


def test_a_proxy_of_the_environment_is_used(
    portal: Portal, planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", portal.origin)
    monkeypatch.setenv("no_proxy", "")
    portal.lay("/gtfs.zip", FEED)
    # Nothing listens at port 9: only the proxy can have given the file.
    there = {"riga": "http://localhost:9/gtfs.zip"}
    assert planner.fetch("riga", addresses=there)[0].state == "new"
    assert planner.files() == {"riga.zip": FEED}


def test_a_proxy_that_is_not_there_is_a_sentence(
    planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    there = {"riga": "http://localhost:8/gtfs.zip"}
    assert "proxy connection failed" in said(planner.fetch("riga", addresses=there)[0])


def test_what_an_interrupted_fetch_left_long_ago_is_cleared_away(
    portal: Portal, planner: Planner
) -> None:
    left = planner.folder / "raw" / ".fetch-abc"
    left.mkdir(parents=True)
    (left / "body-0").write_bytes(b"half")
    os.utime(left, (0, 0))
    publish_centres(portal, CENTRES)
    planner.centres()
    assert planner.files() == {"centres.csv": CENTRES}


def test_files_may_be_read_by_others_as_files_usually_are(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, CENTRES)
    planner.centres()
    usual = planner.folder / "usual"
    usual.touch()
    modes = {file.stat().st_mode for file in (usual, planner.folder / "raw" / "centres.csv")}
    assert len(modes) == 1


def test_one_part_is_no_shapefile(portal: Portal, planner: Planner) -> None:
    address = portal.lay("/units.shp", SHAPE)
    outcome = planner.fetch("units", addresses={"units": address})[0]
    assert "lacks the parts .shx, .dbf, .prj" in said(outcome)
    assert planner.files() == {}


def test_a_lock_that_cannot_be_written_is_a_sentence(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, CENTRES)
    (planner.folder / ".sources.lock.json.new").mkdir()
    outcome = planner.centres()
    assert outcome.state == "failed"
    assert "sources.lock.json: cannot be written" in said(outcome)


@pytest.mark.parametrize("epoch", ["", "soon", "9" * 30, "²"])
def test_an_epoch_that_is_none_leaves_the_clock(
    epoch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    told = dt.datetime.fromisoformat(lock.now())
    assert abs((dt.datetime.now(dt.UTC) - told).total_seconds()) < 60


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = ("id", "name", "format", "url", "created", "last_modified", "datastore_active")
RESOURCES = st.lists(
    st.fixed_dictionaries({field: JSON | st.just("https://x.lv/a.csv") for field in FIELDS}) | JSON,
    max_size=3,
)


@given(RESOURCES, JSON, st.sampled_from([name for name in BY_NAME if "osm" not in name]))
def test_whatever_json_the_portal_gives_it_is_an_address_or_a_sentence(
    resources: list[Any], licence: object, name: str
) -> None:
    body = json.dumps({"success": True, "result": {"resources": resources, "license_id": licence}})
    source = BY_NAME[name]
    dataset = source.origin if isinstance(source.origin, Dataset) else Dataset("x", "a")
    with contextlib.suppress(RefusedError):
        found = resolve(source, dataset, "https://x.lv", lambda _: body.encode())
        assert found.addresses
        assert all(isinstance(address, str) for address in found.addresses)


@given(JSON, st.sampled_from([*Entry.__annotations__, *Download.__annotations__, "path"]))
def test_whatever_stands_in_a_lock_it_is_read_or_refused(value: object, where: str) -> None:
    file: dict[str, Any] = {"path": "raw/a.csv", "size": 1, "sha256": "0"}
    download: dict[str, Any] = {"address": "https://x.lv", "size": 1, "sha256": "0"}
    download |= {"files": [file], "etag": "", "last_modified": ""}
    entry: dict[str, Any] = {"dataset": "", "resource": "", "date": None, "resource_date": None}
    entry |= {"licence": None, "time": "", "downloads": [download]}
    for table in (entry, download, file):
        if where in table:
            table[where] = value
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(InputError):
        content = json.dumps({"version": 1, "sources": {"centres": entry}})
        (Path(folder) / "sources.lock.json").write_text(content, encoding="utf-8")
        assert set(lock.read(Path(folder))) == {"centres"}


def test_a_portal_that_is_not_https_is_not_asked(project: Path) -> None:
    answer = CliRunner().invoke(
        main,
        ["fetch", "centres", "--project", str(project), "--lang", "en"],
        env={"VPVKAC_PORTAL": "http://example.com"},
    )
    assert answer.exit_code == 1
    assert "is not an https address" in answer.stderr


def test_a_folder_that_cannot_be_written_is_a_sentence(portal: Portal, planner: Planner) -> None:
    publish_centres(portal, CENTRES)
    (planner.folder / "raw").write_bytes(b"a file where the folder should be")
    assert "cannot be written" in said(planner.centres())


# The command


def command(*arguments: str, portal: Portal | None = None) -> Any:
    """Say `vpvkac fetch` with the local portal in the environment."""
    environment = {"VPVKAC_PORTAL": portal.address if portal else "http://127.0.0.1:9"}
    return CliRunner().invoke(main, ["fetch", *arguments, "--lang", "en"], env=environment)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a folder with a project that names two sources and a table of its own."""
    (tmp_path / "vpvkac.toml").write_text(
        '[inputs]\nunits = "own.gpkg"\ncentres = "raw/centres.csv"\n'
        'stops = [{ path = "./raw/riga.zip", feed = "riga" }]\n',
        encoding="utf-8",
    )
    return tmp_path


def test_without_sources_what_the_project_names_is_fetched_and_all_faults_are_told(
    portal: Portal, project: Path
) -> None:
    publish_centres(portal, CENTRES)
    answer = command("--project", str(project), portal=portal)
    assert answer.exit_code == 1
    assert "centres: fetched – raw/centres.csv, VPVKAC KONTAKTI 2023-11" in answer.stdout
    assert "riga: not fetched" in answer.stdout
    assert "Error: raw/riga.zip:" in answer.stderr
    assert "Sources fetched: 1 of 2." in answer.stderr
    assert "Traceback" not in answer.output
    assert "\r" not in answer.output
    # What succeeded stays and is in the lock.
    assert (project / "raw" / "centres.csv").read_bytes() == CENTRES
    assert set(lock.read(project)) == {"centres"}


def test_named_sources_alone_are_fetched_each_once(portal: Portal, project: Path) -> None:
    publish_centres(portal, CENTRES)
    file = str(project / "vpvkac.toml")
    answer = command("centres", "centres", "--project", file, portal=portal)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.count("centres:") == 1
    again = command("--locked", "--project", str(project))
    assert again.exit_code == 0, again.output
    assert "centres: unchanged" in again.stdout


def test_an_address_that_moved_can_be_given(portal: Portal, project: Path) -> None:
    address = portal.lay("/new/gtfs.zip", FEED)
    answer = command("riga", "--address", f"riga={address}", "--project", str(project))
    assert answer.exit_code == 0, answer.output
    assert (project / "raw" / "riga.zip").read_bytes() == FEED


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["--address", "riga"], ["--address", "x=https://y"], ["--bogus"]]
)
def test_wrong_usage_exits_2(arguments: list[str], project: Path) -> None:
    assert command(*arguments, "--project", str(project)).exit_code == 2


def test_a_folder_in_place_of_a_source_is_told_where_it_belongs(project: Path) -> None:
    answer = command(str(project))
    assert answer.exit_code == 2
    assert "--project" in answer.stderr


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        (None, [], "make one with vpvkac init"),
        (b"[inputs", [], "is not a TOML file"),
        (b"\xff", [], "is not a TOML file"),
        (b"[inputs]\nunits = 'own.gpkg'\n", [], "no input is from the catalogue"),
        (b"inputs = 7\n", [], "no input is from the catalogue"),
        (b"", ["--locked"], "fetch without --locked first"),
    ],
)
def test_a_project_that_gives_nothing_to_fetch_is_a_sentence(
    tmp_path: Path, content: bytes | None, arguments: list[str], sentence: str
) -> None:
    if content is not None:
        (tmp_path / "vpvkac.toml").write_bytes(content)
    answer = command(*arguments, "--project", str(tmp_path))
    assert answer.exit_code == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.output


def test_the_catalogue_is_shown_without_a_project_and_without_a_network(tmp_path: Path) -> None:
    answer = command("--list", "--project", str(tmp_path / "nowhere"))
    assert answer.exit_code == 0
    for source in SOURCES:
        assert source.name in answer.stdout
        assert source.file in answer.stdout


def started(*arguments: str, portal: Portal, stderr: Any) -> subprocess.Popen[bytes]:
    """Start the command as a process of its own."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "coverage"),
        "VPVKAC_PORTAL": portal.address,
    }
    # A suite run in the background hands on that it ignores the interrupt.
    code = (
        "import runpy, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "runpy.run_module('vpvkac.cli.main', run_name='__main__')\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, "fetch", *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=stderr,
    )  # fmt: skip


def test_an_interrupted_fetch_leaves_no_half_file(portal: Portal, project: Path) -> None:
    publish_centres(portal, Answer(CENTRES, delay=20))
    process = started("--project", str(project), portal=portal, stderr=subprocess.PIPE)
    end = time.monotonic() + 20
    while not portal.requests("/f/vpvkac-kontakti.csv") and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert b"Traceback" not in errors
    assert list((project / "raw").iterdir()) == []
    assert not (project / "sources.lock.json").exists()


def test_progress_is_shown_on_a_terminal(portal: Portal, project: Path) -> None:
    publish_centres(portal, CENTRES)
    mine, theirs = pty.openpty()
    try:
        process = started("centres", "--project", str(project), portal=portal, stderr=theirs)
        process.communicate(timeout=20)
        shown = os.read(mine, 10_000)
    finally:
        os.close(mine)
        os.close(theirs)
    assert process.returncode == 0
    assert b"raw/centres.csv: 0.1 / 0.1 MB" in shown


# The catalogue


def test_every_source_has_its_own_name_and_a_safe_local_file() -> None:
    assert len(BY_NAME) == len(SOURCES)
    assert not set(GROUPS) & set(BY_NAME)
    for source in SOURCES:
        assert re.fullmatch(r"raw/[a-z_]+\.[a-z]+", source.file)
        for origin in (source.origin, *source.fallbacks):
            if isinstance(origin, Direct | Page | Table):
                assert origin.address.startswith("https://")
        assert source.fallbacks
        assert source.reader
        assert source.along in {"", *BY_NAME}
        assert source.instead in {"", *BY_NAME}


def test_every_reader_of_the_catalogue_is_there() -> None:
    for source in filter(lambda source: source.reader, SOURCES):
        module, _, name = f"vpvkac.sources.{source.reader}".rpartition(".")
        assert callable(getattr(import_module(module), name)), source.reader


def test_openstreetmap_is_asked_and_kept_in_the_lock_with_its_licence(
    planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    square = shapely.Polygon([(lon, lat) for lat, lon in (at(0, 0), at(20, 0), at(20, 20))])
    # osmnx paces itself with this.
    monkeypatch.setattr("time.sleep", lambda _: None)
    with OsmServer(PLACES, square, "2026-11-20") as server:
        here = Services(f"{server.origin}/api", server.origin)
        monkeypatch.setattr("vpvkac.fetch.osm.Services", lambda **_: here)
        outcome = planner.fetch("osm_libraries")[0]
    assert outcome.faults == ()
    entry = planner.locked()["osm_libraries"]
    assert (entry["licence"], entry["date"]) == ("ODbL 1.0", "2026-11-20")
    assert entry["downloads"][0]["sha256"] == sha(planner.files()["osm_libraries.geojson"])
    # The answer of that day can be kept, but not asked for again.
    assert planner.fetch("osm_libraries", locked=True)[0].state == "same"
    (planner.folder / "raw" / "osm_libraries.geojson").unlink()
    assert "no longer the file" in said(planner.fetch("osm_libraries", locked=True)[0])


def test_nothing_but_fetch_imports_what_speaks_to_the_network() -> None:
    """Each command's module, and the computing itself, in a fresh interpreter."""
    program = (
        "import sys, vpvkac, vpvkac.sources.catalogue, vpvkac.sources.lock\n"
        "from importlib import import_module\n"
        "from vpvkac.cli.main import COMMANDS\n"
        "for module, _ in COMMANDS.values():\n"
        "    import_module('vpvkac.cli.' + module)\n"
        "assert not {'requests', 'urllib3', 'osmnx'} & set(sys.modules), 'light'\n"
        "import vpvkac.api.coverage\n"
        "import vpvkac.questions.coverage.explorer, vpvkac.questions.coverage.files\n"
        "print(sorted({'osmnx', 'vpvkac.fetch.web'} & set(sys.modules)))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "coverage")}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.strip() == "[]"
