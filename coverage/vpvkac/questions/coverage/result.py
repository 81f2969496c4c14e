"""Findings with their texts in one language: what pages, maps, workbooks and files show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from vpvkac.analysis.result import Findings, Network
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage import published_words
from vpvkac.texts.message import Lang
from vpvkac.views.reasons import reasons


@dataclass(frozen=True, repr=False)
class NetworkInLanguage(Network):
    """A network, and the language in which it is to be shown."""

    lang: Lang

    @property
    def title(self) -> str:
        """Title of the project in the language."""
        return self.project.title_in(self.lang)


@dataclass(frozen=True, repr=False)
class Result(Findings, NetworkInLanguage):
    """The network of a project and its gaps, with their texts in one language.

    Beside the columns of `Findings` the gap lists and clusters have a
    `reason`, and the published figures a `section`, `basis`, `reason` and
    `name`.
    """

    @classmethod
    def of(cls, findings: Findings, lang: Lang) -> Self:
        """Give findings their texts."""
        return cls(**vars(findings) | _texts(findings, lang), lang=lang)

    def in_language(self, lang: Lang) -> Self:
        """Give the same result in another language; nothing is computed again."""
        return self if lang == self.lang else replace(self, lang=lang, **_texts(self, lang))


def _texts(findings: Findings, lang: Lang) -> dict[str, Any]:
    """Give the tables that hold texts, with these in one language, in the order of files."""
    said = {name: {"reason": texts} for name, texts in reasons(findings, lang).items()}
    said["published"] = published_words.text_columns(findings, lang)
    tables = {}
    for name, texts in said.items():
        table = getattr(findings, name).assign(**texts)
        others = table.columns.difference(TABLES[name].names, sort=False)
        tables[name] = table[[*TABLES[name].names, *others]]
    return tables
