"""A run on the sample finds what was planted in it, unit by unit, for every stop set."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import vpvkac
from vpvkac.api.coverage import Result
from vpvkac.render.csvfile import write_table

ROOT = Path(__file__).resolve().parent.parent

SEVEN = [1411, 810, 757, 741, 725, 705, 701]


@pytest.fixture(scope="module", params=["regional", "bus", "all"])
def planted(
    request: pytest.FixtureRequest, truth: dict[str, Any], sample_result: Result
) -> tuple[dict[str, Any], Result]:
    """Give the truth and the result for one stop set."""
    if request.param == "regional":
        return truth["sets"]["regional"], sample_result
    project = vpvkac.sample().with_rules(stop_set=request.param)
    return truth["sets"][request.param], vpvkac.analyse(project)


def test_every_unit_has_the_planted_point_stop_and_distance(
    planted: tuple[dict[str, Any], Result],
) -> None:
    truth, result = planted
    wanted = pd.DataFrame.from_dict(truth["network"], orient="index").sort_index()
    found = result.network.set_index("unit")
    assert found.index.tolist() == wanted.index.tolist()
    for column in ("status", "place", "stop"):
        assert found[column].fillna("").tolist() == wanted[column].fillna("").tolist()
    assert (found["distance_m"].fillna(-1) - wanted["distance_m"].fillna(-1)).abs().max() < 1e-9
    assert found["within"].astype(object).where(found["within"].notna(), None).tolist() == [
        None if pd.isna(within) else bool(within) for within in wanted["within"]
    ]


def test_the_summary_adds_up_to_the_planted_counts(planted: tuple[dict[str, Any], Result]) -> None:
    truth, result = planted
    found = result.summary.drop_duplicates("criterion").set_index("criterion")["value"]
    counts = {name: value for name, value in truth["counts"].items() if name in found.index}
    # Poles that two feeds share count once in a count of stops; the truth counts every row.
    if result.stop_set != "regional":
        assert found["stops"] < counts.pop("stops")
    assert len(counts) > 20
    for name, value in counts.items():
        assert found[name] == pytest.approx(value, abs=5e-5), name


def test_the_access_gaps_are_the_planted_ones(planted: tuple[dict[str, Any], Result]) -> None:
    truth, result = planted
    wanted = {gap["place"]: (gap["class"], gap["alt_place"]) for gap in truth["gaps_access"]}
    gaps = result.gaps_access
    found = {
        place: (kind, None if pd.isna(other) else other)
        for place, kind, other in zip(gaps["place"], gaps["class"], gaps["alt_place"], strict=True)
    }
    assert found == wanted


def test_seven_centres_are_beyond_at_the_published_distances(sample_result: Result) -> None:
    places = sample_result.places
    centres = places[(places["host"] == "centre") & (places["status"] == "open")]
    assert len(centres) == 122
    assert centres["unit"].nunique() == 122
    beyond = centres[~centres["within"].astype(bool)]["distance_m"].sort_values(ascending=False)
    assert beyond.tolist() == pytest.approx(SEVEN, abs=0.05)
    nearest_within = centres[centres["within"].astype(bool)]["distance_m"].nlargest(2).tolist()
    assert 699.99 <= nearest_within[0] <= 700
    assert nearest_within[1] == pytest.approx(699.9, abs=0.05)


def test_the_sample_has_the_size_and_shape_of_the_real_network(sample_result: Result) -> None:
    value = sample_result.summary.drop_duplicates("criterion").set_index("criterion")["value"]
    assert value["units"] == 587
    assert value["municipalities"] == 42
    assert value["centres_announced"] == 2
    assert value["libraries"] == 747
    assert value["post_offices"] == 607
    assert value["stops"] == 9310
    assert value["units_none"] == 5
    assert round(value["library_points_within_share"], 2) == 0.91
    assert sample_result.units["area_km2"].sum() == pytest.approx(64_579, rel=0.01)


def test_every_row_of_every_input_is_used_or_dropped_for_a_named_reason(
    sample_result: Result,
) -> None:
    from vpvkac.texts import words

    for account in sample_result.accounts:
        assert account.rows_read == account.rows_used + sum(account.dropped.values())
        assert set(account.dropped) <= set(words.DROPPED)
        assert len(account.sha256) == 64


def test_older_residents_live_as_far_from_a_centre_as_was_measured(
    truth: dict[str, Any], sample_result: Result
) -> None:
    older, units = truth["older"], sample_result.units.set_index("unit")
    assert units[["age_65_74", "age_75"]].T.to_dict("list") == older["by_unit"]
    table = sample_result.worst_off
    country = table[(table["points"] == "existing") & (table["kind"] + table["municipality"] == "")]
    found = country.set_index("people")[["distance_p50", "distance_p90", "distance_p99"]]
    assert found.T.to_dict("list") == older["existing"]
    assert units["offline"].sum() == pytest.approx(older["total"][-1])
    assert country.set_index("people").loc["offline", "residents"] == round(older["total"][-1])


def test_offices_are_as_far_and_stand_in_the_units_that_were_measured(
    truth: dict[str, Any], sample_result: Result
) -> None:
    planted = truth["institutions"]
    for institution, rows in sample_result.institutions.groupby("institution"):
        table = rows.set_index("unit")
        wanted = planted["nearest"].pop(institution)
        assert table["place"].to_dict() == {unit: place for unit, (place, _) in wanted.items()}
        metres = [wanted[unit][1] for unit in table.index]
        np.testing.assert_allclose(table["nearest_m"], metres, rtol=0, atol=0.002)
    assert not planted["nearest"]
    held = sample_result.institution_places.set_index("unit")
    found = {
        unit: {
            "institutions": sorted(row["institutions"].split("; ")),
            **{name: row[name] for name in ("offices", "status", "state_centres")},
        }
        for unit, row in held.to_dict("index").items()
    }
    assert found == planted["units"]
    assert (held["has_centre"] == (held["status"] == "existing")).all()


def test_premises_meet_what_was_answered(truth: dict[str, Any], sample_result: Result) -> None:
    counts = ["requirements_met", "requirements_not_met", "requirements_unknown"]
    places = sample_result.places.set_index("place")
    answered = places.loc[list(truth["premises"]), counts]
    assert answered.T.to_dict("list") == truth["premises"]
    # Of all others only the distance to a stop is known.
    assert (places.drop(answered.index)[counts[:2]].sum(axis=1) <= 1).all()


@pytest.mark.parametrize(
    ("page", "tables"),
    [("institutions", ["institution_places", "institutions"]),
     ("premises", ["places", "candidates"])],
)  # fmt: skip
def test_the_examples_of_a_page_are_rows_of_the_sample(
    page: str, tables: list[str], sample_result: Result, tmp_path: Path
) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8").partition("## On the sample")
    blocks = re.findall(r"(?:^\|.*\n)+", text[2], re.MULTILINE)
    for name, block in zip(tables, blocks, strict=True):
        head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")]
                          for line in block.splitlines())  # fmt: skip
        write_table(tmp_path, name, getattr(sample_result, name))
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
            shown = [[row[column] for column in head] for row in csv.DictReader(opened)]
        assert rows
        assert [row for row in rows if row not in shown] == []


def test_the_sample_says_that_it_is_synthetic(sample_result: Result) -> None:
    assert sample_result.synthetic
    assert sample_result.summary["published"].isna().all()
    assert (sample_result.summary["met"] == "").all()
