"""The report's criteria: what was wanted, found and published, and what falls short of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.analysis.network import is_open_centre
from vpvkac.questions.coverage import wording
from vpvkac.texts import formats, words
from vpvkac.views import quantities
from vpvkac.views.page import Cell, Column, Link, Table

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang

# More names than this are left to the gap lists.
_MOST_NAMES = 8
# Criteria of requirement 6.2, which recommends and does not oblige.
_RECOMMENDED = ("centres_beyond", "points_beyond")
_AREA = "area_share_existing"


def targets_table(result: Result, tables: Mapping[str, pd.DataFrame]) -> Table:
    """Set criteria with a target beside what was found and published, and name what fails."""
    lang = result.lang
    summary = result.summary
    wanted = summary[summary["target"].notna()]
    columns = [
        Column(words.heading(lang, "criterion", result.threshold_m)),
        Column(words.heading(lang, "target", result.threshold_m), number=True),
        Column(words.heading(lang, "value", result.threshold_m), number=True),
        Column(words.heading(lang, "published", result.threshold_m), number=True),
        Column(wording.VERDICT.text(lang)),
        Column(wording.FAIL_COUNT.text(lang), number=True),
        Column(wording.FAIL_WHICH.text(lang)),
    ]
    rows = [_target_row(row, result, tables) for _, row in wanted.iterrows()]
    return Table("criteria", wording.CRITERIA_CAPTION.text(lang), columns, rows, wide=True)


def figures_table(result: Result) -> Table:
    """Give the criteria without a target: found and published."""
    lang = result.lang
    summary = result.summary
    others = summary[summary["target"].isna()]
    columns = [
        Column(words.heading(lang, "criterion", result.threshold_m)),
        Column(words.heading(lang, "value", result.threshold_m), number=True),
        Column(words.heading(lang, "published", result.threshold_m), number=True),
    ]
    rows: list[list[Cell]] = [
        [
            words.criterion(lang, row["criterion"], result.threshold_m),
            _with_band(lang, row),
            _of(lang, row, "published"),
        ]
        for _, row in others.iterrows()
    ]
    return Table("figures", wording.FIGURES_CAPTION.text(lang), columns, rows)


def _of(lang: Lang, row: pd.Series, column: str) -> str:
    """Write a target or a published value in its criterion's measure; nothing where there is none.

    No target turns them: they are as they were set or published.
    """
    if pd.isna(row[column]):
        return ""
    return quantities.of_measure(row[column], row["measure"]).text(lang)


def _with_band(lang: Lang, row: pd.Series) -> str:
    """Write a value, and the band it lies in where suppressed counts leave it open."""
    value = quantities.criterion(lang, row, unknown="")
    if pd.isna(row["least"]) or row["least"] == row["most"]:
        return value
    if row["measure"].startswith("share"):
        return f"{value} ({formats.share_band(lang, row['least'], row['most'])})"
    least, most = (formats.number(lang, row[end]) for end in ("least", "most"))
    return f"{value} ({least}–{most})"


def _target_row(row: pd.Series, result: Result, tables: Mapping[str, pd.DataFrame]) -> list[Cell]:
    lang, code = result.lang, row["criterion"]
    count, which = _failing(code, result, tables)
    return [
        _label(row, result),
        _of(lang, row, "target"),
        quantities.criterion(lang, row, unknown=""),
        _of(lang, row, "published"),
        _verdict(row, result),
        count,
        which,
    ]


def _label(row: pd.Series, result: Result) -> str:
    label = words.criterion(result.lang, row["criterion"], result.threshold_m)
    year = row["measure"].partition(" ")[2]
    if not year:
        return label
    return wording.FOR_YEAR.text(result.lang).format(criterion=label, year=year)


def _verdict(row: pd.Series, result: Result) -> Cell:
    """Word a verdict; where there is none, as on synthetic data, it says so."""
    lang, code, met = result.lang, row["criterion"], row["met"]
    if code in _RECOMMENDED and met in wording.RECOMMENDED:
        return wording.RECOMMENDED[met].text(lang)
    said = words.MET[met or "unknown"].text(lang)
    if code != _AREA or result.synthetic or pd.isna(row["value"]):
        return said
    values = result.summary.set_index("criterion")["value"]
    share = formats.percent(lang, values["area_share_municipalities"])
    beside = words.BY_MUNICIPALITY.text(lang).format(share=share)
    return f"{said}: {words.NO_METHOD.text(lang)}. {beside}"


def _failing(
    code: str, result: Result, tables: Mapping[str, pd.DataFrame]
) -> tuple[str, list[str | Link]]:
    """Count and name what falls short of a criterion; nothing where there is no verdict."""
    lang = result.lang
    summary = result.summary.drop_duplicates("criterion").set_index("criterion")["value"]
    if pd.isna(summary[code]) or code == _AREA:
        return "", []
    names = _names(code, result, tables)
    shown: list[str | Link] = [*names[:_MOST_NAMES]]
    left = len(names) - len(shown)
    if left:
        more = wording.AND_MORE.text(lang).format(count=formats.number(lang, left))
        shown.append(Link(more, "gaps.html"))
    return formats.number(lang, len(names)), shown


def _names(code: str, result: Result, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Name what fails: places by distance, the farthest first; units by the alphabet."""
    network, places = tables["network"], tables["places"]
    if code == "units_none":
        units = network.loc[network["status"] == "none", ["unit_name", "municipality_name"]]
        names = [f"{unit} ({whole})" for unit, whole in units.itertuples(index=False)]
        return sorted(names, key=formats.collation_key)
    if code == "centres_beyond":
        failing, name = places[is_open_centre(places) & _beyond(places)], "name"
    else:
        failing, name = network[_beyond(network)], "place_name"
    farthest = failing.sort_values(["distance_m", "place"], ascending=[False, True])
    return [
        f"{place} ({formats.metres(result.lang, metres, result.threshold_m)})"
        for place, metres in farthest[[name, "distance_m"]].itertuples(index=False)
    ]


def _beyond(table: pd.DataFrame) -> pd.Series:
    return (~table["within"].astype("boolean")).fillna(value=False).astype(bool)
