"""What is said of a siting: its title, its figures, and how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.questions.site.telling import Covered
from vpvkac.texts.formats import NBSP, length, number, percent, plain
from vpvkac.texts.message import Lang, Text

if TYPE_CHECKING:
    from vpvkac.questions.site.site import Siting

_KILOMETRE = 1000
TITLE = Text("Kur izveidot nākamos kontaktpunktus", "Where to put the next points")
_SHOWN_POINTS = Text(
    "Jauni kontaktpunkti: {count}. Kopā ar tiem, kas paliek savās vietās, tie aptver "
    "vislielāko {what} skaitu {radius} attālumā, mērot pa taisni.",
    "New points: {count}. Together with those that stay they cover the most {what} within "
    "{radius} in a straight line.",
)
_SHOWN_TARGET = Text(
    "Mērķis: aptvert {target} {what} {radius} attālumā, mērot pa taisni. Vajadzīgie jaunie "
    "kontaktpunkti: {count}.",
    "Target: cover {target} of the {what} within {radius} in a straight line. New points "
    "needed: {count}.",
)
_SHOWN_MEDIAN = Text(
    "Jauni kontaktpunkti: {count}. Ar tiem {what} vidējais attālums līdz tuvākajam "
    "kontaktpunktam, mērot pa taisni, ir vismazākais.",
    "New points: {count}. With them the mean straight-line distance of {what} to the nearest "
    "point is the smallest.",
)
_OF = {
    "population": Text("iedzīvotāju", "residents"),
    "units": Text("teritoriālo vienību", "territorial units"),
}
_NEARER = {
    "population": Text(" uz iedzīvotāju", " per resident"),
    "units": Text(" uz teritoriālo vienību", " per unit"),
}
_PROVEN = Text(
    "Pierādīts, ka labāka izvietojuma nav.", "It is proven that there is no better choice."
)
_FEWEST = Text(
    "Pierādīts, ka ar mazāku kontaktpunktu skaitu mērķis nav sasniedzams.",
    "It is proven that fewer points cannot reach the target.",
)
_NOT_PROVEN = Text(
    "Laika ierobežojuma ({seconds} s) dēļ nav pierādīts, ka labāka izvietojuma nav; tas var būt "
    "labāks ne vairāk kā par {gap}. Uz cita datora rezultāts var atšķirties.",
    "Within the time limit ({seconds} s) it was not proven that there is nothing better; a "
    "better choice could gain at most {gap} more. Another computer may give another result.",
)
_GREEDY_SAME = Text(
    "Ja vietas izvēlas pa vienai, katrreiz ņemot to, kas dod visvairāk, rezultāts ir tikpat labs.",
    "Choosing places one by one, each time the one that gains most, gives an equally good result.",
)
_GREEDY_LESS = Text(
    "Ja vietas izvēlas pa vienai, katrreiz ņemot to, kas dod visvairāk, ieguvums ir par {less} "
    "mazāks ({gain}).",
    "Choosing places one by one, each time the one that gains most, gains {less} less ({gain}).",
)
_GREEDY_FARTHER = Text(
    "Ja vietas izvēlas pa vienai, katrreiz ņemot to, kas dod visvairāk, vidējais attālums ir "
    "{mean}.",
    "Choosing places one by one, each time the one that gains most, gives a mean distance of "
    "{mean}.",
)
_GREEDY_MORE = Text(
    "Ja vietas izvēlas pa vienai, katrreiz ņemot to, kas dod visvairāk, vajag vairāk "
    "kontaktpunktu: {count}.",
    "Choosing places one by one, each time the one that gains most, needs more points: {count}.",
)
_REACHED = Text(
    "Mērķis jau ir sasniegts ar kontaktpunktiem, kas paliek savās vietās.",
    "The points that stay reach the target already.",
)
_FEWER = Text(
    "Papildu kontaktpunkti neko nedotu: iespējamo vietu tuvumā viss jau ir aptverts.",
    "Further points would gain nothing: all that the candidate places could add is already "
    "covered.",
)
_BAND = Text(
    "Režģa šūnās, kurās ir 1–10 iedzīvotāju, publicēts skaitlis 5, tāpēc summai ir norādītas "
    "robežas ({least}–{most}).",
    "Grid cells with 1 to 10 residents are published as 5, so limits are given for the sum "
    "({least}–{most}).",
)
_STAYS = {
    "open": Text("Esošie VPVKAC", "Existing centres"),
    "network": Text("Esošie, izziņotie un plānotie kontaktpunkti", "Existing, announced, planned"),
}
CANDIDATES = Text("Iespējamās vietas", "Candidate places")
_COVERED_NOW = Text("Aptverto {what} skaits tagad", "{what} covered now")
_COVERED_THEN = Text("Aptverto {what} skaits pēc tam", "{what} covered afterwards")
_LIMITS = Text("Iespējamās robežas", "Possible range")
_MEAN_NOW = Text("Vidējais attālums tagad", "Mean distance now")
_MEAN_THEN = Text("Vidējais attālums pēc tam", "Mean distance afterwards")
_RADIUS = Text("Aptveršanas attālums", "Radius")
_CHOSEN = Text("Jaunie kontaktpunkti", "New points")


def what(siting: Siting) -> str:
    """Name what is weighed, as in "12 iedzīvotāju"."""
    return _OF[siting.question.weights or "units"].into(siting.result.lang)


def radius(siting: Siting) -> str:
    """Write the radius with its unit."""
    lang, radius_m = siting.result.lang, siting.question.radius_m
    if radius_m < _KILOMETRE:
        return f"{plain(lang, radius_m)}{NBSP}m"
    return f"{plain(lang, radius_m / _KILOMETRE, 3)}{NBSP}km"


def stays(siting: Siting) -> str:
    """Name the points that stay."""
    return _STAYS[siting.question.existing].into(siting.result.lang)


def shown(siting: Siting) -> str:
    """Say in a sentence what was looked for."""
    question, lang = siting.question, siting.result.lang
    count = number(lang, len(siting.of("exact")))
    if question.method == "median":
        return _SHOWN_MEDIAN.into(lang).format(count=count, what=what(siting))
    text = _SHOWN_POINTS if question.target is None else _SHOWN_TARGET
    target = "" if question.target is None else percent(lang, question.target)
    return text.into(lang).format(
        count=count, what=what(siting), radius=radius(siting), target=target
    )


def gained(siting: Siting, gain: float) -> str:
    """Write what a point gains: residents or units, or weighted kilometres."""
    lang = siting.result.lang
    if pd.isna(gain):
        return ""
    if siting.question.method == "cover":
        return f"+{number(lang, gain)}"
    of = _NEARER[siting.question.weights or "units"].into(lang)
    return f"−{length(lang, gain / siting.total.value)}{of}"


def values(siting: Siting) -> list[tuple[str, str]]:
    """Give the key figures, label and value."""
    question, lang, rows = siting.question, siting.result.lang, siting.of("exact")
    figures = [
        (stays(siting), number(lang, len(siting.locked))),
        (CANDIDATES.into(lang), number(lang, len(siting.candidates))),
        (_CHOSEN.into(lang), number(lang, len(rows))),
        (_RADIUS.into(lang), radius(siting)),
        *_covered(_COVERED_NOW, siting, siting.before),
        *_covered(_COVERED_THEN, siting, after(siting)),
    ]
    if question.method == "median":
        if not np.isnan(siting.mean_before_m):
            figures.append((_MEAN_NOW.into(lang), length(lang, siting.mean_before_m)))
        if len(rows):
            figures.append((_MEAN_THEN.into(lang), length(lang, rows["mean_m"].iloc[-1])))
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
        return [_REACHED.into(lang)]
    if question.target is None and len(rows) < question.points:
        said.append(_FEWER.into(lang))
    if len(rows):
        said += [_quality(siting), _of_greedy(siting)]
    covered = after(siting)
    if covered.least != covered.most:
        least, most = number(lang, covered.least), number(lang, covered.most)
        said.append(_BAND.into(lang).format(least=least, most=most))
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
        return (_PROVEN if question.target is None else _FEWEST).into(lang)
    return _NOT_PROVEN.into(lang).format(
        seconds=plain(lang, question.time_limit_s), gap=_upwards(lang, float(first["gap"]))
    )


def _of_greedy(siting: Siting) -> str:
    lang, question = siting.result.lang, siting.question
    exact, greedy = siting.of("exact"), siting.of("greedy")
    if question.target is not None:
        if len(greedy) <= len(exact):
            return _GREEDY_SAME.into(lang)
        return _GREEDY_MORE.into(lang).format(count=number(lang, len(greedy)))
    if question.method == "median":
        best, other = (float(rows["mean_m"].iloc[-1]) for rows in (exact, greedy))
        if other <= best:
            return _GREEDY_SAME.into(lang)
        return _GREEDY_FARTHER.into(lang).format(mean=length(lang, other))
    best, other = (int(rows["gain"].sum()) for rows in (exact, greedy))
    if other >= best:
        return _GREEDY_SAME.into(lang)
    less = _upwards(lang, (best - other) / best)
    return _GREEDY_LESS.into(lang).format(less=less, gain=number(lang, other))


def _upwards(lang: Lang, share: float) -> str:
    """Write a small share so that it never shows as nothing."""
    return percent(lang, max(share, 0.001)) if share else percent(lang, 0)


def _covered(label: Text, siting: Siting, covered: Covered) -> list[tuple[str, str]]:
    """Give what is covered with its share; below it the band, where there is one."""
    lang = siting.result.lang
    said = label.into(lang).format(what=what(siting))
    share = percent(lang, covered.value / siting.total.value)
    figures = [(said[:1].upper() + said[1:], f"{number(lang, covered.value)} ({share})")]
    if covered.least != covered.most:
        band = f"{number(lang, covered.least)}–{number(lang, covered.most)}"
        figures.append((_LIMITS.into(lang), band))
    return figures
