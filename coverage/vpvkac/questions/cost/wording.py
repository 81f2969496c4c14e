"""What people read about costs: labels of rows, headline, reasons."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from vpvkac.questions.cost.model import rounded, total
from vpvkac.questions.cost.own import per_resident
from vpvkac.questions.cost.published import Cell, published_cells
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Message, Text

if TYPE_CHECKING:
    from vpvkac.questions.cost.cost import Costs

ROWS = {
    "support": Message("State support"),
    "fixed part": Message("– fixed part"),
    "services part": Message("– for services"),
    "contacts part": Message("– for contacts"),
    "total cost": Message("Total cost"),
    "saving": Message("Institutions' saving"),
    "state budget": Message("Effect on the state budget"),
    "municipal budget": Message("Effect on municipal budgets"),
    "cost per service": Message("Cost per service or contact"),
}
EXPENSES = {
    "first-wave upkeep": Message("Upkeep of first-wave centres"),
    "investment": Message("Investment (improving, set-up)"),
    "supplement": Message("Supplement to librarians' pay"),
    "contact centre": Message("Contact centre"),
    "administrative centre": Message("Administrative centre"),
    "first training": Message("First training"),
    "regular training": Message("Regular training"),
    "publicity": Message("Publicity"),
    "digital centre": Message("Digital centre"),
}
_MILLION = 10**6
_REPRODUCED = Message("Published values (scenarios A and B) that agree: {} of {}.")
_EDITED = Message("The assumptions ({}) differ from the published.")
_NETWORK = Message(
    "Network: first-wave centres: {}; territorial units that still need a point (second wave): "
    "{}; in the model {} and {}."
)
_WHO_PAYS = Message("{}, {}–{}: total cost {} million EUR; {}; {}.")
_SCENARIO = Message("Scenario {}")
_OF_OWN = Message("Scenario {} for the project's network")
_STATE = (
    Message("the state spends {} million EUR"),
    Message("the state gains {} million EUR"),
)
_MUNICIPAL = (
    Message("municipalities spend {} million EUR"),
    Message("municipalities gain {} million EUR"),
)
_LESS_SAVING = Message(" (less {} million EUR that institutions save)")
_PRICE = Message("Cost per newly covered resident: {} EUR to set up, {} EUR per year to run.")


def agreeing(costs: Costs) -> tuple[int, int]:
    """Count the published values by year that the model gives to the digit, and all of them."""
    compared = costs.table[costs.table["year"].notna() & costs.table["published"].notna()]
    every = sum(cell.year is not None for cell in published_cells())
    return int((compared["value"] == compared["published"]).sum()), every


def headline(costs: Costs, lang: Lang) -> list[str]:
    """Say in a few lines what was found."""
    lines = []
    if not costs.assumptions.published:
        lines.append(_EDITED.text(lang).format(costs.assumptions.shown))
    lines.append(_REPRODUCED.text(lang).format(*agreeing(costs)))
    if costs.own is not None:
        whole, model = costs.own.whole, costs.assumptions.network
        counts = (whole.first_wave, whole.second_wave, model.first_wave, model.second_wave)
        lines.append(_NETWORK.text(lang).format(*(number(lang, count) for count in counts)))
        lines += [who_pays(costs, f"{name}_own", lang) for name in costs.assumptions.scenario]
        price = per_resident(costs.assumptions, costs.own.whole)
        if price.set_up is not None and price.upkeep is not None:
            written = [euro(lang, value, 2) for value in (price.set_up, price.upkeep)]
            lines.append(_PRICE.text(lang).format(*written))
    return lines


def who_pays(costs: Costs, scenario: str, lang: Lang) -> str:
    """Say what a scenario costs over all years, and who bears it."""
    rows, years = costs.amounts[scenario], costs.assumptions.years
    sums = {row: total(row, amounts) or Fraction(0) for row, amounts in rows.items()}
    state = _borne(lang, _STATE, sums["state budget"])
    if "saving" in sums:
        state += _LESS_SAVING.text(lang).format(million(lang, sums["saving"]))
    municipal = _borne(lang, _MUNICIPAL, sums["municipal budget"])
    return _WHO_PAYS.text(lang).format(
        scenario_name(lang, scenario),
        years.first,
        years.last,
        million(lang, sums["total cost"]),
        state,
        municipal,
    )


def scenario_name(lang: Lang, scenario: str) -> str:
    """Name a scenario, "A", or that of the user's network, "A_own"."""
    name, _, own = scenario.partition("_")
    return (_OF_OWN if own else _SCENARIO).text(lang).format(name)


def _borne(lang: Lang, said: tuple[Text, Text], effect: Fraction) -> str:
    """Say an effect on a budget as an expense or a gain."""
    return said[effect > 0].text(lang).format(million(lang, abs(effect)))


def euro(lang: Lang, value: Fraction | float | None, decimals: int = 0) -> str:
    """Write an amount of EUR; nothing where there is none."""
    if value is None:
        return ""
    return number(lang, float(rounded(Fraction(value), decimals)), decimals)


def million(lang: Lang, amount: Fraction | float) -> str:
    """Write an amount of EUR in millions, with two decimals."""
    return number(lang, float(rounded(Fraction(amount) / _MILLION, 2)), 2)


def printed(scenario: str, row: str) -> float:
    """Give a total as printed, EUR."""
    return published_cells()[Cell(scenario, row, None)]
