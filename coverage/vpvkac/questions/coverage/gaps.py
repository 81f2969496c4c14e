"""The gaps and what follows from them: `gaps.html`, and the report's sections on gaps and progress.

On `gaps.html`, the equivalent of the maps for everyone, a row has the address
``#unit-LV…`` or ``#municipality-LV…``, to which the maps link, and leads to
its place on the explorer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from vpvkac.analysis.decisions import (
    DONE,
    OPEN,
    by_due,
    count_states,
    national_progress,
    reference_day,
)
from vpvkac.analysis.gaps import EXTENT_M
from vpvkac.analysis.map_classes import count_decided, only_rare
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage import quality
from vpvkac.questions.coverage.story import findings, key_figures, start, who_acts, without_class
from vpvkac.questions.coverage.there_and_back import gaps_section
from vpvkac.render.frame import render
from vpvkac.sources.reference import published_values
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Lang, Message, Text, in_context
from vpvkac.views import reasons
from vpvkac.views.gaps import (
    EMAIL,
    AccessGap,
    CoverageGap,
    Gap,
    MunicipalityGap,
    ServiceGap,
    access_sentence,
    by_unit,
    decided_sentence,
    decision_texts,
    is_own,
    nearer_stop,
    placing,
)
from vpvkac.views.page import (
    Block,
    Cell,
    Column,
    Figure,
    Line,
    Link,
    Note,
    Page,
    Section,
    Table,
    about,
)
from vpvkac.views.writer import Field, Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

_Tables = Mapping[str, pd.DataFrame]

_NOTHING = Message("There are no such gaps.")
_NOT_JUDGED = Message("No list of centres is given, so municipalities are not judged.")
_OWN_LIMIT = Message(
    "The limit of 3 calls is this program's own. The quality classes, which mean the same "
    "elsewhere, need at least 8: the points without one have a list of their own below. Points "
    "there: {count}."
)
_NO_CALLS = Message("Bus calls at stops are not known, so they are not judged.")
NO_CENTRES = Message(
    "No list of centres is given, so existing and announced centres are not counted."
)
WHEN = {
    "verify_location": Message("the place is located so roughly that the verdict could change"),
    "move_within_unit": Message("another place of the unit is within the threshold"),
    "ask_for_stop": Message("a stop is no farther than twice the threshold"),
    "ask_for_service": Message(
        "a stop is within the threshold, but no more than 3 buses call there on the service day"
    ),
    "other_premises": Message("the stop is farther, but the unit has stops"),
    "remote_support": Message("the unit has no stop"),
}
_OR_NO_POINT = Message("{when}; or the unit has no contact point")
_BY_REMEDY = Message("Gaps by recommended action: {}")
_FIRST_NAMED = 3
# What the script of the page says.
_TOOLS: dict[str, str | Text] = {
    "municipality": "municipality_name",
    "remedy": "remedy",
    "status": "status",
    "all": in_context("filter", "All"),
    "shown": Message("Shown: {shown} of {all}"),
}
_STATES = {OPEN: Message("Open decisions"), DONE: Message("Done (no longer a gap)")}
# Narrow headings, so that the table fits a sheet of paper.
_COUNTED = {
    "units": Message("Units"),
    "units_existing": in_context("centre", "Open"),
    "units_announced": Message("Announced"),
    "units_planned": Message("Planned"),
    "units_none": Message("None"),
    "remaining": Message("Still to open"),
}
_DECIDED = {
    "decisions_open": in_context("map", "Decisions open"),
    "decisions_done": in_context("map", "Decisions done"),
}


# --- gaps.html ---------------------------------------------------------------------------------


class _GapList(NamedTuple):
    """One of the lists; `none` is said where it has no row, `note` of what it holds.

    Under the heading of each group stand its gaps, each with its cells; `unsaid` are the columns
    left out, for they say nothing of any gap.
    """

    key: str
    title: str
    caption: str
    files: Sequence[str]
    columns: Sequence[Column]
    groups: Sequence[tuple[str, Sequence[tuple[Gap, list[str | list[Line]]]]]]
    length: str
    none: str
    note: str = ""
    unsaid: Sequence[Column] = ()


def gaps_page(result: Result, tables: _Tables) -> str:
    """Make `gaps.html` of the tables of `rounding.exact`; the same result gives the same text."""
    write, followed = Writer.of(result), tables["follow_up"]
    poor = tables["gaps_quality"]
    sequels = [
        (quality.gaps_section(result, poor), len(poor)),
        (clusters_section(result, tables), len(tables["gap_clusters"])),
    ]
    if result.reach:
        sequels.append(gaps_section(result, result.reach))
    if len(followed):
        sequels.append((decisions_section(result, tables), len(followed)))
    title = write(Message("Gap lists"))
    # The worst that was found is the answer.
    answer = next((found.heading for found in findings(result, tables)), title)
    order = Message(
        "The name of a unit is a link to the explorer map. The order is that of the data files and "
        "of the workbook gaps.xlsx."
    )
    context = {
        "figures": _figures(result, tables),
        "poor": link._replace(href="#quality") if (link := without_class(result)) else None,
        "first_heading": write(Message("What to do first")),
        "first": _remedies_table(tables, write),
        "who": who_acts(result.project.reply_by, write),
        "start": start(write),
        "introduction": write(order),
        "contents": title,
        "tools": {name: write.heading(text) for name, text in _TOOLS.items()},
        "lists": [_gap_list(name, result, tables) for name in _LISTS],
        "sequels": [(section, write.number(count)) for section, count in sequels],
    }
    page = Page(answer, "gaps.html", ("story.css", "gaps.css"), "gaps.js")
    return render(page, context, about(result, result.lang))


def _figures(result: Result, tables: _Tables) -> list[Figure]:
    """Count what the lists hold: the figures of the front page, and of the other lists."""
    write = Writer.of(result)
    others = [
        Figure(write.number(len(tables[name])), write(of.kind.title), f"#{of.key}")
        for name, of in _LISTS.items()
        if of.kind in (ServiceGap, MunicipalityGap)
    ]
    known = [
        figure._replace(href=figure.href.removeprefix("gaps.html"))
        for figure in key_figures(result)
        if figure.href.startswith("gaps.html")
    ]
    return [*known, *others]


def _gap_list(name: str, result: Result, tables: _Tables) -> _GapList:
    """Lay a list out, its gaps under the headings of their groups."""
    write, of, hosts = Writer.of(result), _LISTS[name], result.project.hosts
    gaps = of.kind.of(tables[name], write, by_unit(tables["follow_up"]))
    # Columns that are left out where nothing is known of what they hold.
    known = {
        "population": any(gap.text("population") for gap in gaps),
        "institution_offices": "institution" in hosts,
        "decisions": any(gap["decisions"] for gap in gaps),
    }
    asked = _fields(of.columns.split(), write, known)
    fields = [field for field in asked if not gaps or any(map(field.cell, gaps))]
    groups = []
    for group in dict.fromkeys(gap.group for gap in gaps):
        rows = [(gap, [field.cell(gap) for field in fields]) for gap in gaps if gap.group == group]
        groups.append((f"{group} ({write.number(len(rows))})" if group else "", rows))
    is_served = result.network["service_class"].notna().any()
    not_judged = {
        AccessGap: words.NO_STOPS if result.stops.empty else None,
        ServiceGap: None if is_served else _NO_CALLS,
        MunicipalityGap: None if "centre" in hosts else _NOT_JUDGED,
    }
    note = ""
    if of.kind is AccessGap:
        note = access_sentence(result.gaps_access, result.network, write)
    elif of.kind is ServiceGap and gaps:
        note = write(_OWN_LIMIT, count=write.number(len(tables["gaps_quality"])))
    elif of.kind is CoverageGap and gaps:
        note = reasons.coverage_gap(write.lang, result.project.rules.hosts, None, None, None)
    rank = write.field(Message("Rank in Latvia"), "rank")
    first = (rank, write.field(f"{of.kind.concerns}_name"))
    return _GapList(
        of.key,
        write(of.kind.title),
        write.heading(of.caption),
        ("gaps.xlsx", f"{name}.csv"),
        [field.column for field in (*first, *fields)],
        groups,
        write.number(len(gaps)),
        write(not_judged.get(of.kind) or _NOTHING),
        note,
        [field.column for field in asked if field not in fields],
    )


def _fields(names: Iterable[str], write: Writer, known: Mapping[str, bool]) -> list[Field]:
    """Describe columns, those of `_CELLS` or of the registry."""
    fields = []
    for name in names:
        of, cell, number = _CELLS.get(name, (name, None, None))
        if known.get(name, True):
            fields.append(write.field(of, cell, number=number))
    return fields


def _contact_lines(gap: Any) -> list[Line]:
    """Say what stands there, where, and whom to ask."""
    status = gap.write(Message("status of the point: {}"), gap.status.lower())
    email = gap.text("email")
    return _without_blanks(
        Line(gap.place_name, named=True, style="first"),
        Line(f"{gap.host}; {status}", style="quiet"),
        Line(gap.text("address"), named=True),
        Line(gap.text("phone"), named=True),
        Line(email, href=f"mailto:{email}" if EMAIL.fullmatch(email) else "", named=True),
    )


def _placed_lines(gap: AccessGap) -> list[Line]:
    """Say also how the place was located."""
    label = gap.write(words.MAP["located"])
    return [*_contact_lines(gap), Line(placing(gap, gap.write), label, style="quiet")]


def _stop_lines(gap: AccessGap) -> list[Line]:
    """Name the nearest stop, how often it is served, and how far a nearer one of any kind is."""
    return _without_blanks(
        Line(gap.text("stop_name"), named=True),
        Line(gap.text("visits"), gap.write(words.MAP["visits"]), style="quiet"),
        Line(nearer_stop(gap, gap.write), gap.write(words.MAP["any_stop"]), style="quiet"),
    )


def _remedy_lines(gap: Gap) -> list[Line]:
    """Say what to do; and where, if a place of the unit is within reach; and what follows.

    To which cluster the gap belongs, and what has been decided on its unit.
    """
    lines, label = [Line(gap.remedy, style="first")], gap.write.heading("cluster_name")
    if isinstance(gap, AccessGap) and gap.alternative is not None:
        lines += _place_lines(gap.alternative)
    lines.append(Line(gap.cluster, label, style="quiet", href="#clusters", named=True))
    for given in gap.given:
        for name, text in decision_texts(given, gap.write.lang).items():
            style = "first" if name == "decision" else "quiet"
            named = not is_own(name, given)
            lines.append(Line(text, gap.write.heading(name), style, named=named))
    return _without_blanks(*lines)


def _place_lines(place: tuple[str, str, str], style: str = "") -> list[Line]:
    name, where, kind = place
    return [Line(name, named=True), Line(where, "", style, named=True), Line(kind, style="quiet")]


def _nearest_lines(gap: CoverageGap) -> list[Line]:
    """Name the nearest contact point of another unit."""
    return _without_blanks(*_place_lines(gap.nearest or ("", "", ""), "quiet"))


def _why(gap: AccessGap) -> str:
    """Say what the numbers of the row do not: why this is asked, and what to look at first."""
    write, limit = gap.write, gap.write.threshold_m
    when = write(WHEN[gap["remedy"]])
    said = (
        reasons.just_beyond(write.lang, gap["distance_m"], limit),
        f"{when[:1].upper()}{when[1:]}.",
        reasons.alternative_rare(write.lang, gap.row, limit),
    )
    return " ".join(filter(None, said))


def _named(text: str) -> list[Line]:
    return _without_blanks(Line(text, named=True))


def _without_blanks(*lines: Line) -> list[Line]:
    """Leave out the lines that say nothing."""
    return [line for line in lines if line.text]


class _List(NamedTuple):
    """A gap list; columns are names of `_fields`."""

    kind: type[Gap]
    key: str
    caption: Text
    columns: str


_POINT = Message("Contact point, address, contact")
# Heading, what stands under it, and whether that is a number.
_CELLS: dict[str, tuple[str | Text, Callable[[Any], Cell | list[Line]], bool]] = {
    "contact": (_POINT, _contact_lines, False),
    "contact_placed": (_POINT, _placed_lines, False),
    "stop_lines": ("stop_name", _stop_lines, False),
    "stop_alone": ("stop_name", lambda gap: _named(gap.text("stop_name")), False),
    "premises": ("other_premises", lambda gap: _named(gap.text("other_premises")), False),
    "nearest": (Message("Nearest contact point"), _nearest_lines, False),
    "alternative": (Message("Recommended action, alternative place"), _remedy_lines, False),
    "action": ("remedy", _remedy_lines, False),
    "why": ("reason", _why, False),
}
_LISTS = {
    "gaps_access": _List(
        AccessGap,
        "access",
        Message(
            "Contact points beyond {threshold} of a stop, and those whose position is to be "
            "verified"
        ),
        "contact_placed distance_m over_m stop_lines population alternative why",
    ),
    "gaps_service": _List(
        ServiceGap,
        "service",
        Message(
            "Contact points with a stop within {threshold}, where no more than 3 buses call on the "
            "service day at all such stops together"
        ),
        "contact distance_m stop_alone visits visits_within population action",
    ),
    "gaps_coverage": _List(
        CoverageGap,
        "coverage",
        Message("Territorial units with no contact point"),
        "area_km2 population premises nearest nearest_m action",
    ),
    "gaps_municipalities": _List(
        MunicipalityGap,
        "municipalities",
        Message("Municipalities with no open centre"),
        "units announced planned none area_km2 population institution_offices decisions action "
        "reason",
    ),
}


# --- Gaps in the report ------------------------------------------------------------------------


def remedies_section(result: Result, tables: _Tables) -> Section:
    """Count the gaps by what is recommended, and lead to their lists."""
    write = Writer.of(result)
    text = Message("{list}: {count}")
    links = [
        Note(write(text, list=write(of.kind.title), count=write.number(len(tables[name]))),
             href=f"gaps.html#{of.key}")
        for name, of in _LISTS.items()
    ]  # fmt: skip
    if link := without_class(result):
        links.append(Note(link.text, href=link.href))
    title = write(Message("Gaps and recommended actions"))
    mobile = Note(write(words.MOBILE_SERVICE), "quiet")
    return Section.of("gaps", title, _remedies_table(tables, write), mobile, *links)


def clusters_section(result: Result, tables: _Tables) -> Section:
    """List the neighbouring gaps that one measure could mend."""
    write = Writer.of(result)
    title = write(TABLES["gap_clusters"].title)
    return Section.of("clusters", title, *_clusters(tables, write))


def _remedies_table(tables: _Tables, write: Writer) -> Table | None:
    """Count gaps of units by remedy, and name the first; None without gaps.

    As the front page does (`count_remedies`): a place in two lists counts once.
    """
    named: dict[str, list[Link]] = {}
    rare = only_rare(tables["gaps_access"], tables["gaps_service"])
    lists = {"gaps_access": tables["gaps_access"], "gaps_service": rare,
             "gaps_coverage": tables["gaps_coverage"]}  # fmt: skip
    for name, table in lists.items():
        for gap in _LISTS[name].kind.of(table, write):
            text = f"{gap.name} ({gap.municipality})"
            named.setdefault(str(gap["remedy"]), []).append(Link(text, f"gaps.html#{gap.address}"))

    no_point = set(tables["gaps_coverage"]["remedy"])

    def when(remedy: str) -> str:
        said = write(WHEN[remedy])
        return write(_OR_NO_POINT, when=said) if remedy in no_point else said

    fields = [
        write.field("remedy", lambda remedy: write(words.STEPS[remedy])),
        write.field(Message("Count"), lambda of: write.number(len(named[of])), number=True),
        write.field(Message("When it is recommended"), when),
        write.field(Message("First of them"), lambda of: named[of][:_FIRST_NAMED]),
    ]
    rows = [remedy for remedy in words.STEPS if remedy in named]
    total = sum(map(len, named.values()))
    caption = write(_BY_REMEDY, write.number(total))
    files = ("gaps.xlsx", "gaps_access.csv", "gaps_service.csv", "gaps_coverage.csv")
    return tabulate("remedies", caption, fields, rows, files=files) if rows else None


def _clusters(tables: _Tables, write: Writer) -> list[Block]:
    """Say what a cluster is, and list them."""
    clusters = records(tables["gap_clusters"])
    note = Message(
        "A cluster holds gaps that have the same recommended action and lie within {extent} of "
        "each other in a straight line, so that one measure could close them."
    )
    extent = f"{formats.plain(write.lang, EXTENT_M / 1000)}{formats.NBSP}km"
    blocks: list[Block] = [write(note, extent=extent)]
    if not clusters:
        return [*blocks, write(in_context("decisions", "There are no such gaps."))]
    residents = ["residents"] * any(pd.notna(row["residents"]) for row in clusters)
    fields = [
        write.field("rank", lambda row: str(row["cluster"])),
        write.field("cluster_name", lambda row: [str(row["name"])]),
        *write.fields("remedy", "gaps", "units", *residents, "extent_m", "reason"),
    ]
    caption = write(Message("Clusters of gaps: {}"), write.number(len(clusters)))
    return [
        *blocks,
        tabulate(
            "clusters-table",
            caption,
            fields,
            clusters,
            head=1,
            wide=True,
            files=("gaps.xlsx", "gap_clusters.csv"),
        ),
    ]


# --- Progress and decisions --------------------------------------------------------------------


def progress_section(result: Result, tables: _Tables) -> Section:
    """Say how far the network has come, and what became of the decisions."""
    write, followed = Writer.of(result), tables["follow_up"]
    sentences = [*progress_sentences(result), *_decision_counts(tables, write)]
    headings = (
        _COUNTED | {"existing_share": Message("Open, %")} | (_DECIDED if len(followed) else {})
    )
    rows = records(tables["progress"])
    rows.sort(key=lambda row: collation_key(row["municipality_name"]))
    fields = [
        write.field("municipality_name", write.municipality),
        *(write.field(text, name) for name, text in headings.items()),
    ]
    caption = Message("Progress of the network by municipality: units by the status of their point")
    return Section.of(
        "progress",
        write(Message("Progress and decisions")),
        *(sentences or [write(NO_CENTRES)]),
        tabulate("progress-table", write(caption), fields, rows, wide=True, files=("progress.csv",))
        if rows
        else None,
        *_decision_tables(followed, write),
    )


def decisions_section(result: Result, tables: _Tables) -> Section:
    """List the planner's decisions, and say when one is done and when overdue."""
    write, day = Writer.of(result), reference_day(result.accounts)
    when_done = Message(
        "The decisions are those of decisions.csv. One is open while its unit stands in a gap "
        "list, and done once the unit is in none."
    )
    when_overdue = Message(
        "Due dates are judged as of {day}, the newest date among the inputs unless another was set."
    )
    return Section.of(
        "decisions",
        write(TABLES["follow_up"].title),
        *_decision_counts(tables, write),
        write(when_done),
        None if day is None else write(when_overdue, day=formats.date(write.lang, day)),
        *_decision_tables(tables["follow_up"], write),
    )


def in_order(followed: pd.DataFrame) -> pd.DataFrame:
    """Order decisions by state, the open ones first, then by due day and row."""
    return by_due(followed).sort_values("state", ascending=False, kind="stable")


def _decision_counts(tables: _Tables, write: Writer) -> list[str]:
    """Say how many decisions there are, what became of them, and how many gaps they are about."""
    if tables["follow_up"].empty:
        return []
    text = Message("Decisions on gaps: {all}. Open: {open} (overdue: {overdue}); done: {done}.")
    counts = count_states(tables["follow_up"])._asdict()
    lists = (tables[name] for name in ("gaps_access", "gaps_service", "gaps_coverage"))
    return [
        write(text, **{name: write.number(count) for name, count in counts.items()}),
        decided_sentence(count_decided(*lists), write.lang),
    ]


def _decision_tables(followed: pd.DataFrame, write: Writer) -> list[Table]:
    """List the decisions, the open ones and then those done; nothing where there are none."""

    def as_named(column: str, row: Mapping[str, Any]) -> Cell:
        """Let what the planner wrote stand as a name of its own."""
        text = row["texts"][column]
        return text if is_own(column, row) or not text else [text]

    fields = [
        write.field(
            "unit_name", lambda row: Link(row["unit_name"], f"map.html#unit={row['unit']}")
        ),
        write.field("municipality_name", lambda row: [row["municipality_name"]]),
    ]
    fields += [
        write.field(column, partial(as_named, column))
        for column in ("decision", "decision_place", "responsible", "due", "note")
    ]
    tables = []
    for state, title in _STATES.items():
        of_state = records(by_due(followed[followed["state"] == state]))
        rows = [{**row, "texts": decision_texts(row, write.lang)} for row in of_state]
        if rows:
            caption = f"{write(title)}: {write.number(len(rows))}"
            tables.append(
                tabulate(
                    f"decisions-{state}",
                    caption,
                    fields,
                    rows,
                    wide=True,
                    files=("gaps.xlsx", "follow_up.csv"),
                )
            )
    return tables


def progress_sentences(result: Result) -> list[str]:
    """Say how far the whole network has come, and on which basis; nothing where not known."""
    write, whole = Writer.of(result), national_progress(result.progress)
    if whole is None:
        return []
    national = Message(
        "Units with an open contact point: {existing} of {units} ({share}); still to open: "
        "{remaining}."
    )
    counts = {
        name: write.number(getattr(whole, name)) for name in ("existing", "units", "remaining")
    }
    sentences = [write(national, share=write.share(whole.share), **counts)]
    if whole.second_wave is None or whole.opened is None:
        part = Message(
            "Basis: the plan has one point in every unit. The waves are not told apart, since the "
            "units are not those of the whole country."
        )
        return [*sentences, write(part)]
    if result.synthetic:
        synthetic = Message(
            "These data are a synthetic sample: they do not show the progress of the real network."
        )
        sentences.append(write(synthetic))
    second_wave = Message("Second-wave points that are open: {opened} of {second} ({share}).")
    basis = Message(
        "Basis: the plan has one point in every unit. The first wave is {first} centres; in the "
        "remaining units ({units} − {first} = {second}) a point opens in the second wave (2020 "
        "analysis, sections 2.2 and 4.1: {first} + {published} = {published_units}). The data do "
        "not give the wave, so units with an open point beyond the first {beyond} count as the "
        "second wave. By municipality the waves are not told apart: what is still to open in all "
        "of them together is what is left of both waves."
    )
    published = int(published_values()["second_wave"])
    return [
        *sentences,
        write(
            second_wave,
            opened=write.number(whole.opened),
            second=write.number(whole.second_wave),
            share=write.share(whole.opened / whole.second_wave),
        ),
        write(
            basis,
            first=whole.first_wave,
            # Latvian names the first of those beyond: "sākot ar 130."
            beyond=whole.first_wave + (write.lang == "lv"),
            units=whole.units,
            second=whole.second_wave,
            published=published,
            published_units=whole.first_wave + published,
        ),
    ]


def progress_of(lang: Lang, row: Mapping[Any, Any] | pd.Series) -> str:
    """Say the progress of one municipality: "3 of 12 (25 %)"."""
    text, existing, units = (
        Message("{existing} of {units} ({share})"),
        row["units_existing"],
        row["units"],
    )
    return text.text(lang).format(
        existing=formats.number(lang, existing),
        units=formats.number(lang, units),
        share=formats.percent(lang, existing / units),
    )
