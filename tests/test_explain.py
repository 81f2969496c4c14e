"""Explaining a unit: what it says is what a run, the planted truth or a long search gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from pyproj import Geod

import vpvkac
from plain_country import UNITS, at, beside, rows, write_units
from vpvkac.cli.main import main
from vpvkac.questions.explain.question import UnitNotFoundError, find_unit

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.api.questions import Explanation

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
GEOD = Geod(ellps="GRS80")
COMPARED = ["status", "place", "distance_m", "within", "uncertain"]

# --- The sample: against what its generator planted and measured ---------------------------------


@pytest.fixture(scope="module")
def sampled(truth: dict[str, Any], sample_result: Result) -> dict[str, Explanation]:
    """Explain the planted cases and some units of every status."""
    planted, whole = truth["planted"], truth["sets"]["regional"]
    homes = truth["places"]
    places = [case["place"] for case in planted["uncertain"] + planted["at_the_edge"][:1]]
    places += [case["place"] for case in whole["counts"]["centres_beyond_list"] + planted["ties"]]
    places += [case["place"] for case in planted["centres_standing_elsewhere"]]
    places += planted["announced"] + planted["within_only_in_set_all"]
    codes = [homes[place]["unit"] for place in places] + planted["units_without_host"]
    moves = [gap["unit"] for gap in whole["gaps_access"] if gap["class"] == "move"]
    by_status = sample_result.network.groupby("status")["unit"]
    codes += moves[:1] + by_status.apply(lambda units: units.iloc[::300]).tolist()
    return {code: vpvkac.explain(sample_result, code) for code in dict.fromkeys(codes)}


def cases(told: Explanation, change: str) -> list[dict[str, Any]]:
    """Give the cases of one kind of change."""
    table = told.changes[told.changes["change"] == change]
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def test_units_of_every_status_are_explained(sampled: dict[str, Explanation]) -> None:
    statuses = {told.unit["status"] for told in sampled.values()}
    assert statuses == {"existing", "announced", "planned", "none"}
    assert len(sampled) >= 20


def test_the_point_and_the_decision_are_those_planted(
    sampled: dict[str, Explanation], truth: dict[str, Any]
) -> None:
    for code, told in sampled.items():
        known = truth["sets"]["regional"]["network"][code]
        assert told.unit["status"] == known["status"]
        assert told.decision.place == known.get("place")
        if known["status"] != "none":
            assert told.decision.distance_m == known["distance_m"]
            assert told.decision.within == known["within"]
            assert told.surroundings is not None
            assert told.surroundings.counted["distance_m"][0] == known["distance_m"]


def test_the_seven_beyond_pass_at_the_threshold_that_is_told(
    sampled: dict[str, Explanation], truth: dict[str, Any]
) -> None:
    beyond = truth["sets"]["regional"]["counts"]["centres_beyond_list"]
    assert len(beyond) == 7
    for case in beyond:
        told = sampled[case["unit"]]
        least = np.ceil(case["distance_m"])
        passes = [found for found in cases(told, "threshold_m") if found["within"]]
        assert min(found["to"] for found in passes) == pytest.approx(least)
        assert f"ja robežvērtība būtu vismaz {least:.0f}\u00a0m" in one_line(told)


def test_the_two_uncertain_could_turn_and_say_which_way(
    sampled: dict[str, Explanation], truth: dict[str, Any]
) -> None:
    for case in truth["planted"]["uncertain"]:
        told = sampled[case["unit"]]
        reach = case["located_within_m"]
        assert told.decision.uncertain
        assert told.decision.least_m == pytest.approx(case["distance_m"] - reach)
        assert told.decision.most_m == pytest.approx(case["distance_m"] + reach)
        word = "var nebūt sasniedzams" if case["distance_m"] <= 700 else "var būt sasniedzams"
        assert word in one_line(told)
        assert "precizēt atrašanās vietu" in one_line(told)


def test_other_stop_sets_give_what_the_generator_measured(
    sampled: dict[str, Explanation], truth: dict[str, Any]
) -> None:
    seen = 0
    for code, told in sampled.items():
        for case in cases(told, "stop_set"):
            known = truth["sets"][case["to"]]["network"][code]
            found = (case["status"], case["place"], case["distance_m"], case["within"])
            assert found == tuple(
                known[name] for name in ("status", "place", "distance_m", "within")
            )
            seen += 1
    assert seen == 2 * sum(told.unit["status"] != "none" for told in sampled.values())


def test_the_libraries_within_only_in_the_set_of_all_stops_say_so(
    sampled: dict[str, Explanation], truth: dict[str, Any]
) -> None:
    for place in truth["planted"]["within_only_in_set_all"]:
        told = sampled[truth["places"][place]["unit"]]
        if told.decision.place != place:
            continue
        by_set = {case["to"]: case["within"] for case in cases(told, "stop_set")}
        assert (told.decision.within, by_set["all"]) == (False, True)
        assert "kļūtu sasniedzams" in one_line(told)
        assert "nav autobusu pietura" in one_line(told) or "nav reģionāls" in one_line(told)


def test_every_other_place_as_the_point_has_the_reach_that_was_measured(
    sampled: dict[str, Explanation], truth: dict[str, Any]
) -> None:
    reach, homes = truth["sets"]["regional"]["reach"], truth["places"]
    for code, told in sampled.items():
        held = {place for place, home in homes.items() if home["unit"] == code}
        others = cases(told, "point")
        assert {case["to"] for case in others} == held - {told.decision.place}
        assert set(told.candidates["place"]) == held
        for case in others:
            assert case["distance_m"] == reach[case["to"]]["distance_m"]
            assert case["within"] == (case["distance_m"] <= 700)


def test_what_closes_and_what_opens_is_what_a_run_of_the_changed_project_gives(
    sampled: dict[str, Explanation], tmp_path: Path
) -> None:
    told_of = {
        code: (cases(told, "opens") or cases(told, "closes"))[0]
        for code, told in sampled.items()
        if told.unit["status"] != "none"
    }
    status = {"opens": "open", "closes": "closed"}
    lines = [(case["to"], "", "", status[case["change"]]) for case in told_of.values()]
    (tmp_path / "points.csv").write_text(rows("place,lat,lon,status", *lines), encoding="utf-8")
    changed = vpvkac.analyse(vpvkac.sample().with_points(tmp_path / "points.csv"))
    network = changed.network.set_index("unit")
    assert {"opens", "closes"} == {case["change"] for case in told_of.values()}
    for code, case in told_of.items():
        assert plain(network.loc[code]) == [case[name] for name in COMPARED], code


def test_ties_go_to_the_lower_key_and_the_stops_are_listed_so(
    sampled: dict[str, Explanation], truth: dict[str, Any]
) -> None:
    seen = 0
    for case in truth["planted"]["ties"]:
        told = sampled[truth["places"][case["place"]]["unit"]]
        if told.decision.place == case["place"]:
            assert told.surroundings is not None
            assert told.surroundings.counted["stop"].tolist()[:2] == sorted(case["stops"])
            seen += 1
    assert seen


def test_the_nearest_stops_are_those_of_an_exhaustive_search(
    sampled: dict[str, Explanation], sample_result: Result
) -> None:
    stops = sample_result.stops
    for told in list(sampled.values())[:8]:
        if told.surroundings is None:
            continue
        row = sample_result.network.set_index("unit").loc[told.unit["unit"]]
        same = np.ones(len(stops))
        metres = GEOD.inv(row["lon"] * same, row["lat"] * same, stops["lon"], stops["lat"])[2]
        ordered = stops.assign(metres=np.round(metres, 3)).sort_values(["metres", "stop"])
        counted = ordered[ordered["regional"]]
        assert told.surroundings.counted["stop"].tolist() == counted["stop"].head(5).tolist()
        others = ordered.loc[~ordered["regional"], "stop"].head(3).tolist()
        assert told.surroundings.not_counted["stop"].tolist() == others
        # The sample's one regional feed holds no pole twice.
        assert told.surroundings.within == (counted["metres"] <= 700).sum()


def test_units_without_a_host_name_what_is_nearest_elsewhere(
    sampled: dict[str, Explanation], truth: dict[str, Any], sample_result: Result
) -> None:
    for code in truth["planted"]["units_without_host"]:
        told = sampled[code]
        gap = sample_result.gaps_coverage.set_index("unit").loc[code]
        first = told.elsewhere.iloc[0]
        assert (first["place"], first["distance_m"]) == (gap["nearest_place"], gap["nearest_m"])
        assert first["is_point"]
        # The generator knows the same places without the program.
        inside = sample_result.units.set_index("unit").geometry.loc[[code]].representative_point()
        lon, lat = inside.to_crs(4326).x.iloc[0], inside.to_crs(4326).y.iloc[0]
        for host in ("centre", "library", "post_office"):
            key = {"centre": "centres:", "library": "libraries:", "post_office": "post_offices:"}
            homes = [home for place, home in truth["places"].items() if place.startswith(key[host])]
            nearest = min(
                GEOD.inv(lon, lat, home["lon"], home["lat"])[2]
                for home in homes
                if home["unit"] != code
            )
            shown = told.elsewhere[told.elsewhere["host"] == host]["distance_m"].min()
            # Libraries known by their postcode stand elsewhere than the generator's.
            assert shown == pytest.approx(nearest, abs=0.01)


def test_a_centre_of_another_municipality_is_said_to_be_so(
    sampled: dict[str, Explanation], truth: dict[str, Any]
) -> None:
    case = truth["planted"]["centres_standing_elsewhere"][0]
    told = sampled[case["unit"]]
    assert told.placing is not None
    assert told.placing.owner == case["owner"]
    assert "pieder citai pašvaldībai" in one_line(told)


def test_the_gaps_and_remedies_are_those_of_the_lists(
    sampled: dict[str, Explanation], sample_result: Result
) -> None:
    listed = sample_result.gaps_access
    for code, told in sampled.items():
        own = listed[listed["unit"] == code]
        found = [gap for gap in told.gaps if gap["class"] != "none"]
        assert [gap["remedy"] for gap in found] == own["remedy"].tolist()
        assert [gap["alt_place"] for gap in found] == plain_list(own["alt_place"])


# --- A country of four squares: against runs of changed projects ----------------------------------

PLAIN = 'id = "id", name = "name", lat = "lat", lon = "lon"'
TOML = f"""
[inputs]
units = "units.gpkg"
centres = {{ path = "centres.csv", {PLAIN}, status = "status", owner = "owner" }}
libraries = {{ path = "libraries.csv", {PLAIN} }}
post_offices = {{ path = "offices.csv", {PLAIN} }}
stops = [
  {{ path = "regional.csv", {PLAIN}, feed = "r", regional = true }},
  {{ path = "city.csv", {PLAIN}, feed = "c" }},
]
"""
NORTH, SOUTH, EAST, TOWN = "LV9000100", "LV9000110", "LV9000200", "LV9000210"
CENTRES = {"c1": ("n", 900, "open"), "c2": ("n", 100, "announced"), "c3": ("e", 950, "announced")}
LIBRARIES = {"l1": ("n", 300), "l2": ("s", 650), "l3": ("s", 650), "l4": ("s", 800)}
OFFICES = {"o1": ("s", 20), "o2": ("t", 5000)}
MIDDLES = {"n": at(5, 15), "s": at(5, 5), "e": at(15, 15), "t": at(15, 5)}
STOPS = {name: MIDDLES[name] for name in "nse"}
CITY = {"x": beside(*MIDDLES["n"], 880), "y": beside(*MIDDLES["e"], 930)}
OWNED = {"c1": "Labais novads"}


def country(
    rules: str = "",
    stops: dict[str, tuple[float, float]] | None = None,
    without: tuple[str, ...] = (),
    opened: tuple[str, ...] = (),
) -> dict[str, str]:
    """Write the project, without one of its places, or with one opened."""

    def table(places: dict[str, tuple[Any, ...]], extra: bool) -> str:
        lines = [
            (name, name.upper(), *beside(*MIDDLES[where], metres),
             *((["open"] if name in opened else status) + [OWNED.get(name, "")] if extra else []))
            for name, (where, metres, *status) in places.items()
            if name not in without
        ]  # fmt: skip
        return rows("id,name,lat,lon" + (",status,owner" if extra else ""), *lines)

    at_stops = STOPS if stops is None else stops
    return {
        "toml": f"{TOML}\n[rules]\n{rules}",
        "centres_csv": table(CENTRES, extra=True),
        "libraries_csv": table(LIBRARIES, extra=False),
        "offices_csv": table(OFFICES, extra=False),
        "regional_csv": rows("id,name,lat,lon", *((key, key, *at_stops[key]) for key in at_stops)),
        "city_csv": rows("id,name,lat,lon", *((key, key, *CITY[key]) for key in CITY)),
    }


def plain(row: pd.Series) -> list[Any]:
    """Give what is compared of a row of the network, None for a null."""
    return [None if pd.isna(row[name]) else row[name] for name in COMPARED]


def plain_list(column: pd.Series) -> list[Any]:
    return [None if pd.isna(value) else value for value in column]


def one_line(told: Explanation) -> str:
    """Give the text without its line breaks."""
    return " ".join(line.strip() for line in told.text.splitlines())


@pytest.fixture
def run(write_project: Callable[..., Path]) -> Callable[..., Result]:
    """Analyse the country, changed."""
    return lambda **changes: vpvkac.analyse(vpvkac.load(write_project(**country(**changes))))


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Analyse the country as it is; tests do not change it."""
    folder = tmp_path_factory.mktemp("country")
    write_units(folder / "units.gpkg", UNITS)
    for name, content in country().items():
        file = "vpvkac.toml" if name == "toml" else name.replace("_csv", ".csv")
        (folder / file).write_text(content, encoding="utf-8")
    return vpvkac.analyse(vpvkac.load(folder))


HOSTS = 'hosts = ["centre", "library", "post_office"]'


@pytest.mark.parametrize(
    ("change", "to", "run_with"),
    [
        ("stop_set", "bus", {"rules": 'stop_set = "bus"'}),
        ("stop_set", "all", {"rules": 'stop_set = "all"'}),
        ("threshold_m", 600, {"rules": "threshold_m = 600"}),
        ("threshold_m", 800, {"rules": "threshold_m = 800"}),
        ("stop_closes", "r:n", {"stops": {name: STOPS[name] for name in "se"}}),
        ("stop_closes", "r:s", {"stops": {name: STOPS[name] for name in "ne"}}),
        # Units do not bear on one another, so one run tells of all three.
        ("opens", None, {"opened": ("c2", "c3")}),
        ("closes", None, {"without": ("c1", "c3", "l2")}),
        ("host", "post_office", {"rules": HOSTS}),
    ],
)
def test_a_case_is_what_a_run_of_the_changed_project_gives(
    now: Result, run: Callable[..., Result], change: str, to: Any, run_with: dict[str, Any]
) -> None:
    network = run(**run_with).network.set_index("unit")
    seen = 0
    for code in (NORTH, SOUTH, EAST, TOWN):
        told = vpvkac.explain(now, code)
        for case in cases(told, change):
            if to in (None, case["to"]):
                assert [case[name] for name in COMPARED] == plain(network.loc[code])
                before = plain(now.network.set_index("unit").loc[code])
                compared = [name for name in COMPARED if name != "distance_m"]
                changed = [case[name] for name in compared] != [
                    value for name, value in zip(COMPARED, before, strict=True)
                    if name in compared
                ]  # fmt: skip
                assert case["differs"] == changed
                seen += 1
    assert seen


def test_at_the_least_threshold_a_run_reaches_the_point_and_just_below_it_does_not(
    now: Result, run: Callable[..., Result]
) -> None:
    told = vpvkac.explain(now, NORTH)
    least = min(case["to"] for case in cases(told, "threshold_m") if case["within"])
    for threshold, within in ((least, True), (least - 1, False)):
        network = run(rules=f"threshold_m = {threshold:.1f}").network.set_index("unit")
        assert network["within"][NORTH] == within


def test_a_place_as_the_point_is_what_a_run_with_it_alone_gives(
    now: Result, write_project: Callable[..., Path]
) -> None:
    told = vpvkac.explain(now, NORTH)
    alone = country()
    lines = alone["toml"].splitlines()
    alone["toml"] = "\n".join(line for line in lines if not line.startswith("centres"))
    network = vpvkac.analyse(vpvkac.load(write_project(**alone))).network.set_index("unit")
    (case,) = [case for case in cases(told, "point") if case["to"] == "libraries:l1"]
    assert [case[name] for name in COMPARED] == plain(network.loc[NORTH])
    assert case["status"] == "planned"


def test_candidates_say_why_they_are_the_point_or_not(now: Result) -> None:
    whys = {
        code: dict(zip(told.candidates["place"], told.candidates["why"], strict=True))
        for code in (NORTH, SOUTH, TOWN)
        for told in [vpvkac.explain(now, code)]
    }
    assert whys[NORTH] == {
        "centres:c1": "chosen",
        "centres:c2": "not_yet_open",
        "libraries:l1": "later_host",
    }
    assert whys[SOUTH] == {
        "libraries:l2": "chosen",
        "libraries:l3": "higher_key",
        "libraries:l4": "farther",
        "post_offices:o1": "not_a_host",
    }
    assert whys[TOWN] == {"post_offices:o2": "not_a_host"}


def test_the_step_that_decides_is_named(now: Result) -> None:
    for code, decides in ((NORTH, 0), (EAST, 1), (SOUTH, 2), (TOWN, None)):
        steps = vpvkac.explain(now, code).steps
        assert steps[["host", "status"]].to_numpy().tolist() == [
            ["centre", "open"],
            ["centre", "announced"],
            ["library", "open"],
        ]
        assert steps.index[steps["decides"]].tolist() == ([] if decides is None else [decides])


def test_the_sentences_tell_the_numbers(now: Result) -> None:
    north, south, town = (one_line(vpvkac.explain(now, code)) for code in (NORTH, SOUTH, TOWN))
    assert "t. i., 200\u00a0m tālāk par ieteicamajiem 700\u00a0m" in north
    # The stop is a few millimetres farther than 900 m, so a threshold of 900 m would not do.
    assert "ja robežvērtība būtu vismaz 901\u00a0m" in north
    assert "Attālums ir nedaudz lielāks par 900\u00a0m." in north
    assert "pieder citai pašvaldībai: Labais novads" in north
    assert "vienādā attālumā (650\u00a0m), tāpēc izšķir zemākais identifikators: L2" in south
    assert "ja robežvērtība būtu mazāka par 651\u00a0m (veselos metros)" in south
    assert "Neviens solis neko neatrod" in town
    assert "O2 – pasta nodaļa" in town


def test_english_says_the_same_and_the_lists_in_english(now: Result) -> None:
    told = vpvkac.explain(now, NORTH, lang="en")
    assert "200\u00a0m beyond the recommended 700\u00a0m" in one_line(told)
    assert (
        "the point would be within reach if the threshold were at least 901"
        in one_line(told).lower()
    )
    assert told.data["gaps"][0]["reason"].startswith("C1 is 900\u00a0m from the nearest stop")
    assert "attālum" not in told.text


def test_without_stops_nothing_is_said_of_distances(
    write_project: Callable[..., Path],
) -> None:
    files = country()
    files["toml"] = files["toml"].partition("stops = [")[0] + "[rules]\n"
    result = vpvkac.analyse(vpvkac.load(write_project(**files)))
    for code in (NORTH, SOUTH, EAST, TOWN):
        told = vpvkac.explain(result, code)
        assert told.decision.within is None
        assert "nan" not in told.text.lower().replace("nav", "")
        assert set(told.changes["change"]) <= {"opens", "closes", "host", "point"}
    assert "sasniedzamība nav aprēķināta" in one_line(vpvkac.explain(result, SOUTH))
    assert "zemākais identifikators: L2" in one_line(vpvkac.explain(result, SOUTH))


def test_where_no_feed_is_regional_another_set_would_give_a_distance(
    write_project: Callable[..., Path],
) -> None:
    files = country()
    files["toml"] = files["toml"].replace(", regional = true", "")
    told = vpvkac.explain(vpvkac.analyse(vpvkac.load(write_project(**files))), SOUTH)
    assert told.decision.distance_m is None
    assert told.decision.distance_all_m == pytest.approx(650, abs=0.1)
    assert [case["within"] for case in cases(told, "stop_set")] == [True, True]
    assert "Izvēlētajā pieturu kopā nav nevienas pieturas" in one_line(told)


def test_a_project_of_libraries_alone(write_project: Callable[..., Path]) -> None:
    toml = f"""
[inputs]
units = "units.gpkg"
libraries = {{ path = "libraries.csv", {PLAIN} }}
"""
    file = write_project(toml=toml, libraries_csv=country()["libraries_csv"])
    result = vpvkac.analyse(vpvkac.load(file))
    assert vpvkac.explain(result, SOUTH).unit["status"] == "planned"
    assert "Tuvākās iestādes ārpus" in vpvkac.explain(result, TOWN).text


# --- Finding the unit ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        "LV9000100",
        "lv9000100",
        "Ziemeļu pagasts",
        "ziemelu PAGASTS",
        "  Ziemeļu   pagasts ",
        "ziemeļu",
        "Ziemelu",
        "Ziemeļu pagasts, Kreisais novads",
        "ziemelu, kreisais",
        "Ziemeļu pagasts (Kreisais novads)",
        "Ziemeļu, LV9000000",
    ],
)
def test_a_unit_is_found_by_code_or_name(now: Result, asked: str) -> None:
    assert vpvkac.explain(now, asked).unit["unit"] == NORTH


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Ziemeļni", NORTH),
        ("LV9000101", NORTH),
        ("Dienvidu pg.", SOUTH),
        ("Ziemeļu pilsēta", NORTH),
        ("Ziemeļu pagasts, Labais novads", NORTH),
    ],
)
def test_a_unit_that_is_not_there_is_answered_with_the_closest(
    now: Result, asked: str, first: str
) -> None:
    with pytest.raises(UnitNotFoundError, match="no territorial unit") as caught:
        vpvkac.explain(now, asked)
    assert first in caught.value.units[:2]
    assert first in caught.value.sentence("lv")


@pytest.mark.parametrize("asked", ["", " ", ",", "()", "\x1b[2J", "x" * 5000])
def test_nonsense_is_answered_too(now: Result, asked: str) -> None:
    with pytest.raises(UnitNotFoundError):
        vpvkac.explain(now, asked)


def test_names_that_occur_twice_are_listed_and_not_guessed(
    sample_result: Result, truth: dict[str, Any]
) -> None:
    units = sample_result.units
    for name in truth["planted"]["equal_unit_names"]:
        twins = units[units["unit_name"] == name]
        with pytest.raises(UnitNotFoundError, match="may be several") as caught:
            vpvkac.explain(sample_result, name)
        assert sorted(caught.value.units) == sorted(twins["unit"])
        row = twins.iloc[0]
        told = vpvkac.explain(sample_result, f"{name}, {row['municipality_name']}")
        assert told.unit["unit"] == row["unit"]


def test_a_municipality_is_answered_with_its_units(now: Result) -> None:
    for asked in ("Kreisais novads", "LV9000000"):
        with pytest.raises(UnitNotFoundError, match="is a municipality") as caught:
            vpvkac.explain(now, asked)
        assert set(caught.value.units) == {NORTH, SOUTH}


def test_a_town_goes_before_the_parish_of_its_name_and_the_parish_is_named(
    tmp_path: Path,
) -> None:
    named = [(code, {NORTH: "Salas", SOUTH: "Salas pagasts"}.get(code, name), *rest)
             for code, name, *rest in UNITS]  # fmt: skip
    named[0] = (named[0][0], named[0][1], 6, *named[0][3:])
    write_units(tmp_path / "units.gpkg", named)  # type: ignore[arg-type]
    (tmp_path / "l.csv").write_text(rows("id,name,lat,lon", ("l", "L", *at(5, 5))))
    toml = f'[inputs]\nunits = "units.gpkg"\nlibraries = {{ path = "l.csv", {PLAIN} }}\n'
    (tmp_path / "vpvkac.toml").write_text(toml)
    result = vpvkac.analyse(vpvkac.load(tmp_path))
    told = vpvkac.explain(result, "salas")
    assert (told.unit["unit"], told.others) == (NORTH, (SOUTH,))
    assert f"Salas pagasts, Kreisais novads ({SOUTH})" in one_line(told)
    assert vpvkac.explain(result, "Salas pagasts").others == ()
    assert vpvkac.explain(result, "Salas pilsēta").unit["unit"] == NORTH


# --- What is shown -------------------------------------------------------------------------------

HOSTILE = "\x1b[31mred\x1b]0;title\x07\u202eback\u2066<script>alert(1)</script>\r\nline \x9b2J"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Write a project whose every name would drive a terminal or a page."""
    named = [(code, f"{HOSTILE} {code}", *rest) for code, _, *rest in UNITS]
    write_units(tmp_path / "units.gpkg", named)  # type: ignore[arg-type]
    for file, place in (("l", at(5, 5)), ("s", at(5, 5.8))):
        table = pd.DataFrame({"id": ["1"], "name": [HOSTILE], "lat": place[0], "lon": place[1]})
        table.to_csv(tmp_path / f"{file}.csv", index=False)
    toml = f"""
[inputs]
units = "units.gpkg"
libraries = {{ path = "l.csv", {PLAIN} }}
stops = [{{ path = "s.csv", {PLAIN}, feed = "f", regional = true }}]
"""
    (tmp_path / "vpvkac.toml").write_text(toml, encoding="utf-8")
    return tmp_path


def safe(text: str) -> bool:
    return all(char.isprintable() or char in "\n\u00a0" for char in text)


def test_hostile_names_reach_neither_terminal_nor_page(hostile: Path) -> None:
    result = vpvkac.analyse(vpvkac.load(hostile))
    for code in (SOUTH, NORTH):
        told = vpvkac.explain(result, code)
        assert safe(str(told))
        assert safe(told.to_json())
        assert "<script" not in told._repr_html_()
    assert (
        json.loads(vpvkac.explain(result, SOUTH).to_json())["candidates"][0]["name"]
        == (result.places["name"].iloc[0])
    )
    for arguments in ([SOUTH], [SOUTH, "--json"], ["\x1b[2Jx"], ["LV9999999"]):
        answer = CliRunner().invoke(main, ["explain", arguments[0], str(hostile), *arguments[1:]])
        assert safe(answer.stdout), arguments
        assert safe(answer.stderr), arguments


def test_lines_are_no_longer_than_asked(sampled: dict[str, Explanation]) -> None:
    for told in list(sampled.values())[::6]:
        for width in (100, 80, 60):
            assert max(len(line) for line in told.wrapped(width).splitlines()) <= width


def test_the_data_are_plain_and_their_keys_stay(sampled: dict[str, Explanation]) -> None:
    for told in sampled.values():
        found = json.loads(told.to_json())
        assert list(found) == [
            "synthetic", "rules", "unit", "steps", "candidates", "stops", "decision", "service",
            "placing", "reach", "changes", "gaps", "elsewhere", "sources",
        ]  # fmt: skip
        assert found == told.data
        assert found["synthetic"] is True
        # Table 41: 112.0 of 1000 residents of parishes, in 12 or 21 months.
        asked = found["service"]
        if found["unit"]["kind"] == "parish":
            assert asked["services_per_1000"] == {"least": 64.0, "most": 112.0}


def test_the_text_says_that_the_sample_is_synthetic_and_dates_its_sources(
    sampled: dict[str, Explanation],
) -> None:
    for told in sampled.values():
        assert "Sintētiski parauga dati" in told.text
        assert "dati uz 08.11.2023." in told.text
        assert "nan" not in told.text
        assert "None" not in told.text


def test_the_command_answers_on_stdout_and_fails_in_a_sentence(
    write_project: Callable[..., Path],
) -> None:
    file = str(write_project(**country()))
    found = CliRunner().invoke(main, ["explain", "ziemelu", file, "--threshold", "901"])
    assert found.exit_code == 0
    assert found.stdout.startswith("Kontaktpunkta skaidrojums: Ziemeļu pagasts, Kreisais novads")
    assert "901\u00a0m robežās" in found.stdout
    assert "Projekts:" in found.stderr
    lost = CliRunner().invoke(main, ["explain", "Cibla", file, "--lang", "en"])
    assert (lost.exit_code, lost.stdout) == (1, "")
    assert "no territorial unit “Cibla”" in lost.stderr
    machine = CliRunner().invoke(main, ["explain", NORTH, file, "--json", "--lang", "en"])
    assert json.loads(machine.stdout)["decision"]["within"] is False


def test_the_worked_example_of_the_documentation_is_what_is_printed(
    sample_result: Result,
) -> None:
    page = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("\n```")[0]
    assert shown == vpvkac.explain(sample_result, "LV9927580", lang="en").text


NOMINATIVES = {
    "Cibla": "Ciblas pagasts",
    "ogre": "Ogres pilsēta",
    "Cēsis": "Cēsu pagasts",
    "Saldus": "Saldus pagasts",
    "Pļaviņas": "Pļaviņu pagasts",
    "talsi": "Talsu pagasts",
    "Briedis": "Brieža pagasts",
    "Kalns": "Kalna pagasts",
    "Limbaži": "Limbažu pagasts",
}


@pytest.mark.parametrize("nominative", NOMINATIVES)
def test_a_unit_is_found_by_its_name_in_the_nominative(nominative: str) -> None:
    names = list(NOMINATIVES.values())
    units = pd.DataFrame({
        "unit": [f"LV{number:07d}" for number in range(len(names))], "unit_name": names,
        "kind": "parish", "municipality": "LV9", "municipality_name": "Novads",
    })  # fmt: skip
    found = find_unit(units, nominative)
    assert units.set_index("unit")["unit_name"][found.unit] == NOMINATIVES[nominative]


def test_a_unit_is_found_by_a_place_that_stands_in_it(sample_result: Result) -> None:
    places = sample_result.places
    once = places[~places["name"].duplicated(keep=False)].iloc[0]
    for asked in (once["name"], str(once["name"]).upper(), once["place"]):
        assert vpvkac.explain(sample_result, asked).unit["unit"] == once["unit"]


def test_a_place_of_many_units_is_asked_back(sample_result: Result) -> None:
    same = sample_result.places.copy()
    same["name"] = "Pasts"
    with pytest.raises(UnitNotFoundError) as caught:
        find_unit(sample_result.units, "pasts", same)
    assert len(caught.value.units) > 1


def test_a_unit_is_found_by_the_short_forms_of_addresses() -> None:
    units = pd.DataFrame({
        "unit": ["LV0000001", "LV0000002"], "unit_name": ["Salas pagasts", "Salas pagasts"],
        "kind": "parish", "municipality": ["LV1", "LV2"],
        "municipality_name": ["Jēkabpils novads", "Mārupes novads"],
    })  # fmt: skip
    assert find_unit(units, "Salas pag., Mārupes nov.").unit == "LV0000002"
