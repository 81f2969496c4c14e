"""Comparing: what was planted changes and nothing else, from either side, fresh or read back."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from pyproj import Geod

import vpvkac
from page_tables import number_of, tables_of
from plain_country import UNITS, at, beside, rows, write_units
from vpvkac.api.coverage import Result
from vpvkac.cli.main import main
from vpvkac.questions.compare import answer as compare_answer
from vpvkac.questions.compare.answer import CHANGES
from vpvkac.questions.compare.view import map_page, report_page

pytestmark = pytest.mark.slow

# The change as seen from the other side; the others are their own.
MIRRORED = {
    "new_unit": "gone_unit", "gained_point": "lost_point", "gained_reach": "lost_reach",
    "reach_known": "reach_unknown", "nearer": "farther",
}  # fmt: skip
GEOD = Geod(ellps="GRS80")
PLAIN = 'id = "id", name = "name", lat = "lat", lon = "lon"'
TOML = f"""
[inputs]
units = "units.gpkg"
libraries = {{ path = "libraries.csv", {PLAIN} }}
centres = {{ path = "centres.csv", {PLAIN}, status = "status" }}
stops = [{{ path = "stops.csv", {PLAIN}, feed = "f" }}]
"""
NORTH, SOUTH, EAST, TOWN = "LV9000100", "LV9000110", "LV9000200", "LV9000210"
LIBRARIES = rows("id,name,lat,lon", ("l", "Lasītava", *at(5, 5)), ("m", "Māja", *at(15, 15)))
CENTRES = rows("id,name,lat,lon,status", ("c", "Centrs", *at(15, 5), "announced"))
STOPS = rows(
    "id,name,lat,lon",
    ("s", "Dienvidi", *beside(*at(5, 5), 750)),
    ("t", "Austrumi", *beside(*at(15, 15), 400)),
    ("u", "Pilsēta", *beside(*at(15, 5), 100)),
)


def write_country(folder: Path) -> Path:
    """Write four units: one without a host, one out of reach, one announced, one planned."""
    write_units(folder / "units.gpkg", UNITS)
    texts = {"libraries": LIBRARIES, "centres": CENTRES, "stops": STOPS}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "vpvkac.toml").write_text(TOML, encoding="utf-8")
    return folder / "vpvkac.toml"


@pytest.fixture
def country(tmp_path: Path) -> Path:
    return write_country(tmp_path)


@pytest.fixture(scope="module")
def everywhere() -> Result:
    return vpvkac.analyse(vpvkac.sample().with_rules(stop_set="all", threshold_m=800))


def changes_of(comparison: vpvkac.Comparison) -> dict[str, str]:
    """Give the units that changed, with their change."""
    changed = comparison.changed
    return dict(zip(changed["unit"], changed["change"], strict=True))


def what_if(file: Path, points: str, name: str = "points.csv", **rules: Any) -> vpvkac.Comparison:
    """Compare a project with itself under other points and rules."""
    project = vpvkac.load(file)
    path = file.parent / name
    path.write_text(points, encoding="utf-8")
    other = project.with_rules(**rules).with_points(path)
    return vpvkac.compare(vpvkac.analyse(project), vpvkac.analyse(other))


# --- Against what the generator of the sample reckoned without the program -----------------------


def reckoned_change(first: dict[str, Any], second: dict[str, Any], limits: tuple[int, int]) -> str:
    """Compare two rows of the truth, each under its threshold, without the program."""
    if first["status"] == "none" and second["status"] == "none":
        return "same"
    before, after = first["distance_m"] <= limits[0], second["distance_m"] <= limits[1]
    if before != after:
        return "gained_reach" if after else "lost_reach"
    if first["status"] != second["status"]:
        return "status"
    if first["place"] != second["place"]:
        return "moved"
    nearer = first["distance_m"] - second["distance_m"]
    if abs(nearer) > 0.1:
        return "nearer" if nearer > 0 else "farther"
    return "same"


def test_every_unit_changes_as_the_truth_of_the_sample_says(
    truth: dict[str, Any], sample_result: Result, everywhere: Result
) -> None:
    first, second = (truth["sets"][name]["network"] for name in ("regional", "all"))
    wanted = {unit: reckoned_change(first[unit], second[unit], (700, 800)) for unit in first}

    found = vpvkac.compare(sample_result, everywhere).table

    assert len(found) == 587
    assert found["unit"].is_monotonic_increasing
    assert dict(zip(found["unit"], found["change"], strict=True)) == wanted
    assert sum(change == "gained_reach" for change in wanted.values()) > 10
    for side, of in (("a", first), ("b", second)):
        places = dict(zip(found["unit"], found[f"place_{side}"], strict=True))
        assert places == {unit: row.get("place") or "" for unit, row in of.items()}


def test_changes_are_counted_and_listed_for_page_and_map(
    sample_result: Result, everywhere: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison = vpvkac.compare(sample_result, everywhere)
    changed = comparison.changed
    assert comparison.reach_of_points == {
        "within": int((changed["within_b"] == True).sum()),  # noqa: E712 - or null
        "beyond": int((changed["within_b"] == False).sum()),  # noqa: E712 - or null
        "unknown": int(changed["within_b"].isna().sum()),
        "uncertain": int((changed["uncertain_b"] == True).sum()),  # noqa: E712 - or null
    }
    gained = comparison.most_changed("gained_reach")
    apart = (gained["distance_a"] - gained["distance_b"]).abs()
    assert len(gained) == comparison.counts["gained_reach"]
    assert apart.is_monotonic_decreasing
    monkeypatch.setitem(compare_answer.MOST_LISTED, "gained_reach", 3)
    assert comparison.most_changed("gained_reach").equals(gained[:3])
    # Another threshold and other stops move no point.
    assert len(comparison.points("a")) == len(comparison.moves) == 0
    assert len(comparison.points("b")) == len(changed)
    assert comparison.different_inputs == []
    criteria = set(comparison.summary.dropna(subset=["value_a", "value_b"])["criterion"])
    assert comparison.same_criteria + len(
        set(comparison.changed_criteria["criterion"]) & criteria
    ) == len(criteria)


def test_the_other_way_round_is_the_mirror(sample_result: Result, everywhere: Result) -> None:
    there = vpvkac.compare(sample_result, everywhere)
    back = vpvkac.compare(everywhere, sample_result)

    mirror = MIRRORED | {change: of for of, change in MIRRORED.items()}
    assert back.table["change"].replace(mirror).tolist() == there.table["change"].tolist()
    assert back.table["cause"].tolist() == there.table["cause"].tolist()
    for name in ("status", "distance", "place", "within"):
        pd.testing.assert_series_equal(
            back.table[f"{name}_a"], there.table[f"{name}_b"], check_names=False
        )
    pd.testing.assert_series_equal(back.summary["difference"], -there.summary["difference"])


def test_criteria_differ_by_what_the_truth_counts(
    truth: dict[str, Any], sample_result: Result, everywhere: Result
) -> None:
    summary = vpvkac.compare(sample_result, everywhere).summary.set_index("criterion")
    counts = truth["sets"]["regional"]["counts"]
    for name in ("units", "centres_within", "points_within", "points_beyond", "units_none"):
        assert summary["value_a"][name] == counts[name]
        assert summary["difference"][name] == summary["value_b"][name] - counts[name]
    assert list(summary.index[:3]) == ["units", "municipalities", "centres"]


# --- What is planted, one at a time --------------------------------------------------------------


def test_a_run_beside_itself_has_no_change(sample_result: Result) -> None:
    comparison = vpvkac.compare(sample_result, sample_result)
    assert set(comparison.table["change"]) == {"same"}
    assert len(comparison.changed_criteria) == 0
    page = report_page(comparison, comparison.lang)
    assert "Izmaiņu nav: visās teritoriālajās vienībās" in page
    assert "Noteikumi un ievaddati abās pusēs ir vienādi." in page
    assert "<table" not in page


def test_a_longer_walk_gains_reach_by_the_threshold_alone(country: Path) -> None:
    project = vpvkac.load(country)
    wider = vpvkac.analyse(project.with_rules(threshold_m=800))
    comparison = vpvkac.compare(vpvkac.analyse(project), wider)
    assert changes_of(comparison) == {SOUTH: "gained_reach"}
    assert comparison.changed["cause"].tolist() == ["threshold"]
    page = report_page(comparison, comparison.lang)
    assert "Attālums līdz pieturai – 750\u00a0m; robežvērtība ir 800\u00a0m, nevis 700" in page


def test_points_are_added_moved_opened_and_closed(country: Path) -> None:
    nearer = beside(*at(5, 5), 650)
    comparison = what_if(
        country,
        rows(
            "place,name,lat,lon,status",
            ("libraries:jauna", "Jaunā", *at(5, 15), ""),
            ("libraries:l", "", *nearer, ""),
            ("centres:c", "", "", "", "open"),
            ("libraries:m", "", "", "", "closed"),
        ),
    )
    assert changes_of(comparison) == {
        NORTH: "gained_point",
        SOUTH: "gained_reach",
        TOWN: "status",
        EAST: "lost_point",
    }
    moved = comparison.table.set_index("unit").loc[SOUTH]
    assert (moved["cause"], moved["place_name_b"]) == ("position", "Lasītava")
    (lat, lon) = at(5, 5)
    assert moved["moved_m"] == pytest.approx(GEOD.inv(lon, lat, *nearer[::-1])[2], abs=0.06)
    assert moved["distance_b"] == pytest.approx(100, abs=0.06)


def test_a_point_moved_over_the_border_leaves_its_unit(country: Path) -> None:
    comparison = what_if(country, rows("place,lat,lon", ("libraries:m", *at(5, 15))))
    assert changes_of(comparison) == {NORTH: "gained_point", EAST: "lost_point"}


def test_rows_of_the_points_are_accounted_for(country: Path) -> None:
    points = country.parent / "points.csv"
    points.write_text(
        rows(
            "place,name,lat,lon,status",
            ("libraries:l", "", *at(5, 6), ""),
            ("libraries:m", "", "", "", "closed"),
            ("libraries:tālu", "Tālu", 40, 20, ""),
        ),
        encoding="utf-8",
    )
    result = vpvkac.analyse(vpvkac.load(country).with_points(points))
    accounts = {account.key: account for account in result.accounts}
    used = {key: (one.rows_read, one.rows_used, dict(one.dropped)) for key, one in accounts.items()}
    assert used["points"] == (3, 2, {"outside": 1})
    assert used["libraries"] == (2, 1, {"closed": 1})


def test_a_what_if_wins_over_a_correction(country: Path) -> None:
    text = country.read_text(encoding="utf-8") + 'corrections = "corrections.csv"\n'
    country.write_text(text, encoding="utf-8")
    corrected = rows(
        "place,address,lat,lon", ("libraries:l", "", *at(5, 8)), ("libraries:m", "", *at(15, 16))
    )
    (country.parent / "corrections.csv").write_text(corrected, encoding="utf-8")
    points = country.parent / "points.csv"
    points.write_text(rows("place,lat,lon", ("libraries:l", *at(5, 6))), encoding="utf-8")

    result = vpvkac.analyse(vpvkac.load(country).with_points(points))

    placed = result.places.set_index("place")
    assert tuple(placed.loc["libraries:l", ["lat", "lon"]]) == at(5, 6)
    assert tuple(placed.loc["libraries:m", ["lat", "lon"]]) == at(15, 16)
    account = next(one for one in result.accounts if one.key == "corrections")
    assert (account.rows_used, dict(account.dropped)) == (1, {"superseded": 1})


def test_a_feed_without_a_stop_loses_its_reach(country: Path, tmp_path: Path) -> None:
    project = vpvkac.load(country)
    later = tmp_path / "later.csv"
    later.write_text("\n".join(STOPS.splitlines()[:3]) + "\n", encoding="utf-8")
    other = vpvkac.analyse(project.with_stops("f", later))
    comparison = vpvkac.compare(vpvkac.analyse(project), other)
    assert changes_of(comparison) == {TOWN: "lost_reach"}
    assert comparison.changed["cause"].tolist() == ["stops"]
    assert "later.csv" in report_page(comparison, comparison.lang)
    with pytest.raises(vpvkac.InputError, match="is no feed of the project"):
        project.with_stops("g", later)


def test_without_stops_reach_is_unknown_and_neither_gained_nor_lost(country: Path) -> None:
    project = vpvkac.load(country)
    silent = country.parent / "silent.toml"
    text = "\n".join(line for line in TOML.splitlines() if not line.startswith("stops"))
    silent.write_text(text, encoding="utf-8")
    with_stops, without = vpvkac.analyse(project), vpvkac.analyse(vpvkac.load(silent))
    there = vpvkac.compare(with_stops, without)
    back = vpvkac.compare(without, with_stops)
    assert set(changes_of(there).values()) == {"reach_unknown"}
    assert set(changes_of(back).values()) == {"reach_known"}
    assert NORTH not in changes_of(there)
    assert report_page(there, "lv")
    assert map_page(back, "lv")


def test_another_layout_names_the_units_that_share_the_area(country: Path, tmp_path: Path) -> None:
    project = vpvkac.load(country)
    other = tmp_path / "other"
    shutil.copytree(country.parent, other, ignore=shutil.ignore_patterns("other"))
    renamed = [("LV9000220", "Jaunpilsēta", *unit[2:]) if unit[0] == TOWN else unit
               for unit in UNITS]  # fmt: skip
    (other / "units.gpkg").unlink()
    write_units(other / "units.gpkg", renamed)
    new = vpvkac.analyse(vpvkac.load(other / "vpvkac.toml"))

    comparison = vpvkac.compare(vpvkac.analyse(project), new)

    assert changes_of(comparison) == {TOWN: "gone_unit", "LV9000220": "new_unit"}
    led = comparison.changed.set_index("unit")["counterparts"]
    assert (led[TOWN], led["LV9000220"]) == ("LV9000220", TOWN)
    page = report_page(comparison, comparison.lang)
    assert "Teritoriālais iedalījums atšķiras" in page
    assert "To pašu platību pusē A aizņem: Pilsēta." in " ".join(page.split())


def test_every_change_and_cause_has_its_words_and_fill(sample_result: Result) -> None:
    from vpvkac.questions.compare import view
    from vpvkac.questions.compare.view import fill_of
    from vpvkac.render.symbols import FILLS

    assert set(view.CHANGES) == set(CHANGES)
    assert set(view.LISTED) == set(CHANGES) - {"same"}
    assert {fill_of(change) for change in CHANGES} <= set(FILLS)
    assert repr(vpvkac.compare(sample_result, sample_result)).endswith("587 same>")


# --- Page, map and files -------------------------------------------------------------------------


def test_page_and_files_say_the_same(
    sample_result: Result, everywhere: Result, tmp_path: Path
) -> None:
    comparison = vpvkac.compare(sample_result, everywhere)
    files = comparison.write(tmp_path / "out")
    names = [file.name for file in files]
    assert names == ["compare.csv", "compare.html", "compare_map.html", "compare_summary.csv"]

    with files[0].open(encoding="utf-8") as opened:
        listed = list(csv.DictReader(opened))
    assert list(listed[0])[:6] == [
        "unit", "status_a", "status_b", "distance_a", "distance_b", "change",
    ]  # fmt: skip
    gained = [row for row in listed if row["change"] == "gained_reach"]
    assert len(listed) == 587

    page = files[1].read_text(encoding="utf-8")
    tables = tables_of(page)
    assert len(tables["gained-reach"].rows) == len(gained) == comparison.counts["gained_reach"]
    assert {row["unit_name"] for row in gained} == set(
        tables["gained-reach"].column("Teritoriālā vienība")
    )
    with files[3].open(encoding="utf-8") as opened:
        deltas = {row["criterion"]: row for row in csv.DictReader(opened)}
    within = tables["criteria"].row("Kontaktpunkti 700 m / 800 m robežās no pieturas")
    assert number_of(within["Starpība (B − A)"].lstrip("+")) == float(
        deltas["points_within"]["difference"]
    )
    assert "Sintētiski parauga dati" in page
    written = (tmp_path / "out/compare_map.html").read_text(encoding="utf-8")
    # The links to other pages come with the folder.
    unlinked = re.sub(r"(<!--pages-->).*?(<!--/pages-->)", r"\1\2", written)
    assert unlinked == map_page(comparison, comparison.lang)

    before = [file.read_bytes() for file in files]
    vpvkac.compare(sample_result, everywhere).write(tmp_path / "out")
    assert [file.read_bytes() for file in files] == before


def test_shares_differ_by_percentage_points() -> None:
    from vpvkac.questions.compare.view import difference

    assert difference("lv", -0.0002, "share") == "\N{MINUS SIGN}0,02\u00a0p. p."
    assert difference("en", 0.0295, "share 2024") == "+2.95\u00a0pp"
    assert difference("lv", -16, "count") == "\N{MINUS SIGN}16"
    assert difference("lv", float("nan"), "share") == ""


def test_the_map_draws_every_unit_by_its_change(sample_result: Result, everywhere: Result) -> None:
    comparison = vpvkac.compare(sample_result, everywhere, lang="en")
    page = map_page(comparison, comparison.lang)
    found = re.search(r'<script type="application/json" id="map-data">(.*?)</script>', page)
    assert found is not None
    data = json.loads(found[1])
    fills = pd.Series([one["properties"]["fill"] for one in data["areas"]["features"]])
    counts = {change: count for change, count in comparison.counts.items() if count}
    assert fills.value_counts().to_dict() == counts
    assert len(data["marks"][1]["features"]) == len(comparison.changed)
    assert 'lang="en"' in page
    assert "Synthetic sample" in page


HOSTILE = '<script>alert("1")</script>'


def test_hostile_names_stay_text(country: Path, tmp_path: Path) -> None:
    name = f'"=cmd|{HOSTILE.replace(chr(34), chr(39))}"'
    comparison = what_if(country, rows("place,name,lat,lon", ("libraries:x", name, *at(5, 15))))
    files = comparison.write(tmp_path / "out")
    table, page, map_, _ = (file.read_text(encoding="utf-8") for file in files)
    assert "<script>alert" not in page
    assert "<script>alert" not in map_
    assert "'=cmd|" in table


def test_one_synthetic_side_is_warned_of(country: Path, sample_result: Result) -> None:
    real = vpvkac.analyse(vpvkac.load(country))
    page = report_page(vpvkac.compare(real, sample_result), "lv")
    assert "Uzmanību: B ir sintētiski parauga dati, bet otra puse nav" in page
    assert '<p class="synthetic">' in page
    page = report_page(vpvkac.compare(sample_result, real, lang="en"), "en")
    assert "Warning: A is a synthetic sample and the other side is not" in page


# --- An earlier run ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a project of the small country once, into its folder `out`."""
    home = tmp_path_factory.mktemp("country")
    write_country(home)
    vpvkac.analyse(vpvkac.load(home)).write(home / "out")
    return home


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written / "out", tmp_path / "out"))


def test_an_earlier_run_is_the_same_as_its_project(written: Path, folder: Path) -> None:
    fresh, earlier = vpvkac.analyse(vpvkac.load(written)), vpvkac.load_run(folder)
    comparison = vpvkac.compare(earlier, fresh)
    assert changes_of(comparison) == {}
    assert len(comparison.changed_criteria) == 0
    assert "Noteikumi un ievaddati abās pusēs ir vienādi." in report_page(
        comparison, comparison.lang
    )
    wider = vpvkac.analyse(vpvkac.load(written).with_rules(threshold_m=800))
    for name in ("table", "summary"):
        pd.testing.assert_frame_equal(
            getattr(vpvkac.compare(earlier, wider), name),
            getattr(vpvkac.compare(fresh, wider), name),
            check_dtype=False,
        )


def broken(folder: Path, file: str, old: str, new: str) -> str:
    """Change a text in a file of the folder; give what is said of it."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(vpvkac.InputError) as told:
        vpvkac.load_run(folder)
    return str(told.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("run.json", '"program": "vpvkac"', '"program": "x"', "is not the description of a run"),
        ("run.json", "{", "", "is not the description of a run"),
        ("run.json", "700.0", '"700"', 'parameters.threshold_m: ""700"" is not a valid value'),
        ("run.json", '"stop_set"', '"stops"', "parameters.stop_set: is missing"),
        ("run.json", '"rows_used"', '"rows"', "inputs: is not a list of inputs"),
        ("run.json", "700.0", "900.0", "does not go with the threshold of 900 m"),
        ("network.csv", "planned", "soon", 'row 3, status: "soon" is not a known value'),
        ("network.csv", "distance_m", "metres", "distance_m: is not among the columns"),
        ("network.csv", "LV9000100", "LV9000110", 'row 3, unit: "LV9000110" occurs twice'),
        ("network.csv", "LV9000100", "LV9000999", "holds other units in its layer"),
        ("network.csv", ",false,", ",maybe,", '"maybe" is not a known value'),
        ("summary.csv", "count", "apples", '"apples" is not a known measure'),
        ("summary.csv", "units,4,", "units,one,", '"one" is not a number'),
    ],
)  # fmt: skip
def test_a_broken_folder_gets_a_sentence(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    assert said in broken(folder, file, old, new)


def test_all_faults_of_both_sides_are_told_at_once(folder: Path, tmp_path: Path) -> None:
    (folder / "network.csv").unlink()
    (folder / "coverage.gpkg").write_bytes(b"SQLite format 3\0 and nothing more")
    nowhere = tmp_path / "nowhere"
    done = CliRunner().invoke(
        main, ["compare", str(folder), str(nowhere), "--lang", "en", "--out", str(tmp_path / "c")]
    )
    assert done.exit_code == 1
    assert "network.csv: cannot be read" in done.stderr
    assert "coverage.gpkg: cannot be read" in done.stderr
    assert "nowhere: was not found or cannot be read" in done.stderr
    assert not (tmp_path / "c").exists()


def test_another_version_is_a_warning(folder: Path) -> None:
    from vpvkac.questions.compare.earlier import read_run

    text = (folder / "run.json").read_text(encoding="utf-8")
    version = json.loads(text)["version"]
    (folder / "run.json").write_text(text.replace(version, "0.0.1"), encoding="utf-8")
    run, faults = read_run(folder)
    assert run.version == "0.0.1"
    assert [fault.sentence("en").rpartition("run.json, ")[2] for fault in faults] == [
        'version: "0.0.1" is a run of another version; make it again if definitions have changed'
    ]


# --- Points at fault, and the command ------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("veikals:1,X,57,24,", 'row 2, place: "veikals:1" is not the key of a place'),
        ("libraries:,X,57,24,", "is not the key of a place"),
        ("libraries:x,,57,24,", "is in no list and has no name"),
        ("libraries:x,X,,,", "is in no list and has no coordinates"),
        ("libraries:x,X,57,,", "has half a position"),
        ('libraries:x,X,"57,1",24,', 'lat: "57,1" is not a number (decimal comma?)'),
        ("libraries:x,X,57,24,maybe", 'status: "maybe" is not a known value'),
        ("libraries:x,X,57,24,closed", "is in no list and cannot be closed"),
        ("libraries:l,,57,24,\nlibraries:l,,57,25,", 'row 3, place: "libraries:l" occurs twice'),
    ],
)
def test_points_at_fault_get_a_sentence(country: Path, line: str, said: str) -> None:
    points = country.parent / "points.csv"
    points.write_text(f"place,name,lat,lon,status\n{line}\n", encoding="utf-8")
    with pytest.raises(vpvkac.InputError) as told:
        vpvkac.analyse(vpvkac.load(country).with_points(points))
    assert said in str(told.value)


def test_the_command_compares_a_project_with_itself_under_other_rules(
    country: Path, tmp_path: Path
) -> None:
    out = tmp_path / "changes"
    options = ["--b-threshold", "800", "--lang", "en", "--out", str(out)]
    done = CliRunner().invoke(main, ["compare", str(country), *options])
    assert done.exit_code == 0, done.output
    assert "Territorial units that changed: 1 of 4." in done.stdout
    assert sorted(file.name for file in out.iterdir()) == [
        "compare.csv", "compare.html", "compare_map.html", "compare_summary.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--b-hosts", "shop"],
        ["--b-hosts", "library,library"],
        ["--b-stops", "f"],
        ["--b-threshold", "0"],
    ],
)
def test_wrong_usage_exits_2(country: Path, options: list[str]) -> None:
    assert CliRunner().invoke(main, ["compare", str(country), *options]).exit_code == 2


def test_an_earlier_run_cannot_be_changed(folder: Path) -> None:
    done = CliRunner().invoke(
        main, ["compare", str(folder), "--b-threshold", "800", "--lang", "en"]
    )
    assert done.exit_code == 2
    assert "an earlier run stays as it is" in done.stderr
