"""What people read about costs: the headline, and the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from vpvkac.analysis.network import Network
from vpvkac.model.columns import COLUMNS
from vpvkac.questions.cost import model
from vpvkac.questions.cost.answer import BUDGETS, CENTS, Answer, per_resident, published_totals
from vpvkac.questions.cost.question import Own
from vpvkac.render import frame
from vpvkac.render.frame import render
from vpvkac.sources.reference import published_assumptions, published_text
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import number, percent, plain
from vpvkac.texts.message import Bilingual, Lang, Message, Text, in_context
from vpvkac.views.page import Column, Page, Table, about, source_line

_MILLION, _THOUSAND = 10**6, 1000
_MOST_TICKS = 7
_Cell = Text | str | Fraction | float | None
_Rows = Sequence[Sequence[_Cell]]

_ROWS = {
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
_EXPENSES = {
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
# What is said of an expense, and of a gain.
_EFFECTS = {
    "state budget": (
        Message("the state spends {} million EUR"),
        Message("the state gains {} million EUR"),
    ),
    "municipal budget": (
        Message("municipalities spend {} million EUR"),
        Message("municipalities gain {} million EUR"),
    ),
}
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
    "indicative": Message(
        "The costs are indicative: they are calculated from the assumptions listed, not from "
        "contracts or budgets."
    ),
    "unit_note": Message(
        "EUR. Effect on a budget: a minus is an expense, a plus a gain. A dash: there is no such "
        "row in that year."
    ),
    "agrees_note": Message(
        "Agrees: in how many years the calculated value equals the published one (cost per service "
        "to the cent, others to the euro); the published row is shown where any year differs."
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
_BUDGETS = {
    "state budget": Message("State budget"),
    "municipal budget": Message("Municipal budgets"),
}
_ROW, _IN_ALL = COLUMNS["row"].heading, Message("Total")
_SERVICES = Message("Services in the year before the period")
_NOT_SYNTHETIC = Message(
    "Scenarios A and B are calculated from the file of assumptions, not from the sample; only "
    "the project's network and its municipalities are synthetic."
)
_SOURCE = Message(
    "2020 analysis of the service system, section 4, tables 40–44 (assumptions and published "
    "values)"
)
# Why printed totals are what they are: of A, and of either budget of B.
_REASONS = {
    "A": Message("The published total is the sum of the rows, rounded."),
    "state budget": Message(
        "The published total is the support ({support}) less the saving of 2022 alone "
        "({saving}), that is {explained}; in the rows the saving of every year is subtracted."
    ),
    "municipal budget": Message(
        "The rows add up to a gain ({gain}); the published total worsens it by the saving of 2022 "
        "({saving}), which belongs to the institutions and not to the municipalities: an expense "
        "of {explained}."
    ),
}
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
# By residents or not: what the demand of the network is, and how it and common costs are divided.
_DEMAND = {
    True: Message(
        "Services per year are those of residents at the rate of the kind of place they live in "
        "(table 41): 112.0 per 1000 residents in parishes, 27.5 in towns and state cities; "
        "contacts are in the same proportion to the country's."
    ),
    False: Message(
        "The residents of some territorial units are not known, so services and contacts are the "
        "country's times own.share."
    ),
}
_OWN_DEMAND = Message("Services per year are those given in the assumptions (own.services).")
_BAND = {
    True: Message(
        "The number is uncertain: the published count may be the total of 21 months, so a year's "
        "may be 12/21 of it; and in state cities, none of which had a centre, 27.5 per 1000 is a "
        "floor and 54.1, the rate of the whole country, the other end."
    ),
    False: Message(
        "The number is uncertain: the published count may be the total of 21 months, so a year's "
        "may be 12/21 of it."
    ),
}
_BASIS = {
    True: Message(
        "Demand is divided among municipalities by residents at the rate of the kind of place, "
        "common costs (administrative, digital and contact centre, publicity) by residents."
    ),
    False: Message(
        "The residents of some territorial units are not known, so demand and common costs "
        "(administrative, digital and contact centre, publicity) are divided among municipalities "
        "by points."
    ),
}
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
        "the number of points, demand with residents and common costs with own.share. The "
        "state's support before the second wave (944 020 EUR) is publicity and the digital "
        "centre, and the rest is the same for each first-wave centre."
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


def headline(costs: Answer, lang: Lang) -> list[str]:
    """Say in a few lines what was found."""
    agree = Message("Published values (scenarios A and B) that agree: {} of {}.")
    about = [agree.text(lang).format(*costs.agreement)]
    if not costs.assumptions.published:
        edited = Message("The assumptions ({}) differ from the published.")
        about.insert(0, edited.text(lang).format(costs.assumptions.shown))
    if costs.own is None:
        return about
    whole, planned = costs.own.whole, costs.assumptions.network
    network = Message(
        "Network: first-wave centres: {}; territorial units that still need a point (second wave): "
        "{}; in the model {} and {}."
    )
    counts = (whole.first_wave, whole.second_wave, planned.first_wave, planned.second_wave)
    lines = [_who_pays(costs, f"{name}_own", lang) for name in costs.assumptions.scenario]
    price = per_resident(costs.assumptions, whole)
    if price.set_up is not None and price.upkeep is not None:
        per_head = Message(
            "Cost per newly covered resident: {} EUR to set up, {} EUR per year to run."
        )
        amounts = [_euro(lang, value, 2) for value in (price.set_up, price.upkeep)]
        lines.append(per_head.text(lang).format(*amounts))
    counted = network.text(lang).format(*(number(lang, count) for count in counts))
    ends = _at_ends(costs, lang)
    return [*lines, counted, _expected(costs, costs.own, lang), *ends, *about]


def _answer_of(costs: Answer, lang: Lang) -> str:
    """Say what the project's network costs in each scenario, as the page's heading."""
    years = costs.assumptions.years
    text = Message("The project's network, {first}–{last}, million EUR: {amounts}")
    amounts = [
        f"{name} – {_million(lang, _sums(costs.amounts[f'{name}_own'])['total cost'])}"
        for name in costs.assumptions.scenario
    ]
    return text.text(lang).format(first=years.first, last=years.last, amounts="; ".join(amounts))


def _expected(costs: Answer, own: Own, lang: Lang) -> str:
    """Say how many services a year the network is computed with, and between what they are."""
    services = own.scopes(costs.assumptions)["own"].services
    band = own.band(costs.assumptions)
    if not band:
        given = Message("Services per year in the project's network: {} (own.services).")
        return given.text(lang).format(_euro(lang, services))
    text = Message("Services per year in the project's network: {}, uncertain between {} and {}.")
    return text.text(lang).format(*(_euro(lang, one) for one in (services, *band.values())))


def _at_ends(costs: Answer, lang: Lang) -> Iterator[str]:
    """Say for each scenario who bears how much at the low and at the high demand."""
    text = Message(
        "{scenario}, at low demand: {low}; at high demand: {high}. The total cost is the same."
    )
    for name, ends in costs.band.items():
        if not ends:
            continue
        said = {end: "; ".join(_effects(_sums(amounts), lang)) for end, amounts in ends.items()}
        yield text.text(lang).format(scenario=_scenario_name(lang, f"{name}_own"), **said)


def cost_page(costs: Answer, result: Network, own: Own, lang: Lang) -> str:
    """Make the page of a network's costs."""
    page = Page(_answer_of(costs, lang), "cost.html", ("report.css",))
    edited = Message(
        "The assumptions ({}) have been changed, so scenarios A and B may differ from the "
        "published."
    )
    how = Message(
        "Assumptions are changed in a file of your own: {command} makes a copy, and vpvkac.toml "
        "names it under [inputs] as {line}."
    )
    command = Message("vpvkac cost --write-assumptions assumptions.toml")
    line = Message('assumptions = "assumptions.toml"')
    # Code keeps its quotation marks as they are.
    code = Markup("<code>{}</code>")
    tables, names = _Tables(costs, own, lang), list(costs.assumptions.scenario)
    is_edited = not costs.assumptions.published
    known = own.expected is not None
    demand = _OWN_DEMAND if costs.assumptions.own.services is not None else _DEMAND[known]
    context = {key: text.text(lang) for key, text in _TEXTS.items()} | {
        "sections": {key: text.text(lang) for key, text in _SECTIONS.items()},
        "headline": headline(costs, lang),
        "not_synthetic": _NOT_SYNTHETIC.text(lang) if result.synthetic else "",
        "sources": [_SOURCE.text(lang), *(source_line(one, lang) for one in result.sources)],
        "notes": [_TEXTS["indicative"].text(lang)] + [words.SAMPLE.text(lang)] * result.synthetic,
        "edited": edited.text(lang).format(costs.assumptions.shown) if is_edited else "",
        "scenarios": [tables.compared(name) for name in names],
        "charts": tables.charts(names),
        "totals": tables.totals(),
        "inconsistent": [text.text(lang) for text in _INCONSISTENT],
        "own": tables.counts(),
        "demand": demand.text(lang),
        "partial": _partial(costs, own, lang) if costs.seems_partial else "",
        "own_scenarios": [tables.own_rows(name) for name in names],
        "own_charts": tables.charts([f"{name}_own" for name in names]),
        "kinds": tables.kinds(),
        "price": tables.price(),
        "band": tables.band(),
        "band_note": _BAND[known].text(lang),
        "basis": _BASIS[known].text(lang),
        "parts_table": tables.municipalities(),
        "expected": _expected(costs, own, lang),
        "assumptions": tables.assumptions(),
        "assumptions_how": escape(how.text(lang)).format(
            command=code.format(command.text(lang)), line=code.format(line.text(lang))
        ),
        "method": [text.text(lang) for text in _METHOD],
    }
    return render(page, context, about(result, lang))


@dataclass(frozen=True)
class _Tables:
    """The tables and charts of the page."""

    costs: Answer
    own: Own
    lang: Lang

    def _table(
        self, key: str, caption: Text, headings: Iterable[Text | int], rows: _Rows,
        *, texts: Sequence[int] = (0,), wide: bool = False,
    ) -> Table:  # fmt: skip
        """Make a table; its columns hold numbers, but for those of these places."""
        labels = [str(one) if isinstance(one, int) else one.text(self.lang) for one in headings]
        columns = [Column(label, place not in texts) for place, label in enumerate(labels)]
        cells = [[self._cell(cell) for cell in row] for row in rows]
        return Table(key, caption.text(self.lang), columns, cells, wide=wide, files=("cost.csv",))

    def _cell(self, cell: _Cell) -> str:
        """Write a text, or an amount without decimals; nothing where there is none."""
        if isinstance(cell, str):
            return cell
        if cell is None or isinstance(cell, Fraction | float | int):
            return _euro(self.lang, cell)
        return cell.text(self.lang)

    def _cents(self, amount: Fraction | float | None) -> str:
        return _euro(self.lang, amount, 2)

    def compared(self, name: str) -> Table:
        """Set what is calculated above what is published where that is something else."""
        years, cells = self.costs.assumptions.years.all, model.published_cells()
        rows: list[Sequence[_Cell]] = []
        for row, amounts in self.costs.amounts[name].items():
            if row in model.PUBLISHED_ROWS:
                write = self._cents if row in CENTS else self._cell
                same, of = self.costs.agreement_of(name, row)
                agrees = Message("{} of {}").with_values(same, of) if of else ""
                ours, added = map(write, amounts.values()), model.sum_years(row, amounts)
                rows.append([_ROWS[row], Message("calculated"), *ours, added, agrees])
                if same < of:
                    theirs = (write(cells.get(model.Cell(name, row, year))) for year in years)
                    rows.append([_ROWS[row], Message("published"), *theirs, "", ""])
        headings = (_ROW, Message("Value"), *years, _IN_ALL, Message("Agrees"))
        key = f"scenario-{name.lower()}"
        return self._table(key, _SCENARIOS[name], headings, rows, texts=(0, 1), wide=True)

    def charts(self, names: Sequence[str]) -> list[Markup]:
        """Draw who pays by year; all scenarios on one scale."""
        spent = {
            (name, budget): [-float(value or 0) / _MILLION for value in amounts[budget].values()]
            for name in names
            for amounts in (self.costs.amounts[name],)
            for budget in BUDGETS
        }
        ticks = _ticks([value for values in spent.values() for value in values])
        title = Message("{}: expenses by year, million EUR").text(self.lang)
        return [
            frame.yearly(
                self.costs.assumptions.years.all,
                [
                    frame.Series(_BUDGETS[budget].text(self.lang), spent[name, budget], style)
                    for budget, style in zip(BUDGETS, ("state", "local"), strict=True)
                ],
                ticks=ticks,
                key=f"chart-{name.lower().replace('_', '-')}",
                title=title.format(_scenario_name(self.lang, name)),
                lang=self.lang,
            )
            for name in names
        ]

    def totals(self) -> Table:
        """Set the printed totals beside the sums of their own rows, with the reason."""
        rows: list[Sequence[_Cell]] = []
        for total in published_totals():
            printed, added = (
                model.round_half_away(Fraction(amount) / _MILLION, 2)
                for amount in (total.printed, total.added)
            )
            amounts = map(self._cents, (printed, added, added - printed))
            reason = _REASONS["A" if total.scenario == "A" else total.budget].text(self.lang)
            numbers = {
                name: number(self.lang, amount / _MILLION, 3)
                for name, amount in total.parts.items()
            }
            budget = _BUDGETS[total.budget]
            rows.append([total.scenario, budget, *amounts, reason.format(**numbers)])
        headings = (
            COLUMNS["scenario"].heading, Message("Budget"), Message("As published"),
            Message("Sum of the published rows"), COLUMNS["difference"].heading, Message("Reason"),
        )  # fmt: skip
        caption = Message("2021–2027 total, expenses, million EUR")
        return self._table("totals", caption, headings, rows, texts=(0, 1, 5))

    def counts(self) -> Table:
        """Set points and demand of the user's network beside the model's."""
        whole, scope = self.own.whole, self.own.scopes(self.costs.assumptions)["own"]
        network, demand = self.costs.assumptions.network, self.costs.assumptions.demand
        points = network.first_wave + network.second_wave
        lines: list[tuple[Text, Fraction | int | None, int | None]] = [
            (Message("First wave: centres, existing and announced"),
             whole.first_wave, network.first_wave),
            (Message("Second wave: territorial units that still need a point"),
             whole.second_wave, network.second_wave),
            (Message("Points, total"), whole.points, points),
            (_SERVICES, scope.services, demand.services),
            (Message("Contacts in the year before the period"), scope.contacts, demand.contacts),
            (in_context("cost", "Residents"), whole.residents, None),
            (Message("Residents of second-wave units"), whole.new_residents, None),
        ]  # fmt: skip
        rows: list[Sequence[_Cell]] = []
        for text, ours, theirs in lines:
            difference = ""
            if ours is not None and theirs is not None:
                difference = f"{'+' if ours > theirs else ''}{self._cell(ours - theirs)}"
            told = self._cell(ours)
            if text is _SERVICES and (ends := self.own.band(self.costs.assumptions)):
                told += f" ({'–'.join(map(self._cell, ends.values()))})"
            rows.append([text, told, theirs, difference])
        headings = (
            Message("Figure"), Message("The project's network"),
            Message("In the assumptions (A, B)"), COLUMNS["difference"].heading,
        )  # fmt: skip
        caption = Message("The project's network and the model's")
        return self._table("own-network", caption, headings, rows)

    def own_rows(self, name: str) -> Table:
        """Show a scenario for the user's network by year, and the model's total beside it."""
        ours, planned = self.costs.amounts[f"{name}_own"], self.costs.amounts[name]
        rows = [
            [
                _ROWS[row],
                *map(self._cents if row in CENTS else self._cell, ours[row].values()),
                *(model.sum_years(row, amounts[row]) for amounts in (ours, planned)),
            ]
            for row in model.PUBLISHED_ROWS
            if row in ours
        ]
        headings = (_ROW, *self.costs.assumptions.years.all, _IN_ALL, Message("Total, model"))
        caption = Message("Scenario {} for the project's network, EUR").with_values(name)
        return self._table(f"own-{name.lower()}", caption, headings, rows, wide=True)

    def kinds(self) -> Table:
        """Show what the money goes to, over all years."""
        years, names = self.costs.assumptions.years, self.costs.assumptions.scenario
        columns = [self.costs.amounts[name + end] for name in names for end in ("", "_own")]
        rows = [
            [text, *(model.sum_years(row, amounts[row]) for amounts in columns)]
            for row, text in (_EXPENSES | {"total cost": _ROWS["total cost"]}).items()
        ]
        headings = [Message("Kind of cost")]
        for name in names:
            headings.append(Message("{}, model").with_values(name))
            headings.append(Message("{}, the project's network").with_values(name))
        caption = Message("Cost by kind, {}–{} total, EUR").with_values(years.first, years.last)
        return self._table("kinds", caption, headings, rows)

    def price(self) -> Table | None:
        """Show what a newly covered resident costs."""
        price = per_resident(self.costs.assumptions, self.own.whole)
        if price.first_year is None:
            return None
        rows = [
            (Message("Set-up and first training, once"), self._cents(price.set_up)),
            (Message("Supplement and regular training, per year"), self._cents(price.upkeep)),
            (Message("Set-up and one full year of upkeep"), self._cents(price.first_year)),
        ]
        headings = (Message("Cost"), Message("EUR per resident"))
        caption = Message("Cost per newly covered resident, EUR")
        return self._table("price", caption, headings, rows)

    def band(self) -> Table | None:
        """Show what the uncertain count of services does to the prices."""
        last = self.costs.assumptions.years.last
        services = self.own.band(self.costs.assumptions)
        if not services:
            return None
        rows = [
            [name, services[end], amounts["services per point"][last],
             self._cents(amounts["cost per service"][last]),
             *(model.sum_years(budget, amounts[budget]) for budget in BUDGETS)]
            for name, ends in self.costs.band.items()
            for end, amounts in ends.items()
        ]  # fmt: skip
        headings = (
            COLUMNS["scenario"].heading, _SERVICES,
            Message("Services per point, {}").with_values(last),
            Message("Cost per service or contact, {}, EUR").with_values(last),
            *(_ROWS[budget] for budget in BUDGETS),
        )  # fmt: skip
        caption = Message(
            "At the limits of the number of services; effects on budgets: {}–{} total, EUR"
        ).with_values(self.costs.assumptions.years.first, last)
        return self._table("band", caption, headings, rows)

    def municipalities(self) -> Table:
        """Show the network, then its municipalities by name; sums in thousands."""
        assumptions, by_name = self.costs.assumptions, lambda part: collation_key(part.name)
        rows: list[Sequence[_Cell]] = []
        for part in (self.own.whole, *sorted(self.own.parts, key=by_name)):
            sums = [
                (model.sum_years(row, self.costs.amounts[f"{name}_{part.code}"][row]) or 0)
                / _THOUSAND
                for name in assumptions.scenario
                for row in ("total cost", *BUDGETS)
            ]
            share = percent(self.lang, float(self.own.shares.get(part.code, 1)))
            price = self._cents(per_resident(assumptions, part).first_year)
            rows.append([_IN_ALL if part is self.own.whole else part.name, part.first_wave,
                         part.second_wave, share, *sums, part.new_residents, price])  # fmt: skip
        headings = (
            COLUMNS["municipality_name"].heading, Message("First wave"), Message("Second wave"),
            Message("Share of the common costs"),
            Message("Total cost, A"), Message("State budget, A"), Message("Municipal budget, A"),
            Message("Total cost, B"), Message("State budget, B"), Message("Municipal budget, B"),
            Message("Newly covered residents"), Message("EUR per newly covered resident"),
        )  # fmt: skip
        caption = Message("Municipalities: points, and {}–{} total, thousand EUR")
        caption = caption.with_values(assumptions.years.first, assumptions.years.last)
        return self._table("parts", caption, headings, rows, wide=True)

    def assumptions(self) -> Table:
        """List the assumptions, with the published value where it is another."""
        original, current = published_assumptions().given, self.costs.assumptions
        rows: list[Sequence[_Cell]] = []
        for key, value in current.given.items():
            other = original.get(key)
            changed = "" if other == value or other is None else _value(self.lang, other)
            rows.append([assumption_label(key), key, _value(self.lang, value), changed])
        headings = (
            Message("Assumption"), Message("Key"), Message("Value"),
            Message("Published value, if different"),
        )  # fmt: skip
        caption = Message("Assumptions: {}").with_values(Bilingual(current.shown, current.shown))
        return self._table("assumed", caption, headings, rows, texts=range(4))


def _partial(costs: Answer, own: Own, lang: Lang) -> str:
    """Warn that a part of the country seems to bear the common costs of the whole."""
    known = Message(
        "Points in the project's network: {}, in the model: {}; yet common costs are taken for the "
        "whole country (own.share = 1). If the project covers a part of Latvia, give its share in "
        "the assumptions: own.share."
    )
    unknown = Message(
        "Points in the project's network: {}, in the model: {}; yet demand and common costs are "
        "taken for the whole country (own.share = 1). If the project covers a part of Latvia, give "
        "its share in the assumptions: own.share."
    )
    network = costs.assumptions.network
    points = (own.whole.points, network.first_wave + network.second_wave)
    text = unknown if own.expected is None else known
    return text.text(lang).format(*(number(lang, count) for count in points))


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


def _sums(rows: model.Amounts) -> dict[str, Fraction]:
    """Add up each row of a scenario over all years."""
    return {row: model.sum_years(row, amounts) or Fraction(0) for row, amounts in rows.items()}


def _effects(sums: Mapping[str, Fraction], lang: Lang) -> list[str]:
    """Say what the state and the municipalities spend or gain."""
    return [
        effects[sums[budget] > 0].text(lang).format(_million(lang, abs(sums[budget])))
        for budget, effects in _EFFECTS.items()
    ]


def _who_pays(costs: Answer, scenario: str, lang: Lang) -> str:
    """Say what a scenario costs over all years, and who bears it."""
    sums, years = _sums(costs.amounts[scenario]), costs.assumptions.years
    state, municipal = _effects(sums, lang)
    if "saving" in sums:
        less = Message(" (less {} million EUR that institutions save)")
        state += less.text(lang).format(_million(lang, sums["saving"]))
    who_pays = Message("{}, {}–{}: total cost {} million EUR; {}; {}.").text(lang)
    total = _million(lang, sums["total cost"])
    name = _scenario_name(lang, scenario)
    return who_pays.format(name, years.first, years.last, total, state, municipal)


def _scenario_name(lang: Lang, scenario: str) -> str:
    """Name a scenario, "A", or that of the user's network, "A_own"."""
    name, _, own = scenario.partition("_")
    of_own = Message("Scenario {} for the project's network")
    return (of_own if own else Message("Scenario {}")).text(lang).format(name)


def _euro(lang: Lang, value: Fraction | float | None, decimals: int = 0) -> str:
    """Write an amount of EUR; nothing where there is none."""
    if value is None:
        return ""
    return number(lang, float(model.round_half_away(Fraction(value), decimals)), decimals)


def _million(lang: Lang, amount: Fraction | float) -> str:
    """Write an amount of EUR in millions, with two decimals."""
    return _euro(lang, Fraction(amount) / _MILLION, 2)


def _value(lang: Lang, value: Any) -> str:
    """Write an assumption as people read it."""
    if isinstance(value, bool):
        return words.YES_NO[value].text(lang)
    if isinstance(value, dict):
        return "; ".join(f"{year}: {_value(lang, one)}" for year, one in value.items())
    return plain(lang, float(value), 6)


@cache
def assumption_labels() -> Mapping[str, Text]:
    """Give key ("upkeep.supplement") → label with its unit.

    The labels are the comments of the published file itself, the lines above the key.
    """
    labels: dict[str, Text] = {}
    section, above = "", ("", "")
    for line in published_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        key, equals, _ = line.removeprefix("# ").partition(" = ")
        if equals and key.isidentifier():
            labels[f"{section}.{key}"] = Bilingual(*above)
        above = (above[1], line.removeprefix("# "))
    return labels


def assumption_label(key: str) -> Text:
    """Give the label of one key; scenario B has the keys of A, and no comments of its own."""
    return assumption_labels()[key.replace("scenario.B.", "scenario.A.")]
