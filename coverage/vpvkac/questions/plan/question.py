"""What is asked of `vpvkac plan`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from vpvkac.analysis.criteria import AREA_TARGETS
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.options import number, year
from vpvkac.model.project import PLAN, Project
from vpvkac.sources.reference import Assumptions, published_assumptions, read_assumptions
from vpvkac.texts.message import Message, Text

Scenario = Literal["A", "B"]
Weights = Literal["population", "units"]
TIME_LIMIT_S = 60.0
_MOST_YEARS = 50
# What a fault calls an option: as it is typed.
_OPTIONS = {
    "budget": "--budget", "targets": "--target", "first": "--first", "last": "--last",
    "fixed": "--fix", "barred": "--bar",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What is asked; the options of `vpvkac plan`, as `vpvkac.plan` explains them.

    Raises OptionError if a value is not of its form or out of its range.
    """

    budget: Mapping[int, float]
    first: int
    last: int
    targets: Mapping[int, float] = field(default_factory=dict)
    scenario: Scenario | None = None
    most: int | None = None
    fixed: Mapping[str, int] = field(default_factory=dict)
    barred: Sequence[str] = ()
    decisions: bool = False
    opens: Sequence[str] = ()
    radius_m: float | None = None
    weights: Weights | None = None
    time_limit_s: float = TIME_LIMIT_S

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name in PLAN and value is not None:
                object.__setattr__(self, one.name, PLAN[one.name](one.name, value))
        number("time_limit_s", self.time_limit_s, 0, math.inf, above=True)
        # What holds in the first year is that year's, since whenever it was named.
        later = {year: amount for year, amount in self.budget.items() if year > self.first}
        if len(later) < len(self.budget):
            object.__setattr__(self, "budget", {self.first: self.budget_of(self.first), **later})

    @property
    def years(self) -> range:
        """Every year of the plan."""
        return range(self.first, self.last + 1)

    def budget_of(self, year: int) -> float:
        """Give the money of a year, EUR: an amount holds until the next one named."""
        return [amount for since, amount in self.budget.items() if since <= year][-1]


def assumptions_of(project: Project) -> Assumptions:
    """Read the assumptions that a project names, else the published ones."""
    file = project.assumptions
    return published_assumptions() if file is None else read_assumptions(file.path, file.shown)


def question_of(project: Project, assumptions: Assumptions, asked: Mapping[str, Any]) -> Question:
    """Join what is asked, None where nothing is, with what the project sets, and the usual.

    Raises an `InputError` with everything that cannot stand together, an `OptionError` for a value
    out of range.
    """
    given = {name: value for name, value in asked.items() if value is not None}
    joined = {**project.plan, **given}
    years = assumptions.years
    joined = {"first": years.set_up, "last": years.last, **joined}
    joined |= {name: year(name, joined[name]) for name in ("first", "last")}
    if "targets" not in joined:
        span = range(joined["first"], joined["last"] + 1)
        joined["targets"] = {one: share for one, share in AREA_TARGETS.items() if one in span}
    if "budget" not in joined:
        problem, remedy = (
            Message("is missing"),
            Message(
                "give the money of a year, --budget 500000, or of each, --budget 2027=500000; in "
                "vpvkac.toml under [plan]: budget = 500000"
            ),
        )
        raise InputError.of(str(project.path), problem, remedy, field="--budget")
    question = Question(**joined)
    file = str(project.path)
    faults = [
        Fault("error", _OPTIONS[name], problem, remedy, value=str(value))
        if name in given
        else Fault("error", file, problem, remedy, field=f"plan.{name}", value=str(value))
        for name, value, problem, remedy in _wrong(question, years.set_up)
    ]
    if faults:
        raise InputError(faults)
    return question


def _wrong(question: Question, set_up: int) -> Iterator[tuple[str, object, Text, Text]]:
    """Tell what of a question cannot stand together: option, value, what is wrong, what to do."""
    first, last = question.first, question.last
    if last < first:
        yield "last", last, Message("is before the first year"), Message("give a later year")
        return
    if last - first >= _MOST_YEARS:
        most = Message("years in one plan, at most: {count}", count=_MOST_YEARS)
        yield "last", last, Message("is too far from the first year"), most
    if first < set_up:
        before = Message("is before the year from which the assumptions tell costs")
        yield "first", first, before, Message("give {year} or later", year=str(set_up))
    if not any(year <= first for year in question.budget):
        missing = Message("gives no money for the first year")
        begin = Message("begin with {first}", first=str(first))
        yield "budget", str(min(question.budget)), missing, begin
    given = [
        *(("budget", year, str(year)) for year in question.budget if year > last),
        *(("targets", year, str(year)) for year in question.targets),
        *(("fixed", year, f"{unit}={year}") for unit, year in question.fixed.items()),
    ]
    within = Message("give a year from {first} to {last}", first=str(first), last=str(last))
    for option, when, value in given:
        if when not in question.years:
            yield option, value, Message("is a year outside the plan"), within
    for unit in question.barred:
        if unit in question.fixed:
            both = Message("is barred and fixed at once")
            yield "barred", unit, both, Message("give one of the two")
