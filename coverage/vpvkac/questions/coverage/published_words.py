"""What stands beside a published figure in words: the section, our basis, and the reasons."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from vpvkac.analysis.quantities import of_measure
from vpvkac.texts import formats, words
from vpvkac.texts.message import Lang, Message, Text

# What we counted; what the figures rest on (layout, stops, lists) is said after it.
BASES = {
    "units": Message("territorial units"),
    "state_cities": Message("units that are municipalities themselves"),
    "rural_units": Message("the other territorial units"),
    "municipalities": Message("municipalities"),
    "rural": Message("municipalities other than state cities"),
    "centres": Message("open centres"),
    "first_wave": Message("open and announced centres"),
    "second_wave": Message("units with no open or announced centre"),
    "held": Message("municipalities by the place open centres stand in"),
    "owned": Message("open centres by owner"),
    "development": Message("list of development centres"),
    "development_held": Message("development centres in whose unit an open centre stands"),
    "stops": Message("stops; where feeds overlap each place once"),
    "reach": Message("open centres"),
    "centre": Message("straight-line distance from the open centre to the nearest stop"),
    "libraries": Message("all libraries"),
    "libraries_chosen": Message("chosen libraries: one per unit, the nearest to a stop"),
    "library_points": Message("points planned in libraries"),
    "post_offices": Message("post offices"),
    "parishes": Message("parishes that hold at least one library"),
    "ahead": Message("units with a library minus units with a post office"),
    "institutions": Message("institutions' offices by name"),
    "institution_units": Message("units that hold an institution's office"),
    "area": Message("area of units whose point is open"),
    "threshold": Message("the run's threshold"),
}
NEW_TOWNS = Message("on 1 July 2022 Ādaži, Iecava, Koknese, Ķekava and Mārupe became towns")
COINCIDENCE = Message(
    "a coincidence: these are 587 units of the previous layout (9 + 67 + 497 + 14 in 119 "
    "municipalities)"
)
OTHER_UNITS = Message("another set of units")
NO_MUNICIPALITY = Message("this layout has no such municipality")
NO_CENTRE = Message("the list has no open centre there")
NOT_MEASURED = Message("distances are not computed")
OTHER_STOPS = Message("another address of the centre, or other stops than in 2020")
NOT_TOLD = Message("cannot be determined from these data")
CLAIM_HOLDS = Message("the claim holds")
CLAIM_FAILS = Message("the claim does not hold in these data")
BESIDE = Message("Compared with the published figures")
_TABLE = Message(r"table \1")
_FIGURE = Message(r"figure \1")
_SLIDES = Message("slides of 2 February 2022")
_BY_MUNICIPALITY = Message("by municipality with an open centre: {}")
_BY_OWNER = Message("by owner: {}")
_SEVERAL = Message("several centres: {}")
_NOW_TOO = Message("also with a centre: {}")
_NOT_NOW = Message("published, but with no centre here: {}")
_TODAY = Message("today's municipality: {}")
_EARLIER = Message("published for 2018: {}")
_UNTOLD = Message("cannot be determined")
_NO_DATE = Message("date not known")
_LINE = Message("{name}: published {published} ({section}), here {value}.")


def section(lang: Lang, code: str) -> str:
    """Write a section: "2.2, 5. tab." or "2.2, table 5"."""
    text = code.replace("slides", _SLIDES.text(lang))
    text = re.sub(r"\bt(\d+)", _TABLE.text(lang), text)
    return re.sub(r"\bf(\d+)", _FIGURE.text(lang), text)


def sentence(lang: Lang, clauses: Sequence[str | Text | None]) -> str:
    """Join clauses to one sentence that begins with a capital; empty if there is none."""
    said = [
        clause if clause is None or isinstance(clause, str) else clause.text(lang)
        for clause in clauses
    ]
    joined = "; ".join(dict.fromkeys(clause for clause in said if clause))
    if not joined:
        return ""
    return joined[0].upper() + joined[1:] + ("" if joined.endswith(".") else ".")


def by_owner(lang: Lang, value: float) -> str:
    """Say the count by owner, where it differs from that by place."""
    return _BY_OWNER.text(lang).format(formats.plain(lang, value, 3))


def by_municipality(lang: Lang, share: float) -> str:
    """Say the other reading of area coverage."""
    return _BY_MUNICIPALITY.text(lang).format(formats.percent(lang, share))


def several(lang: Lang, names: Sequence[str]) -> str:
    """Name the centres among which none can be told to be the published one."""
    return _SEVERAL.text(lang).format(", ".join(names))


def others(lang: Lang, *, now_too: Sequence[str], not_now: Sequence[str]) -> list[str]:
    """Name the development centres that make the difference."""
    said = ((_NOW_TOO, now_too), (_NOT_NOW, not_now))
    return [text.text(lang).format(", ".join(names)) for text, names in said if names]


def today(lang: Lang, municipality: str) -> str:
    """Name today's municipality of a centre."""
    return _TODAY.text(lang).format(municipality)


def earlier(lang: Lang, value: float) -> str:
    """Say the figure of 2018."""
    return _EARLIER.text(lang).format(formats.number(lang, value))


def list_of(lang: Lang, name: Text, iso: str | None) -> str:
    """Say the date of a list that was counted: "VPVKAC saraksts, dati uz 08.11.2023."."""
    date = words.lowered(words.as_of(lang, iso)) if iso else _NO_DATE.text(lang)
    return f"{name.text(lang)}, {date}"


def stop_set(lang: Lang, code: str) -> str:
    """Say the stop set: "pieturu kopa: …"."""
    label, name = words.STOP_SET.text(lang), words.STOP_SETS[code].text(lang)
    return f"{words.lowered(label)}: {words.lowered(name)}"


def line(lang: Lang, name: str, published: str, section_: str, value: str) -> str:
    """Say a published figure and ours in one line."""
    return _LINE.text(lang).format(name=name, published=published, section=section_, value=value)


def figure(
    lang: Lang, value: float, measure: str, key: str = "", threshold_m: float | None = None
) -> str:
    """Write a value by its measure; or that it cannot be determined.

    Parameters
    ----------
    key
        Of the published figure; empty for the published value itself, which
        no target and no threshold turns.
    """
    if math.isnan(value):
        return _UNTOLD.text(lang)
    return of_measure(value, measure, criterion=key, threshold_m=threshold_m).text(lang)
