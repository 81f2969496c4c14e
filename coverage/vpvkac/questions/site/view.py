"""What is shown of a siting: its figures, its sentences, its map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import circle
from vpvkac.questions.site.answer import Answer
from vpvkac.render import geojson
from vpvkac.render.geojson import BaseLayers, plain_areas
from vpvkac.render.map_page import border_entry, draw_map, map_words, render
from vpvkac.texts import words
from vpvkac.texts.formats import NBSP, length, number, percent, plain, typographic
from vpvkac.texts.message import Lang, Message, Text, in_context
from vpvkac.views.maps import Entry, Group, Json, Layer, mark_entry
from vpvkac.views.page import about

if TYPE_CHECKING:
    from vpvkac.questions.site.answer import Answer


TITLE = Message("Where to put the next points")
CANDIDATES = Message("Candidate places")
_KILOMETRE = 1000
_WEIGHED = {
    "population": Message("residents"),
    "units": in_context("genitive", "territorial units"),
}
_NEARER = {"population": Message(" per resident"), "units": Message(" per unit")}
_STAYS = {
    "open": Message("Existing centres"),
    "network": Message("Existing, announced, planned"),
}
_SHOWN = {
    "points": Message(
        "New points: {count}. Together with those that stay they cover the most {what} within "
        "{radius} in a straight line."
    ),
    "target": Message(
        "Target: cover {target} of the {what} within {radius} in a straight line. New points "
        "needed: {count}."
    ),
    "median": Message(
        "New points: {count}. With them the mean straight-line distance of {what} to the nearest "
        "point is the smallest."
    ),
}
_GREEDY_SAME = Message(
    "Choosing places one by one, each time the one that gains most, gives an equally good result."
)


def weighed_noun(siting: Answer, lang: Lang) -> str:
    """Name what is weighed, as in "12 iedzīvotāju"."""
    return _WEIGHED[siting.question.weights or "units"].text(lang)


def radius(siting: Answer, lang: Lang) -> str:
    """Write the radius with its unit."""
    radius_m = siting.question.radius_m
    if radius_m < _KILOMETRE:
        return f"{plain(lang, radius_m)}{NBSP}m"
    return f"{plain(lang, radius_m / _KILOMETRE, 3)}{NBSP}km"


def locked_label(siting: Answer, lang: Lang) -> str:
    """Name the points that stay."""
    return _STAYS[siting.question.existing].text(lang)


def aim(siting: Answer, lang: Lang) -> str:
    """Say in a sentence what was looked for."""
    question = siting.question
    is_cover = "points" if question.target is None else "target"
    text = _SHOWN["median" if question.method == "median" else is_cover]
    return text.text(lang).format(
        count=number(lang, len(siting.of("exact"))),
        what=weighed_noun(siting, lang),
        radius=radius(siting, lang),
        target="" if question.target is None else percent(lang, question.target),
    )


def gain_label(siting: Answer, gain: float, lang: Lang) -> str:
    """Write what a point gains: residents or units, or weighted kilometres."""
    if pd.isna(gain):
        return ""
    if siting.question.method == "cover":
        return f"+{number(lang, gain)}"
    of = _NEARER[siting.question.weights or "units"].text(lang)
    return f"−{length(lang, gain / siting.total.value)}{of}"


def figures(siting: Answer, lang: Lang) -> list[tuple[str, str]]:
    """Give the key figures, label and value; below what is covered the band, where there is one."""
    rows = siting.of("exact")
    found: list[tuple[Text, str]] = [
        (_STAYS[siting.question.existing], number(lang, len(siting.locked))),
        (CANDIDATES, number(lang, len(siting.candidates))),
        (Message("New points"), number(lang, len(rows))),
        (Message("Radius"), radius(siting, lang)),
    ]
    what = _WEIGHED[siting.question.weights or "units"]
    for label, covered in (
        (Message("{what} covered now", what=what), siting.before),
        (Message("{what} covered afterwards", what=what), siting.after),
    ):
        share = percent(lang, covered.value / siting.total.value)
        found.append((label, f"{number(lang, covered.value)} ({share})"))
        if covered.least != covered.most:
            band = f"{number(lang, covered.least)}–{number(lang, covered.most)}"
            found.append((Message("Possible range"), band))
    if siting.question.method == "median":
        if not np.isnan(siting.mean_before_m):
            found.append((Message("Mean distance now"), length(lang, siting.mean_before_m)))
        if len(rows):
            mean = length(lang, rows["mean_m"].iloc[-1])
            found.append((Message("Mean distance afterwards"), mean))
    texts = [(label.text(lang), value) for label, value in found]
    return [(label[:1].upper() + label[1:], value) for label, value in texts]


def sentences(siting: Answer, lang: Lang) -> list[str]:
    """Say how good the answer is, and what the greedy one would be."""
    question, rows = siting.question, siting.of("exact")
    if rows.empty and question.target is not None:
        return [Message("The points that stay reach the target already.").text(lang)]
    found = []
    if question.target is None and len(rows) < question.points:
        found.append(
            Message(
                "Further points would gain nothing: all that the candidate places could add is "
                "already covered."
            ).text(lang)
        )
    if len(rows):
        found += [_quality(siting, lang), _greedy(siting, lang)]
    least, most = siting.after.least, siting.after.most
    if least != most:
        band = Message(
            "Grid cells with 1 to 10 residents are published as 5, so limits are given for the sum "
            "({least}–{most})."
        )
        found.append(band.text(lang).format(least=number(lang, least), most=number(lang, most)))
    return found


def terminal_lines(siting: Answer, lang: Lang) -> list[str]:
    """List the points for a terminal, and say how good they are."""
    listed = [
        f"{row['rank']:3d}. {row['place_name']} ({row['unit_name']}) "
        f"{gain_label(siting, row['gain'], lang)}"
        for row in siting.of("exact").to_dict("records")
    ]
    return [*listed, *sentences(siting, lang)]


def _quality(siting: Answer, lang: Lang) -> str:
    question, first = siting.question, siting.of("exact").iloc[0]
    if not first["optimal"]:
        not_proven = Message(
            "Within the time limit ({seconds} s) it was not proven that there is nothing better; a "
            "better choice could gain at most {gap} more. Another computer may give another result."
        )
        seconds = plain(lang, question.time_limit_s)
        return not_proven.text(lang).format(
            seconds=seconds, gap=_never_zero(lang, float(first["gap"]))
        )
    if question.target is None:
        return Message("It is proven that there is no better choice.").text(lang)
    return Message("It is proven that fewer points cannot reach the target.").text(lang)


def _greedy(siting: Answer, lang: Lang) -> str:
    question = siting.question
    exact, greedy = siting.of("exact"), siting.of("greedy")
    if question.target is not None:
        if len(greedy) > len(exact):
            more = Message(
                "Choosing places one by one, each time the one that gains most, needs more points: "
                "{count}."
            )
            return more.text(lang).format(count=number(lang, len(greedy)))
    elif question.method == "median":
        best, other = (float(rows["mean_m"].iloc[-1]) for rows in (exact, greedy))
        if other > best:
            farther = Message(
                "Choosing places one by one, each time the one that gains most, gives a mean "
                "distance of {mean}."
            )
            return farther.text(lang).format(mean=length(lang, other))
    else:
        best, other = (int(rows["gain"].sum()) for rows in (exact, greedy))
        if other < best:
            less = Message(
                "Choosing places one by one, each time the one that gains most, gains {less} less "
                "({gain})."
            )
            share = _never_zero(lang, (best - other) / best)
            return less.text(lang).format(less=share, gain=number(lang, other))
    return _GREEDY_SAME.text(lang)


def _never_zero(lang: Lang, share: float) -> str:
    """Write a small share so that it never shows as nothing."""
    return percent(lang, max(share, 0.001)) if share else percent(lang, 0)


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
    title = TITLE.text(lang)
    groups, layers = _legend(siting, lang)
    map_ = draw_map(
        "site",
        told,
        data=data,
        title=title,
        shown=aim(siting, lang),
        values=figures(siting, lang),
        rows=points,
        listed_title=_LISTED.text(lang),
        sentences=sentences(siting, lang),
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
            "gain": gain_label(siting, row["gain"], lang),
            "at": [round(row["lat"], _DEGREES), round(row["lon"], _DEGREES)],
            "rows": [
                [_HOST.text(lang), _host(row["host"], lang)],
                [_GAIN.text(lang), gain_label(siting, row["gain"], lang)],
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
    locked, candidates = locked_label(siting, lang), CANDIDATES.text(lang)
    circles = _CIRCLE.text(lang).format(radius=radius(siting, lang))
    demand = _DEMAND[siting.question.method].text(lang)
    demand = demand.format(what=weighed_noun(siting, lang))
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
