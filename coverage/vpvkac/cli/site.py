"""`vpvkac site`: where to put more points."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vpvkac.cli.job import (
    METRES,
    PROJECT_TEXT,
    RULES,
    covered,
    faults_told,
    job,
    job_options,
    writing,
)
from vpvkac.cli.terminal import Steps, tell_count
from vpvkac.cli.usage import Choice, Number, Share, UsageError, Whole, command, option
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.questions.site.question import Question

_ABOUT = Message(
    "Find where to put more points, or how few reach a target.\n\n"
    "Writes site.csv and site.html.\n\n"
    "{project}",
    project=PROJECT_TEXT,
)
_EXAMPLES = Message("""\
vpvkac site                             five points that newly cover the most residents
vpvkac site -p 20 --radius 10000        twenty points, each for 10 km around it
vpvkac site --target 0.9                as few points as cover 90 %
vpvkac site --method median --candidates library,stops --lang en
""")
_FILES = Message("Files: {}")
_DONE = Message("Done in {} s")


@command("site", about=_ABOUT, examples=_EXAMPLES)
@job_options
@option(
    "-p",
    "--points",
    type=Whole(1),
    shown=Message("COUNT"),
    about=Message("How many points to add.  [5]"),
)
@option(
    "--target",
    type=Share(),
    shown=Message("SHARE"),
    about=Message(
        "Share of the residents or units to be covered by as few points as possible: 0.9."
    ),
)
@option(
    "--method",
    type=Choice(["cover", "median"]),
    default="cover",
    about=Message("Cover the most within the radius, or minimise the mean distance.  [cover]"),
)
@option(
    "--radius",
    type=Number(0, 1_000_000, above=True),
    shown=METRES,
    default=5000,
    about=Message("Straight-line distance within which a point covers.  [5000]"),
)
@option(
    "--candidates",
    shown=Message("KIND,…"),
    about=Message(
        "Where new points may go: library, municipal_premises, post_office, institution, centre, "
        "stops.  [the first three, as far as given]"
    ),
)
@option(
    "--weights",
    type=Choice(["population", "units"]),
    about=Message("What counts.  [residents where known, else units]"),
)
@option(
    "--existing",
    type=Choice(["open", "network"]),
    default="open",
    about=Message(
        "Which points stay: open centres, or the announced and planned points too.  [open]"
    ),
)
@option(
    "--time-limit",
    type=Number(0, math.inf, above=True),
    shown=Message("SECONDS"),
    default=60,
    about=Message("How long to look for a proof that there is nothing better.  [60]"),
)
def main(
    project: Path | None,
    out: Path,
    lang: Lang,
    **options: Any,
) -> None:
    """Find where to put more points, or how few reach a target."""
    begun = time.perf_counter()
    rules = {name: options.pop(name) for name in RULES}
    question = _question(**options)
    steps = Steps()
    result = covered(job(project, **rules), lang, steps)
    with faults_told(lang, steps):
        from vpvkac.questions.site.answer import answer

        siting = answer(result, question, lambda step: steps(step.text(lang)))
    with writing(out, lang, steps):
        from vpvkac.questions.site.files import write

        files = write(siting, out, lang)
    steps.end()
    tell_count(result.inputs.faults, project, lang)
    from vpvkac.questions.site.view import terminal_lines

    for line in terminal_lines(siting, lang):
        click.echo(line)
    click.echo(_FILES.text(lang).format(", ".join(map(str, files))))
    click.echo(_DONE.text(lang).format(number(lang, time.perf_counter() - begun, 1)), err=True)


def _question(points: int | None, candidates: str | None, **options: Any) -> Question:
    """Make the question of the options; say where they contradict one another."""
    from vpvkac.questions.site.question import POINTS, Question

    if points is not None and options["target"] is not None:
        raise UsageError(Message("--points and --target exclude each other; give one of them"))
    kinds = None if candidates is None else tuple(kind.strip() for kind in candidates.split(","))
    return Question(
        points=POINTS if points is None else points,
        candidates=kinds,
        radius_m=options.pop("radius"),
        time_limit_s=options.pop("time_limit"),
        **options,
    )
