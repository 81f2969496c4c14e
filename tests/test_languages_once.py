"""A result is computed once and shown in either language, as if computed for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest

import vpvkac
from vpvkac.analysis import compute
from vpvkac.analysis.network import Findings
from vpvkac.texts.message import Lang

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

LANGS: tuple[Lang, Lang] = ("lv", "en")


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file below a folder by its path."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.fixture
def once(sample_result: Result, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Give a result after which nothing may be computed any more."""

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    for name in ("measure_network", "find_gaps"):
        monkeypatch.setattr(compute, name, fail)
    # By these modules' names `compute` calls them, whoever calls `compute`.
    for name in ("gaps.access_gaps", "gaps.find_clusters", "cover.compare_hosts",
                 "summarise", "compare_published"):  # fmt: skip
        monkeypatch.setattr(f"vpvkac.analysis.compute.{name}", fail)
    return sample_result


@pytest.mark.slow
def test_a_result_written_in_the_other_language_is_a_run_in_it_to_the_byte(
    tmp_path: Path, sample_out: Path, sample_out_en: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folders shared are of one result in Latvian; here a run in English gives both."""
    english = vpvkac.analyse(vpvkac.sample(), lang="en")
    monkeypatch.setattr("vpvkac.analysis.compute.gaps.access_gaps", None)
    for lang, folder in (("lv", sample_out), ("en", sample_out_en)):
        english.write(tmp_path / lang, lang=lang)
        again, wanted = contents(folder), contents(tmp_path / lang)
        assert again.keys() == wanted.keys()
        assert [name for name in again if again[name] != wanted[name]] == []
    assert contents(sample_out) != contents(sample_out_en)


def test_another_language_changes_the_texts_alone(once: Result) -> None:
    english = once.in_language("en")
    assert (once.lang, english.lang) == ("lv", "en")
    assert type(english) is type(once)
    assert english.title == "Network of contact points: synthetic sample data"
    texts = {"gaps_access", "gaps_service", "gaps_coverage", "gaps_municipalities",
             "gap_clusters", "published", "lang"}  # fmt: skip
    for field in fields(once):
        one, other = getattr(once, field.name), getattr(english, field.name)
        if field.name not in texts:
            assert one is other
        elif isinstance(one, pd.DataFrame):
            said = (
                ["section", "basis", "reason", "name"] if field.name == "published" else ["reason"]
            )
            pd.testing.assert_frame_equal(
                pd.DataFrame(one).drop(columns=said), pd.DataFrame(other).drop(columns=said)
            )
            assert one.columns.tolist() == other.columns.tolist()
            assert isinstance(one, gpd.GeoDataFrame) == isinstance(other, gpd.GeoDataFrame)
            assert (one["reason"] != other["reason"]).all()


def test_there_and_back_gives_the_same_texts(once: Result) -> None:
    back = once.in_language("en").in_language("lv")
    for name in ("gaps_access", "gaps_service", "gaps_coverage", "gaps_municipalities"):
        assert getattr(back, name)["reason"].tolist() == getattr(once, name)["reason"].tolist()
    assert once.in_language("lv") is once


def test_findings_bear_no_text_in_any_language(sample_result: Result) -> None:
    names = {field.name for field in fields(Findings)}
    assert not names & {"lang", "title"}
    measured = compute.measure_network(sample_result.project, sample_result.inputs)
    findings = compute.find_gaps(measured)
    for name in names:
        table = getattr(findings, name)
        if isinstance(table, pd.DataFrame):
            assert not {"reason", "section"} & set(table.columns)
    assert "basis" not in findings.published


def test_an_explanation_in_another_language_computes_nothing(once: Result) -> None:
    unit = str(once.gaps_access["unit"].iloc[0])
    explained = {
        lang: " ".join(str(vpvkac.explain(once, unit, lang=lang)).split()) for lang in LANGS
    }
    for lang in LANGS:
        first, _, _ = once.in_language(lang).gaps_access["reason"].iloc[0].partition(". ")
        assert " ".join(first.split()) in explained[lang]


def test_an_unknown_language_is_refused(sample_result: Result) -> None:
    with pytest.raises(ValueError, match="'de'"):
        sample_result.in_language("de")  # type: ignore[arg-type]


@pytest.mark.parametrize(("lang", "wanted"), [("lv", "Meklē nepilnības"), ("en", "Finding gaps")])
def test_progress_is_called_with_the_name_of_each_step_in_the_language(
    lang: Lang, wanted: str, write_project: Callable[..., Path]
) -> None:
    project = vpvkac.load(
        write_project(
            toml='[inputs]\nunits = "units.gpkg"\n'
            'libraries = { path = "libraries.csv", id = "id", lat = "lat", lon = "lon" }\n',
            libraries_csv="id,lat,lon\n1,57.0,24.0\n",
        )
    )
    steps: list[str] = []
    vpvkac.analyse(project, lang=lang, progress=steps.append)
    assert all(type(step) is str for step in steps)
    assert wanted in steps


def test_no_module_of_the_analysis_puts_a_message_into_words() -> None:
    folder = Path(compute.__file__).parent
    modules = sorted(folder.rglob("*.py"))
    assert len(modules) > 10
    words = re.compile(r"\.text\(|\b[Ll]ang\b")
    held = {module.name for module in modules if words.search(module.read_text(encoding="utf-8"))}
    assert held == set()
