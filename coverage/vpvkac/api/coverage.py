"""From a project to a result that shows and keeps itself: `analyse`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vpvkac.model.accounts import in_words, silent
from vpvkac.model.options import language
from vpvkac.model.project import Project
from vpvkac.questions.coverage import answer as coverage_answer
from vpvkac.questions.coverage import view as coverage_view
from vpvkac.questions.coverage.question import Question
from vpvkac.questions.coverage.view import NetworkInLanguage

if TYPE_CHECKING:
    import folium

    from vpvkac.texts.message import Lang


@dataclass(frozen=True, repr=False)
class Result(coverage_view.Result):
    """The network of a project and its gaps, with their texts in one language."""

    def _repr_html_(self) -> str:
        """Show the headline in Jupyter."""
        from vpvkac.questions.coverage.view import headline_html

        return headline_html(self)

    def map(self) -> folium.Map:
        """Draw the explorer; Jupyter shows it."""
        from vpvkac.questions.coverage.explorer import explorer

        return explorer(self, lang=self.lang)

    def in_language(self, lang: Lang) -> Self:
        """Give the same result with its texts in "lv" or "en"; nothing is computed again."""
        return super().in_language(language(lang))

    def write(self, out: str | Path, *, lang: Lang | None = None) -> list[Path]:
        """Write every output into a folder: all of them, or none.

        Parameters
        ----------
        out
            The folder; made if it is not there.  Files of other names in it stay.
        lang
            {"lv", "en"}; None for the language of the result.

        Returns
        -------
        files
            The files written, in order of name.  After an OSError, previous files are as they
            were; a UserWarning says that a workbook cannot hold all of a table: the CSV does.
        """
        from vpvkac.questions.coverage.files import write

        shown = self if lang is None else self.in_language(lang)
        written = write(shown, out)
        for fault in written.faults:
            warnings.warn(fault.sentence(shown.lang), stacklevel=2)
        return written.files


def analyse(
    project: Project, *, lang: Lang = "lv", progress: Callable[[str], object] = silent
) -> Result:
    """Compute the network of a project, its coverage and its gaps.

    Parameters
    ----------
    project
        From `vpvkac.load` or `vpvkac.sample`.
    lang
        {"lv", "en"}: language of the reasons, and of the maps and pages.
    progress
        Called with the name of each step.

    Returns
    -------
    result
        Tables as GeoDataFrames in EPSG:3059; see `Findings`.

    Raises
    ------
    InputError
        With all faults of all files, if any of them is an error.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> int((result.network["status"] == "existing").sum())
    122
    """
    lang = language(lang)
    question = Question(project)
    return Result.of(coverage_answer.answer(question, in_words(progress, lang)), lang)


def measure(
    project: Project, *, lang: Lang = "lv", progress: Callable[[str], object] = silent
) -> NetworkInLanguage:
    """Read the inputs of a project and measure its network, without its gaps; as `analyse`."""
    lang = language(lang)
    question = Question(project)
    measured = coverage_answer.network_of(question, in_words(progress, lang))
    return NetworkInLanguage(**vars(measured), lang=lang)
