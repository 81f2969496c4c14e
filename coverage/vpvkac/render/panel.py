"""The panel beside every map: title, layout, stop set, threshold, dates, legend, sources.

The legend names a form and a fill by the same codes as the map itself, and
the page's script draws both, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import jinja2
from markupsafe import Markup

from vpvkac.render import symbols
from vpvkac.render.base_layers import BaseLayers
from vpvkac.render.frame import shown as typeset
from vpvkac.render.map_page import PageMap, Part, resource, to_json
from vpvkac.texts import words
from vpvkac.texts.message import Lang, Text
from vpvkac.views.maps import Entry, Layer, NavLink, Sheet
from vpvkac.views.page import About

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
        script="\n".join([f"const SYMBOLS = {to_json(symbols.for_script())};", *scripts]),
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
