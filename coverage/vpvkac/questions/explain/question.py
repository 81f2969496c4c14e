"""What is asked of `vpvkac explain`: a unit, by code or name; of several none is guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from vpvkac.model.columns import UNIT_CODE, WRITTEN_CODE
from vpvkac.model.faults import printable
from vpvkac.model.options import instance
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Lang, Message, Text

if TYPE_CHECKING:
    import pandas as pd

# The kind as people add it to a name, folded; which kinds of unit it may mean.
_KINDS_MEANT = {
    "pagasts": ("parish",),
    "valstspilseta": ("state_city",),
    "novada pilseta": ("town",),
    "pilseta": ("town", "state_city"),
    "novads": ("municipality",),
}
# As addresses write them.
_ABBREVIATED = re.compile(r"\b(pag|nov)\.")
_WHOLE = {"pag": "pagasts", "nov": "novads"}
_KIND = re.compile(rf"\s+({'|'.join(_KINDS_MEANT)})$")
# "Salas pagasts, Jēkabpils novads", "Salas pagasts (Jēkabpils novads)".
_WITH_MUNICIPALITY = re.compile(r"(?P<name>.+?)\s*[,(]\s*(?P<municipality>[^,()]+?)\s*\)?")
# Nominative → genitive, the longest ending first: Cibla, Ogre, Cēsis and Brocēni among them.
_DECLENSIONS = {
    "is": ("a", "u"), "us": ("us", "u"), "as": ("u",), "es": ("u",),
    "s": ("a",), "a": ("as",), "e": ("es",), "i": ("u",),
}  # fmt: skip
_SOFTENED = {"d": "z", "t": "s"}
_QUOTES = re.compile("[\"'“”„‟«»‘’‚]+")
_CLOSEST = 5
_SHOWN_LETTERS = 80

_NOT_FOUND = Message("The project has no territorial unit “{}”. The closest names:")
_SEVERAL = Message("“{}” may be several territorial units; give the code, or “name, municipality”:")
_MUNICIPALITY = Message("“{}” is a municipality; give one of its territorial units:")


@dataclass(frozen=True)
class Question:
    """Which unit is to be explained.

    Parameters
    ----------
    unit
        As `find_unit` finds it.

    Raises
    ------
    TypeError
        If it is no text.
    """

    unit: str

    def __post_init__(self) -> None:
        instance("unit", self.unit, str, 'its code or name, "LV…"')


class UnitNotFoundError(LookupError, ValueError):
    """No unit, or more than one, fits what was asked.

    Attributes
    ----------
    units
        Codes of the units that fit or, where none does, of the closest.
    """

    def __init__(self, asked: str, why: Text, units: pd.DataFrame) -> None:
        self.asked, self._why = asked, why
        self.units = tuple(units["unit"])
        rows = units.to_dict("records")
        self._lines = [f"  {row['unit']}  {printable(full_name(row))}" for row in rows]
        super().__init__(self.sentence("en"))

    def sentence(self, lang: Lang) -> str:
        """Say what was asked, and a unit a line."""
        asked = printable(self.asked)
        if len(asked) > _SHOWN_LETTERS:
            asked = asked[: _SHOWN_LETTERS - 1] + "…"
        return "\n".join([self._why.text(lang).format(asked), *self._lines])


class Found(NamedTuple):
    """Code of the unit asked about, and of those that bear the same name but for their kind.

    "Limbaži" is a town's own name, and its parish's without the kind.
    """

    unit: str
    others: tuple[str, ...] = ()


def full_name(unit: Mapping[Any, Any]) -> str:
    """Name a unit with its municipality: "Salas pagasts, Jēkabpils novads"."""
    if unit["unit_name"] == unit["municipality_name"]:
        return str(unit["unit_name"])
    return f"{unit['unit_name']}, {unit['municipality_name']}"


def find_unit(units: pd.DataFrame, asked: str, places: pd.DataFrame | None = None) -> Found:
    """Find a unit by its code, its name, "name, municipality", or the name or key of a place in it.

    A name as it is written goes before one that differs in diacritics, both
    before one without its kind, that before one in the nominative ("Cibla" for
    "Ciblas pagasts"), and all before the name or key of a place.

    A code may lack its "LV". In rows of `units`, with names; without `places`, among units alone.
    Raises UnitNotFoundError if none fits, or several fit equally.
    """
    wanted = _with_prefix(" ".join(asked.split()))
    if re.fullmatch(UNIT_CODE, wanted):
        if (units["unit"] == wanted).sum() == 1:
            return Found(wanted)
        raise _nothing(units, wanted)
    if places is not None and (places["place"] == wanted).any():
        return Found(str(places.loc[places["place"] == wanted, "unit"].iloc[0]))
    name, among = wanted, units
    if parts := _WITH_MUNICIPALITY.fullmatch(wanted):
        name, among = parts["name"], units[_of_municipality(units, parts["municipality"])]
    found = _named(among, name, wanted)
    if found is None and places is not None:
        found = _holding(places, wanted, units)
    if found is None:
        raise _nothing(units, wanted)
    return found


def _named(among: pd.DataFrame, name: str, asked: str) -> Found | None:
    """Find the unit of a name; None where there is none."""
    names, kind = among["unit_name"], _KIND.search(_folded(name))
    bare, without_kind = _without_kind(name), among["unit_name"].map(_without_kind)
    but_for_kind = without_kind == bare
    if kind is not None:
        but_for_kind &= among["kind"].isin(_KINDS_MEANT[kind[1]])
    for fits in (
        names.map(_written) == _written(name),
        names.map(_folded) == _folded(name),
        but_for_kind,
        without_kind.isin(_genitives(bare)),
    ):
        if fits.sum() == 1:
            others = among.loc[but_for_kind & ~fits, "unit"]
            return Found(str(among.loc[fits, "unit"].iloc[0]), tuple(others))
        if fits.any():
            raise UnitNotFoundError(asked, _SEVERAL, _by_name(among[fits]))
    return None


def _holding(places: pd.DataFrame, asked: str, units: pd.DataFrame) -> Found | None:
    """Find the unit that holds the place of a name, however quoted; None where there is none."""

    def unquoted(name: str) -> str:
        return " ".join(_QUOTES.sub(" ", _folded(name)).split())

    codes = places.loc[places["name"].map(unquoted) == unquoted(asked), "unit"]
    fits = units["unit"].isin(codes)
    if fits.sum() > 1:
        raise UnitNotFoundError(asked, _SEVERAL, _by_name(units[fits]))
    return Found(str(units.loc[fits, "unit"].iloc[0])) if fits.any() else None


def _genitives(name: str) -> set[str]:
    """Give the forms that a folded name in the nominative may have in the name of a parish.

    Folding has left of softened consonants those that become another letter (Briedis, Brieža).
    """
    for ending, endings in _DECLENSIONS.items():
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            stems = {stem, stem[:-1] + _SOFTENED.get(stem[-1:], stem[-1:])}
            return {stem + genitive for stem in stems for genitive in endings}
    return set()


def _nothing(units: pd.DataFrame, asked: str) -> UnitNotFoundError:
    """Say that nothing fits: it is a municipality, or these codes and names are most alike."""
    from rapidfuzz import fuzz, process

    folded = _folded(asked)
    is_member = units["municipality_name"].map(_folded) == folded
    members = units[(units["municipality"] == asked) | is_member]
    if len(members):
        return UnitNotFoundError(asked, _MUNICIPALITY, _by_name(members))
    spellings = (
        units["unit"].str.lower(),
        units["unit_name"].map(_folded),
        [_folded(full_name(row)) for row in units.to_dict("records")],
    )
    scores = [
        process.cdist([folded], list(spelling), scorer=fuzz.WRatio)[0] for spelling in spellings
    ]
    best = units.assign(alike=[max(alike) for alike in zip(*scores, strict=True)])
    closest = best.sort_values(["alike", "unit"], ascending=[False, True]).head(_CLOSEST)
    return UnitNotFoundError(asked, _NOT_FOUND, closest)


def _by_name(units: pd.DataFrame) -> pd.DataFrame:
    names = [collation_key(full_name(row)) for row in units.to_dict("records")]
    return units.iloc[sorted(range(len(units)), key=lambda number: (names[number], number))]


def _of_municipality(units: pd.DataFrame, asked: str) -> pd.Series:
    """Tell which units belong to a municipality, named with or without its kind, or by code."""
    names = units["municipality_name"]
    fits = (names.map(_folded) == _folded(asked)) | (units["municipality"] == _with_prefix(asked))
    if _KIND.search(_folded(asked)) is None:
        fits |= names.map(_without_kind) == _folded(asked)
    return fits


def _with_prefix(code: str) -> str:
    return re.sub(WRITTEN_CODE, r"LV\1", code.strip())


def _written(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _folded(name: str) -> str:
    """Leave out case, diacritics and odd spaces."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    folded = " ".join("".join(char for char in apart if not unicodedata.combining(char)).split())
    return _ABBREVIATED.sub(lambda found: _WHOLE[found[1]], folded)


def _without_kind(name: str) -> str:
    return _KIND.sub("", _folded(name))
