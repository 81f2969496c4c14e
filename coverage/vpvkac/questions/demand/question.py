"""What is asked of `demand`: which origins, which points count, on how many processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from vpvkac.model.options import instance, one_of, whole

Points = Literal["network", "existing"]


@dataclass(frozen=True)
class Columns:
    """The columns of a file of origins.

    Parameters
    ----------
    lat, lon
        Degrees; None for `lat` and `lon`, or the geometry of a GeoParquet.
    key
        What tells origins apart; None for the number of the row.
    weight
        How much an origin counts, residents for example; None for no weights.
    """

    lat: str | None = None
    lon: str | None = None
    key: str | None = None
    weight: str | None = None

    @property
    def position(self) -> tuple[str, str]:
        """The two columns of degrees."""
        return self.lat or "lat", self.lon or "lon"

    @property
    def others(self) -> list[str]:
        """The columns that hold no position."""
        return [name for name in (self.key, self.weight) if name is not None]

    @property
    def named(self) -> list[str]:
        """Every column to be read, each once."""
        return list(dict.fromkeys((*self.position, *self.others)))


@dataclass(frozen=True)
class Question:
    """Parameters as of `vpvkac.demand`; raises ValueError if a value is out of range."""

    origins: str | Path
    columns: Columns = field(default_factory=Columns)
    points: Points = "network"
    dask: str | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        one_of("points", self.points, get_args(Points))
        if self.workers is not None:
            whole("workers", self.workers, 1)
        instance("columns", self.columns, Columns, "vpvkac.Columns(lat=…, lon=…)")

    @property
    def shown(self) -> str:
        """The file of the origins, as given."""
        return str(self.origins)
