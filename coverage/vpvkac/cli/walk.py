"""`vpvkac walk`: the way along streets from each point to its nearest stop."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vpvkac.cli.job import PROJECT_TEXT, analysed, faults_told, job, job_options, writing
from vpvkac.cli.terminal import Steps, fail, tell, tell_count
from vpvkac.cli.usage import Number, UsageError, command, option
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.api import Result, Walk

_ABOUT = Message(
    "Measure the way along streets from each point to its nearest stop.\n\n"
    "Writes walk.csv and walk.html: metres along streets, walking minutes, the detour, "
    "and which points are within reach in a straight line but not by street.\n\n"
    "{project}",
    project=PROJECT_TEXT,
)
_EXAMPLES = Message("""\
vpvkac walk                            the project here, else the embedded sample
vpvkac walk ventspils/ --speed 3.6
vpvkac walk --streets novads.graphml --lang en
vpvkac walk ventspils/ --download      streets of OpenStreetMap around the points
""")
# Where a download is kept, in the folder of outputs; the next walk there takes it.
_KEPT = "streets.graphml"
_MAP = Message("Map: {}")
_DOWNLOADED = Message(
    "Streets downloaded: {file} (© OpenStreetMap contributors, ODbL 1.0; data as of {date})."
)
_AS_KEPT = Message("Streets as downloaded before: {}")
_ASKING = Message("Downloading streets: {} of {}")
_INVENTED = Message(
    "The sample's places are invented: there are no streets around them to download. Run walk "
    "without --download, or for a project of your own."
)


@command("walk", about=_ABOUT, examples=_EXAMPLES)
@job_options
@option(
    "--streets",
    type=click.Path(path_type=Path),
    shown=Message("FILE"),
    about=Message("GraphML, OSM XML or GeoPackage of streets.  [project's]"),
)
@option(
    "--download",
    is_flag=True,
    about=Message(
        "Download OpenStreetMap's streets around the points into OUT/{file}.", file=_KEPT
    ),
)
@option(
    "--speed",
    type=Number(0.5, 20),
    default=4.2,
    shown=Message("KM/H"),
    about=Message("Walking speed.  [4.2]"),
)
def main(
    *,
    project: Path | None,
    out: Path,
    lang: Lang,
    streets: Path | None,
    download: bool,
    speed: float,
    **rules: Any,
) -> None:
    """Measure the way along streets from each point to its nearest stop."""
    if download and streets is not None:
        raise UsageError(Message("--streets and --download exclude each other; give one of them"))
    steps = Steps()
    result = analysed(job(project, **rules), lang, steps)
    if download:
        streets = _downloaded(result, out, lang, steps)
    elif streets is None:
        streets = _kept(result, out, lang, steps)
    walked = _walked(result, streets, speed, lang, steps)
    with writing(out, lang, steps):
        walked.write(out)
    steps.end()
    tell_count(result.inputs.faults, project, lang)
    tell(walked.faults, lang)
    _say(walked, out, lang)


def _kept(result: Result, out: Path, lang: Lang, steps: Steps) -> Path | None:
    """Give what an earlier walk downloaded, where the project names no streets."""
    file = out / _KEPT
    if result.project.streets is not None or not file.is_file():
        return None
    steps.end()
    click.echo(_AS_KEPT.text(lang).format(file), err=True)
    return file


def _downloaded(result: Result, out: Path, lang: Lang, steps: Steps) -> Path:
    from vpvkac.fetch.overpass import Services
    from vpvkac.fetch.refusal import RefusedError
    from vpvkac.fetch.streets import fetch_streets
    from vpvkac.questions.walk.streets import download_areas
    from vpvkac.render.staging import files_of, staged
    from vpvkac.sources.register import cache_folder
    from vpvkac.texts.formats import date

    if result.synthetic:
        steps.end()
        fail(_INVENTED.text(lang))
    areas, file = download_areas(result), out / _KEPT
    try:
        with (
            writing(out, lang, steps),
            staged(out, always=(_KEPT,), inputs=files_of(result.project)) as staging,
        ):
            got = fetch_streets(
                areas, staging / _KEPT, cache_folder() / "osm_streets", services=Services(),
                begun=lambda number: steps(_ASKING.text(lang).format(number, len(areas))),
            )  # fmt: skip
    except RefusedError as refused:
        steps.end()
        tell([refused.fault], lang)
        sys.exit(1)
    steps.end()
    said = _DOWNLOADED.text(lang).format(file=file, date=date(lang, got.date))
    click.echo(said, err=True)
    return file


def _walked(result: Result, streets: Path | None, speed: float, lang: Lang, steps: Steps) -> Walk:
    from vpvkac.api import walk

    with faults_told(lang, steps):
        return walk(result, streets=streets, speed_km_h=speed, progress=steps)


def _say(walked: Walk, out: Path, lang: Lang) -> None:
    from vpvkac.questions.walk.view import terminal_lines

    for line in terminal_lines(walked, lang):
        click.echo(line)
    click.echo(_MAP.text(lang).format(out / "walk.html"))
