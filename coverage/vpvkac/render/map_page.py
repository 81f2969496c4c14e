"""One map and its panel as one HTML file that needs no network and has the same bytes every time.

folium links to Leaflet, Bootstrap, jQuery and fonts on the web, and names its elements at random.
`PageMap` carries Leaflet inside and links to nothing; `render` counts the elements instead.  A
content security policy in the page forbids every request, whatever a name in the data may hold.
The legend names a form and a fill by the same codes as the map, and one script draws both.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import folium
from branca.element import Element, Figure
from folium.template import Template
from markupsafe import Markup

from vpvkac.render import frame
from vpvkac.render.frame import resource, to_json
from vpvkac.render.geojson import BaseLayers
from vpvkac.render.symbols import for_script, for_style
from vpvkac.texts import words
from vpvkac.texts.message import Lang, Text
from vpvkac.views.maps import Entry, Layer, NavLink, Sheet
from vpvkac.views.page import About

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
        for sheet in (style, for_style() + resource("page.css")):
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
    """Give Leaflet's style sheet, its pictures as data URIs, and its script without source map."""
    leaflet = files("xstatic.pkg.leaflet.data")

    def as_data_uri(picture: re.Match[str]) -> str:
        data = base64.b64encode(leaflet.joinpath(f"images/{picture[1]}").read_bytes())
        return f"url(data:image/png;base64,{data.decode('ascii')})"

    style, script = (
        leaflet.joinpath(name).read_text(encoding="utf-8") for name in ("leaflet.css", "leaflet.js")
    )
    return _PICTURE.sub(as_data_uri, _VML.sub("", style)), _SOURCE_MAP.sub("", script)


def _tree(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():  # noqa: SLF001 - branca has no public way down
        yield from _tree(child)


_SCRIPTS = ("marks.js", "labels.js", "cards.js", "sheet.js")


def draw_map(
    template: str, about: About, *, data: Mapping[str, object], **context: object
) -> PageMap:
    """Make a map with its panel, and the script that draws it from `data`, texts unescaped.

    A kind of page (explorer, figure, walk, site) has a template, a style and a script of its name
    among the templates; the script's function is the name.  The context is what the template
    names, in the page's language; it may give another title than that of `about`.
    """
    lang = about.lang
    panel: dict[str, object] = {
        "words": map_words(lang),
        "title": about.title or words.NETWORK.text(lang),
        **frame.of_job(about),
        # `to_json` has made it safe inside a script element, where entities are not read.
        "data": Markup(to_json(data)),  # noqa: S704
        **context,
    }
    panel["written_out"] = "; ".join(words.abbreviations(lang, str(panel)))
    scripts = [resource(name) for name in (*_SCRIPTS, f"{template}.js")]
    map_ = PageMap(lang)
    Part(
        map_,
        style=resource("panel.css") + resource(f"{template}.css"),
        markup=frame.template(f"{template}.html").render(panel).removesuffix("\n"),
        script="\n".join([f"const SYMBOLS = {to_json(for_script())};", *scripts]),
        call=template,
    )
    return map_


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
        layers=[*layers, Layer("names", words.MAP["names"].text(lang))],
        listed=sheet.listed,
        pages=pages,
    )


def map_words(lang: Lang) -> dict[str, str]:
    """Give the words that the panel and the scripts name."""
    return coded(words.MAP | {"sources": words.SOURCES}, lang)


def coded(texts: Mapping[str, Text], lang: Lang) -> dict[str, str]:
    """Give the words for codes."""
    return {code: text.text(lang) for code, text in texts.items()}


def border_entry(lang: Lang) -> Entry:
    """Explain the bold lines."""
    return Entry(words.MAP["border"].text(lang), line="border")
