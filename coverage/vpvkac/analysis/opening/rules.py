"""The rules of an `opening_hours` string: on which days, at which times, open or not.

Rules are split here and their days alone are asked of opening-hours-py
(`days`), because version 2.1.4 evaluates whole strings against the
specification in places: a bare remark counts as open, `||` as asked once a
day, and its iterator stops after the first interval behind one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_HOUR = 60
DAY = 24 * _HOUR
CLOSED, UNKNOWN, OPEN = 0, 1, 2
NORMAL, ADDED, FALLBACK = ";", ",", "||"
# Two seasons of a week whose days all differ take some four hundred letters.
_LONGEST = 2000
_STATES = {"open": OPEN, "closed": CLOSED, "off": CLOSED, "unknown": UNKNOWN}
_QUOTED = r'"[^"]*"'
_SEPARATORS = re.compile(rf"({_QUOTED}|\[[^\]]*\]|;|\|\||,)")
_CLOCK = r"[0-9]{1,2}:[0-9]{2}"
_SUN = r"sunrise|sunset|dawn|dusk"
_MOMENT = rf"(?:{_CLOCK}|(?:{_SUN})|\((?:{_SUN})\s*[+-]\s*{_CLOCK}\))"
_SPAN = re.compile(rf"({_MOMENT})(?:\s*-\s*({_MOMENT}))?\s*(\+)?", re.IGNORECASE)
_EVENT = re.compile(_SUN, re.IGNORECASE)
_PIECE = re.compile(
    rf"(?:{_QUOTED}\s*:)?\s*(?P<days>[^\"]*?)\s*:?\s*"
    rf"(?:(?<![^\s:\"])(?P<times>24/7|{_MOMENT}(?:\s*-\s*{_MOMENT})?\s*\+?))?\s*"
    rf"(?:(?<![^\s+0-9)])(?P<state>open|closed|off|unknown))?\s*(?P<remark>{_QUOTED})?\s*",
    re.IGNORECASE,
)
_WRITTEN = str.maketrans({"–": "-", "—": "-", "−": "-", "\u00a0": " ", "“": '"', "”": '"'})


class Span(NamedTuple):
    """A span of times: minutes since midnight, `end` up to 2880; `told` unless it may be less."""

    start: int
    end: int
    told: bool


class Rule(NamedTuple):
    """One rule.

    Parameters
    ----------
    operator
        How it follows the rules before it: `NORMAL`, `ADDED`, `FALLBACK`.
    days
        Its day selectors as written; empty for every day.
    spans
        Its times; empty for the whole day.
    state
        `CLOSED`, `UNKNOWN` or `OPEN`; a remark without a state is unknown.
    """

    operator: str
    days: str
    spans: tuple[Span, ...]
    state: int


class _Piece(NamedTuple):
    """What stands between two commas."""

    days: str
    times: str
    state: str
    remark: str

    @property
    def is_list_of_days(self) -> bool:
        return bool(self.days) and not (self.times or self.state or self.remark)

    def is_continued_by(self, piece: _Piece) -> bool:
        """Tell whether a piece adds days to a list of days, or a time to a time."""
        if self.is_list_of_days:
            return True
        is_time = bool(piece.times) and not piece.days
        return bool(self.times) and not self.state and not self.remark and is_time


class _NotHours(ValueError):  # noqa: N818 - never seen outside
    """A string is not in the syntax, or can be read two ways."""


def read_rules(hours: str) -> tuple[Rule, ...] | None:
    """Split a string into its rules; None where it is not in the syntax or can be read two ways.

    A later rule with hours, or that closes, and names no day is such a case:
    `Mo-Fr 08:00-12:00; 13:00-17:00` opens on Sundays by the syntax, and was
    hardly meant to.
    """
    if len(hours) > _LONGEST:
        return None
    try:
        rules = [
            rule
            for operator, segment in _segments(hours.translate(_WRITTEN))
            for rule in _rules_of(operator, segment)
        ]
    except _NotHours:
        return None
    return tuple(rules) if rules and not _is_ambiguous(rules) else None


def _segments(hours: str) -> Iterator[tuple[str, list[str]]]:
    """Split at `;` and `||`, each segment at its commas, outside quotes and brackets."""
    operator, pieces, current = NORMAL, [], ""
    for part in _SEPARATORS.split(hours):
        if part == ",":
            pieces.append(current.strip())
            current = ""
        elif part in (NORMAL, FALLBACK):
            yield operator, [*pieces, current.strip()]
            operator, pieces, current = part, [], ""
        else:
            current += part
    if pieces or current.strip() or operator == FALLBACK:
        yield operator, [*pieces, current.strip()]


def _rules_of(operator: str, segment: Sequence[str]) -> Iterator[Rule]:
    """Join the pieces between commas to rules; a comma adds days, times or a rule."""
    groups: list[list[_Piece]] = []
    for text in segment:
        found = _PIECE.fullmatch(text)
        if found is None:
            raise _NotHours
        days = found["days"].strip(" :")
        piece = _Piece(days, found["times"] or "", found["state"] or "", found["remark"] or "")
        before = groups[-1][-1] if groups else None
        # "Mo-Fr, 08:00-17:00": all day on some days and these times on all, or one rule?
        is_unclear = before is not None and before.is_list_of_days and not piece.days
        if is_unclear or not any(piece):
            raise _NotHours
        if before is not None and before.is_continued_by(piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    for group in groups:
        yield _rule(operator, group)
        operator = ADDED


def _rule(operator: str, group: Sequence[_Piece]) -> Rule:
    days = ",".join(piece.days for piece in group if piece.days)
    spans = [span for piece in group if piece.times for span in _spans(piece.times)]
    state = next((_STATES[piece.state.lower()] for piece in group if piece.state), None)
    if state is None:
        state = UNKNOWN if any(piece.remark for piece in group) else OPEN
    if state == CLOSED and not all(span.told for span in spans):
        raise _NotHours
    return Rule(operator, days, tuple(spans), state)


def _spans(times: str) -> list[Span]:
    """Read `08:00-17:00`, `17:00+`, `sunrise-20:00`; a point in time is none."""
    if times == "24/7":
        return [Span(0, DAY, told=True)]
    found = _SPAN.fullmatch(times)
    if found is None or not (found[2] or found[3]):
        raise _NotHours
    start, end = _moment(found[1]), _moment(found[2] or found[1])
    if start.earliest >= DAY or end.latest > 2 * DAY:
        raise _NotHours
    if not found[2]:
        return [Span(start.earliest, DAY, told=False)]
    if end.latest <= start.earliest:
        end = _Moment(end.earliest + DAY, end.latest + DAY)
    open_end = -(-(end.latest + 1) // DAY) * DAY if found[3] else end.latest
    spans = (
        Span(start.earliest, min(start.latest, end.latest), told=False),
        Span(start.latest, end.earliest, told=True),
        Span(max(start.latest, end.earliest), open_end, told=False),
    )
    return [span for span in spans if span.start < span.end]


class _Moment(NamedTuple):
    """A clock time, or the bounds of one that the sun sets; minutes since midnight."""

    earliest: int
    latest: int


def _moment(text: str) -> _Moment:
    """Read a moment; in Latvia the sun rises before noon and sets after it."""
    event = _EVENT.search(text)
    clock = re.search(_CLOCK, text)
    minute = 0
    if clock is not None:
        hours, minutes = map(int, clock[0].split(":"))
        if minutes >= _HOUR:
            raise _NotHours
        minute = _HOUR * hours + minutes
    if event is None:
        return _Moment(minute, minute)
    first = 0 if event[0].lower() in ("sunrise", "dawn") else DAY // 2
    shift = -minute if "-" in text else minute
    return _Moment(max(first + shift, 0), min(first + DAY // 2 + shift, DAY))


def _is_ambiguous(rules: Sequence[Rule]) -> bool:
    """Tell whether a later rule names no day where that may be an oversight."""
    named = bool(rules[0].days)
    for rule in rules[1:]:
        opens = rule.state == OPEN and (named or rule.operator == NORMAL)
        closes = rule.state == CLOSED and not rule.spans
        if not rule.days and (opens or closes) and rule.operator != FALLBACK:
            return True
        named = named or bool(rule.days)
    return False
