"""One map and its panel as one HTML file that needs no network and has the same bytes every time.

folium links to Leaflet, Bootstrap, jQuery and fonts on the web, and names its elements at random.
`PageMap` carries Leaflet inside and links to nothing; `render` counts the elements instead.  A
content security policy in the page forbids every request, whatever a name in the data may hold.
The legend names a form and a fill by the same codes as the map, and one script draws both.

Tables become GeoJSON, rounded for display only.  Every text from the data stands in a property of
a feature, unescaped; the page puts it on the screen as text, never as markup.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import Element, Figure
from folium.template import Template
from markupsafe import Markup

from vpvkac.geo.geodesy import CRS
from vpvkac.render import frame, navigation
from vpvkac.render.frame import resource, to_json
from vpvkac.render.symbols import for_script, for_style
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import square_kilometres
from vpvkac.texts.message import Lang, Text
from vpvkac.views.maps import Entry, Json, Layer, NavLink, Sheet
from vpvkac.views.page import About

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from vpvkac.texts.message import Lang


DEGREES = "EPSG:4326"
# About 1 m and 0.1 m: finer than the borders (generalised to 0.7 km) and than any position.
BORDER_DECIMALS = 5
POINT_DECIMALS = 6


def collection(features: Iterable[Json]) -> Json:
    """Make one layer of features."""
    return {"type": "FeatureCollection", "features": list(features)}


def points(frame: pd.DataFrame, properties: Iterable[Mapping[str, Any]]) -> Json:
    """Make points at `lat` and `lon`, degrees, with what is properties of each."""
    pairs = frame[["lon", "lat"]].to_numpy(float).round(POINT_DECIMALS).tolist()
    places = [{"type": "Point", "coordinates": pair} for pair in pairs]
    return _layer(places, properties)


def projected(
    frame: gpd.GeoDataFrame | gpd.GeoSeries, properties: Iterable[Mapping[str, Any]]
) -> Json:
    """Make areas or lines of a frame in any CRS, with what is properties of each."""
    return shapes(frame.geometry.to_crs(DEGREES).to_numpy(), properties, BORDER_DECIMALS)


def shapes(
    geometries: Sequence[shapely.Geometry] | NDArray[np.object_],
    properties: Iterable[Mapping[str, Any]] | None = None,
    decimals: int = POINT_DECIMALS,
) -> Json:
    """Make shapes in degrees, rounded, with what is properties of each, if anything."""
    rounded = shapely.transform(np.asarray(geometries, object), lambda xy: xy.round(decimals))
    texts = [{} for _ in rounded] if properties is None else properties
    return _layer(map(json.loads, shapely.to_geojson(rounded)), texts)


def _layer(geometries: Iterable[Json], properties: Iterable[Mapping[str, Any]]) -> Json:
    return collection(
        {"type": "Feature", "geometry": geometry, "properties": texts}
        for geometry, texts in zip(geometries, properties, strict=True)
    )


# coverage_simplify cuts corners whose triangle is smaller than this squared, metres.
_TOLERANCE = 120
# Kinds that make a municipality of their own.
_CITIES = ("state_city", "republic_city")


@dataclass(frozen=True)
class BaseLayers:
    """The territory as all maps of a run draw it, made once: simplified polygons, EPSG:3059."""

    units: gpd.GeoDataFrame
    # Their code is their index.
    municipalities: gpd.GeoDataFrame
    # Borders of the municipalities, each drawn once.
    borders: Json
    # The municipalities' names and where to write them, cities first, then the largest.
    names: list[Json]

    @classmethod
    def of(cls, units: gpd.GeoDataFrame) -> BaseLayers:
        """Simplify units (EPSG:3059) so that neighbours still share borders, and join them."""
        simple = shapely.coverage_simplify(units.geometry.to_numpy(), _TOLERANCE)
        drawn = units.set_geometry(gpd.GeoSeries(simple, index=units.index, crs=units.crs))
        whole = drawn.dissolve("municipality", method="coverage")
        outlines = shapely.line_merge(shapely.union_all(whole.boundary.to_numpy()))
        borders = projected(gpd.GeoSeries([outlines], crs=CRS), [{}])
        cities = whole["kind"].isin(_CITIES) & (whole["unit_name"] == whole["municipality_name"])
        frame = whole.assign(city=cities, area=whole.area)
        frame = frame.sort_values(["city", "area"], ascending=False, kind="stable")
        columns = frame.index, frame["municipality_name"], frame["city"], label_points(frame)
        names = [
            {"municipality": code, "name": name, "city": bool(city), "at": at}
            for code, name, city, at in zip(*columns, strict=True)
        ]
        return cls(drawn, whole, borders, names)

    @cached_property
    def _areas(self) -> list[tuple[int, Json, list[float]]]:
        """Give number, polygon and place of the name of every unit, by the Latvian alphabet."""
        drawn = projected(self.units, [{}] * len(self.units))["features"]
        labels = label_points(self.units)
        return [(row, drawn[row]["geometry"], labels[row]) for row in by_name(self.units)]

    def unit_areas(self, properties: Sequence[Json]) -> Json:
        """Make the polygons of the units, by name, of properties in the order of `units`."""
        return _layer(
            (geometry for _, geometry, _ in self._areas),
            (properties[row] | {"at": at} for row, _, at in self._areas),
        )


def label_points(frame: gpd.GeoDataFrame) -> list[list[float]]:
    """Find where a name has most room, latitude and longitude in degrees.

    That is the middle of the largest circle inside each polygon.
    """
    radii = shapely.maximum_inscribed_circle(frame.geometry.to_numpy(), tolerance=200)
    middles = gpd.GeoSeries(shapely.get_point(radii, 0), crs=CRS).to_crs(DEGREES)
    pairs = np.column_stack([middles.y, middles.x]).round(BORDER_DECIMALS)
    return [[float(lat), float(lon)] for lat, lon in pairs]


def by_name(units: pd.DataFrame) -> list[int]:
    """Order the rows by `unit_name`, as the Latvian alphabet has it."""
    names = units["unit_name"].tolist()
    return sorted(range(len(names)), key=lambda row: collation_key(names[row]))


def municipality_areas(
    base: BaseLayers,
    table: pd.DataFrame,
    card: Callable[[Any], Iterable[tuple[str, str]]],
) -> Json:
    """Make the polygons of municipalities of a row each, as in municipalities.csv, with `fill`.

    `card` gives the rows of the card, for such a row.
    """
    by_code = table.set_index("municipality", drop=False)
    rows = [by_code.loc[code] for code in base.municipalities.index]
    properties = [
        {
            "municipality": row["municipality"],
            "name": row["municipality_name"],
            "fill": row["fill"],
            "rows": [[label, text] for label, text in card(row)],
        }
        for row in rows
    ]
    return projected(base.municipalities, properties)


def plain_areas(base: BaseLayers, table: pd.DataFrame, lang: Lang) -> Json:
    """Make the municipalities as mere ground, with what they are in the card."""
    area = words.MAP["area"].text(lang)
    return municipality_areas(
        base,
        table.assign(fill="plain"),
        lambda row: [(area, square_kilometres(lang, row["area_km2"]))],
    )


_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
# Internet Explorer's vector language; the address looks like a request to other browsers.
_VML = re.compile(r"\s*behavior: url\(#default#VML\);")
_PICTURE = re.compile(r"url\(images/([\w.-]+\.png)\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+\s*$")


class Verbatim(Element):
    """Text put into a page as it is.

    branca reads the text of an `Element` as a template once more, so that a name with ``{{`` in it
    would be run.
    """

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Verbatim"
        self.text = text


class PageFigure(Figure):
    """The page around a map: language, title, policy, style in the head, script in the body."""

    def __init__(self, lang: Lang) -> None:
        super().__init__(height="640px", title="")
        self._template = Template(resource("map_page.html"))
        self.lang = lang
        self.policy = _POLICY

    def render(self, **kwargs: Any) -> str:
        """Render the page afresh: its children put their pieces into it each time."""
        self.header, self.html, self.script = Element(), Element(), Element()
        for place in (self.header, self.html, self.script):
            place._parent = self  # noqa: SLF001 - as branca's own figure does
        style, script = _leaflet()
        for sheet in (style, for_style(dark=True) + resource("page.css") + resource("nav.css")):
            self.header.add_child(Verbatim(f"<style>{sheet}</style>"))
        self.header.add_child(Verbatim(f"<script>{script}</script>"))
        return str(super().render(**kwargs))


class PageMap(folium.Map):
    """A folium map without base map or links, drawn on canvas, in a page of its own."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}<main class="map" id="{{ this.get_name() }}"></main>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.map("{{ this.get_name() }}", {
            center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }}
        });
        {% endmacro %}
        """
    )
    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own way to say so
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, lang: Lang) -> None:
        super().__init__(
            tiles=None,
            prefer_canvas=True,
            zoom_control=False,
            zoom_snap=0.1,
            zoom_delta=1,
            attribution_control=False,
        )
        self.page = PageFigure(lang)
        self.page.add_child(self)


class Part(Element):
    """A part of a page, put in as it is; the function `call` of its script is given the map."""

    def __init__(self, map_: PageMap, *, style: str, markup: str, script: str, call: str) -> None:
        super().__init__()
        self._name = "Part"
        self.map_, self.call = map_, call
        self.style, self.markup, self.script = style, markup, script
        map_.add_child(self)

    def render(self, **_kwargs: Any) -> str:
        """Put the pieces where they belong in the page."""
        page = self.map_.page
        page.header.add_child(Verbatim(f"<style>{self.style}</style>"))
        page.html.add_child(Verbatim(self.markup))
        page.script.add_child(Verbatim(f"{self.script}\n{self.call}({self.map_.get_name()});"))
        return ""


def render(map_: PageMap, *, title: str, lang: Lang) -> str:
    """Render a map as one HTML page with a plain title: the same text in every process."""
    map_.page.title = title
    map_.page.lang = lang
    for count, element in enumerate(_tree(map_)):
        element._id = str(count)  # noqa: SLF001 - else names come from os.urandom
    return map_.page.render()


@cache
def _leaflet() -> tuple[str, str]:
    """Give Leaflet's style sheet, its pictures as data URIs, and its script without source map.

    Its licence goes with it into each page, as it demands.
    """
    leaflet = files("xstatic.pkg.leaflet.data")

    def as_data_uri(picture: re.Match[str]) -> str:
        data = base64.b64encode(leaflet.joinpath(f"images/{picture[1]}").read_bytes())
        return f"url(data:image/png;base64,{data.decode('ascii')})"

    style, script = (
        leaflet.joinpath(name).read_text(encoding="utf-8") for name in ("leaflet.css", "leaflet.js")
    )
    script = f"/*\n{resource('leaflet_licence.txt')}*/\n{_SOURCE_MAP.sub('', script)}"
    return _PICTURE.sub(as_data_uri, _VML.sub("", style)), script


def _tree(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():  # noqa: SLF001 - branca has no public way down
        yield from _tree(child)


_SCRIPTS = ("marks.js", "labels.js", "cards.js", "picture.js", "sheet.js")


class Telling(NamedTuple):
    """What a page tells in one language: its job, its data, and what its template names."""

    about: About
    data: Json
    context: Mapping[str, object]


def draw_map(
    template: str,
    about: About,
    *,
    data: Json,
    scripts: Sequence[str] = (),
    other: Telling | None = None,
    **context: object,
) -> PageMap:
    """Make a map with its panel, and the script that draws it from `data`, texts unescaped.

    A kind of page (explorer, figure, walk, site) has a template, a style and a script of its name
    among the templates, and `scripts` of its own; the script's function is the name.  The context
    is what the template names, in the page's language; it may give another title than `about`.
    `other` is the same in another language, kept aside with only what differs in its data.
    """
    markup = _panel(template, Telling(about, data, context))
    if other is not None:
        aside = _panel(template, other._replace(data=_differing(data, other.data)))
        markup += f'<template id="other" data-lang="{other.about.lang}">{aside}</template>'
    code = [resource(name) for name in (*_SCRIPTS, *scripts, f"{template}.js")]
    map_ = PageMap(about.lang)
    Part(
        map_,
        style=resource("panel.css") + resource(f"{template}.css"),
        markup=markup,
        script="\n".join([f"const SYMBOLS = {to_json(for_script())};", *code]),
        call=template,
    )
    return map_


def _panel(template: str, telling: Telling) -> str:
    about, data, context = telling
    lang = about.lang
    panel: dict[str, object] = {
        "words": map_words(lang),
        "room": navigation.ROOM,
        "title": about.title or words.NETWORK.text(lang),
        **frame.of_job(about),
        # `to_json` has made it safe inside a script element, where entities are not read.
        "data": Markup(to_json(data)),  # noqa: S704
        **context,
    }
    panel |= words.written_out(lang, str(panel))._asdict()
    return frame.template(f"{template}.html").render(panel).removesuffix("\n")


def _differing(one: Any, other: Any) -> Any:
    """Give what is not the same in the other, of mappings and of lists of one length by place."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        one, other = dict(enumerate(one)), dict(enumerate(other))
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {
        key: _differing(one.get(key), value)
        for key, value in other.items()
        if one.get(key) != value
    }


def draw_sheet(
    sheet: Sheet, base: BaseLayers, about: About, *, pages: Sequence[NavLink], home: str | None
) -> PageMap:
    """Make a map of areas and marks.

    `pages` are links to others; `home` is the way to the run's folder, where the explorer stands,
    None where there is none.
    """
    lang = about.lang
    areas = [feature["properties"] for feature in sheet.areas["features"]]
    data = {
        "areas": sheet.areas,
        "borders": base.borders,
        "names": [
            name | {"count": sheet.counts.get(name["municipality"], "")} for name in base.names
        ],
        # Units are written by name near by; municipalities stand among `names`.
        "units": [{"name": area["name"], "at": area["at"]} for area in areas if "at" in area],
        "marks": [marks.points | {"look": marks.look} for marks in sheet.marks],
        "codes": [marks.layer.code for marks in sheet.marks],
        **sheet.lines,
        "labels": sheet.labels,
        "words": map_words(lang),
        "hosts": coded(words.HOSTS, lang),
        "home": home,
    }
    layers = [marks.layer for marks in sheet.marks]
    return draw_map(
        "figure",
        about,
        data=data,
        title=sheet.title,
        shown=sheet.shown,
        values=sheet.values,
        legend=sheet.legend,
        closer=any(marks.look.get("near") for marks in sheet.marks),
        layers=[*layers, Layer("names", words.MAP["names"].text(lang))],
        listed=sheet.listed,
        pages=pages,
    )


def map_words(lang: Lang) -> dict[str, str]:
    """Give the words that the panel and the scripts name."""
    own = {"sources": words.SOURCES, "threshold": words.THRESHOLD, "folder": words.PAGES}
    return coded(words.MAP | own, lang)


def coded(texts: Mapping[str, Text], lang: Lang) -> dict[str, str]:
    """Give the words for codes."""
    return {code: text.text(lang) for code, text in texts.items()}


def border_entry(lang: Lang) -> Entry:
    """Explain the bold lines."""
    return Entry(words.MAP["border"].text(lang), line="border")
