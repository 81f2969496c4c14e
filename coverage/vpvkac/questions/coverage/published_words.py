"""What stands beside a published figure in words: the section, our basis, and the reasons."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from vpvkac.analysis.quantities import of_measure
from vpvkac.texts import formats, words
from vpvkac.texts.message import Lang, Text

# What we counted; what the figures rest on (layout, stops, lists) is said after it.
BASES = {
    "units": Text("teritoriālās vienības", "territorial units"),
    "state_cities": Text(
        "teritoriālās vienības, kas pašas ir pašvaldības",
        "units that are municipalities themselves",
    ),
    "rural_units": Text("pārējās teritoriālās vienības", "the other territorial units"),
    "municipalities": Text("pašvaldības", "municipalities"),
    "rural": Text(
        "pašvaldības, neskaitot valstspilsētas", "municipalities other than state cities"
    ),
    "centres": Text("atvērtie VPVKAC", "open centres"),
    "first_wave": Text("atvērtie un izziņotie VPVKAC", "open and announced centres"),
    "second_wave": Text(
        "teritoriālās vienības bez atvērta vai izziņota VPVKAC",
        "units with no open or announced centre",
    ),
    "held": Text(
        "pašvaldības pēc vietas, kur atrodas atvērtie VPVKAC",
        "municipalities by the place open centres stand in",
    ),
    "owned": Text("atvērtie VPVKAC pēc īpašnieka", "open centres by owner"),
    "development": Text("attīstības centru saraksts", "list of development centres"),
    "development_held": Text(
        "attīstības centri, kuru teritoriālajā vienībā atrodas atvērts VPVKAC",
        "development centres in whose unit an open centre stands",
    ),
    "stops": Text(
        "pieturas; kur avoti pārklājas, katra vieta vienreiz",
        "stops; where feeds overlap each place once",
    ),
    "reach": Text("atvērtie VPVKAC", "open centres"),
    "centre": Text(
        "attālums pa taisni no atvērta VPVKAC līdz tuvākajai pieturai",
        "straight-line distance from the open centre to the nearest stop",
    ),
    "libraries": Text("visas bibliotēkas", "all libraries"),
    "libraries_chosen": Text(
        "atlasītās bibliotēkas: teritoriālajā vienībā viena, tuvākā pieturai",
        "chosen libraries: one per unit, the nearest to a stop",
    ),
    "library_points": Text("kontaktpunkti, kas plānoti bibliotēkās", "points planned in libraries"),
    "post_offices": Text("pasta nodaļas", "post offices"),
    "parishes": Text(
        "pagasti, kuros ir vismaz viena bibliotēka", "parishes that hold at least one library"
    ),
    "ahead": Text(
        "teritoriālās vienības ar bibliotēku mīnus teritoriālās vienības ar pasta nodaļu",
        "units with a library minus units with a post office",
    ),
    "institutions": Text("iestāžu KAC pēc nosaukuma", "institutions' offices by name"),
    "institution_units": Text(
        "teritoriālās vienības, kurās ir iestādes KAC", "units that hold an institution's office"
    ),
    "area": Text(
        "platība teritoriālajās vienībās, kuru kontaktpunkts ir atvērts",
        "area of units whose point is open",
    ),
    "threshold": Text("aprēķina robežvērtība", "the run's threshold"),
}
NEW_TOWNS = Text(
    "2022. gada 1. jūlijā pilsētas statusu ieguva Ādaži, Iecava, Koknese, Ķekava un Mārupe",
    "on 1 July 2022 Ādaži, Iecava, Koknese, Ķekava and Mārupe became towns",
)
COINCIDENCE = Text(
    "sakritība: tās ir 587 teritoriālās vienības iepriekšējā iedalījumā "
    "(9 + 67 + 497 + 14, 119 pašvaldībās)",
    "a coincidence: these are 587 units of the previous layout (9 + 67 + 497 + 14 in 119 "
    "municipalities)",
)
OTHER_UNITS = Text("cits teritoriālo vienību kopums", "another set of units")
NO_MUNICIPALITY = Text(
    "šajā teritoriālajā iedalījumā tādas pašvaldības nav", "this layout has no such municipality"
)
NO_CENTRE = Text("sarakstā šajā vietā nav atvērta VPVKAC", "the list has no open centre there")
NOT_MEASURED = Text("attālumi nav aprēķināti", "distances are not computed")
OTHER_STOPS = Text(
    "cita VPVKAC adrese vai citas pieturas nekā 2020. gadā",
    "another address of the centre, or other stops than in 2020",
)
NOT_TOLD = Text("no šiem datiem nav nosakāms", "cannot be determined from these data")
CLAIM_HOLDS = Text("apgalvojums apstiprinās", "the claim holds")
CLAIM_FAILS = Text("apgalvojums šajos datos neapstiprinās", "the claim does not hold in these data")
BESIDE = Text("Salīdzinājums ar publicētajiem skaitļiem", "Compared with the published figures")
_TABLE = Text(r"\1. tab.", r"table \1")
_FIGURE = Text(r"\1. att.", r"figure \1")
_SLIDES = Text("prezentācija 02.02.2022.", "slides of 2 February 2022")
_BY_MUNICIPALITY = Text(
    "pa pašvaldībām, kurās ir atvērts VPVKAC: {}", "by municipality with an open centre: {}"
)
_BY_OWNER = Text("pēc īpašnieka: {}", "by owner: {}")
_SEVERAL = Text("vairāki VPVKAC: {}", "several centres: {}")
_NOW_TOO = Text("ar VPVKAC arī: {}", "also with a centre: {}")
_NOT_NOW = Text("publicēti, bet šeit bez VPVKAC: {}", "published, but with no centre here: {}")
_TODAY = Text("tagad pašvaldība: {}", "today's municipality: {}")
_EARLIER = Text("2018. gada publicētais skaits – {}", "published for 2018: {}")
_UNTOLD = Text("nav nosakāma", "cannot be determined")
_NO_DATE = Text("datums nav zināms", "date not known")
_LINE = Text(
    "{name}: publicētā vērtība {published} ({section}), šajā aprēķinā {value}.",
    "{name}: published {published} ({section}), here {value}.",
)


def section(lang: Lang, code: str) -> str:
    """Write a section: "2.2, 5. tab." or "2.2, table 5"."""
    text = code.replace("slides", _SLIDES.into(lang))
    text = re.sub(r"\bt(\d+)", _TABLE.into(lang), text)
    return re.sub(r"\bf(\d+)", _FIGURE.into(lang), text)


def sentence(lang: Lang, clauses: Sequence[str | Text | None]) -> str:
    """Join clauses to one sentence that begins with a capital; empty if there is none."""
    said = [clause.into(lang) if isinstance(clause, Text) else clause for clause in clauses]
    joined = "; ".join(dict.fromkeys(clause for clause in said if clause))
    if not joined:
        return ""
    return joined[0].upper() + joined[1:] + ("" if joined.endswith(".") else ".")


def by_owner(lang: Lang, value: float) -> str:
    """Say the count by owner, where it differs from that by place."""
    return _BY_OWNER.into(lang).format(formats.plain(lang, value, 3))


def by_municipality(lang: Lang, share: float) -> str:
    """Say the other reading of area coverage."""
    return _BY_MUNICIPALITY.into(lang).format(formats.percent(lang, share))


def several(lang: Lang, names: Sequence[str]) -> str:
    """Name the centres among which none can be told to be the published one."""
    return _SEVERAL.into(lang).format(", ".join(names))


def others(lang: Lang, *, now_too: Sequence[str], not_now: Sequence[str]) -> list[str]:
    """Name the development centres that make the difference."""
    said = ((_NOW_TOO, now_too), (_NOT_NOW, not_now))
    return [text.into(lang).format(", ".join(names)) for text, names in said if names]


def today(lang: Lang, municipality: str) -> str:
    """Name today's municipality of a centre."""
    return _TODAY.into(lang).format(municipality)


def earlier(lang: Lang, value: float) -> str:
    """Say the figure of 2018."""
    return _EARLIER.into(lang).format(formats.number(lang, value))


def list_of(lang: Lang, name: Text, iso: str | None) -> str:
    """Say the date of a list that was counted: "VPVKAC saraksts, dati uz 08.11.2023."."""
    date = words.lowered(words.as_of(lang, iso)) if iso else _NO_DATE.into(lang)
    return f"{name.into(lang)}, {date}"


def stop_set(lang: Lang, code: str) -> str:
    """Say the stop set: "pieturu kopa: …"."""
    label, name = words.STOP_SET.into(lang), words.STOP_SETS[code].into(lang)
    return f"{words.lowered(label)}: {words.lowered(name)}"


def line(lang: Lang, name: str, published: str, section_: str, value: str) -> str:
    """Say a published figure and ours in one line."""
    return _LINE.into(lang).format(name=name, published=published, section=section_, value=value)


def figure(
    lang: Lang, value: float, measure: str, key: str = "", threshold_m: float | None = None
) -> str:
    """Write a value by its measure; or that it cannot be determined.

    Parameters
    ----------
    key
        Of the published figure; empty for the published value itself, which
        no target and no threshold turns.
    """
    if math.isnan(value):
        return _UNTOLD.into(lang)
    return of_measure(value, measure, criterion=key, threshold_m=threshold_m).into(lang)
