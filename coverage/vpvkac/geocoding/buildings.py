"""Whole addresses: the building that bears name and number, in the place named.

Levels run from strict to loose; the first that fits any building decides.
None of them takes a name for a like one, or a number for another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac.geocoding.choosing import Matches, choose
from vpvkac.geocoding.index import NEITHER, SAME, SILENT, UNKNOWN, Pairs, RegisterIndex
from vpvkac.model.addresses import has_diacritics, spelled

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


# Everything; all but the postcode; street and number with postcode; no municipality on one side.
_SCORES = (100.0, 99.0, 98.0, 97.0)


def whole_addresses(texts: pd.Series, sought: pd.DataFrame, index: RegisterIndex) -> Matches:
    """Match addresses whose every word is the register's.

    Parameters
    ----------
    texts
        The addresses as written; without diacritics throughout they may match
        an address with them.
    sought
        Their parts, by `addresses.parse`.
    """
    pairs = index.bearing(sought, ("name", "number"))
    is_named = (sought["name"] != "") & ((sought["number"] != "") | (sought["kind"] == ""))
    pairs = pairs.only(is_named.to_numpy(bool)[pairs.sought])
    pairs = pairs.only(index.agreement("kind", sought, pairs) >= NEITHER)
    level = _levels(sought, pairs, index)
    fits = level < len(_SCORES)
    pairs, level = pairs.only(fits), level[fits]
    written_so, plain = _spellings(texts, sought, pairs, index)
    pairs, level = (
        pairs.only(written_so | plain),
        (level + len(_SCORES) * ~written_so)[written_so | plain],
    )
    least = np.full(len(sought), np.iinfo(np.int64).max)
    np.minimum.at(least, pairs.sought, level)
    best = level == least[pairs.sought]
    score = np.array(_SCORES)[level[best] % len(_SCORES)]
    return choose(len(sought), pairs.only(best), score, index)


def agrees_on_locality(
    sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex
) -> NDArray[np.bool_]:
    """Tell where settlement or parish are the same and neither is another."""
    settlement = index.agreement("settlement", sought, pairs)
    parish = index.agreement("parish", sought, pairs)
    same = (settlement == SAME) | (parish == SAME)
    return np.asarray(same & (settlement >= SILENT) & (parish >= SILENT), bool)


def _levels(sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex) -> NDArray[np.int64]:
    settlement = index.agreement("settlement", sought, pairs)
    parish = index.agreement("parish", sought, pairs)
    municipality = index.agreement("municipality", sought, pairs)
    postcode = index.agreement("postcode", sought, pairs)
    locality = agrees_on_locality(sought, pairs, index)
    not_elsewhere = (settlement >= SILENT) & (parish >= SILENT)
    # A municipality may have been merged into another, and its name gone from the register.
    gone = index.codes_of("municipality", sought["municipality"])[pairs.sought] == UNKNOWN
    in_area = locality & (municipality >= NEITHER)
    # Two parishes of one name: without the municipality it is not known which is meant.
    no_municipality = (sought["municipality"] == "").to_numpy(bool)[pairs.sought]
    parish_count = index.areas_of_parish.reindex(index.codes("parish")[pairs.row]).to_numpy()
    told = (settlement == SAME) | ~no_municipality | (parish_count == 1)
    return np.select(
        [
            in_area & (postcode == SAME),
            in_area,
            (postcode == SAME) & not_elsewhere & ((municipality >= SILENT) | locality | gone),
            locality & (municipality == SILENT) & told,
        ],
        range(len(_SCORES)),
        len(_SCORES),
    )


def _spellings(
    texts: pd.Series, sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell where names are letter for letter the same, and where the text has no diacritics."""
    here = spelled(sought["name"], texts).to_numpy(object)[pairs.sought]
    there = spelled(index.texts("name", pairs.row), index.addresses(pairs.row)).to_numpy(object)
    plain = ~has_diacritics(texts).to_numpy(bool)[pairs.sought]
    return here == there, plain
