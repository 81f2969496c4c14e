"""Journeys by timetable: the earliest arrival at every stop, for many starts at once.

The timetable of one day is a graph without circles (a time-expanded graph: Pyrga,
Schulz, Wagner, Zaroliagis 2008) of two kinds of nodes: a *hop*, one vehicle between
two calls that follow one another, and an *alighting*, the arrival of a hop at its
stop.  One is on a hop who was on the hop before it of the same trip, or who boards:
from the street, or by a change from an alighting early enough.  The alightings of a
stop stand in a chain, so that each knows of all before it.

Which starts reach a node is a row of bits, one a start: a connection scan (Dibbelt,
Pajor, Strasser, Wagner 2018) over all starts in one pass of bitwise "or"s.  Nodes
are taken in batches.  A change takes at least `Timetable.least_change` seconds, so
hops that depart within as many seconds depend on one another only along a trip.

Journeys toward a deadline are those of the timetable's mirror, in which time runs
backward.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Times = NDArray[np.int32]

# Later than any timetable, and far enough below what 32 bits hold to add a walk.
NEVER = 1 << 30
_WORD = 64
# Rows are unpacked for so many words at a time, to bound the memory.
_WORDS_AT_ONCE = 50_000


class Changes(NamedTuple):
    """Between which stops one may change, and the least seconds from arriving to departing.

    Parameters
    ----------
    alight, board
        Stops, shape (c,); one and the same for a change without a walk.
    seconds
        At least 1, shape (c,): changes at equal times would make a circle.
    """

    alight: Ints
    board: Ints
    seconds: Ints


class Starts(NamedTuple):
    """Where and when journeys begin: one row for each stop at which a start can be.

    Parameters
    ----------
    start
        Number of the start, shape (k,).
    stop
        A stop that it reaches on foot, shape (k,).
    seconds
        When it is there; boarding takes no time, shape (k,).
    size
        How many starts there are.
    """

    start: Ints
    stop: Ints
    seconds: Ints
    size: int


class Hops(NamedTuple):
    """One vehicle between two calls that follow one another; arrays of shape (h,).

    Parameters
    ----------
    trip
        The hops of a trip stand together, in the order of its calls.
    board_stop, alight_stop
        Where it begins and ends.
    depart, arrive
        Seconds after midnight of the service day.
    can_board, can_alight
        Whether passengers may, at its beginning and its end.
    """

    trip: Ints
    board_stop: Ints
    alight_stop: Ints
    depart: Ints
    arrive: Ints
    can_board: NDArray[np.bool_]
    can_alight: NDArray[np.bool_]


@dataclass(frozen=True)
class Timetable:
    """The vehicles of one day.

    Parameters
    ----------
    stops
        How many stops there are.
    hops
        Of all trips.
    changes
        Those allowed between them.

    Raises
    ------
    ValueError
        If time goes backward along a trip, or a change takes no second.
    """

    stops: int
    hops: Hops
    changes: Changes

    def __post_init__(self) -> None:
        trip, _, _, depart, arrive, _, _ = self.hops
        same = trip[1:] == trip[:-1]
        if (arrive < depart).any() or (depart[1:] < arrive[:-1])[same].any():
            raise ValueError("time goes backward along a trip")
        if (self.changes.seconds < 1).any():
            raise ValueError("a change takes no second")

    @property
    def least_change(self) -> int:
        """Seconds, at least 1."""
        return int(self.changes.seconds.min()) if len(self.changes.seconds) else 1

    def mirror(self) -> Timetable:
        """Give the timetable of a day on which time, and every vehicle, runs backward."""
        hops = self.hops
        return Timetable(
            self.stops,
            Hops(
                hops.trip[::-1],
                hops.alight_stop[::-1],
                hops.board_stop[::-1],
                -hops.arrive[::-1],
                -hops.depart[::-1],
                hops.can_alight[::-1],
                hops.can_board[::-1],
            ),
            Changes(self.changes.board, self.changes.alight, self.changes.seconds),
        )

    def earliest_arrivals(self, starts: Starts, until: int = NEVER) -> Times:
        """Find when each start first alights at each stop, if by `until`.

        Returns
        -------
        seconds
            Shape (stops, starts.size); `NEVER` where it does not.  Who is at a stop
            on foot alone has not alighted there.
        """
        rows = self._rows(starts, until)
        reached = self._begin(starts, until)
        _spread(reached, self._graph.batches.within(rows))
        return self._first_alightings(reached, starts.size, until)

    def arrivals_by_vehicles(
        self, starts: Starts, start: Ints, stop: Ints, until: int = NEVER
    ) -> Iterator[Ints]:
        """Give the earliest arrivals with at most one vehicle, two, …, until no more is won.

        Each is that of one start, by its number, at one stop; `NEVER` where there is none.
        """
        rows = self._rows(starts, until)
        boardings, rides = (
            part.within(rows) for part in (self._graph.boardings, self._graph.rides)
        )
        boarded = self._begin(starts, until)
        here = slice(rows.start, rows.stop)
        before = np.zeros(boarded.shape, np.uint64)
        while True:
            reached = np.zeros(boarded.shape, np.uint64)
            reached[here] = boarded[here]
            _spread(before, boardings, into=reached)
            _spread(reached, rides)
            if np.array_equal(reached[here], before[here]):
                return
            yield self._alightings_of(reached, start, stop, until)
            before = reached

    def _rows(self, starts: Starts, until: int) -> range:
        """Give the rows of hops and alightings from the first start on: others are not looked at.

        Rows of others stay 0, and their memory is never asked for.
        """
        begin = int(starts.seconds.min()) if len(starts.seconds) else until
        spans = self._graph.spans
        return range(
            int(np.searchsorted(spans, begin // self.least_change, side="left")),
            int(np.searchsorted(spans, until // self.least_change, side="right")),
        )

    def _begin(self, starts: Starts, until: int) -> NDArray[np.uint64]:
        """Put every start on the hops that it can board from the street; the last row is empty."""
        graph = self._graph
        reached = np.zeros((graph.rows + 1, -(-starts.size // _WORD)), np.uint64)
        first = np.searchsorted(graph.departures, _line(starts.stop, starts.seconds), side="left")
        ends = np.searchsorted(graph.departures, _line(starts.stop, np.array(until)), side="right")
        some = first < ends
        word, bit = np.divmod(starts.start[some], _WORD)
        rows = graph.row_of_departure[first[some]]
        np.bitwise_or.at(reached, (rows, word), np.uint64(1) << bit.astype(np.uint64))
        stops, one = np.unique(starts.stop[some], return_index=True)
        begins = np.searchsorted(graph.departures, _line(stops, np.array(_EARLIEST)))
        for begin, end in zip(begins, ends[some][one], strict=True):
            rows = graph.row_of_departure[begin:end]
            reached[rows] = np.bitwise_or.accumulate(reached[rows], axis=0)
        return reached

    def _first_alightings(self, reached: NDArray[np.uint64], count: int, until: int) -> Times:
        graph = self._graph
        seconds = np.full(self.stops * count, NEVER, np.int32)
        some = np.flatnonzero(self.hops.arrive[graph.alighting] <= until)
        step = max(1, _WORDS_AT_ONCE // max(1, reached.shape[1]))
        for begin in range(0, len(some), step):
            part = some[begin : begin + step]
            hop = graph.alighting[part]
            new = reached[graph.row_of_alighting[part]] & ~reached[graph.alighting_before[part]]
            word = np.flatnonzero(new)
            bits = np.unpackbits(
                new.ravel()[word].astype("<u8", copy=False).view(np.uint8), bitorder="little"
            )
            each = np.flatnonzero(bits.view(np.bool_))
            at, word = np.divmod(word, new.shape[1])
            place = self.hops.alight_stop[hop[at]] * count + word * _WORD
            number = each // _WORD
            seconds[place[number] + each % _WORD] = self.hops.arrive[hop[at]][number]
        return seconds.reshape(self.stops, count)

    def _alightings_of(
        self, reached: NDArray[np.uint64], start: Ints, stop: Ints, until: int
    ) -> Ints:
        """Halve the chain of each stop until its first alighting is found."""
        graph, hops = self._graph, self.hops
        lines = _line(hops.alight_stop, hops.arrive)[graph.alighting]
        low = np.searchsorted(lines, _line(stop, np.array(_EARLIEST)), side="left")
        end = np.searchsorted(lines, _line(stop, np.array(until)), side="right")
        high, word, bit = end, start // _WORD, (start % _WORD).astype(np.uint64)
        while (low < high).any():
            middle = np.minimum((low + high) // 2, len(lines) - 1)
            is_there = (reached[graph.row_of_alighting[middle], word] >> bit) & np.uint64(1) == 1
            low, high = (
                np.where(is_there | (low >= high), low, middle + 1),
                np.where(is_there & (low < high), middle, high),
            )
        found = np.full(len(start), NEVER, np.int64)
        found[low < end] = hops.arrive[graph.alighting[low[low < end]]]
        return found

    @cached_property
    def _graph(self) -> _Graph:
        return _make_graph(self)


class _Batch(NamedTuple):
    """Rows that depend on none of one another, and the rows before each of them."""

    rows: Ints | slice
    before: Ints
    first: Ints


class _Batches(NamedTuple):
    """Batches in the order of their rows, and the first row of each."""

    parts: list[_Batch]
    begins: Ints

    def within(self, rows: range) -> list[_Batch]:
        """Give those that lead to some of the rows, and perhaps one that ends before them."""
        first, last = np.searchsorted(self.begins, [rows.start, rows.stop])
        return self.parts[max(0, first - 1) : last]


class _Graph(NamedTuple):
    """The nodes, as rows in the order in which they are taken.

    `spans` tells of every row in which stretch of `least_change` seconds it is.
    `batches` lead to every row; `rides` lead along trips and chains of alightings
    alone, `boardings` from alightings to hops alone.  `departures` are the hops that
    can be boarded, on a line of stop and time, and `row_of_departure` their rows;
    `alighting` the hops that can be left, by stop and time, with their rows and the
    row of the one before at the same stop (-1: the empty row).
    """

    rows: int
    spans: Ints
    batches: _Batches
    rides: _Batches
    boardings: _Batches
    departures: Ints
    row_of_departure: Ints
    alighting: Ints
    row_of_alighting: Ints
    alighting_before: Ints


# So many spans make a batch of boardings: these do not depend on one another.
_BOARDINGS = 15
# A line of numbers with a stretch for each stop, longer than any timetable to either side of 0.
_STRETCH, _EARLIEST = 1 << 40, -(1 << 39)


def _line(stop: Ints, seconds: Ints) -> Ints:
    return stop * _STRETCH + seconds


def _spread(
    reached: NDArray[np.uint64], batches: list[_Batch], into: NDArray[np.uint64] | None = None
) -> None:
    into = reached if into is None else into
    for batch in batches:
        before = reached.take(batch.before, axis=0)
        into[batch.rows] |= np.bitwise_or.reduceat(before, batch.first, axis=0)


def _make_graph(table: Timetable) -> _Graph:
    departing = _by_line(table.hops.can_board, table.hops.board_stop, table.hops.depart)
    alighting = _by_line(table.hops.can_alight, table.hops.alight_stop, table.hops.arrive)
    arrivals = _line(table.hops.alight_stop, table.hops.arrive)[alighting]
    # Nodes: the hops, then the alightings, by stop and time.
    size, many = len(table.hops.trip), len(alighting)
    follows = np.flatnonzero(table.hops.trip[1:] == table.hops.trip[:-1]) + 1
    stop = table.hops.alight_stop[alighting]
    chained = np.flatnonzero(stop[1:] == stop[:-1]) + 1
    hop, earlier = _changes(table, departing, arrivals)
    node = np.concatenate([follows, size + chained, size + np.arange(many), hop])
    before = np.concatenate([follows - 1, size + chained - 1, alighting, size + earlier])
    is_boarding = np.arange(len(node)) >= len(node) - len(hop)
    # Alightings come after every hop that departs in their span of seconds.
    span = np.concatenate([table.hops.depart, table.hops.arrive[alighting]]) // table.least_change
    kind = np.repeat([0, 1], [size, many])
    rank = np.concatenate([_rank(table.hops.trip, span[:size]), _rank(stop, span[size:])])
    is_led_to = np.zeros(size + many, bool)
    is_led_to[node] = True
    # Those that none leads to come first: the rest of a batch stand together.
    order = np.lexsort((is_led_to, rank, kind, span))
    row = np.empty(size + many, np.int64)
    row[order] = np.arange(size + many)
    key = np.stack([span, kind, rank])[:, order]
    batch = np.cumsum(np.append(0, (key[:, 1:] != key[:, :-1]).any(axis=0)))
    edges = np.lexsort((row[before], row[node]))
    node, before, is_boarding = row[node][edges], row[before][edges], is_boarding[edges]
    row_before = np.full(many, -1)
    row_before[chained] = row[size + chained - 1]
    return _Graph(
        size + many,
        key[0],
        _batches(node, before, batch),
        _batches(node[~is_boarding], before[~is_boarding], batch),
        _batches(node[is_boarding], before[is_boarding], key[0] // _BOARDINGS),
        _line(table.hops.board_stop, table.hops.depart)[departing],
        row[departing],
        alighting,
        row[size:],
        row_before,
    )


def _by_line(among: NDArray[np.bool_], stop: Ints, seconds: Ints) -> Ints:
    hops = np.flatnonzero(among)
    return hops[np.argsort(_line(stop, seconds)[hops], kind="stable")]


def _batches(node: Ints, before: Ints, batch: Ints) -> _Batches:
    """Part edges, sorted by their node, where the batch of the node changes."""
    number = batch[node]
    begins = np.flatnonzero(np.append(True, number[1:] != number[:-1])[: len(node)])
    parts = []
    for begin, end in zip(begins, np.append(begins[1:], len(node))[: len(begins)], strict=True):
        first = np.flatnonzero(np.diff(node[begin:end], prepend=-1) > 0)
        rows: Ints | slice = node[begin:end][first]
        if node[end - 1] - node[begin] == len(first) - 1:
            rows = slice(node[begin], node[end - 1] + 1)
        parts.append(_Batch(rows, before[begin:end], first))
    return _Batches(parts, node[begins])


def _changes(table: Timetable, departing: Ints, arrivals: Ints) -> tuple[Ints, Ints]:
    """Pair each hop that can be boarded with the latest alighting of each change to it."""
    order = np.argsort(table.changes.board, kind="stable")
    board = table.changes.board[order]
    begin = np.searchsorted(board, table.hops.board_stop[departing], side="left")
    many = np.searchsorted(board, table.hops.board_stop[departing], side="right") - begin
    hop = np.repeat(departing, many)
    number = np.arange(len(hop)) - np.repeat(np.cumsum(many) - many, many)
    change = order[np.repeat(begin, many) + number]
    alight = table.changes.alight[change]
    latest = table.hops.depart[hop] - table.changes.seconds[change]
    earlier = np.searchsorted(arrivals, _line(alight, latest), side="right") - 1
    some = earlier >= np.searchsorted(arrivals, _line(alight, np.array(_EARLIEST)))
    return hop[some], earlier[some]


def _rank(group: Ints, span: Ints) -> Ints:
    """Count on, in each group within each span, in the order in which they stand."""
    order = np.lexsort((span, group))
    begins = (np.diff(group[order], prepend=-1) != 0) | (np.diff(span[order], prepend=0) != 0)
    position = np.arange(len(group))
    rank = np.empty(len(group), np.int64)
    rank[order] = position - np.maximum.accumulate(np.where(begins, position, 0))
    return rank
