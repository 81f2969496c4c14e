"""Poles that feeds share count once; distances never know of it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from sklearn.cluster import DBSCAN

import vpvkac
from vpvkac.analysis.access import stop_places, with_stop_places
from vpvkac.api.coverage import Result


def stops(*poles: tuple[str, float]) -> gpd.GeoDataFrame:
    """Put poles of feeds on a line, metres from its beginning."""
    feeds, metres = zip(*poles, strict=True)
    points = gpd.points_from_xy(500_000 + np.array(metres), np.full(len(metres), 300_000.0))
    return gpd.GeoDataFrame({"feed": feeds}, geometry=points, crs="EPSG:3059")


def test_one_feed_counts_every_pole() -> None:
    assert with_stop_places(stops(("a", 0), ("a", 5), ("a", 10)))["counted"].all()


def test_a_pole_of_two_feeds_counts_once() -> None:
    counted = with_stop_places(stops(("a", 0), ("b", 12), ("a", 500), ("b", 900)))["counted"]
    assert counted.tolist() == [True, False, True, True]


def test_at_a_terminal_the_fuller_feed_counts() -> None:
    counted = with_stop_places(stops(("a", 0), ("b", 10), ("b", 20), ("b", 30)))["counted"]
    assert counted.tolist() == [False, True, True, True]


def test_31_metres_are_two_places_and_30_are_one() -> None:
    assert len(set(stop_places(stops(("a", 0), ("b", 30))))) == 1
    assert len(set(stop_places(stops(("a", 0), ("b", 31))))) == 2


@pytest.mark.parametrize("seed", range(5))
def test_places_are_the_clusters_of_scikit_learn(seed: int) -> None:
    # On whole metres many pairs stand exactly 30 m apart.
    side = 60 * 15
    where = np.random.default_rng(seed).integers(500_000, 500_000 + side, (300, 2))
    poles = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*where.T), crs="EPSG:3059")
    clusters = DBSCAN(eps=30, min_samples=1).fit_predict(where)
    assert 30 < clusters.max() < 290
    assert stop_places(poles).tolist() == clusters.tolist()


@pytest.mark.parametrize("stop_set", ["bus", "all"])
def test_overlapping_poles_of_the_sample_count_once_and_still_measure(
    sample_result: Result, truth: dict[str, Any], stop_set: str
) -> None:
    result = vpvkac.analyse(vpvkac.sample().with_rules(stop_set=stop_set))
    value = result.summary.set_index("criterion")["value"]
    rows = truth["sets"][stop_set]["counts"]["stops"]
    assert sample_result.summary.set_index("criterion")["value"]["stops"] < value["stops"] < rows
    # Every pole still measures: the city's own stop is nearest somewhere.
    assert result.places["stop"].str.startswith("pilseta:").any()
