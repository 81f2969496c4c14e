"""What changes from one run to another: `compare`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.api.coverage import Result
from vpvkac.model.options import instance, language
from vpvkac.questions.compare import answer as compare_answer
from vpvkac.questions.compare.question import Run, run_of

if TYPE_CHECKING:
    import folium

    from vpvkac.texts.message import Lang


@dataclass(frozen=True, repr=False)
class Comparison(compare_answer.Comparison):
    """What changes from run A to run B, with its texts in one language.

    Parameters
    ----------
    lang
        Language of map and page; the others as of `vpvkac.questions.compare.answer.Comparison`.
    """

    lang: Lang

    def map(self) -> folium.Map:
        """Draw the map of the changes; Jupyter shows it."""
        from vpvkac.questions.compare.view import change_map

        return change_map(self, self.lang)

    def write(self, out: str | Path) -> list[Path]:
        """Write compare.csv, compare_summary.csv, compare.html and compare_map.html.

        Parameters
        ----------
        out
            The folder; made if it is not there.  Files of other names in it stay.

        Returns
        -------
        files
            The files written, in order of name.

        Raises
        ------
        OSError
            If the folder cannot be written; previous files are then as they were.
        """
        from vpvkac.questions.compare.files import write

        return write(self, out, self.lang)


def compare(a: Result | Run, b: Result | Run, *, lang: Lang | None = None) -> Comparison:
    """Compare two runs or two what-ifs: what changes from A to B.

    Parameters
    ----------
    a, b
        Results of `vpvkac.analyse`, or earlier runs by `vpvkac.load_run`.
    lang
        {"lv", "en"}: language of map and page; that of the first result where
        it is left out, else Latvian.

    Returns
    -------
    comparison
        Tables as files show them: metres to 0.1, shares to 4 decimals.

    Examples
    --------
    >>> import vpvkac
    >>> project = vpvkac.sample()
    >>> result = vpvkac.analyse(project)
    >>> farther = vpvkac.analyse(project.with_rules(threshold_m=800))
    >>> vpvkac.compare(result, farther).counts["gained_reach"]
    16
    """
    for name, side in (("a", a), ("b", b)):
        instance(name, side, (Run, Result), "vpvkac.analyse(project) or vpvkac.load_run(folder)")
    lang = None if lang is None else language(lang)
    given: Lang = next((side.lang for side in (a, b) if not isinstance(side, Run)), "lv")
    first, second = (side if isinstance(side, Run) else run_of(side, side.title) for side in (a, b))
    return Comparison(**vars(compare_answer.answer(first, second)), lang=lang or given)
