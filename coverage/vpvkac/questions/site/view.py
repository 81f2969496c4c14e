"""What is shown of a siting: what was looked for, its figures, and how good it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vpvkac.questions.site.answer import Answer
from vpvkac.texts.formats import NBSP, length, number, percent, plain
from vpvkac.texts.message import Lang, Message, Text, in_context

TITLE = Message("Where to put the next points")
CANDIDATES = Message("Candidate places")
_KILOMETRE = 1000
_WEIGHED = {
    "population": Message("residents"),
    "units": in_context("genitive", "territorial units"),
}
_NEARER = {"population": Message(" per resident"), "units": Message(" per unit")}
_STAYS = {
    "open": Message("Existing centres"),
    "network": Message("Existing, announced, planned"),
}
_SHOWN = {
    "points": Message(
        "New points: {count}. Together with those that stay they cover the most {what} within "
        "{radius} in a straight line."
    ),
    "target": Message(
        "Target: cover {target} of the {what} within {radius} in a straight line. New points "
        "needed: {count}."
    ),
    "median": Message(
        "New points: {count}. With them the mean straight-line distance of {what} to the nearest "
        "point is the smallest."
    ),
}
_GREEDY_SAME = Message(
    "Choosing places one by one, each time the one that gains most, gives an equally good result."
)


def weighed_noun(siting: Answer, lang: Lang) -> str:
    """Name what is weighed, as in "12 iedzīvotāju"."""
    return _WEIGHED[siting.question.weights or "units"].text(lang)


def radius(siting: Answer, lang: Lang) -> str:
    """Write the radius with its unit."""
    radius_m = siting.question.radius_m
    if radius_m < _KILOMETRE:
        return f"{plain(lang, radius_m)}{NBSP}m"
    return f"{plain(lang, radius_m / _KILOMETRE, 3)}{NBSP}km"


def locked_label(siting: Answer, lang: Lang) -> str:
    """Name the points that stay."""
    return _STAYS[siting.question.existing].text(lang)


def aim(siting: Answer, lang: Lang) -> str:
    """Say in a sentence what was looked for."""
    question = siting.question
    is_cover = "points" if question.target is None else "target"
    text = _SHOWN["median" if question.method == "median" else is_cover]
    return text.text(lang).format(
        count=number(lang, len(siting.of("exact"))),
        what=weighed_noun(siting, lang),
        radius=radius(siting, lang),
        target="" if question.target is None else percent(lang, question.target),
    )


def gain_label(siting: Answer, gain: float, lang: Lang) -> str:
    """Write what a point gains: residents or units, or weighted kilometres."""
    if pd.isna(gain):
        return ""
    if siting.question.method == "cover":
        return f"+{number(lang, gain)}"
    of = _NEARER[siting.question.weights or "units"].text(lang)
    return f"−{length(lang, gain / siting.total.value)}{of}"


def figures(siting: Answer, lang: Lang) -> list[tuple[str, str]]:
    """Give the key figures, label and value; below what is covered the band, where there is one."""
    rows = siting.of("exact")
    found: list[tuple[Text, str]] = [
        (_STAYS[siting.question.existing], number(lang, len(siting.locked))),
        (CANDIDATES, number(lang, len(siting.candidates))),
        (Message("New points"), number(lang, len(rows))),
        (Message("Radius"), radius(siting, lang)),
    ]
    what = _WEIGHED[siting.question.weights or "units"]
    for label, covered in (
        (Message("{what} covered now", what=what), siting.before),
        (Message("{what} covered afterwards", what=what), siting.after),
    ):
        share = percent(lang, covered.value / siting.total.value)
        found.append((label, f"{number(lang, covered.value)} ({share})"))
        if covered.least != covered.most:
            band = f"{number(lang, covered.least)}–{number(lang, covered.most)}"
            found.append((Message("Possible range"), band))
    if siting.question.method == "median":
        if not np.isnan(siting.mean_before_m):
            found.append((Message("Mean distance now"), length(lang, siting.mean_before_m)))
        if len(rows):
            mean = length(lang, rows["mean_m"].iloc[-1])
            found.append((Message("Mean distance afterwards"), mean))
    texts = [(label.text(lang), value) for label, value in found]
    return [(label[:1].upper() + label[1:], value) for label, value in texts]


def sentences(siting: Answer, lang: Lang) -> list[str]:
    """Say how good the answer is, and what the greedy one would be."""
    question, rows = siting.question, siting.of("exact")
    if rows.empty and question.target is not None:
        return [Message("The points that stay reach the target already.").text(lang)]
    found = []
    if question.target is None and len(rows) < question.points:
        found.append(
            Message(
                "Further points would gain nothing: all that the candidate places could add is "
                "already covered."
            ).text(lang)
        )
    if len(rows):
        found += [_quality(siting, lang), _greedy(siting, lang)]
    least, most = siting.after.least, siting.after.most
    if least != most:
        band = Message(
            "Grid cells with 1 to 10 residents are published as 5, so limits are given for the sum "
            "({least}–{most})."
        )
        found.append(band.text(lang).format(least=number(lang, least), most=number(lang, most)))
    return found


def terminal_lines(siting: Answer, lang: Lang) -> list[str]:
    """List the points for a terminal, and say how good they are."""
    listed = [
        f"{row['rank']:3d}. {row['place_name']} ({row['unit_name']}) "
        f"{gain_label(siting, row['gain'], lang)}"
        for row in siting.of("exact").to_dict("records")
    ]
    return [*listed, *sentences(siting, lang)]


def _quality(siting: Answer, lang: Lang) -> str:
    question, first = siting.question, siting.of("exact").iloc[0]
    if not first["optimal"]:
        not_proven = Message(
            "Within the time limit ({seconds} s) it was not proven that there is nothing better; a "
            "better choice could gain at most {gap} more. Another computer may give another result."
        )
        seconds = plain(lang, question.time_limit_s)
        return not_proven.text(lang).format(
            seconds=seconds, gap=_never_zero(lang, float(first["gap"]))
        )
    if question.target is None:
        return Message("It is proven that there is no better choice.").text(lang)
    return Message("It is proven that fewer points cannot reach the target.").text(lang)


def _greedy(siting: Answer, lang: Lang) -> str:
    question = siting.question
    exact, greedy = siting.of("exact"), siting.of("greedy")
    if question.target is not None:
        if len(greedy) > len(exact):
            more = Message(
                "Choosing places one by one, each time the one that gains most, needs more points: "
                "{count}."
            )
            return more.text(lang).format(count=number(lang, len(greedy)))
    elif question.method == "median":
        best, other = (float(rows["mean_m"].iloc[-1]) for rows in (exact, greedy))
        if other > best:
            farther = Message(
                "Choosing places one by one, each time the one that gains most, gives a mean "
                "distance of {mean}."
            )
            return farther.text(lang).format(mean=length(lang, other))
    else:
        best, other = (int(rows["gain"].sum()) for rows in (exact, greedy))
        if other < best:
            less = Message(
                "Choosing places one by one, each time the one that gains most, gains {less} less "
                "({gain})."
            )
            share = _never_zero(lang, (best - other) / best)
            return less.text(lang).format(less=share, gain=number(lang, other))
    return _GREEDY_SAME.text(lang)


def _never_zero(lang: Lang, share: float) -> str:
    """Write a small share so that it never shows as nothing."""
    return percent(lang, max(share, 0.001)) if share else percent(lang, 0)
