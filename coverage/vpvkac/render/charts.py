"""Charts drawn as SVG, by templates that escape every text; no plotting library is needed.

A chart that repeats the numbers of its table row is hidden from screen
readers; one that stands on its own has a title and its content in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from markupsafe import Markup

from vpvkac.render.frame import template
from vpvkac.texts import formats
from vpvkac.texts.message import Lang

_BAR_WIDTH, _WIDTH = 120.0, 400.0
_CURVE_LEFT, _CURVE_TOP, _CURVE_WIDTH, _CURVE_HEIGHT = 48, 36, 334, 190
_TENTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
_TICK_M = 500.0
_ROW, _HEAD, _LINE = 44, 6, 16
_YEAR_LEFT, _YEAR_RIGHT, _YEAR_TOP, _YEAR_BOTTOM = 44, 396, 12, 212
_COLUMN = 0.38
# A bar longer than this has its number inside.
_HALF = 0.5


class Bar(NamedTuple):
    """A bar of a chart: its label, its share (0-1) and that share in words."""

    label: str
    share: float
    written: str


class Mark(NamedTuple):
    """A line across the bars, such as a target."""

    share: float
    label: str


class Series(NamedTuple):
    """Values by year, in the order of the years: what they are, and the class of their colour."""

    label: str
    values: Sequence[float]
    style: str


class Segment(NamedTuple):
    """A part of a bar that is a whole: what it is, how many, and the class of its colour."""

    label: str
    size: int
    written: str
    style: str


def stacked_bar(counts: Sequence[int]) -> Markup:
    """Draw the bands of one table row as one bar; the row holds the numbers."""
    total = sum(counts)
    if not total:
        return Markup("")
    edges = [_BAR_WIDTH * sum(counts[:place]) / total for place in range(len(counts) + 1)]
    parts = [
        {"band": band, "x": start, "width": end - start}
        for band, (start, end) in enumerate(pairwise(edges))
        if end > start
    ]
    return _draw("stacked", width=_BAR_WIDTH, parts=parts)


def whole(segments: Sequence[Segment], *, key: str, title: str) -> Markup:
    """Draw a whole as one bar of parts, with a legend that gives each its number."""
    total = sum(segment.size for segment in segments)
    parts, start = [], 0.0
    for segment in segments:
        end = start + _WIDTH * segment.size / total
        parts.append({"x": start, "width": end - start, "segment": segment})
        start = end
    text = "; ".join(f"{segment.label}: {segment.written}" for segment in segments)
    return _draw("whole", parts=parts, key=key, title=title, text=text)


def bars(rows: Sequence[Bar], *, key: str, title: str, marks: Sequence[Mark] = ()) -> Markup:
    """Draw shares as bars from 0 to 100 %, with lines for targets."""
    top = _HEAD + _LINE * len(marks)
    shapes = [
        {
            "bar": bar,
            "y": top + _ROW * place,
            "width": _WIDTH * bar.share,
            "inside": bar.share > _HALF,
        }
        for place, bar in enumerate(rows)
    ]
    # The mark farthest right is named highest, so that no line runs through a label.
    lines = [
        {"mark": mark, "x": _WIDTH * mark.share, "y": _LINE * (len(marks) - place)}
        for place, mark in enumerate(marks)
    ]
    texts = [f"{bar.label}: {bar.written}" for bar in rows] + [mark.label for mark in marks]
    content = {"shapes": shapes, "lines": lines, "bottom": top + _ROW * len(rows)}
    return _draw("bars", key=key, title=title, text="; ".join(texts), **content)


def curve(
    points: Sequence[tuple[float, float]],
    *,
    marks: Sequence[tuple[float, str, bool]],
    title: str,
    text: str,
    axis: str,
    lang: Lang,
) -> Markup:
    """Draw a share (0-1) that grows with a distance in metres, both by distance.

    Marks are distances, their labels, and whether each is the run's own threshold.
    """
    farthest = points[-1][0]
    own_m = next(metres for metres, _, own in marks if own)

    def x(metres: float) -> float:
        return _CURVE_LEFT + _CURVE_WIDTH * metres / farthest

    def y(share: float) -> float:
        return _CURVE_TOP + _CURVE_HEIGHT * (1 - share)

    def anchor(metres: float) -> str:
        """Turn labels away from that of the run's own threshold."""
        return "middle" if metres == own_m else "end" if metres < own_m else "start"

    ticks = [_TICK_M * step for step in range(int(farthest // _TICK_M) + 1)]
    return _draw(
        "curve",
        line=" ".join(f"{_short(x(metres))},{_short(y(share))}" for metres, share in points),
        marks=[
            {"x": x(metres), "label": label, "own": own, "anchor": anchor(metres)}
            for metres, label, own in marks
            if metres <= farthest
        ],
        across=[{"y": y(share), "label": formats.percent(lang, share)} for share in _TENTHS],
        along=[{"x": x(tick), "label": formats.number(lang, tick)} for tick in ticks],
        left=_CURVE_LEFT,
        right=_CURVE_LEFT + _CURVE_WIDTH,
        top=_CURVE_TOP,
        bottom=_CURVE_TOP + _CURVE_HEIGHT,
        title=title,
        text=text,
        axis=axis,
    )


def yearly(
    years: Sequence[int],
    series: Sequence[Series],
    *,
    ticks: Sequence[float],
    key: str,
    title: str,
    lang: Lang,
) -> Markup:
    """Draw two series by year as columns that stand on zero, or hang from it.

    Ticks are values of the lines across, from the least to the most; they hold all values.
    """
    least, most = ticks[0], ticks[-1]
    step = (_YEAR_RIGHT - _YEAR_LEFT) / len(years)

    def y(value: float) -> float:
        return _YEAR_BOTTOM - (_YEAR_BOTTOM - _YEAR_TOP) * (value - least) / (most - least)

    columns = [
        {
            "style": one.style,
            "x": _YEAR_LEFT + step * (place + 0.5 + _COLUMN * (number - len(series) / 2)),
            "y": y(max(value, 0)),
            "height": abs(y(value) - y(0)),
        }
        for number, one in enumerate(series)
        for place, value in enumerate(one.values)
    ]
    texts = []
    for one in series:
        by_year = zip(years, one.values, strict=True)
        values = [f"{year} – {formats.number(lang, value, 2)}" for year, value in by_year]
        texts.append(f"{one.label}: {', '.join(values)}")
    return _draw(
        "yearly",
        columns=columns,
        width=step * _COLUMN,
        zero=y(0),
        across=[{"y": y(tick), "label": formats.plain(lang, tick)} for tick in ticks],
        along=[
            {"x": _YEAR_LEFT + step * (place + 0.5), "label": str(year)}
            for place, year in enumerate(years)
        ],
        left=_YEAR_LEFT,
        right=_YEAR_RIGHT,
        bottom=_YEAR_BOTTOM,
        series=series,
        key=key,
        title=title,
        text="; ".join(texts),
    )


def _draw(name: str, **shapes: object) -> Markup:
    """Draw with a macro of ``charts.html``, which escapes what it is given."""
    drawn = getattr(template("charts.html").module, name)(_lengths(shapes))
    return Markup(drawn)  # noqa: S704


def _lengths(shapes: Any) -> Any:
    """Write the lengths that shapes hold."""
    if isinstance(shapes, dict):
        return {key: _lengths(shape) for key, shape in shapes.items()}
    if isinstance(shapes, list):
        return [_lengths(shape) for shape in shapes]
    return _short(shapes) if isinstance(shapes, float) else shapes


def _short(value: float) -> str:
    """Write a length with at most one decimal: the same text on every machine."""
    return f"{round(value, 1):g}"
