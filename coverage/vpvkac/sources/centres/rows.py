"""Where a centre begins in its list, what its cells say, and the table that the centres come to.

A centre stands on several rows.  Its first row says which centre it is; the rows under it say
when it is open and how to reach it, and nothing else.  So a row begins a centre if it fills a
column that tells centres apart, or names a centre anywhere.  What such a row lacks decides
whether the centre is used, never to which centre its rows belong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input
from vpvkac.sources.base import ANNOUNCED, OPEN, Checks, PublishedChecks, Reading, records
from vpvkac.sources.dates import date_in
from vpvkac.sources.hours import day_lines, hours_in, one_line, speaks_of_hours, weekday_in
from vpvkac.texts.message import Message, Text

_LEVEL = re.compile(r"\b(nacionāl|reģionāl|novad)\w*\s+nozīmes\s+attīstības\s+centr", re.IGNORECASE)
_LEVELS = {"nacionāl": "national", "reģionāl": "regional", "novad": "municipal"}
_ANNOUNCED = re.compile(r"tiks\s+atvērt", re.IGNORECASE)
# "VPVKAC", also misspelt or with points, or its long form, in any case and number of words:
# "valsts un pašvaldību vienotais klientu apkalpošanas centrs".
_NAME = (
    r"(?:\bV\.?P\.?V?\.?(?:K\.?A|A\.?K)\.?C\b"
    r"|\b(?:valsts\s+un\s+pa[sš]vald\w+\s+)?(?:vienot\w+\s+)?"
    r"klientu\s+apkalpo[sš]an\w+\s+centr(?:s|a|ā)\b)"
)
_CENTRE = re.compile(rf"(?<![.@/\w-]){_NAME}(?![@/]|\.\w)", re.IGNORECASE)
_NAME_ENDING = re.compile(rf"[\s,(]{{0,9}}{_NAME}.*$", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\(([^()]*\w\s[^()]*)\)$")
# What refers to a note under the list, "2*", "Grobiņas VPVKAC¹", and how the note begins.
_MARK = r"(?:[*†‡]{1,4}|[¹²³⁰⁴-⁹]{1,2})"
_MARKED = re.compile(rf"(?<=\S)\s?({_MARK})\)?\s*$")
_NOTE = re.compile(rf"({_MARK})\)?\s*(\S.*)")
# "95", "95.", "95)", "95.0", "Nr. 95", "#95", "12a", "2.1", "III"; not a date, and not a dash.
_NUMBER = re.compile(
    r"(?:(?i:nr\b\.?)|№|#)?\s*"
    r"([0-9]{1,6}(?:\.[0-9]{1,3})?\s?[^\W\d_]?|[IVXLC]{1,7})\s*[.)]{0,2}"
)
_WHOLE = re.compile(r"\.0+$")
# Nothing, or a dash for nothing.
_BLANKS = " \t\r\n\xa0-–—"
# A place word and a figure, a comma or a farm's quotation mark beside it.
_PLACE = re.compile(
    r"\bLV\W{0,3}[0-9]{4}\b|\bnov(?:\.|ad)|\bpag(?:\.|ast)|\biel[aā]\b|\bpils|\bciem"
    r"|\bprosp|\blaukum|\bceļ[sš]\b|\bbulv|\bšosej",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[0-9,\"'“”„«»]")
_CONTACT_LABEL = re.compile(r"^(?:tālrunis|telefons|tālr|tel|mob|t)\b[.:\s]*", re.IGNORECASE)
# Bounded parts: a hostile page must not make the search slow.
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONES = re.compile(r"\+?\d[\d\s()+,;/-]{5,100}")
_LEAST_DIGITS = 6
_HEADINGS = {
    "adrese", "nosaukums", "pilnais nosaukums", "tālrunis", "e-pasts", "nr.", "nr.p.k.",
    "nr. p.k.", "nr.p. k.", "vpvkac", "diena", "laiks",
}  # fmt: skip
# What stands alone in a row between centres or below them: their region, their number, a source.
_BETWEEN = re.compile(
    r"(?:\w+\s+)?(?:plānošanas\s+)?reģions|\w+(?:\s\w+)?\s+novads"
    r"|(?:pavisam|kopā|avots|piezīme|sagatavo|izpildītāj|dati|lapa|lpp)\w*\b.*|\d+\.?\s*(?:lapa|lpp\.?)",
    re.IGNORECASE,
)
# "1. Alfas novada VPVKAC"
_NUMBERED = re.compile(r"\s*([0-9]{1,4})[.)]+\s+(?=\D)")
# A row of column numbers, "1;2;3;4", stands under many a heading.
_LEAST_COLUMN_NUMBERS = 3


def number_in(text: str) -> str:
    """Read what tells a centre from others, as "95)", "Nr. 95", "95.0", "12a"; else empty.

    >>> [number_in(text) for text in ("95)", "Nr. 3", "3.0", "12 a", "2.1", "III", "2*")]
    ['95', '3', '3', '12a', '2.1', 'III', '2']
    >>> [number_in(text) for text in ("", "–", "01.08.2022", "1. aug", "Ogre")]
    ['', '', '', '', '']
    """
    found = _NUMBER.fullmatch(_MARKED.sub("", text.strip()))
    return "" if found is None else _WHOLE.sub("", "".join(found.group(1).split()))


def names_centre(text: str) -> bool:
    """Return whether a text is the name of a centre."""
    return _CENTRE.search(unmarked(text)) is not None


def looks_like_address(text: str) -> bool:
    """Return whether a text reads as an address: words for a place, in parts or with a figure."""
    # What is soonest found first: a hostile page has lines without number, or without end.
    if not (_PARTS.search(text) and _PLACE.search(text)):
        return False
    return not names_centre(text) and tells_apart(text) and not level_in([text])


def is_blank(text: str) -> bool:
    """Return whether a cell holds nothing, or a dash for nothing."""
    return not text.strip(_BLANKS)


def tells_apart(text: str) -> bool:
    """Return whether a cell holds what may tell one centre from another.

    What stands on any of a centre's rows does not: hours, a season, a telephone, an e-mail
    address, or that the centre will be opened; nor does nothing.
    """
    line = one_line(text)
    return not (
        is_blank(line)
        or speaks_of_hours(line)
        or line.lower().startswith("darba laiks")
        or emails_in([line])
        or phones_in([line])
        or is_announced([line])
    )


def is_announced(texts: Iterable[str]) -> bool:
    """Return whether any of the texts says that the centre will be opened ("Tiks atvērts").

    A footnote says it of the centres that bear its mark.
    """
    return any(_ANNOUNCED.search(text) for text in texts if not text.lstrip().startswith("*"))


def unmarked(text: str) -> str:
    """Give a text without the mark that refers to a note."""
    return _MARKED.sub("", text)


def name_in(cell: str) -> str:
    """Give the name in a cell, without a number before it or a mark behind."""
    return _NUMBERED.sub("", unmarked(one_line(cell)))


def marks_in(texts: Iterable[str]) -> frozenset[str]:
    """Find the marks at the ends of texts that refer to a note under the list."""
    return frozenset(found[1] for text in texts if (found := _MARKED.search(one_line(text))))


class Note(NamedTuple):
    """A note under the list: the line it stands on, its mark, and what it says."""

    line: int
    mark: str
    text: str


def note_in(texts: Iterable[str], line: int) -> Note | None:
    """Read a note, if the texts of a row are nothing else."""
    distinct = {one_line(text) for text in texts if text.strip()}
    found = _NOTE.fullmatch(distinct.pop()) if len(distinct) == 1 else None
    return None if found is None else Note(line, *found.groups())


def level_in(texts: Iterable[str]) -> str:
    """Find the level of the development centre: national, regional, municipal; else empty."""
    found = next(filter(None, map(_LEVEL.search, texts)), None)
    return "" if found is None else _LEVELS[found.group(1).lower()]


def owner_in(full_name: str) -> str:
    """Return the part of a full name that begins with the owner, without "VPVKAC"."""
    return _NAME_ENDING.sub("", full_name)


def emails_in(texts: Iterable[str]) -> str:
    """Join the e-mail addresses found."""
    return ", ".join(dict.fromkeys(found for text in texts for found in _EMAIL.findall(text)))


def phones_in(texts: Iterable[str]) -> str:
    """Join the texts that are telephone numbers and nothing else but the word for them."""
    lines = [_CONTACT_LABEL.sub("", one_line(text)) for text in texts]
    return ", ".join(
        dict.fromkeys(
            line
            for line in lines
            if _PHONES.fullmatch(line) and sum(map(str.isdigit, line)) >= _LEAST_DIGITS
        )
    )


def no_centre(shown: str, form: Text) -> InputError:
    """Report that a file has no centres, and in which form it is looked for."""
    remedy = Message("{form} is needed", form=form)
    return InputError.of(shown, Message("has no centres"), remedy)


@dataclass(frozen=True)
class Centre:
    """A centre as its list has it: the physical line of its first row, that row's text, and facts.

    `number` is empty where it has none that can be used; `hours` come as
    `sources.hours.hours_in` gives them.
    """

    line: int
    text: str
    number: str
    is_named: bool
    name: str
    address: str
    phone: str
    email: str
    owner: str
    level: str
    is_announced: bool
    hours: tuple[str, str]
    marks: frozenset[str] = frozenset()


def reading_of(
    source: Input,
    centres: Sequence[Centre],
    faults: Sequence[Fault],
    notes: Sequence[Note] = (),
) -> Reading:
    """Make the table of the centres that have both a number and a name; warn of the others.

    `faults` are what is to be said first.  That no centre has both is an `InputError`.
    """
    opening = {note.mark for note in notes if is_announced([note.text])}
    centres = [
        replace(centre, is_announced=True) if centre.marks & opening else centre
        for centre in centres
    ]
    whole = [centre for centre in centres if centre.number and centre.is_named]
    if not whole:
        problem = Message(
            "has no centre (of {count}) with both a number that can be used and a name",
            count=len(centres),
        )
        remedy = Message("write their numbers and names")
        first = centres[0]
        raise InputError.of(source.shown, problem, remedy, row=first.line, value=first.text)
    lines = [centre.line for centre in centres]
    checks = PublishedChecks(source.shown, lines, strict=source.strict)
    texts = pd.Series([centre.text for centre in centres], dtype=str)
    problem = Message(
        "has no number that can be used; neither the centre nor the rows under it are used"
    )
    remedy = Message("write a number that is its own")
    checks.warn([not centre.number for centre in centres], problem, remedy, values=texts)
    checks.warn(
        [bool(centre.number) and not centre.is_named for centre in centres],
        Message("has no name of a centre; neither the centre nor the rows under it are used"),
        Message('write its name, with "VPVKAC"'),
        values=texts,
    )
    checks.warn(
        [
            centre.is_announced and centre.hours[0] != "" and not centre.marks & opening
            for centre in centres
        ],
        Message("is said to be opened yet has hours; it is not counted as open"),
        Message("check whether it is open, and of which centre the list says so"),
        values=texts,
    )
    _tell_notes(checks, centres, notes)
    checks.lines = np.array([centre.line for centre in whole], np.int64)
    bad = pd.Series([centre.hours[1] for centre in whole], dtype=str)
    problem = Message("is not understood as hours and is left out")
    checks.warn(bad != "", problem, Message('write "8:30 - 12:00; 12:20 - 17:00"'), values=bad)
    table = records(
        checks.lines,
        id=[centre.number for centre in whole],
        status=[ANNOUNCED if centre.is_announced else OPEN for centre in whole],
        hours=[centre.hours[0] for centre in whole],
        **{
            name: [getattr(centre, name) for centre in whole]
            for name in ("name", "address", "phone", "email", "owner")
        },
    ).assign(level=[centre.level for centre in whole])
    checks.unique(table["id"], field="Nr.", rows=table.drop(columns="row"))
    table, repeated = checks.settle(table)
    dropped = {"no_id": len(centres) - len(whole)} | repeated
    date = date_in(source.shown.rsplit("/", 1)[-1])
    dated = {"date": date} if date else {}
    return Reading(table, len(centres), dropped, [*faults, *checks.faults], dated)


def _tell_notes(checks: Checks, centres: Sequence[Centre], notes: Sequence[Note]) -> None:
    """Warn of notes that say else than that a centre will be opened, and of marks without one."""
    borne = frozenset().union(*(centre.marks for centre in centres))
    of_notes = Checks(checks.shown, [note.line for note in notes])
    of_notes.warn(
        [not (is_announced([note.text]) and note.mark in borne) for note in notes],
        Message("is a note that is not read"),
        Message("check what it says of the centres that bear its mark"),
        values=pd.Series([f"{note.mark} {note.text}" for note in notes], dtype=str),
    )
    known = {note.mark for note in notes}
    checks.warn(
        [bool(centre.marks - known) for centre in centres],
        Message("bears a mark, and no note is found that explains it"),
        Message("check whether the centre is open"),
        values=pd.Series([centre.text for centre in centres], dtype=str),
    )
    checks.faults.extend(of_notes.faults)


@dataclass(frozen=True)
class Columns:
    """The columns of a centre's first row, from 0; `address` is None where no centre has one.

    `own` are all that tell centres apart: rows under the first leave them
    empty.  Where the positions are those of a `published` form, the columns of
    names hold names in whatever words.
    """

    number: int
    names: tuple[int, ...]
    address: int | None
    own: frozenset[int]
    published: bool = True


@dataclass(frozen=True)
class Block:
    """The rows of one centre, of equal width, and the physical line of the first."""

    rows: list[list[str]]
    line: int
    columns: Columns

    @property
    def number(self) -> str:
        """The number before the centre, or its name; empty where it has none that can be used."""
        first = self.rows[0]
        named = (found[1] for cell in first if _names(cell) and (found := _NUMBERED.match(cell)))
        own = first[self.columns.number]
        return next(named, "") if is_blank(own) or _names(own) else number_in(own)

    @property
    def names(self) -> list[str]:
        """The names: cells that name a centre, else what stands where names are published."""
        first = self.rows[0]
        named = [name_in(cell) for cell in first if _names(cell)]
        if named or not self.columns.published:
            return named
        return [name_in(first[at]) for at in self.columns.names if tells_apart(first[at])]

    @property
    def marks(self) -> frozenset[str]:
        """The marks of notes that its number, names or address bear."""
        return marks_in(self.rows[0][at] for at in self.columns.own)

    @property
    def fields(self) -> list[str]:
        """All cells of all rows."""
        return [cell for row in self.rows for cell in row]

    @property
    def text(self) -> str:
        """The first row as a fault shows it."""
        return " ".join(one_line(cell) for cell in self.rows[0] if cell.strip())


def columns_of(
    rows: Sequence[list[str]], number: int, names: tuple[int, ...], address: int | None
) -> Columns:
    """Complete the columns known by the others that only first rows fill.

    The rows are all of the list, padded to one width.
    """
    known = {number, *names, *(() if address is None else (address,))}
    filled: Counter[int] = Counter()
    for row in rows:
        is_first = bool(number_in(row[number])) and any(row[column].strip() for column in names)
        for column in range(max(known) + 1):
            if tells_apart(row[column]):
                filled[column] += 1 if is_first else -1
    own = known | {column for column, count in filled.items() if count > 0}
    return Columns(number, names, address, frozenset(own))


def find_columns(rows: Sequence[list[str]]) -> Columns | None:
    """Find the columns of a list whose form is not known; None if no row holds a centre."""
    named: Counter[int] = Counter()
    sure = []
    for row in rows:
        at = [column for column, cell in enumerate(row) if _names(cell)]
        # A centre's name with its number, address or hours beside it.
        others = [cell for column, cell in enumerate(row) if column not in at]
        if at and (
            any(map(number_in, row[: at[0]]))
            or any(looks_like_address(cell) or weekday_in(cell) is not None for cell in others)
        ):
            sure.append(row)
            named.update(at)
    if not sure:
        return None
    names = tuple(sorted(c for c, count in named.items() if 2 * count >= max(named.values())))
    numbers = Counter(
        column for row in sure for column in range(names[0]) if number_in(row[column])
    )
    number = max(numbers, key=lambda column: (numbers[column], -column), default=0)
    # The column behind the first name that most often holds an address, else any words.
    alike: Counter[int] = Counter()
    words: Counter[int] = Counter()
    for row in sure:
        for column in range(names[0] + 1, len(row)):
            if column not in names and tells_apart(row[column]):
                words[column] += 1
                alike[column] += looks_like_address(row[column])
    address = max(alike, key=lambda column: (alike[column], words[column], -column), default=None)
    return replace(columns_of(rows, number, names, address), published=False)


def blocks_of(
    rows: Sequence[list[str]], lines: Sequence[int], columns: Columns
) -> tuple[list[Block], list[Note]]:
    """Gather the rows of each centre, and the notes that centres refer to.

    Headings, titles and totals, above the first and between, are left out.
    """
    blocks: list[Block] = []
    notes: list[Note] = []
    titles: list[list[str]] = []
    is_begun = False
    for row, line in zip(rows, lines, strict=True):
        note = note_in(row, line)
        if note is not None:
            notes.append(note)
        elif not (_is_heading(row, columns) or row in titles):
            begins = any(tells_apart(row[at]) for at in columns.own) or _is_clear_start(
                row, columns
            )
            if begins and blocks and _is_number_alone(blocks[-1], row):
                number = blocks.pop()
                joined = [above or cell for above, cell in zip(number.rows[0], row, strict=True)]
                blocks.append(Block([joined], number.line, columns))
            elif begins and not (blocks and _goes_with(row, blocks[-1])):
                blocks.append(Block([row], line, columns))
            elif blocks:
                blocks[-1].rows.append(row)
            is_begun = is_begun or any(map(_is_centre, blocks))
            if not is_begun:
                # A title above the list may be repeated on every page.
                titles.append(row)
    first = next((i for i, block in enumerate(blocks) if _is_centre(block)), len(blocks))
    return [block for block in blocks[first:] if not all(map(_is_between, block.rows))], notes


def _is_number_alone(above: Block, row: list[str]) -> bool:
    """Return whether the row above has only the number of the centre that this row names."""
    filled = [cell for cell in above.rows[0] if cell.strip()]
    is_alone = len(above.rows) == len(filled) == 1 and bool(above.number)
    return is_alone and is_blank(row[above.columns.number]) and any(map(_names, row))


def _is_between(row: list[str]) -> bool:
    """Return whether a row stands between centres, or below them: region, total, source."""
    texts = {line for cell in row if not is_blank(line := one_line(cell)) and not line.isdecimal()}
    return len(texts) <= 1 and all(map(_BETWEEN.fullmatch, (text.rstrip(" :") for text in texts)))


def centre_of(block: Block) -> Centre:
    """Read a centre of a list whose form is not known."""
    first, fields, columns = block.rows[0], block.fields, block.columns
    # The short name lacks the municipality; it may stand in brackets behind the full one.
    short = min(block.names, key=len, default="")
    if (inside := _IN_BRACKETS.search(short)) and names_centre(inside[1]):
        short = inside[1]
    # The column of addresses, else a cell behind the names that reads as one.
    address = "" if columns.address is None else first[columns.address]
    if not tells_apart(address) or names_centre(address):
        address = next(filter(looks_like_address, first[columns.names[0] + 1 :]), "")
    return Centre(
        line=block.line,
        text=block.text,
        number=block.number,
        is_named=short != "",
        name=short,
        address=unmarked(one_line(address)),
        # The number could pass for a telephone.
        phone=phones_in(cell for at, cell in enumerate(fields) if at != columns.number),
        email=emails_in(fields),
        owner=owner_in(max(block.names, key=len, default="")),
        level=level_in(fields),
        is_announced=is_announced(fields),
        hours=hours_in(line for row in block.rows for line in day_lines(row)),
        marks=block.marks,
    )


def _names(cell: str) -> bool:
    return names_centre(cell) and tells_apart(cell)


def _goes_with(row: list[str], above: Block) -> bool:
    """Return whether a row that could begin a centre belongs to the one above after all."""
    columns, first = above.columns, above.rows[0]
    # Words that nothing tells from a footer go with a centre that is not used anyway.
    if not (above.number and above.names):
        return not _is_clear_start(row, columns)
    # Merged cells that were parted repeat number, name and address beside each day.
    return row != first and all(row[column] == first[column] for column in columns.own)


def _is_clear_start(row: list[str], columns: Columns) -> bool:
    """Return whether a row has a number, a name or an address of a centre."""
    number, at = row[columns.number], columns.address
    has_number = not (is_blank(number) or is_announced([number]) or weekday_in(number) is not None)
    return has_number or (at is not None and tells_apart(row[at])) or any(map(_names, row))


def _is_heading(row: list[str], columns: Columns) -> bool:
    filled = [one_line(cell).lower() for cell in row if cell.strip()]
    if len(filled) >= _LEAST_COLUMN_NUMBERS and all(cell.isdecimal() for cell in filled):
        numbers = [int(cell) for cell in filled]
        return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    headings = sum(cell in _HEADINGS for cell in filled)
    # One word among others may be part of a name.
    is_headed = headings > 1 or 0 < headings == len(filled)
    return is_headed and not number_in(row[columns.number])


def _is_centre(block: Block) -> bool:
    """Return whether it is a centre: titles above the list have neither number nor address."""
    first, fields = block.rows[0], block.fields
    if block.number or any(map(looks_like_address, first)):
        return True
    if any(weekday_in(cell) is not None for cell in fields):
        return True
    has_contact = any(not is_blank(cell) and not tells_apart(cell) for cell in fields)
    return has_contact and any(map(_names, first))
