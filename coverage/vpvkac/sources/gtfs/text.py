"""From the bytes of a feed's file to text in UTF-8 that CSV can be read from."""

from __future__ import annotations

import codecs
import csv
import io
import re

import numpy as np

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.encoding import encoding_of, line_ends
from vpvkac.sources.gtfs.archive import RefusedError
from vpvkac.sources.rows import physical_lines
from vpvkac.texts.message import Message

_FIRST_LINE = re.compile(rb"[\r\n]*([^\r\n]*)(?:\r\n|\r|\n|$)")
_PADDING = re.compile(rb",([ \t]+)")
_NOT_TEXT = Message("the file is no text in UTF-8")
GET_AGAIN = Message("download the feed again")
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
    text = _in_utf8(_without_mark(raw, name, faults), name, faults)
    header = _FIRST_LINE.match(text)
    # CSV allows no blanks between comma and quotation mark; elsewhere they are trimmed.
    for padding in set(_PADDING.findall(header[1])) if header is not None else ():
        text = text.replace(b"," + padding + b'"', b',"')
    if b'"' not in text:  # most have none
        return text, []
    text, open_quotes = _without_open_quotes(text)
    if text.count(b'"') % 2 == 1:
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
        raise RefusedError(name, _NOT_TEXT, GET_AGAIN)
    if first is None or not line.strip(b" \t,"):
        raise RefusedError(name, Message("the file is empty"), GET_AGAIN)
    return next(csv.reader([line.decode("utf-8", "replace")])), first.end()


def _without_mark(raw: bytes, name: str, faults: list[Fault]) -> bytes:
    """Take off a byte order mark, and turn UTF-16 into UTF-8."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = raw.decode("utf-16").encode().removeprefix(codecs.BOM_UTF8)
        except UnicodeDecodeError:
            raise RefusedError(name, _NOT_TEXT, GET_AGAIN) from None
        faults.append(Fault("warning", name, Message("the file is in UTF-16"), _AS_UTF8))
        return text
    while raw.startswith(codecs.BOM_UTF8):  # some programs put a second one before the first
        raw = raw.removeprefix(codecs.BOM_UTF8)
    return raw


def _in_utf8(text: bytes, name: str, faults: list[Fault]) -> bytes:
    """Read a text that is not UTF-8 by its letters, or around the few broken ones."""
    if text.isascii():
        return text
    try:
        text.decode()
    except UnicodeDecodeError as error:
        row = line_ends(text[: error.start]) + 1
    else:
        return text
    read = text.decode("utf-8", "replace")
    broken = read.count("\ufffd")
    if len(read) - len(read.encode("ascii", "ignore")) > 2 * broken:
        problem = Message("some letters are broken UTF-8; � stands for them")
        faults.append(Fault("warning", name, problem, _AS_UTF8, row))
        return read.encode()
    try:
        encoding = encoding_of(lambda: iter((text,)), name)
    except InputError:
        problem = Message("is not UTF-8, so the file was read as Latin-1")
        faults.append(Fault("warning", name, problem, _AS_UTF8, row))
        return text.decode("latin-1").encode()
    faults.extend(encoding.faults)
    return encoding.decode(text).encode()


def _without_open_quotes(text: bytes) -> tuple[bytes, list[int]]:
    """Take the quotation marks out of lines in which one is not closed.

    A field may be several lines long: it begins and ends on lines with an odd
    number of marks.  Where such a beginning has all its cells, and so has the
    line after it, a mark was forgotten, which must not swallow what follows.
    """
    begins, marks = physical_lines(text)
    begins, marks = np.append(begins, len(text)), np.append(marks, text.count(b'"'))
    first = _FIRST_LINE.match(text)
    commas = first[1].count(b",") if first is not None else 0
    parts: list[bytes] = []
    lines: list[int] = []
    done, within_field = 0, False
    for line in np.flatnonzero(np.diff(marks) % 2):
        begin, end = int(begins[line]), int(begins[line + 1])
        following = _FIRST_LINE.match(text, end)
        after = following[1] if following is not None else b""
        if within_field:
            within_field = False
        elif text.count(b",", begin, end) < commas or (after and after.count(b",") < commas):
            within_field = True
        else:
            parts += [text[done:begin], text[begin:end].replace(b'"', b"")]
            lines.append(int(line) + 1)
            done = end
    return (b"".join([*parts, text[done:]]) if parts else text), lines


def _refuse_open_quote(text: bytes, name: str) -> None:
    """Refuse a quotation mark that swallows the rest of the file."""
    row: list[str] = []
    start = end = 0
    # Line ends are the same bytes in every encoding of one byte.
    lines = io.TextIOWrapper(io.BytesIO(text + b"\n#"), "latin-1", newline="")
    rows = csv.reader(lines)
    try:
        while row != ["#"]:
            row = next(rows)
            start, end = end, rows.line_num
    except (StopIteration, csv.Error):  # at the end, or a field longer than any should be
        problem = Message("a quotation mark is not closed")
        raise RefusedError(name, problem, Message("fix the row"), row=start + 1) from None
