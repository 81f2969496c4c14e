"""What is asked of `vpvkac walk`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vpvkac.model.options import number

# 70 metres a minute, as `walk_min` has it (the 2020 analysis, 6.2).
SPEED_KM_H = 4.2


@dataclass(frozen=True)
class Question:
    """What is asked; the options of `vpvkac walk`.

    `streets` is a GraphML, OSM XML or GeoPackage, None for the project's.
    Raises ValueError if the speed is not of 0.5 to 20 km/h.
    """

    streets: str | Path | None = None
    speed_km_h: float = SPEED_KM_H

    def __post_init__(self) -> None:
        speed = number("speed_km_h", self.speed_km_h, 0.5, 20.0)
        object.__setattr__(self, "speed_km_h", speed)
