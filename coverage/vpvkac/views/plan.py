"""What is shown of a plan by year, on its own page and in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.texts import words
from vpvkac.texts.message import Message
from vpvkac.views.page import Table
from vpvkac.views.writer import Field, Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.analysis.plan import Openings

PAGE = "plan.html"


def share_of_area(row: Any, write: Writer) -> str:
    """Write the share of the area that is open at the end of a year, never across its target."""
    targets = [] if pd.isna(row["target"]) else [row["target"]]
    return write.share(row["area_share"], *targets)


def opening_year(write: Writer) -> Field:
    """Describe the column of the year in which a point opens, empty where it does not."""
    return write.field(
        "year", lambda row: "" if pd.isna(row["year"]) else str(row["year"]), number=False
    )


def years_table(planned: Openings, write: Writer, *more: str) -> Table:
    """Set each year's money, area and residents beside its budget and target."""
    fields = [
        opening_year(write),
        *write.fields("opened", "open", "spent", "budget"),
        write.field("area_share", lambda row: share_of_area(row, write)),
        write.field("target", lambda row: write.share(row["target"])),
        write.field("met", lambda row: write(words.MET[row["met"]]) if row["met"] else ""),
        *write.fields("residents_share", *more),
    ]
    caption = write(Message("Each year: money, area and residents"))
    rows = records(planned.years)
    return tabulate("years", caption, fields, rows, wide=True, files=("plan_years.csv",))
