"""The frame of every page without a map: one look, one language, no script, no request.

To make a page, write a template in ``templates`` and call `render`::

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

Everything put into a template is plain text, escaped once by Jinja; `Markup` is for what the
program itself has drawn, such as a chart, never for what came from data.  A missing name in a
template is an error.  A content security policy forbids any script and every request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from vpvkac.render.symbols import for_style
from vpvkac.texts import words
from vpvkac.texts.formats import typographic
from vpvkac.texts.message import Message
from vpvkac.views.page import About, Page

if TYPE_CHECKING:
    import jinja2


# U+2028 and U+2029 end a line in older JavaScript; `<`, `>` and `&` could end or open a tag.
_ESCAPED = "<>&'\u2028\u2029"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
# The pages of a run, from its folder.
_PAGES = {
    "map.html": Message("Map"),
    "report.html": Message("Report"),
    "gaps.html": Message("Gap lists"),
    "municipalities/index.html": Message("Municipality pages"),
}


def render(page: Page, context: Mapping[str, object], about: About) -> str:
    """Render a page as one HTML file; the same result gives the same text.

    The context is what the template names, in the language of `about`.
    """
    lang, home = about.lang, page.home
    links = [] if home is None else _PAGES.items()
    frame: dict[str, object] = {
        "lang": lang,
        "policy": _POLICY,
        "style": for_style() + "\n".join(map(resource, ("frame.css", *page.style))),
        "page_title": page.title,
        "project_title": about.title or words.NETWORK.text(lang),
        "skip": Message("Skip to the content").text(lang),
        "other_pages": Message("Other pages").text(lang),
        "links": [
            {"text": text.text(lang), "href": f"{home}{file}", "here": file == page.here}
            for file, text in links
        ],
        "sources_heading": words.SOURCES.text(lang),
        **of_job(about),
    }
    # Every text of the page, but not its style sheets.
    texts = str({**frame, **context, "style": ""})
    frame["abbreviations"] = words.abbreviations(lang, texts)
    return template(page.template).render({**frame, **context})


def of_job(about: About) -> dict[str, object]:
    """Give what every page and every panel says of its job, by the names in their templates."""
    lang = about.lang
    return {
        "synthetic": words.SYNTHETIC.text(lang) if about.synthetic else "",
        "facts": about.facts,
        "sources": about.sources,
        "notes": [words.LIMITS.text(lang)] + [words.SAMPLE.text(lang)] * about.synthetic,
    }


def template(name: str) -> jinja2.Template:
    """Give a template that stands beside this module; what is put into it is escaped."""
    return _environment().get_template(name)


@cache
def resource(name: str) -> str:
    """Give the text of a file of ``templates``."""
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def to_json(value: object) -> str:
    """Write JSON that can stand inside a script element, whatever the texts in it hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in _ESCAPED:
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


@cache
def _environment() -> jinja2.Environment:
    # Here, for what is only told on a terminal takes texts from this module too.
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        # One kind of quotation marks in all that is printed; code is given as `Markup`.
        finalize=lambda value: typographic(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["as_json"] = to_json
    # A length in a drawing: the same text on every machine.
    environment.filters["short"] = lambda value: f"{round(value, 1):g}"
    return environment
