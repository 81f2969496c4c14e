"""The register, indexed: its rows found by any of the parts of their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.geo.geodesy import distance
from vpvkac.model.addresses import COLUMNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

AREA = "area"
UNKNOWN = -1
# The register gives an entrance or an annex its own row at the same spot.
_SPOT_DECIMALS = 6
# About 5.5 km each way in Latvia: municipalities with addresses this close lie beside each other.
_CELL_LAT, _CELL_LON = 0.05, 0.09
_CELLS_WIDE = 10_000


class Pairs(NamedTuple):
    """Addresses sought with rows of the register; both are row numbers, shape (n,)."""

    sought: NDArray[np.int64]
    row: NDArray[np.int64]

    def only(self, keep: NDArray[np.bool_]) -> Pairs:
        """Give the pairs where `keep` holds."""
        return Pairs(self.sought[keep], self.row[keep])


class RegisterIndex:
    """The addresses in force as `sources.register` gives them, ready to be searched.

    `unit` is the row number of the unit that each leads to, negative where it leads to none.
    """

    def __init__(self, register: pd.DataFrame, unit: NDArray[np.int64] | None = None) -> None:
        self.register = register.reset_index(drop=True)
        self.unit = np.full(len(register), UNKNOWN) if unit is None else unit
        self._parts = {
            name: self.register[name].astype("category").cat.remove_unused_categories()
            for name in COLUMNS
        }
        self._codes: dict[str, NDArray[np.int64]] = {
            name: np.asarray(part.cat.codes, np.int64) for name, part in self._parts.items()
        }
        self._orders: dict[tuple[str, ...], tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        self._areas_by_name: dict[str, NDArray[np.int64]] = {}
        # The area of a row is its municipality, or the state city, which names none.
        municipality, settlement = self._codes["municipality"], self._codes["settlement"]
        city = municipality == self.code_of("municipality", "")
        own = len(self._categories("municipality")) + settlement
        self._codes[AREA] = np.where(city, own, municipality)

    def _categories(self, column: str) -> pd.Index:
        return self._parts[column].cat.categories

    def code_of(self, column: str, value: str) -> int:
        """Give the code of one value; `UNKNOWN` if no address of the register bears it."""
        return int(self.codes_of(column, pd.Series([value]))[0])

    def codes_of(self, column: str, values: pd.Series) -> NDArray[np.int64]:
        """Give the codes of values; `UNKNOWN` where no address of the register bears one."""
        found = self._categories(column).get_indexer(pd.Index(values))
        return np.asarray(found, np.int64)

    def codes(self, column: str) -> NDArray[np.int64]:
        """Give the code of every row of the register."""
        return self._codes[column]

    def texts(self, column: str, rows: NDArray[np.int64]) -> pd.Series:
        """Give a part of some rows as text."""
        return pd.Series(self._parts[column].iloc[rows].astype(str).to_numpy(), dtype=str)

    def parts(self, rows: NDArray[np.int64]) -> pd.DataFrame:
        """Give the parts of some rows as `addresses.parse` does; empty texts for row -1."""
        known = rows >= 0
        parts = pd.DataFrame("", range(len(rows)), list(COLUMNS), dtype=str)
        for column in COLUMNS:
            parts.loc[known, column] = self.texts(column, rows[known]).to_numpy()
        return parts

    def bearing(self, sought: pd.DataFrame, columns: Sequence[str]) -> Pairs:
        """Find for each address sought the rows that bear the same values in some columns.

        Its parts by `addresses.parse`, and `AREA` by its code.
        """
        keys, order = self._order(tuple(columns))
        wanted = np.zeros(len(sought), np.int64)
        known = np.ones(len(sought), bool)
        for column in columns:
            values = sought[column]
            code = values.to_numpy(np.int64) if column == AREA else self.codes_of(column, values)
            known &= code != UNKNOWN
            wanted = wanted * self._width(column) + code
        first = np.searchsorted(keys, wanted, side="left")
        count = np.where(known, np.searchsorted(keys, wanted, side="right") - first, 0)
        position = np.repeat(first - np.r_[0, np.cumsum(count)[:-1]], count) + np.arange(
            count.sum()
        )
        return Pairs(np.repeat(np.arange(len(sought)), count), order[position])

    def _order(self, columns: tuple[str, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if columns not in self._orders:
            key = np.zeros(len(self.register), np.int64)
            for column in columns:
                key = key * self._width(column) + self._codes[column]
            order = np.argsort(key, kind="stable")
            self._orders[columns] = key[order], order
        return self._orders[columns]

    def _width(self, column: str) -> int:
        if column == AREA:
            return len(self._categories("municipality")) + len(self._categories("settlement"))
        return max(len(self._categories(column)), 1)

    @cached_property
    def lat(self) -> NDArray[np.float64]:
        """Latitude of every row, degrees."""
        return self.register["lat"].to_numpy(float)

    @cached_property
    def lon(self) -> NDArray[np.float64]:
        """Longitude of every row, degrees."""
        return self.register["lon"].to_numpy(float)

    def addresses(self, rows: NDArray[np.int64]) -> pd.Series:
        """Give the full addresses of some rows."""
        return pd.Series(self.register["address"].iloc[rows].to_numpy(object), dtype=str)

    def spots(self, rows: NDArray[np.int64]) -> pd.Series:
        """Name the spot on the ground where each row stands; rows at one spot share the name."""
        spot = self._spot[rows]
        return pd.Series(pd.factorize(spot)[0])

    @cached_property
    def _spot(self) -> NDArray[np.int64]:
        parts = 10**_SPOT_DECIMALS
        lat, lon = (np.round(degrees * parts).astype(np.int64) for degrees in (self.lat, self.lon))
        return np.asarray(lat * 1000 * parts + lon)

    def apart(self, rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float64]:
        """Measure metres between rows."""
        return distance(self.lat[rows], self.lon[rows], self.lat[others], self.lon[others])

    @cached_property
    def _cells(self) -> pd.DataFrame:
        """The cells of a grid that hold addresses, by area."""
        cell = np.floor(self.lat / _CELL_LAT).astype(np.int64) * _CELLS_WIDE + np.floor(
            self.lon / _CELL_LON
        ).astype(np.int64)
        return pd.DataFrame({AREA: self._codes[AREA], "cell": cell}).drop_duplicates()

    def beside(self, areas: NDArray[np.int64]) -> pd.DataFrame:
        """Find the areas beside each of some areas; columns `own` and `AREA`."""
        own = self._cells[self._cells[AREA].isin(areas)].rename(columns={AREA: "own"})
        steps = np.array([-1, 0, 1])
        around = (steps[:, None] * _CELLS_WIDE + steps).ravel()
        wide = own.loc[own.index.repeat(len(around))]
        wide = wide.assign(cell=wide["cell"].to_numpy() + np.tile(around, len(own)))
        near = wide.drop_duplicates().merge(self._cells, on="cell")
        near = near[near["own"] != near[AREA]]
        return near[["own", AREA]].drop_duplicates(ignore_index=True)

    def areas_holding(self, column: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the areas that hold a parish, or a settlement, of the name that each row bears."""
        if column not in self._areas_by_name:
            held = pd.DataFrame({"name": self._codes[column], AREA: self._codes[AREA]})
            counts = held.drop_duplicates()["name"].to_numpy()
            self._areas_by_name[column] = np.bincount(counts)
        return self._areas_by_name[column][self._codes[column][rows]]
