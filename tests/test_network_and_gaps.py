"""In a country of four squares every status, choice and remedy can be reckoned by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

import vpvkac
from plain_country import at, beside, rows

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result


PLAIN = 'id = "id", name = "name", lat = "lat", lon = "lon", address = "address"'
TOML = f"""
[inputs]
units = "units.gpkg"
centres = {{ path = "centres.csv", {PLAIN}, status = "status", owner = "owner" }}
libraries = {{ path = "libraries.csv", {PLAIN} }}
post_offices = {{ path = "offices.csv", {PLAIN} }}
stops = [{{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }}]
"""
NORTH, SOUTH, EAST, TOWN = "LV9000100", "LV9000110", "LV9000200", "LV9000210"
# One stop near the middle of each unit but the town.
STOPS = {"n": at(5, 15), "s": at(5, 5), "e": at(15, 15)}


def place(name: str, stop: str, metres: float, *more: str) -> tuple[object, ...]:
    """Put a place so many metres east of a stop."""
    return (name, name.upper(), *beside(*STOPS[stop], metres), "", *more)


def tables(
    centres: list[tuple[object, ...]] | None = None,
    libraries: list[tuple[object, ...]] | None = None,
    offices: list[tuple[object, ...]] | None = None,
) -> dict[str, str]:
    """Write the tables of places that are given, and the stops."""
    header = "id,name,lat,lon,address"
    given = {
        "centres_csv": (f"{header},status,owner", centres),
        "libraries_csv": (header, libraries),
        "offices_csv": (header, offices),
    }
    return {
        **{name: rows(heading, *places) for name, (heading, places) in given.items() if places},
        "stops_csv": rows("id,name,lat,lon", *((key, key, *where) for key, where in STOPS.items())),
    }


def toml_of(files: dict[str, str]) -> str:
    """Name the tables that are given; one without a row would be an error."""
    return "\n".join(
        line
        for line in TOML.splitlines()
        if ".csv" not in line or line.split('"')[1].replace(".", "_") in files
    )


@pytest.fixture
def analysed(write_project: Callable[..., Path]) -> Callable[..., Result]:
    """Analyse the country with these places."""

    def analyse(rules: str = "", lang: Any = "lv", **places: Any) -> Result:
        files = tables(**places)
        file = write_project(toml=f"{toml_of(files)}\n[rules]\n{rules}", **files)
        return vpvkac.analyse(vpvkac.load(file), lang=lang)

    return analyse


def point(result: Result, unit: str) -> pd.Series:
    """Give the row of one unit."""
    return result.network.set_index("unit").loc[unit]


def test_an_open_centre_goes_before_an_announced_one_and_both_before_a_library(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(
        centres=[
            place("c1", "n", 600, "open", ""),
            place("c2", "n", 100, "announced", ""),
            place("c3", "s", 600, "announced", ""),
        ],
        libraries=[place("l1", "n", 10), place("l2", "s", 10), place("l3", "e", 10)],
    )
    found = result.network.set_index("unit")[["status", "place"]]
    assert found.loc[NORTH].tolist() == ["existing", "centres:c1"]
    assert found.loc[SOUTH].tolist() == ["announced", "centres:c3"]
    assert found.loc[EAST].tolist() == ["planned", "libraries:l3"]
    assert found["status"][TOWN] == "none"
    assert pd.isna(found["place"][TOWN])
    assert len(found) == 4


def test_among_several_the_one_nearest_to_a_stop_and_on_ties_the_lowest_key(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(
        libraries=[
            place("b", "n", 300),
            place("a", "n", 200),
            place("d", "s", 50),
            place("c", "s", 50),
        ]
    )
    assert point(result, NORTH)["place"] == "libraries:a"
    assert point(result, SOUTH)["place"] == "libraries:c"


def test_hosts_are_taken_in_the_order_of_the_rules(analysed: Callable[..., Result]) -> None:
    places = {"libraries": [place("l", "n", 10)], "offices": [place("o", "n", 20)]}
    default = analysed(**places)
    turned = analysed(rules='hosts = ["centre", "post_office", "library"]', **places)
    assert point(default, NORTH)["host"] == "library"
    assert point(turned, NORTH)["host"] == "post_office"


def test_without_stops_the_reach_is_left_empty_and_the_lowest_key_is_chosen(
    write_project: Callable[..., Path],
) -> None:
    files = tables(libraries=[place("b", "n", 10), place("a", "n", 500)])
    del files["stops_csv"]
    result = vpvkac.analyse(vpvkac.load(write_project(toml=toml_of(files), **files)))
    row = point(result, NORTH)
    assert row["place"] == "libraries:a"
    assert pd.isna(row["distance_m"])
    assert pd.isna(row["within"])
    value = result.summary.set_index("criterion")["value"]
    assert np.isnan(value["points_within"])
    assert np.isnan(value["stops"])
    assert len(result.gaps_access) == 0


def test_the_threshold_is_reached_at_700_and_not_a_millimetre_beyond(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(libraries=[place("l1", "n", 699.97), place("l2", "s", 700.06)])
    assert bool(point(result, NORTH)["within"])
    assert not bool(point(result, SOUTH)["within"])
    wider = analysed(
        rules="threshold_m = 701", libraries=[place("l1", "n", 699.97), place("l2", "s", 700.06)]
    )
    assert wider.network["within"].sum() == 2


def test_a_gap_with_a_better_place_in_its_unit_is_to_be_moved_there(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(
        centres=[place("c", "n", 1000, "open", "")],
        libraries=[place("far", "n", 300), place("near", "n", 200), place("l", "s", 900)],
        offices=[place("o", "n", 250)],
    )
    gaps = result.gaps_access.set_index("place")
    move, beyond = gaps.loc["centres:c"], gaps.loc["libraries:l"]
    assert (move["class"], move["remedy"]) == ("move", "move_within_unit")
    assert (move["alt_place"], move["alt_host"]) == ("libraries:near", "library")
    assert move["alt_distance_m"] == pytest.approx(200, abs=0.02)
    assert (beyond["class"], beyond["remedy"]) == ("beyond", "ask_for_stop")
    assert pd.isna(beyond["alt_place"])
    assert gaps["rank"].tolist() == [1, 2]
    assert "NEAR" in move["reason"]
    assert "1000" in move["reason"]


@pytest.mark.parametrize(("metres", "remedy"), [(1399, "ask_for_stop"), (1401, "other_premises")])
def test_what_mends_a_gap_without_another_place_hangs_on_how_far_the_stop_is(
    analysed: Callable[..., Result], metres: float, remedy: str
) -> None:
    result = analysed(libraries=[place("l", "n", metres)])
    assert result.gaps_access["remedy"].tolist() == [remedy]


def test_in_a_unit_with_no_stop_far_from_any_support_is_remote(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(libraries=[("l", "L", *at(15, 2), "")])
    assert result.gaps_access["remedy"].tolist() == ["remote_support"]


def test_an_open_centre_that_is_not_its_units_point_is_listed_when_beyond(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(
        centres=[place("c1", "n", 100, "open", ""), place("c2", "n", 900, "open", "")]
    )
    assert point(result, NORTH)["place"] == "centres:c1"
    assert result.gaps_access["place"].tolist() == ["centres:c2"]
    # The point itself is chosen and is therefore no alternative.
    assert pd.isna(result.gaps_access["alt_place"][0])


def test_gaps_are_ordered_by_class_then_distance(analysed: Callable[..., Result]) -> None:
    result = analysed(
        libraries=[place("l1", "n", 800), place("l2", "s", 1200), place("l3", "e", 900)],
        offices=[place("o", "e", 100)],
    )
    assert result.gaps_access["place"].tolist() == ["libraries:l3", "libraries:l2", "libraries:l1"]
    assert result.gaps_access["class"].tolist() == ["move", "beyond", "beyond"]


def test_a_unit_with_no_host_names_the_nearest_point_elsewhere(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(
        libraries=[place("l1", "n", 100), place("l2", "s", 100), place("l3", "e", 100)],
        offices=[("o", "Pasts", *at(15, 5), "")],
    )
    gap = result.gaps_coverage.iloc[0]
    assert (gap["unit"], gap["other_premises"]) == (TOWN, "Pasts")
    lat, lon = at(15, 5)
    points = {f"libraries:l{n}": beside(*STOPS[key], 100) for n, key in enumerate("nse", 1)}
    geod = Geod(ellps="GRS80")
    away = {key: geod.inv(lon, lat, there[1], there[0])[2] for key, there in points.items()}
    nearest = min(away, key=lambda key: away[key])
    assert gap["nearest_place"] == nearest
    assert gap["nearest_m"] == pytest.approx(away[nearest], abs=0.5)
    assert gap["remedy"] == "other_premises"


def test_a_municipality_counts_centres_by_place_and_by_owner(
    analysed: Callable[..., Result],
) -> None:
    result = analysed(
        centres=[
            place("c1", "n", 100, "open", "Labais novads"),
            place("c2", "s", 100, "announced", "Kreisais novads"),
        ],
        libraries=[place("l", "e", 100)],
    )
    found = result.municipalities.set_index("municipality_name")
    assert found["centres"].to_dict() == {"Kreisais novads": 1, "Labais novads": 0}
    assert found["centres_owned"].to_dict() == {"Kreisais novads": 0, "Labais novads": 1}
    assert found["announced"].to_dict() == {"Kreisais novads": 1, "Labais novads": 0}
    gaps = result.gaps_municipalities
    assert gaps["municipality_name"].tolist() == ["Labais novads"]
    assert gaps[["announced", "planned", "none"]].iloc[0].tolist() == [0, 1, 1]
    assert "C1" in gaps["reason"][0]


def test_area_coverage_is_of_units_whose_point_is_open(analysed: Callable[..., Result]) -> None:
    result = analysed(
        centres=[place("c1", "n", 100, "open", ""), place("c2", "s", 100, "announced", "")],
        libraries=[place("l", "e", 900)],
    )
    value = result.summary.drop_duplicates("criterion").set_index("criterion")["value"]
    assert value["area_share_existing"] == pytest.approx(1 / 4)
    assert value["area_share_planned"] == pytest.approx(3 / 4)
    assert value["area_share_municipalities"] == pytest.approx(1 / 2)
    assert value["points_within_share"] == pytest.approx(2 / 3)
    assert np.isnan(value["population_share_existing"])


def test_targets_are_met_or_not_and_unknown_where_centres_are_not_given(
    analysed: Callable[..., Result], write_project: Callable[..., Path]
) -> None:
    everywhere = [place(f"c{stop}", stop, 10, "open", "") for stop in STOPS]
    met = analysed(centres=[*everywhere, ("ct", "CT", *at(15, 5), "", "open", "")]).summary
    # All of the area is covered, and yet the indicator has no method by which it is met.
    assert met.loc[met["criterion"] == "area_share_existing", "value"].tolist() == [1, 1]
    assert met.loc[met["criterion"] == "area_share_existing", "met"].tolist() == ["unknown"] * 2
    assert met.loc[met["criterion"] == "centres_beyond", "met"].tolist() == ["no"]
    files = tables(libraries=[place("l", "n", 10)])
    unknown = vpvkac.analyse(vpvkac.load(write_project(toml=toml_of(files), **files)))
    summary = unknown.summary
    area = summary[summary["criterion"] == "area_share_existing"]
    assert area["met"].tolist() == ["unknown", "unknown"]
    assert area["value"].isna().all()
    assert len(unknown.gaps_municipalities) == 0


def test_libraries_and_post_offices_side_by_side(analysed: Callable[..., Result]) -> None:
    result = analysed(
        libraries=[place("l1", "n", 100), place("l2", "n", 900), place("l3", "e", 800)],
        offices=[place("o1", "n", 100), place("o2", "s", 900)],
    )
    hosts = result.hosts.set_index("hosts")
    assert hosts.loc["libraries", ["places", "units", "within", "only_units"]].tolist() == [
        3,
        2,
        1,
        1,
    ]
    assert hosts.loc["libraries", "chosen_within_share"] == pytest.approx(1 / 2)
    assert hosts.loc["post_offices", "units_share"] == pytest.approx(2 / 4)
    both = hosts.loc["libraries+post_offices"]
    assert both[["places", "units", "only_units"]].tolist() == [5, 3, 3]


def test_reasons_are_in_the_language_asked_for(analysed: Callable[..., Result]) -> None:
    places = {"libraries": [place("l", "n", 900)]}
    assert "attālumā" in analysed(**places).gaps_access["reason"][0]
    assert "metres" not in analysed(lang="en", **places).gaps_access["reason"][0]
    assert "nearest stop" in analysed(lang="en", **places).gaps_access["reason"][0]
