"""`vpvkac run`: the main job."""

from __future__ import annotations

from vpvkac.cli.runner import MAP, PROJECT_TEXT, Reply, Run, command
from vpvkac.cli.usage import option
from vpvkac.texts.message import Message

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


@command(about=_ABOUT, examples=_EXAMPLES)
@option(
    "--timings",
    is_flag=True,
    about=Message("Say how long each step took, on stderr."),
)
def main(run: Run, *, timings: bool) -> Reply:
    """Compute reach, coverage and gaps, and write all outputs."""
    result = run.result()
    with run.writing():
        from vpvkac.questions.coverage.files import write
        from vpvkac.questions.coverage.view import headline

        written = write(result, run.out, run.steps)
    lines = [
        headline(result),
        run.text(_FILES, count=len(written.files), out=run.out),
        run.text(MAP, run.out / "map.html"),
    ]
    return Reply(lines, written.faults, [run.steps.table()] if timings else (), timed=True)
