"""Sections on the criteria: the result in sentences, targets, all figures, published ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis.criteria import AREA_TARGETS
from vpvkac.analysis.network import is_open_centre
from vpvkac.render import charts
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import Shown, less
from vpvkac.texts.message import Lang, Message
from vpvkac.views import writer
from vpvkac.views.page import Beside, Cell, Link, Note, Section
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    from markupsafe import Markup

    from vpvkac.questions.coverage.view import Result


# More names than this are left to the gap lists.
_MOST_NAMES = 8
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

NO_CENTRES = Message(
    "No list of centres is given, so existing and announced centres are not counted."
)

# Rows of the summary by criterion; of several targets the first.
_Rows = Mapping[str, Mapping[Any, Any]]


def _rows(result: Result) -> _Rows:
    first = result.summary.drop_duplicates("criterion")
    return {row["criterion"]: row for row in records(first)}


def _area_rows(result: Result) -> list[dict[Any, Any]]:
    """Give the rows of area coverage, one a target."""
    return [row for row in records(result.summary) if row["criterion"] == _AREA]


def _year(row: Mapping[Any, Any]) -> str:
    """Give the year of a row's target; empty where it has none."""
    return str(row["measure"]).partition(" ")[2]


# --- Summary -----------------------------------------------------------------------------------


def summary_section(result: Result) -> Section:
    """Say the result in a few sentences and two charts; what cannot be told is left out."""
    write = Writer.of(result)
    values = {code: row["value"] for code, row in _rows(result).items()}
    not_compared = Message(
        "These data are a synthetic sample, so nothing is compared with a published value and no "
        "target is judged: the column “Published value” is empty and every verdict is “Cannot be "
        "determined”."
    )
    return Section.of(
        "summary",
        write(Message("Summary")),
        Note(write(not_compared), "note") if result.synthetic else None,
        *_sentences(result, values, write),
        Beside([_status_chart(values, write), _area_chart(result, values, write)]),
    )


def _sentences(result: Result, values: Mapping[str, Any], write: Writer) -> list[str]:
    counts = {code: write.number(value) for code, value in values.items()}
    said = [
        write(
            Message(
                "Territorial units: {units}. Of these with an existing centre: {existing}; an "
                "announced one: {announced}; a planned point: {planned}; no point: {none}."
            ),
            units=counts["units"],
            **{status: counts[f"units_{status}"] for status in words.STATUSES},
        )
    ]
    if pd.isna(values["centres"]):
        said.append(write(NO_CENTRES))
    if pd.notna(values["centres_within"]):
        codes = {"centres": "centres", "to_verify": "centres_uncertain",
                 "within": "centres_within", "beyond": "centres_beyond"}  # fmt: skip
        centres = {name: int(values[code]) for name, code in codes.items()}
        said.append(words.headline(write.lang, write.threshold_m, **centres))
    if pd.notna(values["points_within"]):
        text = Message(
            "Contact points, existing and planned together, within {threshold} of the nearest "
            "stop: {within} ({share}); beyond {threshold}: {beyond} (to be verified: {uncertain})."
        )
        said.append(
            write(
                text,
                threshold=write.threshold(),
                share=write.share(values["points_within_share"]),
                **{name: counts[f"points_{name}"] for name in ("within", "beyond", "uncertain")},
            )
        )
    return [*said, *_area_sentences(result, values, write)]


def _area_sentences(result: Result, values: Mapping[str, Any], write: Writer) -> list[str]:
    """Set area coverage beside its targets; synthetic data are set beside none."""
    rows = _area_rows(result)
    if any(pd.isna(row["value"]) for row in rows):
        return []
    if result.synthetic:
        text = Message(
            "A contact point is open in units that together make up {share} of the area of all "
            "units."
        )
        return [write(text, share=writer.criterion_text(write.lang, rows[0]))]
    targets = {int(_year(row)): row["target"] for row in rows}
    by_municipality = values["area_share_municipalities"]
    return [words.indicator(write.lang, rows[0]["value"], by_municipality, targets)]


def _status_chart(values: Mapping[str, Any], write: Writer) -> Markup:
    counts = {status: int(values[f"units_{status}"]) for status in words.STATUSES_PLURAL}
    segments = [
        charts.Segment(write(words.STATUSES_PLURAL[status]), count, write.number(count), status)
        for status, count in counts.items()
        if count
    ]
    title = write(Message("Units by the status of their point"))
    return charts.whole(segments, key="status", title=title)


def _area_chart(result: Result, values: Mapping[str, Any], write: Writer) -> Markup:
    bars = [
        charts.Bar(write(text), values[code], write.share(values[code], *AREA_TARGETS.values()))
        for code, text in _AREA_BARS.items()
        if pd.notna(values[code])
    ]
    mark = Message("{year} target: {target}")
    marks = [
        charts.Mark(row["target"], write(mark, year=_year(row), target=write.share(row["target"])))
        for row in _area_rows(result)
    ]
    title = write(Message("Area coverage and targets"))
    return charts.bars(bars, key="area", title=title, marks=marks)


# --- Criteria and figures ----------------------------------------------------------------------


def criteria_section(result: Result, tables: Mapping[str, pd.DataFrame]) -> Section:
    """Set criteria with a target beside what was found and published, and name what fails."""
    write = Writer.of(result)
    failing = _Failing(result, tables, write)
    fields = [
        write.field("criterion", lambda row: _label(row, write)),
        write.field("target", lambda row: _of_measure(row, "target", write)),
        write.field("value", lambda row: writer.criterion_text(write.lang, row, unknown="")),
        write.field("published", lambda row: _of_measure(row, "published", write)),
        write.field(Message("Verdict"), lambda row: _verdict(row, result, write)),
        write.field(Message("Number that fail"), failing.count, number=True),
        write.field(Message("Which"), failing.named),
    ]
    wanted = records(result.summary[result.summary["target"].notna()])
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
        tabulate("criteria", caption, fields, wanted, wide=True),
        Note(write(note), "quiet"),
    )


def figures_section(result: Result) -> Section:
    """Give the criteria without a target: found and published."""
    write = Writer.of(result)
    fields = [
        write.field("criterion", lambda row: _label(row, write)),
        write.field("value", lambda row: _with_band(row, write)),
        write.field("published", lambda row: _of_measure(row, "published", write)),
    ]
    others = records(result.summary[result.summary["target"].isna()])
    caption = write(Message("Other figures and what was published"))
    note = Message(
        "A dash means that there is no value: the data are not given, or no value is published."
    )
    return Section.of(
        "figures",
        write(Message("All figures")),
        tabulate("figures", caption, fields, others),
        Note(write(note), "quiet"),
    )


def _label(row: Mapping[Any, Any], write: Writer) -> str:
    label = words.criterion(write.lang, row["criterion"], write.threshold_m)
    text, year = Message("{criterion} ({year} target)"), _year(row)
    return write(text, criterion=label, year=year) if year else label


def _of_measure(row: Mapping[Any, Any], column: str, write: Writer) -> str:
    """Write a target or a published value in its criterion's measure; nothing where there is none.

    No target turns them: they are as they were set or published.
    """
    if pd.isna(row[column]):
        return ""
    return writer.of_measure(row[column], row["measure"]).text(write.lang)


def _with_band(row: Mapping[Any, Any], write: Writer) -> str:
    """Write a value, and the band it lies in where suppressed counts leave it open."""
    value = writer.criterion_text(write.lang, row, unknown="")
    if pd.isna(row["least"]) or row["least"] == row["most"]:
        return value
    if row["measure"].startswith("share"):
        return f"{value} ({formats.share_band(write.lang, row['least'], row['most'])})"
    return f"{value} ({write.number(row['least'])}–{write.number(row['most'])})"


def _verdict(row: Mapping[Any, Any], result: Result, write: Writer) -> str:
    """Word a verdict; where there is none, as on synthetic data, it says so."""
    code, met = row["criterion"], row["met"]
    if code in _RECOMMENDED and met in _FOLLOWED:
        return write(_FOLLOWED[met])
    said = write(words.MET[met or "unknown"])
    if code != _AREA or result.synthetic or pd.isna(row["value"]):
        return said
    share = write.share(_rows(result)["area_share_municipalities"]["value"])
    beside = words.BY_MUNICIPALITY.text(write.lang).format(share=share)
    return f"{said}: {write(words.NO_METHOD)}. {beside}"


class _Failing:
    """What falls short of a criterion; nothing where there is no verdict."""

    def __init__(self, result: Result, tables: Mapping[str, pd.DataFrame], write: Writer) -> None:
        self._network, self._places, self._write = tables["network"], tables["places"], write
        self._rows = _rows(result)

    def count(self, row: Mapping[Any, Any]) -> str:
        """Count what fails."""
        return self._write.number(len(self._names(row))) if self._is_judged(row) else ""

    def named(self, row: Mapping[Any, Any]) -> Cell:
        """Name the first of what fails, and lead to the rest."""
        names = self._names(row) if self._is_judged(row) else []
        shown: list[str | Link] = [*names[:_MOST_NAMES]]
        left = len(names) - len(shown)
        if left:
            more = Message("and {count} more: see the gap lists")
            shown.append(Link(self._write(more, count=self._write.number(left)), "gaps.html"))
        return shown

    def _is_judged(self, row: Mapping[Any, Any]) -> bool:
        value = self._rows[row["criterion"]]["value"]
        return row["criterion"] != _AREA and not pd.isna(value)

    def _names(self, row: Mapping[Any, Any]) -> list[str]:
        """Name what fails: places by distance, the farthest first; units by the alphabet."""
        network, places = self._network, self._places
        if row["criterion"] == "units_none":
            units = records(network[network["status"] == "none"])
            names = [f"{unit['unit_name']} ({unit['municipality_name']})" for unit in units]
            return sorted(names, key=collation_key)
        if row["criterion"] == "centres_beyond":
            failing, name = places[is_open_centre(places) & _beyond(places)], "name"
        else:
            failing, name = network[_beyond(network)], "place_name"
        farthest = failing.sort_values(["distance_m", "place"], ascending=[False, True])
        return [
            f"{place[name]} ({self._write.metres(place['distance_m'])})"
            for place in records(farthest)
        ]


def _beyond(table: pd.DataFrame) -> pd.Series:
    return (~table["within"].astype("boolean")).fillna(value=False).astype(bool)


# --- Published figures -------------------------------------------------------------------------


def published_section(result: Result) -> Section:
    """Set every published figure that the inputs allow beside ours, and say why they differ."""
    write, compared = Writer.of(result), result.published
    title = write(Message("Compared with the published figures"))
    if compared.empty:
        nothing = Message("A synthetic sample is not compared with published figures.")
        return Section.of("published", title, write(nothing))
    fields = [
        write.field("figure", "name"),
        write.field("section"),
        *write.fields("published", "value", "difference"),
        *write.fields("basis", "reason"),
    ]
    blank = dict.fromkeys(("published", "value", "difference"), "")
    rows = [{**row, **blank, **_values_and_difference(row, write)} for row in records(compared)]
    caption = write(Message("Published figures and the values found here"))
    note = Message(
        "Published values are from the 2020 analysis (the second column gives chapter, table or "
        "figure). Contradictions between published figures are named, not corrected."
    )
    share = _rows(result)["libraries_chosen_within_share"]
    known = not (pd.isna(share["value"]) or pd.isna(share["published"]))
    return Section.of(
        "published",
        title,
        write(note),
        words.against_published(write.lang, float(share["published"]), float(share["value"]), "2.2")
        if known
        else None,
        tabulate("published", caption, fields, rows, wide=True),
    )


def _values_and_difference(row: Mapping[Any, Any], write: Writer) -> dict[str, str]:
    """Write both values and their difference; a published value, which nothing turns, as it is."""
    shown = {
        name: None
        if pd.isna(row[name])
        else writer.of_measure(
            row[name], row["measure"], criterion=criterion, threshold_m=threshold_m
        )
        for name, criterion, threshold_m in (
            ("published", "", None),
            ("value", row["figure"], write.threshold_m),
        )
    }
    published, value = shown["published"], shown["value"]
    if published is not None and value is not None:
        shown["difference"] = difference(write.lang, value, published)
    return {name: said.text(write.lang) for name, said in shown.items() if said is not None}


def difference(lang: Lang, value: Shown, published: Shown) -> Shown:
    """Give the difference of the two values as the table shows them."""
    unit = Message("pp").text(lang) if value.unit == "%" else value.unit
    return less(value, published, unit)
