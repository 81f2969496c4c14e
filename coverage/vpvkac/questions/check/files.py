"""`check.csv`: every fault of every input, one row a kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from vpvkac.model.faults import Fault
from vpvkac.model.tables import TABLES
from vpvkac.render.csvfile import write_table
from vpvkac.render.staging import staged
from vpvkac.texts.message import Lang

TABLE = "check.csv"


def write_check(
    out: str | Path, faults: Sequence[Fault], lang: Lang, inputs: Sequence[Path] = ()
) -> Path:
    """Write the faults, errors first, then by file and row; the inputs stay as they are.

    Raises OSError if the folder cannot be written; a previous file is then as it was.
    """
    rows = [
        vars(fault) | {name: getattr(fault, name).text(lang) for name in ("problem", "remedy")}
        for fault in faults
    ]
    declared = TABLES["check"]
    table = pd.DataFrame(rows, columns=list(declared.names))
    table = table.astype(dict.fromkeys(declared.stored("integer"), "Int64"))
    table = table.sort_values(["level", "file", "row", "field"], na_position="first")
    with staged(out, inputs=inputs) as folder:
        write_table(folder, declared.name, table)
    return Path(out) / TABLE
