"""Corrections applied: they win over what a list says of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vpvkac.sources.base import Checks
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from vpvkac.model.faults import Fault


_POSITIONS = ["lat", "lon", "x", "y"]


class Corrected(NamedTuple):
    """Records with their corrections, and which of them have their position by one."""

    records: pd.DataFrame
    positioned: NDArray[np.bool_]


def correct(records: pd.DataFrame, source: str, corrections: pd.DataFrame) -> Corrected:
    """Put corrections in the place of what a list says.

    Parameters
    ----------
    records
        What a reader gave, `sources.base.COLUMNS`.
    source
        The first part of the key `source:id`.
    corrections
        As `sources.plain` gives them.

    Returns
    -------
    corrected
        A corrected address takes the place of the list's, whose position is
        then gone, so that the register decides; a corrected position is final.
    """
    given = corrections.set_index("place").reindex(source + ":" + records["id"])
    given.index = records.index
    positioned = given["lat"].notna() & given["lon"].notna()
    addressed = given["address"].fillna("") != ""
    changed = records.copy()
    changed["address"] = records["address"].mask(addressed, given["address"]).astype(str)
    changed.loc[addressed | positioned, _POSITIONS] = np.nan
    for column in ("lat", "lon"):
        changed[column] = changed[column].mask(positioned, given[column])
    return Corrected(changed, positioned.to_numpy(bool))


def unknown_corrections(corrections: pd.DataFrame, known: pd.Series, shown: str) -> list[Fault]:
    """Warn of corrections to places that no list has.

    Parameters
    ----------
    corrections
        As `sources.plain` gives them.
    known
        Whether a list has the place, among its dropped rows at least.
    shown
        The file of the corrections, for faults.
    """
    checks = Checks(shown, corrections["row"])
    checks.warn(
        ~known,
        Message("is a place of no list; the correction is not used"),
        Message("check the key against places.csv"),
        field="place",
        values=corrections["place"],
    )
    return checks.faults
