"""The way along streets to the nearest stop: `walk`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.api.coverage import Result
from vpvkac.model.accounts import Progress, in_words, silent
from vpvkac.model.options import instance
from vpvkac.questions.walk import answer as walk_answer
from vpvkac.questions.walk import question as walk_question

if TYPE_CHECKING:
    import folium

    from vpvkac.texts.message import Lang


@dataclass(frozen=True, repr=False, eq=False)
class Walk(walk_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = walk_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {count}" for name, count in self.counts.items())
        return f"<Walk: {counts}>"

    def map(self) -> folium.Map:
        """Draw the ways; Jupyter shows it."""
        from vpvkac.questions.walk.view import walk_map

        return walk_map(self, self.lang)

    def write(self, out: str | Path) -> list[Path]:
        """Write ``walk.csv`` and ``walk.html`` into a folder: both, or none.

        Raises
        ------
        OSError
            If the folder cannot be written.
        """
        from vpvkac.questions.walk.files import write

        return write(self, out, self.lang)


def walk(
    result: Result,
    *,
    streets: str | Path | None = None,
    speed_km_h: float = walk_question.SPEED_KM_H,
    progress: Progress = silent,
) -> Walk:
    """Measure the way along streets from each point to its nearest stop.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    streets
        A GraphML, OSM XML or GeoPackage of streets; else the project's.
    speed_km_h
        Walking speed, 0.5 to 20 km/h.

    Returns
    -------
    walk
        Table, routes and counts.

    Raises
    ------
    InputError
        If there are no streets, or their file is at fault.
    ValueError
        If the speed is out of range.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> walked = vpvkac.walk(result)
    >>> walked.counts["no_street"]
    2
    """
    instance("result", result, Result, "vpvkac.analyse(project)")
    asked = walk_question.Question(streets, speed_km_h)
    found = walk_answer.answer(result, asked, in_words(progress, result.lang))
    return Walk(**vars(found), lang=result.lang)
