"""Names and codes of units and municipalities as people write them.

With or without case, diacritics, the kind ("pagasts", "nov.") or the genitive of a name.
"""

from __future__ import annotations

import re
import unicodedata

from vpvkac.model.columns import WRITTEN_CODE

# The kind as people add it to a name, folded; which kinds of unit it may mean.
KINDS_MEANT = {
    "pagasts": ("parish",),
    "valstspilseta": ("state_city",),
    "novada pilseta": ("town",),
    "pilseta": ("town", "state_city"),
    "novads": ("municipality",),
}
# As addresses write them.
_ABBREVIATED = re.compile(r"\b(pag|nov)\.")
_WHOLE = {"pag": "pagasts", "nov": "novads"}
KIND = re.compile(rf"\s+({'|'.join(KINDS_MEANT)})$")
# Nominative → genitive, the longest ending first: Cibla, Ogre, Cēsis and Brocēni among them.
_DECLENSIONS = {
    "is": ("a", "u"), "us": ("us", "u"), "as": ("u",), "es": ("u",),
    "s": ("a",), "a": ("as",), "e": ("es",), "i": ("u",),
}  # fmt: skip
_SOFTENED = {"d": "z", "t": "s"}


def with_prefix(code: str) -> str:
    """Write a code of a unit with its "LV"; any other text stays."""
    return re.sub(WRITTEN_CODE, r"LV\1", code.strip())


def written(name: str) -> str:
    """Leave out case and odd spaces."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def folded(name: str) -> str:
    """Leave out case, diacritics and odd spaces."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    plain = " ".join("".join(char for char in apart if not unicodedata.combining(char)).split())
    return _ABBREVIATED.sub(lambda found: _WHOLE[found[1]], plain)


def without_kind(name: str) -> str:
    """Fold a name and leave out its kind."""
    return KIND.sub("", folded(name))


def genitives(name: str) -> set[str]:
    """Give the forms that a folded name in the nominative may have in the name of a parish.

    Folding has left of softened consonants those that become another letter (Briedis, Brieža).
    """
    for ending, endings in _DECLENSIONS.items():
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            stems = {stem, stem[:-1] + _SOFTENED.get(stem[-1:], stem[-1:])}
            return {stem + genitive for stem in stems for genitive in endings}
    return set()
