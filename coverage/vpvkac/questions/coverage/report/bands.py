"""Bands of distance: how many contact points lie how far from their nearest stop.

The bands are the published ones, (0, 350], (350, 700], (700, 1500] and over
1500 m, whatever the threshold: reports made with different thresholds can
then be compared.  Every decision is taken on the distance as measured, to
0.001 m, and not on the rounded one that tables show.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.coverage import share
from vpvkac.questions.coverage import wording
from vpvkac.render import charts
from vpvkac.texts import formats, words
from vpvkac.texts.formats import threshold
from vpvkac.views.page import Cell, Column, Link, Table

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang, Text

EDGES_M = (350.0, 700.0, 1500.0)
_BANDS = range(len(EDGES_M) + 1)
_KINDS = ("state_city", "town", "parish", "municipality", "republic_city", "undivided")


def band_tables(result: Result) -> list[Table]:
    """Give the bands for the whole country, by kind of unit, region and municipality."""
    points = _banded(pd.DataFrame(result.network.drop(columns="geometry")))
    return [
        _nation(points, result),
        _by_kind(points, result),
        _by_region(points, result),
        _by_municipality(points, result),
    ]


def band_labels(lang: Lang) -> list[str]:
    """Name the bands in words, the nearest first."""
    edges = [threshold(lang, edge) for edge in EDGES_M]
    between = [
        wording.OVER_TO.text(lang).format(lower=lower, upper=upper)
        for lower, upper in pairwise(edges)
    ]
    first = wording.UP_TO.text(lang).format(upper=edges[0])
    return [first, *between, wording.OVER.text(lang).format(lower=edges[-1])]


def threshold_note(result: Result) -> str:
    """Say that the bands are fixed, and where the run's threshold lies among them."""
    lang, limit = result.lang, result.threshold_m
    shown = threshold(lang, limit)
    if limit == EDGES_M[1]:
        where = wording.THRESHOLD_ON_EDGE.text(lang).format(threshold=shown)
    else:
        where = wording.THRESHOLD_IN_BAND.text(lang).format(
            threshold=shown,
            band=band_labels(lang)[int(np.searchsorted(EDGES_M, limit))],
            within=_within_label(result),
        )
    return wording.BANDS_NOTE.text(lang).format(where=where)


def _banded(network: pd.DataFrame) -> pd.DataFrame:
    """Mark the band of every point; a unit with no point has none."""
    metres = network["distance_m"].to_numpy(float, na_value=np.nan)
    bands = np.where(np.isnan(metres), -1, np.searchsorted(EDGES_M, metres, side="left"))
    flags = {f"band_{band}": bands == band for band in _BANDS}
    within = network["within"].astype("boolean").fillna(value=False).astype(bool)
    return network.assign(**flags, reached=within, measured=bands >= 0)


def _nation(points: pd.DataFrame, result: Result) -> Table:
    lang = result.lang
    columns = [
        Column(wording.POINTS.text(lang)),
        Column(words.COLUMNS["places"].text(lang), number=True),
        *_band_columns(lang),
        Column(_within_label(result), number=True),
        Column(wording.SHARES_CHART.text(lang)),
    ]
    groups = [(wording.ALL_POINTS.text(lang), points[points["measured"]])]
    for status, text in wording.POINTS_OF.items():
        of_status = points[points["measured"] & (points["status"] == status)]
        if len(of_status):
            groups.append((text.text(lang), of_status))
    rows = [_row(label, group, lang, shares=True) for label, group in groups]
    columns[1] = Column(wording.CASES.text(lang), number=True)
    return Table("nation", wording.BANDS_NATION.text(lang), columns, rows)


def _by_kind(points: pd.DataFrame, result: Result) -> Table:
    present = [kind for kind in _KINDS if (points["kind"] == kind).any()]
    groups = [(words.KINDS[kind].text(result.lang), points["kind"] == kind) for kind in present]
    heading = words.heading(result.lang, "kind", result.threshold_m)
    return _table("kinds", wording.BANDS_KIND, heading, groups, points, result)


def _by_region(points: pd.DataFrame, result: Result) -> Table:
    names = sorted(points["region"].unique(), key=formats.collation_key)
    groups = [(name, points["region"] == name) for name in names]
    heading = words.heading(result.lang, "region", result.threshold_m)
    return _table("regions", wording.BANDS_REGION, heading, groups, points, result)


def _by_municipality(points: pd.DataFrame, result: Result) -> Table:
    pairs = points[["municipality_name", "municipality"]].drop_duplicates()
    ordered = sorted(
        pairs.itertuples(index=False), key=lambda pair: (formats.collation_key(pair[0]), pair[1])
    )
    groups = [
        (Link(name, f"municipalities/{code}/index.html"), points["municipality"] == code)
        for name, code in ordered
    ]
    heading = words.heading(result.lang, "municipality_name", result.threshold_m)
    caption = wording.BANDS_MUNICIPALITY
    return _table("municipalities", caption, heading, groups, points, result)


def _table(
    key: str,
    caption: Text,
    heading: str,
    groups: Iterable[tuple[str | Link, pd.Series]],
    points: pd.DataFrame,
    result: Result,
) -> Table:
    lang = result.lang
    columns = [
        Column(heading),
        Column(wording.UNITS.text(lang), number=True),
        Column(wording.WITH_OPEN.text(lang), number=True),
        *_band_columns(lang),
        Column(wording.WITHOUT_POINT.text(lang), number=True),
        Column(_within_label(result), number=True),
        Column(wording.SHARES_CHART.text(lang)),
    ]
    rows = [_group_row(label, points[chosen], lang) for label, chosen in groups]
    return Table(key, caption.text(lang), columns, rows, wide=True)


def _group_row(label: str | Link, group: pd.DataFrame, lang: Lang) -> list[Cell]:
    name, count, *bands, within, bar = _row(label, group, lang, shares=False)
    opened = formats.number(lang, int((group["status"] == "existing").sum()))
    without = formats.number(lang, int((group["status"] == "none").sum()))
    return [name, count, opened, *bands, without, within, bar]


def _row(label: str | Link, group: pd.DataFrame, lang: Lang, *, shares: bool) -> list[Cell]:
    counts = [int(group[f"band_{band}"].sum()) for band in _BANDS]
    measured = sum(counts)
    within = share(int(group["reached"].sum()), measured)
    written = [formats.number(lang, count) for count in counts]
    if shares:
        written = [
            f"{count} ({written_share(lang, share(whole, measured))})"
            for count, whole in zip(written, counts, strict=True)
        ]
    return [
        label,
        formats.number(lang, len(group)),
        *written,
        written_share(lang, within),
        charts.stacked(counts),
    ]


def written_share(lang: Lang, value: float) -> str:
    """Write a share; nothing where there is none."""
    return "" if np.isnan(value) else formats.percent(lang, value)


def _band_columns(lang: Lang) -> list[Column]:
    return [Column(label, number=True) for label in band_labels(lang)]


def _within_label(result: Result) -> str:
    return words.within_reach(result.lang, result.threshold_m) + ", %"
