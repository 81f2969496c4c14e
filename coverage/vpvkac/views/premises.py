"""What is said of premises wherever places are named: whose entrance is to be checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vpvkac.texts.formats import typographic
from vpvkac.texts.message import Message
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMES = 3
_UPSTAIRS = Message("By the address upstairs or in a basement, entrance to be checked: {names}.")


def upstairs_lines(places: pd.DataFrame, write: Writer) -> list[str]:
    """Name the places whose step-free entrance is to be checked (`floor_check`), if any."""
    upstairs = places[places["floor_check"].astype(bool)]
    if upstairs.empty:
        return []
    return [write(_UPSTAIRS, names=few_of(upstairs["name"].map(typographic).tolist(), write))]


def few_of(names: Sequence[str], write: Writer) -> str:
    """Write the first names, and how many more there are."""
    left = len(names) - _MOST_NAMES
    more = [write(Message("and {count} more"), count=write.number(left))] if left > 0 else []
    return "; ".join([*names[:_MOST_NAMES], *more])
