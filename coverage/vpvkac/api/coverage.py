"""From a project to a result that shows and keeps itself: `analyse`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vpvkac.analysis.compute import find_gaps
from vpvkac.model.accounts import Progress, in_words, silent
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.options import language
from vpvkac.model.project import Project
from vpvkac.questions.coverage import view as coverage_view
from vpvkac.questions.coverage.answer import network_of
from vpvkac.questions.coverage.question import Question, find_municipalities
from vpvkac.questions.coverage.view import NetworkInLanguage
from vpvkac.questions.reach.answer import Answer as ReachAnswer
from vpvkac.questions.reach.answer import answer as reach_answer
from vpvkac.questions.reach.question import question_of

if TYPE_CHECKING:
    import folium

    from vpvkac.analysis.network import Network
    from vpvkac.analysis.plan import Openings
    from vpvkac.questions.coverage.files import Written
    from vpvkac.texts.message import Lang


class Picture(str):
    """The text of an SVG file, which Jupyter shows as a picture."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)


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

    def picture(self) -> Picture:
        """Draw units by verdict, the gaps and the legend as one picture, SVG; Jupyter shows it."""
        from vpvkac.questions.coverage.story import national_picture

        return Picture(national_picture(self))

    def in_language(self, lang: Lang) -> Self:
        """Give the same result with its texts in "lv" or "en"; nothing is computed again."""
        return super().in_language(language(lang))

    def write(
        self,
        out: str | Path,
        *,
        lang: Lang | None = None,
        only: Sequence[str] | None = None,
        zipped: bool = False,
    ) -> list[Path]:
        """Write every output into a folder: all of them, or none.

        Parameters
        ----------
        out
            The folder; made if it is not there.  Files of other names in it stay.
        lang
            {"lv", "en"}; None for the language of the result.
        only
            Codes or names of the municipalities whose letters and workbooks are written; None for
            all of them.  All else is of the whole country.
        zipped
            Whether to write `municipalities/LV….zip` too: the letter and workbooks of each, to be
            sent.

        Returns
        -------
        files
            The files written, in order of name.  After an OSError, previous files are as they
            were; a UserWarning says that a workbook cannot hold all of a table: the CSV does.

        Raises
        ------
        OptionError
            If `only` holds what is not one municipality; it names the nearest.
        """
        result = self if lang is None else self.in_language(lang)
        if only is not None:
            result = replace(result, letters=find_municipalities(self.municipalities, only))
        written = write(result, out, zipped=zipped)
        for fault in written.faults:
            warnings.warn(fault.sentence(lang or self.lang), stacklevel=2)
        return written.files


def write(
    result: Result,
    out: str | Path,
    progress: Progress = silent,
    *,
    zipped: bool = False,
    processes: int = 1,
) -> Written:
    """Write every output of a run into a folder, with those of `reach` and `plan` where asked.

    Of municipalities those of `result.letters`; where `zipped`, as archives to be sent, too.
    """
    from vpvkac.questions.coverage import files
    from vpvkac.questions.reach import files as reach_files

    lang, more = result.lang, []
    if isinstance(reach := result.reach, ReachAnswer):
        writing = partial(reach_files.write_into, answer=reach, lang=lang)
        more.append(files.More(writing, reach_files.FILES))
    if result.openings is not None:
        from vpvkac.questions.plan import files as plan_files
        from vpvkac.questions.plan.answer import Answer as PlanAnswer

        if isinstance(planned := result.openings, PlanAnswer):
            writing = partial(plan_files.write_into, planned=planned, lang=lang)
            more.append(files.More(writing, plan_files.FILES))
    return files.write(result, out, progress, more=more, zipped=zipped, processes=processes)


def analyse(
    project: Project,
    *,
    reach: bool = False,
    plan: bool = False,
    lang: Lang = "lv",
    progress: Callable[[str], object] = silent,
) -> Result:
    """Compute the network of a project, its coverage and its gaps.

    Parameters
    ----------
    project
        From `vpvkac.load` or `vpvkac.sample`.
    reach
        Whether to find who can go to a point, be served and be home again, too, as the project
        sets it under `[reach]`; its tables are then `result.reach`, see `vpvkac.reach`.
    plan
        Whether to find in what order the remaining points open, too, as the project sets it under
        `[plan]`; its tables are then `result.openings`, see `vpvkac.plan`.
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
        With all faults of all files, if any of them is an error, or if the targets of the plan
        cannot be met.  Faults of timetables alone, which `reach` needs, are in
        `result.reach_faults`.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> int((result.network["status"] == "existing").sum())
    122
    """
    lang = language(lang)
    said = in_words(progress, lang)
    # Wrong settings are told before anything is read.
    asked = question_of(project, {}) if reach else None
    planning = _planning(project, said) if plan else None
    network = network_of(Question(project), said)
    found: ReachAnswer | None = None
    faults: tuple[Fault, ...] = ()
    if asked is not None:
        try:
            found = reach_answer(network, asked, said)
            faults = found.faults
        except InputError as error:
            faults = error.faults
    openings = None if planning is None else planning(network)
    findings = replace(find_gaps(network, said, found), reach_faults=faults, openings=openings)
    return Result.of(findings, lang)


def _planning(project: Project, progress: Progress) -> Callable[[Network], Openings]:
    """Give what finds the plan of a network, as the project asks for it."""
    from vpvkac.questions.plan import question
    from vpvkac.questions.plan.answer import answer

    assumptions = question.assumptions_of(project)
    asked = question.question_of(project, assumptions, {})
    return partial(answer, asked=asked, assumptions=assumptions, progress=progress)


def measure(
    project: Project, *, lang: Lang = "lv", progress: Callable[[str], object] = silent
) -> NetworkInLanguage:
    """Read the inputs of a project and measure its network, without its gaps; as `analyse`."""
    lang = language(lang)
    question = Question(project)
    measured = network_of(question, in_words(progress, lang))
    return NetworkInLanguage(**vars(measured), lang=lang)
