"""What no building was found for: placed by its postcode, its settlement, or its unit.

The place is the middle of all addresses that fit, known to within the farthest
of them; of a unit, a point inside it, to within the farthest point of its border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import distance, to_degrees
from vpvkac.geocoding.index import SAME, SILENT, UNKNOWN, Pairs, RegisterIndex
from vpvkac.geocoding.likeness import FLOOR_M
from vpvkac.model.addresses import stem

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
