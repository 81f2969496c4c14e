"""`vpvkac site`: where to put more points."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from vpvkac.commands.job import RULES, covered, faults_told, job, job_options, writing
from vpvkac.commands.terminal import Steps, tell
from vpvkac.formats import number
from vpvkac.language import Text

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from vpvkac.language import Lang
    from vpvkac.siting.question import Question
    from vpvkac.siting.site import Siting

_EPILOG = """\b
Examples:
  vpvkac site                             five points that newly cover the most residents
  vpvkac site -p 20 --radius 10000        twenty points, each for 10 km around it
  vpvkac site --target 0.9                as few points as cover 90 %
  vpvkac site --method median --candidates library,stops --lang en
"""
_FILES = Text("Datnes: {}", "Files: {}")
_DONE = Text("Pabeigts {} s", "Done in {} s")


@click.command("site", epilog=_EPILOG)
@job_options
@click.option(
    "-p", "--points", type=click.IntRange(min=1), help="How many points to add.  [default: 5]"
)
@click.option(
    "--target",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="Share of the residents or units to be covered by as few points as possible.",
)
@click.option(
    "--method",
    type=click.Choice(["cover", "median"]),
    default="cover",
    show_default=True,
    help="Cover the most within the radius, or make the mean distance least.",
)
@click.option(
    "--radius",
    type=click.FloatRange(0, 1_000_000, min_open=True),
    metavar="METRES",
    default=5000,
    show_default=True,
    help="Straight-line distance within which a point covers.",
)
@click.option(
    "--candidates",
    metavar="KIND,…",
    help="Where new points may go: library, municipal_premises, post_office, institution, centre, "
    "stops.  [default: the first three, as far as given]",
)
@click.option(
    "--weights",
    type=click.Choice(["population", "units"]),
    help="What counts.  [default: residents where known, else units]",
)
@click.option(
    "--existing",
    type=click.Choice(["open", "network"]),
    default="open",
    show_default=True,
    help="Which points stay: open centres, or the announced and planned points too.",
)
@click.option(
    "--time-limit", type=click.FloatRange(0, min_open=True), metavar="SECONDS", default=60,
    show_default=True, help="How long to look for a proof that there is nothing better.",
)  # fmt: skip
def main(
    project: Path | None,
    out: Path,
    lang: Lang,
    **options: Any,
) -> None:
    """Find where to put more points, or how few reach a target.

    PROJECT is a folder with vpvkac.toml, or that file; without it, the current
    folder if it holds one, else the embedded sample. Writes site.csv and
    site.html.
    """
    begun = time.perf_counter()
    rules = {name: options.pop(name) for name in RULES}
    question = _question(**options)
    steps = Steps()
    result = covered(job(project, **rules), lang, steps)
    with faults_told(lang, steps):
        from vpvkac.siting.site import answered

        siting = answered(result, question, steps)
    _write(siting, out, lang, steps)
    steps.end()
    tell(result.inputs.faults, lang)
    _say(siting, out)
    click.echo(_DONE.into(lang).format(number(lang, time.perf_counter() - begun, 1)), err=True)


def _question(points: int | None, candidates: str | None, **options: Any) -> Question:
    """Make the question of the options; say where they contradict one another."""
    from vpvkac.siting.question import POINTS, Question

    if points is not None and options["target"] is not None:
        raise click.UsageError("--points and --target exclude each other; give one of them")
    kinds = None if candidates is None else tuple(kind.strip() for kind in candidates.split(","))
    try:
        return Question(
            points=POINTS if points is None else points,
            candidates=kinds,
            radius_m=options.pop("radius"),
            time_limit_s=options.pop("time_limit"),
            **options,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _write(siting: Siting, out: Path, lang: Lang, steps: Steps) -> None:
    from vpvkac.siting.outputs import write

    with writing(out, lang, steps):
        write(siting, out)


def _say(siting: Siting, out: Path) -> None:
    from vpvkac.siting.wording import listed, sentences

    lang = siting.result.lang
    for line in (*listed(siting), *sentences(siting)):
        click.echo(line)
    files = ", ".join(str(out / name) for name in ("site.csv", "site.html"))
    click.echo(_FILES.into(lang).format(files))
