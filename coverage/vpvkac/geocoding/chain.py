"""The way from an address to a position: from strict to loose, and no guess among equals.

Whole address; like address; postcode; settlement (DESIGN.md, "Placing").  What
the register cannot place, `areas.by_unit` places by its unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.geocoding.areas import by_postcode, by_settlement
from vpvkac.geocoding.buildings import whole_addresses
from vpvkac.geocoding.choosing import NO_ROW, Matches
from vpvkac.geocoding.likeness import like_addresses
from vpvkac.model.addresses import parse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.geocoding.index import RegisterIndex

COLUMNS = (
    "lat", "lon", "located_by", "located_within_m", "score", "matched", "candidates",
    "register_row",
)  # fmt: skip


def geocode(
    addresses: pd.Series, index: RegisterIndex, parts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Place addresses.

    Parameters
    ----------
    addresses
        Texts as the lists write them; the index is kept.
    index
        The address register.
    parts
        Of the addresses, by `addresses.parse`, where they are known already.

    Returns
    -------
    positions
        `lat`, `lon` in degrees (NaN if not placed); `located_by` address,
        fuzzy, postcode or settlement, empty if none; `located_within_m` in
        metres, 0 for address; `score` 0-100 for address and fuzzy; `matched`
        is the register's address, and `register_row` its row, `NO_ROW` if
        none; `candidates` the addresses that fit equally well, where that is
        why the building is not known.
    """
    found = pd.DataFrame(index=addresses.index, columns=list(COLUMNS)).astype(
        dict.fromkeys(("lat", "lon", "located_within_m", "score"), float)
    )
    found[["located_by", "matched", "candidates"]] = ""
    found["register_row"] = NO_ROW
    texts = addresses.fillna("").astype(str)
    sought = (parse(texts) if parts is None else parts).reset_index(drop=True)
    texts = texts.reset_index(drop=True)
    open_ = np.ones(len(texts), bool)
    for located_by, match in (("address", whole_addresses), ("fuzzy", like_addresses)):
        left = np.flatnonzero(open_)
        if len(left) == 0:
            break
        some = sought.iloc[left].reset_index(drop=True)
        matches = match(texts.iloc[left].reset_index(drop=True), some, index)
        _note_matches(found, left, matches, located_by, index)
        open_[left] = matches.is_open
    for located_by, place in (("postcode", by_postcode), ("settlement", by_settlement)):
        left = np.flatnonzero(found["located_by"] == "")
        if len(left) == 0:
            break
        areas = place(sought.iloc[left].reset_index(drop=True), index)
        placed = np.isfinite(areas.lat)
        rows = found.index[left[placed]]
        found.loc[rows, "located_by"] = located_by
        for column, values in zip(("lat", "lon", "located_within_m"), areas, strict=True):
            found.loc[rows, column] = values[placed]
    return found


def _note_matches(
    found: pd.DataFrame,
    where: NDArray[np.int64],
    matches: Matches,
    located_by: str,
    index: RegisterIndex,
) -> None:
    hit = matches.row != NO_ROW
    rows, buildings = found.index[where[hit]], matches.row[hit]
    found.loc[rows, "located_by"] = located_by
    found.loc[rows, "lat"] = index.lat[buildings]
    found.loc[rows, "lon"] = index.lon[buildings]
    found.loc[rows, "located_within_m"] = matches.within_m[hit]
    found.loc[rows, "score"] = matches.score[hit]
    found.loc[rows, "matched"] = index.addresses(buildings).to_numpy()
    found.loc[rows, "register_row"] = buildings
    found.loc[found.index[where], "candidates"] = matches.rivals
