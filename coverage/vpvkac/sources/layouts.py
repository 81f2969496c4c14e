"""Layouts of territorial units: which known one some codes are of, and of which day a file is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from vpvkac.model.faults import Fault
from vpvkac.sources.dates import date_or_year_in
from vpvkac.sources.lock import date_fetched
from vpvkac.texts.message import Message

# Towns made between 2021-07-01 and 2022-07-01, and the parishes they were cut from.
NEW_TOWNS = {
    "LV0020220": "LV0020470",  # Koknese
    "LV0034220": "LV0034421",  # Ķekava
    "LV0023200": "LV0023401",  # Ādaži
    "LV0025210": "LV0025460",  # Iecava
    "LV0039200": "LV0039411",  # Mārupe
}
# Rīga's code tells the scheme of codes of 2021-01-01 from that in force since.
_RIGA_2021_01, _RIGA_2021_07 = "LV0010000", "LV0001000"
# Varakļāni until its municipality joined another on 2025-07-01, and since; Carnikava, a town
# since 2026-08-22.
_VARAKLANI, _LATER = "LV0055200", {"LV0038231", "LV0023210"}
# By how many units and how many of the new towns there are.
_LAYOUTS = {(587, 0): "2021-07-01", (592, len(NEW_TOWNS)): "2022-07-01"}
# The first and the last day of their codes; the codes of 2021-01-01 are older than the files.
_IN_FORCE = {
    "2021-01-01": ("", "2021-06-30"),
    "2021-07-01": ("2021-07-01", "2022-06-30"),
    "2022-07-01": ("2022-07-01", "2025-06-30"),
}
_ISO_DAY = 10


def layout_of(codes: Iterable[str]) -> str:
    """Find the known layout that units are of by their codes; empty if it is none."""
    known = set(codes)
    if _RIGA_2021_01 in known:
        return "2021-01-01"
    if not {_RIGA_2021_07, _VARAKLANI} <= known or known & _LATER:
        return ""
    return _LAYOUTS.get((len(known), len(known.intersection(NEW_TOWNS))), "")


def layout_named(
    path: Path, shown: str, codes: Sequence[str], *, column: Sequence[str] = (), layer: str = ""
) -> tuple[str, list[Fault]]:
    """Name the layout of a file by its own date; warn where its codes are of another.

    The date is the latest in a column of dates, else that in the file's name, its layer's, the
    lock's of what was fetched, or the folder's; where there is none, or it is certainly of
    another layout, the known one counts whose codes these are.
    """
    known = layout_of(codes)
    own = max(map(date_or_year_in, column), default="") or next(
        filter(None, map(date_or_year_in, (path.stem, layer, date_fetched(path)))), ""
    )
    folder = date_or_year_in(path.absolute().parent.name)
    # A folder has its date for many reasons: it counts where nothing speaks against it.
    day = own or (folder if len(folder) == _ISO_DAY and _holds(known, folder) else "")
    if not day or known.startswith(day):
        return known, []
    agrees, name = _holds(known, day), day
    problem = Message("states the date {day}, but its codes are those of {known}",
                      day=day, known=known)  # fmt: skip
    if known and day in _IN_FORCE and not agrees:
        name = known
    if not known:
        # Codes of a part of the country, or of none that is real, are not compared.
        agrees = _RIGA_2021_07 not in codes or not any(_holds(one, day) for one in _IN_FORCE)
        name = "" if day in _IN_FORCE else day
        problem = Message("states the date {day}, but its codes are not those of then", day=day)
    remedy = Message("check that it is the right file, and its date")
    return name, [] if agrees else [Fault("warning", shown, problem, remedy)]


def _holds(layout: str, day: str) -> bool:
    """Tell whether a layout was in force on a day, or on one of that month or year."""
    first, last = _IN_FORCE.get(layout, ("", "9"))
    return first[: len(day)] <= day <= last
