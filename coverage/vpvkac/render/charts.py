"""Charts drawn as SVG by ``charts.html``, which escapes every text; no plotting library is needed.

A chart that repeats the numbers of its table row is hidden from screen
readers; one that stands on its own has a title and its content in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from vpvkac.render.frame import template
from vpvkac.texts import formats
from vpvkac.texts.message import Lang

_TENTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
_TICK_M = 500.0


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
    return _draw("stacked", counts=counts, total=sum(counts)) if sum(counts) else Markup("")


def whole(segments: Sequence[Segment], *, key: str, title: str) -> Markup:
    """Draw a whole as one bar of parts, with a legend that gives each its number."""
    text = "; ".join(f"{segment.label}: {segment.written}" for segment in segments)
    return _draw("whole", segments=segments, key=key, title=title, text=text)


def bars(rows: Sequence[Bar], *, key: str, title: str, marks: Sequence[Mark] = ()) -> Markup:
    """Draw shares as bars from 0 to 100 %, with lines for targets."""
    texts = [f"{bar.label}: {bar.written}" for bar in rows] + [mark.label for mark in marks]
    return _draw("bars", bars=rows, marks=marks, key=key, title=title, text="; ".join(texts))


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
    ticks = [_TICK_M * step for step in range(int(farthest // _TICK_M) + 1)]
    return _draw(
        "curve",
        points=points,
        farthest=farthest,
        own_m=next(metres for metres, _, own in marks if own),
        marks=[mark for mark in marks if mark[0] <= farthest],
        across=[(share, formats.percent(lang, share)) for share in _TENTHS],
        along=[(tick, formats.number(lang, tick)) for tick in ticks],
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
    texts = []
    for one in series:
        by_year = zip(years, one.values, strict=True)
        values = [f"{year} – {formats.number(lang, value, 2)}" for year, value in by_year]
        texts.append(f"{one.label}: {', '.join(values)}")
    return _draw(
        "yearly",
        years=years,
        series=series,
        least=ticks[0],
        most=ticks[-1],
        across=[(tick, formats.plain(lang, tick)) for tick in ticks],
        key=key,
        title=title,
        text="; ".join(texts),
    )


def _draw(name: str, **content: object) -> Markup:
    """Draw with a macro of ``charts.html``, which escapes what it is given."""
    return Markup(getattr(template("charts.html").module, name)(content))  # noqa: S704
