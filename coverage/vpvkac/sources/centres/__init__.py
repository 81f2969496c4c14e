"""The one-stop centres: their list in whichever of its published forms a file has.

Formats: SOURCES.md, "Centres".  The list has been published as a page, as a
workbook and as that saved as text, with other columns each time; the words in
it are the same.  So `fields` knows what the words mean, `rows` where a centre
begins and what it comes to in the table, and `text`, `page` and `workbook`
read one form each.
"""

from __future__ import annotations

from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.sources.base import Reading
from vpvkac.sources.centres.text import read_centres_text
from vpvkac.sources.encoding import unreadable
from vpvkac.texts.message import Message

__all__ = ["read_centres"]

_START = 1_024
_ZIP = b"PK\x03\x04"
# The container of Excel's old XLS, and of an XLSX under a password.
_COMPOUND = b"\xd0\xcf\x11\xe0"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PAGES = {".html", ".htm", ".xhtml"}


def read_centres(source: Input) -> Reading:
    """Read the list of centres as a text file, a page or a workbook.

    What a file is, its content tells; the ending of its name is asked only
    where a page does not begin as one.

    Returns
    -------
    reading
        Table of `records.COLUMNS` and `level`, the level of the development
        centre (national, regional, municipal or empty); `owner` holds the full
        name, whose beginning names the municipality; `status` is announced
        where the list says "Tiks atvērts".  ``notes["date"]`` is the date in
        the file's name.  `rows_read` counts centres, not rows; `row` is the
        line, or the row of the sheet, on which a centre begins.
        Dropped: `no_id` (no number that can be used, or no name), with the
        rows under it.  Of two centres under one number `duplicate`, as
        `PublishedChecks.settle` decides.

    Raises
    ------
    InputError
        As the reader of the form does; and for an XLS or a locked workbook.
    """
    try:
        with source.path.open("rb") as file:
            start = file.read(_START)
    except OSError as error:
        raise InputError([unreadable(source.shown, error)]) from None
    if start.startswith(_COMPOUND):
        raise InputError.of(
            source.shown,
            Message("is an XLS, or a workbook with a password"),
            Message("save it as XLSX with no password"),
        )
    if start.startswith(_ZIP):
        from vpvkac.sources.centres.workbook import read_centres_workbook

        return read_centres_workbook(source)
    begins = start.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if begins.startswith(b"<") or source.path.suffix.lower() in _PAGES:
        from vpvkac.sources.centres.page import read_centres_page

        return read_centres_page(source)
    return read_centres_text(source)
