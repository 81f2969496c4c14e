"""What page, map and terminal say of a comparison; names stand in the nominative."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS
from vpvkac.model.columns import COLUMNS
from vpvkac.model.tables import TABLES
from vpvkac.questions.compare import ways_view
from vpvkac.questions.compare.answer import Comparison
from vpvkac.questions.compare.question import Run, RunInput
from vpvkac.render import frame
from vpvkac.render.map_page import (
    BaseLayers,
    PageMap,
    border_entry,
    by_name,
    draw_sheet,
    label_points,
    points,
    projected,
    render,
    shapes,
)
from vpvkac.sources.lock import PUBLISHED
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import MINUS, NBSP, Shown, date, length, number, threshold
from vpvkac.texts.message import Lang, Message
from vpvkac.views import maps
from vpvkac.views.page import About, Cell, Column, Page, Table, job_facts, source_line
from vpvkac.views.writer import of_measure

Row = Mapping[Hashable, Any]

REPORT_FILE, MAP_FILE, WAYS_FILE = "compare.html", "compare_map.html", "compare_reach.html"
CHANGES = TABLES["compare"]["change"].codes or {}
_MAP_TITLE = Message("Map of the changes")
_SUBJECT = Message(
    "What changes from A to B: which territorial units gain or lose a contact point, and where "
    "the point comes within reach or falls out of it."
)
_SIDES = (Message("A"), Message("B"))
# The difference of two shares: procentpunkti, percentage points.
_PERCENTAGE_POINTS = Message("pp")
# Counted even where none is: what a reader asks for first.
_ALWAYS = ("gained_point", "lost_point", "gained_reach", "lost_reach")
# Captions of the lists, in their order: gains and losses first.
LISTED = {
    "gained_point": Message("Gain a contact point"),
    "lost_point": Message("Lose their contact point"),
    "gained_reach": Message("Now within reach: the point is within {threshold} of a stop"),
    "lost_reach": Message("No longer within reach: the point is not within {threshold} of a stop"),
    "status": Message("The status of the point changes"),
    "moved": Message("The point is elsewhere"),
    "new_unit": Message("New units (B only)"),
    "gone_unit": Message("Units gone (A only)"),
    **{name: CHANGES[name] for name in ("reach_known", "reach_unknown", "nearer", "farther")},
}
_REASONS = {
    "gained_point": Message("There was no point; now it is: “{place_b}”."),
    "lost_point": Message("The point was: “{place_a}”; now there is none."),
    "new_unit": Message("In A the same area is held by: {counterparts}."),
    "gone_unit": Message("In B the same area is held by: {counterparts}."),
    "reach_known": Message("The distance is not known in A; in B it is {metres_b}."),
    "reach_unknown": Message("The distance in A is {metres_a}; in B it is not known."),
}
_REASONS_BY_CAUSE = {
    "threshold": Message(
        "The stop is {metres_b} away; the threshold is {threshold_b}, not {threshold_a}."
    ),
    "place": Message(
        "The point is another place: “{place_b}” instead of “{place_a}”; the distance to the stop "
        "is {metres_b} (was {metres_a})."
    ),
    "position": Message(
        "The point stands {moved} from where it was: “{place_b}”; the distance to the stop is "
        "{metres_b} (was {metres_a})."
    ),
    "stops": Message("The nearest stop is “{stop_b}”, {metres_b}; it was “{stop_a}”, {metres_a}."),
    "": Message("Place and distance are the same: “{place_b}”."),
}
_SHA = 12
# Half a step of what files show, less what keeps the half itself on its side.
_UNSURE_M, _UNSURE_SHARE = 0.0499, 0.0000499
# Codes of `symbols.FILLS`; changes of the same kind share one.
_FILLS = {
    "new_unit": "other_unit", "gone_unit": "other_unit", "reach_known": "nearer",
    "reach_unknown": "farther",
}  # fmt: skip
_BEFORE, _AFTER = Message("Former position (A)"), Message("Point in B")
# As the tables have them.
_MOVE_DECIMALS = 7
# Points are drawn by reach alone; where one was, as a ring.
_NOW = {"form": "centre", "status": "existing"}
_FORMER = {"form": "centre", "status": "planned", "tone": "second", "reach": "", "uncertain": False}


def about(comparison: Comparison, lang: Lang, *, by_stops: bool = True) -> About:
    """Give title, facts and sources; what the two sides share is said once.

    Stop set and threshold only where they hold.
    """
    runs = (comparison.a, comparison.b)
    titles = [run.title or words.NETWORK.text(lang) for run in runs]
    title = titles[0] if titles[0] == titles[1] else f"A: {titles[0]} · B: {titles[1]}"
    first, second = (
        job_facts(
            lang, run.layout, (run.stop_set if run.has_stops else "") if by_stops else None,
            run.threshold_m, {source.date for source in run.sources if source.date},
        )
        for run in runs
    )  # fmt: skip
    facts = [fact for fact in first if fact in second]
    for side, own, other in (("A", first, second), ("B", second, first)):
        if apart := [words.lowered(fact) for fact in own if fact not in other]:
            facts.append(f"{side} – {', '.join(apart)}")
    first, second = ([source_line(one, lang) for one in run.sources] for run in runs)
    sources = [line for line in first if line in second]
    for side, own, other in (("A", first, second), ("B", second, first)):
        sources += [f"{side} – {line}" for line in own if line not in other]
    limits = words.LIMITS if by_stops else None
    return About(lang, title, comparison.synthetic, facts, sources, limits)


def headline(comparison: Comparison, lang: Lang) -> list[tuple[str, str]]:
    """Count the units by change: gains and losses always, the others where there are any."""
    counts = comparison.counts
    return [
        (CHANGES[change].text(lang), number(lang, counts[change]))
        for change in dict.fromkeys((*_ALWAYS, *counts))
        if counts[change] or change in _ALWAYS
    ]


def in_a_sentence(comparison: Comparison, lang: Lang) -> str:
    """Say how many units changed, or plainly that nothing did."""
    changed, units = (number(lang, len(rows)) for rows in (comparison.changed, comparison.table))
    if len(comparison.changed):
        text = Message("Territorial units that changed: {changed} of {units}.")
    elif len(comparison.changed_criteria):
        text = Message("No territorial unit changed; only criteria differ.")
    else:
        text = Message("No change: A and B agree in every territorial unit and every criterion.")
    return text.text(lang).format(changed=changed, units=units)


def summary(comparison: Comparison, lang: Lang) -> str:
    """Lay title, counts and the criteria that change out for a terminal."""
    job = about(comparison, lang)
    lines = [f"{Message('Comparison of A and B').text(lang)} – {job.title}"]
    lines += [words.SAMPLE.text(lang)] * job.synthetic
    lines += filter(None, (warning(comparison, lang), words.listed(job.facts, "; ")))
    rows = headline(comparison, lang)
    width = max(len(label) for label, _ in rows)
    reach = max(len(value) for _, value in rows)
    table = [f"{label:<{width}}  {value:>{reach}}" for label, value in rows]
    ways = [*ways_view.headlines(comparison.ways, lang), ""] if comparison.ways else []
    return "\n".join([*lines, "", in_a_sentence(comparison, lang), "", *table, "", *ways])


def warning(comparison: Comparison, lang: Lang) -> str:
    """Warn where one side is invented and the other is not; else nothing."""
    if comparison.a.synthetic == comparison.b.synthetic:
        return ""
    text = Message(
        "Warning: {} is a synthetic sample and the other side is not; this comparison must not be "
        "used for decisions."
    )
    return text.text(lang).format("A" if comparison.a.synthetic else "B")


def ways_page(comparison: Comparison, lang: Lang) -> str:
    """Render the page on the ways there and back as one file that needs no network."""
    said = about(comparison, lang, by_stops=False), warning(comparison, lang)
    return ways_view.ways_page(comparison, *said, _differences(comparison, lang), lang)


def report_page(comparison: Comparison, lang: Lang) -> str:
    """Render the report as one file that needs no network."""
    other_layout = Message(
        "The layouts differ: units are matched by code. A new or gone unit is shown with the "
        "units of the other side that share its area."
    )
    same_criteria = Message("Criteria that do not change: {}.")
    counts, same = comparison.counts, comparison.same_criteria
    texts = {
        "shown": _SUBJECT,
        "map_link": Message("The changes on a map"),
        "ways_link": ways_view.TITLE,
        "what_heading": Message("What is compared"),
        "same_basis": Message("Rules and inputs are the same on both sides."),
        "summary_heading": Message("Criteria"),
        "units_heading": Message("Territorial units that changed"),
        "all_units": Message(
            "Every territorial unit is in compare.csv, every criterion in compare_summary.csv."
        ),
    }
    context = {name: text.text(lang) for name, text in texts.items()} | {
        "warning": warning(comparison, lang),
        "figures": headline(comparison, lang),
        "map_file": MAP_FILE,
        "ways_file": WAYS_FILE if comparison.ways else "",
        "ways": ways_view.headlines(comparison.ways, lang) if comparison.ways else [],
        "what": _differences(comparison, lang),
        "layout_note": other_layout.text(lang) if counts["new_unit"] or counts["gone_unit"] else "",
        "summary": _criteria(comparison, lang),
        "same_criteria": same_criteria.text(lang).format(number(lang, same)) if same else "",
        "lists": _lists(comparison, lang),
    }
    page = Page(in_a_sentence(comparison, lang).rstrip("."), "compare.html", ("compare.css",))
    return frame.render(page, context, about(comparison, lang))


def _differences(comparison: Comparison, lang: Lang) -> Table | None:
    """List how the two sides differ: title, rules and inputs; None where they do not."""
    a, b = (_properties(run, lang) for run in (comparison.a, comparison.b))
    rows: list[list[Cell]] = [[label, a[label], b[label]] for label in a if a[label] != b[label]]
    for key, *pair in comparison.different_inputs:
        label = PUBLISHED[key].name.text(lang) if key in PUBLISHED else key
        rows.append([label, *(_input(one, lang) for one in pair)])
    if not rows:
        return None
    columns = [Column(text.text(lang)) for text in (Message("Property"), *_SIDES)]
    return Table("what", Message("How A and B differ").text(lang), columns, rows)


def _properties(run: Run, lang: Lang) -> dict[str, str]:
    """Say title, version and rules of a run, each by its label."""
    hosts = words.listed(words.HOSTS[host].text(lang) for host in run.hosts)
    as_given = Message("as in the input").text(lang)
    data = words.SYNTHETIC if run.synthetic else Message("not synthetic")
    properties = {
        Message("Title"): run.title or words.NETWORK.text(lang),
        Message("Data"): data.text(lang),
        Message("Version of the program"): run.version,
        words.LAYOUT: date(lang, run.layout) if run.layout else as_given,
        words.THRESHOLD: threshold(lang, run.threshold_m),
        words.STOP_SET: words.STOP_SETS[run.stop_set].text(lang),
        COLUMNS["hosts"].heading: hosts,
    }
    return {label.text(lang): value for label, value in properties.items()}


def _input(one: RunInput | None, lang: Lang) -> str:
    """Say file, date, rows and the beginning of the SHA-256 of an input."""
    if one is None:
        return Message("not given").text(lang)
    day = f", {date(lang, one.date)}" if one.date else ""
    text = Message("{file}{date}; rows used: {rows}; SHA-256: {sha}…").text(lang)
    rows = number(lang, one.rows_used)
    return text.format(file=one.file, date=day, rows=rows, sha=one.sha256[:_SHA])


def _criteria(comparison: Comparison, lang: Lang) -> Table | None:
    """Give the criteria that change, each once; None where none does."""
    changed = comparison.changed_criteria.drop_duplicates("criterion")
    if len(changed) == 0:
        return None
    a, b = comparison.a, comparison.b
    metres = " / ".join(dict.fromkeys(threshold(lang, run.threshold_m) for run in (a, b)))
    rows: list[list[Cell]] = []
    for row in changed.to_dict("records"):
        code = row["criterion"]
        label = words.CRITERIA[code].text(lang) if code in words.CRITERIA else code
        first, second = value_of(a, row, row["value_a"]), value_of(b, row, row["value_b"])
        values = ["" if value is None else value.text(lang) for value in (first, second)]
        apart = "" if first is None or second is None else _apart(lang, first, second, row)
        rows.append([label.replace("{threshold}", metres), *values, apart])
    heading = TABLES["compare_summary"]["difference"].heading
    columns = [Column(COLUMNS["criterion"].heading.text(lang))]
    columns += [Column(text.text(lang), number=True) for text in (*_SIDES, heading)]
    caption, files = Message("Criteria that change").text(lang), ("compare_summary.csv",)
    return Table("criteria", caption, columns, rows, files=files)


def _apart(lang: Lang, a: Shown, b: Shown, row: Row) -> str:
    """Write the difference of what is written; of the values where that is none."""
    unit = _PERCENTAGE_POINTS.text(lang) if row["measure"].startswith("share") else ""
    apart = formats.less(b, a, unit)
    return apart.text(lang) if apart.value else difference(lang, row["difference"], row["measure"])


def difference(lang: Lang, value: float, measure: str) -> str:
    """Write a difference with its sign; that of shares in percentage points."""
    if pd.isna(value):
        return ""
    share = measure.startswith("share")
    # Two decimals: a share of 572 places that changes by one must not show as 0.
    size = formats.plain(lang, abs(100 * value), 2) if share else number(lang, abs(value))
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    unit = f"{NBSP}{_PERCENTAGE_POINTS.text(lang)}" if share else ""
    return f"{sign}{size}{unit}"


def _lists(comparison: Comparison, lang: Lang) -> list[dict[str, object]]:
    """List the units of each change, in the order of the Latvian alphabet."""
    a, b, names = comparison.a, comparison.b, comparison.names
    own = TABLES["compare"]
    headings = (own["unit_name"].heading, own["municipality_name"].heading, *_SIDES,
                Message("What changed"))  # fmt: skip
    columns = [Column(text.text(lang)) for text in headings]
    lists: list[dict[str, object]] = []
    for change, label in LISTED.items():
        count = comparison.counts[change]
        if count == 0:
            continue
        rows = comparison.most_changed(change).to_dict("records")
        rows.sort(key=lambda row: (collation_key(row["municipality_name"]),
                                   collation_key(row["unit_name"])))  # fmt: skip
        cells: list[list[Cell]] = [
            [row["unit_name"], row["municipality_name"], side_text(row, "a", a, lang),
             side_text(row, "b", b, lang), reason(row, a, b, names, lang)]
            for row in rows
        ]  # fmt: skip
        caption = f"{words.with_threshold(lang, label, b.threshold_m)}: {number(lang, count)}"
        more = Message("Others: {} (in compare.csv).").text(lang)
        lists.append({
            "table": Table(change.replace("_", "-"), caption, columns, cells, wide=True,
                           files=("compare.csv",)),
            "more": more.format(number(lang, count - len(rows))) if count > len(rows) else "",
        })  # fmt: skip
    return lists


def side_text(row: Row, side: str, run: Run, lang: Lang) -> str:
    """Say what a unit has on one side: status, place and distance."""
    status = row[f"status_{side}"]
    if status in {"", "none"}:
        return (Message("No point") if status else Message("Not in this layout")).text(lang)
    parts = [words.STATUSES[status].text(lang), row[f"place_name_{side}"]]
    if metres := metres_of(run, row["unit"], row[f"distance_{side}"]):
        parts.append(metres.text(lang))
    if row[f"uncertain_{side}"] is True:
        parts.append(Message("to be verified").text(lang))
    return ", ".join(parts)


def reason(row: Row, a: Run, b: Run, names: Mapping[str, str], lang: Lang) -> str:
    """Say in a sentence what changed about a unit, a row of `answer.unit_changes`."""
    change = row["change"]
    if change in {"new_unit", "gone_unit"} and not row["counterparts"]:
        return Message("The other side has no unit in this area.").text(lang)
    sentence = _REASONS.get(change, _REASONS_BY_CAUSE[row["cause"]])
    values: dict[str, str] = {
        "moved": "" if pd.isna(row["moved_m"]) else length(lang, row["moved_m"]),
        "counterparts": ", ".join(names.get(code, code) for code in row["counterparts"].split()),
    }
    for side, run in (("a", a), ("b", b)):
        metres = metres_of(run, row["unit"], row[f"distance_{side}"])
        values[f"metres_{side}"] = (metres or Message("not known")).text(lang)
        values[f"place_{side}"] = row[f"place_name_{side}"]
        values[f"stop_{side}"] = row[f"stop_name_{side}"]
        values[f"threshold_{side}"] = threshold(lang, run.threshold_m)
    return sentence.text(lang).format(**values)


def metres_of(run: Run, unit: str, value: float) -> Shown | None:
    """Round a distance for people; as the file has it, if the metre hangs on more than is known."""
    if pd.isna(value):
        return None
    exact = run.metres.get(unit)
    ends = [value - _UNSURE_M, value + _UNSURE_M] if exact is None else [exact]
    rounded = {formats.to_metres(end, run.threshold_m) for end in ends}
    if len(rounded) > 1:
        return formats.to_number(value, 1)._replace(unit="m")
    return rounded.pop()


def value_of(run: Run, row: Row, value: float) -> Shown | None:
    """Round a value for people; a share as the file has it, if its tenth hangs on more."""
    if pd.isna(value):
        return None
    criterion, measure = row["criterion"], row["measure"]
    exact = run.values.get((criterion, measure))  # noqa: PD011 - no table
    ends = (formats.to_share(value + step) for step in (-_UNSURE_SHARE, _UNSURE_SHARE))
    if exact is None and measure.startswith("share") and len(set(ends)) > 1:
        return formats.to_number(100 * value, 2)._replace(unit="%")
    return of_measure(value if exact is None else exact, measure, criterion=criterion)


def map_page(comparison: Comparison, lang: Lang) -> str:
    """Render the map as one file that needs no network."""
    title = f"{_MAP_TITLE.text(lang)} – {about(comparison, lang).title}"
    return render(change_map(comparison, lang), title=title, lang=lang)


def change_map(comparison: Comparison, lang: Lang) -> PageMap:
    """Draw the units by their change, the points that changed, and where they were."""
    base = BaseLayers.of(comparison.b.units)
    before, after = (
        _points(comparison.points(side), run, lang)
        for side, run in (("a", comparison.a), ("b", comparison.b))
    )
    ends = comparison.moves.to_numpy(float).reshape(-1, 2, 2)
    moves = np.asarray(shapely.linestrings(ends), object)
    sheet = maps.Sheet(
        title=_MAP_TITLE.text(lang),
        shown=_SUBJECT.text(lang),
        areas=_areas(comparison, lang, base.units),
        legend=_legend(comparison, lang),
        marks=[
            maps.Marks(maps.Layer("former", _BEFORE.text(lang)), before, _FORMER),
            maps.Marks(maps.Layer("now", _AFTER.text(lang)), after, _NOW),
        ],
        values=headline(comparison, lang),
        lines={"moves": shapes(moves, decimals=_MOVE_DECIMALS)},
    )
    report = maps.NavLink(REPORT_FILE, Message("Report of the comparison").text(lang))
    return draw_sheet(sheet, base, about(comparison, lang), pages=[report], home=None)


def fill_of(change: str) -> str:
    """Give the code of the fill that stands for a change."""
    return _FILLS.get(change, change)


def _areas(comparison: Comparison, lang: Lang, of_b: gpd.GeoDataFrame) -> maps.Json:
    """Make the units of B over those of A alone, each with its card."""
    rows = {row["unit"]: row for row in comparison.table.to_dict("records")}
    a, b, names = comparison.a, comparison.b, comparison.names
    gone = a.units[~a.units["unit"].isin(of_b["unit"])]
    units = pd.concat([gone, of_b.iloc[by_name(of_b)]], ignore_index=True)
    cards_of_units = []
    for place, (unit, at) in enumerate(
        zip(units.drop(columns="geometry").to_dict("records"), label_points(units), strict=True)
    ):
        row = rows[unit["unit"]]
        change = row["change"]
        kind = words.KINDS[unit["kind"]].text(lang) if unit["kind"] in words.KINDS else ""
        name, municipality = unit["unit_name"], unit["municipality_name"]
        where = [kind, "" if municipality == name else municipality]
        card = {
            "unit": unit["unit"],
            "name": name,
            "where": ", ".join(filter(None, where)),
            "fill": fill_of(change),
            "rows": [
                [COLUMNS["change"].heading.text(lang), CHANGES[change].text(lang)],
                ["A", side_text(row, "a", a, lang)],
                ["B", side_text(row, "b", b, lang)],
            ],
        }
        if change != "same":
            card["reason"] = reason(row, a, b, names, lang)
        if place >= len(gone):
            card["at"] = at
        cards_of_units.append(card)
    return projected(gpd.GeoDataFrame(units, crs=CRS), cards_of_units)


def _points(places: pd.DataFrame, run: Run, lang: Lang) -> maps.Json:
    """Make the points of one side, each with its card."""
    cards_of_points = []
    for row in places.to_dict("records"):
        card = {
            "unit": row["unit"],
            "name": maps.cell_text(row["place_name"]),
            "host": row["host"],
            "status": row["status"],
        }
        if metres := metres_of(run, row["unit"], row["distance"]):
            within, stop, away = bool(row["within"]), row["stop_name"], metres.text(lang)
            reach = words.within_reach if within else words.beyond_reach
            card |= {
                "reach": "within" if within else "beyond",
                "reached": reach(lang, run.threshold_m),
                "stop": f"“{stop}” – {away}" if stop else away,
                "uncertain": row["uncertain"] is True,
            }
        cards_of_points.append(card)
    return points(places, cards_of_points)


def _legend(comparison: Comparison, lang: Lang) -> list[maps.Group]:
    fills = [
        maps.Entry(CHANGES[change].text(lang), number(lang, count), fill=fill_of(change))
        for change, count in comparison.counts.items()
        if count
    ]
    threshold_m, counts = comparison.b.threshold_m, comparison.reach_of_points
    looks: dict[str, tuple[str, maps.Json]] = {
        "within": (words.within_reach(lang, threshold_m), {"reach": "within"}),
        "beyond": (words.beyond_reach(lang, threshold_m), {"reach": "beyond"}),
        "unknown": (Message("Reach not known").text(lang), {}),
        "uncertain": (words.UNCERTAIN.text(lang), {"reach": "within", "uncertain": True}),
    }
    marks = []
    for code, (label, look) in looks.items():
        if count := counts[code]:
            text = f"{_AFTER.text(lang)}: {words.lowered(label)}"
            marks.append(maps.mark_entry(text, number(lang, count), **_NOW, **look))
    if former := len(comparison.points("a")):
        marks.append(maps.mark_entry(_BEFORE.text(lang), number(lang, former), **_FORMER))
    if len(comparison.moves):
        marks.append(maps.Entry(Message("Point moved: from A to B").text(lang), line="move"))
    return [
        maps.Group(words.MAP["units"].text(lang), [*fills, border_entry(lang)]),
        maps.Group(Message("Points that changed").text(lang), marks),
    ]
