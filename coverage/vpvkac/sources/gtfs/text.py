"""From the bytes of a file to text in UTF-8 that CSV can be read from, and its lines."""

from __future__ import annotations

import codecs
import csv
import io
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.encoding import encoding_of
from vpvkac.sources.gtfs.archive import RefusedError
from vpvkac.texts.message import Message, Text

_FIRST_LINE = re.compile(rb"[\r\n]*([^\r\n]*)(?:\r\n|\r|\n|$)")
_PADDING = re.compile(rb",([ \t]+)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BLOCK = 1 << 22
csv.field_size_limit((1 << 31) - 1)  # pyarrow has no limit, and both must see the same rows

_AS_UTF8 = Message("save the file as UTF-8")


def utf8_text(raw: bytes, name: str, faults: list[Fault]) -> tuple[bytes, list[int]]:
    """Give a file in UTF-8, without mark and without padding before quotation marks.

    Returns
    -------
    text
        The file, the quotation marks taken out of the lines in which one is
        not closed.
    open_quotes
        These lines, the header being 1.

    Raises
    ------
    RefusedError
        If the file is no text, or it cannot be told which quotation mark is
        not closed.
    """
    text = _unpadded(_in_utf8(_marked(raw, name, faults), name, faults))
    text, open_quotes = _without_open_quotes(text)
    _refuse_open_quote(text, name)
    return text, open_quotes


def header_of(text: bytes, name: str) -> tuple[list[str], int]:
    """Give the names of the columns as written, and where the rows begin.

    Raises
    ------
    RefusedError
        If the file is empty or no text.
    """
    first = _FIRST_LINE.match(text)
    line = first[1] if first is not None else b""
    if b"\0" in line:
        raise RefusedError(_not_text(name))
    if first is None or not line.strip(b" \t,"):
        raise RefusedError(unreadable(name, Message("the file is empty")))
    return next(csv.reader([line.decode("utf-8", "replace")])), first.end()


class RecordLines:
    """The physical line on which each record begins, the header's being 1.

    Blank lines are no records; a record may be several lines long.  A file is
    gone through no further than to the last record asked for.
    """

    def __init__(self, text: bytes) -> None:
        self._begins = _begin_of_records(text)
        self._found = [next(self._begins, 0)]

    def record_at(self, line: int) -> int:
        """Give the record that a line belongs to."""
        while self._found[-1] <= line:
            more = next(self._begins, None)
            if more is None:
                break
            self._found.append(more)
        return bisect_right(self._found, line) - 2

    def __getitem__(self, record: int) -> int:
        """Give the line of a record, 0 being the first after the header."""
        wanted = record + 2 - len(self._found)
        self._found.extend(islice(self._begins, max(wanted, 0)))
        return self._found[record + 1]


def unreadable(name: str, problem: Text) -> Fault:
    """Say that a file cannot be read."""
    remedy = Message("download the feed again")
    return Fault("error", name, problem, remedy)


def _marked(raw: bytes, name: str, faults: list[Fault]) -> bytes:
    """Take off a byte order mark, and turn UTF-16 into UTF-8."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = raw.decode("utf-16").encode().removeprefix(codecs.BOM_UTF8)
        except UnicodeDecodeError:
            raise RefusedError(_not_text(name)) from None
        problem = Message("the file is in UTF-16")
        faults.append(Fault("warning", name, problem, _AS_UTF8))
        return text
    while raw.startswith(codecs.BOM_UTF8):  # some programs put a second one before the first
        raw = raw.removeprefix(codecs.BOM_UTF8)
    return raw


def _unpadded(text: bytes) -> bytes:
    """Take the blanks out between comma and quotation mark, where the header is padded.

    CSV allows none there; blanks elsewhere are trimmed from the values.
    """
    header = _FIRST_LINE.match(text)
    paddings = set(_PADDING.findall(header[1])) if header is not None else set()
    for padding in paddings:
        text = text.replace(b"," + padding + b'"', b',"')
    return text


def _in_utf8(text: bytes, name: str, faults: list[Fault]) -> bytes:
    """Read a text that is not UTF-8 by its letters, or around the few broken ones."""
    if text.isascii():
        return text
    try:
        text.decode()
    except UnicodeDecodeError as error:
        row = len(_LINE_END.findall(text, 0, error.start)) + 1
    else:
        return text
    read = text.decode("utf-8", "replace")
    broken = read.count("\ufffd")
    whole = len(read) - len(read.encode("ascii", "ignore")) - broken
    if whole > broken:
        problem = Message("some letters are broken UTF-8; � stands for them")
    else:
        return _by_letters(text, name, row, faults).encode()
    faults.append(Fault("warning", name, problem, _AS_UTF8, row=row))
    return read.encode()


def _by_letters(text: bytes, name: str, row: int, faults: list[Fault]) -> str:
    """Read a text in the encoding that its letters speak for, else as Latin-1."""
    try:
        encoding = encoding_of(lambda: iter((text,)), name)
    except InputError:
        problem = Message("is not UTF-8, so the file was read as Latin-1")
        faults.append(Fault("warning", name, problem, _AS_UTF8, row=row))
        return text.decode("latin-1")
    faults.extend(encoding.faults)
    return encoding.decode(text)


def _without_open_quotes(text: bytes) -> tuple[bytes, list[int]]:
    """Take the quotation marks out of lines in which one is not closed.

    A field may be several lines long: it begins and ends on lines with an odd
    number of marks.  Where such a beginning has all its cells, and so has the
    line after it, a mark was forgotten, which must not swallow what follows.
    """
    if b'"' not in text:  # most have none
        return text, []
    first = _FIRST_LINE.match(text)
    commas = first[1].count(b",") if first is not None else 0
    parts: list[bytes] = []
    lines: list[int] = []
    done, within_field = 0, False
    for begin, end in _lines_with_odd_marks(text):
        following = _FIRST_LINE.match(text, end)
        after = following[1] if following is not None else b""
        if within_field:
            within_field = False
        elif text.count(b",", begin, end) < commas or (after and after.count(b",") < commas):
            within_field = True
        else:
            parts += [text[done:begin], text[begin:end].replace(b'"', b"")]
            lines.append(len(_LINE_END.findall(text, 0, begin)) + 1)
            done = end
    return (b"".join([*parts, text[done:]]) if parts else text), lines


def _lines_with_odd_marks(text: bytes) -> Iterator[tuple[int, int]]:
    """Find begin and end of lines with an odd number of quotation marks, block by block."""
    line_end = b"\n" if b"\n" in text else b"\r"
    start = 0
    while start < len(text):
        stop = text.find(line_end, start + _BLOCK) + 1 or len(text)
        block = np.frombuffer(text, np.uint8, stop - start, start)
        ends = np.append(np.flatnonzero(block == line_end[0]) + 1, len(block))
        marks = np.searchsorted(np.flatnonzero(block == ord('"')), ends)
        for line in np.flatnonzero(np.diff(marks, prepend=0) % 2):
            yield start + (int(ends[line - 1]) if line else 0), start + int(ends[line])
        start = stop


def _refuse_open_quote(text: bytes, name: str) -> None:
    """Refuse a quotation mark that swallows the rest of the file."""
    if b'"' not in text or text.count(b'"') % 2 == 0:  # most have none, which is seen sooner
        return
    row: list[str] = []
    start = end = 0
    rows = _reader(text + b"\n#")
    try:
        while row != ["#"]:
            row = next(rows)
            start, end = end, rows.line_num
    except (StopIteration, csv.Error):  # at the end, or a field longer than any should be
        problem = Message("a quotation mark is not closed")
        row_of_mark = start + 1
        raise RefusedError(
            Fault("error", name, problem, Message("fix the row"), row=row_of_mark)
        ) from None


def _begin_of_records(text: bytes) -> Iterator[int]:
    rows = _reader(text)
    end = 0
    for row in rows:
        if row:
            yield end + 1
        end = rows.line_num


def _reader(text: bytes) -> Any:  # the csv module names no type of its own
    # Line ends are the same bytes in every encoding of one byte.
    return csv.reader(io.TextIOWrapper(io.BytesIO(text), "latin-1", newline=""))


def _not_text(name: str) -> Fault:
    return unreadable(name, Message("the file is no text in UTF-8"))
