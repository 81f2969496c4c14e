"""The cost model: every published cell, whatever an assumption changes, and own networks."""

from __future__ import annotations

import csv
import dataclasses
import html
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from click.testing import CliRunner

import vpvkac
from browser import console, show
from page_tables import number_of, tables_of
from plain_country import at, rows
from test_pages_accessible import serious
from vpvkac.cli.questions import cost as main
from vpvkac.model.faults import InputError
from vpvkac.questions.cost.answer import per_resident, published_totals
from vpvkac.questions.cost.model import (
    EXPENSES,
    NOT_ADDED,
    PUBLISHED_ROWS,
    compute_costs,
    published_scope,
    round_half_away,
    sum_years,
)
from vpvkac.questions.cost.question import Part
from vpvkac.questions.cost.view import assumption_label, assumption_labels, cost_page
from vpvkac.sources.reference import published_assumptions, published_text, read_assumptions

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

    from vpvkac.api.coverage import Result
    from vpvkac.api.questions import Costs

pytestmark = pytest.mark.slow

YEARS = range(2021, 2028)
# Tables 40-44 of the 2020 analysis, 2021 to 2027; "-" where a table has a dash.
PUBLISHED = """
A support                944_020  3_543_073  1_478_470  1_507_770  1_515_743  1_506_444  1_497_401
A fixed part             944_020  1_126_104    984_234    986_800    987_339    986_250    985_183
A services part                -    420_181    453_796    476_486    481_251    471_626    462_193
A contacts part                -     35_788     40_440     44_484     47_153     48_568     50_025
A total cost           1_673_040  4_359_980  2_532_683  2_537_815  2_538_893  2_536_716  2_534_583
A state budget          -944_020 -3_719_173 -1_478_470 -1_507_770 -1_515_743 -1_506_444 -1_497_401
A municipal budget      -729_020   -640_807 -1_054_213 -1_030_046 -1_023_150 -1_030_272 -1_037_181
A cost per service          9.70      13.31      14.01      13.13      12.75      12.74      12.72
B support                944_020  4_306_678  2_815_445  2_895_591  2_916_871  2_890_527  2_864_882
B fixed part             944_020  1_517_916  1_570_612  1_583_572  1_586_294  1_580_796  1_575_408
B services part                -    763_966  1_145_950  1_203_247  1_215_279  1_190_974  1_167_154
B contacts part                -     63_796     98_883    108_772    115_298    118_757    122_320
B total cost           1_673_040  4_437_740  2_689_240  2_702_200  2_704_922  2_699_424  2_694_036
B saving                       -    295_506    629_163    664_576    675_573    666_673    658_090
B state budget          -944_020 -4_011_172 -2_186_282 -2_231_015 -2_241_299 -2_223_854 -2_206_793
B municipal budget      -729_020   -131_062    126_205    193_391    211_950    191_103    170_846
B cost per service          9.70       7.60       5.92       5.56       5.40       5.39       5.38
"""


def cells() -> list[tuple[str, str, int, str]]:
    """Give scenario, row, year and value as text of every published cell."""
    given = []
    for line in PUBLISHED.strip().splitlines():
        *name, _, _, _, _, _, _, _ = line.split()
        for year, text in zip(YEARS, line.split()[-7:], strict=True):
            given.append((name[0], " ".join(name[1:]), year, text.replace("_", "")))
    return given


def test_the_transcription_is_whole() -> None:
    assert len(cells()) == (8 + 9) * 7


@pytest.mark.parametrize(("scenario", "row", "year", "text"), cells())
def test_every_published_cell_is_given(scenario: str, row: str, year: int, text: str) -> None:
    assumptions = published_assumptions()
    amount = compute_costs(assumptions, scenario, published_scope(assumptions))[row][year]
    if text == "-":
        assert amount is None
    else:
        assert amount is not None
        decimals = 2 if "." in text else 0
        assert round_half_away(amount, decimals) == Fraction(text)


def values(table: pd.DataFrame, column: str = "value") -> dict[tuple[str, str, int | None], float]:
    """Give the filled values of a column by scenario, row and year."""
    filled = table[table[column].notna()]
    years = [None if pd.isna(year) else int(year) for year in filled["year"]]
    keys = zip(filled["scenario"], filled["row"], years, strict=True)
    return dict(zip(keys, filled[column], strict=True))


def summed(scenario: str, row: str) -> int:
    return sum(int(text) for name, of, _, text in cells() if (name, of) == (scenario, row)
               and text != "-")  # fmt: skip


def test_the_printed_totals_stand_beside_the_sums_of_the_rows() -> None:
    table = vpvkac.cost().table
    ours = values(table)
    printed = {
        ("A", "state budget"): -12_170_000,
        ("A", "municipal budget"): -6_540_000,
        ("B", "state budget"): -19_340_000,
        ("B", "municipal budget"): -260_000,
    }
    assert values(table[table["year"].isna()], "published") == {
        (*key, None): value for key, value in printed.items()
    }
    for (scenario, row), total_printed in printed.items():
        # The sum of rounded values may be off by half a euro for each of the seven years.
        assert abs(ours[scenario, row, None] - summed(scenario, row)) < 4
        if scenario == "A":
            assert round(summed("A", row), -4) == total_printed
    # The reasons that the page gives for B.
    saving = 295_506
    assert -round(summed("B", "support") - saving, -4) == -19_340_000
    assert round(summed("B", "municipal budget") - saving, -4) == -260_000
    totals = {(total.scenario, total.budget): total for total in published_totals()}
    assert {key: -total.printed for key, total in totals.items()} == printed
    assert {key: -total.added for key, total in totals.items()} == {
        key: summed(*key) for key in printed
    }
    assert round(totals["B", "state budget"].parts["explained"], -4) == 19_340_000
    assert round(totals["B", "municipal budget"].parts["explained"], -4) == 260_000


def test_rows_agree_with_what_is_published_as_all_of_them_do() -> None:
    costs = vpvkac.cost()
    by_row = [costs.agreement_of(name, row) for name in "AB" for row in PUBLISHED_ROWS]
    assert costs.agreement_of("A", "support") == (7, 7)
    assert (sum(same for same, _ in by_row), sum(of for _, of in by_row)) == costs.agreement


def test_amounts_are_rounded_half_away_from_zero() -> None:
    given = (Fraction(5, 2), Fraction(-5, 2), Fraction(7, 2), Fraction(-49, 100), Fraction(0))
    assert [round_half_away(value) for value in given] == [3, -3, 4, 0, 0]
    assert round_half_away(Fraction("0.005"), 2) == Fraction("0.01")


# --- Every assumption has an effect ---------------------------------------------------------------


def numbers_of(text: str) -> list[tuple[int, str, str]]:
    """Find every value of the file: where its line begins, its key, and each number in it."""
    found = []
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        key, equals, value = line.removeprefix("# ").partition(" = ")
        if equals and key.isidentifier():
            found.append((text.index(f"\n{line}\n") + 1, f"{section}.{key}", value))
    return found


def altered() -> list[tuple[str, str]]:
    """Make a file for every value in it, with that value alone another."""
    text, files = published_text() + "\n", []
    for start, key, _ in numbers_of(text):
        end = text.index("\n", start)
        line = text[start:end].removeprefix("# ")
        for place in re.finditer(r"(?<== )(\d+\.?\d*|true|false)", line):
            given = place[1]
            other = {"true": "false", "false": "true"}.get(given) or _other(key, given)
            changed = line[: place.start()] + other + line[place.end() :]
            name = f"{key}[{line[: place.start()].count(',')}]"
            files.append((name, text[:start] + changed + text[end:]))
    return files


def _other(key: str, given: str) -> str:
    if key == "years.first":
        return "2020"
    if key in {"years.last", "years.set_up"}:
        return str(int(given) + 1)
    share = "share" in key
    return str(Decimal(given) * Decimal("0.5" if share else "2"))


def _fitting(name: str, text: str) -> str:
    """Let the years that values begin with follow the year changed."""
    if name == "years.first[0]":
        return text.replace("{ 2021 =", "{ 2020 =")
    if name == "years.set_up[0]":
        return re.sub(
            r"^(supplement_share|upkeep_share|service|common_share) = \{ 2022 = [\d.]+, ",
            r"\1 = { ", text, flags=re.MULTILINE,
        ).replace("common_share = { 2022", "common_share = { 2023")  # fmt: skip
    return text


# Used where the residents of a project's network are not known.
ONLY_WITHOUT_RESIDENTS = {"demand.services_low", "demand.services_high"}


@pytest.fixture(scope="module")
def two_municipalities(sample_result: Result) -> dict[bool, Costs]:
    """Reckon a part of the sample by the published assumptions: with its residents, and without."""
    units = sample_result.units
    some = sorted(set(units["municipality"]))[-2:]
    part = units[units["municipality"].isin(some)]
    of_nobody = part.assign(population=pd.Series(pd.NA, part.index, dtype="Int64"))
    return {
        known: vpvkac.cost(dataclasses.replace(sample_result, units=table))
        for known, table in ((True, part), (False, of_nobody))
    }


@pytest.mark.parametrize(("name", "text"), altered(), ids=[name for name, _ in altered()])
def test_no_assumption_is_without_effect(
    name: str, text: str, two_municipalities: dict[bool, Costs], tmp_path: Path
) -> None:
    file = tmp_path / "assumptions.toml"
    file.write_text(_fitting(name, text), encoding="utf-8")
    read = read_assumptions(file)
    known = name.partition("[")[0] not in ONLY_WITHOUT_RESIDENTS
    original = two_municipalities[known].table
    changed = vpvkac.cost(two_municipalities[known].result, read).table
    assert not changed.equals(original)
    # The project's own demand does not touch the published model.
    if name.startswith("own."):
        of_model, expected = (
            table[table["scenario"].isin(["A", "B"])].reset_index(drop=True)
            for table in (changed, original)
        )
        assert of_model.equals(expected)
    assert read.published == name.startswith("own.")


def test_every_value_of_the_file_is_altered_above() -> None:
    altered_keys = {name.partition("[")[0] for name, _ in altered()}
    assert altered_keys == {key for _, key, _ in numbers_of(published_text() + "\n")}
    assert len(altered()) > 70


def test_every_assumption_has_a_label_in_both_languages() -> None:
    for key in published_assumptions().given:
        lv, en = (assumption_label(key).text(lang) for lang in ("lv", "en"))
        assert lv != en
        assert all(len(one) > 5 and not one.startswith("#") for one in (lv, en))
    # The two keys of `own` that are left out have labels too.
    assert {"own.services", "own.contacts"} <= set(assumption_labels())


# --- Own networks ---------------------------------------------------------------------------------


def result_with(result: Result, first: int, second: int, *, population: bool) -> Result:
    """Give the sample a network of so many centres, and so many units without one.

    With the residents of table 41: 604 791 outside towns, 1 920 000 in all.
    """
    units = result.units.iloc[: first + second].copy()
    units["centres"] = [1] * first + [0] * second
    units["announced"] = 0
    units["population"] = pd.Series(pd.NA, units.index, dtype="Int64")
    if population:
        outside = units["kind"] == "parish"
        for where, residents in ((outside, 604_791), (~outside, 1_920_000 - 604_791)):
            units.loc[where, "population"] = 1000
            units.loc[where.idxmax(), "population"] += residents - 1000 * int(where.sum())
    return dataclasses.replace(result, units=units)


@pytest.mark.parametrize("population", [True, False])
def test_a_network_of_the_model_s_size_gives_the_published_rows(
    sample_result: Result, *, population: bool
) -> None:
    costs = vpvkac.cost(result_with(sample_result, 129, 458, population=population))
    assert costs.amounts["A_own"] == costs.amounts["A"]
    assert costs.amounts["B_own"] == costs.amounts["B"]


@pytest.mark.parametrize("population", [True, False])
def test_municipalities_add_up_to_the_network_exactly(
    sample_result: Result, *, population: bool
) -> None:
    costs = vpvkac.cost(result_with(sample_result, 101, 402, population=population))
    assert costs.own is not None
    assert (costs.own.expected is not None) == population
    assert len(costs.own.parts) > 30
    for name in ("A", "B"):
        for row, years in costs.amounts[f"{name}_own"].items():
            if row in NOT_ADDED - {"first-wave points", "second-wave points"}:
                continue
            for year, whole in years.items():
                parts = [costs.amounts[f"{name}_{part.code}"][row][year]
                         for part in costs.own.parts]  # fmt: skip
                if whole is None:
                    assert set(parts) == {None}
                else:
                    assert sum(part for part in parts if part is not None) == whole


def test_demand_is_that_of_residents_by_the_kind_of_place_they_live_in(
    sample_result: Result,
) -> None:
    """Table 41: 112.0 services per 1000 residents outside towns, 27.5 in towns and cities."""
    costs = vpvkac.cost(sample_result)
    in_town = 36_230 / 1_315_209
    rate = {"parish": 67_711 / 604_791, "town": in_town, "state_city": in_town}
    asked = dict.fromkeys(sample_result.units["municipality"], 0.0)
    for _, row in sample_result.units.iterrows():
        asked[row["municipality"]] += rate[row["kind"]] * row["population"]
    assert costs.own is not None
    for part in costs.own.parts:
        amounts = costs.amounts[f"A_{part.code}"]
        services, contacts = amounts["services"][2021], amounts["contacts"][2021]
        assert services is not None
        assert contacts is not None
        assert float(services) == pytest.approx(1.05 * asked[part.code])
        assert float(contacts) == pytest.approx(1.05 * asked[part.code] * 59_276 / 103_941)
        common = costs.amounts[f"A_{part.code}"]["digital centre"][2022]
        assert common is not None
        assert part.residents is not None
        assert costs.own.whole.residents is not None
        assert float(common) == pytest.approx(65_000 * part.residents / costs.own.whole.residents)


def test_the_sample_s_points_are_counted_by_wave(sample_result: Result) -> None:
    own = vpvkac.cost(sample_result).own
    assert own is not None
    network = sample_result.network["status"].value_counts()
    centres = sample_result.places["host"] == "centre"
    assert own.whole.first_wave == centres.sum()
    assert own.whole.second_wave == network.get("planned", 0) + network.get("none", 0)


COUNTRY = """[inputs]
units = "units.gpkg"
centres = { path = "c.csv", id = "id", lat = "lat", lon = "lon", status = "status" }
libraries = { path = "l.csv", id = "id", lat = "lat", lon = "lon" }
assumptions = "a.toml"
"""
CENTRES = rows(
    "id,lat,lon,status",
    ("1", *at(5, 15), "open"),
    ("2", *at(6, 15), "announced"),
    ("3", *at(5, 5), "open"),
)
LIBRARIES = rows("id,lat,lon", ("1", *at(15, 15)))


@pytest.fixture
def small(write_project: Callable[..., Path]) -> Callable[[str], Costs]:
    """Reckon four units: two centres and one more in the first municipality, none in the other."""

    def reckoned(assumptions: str) -> Costs:
        file = write_project(toml=COUNTRY, c_csv=CENTRES, l_csv=LIBRARIES, a_toml=assumptions)
        return vpvkac.cost(vpvkac.analyse(vpvkac.load(file)))

    return reckoned


def test_a_small_network_reckoned_by_hand(small: Callable[[str], Costs]) -> None:
    text = published_text().replace("share = 1\n", "share = 0.01\nservices = 1000\ncontacts = 0\n")
    costs = small(text)
    assert costs.own is not None
    assert (costs.own.whole.first_wave, costs.own.whole.second_wave) == (3, 2)
    assert costs.own.expected is None
    # A count of one's own is no band.
    assert not costs.table["row"].str.endswith("demand").any()
    table = values(costs.table)
    upkeep = 3 * 1_598_040 / 129
    assert table["A_own", "first-wave upkeep", 2021] == round(upkeep) == 37_164
    # 37 163.72 + half of 1200 for two points + 1 % of 90 000, of 86 400 × 1.1, of 65 000 and of
    # 100 000 + 2 × 4000 + 3 × 1000 + 5 × 300
    spent = upkeep + 1_200 + 900 + 950.4 + 650 + 1_000 + 11_000 + 1_500
    assert table["A_own", "total cost", 2022] == round(spent) == 54_364
    services = 1000 * 1.05 * 1.10
    fixed = 0.4 * upkeep + 0.7 * (1_200 + 900 + 950.4) + 1_000 + 650
    support = fixed + 3.5 * services + 11_000
    assert table["A_own", "fixed part", 2022] == round(fixed)
    assert table["A_own", "support", 2022] == round(support)
    assert table["A_own", "state budget", 2022] == -round(support + 1_500)
    assert table["A_own", "municipal budget", 2022] == -round(spent - support - 1_500)
    recurring = spent - 11_000 - 1_500 - 1_000 + 12_500 / 5
    assert table["A_own", "cost per service", 2022] == round(recurring / services, 2)
    assert table["A_own", "contacts part", 2022] == 0
    # The first municipality has the three centres of five points, so 3/5 of what is in common.
    assert table["A_LV9000000", "digital centre", 2021] == 390
    assert table["A_LV9001000", "digital centre", 2021] == 260
    assert table["A_LV9001000", "supplement", 2023] == 2_400
    assert table["A_LV9000000", "second-wave points", 2023] == 0


def test_a_newly_covered_resident() -> None:
    price = per_resident(published_assumptions(), Part("x", "", 3, 2, 9_000, 4_000))
    # Two points of 4000 + 300, and 1200 + 200 a year, for 4000 residents.
    assert price.set_up == Fraction("2.15")
    assert price.upkeep == Fraction("0.7")
    assert price.first_year == Fraction("2.85")
    assert per_resident(published_assumptions(), Part("x", "", 3, 0, 9_000, 0)).first_year is None
    nobody = Part("x", "", 3, 2, None, None)
    assert per_resident(published_assumptions(), nobody).first_year is None


def test_demand_at_the_ends_of_the_band(sample_result: Result) -> None:
    """The ends are the services expected at all points, which the network's table adds up to."""
    table = values(vpvkac.cost(sample_result).table)
    points = len(sample_result.units)
    for name, end in (("low", "services_least"), ("high", "services_most")):
        services = int(sample_result.network[end].sum())
        assert table["A_own", f"services per point at {name} demand", 2022] == round(
            services * 1.05 * 1.10 / points
        )
    dear = table["A_own", "cost per service at low demand", 2027]
    assert dear > table["A_own", "cost per service", 2027]


def test_who_bears_how_much_at_the_ends_of_the_band(sample_result: Result) -> None:
    """The state pays 3.50 a service, and institutions save 1.12, then 1.68, in B; from 2022."""
    costs = vpvkac.cost(sample_result)
    table = values(costs.table)
    ends = {"low": sample_result.network["services_least"].sum(),
            "high": sample_result.network["services_most"].sum()}  # fmt: skip
    middle = costs.own.scopes(costs.assumptions)["own"].services
    for scenario, saved in (
        ("A", {}),
        ("B", {2022: 1.12, **dict.fromkeys(range(2023, 2028), 1.68)}),
    ):
        for end, services in ends.items():
            state = municipal = within = 0.0
            for year in range(2021, 2028):
                grown = table[f"{scenario}_own", "services", year] / float(middle)
                more = (services - float(middle)) * grown if year > 2021 else 0
                spent = {
                    "state budget": -3.5 * more + saved.get(year, 0) * more,
                    "municipal budget": 3.5 * more,
                }
                # The network's services are whole: half of one is up to 1.75 EUR a year.
                rounding = 1 + 0.5 * 3.5 * grown
                for budget, change in spent.items():
                    told = table[f"{scenario}_own", f"{budget} at {end} demand", year]
                    expected = table[f"{scenario}_own", budget, year] + change
                    assert told == pytest.approx(expected, abs=rounding)
                state += spent["state budget"]
                municipal += spent["municipal budget"]
                within += rounding
            for budget, change in (("state budget", state), ("municipal budget", municipal)):
                told = table[f"{scenario}_own", f"{budget} at {end} demand", None]
                expected = table[f"{scenario}_own", budget, None] + change
                assert told == pytest.approx(expected, abs=within)
    page = cost_page(costs, sample_result, costs.own, "en").replace("\xa0", " ")
    assert page.count("113 461 (75 165–139 771)") == 1
    million = round(-table["A_own", "state budget at low demand", None] / 1e6, 2)
    assert f"at low demand: the state spends {million:.2f} million EUR" in page


def test_the_band_of_a_country_whose_residents_are_not_known(sample_result: Result) -> None:
    table = values(vpvkac.cost(result_with(sample_result, 129, 458, population=False)).table)
    for name, services in (("low", 59_000), ("high", 104_000)):
        assert table["A_own", f"services per point at {name} demand", 2022] == round(
            services * 1.05 * 1.10 / 587
        )


def test_expenses_add_up_to_the_total_cost(sample_result: Result) -> None:
    for amounts in vpvkac.cost(sample_result).amounts.values():
        sums = [sum_years(row, amounts[row]) for row in EXPENSES]
        assert sum(one for one in sums if one is not None) == sum_years(
            "total cost", amounts["total cost"]
        )


# --- Files that are at fault ----------------------------------------------------------------------


def told(tmp_path: Path, text: str) -> dict[str, str]:
    """Give the faults of a file, by key."""
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_assumptions(file, "mine.toml")
    return {str(fault.field): fault.sentence("en") for fault in raised.value.faults}


BROKEN = {
    "setting_up = 4000": ("setting_upp = 4000", "investment.setting_up", "is missing"),
    "improving = 1000": ("improving = -1", "investment.improving", '"-1" is out of range'),
    "first_training = 300": ('first_training = "300"', "investment.first_training", "not a number"),
    "written_off_over = 5": ("written_off_over = 0", "investment.written_off_over", "from 1 to"),
    "supplement = 1200": ("supplement = nan", "upkeep.supplement", '"NaN" is out of range'),
    "digital_centre = 65000": ("digital_centre = inf", "upkeep.digital_centre", "out of range"),
    "contact_centre = 86400": ("contact_centre = 1e-999999", "upkeep.contact_centre", "decimals"),
    "first_wave = 129": ("first_wave = 0", "network.first_wave", "must be from 1"),
    "second_wave = 458": ("second_wave = 4.5", "network.second_wave", "not a whole number"),
    "services = 103941": ("services = true", "demand.services", "is not a number"),
    "upkeep_share = { 2022 = 0.4": (
        "upkeep_share = { 2022 = 1.4", "state.upkeep_share.2022", '"1.4" is out of range',
    ),
    "service = { 2022 = 1.12, 2023": (
        "service = { 2023 = 1.12, 2022", "saving.service.2022", "stands after a later year",
    ),
    "regular_training = { 2023": (
        "regular_training = { 2021", "upkeep.regular_training.2021", "write a year of 2022–2027",
    ),
    "administrative_centre = { 2022": (
        "administrative_centre = { soon", "upkeep.administrative_centre.soon", "is not a year",
    ),
    "publicity = { 2021 = 10000, 2022 = 100000, 2023 = 10000 }": (
        "publicity = [1, 2]", "upkeep.publicity", "is not values by year",
    ),
    "common_share = { 2022 = 1 }": ("common_share = {}", "scenario.B.common_share", "by year"),
    "saves = false": ("saves = 0", "scenario.A.saves", "is not true or false"),
    "services = { 2021 = 1.05, 2022 = 1.10": (
        "services = { 2022 = 1.10", "scenario.A.services", "begin with 2021",
    ),
    "\nshare = 1\n": ("\nshare = 2\n", "own.share", "must be from 0 to 1"),
}  # fmt: skip


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = published_text()
    for right, (wrong, _, _) in BROKEN.items():
        assert right in text
        text = text.replace(right, wrong, 1)
    faults = told(tmp_path, text)
    for _, field, said in BROKEN.values():
        assert said in faults[field]
        assert faults[field].startswith(f"mine.toml, {field}: ")
    meant = faults["investment.setting_upp"]
    assert meant.endswith("is not a known key; was this meant: setting_up?")
    assert len(faults) == len(BROKEN) + 1


@pytest.mark.parametrize(("right", "wrong"), [(right, BROKEN[right]) for right in BROKEN])
def test_each_fault_is_told_alone(tmp_path: Path, right: str, wrong: tuple[str, str, str]) -> None:
    faults = told(tmp_path, published_text().replace(right, wrong[0], 1))
    assert wrong[1] in faults
    assert len(faults) == (2 if "setting_upp" in wrong[0] else 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is missing; write a section [network]"),
        ("years = 3", "is not a section"),
        ("[years\n", "is not TOML"),
        ("[scenario.C]\n", "was this meant"),
        ("[[own]]\n", "is not a section"),
        (published_text().replace("last = 2027", "last = 2020"), "must be: first < set_up <= last"),
        (published_text().replace("last = 2027", "last = 2090"), "at most 50 years"),
        (published_text().replace("= 944020", "= 5"), "is less than publicity and digital centre"),
        (published_text().replace("944020", "9" * 5000), "is not TOML"),
        ("a = " + "[" * 3000, "is not TOML"),
    ],
)
def test_files_that_are_no_assumptions(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in sentence for sentence in told(tmp_path, text).values())


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was not found"):
        read_assumptions(tmp_path / "nothing.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not UTF-8"):
        read_assumptions(tmp_path / "bytes.toml")


# --- Command, files and page ----------------------------------------------------------------------


def test_the_faults_of_assumptions_and_of_other_inputs_are_told_together(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    broken = published_text().replace("improving = 1000", "improving = -1")
    file = write_project(
        toml=COUNTRY, c_csv=CENTRES.replace("open", "shut"), l_csv=LIBRARIES, a_toml=broken
    )
    out = tmp_path / "out"
    done = CliRunner().invoke(main, [str(file), "--out", str(out), "--lang", "en"])
    assert done.exit_code == 1
    assert 'a.toml, investment.improving: "-1" is out of range' in done.output
    assert "c.csv, row 2, status" in done.output
    assert "Nothing was written." in done.output
    assert not out.exists()


def test_the_command_writes_table_and_page(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    text = published_text().replace("supplement = 1200", "supplement = 2400")
    file = write_project(toml=COUNTRY, c_csv=CENTRES, l_csv=LIBRARIES, a_toml=text)
    out = tmp_path / "out"
    done = CliRunner().invoke(main, [str(file), "--out", str(out), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "The assumptions (a.toml) differ from the published." in done.output
    assert sorted(path.name for path in out.iterdir()) == ["cost.csv", "cost.html"]
    page = (out / "cost.html").read_text(encoding="utf-8")
    assumed = tables_of(page)["assumed"]
    supplement = assumed.row("upkeep.supplement")
    assert (supplement["Value"], supplement["Published value, if different"]) == ("2400", "1200")
    assert "own.share" in page
    assert "Points in the project's network: 5, in the model: 587" in html.unescape(page)


def test_the_table_is_written_for_machines(sample_result: Result, tmp_path: Path) -> None:
    costs = vpvkac.cost(sample_result)
    files = costs.write(tmp_path / "out")
    assert [file.name for file in files] == ["cost.csv", "cost.html"]
    content = files[0].read_bytes()
    assert b"\r" not in content
    lines = list(csv.reader(content.decode("utf-8").splitlines()))
    assert lines[0] == ["scenario", "row", "year", "value", "published"]
    written = {(line[0], line[1], line[2]): (line[3], line[4]) for line in lines[1:]}
    assert len(written) == len(lines) - 1
    for scenario, row, year, text in cells():
        expected = "" if text == "-" else text
        assert written[scenario, row, str(year)] == (expected, expected)
    assert written["B", "state budget", ""][1] == "-19340000"
    assert [line[0] for line in lines[1:]] == sorted(line[0] for line in lines[1:])
    again = vpvkac.cost(sample_result).write(tmp_path / "again")
    assert [file.read_bytes() for file in again] == [file.read_bytes() for file in files]


def test_without_a_network_only_the_table_is_written(sample_result: Result, tmp_path: Path) -> None:
    vpvkac.cost(sample_result).write(tmp_path)
    files = vpvkac.cost().write(tmp_path)
    assert [file.name for file in files] == ["cost.csv"]
    assert not (tmp_path / "cost.html").exists()


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_the_page_shows_what_was_reckoned(sample_result: Result, tmp_path: Path, lang: Any) -> None:
    result = dataclasses.replace(sample_result, lang=lang)
    (_, file) = vpvkac.cost(result).write(tmp_path)
    page = file.read_text(encoding="utf-8")
    tables = tables_of(page)
    assert {"lv": "Sintētiski parauga dati", "en": "Synthetic sample"}[lang] in page
    assert {"lv": "indikatīvas", "en": "indicative"}[lang] in page
    for name in ("A", "B"):
        of_name = [cell for cell in cells() if cell[0] == name]
        shown = [number_of(cell) for row in tables[f"scenario-{name.lower()}"].rows
                 for cell in row[2:9]]  # fmt: skip
        assert shown == [None if text == "-" else float(text) for *_, text in of_name]
        agree = {row[10] for row in tables[f"scenario-{name.lower()}"].rows}
        assert agree == {"lv": {"7 no 7", "6 no 6"}, "en": {"7 of 7", "6 of 6"}}[lang]
    totals = tables["totals"].rows
    assert [number_of(row[2]) for row in totals] == [12.17, 6.54, 19.34, 0.26]
    assert [number_of(row[3]) for row in totals] == [12.17, 6.54, 16.04, -0.03]
    # Municipalities, and the whole above them.
    assert len(tables["parts"].rows) == 1 + len(sample_result.municipalities)


def test_a_hostile_name_stays_text(sample_result: Result, tmp_path: Path) -> None:
    units = sample_result.units.copy()
    units["municipality_name"] = "<script>alert(1)</script>"
    (_, file) = vpvkac.cost(dataclasses.replace(sample_result, units=units)).write(tmp_path)
    page = file.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_copy_of_the_assumptions_is_written_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    done = CliRunner().invoke(main, ["--write-assumptions", str(file)])
    assert done.exit_code == 0
    assert read_assumptions(file).published
    file.write_text("mine", encoding="utf-8")
    again = CliRunner().invoke(main, ["--write-assumptions", str(file), "--lang", "en"])
    assert again.exit_code == 1
    assert "already exists" in again.output
    assert file.read_text(encoding="utf-8") == "mine"
    nowhere = CliRunner().invoke(main, ["--write-assumptions", str(tmp_path / "no" / "a.toml")])
    assert nowhere.exit_code == 1


@pytest.mark.browser
def test_the_page_can_be_read_by_everyone(
    browser: WebDriver, sample_result: Result, tmp_path: Path
) -> None:
    (_, file) = vpvkac.cost(sample_result).write(tmp_path)
    for width in (360, 1280):
        show(browser, file, width=width)
        assert console(browser) == []
        assert serious(browser) == []
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width
