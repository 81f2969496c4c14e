"""What is asked of `vpvkac site`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from vpvkac.siting.places import KINDS

if TYPE_CHECKING:
    from vpvkac.siting.demand import Weights
    from vpvkac.siting.places import Existing

Method = Literal["cover", "median"]
POINTS = 5
RADIUS_M = 5_000.0
TIME_LIMIT_S = 60.0


@dataclass(frozen=True)
class Question:
    """What is asked; the options of `vpvkac site`.

    Parameters
    ----------
    points
        How many points to add; not looked at where there is a target.
    target
        Share of the weight to be covered, 0-1, by as few points as possible.
    method
        {"cover", "median"}: cover the most within the radius, or bring points
        nearest on average.
    radius_m
        Within which a point covers, metres.
    candidates
        Kinds of host, or "stops"; None for the usual ones that are given.
    weights
        {"population", "units"}; None for residents where they are known.
    existing
        {"open", "network"}: which points stay where they are.
    time_limit_s
        Seconds that the solver may take.

    Raises
    ------
    ValueError
        If a value is out of range, or a target stands with the p-median.
    """

    points: int = POINTS
    target: float | None = None
    method: Method = "cover"
    radius_m: float = RADIUS_M
    candidates: tuple[str, ...] | None = None
    weights: Weights | None = None
    existing: Existing = "open"
    time_limit_s: float = TIME_LIMIT_S

    def __post_init__(self) -> None:
        if self.points < 1:
            raise ValueError(f"points is {self.points}; at least 1 is needed")
        if not (math.isfinite(self.radius_m) and self.radius_m > 0):
            raise ValueError(f"radius_m is {self.radius_m}; metres above 0 are needed")
        if not self.time_limit_s > 0:
            raise ValueError(f"time_limit_s is {self.time_limit_s}; seconds above 0 are needed")
        if self.target is not None and not 0 < self.target <= 1:
            raise ValueError(f"target is {self.target}; a share above 0 and up to 1 is needed")
        if self.target is not None and self.method != "cover":
            raise ValueError("a target is a share covered; it needs the method cover")
        if self.method not in get_args(Method):
            raise ValueError(f"method is {self.method!r}; cover or median is needed")
        if self.weights not in (None, "population", "units"):
            raise ValueError(f"weights is {self.weights!r}; population or units is needed")
        if self.existing not in ("open", "network"):
            raise ValueError(f"existing is {self.existing!r}; open or network is needed")
        unknown = [kind for kind in self.candidates or () if kind not in KINDS]
        if unknown or self.candidates == ():
            raise ValueError(f"candidates are {unknown}; choose from {', '.join(KINDS)}")
