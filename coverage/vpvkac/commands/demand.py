"""`vpvkac demand`: the nearest point, the nearest stop and the unit of any number of origins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vpvkac.commands.job import RULES, covered, faults_told, job, job_options, writing
from vpvkac.commands.terminal import Steps, tell

if TYPE_CHECKING:
    from vpvkac.language import Lang
    from vpvkac.origins.demand import Demand
    from vpvkac.result import Coverage

_EPILOG = """\b
Examples:
  vpvkac demand homes.csv            columns lat and lon; the project here, else the sample
  vpvkac demand aw_eka.csv latvija/ --id KODS --lat DD_N --lon DD_E
  vpvkac demand grid.parquet --weight residents --points existing --lang en
  vpvkac demand homes.parquet --dask local      a process per core, the answer in parts
"""


@click.command("demand", epilog=_EPILOG)
@click.argument("origins", type=click.Path(path_type=Path))
@job_options
@click.option("--id", "key", metavar="COLUMN", help="What tells origins apart.  [row number]")
@click.option("--lat", metavar="COLUMN", help="Latitude, degrees.  [the geometry, else lat]")
@click.option("--lon", metavar="COLUMN", help="Longitude, degrees.  [the geometry, else lon]")
@click.option("--weight", metavar="COLUMN", help="How much an origin counts: residents, say.")
@click.option(
    "--points",
    type=click.Choice(["network", "existing"]),
    default="network",
    show_default=True,
    help="Every contact point, or the centres open today alone.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help='Dask scheduler whose workers see the same files, or "local".  [this process alone]',
)
@click.option(
    "--workers", type=click.IntRange(1, 1024), metavar="N",
    help='Processes of "--dask local".  [one per core]',
)  # fmt: skip
def main(origins: Path, out: Path, lang: Lang, **asked: Any) -> None:
    """Find the nearest contact point, the nearest stop and the unit of every origin.

    ORIGINS is a CSV, a GeoParquet, a Parquet or a folder of Parquet files: address
    points or grid cells, any number of them. Writes demand.parquet, a row for
    each origin, and demand_units.csv, a row for each unit. PROJECT is a folder
    with vpvkac.toml, or that file; without it, the current folder if it holds
    one, else the embedded sample.
    """
    steps = Steps()
    rules = {name: asked.pop(name) for name in RULES}
    result = covered(job(asked.pop("project"), **rules), lang, steps)
    with writing(out, lang, steps), faults_told(lang, steps):
        found = _found(result, origins, out, asked, steps)
    steps.end()
    tell((*result.inputs.faults, *found.faults), lang)
    from vpvkac.origins.wording import headline

    click.echo(headline(found))


def _found(
    result: Coverage, origins: Path, out: Path, asked: dict[str, Any], steps: Steps
) -> Demand:
    from vpvkac.origins.chunk import Columns
    from vpvkac.origins.demand import demand

    columns = Columns(**{name: asked.pop(name) for name in ("lat", "lon", "key", "weight")})
    return demand(result, origins, out, columns=columns, progress=steps, **asked)
