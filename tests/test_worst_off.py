"""Who lives farthest and which standards fail: planted residents, and the sample counted slowly."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

import vpvkac
from plain_country import UNITS, rows
from test_catchment import BY_UNIT, CENTRES, LIBRARIES, ON_GRID, TOML, write_grid
from vpvkac.model.faults import InputError
from vpvkac.model.project import Standard
from vpvkac.questions.coverage.worst_off import worst_off_section
from vpvkac.views.page import Section, Table

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

pytestmark = pytest.mark.slow

NORTH, SOUTHERN, EAST, TOWN = (unit[0] for unit in UNITS)
PERCENTILES = ["distance_p50", "distance_p90", "distance_p99"]
LADDER = """
[[standards]]
km = 3
share = 0.5
floor = 0.4
[[standards]]
km = 1
share = 0.9
"""


@pytest.fixture
def analysed(write_project: Callable[..., Path]) -> Callable[..., Result]:
    def analyse(
        *cells: tuple[float, float, int], people: str = ON_GRID, more: str = "", **files: str
    ) -> Result:
        given = {"centres_csv": CENTRES, "libraries_csv": LIBRARIES, **files}
        project = write_project(toml=TOML.format(people=people) + more, **given)
        if cells:
            write_grid(project.parent / "rezgis.gpkg", cells)
        return vpvkac.analyse(vpvkac.load(project), lang="en")

    return analyse


def test_the_percentiles_are_those_of_planted_residents(analysed: Callable[..., Result]) -> None:
    """From the centre at (5, 5) 0, 1, 2, 3 and 4 km; the library stands at (15, 5)."""
    cells = ((5, 5, 490), (5, 6, 400), (5, 7, 95), (5, 8, 14), (5, 9, 1))
    table = analysed(*cells).worst_off.set_index(["points", "kind", "municipality"])
    whole = table.loc[[("existing", "", ""), ("network", "", "")]]
    assert whole["residents"].tolist() == [1000, 1000]
    # 490 are no half; 890 no 90 %; 985 no 99 %.
    for metres in whole[PERCENTILES].to_numpy(float):
        assert metres == pytest.approx([1000, 2000, 3000], rel=1e-3)
    assert whole["none_share"].isna().all()


def test_existing_centres_are_set_against_the_plan(analysed: Callable[..., Result]) -> None:
    table = analysed((5, 5, 100), (15, 5, 100)).worst_off.set_index(["points", "kind"])
    town = table.loc[[("existing", "town"), ("network", "town")], "distance_p50"].tolist()
    assert town == pytest.approx([10_000, 0], rel=1e-3, abs=0.1)


def test_the_sample_agrees_with_residents_sorted_one_by_one(sample_result: Result) -> None:
    cells, network = sample_result.inputs.residents, sample_result.network
    assert cells is not None
    units = sample_result.units.set_index("unit")
    points = network[network["status"] == "existing"]
    away = np.full(len(cells), np.inf)
    for lat, lon in points[["lat", "lon"]].to_numpy(float):
        where = np.full(len(cells), lon), np.full(len(cells), lat)
        away = np.minimum(away, Geod(ellps="GRS80").inv(cells["lon"], cells["lat"], *where)[2])
    table = sample_result.worst_off.query("people == 'all'").set_index(
        ["points", "kind", "municipality"]
    )
    groups = [("", ""), *((kind, "") for kind in units["kind"].unique())]
    groups += [("", code) for code in units["municipality"].unique()]
    of = cells["unit"].map(units["kind"]), cells["unit"].map(units["municipality"])
    for kind, municipality in groups:
        chosen = np.ones(len(cells), bool)
        chosen &= (of[0] == kind) if kind else (of[1] == municipality) if municipality else True
        # A resident a row, counted from the nearest.
        lived = np.sort(np.repeat(away[chosen], cells.loc[chosen, "population"]))
        expected = [lived[int(np.ceil(part * len(lived))) - 1] for part in (0.5, 0.9, 0.99)]
        row = table.loc[("existing", kind, municipality)]
        assert row[PERCENTILES].tolist() == pytest.approx(expected, abs=0.001)
        assert row["residents"] == len(lived)


def test_a_standard_is_met_only_if_no_suppressed_count_can_undo_it(
    analysed: Callable[..., Result],
) -> None:
    """Of 3 km: 60 and a cell of 1-10 are near, 55 far: 61 of 116 to 70 of 125, at least 52.6 %."""
    cells = ((5, 5, 60), (5, 6, 5), (5, 9, 55))
    table = analysed(*cells, more=LADDER).standards.set_index(["km", "points", "municipality"])
    row = table.loc[(3.0, "existing", "")]
    assert row["share_least"] == pytest.approx(61 / 116)
    assert row["share_most"] == pytest.approx(70 / 125)
    assert row["met"] == "yes"
    row = table.loc[(1.0, "existing", "")]
    assert (row["required"], row["met"]) == (0.9, "no")
    # Now the cell decides: 56 of 116 to 65 of 125 hold the half.
    cells = ((5, 5, 55), (5, 6, 5), (5, 9, 60))
    table = analysed(*cells, more=LADDER).standards.set_index(["km", "points", "municipality"])
    row = table.loc[(3.0, "existing", "")]
    assert (round(row["share_least"], 3), round(row["share_most"], 3)) == (0.483, 0.52)
    assert row["met"] == "unknown"


def test_every_municipality_is_held_to_the_floor(analysed: Callable[..., Result]) -> None:
    cells = ((5, 5, 100), (5, 9, 100), (15, 5, 100), (15, 9, 300), (5, 15, 1000))
    result = analysed(*cells, more=LADDER)
    units = result.units.set_index("unit")["municipality"]
    near = {(5, 5): SOUTHERN, (5, 9): SOUTHERN, (15, 5): TOWN, (15, 9): TOWN, (5, 15): NORTH}
    lived: dict[str, list[int]] = {code: [0, 0] for code in units}
    for x, y, count in cells:
        lived[units[near[x, y]]][0] += count
        lived[units[near[x, y]]][1] += count * ((x, y) in ((5, 5), (15, 5)))
    table = result.standards[
        (result.standards["km"] == 3) & (result.standards["points"] == "network")
    ]
    for row in table[table["municipality"] != ""].itertuples():
        everyone, within = lived[row.municipality]
        assert (row.residents, row.share) == (everyone, pytest.approx(within / everyone))
        assert row.met == ("yes" if within / everyone >= 0.4 else "no")
    assert set(table["municipality"]) == {"", *units}
    # The second rung has no floor.
    without = result.standards[result.standards["km"] == 1]
    assert without.loc[without["municipality"] != "", ["required", "met"]].to_numpy().tolist() == [
        [pytest.approx(np.nan, nan_ok=True), ""]
    ] * (2 * units.nunique())


def test_of_residents_by_unit_only_whole_units_are_sure(analysed: Callable[..., Result]) -> None:
    people = rows("code,people", (NORTH, 0), (SOUTHERN, 100), (EAST, 0), (TOWN, 0))
    # A circle of 3 km lies inside the square of 10 km; one of 8 km holds it whole.
    ladder = LADDER.replace("km = 1\nshare = 0.9", "km = 8\nshare = 1.0")
    result = analysed(people=BY_UNIT, more=ladder, people_csv=people)
    table = result.standards.set_index(["km", "points", "municipality"])
    row = table.loc[(3.0, "existing", "")]
    assert row["share"] == pytest.approx(9 * np.pi / 100, rel=0.01)
    assert (row["share_least"], row["share_most"], row["met"]) == (0, 1, "unknown")
    assert table.loc[(8.0, "existing", ""), "met"] == "yes"


def test_an_unknown_count_leaves_the_standard_open(analysed: Callable[..., Result]) -> None:
    people = rows("code,people", (SOUTHERN, 10), (TOWN, 500))
    result = analysed(people=BY_UNIT, more=LADDER, people_csv=people)
    whole = result.standards[result.standards["municipality"] == ""]
    assert set(whole["met"]) == {"unknown"}
    assert whole["share"].isna().all()


def test_without_residents_or_ladder_no_file_is_written(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    analysed(people="", more=LADDER).write(tmp_path / "out")
    assert not (tmp_path / "out" / "worst_off.csv").exists()
    assert not (tmp_path / "out" / "standards.csv").exists()


def test_the_files_and_pages_tell_it(analysed: Callable[..., Result], tmp_path: Path) -> None:
    cells = ((5, 5, 100), (15, 5, 100), (5, 15, 1000))
    analysed(*cells, more=LADDER).write(tmp_path / "out")
    with (tmp_path / "out" / "standards.csv").open(encoding="utf-8", newline="") as opened:
        told = {
            (row["km"], row["points"], row["municipality"]): row for row in csv.DictReader(opened)
        }
    assert told["3", "network", ""]["share"] == "0.1667"
    assert told["3", "network", ""]["met"] == "no"
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Existing centres: half of the residents live no farther than 10 km from a point" in page
    assert "50 % of residents within 3 km" in page


@pytest.mark.parametrize(
    ("ladder", "field"),
    [
        ("standards = 5", "standards"),
        ("[[standards]]\nkm = 5", "standards[1].share"),
        ("[[standards]]\nkm = 0\nshare = 0.5", "standards[1].km"),
        ("[[standards]]\nkm = 5\nshare = 95", "standards[1].share"),
        ("[[standards]]\nkm = 5\nshare = 0.5\nfloor = 2", "standards[1].floor"),
        ("[[standards]]\nkm = 5\nshare = 0.5\nflor = 0.2", "standards[1].flor"),
        (2 * "[[standards]]\nkm = 5\nshare = 0.5\n", "standards[2].km"),
    ],
)
def test_a_wrong_ladder_is_a_fault(
    write_project: Callable[..., Path], ladder: str, field: str
) -> None:
    toml = TOML.format(people="")
    toml = f"{ladder}\n{toml}" if "[[" not in ladder else f"{toml}\n{ladder}"
    project = write_project(toml=toml, centres_csv=CENTRES, libraries_csv=LIBRARIES)
    with pytest.raises(InputError) as caught:
        vpvkac.load(project)
    assert field in [fault.field for fault in caught.value.faults]


def test_a_ladder_is_sorted_by_distance(write_project: Callable[..., Path]) -> None:
    toml = TOML.format(people="") + LADDER
    project = write_project(toml=toml, centres_csv=CENTRES, libraries_csv=LIBRARIES)
    assert vpvkac.load(project).standards == (Standard(1, 0.9), Standard(3, 0.5, 0.4))


def test_minutes_are_of_all_residents_those_who_cannot_included() -> None:
    """Of 100 residents 60 need 30 minutes, 30 need 90, 10 cannot go."""
    from vpvkac.analysis.worst_off import weighted_quantiles

    group, values = np.zeros(3, np.int64), np.array([90, 30, np.inf])
    weights = np.array([30.0, 60, 10])
    found = [weighted_quantiles(group, values, weights, part, 1)[0] for part in (0.5, 0.9, 0.99)]
    assert found == [30, 90, np.inf]
    assert pd.isna(weighted_quantiles(group, values, weights * 0, 0.5, 1)[0])


def test_a_percentile_among_those_who_cannot_is_not_said_in_minutes(
    analysed: Callable[..., Result],
) -> None:
    """Half are away 373 minutes at most; 11.1 % cannot go: of 90 % and 99 % nothing is true."""
    result = analysed((5, 5, 100), (15, 5, 100))
    table, existing = result.worst_off, result.worst_off["points"] == "existing"
    table.loc[existing, ["minutes_p50", "none_share"]] = [373, 0.111]
    table.loc[~existing, ["minutes_p50", "minutes_p90", "minutes_p99", "none_share"]] = [9, 9, 9, 0]
    html = _written(worst_off_section(result))
    of_all = "Away from home for it, of all residents: half at most"
    assert f"{of_all} 373 min; cannot go there and back at all: 11.1 %." in html
    assert f"{of_all} 9 min; 90 % at most 9 min; 99 % at most 9 min; cannot" in html
    assert "After the plan: half of the residents live" in html
    (by_kind,) = [block for block in worst_off_section(result).blocks
                  if isinstance(block, Table) and block.key == "farthest-kinds"]  # fmt: skip
    among = "among those who cannot"
    assert {tuple(row[7:]) for row in by_kind.rows} == {("373", among, among, "9", "9", "9")}


def _written(section: Section) -> str:
    return " ".join(str(block) for block in section.blocks).replace("\u00a0", " ")


def test_the_municipalities_below_the_floor_are_counted_before_they_are_named(
    analysed: Callable[..., Result],
) -> None:
    result = analysed((5, 5, 100), (5, 15, 1000), more=LADDER)
    (judged,) = [block for block in worst_off_section(result).blocks
                 if isinstance(block, Table) and block.key == "standards"]  # fmt: skip
    table = result.standards[result.standards["municipality"] != ""]
    for km, points, row in zip((1, 1, 3, 3), ("existing", "network") * 2, judged.rows, strict=True):
        of = table[(table["km"] == km) & (table["points"] == points)]
        names = of.loc[of["met"] == "no", "municipality_name"].tolist()
        said = f"{len(names)} of {len(of)}{': ' if names else ''}{', '.join(names)}"
        assert row[5] == ("" if km == 1 else said)


# --- Older people who use no internet ------------------------------------------------------------

AGES = 'age_groups = { path = "ages.csv", unit = "code", age_65_74 = "young", age_75 = "old" }\n'
OLDER = rows(
    "code,young,old", (NORTH, 10, 0), (SOUTHERN, 100, 50), (EAST, 0, 0), (TOWN, 200, 100),
    ("LV9001000", 200, 100),
)  # fmt: skip


def test_those_who_use_no_internet_are_a_tenth_and_a_third(analysed: Callable[..., Result]) -> None:
    cells = ((5, 5, 900), (5, 9, 100), (15, 5, 500), (5, 15, 100))
    result = analysed(*cells, people=f"{AGES}{ON_GRID}", ages_csv=OLDER)
    offline = {NORTH: 1, SOUTHERN: 27, EAST: 0, TOWN: 54}
    units = result.units.set_index("unit")
    assert units["offline"].to_dict() == pytest.approx(offline)
    assert units.loc[TOWN, ["age_65_74", "age_75"]].tolist() == [200, 100]
    assert result.municipalities["offline"].tolist() == pytest.approx([28, 54])
    account = next(account for account in result.accounts if account.key == "age_groups")
    assert (account.rows_read, account.rows_used, dict(account.dropped)) == (5, 4, {"sum": 1})
    table = result.worst_off.set_index(["people", "points", "kind", "municipality"])
    row = table.loc[("offline", "existing", "", "")]
    assert row["residents"] == 82
    # 24.3 live beside the centre, 2.7 at 4 km, 1 and 54 at 10: half live 10 km from it.
    assert row["distance_p50"] == pytest.approx(10_000, rel=1e-3)
    row = table.loc[("offline", "network", "", "")]
    assert row[PERCENTILES].tolist() == pytest.approx([0, 0, 10_000], rel=1e-3, abs=0.1)


def test_a_unit_without_its_older_residents_is_named(analysed: Callable[..., Result]) -> None:
    ages = rows("code,young,old", (SOUTHERN, 100, 50), (TOWN, 200, 100), (EAST, 0, 0))
    result = analysed((5, 5, 900), people=f"{AGES}{ON_GRID}", ages_csv=ages)
    units = result.units.set_index("unit")
    assert pd.isna(units.loc[NORTH, "offline"])
    left = result.municipalities.set_index("municipality").loc["LV9000000"]
    assert pd.isna(left["offline"])
    (fault,) = [fault for fault in result.inputs.faults if fault.file == "ages.csv"]
    assert (fault.level, fault.value) == ("warning", NORTH)


def test_wrong_ages_are_faults(analysed: Callable[..., Result]) -> None:
    ages = rows("code,young,old", (SOUTHERN, -1, 50), (TOWN, 2.5, 100), ("LV1234567", 1, 1))
    with pytest.raises(InputError) as caught:
        analysed((5, 5, 900), people=f"{AGES}{ON_GRID}", ages_csv=ages)
    found = {(fault.row, fault.field) for fault in caught.value.faults}
    assert {(2, "young"), (3, "young")} <= found
