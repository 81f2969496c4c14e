"""The frame of every page without a map: one look, one language, no script, no request.

To make a page, write a template beside this module and call `render`::

    {# gaps.html #}
    {% extends "base.html" %}
    {% import "parts.html" as parts %}
    {% block main %}
    <section aria-labelledby="access">
      <h2 id="access">{{ heading }}</h2>
      {{ parts.table(gaps) }}
    </section>
    {{ parts.section(clusters) }}
    {% endblock %}

    page = Page(title, "gaps.html", style=("gaps.css",), here="gaps.html")
    context = {"heading": …, "gaps": Table(…), "clusters": Section(…)}
    text = render(page, context, about(result, lang))

The base template gives the head, the mark of a synthetic sample, the title
with layout, stop set, threshold and dates, the links to the other pages of
the run, and at the foot the sources and limits (block ``sources``, which a
page may replace).  The project's title and the facts come from the result.

Everything put into a template is plain text, escaped once by Jinja;
`Markup` is for what the program itself has drawn, such as a chart, never for
what came from data.  A missing name in a template is an error.  The pages
hold no script, and a content security policy forbids any, and every request.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from vpvkac.texts import words
from vpvkac.texts.formats import typographic
from vpvkac.texts.message import Lang, Message
from vpvkac.views.page import About, Page

if TYPE_CHECKING:
    import jinja2


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_SKIP = Message("Skip to the content")
_OTHER_PAGES = Message("Other pages")
# The pages of a run, from its folder.
_PAGES = {
    "map.html": Message("Map"),
    "report.html": Message("Report"),
    "gaps.html": Message("Gap lists"),
    "municipalities/index.html": Message("Municipality pages"),
}


def render(page: Page, context: Mapping[str, object], about: About) -> str:
    """Render a page as one HTML file.

    Parameters
    ----------
    page
        Title, template and style.
    context
        What the template names; texts in the language of `about`.
    about
        Language, the project's title, facts and sources (`about`).

    Returns
    -------
    text
        The file; the same result gives the same text.
    """
    lang = about.lang
    frame = {
        "lang": lang,
        "policy": _POLICY,
        "style": "\n".join(_resource(name) for name in ("frame.css", *page.style)),
        "page_title": page.title,
        "project_title": about.title or words.NETWORK.text(lang),
        "synthetic": words.SYNTHETIC.text(lang) if about.synthetic else "",
        "skip": _SKIP.text(lang),
        "other_pages": _OTHER_PAGES.text(lang),
        "links": _links(page, lang),
        "facts": about.facts,
        "sources_heading": words.SOURCES.text(lang),
        "sources": about.sources,
        "notes": [words.LIMITS.text(lang)] + [words.SAMPLE.text(lang)] * about.synthetic,
    }
    # Every text of the page, but not its style sheets.
    held = str({**frame, **context, "style": ""})
    frame["abbreviations"] = words.abbreviations(lang, held)
    return template(page.template).render({**frame, **context})


def template(name: str) -> jinja2.Template:
    """Give a template that stands beside this module; what is put into it is escaped."""
    return _environment().get_template(name)


def _links(page: Page, lang: Lang) -> list[dict[str, object]]:
    if page.home is None:
        return []
    return [
        {"text": text.text(lang), "href": page.home + file, "here": file == page.here}
        for file, text in _PAGES.items()
    ]


def shown(value: object) -> object:
    """Put one kind of quotation marks into what a template prints; code is given as `Markup`."""
    return typographic(value) if type(value) is str else value


@cache
def _environment() -> jinja2.Environment:
    # Here, for what is only told on a terminal takes texts from this module too.
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _resource(name: str) -> str:
    """Give the text of a file that stands beside this module."""
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
