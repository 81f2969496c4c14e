"""What a figure is made of, and how it becomes a page with the explorer's look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vpvkac.questions.coverage import map_layers
from vpvkac.render import geojson
from vpvkac.render.base_layers import BaseLayers
from vpvkac.render.map_page import PageMap, render
from vpvkac.render.panel import add_panel, coded, map_words
from vpvkac.texts import words
from vpvkac.texts.formats import NBSP
from vpvkac.views import cards, quantities
from vpvkac.views.maps import Group, Json, Layer, NavLink

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang

_HOME = "../"


@dataclass(frozen=True)
class DescribedBase:
    """What the figures share: the base layers, and the layer of units with what is said of each."""

    base: BaseLayers
    units: Json

    @classmethod
    def of(cls, result: Result) -> DescribedBase:
        """Say of each unit what the explorer says, once for all figures."""
        base = BaseLayers.of(result.units)
        return cls(base, map_layers.units(result, base, result.lang))


@dataclass(frozen=True)
class Marks:
    """A layer of points.

    Parameters
    ----------
    layer
        What can be switched on and off.
    points
        Features, drawn and described as the explorer's.
    look
        What is drawn otherwise than on the explorer: `tone` (``TONES`` in
        ``marks.js``) in place of the colour of reach, `grow` in size.
    """

    layer: Layer
    points: Json
    look: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Listed:
    """A short list beside the map; what does not fit is in the gap list."""

    heading: str
    rows: Sequence[Row]
    more: NavLink | None = None


@dataclass(frozen=True)
class Row:
    """One line of a short list: a name that leads to the explorer, and what is said of it."""

    text: str
    said: str
    href: str


@dataclass(frozen=True)
class Figure:
    """One map.

    Parameters
    ----------
    title, shown
        Heading, and a sentence on what is shown.
    areas
        Polygons with `fill`, `name`, `where`, `rows` and a `unit` or `municipality` to lead to.
    marks
        Layers of points, the last on top.
    legend
        What is drawn and how many there are.
    values
        Key figures, label and value.
    listed
        A short list beside the map.
    gaps
        Lines and circles of access gaps.
    labels
        Texts that stand at a place whatever else does: `text`, `at`.
    counts
        Municipality → number written beside its name.
    """

    title: str
    shown: str
    areas: Json
    legend: Sequence[Group]
    marks: Sequence[Marks] = ()
    values: Sequence[tuple[str, str]] = ()
    listed: Listed | None = None
    gaps: Json | None = None
    labels: Sequence[Json] = ()
    counts: dict[str, str] = field(default_factory=dict)


def figure_page(
    figure: Figure, file: str, ways: Sequence[NavLink], base: DescribedBase, result: Result
) -> str:
    """Render a figure as one page that needs no network.

    Parameters
    ----------
    file
        Its name under ``maps/``.
    ways
        All figures of the run, to lead from each to the others.
    """
    lang = result.lang
    map_ = PageMap(lang)
    data = {
        "areas": figure.areas,
        "borders": base.base.borders,
        "names": _named(base.base.names, figure.counts),
        "units": _unit_names(figure.areas),
        "marks": [marks.points | {"look": marks.look} for marks in figure.marks],
        "codes": [marks.layer.code for marks in figure.marks],
        "gaps": figure.gaps,
        "labels": figure.labels,
        "words": map_words(lang),
        "hosts": coded(words.HOSTS, lang),
        "home": _HOME,
    }
    switched = [marks.layer for marks in figure.marks]
    add_panel(
        map_,
        "figure",
        result,
        lang,
        data=data,
        title=figure.title,
        shown=figure.shown,
        values=figure.values,
        legend=figure.legend,
        layers=[*switched, Layer("names", words.MAP["names"].text(lang))],
        listed=figure.listed,
        pages=_pages(ways, file, lang),
    )
    project = result.title or words.NETWORK.text(lang)
    return render(map_, title=f"{figure.title} – {project}", lang=lang)


def unit_areas(result: Result, base: DescribedBase, fills: pd.Series) -> Json:
    """Make the polygons of units, each with its fill and what the explorer says of it.

    Parameters
    ----------
    fills
        Code of the fill, on the index `unit`.
    """
    return base.units | {
        "features": [
            feature | {"properties": _unit_said(feature["properties"], fills, result.lang)}
            for feature in base.units["features"]
        ]
    }


def _unit_said(described: Json, fills: pd.Series, lang: Lang) -> Json:
    said = described.copy()
    rows = [("population", said.pop("population", "")), ("area", said.pop("area", ""))]
    said["rows"] = [[words.MAP[key].text(lang), text] for key, text in rows if text]
    kind, of = said.pop("kind"), said.pop("municipality")
    said["where"] = kind if of == said["name"] else f"{kind}, {of}"
    said["fill"] = fills[said["unit"]]
    return said


def place_marks(result: Result, places: pd.DataFrame, layer: Layer, **look: Any) -> Marks:
    """Make marks of places; `places` has the columns of places.csv, `status` as it is drawn."""
    said = cards.of_points(result, places, result.lang)
    return Marks(layer, geojson.points(places, said), look)


def criteria(result: Result, *codes: str) -> list[tuple[str, str]]:
    """Give label and value of criteria, as summary.csv has them."""
    first = result.summary.drop_duplicates("criterion")
    by_code = {row["criterion"]: row for row in first.to_dict("records")}
    return [
        (
            words.criterion(result.lang, code, result.threshold_m).replace(" %", NBSP + "%"),
            quantities.criterion(result.lang, by_code[code]),
        )
        for code in codes
    ]


def of_host(tone: str) -> Json:
    """Give the look of marks that tell a kind of host and nothing about reach."""
    return {"tone": tone, "reach": "", "uncertain": False}


def to_unit(unit: str) -> str:
    """Lead to a unit on the explorer; `unit` is a code, never a name."""
    return f"{_HOME}map.html#unit={unit}"


def _named(names: Sequence[Json], counts: dict[str, str]) -> list[Json]:
    return [name | {"count": counts.get(name["municipality"], "")} for name in names]


def _unit_names(areas: Json) -> list[Json]:
    """Give the units' names and where to write them, where the areas are units."""
    said = [feature["properties"] for feature in areas["features"]]
    return [{"name": one["name"], "at": one["at"]} for one in said if "unit" in one]


def _pages(ways: Sequence[NavLink], file: str, lang: Lang) -> list[NavLink]:
    figures = [NavLink(way.href, way.text, here=way.href == file) for way in ways]
    return [
        NavLink(f"{_HOME}map.html", words.MAP["explorer"].text(lang)),
        NavLink(f"{_HOME}gaps.html", words.MAP["gap_tables"].text(lang)),
        *figures,
    ]
