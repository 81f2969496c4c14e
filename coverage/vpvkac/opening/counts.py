"""What the analysis found and recommends, checked for each municipality and for the country."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.opening.demand import found
from vpvkac.opening.measures import WORKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

# The analysis recommends opening 8-9, to consider 18-19 and a short Saturday.
RECOMMENDED = ("early", "late", "saturday")
_MONDAY_TO_THURSDAY = 4
_COUNTED = ("early", "late", "evening", "saturday", "lunch_closed", "bus_before", "bus_after")


def by_municipality(centres: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Count by the municipality that the centres stand in.

    Returns
    -------
    counts
        Sorted by `municipality`: `municipality_name`, `centres`, `known`
        (those whose hours are known), how many of them are `early`, `late`
        (open the whole of 18-19 on any working day), `evening`, `saturday`
        and `lunch_closed`; how many have a bus (`bus_before`, `bus_after`)
        and of how many either is known (`bus_before_known`,
        `bus_after_known`); the means `weekly_h` and `intensity_share`.
    """
    marked = _marked(centres)
    grouped = marked.groupby("municipality")
    table = grouped[[*_COUNTED, "known", "bus_before_known", "bus_after_known"]].sum()
    table = table.astype("int64")
    table.insert(0, "centres", grouped.size())
    table[["weekly_h", "intensity_share"]] = grouped[["weekly_h", "intensity_share"]].mean()
    names = municipalities.set_index("municipality")["municipality_name"]
    table.insert(0, "municipality_name", names.reindex(table.index))
    return table.sort_index().reset_index()


def national(centres: pd.DataFrame, *, synthetic: bool) -> pd.DataFrame:
    """Count for the country.

    Parameters
    ----------
    centres
        The rows of open centres.
    synthetic
        Whether the data are invented: then nothing published stands beside.

    Returns
    -------
    counts
        `check`, `count`, `of`, `share`, `published_count` and `published_of`
        (null on synthetic data and where the analysis gives no number), in
        the order in which they are told.  Counts are whole, but
        `early_on_average` (open 8-9, mean of the five working days) and
        `lunch_monday_to_thursday` (mean of four) are averages.
    """
    marked = _marked(centres)
    known = marked[marked["known"]]
    total = len(known)
    counted: Mapping[str, tuple[float, int]] = {
        "known": (total, len(marked)),
        "early": (known["early"].sum(), total),
        "early_on_average": (known["early_days"].sum() / WORKDAYS, total),
        "late": (known["late"].sum(), total),
        "evening": (known["evening"].sum(), total),
        "saturday": (known["saturday"].sum(), total),
        "lunch_closed": (known["lunch_closed"].sum(), total),
        "lunch_monday_to_thursday": (known["lunch_mo_th"].sum() / _MONDAY_TO_THURSDAY, total),
        "friday_until_14": (known["friday_until_14"].sum(), total),
        "bus_before": (known["bus_before"].sum(), int(known["bus_before_known"].sum())),
        "bus_after": (known["bus_after"].sum(), int(known["bus_after_known"].sum())),
    }
    table = pd.DataFrame(
        [(check, float(count), of) for check, (count, of) in counted.items()],
        columns=["check", "count", "of"],
    )
    table["share"] = table["count"] / table["of"].where(table["of"] > 0)
    published = {} if synthetic else found()
    counts = {check: entry.count for check, entry in published.items()}
    wholes = {check: entry.of for check, entry in published.items()}
    table["published_count"] = table["check"].map(counts).astype("Int64")
    table["published_of"] = table["check"].map(wholes).astype("Int64")
    return table


def _marked(centres: pd.DataFrame) -> pd.DataFrame:
    """Turn what is checked into yes and no; what is not known is counted apart."""
    flags = {name: centres[name].fillna(False).astype(bool) for name in _COUNTED if name != "late"}
    return centres.assign(
        **flags,
        late=(centres["late_days"].fillna(0) > 0).astype(bool),
        known=centres["unknown"] == "",
        bus_before_known=centres["bus_before"].notna(),
        bus_after_known=centres["bus_after"].notna(),
    )
