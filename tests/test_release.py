"""What a release is made of is in step: version, wheel, container, licences, statements."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml
from xstatic.pkg import leaflet

import third_party
from vpvkac.fetch.osm import Services
from vpvkac.sources.catalogue import SOURCES

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_version_is_that_of_pyproject_everywhere() -> None:
    citation = yaml.safe_load(text_of("CITATION.cff"))
    headings = re.findall(r"^## \[(.+?)\](?: - (.+))?$", text_of("CHANGELOG.md"), re.MULTILINE)
    unreleased, newest, *_ = headings
    assert unreleased == ("Unreleased", "")
    assert newest == (PROJECT["version"], str(citation["date-released"]))
    assert citation["version"] == PROJECT["version"]
    assert f"tagged `v{PROJECT['version']}`" in text_of("CHANGELOG.md")
    assert (citation["title"], citation["license"]) == (PROJECT["name"], PROJECT["license"])


# --- the container -------------------------------------------------------------


class Line(NamedTuple):
    """One instruction of the container's file."""

    word: str
    rest: str


def container() -> list[Line]:
    lines = re.sub(r"\\\n\s*", "", text_of("Containerfile")).splitlines()
    return [Line(*line.split(" ", 1)) for line in lines if line and not line.startswith("#")]


def copied() -> dict[str, str]:
    """What is copied: file or folder of the repository → where it goes."""
    found = {}
    for line in container():
        if line.word == "COPY":
            *files, target = line.rest.split()
            found.update(dict.fromkeys(files, target))
    return found


def test_the_container_is_of_a_python_that_the_locks_are_for_and_runs_the_demo() -> None:
    first, *_, last = container()
    base = re.fullmatch(r"docker\.io/library/python:(3\.\d+)-slim-\w+", first.rest)
    assert base
    assert f"Python :: {base[1]}" in str(PROJECT["classifiers"])
    assert (first.word, last.word) == ("FROM", "CMD")
    # What scripts/demo.py starts; tests/test_environment.py holds it to this.
    assert json.loads(last.rest) == ["vpvkac", "run", "--out", "out/"]
    assert {line.word for line in container()} == {"FROM", "RUN", "WORKDIR", "COPY", "CMD"}


def test_the_container_is_made_and_run_as_readme_says_and_installs_as_the_demo_does() -> None:
    commands = re.findall(r"^#   (.+)$", text_of("Containerfile"), re.MULTILINE)
    assert "\n".join(["```console", *commands, "```"]) in text_of("README.md")
    workplace = [line.rest for line in container() if line.word == "WORKDIR"][-1]
    assert f"/out:{workplace}/out" in commands[-1]
    (libraries,) = [
        line.rest for line in container() if "requirements.lock" in line.rest and line.word == "RUN"
    ]
    assert {"--require-hashes", "--only-binary"} <= set(libraries.split())


@pytest.mark.slow
def test_a_wheel_of_what_the_container_copies_is_whole(tmp_path: Path) -> None:
    """Built without lv.mo in the tree, so that only the build can have made it."""
    tree = tmp_path / "tree"
    for name, target in copied().items():
        source, place = ROOT / name, tree / target
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    built = subprocess.run(
        [*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(tree)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"vpvkac-{PROJECT['version']}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as opened:
        files = set(opened.namelist())
    about = f"vpvkac-{PROJECT['version']}.dist-info"
    assert {f"{about}/licenses/{name}" for name in ("LICENSE", "THIRD_PARTY.md")} <= files
    package = {
        f"vpvkac/{path.relative_to(ROOT / 'coverage' / 'vpvkac').as_posix()}"
        for path in (ROOT / "coverage" / "vpvkac").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert package <= files
    # Whatever else is in it is the sample, the published figures, or about the wheel.
    assert {name.split("/")[1] for name in files - package if not name.startswith(about)} == {
        "reference",
        "sample",
    }
    installed = tmp_path / "installed"
    subprocess.run(
        [*pip, "install", "-q", "--no-deps", "--target", str(installed), str(wheel)], check=True
    )
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        "from vpvkac.texts import message\n"
        "print(message.__file__, message.Message('yes').text('lv'))"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [str(installed / "vpvkac" / "texts" / "message.py"), "jā"]


# --- what others made ----------------------------------------------------------


def test_the_tables_of_what_others_made_are_those_of_the_script() -> None:
    assert third_party.page(text_of("THIRD_PARTY.md")) == text_of("THIRD_PARTY.md")


def test_the_package_holds_no_library_and_no_font() -> None:
    kinds = {path.suffix for path in (ROOT / "coverage").rglob("*") if path.is_file()}
    assert kinds <= {".py", ".pyc", ".typed", ".html", ".css", ".js", ".txt", ".toml", ".po", ".mo"}


def test_a_map_says_whose_leaflet_is_and_under_which_licence(sample_result: Result) -> None:
    page = sample_result.map().get_root().render()
    licence = text_of("coverage/vpvkac/render/templates/leaflet_licence.txt")
    assert page.index(licence) < page.index(f"Leaflet {leaflet.VERSION}, a JS library")
    assert f"**Leaflet {leaflet.VERSION}**" in text_of("THIRD_PARTY.md")
    # Notices that others ask to be kept: of nobody but Leaflet.
    rest = page.replace(licence, "")
    assert len(re.findall(r"@preserve|@license|\(c\) \d{4}", rest)) == 3
    assert "@font-face" not in page


# --- what SECURITY.md states ---------------------------------------------------


def test_each_host_that_is_asked_and_each_test_stands_in_the_notes_on_security() -> None:
    notes = text_of("SECURITY.md")
    asked = re.findall(r"https?://([^/'\"\s]+)", f"{SOURCES} {Services()}")
    told = re.search(r"the catalogue names – (.+?) –,", notes)
    assert told
    assert set(told[1].split(", ")) == set(asked)
    named = re.findall(r"`(tests/\w+\.py)`", notes)
    assert named
    assert all((ROOT / name).is_file() for name in named)
