"""`vpvkac run`: the main job."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vpvkac.commands.terminal import Steps, cannot_write, find_project, lang_option, tell
from vpvkac.faults import InputError
from vpvkac.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vpvkac.language import Lang
    from vpvkac.result import Result

_EPILOG = """\b
Examples:
  vpvkac run                          the project here, else the embedded sample
  vpvkac run ventspils/ --out karte/  the project ventspils/vpvkac.toml
  vpvkac run --threshold 800 --lang en
"""
_NOTHING_WRITTEN = Text("Nekas nav uzrakstīts.", "Nothing was written.")
_FILES = Text("Datnes: {}", "Files: {}")
_MAP = Text("Karte: {}", "Map: {}")
_DONE = Text("Pabeigts {} s", "Done in {} s")


@click.command("run", epilog=_EPILOG)
@click.argument("project", required=False, type=click.Path(path_type=Path))
@click.option(
    "--out", default="out", show_default=True, type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the outputs.",
)  # fmt: skip
@lang_option
@click.option(
    "--threshold", type=click.FloatRange(1, 100_000), metavar="METRES",
    help="Distance that counts as within reach.  [project's, else 700]",
)  # fmt: skip
@click.option(
    "--stop-set", type=click.Choice(["regional", "bus", "all"]),
    help="Which stops count.  [project's, else regional]",
)  # fmt: skip
@click.option(
    "--layout", type=click.Choice(["2021-01-01", "2021-07-01", "2022-07-01"]),
    help="Vintage of the territorial units.  [project's, else as the file stands]",
)  # fmt: skip
def main(
    project: Path | None,
    out: Path,
    lang: Lang,
    threshold: float | None,
    stop_set: str | None,
    layout: str | None,
) -> None:
    """Compute reach, coverage and gaps, and write all outputs.

    PROJECT is a folder with vpvkac.toml, or that file; without it, the current
    folder if it holds one, else the embedded sample.
    """
    begun = time.perf_counter()
    steps = Steps()
    changes = {"threshold_m": threshold, "stop_set": stop_set, "layout": layout}
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        result = _analyse(project, given, lang, steps)
    except InputError as error:
        steps.end()
        tell(error.faults, lang)
        click.echo(_NOTHING_WRITTEN.into(lang), err=True)
        sys.exit(1)
    files = _write(result, out, steps)
    steps.end()
    tell(result.inputs.faults, lang)
    _say_headline(result, out, len(files))
    click.echo(_DONE.into(lang).format(f"{time.perf_counter() - begun:.1f}"), err=True)


def _analyse(given: Path | None, rules: Mapping[str, object], lang: Lang, steps: Steps) -> Result:
    from vpvkac.analysis import analyse

    return analyse(find_project(given, lang).with_rules(**rules), lang=lang, progress=steps)


def _write(result: Result, out: Path, steps: Steps) -> list[Path]:
    from vpvkac.outputs.folder import write

    try:
        return write(result, out, steps)
    except OSError as error:
        steps.end()
        cannot_write(out, error, result.lang)


def _say_headline(result: Result, out: Path, files: int) -> None:
    from vpvkac.outputs.headline import headline

    click.echo(headline(result))
    click.echo(_FILES.into(result.lang).format(f"{out} ({files})"))
    click.echo(_MAP.into(result.lang).format(out / "map.html"))
