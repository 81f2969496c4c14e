"""OpenStreetMap's public services by osmnx: asked politely, their answers checked.

osmnx repeats a query that is answered 429 or 504 every 55 seconds without end,
and takes an answer that the server broke off for a whole one.  So each answer
is checked before osmnx sees it (`_check_answer`), and the waiting is done here.
Answers are cached for a day, so that what broke off, or is repeated, asks
nothing twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import requests
from urllib3.util import connection

from vpvkac.fetch.exchange import (
    TELL_PUBLISHER,
    TIME_OUT,
    TRY_LATER,
    LastingError,
    RetryPolicy,
    TooSlowError,
    TransientError,
    Watch,
    check_transient,
    refusal,
    with_retries,
)
from vpvkac.fetch.web import check_address, read_body
from vpvkac.model.stamp import VERSION
from vpvkac.texts.message import Message

_Answer = TypeVar("_Answer")
_KEPT_S = 24 * 60 * 60.0
# Overpass counts this from when it begins; the same time is waited for the answer.
_TIMEOUT_S = 180
# The server's own word of when it is free comes as text at this address, in no need of a check.
_STATUS = "/status"
# One query for the whole country: few features, so its area does not matter (square metres).
_ANY_AREA = 1e13
# These services ask for more patience than those of files.
POLICY = RetryPolicy(first_wait=15.0, most_wait=300.0, whole=1800.0)
_MOST_OF_AN_ANSWER = 256 * 1024**2
_OK = 200
_NOT_UNDERSTOOD = Message("gives an answer that is not understood")
NOTHING = Message("has no such feature")


@dataclass(frozen=True)
class Services:
    """The addresses asked; anyone may run such services."""

    overpass: str = "https://overpass-api.de/api"
    nominatim: str = "https://nominatim.openstreetmap.org"


@dataclass(frozen=True)
class OsmClient:
    """Asks the services by osmnx: how often, and where answers are kept."""

    services: Services
    policy: RetryPolicy
    sleep: Callable[[float], None]
    cache: Path

    @cached_property
    def watch(self) -> Watch:
        """What ends an exchange that takes too long; there is silence while Overpass searches."""
        return Watch(0, self.policy.whole, self.policy.whole)

    @contextlib.contextmanager
    def session(self, shown: str, **settings: object) -> Iterator[None]:
        """Set osmnx for asking, with answers of the last day.

        Parameters
        ----------
        shown
            The local file, for faults.
        settings
            Settings of osmnx beside those for asking.

        Raises
        ------
        RefusedError
            If an address may not be asked, or an answer is of no use: it is not kept.
        """
        for address in (self.services.overpass, self.services.nominatim):
            check_address(address, shown)
        _clear(self.cache, time.time() - _KEPT_S)
        with self.settings(**settings):
            try:
                yield
            except LastingError as lasting:
                # An answer that is of no use must not be taken for one the next time.
                _clear(self.cache, time.time())
                raise refusal(shown, lasting.problem, TELL_PUBLISHER) from None

    @contextlib.contextmanager
    def settings(self, **more: object) -> Iterator[None]:
        """Set osmnx, and put everything back that it changes for the whole program."""
        import osmnx

        wanted = {
            "cache_folder": self.cache,
            "use_cache": True,
            # Names are looked up as the machine does, not asked of a third party.
            "doh_url_template": None,
            "http_user_agent": f"vpvkac/{VERSION}",
            "max_query_area_size": _ANY_AREA,
            "nominatim_url": self.services.nominatim,
            "overpass_url": self.services.overpass,
            "requests_kwargs": {
                "allow_redirects": False,
                "stream": True,
                "hooks": {"response": _check_answer},
            },
            "requests_timeout": _TIMEOUT_S,
            **more,
        }
        usual = {name: getattr(osmnx.settings, name) for name in wanted}
        look_up, connect = socket.getaddrinfo, connection.create_connection

        def connect_watched(*args: Any, **kwargs: Any) -> socket.socket:
            sock = connect(*args, **kwargs)
            self.watch.add(sock)
            return sock

        try:
            connection.create_connection = connect_watched
            for name, value in wanted.items():
                setattr(osmnx.settings, name, value)
            yield
        finally:
            socket.getaddrinfo, connection.create_connection = look_up, connect
            for name, value in usual.items():
                setattr(osmnx.settings, name, value)

    def ask(self, question: Callable[[], _Answer], shown: str) -> _Answer:
        """Ask until there is an answer, an end to it, or an end of the tries."""

        def attempt() -> _Answer:
            try:
                with self.watch.over():
                    return question()
            except TooSlowError:
                raise refusal(shown, TIME_OUT, TRY_LATER) from None
            except requests.exceptions.RequestException:
                raise
            except (LookupError, TypeError, ValueError):
                raise LastingError(_NOT_UNDERSTOOD) from None
            finally:
                self.watch.close()

        return with_retries(
            attempt, self.policy, self.sleep, lambda _, problem: refusal(shown, problem, TRY_LATER)
        )


def _check_answer(response: requests.Response, *_: object, **__: object) -> None:
    """Hold an answer to what osmnx takes for granted; it is called before osmnx sees it."""
    try:
        _read(response)
        if not response.url.endswith(_STATUS):
            check_transient(response)
            _check_content(response)
    except BaseException:
        # Nobody else will: osmnx never gets this answer.
        response.close()
        raise


def _read(response: requests.Response) -> None:
    """Read the body, and no more of it than any answer has."""
    body = bytearray()
    for piece in read_body(response):
        body += piece
        if len(body) > _MOST_OF_AN_ANSWER:
            raise LastingError(Message("gives too large an answer"))
    # Where requests itself puts what it reads.
    response._content = bytes(body)  # noqa: SLF001


def _check_content(response: requests.Response) -> None:
    if response.status_code != _OK:
        raise LastingError(Message("answers with error {status}", status=response.status_code))
    try:
        answer = response.json()
    except ValueError:
        # Such services tell of their troubles on web pages.
        raise TransientError(_NOT_UNDERSTOOD) from None
    if response.request.method == "POST":
        if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
            raise LastingError(_NOT_UNDERSTOOD)
        # Overpass gives what it has found so far, and says here why there is no more.
        if "remark" in answer:
            raise TransientError(Message("did not find all that was asked"))
        answer = answer["elements"]
    if not answer:
        raise LastingError(NOTHING)


def day_of(answers: Sequence[Mapping[str, Any]]) -> str:
    """Give the day of the oldest data among Overpass's answers, ISO.

    Raises
    ------
    LastingError
        If they do not say it, or it is no day.
    """
    try:
        days = (str(answer["osm3s"]["timestamp_osm_base"])[:10] for answer in answers)
        return min(dt.date.fromisoformat(day) for day in days).isoformat()
    except (LookupError, TypeError, ValueError):
        raise LastingError(_NOT_UNDERSTOOD) from None


def _clear(cache: Path, until: float) -> None:
    """Delete the answers that came up to a time: who fetches the next day wants new ones."""
    for file in cache.glob("**/*.json"):
        if file.stat().st_mtime <= until:
            file.unlink()
