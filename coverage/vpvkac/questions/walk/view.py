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
from vpvkac.questions.walk import answer
from vpvkac.questions.walk.answer import AIR_ONLY, Answer
from vpvkac.questions.walk.streets import NO_STREET, OUTSIDE
from vpvkac.render import map_page
from vpvkac.render.map_page import BaseLayers, coded, draw_map, map_words, plain_areas
from vpvkac.texts import words
from vpvkac.texts.formats import NBSP, length, metres, minutes, number, plain, threshold
from vpvkac.texts.message import Lang, Message
from vpvkac.views import maps
from vpvkac.views.maps import Json, cell_text, cell_value
from vpvkac.views.page import about

if TYPE_CHECKING:
    from vpvkac.render.map_page import PageMap

TITLE = Message("The way along streets to the nearest stop")
_POINTS = Message("Contact points")
_SIDES = {
    answer.BOTH: Message("Within {t} in a straight line and by street"),
    AIR_ONLY: Message("Within {t} in a straight line only"),
    answer.NEITHER: Message("Beyond {t} even in a straight line"),
}
_NOT_KNOWN = Message("Distance along streets not known")
_REASONS = {
    OUTSIDE: Message("No street data for this place"),
    NO_STREET: Message("No street within 250 m"),
    answer.UNREACHABLE: Message("No stop can be reached by street"),
    answer.NO_STOP: Message("There are no stops"),
}
_ROUTE = Message("The way to the stop")
_STREET = Message("Streets and roads")
_ROWS = {
    "street_stop": Message("Stop by street"),
    "street_m": Message("Distance by street"),
    "air_m": Message("Straight line to the nearest stop"),
    "off_street_m": Message("Stretch off the streets"),
    "detour": Message("Detour factor"),
    "minutes": Message("Walking time"),
    "reason": Message("Reason"),
}
_LISTED = Message("Within {t} in a straight line, beyond it by street")
_LIMITS = (
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
# What each class is drawn as, beside the form of its host: colour, and a halo round what is beyond
# reach; what is not known is hollow, crossed out or barred where there are streets.
_LOOKS: dict[str, Json] = {
    code: {"tone": tone, "status": status, "halo": halo, "reach": "", "grow": grow}
    for code, tone, status, halo, grow in (
        (OUTSIDE, "first", "planned", False, 0.9),
        (answer.NO_STOP, "first", "barred", False, 0.9),
        (NO_STREET, "first", "none", False, 1.2),
        (answer.UNREACHABLE, "first", "barred", False, 1.2),
        (answer.BOTH, "first", "existing", False, 1.3),
        (answer.NEITHER, "beyond", "existing", True, 1.3),
        (AIR_ONLY, "amber", "existing", True, 1.6),
    )
}
# A way is drawn to the metre: nobody sees more.
_SIMPLER_M = 1.0
# Streets are drawn for the eye, as many as make about 1 MB, those near the points first.
_VERTICES = 40_000
_MOST_LISTED = 20


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
            {"known": code in _SIDES, "look": look, "points": points[code]}
            for code, look in _LOOKS.items()
        ],
        "words": map_words(lang),
        "hosts": coded(words.HOSTS, lang),
    }
    about_it = Message(
        "The distance along streets and roads from each contact point to its nearest stop, beside "
        "the straight line. Walking speed: {speed}."
    )
    return draw_map(
        "walk",
        about(result, lang),
        data=data,
        title=TITLE.text(lang),
        shown=about_it.text(lang).format(speed=_speed(walk, lang)),
        legend=_legend(walk, lang),
        layers=[
            maps.Layer("unknown", _NOT_KNOWN.text(lang)),
            maps.Layer("routes", _ROUTE.text(lang)),
            maps.Layer("streets", _STREET.text(lang)),
            maps.Layer("names", words.MAP["names"].text(lang)),
        ],
        listed=_listed(walk, lang),
        pages=[maps.NavLink("walk.csv", "walk.csv")],
        notes=[text.text(lang) for text in _LIMITS] + [words.SAMPLE.text(lang)] * result.synthetic,
    )


def terminal_lines(walk: Answer, lang: Lang) -> list[str]:
    """Say the counts, a line each, and name the points within reach by air only."""
    counts, limit_m = walk.counts, walk.result.threshold_m
    streets = Message("Streets: {file}, {km}").text(lang)
    stops = Message("Stops joined to streets: {}").text(lang)
    lines = [
        streets.format(file=walk.result.accounts[-1].shown, km=length(lang, walk.streets_m)),
        stops.format(number(lang, walk.stops["used"])),
        Message("Walking speed: {}").text(lang).format(_speed(walk, lang)),
        f"{_POINTS.text(lang)}: {number(lang, counts['points'])}",
        *(f"  {_side(code, limit_m, lang)}: {number(lang, counts[code])}" for code in _SIDES),
        *(
            f"  {text.text(lang)}: {number(lang, counts[code])}"
            for code, text in _REASONS.items()
            if counts[code]
        ),
    ]
    rows = walk.air_only.to_dict("records")
    if rows:
        lines.append(f"{_LISTED.text(lang).format(t=threshold(lang, limit_m))}:")
    return lines + [f"  {row['name']}: {_comparison(row, limit_m, lang)}" for row in rows]


def _speed(walk: Answer, lang: Lang) -> str:
    """Write the walking speed: "4,2 km/h (70 m/min)"."""
    a_minute = plain(lang, walk.speed_km_h * 1000 / 60)
    return f"{plain(lang, walk.speed_km_h)}{NBSP}km/h ({a_minute}{NBSP}m/min)"


def _side(code: str, threshold_m: float, lang: Lang) -> str:
    return _SIDES[code].text(lang).format(t=threshold(lang, threshold_m))


def _comparison(row: Mapping[Hashable, Any], threshold_m: float, lang: Lang) -> str:
    """Say a point's straight line and its way."""
    text = Message("straight line {air}, by street {street} ({minutes})").text(lang)
    return text.format(
        air=metres(lang, row["air_m"], threshold_m),
        street=metres(lang, row["street_m"], threshold_m),
        minutes=minutes(lang, row["minutes"]),
    )


def _points(walk: Answer, lang: Lang) -> dict[str, Json]:
    """Make the points of each class, with what is said of them: their way and places.csv."""
    ways = pd.DataFrame(walk.table.drop(columns=["geometry", "unit"])).assign(side=walk.classes)
    places = pd.DataFrame(walk.result.places.drop(columns="geometry"))
    stops = walk.result.stops.set_index("stop")["stop_name"]
    frame = ways.merge(places, on="place", validate="one_to_one")
    frame["street_stop_name"] = frame["street_stop"].map(stops)
    frame["status"] = np.where(frame["status"] == "open", "existing", frame["status"])
    properties = [
        card | {"rows": _rows(row, walk, lang)}
        for card, row in zip(
            maps.point_cards(walk.result, frame, lang), frame.to_dict("records"), strict=True
        )
    ]
    features = map_page.points(frame, properties)["features"]
    return {
        code: map_page.collection(
            feature for feature, side in zip(features, frame["side"], strict=True) if side == code
        )
        for code in _LOOKS
    }


def _rows(row: Mapping[Hashable, Any], walk: Answer, lang: Lang) -> list[list[str]]:
    """Say the way of a point, or why there is none."""
    limit_m = walk.result.threshold_m
    if row["reason"]:
        cells = {"reason": _REASONS[row["reason"]].text(lang)}
    else:
        detour = cell_value(row["detour"])
        cells = {
            "street_m": metres(lang, row["street_m"], limit_m),
            "minutes": minutes(lang, row["minutes"]),
            "street_stop": cell_text(row["street_stop_name"]),
            "off_street_m": metres(lang, row["off_street_m"]),
            "detour": "" if detour is None else plain(lang, detour, 2),
        }
    if cell_value(row["air_m"]) is not None:
        cells["air_m"] = metres(lang, row["air_m"], limit_m)
    return [[_ROWS[key].text(lang), text] for key, text in cells.items() if text]


def _routes(walk: Answer, lang: Lang) -> Json:
    """Make the ways, with their length to be written beside them."""
    known = walk.table["street_m"].notna()
    properties = [
        {"part": "line", "side": side, "distance": metres(lang, length_m, walk.result.threshold_m)}
        for side, length_m in zip(walk.sides[known], walk.table["street_m"][known], strict=True)
    ]
    return map_page.projected(walk.routes.geometry.simplify(_SIMPLER_M), properties)


def _stops(walk: Answer) -> Json:
    """Make the stops that ways lead to, by street and by air."""
    table = walk.table[walk.table["street_m"].notna()]
    ends = pd.concat([table["street_stop"], table["air_stop"]]).dropna()
    stops = walk.result.stops[walk.result.stops["stop"].isin(ends)]
    return map_page.points(stops, [{"name": cell_text(name)} for name in stops["stop_name"]])


def _streets(walk: Answer) -> Json:
    """Make one shape of the streets to draw: they are ground, and nothing is said of them."""
    known = walk.table["street_m"].notna()
    order = np.argsort((walk.sides[known] != AIR_ONLY).to_numpy(), kind="stable")
    points = walk.table.geometry[known].to_numpy()[order]
    lines, tree = walk.streets.lines, walk.streets.tree
    chosen = streets_to_show(points, lines, tree, walk.result.threshold_m, _VERTICES)
    drawn = shapely.multilinestrings(lines[chosen])
    return map_page.projected(gpd.GeoSeries([drawn], crs=CRS), [{}])


def _legend(walk: Answer, lang: Lang) -> list[maps.Group]:
    counts, limit_m = walk.counts, walk.result.threshold_m
    sides = [
        maps.mark_entry(_side(code, limit_m, lang), number(lang, counts[code]), **_LOOKS[code])
        for code in _SIDES
    ]
    unknown = [
        maps.mark_entry(text.text(lang), number(lang, counts[code]), **_LOOKS[code])
        for code, text in _REASONS.items()
        if counts[code]
    ]
    hosts = walk.result.places.set_index("place")["host"].reindex(walk.table["place"])
    ground = {"route": _ROUTE, "street": _STREET, "stop": Message("Stop")}
    return [
        maps.forms(set(hosts), lang),
        maps.Group(maps.ROWS["colour"].text(lang), sides),
        maps.Group(_NOT_KNOWN.text(lang), unknown),
        maps.Group("", [maps.Entry(text.text(lang), line=line) for line, text in ground.items()]),
    ]


def _listed(walk: Answer, lang: Lang) -> Json | None:
    """List the points that pass by air and fail by street, the longest way first."""
    rows, limit_m = walk.air_only.to_dict("records"), walk.result.threshold_m
    if not rows:
        return None
    more = Message("Full list: walk.csv").text(lang)
    return {
        "heading": _LISTED.text(lang).format(t=threshold(lang, limit_m)),
        "rows": [
            {
                "name": cell_text(row["name"]),
                "at": f"{row['lat']:.6f},{row['lon']:.6f}",
                "said": _comparison(row, limit_m, lang),
            }
            for row in rows[:_MOST_LISTED]
        ],
        "more": more if len(rows) > _MOST_LISTED else "",
    }
