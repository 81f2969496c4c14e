"""What if, in the page: by what reach is decided at any threshold, and how the page says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis import any_threshold
from vpvkac.analysis.gaps import STOP_MAY_MOVE
from vpvkac.render.map_page import POINT_DECIMALS, coded
from vpvkac.texts import formats, words
from vpvkac.texts.message import Lang, Message, Text
from vpvkac.views import reasons
from vpvkac.views.gaps import COUNTS, LISTED, nearer_stop
from vpvkac.views.maps import Json, cell_value
from vpvkac.views.writer import Writer, records

if TYPE_CHECKING:
    from vpvkac.analysis.any_threshold import Decisive
    from vpvkac.analysis.network import Findings

# Between these thresholds a reader may choose, metres.
LEAST_M, MOST_M = 300.0, 1500.0
ANSWER = Message(
    "Contact points, existing and planned, with a stop within {threshold}: {within} of {points}"
)
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
    "just_beyond": reasons.JUST_BEYOND,
    "unsure": reasons.UNSURE,
    "few_calls": reasons.FEW_CALLS,
    "mark": Message("What if: {threshold}, {stops}. The run: {own}, {own_stops}."),
}


def what_if(
    result: Findings, found: Mapping[Any, Decisive], frame: pd.DataFrame, lang: Lang
) -> Json:
    """Give by what reach is decided of every point in `frame`, by each stop set, and the words.

    Distances are exact; points, stops and places that would mend a gap go by number.
    """
    write = Writer(lang, result.threshold_m)
    tables = [one.points for one in found.values()]
    nearer = [table.loc[table["alt_distance_m"] < table["distance_m"], "alt_place"]
              for table in tables]  # fmt: skip
    keys = {place for places in nearer for place in places}
    others = result.places[result.places["place"].isin(keys)]
    number_of = {
        key: {code: number for number, code in enumerate(column)}
        for key, column in (
            ("place", frame["place"]), ("stop", result.stops["stop"]), ("alt", others["place"])
        )
    }  # fmt: skip
    is_measured = [table["is_point"] & table["distance_m"].notna() for table in tables]
    measured = {int(each.sum()) for each in is_measured}
    own_m = frame["distance_m"].tolist()
    return {
        "own": {"t": result.threshold_m, "set": result.stop_set, "said": write.threshold()},
        "many": any_threshold.MANY,
        "may_move": STOP_MAY_MOVE,
        "just": reasons.JUST_BEYOND_M,
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
                "said": reasons.place_to_move(lang, row["host"], row["name"], row["address"]),
            }
            for row in records(others)
        ],
        "sets": {code: _decisive(one, number_of, own_m, write) for code, one in found.items()},
    }


def _decisive(
    found: Decisive,
    number_of: Mapping[str, Mapping[str, int]],
    own_m: Sequence[float],
    write: Writer,
) -> Json:
    """Give what decides by one stop set, by the number of a point, and what is said of it."""
    columns = [
        "place", "distance_m", "stop", "is_point", "order", "stops", "least_m", "most_m",
        "alt_place", "alt_distance_m", "walk_min", "distance_all_m",
    ]  # fmt: skip
    rows = {
        number_of["place"][row["place"]]: row
        for row in found.points[columns].to_dict("records")
        if row["place"] in number_of["place"]
    }
    movable = {
        number: row for number, row in rows.items() if row["alt_distance_m"] < row["distance_m"]
    }
    visits: dict[int, list[list[float | None]]] = {}
    for place, metres, count in found.visits.itertuples(index=False):
        if place in number_of["place"]:
            steps = visits.setdefault(number_of["place"][place], [])
            steps.append([metres, None if pd.isna(count) else int(count)])
    return {
        "points": {
            number: [
                cell_value(row["distance_m"]),
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
            if cell_value(row["least_m"]) is not None
        },
        "others": {
            number: [number_of["alt"][row["alt_place"]], row["alt_distance_m"]]
            for number, row in movable.items()
        },
        # Where there are never few, nothing need be told.
        "visits": {
            number: steps
            for number, steps in visits.items()
            if steps[0][1] is None or steps[0][1] < any_threshold.MANY
        },
        # Where another stop is the nearest than by the run's own set.
        "cards": {
            number: {
                "walk": formats.minutes(write.lang, row["walk_min"]),
                "any_stop": nearer_stop(row, write),
            }
            for number, row in rows.items()
            if cell_value(row["distance_m"]) not in (None, own_m[number])
        },
    }
