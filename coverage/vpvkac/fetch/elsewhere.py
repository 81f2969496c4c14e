"""What is no file of the portal's: a page that links to one, a statistical office's table, OSM.

A table of PxWeb tells by GET which years and areas it has, and gives figures by POST as
JSON-stat; they are written as a table of `unit` and `residents`.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from vpvkac.fetch.portal import Found
from vpvkac.fetch.web import (
    NAME_ADDRESS,
    TELL_PUBLISHER,
    RefusedError,
    file_name,
    redirect_target,
    refusal,
)
from vpvkac.sources.catalogue import Page, Source, Table
from vpvkac.sources.dates import date_in
from vpvkac.texts.message import Message

_NOT_UNDERSTOOD = Message("gives an answer that is not understood")
# What reading JSON of another form may raise.
_OTHER_FORM = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
_AREA, _TIME, _YEAR = "AREA", "TIME", re.compile(r"(?:19|20)\d\d")
_UNIT = re.compile(r"LV\d{7}")


def find_link(source: Source, page: Page, read: Callable[[str], bytes]) -> Found:
    """Find the file that a page links to, of several the newest by its name.

    Raises a `RefusedError` if there is none that may be followed.
    """
    from lxml import etree, html

    links: list[str] = []
    with suppress(etree.LxmlError, ValueError):
        links = html.fromstring(read(page.address)).xpath("//@href")
    fitting = []
    for link in links:
        try:
            address = redirect_target(page.address, link.strip(), source.file)
        except RefusedError:
            continue
        if re.search(page.pattern, address.casefold()):
            fitting.append(address)
    if not fitting:
        problem = Message("is a page with no link to the file")
        raise refusal(source.file, problem, NAME_ADDRESS, page.address)
    newest = max(fitting, key=lambda address: date_in(file_name(address)) or "")
    return Found((newest,), date=date_in(file_name(newest)))


def newest_day(service: str, read: Callable[[str], bytes]) -> str | None:
    """Ask an Overpass of which day its data are; None where it can be reached and does not say."""
    with suppress(RefusedError, ValueError):
        moment = read(f"{service}/timestamp").decode("ascii").strip()
        return dt.datetime.fromisoformat(moment).date().isoformat()
    read(f"{service}/status")
    return None


def find_year(source: Source, table: Table, read: Callable[[str], bytes]) -> Found:
    """Ask a table for its newest year."""
    try:
        variables = json.loads(read(table.address))["variables"]
        (years,) = (one["values"] for one in variables if one["code"] == _TIME)
        newest = max(year for year in years if _YEAR.fullmatch(year))
    except _OTHER_FORM:
        raise refusal(source.file, _NOT_UNDERSTOOD, TELL_PUBLISHER, table.address) from None
    return Found((table.address,), resource=table.address.rpartition("/")[2], date=newest)


def question(table: Table, year: str) -> bytes:
    """Ask for all areas in a year."""
    query = [{"code": _AREA, "selection": {"filter": "all", "values": ["*"]}}]
    query += [
        {"code": code, "selection": {"filter": "item", "values": [value]}}
        for code, value in (*table.chosen.items(), (_TIME, year))
    ]
    return json.dumps({"query": query, "response": {"format": "json-stat2"}}).encode()


def write_figures(source: Source, answer: bytes, year: str, file: Path) -> None:
    """Write the figures of a year as a table, those of areas with a code of seven digits.

    The state, regions and areas that are no more have another code, or no figure.  Raises a
    `RefusedError` if the answer is not one whole number for each area in that year.
    """
    try:
        content: dict[str, Any] = json.loads(answer)
        index = content["dimension"][_AREA]["category"]["index"]
        areas = sorted(index, key=lambda area: index[area]) if isinstance(index, dict) else index
        values = content["value"]
        if isinstance(values, dict):
            values = [values.get(str(place)) for place in range(len(areas))]
        others = [size for code, size in zip(content["id"], content["size"], strict=True)
                  if code != _AREA]  # fmt: skip
        rows = [(area, value) for area, value in zip(areas, values, strict=True)
                if _UNIT.fullmatch(area) and value is not None]  # fmt: skip
        is_sound = (
            set(others) == {1}
            and list(content["dimension"][_TIME]["category"]["index"]) == [year]
            and all(type(value) is int for _, value in rows)
            and rows
        )
    except _OTHER_FORM:
        is_sound = False
    if not is_sound:
        raise refusal(source.file, _NOT_UNDERSTOOD, TELL_PUBLISHER)
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows([source.columns.values(), *rows])
