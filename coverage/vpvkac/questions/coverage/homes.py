"""Homes on the explorer: who can go there, be served and be home again, and by what journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac.model.columns import COLUMNS
from vpvkac.render.map_page import coded
from vpvkac.texts import words
from vpvkac.texts.formats import percent, typographic
from vpvkac.texts.message import Lang, Message
from vpvkac.views import maps

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.analysis.reach import ThereAndBack

# How a home is marked, by class: a tone, and filled or hollow.
MARKS: dict[str, maps.Json] = {
    "walk": {"form": "centre", "status": "existing", "tone": "band_0"},
    "bus": {"form": "centre", "status": "existing", "tone": "band_1"},
    "none": {"form": "library", "status": "planned", "tone": "beyond"},
}
HEADING = Message("Homes: there and back on one day")
# A page keeps the journeys of so many homes; of more only their classes, for it would grow heavy.
_MOST_JOURNEYS = 15_000
_SHIFT = 1e5
_JOURNEY = Message(
    "Leave home {out}, at the point {arrive}, leave it {leave}, home {back}; {usable} of {all} "
    "appointments ({place})."
)
_WALK = Message("{place}, in a straight line {distance}")


def homes(found: ThereAndBack, places: pd.DataFrame, lang: Lang) -> maps.Json:
    """Give homes by column: where they are, class, residents, journey.

    Of one set of points.  What is told of each stands in the order of the homes of its class.  A
    journey by bus is out, at the point, leaving it, home (minutes, arrivals rounded up), usable and
    all appointments, and the number of a place; walks are numbers of places, and metres to them;
    of others what stands in the way.
    """
    shown = found.homes
    names = places.set_index("place")["name"]
    kind = shown["class"]
    told_of = shown["place"].where(kind == "bus", shown["walk_place"]).to_numpy(str)
    keys, place = np.unique(told_of, return_inverse=True)
    codes, ways = list(MARKS), list(words.REACH_WAYS)
    away = np.floor(shown.loc[kind == "walk", "walk_m"] + 0.5).astype(int)
    obstacles = shown.loc[kind == "none", "way"]
    heading = COLUMNS["way"].heading.text(lang)
    told = len(shown) <= _MOST_JOURNEYS
    minutes = {
        "out": shown["out"] // 60,
        "arrive": (shown["arrive"] + 59) // 60,
        "leave": shown["leave"] // 60,
        "back": (shown["back"] + 59) // 60,
        "appointments": shown["appointments"],
        "of": shown["of"],
    }
    by_bus = (kind == "bus").to_numpy()
    rows = shown.assign(**minutes, number=place).loc[by_bus, [*minutes, "number"]]
    return {
        "lat": _steps(shown["lat"]),
        "lon": _steps(shown["lon"]),
        "kind": "".join(str(codes.index(code)) for code in kind),
        "residents": shown["residents"].round().astype(int).tolist(),
        "journeys": rows.astype(int).to_numpy().tolist() if told else [],
        "walks": [place[kind == "walk"].tolist(), away.tolist()] if told else [[], []],
        "obstacles": "".join(str(ways.index(way)) for way in obstacles) if told else "",
        "places": [typographic(names.get(key, "")) for key in keys],
        "marks": list(MARKS.values()),
        "labels": list(coded(words.REACH_CLASSES, lang).values()),
        "ways": [
            f"{heading}: {words.lowered(text.text(lang))}" for text in words.REACH_WAYS.values()
        ],
        "journey": _JOURNEY.text(lang),
        "walk": _WALK.text(lang),
        "colon": "." if lang == "lv" else ":",
    }


def _steps(degrees: pd.Series) -> list[int]:
    """Write degrees as hundred-thousandths, each by how much it is more than the one before."""
    steps: list[int] = np.diff((degrees * _SHIFT).round().astype(int), prepend=0).tolist()
    return steps


def legend(found: ThereAndBack, lang: Lang) -> maps.Group:
    """Explain the marks of homes, with the share of residents of each class."""
    shown = found.homes
    residents = shown.groupby("class")["residents"].sum()
    of_set = words.REACH_POINTS[str(shown["points"].iloc[0])] if len(shown) else words.NETWORK
    entries = [
        maps.mark_entry(
            words.REACH_CLASSES[code].text(lang), percent(lang, count / residents.sum()), **look
        )
        for code, look in MARKS.items()
        if (count := residents.get(code, 0))
    ]
    return maps.Group(f"{HEADING.text(lang)} ({words.lowered(of_set.text(lang))})", entries)
