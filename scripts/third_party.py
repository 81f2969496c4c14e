"""Write the tables of THIRD_PARTY.md: what others made that goes with the program or its outputs.

Names of libraries come from the lock, licences from what is installed: run it in the environment
of `scripts/test.py`.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "coverage"))

from vpvkac.sources.catalogue import SOURCES  # noqa: E402 - of this tree, whatever is installed

PAGE = ROOT / "THIRD_PARTY.md"
# What the metadata leave open.
KNOWN = {"xstatic-leaflet": "BSD-2-Clause"}
_TABLE = re.compile(r"(?s)(<!-- (\w+): made by [\w/.]+ -->\n\n).*?(\n\n<!-- end -->)")
_LONGEST = 60


def page(text: str) -> str:
    """Give the page with its tables made anew."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict.fromkeys(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    added = sorted(set(required("dask", "distributed")) - set(locked))
    tables = {
        "sources": _table("publisher | licence | sources", published()),
        "libraries": _table("library | licence", ((name, licence(name)) for name in locked)),
        "dask": _table("library | licence", ((name, licence(name)) for name in added)),
    }
    return _TABLE.sub(lambda found: f"{found[1]}{tables[found[2]]}{found[3]}", text)


def required(*names: str) -> Iterator[str]:
    """Give libraries and all that they need, as far as it is installed."""
    seen, left = set[str](), list(names)
    while left:
        name = canonicalize_name(left.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            needs = map(Requirement, distribution(name).requires or ())
        except PackageNotFoundError:  # needed elsewhere only, on another Python, say
            continue
        yield name
        left += [one.name for one in needs if not one.marker or one.marker.evaluate({"extra": ""})]


def licence(name: str) -> str:
    """Give a library's licence as its metadata say it, in the newest way that they have."""
    metadata = distribution(name).metadata.json
    said = str(KNOWN.get(name) or metadata.get("license_expression") or metadata.get("license", ""))
    if said and "\n" not in said and len(said) <= _LONGEST:
        return said
    kinds = [kind for kind in metadata.get("classifier", ()) if kind.startswith("License")]
    if not kinds:
        sys.exit(f"{name}: no licence in its metadata; look it up and add it to KNOWN")
    return ", ".join(kind.rpartition(" :: ")[2] for kind in kinds)


def published() -> Iterator[tuple[str, ...]]:
    """Give the catalogue's sources by publisher and licence."""
    found = defaultdict(list)
    for source in SOURCES:
        publisher = source.publisher.text("en") if source.publisher else "its carrier or city"
        found[publisher, source.licence or "stated by the publisher"].append(f"`{source.name}`")
    return ((*key, ", ".join(names)) for key, names in found.items())


def _table(heading: str, rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, " | ".join("---" for _ in heading.split("|")), *map(" | ".join, rows)]
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
