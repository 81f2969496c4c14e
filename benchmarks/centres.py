"""Reading the list of centres, which goes on with empty rows to the last of a spreadsheet."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness import SAMPLE, Comparison, Goal, compare, sized

if TYPE_CHECKING:
    from harness import Work

_LIST = SAMPLE / "vpvkac-kontakti_2023_aktual_081123.csv"
_SHORT = "the same without the empty rows"


def compared(runs: int) -> Comparison:
    """Measure reading the sample's list with the empty rows that the published one has."""
    rows = sized(1_048_576, 10_000)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / _LIST.name
        text = _LIST.read_text(encoding="utf-8")
        empty = "\n" + ";" * 11
        whole.write_text(text.rstrip() + empty * (rows - text.count("\n")), encoding="utf-8")
        return compare(
            f"list of centres of {rows} rows, {whole.stat().st_size / 1e6:.0f} MB",
            ours=partial(read, whole),
            alternatives={_SHORT: partial(read, _LIST)},
            runs=runs,
            goals=[Goal("seconds", 3), Goal("memory_mb", 300)],
        )


def read(file: Path) -> Work:
    """Prepare the reading of a list."""
    from vpvkac.model.project import Input
    from vpvkac.sources.centres import read_centres

    def work() -> dict[str, int]:
        reading = read_centres(Input(file, file.name))
        return {"centres": len(reading.table), "rows_read": reading.rows_read}

    return work
