"""The territory: units found by position, code and name; and inputs that lie elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.model.addresses import municipality_stems, of_distinct, unit_stems
from vpvkac.model.columns import WRITTEN_CODE
from vpvkac.model.faults import Fault, Level
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


# How far the borders, generalised to 1:1 200 000, may be off.
NEAR_BORDER_M = 700.0
NONE = -1
# "Ventspils novada …", "Ventspils nov."; "Ventspils", "Ventspils valstspilsētas …".
_RURAL = r"(?i)^(.*?\snov(?:ad[sa]\b|\.|$))"
_URBAN = r"(?i)^(\S+)(?:\s+(?:valsts)?pilsēt.*)?$"
_CITY = " city"
# Of 2025-07-01: Varakļānu novads joined Madonas novads, whose code changed with it.
_JOINED = "LV0038001"
_CODES_BEFORE = ("LV0038000", "LV0055000")
_NAME_BEFORE = "Varakļānu novads"


@dataclass(frozen=True)
class Territory:
    """The units of a layout (EPSG:3059, sorted by `unit`, default index), indexed.

    Units are found as row numbers of this table, `NONE` where there is no such unit.
    """

    units: gpd.GeoDataFrame

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.units.geometry.to_numpy())

    def holding(self, points: NDArray[np.object_]) -> NDArray[np.int64]:
        """Find the unit whose polygon holds each point; the lower code on a shared border."""
        return self._lowest(points, self._tree.query(points, predicate="intersects"))

    def nearest(self, points: NDArray[np.object_], within_m: float) -> NDArray[np.int64]:
        """Find the nearest unit within so many metres of each point; the lower code on ties."""
        pairs = self._tree.query_nearest(points, max_distance=within_m, all_matches=True)
        return self._lowest(points, pairs)

    def _lowest(self, points: NDArray[np.object_], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give for each point the lowest of the units it is paired with."""
        found = np.full(len(points), len(self.units), np.int64)
        np.minimum.at(found, *pairs)
        return np.where(found == len(self.units), NONE, found)

    def near_another(
        self, points: NDArray[np.object_], own: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Tell which points have a unit other than their own within `NEAR_BORDER_M`."""
        point, unit = self._tree.query(points, predicate="dwithin", distance=NEAR_BORDER_M)
        near = np.zeros(len(points), bool)
        near[point[unit != own[point]]] = True
        return near

    def away(self, points: NDArray[np.object_], unit: NDArray[np.int64]) -> NDArray[np.float64]:
        """Measure metres (planar) from each point to the given unit's polygon; 0 inside."""
        return np.asarray(shapely.distance(points, self.units.geometry.to_numpy()[unit]))

    def coded(self, codes: pd.Series) -> NDArray[np.int64]:
        """Find units by their code."""
        return np.asarray(pd.Index(self.units["unit"]).get_indexer(pd.Index(codes)), np.int64)

    def named(self, locality: pd.Series, municipality: pd.Series) -> NDArray[np.int64]:
        """Find units by the stems (`model.addresses`) of unit and municipality, where unique.

        A state city that is its own municipality is named without one.
        """
        wanted = pd.DataFrame(
            {"locality": locality.to_numpy(), "municipality": municipality.to_numpy()}
        )
        number = wanted.merge(self._names, how="left", on=["locality", "municipality"])["number"]
        return number.where(wanted["locality"] != "").fillna(NONE).to_numpy(np.int64)

    @cached_property
    def _names(self) -> pd.DataFrame:
        """The pairs of stems that only one unit has, with its `number`."""
        own = self.units["municipality"] == self.units["unit"]
        return pd.DataFrame(
            {
                "locality": unit_stems(self.units["unit_name"]),
                "municipality": municipality_stems(self.units["municipality_name"]).mask(own, ""),
                "number": np.arange(len(self.units)),
            }
        ).drop_duplicates(["locality", "municipality"], keep=False)

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        """The municipalities, sorted by code, with the region of their largest unit."""
        largest_first = self.units.sort_values(["area_km2", "unit"], ascending=[False, True])
        columns = ["municipality", "municipality_name", "region"]
        table = pd.DataFrame(largest_first[columns]).drop_duplicates("municipality")
        return table.sort_values("municipality", ignore_index=True)

    def municipality_named(self, texts: pd.Series) -> pd.Series:
        """Find the municipality that a text names or begins with; its code, empty if none.

        "Dienvidkurzemes novada Grobiņas pilsētas VPVKAC" begins with a
        municipality in the genitive, "Jelgavas valstspilsētas …" with a state city.
        """
        return of_distinct(self._municipality_named, texts)

    def _municipality_named(self, texts: pd.Series) -> pd.Series:
        rural = texts.str.extract(_RURAL, expand=False).fillna("")
        urban = texts.str.extract(_URBAN, expand=False).fillna("")
        wanted = municipality_stems(rural).where(rural != "", municipality_stems(urban) + _CITY)
        found = wanted.map(self._municipality_codes).fillna("")
        codes = texts.str.replace(WRITTEN_CODE, r"LV\1", regex=True)
        known = set(self.municipalities["municipality"])
        if _JOINED in known:
            codes = codes.replace(dict.fromkeys(_CODES_BEFORE, _JOINED))
        return found.mask(codes.isin(known), codes).astype(str)

    @cached_property
    def _municipality_codes(self) -> pd.Series:
        """The codes of municipalities by the stem of their name, where only one has it."""
        known = self.municipalities
        is_city = ~known["municipality_name"].str.contains("novad", case=False)
        stems = municipality_stems(known["municipality_name"]) + np.where(is_city, _CITY, "")
        codes = pd.Series(known["municipality"].to_numpy(), index=stems)
        codes = codes[~codes.index.duplicated(keep=False)]
        # A state city may be part of a municipality, which is then the owner: Jēkabpils, Ogre.
        cities = self.units[self.units["kind"] == "state_city"]
        inside = pd.Series(
            cities["municipality"].to_numpy(str),
            pd.Index(municipality_stems(cities["unit_name"]).astype(str) + _CITY),
        )
        codes = pd.concat([codes, inside[~inside.index.isin(codes.index)]])
        before = municipality_stems(pd.Series([_NAME_BEFORE]))[0]
        if _JOINED in set(codes) and before not in codes:
            codes[before] = _JOINED
        return codes


# Degrees, with a margin: latitude, longitude.
_LATVIA = ((55.5, 58.2), (20.7, 28.4))
_CAUSES: dict[str, tuple[Text, Text]] = {
    "swapped": (
        Message("latitude and longitude are swapped"),
        Message("swap the two in the file or project"),
    ),
    "degrees": (
        Message("x and y are degrees, not metres"),
        Message("name them lat and lon"),
    ),
    "in_latvia": (
        Message("the places are in Latvia, but outside the units"),
        Message("check whether the units are of one municipality only"),
    ),
    "abroad": (
        Message("the places are outside Latvia"),
        Message("check the columns of coordinates, their system and the country"),
    ),
    "no_address": (
        Message("there are neither coordinates nor addresses"),
        Message("name their columns: lat and lon, x and y, or address"),
    ),
    "no_register": (
        Message("there are no coordinates, and the project has no address register"),
        Message("give addresses in the project"),
    ),
    "not_in_register": (
        Message("the addresses are not in the register"),
        Message("check whether the register is whole and the column of addresses right"),
    ),
}


class Misplaced(NamedTuple):
    """Most rows of an input cannot be placed, and why that is likely so (of `_CAUSES`).

    A warning for every row would hide the one cause behind them, and blame the rows for it.
    """

    cause: str
    fault: Fault

    @classmethod
    def of(cls, shown: str, cause: str, fallen: int, rows: int) -> Misplaced:
        """Tell that so many rows of an input fell out by one cause."""
        problem, remedy = _CAUSES[cause]
        counted = Message(
            "{problem} (rows: {fallen} of {rows})", problem=problem, fallen=fallen, rows=rows
        )
        return cls(cause, Fault("error" if fallen == rows else "warning", shown, counted, remedy))


def by_position(
    shown: str,
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    *,
    swapped: int,
    rows: int,
    degrees: int = 0,
) -> Misplaced | None:
    """Tell why most rows lie outside the units, given the degrees of those; None if most do not.

    `swapped` of them would lie inside with latitude and longitude swapped; `degrees` have a
    pair of metres so small that it may be degrees.
    """
    half = len(lat) / 2
    if 2 * len(lat) <= rows:
        return None
    if degrees > half:
        cause = "degrees"
    elif swapped > half:
        cause = "swapped"
    else:
        cause = "in_latvia" if in_latvia(lat, lon).sum() > half else "abroad"
    return Misplaced.of(shown, cause, len(lat), rows)


def by_address(
    shown: str, addresses: int, *, nowhere: int, rows: int, has_register: bool
) -> Misplaced | None:
    """Tell why most rows have no position, of which so many have an address; None if most do."""
    if 2 * nowhere <= rows:
        return None
    cause = "not_in_register" if has_register else "no_register"
    return Misplaced.of(shown, cause if 2 * addresses > nowhere else "no_address", nowhere, rows)


def register_abroad(
    shown: str, lat: NDArray[np.float64], lon: NDArray[np.float64]
) -> Misplaced | None:
    """Tell that most addresses of a register do not lie in Latvia; None if most do.

    A register may hold more than the units do, but no other country.
    """
    away = ~in_latvia(lat, lon)
    swapped = int(in_latvia(lon[away], lat[away]).sum())
    return by_position(shown, lat[away], lon[away], swapped=swapped, rows=len(lat))


def blamed_units(
    shown: str, units: gpd.GeoDataFrame, outcomes: Sequence[tuple[Misplaced | None, bool]]
) -> list[Fault]:
    """Blame the units (EPSG:3059) where the rows of every input lie outside of them.

    `outcomes` say of every input placed what is wrong with it, and whether a row is used.
    """
    causes = [None if misplaced is None else misplaced.cause for misplaced, _ in outcomes]
    if not causes or not {"in_latvia", "abroad"}.issuperset(causes):
        return []
    west, south, east, north = units.to_crs("EPSG:4326").total_bounds
    is_abroad = not in_latvia(np.array([south, north]), np.array([west, east])).any()
    if len(causes) == 1 and not is_abroad:
        return []
    level: Level = "warning" if any(used for _, used in outcomes) else "error"
    problem = Message("most rows of every input lie outside")
    if is_abroad:
        problem = Message("the units lie outside Latvia")
    remedy = Message("check whether all units are there, and their coordinate system")
    return [Fault(level, shown, problem, remedy)]


def streets_outside(shown: str, streets: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> list[Fault]:
    """Tell that no street lies among the units (both EPSG:3059), so that none is used."""
    if streets.intersects(shapely.box(*units.total_bounds)).any():
        return []
    problem = Message("no street lies where the units are")
    remedy = Message(
        "make an extract of the area around the points, or check the coordinate system"
    )
    return [Fault("error", shown, problem, remedy)]


def in_latvia(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which positions lie in or near Latvia."""
    (south, north), (west, east) = _LATVIA
    return np.asarray((south <= lat) & (lat <= north) & (west <= lon) & (lon <= east))
