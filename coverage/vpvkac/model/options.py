"""What a rule or an option may be: one place for project file, Python interface and commands.

A check gives the value in its own form, or raises `OptionError`, whose clauses
a fault of the project file says in either language and Python in English.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any

from vpvkac.texts.message import Bilingual, Composed, Lang, Message, Text

LANGUAGES: tuple[Lang, ...] = ("lv", "en")
_PERCENT = 100
_UNKNOWN = Message("is not a known value")
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
    """Check a value that is one of a few words.

    Raises
    ------
    OptionError
        If it is none of them; the nearest is named.
    """
    if isinstance(value, str) and value in choices:
        return value
    raise OptionError(name, value, _UNKNOWN, choose(value, choices))


def listed(name: str, values: object, choices: Sequence[str]) -> tuple[Any, ...]:
    """Check a list of some of a few words, each once.

    Raises
    ------
    OptionError
        If it is no list, is empty, or holds another word or a word twice.
    """
    # A text is a sequence of letters to Python, and a set has no order; nobody means either.
    if not isinstance(values, list | tuple):
        problem = Message("is not a list")
        raise OptionError(name, values, problem, choose(None, choices))
    found = tuple(values)
    for value in found:
        one_of(name, value, choices)
    if not found:
        raise OptionError(name, found, Message("is empty"), choose(None, choices))
    if len(set(found)) < len(found):
        problem = Message("holds a value twice")
        remedy = Message("give each once")
        raise OptionError(name, list(found), problem, remedy)
    return found


def number(name: str, value: object, least: float, most: float, *, above: bool = False) -> float:
    """Check a number.

    Parameters
    ----------
    least, most
        Limits, both included; with `above` the least is excluded.

    Raises
    ------
    OptionError
        If it is not a finite number within the limits.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        problem = Message("is not a number")
        raise OptionError(name, value, problem, _between(least, most, above=above))
    try:
        given = float(value)
    except OverflowError:
        given = math.inf
    # NaN is neither below nor above, so the limits are asked the other way round.
    if not (least <= given <= most) or (above and given == least):
        problem = Message("is out of range")
        raise OptionError(name, value, problem, _between(least, most, above=above))
    return given


def share(name: str, value: object) -> float:
    """Check a share above 0 and up to 1; a percentage is told from it.

    Raises
    ------
    OptionError
        If it is something else.
    """
    try:
        return number(name, value, 0, 1, above=True)
    except OptionError as error:
        if isinstance(value, int | float) and 1 < value <= _PERCENT:
            meant = f"{value / _PERCENT:g}"
            remedy = _MEANT.with_values(error.remedy, Bilingual(meant.replace(".", ","), meant))
            raise OptionError(name, value, error.problem, remedy) from None
        raise


def whole(name: str, value: object, least: int) -> int:
    """Check a whole number that is not below the least.

    Raises
    ------
    OptionError
        If it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        problem = Message("is not a whole number")
        raise OptionError(name, value, problem, _at_least(least))
    if value < least:
        raise OptionError(name, value, Message("is too small"), _at_least(least))
    return int(value)


def flag(name: str, value: object) -> bool:
    """Check a yes or no.

    Raises
    ------
    OptionError
        If it is neither True nor False.
    """
    if value is True or value is False:
        return value
    problem = Message("is not true or false")
    raise OptionError(name, value, problem, Message("give one of them"))


def language(value: object) -> Lang:
    """Check a language.

    Raises
    ------
    OptionError
        If it is neither "lv" nor "en".
    """
    checked: Lang = one_of("lang", value, LANGUAGES)
    return checked


def known_names(given: Iterable[str], known: Sequence[str], what: str, problem: Text) -> None:
    """Check the names of what was given, such as rules.

    Raises
    ------
    OptionError
        For the first name that is not known; the nearest is named.
    """
    for name in given:
        if name not in known:
            raise OptionError(what, name, problem, choose(name, known))


def instance(name: str, value: object, kinds: type | tuple[type, ...], made_by: str) -> None:
    """Check what kind of object was given.

    Parameters
    ----------
    made_by
        How such an object is made, for the message.

    Raises
    ------
    TypeError
        If it is of another kind.
    """
    if not isinstance(value, kinds):
        raise TypeError(f"{name}: {type(value).__name__} was given; make it by {made_by}")


def choose(value: object, choices: Sequence[str]) -> Text:
    """Name the choices, and the one that may be meant."""
    among = ", ".join(choices)
    said = _CHOOSE.with_values(among)
    close = nearest(value, choices) if isinstance(value, str) else None
    return said if close is None else _MEANT.with_values(said, close)


def nearest(value: str, choices: Iterable[str]) -> str | None:
    """Give the choice that is most like a value, None where none is like it."""
    close = difflib.get_close_matches(value.lower(), list(choices), 1)
    return close[0] if close else None


def _between(least: float, most: float, *, above: bool) -> Text:
    if math.isinf(most):
        said = Message("must be above {}")
    elif above:
        said = Message("must be above {} and at most {}")
    else:
        said = Message("must be from {} to {}")
    limits = [f"{limit:f}".rstrip("0").rstrip(".") for limit in (least, most)]
    return said.with_values(*(Bilingual(limit.replace(".", ","), limit) for limit in limits))


def _at_least(least: int) -> Text:
    return Message("must be at least {least}", least=least)
