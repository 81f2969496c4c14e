"""The drawing of the rooms is what the imports give, and the contracts about them hold."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import grimp
import networkx as nx
import pytest
from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
NUMBER = 25


@pytest.fixture(scope="module")
def architecture() -> ModuleType:
    """The script as a module."""
    path = ROOT / "scripts" / "architecture.py"
    spec = importlib.util.spec_from_file_location("architecture", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def contracts() -> list[dict[str, Any]]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = told["tool"]["importlinter"]["contracts"]
    return found


# --- what is committed ----------------------------------------------------------


def test_the_drawing_and_the_table_are_what_the_tree_gives(architecture: ModuleType) -> None:
    stale = [
        path.name for path, text in architecture.pages().items() if path.read_text("utf-8") != text
    ]
    assert stale == [], "run python3 scripts/architecture.py"


def test_every_room_stands_in_the_drawing_and_in_the_table(architecture: ModuleType) -> None:
    rooms = {
        path.stem
        for path in (ROOT / "coverage" / "vpvkac").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or any(path.glob("**/*.py"))
    } | {"vpvkac"}
    drawn = etree.parse(architecture.DRAWING).findall(".//{*}text[@class='name']")
    assert sorted(str(text.text) for text in drawn) == sorted(rooms)
    listed = [line.split("`")[1] for line in architecture.PAGE.read_text("utf-8").splitlines()
              if line.startswith("| `")]  # fmt: skip
    assert sorted(listed) == sorted(rooms)


def test_the_imports_are_those_that_grimp_finds(architecture: ModuleType) -> None:
    graph = grimp.build_graph("vpvkac", cache_dir=None)
    found: dict[str, set[str]] = {architecture.room_of(name): set() for name in graph.modules}
    for module in graph.modules:
        rooms = {
            architecture.room_of(name) for name in graph.find_modules_directly_imported_by(module)
        }
        found[architecture.room_of(module)] |= rooms - {architecture.room_of(module)}
    assert architecture.imports(architecture.PACKAGE) == found


# --- the script -------------------------------------------------------------------


def test_every_form_of_import_counts(architecture: ModuleType, tmp_path: Path) -> None:
    package = tmp_path / "planner"
    (package / "readers").mkdir(parents=True)
    files = {
        "__init__.py": '"""A planner."""\n',
        "readers/__init__.py": "",
        "readers/stops.py": "from . import feed\nfrom .. import words\n",
        "readers/feed.py": "from ..faults import Fault\n",
        "faults.py": "import os\nimport planner.words\n",
        "words.py": "",
        "maps.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from planner.readers.stops import Stop\n",
        "run.py": "def main():\n    from planner import maps, version\n",
    }
    for name, text in files.items():
        (package / name).write_text(text, encoding="utf-8")
    assert architecture.imports(package) == {
        "planner": set(),
        "readers": {"faults", "words"},
        "faults": {"words"},
        "words": set(),
        "maps": {"readers"},
        "run": {"maps", "planner"},
    }
    told = architecture.descriptions(package)
    assert told["planner"] == "A planner."
    assert set(told) == set(architecture.imports(package))


def graphs() -> list[dict[str, set[str]]]:
    """Random rooms, from nearly a tree to nearly one circle."""
    draw = random.Random(1)  # noqa: S311, what is drawn is no secret
    found = []
    for number in range(NUMBER):
        names = [f"room{letter}" for letter in "abcdefghij"[: 1 + number % 10]]
        found.append(
            {a: {b for b in names if b != a and draw.random() < number / 60} for a in names}
        )
    return found


@pytest.mark.parametrize("rooms", graphs())
def test_circles_and_arrows_are_those_of_networkx(
    architecture: ModuleType, rooms: dict[str, set[str]]
) -> None:
    graph = nx.DiGraph(rooms)
    circles = architecture.circles(rooms)
    assert circles == sorted(
        tuple(sorted(part)) for part in nx.strongly_connected_components(graph)
    )
    condensed = nx.condensation(graph)
    reduced = nx.transitive_reduction(condensed)
    names = {node: tuple(sorted(data["members"])) for node, data in condensed.nodes(data=True)}
    expected = {(names[a], names[b]) for a, b in reduced.edges}
    direct = architecture.direct(architecture.arrows(rooms, circles))
    assert {(a, b) for a, below in direct.items() for b in below} == expected


@pytest.mark.parametrize("rooms", graphs())
def test_each_room_is_drawn_above_what_it_imports_and_no_two_overlap(
    architecture: ModuleType, rooms: dict[str, set[str]]
) -> None:
    circles = architecture.circles(rooms)
    graph = architecture.arrows(rooms, circles)
    boxes, frames, height = architecture.placed(architecture.levels(graph))
    for circle, below in graph.items():
        bottom = frames[circle].top + frames[circle].height
        assert all(bottom < frames[name].top for name in below)
    placed = list(boxes.values())
    for number, box in enumerate(placed):
        assert box.left > 0
        assert box.left + box.width < architecture.WIDTH
        assert box.top + box.height < height
        for other in placed[number + 1 :]:
            assert (
                box.left + box.width < other.left
                or other.left + other.width < box.left
                or box.top + box.height < other.top
                or other.top + other.height < box.top
            )
    text = architecture.drawing(rooms, dict.fromkeys(rooms, "A room <of> one's own & more"))
    assert text == architecture.drawing(
        dict(reversed(rooms.items())), dict.fromkeys(rooms, "A room <of> one's own & more")
    )
    frames_drawn = etree.fromstring(text.encode()).findall(".//{*}rect[@class='frame']")
    assert len(frames_drawn) == sum(len(circle) > 1 for circle in circles)


def test_contracts_are_read_as_what_each_room_may_not_import(architecture: ModuleType) -> None:
    settings = {
        "contracts": [
            {"type": "layers", "containers": ["p"], "layers": ["cli", "a | b", "c : d", "(e)"]},
            {"type": "forbidden", "source_modules": ["p.e"], "forbidden_modules": ["p.x", "p.y.z"]},
            {"type": "independence", "modules": ["p.x", "p.y"]},
            {"type": "layers", "containers": ["p.x", "p.y"], "layers": ["files", "answer"]},
            {"type": "layers", "layers": ["p.y", "p.s"]},
        ]
    }
    assert architecture.forbidden(settings) == {
        "a": {"cli", "b"},
        "b": {"cli", "a"},
        "c": {"cli", "a", "b"},
        "d": {"cli", "a", "b"},
        "e": {"cli", "a", "b", "c", "d", "x"},
        "x": {"y"},
        "y": {"x"},
        "s": {"y"},
    }


# --- the contracts ----------------------------------------------------------------


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package of this tree."""
    code = "from importlinter.cli import lint_imports_command as main; main()"
    command = [sys.executable, "-c", code, "--no-cache", *arguments]
    paths = {"PYTHONPATH": str(ROOT / "coverage")}
    return subprocess.run(
        command, cwd=folder, env=os.environ | paths, capture_output=True, text=True, check=False
    )


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(contracts())} kept, 0 broken." in done.stdout


def test_no_modules_import_one_another_in_a_circle() -> None:
    graph = grimp.build_graph("vpvkac", cache_dir=None)
    imports = nx.DiGraph(
        (module, name)
        for module in graph.modules
        for name in graph.find_modules_directly_imported_by(module)
    )
    circles = [part for part in nx.strongly_connected_components(imports) if len(part) > 1]
    assert circles == []


def test_only_the_api_and_what_starts_the_program_stand_in_the_root() -> None:
    package = ROOT / "coverage" / "vpvkac"
    assert {path.name for path in package.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_every_question_is_held_to_the_shape() -> None:
    questions = {
        f"vpvkac.questions.{path.parent.name}"
        for path in (ROOT / "coverage/vpvkac/questions").glob("*/__init__.py")
    }
    shape = next(one for one in contracts() if one["id"] == "shape")
    assert set(shape["containers"]) == questions


def test_a_broken_contract_is_found(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_package = "vpvkac"\n[[tool.importlinter.contracts]]\n'
        'name = "upside down"\ntype = "layers"\ncontainers = ["vpvkac"]\n'
        'layers = ["commands", "cli"]\n'
    )
    assert lint(tmp_path).returncode == 1
