"""The page of costs: published scenarios, the project's network, its municipalities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from markupsafe import Markup, escape

from vpvkac.analysis.network import Network
from vpvkac.questions.cost.answer import Answer
from vpvkac.questions.cost.model import (
    PUBLISHED_ROWS,
    Cell,
    published_cells,
    round_half_away,
    sum_years,
)
from vpvkac.questions.cost.own import Own, Part, at_band, per_resident
from vpvkac.questions.cost.view import (
    EXPENSES,
    ROWS,
    assumption_label,
    euro,
    headline,
    million,
    scenario_name,
)
from vpvkac.render import charts
from vpvkac.render.frame import render
from vpvkac.sources.reference import published_assumptions
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import NBSP, number, percent, plain
from vpvkac.texts.message import Bilingual, Lang, Message, Text, in_context
from vpvkac.views.page import Column, Page, Table, about, source_line

_MILLION, _THOUSAND = 10**6, 1000
_PRICE = "cost per service"
_BUDGETS = ("total cost", "state budget", "municipal budget")
# A network with less than this share of the model's points is hardly the whole country's.
_HARDLY_WHOLE = 0.5
_MOST_TICKS = 7

_INDICATIVE = Message(
    "The costs are indicative: they are calculated from the assumptions listed, not from "
    "contracts or budgets."
)
_SECTIONS = {
    "summary": Message("Summary"),
    "published": Message("Scenarios A and B: calculated and published"),
    "totals": Message("The published totals"),
    "own": Message("The project's network"),
    "municipalities": Message("By municipality"),
    "assumptions": Message("Assumptions"),
    "method": Message("Method and limitations"),
}
_TEXTS: dict[str, Text] = {
    "contents": Message("Contents"),
    "lead": Message(
        "What the network of contact points costs, who pays for it, and the cost per resident "
        "whose territorial unit gains a point."
    ),
    "indicative": _INDICATIVE,
    "unit_note": Message(
        "EUR. Effect on a budget: a minus is an expense, a plus a gain. A dash: there is no such "
        "row in that year."
    ),
    "agrees_note": Message(
        "Agrees: in how many years the calculated value equals the published one (cost per service "
        "to the cent, others to the euro)."
    ),
    "below_zero": Message("Below zero: a gain."),
    "inconsistent_heading": Message("Other published inconsistencies"),
    "price_note": Message(
        "Only what the second-wave points themselves cost, divided by the residents of the units "
        "that gain one; the same in both scenarios."
    ),
    "no_residents": Message(
        "The residents of some territorial units are not known, so no cost per resident is given."
    ),
}
_SCENARIOS = {
    "A": Message("A: demand grows moderately; the state and municipalities share the common costs"),
    "B": Message("B: demand doubles; the state bears the common costs and institutions save"),
}
_STATE, _MUNICIPAL = Message("State budget"), Message("Municipal budgets")
_ROW, _IN_ALL, _SCENARIO = Message("Row"), Message("Total"), Message("Scenario")
_DIFFERENCE = Message("Difference")
_OWN_NETWORK = Message("The project's network")
_INCONSISTENT = (
    Message(
        "The analysis's text speaks of seven openings in 2021 at 10 000 EUR each, 70 % by the "
        "state; no table holds these 70 000 EUR, and they are not added here."
    ),
    Message(
        "Demand grows from 103 941 services “in 2019” (table 41), but chapter 1.4 says 92 138; "
        "within rounding 103 941 is also the total of 21 months behind table 8, so a year's "
        "count lies between about 59 000 and 104 000."
    ),
    Message(
        "129 + 458 = 587 assumes one centre per territorial unit, though two municipalities "
        "have 6 and 13. In the project's network every centre and every unit without one is "
        "counted, so their sum may exceed the number of units."
    ),
    Message(
        "Upkeep is 1 482 120 EUR a year for 122 centres and 1 598 040 for 129: on average 12 "
        "149 EUR for each of the 122, but 16 560 EUR for each of the seven new ones. For the "
        "project's network the average of the 129 is used."
    ),
)
_BASIS_RESIDENTS = Message(
    "Demand is divided among municipalities by residents at the rate of the kind of place (table "
    "41: 112.0 services per 1000 residents in parishes, 27.5 in towns, up to 54.1 in state "
    "cities), common costs (administrative, digital and contact centre, publicity) by residents."
)
_BASIS_POINTS = Message(
    "The residents of some territorial units are not known, so demand and common costs "
    "(administrative, digital and contact centre, publicity) are divided among municipalities by "
    "points."
)
_METHOD = (
    words.ANALYSIS,
    Message(
        "The formulas are derived from the published tables (2020 analysis, section 4, tables "
        "40–44) and give each of their rows; amounts are rounded at the end only."
    ),
    Message(
        "Total cost: upkeep of first-wave centres, investment, supplement to librarians, contact, "
        "administrative and digital centre, training and publicity."
    ),
    Message(
        "In the project's network upkeep, improving, set-up, supplement and training vary with "
        "the number of points, demand and common costs with own.share. The state's support "
        "before the second wave (944 020 EUR) is publicity and the digital centre, and the "
        "rest is the same for each first-wave centre."
    ),
    Message(
        "The municipalities add up to the project's network exactly; rounded values may differ "
        "by a few euros."
    ),
    Message(
        "Limits of the analysis: the data are of 2019 and 2020, and in 2020 COVID-19 moved "
        "part of the clients to remote channels; service counts are incomplete (23 549 "
        "published, 92 138 reported); sources were not verified; costs are indicative. The "
        "model takes no account of inflation or rising pay."
    ),
)


def cost_page(costs: Answer, result: Network, own: Own, lang: Lang) -> str:
    """Make the page of a network's costs."""
    page = Page(
        Message("Costs").text(lang), "cost.html", style=("report.css", "cost.css"), home=None
    )
    names = list(costs.assumptions.scenario)
    not_synthetic = Message(
        "Scenarios A and B are calculated from the file of assumptions, not from the sample; only "
        "the project's network and its municipalities are synthetic."
    )
    edited = Message(
        "The assumptions ({}) have been changed, so scenarios A and B may differ from the "
        "published."
    )
    source = Message(
        "2020 analysis of the service system, section 4, tables 40–44 (assumptions and published "
        "values)"
    )
    how = Message(
        "Assumptions are changed in a file of your own: {command} makes a copy, and vpvkac.toml "
        "names it under [inputs] as {line}."
    )
    basis = _BASIS_RESIDENTS if own.by_residents else _BASIS_POINTS
    is_edited = not costs.assumptions.published
    context = {key: text.text(lang) for key, text in _TEXTS.items()} | {
        "sections": {key: text.text(lang) for key, text in _SECTIONS.items()},
        "headline": headline(costs, lang),
        "not_synthetic": not_synthetic.text(lang) if result.synthetic else "",
        "sources": [source.text(lang), *(source_line(one, lang) for one in result.sources)],
        "notes": [_INDICATIVE.text(lang)] + [words.SAMPLE.text(lang)] * result.synthetic,
        "edited": edited.text(lang).format(costs.assumptions.shown) if is_edited else "",
        "scenarios": [_compared(costs, name, lang) for name in names],
        "charts": _charts(costs, names, lang),
        "totals": _totals(lang),
        "inconsistent": [text.text(lang) for text in _INCONSISTENT],
        "own": _counts(costs, own, lang),
        "partial": _partial(costs, own, lang),
        "own_scenarios": [_own_rows(costs, name, lang) for name in names],
        "own_charts": _charts(costs, [f"{name}_own" for name in names], lang),
        "kinds": _kinds(costs, names, lang),
        "price": _price(costs, own, lang),
        "band": _band(costs, own, lang),
        "basis": basis.text(lang),
        "parts_table": _parts(costs, own, lang),
        "assumptions": _assumptions(costs, lang),
        "assumptions_how": escape(how.text(lang)).format(
            command=_code(Message("vpvkac cost --write-assumptions assumptions.toml"), lang),
            line=_code(Message('assumptions = "assumptions.toml"'), lang),
        ),
        "method": [text.text(lang) for text in _METHOD],
    }
    return render(page, context, about(result, lang))


def _table(
    key: str,
    caption: Text,
    headings: Iterable[Text | int],
    rows: Sequence[Sequence[str]],
    lang: Lang,
    *,
    texts: Sequence[int] = (0,),
    wide: bool = False,
) -> Table:
    """Make a table; its columns hold numbers, but for those of these places, years head some."""
    labels = [str(one) if isinstance(one, int) else one.text(lang) for one in headings]
    columns = [Column(label, place not in texts) for place, label in enumerate(labels)]
    return Table(key, caption.text(lang), columns, rows, wide=wide)


def _compared(costs: Answer, name: str, lang: Lang) -> Table:
    """Set what is calculated above what is published, row by row."""
    headings = (
        _ROW, Message("Value"), *costs.assumptions.years.all, _IN_ALL, Message("Agrees"),
    )  # fmt: skip
    rows = [line for row in costs.amounts[name] if row in PUBLISHED_ROWS
            for line in _pair(costs, name, row, lang)]  # fmt: skip
    key = f"scenario-{name.lower()}"
    return _table(key, _SCENARIOS[name], headings, rows, lang, texts=(0, 1), wide=True)


def _pair(costs: Answer, name: str, row: str, lang: Lang) -> Iterator[list[str]]:
    amounts, cells = costs.amounts[name][row], published_cells()
    decimals = 2 if row == _PRICE else 0
    ours = {year: None if amount is None else round_half_away(amount, decimals)
            for year, amount in amounts.items()}  # fmt: skip
    theirs = {year: cells.get(Cell(name, row, year)) for year in ours}
    compared = [year for year, value in theirs.items() if value is not None]
    same = sum(
        ours[year] is not None and float(ours[year] or 0) == theirs[year] for year in compared
    )
    yield [
        ROWS[row].text(lang),
        Message("calculated").text(lang),
        *(euro(lang, value, decimals) for value in ours.values()),
        euro(lang, sum_years(row, amounts)),
        Message("{} of {}").text(lang).format(same, len(compared)) if compared else "",
    ]
    in_all = cells.get(Cell(name, row, None))
    yield [
        ROWS[row].text(lang),
        Message("published").text(lang),
        *(euro(lang, value, decimals) for value in theirs.values()),
        "" if in_all is None else f"≈{NBSP}{number(lang, in_all)}",
        "",
    ]


def _charts(costs: Answer, names: Sequence[str], lang: Lang) -> list[Any]:
    """Draw who pays by year; all scenarios on one scale."""
    spent = {
        (name, row): [-float(value or 0) / _MILLION for value in costs.amounts[name][row].values()]
        for name in names
        for row in _BUDGETS[1:]
    }
    ticks = _ticks([value for values in spent.values() for value in values])
    drawn = zip((_STATE, _MUNICIPAL), _BUDGETS[1:], ("state", "local"), strict=True)
    lines = [(text.text(lang), row, style) for text, row, style in drawn]
    title = Message("{}: expenses by year, million EUR").text(lang)
    return [
        charts.yearly(
            costs.assumptions.years.all,
            [charts.Series(text, spent[name, row], style) for text, row, style in lines],
            ticks=ticks,
            key=f"chart-{name.lower().replace('_', '-')}",
            title=title.format(scenario_name(lang, name)),
            lang=lang,
        )
        for name in names
    ]


def _ticks(values: Sequence[float]) -> list[float]:
    """Choose round values that hold all others and zero, at most seven."""
    least, most = min(0.0, *values), max(0.0, *values)
    for power in range(-6, 7):
        for unit in (1, 2, 5):
            step = unit * 10.0**power
            first, last = int(least // step), -int(-most // step)
            if last - first < _MOST_TICKS:
                return [round(step * place, 6) for place in range(first, max(last, first + 1) + 1)]
    return [least, most]


def _totals(lang: Lang) -> Table:
    """Set the printed totals beside the sums of their own rows, with the reason."""
    headings = (
        _SCENARIO, Message("Budget"), Message("As published"),
        Message("Sum of the published rows"), _DIFFERENCE, Message("Reason"),
    )  # fmt: skip
    rows = []
    for name in _SCENARIOS:
        for row, budget in (("state budget", _STATE), ("municipal budget", _MUNICIPAL)):
            spent = (-published_cells()[Cell(name, row, None)], -_sum_published(name, row))
            printed, added = (round_half_away(Fraction(one) / _MILLION, 2) for one in spent)
            cells = [million(lang, one) for one in spent]
            difference = number(lang, float(added - printed), 2)
            rows.append([name, budget.text(lang), *cells, difference, _reason(name, row, lang)])
    caption = Message("2021–2027 total, expenses, million EUR")
    return _table("totals", caption, headings, rows, lang, texts=(0, 1, 5))


def _sum_published(name: str, row: str) -> float:
    return sum(value for cell, value in published_cells().items()
               if cell.scenario == name and cell.row == row and cell.year is not None)  # fmt: skip


def _reason(name: str, row: str, lang: Lang) -> str:
    if name == "A":
        return Message("The published total is the sum of the rows, rounded.").text(lang)
    support, gain = _sum_published("B", "support"), _sum_published("B", "municipal budget")
    saving = published_cells()[Cell("B", "saving", 2022)]
    text = Message(
        "The rows add up to a gain ({gain}); the published total worsens it by the saving of 2022 "
        "({saving}), which belongs to the institutions and not to the municipalities: an expense "
        "of {explained}."
    )
    explained = saving - gain
    if row == "state budget":
        text = Message(
            "The published total is the support ({support}) less the saving of 2022 alone "
            "({saving}), that is {explained}; in the rows the saving of every year is subtracted."
        )
        explained = support - saving
    numbers = {"support": support, "gain": gain, "saving": saving, "explained": explained}
    written = {key: number(lang, value / _MILLION, 3) for key, value in numbers.items()}
    return text.text(lang).format(**written)


def _counts(costs: Answer, own: Own, lang: Lang) -> Table:
    whole, scope = own.whole, own.scope(costs.assumptions)
    network, demand = costs.assumptions.network, costs.assumptions.demand
    lines: list[tuple[Text, Fraction | int | None, int | None]] = [
        (Message("First wave: centres, existing and announced"),
         whole.first_wave, network.first_wave),
        (Message("Second wave: territorial units that still need a point"),
         whole.second_wave, network.second_wave),
        (Message("Points, total"), whole.first_wave + whole.second_wave,
         network.first_wave + network.second_wave),
        (Message("Services in the year before the period"), scope.services, demand.services),
        (Message("Contacts in the year before the period"), scope.contacts, demand.contacts),
        (in_context("cost", "Residents"), whole.residents, None),
        (Message("Residents of second-wave units"), whole.new_residents, None),
    ]  # fmt: skip
    rows = []
    for text, ours, theirs in lines:
        difference = ""
        if ours is not None and theirs is not None:
            difference = f"{'+' if ours > theirs else ''}{euro(lang, ours - theirs)}"
        rows.append([text.text(lang), euro(lang, ours), euro(lang, theirs), difference])
    headings = (Message("Figure"), _OWN_NETWORK, Message("In the assumptions (A, B)"), _DIFFERENCE)
    caption = Message("The project's network and the model's")
    return _table("own-network", caption, headings, rows, lang)


def _partial(costs: Answer, own: Own, lang: Lang) -> str:
    """Warn where a part of the country seems to bear the demand of the whole."""
    network, given = costs.assumptions.network, costs.assumptions.own
    points = own.whole.first_wave + own.whole.second_wave
    model = network.first_wave + network.second_wave
    if given.share < 1 or points >= _HARDLY_WHOLE * model:
        return ""
    partial = Message(
        "Points in the project's network: {}, in the model: {}; yet demand and common costs are "
        "taken for the whole country (own.share = 1). If the project covers a part of Latvia, give "
        "its share in the assumptions: own.share."
    )
    return partial.text(lang).format(number(lang, points), number(lang, model))


def _own_rows(costs: Answer, name: str, lang: Lang) -> Table:
    ours, model = costs.amounts[f"{name}_own"], costs.amounts[name]
    rows = []
    for row in PUBLISHED_ROWS:
        if row in ours:
            decimals = 2 if row == _PRICE else 0
            values = (euro(lang, value, decimals) for value in ours[row].values())
            sums = (euro(lang, sum_years(row, amounts[row])) for amounts in (ours, model))
            rows.append([ROWS[row].text(lang), *values, *sums])
    headings = (_ROW, *costs.assumptions.years.all, _IN_ALL, Message("Total, model"))
    caption = Message("Scenario {} for the project's network, EUR").with_values(name)
    return _table(f"own-{name.lower()}", caption, headings, rows, lang, wide=True)


def _kinds(costs: Answer, names: Sequence[str], lang: Lang) -> Table:
    """Show what the money goes to, over all years."""
    years = costs.assumptions.years
    scenarios = [name + ending for name in names for ending in ("", "_own")]
    rows = [
        [
            text.text(lang),
            *(euro(lang, sum_years(row, costs.amounts[one][row])) for one in scenarios),
        ]
        for row, text in (EXPENSES | {"total cost": ROWS["total cost"]}).items()
    ]
    of_model, of_own = Message("{}, model"), Message("{}, the project's network")
    headings = [Message("Kind of cost")]
    for name in names:
        headings += [of_model.with_values(name), of_own.with_values(name)]
    caption = Message("Cost by kind, {}–{} total, EUR").with_values(years.first, years.last)
    return _table("kinds", caption, headings, rows, lang)


def _price(costs: Answer, own: Own, lang: Lang) -> Table | None:
    price = per_resident(costs.assumptions, own.whole)
    if price.first_year is None:
        return None
    lines = (
        (Message("Set-up and first training, once"), price.set_up),
        (Message("Supplement and regular training, per year"), price.upkeep),
        (Message("Set-up and one full year of upkeep"), price.first_year),
    )
    rows = [[text.text(lang), euro(lang, value, 2)] for text, value in lines]
    headings = (Message("Cost"), Message("EUR per resident"))
    return _table("price", Message("Cost per newly covered resident, EUR"), headings, rows, lang)


def _band(costs: Answer, own: Own, lang: Lang) -> Table:
    """Show what the uncertain count of services does to the prices."""
    assumptions = costs.assumptions
    last, demand = assumptions.years.last, assumptions.demand
    national = {"low": demand.services_low, "high": demand.services_high}
    rows = [
        [
            name,
            number(lang, national[end]),
            euro(lang, amounts["services per point"][last]),
            euro(lang, amounts[_PRICE][last], 2),
        ]
        for name in assumptions.scenario
        for end, amounts in at_band(assumptions, name, own.scope(assumptions)).items()
    ]
    headings = (
        _SCENARIO, Message("Services per year, national"),
        Message("Services per point, {}").with_values(last),
        Message("Cost per service or contact, {}, EUR").with_values(last),
    )  # fmt: skip
    caption = Message(
        "Services per point and cost per service at the limits of the number of services"
    )
    return _table("band", caption, headings, rows, lang)


def _parts(costs: Answer, own: Own, lang: Lang) -> Table:
    """Show the network, then its municipalities by name."""
    years = costs.assumptions.years

    def cells(part: Part) -> list[str]:
        whole = part is own.whole
        sums = [
            sum_years(row, costs.amounts[f"{name}_{part.code}"][row])
            for name in costs.assumptions.scenario
            for row in _BUDGETS
        ]
        return [
            _IN_ALL.text(lang) if whole else part.name,
            number(lang, part.first_wave),
            number(lang, part.second_wave),
            percent(lang, 1.0 if whole else float(own.shares[part.code])),
            *(euro(lang, None if value is None else value / _THOUSAND) for value in sums),
            euro(lang, part.new_residents),
            euro(lang, per_resident(costs.assumptions, part).first_year, 2),
        ]

    by_name = sorted(own.parts, key=lambda part: collation_key(part.name))
    headings = (
        Message("Municipality"), Message("First wave"), Message("Second wave"),
        Message("Share of the common costs"),
        Message("Total cost, A"), Message("State budget, A"), Message("Municipal budget, A"),
        Message("Total cost, B"), Message("State budget, B"), Message("Municipal budget, B"),
        Message("Newly covered residents"), Message("EUR per newly covered resident"),
    )  # fmt: skip
    caption = Message("Municipalities: points, and {}–{} total, thousand EUR")
    rows = [cells(part) for part in (own.whole, *by_name)]
    shown = caption.with_values(years.first, years.last)
    return _table("parts", shown, headings, rows, lang, wide=True)


def _assumptions(costs: Answer, lang: Lang) -> Table:
    original = published_assumptions().given
    rows = []
    for key, value in costs.assumptions.given.items():
        other = original.get(key)
        changed = "" if other == value or other is None else _value(lang, other)
        rows.append([assumption_label(key).text(lang), key, _value(lang, value), changed])
    headings = (
        Message("Assumption"), Message("Key"), Message("Value"),
        Message("Published value, if different"),
    )  # fmt: skip
    shown = costs.assumptions.shown
    caption = Message("Assumptions: {}").with_values(Bilingual(shown, shown))
    return _table("assumed", caption, headings, rows, lang, texts=range(4))


def _code(text: Text, lang: Lang) -> Markup:
    """Set what is to be copied as code, its quotation marks as they are."""
    return Markup("<code>{}</code>").format(text.text(lang))


def _value(lang: Lang, value: Any) -> str:
    """Write an assumption as people read it."""
    if isinstance(value, bool):
        return (Message("yes") if value else Message("no")).text(lang)
    if isinstance(value, dict):
        return "; ".join(f"{year}: {_value(lang, one)}" for year, one in value.items())
    return plain(lang, float(value), 6)
