"""Addresses as people write them, taken apart and made comparable.

The lists write one address in several ways: "Aizkraukles pilsēta" for
"Aizkraukle", farm names in quotes, "nov." or "novads", no postcode, a floor
(SOURCES.md, "Addresses").  Names are compared by their stem, without the
ending that the Latvian genitive changes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ("head", "settlement", "parish", "municipality", "postcode", "localities")
_QUOTES = r"[\"“”„«»‘’'`]"
_POSTCODE = r"\blv\s*[-–]?\s*(\d{4})\b"
_MUNICIPALITY = r"\s+(?:nov\.?|novads|novada)$"
_PARISH = r"\s+(?:pag\.?|pagasts|pagasta)$"
_TOWN = r"\s+(?:pils\.?|pilsēta|pilsētas|valstspilsēta|valstspilsētas)$"
_INDOORS = r"^(?:\d+\.?\s*stāv\w*|\w*\s*kab(?:\.|inet)\w*.*|\d+\.?\s*telpa\w*|telpa\w*\s*\d*)$"
_PARISH_MARK = " pag"


def parse(addresses: pd.Series) -> pd.DataFrame:
    """Take addresses apart.

    Parameters
    ----------
    addresses
        Texts; empty for a null.

    Returns
    -------
    parts
        Columns `COLUMNS`, all text, on the index of `addresses`: `head` is
        street and number or farm name; `settlement`, `parish` and
        `municipality` are stems; `localities` joins settlement and parish.
    """
    # Lists repeat few addresses, registers none: each distinct text is taken apart once.
    texts = addresses.fillna("").astype(str)
    codes, distinct = pd.factorize(texts)
    parts = _parse_distinct(pd.Series(distinct, dtype=str))
    return parts.take(codes).set_axis(addresses.index)


def stem(names: pd.Series) -> pd.Series:
    """Cut a name's case ending: "aizkraukle" and "aizkraukles" both give "aizkraukl"."""
    return names.str.replace(r"[aāeēiīoōuū]*[sš]?$", "", regex=True)


def unit_stems(unit_names: pd.Series) -> pd.Series:
    """Give unit names in the form that `locality_of` gives addresses."""
    names = unit_names.str.casefold().str.strip()
    parish = names.str.contains(_PARISH, regex=True)
    bare = names.str.replace(f"{_PARISH}|{_TOWN}|{_MUNICIPALITY}", "", regex=True)
    return stem(bare) + np.where(parish, _PARISH_MARK, "")


def municipality_stems(names: pd.Series) -> pd.Series:
    """Give municipality names in the form of `parse`."""
    bare = names.str.casefold().str.strip().str.replace(f"{_MUNICIPALITY}|{_TOWN}", "", regex=True)
    return stem(bare)


def locality_of(parts: pd.DataFrame) -> pd.Series:
    """Name the unit an address claims: its parish if it names one, else its settlement."""
    return (parts["parish"] + _PARISH_MARK).where(parts["parish"] != "", parts["settlement"])


def _parse_distinct(texts: pd.Series) -> pd.DataFrame:
    folded = (
        texts.str.casefold()
        .str.replace(_QUOTES, "", regex=True)
        .str.replace(r"\s+", " ", regex=True)
    )
    postcode = folded.str.extract(_POSTCODE, expand=False).fillna("")
    rest = folded.str.replace(_POSTCODE, "", regex=True)
    components = rest.str.split(",", expand=True).fillna("").apply(lambda part: part.str.strip())
    parts = _classified(components)
    marked = (parts["parish"] + _PARISH_MARK).where(parts["parish"] != "", "")
    separator = np.where((parts["settlement"] != "") & (marked != ""), "|", "")
    parts["postcode"] = postcode
    parts["localities"] = parts["settlement"] + separator + marked
    return parts[list(COLUMNS)]


def _classified(components: pd.DataFrame) -> pd.DataFrame:
    """Tell each component's kind by its last word; the first of no kind is the head."""
    empty = pd.Series("", components.index, dtype=str)
    parts = dict.fromkeys(("head", "settlement", "parish", "municipality"), empty)
    for position in components.columns:
        text = components[position]
        if position == components.columns[0]:
            parts["head"] = _tidy_head(text)
            continue
        indoors = text.str.contains(_INDOORS, regex=True)
        municipality = text.str.contains(_MUNICIPALITY, regex=True)
        parish = text.str.contains(_PARISH, regex=True)
        other = (text != "") & ~indoors & ~municipality & ~parish
        parts["municipality"] = _filled(parts["municipality"], text, municipality, _MUNICIPALITY)
        parts["parish"] = _filled(parts["parish"], text, parish, _PARISH)
        parts["settlement"] = _filled(parts["settlement"], text, other, _TOWN)
    return pd.DataFrame(parts)


def _filled(known: pd.Series, text: pd.Series, chosen: pd.Series, ending: str) -> pd.Series:
    found = stem(text.str.replace(ending, "", regex=True))
    return known.where((known != "") | ~chosen, found)


def _tidy_head(text: pd.Series) -> pd.Series:
    """Write "1 A" as "1a" and drop blanks around the slash of a corner house."""
    joined = text.str.replace(r"(\d)\s+([a-zāčēģīķļņšūž])(?=$|\s|/)", r"\1\2", regex=True)
    return joined.str.replace(r"\s*/\s*", "/", regex=True).str.strip(" .")
