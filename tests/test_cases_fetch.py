"""Fetching from servers that lie, drip or bomb; and fetches that die or meet another.

The measure is what the server was told to send, and what lies on the disk after
a process was ended at each step.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest
from click.testing import CliRunner

from conftest import ROOT, SAMPLE
from portal_server import Answer, Portal, Speaker, resource
from vpvkac.cli.main import main
from vpvkac.fetch import osm
from vpvkac.fetch.fetch import FetchOptions, Outcome, fetch
from vpvkac.fetch.osm import OsmClient, Services
from vpvkac.fetch.web import LastingError, RefusedError, RetryPolicy, Web, redirect_target
from vpvkac.sources.catalogue import BY_NAME

TABLE = b"a;b\n" + b"1;2\n" * 400
CENTRES = (SAMPLE / "vpvkac-kontakti_2023_aktual_081123.csv").read_bytes()
QUICK = RetryPolicy(connect=5, read=5, tries=2, first_wait=0, span=0.3, least_bytes=300, whole=20)
UNITS = "Territorial_units_LV_1.2m_(2021.07.01.)"
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal() as listening:
        yield listening


def fetched(folder: Path, policy: RetryPolicy = QUICK, **addresses: str) -> list[Outcome]:
    """Fetch sources from these addresses."""
    options = FetchOptions(folder, addresses=addresses)
    with Web(policy, lambda _: None) as web:
        return list(fetch([BY_NAME[name] for name in addresses], options, web, lambda _: None))


def said(outcome: Outcome) -> str:
    return "\n".join(fault.sentence("en") for fault in outcome.faults)


def assert_refused(folder: Path, outcome: Outcome, sentence: str) -> None:
    """Hold that nothing came of it: no file, no folder of work, no lock."""
    assert outcome.state == "failed"
    assert sentence in said(outcome)
    assert [path for path in folder.rglob("*") if path.name != "raw"] == []


@contextlib.contextmanager
def dripping(head: bytes, body: bytes, step: int = 1) -> Iterator[str]:
    """Listen, and say the head at once and the body again and again, a byte at a time."""
    stop = threading.Event()

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                self.request.recv(65536)
                self.request.sendall(head)
                for place in range(0, 10**9, step):
                    if stop.wait(0.02):
                        return
                    self.request.sendall(body[place % len(body) :][:step])

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            stop.set()
            server.shutdown()
            thread.join()


# Servers that hold


DRIPS = {
    "status": (b"", b"HTTP/1.1 200 OK"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", b"1;2\n"),
    "no_length": (b"HTTP/1.1 200 OK\r\n\r\n", b"1;2\n"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n;\r\n"),
    "gzip": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
        gzip.compress(b"1;2\n" * 9000)[:200],
    ),
    "error": (b"HTTP/1.1 302 Go\r\n", b"X-A: b\r\n"),
}


@pytest.mark.parametrize("kind", DRIPS)
def test_a_server_that_drips_is_left_and_told_of(tmp_path: Path, kind: str) -> None:
    begun = time.monotonic()
    with dripping(*DRIPS[kind]) as address:
        outcome = fetched(tmp_path, centres=f"{address}/f.csv")[0]
    assert time.monotonic() - begun < 8
    assert_refused(tmp_path, outcome, "sends too slowly (2 attempts); try later")


def test_a_body_that_comes_fast_enough_ends_at_the_bound_of_the_whole(tmp_path: Path) -> None:
    fast = (b"HTTP/1.1 200 OK\r\n\r\n", TABLE * 10)
    with dripping(*fast, step=len(TABLE) * 10) as address:
        policy = replace(QUICK, span=0.3, whole=0.7)
        outcome = fetched(tmp_path, policy, centres=f"{address}/f.csv")[0]
    assert_refused(tmp_path, outcome, "does not answer in time (0.7 s); try later")


def test_the_portal_itself_may_not_drip_either(tmp_path: Path) -> None:
    with dripping(b"HTTP/1.1 200 OK\r\n\r\n", b" ") as address, Web(QUICK, lambda _: None) as web:
        options = FetchOptions(tmp_path, portal=address)
        outcome = next(fetch([BY_NAME["centres"]], options, web, lambda _: None))
    assert "sends too slowly" in said(outcome)


def test_a_slow_but_steady_server_is_waited_for_and_a_slow_one_taken_up_again(
    tmp_path: Path, portal: Portal
) -> None:
    steady = portal.lay("/steady.csv", Answer(TABLE, drip=40))
    assert fetched(tmp_path, centres=steady)[0].state == "new"
    assert (tmp_path / "raw" / "centres.csv").read_bytes() == TABLE
    assert threading.active_count() < 20


def test_openstreetmaps_services_may_not_drip_either(tmp_path: Path) -> None:
    osmnx = pytest.importorskip("osmnx")
    with dripping(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" ") as address:
        policy = RetryPolicy(tries=2, first_wait=0, whole=0.5)
        client = OsmClient(Services(address, address), policy, lambda _: None, tmp_path)
        with client.settings(), pytest.raises(RefusedError, match="does not answer in time"):
            client.ask(lambda: osmnx.geocoder.geocode_to_gdf("Latvia"), "osm")


def test_an_answer_of_openstreetmap_that_is_too_large_is_no_answer(
    tmp_path: Path, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    osmnx = pytest.importorskip("osmnx")
    monkeypatch.setattr(osm, "_MOST_OF_AN_ANSWER", 100_000)
    bomb = gzip.compress(b" " * 1_000_000)
    portal.lay("/search", Answer(bomb, headers={"Content-Encoding": "gzip"}))
    client = OsmClient(
        Services(portal.origin, portal.origin), RetryPolicy(tries=1), print, tmp_path
    )
    with client.settings(), pytest.raises(LastingError, match="too large an answer"):
        client.ask(lambda: osmnx.geocoder.geocode_to_gdf("Latvia"), "osm")


# Bodies that are not whole


PACKED = gzip.compress(TABLE)
RANGE = f"bytes 0-{len(TABLE) - 1}/{len(TABLE)}"
UNSOUND: dict[str, tuple[dict[str, str], bytes, str]] = {
    "gzip_cut": ({"Content-Encoding": "gzip"}, PACKED[:-20], "connection closed early"),
    "gzip_without_its_sum": ({"Content-Encoding": "gzip"}, PACKED[:-8], "connection closed early"),
    "gzip_half_sum": ({"Content-Encoding": "GZIP"}, PACKED[:-1], "connection closed early"),
    "second_member_cut": (
        {"Content-Encoding": "gzip"}, PACKED + PACKED[:-5], "connection closed early",
    ),
    "empty_gzip": ({"Content-Encoding": "gzip"}, b"", "connection closed early"),
    "wrong_sum": (
        {"Content-Encoding": "gzip"}, PACKED[:-8] + b"12345678", "cannot be unpacked",
    ),
    "not_gzip": ({"Content-Encoding": "x-gzip"}, TABLE, "cannot be unpacked"),
    "behind_gzip": ({"Content-Encoding": "gzip"}, PACKED + b"1;2\n", "cannot be unpacked"),
    "unknown": ({"Content-Encoding": "zebra"}, TABLE, "Content-Encoding: zebra"),
    "brotli": ({"Content-Encoding": "br"}, TABLE, "Content-Encoding: br"),
    "twice": (
        {"Content-Encoding": "gzip, gzip"}, gzip.compress(PACKED), "Content-Encoding: gzip, gzip",
    ),
    "negative": ({"Content-Length": "-5"}, TABLE, "Content-Length: -5"),
    "no_number": ({"Content-Length": "many"}, TABLE, "Content-Length: many"),
    "empty_length": ({"Content-Length": ""}, TABLE, "Content-Length: "),
    "decimal": ({"Content-Length": f"{len(TABLE)}.0"}, TABLE, "Content-Length: "),
    "underscore": ({"Content-Length": "1_604"}, TABLE, "Content-Length: 1_604"),
    "transfer": ({"Transfer-Encoding": "gzip"}, PACKED, "Transfer-Encoding: gzip"),
    "transfer_chunked": (
        {"Transfer-Encoding": "gzip, chunked"},
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(PACKED), PACKED), "Transfer-Encoding: gzip, chunked",
    ),
    "chunk_cut": ({"Transfer-Encoding": "chunked"}, b"fff\r\n" + TABLE, "connection closed early"),
    "no_last_chunk": (
        {"Transfer-Encoding": "chunked"}, b"%x\r\n%s\r\n" % (len(TABLE), TABLE),
        "connection closed early",
    ),
    "no_chunks": ({"Transfer-Encoding": "chunked"}, b"", "connection closed early"),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNSOUND)
def test_a_body_that_is_not_whole_is_not_kept(tmp_path: Path, portal: Portal, kind: str) -> None:
    headers, body, sentence = UNSOUND[kind]
    answer = Answer(body, headers=headers, cut_after=len(body))
    outcome = fetched(tmp_path, centres=portal.lay("/f.csv", answer))[0]
    assert_refused(tmp_path, outcome, sentence)


@pytest.mark.parametrize("lengths", [("{n}", "7"), ("7", "{n}"), ("{n}", "-1")])
def test_two_lengths_that_differ_are_none(tmp_path: Path, lengths: tuple[str, str]) -> None:
    head = "".join(f"Content-Length: {each.format(n=len(TABLE))}\r\n" for each in lengths)
    with Speaker(b"HTTP/1.1 200 OK\r\n" + head.encode() + b"\r\n" + TABLE) as address:
        outcome = fetched(tmp_path, centres=address)[0]
    assert_refused(tmp_path, outcome, "")


def test_the_same_length_twice_is_one(tmp_path: Path) -> None:
    head = f"Content-Length: {len(TABLE)}\r\n" * 2
    with Speaker(b"HTTP/1.1 200 OK\r\n" + head.encode() + b"\r\n" + TABLE) as address:
        assert fetched(tmp_path, centres=address)[0].state == "new"


@pytest.mark.parametrize("ranged", [RANGE, "bytes 0-9/*", "bytes 5-9/10", "", "bytes x"])
def test_a_part_that_was_not_asked_for_is_not_the_file(
    tmp_path: Path, portal: Portal, ranged: str
) -> None:
    answer = Answer(TABLE, 206, headers={"Content-Range": ranged})
    outcome = fetched(tmp_path, centres=portal.lay("/f.csv", answer))[0]
    assert_refused(tmp_path, outcome, "gives only a part of the file, unasked (2 attempts)")


@pytest.mark.parametrize(
    ("headers", "sent"),
    [({"Content-Range": "bytes {a}-{c}/{n}"}, slice(0, 100)),
     ({"Content-Range": "bytes {a}-{z}/*"}, slice(0, None)),
     ({"Content-Range": "bytes {a}-{z}/{n}"}, slice(0, -9)),
     ({"Content-Range": "bytes {a}-{z}/{n}", "ETag": '"v2"'}, slice(0, None))],
)  # fmt: skip
def test_what_is_not_all_of_the_rest_is_not_glued_on(
    tmp_path: Path, portal: Portal, headers: dict[str, str], sent: slice
) -> None:
    long = TABLE * 20
    cut = Answer(long, headers={"ETag": '"v1"'}, cut_after=len(long) // 2)
    address = portal.lay("/f.csv", cut)
    seen: list[int] = []

    def rest(*_: str) -> Answer:
        asked = portal.seen[-1].headers.get("Range")
        if asked is None:
            return cut if len(portal.seen) < 3 else Answer(long)
        begin = int(asked.removeprefix("bytes=").rstrip("-"))
        seen.append(begin)
        about = {"a": begin, "c": begin + 99, "z": len(long) - 1, "n": len(long)}
        given = {name: text.format(**about) for name, text in headers.items()}
        return Answer(long[begin:][sent], 206, headers=given)

    portal.answer = rest  # type: ignore[method-assign]
    fetched(tmp_path, replace(QUICK, tries=4), centres=address)
    assert seen
    kept = tmp_path / "raw" / "centres.csv"
    assert not kept.exists() or kept.read_bytes() == long


def test_compressed_bodies_that_are_whole_are_read(tmp_path: Path, portal: Portal) -> None:
    several = PACKED + gzip.compress(b"") + gzip.compress(TABLE * 300)
    for encoding, body, content in (
        ("gzip", several, TABLE * 301), ("identity, x-gzip", PACKED, TABLE),
        ("", TABLE, TABLE), ("Identity", TABLE, TABLE),
    ):  # fmt: skip
        answer = Answer(body, headers={"Content-Encoding": encoding})
        outcome = fetched(tmp_path, centres=portal.lay("/f.csv", answer))[0]
        assert outcome.state in {"new", "changed", "same"}, said(outcome)
        assert (tmp_path / "raw" / "centres.csv").read_bytes() == content


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip"])
def test_a_bomb_is_refused_before_it_fills_the_memory(
    tmp_path: Path, portal: Portal, encoding: str
) -> None:
    body = gzip.compress(b"\0" * 100_000_000, 1)
    if encoding == "gzip, gzip":
        body = gzip.compress(body)
    answer = Answer(body, headers={"Content-Encoding": encoding})
    address = portal.lay("/f.csv", answer)
    tracemalloc.start()
    try:
        outcome = fetched(tmp_path, replace(QUICK, most_bytes=2_000_000), centres=address)[0]
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outcome.state == "failed"
    assert most < 8_000_000
    assert_refused(tmp_path, outcome, "is larger than 1 MB" if encoding == "gzip" else encoding)


# Names and addresses


LOCATIONS = ["http:///x", "http:x", "http://", "///x", "//", "\\\\x", "\\x", "/\\x", "a\\b", "",
             "http://:80/x", "//:80/x", "https:///x"]  # fmt: skip


@pytest.mark.parametrize("location", LOCATIONS)
def test_a_redirect_that_is_no_address_is_refused_at_once(
    tmp_path: Path, portal: Portal, location: str
) -> None:
    address = portal.lay("/f.csv", Answer(b"", 302, headers={"Location": location}))
    outcome = fetched(tmp_path, centres=address)[0]
    assert_refused(tmp_path, outcome, "redirects to")
    assert len(portal.seen) == 1
    with pytest.raises(RefusedError):
        redirect_target("https://data.gov.lv/dati/a", location, "raw/a.csv")


def test_a_redirect_in_a_ring_is_left_after_one_round(tmp_path: Path, portal: Portal) -> None:
    portal.lay("/b.csv", Answer(b"", 302, headers={"Location": "/a.csv"}))
    address = portal.lay("/a.csv", Answer(b"", 302, headers={"Location": "/b.csv"}))
    assert_refused(tmp_path, fetched(tmp_path, centres=address)[0], "redirects endlessly")
    assert len(portal.seen) == 2


STEERING = "\x1b[2J\x1b]0;x\x07\x9b31m\u202e\r\x00\n"


def command(*arguments: str, portal: Portal) -> Any:
    return CliRunner().invoke(
        main, ["fetch", *arguments, "--lang", "en"], env={"VPVKAC_PORTAL": portal.address}
    )


def assert_plain(output: str) -> None:
    assert [char for char in output if not char.isprintable() and char != "\n"] == []


@pytest.mark.parametrize("name", ["", f"VPVKAC{STEERING}KONTAKTI"])
def test_no_name_of_the_portal_steers_the_terminal(
    tmp_path: Path, portal: Portal, name: str
) -> None:
    (tmp_path / "vpvkac.toml").write_text("", encoding="utf-8")
    quoted = "vpvkac-kontakti%1B%5B2J%0D%E2%80%AE.csv"
    address = f"{portal.origin}/f/{quoted}"
    portal.answers[f"/f/{quoted}"] = [Answer(CENTRES)]
    newer = resource("https://x.invalid/vpvkac-kontakti%1b_2030_01.xlsx", name)
    portal.publish("vpvkac-kontakti", [resource(address, name), newer], f"cc{STEERING}")
    answer = command("centres", "--project", str(tmp_path), portal=portal)
    assert answer.exit_code == 0, answer.output
    assert "centres: fetched" in answer.output
    assert_plain(answer.output)


def test_nothing_of_a_lock_steers_the_terminal(tmp_path: Path, portal: Portal) -> None:
    (tmp_path / "vpvkac.toml").write_text("", encoding="utf-8")
    address = portal.lay("/f.csv", CENTRES)
    given = ("centres", "--address", f"centres={address}", "--project", str(tmp_path))
    assert command(*given, portal=portal).exit_code == 0
    lock = tmp_path / "sources.lock.json"
    content = json.loads(lock.read_text(encoding="utf-8"))
    for field in ("resource", "date", "resource_date", "licence", "time"):
        content["sources"]["centres"][field] = STEERING
    content["sources"]["centres"]["downloads"][0]["address"] += STEERING
    lock.write_text(json.dumps(content), encoding="utf-8")
    assert_plain(command("--locked", "--project", str(tmp_path), portal=portal).output)
    (tmp_path / "raw" / "centres.csv").unlink()
    assert_plain(command("--locked", "--project", str(tmp_path), portal=portal).output)


@pytest.mark.parametrize("said_day", ["\x1b[2J", "2026-13-01", "", 7, None])
def test_a_day_of_openstreetmap_that_is_none_is_not_shown(said_day: object) -> None:
    sound = {"osm3s": {"timestamp_osm_base": "2026-11-20T08:00:00Z"}}
    assert osm.day_of([sound]) == "2026-11-20"
    with pytest.raises(LastingError):
        osm.day_of([sound, {"osm3s": {"timestamp_osm_base": said_day}}])


def test_no_header_steers_the_terminal_or_fills_it(tmp_path: Path, portal: Portal) -> None:
    (tmp_path / "vpvkac.toml").write_text("", encoding="utf-8")
    address = portal.lay("/f.csv", Answer(b"", kind="text/html\x1b[2J" + "x" * 5000))
    given = ("--address", f"centres={address}", "--project", str(tmp_path))
    answer = command("centres", *given, portal=portal)
    assert answer.exit_code == 1
    assert_plain(answer.output)
    assert len(answer.output) < 500


# Fetches that die


def archive(mark: str) -> bytes:
    """Make a shapefile all of whose parts bear a mark, as readers overlook what stands behind."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for part in PARTS:
            content = (SAMPLE / f"{UNITS}{part}").read_bytes()
            made.writestr(f"units{part}", content + (b"" if part == ".cpg" else mark.encode()))
    return buffer.getvalue()


def marks(folder: Path) -> set[str]:
    """Give the marks of the parts that are there; each must be there."""
    return {
        (folder / "raw" / f"units{part}").read_bytes()[-1:].decode()
        for part in PARTS
        if part != ".cpg"
    }


# Ends the process at its nth step, counted from when the files begin to be moved; says how many.
DYING = """
import os, sys
from pathlib import Path
from vpvkac.sources.catalogue import BY_NAME
from vpvkac.fetch import place
from vpvkac.fetch.fetch import FetchOptions, fetch
from vpvkac.fetch.web import Web
from vpvkac.render import staging

folder, address, exchange = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "True"
STEPS = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir"}
placing, left = [], 0

def hook(event, args):
    global left
    if not placing or event not in STEPS:
        return
    if left == 0:
        os._exit(9)
    left -= 1

really = staging._exchange
def exchanged(first, second):
    hook("os.rename", ())
    done = exchange and really(first, second)
    hook("os.rename", ())
    return done
staging._exchange = exchanged
sys.addaudithook(hook)
put = place.put
def putting(*given):
    placing.append(True)
    put(*given)
import vpvkac.fetch.fetch as module
module.put = putting

step = 0
while True:
    here = folder / str(step)
    import shutil
    placing.clear()
    shutil.copytree(folder / "before", here)
    child = os.fork()
    if child == 0:
        left = step
        with Web() as web:
            options = FetchOptions(here, addresses={"units": address})
            for outcome in fetch([BY_NAME["units"]], options, web, lambda _: None):
                pass
        os._exit(0 if outcome.state == "changed" else 1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code != 9:
        break
    step += 1
print(step, code)
"""


def died_at_each_step(folder: Path, portal: Portal, *, exchange: bool) -> Sequence[Path]:
    """Fetch old parts, then let a process die at each step of placing new ones."""
    address = portal.lay("/units.zip", archive("1"))
    before = folder / "before"
    before.mkdir()
    assert fetched(before, units=address)[0].state == "new"
    portal.lay("/units.zip", archive("2"))
    ran = subprocess.run(
        [sys.executable, "-c", DYING, str(folder), address, str(exchange)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "coverage")},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    steps, code = map(int, ran.stdout.split())
    assert code == 0, ran.stderr
    assert steps > 10
    return [folder / str(step) for step in range(steps)]


def assert_mended(folder: Path, address: str) -> None:
    """Hold that a fetch goes on from whatever a dead one left."""
    outcome = fetched(folder, units=address)[0]
    assert outcome.state in {"same", "changed"}, said(outcome)
    assert marks(folder) == {"2"}
    assert sorted(path.name for path in folder.iterdir()) == ["raw", "sources.lock.json"]
    assert len(list((folder / "raw").iterdir())) == len(PARTS)


def test_a_shapefile_is_old_or_new_at_whatever_step_a_fetch_dies(
    tmp_path: Path, portal: Portal
) -> None:
    seen = []
    for folder in died_at_each_step(tmp_path, portal, exchange=True):
        assert len(marks(folder)) == 1, folder
        seen.append(marks(folder).pop())
        locked = FetchOptions(folder, locked=True)
        with Web(QUICK, lambda _: None) as web:
            outcome = next(fetch([BY_NAME["units"]], locked, web, lambda _: None))
        assert outcome.state == "same", said(outcome)
        assert len(marks(folder)) == 1
        assert_mended(folder, f"{portal.origin}/units.zip")
    assert "".join(seen).strip("1").strip("2") == ""
    assert {"1", "2"} == set(seen)


def test_where_folders_cannot_be_exchanged_the_next_fetch_takes_back_or_completes(
    tmp_path: Path, portal: Portal
) -> None:
    for number, folder in enumerate(died_at_each_step(tmp_path, portal, exchange=False)):
        if number % 2:
            locked = FetchOptions(folder, locked=True)
            with Web(QUICK, lambda _: None) as web:
                outcome = next(fetch([BY_NAME["units"]], locked, web, lambda _: None))
            assert outcome.state == "same", said(outcome)
            assert len(marks(folder)) == 1
        assert_mended(folder, f"{portal.origin}/units.zip")


def test_a_part_changed_by_hand_still_stops_all_parts(tmp_path: Path, portal: Portal) -> None:
    address = portal.lay("/units.zip", archive("1"))
    fetched(tmp_path, units=address)
    mine = tmp_path / "raw" / "units.dbf"
    mine.write_bytes(mine.read_bytes()[:-1] + b"3")
    portal.lay("/units.zip", archive("2"))
    assert "raw/units.dbf: was changed by hand" in said(fetched(tmp_path, units=address)[0])
    assert marks(tmp_path) == {"1", "3"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "sources.lock.json"]


# Fetches at once


def test_fetches_at_once_lose_no_entry_of_the_lock(tmp_path: Path, portal: Portal) -> None:
    feed = (SAMPLE / "gtfs-pilseta.zip").read_bytes()
    names = ("centres", "riga", "jurmala", "liepaja")
    addresses = {name: portal.lay(f"/{name}", TABLE if name == "centres" else feed)
                 for name in names}  # fmt: skip
    for _ in range(3):
        (tmp_path / "sources.lock.json").unlink(missing_ok=True)
        outcomes: dict[str, Outcome] = {}
        threads = [threading.Thread(target=_fetch_into, args=(tmp_path, name, address, outcomes))
                   for name, address in addresses.items()]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [(outcome.state, said(outcome)) for outcome in outcomes.values()] == [
            ("new", "")
        ] * len(names)
        lock = json.loads((tmp_path / "sources.lock.json").read_text(encoding="utf-8"))
        assert set(lock["sources"]) == set(names)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "sources.lock.json"]
    assert len(list((tmp_path / "raw").iterdir())) == len(names)


def _fetch_into(folder: Path, name: str, address: str, outcomes: dict[str, Outcome]) -> None:
    outcomes[name] = fetched(folder, **{name: address})[0]


def test_one_source_is_fetched_by_one_process_at_a_time(tmp_path: Path, portal: Portal) -> None:
    address = portal.lay("/centres", Answer(TABLE, delay=1.5))
    outcomes: dict[str, Outcome] = {}
    policy = replace(QUICK, span=9)
    first = threading.Thread(
        target=lambda: outcomes.update(first=fetched(tmp_path, policy, centres=address)[0])
    )
    first.start()
    _wait_for(lambda: bool(portal.seen))
    second = fetched(tmp_path, policy, centres=address)[0]
    first.join()
    assert outcomes["first"].state == "new"
    assert second.state == "failed"
    assert f"is being written by another vpvkac (process {os.getpid()}" in said(second)


def test_what_a_dead_fetch_of_another_source_left_is_cleared_and_a_living_ones_is_not(
    tmp_path: Path, portal: Portal
) -> None:
    dead = tmp_path / ".fetch-riga"
    dead.mkdir(parents=True)
    (dead / "lock").write_text("", encoding="utf-8")
    (dead / "body-0").write_bytes(b"half")
    slow = portal.lay("/slow", Answer(TABLE, delay=1.5))
    living = threading.Thread(
        target=fetched, args=(tmp_path, replace(QUICK, span=9)), kwargs={"centres": slow}
    )
    living.start()
    _wait_for(lambda: bool(portal.seen))
    assert (tmp_path / ".fetch-centres").is_dir()
    feed = portal.lay("/riga", (SAMPLE / "gtfs-pilseta.zip").read_bytes())
    assert fetched(tmp_path, jurmala=feed)[0].state == "new"
    assert not dead.exists()
    living.join()
    assert (tmp_path / "raw" / "centres.csv").read_bytes() == TABLE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "sources.lock.json"]


def _wait_for(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not seen() and time.monotonic() < end:
        time.sleep(0.02)


def test_files_that_lie_elsewhere_by_a_link_are_put_there(tmp_path: Path, portal: Portal) -> None:
    (tmp_path / "disk" / "store").mkdir(parents=True)
    project = tmp_path / "project"
    project.mkdir()
    (project / "raw").symlink_to(tmp_path / "disk" / "store", target_is_directory=True)
    assert fetched(project, units=portal.lay("/units.zip", archive("1")))[0].state == "new"
    assert marks(project) == {"1"}
    assert (project / "raw").is_symlink()
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["store"]


def test_files_of_others_stay_when_new_ones_are_put_among_them(
    tmp_path: Path, portal: Portal
) -> None:
    own = tmp_path / "raw" / "own" / "deep.txt"
    own.parent.mkdir(parents=True)
    own.write_text("mine", encoding="utf-8")
    address = portal.lay("/units.zip", archive("1"), archive("2"))
    fetched(tmp_path, units=address)
    assert fetched(tmp_path, units=address)[0].state == "changed"
    assert own.read_text(encoding="utf-8") == "mine"


def test_a_connection_is_not_held_after_a_refusal(tmp_path: Path) -> None:
    ended = threading.Event()

    def serve(listening: socket.socket) -> None:
        taken, _ = listening.accept()
        with taken, contextlib.suppress(OSError):
            taken.recv(65536)
            taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n1;2")
            taken.settimeout(10)
            if taken.recv(1) == b"":
                ended.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        with Web(QUICK, lambda _: None) as web:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}/f.csv"
            options = FetchOptions(tmp_path, addresses={"centres": address})
            outcome = next(fetch([BY_NAME["centres"]], options, web, lambda _: None))
            assert ended.wait(10)
        thread.join()
    assert "is larger than" in said(outcome)
