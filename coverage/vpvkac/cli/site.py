"""`vpvkac site`: where to put more points."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vpvkac.cli.job import (
    METRES,
    PROJECT_TEXT,
    RULES,
    covered,
    faults_told,
    job,
    job_options,
    writing,
)
from vpvkac.cli.terminal import Steps, tell_count
from vpvkac.cli.usage import Choice, Number, Share, UsageError, Whole, command, option
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Text

if TYPE_CHECKING:
    from vpvkac.questions.site.question import Question
    from vpvkac.questions.site.site import Siting

_ABOUT = Text(
    "Atrod, kur izvietot jaunus kontaktpunktus vai ar cik nedaudziem sasniegt mērķi.\n\n"
    "Izveido site.csv un site.html.\n\n"
    f"{PROJECT_TEXT.lv}",
    "Find where to put more points, or how few reach a target.\n\n"
    "Writes site.csv and site.html.\n\n"
    f"{PROJECT_TEXT.en}",
)
_EXAMPLES = Text(
    """vpvkac site                             pieci kontaktpunkti, kas aptver visvairāk iedzīvotāju
vpvkac site -p 20 --radius 10000        divdesmit kontaktpunktu, katrs 10 km ap sevi
vpvkac site --target 0,9                ar cik nedaudziem aptvert 90 %
vpvkac site --method median --candidates library,stops
""",
    """vpvkac site                             five points that newly cover the most residents
vpvkac site -p 20 --radius 10000        twenty points, each for 10 km around it
vpvkac site --target 0.9                as few points as cover 90 %
vpvkac site --method median --candidates library,stops --lang en
""",
)
_FILES = Text("Datnes: {}", "Files: {}")
_DONE = Text("Pabeigts {} s", "Done in {} s")


@command("site", about=_ABOUT, examples=_EXAMPLES)
@job_options
@option(
    "-p",
    "--points",
    type=Whole(1),
    shown=Text("SKAITS", "COUNT"),
    about=Text("Cik kontaktpunktu pievienot.  [5]", "How many points to add.  [5]"),
)
@option(
    "--target",
    type=Share(),
    shown=Text("DAĻA", "SHARE"),
    about=Text(
        "Iedzīvotāju vai teritoriālo vienību daļa, kas jāaptver ar iespējami maz "
        "kontaktpunktiem: 0,9.",
        "Share of the residents or units to be covered by as few points as possible: 0.9.",
    ),
)
@option(
    "--method",
    type=Choice(["cover", "median"]),
    default="cover",
    about=Text(
        "Aptvert visvairāk rādiusā vai samazināt vidējo attālumu.  [cover]",
        "Cover the most within the radius, or minimise the mean distance.  [cover]",
    ),
)
@option(
    "--radius",
    type=Number(0, 1_000_000, above=True),
    shown=METRES,
    default=5000,
    about=Text(
        "Attālums pa taisni, kādā kontaktpunkts aptver apkārtni.  [5000]",
        "Straight-line distance within which a point covers.  [5000]",
    ),
)
@option(
    "--candidates",
    shown=Text("VEIDS,…", "KIND,…"),
    about=Text(
        "Kur drīkst būt jauni kontaktpunkti: library, municipal_premises, post_office, "
        "institution, centre, stops.  [pirmie trīs, ciktāl norādīti]",
        "Where new points may go: library, municipal_premises, post_office, institution, centre, "
        "stops.  [the first three, as far as given]",
    ),
)
@option(
    "--weights",
    type=Choice(["population", "units"]),
    about=Text(
        "Ko skaita.  [iedzīvotājus, ja zināmi, citādi teritoriālās vienības]",
        "What counts.  [residents where known, else units]",
    ),
)
@option(
    "--existing",
    type=Choice(["open", "network"]),
    default="open",
    about=Text(
        "Kuri kontaktpunkti paliek: atvērtie VPVKAC vai arī izziņotie un plānotie.  [open]",
        "Which points stay: open centres, or the announced and planned points too.  [open]",
    ),
)
@option(
    "--time-limit",
    type=Number(0, math.inf, above=True),
    shown=Text("SEKUNDES", "SECONDS"),
    default=60,
    about=Text(
        "Cik ilgi meklēt pierādījumu, ka nekā labāka nav.  [60]",
        "How long to look for a proof that there is nothing better.  [60]",
    ),
)
def main(
    project: Path | None,
    out: Path,
    lang: Lang,
    **options: Any,
) -> None:
    """Find where to put more points, or how few reach a target."""
    begun = time.perf_counter()
    rules = {name: options.pop(name) for name in RULES}
    question = _question(**options)
    steps = Steps()
    result = covered(job(project, **rules), lang, steps)
    with faults_told(lang, steps):
        from vpvkac.questions.site.site import answered

        siting = answered(result, question, steps)
    _write(siting, out, lang, steps)
    steps.end()
    tell_count(result.inputs.faults, project, lang)
    _say(siting, out)
    click.echo(_DONE.into(lang).format(number(lang, time.perf_counter() - begun, 1)), err=True)


def _question(points: int | None, candidates: str | None, **options: Any) -> Question:
    """Make the question of the options; say where they contradict one another."""
    from vpvkac.questions.site.question import POINTS, Question

    if points is not None and options["target"] is not None:
        raise UsageError(
            Text(
                "--points un --target viens otru izslēdz; norādiet vienu",
                "--points and --target exclude each other; give one of them",
            )
        )
    kinds = None if candidates is None else tuple(kind.strip() for kind in candidates.split(","))
    return Question(
        points=POINTS if points is None else points,
        candidates=kinds,
        radius_m=options.pop("radius"),
        time_limit_s=options.pop("time_limit"),
        **options,
    )


def _write(siting: Siting, out: Path, lang: Lang, steps: Steps) -> None:
    from vpvkac.questions.site.files import write

    with writing(out, lang, steps):
        write(siting, out)


def _say(siting: Siting, out: Path) -> None:
    from vpvkac.questions.site.wording import listed, sentences

    lang = siting.result.lang
    for line in (*listed(siting), *sentences(siting)):
        click.echo(line)
    files = ", ".join(str(out / name) for name in ("site.csv", "site.html"))
    click.echo(_FILES.into(lang).format(files))
