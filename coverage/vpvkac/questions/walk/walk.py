"""The walk: each point's way along streets to its nearest stop, beside the straight line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from vpvkac.analysis.network import points_and_centres
from vpvkac.geo.geodesy import CRS
from vpvkac.model.accounts import Account
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.misplaced import streets_outside
from vpvkac.model.options import instance, number
from vpvkac.model.progress import Progress, silent
from vpvkac.model.project import Input, most_bytes_of
from vpvkac.questions.coverage.result import Result as Findings
from vpvkac.questions.walk.joining import FARTHEST_M, NO_STREET, OUTSIDE, Joined, join
from vpvkac.questions.walk.network import Streets
from vpvkac.questions.walk.search import find_ways
from vpvkac.sources.provenance import sha256, source_of
from vpvkac.sources.streets import read_streets
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import folium

    from vpvkac.sources.reading import Reading

COLUMNS = (
    "place", "unit", "air_stop", "air_m", "street_stop", "street_m", "off_street_m", "detour",
    "minutes", "within_air", "within_street", "reason",
)  # fmt: skip
# 70 metres a minute, as `walk_min` reckons (REFERENCE.md, requirement 6.2).
SPEED_KM_H = 4.2
SLOWEST_KM_H, FASTEST_KM_H = 0.5, 20.0
UNREACHABLE, NO_STOP = "unreachable", "no_stop"
REASONS = (OUTSIDE, NO_STREET, UNREACHABLE, NO_STOP)
# Both sides of the threshold by air and by street; the fourth cannot be.
BOTH, AIR_ONLY, NEITHER = "both", "air_only", "neither"
_METRES_A_MINUTE = 1000 / 60
_NAMED = 10
_STREETS = Message("Streets")
_JOINING = Message("Joining points and stops to streets")
_SEARCHING = Message("Searching for the way to stops")


@dataclass(frozen=True, repr=False, eq=False)
class Walk:
    """The ways of all points; columns as in ``walk.csv``, at full precision.

    Parameters
    ----------
    result
        What was walked on, with the streets among its accounts and sources.
    table
        GeoDataFrame in EPSG:3059, a row per point, sorted by `place`: every
        contact point, and every open centre that is not its unit's point.
        Distances are metres; `reason` says why there is no way: `outside` of
        the area of the streets, `no_street` within 250 m, `unreachable`,
        `no_stop` in the stop set; else it is empty.
    routes
        GeoDataFrame in EPSG:3059 of `place` and the way as a line, for points that have one.
    streets
        The streets walked on.
    stops
        Count of the stop set's stops: `used`, `no_street`, `outside`.
    speed_km_h
        Walking speed.
    faults
        Warnings found.
    """

    result: Findings
    table: gpd.GeoDataFrame
    routes: gpd.GeoDataFrame
    streets: Streets
    stops: Mapping[str, int]
    speed_km_h: float
    faults: tuple[Fault, ...]

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {count}" for name, count in self.counts.items())
        return f"<Walk: {counts}>"

    @property
    def sides(self) -> pd.Series:
        """Side of the threshold: `both` within it, `air_only`, `neither`; empty if not known."""
        air, street = self.table["within_air"], self.table["within_street"]
        known = (air.notna() & street.notna()).to_numpy(bool)
        by_air = air.fillna(value=False).to_numpy(bool)
        by_street = street.fillna(value=False).to_numpy(bool)
        side = np.where(by_street, BOTH, np.where(by_air, AIR_ONLY, NEITHER))
        return pd.Series(np.where(known, side, ""), self.table.index)

    @property
    def counts(self) -> dict[str, int]:
        """Points in all, by side of the threshold, and by reason where there is no way."""
        found = {"points": len(self.table)}
        found |= {side: int((self.sides == side).sum()) for side in (BOTH, AIR_ONLY, NEITHER)}
        return found | {why: int((self.table["reason"] == why).sum()) for why in REASONS}

    def map(self) -> folium.Map:
        """Draw the ways; Jupyter shows it."""
        from vpvkac.questions.walk.map import walk_map

        return walk_map(self)

    def write(self, out: str | Path) -> list[Path]:
        """Write ``walk.csv`` and ``walk.html`` into a folder: both, or none.

        Raises
        ------
        OSError
            If the folder cannot be written.
        """
        from vpvkac.questions.walk.files import write

        return write(self, out)


def walk(
    result: Findings,
    *,
    streets: str | Path | None = None,
    speed_km_h: float = SPEED_KM_H,
    progress: Progress = silent,
) -> Walk:
    """Measure the way along streets from each point to its nearest stop.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    streets
        A GraphML, OSM XML or GeoPackage of streets; else the project's.
    speed_km_h
        Walking speed, 0.5 to 20 km/h.

    Returns
    -------
    walk
        Table, routes and counts.

    Raises
    ------
    InputError
        If there are no streets, or their file is at fault.
    ValueError
        If the speed is out of range.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> walked = vpvkac.walk(result)
    >>> walked.counts["no_street"]
    2
    """
    instance("result", result, Findings, "vpvkac.analyse(project)")
    speed_km_h = number("speed_km_h", speed_km_h, SLOWEST_KM_H, FASTEST_KM_H)
    source = _source(result, streets)
    progress(f"{_STREETS.text(result.lang)}: {source.shown}")
    reading = read_streets(source)
    outside = streets_outside(source.shown, reading.table, result.units)
    if outside:
        raise InputError([*reading.faults, *outside])
    network = Streets.of(reading.table)
    progress(_JOINING.text(result.lang))
    points, stops = points_and_centres(result.network, result.places), _stops_of(result)
    standing = join(network, points["lat"], points["lon"])
    calling = join(network, stops["lat"], stops["lon"])
    progress(_SEARCHING.text(result.lang))
    ways = find_ways(network, standing, calling)
    way = pd.DataFrame(ways._asdict())
    table = _table(points, stops, standing, way, result.threshold_m, speed_km_h)
    used = way["stop"].to_numpy() >= 0
    routes = gpd.GeoDataFrame(
        {"place": table["place"][used]}, geometry=ways.route[used], crs=CRS
    ).reset_index(drop=True)
    faults = (*reading.faults, *_not_joined(points, standing, source.shown))
    return Walk(
        _with_account(result, source, reading), table, routes, network,
        _counted(calling), speed_km_h, faults,
    )  # fmt: skip


def _stops_of(result: Findings) -> gpd.GeoDataFrame:
    stops: gpd.GeoDataFrame = result.stops[result.stops["in_set"]]
    return stops.sort_values("stop", ignore_index=True)


def _source(result: Findings, given: str | Path | None) -> Input:
    if given is not None:
        source = Input(Path(given), str(given), most_bytes=most_bytes_of("streets"))
    elif result.project.streets is not None:
        source = result.project.streets
    else:
        raise InputError([_no_streets(str(result.project.path))])
    if not source.is_there:
        said = source.unfit or (
            Message("was not found"),
            Message("check the path"),
        )
        raise InputError([Fault("error", source.shown, *said)])
    return source


def _no_streets(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("names no streets"),
        Message(
            'write [inputs] streets = "…" (GraphML, OSM XML or GeoPackage), give --streets FILE, '
            "or download them with --download"
        ),
        field="inputs.streets",
    )


def _table(
    points: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
    standing: Joined,
    way: pd.DataFrame,
    threshold_m: float,
    speed_km_h: float,
) -> gpd.GeoDataFrame:
    street_m = way["street_m"]
    no_way = np.where(len(stops) == 0, NO_STOP, np.where(way["stop"] < 0, UNREACHABLE, ""))
    reason = np.where(standing.is_joined, no_way, standing.reason)
    within = (street_m <= threshold_m).astype("boolean").mask(street_m.isna())
    table = {
        "place": points["place"],
        "unit": points["unit"],
        "air_stop": points["stop"],
        "air_m": points["distance_m"],
        "street_stop": stops["stop"].reindex(way["stop"]).reset_index(drop=True),
        "street_m": street_m,
        "off_street_m": way["off_street_m"],
        # Where point and stop are one spot there is no straight line to compare with.
        "detour": street_m / way["air_m"].where(way["air_m"] > 0),
        "minutes": street_m / (speed_km_h * _METRES_A_MINUTE),
        "within_air": points["within"],
        "within_street": within,
        "reason": reason,
    }
    return gpd.GeoDataFrame(table, geometry=points.geometry, crs=CRS)


def _counted(calling: Joined) -> dict[str, int]:
    counts = {why: int((calling.reason == why).sum()) for why in (NO_STREET, OUTSIDE)}
    return {"used": int(calling.is_joined.sum())} | counts


def _not_joined(points: gpd.GeoDataFrame, standing: Joined, shown: str) -> list[Fault]:
    """Warn, by name, of points that stand among the streets but near none."""
    names = points["name"][standing.reason == NO_STREET].fillna("").astype(str)
    keys = points["place"][names.index]
    remedy = Message("check the position and the streets")
    near = Message("has no street within {distance} m", distance=format(FARTHEST_M, ".0f"))
    told = [
        Fault("warning", shown, near, remedy, field=key, value=name)
        for key, name in list(zip(keys, names, strict=True))[:_NAMED]
    ]
    more = len(names) - _NAMED
    if more > 0:
        problem = Message(
            "other points with no street near: {more} (walk.csv: reason = no_street)", more=more
        )
        told.append(Fault("warning", shown, problem, remedy))
    return told


def _with_account(result: Findings, source: Input, reading: Reading) -> Findings:
    """Put the streets among the result's accounts, so that every footer names them."""
    described = source_of(
        "streets",
        is_plain=False,
        synthetic=result.synthetic,
        date=reading.notes.get("date"),
        path=source.path,
        notes=reading.notes,
    )
    dropped = {why: count for why, count in sorted(reading.dropped.items()) if count}
    account = Account(
        "streets", source.shown, described, sha256(source.path), reading.rows_read,
        reading.rows_read - sum(dropped.values()), dropped, dict(reading.notes),
    )  # fmt: skip
    accounts = (*result.inputs.accounts, account)
    return replace(result, inputs=replace(result.inputs, accounts=accounts))
