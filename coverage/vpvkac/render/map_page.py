"""One map and its panel as one HTML file that needs no network and has the same bytes every time.

folium links to Leaflet, Bootstrap, jQuery and fonts on the web, and names its elements at random.
`PageMap` carries Leaflet inside and links to nothing; `render` counts the elements instead.  A
content security policy in the page forbids every request, whatever a name in the data may hold.
The legend names a form and a fill by the same codes as the map, and one script draws both.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import folium
import jinja2
from branca.element import Element, Figure
from folium.template import Template
from markupsafe import Markup

from vpvkac.render.frame import shown as typeset
from vpvkac.render.geojson import BaseLayers
from vpvkac.render.symbols import for_script
from vpvkac.texts import words
from vpvkac.texts.message import Lang, Text
from vpvkac.views.maps import Entry, Layer, NavLink, Sheet
from vpvkac.views.page import About

if TYPE_CHECKING:
    from vpvkac.texts.message import Lang


_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
# U+2028 and U+2029 end a line in older JavaScript; `<`, `>` and `&` could end or open a tag.
_ESCAPED = "<>&'\u2028\u2029"
# Internet Explorer's vector language; the address looks like a request to other browsers.
_VML = re.compile(r"\s*behavior: url\(#default#VML\);")
_PICTURE = re.compile(r"url\(images/([\w.-]+\.png)\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+\s*$")


class Verbatim(Element):
    """Text put into a page as it is.

    branca reads the text of an `Element` as a template once more, so that a
    name with ``{{`` in it would be run.
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
        for piece in (f"<style>{style}</style>", f"<style>{resource('page.css')}</style>"):
            self.header.add_child(Verbatim(piece))
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
    """A part of a page: style, markup and script, each put in as it is.

    Parameters
    ----------
    map_
        The map it stands on.
    style, markup, script
        Pieces of the page.
    call
        A function of the script, called with the map.
    """

    def __init__(self, map_: PageMap, *, style: str, markup: str, script: str, call: str) -> None:
        super().__init__()
        self._name = "Part"
        self.map_ = map_
        self.style = style
        self.markup = markup
        self.script = script
        self.call = call
        map_.add_child(self)

    def render(self, **_kwargs: Any) -> str:
        """Put the pieces where they belong in the page."""
        page = self.map_.page
        page.header.add_child(Verbatim(f"<style>{self.style}</style>"))
        page.html.add_child(Verbatim(self.markup))
        page.script.add_child(Verbatim(f"{self.script}\n{self.call}({self.map_.get_name()});"))
        return ""


def render(map_: PageMap, *, title: str, lang: Lang) -> str:
    """Render a map as one HTML page.

    Parameters
    ----------
    map_
        The map with everything on it.
    title
        Title of the page, as plain text.
    lang
        Language of the page.

    Returns
    -------
    page
        The text of the file; the same map gives the same text in every process.
    """
    map_.page.title = title
    map_.page.lang = lang
    for count, element in enumerate(_tree(map_)):
        element._id = str(count)  # noqa: SLF001 - else names come from os.urandom
    return map_.page.render()


def to_json(value: object) -> str:
    """Write JSON that can stand inside a script element, whatever the texts in it hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in _ESCAPED:
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def resource(name: str) -> str:
    """Give the text of a file that stands beside this module."""
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


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
    """Make a map with its panel, and the script that draws it from `data`.

    Parameters
    ----------
    template
        Kind of page: explorer, figure, walk or site.  A template, style and script of
        this name stand among the templates; the script's function is the name.
    about
        Language, title, facts and sources; `context` may give another title.
    data
        What the script draws; texts unescaped.
    context
        What the template names, texts in the page's language.
    """
    lang = about.lang
    frame: dict[str, object] = {
        "words": map_words(lang),
        "synthetic": words.SYNTHETIC.text(lang) if about.synthetic else "",
        "title": about.title or words.NETWORK.text(lang),
        "facts": about.facts,
        "sources": about.sources,
        "notes": [words.LIMITS.text(lang)] + [words.SAMPLE.text(lang)] * about.synthetic,
        # `to_json` has made it safe inside a script element, where entities are not read.
        "data": Markup(to_json(data)),  # noqa: S704
    }
    shown = {**frame, **context}
    shown["written_out"] = "; ".join(words.abbreviations(lang, str(shown)))
    scripts = [resource(name) for name in (*_SCRIPTS, f"{template}.js")]
    map_ = PageMap(lang)
    Part(
        map_,
        style=resource("panel.css") + resource(f"{template}.css"),
        markup=_environment().get_template(f"{template}.html").render(shown),
        script="\n".join([f"const SYMBOLS = {to_json(for_script())};", *scripts]),
        call=template,
    )
    return map_


def draw_sheet(
    sheet: Sheet, base: BaseLayers, about: About, *, pages: Sequence[NavLink], home: str | None
) -> PageMap:
    """Make a map of areas and marks.

    Parameters
    ----------
    pages
        Links to other pages.
    home
        Way to the run's folder, where the explorer stands; None where there is none.
    """
    lang = about.lang
    told = [feature["properties"] for feature in sheet.areas["features"]]
    data = {
        "areas": sheet.areas,
        "borders": base.borders,
        "names": [
            name | {"count": sheet.counts.get(name["municipality"], "")} for name in base.names
        ],
        # Units are written by name near by; municipalities stand among `names`.
        "units": [{"name": one["name"], "at": one["at"]} for one in told if "at" in one],
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


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(resource),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=typeset,
    )
    environment.filters["as_json"] = to_json
    return environment
