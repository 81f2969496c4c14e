"""Libraries set against post offices, in a table, a sentence and a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.questions.coverage import wording
from vpvkac.questions.coverage.report.bands import written_share
from vpvkac.render import charts
from vpvkac.texts import formats, words
from vpvkac.views.page import Cell, Column, Table

if TYPE_CHECKING:
    from markupsafe import Markup

    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang

_BOTH = "libraries+post_offices"
_HOST_OF = {"libraries": "library", "post_offices": "post_office"}


def hosts_table(result: Result) -> Table | None:
    """Give the comparison; None where neither kind of place is given."""
    lang, given = result.lang, _given(result)
    if given.empty:
        return None

    def label(text_of: str) -> str:
        return words.with_threshold(lang, getattr(wording, text_of), result.threshold_m)

    columns = [
        Column(words.heading(lang, "host", result.threshold_m)),
        Column(wording.PLACES.text(lang), number=True),
        Column(wording.HOSTS_UNITS.text(lang), number=True),
        Column(wording.HOSTS_UNITS_SHARE.text(lang), number=True),
        *(
            Column(label(name), number=True)
            for name in ("HOSTS_WITHIN", "HOSTS_WITHIN_SHARE", "HOSTS_CHOSEN")
        ),
        Column(wording.HOSTS_ONLY.text(lang), number=True),
    ]
    rows = [_row(row, lang) for _, row in given.iterrows()]
    return Table("hosts", wording.HOSTS_CAPTION.text(lang), columns, rows, wide=True)


def hosts_text(result: Result) -> str:
    """Say what post offices would add to the libraries; nothing unless both are given."""
    given = _given(result).set_index("hosts")
    if _BOTH not in given.index:
        return ""
    lang, units, shares = result.lang, given["units"], given["units_share"]
    return wording.HOSTS_TEXT.text(lang).format(
        libraries=written_share(lang, shares["libraries"]),
        post_offices=written_share(lang, shares["post_offices"]),
        added=formats.number(lang, int(units[_BOTH] - units["libraries"])),
    )


def hosts_chart(result: Result) -> Markup:
    """Draw in how large a share of the units each kind of place is."""
    lang = result.lang
    rows = [
        charts.Bar(
            wording.HOSTS[row["hosts"]].text(lang),
            row["units_share"],
            written_share(lang, row["units_share"]),
        )
        for _, row in _given(result).iterrows()
    ]
    return charts.bars(rows, key="hosts", title=wording.HOSTS_CHART.text(lang))


def _given(result: Result) -> pd.DataFrame:
    """Keep the rows whose places the project names; both together only if both are."""
    named = [name for name, host in _HOST_OF.items() if host in result.project.hosts]
    if len(named) == len(_HOST_OF):
        named.append(_BOTH)
    return result.hosts[result.hosts["hosts"].isin(named)]


def _row(row: pd.Series, lang: Lang) -> list[Cell]:
    within = row["within"]
    return [
        wording.HOSTS[row["hosts"]].text(lang),
        formats.number(lang, row["places"]),
        formats.number(lang, row["units"]),
        written_share(lang, row["units_share"]),
        "" if pd.isna(within) else formats.number(lang, within),
        written_share(lang, row["within_share"]),
        written_share(lang, row["chosen_within_share"]),
        formats.number(lang, row["only_units"]),
    ]
