"""`vpvkac walk`: the way along streets from each point to its nearest stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.cli.runner import MAP, PATH, PROJECT_TEXT, Reply, Run, command
from vpvkac.cli.usage import UsageError, option, within
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

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
_DOWNLOADED = Message(
    "Streets downloaded: {file} (© OpenStreetMap contributors, ODbL 1.0; data as of {date})."
)
_AS_KEPT = Message("Streets as downloaded before: {}")
_ASKING = Message("Downloading streets: {} of {}")
_INVENTED = Message(
    "The sample's places are invented: there are no streets around them to download. Run walk "
    "without --download, or for a project of your own."
)


@command(about=_ABOUT, examples=_EXAMPLES)
@option(
    "--streets",
    type=PATH,
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
    type=within(0.5, 20),
    default=4.2,
    shown=Message("KM/H"),
    about=Message("Walking speed.  [4.2]"),
)
def main(run: Run, *, streets: Path | None, download: bool, speed: float) -> Reply:
    """Measure the way along streets from each point to its nearest stop."""
    if download and streets is not None:
        raise UsageError(Message("--streets and --download exclude each other; give one of them"))
    result = run.result()
    kept = run.out / _KEPT
    if download:
        _download(run, result, kept)
        streets = kept
    elif streets is None and result.project.streets is None and kept.is_file():
        run.note(_AS_KEPT, kept)
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


def _download(run: Run, result: Result, file: Path) -> None:
    """Download the streets around the points, as OpenStreetMap has them today."""
    from vpvkac.fetch.exchange import RefusedError
    from vpvkac.fetch.osm import fetch_streets
    from vpvkac.fetch.overpass import Services
    from vpvkac.questions.walk.streets import download_areas
    from vpvkac.render.staging import files_of, staged
    from vpvkac.sources.register import cache_folder
    from vpvkac.texts.formats import date

    if result.synthetic:
        run.stop(run.text(_INVENTED))
    areas = download_areas(result)
    try:
        with (
            run.writing(),
            staged(run.out, always=(file.name,), inputs=files_of(result.project)) as staging,
        ):
            got = fetch_streets(
                areas, staging / file.name, cache_folder() / "osm_streets", services=Services(),
                begun=lambda number: run.steps(run.text(_ASKING, number, len(areas))),
            )  # fmt: skip
    except RefusedError as refused:
        run.stop([refused.fault])
    run.note(_DOWNLOADED, file=file, date=date(run.lang, got.date))
