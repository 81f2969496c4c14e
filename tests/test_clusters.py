"""Clusters of gaps: what neighbours are, against a linkage reckoned by hand."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from vpvkac.analysis.gaps import EXTENT_M, GAP_COLUMNS, SHARED_REMEDIES, find_clusters, hulls
from vpvkac.api.coverage import Result
from vpvkac.views.reasons import cluster_reason

KM = 1000.0


def gaps(*rows: tuple[float, float, str], towns: str = "Novads") -> gpd.GeoDataFrame:
    """Make a list of gaps, one to a unit, at positions in kilometres."""
    count = len(rows)
    return gpd.GeoDataFrame(
        {
            "unit": [f"LV9{number:06d}" for number in range(count)],
            "municipality": "LV9000000",
            "municipality_name": towns,
            "population": pd.array([100 + number for number in range(count)], dtype="Int64"),
            "remedy": [remedy for *_, remedy in rows],
        },
        geometry=[shapely.Point(5e5 + x * KM, 3e5 + y * KM) for x, y, _ in rows],
        crs="EPSG:3059",
    )


def joined(listed: gpd.GeoDataFrame) -> set[frozenset[str]]:
    """Give the clusters as sets of units."""
    of_gaps = find_clusters({"access": listed}).of_gaps["access"]
    held = listed.assign(**of_gaps).dropna(subset="cluster")
    return {frozenset(units) for _, units in held.groupby("cluster")["unit"]}


def by_hand(positions: np.ndarray) -> set[frozenset[int]]:
    """Join the two nearest groups, by their farthest members, as long as these are near enough."""
    groups = [frozenset([number]) for number in range(len(positions))]

    def apart(one: frozenset[int], other: frozenset[int]) -> float:
        return max(float(np.hypot(*(positions[a] - positions[b]))) for a in one for b in other)

    while len(groups) > 1:
        metres, one, other = min(
            ((apart(a, b), a, b) for a, b in combinations(groups, 2)), key=lambda found: found[0]
        )
        if metres > EXTENT_M:
            break
        groups = [group for group in groups if group not in {one, other}] + [one | other]
    return {group for group in groups if len(group) > 1}


@pytest.mark.parametrize("seed", range(12))
def test_clusters_are_those_of_complete_linkage_by_hand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    positions = rng.uniform(0, 60, (30, 2)).round(4)
    listed = gaps(*((x, y, "ask_for_stop") for x, y in positions))
    units = listed["unit"].to_numpy()
    wanted = {frozenset(units[list(group)]) for group in by_hand(positions * KM)}
    assert wanted
    assert joined(listed) == wanted


def test_a_chain_of_neighbours_is_no_cluster_as_a_whole() -> None:
    listed = gaps(*((10 * number, 0, "ask_for_stop") for number in range(4)))
    assert {len(cluster) for cluster in joined(listed)} == {2}


def test_gaps_exactly_at_the_limit_are_joined_and_not_a_millimetre_beyond() -> None:
    at, beyond = EXTENT_M / KM, (EXTENT_M + 0.001) / KM
    assert len(joined(gaps((0, 0, "ask_for_stop"), (at, 0, "ask_for_stop")))) == 1
    assert joined(gaps((0, 0, "ask_for_stop"), (beyond, 0, "ask_for_stop"))) == set()


def test_only_gaps_of_one_remedy_that_is_shared_are_joined() -> None:
    assert joined(gaps((0, 0, "ask_for_stop"), (1, 0, "other_premises"))) == set()
    for remedy in ("verify_location", "move_within_unit", "library"):
        assert joined(gaps((0, 0, remedy), (1, 0, remedy))) == set()
    for remedy in SHARED_REMEDIES:
        assert len(joined(gaps((0, 0, remedy), (1, 0, remedy)))) == 1


def test_both_lists_are_joined_and_a_unit_counts_once() -> None:
    access = gaps((0, 0, "other_premises"), (0.5, 0, "other_premises"))
    access["unit"] = "LV9000777"
    access["population"] = pd.array([40, 40], dtype="Int64")
    coverage = gaps((0, 0, "other_premises"))
    coverage = coverage.set_geometry(coverage.buffer(3 * KM))
    found = find_clusters({"access": access, "coverage": coverage})
    (row,) = found.table.to_dict("records")
    assert (row["gaps"], row["units"], row["residents"]) == (3, 2, 140)
    assert found.of_gaps["coverage"]["cluster_size"].tolist() == [3]
    assert "Gaps: 3; units: 2" in cluster_reason("en", row)


def test_the_order_of_rows_plays_no_part() -> None:
    rng = np.random.default_rng(1)
    listed = gaps(*((x, y, "ask_for_stop") for x, y in rng.integers(0, 40, (40, 2))))
    shuffled = listed.sample(frac=1, random_state=2)
    one, other = (find_clusters({"access": table}) for table in (listed, shuffled))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.of_gaps["access"], other.of_gaps["access"].sort_index())


def test_clusters_are_numbered_by_residents_and_told_apart_by_a_number() -> None:
    listed = gaps(*((x, 0, "ask_for_stop") for x in (0, 5, 100, 105, 200, 205)))
    listed["municipality_name"] = ["Āres novads"] * 4 + ["Bērzu novads", "Āres novads"]
    listed["municipality"] = ["LV9000000"] * 4 + ["LV9001000", "LV9000000"]
    listed["population"] = pd.array([1, 1, 50, 50, None, 9], dtype="Int64")
    table = find_clusters({"access": listed}).table
    assert table["name"].tolist() == [
        "Āres novads 1",
        "Āres novads 2",
        "Āres novads / Bērzu novads",
    ]
    assert table["residents"].fillna(-1).tolist() == [100, 2, -1]
    assert table["municipalities"].tolist()[-1] == "LV9000000+LV9001000"
    assert table["extent_m"].tolist() == [5000] * 3


def test_no_gaps_no_clusters() -> None:
    found = find_clusters({"access": gaps(), "coverage": gaps((0, 0, "other_premises"))})
    assert len(found.table) == 0
    assert found.of_gaps["access"].columns.tolist() == list(GAP_COLUMNS)
    assert found.of_gaps["coverage"]["cluster"].isna().all()
    assert found.of_gaps["coverage"]["cluster_name"].tolist() == [""]


def test_an_outline_holds_the_gaps_of_its_cluster_and_only_them() -> None:
    listed = gaps((0, 0, "ask_for_stop"), (5, 0, "ask_for_stop"), (50, 0, "ask_for_stop"))
    lists = {"access": listed.assign(**find_clusters({"access": listed}).of_gaps["access"])}
    (outline,) = hulls(lists, 1000)
    assert outline.contains(listed.geometry).tolist() == [True, True, False]
    assert outline.area == pytest.approx(5000 * 2000 + np.pi * 1e6, rel=0.01)


def test_in_the_sample_every_cluster_is_what_it_says(sample_result: Result) -> None:
    clusters = sample_result.gap_clusters.set_index("cluster")
    assert len(clusters) > 0
    columns = ["cluster", "cluster_name", "cluster_size", "remedy", "municipality_name", "geometry"]
    lists = [sample_result.gaps_access[columns], sample_result.gaps_coverage[columns]]
    held = pd.concat(lists).dropna(subset="cluster")
    assert set(held["cluster"]) == set(clusters.index)
    for number, members in held.groupby("cluster"):
        told = clusters.loc[number]
        at = [shape.representative_point() for shape in members["geometry"]]
        farthest = max(one.distance(other) for one, other in combinations(at, 2))
        assert farthest == pytest.approx(told["extent_m"], abs=0.002)
        assert farthest <= EXTENT_M
        assert set(members["remedy"]) == {told["remedy"]}
        assert set(members["cluster_size"]) == {told["gaps"]} == {len(members)}
        assert all(name in told["name"] for name in members["municipality_name"])
