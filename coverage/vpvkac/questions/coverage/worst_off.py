"""What pages of a run tell of those who live farthest, and of the project's standards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.analysis.catchment import BY_UNIT
from vpvkac.analysis.reach import EXISTING, NETWORK
from vpvkac.analysis.worst_off import ALL, NO, PERCENTILES, UNKNOWN
from vpvkac.model.columns import COLUMNS
from vpvkac.model.tables import TABLES
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Message, Text
from vpvkac.views.page import Block, Column, Note, Section, Table
from vpvkac.views.writer import Field, Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

_DISTANCES = Message(
    "{points}: half of the residents live no farther than {p50} from a point, 90 % no farther than "
    "{p90}, 99 % no farther than {p99}."
)
_OFFLINE = Message(
    "{points}, older residents who use no internet ({count}; taken to be 10 % of those of 65–74 "
    "and 34 % of those of 75 and over): half live no farther than {p50} from a point, 90 % no "
    "farther than {p90}, 99 % no farther than {p99}."
)
_AWAY = Message("Away from home for it, of all residents: {parts}.")
# A percentile among those who cannot is no number of minutes, and is not named.
_AT_MOST = {
    "p50": Message("half at most {} min"),
    "p90": Message("90 % at most {} min"),
    "p99": Message("99 % at most {} min"),
}
_CANNOT = Message("cannot go there and back at all: {none}")
_AMONG = Message("among those who cannot")
_POINTS = {EXISTING: words.REACH_POINTS[EXISTING], NETWORK: Message("After the plan")}
_STANDARD = Message("{share} of residents within {km} km")
_BY_CELL = Message("In a straight line from the middle of the residents' cell.")
_BY_AREA = Message(
    "In a straight line from a point inside the unit, for residents are known by unit only."
)


def worst_off_section(result: Result) -> Section:
    """Say how far the last live by kind of unit and municipality, and where a standard fails."""
    write, table = Writer.of(result), result.worst_off
    title = write(TABLES["worst_off"].title)
    if table.empty:
        return Section.of("farthest", title, write(Message("Residents are not given.")))
    method = _BY_AREA if result.residents["basis"].iloc[0] == BY_UNIT else _BY_CELL
    is_municipal, is_all = table["municipality"] != "", table["people"] == ALL
    by_kind = table[~is_municipal & ((table["kind"] != "") | ~is_all)]
    farthest = table[is_municipal & is_all].sort_values(
        ["distance_p99", "municipality"], ascending=[False, True]
    )
    blocks: list[Block] = [
        *_lines(records(table[~is_municipal & (table["kind"] == "")]), write),
        Note(f"{write(method)} {write(words.CLIENT_SURVEY)}", "quiet"),
        *_standards(result, write),
        _percentile_table("farthest-kinds", Message("By kind of unit"), by_kind, write),
        _percentile_table("farthest-municipalities", Message("By municipality"), farthest, write),
    ]
    return Section("farthest", title, blocks)


def worst_off_lines(result: Result) -> dict[str, list[str]]:
    """Say by municipality how far the last of it live, and which standards it fails."""
    write, table, judged = Writer.of(result), result.worst_off, result.standards
    # What they need in minutes stands in the lines of reach.
    lines: dict[str, list[str]] = {}
    for row in records(table[table["people"] == ALL].assign(none_share=np.nan)):
        lines.setdefault(row["municipality"], []).extend(_lines([row], write))
    told = Message("{points}, {standard}: {met} ({share}).")
    for row in records(judged[judged["met"].isin([NO, UNKNOWN])]):
        points, met = write(_POINTS[row["points"]]), write.small(words.MET[row["met"]])
        standard = write(_STANDARD, share=write.share(row["required"]), km=_km(row["km"], write))
        lines.setdefault(row["municipality"], []).append(
            write(told, points=points, standard=standard, met=met, share=_share(row, write))
        )
    return lines


def _lines(rows: Iterable[Mapping[Any, Any]], write: Writer) -> list[str]:
    lines = []
    for row in rows:
        if pd.isna(row["distance_p50"]):
            continue
        points = write(_POINTS[row["points"]])
        away = {name: write.length(row[f"distance_{name}"]) for name in PERCENTILES}
        if row["people"] != ALL:
            count = write.number(row["residents"])
            lines.append(write(_OFFLINE, points=points, count=count, **away))
            continue
        line = write(_DISTANCES, points=points, **away)
        if not pd.isna(row["none_share"]):
            line = f"{line} {write(_AWAY, parts='; '.join(_away_parts(row, write)))}"
        lines.append(line)
    return lines


def _away_parts(row: Mapping[Any, Any], write: Writer) -> list[str]:
    minutes = {name: row[f"minutes_{name}"] for name in PERCENTILES}
    known = [
        write(_AT_MOST[name], write.number(most))
        for name, most in minutes.items()
        if not pd.isna(most)
    ]
    return [*known, write(_CANNOT, none=write.share(row["none_share"]))]


def _percentile_table(key: str, caption: Text, rows: pd.DataFrame, write: Writer) -> Table:
    """Set existing centres and the plan beside one another, a row a group."""
    groups = ["people", "kind", "municipality_name"]
    existing, plan = (rows[rows["points"] == name] for name in (EXISTING, NETWORK))
    pairs = existing.merge(plan, on=groups, suffixes=(f"_{EXISTING}", f"_{NETWORK}"))

    def label(row: Mapping[Any, Any]) -> str:
        parts = [write.cell(name, row) for name in groups if row[name]]
        return ": ".join(parts[row["people"] == ALL and len(parts) > 1 :])

    def cell(measure: str, name: str, points: str, row: Mapping[Any, Any]) -> str:
        value = row[f"{measure}_{name}_{points}"]
        if measure == "distance":
            return write.length(value)
        is_among = pd.isna(value) and pd.notna(row[f"none_share_{points}"])
        return write(_AMONG) if is_among else write.number(value)

    fields = [write.field(Message("Residents of"), label)]
    for measure in ["distance"] + ["minutes"] * bool(rows["none_share"].notna().any()):
        for points in (EXISTING, NETWORK):
            for name in PERCENTILES:
                of = write.small(COLUMNS[f"{measure}_{name}"].heading)
                heading = f"{write(_POINTS[points])}: {of}"
                column = Column(heading, number=True)
                fields.append(Field(column, partial(cell, measure, name, points)))
    return tabulate(
        key, write(caption), fields, records(pairs), wide=True, files=("worst_off.csv",)
    )


def _standards(result: Result, write: Writer) -> list[Block]:
    """Hold the country to each standard, and name the municipalities that do not meet it."""
    judged = result.standards
    if judged.empty:
        return []
    rows = []
    for _, group in judged.groupby(["km", "points"]):
        whole, *each = records(group)
        below = [row["municipality_name"] for row in each if row["met"] == NO]
        has_floor = pd.notna(each[0]["required"])
        rows.append(
            {
                **whole,
                "standard": write(
                    _STANDARD, share=write.share(whole["required"]), km=_km(whole["km"], write)
                ),
                "points": write(_POINTS[whole["points"]]),
                "floor": write.share(each[0]["required"]),
                "below": _below(below, len(each), write) if has_floor else "",
                "unsure": sum(row["met"] == UNKNOWN for row in each),
            }
        )
    fields = [
        write.field(Message("Standard"), lambda row: row["standard"]),
        write.field(Message("Contact points"), lambda row: row["points"]),
        write.field("share", lambda row: _share(row, write), number=True),
        *write.fields("met"),
        write.field(Message("Floor for each municipality"), lambda row: row["floor"], number=True),
        write.field(Message("Municipalities below it"), lambda row: row["below"]),
        write.field(Message("Cannot be determined"), lambda row: write.number(row["unsure"])),
    ]
    title, files = write(TABLES["standards"].title), ("standards.csv",)
    return [tabulate("standards", title, fields, rows, wide=True, files=files)]


def _below(names: list[str], of: int, write: Writer) -> str:
    """Count the municipalities first, for their names may be many."""
    count = write(Message("{count} of {of}"), count=write.number(len(names)), of=write.number(of))
    return ": ".join([count, ", ".join(sorted(names, key=collation_key))]) if names else count


def _share(row: Mapping[Any, Any], write: Writer) -> str:
    """Write a share, and its band where that is not one number; never across the target."""
    share = write.share(row["share"], row["required"])
    if pd.isna(row["share"]) or row["share_least"] == row["share_most"]:
        return share
    return f"{share} ({formats.share_band(write.lang, row['share_least'], row['share_most'])})"


def _km(km: float, write: Writer) -> str:
    return write.number(km, 0 if km % 1 == 0 else 1)
