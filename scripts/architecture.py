"""Draw the rooms of the package from its imports: picture and table of docs/architecture.md.

A room is a folder or a module directly below the package; the package's own `__init__` is the
room `vpvkac`.  Every import counts, wherever it stands: under `TYPE_CHECKING` and inside
functions too.  Only names that are put together while the program runs are not seen.

Standard library only; the same tree gives the same bytes.  With `--check` nothing is written,
and the exit code is 1 where the committed files are not what the tree gives.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "coverage" / "vpvkac"
DRAWING = ROOT / "docs" / "images" / "architecture.svg"
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- rooms: made by scripts/architecture.py -->", "<!-- end of the rooms -->"
HELD = "Held by import-linter, in the tests and before each commit:"

Imports = dict[str, set[str]]
"""For each room the rooms it imports, itself left out."""
Circle = tuple[str, ...]
"""Rooms that import one another, by whatever way; mostly one room alone."""


# --- what the tree says ---------------------------------------------------------


def modules(package: Path) -> dict[str, Path]:
    """Find the modules of a package by their dotted names."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def room_of(module: str) -> str:
    """Name the room of a module: `vpvkac.sources.units` stands in `sources`."""
    return [*module.split("."), ""][1] or module


def imported(module: str, path: Path, known: Iterable[str]) -> Iterator[str]:
    """Give the modules that a module imports from its own package."""
    inside = module if path.stem == "__init__" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            parents = inside.split(".")[: len(inside.split(".")) - node.level + 1]
            base = ".".join([*(parents if node.level else []), *filter(None, [node.module])])
            names = (f"{base}.{alias.name}" for alias in node.names)
            yield from (name if name in known else base for name in names if base in known)


def imports(package: Path) -> Imports:
    """Read which rooms each room imports."""
    known = modules(package)
    rooms: Imports = {room_of(module): set() for module in known}
    for module, path in known.items():
        room = room_of(module)
        rooms[room] |= {room_of(name) for name in imported(module, path, known)} - {room}
    return rooms


def descriptions(package: Path) -> dict[str, str]:
    """Read the first line of what each room says of itself."""
    told = {}
    for module, path in modules(package).items():
        if module.count(".") < 2:  # noqa: PLR2004, the package and what stands directly below it
            text = ast.get_docstring(ast.parse(path.read_bytes())) or ""
            told[room_of(module)] = text.partition("\n")[0]
    return told


# --- what may not be imported -----------------------------------------------------


def forbidden(settings: Mapping[str, Any]) -> Imports:
    """Read from import-linter's contracts which rooms each room may not import.

    Only what a contract says of two whole rooms is told; what it says of modules inside them,
    of imports by way of a third, and of who alone may import a room, is left to its name.
    """
    found: Imports = {}
    for contract in settings.get("contracts", []):
        for source, target in _pairs(contract):
            if source.count(".") == target.count(".") == 1:
                found.setdefault(room_of(source), set()).add(room_of(target))
    return found


def _pairs(contract: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give who may not import whom by one contract."""
    if contract["type"] == "forbidden":
        targets = contract["forbidden_modules"]
        yield from ((source, target) for source in contract["source_modules"] for target in targets)
    elif contract["type"] == "independence":
        together = contract["modules"]
        yield from ((a, b) for a in together for b in together if a != b)
    elif contract["type"] == "layers":
        for container in contract.get("containers", [""]):
            yield from _layered(contract["layers"], f"{container}." if container else "")


def _layered(layers: Iterable[str], prefix: str) -> Iterator[tuple[str, str]]:
    """Give who may not import whom where each layer knows only those below it."""
    above: list[str] = []
    for layer in layers:
        here = [prefix + name for name in re.findall(r"[\w.]+", layer)]
        apart = here if "|" in layer else []
        yield from ((low, high) for low in here for high in above)
        yield from ((a, b) for a in apart for b in apart if a != b)
        above += here


# --- order --------------------------------------------------------------------------


def circles(rooms: Imports) -> list[Circle]:
    """Gather the rooms that import one another, by whatever way."""
    reach = {room: _reached(room, rooms) for room in rooms}
    found = {tuple(sorted({room} | {a for a in reach[room] if room in reach[a]})) for room in rooms}
    return sorted(found)


def _reached(room: str, rooms: Imports) -> set[str]:
    seen: set[str] = set()
    ahead = [room]
    while ahead:
        new = rooms[ahead.pop()] - seen
        seen |= new
        ahead += new
    return seen


def arrows(rooms: Imports, found: list[Circle]) -> dict[Circle, set[Circle]]:
    """Give which circles each circle imports."""
    home = {room: circle for circle in found for room in circle}
    return {
        circle: {home[name] for room in circle for name in rooms[room]} - {circle}
        for circle in found
    }


def levels(graph: Mapping[Circle, set[Circle]]) -> list[list[Circle]]:
    """Stack the circles, the topmost first: each imports only what stands below it."""
    height: dict[Circle, int] = {}
    for circle in TopologicalSorter(graph).static_order():
        height[circle] = 1 + max((height[below] for below in graph[circle]), default=-1)
    rows: list[list[Circle]] = [[] for _ in range(max(height.values()) + 1)]
    for circle, at in sorted(height.items()):
        rows[-1 - at].append(circle)
    return rows


def direct(graph: Mapping[Circle, set[Circle]]) -> dict[Circle, set[Circle]]:
    """Leave out the arrows that a longer way shows as well."""
    below: dict[Circle, set[Circle]] = {}
    for circle in TopologicalSorter(graph).static_order():
        below[circle] = graph[circle].union(*(below[name] for name in graph[circle]))
    return {
        circle: graph[circle].difference(*(below[name] for name in graph[circle]))
        for circle in graph
    }


# --- the drawing ----------------------------------------------------------------------

WIDTH, MARGIN, GAP = 1000, 20, 10
BOX, PADDING, LETTER = 28, 14, 7.4
ROW_GAP, FRAME, LABEL = 46, 14, 20
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2a36;text-anchor:middle}"
    ".room{fill:#eef3f8;stroke:#6b7f95}.frame{fill:#fff8ec;stroke:#b26a00;stroke-dasharray:5 4}"
    ".arrow{fill:none;stroke:#a9b4c0;stroke-width:1.2}"
    "text.note{fill:#8a5200;font-size:12px}"
)
TITLE = (
    "The {} rooms of vpvkac; each imports only what stands below it, "
    "but for those in a frame, which import one another"
)
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
    'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#a9b4c0"/></marker></defs>'
)


class Box(NamedTuple):
    """A rectangle of the drawing, in pixels."""

    left: float
    top: float
    width: float
    height: float

    def nearest(self, x: float) -> float:
        """Give the place on its upper or lower edge that is nearest to `x`."""
        return min(max(x, self.left + PADDING), self.left + self.width - PADDING)


def width(room: str) -> float:
    """Estimate how wide a room's box must be for its name."""
    return round(len(room) * LETTER + 2 * PADDING, 1)


def lines(names: Iterable[str], limit: float) -> list[list[str]]:
    """Break boxes that stand side by side into lines no wider than `limit`."""
    broken: list[list[str]] = []
    left = 0.0
    for name in names:
        if not broken or left + width(name) > limit:
            broken.append([])
            left = limit
        if left == limit:
            left = 0.0
        broken[-1].append(name)
        left += width(name) + GAP
    return broken


def placed(rows: list[list[Circle]]) -> tuple[dict[str, Box], dict[Circle, Box], float]:
    """Place every room, and the frame of every circle; give the height of the drawing too."""
    rooms: dict[str, Box] = {}
    frames: dict[Circle, Box] = {}
    top = float(MARGIN)
    for row in rows:
        alone = [circle[0] for circle in row if len(circle) == 1]
        if alone:
            top = _place(alone, top, rooms)
            frames |= {(name,): rooms[name] for name in alone}
        for circle in (circle for circle in row if len(circle) > 1):
            bottom = _place(circle, top + LABEL, rooms)
            boxes = [rooms[name] for name in circle]
            left = min(box.left for box in boxes) - FRAME
            right = max(box.left + box.width for box in boxes) + FRAME
            frames[circle] = Box(left, top, round(right - left, 1), bottom - top + FRAME - GAP)
            top = bottom + FRAME
        top += ROW_GAP - GAP
    return rooms, frames, top - ROW_GAP + MARGIN


def _place(names: Iterable[str], top: float, rooms: dict[str, Box]) -> float:
    """Place boxes in centred lines; give where the next line would begin."""
    for line in lines(names, WIDTH - 2 * (MARGIN + FRAME)):
        left = (WIDTH - sum(map(width, line)) - GAP * (len(line) - 1)) / 2
        for name in line:
            rooms[name] = Box(round(left, 1), top, width(name), BOX)
            left += width(name) + GAP
        top += BOX + GAP
    return top


def ordered(rows: list[list[Circle]], graph: Mapping[Circle, set[Circle]]) -> list[list[Circle]]:
    """Order each row so that what is imported stands below what imports it."""
    at: dict[Circle, float] = {}
    done = []
    for row in rows:
        above = {name: [at[user] for user in at if name in graph[user]] for name in row}
        middle = {name: sum(xs) / len(xs) if xs else 0.5 for name, xs in above.items()}
        done.append(sorted(row, key=lambda name: (middle[name], name)))
        at |= {name: (number + 0.5) / len(row) for number, name in enumerate(done[-1])}
    return done


def drawing(rooms: Imports, told: Mapping[str, str]) -> str:
    """Draw the rooms as SVG."""
    found = circles(rooms)
    graph = direct(arrows(rooms, found))
    boxes, frames, height = placed(ordered(levels(graph), graph))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img">',
        f"<title>{TITLE.format(len(rooms))}</title>",
        f"<style>{STYLE}</style>",
        TIP,
        f'<rect width="{WIDTH}" height="{height:g}" fill="#fff"/>',
        *(_arrow(frames[a], frames[b]) for a in sorted(graph) for b in sorted(graph[a])),
    ]
    for circle, frame in sorted(frames.items()):
        if len(circle) > 1:
            note = f"{len(circle)} rooms that import one another"
            parts += [_rectangle(frame, "frame"), _text(frame, frame.top + 16, note, "note")]
    for room, box in sorted(boxes.items()):
        title = f"<title>{escape(told[room])}</title>" if told[room] else ""
        middle = box.top + 18
        parts.append(f"<g>{title}{_rectangle(box, 'room')}{_text(box, middle, room, 'name')}</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _rectangle(box: Box, kind: str) -> str:
    place = f'x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" height="{box.height:g}"'
    return f'<rect class="{kind}" {place} rx="5"/>'


def _text(box: Box, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{box.left + box.width / 2:g}" y="{y:g}">{escape(text)}</text>'


def _arrow(user: Box, used: Box) -> str:
    """Draw a curve from the lower edge of one box to the upper edge of another."""
    start = user.nearest(used.left + used.width / 2)
    end = used.nearest(start)
    y0, y1 = user.top + user.height, used.top
    bend = (y1 - y0) / 2
    curve = f"M{start:g} {y0:g}C{start:g} {y0 + bend:g} {end:g} {y1 - bend:g} {end:g} {y1 - 1:g}"
    return f'<path class="arrow" d="{curve}" marker-end="url(#tip)"/>'


# --- the table ------------------------------------------------------------------------


def table(rooms: Imports, told: Mapping[str, str], barred: Imports) -> str:
    """Write the rooms as a Markdown table, top to bottom as in the drawing."""
    rows = [
        "| room | what it is | imports | may not import |",
        "|---|---|---|---|",
    ]
    for row in levels(arrows(rooms, circles(rooms))):
        for room in (name for circle in row for name in circle):
            cells = (
                f"`{room}`",
                told[room].replace("|", "\\|"),
                _names(rooms[room]),
                _names(barred.get(room, ())),
            )
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def held(settings: Mapping[str, Any]) -> str:
    """Write the names of the contracts as a Markdown list."""
    return "\n".join(f"- {contract['name']}." for contract in settings.get("contracts", []))


def _names(rooms: Iterable[str]) -> str:
    return ", ".join(sorted(rooms)) or "–"


def pages() -> dict[Path, str]:
    """Give each file that is made from the tree with what it is to hold."""
    rooms, told = imports(PACKAGE), descriptions(PACKAGE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    settings = project["tool"].get("importlinter", {})
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    made = f"{table(rooms, told, forbidden(settings))}\n\n{HELD}\n\n{held(settings)}"
    page = f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"
    return {DRAWING: drawing(rooms, told), PAGE: page}


def main() -> int:
    """Write the files, or with `--check` say which are not what the tree gives."""
    stale = {
        path: text
        for path, text in pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    for path, text in stale.items():
        print(path.relative_to(ROOT))
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8", newline="\n")
    return int(bool(stale) and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
