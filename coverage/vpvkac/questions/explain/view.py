"""What an explanation shows: its sections, in sentences and tables of a language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from vpvkac.analysis.coverage import least_threshold
from vpvkac.analysis.network import PLANNED
from vpvkac.questions.explain.answer import (
    FARTHER,
    HIGHER_KEY,
    HOST,
    POINT,
    STOP_CLOSES,
    STOP_SET,
    THRESHOLD,
    Decision,
    Explanation,
    records,
    why_not_counted,
)
from vpvkac.questions.explain.question import full_name
from vpvkac.render.terminal import Grid, Section
from vpvkac.texts import formats, words
from vpvkac.texts.formats import NBSP
from vpvkac.texts.message import Bilingual, Lang, Message, Text, in_context
from vpvkac.views import reach, reasons
from vpvkac.views.demand import demand_lines
from vpvkac.views.gaps import AccessGap, CoverageGap, Gap
from vpvkac.views.page import facts, source_line
from vpvkac.views.premises import upstairs_lines
from vpvkac.views.writer import Writer

Blocks = list[str | Grid]

_KINDS_HELD = ("centres", "announced", "libraries", "post_offices", "other", "stops")
_PLACE = Message("Place")
_DISTANCE = Message("Distance")
_VERDICT = Message("Verdict")
_POINT = {
    "existing": Message("The contact point is an existing centre: {where}."),
    "announced": Message("The contact point is an announced centre, not yet open: {where}."),
}
_STEP_OF = {
    "open": Message("{host}, open"),
    "announced": Message("{host}, announced, not yet open"),
}
_WHYS = {
    "chosen": Message("is the point"),
    "not_a_host": Message("this kind of host is not in the rule"),
    "later_host": Message("another kind of host takes precedence: {host}"),
    "not_yet_open": Message("not yet open; one that is open takes precedence"),
    "farther": Message("farther from a stop ({over})"),
    "higher_key": Message("a higher identifier"),
}
_MODES = {"bus": Message("bus"), "trolleybus": Message("trolleybus"), "tram": Message("tram")}
_WHY_NOT = {"mode": Message("not a bus stop"), "feed": Message("the feed is not regional")}
_CHANGES = {
    "stop_set": Message("Another stop set: {}"),
    "stop_closes": Message("Without the stop: {}"),
    "threshold_m": Message("Another threshold: {}"),
    "opens": Message("The announced centre open: {}"),
    "closes": Message("Without this place: {}"),
    "host": Message("Also in the rule: {}"),
}
_OF_REACH = {
    True: Message("it would be within reach"),
    False: Message("it would be beyond reach"),
    None: Message("its reach would not be known"),
}
_OF_CERTAINTY: dict[bool | None, Text] = {
    True: Message("it would have to be verified"),
    False: Message("it need not be verified"),
    None: Bilingual("", ""),
}


def title(answer: Explanation, lang: Lang) -> str:
    """Name what is explained: unit, municipality and code."""
    name = f"{full_name(answer.unit)} ({answer.unit['unit']})"
    return Message("The contact point explained: {}").text(lang).format(name)


def sections(answer: Explanation, lang: Lang) -> list[Section]:
    """Tell everything, the answer first."""
    write = Writer(lang, answer.result.threshold_m)
    parts: list[tuple[Text, Blocks]] = [
        (Message("In short"), _in_short(answer, write)),
        (Message("The territorial unit"), _unit(answer, write)),
        (Message("The rule and the candidates"), _rule(answer, write)),
        (Message("The nearest stops"), _stops(answer, write)),
        (Message("The verdict on reach"), _decision(answer, write)),
        (Message("There, served, and home again"), _there_and_back(answer, write)),
        (Message("What would change it"), _changes(answer, write)),
        (Message("The nearest places outside the unit"), _elsewhere(answer, write)),
        (Message("Sources"), _sources(answer, write)),
    ]
    return [Section(write(heading), blocks) for heading, blocks in parts if blocks]


def gaps(answer: Explanation, lang: Lang) -> list[Gap]:
    """Describe the unit's gaps of points and of coverage, as every page does."""
    result, write = answer.result, Writer(lang, answer.result.threshold_m)
    views: list[Gap] = []
    for row in answer.gaps:
        if row["class"] == "none":
            nearest = (row[f"nearest_{of}"] for of in ("name", "unit_name", "m"))
            reason = reasons.coverage_gap(lang, result.project.rules.hosts, *nearest)
            views.append(CoverageGap({**row, "reason": reason}, write))
        else:
            reason = reasons.access_reason(lang, row, write.threshold_m)
            views.append(AccessGap({**row, "reason": reason}, write))
    return views


def _in_short(answer: Explanation, write: Writer) -> Blocks:
    result = answer.result
    blocks: Blocks = [write(words.SAMPLE)] if result.synthetic else []
    blocks += [words.listed(facts(result, write.lang), "; "), " ".join(_answer(answer, write))]
    for gap in gaps(answer, write.lang):
        if gap["place"] in (answer.decision.place, None):
            sentence = write(Message("Recommended action: {}."), words.lowered(gap.remedy))
        else:
            other = Message("The unit also holds an open centre that is not its point. {reason}")
            sentence = write(other, reason=gap.reason)
        blocks.append(sentence)
    if answer.others:
        units = result.units.set_index("unit")
        same = [f"{full_name(dict(units.loc[code]))} ({code})" for code in answer.others]
        text = Message("Without its kind the name is also that of: {}.")
        blocks.append(write(text, "; ".join(same)))
    return blocks


def _answer(answer: Explanation, write: Writer) -> list[str]:
    """Say which place is the point and whether it is within reach."""
    if answer.placing is None:
        return [gap.reason for gap in gaps(answer, write.lang)]
    point, status = _point(answer), answer.unit["status"]
    if status == PLANNED:
        where = point["host"], point["name"], point["address"]
        sentence = words.planned_point(write.lang, *where, None)
    else:
        name = ", ".join(part for part in (point["name"], point["address"]) if part)
        # An address that ends with an abbreviation brings its own full stop.
        sentence = write(_POINT[status], where=formats.typographic(name.removesuffix(".")))
    return [sentence, *_reach(answer, write)]


def _reach(answer: Explanation, write: Writer) -> list[str]:
    decision, point = answer.decision, _point(answer)
    distance_m, limit = decision.distance_m, write.threshold_m
    if distance_m is None:
        if answer.result.stops.empty:
            return [f"{write(words.NO_STOPS)}."]
        return [write(Message("The stop set has no stop, so reach is not computed."))]
    if decision.within:
        within = Message(
            "The nearest stop{stop} is {distance} away (in a straight line), that is within the "
            "recommended {threshold}."
        )
        measured = {"distance": write.metres(distance_m), "threshold": write.threshold()}
        sentence = write(within, stop=words.quoted_after(point["stop_name"]), **measured)
    else:
        names = point["name"], distance_m, point["stop_name"]
        sentence = reasons.access_gap(write.lang, *names, limit)
    own = (gap for gap in answer.gaps if gap.get("place") == decision.place)
    sentences = [sentence, *(reasons.access_alternative(write.lang, gap, limit) for gap in own)]
    if decision.uncertain:
        within_m = point["located_within_m"]
        sentences.append(reasons.uncertain(write.lang, distance_m, within_m, limit))
    return [sentence for sentence in sentences if sentence]


def _unit(answer: Explanation, write: Writer) -> Blocks:
    unit = answer.unit
    residents = words.residents(write.lang, unit)
    municipality = f"{unit['municipality_name']} ({unit['municipality']})"
    rows = [
        (write.heading("kind"), write(words.KINDS[unit["kind"]])),
        (write.heading("municipality_name"), municipality),
        (write.heading("region"), unit["region"]),
        (write(words.MAP["area"]), formats.square_kilometres(write.lang, unit["area_km2"])),
        *([(write.heading("population"), residents)] if residents else []),
        (write.heading("status"), write(words.STATUSES[unit["status"]])),
        *((write.heading(name), write.number(unit[name])) for name in _KINDS_HELD),
    ]
    result = answer.result
    of_municipality = reasons.municipality_reasons(write.lang, result, unit["municipality"])
    asked = demand_lines(_network_row(answer), result.project.rules.peak_factor, write)
    return [Grid((), rows), *of_municipality, *asked]


def _rule(answer: Explanation, write: Writer) -> Blocks:
    order = Message(
        "The point is the first found in this order; where a step finds several places, the one "
        "nearest to a stop, and at equal distance the one with the lower identifier."
    )
    steps = [
        (
            f"{number}. {write(_STEP_OF[step['status']], host=write(words.HOSTS[step['host']]))}",
            write.number(step["places"]),
            write(words.YES_NO[True]) if step["decides"] else "",
        )
        for number, step in enumerate(records(answer.steps), start=1)
    ]
    heads = Message("Step"), Message("Found"), Message("Decides")
    blocks: Blocks = [write(order), _grid(write, heads, steps, 1), _why_this(answer, write)]
    places = records(answer.candidates)
    if not places:
        none = Message("The unit holds none of the places given in the project.")
        return [*blocks, write(none)]
    first = (_PLACE, Message("Status"), Message("To a stop"))
    within = words.within_reach(write.lang, write.threshold_m)
    last = (Message("Located"), _VERDICT)
    columns = (*(write(head) for head in first), within, *(write(head) for head in last))
    every = Message("Every place of the unit, in the order of the rule ({}):")
    rows = [_candidate(place, places[0], write) for place in places]
    grid = Grid(columns, rows, (2,))
    upstairs = upstairs_lines(answer.candidates, write)
    return [*blocks, write(every, write.number(len(places))), grid, *upstairs]


def _why_this(answer: Explanation, write: Writer) -> str:
    """Say in a sentence why this place is the point."""
    if answer.placing is None:
        return write(Message("No step finds a place, so there is no contact point."))
    point, *others = records(answer.candidates)
    same = [place for place in others if place["why"] in (FARTHER, HIGHER_KEY)]
    if not same:
        only = Message("The step that decides finds only one place: {name}.")
        return write(only, name=_called(point))
    if answer.decision.distance_m is None:
        text = Message(
            "Places found by the step that decides: {count}. No distance is known, so the lowest "
            "identifier decides: {name} ({place})."
        )
    elif same[0]["why"] == HIGHER_KEY:
        text = Message(
            "Places found by the step that decides: {count}. The nearest to a stop are equally far "
            "({distance}), so the lowest identifier decides: {name} ({place})."
        )
    else:
        text = Message(
            "Places found by the step that decides: {count}. The one nearest to a stop is taken: "
            "{name} ({distance}; the next is {next_name}, {next_distance})."
        )
    return write(
        text,
        count=write.number(len(same) + 1),
        name=_called(point),
        place=point["place"],
        distance=write.metres(point["distance_m"]),
        next_name=_called(same[0]),
        next_distance=write.metres(same[0]["distance_m"]),
    )


def _candidate(
    place: Mapping[Any, Any], point: Mapping[Any, Any], write: Writer
) -> tuple[str, ...]:
    within, over = "", ""
    if pd.notna(place["distance_m"]):
        within = write(words.YES_NO[bool(place["within"])])
        if place["uncertain"]:
            within += f" ({write(words.UNCERTAIN).lower()})"
    located = write(words.LOCATED_BY[place["located_by"]])
    if place["located_within_m"] > 0:
        located += f", ±{write.length(place['located_within_m'])}"
    if place["why"] == FARTHER:
        there, here = (
            formats.to_metres(one["distance_m"], write.threshold_m) for one in (place, point)
        )
        over = formats.less(there, here, "m").text(write.lang)
    return (
        _with_host(place, write),
        write(words.PLACE_STATUSES[place["status"]]),
        write.metres(place["distance_m"]),
        within,
        located,
        write(_WHYS[place["why"]], host=write.small(words.HOSTS[point["host"]]), over=over),
    )


def _stops(answer: Explanation, write: Writer) -> Blocks:
    near, result = answer.surroundings, answer.result
    if near is None:
        none = Message(
            "There is no point, so there is no distance to a stop. Stops in the unit: {}."
        )
        return [write(none, write.number(answer.unit["stops"]))]
    if result.stops.empty:
        return [f"{write(words.NO_STOPS)}."]
    counts = Message("Stop set: {set}. Stops within {threshold} of the point: {count}.")
    within = {"threshold": write.threshold(), "count": write.number(near.within)}
    stop_set = write.small(words.STOP_SETS[result.stop_set])
    blocks: Blocks = [write(counts, set=stop_set, **within)]
    if len(near.counted):
        blocks.append(_stop_grid(near.counted, write, with_why=False))
    if len(near.nearer):
        others = Message(
            "The nearest stops that do not count under the rule (the nearest stop of any kind but "
            "rail is {distance} away):"
        )
        distance = write.metres(answer.decision.distance_all_m)
        blocks += [write(others, distance=distance), _stop_grid(near.nearer, write, with_why=True)]
    elif len(near.not_counted):
        blocks.append(write(Message("None of the stops that do not count is nearer than these.")))
    days = [
        words.service_day(write.lang, account.shown, account.notes["service_day"])
        for account in result.accounts
        if account.notes.get("service_day")
    ]
    return [*blocks, "; ".join(days)] if days else blocks


def _stop_grid(stops: pd.DataFrame, write: Writer, *, with_why: bool) -> Grid:
    visits = in_context("explain", "Bus calls per day")
    heads = (Message("Stop"), Message("Feed"), Message("Served by"), visits, _DISTANCE)
    rows = [
        (
            f"{stop['stop_name']} ({stop['stop']})" if stop["stop_name"] else stop["stop"],
            stop["feed"],
            ", ".join(write(_MODES[mode]) for mode in stop["modes"].split("+")),
            write.number(stop["visits"]),
            write.metres(stop["distance_m"]),
            *([write(_WHY_NOT[why_not_counted(stop["modes"])])] if with_why else []),
        )
        for stop in records(stops)
    ]
    return _grid(write, (*heads, _VERDICT) if with_why else heads, rows, 3, 4)


def _decision(answer: Explanation, write: Writer) -> Blocks:
    if answer.placing is None:
        return []
    decision, point = answer.decision, _point(answer)
    belonging = " ".join(_belonging(answer, write))
    if decision.distance_m is None or decision.least_m is None or decision.most_m is None:
        return [*_reach(answer, write), belonging]
    metres, limit = decision.distance_m, write.threshold_m
    over = formats.excess(write.lang, metres, limit)
    spare = formats.plain(write.lang, limit - float(formats.shown_metres(metres, limit)))
    least = Message("Least threshold in whole metres at which the point is within reach")
    rows = [
        (write(Message("Distance to the nearest stop")), write.metres(metres)),
        (write(words.THRESHOLD), write.threshold()),
        (write(Message("Margin to the threshold")), f"{spare}{NBSP}m")
        if decision.within
        else (write(Message("Excess")), over),
        (write(least), write.threshold(least_threshold(metres))),
        (write.heading("quality_class"), write.cell("quality_class", _network_row(answer))),
        (write(Message("Located")), write(words.LOCATED_BY[point["located_by"]])),
    ]
    radius = point["located_within_m"]
    if radius > 0:
        between = Message("Possible distance, given this precision")
        span = Message("{least} to {most}")
        ends = (write.metres(decision.least_m), write.metres(decision.most_m))
        rows += [
            (write(Message("Placing precision")), f"±{write.length(radius)}"),
            (write(between), write(span, least=ends[0], most=ends[1])),
        ]
    turning = _turning(decision, metres, decision.most_m, write)
    return [Grid((), rows), turning, belonging]


def _there_and_back(answer: Explanation, write: Writer) -> Blocks:
    found, unit = answer.result.reach, answer.unit["unit"]
    if found is None:
        return []
    names = answer.result.places.set_index("place")["name"]
    return [*reach.unit_lines(found, [unit], names, write.lang)[unit]]


def _turning(decision: Decision, metres: float, most_m: float, write: Writer) -> str:
    """Say at which threshold the decision turns, and what the placing could do to it."""
    turn = Message("The point would be within reach if the threshold were at least {least}.")
    could = Message(
        "If its actual position is nearer to the stop, the point may be within reach; it is "
        "certain to be only at a threshold of {most}."
    )
    if decision.within:
        turn = Message(
            "The point would not be within reach if the threshold were below {least} (in whole "
            "metres)."
        )
        could = Message(
            "If its actual position is farther from the stop, the point may be out of reach; it is "
            "certain to be within reach only at a threshold of {most}."
        )
    sentences = [write(turn, least=write.threshold(least_threshold(metres)))]
    rounded = formats.to_metres(metres, write.threshold_m)
    if rounded.value < metres:
        # Else a threshold of the distance as it is shown would seem to do.
        more = Message("The distance is a little more than {distance}.")
        sentences.append(write(more, distance=rounded.text(write.lang)))
    exact = Message(
        "The position is taken as exact, so the verdict does not depend on how it was located."
    )
    sure = Message("The position is not exact, but not so rough that the verdict could change.")
    if decision.uncertain:
        sentences.append(write(could, most=write.threshold(least_threshold(most_m))))
    else:
        sentences.append(write(exact if most_m == metres else sure))
    return " ".join(sentences)


def _belonging(answer: Explanation, write: Writer) -> list[str]:
    """Say how the point came into this unit, and whose it is."""
    placing = answer.placing
    if placing is None:
        return []
    names, stands_in = answer.result.units.set_index("unit")["unit_name"], placing.stands_in
    if placing.near_border:
        near = Message(
            "The unit is determined by the coordinates, and another unit is within 700 m, so check "
            "which one the point belongs to."
        )
        sentences = [write(near)]
    elif placing.located_unit == "register":
        sentences = [write(Message("By the address register the point is in this unit."))]
        if stands_in != answer.unit["unit"] and stands_in:
            drawn = Message("The generalised borders show it in another ({}).")
            sentences.append(write(drawn, f"{names[stands_in]}, {stands_in}"))
    elif stands_in == answer.unit["unit"]:
        sentences = [write(Message("The coordinates of the point lie inside this unit."))]
    elif stands_in:
        other = Message(
            "The coordinates of the point lie in another unit ({}); it counts here by code or name."
        )
        sentences = [write(other, f"{names[stands_in]}, {stands_in}")]
    else:
        none = Message(
            "The coordinates of the point lie in no unit; it counts here by code, name or nearness."
        )
        sentences = [write(none)]
    if placing.owner and placing.owner != answer.unit["municipality"]:
        owners = answer.result.municipalities.set_index("municipality")["municipality_name"]
        owner = Message("The point belongs to another municipality: {}.")
        sentences.append(write(owner, owners[placing.owner]))
    return sentences


def _changes(answer: Explanation, write: Writer) -> Blocks:
    rows = records(answer.changes)
    if not rows:
        nothing = Message(
            "The unit has no place that could hold a point; a new place or other premises would "
            "change it."
        )
        return [write(nothing)]
    blocks: Blocks = [write(Message("Each case is computed anew by the same rule."))]
    if cases := [_case(answer, row, write) for row in rows if row["change"] != POINT]:
        heads = (Message("Case"), Message("The point"), _DISTANCE, Message("What would change"))
        blocks.append(_grid(write, heads, cases, 2))
    if others := answer.other_places():
        within = Message(
            "If the point were in another place of the unit, the number of places within "
            "{threshold} of a stop would be: {within} of {count}."
        )
        counts = {"within": write.number(others.within), "count": write.number(others.count)}
        best, nearest = others.nearest, Message("Nearest: {name} ({distance}).")
        name, distance = best["place_name"] or best["place"], write.metres(best["distance_m"])
        sentence = write(within, threshold=write.threshold(), **counts)
        blocks.append(f"{sentence} {write(nearest, name=name, distance=distance)}")
    return blocks


def _case(answer: Explanation, case: dict[Any, Any], write: Writer) -> tuple[str, ...]:
    limit = case["to"] if case["change"] == THRESHOLD else write.threshold_m
    if case["place"] is None:
        point = write(Message("none"))
    elif case["place"] == answer.decision.place:
        point = write(Message("the same"))
    else:
        point = f"{case['place_name']} ({write.small(words.HOSTS[case['host']])})"
    return (
        write(_CHANGES[case["change"]], _changed(answer, case, write)),
        point,
        write._replace(threshold_m=limit).metres(case["distance_m"]),
        _difference(answer, case, write),
    )


def _changed(answer: Explanation, case: dict[Any, Any], write: Writer) -> str:
    """Name what is changed in a case."""
    kind, to = case["change"], case["to"]
    if kind == STOP_SET:
        return write.small(words.STOP_SETS[to])
    if kind == STOP_CLOSES:
        stop = _point(answer)["stop_name"]
        return f"{stop} ({to})" if stop else str(to)
    if kind == THRESHOLD:
        return write.threshold(to)
    if kind == HOST:
        return write.small(words.HOSTS[to])
    return _called(answer.candidates.set_index("place", drop=False).loc[to].to_dict())


def _difference(answer: Explanation, case: dict[Any, Any], write: Writer) -> str:
    """Say what differs from the present."""
    if case["place"] is None:
        return write(Message("there would be no point"))
    decision, status = answer.decision, write.small(words.STATUSES[case["status"]])
    differences = (
        (case["place"] != decision.place, write(Message("another point"))),
        (case["within"] != decision.within, write(_OF_REACH[case["within"]])),
        (case["uncertain"] != decision.uncertain, write(_OF_CERTAINTY[case["uncertain"]])),
        (case["status"] != answer.unit["status"], write(Message("status: {}"), status)),
    )
    said = "; ".join(text for differs, text in differences if differs and text)
    return said or write(Message("nothing"))


def _elsewhere(answer: Explanation, write: Writer) -> Blocks:
    if answer.elsewhere.empty:
        return []
    units = answer.result.units.set_index("unit")
    rows = [
        (
            _with_host(place, write),
            full_name(dict(units.loc[place["unit"]])),
            write.length(place["distance_m"]),
            write(Message("contact point")) if place["is_point"] else "",
        )
        for place in records(answer.elsewhere)
    ]
    measured = Message("Distances are straight lines from a point inside the unit:")
    heads = (_PLACE, Message("Unit"), _DISTANCE, _VERDICT)
    return [write(measured), _grid(write, heads, rows, 2)]


def _sources(answer: Explanation, write: Writer) -> Blocks:
    accounts = answer.result.accounts
    rows = [(account.shown, source_line(account.source, write.lang)) for account in accounts]
    return [Grid((), rows), write(words.LIMITS)]


def _grid(
    write: Writer, heads: Iterable[Text], rows: Sequence[tuple[str, ...]], *numbers: int
) -> Grid:
    return Grid(tuple(write(head) for head in heads), rows, numbers)


def _network_row(answer: Explanation) -> pd.Series:
    """Give the row of the unit in network.csv."""
    row: pd.Series = answer.result.network.set_index("unit").loc[answer.unit["unit"]]
    return row


def _point(answer: Explanation) -> dict[Any, Any]:
    """Give the unit's point, the first of the candidates."""
    return records(answer.candidates.head(1))[0]


def _called(place: Mapping[Any, Any]) -> str:
    return formats.typographic(str(place["name"] or place["address"] or place["place"]))


def _with_host(place: Mapping[Any, Any], write: Writer) -> str:
    return f"{_called(place)} – {write.small(words.HOSTS[place['host']])}"
