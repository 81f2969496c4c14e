"""A unit's code is seven digits with and without `LV`, wherever one is read."""

from __future__ import annotations

from pathlib import Path

import pytest

import vpvkac
from plain_country import UNITS, at, rows, units_frame
from vpvkac.model.project import Input
from vpvkac.questions.explain.question import UnitNotFoundError, find_unit
from vpvkac.sources.units import read_units

FORMS = ["{}", "LV{}", "lv{}", "LV {}", "Lv-{}", "LV\xa0{}"]
HEADER = ("Level,Code,Code_version,Name,Code_parent,Validity_period_begin,Validity_period_end,"
          "Predecessors,Successors")  # fmt: skip
PROJECT = """
[inputs]
units = {{ path = "u.gpkg", where = {{ L0_code = ["{left}", "{right}"] }} }}
libraries = {{ path = "l.csv", id = "id", name = "name", unit = "unit", municipality = "in",
              owner = "of" }}
institutions = {{ path = "i.csv", id = "id", name = "name", unit_name = "u", municipality = "in" }}
population = {{ path = "p.csv", unit = "unit", value = "n" }}
development_centres = {{ path = "d.csv", id = "id", level = "level", unit = "unit" }}
decisions = "decisions.csv"
atvk_history = "h.csv"
"""


@pytest.fixture(params=FORMS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> vpvkac.Project:
    """Give a project in whose tables every code is written in one of the forms."""

    def code(digits: str) -> str:
        return str(request.param.format(digits))

    units = units_frame(UNITS)
    for column in ("L1_code", "L0_code"):
        units[column] = [code(text[2:]) for text in units[column]]
    units.to_file(tmp_path / "u.gpkg")
    lat, lon = at(15, 5)
    tables = {
        "l": rows("id,name,unit,in,of", ("a", "A", code("9000100"), "", code("9001000")),
                  ("b", "B", code("9000555"), "", "")),
        "i": rows("id,name,u,in", ("i", "I", "Pilsēta", code("9001000"))),
        "p": rows("unit,n", *((code(unit[0][2:]), 10) for unit in UNITS), (code("9000000"), 20)),
        "d": rows("id,level,unit", ("d", "regional", code("9000200"))),
        "decisions": rows("place,unit,decision,responsible,due,note",
                          ("", code("9000110"), "planned", "", "", "")),
        # What was 9000555 is 9000210.
        "h": rows(HEADER, (4, code("9000555"), 1, "Vecā", code("9001000"), "2020-01-01",
                           "2022-01-01", "", code("9000210")),
                  (4, code("9000210"), 1, "Pilsēta", code("9001000"), "2022-01-01", "",
                   code("9000555"), "")),
        "points": rows("place,host,name,unit,lat,lon,owner",
                       ("libraries:n", "library", "N", code("9000210"), lat, lon, code("9001000"))),
    }  # fmt: skip
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    # Where the file has LV the project may leave it out, and the other way round.
    toml = PROJECT.format(left="9000000", right="LV9001000").replace(",\n  ", ",  ")
    (tmp_path / "vpvkac.toml").write_text(toml, encoding="utf-8")
    return vpvkac.load(tmp_path).with_points(tmp_path / "points.csv")


def test_every_input_is_read_in_every_form(project: vpvkac.Project) -> None:
    result = vpvkac.analyse(project, lang="en")
    assert [fault.sentence("en") for fault in result.inputs.faults] == []
    places = result.places.set_index("place")
    assert places["unit"].to_dict() == {
        "libraries:a": "LV9000100", "libraries:b": "LV9000210", "libraries:n": "LV9000210",
        "institutions:i": "LV9000210",
    }  # fmt: skip
    assert places.loc[["libraries:a", "libraries:n"], "owner"].tolist() == ["LV9001000"] * 2
    assert result.units["population"].tolist() == [10] * 4
    assert result.inputs.development is not None
    assert result.inputs.development["unit"].tolist() == ["LV9000200"]
    assert result.inputs.decisions is not None
    assert result.inputs.decisions["unit"].tolist() == ["LV9000110"]
    account = next(account for account in result.accounts if account.key == "population")
    assert account.dropped == {"sum": 1}


@pytest.mark.parametrize("form", FORMS)
def test_explain_takes_every_form_of_a_unit_and_of_a_municipality(
    tmp_path: Path, form: str
) -> None:
    units_frame(UNITS).to_file(tmp_path / "u.gpkg")
    units = read_units(Input(tmp_path / "u.gpkg", "u.gpkg")).table
    assert find_unit(units, form.format("9000210")).unit == "LV9000210"
    assert find_unit(units, f"Pilsēta, {form.format('9001000')}").unit == "LV9000210"
    with pytest.raises(UnitNotFoundError) as raised:
        find_unit(units, form.format("9000000"))
    assert raised.value.units == ("LV9000110", "LV9000100")


def test_zeros_lost_in_a_spreadsheet_are_named(tmp_path: Path) -> None:
    units_frame(UNITS).to_file(tmp_path / "u.gpkg")
    (tmp_path / "l.csv").write_text(rows("id,unit", ("a", "20200"), ("b", "x")), encoding="utf-8")
    (tmp_path / "vpvkac.toml").write_text(
        '[inputs]\nunits = "u.gpkg"\nlibraries = { path = "l.csv", id = "id", unit = "unit" }\n',
        encoding="utf-8",
    )
    with pytest.raises(vpvkac.InputError) as raised:
        vpvkac.analyse(vpvkac.load(tmp_path))
    errors = [fault for fault in raised.value.faults if fault.level == "error"]
    remedies = {fault.value: fault.remedy.text("en") for fault in errors}
    assert remedies == {
        "20200": "write LV0020200 if its first zeros were lost in a spreadsheet",
        "x": "must be LV and seven digits",
    }
