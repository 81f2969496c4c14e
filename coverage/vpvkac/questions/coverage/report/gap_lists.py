"""The gap lists as the report shows them: every list with its reasons, a long one in part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.questions.coverage import wording
from vpvkac.texts import formats, words
from vpvkac.views.page import Cell, Column, Link, Table

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Text

# A longer list stands whole on gaps.html.
_MOST_ROWS = 60


def remedies_table(result: Result, tables: Mapping[str, pd.DataFrame]) -> Table | None:
    """Count gaps of points by remedy, and say when each is recommended; None without gaps."""
    lang = result.lang
    remedies = [tables[name]["remedy"] for name in ("gaps_access", "gaps_service")]
    counts = pd.concat(remedies).value_counts()
    rows: list[list[Cell]] = [
        [
            words.REMEDIES[remedy].text(lang),
            formats.number(lang, int(counts[remedy])),
            when.text(lang),
        ]
        for remedy, when in wording.WHEN.items()
        if remedy in counts
    ]
    if not rows:
        return None
    columns = [
        Column(words.heading(lang, "remedy", result.threshold_m)),
        Column(wording.CASES.text(lang), number=True),
        Column(wording.MEANS.text(lang)),
    ]
    return Table("remedies", wording.REMEDIES_CAPTION.text(lang), columns, rows)


def access_table(result: Result, tables: Mapping[str, pd.DataFrame]) -> Table | None:
    """List the points beyond the threshold or uncertain; None where there are none."""
    lang = result.lang
    gaps = tables["gaps_access"]
    remedies = gaps["remedy"].map(lambda code: words.REMEDIES[code].text(lang))
    column = Column(words.heading(lang, "remedy", result.threshold_m))
    return _point_table("access", wording.ACCESS_LIST, gaps, column, remedies, result)


def service_table(result: Result, tables: Mapping[str, pd.DataFrame]) -> Table | None:
    """List the points that are near a stop and rarely served; None where there are none."""
    lang = result.lang
    gaps = tables["gaps_service"]
    visits = gaps["visits_within"].map(lambda count: formats.number(lang, count))
    column = Column(words.heading(lang, "visits_within", result.threshold_m), number=True)
    return _point_table("service", wording.SERVICE_LIST, gaps, column, visits, result)


def _point_table(
    key: str,
    caption: Text,
    gaps: pd.DataFrame,
    column: Column,
    said: pd.Series,
    result: Result,
) -> Table | None:
    """List gaps of points, with one column of the list's own before the reason."""
    lang, limit = result.lang, result.threshold_m
    rows: list[list[Cell]] = [
        [
            str(gap["rank"]),
            _place(gap["place_name"], gap["unit"]),
            f"{gap['unit_name']}, {gap['municipality_name']}",
            formats.metres(lang, gap["distance_m"], limit),
            own,
            gap["reason"],
        ]
        for own, (_, gap) in zip(
            said.head(_MOST_ROWS), gaps.head(_MOST_ROWS).iterrows(), strict=True
        )
    ]
    columns = [
        Column(words.heading(lang, "rank", limit), number=True),
        Column(words.heading(lang, "place_name", limit)),
        Column(wording.WHERE.text(lang)),
        Column(wording.DISTANCE.text(lang), number=True),
        column,
        Column(words.heading(lang, "reason", limit)),
    ]
    return _table(key, caption, columns, rows, len(gaps), result)


def coverage_table(result: Result, tables: Mapping[str, pd.DataFrame]) -> Table | None:
    """List the units with no point; None where every unit has one."""
    lang, limit = result.lang, result.threshold_m
    gaps = tables["gaps_coverage"]
    rows: list[list[Cell]] = [
        [
            str(gap["rank"]),
            _place(gap["unit_name"], gap["unit"]),
            gap["municipality_name"],
            "" if pd.isna(gap["nearest_m"]) else formats.length(lang, gap["nearest_m"]),
            words.REMEDIES[gap["remedy"]].text(lang),
            gap["reason"],
        ]
        for _, gap in gaps.head(_MOST_ROWS).iterrows()
    ]
    columns = [
        Column(words.heading(lang, "rank", limit), number=True),
        Column(words.heading(lang, "unit_name", limit)),
        Column(words.heading(lang, "municipality_name", limit)),
        Column(wording.NEAREST.text(lang), number=True),
        Column(words.heading(lang, "remedy", limit)),
        Column(words.heading(lang, "reason", limit)),
    ]
    return _table("coverage", wording.COVERAGE_LIST, columns, rows, len(gaps), result)


def municipality_table(result: Result, tables: Mapping[str, pd.DataFrame]) -> Table | None:
    """List the municipalities in which no open centre stands; None where there are none."""
    lang, limit = result.lang, result.threshold_m
    gaps = tables["gaps_municipalities"]
    rows: list[list[Cell]] = [
        [
            str(gap["rank"]),
            gap["municipality_name"],
            formats.number(lang, gap["units"]),
            formats.square_kilometres(lang, gap["area_km2"]),
            words.REMEDIES[gap["remedy"]].text(lang),
            gap["reason"],
        ]
        for _, gap in gaps.head(_MOST_ROWS).iterrows()
    ]
    columns = [
        Column(words.heading(lang, "rank", limit), number=True),
        Column(words.heading(lang, "municipality_name", limit)),
        Column(wording.UNITS.text(lang), number=True),
        Column(words.MAP["area"].text(lang), number=True),
        Column(words.heading(lang, "remedy", limit)),
        Column(words.heading(lang, "reason", limit)),
    ]
    return _table("no-centre", wording.MUNICIPALITY_LIST, columns, rows, len(gaps), result)


def _table(
    key: str,
    title: Text,
    columns: list[Column],
    rows: list[list[Cell]],
    count: int,
    result: Result,
) -> Table | None:
    """Caption a list with its length, and with how much of it stands here."""
    if not rows:
        return None
    lang = result.lang
    said = words.with_threshold(lang, title, result.threshold_m)
    caption = f"{said}: {formats.number(lang, count)}"
    if len(rows) < count:
        part = wording.LISTED.text(lang).format(
            shown=formats.number(lang, len(rows)), all=formats.number(lang, count)
        )
        caption = f"{caption} ({part})"
    return Table(key, caption, columns, rows, head=1, wide=True)


def _place(name: str, unit: str) -> Link:
    """Lead to the unit on the explorer."""
    return Link(name or unit, f"map.html#unit={unit}")
