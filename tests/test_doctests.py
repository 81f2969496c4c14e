"""The examples in docstrings run, and give what stands beneath them."""

from __future__ import annotations

import doctest
import io
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import vpvkac

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.model.project import Project

SOURCE = Path(__file__).resolve().parents[1] / "coverage"
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


def run(examples: doctest.DocTest) -> str:
    """What differs when the examples of one docstring are run."""
    said = io.StringIO()
    doctest.DocTestRunner(verbose=False).run(examples, out=said.write)
    return said.getvalue()


@pytest.fixture
def _analysed_once(monkeypatch: pytest.MonkeyPatch, sample_result: Result) -> None:
    """Let examples that analyse the sample as it is share the tests' result."""
    analyse = vpvkac.analyse

    def shared(project: Project) -> Result:
        return sample_result if project == vpvkac.sample() else analyse(project)

    monkeypatch.setattr(vpvkac, "analyse", shared)


@pytest.mark.usefixtures("_analysed_once")
@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_give_what_they_say(module: str) -> None:
    found = [test for test in doctest.DocTestFinder().find(import_module(module)) if test.examples]
    assert found
    assert [text for test in found if (text := run(test))] == []


def test_a_wrong_example_is_found() -> None:
    parser = doctest.DocTestParser()
    examples = parser.get_doctest(">>> 700 + 0\n701\n", {}, "wrong", "here", 0)
    assert "Expected:\n    701\nGot:\n    700" in run(examples)
