"""`vpvkac compare`: what changes from one run or what-if to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from vpvkac.cli.runner import (
    FILES,
    LAYOUT,
    METRES,
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

_ABOUT = Message(
    "Compare two runs or two what-ifs: what changes from A to B.\n\n"
    "A and B are each a project (a folder with vpvkac.toml, or that file) or the folder "
    "of an earlier run. Without B, it is A's project as the --b options change it; "
    "without A, the project here, else the embedded sample."
)
_EXAMPLES = Message("""\
vpvkac compare --b-threshold 800           this project under another threshold
vpvkac compare out/ . --out changes/       an earlier run and the project as it is now
vpvkac compare a/ b/ --lang en             two projects
vpvkac compare --b-hosts centre,post_office --b-stop-set all
vpvkac compare . --b-points moves.csv      points added, moved, opened or closed
vpvkac compare . --b-stops atd=gtfs.zip    the feed of another date
""")
_PAGE = Message("Report: {}")
_EARLIER = Message("Earlier run: {}")


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
    pairs = [given.partition("=") for given in value]
    for feed, sign, path in pairs:
        if not (feed and sign and path):
            raise UsageError(Message("--b-stops: write FEED=PATH"))
    return tuple((feed, path) for feed, _, path in pairs)


@command(about=_ABOUT, examples=_EXAMPLES, common=(OUT, lang_option, STRICT))
@argument("a", shown=Message("[A]"), required=False, type=PATH)
@argument("b", shown=Message("[B]"), required=False, type=PATH)
@option(
    "--b-threshold",
    "b_threshold_m",
    type=THRESHOLD,
    shown=METRES,
    about=Message("B under another distance that counts as within reach."),
)
@option("--b-stop-set", type=STOP_SET, about=Message("B with other stops."))
@option(
    "--b-layout",
    type=LAYOUT,
    about=Message("B in another vintage of the units."),
)
@option(
    "--b-hosts",
    callback=_hosts,
    shown=Message("HOST,…"),
    about=Message("B with other kinds of host, the preferred first."),
)
@option(
    "--b-points",
    type=PATH,
    shown=Message("CSV"),
    about=Message("B with points added, moved, opened or closed: place,name,lat,lon,status."),
)
@option(
    "--b-stops",
    multiple=True,
    callback=_feeds,
    shown=Message("FEED=PATH"),
    about=Message("B with another file for a feed; may be given several times."),
)
def main(run: Run, a: Path | None, b: Path | None, **options: Any) -> Reply:
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

    faults: list[Fault] = []
    sides = []
    for path, changed in ((a, {}), (b, changes)):
        try:
            side, found = _side(run, path, changed)
            sides.append(side)
            faults.extend(found)
        except InputError as error:
            faults.extend(error.faults)
    # Each once: both sides may read the same files.
    run.faults = tuple(dict.fromkeys(faults))
    if len(sides) < 2:  # noqa: PLR2004 - A and B
        raise InputError(run.faults)
    comparison = answer(*sides)
    with run.writing():
        files = write(comparison, run.out, run.lang)
    lines = [
        summary(comparison, run.lang),
        run.text(FILES, f"{run.out} ({len(files)})"),
        run.text(_PAGE, run.out / "compare.html"),
    ]
    return Reply(lines)


def _is_earlier(path: Path | None) -> bool:
    """Whether a folder holds an earlier run and no project of its own."""
    from vpvkac.questions.compare.earlier import RUN_FILE

    return path is not None and (path / RUN_FILE).is_file() and not (path / PROJECT_FILE).is_file()


def _side(run: Run, path: Path | None, changes: dict[str, Any]) -> tuple[Side, Sequence[Fault]]:
    """Read an earlier run, or analyse a project as the changes make it."""
    from vpvkac.questions.compare.earlier import read_run
    from vpvkac.questions.compare.question import run_of

    if path is not None and _is_earlier(path):
        run.note(_EARLIER, path)
        return read_run(path)
    result = run.result(_changed(run.project(path), changes))
    return run_of(result, result.title), result.inputs.faults


def _changed(project: Project, changes: dict[str, Any]) -> Project:
    """Apply the --b options; all faults come at once."""
    faults: list[Fault] = []

    def attempt(change: Callable[..., Project], *given: Any) -> Project:
        try:
            return change(*given)
        except InputError as error:
            faults.extend(error.faults)
            return project

    rules = ("threshold_m", "stop_set", "layout", "hosts")
    project = project.with_rules(**{name: changes[name] for name in rules if name in changes})
    for feed, path in changes.get("stops", ()):
        project = attempt(project.with_stops, feed, path)
    if "points" in changes:
        project = attempt(project.with_points, changes["points"])
    if faults:
        raise InputError(faults)
    return project
