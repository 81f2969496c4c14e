"""The panel beside every map: title, layout, stop set, threshold, dates, legend, sources.

The legend names a form and a fill by the same codes as the map itself, and
the page's script draws both, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from vpvkac.render.frame import about
from vpvkac.render.frame import shown as typeset
from vpvkac.render.map_page import PageMap, Part, resource, to_json
from vpvkac.texts import words
from vpvkac.views.maps import Entry
from vpvkac.views.page import About

if TYPE_CHECKING:
    from vpvkac.analysis.result import Network
    from vpvkac.texts.message import Lang, Text

_SCRIPTS = ("marks.js", "labels.js", "cards.js", "sheet.js")


def add_panel(
    map_: PageMap,
    template: str,
    result: Network | About,
    lang: Lang,
    *,
    data: Mapping[str, object],
    **context: object,
) -> None:
    """Put a panel on the page of a map, and the script that draws the map from `data`.

    Parameters
    ----------
    template
        Kind of page, "explorer" or "figure": template, style and script of
        this name stand beside this module, the script's function is the name.
    result
        Gives the project's title, facts and sources; or these as they are.
    data
        What the script draws; texts unescaped.
    context
        What the template names, texts in the page's language.
    """
    told = result if isinstance(result, About) else about(result, lang)
    usual = [words.LIMITS.text(lang)] + [words.SAMPLE.text(lang)] * told.synthetic
    frame: dict[str, object] = {
        "words": map_words(lang),
        "synthetic": words.SYNTHETIC.text(lang) if told.synthetic else "",
        "title": told.title or words.NETWORK.text(lang),
        "facts": told.facts,
        "sources": told.sources,
        "notes": usual,
        # `to_json` has made it safe inside a script element, where entities are not read.
        "data": Markup(to_json(data)),  # noqa: S704
    }
    shown = {**frame, **context}
    shown["written_out"] = "; ".join(words.abbreviations(lang, str(shown)))
    Part(
        map_,
        style=resource("panel.css") + resource(f"{template}.css"),
        markup=_environment().get_template(f"{template}.html").render(shown),
        script="\n".join(resource(name) for name in (*_SCRIPTS, f"{template}.js")),
        call=template,
    )


def map_words(lang: Lang) -> dict[str, str]:
    """Give the words that the panel and the scripts name."""
    return {key: text.text(lang) for key, text in (words.MAP | {"sources": words.SOURCES}).items()}


def coded(texts: Mapping[str, Text], lang: Lang) -> dict[str, str]:
    """Give the words for codes."""
    return {code: text.text(lang) for code, text in texts.items()}


def border_entry(lang: Lang) -> Entry:
    """Explain the bold lines."""
    return Entry(words.MAP["border"].text(lang), line="border")


def marked(label: str, count: str = "", **drawn: Any) -> Entry:
    """Make a legend's entry of a mark, drawn as a feature with these properties is."""
    return Entry(label, count, mark=drawn)


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
