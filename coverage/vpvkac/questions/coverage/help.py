"""The help page of a run, `help.html`: what each page is for, measures, terms, the method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from vpvkac.questions.coverage.gaps import WHEN
from vpvkac.render.frame import render, template
from vpvkac.render.navigation import LIST
from vpvkac.texts import formats, words
from vpvkac.texts.message import Message
from vpvkac.views.page import Page, Prose, Section, about
from vpvkac.views.writer import Writer, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

_METRES_A_MINUTE = 70
_SEND_BACK = Message(
    "Each municipality has a page and a workbook. An office writes its decision, who is "
    "responsible and by when into the workbook and sends it back; vpvkac decisions import merges "
    "what comes back into decisions.csv, and the next run shows it."
)


def help_page(result: Result) -> str:
    """Make `help.html`, which every page leads to; it holds no number of the run but its rules."""
    write = Writer.of(result)
    measures = [
        write.field("remedy", lambda code: write(words.REMEDIES[code])),
        write.field(Message("When it is recommended"), lambda code: write(WHEN[code])),
    ]
    caption = write(Message("What is recommended about a gap of a contact point, and when"))
    terms = [
        write.field(Message("Term"), lambda term: write(term.name)),
        write.field(Message("What it means"), lambda term: write(term.meaning)),
    ]
    meanings = write(Message("Terms"))
    sections = [
        Section("pages", write(Message("What each page is for")), [
            Prose(LIST), write(words.GUIDE),
        ]),
        Section("measures", write(Message("Gaps and recommended actions")), [
            tabulate("measures-table", caption, measures, list(WHEN)), write(_SEND_BACK),
        ]),
        Section("terms", meanings, [
            tabulate("terms-table", meanings, terms, words.TERMS)
        ]),
        method_section(result),
    ]  # fmt: skip
    title = write(Message("How to read these pages"))
    context = {"contents": write(Message("Contents")), "sections": sections, "terms": []}
    return render(Page(title, "help.html", ("story.css",)), context, about(result, result.lang))


def method_section(result: Result) -> Section:
    """Give the prose of the method, `method.lv.html` or `method.en.html`."""
    write = Writer.of(result)
    others = (host for host in result.project.rules.hosts if host != "centre")
    prose = template(f"method.{result.lang}.html").render(
        analysis=write(words.ANALYSIS),
        threshold=write.threshold(),
        minutes=formats.plain(result.lang, result.threshold_m / _METRES_A_MINUTE),
        stop_set="" if result.stops.empty else write.small(words.STOP_SETS[result.stop_set]),
        hosts_in_order=", ".join(write.small(words.HOSTS[host]) for host in others),
    )
    # The template escapes what it is given.
    block = Prose(Markup(prose))  # noqa: S704
    return Section("method", write(Message("Method and limitations")), [block])
