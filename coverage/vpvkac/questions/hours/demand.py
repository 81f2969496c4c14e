"""Demand by hour: table 14 of the analysis, services per open centre hour."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from vpvkac.sources.reference import reference_file
from vpvkac.texts.message import Bilingual, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FILE = "hours.toml"
_HOURS_OF_DAY, _DAYS = 24, 7


@dataclass(frozen=True)
class Found:
    """What the analysis found of opening hours; count and of are None where it gives no number."""

    text: Text
    count: int | None
    of: int | None


@cache
def intensity() -> NDArray[np.float64]:
    """Give the services per open centre hour: shape (7, 24), Monday first, NaN where not known.

    A sum over the weeks of the analysis for a centre that was open then: an
    intensity where open, not a share of demand.  Source: the analysis, table 14.
    """
    values = np.full((_DAYS, _HOURS_OF_DAY), np.nan)
    for hour, cells in _document()["table_14"]["hours"].items():
        for day, value in enumerate(cells):
            if value != "":
                values[day, int(hour)] = value
    values.flags.writeable = False
    return values


@cache
def found() -> Mapping[str, Found]:
    """Give what the analysis found, by the check of ours that it stands beside."""
    return {
        check: Found(Bilingual(entry["lv"], entry["en"]), entry.get("count"), entry.get("of"))
        for check, entry in _document()["found"].items()
    }


def intensity_share(open_hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh open hours by the intensity found in them.

    Σ (fraction of the hour open × value) / Σ values, over the cells of table
    14 that have one.  1 is open in every hour of the table.

    Parameters
    ----------
    open_hours
        Fraction of each hour open, shape (n, 7, 24), Monday first.

    Returns
    -------
    share
        0-1, shape (n,).
    """
    values = intensity()
    known = ~np.isnan(values)
    share: NDArray[np.float64] = open_hours[:, known] @ values[known] / values[known].sum()
    # A sum in another order may end a bit above the whole.
    return np.minimum(share, 1.0)


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(reference_file(_FILE).read_text(encoding="utf-8"))
