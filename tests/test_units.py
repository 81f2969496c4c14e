"""Territorial units: the published form is required, and its faults are named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from plain_country import SIDE, SOUTH, UNITS, WEST, units_frame
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input
from vpvkac.sources.units import read_units

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

BOWTIE = shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])


def read(folder: Path, frame: gpd.GeoDataFrame, name: str = "u.gpkg", **more: Any) -> Reading:
    frame.to_file(folder / name)
    return read_units(Input(folder / name, name, **more))


def changed(field: str, value: object, number: int = 2) -> gpd.GeoDataFrame:
    frame = units_frame(UNITS)
    column = list(frame[field])
    column[number] = value
    if field == "geometry":
        return frame.set_geometry(gpd.GeoSeries(column, crs=frame.crs))
    return frame.assign(**{field: pd.Series(column, dtype=object)})


def errors(folder: Path, frame: gpd.GeoDataFrame) -> list[Fault]:
    try:
        faults = read(folder, frame).faults
    except InputError as error:
        faults = error.faults
    return [fault for fault in faults if fault.level == "error"]


@pytest.mark.parametrize("name", ["u.shp", "u.gpkg"])
@pytest.mark.parametrize("crs", ["EPSG:3059", "EPSG:4326", "EPSG:3857"])
def test_units_come_in_any_coordinate_system(tmp_path: Path, name: str, crs: str) -> None:
    table = read(tmp_path, units_frame(UNITS).to_crs(crs), name).table
    assert table["unit"].tolist() == sorted(unit[0] for unit in UNITS)
    assert table["area_km2"].tolist() == pytest.approx([100] * 4, abs=0.01)
    assert table.total_bounds.tolist() == pytest.approx(
        [WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE], abs=0.01
    )


def test_heights_are_left_out(tmp_path: Path) -> None:
    frame = units_frame(UNITS)
    high = frame.set_geometry(gpd.GeoSeries(shapely.force_3d(frame.geometry.to_numpy(), 7)))
    assert not read(tmp_path, high.set_crs("EPSG:3059")).table.has_z.any()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("L1_code", "LV900011"), ("L1_code", "LV9000100"), ("L1_code", None),
        ("L1_code", "LV٠٠٠٠٠٠٠"), ("L1_name", None), ("L0_code", "x"), ("L0_name", "  "),
        ("L1_type", 9), ("L1_type", None),
    ],
)  # fmt: skip
def test_a_value_not_of_its_type_is_an_error_at_its_feature(
    tmp_path: Path, field: str, value: object
) -> None:
    (fault,) = errors(tmp_path, changed(field, value))
    assert (fault.row, fault.field) == (3, field)


@pytest.mark.parametrize("shape", [None, BOWTIE, shapely.Polygon(), shapely.Point(1, 1)])
def test_a_unit_needs_a_valid_polygon(tmp_path: Path, shape: object) -> None:
    (fault,) = errors(tmp_path, changed("geometry", shape))
    assert (fault.row, fault.value) == (3, "LV9000200")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    frame = changed("L1_type", 9).assign(L0_name="")
    assert {fault.field for fault in errors(tmp_path, frame)} == {"L1_type", "L0_name"}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (".shx", "lacks its part .shx"),
        (".dbf", "lacks its part .dbf"),
        (".prj", "coordinate system"),
    ],
)
def test_a_shapefile_that_lacks_a_part_is_refused(tmp_path: Path, part: str, said: str) -> None:
    units_frame(UNITS).to_file(tmp_path / "u.shp")
    (tmp_path / "u.shp").with_suffix(part).unlink()
    with pytest.raises(InputError, match=said):
        read_units(Input(tmp_path / "u.shp", "u.shp"))


def test_a_file_without_geometry_or_units_is_refused(tmp_path: Path) -> None:
    bare = pd.DataFrame(units_frame(UNITS).drop(columns="geometry"))
    pyogrio.write_dataframe(bare, tmp_path / "bare.gpkg", driver="GPKG")
    with pytest.raises(InputError, match="no geometry"):
        read_units(Input(tmp_path / "bare.gpkg", "bare.gpkg"))
    with pytest.raises(InputError, match="has no units"):
        read(tmp_path, units_frame(UNITS).iloc[:0])


def test_the_columns_that_are_missing_are_all_named(tmp_path: Path) -> None:
    found = errors(tmp_path, units_frame(UNITS).drop(columns=["L1_code", "L0_name"]))
    assert {fault.field for fault in found} == {"L1_code", "L0_name"}


def test_a_filter_keeps_some_units_and_the_rest_is_counted(tmp_path: Path) -> None:
    frame = units_frame(UNITS)
    reading = read(tmp_path, frame, where={"L0_code": ("LV9001000",)})
    assert reading.table["unit"].tolist() == ["LV9000200", "LV9000210"]
    assert (reading.rows_read, reading.dropped["not_in_where"]) == (4, 2)
    with pytest.raises(InputError, match="has no units"):
        read(tmp_path, frame, where={"L0_code": ("LV9",)})


def test_a_layout_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "u.gpkg"
    units_frame(UNITS).to_file(path)
    with pytest.raises(InputError, match="another layout"):
        read_units(Input(path, "u.gpkg"), "2021-07-01")
