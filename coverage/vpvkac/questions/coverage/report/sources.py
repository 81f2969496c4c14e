"""Sections on what the report rests on: method, sources and their rows, placing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from vpvkac.render.frame import template
from vpvkac.texts import formats, words
from vpvkac.texts.message import Message
from vpvkac.views.page import Cell, Prose, Section, Table
from vpvkac.views.writer import Writer, tabulate

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.model.accounts import Account
    from vpvkac.questions.coverage.view import Result

_METRES_A_MINUTE = 70


def method_section(result: Result) -> Section:
    """Give the prose of the method, `method.lv.html` or `method.en.html`."""
    write = Writer.of(result)
    others = (host for host in result.project.rules.hosts if host != "centre")
    prose = template(f"method.{result.lang}.html").render(
        analysis=write(words.ANALYSIS),
        threshold=write.threshold(),
        minutes=formats.plain(result.lang, result.threshold_m / _METRES_A_MINUTE),
        stop_set="" if result.stops.empty else write.small(words.STOP_SETS[result.stop_set]),
        hosts_in_order=", ".join(write.small(words.HOSTS[host]) for host in others),
    )
    # The template escapes what it is given.
    block = Prose(Markup(prose))  # noqa: S704
    return Section("method", write(Message("Method and limitations")), [block])


def sources_section(result: Result, tables: Mapping[str, pd.DataFrame]) -> Section:
    """Give every input with what became of its rows, and count places by how they were located."""
    write = Writer.of(result)
    title = write(Message("Sources"))
    table, days = _sources_table(result, write), service_days(result)
    return Section("sources", title, [table, *days, _placing_table(tables["places"], write)])


def service_days(result: Result) -> list[str]:
    """Say of every feed on which day its trips were counted."""
    return [
        words.service_day(result.lang, account.shown, account.notes["service_day"])
        for account in result.accounts
        if account.notes.get("service_day")
    ]


def _sources_table(result: Result, write: Writer) -> Table:
    def date(account: Account) -> str:
        return formats.date(write.lang, account.source.date) if account.source.date else ""

    def publisher(account: Account) -> str:
        return write(account.source.publisher) if account.source.publisher else ""

    fields = [
        write.field(words.SOURCE, lambda account: write(account.source.name)),
        write.field(Message("File"), lambda account: account.shown),
        write.field(words.PUBLISHER, publisher),
        write.field(words.LICENCE, lambda account: account.source.licence or ""),
        write.field(Message("Reference date"), date),
        write.field(words.ROWS_READ, lambda of: write.number(of.rows_read), number=True),
        write.field(words.ROWS_USED, lambda of: write.number(of.rows_used), number=True),
        write.field(words.ROWS_NOT_USED, lambda account: _not_used(account, write)),
    ]
    caption = write(Message("Sources and their rows: read, used and not used"))
    return tabulate("inputs", caption, fields, result.accounts, wide=True)


def _not_used(account: Account, write: Writer) -> Cell:
    """Give the rows that were left out, by reason, the most common first."""
    if not account.dropped:
        return write.number(0)
    ordered = sorted(account.dropped.items(), key=lambda item: (-item[1], item[0]))
    said = Message("{count}: {reason}")
    return [
        write(said, count=write.number(count), reason=write(words.DROPPED[reason]))
        for reason, count in ordered
    ]


def _placing_table(places: pd.DataFrame, write: Writer) -> Table:
    """Count places by how they were located, the surest way first."""
    by_way = {way: places[places["located_by"] == way] for way in words.LOCATED_BY}

    def radius(way: str) -> str:
        metres = by_way[way]["located_within_m"].max()
        return f"±{write.length(metres)}" if metres else write.length(metres)

    def uncertain(way: str) -> str:
        return write.number(by_way[way]["uncertain"].astype("boolean").fillna(value=False).sum())

    fields = [
        write.field("located_by", lambda way: write(words.LOCATED_BY[way])),
        write.field(Message("Places"), lambda way: write.number(len(by_way[way])), number=True),
        write.field(Message("Placing precision (worst)"), radius, number=True),
        write.field(Message("To be verified"), uncertain, number=True),
    ]
    caption = write(Message("How places were located"))
    return tabulate("placing", caption, fields, [way for way in by_way if len(by_way[way])])
