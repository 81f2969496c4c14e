"""What is said of reach: headlines, and why residents of a unit cannot go and return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from vpvkac.analysis.reach import clock
from vpvkac.model.tables import TABLES
from vpvkac.texts import words
from vpvkac.texts.formats import number, percent, time_of_day
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.analysis.reach import ThereAndBack


_REASONS = {
    "no_outbound": Message(
        "Residents whom no vehicle brings to a point while it is open: {residents}. Asked for: a "
        "departure from the stop “{stop}”, to be there at {begin}–{end}: {place}."
    ),
    "no_return": Message(
        "Residents who get to a point but not home by {home}: {residents}. Asked for: a way home "
        "that leaves the point ({place}) at {begin} or later and is at the stop “{stop}” by {end}."
    ),
    "hours": Message(
        "Residents who could if a point were open at other hours: {residents}. Most would be "
        "served by an appointment at {begin}: {place}."
    ),
}
_WITHOUT_HELP = {
    "no_stop": Message("Residents without a served stop within {walk} min on foot: {residents}."),
    "no_outbound": Message("No point has an appointment. Residents: {residents}."),
    "no_return": Message("No point has an appointment. Residents: {residents}."),
}
JOURNEY = Message(
    "For example by bus: leave home {out}, at the point {arrive}, leave it {leave}, home {back}; "
    "{usable} of {all} appointments ({place})."
)
_UNIT = Message(
    "{points}: {able} of residents can go there and back ({walk} on foot, {bus} by bus). Residents "
    "who cannot: {none}."
)
_HEADLINE = Message(
    "{points}: {able} of residents can go there, be served and be home again on one day "
    "({walk} on foot, {bus} by bus). Residents who cannot: {none}."
)


def reason(row: Any, found: ThereAndBack, lang: Lang) -> str:
    """Say why most of the residents of a unit who cannot cannot, and what to ask for."""
    text = _REASONS[row["way"]] if row["begin"] else _WITHOUT_HELP[row["way"]]
    return text.text(lang).format(
        residents=number(lang, row["hindered"]),
        walk=found.rules.walk // 60,
        home=time_of_day(lang, clock(found.rules.home)),
        stop=row["stop"],
        place=row["place"],
        **{name: time_of_day(lang, row[name]) for name in ("begin", "end") if row["begin"]},
    )


def with_reasons(found: ThereAndBack, lang: Lang) -> pd.DataFrame:
    """Give the gaps with their sentences, as in gaps_reach.csv."""
    reasons = [reason(row, found, lang) for row in found.gaps.to_dict("records")]
    return found.gaps.assign(reason=reasons)[list(TABLES["gaps_reach"].names)]


def journey(row: Any, name: str, lang: Lang) -> str:
    """Tell the best journey of a home: out is rounded down to the minute, arrivals up."""
    times = {
        "out": clock(row["out"]),
        "arrive": clock(row["arrive"] + 59),
        "leave": clock(row["leave"]),
        "back": clock(row["back"] + 59),
    }
    return JOURNEY.text(lang).format(
        **{key: time_of_day(lang, time) for key, time in times.items()},
        place=name,
        usable=row["appointments"],
        all=row["of"],
    )


def unit_lines(
    found: ThereAndBack, units: Iterable[str], names: Mapping[str, str] | pd.Series, lang: Lang
) -> dict[str, list[str]]:
    """Say of each of the `units`, by code, how many of its residents can go there and back.

    With the journey of the home with most residents who go by bus, and what stands in the way of
    those who cannot; `names` are those of places.
    """
    lines: dict[str, list[str]] = {unit: [] for unit in units}
    table = found.units[found.units["unit"].isin(lines)]
    examples = found.examples("unit")
    gaps = {(row["points"], row["unit"]): row for row in found.gaps.to_dict("records")}
    for row in table.to_dict("records"):
        key = (row["points"], row["unit"])
        own = lines[row["unit"]]
        own.append(_shares(_UNIT, row, lang))
        if home := examples.get(key):
            own.append(journey(home, names[home["place"]], lang))
        if key in gaps:
            own.append(reason(gaps[key], found, lang))
    return lines


def headlines(
    found: ThereAndBack, lang: Lang, names: Mapping[str, str] | pd.Series | None = None
) -> list[str]:
    """Say for each set of points how many residents can, and how.

    With an example, where `names` of places are given.
    """
    lines = [_shares(_HEADLINE, row, lang) for row in found.country.to_dict("records")]
    if names is None:
        return lines
    examples = found.examples()
    homes = [examples.get((points,)) for points in found.country["points"]]
    return [
        f"{line} {journey(home, names[home['place']], lang)}" if home else line
        for line, home in zip(lines, homes, strict=True)
    ]


def municipality_lines(
    found: ThereAndBack, names: Mapping[str, str] | pd.Series, lang: Lang
) -> dict[str, list[str]]:
    """Say of each municipality, by code, how many can, with an example of how by bus."""
    table, examples = found.units, found.examples("municipality")
    lines: dict[str, list[str]] = {}
    for row in table[(table["unit"] == "") & (table["municipality"] != "")].to_dict("records"):
        own = lines.setdefault(row["municipality"], [])
        own.append(_shares(_HEADLINE, row, lang))
        if home := examples.get((row["points"], row["municipality"])):
            own.append(journey(home, names[home["place"]], lang))
    return lines


def _shares(text: Message, row: Any, lang: Lang) -> str:
    """Fill a text with the shares of residents of a row of `units`."""
    total = row["residents"] or 1
    return text.text(lang).format(
        points=words.REACH_POINTS[row["points"]].text(lang),
        able=percent(lang, (row["walk"] + row["bus"]) / total),
        walk=percent(lang, row["walk"] / total),
        bus=percent(lang, row["bus"] / total),
        none=number(lang, row["none"]),
    )
