"""The stops of a feed: read, and told which of them are used and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vpvkac.sources.base import BAD_VALUE, DUPLICATE
from vpvkac.sources.gtfs import checks
from vpvkac.sources.gtfs.table import NOT_USED, Shape, Table
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from vpvkac.sources.gtfs.column import Flags, Numbers

STOPS = Shape(
    "stops.txt",
    ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    ("location_type", "parent_station"),
)

DROPPED = {
    "blank": Message("blank row"),
    "no_id": Message("no stop_id"),
    BAD_VALUE: Message("a value not of its type or range"),
    DUPLICATE: Message("a repeated row"),
    "not_a_stop": Message("not a stop (a station, entrance, node or boarding area)"),
    "unserved": Message("served by no trip"),
    "not_bus": Message("served by neither bus nor trolleybus nor tram"),
    "no_coordinates": Message("no coordinates (empty, or 0, 0)"),
}
"""Why a row of ``stops.txt`` is not used, in the order in which it is asked."""

_SAID = {
    "blank": Message("the row is blank"),
    "no_id": Message("has no value"),
    "not_a_stop": Message("is a station, entrance, node or boarding area, not a stop"),
    "unserved": Message("is served by no trip"),
    "not_bus": Message("is served by neither bus nor trolleybus nor tram"),
    "no_coordinates": Message("has no coordinates (empty, or 0, 0)"),
}
_FIELDS = {"blank": None, "not_a_stop": "location_type"}
_POLE = 90


@dataclass(frozen=True)
class Stops:
    """The rows of ``stops.txt``.

    Parameters
    ----------
    ids
        The key of each row, "" where it is empty or the row is refused: so
        nothing refers to it.
    kind
        The location type, 0 where it is empty.
    lat, lon
        NaN where empty or refused.
    refused
        Which rows are refused, by reason, each under one.
    """

    table: Table
    ids: pd.Index[str]
    names: npt.NDArray[np.object_]
    kind: Numbers
    lat: Numbers
    lon: Numbers
    refused: Mapping[str, Flags]

    def __len__(self) -> int:
        return len(self.ids)


def read_stops(table: Table) -> Stops:
    """Check the table and make its values."""
    not_type = Message("is not 0, 1, 2, 3 or 4")
    kind = checks.whole_numbers(table, "location_type", range(5), not_type)
    lat = checks.degrees(table, "stop_lat", most=_POLE)
    # Some feeds write it where they know no latitude.
    at_pole = np.abs(lat) == _POLE
    problem = Message("is a pole, where there are no stops")
    table.refuse(at_pole, problem, checks.FIX_VALUE, field="stop_lat")
    lat = np.where(at_pole, np.nan, lat)
    lon = checks.degrees(table, "stop_lon", most=180)
    checks.keys(table, "stop_id")
    refused = table.settle()
    ids = table.index("stop_id")
    for rows in refused.values():
        ids = ids.where(~rows, "")
    parent = table["parent_station"]
    lost = parent.spread(checks.positions(parent.distinct, ids) < 0, empty=False)
    problem, remedy = Message("is not in this file"), Message("the stop is used all the same")
    table.warn(lost, problem, remedy, field="parent_station")
    names, kind = table["stop_name"].texts(), np.where(np.isnan(kind), 0, kind)
    return Stops(table, ids, names, kind, lat, lon, refused)


def drop_reasons(stops: Stops, *, served: Flags, modes: Flags) -> dict[str, Flags]:
    """Tell for each reason which rows are dropped for it; the first reason counts.

    Parameters
    ----------
    served
        Whether any trip calls at the stop.
    modes
        A row per stop: which of bus, tram and trolleybus do.
    """
    table = stops.table
    cells = [table[name].empty for name in STOPS.required]
    nowhere = np.isnan(stops.lat) | np.isnan(stops.lon) | ((stops.lat == 0) & (stops.lon == 0))
    asked = {
        "blank": np.logical_and.reduce(cells),
        "no_id": table["stop_id"].empty,
        **stops.refused,
        "not_a_stop": stops.kind > 0,
        "unserved": ~served,
        "not_bus": ~modes.any(axis=1),
        "no_coordinates": nowhere,
    }
    left = np.ones(len(stops), dtype=bool)
    for reason, rows in asked.items():
        asked[reason] = rows & left
        left &= ~rows
    return asked


def report_dropped(stops: Stops, reasons: dict[str, Flags]) -> None:
    """Warn once for each reason that drops a row; refused rows were named by their fault."""
    for reason, problem in _SAID.items():
        field = _FIELDS.get(reason, "stop_id")
        stops.table.warn(reasons[reason], problem, NOT_USED, field=field)
