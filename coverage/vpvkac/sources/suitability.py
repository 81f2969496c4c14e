"""A checklist of premises: which requirements each place meets, as far as it is known.

The requirements are those of table 30 of the 2020 analysis that a visit can
tell: step-free entrance, public computer, desk apart, parking.  The stop
within 700 m is measured, not ticked.  Unknown stays unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.base import Reading
from vpvkac.sources.plain import read_columns
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Input

REQUIREMENTS = ("step_free", "public_computer", "desk_apart", "parking")
COLUMNS = ("place", *REQUIREMENTS, "row")
YES, NO, UNKNOWN = "yes", "no", "unknown"
_WRITTEN = {
    **dict.fromkeys(("yes", "jā", "ja", "ir", "true", "1"), YES),
    **dict.fromkeys(("no", "nē", "ne", "nav", "false", "0"), NO),
    **dict.fromkeys(("", "unknown", "nav zināms", "nezināms", "?"), UNKNOWN),
}


def read_suitability(source: Input) -> Reading:
    """Read the checklist, a plain table whose `id` is the key of a place.

    Returns
    -------
    reading
        Columns `COLUMNS`; every requirement is yes, no or unknown, and unknown
        where no column is named for it.  Dropped: `blank`, `not_in_where`.
        Errors: a key is empty or repeated, an answer is none of those known.

    Raises
    ------
    InputError
        If the file is not of its form, a column named is not there, or none is
        named for any requirement.
    """
    read = read_columns(source, ("id", *REQUIREMENTS), needed=("id",))
    if not set(REQUIREMENTS) & set(source.columns):
        raise InputError([_without_requirement(source.shown)])
    table, checks, named = read.table, read.checks, source.columns
    checks.unique(table["id"], field=named["id"])
    answers = {}
    for requirement in REQUIREMENTS:
        said = table[requirement].str.casefold().map(_WRITTEN)
        checks.refuse(
            said.isna(),
            Message("is not a known answer"),
            Message("write yes, no, or leave it empty"),
            field=named.get(requirement, requirement),
            values=table[requirement],
        )
        answers[requirement] = said.fillna(UNKNOWN)
    found = table.assign(place=table["id"], row=np.asarray(checks.lines), **answers)
    return Reading(found[list(COLUMNS)], read.rows_read, read.dropped, checks.faults)


def _without_requirement(shown: str) -> Fault:
    listed = ", ".join(REQUIREMENTS)
    return Fault(
        "error",
        shown,
        Message("no column is named for any requirement ({listed})", listed=listed),
        Message('write { …, step_free = "column" }'),
    )
