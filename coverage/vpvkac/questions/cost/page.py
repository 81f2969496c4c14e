"""The page of costs: published scenarios, the project's network, its municipalities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from vpvkac.questions.cost import page_words as said
from vpvkac.questions.cost import wording
from vpvkac.questions.cost.labels import label
from vpvkac.questions.cost.model import PUBLISHED_ROWS, rounded, total
from vpvkac.questions.cost.own import Own, Part, at_band, per_resident
from vpvkac.questions.cost.published import Cell, published_cells
from vpvkac.render import charts
from vpvkac.render.frame import render, source_line
from vpvkac.sources.assumptions import published_assumptions
from vpvkac.texts import words
from vpvkac.texts.formats import NBSP, collation_key, number, percent, plain
from vpvkac.views.page import Column, Page, Table

if TYPE_CHECKING:
    from vpvkac.questions.cost.cost import Costs
    from vpvkac.questions.coverage.result import Measured as Network
    from vpvkac.texts.message import Lang, Text

_MILLION, _THOUSAND = 10**6, 1000
_PRICE = "cost per service"
_BUDGETS = ("total cost", "state budget", "municipal budget")
# A network with less than this share of the model's points is hardly the whole country's.
_HARDLY_WHOLE = 0.5
_MOST_TICKS = 7


def cost_page(costs: Costs, result: Network) -> str:
    """Make the page in the result's language."""
    lang = result.lang
    page = Page(said.TITLE.text(lang), "cost.html", style=("report.css", "cost.css"), home=None)
    sections = {key: text.text(lang) for key, text in said.SECTIONS.items()}
    context = {
        "sections": sections,
        "contents": said.CONTENTS.text(lang),
        "lead": said.LEAD.text(lang),
        "indicative": said.INDICATIVE.text(lang),
        "headline": wording.headline(costs, lang),
        "not_synthetic": said.NOT_SYNTHETIC.text(lang) if result.synthetic else "",
        "sources": [said.SOURCE.text(lang), *(source_line(one, lang) for one in result.sources)],
        "notes": [said.INDICATIVE.text(lang)] + [words.SAMPLE.text(lang)] * result.synthetic,
        **_published(costs, lang),
        **_totals(lang),
        **_own(costs, lang),
        **_municipalities(costs, lang),
        **_assumptions(costs, lang),
        "method": [text.text(lang) for text in said.METHOD],
    }
    return render(page, context, result)


def _published(costs: Costs, lang: Lang) -> dict[str, Any]:
    shown = costs.assumptions.shown
    edited = "" if costs.assumptions.published else said.EDITED.text(lang).format(shown)
    names = list(costs.assumptions.scenario)
    return {
        "edited": edited,
        "unit_note": said.UNIT_NOTE.text(lang),
        "agrees_note": said.SHARE_LEGEND.text(lang),
        "scenarios": [_beside(costs, name, lang) for name in names],
        "charts": _charts(costs, names, lang),
        "below_zero": said.BELOW_ZERO.text(lang),
    }


def _beside(costs: Costs, name: str, lang: Lang) -> Table:
    """Set what is reckoned above what is published, row by row."""
    years = costs.assumptions.years.all
    columns = [
        Column(said.ROW.text(lang)),
        Column(said.WHICH.text(lang)),
        *(Column(str(year), number=True) for year in years),
        Column(said.IN_ALL.text(lang), number=True),
        Column(said.AGREES.text(lang), number=True),
    ]
    rows = [line for row in costs.amounts[name] if row in PUBLISHED_ROWS
            for line in _pair(costs, name, row, lang)]  # fmt: skip
    caption = said.SCENARIOS[name].text(lang)
    return Table(f"scenario-{name.lower()}", caption, columns, rows, wide=True)


def _pair(costs: Costs, name: str, row: str, lang: Lang) -> Iterator[list[str]]:
    amounts, cells = costs.amounts[name][row], published_cells()
    decimals = 2 if row == _PRICE else 0
    ours = {year: None if amount is None else rounded(amount, decimals)
            for year, amount in amounts.items()}  # fmt: skip
    theirs = {year: cells.get(Cell(name, row, year)) for year in ours}
    compared = [year for year, value in theirs.items() if value is not None]
    same = sum(
        ours[year] is not None and float(ours[year] or 0) == theirs[year] for year in compared
    )
    title = wording.ROWS[row].text(lang)
    yield [
        title,
        said.CALCULATED.text(lang),
        *(wording.euro(lang, value, decimals) for value in ours.values()),
        wording.euro(lang, total(row, amounts)),
        said.SAME.text(lang).format(same, len(compared)) if compared else "",
    ]
    in_all = cells.get(Cell(name, row, None))
    yield [
        title,
        said.PUBLISHED.text(lang),
        *(wording.euro(lang, value, decimals) for value in theirs.values()),
        "" if in_all is None else f"≈{NBSP}{number(lang, in_all)}",
        "",
    ]


def _charts(costs: Costs, names: Sequence[str], lang: Lang) -> list[Any]:
    """Draw who pays by year; all scenarios on one scale."""
    spent = {
        (name, row): [-float(value or 0) / _MILLION for value in costs.amounts[name][row].values()]
        for name in names
        for row in _BUDGETS[1:]
    }
    ticks = _ticks([value for values in spent.values() for value in values])
    labels = (said.STATE.text(lang), said.MUNICIPAL.text(lang))
    return [
        charts.yearly(
            costs.assumptions.years.all,
            [
                charts.Series(text, spent[name, row], style)
                for text, row, style in zip(labels, _BUDGETS[1:], ("state", "local"), strict=True)
            ],
            ticks=ticks,
            key=f"chart-{name.lower().replace('_', '-')}",
            title=said.CHART.text(lang).format(wording.scenario_name(lang, name)),
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


def _totals(lang: Lang) -> dict[str, Any]:
    """Set the printed totals beside the sums of their own rows, with the reason."""
    columns = [Column(text.text(lang), place in {2, 3, 4})
               for place, text in enumerate(said.TOTALS_COLUMNS)]  # fmt: skip
    rows = []
    for name in ("A", "B"):
        for row, budget in (("state budget", said.STATE), ("municipal budget", said.MUNICIPAL)):
            printed, added = -wording.printed(name, row), -_added(name, row)
            apart = rounded(Fraction(added) / _MILLION, 2) - rounded(
                Fraction(printed) / _MILLION, 2
            )
            cells = (wording.million(lang, printed), wording.million(lang, added))
            written = number(lang, float(apart), 2)
            reason = _reason(name, row, lang)
            rows.append([name, budget.text(lang), *cells, written, reason])
    return {
        "totals": Table("totals", said.TOTALS_CAPTION.text(lang), columns, rows),
        "inconsistent_heading": said.INCONSISTENT_HEADING.text(lang),
        "inconsistent": [text.text(lang) for text in said.INCONSISTENT],
    }


def _added(name: str, row: str) -> float:
    return sum(value for cell, value in published_cells().items()
               if cell.scenario == name and cell.row == row and cell.year is not None)  # fmt: skip


def _reason(name: str, row: str, lang: Lang) -> str:
    if name == "A":
        return said.TOTAL_IS_SUM.text(lang)
    support, gain = _added("B", "support"), _added("B", "municipal budget")
    saving = published_cells()[Cell("B", "saving", 2022)]
    of_state = row == "state budget"
    text = said.TOTAL_STATE_B if of_state else said.TOTAL_MUNICIPAL_B
    numbers = {
        "support": support,
        "gain": gain,
        "saving": saving,
        "explained": support - saving if of_state else saving - gain,
    }
    written = {key: number(lang, value / _MILLION, 3) for key, value in numbers.items()}
    return text.text(lang).format(**written)


def _own(costs: Costs, lang: Lang) -> dict[str, Any]:
    own = costs.own
    if own is None:
        raise ValueError("the page shows a network")
    names = list(costs.assumptions.scenario)
    return {
        "own": _counts(costs, own, lang),
        "partial": _partial(costs, own, lang),
        "own_scenarios": [_own_rows(costs, name, lang) for name in names],
        "own_charts": _charts(costs, [f"{name}_own" for name in names], lang),
        "kinds": _kinds(costs, names, lang),
        "price": _price(costs, own, lang),
        "price_note": said.PRICE_NOTE.text(lang),
        "no_residents": said.NO_RESIDENTS.text(lang),
        "band": _band(costs, own, lang),
    }


def _counts(costs: Costs, own: Own, lang: Lang) -> Table:
    whole, scope = own.whole, own.scope(costs.assumptions)
    network, demand = costs.assumptions.network, costs.assumptions.demand
    lines: list[tuple[Text, Fraction | int | None, int | None]] = [
        (said.FIRST_WAVE, whole.first_wave, network.first_wave),
        (said.SECOND_WAVE, whole.second_wave, network.second_wave),
        (said.POINTS, whole.first_wave + whole.second_wave,
         network.first_wave + network.second_wave),
        (said.SERVICES_BASE, scope.services, demand.services),
        (said.CONTACTS_BASE, scope.contacts, demand.contacts),
        (said.RESIDENTS, whole.residents, None),
        (said.NEW_RESIDENTS, whole.new_residents, None),
    ]  # fmt: skip
    rows = [
        [
            text.text(lang),
            wording.euro(lang, ours),
            wording.euro(lang, theirs),
            "" if ours is None or theirs is None else _signed(lang, ours - theirs),
        ]
        for text, ours, theirs in lines
    ]
    columns = [Column(text.text(lang), place > 0) for place, text in enumerate(said.OWN_COLUMNS)]
    return Table("own-network", said.OWN_CAPTION.text(lang), columns, rows)


def _partial(costs: Costs, own: Own, lang: Lang) -> str:
    """Warn where a part of the country seems to bear the demand of the whole."""
    network, given = costs.assumptions.network, costs.assumptions.own
    points = own.whole.first_wave + own.whole.second_wave
    model = network.first_wave + network.second_wave
    if given.share < 1 or points >= _HARDLY_WHOLE * model:
        return ""
    return said.PARTIAL.text(lang).format(number(lang, points), number(lang, model))


def _own_rows(costs: Costs, name: str, lang: Lang) -> Table:
    years = costs.assumptions.years.all
    ours, model = costs.amounts[f"{name}_own"], costs.amounts[name]
    rows = []
    for row, amounts in ours.items():
        if row not in PUBLISHED_ROWS:
            continue
        decimals = 2 if row == _PRICE else 0
        values = (wording.euro(lang, value, decimals) for value in amounts.values())
        sums = (wording.euro(lang, total(row, amounts)), wording.euro(lang, total(row, model[row])))
        rows.append([wording.ROWS[row].text(lang), *values, *sums])
    columns = [
        Column(said.ROW.text(lang)),
        *(Column(str(year), number=True) for year in years),
        Column(said.IN_ALL.text(lang), number=True),
        Column(said.MODEL_IN_ALL.text(lang), number=True),
    ]
    caption = said.OWN_SCENARIO.text(lang).format(name)
    return Table(f"own-{name.lower()}", caption, columns, rows, wide=True)


def _kinds(costs: Costs, names: Sequence[str], lang: Lang) -> Table:
    """Show what the money goes to, over all years."""
    years, (first, *each) = costs.assumptions.years, said.KINDS_COLUMNS
    scenarios = [name + ending for name in names for ending in ("", "_own")]
    lines = {**wording.EXPENSES, "total cost": said.KINDS_TOTAL}
    rows = [
        [
            text.text(lang),
            *(wording.euro(lang, total(row, costs.amounts[one][row])) for one in scenarios),
        ]
        for row, text in lines.items()
    ]
    heads = [text.text(lang).format(name) for name in names for text in each]
    columns = [Column(first.text(lang)), *(Column(head, number=True) for head in heads)]
    caption = said.KINDS_CAPTION.text(lang).format(years.first, years.last)
    return Table("kinds", caption, columns, rows)


def _price(costs: Costs, own: Own, lang: Lang) -> Table | None:
    price = per_resident(costs.assumptions, own.whole)
    if price.first_year is None:
        return None
    values = (price.set_up, price.upkeep, price.first_year)
    rows = [[text.text(lang), wording.euro(lang, value, 2)]
            for text, value in zip(said.PRICE_ROWS, values, strict=True)]  # fmt: skip
    columns = [Column(text.text(lang), place > 0) for place, text in enumerate(said.PRICE_COLUMNS)]
    return Table("price", said.PRICE_CAPTION.text(lang), columns, rows)


def _band(costs: Costs, own: Own, lang: Lang) -> Table:
    """Show what the uncertain count of services does to the prices."""
    assumptions = costs.assumptions
    last, demand = assumptions.years.last, assumptions.demand
    national = {"low": demand.services_low, "high": demand.services_high}
    scope = own.scope(assumptions)
    rows = [
        [
            name,
            number(lang, national[end]),
            wording.euro(lang, amounts["services per point"][last]),
            wording.euro(lang, amounts[_PRICE][last], 2),
        ]
        for name in assumptions.scenario
        for end, amounts in at_band(assumptions, name, scope).items()
    ]
    columns = [Column(text.text(lang).format(last), place > 0)
               for place, text in enumerate(said.BAND_COLUMNS)]  # fmt: skip
    return Table("band", said.BAND_CAPTION.text(lang), columns, rows)


def _municipalities(costs: Costs, lang: Lang) -> dict[str, Any]:
    own = costs.own
    if own is None:
        raise ValueError("the page shows a network")
    years = costs.assumptions.years
    basis = said.BASIS_RESIDENTS if own.by_residents else said.BASIS_POINTS
    caption = said.PARTS_CAPTION.text(lang).format(years.first, years.last)
    columns = [Column(text.text(lang), place > 0) for place, text in enumerate(said.PARTS_COLUMNS)]
    by_name = sorted(own.parts, key=lambda part: collation_key(part.name))
    rows = [_part(costs, own, part, lang) for part in (own.whole, *by_name)]
    return {
        "basis": basis.text(lang),
        "parts_table": Table("parts", caption, columns, rows, wide=True),
    }


def _part(costs: Costs, own: Own, part: Part, lang: Lang) -> list[str]:
    whole = part is own.whole
    sums = [
        total(row, costs.amounts[f"{name}_{part.code}"][row])
        for name in costs.assumptions.scenario
        for row in _BUDGETS
    ]
    share = Fraction(1) if whole else own.shares[part.code]
    price = per_resident(costs.assumptions, part)
    return [
        said.PARTS_WHOLE.text(lang) if whole else part.name,
        number(lang, part.first_wave),
        number(lang, part.second_wave),
        percent(lang, float(share)),
        *(wording.euro(lang, None if value is None else value / _THOUSAND) for value in sums),
        wording.euro(lang, part.new_residents),
        wording.euro(lang, price.first_year, 2),
    ]


def _assumptions(costs: Costs, lang: Lang) -> dict[str, Any]:
    given, original = costs.assumptions.given, published_assumptions().given
    rows = []
    for key, value in given.items():
        other = original.get(key)
        changed = "" if other == value or other is None else _value(lang, other)
        rows.append([label(key).text(lang), key, _value(lang, value), changed])
    columns = [Column(text.text(lang)) for text in said.ASSUMPTIONS_COLUMNS]
    caption = said.ASSUMPTIONS_CAPTION.text(lang).format(costs.assumptions.shown)
    return {
        "assumptions": Table("assumed", caption, columns, rows),
        "assumptions_how": escape(said.ASSUMPTIONS_HOW.text(lang)).format(
            command=_code(said.ASSUMPTIONS_COMMAND, lang), line=_code(said.ASSUMPTIONS_LINE, lang)
        ),
    }


def _code(text: Text, lang: Lang) -> Markup:
    """Set what is to be copied as code, its quotation marks as they are."""
    return Markup("<code>{}</code>").format(text.text(lang))


def _value(lang: Lang, value: Any) -> str:
    """Write an assumption as people read it."""
    if isinstance(value, bool):
        return (said.YES if value else said.NO).text(lang)
    if isinstance(value, dict):
        return "; ".join(f"{year}: {_value(lang, one)}" for year, one in value.items())
    return plain(lang, float(value), 6)


def _signed(lang: Lang, value: Fraction | int) -> str:
    return f"{'+' if value > 0 else ''}{wording.euro(lang, value)}"
