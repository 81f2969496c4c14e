"""Telling an explanation: its sections, in sentences and tables of the language of the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis.network import PLANNED
from vpvkac.model.columns import heading
from vpvkac.questions.coverage.report.sources import service_days
from vpvkac.questions.explain import candidates, changes, texts
from vpvkac.questions.explain.blocks import Grid, Section
from vpvkac.questions.explain.finding import full_name
from vpvkac.render.frame import facts, source_line
from vpvkac.texts import formats, words
from vpvkac.texts.formats import NBSP, threshold
from vpvkac.views import reasons

if TYPE_CHECKING:
    from vpvkac.questions.explain.answer import Explanation
    from vpvkac.texts.message import Lang, Text

_KINDS_HELD = ("centres", "announced", "libraries", "post_offices", "other", "stops")


def title(told: Explanation) -> str:
    """Name what is explained: unit, municipality and code."""
    name = f"{full_name(told.unit)} ({told.unit['unit']})"
    return texts.TITLE.text(told.result.lang).format(name)


def sections(told: Explanation) -> list[Section]:
    """Tell everything, the answer first."""
    lang = told.result.lang
    parts: list[tuple[Text, list[str | Grid]]] = [
        (texts.IN_SHORT, _in_short(told)),
        (texts.UNIT, _unit(told)),
        (texts.RULE, _rule(told)),
        (texts.STOPS, _stops(told)),
    ]
    if told.placing is not None:
        parts.append((texts.DECISION, _decision(told)))
    parts.append((texts.CHANGES, _changes(told)))
    if len(told.elsewhere):
        parts.append((texts.ELSEWHERE, _elsewhere(told)))
    parts.append((texts.SOURCES, _sources(told)))
    return [Section(heading.text(lang), blocks) for heading, blocks in parts]


# --- In short ----------------------------------------------------------------------------------


def _in_short(told: Explanation) -> list[str | Grid]:
    lang, result = told.result.lang, told.result
    blocks: list[str | Grid] = [words.SAMPLE.text(lang)] if result.synthetic else []
    blocks.append(words.listed(facts(result, lang), "; "))
    blocks.append(" ".join(_answer(told)))
    own = told.decision.place
    for gap in told.gaps:
        if gap["place"] in (own, None):
            blocks.append(_remedy(gap["remedy"], lang))
        else:
            blocks.append(texts.OTHER_CENTRE.text(lang).format(reason=gap["reason"]))
    if told.others:
        names = result.units.set_index("unit")
        same = [f"{full_name(dict(names.loc[code]))} ({code})" for code in told.others]
        blocks.append(texts.SAME_NAME.text(lang).format("; ".join(same)))
    return blocks


def _remedy(code: str, lang: Lang) -> str:
    return texts.REMEDY.text(lang).format(words.lowered(words.REMEDIES[code].text(lang)))


def _answer(told: Explanation) -> list[str]:
    """Say which place is the point and whether it is within reach."""
    lang = told.result.lang
    if told.placing is None:
        return [gap["reason"] for gap in told.gaps]
    point, decision = _point(told), told.decision
    if told.unit["status"] == PLANNED:
        said = words.planned_point(lang, point["host"], point["name"], point["address"], None)
    else:
        where = ", ".join(part for part in (point["name"], point["address"]) if part)
        # An address that ends with an abbreviation brings its own full stop.
        where = formats.typographic(where.removesuffix("."))
        said = texts.POINT[told.unit["status"]].text(lang).format(where=where)
    return [said, *_reach(told, decision.distance_m)]


def _reach(told: Explanation, distance_m: float | None) -> list[str]:
    lang, decision, point = told.result.lang, told.decision, _point(told)
    if distance_m is None:
        no_stops = f"{words.NO_STOPS.text(lang)}."
        return [no_stops if told.result.stops.empty else texts.NO_STOP_OF_SET.text(lang)]
    limit = decision.threshold_m
    if decision.within:
        said = texts.WITHIN.text(lang).format(
            stop=words.quoted_after(point["stop_name"]),
            distance=formats.metres(lang, distance_m, limit),
            threshold=threshold(lang, limit),
        )
    else:
        said = reasons.access_gap(lang, point["name"], distance_m, point["stop_name"], limit)
    alternatives = [
        gap["reason"].removeprefix(said).strip()
        for gap in told.gaps
        if gap["place"] == decision.place and gap["class"] != "verify"
    ]
    unsure = (
        [reasons.uncertain(lang, distance_m, point["located_within_m"], limit)]
        if decision.uncertain
        else []
    )
    return [said, *alternatives, *unsure]


# --- Unit --------------------------------------------------------------------------------------


def _unit(told: Explanation) -> list[str | Grid]:
    lang, unit = told.result.lang, told.unit
    municipality = f"{unit['municipality_name']} ({unit['municipality']})"
    rows = [
        (_heading(told, "kind"), words.KINDS[unit["kind"]].text(lang)),
        (_heading(told, "municipality_name"), municipality),
        (_heading(told, "region"), unit["region"]),
        (words.MAP["area"].text(lang), formats.square_kilometres(lang, unit["area_km2"])),
    ]
    residents = words.residents(lang, unit)
    if residents:
        rows.append((_heading(told, "population"), residents))
    rows.append((_heading(told, "status"), words.STATUSES[unit["status"]].text(lang)))
    rows += [(_heading(told, name), formats.number(lang, unit[name])) for name in _KINDS_HELD]
    blocks: list[str | Grid] = [Grid((), rows)]
    lacking = told.result.gaps_municipalities
    blocks += list(lacking.loc[lacking["municipality"] == unit["municipality"], "reason"])
    return blocks


# --- Rule --------------------------------------------------------------------------------------


def _rule(told: Explanation) -> list[str | Grid]:
    lang, listed = told.result.lang, told.candidates
    steps = Grid(
        tuple(text.text(lang) for text in (texts.STEP, texts.FOUND, texts.DECIDES)),
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
    blocks: list[str | Grid] = [texts.ORDER.text(lang), steps, _why_this(told)]
    if len(listed) == 0:
        return [*blocks, texts.NO_PLACES.text(lang)]
    blocks.append(texts.ALL_PLACES.text(lang).format(formats.number(lang, len(listed))))
    heads = (
        texts.PLACE.text(lang),
        texts.STATUS.text(lang),
        texts.TO_STOP.text(lang),
        words.within_reach(lang, told.decision.threshold_m),
        texts.LOCATED.text(lang),
        texts.WHY.text(lang),
    )
    rows = [_candidate(told, place) for place in listed.to_dict("records")]
    return [*blocks, Grid(heads, rows, numbers=(2,))]


def _step(lang: Lang, step: dict[Any, Any]) -> str:
    host = words.HOSTS[step["host"]].text(lang)
    return texts.STEP_OF[step["status"]].text(lang).format(host=host)


def _why_this(told: Explanation) -> str:
    """Say in a sentence why this place is the point."""
    lang = told.result.lang
    if told.placing is None:
        return texts.NONE_FOUND.text(lang)
    listed = told.candidates.to_dict("records")
    point, *others = listed
    same = [
        place for place in others if place["why"] in (candidates.FARTHER, candidates.HIGHER_KEY)
    ]
    if not same:
        return texts.ONLY_ONE.text(lang).format(name=_called(point))
    second, limit = same[0], told.decision.threshold_m
    if told.decision.distance_m is None:
        said = texts.NO_DISTANCE
    elif second["why"] == candidates.HIGHER_KEY:
        said = texts.TIED
    else:
        said = texts.NEAREST_OF
    return said.text(lang).format(
        count=formats.number(lang, len(same) + 1),
        name=_called(point),
        place=point["place"],
        distance=_metres(lang, point["distance_m"], limit),
        next_name=_called(second),
        next_distance=_metres(lang, second["distance_m"], limit),
    )


def _candidate(told: Explanation, place: dict[Any, Any]) -> tuple[str, ...]:
    lang, limit = told.result.lang, told.decision.threshold_m
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
        _why(told, place),
    )


def _why(told: Explanation, place: dict[Any, Any]) -> str:
    lang, point = told.result.lang, told.candidates.iloc[0]
    limit, over = told.decision.threshold_m, ""
    if place["why"] == candidates.FARTHER:
        there, here = (formats.to_metres(one["distance_m"], limit) for one in (place, point))
        over = formats.less(there, here, "m").text(lang)
    return texts.WHYS[place["why"]].text(lang).format(
        host=words.lowered(words.HOSTS[point["host"]].text(lang)), over=over
    )  # fmt: skip


# --- Stops -------------------------------------------------------------------------------------


def _stops(told: Explanation) -> list[str | Grid]:
    lang, near, decision = told.result.lang, told.surroundings, told.decision
    if near is None:
        stops = formats.number(lang, told.unit["stops"])
        return [texts.NO_POINT_NO_STOPS.text(lang).format(stops)]
    if told.result.stops.empty:
        return [f"{words.NO_STOPS.text(lang)}."]
    blocks: list[str | Grid] = [
        texts.COUNTED.text(lang).format(
            set=words.lowered(words.STOP_SETS[told.result.stop_set].text(lang)),
            threshold=threshold(lang, decision.threshold_m),
            count=formats.number(lang, near.within),
        )
    ]
    farthest = float("inf")
    if len(near.counted):
        farthest = near.counted["distance_m"].max()
        blocks.append(_stop_grid(told, near.counted, told_why=False))
    nearer = near.not_counted[near.not_counted["distance_m"] <= farthest]
    if len(nearer):
        distance = _metres(lang, decision.distance_all_m, decision.threshold_m)
        blocks.append(texts.NOT_COUNTED.text(lang).format(distance=distance))
        blocks.append(_stop_grid(told, nearer, told_why=True))
    elif len(near.not_counted):
        blocks.append(texts.NONE_NEARER.text(lang))
    days = service_days(told.result)
    return [*blocks, "; ".join(days)] if days else blocks


def _stop_grid(told: Explanation, stops: pd.DataFrame, *, told_why: bool) -> Grid:
    lang = told.result.lang
    heads = [texts.STOP, texts.FEED, texts.MODES, texts.VISITS, texts.DISTANCE]
    rows = []
    for stop in stops.to_dict("records"):
        row = [
            f"{stop['stop_name']} ({stop['stop']})" if stop["stop_name"] else stop["stop"],
            stop["feed"],
            ", ".join(texts.MODE[mode].text(lang) for mode in stop["modes"].split("+")),
            formats.number(lang, stop["visits"]) if pd.notna(stop["visits"]) else "",
            _metres(lang, stop["distance_m"], told.decision.threshold_m),
        ]
        if told_why:
            why = "feed" if stop["modes"].startswith("bus") else "mode"
            row.append(texts.WHY_NOT[why].text(lang))
        rows.append(tuple(row))
    if told_why:
        heads.append(texts.WHY)
    return Grid(tuple(head.text(lang) for head in heads), rows, numbers=(3, 4))


# --- Decision ----------------------------------------------------------------------------------


def _decision(told: Explanation) -> list[str | Grid]:
    blocks: list[str | Grid] = []
    if told.decision.distance_m is None:
        blocks += _reach(told, None)
    else:
        blocks += [_figures(told), _turning(told)]
    return [*blocks, " ".join(_belonging(told))]


def _figures(told: Explanation) -> Grid:
    lang, decision = told.result.lang, told.decision
    limit, metres = decision.threshold_m, decision.distance_m or 0.0
    over = formats.excess(lang, metres, limit)
    spare = f"{formats.plain(lang, limit - float(formats.shown_metres(metres, limit)))}{NBSP}m"
    rows = [
        (texts.TO_NEAREST.text(lang), formats.metres(lang, metres, limit)),
        (words.THRESHOLD.text(lang), threshold(lang, limit)),
        (texts.SPARE.text(lang), spare) if decision.within else (texts.OVER.text(lang), over),
        (texts.LEAST.text(lang), _least(lang, metres)),
        (texts.LOCATED.text(lang), words.LOCATED_BY[_point(told)["located_by"]].text(lang)),
    ]
    radius = _point(told)["located_within_m"]
    if radius > 0 and decision.least_m is not None and decision.most_m is not None:
        rows.append((texts.PRECISION.text(lang), f"±{formats.length(lang, radius)}"))
        between = texts.FROM_TO.text(lang).format(
            least=_metres(lang, decision.least_m, limit), most=_metres(lang, decision.most_m, limit)
        )
        rows.append((texts.BETWEEN.text(lang), between))
    return Grid((), rows)


def _turning(told: Explanation) -> str:
    """Say at which threshold the decision turns, and what the placing could do to it."""
    lang, decision = told.result.lang, told.decision
    metres, most = decision.distance_m or 0.0, decision.most_m or 0.0
    turn = texts.WOULD_FAIL if decision.within else texts.WOULD_PASS
    said = [turn.text(lang).format(least=_least(lang, metres))]
    shown = formats.to_metres(metres, decision.threshold_m)
    if shown.value < metres:
        # Else a threshold of the distance as it is shown would seem to do.
        said.append(texts.A_LITTLE_MORE.text(lang).format(distance=shown.text(lang)))
    if decision.uncertain:
        could = texts.COULD_FAIL if decision.within else texts.COULD_PASS
        said.append(could.text(lang).format(most=_least(lang, most)))
    else:
        exact = most == metres
        said.append((texts.EXACT if exact else texts.SURE).text(lang))
    return " ".join(said)


def _belonging(told: Explanation) -> list[str]:
    """Say how the point came into this unit, and whose it is."""
    lang, placing = told.result.lang, told.placing
    if placing is None:
        return []
    names = told.result.units.set_index("unit")["unit_name"]
    if placing.near_border:
        said = [texts.NEAR_BORDER.text(lang)]
    elif placing.stands_in == told.unit["unit"]:
        said = [texts.IN_UNIT.text(lang)]
    elif placing.stands_in:
        other = f"{names[placing.stands_in]}, {placing.stands_in}"
        said = [texts.IN_OTHER.text(lang).format(other)]
    else:
        said = [texts.IN_NONE.text(lang)]
    if placing.owner and placing.owner != told.unit["municipality"]:
        owners = told.result.municipalities.set_index("municipality")["municipality_name"]
        said.append(texts.OWNER.text(lang).format(owners[placing.owner]))
    return said


# --- What would change it ----------------------------------------------------------------------


def _changes(told: Explanation) -> list[str | Grid]:
    lang = told.result.lang
    rows = told.changes.to_dict("records")
    cases = [row for row in rows if row["change"] != changes.POINT]
    if not rows:
        return [texts.NO_CHANGE_KNOWN.text(lang)]
    heads = (texts.IF, texts.THEN, texts.DISTANCE, texts.WHAT_CHANGES)
    blocks: list[str | Grid] = [texts.RECKONED.text(lang)]
    if cases:
        grid = Grid(
            tuple(head.text(lang) for head in heads),
            [_case(told, case) for case in cases],
            numbers=(2,),
        )
        blocks.append(grid)
    others = [row for row in rows if row["change"] == changes.POINT]
    if others and others[0]["distance_m"] is not None:
        blocks.append(_other_places(told, others))
    return blocks


def _case(told: Explanation, case: dict[Any, Any]) -> tuple[str, ...]:
    lang = told.result.lang
    limit = case["to"] if case["change"] == changes.THRESHOLD else told.decision.threshold_m
    if case["place"] is None:
        point = texts.NO_POINT.text(lang)
    elif case["place"] == told.decision.place:
        point = texts.SAME_POINT.text(lang)
    else:
        point = f"{case['place_name']} ({words.lowered(words.HOSTS[case['host']].text(lang))})"
    said = texts.CHANGE[case["change"]].text(lang).format(_changed(told, case))
    distance = _metres(lang, case["distance_m"], limit)
    return said, point, distance, _difference(told, case)


def _changed(told: Explanation, case: dict[Any, Any]) -> str:
    """Name what is changed in a case."""
    lang, to = told.result.lang, case["to"]
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


def _difference(told: Explanation, case: dict[Any, Any]) -> str:
    """Say what differs from the present."""
    lang, decision = told.result.lang, told.decision
    if case["place"] is None:
        return texts.NO_LONGER.text(lang)
    found = [
        text.text(lang)
        for is_so, text in (
            (case["place"] != decision.place, texts.OF_POINT),
            (case["within"] != decision.within, texts.OF_REACH[case["within"]]),
            (case["uncertain"] != decision.uncertain, texts.OF_CERTAINTY[case["uncertain"]]),
        )
        if is_so
    ]
    if case["status"] != told.unit["status"]:
        status = words.lowered(words.STATUSES[case["status"]].text(lang))
        found.append(texts.OF_STATUS.text(lang).format(status))
    return "; ".join(text for text in found if text) or texts.NOTHING.text(lang)


def _other_places(told: Explanation, others: list[dict[Any, Any]]) -> str:
    lang, limit = told.result.lang, told.decision.threshold_m
    within = [row for row in others if row["within"]]
    said = texts.OTHER_PLACES.text(lang).format(
        threshold=threshold(lang, limit),
        within=formats.number(lang, len(within)),
        count=formats.number(lang, len(others)),
    )
    best = min(others, key=lambda row: (row["distance_m"], row["place"]))
    nearest = texts.BEST_PLACE.text(lang).format(
        name=best["place_name"] or best["place"], distance=_metres(lang, best["distance_m"], limit)
    )
    return f"{said} {nearest}"


# --- Elsewhere and sources ---------------------------------------------------------------------


def _elsewhere(told: Explanation) -> list[str | Grid]:
    lang = told.result.lang
    names = told.result.units.set_index("unit")
    heads = (texts.PLACE, texts.UNIT_OF, texts.DISTANCE, texts.WHY)
    rows = [
        (
            f"{_called(place)} – {words.lowered(words.HOSTS[place['host']].text(lang))}",
            full_name(dict(names.loc[place["unit"]])),
            formats.length(lang, place["distance_m"]),
            texts.IS_POINT.text(lang) if place["is_point"] else "",
        )
        for place in told.elsewhere.to_dict("records")
    ]
    grid = Grid(tuple(head.text(lang) for head in heads), rows, numbers=(2,))
    return [texts.ELSEWHERE_FROM.text(lang), grid]


def _sources(told: Explanation) -> list[str | Grid]:
    lang = told.result.lang
    rows = [(account.shown, source_line(account.source, lang)) for account in told.result.accounts]
    return [Grid((), rows), words.LIMITS.text(lang)]


# --- Words -------------------------------------------------------------------------------------


def _point(told: Explanation) -> dict[str, Any]:
    """Give the unit's point, the first of the candidates."""
    return {str(name): value for name, value in told.candidates.iloc[0].items()}


def _called(place: dict[Any, Any]) -> str:
    return formats.typographic(str(place["name"] or place["address"] or place["place"]))


def _heading(told: Explanation, column: str) -> str:
    return heading(told.result.lang, column, told.result.threshold_m)


def _least(lang: Lang, metres: float) -> str:
    return threshold(lang, formats.least_threshold(metres))


def _metres(lang: Lang, value: float | None, limit: float | None = None) -> str:
    """Write metres; nothing where not known."""
    return "" if value is None or pd.isna(value) else formats.metres(lang, value, limit)
