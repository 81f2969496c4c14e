"""What an explanation shows: its sections, in sentences and tables of a language."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from vpvkac.analysis.network import PLANNED
from vpvkac.analysis.thresholds import least_threshold
from vpvkac.model.columns import heading
from vpvkac.questions.explain import answer, changes
from vpvkac.questions.explain.answer import Explanation, records
from vpvkac.questions.explain.finding import full_name
from vpvkac.render.terminal import Grid, Section
from vpvkac.texts import formats, words
from vpvkac.texts.formats import NBSP, threshold
from vpvkac.texts.message import Bilingual, Lang, Message, Text, in_context
from vpvkac.views import reasons
from vpvkac.views.page import facts, source_line

TITLE = Message("The contact point explained: {}")

# --- Headings ----------------------------------------------------------------------------------

IN_SHORT = Message("In short")
UNIT = Message("The territorial unit")
RULE = Message("The rule and the candidates")
STOPS = Message("The nearest stops")
DECISION = Message("The verdict on reach")
CHANGES = Message("What would change it")
ELSEWHERE = Message("The nearest places outside the unit")
SOURCES = Message("Sources")

# --- In short ----------------------------------------------------------------------------------

POINT = {
    "existing": Message("The contact point is an existing centre: {where}."),
    "announced": Message("The contact point is an announced centre, not yet open: {where}."),
}
WITHIN = Message(
    "The nearest stop{stop} is {distance} away (in a straight line), that is within the "
    "recommended {threshold}."
)
NO_STOP_OF_SET = Message("The stop set has no stop, so reach is not computed.")
REMEDY = Message("Recommended action: {}.")
OTHER_CENTRE = Message("The unit also holds an open centre that is not its point. {reason}")
SAME_NAME = Message("Without its kind the name is also that of: {}.")

# --- Unit --------------------------------------------------------------------------------------

# --- Rule --------------------------------------------------------------------------------------

ORDER = Message(
    "The point is the first found in this order; where a step finds several places, the one "
    "nearest to a stop, and at equal distance the one with the lower identifier."
)
STEP = Message("Step")
FOUND = Message("Found")
DECIDES = Message("Decides")
STEP_OF = {
    "open": Message("{host}, open"),
    "announced": Message("{host}, announced, not yet open"),
}
ONLY_ONE = Message("The step that decides finds only one place: {name}.")
NEAREST_OF = Message(
    "Places found by the step that decides: {count}. The one nearest to a stop is taken: "
    "{name} ({distance}; the next is {next_name}, {next_distance})."
)
TIED = Message(
    "Places found by the step that decides: {count}. The nearest to a stop are equally far "
    "({distance}), so the lowest identifier decides: {name} ({place})."
)
NO_DISTANCE = Message(
    "Places found by the step that decides: {count}. No distance is known, so the lowest "
    "identifier decides: {name} ({place})."
)
NONE_FOUND = Message("No step finds a place, so there is no contact point.")
ALL_PLACES = Message("Every place of the unit, in the order of the rule ({}):")
NO_PLACES = Message("The unit holds none of the places given in the project.")
PLACE = Message("Place")
STATUS = Message("Status")
TO_STOP = Message("To a stop")
LOCATED = Message("Located")
WHY = Message("Verdict")
WHYS = {
    "chosen": Message("is the point"),
    "not_a_host": Message("this kind of host is not in the rule"),
    "later_host": Message("another kind of host takes precedence: {host}"),
    "not_yet_open": Message("not yet open; one that is open takes precedence"),
    "farther": Message("farther from a stop ({over})"),
    "higher_key": Message("a higher identifier"),
}

# --- Stops -------------------------------------------------------------------------------------

COUNTED = Message("Stop set: {set}. Stops within {threshold} of the point: {count}.")
NOT_COUNTED = Message(
    "The nearest stops that do not count under the rule (the nearest stop of any kind but rail "
    "is {distance} away):"
)
NONE_NEARER = Message("None of the stops that do not count is nearer than these.")
NO_POINT_NO_STOPS = Message(
    "There is no point, so there is no distance to a stop. Stops in the unit: {}."
)
STOP = Message("Stop")
FEED = Message("Feed")
MODES = Message("Served by")
MODE = {
    "bus": Message("bus"),
    "trolleybus": Message("trolleybus"),
    "tram": Message("tram"),
}
VISITS = in_context("explain", "Bus calls per day")
DISTANCE = Message("Distance")
WHY_NOT = {
    "mode": Message("not a bus stop"),
    "feed": Message("the feed is not regional"),
}

# --- Decision ----------------------------------------------------------------------------------

TO_NEAREST = Message("Distance to the nearest stop")
OVER = Message("Excess")
SPARE = Message("Margin to the threshold")
LEAST = Message("Least threshold in whole metres at which the point is within reach")
PRECISION = Message("Placing precision")
BETWEEN = Message("Possible distance, given this precision")
FROM_TO = Message("{least} to {most}")
WOULD_PASS = Message("The point would be within reach if the threshold were at least {least}.")
WOULD_FAIL = Message(
    "The point would not be within reach if the threshold were below {least} (in whole metres)."
)
A_LITTLE_MORE = Message("The distance is a little more than {distance}.")
COULD_PASS = Message(
    "If its actual position is nearer to the stop, the point may be within reach; it is "
    "certain to be only at a threshold of {most}."
)
COULD_FAIL = Message(
    "If its actual position is farther from the stop, the point may be out of reach; it is "
    "certain to be within reach only at a threshold of {most}."
)
EXACT = Message(
    "The position is taken as exact, so the verdict does not depend on how it was located."
)
SURE = Message("The position is not exact, but not so rough that the verdict could change.")
IN_UNIT = Message("The coordinates of the point lie inside this unit.")
IN_OTHER = Message(
    "The coordinates of the point lie in another unit ({}); it counts here by code or name."
)
IN_NONE = Message(
    "The coordinates of the point lie in no unit; it counts here by code, name or nearness."
)
NEAR_BORDER = Message(
    "The unit is determined by the coordinates, and another unit is within 700 m, so check "
    "which one the point belongs to."
)
OWNER = Message("The point belongs to another municipality: {}.")

# --- What would change it ----------------------------------------------------------------------

COMPUTED_ANEW = Message("Each case is computed anew by the same rule.")
IF = Message("Case")
THEN = Message("The point")
WHAT_CHANGES = Message("What would change")
CHANGE = {
    "stop_set": Message("Another stop set: {}"),
    "stop_closes": Message("Without the stop: {}"),
    "threshold_m": Message("Another threshold: {}"),
    "opens": Message("The announced centre open: {}"),
    "closes": Message("Without this place: {}"),
    "host": Message("Also in the rule: {}"),
}
NO_POINT = Message("none")
SAME_POINT = Message("the same")
NOTHING = Message("nothing")
OF_POINT = Message("another point")
NO_LONGER = Message("there would be no point")
OF_STATUS = Message("status: {}")
OF_REACH = {
    True: Message("it would be within reach"),
    False: Message("it would be beyond reach"),
    None: Message("its reach would not be known"),
}
OF_CERTAINTY: dict[bool | None, Text] = {
    True: Message("it would have to be verified"),
    False: Message("it need not be verified"),
    None: Bilingual("", ""),
}
OTHER_PLACES = Message(
    "If the point were in another place of the unit, the number of places within {threshold} "
    "of a stop would be: {within} of {count}."
)
BEST_PLACE = Message("Nearest: {name} ({distance}).")
NO_CHANGE_KNOWN = Message(
    "The unit has no place that could hold a point; a new place or other premises would change it."
)

# --- Elsewhere ---------------------------------------------------------------------------------

ELSEWHERE_FROM = Message("Distances are straight lines from a point inside the unit:")
IS_POINT = Message("contact point")
UNIT_OF = Message("Unit")

_OF_GAP = (
    "class", "place", "distance_m", "over_m", "alt_place", "alt_name", "alt_distance_m", "remedy",
)  # fmt: skip
_KINDS_HELD = ("centres", "announced", "libraries", "post_offices", "other", "stops")


def title(told: Explanation, lang: Lang) -> str:
    """Name what is explained: unit, municipality and code."""
    name = f"{full_name(told.unit)} ({told.unit['unit']})"
    return TITLE.text(lang).format(name)


def sections(told: Explanation, lang: Lang) -> list[Section]:
    """Tell everything, the answer first."""
    parts: list[tuple[Text, list[str | Grid]]] = [
        (IN_SHORT, _in_short(told, lang)),
        (UNIT, _unit(told, lang)),
        (RULE, _rule(told, lang)),
        (STOPS, _stops(told, lang)),
    ]
    if told.placing is not None:
        parts.append((DECISION, _decision(told, lang)))
    parts.append((CHANGES, _changes(told, lang)))
    if len(told.elsewhere):
        parts.append((ELSEWHERE, _elsewhere(told, lang)))
    parts.append((SOURCES, _sources(told, lang)))
    return [Section(heading.text(lang), blocks) for heading, blocks in parts]


# --- In short ----------------------------------------------------------------------------------


def _in_short(told: Explanation, lang: Lang) -> list[str | Grid]:
    result = told.result
    blocks: list[str | Grid] = [words.SAMPLE.text(lang)] if result.synthetic else []
    blocks.append(words.listed(facts(result, lang), "; "))
    blocks.append(" ".join(_answer(told, lang)))
    own = told.decision.place
    for gap in told.gaps:
        if gap["place"] in (own, None):
            blocks.append(_remedy(gap["remedy"], lang))
        else:
            blocks.append(OTHER_CENTRE.text(lang).format(reason=_reason(told, gap, lang)))
    if told.others:
        names = result.units.set_index("unit")
        same = [f"{full_name(dict(names.loc[code]))} ({code})" for code in told.others]
        blocks.append(SAME_NAME.text(lang).format("; ".join(same)))
    return blocks


def _remedy(code: str, lang: Lang) -> str:
    return REMEDY.text(lang).format(words.lowered(words.REMEDIES[code].text(lang)))


def _answer(told: Explanation, lang: Lang) -> list[str]:
    """Say which place is the point and whether it is within reach."""
    if told.placing is None:
        return [_reason(told, gap, lang) for gap in told.gaps]
    point, decision = _point(told), told.decision
    if told.unit["status"] == PLANNED:
        said = words.planned_point(lang, point["host"], point["name"], point["address"], None)
    else:
        where = ", ".join(part for part in (point["name"], point["address"]) if part)
        # An address that ends with an abbreviation brings its own full stop.
        where = formats.typographic(where.removesuffix("."))
        said = POINT[told.unit["status"]].text(lang).format(where=where)
    return [said, *_reach(told, lang, decision.distance_m)]


def _reach(told: Explanation, lang: Lang, distance_m: float | None) -> list[str]:
    decision, point = told.decision, _point(told)
    if distance_m is None:
        no_stops = f"{words.NO_STOPS.text(lang)}."
        return [no_stops if told.result.stops.empty else NO_STOP_OF_SET.text(lang)]
    limit = decision.threshold_m
    if decision.within:
        said = WITHIN.text(lang).format(
            stop=words.quoted_after(point["stop_name"]),
            distance=formats.metres(lang, distance_m, limit),
            threshold=threshold(lang, limit),
        )
    else:
        said = reasons.access_gap(lang, point["name"], distance_m, point["stop_name"], limit)
    alternatives = [
        alternative
        for gap in told.gaps
        if gap["place"] == decision.place
        and (alternative := reasons.access_alternative(lang, gap, limit))
    ]
    unsure = (
        [reasons.uncertain(lang, distance_m, point["located_within_m"], limit)]
        if decision.uncertain
        else []
    )
    return [said, *alternatives, *unsure]


# --- Unit --------------------------------------------------------------------------------------


def _unit(told: Explanation, lang: Lang) -> list[str | Grid]:
    unit = told.unit
    municipality = f"{unit['municipality_name']} ({unit['municipality']})"
    rows = [
        (_heading(told, lang, "kind"), words.KINDS[unit["kind"]].text(lang)),
        (_heading(told, lang, "municipality_name"), municipality),
        (_heading(told, lang, "region"), unit["region"]),
        (words.MAP["area"].text(lang), formats.square_kilometres(lang, unit["area_km2"])),
    ]
    residents = words.residents(lang, unit)
    if residents:
        rows.append((_heading(told, lang, "population"), residents))
    rows.append((_heading(told, lang, "status"), words.STATUSES[unit["status"]].text(lang)))
    rows += [(_heading(told, lang, name), formats.number(lang, unit[name])) for name in _KINDS_HELD]
    blocks: list[str | Grid] = [Grid((), rows)]
    blocks += reasons.municipality_reasons(lang, told.result, unit["municipality"])
    return blocks


# --- Rule --------------------------------------------------------------------------------------


def _rule(told: Explanation, lang: Lang) -> list[str | Grid]:
    listed = told.candidates
    steps = Grid(
        tuple(text.text(lang) for text in (STEP, FOUND, DECIDES)),
        [
            (
                f"{number}. {_step(lang, step)}",
                formats.number(lang, step["places"]),
                words.YES_NO[step["decides"]].text(lang) if step["decides"] else "",
            )
            for number, step in enumerate(told.steps.to_dict("records"), start=1)
        ],
        numbers=(1,),
    )
    blocks: list[str | Grid] = [ORDER.text(lang), steps, _why_this(told, lang)]
    if len(listed) == 0:
        return [*blocks, NO_PLACES.text(lang)]
    blocks.append(ALL_PLACES.text(lang).format(formats.number(lang, len(listed))))
    heads = (
        PLACE.text(lang),
        STATUS.text(lang),
        TO_STOP.text(lang),
        words.within_reach(lang, told.decision.threshold_m),
        LOCATED.text(lang),
        WHY.text(lang),
    )
    rows = [_candidate(told, lang, place) for place in listed.to_dict("records")]
    return [*blocks, Grid(heads, rows, numbers=(2,))]


def _step(lang: Lang, step: dict[Any, Any]) -> str:
    host = words.HOSTS[step["host"]].text(lang)
    return STEP_OF[step["status"]].text(lang).format(host=host)


def _why_this(told: Explanation, lang: Lang) -> str:
    """Say in a sentence why this place is the point."""
    if told.placing is None:
        return NONE_FOUND.text(lang)
    listed = told.candidates.to_dict("records")
    point, *others = listed
    same = [place for place in others if place["why"] in (answer.FARTHER, answer.HIGHER_KEY)]
    if not same:
        return ONLY_ONE.text(lang).format(name=_called(point))
    second, limit = same[0], told.decision.threshold_m
    if told.decision.distance_m is None:
        said = NO_DISTANCE
    elif second["why"] == answer.HIGHER_KEY:
        said = TIED
    else:
        said = NEAREST_OF
    return said.text(lang).format(
        count=formats.number(lang, len(same) + 1),
        name=_called(point),
        place=point["place"],
        distance=_metres(lang, point["distance_m"], limit),
        next_name=_called(second),
        next_distance=_metres(lang, second["distance_m"], limit),
    )


def _candidate(told: Explanation, lang: Lang, place: dict[Any, Any]) -> tuple[str, ...]:
    limit = told.decision.threshold_m
    measured = pd.notna(place["distance_m"])
    within = words.YES_NO[bool(place["within"])].text(lang) if measured else ""
    if measured and place["uncertain"]:
        within += f" ({words.UNCERTAIN.text(lang).lower()})"
    located = words.LOCATED_BY[place["located_by"]].text(lang)
    if place["located_within_m"] > 0:
        located += f", ±{formats.length(lang, place['located_within_m'])}"
    return (
        f"{_called(place)} – {words.lowered(words.HOSTS[place['host']].text(lang))}",
        words.PLACE_STATUSES[place["status"]].text(lang),
        _metres(lang, place["distance_m"], limit) if measured else "",
        within,
        located,
        _why(told, lang, place),
    )


def _why(told: Explanation, lang: Lang, place: dict[Any, Any]) -> str:
    point = told.candidates.iloc[0]
    limit, over = told.decision.threshold_m, ""
    if place["why"] == answer.FARTHER:
        there, here = (formats.to_metres(one["distance_m"], limit) for one in (place, point))
        over = formats.less(there, here, "m").text(lang)
    return WHYS[place["why"]].text(lang).format(
        host=words.lowered(words.HOSTS[point["host"]].text(lang)), over=over
    )  # fmt: skip


# --- Stops -------------------------------------------------------------------------------------


def _stops(told: Explanation, lang: Lang) -> list[str | Grid]:
    near, decision = told.surroundings, told.decision
    if near is None:
        stops = formats.number(lang, told.unit["stops"])
        return [NO_POINT_NO_STOPS.text(lang).format(stops)]
    if told.result.stops.empty:
        return [f"{words.NO_STOPS.text(lang)}."]
    blocks: list[str | Grid] = [
        COUNTED.text(lang).format(
            set=words.lowered(words.STOP_SETS[told.result.stop_set].text(lang)),
            threshold=threshold(lang, decision.threshold_m),
            count=formats.number(lang, near.within),
        )
    ]
    farthest = float("inf")
    if len(near.counted):
        farthest = near.counted["distance_m"].max()
        blocks.append(_stop_grid(told, lang, near.counted, told_why=False))
    nearer = near.not_counted[near.not_counted["distance_m"] <= farthest]
    if len(nearer):
        distance = _metres(lang, decision.distance_all_m, decision.threshold_m)
        blocks.append(NOT_COUNTED.text(lang).format(distance=distance))
        blocks.append(_stop_grid(told, lang, nearer, told_why=True))
    elif len(near.not_counted):
        blocks.append(NONE_NEARER.text(lang))
    days = [
        words.service_day(lang, account.shown, account.notes["service_day"])
        for account in told.result.accounts
        if account.notes.get("service_day")
    ]
    return [*blocks, "; ".join(days)] if days else blocks


def _stop_grid(told: Explanation, lang: Lang, stops: pd.DataFrame, *, told_why: bool) -> Grid:
    heads = [STOP, FEED, MODES, VISITS, DISTANCE]
    rows = []
    for stop in stops.to_dict("records"):
        row = [
            f"{stop['stop_name']} ({stop['stop']})" if stop["stop_name"] else stop["stop"],
            stop["feed"],
            ", ".join(MODE[mode].text(lang) for mode in stop["modes"].split("+")),
            formats.number(lang, stop["visits"]) if pd.notna(stop["visits"]) else "",
            _metres(lang, stop["distance_m"], told.decision.threshold_m),
        ]
        if told_why:
            why = "feed" if stop["modes"].startswith("bus") else "mode"
            row.append(WHY_NOT[why].text(lang))
        rows.append(tuple(row))
    if told_why:
        heads.append(WHY)
    return Grid(tuple(head.text(lang) for head in heads), rows, numbers=(3, 4))


# --- Decision ----------------------------------------------------------------------------------


def _decision(told: Explanation, lang: Lang) -> list[str | Grid]:
    blocks: list[str | Grid] = []
    if told.decision.distance_m is None:
        blocks += _reach(told, lang, None)
    else:
        blocks += [_figures(told, lang), _turning(told, lang)]
    return [*blocks, " ".join(_belonging(told, lang))]


def _figures(told: Explanation, lang: Lang) -> Grid:
    decision = told.decision
    limit, metres = decision.threshold_m, decision.distance_m or 0.0
    over = formats.excess(lang, metres, limit)
    spare = f"{formats.plain(lang, limit - float(formats.shown_metres(metres, limit)))}{NBSP}m"
    rows = [
        (TO_NEAREST.text(lang), formats.metres(lang, metres, limit)),
        (words.THRESHOLD.text(lang), threshold(lang, limit)),
        (SPARE.text(lang), spare) if decision.within else (OVER.text(lang), over),
        (LEAST.text(lang), _least(lang, metres)),
        (LOCATED.text(lang), words.LOCATED_BY[_point(told)["located_by"]].text(lang)),
    ]
    radius = _point(told)["located_within_m"]
    if radius > 0 and decision.least_m is not None and decision.most_m is not None:
        rows.append((PRECISION.text(lang), f"±{formats.length(lang, radius)}"))
        between = FROM_TO.text(lang).format(
            least=_metres(lang, decision.least_m, limit), most=_metres(lang, decision.most_m, limit)
        )
        rows.append((BETWEEN.text(lang), between))
    return Grid((), rows)


def _turning(told: Explanation, lang: Lang) -> str:
    """Say at which threshold the decision turns, and what the placing could do to it."""
    decision = told.decision
    metres, most = decision.distance_m or 0.0, decision.most_m or 0.0
    turn = WOULD_FAIL if decision.within else WOULD_PASS
    said = [turn.text(lang).format(least=_least(lang, metres))]
    shown = formats.to_metres(metres, decision.threshold_m)
    if shown.value < metres:
        # Else a threshold of the distance as it is shown would seem to do.
        said.append(A_LITTLE_MORE.text(lang).format(distance=shown.text(lang)))
    if decision.uncertain:
        could = COULD_FAIL if decision.within else COULD_PASS
        said.append(could.text(lang).format(most=_least(lang, most)))
    else:
        exact = most == metres
        said.append((EXACT if exact else SURE).text(lang))
    return " ".join(said)


def _belonging(told: Explanation, lang: Lang) -> list[str]:
    """Say how the point came into this unit, and whose it is."""
    placing = told.placing
    if placing is None:
        return []
    names = told.result.units.set_index("unit")["unit_name"]
    if placing.near_border:
        said = [NEAR_BORDER.text(lang)]
    elif placing.stands_in == told.unit["unit"]:
        said = [IN_UNIT.text(lang)]
    elif placing.stands_in:
        other = f"{names[placing.stands_in]}, {placing.stands_in}"
        said = [IN_OTHER.text(lang).format(other)]
    else:
        said = [IN_NONE.text(lang)]
    if placing.owner and placing.owner != told.unit["municipality"]:
        owners = told.result.municipalities.set_index("municipality")["municipality_name"]
        said.append(OWNER.text(lang).format(owners[placing.owner]))
    return said


# --- What would change it ----------------------------------------------------------------------


def _changes(told: Explanation, lang: Lang) -> list[str | Grid]:
    rows = told.changes.to_dict("records")
    cases = [row for row in rows if row["change"] != changes.POINT]
    if not rows:
        return [NO_CHANGE_KNOWN.text(lang)]
    heads = (IF, THEN, DISTANCE, WHAT_CHANGES)
    blocks: list[str | Grid] = [COMPUTED_ANEW.text(lang)]
    if cases:
        grid = Grid(
            tuple(head.text(lang) for head in heads),
            [_case(told, lang, case) for case in cases],
            numbers=(2,),
        )
        blocks.append(grid)
    others = [row for row in rows if row["change"] == changes.POINT]
    if others and others[0]["distance_m"] is not None:
        blocks.append(_other_places(told, lang, others))
    return blocks


def _case(told: Explanation, lang: Lang, case: dict[Any, Any]) -> tuple[str, ...]:
    limit = case["to"] if case["change"] == changes.THRESHOLD else told.decision.threshold_m
    if case["place"] is None:
        point = NO_POINT.text(lang)
    elif case["place"] == told.decision.place:
        point = SAME_POINT.text(lang)
    else:
        point = f"{case['place_name']} ({words.lowered(words.HOSTS[case['host']].text(lang))})"
    said = CHANGE[case["change"]].text(lang).format(_changed(told, lang, case))
    distance = _metres(lang, case["distance_m"], limit)
    return said, point, distance, _difference(told, lang, case)


def _changed(told: Explanation, lang: Lang, case: dict[Any, Any]) -> str:
    """Name what is changed in a case."""
    to = case["to"]
    if case["change"] == changes.STOP_SET:
        return words.lowered(words.STOP_SETS[to].text(lang))
    if case["change"] == changes.STOP_CLOSES:
        stop = _point(told)["stop_name"]
        return f"{stop} ({to})" if stop else str(to)
    if case["change"] == changes.THRESHOLD:
        return threshold(lang, to)
    if case["change"] == changes.HOST:
        return words.lowered(words.HOSTS[to].text(lang))
    return _called(told.candidates.set_index("place", drop=False).loc[to].to_dict())


def _difference(told: Explanation, lang: Lang, case: dict[Any, Any]) -> str:
    """Say what differs from the present."""
    decision = told.decision
    if case["place"] is None:
        return NO_LONGER.text(lang)
    found = [
        text.text(lang)
        for is_so, text in (
            (case["place"] != decision.place, OF_POINT),
            (case["within"] != decision.within, OF_REACH[case["within"]]),
            (case["uncertain"] != decision.uncertain, OF_CERTAINTY[case["uncertain"]]),
        )
        if is_so
    ]
    if case["status"] != told.unit["status"]:
        status = words.lowered(words.STATUSES[case["status"]].text(lang))
        found.append(OF_STATUS.text(lang).format(status))
    return "; ".join(text for text in found if text) or NOTHING.text(lang)


def _other_places(told: Explanation, lang: Lang, others: list[dict[Any, Any]]) -> str:
    limit = told.decision.threshold_m
    within = [row for row in others if row["within"]]
    said = OTHER_PLACES.text(lang).format(
        threshold=threshold(lang, limit),
        within=formats.number(lang, len(within)),
        count=formats.number(lang, len(others)),
    )
    best = min(others, key=lambda row: (row["distance_m"], row["place"]))
    nearest = BEST_PLACE.text(lang).format(
        name=best["place_name"] or best["place"], distance=_metres(lang, best["distance_m"], limit)
    )
    return f"{said} {nearest}"


# --- Elsewhere and sources ---------------------------------------------------------------------


def _elsewhere(told: Explanation, lang: Lang) -> list[str | Grid]:
    names = told.result.units.set_index("unit")
    heads = (PLACE, UNIT_OF, DISTANCE, WHY)
    rows = [
        (
            f"{_called(place)} – {words.lowered(words.HOSTS[place['host']].text(lang))}",
            full_name(dict(names.loc[place["unit"]])),
            formats.length(lang, place["distance_m"]),
            IS_POINT.text(lang) if place["is_point"] else "",
        )
        for place in told.elsewhere.to_dict("records")
    ]
    grid = Grid(tuple(head.text(lang) for head in heads), rows, numbers=(2,))
    return [ELSEWHERE_FROM.text(lang), grid]


def _sources(told: Explanation, lang: Lang) -> list[str | Grid]:
    rows = [(account.shown, source_line(account.source, lang)) for account in told.result.accounts]
    return [Grid((), rows), words.LIMITS.text(lang)]


def _reason(told: Explanation, gap: dict[str, Any], lang: Lang) -> str:
    """Say why a row of a gap list is there."""
    if gap["class"] != "none":
        return reasons.access_reason(lang, gap, told.decision.threshold_m)
    return reasons.coverage_gap(
        lang, told.result.project.rules.hosts, gap["nearest_name"], gap["nearest_unit_name"],
        gap["nearest_m"],
    )  # fmt: skip


# --- Words -------------------------------------------------------------------------------------


def _point(told: Explanation) -> dict[str, Any]:
    """Give the unit's point, the first of the candidates."""
    return {str(name): value for name, value in told.candidates.iloc[0].items()}


def _called(place: dict[Any, Any]) -> str:
    return formats.typographic(str(place["name"] or place["address"] or place["place"]))


def _heading(told: Explanation, lang: Lang, column: str) -> str:
    return heading(lang, column, told.result.threshold_m)


def _least(lang: Lang, metres: float) -> str:
    return threshold(lang, least_threshold(metres))


def _metres(lang: Lang, value: float | None, limit: float | None = None) -> str:
    """Write metres; nothing where not known."""
    return "" if value is None or pd.isna(value) else formats.metres(lang, value, limit)


# --- For machines ------------------------------------------------------------------------------


def data(told: Explanation, lang: Lang) -> dict[str, Any]:
    """Give the explanation as plain values, None for what is not known."""
    near = told.surroundings
    rules = told.result.project.rules
    return {
        "synthetic": told.result.synthetic,
        "rules": {
            "layout": told.result.layout or None,
            "threshold_m": rules.threshold_m,
            "stop_set": rules.stop_set,
            "hosts": list(rules.hosts),
        },
        "unit": told.unit,
        "steps": records(told.steps),
        "candidates": records(told.candidates),
        "stops": None
        if near is None
        else {
            "counted": records(near.counted),
            "not_counted": records(near.not_counted),
            "within": near.within,
        },
        "decision": told.decision._asdict(),
        "placing": None if told.placing is None else told.placing._asdict(),
        "changes": records(told.changes),
        "gaps": [_gap_record(told, gap, lang) for gap in told.gaps],
        "elsewhere": records(told.elsewhere),
        "sources": [
            {"input": account.key, "file": account.shown, "date": account.source.date,
             "sha256": account.sha256, "service_day": account.notes.get("service_day")}
            for account in told.result.accounts
        ],
    }  # fmt: skip


def to_json(told: Explanation, lang: Lang) -> str:
    """Write `data` as JSON; what a terminal could take for a command is escaped."""
    written = json.dumps(data(told, lang), ensure_ascii=False, indent=2)
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in written
    )


def _gap_record(told: Explanation, gap: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Give a gap with its reason, in the columns of its list."""
    return {name: gap[name] for name in _OF_GAP} | {"reason": _reason(told, gap, lang)}
