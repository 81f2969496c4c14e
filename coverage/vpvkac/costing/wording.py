"""What people read about costs: labels of rows, headline, reasons."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from vpvkac.costing.model import rounded, total
from vpvkac.costing.published import Cell, published_cells
from vpvkac.formats import number
from vpvkac.language import Text

if TYPE_CHECKING:
    from vpvkac.costing.cost import Costs
    from vpvkac.language import Lang

ROWS = {
    "support": Text("Valsts atbalsts", "State support"),
    "fixed part": Text("– nemainīgā daļa", "– fixed part"),
    "services part": Text("– par pakalpojumiem", "– for services"),
    "contacts part": Text("– par kontaktiem", "– for contacts"),
    "total cost": Text("Kopējās izmaksas", "Total cost"),
    "saving": Text("Iestāžu ietaupījums", "Institutions' saving"),
    "state budget": Text("Ietekme uz valsts budžetu", "Effect on the state budget"),
    "municipal budget": Text(
        "Ietekme uz pašvaldību budžetiem", "Effect on municipal budgets"
    ),
    "cost per service": Text(
        "Viena pakalpojuma vai kontakta izmaksas", "Cost per service or contact"
    ),
}  # fmt: skip
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
    "{} scenārijs, {}–{}: kopējās izmaksas {} milj. EUR; valsts budžets {}, pašvaldību budžeti {}.",
    "Scenario {}, {}–{}: total cost {} million EUR; state budget {}, municipal budgets {}.",
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
    return lines


def who_pays(costs: Costs, scenario: str, lang: Lang) -> str:
    """Say what a scenario costs over all years, and to whom."""
    rows, years = costs.amounts[scenario], costs.assumptions.years
    sums = [total(row, rows[row]) for row in ("total cost", "state budget", "municipal budget")]
    written = [million(lang, amount) for amount in sums if amount is not None]
    return _WHO_PAYS.into(lang).format(scenario, years.first, years.last, *written)


def million(lang: Lang, amount: Fraction | float) -> str:
    """Write an amount of EUR in millions, with two decimals."""
    return number(lang, float(rounded(Fraction(amount) / _MILLION, 2)), 2)


def printed(scenario: str, row: str) -> float:
    """Give a total as printed, EUR."""
    return published_cells()[Cell(scenario, row, None)]
