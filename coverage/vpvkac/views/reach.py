"""What is said of reach: headlines, and why residents of a unit cannot go and return."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis.reach import BUS, WALK, clock
from vpvkac.model.tables import TABLES
from vpvkac.texts import words
from vpvkac.texts.formats import length, number, opening_hours, percent, time_of_day
from vpvkac.texts.message import Lang, Message
from vpvkac.views.writer import records, tabulate

if TYPE_CHECKING:
    from vpvkac.analysis.reach import ThereAndBack
    from vpvkac.model.columns import Column
    from vpvkac.views.page import Table
    from vpvkac.views.writer import Field, Writer


# By whether residents are known: else every unit counts as one, and is its own example.
_CAUSES = {
    True: {
        "no_stop": Message(
            "Residents without a served stop within {walk} min on foot: {residents}."
        ),
        "no_outbound": Message(
            "Residents whom no vehicle brings to a point while it is open: {residents}."
        ),
        "no_return": Message("Residents who get to a point but not home by {home}: {residents}."),
        "hours": Message("Residents who could if a point were open at other hours: {residents}."),
        "no_appointment": Message("No point has an appointment. Residents: {residents}."),
        "no_point": Message("There is no point to go to. Residents: {residents}."),
    },
    False: {
        "no_stop": Message("There is no served stop within {walk} min on foot."),
        "no_outbound": Message("No vehicle brings one to a point while it is open."),
        "no_return": Message("One gets to a point but not home by {home}."),
        "hours": Message("One could if a point were open at other hours."),
        "no_appointment": Message("No point has an appointment."),
        "no_point": Message("There is no point to go to."),
    },
}
_ASKED = {
    "no_outbound": Message(
        "Asked for: a departure from the stop “{stop}”, to be there at {begin}–{end}: {place}."
    ),
    "no_return": Message(
        "Asked for: a way home that leaves the point ({place}) at {begin} or later and is at the "
        "stop “{stop}” by {end}."
    ),
    "hours": Message("An appointment that would help most: {begin} ({place})."),
}
# As short, for lists of units: what stands behind a unit, and what its list says of that.
_ASKED_OF_UNIT = {
    "no_outbound": Message("“{stop}”, {begin}–{end}"),
    "no_return": Message("{begin}; “{stop}”, {end}"),
    "hours": Message("{begin}, {place}"),
}
_ASKED_OF_UNITS = {
    "no_outbound": Message("{remedy} (from the stop, to be there at)"),
    "no_return": Message("{remedy} (from the point at the earliest; at the stop, at the latest)"),
    "hours": Message("{remedy} (an appointment at, the point)"),
}
_WHERE = {
    True: Message("From the home with most of them"),
    False: Message("From the middle of the unit"),
}
# The best try of the example, by what there is to tell of it.
_NEAREST_STOP = Message(
    "{where}: the nearest served stop in a straight line is “{stop}”, {distance}, on foot "
    "{walk} min."
)
_CLOSED = Message(
    "{where}: leave home {out}, at the point {arrive} at the earliest, its last appointment is at "
    "{last} ({place})."
)
_SHUT = Message(
    "{where}: leave home {out}, at the point {arrive} at the earliest, it has no appointment that "
    "day ({place})."
)
_NO_NEARER_THAN = Message(
    "{where}: the nearest to a point that one gets by {home} is the stop “{stop}”, in a straight "
    "line {distance} ({place})."
)
_NO_NEARER = Message(
    "{where}: no vehicle brings one nearer to a point by {home}; in a straight line {place} is "
    "{distance} away."
)
_BACK = Message(
    "{where} at best: leave home {out}, at the point {arrive}, leave it {leave}, home {back} "
    "({place})."
)
_NOT_BACK = Message(
    "{where} at best: leave home {out}, at the point {arrive}, leave it {leave}, no way home by "
    "midnight ({place})."
)
JOURNEY = Message(
    "For example by bus: leave home {out}, at the point {arrive}, leave it {leave}, home {back}; "
    "{usable} of {all} appointments ({place})."
)
_ON_FOOT = Message("For example on foot: {place}, in a straight line {distance}.")
_ASSUMED = Message(
    "Of those who can, {share} go to a point whose hours are not known and are taken to be {hours}."
)
_NONE_KNOWN = Message(
    "No point of this set has known hours: all who can rest on the assumption of {hours}."
)
_UNIT = {
    True: Message(
        "{points}: {able} of residents can go there and back ({walk} on foot, {bus} by bus). "
        "Residents who cannot: {none}."
    ),
    False: Message(
        "{points}: there and back {able} of territorial units ({walk} on foot, {bus} by bus). "
        "Units from which one cannot: {none}."
    ),
}
_HEADLINE = {
    True: Message(
        "{points}: {able} of residents can go there, be served and be home again on one day "
        "({walk} on foot, {bus} by bus). Residents who cannot: {none}."
    ),
    False: Message(
        "{points}: from {able} of territorial units one can go there, be served and be home again "
        "on one day ({walk} on foot, {bus} by bus). Territorial units from which one cannot: "
        "{none}. How many live where is not known."
    ),
}
_MUNICIPALITIES = {
    True: Message("{points}: municipalities, those first where most residents cannot"),
    False: Message("{points}: municipalities, those first where one cannot from most units"),
}
# Headings where every unit counts as one.
_UNITS = {
    "residents": Message("Territorial units"),
    **dict.fromkeys(("walk", "residents_walk"), Message("Units, on foot")),
    **dict.fromkeys(("bus", "residents_bus"), Message("Units, by bus")),
    "earlier_adds": Message("An hour earlier adds, units"),
    "later_adds": Message("An hour later adds, units"),
    **dict.fromkeys(("none", "residents_none"), Message("Units from which one cannot")),
}
_NONE = {True: Message("Residents who cannot"), False: _UNITS["none"]}
_NONE_ENDS = ("none_least", "none_most")
_ABLE = {True: Message("Share who can"), False: Message("Share from which one can")}


def reason(row: Any, found: ThereAndBack, lang: Lang) -> str:
    """Say why most of the residents of a unit who cannot cannot, and what to ask for."""
    way, asked = row["way"], []
    if row["begin"]:
        asked = [_ASKED[way]]
    elif way != "no_stop":
        is_some = (found.places["points"] == row["points"]).any()
        way = "no_appointment" if is_some else "no_point"
    facts = {
        "residents": number(lang, row["hindered"]),
        "walk": found.rules.walk // 60,
        "home": time_of_day(lang, clock(found.rules.home)),
        "stop": row["asked_stop"],
        "place": row["asked_place"],
        **{name: time_of_day(lang, row[name]) for name in ("begin", "end") if row["begin"]},
    }
    texts = [_CAUSES[found.counts_residents][way], *asked]
    said = [text.text(lang).format(**facts) for text in texts]
    return " ".join([*said, *_best_try(row, found, lang)])


def _best_try(row: Any, found: ThereAndBack, lang: Lang) -> list[str]:
    """Say how near the example comes to it; nothing where nothing is known of it."""
    if not row["place"] and not row["stop"]:
        return []
    facts = {"place": row["place_name"], "stop": row["stop_name"]}
    facts["where"] = _WHERE[found.counts_residents].text(lang)
    facts["home"] = time_of_day(lang, clock(found.rules.home))
    if not pd.isna(row["distance_m"]):
        facts["distance"] = length(lang, row["distance_m"])
    if row["way"] == "no_stop":
        text, facts["walk"] = _NEAREST_STOP, number(lang, -(-row["walk_s"] // 60))
    elif pd.isna(row["out"]):
        text = _NO_NEARER_THAN if row["stop"] else _NO_NEARER
    else:
        facts |= _moments(row, lang)
        text = _NOT_BACK if pd.isna(row["back"]) else _BACK
        if row["way"] == "no_outbound":
            is_place = found.places["place"].eq(row["place"])
            last = found.places.loc[is_place, "last"].iloc[0]
            facts["last"] = time_of_day(lang, last) if last else ""
            text = _CLOSED if last else _SHUT
    return [text.text(lang).format(**facts)]


def with_reasons(found: ThereAndBack, lang: Lang) -> pd.DataFrame:
    """Give the gaps with their sentences, as in gaps_reach.csv."""
    reasons = [reason(row, found, lang) for row in found.gaps.to_dict("records")]
    return found.gaps.assign(reason=reasons)[list(TABLES["gaps_reach"].names)]


def journey(row: Any, name: str, lang: Lang) -> str:
    """Tell the best journey of a home: out is rounded down to the minute, arrivals up."""
    return JOURNEY.text(lang).format(
        **_moments(row, lang), place=name, usable=row["appointments"], all=row["of"]
    )


def _moments(row: Any, lang: Lang) -> dict[str, str]:
    """Write those times of a journey that are known."""
    late = {"out": 0, "arrive": 59, "leave": 0, "back": 59}
    return {
        name: time_of_day(lang, clock(row[name] + more))
        for name, more in late.items()
        if not pd.isna(row[name])
    }


def unit_lines(
    found: ThereAndBack, units: Iterable[str], names: Mapping[str, str] | pd.Series, lang: Lang
) -> dict[str, list[str]]:
    """Say of each of the `units`, by code, how many of its residents can go there and back.

    With the journey of the home with most residents who go by bus (where all who can go on foot,
    their point), and what stands in the way of those who cannot; `names` are those of places.
    """
    lines: dict[str, list[str]] = {unit: [] for unit in units}
    table = found.units[found.units["unit"].isin(lines)]
    by_bus, on_foot = (found.examples("unit", kind=kind) for kind in (BUS, WALK))
    gaps = {(row["points"], row["unit"]): row for row in found.gaps.to_dict("records")}
    for row in table.to_dict("records"):
        key = (row["points"], row["unit"])
        own = lines[row["unit"]]
        own.append(_shares(_UNIT[found.counts_residents], row, lang))
        if home := by_bus.get(key):
            own.append(journey(home, names[home["place"]], lang))
        elif home := on_foot.get(key):
            place, away = names[home["walk_place"]], length(lang, home["walk_m"])
            own.append(_ON_FOOT.text(lang).format(place=place, distance=away))
        if key in gaps:
            own.append(reason(gaps[key], found, lang))
    return lines


def _assumption(found: ThereAndBack, points: str, lang: Lang) -> list[str]:
    """Say how many of those who can rest on hours that are assumed; nothing if none does."""
    known = found.places.loc[found.places["points"] == points, "hours_known"]
    texts = [_ASSUMED] if found.assumed[points] else []
    if len(known) and not known.any():
        texts = [_NONE_KNOWN]
    hours = ", ".join(opening_hours(lang, found.assumed_hours).splitlines())
    share = percent(lang, found.assumed[points])
    return [text.text(lang).format(share=share, hours=hours) for text in texts]


def headlines(
    found: ThereAndBack, lang: Lang, names: Mapping[str, str] | pd.Series | None = None
) -> list[str]:
    """Say for each set of points how many residents can, how, and on what assumption.

    With an example, where `names` of places are given.
    """
    headline = _HEADLINE[found.counts_residents]
    lines = [
        " ".join([_shares(headline, row, lang), *_assumption(found, row["points"], lang)])
        for row in found.country.to_dict("records")
    ]
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
        own.append(_shares(_HEADLINE[found.counts_residents], row, lang))
        if home := examples.get((row["points"], row["municipality"])):
            own.append(journey(home, names[home["place"]], lang))
    return lines


def units_without_way(
    found: ThereAndBack, write: Writer
) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Name by municipality the units where some cannot, with what is asked for.

    Of the widest set, those first where most cannot; under what stands in the way and the remedy.
    """
    lists: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for row in records(found.of_widest_set().gaps):
        remedy = write(words.REACH_REMEDIES[row["remedy"]])
        said, asked = row["unit_name"], ""
        if found.counts_residents:
            said = f"{said}: {write.number(row['residents_none'])}"
        if row["begin"]:
            moments = {name: time_of_day(write.lang, row[name]) for name in ("begin", "end")}
            places = {"stop": row["asked_stop"], "place": row["asked_place"]}
            asked = f"({write(_ASKED_OF_UNIT[row['way']], **moments, **places)})"
            remedy = write(_ASKED_OF_UNITS[row["way"]], remedy=remedy)
        own = lists.setdefault(row["municipality"], {})
        own.setdefault(f"{write(words.REACH_WAYS[row['way']])}. {remedy}", []).append((said, asked))
    return lists


def counted(found: ThereAndBack, write: Writer, *columns: str) -> list[Field]:
    """Describe columns that count residents, or units where residents are not known."""
    return [
        write.field(name if found.counts_residents else _UNITS[name], name, number=True)
        for name in columns
    ]


def of_units(columns: Mapping[str, Column]) -> dict[str, Column]:
    """Head the columns of a table, by name, as counts of units, where residents are not known."""
    # Every unit counts as one, at least and at most.
    return {
        name: replace(column, heading=_UNITS.get(name, column.heading))
        for name, column in columns.items()
        if name not in _NONE_ENDS
    }


def municipality_tables(
    found: ThereAndBack, write: Writer, name: Field, most: int | None = None
) -> Iterator[Table]:
    """Lay out for each set the municipalities, those first where most residents cannot.

    Under their `name`; all of them unless the `most` to list are given.
    """
    rows = found.units[(found.units["unit"] == "") & (found.units["municipality"] != "")]
    rows = rows.assign(able=(rows["walk"] + rows["bus"]) / rows["residents"])
    known = found.counts_residents
    fields = [
        name,
        write.field(_NONE[known], "none", number=True),
        write.field(_ABLE[known], lambda row: write.share(row["able"]), number=True),
        write.field("way"),
        *counted(found, write, "residents", "walk", "bus"),
    ]
    for points, table in rows.groupby("points", sort=False):
        order = table.sort_values(["none", "municipality"], ascending=[False, True])
        caption = write(_MUNICIPALITIES[known], points=write(words.REACH_POINTS[str(points)]))
        yield tabulate(
            f"ways-{points}",
            write.cut(caption, most, len(order)) if most else caption,
            fields,
            records(order.head(most or len(order))),
            files=("reach.csv",),
        )


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
