"""What `vpvkac cost` writes: the table, and with a network the page."""

from __future__ import annotations

from pathlib import Path

from vpvkac.questions.cost.answer import CENTS, Answer
from vpvkac.render.csvfile import write_table
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Lang

PAGE = "cost.html"


def write(costs: Answer, out: str | Path, lang: Lang) -> list[Path]:
    """Write the table, and the page where there is a network: all or none.

    Raises OSError if the folder cannot be written; previous files are then as they were.
    """
    inputs = () if costs.result is None else files_of(costs.result.project)
    with staged(out, inputs=inputs, sometimes=(PAGE,)) as folder:
        decimals = [CENTS.get(row, 0) for row in costs.table["row"]]
        write_table(folder, "cost", costs.table, {"value": decimals, "published": decimals})
        if costs.result is not None and costs.own is not None:
            from vpvkac.questions.cost.view import cost_page

            write_text(folder / PAGE, cost_page(costs, costs.result, costs.own, lang))
        files = sorted(file.name for file in folder.iterdir())
    return [Path(out) / file for file in files]
