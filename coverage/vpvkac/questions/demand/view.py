"""What `demand` says on the terminal."""

from __future__ import annotations

from vpvkac.questions.demand import tally
from vpvkac.questions.demand.answer import Demand
from vpvkac.texts import words
from vpvkac.texts.formats import number, percent, plain, threshold
from vpvkac.texts.message import Lang, Message

TITLE = Message("Origins: the nearest contact point and the nearest stop")
_DROPPED = {
    tally.NOT_A_NUMBER: Message("Not used: a coordinate is not a number"),
    tally.NO_COORDINATES: Message("Not used: no coordinates"),
    tally.BAD_WEIGHT: Message("Not used: no valid weight"),
    tally.OUTSIDE: Message("Not used: more than 50 km outside the territorial units"),
}
_TOTALS = {
    "within": Message("Within {t} of a stop"),
    "place_within": Message("Within {t} of a contact point"),
    "weight": Message("Sum of weights"),
    "weight_within": Message("Weights within {t} of a stop"),
    "weight_place_within": Message("Weights within {t} of a contact point"),
}


def reading(rows: int, share: float, lang: Lang) -> str:
    """Say how far the reading of the origins is."""
    text = Message("Origins: {rows} ({share})").text(lang)
    return text.format(rows=number(lang, rows), share=percent(lang, round(share, 2)))


def headline(demand: Demand, lang: Lang) -> str:
    """Say the counts under the title, and which files were written."""
    rows = [(Message("Rows read"), demand.read), (Message("Rows used"), demand.used)]
    rows += [(_DROPPED[why], count) for why, count in demand.dropped.items() if count]
    if demand.in_no_unit:
        rows.append((Message("In no territorial unit"), demand.in_no_unit))
    limit = threshold(lang, demand.result.threshold_m)
    lines = [(label.text(lang), plain(lang, float(count), 0)) for label, count in rows]
    for name, (total, share) in demand.totals.items():
        written = plain(lang, total, 0 if total == round(total) else 3)
        of = "" if share is None else f" ({percent(lang, share)})"
        lines.append((_TOTALS[name].text(lang).format(t=limit), written + of))
    width = max(len(label) for label, _ in lines)
    sample = [words.SAMPLE.text(lang)] if demand.result.synthetic else []
    counts = [f"{label:<{width}}  {value}" for label, value in lines]
    files = Message("Files: {}").text(lang).format(", ".join(map(str, demand.files)))
    return "\n".join([TITLE.text(lang), *sample, "", *counts, "", files])
