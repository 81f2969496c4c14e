"""What is said of a siting: its title, its figures, and how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.questions.site.telling import Covered
from vpvkac.texts.formats import NBSP, length, number, percent, plain
from vpvkac.texts.message import Lang, Message, Text, in_context

if TYPE_CHECKING:
    from vpvkac.questions.site.site import Siting

_KILOMETRE = 1000
TITLE = Message("Where to put the next points")
_SHOWN_POINTS = Message(
    "New points: {count}. Together with those that stay they cover the most {what} within "
    "{radius} in a straight line."
)
_SHOWN_TARGET = Message(
    "Target: cover {target} of the {what} within {radius} in a straight line. New points "
    "needed: {count}."
)
_SHOWN_MEDIAN = Message(
    "New points: {count}. With them the mean straight-line distance of {what} to the nearest "
    "point is the smallest."
)
_OF = {
    "population": Message("residents"),
    "units": in_context("genitive", "territorial units"),
}
_NEARER = {
    "population": Message(" per resident"),
    "units": Message(" per unit"),
}
_PROVEN = Message("It is proven that there is no better choice.")
_FEWEST = Message("It is proven that fewer points cannot reach the target.")
_NOT_PROVEN = Message(
    "Within the time limit ({seconds} s) it was not proven that there is nothing better; a "
    "better choice could gain at most {gap} more. Another computer may give another result."
)
_GREEDY_SAME = Message(
    "Choosing places one by one, each time the one that gains most, gives an equally good result."
)
_GREEDY_LESS = Message(
    "Choosing places one by one, each time the one that gains most, gains {less} less ({gain})."
)
_GREEDY_FARTHER = Message(
    "Choosing places one by one, each time the one that gains most, gives a mean distance of "
    "{mean}."
)
_GREEDY_MORE = Message(
    "Choosing places one by one, each time the one that gains most, needs more points: {count}."
)
_REACHED = Message("The points that stay reach the target already.")
_FEWER = Message(
    "Further points would gain nothing: all that the candidate places could add is already covered."
)
_BAND = Message(
    "Grid cells with 1 to 10 residents are published as 5, so limits are given for the sum "
    "({least}–{most})."
)
_STAYS = {
    "open": Message("Existing centres"),
    "network": Message("Existing, announced, planned"),
}
CANDIDATES = Message("Candidate places")
_COVERED_NOW = Message("{what} covered now")
_COVERED_THEN = Message("{what} covered afterwards")
_LIMITS = Message("Possible range")
_MEAN_NOW = Message("Mean distance now")
_MEAN_THEN = Message("Mean distance afterwards")
_RADIUS = Message("Radius")
_CHOSEN = Message("New points")


def what(siting: Siting) -> str:
    """Name what is weighed, as in "12 iedzīvotāju"."""
    return _OF[siting.question.weights or "units"].text(siting.result.lang)


def radius(siting: Siting) -> str:
    """Write the radius with its unit."""
    lang, radius_m = siting.result.lang, siting.question.radius_m
    if radius_m < _KILOMETRE:
        return f"{plain(lang, radius_m)}{NBSP}m"
    return f"{plain(lang, radius_m / _KILOMETRE, 3)}{NBSP}km"


def stays(siting: Siting) -> str:
    """Name the points that stay."""
    return _STAYS[siting.question.existing].text(siting.result.lang)


def shown(siting: Siting) -> str:
    """Say in a sentence what was looked for."""
    question, lang = siting.question, siting.result.lang
    count = number(lang, len(siting.of("exact")))
    if question.method == "median":
        return _SHOWN_MEDIAN.text(lang).format(count=count, what=what(siting))
    text = _SHOWN_POINTS if question.target is None else _SHOWN_TARGET
    target = "" if question.target is None else percent(lang, question.target)
    return text.text(lang).format(
        count=count, what=what(siting), radius=radius(siting), target=target
    )


def gained(siting: Siting, gain: float) -> str:
    """Write what a point gains: residents or units, or weighted kilometres."""
    lang = siting.result.lang
    if pd.isna(gain):
        return ""
    if siting.question.method == "cover":
        return f"+{number(lang, gain)}"
    of = _NEARER[siting.question.weights or "units"].text(lang)
    return f"−{length(lang, gain / siting.total.value)}{of}"


def values(siting: Siting) -> list[tuple[str, str]]:
    """Give the key figures, label and value."""
    question, lang, rows = siting.question, siting.result.lang, siting.of("exact")
    figures = [
        (stays(siting), number(lang, len(siting.locked))),
        (CANDIDATES.text(lang), number(lang, len(siting.candidates))),
        (_CHOSEN.text(lang), number(lang, len(rows))),
        (_RADIUS.text(lang), radius(siting)),
        *_covered(_COVERED_NOW, siting, siting.before),
        *_covered(_COVERED_THEN, siting, after(siting)),
    ]
    if question.method == "median":
        if not np.isnan(siting.mean_before_m):
            figures.append((_MEAN_NOW.text(lang), length(lang, siting.mean_before_m)))
        if len(rows):
            figures.append((_MEAN_THEN.text(lang), length(lang, rows["mean_m"].iloc[-1])))
    return figures


def after(siting: Siting) -> Covered:
    """Give what is covered with the new points."""
    rows = siting.of("exact")
    if rows.empty:
        return siting.before
    last = rows.iloc[-1]
    return Covered(*(int(last[name]) for name in ("covered", "covered_least", "covered_most")))


def sentences(siting: Siting) -> list[str]:
    """Say how good the answer is, and what the greedy one would be."""
    lang, question = siting.result.lang, siting.question
    rows = siting.of("exact")
    said = []
    if rows.empty and question.target is not None:
        return [_REACHED.text(lang)]
    if question.target is None and len(rows) < question.points:
        said.append(_FEWER.text(lang))
    if len(rows):
        said += [_quality(siting), _of_greedy(siting)]
    covered = after(siting)
    if covered.least != covered.most:
        least, most = number(lang, covered.least), number(lang, covered.most)
        said.append(_BAND.text(lang).format(least=least, most=most))
    return said


def listed(siting: Siting) -> list[str]:
    """List the points for a terminal."""
    return [
        f"{row['rank']:3d}. {row['place_name']} ({row['unit_name']}) {gained(siting, row['gain'])}"
        for row in siting.of("exact").to_dict("records")
    ]


def _quality(siting: Siting) -> str:
    lang, question = siting.result.lang, siting.question
    first = siting.of("exact").iloc[0]
    if first["optimal"]:
        return (_PROVEN if question.target is None else _FEWEST).text(lang)
    return _NOT_PROVEN.text(lang).format(
        seconds=plain(lang, question.time_limit_s), gap=_upwards(lang, float(first["gap"]))
    )


def _of_greedy(siting: Siting) -> str:
    lang, question = siting.result.lang, siting.question
    exact, greedy = siting.of("exact"), siting.of("greedy")
    if question.target is not None:
        if len(greedy) <= len(exact):
            return _GREEDY_SAME.text(lang)
        return _GREEDY_MORE.text(lang).format(count=number(lang, len(greedy)))
    if question.method == "median":
        best, other = (float(rows["mean_m"].iloc[-1]) for rows in (exact, greedy))
        if other <= best:
            return _GREEDY_SAME.text(lang)
        return _GREEDY_FARTHER.text(lang).format(mean=length(lang, other))
    best, other = (int(rows["gain"].sum()) for rows in (exact, greedy))
    if other >= best:
        return _GREEDY_SAME.text(lang)
    less = _upwards(lang, (best - other) / best)
    return _GREEDY_LESS.text(lang).format(less=less, gain=number(lang, other))


def _upwards(lang: Lang, share: float) -> str:
    """Write a small share so that it never shows as nothing."""
    return percent(lang, max(share, 0.001)) if share else percent(lang, 0)


def _covered(label: Text, siting: Siting, covered: Covered) -> list[tuple[str, str]]:
    """Give what is covered with its share; below it the band, where there is one."""
    lang = siting.result.lang
    said = label.text(lang).format(what=what(siting))
    share = percent(lang, covered.value / siting.total.value)
    figures = [(said[:1].upper() + said[1:], f"{number(lang, covered.value)} ({share})")]
    if covered.least != covered.most:
        band = f"{number(lang, covered.least)}–{number(lang, covered.most)}"
        figures.append((_LIMITS.text(lang), band))
    return figures
