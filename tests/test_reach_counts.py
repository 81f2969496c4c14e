"""Counts that pages and maps show, by brute force: bands, other thresholds, gaps and decisions."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpvkac.analysis.coverage import (
    BANDS,
    EDGES_M,
    added_units,
    band_of,
    count_bands,
    distances,
    reach_at,
    shares_within,
)
from vpvkac.analysis.decisions import count_states
from vpvkac.analysis.map_classes import (
    count_access,
    count_decided,
    count_gaps,
    count_measured,
    count_placings,
    count_remedies,
    count_sides,
    failing_points,
)
from vpvkac.questions.coverage.reach import people_sentences
from vpvkac.texts import formats

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

MANY = settings(max_examples=60, deadline=None)
NEAR_EDGES = st.sampled_from([0.0, 349.999, 350.0, 350.001, 700.0, 700.001, 1500.0, 1500.001])
METRES = st.one_of(st.none(), NEAR_EDGES, st.floats(0, 5000))
POINTS = st.lists(
    st.tuples(METRES, st.sampled_from("abc"), st.sampled_from(["existing", "planned", "none"])),
    max_size=30,
)
WHOLE = [0.0, *EDGES_M, math.inf]


def in_band(metres: float | None, low: float, high: float) -> bool:
    """Take an edge for the nearer band's."""
    return metres is not None and (low < metres <= high or metres == low == 0)


def network_of(points: list[tuple[float | None, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(points, columns=["distance_m", "region", "status"])
    table = table.astype({"distance_m": float, "region": str, "status": str})
    within = (table["distance_m"] <= 700).astype("boolean").mask(table["distance_m"].isna())
    return table.assign(within=within)


@MANY
@given(POINTS)
def test_bands_by_region_are_counted_one_by_one(
    points: list[tuple[float | None, str, str]],
) -> None:
    counts = count_bands(network_of(points), "region")
    assert sorted({region for _, region, _ in points}) == counts.index.tolist()
    for region, row in counts.iterrows():
        own = [point for point in points if point[1] == region]
        assert row["units"] == len(own)
        for status in ("existing", "none"):
            assert row[status] == sum(point[2] == status for point in own)
        held = [sum(in_band(m, *edges) for m, *_ in own) for edges in pairwise(WHOLE)]
        assert row[list(BANDS)].tolist() == held
        assert row["measured"] == sum(held)
        if sum(held):
            near = sum(m is not None and m <= 700 for m, *_ in own)
            assert row["within_share"] == pytest.approx(near / sum(held))
        else:
            assert math.isnan(row["within_share"])


@MANY
@given(POINTS)
def test_all_points_are_the_sum_of_the_regions(
    points: list[tuple[float | None, str, str]],
) -> None:
    network = network_of(points)
    columns = ["units", "existing", "none", *BANDS, "measured"]
    whole, parts = count_bands(network), count_bands(network, "region")
    assert whole[columns].sum().tolist() == parts[columns].sum().tolist()


@MANY
@given(st.lists(METRES, min_size=1))
def test_every_distance_is_in_the_band_that_its_edges_say(metres: list[float | None]) -> None:
    for number, value in zip(band_of(pd.Series(metres, dtype=float)), metres, strict=True):
        held = [in_band(value, *edges) for edges in pairwise(WHOLE)]
        assert held == [number == band for band in range(len(BANDS))]


@pytest.mark.parametrize("limit", [0, 350, 600, 699.999, 700, 800, 5000])
def test_reach_at_a_threshold_is_counted_one_by_one(limit: float, sample_result: Result) -> None:
    figures = reach_at(distances(sample_result.network, sample_result.places), limit)
    places = sample_result.places.to_dict("records")
    libraries = [place for place in places if place["host"] == "library"]
    chosen: dict[str, Any] = {}
    for library in libraries:
        known = chosen.setdefault(library["unit"], library)
        if (library["distance_m"], library["place"]) < (known["distance_m"], known["place"]):
            chosen[library["unit"]] = library
    points = sample_result.network.to_dict("records")
    groups = {
        "centres": [p for p in places if p["host"] == "centre" and p["status"] == "open"],
        "points": points,
        "library_points": [point for point in points if point["host"] == "library"],
        "libraries": libraries,
        "libraries_chosen": list(chosen.values()),
    }
    assert len(figures) == 3 * len(groups)
    for name, group in groups.items():
        metres = [row["distance_m"] for row in group if not math.isnan(row["distance_m"])]
        within = sum(away <= limit for away in metres)
        assert figures[f"{name}_within"] == within
        assert figures[f"{name}_beyond"] == len(metres) - within
        assert figures[f"{name}_within_share"] == pytest.approx(within / len(metres))


def test_at_its_own_threshold_reach_is_that_of_the_summary(sample_result: Result) -> None:
    result = sample_result
    figures = reach_at(distances(result.network, result.places), result.threshold_m)
    summary = result.summary.drop_duplicates("criterion").set_index("criterion")["value"]
    for code in (
        "centres_within", "centres_beyond", "points_within", "points_beyond",
        "points_within_share", "library_points_within_share", "libraries_within_share",
        "libraries_chosen_within_share",
    ):  # fmt: skip
        assert figures[code] == summary[code]


def test_a_group_without_a_distance_has_no_figures() -> None:
    figures = reach_at({"points": np.empty(0)}, 700)
    assert all(math.isnan(value) for value in figures.values())
    assert np.isnan(shares_within(np.empty(0), [0, 700])).all()


@MANY
@given(
    st.lists(st.one_of(NEAR_EDGES, st.floats(0, 5000)), min_size=1),
    st.lists(st.one_of(NEAR_EDGES, st.floats(0, 5000))),
)
def test_the_curve_counts_every_distance_up_to_a_limit(
    metres: list[float], limits: list[float]
) -> None:
    shares = shares_within(np.array(metres), np.array(limits))
    expected = [sum(away <= limit for away in metres) / len(metres) for limit in limits]
    assert shares.tolist() == expected


PLACES = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 1500), st.sampled_from(["", "stop", "x"])),
    unique_by=lambda gap: gap[0],
)


def gaps_of(places: list[tuple[str, float, str]]) -> pd.DataFrame:
    table = pd.DataFrame(places, columns=["place", "distance_m", "decision"])
    return table.assign(remedy=table["decision"]).astype({"distance_m": float, "place": str})


@MANY
@given(PLACES, PLACES, PLACES)
def test_gaps_are_counted_one_by_one(
    access: list[tuple[str, float, str]],
    service: list[tuple[str, float, str]],
    coverage: list[tuple[str, float, str]],
) -> None:
    lists = [gaps_of(places) for places in (access, service, coverage)]
    named = {place for place, *_ in access}
    twice = sum(place in named for place, *_ in service)
    gaps = count_gaps(*lists)
    assert gaps == (len(access), len(service) - twice, len(coverage))
    assert gaps.total == len(access) + len(service) - twice + len(coverage)

    decided: dict[str, str] = {}
    for place, _, decision in [*access, *service]:
        decided.setdefault(place, decision)
    points = sum(decision != "" for decision in decided.values())
    units = sum(decision != "" for *_, decision in coverage)
    assert count_decided(*lists) == (points, units)
    assert count_decided(*lists).total == points + units

    rare = [gap for gap in service if gap[0] not in named]
    remedies = [remedy for *_, remedy in [*access, *rare, *coverage]]
    assert count_remedies(*lists) == {code: remedies.count(code) for code in set(remedies)}
    assert len(remedies) == gaps.total


@MANY
@given(PLACES, st.sets(st.sampled_from("abcdefgh")))
def test_the_access_list_is_points_beyond_points_to_verify_and_other_centres(
    access: list[tuple[str, float, str]], points: set[str]
) -> None:
    network = pd.DataFrame({"place": sorted(points)}, dtype=str)
    counted = count_access(gaps_of(access), network, 700.0)
    assert counted.beyond == sum(place in points and away > 700 for place, away, _ in access)
    assert counted.to_verify == sum(place in points and away <= 700 for place, away, _ in access)
    assert counted.centres == sum(place not in points for place, *_ in access)


STATES = st.lists(st.sampled_from([("open", True), ("open", False), ("open", None), ("done", None),
                                   ("done", False)]))  # fmt: skip


@MANY
@given(STATES)
def test_decisions_are_counted_one_by_one(states: list[tuple[str, bool | None]]) -> None:
    table = pd.DataFrame(states, columns=["state", "overdue"])
    counted = count_states(table.astype({"state": str, "overdue": "boolean"}))
    held = [state for state, _ in states]
    assert (counted.all, counted.open, counted.done) == (
        len(states), held.count("open"), held.count("done"),
    )  # fmt: skip
    assert counted.overdue == sum(late is True for _, late in states)


def test_reach_and_services_of_the_sample_are_counted_one_by_one(sample_result: Result) -> None:
    points = sample_result.network.to_dict("records")
    counts = count_sides(sample_result.network)
    assert counts.within == sum(point["within"] is True for point in points)
    assert counts.beyond == sum(point["within"] is False for point in points)
    assert counts.uncertain == sum(point["uncertain"] is True for point in points)
    asked = [point for point in points if not pd.isna(point["services_least"])]
    services = [sum(point[f"services_{end}"] for point in asked) for end in ("least", "most")]
    people = [
        float(sum(Decimal(str(point[f"staff_{end}"])) for point in asked))
        for end in ("least", "most")
    ]
    asked_of, desk = (
        "–".join(formats.number("en", value, decimals) for value in ends)
        for ends, decimals in ((services, 0), (people, 1))
    )
    assert people_sentences(sample_result.in_language("en"))[1] == (
        f"All points: services expected a year: {asked_of}; people at the desk while open: {desk}."
    )


def test_post_offices_add_the_units_that_hold_one_and_no_library(sample_result: Result) -> None:
    held: dict[str, set[str]] = {"library": set(), "post_office": set()}
    for place in sample_result.places.to_dict("records"):
        held.setdefault(place["host"], set()).add(place["unit"])
    assert added_units(sample_result.hosts) == len(held["post_office"] - held["library"])


@MANY
@given(POINTS)
def test_measured_points_are_counted_by_status_with_the_share_of_each_band(
    points: list[tuple[float | None, str, str]],
) -> None:
    counts = count_measured(network_of(points)).to_dict("index")
    known = [(metres, status) for metres, _, status in points if metres is not None]
    statuses = {status for _, status in known}
    assert set(counts) == statuses | ({"all"} if known else set())
    for name, row in counts.items():
        own = [metres for metres, status in known if name in ("all", status)]
        assert row["measured"] == len(own)
        for band, (low, high) in enumerate(pairwise(WHOLE)):
            held = sum(in_band(metres, low, high) for metres in own)
            assert row[f"band_{band}"] == held
            assert row[f"band_{band}_share"] == pytest.approx(held / len(own))


def test_what_fails_a_criterion_is_named_the_farthest_first(sample_result: Result) -> None:
    network, places = sample_result.network, sample_result.places
    limit = sample_result.threshold_m
    units = failing_points("units_none", network, places)
    assert units["unit"].tolist() == network.loc[network["place"].isna(), "unit"].tolist()
    centres = [
        (-row["distance_m"], row["place"], row["name"])
        for row in places.to_dict("records")
        if (row["host"], row["status"]) == ("centre", "open") and row["distance_m"] > limit
    ]
    failing = failing_points("centres_beyond", network, places)
    assert failing["name"].tolist() == [name for _, _, name in sorted(centres)]
    points = [
        (-row["distance_m"], row["place"], row["place_name"])
        for row in network.to_dict("records")
        if row["distance_m"] > limit
    ]
    failing = failing_points("points_beyond", network, places)
    assert failing["name"].tolist() == [name for _, _, name in sorted(points)]
    assert centres
    assert points


def test_places_are_counted_by_how_they_were_located(sample_result: Result) -> None:
    rows = sample_result.places.to_dict("records")
    counts = count_placings(sample_result.places).to_dict("index")
    assert set(counts) == {row["located_by"] for row in rows}
    for way, found in counts.items():
        own = [row for row in rows if row["located_by"] == way]
        assert found["places"] == len(own)
        assert found["located_within_m"] == max(row["located_within_m"] for row in own)
        assert found["uncertain"] == sum(row["uncertain"] is True for row in own)


def test_what_units_are_known_by_is_as_the_documentation_says(sample_result: Result) -> None:
    """Hold the figures of docs/geocoding.md, by register, name and polygon."""
    counts = count_placings(sample_result.places, "located_unit")
    assert counts["places"].to_dict() == {"name": 399, "polygon": 72, "register": 1034}
    assert counts["near_border"].to_dict() == {"name": 0, "polygon": 11, "register": 0}
    by_host = sample_result.places.groupby("host")["located_unit"].agg(
        lambda known: int((known == "register").sum())
    )
    found = {"centre": 124, "library": 620, "post_office": 290, "institution": 0, "state_centre": 0}
    assert by_host.to_dict() == found
