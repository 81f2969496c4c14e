"""What maps tell apart and what they show, by brute force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vpvkac.analysis.map_classes import (
    CENTRE_CLASSES,
    centres_by_status,
    centres_to_show,
    classify_counts,
    classify_pair,
    count_centres,
    count_codes,
    count_institutions,
    count_offices,
    count_sides,
    farthest_centres,
    is_beyond,
    libraries_to_show,
    points_to_show,
    streets_to_show,
)

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

COUNTS = st.integers(0, 12)
FLAG = st.sampled_from([True, False, None])


@given(st.lists(COUNTS, max_size=20))
def test_a_number_of_centres_is_in_the_class_that_its_code_says(counts: list[int]) -> None:
    spans = {"none": range(1), "1": range(1, 2), "2-4": range(2, 5), "5-9": range(5, 10),
             "10+": range(10, 1000)}  # fmt: skip
    assert list(spans) == list(CENTRE_CLASSES)
    found = classify_counts(pd.Series(counts, dtype="int64"))
    assert all(count in spans[code] for code, count in zip(found, counts, strict=True))


@given(st.lists(st.tuples(COUNTS, COUNTS), max_size=20))
def test_an_area_is_told_by_which_of_two_it_holds(pairs: list[tuple[int, int]]) -> None:
    table = pd.DataFrame(pairs, columns=["one", "other"]).astype("int64")
    table.index = pd.Index([f"area {row}" for row in range(len(pairs))])
    codes = {(True, True): "both", (True, False): "first", (False, True): "second",
             (False, False): "neither"}  # fmt: skip
    found = classify_pair(table["one"], table["other"])
    assert found.to_dict() == {
        f"area {row}": codes[one > 0, other > 0] for row, (one, other) in enumerate(pairs)
    }


@given(st.lists(st.sampled_from("ABCX")))
def test_offices_are_counted_by_municipality(offices: list[str]) -> None:
    municipalities = pd.DataFrame({"municipality": list("CAB")})
    table = count_offices(municipalities, pd.DataFrame({"municipality": offices}, dtype=str))
    assert table["institution_offices"].tolist() == [offices.count(code) for code in "CAB"]


@given(st.lists(st.tuples(FLAG, FLAG)))
def test_sides_of_the_threshold_are_counted_one_by_one(
    flags: list[tuple[bool | None, bool | None]],
) -> None:
    table = pd.DataFrame(flags, columns=["within", "uncertain"], dtype=object)
    within = [flag for flag, _ in flags]
    assert count_sides(table) == (
        within.count(True), within.count(False), [flag for _, flag in flags].count(True),
    )  # fmt: skip
    assert is_beyond(table).tolist() == [flag is False for flag in within]


def test_points_and_places_of_gaps_are_shown_once_those_in_need_last(
    sample_result: Result,
) -> None:
    result = sample_result
    status: dict[str, Any] = {}
    for table in (result.network, result.gaps_access, result.gaps_service):
        for row in table[table["place"].notna()].to_dict("records"):
            status.setdefault(row["place"], row["status"])
    shown = points_to_show(result)
    assert dict(zip(shown["place"], shown["status"], strict=True)) == status
    assert len(shown) == len(status)

    within = result.places.set_index("place")["within"].to_dict()
    order = ["planned", "announced", "existing"]
    assert shown["place"].tolist() == sorted(
        status, key=lambda place: (within[place] is False, order.index(status[place]), place)
    )
    host = result.places.set_index("place")["host"]
    assert shown["host"].tolist() == host[shown["place"]].tolist()


def test_libraries_are_shown_with_the_chosen_one_of_each_unit(sample_result: Result) -> None:
    rows = sample_result.places.to_dict("records")
    libraries = [row for row in rows if row["host"] == "library"]
    nearest: dict[str, tuple[float, str]] = {}
    for row in libraries:
        key = (row["distance_m"], row["place"])
        nearest[row["unit"]] = min(key, nearest.get(row["unit"], key))
    shown = libraries_to_show(sample_result.places)
    chosen = set(shown.loc[shown["chosen"], "place"])
    assert chosen == {place for _, place in nearest.values()}
    assert shown["place"].tolist() == [
        row["place"]
        for row in sorted(libraries, key=lambda row: (row["within"] is False, row["place"]))
    ]


def test_open_centres_are_shown_by_band_and_side_the_farthest_last(sample_result: Result) -> None:
    shown = centres_to_show(sample_result.places)
    rows = [
        row
        for row in sample_result.places.to_dict("records")
        if row["host"] == "centre" and row["status"] == "open" and row["distance_m"] >= 0
    ]
    rows.sort(key=lambda row: (row["distance_m"], row["place"]))
    assert shown["place"].tolist() == [row["place"] for row in rows]
    assert shown["band"].tolist() == [
        sum(row["distance_m"] > edge for edge in (350, 700, 1500)) for row in rows
    ]
    assert shown["reach"].tolist() == [
        "within" if row["distance_m"] <= sample_result.threshold_m else "beyond" for row in rows
    ]


def test_centres_are_counted_by_band_and_side_and_those_beyond_listed(
    sample_result: Result,
) -> None:
    shown = centres_to_show(sample_result.places)
    pairs = list(zip(shown["band"], shown["reach"], strict=True))
    counts = count_centres(shown)
    assert counts == {pair: pairs.count(pair) for pair in pairs}
    assert list(counts) == sorted(counts, key=lambda pair: (pair[0], pair[1] == "beyond"))
    beyond = [row for row in shown.to_dict("records") if row["reach"] == "beyond"]
    beyond.sort(key=lambda row: (-row["distance_m"], row["place"]))
    assert farthest_centres(shown)["place"].tolist() == [row["place"] for row in beyond]


def test_all_centres_are_listed_with_the_status_of_a_point(sample_result: Result) -> None:
    centres = centres_by_status(sample_result.places)
    expected = {
        row["place"]: {"open": "existing"}.get(row["status"], row["status"])
        for row in sample_result.places.to_dict("records")
        if row["host"] == "centre"
    }
    assert dict(zip(centres["place"], centres["status"], strict=True)) == expected
    assert centres["status"].is_monotonic_increasing


@given(st.lists(st.sampled_from(["a", "b", None])))
def test_codes_are_counted_and_nulls_are_none(codes: list[str | None]) -> None:
    found = count_codes(pd.Series(codes, dtype=object))
    assert found == {code: codes.count(code) for code in codes if code is not None}


def test_offices_are_counted_by_institution_in_its_order_others_last() -> None:
    names = ["Dome", "VSAA Rīga", "NVA Balvi", "Valsts ieņēmumu dienests", "NVA Rīga"]
    found = count_institutions(pd.DataFrame({"name": names}))
    assert list(found.items()) == [("NVA", 2), ("VSAA", 1), ("VID", 1), ("other", 1)]


def test_without_a_distance_no_centre_is_shown(sample_result: Result) -> None:
    places = sample_result.places.assign(distance_m=float("nan"), within=None)
    assert centres_to_show(places).empty


@pytest.mark.parametrize("seed", range(60))
def test_streets_near_the_first_points_are_shown_before_others(seed: int) -> None:
    random = np.random.default_rng(seed)
    shapes = np.array(
        [
            shapely.LineString(random.uniform(0, 30, (random.integers(2, 6), 2)))
            for _ in range(random.integers(1, 13))
        ]
    )
    positions = random.uniform(0, 30, (random.integers(0, 5), 2))
    points = np.array([shapely.Point(at) for at in positions], object)
    distance, most = random.uniform(1, 8), int(random.integers(0, 41))
    chosen = streets_to_show(points, shapes, shapely.STRtree(shapes), distance, most)

    def first_near(line: int) -> int:
        near = [n for n, point in enumerate(points) if shapes[line].distance(point) <= distance]
        return near[0] if near else len(points)

    # Within the streets of one point the order is the tree's own: whole groups are sure.
    assert chosen.tolist() == sorted(set(chosen.tolist()))
    vertices = [shapely.get_num_coordinates(shape) for shape in shapes]
    assert sum(vertices[line] for line in chosen) <= most
    ranks = [first_near(line) for line in range(len(shapes))]
    for line in set(range(len(shapes))) - set(chosen.tolist()):
        assert all(ranks[other] <= ranks[line] for other in chosen)
        before = sum(vertices[other] for other in range(len(shapes)) if ranks[other] <= ranks[line])
        assert before > most


@pytest.mark.parametrize("most", [0, 1_000_000])
def test_all_streets_are_shown_or_none(most: int) -> None:
    lines = shapely.linestrings([[[x, 0], [x, 9]] for x in range(5)])
    chosen = streets_to_show(np.empty(0, object), lines, shapely.STRtree(lines), 5.0, most)
    assert chosen.tolist() == list(range(5)) * (most > 0)
