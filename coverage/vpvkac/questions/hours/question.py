"""What is asked of `vpvkac hours`."""

from __future__ import annotations

from dataclasses import dataclass

from vpvkac.model.options import flag


@dataclass(frozen=True)
class Question:
    """What is asked; the options of `vpvkac hours`.

    `every_host` adds to the table the other places that publish hours; the
    counts stay those of the centres.  Raises ValueError if it is no bool.
    """

    every_host: bool = False

    def __post_init__(self) -> None:
        flag("every_host", self.every_host)
