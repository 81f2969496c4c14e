"""What the maps and pages need of a result: its tables and what is said about them.

Tables are GeoDataFrames in EPSG:3059 with the columns of the CSV outputs
(DESIGN.md, "Outputs"); `stops` is the whole stop table with `in_set`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.model.accounts import Source
    from vpvkac.texts.message import Lang


class Described(Protocol):
    """What every page says of what it is made from."""

    @property
    def stops(self) -> gpd.GeoDataFrame:
        """Every stop: stop, stop_name, visits, lat, lon, in_set (bool) and points."""

    @property
    def threshold_m(self) -> float:
        """Distance that counts as within reach, metres."""

    @property
    def stop_set(self) -> str:
        """Code of the stop set: regional, bus, all."""

    @property
    def layout(self) -> str:
        """Date of the layout, ISO; empty where the file stands as it is."""

    @property
    def title(self) -> str:
        """Title of the project."""

    @property
    def synthetic(self) -> bool:
        """Whether the data are invented."""

    @property
    def sources(self) -> Sequence[Source]:
        """Where the data come from."""


class InLanguage(Described, Protocol):
    """What is to be shown in one language."""

    @property
    def lang(self) -> Lang:
        """The language."""


class Mapped(Described, Protocol):
    """A result as the maps see it."""

    @property
    def units(self) -> gpd.GeoDataFrame:
        """Columns of units.csv and polygons."""

    @property
    def network(self) -> gpd.GeoDataFrame:
        """Columns of network.csv and points."""

    @property
    def places(self) -> gpd.GeoDataFrame:
        """Columns of places.csv and points."""

    @property
    def gaps_access(self) -> gpd.GeoDataFrame:
        """Columns of gaps_access.csv."""

    @property
    def gaps_service(self) -> gpd.GeoDataFrame:
        """Columns of gaps_service.csv."""

    @property
    def gaps_coverage(self) -> gpd.GeoDataFrame:
        """Columns of gaps_coverage.csv."""

    @property
    def follow_up(self) -> pd.DataFrame:
        """Columns of follow_up.csv."""
