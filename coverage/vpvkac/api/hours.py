"""Opening hours: `hours`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vpvkac.model.options import instance
from vpvkac.questions.coverage.view import NetworkInLanguage
from vpvkac.questions.hours import answer as hours_answer
from vpvkac.questions.hours import question as hours_question

if TYPE_CHECKING:
    from vpvkac.texts.message import Lang


@dataclass(frozen=True, repr=False)
class Hours(hours_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = hours_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        known = (self.table["unknown"] == "").sum()
        kind = " (synthetic sample)" if self.result.synthetic else ""
        return f"<Hours{kind}: {len(self.table)} places, hours known of {known}>"


def hours(result: NetworkInLanguage, *, every_host: bool = False) -> Hours:
    """Measure the opening hours of the centres.

    Parameters
    ----------
    result
        An analysis.  Nothing of it is changed.
    every_host
        Add to the table the other places that publish hours; the counts stay
        those of the centres.

    Returns
    -------
    hours
        A row per open centre, whether its hours are known or not.

    Raises
    ------
    InputError
        If a time in a feed is no time.

    Examples
    --------
    >>> import vpvkac
    >>> found = vpvkac.hours(vpvkac.analyse(vpvkac.sample()))
    >>> len(found.table)
    122
    """
    instance("result", result, NetworkInLanguage, "vpvkac.analyse(project)")
    found = hours_answer.answer(result, hours_question.Question(every_host))
    return Hours(**vars(found), lang=result.lang)
