"""HTTP: one polite, wary client for the portal and for files.

It retries what may pass, resumes where the server allows it, and refuses redirects to another
scheme, web pages in place of files, answers that contradict themselves, and bodies longer than
any source.  urllib3's `Retry` counts the tries, reads Retry-After and lets the waits grow; it is
asked here and not by its connection pool, as a body that breaks off counts as a try too and the
waits are shown.  What headers say of length and encoding is checked here alone: the libraries
below pass over one that they do not know, and take a compressed body that ends early for whole.
"""

from __future__ import annotations

import email.utils
import io
import re
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TypeVar
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import requests
import urllib3
from urllib3.exceptions import InvalidHeader, MaxRetryError
from urllib3.util import connection
from urllib3.util.retry import RequestHistory, Retry

from vpvkac.model.faults import Fault
from vpvkac.model.stamp import VERSION
from vpvkac.texts.message import Message, Plural, Text

if TYPE_CHECKING:
    import socket

_Answer = TypeVar("_Answer")
# Besides these, whatever the server says went wrong with it.
_TRANSIENT_STATUSES = {408, 429, *range(500, 1000)}
_REDIRECTS = {301, 302, 303, 307, 308}
_OK, _PARTIAL, _NOT_MODIFIED, _OUT_OF_RANGE = 200, 206, 304, 416
_GONE = {404, 410}
# How a server answers that gives no headers without a body; it can be reached.
_NO_HEAD = {405, 501}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LONGEST_ADDRESS, MOST_OF_AN_ANSWER = 4096, 32 * 1024**2
_LONGEST_SHOWN, _MOST_REDIRECTS = 80, 5
_CHUNK = 1 << 13
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)
_IDENTITY = "identity"
_DECODED = {"gzip", "x-gzip", "deflate"}
# zlib tells by itself which of the two it has before it.
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_ATTEMPTS = Plural("{n} attempt", "{n} attempts")
NO_ANSWER = Message("does not answer")
TIME_OUT = Message("does not answer in time")
CLOSED_EARLY = Message("connection closed early")
TRY_LATER = Message("try later")
TELL_PUBLISHER = Message("try later; if it happens again, tell the publisher")
NAME_ADDRESS = Message("give the right address: --address SOURCE=https://…")
_CHECK_NETWORK = Message("check the network connection and HTTPS_PROXY")


class RefusedError(Exception):
    """A source cannot be fetched; `fault` says why and what to do."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.sentence("en"))


class TransientError(Exception):
    """What may be over at the next try; `wait` is how long the server asks to wait, seconds."""

    def __init__(self, problem: Text, wait: float | None = None) -> None:
        self.problem, self.wait = problem, wait
        super().__init__(problem.text("en"))


class LastingError(Exception):
    """What will be the same at the next try."""

    def __init__(self, problem: Text) -> None:
        self.problem = problem
        super().__init__(problem.text("en"))


class TooSlowError(Exception):
    """The watch ended the exchange: too little came."""


class TooLongError(TooSlowError):
    """The watch ended the exchange: it took longer than all of it may, however steadily it came."""


class UnchangedError(Exception):
    """The server says that the file is the one already here."""


def refusal(file: str, problem: Text, remedy: Text, value: str | None = None) -> RefusedError:
    """Make the refusal of a local file, or of what should have become it."""
    return RefusedError(Fault("error", file, problem, remedy, value=value))


def _shorten(text: str) -> str:
    """Make what a server said short enough for a sentence."""
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


# --- How long and how often ---------------------------------------------------------------------


@dataclass(frozen=True)
class RetryPolicy:
    """How long to wait and how often to try, in seconds.

    `connect` and `read` are for a connection and the next bytes; `tries` counts the first too;
    `first_wait` stands before the second try and is doubled before each later one; a server that
    asks for more than `most_wait` is not asked again.  `least_bytes` of a body must come in each
    `span`, and headers within one; `whole` is for one answer, however steadily its bytes drip
    in, and no source is longer than `most_bytes`.
    """

    connect: float = 10.0
    read: float = 60.0
    tries: int = 4
    first_wait: float = 1.0
    most_wait: float = 120.0
    span: float = 60.0
    least_bytes: int = 60_000
    whole: float = 3600.0
    most_bytes: int = 2 * 1024**3


def check_transient(response: requests.Response) -> None:
    """Raise a `TransientError`, with the wait asked for, if the status is a passing one."""
    if response.status_code not in _TRANSIENT_STATUSES:
        return
    wait = None
    with suppress(InvalidHeader, ValueError, OverflowError):
        reader = Retry()
        # So long a wait is refused, not cut down to what urllib3 would wait.
        reader.retry_after_max = sys.maxsize
        wait = float(reader.parse_retry_after(response.headers.get("Retry-After", "")))
    raise TransientError(_answers_with_error(response), wait)


def _answers_with_error(response: requests.Response) -> Text:
    return Message("answers with error {status}", status=response.status_code)


def with_retries(
    attempt: Callable[[], _Answer],
    policy: RetryPolicy,
    sleep: Callable[[float], None],
    refuse: Callable[[TransientError, Text], RefusedError],
) -> _Answer:
    """Attempt until there is an answer, an end to it, or an end of the tries.

    A `TransientError`, or an exception of requests, is tried again; `refuse` makes what is
    raised at the end, of the last error and a sentence of it and the tries.
    """
    # urllib3 waits from the third try on only; with an error in its history, from the second.
    retries = Retry(
        total=policy.tries - 1, backoff_factor=policy.first_wait / 2,
        backoff_max=policy.most_wait, history=(RequestHistory(None, None, None, None, None),),
    )  # fmt: skip
    while True:
        try:
            return attempt()
        except TransientError as error:
            failed = error
        except requests.exceptions.Timeout:
            failed = TransientError(TIME_OUT)
        except requests.exceptions.RequestException:
            failed = TransientError(NO_ANSWER)
        problem: Text = failed.problem
        if failed.wait is not None and failed.wait > policy.most_wait:
            wait = format(failed.wait, ".0f")
            problem = Message("{problem} and asks to wait {asked} s", problem=problem, asked=wait)
            raise refuse(failed, problem)
        try:
            retries = retries.increment(error=failed)
        except MaxRetryError:
            attempts = _ATTEMPTS.with_values(policy.tries)
            problem = Message("{problem} ({attempts})", problem=problem, attempts=attempts)
            raise refuse(failed, problem) from None
        sleep(max(failed.wait or 0.0, retries.get_backoff_time()))


class Watch:
    """Ends an exchange in which too little comes, or which takes too long, headers and bodies.

    A time-out of a socket is begun anew with every byte; this one is not.  `least` bytes of
    bodies must come in each `span` of seconds; no exchange is longer than `whole`.
    """

    def __init__(self, least: float, span: float, whole: float) -> None:
        self._least, self._span, self._whole = least, span, whole
        self._sockets: list[socket.socket] = []
        self._came = 0.0
        self._expired: TooSlowError | None = None

    def came(self, count: float) -> None:
        """Note bytes of a body."""
        self._came += count

    def headers_came(self) -> None:
        """Note that an answer began; its body has a span of its own."""
        self._came += self._least

    @contextmanager
    def over(self) -> Iterator[None]:
        """Watch over an exchange; raises a `TooSlowError` if it was ended, whatever came of it."""
        self._expired, self._came = None, 0.0
        connect = connection.create_connection

        def connect_watched(*args: Any, **kwargs: Any) -> socket.socket:
            sock = connect(*args, **kwargs)
            # Of its own, so that it can be shut down whatever TLS or urllib3 does to the other;
            # it stays watched where the connection is used again.
            self._sockets.append(sock.dup())
            if self._expired is not None:
                self._shut_down()
            return sock

        connection.create_connection = connect_watched
        ended = threading.Event()
        watching = threading.Thread(target=self._look, args=(ended,), daemon=True)
        watching.start()
        try:
            yield
        except BaseException:
            # The server may still be sending, and would go on as long as a connection is held.
            self._shut_down()
            self.close()
            raise
        finally:
            connection.create_connection = connect
            ended.set()
            watching.join()
            if self._expired is not None:
                raise self._expired from None

    def close(self) -> None:
        """Let go of all connections."""
        while self._sockets:
            self._sockets.pop().close()

    def _look(self, ended: threading.Event) -> None:
        end, seen = time.monotonic() + self._whole, 0.0
        while not ended.wait(max(0.0, min(self._span, end - time.monotonic()))):
            if time.monotonic() >= end:
                self._expired = TooLongError()
            elif self._came - seen < self._least:
                self._expired = TooSlowError()
            if self._expired is not None:
                self._shut_down()
                return
            seen = self._came

    def _shut_down(self) -> None:
        for sock in list(self._sockets):
            with suppress(OSError):
                sock.shutdown(2)


# --- Addresses ----------------------------------------------------------------------------------


def check_address(address: str, shown: str) -> SplitResult:
    """Split an address that may be asked: `https`, or `http` on this machine.

    Raises a `RefusedError` if it is of another scheme, has no host, or holds a password, which
    would end in the lock file.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    strange = any(not char.isprintable() or char.isspace() for char in address)
    if not host or "\\" in parts.netloc or strange or len(address) > LONGEST_ADDRESS:
        raise refusal(shown, Message("is not an address"), NAME_ADDRESS, address)
    if parts.username is not None or parts.password is not None:
        problem = Message("the address holds a user name or password")
        without = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise refusal(shown, problem, NAME_ADDRESS, without)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise refusal(shown, Message("is not an https address"), NAME_ADDRESS, address)
    return parts


def redirect_target(address: str, location: str, shown: str) -> str:
    """Give the address a redirect leads to.

    Raises a `RefusedError` if it is none, or of another scheme, or without https another host's.
    """
    try:
        target = urljoin(address, location)
        old, new, given = urlsplit(address), urlsplit(target), urlsplit(location)
    except ValueError:
        raise refusal(shown, Message("is not an address"), NAME_ADDRESS, location) from None
    # What names a scheme or a host must name one: joined, `http:///x` would lead to the same host.
    names_host = bool(given.scheme) or location.startswith("//")
    if new.scheme != old.scheme:
        problem = Message("redirects to another scheme: {target}", target=_shorten(target))
    elif "\\" in location or not location or (names_host and not given.hostname):
        no_address = Message('redirects to "{location}", which is not an address')
        problem = no_address.with_values(location=_shorten(location))
    elif new.netloc != old.netloc and new.scheme != "https":
        no_https = Message("redirects to another host without https: {target}")
        problem = no_https.with_values(target=_shorten(target))
    else:
        check_address(target, shown)
        return target
    raise refusal(shown, problem, TELL_PUBLISHER, address)


def file_name(address: str) -> str:
    """Give the last part of an address's path, empty where there is none.

    It is only read, to know vintage and form: no local file is called by it.
    """
    try:
        return PurePosixPath(unquote(urlsplit(address).path)).name
    except ValueError:
        return ""


# --- Bodies -------------------------------------------------------------------------------------


def _content_length(headers: Mapping[str, str]) -> int | None:
    """Give the bytes of the body as they are sent; None where that is not given.

    Raises a `LastingError` if it is no length, or there are two that differ.
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


def _is_compressed(headers: Mapping[str, str]) -> bool:
    """Tell whether the bytes sent are not those of the file; raises on an unknown encoding."""
    value = headers.get("Content-Encoding", "").casefold()
    encodings = [each for part in value.split(",") if (each := part.strip()) not in {"", _IDENTITY}]
    if len(encodings) > 1 or not _DECODED.issuperset(encodings):
        raise _bad_header("Content-Encoding", value)
    return bool(encodings)


def _bad_header(name: str, value: str) -> LastingError:
    return LastingError(Message("answers with {name}: {said}", name=name, said=_shorten(value)))


def read_body(
    response: requests.Response, came: Callable[[int], None] = lambda _: None
) -> Iterator[bytes]:
    """Give the body piece by piece, unpacked where it is compressed, in pieces of some kilobytes.

    The response was asked for with `stream`; `came` is called with the bytes that came.  Raises
    a `TransientError` or `Timeout` if it ends before its end, a `LastingError` if headers or
    content contradict themselves.
    """
    length, compressed = _content_length(response.headers), _is_compressed(response.headers)
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
                problem = Message("gives compressed content that cannot be unpacked")
                raise LastingError(problem) from None
            yield piece
            left = engine.unused_data if engine.eof else engine.unconsumed_tail
            if not left and (engine.eof or len(piece) < _CHUNK):
                break
    if not engine.eof:
        raise TransientError(CLOSED_EARLY)


# --- Downloads ----------------------------------------------------------------------------------


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
        return self.last_modified if self.etag.startswith("W/") else self.etag or self.last_modified

    def differs_from(self, known: Version) -> bool | None:
        """Tell whether it is another by tag, weak or strong, else by time; None by neither."""
        for mine, other in ((self.etag, known.etag), (self.last_modified, known.last_modified)):
            if mine and other:
                return mine.removeprefix("W/") != other.removeprefix("W/")
        return None

    @property
    def date(self) -> str | None:
        """The day of `Last-Modified`."""
        try:
            return email.utils.parsedate_to_datetime(self.last_modified).date().isoformat()
        except ValueError:
            return None


class Web:
    """Asks servers for files; one for a whole `fetch`."""

    def __init__(
        self, policy: RetryPolicy | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.policy = policy or RetryPolicy()
        self.sleep = sleep
        self.watch = Watch(self.policy.least_bytes, self.policy.span, self.policy.whole)
        self.session = requests.Session()
        self.session.headers["User-Agent"] = f"vpvkac/{VERSION}"
        # Bytes as they stand on the server, so that lengths and ranges are those of the file.
        self.session.headers["Accept-Encoding"] = _IDENTITY
        self.unreachable: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()
        self.watch.close()

    def read(self, address: str, shown: str, accept: str = "application/json") -> bytes:
        """Give a short answer, such as the portal's, whole."""
        body = io.BytesIO()
        download = Download(self, address, body, shown, accept, most_bytes=MOST_OF_AN_ANSWER)
        download.run()
        return body.getvalue()


@dataclass
class Download:
    """One download: what is asked for, and what came so far.

    `shown` is the local file, for faults; `known` the version already here, which the server may
    say is unchanged; `refused_types` begin the content types that cannot be the file; `received`
    is called as bytes come in, with how many there are and how many are to come, if known; with
    `headers_only` none are read.  A `question` in JSON is posted, and begun anew if broken off.
    """

    web: Web
    address: str
    into: BinaryIO
    shown: str
    accept: str = "*/*"
    known: Version | None = None
    refused_types: tuple[str, ...] = ()
    received: Callable[[int, int | None], None] = lambda *_: None
    most_bytes: int | None = None
    headers_only: bool = False
    question: bytes = b""
    version: Version = Version()
    # A server may compress against our wish; its ranges are then not those of the file.
    compressed: bool = False

    def run(self) -> Version:
        """Write the body and give its version.

        Raises a `RefusedError` if it cannot be had, an `UnchangedError` if it is the one known.
        """
        host = check_address(self.address, self.shown).netloc
        if host in self.web.unreachable:
            raise self.refusal(NO_ANSWER, _CHECK_NETWORK)

        def refuse(failed: TransientError, problem: Text) -> RefusedError:
            if failed.problem is not NO_ANSWER:
                return self.refusal(problem, TRY_LATER)
            self.web.unreachable.add(host)
            return self.refusal(NO_ANSWER, _CHECK_NETWORK)

        with_retries(self._attempt, self.web.policy, self.web.sleep, refuse)
        return self.version

    def refusal(self, problem: Text, remedy: Text = TELL_PUBLISHER) -> RefusedError:
        """Refuse the file of this address."""
        return refusal(self.shown, problem, remedy, self.address)

    def _attempt(self) -> None:
        """Ask once, from where the last attempt ended if the server can do that."""
        if self.compressed or self.question or not self.version.resumable:
            self._restart()
        try:
            with self.web.watch.over(), self._answer() as response:
                self._check_status(response)
                if not self.headers_only:
                    self._receive(response)
        except LastingError as lasting:
            raise self.refusal(lasting.problem) from None
        except TooLongError:
            seconds = format(self.web.policy.whole, "g")
            problem = Message("{time_out} ({seconds} s)", time_out=TIME_OUT, seconds=seconds)
            raise self.refusal(problem, TRY_LATER) from None
        except TooSlowError:
            raise TransientError(Message("sends too slowly")) from None
        except requests.exceptions.SSLError:
            raise self.refusal(Message("TLS verification failed")) from None
        except requests.exceptions.ProxyError:
            check_proxy = Message("check HTTPS_PROXY and NO_PROXY")
            raise self.refusal(Message("proxy connection failed"), check_proxy) from None
        except (requests.exceptions.Timeout, requests.exceptions.ConnectionError):
            raise
        except (requests.exceptions.RequestException, ValueError):
            raise self.refusal(Message("invalid URL or response"), NAME_ADDRESS) from None

    def _answer(self) -> requests.Response:
        """Follow redirects, each checked before it is asked."""
        headers = {"Accept": self.accept}
        if self.into.tell():
            headers |= {"Range": f"bytes={self.into.tell()}-", "If-Range": self.version.resumable}
        elif self.known is not None:
            known = self.known
            conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
            headers |= {name: value for name, value in conditions.items() if value}
        method = "HEAD" if self.headers_only else "GET"
        if self.question:
            method, headers = "POST", headers | {"Content-Type": "application/json"}
        address, timeout = self.address, (self.web.policy.connect, self.web.policy.read)
        asked: set[str] = set()
        while address not in asked and len(asked) <= _MOST_REDIRECTS:
            asked.add(address)
            response = self.web.session.request(
                method, address, headers=headers, stream=True, allow_redirects=False,
                timeout=timeout, data=self.question or None,
            )  # fmt: skip
            self.web.watch.headers_came()
            location = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or location is None:
                return response
            response.close()
            # Header bytes are read as Latin-1; addresses with diacritics come in UTF-8.
            with suppress(UnicodeError):
                location = location.encode("latin-1").decode("utf-8")
            address = redirect_target(address, location, self.shown)
        raise self.refusal(Message("redirects endlessly"))

    def _check_status(self, response: requests.Response) -> None:
        """Refuse an answer that is not the file, and put the file's end where its bytes go."""
        status = response.status_code
        if status == _NOT_MODIFIED and self.known is not None:
            raise UnchangedError
        if self.headers_only and status in _NO_HEAD:
            return
        check_transient(response)
        if status == _OUT_OF_RANGE or (status == _PARTIAL and not self._continues(response)):
            asked = self.into.tell() > 0
            self._restart()
            unasked = Message("gives only a part of the file, unasked")
            raise TransientError(CLOSED_EARLY if asked else unasked)
        if status in _GONE:
            raise self.refusal(Message("has no file ({status})", status=status), NAME_ADDRESS)
        if status not in {_OK, _PARTIAL}:
            raise self.refusal(_answers_with_error(response))
        if status == _OK:
            self._restart()
            self.version = Version.of(response.headers)
        kind = response.headers.get("Content-Type", "").casefold().strip()
        if kind.startswith(self.refused_types):
            kind = _shorten(kind.split(";")[0])
            problem = Message("gives content of type {kind}, not the file wanted", kind=kind)
            raise self.refusal(problem)

    def _continues(self, response: requests.Response) -> bool:
        """Whether this is the rest that was asked for, whole, and of the same version."""
        begun, headers = self.into.tell(), response.headers
        match = _RANGE.fullmatch(headers.get("Content-Range", "").strip())
        version = Version.of(headers).resumable
        if begun == 0 or match is None or version not in {"", self.version.resumable}:
            return False
        first, last, total = map(int, match.groups())
        length = _content_length(headers)
        return first == begun and last + 1 == total and length in {None, total - first}

    def _restart(self) -> None:
        self.into.seek(0)
        self.into.truncate()

    def _receive(self, response: requests.Response) -> None:
        length = _content_length(response.headers)
        self.compressed = _is_compressed(response.headers)
        total = None if length is None or self.compressed else self.into.tell() + length
        self._check_size(total or 0)
        for piece in read_body(response, self.web.watch.came):
            self.into.write(piece)
            self._check_size(self.into.tell())
            self.received(self.into.tell(), total)

    def _check_size(self, size: int) -> None:
        most = self.most_bytes or self.web.policy.most_bytes
        if size > most:
            raise self.refusal(Message("is larger than {most} MB", most=most // 1024**2))
