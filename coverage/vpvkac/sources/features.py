"""Features as a file of geodata holds them, and the texts made of their values."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray

    from vpvkac.model.faults import Fault
    from vpvkac.sources.checks import Checks

# Whole numbers beyond this are not exact as floats, and are left as they are.
_LARGEST_WHOLE = 2.0**53


@dataclass(frozen=True)
class Features:
    """The features of one layer; n of them.

    Parameters
    ----------
    columns
        Every column of the file.
    cells
        Values of those asked for that are there, as the file holds them, each of n values.
    shapes
        Geometries, None where there is none that can be read, shape (n,);
        None for a layer without geometry.
    crs
        Coordinate system; None where the file names none that is known.
    crs_name
        What the file calls it; empty if it names none.
    faults
        Errors and warnings found.
    """

    columns: Sequence[str]
    cells: Mapping[str, Sequence[Any]]
    shapes: NDArray[np.object_] | None
    crs: pyproj.CRS | None = None
    crs_name: str = ""
    faults: Sequence[Fault] = field(default_factory=list)


def texts(values: Iterable[object], checks: Checks, column: str) -> pd.Series:
    """Write values as texts: nulls empty, whole numbers without a decimal point.

    A list becomes its members, joined by commas.  What is no text, number,
    date or list of such is reported as an error and left empty.
    """
    written = [_written(value) for value in values]
    wrong = np.array([text is None for text in written], bool)
    checks.refuse(
        wrong,
        Message("is neither a text nor a number"),
        Message("write a text, a number or a list"),
        field=column,
        values=pd.Series([str(value) for value in values], dtype=object),
    )
    return pd.Series(["" if text is None else text for text in written], dtype=str)


def _written(value: object) -> str | None:
    if isinstance(value, list | tuple):
        members = [None if isinstance(one, list | tuple) else _written(one) for one in value]
        return None if None in members else ", ".join(filter(None, members))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str) and is_text(value):
        return composed(value)
    return "" if value is None else None


def _number(value: float) -> str:
    if value != value:  # noqa: PLR0124 - what is not a number
        return ""
    is_whole = isinstance(value, float) and value % 1 == 0 and abs(value) < _LARGEST_WHOLE
    return str(int(value) if is_whole else value)


def is_text(value: str) -> bool:
    """Tell whether a text can be written: no NUL, no half of a pair of UTF-16."""
    return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)


def composed(name: str) -> str:
    """Give a text with its letters composed (NFC) and without blanks around it."""
    return unicodedata.normalize("NFC", name.strip())


def without_lost_coordinates(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give shapes, None for those with coordinates that are not finite."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    found = shapes.copy()
    found[np.unique(of[~np.isfinite(xy).all(axis=1)])] = None
    return found
