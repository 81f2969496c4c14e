"""State institutions with offices of their own, told from the names of their offices.

Table 6 of the 2020 analysis counts nine institutions (REFERENCE.md, "offices
2018 → 2020"); a list of offices names them by abbreviation or in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

OTHER = "other"
# Abbreviation → a piece of the full name that no other institution's has.
_FULL_NAMES = {
    "NVA": r"nodarbinātības valsts aģentūr",
    "VSAA": r"valsts sociālās apdrošināšanas aģentūr",
    "PMLP": r"pilsonības un migrācijas lietu pārvald",
    "VMD": r"valsts mež\w* dienest",
    "VZD": r"valsts zemes dienest",
    "VID": r"valsts ieņēmumu dienest",
    "VDI": r"valsts darba inspekcij",
    "LAD": r"lauku atbalsta dienest",
    "UR": r"uzņēmumu reģistr",
}
INSTITUTIONS = tuple(_FULL_NAMES)


def institution_of(names: pd.Series) -> pd.Series:
    """Tell the institution an office's name begins with or names; `OTHER` where it is none.

    Examples
    --------
    >>> import pandas as pd
    >>> institution_of(pd.Series(["NVA Balvu filiāle", "Valsts darba inspekcija", "Dome"])).tolist()
    ['NVA', 'VDI', 'other']
    """
    found = names.map(lambda _: OTHER).astype(str)
    for code, full in _FULL_NAMES.items():
        # Abbreviations count in capitals only: "ur" and "vid" are parts of words.
        named = names.str.contains(rf"(?:\b{code}\b|(?i:{full}))", regex=True)
        found = found.mask((found == OTHER) & named, code)
    return found
