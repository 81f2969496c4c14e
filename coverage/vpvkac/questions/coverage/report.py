"""`report.html`: the story for a reviewer, in words, tables and charts, in one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis.criteria import AREA_TARGETS
from vpvkac.analysis.map_classes import count_placings, failing_points
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.gaps import NO_CENTRES, progress_section, remedies_section
from vpvkac.questions.coverage.help import method_section
from vpvkac.questions.coverage.institutions import institutions_section
from vpvkac.questions.coverage.premises import premises_section
from vpvkac.questions.coverage.quality import quality_section
from vpvkac.questions.coverage.reach import (
    bands_section,
    hosts_section,
    people_section,
    thresholds_section,
)
from vpvkac.questions.coverage.story import (
    findings,
    first_screen,
    headline,
    worst_municipalities,
)
from vpvkac.questions.coverage.there_and_back import report_section
from vpvkac.questions.coverage.view import difference
from vpvkac.questions.coverage.workbook import OWN_BANDS
from vpvkac.questions.coverage.worst_off import worst_off_section
from vpvkac.render import frame
from vpvkac.render.frame import render
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import Shown
from vpvkac.texts.message import Message
from vpvkac.views.page import (
    Beside,
    Block,
    Cell,
    Link,
    More,
    Note,
    Page,
    Section,
    Table,
    about,
)
from vpvkac.views.plan import PAGE as PLAN
from vpvkac.views.plan import years_table
from vpvkac.views.writer import Writer, criterion_text, of_measure, records, tabulate

if TYPE_CHECKING:
    from markupsafe import Markup

    from vpvkac.model.accounts import Account
    from vpvkac.questions.coverage.view import Result

# A row of the summary.
_Row = Mapping[Any, Any]

# The figures without a target that a reader asks for first, as far as they are known.
_MOST_FIGURES = 10
_FIRST = (
    "units", "centres", "centres_within", "points_within", "points_within_share", "units_existing",
    "units_planned", "municipalities_with_centre", "area_share_planned",
    "population_within_5000_network", "libraries_chosen_within_share",
    "library_points_within_share", "libraries", "post_offices", "stops",
)  # fmt: skip
# More names than this are left to the gap lists.
_MOST_NAMES = 8
_SUMMARY, _FILES = ("summary.csv",), ("network.csv", "units.csv", "places.csv", "gaps.xlsx")
_AREA = "area_share_existing"
_AREA_BARS = {
    _AREA: Message("Existing points"),
    "area_share_planned": Message("With the planned points"),
    "area_share_municipalities": Message("By municipality"),
}
# Criteria of requirement 6.2, which recommends and does not oblige; the plan sets targets.
_RECOMMENDED = ("centres_beyond", "points_beyond")
_FOLLOWED = {
    "yes": Message("Follows the recommendation"),
    "no": Message("Does not follow the recommendation"),
}


def report_page(result: Result, tables: Mapping[str, pd.DataFrame]) -> str:
    """Write the report from the tables of `rounding.exact`: numbers are rounded once, from these.

    One HTML file that needs nothing else; the same result gives the same text.
    """
    title = Message("Report on the network of contact points").text(result.lang)
    context = {
        "lead": headline(result),
        **first_screen(result),
        "findings": list(findings(result, tables)),
        "found": Message("What was found").text(result.lang),
        "to_list": Message("To the list").text(result.lang),
        "worst": worst_municipalities(result, tables),
        "contents": Message("Tables").text(result.lang),
        "sections": [
            _summary_section(result),
            _criteria_section(result, tables),
            _figures_section(result),
            *([] if result.synthetic else [_published_section(result)]),
            bands_section(result),
            thresholds_section(result),
            *([quality] if (quality := quality_section(result)) else []),
            remedies_section(result, tables),
            progress_section(result, tables),
            *([_plan_section(result)] if result.openings else []),
            people_section(result),
            worst_off_section(result),
            *([report_section(result, result.reach)] if result.reach else []),
            hosts_section(result),
            *([premises] if (premises := premises_section(result)) else []),
            *([offices] if (offices := institutions_section(result)) else []),
            method_section(result),
            _sources_section(result, tables),
        ],
    }
    page = Page(title, "report.html", ("report.css", "story.css"), files=_FILES)
    return render(page, context, about(result, result.lang))


def _by_criterion(result: Result) -> dict[str, _Row]:
    """Give the rows of the summary by criterion; of several targets the first."""
    return {row["criterion"]: row for row in reversed(records(result.summary))}


def _area_rows(result: Result) -> list[_Row]:
    """Give the rows of area coverage, one a target."""
    return [row for row in records(result.summary) if row["criterion"] == _AREA]


def _year(row: _Row) -> str:
    """Give the year of a row's target; empty where it has none."""
    return str(row["measure"]).partition(" ")[2]


# --- Summary -----------------------------------------------------------------------------------


def _summary_section(result: Result) -> Section:
    """Say the result in a few sentences and two charts; what cannot be told is left out."""
    write = Writer.of(result)
    values = {code: row["value"] for code, row in _by_criterion(result).items()}
    not_compared = Message(
        "These data are a synthetic sample, so nothing is compared with a published value and no "
        "target is judged."
    )
    segments = [
        frame.Segment(write(label), count, write.number(count), status)
        for status, label in words.STATUSES_PLURAL.items()
        if (count := int(values[f"units_{status}"]))
    ]
    title = write(Message("Units by the status of their point"))
    status_chart = frame.whole(segments, key="status", title=title)
    return Section.of(
        "summary",
        write(Message("Summary")),
        Note(write(not_compared), "note") if result.synthetic else None,
        *_sentences(result, values, write),
        Beside([status_chart, _area_chart(result, values, write)]),
    )


def _sentences(result: Result, values: Mapping[str, Any], write: Writer) -> list[str]:
    counts = {code: write.number(value) for code, value in values.items()}
    units = Message(
        "Territorial units: {units}. Of these with an existing centre: {existing}; an announced "
        "one: {announced}; a planned point: {planned}; no point: {none}."
    )
    by_status = {status: counts[f"units_{status}"] for status in words.STATUSES}
    sentences = [write(units, units=counts["units"], **by_status)]
    if pd.isna(values["centres"]):
        sentences.append(write(NO_CENTRES))
    if pd.notna(values["centres_within"]):
        codes = {"centres": "centres", "to_verify": "centres_uncertain",
                 "within": "centres_within", "beyond": "centres_beyond"}  # fmt: skip
        centres = {name: int(values[code]) for name, code in codes.items()}
        sentences.append(words.headline(write.lang, write.threshold_m, **centres))
    if pd.notna(values["points_within"]):
        points = Message(
            "Contact points, existing and planned together, within {threshold} of the nearest "
            "stop: {within} ({share}); beyond {threshold}: {beyond} (to be verified: {uncertain})."
        )
        share = write.share(values["points_within_share"])
        sides = {name: counts[f"points_{name}"] for name in ("within", "beyond", "uncertain")}
        sentences.append(write(points, threshold=write.threshold(), share=share, **sides))
    # Area coverage is set beside its targets; that of synthetic data beside none.
    rows = _area_rows(result)
    if any(pd.isna(row["value"]) for row in rows):
        return sentences
    if result.synthetic:
        area = Message(
            "A contact point is open in units that together make up {share} of the area of all "
            "units."
        )
        return [*sentences, write(area, share=criterion_text(write.lang, rows[0]))]
    targets = {int(_year(row)): row["target"] for row in rows}
    by_municipality = values["area_share_municipalities"]
    return [*sentences, words.indicator(write.lang, rows[0]["value"], by_municipality, targets)]


def _area_chart(result: Result, values: Mapping[str, Any], write: Writer) -> Markup:
    bars = [
        frame.Bar(write(text), values[code], write.share(values[code], *AREA_TARGETS.values()))
        for code, text in _AREA_BARS.items()
        if pd.notna(values[code])
    ]
    mark = Message("{year} target: {target}")
    marks = [
        frame.Mark(row["target"], write(mark, year=_year(row), target=write.share(row["target"])))
        for row in _area_rows(result)
    ]
    title = write(Message("Area coverage and targets"))
    return frame.bars(bars, key="area", title=title, marks=marks)


def _plan_section(result: Result) -> Section:
    """Tell each year of the plan of openings, and lead to the rest of it."""
    write = Writer.of(result)
    rest = Note(write(Message("Order, maps, the list of each municipality, limits")), href=PLAN)
    table = years_table(result.openings, write) if result.openings else None
    return Section.of("plan", write(TABLES["plan"].title), table, rest)


# --- Criteria and figures ----------------------------------------------------------------------


def _criteria_section(result: Result, tables: Mapping[str, pd.DataFrame]) -> Section:
    """Set criteria with a target beside what was found and published, and name what fails."""
    write = Writer.of(result)
    rows = [
        {**row, "failing": _failing(row, tables, write)}
        for row in records(result.summary[result.summary["target"].notna()])
    ]

    def count(row: _Row) -> str:
        return "" if row["failing"] is None else write.number(len(row["failing"]))

    def named(row: _Row) -> Cell:
        """Name the first of what fails, and lead to the rest."""
        names = row["failing"] or []
        cells: list[str | Link] = [*names[:_MOST_NAMES]]
        if left := len(names) - len(cells):
            more = Message("and {count} more: see the gap lists")
            cells.append(Link(write(more, count=write.number(left)), "gaps.html"))
        return cells

    fields = [
        write.field("criterion", lambda row: _label(row, write)),
        write.field("target", lambda row: _of_measure(row, "target", write)),
        write.field("value", lambda row: criterion_text(write.lang, row, unknown="")),
        write.field("published", lambda row: _of_measure(row, "published", write)),
        write.field(Message("Verdict"), lambda row: _verdict(row, result, write)),
        write.field(Message("Number that fail"), count, number=True),
        write.field(Message("Which"), named),
    ]
    caption = write(Message("Criteria that have a target or a recommendation"))
    note = Message(
        "The recommendation on stops is requirement 6.2 (2020 analysis, chapter 3.4); the targets "
        "of area coverage are the indicator of chapter 3.1; a point in every unit is the network "
        "plan of chapter 2.2. A target of 0 means that none should fail (requirement 6.2 is a "
        "recommendation). Area coverage is shown in both readings: by territorial unit and by "
        "municipality."
    )
    return Section.of(
        "criteria",
        write(Message("Criteria and targets")),
        tabulate("criteria", caption, fields, rows, wide=True, files=_SUMMARY),
        Note(write(note), "quiet"),
    )


def _figures_section(result: Result) -> Section:
    """Give the criteria without a target: found and published."""
    write = Writer.of(result)

    def with_band(row: _Row) -> str:
        """Write a value, and the band it lies in where suppressed counts leave it open."""
        value = criterion_text(write.lang, row, unknown="")
        least, most = row["least"], row["most"]
        if pd.isna(least) or least == most:
            return value
        if row["measure"].startswith("share"):
            return f"{value} ({formats.share_band(write.lang, least, most)})"
        return f"{value} ({write.number(least)}–{write.number(most)})"

    fields = [
        write.field(Message("Figure"), lambda row: _label(row, write)),
        write.field("value", with_band),
        write.field("published", lambda row: _of_measure(row, "published", write)),
    ]
    summary = result.summary
    others = summary[summary["target"].isna() & ~summary["criterion"].str.startswith(OWN_BANDS)]
    given = records(others[others["value"].notna()])
    by_code = {row["criterion"]: row for row in given}
    first = [by_code[code] for code in _FIRST if code in by_code][:_MOST_FIGURES]
    rest = [row for row in given if row["criterion"] not in {of["criterion"] for of in first}]
    not_given = Message("Cannot be determined, for the data are not given: {figures}.")
    missing = [_label(row, write) for row in records(others[others["value"].isna()])]
    more = write(Message("All other figures: {}"), write.number(len(rest)))
    caption = write(Message("All other figures"))
    return Section.of(
        "figures",
        write(Message("Figures")),
        tabulate(
            "first-figures", write(Message("The main figures")), fields, first, files=_SUMMARY
        ),
        More(more, tabulate("figures", caption, fields, rest, files=_SUMMARY)) if rest else None,
        Note(write(not_given, figures="; ".join(missing)), "quiet") if missing else None,
    )


def _label(row: _Row, write: Writer) -> str:
    label = words.criterion(write.lang, row["criterion"], write.threshold_m)
    text, year = Message("{criterion} ({year} target)"), _year(row)
    return write(text, criterion=label, year=year) if year else label


def _of_measure(row: _Row, column: str, write: Writer) -> str:
    """Write a target or a published value, which no target turns; nothing where there is none."""
    if pd.isna(row[column]):
        return ""
    return of_measure(row[column], row["measure"]).text(write.lang)


def _verdict(row: _Row, result: Result, write: Writer) -> str:
    """Word a verdict; where there is none, as on synthetic data, it says so."""
    code, met = row["criterion"], row["met"]
    if code in _RECOMMENDED and met in _FOLLOWED:
        return write(_FOLLOWED[met])
    if result.synthetic:
        return ""
    verdict = write(words.MET[met or "unknown"])
    if code != _AREA or pd.isna(row["value"]):
        return verdict
    share = write.share(_by_criterion(result)["area_share_municipalities"]["value"])
    return f"{verdict}: {write(words.NO_METHOD)}. {write(words.BY_MUNICIPALITY, share=share)}"


def _failing(row: _Row, tables: Mapping[str, pd.DataFrame], write: Writer) -> list[str] | None:
    """Name what fails: places by distance, units by the alphabet; None where nothing is judged."""
    criterion = row["criterion"]
    if criterion == _AREA or pd.isna(row["value"]):
        return None
    failing = records(failing_points(criterion, tables["network"], tables["places"]))
    if criterion == "units_none":
        names = [f"{unit['unit_name']} ({unit['municipality_name']})" for unit in failing]
        return sorted(names, key=collation_key)
    return [f"{place['name']} ({write.metres(place['distance_m'])})" for place in failing]


# --- Published figures -------------------------------------------------------------------------


def _published_section(result: Result) -> Section:
    """Set every published figure that the inputs allow beside ours, and say why they differ."""
    write, compared = Writer.of(result), result.published
    title = write(Message("Compared with the published figures"))
    fields = [
        write.field("figure", "name"),
        write.field("section"),
        *write.fields("published", "value", "difference"),
        *write.fields("basis", "reason"),
    ]
    rows = [{**row, **_values_and_difference(row, write)} for row in records(compared)]
    caption = write(Message("Published figures and the values found here"))
    note = Message(
        "Published values are from the 2020 analysis (the second column gives chapter, table or "
        "figure). Contradictions between published figures are named, not corrected."
    )
    share = _by_criterion(result)["libraries_chosen_within_share"]
    published, value = share["published"], share["value"]
    known = not (pd.isna(value) or pd.isna(published))
    return Section.of(
        "published",
        title,
        write(note),
        words.against_published(write.lang, float(published), float(value), "2.2")
        if known
        else None,
        tabulate("published", caption, fields, rows, wide=True, files=("published.csv",)),
    )


def _values_and_difference(row: _Row, write: Writer) -> dict[str, str]:
    """Write both values and their difference; a published value, which nothing turns, as it is."""
    of, values = of_measure, dict[str, Shown]()
    if not pd.isna(row["published"]):
        values["published"] = of(row["published"], row["measure"])
    if not pd.isna(row["value"]):
        limit = write.threshold_m
        values["value"] = of(
            row["value"], row["measure"], criterion=row["figure"], threshold_m=limit
        )
    if len(values) > 1:
        values["difference"] = difference(write.lang, values["value"], values["published"])
    blank = dict.fromkeys(("published", "value", "difference"), "")
    return blank | {name: value.text(write.lang) for name, value in values.items()}


# --- Method and sources ------------------------------------------------------------------------


def _sources_section(result: Result, tables: Mapping[str, pd.DataFrame]) -> Section:
    """Give every input with what became of its rows, and count places by how they were located."""
    write = Writer.of(result)
    days = [
        words.service_day(write.lang, account.shown, account.notes["service_day"])
        for account in result.accounts
        if account.notes.get("service_day")
    ]
    blocks: list[Block] = [
        _sources_table(result, write),
        *days,
        _placing_table(tables["places"], write),
        _units_known_table(tables["places"], write),
    ]
    return Section("sources", write(Message("Sources")), blocks)


def _sources_table(result: Result, write: Writer) -> Table:
    def not_used(account: Account) -> Cell:
        """Give the rows that were left out, by reason, the most common first."""
        if not account.dropped:
            return write.number(0)
        ordered = sorted(account.dropped.items(), key=lambda item: (-item[1], item[0]))
        text = Message("{count}: {reason}")
        return [
            write(text, count=write.number(count), reason=write(words.DROPPED[reason]))
            for reason, count in ordered
        ]

    fields = [
        write.field(words.SOURCE, lambda of: write(of.source.name)),
        write.field(Message("File"), lambda of: of.shown),
        write.field(
            words.PUBLISHER, lambda of: write(of.source.publisher) if of.source.publisher else ""
        ),
        write.field(words.LICENCE, lambda of: of.source.licence or ""),
        write.field(
            Message("Reference date"),
            lambda of: formats.date(write.lang, of.source.date) if of.source.date else "",
        ),
        write.field(words.ROWS_READ, lambda of: write.number(of.rows_read), number=True),
        write.field(words.ROWS_USED, lambda of: write.number(of.rows_used), number=True),
        write.field(words.ROWS_NOT_USED, not_used),
    ]
    caption = write(Message("Sources and their rows: read, used and not used"))
    return tabulate("inputs", caption, fields, result.accounts, wide=True, files=("run.json",))


def _placing_table(places: pd.DataFrame, write: Writer) -> Table:
    """Count places by how they were located, the surest way first."""
    counts = count_placings(places).to_dict("index")

    def radius(way: str) -> str:
        metres = counts[way]["located_within_m"]
        return f"±{write.length(metres)}" if metres else write.length(metres)

    def counted(column: str) -> Any:
        return lambda way: write.number(counts[way][column])

    fields = [
        write.field("located_by", lambda way: write(words.LOCATED_BY[way])),
        write.field(Message("Places"), counted("places"), number=True),
        write.field(Message("Placing precision (worst)"), radius, number=True),
        write.field(Message("To be verified"), counted("uncertain"), number=True),
    ]
    caption = write(Message("How places were located"))
    ways = [way for way in words.LOCATED_BY if way in counts]
    return tabulate("placing", caption, fields, ways, files=("places.csv",))


def _units_known_table(places: pd.DataFrame, write: Writer) -> Table:
    """Count places by what their unit is known, the surest way first."""
    counts = count_placings(places, "located_unit").to_dict("index")
    fields = [
        write.field("located_unit", lambda way: write(words.LOCATED_UNIT[way])),
        write.field(
            Message("Places"), lambda way: write.number(counts[way]["places"]), number=True
        ),
        write.field(
            "near_border", lambda way: write.number(counts[way]["near_border"]), number=True
        ),
    ]
    caption = write(Message("By what the units of places are known"))
    ways = [way for way in words.LOCATED_UNIT if way in counts]
    return tabulate("units-known", caption, fields, ways, files=("places.csv",))
