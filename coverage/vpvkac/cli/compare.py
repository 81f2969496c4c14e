"""`vpvkac compare`: what changes from one run or what-if to another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import click

from vpvkac.cli.job import (
    LAYOUT,
    METRES,
    STOP_SET,
    THRESHOLD,
    Job,
    asked_project,
    faults_told,
    out_option,
    strict_option,
    writing,
)
from vpvkac.cli.terminal import Steps, tell_count
from vpvkac.cli.usage import UsageError, argument, command, lang_option, option
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.options import listed
from vpvkac.model.project import Host, Project
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.api import Comparison
    from vpvkac.questions.compare.run import Run

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
_FILES = Message("Files: {}")
_PAGE = Message("Report: {}")
_EARLIER = Message("Earlier run: {}")


class _WhatIf(NamedTuple):
    """How B differs from the project that it begins with."""

    rules: Mapping[str, Any]
    points: Path | None
    stops: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.rules or self.points or self.stops)

    def of(self, project: Project) -> Project:
        """Apply the changes; every fault is told at once."""
        faults: list[Fault] = []
        changed = project.with_rules(**self.rules)
        for feed, path in self.stops:
            try:
                changed = changed.with_stops(feed, path)
            except InputError as error:
                faults.extend(error.faults)
        if self.points is not None:
            try:
                changed = changed.with_points(self.points)
            except InputError as error:
                faults.extend(error.faults)
        if faults:
            raise InputError(faults)
        return changed


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
            said = Message("--b-stops: write FEED=PATH")
            raise UsageError(said)
    return tuple((feed, path) for feed, _, path in pairs)


@command("compare", about=_ABOUT, examples=_EXAMPLES)
@argument("a", shown=Message("[A]"), required=False, type=click.Path(path_type=Path))
@argument("b", shown=Message("[B]"), required=False, type=click.Path(path_type=Path))
@out_option
@lang_option
@strict_option
@option(
    "--b-threshold",
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
    type=click.Path(path_type=Path),
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
def main(
    a: Path | None,
    b: Path | None,
    out: Path,
    lang: Lang,
    *,
    strict: bool,
    **changes: Any,
) -> None:
    """Compare two runs or two what-ifs: what changes from A to B."""
    asked = _asked(changes)
    if b is None and not asked:
        raise UsageError(Message("give B, or say by a --b option how it differs from A"))
    if asked and _is_earlier(a if b is None else b):
        raise UsageError(Message("the --b options change a project; an earlier run stays as it is"))
    steps = Steps()
    with faults_told(lang, steps):
        comparison, faults = _compared(
            (a, a if b is None else b), asked, lang, steps, strict=strict
        )
    with writing(out, lang, steps):
        files = comparison.write(out)
    steps.end()
    tell_count(faults, None, lang)
    _say(comparison, out, len(files))


def _asked(options: Mapping[str, Any]) -> _WhatIf:
    """Gather the --b options; one left out changes nothing."""
    rules = {
        "threshold_m": options["b_threshold"],
        "stop_set": options["b_stop_set"],
        "layout": options["b_layout"],
        "hosts": options["b_hosts"],
    }
    given = {name: value for name, value in rules.items() if value is not None}
    return _WhatIf(given, options["b_points"], options["b_stops"])


def _is_earlier(path: Path | None) -> bool:
    """Tell whether a folder holds an earlier run and no project of its own."""
    from vpvkac.model.project import PROJECT_FILE
    from vpvkac.questions.compare.earlier import RUN_FILE

    return path is not None and (path / RUN_FILE).is_file() and not (path / PROJECT_FILE).is_file()


def _compared(
    sides: tuple[Path | None, Path | None],
    asked: _WhatIf,
    lang: Lang,
    steps: Steps,
    *,
    strict: bool,
) -> tuple[Comparison, tuple[Fault, ...]]:
    """Compare, with the faults of both sides, each once; errors of both are told at once."""
    from vpvkac.api import compare

    faults: list[Fault] = []
    runs: list[Run] = []
    for path, changes in zip(sides, (_WhatIf({}, None, ()), asked), strict=True):
        try:
            run, told = _side(Job(path, {}, strict), changes, lang, steps)
        except InputError as error:
            faults.extend(error.faults)
        else:
            runs.append(run)
            faults.extend(told)
    faults = list(dict.fromkeys(faults))
    if len(runs) < 2:  # noqa: PLR2004 - A and B
        raise InputError(faults)
    return compare(*runs, lang=lang), tuple(faults)


def _side(side: Job, changes: _WhatIf, lang: Lang, steps: Steps) -> tuple[Run, tuple[Fault, ...]]:
    """Read an earlier run, or analyse a project."""
    from vpvkac.api import analyse
    from vpvkac.questions.compare.earlier import read_run
    from vpvkac.questions.compare.run import run_of

    path = side.project
    if path is not None and _is_earlier(path):
        click.echo(_EARLIER.text(lang).format(path), err=True)
        return read_run(path)
    project = changes.of(asked_project(side, lang))
    result = analyse(project, lang=lang, progress=steps)
    return run_of(result, result.title), result.inputs.faults


def _say(comparison: Comparison, out: Path, files: int) -> None:
    from vpvkac.questions.compare.view import summary

    lang = comparison.lang
    click.echo(summary(comparison, lang))
    click.echo(_FILES.text(lang).format(f"{out} ({files})"))
    click.echo(_PAGE.text(lang).format(out / "compare.html"))
