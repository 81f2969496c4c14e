"""HTTP: one polite, wary client for the portal and for files.

It retries what may pass (5xx, 408, 429, time-outs, a body cut short or too
slow), obeys Retry-After, resumes where the server allows it, and refuses
redirects to another scheme, web pages in place of files, answers that
contradict themselves, and bodies longer than any source.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import io
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol, Self
from urllib.parse import urlsplit

import requests

from vpvkac.fetch.address import check, redirected
from vpvkac.fetch.body import (
    CutShortError,
    UnsoundError,
    is_compressed,
    is_rest,
    length_of,
    pieces,
    whole_number,
)
from vpvkac.fetch.refusal import (
    ATTEMPTS,
    NAME_ADDRESS,
    TELL_PUBLISHER,
    TRY_LATER,
    RefusedError,
    refused,
    short,
)
from vpvkac.fetch.watch import TooLongError, TooSlowError, Watch, Watched
from vpvkac.model.version import VERSION
from vpvkac.texts.message import Message, Text

_MOST_REDIRECTS = 5
_MOST_OF_AN_ANSWER = 32 * 1024**2
_REDIRECTS = {301, 302, 303, 307, 308}
_OK, _PARTIAL, _NOT_MODIFIED, _OUT_OF_RANGE, _SERVER = 200, 206, 304, 416, 500
_PASSING = {408, 429}
_GONE = {404, 410}


@dataclass(frozen=True)
class Patience:
    """How long to wait and how often to try, in seconds.

    Parameters
    ----------
    connect, read
        For a connection, and for the next bytes.
    tries
        In all, the first included.
    first_wait
        Before the second try; doubled before each later one.
    most_wait
        The longest wait; a server that asks for more is not asked again.
    span, least_bytes
        So many bytes of a body must come in each span, and headers within one.
    whole
        For one answer, however steadily its bytes drip in.
    most_bytes
        No source is longer than this.
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

    def wait(self, tried: int) -> float:
        """Give the wait after so many tries."""
        return min(self.first_wait * 2.0 ** (tried - 1), self.most_wait)


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


class Received(Protocol):
    """Called as bytes come in, with how many there are and how many are to come, if known."""

    def __call__(self, received: int, total: int | None) -> None:
        """Show it."""


class UnchangedError(Exception):
    """The server says that the file is the one already here."""


class _PassingError(Exception):
    """What may be over at the next try."""

    def __init__(self, problem: Text, wait: float | None = None) -> None:
        self.problem = problem
        self.wait = wait
        super().__init__(problem.text("en"))


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
    version
        Set when the answer came.
    """

    shown: str
    accept: str = "*/*"
    known: Version | None = None
    refused_types: tuple[str, ...] = ()
    received: Received | None = None
    version: Version = Version()


class Web:
    """Asks servers for files; one for a whole `fetch`."""

    def __init__(
        self, patience: Patience | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.patience = patience or Patience()
        self.sleep = sleep
        self.watch = Watch(self.patience.least_bytes, self.patience.span, self.patience.whole)
        self.session = requests.Session()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, Watched(self.watch))
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
        self.download(address, body, Request(shown, accept="application/json"), _MOST_OF_AN_ANSWER)
        return body.getvalue()

    def download(
        self, address: str, into: BinaryIO, request: Request, most_bytes: int | None = None
    ) -> None:
        """Write the body at an address.

        Raises
        ------
        RefusedError
            If it cannot be had; what was written is then of no use.
        UnchangedError
            If the server says that it is the version known.
        """
        host = check(address, request.shown).netloc
        if host in self.unreachable:
            raise refused(request.shown, _NO_ANSWER, _CHECK_NETWORK, address)
        download = _Download(self, address, into, request, most_bytes or self.patience.most_bytes)
        tried = 0
        while True:
            tried += 1
            try:
                download.attempt()
            except _PassingError as passing:
                self._wait(passing, tried, address, request.shown)
            else:
                return

    def _wait(self, passing: _PassingError, tried: int, address: str, shown: str) -> None:
        asked = passing.wait
        if asked is not None and asked > self.patience.most_wait:
            problem = Message(
                "{problem} and asks to wait {asked} s",
                problem=passing.problem,
                asked=format(asked, ".0f"),
            )
            raise refused(shown, problem, TRY_LATER, address)
        if tried >= self.patience.tries:
            if passing.problem is _NO_ANSWER:
                self.unreachable.add(urlsplit(address).netloc)
                raise refused(shown, _NO_ANSWER, _CHECK_NETWORK, address)
            attempts = ATTEMPTS.with_values(tried)
            problem = Message("{problem} ({attempts})", problem=passing.problem, attempts=attempts)
            raise refused(shown, problem, TRY_LATER, address)
        self.sleep(max(asked or 0.0, self.patience.wait(tried)))


class _Download:
    """One download under way: what has been written, and of which version."""

    def __init__(
        self, web: Web, address: str, into: BinaryIO, request: Request, most_bytes: int
    ) -> None:
        self.web = web
        self.address = address
        self.into = into
        self.request = request
        self.most_bytes = most_bytes
        # A server may compress against our wish; its ranges are then not those of the file.
        self.compressed = False

    def attempt(self) -> None:
        """Ask once, from where the last attempt ended if the server can do that."""
        if self.compressed or not self.request.version.resumable:
            self._restart()
        try:
            with self.web.watch.over():
                self._ask()
        except TooLongError:
            problem = Message(
                "{time_out} ({seconds} s)",
                time_out=_TIME_OUT,
                seconds=format(self.web.patience.whole, "g"),
            )
            raise refused(self.request.shown, problem, TRY_LATER, self.address) from None
        except TooSlowError:
            raise _PassingError(_TOO_SLOW) from None

    def _ask(self) -> None:
        try:
            with self._answer() as response:
                self._judge(response)
                self._receive(response)
        except UnsoundError as unsound:
            raise refused(
                self.request.shown, unsound.problem, TELL_PUBLISHER, self.address
            ) from None
        except CutShortError:
            raise _PassingError(_CUT_SHORT) from None
        except requests.exceptions.SSLError:
            problem = Message("gives no secure connection (TLS)")
            raise refused(self.request.shown, problem, TELL_PUBLISHER, self.address) from None
        except requests.exceptions.ProxyError:
            problem = Message("cannot be reached through the proxy")
            raise refused(self.request.shown, problem, _CHECK_PROXY, self.address) from None
        except requests.exceptions.Timeout:
            raise _PassingError(_TIME_OUT) from None
        except requests.exceptions.ConnectionError:
            raise _PassingError(_NO_ANSWER) from None
        except (requests.exceptions.RequestException, ValueError):
            problem = Message("is not a valid address or answer")
            raise refused(self.request.shown, problem, NAME_ADDRESS, self.address) from None

    def _answer(self) -> requests.Response:
        """Follow redirects, each checked before it is asked."""
        address = self.address
        patience = self.web.patience
        asked: set[str] = set()
        while address not in asked and len(asked) <= _MOST_REDIRECTS:
            asked.add(address)
            response = self.web.session.get(
                address,
                headers=self._headers(),
                stream=True,
                allow_redirects=False,
                timeout=(patience.connect, patience.read),
            )
            self.web.watch.headers_came()
            location = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or location is None:
                return response
            response.close()
            address = redirected(address, _as_sent(location), self.request.shown)
        problem = Message("redirects endlessly")
        raise refused(self.request.shown, problem, TELL_PUBLISHER, self.address)

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

    def _judge(self, response: requests.Response) -> None:
        """Refuse an answer that is not the file, and put the file's end where its bytes go."""
        status = response.status_code
        if status == _NOT_MODIFIED and self.request.known is not None:
            raise UnchangedError
        if status in _PASSING or status >= _SERVER:
            problem = Message("answers with error {status}", status=status)
            raise _PassingError(problem, _retry_after(response.headers.get("Retry-After")))
        if status == _OUT_OF_RANGE or (status == _PARTIAL and not self._continues(response)):
            asked = self.into.tell() > 0
            self._restart()
            raise _PassingError(_CUT_SHORT if asked else _UNASKED)
        if status in _GONE:
            problem = Message("has no file ({status})", status=status)
            raise refused(self.request.shown, problem, NAME_ADDRESS, self.address)
        if status not in {_OK, _PARTIAL}:
            problem = Message("answers with error {status}", status=status)
            raise refused(self.request.shown, problem, TELL_PUBLISHER, self.address)
        if status == _OK:
            self._restart()
            self.request.version = Version.of(response.headers)
        kind = response.headers.get("Content-Type", "").casefold().strip()
        if kind.startswith(self.request.refused_types or ("\0",)):
            problem = Message(
                "gives content of type {kind}, not the file wanted", kind=short(kind.split(";")[0])
            )
            raise refused(self.request.shown, problem, TELL_PUBLISHER, self.address)

    def _continues(self, response: requests.Response) -> bool:
        """Tell whether this is the rest that was asked for, and of the same version."""
        begun, version = self.into.tell(), Version.of(response.headers).resumable
        return (
            begun > 0
            and version in {"", self.request.version.resumable}
            and is_rest(response.headers, begun)
        )

    def _restart(self) -> None:
        self.into.seek(0)
        self.into.truncate()

    def _receive(self, response: requests.Response) -> None:
        begun = self.into.tell()
        length = length_of(response.headers)
        self.compressed = is_compressed(response.headers)
        total = None if length is None or self.compressed else begun + length
        if total is not None and total > self.most_bytes:
            raise self._too_long()
        for piece in pieces(response, self.web.watch.came):
            self.into.write(piece)
            if self.into.tell() > self.most_bytes:
                raise self._too_long()
            if self.request.received is not None:
                self.request.received(self.into.tell(), total)

    def _too_long(self) -> RefusedError:
        problem = Message("is larger than {most} MB", most=self.most_bytes // 1024**2)
        return refused(self.request.shown, problem, TELL_PUBLISHER, self.address)


_NO_ANSWER = Message("does not answer")
_TIME_OUT = Message("does not answer in time")
_TOO_SLOW = Message("sends too slowly")
_CUT_SHORT = Message("broke off its answer")
_UNASKED = Message("gives only a part of the file, unasked")
_CHECK_NETWORK = Message("check the network connection and HTTPS_PROXY")
_CHECK_PROXY = Message("check HTTPS_PROXY and NO_PROXY")


def _retry_after(said: str | None) -> float | None:
    """Read `Retry-After`: seconds, or a date; None where it says nothing usable."""
    seconds = whole_number(said)
    if seconds is not None:
        return float(seconds)
    try:
        moment = email.utils.parsedate_to_datetime(said or "")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds())


def _as_sent(location: str) -> str:
    """Undo the reading of header bytes as Latin-1: addresses with diacritics come in UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
