"""OpenStreetMap's services on this machine, answering from an OSM file.

It listens on 127.0.0.1 only.  `/search` gives the border of a country as
Nominatim does; `/api/interpreter` reads the query it is sent as Overpass would:
elements with one of the tags asked whose nodes lie in the polygon asked, and
what they are made of.  Troubles laid out come before the answer.
"""

from __future__ import annotations

import json
import re
import threading
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import shapely

_TAG = re.compile(r"\['([^']+)'='([^']+)'\]")
_POLYGON = re.compile(r"\(poly:'([^']+)'\)")
_STATUS = "Connected as: 1\nCurrent time: x\nAnnounced endpoint: none\nRate limit: 2\n2 slots now."


@dataclass(frozen=True)
class Trouble:
    """An answer that is not the one wanted; a body cut short promises more than it gives."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cut_short: bool = False


class OsmServer:
    """The services; a context manager that listens while it is open."""

    def __init__(self, file: Path, border: shapely.Geometry, date: str) -> None:
        self.elements = elements_of(file)
        self.border = border
        self.date = date
        self.troubles: dict[str, deque[Trouble]] = {"/search": deque(), "/api/interpreter": deque()}
        self.asked: list[tuple[str, str, str]] = []
        self.areas: list[shapely.Polygon] = []
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

    def times_asked(self, path: str) -> int:
        """Count the requests for a path."""
        return sum(asked == path for asked, _, _ in self.asked)

    def search(self) -> str:
        """Answer as Nominatim."""
        west, south, east, north = shapely.bounds(self.border)
        place = {
            "place_id": 1, "osm_type": "relation", "osm_id": 1, "lat": "56.9", "lon": "24.2",
            "class": "boundary", "type": "administrative", "place_rank": 4, "importance": 0.9,
            "addresstype": "country", "name": "Latvija", "display_name": "Latvija",
            "boundingbox": [str(edge) for edge in (south, north, west, east)],
            "geojson": json.loads(shapely.to_geojson(self.border)),
        }  # fmt: skip
        return json.dumps([place])

    def interpret(self, query: str) -> str:
        """Answer as Overpass."""
        tags = set(_TAG.findall(query))
        wanted = _way_filter(query)
        (ring,) = set(_POLYGON.findall(query))
        numbers = [float(number) for number in ring.split()]
        area = shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True)))
        self.areas.append(area)
        found = {
            key
            for key, element in self.elements.items()
            if (tags & set(element.get("tags", {}).items()) or wanted(element))
            and self._stands_in(key, area)
        }
        whole = found | {part for key in found for part in self._parts(key)}
        answer = {
            "version": 0.6,
            "osm3s": {"timestamp_osm_base": f"{self.date}T01:02:03Z"},
            "elements": [self.elements[key] for key in sorted(whole)],
        }
        return json.dumps(answer)

    def _stands_in(self, key: str, area: shapely.Polygon) -> bool:
        nodes = [self.elements[part] for part in {key, *self._parts(key)} if part[0] == "n"]
        return any(area.contains(shapely.Point(node["lon"], node["lat"])) for node in nodes)

    def _parts(self, key: str) -> set[str]:
        element = self.elements[key]
        nodes = {f"node/{ref}" for ref in element.get("nodes", [])}
        ways = {f"way/{member['ref']}" for member in element.get("members", [])}
        return nodes | ways | {part for way in ways for part in self._parts(way)}


def _way_filter(query: str) -> Callable[[dict[str, Any]], bool]:
    """Read a filter of ways: tags that must be there, and values that must not."""
    asked = re.search(r"way((?:\[[^\]]*\])+)", query)
    has = re.findall(r'\["([^"]+)"\]', asked[1]) if asked else []
    without = re.findall(r'\["([^"]+)"!~"([^"]+)"\]', asked[1]) if asked else []

    def fits(element: dict[str, Any]) -> bool:
        tags = element.get("tags", {})
        return (
            bool(has)
            and element["type"] == "way"
            and all(key in tags for key in has)
            and not any(re.search(values, tags.get(key, "")) for key, values in without)
        )

    return fits


def elements_of(file: Path) -> dict[str, dict[str, Any]]:
    """Read an OSM file into elements as Overpass gives them, by `node/123`."""
    elements: dict[str, dict[str, Any]] = {}
    for found in ET.parse(file).getroot():  # noqa: S314 (our own file)
        if "id" not in found.attrib:
            continue
        element: dict[str, Any] = {"type": found.tag, "id": int(found.attrib["id"])}
        if found.tag == "node":
            element |= {axis: float(found.attrib[axis]) for axis in ("lat", "lon")}
        if found.tag == "way":
            element["nodes"] = [int(node.attrib["ref"]) for node in found.iter("nd")]
        if found.tag == "relation":
            element["members"] = [
                member.attrib | {"ref": int(member.attrib["ref"])}
                for member in found.iter("member")
            ]
        tags = {tag.attrib["k"]: tag.attrib["v"] for tag in found.iter("tag")}
        elements[f"{found.tag}/{element['id']}"] = element | ({"tags": tags} if tags else {})
    return elements


def _handler(server: OsmServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            self._note(path)
            if path == "/api/status":
                self._give(Trouble(body=_STATUS))
            elif path == "/search":
                self._give(self._trouble(path) or Trouble(body=server.search()))
            else:
                self._give(Trouble(404, "no such page"))

        def do_POST(self) -> None:
            path = urlsplit(self.path).path
            self._note(path)
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = parse_qs(form)["data"][0]
            self._give(self._trouble(path) or Trouble(body=server.interpret(query)))

        def _note(self, path: str) -> None:
            agent = self.headers.get("User-Agent", "")
            server.asked.append((path, self.command, agent))

        def _trouble(self, path: str) -> Trouble | None:
            laid = server.troubles[path]
            return laid.popleft() if laid else None

        def _give(self, answer: Trouble) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(body) + 100 * answer.cut_short))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = answer.cut_short

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
