"""Lineage: which units a unit became, and which it came from, by the history of codes.

A change is known from either side: a record names its successors, or its
successor names it.  Both are taken, so that one side's omission loses nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# A period ends on its last day, or on the first day of the next: both are met.
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Lineage:
    """The history of codes, indexed.

    Parameters
    ----------
    records
        Table of `sources.units.HISTORY_COLUMNS` sorted by code and begin, default index.
    """

    records: pd.DataFrame

    @cached_property
    def edges(self) -> pd.DataFrame:
        """Changes: `earlier` and `later` record number, and the `date` of the change."""
        found = pd.concat([self._by_successors(), self._by_predecessors(), self._by_versions()])
        found = found[found["earlier"] != found["later"]].drop_duplicates(["earlier", "later"])
        begin = self.records["begin"].to_numpy()[found["later"]]
        end = self.records["end"].to_numpy()[found["earlier"]]
        found["date"] = np.fmax(begin, end)
        # What would lead back in time is an error of the file.
        forward = found["date"] >= self.records["begin"].to_numpy()[found["earlier"]]
        return found[forward.to_numpy(bool)].reset_index(drop=True)

    def in_force(self, date: str) -> NDArray[np.bool_]:
        """Tell which records are in force on a date."""
        day = pd.Timestamp(date)
        end = self.records["end"]
        return np.asarray((self.records["begin"] <= day) & (end.isna() | (end > day)), bool)

    def units(self, date: str) -> NDArray[np.bool_]:
        """Tell which records are units on a date: in force, with no other unit inside."""
        now = self.in_force(date)
        return now & ~self.records["code"].isin(self.records["parent"][now]).to_numpy(bool)

    def between(self, source: str, target: str) -> pd.DataFrame:
        """Pair the units of one date with those of another, either of which may be the earlier.

        Returns
        -------
        pairs
            Record numbers `old` and `new`; a unit that leads nowhere is in no pair.
        """
        first, last = min(source, target), max(source, target)
        within = (self.edges["date"] > first) & (self.edges["date"] <= last)
        pairs = self._reach(np.flatnonzero(self.units(first)), self.units(last), self.edges[within])
        return pairs if source <= target else pairs.rename(columns={"old": "new", "new": "old"})

    def leading_to(self, codes: ArrayLike, known: Collection[str]) -> pd.DataFrame:
        """Lead codes of unknown date to known ones: by what they became, else by what they were.

        Parameters
        ----------
        codes
            Unit codes, none of which is known.
        known
            The codes of the layout wanted.

        Returns
        -------
        pairs
            Record numbers `old` and `new`; a code that leads nowhere is in no pair.
        """
        stop = self.records["code"].isin(known).to_numpy(bool)
        wanted = self.records["code"].isin(np.asarray(codes, object))
        latest = self.records[wanted].drop_duplicates("code", keep="last").index
        later = self._reach(latest.to_numpy(), stop, self.edges, through=False)
        left = self.records[wanted & ~self.records["code"].isin(self.codes(later["old"]))]
        earliest = left.drop_duplicates("code", keep="first").index
        backward = self.edges.rename(columns={"earlier": "later", "later": "earlier"})
        earlier = self._reach(earliest.to_numpy(), stop, backward, through=False, back=True)
        return pd.concat([later, earlier], ignore_index=True)

    def codes(self, numbers: ArrayLike) -> NDArray[np.object_]:
        """Give the codes of records."""
        return self.records["code"].to_numpy(object)[np.asarray(numbers, np.int64)]

    def _reach(
        self,
        start: NDArray[np.int64],
        stop: NDArray[np.bool_],
        edges: pd.DataFrame,
        *,
        through: bool = True,
        back: bool = False,
    ) -> pd.DataFrame:
        """Follow changes in the order of time; each way ends, since no step is taken twice.

        Parameters
        ----------
        stop
            Which records are wanted.
        through
            Whether to go on from a wanted record, which may live on and lose a part.
        """
        none = pd.Timestamp.max if back else pd.Timestamp.min
        ways = pd.DataFrame({"old": start, "new": start, "since": none}).astype(
            {"since": edges["date"].dtype}
        )
        new_ways = ways
        while len(new_ways):
            going = new_ways if through else new_ways[~stop[new_ways["new"]]]
            steps = going.merge(edges, left_on="new", right_on="earlier")
            in_order = steps["date"] <= steps["since"] if back else steps["date"] >= steps["since"]
            steps = steps[in_order]
            taken = pd.DataFrame(
                {"old": steps["old"], "new": steps["later"], "since": steps["date"]}
            )
            before = len(ways)
            ways = pd.concat([ways, taken], ignore_index=True).drop_duplicates()
            new_ways = ways.iloc[before:]
        wanted = ways[stop[ways["new"]]]
        return wanted[["old", "new"]].drop_duplicates().reset_index(drop=True)

    def _by_successors(self) -> pd.DataFrame:
        """Find the record of each successor named: in force when the period ends, else next."""
        named = self._named("successors")
        ended = self.records["end"].to_numpy()[named["number"]]
        begun = self.records["begin"].to_numpy()[named["number"]]
        # A unit that lives on names those cut from it later.
        named["at"] = np.where(np.isnat(ended), begun + _DAY, ended)
        then = self._asof(named, named["at"] + _DAY, "backward")
        end = self.records["end"].reindex(then).to_numpy()
        holds = (then >= 0) & (np.isnat(end) | (end > named["at"].to_numpy()))
        holds &= ~np.isnat(ended)
        following = self._asof(named, named["at"] + _DAY, "forward")
        later = np.where(holds, then, np.where(following >= 0, following, then))
        return pd.DataFrame({"earlier": named["number"], "later": later})[later >= 0]

    def _by_predecessors(self) -> pd.DataFrame:
        """Find the record of each predecessor named: the last that began before."""
        named = self._named("predecessors")
        begun = self.records["begin"].to_numpy()[named["number"]]
        earlier = self._asof(named, pd.Series(begun) - _DAY, "backward")
        return pd.DataFrame({"earlier": earlier, "later": named["number"]})[earlier >= 0]

    def _by_versions(self) -> pd.DataFrame:
        """Join the versions of one code that follow without a break."""
        number = np.arange(len(self.records) - 1)
        same = self.records["code"].to_numpy()[:-1] == self.records["code"].to_numpy()[1:]
        end = self.records["end"].to_numpy()[:-1]
        begin = self.records["begin"].to_numpy()[1:]
        follows = same & (np.isnat(end) | (begin - end <= _DAY.to_numpy()))
        return pd.DataFrame({"earlier": number[follows], "later": number[follows] + 1})

    def _named(self, column: str) -> pd.DataFrame:
        """Give the codes named in a column: the record's `number` and the `code`."""
        lists = self.records[column].str.split().explode()
        lists = lists[lists.notna()]
        return pd.DataFrame({"number": lists.index.to_numpy(), "code": lists.to_numpy(object)})

    def _asof(self, named: pd.DataFrame, at: pd.Series, direction: str) -> NDArray[np.int64]:
        """Find the record of each code that begins last until a day, or first from it; -1: none."""
        records = self.records[["code", "begin"]].assign(found=np.arange(len(self.records)))
        wanted = pd.DataFrame({"code": named["code"].astype(str), "at": at.to_numpy()})
        wanted["at"] = wanted["at"].astype(records["begin"].dtype)
        wanted["order"] = np.arange(len(wanted))
        found = pd.merge_asof(
            wanted.sort_values("at"),
            records.sort_values("begin"),
            left_on="at",
            right_on="begin",
            by="code",
            direction=direction,  # type: ignore[arg-type]
        )
        return found.sort_values("order")["found"].fillna(-1).to_numpy(np.int64)
