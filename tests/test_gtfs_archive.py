"""A feed is found in a folder or a zip, and an unsafe zip is refused before it is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vpvkac.sources.gtfs import read_gtfs

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

FEED = {
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n1,Mežs,57,25\n",
    "routes.txt": "route_id,route_type\nB,3\n",
    "trips.txt": "route_id,service_id,trip_id\nB,s,t\n",
    "stop_times.txt": "trip_id,stop_id,stop_sequence\nt,1,1\n",
    "calendar_dates.txt": "service_id,date,exception_type\ns,20250604,1\n",
}


def read(path: Path) -> Reading:
    return read_gtfs(path, feed="x", regional=True)


def errors(path: Path) -> list[str]:
    reading = read(path)
    assert reading.table.empty
    return [fault.sentence("en") for fault in reading.faults if fault.level == "error"]


def zipped(path: Path, *, under: str = "", **options: int) -> Path:
    with zipfile.ZipFile(path, "w", **options) as archive:  # type: ignore[arg-type]
        for name, text in FEED.items():
            archive.writestr(under + name, text)
    return path


def added(path: Path, member: str | zipfile.ZipInfo, text: str = "") -> Path:
    with zipfile.ZipFile(zipped(path), "a") as archive:
        archive.writestr(member, text)
    return path


def test_feed_is_found_in_subfolders_of_a_zip_and_of_a_folder(tmp_path: Path) -> None:
    deep = tmp_path / "folder/a/b"
    deep.mkdir(parents=True)
    for name, text in FEED.items():
        (deep / name).write_text(text, encoding="utf-8")
    in_folder = read(tmp_path / "folder")
    in_zip = read(zipped(tmp_path / "feed.zip", under="a/b/c/d/"))
    by_windows = read(zipped(tmp_path / "windows.zip", under="a\\b\\"))
    packed = read(zipped(tmp_path / "packed.zip", compression=zipfile.ZIP_LZMA))
    for reading in (in_folder, in_zip, by_windows, packed):
        assert reading.faults == ()
        assert list(reading.table["stop"]) == ["x:1"]


def test_several_feeds_in_one_zip_are_an_error_that_names_them(tmp_path: Path) -> None:
    path = added(tmp_path / "feed.zip", "old/stops.txt", FEED["stops.txt"])
    (error,) = errors(path)
    assert '"stops.txt, old/stops.txt" are the stops of several feeds' in error


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_table_that_is_twice_in_a_zip_is_an_error(tmp_path: Path) -> None:
    (error,) = errors(added(tmp_path / "feed.zip", "trips.txt", FEED["trips.txt"]))
    assert error.startswith("feed.zip/trips.txt: the table is there more than once")


def test_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    (error,) = errors(tmp_path / "feed.zip")
    assert error.startswith("feed.zip: there is no such file or folder")


def test_empty_folder_and_empty_zip_lack_their_stops(tmp_path: Path) -> None:
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    (tmp_path / "folder").mkdir()
    for name in ("empty.zip", "folder"):
        (error,) = errors(tmp_path / name)
        assert error.startswith(f"{name}/stops.txt: the file is missing")


def link(path: Path) -> Path:
    member = zipfile.ZipInfo("shapes.txt")
    member.create_system = 3
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return added(path, member, "/etc/passwd")


def encrypted(path: Path) -> Path:
    """Set the flag of encryption on a member, in its own header and in the directory."""
    data = bytearray(zipped(path).read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    return path


def declaring(path: Path, size: int) -> Path:
    """Make the directory of the zip declare a size for its first member."""
    data = bytearray(zipped(path, compression=zipfile.ZIP_DEFLATED).read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", size)
    path.write_bytes(data)
    return path


def ten_gigabytes(path: Path) -> Path:
    """Declare 10 GB in five members of 2 GB."""
    data = bytearray(zipped(path).read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 2 * 10**9)
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(data)
    return path


def ten_thousand(path: Path) -> Path:
    with zipfile.ZipFile(zipped(path), "a") as archive:
        for number in range(10_000):
            archive.writestr(f"{number}.txt", "")
    return path


UNSAFE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "leads out": (lambda path: added(path, "../stops.txt"), '"../stops.txt" is a path that leads'),
    "leads out further in": (lambda path: added(path, "a/../../b.txt"), "is a path that leads"),
    "leads out by backslash": (lambda path: added(path, "a\\..\\b.txt"), "is a path that leads"),
    "absolute": (lambda path: added(path, "/etc/passwd"), '"/etc/passwd" is an absolute path'),
    "drive": (lambda path: added(path, "C:/stops.txt"), '"C:/stops.txt" is an absolute path'),
    "link": (link, '"shapes.txt" is a link or a device'),
    "encrypted": (encrypted, "the archive is encrypted"),
    "10 GB": (ten_gigabytes, '"10000000000" bytes when unpacked'),
    "4 GB in one": (lambda path: declaring(path, 2**32 - 2), "bytes when unpacked"),
    "10 000 entries": (ten_thousand, '"10005" entries in the archive'),
}


@pytest.mark.parametrize("case", sorted(UNSAFE))
def test_unsafe_zip_is_refused_before_anything_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    make, words = UNSAFE[case]
    path = make(tmp_path / "feed.zip")

    def unpack(*_: object, **__: object) -> None:
        pytest.fail("a member was opened")

    monkeypatch.setattr(zipfile.ZipFile, "open", unpack)
    (error,) = errors(path)
    assert error.startswith("feed.zip: ")
    assert words in error
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("size", [10, 500])
def test_member_that_is_not_of_its_declared_size_is_refused(tmp_path: Path, size: int) -> None:
    path = declaring(tmp_path / "feed.zip", size)
    assert any(said.startswith("feed.zip/stops.txt: the file is damaged") for said in errors(path))


def test_bomb_is_read_no_further_than_it_declares(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stops.txt", FEED["stops.txt"] + "," * 100_000_000)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 1000)
    path.write_bytes(data)
    assert errors(path)[-1].startswith("feed.zip/stops.txt: the file is damaged")


@pytest.mark.parametrize("where", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_zip_cut_short_is_refused(tmp_path: Path, where: float) -> None:
    data = zipped(tmp_path / "whole.zip").read_bytes()
    path = tmp_path / "feed.zip"
    path.write_bytes(data[: int(len(data) * where)])
    (error,) = errors(path)
    assert error.startswith("feed.zip: the zip is damaged or cut short")


@pytest.mark.slow
def test_zip_with_any_byte_changed_is_read_the_same_or_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.zip", compression=zipfile.ZIP_DEFLATED)
    data, table = whole.read_bytes(), read(whole).table
    path = tmp_path / "feed.zip"
    for at in range(0, len(data), 3):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        reading = read(path)
        assert reading.table.equals(table) or reading.faults, at
