"""The code page of a shapefile's table: stated by its .cpg or its language byte, or found out.

What is stated is often lost (the .cpg is not copied) or wrong, and Latvian
letters read in another page are other letters: a stated page counts only if
the bytes can be so.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vpvkac.model.faults import Fault, InputError
from vpvkac.texts.message import Message

_UTF8, _BALTIC = "utf-8", "cp1257"
_SHOWN = {_UTF8: "UTF-8", _BALTIC: "Windows-1257"}
# dBASE's language drivers; those left out say "as the system", or nothing of use here.
_LANGUAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x08: "cp865", 0x0B: "cp437", 0x13: "cp932",
    0x26: "cp866", 0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852", 0x65: "cp866", 0x66: "cp865",
    0x87: "cp852", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253",
    0xCC: "cp1257",
}  # fmt: skip
_LETTERS = "āčēģīķļņšūžōŗ" + "äöüõéß"
_LATVIAN = frozenset(_LETTERS + _LETTERS.upper() + "“”„‘’‚«»–—…°²³§№\xa0")
_SPELLINGS = (
    (re.compile(r"(?:.*\b)?(?:UTF[-_ ]?8|65001)"), _UTF8),
    (re.compile(r"(?:ISO)?[-_ ]?8859[-_ ]?(\d{1,2})"), "iso8859-{}"),
    (re.compile(r"(?:ANSI|OEM|WINDOWS|WIN|MS|IBM|CP|CODEPAGE)?[-_ ]?(\d{3,4})"), "cp{}"),
)
_ASCII = bytes(range(32, 127))


class Page(NamedTuple):
    """A code page, by Python's name."""

    codec: str

    def decode(self, cell: bytes, width: int) -> str:
        """Decode what fills a cell of that many bytes; half a letter at its end is left out."""
        try:
            return cell.decode(self.codec)
        except UnicodeDecodeError as error:
            if not _is_cut(cell, width, error):
                raise
            return cell[: error.start].decode(self.codec)


def code_page(
    stated: bytes | None, language: int, cells: Sequence[tuple[bytes, int]], shown: str
) -> tuple[Page, list[Fault]]:
    """Tell the code page of a table's texts.

    Parameters
    ----------
    stated
        The content of the .cpg; None where there is none.
    language
        The language driver of the .dbf.
    cells
        Every text, and how many bytes its cell holds.

    Returns
    -------
    page, faults
        UTF-8 if the texts are that; else the page stated, unless it makes other
        letters than Latvian ones of them and Windows-1257 does not; else
        Windows-1257.  A warning tells where that is not what is stated.

    Raises
    ------
    InputError
        If the texts are of no such page.
    """
    foreign = [(cell, width) for cell, width in cells if not cell.isascii()]
    if not foreign:
        return Page(_UTF8), []
    known = _codec(stated) if stated is not None else _LANGUAGES.get(language)
    if _is_utf8(foreign):
        codec = _UTF8
    elif known is not None and _can_be(known, foreign) and not _is_better(_BALTIC, known, foreign):
        codec = known
    elif _can_be(_BALTIC, foreign):
        codec = _BALTIC
    else:
        raise InputError([_unknown(shown)])
    said = known is not None and codecs.lookup(codec) == codecs.lookup(known)
    return Page(codec), [] if said else [_told(shown, stated, codec)]


def _codec(stated: bytes) -> str | None:
    """Read the name of a code page, however it is spelt; None if it is none known."""
    name = stated.decode("latin-1").strip("ï»¿\"' \t\r\n\0").upper()
    for spelling, codec in _SPELLINGS:
        if found := spelling.fullmatch(name):
            name = codec.format(*found.groups())
            break
    try:
        known = codecs.lookup(name).name
        is_page = _ASCII.decode(known) == _ASCII.decode("ascii")
    except (LookupError, ValueError):
        return None
    return known if is_page and known != "ascii" else None


def _can_be(codec: str, cells: Iterable[tuple[bytes, int]]) -> bool:
    page = Page(codec)
    try:
        for cell, width in cells:
            page.decode(cell, width)
    except ValueError:
        return False
    return True


def _is_utf8(cells: Sequence[tuple[bytes, int]]) -> bool:
    """Tell UTF-8: not by letters alone that a cell's end may have cut."""
    page = Page(_UTF8)
    return _can_be(_UTF8, cells) and any(not page.decode(*one).isascii() for one in cells)


def _is_better(codec: str, known: str, cells: Sequence[tuple[bytes, int]]) -> bool:
    """Tell whether a page makes Latvian letters of what another makes other letters of."""
    return not _are_latvian(known, cells) and _can_be(codec, cells) and _are_latvian(codec, cells)


def _are_latvian(codec: str, cells: Iterable[tuple[bytes, int]]) -> bool:
    page = Page(codec)
    used = {char for cell, width in cells for char in page.decode(cell, width)}
    return all(char in _LATVIAN for char in used if not char.isascii())


def _is_cut(cell: bytes, width: int, error: UnicodeDecodeError) -> bool:
    """Tell a letter that the cell's end cuts in two."""
    return error.reason == "unexpected end of data" and len(cell) >= width


def _told(shown: str, stated: bytes | None, codec: str) -> Fault:
    name = _SHOWN.get(codec, codec)
    if stated is None:
        problem = Message("has no .cpg that names its encoding; read as {name}", name=name)
    else:
        said = stated.decode("latin-1").strip()[:30]
        problem = Message(
            'has a .cpg that says "{said}", which its texts are not; read as {name}',
            said=said,
            name=name,
        )
    return Fault(
        "warning",
        shown,
        problem,
        Message("add a .cpg that says {name}", name=name),
    )


def _unknown(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("has texts in .dbf of no encoding that is known"),
        Message("add a .cpg that names it, or save the file as a GeoPackage"),
    )
