"""From an address to a position: from strict to loose, and no guess among equals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import distance, to_degrees
from vpvkac.geocoding.index import SAME, SILENT, UNKNOWN, Pairs, RegisterIndex
from vpvkac.geocoding.match import FLOOR_M, NO_ROW, Matches, match_exact, match_fuzzy
from vpvkac.model.addresses import parse, stem
from vpvkac.model.faults import Fault
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.geocoding.index import RegisterIndex
    from vpvkac.model.territory import Territory


# Fewer addresses do not show how far a postcode or a settlement reaches.
FEWEST_ADDRESSES = 3
_DEGREE_DECIMALS = 7
_PLACES = ("settlement", "parish", "municipality")


class Areas(NamedTuple):
    """Middles and extents, shape (n,): degrees and metres, NaN where there is none."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    within_m: NDArray[np.float64]


def by_postcode(sought: pd.DataFrame, index: RegisterIndex) -> Areas:
    """Place addresses by their postcode, unless it is one of quite another place.

    A postcode is another's if the register knows a place that the address
    names, and none of the postcode's addresses bears it.
    """
    pairs = index.bearing(sought, ["postcode"])
    pairs = pairs.only((sought["postcode"] != "").to_numpy(bool)[pairs.sought])
    bears = np.zeros(len(pairs.row), bool)
    names_known = np.zeros(len(sought), bool)
    for column in _PLACES:
        bears |= index.agreement(column, sought, pairs) == SAME
        code = index.codes_of(column, sought[column])
        names_known |= (sought[column] != "").to_numpy(bool) & (code != UNKNOWN)
    fits = ~names_known
    np.logical_or.at(fits, pairs.sought, bears)
    return _middles(len(sought), pairs.only(fits[pairs.sought]), index)


def by_settlement(sought: pd.DataFrame, index: RegisterIndex) -> Areas:
    """Place addresses by their settlement, if there is one alone of its name where they say."""
    nothing_else = (sought["number"] == "") & (sought["kind"] == "") & (sought["settlement"] == "")
    settlement = sought["settlement"].mask(nothing_else, stem(sought["name"]))
    named = sought.assign(settlement=settlement)
    pairs = index.bearing(named, ["settlement"])
    pairs = pairs.only((settlement != "").to_numpy(bool)[pairs.sought])
    gone = index.codes_of("municipality", sought["municipality"]) == UNKNOWN
    fits = index.agreement("parish", named, pairs) >= SILENT
    fits &= (index.agreement("municipality", named, pairs) >= SILENT) | gone[pairs.sought]
    pairs = pairs.only(fits)
    where = pd.DataFrame(
        {"sought": pairs.sought, "parish": index.codes("parish")[pairs.row],
         "municipality": index.codes("municipality")[pairs.row]}
    ).drop_duplicates()  # fmt: skip
    alone = where.groupby("sought").size().reindex(range(len(sought)), fill_value=0) == 1
    return _middles(len(sought), pairs.only(alone.to_numpy(bool)[pairs.sought]), index)


def by_unit(number: NDArray[np.int64], territory: Territory) -> Areas:
    """Place what only its unit is known of, at a point inside it.

    Parameters
    ----------
    number
        Row numbers of the units, as `Territory.named` or `Territory.coded`
        give them; `territory.NONE` for none.
    """
    count = len(number)
    lat, lon, within = (np.full(count, np.nan) for _ in range(3))
    for unit in np.unique(number[number >= 0]):
        shape = territory.units.geometry.iloc[unit]
        inside = shapely.point_on_surface(shape)
        at_lat, at_lon = (np.round(one, _DEGREE_DECIMALS) for one in to_degrees(inside.x, inside.y))
        border_lat, border_lon = to_degrees(*shapely.get_coordinates(shape).T)
        away = distance(
            border_lat,
            border_lon,
            np.full_like(border_lat, at_lat),
            np.full_like(border_lon, at_lon),
        )
        here = number == unit
        lat[here], lon[here], within[here] = at_lat, at_lon, away.max()
    return Areas(lat, lon, within)


def _middles(count: int, pairs: Pairs, index: RegisterIndex) -> Areas:
    """Find the middle of the rows that each address is paired with, and the farthest of them."""
    addresses = np.bincount(pairs.sought, minlength=count)
    with np.errstate(invalid="ignore"):
        lat, lon = (
            np.round(
                np.bincount(pairs.sought, degrees[pairs.row], minlength=count) / addresses,
                _DEGREE_DECIMALS,
            )
            for degrees in (index.lat, index.lon)
        )
    within = np.full(count, FLOOR_M)
    at = pairs.sought
    away = distance(index.lat[pairs.row], index.lon[pairs.row], lat[at], lon[at])
    np.fmax.at(within, at, away)
    spots = pd.DataFrame({"sought": at, "spot": index.spots(pairs.row)}).drop_duplicates()
    enough = np.bincount(spots["sought"], minlength=count) >= FEWEST_ADDRESSES
    return Areas(*(np.where(enough, values, np.nan) for values in (lat, lon, within)))


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
    for located_by, match in (("address", match_exact), ("fuzzy", match_fuzzy)):
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
