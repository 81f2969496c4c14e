"""`vpvkac fetch`: the published sources, downloaded into the project's folder."""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from vpvkac.cli.terminal import Steps, fail, tell
from vpvkac.cli.usage import UsageError, argument, command, lang_option, option
from vpvkac.model.faults import InputError, has_errors, printable
from vpvkac.model.project import PROJECT_FILE
from vpvkac.sources.catalogue import (
    BY_NAME,
    GROUPS,
    PORTAL,
    SOURCES,
    Dataset,
    Direct,
    Source,
    in_project,
)
from vpvkac.texts.formats import date, number
from vpvkac.texts.message import Lang, Message, in_context

if TYPE_CHECKING:
    from vpvkac.fetch.fetch import Outcome, Wishes
    from vpvkac.sources.lock import Entry

_ABOUT = Message(
    "Download the published sources into raw/ and note them in sources.lock.json.\n\n"
    "SOURCE is a name of the catalogue; without one, all that the project names. This and "
    "walk --download alone use the network."
)
_EXAMPLES = Message("""\
vpvkac fetch                        what the project here names
vpvkac fetch atd riga               these sources only
vpvkac fetch osm                    libraries and post offices of OpenStreetMap
vpvkac fetch --locked               exactly the files of sources.lock.json
vpvkac fetch --list                 the catalogue
""")
_NO_PROJECT = Message("{}: there is no project file; make one with vpvkac init.")
_NOT_TOML = Message("{}: is not a TOML file that can be read ({}).")
_NOTHING = Message("{}: no input is from the catalogue; name sources (vpvkac fetch --list).")
_UNKNOWN = Message("{}: not in the catalogue ({})")
_UNKNOWN_PATH = Message("{}: not in the catalogue ({}); a project's folder is given by --project")
_NO_LOCK = Message("{}: there is no sources.lock.json; fetch without --locked first.")
_STATES = {
    "new": Message("fetched"),
    "same": Message("unchanged"),
    "changed": Message("changed"),
    "failed": Message("not fetched"),
}
_SUMMARY = Message("Sources fetched: {} of {}.")
_COLUMNS = (
    in_context("fetch", "Source"),
    Message("Data"),
    Message("File"),
    Message("Where"),
    Message("Format"),
    Message("Licence"),
    Message("Publisher"),
)
_NATIONAL = Message("* in the national project (vpvkac init)")


def _sources(
    context: click.Context, parameter: click.Parameter, names: tuple[str, ...]
) -> tuple[Source, ...]:
    """Turn names into sources; an unknown one is wrong usage."""
    del parameter
    single = [one for name in names for one in GROUPS.get(name, (name,))]
    unknown = [name for name in single if name not in BY_NAME]
    if unknown:
        said = _UNKNOWN_PATH if Path(unknown[0]).exists() else _UNKNOWN
        known = ", ".join([*BY_NAME, *GROUPS])
        raise UsageError(said.with_values(", ".join(unknown), known), context)
    return tuple(BY_NAME[name] for name in dict.fromkeys(single))


def _addresses(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """Parse SOURCE=ADDRESS."""
    del parameter
    found = dict(one.partition("=")[::2] for one in given)
    for name, address in found.items():
        if name not in BY_NAME or not address:
            raise UsageError(
                Message("--address {name}: write SOURCE=https://…", name=name),
                context,
            )
    return found


@command("fetch", about=_ABOUT, examples=_EXAMPLES)
@argument("sources", nargs=-1, shown=Message("[SOURCE]..."), callback=_sources)
@option(
    "--project",
    default=".",
    type=click.Path(path_type=Path),
    shown=Message("DIR"),
    about=Message("Folder with vpvkac.toml.  [current folder]"),
)
@option(
    "--locked",
    is_flag=True,
    about=Message("Only the files of sources.lock.json, unchanged."),
)
@option(
    "--list",
    "listed",
    is_flag=True,
    about=Message("Show the catalogue and fetch nothing."),
)
@option(
    "--address",
    "addresses",
    multiple=True,
    shown=Message("SOURCE=URL"),
    callback=_addresses,
    about=Message("Take a source from this address, if it has moved."),
)
@click.option("--portal", default=PORTAL, envvar="VPVKAC_PORTAL", hidden=True)
@lang_option
def main(
    sources: tuple[Source, ...],
    *,
    project: Path,
    locked: bool,
    listed: bool,
    addresses: dict[str, str],
    portal: str,
    lang: Lang,
) -> None:
    """Download the published sources into raw/ and note them in sources.lock.json."""
    if listed:
        _list(lang)
        return
    from vpvkac.fetch.fetch import Wishes

    folder = project.parent if project.name == PROJECT_FILE else project
    paths = _paths(folder, lang)
    wishes = Wishes(folder, locked, portal.rstrip("/"), addresses)
    try:
        chosen = sources or _chosen(folder, paths, locked=locked, lang=lang)
        outcomes = _fetch(chosen, wishes, lang)
    except InputError as error:
        tell(error.faults, lang)
        sys.exit(1)
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    tell(faults, lang)
    done = sum(outcome.state != "failed" for outcome in outcomes)
    click.echo(_SUMMARY.text(lang).format(done, len(outcomes)), err=True)
    if has_errors(faults):
        sys.exit(1)


def _fetch(sources: Sequence[Source], wishes: Wishes, lang: Lang) -> list[Outcome]:
    """Fetch, and say of each source at once what became of it."""
    from vpvkac.fetch.fetch import fetch
    from vpvkac.fetch.web import Web

    steps = Steps()
    outcomes = []

    def wait(seconds: float) -> None:
        steps(f"… {seconds:.0f} s")
        time.sleep(seconds)

    try:
        with Web(sleep=wait) as web:
            for outcome in fetch(sources, wishes, web, steps):
                steps.end()
                click.echo(_line(outcome, lang))
                outcomes.append(outcome)
    finally:
        steps.end()
    return outcomes


def _chosen(folder: Path, paths: set[str], *, locked: bool, lang: Lang) -> Sequence[Source]:
    """Give what is fetched when no source is named."""
    from vpvkac.sources.lock import read

    if locked:
        entries = read(folder)
        if not entries:
            fail(_NO_LOCK.text(lang).format(folder))
        return [source for source in SOURCES if source.name in entries]
    named = in_project(paths)
    if not named:
        fail(_NOTHING.text(lang).format(folder / PROJECT_FILE))
    return named


def _paths(folder: Path, lang: Lang) -> set[str]:
    """Give the input files that the project names; they need not be there yet."""
    file = folder / PROJECT_FILE
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        fail(_NO_PROJECT.text(lang).format(folder))
    except OSError as error:
        fail(_NOT_TOML.text(lang).format(file, error.strerror))
    except ValueError as error:
        fail(printable(_NOT_TOML.text(lang).format(file, error)))
    return {PurePosixPath(path).as_posix() for path in _strings(document.get("inputs", {}))}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _line(outcome: Outcome, lang: Lang) -> str:
    state = _STATES[outcome.state].text(lang)
    source = outcome.source
    # Names and dates are the portal's, or those of a lock that anybody may have written.
    line = printable(f"{source.name}: {state}{_described(source, outcome.entry, lang)}")
    if source.national or outcome.entry is None:
        return line
    # A source that the national project does not name: the line to paste into it.
    if source.key == "stops":
        return f'{line}\n    {{ path = "{source.file}", feed = "{source.name}" }}'
    return f'{line}\n    {source.key} = "{source.file}"'


def _described(source: Source, entry: Entry | None, lang: Lang) -> str:
    if entry is None:
        return ""
    day = entry.date or entry.resource_date
    about = [
        source.file,
        entry.resource,
        "" if day is None else date(lang, day),
        f"{number(lang, entry.size / 1e6, 1)} MB",
        entry.licence or "",
    ]
    return f" – {', '.join(part for part in about if part)}"


def _list(lang: Lang) -> None:
    rows = [[column.text(lang) for column in _COLUMNS]]
    rows += [_row(source, lang) for source in SOURCES]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_COLUMNS))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())
    click.echo(_NATIONAL.text(lang))


def _row(source: Source, lang: Lang) -> list[str]:
    origin = source.origin
    where = "OpenStreetMap (osm)"
    if isinstance(origin, Dataset):
        where = origin.id
    elif isinstance(origin, Direct):
        where = origin.address.partition("?")[0]
    return [
        source.name + ("*" if source.national else ""),
        source.title.text(lang),
        source.file,
        where,
        source.form,
        source.licence or "–",
        source.publisher.text(lang) if source.publisher else "–",
    ]
