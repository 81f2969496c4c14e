"""Bounds of an exchange with a server: how long it may take, how often it is tried, how it fails.

urllib3's `Retry` counts the tries, reads Retry-After and lets the waits grow.  It is asked here
and not by its connection pool: a body that breaks off counts as a try too, the rest of an error
page is never read, and the waits are shown.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import InvalidHeader, MaxRetryError
from urllib3.util.retry import RequestHistory, Retry

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Message, Plural, Text

if TYPE_CHECKING:
    import socket

_Answer = TypeVar("_Answer")
# Besides these, whatever the server says went wrong with it.
_TRANSIENT_STATUSES = {408, 429, *range(500, 1000)}
_LONGEST_SHOWN = 80
_ATTEMPTS = Plural("{n} attempt", "{n} attempts")
NO_ANSWER = Message("does not answer")
TIME_OUT = Message("does not answer in time")
CLOSED_EARLY = Message("connection closed early")
TRY_LATER = Message("try later")
TELL_PUBLISHER = Message("try later; if it happens again, tell the publisher")


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


def refusal(file: str, problem: Text, remedy: Text, value: str | None = None) -> RefusedError:
    """Make the refusal of a local file, or of what should have become it."""
    return RefusedError(Fault("error", file, problem, remedy, value=value))


def shorten(text: str) -> str:
    """Make what a server said short enough for a sentence."""
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


@dataclass(frozen=True)
class RetryPolicy:
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


def check_transient(response: requests.Response) -> None:
    """Raise a `TransientError`, with the wait asked for, if the status is a passing one."""
    if response.status_code in _TRANSIENT_STATUSES:
        problem = Message("answers with error {status}", status=response.status_code)
        raise TransientError(problem, _wait_asked(response.headers.get("Retry-After")))


def _wait_asked(retry_after: str | None) -> float | None:
    """Read `Retry-After`: seconds, or a date; None where it says nothing usable."""
    if not retry_after:
        return None
    reader = Retry()
    # So long a wait is refused, not cut down to what urllib3 would wait.
    reader.retry_after_max = sys.maxsize
    try:
        return float(reader.parse_retry_after(retry_after))
    except (InvalidHeader, ValueError, OverflowError):
        return None


def with_retries(
    attempt: Callable[[], _Answer],
    policy: RetryPolicy,
    sleep: Callable[[float], None],
    refuse: Callable[[TransientError, Text], RefusedError],
) -> _Answer:
    """Attempt until there is an answer, an end to it, or an end of the tries.

    Parameters
    ----------
    attempt
        Raises a `TransientError`, or an exception of requests, where trying again may help.
    refuse
        Makes what is raised at the end, of the last error and a sentence of it and the tries.
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
    """Ends an exchange in which too little comes, or which takes too long.

    A time-out of a socket is begun anew with every byte; this one is not, and
    holds for headers and bodies alike.

    Parameters
    ----------
    least
        Bytes of bodies that must come in each span; no headers may take longer than one.
    span, whole
        Seconds; of the rate, and of the whole exchange.
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

    def add(self, sock: socket.socket) -> None:
        """Watch a connection, also where it is used again."""
        # Of its own, so that it can be shut down whatever TLS or urllib3 did to the other.
        self._sockets.append(sock.dup())
        if self._expired is not None:
            self._shut_down()

    @contextmanager
    def over(self) -> Iterator[None]:
        """Watch over an exchange.

        Raises
        ------
        TooSlowError
            If it was ended, whatever came of that.
        """
        self._expired, self._came = None, 0.0
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


class WatchedAdapter(HTTPAdapter):
    """Makes the connections of a session, each under a watch."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Give the pool of a host, or of its proxy, with connections that are watched."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if not issubclass(pool.ConnectionCls, _Connection):
            bases = (_Connection, pool.ConnectionCls)
            pool.ConnectionCls = type("Connection", bases, {"watch": self._watch})
        return pool


class _Connection:
    """Goes before a class of connections."""

    watch: Watch

    def _new_conn(self) -> socket.socket:
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        self.watch.add(sock)
        return sock
