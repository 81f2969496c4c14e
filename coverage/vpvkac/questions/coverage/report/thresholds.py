"""How the headline would move with another threshold, and the curve behind it.

The place chosen for a unit is the one nearest to a stop and does not depend
on the threshold, so other thresholds need no other network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac.analysis import coverage
from vpvkac.analysis.network import is_open_centre
from vpvkac.questions.coverage import wording
from vpvkac.questions.coverage.report.bands import written_share
from vpvkac.render import charts
from vpvkac.texts import formats, words
from vpvkac.texts.formats import threshold
from vpvkac.views.page import Cell, Column, Table

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang

LOWER_M, UPPER_M = 600.0, 800.0
_CURVE_TO_M, _CURVE_STEP_M = 2000, 10
_READ_AT_M = (350.0, 700.0, 1500.0)


def thresholds_table(result: Result) -> Table:
    """Give the figures about reach at 600 m, 800 m and the run's own threshold."""
    lang, own = result.lang, result.threshold_m
    limits = sorted({LOWER_M, own, UPPER_M})
    columns = [
        Column(words.COLUMNS["figure"].text(lang)),
        *(Column(_limit_label(lang, limit, own), number=True) for limit in limits),
    ]
    at = [_figures(_distances(result), limit) for limit in limits]
    rows: list[list[Cell]] = [
        [text.text(lang), *(_written(lang, code, figures[code]) for figures in at)]
        for code, text in wording.MEASURED.items()
    ]
    return Table("limits", wording.THRESHOLDS_CAPTION.text(lang), columns, rows)


def moves(result: Result) -> str:
    """Say in a sentence how far the choice of the threshold matters."""
    lang, distances = result.lang, _distances(result)
    low, own, high = (
        _figures(distances, limit) for limit in (LOWER_M, result.threshold_m, UPPER_M)
    )
    return wording.MOVES.text(lang).format(
        lower=threshold(lang, LOWER_M),
        upper=threshold(lang, UPPER_M),
        threshold=threshold(lang, result.threshold_m),
        lower_share=written_share(lang, low["points_within_share"]),
        upper_share=written_share(lang, high["points_within_share"]),
        share=written_share(lang, own["points_within_share"]),
        swing=formats.number(lang, high["points_within"] - low["points_within"]),
    )


def curve(result: Result) -> Markup:
    """Draw the share of points with a stop no farther than each distance."""
    lang = result.lang
    points = np.sort(_distances(result)["points"])
    metres = np.arange(0, _CURVE_TO_M + 1, _CURVE_STEP_M, dtype=float)
    shares = np.searchsorted(points, metres, side="right") / len(points)
    marks = sorted({LOWER_M, result.threshold_m, UPPER_M})
    return charts.curve(
        list(zip(metres.tolist(), shares.tolist(), strict=True)),
        marks=[(limit, threshold(lang, limit), limit == result.threshold_m) for limit in marks],
        title=wording.CURVE_TITLE.text(lang),
        text=_curve_text(result, points),
        axis=wording.AXIS.text(lang),
        lang=lang,
    )


def _curve_text(result: Result, points: np.ndarray) -> str:
    lang = result.lang
    steps = [
        wording.CURVE_STEP.text(lang).format(
            distance=threshold(lang, limit),
            share=written_share(lang, coverage.share(int((points <= limit).sum()), len(points))),
        )
        for limit in _READ_AT_M
    ]
    return wording.CURVE_TEXT.text(lang).format(steps="; ".join(steps))


def _distances(result: Result) -> dict[str, np.ndarray]:
    """Gather the distances of everything whose reach is judged, as measured."""
    places, network = result.places, result.network
    libraries = places["host"] == "library"
    groups: dict[str, pd.Series] = {
        "centres": places.loc[is_open_centre(places), "distance_m"],
        "points": network["distance_m"],
        "library_points": network.loc[network["host"] == "library", "distance_m"],
        "libraries": places.loc[libraries, "distance_m"],
        "libraries_chosen": coverage.chosen_places(places, "library")["distance_m"],
    }
    return {name: metres.dropna().to_numpy(float) for name, metres in groups.items()}


def _figures(distances: dict[str, np.ndarray], limit: float) -> dict[str, float]:
    """Count what is within a limit and beyond it; NaN where there is nothing to judge."""
    figures: dict[str, float] = {}
    for name, metres in distances.items():
        within = int((metres <= limit).sum()) if len(metres) else np.nan
        figures[f"{name}_within"] = within
        figures[f"{name}_beyond"] = len(metres) - within
        figures[f"{name}_within_share"] = coverage.share(within, len(metres))
    return figures


def _written(lang: Lang, code: str, value: float) -> str:
    if np.isnan(value):
        return ""
    return written_share(lang, value) if code.endswith("share") else formats.number(lang, value)


def _limit_label(lang: Lang, limit: float, own: float) -> str:
    shown = threshold(lang, limit)
    return wording.OF_THIS_RUN.text(lang).format(threshold=shown) if limit == own else shown
