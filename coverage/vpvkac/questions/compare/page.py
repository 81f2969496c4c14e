"""The one-page report of a comparison: what is compared, what changed, where and why."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.model.columns import COLUMNS
from vpvkac.questions.compare import view
from vpvkac.questions.compare.map import MAP_FILE, unit_names
from vpvkac.questions.compare.view import about, headline, in_a_sentence, warning
from vpvkac.render.frame import render
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import MINUS, NBSP, date, less, number, plain, threshold
from vpvkac.views.page import Cell, Column, Page, Table

if TYPE_CHECKING:
    from vpvkac.questions.compare.answer import Comparison
    from vpvkac.questions.compare.run import Run, Used
    from vpvkac.texts.message import Lang

# Gains and losses first; those that only come nearer or farther are often many.
_ORDER = (
    "gained_point", "lost_point", "gained_reach", "lost_reach", "status", "moved", "new_unit",
    "gone_unit", "reach_known", "reach_unknown", "nearer", "farther",
)  # fmt: skip
_MOST_ROWS = {"nearer": 50, "farther": 50, "reach_known": 50, "reach_unknown": 50}
_MOST = 300
_SHA = 12


def report_page(comparison: Comparison, lang: Lang) -> str:
    """Render the report as one file that needs no network."""
    different = _differences(comparison, lang)
    context = {
        "shown": view.SHOWN.text(lang),
        "warning": warning(comparison, lang),
        "said": in_a_sentence(comparison, lang),
        "figures": headline(comparison, lang),
        "map_file": MAP_FILE,
        "map_link": view.MAP_LINK.text(lang),
        "what_heading": view.WHAT_HEADING.text(lang),
        "what": different,
        "same_basis": "" if different else view.SAME_BASIS.text(lang),
        "layout_note": _layout_note(comparison, lang),
        "summary_heading": view.SUMMARY_HEADING.text(lang),
        "summary": _summary_table(comparison, lang),
        "same_criteria": _same_criteria(comparison, lang),
        "units_heading": view.UNITS_HEADING.text(lang),
        "lists": _lists(comparison, lang),
        "all_units": view.LIST_OF_ALL.text(lang),
    }
    page = Page(view.TITLE.text(lang), "compare.html", ("compare.css",), home=None)
    return render(page, context, about(comparison, lang))


def difference(lang: Lang, value: float, measure: str) -> str:
    """Write a difference with its sign; that of shares in percentage points."""
    if pd.isna(value):
        return ""
    share = measure.startswith("share")
    # Two decimals: a share of 572 places that changes by one must not show as 0.
    written = plain(lang, abs(100 * value), 2) if share else number(lang, abs(value))
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    unit = f"{NBSP}{view.PERCENTAGE_POINTS.text(lang)}" if share else ""
    return f"{sign}{written}{unit}"


def _differences(comparison: Comparison, lang: Lang) -> Table | None:
    """List how the two sides differ: title, rules and inputs; None where they do not."""
    a, b = comparison.a, comparison.b
    pairs = [
        (label, first, second)
        for (label, first), (_, second) in zip(_told(a, lang), _told(b, lang), strict=True)
        if first != second
    ]
    pairs += _input_pairs(a, b, lang)
    if not pairs:
        return None
    columns = [Column(text.text(lang)) for text in (view.WHAT, view.SIDE_A, view.SIDE_B)]
    rows: list[list[Cell]] = [list(pair) for pair in pairs]
    return Table("what", view.WHAT_CAPTION.text(lang), columns, rows)


def _told(run: Run, lang: Lang) -> list[tuple[str, str]]:
    """Say title, version and rules of a run, each with its label."""
    layout = date(lang, run.layout) if run.layout else view.AS_GIVEN.text(lang)
    hosts = words.listed(words.HOSTS[host].text(lang) for host in run.hosts)
    data = (words.SYNTHETIC if run.synthetic else view.REAL).text(lang)
    return [
        (view.PROJECT_TITLE.text(lang), run.title or words.NETWORK.text(lang)),
        (view.DATA.text(lang), data),
        (view.VERSION.text(lang), run.version),
        (view.RULES["layout"].text(lang), layout),
        (view.RULES["threshold_m"].text(lang), threshold(lang, run.threshold_m)),
        (view.RULES["stop_set"].text(lang), words.STOP_SETS[run.stop_set].text(lang)),
        (view.RULES["hosts"].text(lang), hosts),
    ]


def _input_pairs(a: Run, b: Run, lang: Lang) -> list[tuple[str, str, str]]:
    """Set inputs of the same kind side by side, those whose content differs."""
    known_a, known_b = ({(used.key, used.sha256) for used in run.inputs} for run in (a, b))
    own_a = [used for used in a.inputs if (used.key, used.sha256) not in known_b]
    own_b = [used for used in b.inputs if (used.key, used.sha256) not in known_a]
    pairs = []
    for key in dict.fromkeys(used.key for used in (*own_a, *own_b)):
        first, second = ([used for used in own if used.key == key] for own in (own_a, own_b))
        for row in range(max(len(first), len(second))):
            sides = (own[row] if row < len(own) else None for own in (first, second))
            told = [_input(used, lang) for used in sides]
            pairs.append((_input_label(key, lang), told[0], told[1]))
    return pairs


def _input_label(key: str, lang: Lang) -> str:
    from vpvkac.sources.lock import PUBLISHED

    return PUBLISHED[key].name.text(lang) if key in PUBLISHED else key


def _input(used: Used | None, lang: Lang) -> str:
    if used is None:
        return view.NOT_GIVEN.text(lang)
    dated = f", {date(lang, used.date)}" if used.date else ""
    return view.INPUT.text(lang).format(
        file=used.file, date=dated, rows=number(lang, used.rows_used), sha=used.sha256[:_SHA]
    )


def _layout_note(comparison: Comparison, lang: Lang) -> str:
    counts = comparison.counts
    other = counts["new_unit"] or counts["gone_unit"]
    return view.OTHER_LAYOUT.text(lang) if other else ""


def _summary_table(comparison: Comparison, lang: Lang) -> Table | None:
    """Give the criteria that change, each once; None where none does."""
    changed = comparison.changed_criteria.drop_duplicates("criterion")
    if len(changed) == 0:
        return None
    columns = [
        Column(COLUMNS["criterion"].heading.text(lang)),
        Column(view.SIDE_A.text(lang), number=True),
        Column(view.SIDE_B.text(lang), number=True),
        Column(view.DIFFERENCE.text(lang), number=True),
    ]
    rows: list[list[Cell]] = [
        [
            _criterion(comparison, lang, row["criterion"]),
            *_values(comparison, lang, row),
        ]
        for row in changed.to_dict("records")
    ]
    return Table("criteria", view.SUMMARY_CAPTION.text(lang), columns, rows)


def _criterion(comparison: Comparison, lang: Lang, code: str) -> str:
    """Label a criterion; where the thresholds differ, both stand in it."""
    a, b = comparison.a, comparison.b
    if code not in words.CRITERIA:
        return code
    label = words.CRITERIA[code].text(lang)
    metres = [threshold(lang, run.threshold_m) for run in (a, b)]
    both = metres[0] if metres[0] == metres[1] else " / ".join(metres)
    return label.replace("{threshold}", both)


def _values(
    comparison: Comparison, lang: Lang, row: Mapping[Hashable, Any]
) -> tuple[str, str, str]:
    """Write both values, and the difference of what is written; of the values where it is none."""
    criterion, measure = row["criterion"], row["measure"]
    a, b = (
        None
        if pd.isna(row[f"value_{side}"])
        else run.value(criterion, measure, row[f"value_{side}"])
        for side, run in (("a", comparison.a), ("b", comparison.b))
    )
    if a is None or b is None:
        return "" if a is None else a.text(lang), "" if b is None else b.text(lang), ""
    unit = view.PERCENTAGE_POINTS.text(lang) if measure.startswith("share") else ""
    apart = less(b, a, unit)
    said = apart.text(lang) if apart.value else difference(lang, row["difference"], measure)
    return a.text(lang), b.text(lang), said


def _same_criteria(comparison: Comparison, lang: Lang) -> str:
    changed = set(comparison.changed_criteria["criterion"])
    every = comparison.summary.dropna(subset=["value_a", "value_b"])["criterion"]
    same = len(set(every) - changed)
    if not changed or not same:
        return ""
    return view.SAME_CRITERIA.text(lang).format(number(lang, same))


def _lists(comparison: Comparison, lang: Lang) -> list[dict[str, object]]:
    """List the units of each change, by name; of those nearer or farther the most."""
    names = unit_names(comparison)
    lists: list[dict[str, object]] = []
    for change in _ORDER:
        rows = comparison.table[comparison.table["change"] == change]
        if len(rows) == 0:
            continue
        kept = _first(rows, _MOST_ROWS.get(change, _MOST))
        left = len(rows) - len(kept)
        more = view.MORE.text(lang).format(number(lang, left)) if left else ""
        lists.append({"table": _unit_table(comparison, lang, change, len(rows), kept, names),
                      "more": more})  # fmt: skip
    return lists


def _first(rows: pd.DataFrame, most: int) -> list[Mapping[Hashable, Any]]:
    """Keep the rows that changed most, in the order of the Latvian alphabet."""
    by_size = (rows["distance_a"] - rows["distance_b"]).abs()
    kept = rows.loc[by_size.sort_values(ascending=False, kind="stable").index[:most]]
    return sorted(
        kept.to_dict("records"),
        key=lambda row: (collation_key(row["municipality_name"]), collation_key(row["unit_name"])),
    )


def _unit_table(
    comparison: Comparison,
    lang: Lang,
    change: str,
    count: int,
    rows: list[Mapping[Hashable, Any]],
    names: Mapping[str, str],
) -> Table:
    a, b = comparison.a, comparison.b
    texts = (view.UNIT, view.MUNICIPALITY, view.SIDE_A, view.SIDE_B, view.WHY)
    cells: list[list[Cell]] = [
        [
            row["unit_name"],
            row["municipality_name"],
            view.side_text(row, "a", a, lang),
            view.side_text(row, "b", b, lang),
            view.reason(row, a, b, names, lang),
        ]
        for row in rows
    ]
    label = words.with_threshold(lang, view.LISTED[change], b.threshold_m)
    caption = f"{label}: {number(lang, count)}"
    columns = [Column(text.text(lang)) for text in texts]
    return Table(change.replace("_", "-"), caption, columns, cells, wide=True)
