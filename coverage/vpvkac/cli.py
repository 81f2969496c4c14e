"""The command line; what a command needs is imported when it runs."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from vpvkac.faults import LEVELS, InputError
from vpvkac.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpvkac.faults import Fault
    from vpvkac.language import Lang
    from vpvkac.project import Project
    from vpvkac.result import Result

_EPILOG = """\b
Examples:
  vpvkac run                          the embedded sample, into out/
  vpvkac run ventspils/ --out karte/  the project ventspils/vpvkac.toml
  vpvkac run --threshold 800 --lang en
"""
_NOTHING_WRITTEN = Text("Nekas nav uzrakstīts.", "Nothing was written.")
_SAMPLE = Text(
    "Projekts nav norādīts: izmantoti iebūvētie sintētiskie parauga dati.",
    "No project given: using the embedded synthetic sample.",
)
_USING = Text("Projekts: {}", "Project: {}")
_FILES = Text("Datnes: {}", "Files: {}")
_MAP = Text("Karte: {}", "Map: {}")
_DONE = Text("Pabeigts {} s", "Done in {} s")
_CANNOT_WRITE = Text("nevar rakstīt ({})", "cannot be written ({})")
_COPIED = Text("Parauga dati: {}", "Sample: {}")
_NOT_EMPTY = Text("nav tukša mape", "is not an empty folder")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vpvkac", message="%(prog)s %(version)s")
def main() -> None:
    """Plan the coverage of Latvia's one-stop public service centres (VPVKAC).

    From open data: which territorial units have a contact point, whether each
    point is within 700 m of a bus stop, what the gaps are and what could close
    them. Writes maps, gap lists and tables.
    """


@main.command(epilog=_EPILOG)
@click.argument("project", required=False, type=click.Path(path_type=Path))
@click.option(
    "--out", default="out", show_default=True, type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the outputs.",
)  # fmt: skip
@click.option(
    "--lang", type=click.Choice(["lv", "en"]), default="lv", show_default=True,
    help="Language of labels, titles and reasons.",
)  # fmt: skip
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
def run(
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
    steps = _Steps()
    changes = {"threshold_m": threshold, "stop_set": stop_set, "layout": layout}
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        result = _analyse(project, given, lang, steps)
    except InputError as error:
        steps.end()
        _tell(error.faults, lang)
        click.echo(_NOTHING_WRITTEN.into(lang), err=True)
        sys.exit(1)
    files = _write(result, out, steps)
    steps.end()
    _tell(result.inputs.faults, lang)
    click.echo(_headline(result))
    click.echo(_FILES.into(lang).format(f"{out} ({len(files)})"))
    click.echo(_MAP.into(lang).format(out / "map.html"))
    click.echo(_DONE.into(lang).format(f"{time.perf_counter() - begun:.1f}"), err=True)


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(["lv", "en"]), default="lv", show_default=True)
def sample(folder: Path, lang: Lang) -> None:
    """Copy the embedded synthetic sample into DIR, to look at and to change.

    Example: vpvkac sample paraugs && vpvkac run paraugs
    """
    import shutil

    from vpvkac.embedded import sample_folder

    try:
        if folder.exists() and any(folder.iterdir()):
            _fail(f"{folder}: {_NOT_EMPTY.into(lang)}")
        shutil.copytree(sample_folder(), folder, dirs_exist_ok=True)
    except OSError as error:
        _fail(f"{folder}: {_CANNOT_WRITE.into(lang).format(error.strerror)}")
    click.echo(_COPIED.into(lang).format(folder))


class _Steps:
    """Shows the step under way on a terminal's last line; silent in a pipe."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()

    def __call__(self, step: str) -> None:
        if self.shown:
            click.echo(f"\r\033[K{click.style(step, dim=True)}", nl=False, err=True)

    def end(self) -> None:
        """Clear the line."""
        if self.shown:
            click.echo("\r\033[K", nl=False, err=True)


def _analyse(given: Path | None, rules: dict[str, Any], lang: Lang, steps: _Steps) -> Result:
    from vpvkac.analysis import analyse

    return analyse(_project(given, lang).with_rules(**rules), lang=lang, progress=steps)


def _project(given: Path | None, lang: Lang) -> Project:
    """Find the project and say which it is."""
    from vpvkac.embedded import sample as embedded
    from vpvkac.project import PROJECT_FILE, load

    here = Path(PROJECT_FILE)
    if given is None and not here.is_file():
        click.echo(_SAMPLE.into(lang), err=True)
        return embedded()
    path = here if given is None else given
    click.echo(_USING.into(lang).format(path), err=True)
    return load(path)


def _write(result: Result, out: Path, steps: _Steps) -> list[Path]:
    from vpvkac.outputs.folder import write

    try:
        return write(result, out, steps)
    except OSError as error:
        steps.end()
        reason = error.strerror or type(error).__name__
        _fail(f"{out}: {_CANNOT_WRITE.into(result.lang).format(reason)}")


def _tell(faults: Iterable[Fault], lang: Lang) -> None:
    """Say every fault, warnings first, so that errors stand last on the screen."""
    for fault in sorted(faults, key=lambda fault: fault.level == "error"):
        colour = "red" if fault.level == "error" else "yellow"
        label = click.style(f"{LEVELS[fault.level].into(lang)}:", fg=colour, bold=True)
        click.echo(f"{label} {fault.sentence(lang)}", err=True)


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


def _headline(result: Result) -> str:
    from vpvkac.outputs.headline import headline

    return headline(result)


if __name__ == "__main__":
    main()
