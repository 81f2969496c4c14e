"""What `vpvkac plan` writes: the order, the years, the points for a comparison, and the page."""

from __future__ import annotations

from pathlib import Path

from vpvkac.questions.plan.answer import Answer
from vpvkac.questions.plan.view import plan_page
from vpvkac.render.csvfile import write_table
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Lang
from vpvkac.views.plan import PAGE

FILES = ("plan.csv", "plan_years.csv", "plan_points.csv", PAGE)


def write(planned: Answer, out: str | Path, lang: Lang, until: int | None = None) -> list[Path]:
    """Write all files into a folder, or none; `until` is the year of plan_points.csv.

    Raises OSError if the folder cannot be written; previous files are then as they were.
    """
    with staged(out, inputs=files_of(planned.result.project)) as folder:
        write_into(folder, planned, lang, until)
    return [Path(out) / name for name in FILES]


def write_into(folder: Path, planned: Answer, lang: Lang, until: int | None = None) -> list[str]:
    """Write all files into a folder, and name the tables."""
    tables = {"plan": planned.table, "plan_years": planned.years,
              "plan_points": planned.points(until)}  # fmt: skip
    for name, table in tables.items():
        write_table(folder, name, table)
    write_text(folder / PAGE, plan_page(planned, lang, until))
    return list(tables)
