"""A place's unit by the address register: exact, by code, whatever the generalised borders say."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import vpvkac
from plain_country import at, rows
from vpvkac.model.faults import Fault
from vpvkac.model.project import Input
from vpvkac.sources.units import read_units

if TYPE_CHECKING:
    import pandas as pd

UNITS_2022 = "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
UP = ("iela", "ciems", "pagasts", "pilseta", "novads")
EKA = (
    "KODS,TIPS_CD,STATUSS,APSTIPR,APST_PAK,VKUR_CD,VKUR_TIPS,NOSAUKUMS,SORT_NOS,ATRIB,PNOD_CD,"
    "DAT_SAK,DAT_MOD,DAT_BEIG,FOR_BUILD,PLAN_ADR,STD,KOORD_X,KOORD_Y,DD_N,DD_E"
)
PARENT = (
    "KODS,TIPS_CD,NOSAUKUMS,VKUR_CD,VKUR_TIPS,APSTIPR,APST_PAK,STATUSS,SORT_NOS,DAT_SAK,DAT_MOD,"
    "DAT_BEIG,ATRIB,STD"
)
NORTH, SOUTH = "LV9000100", "LV9000110"
BORDER = at(5, 10.4)  # in the northern unit, 400 m from the southern
TOML = """
[inputs]
units = "units.gpkg"
addresses = "aw_eka.csv"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon",
              address = "address", unit = "unit" }
""".replace(",\n             ", ",")
HEADER = "id,name,lat,lon,address,unit"


def building(key: str, parent: str, address: str, lat: float, lon: float) -> tuple[object, ...]:
    return (key, "108", "EKS", "Y", "", parent, "", "", "", "", "", "", "", "", "N", "N", address,
            "", "", lat, lon)  # fmt: skip


def above(key: str, parent: str, code: str) -> tuple[object, ...]:
    return (key, "105", "", parent, "", "Y", "", "EKS", "", "", "", "", code, "")


def quoted(header: str, *lines: tuple[object, ...]) -> str:
    return "\n".join(
        [header, *(",".join(f'"{str(cell).replace(chr(34), chr(34) * 2)}"' for cell in line)
                   for line in lines)]
    ) + "\n"  # fmt: skip


@pytest.fixture
def inputs(write_project: Callable[..., Path]) -> Callable[..., vpvkac.Result]:
    """Run a list of libraries against a register of two parishes and one that is unknown."""

    def run(*libraries: tuple[object, ...], parents: bool = True) -> vpvkac.Result:
        file = write_project(
            toml=TOML,
            libraries_csv=quoted(HEADER, *libraries),
        )
        buildings = [
            building("1", "11", '"Meži", Dienvidu pag., Kreisais nov., LV-1000', *BORDER),
            building("2", "10", '"Kalni", Ziemeļu pag., Kreisais nov., LV-1000', *at(5, 15)),
            building("3", "12", '"Jaunie", Jaunais pag., Kreisais nov., LV-1000', *at(5, 16)),
            building("4", "12", '"Tāļi", Jaunais pag., Kreisais nov., LV-1000', *at(5, 17)),
            building("5", "11", '"Divi", Dienvidu pag., Kreisais nov., LV-1000', *BORDER),
            building("6", "11", '"Divi", Dienvidu pag., Kreisais nov., LV-1000', *at(5, 9)),
            building("7", "10", '"Abi", Kreisais nov., LV-1000', *at(5, 15)),
            building("8", "11", '"Abi", Kreisais nov., LV-1000', *at(5, 9)),
        ]
        (file.parent / "aw_eka.csv").write_text(quoted(EKA, *buildings), encoding="utf-8")
        (file.parent / "aw_pagasts.csv").unlink(missing_ok=True)
        if parents:
            pagasts = quoted(PARENT, above("10", "1", "9000100"), above("11", "1", "9000110"),
                             above("12", "1", "9000199"))  # fmt: skip
            (file.parent / "aw_pagasts.csv").write_text(pagasts, encoding="utf-8")
        return vpvkac.analyse(vpvkac.load(file), lang="en")

    return run


def place(result: vpvkac.Result, key: str) -> pd.Series:
    return result.places.set_index("place").loc[f"libraries:{key}"]


def test_two_buildings_of_one_address_tell_the_unit_that_both_are_in(
    inputs: Callable[..., vpvkac.Result],
) -> None:
    libraries = [
        (1, "A", *BORDER, '"Divi", Dienvidu pag., Kreisais nov., LV-1000', ""),
        (2, "B", *BORDER, '"Abi", Kreisais nov., LV-1000', ""),
    ]
    result = inputs(*libraries)
    assert tuple(place(result, "1")[["unit", "located_unit"]]) == (SOUTH, "register")
    # One in each unit: the border decides, and it is said how near it is.
    assert tuple(place(result, "2")[["unit", "located_unit"]]) == (NORTH, "polygon")


def warnings_of(result: vpvkac.Result, file: str) -> list[Fault]:
    return [fault for fault in result.inputs.faults if fault.file == file]


def test_the_real_addresses_are_in_their_unit_by_code(shared_data: Path, tmp_path: Path) -> None:
    """SOURCES.md, new: every row in force leads by `VKUR_CD` to a unit, whose code is `ATRIB`."""
    folder = shared_data.resolve() / "register"
    parents = {}
    for kind in UP:
        for file in folder.glob(f"aw_{kind}*.csv"):
            with file.open(encoding="utf-8-sig", newline="") as opened:
                parents |= {row["KODS"]: (kind, row) for row in csv.DictReader(opened)}
    with next(folder.glob("aw_eka*.csv")).open(encoding="utf-8-sig", newline="") as opened:
        buildings = [row for row in csv.DictReader(opened) if row["DD_N"]]
    wanted = {}
    for row in buildings:
        kind, unit = parents[row["VKUR_CD"]]
        while kind in ("iela", "ciems"):
            kind, unit = parents[unit["VKUR_CD"]]
        wanted[row["KODS"]] = f"LV{unit['ATRIB']}"
    libraries = quoted("id,address", *((row["KODS"], row["STD"]) for row in buildings))
    (tmp_path / "libraries.csv").write_text(libraries, encoding="utf-8")
    (tmp_path / "vpvkac.toml").write_text(
        f"""
[inputs]
units = "{shared_data.resolve() / UNITS_2022}"
addresses = "{next(folder.glob("aw_eka*.csv"))}"
libraries = {{ path = "libraries.csv", id = "id", address = "address" }}
""",
        encoding="utf-8",
    )
    result = vpvkac.analyse(vpvkac.load(tmp_path))
    places = result.places.set_index(result.places["place"].str.removeprefix("libraries:"))
    # data/README.md: the 10 that have coordinates lie in the unit their parents name.
    assert len(places) == len(wanted) == 10
    assert places["unit"].to_dict() == wanted
    assert set(places["located_unit"]) == {"register"}
    assert not places["near_border"].any()
    units = read_units(Input(shared_data / UNITS_2022, "units")).table.set_index("unit")
    for code, point in zip(places["unit"], places.geometry, strict=True):
        assert units.geometry[code].contains(point)


def test_the_register_tells_a_unit_where_the_border_does_not(
    inputs: Callable[..., vpvkac.Result],
) -> None:
    libraries = [
        ("address", "A", "", "", '"Meži", Dienvidu pag., Kreisais nov., LV-1000', ""),
        ("both", "B", *BORDER, '"Meži", Dienvidu pag., Kreisais nov., LV-1000', ""),
        ("position", "C", *BORDER, "", ""),
    ]
    exact = inputs(*libraries).places.set_index("place")
    assert exact["unit"].tolist() == [SOUTH, SOUTH, NORTH]
    assert exact["located_unit"].tolist() == ["register", "register", "polygon"]
    assert exact["near_border"].tolist() == [False, False, True]
    drawn = inputs(*libraries, parents=False).places.set_index("place")
    assert drawn["located_unit"].tolist() == ["name", "name", "polygon"]


def test_a_stated_code_wins_and_is_compared_with_the_register(
    inputs: Callable[..., vpvkac.Result],
) -> None:
    address = '"Meži", Dienvidu pag., Kreisais nov., LV-1000'
    result = inputs(("same", "A", *BORDER, address, SOUTH), ("other", "B", *BORDER, address, NORTH))
    assert place(result, "other")["unit"] == NORTH
    assert set(result.places["located_unit"]) == {"code"}
    (fault,) = warnings_of(result, "libraries.csv")
    assert (fault.row, fault.field, fault.value) == (3, "unit", NORTH)
    assert fault.problem.text("en") == (
        "is the unit stated, yet by the register the address is in LV9000110 Dienvidu pagasts"
    )


def test_the_register_wins_over_a_stated_name_and_says_so(
    write_project: Callable[..., Path],
) -> None:
    named = 'unit = "unit", unit_name = "named", municipality = "of" }'
    file = write_project(
        toml=TOML.replace('unit = "unit" }', named),
        libraries_csv=quoted(
            f"{HEADER},named,of",
            ("a", "A", *BORDER, '"Meži", Dienvidu pag., Kreisais nov., LV-1000', "",
             "Ziemeļu pagasts", "Kreisais novads"),
        ),
    )  # fmt: skip
    meadow = building("1", "11", '"Meži", Dienvidu pag., Kreisais nov., LV-1000', *BORDER)
    (file.parent / "aw_eka.csv").write_text(quoted(EKA, meadow), encoding="utf-8")
    pagasts = quoted(PARENT, above("11", "1", "9000110"))
    (file.parent / "aw_pagasts.csv").write_text(pagasts, encoding="utf-8")
    result = vpvkac.analyse(vpvkac.load(file), lang="en")
    assert place(result, "a")[["unit", "located_unit"]].tolist() == [SOUTH, "register"]
    (fault,) = warnings_of(result, "libraries.csv")
    assert (fault.field, fault.value) == ("named", "Ziemeļu pagasts")


def test_two_kilometres_are_measured_from_the_address_in_the_register(
    inputs: Callable[..., vpvkac.Result],
) -> None:
    near, far = at(5, 12.3), at(5, 12.5)  # 1.9 and 2.1 km from the building, in the northern unit
    address = '"Meži", Dienvidu pag., Kreisais nov., LV-1000'
    result = inputs(("near", "A", *near, address, SOUTH), ("far", "B", *far, address, SOUTH))
    (fault,) = warnings_of(result, "libraries.csv")
    assert (fault.row, fault.value) == (3, address)
    problem = " ".join(fault.problem.text("en").split())
    assert problem == "is over 2 km from the coordinates, by the register"


def test_addresses_of_a_unit_that_the_layout_does_not_know_are_counted_and_told(
    inputs: Callable[..., vpvkac.Result],
) -> None:
    result = inputs(("a", "A", "", "", '"Jaunie", Jaunais pag., Kreisais nov., LV-1000', ""))
    assert place(result, "a")["unit"] == NORTH
    assert place(result, "a")["located_unit"] == "polygon"
    (fault,) = warnings_of(result, "aw_eka.csv")
    assert (fault.level, fault.value, fault.alike) == ("warning", "LV9000199", 2)
    assert "šajā iedalījumā tādas nav" in fault.problem.text("lv")
    assert "atvk_history" in fault.remedy.text("lv")


def test_a_correction_of_the_position_does_not_go_by_the_list_s_address(
    write_project: Callable[..., Path],
) -> None:
    file = write_project(
        toml=TOML + 'corrections = "corrections.csv"\n',
        libraries_csv=rows(HEADER, ("a", "A", *BORDER, "Meži", "")),
        corrections_csv=rows("place,address,lat,lon", ("libraries:a", "", *at(5, 5))),
    )
    meadow = building("1", "10", "Meži", *BORDER)
    (file.parent / "aw_eka.csv").write_text(quoted(EKA, meadow), encoding="utf-8")
    pagasts = quoted(PARENT, above("10", "1", "9000100"))
    (file.parent / "aw_pagasts.csv").write_text(pagasts, encoding="utf-8")
    result = vpvkac.analyse(vpvkac.load(file))
    assert place(result, "a")[["unit", "located_unit"]].tolist() == [SOUTH, "polygon"]


def test_the_explanation_says_that_the_register_decides(
    inputs: Callable[..., vpvkac.Result],
) -> None:
    result = inputs(("b", "B", *BORDER, '"Meži", Dienvidu pag., Kreisais nov., LV-1000', ""))
    text = " ".join(str(vpvkac.explain(result, SOUTH)).split())
    assert "By the address register the point is in this unit." in text
    assert "The generalised borders show it in another (Ziemeļu pagasts, LV9000100)." in text


def test_a_town_of_2026_leads_to_the_parish_that_held_it(shared_data: Path, tmp_path: Path) -> None:
    """SOURCES.md, new: on 2026-08-22 Carnikava became a town, `LV0023210`."""
    with (shared_data / "register" / "aw_pilseta.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        town = next(row for row in csv.DictReader(file) if row["ATRIB"] == "0023210")
    address = "Jūras iela 1, Carnikava, Ādažu nov., LV-2163"
    register = quoted(EKA, building("1", town["KODS"], address, 57.13, 24.28))
    (tmp_path / "aw_eka.csv").write_text(register, encoding="utf-8")
    pilseta = quoted(PARENT, above(town["KODS"], town["VKUR_CD"], town["ATRIB"]))
    (tmp_path / "aw_pilseta.csv").write_text(pilseta, encoding="utf-8")
    (tmp_path / "libraries.csv").write_text(quoted("id,address", ("a", address)), encoding="utf-8")
    (tmp_path / "vpvkac.toml").write_text(
        f"""
[inputs]
units = "{shared_data.resolve() / UNITS_2022}"
addresses = "aw_eka.csv"
libraries = {{ path = "libraries.csv", id = "id", address = "address" }}
""",
        encoding="utf-8",
    )
    result = vpvkac.analyse(vpvkac.load(tmp_path))
    assert result.places[["unit", "located_unit"]].to_numpy().tolist() == [
        ["LV0023410", "register"]
    ]


def test_the_register_of_today_tells_units_of_2018_by_the_units_between(
    shared_data: Path, tmp_path: Path
) -> None:
    """Codes of 2026 are none of 2018; the file of 2022 leads them back by the area they share."""
    data = shared_data.resolve()
    buildings = next((data / "register").glob("aw_eka*.csv"))
    units_2018 = "units/2018-01-01/Territorial_units_LV_1.2m_(2018.01.01.).shp"
    with buildings.open(encoding="utf-8-sig", newline="") as opened:
        rows_ = [(row["KODS"], row["STD"]) for row in csv.DictReader(opened) if row["DD_N"]]
    (tmp_path / "libraries.csv").write_text(quoted("id,address", *rows_), encoding="utf-8")
    toml = f"""
[inputs]
units = "{data / units_2018}"
addresses = "{buildings}"
libraries = {{ path = "libraries.csv", id = "id", address = "address" }}
"""
    (tmp_path / "vpvkac.toml").write_text(toml, encoding="utf-8")
    alone = vpvkac.analyse(vpvkac.load(tmp_path))
    assert "register" not in set(alone.places["located_unit"])
    (fault,) = [fault for fault in alone.inputs.faults if fault.file == str(buildings)]
    assert fault.alike == 10
    history = f'atvk_history = "{data / UNITS_2022}"\n'
    (tmp_path / "vpvkac.toml").write_text(toml + history, encoding="utf-8")
    led = vpvkac.analyse(vpvkac.load(tmp_path)).places
    assert set(led["located_unit"]) == {"register"}
    assert len(led) == 10
    units = read_units(Input(data / units_2018, "units")).table.set_index("unit")
    for code, point in zip(led["unit"], led.geometry, strict=True):
        assert units.geometry[code].contains(point)


def test_the_account_names_the_files_that_told_the_units(
    inputs: Callable[..., vpvkac.Result], tmp_path: Path
) -> None:
    result = inputs(("a", "A", *BORDER, "", ""))
    account = next(account for account in result.accounts if account.key == "addresses")
    (file,) = tmp_path.rglob("aw_pagasts.csv")
    assert dict(account.notes) == {file.name: hashlib.sha256(file.read_bytes()).hexdigest()}
