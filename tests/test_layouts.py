"""Tables move between the layouts with every total kept and every split told.

The real layouts are compared with a crosswalk made by others; what the files
do not hold (the history of codes, the merger of 2025) is planted here, with
invented codes where the real ones are not known.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vpvkac.geo.geodesy import CRS, to_degrees
from vpvkac.inputs.crosswalk import (
    Lineage,
    by_history,
    by_overlap,
    changes,
    crosswalk_for,
    leading_to,
    reallocate,
    recode_places,
)
from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.sources.base import records
from vpvkac.sources.layouts import NEW_TOWNS
from vpvkac.sources.units import read_atvk, read_units

OLD_FILE = "units/2021-01-01/Territorial_units_LV_1.2m_(2021.01.01.).shp"
NEW_FILE = "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
HEADER = (
    '"Level","Code","Code_version","Name","Code_parent","Validity_period_begin",'
    '"Validity_period_end","Predecessors","Successors"'
)
# Varakļānu novads joined Madonas novads on 2025-07-01.  The municipalities' codes are real; those
# that its units have since are not known here, and LV09… stand for them.
MERGER = """
4,LV0055210,1,Varakļāni,LV0055000,2021-07-01,2025-07-01,,LV0900210
4,LV0055450,1,Murmastienes pagasts,LV0055000,2021-07-01,2025-07-01,,"LV0900450"
4,LV0055480,1,Varakļānu pagasts,LV0055000,2021-07-01,2025-07-01,,
4,LV0900210,1,Varakļāni,LV0038000,2025-07-01,,LV0055210,
4,LV0900450,1,Murmastienes pagasts,LV0038000,2025-07-01,,,
4,LV0900480,1,Varakļānu pagasts,LV0038000,2025-07-01,,LV0055480,
4,LV0038010,1,Madona,LV0038000,2021-07-01,,,
3,LV0055000,1,Varakļānu novads,LV008,2021-07-01,2025-07-01,,LV0038000
3,LV0038000,1,Madonas novads,LV008,2021-07-01,,LV0055000,
1,LV008,1,Vidzeme,LV,2004-05-01,,,
"""


def history(folder: Path, rows: str) -> Lineage:
    file = folder / "atu_nuts_codes.csv"
    quoted = [",".join(f'"{cell.strip(chr(34))}"' for cell in split_cells(row))
              for row in rows.strip().splitlines()]  # fmt: skip
    file.write_text("\n".join([HEADER, *quoted]), encoding="utf-8")
    reading = read_atvk(Input(file, file.name))
    assert not [fault for fault in reading.faults if fault.level == "error"]
    assert reading.rows_read == len(quoted)
    return Lineage(reading.table)


def split_cells(row: str) -> list[str]:
    """Split a row at commas that stand outside quotation marks."""
    outside = row.split('"')
    joined = "".join(
        part if place % 2 else part.replace(",", "\t") for place, part in enumerate(outside)
    )
    return joined.split("\t")


def pairs_of(crosswalk: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(zip(crosswalk["old"], crosswalk["new"], crosswalk["change"], strict=True))


def square_units(squares: dict[str, tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    """Make units of boxes, in kilometres from a corner inside Latvia."""
    boxes = [shapely.box(*(500_000 + 1_000 * np.array(box))) for box in squares.values()]
    boxes = [shapely.transform(box, lambda xy: xy - [0, 200_000]) for box in boxes]
    frame = gpd.GeoDataFrame(geometry=boxes, crs=CRS)
    frame["unit"] = list(squares)
    frame["unit_name"] = [f"{code} pagasts" for code in squares]
    frame["municipality_name"] = "Parauga novads"
    return frame


def table_of(counts: dict[str, int | None]) -> pd.DataFrame:
    values = pd.array(list(counts.values()), "Int64")
    return pd.DataFrame(
        {"unit": list(counts), "row": range(2, len(counts) + 2), "population": values}
    )


def places_at(codes: Sequence[str], points: Sequence[tuple[float, float] | None]) -> pd.DataFrame:
    """Make places of unit codes at points, in kilometres as `square_units`."""
    east = np.array([np.nan if p is None else 500_000 + 1_000 * p[0] for p in points])
    north = np.array([np.nan if p is None else 300_000 + 1_000 * p[1] for p in points])
    lat, lon = to_degrees(east, north)
    ids = [str(place) for place in range(len(codes))]
    known = np.isfinite(east)
    lat, lon = np.where(known, lat, np.nan), np.where(known, lon, np.nan)
    return records(np.arange(2, len(codes) + 2), id=ids, name=ids, unit=codes, lat=lat, lon=lon)


@pytest.fixture(scope="module")
def layouts(shared_data: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    files = [shared_data / name for name in (OLD_FILE, NEW_FILE)]
    old, new = (read_units(Input(file, file.name)).table for file in files)
    return old, new


@pytest.fixture(scope="module")
def real(layouts: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]) -> pd.DataFrame:
    return by_overlap(*layouts)


def test_the_real_layouts_pair_as_the_published_crosswalk(
    real: pd.DataFrame, shared_data: Path
) -> None:
    file = shared_data / "units/crosswalk_2021-01-01_to_2022-07-01.csv"
    published = pd.read_csv(file).rename(columns={"L1_code_2021": "old", "L1_code_2022": "new"})
    both = published.merge(real, on=["old", "new"], how="outer", indicator=True)
    assert (both["_merge"] == "both").all()
    assert len(both) == 593
    assert (both["overlap_km2_x"] - both["overlap_km2_y"]).abs().max() < 0.0006
    assert (both["share_of_2021"] - both["share_of_old"]).abs().max() < 0.00006
    assert (both["share_of_2022"] - both["share_of_new"]).abs().max() < 0.00006


def test_581_of_the_592_units_pair_one_to_one(real: pd.DataFrame) -> None:
    alone = ~real["old"].duplicated(keep=False) & ~real["new"].duplicated(keep=False)
    assert real["new"].nunique() == 592
    assert alone.sum() == 581
    assert set(real.loc[~alone, "new"]) == {*NEW_TOWNS, *NEW_TOWNS.values(), "LV0041400"}


def test_what_was_split_and_merged_is_told(real: pd.DataFrame) -> None:
    told = changes(real)
    split = told[told["change"] == "split"]
    assert split.groupby("old_name")["new_name"].agg(list).to_dict() == {
        "Iecavas novads": ["Iecava", "Iecavas pagasts"],
        "Kokneses pagasts": ["Koknese", "Kokneses pagasts"],
        "Mārupes novads": ["Mārupe", "Mārupes pagasts"],
        "Ādažu novads": ["Ādaži", "Ādažu pagasts"],
        "Ķekavas pagasts": ["Ķekava", "Ķekavas pagasts", "Olaines pagasts"],
    }
    assert told.loc[told["change"] == "merged", "new_name"].tolist() == ["Olaines pagasts"]


def test_area_as_a_quantity_comes_out_as_the_new_units_areas(
    layouts: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], real: pd.DataFrame
) -> None:
    old, new = layouts
    table = old[["unit", "area_km2"]].assign(row=np.arange(len(old)) + 2)
    moved = reallocate(table, real, ["area_km2"], shown="platība.csv")
    expected = new.set_index("unit")["area_km2"]
    assert moved.table["unit"].tolist() == expected.index.tolist()
    assert moved.table["area_km2"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.001)
    assert [(fault.level, fault.alike) for fault in moved.faults] == [("warning", 5)]


def test_borders_drawn_200_m_otherwise_change_nothing(
    layouts: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
) -> None:
    _, new = layouts
    redrawn = new.set_geometry(shapely.coverage_simplify(new.geometry.to_numpy(), 200))
    crosswalk = by_overlap(new, redrawn)
    assert crosswalk["old"].tolist() == crosswalk["new"].tolist() == new["unit"].tolist()
    assert set(crosswalk["change"]) == {"same"}


def test_the_two_newer_layouts_differ_by_the_five_towns(
    layouts: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], shared_data: Path
) -> None:
    file = shared_data / NEW_FILE
    planned = read_units(Input(file, file.name), "2021-07-01").table
    crosswalk = by_overlap(layouts[1], planned)
    told = changes(crosswalk)
    assert set(told["change"]) == {"merged"}
    new_of = dict(zip(told["old"], told["new"], strict=True))
    assert new_of == NEW_TOWNS | {parish: parish for parish in NEW_TOWNS.values()}


def test_the_merger_of_2025_moves_three_units(tmp_path: Path) -> None:
    crosswalk = by_history(history(tmp_path, MERGER), "2022-07-01", "2025-07-01")
    assert pairs_of(crosswalk) == [
        ("LV0038010", "LV0038010", "same"),
        ("LV0055210", "LV0900210", "moved"),
        ("LV0055450", "LV0900450", "moved"),
        ("LV0055480", "LV0900480", "moved"),
    ]
    moved = crosswalk[crosswalk["change"] == "moved"]
    assert set(moved["old_municipality"]) == {"Varakļānu novads"}
    assert set(moved["new_municipality"]) == {"Madonas novads"}


def test_the_merger_of_2025_is_undone_backwards(tmp_path: Path) -> None:
    lineage = history(tmp_path, MERGER)
    there = by_history(lineage, "2022-07-01", "2025-07-01")
    back = by_history(lineage, "2025-07-01", "2022-07-01")
    assert sorted(zip(back["new"], back["old"], strict=True)) == sorted(
        zip(there["old"], there["new"], strict=True)
    )


def test_before_the_merger_nothing_has_changed(tmp_path: Path) -> None:
    crosswalk = by_history(history(tmp_path, MERGER), "2021-07-01", "2025-06-30")
    assert set(crosswalk["change"]) == {"same"}
    assert len(crosswalk) == 4


def test_a_table_after_the_merger_runs_against_units_before_it(tmp_path: Path) -> None:
    units = square_units({"LV0055210": (0, 0, 1, 1), "LV0038010": (1, 0, 2, 1)})
    codes = pd.Series(["LV0900210", "LV0038010", "LV0123456", ""])
    crosswalk = leading_to(history(tmp_path, MERGER), codes, units)
    assert [(old, new) for old, new, _ in pairs_of(crosswalk)] == [("LV0900210", "LV0055210")]


CHAIN = """
4,LV0000011,1,A pagasts,LV0000000,2010-01-01,2015-01-01,,LV0000012
4,LV0000012,1,B pagasts,LV0000000,2015-01-01,2019-12-31,,LV0000013
4,LV0000013,1,C pagasts,LV0000000,2020-01-01,,,
"""


def test_a_chain_of_changes_is_followed_to_the_date_asked(tmp_path: Path) -> None:
    lineage = history(tmp_path, CHAIN)
    for date, code in [("2014-12-31", "LV0000011"), ("2015-01-01", "LV0000012"),
                       ("2019-12-30", "LV0000012"), ("2020-01-01", "LV0000013"),
                       ("2099-01-01", "LV0000013")]:  # fmt: skip
        assert by_history(lineage, "2012-01-01", date)["new"].tolist() == [code], date


def test_a_chain_leads_an_old_code_to_the_first_unit_it_meets(tmp_path: Path) -> None:
    lineage = history(tmp_path, CHAIN)
    units = square_units({"LV0000012": (0, 0, 1, 1)})
    codes = pd.Series(["LV0000011", "LV0000013"])
    assert leading_to(lineage, codes, units)["new"].tolist() == ["LV0000012", "LV0000012"]


def test_changes_that_lie_in_the_future_are_not_made_yet(tmp_path: Path) -> None:
    future = CHAIN.replace("2020-01-01,,", "2020-01-01,2030-01-01,").rstrip()
    rows = future.removesuffix(",") + ",LV0000014\n4,LV0000014,1,D,LV0000000,2030-01-01,,,"
    lineage = history(tmp_path, rows)
    assert by_history(lineage, "2015-01-01", "2026-01-01")["new"].tolist() == ["LV0000013"]
    assert by_history(lineage, "2015-01-01", "2030-01-01")["new"].tolist() == ["LV0000014"]


def test_a_cycle_ends(tmp_path: Path) -> None:
    rows = """
4,LV0000011,1,A pagasts,LV0000000,2010-01-01,2015-01-01,LV0000012,LV0000012
4,LV0000012,1,B pagasts,LV0000000,2015-01-01,2020-01-01,LV0000011,LV0000011
4,LV0000011,2,A pagasts,LV0000000,2020-01-01,2021-01-01,LV0000012,LV0000011 LV0000012
"""
    lineage = history(tmp_path, rows)
    assert by_history(lineage, "2012-01-01", "2020-06-01")["new"].tolist() == ["LV0000011"]
    assert by_history(lineage, "2012-01-01", "2022-01-01").empty
    known = square_units({"LV0000099": (0, 0, 1, 1)})
    assert leading_to(lineage, pd.Series(["LV0000011"]), known).empty


def test_a_successor_that_the_file_lacks_leads_nowhere_and_is_told(tmp_path: Path) -> None:
    rows = "4,LV0000011,1,A pagasts,LV0000000,2010-01-01,2015-01-01,,LV0000012"
    assert by_history(history(tmp_path, rows), "2012-01-01", "2016-01-01").empty
    faults = read_atvk(Input(tmp_path / "atu_nuts_codes.csv", "atu_nuts_codes.csv")).faults
    assert [(fault.level, fault.row, fault.value) for fault in faults] == [
        ("warning", 2, "LV0000012")
    ]


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_invented_histories_are_followed_as_they_were_played(seed: int) -> None:
    """Units are split, merged, renamed and recoded at random; the file keeps half of what it can.

    The oracle walks the changes as they were played, one at a time; the file
    names each from one side or both, and ends periods on either day.
    """
    played = PlayedHistory(np.random.default_rng(seed))
    lineage = Lineage(played.table())
    first, last = "2001-06-01", "2008-06-01"
    expected = sorted(played.pairs(2001, 2008))
    assert [(old, new) for old, new, _ in pairs_of(by_history(lineage, first, last))] == expected
    back = by_history(lineage, last, first)
    assert sorted((new, old) for old, new, _ in pairs_of(back)) == expected


class PlayedHistory:
    """Ten years of changes to a few units, on the first of January of each year."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.fresh = itertools.count(1)
        self.rows: list[dict[str, object]] = []
        self.open: dict[str, dict[str, object]] = {}
        self.became: dict[int, list[tuple[str, str]]] = {}
        for _ in range(5):
            self.begin(self.code(), 2000)
        for year in range(2001, 2010):
            self.became[year] = []
            for _ in range(int(random.integers(0, 3))):
                self.change(year)

    def code(self) -> str:
        return f"LV{next(self.fresh):07d}"

    def begin(self, code: str, year: int) -> None:
        number = sum(row["code"] == code for row in self.rows)
        row: dict[str, object] = {
            "code": code, "version": str(number), "name": f"{code} {year}", "level": 4,
            "parent": "LV9999999", "begin": pd.Timestamp(year, 1, 1), "end": pd.NaT,
            "predecessors": "", "successors": "", "row": 0,
        }  # fmt: skip
        self.rows.append(row)
        self.open[code] = row

    def change(self, year: int) -> None:
        """Replace one or two units, none of them of this same year, by one or two."""
        old = [code for code, row in self.open.items() if row["begin"] < pd.Timestamp(year, 1, 1)]  # type: ignore[operator]
        self.random.shuffle(old)
        before = old[: int(self.random.integers(1, 3))]
        if not before:
            return
        keeps_code = self.random.random() < 0.3
        after = [before[0] if keeps_code else self.code()]
        after += [self.code()] * int(self.random.integers(0, 2))
        ended = [self.open.pop(code) for code in before]
        for code in after:
            self.begin(code, year)
        for row, later in itertools.product(ended, after):
            self.became[year].append((str(row["code"]), later))
            side = self.random.integers(0, 3)
            if side != 0:
                row["successors"] = f"{row['successors']} {later}".strip()
            if side != 1:
                new = self.open[later]
                new["predecessors"] = f"{new['predecessors']} {row['code']}".strip()
        for row in ended:
            row["end"] = pd.Timestamp(year, 1, 1) - pd.Timedelta(days=int(self.random.integers(2)))

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows).sort_values(["code", "begin"], ignore_index=True)

    def pairs(self, first: int, last: int) -> set[tuple[str, str]]:
        """Walk the changes after one year and to the other, both in their middle."""
        day = pd.Timestamp(first, 6, 1)
        started = [str(row["code"]) for row in self.rows
                   if row["begin"] <= day and not row["end"] <= day]  # type: ignore[operator]  # fmt: skip
        pairs = {(code, code) for code in started}
        for year in range(first + 1, last + 1):
            gone = {old for old, _ in self.became[year]}
            moved = {(start, new) for start, at in pairs
                     for old, new in self.became[year] if old == at}  # fmt: skip
            pairs = {pair for pair in pairs if pair[1] not in gone} | moved
        return pairs


def test_a_part_cut_off_before_a_merger_is_not_taken_for_its_heir(tmp_path: Path) -> None:
    """B lost C in 2015; A joined B in 2020, so nothing of A went into C."""
    rows = """
4,LV0000001,1,A pagasts,LV0000000,2010-01-01,2020-01-01,,LV0000002
4,LV0000002,1,B pagasts,LV0000000,2010-01-01,,,
4,LV0000003,1,C,LV0000000,2015-01-01,,LV0000002,
"""
    crosswalk = by_history(history(tmp_path, rows), "2012-01-01", "2022-01-01")
    assert [(old, new) for old, new, _ in pairs_of(crosswalk)] == [
        ("LV0000001", "LV0000002"),
        ("LV0000002", "LV0000002"),
        ("LV0000002", "LV0000003"),
    ]


def test_a_town_cut_from_a_parish_that_keeps_its_code_is_a_split(tmp_path: Path) -> None:
    rows = """
4,LV0020470,1,Kokneses pagasts,LV0020000,2021-07-01,2022-07-01,,"LV0020220, LV0020470"
4,LV0020470,2,Kokneses pagasts,LV0020000,2022-07-01,,LV0020470,
4,LV0020220,1,Koknese,LV0020000,2022-07-01,,LV0020470,
"""
    lineage = history(tmp_path, rows)
    split = by_history(lineage, "2021-07-01", "2022-07-01")
    assert pairs_of(split) == [
        ("LV0020470", "LV0020220", "split"),
        ("LV0020470", "LV0020470", "split"),
    ]
    assert split["share_of_old"].isna().all()
    merged = by_history(lineage, "2022-07-01", "2021-07-01")
    assert set(merged["change"]) == {"merged"}
    moved = reallocate(
        table_of({"LV0020220": 2_500, "LV0020470": 1_300}), merged, ["population"], shown="x.csv"
    )
    assert moved.table.to_dict("list") == {"unit": ["LV0020470"], "population": [3_800]}
    refused = reallocate(
        table_of({"LV0020470": 3_800}), split, ["population"], shown="x.csv"
    ).faults
    assert [(fault.level, fault.row) for fault in refused] == [("error", 2)]
    assert refused[0].problem.text("en") == (
        "was split into LV0020220 Koknese, LV0020470 Kokneses pagasts"
    )


def test_a_whole_table_of_the_planned_network_is_known_by_its_codes(
    layouts: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], tmp_path: Path
) -> None:
    new = layouts[1].set_index("unit")["unit_name"]
    parishes = set(NEW_TOWNS.values())
    rows = []
    for code, name in new.items():
        if code in NEW_TOWNS:
            rows.append(f"4,{code},1,{name},,2022-07-01,,{NEW_TOWNS[str(code)]},")
        elif code in parishes:
            rows.append(f"4,{code},1,{name},,2021-07-01,2022-07-01,,")
            rows.append(f"4,{code},2,{name},,2022-07-01,,{code},")
        else:
            rows.append(f"4,{code},1,{name},,2021-07-01,,,")
    lineage = history(tmp_path, "\n".join(rows))
    planned = pd.Series([code for code in new.index if code not in NEW_TOWNS])
    told = changes(crosswalk_for(planned, layouts[0].iloc[:0], lineage))
    assert told.empty
    told = changes(crosswalk_for(planned, layouts[1], lineage))
    assert set(told["change"]) == {"split"}
    assert set(told["new"]) == parishes | set(NEW_TOWNS)
    # A few codes tell no layout: each is taken as it is.
    assert crosswalk_for(planned[:9], layouts[1], lineage).empty


def test_a_unit_renamed_and_one_given_another_code(tmp_path: Path) -> None:
    rows = """
4,LV0000001,1,A pagasts,LV0000000,2010-01-01,2020-01-01,,LV0000001
4,LV0000001,2,Jaunais pagasts,LV0000000,2020-01-01,,LV0000001,
4,LV0000002,1,B pagasts,LV0000000,2010-01-01,2020-01-01,,LV0000003
4,LV0000003,1,B pagasts,LV0000000,2020-01-01,,LV0000002,
"""
    crosswalk = by_history(history(tmp_path, rows), "2012-01-01", "2022-01-01")
    assert pairs_of(crosswalk) == [
        ("LV0000001", "LV0000001", "renamed"),
        ("LV0000002", "LV0000003", "same"),
    ]


def test_codes_written_without_letters_and_latvian_dates_read(tmp_path: Path) -> None:
    rows = CHAIN.replace("LV", "").replace("2015-01-01", "01.01.2015.")
    assert history(tmp_path, rows).records["code"].tolist() == [
        "LV0000011", "LV0000012", "LV0000013",
    ]  # fmt: skip
    assert by_history(history(tmp_path, rows), "2012-01-01", "2022-01-01")["new"].tolist() == [
        "LV0000013"
    ]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("2015-01-01", "2015-13-01", "is not a date"),
        ("2019-12-31", "2014-12-31", "is before the begin"),
        ("LV0000012,1", "LV0000011,1", "occurs twice with other values"),
        ("B pagasts", "", "is empty"),
        ("4,LV0000012", "7,LV0000012", "is not a known value"),
    ],
)
def test_faults_of_the_history_name_row_and_field(
    tmp_path: Path, before: str, after: str, problem: str
) -> None:
    rows = CHAIN.replace("2010-01-01", "2015-01-01") if "twice" in problem else CHAIN
    file = tmp_path / "atvk.csv"
    file.write_text(HEADER + rows.replace(before, after), encoding="utf-8")
    errors = [fault for fault in read_atvk(Input(file, "atvk.csv")).faults
              if fault.level == "error"]  # fmt: skip
    assert {fault.problem.text("en") for fault in errors} == {problem}
    assert all(fault.row and fault.field for fault in errors)


def test_a_history_with_other_columns_is_refused_by_their_names(tmp_path: Path) -> None:
    file = tmp_path / "atvk.csv"
    file.write_text(HEADER.replace('"Successors"', '"Next"') + CHAIN, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_atvk(Input(file, "atvk.csv"))
    assert [fault.field for fault in refused.value.faults] == ["Successors"]


# One unit of 4 × 1 km that becomes three quarters and a quarter; one that stays.
BEFORE = {"LV0000001": (0.0, 0.0, 4.0, 1.0), "LV0000002": (4.0, 0.0, 5.0, 1.0)}
AFTER = {
    "LV0000011": (0.0, 0.0, 3.0, 1.0),
    "LV0000012": (3.0, 0.0, 4.0, 1.0),
    "LV0000002": (4.0, 0.0, 5.0, 1.0),
}


def test_whole_numbers_stay_whole_when_divided() -> None:
    crosswalk = by_overlap(square_units(BEFORE), square_units(AFTER))
    table = table_of({"LV0000001": 10, "LV0000002": 7})
    moved = reallocate(table, crosswalk, ["population"], shown="x.csv")
    assert moved.table["unit"].tolist() == ["LV0000002", "LV0000011", "LV0000012"]
    assert moved.table["population"].tolist() in ([7, 8, 2], [7, 7, 3])
    assert moved.table["population"].dtype == "Int64"


def test_an_unknown_figure_stays_unknown() -> None:
    crosswalk = by_overlap(square_units(BEFORE), square_units(AFTER))
    table = table_of({"LV0000001": None, "LV0000002": 7})
    moved = reallocate(table, crosswalk, ["population"], shown="x.csv")
    assert moved.table["population"].isna().tolist() == [False, True, True]


def test_a_figure_of_an_unknown_unit_is_an_error() -> None:
    crosswalk = by_overlap(square_units(BEFORE), square_units(AFTER))
    table = table_of({"LV0000009": 3, "LV0000002": 7})
    faults = reallocate(table, crosswalk, ["population"], shown="x.csv").faults
    assert [(fault.level, fault.row, fault.value) for fault in faults] == [
        ("error", 2, "LV0000009")
    ]


@settings(deadline=None, max_examples=50)
@given(
    counts=st.lists(st.integers(0, 700_000), min_size=2, max_size=2),
    cuts=st.lists(st.floats(0.15, 3.85), min_size=1, max_size=6, unique=True),
)
def test_totals_stay_however_a_unit_is_cut(counts: list[int], cuts: list[float]) -> None:
    edges = [0.0, *sorted(cuts), 4.0]
    parts = {
        f"LV{place:07d}": (west, 0.0, east, 1.0)
        for place, (west, east) in enumerate(itertools.pairwise(edges), 11)
        if east - west > 0.01
    }
    crosswalk = by_overlap(square_units(BEFORE), square_units(parts | {"LV0000002": (4, 0, 5, 1)}))
    table = table_of({"LV0000001": counts[0], "LV0000002": counts[1]})
    moved = reallocate(table, crosswalk, ["population"], shown="x.csv").table
    assert moved["population"].sum() == sum(counts)
    assert (moved["population"] >= 0).all()
    assert moved.set_index("unit")["population"]["LV0000002"] == counts[1]


def test_a_place_of_a_split_unit_goes_to_the_part_that_holds_it() -> None:
    units = square_units(AFTER)
    crosswalk = by_overlap(square_units(BEFORE), units)
    places = places_at(
        ["LV0000001", "LV0000001", "LV0000002", ""],
        [(1.0, 0.5), (3.5, 0.5), None, None],
    )
    moved = recode_places(places, crosswalk, units, shown="x.csv")
    assert moved.table["unit"].tolist() == ["LV0000011", "LV0000012", "LV0000002", ""]
    assert not moved.faults


def test_a_place_a_little_outside_goes_to_the_nearest_part_of_its_own_unit() -> None:
    """Borders are generalised: a point of the split unit may lie over its neighbour's border."""
    units = square_units(AFTER)
    crosswalk = by_overlap(square_units(BEFORE), units)
    places = places_at(["LV0000001"] * 2, [(4.5, 0.5), (1.0, -0.6)])
    moved = recode_places(places, crosswalk, units, shown="x.csv")
    assert moved.table["unit"].tolist() == ["LV0000012", "LV0000011"]
    assert not moved.faults


def test_a_place_of_a_split_unit_with_no_point_is_an_error_that_names_the_parts() -> None:
    units = square_units(AFTER)
    crosswalk = by_overlap(square_units(BEFORE), units)
    places = places_at(["LV0000002", "LV0000001", "LV0000001"], [None, None, (1.0, 9.0)])
    faults = recode_places(places, crosswalk, units, shown="x.csv").faults
    assert [(fault.level, fault.row, fault.value, fault.alike) for fault in faults] == [
        ("error", 3, "LV0000001", 2)
    ]
    assert faults[0].problem.text("en") == (
        "was split into LV0000011 LV0000011 pagasts, LV0000012 LV0000012 pagasts"
    )


def test_the_real_unit_centres_of_2021_stand_in_the_units_their_codes_lead_to(
    layouts: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], real: pd.DataFrame, shared_data: Path
) -> None:
    centres = pd.read_csv(shared_data / "points/unit_centres_2021.csv")
    places = records(
        np.arange(2, len(centres) + 2),
        id=centres["unit"],
        unit=centres["unit"],
        lat=centres["lat"],
        lon=centres["lon"],
    )
    moved = recode_places(places, real, layouts[1], shown="unit_centres_2021.csv")
    assert not moved.faults
    units = layouts[1].set_index("unit").geometry.reindex(moved.table["unit"]).to_numpy()
    points = gpd.GeoSeries.from_xy(centres["lon"], centres["lat"], crs="EPSG:4326").to_crs(CRS)
    inside = shapely.distance(points.to_numpy(), units) == 0
    stated = centres["outside_unit"].fillna(0) == 0
    assert inside[stated.to_numpy()].mean() > 0.99
    towns = dict(zip(centres["name"], moved.table["unit"], strict=True))
    assert [towns[name] for name in ("Koknese", "Iecava", "Mārupe", "Ādaži", "Ķekava")] == [
        "LV0020220", "LV0025210", "LV0039200", "LV0023200", "LV0034220",
    ]  # fmt: skip
