"""What a page is made of: its frame, its tables, the links in their cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from vpvkac.texts import words
from vpvkac.texts.formats import threshold
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.analysis.network import Network
    from vpvkac.model.accounts import Source


@dataclass(frozen=True)
class Page:
    """What a page is called, its template in ``render/templates``, its style and its script.

    `files` beside it in the folder hold more than its tables do; one that is sent `alone` leads to
    no other page.
    """

    title: str
    template: str
    style: tuple[str, ...] = ()
    script: str = ""
    files: tuple[str, ...] = ()
    alone: bool = False


class Column(NamedTuple):
    """A column of a table on a page; numbers stand to the right."""

    label: str
    number: bool = False


class Link(NamedTuple):
    """A cell that leads somewhere; the address is never made of data but codes."""

    text: str
    href: str


class About(NamedTuple):
    """What a page says of the job that it shows: title (empty for the usual one), facts, sources.

    The facts stand under the title, the sources at the foot; `synthetic` tells whether any of the
    data are invented, `limits` what its distances leave out; None where none are shown.
    """

    lang: Lang
    title: str
    synthetic: bool
    facts: Sequence[str]
    sources: Sequence[str]
    limits: Message | None = words.LIMITS


# A list stands in the cell as a list: names of several places, say.
Cell = str | Link | list["str | Link"]


class Table(NamedTuple):
    """A table on a page, for the macro ``table`` of ``parts.html``.

    `key` is its identifier on the page, of letters and dashes; the caption is always visible;
    `head` is the column whose cells name their rows; a `wide` one needs smaller type on paper;
    `files` beside the page hold what it shows.
    """

    key: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    head: int = 0
    wide: bool = False
    files: Sequence[str] = ()

    @property
    def blank(self) -> list[int]:
        """Number the columns in which no row says anything; they are named and not shown."""
        numbers = range(len(self.columns)) if self.rows else ()
        return [n for n in numbers if n != self.head and not any(row[n] for row in self.rows)]

    @property
    def unsaid(self) -> list[Column]:
        """Give the columns that are named and not shown."""
        return [self.columns[n] for n in self.blank]


class Figure(NamedTuple):
    """A key figure: the number, what it counts, and where its list stands."""

    number: str
    label: str
    href: str


class Line(NamedTuple):
    """One of several lines of a cell: a text, what kind of thing it is, where it leads.

    `style` is a class, "first" (bold) or "quiet" (small); `named` tells a name from the data, with
    a language and direction of its own.
    """

    text: str
    label: str = ""
    style: str = ""
    href: str = ""
    named: bool = False


class Note(NamedTuple):
    """A paragraph of a style of its own, "note" or "quiet", or one that leads somewhere."""

    text: str
    style: str = ""
    href: str = ""


class Heading(NamedTuple):
    """A heading inside a section."""

    heading: str


class More(NamedTuple):
    """What stands folded up behind a text, to be opened."""

    more: str
    inside: Table


class Beside(NamedTuple):
    """Charts that stand beside each other where there is room."""

    charts: Sequence[Markup]


class Legend(NamedTuple):
    """What colours mean: the class of each, and its label."""

    text: str
    colours: Sequence[tuple[str, str]]


class Prose(NamedTuple):
    """Paragraphs, lists and headings that the program has rendered itself."""

    prose: Markup


# A text is a paragraph; markup is a chart.
Block = str | Markup | Note | Heading | Table | More | Beside | Legend | Prose


class Section(NamedTuple):
    """A part of a document, for the macro ``section`` of ``parts.html``."""

    key: str
    title: str
    blocks: Sequence[Block]

    @classmethod
    def of(cls, key: str, title: str, *blocks: Block | None) -> Section:
        """Make a section, without the blocks that say nothing."""
        return cls(key, title, [block for block in blocks if block])


def about(result: Network, lang: Lang, *, by_stops: bool = True) -> About:
    """Give what the pages of a result say of it; stop set and threshold only where they hold."""
    sources = [source_line(source, lang) for source in result.sources]
    title = result.project.title_in(lang)
    said = facts(result, lang, by_stops=by_stops)
    limits = words.LIMITS if by_stops else None
    return About(lang, title, result.synthetic, said, sources, limits)


def facts(result: Network, lang: Lang, *, by_stops: bool = True) -> list[str]:
    """Say layout, stop set, threshold and dates, without which no number is complete."""
    stop_set = ("" if result.stops.empty else result.stop_set) if by_stops else None
    dates = {source.date for source in result.sources if source.date}
    return job_facts(lang, result.layout, stop_set, result.threshold_m, dates)


def job_facts(
    lang: Lang, layout: str, stop_set: str | None, threshold_m: float, dates: Iterable[str]
) -> list[str]:
    """Say the same of any job.

    `stop_set` is empty where there are no stops, and None for a page that measures nothing to them.
    """
    lines = [words.layout_label(lang, layout)]
    if stop_set is None:
        pass
    elif stop_set:
        label = words.lowered(words.STOP_SETS[stop_set].text(lang))
        lines.append(f"{words.STOP_SET.text(lang)}: {label}")
        lines.append(f"{words.THRESHOLD.text(lang)}: {threshold(lang, threshold_m)}")
    else:
        lines.append(words.NO_STOPS.text(lang))
    if ordered := sorted(dates):
        lines.append(words.as_of(lang, ordered[0], ordered[-1] if len(ordered) > 1 else ""))
    return lines


def source_line(source: Source, lang: Lang) -> str:
    """Write one line of the foot: what, who, under which licence, of which date."""
    parts = [source.name.text(lang)]
    if source.publisher:
        parts.append(source.publisher.text(lang))
    if source.licence:
        parts.append(source.licence)
    if source.date:
        parts.append(words.lowered(words.as_of(lang, source.date)))
    return ", ".join(parts)
