"""Homes on the explorer: who can go there, be served and be home again, and by what journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac.render.map_page import coded
from vpvkac.texts import words
from vpvkac.texts.formats import percent, typographic
from vpvkac.texts.message import Lang, Message
from vpvkac.views import maps
from vpvkac.views.reach import JOURNEY

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


def homes(found: ThereAndBack, places: pd.DataFrame, lang: Lang) -> maps.Json:
    """Give homes by column: hundred-thousandths of a degree, class, residents, journey.

    Of one set of points.  A journey is out, at the point, leaving it, home (minutes, arrivals
    rounded up), usable and all appointments, and the number of a place; null where there is none.
    """
    shown = found.homes
    names = places.set_index("place")["name"]
    keys, place = np.unique(shown["place"].to_numpy(str), return_inverse=True)
    codes = list(MARKS)
    told = len(shown) <= _MOST_JOURNEYS
    minutes = {
        "out": shown["out"] // 60,
        "arrive": (shown["arrive"] + 59) // 60,
        "leave": shown["leave"] // 60,
        "back": (shown["back"] + 59) // 60,
        "appointments": shown["appointments"],
        "of": shown["of"],
    }
    able = (shown["class"] == "bus").to_numpy()
    rows = shown.assign(**minutes, number=place).loc[able, [*minutes, "number"]]
    return {
        "lat": (shown["lat"] * _SHIFT).round().astype(int).tolist(),
        "lon": (shown["lon"] * _SHIFT).round().astype(int).tolist(),
        "kind": "".join(str(codes.index(code)) for code in shown["class"]),
        "residents": shown["residents"].round().astype(int).tolist(),
        "place": place.tolist() if told else [],
        "journeys": rows.astype(int).to_numpy().tolist() if told else [],
        "places": [typographic(names.get(key, "")) for key in keys],
        "marks": list(MARKS.values()),
        "labels": list(coded(words.REACH_CLASSES, lang).values()),
        "journey": JOURNEY.text(lang),
        "colon": "." if lang == "lv" else ":",
    }


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
