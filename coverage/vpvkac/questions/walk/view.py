"""What `vpvkac walk` shows on its map and on the terminal."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.analysis.map_classes import streets_to_show
from vpvkac.geo.geodesy import CRS
from vpvkac.questions.walk.answer import AIR_ONLY, BOTH, NEITHER, NO_STOP, UNREACHABLE, Answer
from vpvkac.questions.walk.streets import NO_STREET, OUTSIDE
from vpvkac.render import geojson
from vpvkac.render.geojson import BaseLayers, plain_areas
from vpvkac.render.map_page import PageMap, coded, draw_map, map_words
from vpvkac.texts import words
from vpvkac.texts.formats import NBSP, length, metres, minutes, number, plain, threshold
from vpvkac.texts.message import Lang, Message
from vpvkac.views.maps import (
    Entry,
    Group,
    Json,
    Layer,
    cell_text,
    cell_value,
    mark_entry,
    point_cards,
)
from vpvkac.views.page import about

if TYPE_CHECKING:
    from vpvkac.texts.message import Lang


TITLE = Message("The way along streets to the nearest stop")
SHOWN = Message(
    "The distance along streets and roads from each contact point to its nearest stop, beside the "
    "straight line. Walking speed: {speed}."
)
POINTS = Message("Contact points")
SIDES = {
    BOTH: Message("Within {t} in a straight line and by street"),
    AIR_ONLY: Message("Within {t} in a straight line only"),
    NEITHER: Message("Beyond {t} even in a straight line"),
}
NOT_KNOWN = Message("Distance along streets not known")
REASONS = {
    OUTSIDE: Message("No street data for this place"),
    NO_STREET: Message("No street within 250 m"),
    UNREACHABLE: Message("No stop can be reached by street"),
    NO_STOP: Message("There are no stops"),
}
ROUTE = Message("The way to the stop")
STREET = Message("Streets and roads")
STOP = Message("Stop")
ROWS = {
    "street_stop": Message("Stop by street"),
    "street_m": Message("Distance by street"),
    "air_m": Message("Straight line to the nearest stop"),
    "off_street_m": Message("Stretch off the streets"),
    "detour": Message("Detour factor"),
    "minutes": Message("Walking time"),
    "reason": Message("Reason"),
}
LISTED = Message("Within {t} in a straight line, beyond it by street")
MORE = Message("Full list: walk.csv")
LIMITS = (
    Message(
        "Points and stops are joined to the nearest street; the stretch off the streets is "
        "included. A point farther than 250 m from a street is not joined. Fences, gates and "
        "closed grounds are not taken into account unless the street data hold them."
    ),
    Message(
        "Where street data cover only part of the territory, a stop beyond its border is not "
        "taken into account."
    ),
)


def speed_label(lang: Lang, km_h: float) -> str:
    """Write a walking speed: "4,2 km/h (70 m/min)"."""
    a_minute = plain(lang, km_h * 1000 / 60)
    return f"{plain(lang, km_h)}{NBSP}km/h ({a_minute}{NBSP}m/min)"


def side_label(lang: Lang, code: str, threshold_m: float) -> str:
    """Name a side of the threshold."""
    return SIDES[code].text(lang).format(t=threshold(lang, threshold_m))


def comparison(lang: Lang, row: pd.Series, threshold_m: float) -> str:
    """Say a point's straight line and its way."""
    said = Message("straight line {air}, by street {street} ({minutes})").text(lang)
    return said.format(
        air=metres(lang, row["air_m"], threshold_m),
        street=metres(lang, row["street_m"], threshold_m),
        minutes=minutes(lang, row["minutes"]),
    )


def air_only(walk: Answer) -> pd.DataFrame:
    """List the points within reach by air and beyond it by street, the longest way first."""
    named = walk.table[walk.sides == AIR_ONLY].merge(
        walk.result.places[["place", "name"]], on="place", validate="one_to_one"
    )
    order = ["street_m", "place"]
    return pd.DataFrame(named.sort_values(order, ascending=[False, True], ignore_index=True))


def terminal_lines(walk: Answer, lang: Lang) -> list[str]:
    """Say what was found, a line each."""
    counts, limit_m = walk.counts, walk.result.threshold_m
    metres_in_all = length(lang, float(walk.streets.length_m.sum()))
    streets = Message("Streets: {file}, {km}").text(lang)
    stops = Message("Stops joined to streets: {}").text(lang)
    speed = Message("Walking speed: {}").text(lang)
    lines = [
        streets.format(file=walk.result.accounts[-1].shown, km=metres_in_all),
        stops.format(number(lang, walk.stops["used"])),
        speed.format(speed_label(lang, walk.speed_km_h)),
        f"{POINTS.text(lang)}: {number(lang, counts['points'])}",
        *(f"  {side_label(lang, code, limit_m)}: {number(lang, counts[code])}" for code in SIDES),
        *(
            f"  {text.text(lang)}: {number(lang, counts[code])}"
            for code, text in REASONS.items()
            if counts[code]
        ),
    ]
    listed = air_only(walk)
    if len(listed):
        lines.append(f"{LISTED.text(lang).format(t=threshold(lang, limit_m))}:")
    return lines + [
        f"  {row['name']}: {comparison(lang, row, limit_m)}" for _, row in listed.iterrows()
    ]


# Form and colour (`symbols`) of each side of the threshold; what is not known is hollow, with
# a dot in it where there are streets.
_UNKNOWN, _NO_WAY = "unknown", "no_way"
_LOOKS: dict[str, Json] = {
    _UNKNOWN: {"tone": "first", "form": "centre", "status": "planned", "reach": "", "grow": 0.9},
    _NO_WAY: {"tone": "first", "form": "centre", "status": "announced", "reach": "", "grow": 1.2},
    BOTH: {"tone": "first", "form": "centre", "status": "existing", "reach": "", "grow": 1.3},
    NEITHER: {"tone": "band_3", "form": "library", "status": "existing", "reach": "", "grow": 1.3},
    AIR_ONLY: {
        "tone": "band_2", "form": "municipal_premises", "status": "existing", "reach": "",
        "grow": 1.6,
    },
}  # fmt: skip
# A way is drawn to the metre: nobody sees more.
_SIMPLER_M = 1.0
# Streets are drawn for the eye, as many as make about 1 MB, those near the points first.
_VERTICES = 40_000
_LISTED = 20


def walk_map(walk: Answer, lang: Lang) -> PageMap:
    """Draw points, ways and streets.

    Of the streets as many are drawn as have 40 000 vertices, more would make the page heavy:
    first those within the threshold of points that are within reach by air only, then of the
    other points, then the rest.
    """
    result = walk.result
    base, points = BaseLayers.of(result.units), _points(walk, lang)
    data = {
        "areas": plain_areas(base, result.municipalities, lang),
        "borders": base.borders,
        "names": base.names,
        "streets": _streets(walk),
        "routes": _routes(walk, lang),
        "stops": _stops(walk),
        "sides": [
            {"code": code, "look": look, "points": points[code]} for code, look in _LOOKS.items()
        ],
        "words": map_words(lang),
        "hosts": coded(words.HOSTS, lang),
    }
    return draw_map(
        "walk",
        about(result, lang),
        data=data,
        title=TITLE.text(lang),
        shown=SHOWN.text(lang).format(speed=speed_label(lang, walk.speed_km_h)),
        legend=_legend(walk, lang),
        layers=[
            Layer(_UNKNOWN, NOT_KNOWN.text(lang)),
            Layer("routes", ROUTE.text(lang)),
            Layer("streets", STREET.text(lang)),
            Layer("names", words.MAP["names"].text(lang)),
        ],
        listed=_listed(walk, lang),
        pages=[],
        notes=[text.text(lang) for text in LIMITS] + [words.SAMPLE.text(lang)] * result.synthetic,
    )


def _points(walk: Answer, lang: Lang) -> dict[str, Json]:
    """Make the points of each side, with what is said of them."""
    frame = _described(walk)
    said = [
        card | {"rows": _rows(row, walk, lang)}
        for card, row in zip(
            point_cards(walk.result, frame, lang), frame.to_dict("records"), strict=True
        )
    ]
    made = geojson.points(frame, said)["features"]
    return {
        code: geojson.collection(
            one for one, side in zip(made, frame["side"], strict=True) if side == code
        )
        for code in _LOOKS
    }


def _described(walk: Answer) -> pd.DataFrame:
    """Join the ways with what places.csv says of the points."""
    ways = pd.DataFrame(walk.table.drop(columns=["geometry", "unit"])).assign(side=walk.sides)
    places = pd.DataFrame(walk.result.places.drop(columns="geometry"))
    stops = walk.result.stops.set_index("stop")["stop_name"]
    frame = ways.merge(places, on="place", validate="one_to_one")
    open_ = frame["status"] == "open"
    blank = np.where(frame["reason"].isin([OUTSIDE, NO_STOP]), _UNKNOWN, _NO_WAY)
    return frame.assign(
        side=frame["side"].where(frame["side"] != "", blank),
        street_stop_name=frame["street_stop"].map(stops),
        status=np.where(open_, "existing", frame["status"]),
    )


def _rows(row: Mapping[Hashable, Any], walk: Answer, lang: Lang) -> list[list[str]]:
    """Say the way of a point, or why there is none."""
    t = walk.result.threshold_m
    if row["reason"]:
        said = {"reason": REASONS[row["reason"]].text(lang)}
    else:
        detour = cell_value(row["detour"])
        said = {
            "street_m": metres(lang, row["street_m"], t),
            "minutes": minutes(lang, row["minutes"]),
            "street_stop": cell_text(row["street_stop_name"]),
            "off_street_m": metres(lang, row["off_street_m"]),
            "detour": "" if detour is None else plain(lang, detour, 2),
        }
    if cell_value(row["air_m"]) is not None:
        said["air_m"] = metres(lang, row["air_m"], t)
    return [[ROWS[key].text(lang), text] for key, text in said.items() if text]


def _routes(walk: Answer, lang: Lang) -> Json:
    """Make the ways, with their length to be written beside them."""
    known = walk.table["street_m"].notna()
    said = [
        {"part": "line", "side": side, "distance": metres(lang, length_m, walk.result.threshold_m)}
        for side, length_m in zip(walk.sides[known], walk.table["street_m"][known], strict=True)
    ]
    return geojson.projected(walk.routes.geometry.simplify(_SIMPLER_M), said)


def _stops(walk: Answer) -> Json:
    """Make the stops that ways lead to, by street and by air."""
    table = walk.table[walk.table["street_m"].notna()]
    used = pd.concat([table["street_stop"], table["air_stop"]]).dropna().unique()
    stops = walk.result.stops[walk.result.stops["stop"].isin(used)]
    said = [{"name": cell_text(name)} for name in stops["stop_name"]]
    return geojson.points(stops, said)


def _streets(walk: Answer) -> Json:
    """Make one shape of the streets to draw: they are ground, and nothing is said of them."""
    known = walk.table["street_m"].notna()
    order = np.argsort((walk.sides[known] != AIR_ONLY).to_numpy(), kind="stable")
    points = walk.table.geometry[known].to_numpy()[order]
    lines, tree = walk.streets.lines, walk.streets.tree
    chosen = streets_to_show(points, lines, tree, walk.result.threshold_m, _VERTICES)
    drawn = shapely.multilinestrings(lines[chosen])
    return geojson.projected(gpd.GeoSeries([drawn], crs=CRS), [{}])


def _legend(walk: Answer, lang: Lang) -> list[Group]:
    counts = walk.counts
    sides = [
        mark_entry(side_label(lang, code, walk.result.threshold_m), number(lang, counts[code]),
               **_LOOKS[code])
        for code in (BOTH, AIR_ONLY, NEITHER)
    ]  # fmt: skip
    unknown = [
        mark_entry(
            text.text(lang),
            number(lang, counts[code]),
            **_LOOKS[_UNKNOWN if code in (OUTSIDE, NO_STOP) else _NO_WAY],
        )
        for code, text in REASONS.items()
        if counts[code]
    ]
    ground = [
        Entry(ROUTE.text(lang), line="route"),
        Entry(STREET.text(lang), line="street"),
        Entry(STOP.text(lang), line="stop"),
    ]
    return [
        Group(POINTS.text(lang), sides),
        Group(NOT_KNOWN.text(lang), unknown),
        Group("", ground),
    ]


def _listed(walk: Answer, lang: Lang) -> Json | None:
    """List the points that pass by air and fail by street, the longest way first."""
    t = walk.result.threshold_m
    named = air_only(walk).merge(
        walk.result.places[["place", "lat", "lon"]], on="place", validate="one_to_one"
    )
    if named.empty:
        return None
    rows = [
        {
            "name": cell_text(row["name"]),
            "at": f"{row['lat']:.6f},{row['lon']:.6f}",
            "said": comparison(lang, row, t),
        }
        for _, row in named.head(_LISTED).iterrows()
    ]
    heading = LISTED.text(lang).format(t=threshold(lang, t))
    more = MORE.text(lang) if len(named) > _LISTED else ""
    return {"heading": heading, "rows": rows, "more": more}
