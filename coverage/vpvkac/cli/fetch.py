"""`vpvkac fetch`: the published sources, downloaded into the project's folder."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from vpvkac.cli.runner import PATH, Reply, Run, command
from vpvkac.cli.usage import UsageError, argument, lang_option, option
from vpvkac.model.faults import InputError, has_errors, printable
from vpvkac.model.project import PROJECT_FILE
from vpvkac.render.terminal import align
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
    from vpvkac.fetch.fetch import FetchOptions, Outcome
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
        problem = _UNKNOWN_PATH if Path(unknown[0]).exists() else _UNKNOWN
        known = ", ".join([*BY_NAME, *GROUPS])
        raise UsageError(problem.with_values(", ".join(unknown), known), context)
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


@command(about=_ABOUT, examples=_EXAMPLES, common=())
@argument("sources", nargs=-1, shown=Message("[SOURCE]..."), callback=_sources)
@option(
    "--project",
    default=".",
    type=PATH,
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
    run: Run,
    sources: tuple[Source, ...],
    *,
    locked: bool,
    listed: bool,
    addresses: dict[str, str],
    portal: str,
) -> Reply:
    """Download the published sources into raw/ and note them in sources.lock.json."""
    if listed:
        return Reply(_catalogue(run.lang))
    from vpvkac.fetch.fetch import FetchOptions

    folder = run.given or Path()
    if folder.name == PROJECT_FILE:
        folder = folder.parent
    paths = _paths(run, folder)
    options = FetchOptions(folder, locked, portal.rstrip("/"), addresses)
    try:
        chosen = sources or _chosen(run, folder, paths, locked=locked)
        outcomes = list(_fetch(run, chosen, options))
    except InputError as error:
        run.stop(error.faults)
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    done = sum(outcome.state != "failed" for outcome in outcomes)
    summary = run.text(_SUMMARY, done, len(outcomes))
    return Reply((), faults, [summary], failed=has_errors(faults))


def _fetch(run: Run, sources: Sequence[Source], options: FetchOptions) -> Iterator[Outcome]:
    """Fetch, and say of each source at once what became of it."""
    from vpvkac.fetch.fetch import fetch
    from vpvkac.fetch.web import Web

    def wait(seconds: float) -> None:
        run.steps(f"… {seconds:.0f} s")
        time.sleep(seconds)

    try:
        with Web(sleep=wait) as web:
            for outcome in fetch(sources, options, web, run.steps):
                run.steps.end()
                click.echo(_line(outcome, run.lang))
                yield outcome
    finally:
        run.steps.end()


def _chosen(run: Run, folder: Path, paths: set[str], *, locked: bool) -> Sequence[Source]:
    """Give what is fetched when no source is named."""
    from vpvkac.sources.lock import read

    if locked:
        entries = read(folder)
        if not entries:
            run.stop(run.text(_NO_LOCK, folder))
        return [source for source in SOURCES if source.name in entries]
    named = in_project(paths)
    if not named:
        run.stop(run.text(_NOTHING, folder / PROJECT_FILE))
    return named


def _paths(run: Run, folder: Path) -> set[str]:
    """Give the input files that the project names; they need not be there yet."""
    file = folder / PROJECT_FILE
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        run.stop(run.text(_NO_PROJECT, folder))
    except OSError as error:
        run.stop(run.text(_NOT_TOML, file, error.strerror))
    except ValueError as error:
        run.stop(printable(run.text(_NOT_TOML, file, error)))
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


def _catalogue(lang: Lang) -> list[str]:
    """Lay out the catalogue as a table."""
    rows = [[column.text(lang) for column in _COLUMNS]]
    for source in SOURCES:
        origin = source.origin
        where = "OpenStreetMap (osm)"
        if isinstance(origin, Dataset):
            where = origin.id
        elif isinstance(origin, Direct):
            where = origin.address.partition("?")[0]
        rows.append(
            [
                source.name + ("*" if source.national else ""),
                source.title.text(lang),
                source.file,
                where,
                source.form,
                source.licence or "–",
                source.publisher.text(lang) if source.publisher else "–",
            ]
        )
    return [*align(rows), _NATIONAL.text(lang)]
