"""Services a resident by kind of place, from table 41 of the 2020 analysis."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from vpvkac.sources.reference import reference_file

_FILE = "demand.toml"
_MONTHS_OF_YEAR = 12
OUTSIDE, TOWNS, ALL = "outside_towns", "towns", "all"
_WITHOUT_CENTRE = "without_centre"


class Rate(NamedTuple):
    """Services a resident and year; the yearly rate is between the two."""

    least: Fraction
    most: Fraction


@cache
def published_rates() -> Mapping[str, Fraction]:
    """Give the services a resident as published: `OUTSIDE`, `TOWNS` and `ALL`.

    The rest of the table's services and residents are those of towns and
    cities, so that both together give the published total.
    """
    table = _document()["table_41"]
    outside, services, residents = table[OUTSIDE], table["services"], table["residents"]
    return {
        OUTSIDE: Fraction(outside["services"], outside["residents"]),
        TOWNS: Fraction(services - outside["services"], residents - outside["residents"]),
        ALL: Fraction(services, residents),
    }


@cache
def rates() -> Mapping[str, Rate]:
    """Give the rate of each kind of unit.

    Least is 12/21 of the published rate, which may be of 21 months.  Of a
    state city, where no centre was in 2019, the rate of towns is a floor and
    that of all places the other end.
    """
    published, document = published_rates(), _document()
    year = Fraction(_MONTHS_OF_YEAR, document["table_41"]["months"])
    ends = {
        OUTSIDE: Rate(published[OUTSIDE] * year, published[OUTSIDE]),
        TOWNS: Rate(published[TOWNS] * year, published[TOWNS]),
        _WITHOUT_CENTRE: Rate(published[TOWNS], published[ALL]),
    }
    return {kind: ends[group] for group, kinds in document["kinds"].items() for kind in kinds}


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(reference_file(_FILE).read_text(encoding="utf-8"))
