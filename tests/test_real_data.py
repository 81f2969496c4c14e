"""With the real units, stops and settlement points the counts are the published ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

import vpvkac
from vpvkac.model.project import Input
from vpvkac.sources.layouts import NEW_TOWNS
from vpvkac.sources.units import read_units

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result


pytestmark = pytest.mark.slow

UNITS_2022 = "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
UNITS_2021_01 = "units/2021-01-01/Territorial_units_LV_1.2m_(2021.01.01.).shp"
PROJECT = """
[inputs]
units = "{data}/units/2021-01-01/Territorial_units_LV_1.2m_(2021.01.01.).shp"
[inputs.libraries]
path = "{data}/points/unit_centres_2021.csv"
id = "unit"
name = "name"
lat = "lat"
lon = "lon"
{unit}
[[inputs.stops]]
path = "{data}/stops/atd_2026_stops.csv"
id = "id"
name = "name"
lat = "lat"
lon = "lon"
feed = "atd"
"""


def units(data: Path, name: str, layout: str | None = None) -> gpd.GeoDataFrame:
    """Read a file of units."""
    reading = read_units(Input(data / name, name), layout)  # type: ignore[arg-type]
    assert reading.rows_read == len(reading.table) + sum(reading.dropped.values())
    return reading.table


def run(data: Path, folder: Path, *, unit: bool) -> Result:
    """Run over the 587 units of 2021-01-01, their centres standing in for libraries."""
    toml = PROJECT.format(data=data.resolve(), unit='unit = "unit"' if unit else "")
    (folder / "vpvkac.toml").write_text(toml, encoding="utf-8")
    return vpvkac.analyse(vpvkac.load(folder))


@pytest.mark.parametrize(
    ("name", "layout", "count", "municipalities"),
    [
        (UNITS_2022, None, 592, 43),
        (UNITS_2022, "2021-07-01", 587, 43),
        ("units/2021-07-01_derived/units.gpkg", "2021-07-01", 587, 43),
        (UNITS_2021_01, "2021-01-01", 587, 119),
    ],
)
def test_layouts_have_their_published_counts_and_area(
    shared_data: Path, name: str, layout: str | None, count: int, municipalities: int
) -> None:
    table = units(shared_data, name, layout)
    assert len(table) == count
    assert table["municipality"].nunique() == municipalities
    assert table["area_km2"].sum() == pytest.approx(64_579, abs=0.5)


def test_the_587_made_from_the_file_of_2022_equal_the_derived_layout(shared_data: Path) -> None:
    made = units(shared_data, UNITS_2022, "2021-07-01").set_index("unit")
    derived = gpd.read_file(shared_data / "units/2021-07-01_derived/units.gpkg")
    derived = derived.set_index("L1_code").sort_index()
    assert made.index.tolist() == derived.index.tolist()
    assert made["unit_name"].tolist() == derived["L1_name"].tolist()
    difference = made.geometry.symmetric_difference(derived.geometry).area
    assert difference.max() < 1
    assert set(NEW_TOWNS.values()) <= set(made.index)
    assert not set(NEW_TOWNS) & set(made.index)


def test_three_towns_inside_municipalities_are_state_cities(shared_data: Path) -> None:
    table = units(shared_data, UNITS_2022)
    counts = table["kind"].value_counts()
    assert counts.to_dict() == {"parish": 511, "town": 71, "state_city": 10}


def test_a_layout_that_the_file_is_not_is_refused(shared_data: Path) -> None:
    with pytest.raises(vpvkac.InputError, match="--layout"):
        units(shared_data, UNITS_2021_01, "2022-07-01")


def test_582_units_have_a_stand_in_and_539_are_within_700_m(
    shared_data: Path, tmp_path: Path
) -> None:
    result = run(shared_data, tmp_path, unit=True)
    status = result.network["status"].value_counts()
    assert status.to_dict() == {"planned": 582, "none": 5}
    without = set(result.network.loc[result.network["status"] == "none", "unit"])
    given = pd.read_csv(shared_data / "points/unit_centres_2021.csv")
    assert without == set(units(shared_data, UNITS_2021_01)["unit"]) - set(given["unit"])
    assert int(result.network["within"].sum()) == 539
    assert result.gaps_coverage["unit"].tolist() != []
    assert (result.units["stops"] > 0).sum() == 584
    assert result.units["stops"].sum() == 10_168


def test_real_distances_equal_an_exhaustive_search(shared_data: Path, tmp_path: Path) -> None:
    result = run(shared_data, tmp_path, unit=True)
    stops = pd.read_csv(shared_data / "stops/atd_2026_stops.csv", dtype={"id": str})
    stops = stops.assign(key="atd:" + stops["id"]).sort_values("key", ignore_index=True)
    geod = Geod(ellps="GRS80")
    points = result.network.dropna(subset=["place"])
    ones = np.ones(len(stops))
    for row in points.itertuples():
        away = geod.inv(row.lon * ones, row.lat * ones, stops["lon"], stops["lat"])[2]
        away = np.round(away, 3)
        best = int(away.argmin())
        assert (row.stop, row.distance_m) == (stops["key"][best], away[best])
        assert bool(row.within) == (away[best] <= 700)


def test_by_position_alone_only_556_units_have_one(shared_data: Path, tmp_path: Path) -> None:
    result = run(shared_data, tmp_path, unit=False)
    assert (result.network["status"] == "planned").sum() == 556


def test_every_real_stop_is_used_and_none_is_dropped(shared_data: Path, tmp_path: Path) -> None:
    result = run(shared_data, tmp_path, unit=True)
    account = next(account for account in result.accounts if account.key == "stops")
    assert (account.rows_read, account.rows_used) == (10_168, 10_168)
    assert (result.stops["unit"] != "").all()
