"""What a run says of itself: the version of the program and the moment of SOURCE_DATE_EPOCH.

That is the one moment that a user may name, so that no clock is read:
https://reproducible-builds.org/specs/source-date-epoch/
"""

from __future__ import annotations

import datetime as dt
import os
import re
from importlib import import_module
from importlib.metadata import version

from vpvkac.model.faults import Fault, InputError
from vpvkac.texts.message import Message

VERSION = __version__ = version("vpvkac")
VARIABLE = "SOURCE_DATE_EPOCH"
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
# The last second of the year 9999, the last that a date here can bear.
_LAST = 253_402_300_799


def source_date() -> dt.datetime | None:
    """Give the moment of SOURCE_DATE_EPOCH, UTC; None where it is not set, or empty.

    Raises InputError if it is no count of seconds.
    """
    if faults := faults_of_epoch():
        raise InputError(faults)
    given = os.environ.get(VARIABLE, "")
    return dt.datetime.fromtimestamp(int(given), dt.UTC) if given else None


def keep_wrong_from_libraries() -> None:
    """Load without a wrong or empty value numpy.f2py, which ends at one; scipy loads it."""
    if os.environ.get(VARIABLE) != "" and not faults_of_epoch():
        return
    wrong = os.environ.pop(VARIABLE)
    try:
        import_module("numpy.f2py")
    finally:
        os.environ[VARIABLE] = wrong


def faults_of_epoch() -> list[Fault]:
    """Tell what is wrong with SOURCE_DATE_EPOCH."""
    given = os.environ.get(VARIABLE, "")
    if not given or (_SECONDS.fullmatch(given) and int(given) <= _LAST):
        return []
    problem = Message("is no number of seconds since 1970 (a whole number from 0 to 253402300799)")
    remedy = Message("correct this environment variable, or unset it")
    return [Fault("error", VARIABLE, problem, remedy, value=given)]
