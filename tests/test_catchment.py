"""Residents near the points: the sample against the generator and slow counts, totals preserved."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely.geometry import box

import vpvkac
from plain_country import SOUTH, UNITS, WEST, at, rows
from vpvkac.analysis.catchment import RADII_M, apportion, published_rates, rates
from vpvkac.questions.coverage.reach import people_sentences
from vpvkac.views.demand import demand_lines
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result


pytestmark = pytest.mark.slow

GEOD = Geod(ellps="GRS80")
ROOT_SAMPLE = "rezgis_iedzivotaji_1km.geojson"
COUNTS = ("population", "population_least", "population_most")
NORTH, SOUTHERN, EAST, TOWN = (unit[0] for unit in UNITS)
TOML = """
[inputs]
units = "units.gpkg"
centres = {{ path = "centres.csv", id = "id", name = "name", lat = "lat", lon = "lon", \
status = "status" }}
libraries = {{ path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }}
{people}
"""
BY_UNIT = 'population = { path = "people.csv", unit = "code", value = "people" }'
ON_GRID = 'population = "rezgis.gpkg"'
CENTRES = rows("id,name,lat,lon,status", (1, "Dienvidu VPVKAC", *at(5, 5), "open"))
LIBRARIES = rows("id,name,lat,lon", (1, "Pilsētas bibliotēka", *at(15, 5)))


@pytest.fixture
def analysed(write_project: Callable[..., Path]) -> Callable[..., Result]:
    """Run over the four squares; a centre stands in one and a library in another."""

    def analyse(people: str = "", *cells: tuple[float, float, int], **files: str) -> Result:
        given = {"toml": TOML, "centres_csv": CENTRES, "libraries_csv": LIBRARIES, **files}
        project = write_project(**{**given, "toml": given["toml"].format(people=people)})
        if cells:
            write_grid(project.parent / "rezgis.gpkg", cells)
        return vpvkac.analyse(vpvkac.load(project), lang="en")

    return analyse


def write_grid(path: Path, cells: tuple[tuple[float, float, int], ...]) -> None:
    """Write cells of 1 km around middles, in kilometres from the south-west corner."""
    middles = [(WEST + 1000 * x, SOUTH + 1000 * y) for x, y, _ in cells]
    squares = [box(x - 500, y - 500, x + 500, y + 500) for x, y in middles]
    table = {"iedzivotaji": [count for *_, count in cells]}
    gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:3059").to_file(path, driver="GPKG")


def counted(result: Result) -> dict[tuple[str, str], list[int]]:
    table = result.residents
    keys = zip(table["measure"], table["points"], strict=True)
    values = table[["residents", "least", "most"]].astype(int).to_numpy().tolist()
    return dict(zip(keys, values, strict=True))


# --- The sample ----------------------------------------------------------------------------------


def test_residents_of_every_unit_are_the_generators(
    sample_result: Result, truth: dict[str, Any]
) -> None:
    told = truth["residents"]
    units = sample_result.units.set_index("unit")
    for name in COUNTS:
        assert units[name].to_dict() == {code: row[name] for code, row in told["by_unit"].items()}
    really = pd.Series({code: row["lived"] for code, row in told["by_unit"].items()})
    assert (units["population_least"] <= really).all()
    assert (really <= units["population_most"]).all()
    account = next(a for a in sample_result.accounts if a.key == "population")
    assert account.notes["residents_no_unit"] == str(told["residents_no_unit"]) == "37"
    assert (account.rows_used, account.rows_read) == (told["cells"] - 1, told["cells"])


def test_cells_are_kept_where_they_are(sample_result: Result, truth: dict[str, Any]) -> None:
    cells = sample_result.inputs.residents
    assert cells is not None
    assert list(cells.columns) == ["cell", "unit", "lat", "lon", *COUNTS, "geometry"]
    assert cells.crs == "EPSG:3059"
    assert cells["cell"].is_unique
    total = truth["residents"]["total"]
    assert [int(cells[name].sum()) for name in COUNTS] == [total[name] for name in COUNTS]
    for name in COUNTS:
        by_unit = cells.groupby("unit")[name].sum()
        assert by_unit.to_dict() == {
            code: row[name]
            for code, row in truth["residents"]["by_unit"].items()
            if code in by_unit.index
        }


@pytest.fixture(scope="module")
def slow(truth: dict[str, Any]) -> dict[str, Any]:
    """Measure every cell of the file to every point, without the program."""
    from conftest import SAMPLE

    grid = json.loads((SAMPLE / ROOT_SAMPLE).read_text(encoding="utf-8"))["features"]
    corners = np.array([cell["geometry"]["coordinates"][0][0] for cell in grid])[:-1]
    counts = np.array([cell["properties"]["iedzivotaji"] for cell in grid])[:-1]
    to_degrees = Transformer.from_crs("EPSG:3059", "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(*(corners + 500).T)
    network = truth["sets"]["regional"]["network"].values()
    points = sorted((row["place"], row["status"]) for row in network if "place" in row)
    places = truth["places"]
    away = np.empty((len(lat), len(points)))
    for column, (key, _) in enumerate(points):
        where = np.full(len(lat), places[key]["lon"]), np.full(len(lat), places[key]["lat"])
        away[:, column] = np.round(GEOD.inv(lon, lat, *where)[2], 3)
    small = counts == 5
    return {
        "away": away,
        "points": points,
        "counts": np.stack([counts, np.where(small, 1, counts), np.where(small, 10, counts)]),
    }


def test_residents_within_each_distance_are_those_of_a_slow_count(
    sample_result: Result, slow: dict[str, Any]
) -> None:
    found = counted(sample_result)
    existing = [status == "existing" for _, status in slow["points"]]
    assert sum(existing) == 122
    for name, chosen in (("existing", existing), ("network", [True] * len(existing))):
        nearest = slow["away"][:, chosen].min(axis=1)
        for radius in (700, 2000, 5000, 10_000, 15_000):
            expected = slow["counts"][:, nearest <= radius].sum(axis=1).tolist()
            assert found[f"within_{radius}", name] == expected
    assert found["total", "all"] == slow["counts"].sum(axis=1).tolist()


def test_every_resident_is_nearest_to_one_point(
    sample_result: Result, slow: dict[str, Any]
) -> None:
    # Of equal distances the first, that is the lowest key.
    nearest = slow["away"].argmin(axis=1)
    points = sample_result.network.dropna(subset=["place"]).set_index("place")
    names = ("residents_nearest", "residents_nearest_least", "residents_nearest_most")
    for name, counts in zip(names, slow["counts"], strict=True):
        expected = np.bincount(nearest, counts, len(slow["points"])).astype(int)
        keys = [key for key, _ in slow["points"]]
        assert points[name].to_dict() == dict(zip(keys, expected, strict=True))
        assert int(sample_result.network[name].sum()) == int(counts.sum())
    without = sample_result.network["place"].isna()
    assert sample_result.network.loc[without, [*names, "services_most"]].isna().all().all()


def test_units_with_a_point_hold_the_residents_the_generator_gave_them(
    sample_result: Result, truth: dict[str, Any]
) -> None:
    found = counted(sample_result)
    residents = truth["residents"]["by_unit"]
    network = truth["sets"]["regional"]["network"]
    for status in ("existing", "announced", "planned", "none"):
        codes = [code for code, row in network.items() if row["status"] == status]
        expected = [sum(residents[code][name] for code in codes) for name in COUNTS]
        assert found["in_unit", status] == expected
    parts = [found["in_unit", status] for status in ("existing", "announced", "planned", "none")]
    assert [sum(column) for column in zip(*parts, strict=True)] == found["total", "all"]


# Table 41 once more: services per resident, least and most, of the kinds of unit.
OUTSIDE, TOWNS = 67_711 / 604_791, (103_941 - 67_711) / (1_920_000 - 604_791)
RATES = {
    "parish": (OUTSIDE * 12 / 21, OUTSIDE),
    "town": (TOWNS * 12 / 21, TOWNS),
    "state_city": (TOWNS, 103_941 / 1_920_000),
}


def test_services_keep_the_published_rates(
    sample_result: Result, truth: dict[str, Any], slow: dict[str, Any]
) -> None:
    """Table 41: residents ask by the kind of place they live in, at the nearest point."""
    network = sample_result.network
    residents = truth["residents"]["by_unit"]
    kinds = sample_result.units.set_index("unit")["kind"]
    cells = sample_result.inputs.residents
    assert cells is not None
    for place, end in ((0, "least"), (1, "most")):
        expected = sum(
            row[f"population_{end}"] * RATES[kinds[code]][place] for code, row in residents.items()
        )
        assert int(network[f"services_{end}"].sum()) == round(expected)
        # No point is given a whole service more or less than its residents ask for.
        rate = np.array([RATES[kinds[code]][place] for code in cells["unit"]])
        asked = np.bincount(
            slow["away"].argmin(axis=1), cells[f"population_{end}"] * rate, len(slow["points"])
        )
        given = network.dropna(subset=["place"]).set_index("place")[f"services_{end}"]
        counts = given[[key for key, _ in slow["points"]]].to_numpy(float)
        assert np.abs(counts - asked).max() < 1
    assert (network["services_least"] <= network["services_most"]).all()
    # Points, municipalities and the country are one sum.
    by_municipality = network.groupby("municipality")["services_most"].sum()
    assert int(by_municipality.sum()) == int(network["services_most"].sum()) > 100_000


def test_the_rates_of_both_kinds_of_place_give_the_published_services() -> None:
    published = published_rates()
    given = published["outside_towns"] * 604_791 + published["towns"] * (1_920_000 - 604_791)
    assert given == 103_941
    shown = {
        kind: [round(1000 * end, 1) for end in map(float, rate)] for kind, rate in rates().items()
    }
    assert shown == {
        "parish": [64.0, 112.0],
        "municipality": [64.0, 112.0],
        "town": [15.7, 27.5],
        "state_city": [27.5, 54.1],
    }
    assert round(float(published["outside_towns"] / published["towns"]), 2) == 4.06
    for kind, ends in RATES.items():
        assert list(map(float, rates()[kind])) == pytest.approx(ends)


def test_the_report_tells_the_rates_where_the_services_stand(sample_result: Result) -> None:
    lv = people_sentences(sample_result)[2].replace("\u00a0", " ")
    assert "pagastos 64,0–112,0, novada pilsētās 15,7–27,5, valstspilsētās 27,5–54,1" in lv
    assert "pakalpojuma uz 1000 iedzīvotājiem" in lv
    en = people_sentences(dataclasses.replace(sample_result, lang="en"))[2]
    assert "64.0–112.0 services in parishes, 15.7–27.5 in towns and 27.5–54.1 in state" in en


def test_the_band_of_a_share_holds_the_truth(sample_result: Result) -> None:
    table = sample_result.residents
    assert (table["share_least"] <= table["share"]).all()
    assert (table["share"] <= table["share_most"]).all()
    chosen = (table["measure"] == "within_2000") & (table["points"] == "network")
    least, most = (int(table.loc[chosen, end].iloc[0]) for end in ("least", "most"))
    all_least, all_most = (int(table[end].iloc[0]) for end in ("least", "most"))
    shares = table.loc[chosen, ["share_least", "share_most"]].to_numpy(float)[0]
    assert shares[0] == pytest.approx(least / (least + all_most - most))
    assert shares[1] == pytest.approx(most / (most + all_least - least))


# --- By hand -------------------------------------------------------------------------------------


def test_a_cell_counts_by_its_centre_and_is_never_split(analysed: Callable[..., Result]) -> None:
    # From the centre at (5, 5): 0, 1 and 4.9 km; from the library at (15, 5): 3 km.
    cells = ((5, 5, 100), (6, 5, 5), (5, 9.9, 40), (12, 5, 1000), (2.2, 15, 7))
    result = analysed(ON_GRID, *cells)
    found = counted(result)
    assert found["total", "all"] == [1152, 1148, 1157]
    assert found["within_700", "existing"] == [100, 100, 100]
    assert found["within_2000", "existing"] == [105, 101, 110]
    assert found["within_5000", "existing"] == [145, 141, 150]
    assert found["within_5000", "network"] == [1145, 1141, 1150]
    assert found["in_unit", "planned"] == [1000, 1000, 1000]
    assert found["in_unit", "none"] == [7, 7, 7]
    network = result.network.set_index("unit")
    assert network["residents_nearest"][[SOUTHERN, TOWN]].tolist() == [152, 1000]
    assert network["residents_nearest"][[NORTH, EAST]].isna().all()


def test_residents_by_unit_are_shared_out_by_area(analysed: Callable[..., Result]) -> None:
    people = rows("code,people", (NORTH, 0), (SOUTHERN, 10_000), (EAST, 30), (TOWN, 500))
    result = analysed(BY_UNIT, people_csv=people)
    assert set(result.residents["basis"]) == {"unit"}
    found = counted(result)
    # A circle of 2 km lies whole in its square of 10 km, and so does one of 5 km: π r² / 100 km².
    assert found["within_2000", "existing"][0] == pytest.approx(10_000 * np.pi * 0.04, rel=0.01)
    assert found["within_5000", "existing"][0] == pytest.approx(10_000 * np.pi * 0.25, rel=0.01)
    assert found["within_15000", "existing"][0] > 10_000
    assert found["total", "all"] == [10_530] * 3
    assert found["in_unit", "network"] == [10_500] * 3
    # Units with a point keep their residents; the others go to the nearest point.
    network = result.network.set_index("unit")
    assert network["residents_nearest"][[SOUTHERN, TOWN]].tolist() == [10_000, 530]
    cells = result.inputs.residents
    assert cells is not None
    assert cells["cell"].tolist() == [NORTH, SOUTHERN, EAST, TOWN]


def test_an_unknown_count_leaves_shares_untold_and_the_rest_whole(
    analysed: Callable[..., Result],
) -> None:
    people = rows("code,people", (SOUTHERN, 10), (TOWN, 500))
    result = analysed(BY_UNIT, people_csv=people)
    assert result.residents["share"].isna().all()
    assert counted(result)["total", "all"] == [510] * 3
    assert int(result.network["residents_nearest"].sum()) == 510


def test_where_none_are_given_that_is_said(analysed: Callable[..., Result], tmp_path: Path) -> None:
    result = analysed()
    assert result.residents.empty
    assert result.inputs.residents is None
    assert result.network["residents_nearest"].isna().all()
    assert not result.summary["criterion"].str.startswith("population_within").any()
    result.write(tmp_path / "out")
    assert not (tmp_path / "out" / "residents.csv").exists()
    assert json.loads((tmp_path / "out" / "run.json").read_text())["population"] is None
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Residents are not given (population)" in page


def test_no_residents_at_all_are_no_error(analysed: Callable[..., Result]) -> None:
    result = analysed(ON_GRID, (5, 5, 0), (15, 5, 0))
    assert counted(result)["within_700", "network"] == [0, 0, 0]
    assert result.residents["share"].isna().all()
    assert int(result.network["services_most"].sum()) == 0


def test_files_tell_the_same_and_old_ones_go(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = analysed(ON_GRID, (5, 5, 100), (6, 5, 5), (12, 5, 1000))
    result.write(out)
    table = pd.read_csv(out / "residents.csv")
    assert len(table) == 1 + 5 + 2 * len(RADII_M)
    assert not table.duplicated(["measure", "points"]).any()
    summary = pd.read_csv(out / "summary.csv").set_index("criterion")
    for row in table[table["radius_m"].notna()].to_dict("records"):
        told = summary.loc[f"population_{row['measure']}_{row['points']}"]
        expected = [row["residents"], row["least"], row["most"]]
        assert list(told[["value", "least", "most"]]) == expected
    run = json.loads((out / "run.json").read_text())["population"]
    assert run["services_a_year"] == {"least": 22, "most": 40}
    # 101 to 110 residents of the parish, 1000 of the town.
    assert (101 * RATES["parish"][0] + 1000 * RATES["town"][0]) == pytest.approx(22.2, abs=0.05)
    assert (110 * RATES["parish"][1] + 1000 * RATES["town"][1]) == pytest.approx(39.9, abs=0.05)
    assert (run["basis"], run["residents"]) == ("grid", 1105)
    layers = pyogrio.read_dataframe(out / "coverage.gpkg", layer="network")
    assert layers["residents_nearest"].dropna().tolist() == [105, 1000]
    analysed().write(out)
    assert not (out / "residents.csv").exists()


# --- Apportioning --------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_parts_add_up_and_are_within_one_of_what_is_asked(total: int, weights: list[int]) -> None:
    parts = apportion(total, pd.Series(weights)).tolist()
    whole = sum(weights)
    assert sum(parts) == (total if whole else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert whole == 0 or abs(part * whole - total * weight) < whole


def test_the_first_of_equal_remainders_gets_what_is_left() -> None:
    assert apportion(4, pd.Series([1, 1, 1])).tolist() == [2, 1, 1]


# --- People at the desk --------------------------------------------------------------------------

STAFF = ["staff_least", "staff_most"]


def test_people_at_the_desk_are_those_that_the_services_need(sample_result: Result) -> None:
    """One person of 40 hours a week serves 120 a week, 5520 in a year of 46 weeks."""
    network = sample_result.network
    library = (network["host"] == "library").fillna(value=False)
    for end in ("least", "most"):
        exact = network.loc[library, f"services_{end}"].astype(float) / 5520
        assert (network.loc[library, f"staff_{end}"] - exact).abs().max() < 0.1
    told = network.dropna(subset=["place"])
    assert (told["staff_least"] <= told["staff_most"]).all()
    # No one publishes hours of 40 a week alone: the centres' own are between 20 and 60.
    assert 139_771 / 5520 * 0.9 < network["staff_most"].sum() < 139_771 / 5520 * 1.1


def test_points_municipalities_and_the_country_add_up(sample_result: Result) -> None:
    network, told = sample_result.network, sample_result.municipalities.set_index("municipality")
    for name in ("services_least", "services_most", *STAFF):
        tenths = (network[name].astype(float) * 10).round(6)
        assert (tenths.dropna() % 1 == 0).all()
        by_municipality = tenths.groupby(network["municipality"]).sum() / 10
        assert (told[name] - by_municipality).abs().max() < 1e-9
        assert float(told[name].sum()) == pytest.approx(tenths.sum() / 10)


def test_less_than_a_tenth_of_a_person_is_said_in_words() -> None:
    write = Writer("en", 700)
    row = {"services_least": 71, "services_most": 124, "staff_least": 0.0, "staff_most": 0.0}
    assert demand_lines(row, 1, write, brief=True)[0].startswith(
        "Services expected a year: 71–124; people at the desk while open: below 0.1. "
    )
    some = demand_lines({**row, "staff_most": 0.1}, 1, write, brief=True)[0]
    assert "people at the desk while open: 0.0–0.1. " in some


def test_own_hours_and_the_busiest_month_count(analysed: Callable[..., Result]) -> None:
    cells = ((5, 5, 100_000), (15, 5, 1000))
    mean = analysed(ON_GRID, *cells).network.set_index("unit")
    assert abs(mean.loc[SOUTHERN, "services_most"] - 100_000 * OUTSIDE) < 1
    assert mean.loc[SOUTHERN, STAFF].tolist() == pytest.approx([1.2, 2.0])
    # 20 hours a week need twice the people, a busiest month half as many again.
    half = CENTRES.replace("status", "status,hours", 1).replace("open", "open,Mo-Fr 08:00-12:00")
    toml = TOML.replace('status = "status"', 'status = "status", hours = "hours"')
    toml += "[rules]\npeak_factor = 1.5\n"
    busy = analysed(ON_GRID, *cells, centres_csv=half, toml=toml).network.set_index("unit")
    exact = np.array([100_000 * OUTSIDE * 12 / 21, 100_000 * OUTSIDE]) / 2760 * 1.5
    assert busy.loc[SOUTHERN, STAFF].tolist() == pytest.approx(exact.round(1).tolist())
    # A letter says of which month they are.
    write = Writer("en", 700.0)
    (line,) = demand_lines(busy.loc[SOUTHERN], 1.5, write, brief=True)
    assert "for the busiest month, with 1.50 times the services of a mean one." in line
    (line,) = demand_lines(mean.loc[SOUTHERN], 1.0, write, brief=True)
    assert "month" not in line


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=12),
    st.integers(1, 100),
)
def test_parts_of_the_least_are_never_more_than_those_of_the_most(
    pairs: list[tuple[int, int]], size: int
) -> None:
    low = pd.Series([min(pair) for pair in pairs])
    high = pd.Series([max(pair) for pair in pairs])
    most = apportion(round(int(high.sum()) / size), high)
    least = apportion(round(int(low.sum()) / size), low, most)
    assert (least <= most).all()
    assert least.sum() == (round(int(low.sum()) / size) if low.sum() else 0)
