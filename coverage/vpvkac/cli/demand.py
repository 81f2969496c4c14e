"""`vpvkac demand`: the nearest point, the nearest stop and the unit of any number of origins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vpvkac.cli.job import PROJECT_TEXT, RULES, covered, faults_told, job, job_options, writing
from vpvkac.cli.terminal import Steps, tell, tell_count
from vpvkac.cli.usage import Choice, Whole, argument, command, option
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.analysis.result import Network
    from vpvkac.questions.demand.answer import Demand

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


@command("demand", about=_ABOUT, examples=_EXAMPLES)
@argument("origins", shown=Message("ORIGINS"), type=click.Path(path_type=Path))
@job_options
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
    type=Whole(1),
    shown=Message("COUNT"),
    about=Message('Processes of "--dask local".  [one per core]'),
)
def main(origins: Path, project: Path | None, out: Path, lang: Lang, **asked: Any) -> None:
    """Find the nearest contact point, the nearest stop and the unit of every origin."""
    steps = Steps()
    rules = {name: asked.pop(name) for name in RULES}
    result = covered(job(project, **rules), lang, steps)
    with writing(out, lang, steps), faults_told(lang, steps):
        found = _found(result, origins, out, asked, steps)
    steps.end()
    tell_count(result.inputs.faults, project, lang)
    tell(found.faults, lang)
    from vpvkac.questions.demand.view import headline

    click.echo(headline(found, lang))


def _found(
    result: Network, origins: Path, out: Path, asked: dict[str, Any], steps: Steps
) -> Demand:
    from vpvkac.api import demand
    from vpvkac.questions.demand.chunk import Columns

    columns = Columns(**{name: asked.pop(name) for name in ("lat", "lon", "key", "weight")})
    return demand(result, origins, out, columns=columns, progress=steps, **asked)
