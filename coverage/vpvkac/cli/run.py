"""`vpvkac run`: the main job."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vpvkac.cli.job import PROJECT_TEXT, analysed, job, job_options, writing
from vpvkac.cli.terminal import Steps, tell, tell_count
from vpvkac.cli.timings import Stopwatch
from vpvkac.cli.usage import command, option
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.api import Result
    from vpvkac.questions.coverage.files import Written

_ABOUT = Message(
    "Compute reach, coverage and gaps, and write all outputs.\n\n{project}", project=PROJECT_TEXT
)
_EXAMPLES = Message("""\
vpvkac run                          the project here, else the embedded sample
vpvkac run ventspils/ --out karte/  the project ventspils/vpvkac.toml
vpvkac run --threshold 800 --lang en
vpvkac run --timings                and how long each step took
""")
_FILES = Message("Files ({count}): {out}")
_MAP = Message("Map: {}")
_DONE = Message("Done in {} s")


@command("run", about=_ABOUT, examples=_EXAMPLES)
@job_options
@option(
    "--timings",
    is_flag=True,
    about=Message("Say how long each step took, on stderr."),
)
def main(
    *,
    project: Path | None,
    out: Path,
    lang: Lang,
    timings: bool,
    **rules: Any,
) -> None:
    """Compute reach, coverage and gaps, and write all outputs."""
    begun = time.perf_counter()
    steps = Stopwatch(lang)
    result = analysed(job(project, **rules), lang, steps)
    written = _write(result, out, steps)
    table = steps.table()
    steps.end()
    tell_count(result.inputs.faults, project, lang)
    tell(written.faults, lang)
    _say_headline(result, out, len(written.files))
    if timings:
        click.echo(table, err=True)
    click.echo(_DONE.text(lang).format(number(lang, time.perf_counter() - begun, 1)), err=True)


def _write(result: Result, out: Path, steps: Steps) -> Written:
    from vpvkac.questions.coverage.files import write

    with writing(out, result.lang, steps):
        return write(result, out, steps)


def _say_headline(result: Result, out: Path, files: int) -> None:
    from vpvkac.questions.coverage.headline import headline

    click.echo(headline(result))
    click.echo(_FILES.text(result.lang).format(count=files, out=out))
    click.echo(_MAP.text(result.lang).format(out / "map.html"))
