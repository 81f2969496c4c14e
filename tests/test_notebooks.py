"""The notebooks run through, use the public interface only, and hold what a run gives."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
_SPEC = importlib.util.spec_from_file_location("notebooks", FOLDER.parent / "scripts/notebooks.py")
assert _SPEC is not None
assert _SPEC.loader is not None
script = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(script)
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> nbformat.NotebookNode:
    """Read a notebook."""
    return nbformat.read(path, as_version=4)


def test_there_are_three() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "01_national_picture", "02_gaps_of_one_municipality", "03_what_if",
    ]  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_outputs_kept_are_those_of_a_run(path: Path) -> None:
    kept, run = (
        [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
        for notebook in (read(path), script.executed(path))
    )
    assert kept == run, "run python3 scripts/notebooks.py"
    assert sum(map(bool, run)) >= 3
    assert not [out for outputs in run for out in outputs if out.output_type == "error"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_says_that_the_sample_is_synthetic(path: Path) -> None:
    assert path.stat().st_size < 120_000
    assert "synthetic sample" in read(path).cells[0].source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_uses_the_public_interface_only(path: Path) -> None:
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    assert not re.search(r"vpvkac\._|from vpvkac|import vpvkac\.", code)
    assert set(re.findall(r"\bvpvkac\.(\w+)\(", code)) <= {
        "analyse", "compare", "cost", "explain", "hours", "load", "sample", "site", "walk",
    }  # fmt: skip
