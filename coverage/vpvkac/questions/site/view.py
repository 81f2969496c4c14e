"""What is shown of a siting: its figures, how good it is, and its map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from vpvkac.geo.geodesy import circle
from vpvkac.questions.site.answer import Answer
from vpvkac.render import map_page
from vpvkac.render.map_page import (
    BaseLayers,
    border_entry,
    draw_map,
    map_words,
    plain_areas,
    render,
)
from vpvkac.texts import words
from vpvkac.texts.formats import NBSP, plain, typographic
from vpvkac.texts.message import Lang, Message, Text, in_context
from vpvkac.views.maps import Entry, Group, Json, Layer, NavLink, mark_entry
from vpvkac.views.page import about
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

_TITLE = Message("Where to put the next points")
_CANDIDATES = Message("Candidate places")
_KILOMETRE, _DEGREES = 1000, 6
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
_DEMAND = {
    "cover": Message("Newly covered {what}"),
    "median": Message("Number of {what} nearer to a point"),
}


def terminal_lines(siting: Answer, lang: Lang) -> list[str]:
    """List the points for a terminal, and say how good they are."""
    write = Writer(lang, siting.result.threshold_m)
    listed = [
        f"{row['rank']:3d}. {row['place_name']} ({row['unit_name']}) "
        f"{_gain(siting, row['gain'], write)}"
        for row in siting.of("exact").to_dict("records")
    ]
    return [*listed, *_sentences(siting, write)]


def site_page(siting: Answer, lang: Lang) -> str:
    """Draw a siting as one page that needs no network; the same siting gives the same text."""
    result, write = siting.result, Writer(lang, siting.result.threshold_m)
    base, points, frame = BaseLayers.of(result.units), _points(siting, write), about(result, lang)
    rings = [
        shapely.Polygon(circle(lat, lon, siting.question.radius_m))
        for lat, lon in siting.of("exact")[["lat", "lon"]].itertuples(index=False)
    ]
    served = siting.demand[siting.demand["rank"] > 0]
    data = {
        "areas": plain_areas(base, result.municipalities, lang),
        "borders": base.borders,
        "names": base.names,
        "locked": _places(siting.locked),
        "candidates": _places(siting.candidates),
        # Whom the new points serve, with their weight.
        "demand": [
            [round(lat, _DEGREES), round(lon, _DEGREES), write.number(weight)]
            for lat, lon, weight in served[["lat", "lon", "weight"]].itertuples(index=False)
        ],
        "circles": map_page.shapes(rings),
        "points": points,
        "words": map_words(lang),
    }
    groups, layers = _legend(siting, write)
    map_ = draw_map(
        "site",
        frame,
        data=data,
        title=write(_TITLE),
        shown=_aim(siting, write),
        values=list(_figures(siting, write)),
        rows=points,
        listed_title=write(Message("New points by their gain")),
        sentences=list(_sentences(siting, write)),
        legend=groups,
        layers=layers,
        pages=[NavLink("site.csv", "site.csv")],
    )
    title = f"{write(_TITLE)} – {frame.title or write(words.NETWORK)}"
    return render(map_, title=title, lang=lang)


def _what(siting: Answer) -> Message:
    """Name what is weighed, as in "12 iedzīvotāju"."""
    return _WEIGHED[siting.question.weights or "units"]


def _radius(siting: Answer, write: Writer) -> str:
    metres = siting.question.radius_m
    if metres < _KILOMETRE:
        return f"{plain(write.lang, metres)}{NBSP}m"
    return f"{plain(write.lang, metres / _KILOMETRE, 3)}{NBSP}km"


def _aim(siting: Answer, write: Writer) -> str:
    """Say in a sentence what was looked for."""
    question = siting.question
    kind = "points" if question.target is None else "target"
    return write(
        _SHOWN["median" if question.method == "median" else kind],
        count=write.number(len(siting.of("exact"))),
        what=write(_what(siting)),
        radius=_radius(siting, write),
        target="" if question.target is None else write.share(question.target),
    )


def _gain(siting: Answer, gain: float, write: Writer) -> str:
    """Write what a point gains: residents or units, or weighted kilometres."""
    if pd.isna(gain):
        return ""
    if siting.question.method == "cover":
        return f"+{write.number(gain)}"
    nearer = write(_NEARER[siting.question.weights or "units"])
    return f"−{write.length(siting.share(gain))}{nearer}"


def _figures(siting: Answer, write: Writer) -> Iterator[tuple[str, str]]:
    """Give the key figures, label and value; below what is covered the band, where there is one."""

    def figure(label: Text, value: str) -> tuple[str, str]:
        text = write(label)
        return text[:1].upper() + text[1:], value

    yield figure(_STAYS[siting.question.existing], write.number(len(siting.locked)))
    yield figure(_CANDIDATES, write.number(len(siting.candidates)))
    yield figure(Message("New points"), write.number(len(siting.of("exact"))))
    yield figure(Message("Radius"), _radius(siting, write))
    for label, covered in (
        (Message("{what} covered now", what=_what(siting)), siting.before),
        (Message("{what} covered afterwards", what=_what(siting)), siting.after),
    ):
        share = write.share(siting.share(covered.value))
        yield figure(label, f"{write.number(covered.value)} ({share})")
        if covered.least != covered.most:
            band = f"{write.number(covered.least)}–{write.number(covered.most)}"
            yield figure(Message("Possible range"), band)
    for label, mean in (
        (Message("Mean distance now"), siting.mean_before_m),
        (Message("Mean distance afterwards"), siting.mean_after_m("exact")),
    ):
        if not pd.isna(mean):
            yield figure(label, write.length(mean))


def _sentences(siting: Answer, write: Writer) -> Iterator[str]:
    """Say how good the answer is, and what the greedy one would be."""
    question, rows = siting.question, siting.of("exact")
    if rows.empty and question.target is not None:
        yield write(Message("The points that stay reach the target already."))
        return
    if question.target is None and len(rows) < question.points:
        yield write(
            Message(
                "Further points would gain nothing: all that the candidate places could add is "
                "already covered."
            )
        )
    if len(rows):
        yield _quality(siting, write)
        yield _greedy(siting, write)
    least, most = siting.after.least, siting.after.most
    if least != most:
        band = Message(
            "Grid cells with 1 to 10 residents are published as 5, so limits are given for the sum "
            "({least}–{most})."
        )
        yield write(band, least=write.number(least), most=write.number(most))


def _quality(siting: Answer, write: Writer) -> str:
    question, first = siting.question, siting.of("exact").iloc[0]
    if not first["optimal"]:
        not_proven = Message(
            "Within the time limit ({seconds} s) it was not proven that there is nothing better; a "
            "better choice could gain at most {gap} more. Another computer may give another result."
        )
        seconds = plain(write.lang, question.time_limit_s)
        return write(not_proven, seconds=seconds, gap=_never_zero(float(first["gap"]), write))
    if question.target is None:
        return write(Message("It is proven that there is no better choice."))
    return write(Message("It is proven that fewer points cannot reach the target."))


def _greedy(siting: Answer, write: Writer) -> str:
    question, count = siting.question, len(siting.of("greedy"))
    best_mean, mean = siting.mean_after_m("exact"), siting.mean_after_m("greedy")
    best, gained = siting.gained("exact"), siting.gained("greedy")
    if question.target is not None and count > len(siting.of("exact")):
        more = Message(
            "Choosing places one by one, each time the one that gains most, needs more points: "
            "{count}."
        )
        return write(more, count=write.number(count))
    if question.method == "median" and mean > best_mean:
        farther = Message(
            "Choosing places one by one, each time the one that gains most, gives a mean "
            "distance of {mean}."
        )
        return write(farther, mean=write.length(mean))
    if question.method == "cover" and question.target is None and gained < best:
        less = Message(
            "Choosing places one by one, each time the one that gains most, gains {less} less "
            "({gain})."
        )
        share = _never_zero((best - gained) / best, write)
        return write(less, less=share, gain=write.number(gained))
    return write(
        Message(
            "Choosing places one by one, each time the one that gains most, gives an equally good "
            "result."
        )
    )


def _never_zero(share: float, write: Writer) -> str:
    """Write a small share so that it never shows as nothing."""
    return write.share(max(share, 0.001) if share else 0)


def _points(siting: Answer, write: Writer) -> list[Json]:
    heads = Message("Kind of host"), Message("Gain"), Message("Covered in total")
    points = []
    for row in siting.of("exact").to_dict("records"):
        host = write(words.HOSTS.get(row["host"], Message("Stop")))
        gain = _gain(siting, row["gain"], write)
        covered = f"{write.number(row['covered'])} ({write.share(row['share'])})"
        point = {
            "rank": int(row["rank"]),
            "name": _name(row["place_name"], row["place"]),
            "where": row["unit_name"],
            "gain": gain,
            "at": [round(row["lat"], _DEGREES), round(row["lon"], _DEGREES)],
            "rows": [
                [write(head), text] for head, text in zip(heads, (host, gain, covered), strict=True)
            ],
        }
        points.append(point)
    return points


def _name(name: object, key: str) -> str:
    """Name a place; a stop may have none but its key."""
    return typographic(name) if isinstance(name, str) and name else key


def _places(places: pd.DataFrame) -> list[list[Any]]:
    return [
        [round(lat, _DEGREES), round(lon, _DEGREES), _name(name, key)]
        for key, name, lat, lon in places[["place", "name", "lat", "lon"]].itertuples(index=False)
    ]


def _legend(siting: Answer, write: Writer) -> tuple[list[Group], list[Layer]]:
    """Explain what is drawn, and list what can be switched on and off."""
    locked, candidates = write(_STAYS[siting.question.existing]), write(_CANDIDATES)
    circles = write(Message("{radius} around the new point"), radius=_radius(siting, write))
    demand = write(_DEMAND[siting.question.method], what=write(_what(siting)))
    stay, places = (write.number(len(table)) for table in (siting.locked, siting.candidates))
    entries = [
        Entry(write(Message("New point, by its gain")), line="number-entry"),
        Entry(circles, line="circle-entry"),
    ]
    if (siting.demand["rank"] > 0).any():
        entries.append(Entry(demand, line="demand-entry"))
    if len(siting.locked):
        entries.append(mark_entry(locked, stay, host="centre", status="existing"))
    entries += [Entry(candidates, places, line="candidate-entry"), border_entry(write.lang)]
    layers = [
        Layer("locked", locked),
        Layer("demand", demand),
        Layer("circles", circles),
        Layer("candidates", candidates, on=False),
        Layer("names", write(words.MAP["names"])),
    ]
    return [Group("", entries)], layers
