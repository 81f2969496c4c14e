"""Origins have the point, stop and unit that an exhaustive search gives, and none is lost."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

import vpvkac
from plain_country import SIDE, SOUTH, UNITS, WEST, at, beside, rows, write_units
from vpvkac import Columns, InputError, demand
from vpvkac.cli.main import main
from vpvkac.geo.geodesy import to_degrees, to_planar
from vpvkac.model.territory import NONE
from vpvkac.questions.demand import origins as reading
from vpvkac.questions.demand.origins import open_delimited
from vpvkac.questions.demand.tally import Cells
from vpvkac.sources import tabular

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from vpvkac.api.coverage import Result

pytestmark = pytest.mark.slow

GEOD = Geod(ellps="GRS80")
PLAIN = 'id = "id", name = "name", lat = "lat", lon = "lon"'
TOML = f"""
[inputs]
units = "units.gpkg"
centres = {{ path = "centres.csv", {PLAIN}, status = "status" }}
libraries = {{ path = "libraries.csv", {PLAIN} }}
stops = [{{ path = "stops.csv", {PLAIN}, feed = "f" }}]
"""
SPOT = at(5, 5)
PLACES = {
    "centres_csv": rows("id,name,lat,lon,status", ("a", "A", *at(5, 5), "open"),
                        ("b", "B", *at(6, 6), "open"), ("c", "C", *at(15, 15), "announced")),
    "libraries_csv": rows("id,name,lat,lon", ("l", "L", *at(5, 15)), ("m", "M", *at(6, 5))),
    # "2" and "1" stand as far from the spot, to the west and to the east.
    "stops_csv": rows("id,name,lat,lon", ("2", "S", SPOT[0], round(SPOT[1] - 0.0115, 7)),
                      ("1", "S", SPOT[0], round(SPOT[1] + 0.0115, 7)), ("3", "S", *at(15, 5))),
}  # fmt: skip
NORTH, SOUTHERN, EAST, TOWN = "LV9000100", "LV9000110", "LV9000200", "LV9000210"


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("country")
    write_units(folder / "units.gpkg", UNITS)
    for name, content in PLACES.items():
        (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
    (folder / "vpvkac.toml").write_text(TOML, encoding="utf-8")
    return vpvkac.analyse(vpvkac.load(folder), lang="en")


def answered(
    result: Result, content: str | bytes, folder: Path, **asked: Any
) -> tuple[vpvkac.Demand, pd.DataFrame]:
    """Write a CSV of origins, find what is asked; the answer and its table."""
    file = folder / "origins.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    found = demand(result, file, folder / "out", **asked)
    return found, pq.read_table(folder / "out" / "demand.parquet").to_pandas()


def scattered(result: Result, count: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Give positions all over the units and a little beyond."""
    rng = np.random.default_rng(seed)
    west, south, east, north = result.units.total_bounds
    x = rng.uniform(west - 3000, east + 3000, count)
    y = rng.uniform(south - 3000, north + 3000, count)
    lat, lon = to_degrees(x, y)
    return lat.round(7), lon.round(7)


def written(lat: NDArray[Any], lon: NDArray[Any]) -> str:
    return rows("lat,lon", *zip(lat, lon, strict=True))


# --- Against an exhaustive search -----------------------------------------------------------


def exhaustive(lat: float, lon: float, table: pd.DataFrame, key: str) -> tuple[str, float]:
    """Measure to every target; the lowest key of the nearest, metres to 0.001."""
    ones = np.ones(len(table))
    metres = GEOD.inv(lon * ones, lat * ones, table["lon"], table["lat"])[2].round(3)
    nearest = table[key][metres == metres.min()].min()
    return str(nearest), float(metres.min())


def test_nearest_point_stop_and_unit_equal_an_exhaustive_search(
    sample_result: Result, tmp_path: Path
) -> None:
    lat, lon = scattered(sample_result, 120, seed=3)
    _, table = answered(sample_result, written(lat, lon), tmp_path)
    stops = sample_result.stops[sample_result.stops["in_set"]]
    points = sample_result.network.dropna(subset="place")
    for row in table.to_dict("records"):
        stop, stop_m = exhaustive(row["lat"], row["lon"], stops, "stop")
        place, place_m = exhaustive(row["lat"], row["lon"], points, "place")
        assert (row["stop"], row["place"]) == (stop, place)
        assert row["stop_m"] == pytest.approx(stop_m, abs=0.1)
        assert row["place_m"] == pytest.approx(place_m, abs=0.1)
        assert row["within"] == (stop_m <= 700)
        assert row["place_within"] == (place_m <= 700)
    spots = gpd.GeoDataFrame(
        table[["origin"]], geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326
    ).to_crs(3059)
    units = sample_result.units[["unit", "geometry"]].rename(columns={"unit": "expected"})
    joined = gpd.sjoin_nearest(spots, units, how="left", max_distance=1000)
    expected = joined.groupby("origin")["expected"].min().reindex(table["origin"])
    assert expected.isna().sum() > 5
    assert table["unit"].fillna("").tolist() == expected.fillna("").tolist()


def test_cells_give_the_unit_that_the_polygons_give(sample_result: Result) -> None:
    territory = sample_result.inputs.territory
    rng = np.random.default_rng(8)
    corners = shapely.get_coordinates(territory.units.geometry.to_numpy())
    corners = corners[rng.choice(len(corners), 1500)]
    near = corners + rng.normal(0, 300, corners.shape)
    middle = (corners + np.roll(corners, 1, axis=0)) / 2
    west, south, east, north = territory.units.total_bounds
    anywhere = rng.uniform((west - 9e4, south - 9e4), (east + 9e4, north + 9e4), (1500, 2))
    x, y = np.concatenate([corners, near, middle, anywhere]).T
    points = np.asarray(shapely.points(x, y))
    expected = territory.holding(points)
    stray = expected == NONE
    expected[stray] = territory.nearest(points[stray], 1000)
    assert stray.sum() > 100
    assert Cells(territory).at(x, y).tolist() == expected.tolist()


def test_a_border_shared_by_four_squares_goes_to_the_lowest_code(country: Result) -> None:
    cells = Cells(country.inputs.territory)
    middle, edge = WEST + SIDE, SOUTH + SIDE
    x = np.array(
        [middle, middle, middle, WEST - 1000.0, WEST - 1000.1, WEST, np.nextafter(middle, 0)]
    )
    y = np.array([edge, edge + 1, edge - 1, SOUTH, SOUTH, SOUTH, edge + 1.0])
    codes = [*country.units["unit"], ""]
    found = [codes[number] for number in cells.at(x, y)]
    assert found == [NORTH, NORTH, SOUTHERN, SOUTHERN, "", SOUTHERN, NORTH]


# --- Decisions -----------------------------------------------------------------------------


def test_ties_go_to_the_lower_key_and_the_threshold_itself_is_within(
    country: Result, tmp_path: Path
) -> None:
    stop = country.stops[country.stops["stop"] == "f:1"].iloc[0]
    exactly = round(GEOD.inv(SPOT[1], SPOT[0], stop["lon"], stop["lat"])[2], 3)
    for threshold, within in ((exactly, True), (exactly - 0.001, False)):
        project = country.project.with_rules(threshold_m=threshold)
        _, table = answered(vpvkac.analyse(project), rows("lat,lon", SPOT), tmp_path)
        assert table[["stop", "within"]].to_numpy().tolist() == [["f:1", within]]
        assert table[["place", "place_m"]].to_numpy().tolist() == [["centres:a", 0]]


def test_a_distance_beyond_the_threshold_never_shows_as_at_it(
    country: Result, tmp_path: Path
) -> None:
    lat, lon = at(15, 5)
    origins = [beside(lat, lon, metres) for metres in (699.97, 700.03)]
    _, table = answered(country, rows("lat,lon", *origins), tmp_path)
    assert table["stop_m"].tolist() == [700.0, 700.1]
    assert table["within"].tolist() == [True, False]


def test_points_are_the_network_or_the_centres_open_today(country: Result, tmp_path: Path) -> None:
    # "b" is open, but its unit's point is "a"; "m" is a library of a unit that has a centre.
    content = rows("lat,lon", at(6, 6), at(6, 5), at(15, 15), at(5, 15))
    _, every = answered(country, content, tmp_path)
    assert every["place"].tolist() == ["centres:b", "centres:a", "centres:c", "libraries:l"]
    _, today = answered(country, content, tmp_path, points="existing")
    assert set(today["place"]) == {"centres:a", "centres:b"}


def test_without_stops_or_points_the_columns_are_empty(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    toml = TOML[: TOML.index("stops = ")]
    files = {name: content for name, content in PLACES.items() if name != "stops_csv"}
    files["centres_csv"] = rows("id,name,lat,lon,status", ("c", "C", *at(15, 15), "announced"))
    result = vpvkac.analyse(vpvkac.load(write_project(toml=toml, **files)))
    found, table = answered(result, rows("lat,lon", SPOT), tmp_path, points="existing")
    assert (
        table[["stop", "stop_m", "within", "place", "place_m", "place_within"]]
        .isna()
        .all(axis=None)
    )
    assert table["unit"].tolist() == [SOUTHERN]
    assert found.units["origins"].sum() == 1
    assert (
        found.units[["within", "place_within", "stop_m_mean", "place_m_max"]].isna().all(axis=None)
    )


# --- Nothing is lost -----------------------------------------------------------------------

BROKEN = rows(
    "id,lat,lon,people",
    ("good", *SPOT, 3),
    ("none", "", "", 1),
    ("half", SPOT[0], "", 1),
    ("zero", 0, 0, 1),
    ("word", "north", SPOT[1], 1),
    ("comma", '"56,9"', SPOT[1], 1),
    ("nan", "nan", SPOT[1], 1),
    ("inf", SPOT[0], "inf", 1),
    ("swapped", SPOT[1], SPOT[0], 1),
    ("mars", 123456.7, 3, 1),
    ("negative", *SPOT, -1),
    ("many", *SPOT, "many"),
    ("unknown", *SPOT, ""),
)


def test_every_row_is_used_or_dropped_by_a_named_reason(country: Result, tmp_path: Path) -> None:
    columns = Columns(key="id", weight="people")
    found, table = answered(country, BROKEN, tmp_path, columns=columns)
    assert table["origin"].tolist() == ["good", "unknown"]
    assert (found.read, found.used) == (13, 2)
    assert found.dropped == {
        "not_a_number": 4, "no_coordinates": 3, "bad_weight": 2, "outside": 2
    }  # fmt: skip
    told = {(f.field, f.row, f.value, f.alike) for f in found.faults}
    assert told == {
        ("lat", 6, "north", 4),
        ("lat, lon", 3, None, 3),
        ("people", 12, "-1", 2),
        ("lat, lon", 10, f"{SPOT[1]}, {SPOT[0]}", 2),
        ("people", 14, None, 1),
    }
    assert found.units["weight"].sum() == 3


@pytest.mark.parametrize("size", [16, 60, 200, 10**6])
def test_rows_keep_their_number_however_the_file_is_divided(
    country: Result, tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "BLOCK", size)
    content = (
        "\ufefflat;lon;name\r\n"
        f'{SPOT[0]};{SPOT[1]};"of two\r\nlines; and a ""mark"""\r\n'
        "\r\n"
        f"{SPOT[0]};{SPOT[1]};\r\n"
        f'{SPOT[0]};{SPOT[1]};"\r\n\r\n"\r\n'
        f"x;{SPOT[1]};\r\n"
        f"{SPOT[0]};{SPOT[1]};last"
    )
    found, table = answered(country, content, tmp_path)
    assert table["origin"].tolist() == ["2", "5", "6", "10"]
    assert [(fault.row, fault.value) for fault in found.faults] == [(9, "x")]


FIELDS = st.lists(st.sampled_from(["a", ",", '"', "\n", "\r\n", ";", " ", "é"]), max_size=6)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(FIELDS.map("".join), min_size=1, max_size=12), size=st.integers(8, 90))
def test_any_csv_is_read_as_python_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], size: int
) -> None:
    monkeypatch.setattr(tabular, "BLOCK", size)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["name", "lat", "lon"])
    writer.writerows([name, number, -number] for number, name in enumerate(names))
    file = tmp_path / "o.csv"
    file.write_text(written.getvalue(), encoding="utf-8", newline="")
    source = open_delimited(file, "o.csv", Columns(key="name"))
    chunks = [part for piece in source.partitions() for part in source.read(piece)]
    assert [t for c in chunks for t in c.origin.to_pylist()] == [name.strip() for name in names]
    assert [v for c in chunks for v in c.lat.value.tolist()] == list(range(len(names)))
    reader = csv.reader(io.StringIO(written.getvalue(), newline=""))
    starts = [1 + before for before in [0, *(reader.line_num for _ in reader)]]
    assert [r for c in chunks for r in c.row.tolist()] == starts[1 : len(names) + 1]


def test_origins_in_no_unit_have_a_row_of_their_own(country: Result, tmp_path: Path) -> None:
    content = rows("lat,lon", at(-0.9, 5), at(-1.1, 5), at(-49.9, 5), at(-50.1, 5))
    found, table = answered(country, content, tmp_path)
    assert table["unit"].fillna("").tolist() == [SOUTHERN, "", ""]
    assert found.dropped["outside"] == 1
    last = (tmp_path / "out" / "demand_units.csv").read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith(",,,,,2,0,0.0000,")


def test_units_add_up_what_pandas_adds_up(
    sample_result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ROWS", 700)
    monkeypatch.setattr(tabular, "BLOCK", 40_000)
    rng = np.random.default_rng(4)
    rng_rows = zip(
        *scattered(sample_result, 4000, seed=4), rng.integers(0, 50, 4000) / 8, strict=True
    )
    content = rows("lat,lon,people", *rng_rows)
    found, table = answered(sample_result, content, tmp_path, columns=Columns(weight="people"))
    units = found.units.set_index(found.units["unit"].fillna(""))
    assert len(units) == 588
    by = table.assign(unit=table["unit"].fillna("")).groupby("unit")
    assert units["origins"].sum() == found.used == len(table)
    assert by.size().equals(units["origins"].reindex(by.size().index).rename(None))
    for column in ("within", "place_within"):
        assert by[column].sum().tolist() == units[column].reindex(by.size().index).tolist()
        weighed = (table["weight"] * table[column]).groupby(table["unit"].fillna("")).sum()
        assert weighed.tolist() == units[f"weight_{column}"].reindex(weighed.index).tolist()
    assert found.in_no_unit == (table["unit"].isna()).sum()
    assert found.totals["within"] == (table["within"].sum(), table["within"].mean())
    assert found.totals["weight"] == (table["weight"].sum(), None)
    weighed = (table["weight"] * table["place_within"]).sum()
    assert found.totals["weight_place_within"] == (weighed, weighed / table["weight"].sum())
    for column in ("place_m", "stop_m"):
        found_by = units.reindex(by.size().index)
        assert np.allclose(by[column].mean(), found_by[f"{column}_mean"], atol=0.051)
        assert np.allclose(by[column].max(), found_by[f"{column}_max"], atol=0.051)
        middle = by[column].apply(lambda metres: metres.sort_values().iloc[(len(metres) - 1) // 2])
        assert (found_by[f"{column}_median"] - middle).between(-0.051, 1.051).all()
    none = units["origins"] == 0
    assert none.any()
    assert units.loc[none, ["within_share", "place_m_mean", "stop_m_median"]].isna().all(axis=None)


# --- Forms of files ------------------------------------------------------------------------


def frame(crs: int | None = 4326, **columns: Any) -> gpd.GeoDataFrame:
    lat, lon = zip(at(3, 3), at(15, 4), at(4, 16), strict=True)
    spots = gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(lon, lat), crs=4326)
    return spots if crs is None else spots.to_crs(crs)


@pytest.mark.parametrize("crs", [4326, 3059, 3857, 25834, "OGC:CRS84"])
@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_a_geoparquet_in_any_coordinate_system_gives_the_same(
    country: Result, tmp_path: Path, crs: Any, encoding: Any
) -> None:
    file = tmp_path / "o.parquet"
    frame(crs, ref=[7, 8, 9]).to_parquet(
        file, geometry_encoding=encoding, schema_version="1.1.0", row_group_size=2
    )
    demand(country, file, tmp_path / "out", columns=Columns(key="ref"))
    table = pq.read_table(tmp_path / "out" / "demand.parquet").to_pandas()
    assert table["origin"].tolist() == ["7", "8", "9"]
    assert table["unit"].tolist() == [SOUTHERN, TOWN, NORTH]
    assert np.allclose(table[["lat", "lon"]], [at(3, 3), at(15, 4), at(4, 16)], rtol=0, atol=2e-7)


def test_cells_of_a_grid_stand_at_a_point_inside(country: Result, tmp_path: Path) -> None:
    cells = frame(3059)
    cells.geometry = cells.buffer(500, cap_style="square")
    cells.loc[3] = [None]
    cells.to_parquet(tmp_path / "o.parquet")
    found = demand(country, tmp_path / "o.parquet", tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "demand.parquet").to_pandas()
    assert np.allclose(table[["lat", "lon"]], [at(3, 3), at(15, 4), at(4, 16)], rtol=0, atol=2e-7)
    assert table["origin"].tolist() == ["1", "2", "3"]
    assert found.dropped["no_coordinates"] == 1


def test_a_parquet_of_degrees_and_a_folder_of_parts_are_read(
    country: Result, tmp_path: Path
) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    for number, spot in enumerate((at(3, 3), at(15, 4))):
        table = pa.table({"y": [str(spot[0])], "x": [str(spot[1])], "n": [5]})
        pq.write_table(table, folder / f"{number}.parquet")
    columns = Columns(lat="y", lon="x", weight="n")
    found = demand(country, folder, tmp_path / "out", columns=columns)
    table = pq.read_table(tmp_path / "out" / "demand.parquet").to_pandas()
    assert table["unit"].tolist() == [SOUTHERN, TOWN]
    assert found.units["weight"].sum() == 10


def test_the_answer_is_a_geoparquet_with_the_columns_of_the_contract(
    country: Result, tmp_path: Path
) -> None:
    answered(country, rows("lat,lon", SPOT), tmp_path)
    file = tmp_path / "out" / "demand.parquet"
    read = gpd.read_parquet(file)
    assert list(read)[:7] == ["origin", "place", "place_m", "stop", "stop_m", "within", "unit"]
    assert list(read)[7:] == ["place_within", "lat", "lon", "geometry"]
    assert read.crs.to_authority() == ("OGC", "CRS84")
    assert (read.geometry.y[0], read.geometry.x[0]) == SPOT
    assert np.allclose(
        read.to_crs(3059).get_coordinates(),
        [to_planar([SPOT[0]], [SPOT[1]])[0][0], to_planar([SPOT[0]], [SPOT[1]])[1][0]],
    )
    about = json.loads(pq.read_schema(file).metadata[b"vpvkac"])
    assert (about["synthetic"], about["points"], about["threshold_m"]) == (False, "network", 700)


def test_the_same_origins_give_the_same_bytes(sample_result: Result, tmp_path: Path) -> None:
    content = written(*scattered(sample_result, 500, seed=9))
    kept = []
    for _ in range(2):
        answered(sample_result, content, tmp_path)
        kept.append([file.read_bytes() for file in sorted((tmp_path / "out").iterdir())])
    assert kept[0] == kept[1]
    assert b'"synthetic": true' in kept[0][0]


# --- Files at fault --------------------------------------------------------------------------

FAULTS: dict[str, tuple[str | bytes, str]] = {
    "missing column": ("y,x\n1,2\n", "o.csv, row 1: has none of the columns lat, lon"),
    "empty": ("", "o.csv: is empty"),
    "twice": ("lat,lon,lat\n1,2,3\n", "o.csv, row 1, lat: is the name of two columns"),
    "not UTF-8": (b"lat,lon,n\n57,24,\n57,24,\xc4\x81\n57,24,\xe2\n\xe3\n", "o.csv, row 4: is not"),
    "no rows": ("lat,lon\n\n", "o.csv: has no rows"),
    "utf-16": ("lat,lon\n1,2\n".encode("utf-16-le"), "o.csv, row 1: is not UTF-8"),
    "ragged": ("lat,lon\n57,24\n57,24,1\n", "o.csv, row 3: more fields than the header has (2)"),
    "short": ("n,lat,lon\na,57,24\nb,57\n", "o.csv, row 3: ends before a column that is needed"),
    "open quote": ('lat,lon\n57,24\n57,"24\n57,24\n', "o.csv, row 3: is not well-formed CSV"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_csv_is_a_sentence_and_nothing_is_written(
    country: Result, tmp_path: Path, name: str
) -> None:
    content, sentence = FAULTS[name]
    file = tmp_path / "o.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as told:
        demand(country, file, tmp_path / "out")
    assert str(told.value).replace(str(tmp_path) + "/", "").startswith(sentence)
    assert not (tmp_path / "out").exists()


def test_a_quotation_mark_that_is_never_closed_does_not_eat_the_memory(
    country: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "BLOCK", 100)
    content = "lat,lon,name\n57,24,a\n" + '57,24,"\n' + "57,24,b\n" * 1000
    with pytest.raises(InputError, match=r"row [23]: has a quotation mark that is never closed"):
        answered(country, content, tmp_path)


def bad_parquet(name: str, file: Path) -> str:
    """Write a Parquet at fault; what is said of it."""
    if name == "no parquet":
        file.write_bytes(b"PAR1 and more, but no Parquet at all")
        return "cannot be read as Parquet"
    if name == "no position":
        pq.write_table(pa.table({"a": [1]}), file)
        return "has neither geometry nor coordinates"
    if name == "a list":
        pq.write_table(pa.table({"lat": [[1.0]], "lon": [2.0]}), file)
        return "is a column of list"
    told: dict[str, Any] = {"encoding": "WKB", "crs": None}
    said = "has no known coordinate system"
    if name == "bad metadata":
        told, said = {}, "has GeoParquet metadata that make no sense"
    if name == "line":
        told, said = {"encoding": "linestring"}, "is a geometry encoded as linestring"
    geo = {"primary_column": "g", "columns": {"g": told}}
    metadata = {"geo": json.dumps(geo)}
    pq.write_table(pa.table({"g": [b""]}).replace_schema_metadata(metadata), file)
    return said


@pytest.mark.parametrize(
    "name", ["no parquet", "no position", "a list", "no crs", "bad metadata", "line"]
)
def test_a_broken_parquet_is_a_sentence(country: Result, tmp_path: Path, name: str) -> None:
    said = bad_parquet(name, tmp_path / "o.parquet")
    with pytest.raises(InputError) as told:
        demand(country, tmp_path / "o.parquet", tmp_path / "out")
    assert said in str(told.value)


def test_a_shape_that_is_none_is_told(country: Result, tmp_path: Path) -> None:
    file = tmp_path / "o.parquet"
    frame().to_parquet(file)
    table = pq.read_table(file)
    spoilt = table.set_column(0, "geometry", pa.array([b"\x01\x02", b"", None], pa.binary()))
    both = pa.concat_tables([spoilt, table.cast(spoilt.schema)])
    pq.write_table(both.replace_schema_metadata(table.schema.metadata), file)
    found = demand(country, file, tmp_path / "out")
    assert (found.used, found.dropped["not_a_number"], found.dropped["no_coordinates"]) == (3, 2, 1)


# --- The command -----------------------------------------------------------------------------


def test_the_command_finds_the_addresses_of_the_sample_in_both_languages(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    runner = CliRunner()
    assert runner.invoke(main, ["sample", str(folder)]).exit_code == 0
    out = tmp_path / "out"
    asked = ["demand", str(folder / "aw_eka.csv"), str(folder), "--out", str(out), "--id", "KODS",
             "--lat", "DD_N", "--lon", "DD_E"]  # fmt: skip
    latvian = runner.invoke(main, asked)
    assert latvian.exit_code == 0
    assert "Sintētiski parauga dati" in latvian.stdout
    assert "Nolasītās rindas                5332" in latvian.stdout
    english = runner.invoke(main, [*asked, "--lang", "en"])
    assert "Synthetic sample" in english.stdout
    assert "Rows used                        5332" in english.stdout
    assert {file.name for file in out.iterdir()} == {"demand.parquet", "demand_units.csv"}


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    asked = ["demand", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out"), "--lang", "en"]
    answer = CliRunner().invoke(main, asked)
    assert answer.exit_code == 1
    assert "none.csv: file not found; check the path" in answer.stderr
    assert "Nothing was written." in answer.stderr
    assert not (tmp_path / "out").exists()
