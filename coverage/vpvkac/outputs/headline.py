"""The headline: the figures a planner looks for first, as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac import formats, words

if TYPE_CHECKING:
    from vpvkac.language import Lang
    from vpvkac.result import Result

_SHOWN = (
    "units", "municipalities", "centres", "centres_announced", "centres_within", "centres_beyond",
    "units_existing", "units_announced", "units_planned", "units_none", "points_within",
    "points_beyond", "points_uncertain", "points_within_share", "libraries_chosen_within_share",
    "library_points_within_share", "post_offices", "stops", "municipalities_with_centre",
    "area_share_existing",
)  # fmt: skip
_UNKNOWN = "–"


def headline(result: Result) -> str:
    """Lay the main criteria out in two columns, label and value."""
    lang = result.lang
    first = result.summary.drop_duplicates("criterion").set_index("criterion")
    rows = [
        (
            words.criterion(lang, code, result.threshold_m),
            _value(lang, first["value"][code], first["measure"][code]),
        )
        for code in _SHOWN
    ]
    width = max(len(label) for label, _ in rows)
    reach = max(len(value) for _, value in rows)
    lines = [result.title or words.NETWORK.into(lang)]
    if result.synthetic:
        lines.append(words.SAMPLE.into(lang))
    lines += [_about(result), ""]
    table = [f"{label:<{width}}  {value:>{reach}}" for label, value in rows]
    return "\n".join([*lines, *table, ""])


def _about(result: Result) -> str:
    lang = result.lang
    parts = [words.layout_label(lang, result.layout)] if result.layout else []
    parts += [
        f"{words.STOP_SET.into(lang)}: {words.STOP_SETS[result.stop_set].into(lang)}",
        f"{words.THRESHOLD.into(lang)}: {formats.plain(lang, result.threshold_m)}\u00a0m",
    ]
    return "; ".join(parts)


def _value(lang: Lang, value: float, measure: str) -> str:
    if np.isnan(value):
        return _UNKNOWN
    return (
        formats.percent(lang, value) if measure.startswith("share") else formats.number(lang, value)
    )
