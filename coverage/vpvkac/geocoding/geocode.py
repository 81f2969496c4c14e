"""From an address to a position: from strict to loose, and no guess among equals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from rapidfuzz import process
from rapidfuzz.distance import OSA

from vpvkac.geo.geodesy import distance, to_degrees
from vpvkac.geocoding.index import AREA, NEITHER, SAME, SILENT, UNKNOWN, Pairs, RegisterIndex
from vpvkac.model.addresses import has_diacritics, parse, spelled, stem
from vpvkac.model.faults import Fault
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.geocoding.index import RegisterIndex
    from vpvkac.model.territory import Territory


NO_ROW = -1
_MOST_RIVALS = 5
BETWEEN_RIVALS = "; "


class Matches(NamedTuple):
    """What was found for each address sought, shape (n,).

    Parameters
    ----------
    row
        Row of the register; `NO_ROW` if there is no match.
    within_m
        Metres within which the place lies for certain, 0 for a sure match.
    score
        0-100.
    rivals
        Addresses that fit equally well, where that is why there is no match.
    """

    row: NDArray[np.int64]
    within_m: NDArray[np.float64]
    score: NDArray[np.float64]
    rivals: NDArray[np.object_]

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Where there is neither a match nor rivals."""
        return np.asarray((self.row == NO_ROW) & (self.rivals == ""), bool)


def no_matches(count: int) -> Matches:
    """Give the state before anything was found."""
    return Matches(
        np.full(count, NO_ROW, np.int64),
        np.full(count, np.nan),
        np.full(count, np.nan),
        np.full(count, "", object),
    )


def choose(count: int, best: Pairs, score: NDArray[np.float64], index: RegisterIndex) -> Matches:
    """Take the row where the best pairs stand on one spot; else name the rivals.

    Parameters
    ----------
    best
        For each address sought the pairs that fit equally well.
    score
        Score of each pair, 0-100.
    """
    found = no_matches(count)
    table = pd.DataFrame(
        {"sought": best.sought, "row": best.row, "score": score, "spot": index.spots(best.row)}
    ).sort_values(["sought", "score", "row"], ascending=[True, False, True])
    table = table.drop_duplicates(["sought", "spot"])
    alone = table[~table["sought"].duplicated(keep=False)]
    found.row[alone["sought"]] = alone["row"]
    found.score[alone["sought"]] = alone["score"]
    found.within_m[alone["sought"]] = 0.0
    several = table[table["sought"].duplicated(keep=False)]
    listed = several.groupby("sought").head(_MOST_RIVALS)
    listed = listed.assign(address=index.addresses(listed["row"].to_numpy()).to_numpy())
    rivals = listed.groupby("sought")["address"].agg(BETWEEN_RIVALS.join)
    found.rivals[rivals.index] = rivals.to_numpy(object)
    return found


# Everything; all but the postcode; street and number with postcode; no municipality on one side.
_SCORES = (100.0, 99.0, 98.0, 97.0)


def match_exact(texts: pd.Series, sought: pd.DataFrame, index: RegisterIndex) -> Matches:
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


LEAST_SCORE = 80.0
# So much better than the next must the best be.
MARGIN = 8.0
# A like address is never quite sure: about the length of a block of houses.
FLOOR_M = 100.0

_PERCENT = 100.0
# One letter in seven; farms bear likelier names (Kalniņi, Kalnieši), so one in nine.
_LEAST_STREET, _LEAST_FARM, _LEAST_PLACE = 0.84, 0.88, 0.8
_PLAIN, _SHORTENED, _LEFT_OUT = 0.98, 0.95, 0.9
_NO_KIND = 0.95
_NO_LOCALITY, _LIKE_LOCALITY = 0.95, 0.95
_NO_MUNICIPALITY, _GONE_MUNICIPALITY, _BESIDE = 0.95, 0.9, 0.88
_ONE_LETTER = 1


def match_fuzzy(texts: pd.Series, sought: pd.DataFrame, index: RegisterIndex) -> Matches:
    """Match addresses that are like one in the municipality named, else in one beside it.

    Returns
    -------
    matches
        `within_m` is the distance from the match to the farthest address that
        is like enough to have been meant, at least `FLOOR_M`.
    """
    found = no_matches(len(sought))
    for near in (_in_place, _beside):
        left = np.flatnonzero(found.is_open)
        if len(left) == 0:
            break
        part = sought.iloc[left].reset_index(drop=True)
        pairs = near(part, index)
        matches = _likest(texts.iloc[left].reset_index(drop=True), part, pairs, index)
        for whole, new in zip(found, matches, strict=True):
            whole[left] = new
    return found


def _in_place(sought: pd.DataFrame, index: RegisterIndex) -> Pairs:
    """Pair addresses with those of equal number in the places they name."""
    farm = (sought["number"] == "") & (sought["kind"] == "")
    placed = (sought["parish"] != "") | (sought["settlement"] != "")
    village = sought.assign(parish=sought["settlement"])
    return _joined(
        _pairs(sought, ("municipality", "number"), ~(farm & placed), index),
        _pairs(sought, ("parish", "number"), sought["parish"] != "", index),
        _pairs(village, ("parish", "number"), sought["settlement"] != "", index),
        _pairs(sought, ("settlement", "number"), sought["settlement"] != "", index),
        _pairs(sought, ("postcode", "number"), sought["postcode"] != "", index),
    )


def _beside(sought: pd.DataFrame, index: RegisterIndex) -> Pairs:
    """Pair addresses of streets with those of equal number beside the municipality they name."""
    own = index.codes_of("municipality", sought["municipality"])
    usable = (own != UNKNOWN) & ((sought["municipality"] != "") & (sought["number"] != ""))
    near = index.beside(np.unique(own[usable]))
    wanted = pd.DataFrame({"own": own, "sought": np.arange(len(sought))})[usable.to_numpy(bool)]
    wanted = wanted.merge(near, on="own")
    numbers = sought["number"].take(wanted["sought"]).reset_index(drop=True)
    pairs = index.bearing(wanted.assign(number=numbers), (AREA, "number"))
    return Pairs(wanted["sought"].to_numpy(np.int64)[pairs.sought], pairs.row)


def _pairs(
    sought: pd.DataFrame, columns: tuple[str, ...], usable: pd.Series, index: RegisterIndex
) -> Pairs:
    usable &= (sought[columns[0]] != "") & (sought["name"] != "")
    # A street without a number is no building.
    usable &= (sought["number"] != "") | (sought["kind"] == "")
    which = np.flatnonzero(usable)
    pairs = index.bearing(sought.iloc[which], columns)
    return Pairs(which[pairs.sought], pairs.row)


def _joined(*several: Pairs) -> Pairs:
    table = pd.DataFrame(
        {"sought": np.concatenate([pairs.sought for pairs in several]),
         "row": np.concatenate([pairs.row for pairs in several])}
    ).drop_duplicates()  # fmt: skip
    return Pairs(table["sought"].to_numpy(np.int64), table["row"].to_numpy(np.int64))


def _likest(texts: pd.Series, sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex) -> Matches:
    likeness = np.ones(len(pairs.row))
    # The cheapest part first: what it rules out need not be compared further.
    for measure in (_kinds, _places, _names):
        likeness = likeness * measure(texts, sought, pairs, index)
        fits = likeness * _PERCENT >= LEAST_SCORE
        pairs, likeness = pairs.only(fits), likeness[fits]
    score = np.round(likeness * _PERCENT, 1)
    best = np.zeros(len(sought))
    np.maximum.at(best, pairs.sought, score)
    close = score > best[pairs.sought] - MARGIN
    found = choose(len(sought), pairs.only(close), score[close], index)
    return found._replace(within_m=_farthest_that_fits(found, pairs, index))


def _farthest_that_fits(found: Matches, pairs: Pairs, index: RegisterIndex) -> NDArray[np.float64]:
    matched = pairs.only(found.row[pairs.sought] != NO_ROW)
    away = index.apart(found.row[matched.sought], matched.row)
    within = np.where(found.row == NO_ROW, np.nan, FLOOR_M)
    np.fmax.at(within, matched.sought, away)
    return within


def _kinds(
    _texts: pd.Series, sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex
) -> NDArray[np.float64]:
    """Compare the words for street: they may be left out, not differ."""
    agreement = index.agreement("kind", sought, pairs)
    left_out = (sought["kind"] == "").to_numpy(bool)[pairs.sought] & (agreement == SILENT)
    return np.select([agreement >= NEITHER, left_out], [1.0, _NO_KIND], 0.0)


def _places(
    _texts: pd.Series, sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex
) -> NDArray[np.float64]:
    locality = _localities(sought, pairs, index)
    return locality * _municipalities(sought, pairs, locality, index)


def _localities(sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex) -> NDArray[np.float64]:
    here = sought[["settlement", "parish"]].take(pairs.sought).reset_index(drop=True)
    names_none = ((here["settlement"] == "") & (here["parish"] == "")).to_numpy(bool)
    by_village = (
        (here["settlement"] != "")
        & (here["parish"] == "")
        & (index.codes_of("parish", here["settlement"]) == index.codes("parish")[pairs.row])
        & (index.agreement("settlement", sought, pairs) == SILENT)
    ).to_numpy(bool)
    # A parish's village may have become a town beside it.
    by_town = (
        (here["parish"] != "")
        & (here["settlement"] == "")
        & (index.codes_of("settlement", here["parish"]) == index.codes("settlement")[pairs.row])
        & (index.agreement("parish", sought, pairs) == SILENT)
    ).to_numpy(bool)
    named = here["settlement"].where(here["settlement"] != "", here["parish"])
    known = (index.codes_of("settlement", named) != UNKNOWN) | (
        index.codes_of("parish", named) != UNKNOWN
    )
    misspelt = np.flatnonzero(~known)
    like = np.zeros(len(pairs.row))
    for column in ("settlement", "parish"):
        there = index.texts(column, pairs.row[misspelt])
        like[misspelt] = np.fmax(
            like[misspelt], _similarity(named.iloc[misspelt], there, _LEAST_PLACE)
        )
    return np.select(
        [agrees_on_locality(sought, pairs, index), names_none, by_village | by_town, ~known],
        [1.0, _NO_LOCALITY, _LIKE_LOCALITY, like],
        0.0,
    )


def _municipalities(
    sought: pd.DataFrame, pairs: Pairs, locality: NDArray[np.float64], index: RegisterIndex
) -> NDArray[np.float64]:
    agreement = index.agreement("municipality", sought, pairs)
    postcode = index.agreement("postcode", sought, pairs) == SAME
    none = (sought["municipality"] == "").to_numpy(bool)[pairs.sought]
    own = index.codes_of("municipality", sought["municipality"])[pairs.sought]
    gone = (own == UNKNOWN) & ~none
    same_place = locality == 1.0
    only_here = _is_only_place(sought, pairs, index)
    beside = _are_beside(own, index.codes(AREA)[pairs.row], index)
    return np.select(
        [
            agreement >= NEITHER,
            none & (postcode | (same_place & only_here)),
            gone & (postcode | (same_place & only_here)),
            ~gone & ~none & (agreement == SILENT) & same_place,
            ~gone & ~none & (postcode | (beside & (locality >= _NO_LOCALITY))),
        ],
        [1.0, _NO_MUNICIPALITY, _GONE_MUNICIPALITY, _NO_MUNICIPALITY, _BESIDE],
        0.0,
    )


def _is_only_place(sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex) -> NDArray[np.bool_]:
    """Tell where the settlement, or the parish, that both name occurs in one area alone."""
    by_settlement = index.agreement("settlement", sought, pairs) == SAME
    settlements = index.areas_of_settlement.reindex(index.codes("settlement")[pairs.row])
    parishes = index.areas_of_parish.reindex(index.codes("parish")[pairs.row])
    alone = np.where(by_settlement, settlements.to_numpy(), parishes.to_numpy()) == 1
    return np.asarray(alone, bool)


def _are_beside(
    own: NDArray[np.int64], areas: NDArray[np.int64], index: RegisterIndex
) -> NDArray[np.bool_]:
    near = index.beside(np.unique(own[own != UNKNOWN]))
    both = pd.MultiIndex.from_arrays([own, areas])
    return np.asarray(both.isin(pd.MultiIndex.from_frame(near)), bool)


def _names(
    texts: pd.Series, sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex
) -> NDArray[np.float64]:
    """Compare names of streets and farms, each pair of names once."""
    like = np.zeros(len(pairs.row))
    maybe = _may_be_like(sought["name"], pairs, index)
    pairs = pairs.only(maybe)
    table = pd.DataFrame(
        {
            "here": spelled(sought["name"], texts).to_numpy(object)[pairs.sought],
            "plain": sought["name"].to_numpy(object)[pairs.sought],
            "there": _spelled_names(pairs.row, index).to_numpy(object),
            "there_plain": index.texts("name", pairs.row).to_numpy(object),
            "farm": (sought["number"] == "").to_numpy(bool)[pairs.sought],
        }
    ).astype(dict.fromkeys(("here", "plain", "there", "there_plain"), str))
    # A street that the place has under this very name is not another one misspelt.
    is_other = table["plain"].to_numpy() != table["there_plain"].to_numpy()
    excluded = is_other & _has_street(sought, pairs, index)
    like[maybe] = np.where(excluded, 0.0, _likeness_of_names(table))
    return like


def _may_be_like(names: pd.Series, pairs: Pairs, index: RegisterIndex) -> NDArray[np.bool_]:
    """Rule out at little cost the names that are unlike even without diacritics."""
    own, distinct = pd.factorize(names)
    there = index.codes("name")[pairs.row]
    width = int(there.max(initial=0)) + 1
    both, of_pair = np.unique(own[pairs.sought] * width + there, return_inverse=True)
    one = pd.Series(np.asarray(distinct)[both // width], dtype=str)
    rows = pd.Series(pairs.row).groupby(of_pair).first().to_numpy(np.int64)
    other = index.texts("name", rows)
    like = _similarity(_letters(one), _letters(other), _LEAST_STREET) > 0
    return np.asarray(like | (_last_word(one) == _last_word(other)).to_numpy(bool))[of_pair]


def _letters(names: pd.Series) -> pd.Series:
    return names.str.replace(r"[ .]", "", regex=True)


def _spelled_names(rows: NDArray[np.int64], index: RegisterIndex) -> pd.Series:
    codes, distinct = pd.factorize(rows)
    names = spelled(index.texts("name", distinct), index.addresses(distinct))
    return names.take(codes).reset_index(drop=True)


def _likeness_of_names(names: pd.DataFrame) -> NDArray[np.float64]:
    here, there, plain, there_plain = (
        _letters(names[column]) for column in ("here", "there", "plain", "there_plain")
    )
    without_diacritics = (here == plain) & (plain == there_plain)
    least = np.where(names["farm"], _LEAST_FARM, _LEAST_STREET)
    like = _similarity(here, there, _LEAST_STREET)
    like = np.where(like >= least, like, 0.0)
    last = _last_word(names["here"])
    same_last = (last == _last_word(names["there"])) | (last == _last_word(names["there_plain"]))
    persons = np.flatnonzero(~names["farm"] & same_last)
    shortened = np.zeros(len(names))
    shortened[persons] = _shortened(names.iloc[persons])
    return np.fmax(np.where(without_diacritics, _PLAIN, like), shortened)


def _similarity(names: pd.Series, others: pd.Series, least: float) -> NDArray[np.float64]:
    """Measure the share of letters that need no mending, 0 below `least`."""
    return np.asarray(
        process.cpdist(
            names.tolist(),
            others.tolist(),
            scorer=OSA.normalized_similarity,
            score_cutoff=least,
            dtype=np.float64,
        ),
        float,
    )


def _has_street(sought: pd.DataFrame, pairs: Pairs, index: RegisterIndex) -> NDArray[np.bool_]:
    """Tell where the row's place has a street, or the farm, of the name sought at all."""
    same = index.bearing(sought, ("name", "kind"))
    places = ("municipality", "parish", "settlement")
    here, there = (
        pd.MultiIndex.from_arrays(
            [which.sought, *(index.codes(column)[which.row] for column in places)]
        )
        for which in (pairs, same)
    )
    return np.asarray(here.isin(there), bool)


def _last_word(names: pd.Series) -> pd.Series:
    return names.str.rsplit(" ", n=1).str[-1]


def _shortened(names: pd.DataFrame) -> NDArray[np.float64]:
    """Compare names of persons with one last word: "K. Barona", "Krišjāņa Barona", "Barona"."""
    return np.array(
        [_same_person(here.split(), there.split())
         for here, there in zip(names["here"], names["there"], strict=True)], float,
    )  # fmt: skip


def _same_person(here: Iterable[str], there: Iterable[str]) -> float:
    """Compare two names word by word from the end; 0 if they contradict."""
    left, other = list(here)[:-1], list(there)[:-1]
    shortened = False
    while left and other:
        one, two = left.pop(), other.pop()
        if one == two:
            continue
        if not (_abbreviates(one, two) or _abbreviates(two, one)):
            return 0.0
        shortened = True
    rest = left + other
    # "Lielā Kalēju iela" is not "Kalēju iela": a definite adjective tells streets apart.
    if any(word.endswith("ā") for word in rest):
        return 0.0
    return (_LEFT_OUT if rest else 1.0) * (_SHORTENED if shortened else 1.0)


def _abbreviates(short: str, whole: str) -> bool:
    """Tell whether "K.", "Kr." or "Plkv." may stand for a word: its first letter, then more."""
    letters = short.rstrip(".")
    if short == letters and len(letters) > _ONE_LETTER:
        return False
    rest = iter(whole)
    return whole.startswith(letters[:1]) and all(letter in rest for letter in letters)


# Fewer addresses do not show how far a postcode or a settlement reaches.
FEWEST_ADDRESSES = 3
_DEGREE_DECIMALS = 7
_PLACES = ("settlement", "parish", "municipality")


class Areas(NamedTuple):
    """Middles and extents, shape (n,): degrees and metres, NaN where there is none."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    within_m: NDArray[np.float64]


def by_postcode(sought: pd.DataFrame, index: RegisterIndex) -> Areas:
    """Place addresses by their postcode, unless it is one of quite another place.

    A postcode is another's if the register knows a place that the address
    names, and none of the postcode's addresses bears it.
    """
    pairs = index.bearing(sought, ["postcode"])
    pairs = pairs.only((sought["postcode"] != "").to_numpy(bool)[pairs.sought])
    bears = np.zeros(len(pairs.row), bool)
    names_known = np.zeros(len(sought), bool)
    for column in _PLACES:
        bears |= index.agreement(column, sought, pairs) == SAME
        code = index.codes_of(column, sought[column])
        names_known |= (sought[column] != "").to_numpy(bool) & (code != UNKNOWN)
    fits = ~names_known
    np.logical_or.at(fits, pairs.sought, bears)
    return _middles(len(sought), pairs.only(fits[pairs.sought]), index)


def by_settlement(sought: pd.DataFrame, index: RegisterIndex) -> Areas:
    """Place addresses by their settlement, if there is one alone of its name where they say."""
    nothing_else = (sought["number"] == "") & (sought["kind"] == "") & (sought["settlement"] == "")
    settlement = sought["settlement"].mask(nothing_else, stem(sought["name"]))
    named = sought.assign(settlement=settlement)
    pairs = index.bearing(named, ["settlement"])
    pairs = pairs.only((settlement != "").to_numpy(bool)[pairs.sought])
    gone = index.codes_of("municipality", sought["municipality"]) == UNKNOWN
    fits = index.agreement("parish", named, pairs) >= SILENT
    fits &= (index.agreement("municipality", named, pairs) >= SILENT) | gone[pairs.sought]
    pairs = pairs.only(fits)
    where = pd.DataFrame(
        {"sought": pairs.sought, "parish": index.codes("parish")[pairs.row],
         "municipality": index.codes("municipality")[pairs.row]}
    ).drop_duplicates()  # fmt: skip
    alone = where.groupby("sought").size().reindex(range(len(sought)), fill_value=0) == 1
    return _middles(len(sought), pairs.only(alone.to_numpy(bool)[pairs.sought]), index)


def by_unit(number: NDArray[np.int64], territory: Territory) -> Areas:
    """Place what only its unit is known of, at a point inside it.

    Parameters
    ----------
    number
        Row numbers of the units, as `Territory.named` or `Territory.coded`
        give them; `territory.NONE` for none.
    """
    count = len(number)
    lat, lon, within = (np.full(count, np.nan) for _ in range(3))
    for unit in np.unique(number[number >= 0]):
        shape = territory.units.geometry.iloc[unit]
        inside = shapely.point_on_surface(shape)
        at_lat, at_lon = (np.round(one, _DEGREE_DECIMALS) for one in to_degrees(inside.x, inside.y))
        border_lat, border_lon = to_degrees(*shapely.get_coordinates(shape).T)
        away = distance(
            border_lat,
            border_lon,
            np.full_like(border_lat, at_lat),
            np.full_like(border_lon, at_lon),
        )
        here = number == unit
        lat[here], lon[here], within[here] = at_lat, at_lon, away.max()
    return Areas(lat, lon, within)


def _middles(count: int, pairs: Pairs, index: RegisterIndex) -> Areas:
    """Find the middle of the rows that each address is paired with, and the farthest of them."""
    addresses = np.bincount(pairs.sought, minlength=count)
    with np.errstate(invalid="ignore"):
        lat, lon = (
            np.round(
                np.bincount(pairs.sought, degrees[pairs.row], minlength=count) / addresses,
                _DEGREE_DECIMALS,
            )
            for degrees in (index.lat, index.lon)
        )
    within = np.full(count, FLOOR_M)
    at = pairs.sought
    away = distance(index.lat[pairs.row], index.lon[pairs.row], lat[at], lon[at])
    np.fmax.at(within, at, away)
    spots = pd.DataFrame({"sought": at, "spot": index.spots(pairs.row)}).drop_duplicates()
    enough = np.bincount(spots["sought"], minlength=count) >= FEWEST_ADDRESSES
    return Areas(*(np.where(enough, values, np.nan) for values in (lat, lon, within)))


COLUMNS = (
    "lat", "lon", "located_by", "located_within_m", "score", "matched", "candidates",
    "register_row",
)  # fmt: skip


def geocode(
    addresses: pd.Series, index: RegisterIndex, parts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Place addresses.

    Parameters
    ----------
    addresses
        Texts as the lists write them; the index is kept.
    index
        The address register.
    parts
        Of the addresses, by `addresses.parse`, where they are known already.

    Returns
    -------
    positions
        `lat`, `lon` in degrees (NaN if not placed); `located_by` address,
        fuzzy, postcode or settlement, empty if none; `located_within_m` in
        metres, 0 for address; `score` 0-100 for address and fuzzy; `matched`
        is the register's address, and `register_row` its row, `NO_ROW` if
        none; `candidates` the addresses that fit equally well, where that is
        why the building is not known.
    """
    found = pd.DataFrame(index=addresses.index, columns=list(COLUMNS)).astype(
        dict.fromkeys(("lat", "lon", "located_within_m", "score"), float)
    )
    found[["located_by", "matched", "candidates"]] = ""
    found["register_row"] = NO_ROW
    texts = addresses.fillna("").astype(str)
    sought = (parse(texts) if parts is None else parts).reset_index(drop=True)
    texts = texts.reset_index(drop=True)
    open_ = np.ones(len(texts), bool)
    for located_by, match in (("address", match_exact), ("fuzzy", match_fuzzy)):
        left = np.flatnonzero(open_)
        if len(left) == 0:
            break
        some = sought.iloc[left].reset_index(drop=True)
        matches = match(texts.iloc[left].reset_index(drop=True), some, index)
        _note_matches(found, left, matches, located_by, index)
        open_[left] = matches.is_open
    for located_by, place in (("postcode", by_postcode), ("settlement", by_settlement)):
        left = np.flatnonzero(found["located_by"] == "")
        if len(left) == 0:
            break
        areas = place(sought.iloc[left].reset_index(drop=True), index)
        placed = np.isfinite(areas.lat)
        rows = found.index[left[placed]]
        found.loc[rows, "located_by"] = located_by
        for column, values in zip(("lat", "lon", "located_within_m"), areas, strict=True):
            found.loc[rows, column] = values[placed]
    return found


def _note_matches(
    found: pd.DataFrame,
    where: NDArray[np.int64],
    matches: Matches,
    located_by: str,
    index: RegisterIndex,
) -> None:
    hit = matches.row != NO_ROW
    rows, buildings = found.index[where[hit]], matches.row[hit]
    found.loc[rows, "located_by"] = located_by
    found.loc[rows, "lat"] = index.lat[buildings]
    found.loc[rows, "lon"] = index.lon[buildings]
    found.loc[rows, "located_within_m"] = matches.within_m[hit]
    found.loc[rows, "score"] = matches.score[hit]
    found.loc[rows, "matched"] = index.addresses(buildings).to_numpy()
    found.loc[rows, "register_row"] = buildings
    found.loc[found.index[where], "candidates"] = matches.rivals


def ambiguities(records: pd.DataFrame, candidates: pd.Series, shown: str) -> list[Fault]:
    """Warn of each place whose address fits several of the register equally well.

    Parameters
    ----------
    records
        What a reader gave; its `address` and `row` are told.
    candidates
        As `chain.geocode` gives them, on the index of `records`; empty if none.
    shown
        The file of the records.
    """
    several = candidates[candidates.fillna("") != ""]
    told = records.loc[several.index]
    return [
        Fault(
            "warning",
            shown,
            Message("fits several addresses equally well: {named}", named=named),
            Message("complete the address, or give the place in the corrections"),
            row=int(row),
            value=address,
        )
        for address, row, named in zip(told["address"], told["row"], several, strict=True)
    ]
