"""Where to put more points: `site`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.model.accounts import Progress, in_words, silent
from vpvkac.model.options import instance
from vpvkac.questions.coverage.view import NetworkInLanguage
from vpvkac.questions.site import answer as site_answer
from vpvkac.questions.site import question as site_question

if TYPE_CHECKING:
    from vpvkac.texts.message import Lang


@dataclass(frozen=True, repr=False)
class Siting(site_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = site_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        kind = " (synthetic sample)" if self.result.synthetic else ""
        chosen = len(self.of("exact"))
        return f"<Siting{kind}: {chosen} points of {len(self.candidates)} candidates>"

    def write(self, out: str | Path) -> list[Path]:
        """Write site.csv and site.html into a folder: both, or neither.

        Raises
        ------
        OSError
            If the folder cannot be written; previous files are then as they were.
        """
        from vpvkac.questions.site.files import write

        return write(self, out, self.lang)


def site(  # noqa: PLR0913 - the options of the command
    result: NetworkInLanguage,
    points: int = site_question.POINTS,
    *,
    target: float | None = None,
    method: site_question.Method = "cover",
    radius_m: float = site_question.RADIUS_M,
    candidates: Sequence[str] | None = None,
    weights: site_question.Weights | None = None,
    existing: site_question.Existing = "open",
    time_limit_s: float = site_question.TIME_LIMIT_S,
    progress: Progress = silent,
) -> Siting:
    """Find where to put more points, with the existing ones locked in.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    points
        How many points to add.
    target
        Share of the weight to be covered, 0-1, by as few points as possible;
        in place of `points`.
    method
        {"cover", "median"}: cover the most within the radius (Church & ReVelle
        1974), or make the weighted distance least (Hakimi 1964).
    radius_m
        Straight-line distance within which a point covers, metres.
    candidates
        Kinds of host, or "stops"; the libraries, municipal premises and post
        offices that are given by default.
    weights
        {"population", "units"}; residents by default where they are known.
    existing
        {"open", "network"}: which points stay: open centres, or the announced
        and planned points too.
    time_limit_s
        Seconds that the solver may take; after them the best answer so far is
        given with its gap.
    progress
        Called with the name of each step.

    Returns
    -------
    siting
        The answers; see `Siting`.

    Raises
    ------
    ValueError
        If an option is out of range.
    InputError
        If what is asked for is not in the project, there are fewer candidates
        than points, or the target cannot be reached.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> found = vpvkac.site(result, points=2, weights="units")
    >>> found.table["method"].tolist()
    ['exact', 'exact', 'greedy', 'greedy']
    """
    instance("result", result, NetworkInLanguage, "vpvkac.analyse(project)")
    asked = site_question.Question(
        points, target, method, radius_m, candidates, weights, existing, time_limit_s
    )
    found = site_answer.answer(result, asked, in_words(progress, result.lang))
    return Siting(**vars(found), lang=result.lang)
