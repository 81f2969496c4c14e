"""What people read about costs: rows and assumptions by name, amounts, the headline."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from vpvkac.questions.cost.answer import Answer
from vpvkac.questions.cost.model import round_half_away, sum_years
from vpvkac.questions.cost.own import per_resident
from vpvkac.sources.reference import published_text
from vpvkac.texts.formats import number
from vpvkac.texts.message import Bilingual, Lang, Message, Text

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
# What is said of an expense, and of a gain.
_STATE = (
    Message("the state spends {} million EUR"),
    Message("the state gains {} million EUR"),
)
_MUNICIPAL = (
    Message("municipalities spend {} million EUR"),
    Message("municipalities gain {} million EUR"),
)
# The second scenario has the keys of the first, and no comments of its own.
_LIKE = ("scenario.B.", "scenario.A.")


def headline(costs: Answer, lang: Lang) -> list[str]:
    """Say in a few lines what was found."""
    lines = []
    if not costs.assumptions.published:
        edited = Message("The assumptions ({}) differ from the published.")
        lines.append(edited.text(lang).format(costs.assumptions.shown))
    agree = Message("Published values (scenarios A and B) that agree: {} of {}.")
    lines.append(agree.text(lang).format(*costs.agreement))
    if costs.own is None:
        return lines
    whole, model = costs.own.whole, costs.assumptions.network
    network = Message(
        "Network: first-wave centres: {}; territorial units that still need a point (second wave): "
        "{}; in the model {} and {}."
    )
    counts = (whole.first_wave, whole.second_wave, model.first_wave, model.second_wave)
    lines.append(network.text(lang).format(*(number(lang, count) for count in counts)))
    lines += [_who_pays(costs, f"{name}_own", lang) for name in costs.assumptions.scenario]
    price = per_resident(costs.assumptions, whole)
    if price.set_up is not None and price.upkeep is not None:
        per_head = Message(
            "Cost per newly covered resident: {} EUR to set up, {} EUR per year to run."
        )
        written = [euro(lang, value, 2) for value in (price.set_up, price.upkeep)]
        lines.append(per_head.text(lang).format(*written))
    return lines


def _who_pays(costs: Answer, scenario: str, lang: Lang) -> str:
    """Say what a scenario costs over all years, and who bears it."""
    rows, years = costs.amounts[scenario], costs.assumptions.years
    sums = {row: sum_years(row, amounts) or Fraction(0) for row, amounts in rows.items()}

    def borne(said: tuple[Message, Message], effect: Fraction) -> str:
        return said[effect > 0].text(lang).format(million(lang, abs(effect)))

    state = borne(_STATE, sums["state budget"])
    if "saving" in sums:
        less = Message(" (less {} million EUR that institutions save)")
        state += less.text(lang).format(million(lang, sums["saving"]))
    who_pays = Message("{}, {}–{}: total cost {} million EUR; {}; {}.")
    return who_pays.text(lang).format(
        scenario_name(lang, scenario),
        years.first,
        years.last,
        million(lang, sums["total cost"]),
        state,
        borne(_MUNICIPAL, sums["municipal budget"]),
    )


def scenario_name(lang: Lang, scenario: str) -> str:
    """Name a scenario, "A", or that of the user's network, "A_own"."""
    name, _, own = scenario.partition("_")
    of_own = Message("Scenario {} for the project's network")
    return (of_own if own else Message("Scenario {}")).text(lang).format(name)


def euro(lang: Lang, value: Fraction | float | None, decimals: int = 0) -> str:
    """Write an amount of EUR; nothing where there is none."""
    if value is None:
        return ""
    return number(lang, float(round_half_away(Fraction(value), decimals)), decimals)


def million(lang: Lang, amount: Fraction | float) -> str:
    """Write an amount of EUR in millions, with two decimals."""
    return number(lang, float(round_half_away(Fraction(amount) / _MILLION, 2)), 2)


@cache
def assumption_labels() -> Mapping[str, Text]:
    """Give key ("upkeep.supplement") → label with its unit.

    The labels are the comments of the published file itself, the lines above the key.
    """
    found: dict[str, Text] = {}
    section, above = "", ("", "")
    for line in published_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        key, equals, _ = line.removeprefix("# ").partition(" = ")
        if equals and key.isidentifier():
            found[f"{section}.{key}"] = Bilingual(*above)
        above = (above[1], line.removeprefix("# "))
    return found


def assumption_label(key: str) -> Text:
    """Give the label of one key."""
    return assumption_labels()[key.replace(*_LIKE)]
