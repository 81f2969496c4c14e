"""Vintage: tables in the codes of another layout led to the units of this one.

What leads them is either the history of unit codes (ATVK) or a file of the
units they belong to, whose overlap with these units is then measured.  How a
code is led stands in `vpvkac.inputs.crosswalk.overlap`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.inputs.crosswalk.history import Lineage
from vpvkac.inputs.crosswalk.overlap import (
    Moved,
    by_overlap,
    changes,
    crosswalk_for,
    move_codes,
    move_places,
    move_quantities,
)
from vpvkac.sources.atvk import read_atvk
from vpvkac.sources.units import read_units

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.model.project import Input
    from vpvkac.sources.base import Reading

CHANGE_COLUMNS = ("old", "old_name", "new", "new_name", "change")
_HISTORY_ENDINGS = {".csv", ".txt"}


def read_vintage(source: Input) -> Reading:
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
class Vintage:
    """The way from other codes to these units.

    Parameters
    ----------
    source, table
        The input, and what `read_vintage` gave for it.
    units
        Canonical units of the run's layout.
    """

    source: Input
    table: pd.DataFrame
    units: gpd.GeoDataFrame

    def crosswalk(self, codes: pd.Series) -> pd.DataFrame:
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

    def lead_places(self, records: pd.DataFrame, shown: str) -> tuple[Moved, pd.DataFrame]:
        """Lead the unit codes of places; give the changes met on the way too."""
        crosswalk = self.crosswalk(records["unit"])
        moved = move_places(records, crosswalk, self.units, shown=shown)
        return moved, _met(crosswalk, records["unit"])

    def lead_codes(self, records: pd.DataFrame, shown: str) -> tuple[Moved, pd.DataFrame]:
        """Lead codes that stand for the units themselves; give the changes met on the way too."""
        crosswalk = self.crosswalk(records["unit"])
        return move_codes(records, crosswalk, shown=shown), _met(crosswalk, records["unit"])

    def lead_quantities(
        self, table: pd.DataFrame, quantities: Sequence[str], shown: str
    ) -> tuple[Moved, pd.DataFrame]:
        """Carry the counts of units of the other layout; those of this one stay as they are.

        Returns
        -------
        moved, changes
            The rows led, `unit` and the quantities, without those that were
            units of this layout already; and the changes met on the way.
        """
        crosswalk = self.crosswalk(table["unit"])
        led = table[table["unit"].isin(crosswalk["old"])]
        return move_quantities(led, crosswalk, quantities, shown=shown), _met(
            crosswalk, led["unit"]
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
