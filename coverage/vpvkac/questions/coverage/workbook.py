"""The workbooks of a run, the national `gaps.xlsx` and those of municipalities: what they show.

The first sheet is the answer: what is wrong where, and what to do, with columns to fill in that
`vpvkac decisions import` reads back.  All data stand on sheets of their own behind it.

Headings and labels of codes are the registry's (`vpvkac.model.columns`), gaps
are described by `views.gaps`, rows stand in the order of the pages, and
numbers are rounded as the pages round them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from vpvkac.analysis.decisions import reference_day
from vpvkac.model.columns import COLUMNS, FLAG, Column
from vpvkac.model.project import TABLE_30
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.gaps import in_order
from vpvkac.questions.coverage.premises import BINDING, checklist_places
from vpvkac.questions.coverage.view import difference
from vpvkac.render.xlsx import LONGEST_NAME, Answer, Choice, Cover, Sheet
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import Shown, to_number
from vpvkac.texts.message import Lang, Message
from vpvkac.views.gaps import (
    NO_UNIT,
    TRANSPORT,
    AccessGap,
    CoverageGap,
    Gap,
    MunicipalityGap,
    ServiceGap,
    day_cells,
    decision,
    decision_cells,
    figures_of,
    list_cells,
    mail,
    place_cells,
    send_back,
    verdict,
)
from vpvkac.views.page import Link
from vpvkac.views.reach import of_units
from vpvkac.views.writer import Writer, of_column, of_measure, records

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

NATIONAL = (
    "summary", "published", "gaps_access", "gaps_service", "gaps_quality", "gaps_reach",
    "gaps_coverage", "gaps_municipalities", "plan", "institution_places", "institutions",
    "gap_clusters", "follow_up", "progress", "residents", "worst_off", "standards",
)  # fmt: skip
MUNICIPAL = (
    "network", "gaps_access", "gaps_service", "gaps_quality", "gaps_reach", "gaps_coverage",
    "plan", "places", "candidates", "units", "reach", "institutions", "worst_off", "standards",
    "follow_up",
)  # fmt: skip
# Columns whose numbers are counts in one row and shares in another.
_MIXED = ("value", "target", "published")
# Bands of bus calls of our own, which mean nothing elsewhere; quality classes are shown instead.
OWN_BANDS = "points_service_"
# Seconds, too, are for machines: the reason says them as times of day.
_UNSHOWN = (
    "service_class", "alt_service_class", "out", "arrive", "leave", "back", "walk_s",
)  # fmt: skip
_OF_REACH = ("reach", "gaps_reach")
_ENDS = ("least", "most", "share_least", "share_most")
_GAPS: dict[str, type[Gap]] = {
    "gaps_access": AccessGap,
    "gaps_service": ServiceGap,
    "gaps_coverage": CoverageGap,
    "gaps_municipalities": MunicipalityGap,
}
# By what the pages sort a table that has no rank.
_SORTED_BY = {
    "network": "unit_name", "units": "unit_name", "places": "name", "progress": "municipality_name",
    "reach": "unit_name",
}  # fmt: skip


# What the verdict on the whole country sums of its municipalities.
COUNTS = ("units", "units_existing", "units_none", "points_within", "points_beyond")
# What names a row, the first of them that a table has.
_NAMES = ("unit_name", "municipality_name", "name", "criterion", "measure", "figure")
_DECIDED = ("decision", "decision_place", "responsible", "due", "note")
# Of the ten columns of the answer, in letters.
_WIDTHS = (5, 22, 12, 26, 46, 22, 24, 20, 13, 22)


class Rows(NamedTuple):
    """A sheet, and the code of the municipality that each of its rows is of; empty if of none."""

    sheet: Sheet
    codes: list[str]


def cover(result: Result, about: str = "") -> Cover:
    """Say what a workbook is, from which data, and what to know before using it.

    `about` is what it is about beside the project's title: a municipality's name, say.
    """
    write, lang = Writer.of(result), result.lang
    facts = [
        (write(words.STOP_SET), write(words.STOP_SETS[result.stop_set])),
        (write(words.THRESHOLD), write.threshold()),
    ]
    if result.layout:
        facts.insert(0, (write(words.LAYOUT), formats.date(lang, result.layout)))
    title = result.title or write(words.NETWORK)
    headings = (words.SOURCE, words.PUBLISHER, words.LICENCE, words.DATA_AS_OF)
    return Cover(
        name=write(Message("All data")),
        title=" – ".join(part for part in (about, title) if part),
        warning=write(words.SAMPLE) if result.synthetic else "",
        facts=facts,
        headings=[write(heading) for heading in headings],
        rows=[
            (
                write(source.name),
                write(source.publisher) if source.publisher else "",
                source.licence or "",
                formats.date(lang, source.date) if source.date else "",
            )
            for source in result.sources
        ],
        notes=[write(words.LIMITS), "; ".join(words.abbreviations(lang, *words.ABBREVIATIONS))],
        contents=write(Message("Sheets and their rows")),
    )


def answer(
    result: Result, title: str, counts: Mapping[Any, Any] | pd.Series,
    gaps: Sequence[tuple[int, Gap]], closed: Sequence[MunicipalityGap], *, of_municipality: bool,
) -> Answer:  # fmt: skip
    """Lay out the gaps, a row each or one for each decision, to be decided and sent back.

    `counts` and `closed` are as of `views.gaps.verdict`, gaps have the numbers of their
    municipality's page.
    """
    write = Writer.of(result)
    stands, needed = verdict(counts, [gap for _, gap in gaps], closed, write)
    figures = " · ".join(f"{label}: {count}" for label, count in figures_of(counts, write))
    ask = Message(
        "Please fill in the coloured columns. A value that is not in the list may be written too; "
        "for one more decision on a gap copy its row."
    )
    fourth = Message("Whom to ask") if of_municipality else COLUMNS["municipality_name"].heading
    headings = [
        write(Message("No.")),
        *(write.heading(column) for column in ("unit_name", "unit")),
        write(fourth),
        write(Message("What is wrong")),
        *(write.heading(name) for name in ("remedy", "decision", "responsible", "due", "note")),
    ]
    rows: list[tuple[Any, ...]] = []
    seen = set[str]()
    for number, gap in gaps:
        # A link does not wrap in LibreOffice: it must fit its column.
        page = write.letter(gap["municipality"])
        whom = Link(gap.municipality, f"external:{page}") if page else gap.municipality
        if of_municipality:
            whom = ", ".join(part if isinstance(part, str) else part.text for part in gap.contacts)
        fixed = (to_number(number), gap.name, gap.code, whom, gap.reason, gap.remedy)
        # Decisions are of a unit: they stand with its first gap.
        given = [] if gap.code in seen else list(gap.given)
        seen.add(gap.code)
        rows += [(*fixed, *_decided(of, write.lang)) for of in given or [{}]]
    asked = [f"{write(ask)} {_send_back(result)}"] if gaps and of_municipality else []
    more = [gap.reason for gap in closed] if of_municipality else []
    warning = [write(words.SAMPLE)] if result.synthetic else []
    choices = [
        Choice(6, [write(text) for text in words.REMEDIES.values()],
               write(Message("Choose an action, or write another decision."))),
        Choice(7, _responsible(result, gaps),
               write(Message("Choose who sees to it, or write a name."))),
        Choice(8, _quarters(result), write(Message("Choose a day, or write one as 30.06.2027.")),
               is_day=True),
        Choice(9, [], write(Message("Anything else to be known."))),
    ]  # fmt: skip
    return Answer(
        title,
        [f"{stands} {needed}", figures, *more, *asked, *warning],
        Sheet(write(Message("What to do")), headings, rows, names=2, none=write(NO_UNIT)),
        _WIDTHS,
        choices,
        write(Message("Choices")),
    )


def premises_sheets(result: Result) -> dict[str, Answer]:
    """Lay out the checklist of premises of each municipality, a row a place, to be sent back."""
    write = Writer.of(result)
    choices = [write(words.ANSWERS[name]) for name in ("yes", "no", "unknown")]
    ask = Message(
        "Please choose an answer in the coloured columns. What each row asks in full stands beside "
        "the cell that you choose; yes means all of it. What is left empty stays unknown. “Floor” "
        "says that by the address the place is upstairs: check the entrance."
    )
    computed = Message("6.2, a stop within {threshold}, is computed.")
    headings = [
        *(write.heading(name) for name in ("place", "unit_name", "name", "address", "host")),
        write(Message("To be checked")),
        *(f"{TABLE_30[name]} {write(label)}" for name, label in words.REQUIREMENTS.items()),
    ]
    hint = write(Message("Yes if all of it is met, no, or empty where it is not known."))
    first = len(headings) - len(words.REQUIREMENTS)
    lines = [
        f"{write(ask)} {_send_back(result)}",
        write(BINDING),
        write(computed, threshold=write.threshold()),
    ]
    sheet = Sheet(
        write(Message("Premises")), headings, [], 3, write(Message("There are no places."))
    )
    empty = Answer(
        "",
        lines,
        sheet,
        [14, 22, 30, 34, 16, 11, *[16] * len(words.REQUIREMENTS)],
        [
            Choice(column, choices, f"{write(asked)} {hint}")
            for column, asked in enumerate(words.REQUIREMENTS_IN_FULL.values(), first)
        ],
        write(Message("Choices")),
    )
    rows = _premises_rows(result)
    names = result.municipalities[["municipality", "municipality_name"]]
    return {
        code: empty._replace(title=name, table=sheet._replace(rows=rows.get(code, [])))
        for code, name in names.itertuples(index=False)
    }


def _send_back(result: Result) -> str:
    sentence, contact = send_back(
        result.project.reply_by, result.project.contact, Writer.of(result)
    )
    return f"{sentence} {contact if isinstance(contact, str) else contact.text}".rstrip()


def _premises_rows(result: Result) -> dict[str, list[tuple[Any, ...]]]:
    """Give the rows of the checklist by municipality: by unit, the chosen place first."""
    write, places = Writer.of(result), checklist_places(result)
    names = places["unit"].map(result.units.set_index("unit")["unit_name"])
    places = places.assign(unit_name=names, order=names.map(collation_key))
    places = places.sort_values(["order", "chosen", "place"], ascending=[True, False, True])
    hosts = {host: write(label) for host, label in words.HOSTS.items()}
    known = {name: write(words.ANSWERS[name]) for name in ("yes", "no")}
    floor = write(Message("floor"))
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for place in records(places):
        fixed = (place["place"], place["unit_name"], place["name"], place["address"])
        told = (hosts[place["host"]], floor if place["floor_check"] else None)
        answers = (known.get(place[name]) for name in words.REQUIREMENTS)
        rows.setdefault(place["municipality"], []).append((*fixed, *told, *answers))
    return rows


def _decided(given: Mapping[Any, Any], lang: Lang) -> tuple[Any, ...]:
    if not given:
        return (None,) * 4
    due = dt.date.fromisoformat(given["due"]) if given["due"] else None
    who, note = (_or_none(given[name]) for name in ("responsible", "note"))
    return decision(lang, given["decision"]), who, due, note


def _responsible(result: Result, gaps: Sequence[tuple[int, Gap]]) -> list[str]:
    """Name who may see to it: the municipalities, who decides on stops, and those named before."""
    own = dict.fromkeys(gap.municipality for _, gap in gaps)
    named = dict.fromkeys(given["responsible"] for _, gap in gaps for given in gap.given)
    everyone = [*own, TRANSPORT.text(result.lang), *named]
    return list(dict.fromkeys(name for name in everyone if name))


def _quarters(result: Result) -> list[dt.date]:
    """Give the last days of the quarters that follow the newest day of the data."""
    day = reference_day(result.accounts)
    # ISO; nothing follows the end of time.
    if day is None or int(str(day)[:4]) > dt.MAXYEAR - 3:
        return []
    quarters: list[dt.date] = pd.date_range(day, periods=9, freq="QE").date[1:].tolist()
    return quarters


def rows_of(name: str, table: pd.DataFrame, result: Result) -> Rows:
    """Make a sheet of a table of `rounding.exact`: words in place of codes, headings in a language.

    The columns down to the name come first.  The decisions on a gap are on the first sheet alone,
    where they can be changed.
    """
    write, tidy = Writer.of(result), _in_order(name, table)
    if name == "summary":
        tidy = tidy[~tidy["criterion"].str.startswith(OWN_BANDS)]
    rows = _GAPS[name].of(tidy, write) if name in _GAPS else records(tidy)
    columns = {
        column.name: column for column in TABLES[name].columns if column.name not in _UNSHOWN
    }
    if name in _GAPS:
        columns = {of: column for of, column in columns.items() if of not in _DECIDED}
    if name in _OF_REACH and result.reach and not result.reach.counts_residents:
        columns = of_units(columns)
    cells = {of: _cells(column, rows, tidy[of], result) for of, column in columns.items()}
    if name == "published":
        cells["figure"] = cells.pop("name")
    if name == "residents":
        columns |= {"measure": COLUMNS["residents_group"]}
    if "rank" in columns:
        columns |= {"rank": COLUMNS["national_rank"]}
    first = [of for of in ("figure", *_NAMES) if of in cells][:1]
    names = [of for of in ("rank", "row", "cluster") if of in cells] + first
    cells = {of: cells[of] for of in dict.fromkeys([*names, *cells])}
    sheet = Sheet(
        write(TABLES[name].title)[:LONGEST_NAME],
        [write.heading(columns[column].heading) for column in cells],
        list(zip(*([_or_none(cell) for cell in of] for of in cells.values()), strict=True)),
        len(names) or 1,
        write(Message("There are no such rows.")),
    )
    codes = tidy["municipality"].tolist() if "municipality" in tidy else [""] * len(tidy)
    return Rows(sheet, codes)


def _in_order(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Order the rows as the pages do: by name in the Latvian alphabet, or by rank."""
    plain = pd.DataFrame(table).drop(columns="geometry", errors="ignore")
    if name == "follow_up":
        return in_order(plain)
    if name not in _SORTED_BY:
        return plain
    return plain.sort_values(
        _SORTED_BY[name], key=lambda names: names.map(collation_key), kind="stable"
    )


def _cells(column: Column, rows: Sequence[Any], values: pd.Series, result: Result) -> Iterable[Any]:
    """Give the cells of a column: words in place of codes, numbers as they are shown."""
    write = Writer.of(result)
    codes = words.YES_NO if column.type == FLAG else column.codes
    if codes:
        return values.map({code: write.heading(label) for code, label in codes.items()})
    if column.name in _OWN_WORDS:
        return _OWN_WORDS[column.name](values, result)
    if column.type.stored != "string":
        return [_number(row, column.name, write) for row in rows]
    return [row.text(column.name) if isinstance(row, Gap) else row[column.name] for row in rows]


def _municipalities(codes: pd.Series, result: Result) -> list[str]:
    """Name municipalities; a code that the layout does not know stays."""
    known = result.municipalities.set_index("municipality")["municipality_name"].to_dict()
    return [known.get(code, code) for code in codes]


def _days(cells: pd.Series, result: Result) -> list[dt.date | str]:
    """Give days as such; where several decisions share a cell, as people write them."""
    days: list[dt.date | str] = []
    for due, written in zip(cells, day_cells(cells, result.lang), strict=True):
        try:
            days.append(dt.date.fromisoformat(due))
        except ValueError:
            days.append(written)
    return days


# Columns whose words are made of what they hold.
_OWN_WORDS: dict[str, Callable[[pd.Series, Result], Iterable[Any]]] = {
    "owner": _municipalities,
    "decision_place": lambda keys, result: place_cells(
        keys, result.places.set_index("place")["name"].to_dict()
    ),
    # The rules of a place behind one another.
    "hours": lambda cells, result: [
        "" if pd.isna(hours) else formats.opening_hours(result.lang, hours).replace("\n", "; ")
        for hours in cells
    ],
    "email": lambda cells, _: [mail(text) if pd.notna(text) else "" for text in cells],
    "measure": lambda codes, result: [words.measure(result.lang, code) for code in codes],
    "decision": lambda cells, result: decision_cells(cells, result.lang),
    "due": _days,
    "lists": lambda cells, result: list_cells(cells, result.lang),
}


def _number(row: Mapping[Any, Any], column: str, write: Writer) -> Shown | None:
    if column in _MIXED:
        return _measured(row, column, write)
    if column == "difference":
        value, published = (_measured(row, name, write) for name in ("value", "published"))
        if value is None or published is None:
            return None
        return difference(write.lang, value, published)
    return _end(row, column) if column in _ENDS else of_column(column, row, write.threshold_m)


def _measured(row: Mapping[Any, Any], column: str, write: Writer) -> Shown | None:
    """Round a number by the measure of its row; no target turns a target or a published value."""
    own: dict[str, Any] = {}
    if column == "value":
        code = row.get("criterion", row.get("figure", ""))
        own = {"criterion": code, "threshold_m": write.threshold_m}
    measure = row.get("measure", "share")  # a table without it holds shares alone
    return None if pd.isna(row[column]) else of_measure(row[column], measure, **own)


def _end(row: Mapping[Any, Any], column: str) -> Shown | None:
    """Round an end of a band, of one of shares outwards."""
    of = column.removesuffix("least").removesuffix("most")
    least, most = row[f"{of}least"], row[f"{of}most"]
    if pd.isna(least):
        return None
    if of or row["measure"].startswith("share"):
        return formats.to_share_band(least, most)[column.endswith("most")]
    return formats.to_number(row[column])


def _or_none(value: Any) -> Any:
    """Give a cell's text, number or day; None for a null and for an empty text."""
    if isinstance(value, Shown | dt.date | Link):
        return value
    return None if pd.isna(value) or value == "" else value
