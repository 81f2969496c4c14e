"""The files of `vpvkac cost`."""

from __future__ import annotations

from pathlib import Path

from vpvkac.questions.cost.cost import CENTS, Costs
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import files_of, staged, write_text

CSV, PAGE = "cost.csv", "cost.html"


def write_costs(costs: Costs, out: str | Path) -> list[Path]:
    """Write the table, and the page where there is a network; see `Costs.write`."""
    inputs = () if costs.result is None else files_of(costs.result.project)
    with staged(out, inputs=inputs, sometimes=(PAGE,)) as folder:
        decimals = [CENTS.get(row, 0) for row in costs.table["row"]]
        write_csv(folder / CSV, costs.table, {"value": decimals, "published": decimals})
        if costs.result is not None:
            from vpvkac.questions.cost.page import cost_page

            write_text(folder / PAGE, cost_page(costs, costs.result))
        files = sorted(file.name for file in folder.iterdir())
    return [Path(out) / file for file in files]
