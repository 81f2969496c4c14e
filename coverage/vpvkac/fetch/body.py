"""The body of an answer, whole or not at all.

What the headers say of length and encoding is judged here and nowhere else:
the libraries below pass over a length or an encoding that they do not know,
and take a compressed body that ends early for a whole one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping

import requests
import urllib3

from vpvkac.fetch.refusal import short
from vpvkac.texts.message import Message, Text

_CHUNK = 1 << 13
_LONGEST_NUMBER = 18
_IDENTITY = "identity"
_DECODED = {"gzip", "x-gzip", "deflate"}
# zlib tells by itself which of the two it has before it.
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)
_UNPACKED_BADLY = Message("gives compressed content that cannot be unpacked")


class CutShortError(Exception):
    """The body ended before its end."""


class UnsoundError(Exception):
    """The answer contradicts itself, or is coded in a way that is not known."""

    def __init__(self, problem: Text) -> None:
        self.problem = problem
        super().__init__(problem.text("en"))


def whole_number(said: str | None) -> int | None:
    """Read a number of a header; None where it is none."""
    text = (said or "").strip()
    sound = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if sound else None


def length_of(headers: Mapping[str, str]) -> int | None:
    """Give the bytes of the body as they are sent; None where that is not said.

    Raises
    ------
    UnsoundError
        If it is no length, or there are two that differ.
    """
    transfer = headers.get("Transfer-Encoding", _IDENTITY).strip().casefold()
    if transfer == "chunked":
        return None
    if transfer != _IDENTITY:
        raise UnsoundError(_of_header("Transfer-Encoding", transfer))
    said = headers.get("Content-Length")
    if said is None:
        return None
    # A header that is sent twice comes with a comma between.
    lengths = {whole_number(each) for each in said.split(",")}
    if len(lengths) != 1 or None in lengths:
        raise UnsoundError(_of_header("Content-Length", said))
    return lengths.pop()


def is_compressed(headers: Mapping[str, str]) -> bool:
    """Tell whether the bytes sent are not those of the file.

    Raises
    ------
    UnsoundError
        If the encoding is not known, or there are several, one within the other.
    """
    said = headers.get("Content-Encoding", "").casefold()
    encodings = [each for part in said.split(",") if (each := part.strip()) not in {"", _IDENTITY}]
    if len(encodings) > 1 or not _DECODED.issuperset(encodings):
        raise UnsoundError(_of_header("Content-Encoding", said))
    return bool(encodings)


def is_rest(headers: Mapping[str, str], begun: int) -> bool:
    """Tell whether a partial answer is all that comes after so many bytes."""
    match = _RANGE.fullmatch(headers.get("Content-Range", "").strip())
    if match is None:
        return False
    first, last, total = map(int, match.groups())
    return first == begun and last + 1 == total and length_of(headers) in {None, total - first}


def pieces(
    response: requests.Response, came: Callable[[int], None] = lambda _: None
) -> Iterator[bytes]:
    """Give the body piece by piece, unpacked where it is compressed.

    No piece is longer than some kilobytes, whatever the body unpacks to.

    Parameters
    ----------
    response
        Asked for with `stream`; nothing of its body was read.
    came
        Called with the number of bytes that came.

    Raises
    ------
    CutShortError
        If it ends before its end.
    UnsoundError
        If the headers contradict each other, or the content its encoding.
    requests.exceptions.Timeout
        If nothing comes for too long.
    """
    length, compressed = length_of(response.headers), is_compressed(response.headers)
    sent = _sent(response, length, came)
    yield from _unpacked(sent) if compressed else sent


def _sent(
    response: requests.Response, length: int | None, came: Callable[[int], None]
) -> Iterator[bytes]:
    total = 0
    try:
        for piece in response.raw.stream(_CHUNK, decode_content=False):
            total += len(piece)
            came(len(piece))
            yield piece
    except urllib3.exceptions.ReadTimeoutError:
        raise requests.exceptions.Timeout from None
    except (urllib3.exceptions.HTTPError, OSError):
        raise CutShortError from None
    # Some versions of urllib3 take a body that broke off for a whole one.
    if length is not None and total < length:
        raise CutShortError


def _unpacked(sent: Iterator[bytes]) -> Iterator[bytes]:
    engine = zlib.decompressobj(_GZIP_OR_ZLIB)
    for data in sent:
        left = data
        # What is packed may end and begin anew; a full piece may have more behind it.
        while True:
            if engine.eof and left:
                engine = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                piece = engine.decompress(left, _CHUNK)
            except zlib.error:
                raise UnsoundError(_UNPACKED_BADLY) from None
            yield piece
            left = engine.unused_data if engine.eof else engine.unconsumed_tail
            if not left and (engine.eof or len(piece) < _CHUNK):
                break
    if not engine.eof:
        raise CutShortError


def _of_header(name: str, said: str) -> Text:
    return Message("answers with {name}: {said}", name=name, said=short(said))
