"""`report.html`: the story for a reviewer, in words, tables and charts, in one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vpvkac.questions.coverage.report.criteria import (
    criteria_section,
    figures_section,
    published_section,
    summary_section,
)
from vpvkac.questions.coverage.report.decisions import progress_section
from vpvkac.questions.coverage.report.distances import bands_section, thresholds_section
from vpvkac.questions.coverage.report.gap_lists import gaps_section
from vpvkac.questions.coverage.report.people import hosts_section, people_section
from vpvkac.questions.coverage.report.sources import method_section, sources_section
from vpvkac.render.frame import render
from vpvkac.texts.message import Message
from vpvkac.views.page import Page, about

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.coverage.view import Result


def report_page(result: Result, tables: Mapping[str, pd.DataFrame]) -> str:
    """Write the report.

    Parameters
    ----------
    result
        The run; its language is the page's.
    tables
        Output tables at full precision (`rounding.exact`): numbers are
        rounded once, from these.

    Returns
    -------
    page
        One HTML file that needs nothing else; the same result gives the same text.
    """
    title = Message("Report on the network of contact points").text(result.lang)
    context = {
        "contents": Message("Contents").text(result.lang),
        "sections": [
            summary_section(result),
            criteria_section(result, tables),
            figures_section(result),
            published_section(result),
            bands_section(result),
            thresholds_section(result),
            gaps_section(result, tables),
            progress_section(result, tables),
            people_section(result),
            hosts_section(result),
            method_section(result),
            sources_section(result, tables),
        ],
    }
    page = Page(title, "report.html", style=("report.css",), here="report.html")
    return render(page, context, about(result, result.lang))
