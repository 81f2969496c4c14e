"""The command line: `vpvkac COMMAND`; a command's module is imported when it is called."""

from __future__ import annotations

import warnings
from importlib import import_module
from importlib.metadata import version
from typing import Any

import click

from vpvkac.cli.streams import ended_by_signals, sound_streams
from vpvkac.cli.usage import Group, lang_option, option
from vpvkac.texts.message import Text

# Command → its line in `vpvkac --help`; the module of that name holds the command `main`.
COMMANDS = {
    "init": Text(
        "Izveidot projekta datni visai Latvijai.", "Write a project file for the whole of Latvia."
    ),
    "fetch": Text(
        "Lejupielādēt publicētos avotus, ko nosauc projekts.",
        "Download the published sources that the project names.",
    ),
    "check": Text(
        "Nolasīt visus ievaddatus un uzrādīt visas kļūdas.",
        "Read every input and report every problem of every file.",
    ),
    "run": Text(
        "Aprēķināt sasniedzamību, pārklājumu un nepilnības un sagatavot visas datnes.",
        "Compute reach, coverage and gaps, and write all outputs.",
    ),
    "explain": Text(
        "Paskaidrot vienas teritoriālās vienības kontaktpunktu un kas to mainītu.",
        "Explain a unit's contact point, and what would change it.",
    ),
    "walk": Text(
        "Izmērīt ceļu pa ielām no katra kontaktpunkta līdz pieturai.",
        "Measure the way along streets from each point to its nearest stop.",
    ),
    "hours": Text(
        "Izvērtēt darba laikus un to, vai tiem ir piemērots autobuss.",
        "Measure opening hours, and whether a bus comes in time.",
    ),
    "site": Text(
        "Atrast, kur izvietot jaunus kontaktpunktus.",
        "Find where to put more points, or how few reach a target.",
    ),
    "cost": Text(
        "Aprēķināt, cik tīkls izmaksā un kas to sedz.",
        "Calculate what the network costs, who pays, and for whom.",
    ),
    "compare": Text(
        "Salīdzināt divus aprēķinus vai pieņēmumus.",
        "Show what changes from one run or what-if to another.",
    ),
    "demand": Text(
        "Katrai no daudzām adresēm atrast tuvāko kontaktpunktu un pieturu.",
        "Find the nearest point and stop of any number of origins, in chunks.",
    ),
    "sample": Text(
        "Nokopēt iebūvētos sintētiskos parauga datus.",
        "Copy the embedded synthetic sample into a folder.",
    ),
}
_ABOUT = Text(
    "Plāno valsts un pašvaldību vienoto klientu apkalpošanas centru (VPVKAC) tīklu.\n\n"
    "No atvērtajiem datiem: kurās teritoriālajās vienībās ir kontaktpunkts, vai tas ir 700 m "
    "robežās no autobusu pieturas, kādas ir nepilnības un kā tās novērst. Sagatavo kartes, "
    "nepilnību sarakstus un tabulas. Angliski: --lang en.",
    "Plan the coverage of Latvia's one-stop public service centres (VPVKAC).\n\n"
    "From open data: which territorial units have a contact point, whether each point is within "
    "700 m of a bus stop, what the gaps are and what could close them. Writes maps, gap lists and "
    "tables. The default language is Latvian; write --lang en for English.",
)


class _Program(Group):
    """The program: whole or not at all, whatever its streams are and however it ends."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command."""
        # What joblib says on a machine whose shared memory is full; nothing here works in parallel.
        warnings.filterwarnings("ignore", message=".*joblib will operate in serial mode")
        with ended_by_signals(), sound_streams():
            return super().__call__(*args, **kwargs)


def _loaded(name: str) -> click.Command:
    command: click.Command = import_module(f"vpvkac.cli.{name}").main
    return command


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Say the version and end."""
    del param
    if value and not ctx.resilient_parsing:
        click.echo(f"vpvkac {version('vpvkac')}")
        ctx.exit()


@click.group(
    cls=_Program,
    about=_ABOUT,
    summaries=COMMANDS,
    loaded=_loaded,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@lang_option
@option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    about=Text("Parādīt versiju.", "Show the version."),
)
def main(lang: str) -> None:
    """Plan the coverage of Latvia's one-stop public service centres (VPVKAC)."""
    del lang


if __name__ == "__main__":
    main()
