"""What is asked of `vpvkac site`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from vpvkac.model.options import OptionError, listed, number, one_of, share, whole
from vpvkac.model.project import Host
from vpvkac.texts.message import Message

Method = Literal["cover", "median"]
Weights = Literal["population", "units"]
Existing = Literal["open", "network"]
STOPS = "stops"
KINDS = (*get_args(Host), STOPS)
POINTS = 5
RADIUS_M = 5_000.0
TIME_LIMIT_S = 60.0
_FARTHEST_M = 1_000_000.0


@dataclass(frozen=True)
class Question:
    """What is asked; the options of `vpvkac site`, as `vpvkac.site` explains them.

    `points` is not looked at where there is a target; `candidates` and `weights` are None for what
    is usual and given.  Raises OptionError if a value is out of range, or a target stands with the
    p-median.
    """

    points: int = POINTS
    target: float | None = None
    method: Method = "cover"
    radius_m: float = RADIUS_M
    candidates: Sequence[str] | None = None
    weights: Weights | None = None
    existing: Existing = "open"
    time_limit_s: float = TIME_LIMIT_S

    def __post_init__(self) -> None:
        for name, check in _CHECKS.items():
            object.__setattr__(self, name, check(name, getattr(self, name)))
        if self.target is not None and self.method != "cover":
            problem = Message("does not apply to the p-median")
            remedy = Message('give method="cover", or no target')
            raise OptionError("target", self.target, problem, remedy)


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "points": lambda name, value: whole(name, value, 1),
    "target": lambda name, value: None if value is None else share(name, value),
    "method": lambda name, value: one_of(name, value, get_args(Method)),
    "radius_m": lambda name, value: number(name, value, 0, _FARTHEST_M, above=True),
    "candidates": lambda name, value: None if value is None else listed(name, value, KINDS),
    "weights": lambda name, value: (
        None if value is None else one_of(name, value, get_args(Weights))
    ),
    "existing": lambda name, value: one_of(name, value, get_args(Existing)),
    "time_limit_s": lambda name, value: number(name, value, 0, math.inf, above=True),
}
