"""What the analysis found and recommends, checked for each municipality and for the country."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from vpvkac.questions.hours.demand import found
from vpvkac.questions.hours.measures import WORKDAYS

# The analysis asks municipalities to weigh whether opening 8-9 is needed, demand being lowest
# then, and whether 18-19 and a short Saturday are possible: nobody meets or misses any of them.
TO_WEIGH = ("late", "saturday")
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
        and `lunch_closed`, how many have a bus (`bus_before`, `bus_after`);
        of how many each is known (`early_known` and so on); the means
        `weekly_h` and `intensity_share`.
    """
    marked = _marked(centres)
    grouped = marked.groupby("municipality")
    table = grouped[[*_COUNTED, "known", *(f"{name}_known" for name in _COUNTED)]].sum()
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
        "early": _of_known(marked, "early"),
        "early_on_average": (known["early_days"].sum() / WORKDAYS, total),
        "late": _of_known(marked, "late"),
        "evening": _of_known(marked, "evening"),
        "saturday": _of_known(marked, "saturday"),
        "lunch_closed": _of_known(marked, "lunch_closed"),
        "lunch_monday_to_thursday": (known["lunch_mo_th"].sum() / _MONDAY_TO_THURSDAY, total),
        "friday_until_14": _of_known(marked, "friday_until_14"),
        "bus_before": _of_known(marked, "bus_before"),
        "bus_after": _of_known(marked, "bus_after"),
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


def _of_known(marked: pd.DataFrame, name: str) -> tuple[float, int]:
    return float(marked[name].sum()), int(marked[f"{name}_known"].sum())


def _marked(centres: pd.DataFrame) -> pd.DataFrame:
    """Turn what is checked into yes and no; what is not known is counted apart."""
    names = (*_COUNTED, "friday_until_14")
    return centres.assign(
        known=centres["unknown"] == "",
        **{name: centres[name].fillna(False).astype(bool) for name in names},
        **{f"{name}_known": centres[name].notna() for name in names},
    )
