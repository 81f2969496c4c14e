"""The encoding of a text file, decided once for the whole file.

UTF-8, or UTF-16 where a byte order mark says so.  A text that is neither is
read as Windows-1257 or ISO-8859-13 if that makes Latvian words of its words,
and else as Latin-1; what a guess was made from stands in a warning.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vpvkac.model.faults import Fault, InputError
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le",
          codecs.BOM_UTF16_BE: "utf-16-be"}  # fmt: skip
_OTHER_FILES = {b"PK\x03\x04": "", b"\xd0\xcf\x11\xe0": "",  # XLSX or another zip, XLS
                b"%PDF": "PDF", b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"Rar!": "RAR",
                b"SQLite format 3": "GeoPackage (SQLite)", b"PAR1": "Parquet"}  # fmt: skip
_BALTIC, _ISO_BALTIC, _LATIN = "cp1257", "iso8859-13", "cp1252"
_SHOWN = {_BALTIC: "Windows-1257", _ISO_BALTIC: "ISO-8859-13", _LATIN: "Latin-1"}
# Latgalian ō and Livonian ŗ are of the older spelling; ė is in names of Lithuania.
_LATVIAN = "ĀČĒĢĪĶĻŅŠŪŽŌŖĖāčēģīķļņšūžōŗė"
# A letter of these is one of UTF-8's Latvian letters (Ā–ž), whose first byte is Ä or Å elsewhere.
_LATVIAN_IN_UTF8 = re.compile(rb"[\xc4\xc5][\x80-\xbf]")
# In the encodings of DOS and old Macs letters stand where Windows has signs, which never stand
# within a word; apostrophes, ellipses and dashes do.
_SIGN_IN_WORD = re.compile(
    rb"[A-Za-z\xc0-\xff][\x80-\x84\x86-\x91\x93-\x95\x98-\x9f][a-z\xc0-\xff]"
)
# Words with letters beyond ASCII; one of Latvian letters alone, and what no Latvian word has:
# "Chāteau", "Franēais", "mčre", "Hōtel", "Noėl" are French.
_WORD = re.compile(rb"[A-Za-z\xaa\xba\xc0-\xff]*[\xaa\xba\xc0-\xff][A-Za-z\xaa\xba\xc0-\xff]*")
_LATVIAN_WORD = re.compile(rf"[A-Za-z{_LATVIAN}]+")
_NOT_LATVIAN = re.compile(
    r"[qw]|(?<=[a-z])y|y(?=[a-z])|vķk|[ctps]h|eau|ou|oe|(?<!\bs)aī|[ou]ī|aoū|(?<!\bn)(?<!\bpi)eē|ē[ēaeiou]"
    r"|(?<![aeiouāēīū])č(?=[bcdfghjlmnprstvz])|[aeiou]ķ[aeiou]*[šķ]|ōt|[aeiou]ė|čre",
    re.IGNORECASE,
)
# ISO-8859-13 has quotation marks at the byte of an accent that stands by no letter's side.
_QUOTED = re.compile(
    rb"(?<![A-Za-z\xc0-\xff])\xb4[A-Za-z\xc0-\xff]|[A-Za-z\xc0-\xff]\xb4(?![A-Za-z\xc0-\xff])"
)
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_MOST_WORDS = 100_000
# One typing error among so many letters says nothing.
_RARELY = 5
# Bytes of a text below the blank: tab, line ends, form feed, the end mark of DOS.
_LAYOUT = (9, 10, 11, 12, 13, 26)
_BLANK, _HIGH = 32, 128
# The first byte of U+0300 in UTF-8.
_FIRST_TO_COMPOSE = 0xCC
# An evidence this many times the other decides.
_OUTWEIGHS = 3
BYTE_ORDER_MARK, END_OF_DOS = "\ufeff", "\x1a"


class Encoding(NamedTuple):
    """How the bytes of a file are text: Python's codec, without a mark of so many bytes before it.

    `faults` are a warning where the encoding had to be guessed.
    """

    codec: str
    mark: int
    faults: tuple[Fault, ...] = ()


def read_text(path: Path, shown: str) -> str:
    """Read a UTF-8 file, with or without a byte order mark; letters come composed (NFC).

    Raises `InputError` if it cannot be read, is not UTF-8, or has NUL characters.
    """
    text, faults = read_any_text(path, shown)
    if faults:
        raise InputError([_not_text(shown, faults[0].row or 1)])
    return text


def read_any_text(path: Path, shown: str) -> tuple[str, list[Fault]]:
    """Read a text file in any encoding that can be told; letters come composed (NFC).

    A warning tells of an encoding that was guessed.  Raises `InputError` if the file cannot be
    read, or is no text; the fault names the line.
    """
    data, faults = read_utf8(path, shown)
    return data.decode(), faults


def read_utf8(path: Path, shown: str) -> tuple[bytes, list[Fault]]:
    """Read a text file as `read_any_text` does, but give it encoded as UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None
    if _is_plain(data):
        return data, []
    encoding = encoding_of(lambda: iter((data,)), shown)
    return compose(data[encoding.mark :].decode(encoding.codec)).encode(), list(encoding.faults)


def _is_plain(data: bytes) -> bool:
    """Tell UTF-8 in which there is nothing to compose or to take out, as most files are."""
    if not data or data.endswith(END_OF_DOS.encode()) or data.startswith(tuple(_OTHER_FILES)):
        return False
    # Letters before U+0300 stand for themselves, and no mark is among them.
    if b"\0" in data or np.frombuffer(data, np.uint8).max() >= _FIRST_TO_COMPOSE:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def compose(text: str) -> str:
    """Compose letters (NFC), and take out the marks that files begin or end with."""
    unmarked = text.replace(BYTE_ORDER_MARK, "").removesuffix(END_OF_DOS)
    return unicodedata.normalize("NFC", unmarked)


def unreadable(shown: str, error: OSError) -> Fault:
    """Tell that a file cannot be opened."""
    problem = Message("cannot be read ({reason})", reason=error.strerror or type(error).__name__)
    return Fault("error", shown, problem, Message("check the path and the permissions"))


def encoding_of(blocks: Callable[[], Iterable[bytes]], shown: str) -> Encoding:
    """Tell the encoding of a file, whose bytes `blocks` gives from its beginning at each call.

    Raises `InputError` if it is no text in an encoding that is known; the fault names the line.
    """
    begun = iter(blocks())
    first = next(begun, b"")
    for begin, form in _OTHER_FILES.items():
        if first.startswith(begin):
            problem = Message("is an Excel workbook or an archive, no text")
            if form:
                problem = Message("is a {form} file, no text", form=form)
            raise InputError.of(shown, problem, Message("save its contents as CSV UTF-8"))
    codec, mark = "utf-8", 0
    for sign, named in _MARKS.items():
        while first.startswith(sign, mark):
            codec, mark = named, mark + len(sign)
        if mark:
            break
    line, has_nul = _bad_line(codec, chain((first[mark:],), begun))
    if not line:
        return Encoding(codec, mark)
    guessed = None if mark or has_nul else _guessed(blocks())
    if guessed is None:
        raise InputError([_not_text(shown, line, codec)])
    problem = Message("is not UTF-8, so the file was read as {name}", name=_SHOWN[guessed])
    remedy = Message("if letters are wrong, save it as UTF-8")
    return Encoding(guessed, 0, (Fault("warning", shown, problem, remedy, line),))


def _bad_line(codec: str, blocks: Iterable[bytes]) -> tuple[int, bool]:
    """Give the line on which a file is no text, 0 if it is; and whether for a NUL character."""
    decoder = codecs.getincrementaldecoder(codec)()
    line, after_cr = 1, False
    for block, is_last in chain(zip(blocks, repeat(False)), [(b"", True)]):
        try:
            decoded = decoder.decode(block, is_last)
            # Line ends and NULs are the same bytes in UTF-8.
            text, is_bad = block if codec == "utf-8" else decoded.encode(), False
        except UnicodeDecodeError as error:
            text, is_bad = error.object[: error.start], True
        text, nul, _ = text.partition(b"\0")
        line += line_ends(text) - (after_cr and text.startswith(b"\n"))
        if nul or is_bad:
            return line, bool(nul)
        after_cr = text.endswith(b"\r") or (after_cr and not text)
    return 0, False


def line_ends(data: bytes) -> int:
    r"""Count the ends of lines: LF, CR, or both together.

    >>> line_ends(b"a\rb\r\nc\n")
    3
    """
    if b"\r" not in data:
        return data.count(b"\n")
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def _not_text(shown: str, line: int, codec: str = "utf-8") -> Fault:
    name = codec.upper().removesuffix("-LE").removesuffix("-BE")
    problem = Message("is not {name} text", name=name)
    return Fault("error", shown, problem, Message("save the file as UTF-8"), line)


def _guessed(blocks: Iterable[bytes]) -> str | None:
    """Choose the encoding of a text that is not UTF-8; None if none is likely."""
    counts = np.zeros(256, np.int64)
    words: Counter[bytes] = Counter()
    in_utf8 = in_word = quoted = 0
    for block in blocks:
        counts += np.bincount(np.frombuffer(block, np.uint8), minlength=256)
        in_word += len(_SIGN_IN_WORD.findall(block))
        quoted += len(_QUOTED.findall(block))
        if words.total() < _MOST_WORDS:
            words.update(_WORD.findall(block))
        in_utf8 += len(_LATVIAN_IN_UTF8.findall(block))
    controls = np.delete(counts[:_BLANK], _LAYOUT).any()
    high = counts[_HIGH:].sum()
    # UTF-8 that was damaged, or has another text pasted in: as any other it would all be wrong.
    if controls or _RARELY * in_word > high or _OUTWEIGHS * in_utf8 * 2 > high:
        return None
    latvian, foreign, either = _votes(words)
    likely = [_ISO_BALTIC, _BALTIC] if quoted else [_BALTIC, _ISO_BALTIC]
    if not latvian or latvian < 2 * foreign:
        likely = []
    # Western words are of ASCII letters for the most part; Cyrillic ones have hardly any.
    letters = sum(len(word) * count for word, count in words.items())
    ascii_letters = sum(_ASCII_LETTER.subn(b"", word)[1] * count for word, count in words.items())
    if foreign + either and foreign >= latvian and 2 * ascii_letters >= letters:
        likely.append(_LATIN)
    return next((codec for codec in likely if _is_text(codec, counts)), None)


def _votes(words: Counter[bytes]) -> tuple[int, int, int]:
    """Count the words that would be Latvian in a Baltic encoding, others, and those of either.

    Latvian letters are the same bytes in both Baltic encodings; those of Tõrva and Köln are so in
    Latin-1 too, but é is hardly ever written in Latvian.
    """
    latvian = foreign = either = 0
    for word, count in words.items():
        baltic = word.decode(_BALTIC, "replace")
        if _LATVIAN_WORD.fullmatch(baltic) and not _NOT_LATVIAN.search(baltic):
            latvian += count
        elif baltic == word.decode(_LATIN, "replace") and "é" not in baltic.lower():
            either += count
        else:
            foreign += count
    return latvian, foreign, either


def _is_text(codec: str, counts: NDArray[np.int64]) -> bool:
    """Tell whether every byte that occurs is a character that people write."""
    found = np.flatnonzero(counts)
    try:
        bytes(found.tolist()).decode(codec)
    except UnicodeDecodeError:
        return False
    high = bytes(found[found >= _HIGH].tolist()).decode(codec)
    strange = {_BALTIC: "ˇ˛˙", _LATIN: "ŒœŠšŽžŸƒˆ˜"}.get(codec, "")
    return all((char.isprintable() or char == "\xa0") and char not in strange for char in high)
