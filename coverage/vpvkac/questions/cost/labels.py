"""What each assumption is, in words: the comments of the published file itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from vpvkac.sources.assumptions import published_text
from vpvkac.texts.message import Bilingual, Text

# The second scenario has the keys of the first, and no comments of its own.
_LIKE = ("scenario.B.", "scenario.A.")


@cache
def labels() -> Mapping[str, Text]:
    """Give key ("upkeep.supplement") → label with its unit, read from the lines above the key."""
    found: dict[str, Text] = {}
    section, above = "", ("", "")
    for line in published_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        key, equals, _ = line.removeprefix("# ").partition(" = ")
        if equals and key.isidentifier():
            found[f"{section}.{key}"] = Bilingual(*above)
        above = (above[1], line.removeprefix("# "))
    return found


def label(key: str) -> Text:
    """Give the label of one key."""
    return labels()[key.replace(*_LIKE)]
