"""`vpvkac plan`: by hand on four squares, as `site` on the sample, and what cannot stand."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lxml.html
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import vpvkac
from links import dead_links
from plain_country import UNITS, at, rows, write_units
from vpvkac.cli.main import main
from vpvkac.questions.plan.view import plan_page, terminal_lines

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

PLAIN = 'id = "id", name = "name", lat = "lat", lon = "lon"'
TOML = f"""
[inputs]
units = "units.gpkg"
centres = {{ path = "centres.csv", {PLAIN} }}
libraries = {{ path = "libraries.csv", {PLAIN}, hours = "hours" }}
population = {{ path = "people.csv", unit = "code", value = "people" }}
"""
# A centre in the north of the left municipality; a library in each of the other three units.
FILES = {
    "centres_csv": rows("id,name,lat,lon", ("c", "Centrs", *at(5, 15))),
    "libraries_csv": rows(
        "id,name,lat,lon,hours",
        ("s", "Dienvidu", *at(5, 5), ""),
        ("e", "Austrumu", *at(15, 15), "Mo-Fr 09:00-17:00"),
        ("t", "Pilsētas", *at(16, 5), ""),
    ),
    "people_csv": rows(
        "code,people", ("LV9000100", 100), ("LV9000110", 30), ("LV9000200", 500), ("LV9000210", 70)
    ),
}
NORTH, SOUTH, EAST, TOWN = "LV9000100", "LV9000110", "LV9000200", "LV9000210"
SPAN: dict[str, Any] = {"first": 2022, "last": 2024}


@pytest.fixture
def country(write_project: Callable[..., Path]) -> Callable[..., Result]:
    def analyse(toml: str = TOML, lang: Any = "en", **files: str) -> Result:
        return vpvkac.analyse(vpvkac.load(write_project(toml=toml, **(FILES | files))), lang=lang)

    return analyse


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Analyse the four squares once, for all that ask nothing else of them."""
    folder = tmp_path_factory.mktemp("plain")
    write_units(folder / "units.gpkg", UNITS)
    for name, content in (FILES | {"vpvkac_toml": TOML}).items():
        (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
    return vpvkac.analyse(vpvkac.load(folder), lang="en")


def years_of(planned: Any) -> dict[str, int | None]:
    pairs = zip(planned.table["unit"], planned.table["year"], strict=True)
    return {unit: None if pd.isna(year) else int(year) for unit, year in pairs}


def test_each_year_opens_what_its_money_allows_and_most_residents_gain_early(
    plain: Result, tmp_path: Path
) -> None:
    # A point costs 4300 + 1400 in its first year and 1400 after: 7200 pay one in each of the
    # first two years (5700; 1400 + 5700), and no third (2800 + 5700).
    planned = vpvkac.plan(plain, 7200, targets={2023: 0.75}, **SPAN)
    planned.write(tmp_path)
    with (tmp_path / "plan.csv").open(encoding="utf-8") as file:
        first, second, third = csv.DictReader(file)
    assert list(first)[:12] == [
        "rank", "year", "unit", "unit_name", "municipality", "place", "host", "setup", "upkeep",
        "residents", "area_km2", "municipality_name",
    ]  # fmt: skip
    assert [(row["rank"], row["year"], row["unit"]) for row in (first, second, third)] == [
        ("1", "2022", EAST), ("2", "2023", TOWN), ("", "", SOUTH)
    ]  # fmt: skip
    assert (first["setup"], first["upkeep"], first["residents"]) == ("4300.00", "1400.00", "500")
    assert (first["place"], first["host"]) == ("libraries:e", "library")
    with (tmp_path / "plan_years.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [row["spent"] for row in table] == ["5700.00", "7100.00", "2800.00"]
    assert [row["opened"] for row in table] == ["1", "1", "0"]
    assert [row["area_share"] for row in table] == ["0.5000", "0.7500", "0.7500"]
    assert [(row["target"], row["met"]) for row in table] == [("", ""), ("0.75", "yes"), ("", "")]
    # 100 of 700 before; 600 and 670 after.
    assert [row["residents_share"] for row in table] == ["0.8571", "0.9571", "0.9571"]
    assert {row["optimal"] for row in table} == {"true"}


def test_a_target_comes_before_residents_and_the_greedy_order_that_misses_it_stands_beside(
    plain: Result,
) -> None:
    # The south is made four times as large as the town, and has fewest residents.
    areas = plain.units.assign(area_km2=[100.0, 400.0, 100.0, 100.0])
    planned = vpvkac.plan(replace(plain, units=areas), 7200, targets={2022: 0.7}, **SPAN)
    assert years_of(planned) == {SOUTH: 2022, EAST: 2023, TOWN: None}
    beside = planned.table.set_index("unit")["greedy_year"]
    assert (beside[EAST], beside[TOWN]) == (2022, 2023)
    assert planned.years["greedy_area_share"].round(3).tolist() == [0.286, 0.429, 0.429]


def test_what_cannot_be_met_is_told_with_the_money_that_would_be_enough(
    plain: Result,
) -> None:
    with pytest.raises(vpvkac.InputError) as caught:
        vpvkac.plan(plain, 7200, targets={2022: 0.75}, **SPAN)
    # Two points in the first year: 11 400; then 2800 a year, which 7200 pay.
    said = str(caught.value)
    assert '--target: "2022=0.75" cannot be met with this money: 50 % of the area' in said
    assert "100 km² too few" in said
    assert "at least 4200 EUR more" in said
    assert "{ 2022 = 11400, 2023 = 7200, 2024 = 7200 }" in said
    enough = vpvkac.plan(plain, {2022: 11400, 2023: 7200}, targets={2022: 0.75}, **SPAN)
    assert enough.years["met"].tolist()[0] == "yes"
    with pytest.raises(vpvkac.InputError, match="at least 1 EUR more"):
        vpvkac.plan(plain, {2022: 11399, 2023: 7200}, targets={2022: 0.75}, **SPAN)


def test_fixed_barred_and_at_most_so_many_are_kept(plain: Result) -> None:
    assert years_of(vpvkac.plan(plain, 7200, targets={}, fixed={SOUTH: 2022}, **SPAN)) == {
        SOUTH: 2022, EAST: 2023, TOWN: None
    }  # fmt: skip
    assert years_of(vpvkac.plan(plain, 7200, targets={}, barred=[EAST], **SPAN)) == {
        TOWN: 2022, SOUTH: 2023, EAST: None
    }  # fmt: skip
    # East and town are in one municipality.
    assert years_of(vpvkac.plan(plain, 99_000, targets={}, most=1, **SPAN)) == {
        EAST: 2022, SOUTH: 2022, TOWN: 2023
    }  # fmt: skip


def test_the_state_pays_its_share_in_a_scenario(plain: Result) -> None:
    # A: the set-up, and of 1400 a year 70 % in 2022, 50 % after; B: all.
    for scenario, spent in (("A", [5280.0, 5700.0, 1400.0]), ("B", [5700.0, 7100.0, 2800.0])):
        planned = vpvkac.plan(plain, 7200, targets={}, scenario=scenario, barred=[SOUTH], **SPAN)
        assert planned.years["spent"].tolist() == spent
        assert planned.years["cost"].tolist() == [5700.0, 7100.0, 2800.0]


def test_decisions_that_open_a_point_are_fixed_where_the_planner_says_so(
    country: Callable[..., Result],
) -> None:
    decisions = rows(
        "unit,decision,place,responsible,due,note",
        (SOUTH, "library", "", "", "2022-12-31", ""),
        (TOWN, "ask_for_stop", "", "", "2022-12-31", ""),
        (EAST, "other_premises", "", "", "2031-01-01", ""),
        (NORTH, "library", "", "", "2022-12-31", ""),
    )
    result = country(decisions_csv=decisions)
    free = vpvkac.plan(result, 7200, targets={}, **SPAN)
    assert years_of(free)[SOUTH] is None
    # The units that wait for a point and have a due year are told, unless the planner fixed them.
    assert free.not_fixed == {SOUTH, TOWN, EAST}
    assert vpvkac.plan(result, 7200, targets={}, fixed={SOUTH: 2023}, barred=[TOWN],
                       **SPAN).not_fixed == {EAST}  # fmt: skip
    assert "Units with a decision that has a due year: 3." in plan_page(free, "en")
    planned = vpvkac.plan(result, 7200, targets={}, decisions=True, **SPAN)
    assert not planned.not_fixed
    assert "a decision that has a due year" not in plan_page(planned, "en")
    assert years_of(planned) == {SOUTH: 2022, EAST: 2023, TOWN: None}
    assert planned.table.set_index("unit").loc[SOUTH, "fixed"] == "decision"
    # A decision that names a place says where, in the plan and in what `compare` takes from it.
    another = FILES["libraries_csv"] + rows("s2,Otra,{},{},".format(*at(3, 3)))
    there = decisions.replace(f"{SOUTH},library,", f"{SOUTH},library,libraries:s2")
    moved = country(libraries_csv=another, decisions_csv=there)
    assert moved.network.set_index("unit").loc[SOUTH, "place"] == "libraries:s"
    planned = vpvkac.plan(moved, 7200, targets={}, decisions=True, **SPAN)
    row = planned.table.set_index("unit").loc[SOUTH]
    assert (row["place"], row["place_name"]) == ("libraries:s2", "Otra")
    assert (row["lat"], row["lon"]) == pytest.approx(at(3, 3), abs=1e-6)
    assert "Otra" in planned.points()["name"].tolist()
    # The other rows are told, each with its reason.
    told = {(fault.row, fault.field, fault.problem.text("en")) for fault in planned.faults}
    assert told == {
        (3, "decision", "does not open a point"),
        (4, "due", "is a year outside the plan"),
        (5, "unit", "has a point already"),
    }
    with pytest.raises(vpvkac.InputError, match=r"decisions.csv, row 2.*barred and fixed at once"):
        vpvkac.plan(result, 7200, targets={}, decisions=True, barred=[SOUTH], **SPAN)


def test_a_decision_in_words_of_its_own_is_fixed_where_the_planner_names_the_words(
    country: Callable[..., Result],
) -> None:
    decisions = rows(
        "unit,decision,place,responsible,due,note",
        (SOUTH, "Atvērt  punktu skolā", "", "", "2022-12-31", ""),
        (TOWN, "Runāt ar skolu", "", "", "2022-12-31", ""),
    )
    result = country(decisions_csv=decisions)
    asked = {"targets": {}, "decisions": True, **SPAN}
    planned = vpvkac.plan(result, 7200, **asked)
    assert years_of(planned)[SOUTH] is None
    (told,) = planned.faults
    assert (told.row, told.field, told.alike) == (2, "decision", 2)
    assert "words of its own" in told.sentence("en")
    assert "--opens" in told.sentence("en")
    planned = vpvkac.plan(result, 7200, opens=["atvērt punktu Skolā"], **asked)
    assert years_of(planned) == {SOUTH: 2022, EAST: 2023, TOWN: None}
    assert [fault.row for fault in planned.faults] == [3]
    # Without being asked for decisions nothing is fixed.
    free = vpvkac.plan(result, 7200, opens=["Atvērt punktu skolā"], targets={}, **SPAN)
    assert years_of(free)[SOUTH] is None


def test_what_counts_as_open_and_is_no_point_of_the_file_is_told(
    country: Callable[..., Result], tmp_path: Path
) -> None:
    announced = rows("id,name,lat,lon,status", ("c", "Centrs", *at(5, 15), "announced"))
    toml = TOML.replace(f'centres.csv", {PLAIN}', f'centres.csv", {PLAIN}, status = "status"')
    libraries = "\n".join(FILES["libraries_csv"].splitlines()[:-1]) + "\n"
    result = country(toml=toml, centres_csv=announced, libraries_csv=libraries)
    planned = vpvkac.plan(result, 7200, targets={}, **SPAN)
    assert years_of(planned) == {EAST: 2022, TOWN: 2023, SOUTH: None}
    planned.write(tmp_path)
    with (tmp_path / "plan_points.csv").open(encoding="utf-8") as file:
        assert [row["unit"] for row in csv.DictReader(file)] == [EAST]
    told = terminal_lines(planned, [], "en")[-4:-1]
    assert [line[: line.index(". ")] if ". " in line else line for line in told] == [
        "Points in plan_points.csv: 1.", "Opened units without any place yet: 1",
        "Announced centres: 1",
    ]  # fmt: skip
    page = lxml.html.parse(tmp_path / "plan.html")
    (link,) = page.xpath("//footer//p[@class='files']/a[@href='plan_points.csv']")
    beside = link.getparent().itersiblings("p")
    assert [next(beside).text_content() for _ in told] == told
    assert terminal_lines(planned, [], "en", 2021)[-4] == "Points in plan_points.csv: 0."


def test_the_bound_is_a_number_in_table_terminal_and_page(plain: Result, tmp_path: Path) -> None:
    planned = vpvkac.plan(plain, 7200, targets={}, **SPAN)
    # The east's 500 in three years, the town's 70 in two.
    assert (planned.served, planned.bound) == (3 * 500 + 2 * 70,) * 2
    planned.write(tmp_path)
    with (tmp_path / "plan_years.csv").open(encoding="utf-8") as file:
        assert {(row["served"], row["bound"], row["gap"]) for row in csv.DictReader(file)} == {
            ("1640", "1640", "0.000000")
        }
    page = (tmp_path / "plan.html").read_text(encoding="utf-8").replace("\xa0", " ")
    assert "1640; bound: 1640" in page
    unproven = replace(planned, years=planned.years.assign(bound=1700, optimal=False, gap=0.0353))
    said = " ".join(terminal_lines(unproven, [], "en")).replace("\xa0", " ")
    assert "1640; bound: 1700; gap: 3.5 %" in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"budget": 0}, "budget: 0 is out of range; must be above 0"),
        ({"budget": -5}, "must be above 0"),
        ({"budget": {2023: 7200}}, '--budget: "2023" gives no money for the first year'),
        ({"budget": {2022: 7200, 2031: 1}}, '--budget: "2031" is a year outside the plan'),
        ({"targets": {2023: 1.2}}, "targets.2023: 1.2 is out of range"),
        ({"targets": {2023: 85}}, "did you mean 0.85"),
        ({"targets": {2019: 0.5}}, '--target: "2019" is a year outside the plan'),
        ({"fixed": {SOUTH: 2030}}, f'--fix: "{SOUTH}=2030" is a year outside the plan'),
        ({"fixed": {"LV1": 2023}}, '--fix: "LV1" is no unit'),
        ({"fixed": {NORTH: 2023}}, f'--fix: "{NORTH}" has a point already'),
        ({"barred": ["Pilsēta"]}, '--bar: "Pilsēta" is no unit'),
        ({"barred": [SOUTH], "fixed": {SOUTH: 2023}}, "is barred and fixed at once"),
        ({"first": 2025}, '--last: "2024" is before the first year'),
        ({"first": 2021}, '--first: "2021" is before the year from which'),
        ({"fixed": {SOUTH: 2022, EAST: 2022}}, "is not enough for what is fixed; at least 4200"),
        ({"barred": [SOUTH, EAST], "targets": {2024: 0.9}}, "no money is enough"),
        ({"first": "soon"}, "first: 'soon' is not a year"),
        ({"most": 0}, "most: 0 is too small"),
        ({"scenario": "C"}, "choose: A, B"),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_told_in_a_sentence(
    plain: Result, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        vpvkac.plan(plain, **({"budget": 7200, "targets": {}} | SPAN | asked))
    assert said in str(caught.value)


def test_a_project_without_a_budget_is_asked_for_one(plain: Result) -> None:
    with pytest.raises(vpvkac.InputError, match="--budget: is missing; give the money of a year"):
        vpvkac.plan(plain)


def test_the_section_of_the_project_is_read_and_its_faults_are_told(
    country: Callable[..., Result], write_project: Callable[..., Path]
) -> None:
    section = f"""
[plan]
budget = {{ 2022 = 7200 }}
targets = {{ 2023 = 0.75 }}
first = 2022
last = 2024
fixed = {{ {SOUTH} = 2022 }}
"""
    assert years_of(vpvkac.plan(country(TOML + section)))[SOUTH] == 2022
    bad = '[plan]\nbudget = 0\ntargets = { 2023 = 90 }\nfirst = "soon"\nbarred = "LV"\nmoney = 1\n'
    with pytest.raises(vpvkac.InputError) as caught:
        vpvkac.load(write_project(toml=TOML + bad, **FILES))
    fields = {fault.field for fault in caught.value.faults}
    told = ("budget", "targets.2023", "first", "barred", "money")
    assert fields == {f"plan.{key}" for key in told}


def test_the_plan_at_the_end_of_a_year_is_a_side_of_a_comparison(
    plain: Result, tmp_path: Path
) -> None:
    planned = vpvkac.plan(plain, 7200, targets={}, **SPAN)
    for until, opened in ((2022, {EAST}), (2024, {EAST, TOWN})):
        planned.write(tmp_path, until=until)
        project = plain.project.with_points(tmp_path / "plan_points.csv")
        after = vpvkac.analyse(project)
        existing = after.network.loc[after.network["status"] == "existing", "unit"]
        assert set(existing) == {NORTH} | opened
        changes = vpvkac.compare(plain, after).table.set_index("unit")
        assert set(changes.index[changes["status_a"] != changes["status_b"]]) == opened
        # The point stays where the library is, and is open when the library is.
        assert after.network["lat"].tolist() == plain.network["lat"].tolist()
        hours = after.places.set_index("place")["hours"]
        assert hours["centres:plan-" + EAST] == hours["libraries:e"] == "Mo-Fr 09:00-17:00"


def test_pages_and_tables_are_the_same_each_time_and_escape_every_name(
    country: Callable[..., Result], tmp_path: Path
) -> None:
    libraries = FILES["libraries_csv"].replace("Austrumu", '"<img src=x onerror=run()>"')
    planned = vpvkac.plan(country(libraries_csv=libraries), 7200, targets={2023: 0.75}, **SPAN)
    first, second = ({file.name: file.read_bytes() for file in planned.write(tmp_path / name)}
                     for name in ("a", "b"))  # fmt: skip
    assert first == second
    assert set(first) == {"plan.csv", "plan_years.csv", "plan_points.csv", "plan.html"}
    page = lxml.html.fromstring(first["plan.html"].decode())
    assert not page.xpath("//main//script | //main//img | //*[@onerror]")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert len(page.xpath("//div[@class='maps']/figure")) == 3
    cells = [" ".join(row.text_content().split()) for row in page.xpath("//main//tbody/tr")]
    assert any("2023" in cell and "Pilsēta" in cell for cell in cells)


def test_the_command_says_each_year_and_writes_the_points_of_the_year_asked_for(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file, out = write_project(toml=TOML, **FILES), tmp_path / "out"
    asked = ["plan", str(file), "--out", str(out), "--budget", "2022=7200", "--first", "2022",
             "--last", "2024", "--target", "2023=0,75", "--points-year", "2022"]  # fmt: skip
    said = CliRunner().invoke(main, [*asked, "--lang", "en"])
    assert said.exit_code == 0, said.output
    assert "2023: area 75 % (target 75 %: met)." in said.output.replace("\xa0", " ")
    assert len((out / "plan_points.csv").read_text(encoding="utf-8").splitlines()) == 2
    said = CliRunner().invoke(main, [*asked, "--target", "2022=0.75"])
    assert said.exit_code == 1
    assert "trūkst 100 km²" in said.output
    for wrong in (["--budget", "much"], ["--target", "0.85"], ["--fix", SOUTH]):
        assert CliRunner().invoke(main, ["plan", *wrong]).exit_code == 2


def test_a_run_with_the_plan_has_its_years_in_report_letters_and_workbooks(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    plan = "[plan]\nbudget = 7200\nfirst = 2022\nlast = 2024\ntargets = { 2023 = 0.75 }\n"
    file, out = write_project(toml=f"{TOML}\n{plan}", **FILES), tmp_path / "out"
    asked = ["run", str(file), "--out", str(out), "--lang", "en"]
    said = CliRunner().invoke(main, [*asked, "--plan"])
    assert said.exit_code == 0, said.output
    with (out / "plan.csv").open(encoding="utf-8") as opened:
        rows_of_plan = list(csv.DictReader(opened))
    assert {row["unit"]: row["year"] for row in rows_of_plan} == {
        EAST: "2022", TOWN: "2023", SOUTH: ""
    }  # fmt: skip
    for row in rows_of_plan:
        folder = out / "municipalities" / row["municipality"]
        letter = lxml.html.parse(folder / "index.html")
        cells_of = letter.xpath(f"//tr[th//bdi[.='{row['unit_name']}']]/*")
        assert len(cells_of) == 5
        opens = f"Planned, opens in {row['year']}" if row["year"] else "Planned"
        assert cells_of[3].text_content() == opens
        (link,) = letter.xpath("//a[contains(@href, 'plan.html#')]/@href")
        (there,) = lxml.html.parse(out / "plan.html").xpath(f"//*[@id='{link.split('#')[1]}']")
        assert row["municipality_name"] in there.text_content()
        book = openpyxl.load_workbook(folder / f"{row['municipality']}.xlsx")
        years = {
            cells[1]: cells[2] for cells in book["The plan by year"].iter_rows(values_only=True)
        }
        assert years[row["unit_name"]] == (int(row["year"]) if row["year"] else None)
    # One amount holds from the first year on; all that was taken is named.
    taken = json.loads((out / "run.json").read_text(encoding="utf-8"))["plan"]
    assert taken["budget"] == {"2022": 7200}
    assert (taken["targets"], taken["weights"]) == ({"2023": 0.75}, "population")
    report = lxml.html.parse(out / "report.html")
    cells = [
        [cell.text_content() for cell in row] for row in report.xpath("//*[@id='plan']/..//tr")
    ]
    assert [row[:2] for row in cells[1:]] == [["2022", "1"], ["2023", "1"], ["2024", "0"]]
    assert not dead_links(out)
    # What a run without it does not write does not stay behind.
    assert CliRunner().invoke(main, asked).exit_code == 0
    assert not list(out.glob("plan*"))


@pytest.mark.slow
def test_one_year_is_the_best_set_of_so_many_points(sample_result: Result) -> None:
    # Only the contact points are candidates of `site`, as they are of the plan; announced
    # centres stay in both.
    network = sample_result.network
    places = sample_result.places
    announced = network.loc[network["status"] == "announced", "place"]
    places = places.assign(status=places["status"].mask(places["place"].isin(announced), "open"))
    points = network.loc[network["status"] == "planned", "place"]
    few = places[places["place"].isin(points) | (places["host"] == "centre")]
    result = replace(sample_result, places=few)
    for count in (3, 20):
        best = vpvkac.site(result, count, candidates=["library"])
        planned = vpvkac.plan(
            result, count * 5700, first=2022, last=2022, targets={}, radius_m=5000
        )
        assert planned.optimal
        assert int(planned.years["residents"].iloc[0]) == best.after.value
        assert set(planned.opened["place"]) == set(best.of("exact")["place"])


@pytest.mark.slow
def test_463_units_in_six_years_take_less_than_a_minute(sample_result: Result) -> None:
    begun = time.process_time()
    planned = vpvkac.plan(sample_result, 900_000)
    assert time.process_time() - begun <= 60
    assert len(planned.table) == 463
    assert planned.optimal
    assert planned.years["met"].tolist() == ["", "", "yes", "", "", "yes"]
    # As one would add it up from plan.csv.
    table = planned.opened
    for row in planned.years.to_dict("records"):
        new, there = table[table["year"] == row["year"]], table[table["year"] <= row["year"]]
        assert row["spent"] == new["setup"].sum() + there["upkeep"].sum() <= row["budget"]
        assert row["residents"] == planned.before + there["residents"].sum()
