"""`vpvkac plan`: in what order to open the remaining points."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from vpvkac.cli.runner import METRES, Reply, Run, command
from vpvkac.cli.usage import Checked, Choice, at_least, option, within
from vpvkac.model.options import YEARS, OptionError, share, year
from vpvkac.model.project import money
from vpvkac.texts.message import Message


def _with_year(check: Callable[[str, object], Any], *, alone: bool = False) -> Checked:
    """Make the type of a year and its value, "2024=0.85"; alone, of all years."""

    def read(name: str, value: str) -> tuple[int, Any]:
        when, sign, given = value.rpartition("=")
        if not sign and not alone:
            problem, remedy = Message("names no year"), Message("write 2024=0.85")
            raise OptionError(name, value, problem, remedy)
        try:
            number: object = float(given.replace(",", ".", 1))
        except ValueError:
            number = given
        return year(name, when) if sign else YEARS.start, check(name, number)

    return Checked(read)


def _opening(name: str, value: str) -> tuple[str, int]:
    """Read the code of a unit and its year, "LV0000000=2024"."""
    unit, sign, when = value.partition("=")
    if not sign:
        problem, remedy = Message("names no year"), Message("write LV9920570=2024")
        raise OptionError(name, value, problem, remedy)
    return unit, year(name, when)


_BY_YEAR = Message("[YEAR=]EUR")


@command(
    about=Message(
        "Plan in what order to open the remaining points, by year.\n\n"
        "Each year's openings and upkeep fit its budget, every target of open area holds, and "
        "most residents gain early. Writes plan.csv, plan_years.csv, plan_points.csv and "
        "plan.html."
    ),
    examples=Message("""\
vpvkac plan                                the project here, else the embedded sample
vpvkac plan latvija/ --budget 500000 --first 2027 --last 2032 --target 2030=0.85
vpvkac plan --budget 2024=900000 --budget 2027=400000 --scenario A
vpvkac plan --fix LV9920570=2024 --bar LV9954450 --most 3
vpvkac compare . --b-points out/plan_points.csv --reach    what the plan changes
"""),
)
@option("--budget", multiple=True, type=_with_year(money, alone=True), shown=_BY_YEAR,
        about=Message(
        "Money of a year; 2024=500000 holds from 2024 on; may be given several times.  "
        "[project's]"
))  # fmt: skip
@option("--target", "targets", multiple=True, type=_with_year(share), shown=Message("YEAR=SHARE"),
        about=Message(
        "Share of the area to be open in a year; may be given several times.  [project's, else "
        "2024=0.85 and 2027=0.9]"
))  # fmt: skip
@option("--first", type=Checked(year), shown=Message("YEAR"),
        about=Message("First year.  [project's, else that of the assumptions]"))  # fmt: skip
@option("--last", type=Checked(year), shown=Message("YEAR"),
        about=Message("Last year.  [project's, else that of the assumptions]"))  # fmt: skip
@option("--scenario", type=Choice(("A", "B")), about=Message(
        "The budget pays what the state pays in a scenario.  [the whole cost]"
))  # fmt: skip
@option("--most", type=at_least(1), shown=Message("COUNT"),
        about=Message("Openings at most in a municipality and year."))  # fmt: skip
@option("--fix", "fixed", multiple=True, type=Checked(_opening), shown=Message("UNIT=YEAR"),
        about=Message("Open a unit's point in that year; may be given several times."))  # fmt: skip
@option("--bar", "barred", multiple=True, shown=Message("UNIT"),
        about=Message("Do not open a unit's point; may be given several times."))  # fmt: skip
@option("--decisions", is_flag=True, default=None, about=Message(
        "Take decisions that open a point, with a due year, as fixed."
))  # fmt: skip
@option("--opens", multiple=True, shown=Message("TEXT"), about=Message(
        "With --decisions: a decision in these words opens a point too; may be given several times."
))  # fmt: skip
@option("--radius", "radius_m", type=within(0, 1_000_000, above=True), shown=METRES,
        about=Message(
        "Serve residents within this straight-line distance of an open point, instead of those of "
        "its unit."
))  # fmt: skip
@option("--weights", type=Choice(("population", "units")),
        about=Message("What counts.  [residents where known, else units]"))  # fmt: skip
@option("--points-year", "until", type=Checked(year), shown=Message("YEAR"), about=Message(
        "Whose end plan_points.csv shows, to be compared.  [the last]"
))  # fmt: skip
@option("--time-limit", "time_limit_s", type=within(0, math.inf, above=True),
        shown=Message("SECONDS"), default=60,
        about=Message(
        "How long to look for a proof that there is nothing better.  [60]"
))  # fmt: skip
def plan(run: Run, *, until: int | None, **asked: Any) -> Reply:
    """Plan in what order to open the remaining points, by year."""
    project = run.project()
    from vpvkac.questions.plan.answer import answer
    from vpvkac.questions.plan.files import write
    from vpvkac.questions.plan.question import assumptions_of, question_of
    from vpvkac.questions.plan.view import terminal_lines

    for name in ("budget", "targets", "fixed"):
        asked[name] = dict(asked[name]) or None
    for name in ("barred", "opens"):
        asked[name] = asked[name] or None
    assumptions = assumptions_of(project)
    question = question_of(project, assumptions, asked)
    planned = answer(run.network(project), question, assumptions, run.steps)
    with run.writing():
        files = write(planned, run.out, run.lang, until)
    return Reply(terminal_lines(planned, files, run.lang, until), planned.faults, timed=True)
