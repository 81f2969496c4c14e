"""`vpvkac site`: where to put more points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from vpvkac.cli.runner import FILES, METRES, PROJECT_TEXT, Reply, Run, command
from vpvkac.cli.usage import Choice, UsageError, a_share, at_least, option, within
from vpvkac.texts.message import Message

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


@command(about=_ABOUT, examples=_EXAMPLES)
@option(
    "-p",
    "--points",
    type=at_least(1),
    shown=Message("COUNT"),
    about=Message("How many points to add.  [5]"),
)
@option(
    "--target",
    type=a_share(),
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
    type=within(0, 1_000_000, above=True),
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
    type=within(0, math.inf, above=True),
    shown=Message("SECONDS"),
    default=60,
    about=Message("How long to look for a proof that there is nothing better.  [60]"),
)
def main(run: Run, **options: Any) -> Reply:
    """Find where to put more points, or how few reach a target."""
    question = _question(**options)
    network = run.network()
    from vpvkac.questions.site.answer import answer
    from vpvkac.questions.site.files import write
    from vpvkac.questions.site.view import terminal_lines

    siting = answer(network, question, run.steps)
    with run.writing():
        files = write(siting, run.out, run.lang)
    named = run.text(FILES, ", ".join(map(str, files)))
    return Reply([*terminal_lines(siting, run.lang), named], timed=True)


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
