"""Figure: the planned network with its gaps (the analysis, 2.2 and 2.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.questions.coverage import map_layers
from vpvkac.questions.coverage.explorer import network_legend
from vpvkac.questions.coverage.figures.sheet import (
    DescribedBase,
    Figure,
    Marks,
    criteria,
    unit_areas,
)
from vpvkac.texts import words
from vpvkac.texts.formats import number
from vpvkac.texts.message import Message
from vpvkac.views.maps import Json, Layer

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

FILE = "network.html"
TITLE = Message("The planned network of contact points and its gaps")
_SHOWN = Message(
    "One contact point for every territorial unit: existing, announced or planned. The number "
    "beside a point is that of its access gap in the gap list."
)


def can_be_drawn(result: Result) -> bool:
    """Tell whether any unit is given; a network is always drawn."""
    return len(result.units) > 0


def draw(result: Result, shared: DescribedBase) -> Figure:
    """Draw the network as the explorer does, with the number of every access gap."""
    lang = result.lang
    layer = Layer("points", words.MAP["points"].text(lang))
    shown = [code for code in ("points_within", "points_beyond") if not result.stops.empty]
    return Figure(
        title=TITLE.text(lang),
        shown=_SHOWN.text(lang),
        areas=unit_areas(result, shared, result.units.set_index("unit")["status"]),
        marks=[Marks(layer, map_layers.points(result, lang))],
        legend=network_legend(result, lang),
        values=criteria(
            result, *shown, "area_share_existing", "area_share_planned", "municipalities_none"
        ),
        gaps=map_layers.gaps(result, lang),
        labels=_numbers(result),
    )


def _numbers(result: Result) -> list[Json]:
    """Write the number of each access gap beside its point."""
    columns = result.gaps_access[["rank", "lat", "lon"]]
    return [
        {"text": number(result.lang, rank), "at": [lat, lon]}
        for rank, lat, lon in columns.itertuples(index=False)
    ]
