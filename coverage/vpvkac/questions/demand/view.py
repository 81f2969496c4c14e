"""What `demand` says on the terminal."""

from __future__ import annotations

from vpvkac.questions.demand import accounting
from vpvkac.questions.demand.answer import Demand
from vpvkac.texts import words
from vpvkac.texts.formats import number, percent, plain, threshold
from vpvkac.texts.message import Lang, Message

TITLE = Message("Origins: the nearest contact point and the nearest stop")
_READ = Message("Rows read")
_USED = Message("Rows used")
_DROPPED = {
    accounting.NOT_A_NUMBER: Message("Not used: a coordinate is not a number"),
    accounting.NO_COORDINATES: Message("Not used: no coordinates"),
    accounting.BAD_WEIGHT: Message("Not used: no valid weight"),
    accounting.OUTSIDE: Message("Not used: more than 50 km outside the territorial units"),
}
_NO_UNIT = Message("In no territorial unit")
_WITHIN = Message("Within {t} of a stop")
_PLACE_WITHIN = Message("Within {t} of a contact point")
_WEIGHT = Message("Sum of weights")
_WEIGHT_WITHIN = Message("Weights within {t} of a stop")
_WEIGHT_PLACE_WITHIN = Message("Weights within {t} of a contact point")
_READING = Message("Origins: {rows} ({share})")
_FILES = Message("Files: {}")


def reading(rows: int, share: float, lang: Lang) -> str:
    """Say how far the reading of the origins is."""
    return _READING.text(lang).format(rows=number(lang, rows), share=percent(lang, round(share, 2)))


def headline(found: Demand, lang: Lang) -> str:
    """Say the counts under the title, and which files were written."""
    rows = [
        (label, plain(lang, count, decimals) + (f" ({percent(lang, count / of)})" if of else ""))
        for label, count, of, decimals in _rows(found, lang)
    ]
    width = max(len(label) for label, _ in rows)
    said = [words.SAMPLE.text(lang)] if found.result.synthetic else []
    counts = [f"{label:<{width}}  {value}" for label, value in rows]
    files = _FILES.text(lang).format(", ".join(map(str, found.files)))
    return "\n".join([TITLE.text(lang), *said, "", *counts, "", files])


def _rows(found: Demand, lang: Lang) -> list[tuple[str, float, float, int]]:
    """List label, count, what it is a share of (0: of nothing) and decimals."""
    units = found.units
    limit = threshold(lang, found.result.threshold_m)
    rows = [(_READ.text(lang), float(found.read), 0.0, 0),
            (_USED.text(lang), float(found.used), 0.0, 0)]  # fmt: skip
    rows += [(_DROPPED[why].text(lang), float(count), 0.0, 0)
             for why, count in found.dropped.items() if count]  # fmt: skip
    if homeless := int(units["origins"].iloc[-1]):
        rows.append((_NO_UNIT.text(lang), float(homeless), 0.0, 0))
    shown = [("within", _WITHIN), ("place_within", _PLACE_WITHIN)]
    whole = float(found.used)
    if found.weighed:
        whole_weight = float(units["weight"].sum())
        shown += [("weight", _WEIGHT), ("weight_within", _WEIGHT_WITHIN),
                  ("weight_place_within", _WEIGHT_PLACE_WITHIN)]  # fmt: skip
    for name, label in shown:
        if units[name].notna().any():
            of = 0.0 if name == "weight" else whole_weight if "weight" in name else whole
            total = float(units[name].sum())
            decimals = 0 if total == round(total) else 3
            rows.append((label.text(lang).format(t=limit), total, of, decimals))
    return rows
