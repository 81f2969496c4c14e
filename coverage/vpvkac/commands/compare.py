"""`vpvkac compare`: what changes from one run or what-if to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import click

from vpvkac.commands.job import Job, asked_project, faults_told, strict_option, writing
from vpvkac.commands.terminal import Steps, lang_option, tell
from vpvkac.faults import InputError
from vpvkac.language import Text
from vpvkac.project import Host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vpvkac.comparing.comparison import Comparison
    from vpvkac.comparing.side import Run
    from vpvkac.faults import Fault
    from vpvkac.language import Lang
    from vpvkac.project import Project

_EPILOG = """\b
Examples:
  vpvkac compare --b-threshold 800           this project under another threshold
  vpvkac compare out/ . --out changes/       an earlier run and the project as it is now
  vpvkac compare a/ b/ --lang en             two projects
  vpvkac compare --b-hosts centre,post_office --b-stop-set all
  vpvkac compare . --b-points moves.csv      points added, moved, opened or closed
  vpvkac compare . --b-stops atd=gtfs.zip    the feed of another date
"""
_FILES = Text("Datnes: {}", "Files: {}")
_PAGE = Text("Pārskats: {}", "Report: {}")
_EARLIER = Text("Iepriekšējs aprēķins: {}", "Earlier run: {}")


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
    hosts = tuple(host.strip() for host in value.split(","))
    known = get_args(Host)
    wrong = [host for host in hosts if host not in known]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is none of {', '.join(known)}")
    if len(set(hosts)) < len(hosts):
        raise click.BadParameter("names a kind of host twice")
    return hosts


def _feeds(
    ctx: click.Context, param: click.Parameter, value: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Read `FEED=PATH`, several times."""
    del ctx, param
    pairs = [given.partition("=") for given in value]
    for feed, sign, path in pairs:
        if not (feed and sign and path):
            raise click.BadParameter("write FEED=PATH")
    return tuple((feed, path) for feed, _, path in pairs)


@click.command("compare", epilog=_EPILOG)
@click.argument("a", required=False, type=click.Path(path_type=Path))
@click.argument("b", required=False, type=click.Path(path_type=Path))
@click.option(
    "--out",
    default="out",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the outputs.",
)
@lang_option
@strict_option
@click.option(
    "--b-threshold",
    type=click.FloatRange(1, 100_000),
    metavar="METRES",
    help="B under another distance that counts as within reach.",
)
@click.option(
    "--b-stop-set", type=click.Choice(["regional", "bus", "all"]), help="B with other stops."
)
@click.option(
    "--b-layout",
    type=click.Choice(["2021-01-01", "2021-07-01", "2022-07-01"]),
    help="B in another vintage of the units.",
)
@click.option(
    "--b-hosts",
    callback=_hosts,
    metavar="HOST,…",
    help="B with other kinds of host, the preferred first.",
)
@click.option(
    "--b-points",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="B with points added, moved, opened or closed: place,name,lat,lon,status.",
)
@click.option(
    "--b-stops",
    multiple=True,
    callback=_feeds,
    metavar="FEED=PATH",
    help="B with another file for a feed; may be given several times.",
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
    """Compare two runs or two what-ifs: what changes from A to B.

    A and B are each a project (a folder with vpvkac.toml, or that file) or the
    folder of an earlier run. Without B, it is A's project as the --b options
    change it; without A, the project here, else the embedded sample.
    """
    asked = _asked(changes)
    if b is None and not asked:
        raise click.UsageError("Give B, or say by a --b option how it differs from A.")
    if asked and _is_earlier(a if b is None else b):
        raise click.UsageError("The --b options change a project; an earlier run stays as it is.")
    steps = Steps()
    with faults_told(lang, steps):
        comparison, faults = _compared(
            (a, a if b is None else b), asked, lang, steps, strict=strict
        )
    with writing(out, lang, steps):
        files = comparison.write(out)
    steps.end()
    tell(faults, lang)
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
    from vpvkac.comparing.earlier import RUN_FILE
    from vpvkac.project import PROJECT_FILE

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
    from vpvkac.comparing.comparison import compare

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
    from vpvkac.analysis import analyse
    from vpvkac.comparing.earlier import read_run
    from vpvkac.comparing.side import run_of

    path = side.project
    if path is not None and _is_earlier(path):
        click.echo(_EARLIER.into(lang).format(path), err=True)
        return read_run(path)
    project = changes.of(asked_project(side, lang))
    result = analyse(project, lang=lang, progress=steps)
    return run_of(result), result.inputs.faults


def _say(comparison: Comparison, out: Path, files: int) -> None:
    from vpvkac.comparing.headline import headline_text

    lang = comparison.lang
    click.echo(headline_text(comparison))
    click.echo(_FILES.into(lang).format(f"{out} ({files})"))
    click.echo(_PAGE.into(lang).format(out / "compare.html"))
