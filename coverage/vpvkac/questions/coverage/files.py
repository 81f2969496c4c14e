"""Every file of a run: tables, workbooks, GeoPackage, maps and pages, and what describes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

from vpvkac.analysis import catchment
from vpvkac.analysis.catchment import rates
from vpvkac.analysis.coverage import DEMAND
from vpvkac.analysis.reach import clock
from vpvkac.analysis.rounding import exact, shown
from vpvkac.model.accounts import Progress, silent
from vpvkac.model.faults import Fault
from vpvkac.model.stamp import VERSION, source_date
from vpvkac.model.tables import OUTPUTS, TABLES
from vpvkac.questions.coverage.workbook import (
    COUNTS,
    MUNICIPAL,
    NATIONAL,
    answer,
    cover,
    premises_sheets,
    rows_of,
)
from vpvkac.render import gpkg
from vpvkac.render.beside import beside
from vpvkac.render.csvfile import as_json, describe, write_table
from vpvkac.render.gpkg import Entry, Layer, area, mark, marker, write_geopackage
from vpvkac.render.parcel import write_parcel
from vpvkac.render.staging import FILES, RUN_FILE, files_of, leaves, staged, write_text
from vpvkac.render.symbols import ALERT, FILLS, INK, PAPER, SHAPES, STOP
from vpvkac.render.xlsx import write_workbook
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Lang, Message
from vpvkac.texts.words import beyond_reach, within_reach
from vpvkac.views.gaps import MunicipalityGap, by_municipality
from vpvkac.views.reach import with_reasons
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.analysis.reach import ThereAndBack
    from vpvkac.questions.coverage.view import Result


# From so many municipalities on a second process is worth its start.
_MANY = 8
# What some runs write and others do not, to be found where an earlier version wrote it.
_SOMETIMES = (
    "published.csv", "layout_changes.csv", "residents.csv", "worst_off.csv", "standards.csv",
    "institutions.csv", "institution_places.csv", "maps/*.html",
    "municipalities/index.html", "municipalities/LV*/index.html", "municipalities/LV*/LV*.xlsx",
)  # fmt: skip
_WRITING = Message("Writing")
# Millimetres: points by layer, how much larger a ring or a halo is, a stop, a line.
_SIZES = {"network": 2.2, "places": 1.8, "gaps_access": 3.2}
_RING, _HALO, _STOP, _LINE = 2.4, 1.0, 0.9, 0.5
_CONTENTS = {
    "units": Message("Territorial units by the reach of their contact point."),
    "network": Message(
        "The contact point of each territorial unit; where there is none, there is no geometry."
    ),
    "places": Message("Places where a contact point is or can be."),
    "stops": Message("Public transport stops."),
    "gaps_coverage": Message("Territorial units with no contact point."),
}
# The column that names a feature.
_NAMED_BY = {
    "units": "unit_name",
    "network": "place_name",
    "places": "name",
    "stops": "stop_name",
    "gaps_access": "place_name",
    "gaps_coverage": "unit_name",
}
LAYERS = tuple(_NAMED_BY)
_AREAS = ("units", "gaps_coverage")


class More(NamedTuple):
    """What another question adds to a run.

    `write` writes its files, `names`, into the folder and gives the names of their tables.
    """

    write: Callable[[Path], Sequence[str]]
    names: Sequence[str]


class Written(NamedTuple):
    """What was written, and warnings of what a file could not hold."""

    files: list[Path]
    faults: list[Fault]


def write(
    result: Result,
    out: str | Path,
    progress: Progress = silent,
    *,
    more: Sequence[More] = (),
    zipped: bool = False,
    processes: int = 1,
) -> Written:
    """Write all outputs of a run into a folder: all of them, or none.

    Of municipalities those of `result.letters`, and `zipped` to be sent, too, where asked.  With
    two processes their files are written beside the others; the bytes are the same.  Raises OSError
    if the folder cannot be written; previous files are then as they were.
    """
    inputs = files_of(result.project)
    always = [name for another in more for name in another.names]
    letters = result.municipalities if result.letters is None else result.letters
    if len(letters) < _MANY:
        processes = 1
    with staged(out, inputs=inputs, sometimes=_SOMETIMES, always=always) as folder:
        faults = _write_all(result, folder, progress, more, zipped=zipped, processes=processes)
        files = sorted(file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return Written([Path(out) / file for file in files], faults)


def written(result: Result) -> list[str]:
    """Name the CSV outputs of a run: nothing is published of synthetic data."""
    no_offices = "institution" not in result.project.hosts
    without = (
        {"published": result.synthetic, "stops": True}
        | {name: getattr(result, name).empty for name in ("residents", "worst_off", "standards")}
        | dict.fromkeys(("institutions", "institution_places"), no_offices)
    )
    return [name for name in OUTPUTS if not without.get(name)]


def _write_all(
    result: Result,
    folder: Path,
    progress: Progress,
    more: Sequence[More],
    *,
    zipped: bool,
    processes: int,
) -> list[Fault]:
    lang, names = result.lang, written(result)

    def say(file: str) -> None:
        progress(f"{_WRITING.text(lang)} {file}")

    # CSV and GeoPackage have decimals of their own; what people read is rounded from these.
    full, tables = exact(result), shown(result)
    for name in names:
        say(f"{name}.csv")
        write_table(folder, name, tables[name])
    if result.inputs.changes is not None:
        write_table(folder, "layout_changes", result.inputs.changes)
    if result.reach:
        full["gaps_reach"] = with_reasons(result.reach.of_widest_set(), lang)
        full["reach"] = result.reach.units[result.reach.units["unit"] != ""]
    if result.openings:
        full["plan"] = result.openings.table
    of_each = folder / "municipalities"
    municipal = partial(write_municipalities, of_each, result, full, zipped=zipped)
    with beside(municipal, processes) as faults_of_municipalities:
        say("gaps.xlsx")
        faults = _write_national(folder / "gaps.xlsx", result, full)
        say("coverage.gpkg")
        gpkg_layers = layers({name: tables[name] for name in LAYERS}, lang, result.threshold_m)
        write_geopackage(folder / "coverage.gpkg", gpkg_layers)
        say("maps/")
        for name, page in _pages(result, full):
            say(name)
            write_text(folder / name, page())
        say("municipalities/")
        faults += faults_of_municipalities()
    for another in more:
        names += another.write(folder)
    about = {
        "title": result.title or words.NETWORK.text(lang),
        "description": (words.SAMPLE if result.synthetic else words.LIMITS).text(lang),
        "synthetic": result.synthetic,
        "stop_set": result.stop_set,
        "threshold_m": result.threshold_m,
        "layout": result.layout or None,
    }
    package = describe(
        folder, names, about, result.sources, lang=lang, threshold_m=result.threshold_m
    )
    write_text(folder / "datapackage.json", package)
    write_text(folder / RUN_FILE, run_file(result, sorted([*leaves(folder), RUN_FILE])))
    return faults


def _write_national(
    workbook: Path, result: Result, tables: Mapping[str, pd.DataFrame]
) -> list[Fault]:
    """Write the workbook of the whole country, of the tables of `rounding.exact`."""
    listed = {*written(result), "gaps_reach", "plan"} & tables.keys()
    sheets = [rows_of(name, tables[name], result).sheet for name in NATIONAL if name in listed]
    sums = tables["municipalities"][list(COUNTS)].sum()
    # By municipality, with the numbers of its page.
    of_all = sorted(
        by_municipality(tables, Writer.of(result)).values(),
        key=lambda gaps: collation_key(gaps[0].municipality),
    )
    gaps = [numbered for of_one in of_all for numbered in enumerate(of_one, 1)]
    return write_workbook(
        workbook,
        cover(result),
        sheets,
        lang=result.lang,
        shown=workbook.name,
        answer=answer(
            result,
            result.title,
            sums,
            gaps,
            MunicipalityGap.of(tables["gaps_municipalities"], Writer.of(result)),
            of_municipality=False,
        ),
    )


def write_municipalities(
    folder: Path, result: Result, tables: Mapping[str, pd.DataFrame], *, zipped: bool = False
) -> list[Fault]:
    """Write `index.html`, and for each municipality of `result.letters` its page and workbooks.

    `LV…/index.html`, `LV…/LV….xlsx` and `LV…/LV…_telpas.xlsx`, the checklist of premises; where
    `zipped`, `LV….zip` with these three, the page leading to nothing outside.

    Of the tables of `rounding.exact`; gives warnings of what the workbooks could not hold.
    """
    from vpvkac.questions.coverage.municipality import Parts, index_page, letter

    faults: list[Fault] = []
    write_text(folder / "index.html", index_page(result, tables, zipped=zipped))
    parts = Parts.of(result, tables)
    checklists = premises_sheets(result)
    given = {name for name in tables if name != "institutions" or len(tables[name])}
    sheets = [rows_of(name, tables[name], result) for name in MUNICIPAL if name in given]
    # Its rows of each sheet, by municipality.
    own_rows: list[dict[str, list[tuple[Any, ...]]]] = [{} for _ in sheets]
    for own, sheet in zip(own_rows, sheets, strict=True):
        for row, code in zip(sheet.sheet.rows, sheet.codes, strict=True):
            own.setdefault(code, []).append(row)
    for _, municipality in tables["municipalities"].iterrows():
        code, name = str(municipality["municipality"]), str(municipality["municipality_name"])
        if result.letters is not None and code not in result.letters:
            continue
        page = letter(parts, municipality)
        write_text(folder / code / "index.html", page.of_run())
        workbook, premises = (folder / code / f"{code}{end}.xlsx" for end in ("", "_telpas"))
        faults += write_workbook(
            premises,
            cover(result, name),
            [],
            lang=result.lang,
            shown=f"{folder.name}/{code}/{premises.name}",
            answer=checklists[code],
        )
        faults += write_workbook(
            workbook,
            cover(result, name),
            [
                sheet.sheet._replace(rows=own.get(code, []))
                for sheet, own in zip(sheets, own_rows, strict=True)
            ],
            lang=result.lang,
            shown=f"{folder.name}/{code}/{workbook.name}",
            answer=answer(
                result,
                name,
                municipality,
                list(enumerate(parts.gaps.get(code, []), 1)),
                parts.closed.get(code, []),
                of_municipality=True,
            ),
        )
        if zipped:
            files = {file.name: file.read_bytes() for file in (workbook, premises)}
            files["index.html"] = page.alone().encode()
            named = {f"{code}/{file}": content for file, content in files.items()}
            write_parcel(folder / f"{code}.zip", named)
    return faults


def _pages(
    result: Result, tables: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, Callable[[], str]]]:
    """Name every page, and how it is made."""
    from vpvkac.questions.coverage.explorer import explorer
    from vpvkac.questions.coverage.figures import figure_maps
    from vpvkac.questions.coverage.gaps import gaps_page
    from vpvkac.questions.coverage.help import help_page
    from vpvkac.questions.coverage.report import report_page
    from vpvkac.questions.coverage.story import PICTURE, front_page, national_picture
    from vpvkac.render.map_page import BaseLayers, render

    lang = result.lang
    base = BaseLayers.of(result.units)
    figures = figure_maps(result, base)
    yield "index.html", lambda: front_page(result)
    yield PICTURE, lambda: national_picture(result)
    yield (
        "map.html",
        lambda: render(explorer(result, lang=lang, base=base), title=result.title, lang=lang),
    )
    yield "gaps.html", lambda: gaps_page(result, tables)
    yield "help.html", lambda: help_page(result)
    yield "report.html", lambda: report_page(result, tables)
    for name in figures:
        yield f"maps/{name}", partial(figures.__getitem__, name)


def run_file(result: Result, files: Sequence[str] = ()) -> str:
    """Tell by what program, rules and inputs the outputs were made, JSON.

    `time` is SOURCE_DATE_EPOCH, null where that is not set; `files` are what
    the run wrote, by which the next one knows its own.
    """
    rules, moment, lang = result.project.rules, source_date(), result.lang
    content = {
        "program": "vpvkac",
        "version": VERSION,
        "time": None if moment is None else moment.isoformat(),
        "title": result.title,
        "synthetic": result.synthetic,
        "note": "synthetic sample" if result.synthetic else None,
        "parameters": {
            "layout": result.layout or None,
            "threshold_m": rules.threshold_m,
            "stop_set": rules.stop_set,
            "hosts": list(rules.hosts),
            "binding_centre": list(rules.binding_centre),
            "binding_library": list(rules.binding_library),
            "lang": lang,
        },
        "reach": None if result.reach is None else _reach(result.reach),
        "plan": result.openings.asked if result.openings else None,
        "population": _population(result),
        "inputs": [
            {
                "input": account.key,
                "file": account.shown,
                "source": account.source.name.text(lang),
                "publisher": account.source.publisher.text(lang)
                if account.source.publisher
                else None,
                "licence": account.source.licence,
                "reference_date": account.source.date,
                "sha256": account.sha256,
                "rows_read": account.rows_read,
                "rows_used": account.rows_used,
                "rows_dropped": dict(account.dropped),
                "notes": dict(account.notes),
            }
            for account in result.accounts
        ],
        FILES: list(files),
    }
    return as_json(content)


def _reach(found: ThereAndBack) -> dict[str, Any]:
    """Tell by what day and rules reach was found; walk and stay are minutes."""
    rules = found.rules
    return {
        "day": found.day.isoformat(),
        "leave": clock(rules.leave),
        "home": clock(rules.home),
        "stay": rules.stay // 60,
        "walk": rules.walk // 60,
        "assumed_hours": found.assumed_hours,
    }


def _population(result: Result) -> dict[str, Any] | None:
    """Tell how residents were counted, and the band of services expected; null where not given."""
    if result.residents.empty:
        return None
    total = result.residents.iloc[0]
    sums = result.network[DEMAND].sum()
    return {
        "basis": total["basis"],
        **{name: int(total[name]) for name in ("residents", "least", "most")},
        "radii_m": list(catchment.RADII_M),
        "services_a_year": {end: int(sums[f"services_{end}"]) for end in ("least", "most")},
        "staff": {end: round(float(sums[f"staff_{end}"]), 1) for end in ("least", "most")},
        "peak_factor": result.project.rules.peak_factor,
        "services_per_1000": {
            kind: {end: round(float(1000 * getattr(rate, end)), 1) for end in ("least", "most")}
            for kind, rate in rates().items()
        },
    }


# --- The layers of coverage.gpkg, as QGIS shows them ------------------------------------------


def layers(tables: Mapping[str, gpd.GeoDataFrame], lang: Lang, threshold_m: float) -> list[Layer]:
    """Make the layers of a run, from tables of `rounding.shown` by name.

    As on every map: form by kind of host, filled where a point is open and hollow where it is not
    yet, in the colour of its reach; units have that of their point.  A dashed ring where that is
    uncertain.

    Labels, titles and column aliases are in the language; names of tables and
    columns and all codes stay.
    """
    write = Writer(lang, threshold_m)
    made = []
    for name, table in tables.items():
        beyond, unsure = write.heading("points_beyond"), write.heading("points_uncertain")
        about = write(_CONTENTS[name]) if name in _CONTENTS else f"{beyond}. {unsure}."
        columns = [column for column in TABLES[name].columns if column.name in table]
        style = gpkg.document(
            _renderer(name, table, write),
            aliases={column.name: write.heading(column.heading) for column in columns},
            codes={
                column.name: {code: write(label) for code, label in column.codes.items()}
                for column in columns
                if column.codes and column.name not in words.REQUIREMENTS
            },
            named_by=_NAMED_BY[name],
            areas=name in _AREAS,
        )
        title = write(TABLES[name].title)
        made.append(Layer(name, table, title, about, style, areas=name in _AREAS))
    return made


def _renderer(layer: str, table: gpd.GeoDataFrame, write: Writer) -> ET.Element:
    """Tell QGIS how to draw a layer."""
    if layer == "units":
        return gpkg.ruled(_verdicts(table, write))
    if layer == "gaps_coverage":
        return gpkg.single(area(FILLS["none"], ALERT))
    if layer == "stops":
        other, counted = (
            marker(mark("circle", _STOP, colour=colour, outline=STOP, width=_STOP / 5))
            for colour in (PAPER, STOP)
        )
        others = Entry('NOT "in_set"', write(Message("Other stops")), other)
        return gpkg.ruled([others, Entry('"in_set"', write(Message("Stops that count")), counted)])
    size = _SIZES[layer]
    ring = mark("circle", size + _RING, colour=None, outline=INK, width=_LINE, dashed=True)
    uncertain = Entry('"uncertain"', write(words.UNCERTAIN), marker(ring))
    return gpkg.ruled([*_points(layer, table, write), uncertain])


def _verdicts(units: gpd.GeoDataFrame, write: Writer) -> list[Entry]:
    """Draw units by the reach of their point (`map_classes.verdicts`)."""
    within, beyond = (of(write.lang, write.threshold_m) for of in (within_reach, beyond_reach))
    cases = [
        ("within", '"within"', within),
        ("beyond", 'NOT "within"', beyond),
        ("none", "\"status\" = 'none'", write(words.STATUSES_PLURAL["none"])),
    ]
    if (units["within"].isna() & (units["status"] != "none")).any():
        not_known = write(Message("Distance to a stop not known"))
        cases.append(("unknown", '"within" IS NULL AND "status" <> \'none\'', not_known))
    return [Entry(condition, label, area(FILLS[code])) for code, condition, label in cases]


def _points(layer: str, table: gpd.GeoDataFrame, write: Writer) -> list[Entry]:
    """Draw points by status and host, places by host and status, each of the kinds that occur.

    Those within reach, or of which it is not known, and then on top those beyond it.  A unit
    without a point has nothing to draw; that a place is open goes without saying.
    """
    known = table[table["host"].notna()]
    # No distance as shown is on the other side of the threshold.
    is_beyond = known["distance_m"] > write.threshold_m
    present = set(zip(known["host"], known["status"], is_beyond, strict=True))
    statuses = words.PLACE_STATUSES if layer == "places" else words.STATUSES
    entries = []
    for side, status, host in product((False, True), statuses, SHAPES):
        if (host, status, side) in present:
            text = f"{write(statuses[status])}: {write(words.HOSTS[host])}"
            if status == "open":
                text = write(words.HOSTS_PLURAL[host])
            if side:
                text += f" – {words.lowered(beyond_reach(write.lang, write.threshold_m))}"
            reach = f'coalesce("distance_m", 0) {">" if side else "<="} {write.threshold_m}'
            condition = f"\"host\" = '{host}' AND \"status\" = '{status}' AND {reach}"
            entries.append(Entry(condition, text, _point(host, status, _SIZES[layer], beyond=side)))
    return entries


def _point(host: str, status: str, size: float, *, beyond: bool) -> ET.Element:
    """Draw a point as `picture.draw_mark` does: form by host, fill by status, colour by reach."""
    shape, colour = SHAPES[host].name, ALERT if beyond else INK
    halo = [mark(shape, size + _HALO, colour=PAPER, outline=PAPER)] if beyond else []
    if status in {"existing", "open"}:
        return marker(*halo, mark(shape, size, colour=colour, outline=PAPER))
    hollow = mark(shape, size, colour=PAPER, outline=colour, width=_LINE)
    dot = mark("circle", size / 3, colour=colour, outline=colour)
    return marker(*halo, hollow, *([dot] if status == "announced" else []))
