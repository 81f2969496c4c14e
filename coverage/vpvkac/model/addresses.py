"""Addresses as people write them, taken apart and made comparable.

The lists write one address in several ways: "Aizkraukles pilsēta" for "Aizkraukle", farm names
in quotes, "nov." or "novads", no postcode, a floor.  Every part is compared in small letters
without diacritics; names of territory by their stem, without the ending that the cases change.

An address falls into pieces at its commas.  What a piece is, it tells itself (a street has a
word for street, a farm its quotes, a parish "pag."); the rest by its place among the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Made = TypeVar("_Made", pd.Series, pd.DataFrame)
COLUMNS = ("name", "kind", "number", "settlement", "parish", "municipality", "postcode")
PARISH_MARK = " pag"

# Words for street as written, without diacritics; the locative "ielā" is then the same as "iela".
_STREETS = {
    "iela": r"iela|ielas|i\.",
    "gatve": r"gatve|gatves|g\.",
    "bulvaris": r"bulvaris|bulvari|bulv\.?",
    "prospekts": r"prospekts|prospekta|prosp\.?|pr\.",
    "laukums": r"laukums|laukuma|lauk\.?|l\.",
    "aleja": r"aleja|alejas|al\.",
    "soseja": r"soseja|sosejas|sos\.?",
    "krastmala": r"krastmala|krastm\.?",
    "skersiela": r"skersiela|skersielas",
    "cels": r"cels|cela",
    "dambis": r"dambis|dambi",
    "linija": r"linija|linijas|lin\.",
}
_STREET = "|".join(_STREETS.values())
# Quotation marks, dashes and blanks of every kind, and what parts an address but a comma.
_ALIKE = (
    ("[“”„‟«»‘’‚‛`´']+", '"'),
    ("[–—−‑‐]", "-"),
    (r"[\s\u00a0\u2007\u202f]+", " "),
    (r"\\", "/"),
    ('"+', '"'),
)
_MARKS = r"[\u0300-\u036f]+"
_PARTED_OTHERWISE = r"[;\r\n(]"
_STREET_WORD = rf"\s(?:{_STREET})$"
_QUOTED = r'"[^"]+"(?:\s*-\s*\d+)?'
# '"Stāķi 19" - 19', and with the mark behind the flat '"Tērces-10"'.
_FLAT_OF_FARM = r'"\s*-\s*\d+$|(?<=[a-z])\s*-\s*\d+"$'
# The same where the number may be part of the house's name, as the register has it.
_NUMBERED_FARM = r"^\s*[\"„“”]?\s*([^\",„“”]*[^\W\d_])\s?[-–]\s?(\d{1,3})\s*[\"“”]?\s*(,|$)"
# A longer text is no address.
_LONGEST = 300
_POSTCODE = r"\blv\s*-?\s*(\d{4})\b"
_INDOOR_WORD = r"(?:stav|kab|telp|istab|dziv|dz\b|ieej|biroj|ofis|st\b)"
_INDOORS = rf"^(?:[\divx]+\.?\s*|\S+\s+)?{_INDOOR_WORD}"
_CORPUS = r"^(?:k|korp|korpuss)[\s.-]*(\d+)(?:\s*-\s*\d+)?$"
_MUNICIPALITY = r"\s+(?:nov\.?|novads|novada)$"
_PARISH = r"\s+(?:pag\.?|pagasts|pagasta)$"
_TOWN = r"\s+(?:pils\.?|(?:valsts)?pi?l?setas?|ciems|ciema|c\.)$|^(?:c\.|ciems|pilseta)\s+"
_NOISE = (
    r"^(?:latvija|latvia|lv\W?\w{0,6}|[ap]/k\b.*|(?:pasta|abonenta) k.*|"
    r"(?:talr|tel|talrunis|talrunis)\b.*|.*@.*)\.?$"
)
_INSTITUTION = r"bibliotek|parvald|nodal|\bnams$|\bdome$|\bskola$|\bmuzejs$|centrs$"
# A house number: 1, 1a, 1-a, 5/7, then the part of the building, then the flat.
_LETTER = r"(?:\s?-?\s?(?!k[\s.-]*\d)[a-z](?![a-z.]))"
_NUMBER = rf"\d+{_LETTER}?(?:\s*/\s*\d+{_LETTER}?)*"
_HOUSE = (
    rf"^(?P<name>.*?[a-z].*?)\s+(?:nr\.?\s*)?(?P<number>{_NUMBER})"
    r"(?:(?:[\s-]*\b|(?<=\d))(?:k|korp|korpuss)[\s.-]*(?P<corpus>\d+))?"
    rf"(?P<rest>\s*-\s*\d+|\s+[\divx]*\.?\s*{_INDOOR_WORD}.*)?\.?$"
)
# What a piece that lacks a comma looks like.
_LACKS_COMMA = r'" ?[a-z]|\s(?:pag|nov)[a-z]*\.?\s|\S\s+\S+\s+(?:pag|nov)|\d\S*(?: [a-z])? [a-z]{3}'
_REPAIRS = (
    # A farm's closing quote, a unit or a house number ends its piece, comma or not.
    (r'("[^",]+")\s+([a-z])', r"\1, \2"),
    (r"(\s(?:pag\.|pagasts|pagasta|nov\.|novads|novada))\s+([a-z0-9])", r"\1, \2"),
    (
        r"([^,\s])\s+([^,\s]+\s+(?:pag|pagasts|pagasta|nov|novads|novada)\b\.?\s*)(,|$)",
        r"\1, \2\3",
    ),
    (
        (
            rf"(\s(?:{_STREET})\s+(?:nr\.?\s*)?\d[a-z0-9/-]*(?:\s[a-z])?)\s+"
            rf"((?!{_INDOOR_WORD}|korp|k\W)[a-z]{{3,}})"
        ),
        r"\1, \2",
    ),
)

# What a piece is; the first ones may be the head (street and number, or farm), the best last.
_INSTITUTE, _PLAIN, _STREET_ALONE, _NUMBERED, _FARM, _HOUSE_OF_STREET = range(6)
_IS_TOWN, _IS_PARISH, _IS_MUNICIPALITY, _IS_POSTCODE, _IS_CORPUS, _IS_NOISE = range(6, 12)
_SAYS = {
    "parish": _IS_PARISH, "municipality": _IS_MUNICIPALITY, "postcode": _IS_POSTCODE,
    "corpus": _IS_CORPUS,
}  # fmt: skip
_MOST_PIECES = 64
_WORD = re.compile(r"[^\W_]+")


def parse(addresses: pd.Series) -> pd.DataFrame:
    """Take addresses apart: `COLUMNS`, all text without diacritics, on their index.

    `name` is that of a street or a farm, `kind` the word for street, `number` the house with
    its part but without the flat ("22k1"); `settlement`, `parish`, `municipality` are stems.
    """
    # Lists repeat few addresses, registers none: each distinct text is taken apart once.
    return of_distinct(_parse_distinct, addresses.fillna("").astype(str).str.slice(0, _LONGEST))


def with_numbered_farms(addresses: pd.Series) -> pd.Series:
    """Write the number of '"Tērces-10"' as one of the house, '"Tērces 10"', not as a flat's."""
    # Few addresses have a hyphen in their first part, and those are found quickly.
    few = addresses[addresses.str.contains(r"^[^,]*[-–]\s?\d", regex=True)]
    return addresses.where(
        ~addresses.index.isin(few.index), few.str.replace(_NUMBERED_FARM, r'"\1 \2"\3', regex=True)
    )


class Parsed:
    """Addresses of several lists taken apart together, ready for whoever asks for some of them."""

    def __init__(self, addresses: pd.Series) -> None:
        distinct = pd.unique(addresses.fillna("").astype(str))
        self._rows = pd.Index(distinct)
        self._parts = parse(pd.Series(distinct, dtype=str))

    def of(self, addresses: pd.Series) -> pd.DataFrame:
        """Give the parts of some addresses as `parse` does; others are taken apart now."""
        texts = addresses.fillna("").astype(str)
        row = self._rows.get_indexer(pd.Index(texts))
        new = row < 0
        if new.any():
            row[new] = len(self._parts) + np.arange(new.sum())
        parts = pd.concat([self._parts, parse(texts[new])]) if new.any() else self._parts
        return parts.take(row).set_axis(addresses.index)


def of_distinct(made: Callable[[pd.Series], _Made], texts: pd.Series) -> _Made:
    """Make something of each distinct text once: a row for every text, on its index."""
    codes, distinct = pd.factorize(texts, use_na_sentinel=False)
    return made(pd.Series(distinct, dtype=str)).take(codes).set_axis(texts.index)


def stem(names: pd.Series) -> pd.Series:
    """Cut diacritics and a name's case ending: "Cēsis", "Cēsu" and "Cēsīs" all give "ces"."""
    return _stem(_folded(names))


def unit_stems(unit_names: pd.Series) -> pd.Series:
    """Give unit names in the form that `locality_of` gives addresses."""

    def stems(names: pd.Series) -> pd.Series:
        folded = _folded(names).str.strip()
        parish = folded.str.contains(_PARISH, regex=True)
        bare = folded.str.replace(f"{_PARISH}|{_TOWN}|{_MUNICIPALITY}", "", regex=True)
        return _stem(bare) + np.where(parish, PARISH_MARK, "")

    return of_distinct(stems, unit_names)


def municipality_stems(names: pd.Series) -> pd.Series:
    """Give municipality names in the form of `parse`."""
    return of_distinct(
        lambda texts: _stem(
            _folded(texts).str.strip().str.replace(f"{_MUNICIPALITY}|{_TOWN}", "", regex=True)
        ),
        names,
    )


def locality_of(parts: pd.DataFrame) -> pd.Series:
    """Name the unit an address claims: its parish if it names one, else its settlement."""
    return (parts["parish"] + PARISH_MARK).where(parts["parish"] != "", parts["settlement"])


def spelled(names: pd.Series, texts: pd.Series) -> pd.Series:
    """Give names their diacritics back, word by word, from the texts they were parsed from."""

    def in_full(name: str, text: str) -> str:
        words = _WORD.findall(unicodedata.normalize("NFC", text).lower())
        by_plain = {_plain(word): word for word in reversed(words)}
        return _WORD.sub(lambda found: by_plain.get(found[0], found[0]), name)

    return pd.Series(map(in_full, names, texts), names.index, dtype=str)


def has_diacritics(texts: pd.Series) -> pd.Series:
    """Tell which texts use the letters of Latvian at all."""
    return texts.str.normalize("NFC").str.lower().str.contains("[āčēģīķļņšūž]", regex=True)


def _plain(word: str) -> str:
    return re.sub(_MARKS, "", unicodedata.normalize("NFD", word))


def _folded(texts: pd.Series) -> pd.Series:
    """Write texts small and without diacritics, with one kind of quotation mark and of dash."""
    texts = texts.str.lower().str.normalize("NFD").str.replace(_MARKS, "", regex=True)
    for pattern, one in _ALIKE:
        texts = texts.str.replace(pattern, one, regex=True)
    return texts


def _stem(folded: pd.Series) -> pd.Series:
    return folded.str.strip().str.replace(r"[aeiou]*s?$", "", regex=True)


def _parse_distinct(texts: pd.Series) -> pd.DataFrame:
    address, codes, distinct = _at_commas(texts)
    finer = _finer(distinct)
    # Each piece is replaced by the finer ones it fell into, in their order.
    every = np.bincount(finer.index, minlength=int(codes.max(initial=-1)) + 1)
    first, count = (np.cumsum(every) - every)[codes], every[codes]
    before = np.cumsum(count) - count
    codes = np.repeat(first - before, count) + np.arange(count.sum())
    address = np.repeat(address, count)
    return _assembled(_read_pieces(finer.reset_index(drop=True)), codes, address, len(texts))


def _at_commas(
    texts: pd.Series,
) -> tuple[NDArray[np.int64], NDArray[np.int64], pd.Series]:
    """Cut texts at their commas: number of the text and code of every piece, and the pieces."""
    odd = texts.str.contains(_PARTED_OTHERWISE, regex=True)
    if odd.any():
        mended = texts[odd].str.replace(r"\([^)]*\)?", "", regex=True)
        texts = texts.mask(odd, mended.str.replace(r"[;\r\n]", ",", regex=True))
    table = pa.Table.from_pandas(texts.to_frame("text"), preserve_index=False)
    pieces = pc.split_pattern(table["text"].cast(pa.large_string()).combine_chunks(), ",")
    encoded = pc.dictionary_encode(pc.list_flatten(pieces))
    return (
        pc.list_parent_indices(pieces).to_numpy().astype(np.int64),
        encoded.indices.to_numpy().astype(np.int64),
        pd.Series(encoded.dictionary.to_numpy(zero_copy_only=False), dtype=str),
    )


def _finer(pieces: pd.Series) -> pd.Series:
    """Fold distinct pieces, and cut those that lack a comma; a postcode is a piece of its own."""
    pieces = _folded(pieces).str.strip(" .-")
    posted = pieces.str.contains(r"\blv\s*-?\s*\d{4}\b", regex=True)
    pieces = pieces.mask(posted, pieces[posted].str.replace(_POSTCODE, r",lv-\1,", regex=True))
    lacking = pieces.str.contains(_LACKS_COMMA, regex=True)
    mended = pieces[lacking]
    for pattern, replacement in _REPAIRS:
        mended = mended.str.replace(pattern, replacement, regex=True)
    pieces = pieces.mask(lacking, mended).str.split(",").explode().str.strip(" .-")
    return pieces[pieces != ""]


def _read_pieces(pieces: pd.Series) -> pd.DataFrame:
    """Tell of each piece what it is and what it says."""
    quoted = pieces.str.fullmatch(_QUOTED)
    pieces = pieces.str.replace(_FLAT_OF_FARM, '"', regex=True)
    text = pieces.str.replace('"', "").str.replace(r"\.\s*", ". ", regex=True)
    text = text.str.replace(r"^adrese:\s*", "", regex=True).str.strip()
    house = _houses(text)
    numbered = house["name"] != ""
    name, kind = _street(house["name"].where(numbered, text), numbered)
    corpus = text.str.extract(_CORPUS, expand=False).fillna("")
    municipality = text.str.contains(_MUNICIPALITY, regex=True)
    parish = text.str.contains(_PARISH, regex=True)
    town = text.str.contains(_TOWN, regex=True) & ~numbered
    is_a = {
        _IS_POSTCODE: text.str.fullmatch(r"lv-\d{4}"),
        _IS_NOISE: text.str.contains(_NOISE, regex=True) | text.str.contains(_INDOORS, regex=True),
        _IS_CORPUS: corpus != "",
        _IS_MUNICIPALITY: municipality,
        _IS_PARISH: parish,
        _HOUSE_OF_STREET: numbered & (kind != ""),
        _FARM: quoted,
        _IS_TOWN: town,
        _NUMBERED: numbered,
        _STREET_ALONE: text.str.contains(_STREET_WORD, regex=True),
        _INSTITUTE: text.str.contains(_INSTITUTION, regex=True),
    }
    what = np.select([is_.to_numpy(bool) for is_ in is_a.values()], list(is_a), _PLAIN)
    ended = municipality | parish | town
    bare = text[ended].str.replace(f"{_MUNICIPALITY}|{_PARISH}|{_TOWN}", "", regex=True)
    return pd.DataFrame(
        {"what": what, "name": name, "kind": kind, "number": house["number"], "corpus": corpus,
         "territory": _stem(text.mask(ended, bare)), "postcode": text.str[-4:]}
    )  # fmt: skip


def _houses(texts: pd.Series) -> pd.DataFrame:
    """Part street and house number; empty where there is no number."""
    parted = pd.DataFrame("", index=texts.index, columns=["name", "number"], dtype=str)
    able = texts[texts.str.contains(r"\s\S*\d", regex=True)]
    house = able.str.extract(_HOUSE).fillna("")
    number = house["number"].str.replace(r"[\s-]", "", regex=True)
    parted.loc[able.index, "name"] = house["name"]
    parted.loc[able.index, "number"] = number + ("k" + house["corpus"]).where(
        house["corpus"] != "", ""
    )
    return parted


def _street(names: pd.Series, numbered: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Part a street's name from the word for street.

    A name without such a word stays whole, and one without a number too: it
    may be a farm's ("Vecais ceļš").
    """
    parted = names.str.extract(rf"^(?P<name>.*\S)\s+(?P<kind>{_STREET})$")
    is_street = parted["name"].notna() & numbered
    codes, forms = pd.factorize(parted["kind"].where(is_street, ""))
    words = [
        next((word for word, form in _STREETS.items() if re.fullmatch(form, written)), "")
        for written in forms
    ]
    kind = pd.Series(words, dtype=str).take(codes).set_axis(names.index)
    bare = parted["name"].where(is_street, names)
    return bare.str.replace("-", "").str.replace(r"\s+", " ", regex=True).str.strip(), kind


def _assembled(
    pieces: pd.DataFrame, codes: NDArray[np.int64], address: NDArray[np.int64], count: int
) -> pd.DataFrame:
    """Put each address together from its pieces: row in `pieces` and number of the address."""
    what = pieces["what"].to_numpy()[codes]
    chosen = {"name": _heads(what, address)}
    chosen["kind"] = chosen["number"] = chosen["name"]
    chosen["settlement"] = _settlements(what, address, chosen["name"])
    for column, is_ in _SAYS.items():
        chosen[column] = _first(np.flatnonzero(what == is_), address)
    parts = {}
    for column, piece in chosen.items():
        source = "territory" if column in ("settlement", "parish", "municipality") else column
        values = np.full(count, len(pieces), np.int64)
        values[address[piece]] = codes[piece]
        parts[column] = pd.concat([pieces[source], pd.Series([""], dtype=str)]).take(values)
        parts[column].index = pd.RangeIndex(count)
    has_corpus = (parts["corpus"] != "") & (parts["number"] != "")
    parts["number"] = parts["number"].mask(has_corpus, parts["number"] + "k" + parts["corpus"])
    return pd.DataFrame(parts)[list(COLUMNS)]


def _first(pieces: NDArray[np.int64], address: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep of some pieces, by number, the first of each address."""
    is_first = np.r_[True, np.diff(address[pieces]) != 0][: len(pieces)]
    return np.asarray(pieces[is_first])


def _best(
    pieces: NDArray[np.int64], rank: NDArray[np.int64], address: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Keep of some pieces the one of least rank of each address; the earlier on ties."""
    width = int(rank.max(initial=0)) + 1
    return _first(pieces[np.argsort(address[pieces] * width + rank, kind="stable")], address)


def _heads(what: NDArray[np.int64], address: NDArray[np.int64]) -> NDArray[np.int64]:
    """Choose the piece that is street and number or farm: the plainest evidence, then the first.

    An address that begins with its municipality or parish runs from the large
    to the small, so that of its plain words the last is the head.
    """
    pieces = np.flatnonzero(what <= _HOUSE_OF_STREET)
    begins = np.r_[True, np.diff(address) != 0][: len(address)]
    start = np.maximum.accumulate(np.where(begins, np.arange(len(address)), 0))
    backwards = np.isin(what[start[pieces]], (_IS_PARISH, _IS_MUNICIPALITY))
    place = pieces - start[pieces]
    place = np.where(backwards & (what[pieces] == _PLAIN), -place, place) + _MOST_PIECES
    rank = (_HOUSE_OF_STREET - what[pieces]) * 2 * _MOST_PIECES + np.clip(
        place, 0, 2 * _MOST_PIECES - 1
    )
    return _best(pieces, rank, address)


def _settlements(
    what: NDArray[np.int64], address: NDArray[np.int64], heads: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Choose the piece that is the settlement: one that says so, else a plain one after the head.

    Failing that a plain one before the head.
    """
    able = (what == _IS_TOWN) | (what == _PLAIN)
    able[heads] = False
    pieces = np.flatnonzero(able)
    head = np.full(int(address.max(initial=0)) + 1, -1, np.int64)
    head[address[heads]] = heads
    says = what[pieces] == _IS_TOWN
    after = pieces > head[address[pieces]]
    return _best(pieces, np.select([says, after], [0, 1], 2), address)
