"""The code page of a shapefile's table: stated by its .cpg or its language byte, or found out.

What is stated is often lost (the .cpg is not copied) or wrong, and Latvian
letters read in another page are other letters: a stated page counts only if
the bytes can be so.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
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
            is_cut = error.reason == "unexpected end of data" and len(cell) >= width
            if not is_cut:
                raise
            return cell[: error.start].decode(self.codec)

    def letters(self, cells: Sequence[tuple[bytes, int]]) -> set[str] | None:
        """Return what these cells hold beyond ASCII; None if they are not of this page."""
        try:
            used = {char for cell, width in cells for char in self.decode(cell, width)}
        except ValueError:
            return None
        return {char for char in used if not char.isascii()}


def code_page(
    stated: bytes | None, language: int, cells: Sequence[tuple[bytes, int]], shown: str
) -> tuple[Page, list[Fault]]:
    """Find the code page of a table's texts, each with how many bytes its cell holds.

    It is UTF-8 if the texts are that; else the page stated, by the .cpg or
    where there is none by the language driver of the .dbf, unless it makes
    other letters than Latvian ones of them and Windows-1257 does not; else
    Windows-1257.  A warning tells where that is not what is stated, an
    `InputError` that it is none of them.
    """
    foreign = [(cell, width) for cell, width in cells if not cell.isascii()]
    if not foreign:
        return Page(_UTF8), []
    known = _codec(stated) if stated is not None else _LANGUAGES.get(language)
    as_known = None if known is None else Page(known).letters(foreign)
    as_baltic = Page(_BALTIC).letters(foreign)
    # Letters alone that a cell's end may have cut are no sign of UTF-8.
    if Page(_UTF8).letters(foreign):
        codec = _UTF8
    elif known is not None and as_known is not None and not (
        as_baltic is not None and as_baltic <= _LATVIAN and not as_known <= _LATVIAN
    ):  # fmt: skip
        codec = known
    elif as_baltic is not None:
        codec = _BALTIC
    else:
        problem = Message("has texts in .dbf of no encoding that is known")
        remedy = Message("add a .cpg that names it, or save the file as a GeoPackage")
        raise InputError.of(shown, problem, remedy)
    if known is not None and codecs.lookup(codec) == codecs.lookup(known):
        return Page(codec), []
    name = _SHOWN.get(codec, codec)
    problem = Message("has no .cpg that names its encoding; read as {name}", name=name)
    if stated is not None:
        problem = Message(
            'has a .cpg that says "{said}", which its texts are not; read as {name}',
            said=stated.decode("latin-1").strip()[:30],
            name=name,
        )
    remedy = Message("add a .cpg that says {name}", name=name)
    return Page(codec), [Fault("warning", shown, problem, remedy)]


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
