"""Shapefiles: parts that belong together, and the code page of the table.

The table is read here, since GDAL makes 0 of a text in a column of numbers, and takes Latin
letters for Latvian ones where no code page is stated.  What is stated, by the .cpg or the table's
language byte, is often lost or wrong: it counts only if the bytes can be so.  Format: ESRI
Shapefile Technical Description, 1998; dBASE III.
"""

from __future__ import annotations

import codecs
import re
import struct
import warnings
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyogrio
import shapely

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import MEGABYTE, unfit
from vpvkac.sources.base import NUMBER
from vpvkac.sources.encoding import unreadable
from vpvkac.sources.geodata.layer import (
    Columns,
    Layer,
    chosen,
    compose,
    layer_of,
    without_lost_coordinates,
)
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray

MAGIC = (9994).to_bytes(4, "big")
# Offsets in the index are 32 bits of two bytes each.
_MOST_BYTES = 8_600 * MEGABYTE
_LONGEST_LABEL = 100
_PARTS = (".shp", ".shx", ".dbf")
_HEADER, _INDEX_ROW = 100, 8
# Rows of the table, bytes of its head and of a row.
_COUNTS, _LANGUAGE = struct.Struct("<IHH"), 29
_FIELDS, _FIELD, _NAME, _END_OF_FIELDS = 32, 32, 10, 0x0D
_BLANKS = b" \0"
_READABLE = "CNFLD"
_YES_NO = {"T": "true", "Y": "true", "F": "false", "N": "false"}
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COPY = Message("copy all its parts (.shp, .shx, .dbf, .prj, .cpg) from one source")
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


class _Field(NamedTuple):
    """A column of the table: its name in the file's bytes, its kind, its place in a row."""

    name: bytes
    kind: str
    begin: int
    width: int

    def cells(self, rows: NDArray[np.uint8]) -> list[bytes]:
        """Return the column as bytes, up to a NUL and without blanks around."""
        part = np.ascontiguousarray(rows[:, self.begin : self.begin + self.width])
        cells = part.view(f"S{self.width}").ravel().tolist()
        return [cell.partition(b"\0")[0].strip(_BLANKS) for cell in cells]


def read_shapefile(path: Path, shown: str, columns: Columns) -> Layer:
    """Read the columns asked for, and the shapes.

    Raises `InputError` if a part is missing, the parts do not belong together, a column is
    missing or of a kind that is not read, or its letters are of no code page known.
    """
    data = {ending: _bytes(path, ending, shown) for ending in _PARTS}
    fields, rows = _table(data[".dbf"], shown)
    _check_together(data, len(rows), shown)
    stated = _bytes(path, ".cpg", shown)[:_LONGEST_LABEL] if _part(path, ".cpg") else None
    written = [(field.name, _NAME) for field in fields]
    for field in fields:
        if field.kind == "C":
            written.extend((cell, field.width) for cell in field.cells(rows))
    codec, faults = _code_page(stated, data[".dbf"][_LANGUAGE], written, shown)
    names = {compose(_decoded(field.name, _NAME, codec)): field for field in fields}
    columns = chosen(columns, names)
    picked = {name: names[name] for name in columns if name in names}
    unread = [
        Fault(
            "error",
            shown,
            Message("is a column of the kind {kind}", kind=repr(field.kind)),
            Message("save the file as a GeoPackage"),
            field=name,
        )
        for name, field in picked.items()
        if field.kind not in _READABLE
    ]
    if unread:
        raise InputError([*faults, *unread])
    # A star marks a row that was deleted.
    rows = rows[rows[:, 0] != ord("*")]
    values = {
        name: [
            _decoded(cell, field.width, codec) if field.kind == "C" else _value(cell, field.kind)
            for cell in field.cells(rows)
        ]
        for name, field in picked.items()
    }
    shapes, crs, remarks = _shapes(path, shown)
    if len(shapes) != len(rows):
        raise _not_together(shown, ".shp", len(shapes), len(rows))
    faults = [*faults, *remarks]
    return layer_of(shown, columns, list(names), values, shapes, (crs, ""), faults=faults)


def _part(path: Path, ending: str) -> Path | None:
    """Find a part, its ending in small letters or capitals."""
    written = (path.with_suffix(ending), path.with_suffix(ending.upper()))
    return next((part for part in written if part.is_file()), None)


def _bytes(path: Path, ending: str, shown: str) -> bytes:
    part = _part(path, ending)
    if part is None:
        raise InputError.of(shown, Message("lacks its part {ending}", ending=ending), _COPY)
    if (found := unfit(part, _MOST_BYTES)) is not None:
        raise InputError.of(shown, *found)
    try:
        return part.read_bytes()
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None


def _table(data: bytes, shown: str) -> tuple[list[_Field], NDArray[np.uint8]]:
    """Read the columns of the table, and its rows as bytes of shape (n, width)."""
    if len(data) < _FIELDS + 1:
        raise _damaged(shown, ".dbf")
    count, head, width = _COUNTS.unpack_from(data, 4)
    fields = []
    begin = 1
    for at in range(_FIELDS, min(head, len(data)) - _FIELD + 1, _FIELD):
        if data[at] == _END_OF_FIELDS:
            break
        name, kind = data[at : at + 11].partition(b"\0")[0], chr(data[at + 11])
        # A text may be longer than a byte tells; the rest stands where numbers have decimals.
        size = data[at + 16] + (256 * data[at + 17] if kind == "C" else 0)
        fields.append(_Field(name, kind, begin, size))
        begin += size
    body = np.frombuffer(data, np.uint8)[head : head + count * width]
    is_sound = fields and begin <= width and len(body) == count * width
    if not is_sound or any(field.width == 0 for field in fields):
        raise _damaged(shown, ".dbf")
    return fields, body.reshape(count, width)


def _check_together(data: dict[str, bytes], rows: int, shown: str) -> None:
    """Refuse parts of different shapefiles: other counts of rows, an index of other shapes."""
    shapes, index = data[".shp"], data[".shx"]
    if index[:4] != MAGIC or len(index) < _HEADER:
        raise _damaged(shown, ".shx")
    entries = np.frombuffer(index[_HEADER:][: (len(index) - _HEADER) // 8 * 8], ">i4")
    at, size = entries.reshape(-1, 2).T.astype(np.int64)
    if len(at) != rows:
        raise _not_together(shown, ".shx", len(at), rows)
    begin = 2 * at
    if (begin < _HEADER).any() or (begin + _INDEX_ROW + 2 * size > len(shapes)).any():
        raise _damaged(shown, ".shp")
    # The head of a shape says its length too.
    lengths = np.frombuffer(shapes, np.uint8)[begin[:, None] + np.arange(4, 8)]
    if (np.ascontiguousarray(lengths).view(">i4").ravel() != size).any():
        raise _damaged(shown, ".shx")


def _value(cell: bytes, kind: str) -> str:
    """Write a cell as text: whole numbers without decimals, dates as 2021-07-01."""
    text = cell.decode("ascii", "replace")
    if kind in "NF" and re.fullmatch(NUMBER, text):
        number = Decimal(text)
        return str(int(number)) if number == int(number) else text
    # Stars fill a field into which a number did not go.
    if kind in "NF" and set(text) == {"*"}:
        return ""
    if kind == "L":
        return _YES_NO.get(text.upper(), "")
    if kind == "D":
        return _DATE.sub(r"\1-\2-\3", text) if text.strip("0") else ""
    return text


def _shapes(path: Path, shown: str) -> tuple[NDArray[np.object_], pyproj.CRS | None, list[Fault]]:
    """Read the shapes by GDAL, which also knows the coordinate system's dialects."""
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        try:
            # Bytes of any code page are letters of this one; no text is taken from here.
            frame = pyogrio.read_dataframe(
                path, columns=[], encoding="ISO-8859-1", on_invalid="ignore"
            )
        # pyogrio stumbles over a coordinate system that GDAL cannot write.
        except UnboundLocalError:
            raise _damaged(shown, ".prj") from None
        except (RuntimeError, ValueError, OverflowError, shapely.errors.ShapelyError):
            raise _damaged(shown, ".shp") from None
    if "geometry" not in frame:
        raise _damaged(shown, ".shp")
    shapes = without_lost_coordinates(np.asarray(frame.geometry.to_numpy(), object))
    messages = [str(remark.message).replace(str(path), shown) for remark in remarks]
    check = Message("check the file")
    faults = [
        Fault("warning", shown, Message("was read with the remark: {message}", message=text), check)
        for text in dict.fromkeys(messages)
    ]
    return shapes, frame.crs, faults


def _not_together(shown: str, part: str, count: int, rows: int) -> InputError:
    problem = Message(
        "has parts that do not belong together: {count} shapes in {part}, {rows} rows in .dbf",
        count=count,
        part=part,
        rows=rows,
    )
    return InputError.of(shown, problem, _COPY)


def _damaged(shown: str, part: str) -> InputError:
    problem = Message(
        "has a part {part} that is damaged or does not belong to the others", part=part
    )
    return InputError.of(shown, problem, _COPY)


def _decoded(cell: bytes, width: int, codec: str) -> str:
    """Decode what fills a cell of that many bytes; half a letter at its end is left out."""
    try:
        return cell.decode(codec)
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and len(cell) >= width
        if not is_cut:
            raise
        return cell[: error.start].decode(codec)


def _letters(cells: Sequence[tuple[bytes, int]], codec: str | None) -> set[str] | None:
    """Return what these cells hold beyond ASCII; None if they are not of this code page."""
    if codec is None:
        return None
    try:
        used = {char for cell, width in cells for char in _decoded(cell, width, codec)}
    except ValueError:
        return None
    return {char for char in used if not char.isascii()}


def _code_page(
    stated: bytes | None, language: int, cells: Sequence[tuple[bytes, int]], shown: str
) -> tuple[str, list[Fault]]:
    """Find the code page of a table's texts, each with how many bytes its cell holds.

    It is UTF-8 if the texts are that; else the page stated, by the .cpg or where there is none
    by the language driver of the .dbf, unless it makes other letters than Latvian ones of them
    and Windows-1257 does not; else Windows-1257.  A warning tells where that is not what is
    stated, an `InputError` that it is none of them.
    """
    foreign = [(cell, width) for cell, width in cells if not cell.isascii()]
    if not foreign:
        return _UTF8, []
    known = _codec(stated) if stated is not None else _LANGUAGES.get(language)
    as_known, as_baltic = _letters(foreign, known), _letters(foreign, _BALTIC)
    is_latvian = as_baltic is not None and as_baltic <= _LATVIAN
    # Letters alone that a cell's end may have cut are no sign of UTF-8.
    if _letters(foreign, _UTF8):
        codec = _UTF8
    elif known and as_known is not None and (as_known <= _LATVIAN or not is_latvian):
        codec = known
    elif as_baltic is not None:
        codec = _BALTIC
    else:
        problem = Message("has texts in .dbf of no encoding that is known")
        remedy = Message("add a .cpg that names it, or save the file as a GeoPackage")
        raise InputError.of(shown, problem, remedy)
    if known is not None and codecs.lookup(codec) == codecs.lookup(known):
        return codec, []
    name = _SHOWN.get(codec, codec)
    problem = Message("has no .cpg that names its encoding; read as {name}", name=name)
    if stated is not None:
        problem = Message(
            'has a .cpg that says "{said}", which its texts are not; read as {name}',
            said=stated.decode("latin-1").strip()[:30],
            name=name,
        )
    remedy = Message("add a .cpg that says {name}", name=name)
    return codec, [Fault("warning", shown, problem, remedy)]


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
