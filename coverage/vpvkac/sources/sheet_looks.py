"""What a worksheet of an XLSX does not show: hidden rows and columns, formulas never computed.

The reader of workbooks gives values alone, so this reads the sheet's own XML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, Any

from lxml import etree

_TRUE = {"1", "true"}
_LAST_COLUMN = 16_384


@dataclass
class Looks:
    """What a sheet hides.

    Attributes
    ----------
    rows
        Numbers of the hidden rows.
    columns
        Positions of the hidden columns, from 0.
    formulas
        The row of each formula that has no value.
    first_formula
        The first such cell, "B7"; None if there is none.
    """

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    formulas: list[int] = field(default_factory=list)
    first_formula: str | None = None


def look_at(part: IO[bytes], most_rows: int) -> Looks:
    """Read what a sheet hides, in its first rows.

    Raises
    ------
    lxml.etree.XMLSyntaxError
        If the sheet is not well-formed.
    """
    looks = Looks()
    number = 0
    events = etree.iterparse(
        part, events=("start", "end"), tag=("{*}row", "{*}c", "{*}col"),
        resolve_entities=False, no_network=True,
    )  # fmt: skip
    for event, element in events:
        name = etree.QName(element).localname
        if name == "row" and event == "start":
            number = int(element.get("r", number + 1))
            if number > most_rows:
                break
            if element.get("hidden") in _TRUE:
                looks.rows.add(number)
        elif name == "c" and event == "end" and _has_no_value(element):
            looks.formulas.append(number)
            looks.first_formula = looks.first_formula or element.get("r")
        elif name == "col" and event == "start" and element.get("hidden") in _TRUE:
            last = min(int(element.get("max", 1)), _LAST_COLUMN)
            looks.columns.update(range(int(element.get("min", 1)) - 1, last))
        elif name == "row":
            element.clear()
    return looks


def _has_no_value(cell: Any) -> bool:
    """Tell whether a cell is a formula without a value; that of one of type text may be empty."""
    if cell.find("{*}f") is None or cell.get("t") == "str":
        return False
    return not cell.findtext("{*}v")
