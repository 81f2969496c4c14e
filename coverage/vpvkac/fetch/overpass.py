"""OpenStreetMap's public services by osmnx: asked politely, judged warily.

osmnx repeats a query that is answered 429 or 504 every 55 seconds without end,
and takes an answer that the server broke off for a whole one.  So each answer
is judged before osmnx sees it (`_judge`), and the waiting is done here.
Answers are cached for a day, so that what broke off, or is repeated, asks
nothing twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import requests
from urllib3.util import connection

from vpvkac.fetch.body import CutShortError, UnsoundError, pieces
from vpvkac.fetch.refusal import ATTEMPTS, TRY_LATER, RefusedError, refused
from vpvkac.fetch.watch import TooSlowError, Watch
from vpvkac.fetch.web import Patience
from vpvkac.model.version import VERSION
from vpvkac.texts.message import Composed, Message, Text

if TYPE_CHECKING:
    _Answer = TypeVar("_Answer")

KEPT_S = 24 * 60 * 60.0
# Overpass counts this from when it begins; the same time is waited for the answer.
_TIMEOUT_S = 180
# The server's own word of when it is free comes as text at this address, in no need of judging.
_STATUS = "/status"
# One query for the whole country: few features, so its area does not matter (square metres).
_ANY_AREA = 1e13
# These services ask for more patience than those of files.
PATIENCE = Patience(first_wait=15.0, most_wait=300.0, whole=1800.0)
_MOST_OF_AN_ANSWER = 256 * 1024**2
_OK, _SERVER = 200, 500
_PASSING = {408, 429}


@dataclass(frozen=True)
class Services:
    """The addresses asked; anyone may run such services."""

    overpass: str = "https://overpass-api.de/api"
    nominatim: str = "https://nominatim.openstreetmap.org"


@dataclass(frozen=True)
class Asking:
    """How to ask: of whom, how patiently, and where answers are kept."""

    services: Services
    patience: Patience
    sleep: Callable[[float], None]
    cache: Path

    @cached_property
    def watch(self) -> Watch:
        """What ends an exchange that takes too long; there is silence while Overpass searches."""
        return Watch(0, self.patience.whole, self.patience.whole)


class PassingError(Exception):
    """What may be over at the next try."""

    def __init__(self, problem: Text, wait: float | None = None) -> None:
        self.problem = problem
        self.wait = wait
        super().__init__(problem.text("en"))


class LastingError(Exception):
    """What will be the same at the next try."""

    def __init__(self, problem: Text) -> None:
        self.problem = problem
        super().__init__(problem.text("en"))


def patiently(ask: Callable[[], _Answer], shown: str, asking: Asking) -> _Answer:
    """Ask until there is an answer, an end to it, or an end of patience."""
    patience = asking.patience
    for tried in range(1, patience.tries + 1):
        try:
            with asking.watch.over():
                return ask()
        except TooSlowError:
            passing = PassingError(Message("does not answer in time"))
            raise _out_of_patience(shown, passing, tried) from None
        except PassingError as error:
            passing = error
        except requests.exceptions.Timeout:
            passing = PassingError(Message("does not answer in time"))
        except requests.exceptions.RequestException:
            passing = PassingError(Message("does not answer"))
        except (LookupError, TypeError, ValueError):
            raise LastingError(NOT_UNDERSTOOD) from None
        finally:
            asking.watch.close()
        wait = patience.wait(tried) if passing.wait is None else passing.wait
        if tried == patience.tries or wait > patience.most_wait:
            raise _out_of_patience(shown, passing, tried)
        asking.sleep(wait)
    raise AssertionError(tried)


def _judge(response: requests.Response, *_: object, **__: object) -> None:
    """Hold an answer to what osmnx takes for granted; it is called before osmnx sees it."""
    try:
        _read(response)
        if response.url.endswith(_STATUS):
            return
        _check_status(response)
        _check_content(response)
    except BaseException:
        # Nobody else will: osmnx never gets this answer.
        response.close()
        raise


def _read(response: requests.Response) -> None:
    """Read the body, and no more of it than any answer has."""
    body = bytearray()
    try:
        for piece in pieces(response):
            body += piece
            if len(body) > _MOST_OF_AN_ANSWER:
                raise LastingError(_TOO_LARGE)
    except CutShortError:
        raise PassingError(Message("broke off its answer")) from None
    except UnsoundError as unsound:
        raise LastingError(unsound.problem) from None
    # Where requests itself puts what it reads.
    response._content = bytes(body)  # noqa: SLF001


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status in _PASSING or status >= _SERVER:
        problem = Message("answers with error {status}", status=status)
        raise PassingError(problem, _retry_after(response))
    if status != _OK:
        raise LastingError(Message("answers with error {status}", status=status))


def _check_content(response: requests.Response) -> None:
    try:
        answer = response.json()
    except ValueError:
        # Such services tell of their troubles on web pages.
        raise PassingError(NOT_UNDERSTOOD) from None
    if response.request.method == "POST":
        if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
            raise LastingError(NOT_UNDERSTOOD)
        # Overpass gives what it has found so far, and says here why there is no more.
        if "remark" in answer:
            raise PassingError(Message("did not find all that was asked"))
        answer = answer["elements"]
    if not answer:
        raise LastingError(NOTHING)


def _retry_after(response: requests.Response) -> float | None:
    """Read `Retry-After` in seconds; these services give no dates."""
    said = response.headers.get("Retry-After", "").strip()
    return float(said) if said.isascii() and said.isdigit() else None


def day_of(answers: Sequence[Mapping[str, Any]]) -> str:
    """Give the day of the oldest data among Overpass's answers, ISO.

    Raises
    ------
    LastingError
        If they do not say it, or it is no day.
    """
    try:
        said = (str(answer["osm3s"]["timestamp_osm_base"])[:10] for answer in answers)
        return min(dt.date.fromisoformat(day) for day in said).isoformat()
    except (LookupError, TypeError, ValueError):
        raise LastingError(NOT_UNDERSTOOD) from None


def forget(cache: Path, until: float) -> None:
    """Delete the answers that came up to a time: who fetches the next day wants new ones."""
    for file in cache.glob("**/*.json"):
        if file.stat().st_mtime <= until:
            file.unlink()


@contextlib.contextmanager
def osmnx_set(asking: Asking, **more: object) -> Iterator[None]:
    """Set osmnx for a fetch, and put everything back that it changes for the whole program.

    Parameters
    ----------
    more
        Settings of osmnx beside those for asking.
    """
    import osmnx

    wanted = {
        "cache_folder": asking.cache,
        "use_cache": True,
        # Names are looked up as the machine does, not asked of a third party.
        "doh_url_template": None,
        "http_user_agent": f"vpvkac/{VERSION}",
        "max_query_area_size": _ANY_AREA,
        "nominatim_url": asking.services.nominatim,
        "overpass_url": asking.services.overpass,
        "requests_kwargs": {
            "allow_redirects": False,
            "stream": True,
            "hooks": {"response": _judge},
        },
        "requests_timeout": _TIMEOUT_S,
        **more,
    }
    usual = {name: getattr(osmnx.settings, name) for name in wanted}
    look_up, connect = socket.getaddrinfo, connection.create_connection

    def watched(*args: Any, **kwargs: Any) -> socket.socket:
        sock = connect(*args, **kwargs)
        asking.watch.add(sock)
        return sock

    try:
        connection.create_connection = watched
        for name, value in wanted.items():
            setattr(osmnx.settings, name, value)
        yield
    finally:
        socket.getaddrinfo, connection.create_connection = look_up, connect
        for name, value in usual.items():
            setattr(osmnx.settings, name, value)


def _out_of_patience(shown: str, passing: PassingError, tried: int) -> RefusedError:
    problem, wait = passing.problem, passing.wait
    if wait is not None:
        more = Message(" and asks to wait {wait} s", wait=format(wait, ".0f"))
    else:
        attempts = ATTEMPTS.with_values(tried)
        more = Message(" ({attempts})", attempts=attempts)
    return refused(shown, Composed(problem, more), TRY_LATER)


_TOO_LARGE = Message("gives too large an answer")
NOTHING = Message("has no such feature")
NOT_UNDERSTOOD = Message("gives an answer that is not understood")
