"""What `vpvkac walk` shows on its map and on the terminal."""

from __future__ import annotations

import pandas as pd

from vpvkac.questions.walk.answer import AIR_ONLY, BOTH, NEITHER, NO_STOP, UNREACHABLE, Answer
from vpvkac.questions.walk.streets import NO_STREET, OUTSIDE
from vpvkac.texts.formats import NBSP, length, metres, minutes, number, plain, threshold
from vpvkac.texts.message import Lang, Message

TITLE = Message("The way along streets to the nearest stop")
SHOWN = Message(
    "The distance along streets and roads from each contact point to its nearest stop, beside the "
    "straight line. Walking speed: {speed}."
)
POINTS = Message("Contact points")
SIDES = {
    BOTH: Message("Within {t} in a straight line and by street"),
    AIR_ONLY: Message("Within {t} in a straight line only"),
    NEITHER: Message("Beyond {t} even in a straight line"),
}
NOT_KNOWN = Message("Distance along streets not known")
REASONS = {
    OUTSIDE: Message("No street data for this place"),
    NO_STREET: Message("No street within 250 m"),
    UNREACHABLE: Message("No stop can be reached by street"),
    NO_STOP: Message("There are no stops"),
}
ROUTE = Message("The way to the stop")
STREET = Message("Streets and roads")
STOP = Message("Stop")
ROWS = {
    "street_stop": Message("Stop by street"),
    "street_m": Message("Distance by street"),
    "air_m": Message("Straight line to the nearest stop"),
    "off_street_m": Message("Stretch off the streets"),
    "detour": Message("Detour factor"),
    "minutes": Message("Walking time"),
    "reason": Message("Reason"),
}
LISTED = Message("Within {t} in a straight line, beyond it by street")
MORE = Message("Full list: walk.csv")
LIMITS = (
    Message(
        "Points and stops are joined to the nearest street; the stretch off the streets is "
        "included. A point farther than 250 m from a street is not joined. Fences, gates and "
        "closed grounds are not taken into account unless the street data hold them."
    ),
    Message(
        "Where street data cover only part of the territory, a stop beyond its border is not "
        "taken into account."
    ),
)


def speed_label(lang: Lang, km_h: float) -> str:
    """Write a walking speed: "4,2 km/h (70 m/min)"."""
    a_minute = plain(lang, km_h * 1000 / 60)
    return f"{plain(lang, km_h)}{NBSP}km/h ({a_minute}{NBSP}m/min)"


def side_label(lang: Lang, code: str, threshold_m: float) -> str:
    """Name a side of the threshold."""
    return SIDES[code].text(lang).format(t=threshold(lang, threshold_m))


def comparison(lang: Lang, row: pd.Series, threshold_m: float) -> str:
    """Say a point's straight line and its way."""
    said = Message("straight line {air}, by street {street} ({minutes})").text(lang)
    return said.format(
        air=metres(lang, row["air_m"], threshold_m),
        street=metres(lang, row["street_m"], threshold_m),
        minutes=minutes(lang, row["minutes"]),
    )


def air_only(walk: Answer) -> pd.DataFrame:
    """List the points within reach by air and beyond it by street, the longest way first."""
    named = walk.table[walk.sides == AIR_ONLY].merge(
        walk.result.places[["place", "name"]], on="place", validate="one_to_one"
    )
    order = ["street_m", "place"]
    return pd.DataFrame(named.sort_values(order, ascending=[False, True], ignore_index=True))


def terminal_lines(walk: Answer, lang: Lang) -> list[str]:
    """Say what was found, a line each."""
    counts, limit_m = walk.counts, walk.result.threshold_m
    metres_in_all = length(lang, float(walk.streets.length_m.sum()))
    streets = Message("Streets: {file}, {km}").text(lang)
    stops = Message("Stops joined to streets: {}").text(lang)
    speed = Message("Walking speed: {}").text(lang)
    lines = [
        streets.format(file=walk.result.accounts[-1].shown, km=metres_in_all),
        stops.format(number(lang, walk.stops["used"])),
        speed.format(speed_label(lang, walk.speed_km_h)),
        f"{POINTS.text(lang)}: {number(lang, counts['points'])}",
        *(f"  {side_label(lang, code, limit_m)}: {number(lang, counts[code])}" for code in SIDES),
        *(
            f"  {text.text(lang)}: {number(lang, counts[code])}"
            for code, text in REASONS.items()
            if counts[code]
        ),
    ]
    listed = air_only(walk)
    if len(listed):
        lines.append(f"{LISTED.text(lang).format(t=threshold(lang, limit_m))}:")
    return lines + [
        f"  {row['name']}: {comparison(lang, row, limit_m)}" for _, row in listed.iterrows()
    ]
