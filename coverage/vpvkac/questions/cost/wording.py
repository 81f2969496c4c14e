"""What people read about costs: labels of rows, headline, reasons."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from vpvkac.questions.cost.model import rounded, total
from vpvkac.questions.cost.own import per_resident
from vpvkac.questions.cost.published import Cell, published_cells
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Text

if TYPE_CHECKING:
    from vpvkac.questions.cost.cost import Costs

ROWS = {
    "support": Text("Valsts atbalsts", "State support"),
    "fixed part": Text("– nemainīgā daļa", "– fixed part"),
    "services part": Text("– par pakalpojumiem", "– for services"),
    "contacts part": Text("– par kontaktiem", "– for contacts"),
    "total cost": Text("Izmaksas kopā", "Total cost"),
    "saving": Text("Iestāžu ietaupījums", "Institutions' saving"),
    "state budget": Text("Ietekme uz valsts budžetu", "Effect on the state budget"),
    "municipal budget": Text(
        "Ietekme uz pašvaldību budžetiem", "Effect on municipal budgets"
    ),
    "cost per service": Text(
        "Viena pakalpojuma vai kontakta izmaksas", "Cost per service or contact"
    ),
}  # fmt: skip
EXPENSES = {
    "first-wave upkeep": Text("1. kārtas VPVKAC uzturēšana", "Upkeep of first-wave centres"),
    "investment": Text("Ieguldījums (uzlabošana un izveide)", "Investment (improving, set-up)"),
    "supplement": Text("Piemaksas bibliotekāriem", "Supplement to librarians' pay"),
    "contact centre": Text("Kontaktu centrs", "Contact centre"),
    "administrative centre": Text("Administratīvais centrs", "Administrative centre"),
    "first training": Text("Pirmās mācības", "First training"),
    "regular training": Text("Kārtējās mācības", "Regular training"),
    "publicity": Text("Publicitāte", "Publicity"),
    "digital centre": Text("Digitālais centrs", "Digital centre"),
}
_MILLION = 10**6
_REPRODUCED = Text(
    "Publicētās vērtības (A un B scenārijs), kas sakrīt: {} no {}.",
    "Published values (scenarios A and B) that agree: {} of {}.",
)
_EDITED = Text(
    "Pieņēmumi ({}) atšķiras no publicētajiem.", "The assumptions ({}) differ from the published."
)
_NETWORK = Text(
    "Tīkls: 1. kārtas VPVKAC – {}, teritoriālās vienības, kurās kontaktpunkts vēl jāizveido "
    "(2. kārta) – {}; modelī – {} un {}.",
    "Network: first-wave centres: {}; territorial units that still need a point (second wave): "
    "{}; in the model {} and {}.",
)
_WHO_PAYS = Text(
    "{}, {}.–{}. gads: izmaksas kopā {} milj. EUR; {}; {}.",
    "{}, {}–{}: total cost {} million EUR; {}; {}.",
)
_SCENARIO = Text("{} scenārijs", "Scenario {}")
_OF_OWN = Text("{} scenārijs projekta tīklam", "Scenario {} for the project's network")
_STATE = (
    Text("valsts izdevumi – {} milj. EUR", "the state spends {} million EUR"),
    Text("valsts ieguvums – {} milj. EUR", "the state gains {} million EUR"),
)
_MUNICIPAL = (
    Text("pašvaldību izdevumi – {} milj. EUR", "municipalities spend {} million EUR"),
    Text("pašvaldību ieguvums – {} milj. EUR", "municipalities gain {} million EUR"),
)
_LESS_SAVING = Text(
    " (atskaitot iestāžu ietaupījumu – {} milj. EUR)",
    " (less {} million EUR that institutions save)",
)
_PRICE = Text(
    "Izmaksas uz vienu no jauna aptverto iedzīvotāju: izveide – {} EUR, uzturēšana – {} EUR gadā.",
    "Cost per newly covered resident: {} EUR to set up, {} EUR per year to run.",
)


def agreeing(costs: Costs) -> tuple[int, int]:
    """Count the published values by year that the model gives to the digit, and all of them."""
    compared = costs.table[costs.table["year"].notna() & costs.table["published"].notna()]
    every = sum(cell.year is not None for cell in published_cells())
    return int((compared["value"] == compared["published"]).sum()), every


def headline(costs: Costs, lang: Lang) -> list[str]:
    """Say in a few lines what was found."""
    lines = []
    if not costs.assumptions.published:
        lines.append(_EDITED.into(lang).format(costs.assumptions.shown))
    lines.append(_REPRODUCED.into(lang).format(*agreeing(costs)))
    if costs.own is not None:
        whole, model = costs.own.whole, costs.assumptions.network
        counts = (whole.first_wave, whole.second_wave, model.first_wave, model.second_wave)
        lines.append(_NETWORK.into(lang).format(*(number(lang, count) for count in counts)))
        lines += [who_pays(costs, f"{name}_own", lang) for name in costs.assumptions.scenario]
        price = per_resident(costs.assumptions, costs.own.whole)
        if price.set_up is not None and price.upkeep is not None:
            written = [euro(lang, value, 2) for value in (price.set_up, price.upkeep)]
            lines.append(_PRICE.into(lang).format(*written))
    return lines


def who_pays(costs: Costs, scenario: str, lang: Lang) -> str:
    """Say what a scenario costs over all years, and who bears it."""
    rows, years = costs.amounts[scenario], costs.assumptions.years
    sums = {row: total(row, amounts) or Fraction(0) for row, amounts in rows.items()}
    state = _borne(lang, _STATE, sums["state budget"])
    if "saving" in sums:
        state += _LESS_SAVING.into(lang).format(million(lang, sums["saving"]))
    municipal = _borne(lang, _MUNICIPAL, sums["municipal budget"])
    return _WHO_PAYS.into(lang).format(
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
    return (_OF_OWN if own else _SCENARIO).into(lang).format(name)


def _borne(lang: Lang, said: tuple[Text, Text], effect: Fraction) -> str:
    """Say an effect on a budget as an expense or a gain."""
    return said[effect > 0].into(lang).format(million(lang, abs(effect)))


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
