"""What is asked of `vpvkac walk`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vpvkac.model.options import number

# 70 metres a minute, as `walk_min` has it (REFERENCE.md, requirement 6.2).
SPEED_KM_H = 4.2
_SLOWEST_KM_H, _FASTEST_KM_H = 0.5, 20.0


@dataclass(frozen=True)
class Question:
    """What is asked; the options of `vpvkac walk`.

    Parameters
    ----------
    streets
        A GraphML, OSM XML or GeoPackage of streets; None for the project's.
    speed_km_h
        Walking speed, 0.5 to 20 km/h.

    Raises
    ------
    ValueError
        If the speed is out of range.
    """

    streets: str | Path | None = None
    speed_km_h: float = SPEED_KM_H

    def __post_init__(self) -> None:
        speed = number("speed_km_h", self.speed_km_h, _SLOWEST_KM_H, _FASTEST_KM_H)
        object.__setattr__(self, "speed_km_h", speed)
