"""The list of centres as the table of the network's own page, saved as HTML.

A centre is a row of a table; its name stands in `<strong>`, all else is found by content.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input
from vpvkac.sources.base import Reading
from vpvkac.sources.centres.rows import (
    Centre,
    Note,
    emails_in,
    is_announced,
    level_in,
    looks_like_address,
    marks_in,
    names_centre,
    no_centre,
    note_in,
    number_in,
    owner_in,
    phones_in,
    reading_of,
    unmarked,
)
from vpvkac.sources.encoding import read_any_text, unreadable
from vpvkac.sources.hours import hours_in, one_line, weekday_in
from vpvkac.texts.message import Message

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

    `line` is the physical line of the file on which it starts, `name` the text of the first
    `<strong>` that names a centre, `rows` over how many rows its cell goes, and `place` its
    place in the list, set where the page gives no numbers.
    """

    def __init__(self, line: int) -> None:
        self.line = line
        self.name, self.rows, self.place = "", 1, ""
        self._before: list[str] = []
        self._behind: list[str] = []
        self._other: list[str] = []
        self._strong: list[str] | None = None
        self._now = self._before

    def add(self, text: str) -> None:
        """Add text where the row now stands."""
        (self._now if self._strong is None else self._strong).append(text)

    def see_tag(self, element: Any, *, starts: bool) -> None:
        """Go on to another cell, line or `<strong>`, which may be the name."""
        if element.tag in _CELLS and starts:
            # A cell also ends a `<strong>` that nobody closed.
            self.end_strong()
            if self.name:
                self._now = self._other
            else:
                rows = element.get("rowspan", "")
                self.rows = int(rows) if rows.isdecimal() else 1
            self.add("\n")
        elif element.tag in _STRONG and not starts:
            self.end_strong()
        elif element.tag in _STRONG:
            if not self.name and self._strong is None:
                self._strong = []
        elif element.tag in _BREAKS:
            self.add("\n")

    def join(self, row: _Row) -> None:
        """Add the lines of a row that the name's cell stretches over."""
        self._other.extend(f"\n{line}" for line in row.lines)

    def end_strong(self) -> None:
        """Take the name, if it is one; lines below it stand behind the name."""
        if self._strong is None:
            return
        lines = "".join(self._strong).split("\n")
        self._strong = None
        end = next((i for i, line in enumerate(lines, 1) if names_centre(line)), 0)
        if end:
            self.name = one_line(" ".join(lines[:end]))
            self._now = self._behind
        self.add("\n".join(lines[end:]))

    @property
    def number(self) -> str:
        """The number before the name, empty if there is none."""
        words = "".join(self._before).split()
        return self.place or number_in(" ".join(words)) or number_in(words[0] if words else "")

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
    def before(self) -> list[str]:
        """The lines before the name."""
        return _lines(self._before)

    @property
    def under_name(self) -> list[str]:
        """The lines below the name, in its own cell."""
        return _lines(self._behind)

    @property
    def lines(self) -> list[str]:
        """All lines but the name."""
        return [*self.before, *self.under_name, *_lines(self._other)]


def _lines(parts: list[str]) -> list[str]:
    return list(filter(None, map(one_line, "".join(parts).split("\n"))))


def read_centres_page(source: Input) -> Reading:
    """Read the centres as `read_centres` says; `id` is the place in a list without any number.

    Raises `InputError` if the file is no text, is over 20 MB, or has no centres to be used.
    """
    tree, faults = _parse(source)
    rows = _rows(tree)
    found: list[_Row] = []
    others: list[Note | None] = []
    for row in rows:
        if row.holds_centre:
            found.append(row)
        else:
            others.append(note_in(row.lines, row.line))
    named = [row for row in found if row.name]
    if not named:
        raise no_centre(source.shown, _FORM)
    if not any(row.number for row in named):
        for place, row in enumerate(named, 1):
            row.place = str(place)
    return reading_of(source, list(map(_centre, found)), faults, list(filter(None, others)))


def _centre(row: _Row) -> Centre:
    lines, under = row.lines, row.under_name
    # What stands under the name is the address, the level and the announcement.
    address = [line for line in under if not (level_in([line]) or is_announced([line]))]
    return Centre(
        line=row.line,
        text=" ".join([row.name, *lines]).strip(),
        number=row.number,
        is_named=row.name != "",
        name=unmarked(row.name),
        address=", ".join(line.strip(" ,") for line in address),
        phone=phones_in(lines),
        email=emails_in(lines),
        owner=owner_in(row.name),
        level=level_in(under),
        is_announced=is_announced(lines),
        hours=hours_in(lines),
        marks=marks_in([*row.before, row.name]),
    )


def _parse(source: Input) -> tuple[Any, list[Fault]]:
    """Parse the page as a browser would; a fault tells where the parser gave up."""
    try:
        size = source.path.stat().st_size
    except OSError as error:
        raise InputError([unreadable(source.shown, error)]) from None
    if size > _LARGEST:
        megabytes = f"{size / 1e6:.0f} MB"
        problem = Message("is too large ({megabytes})", megabytes=megabytes)
        remedy = Message("save the centres' page alone, to 20 MB")
        raise InputError.of(source.shown, problem, remedy)
    text, faults = read_any_text(source.path, source.shown)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = etree.fromstring(text.encode(), parser) if text.strip() else None
    if tree is None:
        raise no_centre(source.shown, _FORM)
    for entry in parser.error_log:
        if entry.level_name == "FATAL":
            problem = Message("the page cannot be read from this line on")
            remedy = Message("save the page again")
            faults.append(Fault("error", source.shown, problem, remedy, row=entry.line))
            break
    return tree, faults


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
            open_rows[-1].see_tag(element, starts=starts)
            text = element.text if starts else element.tail
            # A line break in the source is a blank on the page.
            open_rows[-1].add(_BLANKS.sub(" ", text or ""))
    return [row for row in rows if row not in joined]
