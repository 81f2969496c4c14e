"""What is shown of a plan: its staircase beside the targets, a map by year, municipal lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from vpvkac.analysis.network import ANNOUNCED, EXISTING
from vpvkac.model.tables import TABLES
from vpvkac.questions.plan.answer import Answer
from vpvkac.render.frame import Series, as_file, render, stairs
from vpvkac.render.picture import alone, draw, sample
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import plain
from vpvkac.texts.message import Lang, Message
from vpvkac.views.page import Block, Figure, Page, Section, about
from vpvkac.views.plan import opening_year, share_of_area, years_table
from vpvkac.views.writer import Writer, records, tabulate

TITLE = TABLES["plan"].title
_AREA, _PEOPLE = Message("Area with an open point"), Message("Residents served")
_SERVED = {
    "population": Message(
        "Residents of units with an open point: {before} before the plan, {after} at the end of "
        "{last}."
    ),
    "units": Message(
        "Units with an open point: {before} before the plan, {after} at the end of {last}."
    ),
}
_WITHIN = {
    "population": Message(
        "Residents within {radius} of an open point in a straight line: {before} before the plan, "
        "{after} at the end of {last}."
    ),
    "units": Message(
        "Units whose middle is within {radius} of an open point: {before} before the plan, {after} "
        "at the end of {last}."
    ),
}
_SHARES = {
    "population": Message("of residents have an open point in their unit at the end of {year}"),
    "units": Message("of units have an open point at the end of {year}"),
}
_SHARES_WITHIN = {
    "population": Message("of residents live within {radius} of an open point in {year}"),
    "units": Message("of units have their middle within {radius} of an open point in {year}"),
}
_COUNTED = {"population": Message("residents"), "units": Message("units")}
_FIRST = 8
_WHOSE = {
    None: Message("The budget pays the whole cost, whoever bears it."),
    "A": Message("The budget pays what the state pays in scenario A."),
    "B": Message("The budget pays what the state pays in scenario B."),
}
_NOWHERE = Message(
    "Opened units without any place yet: {count}. The plan counts them as open; premises must be "
    "found, and plan_points.csv does not have them."
)
_STAY_ANNOUNCED = Message(
    "Announced centres: {count}. The plan counts them as open; plan_points.csv does not have them, "
    "so that compare and reach leave them announced."
)
_NOT_FIXED = Message(
    "Units with a decision that has a due year: {count}. The plan does not keep to these years; "
    "it does with --decisions, or decisions = true under [plan]."
)
_FIGURE = Markup(
    '<figure>{}<figcaption><strong>{}</strong> {}<ul class="key">{}</ul></figcaption></figure>'
)
_METHOD = (
    Message(
        "Sought is the order that serves most residents, added up over all years; in each year the "
        "openings and the upkeep of all points opened so far fit the budget of that year, and "
        "every target holds. Money that a year leaves is not carried over."
    ),
    Message(
        "A point costs {setup} EUR to set up (with the first training), and {upkeep} EUR a year, "
        "in the year of its opening too (assumptions: {file})."
    ),
    Message(
        "Announced centres count as open from the first year and cost this budget nothing; so do "
        "the existing ones."
    ),
    Message(
        "An open point counts the whole area of its unit. The plan's indicator has no published "
        "method, so whether a target is met here is not the ministry's verdict."
    ),
    Message(
        "Not in the plan: whether a library is willing, staff, the works that a building needs, "
        "and prices that rise."
    ),
    Message(
        "The 2020 analysis (section 5) foresaw a contract with each municipality by September 2021 "
        "and the points from January 2022."
    ),
)


def terminal_lines(
    planned: Answer, files: Sequence[Path], lang: Lang, until: int | None = None
) -> list[str]:
    """Say the headlines, each year in a line, which files were written, and what they lack."""
    write = Writer(lang, planned.result.threshold_m)
    year = Message("{year}: points opened {opened}; spent {spent} of {budget} EUR; area {area}")
    lines = [
        write(
            year, year=row["year"], opened=write.number(row["opened"]),
            spent=write.number(row["spent"]), budget=write.number(row["budget"]),
            area=_area(row, write),
        )
        for row in planned.years.to_dict("records")
    ]  # fmt: skip
    written = write(Message("Files: {}"), ", ".join(map(str, files)))
    return [*headlines(planned, write), *lines, *_not_in_points(planned, write, until), written]


def _not_in_points(planned: Answer, write: Writer, until: int | None) -> Iterator[str]:
    """Say what counts as open in the plan and is not so in plan_points.csv."""
    counted = Message("Points in plan_points.csv: {count}.")
    yield write(counted, count=write.number(len(planned.points(until))))
    if planned.nowhere:
        yield write(_NOWHERE, count=write.number(planned.nowhere))
    announced = int((planned.result.network["status"] == ANNOUNCED).sum())
    if announced:
        yield write(_STAY_ANNOUNCED, count=write.number(announced))


def headlines(planned: Answer, write: Writer) -> Iterator[str]:
    """Say what opens, whom it serves, which targets hold, and how good the plan is."""
    question, years = planned.question, planned.years
    span = {"first": question.first, "last": question.last}
    yield write(
        Message("Points to open {first}–{last}: {count} of {all}; cost: {spent} EUR."),
        **span, count=write.number(len(planned.opened)), all=write.number(len(planned.table)),
        spent=write.number(years["spent"].sum()),
    )  # fmt: skip
    served = (_SERVED if question.radius_m is None else _WITHIN)[question.weights or "units"]
    after = int(years["residents"].iloc[-1])
    yield write(
        served, last=question.last, radius=write.length(question.radius_m or 0),
        before=_share(planned.before, planned, write), after=_share(after, planned, write),
    )  # fmt: skip
    for row in years[years["target"].notna()].to_dict("records"):
        yield write(Message("{year}: area {area}."), year=row["year"], area=_area(row, write))
    newly, bound = write.number(planned.served), write.number(planned.bound)
    what = write(_COUNTED[question.weights or "units"])
    if planned.optimal:
        yield write(
            Message(
                "Newly served ({what}, added up over the years): {served}; bound: {bound}. It is "
                "proven that no order within the budgets and the targets serves more."
            ),
            served=newly, bound=bound, what=what,
        )  # fmt: skip
    else:
        yield write(
            Message(
                "Newly served ({what}, added up over the years): {served}; bound: {bound}; gap: "
                "{gap}. Within the time limit ({seconds} s) it was not proven that there is "
                "nothing better. Another computer may give another result."
            ),
            seconds=plain(write.lang, question.time_limit_s),
            gap=write.share(max(planned.gap, 0.001)), served=newly, bound=bound, what=what,
        )  # fmt: skip
    yield _greedy(planned, write)


def _share(count: int, planned: Answer, write: Writer) -> str:
    return f"{write.number(count)} ({write.share(count / planned.total)})"


def _area(row: Any, write: Writer) -> str:
    """Write the share of the area, with the target and whether it is met."""
    if pd.isna(row["target"]):
        return share_of_area(row, write)
    return write(
        Message("{share} (target {target}: {met})"),
        share=share_of_area(row, write),
        target=write.share(row["target"]), met=write.small(words.MET[row["met"]]),
    )  # fmt: skip


def _greedy(planned: Answer, write: Writer) -> str:
    """Say what the greedy order would serve, and which targets it misses."""
    years = planned.years
    missed = years[years["greedy_area_share"] < years["target"]]
    served = years["greedy_residents_share"].sum() - years["residents_share"].sum()
    more, what = round(served * planned.total), write(_COUNTED[planned.question.weights or "units"])
    if len(missed) and more <= 0:
        text = Message("Opening each year what serves most would miss the targets of: {years}.")
        return write(text, years=", ".join(map(str, missed["year"])))
    if len(missed):
        return write(
            Message(
                "Opening each year what serves most, regardless of targets, would serve {more} "
                "more ({what}, added up over the years) and miss the targets of: {years}."
            ),
            more=write.number(more), what=what, years=", ".join(map(str, missed["year"])),
        )  # fmt: skip
    if more < 0:
        return write(
            Message(
                "Opening each year what serves most would meet the targets too and serve {less} "
                "less ({what}, added up over the years)."
            ),
            less=write.number(-more),
            what=what,
        )
    return write(Message("Opening each year what serves most would do equally well."))


def plan_page(planned: Answer, lang: Lang, until: int | None = None) -> str:
    """Write the page, which needs nothing else; the same answer gives the same text."""
    write = Writer(lang, planned.result.threshold_m)
    style = ("report.css", "story.css", "plan.css")
    # The first headline is the answer.
    title = next(headlines(planned, write)).rstrip(".")
    page = Page(title, "plan.html", style, files=("plan_points.csv",))
    context = {
        "figures": [*_figures(planned, write)],
        "first": _first(planned, write),
        "contents": Message("Contents").text(lang),
        "sections": [*_sections(planned, write)],
        "not_in_points": [*_not_in_points(planned, write, until)],
    }
    return render(page, context, about(planned.result, lang))


def _figures(planned: Answer, write: Writer) -> Iterator[Figure]:
    """Give the four figures: the first year's openings, and what stands at the end."""
    first, last = (records(planned.years)[end] for end in (0, -1))
    opens = Message("points open in {year}, the first year")
    yield Figure(write.number(first["opened"]), write(opens, year=first["year"]), "#first")
    spends = Message("EUR is the cost of {year}, of a budget of {budget}")
    text = write(spends, year=first["year"], budget=write.number(first["budget"]))
    yield Figure(write.number(first["spent"]), text, "#by-year")
    area = Message("of the area has an open point at the end of {year}")
    yield Figure(share_of_area(last, write), write(area, year=last["year"]), "#map")
    served = (_SHARES if planned.question.radius_m is None else _SHARES_WITHIN)[
        planned.question.weights or "units"
    ]
    radius = write.length(planned.question.radius_m or 0)
    share = write.share(last["residents_share"])
    yield Figure(share, write(served, year=last["year"], radius=radius), "#by-year")


def _first(planned: Answer, write: Writer) -> Section:
    """List what opens first: those that serve most."""
    year = planned.question.first
    opened = planned.table[planned.table["year"] == year]
    order = opened.sort_values("residents", ascending=False, kind="stable")
    fields = write.fields("unit_name", "municipality_name", "place_name", "host", "residents")
    caption = Message("Opened in {year}, those first that serve most: {shown} of {all}")
    shown = order.head(_FIRST)
    counts = {"shown": write.number(len(shown)), "all": write.number(len(opened))}
    text = write(caption, year=year, **counts)
    table = tabulate("first-year", text, fields, records(shown), files=("plan.csv",))
    none = write(Message("Nothing opens in the first year."))
    title = write(Message("What to do first"))
    return Section.of("first", title, table if len(opened) else none)


def _sections(planned: Answer, write: Writer) -> Iterator[Section]:
    question = planned.question
    notes = [write(_WHOSE[question.scenario])]
    if (planned.table["fixed"] == "decision").any():
        text = Message("Openings fixed by decisions.csv: {n}.")
        fixed = (planned.table["fixed"] == "decision").sum()
        notes.append(write(text, n=write.number(int(fixed))))
    summary = write(Message("Summary"))
    yield Section.of("answer", summary, *headlines(planned, write), *notes)
    years = years_table(planned, write, "greedy_area_share", "greedy_residents_share")
    yield Section.of("by-year", write(Message("Year by year")), _charts(planned, write), years)
    yield Section.of("map", write(Message("The map by year")), _maps(planned, write))
    title = write(Message("The list of each municipality"))
    yield Section.of("municipalities", title, *_lists(planned, write))
    facts = {
        "setup": write.number(planned.table["setup"].iloc[0]),
        "upkeep": write.number(planned.table["upkeep"].iloc[0]),
        "file": planned.assumptions.shown,
    }
    method = [write(text, **facts) for text in _METHOD]
    if planned.not_fixed:
        method.append(write(_NOT_FIXED, count=write.number(len(planned.not_fixed))))
    yield Section.of("method", write(Message("Method and limitations")), *method)


def _charts(planned: Answer, write: Writer) -> Markup:
    """Draw the steps of the area beside the targets, and of the residents; greedy ones too."""
    years = planned.years
    marks = [
        (number, share, write.share(share))
        for number, share in enumerate(years["target"]) if not np.isnan(share)
    ]  # fmt: skip
    plan, simple = write(Message("The plan")), write(Message("Greedy order"))
    charts = [
        stairs(
            [str(year) for year in years["year"]],
            [
                Series(plan, years[f"{what}_share"].tolist(), "line"),
                Series(simple, years[f"greedy_{what}_share"].tolist(), "line other"),
            ],
            marks=marks if what == "area" else [],
            mark=write(Message("Target")), key=f"{what}-steps", title=write(title), lang=write.lang,
        )
        for what, title in (("area", _AREA), ("residents", _PEOPLE))
    ]  # fmt: skip
    return Markup('<div class="pair">{}{}</div>').format(*charts)


def _maps(planned: Answer, write: Writer) -> Markup:
    """Draw a map for each year: what was open, what opens, what is still to come."""
    units, figures = planned.result.units, Markup("")
    year_of = planned.table.set_index("unit")["year"].reindex(units["unit"])
    opens = year_of.to_numpy(float, na_value=np.inf)
    is_before = units["status"].isin([EXISTING, ANNOUNCED]).to_numpy()
    labels = {
        "existing": write(Message("Open or announced before")),
        "gained_point": write(Message("Opens that year")),
        "planned": write(Message("Not open yet")),
    }
    title = write(TITLE)
    for year in planned.question.years:
        chosen = [is_before | (opens < year), opens == year]
        fills = pd.Series(np.select(chosen, ["existing", "gained_point"], "planned"))
        counts = fills.value_counts()
        page = f"y{year}-"
        entries = [
            (sample(fill, page=page), f"{label}: {write.number(counts[fill])}")
            for fill, label in labels.items() if fill in counts
        ]  # fmt: skip
        said = "; ".join(text for _, text in entries)
        drawn = draw(units, fills, str(year), said, page=page, names=False)
        # Every text in a drawing is escaped.
        legend = Markup("").join(
            Markup("<li>{} {}</li>").format(shown, label) for shown, label in entries
        )
        link = as_file(alone(drawn, f"{title}, {year}", entries), f"plan-{year}", str(year))
        figures += _FIGURE.format(Markup(drawn), year, link, legend)  # noqa: S704
    return Markup('<div class="maps">{}</div>').format(figures)


def _lists(planned: Answer, write: Writer) -> Iterator[Block]:
    """Give each municipality the list of its units: when each opens, and where."""
    table, cost = planned.table, planned.table[["setup", "upkeep"]].iloc[0]
    fields = [
        opening_year(write),
        *write.fields("unit_name", "place_name", "host", "residents", "area_km2"),
    ]
    if (table["fixed"] != "").any():
        fixed = write.field(
            "fixed", lambda row: write(words.FIXED[row["fixed"]]) if row["fixed"] else ""
        )
        fields.append(fixed)
    caption = Message(
        "{name}: points opened {count} of {all}; {setup} EUR to set them up, {upkeep} EUR a year"
    )
    names = table.groupby("municipality")["municipality_name"].first()
    for code in sorted(names.index, key=lambda code: (collation_key(names[code]), code)):
        rows = table[table["municipality"] == code]
        count = int(rows["year"].notna().sum())
        shown = write(
            caption, name=names[code], count=write.number(count), all=write.number(len(rows)),
            setup=write.number(count * cost["setup"]), upkeep=write.number(count * cost["upkeep"]),
        )  # fmt: skip
        yield tabulate(f"list-{code}", shown, fields, records(rows), head=1, files=("plan.csv",))
