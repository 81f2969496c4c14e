"""The territory: units found by position, by code, and by name with municipality."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from vpvkac.model.addresses import municipality_stems, of_distinct, unit_stems

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

# How far the generalised borders may be off (SOURCES.md, "Territorial units").
NEAR_BORDER_M = 700.0
NONE = -1
# "Ventspils novada …", "Ventspils nov."; "Ventspils", "Ventspils valstspilsētas …".
_RURAL = r"(?i)^(.*?\snov(?:ad[sa]\b|\.|$))"
_URBAN = r"(?i)^(\S+)(?:\s+(?:valsts)?pilsēt.*)?$"
_CITY = " city"


@dataclass(frozen=True)
class Territory:
    """The units of a layout, indexed.

    Parameters
    ----------
    units
        Canonical units in EPSG:3059, sorted by `unit`, default index; results
        are row numbers of this table, `NONE` where there is no such unit.
    """

    units: gpd.GeoDataFrame

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.units.geometry.to_numpy())

    def holding(self, points: NDArray[np.object_]) -> NDArray[np.int64]:
        """Find the unit whose polygon holds each point; the lower code on a shared border."""
        point, unit = self._tree.query(points, predicate="intersects")
        found = np.full(len(points), len(self.units), np.int64)
        np.minimum.at(found, point, unit)
        return np.where(found == len(self.units), NONE, found)

    def nearest(self, points: NDArray[np.object_], within_m: float) -> NDArray[np.int64]:
        """Find the nearest unit within so many metres of each point; the lower code on ties."""
        point, unit = self._tree.query_nearest(points, max_distance=within_m, all_matches=True)
        found = np.full(len(points), len(self.units), np.int64)
        np.minimum.at(found, point, unit)
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
        """Find units by the stems of unit and municipality together, where unique.

        Parameters
        ----------
        locality, municipality
            Stems as `vpvkac.model.addresses` makes them, shape (n,).  A state city
            that is its own municipality is named without one.
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
        """The municipalities: `municipality`, `municipality_name`, `region`, sorted by code.

        A municipality's region is that of its largest unit.
        """
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
        return found.mask(texts.isin(self.municipalities["municipality"]), texts).astype(str)

    @cached_property
    def _municipality_codes(self) -> pd.Series:
        """The codes of municipalities by the stem of their name, where only one has it."""
        known = self.municipalities
        is_city = ~known["municipality_name"].str.contains("novad", case=False)
        stems = municipality_stems(known["municipality_name"]) + np.where(is_city, _CITY, "")
        codes = pd.Series(known["municipality"].to_numpy(), index=stems)
        return codes[~codes.index.duplicated(keep=False)]
