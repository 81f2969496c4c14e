"""`vpvkac demand`: the nearest point, the nearest stop and the unit of any number of origins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vpvkac.cli.runner import PATH, PROJECT_TEXT, Reply, Run, command
from vpvkac.cli.usage import Choice, argument, at_least, option
from vpvkac.texts.message import Message

_ABOUT = Message(
    "Find the nearest contact point, the nearest stop and the unit of every origin.\n\n"
    "ORIGINS is a CSV, a GeoParquet, a Parquet or a folder of Parquet files: address "
    "points or grid cells, any number of them. Writes demand.parquet, a row for each "
    "origin, and demand_units.csv, a row for each unit.\n\n"
    "{project}",
    project=PROJECT_TEXT,
)
_EXAMPLES = Message("""\
vpvkac demand homes.csv            columns lat and lon; the project here, else the sample
vpvkac demand aw_eka.csv latvija/ --id KODS --lat DD_N --lon DD_E
vpvkac demand grid.parquet --weight residents --points existing --lang en
vpvkac demand homes.parquet --dask local      a process per core, the answer in parts
""")
_COLUMN = Message("COLUMN")


@command(about=_ABOUT, examples=_EXAMPLES)
@argument("origins", shown=Message("ORIGINS"), type=PATH)
@option(
    "--id",
    "key",
    shown=_COLUMN,
    about=Message("What tells origins apart.  [row number]"),
)
@option(
    "--lat",
    shown=_COLUMN,
    about=Message("Latitude, degrees.  [the geometry, else lat]"),
)
@option(
    "--lon",
    shown=_COLUMN,
    about=Message("Longitude, degrees.  [the geometry, else lon]"),
)
@option(
    "--weight",
    shown=_COLUMN,
    about=Message("How much an origin counts, for example residents."),
)
@option(
    "--points",
    type=Choice(["network", "existing"]),
    default="network",
    about=Message("Every contact point, or the centres open today alone.  [network]"),
)
@option(
    "--dask",
    shown=Message("ADDRESS"),
    about=Message(
        'Dask scheduler whose workers see the same files, or "local".  [this process alone]'
    ),
)
@option(
    "--workers",
    type=at_least(1),
    shown=Message("COUNT"),
    about=Message('Processes of "--dask local".  [one per core]'),
)
def main(run: Run, origins: Path, **asked: Any) -> Reply:
    """Find the nearest contact point, the nearest stop and the unit of every origin."""
    network = run.network()
    with run.writing():
        from vpvkac.api.demand import demand
        from vpvkac.questions.demand.question import Columns
        from vpvkac.questions.demand.view import headline

        columns = Columns(**{name: asked.pop(name) for name in ("lat", "lon", "key", "weight")})
        found = demand(network, origins, run.out, columns=columns, progress=run.steps, **asked)
    return Reply([headline(found, run.lang)], found.faults)
