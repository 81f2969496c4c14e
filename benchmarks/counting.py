"""Counting the stops within 700 m of a million origins."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harness import Comparison, Goal, compare, sized

if TYPE_CHECKING:
    from harness import Work

STOPS = 9_310
"""Stops that the published analysis counted."""
_METRES = 700.0
_JOIN = "geopandas sjoin dwithin (planar), then counted"
_SQL = "DuckDB, one statement over square cells (planar)"
_NOTE = (
    "Found: the sum of all counts; the planar ones differ where the projection stretches "
    "a distance over or under 700 m. All build their index within the time."
)
_STATEMENT = """
WITH there AS (
    SELECT easting, northing, cell_e + e AS cell_e, cell_n + n AS cell_n
    FROM stops, range(-1, 2) AS across(e), range(-1, 2) AS along(n)
)
SELECT origins.id, count(there.easting) AS counted
FROM origins LEFT JOIN there
  ON origins.cell_e = there.cell_e AND origins.cell_n = there.cell_n
 AND (origins.easting - there.easting) ** 2 + (origins.northing - there.northing) ** 2 <= {}
GROUP BY origins.id ORDER BY origins.id
"""


def benchmark(runs: int) -> Comparison:
    """Measure counting within a distance."""
    count = sized(1_000_000, 20_000)
    return compare(
        f"stops of {STOPS} within 700 m of {count} origins, counted",
        ours=partial(ours, count),
        alternatives={_JOIN: partial(dwithin, count), _SQL: partial(sql, count)},
        runs=runs,
        goals=[Goal("ratio", 1, _JOIN), Goal("ratio", 0.9, _SQL)],
        note=_NOTE,
    )


def ours(count: int) -> Work:
    """Prepare the program's own count."""
    from origins import origins, stops
    from vpvkac.geo.nearest import Targets

    here, there = origins(count), stops(STOPS)

    def counted() -> dict[str, int]:
        counts = Targets(there.lat, there.lon).count_within(here.lat, here.lon, _METRES)
        return {"counted": int(counts.sum())}

    return counted


def dwithin(count: int) -> Work:
    """Prepare the join of two tables of projected points, and the count of its rows."""
    import numpy as np

    from origins import origins, stops

    here, there = origins(count).frame(), stops(STOPS).frame()

    def counted() -> dict[str, int]:
        pairs = here.sjoin(there.copy(), predicate="dwithin", distance=_METRES)
        counts = np.bincount(pairs.index, minlength=count)
        return {"counted": int(counts.sum())}

    return counted


def sql(count: int) -> Work:
    """Prepare tables with the number of each point's cell, 700 m wide, and the statement."""
    import duckdb
    import numpy as np
    import pandas as pd

    from origins import origins, stops

    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    for name, points in (("origins", origins(count)), ("stops", stops(STOPS))):
        table = pd.DataFrame({"easting": points.easting, "northing": points.northing})
        cells = (table // _METRES).astype(np.int32)
        table = table.assign(id=np.arange(len(table)), cell_e=cells["easting"],
                             cell_n=cells["northing"])  # fmt: skip
        connection.register("made", table)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM made")  # noqa: S608 - our own names
        connection.unregister("made")

    def counted() -> dict[str, int]:
        counts = connection.execute(_STATEMENT.format(_METRES**2)).fetchnumpy()["counted"]
        return {"counted": int(counts.sum())}

    return counted
