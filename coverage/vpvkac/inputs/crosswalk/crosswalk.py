"""Crosswalk: tables in the codes of another layout recoded to the units of this one.

They are recoded by either the history of unit codes (ATVK) or a file of the
units they belong to, whose overlap with these units is then measured.  How a
code is recoded stands in `vpvkac.inputs.crosswalk.overlap`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.inputs.crosswalk import overlap
from vpvkac.inputs.crosswalk.history import Lineage
from vpvkac.inputs.crosswalk.overlap import Recoded, by_overlap, changes, crosswalk_for
from vpvkac.sources.units import read_atvk, read_units

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.model.project import Input
    from vpvkac.sources.base import Reading

CHANGE_COLUMNS = ("old", "old_name", "new", "new_name", "change")
_HISTORY_ENDINGS = {".csv", ".txt"}


def read_crosswalk(source: Input) -> Reading:
    """Read the history of codes (CSV), or the units of another layout (geodata).

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    if _is_history(source):
        return read_atvk(source)
    return read_units(source)


@dataclass(frozen=True)
class Crosswalk:
    """The way from other codes to these units.

    Parameters
    ----------
    source, table
        The input, and what `read_crosswalk` gave for it.
    units
        Canonical units of the run's layout.
    """

    source: Input
    table: pd.DataFrame
    units: gpd.GeoDataFrame

    def pairs(self, codes: pd.Series) -> pd.DataFrame:
        """Pair the codes of a table with these units (`layouts.COLUMNS`).

        Codes that are units of this layout are not in it, unless the table is
        of one known layout as a whole.
        """
        if _is_history(self.source):
            return crosswalk_for(codes, self.units, self._lineage)
        if codes[codes != ""].isin(self.units["unit"]).all():
            return self._overlap.iloc[:0]
        return self._overlap

    @cached_property
    def _lineage(self) -> Lineage:
        return Lineage(self.table)

    @cached_property
    def _overlap(self) -> pd.DataFrame:
        return by_overlap(self.table, self.units)

    def recode_places(self, records: pd.DataFrame, shown: str) -> tuple[Recoded, pd.DataFrame]:
        """Recode the units of places; give the changes met on the way too."""
        crosswalk = self.pairs(records["unit"])
        moved = overlap.recode_places(records, crosswalk, self.units, shown=shown)
        return moved, _met(crosswalk, records["unit"])

    def recode(self, records: pd.DataFrame, shown: str) -> tuple[Recoded, pd.DataFrame]:
        """Recode codes that stand for the units themselves; give the changes met on the way too."""
        crosswalk = self.pairs(records["unit"])
        return overlap.recode_units(records, crosswalk, shown=shown), _met(
            crosswalk, records["unit"]
        )

    def reallocate(
        self, table: pd.DataFrame, quantities: Sequence[str], shown: str
    ) -> tuple[Recoded, pd.DataFrame]:
        """Carry the counts of units of the other layout; those of this one stay as they are.

        Returns
        -------
        moved, changes
            The rows recoded, `unit` and the quantities, without those that were
            units of this layout already; and the changes met on the way.
        """
        crosswalk = self.pairs(table["unit"])
        recoded = table[table["unit"].isin(crosswalk["old"])]
        return overlap.reallocate(recoded, crosswalk, quantities, shown=shown), _met(
            crosswalk, recoded["unit"]
        )


def joined_changes(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the changes met in several tables, each once, sorted by code."""
    table = pd.concat([pd.DataFrame(columns=list(CHANGE_COLUMNS)), *found], ignore_index=True)
    return table.drop_duplicates().sort_values(["old", "new"], ignore_index=True)


def _met(crosswalk: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    """Report what was split, merged, moved or renamed among the codes of a table."""
    report = changes(crosswalk)
    return report[report["old"].isin(codes)]


def _is_history(source: Input) -> bool:
    return source.path.suffix.lower() in _HISTORY_ENDINGS
