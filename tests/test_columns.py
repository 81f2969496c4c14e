"""The registry of columns: what is declared once is found in every output."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pandera.errors
import pytest

from vpvkac.analysis.rounding import exact, shown
from vpvkac.inputs.tables import contract
from vpvkac.model import columns
from vpvkac.model.columns import COLUMNS, LENGTH, Column, with_end
from vpvkac.model.tables import OUTPUTS, TABLES
from vpvkac.questions.coverage.files import layers
from vpvkac.questions.coverage.gaps import gaps_page
from vpvkac.questions.coverage.workbook import cover, rows_of
from vpvkac.render.csvfile import describe, write_table
from vpvkac.render.xlsx import write_workbook
from vpvkac.sources.base import Checks
from vpvkac.sources.outputs import plain, read_back
from vpvkac.texts.message import Bilingual

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

HEIGHT = Column(
    "height_m",
    LENGTH,
    Bilingual("Augstums {threshold}", "Height {threshold}"),
    limits=(0.0, 400.0),
    nullable=False,
)
STYLE = Column(
    "style",
    columns.CODE,
    Bilingual("Stils", "Style"),
    {"art_nouveau": Bilingual("Jūgendstils", "Art Nouveau")},
)
HEADING = "Height 700\N{NO-BREAK SPACE}m"


@pytest.fixture
def result(sample_result: Result, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Declare two columns of the network, and compute them."""
    table = TABLES["network"]
    monkeypatch.setitem(TABLES, "network", replace(table, columns=(*table.columns, HEIGHT, STYLE)))
    for column in (HEIGHT, STYLE):
        monkeypatch.setitem(COLUMNS, column.name, column)
    network = sample_result.network.assign(height_m=12.345, style="art_nouveau")
    return replace(sample_result, network=network, lang="en")


def test_a_column_that_is_added_is_in_csv_data_package_and_what_is_read_back(
    result: Result, tmp_path: Path
) -> None:
    write_table(tmp_path, "network", shown(result)["network"])
    with (tmp_path / "network.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert {(row["height_m"], row["style"]) for row in rows} == {("12.3", "art_nouveau")}

    package = json.loads(
        describe(tmp_path, ["network"], {}, result.sources, lang="en", threshold_m=700.0)
    )
    assert package["resources"][0]["schema"]["fields"][-2:] == [
        {"name": "height_m", "title": HEADING, "type": "number"},
        {"name": "style", "title": "Style", "type": "string"},
    ]

    texts = columns_of(rows)
    checks = Checks("network.csv", range(2, len(rows) + 2))
    back = read_back("network", texts, checks)
    assert checks.faults == []
    assert set(back["height_m"]) == {12.3}
    texts.loc[3, "height_m"] = "high"
    read_back("network", texts, checks)
    assert checks.faults[0].field == "height_m"


def columns_of(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Give the rows of a CSV file as a reader does: all text."""
    return pd.DataFrame(rows, dtype=str)


def test_a_column_that_is_added_is_in_the_workbook_rounded_and_in_words(
    result: Result, tmp_path: Path
) -> None:
    sheet = rows_of("network", exact(result)["network"], result).sheet
    write_workbook(tmp_path / "n.xlsx", cover(result), [sheet], lang="en", shown="n.xlsx")
    first, second, *_ = openpyxl.load_workbook(tmp_path / "n.xlsx").worksheets[1].iter_rows()
    assert [cell.value for cell in first][-2:] == [HEADING, "Style"]
    assert [cell.value for cell in second][-2:] == [12, "Art Nouveau"]
    assert second[-2].number_format == '0"\N{NO-BREAK SPACE}m"'


def test_a_column_that_is_added_has_an_alias_and_its_codes_in_the_geopackage(
    result: Result,
) -> None:
    (layer,) = layers({"network": shown(result)["network"]}, "en", 700.0)
    style = ET.fromstring(layer.style)  # noqa: S314 - written by the program itself
    aliases = {alias.get("field"): alias.get("name") for alias in style.iter("alias")}
    assert (aliases["height_m"], aliases["style"]) == (HEADING, "Style")
    (field,) = style.findall("fieldConfiguration/field[@name='style']")
    labels = {option.get("name"): option.get("value") for option in field.iter("Option")}
    assert labels["Art Nouveau"] == "art_nouveau"


def test_a_column_that_is_added_is_held_to_its_contract(sample_result: Result) -> None:
    table = TABLES["units"]
    declared = replace(
        table, columns=(*table.columns, HEIGHT, STYLE), given=(*table.given, "height_m", "style")
    )
    units = sample_result.inputs.territory.units
    contract(table).validate(units)
    with pytest.raises(pandera.errors.SchemaError, match="height_m"):
        contract(declared).validate(units)
    contract(declared).validate(units.assign(height_m=12.3, style="art_nouveau"))
    for wrong in ({"height_m": 401.0}, {"style": "baroque"}, {"height_m": "high"}):
        added = {"height_m": 12.3, "style": "art_nouveau"} | wrong
        with pytest.raises(pandera.errors.SchemaError):
            contract(declared).validate(units.assign(**added))


def test_a_heading_of_the_registry_stands_on_the_page(
    sample_result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert columns.heading("en", "unit_name", 700.0) == "Territorial unit"
    changed = replace(COLUMNS["unit_name"], heading=Bilingual("Ķeizariste", "Empire"))
    monkeypatch.setitem(COLUMNS, "unit_name", changed)
    assert "Ķeizariste</th>" in gaps_page(sample_result, exact(sample_result)).replace("\n", "")


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_declared_whole(name: str) -> None:
    table = TABLES[name]
    assert len(set(table.names)) == len(table.names)
    assert {*table.key, *table.given, *table.filled, *table.needed} <= set(table.names)
    for column in table.columns:
        assert column.name in COLUMNS
        assert column.heading.text("lv")
        assert (column.type.decimals is not None) <= (column.type.stored == "number")


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_computed_is_of_the_type_declared(name: str, sample_result: Result) -> None:
    table = getattr(sample_result, name)
    back = plain(name, table)
    assert tuple(back) == TABLES[name].names
    for column in TABLES[name].columns:
        values = table[column.name]
        if column.type.stored == "integer":
            assert pd.api.types.is_integer_dtype(values), column.name
        elif column.type.stored == "boolean":
            assert pd.api.types.is_bool_dtype(values), column.name
        if column.codes and column.type == columns.CODE and name != "summary":
            assert set(values.dropna()) - {""} <= set(column.codes), column.name


def test_a_derived_column_says_what_it_is_derived_from() -> None:
    assert COLUMNS["status_a"].codes is COLUMNS["status"].codes
    assert COLUMNS["place_m_median"].heading.text("en") == (
        "Distance to the contact point, m (median)"
    )
    assert with_end("place", "_x", Bilingual("(X)", "(X)")).name == "place_x"


def test_no_column_is_declared_twice() -> None:
    names = [column.name for column in columns._DECLARED]  # noqa: SLF001 - the dict hides repeats
    assert sorted(names) == sorted(set(names))
