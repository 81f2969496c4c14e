"""Reads the outputs of a run back as their readers would: what is shown of what, and where.

A fact is a quantity of a subject and the text that is shown for it; the text is brought to
one form (Latvian point, plain spaces, with its unit), so that those of two languages and of a
column whose heading says the unit can be held against one another.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import lxml.html
import openpyxl

from page_tables import tables_of
from spreadsheet import displayed
from vpvkac.model.columns import heading
from vpvkac.texts import words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from page_tables import PageTable
    from vpvkac.texts.message import Lang


class Fact(NamedTuple):
    """What is shown of a subject, and where."""

    quantity: str
    subject: str
    text: str
    where: str


Json = dict[str, Any]
_METRES = r"[0-9\s]+(?:[.,][0-9]+)?\sm"
_LENGTH = r"[0-9\s]+(?:[.,][0-9]+)?\sk?m"
# The model sentences, with what they say of whom.
_SENTENCES = {
    "lv": {
        "distance": rf"(?:^|\. |: )(?P<place>[^.:]+?) atrodas (?P<text>{_METRES}) attālumā no",
        "over": rf"(?P<text>{_METRES}) tālāk par ieteicamajiem",
        "alternative": rf"vienībā (?P<text>{_METRES}) attālumā no pieturas",
        "unsure": rf"Attālums ir (?P<text>{_METRES}), bet",
        "precision": rf"ar ±(?P<text>{_LENGTH}) precizitāti",
        "stop": rf"Pietura [^.]*? ir (?P<text>{_METRES}) attālumā",
        "nearest": rf"– atrodas (?P<text>{_LENGTH}) attālumā\.$",
    },
    "en": {
        "distance": rf"(?:^|\. |: )(?P<place>[^.:]+?) is (?P<text>{_METRES}) from the nearest",
        "over": rf"that is (?P<text>{_METRES}) beyond",
        "alternative": rf"unit, (?P<text>{_METRES}) from a stop",
        "unsure": rf"The distance is (?P<text>{_METRES}), but",
        "precision": rf"within ±(?P<text>{_LENGTH}), so",
        "stop": rf"The stop [^.]*? is (?P<text>{_METRES}) away, but",
        "nearest": rf", is (?P<text>{_LENGTH}) away\.$",
    },
}
_QUANTITY_OF = {
    "distance": "distance", "unsure": "distance", "stop": "distance", "over": "over",
    "alternative": "alternative", "precision": "precision", "nearest": "nearest",
}  # fmt: skip


def plain(text: str, unit: str = "") -> str:
    """Bring a shown number to one form."""
    bare = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
    bare = re.sub(r"(?<=[0-9])\.(?=[0-9])", ",", bare)
    return f"{bare} {unit}" if unit and bare and not bare.endswith(unit) else bare


class Reader:
    """Reads one run's folder; `facts` are all that it shows."""

    def __init__(self, folder: Path, lang: Lang, threshold_m: float = 700) -> None:
        self.folder, self.lang, self.threshold_m = folder, lang, threshold_m
        self.network = {row["unit"]: row for row in self.csv("network")}
        self.gaps = {row["place"]: row for row in self.csv("gaps_access")}
        self.coverage = {row["unit"]: row for row in self.csv("gaps_coverage")}
        self.facts: list[Fact] = []

    def csv(self, name: str) -> list[dict[str, str]]:
        """Read a table of the run."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
            return list(csv.DictReader(opened))

    def page(self, name: str) -> str:
        """Read a page of the run."""
        return (self.folder / name).read_text(encoding="utf-8")

    def add(
        self, quantity: str, subject: str, text: str | None, where: str, unit: str = ""
    ) -> None:
        """Keep a fact, unless nothing is shown."""
        if text and plain(text) != "–":
            self.facts.append(Fact(quantity, subject, plain(text, unit), where))

    def heading(self, column: str) -> str:
        """Give the heading of a column as pages and workbooks have it."""
        return heading(self.lang, column, self.threshold_m).replace("\N{NO-BREAK SPACE}", " ")

    def sentence(self, subject: str, text: str, where: str, name: str = "") -> None:
        """Read the model sentences in a text about one subject; `name` picks the place."""
        spoken = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
        for kind, pattern in _SENTENCES[self.lang].items():
            for found in re.finditer(pattern, spoken):
                if kind == "distance" and name and not found["place"].endswith(name):
                    continue
                self.add(_QUANTITY_OF[kind], subject, found["text"], f"{where}, sentence")

    # --- Pages ---------------------------------------------------------------------------------

    def read_report(self) -> None:
        """Read criteria, figures, gap lists and sentences of the report."""
        page = self.page("report.html")
        tables, tree = tables_of(page), lxml.html.document_fromstring(page)
        value = self.heading("value")
        for name in ("criteria", "first-figures", "figures"):
            table = tables[name]
            for row in table.rows:
                text = row[table.columns.index(value)].partition(" (")[0]
                self.add("criterion", self.code_of(row[0]), text, f"report, {name}")
        distance = {"lv": "Attālums", "en": "Distance"}[self.lang]
        for name, of in (("access", "gaps_access"), ("service", "gaps_service")):
            if name not in tables:
                continue
            table, rows = tables[name], self.csv(of)
            self.caption(table, len(rows), f"report, {name}")
            for row, gap in zip(table.rows, rows, strict=False):
                self.add("distance", gap["place"], row[table.columns.index(distance)], "report")
                self.sentence(gap["place"], row[-1], "report", gap["place_name"])
        if "coverage" in tables:
            for row, gap in zip(tables["coverage"].rows, self.csv("gaps_coverage"), strict=False):
                self.add("nearest", gap["unit"], row[3], "report")
                self.sentence(gap["unit"], row[-1], "report")
        if "no-centre" in tables:
            for row, gap in zip(
                tables["no-centre"].rows, self.csv("gaps_municipalities"), strict=False
            ):
                self.add("area", gap["municipality"], row[3], "report")
        self.failing(tree)

    def failing(self, tree: Any) -> None:
        """Read what fails a criterion, "name (2305 m)"; names that several bear are left out."""
        places = self.csv("places")
        names = [place["name"] for place in places]
        by_name = {place["name"]: place["place"] for place in places}
        for cell in tree.xpath("//caption[@id='criteria-caption']/..//td"):
            for name, text in re.findall(rf"([^()]+?) \(({_METRES})\)", cell.text_content()):
                if names.count(name.strip()) == 1:
                    self.add("distance", by_name[name.strip()], text, "report, criteria")

    def caption(self, table: PageTable, count: int, where: str) -> None:
        """Read the count that a caption ends with."""
        found = re.search(r": ([0-9 ]+)(?: \(.*\))?$", table.caption)
        assert found, table.caption
        self.add("count", where.partition(", ")[2], found[1], f"{where}, caption")
        self.add("count", where.partition(", ")[2], str(count), f"{where}, rows of the CSV")

    def code_of(self, label: str) -> str:
        """Give the criterion of a label."""
        bare = re.sub(r" \((?:[0-9]{4}\. gada mērķis|[0-9]{4} target)\)$", "", plain(label))
        labels = {
            plain(words.criterion(self.lang, code, self.threshold_m)): code
            for code in words.CRITERIA
        }
        return labels[bare]

    def read_gaps_page(self) -> None:
        """Read the lists of gaps.html."""
        page = self.page("gaps.html")
        tree, tables = lxml.html.document_fromstring(page), tables_of(page)
        units = {"distance_m": ("distance", "m"), "over_m": ("over", "m"),
                 "nearest_m": ("nearest", ""), "area_km2": ("area", "km²")}  # fmt: skip
        lists = {"access": ("unit-", "gaps_access", "place"),
                 "service": ("service-unit-", "gaps_service", "place"),
                 "coverage": ("unit-", "gaps_coverage", "unit"),
                 "municipalities": ("municipality-", "gaps_municipalities", "municipality"),
                 }  # fmt: skip
        for key, (before, name, subject) in lists.items():
            if key not in tables:
                continue
            rows = tree.xpath(f"//table[@class='list {key}']//tr[starts-with(@id,'{before}')]")
            gaps = self.csv(name)
            assert len(rows) == len(gaps)
            for row, gap in zip(rows, gaps, strict=True):
                cells = [cell.text_content() for cell in row]
                for column, (quantity, unit) in units.items():
                    if self.heading(column) in tables[key].columns:
                        text = cells[tables[key].columns.index(self.heading(column))]
                        self.add(quantity, gap[subject], text, f"gaps.html, {key}", unit)
                self.sentence(
                    gap[subject], cells[-1], f"gaps.html, {key}", gap.get("place_name", "")
                )
                if key == "access":
                    self.beside_gap(gap["place"], row)

    def beside_gap(self, place: str, row: Any) -> None:
        """Read the small print of an access gap: placing, alternative."""
        text = plain(row.text_content())
        for found in re.findall(rf"\(±({_LENGTH})\)", text):
            self.add("precision", place, found, "gaps.html, small print")
        of = {"lv": rf"; ({_METRES}) no pieturas", "en": rf"; ({_METRES}) from a stop"}[self.lang]
        for found in re.findall(of, text):
            self.add("alternative", place, found, "gaps.html, small print")

    def read_municipalities(self) -> None:
        """Read the pages and workbooks of the municipalities."""
        for row in self.csv("municipalities"):
            code = row["municipality"]
            where = f"municipalities/{code}"
            page = self.page(f"{where}/index.html")
            tree, table = lxml.html.document_fromstring(page), tables_of(page)["units-table"]
            of_distance = {"lv": "Līdz pieturai", "en": "To the stop"}[self.lang]
            by_name = {
                one["unit_name"]: unit
                for unit, one in self.network.items()
                if one["municipality"] == code
            }
            for line in tree.xpath("//section[@aria-labelledby='units-table-caption']//tbody/tr"):
                unit = by_name[line.xpath("string(th/bdi)")]
                place = self.network[unit]["place"]
                at = table.columns.index(of_distance)
                self.add("distance", place, line[at].text_content(), where, "m")
                for number in line.xpath("th/span/text()"):
                    self.add("number", f"{code} {number}", unit, f"{where}, table")
            for title in tree.xpath("//ol[@class='gaps']/li/h3"):
                number, name = title.xpath("string(span)"), title.xpath("string(bdi[1])")
                self.add("number", f"{code} {number}", by_name[name], f"{where}, list")
            figures = tree.xpath("//dl[@class='quiet-figures']/div")
            for label, text in (pair.xpath("dt|dd") for pair in figures):
                if plain(label.text_content()) == self.heading("area_km2"):
                    self.add("area", code, text.text_content(), where, "km²")
            self.read_workbook(f"{where}/{code}.xlsx")

    # --- Workbooks -----------------------------------------------------------------------------

    def read_workbook(self, name: str) -> None:
        """Read every sheet of a workbook as Excel displays it."""
        first, _, *sheets = openpyxl.load_workbook(self.folder / name).worksheets
        for row in first.iter_rows(values_only=True):
            if isinstance(row[0], int):
                municipality = self.network[str(row[2])]["municipality"]
                self.add("number", f"{municipality} {row[0]}", str(row[2]), name)
        for sheet in sheets:
            self.sheet(sheet, f"{name}, {sheet.title}")

    def sheet(self, sheet: Worksheet, where: str) -> None:
        """Read one sheet."""
        heads = [plain(str(cell.value)) for cell in sheet[1]]
        shown = {
            "distance_m": ("distance", "m"), "over_m": ("over", "m"), "nearest_m": ("nearest", ""),
            "alt_distance_m": ("alternative", "m"), "area_km2": ("area", "km²"),
            "walk_min": ("walk", "min"),
        }  # fmt: skip
        for line in sheet.iter_rows(min_row=2):
            cells = dict(zip(heads, (displayed(cell, self.lang) for cell in line), strict=True))
            keys = [cells.get(self.heading(key), "") for key in ("place", "unit", "municipality")]
            subject = next((key for key in keys if key), "")
            if self.heading("criterion") in cells:
                code = self.code_of(cells[self.heading("criterion")])
                self.add("criterion", code, cells[self.heading("value")], where)
                continue
            for column, (quantity, unit) in shown.items():
                if column == "distance_m" and self.heading("stops") in cells:
                    subject = self.network[keys[1]]["place"]
                of_unit = column in ("nearest_m", "area_km2") and keys[1]
                text = cells.get(self.heading(column), "")
                self.add(quantity, keys[1] if of_unit else subject, text, where, unit)
            if reason := cells.get(self.heading("reason")):
                name = cells.get(self.heading("place_name"), "")
                self.sentence(subject, reason, where, name)

    # --- Maps ----------------------------------------------------------------------------------

    def read_maps(self) -> None:
        """Read cards, labels and figures of the explorer and of the figure maps."""
        for name in ("map.html", *sorted(str(file.relative_to(self.folder))
                                         for file in self.folder.glob("maps/*.html"))):  # fmt: skip
            page = self.page(name)
            found = re.search(r'<script type="application/json" id="map-data">(.*?)</script>', page)
            assert found
            data: Json = json.loads(found[1])
            self.cards(data, name)
            tree = lxml.html.document_fromstring(page)
            for row in tree.xpath("//dl[@class='values']/div"):
                label, text = (plain(row.findtext(tag)) for tag in ("dt", "dd"))
                if label in {plain(words.criterion(self.lang, code, self.threshold_m))
                             for code in words.CRITERIA}:  # fmt: skip
                    self.add("criterion", self.code_of(label), text, name)

    def cards(self, data: Json, name: str) -> None:
        """Read what is said of points and units, and what is written beside lines."""
        layers = [data["points"]] if "points" in data else data.get("marks", [])
        points = [feature for layer in layers for feature in layer["features"]]
        by_name = {(row["name"], row["unit"]): row["place"] for row in self.csv("places")}
        for feature in points:
            card = feature["properties"]
            place = by_name.get((card.get("name", ""), card.get("unit", "")))
            if place is None or "distance" not in card:
                continue
            self.add("distance", place, card["distance"], f"{name}, card")
            self.add("distance", place, card["stop"].rpartition(" – ")[2], f"{name}, card")
            self.add("walk", place, card["walk"], f"{name}, card")
            if "rank" in card:
                over = re.search(r"\(\+(.*)\)", card["reached"])
                self.add("over", place, over[1] if over else "", f"{name}, card")
                self.sentence(place, card["reason"], f"{name}, card", card["name"])
        for feature in data.get("units", {}).get("features", []) if "points" in data else []:
            card = feature["properties"]
            self.add("area", card["unit"], card.get("area", ""), f"{name}, card")
            if card["unit"] in self.coverage:
                self.add("nearest", card["unit"], card.get("distance", ""), f"{name}, card")
                self.sentence(card["unit"], card["reason"], f"{name}, card")

    # --- Terminal ------------------------------------------------------------------------------

    def read_headline(self, said: str) -> None:
        """Read the table that the command prints."""
        for line in said.splitlines():
            parts = re.split(r"\s{2,}", line.replace("\N{NO-BREAK SPACE}", " ").strip())
            labels = {plain(words.criterion(self.lang, code, self.threshold_m))
                      for code in words.CRITERIA}  # fmt: skip
            if len(parts) == 2 and plain(parts[0]) in labels:
                self.add("criterion", self.code_of(parts[0]), parts[1], "terminal")

    def read_explained(self, unit: str, said: str) -> None:
        """Read what `explain` prints of a unit."""
        place, spoken = self.network[unit]["place"], " ".join(said.split())
        self.sentence(place, spoken, "explain", self.network[unit]["place_name"])
        label = {"lv": "Attālums līdz tuvākajai pieturai", "en": "Distance to the nearest stop"}
        for line in said.splitlines():
            if line.startswith(label[self.lang]):
                self.add("distance", place, line.removeprefix(label[self.lang]), "explain")
            if line.startswith({"lv": "Platība ", "en": "Area "}[self.lang]):
                self.add("area", unit, line.partition(" ")[2], "explain")


def contradictions(facts: list[Fact]) -> dict[tuple[str, str], dict[str, list[str]]]:
    """Give the quantities of which more than one text is shown, with where each is."""
    told: dict[tuple[str, str], dict[str, list[str]]] = {}
    for fact in facts:
        told.setdefault((fact.quantity, fact.subject), {}).setdefault(fact.text, []).append(
            fact.where
        )
    return {key: texts for key, texts in told.items() if len(texts) > 1}


def everything(reader: Reader) -> Iterator[Fact]:
    """Read all pages, workbooks and maps."""
    reader.read_report()
    reader.read_gaps_page()
    reader.read_municipalities()
    reader.read_workbook("gaps.xlsx")
    reader.read_maps()
    yield from reader.facts
