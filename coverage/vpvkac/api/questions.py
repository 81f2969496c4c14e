"""What is asked of a network: `walk`, `reach`, `hours`, `site`, `cost` …."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vpvkac.api.coverage import Result, measure
from vpvkac.model.accounts import Progress, in_words, silent
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.options import instance, language
from vpvkac.model.project import Project
from vpvkac.questions.compare import answer as compare_answer
from vpvkac.questions.compare.question import Run, run_of
from vpvkac.questions.cost import answer as cost_answer
from vpvkac.questions.cost import question as cost_question
from vpvkac.questions.coverage.view import NetworkInLanguage
from vpvkac.questions.decisions import answer as decisions_answer
from vpvkac.questions.explain import answer as explain_answer
from vpvkac.questions.explain.question import Question
from vpvkac.questions.hours import answer as hours_answer
from vpvkac.questions.hours import question as hours_question
from vpvkac.questions.plan import answer as plan_answer
from vpvkac.questions.plan import question as plan_question
from vpvkac.questions.reach import answer as reach_answer
from vpvkac.questions.reach.question import question_of as reach_question_of
from vpvkac.questions.site import answer as site_answer
from vpvkac.questions.site import question as site_question
from vpvkac.questions.walk import answer as walk_answer
from vpvkac.questions.walk import question as walk_question
from vpvkac.render import terminal
from vpvkac.sources.reference import Assumptions, published_assumptions, read_assumptions

if TYPE_CHECKING:
    import datetime as dt

    import folium

    from vpvkac.questions.decisions.answer import Merged
    from vpvkac.questions.demand.answer import Demand
    from vpvkac.questions.demand.question import Columns, Points
    from vpvkac.questions.reach.question import Points as ReachPoints
    from vpvkac.texts.message import Lang


_ANALYSED = "vpvkac.analyse(project)"


def _kind(synthetic: bool) -> str:
    return " (synthetic sample)" if synthetic else ""


@dataclass(frozen=True, repr=False)
class Comparison(compare_answer.Comparison):
    """What changes from run A to run B, with its texts in one language.

    Its tables are those of `vpvkac.questions.compare.answer.Comparison`; `lang` is of map and
    page.
    """

    lang: Lang

    def map(self) -> folium.Map:
        """Draw the map of the changes; Jupyter shows it."""
        from vpvkac.questions.compare.view import change_map

        return change_map(self, self.lang)

    def write(self, out: str | Path) -> list[Path]:
        """Write compare.csv, compare_summary.csv, compare.html and compare_map.html.

        The folder is made if it is not there; files of other names in it stay.  Gives the files
        written, in order of name.  After an OSError, previous files are as they were.
        """
        from vpvkac.questions.compare.files import write

        return write(self, out, self.lang)


def compare(a: Result | Run, b: Result | Run, *, lang: Lang | None = None) -> Comparison:
    """Compare two runs or two what-ifs: what changes from A to B.

    Its tables are as files show them: metres to 0.1, shares to 4 decimals.

    Parameters
    ----------
    a, b
        Results of `vpvkac.analyse`, or earlier runs by `vpvkac.load_run`.
    lang
        {"lv", "en"}: language of map and page; else that of the first result, else Latvian.

    Examples
    --------
    >>> import vpvkac
    >>> project = vpvkac.sample()
    >>> result = vpvkac.analyse(project)
    >>> farther = vpvkac.analyse(project.with_rules(threshold_m=800))
    >>> vpvkac.compare(result, farther).counts["gained_reach"]
    16
    """
    for name, side in (("a", a), ("b", b)):
        instance(name, side, (Run, Result), f"{_ANALYSED} or vpvkac.load_run(folder)")
    lang = None if lang is None else language(lang)
    given: Lang = next((side.lang for side in (a, b) if not isinstance(side, Run)), "lv")
    first, second = (side if isinstance(side, Run) else run_of(side, side.title) for side in (a, b))
    return Comparison(**vars(compare_answer.answer(first, second)), lang=lang or given)


@dataclass(frozen=True, repr=False)
class Costs(cost_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = cost_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        return f"<Costs: {len(self.amounts)} scenarios, {self.assumptions.shown}>"

    def write(self, out: str | Path) -> list[Path]:
        """Write `cost.csv`, and with a network `cost.html`, into a folder: all or none."""
        from vpvkac.questions.cost.files import write

        return write(self, out, self.lang)


def cost(
    result: NetworkInLanguage | None = None, assumptions: Assumptions | str | Path | None = None
) -> Costs:
    """Calculate the cost of the network and who pays; `table` holds every row of `cost.csv`.

    Raises an `InputError` with every fault of the file of assumptions.

    Parameters
    ----------
    result
        A network (`vpvkac.analyse`); left out, only the published scenarios
        A and B are calculated.
    assumptions
        A file of assumptions, or one that has been read; else the project's,
        else those of the 2020 analysis.

    Examples
    --------
    >>> import vpvkac
    >>> table = vpvkac.cost().table.set_index(["scenario", "row", "year"])
    >>> float(table.loc[("A", "cost per service", 2022), "value"])
    13.31
    """
    if result is not None:
        instance("result", result, NetworkInLanguage, _ANALYSED)
    if assumptions is None and result is not None:
        assumptions = cost_question.project_assumptions(result.project)
    elif assumptions is None:
        assumptions = published_assumptions()
    elif not isinstance(assumptions, Assumptions):
        assumptions = read_assumptions(assumptions)
    found = cost_answer.answer(result, assumptions)
    return Costs(**vars(found), lang="lv" if result is None else result.lang)


def cost_of_project(project: Project, *, lang: Lang, progress: Progress) -> Costs:
    """Measure a project's network and calculate its costs.

    Raises an `InputError` with the faults of the assumptions and of all other inputs.
    """
    faults: list[Fault] = []
    try:
        assumptions = cost_question.project_assumptions(project)
    except InputError as error:
        faults.extend(error.faults)
    try:
        result = measure(project, lang=lang, progress=progress)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if faults:
        raise InputError(faults)
    return cost(result, assumptions)


def demand(  # noqa: PLR0913 - all but the first three have a default
    result: NetworkInLanguage,
    origins: str | Path,
    out: str | Path,
    *,
    columns: Columns | None = None,
    points: Points = "network",
    dask: str | None = None,
    workers: int | None = None,
    progress: Progress = silent,
) -> Demand:
    """Find the nearest point, the nearest stop and the unit of every origin.

    The origins are read, measured and written a chunk at a time, so that their number is not
    bounded by the memory.  Gives the table of units, and the account of the rows.  Raises an
    `InputError` if the file is not of its form, lacks a column or holds no row that can be used,
    or no cluster is to be had; an OSError if the folder cannot be written.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    origins
        A CSV, a (Geo)Parquet or a folder of Parquet files.
    out
        Folder for ``demand.parquet`` and ``demand_units.csv``; both are
        written, or none.
    columns
        Names of the file's columns.
    points
        {"network", "existing"}: every contact point and open centre, or the
        open centres alone.
    dask
        Address of a Dask scheduler whose workers see the same files, or
        "local" for a cluster on this machine; ``demand.parquet`` is then a
        folder of parts.  None for this process alone.
    workers
        Processes of the cluster on this machine; None for one per core.
    progress
        Called as the work goes on.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> found = vpvkac.demand(result, "adreses.csv", "out", columns=vpvkac.Columns(key="KODS"))
    ... # doctest: +SKIP
    """
    from vpvkac.questions.demand import files, view
    from vpvkac.questions.demand.question import Columns, Question

    instance("result", result, NetworkInLanguage, _ANALYSED)
    question = Question(origins, columns or Columns(), points, dask, workers)
    lang = result.lang
    return files.write(
        result, question, out,
        title=result.title,
        progress=in_words(progress, lang),
        report=lambda rows, share: progress(view.reading(rows, share, lang)),
    )  # fmt: skip


def import_decisions(
    project: Project, files: Sequence[str | Path], *, replace: bool = False
) -> Merged:
    """Merge the decisions of workbooks that offices send back into the project's decisions.csv.

    Parameters
    ----------
    project
        From `vpvkac.load`.
    files
        Workbooks of municipalities, or ``gaps.xlsx``, as filled in.
    replace
        Whether a workbook's word takes the place of what decisions.csv says;
        never that of another workbook.

    Returns
    -------
    merged
        The `table`, `counts` by what became of each decision, and warnings as
        `faults`; decisions.csv is written if anything is new.

    Raises
    ------
    InputError
        With all faults of all files, and all conflicts with both values;
        nothing is written.

    Examples
    --------
    >>> import vpvkac
    >>> project = vpvkac.load("latvija")  # doctest: +SKIP
    >>> vpvkac.import_decisions(project, ["LV9927000.xlsx"]).counts["new"]  # doctest: +SKIP
    3
    """
    from vpvkac.questions.decisions.files import write

    instance("project", project, Project, "vpvkac.load(folder)")
    merged = decisions_answer.merge(project, [Path(file) for file in files], replace=replace)
    write(merged)
    return merged


@dataclass(frozen=True, repr=False)
class Explanation(explain_answer.Explanation):
    """Why a unit's contact point is what it is, told in one language.

    Its facts are those of `vpvkac.questions.explain.answer.Explanation`.
    """

    lang: Lang

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """Show it in Jupyter."""
        return terminal.as_html(self.title, self.sections)

    @property
    def title(self) -> str:
        """What is explained."""
        from vpvkac.questions.explain.view import title

        return title(self, self.lang)

    @property
    def sections(self) -> list[terminal.Section]:
        """The explanation in sentences and tables."""
        from vpvkac.questions.explain.view import sections

        return sections(self, self.lang)

    @property
    def text(self) -> str:
        """The explanation as text, in lines of at most 100 characters."""
        return self.wrapped(terminal.WIDTH)

    def wrapped(self, width: int) -> str:
        """Give the text in lines of at most so many characters."""
        return terminal.as_text(self.title, self.sections, width)

    @property
    def data(self) -> dict[str, Any]:
        """The explanation for machines: plain values, None for what is not known."""
        from vpvkac.questions.explain.files import data

        return data(self, self.lang)

    def to_json(self) -> str:
        """Write `data` as JSON; what a terminal could take for a command is escaped."""
        from vpvkac.questions.explain.files import to_json

        return to_json(self, self.lang)


def explain(result: Result, unit: str, lang: Lang | None = None) -> Explanation:
    """Explain the contact point of one unit; prints as text and shows itself in Jupyter.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    unit
        Its code ("LV…"); its name, with or without the kind, whatever case
        and diacritics; or "name, municipality" where a name occurs twice.
    lang
        {"lv", "en"}; None for the language of the result.

    Raises
    ------
    vpvkac.questions.explain.question.UnitNotFoundError
        If no unit fits, or several do; it names the closest, or those that fit.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> vpvkac.explain(result, "LV9927580").decision.distance_m
    1411.0
    """
    instance("result", result, Result, _ANALYSED)
    instance("unit", unit, str, 'its code or name, "LV…"')
    lang = result.lang if lang is None else language(lang)
    return Explanation(**vars(explain_answer.answer(result, Question(unit))), lang=lang)


@dataclass(frozen=True, repr=False)
class Hours(hours_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = hours_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        known, kind = (self.table["unknown"] == "").sum(), _kind(self.result.synthetic)
        return f"<Hours{kind}: {len(self.table)} places, hours known of {known}>"


def hours(result: NetworkInLanguage, *, every_host: bool = False, usable: bool = False) -> Hours:
    """Measure the opening hours of the centres: a row each, whether they are known or not.

    `every_host` adds to the table the other places that publish hours; the counts stay those of
    the centres.  `usable` finds, too, which appointments residents can use, and whom an hour
    more would add, as `vpvkac.reach` does.  Raises an `InputError` if a time in a feed is no time.

    Examples
    --------
    >>> import vpvkac
    >>> found = vpvkac.hours(vpvkac.analyse(vpvkac.sample()))
    >>> len(found.table)
    122
    """
    instance("result", result, NetworkInLanguage, _ANALYSED)
    places = reach(result, points="existing").places if usable else None
    found = hours_answer.answer(result, hours_question.Question(every_host), places)
    return Hours(**vars(found), lang=result.lang)


@dataclass(frozen=True, repr=False)
class Plan(plan_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = plan_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        opened = f"{len(self.opened)} of {len(self.table)} points"
        span = f"{self.question.first}-{self.question.last}"
        return f"<Plan{_kind(self.result.synthetic)}: {opened}, {span}>"

    def write(self, out: str | Path, *, until: int | None = None) -> list[Path]:
        """Write plan.csv, plan_years.csv, plan_points.csv and plan.html into a folder, or none.

        plan_points.csv shows the end of the year `until`, else of the last.
        """
        from vpvkac.questions.plan.files import write

        return write(self, out, self.lang, until)


def plan(  # noqa: PLR0913 - the options of the command
    result: NetworkInLanguage,
    budget: float | Mapping[int, float] | None = None,
    *,
    targets: Mapping[int, float] | None = None,
    first: int | None = None,
    last: int | None = None,
    scenario: plan_question.Scenario | None = None,
    most: int | None = None,
    fixed: Mapping[str, int] | None = None,
    barred: Sequence[str] | None = None,
    decisions: bool | None = None,
    opens: Sequence[str] | None = None,
    radius_m: float | None = None,
    weights: plan_question.Weights | None = None,
    assumptions: Assumptions | str | Path | None = None,
    time_limit_s: float = plan_question.TIME_LIMIT_S,
    progress: Progress = silent,
) -> Plan:
    """Find in what order to open the remaining points, year by year.

    What is left out is as the project sets it under `[plan]`, else as given here.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    budget
        Money of each year, EUR: one amount, or ``{2022: 900_000, 2025: 400_000}``, where each
        holds until the next.
    targets
        Share of the area, 0-1, to be open in a year: ``{2024: 0.85, 2027: 0.9}``, as far as these
        are years of the plan.
    first, last
        The years; those of the assumptions.
    scenario
        {"A", "B"}: the budget pays what the state pays in it; else the whole cost.
    most
        Openings at most in a municipality and year.
    fixed, barred
        Units that open in a given year, by code, and units that do not open.
    decisions
        Whether decisions that open a point, with a due year, are fixed.
    opens
        Decisions in words of one's own that open a point, as decisions.csv has them.
    radius_m
        Serve residents within so many metres of an open point in a straight line, instead of
        those of its unit.
    weights
        {"population", "units"}; residents by default where those of every unit are known.
    assumptions
        As for `vpvkac.cost`.
    time_limit_s
        Seconds that the solver may take; after them the best plan so far is given with its gap.
    progress
        Called with the name of each step.

    Raises
    ------
    ValueError
        If an option is out of range.
    InputError
        If what is asked cannot stand together, a unit is not known, or the targets cannot be met;
        it names what is missing, and the least money that would be enough.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> planned = vpvkac.plan(result, 900_000, targets={2026: 0.8})
    >>> planned.years["opened"].tolist()
    [157, 119, 90, 68, 29, 0]
    """
    instance("result", result, NetworkInLanguage, _ANALYSED)
    if assumptions is None:
        assumptions = plan_question.assumptions_of(result.project)
    elif not isinstance(assumptions, Assumptions):
        assumptions = read_assumptions(assumptions)
    asked = {
        "budget": budget, "targets": targets, "first": first, "last": last, "scenario": scenario,
        "most": most, "fixed": fixed, "barred": barred, "decisions": decisions,
        "opens": opens, "radius_m": radius_m, "weights": weights, "time_limit_s": time_limit_s,
    }  # fmt: skip
    question = plan_question.question_of(result.project, assumptions, asked)
    found = plan_answer.answer(result, question, assumptions, in_words(progress, result.lang))
    return Plan(**vars(found), lang=result.lang)


@dataclass(frozen=True, repr=False)
class Reach(reach_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = reach_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        return f"<Reach{_kind(self.result.synthetic)}: {len(self.homes)} homes, {self.day}>"

    def write(self, out: str | Path) -> list[Path]:
        """Write `reach.csv`, `reach_homes.parquet`, `reach.html` …: all files, or none."""
        from vpvkac.questions.reach.files import write

        return write(self, out, self.lang)


def reach(  # noqa: PLR0913 - the options of the command
    result: NetworkInLanguage,
    *,
    day: dt.date | str | None = None,
    leave: str | None = None,
    home: str | None = None,
    stay: int | None = None,
    walk: int | None = None,
    rail: bool | None = None,
    points: ReachPoints | None = None,
    assumed_hours: str | None = None,
    progress: Progress = silent,
) -> Reach:
    """Find who can go to a contact point, be served and be home again on one day.

    What is left out is as the project sets it under `[reach]`, else as given here.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    day
        Day of the timetables, "YYYY-MM-DD"; else the Monday-Friday date with
        most bus visits of all feeds together, the earliest on ties.
    leave, home
        Earliest leaving of home, "05:00", and latest return, "21:00".
    stay
        Minutes that an appointment takes, 30.
    walk
        The longest walk between home, stop and point, minutes, 30.
    rail
        Whether trains count beside bus, trolleybus and tram: no.  A feed of trains alone is
        read only where the project says so, by `rail = true`.
    points
        {"both", "existing", "network"}: open centres, every contact point of the
        plan and the open centres, or both.
    assumed_hours
        Hours of a point whose own are not known, "Mo-Fr 09:00-17:00".
    progress
        Called as the work goes on.

    Raises
    ------
    ValueError
        If an option is out of range.
    InputError
        If no feed has a timetable, one cannot be read, or nothing runs on the day.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> found = vpvkac.reach(result, day="2023-11-10", points="existing")  # doctest: +SKIP
    >>> found.units.iloc[-1][["walk", "bus", "none"]].sum() == found.homes["residents"].sum()
    ... # doctest: +SKIP
    True
    """
    instance("result", result, NetworkInLanguage, _ANALYSED)
    asked = {
        "day": day, "leave": leave, "home": home, "stay": stay, "walk": walk, "rail": rail,
        "points": points, "assumed_hours": assumed_hours,
    }  # fmt: skip
    question = reach_question_of(result.project, asked)
    found = reach_answer.answer(result, question, in_words(progress, result.lang))
    return Reach(**vars(found), lang=result.lang)


@dataclass(frozen=True, repr=False)
class Siting(site_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = site_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        chosen = f"{len(self.of('exact'))} points of {len(self.candidates)} candidates"
        return f"<Siting{_kind(self.result.synthetic)}: {chosen}>"

    def write(self, out: str | Path) -> list[Path]:
        """Write site.csv and site.html into a folder: both, or neither."""
        from vpvkac.questions.site.files import write

        return write(self, out, self.lang)


def site(  # noqa: PLR0913 - the options of the command
    result: NetworkInLanguage,
    points: int = site_question.POINTS,
    *,
    target: float | None = None,
    method: site_question.Method = "cover",
    radius_m: float = site_question.RADIUS_M,
    candidates: Sequence[str] | None = None,
    weights: site_question.Weights | None = None,
    existing: site_question.Existing = "open",
    time_limit_s: float = site_question.TIME_LIMIT_S,
    progress: Progress = silent,
) -> Siting:
    """Find where to put more points, with the existing ones locked in.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    points
        How many points to add.
    target
        Share of the weight to be covered, 0-1, by as few points as possible;
        in place of `points`.
    method
        {"cover", "median"}: cover the most within the radius (Church & ReVelle
        1974), or make the weighted distance least (Hakimi 1964).
    radius_m
        Straight-line distance within which a point covers, metres.
    candidates
        Kinds of host, or "stops"; the libraries, municipal premises and post
        offices that are given by default.
    weights
        {"population", "units"}; residents by default where they are known.
    existing
        {"open", "network"}: which points stay: open centres, or the announced
        and planned points too.
    time_limit_s
        Seconds that the solver may take; after them the best answer so far is
        given with its gap.
    progress
        Called with the name of each step.

    Raises
    ------
    ValueError
        If an option is out of range.
    InputError
        If what is asked for is not in the project, there are fewer candidates
        than points, or the target cannot be reached.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> found = vpvkac.site(result, points=2, weights="units")
    >>> found.table["method"].tolist()
    ['exact', 'exact', 'greedy', 'greedy']
    """
    instance("result", result, NetworkInLanguage, _ANALYSED)
    asked = site_question.Question(
        points, target, method, radius_m, candidates, weights, existing, time_limit_s
    )
    found = site_answer.answer(result, asked, in_words(progress, result.lang))
    return Siting(**vars(found), lang=result.lang)


@dataclass(frozen=True, repr=False, eq=False)
class Walk(walk_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = walk_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {count}" for name, count in self.counts.items())
        return f"<Walk: {counts}>"

    def map(self) -> folium.Map:
        """Draw the ways; Jupyter shows it."""
        from vpvkac.questions.walk.view import walk_map

        return walk_map(self, self.lang)

    def write(self, out: str | Path) -> list[Path]:
        """Write ``walk.csv`` and ``walk.html`` into a folder: both, or none."""
        from vpvkac.questions.walk.files import write

        return write(self, out, self.lang)


def walk(
    result: Result,
    *,
    streets: str | Path | None = None,
    speed_km_h: float = walk_question.SPEED_KM_H,
    progress: Progress = silent,
) -> Walk:
    """Measure the way along streets from each point to its nearest stop.

    `streets` is a GraphML, OSM XML or GeoPackage, else the project's; the speed is 0.5 to
    20 km/h.  Raises an `InputError` if there are no streets, or their file is at fault, a
    ValueError if the speed is out of range.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> walked = vpvkac.walk(result)
    >>> walked.counts["no_street"]
    2
    """
    instance("result", result, Result, _ANALYSED)
    asked = walk_question.Question(streets, speed_km_h)
    found = walk_answer.answer(result, asked, in_words(progress, result.lang))
    return Walk(**vars(found), lang=result.lang)
