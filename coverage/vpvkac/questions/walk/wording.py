"""What `walk` says on the terminal and on its map."""

from __future__ import annotations

import pandas as pd

from vpvkac.questions.walk.joining import NO_STREET, OUTSIDE
from vpvkac.questions.walk.walk import AIR_ONLY, BOTH, NEITHER, NO_STOP, UNREACHABLE, Walk
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
_STREETS = Message("Streets: {file}, {km}")
_STOPS = Message("Stops joined to streets: {}")
_SPEED = Message("Walking speed: {}")
_WAYS = Message("straight line {air}, by street {street} ({minutes})")


def speed(lang: Lang, km_h: float) -> str:
    """Write a walking speed: "4,2 km/h (70 m/min)"."""
    a_minute = plain(lang, km_h * 1000 / 60)
    return f"{plain(lang, km_h)}{NBSP}km/h ({a_minute}{NBSP}m/min)"


def side(lang: Lang, code: str, threshold_m: float) -> str:
    """Name a side of the threshold."""
    return SIDES[code].text(lang).format(t=threshold(lang, threshold_m))


def compared(lang: Lang, row: pd.Series, threshold_m: float) -> str:
    """Say a point's straight line and its way."""
    return _WAYS.text(lang).format(
        air=metres(lang, row["air_m"], threshold_m),
        street=metres(lang, row["street_m"], threshold_m),
        minutes=minutes(lang, row["minutes"]),
    )


def air_only(walk: Walk) -> pd.DataFrame:
    """List the points within reach by air and beyond it by street, the longest way first."""
    named = walk.table[walk.sides == AIR_ONLY].merge(
        walk.result.places[["place", "name"]], on="place", validate="one_to_one"
    )
    order = ["street_m", "place"]
    return pd.DataFrame(named.sort_values(order, ascending=[False, True], ignore_index=True))


def summary(walk: Walk) -> list[str]:
    """Say what was found, a line each."""
    lang, counts = walk.result.lang, walk.counts
    account = walk.result.accounts[-1]
    file = _STREETS.text(lang).format(
        file=account.shown, km=length(lang, float(walk.streets.length_m.sum()))
    )
    stops = _STOPS.text(lang).format(number(lang, walk.stops["used"]))
    pace = _SPEED.text(lang).format(speed(lang, walk.speed_km_h))
    points = f"{POINTS.text(lang)}: {number(lang, counts['points'])}"
    sides = [f"  {side(lang, code, walk.result.threshold_m)}: {number(lang, counts[code])}"
             for code in SIDES]  # fmt: skip
    reasons = [
        f"  {text.text(lang)}: {number(lang, counts[code])}"
        for code, text in REASONS.items()
        if counts[code]
    ]
    listed = [
        f"  {row['name']}: {compared(lang, row, walk.result.threshold_m)}"
        for _, row in air_only(walk).iterrows()
    ]
    heading = LISTED.text(lang).format(t=threshold(lang, walk.result.threshold_m))
    named = [f"{heading}:", *listed] if listed else []
    return [file, stops, pace, points, *sides, *reasons, *named]
