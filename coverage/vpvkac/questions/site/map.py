"""The map of a siting: points that stay, new points numbered by their gain, whom they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from vpvkac.geo.geodesy import circle
from vpvkac.questions.site import view
from vpvkac.render import geojson
from vpvkac.render.base_layers import BaseLayers, plain_areas
from vpvkac.render.frame import about
from vpvkac.render.map_page import render
from vpvkac.render.panel import border_entry, draw_map, map_words
from vpvkac.texts import words
from vpvkac.texts.formats import number, percent, typographic
from vpvkac.texts.message import Lang, Message
from vpvkac.views.maps import Entry, Group, Json, Layer, mark_entry

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.site.answer import Answer

_POINTS = Message("New point, by its gain")
_CIRCLE = Message("{radius} around the new point")
_DEMAND = {
    "cover": Message("Newly covered {what}"),
    "median": Message("Number of {what} nearer to a point"),
}
_LISTED = Message("New points by their gain")
_GAIN = Message("Gain")
_COVERED = Message("Covered in total")
_HOST = Message("Kind of host")
_STOP = Message("Stop")
_DEGREES = 6


def site_page(siting: Answer, lang: Lang) -> str:
    """Draw a siting as one page that needs no network; the same siting gives the same text."""
    result = siting.result
    base, points, told = BaseLayers.of(result.units), _points(siting, lang), about(result, lang)
    data = {
        "areas": plain_areas(base, result.municipalities, lang),
        "borders": base.borders,
        "names": base.names,
        "locked": _places(siting.locked),
        "candidates": _places(siting.candidates),
        "demand": _demand(siting, lang),
        "circles": _circles(siting),
        "points": points,
        "words": map_words(lang),
    }
    title = view.TITLE.text(lang)
    groups, layers = _legend(siting, lang)
    map_ = draw_map(
        "site",
        told,
        data=data,
        title=title,
        shown=view.aim(siting, lang),
        values=view.figures(siting, lang),
        rows=points,
        listed_title=_LISTED.text(lang),
        sentences=view.sentences(siting, lang),
        legend=groups,
        layers=layers,
        pages=[],
    )
    return render(map_, title=f"{title} – {told.title or words.NETWORK.text(lang)}", lang=lang)


def _points(siting: Answer, lang: Lang) -> list[Json]:
    return [
        {
            "rank": int(row["rank"]),
            "name": _name(row["place_name"], row["place"]),
            "where": row["unit_name"],
            "gain": view.gain_label(siting, row["gain"], lang),
            "at": [round(row["lat"], _DEGREES), round(row["lon"], _DEGREES)],
            "rows": [
                [_HOST.text(lang), _host(row["host"], lang)],
                [_GAIN.text(lang), view.gain_label(siting, row["gain"], lang)],
                [
                    _COVERED.text(lang),
                    f"{number(lang, row['covered'])} ({percent(lang, row['share'])})",
                ],
            ],
        }
        for row in siting.of("exact").to_dict("records")
    ]


def _host(host: str, lang: Lang) -> str:
    return words.HOSTS.get(host, _STOP).text(lang)


def _name(name: object, key: str) -> str:
    """Name a place; a stop may have none but its key."""
    return typographic(name) if isinstance(name, str) and name else key


def _places(places: pd.DataFrame) -> list[list[Any]]:
    return [
        [round(lat, _DEGREES), round(lon, _DEGREES), _name(name, key)]
        for key, name, lat, lon in places[["place", "name", "lat", "lon"]].itertuples(index=False)
    ]


def _demand(siting: Answer, lang: Lang) -> list[list[Any]]:
    """List whom the new points serve, with their weight."""
    served = siting.demand[siting.demand["rank"] > 0]
    return [
        [round(lat, _DEGREES), round(lon, _DEGREES), number(lang, weight)]
        for lat, lon, weight in served[["lat", "lon", "weight"]].itertuples(index=False)
    ]


def _circles(siting: Answer) -> Json:
    rings = [
        shapely.Polygon(circle(lat, lon, siting.question.radius_m))
        for lat, lon in siting.of("exact")[["lat", "lon"]].itertuples(index=False)
    ]
    return geojson.shapes(rings)


def _legend(siting: Answer, lang: Lang) -> tuple[list[Group], list[Layer]]:
    """Explain what is drawn, and list what can be switched on and off."""
    locked, candidates = view.locked_label(siting, lang), view.CANDIDATES.text(lang)
    circles = _CIRCLE.text(lang).format(radius=view.radius(siting, lang))
    demand = _DEMAND[siting.question.method].text(lang)
    demand = demand.format(what=view.weighed_noun(siting, lang))
    stay, places = (number(lang, len(table)) for table in (siting.locked, siting.candidates))
    entries = [Entry(_POINTS.text(lang), line="number-entry"), Entry(circles, line="circle-entry")]
    if (siting.demand["rank"] > 0).any():
        entries.append(Entry(demand, line="demand-entry"))
    if len(siting.locked):
        entries.append(mark_entry(locked, stay, host="centre", status="existing"))
    entries += [Entry(candidates, places, line="candidate-entry"), border_entry(lang)]
    layers = [
        Layer("locked", locked),
        Layer("demand", demand),
        Layer("circles", circles),
        Layer("candidates", candidates, on=False),
        Layer("names", words.MAP["names"].text(lang)),
    ]
    return [Group("", entries)], layers
