"""Decisions: read as offices write them, shown with their gaps, done once the gap is gone."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import vpvkac
from page_tables import tables_of
from plain_country import at, beside, rows
from vpvkac.analysis.decisions import DONE, OPEN, by_due, follow_up
from vpvkac.analysis.map_classes import points_to_show
from vpvkac.analysis.rounding import exact
from vpvkac.cli.main import main
from vpvkac.model.project import Input
from vpvkac.questions.coverage.gaps import gaps_page
from vpvkac.questions.coverage.municipality import Parts, letter
from vpvkac.sources.plain import read_decisions
from vpvkac.views.maps import point_cards

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result


HEADER = "unit,decision,place,responsible,due,note"
TOML = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""
HOSTILE = ["<script>window.ran=1</script>", '=HYPERLINK("x")', "{{ 7*7 }}", "“a” & 'b' \"c\""]
STOP = at(5, 5)
FILES = {
    # One library within reach, one a kilometre off; two units with nothing.
    "libraries_csv": rows(
        "id,name,lat,lon", ("near", "Tuvā", *beside(*STOP, 300)), ("far", "Tālā", *at(15, 15))
    ),
    "stops_csv": rows("id,name,lat,lon", ("s", "S", *STOP), ("t", "T", *beside(*at(15, 15), 1000))),
}
NEAR, FAR, BARE = "LV9000110", "LV9000200", "LV9000100"


@pytest.fixture
def analysed(write_project: Callable[..., Path]) -> Callable[..., Result]:
    def run(*lines: str, toml: str = TOML, **files: str) -> Result:
        text = "\n".join([HEADER, *lines]) + "\n"
        return vpvkac.analyse(
            vpvkac.load(write_project(toml=toml, decisions_csv=text, **FILES, **files))
        )

    return run


def read(folder: Path, content: bytes) -> Any:
    file = folder / "decisions.csv"
    file.write_bytes(content)
    return read_decisions(Input(file, "decisions.csv"))


# --- How it is read ------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1257"])
def test_a_latvian_excel_and_a_machine_are_read_alike(
    tmp_path: Path, delimiter: str, ending: str, encoding: str
) -> None:
    row = [NEAR, "Jāpārceļ uz Ķeguma bibliotēku", "libraries:1", "Ģirts Čakle", "30.06.2027.", "ū"]
    text = ending.join(delimiter.join(cells) for cells in ([*HEADER.split(",")], row)) + ending
    reading = read(tmp_path, text.encode(encoding))
    assert reading.table.drop(columns="row").to_numpy().tolist() == [[*row[:4], "2027-06-30", "ū"]]
    assert [fault.level for fault in reading.faults] == ["warning"] * (encoding == "cp1257")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2027-06-30", "2027-06-30"),
        ("30.06.2027", "2027-06-30"),
        ("30.06.2027.", "2027-06-30"),
        ("1.7.2027", "2027-07-01"),
        ("1. 7. 2027.", "2027-07-01"),
        ("", ""),
    ],
)
def test_a_day_is_read_in_both_ways(tmp_path: Path, written: str, day: str) -> None:
    reading = read(tmp_path, f"{HEADER}\n{NEAR},x,,,{written},\n".encode())
    assert (reading.table["due"].tolist(), list(reading.faults)) == ([day], [])


@pytest.mark.parametrize(
    "written", ["30.02.2027", "2027-13-01", "06/30/2027", "drīz", "2027", "27-6-3"]
)
def test_what_is_no_day_is_an_error_with_its_row(tmp_path: Path, written: str) -> None:
    reading = read(tmp_path, f"{HEADER}\n{NEAR},x,,,,\n{NEAR},x,,,{written},\n".encode())
    (fault,) = reading.faults
    assert (fault.level, fault.row, fault.field, fault.value) == ("error", 3, "due", written)


def test_all_faults_are_told_at_once_and_rows_are_accounted_for(tmp_path: Path) -> None:
    text = f"{HEADER}\n,x,,,,\nRīga,x,,,,\n{NEAR},,,,,\n,,,,,\n{NEAR},y,,,,\n"
    reading = read(tmp_path, text.encode())
    errors = {(fault.row, fault.field) for fault in reading.faults if fault.level == "error"}
    assert errors == {(2, "unit"), (3, "unit"), (4, "decision")}
    assert reading.rows_read == len(reading.table) + sum(reading.dropped.values()) == 5
    with pytest.raises(vpvkac.InputError, match="responsible"):
        read(tmp_path, b"unit,decision,place,due,note\n")
    assert len(read(tmp_path, HEADER.encode()).table) == 0


def test_a_unit_that_the_layout_does_not_know_is_an_error_and_a_place_a_warning(
    analysed: Callable[..., Result],
) -> None:
    with pytest.raises(vpvkac.InputError, match=r'row 3, unit: "LV9999999".*--layout'):
        analysed(f"{NEAR},x,,,,", "LV9999999,x,,,,")
    result = analysed(f"{NEAR},x,libraries:nav,,,")
    (fault,) = [fault for fault in result.inputs.faults if fault.file == "decisions.csv"]
    assert (fault.level, fault.row, fault.value) == ("warning", 2, "libraries:nav")
    assert result.follow_up["place"].tolist() == ["libraries:nav"]


def test_codes_of_earlier_units_are_led_and_a_split_one_is_asked_about(
    analysed: Callable[..., Result],
) -> None:
    header = ("Level,Code,Code_version,Name,Code_parent,Validity_period_begin,"
              "Validity_period_end,Predecessors,Successors")  # fmt: skip
    history = rows(
        header,
        (4, "LV9000777", 1, "Agrākais pagasts", "LV9000000", "2010-01-01", "2025-06-30", "", NEAR),
        (4, NEAR, 1, "Dienvidu pagasts", "LV9000000", "2025-07-01", "", "LV9000777", ""),
        (4, "LV9000888", 1, "Dalītais pagasts", "LV9001000", "2010-01-01", "2025-06-30", "",
         '"LV9000200,LV9000210"'),
        (4, "LV9000200", 1, "Austrumu pagasts", "LV9001000", "2025-07-01", "", "LV9000888", ""),
        (4, "LV9000210", 1, "Pilsēta", "LV9001000", "2025-07-01", "", "LV9000888", ""),
    )  # fmt: skip
    toml = TOML + 'atvk_history = "atvk.csv"\n'
    result = analysed("LV9000777,x,,,,", toml=toml, atvk_csv=history)
    assert result.follow_up["unit"].tolist() == [NEAR]
    with pytest.raises(vpvkac.InputError, match=r"split into LV9000200 .*, LV9000210") as raised:
        analysed("LV9000888,x,,,,", toml=toml, atvk_csv=history)
    assert len([fault for fault in raised.value.faults if fault.level == "error"]) == 1


# --- Beside the project --------------------------------------------------------------------------


def test_the_file_beside_the_project_is_used_and_said_to_be(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    other = f"{HEADER}\n{NEAR},cits,,,,\n{FAR},cits,,,,\n"
    file = write_project(
        toml=TOML, decisions_csv=f"{HEADER}\n{NEAR},x,,,,\n", other_csv=other, **FILES
    )
    assert [found.shown for found in vpvkac.load(file).beside] == ["decisions.csv"]
    answer = CliRunner().invoke(main, ["check", str(file), "--out", str(tmp_path / "o")])
    assert answer.exit_code == 0
    assert "Blakus projekta datnei atrasta un izmantota: decisions.csv" in answer.stderr
    file.write_text(TOML + 'decisions = "other.csv"\n', encoding="utf-8")
    project = vpvkac.load(file)
    assert project.beside == ()
    result = vpvkac.analyse(project)
    assert result.follow_up["decision"].tolist() == ["cits", "cits"]
    account = next(account for account in result.accounts if account.key == "decisions")
    assert (account.shown, account.rows_read, account.rows_used) == ("other.csv", 2, 2)


def test_without_decisions_the_columns_are_there_and_the_pages_say_nothing(
    write_project: Callable[..., Path],
) -> None:
    result = vpvkac.analyse(vpvkac.load(write_project(toml=TOML, **FILES)))
    assert len(result.follow_up) == 0
    assert set(result.gaps_access["decision"]) | set(result.gaps_coverage["due"]) == {""}
    page = gaps_page(result, exact(result))
    assert "decisions.csv" not in page
    assert not [key for key in tables_of(page) if key.startswith("decisions")]


# --- What becomes of them ------------------------------------------------------------------------


def test_in_the_sample_open_and_done_are_as_planted(
    sample_result: Result, truth: dict[str, Any]
) -> None:
    followed = sample_result.follow_up
    found = [
        {"row": row, "unit": unit, "state": state, "lists": lists.split("+") if lists else []}
        for row, unit, state, lists in followed[["row", "unit", "state", "lists"]].to_numpy()
    ]
    assert found == truth["follow_up"]
    assert {OPEN, DONE} == set(followed["state"])


def test_a_decision_is_done_once_its_unit_is_in_no_list(analysed: Callable[..., Result]) -> None:
    result = analysed(f"{NEAR},move_within_unit,,,,", f"{FAR},x,,,,", f"{BARE},y,,,,")
    assert result.follow_up["state"].tolist() == [DONE, OPEN, OPEN]
    assert result.follow_up["lists"].tolist() == ["", "access", "coverage"]
    assert result.gaps_access.set_index("unit")["decision"].to_dict() == {FAR: "x"}
    assert result.gaps_coverage.set_index("unit")["decision"][BARE] == "y"
    reached = vpvkac.analyse(result.project.with_rules(threshold_m=2000))
    assert reached.follow_up["state"].tolist() == [DONE, DONE, OPEN]


def test_several_decisions_stand_by_due_day_and_keep_their_places(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(
        f"{FAR},trešais,,Z,,",
        f"{FAR},otrais,libraries:far,,2027-02-01,",
        f"{FAR},pirmais,,,1.2.2026,n",
    )
    gap = result.gaps_access.iloc[0]
    assert gap["decision"] == "pirmais; otrais; trešais"
    assert gap["decision_place"] == "–; libraries:far; –"
    assert gap["responsible"] == "–; –; Z"
    assert gap["due"] == "2026-02-01; 2027-02-01; –"
    assert gap["note"] == "n; –; –"
    assert by_due(result.follow_up)["decision"].tolist() == ["pirmais", "otrais", "trešais"]


def test_overdue_is_told_by_the_inputs_or_the_time_given_and_never_by_a_clock() -> None:
    units = pd.DataFrame({"unit": [NEAR, FAR], "unit_name": "", "municipality": "",
                          "municipality_name": ""})  # fmt: skip
    places = pd.DataFrame({"place": [], "name": []}, dtype=str)
    given = pd.DataFrame(
        {"unit": [FAR, FAR, FAR, NEAR], "decision": "x", "place": "", "responsible": "",
         "due": ["2023-11-07", "2023-11-08", "", "2020-01-01"], "note": "", "row": [2, 3, 4, 5]}
    )  # fmt: skip
    lists = {"access": pd.Series([FAR])}

    def overdue(day: str | None) -> list[bool | None]:
        found = follow_up(given, units, places, lists, day)["overdue"]
        return [None if pd.isna(value) else bool(value) for value in found]

    assert overdue("2023-11-08") == [True, False, None, False]
    assert overdue(None) == [None] * 4


def test_the_reference_day_is_that_of_the_newest_input(
    sample_result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vpvkac.analysis.decisions import reference_day

    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert reference_day(sample_result.accounts) == "2023-11-08"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1893456000")
    assert reference_day(sample_result.accounts) == "2030-01-01"
    assert reference_day([]) == "2030-01-01"


# --- Where they stand ----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_pages_show_decisions_in_words(sample_result: Result, lang: Any) -> None:
    result = replace(sample_result, lang=lang)
    tables = exact(result)
    page = tables_of(gaps_page(result, tables))
    states = result.follow_up["state"].value_counts()
    assert {name: len(page[f"decisions-{name}"].rows) for name in (OPEN, DONE)} == dict(states)
    told = " ".join(" ".join(row) for row in page["decisions-open"].rows)
    assert {"lv": "Precizēt atrašanās vietu", "en": "Verify the position"}[lang] in told
    assert {"lv": "30.06.2023. (termiņš pagājis)", "en": "30 June 2023 (overdue)"}[lang] in told
    assert "verify_location" not in told
    row = result.follow_up.iloc[0]
    code = row["municipality"]
    own = tables["municipalities"].set_index("municipality", drop=False).loc[code]
    text = letter(Parts.of(result, tables), own).of_run()
    assert row["unit_name"] in text
    assert "Lūgt pārvadātājam jaunu pieturu" in text
    cards = point_cards(result, points_to_show(result), lang)
    decided = [card for card in cards if card.get("decisions")]
    assert {card["unit"] for card in decided} <= set(result.follow_up["unit"])
    assert decided


def test_hostile_decisions_stay_text_in_every_output(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    cells = ['"' + text.replace('"', '""') + '"' for text in HOSTILE]
    lines = [f"{FAR},{text},,{text},,{text}" for text in cells]
    result = analysed(*lines, f"{NEAR},{cells[0]},,,,")
    result.write(tmp_path / "out")
    for page in (tmp_path / "out").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>window.ran" not in text

    with (tmp_path / "out" / "follow_up.csv").open(encoding="utf-8", newline="") as opened:
        found = [row["decision"] for row in csv.DictReader(opened)]
    assert found == [HOSTILE[0], f"'{HOSTILE[1]}", *HOSTILE[2:], HOSTILE[0]]
    book = openpyxl.load_workbook(tmp_path / "out" / "gaps.xlsx")
    written = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in written if cell.data_type == "f"]
    links = [cell.hyperlink for cell in written if cell.hyperlink]
    assert all(link.location or re.fullmatch(r"municipalities.LV\d{7}.index.html", link.target)
               for link in links)  # fmt: skip
    assert set(HOSTILE) <= {str(cell.value) for cell in written}
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert {"follow_up", "gap_clusters", "progress"} <= {
        resource["name"] for resource in described["resources"]
    }
