"""The figures of the analysis as maps, one module each; `sheet` gives them one look.

A figure that the inputs do not allow is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.questions.coverage.figures import (
    centre_stops,
    centres,
    institutions,
    libraries,
    libraries_post_offices,
    network,
)
from vpvkac.questions.coverage.figures.sheet import DescribedBase, figure_page
from vpvkac.views.maps import NavLink

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

# In the order of the analysis: figures 5, 10, 12, 30, the network itself, 11.
_FIGURES = (centres, centre_stops, libraries, libraries_post_offices, network, institutions)


def figure_maps(result: Result) -> dict[str, str]:
    """Draw one map per figure of the analysis.

    Parameters
    ----------
    result
        Tables and facts of a run.

    Returns
    -------
    pages
        File name under ``maps/`` → text of the page; the same result gives the
        same text.
    """
    drawn = [figure for figure in _FIGURES if figure.can_be_drawn(result)]
    ways = [NavLink(figure.FILE, figure.TITLE.text(result.lang)) for figure in drawn]
    shared = DescribedBase.of(result)
    return {
        figure.FILE: figure_page(figure.draw(result, shared), figure.FILE, ways, shared, result)
        for figure in drawn
    }
