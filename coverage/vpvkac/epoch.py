"""SOURCE_DATE_EPOCH: the one moment that a user may name, so that no clock is read.

https://reproducible-builds.org/specs/source-date-epoch/
"""

from __future__ import annotations

import datetime as dt
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vpvkac.faults import Fault, InputError
from vpvkac.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "SOURCE_DATE_EPOCH"
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
# The last second of the year 9999, the last that a date here can bear.
_LAST = 253_402_300_799
_PROBLEM = Text(
    "nav sekunžu skaits kopš 1970. gada (vesels skaitlis no 0 līdz 253402300799)",
    "is no number of seconds since 1970 (a whole number from 0 to 253402300799)",
)
_REMEDY = Text(
    "labojiet vai izdzēsiet šo vides mainīgo", "mend this environment variable, or unset it"
)


def source_date() -> dt.datetime | None:
    """Give the moment of SOURCE_DATE_EPOCH, UTC; None where it is not set, or empty.

    Raises
    ------
    InputError
        If it is no count of seconds.
    """
    given = os.environ.get(VARIABLE, "")
    faults = faults_of_epoch()
    if faults:
        raise InputError(faults)
    return dt.datetime.fromtimestamp(int(given), dt.UTC) if given else None


@contextmanager
def wrong_hidden() -> Iterator[None]:
    """Keep a wrong value from libraries that read it while they are imported.

    numpy.f2py does, which scipy loads, and ends with an error of its own.
    """
    wrong = os.environ.pop(VARIABLE) if faults_of_epoch() else None
    try:
        yield
    finally:
        if wrong is not None:
            os.environ[VARIABLE] = wrong


def faults_of_epoch() -> list[Fault]:
    """Tell what is wrong with SOURCE_DATE_EPOCH."""
    given = os.environ.get(VARIABLE, "")
    if not given or (_SECONDS.fullmatch(given) and int(given) <= _LAST):
        return []
    return [Fault("error", VARIABLE, _PROBLEM, _REMEDY, value=given)]
