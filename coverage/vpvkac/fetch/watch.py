"""A watch over connections, so that a server that sends a byte now and then holds nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    import socket


class TooSlowError(Exception):
    """The exchange was ended by the watch."""


class TooLongError(TooSlowError):
    """It took longer than all of it may take, however steadily it came."""


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


class Watched(HTTPAdapter):
    """Makes the connections of a session, each under a watch."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of connections."""
        super().init_poolmanager(*args, **kwargs)
        self._put_in(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make the pools of connections through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        self._put_in(manager)
        return manager

    def _put_in(self, manager: Any) -> None:
        manager.pool_classes_by_scheme = {
            scheme: _watching(pool, self._watch)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }


class _Connection:
    """Goes before a class of connections."""

    watch: Watch

    def _new_conn(self) -> socket.socket:
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        self.watch.add(sock)
        return sock


def _watching(pool: Any, watch: Watch) -> Any:
    if issubclass(pool.ConnectionCls, _Connection):
        return pool
    connection = type("Connection", (_Connection, pool.ConnectionCls), {"watch": watch})
    return type("Pool", (pool,), {"ConnectionCls": connection})
