"""Geocoding: from an address to a position, by the state address register.

Matching goes from strict to loose: the whole normalised address; street and
number with postcode; street, number and settlement where one side names no
municipality.  A key that fits several buildings is no match: a wrong
position is worse than none.  What is left is placed by its postcode, to
within the farthest address of that postcode (DESIGN.md, "Placing").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.addresses import parse
from vpvkac.geodesy import distance

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = ("lat", "lon", "located_by", "located_within_m", "score", "matched")
_SURE = 100.0
_DEGREE_DECIMALS = 7
# The register gives an entrance or an annex its own row at the same spot.
_SPOT_DECIMALS = 6


def geocode(addresses: pd.Series, register: pd.DataFrame) -> pd.DataFrame:
    """Place addresses.

    Parameters
    ----------
    addresses
        Texts as the lists write them; the index is kept.
    register
        Addresses in force, as `sources.register` gives them.

    Returns
    -------
    positions
        `lat`, `lon` in degrees (NaN if no match); `located_by` address or
        postcode, empty if none; `located_within_m` in metres; `score` 0-100
        for matches by address; `matched` is the register's address, empty
        for others.
    """
    wanted = parse(addresses)
    building = pd.Series(-1, addresses.index)
    for keys, fits in _LEVELS:
        open_ = wanted[(building < 0) & (wanted["head"] != "")]
        matches = _unique_matches(open_, register, list(keys), fits)
        building.loc[matches.index] = matches
    found = pd.DataFrame(index=addresses.index)
    hit = (building >= 0).to_numpy()
    rows = register.iloc[building[hit]]
    for column in ("lat", "lon"):
        found[column] = np.nan
        found.loc[hit, column] = rows[column].to_numpy()
    found["located_by"] = np.where(hit, "address", "")
    found["located_within_m"] = np.where(hit, 0.0, np.nan)
    found["score"] = np.where(hit, _SURE, np.nan)
    found["matched"] = ""
    found.loc[hit, "matched"] = rows["address"].to_numpy()
    return _by_postcode(found, wanted["postcode"], register)[list(COLUMNS)]


def _always(pairs: pd.DataFrame) -> pd.Series:
    return pd.Series(True, pairs.index)


def _no_contradiction(pairs: pd.DataFrame) -> pd.Series:
    """Neither settlement nor parish of the two sides may differ.

    The municipality may: lists go on naming one that was merged into another,
    and a postcode is the country's own.
    """
    fits = _always(pairs)
    for part in ("settlement", "parish"):
        here, there = pairs[part], pairs[f"{part}_of_register"]
        fits &= (here == there) | (here == "") | (there == "")
    return fits


def _one_side_names_none(pairs: pd.DataFrame) -> pd.Series:
    """Tell where a municipality's name is missing on one side.

    The register names none for a state city; an owner's list may name its own.
    """
    return (pairs["municipality"] == "") | (pairs["municipality_of_register"] == "")


_LEVELS: tuple[tuple[tuple[str, ...], Callable[[pd.DataFrame], pd.Series]], ...] = (
    (("head", "localities", "municipality", "postcode"), _always),
    (("head", "localities", "municipality"), _always),
    (("head", "postcode"), _no_contradiction),
    (("head", "localities"), _one_side_names_none),
)


def _unique_matches(
    wanted: pd.DataFrame,
    register: pd.DataFrame,
    keys: list[str],
    fits: Callable[[pd.DataFrame], pd.Series],
) -> pd.Series:
    """Find for each address the one building that bears its key; row number in the register."""
    # A key must tell the place: street and number alone occur in every town.
    told = (wanted[[key for key in keys if key != "head"]] != "").any(axis=1)
    if "postcode" in keys:
        told &= wanted["postcode"] != ""
    left = wanted[told].rename_axis("wanted").reset_index()
    right = register.assign(building=np.arange(len(register)))
    pairs = left.merge(right, on=keys, suffixes=("", "_of_register"))
    pairs = pairs[fits(pairs).to_numpy(bool)].round({"lat": _SPOT_DECIMALS, "lon": _SPOT_DECIMALS})
    spots = pairs.drop_duplicates(["wanted", "lat", "lon"])
    alone = spots[~spots["wanted"].duplicated(keep=False)]
    return alone.set_index("wanted")["building"]


def _by_postcode(found: pd.DataFrame, postcodes: pd.Series, register: pd.DataFrame) -> pd.DataFrame:
    """Place what has no match at the middle of its postcode's addresses."""
    left = postcodes[(found["located_by"] == "") & (postcodes != "")]
    fitting = register[register["postcode"].isin(left)]
    middle = fitting.groupby("postcode")[["lat", "lon"]].mean().round(_DEGREE_DECIMALS)
    at = middle.reindex(fitting["postcode"])
    away = distance(fitting["lat"], fitting["lon"], at["lat"], at["lon"])
    middle["located_within_m"] = (
        pd.Series(away, fitting["postcode"].to_numpy()).groupby(level=0).max()
    )
    placed = left[left.isin(middle.index)]
    for column in ("lat", "lon", "located_within_m"):
        found.loc[placed.index, column] = middle[column].reindex(placed).to_numpy()
    found.loc[placed.index, "located_by"] = "postcode"
    return found
