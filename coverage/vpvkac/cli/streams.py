"""What a terminal, a pipe or a full disk does to the program, and how it ends then.

Whether the outputs are whole does not hang on whether somebody reads what is
said of them: a pipe that is closed, or a standard stream that is, is no
fault.  Only an answer that cannot be written (`> file` on a full disk) is one.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn, TextIO

_ANSWERS, _ERRORS = 1, 2
_ENDED_BY = 128
_LOST = "vpvkac: standard output: cannot be written ({})"


@contextmanager
def sound_streams() -> Iterator[None]:
    """Let no state of the standard streams break a command off.

    Letters that the encoding lacks are replaced.  What cannot be written is
    lost; where that is an answer on a full disk, the exit code is 1.
    """
    _open_closed()
    if sys.platform == "win32":  # whose console is no plain file
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        yield
        return
    answers = _Raw(_ANSWERS)
    sys.stdout, sys.stderr = _text(answers, sys.stdout), _text(_Raw(_ERRORS), sys.stderr)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(ValueError):  # closed
                stream.flush()
        if answers.lost is not None:
            sys.stderr.write(_LOST.format(answers.lost.strerror) + "\n")
            sys.stderr.flush()
            sys.exit(1)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the program as an exception does, so that it clears up."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [signal.Signals[name] for name in names]
    # One that is ignored (nohup) stays so.
    taken = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    signal.signal(number, signal.SIG_IGN)
    sys.exit(_ENDED_BY + number)


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
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding="utf-8" if like is None else like.encoding,
        errors="replace",
        line_buffering=raw.isatty() or raw.fileno() == _ERRORS,
    )


def _open_closed() -> None:
    """Open what is closed of the streams on nothing, so that no file of ours takes its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
