"""Stops and their visits from a GTFS feed, a zip or a folder.

Read are ``stops.txt``, ``routes.txt`` and ``trips.txt``, which a feed must have, and where they
are there ``stop_times.txt``, ``calendar.txt``, ``calendar_dates.txt``, ``frequencies.txt`` and
``feed_info.txt``.  A row of ``stops.txt`` is used, or dropped for the first reason of `DROPPED`
that holds; rows of any table with a faulty value, up to 1 % of it unless the reading is strict,
are dropped too, with more each is an error.  What refers to a dropped row refers to nothing.

A feed without stop times counts whole as bus; its visits are not known.  Nor are they where
``frequencies.txt`` alone has errors: its stops are used, its timetable is refused.  Rows of stop
times on call (a group of stops or an area in place of a stop) are left out.  A feed of which no
stop is used is an error, unless it is one of them.  *Visits* are the calls of buses on the
*service day*: the Monday-Friday date with most such calls, the earliest on ties, or a day that is
given.

`archive` finds the files, `table` reads and checks one of them; then come `parts` (stops, trips,
calls) and `days` (services, visits), which `reader` joins to stops and `timetable` to departures.
"""

from vpvkac.sources.gtfs.parts import DROPPED
from vpvkac.sources.gtfs.reader import read_gtfs
from vpvkac.sources.gtfs.timetable import read_timetable

__all__ = ["DROPPED", "read_gtfs", "read_timetable"]
