"""One unit's contact point in words and numbers: `explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vpvkac.api.coverage import Result
from vpvkac.model.options import instance, language
from vpvkac.questions.explain import answer as explain_answer
from vpvkac.questions.explain.question import Question
from vpvkac.render import terminal

if TYPE_CHECKING:
    from vpvkac.texts.message import Lang


@dataclass(frozen=True, repr=False)
class Explanation(explain_answer.Explanation):
    """Why a unit's contact point is what it is, told in one language.

    Parameters
    ----------
    lang
        Language; the others as of `vpvkac.questions.explain.answer.Explanation`.
    """

    lang: Lang

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """Show it in Jupyter."""
        return terminal.as_html(self.title, self.sections)

    @property
    def title(self) -> str:
        """What is explained."""
        from vpvkac.questions.explain.view import title

        return title(self, self.lang)

    @property
    def sections(self) -> list[terminal.Section]:
        """The explanation in sentences and tables."""
        from vpvkac.questions.explain.view import sections

        return sections(self, self.lang)

    @property
    def text(self) -> str:
        """The explanation as text, in lines of at most 100 characters."""
        return self.wrapped(terminal.WIDTH)

    def wrapped(self, width: int) -> str:
        """Give the text in lines of at most so many characters."""
        return terminal.as_text(self.title, self.sections, width)

    @property
    def data(self) -> dict[str, Any]:
        """The explanation for machines: plain values, None for what is not known."""
        from vpvkac.questions.explain.files import data

        return data(self, self.lang)

    def to_json(self) -> str:
        """Write `data` as JSON; what a terminal could take for a command is escaped."""
        from vpvkac.questions.explain.files import to_json

        return to_json(self, self.lang)


def explain(result: Result, unit: str, lang: Lang | None = None) -> Explanation:
    """Explain the contact point of one unit.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    unit
        Its code ("LV…"); its name, with or without the kind, whatever case
        and diacritics; or "name, municipality" where a name occurs twice.
    lang
        {"lv", "en"}; None for the language of the result.

    Returns
    -------
    explanation
        Prints as text and shows itself in Jupyter; its tables go on.

    Raises
    ------
    vpvkac.questions.explain.question.UnitNotFoundError
        If no unit fits, or several do; it names the closest, or those that fit.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> vpvkac.explain(result, "LV9927580").decision.distance_m
    1411.0
    """
    instance("result", result, Result, "vpvkac.analyse(project)")
    question = Question(unit)
    lang = result.lang if lang is None else language(lang)
    return Explanation(**vars(explain_answer.answer(result, question)), lang=lang)
