"""The Latvian texts: `lv.po`, which people edit, as compiled into `lv.mo` by the build."""

from __future__ import annotations

import gettext
from functools import cache
from importlib import resources

_COMPILED = "lv.mo"
_MISSING = (
    "the Latvian texts are not compiled (no {}): "
    "run `python3 scripts/catalogue.py compile` or install the package again"
)


def latvian(message_id: str, context: str | None = None) -> str:
    """Give the Latvian text of a message; a message that is not translated stays as it is.

    Raises
    ------
    FileNotFoundError
        If the catalogue was not compiled.
    """
    if context is None:
        # An empty id names the header of a catalogue.
        return _catalogue().gettext(message_id) if message_id else ""
    return _catalogue().pgettext(context, message_id)


def latvian_plural(one: str, many: str, n: int) -> str:
    """Give the Latvian text that a count takes, by the plural rule of the catalogue.

    Raises
    ------
    FileNotFoundError
        If the catalogue was not compiled.
    """
    return _catalogue().ngettext(one, many, n)


@cache
def _catalogue() -> gettext.GNUTranslations:
    compiled = resources.files(__package__) / _COMPILED
    try:
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    except FileNotFoundError:
        raise FileNotFoundError(_MISSING.format(compiled)) from None
