"""What the report rests on: the sources with their rows, and how places were located."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vpvkac.questions.coverage import wording
from vpvkac.texts import formats, words
from vpvkac.views.page import Cell, Column, Table

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.model.accounts import Account
    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang


def sources_table(result: Result) -> Table:
    """Give every input with publisher, licence and date, and what became of its rows."""
    lang = result.lang
    columns = [
        Column(words.SOURCE.text(lang)),
        Column(wording.FILE.text(lang)),
        Column(words.PUBLISHER.text(lang)),
        Column(words.LICENCE.text(lang)),
        Column(wording.REFERENCE_DATE.text(lang)),
        Column(words.ROWS_READ.text(lang), number=True),
        Column(words.ROWS_USED.text(lang), number=True),
        Column(words.ROWS_NOT_USED.text(lang)),
    ]
    rows = [_source_row(account, lang) for account in result.accounts]
    return Table("inputs", wording.SOURCES_CAPTION.text(lang), columns, rows, wide=True)


def service_days(result: Result) -> list[str]:
    """Say of every feed on which day its trips were counted."""
    lang = result.lang
    return [
        wording.SERVICE_DAY_OF.text(lang).format(
            file=account.shown, day=formats.date(lang, account.notes["service_day"])
        )
        for account in result.accounts
        if account.notes.get("service_day")
    ]


def placing_table(result: Result, tables: Mapping[str, pd.DataFrame]) -> Table:
    """Count places by how they were located, the surest way first."""
    lang, places = result.lang, tables["places"]
    columns = [
        Column(words.heading(lang, "located_by", result.threshold_m)),
        Column(wording.PLACES.text(lang), number=True),
        Column(wording.LARGEST_RADIUS.text(lang), number=True),
        Column(wording.PLACES_UNCERTAIN.text(lang), number=True),
    ]
    rows: list[list[Cell]] = []
    for way, text in words.LOCATED_BY.items():
        located = places[places["located_by"] == way]
        if len(located):
            uncertain = located["uncertain"].astype("boolean").fillna(value=False)
            rows.append(
                [
                    text.text(lang),
                    formats.number(lang, len(located)),
                    _precision(lang, located["located_within_m"].max()),
                    formats.number(lang, int(uncertain.sum())),
                ]
            )
    return Table("placing", wording.PLACING_CAPTION.text(lang), columns, rows)


def _source_row(account: Account, lang: Lang) -> list[Cell]:
    source = account.source
    return [
        source.name.text(lang),
        account.shown,
        source.publisher.text(lang) if source.publisher else "",
        source.licence or "",
        formats.date(lang, source.date) if source.date else "",
        formats.number(lang, account.rows_read),
        formats.number(lang, account.rows_used),
        _not_used(account, lang),
    ]


def _precision(lang: Lang, metres: float) -> str:
    return f"±{formats.length(lang, metres)}" if metres else formats.length(lang, metres)


def _not_used(account: Account, lang: Lang) -> Cell:
    """Give the rows that were left out, by reason, the most common first."""
    if not account.dropped:
        return formats.number(lang, 0)
    ordered = sorted(account.dropped.items(), key=lambda item: (-item[1], item[0]))
    return [
        wording.DROPPED_ROWS.text(lang).format(
            count=formats.number(lang, count), reason=words.DROPPED[reason].text(lang)
        )
        for reason, count in ordered
    ]
