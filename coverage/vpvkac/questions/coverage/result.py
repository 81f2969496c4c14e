"""Findings with their texts in one language: what pages, maps, workbooks and files show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import pandas as pd

from vpvkac.analysis.network import Findings, Network
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
    """Give the tables that hold texts, with these in one language."""
    said = {name: {"reason": texts} for name, texts in reasons(findings, lang).items()}
    said["published"] = published_words.text_columns(findings, lang)
    return {
        name: _with_texts(getattr(findings, name), texts, TABLES[name].names)
        for name, texts in said.items()
    }


def _with_texts(
    table: pd.DataFrame, texts: Mapping[str, Sequence[str]], order: Sequence[str]
) -> pd.DataFrame:
    """Set columns of texts, each behind the column that it follows in files."""
    names = list(table.columns)
    for name in sorted(texts.keys() - set(names), key=order.index):
        names.insert(names.index(order[order.index(name) - 1]) + 1, name)
    empty = None if len(table) else object
    columns = {name: pd.Series(said, table.index, dtype=empty) for name, said in texts.items()}
    return table.assign(**columns)[names]
