"""`vpvkac walk`: the way along streets from each point to its nearest stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vpvkac.commands.job import analysed, faults_told, job, job_options, writing
from vpvkac.commands.terminal import Steps, tell
from vpvkac.language import Text

if TYPE_CHECKING:
    from vpvkac.language import Lang
    from vpvkac.result import Result
    from vpvkac.walking.walk import Walk

_EPILOG = """\b
Examples:
  vpvkac walk                            the project here, else the embedded sample
  vpvkac walk ventspils/ --speed 3.6
  vpvkac walk --streets novads.graphml --lang en
"""
_MAP = Text("Karte: {}", "Map: {}")


@click.command("walk", epilog=_EPILOG)
@job_options
@click.option(
    "--streets", type=click.Path(path_type=Path), metavar="FILE",
    help="GraphML, OSM XML or GeoPackage of streets.  [project's]",
)  # fmt: skip
@click.option(
    "--speed", type=click.FloatRange(0.5, 20), default=4.2, show_default=True, metavar="KM/H",
    help="Walking speed.",
)  # fmt: skip
def main(  # noqa: PLR0913 - one parameter per option
    *,
    project: Path | None,
    out: Path,
    lang: Lang,
    threshold: float | None,
    stop_set: str | None,
    layout: str | None,
    streets: Path | None,
    speed: float,
) -> None:
    """Measure the way along streets from each point to its nearest stop.

    Writes walk.csv and walk.html: metres along streets, walking minutes, the
    detour, and which points are within reach by air but not by street.

    PROJECT is a folder with vpvkac.toml, or that file; without it, the current
    folder if it holds one, else the embedded sample.
    """
    steps = Steps()
    result = analysed(job(project, threshold, stop_set, layout), lang, steps)
    walked = _walked(result, streets, speed, lang, steps)
    with writing(out, lang, steps):
        walked.write(out)
    steps.end()
    tell((*result.inputs.faults, *walked.faults), lang)
    _say(walked, out, lang)


def _walked(result: Result, streets: Path | None, speed: float, lang: Lang, steps: Steps) -> Walk:
    from vpvkac.walking.walk import walk

    with faults_told(lang, steps):
        return walk(result, streets=streets, speed_km_h=speed, progress=steps)


def _say(walked: Walk, out: Path, lang: Lang) -> None:
    from vpvkac.walking.wording import summary

    for line in summary(walked):
        click.echo(line)
    click.echo(_MAP.into(lang).format(out / "walk.html"))
