"""The recipe of docs/national.md, walked as it is written, with the country's files in their forms.

The measure is what stands in the tables of `../shared/data`: how many units, centres and stops
there are, and what `data/README.md` there says of them.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from conftest import ROOT
from national_country import Country
from portal_server import Portal
from vpvkac.cli.main import main

PAGES = {"en": ROOT / "docs" / "national.md", "lv": ROOT / "docs" / "lv" / "national.md"}


def recipe(lang: str) -> list[list[list[str]]]:
    """Give the commands of a page, block by block."""
    text = PAGES[lang].read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [[shlex.split(line) for line in block.splitlines()] for block in blocks]


def test_both_languages_lead_through_the_same_steps() -> None:
    assert recipe("lv") == recipe("en")
    heads = {lang: re.findall(r"^## (\d)\.", page.read_text("utf-8"), re.MULTILINE)
             for lang, page in PAGES.items()}  # fmt: skip
    assert heads["lv"] == heads["en"] == list("1234567")


def test_both_languages_name_the_same_figures() -> None:
    figures = {
        lang: sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))", "", row)))
        for lang, page in PAGES.items()
        for row in [" ".join(re.findall(r"^\| .*$", page.read_text("utf-8"), re.MULTILINE))]
    }
    wanted = {"592", "43", "42", "165", "34", "611000", "551000", "7775", "607", "9310", "587",
              "122", "129", "93", "119", "1411", "810", "757", "741", "725", "705", "701", "91",
              "747", "75", "85", "90", "2024", "2027"}  # fmt: skip
    for lang in PAGES:
        assert wanted <= set(figures[lang])


@pytest.fixture(scope="module")
def country(shared_data: Path) -> Country:
    return Country(shared_data.resolve())


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    with Portal() as listening:
        yield listening


@pytest.fixture(scope="module")
def offices(country: Country, portal: Portal) -> str:
    """Publish everything; give the address of the post offices."""
    return country.publish(portal)


def sayings(lang: str) -> list[str]:
    """Give what a page says that the program says, line by line, as patterns."""
    text = PAGES[lang].read_text(encoding="utf-8")
    blocks = re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [
        r"\s+".join(re.escape(word) for word in line.split()).replace("…", ".*")
        for block in blocks
        for line in block.splitlines()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["lv", "en"])
def test_the_recipe_leads_from_an_empty_folder_to_the_report_and_to_the_next_year(
    country: Country,
    portal: Portal,
    offices: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
) -> None:
    address = ["--address", f"post_offices={offices}"]
    monkeypatch.chdir(tmp_path)
    outputs: dict[str, str] = {}

    def walk(steps: list[list[str]]) -> dict[str, str]:
        said = {}
        for step in steps:
            if step[0] == "cd":
                monkeypatch.chdir(step[1])
                continue
            given = [*step[1:], "--lang", lang, *(address if step[1] == "fetch" else [])]
            answer = CliRunner().invoke(main, given, env={"VPVKAC_PORTAL": portal.address})
            assert answer.exit_code == 0, answer.output
            said[" ".join(step[1:])] = answer.output
        return said

    first, following = recipe(lang)
    outputs = walk(first)
    everything = "\n".join(outputs.values())
    locked = json.loads((tmp_path / "latvija" / "sources.lock.json").read_text("utf-8"))["sources"]
    assert len(locked) == 12
    # Chosen by the date in the name, though the other one was uploaded later.
    assert locked["units"]["date"] == "2022-07-01"
    assert locked["riga"]["date"] == "2026-10"
    # The list of institutions, and not what stands in for it.
    assert locked["libraries"]["dataset"] == "6d564a05-1d8c-49b8-835f-c969c61da182"
    assert_measured(country, tmp_path / "latvija")
    said = {"en": "not fetched yet", "lv": "vēl nav lejupielādēts"}[lang]
    assert outputs["fetch --check"].count(said) == 12

    outputs = walk(following)
    everything += "\n".join(outputs.values())
    behind = {"en": "the lock is behind", "lv": "fiksētais ir novecojis"}[lang]
    assert behind not in outputs["fetch --check"]
    assert outputs["fetch"].count({"en": ": unchanged", "lv": ": nav mainījusies"}[lang]) == 12
    changes = pd.read_csv(tmp_path / "latvija" / "changes" / "compare.csv")
    assert set(changes["change"]) <= {"none", "same"}
    lacking = [one for one in sayings(lang) if not re.search(one, everything)]
    assert (lacking, len(sayings(lang))) == ([], 16)


def assert_measured(country: Country, folder: Path) -> None:
    """Compare the outputs with the tables they were made of."""
    out = folder / "out"
    summary = pd.read_csv(out / "summary.csv").drop_duplicates("criterion").set_index("criterion")
    value = summary["value"]
    assert value["units"] == len(country.units) == 592
    assert value["centres"] == len(country.centres) == 17
    assert value["stops"] == len(country.stops) == 10_168
    # Of twice as many institutions the municipal libraries alone.
    assert value["libraries"] == len(country.points) == 582
    # As data/README.md measured it for the settlement points.
    assert round(value["libraries_within_share"], 3) == 0.926
    assert set(summary.loc[["units", "stops", "libraries"], "published"]) == {587, 9310, 747}
    places = pd.read_csv(out / "places.csv", keep_default_na=False)
    centres = places[places["host"] == "centre"]
    assert set(centres["located_by"]) == {"address"}
    # Each stands in the unit of the town that its name begins with.
    named = centres.merge(country.units["L1_name"], left_on="unit", right_index=True)
    beginnings = zip(named["name"], named["L1_name"], strict=True)
    assert [(name, unit) for name, unit in beginnings if name[:3] != unit[:3]] == []
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert "CC BY 4.0" in json.dumps(run, ensure_ascii=False)
