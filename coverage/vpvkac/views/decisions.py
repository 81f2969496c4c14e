"""Decisions in words: codes of remedies and of lists, days and cells that hold several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from vpvkac.analysis.decisions import BETWEEN, by_due
from vpvkac.model.columns import COLUMNS
from vpvkac.texts import words
from vpvkac.texts.formats import date, number, typographic
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    import pandas as pd


_OVERDUE = Message("overdue")
_LISTS = {
    "access": words.ACCESS_GAPS,
    "coverage": words.COVERAGE_GAPS,
    "service": words.SERVICE_GAPS,
    "municipalities": words.MUNICIPALITY_GAPS,
}


def decision_cells(cells: pd.Series, lang: Lang) -> list[str]:
    """Put the remedy's words in place of its code; any other decision stays as written."""
    return _each(cells, BETWEEN, lambda text: decision(lang, text), BETWEEN)


def decision(lang: Lang, text: str) -> str:
    """Say one decision: a remedy by its words, else as written."""
    return words.REMEDIES[text].text(lang) if text in words.REMEDIES else text


def days(cells: pd.Series, lang: Lang) -> list[str]:
    """Write due days as people do."""
    return _each(cells, BETWEEN, lambda text: day(lang, text), BETWEEN)


def places(cells: pd.Series, names: Mapping[str, str]) -> list[str]:
    """Name the places that decisions name by their keys; a key that is not known stays."""
    return _each(cells, BETWEEN, lambda key: names.get(key) or key, BETWEEN)


def day(lang: Lang, text: str) -> str:
    """Write one due day; what is none, such as a dash, stays."""
    return date(lang, text) if text[:1].isdigit() else text


def cluster(gap: Mapping[Any, Any], lang: Lang) -> str:
    """Name the cluster of a gap, with its number and how many gaps it holds."""
    label = words.CLUSTER_NUMBERED.text(lang).format(gap["cluster"])
    return f"{label}, {gap['cluster_name']} ({number(lang, gap['cluster_size'])})"


def by_unit(followed: pd.DataFrame) -> dict[str, list[dict[Any, Any]]]:
    """Give the decisions on each unit, by due day and row."""
    found: dict[str, list[dict[Any, Any]]] = {}
    for given in by_due(followed).to_dict("records"):
        found.setdefault(str(given["unit"]), []).append(given)
    return found


def decision_texts(given: Mapping[Any, Any], lang: Lang) -> dict[str, str]:
    """Put one decision into words, by column; empty texts where nothing is said.

    `due` bears a remark where it has passed.
    """
    due = day(lang, given["due"])
    if given["overdue"] is True:
        due = f"{due} ({_OVERDUE.text(lang)})"
    return {
        "decision": decision(lang, given["decision"]),
        "decision_place": given["place_name"] or given["place"],
        "responsible": given["responsible"],
        "due": due,
        "note": given["note"],
    }


def is_own(name: str, given: Mapping[Any, Any]) -> bool:
    """Tell whether the text of a column is the program's word and not the planner's."""
    return name == "due" or (name == "decision" and given["decision"] in words.REMEDIES)


def with_labels(given: Mapping[Any, Any], lang: Lang) -> list[str]:
    """Put one decision into words, each with its label; the first begins a sentence."""
    parts = [
        (name, _in_sentence(name, given, text))
        for name, text in decision_texts(given, lang).items()
        if text
    ]
    labels = [COLUMNS[name].heading.text(lang) for name, _ in parts]
    return [
        f"{label if place == 0 else words.lowered(label)}: {text}"
        for place, (label, (_, text)) in enumerate(zip(labels, parts, strict=True))
    ]


def _in_sentence(name: str, given: Mapping[Any, Any], text: str) -> str:
    """Set what follows a colon: the program's words small, the planner's own as a quotation."""
    if is_own(name, given):
        return words.lowered(text)
    return f"“{typographic(text)}”" if name == "note" else text


def lists(cells: pd.Series, lang: Lang) -> list[str]:
    """Name the gap lists that a unit stands in."""
    return _each(cells, "+", lambda code: _LISTS[code].text(lang) if code else "", BETWEEN)


def _each(
    cells: pd.Series, between: str, say: Callable[[str], str], shown_between: str
) -> list[str]:
    """Say each of the parts that a cell holds."""
    return [shown_between.join(say(part) for part in cell.split(between)) for cell in cells]
