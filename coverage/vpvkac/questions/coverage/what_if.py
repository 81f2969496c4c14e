"""What if, in the page: by what reach is decided at any threshold, and how the page says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis import any_threshold
from vpvkac.analysis.access import with_stop_places
from vpvkac.analysis.gaps import STOP_MAY_MOVE
from vpvkac.render.map_page import POINT_DECIMALS, coded
from vpvkac.texts import formats, words
from vpvkac.texts.message import Lang, Message, Text
from vpvkac.views import reasons
from vpvkac.views.gaps import COUNTS, LISTED, nearer_stop
from vpvkac.views.maps import Json
from vpvkac.views.writer import Writer, records

if TYPE_CHECKING:
    from vpvkac.analysis.network import Findings, Network

# Between these thresholds a reader may choose, metres.
LEAST_M, MOST_M = 300.0, 1500.0
ANSWER = Message("{within} of {points} contact points have a stop within {threshold}")
# What the page says itself, for it depends on the threshold and the stop set.
_SAID: dict[str, Text] = {
    "answer": ANSWER,
    "within": words.WITHIN,
    "beyond": words.BEYOND,
    "gaps": words.GAP_LAYER,
    "counts": COUNTS,
    "listed": LISTED,
    "too_far": reasons.TOO_FAR,
    "of_run": reasons.OF_RUN,
    "unsure": reasons.UNSURE,
    "few_calls": reasons.FEW_CALLS,
    "mark": Message("What if: {threshold}, {stops}. The run: {own}, {own_stops}."),
}


def what_if(
    result: Findings, networks: Mapping[Any, Network], frame: pd.DataFrame, lang: Lang
) -> Json:
    """Give by what reach is decided of every point in `frame`, by each stop set, and the words.

    Distances are exact; points, stops and places that would mend a gap go by number.
    """
    write = Writer(lang, result.threshold_m)
    points = {code: any_threshold.deciding(network) for code, network in networks.items()}
    nearer = [table[table["alt_distance_m"] < table["distance_m"]] for table in points.values()]
    keys = {place for table in nearer for place in table["alt_place"]}
    others = result.places[result.places["place"].isin(keys)]
    number_of = {
        key: {code: number for number, code in enumerate(column)}
        for key, column in (
            ("place", frame["place"]), ("stop", result.stops["stop"]), ("alt", others["place"])
        )
    }  # fmt: skip
    measured = {int(network.network["distance_m"].notna().sum()) for network in networks.values()}
    return {
        "own": {"t": result.threshold_m, "set": result.stop_set, "said": write.threshold()},
        "many": any_threshold.MANY,
        "may_move": STOP_MAY_MOVE,
        "recommended": [words.RECOMMENDED_M, reasons.RECOMMENDED.text(lang)],
        "quoted": words.quoted_after("{}"),
        "point": "," if lang == "lv" else ".",
        "said": coded(_SAID, lang),
        "stop_sets": {code: write.small(label) for code, label in words.STOP_SETS.items()},
        "remedies": coded(words.REMEDIES, lang),
        "classes": coded(words.CLASSES, lang),
        # By how many points there are, then how many of them are within reach.
        "shares": {
            whole: [formats.percent(lang, part / whole) for part in range(whole + 1)]
            for whole in sorted(measured - {0})
        },
        "precisions": {
            number: write.length(within)
            for number, within in enumerate(frame["located_within_m"])
            if within > 0
        },
        "others": [
            {
                "host": row["host"],
                "at": [round(row[axis], POINT_DECIMALS) for axis in ("lat", "lon")],
                "name": f"{write(words.ALTERNATIVE)}: {formats.typographic(row['name'])}",
            }
            for row in records(others)
        ],
        "sets": {
            code: _decisive(networks[code], table, number_of, write)
            for code, table in points.items()
        },
    }


def _decisive(
    network: Network,
    points: pd.DataFrame,
    number_of: Mapping[str, Mapping[str, int]],
    write: Writer,
) -> Json:
    """Give what decides by one stop set, by the number of a point, and what is said of it."""
    known = points[points["place"].isin(number_of["place"])]
    known = known.assign(number=known["place"].map(number_of["place"])).set_index("number")
    stops = with_stop_places(network.stops[network.stops["in_set"]])
    calls = any_threshold.visits_by_distance(known, stops, max(MOST_M, write.threshold_m))
    by_place = dict(iter(calls.groupby("place", sort=False)))
    rows = known.astype(object).where(known.notna(), None).to_dict("index")
    places = network.places.set_index("place")
    movable = known.index[known["alt_distance_m"] < known["distance_m"]]
    return {
        "points": {
            number: [
                row["distance_m"],
                number_of["stop"].get(row["stop"], -1),
                int(row["is_point"]),
                row["order"],
                int(row["stops"] > 0),
            ]
            for number, row in rows.items()
        },
        "unsure": {
            number: [row["least_m"], row["most_m"]]
            for number, row in rows.items()
            if row["least_m"] is not None
        },
        "others": {
            int(number): [
                number_of["alt"][rows[number]["alt_place"]],
                rows[number]["alt_distance_m"],
                _better(places.loc[rows[number]["alt_place"]], write.lang),
            ]
            for number in movable
        },
        "visits": {
            number: [
                [metres, None if pd.isna(visits) else int(visits)]
                for metres, visits in zip(steps["from_m"], steps["visits"], strict=True)
            ]
            for number, row in rows.items()
            if (steps := by_place.get(row["place"])) is not None
            and not steps["visits"].iloc[0] >= any_threshold.MANY
        },
        "cards": {
            number: {
                "walk": formats.minutes(write.lang, row["walk_min"]),
                "any_stop": nearer_stop(row, write),
            }
            for number, row in rows.items()
            if row["distance_m"] is not None
        },
    }


def _better(place: pd.Series, lang: Lang) -> str:
    named = (place["host"], place["name"], place["address"])
    return reasons.better_place(lang, *named, place["distance_m"])
