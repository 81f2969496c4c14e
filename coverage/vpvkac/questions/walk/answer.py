"""The answer of `vpvkac walk`: each point's way along streets, beside the straight line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from vpvkac.analysis.network import Findings, points_and_centres
from vpvkac.geo.geodesy import CRS
from vpvkac.inputs.readings import Reader
from vpvkac.model.accounts import silent
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input, most_bytes_of
from vpvkac.model.territory import streets_outside
from vpvkac.questions.walk.question import Question
from vpvkac.questions.walk.streets import FARTHEST_M, NO_STREET, OUTSIDE, Streets, find_routes, snap
from vpvkac.sources.base import Reading
from vpvkac.texts.message import Bilingual, Composed, Message, Text

UNREACHABLE, NO_STOP = "unreachable", "no_stop"
# Both sides of the threshold by air and by street; the fourth cannot be.
BOTH, AIR_ONLY, NEITHER = "both", "air_only", "neither"
# Why the distance along streets of a point is not known.
REASONS = (OUTSIDE, NO_STREET, UNREACHABLE, NO_STOP)
_METRES_A_MINUTE = 1000 / 60
_NAMED = 10


@dataclass(frozen=True, repr=False, eq=False)
class Answer:
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

    @property
    def sides(self) -> pd.Series:
        """Side of the threshold: `both` within it, `air_only`, `neither`; empty if not known."""
        air, street = self.table["within_air"], self.table["within_street"]
        known = (air.notna() & street.notna()).to_numpy(bool)
        by_air, by_street = (flags.fillna(value=False).to_numpy(bool) for flags in (air, street))
        side = np.select([~known, by_street, by_air], ["", BOTH, AIR_ONLY], NEITHER)
        return pd.Series(side, self.table.index)

    @property
    def classes(self) -> pd.Series:
        """Class of each point: its side, or why that is not known."""
        return self.sides.mask(self.sides == "", self.table["reason"])

    @property
    def counts(self) -> dict[str, int]:
        """Points in all, by side of the threshold, and by reason where there is no way."""
        sides, reasons = self.sides, self.table["reason"]
        by_side = {side: int((sides == side).sum()) for side in (BOTH, AIR_ONLY, NEITHER)}
        by_reason = {reason: int((reasons == reason).sum()) for reason in REASONS}
        return {"points": len(self.table), **by_side, **by_reason}

    @property
    def air_only(self) -> pd.DataFrame:
        """The points within reach by air and beyond it by street, the longest way first."""
        places = self.result.places[["place", "name", "lat", "lon"]]
        listed = pd.DataFrame(self.table[self.sides == AIR_ONLY]).merge(
            pd.DataFrame(places), on="place", validate="one_to_one"
        )
        return listed.sort_values(["street_m", "place"], ascending=[False, True], ignore_index=True)

    @property
    def streets_m(self) -> float:
        """Length of all streets, metres."""
        return float(self.streets.length_m.sum())


def answer(result: Findings, question: Question, progress: Callable[[Text], object]) -> Answer:
    """Measure the way along streets from each point to its nearest stop.

    Raises
    ------
    InputError
        If there are no streets, or their file is at fault.
    """
    # Here, for most of the program reads no XML, and lxml takes its time to load.
    from vpvkac.sources.streets import read_streets

    source = _source(result, question)
    progress(Composed(Message("Streets"), Bilingual(source.shown, source.shown), between=": "))
    reading = read_streets(source)
    outside = streets_outside(source.shown, reading.table, result.units)
    if outside:
        raise InputError([*reading.faults, *outside])
    streets = Streets.of(reading.table)
    progress(Message("Joining points and stops to streets"))
    points = points_and_centres(result.network, result.places)
    stops = result.stops[result.stops["in_set"]].sort_values("stop", ignore_index=True)
    snapped = snap(streets, points["lat"], points["lon"])
    snapped_stops = snap(streets, stops["lat"], stops["lon"])
    progress(Message("Searching for the way to stops"))
    routes = find_routes(streets, snapped, snapped_stops)
    no_way = np.where(len(stops) == 0, NO_STOP, np.where(routes.stop < 0, UNREACHABLE, ""))
    points["reason"] = np.where(snapped.is_snapped, no_way, snapped.reason)
    street_m, air_m = pd.Series(routes.street_m), pd.Series(routes.air_m)
    ways = {
        "place": points["place"],
        "unit": points["unit"],
        "air_stop": points["stop"],
        "air_m": points["distance_m"],
        "street_stop": stops["stop"].reindex(routes.stop).reset_index(drop=True),
        "street_m": street_m,
        "off_street_m": routes.off_street_m,
        # Where point and stop are one spot there is no straight line to compare with.
        "detour": street_m / air_m.where(air_m > 0),
        "minutes": street_m / (question.speed_km_h * _METRES_A_MINUTE),
        "within_air": points["within"],
        "within_street": (street_m <= result.threshold_m).astype("boolean").mask(street_m.isna()),
        "reason": points["reason"],
    }
    table = gpd.GeoDataFrame(ways, geometry=points.geometry, crs=CRS)
    has_way = routes.stop >= 0
    lines = gpd.GeoDataFrame(
        {"place": table["place"][has_way]}, geometry=routes.route[has_way], crs=CRS
    )
    counts = {why: int((snapped_stops.reason == why).sum()) for why in (NO_STREET, OUTSIDE)}
    return Answer(
        _with_account(result, source, reading), table, lines.reset_index(drop=True), streets,
        {"used": int(snapped_stops.is_snapped.sum())} | counts, question.speed_km_h,
        (*reading.faults, *_without_street(points, source.shown)),
    )  # fmt: skip


def _source(result: Findings, question: Question) -> Input:
    if question.streets is not None:
        most = most_bytes_of("streets")
        source = Input(Path(question.streets), str(question.streets), most_bytes=most)
    elif result.project.streets is not None:
        source = result.project.streets
    else:
        problem = Message("names no streets")
        remedy = Message(
            'write [inputs] streets = "…" (GraphML, OSM XML or GeoPackage), give --streets FILE, '
            "or download them with --download"
        )
        project = str(result.project.path)
        raise InputError([Fault("error", project, problem, remedy, field="inputs.streets")])
    if not source.is_there:
        unfit = source.unfit or (Message("was not found"), Message("check the path"))
        raise InputError([Fault("error", source.shown, *unfit)])
    return source


def _without_street(points: gpd.GeoDataFrame, shown: str) -> list[Fault]:
    """Warn, by name, of points that stand among the streets but near none."""
    rows = points[points["reason"] == NO_STREET]
    remedy = Message("check the position and the streets")
    near = Message("has no street within {distance} m", distance=format(FARTHEST_M, ".0f"))
    faults = [
        Fault("warning", shown, near, remedy, field=key, value=name)
        for key, name in zip(rows["place"][:_NAMED], rows["name"].fillna("")[:_NAMED], strict=True)
    ]
    more = len(rows) - _NAMED
    if more > 0:
        problem = Message(
            "other points with no street near: {more} (walk.csv: reason = no_street)", more=more
        )
        faults.append(Fault("warning", shown, problem, remedy))
    return faults


def _with_account(result: Findings, source: Input, reading: Reading) -> Findings:
    """Put the streets among the result's accounts, so that every footer names them."""
    reader = Reader(result.project, silent)
    reader.note("streets", source, reading, reading.rows_read - sum(reading.dropped.values()), {})
    accounts = (*result.inputs.accounts, *reader.accounts)
    return replace(result, inputs=replace(result.inputs, accounts=accounts))
