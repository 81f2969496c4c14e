"""`vpvkac explain`: one unit's contact point in words and numbers."""

from __future__ import annotations

import io
import shutil
import sys

from vpvkac.cli.runner import PROJECT_TEXT, QUESTION, Reply, Run, command
from vpvkac.cli.usage import argument, option
from vpvkac.texts.message import Message

_ABOUT = Message(
    "Explain why a unit's contact point is what it is, and what would change it.\n\n"
    "UNIT is a code (LV…), a name with or without its kind, the name of a place that "
    'stands in it, or "name, municipality" where a name occurs twice. Nothing is written '
    "but to the terminal.\n\n"
    "{project}",
    project=PROJECT_TEXT,
)
_EXAMPLES = Message("""\
vpvkac explain LV9927580                         a unit of the sample, by code
vpvkac explain "Ciblas pagasts" latvija/         by name; case and diacritics do not matter
vpvkac explain Cibla latvija/                    the name in the nominative
vpvkac explain "Ciblas VPVKAC" latvija/          a place that stands in it
vpvkac explain "Salas pagasts, Jēkabpils novads" latvija/ --lang en
vpvkac explain LV9927580 --threshold 800 --json
""")
_STEP = Message("Explaining")


@command(about=_ABOUT, examples=_EXAMPLES, common=QUESTION)
@argument("unit", shown=Message("UNIT"))
@option(
    "--json",
    "as_json",
    is_flag=True,
    about=Message("Write JSON for machines."),
)
def main(run: Run, unit: str, *, as_json: bool) -> Reply:
    """Explain why a unit's contact point is what it is, and what would change it."""
    result = run.result()
    from vpvkac.api.explain import explain
    from vpvkac.questions.explain.question import UnitNotFoundError
    from vpvkac.render.terminal import WIDTH

    run.steps(_STEP)
    try:
        explanation = explain(result, unit)
    except UnitNotFoundError as error:
        run.stop(error.sentence(run.lang))
    if as_json:
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A letter that the encoding lacks is written as JSON writes it, and not lost.
            sys.stdout.reconfigure(errors="backslashreplace")
        return Reply([explanation.to_json()])
    # The terminal's width, 100 at most; in a pipe always 100.
    width = WIDTH
    if sys.stdout.isatty():
        width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    return Reply([explanation.wrapped(width)])
