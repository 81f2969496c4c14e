"""What the tests share: the real data, the sample's result, small projects of a test's own."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import vpvkac

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

    from vpvkac.api.coverage import Result
    from vpvkac.api.questions import Reach


ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
# What the tests read of the real data; `gtfs/bad` holds more than these.
_REAL_FILES = (
    "units/2018-01-01/Territorial_units_LV_1.2m_(2018.01.01.).shp",
    "units/2021-01-01/Territorial_units_LV_1.2m_(2021.01.01.).shp",
    "units/2021-07-01_derived/units.gpkg",
    "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp",
    "units/crosswalk_2021-01-01_to_2022-07-01.csv",
    "register/aw_ciems_excerpt_2026-09-30.csv",
    "register/aw_eka_excerpt_2026-09-30.csv",
    "register/aw_iela_excerpt_2026-09-30.csv",
    "register/aw_novads.csv",
    "register/aw_pagasts_excerpt_2026-09-30.csv",
    "register/aw_pilseta.csv",
    "centres/vpvkac_2023-11_counts.csv",
    "centres/vpvkac_2023-11_partial.csv",
    "hours/written_forms.csv",
    "osm/latvia_2019-09_nodes.csv",
    "stops/atd_2026_stops.csv",
    "stops/daugavpils_2024-12_stops.csv",
    "stops/vivi_2026-10_stations.csv",
    "feeds/chateau_thierry_2025-10.zip",
    "feeds/faroe_2025_unofficial.zip",
    "points/postcode_points.csv",
    "points/unit_centres_2021.csv",
    "points/vpvkac_2022-08_partial.csv",
    "gtfs/ber_gtfs.zip",
    "gtfs/cairns_gtfs.zip",
    "gtfs/caltrain-2017-07-24.zip",
    "gtfs/ggl_gtfs.zip",
    "gtfs/nested_folder.zip",
    "gtfs/region-nord-v2.zip",
    "gtfs/riga_2025-06_without_stop_times.zip",
    "gtfs/bad/good_feed.zip",
    "gtfs/bad/good_feed/stops.txt",
)


def pytest_configure(config: pytest.Config) -> None:
    """Compile the Latvian texts where they were mended since; workers find it done."""
    texts = ROOT / "coverage" / "vpvkac" / "texts" / "lv.po"
    compiled = texts.with_suffix(".mo")
    if hasattr(config, "workerinput"):
        return
    if not compiled.exists() or compiled.stat().st_mtime < texts.stat().st_mtime:
        from catalogue import compile_catalogue

        compile_catalogue(texts)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what opens a browser."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests out of the user's cache of registers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VPVKAC_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real data; skip where there is none, fail where it is incomplete."""
    if not (ROOT / "../shared").is_dir():
        pytest.skip("no real data beside the repository")
    folder = ROOT / "../shared/data"
    missing = [name for name in _REAL_FILES if not (folder / name).is_file()]
    if missing:
        pytest.fail(f"the real data lack {missing}")
    return folder


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """Give the folder of small inputs that once failed; skip where there is none."""
    if not (ROOT / "../shared").is_dir():
        pytest.skip("no cases beside the repository")
    folder = ROOT / "../shared/cases"
    if not folder.is_dir():
        pytest.fail("the cases are missing")
    return folder


@pytest.fixture(scope="session")
def shared_review() -> Path:
    """Give the folder of a review's files; skip where there is none."""
    if not (ROOT / "../shared").is_dir():
        pytest.skip("no review beside the repository")
    folder = ROOT / "../shared/review"
    if not folder.is_dir():
        pytest.fail("the review is missing")
    return folder


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    """Give what the generator of the sample planted and computed without `vpvkac`."""
    content: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Give what makes a folder for all workers: one makes it, the others wait for that."""
    base = tmp_path_factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], object]) -> Path:
        import fcntl

        folder, begun = common / name, common / f".{name}"
        with (common / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                shutil.rmtree(begun, ignore_errors=True)
                begun.mkdir()
                make(begun)
                begun.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def found_once(made_once: Callable[..., Path]) -> Callable[..., Any]:
    """Give what finds an answer for all workers."""

    def found(name: str, ask: Callable[[], Any]) -> Any:
        def keep(folder: Path) -> None:
            (folder / "answer").write_bytes(pickle.dumps(ask()))

        kept = made_once(name, keep) / "answer"
        return pickle.loads(kept.read_bytes())  # noqa: S301 - our own, of this session

    return found


@pytest.fixture(scope="session")
def sample_result(found_once: Callable[..., Any]) -> Result:
    """Analyse the sample once; tests do not change it."""
    result: Result = found_once("sample", lambda: vpvkac.analyse(vpvkac.sample()))
    return result


@pytest.fixture(scope="session")
def sample_reach(found_once: Callable[..., Any], sample_result: Result) -> Reach:
    """Search the sample's journeys once, to both sets of points."""
    reach: Reach = found_once("sample_reach", lambda: vpvkac.reach(sample_result))
    return reach


@pytest.fixture(scope="session")
def sample_out(made_once: Callable[..., Path], sample_result: Result) -> Path:
    """Write the sample's outputs once; tests do not change them."""
    return made_once("sample_run", lambda folder: sample_result.write(folder / "out")) / "out"


@pytest.fixture(scope="session")
def sample_out_en(made_once: Callable[..., Path], sample_result: Result) -> Path:
    """Write the same result's outputs once in English, with nothing computed again."""

    def write(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("vpvkac.analysis.compute.gaps.access_gaps", None)
            sample_result.write(folder / "out", lang="en")

    return made_once("sample_run_en", write) / "out"


@pytest.fixture(scope="session")
def browser() -> Iterator[WebDriver]:
    """Start Chromium once; a test opens its page with fresh logs, by `browser.show`."""
    from browser import chromium

    with chromium() as driver:
        yield driver


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """Write a project that every command takes; give its file, in a folder of its own."""
    from plain_country import write_small

    return write_small(tmp_path / "small")


@pytest.fixture
def write_project(tmp_path: Path) -> Callable[..., Path]:
    """Write a project of plain tables around four square units; give its file."""
    return lambda **changes: _write_project(tmp_path, **changes)


def _write_project(folder: Path, toml: str = "", **files: str) -> Path:
    from plain_country import UNITS, write_units

    write_units(folder / "units.gpkg", UNITS)
    for name, content in files.items():
        stem, _, ending = name.rpartition("_")
        (folder / f"{stem}.{ending}").write_text(content, encoding="utf-8")
    file = folder / "vpvkac.toml"
    file.write_text(toml, encoding="utf-8")
    return file
