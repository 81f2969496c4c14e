"""What is asked of `demand`: which origins, which points count, on how many processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from vpvkac.model.options import instance, one_of, whole
from vpvkac.questions.demand.chunk import Columns

Points = Literal["network", "existing"]


@dataclass(frozen=True)
class Question:
    """Which origins, which points count, and where the work is done.

    Parameters
    ----------
    origins
        A CSV, a (Geo)Parquet or a folder of Parquet files.
    columns
        Names of its columns.
    points
        `network`: every contact point, and every open centre that is not its
        unit's point; `existing`: the open centres alone.
    dask
        Address of a Dask scheduler or "local"; None for this process alone.
    workers
        Processes of the cluster on this machine; None for one per core.

    Raises
    ------
    ValueError
        If a value is out of range.
    """

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
