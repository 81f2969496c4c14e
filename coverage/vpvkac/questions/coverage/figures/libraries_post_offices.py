"""Figure: libraries against post offices (the analysis, 3.6, figure 30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.questions.coverage.figures.sheet import (
    DescribedBase,
    Figure,
    Marks,
    of_host,
    place_marks,
    unit_areas,
)
from vpvkac.render.panel import border_entry, marked
from vpvkac.texts import words
from vpvkac.texts.formats import number, percent
from vpvkac.texts.message import Lang, Message, in_context
from vpvkac.views.maps import Entry, Group, Layer

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

FILE = "libraries_post_offices.html"
TITLE = in_context("map", "Libraries compared with post offices")
_SHOWN = Message(
    "Which territorial units hold a municipal library, which a post office, which both, and what "
    "post offices would add to the libraries."
)
_HOSTS = ("library", "post_office")
_FILLS = {
    "planned": Message("Library and post office"),
    "existing": Message("Library, but no post office"),
    "some": Message("Post office, but no library"),
    "none": in_context("libraries", "Neither"),
}
_UNITS_WITH = {
    "libraries": Message("Units with a library"),
    "post_offices": Message("Units with a post office"),
    "libraries+post_offices": Message("Units with either"),
}
_WITHIN = {
    "libraries": Message("Libraries within {threshold}"),
    "post_offices": Message("Post offices within {threshold}"),
}
_TONES = {"library": "first", "post_office": "second"}


def can_be_drawn(result: Result) -> bool:
    """Tell whether both kinds of host are given."""
    return set(_HOSTS) <= set(result.project.hosts)


def draw(result: Result, shared: DescribedBase) -> Figure:
    """Colour units by which of the two they hold, and mark both."""
    lang = result.lang
    fills = fill_of(result.units)
    counts = fills.value_counts()
    areas = [
        Entry(label.text(lang), number(lang, int(counts.get(code, 0))), fill=code)
        for code, label in _FILLS.items()
    ]
    return Figure(
        title=TITLE.text(lang),
        shown=_SHOWN.text(lang),
        areas=unit_areas(result, shared, fills),
        marks=[_marks(result, host) for host in _HOSTS],
        legend=[
            Group(words.MAP["units"].text(lang), [*areas, border_entry(lang)]),
            Group("", [_entry(result, host) for host in _HOSTS]),
        ],
        values=_values(result),
    )


def fill_of(units: pd.DataFrame) -> pd.Series:
    """Give the fill of each unit by the hosts it holds, on the index `unit`."""
    library, post = units["libraries"] > 0, units["post_offices"] > 0
    codes = np.select([library & post, library, post], ["planned", "existing", "some"], "none")
    return pd.Series(codes, units["unit"])


def _marks(result: Result, host: str) -> Marks:
    places = result.places[result.places["host"] == host].assign(status="existing")
    layer = Layer(host, words.HOSTS_PLURAL[host].text(result.lang))
    return place_marks(result, places, layer, **of_host(_TONES[host]))


def _entry(result: Result, host: str) -> Entry:
    count = number(result.lang, int((result.places["host"] == host).sum()))
    label = words.HOSTS_PLURAL[host].text(result.lang)
    return marked(label, count, host=host, status="existing", tone=_TONES[host])


def _values(result: Result) -> list[tuple[str, str]]:
    """Give what hosts.csv says: units held, and share within the threshold."""
    lang, hosts = result.lang, result.hosts.set_index("hosts")
    held = [
        (label.text(lang), f"{number(lang, hosts['units'][key])} ({_share(lang, share)})")
        for key, label in _UNITS_WITH.items()
        for share in [hosts["units_share"][key]]
    ]
    reached = [
        (
            words.with_threshold(lang, label, result.threshold_m),
            _share(lang, hosts["within_share"][key]),
        )
        for key, label in _WITHIN.items()
    ]
    return [*held, *reached]


def _share(lang: Lang, share: Any) -> str:
    return "–" if pd.isna(share) else percent(lang, share)
