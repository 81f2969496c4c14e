"""HTTP: one polite, wary client for the portal and for files.

It retries what may pass (`exchange`), resumes where the server allows it, and refuses
redirects to another scheme, web pages in place of files, answers that contradict
themselves, and bodies longer than any source.

What the headers say of length and encoding is checked here and nowhere else: the libraries
below pass over a length or an encoding that they do not know, and take a compressed body
that ends early for a whole one.
"""

from __future__ import annotations

import email.utils
import io
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Self
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import requests
import urllib3

from vpvkac.fetch.exchange import (
    CLOSED_EARLY,
    NO_ANSWER,
    TELL_PUBLISHER,
    TIME_OUT,
    TRY_LATER,
    LastingError,
    RefusedError,
    RetryPolicy,
    TooLongError,
    TooSlowError,
    TransientError,
    Watch,
    WatchedAdapter,
    check_transient,
    refusal,
    shorten,
    with_retries,
)
from vpvkac.model.stamp import VERSION
from vpvkac.texts.message import Message, Text

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_MOST_REDIRECTS = 5
_MOST_OF_AN_ANSWER = 32 * 1024**2
_REDIRECTS = {301, 302, 303, 307, 308}
_OK, _PARTIAL, _NOT_MODIFIED, _OUT_OF_RANGE = 200, 206, 304, 416
_GONE = {404, 410}
_CHUNK = 1 << 13
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)
_IDENTITY = "identity"
_DECODED = {"gzip", "x-gzip", "deflate"}
# zlib tells by itself which of the two it has before it.
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
NAME_ADDRESS = Message("give the right address: --address SOURCE=https://…")
_NOT_AN_ADDRESS = Message("is not an address")
_TOO_SLOW = Message("sends too slowly")
_UNASKED = Message("gives only a part of the file, unasked")
_UNPACKED_BADLY = Message("gives compressed content that cannot be unpacked")
_CHECK_NETWORK = Message("check the network connection and HTTPS_PROXY")
_CHECK_PROXY = Message("check HTTPS_PROXY and NO_PROXY")


def check_address(address: str, shown: str) -> SplitResult:
    """Split an address that may be asked.

    Only `https` is asked; `http` only on the same machine, where nobody listens in.

    Raises
    ------
    RefusedError
        If it is of another scheme, has no host, or holds a password (it would
        end in the lock file).
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise refusal(shown, _NOT_AN_ADDRESS, NAME_ADDRESS, address) from None
    if (
        not host
        or "\\" in parts.netloc
        or any(not char.isprintable() or char.isspace() for char in address)
    ):
        raise refusal(shown, _NOT_AN_ADDRESS, NAME_ADDRESS, address)
    if parts.username is not None or parts.password is not None:
        problem = Message("the address holds a user name or password")
        without = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise refusal(shown, problem, NAME_ADDRESS, without)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise refusal(shown, Message("is not an https address"), NAME_ADDRESS, address)
    return parts


def redirect_target(address: str, location: str, shown: str) -> str:
    """Give the address a redirect leads to.

    Raises
    ------
    RefusedError
        If it is no address, or leads to another scheme, or without https to another host.
    """
    try:
        target = urljoin(address, location)
        old, new, given = urlsplit(address), urlsplit(target), urlsplit(location)
    except ValueError:
        raise refusal(shown, _NOT_AN_ADDRESS, NAME_ADDRESS, location) from None
    # What names a scheme or a host must name one: joined, `http:///x` would lead to the same host.
    names_host = bool(given.scheme) or location.startswith("//")
    problem = None
    if new.scheme != old.scheme:
        problem = Message("redirects to another scheme: {target}", target=shorten(target))
    elif "\\" in location or not location or (names_host and not given.hostname):
        problem = Message(
            'redirects to "{location}", which is not an address', location=shorten(location)
        )
    elif new.netloc != old.netloc and new.scheme != "https":
        problem = Message(
            "redirects to another host without https: {target}", target=shorten(target)
        )
    if problem is not None:
        raise refusal(shown, problem, TELL_PUBLISHER, address)
    check_address(target, shown)
    return target


def file_name(address: str) -> str:
    """Give the last part of an address's path, empty where there is none.

    It is only read, to know vintage and form: no local file is called by it.
    """
    try:
        return PurePosixPath(unquote(urlsplit(address).path)).name
    except ValueError:
        return ""


def content_length(headers: Mapping[str, str]) -> int | None:
    """Give the bytes of the body as they are sent; None where that is not given.

    Raises
    ------
    LastingError
        If it is no length, or there are two that differ.
    """
    transfer = headers.get("Transfer-Encoding", _IDENTITY).strip().casefold()
    if transfer == "chunked":
        return None
    if transfer != _IDENTITY:
        raise _bad_header("Transfer-Encoding", transfer)
    value = headers.get("Content-Length")
    if value is None:
        return None
    # A header that is sent twice comes with a comma between.
    lengths = {each.strip() for each in value.split(",")}
    numbers = {int(length) for length in lengths if _LENGTH.fullmatch(length)}
    if len(numbers) != 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise _bad_header("Content-Length", value)
    return numbers.pop()


def is_compressed(headers: Mapping[str, str]) -> bool:
    """Tell whether the bytes sent are not those of the file.

    Raises
    ------
    LastingError
        If the encoding is not known, or there are several, one within the other.
    """
    value = headers.get("Content-Encoding", "").casefold()
    encodings = [each for part in value.split(",") if (each := part.strip()) not in {"", _IDENTITY}]
    if len(encodings) > 1 or not _DECODED.issuperset(encodings):
        raise _bad_header("Content-Encoding", value)
    return bool(encodings)


def is_remainder(headers: Mapping[str, str], begun: int) -> bool:
    """Tell whether a partial answer is all that comes after so many bytes."""
    match = _RANGE.fullmatch(headers.get("Content-Range", "").strip())
    if match is None:
        return False
    first, last, total = map(int, match.groups())
    return first == begun and last + 1 == total and content_length(headers) in {None, total - first}


def read_body(
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
    TransientError
        If it ends before its end.
    LastingError
        If the headers contradict each other, or the content its encoding.
    requests.exceptions.Timeout
        If nothing comes for too long.
    """
    length, compressed = content_length(response.headers), is_compressed(response.headers)
    sent = _read_sent(response, length, came)
    yield from _unpack(sent) if compressed else sent


def _read_sent(
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
        raise TransientError(CLOSED_EARLY) from None
    # Some versions of urllib3 take a body that broke off for a whole one.
    if length is not None and total < length:
        raise TransientError(CLOSED_EARLY)


def _unpack(sent: Iterator[bytes]) -> Iterator[bytes]:
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
                raise LastingError(_UNPACKED_BADLY) from None
            yield piece
            left = engine.unused_data if engine.eof else engine.unconsumed_tail
            if not left and (engine.eof or len(piece) < _CHUNK):
                break
    if not engine.eof:
        raise TransientError(CLOSED_EARLY)


def _bad_header(name: str, value: str) -> LastingError:
    return LastingError(Message("answers with {name}: {said}", name=name, said=shorten(value)))


@dataclass(frozen=True)
class Version:
    """What a server says of the version of a file: both empty where it says nothing."""

    etag: str = ""
    last_modified: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Version:
        """Read it from the headers of an answer."""
        return cls(headers.get("ETag", ""), headers.get("Last-Modified", ""))

    @property
    def resumable(self) -> str:
        """What `If-Range` may name; a weak tag may not."""
        strong = "" if self.etag.startswith("W/") else self.etag
        return strong or self.last_modified

    @property
    def date(self) -> str | None:
        """The day of `Last-Modified`."""
        try:
            return email.utils.parsedate_to_datetime(self.last_modified).date().isoformat()
        except ValueError:
            return None


Received = Callable[[int, int | None], None]
"""Called as bytes come in, with how many there are and how many are to come, if known."""


class UnchangedError(Exception):
    """The server says that the file is the one already here."""


@dataclass
class Request:
    """One file wanted.

    Parameters
    ----------
    shown
        The local file, for faults.
    accept
        Media type asked for.
    known
        The version already here; the server may answer that it is unchanged.
    refused_types
        Beginnings of content types that cannot be the file.
    received
        Progress.
    most_bytes
        The longest body taken; None for the longest of the policy.
    version
        Set when the answer came.
    """

    shown: str
    accept: str = "*/*"
    known: Version | None = None
    refused_types: tuple[str, ...] = ()
    received: Received | None = None
    most_bytes: int | None = None
    version: Version = Version()


class Web:
    """Asks servers for files; one for a whole `fetch`."""

    def __init__(
        self, policy: RetryPolicy | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.policy = policy or RetryPolicy()
        self.sleep = sleep
        self.watch = Watch(self.policy.least_bytes, self.policy.span, self.policy.whole)
        self.session = requests.Session()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, WatchedAdapter(self.watch))
        self.session.headers["User-Agent"] = f"vpvkac/{VERSION}"
        # Bytes as they stand on the server, so that lengths and ranges are those of the file.
        self.session.headers["Accept-Encoding"] = "identity"
        self.unreachable: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()
        self.watch.close()

    def read(self, address: str, shown: str) -> bytes:
        """Give a short answer, such as the portal's, whole."""
        body = io.BytesIO()
        request = Request(shown, accept="application/json", most_bytes=_MOST_OF_AN_ANSWER)
        self.download(address, body, request)
        return body.getvalue()

    def download(self, address: str, into: BinaryIO, request: Request) -> None:
        """Write the body at an address.

        Raises
        ------
        RefusedError
            If it cannot be had; what was written is then of no use.
        UnchangedError
            If the server says that it is the version known.
        """
        host = check_address(address, request.shown).netloc
        if host in self.unreachable:
            raise refusal(request.shown, NO_ANSWER, _CHECK_NETWORK, address)
        download = _Download(self, address, into, request)

        def refuse(failed: TransientError, problem: Text) -> RefusedError:
            if failed.problem is not NO_ANSWER:
                return download.refusal(problem, TRY_LATER)
            self.unreachable.add(host)
            return download.refusal(NO_ANSWER, _CHECK_NETWORK)

        with_retries(download.attempt, self.policy, self.sleep, refuse)


@dataclass
class _Download:
    """One download under way."""

    web: Web
    address: str
    into: BinaryIO
    request: Request
    # A server may compress against our wish; its ranges are then not those of the file.
    compressed: bool = False

    def refusal(self, problem: Text, remedy: Text = TELL_PUBLISHER) -> RefusedError:
        """Refuse the file of this address."""
        return refusal(self.request.shown, problem, remedy, self.address)

    def attempt(self) -> None:
        """Ask once, from where the last attempt ended if the server can do that."""
        if self.compressed or not self.request.version.resumable:
            self._restart()
        try:
            with self.web.watch.over(), self._answer() as response:
                self._check_status(response)
                self._receive(response)
        except LastingError as lasting:
            raise self.refusal(lasting.problem) from None
        except TooLongError:
            seconds = format(self.web.policy.whole, "g")
            problem = Message("{time_out} ({seconds} s)", time_out=TIME_OUT, seconds=seconds)
            raise self.refusal(problem, TRY_LATER) from None
        except TooSlowError:
            raise TransientError(_TOO_SLOW) from None
        except requests.exceptions.SSLError:
            raise self.refusal(Message("TLS verification failed")) from None
        except requests.exceptions.ProxyError:
            raise self.refusal(Message("proxy connection failed"), _CHECK_PROXY) from None
        except (requests.exceptions.Timeout, requests.exceptions.ConnectionError):
            raise
        except (requests.exceptions.RequestException, ValueError):
            raise self.refusal(Message("invalid URL or response"), NAME_ADDRESS) from None

    def _answer(self) -> requests.Response:
        """Follow redirects, each checked before it is asked."""
        address = self.address
        policy = self.web.policy
        asked: set[str] = set()
        while address not in asked and len(asked) <= _MOST_REDIRECTS:
            asked.add(address)
            response = self.web.session.get(
                address,
                headers=self._headers(),
                stream=True,
                allow_redirects=False,
                timeout=(policy.connect, policy.read),
            )
            self.web.watch.headers_came()
            location = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or location is None:
                return response
            response.close()
            address = redirect_target(address, _as_read_sent(location), self.request.shown)
        raise self.refusal(Message("redirects endlessly"))

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": self.request.accept}
        written = self.into.tell()
        known = self.request.known
        if written:
            headers["Range"] = f"bytes={written}-"
            headers["If-Range"] = self.request.version.resumable
        elif known is not None:
            conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
            headers |= {name: value for name, value in conditions.items() if value}
        return headers

    def _check_status(self, response: requests.Response) -> None:
        """Refuse an answer that is not the file, and put the file's end where its bytes go."""
        status = response.status_code
        if status == _NOT_MODIFIED and self.request.known is not None:
            raise UnchangedError
        check_transient(response)
        if status == _OUT_OF_RANGE or (status == _PARTIAL and not self._continues(response)):
            asked = self.into.tell() > 0
            self._restart()
            raise TransientError(CLOSED_EARLY if asked else _UNASKED)
        if status in _GONE:
            raise self.refusal(Message("has no file ({status})", status=status), NAME_ADDRESS)
        if status not in {_OK, _PARTIAL}:
            raise self.refusal(Message("answers with error {status}", status=status))
        if status == _OK:
            self._restart()
            self.request.version = Version.of(response.headers)
        kind = response.headers.get("Content-Type", "").casefold().strip()
        if kind.startswith(self.request.refused_types or ("\0",)):
            problem = Message(
                "gives content of type {kind}, not the file wanted",
                kind=shorten(kind.split(";")[0]),
            )
            raise self.refusal(problem)

    def _continues(self, response: requests.Response) -> bool:
        """Whether this is the rest that was asked for, and of the same version."""
        begun, version = self.into.tell(), Version.of(response.headers).resumable
        return (
            begun > 0
            and version in {"", self.request.version.resumable}
            and is_remainder(response.headers, begun)
        )

    def _restart(self) -> None:
        self.into.seek(0)
        self.into.truncate()

    def _receive(self, response: requests.Response) -> None:
        length = content_length(response.headers)
        self.compressed = is_compressed(response.headers)
        total = None if length is None or self.compressed else self.into.tell() + length
        self._check_size(total or 0)
        for piece in read_body(response, self.web.watch.came):
            self.into.write(piece)
            self._check_size(self.into.tell())
            if self.request.received is not None:
                self.request.received(self.into.tell(), total)

    def _check_size(self, size: int) -> None:
        most = self.request.most_bytes or self.web.policy.most_bytes
        if size > most:
            raise self.refusal(Message("is larger than {most} MB", most=most // 1024**2))


def _as_read_sent(location: str) -> str:
    """Undo the reading of header bytes as Latin-1: addresses with diacritics come in UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
