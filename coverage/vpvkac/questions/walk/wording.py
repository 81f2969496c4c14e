"""What `walk` says on the terminal and on its map."""

from __future__ import annotations

import pandas as pd

from vpvkac.questions.walk.joining import NO_STREET, OUTSIDE
from vpvkac.questions.walk.walk import AIR_ONLY, BOTH, NEITHER, NO_STOP, UNREACHABLE, Walk
from vpvkac.texts.formats import NBSP, length, metres, minutes, number, plain, threshold
from vpvkac.texts.message import Lang, Text

TITLE = Text("Ceļš pa ielām līdz tuvākajai pieturai", "The way along streets to the nearest stop")
SHOWN = Text(
    "Attālums pa ielām un ceļiem no katra kontaktpunkta līdz tuvākajai pieturai, salīdzinot ar "
    "attālumu pa taisni. Gājiena ātrums: {speed}.",
    "The distance along streets and roads from each contact point to its nearest stop, beside the "
    "straight line. Walking speed: {speed}.",
)
POINTS = Text("Kontaktpunkti", "Contact points")
SIDES = {
    BOTH: Text("{t} robežās pa taisni un pa ielām", "Within {t} in a straight line and by street"),
    AIR_ONLY: Text("{t} robežās tikai pa taisni", "Within {t} in a straight line only"),
    NEITHER: Text("Tālāk par {t} arī pa taisni", "Beyond {t} even in a straight line"),
}
NOT_KNOWN = Text("Attālums pa ielām nav zināms", "Distance along streets not known")
REASONS = {
    OUTSIDE: Text("Šai vietai nav ielu datu", "No street data for this place"),
    NO_STREET: Text("250 m robežās nav nevienas ielas", "No street within 250 m"),
    UNREACHABLE: Text(
        "Neviena pietura pa ielām nav sasniedzama", "No stop can be reached by street"
    ),
    NO_STOP: Text("Pieturu nav", "There are no stops"),
}
ROUTE = Text("Ceļš līdz pieturai", "The way to the stop")
STREET = Text("Ielas un ceļi", "Streets and roads")
STOP = Text("Pietura", "Stop")
ROWS = {
    "street_stop": Text("Pietura pa ielām", "Stop by street"),
    "street_m": Text("Attālums pa ielām", "Distance by street"),
    "air_m": Text(
        "Attālums pa taisni līdz tuvākajai pieturai", "Straight line to the nearest stop"
    ),
    "off_street_m": Text("Posms ārpus ielām", "Stretch off the streets"),
    "detour": Text("Apkārtceļa koeficients", "Detour factor"),
    "minutes": Text("Gājiena laiks", "Walking time"),
    "reason": Text("Iemesls", "Reason"),
}
LISTED = Text(
    "{t} robežās pa taisni, bet tālāk pa ielām",
    "Within {t} in a straight line, beyond it by street",
)
MORE = Text("Pilns saraksts: walk.csv", "Full list: walk.csv")
LIMITS = (
    Text(
        "Kontaktpunkti un pieturas ir savienoti ar tuvāko ielu; posms ārpus ielām ir "
        "pieskaitīts. Kontaktpunkts, kas ir tālāk par 250 m no ielas, nav savienots. Žogi, "
        "vārti un slēgtas teritorijas nav ņemti vērā, ja to nav ielu datos.",
        "Points and stops are joined to the nearest street; the stretch off the streets is "
        "included. A point farther than 250 m from a street is not joined. Fences, gates and "
        "closed grounds are not taken into account unless the street data hold them.",
    ),
    Text(
        "Ja ielu dati ir tikai daļai teritorijas, pietura aiz tās robežas nav ņemta vērā.",
        "Where street data cover only part of the territory, a stop beyond its border is not "
        "taken into account.",
    ),
)
_STREETS = Text("Ielas: {file}, {km}", "Streets: {file}, {km}")
_STOPS = Text("Pieturas pie ielām: {}", "Stops joined to streets: {}")
_SPEED = Text("Gājiena ātrums: {}", "Walking speed: {}")
_WAYS = Text("pa taisni {air}, pa ielām {street} ({minutes})",
             "straight line {air}, by street {street} ({minutes})")  # fmt: skip


def speed(lang: Lang, km_h: float) -> str:
    """Write a walking speed: "4,2 km/h (70 m/min)"."""
    a_minute = plain(lang, km_h * 1000 / 60)
    return f"{plain(lang, km_h)}{NBSP}km/h ({a_minute}{NBSP}m/min)"


def side(lang: Lang, code: str, threshold_m: float) -> str:
    """Name a side of the threshold."""
    return SIDES[code].into(lang).format(t=threshold(lang, threshold_m))


def compared(lang: Lang, row: pd.Series, threshold_m: float) -> str:
    """Say a point's straight line and its way."""
    return _WAYS.into(lang).format(
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
    file = _STREETS.into(lang).format(
        file=account.shown, km=length(lang, float(walk.streets.length_m.sum()))
    )
    stops = _STOPS.into(lang).format(number(lang, walk.stops["used"]))
    pace = _SPEED.into(lang).format(speed(lang, walk.speed_km_h))
    points = f"{POINTS.into(lang)}: {number(lang, counts['points'])}"
    sides = [f"  {side(lang, code, walk.result.threshold_m)}: {number(lang, counts[code])}"
             for code in SIDES]  # fmt: skip
    reasons = [
        f"  {text.into(lang)}: {number(lang, counts[code])}"
        for code, text in REASONS.items()
        if counts[code]
    ]
    listed = [
        f"  {row['name']}: {compared(lang, row, walk.result.threshold_m)}"
        for _, row in air_only(walk).iterrows()
    ]
    heading = LISTED.into(lang).format(t=threshold(lang, walk.result.threshold_m))
    named = [f"{heading}:", *listed] if listed else []
    return [file, stops, pace, points, *sides, *reasons, *named]
