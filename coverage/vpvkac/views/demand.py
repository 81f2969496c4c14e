"""What is expected of points: services a year, people at the desk, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vpvkac.analysis.catchment import rates
from vpvkac.texts.message import Message
from vpvkac.views.writer import Writer

_EXPECTED = Message(
    "Services expected a year: {least}–{most}; people at the desk while open: {people}."
)
# Tenths are divided among the points, so that none of them means less than one.
_TENTH, _FEW = 0.1, Message("below {}")
_RATES = Message(
    "The rate per 1000 residents is {outside} services in parishes, {towns} in towns and {cities} "
    "in state cities (2020 analysis, table 41). It is a band, because the published count may be "
    "one of 21 months; state cities had no centre in 2019, so the lower end there is a floor and "
    "the upper end the rate of the whole country. The services are divided among the points by the "
    "residents to whom each is the nearest (network.csv)."
)
_BRIEF = Message(
    "By the rates of table 41 of the 2020 analysis for the kind of place, a band; in a state city "
    "the lower end is a floor."
)
_BUSIEST = Message(
    "People at the desk are for the busiest month, with {factor} times the services of a mean one."
)
_DESK = Message(
    "People at the desk: 15 minutes a service at 75 % load, in 46 weeks of the point's own hours, "
    "40 a week where they are not known; {peak}"
)
_MEAN = Message("the mean of the year, for the project names no busiest month (peak_factor).")
_PEAK = Message("in the busiest month, with {factor} times the services of a mean one.")


def demand_lines(
    row: Mapping[Any, Any] | pd.Series, peak: float, write: Writer, *, brief: bool = False
) -> list[str]:
    """Say what is expected of a point or of several, and by which rates and for what month.

    Nothing where residents are not given; in brief one line for a letter.
    """
    if pd.isna(row["services_most"]):
        return []
    services = {end: write.number(row[f"services_{end}"]) for end in ("least", "most")}
    staff = [row[f"staff_{end}"] for end in ("least", "most")]
    people = "–".join(write.number(end, 1) for end in staff)
    if not max(staff):
        people = write(_FEW, write.number(_TENTH, 1))
    expected = write(_EXPECTED, **services, people=people)
    factor = write.number(peak, 2)
    if brief:
        busiest = [write(_BUSIEST, factor=factor)] if peak > 1 else []
        return [" ".join([expected, write(_BRIEF), *busiest])]
    kinds = {"outside": "parish", "towns": "town", "cities": "state_city"}
    # The band of each rate, of 1000 residents.
    bands = {
        place: "–".join(write.number(float(1000 * end), 1) for end in rates()[kind])
        for place, kind in kinds.items()
    }
    month = write(_PEAK, factor=factor) if peak > 1 else write(_MEAN)
    return [expected, write(_RATES, **bands), write(_DESK, peak=month)]
