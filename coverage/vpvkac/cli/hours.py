"""`vpvkac hours`: when the centres are open, and whether a bus comes in time."""

from __future__ import annotations

from vpvkac.cli.runner import PROJECT_TEXT, Reply, Run, command
from vpvkac.cli.usage import option
from vpvkac.texts.message import Message

_ABOUT = Message(
    "Measure opening hours: how long, when, and whether a bus comes in time.\n\n"
    "Writes hours.csv and hours.html.\n\n"
    "{project}",
    project=PROJECT_TEXT,
)
_EXAMPLES = Message("""\
vpvkac hours                 the project here, else the embedded sample
vpvkac hours ventspils/ --all --lang en
""")
_MEASURING = Message("Opening hours")


@command(about=_ABOUT, examples=_EXAMPLES)
@option(
    "--all",
    "every_host",
    is_flag=True,
    about=Message(
        "Add the other open places that publish hours to hours.csv; counts are of centres."
    ),
)
def main(run: Run, *, every_host: bool) -> Reply:
    """Measure opening hours: how long, when, and whether a bus comes in time."""
    network = run.network()
    from vpvkac.questions.hours.answer import answer
    from vpvkac.questions.hours.files import write
    from vpvkac.questions.hours.question import Question
    from vpvkac.questions.hours.view import terminal_lines

    run.steps(_MEASURING)
    found = answer(network, Question(every_host))
    with run.writing():
        files = write(found, run.out, run.lang)
    return Reply(terminal_lines(found, files, run.lang), found.faults)
