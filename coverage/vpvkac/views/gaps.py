"""Gaps and the decisions on them: said once for pages, map cards, workbooks and sentences.

A row of a gap list becomes an `AccessGap`, a `ServiceGap`, a `CoverageGap` or a `MunicipalityGap`,
which has everything that is said of it as an attribute, in one language and as people read it:
codes in words, numbers rounded, nulls empty::

    write = Writer(lang, threshold_m)
    for gap in AccessGap.of(tables["gaps_access"], write, by_unit(tables["follow_up"])):
        gap.rank, gap.name, gap.place_name, gap.distance  # a row of a table
        gap.remedy, gap.reason, gap.alternative  # what to do, and why
        gap.cluster, gap.decisions  # what follows from it
        gap.card(), gap.follow_up()  # on a map

A column that has no attribute is `gap.text(column)`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import pandas as pd

from vpvkac.analysis.decisions import BETWEEN, by_due
from vpvkac.analysis.map_classes import DecidedCounts, GapCounts, count_access
from vpvkac.model.columns import COLUMNS
from vpvkac.texts import formats, words
from vpvkac.texts.formats import date, typographic
from vpvkac.texts.message import Lang, Message, Plural, Text
from vpvkac.views.page import Link
from vpvkac.views.writer import Writer, records

_OVERDUE = Message("overdue")
TRANSPORT = Message("Road Transport Administration")
COUNTS = Message(
    "Access gaps: {access}; a stop near, but few buses: {service}; no point: {coverage}."
)
LISTED = Message(
    "Of the access gaps: points beyond {threshold}: {beyond}; points within {threshold} to be "
    "verified: {unsure}; existing centres that are not their unit's point: {others}."
)
_LISTS = {
    "access": words.ACCESS_GAPS,
    "coverage": words.COVERAGE_GAPS,
    "service": words.SERVICE_GAPS,
    "municipalities": words.MUNICIPALITY_GAPS,
}
_NO_POINT = Plural("{n} unit has no contact point.", "{n} units have no contact point.")
_NEEDED = Plural("{n} gap needs a decision.", "{n} gaps need a decision.")
_DECIDED = Message("Gaps: {gaps}; of these with a decision: {decided}.")
_DECIDED_OF_KINDS = Message("Gaps: {gaps} ({kinds}); of these with a decision: {decided}.")
_NOT_OPEN = Plural("{n} municipality has no open centre", "{n} municipalities have no open centre")
NO_UNIT = Message("No gap of a single unit needs a decision.")
# Only a plain address or number becomes a link; anything else others wrote is shown as text.
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()\xa0-]{5,20}")
_OF_LATVIA = 8


def decision_cells(cells: pd.Series, lang: Lang) -> list[str]:
    """Put the remedy's words in place of its code; any other decision stays as written."""
    return _each(cells, BETWEEN, lambda text: decision(lang, text), BETWEEN)


def decision(lang: Lang, text: str) -> str:
    """Say one decision: a remedy by its words, else as written."""
    return words.REMEDIES[text].text(lang) if text in words.REMEDIES else text


def day_cells(cells: pd.Series, lang: Lang) -> list[str]:
    """Write due days as people do."""
    return _each(cells, BETWEEN, lambda text: day(lang, text), BETWEEN)


def place_cells(cells: pd.Series, names: Mapping[str, str]) -> list[str]:
    """Name the places that decisions name by their keys; a key that is not known stays."""
    return _each(cells, BETWEEN, lambda key: names.get(key) or key, BETWEEN)


def day(lang: Lang, text: str) -> str:
    """Write one due day; what is none, such as a dash, stays."""
    return date(lang, text) if text[:1].isdigit() else text


def by_unit(followed: pd.DataFrame) -> dict[str, list[dict[Any, Any]]]:
    """Give the decisions on each unit, by due day and row."""
    units: dict[str, list[dict[Any, Any]]] = {}
    for given in by_due(followed).to_dict("records"):
        units.setdefault(str(given["unit"]), []).append(given)
    return units


def decision_texts(given: Mapping[Any, Any], lang: Lang) -> dict[str, str]:
    """Put one decision into words, by column; a due day that has passed bears a remark."""
    overdue = f" ({_OVERDUE.text(lang)})" if given["overdue"] is True else ""
    return {
        "decision": decision(lang, given["decision"]),
        "decision_place": given["place_name"] or given["place"],
        "responsible": given["responsible"],
        "due": day(lang, given["due"]) + overdue,
        "note": given["note"],
    }


def is_own(name: str, given: Mapping[Any, Any]) -> bool:
    """Tell whether the text of a column is the program's word and not the planner's."""
    return name == "due" or (name == "decision" and given["decision"] in words.REMEDIES)


def with_labels(given: Mapping[Any, Any], lang: Lang) -> list[str]:
    """Put one decision into words, each with its label; the first begins a sentence.

    A planner's note stands as a quotation.
    """
    parts: list[str] = []
    for name, text in decision_texts(given, lang).items():
        if not text:
            continue
        label = COLUMNS[name].heading.text(lang)
        if name == "note":
            text = f"“{typographic(text)}”"  # noqa: PLW2901
        parts.append(f"{words.lowered(label) if parts else label}: {text}")
    return parts


def list_cells(cells: pd.Series, lang: Lang) -> list[str]:
    """Name the gap lists that a unit stands in."""
    return _each(cells, "+", lambda code: _LISTS[code].text(lang) if code else "", BETWEEN)


def _each(
    cells: pd.Series, between: str, say: Callable[[str], str], shown_between: str
) -> list[str]:
    """Say each of the parts that a cell holds."""
    return [shown_between.join(say(part) for part in cell.split(between)) for cell in cells]


def placing(row: Any, write: Writer) -> str:
    """Say how a place was located, and how surely; empty where it was not."""
    how, within = write.cell("located_by", row), row["located_within_m"]
    return f"{how} (±{write.length(within)})" if how and within > 0 else how


def nearer_stop(row: Any, write: Writer) -> str:
    """Write the distance to a stop of any kind, where one outside the chosen set is nearer."""
    nearer = row["distance_all_m"] < row["distance_m"]
    return write.metres(row["distance_all_m"]) if nearer else ""


def _written(column: str) -> property:
    """Make the property that is a column's cell as people read it; empty where it is null."""
    return property(lambda gap: gap.text(column))


@dataclass(frozen=True, repr=False)
class Gap:
    """What every gap has: its row at full precision, and the decisions on its unit (`by_unit`).

    `again` counts the gaps of the same unit that stand before it in the same list.
    """

    row: Mapping[Hashable, Any]
    write: Writer
    given: Sequence[Mapping[Any, Any]] = ()
    again: int = 0

    title: ClassVar[Text]
    # The column that tells whom it concerns, and what its address begins with.
    concerns: ClassVar[str] = "unit"
    prefix: ClassVar[str] = "unit-"
    # What it stands under in its list; empty where the list has no groups.
    group: ClassVar[Any] = ""

    municipality = _written("municipality_name")
    # What stands under its name on every page.
    under = municipality
    place_name, remedy, reason = map(_written, ("place_name", "remedy", "reason"))

    @classmethod
    def of(
        cls,
        table: pd.DataFrame,
        write: Writer,
        decided: Mapping[str, Sequence[Mapping[Any, Any]]] | None = None,
    ) -> list[Self]:
        """Make one of every row of a list, in its order, with the decisions on each unit."""
        again = table.groupby(cls.concerns).cumcount().tolist()
        return [
            cls(row, write, (decided or {}).get(str(row.get("unit")), ()), before)
            for row, before in zip(records(table), again, strict=True)
        ]

    def __getitem__(self, column: str) -> Any:
        """Give a cell of its row, null where the row has no such column."""
        return self.row.get(column)

    def __repr__(self) -> str:
        """Name what every page shows of it."""
        return f"<{type(self).__name__} {self.rank}: {self.name}, {self.under}>"

    def text(self, column: str) -> str:
        """Write a cell of its row as people read it; empty where it is null."""
        return self.write.cell(column, self)

    @property
    def code(self) -> str:
        """Code of the unit or municipality."""
        return str(self[self.concerns])

    @property
    def rank(self) -> str:
        """Its number in the national list."""
        return str(self["rank"])

    @property
    def address(self) -> str:
        """Where it stands on ``gaps.html``, without the number sign."""
        return f"{self.prefix}{self.code}"

    @property
    def href(self) -> str:
        """Where it leads from a run's pages: to its unit on the explorer."""
        return f"map.html#unit={self.code}"

    @property
    def name(self) -> str:
        """Name of the unit or municipality; its code where it has none."""
        return self.text(f"{self.concerns}_name") or self.code

    @property
    def cluster(self) -> str:
        """The cluster that it belongs to and how many gaps that holds; empty where to none."""
        if pd.isna(self["cluster"]):
            return ""
        label = self.write(words.CLUSTER_NUMBERED, self["cluster"])
        return f"{label}, {self['cluster_name']} ({self.write.number(self['cluster_size'])})"

    @property
    def decisions(self) -> list[str]:
        """What has been decided on its unit, a sentence each."""
        return ["; ".join(with_labels(decision, self.write.lang)) for decision in self.given]

    @property
    def contacts(self) -> list[str | Link]:
        """Whom to ask."""
        return [str(self.municipality)]

    def card(self) -> dict[str, Any]:
        """Say it on a map; empty texts are left in."""
        return {"rank": int(self["rank"]), "reason": self.reason, "remedy": self.remedy}

    def follow_up(self) -> dict[str, Any]:
        """Say on a map what follows from it."""
        decided = {"decisions": self.decisions} if self.given else {}
        return {"cluster": self.cluster, **decided}


class _PointGap(Gap):
    """A gap of a contact point."""

    host, status = map(_written, ("host", "status"))

    @property
    def distance(self) -> str:
        """Distance to the nearest stop, with its unit."""
        return self.write.metres(self["distance_m"])

    @property
    def contacts(self) -> list[str | Link]:
        """Name the place itself with its telephone and e-mail, and who decides on stops."""
        phones = telephones(self.text("phone"))
        contact = [part for part in (*phones, mail(self.text("email"))) if part]
        people = [self.place_name, *(contact or [self.write(Message("telephone not known"))])]
        if self["remedy"] in ("ask_for_stop", "ask_for_service"):
            people.append(self.write(TRANSPORT))
        return people


class AccessGap(_PointGap):
    """A contact point beyond the threshold, or one whose position is to be verified."""

    title = words.ACCESS_GAPS
    # Whether it can be moved, is too far, or is to be verified.
    group = _written("class")

    @property
    def alternative(self) -> tuple[str, str, str] | None:
        """Name, address and kind of a place of the unit within reach; None where there is none."""
        if pd.isna(self["alt_place"]):
            return None
        kind = self.write(
            Message("{host}; {distance} from a stop"),
            host=self.text("alt_host"),
            distance=self.write.metres(self["alt_distance_m"]),
        )
        return self.text("alt_name"), self.text("alt_address"), kind

    def card(self) -> dict[str, Any]:
        """Say it on a map, and what has to be in view to see the stop and the circle."""
        span = round(1.1 * max(self["distance_m"], self.write.threshold_m))
        card = super().card()
        place = {"listed": self.address, "span": span, "class": self.group}
        return {"rank": card.pop("rank"), **place, **card}


class ServiceGap(_PointGap):
    """A contact point near a stop where few buses call."""

    title = words.SERVICE_GAPS
    prefix = "service-unit-"

    def card(self) -> dict[str, Any]:
        """Say it on a map, where its number is told from that of an access gap."""
        card = super().card()
        return {"rare": card.pop("rank"), "listed": self.address, **card}


class CoverageGap(Gap):
    """A unit with no contact point."""

    title = words.COVERAGE_GAPS

    @property
    def distance(self) -> str:
        """Distance to the nearest contact point."""
        return self.write.length(self["nearest_m"])

    @property
    def nearest(self) -> tuple[str, str, str] | None:
        """Name, unit and kind of the nearest contact point; None where there is none."""
        if pd.isna(self["nearest_place"]):
            return None
        name, unit = self.text("nearest_name"), self.text("nearest_unit_name")
        return name, unit, self.text("nearest_host")

    def card(self) -> dict[str, Any]:
        """Say it on a map, on the card of its unit."""
        card = super().card()
        return {"rank": card.pop("rank"), "distance": self.distance, **card}


class MunicipalityGap(Gap):
    """A municipality with no open centre."""

    title = words.MUNICIPALITY_GAPS
    concerns, prefix, under = "municipality", "municipality-", ""

    @property
    def href(self) -> str:
        """Where it leads from a run's pages: to the municipality's page, if there is one."""
        return self.write.letter(self.code)

    @property
    def area(self) -> str:
        """Its area, with its unit."""
        return formats.square_kilometres(self.write.lang, self["area_km2"])


def reply_by(day: str, write: Writer) -> str:
    """Say by when an answer is asked for: by a day, ISO, else within a month."""
    if not day:
        return write(Message("within a month of receiving this"))
    return write(Message("by {day}"), day=date(write.lang, day))


def send_back(day: str, contact: str, write: Writer) -> tuple[str, str | Link]:
    """Say by when and to whom what is filled in goes: a sentence, and the contact behind it.

    `day` is as of `reply_by`; without a contact it goes to the sender, and the second is empty.
    """
    to = Message("Please return the filled-in files {when}, to:")
    sender = Message("Please return the filled-in files {when}, to whoever sent them to you.")
    return write(to if contact else sender, when=reply_by(day, write)), mail(contact)


def mail(text: str) -> str | Link:
    """Make a plain address a link."""
    return Link(text, f"mailto:{text}") if EMAIL.fullmatch(text) else text


def telephones(text: str) -> list[str | Link]:
    """Make each of several numbers a link."""
    return [_telephone(part.strip()) for part in re.split("[,;/]", text) if part.strip()]


def _telephone(text: str) -> str | Link:
    """Make a number a link; one of eight digits is of Latvia."""
    digits = re.sub("[^0-9+]", "", text)
    number = f"+371{digits}" if len(digits) == _OF_LATVIA else digits
    return Link(text, f"tel:{number}") if _PHONE.fullmatch(text) else text


def by_municipality(tables: Mapping[str, pd.DataFrame], write: Writer) -> dict[str, list[Gap]]:
    """Give the gaps of each municipality in the order of their numbers there: 1, 2, 3 ….

    In the order of the national lists, with the decisions on each unit.
    """
    decided = by_unit(tables["follow_up"])
    gaps: dict[str, list[Gap]] = {}
    for gap in (
        *AccessGap.of(tables["gaps_access"], write, decided),
        *ServiceGap.of(tables["gaps_service"], write, decided),
        *CoverageGap.of(tables["gaps_coverage"], write, decided),
    ):
        gaps.setdefault(gap["municipality"], []).append(gap)
    return gaps


def figures_of(counts: Mapping[Any, Any] | pd.Series, write: Writer) -> list[tuple[str, str]]:
    """Give the four figures of a municipality or the country: what each is, and how many.

    `counts` are a row of the municipalities, or their sums; points are left out where their
    distances are not known.
    """
    within, beyond = int(counts["points_within"]), int(counts["points_beyond"])
    known = within + beyond
    figures = [
        (Message("Points with a stop within {threshold}"), within, known),
        (Message("Points beyond {threshold}"), beyond, 0),
        (Message("Units with no point"), counts["units_none"], 0),
        (Message("Units with an open point"), counts["units_existing"], counts["units"]),
    ]
    part = Message("{part} of {whole}")
    return [
        (write.heading(label), write(part, part=write.number(count), whole=write.number(whole)))
        if whole
        else (write.heading(label), write.number(count))
        for label, count, whole in figures[0 if known else 2 :]
    ]


def verdict(
    counts: Mapping[Any, Any] | pd.Series,
    gaps: Sequence[Gap],
    closed: Sequence[MunicipalityGap],
    write: Writer,
) -> tuple[str, str]:
    """Say how a municipality or the country stands, and on how much a decision is needed.

    `gaps` are of units, `closed` are the municipalities among them in which no centre is open.
    """
    within, beyond = int(counts["points_within"]), int(counts["points_beyond"])
    sentences = [write(words.NO_STOPS)]
    if within + beyond:
        have = Message(
            "{share} of the contact points have a stop within {threshold} ({within} of {points})."
        )
        known = within + beyond
        numbers = {"within": write.number(within), "points": write.number(known)}
        share, threshold = write.share(within / known), write.threshold()
        sentences = [write(have, share=share, threshold=threshold, **numbers)]
    if counts["units_none"]:
        sentences.append(write(_NO_POINT.with_values(int(counts["units_none"]))))
    undecided = sum(not gap.given for gap in gaps)
    asked = [write(_NEEDED.with_values(undecided))] if undecided else []
    if gaps:
        counts_of = {"decided": len(gaps) - undecided, "gaps": len(gaps)}
        kinds = Counter(gap.title for gap in gaps)
        parts = "; ".join(f"{write.small(of)}: {write.number(n)}" for of, n in kinds.items())
        numbers = {of: write.number(n) for of, n in counts_of.items()}
        said = _DECIDED_OF_KINDS if len(kinds) > 1 else _DECIDED
        asked.append(write(said, kinds=parts, **numbers))
    its_own = Message("The municipality has no open centre")
    for remedy, count in Counter(gap.remedy for gap in closed).items():
        which = its_own if "municipality" in counts else _NOT_OPEN.with_values(count)
        asked.append(f"{write(which)}: {words.lowered(remedy)}.")
    none = Message("No gaps need a decision.")
    return " ".join(sentences), " ".join(asked) or write(none)


def counts_sentence(counts: GapCounts, lang: Lang) -> str:
    """Say what the number of all gaps is the sum of."""
    return _sentence(COUNTS, counts, lang)


def access_sentence(gaps: pd.DataFrame, network: pd.DataFrame, write: Writer) -> str:
    """Say what a list of access gaps holds beside the points beyond the threshold, if anything."""
    counts = count_access(gaps, network, write.threshold_m)
    if counts.beyond == len(gaps):
        return ""
    return write(
        LISTED,
        threshold=write.threshold(),
        beyond=write.number(counts.beyond),
        unsure=write.number(counts.to_verify),
        others=write.number(counts.centres),
    )


def decided_sentence(counts: DecidedCounts, lang: Lang) -> str:
    """Say how many gaps the decisions are about."""
    text = Message(
        "One gap may have several decisions. Gaps with a decision: points: {points}; units with no "
        "point: {units}."
    )
    return _sentence(text, counts, lang)


def _sentence(text: Message, counts: GapCounts | DecidedCounts, lang: Lang) -> str:
    numbers = {name: formats.number(lang, count) for name, count in counts._asdict().items()}
    return text.text(lang).format(**numbers)
