"""The one-stop centres: the table of the network's own page, saved as HTML.

Format: SOURCES.md, "Centres", second part.  A centre is a row of a table; its
name stands in `<strong>`, all else is found by content.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.base import ANNOUNCED, OPEN, Reading, records
from vpvkac.sources.centre_fields import (
    date_in_name,
    emails_in,
    hours_in,
    is_announced,
    level_in,
    looks_like_address,
    names_centre,
    no_centre,
    number_in,
    one_line,
    owner_in,
    phones_in,
    warn_hours,
)
from vpvkac.sources.centre_rows import keep_whole, settle
from vpvkac.sources.encoding import read_any_text, unreadable
from vpvkac.sources.weekdays import weekday_in
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Input

# The page is a few hundred kilobytes; what is larger is another file.
_LARGEST = 20_000_000
_BREAKS = {"br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
_UNSEEN = {"script", "style", "template"}
_CELLS = {"td", "th"}
_STRONG = {"strong", "b"}
_BLANKS = re.compile(r"[\t\r\n\f]+")
_FORM = Message('a page whose table rows hold a name with "VPVKAC" in <strong>')


class _Row:
    """One row of a table, as the lines that a reader of the page sees.

    Attributes
    ----------
    line
        Physical line of the file on which the row starts.
    name
        The text of the first `<strong>` that names a centre; empty if none does.
    rows
        How many rows of the table the name's cell stretches over.
    place
        The place in the list, set where the page gives no numbers.
    """

    def __init__(self, line: int) -> None:
        self.line = line
        self.name = ""
        self.rows = 1
        self.place = ""
        self._before: list[str] = []
        self._behind: list[str] = []
        self._other: list[str] = []
        self._strong: list[str] | None = None
        self._now = self._before

    def add(self, text: str) -> None:
        """Add text where the row now stands."""
        (self._now if self._strong is None else self._strong).append(text)

    def start_cell(self, rows: int) -> None:
        """Start a cell over so many rows, which also ends a `<strong>` that nobody closed."""
        self.end_strong()
        if self.name:
            self._now = self._other
        else:
            self.rows = rows
        self.add("\n")

    def join(self, row: _Row) -> None:
        """Add the lines of a row that the name's cell stretches over."""
        self._other.extend(f"\n{line}" for line in row.lines)

    def start_strong(self) -> None:
        """Start what may be the name."""
        if not self.name and self._strong is None:
            self._strong = []

    def end_strong(self) -> None:
        """Take the name, if it is one; lines below it stand behind the name."""
        if self._strong is None:
            return
        text = "".join(self._strong)
        self._strong = None
        lines = text.split("\n")
        last = next((i for i, line in enumerate(lines) if names_centre(line)), None)
        if last is None:
            self.add(text)
        else:
            self.name = one_line(" ".join(lines[: last + 1]))
            self._now = self._behind
            self.add("\n".join(lines[last + 1 :]))

    @property
    def number(self) -> str:
        """The number before the name, empty if there is none."""
        words = "".join(self._before).split()
        return self.place or number_in(" ".join(words)) or number_in(words[0] if words else "")

    @property
    def is_whole(self) -> bool:
        """Whether both the number and the name are there."""
        return bool(self.number and self.name)

    @property
    def text(self) -> str:
        """The row as a fault shows it."""
        return " ".join([self.name, *self.lines]).strip()

    @property
    def holds_centre(self) -> bool:
        """Whether the row is a centre's: it has a name, hours, or two of what else one has."""
        lines = self.lines
        if self.name or any(weekday_in(line) is not None for line in lines):
            return True
        signs = (
            bool(self.number),
            any(map(looks_like_address, lines)),
            any(map(names_centre, lines)),
            bool(level_in(lines)),
        )
        return sum(signs) > 1

    @property
    def under_name(self) -> list[str]:
        """The lines below the name, in its own cell."""
        return _lines(self._behind)

    @property
    def lines(self) -> list[str]:
        """All lines but the name."""
        return [*_lines(self._before), *self.under_name, *_lines(self._other)]


def read_centres_page(source: Input) -> Reading:
    """Read the centres from the network's page.

    Returns
    -------
    reading
        Table of `records.COLUMNS` and `level`, the level of the development
        centre: national, regional, municipal or empty.  `id` is the number
        that the page gives; where it gives none at all, the place in the list.
        `status` is announced where a row says "Tiks atvērts".  `row` is the
        line of the file on which the table row starts.  Dropped: `no_id` (no
        number that can be used, or no name).  Of two centres under one number
        `duplicate`, as `PublishedChecks.settle` decides.

    Raises
    ------
    InputError
        If the file is no text, is over 20 MB, or holds no centre that
        can be used.
    """
    tree, faults = _parsed(source)
    found = [row for row in _rows(tree) if row.holds_centre]
    named = [row for row in found if row.name]
    if not named:
        raise InputError([no_centre(source.shown, _FORM)])
    if not any(row.number for row in named):
        for place, row in enumerate(named, 1):
            row.place = str(place)
    checks, rows = keep_whole(found, source)
    checks.faults[:0] = faults
    hours = [hours_in(row.lines) for row in rows]
    warn_hours(checks, [bad for _, bad in hours])
    table = records(
        checks.lines,
        id=[row.number for row in rows],
        name=[row.name for row in rows],
        address=[_address(row) for row in rows],
        phone=[phones_in(row.lines) for row in rows],
        email=[emails_in(row.lines) for row in rows],
        owner=[owner_in(row.name) for row in rows],
        status=[ANNOUNCED if is_announced(row.lines) else OPEN for row in rows],
        hours=[week for week, _ in hours],
    ).assign(level=[level_in(row.under_name) for row in rows])
    table, dropped = settle(checks, table, found)
    return Reading(table, len(found), dropped, checks.faults, date_in_name(source.shown))


def _parsed(source: Input) -> tuple[Any, list[Fault]]:
    """Parse the page as a browser would; a fault tells where the parser gave up."""
    text, told = _text(source)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = etree.fromstring(text.encode(), parser) if text.strip() else None
    if tree is None:
        raise InputError([no_centre(source.shown, _FORM)])
    given_up = [entry for entry in parser.error_log if entry.level_name == "FATAL"]
    return tree, [*told, *(_cut_short(source.shown, entry.line) for entry in given_up[:1])]


def _rows(tree: Any) -> list[_Row]:
    """Gather the rows of all tables; a row in a cell of another table is a row of its own."""
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    rows: list[_Row] = []
    open_rows: list[_Row] = []
    # By table or part of one: the row whose name stretches on, and over how many rows more.
    stretched: dict[Any, tuple[_Row, int]] = {}
    joined: set[_Row] = set()
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        starts = event == "start"
        if element.tag == "tr" and starts:
            open_rows.append(_Row(element.sourceline or 1))
            rows.append(open_rows[-1])
        elif element.tag == "tr":
            row = open_rows.pop()
            row.end_strong()
            above, left = stretched.get(element.getparent(), (row, 0))
            if left > 0 and not row.name:
                stretched[element.getparent()] = above, left - 1
                above.join(row)
                joined.add(row)
            else:
                stretched[element.getparent()] = row, row.rows - 1 if row.name else 0
        if open_rows:
            _read_tag(open_rows[-1], element, starts=starts)
            text = element.text if starts else element.tail
            # A line break in the source is a blank on the page.
            open_rows[-1].add(_BLANKS.sub(" ", text or ""))
    return [row for row in rows if row not in joined]


def _read_tag(row: _Row, element: Any, *, starts: bool) -> None:
    tag = element.tag
    if tag in _CELLS and starts:
        rows = element.get("rowspan", "")
        row.start_cell(int(rows) if rows.isdecimal() else 1)
    elif tag in _STRONG and starts:
        row.start_strong()
    elif tag in _STRONG:
        row.end_strong()
    elif tag in _BREAKS:
        row.add("\n")


def _text(source: Input) -> tuple[str, list[Fault]]:
    try:
        size = source.path.stat().st_size
    except OSError as error:
        raise InputError([unreadable(source.shown, error)]) from None
    if size > _LARGEST:
        raise InputError([_too_large(source.shown, size)])
    return read_any_text(source.path, source.shown)


def _lines(parts: list[str]) -> list[str]:
    lines = map(one_line, "".join(parts).split("\n"))
    return [line for line in lines if line]


def _address(row: _Row) -> str:
    """Join the lines under the name that are neither its level nor the announcement."""
    lines = [line for line in row.under_name if not (level_in([line]) or is_announced([line]))]
    return ", ".join(line.strip(" ,") for line in lines)


def _cut_short(shown: str, line: int) -> Fault:
    return Fault(
        "error",
        shown,
        Message("the page cannot be read from this line on"),
        Message("save the page again"),
        row=line,
    )


def _too_large(shown: str, size: int) -> Fault:
    megabytes = f"{size / 1e6:.0f} MB"
    return Fault(
        "error",
        shown,
        Message("is too large ({megabytes})", megabytes=megabytes),
        Message("save the centres' page alone, to 20 MB"),
    )
