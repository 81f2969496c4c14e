"""Repeats: what is given twice across inputs or under two keys, and would count twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from vpvkac.model.faults import Fault, Level
from vpvkac.sources.lock import sha256
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.model.project import Input, Project

# Of these a position is that of the place itself.
_EXACT = ("published", "correction", "address")


def inputs_given_twice(project: Project) -> list[Fault]:
    """Refuse a file given for two feeds, and warn of one for two kinds of host.

    It may be given twice if other rows or columns are taken of it.
    """
    feeds = [stops.source for stops in project.stops]
    return [
        *_given_twice("warning", project.hosts.values()),
        *_given_twice("error", feeds),
    ]


def _given_twice(level: Level, sources: Iterable[Input]) -> list[Fault]:
    known: dict[object, str] = {}
    faults = []
    for source in sources:
        if source.unfit is not None:
            continue
        taken = (sha256(source.path), repr((source.columns, source.where)))
        first = known.setdefault(taken, source.shown)
        if first is not source.shown:
            faults.append(_same_file(level, source.shown, first))
    return faults


def _same_file(level: Level, shown: str, first: str) -> Fault:
    return Fault(
        level,
        shown,
        Message("is given twice (also as {first}); each row counts twice", first=first),
        Message("give it once, or with another where each time"),
    )


def places_at_one_spot(table: gpd.GeoDataFrame, shown: str) -> list[Fault]:
    """Warn of places of one list that have the same name and position under two keys."""
    exact = table[table["located_by"].isin(_EXACT) & (table["name"] != "")]
    return _at_one_spot(exact, "place", ["name", "lat", "lon"], [shown] * len(exact))


def stops_at_one_spot(table: pd.DataFrame, shown: dict[str, str]) -> list[Fault]:
    """Warn of stops that stand in two feeds, with the same name and position.

    Parameters
    ----------
    shown
        Feed → its file, as faults say it.
    """
    # Within one feed two poles may have one name and position.
    once = table[table["stop_name"] != ""].drop_duplicates(["feed", "stop_name", "lat", "lon"])
    return _at_one_spot(once, "stop", ["stop_name", "lat", "lon"], once["feed"].map(shown).tolist())


def _at_one_spot(
    table: pd.DataFrame, key: str, same: list[str], files: Sequence[str]
) -> list[Fault]:
    table = table.assign(file=files, first=table.groupby(same)[key].transform("first"))
    later = table[table.duplicated(same)]
    return [
        Fault(
            "warning",
            str(file),
            Message(
                "has the position and the name of {first}; both count", first=rows["first"].iloc[0]
            ),
            Message("if they are the same, keep one"),
            value=str(rows[key].iloc[0]),
            alike=len(rows),
        )
        for file, rows in later.groupby("file", sort=False)
    ]
