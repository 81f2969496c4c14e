"""The two languages of what people read: Latvian (default) and English.

Column names and codes never change with the language; labels, titles and
sentences do.  The words themselves stand in `vpvkac.texts.words`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Lang = Literal["lv", "en"]

_UNITS = "%|m|km|km²|km/h|m/min|min|s|h|MB|EUR|milj|tūkst|million|thousand"
# A space that must not end a line: between thousands, and before the unit of a number, which
# may be a placeholder yet to be filled.
_HELD_SPACE = re.compile(rf"(?<=\d) (?=\d{{3}}(?!\d))|(?<=[\d}}]) (?=(?:{_UNITS})(?!\w))")


class Text(NamedTuple):
    """One text in both languages; `Text("jā", "yes").into("lv")` is "jā"."""

    lv: str
    en: str

    def into(self, lang: Lang) -> str:
        """Give the text in one language, its numbers held together with their units."""
        return held(self.lv if lang == "lv" else self.en)


@lru_cache(maxsize=4096)
def held(text: str) -> str:
    """Put no-break spaces between thousands and before units: 103 941 EUR, 700 m, {share} %."""
    return _HELD_SPACE.sub("\N{NO-BREAK SPACE}", text)
