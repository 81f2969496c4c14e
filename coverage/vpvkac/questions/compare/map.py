"""The map of the changes: units coloured by what changed, points before and after."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.analysis.map_classes import count_sides
from vpvkac.geo.geodesy import CRS
from vpvkac.questions.compare import view
from vpvkac.questions.compare.answer import CHANGES
from vpvkac.questions.compare.view import about, headline
from vpvkac.render import geojson
from vpvkac.render.geojson import BaseLayers, by_name, label_points
from vpvkac.render.map_page import PageMap, border_entry, draw_sheet, render
from vpvkac.texts import words
from vpvkac.texts.formats import number
from vpvkac.views import maps
from vpvkac.views.maps import Entry, Group, Json, Layer, Marks, NavLink, Sheet, mark_entry

if TYPE_CHECKING:
    from vpvkac.questions.compare.answer import Comparison
    from vpvkac.questions.compare.run import Run
    from vpvkac.texts.message import Lang

REPORT_FILE, MAP_FILE = "compare.html", "compare_map.html"
# Codes of `symbols.FILLS`; changes of the same kind share one.
_FILLS = {
    "new_unit": "other_unit", "gone_unit": "other_unit", "reach_known": "nearer",
    "reach_unknown": "farther",
}  # fmt: skip
# As the tables have them.
_MOVE_DECIMALS = 7
# Points are drawn by reach alone; where one was, as a ring.
_NOW = {"form": "centre", "status": "existing"}
_FORMER = {"form": "centre", "status": "planned", "tone": "second", "reach": "", "uncertain": False}


def map_page(comparison: Comparison, lang: Lang) -> str:
    """Render the map as one file that needs no network."""
    title = f"{view.MAP_TITLE.text(lang)} – {about(comparison, lang).title}"
    return render(change_map(comparison, lang), title=title, lang=lang)


def change_map(comparison: Comparison, lang: Lang) -> PageMap:
    """Draw the units by their change, the points that changed, and where they were.

    Drawn are the units of B; those of A alone lie beneath, and show where B
    has none.
    """
    changed = comparison.changed
    base = BaseLayers.of(comparison.b.units)
    now, former = _of_side(changed, "b"), _of_side(changed, "a")
    elsewhere = (changed["place_a"] != changed["place_b"]) | (changed["moved_m"] > 0)
    former = former[elsewhere.loc[former.index]]
    before, after = view.BEFORE.text(lang), view.AFTER.text(lang)
    sheet = Sheet(
        title=view.MAP_TITLE.text(lang),
        shown=view.SHOWN.text(lang),
        areas=_areas(comparison, lang, base.units),
        legend=_legend(comparison, lang, now, former),
        marks=[
            Marks(Layer("former", before), _points(former, comparison.a, lang), _FORMER),
            Marks(Layer("now", after), _points(now, comparison.b, lang), _NOW),
        ],
        values=headline(comparison, lang),
        lines={"moves": _moves(changed)},
    )
    report = NavLink(REPORT_FILE, view.REPORT_LINK.text(lang))
    return draw_sheet(sheet, base, about(comparison, lang), pages=[report], home=None)


def fill_of(change: str) -> str:
    """Give the code of the fill that stands for a change."""
    return _FILLS.get(change, change)


def _areas(comparison: Comparison, lang: Lang, drawn: gpd.GeoDataFrame) -> Json:
    """Make the units of B over those of A alone, each with what changed."""
    rows = {str(row["unit"]): row for row in comparison.table.to_dict("records")}
    names = unit_names(comparison)
    gone = comparison.a.units[~comparison.a.units["unit"].isin(drawn["unit"])]
    frame = pd.concat([gone, drawn.iloc[by_name(drawn)]], ignore_index=True)
    places, only_a = label_points(frame), set(gone["unit"])
    said = [
        _said_of_unit(row, rows[row["unit"]], comparison, names, lang)
        | ({} if row["unit"] in only_a else {"at": at})
        for row, at in zip(frame.drop(columns="geometry").to_dict("records"), places, strict=True)
    ]
    return geojson.projected(gpd.GeoDataFrame(frame, crs=CRS), said)


def unit_names(comparison: Comparison) -> dict[str, str]:
    """Name every unit of either run, by code."""
    named = comparison.table[["unit", "unit_name"]]
    return dict(named.itertuples(index=False, name=None))


def _said_of_unit(
    unit: Mapping[Hashable, Any],
    row: Mapping[Hashable, Any],
    comparison: Comparison,
    names: Mapping[str, str],
    lang: Lang,
) -> Json:
    """Say in a unit's card what changed, and what stands there on either side."""
    a, b = comparison.a, comparison.b
    change = str(row["change"])
    said = [
        [view.CHANGE.text(lang), view.CHANGES[change].text(lang)],
        ["A", view.side_text(row, "a", a, lang)],
        ["B", view.side_text(row, "b", b, lang)],
    ]
    kind = words.KINDS[unit["kind"]].text(lang) if unit["kind"] in words.KINDS else ""
    of = "" if unit["municipality_name"] == unit["unit_name"] else unit["municipality_name"]
    properties = {
        "unit": unit["unit"],
        "name": unit["unit_name"],
        "where": ", ".join(part for part in (kind, of) if part),
        "fill": fill_of(change),
        "rows": said,
    }
    if change != "same":
        properties["reason"] = view.reason(row, a, b, names, lang)
    return properties


def _of_side(changed: pd.DataFrame, side: str) -> pd.DataFrame:
    """Give the points of one side, its columns by their own names."""
    ending = f"_{side}"
    columns = [name for name in changed if str(name).endswith(ending)]
    points = changed[["unit", *columns]].rename(columns=lambda name: name.removesuffix(ending))
    return points[points["place"] != ""]


def _points(points: pd.DataFrame, run: Run, lang: Lang) -> Json:
    """Make the points of one side with what is said of each."""
    return geojson.points(
        points, [_said_of_point(row, run, lang) for row in points.to_dict("records")]
    )


def _said_of_point(row: Mapping[Hashable, Any], run: Run, lang: Lang) -> Json:
    said = {
        "unit": row["unit"],
        "name": maps.cell_text(row["place_name"]),
        "host": row["host"],
        "status": row["status"],
    }
    if pd.isna(row["distance"]):
        return said
    within = bool(row["within"])
    label = words.within_reach if within else words.beyond_reach
    distance = run.distance(row["unit"], row["distance"]).text(lang)
    stop = row["stop_name"]
    return said | {
        "reach": "within" if within else "beyond",
        "reached": label(lang, run.threshold_m),
        "stop": f"“{stop}” – {distance}" if stop else distance,
        "uncertain": row["uncertain"] is True,
    }


def _moves(changed: pd.DataFrame) -> Json:
    """Draw a line from the point of A to that of B where the two are apart."""
    apart = changed[changed["moved_m"] > 0][["lon_a", "lat_a", "lon_b", "lat_b"]]
    lines = np.asarray(shapely.linestrings(apart.to_numpy(float).reshape(-1, 2, 2)), object)
    return geojson.shapes(lines, decimals=_MOVE_DECIMALS)


def _legend(
    comparison: Comparison, lang: Lang, now: pd.DataFrame, former: pd.DataFrame
) -> list[Group]:
    fills = [
        Entry(view.CHANGES[change].text(lang), number(lang, count), fill=fill_of(change))
        for change in CHANGES
        if (count := comparison.counts[change])
    ]
    sides, threshold_m = count_sides(now), comparison.b.threshold_m
    counted: list[tuple[str, int, Json]] = [
        (words.within_reach(lang, threshold_m), sides.within, {"reach": "within"}),
        (words.beyond_reach(lang, threshold_m), sides.beyond, {"reach": "beyond"}),
        (view.REACH_UNKNOWN.text(lang), len(now) - sides.within - sides.beyond, {}),
        (words.UNCERTAIN.text(lang), sides.uncertain, {"reach": "within", "uncertain": True}),
    ]
    after = view.AFTER.text(lang)
    marks = [
        mark_entry(f"{after}: {words.lowered(label)}", number(lang, count), **_NOW, **drawn)
        for label, count, drawn in counted
        if count
    ]
    if len(former):
        marks.append(mark_entry(view.BEFORE.text(lang), number(lang, len(former)), **_FORMER))
    if (comparison.changed["moved_m"] > 0).any():
        marks.append(Entry(view.MOVE.text(lang), line="move"))
    return [
        Group(words.MAP["units"].text(lang), [*fills, border_entry(lang)]),
        Group(view.LEGEND_POINTS.text(lang), marks),
    ]
