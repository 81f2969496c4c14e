"""The two languages of what people read: Latvian (default) and English.

Column names and codes never change with the language; labels, titles and
sentences do.  The words themselves stand in `vpvkac.words`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Lang = Literal["lv", "en"]


class Text(NamedTuple):
    """One text in both languages; `Text("jā", "yes").into("lv")` is "jā"."""

    lv: str
    en: str

    def into(self, lang: Lang) -> str:
        """Give the text in one language."""
        return self.lv if lang == "lv" else self.en
