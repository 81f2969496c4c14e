"""Messages: what people read, in Latvian (default) and English.

A message is named by its English text; its Latvian one stands in the catalogue, `lv.po` beside
this module, which an editor mends without Python and the build compiles into `lv.mo`.  Column
names and codes never change with the language; labels, titles and sentences do.  How a message
is added: CONTRIBUTING.md.
"""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Callable

Lang = Literal["lv", "en"]

_COMPILED = "lv.mo"
_NBSP = "\N{NO-BREAK SPACE}"
_UNITS = "%|m|km|km²|km/h|m/min|min|s|h|MB|EUR|milj|tūkst|million|thousand"
# A space that must not end a line: between thousands, and before the unit of a number, which
# may be a placeholder yet to be filled.
_HELD_SPACE = re.compile(rf"(?<=\d) (?=\d{{3}}(?!\d))|(?<=[\d}}]) (?=(?:{_UNITS})(?!\w))")
_SPLIT_FROM = 10_000


@cache
def _catalogue() -> gettext.GNUTranslations:
    compiled = resources.files(__package__) / _COMPILED
    try:
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    except FileNotFoundError:
        missing = (
            f"the Latvian texts are not compiled (no {compiled}): "
            "run `python3 scripts/catalogue.py compile` or install the package again"
        )
        raise FileNotFoundError(missing) from None


def latvian(message_id: str, context: str | None = None) -> str:
    """Give the Latvian text of a message; a message that is not translated stays as it is."""
    if context is None:
        # An empty id names the header of a catalogue.
        return _catalogue().gettext(message_id) if message_id else ""
    return _catalogue().pgettext(context, message_id)


class Text(Protocol):
    """What can be said in either language: a message, a number that is shown, and the like."""

    def text(self, lang: Lang) -> str:
        """Say it in one language."""


@dataclass(frozen=True, init=False)
class Message:
    """A message of the catalogue; `Message("yes").text("lv")` is "jā".

    What is put into its placeholders is a `Text` in the language asked for, or anything else as
    `str` writes it.  A message without values keeps its placeholders, so that its text can be a
    format.

    Examples
    --------
    >>> Message("must be at least {least}", least=3).text("en")
    'must be at least 3'
    """

    message_id: str
    context: str | None
    places: tuple[object, ...]
    values: tuple[tuple[str, object], ...]

    def __init__(self, message_id: str, /, **values: object) -> None:
        self._set(message_id, None, (), values)

    def _set(
        self,
        message_id: str,
        context: str | None,
        places: tuple[object, ...],
        values: dict[str, object],
    ) -> None:
        object.__setattr__(self, "message_id", message_id)
        object.__setattr__(self, "context", context)
        object.__setattr__(self, "places", tuple(map(_freeze, places)))
        named = tuple((name, _freeze(value)) for name, value in values.items())
        object.__setattr__(self, "values", named)

    def with_values(self, *places: object, **values: object) -> Message:
        """Put values into the placeholders, by place or by name."""
        message = Message(self.message_id)
        message._set(self.message_id, self.context, places, values)
        return message

    def text(self, lang: Lang) -> str:
        """Give the text in one language, its numbers held together with their units."""
        said = latvian(self.message_id, self.context) if lang == "lv" else self.message_id
        if self.places or self.values:
            places = (_render(value, lang) for value in self.places)
            values = {name: _render(value, lang) for name, value in self.values}
            said = said.format(*places, **values)
        return held(said)


def in_context(context: str, message_id: str, /, **values: object) -> Message:
    """Give a message whose English text has more than one Latvian one, told apart by a context."""
    message = Message(message_id)
    message._set(message_id, context, (), values)  # noqa: SLF001
    return message


def labels(**texts: str) -> dict[str, Text]:
    """Give the message of each code."""
    return {code: Message(text) for code, text in texts.items()}


@dataclass(frozen=True)
class Plural:
    """A count with its noun, `{n} row`, in the form that the count needs: 21 rinda, 12 rindu.

    Both English forms, singular and plural, have the placeholder ``{n}``.
    """

    one: str
    many: str
    n: int = 0

    def with_values(self, n: int) -> Plural:
        """Count something else with the same noun."""
        return Plural(self.one, self.many, n)

    def text(self, lang: Lang) -> str:
        """Write the count with its noun, held together."""
        if lang == "en":
            said = self.one if self.n == 1 else self.many
        else:
            # By the plural rule of the catalogue.
            said = _catalogue().ngettext(self.one, self.many, self.n)
        count = f"{self.n:,}".replace(",", _NBSP) if self.n >= _SPLIT_FROM else str(self.n)
        return held(said.replace("{n} ", f"{{n}}{_NBSP}").format(n=count))


@dataclass(frozen=True)
class Bilingual:
    """A text of which both languages stand in data, or which is the same in both."""

    lv: str
    en: str

    def text(self, lang: Lang) -> str:
        """Give the text in one language, its numbers held together with their units."""
        return held(self.lv if lang == "lv" else self.en)


@dataclass(frozen=True, init=False)
class Composed:
    """Several texts one behind the other, with the same mark between them."""

    parts: tuple[Text, ...]
    between: str

    def __init__(self, *parts: Text, between: str = "") -> None:
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "between", between)

    def text(self, lang: Lang) -> str:
        """Say the texts in one language."""
        return held(self.between.join(part.text(lang) for part in self.parts))


@dataclass(frozen=True, init=False)
class Formatted:
    """What a function writes in the language asked for: `Formatted(metres, 700.0)`."""

    function: Callable[..., str]
    given: tuple[Any, ...]

    def __init__(self, function: Callable[..., str], *given: Any) -> None:
        object.__setattr__(self, "function", function)
        object.__setattr__(self, "given", given)

    def text(self, lang: Lang) -> str:
        """Call the function with the language and what was given."""
        return self.function(lang, *self.given)


@lru_cache(maxsize=4096)
def held(text: str) -> str:
    """Put no-break spaces between thousands and before units: 103 941 EUR, 700 m, {share} %."""
    return _HELD_SPACE.sub(_NBSP, text)


def _freeze(value: object) -> object:
    """Keep what never changes as it is, and of anything else what is written of it now."""
    return value if isinstance(value, str | int | float) or _is_text(value) else str(value)


def _render(value: object, lang: Lang) -> object:
    return value.text(lang) if _is_text(value) else value


def _is_text(value: object) -> TypeGuard[Text]:
    """Tell a `Text`; an element of XML and some errors have a `text` too, which is a string."""
    return callable(getattr(value, "text", None))
