"""Stops and their visits from a GTFS feed, a zip or a folder.

Read are ``stops.txt``, ``routes.txt`` and ``trips.txt``, which a feed must
have, and where they are there ``stop_times.txt``, ``calendar.txt``,
``calendar_dates.txt``, ``frequencies.txt`` and ``feed_info.txt``.

Every row of ``stops.txt`` is used, or dropped for the first of these reasons:

- ``blank``: the row is empty.
- ``no_id``: it has no `stop_id`.
- ``bad_value``: a value is not of its type or range, or the row has more cells
  than the header.
- ``duplicate``: it repeats the `stop_id` of an equal row, or rows that differ
  in what is read have it.
- ``not_a_stop``: `location_type` is 1 to 4.
- ``unserved``: no known trip calls there.
- ``not_bus``: only rail, ferry or the like do.
- ``no_coordinates``: they are empty, or 0, 0.

For the last two only up to 1 % of the rows of a table are dropped; with more,
or where the reading is strict, each is an error.  Rows of the other tables are
dropped by the same rule, and what refers to them refers to nothing.

A feed without stop times counts whole as bus; its visits are not known.  Rows
of stop times on call (a group of stops or an area in place of a stop) are left
out.  A feed of which no stop is used is an error, unless it is one of them.
*Visits* are the calls of buses on the *service day*: the Monday-Friday date
with most such calls in the feed, the earliest on ties, or a day that is given.
Definitions: DESIGN.md, "Stop set", "Visits", "Faults".

The modules follow the flow: `archive` finds the files, `table` reads one by
way of its `text`, by the rows that every delimited text has (`sources.rows`),
into a `column` each; `checks` asks of its values what the specification says;
then come `stops`, `service` (days), `trips`, `calls` and `visits`, which
`reader` joins.
"""

from vpvkac.sources.gtfs.parts import DROPPED
from vpvkac.sources.gtfs.reader import read_gtfs

__all__ = ["DROPPED", "read_gtfs"]
