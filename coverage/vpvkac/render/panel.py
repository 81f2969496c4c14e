"""The panel beside every map: title, layout, stop set, threshold, dates, legend, sources.

The legend names a form and a fill by the same codes as the map itself, and
the page's script draws both, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from vpvkac.render.frame import about
from vpvkac.render.frame import shown as typeset
from vpvkac.render.map_page import PageMap, Part, resource, to_json
from vpvkac.texts import words
from vpvkac.views.page import About

if TYPE_CHECKING:
    from vpvkac.render.needs import Described
    from vpvkac.texts.message import Lang, Text

_SCRIPTS = ("marks.js", "labels.js", "cards.js", "sheet.js")


@dataclass(frozen=True)
class Entry:
    """One line of a legend: what is drawn, what it means, and how many there are.

    Parameters
    ----------
    label, count
        Texts; `count` may be empty.
    fill, line
        Code of an area's fill (``FILLS`` in ``marks.js``) or of a line (``panel.css``).
    mark
        A mark as the map draws it, as JSON.
    """

    label: str
    count: str = ""
    fill: str = ""
    mark: str = ""
    line: str = ""


@dataclass(frozen=True)
class Group:
    """Entries of a legend that belong together."""

    heading: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Layer:
    """What can be switched on and off."""

    code: str
    label: str
    on: bool = True


@dataclass(frozen=True)
class Way:
    """A link to another page of the run; `here` marks the page itself."""

    href: str
    text: str
    here: bool = False


def add_panel(
    map_: PageMap,
    template: str,
    result: Described | About,
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


def marked(label: str, count: str = "", **drawn: Any) -> Entry:
    """Make a legend's entry of a mark, drawn as a feature with these properties is."""
    return Entry(label, count, mark=to_json(drawn))


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(resource),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=typeset,
    )
