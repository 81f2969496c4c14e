"""Optional inputs: residents, development centres, offices, premises; reckoned by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import box

import vpvkac
from plain_country import SOUTH, UNITS, WEST, at, rows, units_frame
from vpvkac.analysis.criteria import institution_of
from vpvkac.inputs.crosswalk import Crosswalk
from vpvkac.inputs.optional import residents_by_grid, residents_by_unit, unit_of_cells
from vpvkac.model.project import Input
from vpvkac.model.territory import Territory
from vpvkac.sources.population import read_population_grid
from vpvkac.sources.units import read_units

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result


NORTH, SOUTHERN, EAST, TOWN = (unit[0] for unit in UNITS)
LEFT, RIGHT = "LV9000000", "LV9001000"
TOML = """
[inputs]
units = "units.gpkg"
centres = {{ path = "centres.csv", id = "id", name = "name", lat = "lat", lon = "lon", \
owner = "owner", status = "status" }}
{more}
[about]
synthetic = {synthetic}
"""
CENTRES = "id,name,lat,lon,owner,status"
BY_UNIT = 'population = { path = "people.csv", unit = "code", value = "people" }'
ON_GRID = 'population = "rezgis.gpkg"'
PLAN = (
    'development_centres = { path = "plan.csv", id = "id", name = "name", level = "level", '
    'unit = "unit", municipality = "municipality" }'
)
OFFICES = (
    'institutions = { path = "offices.csv", id = "id", name = "name", lat = "lat", lon = "lon" }'
)
CHECKLIST = (
    'suitability = { path = "premises.csv", id = "place", step_free = "ieeja", '
    'public_computer = "dators", parking = "auto" }'
)


@pytest.fixture
def analysed(write_project: Callable[..., Path]) -> Callable[..., Result]:
    """Run over the four squares; one centre stands in the southern parish."""

    def analyse(
        *more: str,
        centres: tuple[tuple[object, ...], ...] = ((1, "Dienvidu VPVKAC", *at(5, 5), "", "open"),),
        synthetic: bool = False,
        **files: str,
    ) -> Result:
        toml = TOML.format(more="\n".join(more), synthetic=str(synthetic).lower())
        project = write_project(toml=toml, centres_csv=rows(CENTRES, *centres), **files)
        return vpvkac.analyse(vpvkac.load(project), lang="en")

    return analyse


def cell(x: float, y: float, people: int | None, side: float = 1) -> dict[str, object]:
    """Make a cell of the grid; kilometres from the south-west corner."""
    west, south = WEST + 1000 * x, SOUTH + 1000 * y
    square = box(west, south, west + 1000 * side, south + 1000 * side)
    return {"iedzivotaji": people, "geometry": square}


def write_grid(path: Path, *cells: dict[str, object]) -> None:
    gpd.GeoDataFrame(list(cells), crs="EPSG:3059").to_file(path, driver="GPKG")


def values(result: Result) -> pd.Series:
    return result.summary.drop_duplicates("criterion").set_index("criterion")["value"]


def account(result: Result, key: str) -> tuple[int, int, dict[str, int]]:
    found = next(account for account in result.accounts if account.key == key)
    assert found.rows_read == found.rows_used + sum(found.dropped.values())
    return found.rows_read, found.rows_used, dict(found.dropped)


def errors(error: pytest.ExceptionInfo[vpvkac.InputError]) -> list[str]:
    return [fault.sentence("en") for fault in error.value.faults if fault.level == "error"]


# --- Residents by unit ---------------------------------------------------------------------------


def test_residents_by_unit_weigh_the_coverage(analysed: Callable[..., Result]) -> None:
    people = rows(
        "code,people",
        ("LV", 1000), ("LV009", 1000), (LEFT, 400), (NORTH, 100), (SOUTHERN, 300), (RIGHT, 600),
        (EAST, 0), (TOWN, 600),
    )  # fmt: skip
    result = analysed(BY_UNIT, people_csv=people)
    assert result.units["population"].tolist() == [100, 300, 0, 600]
    assert result.municipalities["population"].tolist() == [400, 600]
    assert values(result)["population_share_existing"] == pytest.approx(0.3)
    assert values(result)["population"] == 1000
    assert account(result, "population") == (8, 4, {"sum": 4})


def test_the_unit_with_most_residents_is_first_among_the_gaps(
    analysed: Callable[..., Result],
) -> None:
    people = rows("code,people", (NORTH, 10), (SOUTHERN, 1), (EAST, 900), (TOWN, 20))
    result = analysed(BY_UNIT, people_csv=people)
    assert result.gaps_coverage["unit"].tolist() == [EAST, TOWN, NORTH]
    assert result.gaps_coverage["population"].tolist() == [900, 20, 10]


def test_a_unit_without_a_count_leaves_shares_of_residents_untold(
    analysed: Callable[..., Result],
) -> None:
    people = rows("code,people", (NORTH, 10), (SOUTHERN, 1), (EAST, 900), (TOWN, ""))
    result = analysed(BY_UNIT, people_csv=people)
    assert np.isnan(values(result)["population_share_existing"])
    assert account(result, "population") == (4, 3, {"no_value": 1})
    assert result.municipalities["population"].fillna(-1).tolist() == [11, -1]
    assert any(TOWN in fault.sentence("en") for fault in result.inputs.faults)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("LV9999999", 5), "not a unit in this layout"),
        ((NORTH, "12,5"), "decimal comma"),
        ((NORTH, 12.5), "not a whole number"),
        ((NORTH, -1), "out of range"),
        (("", 5), "is empty"),
    ],
)
def test_a_wrong_row_of_residents_is_refused_with_its_line(
    analysed: Callable[..., Result], line: tuple[object, ...], said: str
) -> None:
    content = "code;people\n" + f"{SOUTHERN};1\n" + ";".join(map(str, line)) + "\n"
    with pytest.raises(vpvkac.InputError) as error:
        analysed(BY_UNIT, people_csv=content)
    assert [said in sentence and "row 3" in sentence for sentence in errors(error)] == [True]


def test_a_unit_twice_in_the_table_of_residents_is_refused(
    analysed: Callable[..., Result],
) -> None:
    with pytest.raises(vpvkac.InputError, match="row 3, code"):
        analysed(BY_UNIT, people_csv=rows("code,people", (NORTH, 1), (NORTH, 2)))


def test_new_towns_count_in_the_parish_they_were_cut_from(shared_data: Path) -> None:
    name = "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
    source = Input(shared_data / name, name)
    today = read_units(source).table
    then = Territory(read_units(source, "2021-07-01").table)
    table = pd.DataFrame({"unit": today["unit"], "population": 1, "row": range(len(today))})
    found = residents_by_unit(
        table, then, Input(source.path, "people.csv", {"unit": "code"}), Crosswalk(then.units)
    )
    assert not found.faults
    assert found.table["population"].sum() == 592
    assert found.table["population"].loc["LV0020470"] == 2
    assert (found.table["population"] == 2).sum() == 5


# --- Residents on the grid -----------------------------------------------------------------------


def test_a_suppressed_cell_is_one_to_ten_people_and_the_share_says_so(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    # South: 100 and one suppressed cell; the other units: 95 and one suppressed cell.
    write_grid(
        tmp_path / "rezgis.gpkg",
        cell(2, 2, 100), cell(4, 4, 5), cell(2, 12, 95), cell(12, 2, 5), cell(13, 13, 0),
    )  # fmt: skip
    result = analysed(ON_GRID)
    south = result.units.set_index("unit").loc[SOUTHERN]
    assert (south["population"], south["population_least"], south["population_most"]) == (
        105, 101, 110,
    )  # fmt: skip
    row = result.summary.set_index("criterion").loc["population_share_existing"]
    assert row["value"] == pytest.approx(105 / 205)
    assert row["least"] == pytest.approx(101 / (101 + 95 + 10))
    assert row["most"] == pytest.approx(110 / (110 + 95 + 1))
    total = result.summary[result.summary["criterion"] == "population"]
    assert total[["value", "least", "most"]].to_numpy().tolist() == [[205, 197, 215]]


def test_no_file_gives_a_count_from_suppressed_cells_without_its_band(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    write_grid(tmp_path / "rezgis.gpkg", cell(2, 2, 5), cell(2, 12, 70), cell(12, 2, 5))
    analysed(ON_GRID).write(tmp_path / "out")
    for name in ("units", "municipalities", "gaps_coverage", "gaps_municipalities"):
        table = pd.read_csv(tmp_path / "out" / f"{name}.csv")
        assert (table["population_least"] <= table["population"]).all()
        assert (table["population"] <= table["population_most"]).all()
        assert (table["population_least"] < table["population_most"]).any()
    summary = pd.read_csv(tmp_path / "out" / "summary.csv")
    of_residents = summary["criterion"].str.startswith("population")
    # Within 700 m and 2 km of the only point nobody lives, which is exact.
    weighed = summary[of_residents & (summary["value"] > 0)]
    assert len(weighed) == 9
    assert (weighed["least"] < weighed["value"]).all()
    assert (weighed["value"] < weighed["most"]).all()
    out = tmp_path / "out"
    told = {
        page.relative_to(out).as_posix()
        for page in out.rglob("*.html")
        if "5 (1–10)" in page.read_text(encoding="utf-8")
    }
    assert told >= {"map.html", "gaps.html", f"municipalities/{RIGHT}/index.html"}


def test_a_cell_on_a_border_goes_whole_to_the_unit_that_holds_most_of_it(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    write_grid(tmp_path / "rezgis.gpkg", cell(9.3, 2, 40), cell(9.6, 12, 7_000), cell(3, 9.5, 11))
    result = analysed(ON_GRID)
    # 0.7 km of the first cell lies west, 0.6 km of the second east; the third is cut in half,
    # and the lower code has it.
    assert result.units.set_index("unit")["population"].to_dict() == {
        NORTH: 11, SOUTHERN: 40, EAST: 7_000, TOWN: 0,
    }  # fmt: skip


def test_residents_outside_every_unit_are_told_and_the_rest_adds_up(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    write_grid(
        tmp_path / "rezgis.gpkg",
        cell(2, 2, 30), cell(-1.5, 2, 12), cell(40, 40, 200), cell(2, 3, None),
    )  # fmt: skip
    result = analysed(ON_GRID)
    assert account(result, "population") == (4, 2, {"no_unit": 1, "no_value": 1})
    notes = next(told for told in result.accounts if told.key == "population").notes
    assert notes["residents"] == "242"
    assert notes["residents_no_unit"] == "200"
    # The cell half a kilometre from the border counts in the nearest unit.
    assert result.units["population"].sum() == 42
    result.write(tmp_path / "out")
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    told = next(entry for entry in run["inputs"] if entry["input"] == "population")
    assert told["notes"]["residents_no_unit"] == "200"


def test_small_counts_other_than_five_are_taken_with_a_warning(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    write_grid(tmp_path / "rezgis.gpkg", cell(2, 2, 3), cell(4, 4, 5))
    result = analysed(ON_GRID)
    assert values(result)["population"] == 8
    assert any("published grid has 5" in f.sentence("en") for f in result.inputs.faults)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ({"geometry": [box(0, 0, 1, 1)], "cilveki": [1]}, "iedzivotaji"),
        ({"geometry": [box(0, 0, 1, 1), None], "iedzivotaji": [20, 7]}, "no valid geometry"),
        ({"geometry": [box(0, 0, 1, 1)], "iedzivotaji": [20.5]}, "not a whole number"),
    ],
)
def test_a_grid_that_is_not_one_is_refused(
    analysed: Callable[..., Result], tmp_path: Path, frame: dict[str, list[object]], said: str
) -> None:
    gpd.GeoDataFrame(frame, crs="EPSG:3059").to_file(tmp_path / "rezgis.gpkg")
    with pytest.raises(vpvkac.InputError, match=said):
        analysed(ON_GRID)


def test_a_grid_without_shapes_is_refused(analysed: Callable[..., Result]) -> None:
    with pytest.raises(vpvkac.InputError, match="no geometry of cells"):
        analysed('population = "grid.csv"', grid_csv="iedzivotaji\n5\n")


COUNTRY = Territory(
    units_frame(UNITS)
    .rename(columns={"L1_code": "unit", "L0_code": "municipality"})
    .sort_values("unit", ignore_index=True)
)


# Time says nothing about a machine that others use too.
@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-30, 50), st.floats(-30, 50), st.integers(0, 12), st.sampled_from([0.1, 1, 7])
        ),
        min_size=1,
        max_size=30,
    )
)
def test_no_resident_is_lost_or_made(cells: list[tuple[float, float, int, float]]) -> None:
    grid = gpd.GeoDataFrame(
        [
            {"population": people, "population_least": people, "population_most": people + 1,
             "row": row, "geometry": cell(x, y, people, side)["geometry"]}
            for row, (x, y, people, side) in enumerate(cells)
        ],
        crs="EPSG:3059",
    )  # fmt: skip
    found = residents_by_grid(grid, COUNTRY, Input(None, "grid"))  # type: ignore[arg-type]
    assert found.used + sum(found.dropped.values()) == len(cells)
    given_out = int(found.table["population"].sum()) + sum(found.outside.values())
    assert given_out == sum(people for *_, people, _ in cells)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-3, 23), st.floats(-3, 23)), min_size=1, max_size=20))
def test_the_unit_of_a_cell_is_that_of_the_greatest_overlap(
    corners: list[tuple[float, float]],
) -> None:
    cells = np.array([cell(x, y, 1)["geometry"] for x, y in corners], object)
    number = unit_of_cells(cells, COUNTRY)
    for shape, found in zip(cells, number, strict=True):
        parts = [shape.intersection(unit).area for unit in COUNTRY.units.geometry]
        if max(parts) > 0:
            assert parts[found] == max(parts)


def test_a_grid_over_the_real_units_keeps_every_resident(shared_data: Path, tmp_path: Path) -> None:
    name = "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
    territory = Territory(read_units(Input(shared_data / name, name)).table)
    west, south, east, north = territory.units.total_bounds
    corners = np.meshgrid(np.arange(west, east, 5000), np.arange(south, north, 5000))
    west_of, south_of = (corner.ravel() for corner in corners)
    people = np.random.default_rng(1).integers(0, 60, len(west_of))
    people[(people >= 1) & (people <= 10)] = 5
    cells = shapely.box(west_of, south_of, west_of + 5000, south_of + 5000)
    frame = gpd.GeoDataFrame({"iedzivotaji": people}, geometry=cells, crs="EPSG:3059")
    frame.to_file(tmp_path / "rezgis.gpkg", driver="GPKG")
    source = Input(tmp_path / "rezgis.gpkg", "rezgis.gpkg")
    reading = read_population_grid(source)
    found = residents_by_grid(reading.table, territory, source)
    assert reading.rows_read == len(frame) == found.used + sum(found.dropped.values())
    assert int(found.table["population"].sum()) + found.outside["no_unit"] == people.sum()
    band = found.table.sum()
    inside = people.sum() - found.outside["no_unit"]
    assert band["population_least"] < inside < band["population_most"]
    # Cells whose centre lies in a unit by more than a cell's half go where their centre is.
    middles = gpd.points_from_xy(west_of + 2500, south_of + 2500)
    centres = gpd.GeoDataFrame(geometry=middles, crs="EPSG:3059")
    inner = territory.units.assign(geometry=territory.units.buffer(-3600))
    joined = centres.sjoin(inner[["unit", "geometry"]], predicate="within")
    number = unit_of_cells(frame.geometry.to_numpy(), territory)
    assert len(joined) > 100
    assert (territory.units["unit"].to_numpy()[number[joined.index]] == joined["unit"]).all()


# --- Development centres -------------------------------------------------------------------------

PLANNED = rows(
    "id,name,level,unit,municipality",
    ("a", "Pilsēta", "Nacionālas nozīmes attīstības centrs", "", "Labais novads"),
    ("b", "Ziemeļi", "regional", NORTH, ""),
    ("c", "Dienvidi", "novada nozīmes", "", "Kreisā novada"),
    ("d", "Austrumi", "municipal", EAST, ""),
)


def test_development_centres_are_counted_by_place_and_by_owner(
    analysed: Callable[..., Result],
) -> None:
    # The left municipality's only centre stands in the town, which is the right one's.
    centres = ((1, "Kreisais", *at(15, 5), "Kreisais novads", "open"),
               (2, "Drīz", *at(15, 15), "", "announced"))  # fmt: skip
    value = values(
        analysed(PLAN, plan_csv=PLANNED.replace("Kreisā ", "Kreisais "), centres=centres)
    )
    assert value["development_national"] == 1
    assert value["development_national_with_centre"] == 1
    assert value["development_national_with_centre_owned"] == 0
    assert value["development_regional_with_centre"] == 0
    assert (value["development_municipal"], value["development_municipal_with_centre"]) == (2, 0)
    assert (value["municipalities_with_centre"], value["municipalities_none"]) == (1, 1)
    assert value["municipalities_with_centre_owned"] == 1


def test_counts_by_owner_stand_there_only_where_they_differ(
    analysed: Callable[..., Result],
) -> None:
    value = values(analysed(PLAN, plan_csv=PLANNED.replace("Kreisā novada", "Kreisais novads")))
    assert [name for name in value.index if name.endswith("_owned")] == []
    assert value["development_municipal_with_centre"] == 1


def test_a_development_centre_in_no_unit_is_dropped_with_a_warning(
    analysed: Callable[..., Result],
) -> None:
    plan = rows("id,name,level,unit,municipality", ("a", "Nekur", "regional", "", "Labais novads"),
                ("b", "Pilsēta", "regional", TOWN, ""))  # fmt: skip
    result = analysed(PLAN, plan_csv=plan)
    assert account(result, "development_centres") == (2, 1, {"no_unit": 1})
    assert any('"Nekur" is found in no unit' in f.sentence("en") for f in result.inputs.faults)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("a", "X", "globāls", TOWN, ""), "not a known level"),
        (("a", "X", "", TOWN, ""), "not a known level"),
        (("a", "X", "regional", "LV9999999", ""), "not a unit in this layout"),
        (("", "X", "regional", TOWN, ""), "is empty"),
    ],
)
def test_a_wrong_development_centre_is_refused(
    analysed: Callable[..., Result], line: tuple[object, ...], said: str
) -> None:
    with pytest.raises(vpvkac.InputError, match=said):
        analysed(PLAN, plan_csv=rows("id,name,level,unit,municipality", line))


def test_the_real_regional_centres_are_found_by_name_and_municipality(
    shared_data: Path,
) -> None:
    from vpvkac.inputs.optional import place_development_centres

    name = "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
    territory = Territory(read_units(Input(shared_data / name, name)).table)
    centres = pd.read_csv(shared_data / "points/vpvkac_2022-08_partial.csv").dropna(subset=["name"])
    # Ropaži, Tīnūži and the like are parishes; Jelgava stands outside the municipality listed.
    centres = centres[centres["name"] != "Jelgava"]
    table = pd.DataFrame(
        {"id": centres["name"], "name": centres["name"], "level": "regional", "unit": "",
         "unit_name": "", "municipality": centres["municipality"], "lat": np.nan, "lon": np.nan,
         "row": range(len(centres))}
    )  # fmt: skip
    placed = place_development_centres(table, territory, Input(shared_data, "plan.csv"))
    assert placed.dropped == {"no_unit": 0}
    expected = dict(zip(centres["name"], centres["municipality_code"], strict=True))
    assert dict(zip(placed.table["name"], placed.table["municipality"], strict=True)) == expected


# --- Institutions, municipal premises, checklist -------------------------------------------------


def test_offices_are_counted_by_institution_and_by_whether_a_centre_is_there(
    analysed: Callable[..., Result],
) -> None:
    offices = rows(
        "id,name,lat,lon",
        (1, "NVA Dienvidu filiāle", *at(5, 4)),
        (2, "Valsts sociālās apdrošināšanas aģentūra", *at(5, 6)),
        (3, "NVA Ziemeļu filiāle", *at(5, 15)),
        (4, "Valsts ieņēmumu dienesta KAC", *at(15, 5)),
        (5, "Tiesa", *at(15, 6)),
    )
    value = values(analysed(OFFICES, offices_csv=offices))
    assert value["institutions"] == 5
    assert [value[f"institution_{name}"] for name in ("NVA", "VSAA", "VID", "UR", "other")] == [
        2, 1, 1, 0, 1,
    ]  # fmt: skip
    assert (value["institution_units"], value["institution_units_with_centre"]) == (3, 1)
    assert value["institution_municipalities"] == 2
    assert value["institution_municipalities_with_centre"] == 1


def test_an_institution_is_known_by_its_abbreviation_or_its_full_name() -> None:
    names = {
        "LAD Zemgales reģionālā pārvalde": "LAD",
        "Lauku atbalsta dienests": "LAD",
        "Pilsonības un migrācijas lietu pārvaldes 3. nodaļa": "PMLP",
        "Valsts meža dienesta virsmežniecība": "VMD",
        "VZD klientu centrs": "VZD",
        "VDI Latgales inspekcija": "VDI",
        "Uzņēmumu reģistrs": "UR",
        "Vidusskola": "other",
        "Turaidas iela": "other",
    }
    assert institution_of(pd.Series(list(names))).tolist() == list(names.values())


def test_municipal_premises_host_points_and_are_counted(analysed: Callable[..., Result]) -> None:
    premises = (
        'municipal_premises = { path = "halls.csv", id = "id", name = "name", lat = "lat", '
        'lon = "lon" }\n[rules]\nhosts = ["centre", "municipal_premises"]'
    )
    halls = rows("id,name,lat,lon", (1, "Ziemeļu pagasta pārvalde", *at(5, 15)))
    result = analysed(premises, halls_csv=halls)
    assert values(result)["municipal_premises"] == 1
    north = result.network.set_index("unit").loc[NORTH]
    assert (north["status"], north["host"]) == ("planned", "municipal_premises")


def test_what_the_checklist_does_not_know_stays_unknown(analysed: Callable[..., Result]) -> None:
    checklist = rows(
        "place,ieeja,dators,auto,desk_apart",
        ("centres:1", "jā", "", "NĒ", "yes"),
        ("centres:77", "jā", "jā", "jā", "yes"),
    )
    centres = ((1, "A", *at(5, 5), "", "open"), (2, "B", *at(15, 5), "", "open"))
    result = analysed(CHECKLIST, premises_csv=checklist, centres=centres)
    answers = result.places.set_index("place")[
        ["step_free", "public_computer", "desk_apart", "parking"]
    ]
    assert answers.loc["centres:1"].tolist() == ["yes", "unknown", "unknown", "no"]
    assert answers.loc["centres:2"].tolist() == ["unknown"] * 4
    value = values(result)
    assert [value[f"points_step_free_{answer}"] for answer in ("yes", "no", "unknown")] == [1, 0, 1]
    assert value["points_desk_apart_unknown"] == 2
    assert account(result, "suitability") == (2, 1, {"no_place": 1})
    assert any("centres:77" in fault.sentence("en") for fault in result.inputs.faults)


def test_an_answer_that_is_none_is_refused(analysed: Callable[..., Result]) -> None:
    checklist = rows("place,ieeja,dators,auto", ("centres:1", "varbūt", "", ""))
    with pytest.raises(vpvkac.InputError, match=r"row 2, ieeja.*not a known answer"):
        analysed(CHECKLIST, premises_csv=checklist)


# --- All of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["suitability", "development_centres"])
def test_a_table_without_its_columns_named_is_refused(
    analysed: Callable[..., Result], key: str
) -> None:
    with pytest.raises(vpvkac.InputError, match="no column is named for id"):
        analysed(f'{key} = "some.csv"', some_csv="a\n1\n")


def test_without_optional_inputs_nothing_is_said_of_them(analysed: Callable[..., Result]) -> None:
    result = analysed()
    assert result.summary["criterion"].iloc[-1] == "population_share_planned"
    assert result.summary[["least", "most"]].isna().all(axis=None)
    assert result.units["population"].isna().all()
    assert result.places["step_free"].isna().all()


def test_every_optional_input_has_its_account_and_its_words(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    people = rows("code,people", (NORTH, 1), (SOUTHERN, 2), (EAST, 3), (TOWN, 4))
    result = analysed(
        BY_UNIT, PLAN, OFFICES, CHECKLIST,
        people_csv=people,
        plan_csv=PLANNED.replace("Kreisā novada", "Kreisais novads"),
        offices_csv=rows("id,name,lat,lon", (1, "NVA", *at(5, 4))),
        premises_csv=rows("place,ieeja,dators,auto", ("centres:1", "jā", "jā", "jā")),
    )  # fmt: skip
    keys = {account.key for account in result.accounts}
    assert keys >= {"population", "development_centres", "institutions", "suitability"}
    for key in keys:
        account(result, key)
    result.write(tmp_path / "out")
    written = pd.read_csv(tmp_path / "out" / "summary.csv")
    assert "points_parking_yes" in set(written["criterion"])


OFFICES_AROUND = rows(
    "id,name,lat,lon",
    (1, "NVA Dienvidu filiāle", *at(5, 4)),
    (2, "Valsts sociālās apdrošināšanas aģentūra", *at(5, 6)),
    (3, "NVA Ziemeļu filiāle", *at(5, 15)),
    (4, "Valsts ieņēmumu dienesta KAC", *at(15, 5)),
    (5, "Tiesa", *at(15, 6)),
)
STATE = 'state_centres = { path = "state.csv", id = "id", name = "name", lat = "lat", lon = "lon" }'


def test_the_nearest_office_of_each_institution_is_that_of_a_search(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(OFFICES, offices_csv=OFFICES_AROUND)
    offices = result.places[result.places["host"] == "institution"]
    named = {"NVA": ["1", "3"], "VSAA": ["2"], "VID": ["4"]}
    inside = result.units.set_index("unit").geometry.representative_point().to_crs(4326)
    table = result.institutions
    assert len(table) == len(result.units) * len(named)
    for row in table.itertuples():
        own = offices[offices["place"].isin([f"institutions:{key}"
                                             for key in named[row.institution]])]  # fmt: skip
        point = inside[row.unit]
        metres = {
            office.place: Geod(ellps="GRS80").inv(point.x, point.y, office.lon, office.lat)[2]
            for office in own.itertuples()
        }
        best = min(metres, key=metres.__getitem__)
        assert row.place == best
        assert row.nearest_m == pytest.approx(metres[best], abs=0.001)


def test_units_with_offices_are_named_with_their_point_and_a_state_centre_is_neither(
    analysed: Callable[..., Result],
) -> None:
    state = rows("id,name,lat,lon", (1, "Valsts KAC", *at(15, 7)))
    result = analysed(OFFICES, STATE, offices_csv=OFFICES_AROUND, state_csv=state)
    table = result.institution_places.set_index("unit")
    summary = values(result)
    assert len(table) == summary["institution_units"] == 3
    assert table["has_centre"].sum() == summary["institution_units_with_centre"] == 1
    assert table.loc[SOUTHERN, ["institutions", "offices", "has_centre", "status"]].tolist() == [
        "NVA; VSAA", 2, True, "existing",
    ]  # fmt: skip
    assert table["institutions"].to_dict() == {
        SOUTHERN: "NVA; VSAA", TOWN: "VID; other", NORTH: "NVA",
    }  # fmt: skip
    assert table["state_centres"].to_dict() == {SOUTHERN: 0, TOWN: 1, NORTH: 0}
    assert list(table.index)[-1] == SOUTHERN
    assert summary["institutions"] == 5
    assert summary["centres"] == 1
    assert result.network.set_index("unit")["status"][TOWN] == "none"


def test_nothing_is_written_of_offices_that_are_not_given(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    given, none = analysed(OFFICES, offices_csv=OFFICES_AROUND), analysed()
    assert none.institutions.empty
    assert none.institution_places.empty
    files = [{path.name for path in result.write(tmp_path / name)}
             for name, result in (("a", given), ("b", none))]  # fmt: skip
    assert {"institutions.csv", "institution_places.csv"} <= files[0]
    assert not {"institutions.csv", "institution_places.csv"} & files[1]
    report = (tmp_path / "a" / "report.html").read_text(encoding="utf-8")
    assert 'id="institutions"' in report
    assert 'id="institutions"' not in (tmp_path / "b" / "report.html").read_text(encoding="utf-8")
