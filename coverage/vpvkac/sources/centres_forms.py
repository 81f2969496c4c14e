"""The list of centres in whichever of its published forms a file has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.centres import read_centres
from vpvkac.sources.encoding import unreadable
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Input
    from vpvkac.sources.base import Reading

_START = 1_024
_ZIP = b"PK\x03\x04"
# The container of Excel's old XLS, and of an XLSX under a password.
_COMPOUND = b"\xd0\xcf\x11\xe0"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PAGES = {".html", ".htm", ".xhtml"}


def read_centres_file(source: Input) -> Reading:
    """Read the list of centres as a text file, a page or a workbook.

    What a file is, its content tells; the ending of its name is asked only
    where a page does not begin as one.

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
        raise InputError([_old_workbook(source.shown)])
    if start.startswith(_ZIP):
        from vpvkac.sources.centres_workbook import read_centres_workbook

        return read_centres_workbook(source)
    begins = start.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if begins.startswith(b"<") or source.path.suffix.lower() in _PAGES:
        from vpvkac.sources.centres_page import read_centres_page

        return read_centres_page(source)
    return read_centres(source)


def _old_workbook(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("is an XLS, or a workbook with a password"),
        Message("save it as XLSX with no password"),
    )
