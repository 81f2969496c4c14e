"""From an empty folder to a result: `init`, `fetch`, `check`, `run`, with nothing edited."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conftest import SAMPLE
from portal_server import Answer, Portal, resource
from vpvkac.cli.main import main
from vpvkac.sources.catalogue import BY_NAME, SOURCES, in_project

if TYPE_CHECKING:
    from click.testing import Result

UNITS = "Territorial_units_LV_1.2m_(2021.07.01.)"
NATIONAL = {"units", "centres", "addresses", "libraries", "post_offices", "atd", "riga"}
# What lies beside the register's addresses, and leads them to their units.
PARENTS = {"aw_iela", "aw_ciems", "aw_pagasts", "aw_pilseta", "aw_novads"}


def vpvkac(*arguments: str, portal: Portal | None = None) -> Result:
    """Say a command as a planner would."""
    environment = {"VPVKAC_PORTAL": portal.address} if portal else {}
    return CliRunner().invoke(main, arguments, env=environment)


def paths_in(text: str) -> set[str]:
    """Give the raw/ paths of a TOML text, by its own grammar."""
    inputs = tomllib.loads(text)["inputs"]
    plain = {value for value in inputs.values() if isinstance(value, str)}
    tables = [inputs["libraries"], *inputs["stops"]]
    return plain | {table["path"] for table in tables}


def test_init_writes_exactly_the_paths_that_fetch_writes(tmp_path: Path) -> None:
    answer = vpvkac("init", str(tmp_path / "latvija"))
    assert answer.exit_code == 0, answer.output
    text = (tmp_path / "latvija" / "vpvkac.toml").read_text(encoding="utf-8")
    named = {source.name for source in in_project(paths_in(text))}
    assert named == NATIONAL | PARENTS == {source.name for source in SOURCES if source.national}
    assert paths_in(text) == {BY_NAME[name].file for name in NATIONAL}


def test_the_feeds_of_more_cities_wait_behind_a_comment_sign(tmp_path: Path) -> None:
    vpvkac("init", str(tmp_path))
    text = (tmp_path / "vpvkac.toml").read_text(encoding="utf-8")
    uncommented = re.sub(r"^  # \{", "  {", text, flags=re.MULTILINE)
    more = paths_in(uncommented) - paths_in(text)
    feeds = {source.file for source in SOURCES if source.key == "stops" and not source.national}
    assert more == feeds


def test_every_paragraph_of_comments_is_latvian_first_and_then_english(tmp_path: Path) -> None:
    vpvkac("init", str(tmp_path))
    text = (tmp_path / "vpvkac.toml").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^#(?: .*)?\n)+", text, flags=re.MULTILINE)
    prose = [block for block in blocks if " = {" not in block]
    assert len(prose) > 8
    for block in prose:
        lines = block.splitlines()
        assert re.search("[āčēģīķļņšūž]", lines[0]), block
        assert not re.search("[āčēģīķļņšūž]", lines[-1]), block


def test_a_project_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "vpvkac.toml"
    file.write_text("mine", encoding="utf-8")
    answer = vpvkac("init", str(tmp_path), "--lang", "en")
    assert answer.exit_code == 1
    assert "already exists" in answer.stderr
    assert file.read_text(encoding="utf-8") == "mine"


def test_other_files_in_the_folder_do_not_hinder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert vpvkac("init", str(tmp_path)).exit_code == 0


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = vpvkac("init", str(tmp_path / "file" / "folder"), "--lang", "en")
    assert answer.exit_code == 1
    assert "cannot be written" in answer.stderr
    assert "Traceback" not in answer.output


@pytest.fixture
def national() -> Iterator[Portal]:
    """Give a portal that publishes the embedded sample as the country's data."""
    with Portal() as portal:
        publish_sample(portal)
        yield portal


def publish_sample(portal: Portal) -> None:
    """Publish the sample under the datasets, names and vintages of the catalogue."""
    for part in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        portal.lay(f"/f/{UNITS.casefold()}{part}", (SAMPLE / f"{UNITS}{part}").read_bytes())
    portal.publish(
        "robezas",
        [resource(f"{portal.origin}{path}") for path in portal.answers if path.startswith("/f/")],
    )
    files = {
        "vpvkac-kontakti": "vpvkac-kontakti_2023_aktual_081123.csv",
        "varis-atvertie-dati": "aw_eka.csv",
        "bibliotku-statistika": "bibliotekas.csv",
        "atd-gtfs": "gtfs-latvia-lv.zip",
    }
    for dataset, name in files.items():
        address = portal.lay(f"/g/{name}", (SAMPLE / name).read_bytes())
        portal.publish(dataset, [resource(address, name)])
    # The invented places have no streets or villages in the register.
    header = b"KODS,STATUSS,VKUR_CD,ATRIB\n"
    for parent in PARENTS:
        address = portal.lay(f"/g/{parent}.csv", header)
        portal.datasets["varis-atvertie-dati"]["resources"].append(resource(address, parent))
    city = portal.lay("/g/marsrutusaraksti06_2025.zip", (SAMPLE / "gtfs-pilseta.zip").read_bytes())
    portal.publish(
        "marsrutu-saraksti-rigas-satiksme-sabiedriskajam-transportam",
        [
            resource(f"{portal.origin}/gone.zip", "MarsrutuSaraksti05_2025"),
            resource(city, "MarsrutuSaraksti06_2025"),
        ],
    )
    offices = (SAMPLE / "pasta_nodalas.json").read_bytes()
    portal.lay("/offices", Answer(offices, kind="application/json"))


@pytest.mark.slow
def test_init_fetch_check_run_is_the_whole_path(tmp_path: Path, national: Portal) -> None:
    folder = str(tmp_path / "latvija")
    offices = f"post_offices={national.origin}/offices"
    steps = [
        vpvkac("init", folder),
        vpvkac("fetch", "--project", folder, "--address", offices, portal=national),
        vpvkac("fetch", "--project", folder, "--locked"),
        vpvkac("check", folder, "--out", f"{folder}/out"),
        vpvkac("run", folder, "--out", f"{folder}/out"),
    ]
    for step in steps:
        assert step.exit_code == 0, step.output
    planted = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["files"]
    summary = (tmp_path / "latvija" / "out" / "summary.csv").read_text(encoding="utf-8")
    assert f"\ncentres,{planted['centres']['open']},count," in summary
