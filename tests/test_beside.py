"""Part of the writing in a process of its own: what comes back, and what does not."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

import vpvkac
from plain_country import at, rows
from vpvkac.api.coverage import write
from vpvkac.questions.coverage import files
from vpvkac.render.beside import beside

PROJECT = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a process is copied on Linux")


def test_work_is_done_in_another_process_and_its_result_comes_back() -> None:
    with beside(os.getpid, 2) as result:
        pass
    with beside(os.getpid, 2) as other, beside(os.getpid, 1) as own:
        assert other() != os.getpid() == own()
    with pytest.raises(OSError, match="closed"):
        result()


def test_what_the_work_raises_is_raised_here() -> None:
    def full_disk() -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "LV0001000.xlsx")

    with pytest.raises(OSError) as raised, beside(full_disk, 2) as result:  # noqa: PT011
        result()
    assert (raised.value.errno, raised.value.filename) == (errno.ENOSPC, "LV0001000.xlsx")


def test_a_process_that_is_killed_is_told() -> None:
    def killed() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(ChildProcessError, match="was ended"), beside(killed, 2) as result:
        result()


def test_where_the_body_fails_the_other_process_is_ended(tmp_path: Path) -> None:
    def work() -> None:
        time.sleep(60)
        (tmp_path / "late").touch()

    begun = time.monotonic()
    with pytest.raises(ZeroDivisionError), beside(work, 2):
        raise ZeroDivisionError
    assert time.monotonic() - begun < 30
    assert not (tmp_path / "late").exists()


def test_two_processes_write_the_bytes_of_one(
    write_project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_MANY", 1)
    libraries = rows("id,name,lat,lon", ("l", "Bibliotēka", *at(5, 5)))
    stops = rows("id,name,lat,lon", ("s", "Pietura", *at(5, 5.1)))
    project = write_project(toml=PROJECT, libraries_csv=libraries, stops_csv=stops)
    result = vpvkac.analyse(vpvkac.load(project))
    one, two = tmp_path / "one", tmp_path / "two"
    write(result, one)
    write(result, two, processes=2)
    written = sorted(file.relative_to(one) for file in one.rglob("*") if file.is_file())
    assert any(file.name.endswith("_telpas.xlsx") for file in written)
    assert written == sorted(file.relative_to(two) for file in two.rglob("*") if file.is_file())
    assert all((one / file).read_bytes() == (two / file).read_bytes() for file in written)
