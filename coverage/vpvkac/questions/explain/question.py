"""What is asked of `vpvkac explain`: a unit, by code or name; of several none is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from vpvkac.model.columns import UNIT_CODE
from vpvkac.model.faults import printable
from vpvkac.model.names import (
    KIND,
    KINDS_MEANT,
    folded,
    genitives,
    with_prefix,
    without_kind,
    written,
)
from vpvkac.model.options import instance
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Lang, Message, Text

if TYPE_CHECKING:
    import pandas as pd

# "Salas pagasts, Jēkabpils novads", "Salas pagasts (Jēkabpils novads)".
_WITH_MUNICIPALITY = re.compile(r"(?P<name>.+?)\s*[,(]\s*(?P<municipality>[^,()]+?)\s*\)?")
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
    wanted = with_prefix(" ".join(asked.split()))
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
    names, kind = among["unit_name"], KIND.search(folded(name))
    bare, bares = without_kind(name), names.map(without_kind)
    but_for_kind = bares == bare
    if kind is not None:
        but_for_kind &= among["kind"].isin(KINDS_MEANT[kind[1]])
    for fits in (
        names.map(written) == written(name),
        names.map(folded) == folded(name),
        but_for_kind,
        bares.isin(genitives(bare)),
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
        return " ".join(_QUOTES.sub(" ", folded(name)).split())

    codes = places.loc[places["name"].map(unquoted) == unquoted(asked), "unit"]
    fits = units["unit"].isin(codes)
    if fits.sum() > 1:
        raise UnitNotFoundError(asked, _SEVERAL, _by_name(units[fits]))
    return Found(str(units.loc[fits, "unit"].iloc[0])) if fits.any() else None


def _nothing(units: pd.DataFrame, asked: str) -> UnitNotFoundError:
    """Say that nothing fits: it is a municipality, or these codes and names are most alike."""
    from rapidfuzz import fuzz, process

    wanted = folded(asked)
    is_member = units["municipality_name"].map(folded) == wanted
    members = units[(units["municipality"] == asked) | is_member]
    if len(members):
        return UnitNotFoundError(asked, _MUNICIPALITY, _by_name(members))
    spellings = (
        units["unit"].str.lower(),
        units["unit_name"].map(folded),
        [folded(full_name(row)) for row in units.to_dict("records")],
    )
    scores = [
        process.cdist([wanted], list(spelling), scorer=fuzz.WRatio)[0] for spelling in spellings
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
    fits = (names.map(folded) == folded(asked)) | (units["municipality"] == with_prefix(asked))
    if KIND.search(folded(asked)) is None:
        fits |= names.map(without_kind) == folded(asked)
    return fits
