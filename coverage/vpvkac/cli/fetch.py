"""`vpvkac fetch`: the published sources, downloaded into the project's folder."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

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
    OpenStreetMap,
    Origin,
    Page,
    Search,
    Source,
    in_project,
)
from vpvkac.texts.formats import date, number
from vpvkac.texts.message import Lang, Message, in_context

if TYPE_CHECKING:
    from vpvkac.fetch.fetch import Outcome, Standing

_STATES = {
    "new": Message("fetched"),
    "same": Message("unchanged"),
    "changed": Message("changed"),
    "failed": Message("not fetched"),
}
_STANDING_COLUMNS = (Message("Newest"), Message("In the lock"), Message("State"))
_STANDINGS = {
    "same": Message("the lock has the newest"),
    "behind": Message("the lock is behind"),
    "absent": Message("not fetched yet"),
    "unknown": Message("cannot be determined without downloading"),
    "failed": Message("cannot be reached"),
}
_LINK = Message("a link on {page}")
_COLUMNS = (
    in_context("fetch", "Source"), Message("Data"), Message("File"), Message("Where"),
    Message("Format"), Message("Licence"), Message("Publisher"),
)  # fmt: skip


def _sources(
    context: click.Context, parameter: click.Parameter, names: tuple[str, ...]
) -> tuple[Source, ...]:
    """Turn names into sources; an unknown one is wrong usage."""
    del parameter
    single = [one for name in names for one in GROUPS.get(name, (name,))]
    unknown = [name for name in single if name not in BY_NAME]
    if unknown:
        problem = Message("{}: not in the catalogue ({})")
        if Path(unknown[0]).exists():
            problem = Message(
                "{}: not in the catalogue ({}); a project's folder is given by --project"
            )
        known = ", ".join([*BY_NAME, *GROUPS])
        raise UsageError(problem.with_values(", ".join(unknown), known), context)
    return tuple(BY_NAME[name] for name in dict.fromkeys(single))


def _addresses(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """Parse SOURCE=ADDRESS."""
    del parameter
    addresses = dict(one.partition("=")[::2] for one in given)
    for name, address in addresses.items():
        if name not in BY_NAME or not address:
            raise UsageError(
                Message("--address {name}: write SOURCE=https://…", name=name), context
            )
    return addresses


@command(
    about=Message(
        "Download the published sources into raw/ and note them in sources.lock.json.\n\n"
        "SOURCE is a name of the catalogue; without one, all that the project names. This and "
        "walk --download alone use the network."
    ),
    examples=Message("""\
vpvkac fetch                        what the project here names
vpvkac fetch atd riga               these sources only
vpvkac fetch osm                    libraries and post offices of OpenStreetMap
vpvkac fetch --locked               exactly the files of sources.lock.json
vpvkac fetch --check                what is newer than the lock; nothing is downloaded
vpvkac fetch --list                 the catalogue
"""),
    common=(),
)
@argument("sources", nargs=-1, shown=Message("[SOURCE]..."), callback=_sources)
@option("--project", default=".", type=PATH, shown=Message("DIR"),
        about=Message("Folder with vpvkac.toml.  [current folder]"))  # fmt: skip
@option("--locked", is_flag=True, about=Message("Only the files of sources.lock.json, unchanged."))
@option("--check", "only_check", is_flag=True, about=Message(
        "Say of each source whether it can be reached and is newer; download nothing."
))  # fmt: skip
@option("--list", "listed", is_flag=True,
        about=Message("Show the catalogue and fetch nothing."))  # fmt: skip
@option("--address", "addresses", multiple=True, shown=Message("SOURCE=URL"), callback=_addresses,
        about=Message("Take a source from this address, if it has moved."))  # fmt: skip
@click.option("--portal", default=PORTAL, envvar="VPVKAC_PORTAL", hidden=True)
@lang_option
def fetch(
    run: Run, sources: Sequence[Source], *, listed: bool, only_check: bool, **asked: Any
) -> Reply:
    """Download the published sources into raw/ and note them in sources.lock.json."""
    if listed:
        return Reply(_catalogue(run.lang))
    from vpvkac.fetch.fetch import FetchOptions, standings
    from vpvkac.fetch.fetch import fetch as fetch_all
    from vpvkac.fetch.web import Web

    folder = run.given or Path()
    if folder.name == PROJECT_FILE:
        folder = folder.parent
    document = _document(run, folder)
    options = FetchOptions(folder, read=True, columns=_columns(document), **asked)

    def wait(seconds: float) -> None:
        run.steps(f"… {seconds:.0f} s")
        time.sleep(seconds)

    outcomes = []
    try:
        chosen = sources or _chosen(run, document, folder, locked=options.locked)
        with Web(sleep=wait) as web:
            if only_check:
                return _standings(run, list(standings(chosen, options, web, run.steps)))
            for outcome in fetch_all(chosen, options, web, run.steps):
                run.steps.end()
                click.echo(_line(outcome, run.lang))
                outcomes.append(outcome)
    except InputError as error:
        run.stop(error.faults)
    finally:
        run.steps.end()
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    done = sum(outcome.state != "failed" for outcome in outcomes)
    summary = run.text(Message("Sources fetched: {} of {}."), done, len(outcomes))
    return Reply((), faults, [summary], failed=has_errors(faults))


def _standings(run: Run, found: Sequence[Standing]) -> Reply:
    """Lay out how the sources stand beside the lock."""
    lang = run.lang
    heads = [in_context("fetch", "Source"), *_STANDING_COLUMNS]
    rows = [[head.text(lang) for head in heads]]
    for one in found:
        days = [printable(date(lang, day)) if day else "–" for day in (one.date, one.locked)]
        rows.append([one.source.name, *days, _STANDINGS[one.state].text(lang)])
    faults = [
        fault if one.state == "failed" else replace(fault, level="warning")
        for one in found
        for fault in one.faults
    ]
    return Reply(align(rows), faults, failed=has_errors(faults))


def _document(run: Run, folder: Path) -> dict[str, Any]:
    """Read the project file, of which only paths and columns matter here."""
    file = folder / PROJECT_FILE
    not_toml = Message("{}: is not a TOML file that can be read ({}).")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        no_project = Message("{}: there is no project file; make one with vpvkac init.")
        run.stop(run.text(no_project, folder))
    except OSError as error:
        run.stop(run.text(not_toml, file, error.strerror))
    except ValueError as error:
        run.stop(printable(run.text(not_toml, file, error)))


def _columns(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Give the columns that a project names, by the path of the file that has them."""
    inputs = document.get("inputs", {})
    tables = inputs.values() if isinstance(inputs, dict) else ()
    return {
        PurePosixPath(table["path"]).as_posix(): {
            key: name for key, name in table.items() if key != "path" and isinstance(name, str)
        }
        for table in tables
        if isinstance(table, dict) and isinstance(table.get("path"), str)
    }


def _chosen(run: Run, document: dict[str, Any], folder: Path, *, locked: bool) -> Sequence[Source]:
    """Give the sources of the lock, or of the project."""
    from vpvkac.sources import lock

    if locked:
        entries = lock.read(folder)
        if not entries:
            no_lock = Message("{}: there is no sources.lock.json; fetch without --locked first.")
            run.stop(run.text(no_lock, folder))
        return [source for source in SOURCES if source.name in entries]
    paths = {PurePosixPath(path).as_posix() for path in _strings(document.get("inputs", {}))}
    named = in_project(paths)
    if not named:
        nothing = Message("{}: no input is from the catalogue; name sources (vpvkac fetch --list).")
        run.stop(run.text(nothing, folder / PROJECT_FILE))
    return named


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _line(outcome: Outcome, lang: Lang) -> str:
    """Say what became of a source; of one that the project may lack, the line to paste into it."""
    source, entry = outcome.source, outcome.entry
    line = f"{source.name}: {_STATES[outcome.state].text(lang)}"
    if entry is None:
        return line
    day = entry.date or entry.resource_date
    size = f"{number(lang, entry.size / 1e6, 1)} MB"
    about = (source.file, entry.resource, day and date(lang, day), size, entry.licence)
    # Names and dates are the portal's, or those of a lock that anybody may have written.
    line = printable(f"{line} – {', '.join(part for part in about if part)}")
    return line if source.national or not source.line else f"{line}\n    {source.line}"


def _catalogue(lang: Lang) -> list[str]:
    """Lay out the catalogue as a table, and what is tried where a source cannot be had."""
    rows = [[column.text(lang) for column in _COLUMNS]]
    for source in SOURCES:
        name = source.name + ("*" if source.national else "")
        publisher = source.publisher.text(lang) if source.publisher else "–"
        title, licence = source.title.text(lang), source.licence or "–"
        where = _where(source.origin, lang)
        rows.append([name, title, source.file, where, source.form, licence, publisher])
    instead: dict[str, list[str]] = {}
    for source in SOURCES:
        places = dict.fromkeys(_where(origin, lang) for origin in source.fallbacks)
        instead.setdefault("; ".join(places), []).append(source.name)
    others = [f"- {', '.join(names)}: {places}" for places, names in instead.items()]
    unknown = [
        source.name
        for source in SOURCES
        if all(isinstance(one, Search | Page) for one in (source.origin, *source.fallbacks))
    ]
    sentence = Message(
        "No address of a file is known for {names}: it is looked for on the portal and on pages "
        "that list such files. If it is not found, give the address: --address {first}=https://…"
    )
    return [
        *align(rows), Message("* in the national project (vpvkac init)").text(lang), "",
        Message("Where a source cannot be had, in this order:").text(lang), *others, "",
        sentence.with_values(names=", ".join(unknown), first=unknown[0]).text(lang),
    ]  # fmt: skip


def _where(origin: Origin, lang: Lang) -> str:
    """Say where a source may be had, in few words."""
    if isinstance(origin, Dataset):
        return origin.id
    if isinstance(origin, Search):
        return Message('the portal, searched for "{words}"', words=origin.words).text(lang)
    if isinstance(origin, OpenStreetMap):
        return f"OpenStreetMap ({urlsplit(origin.overpass).hostname})"
    address = origin.address.partition("?")[0]
    return address if not isinstance(origin, Page) else _LINK.with_values(page=address).text(lang)
