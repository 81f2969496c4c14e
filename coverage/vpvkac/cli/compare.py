"""`vpvkac compare`: what changes from one run or what-if to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from vpvkac.cli.runner import (
    FILES,
    LAYOUT,
    METRES,
    NO_CACHE,
    OUT,
    PATH,
    STOP_SET,
    STRICT,
    THRESHOLD,
    Reply,
    Run,
    command,
)
from vpvkac.cli.usage import UsageError, argument, lang_option, option
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.options import listed
from vpvkac.model.project import PROJECT_FILE, Host, Project
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import click

    from vpvkac.questions.compare.question import Run as Side


def _hosts(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Read `centre,library`."""
    del ctx, param
    if value is None:
        return None
    return listed("--b-hosts", [host.strip() for host in value.split(",")], get_args(Host))


def _feeds(
    ctx: click.Context, param: click.Parameter, value: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Read `FEED=PATH`, several times."""
    del ctx, param
    pairs = tuple(given.partition("=")[::2] for given in value)
    if not all(feed and path for feed, path in pairs):
        raise UsageError(Message("--b-stops: write FEED=PATH"))
    return pairs


@command(
    about=Message(
        "Compare two runs or two what-ifs: what changes from A to B.\n\n"
        "A and B are each a project (a folder with vpvkac.toml, or that file) or the folder "
        "of an earlier run. Without B, it is A's project as the --b options change it; "
        "without A, the project here, else the embedded sample."
    ),
    examples=Message("""\
vpvkac compare --b-threshold 800           this project under another threshold
vpvkac compare out/ . --out changes/       an earlier run and the project as it is now
vpvkac compare a/ b/ --lang en             two projects
vpvkac compare --b-hosts centre,post_office --b-stop-set all
vpvkac compare . --b-points moves.csv      points added, moved, opened or closed
vpvkac compare . --b-stops atd=gtfs.zip    the feed of another date
vpvkac compare . --b-stops atd=gtfs.zip --reach   and whom its timetable leaves without a way
"""),
    common=(OUT, lang_option, STRICT, NO_CACHE),
)
@argument("a", shown=Message("[A]"), required=False, type=PATH)
@argument("b", shown=Message("[B]"), required=False, type=PATH)
@option("--b-threshold", "b_threshold_m", type=THRESHOLD, shown=METRES,
        about=Message("B under another distance that counts as within reach."))  # fmt: skip
@option("--b-stop-set", type=STOP_SET, about=Message("B with other stops."))
@option("--b-layout", type=LAYOUT, about=Message("B in another vintage of the units."))
@option("--b-hosts", callback=_hosts, shown=Message("HOST,…"),
        about=Message("B with other kinds of host, the preferred first."))  # fmt: skip
@option("--b-points", type=PATH, shown=Message("CSV"), about=Message(
        "B with points added, moved, opened or closed: place,name,lat,lon,status."
))  # fmt: skip
@option("--b-stops", multiple=True, callback=_feeds, shown=Message("FEED=PATH"), about=Message(
        "B with another file for a feed; may be given several times."
))  # fmt: skip
@option("--reach", is_flag=True, default=None, about=Message(
        "Compare who can go to a point, be served and be home again, too (see vpvkac reach)."
))  # fmt: skip
def compare(
    run: Run, a: Path | None, b: Path | None, *, reach: bool | None, **options: Any
) -> Reply:
    """Compare two runs or two what-ifs: what changes from A to B."""
    changes = {name.removeprefix("b_"): value for name, value in options.items() if value}
    if b is None and not changes:
        raise UsageError(Message("give B, or say by a --b option how it differs from A"))
    if b is None:
        b = a
    if changes and _is_earlier(b):
        raise UsageError(Message("the --b options change a project; an earlier run stays as it is"))
    from vpvkac.questions.compare.answer import answer
    from vpvkac.questions.compare.files import write
    from vpvkac.questions.compare.view import summary

    sides: list[Side] = []
    # A dictionary keeps each fault once: both sides may read the same files.
    faults: dict[Fault, None] = {}
    for path, changed in ((a, {}), (b, changes)):
        try:
            side, more = _side(run, path, changed, reach=reach)
            sides.append(side)
        except InputError as error:
            more = error.faults
        faults |= dict.fromkeys(more)
    run.faults = tuple(faults)
    if len(sides) < 2:  # noqa: PLR2004 - A and B
        raise InputError(run.faults)
    comparison = answer(*sides)
    with run.writing():
        files = write(comparison, run.out, run.lang)
    lines = [
        summary(comparison, run.lang),
        run.text(FILES, f"{run.out} ({len(files)})"),
        run.text(Message("Report: {}"), run.out / "compare.html"),
    ]
    return Reply(lines)


def _is_earlier(path: Path | None) -> bool:
    """Whether a folder holds an earlier run and no project of its own."""
    from vpvkac.questions.compare.earlier import RUN_FILE

    return path is not None and (path / RUN_FILE).is_file() and not (path / PROJECT_FILE).is_file()


def _side(
    run: Run, path: Path | None, changes: dict[str, Any], *, reach: bool | None
) -> tuple[Side, Sequence[Fault]]:
    """Read an earlier run, or analyse a project as the --b options make it."""
    from vpvkac.questions.compare.earlier import read_run
    from vpvkac.questions.compare.question import run_of

    if path is not None and _is_earlier(path):
        run.note(Message("Earlier run: {}"), path)
        side, faults = read_run(path)
        if reach and side.reach is None:
            problem = Message("is a run without reach")
            remedy = Message("make it again with vpvkac run --reach, or compare without --reach")
            raise InputError([Fault("error", str(path), problem, remedy)])
        return side, faults
    project = run.project(path)
    rules = ("threshold_m", "stop_set", "layout", "hosts")
    project = project.with_rules(**{name: changes[name] for name in rules if name in changes})
    asked: list[tuple[Callable[..., Project], Any]] = [
        (Project.with_stops, feed) for feed in changes.get("stops", ())
    ]
    if "points" in changes:
        asked.append((Project.with_points, (changes["points"],)))
    wrong: list[Fault] = []
    for change, given in asked:
        try:
            project = change(project, *given)
        except InputError as error:
            wrong.extend(error.faults)
    if wrong:
        raise InputError(wrong)
    result = run.result(project, reach=reach)
    if result.reach_faults:
        raise InputError(result.reach_faults)
    return run_of(result, result.title), result.inputs.faults
