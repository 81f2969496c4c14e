"""What a rule or an option may be: one place for project file, Python interface and commands.

A check gives the value in its own form, or raises `OptionError`, whose clauses a fault of the
project file says in either language and Python in English.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from vpvkac.texts.message import Bilingual, Composed, Lang, Message, Text

LANGUAGES: tuple[Lang, ...] = ("lv", "en")
_PERCENT = 100
YEARS = range(2000, 2101)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_CHOOSE = Message("choose: {}")
_MEANT = Message("{} (did you mean {}?)")


class OptionError(ValueError):
    """A rule or an option has a value that it cannot have.

    Attributes
    ----------
    name, value
        The option and its value, as given.
    problem, remedy
        What is wrong and what to do, each a clause without a final full stop.
    """

    def __init__(self, name: str, value: object, problem: Text, remedy: Text) -> None:
        self.name, self.value, self.problem, self.remedy = name, value, problem, remedy
        said = Composed(problem, remedy, between="; ")
        super().__init__(f"{name}: {value!r} {said.text('en')}")

    def __reduce__(self) -> tuple[type[OptionError], tuple[str, object, Text, Text]]:
        """Go from one process to another by what it is made of."""
        return type(self), (self.name, self.value, self.problem, self.remedy)


def one_of(name: str, value: object, choices: Sequence[str]) -> Any:
    """Check a value that is one of a few words; the nearest to another is named."""
    if isinstance(value, str) and value in choices:
        return value
    raise OptionError(name, value, Message("is not a known value"), choose(value, choices))


def listed(name: str, values: object, choices: Sequence[str]) -> tuple[Any, ...]:
    """Check a list, not empty, of some of a few words, each once."""
    # A text is a sequence of letters to Python, and a set has no order; nobody means either.
    if not isinstance(values, list | tuple):
        raise OptionError(name, values, Message("is not a list"), choose(None, choices))
    for value in values:
        one_of(name, value, choices)
    if not values:
        raise OptionError(name, (), Message("is empty"), choose(None, choices))
    if len(set(values)) < len(values):
        problem, remedy = Message("holds a value twice"), Message("give each once")
        raise OptionError(name, list(values), problem, remedy)
    return tuple(values)


def number(name: str, value: object, least: float, most: float, *, above: bool = False) -> float:
    """Check a finite number within limits, both included; with `above` the least is excluded."""
    if math.isinf(most):
        said = Message("must be above {}")
    elif above:
        said = Message("must be above {} and at most {}")
    else:
        said = Message("must be from {} to {}")
    limits = [f"{limit:f}".rstrip("0").rstrip(".") for limit in (least, most)]
    remedy = said.with_values(*(Bilingual(limit.replace(".", ","), limit) for limit in limits))
    if isinstance(value, bool) or not isinstance(value, Real):
        raise OptionError(name, value, Message("is not a number"), remedy)
    try:
        given = float(value)
    except OverflowError:
        given = math.inf
    # NaN is neither below nor above, so the limits are asked the other way round.
    if not (least <= given <= most) or (above and given == least):
        raise OptionError(name, value, Message("is out of range"), remedy)
    return given


def share(name: str, value: object) -> float:
    """Check a share above 0 and up to 1; a percentage is told from it."""
    try:
        return number(name, value, 0, 1, above=True)
    except OptionError as error:
        if isinstance(value, int | float) and 1 < value <= _PERCENT:
            meant = f"{value / _PERCENT:g}"
            remedy = _MEANT.with_values(error.remedy, Bilingual(meant.replace(".", ","), meant))
            raise OptionError(name, value, error.problem, remedy) from None
        raise


def whole(name: str, value: object, least: int) -> int:
    """Check a whole number that is not below the least."""
    remedy = Message("must be at least {least}", least=least)
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise OptionError(name, value, Message("is not a whole number"), remedy)
    if value < least:
        raise OptionError(name, value, Message("is too small"), remedy)
    return int(value)


def year(name: str, value: object) -> int:
    """Check a year, as a number or as its four digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value in YEARS:
        return value
    remedy = Message("write a year from {} to {}").with_values(YEARS.start, YEARS.stop - 1)
    raise OptionError(name, value, Message("is not a year"), remedy)


def by_year(name: str, value: object, check: Callable[[str, Any], Any]) -> dict[int, Any]:
    """Check values by year."""
    if not isinstance(value, Mapping):
        remedy = Message("write { 2022 = 0.4, 2023 = 0.3 }")
        raise OptionError(name, value, Message("is not values by year"), remedy)
    checked = {year(name, when): check(f"{name}.{when}", one) for when, one in value.items()}
    return dict(sorted(checked.items()))


def minutes(name: str, value: object, least: int, most: int) -> int:
    """Check a whole number of minutes within limits, both included."""
    given = whole(name, value, least)
    if given > most:
        remedy = Message("must be from {} to {}").with_values(least, most)
        raise OptionError(name, value, Message("is out of range"), remedy)
    return given


def clock(name: str, value: object) -> str:
    """Check a time of day, "HH:MM"; a time of TOML serves as well."""
    text = value.strftime("%H:%M") if isinstance(value, dt.time) else value
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise OptionError(name, value, Message("is not a time of day"), Message('write "07:30"'))
    return f"{int(found[1]):02}:{found[2]}"


def date(name: str, value: object) -> dt.date:
    """Check a date, as such or as "YYYY-MM-DD"."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        problem, remedy = Message("is not a date"), Message('write "2026-11-02"')
        raise OptionError(name, value, problem, remedy) from None


def flag(name: str, value: object) -> bool:
    """Check a yes or no."""
    if value is True or value is False:
        return value
    raise OptionError(name, value, Message("is not true or false"), Message("give one of them"))


def language(value: object) -> Lang:
    """Check a language, "lv" or "en"."""
    checked: Lang = one_of("lang", value, LANGUAGES)
    return checked


def instance(name: str, value: object, kinds: type | tuple[type, ...], made_by: str) -> None:
    """Raise TypeError where an object is of another kind, and say how such a one is made."""
    if not isinstance(value, kinds):
        raise TypeError(f"{name}: {type(value).__name__} was given; make it by {made_by}")


def choose(value: object, choices: Sequence[str]) -> Text:
    """Name the choices, and the one that may be meant."""
    said = _CHOOSE.with_values(", ".join(choices))
    close = difflib.get_close_matches(value.lower(), choices, 1) if isinstance(value, str) else []
    return _MEANT.with_values(said, close[0]) if close else said
