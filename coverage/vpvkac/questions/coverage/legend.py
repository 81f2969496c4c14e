"""The legend of contact points, one on every map: form is the kind, fill the status, colour reach.

An area has the colour of its point's reach.  The explorer adds what it alone shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac.analysis.map_classes import count_codes, count_sides, is_beyond
from vpvkac.render.picture import sample
from vpvkac.texts import words
from vpvkac.texts.formats import number
from vpvkac.views import maps

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import geopandas as gpd
    import pandas as pd
    from markupsafe import Markup

    from vpvkac.texts.message import Lang

# The mark by which a colour is explained; those beyond reach are parted from their area.
_SAMPLE = {"host": "library", "status": "existing"}


def network_legend(
    network: pd.DataFrame, hosts: Collection[str], lang: Lang, threshold_m: float
) -> list[maps.Group]:
    """Explain the marks of the points of a network, whole or in part, and the areas behind them.

    `hosts` are the kinds drawn, which may be more than those of the points.
    """
    statuses, sides = count_codes(network["status"]), count_sides(network)
    is_open = [
        maps.mark_entry(
            words.STATUSES[status].text(lang), number(lang, count), host="centre", status=status
        )
        for status in ("existing", "announced", "planned")
        if (count := statuses.get(status))
    ]
    within, beyond = (of(lang, threshold_m) for of in (words.within_reach, words.beyond_reach))
    marks = {code: {**_SAMPLE, "reach": code} for code in ("within", "beyond")}
    reach = [
        maps.Entry(within, number(lang, sides.within), fill="within", mark=marks["within"],
                   live="within"),
        maps.Entry(beyond, number(lang, sides.beyond), fill="beyond",
                   mark=marks["beyond"] | {"halo": True}, live="beyond"),
    ] if sides.within + sides.beyond else []  # fmt: skip
    if sides.uncertain:
        label, mark = words.UNCERTAIN.text(lang), marks["within"] | {"uncertain": True}
        entry = maps.Entry(label, number(lang, sides.uncertain), mark=mark, live="uncertain")
        reach.append(entry)
    if none := statuses.get("none"):
        label = words.STATUSES_PLURAL["none"].text(lang)
        reach.append(maps.Entry(label, number(lang, none), fill="none"))
    return [
        maps.forms(hosts, lang),
        maps.Group(maps.ROWS["fill"].text(lang), is_open),
        maps.Group(maps.ROWS["colour"].text(lang), reach),
    ]


def marks_of(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Tell how each point of a network is drawn (`picture.draw_mark`)."""
    beyond, uncertain = is_beyond(points), points["uncertain"].astype("boolean")
    return points[["host", "status", "geometry"]].assign(
        reach=np.where(beyond, "beyond", "within"),
        uncertain=uncertain.fillna(value=False).astype(bool),
        halo=beyond,
    )


def with_samples(legend: Sequence[maps.Group]) -> list[tuple[str, list[tuple[Markup, str, str]]]]:
    """Draw the entries of each row that occur, for a picture: sample, label and count."""
    rows = [
        (
            group.heading,
            [
                (sample(one.fill, one.mark), one.label, one.count)
                for one in group.entries
                if one.count != "0"
            ],
        )
        for group in legend
    ]
    return [row for row in rows if row[1]]


def in_a_column(legend: Sequence[maps.Group]) -> list[tuple[str, str]]:
    """Draw all entries one below the other, for a picture on its own: sample and text."""
    return [
        (drawn, f"{label}: {count}" if count else label)
        for _, entries in with_samples(legend)
        for drawn, label, count in entries
    ]
