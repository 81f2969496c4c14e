"""What commands say on a terminal, and what a terminal, a pipe or a full disk does to them.

Whether the outputs are whole does not hang on whether somebody reads what is said of them: a
pipe that is closed, or a standard stream that is, is no fault.  Only an answer that cannot be
written (`> file` on a full disk) is one.
"""

from __future__ import annotations

import codecs
import io
import os
import shlex
import signal
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, TextIO

import click

from vpvkac.model.faults import LEVELS, Fault
from vpvkac.texts.formats import number as written
from vpvkac.texts.message import Lang, Message, Plural, Text

_STDOUT, _STDERR = 1, 2
_MEBIBYTE = 1024.0**2
_WARNING = Plural("{n} warning", "{n} warnings")
_ROWS = Plural("{n} row", "{n} rows")
# What stands for a sign that an encoding lacks; letters lose their marks.
_NEAREST = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "→": "->", "≤": "<=", "≥": ">=", "≈": "~", "×": "x",
     "„": '"', "“": '"', "”": '"', "‘": "'", "’": "'"}
)  # fmt: skip


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Give what a console can show for what it cannot: a minus must not become a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].translate(_NEAREST)
    plain = unicodedata.normalize("NFKD", lacking)
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return kept.encode("ascii", "replace").decode("ascii"), error.end


codecs.register_error(_nearest.__name__, _nearest)


@contextmanager
def sound_streams() -> Iterator[None]:
    """Let no state of the standard streams break a command off.

    Letters that the encoding lacks are replaced by the nearest.  What cannot be written is
    lost; where that is an answer on a full disk, the exit code is 1.
    """
    # Open what is closed of them on nothing, so that no file of ours takes its number.
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.platform == "win32":  # whose console is no plain file
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors=_nearest.__name__)
        yield
        return
    answers = _Raw(_STDOUT)
    sys.stdout, sys.stderr = _text(answers, sys.stdout), _text(_Raw(_STDERR), sys.stderr)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(ValueError):  # closed
                stream.flush()
        if answers.lost is not None:
            reason = answers.lost.strerror
            sys.stderr.write(f"vpvkac: standard output: cannot be written ({reason})\n")
            sys.stderr.flush()
            sys.exit(1)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the program as an exception does, so that it clears up."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        del frame
        signal.signal(number, signal.SIG_IGN)
        sys.exit(128 + number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [signal.Signals[name] for name in names]
    # One that is ignored (nohup) stays so.
    taken = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in taken:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


class _Raw(io.FileIO):
    """A standard stream that loses what cannot be written, and remembers why."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self.lost: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write some bytes, or lose them."""
        try:
            return super().write(data)
        except BrokenPipeError:  # who read has seen enough
            return len(data)
        except OSError as error:
            self.lost = error
            return len(data)


def _text(raw: _Raw, like: TextIO | None) -> io.TextIOWrapper:
    """Give a text stream in the encoding of the one it stands for; None is one that was closed."""
    encoding = "utf-8" if like is None else like.encoding
    by_line = raw.isatty() or raw.fileno() == _STDERR
    buffer, errors = io.BufferedWriter(raw), _nearest.__name__
    return io.TextIOWrapper(buffer, encoding, errors, line_buffering=by_line)


class Steps:
    """Shows the step under way on a terminal's last line, silent in a pipe; keeps their times."""

    def __init__(self, lang: Lang, *, shown: bool = True) -> None:
        self.lang = lang
        self.shown = shown and sys.stderr.isatty()
        self._began = [(Message("Loading the program").text(lang), time.perf_counter())]

    def __call__(self, step: str | Text) -> None:
        """Begin a step."""
        name = step if isinstance(step, str) else step.text(self.lang)
        if self.shown:
            click.echo(f"\r\033[K{click.style(name, dim=True)}", nl=False, err=True)
        self._began.append((name, time.perf_counter()))

    def end(self) -> None:
        """Clear the line."""
        if self.shown:
            click.echo("\r\033[K", nl=False, err=True)

    @property
    def seconds(self) -> float:
        """How long it is since the command began."""
        return time.perf_counter() - self._began[0][1]

    def table(self) -> str:
        """Lay out the seconds of every step so far, their sum and the memory."""
        began = [moment for _, moment in self._began] + [time.perf_counter()]
        took = [(step, began[i + 1] - began[i]) for i, (step, _) in enumerate(self._began)]
        took.append((Message("Total").text(self.lang), began[-1] - began[0]))
        lines = [f"{written(self.lang, seconds, 2):>8} s  {step}" for step, seconds in took]
        memory = most_memory()
        if memory is not None:
            held, name = written(self.lang, memory / _MEBIBYTE), Message("Peak memory")
            lines.append(f"{held:>8} MiB  {name.text(self.lang)}")
        return "\n".join(lines)


def most_memory() -> int | None:
    """Give the most memory this process has held, bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux tells kibibytes, macOS bytes.
    return held if sys.platform == "darwin" else held * 1024


def print_faults(faults: Iterable[Fault], lang: Lang) -> None:
    """Say every fault, warnings first, so that errors stand last on the screen."""
    for fault in sorted(faults, key=lambda fault: fault.level == "error"):
        colour = "red" if fault.level == "error" else "yellow"
        label = click.style(f"{LEVELS[fault.level].text(lang)}:", fg=colour, bold=True)
        click.echo(f"{label} {fault.sentence(lang)}", err=True)


def as_typed(path: Path) -> str:
    """Write a path as one types it in a shell of this system."""
    if sys.platform != "win32":
        return shlex.quote(str(path))
    from subprocess import list2cmdline

    return list2cmdline([str(path)])


def print_fault_count(faults: Sequence[Fault], project: Path | None, lang: Lang) -> None:
    """Say in one line how many warnings there are, and how to see them for the project given."""
    if not faults:
        return
    rows = sum(fault.alike for fault in faults if fault.row is not None)
    check = "vpvkac check" if project is None else f"vpvkac check {as_typed(project)}"
    if lang == "en":
        check += " --lang en"
    about = f" ({_ROWS.with_values(rows).text(lang)})" if rows else ""
    line = Message("{} about the inputs{}; see: {}").text(lang)
    line = line.format(_WARNING.with_values(len(faults)).text(lang), about, check)
    click.echo(click.style(line, fg="yellow"), err=True)


def write_new(file: Path, text: str) -> None:
    """Write a file as UTF-8 with LF, all of it or none.

    A file that is there (FileExistsError) is somebody's work, and is never written over.
    """
    with file.open("x", encoding="utf-8", newline="\n") as opened:
        try:
            opened.write(text)
            opened.flush()
        except OSError:
            file.unlink()
            raise
