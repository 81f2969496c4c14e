"""The frame of every page without a map: one look, one language, no request.

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

    page = Page(title, "gaps.html", style=("gaps.css",))
    context = {"heading": …, "gaps": Table(…), "clusters": Section(…)}
    text = render(page, context, about(result, lang))

Everything put into a template is plain text, escaped once by Jinja; `Markup` is for what the
program itself has drawn, such as a chart, never for what came from data.  A missing name in a
template is an error.  A content security policy forbids every request, and any script but the
page's own, of which it has the hash.

Charts are SVG, drawn by ``charts.html``; no plotting library is needed.  A chart that repeats the
numbers of its table row is hidden from screen readers; one that stands on its own has a title and
its content in words.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from vpvkac.render import navigation
from vpvkac.render.symbols import for_style
from vpvkac.texts import formats, words
from vpvkac.texts.formats import typographic
from vpvkac.texts.message import Lang, Message
from vpvkac.views.page import About, Page

if TYPE_CHECKING:
    import jinja2


# U+2028 and U+2029 end a line in older JavaScript; `<`, `>` and `&` could end or open a tag.
_ESCAPED = "<>&'\u2028\u2029"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def render(page: Page, context: Mapping[str, object], about: About) -> str:
    """Render a page as one HTML file; the same result gives the same text.

    The context is what the template names, in the language of `about`.
    """
    lang = about.lang
    script = resource(page.script) if page.script else ""
    frame: dict[str, object] = {
        "lang": lang,
        "policy": _POLICY + _only(script) if script else _POLICY,
        "script": script,
        "style": for_style(dark=True)
        + "\n".join(map(resource, ("nav.css", "frame.css", *page.style))),
        "page_title": page.title,
        "project_title": about.title or words.NETWORK.text(lang),
        "skip": Message("Skip to the content").text(lang),
        "other_pages": words.PAGES.text(lang),
        "room": "" if page.alone else navigation.ROOM,
        "nothing_on": Message("No row tells anything on").text(lang),
        "files_label": Message("The same as files").text(lang),
        "files": page.files,
        "terms_heading": Message("Terms on this page").text(lang),
        "sources_heading": words.SOURCES.text(lang),
        **of_job(about),
    }
    # Every text of the page, but not its style sheets.
    texts = str({**frame, **context, "style": "", "script": ""})
    frame |= words.written_out(lang, texts)._asdict()
    frame["terms"] = words.terms(lang, texts)
    return template(page.template).render({**frame, **context})


def _only(script: str) -> str:
    """Allow one script in a policy, by its hash, and no other."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"; script-src 'sha256-{base64.b64encode(digest).decode()}'"


def of_job(about: About) -> dict[str, object]:
    """Give what every page and every panel says of its job, by the names in their templates."""
    lang = about.lang
    return {
        "synthetic": words.SYNTHETIC.text(lang) if about.synthetic else "",
        "facts": about.facts,
        "sources": about.sources,
        "notes": [limits.text(lang) for limits in [about.limits] if limits is not None]
        + [words.SAMPLE.text(lang)] * about.synthetic,
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


_TENTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
_TICK_M = 500.0


class Bar(NamedTuple):
    """A bar of a chart: its label, its share (0-1) and that share in words."""

    label: str
    share: float
    written: str


class Mark(NamedTuple):
    """A line across the bars, such as a target."""

    share: float
    label: str


class Series(NamedTuple):
    """Values by year, in the order of the years: what they are, and the class of their colour."""

    label: str
    values: Sequence[float]
    style: str


class Segment(NamedTuple):
    """A part of a bar that is a whole: what it is, how many, and the class of its colour."""

    label: str
    size: int
    written: str
    style: str


def stacked_bar(counts: Sequence[int]) -> Markup:
    """Draw the bands of one table row as one bar; the row holds the numbers."""
    return _draw("stacked", counts=counts, total=sum(counts)) if sum(counts) else Markup("")


def whole(segments: Sequence[Segment], *, key: str, title: str) -> Markup:
    """Draw a whole as one bar of parts, with a legend that gives each its number."""
    text = "; ".join(f"{segment.label}: {segment.written}" for segment in segments)
    return _draw("whole", segments=segments, key=key, title=title, text=text)


def bars(
    rows: Sequence[Bar], *, key: str, title: str, marks: Sequence[Mark] = (), slim: bool = False
) -> Markup:
    """Draw shares as bars from 0 to 100 %, with lines for targets; slim ones behind short labels.

    Slim bars have no lines.
    """
    texts = [f"{bar.label}: {bar.written}" for bar in rows] + [mark.label for mark in marks]
    return _draw(
        "bars", bars=rows, marks=marks, slim=slim, key=key, title=title, text="; ".join(texts)
    )


def curve(
    points: Sequence[tuple[float, float]],
    *,
    marks: Sequence[tuple[float, str, bool]],
    title: str,
    text: str,
    axis: str,
    lang: Lang,
) -> Markup:
    """Draw a share (0-1) that grows with a distance in metres, both by distance.

    Marks are distances, their labels, and whether each is the run's own threshold.
    """
    farthest = points[-1][0]
    ticks = [_TICK_M * step for step in range(int(farthest // _TICK_M) + 1)]
    return _draw(
        "curve",
        key="curve",
        points=points,
        farthest=farthest,
        own_m=next(metres for metres, _, own in marks if own),
        marks=[mark for mark in marks if mark[0] <= farthest],
        across=[(share, formats.percent(lang, share)) for share in _TENTHS],
        along=[(tick, formats.number(lang, tick)) for tick in ticks],
        title=title,
        text=text,
        axis=axis,
    )


def yearly(
    years: Sequence[int],
    series: Sequence[Series],
    *,
    ticks: Sequence[float],
    key: str,
    title: str,
    lang: Lang,
) -> Markup:
    """Draw two series by year as columns that stand on zero, or hang from it.

    Ticks are values of the lines across, from the least to the most; they hold all values.
    """
    texts = []
    for one in series:
        by_year = zip(years, one.values, strict=True)
        values = [f"{year} – {formats.number(lang, value, 2)}" for year, value in by_year]
        texts.append(f"{one.label}: {', '.join(values)}")
    return _draw(
        "yearly",
        years=years,
        series=series,
        least=ticks[0],
        most=ticks[-1],
        across=[(tick, formats.plain(lang, tick)) for tick in ticks],
        key=key,
        title=title,
        text="; ".join(texts),
    )


def stairs(
    years: Sequence[str],
    series: Sequence[Series],
    *,
    marks: Sequence[tuple[int, float, str]],
    mark: str,
    key: str,
    title: str,
    lang: Lang,
) -> Markup:
    """Draw shares (0-1) that stand for a year each as steps, with targets over their years.

    Marks are the number of the year, the share and its label; `mark` says what they are.
    """
    texts = [
        f"{one.label}: "
        + ", ".join(
            f"{year} – {formats.percent(lang, share)}"
            for year, share in zip(years, one.values, strict=True)
        )
        for one in series
    ]
    texts += [f"{mark} {years[number]}: {label}" for number, _, label in marks]
    across = [(share, formats.percent(lang, share)) for share in _TENTHS]
    return _draw(
        "stairs", years=years, series=series, marks=marks, mark=mark, across=across, key=key,
        title=title, text="; ".join(texts),
    )  # fmt: skip


def as_file(svg: str, name: str, title: str) -> Markup:
    """Link to a drawing as a file, which the page holds too."""
    data = base64.b64encode(svg.encode()).decode()
    link = Markup(
        '<a class="picture" download="{}.svg" aria-label="{} (SVG)" '
        'href="data:image/svg+xml;base64,{}">SVG</a>'
    )
    return link.format(name, title, data)


def heat_picture(shown: Mapping[str, Any]) -> Markup:
    """Link to a shaded table as a picture: its `key`, `title`, `days` and `rows` of cells."""
    return _chart_file(_macro("heat", shown), shown)


def _draw(name: str, **content: Any) -> Markup:
    """Draw with a macro of ``charts.html``, which escapes what it is given.

    A figure bears a link to itself as an SVG file.
    """
    drawn = _macro(name, content)
    if "key" in content:
        drawn = drawn.replace("</figcaption>", f" {_chart_file(drawn, content)}</figcaption>")
    return Markup(drawn)  # noqa: S704


def _macro(name: str, content: Mapping[str, Any]) -> str:
    return str(getattr(template("charts.html").module, name)(content))


def _chart_file(drawn: str, content: Mapping[str, Any]) -> Markup:
    """Link to a chart as a file, under its title, with its legend and the colours of the page."""
    width, height, inside = re.findall(
        r'<svg viewBox="0 0 (\d+) (\d+)".*?>(.*?)</svg>', drawn, re.DOTALL
    )[0]
    entries = [(one.style, f"{one.label}: {one.written}") for one in content.get("segments", ())]
    entries += [(one.style, one.label) for one in content.get("series", ())]
    rules = f"{for_style()}svg {{font-family: sans-serif}} {resource('report.css')}"
    file = {
        "title": content["title"], "width": int(width), "height": int(height), "entries": entries,
        # Drawn and escaped before.
        "inside": Markup(inside), "rules": Markup(rules),  # noqa: S704
    }  # fmt: skip
    return as_file(_macro("file", file), content["key"], content["title"])
