"""Invented names in Latvian form: stems and endings joined, none meant to be a real place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_FIRST = (
    "Alkšņu", "Bērzu", "Egļu", "Ošu", "Kļavu", "Vītolu", "Lazdu", "Pīlādžu", "Zīļu", "Čiekuru",
    "Bebru", "Stirnu", "Lūšu", "Ežu", "Caunu", "Āpšu", "Gulbju", "Dzērvju", "Stārķu", "Cīruļu",
    "Zvirbuļu", "Bezdelīgu", "Žagatu", "Ērgļu", "Zīlīšu", "Strazdu", "Irbju", "Līdaku", "Asaru",
    "Vēžu", "Zušu", "Bišu", "Spāru", "Ābeļu", "Ķiršu", "Vizbuļu", "Pieneņu", "Saules",
    "Ķimeņu", "Apiņu", "Linu", "Miežu", "Vēja", "Gaismas", "Dzintaru", "Māla", "Vara",
    "Rasas", "Sarmas", "Miglas", "Zvaigžņu", "Rīta",
)  # fmt: skip
# Nominative and genitive endings.
_LAST = (
    ("mala", "malas"), ("leja", "lejas"), ("birze", "birzes"), ("kalns", "kalna"),
    ("sala", "salas"), ("ciems", "ciema"), ("nora", "noras"), ("grava", "gravas"),
    ("lauks", "lauka"), ("sils", "sila"), ("krasts", "krasta"), ("sēta", "sētas"),
    ("strauts", "strauta"), ("vārti", "vārtu"), ("tilts", "tilta"), ("ceļš", "ceļa"),
)  # fmt: skip
# Joins that are, or could be taken for, places that exist.
_REAL = frozenset({
    "Bērzukrasts", "Bišuciems", "Asarulauks", "Zvirbuļukalns", "Lazdukalns", "Ērgļukalns",
    "Egļukalns", "Gulbjusala", "Zaķusala", "Lazduleja", "Egļuciems", "Sauleskalns", "Saulessala",
})  # fmt: skip

REGIONS = ("Parauga rietumi", "Parauga līcis", "Parauga ziemeļi", "Parauga dienvidi",
           "Parauga austrumi")  # fmt: skip
STREETS = (
    "Liepziedu iela", "Skolēnu iela", "Ābeļdārza iela", "Dīķa iela", "Rīta iela", "Parauga iela",
    "Jūnija iela", "Pļavas iela", "Dzirnavu ceļš", "Baznīckalna iela", "Vējzaķu iela",
    "Saulgriežu iela", "Upmalas iela", "Tirgotāju iela", "Krustceļu iela", "Ķiršu iela",
)  # fmt: skip
FARMS = (
    "Kalnrieksti", "Lejrieksti", "Ziedlejas", "Mežrozes", "Vecpūces", "Jaunpūces", "Sprīdīši",
    "Vārpiņas", "Dižozoli", "Mazozoli", "Kastaņi", "Purmaļi", "Atvari", "Gaiļmuižas", "Rūķīši",
    "Druvenieki", "Ceplīši", "Stirnkalni", "Ābeļziedi", "Pūķīši",
)  # fmt: skip


@dataclass(frozen=True)
class Name:
    """A place name in the nominative and in the genitive."""

    nominative: str
    genitive: str


def invent(rng: np.random.Generator, count: int) -> list[Name]:
    """Join stems and endings into `count` different names, in a random order."""
    joined = [
        Name(first + last, first + last_genitive)
        for first in _FIRST
        for last, last_genitive in _LAST
        if first + last not in _REAL
    ]
    order = rng.permutation(len(joined))
    return [joined[place] for place in order[:count]]


def road_stop_names() -> list[str]:
    """Return names of halts along roads."""
    things = ("kapi", "ferma", "dzirnavas", "pagrieziens", "ceļš", "mežs", "ezers", "tilts",
              "skola", "veikals", "stūris", "kalte")  # fmt: skip
    return [f"{first} {thing}" for first in _FIRST for thing in things] + list(FARMS)


def district_names() -> list[str]:
    """Return names of city districts."""
    things = ("parks", "laukums", "tirgus")
    return [f"{first} {thing}" for thing in things for first in _FIRST]
