"""Files in TOML that people write: read whole, with what is wrong said in a sentence."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import MEGABYTE, unfit
from vpvkac.texts.message import Message, Text

_MOST_BYTES = 100 * MEGABYTE
NOT_THERE = Message("was not found or cannot be read")
SLASHES = Message("write paths with slashes: raw/stops.csv")
_LINE = re.compile(r"at line (\d+)")


def read_toml(
    file: Path, shown: str, *, if_missing: Text, parse_float: Callable[[str], Any] = float
) -> dict[str, Any]:
    """Read a file, which faults call `shown`; `if_missing` says what to do where it cannot be read.

    Raises `InputError` if the file cannot be read, is not UTF-8 or not TOML.
    """
    if (found := unfit(file, _MOST_BYTES)) is not None:
        raise InputError.of(shown, *found)
    text = ""
    try:
        text = file.read_text(encoding="utf-8-sig")
        return tomllib.loads(text, parse_float=parse_float)
    except OSError:
        problem, remedy = NOT_THERE, if_missing
    except UnicodeDecodeError:
        problem, remedy = Message("is not UTF-8 text"), Message("save it as UTF-8")
    except (ValueError, RecursionError) as error:
        problem = Message("is not TOML: {error}", error=error)
        # As Windows writes paths; in double quotes a backslash begins an escape.
        at = _LINE.search(str(error))
        has_backslash = at is not None and "\\" in text.split("\n")[int(at[1]) - 1]
        remedy = SLASHES if has_backslash else Message("fix the value at this position")
    raise InputError.of(shown, problem, remedy)


def unknown_keys(given: Iterable[str], known: Sequence[str], where: str, shown: str) -> list[Fault]:
    """Refuse keys that are not known, each with the one that may be meant."""
    faults = []
    for key in given:
        if key in known:
            continue
        close = difflib.get_close_matches(key, known, 1)
        remedy = Message("was this meant: {meant}?", meant=close[0] if close else ", ".join(known))
        problem = Message("is not a known key")
        faults.append(Fault("error", shown, problem, remedy, field=f"{where}{key}"))
    return faults
