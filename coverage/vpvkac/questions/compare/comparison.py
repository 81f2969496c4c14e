"""A comparison of two runs: its tables, its map, its page, its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.model.options import instance, language
from vpvkac.questions.compare.changes import CHANGES, summary_changes, unit_changes
from vpvkac.questions.compare.side import Run, run_of
from vpvkac.questions.coverage.result import Result as Findings
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import staged, write_text

if TYPE_CHECKING:
    import folium
    import pandas as pd

    from vpvkac.texts.message import Lang

DECIMALS = {
    **dict.fromkeys(("distance_a", "distance_b", "moved_m"), 1),
    **dict.fromkeys(("lat_a", "lon_a", "lat_b", "lon_b"), 7),
}


@dataclass(frozen=True, repr=False)
class Comparison:
    """What changes from run A to run B.

    Parameters
    ----------
    a, b
        The runs, as their files show them.
    table
        One row per unit of either: `vpvkac.questions.compare.changes.unit_changes`.
    summary
        One row per criterion: `vpvkac.questions.compare.changes.summary_changes`.
    lang
        Language of map and page.
    """

    a: Run
    b: Run
    table: pd.DataFrame
    summary: pd.DataFrame
    lang: Lang

    def __repr__(self) -> str:
        counts = self.counts
        told = ", ".join(f"{count} {change}" for change, count in counts.items() if count)
        return f"<Comparison of {len(self.table)} units: {told}>"

    @property
    def counts(self) -> dict[str, int]:
        """How many units have each change, in the order of `CHANGES`."""
        found = self.table["change"].value_counts()
        return {change: int(found.get(change, 0)) for change in CHANGES}

    @property
    def changed(self) -> pd.DataFrame:
        """The units that changed."""
        return self.table[self.table["change"] != "same"]

    @property
    def changed_criteria(self) -> pd.DataFrame:
        """The criteria whose value differs, or is known on one side only."""
        first, second = self.summary["value_a"], self.summary["value_b"]
        return self.summary[(first != second) & (first.notna() | second.notna())]

    @property
    def synthetic(self) -> bool:
        """Whether the data of either side are invented."""
        return self.a.synthetic or self.b.synthetic

    def map(self) -> folium.Map:
        """Draw the map of the changes; Jupyter shows it."""
        from vpvkac.questions.compare.map import change_map

        return change_map(self)

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
        from vpvkac.questions.compare.map import map_page
        from vpvkac.questions.compare.report import report_page

        with staged(out, inputs=(*self.a.files, *self.b.files)) as folder:
            write_csv(folder / "compare.csv", self.table, DECIMALS)
            write_csv(folder / "compare_summary.csv", self.summary, {})
            write_text(folder / "compare.html", report_page(self))
            write_text(folder / "compare_map.html", map_page(self))
            names = sorted(file.name for file in folder.iterdir())
        return [Path(out) / name for name in names]


def compare(a: Findings | Run, b: Findings | Run, *, lang: Lang | None = None) -> Comparison:
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
        instance(name, side, (Run, Findings), "vpvkac.analyse(project) or vpvkac.load_run(folder)")
    lang = None if lang is None else language(lang)
    given: Lang = next((side.lang for side in (a, b) if not isinstance(side, Run)), "lv")
    first, second = (side if isinstance(side, Run) else run_of(side) for side in (a, b))
    return Comparison(
        first, second, unit_changes(first, second), summary_changes(first, second), lang or given
    )
