"""Sections on distance: how many points lie how far from a stop, and reach at other thresholds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.analysis.coverage import (
    BANDS,
    EDGES_M,
    LOWER_M,
    UPPER_M,
    count_bands,
    distances,
    reach_at,
    shares_within,
)
from vpvkac.render import charts
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Lang, Message, Text, in_context
from vpvkac.views.page import Block, Cell, Column, Legend, Link, Note, Section, Table
from vpvkac.views.writer import Field, Writer, tabulate

if TYPE_CHECKING:
    from markupsafe import Markup

    from vpvkac.questions.coverage.view import Result


_KINDS = ("state_city", "town", "parish", "municipality", "republic_city", "undivided")
_CURVE_TO_M, _CURVE_STEP_M = 2000, 10
_READ_AT_M = (350.0, 700.0, 1500.0)
_STATUSES = {
    "existing": Message("Existing centres"),
    "announced": Message("Announced centres"),
    "planned": Message("Planned points"),
}
_FIGURES = {
    "centres_within": Message("Existing centres within the threshold"),
    "centres_beyond": Message("Existing centres beyond the threshold"),
    "points_within": Message("Points within the threshold"),
    "points_beyond": Message("Points beyond the threshold"),
    "points_within_share": Message("Points within the threshold, %"),
    "library_points_within_share": Message("Points in libraries within the threshold, %"),
    "libraries_chosen_within_share": Message("Chosen libraries within the threshold, %"),
    "libraries_within_share": Message("All libraries within the threshold, %"),
}


def bands_section(result: Result) -> Section:
    """Count contact points by band: the whole country, by kind of unit, region, municipality."""
    write = Writer.of(result)
    colours = [(f"band-{number}", label) for number, label in enumerate(band_labels(result.lang))]
    blocks: list[Block] = _not_measured(result) or [
        _threshold_note(write),
        Legend(write(Message("Bands in the charts, from the left")), colours),
        *_tables(result, write),
    ]
    return Section("bands", write(Message("Distance to the nearest stop")), blocks)


def band_labels(lang: Lang) -> list[str]:
    """Name the bands in words, the nearest first."""
    edges = [formats.threshold(lang, edge) for edge in EDGES_M]
    between = Message("Over {lower}, up to {upper}").text(lang)
    return [
        Message("Up to {upper}").text(lang).format(upper=edges[0]),
        *(between.format(lower=lower, upper=upper) for lower, upper in pairwise(edges)),
        Message("Over {lower}").text(lang).format(lower=edges[-1]),
    ]


def _not_measured(result: Result) -> list[Block]:
    """Say that there are no stops; nothing where reach is known."""
    if result.network["within"].notna().any():
        return []
    return [Note(f"{words.NO_STOPS.text(result.lang)}.", "note")]


def _threshold_note(write: Writer) -> str:
    """Say that the bands are fixed, and where the run's threshold lies among them."""
    if write.threshold_m in EDGES_M[1:2]:
        where = write(
            Message(
                "The threshold of {threshold} is an edge between bands: the blue ones are within "
                "it, the orange ones beyond."
            ),
            threshold=write.threshold(),
        )
    else:
        where = write(
            Message(
                "The threshold of {threshold} lies inside the band “{band}”, so reach is shown by "
                "the column “{within}” and not by a sum of bands."
            ),
            threshold=write.threshold(),
            band=band_labels(write.lang)[int(np.searchsorted(EDGES_M, write.threshold_m))],
            within=_within_label(write),
        )
    note = Message(
        "The upper edge of a band belongs to it. The bands are fixed, so that reports can be "
        "compared. {where}"
    )
    return write(note, where=where)


def _within_label(write: Writer) -> str:
    return words.within_reach(write.lang, write.threshold_m) + ", %"


def _tables(result: Result, write: Writer) -> list[Table]:
    network = pd.DataFrame(result.network.drop(columns="geometry"))
    names = dict(zip(network["municipality"], network["municipality_name"], strict=True))
    kinds = {kind: write(words.KINDS[kind]) for kind in _KINDS if (network["kind"] == kind).any()}
    regions = sorted(network["region"].unique(), key=collation_key)
    municipalities = {
        code: Link(names[code], f"municipalities/{code}/index.html")
        for code in sorted(names, key=lambda code: (collation_key(names[code]), code))
    }

    def groups(key: str, caption: Text, heading: str, by: str, labels: Mapping[Any, Cell]) -> Table:
        counts = count_bands(network, by).to_dict("index")
        rows = [{"label": label, **counts[group]} for group, label in labels.items()]
        fields = [
            write.field(heading, lambda row: row["label"]),
            write.field(Message("Units"), "units"),
            write.field(
                Message("With an open centre"),
                lambda row: write.number(row["existing"]),
                number=True,
            ),
            *_band_fields(write, shares=False),
            write.field(in_context("heading", "No point"), "none"),
            *_share_fields(write),
        ]
        return tabulate(key, write(caption), fields, rows, wide=True)

    return [
        _nation(network, write),
        groups("kinds", Message("By kind of unit"), "kind", "kind", kinds),
        groups(
            "regions", Message("By statistical region"), "region", "region",
            {region: region for region in regions},
        ),
        groups(
            "municipalities", Message("By municipality"), "municipality_name", "municipality",
            municipalities,
        ),
    ]  # fmt: skip


def _nation(network: pd.DataFrame, write: Writer) -> Table:
    """Give all points that are measured, and those of each status, with shares."""
    measured = network[network["distance_m"].notna()]
    of_status = {text: measured[measured["status"] == code] for code, text in _STATUSES.items()}
    rows = [
        {"label": write(label), **count_bands(points).loc["all"]}
        for label, points in {Message("All contact points"): measured, **of_status}.items()
        if len(points)
    ]

    fields = [
        write.field(Message("Contact points"), lambda row: row["label"]),
        write.field(Message("Count"), "units"),
        *_band_fields(write, shares=True),
        *_share_fields(write),
    ]
    caption = Message("Contact points by distance to the nearest stop, all Latvia")
    return tabulate("nation", write(caption), fields, rows)


def _counted(write: Writer, column: str) -> Callable[[Any], str]:
    return lambda row: write.number(row[column])


def _band_fields(write: Writer, *, shares: bool) -> list[Field]:
    """Give the counts of the bands; of a whole with the share of each."""

    def counted(band: str) -> Callable[[Any], str]:
        if not shares:
            return _counted(write, band)
        return lambda row: f"{write.number(row[band])} ({write.share(row[band] / row['measured'])})"

    labels = zip(BANDS, band_labels(write.lang), strict=True)
    return [Field(Column(label, number=True), counted(band)) for band, label in labels]


def _share_fields(write: Writer) -> list[Field]:
    """Give the share within reach, and a bar of the bands."""
    within = _within_label(write)
    return [
        Field(Column(within, number=True), lambda row: write.share(row["within_share"])),
        write.field(
            Message("Distribution"),
            lambda row: charts.stacked_bar([int(row[band]) for band in BANDS]),
        ),
    ]


def thresholds_section(result: Result) -> Section:
    """Say how the figures about reach would move with another threshold."""
    write = Writer.of(result)
    title = write(Message("How the result changes with another threshold"))
    blocks = _not_measured(result)
    if not blocks:
        metres = distances(result.network, result.places)
        limits = sorted({LOWER_M, write.threshold_m, UPPER_M})
        at = {limit: reach_at(metres, limit) for limit in limits}
        blocks = [
            _moves(at, write), _thresholds_table(at, write), _curve(metres["points"], limits, write)
        ]  # fmt: skip
    return Section("thresholds", title, blocks)


# Figures of `reach_at` by threshold.
_At = Mapping[float, Mapping[str, float]]


def _moves(at: _At, write: Writer) -> str:
    """Say in a sentence how far the choice of the threshold matters."""
    low, own, high = (at[limit] for limit in (LOWER_M, write.threshold_m, UPPER_M))
    return write(
        Message(
            "With a threshold of {lower}, {lower_share} of the points would be within reach, with "
            "{upper} {upper_share}, with {threshold} {share}. Points whose verdict depends on the "
            "choice between {lower} and {upper}: {swing}."
        ),
        lower=write.threshold(LOWER_M),
        upper=write.threshold(UPPER_M),
        threshold=write.threshold(),
        lower_share=write.share(low["points_within_share"]),
        upper_share=write.share(high["points_within_share"]),
        share=write.share(own["points_within_share"]),
        swing=write.number(high["points_within"] - low["points_within"]),
    )


def _thresholds_table(at: _At, write: Writer) -> Table:
    """Give the figures at 600 m, 800 m and the run's own threshold."""

    def label(limit: float) -> str:
        shown = write.threshold(limit)
        own = limit == write.threshold_m
        return write(Message("{threshold} (this run)"), threshold=shown) if own else shown

    def figure(limit: float) -> Callable[[str], str]:
        def written(code: str) -> str:
            value = at[limit][code]
            return write.share(value) if code.endswith("share") else write.number(value)

        return written

    fields = [
        write.field("figure", lambda code: write(_FIGURES[code])),
        *(Field(Column(label(limit), number=True), figure(limit)) for limit in at),
    ]
    caption = Message("The figures at thresholds of 600 m, 800 m and that of this run")
    return tabulate("limits", write(caption), fields, _FIGURES)


def _curve(metres: np.ndarray, limits: Sequence[float], write: Writer) -> Markup:
    """Draw the share of points with a stop no farther than each distance."""
    along = np.arange(0, _CURVE_TO_M + 1, _CURVE_STEP_M, dtype=float)
    shares = shares_within(metres, along)
    steps = [
        write(
            Message("{distance}: {share}"),
            distance=write.threshold(limit),
            share=write.share(share),
        )
        for limit, share in zip(_READ_AT_M, shares_within(metres, _READ_AT_M), strict=True)
    ]
    text = Message(
        "The curve grows with the distance: {steps}. The vertical lines mark the thresholds."
    )
    return charts.curve(
        list(zip(along.tolist(), shares.tolist(), strict=True)),
        marks=[(limit, write.threshold(limit), limit == write.threshold_m) for limit in limits],
        title=write(
            Message("Share of contact points with a stop no farther than the distance given")
        ),
        text=write(text, steps="; ".join(steps)),
        axis=write(Message("Straight-line distance, m")),
        lang=write.lang,
    )
