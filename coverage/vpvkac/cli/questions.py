"""The commands that ask something of a project: `run`, `explain`, `walk`, `hours`, `site` …."""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vpvkac.cli.runner import (
    ANALYSIS,
    FILES,
    MAP,
    METRES,
    PATH,
    QUESTION,
    QUIET,
    Reply,
    Run,
    command,
)
from vpvkac.cli.terminal import write_new
from vpvkac.cli.usage import (
    FILE,
    Checked,
    Choice,
    UsageError,
    a_share,
    argument,
    at_least,
    option,
    whole_minutes,
    within,
)
from vpvkac.model.faults import has_errors, printable
from vpvkac.model.project import REACH, REACH_POINTS
from vpvkac.texts.message import Message, in_context

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.questions.coverage.standing import Said


@command(
    about=in_context("help", "Compute reach, coverage and gaps, and write all outputs."),
    examples=Message("""\
vpvkac run                          the project here, else the embedded sample
vpvkac run ventspils/ --out karte/  the project ventspils/vpvkac.toml
vpvkac run --threshold 800 --lang en
vpvkac run --reach                  and who can go there, be served and be home again
vpvkac run --plan                   and in which year each remaining point is to open
vpvkac run --only Cēsis --zip       one municipality's letter alone, and zipped to be sent
vpvkac run --timings                and how long each step took
vpvkac run --quiet                  nothing but errors, as a scheduled job wants
"""),
    common=(*ANALYSIS, QUIET),
)
@option("--reach/--no-reach", default=None, about=Message(
        "Find who can go to a point, be served and be home again, too (see vpvkac reach).  "
        "[where the project has a section reach]"
))  # fmt: skip
@option("--plan", is_flag=True, about=Message(
        "Plan the openings by year, too, as the project's section plan asks; they stand in the "
        "report, the pages and the workbooks (see vpvkac plan)."
))  # fmt: skip
@option("--only", multiple=True, shown=Message("MUNICIPALITY"), about=Message(
        "Write letter and workbooks of this municipality alone, by code or name; may be given "
        "several times. Those of others, written before, go; tables, maps and report stay those of "
        "the whole country.  [all municipalities]"
))  # fmt: skip
@option("--zip", "zipped", is_flag=True, about=Message(
        "Put letter and workbooks of each municipality into one file, too, to be sent: "
        "municipalities/LV….zip."
))  # fmt: skip
@option("--timings", is_flag=True, about=Message("Say how long each step took, on stderr."))
def run(
    run: Run, *, reach: bool | None, plan: bool, only: Sequence[str], zipped: bool, timings: bool
) -> Reply:
    """Compute reach, coverage and gaps, and write all outputs."""
    from vpvkac.questions.coverage.question import find_municipalities
    from vpvkac.questions.coverage.standing import Standing

    project, failed = run.project(), False
    asked = (run.lang, reach, plan, only, zipped)
    standing = Standing(project, run.out, *asked) if project.use_cache else None
    said = None if standing is None else standing.said(run.steps)
    if said is None:
        result = run.result(project, reach=reach, plan=plan)
        if only:
            letters = find_municipalities(result.municipalities, only, "--only")
            result = replace(result, letters=letters)
        said, files = _written(run, result, zipped=zipped)
        failed = has_errors(result.reach_faults)
        if standing is not None and not failed:
            standing.keep(said, files)
    run.faults = said.inputs
    notes = [run.steps.table()] if timings else []
    if failed:
        notes.append(run.text(Message("Reach was not computed; everything else was written.")))
    return Reply(said.lines, said.written, notes, timed=True, failed=failed)


def _written(run: Run, result: Result, *, zipped: bool) -> tuple[Said, list[Path]]:
    """Write all outputs; give what there is to say of them, and their names in the folder."""
    with run.writing():
        from vpvkac.api.coverage import write
        from vpvkac.questions.coverage.standing import Said
        from vpvkac.questions.coverage.view import headline
        from vpvkac.render.beside import processors

        processes = min(processors(), 2)
        written = write(result, run.out, run.steps, zipped=zipped, processes=processes)
    names = dict(result.municipalities[["municipality", "municipality_name"]].to_numpy())
    parcels = run.out / "municipalities"
    letters = [
        f"{printable(names[code])}: {parcels / (f'{code}.zip' if zipped else f'{code}/index.html')}"
        for code in sorted(result.letters or ())
    ]
    lines = [
        headline(result),
        run.text(Message("Files ({count}): {out}"), count=len(written.files), out=run.out),
        *letters,
        run.text(Message("Start here: {}"), run.out / "index.html"),
    ]
    planned = result.openings.faults if result.openings else ()
    said = Said(lines, run.faults, [*written.faults, *result.reach_faults, *planned])
    return said, [file.relative_to(run.out) for file in written.files]


@command(
    about=Message(
        "Explain why a unit's contact point is what it is, and what would change it.\n\n"
        "UNIT is a code (LV…), a name with or without its kind, the name of a place that "
        'stands in it, or "name, municipality" where a name occurs twice. Nothing is written '
        "but to the terminal."
    ),
    examples=Message("""\
vpvkac explain LV9927580                         a unit of the sample, by code
vpvkac explain "Ciblas pagasts" latvija/         by name; case and diacritics do not matter
vpvkac explain Cibla latvija/                    the name in the nominative
vpvkac explain "Ciblas VPVKAC" latvija/          a place that stands in it
vpvkac explain "Salas pagasts, Jēkabpils novads" latvija/ --lang en
vpvkac explain LV9927580 --threshold 800 --json
"""),
    common=QUESTION,
)
@argument("unit", shown=Message("UNIT"))
@option("--reach", is_flag=True, about=Message(
        "Tell, too, who of the unit can go there, be served and be home again."
))  # fmt: skip
@option("--json", "as_json", is_flag=True, about=Message("Write JSON for machines."))
def explain(run: Run, unit: str, *, reach: bool, as_json: bool) -> Reply:
    """Explain why a unit's contact point is what it is, and what would change it."""
    result = run.result(reach=reach)
    from vpvkac.api import questions
    from vpvkac.questions.explain.question import UnitNotFoundError
    from vpvkac.render.terminal import WIDTH

    run.steps(Message("Explaining"))
    try:
        explanation = questions.explain(result, unit)
    except UnitNotFoundError as error:
        run.stop(error.sentence(run.lang))
    if as_json:
        text, encoding = explanation.to_json(), sys.stdout.encoding
        # A letter that the encoding lacks is written as JSON writes it, and not lost.
        if text.encode(encoding, "ignore").decode(encoding) != text:
            text = json.dumps(json.loads(text), indent=2)
        return Reply([text], result.reach_faults)
    # The terminal's width, 100 at most; in a pipe always 100.
    width = WIDTH
    if sys.stdout.isatty():
        width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    return Reply([explanation.wrapped(width)], result.reach_faults)


# Where a download is kept, in the folder of outputs; the next walk there takes it.
_KEPT = "streets.graphml"


@command(
    about=Message(
        "Measure the way along streets from each point to its nearest stop.\n\n"
        "Writes walk.csv and walk.html: metres along streets, walking minutes, the detour, "
        "and which points are within reach in a straight line but not by street."
    ),
    examples=Message("""\
vpvkac walk                            the project here, else the embedded sample
vpvkac walk ventspils/ --speed 3.6
vpvkac walk --streets novads.graphml --lang en
vpvkac walk ventspils/ --download      streets of OpenStreetMap around the points
"""),
)
@option("--streets", type=PATH, shown=Message("FILE"),
        about=Message("GraphML, OSM XML or GeoPackage of streets.  [project's]"))  # fmt: skip
@option("--download", is_flag=True, about=Message(
        "Download OpenStreetMap's streets around the points into OUT/{file}.", file=_KEPT
))  # fmt: skip
@option("--speed", type=within(0.5, 20), default=4.2, shown=Message("KM/H"),
        about=Message("Walking speed.  [4.2]"))  # fmt: skip
def walk(run: Run, *, streets: Path | None, download: bool, speed: float) -> Reply:
    """Measure the way along streets from each point to its nearest stop."""
    if download and streets is not None:
        raise UsageError(Message("--streets and --download exclude each other; give one of them"))
    result = run.result()
    kept = run.out / _KEPT
    if download:
        _download_streets(run, result, kept)
        streets = kept
    elif streets is None and result.project.streets is None and kept.is_file():
        run.note(Message("Streets as downloaded before: {}"), kept)
        streets = kept
    from vpvkac.questions.walk.answer import answer
    from vpvkac.questions.walk.files import write
    from vpvkac.questions.walk.question import Question
    from vpvkac.questions.walk.view import terminal_lines

    walked = answer(result, Question(streets, speed), run.steps)
    with run.writing():
        write(walked, run.out, run.lang)
    lines = terminal_lines(walked, run.lang)
    return Reply([*lines, run.text(MAP, run.out / "walk.html")], walked.faults)


def _download_streets(run: Run, result: Result, file: Path) -> None:
    """Download the streets around the points, as OpenStreetMap has them today."""
    from vpvkac.fetch.osm import Services, fetch_streets
    from vpvkac.fetch.web import RefusedError
    from vpvkac.questions.walk.streets import download_areas
    from vpvkac.render.staging import files_of, staged
    from vpvkac.sources.cache import cache_folder
    from vpvkac.texts.formats import date

    if result.synthetic:
        run.stop(run.text(Message(
            "The sample's places are invented: there are no streets around them to download. Run "
            "walk without --download, or for a project of your own."
        )))  # fmt: skip
    areas = download_areas(result)
    asking = Message("Downloading streets: {} of {}")
    inputs = files_of(result.project)
    try:
        with run.writing(), staged(run.out, always=(file.name,), inputs=inputs) as staging:
            got = fetch_streets(
                areas, staging / file.name, cache_folder() / "osm_streets", services=Services(),
                begun=lambda number: run.steps(run.text(asking, number, len(areas))),
            )  # fmt: skip
    except RefusedError as refused:
        run.stop([refused.fault])
    downloaded = Message(
        "Streets downloaded: {file} (© OpenStreetMap contributors, ODbL 1.0; data as of {date})."
    )
    run.note(downloaded, file=file, date=date(run.lang, got.date))


@command(
    about=Message(
        "Find who can get to a contact point, be served and come home on one day.\n\n"
        "Writes reach.csv, reach_places.csv, reach_hours.csv, reach_service.csv, gaps_reach.csv, "
        "reach_homes.parquet and reach.html. "
        "By the timetables of all feeds: on foot and by bus, trolleybus and tram."
    ),
    examples=Message("""\
vpvkac reach                               the project here, else the embedded sample
vpvkac reach ventspils/ --day 2026-11-30   on one day
vpvkac reach --stay 60 --home 19:00 --points existing --lang en
vpvkac reach --with-points out/plan_points.csv --points existing   as after the plan
"""),
)
@option("--day", type=Checked(REACH["day"]), shown=Message("DATE"), about=Message(
        "Day of the timetables, YYYY-MM-DD.  [project's, else the working day with most bus calls]"
))  # fmt: skip
@option("--leave", type=Checked(REACH["leave"]), shown=Message("HH:MM"),
        about=Message("Earliest leaving of home.  [project's, else 05:00]"))  # fmt: skip
@option("--home", type=Checked(REACH["home"]), shown=Message("HH:MM"),
        about=Message("Latest return home.  [project's, else 21:00]"))  # fmt: skip
@option("--stay", type=whole_minutes(REACH["stay"]), shown=Message("MINUTES"),
        about=Message("How long an appointment takes.  [project's, else 30]"))  # fmt: skip
@option("--walk", type=whole_minutes(REACH["walk"]), shown=Message("MINUTES"), about=Message(
        "The longest walk between home, stop and point.  [project's, else 30]"
))  # fmt: skip
@option("--rail", is_flag=True, default=None, about=Message("Trains count too."))
@option("--points", type=Choice(REACH_POINTS), about=Message(
        "Open centres, every contact point of the plan, or both.  [project's, else both]"
))  # fmt: skip
@option("--with-points", type=PATH, shown=Message("CSV"), about=Message(
        "With points added, moved, opened or closed, such as plan_points.csv."
))  # fmt: skip
def reach(run: Run, *, with_points: Path | None, **asked: Any) -> Reply:
    """Find who can get to a contact point, be served and come home on one day."""
    from vpvkac.questions.reach.question import question_of

    project = run.project()
    if with_points is not None:
        project = project.with_points(with_points)
    question = question_of(project, asked)
    if question.rail:
        project = replace(project, reach={**(project.reach or {}), "rail": True})
    network = run.network(project)
    from vpvkac.questions.reach.answer import answer
    from vpvkac.questions.reach.files import write
    from vpvkac.questions.reach.view import terminal_lines

    found = answer(network, question, run.steps)
    with run.writing():
        files = write(found, run.out, run.lang)
    return Reply(terminal_lines(found, files, run.lang), found.faults)


@command(
    about=Message(
        "Measure opening hours: how long, when, and which appointments residents can use.\n\n"
        "Writes hours.csv and hours.html."
    ),
    examples=Message("""\
vpvkac hours                 the project here, else the embedded sample
vpvkac hours --reach         and which hours residents can use, and whom an hour more would add
vpvkac hours ventspils/ --all --lang en
"""),
)
@option("--reach", is_flag=True, about=Message(
        "Find, too, which appointments residents can use, and whom an hour more would add (see "
        "vpvkac reach)."
))  # fmt: skip
@option("--all", "every_host", is_flag=True, about=Message(
        "Add the other open places that publish hours to hours.csv; counts are of centres."
))  # fmt: skip
def hours(run: Run, *, every_host: bool, reach: bool) -> Reply:
    """Measure opening hours: how long, when, and which appointments residents can use."""
    network = run.network()
    usable = None
    if reach:
        from vpvkac.questions.reach.answer import answer as reach_answer
        from vpvkac.questions.reach.question import question_of

        asked = question_of(network.project, {"points": "existing"})
        usable = reach_answer(network, asked, run.steps).places
    from vpvkac.questions.hours.answer import answer
    from vpvkac.questions.hours.files import write
    from vpvkac.questions.hours.question import Question
    from vpvkac.questions.hours.view import terminal_lines

    run.steps(Message("Opening hours"))
    found = answer(network, Question(every_host), usable)
    with run.writing():
        files = write(found, run.out, run.lang)
    return Reply(terminal_lines(found, files, run.lang), found.faults)


@command(
    about=Message(
        "Find where to put more points, or how few reach a target.\n\n"
        "Writes site.csv and site.html."
    ),
    examples=Message("""\
vpvkac site                             five points that newly cover the most residents
vpvkac site -p 20 --radius 10000        twenty points, each for 10 km around it
vpvkac site --target 0.9                as few points as cover 90 %
vpvkac site --method median --candidates library,stops --lang en
"""),
)
@option("-p", "--points", type=at_least(1), shown=Message("COUNT"),
        about=Message("How many points to add.  [5]"))  # fmt: skip
@option("--target", type=a_share(), shown=Message("SHARE"), about=Message(
        "Share of the residents or units to be covered by as few points as possible: 0.9."
))  # fmt: skip
@option("--method", type=Choice(["cover", "median"]), default="cover", about=Message(
        "Cover the most within the radius, or minimise the mean distance.  [cover]"
))  # fmt: skip
@option("--radius", type=within(0, 1_000_000, above=True), shown=METRES, default=5000,
        about=Message("Straight-line distance within which a point covers.  [5000]"))  # fmt: skip
@option("--candidates", shown=Message("KIND,…"), about=Message(
        "Where new points may go: library, municipal_premises, post_office, institution, "
        "state_centre, centre, stops.  [the first three, as far as given]"
))  # fmt: skip
@option("--weights", type=Choice(["population", "units"]),
        about=Message("What counts.  [residents where known, else units]"))  # fmt: skip
@option("--existing", type=Choice(["open", "network"]), default="open", about=Message(
        "Which points stay: open centres, or the announced and planned points too.  [open]"
))  # fmt: skip
@option("--time-limit", type=within(0, math.inf, above=True), shown=Message("SECONDS"), default=60,
        about=Message(
        "How long to look for a proof that there is nothing better.  [60]"
))  # fmt: skip
def site(run: Run, points: int | None, candidates: str | None, **options: Any) -> Reply:
    """Find where to put more points, or how few reach a target."""
    from vpvkac.questions.site.question import POINTS, Question

    if points is not None and options["target"] is not None:
        raise UsageError(Message("--points and --target exclude each other; give one of them"))
    kinds = None if candidates is None else tuple(kind.strip() for kind in candidates.split(","))
    question = Question(
        points=POINTS if points is None else points,
        candidates=kinds,
        radius_m=options.pop("radius"),
        time_limit_s=options.pop("time_limit"),
        **options,
    )
    network = run.network()
    from vpvkac.questions.site.answer import answer
    from vpvkac.questions.site.files import write
    from vpvkac.questions.site.view import terminal_lines

    siting = answer(network, question, run.steps)
    with run.writing():
        files = write(siting, run.out, run.lang)
    named = run.text(FILES, ", ".join(map(str, files)))
    return Reply([*terminal_lines(siting, run.lang), named], timed=True)


@command(
    about=Message(
        "Calculate what the network costs, who pays, and what each newly covered resident "
        "costs.\n\n"
        "The published scenarios A and B from named assumptions, and the same model for the "
        "project's own network and each municipality. Writes cost.csv and cost.html."
    ),
    examples=Message("""\
vpvkac cost                         the project here, else the embedded sample
vpvkac cost ventspils/ --out out/   the project ventspils/vpvkac.toml
vpvkac cost --write-assumptions assumptions.toml
"""),
)
@option("--write-assumptions", "copy", type=FILE, shown=Message("FILE"),
        about=Message("Only write the published assumptions into FILE, to be edited."))  # fmt: skip
def cost(run: Run, *, copy: Path | None) -> Reply:
    """Calculate what the network costs, who pays, and what each newly covered resident costs."""
    if copy is not None:
        return _copy_assumptions(run, copy)
    from vpvkac.api.questions import cost_of_project
    from vpvkac.questions.cost.view import headline

    costs = cost_of_project(run.project(), lang=run.lang, progress=run.steps)
    run.faults = () if costs.result is None else costs.result.inputs.faults
    with run.writing():
        files = costs.write(run.out)
    named = run.text(FILES, ", ".join(map(str, files)))
    return Reply([*headline(costs, run.lang), named])


def _copy_assumptions(run: Run, file: Path) -> Reply:
    """Write a copy of the published assumptions; one that is there is somebody's work."""
    from vpvkac.sources.reference import published_text

    with run.writing(file):
        try:
            write_new(file, published_text())
        except FileExistsError:
            run.stop(run.text(Message("{} already exists; choose another name."), file))
    name_it = Message('Edit them, and in vpvkac.toml under [inputs] write: assumptions = "{}"')
    return Reply([run.text(Message("Assumptions: {}"), file), run.text(name_it, file.name)])


_COLUMN = Message("COLUMN")


@command(
    about=Message(
        "Find the nearest contact point, the nearest stop and the unit of every origin.\n\n"
        "ORIGINS is a CSV, a GeoParquet, a Parquet or a folder of Parquet files: address "
        "points or grid cells, any number of them. Writes demand.parquet, a row for each "
        "origin, and demand_units.csv, a row for each unit."
    ),
    examples=Message("""\
vpvkac demand homes.csv            columns lat and lon; the project here, else the sample
vpvkac demand aw_eka.csv latvija/ --id KODS --lat DD_N --lon DD_E
vpvkac demand grid.parquet --weight residents --points existing --lang en
vpvkac demand homes.parquet --dask local      a process per core, the answer in parts
"""),
)
@argument("origins", shown=Message("ORIGINS"), type=PATH)
@option("--id", "key", shown=_COLUMN, about=Message("What tells origins apart.  [row number]"))
@option("--lat", shown=_COLUMN, about=Message("Latitude, degrees.  [the geometry, else lat]"))
@option("--lon", shown=_COLUMN, about=Message("Longitude, degrees.  [the geometry, else lon]"))
@option("--weight", shown=_COLUMN,
        about=Message("How much an origin counts, for example residents."))  # fmt: skip
@option("--points", type=Choice(["network", "existing"]), default="network", about=Message(
        "Every contact point, or the centres open today alone.  [network]"
))  # fmt: skip
@option("--dask", shown=Message("ADDRESS"), about=Message(
        'Dask scheduler whose workers see the same files, or "local".  [this process alone]'
))  # fmt: skip
@option("--workers", type=at_least(1), shown=Message("COUNT"),
        about=Message('Processes of "--dask local".  [one per core]'))  # fmt: skip
def demand(run: Run, origins: Path, **asked: Any) -> Reply:
    """Find the nearest contact point, the nearest stop and the unit of every origin."""
    network = run.network()
    with run.writing():
        from vpvkac.api import questions
        from vpvkac.questions.demand.question import Columns
        from vpvkac.questions.demand.view import headline

        columns = Columns(**{name: asked.pop(name) for name in ("lat", "lon", "key", "weight")})
        found = questions.demand(
            network, origins, run.out, columns=columns, progress=run.steps, **asked
        )
    return Reply([headline(found, run.lang)], found.faults)
