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
from vpvkac.geocoding.index import AREA, UNKNOWN, Pairs, RegisterIndex
from vpvkac.model.addresses import has_diacritics, parse, spelled, stem, with_numbered_farms
from vpvkac.model.faults import Fault
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.model.territory import Territory

# What the same part of two addresses says of them.
OTHER, SILENT, NEITHER, SAME = -1, 0, 1, 2
NO_ROW = -1
_MOST_RIVALS = 5
_BETWEEN_RIVALS = "; "
# Everything; all but the postcode; street and number with postcode; no municipality on one side.
_SCORES = (100.0, 99.0, 98.0, 97.0)
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
# Fewer addresses do not show how far a postcode or a settlement reaches.
FEWEST_ADDRESSES = 3
_DEGREE_DECIMALS = 7
COLUMNS = (
    "lat", "lon", "located_by", "located_within_m", "score", "matched", "candidates",
    "register_row", "unit_row",
)  # fmt: skip


class _Sought(NamedTuple):
    """Addresses sought in a register: the texts as written, and their parts by `parse`."""

    texts: pd.Series
    parts: pd.DataFrame
    register: RegisterIndex

    def some(self, rows: NDArray[np.int64]) -> _Sought:
        """Give some of the addresses."""
        texts = self.texts.iloc[rows].reset_index(drop=True)
        return _Sought(texts, self.parts.iloc[rows].reset_index(drop=True), self.register)

    def names(self, column: str) -> NDArray[np.bool_]:
        """Tell which addresses name a part."""
        return (self.parts[column] != "").to_numpy(bool)

    def codes(self, column: str) -> NDArray[np.int64]:
        """Give the register's codes of a part, `UNKNOWN` where no address there bears it."""
        return self.register.codes_of(column, self.parts[column])

    def bearing(self, columns: tuple[str, ...], usable: NDArray[np.bool_]) -> Pairs:
        """Pair the usable addresses with the rows that bear the same in some columns."""
        which = np.flatnonzero(usable)
        pairs = self.register.bearing(self.parts.iloc[which], columns)
        return Pairs(which[pairs.sought], pairs.row)

    def agreement(self, column: str, pairs: Pairs) -> NDArray[np.int64]:
        """Tell for each pair what one part says: SAME, OTHER, SILENT (one is empty), NEITHER."""
        here = self.codes(column)[pairs.sought]
        there = self.register.codes(column)[pairs.row]
        here_empty = ~self.names(column)[pairs.sought]
        there_empty = there == self.register.code_of(column, "")
        return np.select(
            [here_empty & there_empty, here_empty | there_empty, here == there],
            [NEITHER, SILENT, SAME],
            OTHER,
        )

    def agrees_on_locality(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Tell where settlement or parish are the same and neither is another."""
        settlement = self.agreement("settlement", pairs)
        parish = self.agreement("parish", pairs)
        same = (settlement == SAME) | (parish == SAME)
        return np.asarray(same & (settlement >= SILENT) & (parish >= SILENT), bool)


class _Matches(NamedTuple):
    """What was found for each address sought, shape (n,).

    `row` of the register, `NO_ROW` if there is no match; metres within which the place lies
    for certain, 0 for a sure match; score 0-100; addresses that fit equally well, where that
    is why there is no match; and a row whose unit is that of all that fit, `NO_ROW` if none is.
    """

    row: NDArray[np.int64]
    within_m: NDArray[np.float64]
    score: NDArray[np.float64]
    rivals: NDArray[np.object_]
    unit_row: NDArray[np.int64]

    @classmethod
    def none(cls, count: int) -> _Matches:
        """Give the state before anything was found."""
        unknown = np.full(count, np.nan)
        return cls(
            np.full(count, NO_ROW),
            unknown,
            unknown.copy(),
            np.full(count, "", object),
            np.full(count, NO_ROW),
        )

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Where there is neither a match nor rivals."""
        return np.asarray((self.row == NO_ROW) & (self.rivals == ""), bool)


class Areas(NamedTuple):
    """Middles and extents, shape (n,): degrees and metres, NaN where there is none."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    within_m: NDArray[np.float64]


def geocode(
    addresses: pd.Series, index: RegisterIndex, parts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Place addresses, with the parts by `parse` where they are known already; their index stays.

    `lat`, `lon` in degrees, NaN if not placed; `located_by` address, fuzzy, postcode or
    settlement, else empty; `located_within_m`; `score` 0-100; `matched`, the register's address,
    and `register_row`, its row; `candidates`, the addresses that fit equally well, where that is
    why the building is not known; `unit_row`, a row in the unit of all that have the very address.
    """
    found = pd.DataFrame(index=addresses.index, columns=list(COLUMNS)).astype(
        dict.fromkeys(("lat", "lon", "located_within_m", "score"), float)
    )
    found[["located_by", "matched", "candidates"]] = ""
    found[["register_row", "unit_row"]] = NO_ROW
    texts = addresses.fillna("").astype(str)
    parts = (parse(texts) if parts is None else parts).reset_index(drop=True)
    sought = _with_houses(_Sought(texts.reset_index(drop=True), parts, index))
    left = np.arange(len(texts))
    for located_by, match in (("address", _match_exact), ("fuzzy", _match_fuzzy)):
        if len(left) == 0:
            break
        matches = match(sought.some(left))
        hit = matches.row != NO_ROW
        rows, buildings = found.index[left[hit]], matches.row[hit]
        found.loc[rows, "located_by"] = located_by
        found.loc[rows, "lat"] = index.lat[buildings]
        found.loc[rows, "lon"] = index.lon[buildings]
        found.loc[rows, "located_within_m"] = matches.within_m[hit]
        found.loc[rows, "score"] = matches.score[hit]
        found.loc[rows, "matched"] = index.addresses(buildings).to_numpy()
        found.loc[rows, "register_row"] = buildings
        found.loc[found.index[left], "candidates"] = matches.rivals
        if located_by == "address":
            found.loc[found.index[left], "unit_row"] = matches.unit_row
        left = left[matches.is_open]
    for located_by, place in (("postcode", _by_postcode), ("settlement", _by_settlement)):
        left = np.flatnonzero(found["located_by"] == "")
        if len(left) == 0:
            break
        areas = place(sought.some(left))
        placed = np.isfinite(areas.lat)
        rows = found.index[left[placed]]
        found.loc[rows, "located_by"] = located_by
        for column, values in zip(("lat", "lon", "located_within_m"), areas, strict=True):
            found.loc[rows, column] = values[placed]
    return found


def find_exact(
    addresses: pd.Series, index: RegisterIndex, parts: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the register's row of addresses whose every word is the register's; `NO_ROW` if none.

    Also gives a row in the unit of all buildings that bear such an address.
    """
    sought = _Sought(addresses.reset_index(drop=True), parts.reset_index(drop=True), index)
    matches = _match_exact(_with_houses(sought))
    return matches.row, matches.unit_row


def ambiguities(records: pd.DataFrame, candidates: pd.Series, shown: str) -> list[Fault]:
    """Warn of each place whose address fits several of the register equally well."""
    several = candidates[candidates.fillna("") != ""]
    rows = records.loc[several.index]
    return [
        Fault(
            "warning",
            shown,
            Message("fits several addresses equally well: {named}", named=named),
            Message("complete the address, or give the place in the corrections"),
            row=int(row),
            value=address,
        )
        for address, row, named in zip(rows["address"], rows["row"], several, strict=True)
    ]


def _with_houses(sought: _Sought) -> _Sought:
    """Take '"Tērces-10"' for the house "Tērces 10" where the register has one, else for a flat."""
    texts = with_numbered_farms(sought.texts)
    rows = np.flatnonzero(texts != sought.texts)
    if len(rows) == 0:
        return sought
    houses = parse(texts.iloc[rows]).set_axis(rows)
    found = _match_exact(sought.some(rows)._replace(parts=houses.reset_index(drop=True)))
    named = rows[~found.is_open]
    parts = sought.parts.copy()
    parts.loc[named] = houses.loc[named]
    return sought._replace(parts=parts)


def _choose(count: int, best: Pairs, score: NDArray[np.float64], index: RegisterIndex) -> _Matches:
    """Take the row where pairs that fit equally well stand on one spot; else name the rivals."""
    found = _Matches.none(count)
    table = pd.DataFrame(
        {"sought": best.sought, "row": best.row, "score": score, "spot": index.spots(best.row)}
    ).sort_values(["sought", "score", "row"], ascending=[True, False, True])
    units = table.assign(unit=index.unit[table["row"]]).groupby("sought")
    of_units = units.agg(row=("row", "first"), least=("unit", "min"), most=("unit", "max"))
    same = of_units[(of_units["least"] == of_units["most"]) & (of_units["least"] >= 0)]
    found.unit_row[same.index] = same["row"]
    table = table.drop_duplicates(["sought", "spot"])
    has_rival = table["sought"].duplicated(keep=False)
    alone = table[~has_rival]
    found.row[alone["sought"]] = alone["row"]
    found.score[alone["sought"]] = alone["score"]
    found.within_m[alone["sought"]] = 0.0
    listed = table[has_rival].groupby("sought").head(_MOST_RIVALS)
    listed = listed.assign(address=index.addresses(listed["row"].to_numpy()).to_numpy())
    rivals = listed.groupby("sought")["address"].agg(_BETWEEN_RIVALS.join)
    found.rivals[rivals.index] = rivals.to_numpy(object)
    return found


def _match_exact(sought: _Sought) -> _Matches:
    """Match addresses whose every word is the register's.

    One written without diacritics throughout may match an address with them.
    """
    index, texts = sought.register, sought.texts
    is_named = sought.names("name") & (sought.names("number") | ~sought.names("kind"))
    pairs = sought.bearing(("name", "number"), is_named)
    pairs = pairs.only(sought.agreement("kind", pairs) >= NEITHER)
    level = _levels(sought, pairs)
    fits = level < len(_SCORES)
    pairs, level = pairs.only(fits), level[fits]
    here = spelled(sought.parts["name"], texts).to_numpy(object)[pairs.sought]
    there = spelled(index.texts("name", pairs.row), index.addresses(pairs.row)).to_numpy(object)
    fits = (here == there) | ~has_diacritics(texts).to_numpy(bool)[pairs.sought]
    level = level + len(_SCORES) * (here != there)
    pairs, level = pairs.only(fits), level[fits]
    least = np.full(len(texts), np.iinfo(np.int64).max)
    np.minimum.at(least, pairs.sought, level)
    best = level == least[pairs.sought]
    score = np.array(_SCORES)[level[best] % len(_SCORES)]
    return _choose(len(texts), pairs.only(best), score, index)


def _levels(sought: _Sought, pairs: Pairs) -> NDArray[np.int64]:
    """Tell which of `_SCORES` each pair deserves; their number where none."""
    settlement, parish, municipality, postcode = (
        sought.agreement(column, pairs)
        for column in ("settlement", "parish", "municipality", "postcode")
    )
    locality = sought.agrees_on_locality(pairs)
    not_elsewhere = (settlement >= SILENT) & (parish >= SILENT)
    # A municipality may have been merged into another, and its name gone from the register.
    gone = sought.codes("municipality")[pairs.sought] == UNKNOWN
    in_area = locality & (municipality >= NEITHER)
    # Two parishes of one name: without the municipality it is not known which is meant.
    parish_count = sought.register.areas_holding("parish", pairs.row)
    clear = (settlement == SAME) | sought.names("municipality")[pairs.sought] | (parish_count == 1)
    return np.select(
        [
            in_area & (postcode == SAME),
            in_area,
            (postcode == SAME) & not_elsewhere & ((municipality >= SILENT) | locality | gone),
            locality & (municipality == SILENT) & clear,
        ],
        range(len(_SCORES)),
        len(_SCORES),
    )


def _match_fuzzy(sought: _Sought) -> _Matches:
    """Match addresses that are like one in the municipality named, else in one beside it.

    `within_m` is the distance to the farthest address that is like enough to have been meant.
    """
    found = _Matches.none(len(sought.texts))
    for near in (_in_place, _beside):
        left = np.flatnonzero(found.is_open)
        if len(left) == 0:
            break
        some = sought.some(left)
        for whole, new in zip(found, _likest(some, near(some)), strict=True):
            whole[left] = new
    return found


def _in_place(sought: _Sought) -> Pairs:
    """Pair addresses with those of equal number in the places they name."""
    names = sought.names
    village = sought._replace(parts=sought.parts.assign(parish=sought.parts["settlement"]))
    # A street without a number is no building.
    able = names("name") & (names("number") | ~names("kind"))
    farm = ~names("number") & ~names("kind")
    wide = names("municipality") & ~(farm & (names("parish") | names("settlement")))
    several = [
        sought.bearing(("municipality", "number"), able & wide),
        sought.bearing(("parish", "number"), able & names("parish")),
        village.bearing(("parish", "number"), able & names("settlement")),
        sought.bearing(("settlement", "number"), able & names("settlement")),
        sought.bearing(("postcode", "number"), able & names("postcode")),
    ]
    joined = pd.DataFrame(np.concatenate(several, axis=1).T).drop_duplicates()
    return Pairs(*joined.to_numpy(np.int64).T)


def _beside(sought: _Sought) -> Pairs:
    """Pair addresses of streets with those of equal number beside the municipality they name."""
    own = sought.codes("municipality")
    usable = (own != UNKNOWN) & sought.names("municipality") & sought.names("number")
    wanted = pd.DataFrame({"own": own, "sought": np.arange(len(own))})[usable]
    wanted = wanted.merge(sought.register.beside(np.unique(own[usable])), on="own")
    numbers = sought.parts["number"].take(wanted["sought"]).reset_index(drop=True)
    pairs = sought.register.bearing(wanted.assign(number=numbers), (AREA, "number"))
    return Pairs(wanted["sought"].to_numpy(np.int64)[pairs.sought], pairs.row)


def _likest(sought: _Sought, pairs: Pairs) -> _Matches:
    count, index = len(sought.texts), sought.register
    likeness = np.ones(len(pairs.row))
    # The cheapest part first: what it rules out need not be compared further.
    for measure in (_kinds, _places, _names):
        likeness = likeness * measure(sought, pairs)
        fits = likeness * _PERCENT >= LEAST_SCORE
        pairs, likeness = pairs.only(fits), likeness[fits]
    score = np.round(likeness * _PERCENT, 1)
    best = np.zeros(count)
    np.maximum.at(best, pairs.sought, score)
    close = score > best[pairs.sought] - MARGIN
    found = _choose(count, pairs.only(close), score[close], index)
    matched = pairs.only(found.row[pairs.sought] != NO_ROW)
    within = np.where(found.row == NO_ROW, np.nan, FLOOR_M)
    away = index.apart(found.row[matched.sought], matched.row)
    np.fmax.at(within, matched.sought, away)
    return found._replace(within_m=within)


def _kinds(sought: _Sought, pairs: Pairs) -> NDArray[np.float64]:
    """Compare the words for street: they may be left out, not differ."""
    agreement = sought.agreement("kind", pairs)
    left_out = ~sought.names("kind")[pairs.sought] & (agreement == SILENT)
    return np.select([agreement >= NEITHER, left_out], [1.0, _NO_KIND], 0.0)


def _places(sought: _Sought, pairs: Pairs) -> NDArray[np.float64]:
    locality = _localities(sought, pairs)
    return locality * _municipalities(sought, pairs, locality)


def _localities(sought: _Sought, pairs: Pairs) -> NDArray[np.float64]:
    index = sought.register
    here = sought.parts[["settlement", "parish"]].take(pairs.sought).reset_index(drop=True)
    settled, in_parish = ((here[column] != "").to_numpy(bool) for column in here)
    by_village = (
        settled
        & ~in_parish
        & (index.codes_of("parish", here["settlement"]) == index.codes("parish")[pairs.row])
        & (sought.agreement("settlement", pairs) == SILENT)
    )
    # A parish's village may have become a town beside it.
    by_town = (
        in_parish
        & ~settled
        & (index.codes_of("settlement", here["parish"]) == index.codes("settlement")[pairs.row])
        & (sought.agreement("parish", pairs) == SILENT)
    )
    named = here["settlement"].where(settled, here["parish"])
    known = (index.codes_of("settlement", named) != UNKNOWN) | (
        index.codes_of("parish", named) != UNKNOWN
    )
    misspelt = np.flatnonzero(~known)
    like = np.zeros(len(pairs.row))
    for column in ("settlement", "parish"):
        there = index.texts(column, pairs.row[misspelt])
        likeness = _similarity(named.iloc[misspelt], there, _LEAST_PLACE)
        like[misspelt] = np.fmax(like[misspelt], likeness)
    return np.select(
        [sought.agrees_on_locality(pairs), ~settled & ~in_parish, by_village | by_town, ~known],
        [1.0, _NO_LOCALITY, _LIKE_LOCALITY, like],
        0.0,
    )


def _municipalities(
    sought: _Sought, pairs: Pairs, locality: NDArray[np.float64]
) -> NDArray[np.float64]:
    index = sought.register
    agreement = sought.agreement("municipality", pairs)
    postcode = sought.agreement("postcode", pairs) == SAME
    none = ~sought.names("municipality")[pairs.sought]
    own = sought.codes("municipality")[pairs.sought]
    gone = (own == UNKNOWN) & ~none
    # Whether the settlement, or the parish, that both name occurs in one area alone.
    by_settlement = sought.agreement("settlement", pairs) == SAME
    settlements, parishes = (
        index.areas_holding(column, pairs.row) for column in ("settlement", "parish")
    )
    same_place = locality == 1.0
    only_here = postcode | (same_place & (np.where(by_settlement, settlements, parishes) == 1))
    near = pd.MultiIndex.from_frame(index.beside(np.unique(own[own != UNKNOWN])))
    beside = pd.MultiIndex.from_arrays([own, index.codes(AREA)[pairs.row]]).isin(near)
    return np.select(
        [
            agreement >= NEITHER,
            none & only_here,
            gone & only_here,
            ~gone & ~none & (agreement == SILENT) & same_place,
            ~gone & ~none & (postcode | (beside & (locality >= _NO_LOCALITY))),
        ],
        [1.0, _NO_MUNICIPALITY, _GONE_MUNICIPALITY, _NO_MUNICIPALITY, _BESIDE],
        0.0,
    )


def _names(sought: _Sought, pairs: Pairs) -> NDArray[np.float64]:
    """Compare names of streets and farms, each pair of names once."""
    index, name = sought.register, sought.parts["name"]
    like = np.zeros(len(pairs.row))
    maybe = _may_be_like(name, pairs, index)
    pairs = pairs.only(maybe)
    codes, rows = pd.factorize(pairs.row)
    there = spelled(index.texts("name", rows), index.addresses(rows))
    table = pd.DataFrame(
        {
            "here": spelled(name, sought.texts).to_numpy(object)[pairs.sought],
            "plain": name.to_numpy(object)[pairs.sought],
            "there": there.take(codes).to_numpy(object),
            "there_plain": index.texts("name", pairs.row).to_numpy(object),
            "farm": ~sought.names("number")[pairs.sought],
        }
    ).astype(dict.fromkeys(("here", "plain", "there", "there_plain"), str))
    # A street that the place has under this very name is not another one misspelt.
    same = index.bearing(sought.parts, ("name", "kind"))
    places = ("municipality", "parish", "settlement")
    ours, theirs = (
        pd.MultiIndex.from_arrays(
            [which.sought, *(index.codes(column)[which.row] for column in places)]
        )
        for which in (pairs, same)
    )
    excluded = (table["plain"] != table["there_plain"]).to_numpy(bool) & ours.isin(theirs)
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
    whole = names.iloc[persons]
    shortened[persons] = [
        _same_person(one.split(), other.split())
        for one, other in zip(whole["here"], whole["there"], strict=True)
    ]
    return np.fmax(np.where(without_diacritics, _PLAIN, like), shortened)


def _letters(names: pd.Series) -> pd.Series:
    return names.str.replace(r"[ .]", "", regex=True)


def _last_word(names: pd.Series) -> pd.Series:
    return names.str.rsplit(" ", n=1).str[-1]


def _similarity(names: pd.Series, others: pd.Series, least: float) -> NDArray[np.float64]:
    """Measure the share of letters that need no mending, 0 below `least`."""
    one, other = names.tolist(), others.tolist()
    scorer = OSA.normalized_similarity
    like = process.cpdist(one, other, scorer=scorer, score_cutoff=least, dtype=np.float64)
    return np.asarray(like, float)


def _same_person(here: Iterable[str], there: Iterable[str]) -> float:
    """Compare two names of one last word from the end ("K. Barona", "Krišjāņa Barona", "Barona").

    0 if they contradict.
    """
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
    if short == letters and len(letters) > 1:
        return False
    rest = iter(whole)
    return whole.startswith(letters[:1]) and all(letter in rest for letter in letters)


def _by_postcode(sought: _Sought) -> Areas:
    """Place addresses by their postcode, unless it is one of quite another place.

    That is, if the register knows a place that the address names, and none of the postcode's
    addresses bears it.
    """
    pairs = sought.bearing(("postcode",), sought.names("postcode"))
    bears = np.zeros(len(pairs.row), bool)
    fits = np.ones(len(sought.texts), bool)
    for column in ("settlement", "parish", "municipality"):
        bears |= sought.agreement(column, pairs) == SAME
        fits &= ~(sought.names(column) & (sought.codes(column) != UNKNOWN))
    np.logical_or.at(fits, pairs.sought, bears)
    return _middles(len(fits), pairs.only(fits[pairs.sought]), sought.register)


def _by_settlement(sought: _Sought) -> Areas:
    """Place addresses by their settlement, if there is one alone of its name where they say."""
    parts, index = sought.parts, sought.register
    nothing_else = (parts[["number", "kind", "settlement"]] == "").all(axis=1)
    settlement = parts["settlement"].mask(nothing_else, stem(parts["name"]))
    sought = sought._replace(parts=parts.assign(settlement=settlement))
    pairs = sought.bearing(("settlement",), sought.names("settlement"))
    gone = sought.codes("municipality") == UNKNOWN
    fits = sought.agreement("parish", pairs) >= SILENT
    fits &= (sought.agreement("municipality", pairs) >= SILENT) | gone[pairs.sought]
    pairs = pairs.only(fits)
    where = pd.DataFrame(
        {"sought": pairs.sought, "parish": index.codes("parish")[pairs.row],
         "municipality": index.codes("municipality")[pairs.row]}
    ).drop_duplicates()  # fmt: skip
    alone = np.bincount(where["sought"], minlength=len(parts)) == 1
    return _middles(len(parts), pairs.only(alone[pairs.sought]), index)


def _middles(count: int, pairs: Pairs, index: RegisterIndex) -> Areas:
    """Find the middle of the rows that each address is paired with, and the farthest of them."""
    at, row = pairs.sought, pairs.row
    addresses = np.bincount(at, minlength=count)
    with np.errstate(invalid="ignore"):
        lat, lon = (
            np.round(np.bincount(at, degrees[row], minlength=count) / addresses, _DEGREE_DECIMALS)
            for degrees in (index.lat, index.lon)
        )
    within = np.full(count, FLOOR_M)
    np.fmax.at(within, at, distance(index.lat[row], index.lon[row], lat[at], lon[at]))
    spots = pd.DataFrame({"sought": at, "spot": index.spots(row)}).drop_duplicates()
    enough = np.bincount(spots["sought"], minlength=count) >= FEWEST_ADDRESSES
    return Areas(*(np.where(enough, values, np.nan) for values in (lat, lon, within)))


def by_unit(number: NDArray[np.int64], territory: Territory) -> Areas:
    """Place what only its unit, by row number or `NONE`, is known of, at a point inside it."""
    lat, lon, within = (np.full(len(number), np.nan) for _ in range(3))
    for unit in np.unique(number[number >= 0]):
        shape = territory.units.geometry.iloc[unit]
        inside = shapely.point_on_surface(shape)
        at_lat, at_lon = np.round(to_degrees(inside.x, inside.y), _DEGREE_DECIMALS)
        border = to_degrees(*shapely.get_coordinates(shape).T)
        at = (
            np.full_like(side, value) for side, value in zip(border, (at_lat, at_lon), strict=True)
        )
        here = number == unit
        lat[here], lon[here], within[here] = at_lat, at_lon, distance(*border, *at).max()
    return Areas(lat, lon, within)
