"""An open data portal on this machine: datasets, files, and every way to answer badly.

It listens on 127.0.0.1 only.  Paths answer with what is laid out for them; a
list of answers is given out one by one, the last again and again.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    """One answer of the server.

    Parameters
    ----------
    cut_after
        Bytes of the body after which the connection is closed, though more were promised.
    delay
        Seconds before the answer.
    ranges
        Whether a `Range` is served.
    drip
        Bytes sent at a time, a hundredth of a second apart; 0 sends all at once.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "application/octet-stream"
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    delay: float = 0.0
    ranges: bool = False
    drip: int = 0


@dataclass(frozen=True)
class Seen:
    """One request as it came in."""

    path: str
    headers: dict[str, str]


class Portal:
    """The portal; a context manager that listens while it is open."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.datasets: dict[str, dict[str, Any]] = {}
        self.seen: list[Seen] = []
        self.posted: list[Any] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def address(self) -> str:
        """What stands in place of the real portal's address."""
        return f"{self.origin}/dati"

    def lay(self, path: str, *answers: Answer | bytes) -> str:
        """Lay out the answers of a path; give its address."""
        self.answers[path] = [
            Answer(answer) if isinstance(answer, bytes) else answer for answer in answers
        ]
        return f"{self.origin}{path}"

    def publish(
        self, dataset: str, resources: Sequence[dict[str, Any]], licence: str = "cc-zero"
    ) -> None:
        """Publish a dataset; `resource` makes one of its resources."""
        self.datasets[dataset] = {
            "name": dataset,
            "license_id": licence,
            "resources": list(resources),
        }

    def requests(self, path: str) -> list[Seen]:
        """Give the requests for a path."""
        return [seen for seen in self.seen if seen.path == path]

    def answer(self, path: str, query: str) -> Answer:
        """Choose the answer to a request."""
        if path in self.answers:
            laid = self.answers[path]
            return laid.pop(0) if len(laid) > 1 else laid[0]
        if path == "/dati/api/3/action/package_show":
            return self._package(parse_qs(query).get("id", [""])[0])
        if path == "/dati/api/3/action/package_search":
            return self._search(parse_qs(query).get("q", [""])[0])
        return Answer(b"<html>no such page</html>", 404, "text/html")

    def _search(self, words: str) -> Answer:
        """Find the datasets whose description has one of the words, as the portal does."""
        found = [one for one in self.datasets.values()
                 if any(word in json.dumps(one, ensure_ascii=False).casefold()
                        for word in words.casefold().split())]  # fmt: skip
        body = {"success": True, "result": {"count": len(found), "results": found}}
        return Answer(json.dumps(body).encode(), kind="application/json")

    def _package(self, dataset: str) -> Answer:
        if dataset not in self.datasets:
            body = {"success": False, "error": {"message": "Not found"}}
            return Answer(json.dumps(body).encode(), 404, "application/json")
        body = {"success": True, "result": self.datasets[dataset]}
        return Answer(json.dumps(body).encode(), kind="application/json")


def resource(
    address: str, name: str = "", modified: str = "2026-01-01T00:00:00.000000", **more: Any
) -> dict[str, Any]:
    """Make a resource as the portal describes it."""
    return {
        "id": f"id-of-{name}",
        "name": name,
        "format": address.rpartition(".")[2].upper(),
        "url": address,
        "created": "2020-01-01T00:00:00.000000",
        "last_modified": modified,
        **more,
    }


class Speaker:
    """Says the same bytes to whoever connects, be they HTTP or not; gives its address."""

    def __init__(self, said: bytes) -> None:
        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):
                    self.connection.recv(65536)
                    self.wfile.write(said)

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/file.csv"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _part(answer: Answer, asked: dict[str, str]) -> tuple[bytes, int, dict[str, str]]:
    """Give the body, or the rest of it where that is asked for and served."""
    body, headers = answer.body, dict(answer.headers)
    wanted = asked.get("Range")
    if not answer.ranges or wanted is None or asked.get("If-Range") != headers.get("ETag"):
        return body, answer.status, headers
    begin = int(wanted.removeprefix("bytes=").rstrip("-"))
    headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
    return body[begin:], 206, headers


def _handler(portal: Portal) -> type[BaseHTTPRequestHandler]:  # noqa: C901
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            # Asked through a proxy, the whole address stands where the path is.
            parts = urlsplit(self.path)
            portal.seen.append(Seen(parts.path, dict(self.headers)))
            answer = portal.answer(parts.path, parts.query)
            time.sleep(answer.delay)
            try:
                self._send(answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_HEAD = do_GET  # noqa: N815

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            portal.posted.append(json.loads(body))
            self.path = f"/posted{self.path}"
            self.do_GET()

        def _send(self, answer: Answer) -> None:
            etag = answer.headers.get("ETag")
            if etag is not None and self.headers.get("If-None-Match") == etag:
                self.send_response(304)
                self.end_headers()
                return
            body, status, headers = _part(answer, dict(self.headers))
            self.send_response(status)
            self.send_header("Content-Type", answer.kind)
            if not {"Content-Length", "Transfer-Encoding"} & headers.keys():
                self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            body = body[: answer.cut_after]
            step = answer.drip or max(len(body), 1)
            for begin in range(0, len(body), step):
                self.wfile.write(body[begin : begin + step])
                time.sleep(0.01 * bool(answer.drip))
            self.close_connection = answer.cut_after is not None

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the terminal clean."""

    return Handler
