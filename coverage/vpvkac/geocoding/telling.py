"""Telling of addresses that fit several buildings: each by itself, with its candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd


def ambiguities(records: pd.DataFrame, candidates: pd.Series, shown: str) -> list[Fault]:
    """Warn of each place whose address fits several of the register equally well.

    Parameters
    ----------
    records
        What a reader gave; its `address` and `row` are told.
    candidates
        As `chain.geocode` gives them, on the index of `records`; empty if none.
    shown
        The file of the records.
    """
    several = candidates[candidates.fillna("") != ""]
    told = records.loc[several.index]
    return [
        Fault(
            "warning",
            shown,
            Message("fits several addresses equally well: {named}", named=named),
            Message("complete the address, or give the place in the corrections"),
            row=int(row),
            value=address,
        )
        for address, row, named in zip(told["address"], told["row"], several, strict=True)
    ]
