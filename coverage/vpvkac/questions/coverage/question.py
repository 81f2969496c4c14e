"""What is asked of `vpvkac run`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vpvkac.model.names import folded, genitives, with_prefix, without_kind, written
from vpvkac.model.options import OptionError, instance
from vpvkac.model.project import Project
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMED = 3


@dataclass(frozen=True)
class Question:
    """The network of a project, and its gaps; by what rules, the project says.

    Raises
    ------
    TypeError
        If it is no project.
    """

    project: Project

    def __post_init__(self) -> None:
        instance("project", self.project, Project, "vpvkac.load(path) or vpvkac.sample()")


def find_municipalities(
    municipalities: pd.DataFrame, asked: Iterable[str], option: str = "only"
) -> frozenset[str]:
    """Find municipalities by code or name, among rows with `municipality` and `municipality_name`.

    A name as it is written goes before one that differs in diacritics, that before one without its
    kind, and that before one in the nominative ("Cēsis" for "Cēsu novads").  Gives their codes;
    raises OptionError, with the nearest names, if one is not found or fits several.
    """
    return frozenset(_find(municipalities, one, option) for one in asked)


def _find(municipalities: pd.DataFrame, asked: str, option: str) -> str:
    codes, names = municipalities["municipality"], municipalities["municipality_name"]
    bare, bares = without_kind(asked), names.map(without_kind)
    for fits in (
        codes == with_prefix(asked),
        names.map(written) == written(asked),
        names.map(folded) == folded(asked),
        bares == bare,
        bares.isin(genitives(bare)),
    ):
        if fits.sum() == 1:
            return str(codes[fits].iloc[0])
        if fits.any():
            raise _not_one(municipalities[fits], asked, option)
    near = difflib.get_close_matches(bare, bares, _MOST_NAMED, 0.5)
    raise _not_one(municipalities[bares.isin(near)], asked, option)


def _not_one(near: pd.DataFrame, asked: str, option: str) -> OptionError:
    listed = zip(near["municipality_name"], near["municipality"], strict=True)
    named = ", ".join(f"{name} ({code})" for name, code in listed)
    problem = Message("is not one municipality of the project")
    remedy = (
        Message("did you mean: {}?").with_values(named)
        if named
        else Message("give the code or the name of a municipality")
    )
    return OptionError(option, asked, problem, remedy)
