"""Timings: how long each step of a command took, and the most memory it held."""

from __future__ import annotations

import sys
import time

from vpvkac.cli.terminal import Steps
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Message, Text

_LOADING = Message("Loading the program")
_WHOLE = Message("Total")
_MEMORY = Message("Peak memory")
_MEBIBYTE = 1024.0**2


class Stopwatch(Steps):
    """Shows steps as `Steps` does, and keeps when each began."""

    def __init__(self, lang: Lang) -> None:
        super().__init__(lang)
        self._began = [(_LOADING.text(lang), time.perf_counter())]

    def __call__(self, step: str | Text) -> None:
        """Begin a step."""
        super().__call__(step)
        self._began.append((self.name(step), time.perf_counter()))

    def table(self) -> str:
        """Lay out the seconds of every step so far, their sum and the memory."""
        ends = [began for _, began in self._began[1:]] + [time.perf_counter()]
        seconds = [
            (step, end - began) for (step, began), end in zip(self._began, ends, strict=True)
        ]
        rows = [*seconds, (_WHOLE.text(self.lang), ends[-1] - self._began[0][1])]
        lines = [f"{number(self.lang, took, 2):>8} s  {step}" for step, took in rows]
        memory = most_memory()
        if memory is not None:
            lines.append(
                f"{number(self.lang, memory / _MEBIBYTE):>8} MiB  {_MEMORY.text(self.lang)}"
            )
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
