"""Territorial units: their published layouts, and the history of their codes (ATVK)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS, overlapping, to_degrees
from vpvkac.model.columns import UNIT_CODE
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input, Layout
from vpvkac.model.tables import TABLES
from vpvkac.model.territory import in_latvia
from vpvkac.sources.base import (
    NOT_IN_WHERE,
    Checks,
    PublishedChecks,
    Reading,
    folded,
    select_rows,
)
from vpvkac.sources.geodata import read_layer
from vpvkac.sources.layouts import NEW_TOWNS, layout_named, layout_of
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Bilingual, Composed, Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray


COLUMNS = (*TABLES["units"].given, "geometry")
# As the bureau calls its columns, and as others do, in any letter case.
_NAMES: dict[str, tuple[str, ...]] = {
    "unit": (
        "L1_code", "LAU2_code", "unit", "unit_code", "ATVK", "ATVK_code", "ATVK_kods", "code",
        "kods",
    ),
    "unit_name": ("L1_name", "unit_name", "nosaukums", "name"),
    "kind": ("L1_type", "kind", "unit_type", "type", "tips", "veids"),
    "municipality": (
        "L0_code", "LAU1_code", "municipality", "municipality_code", "novada_kods", "novada_kod",
    ),
    "municipality_name": (
        "L0_name", "municipality_name", "novada_nosaukums", "novada_nos", "novads",
    ),
    "region": ("NUTS3_name", "region", "region_name", "reģions", "regions"),
}  # fmt: skip
_DAYS = (
    "valid_from", "in_force_from", "validity_period_begin", "spēkā_no", "speka_no", "layout",
    "reference_date", "date", "datums",
)  # fmt: skip
_FORMS = Message("a shapefile with .shp, .shx, .dbf, .prj and .cpg, a GeoPackage or GeoJSON")
_AGAIN = Message("download it again, or correct where")
_POLYGONS = ["Polygon", "MultiPolygon"]
# Borders of the published files agree; those of others may lap over a little.
_OVERLAP = 0.02
# So many rows of a hundred may be repeated.
_PER_CENT = 1
_KINDS = {
    "1": "state_city", "5": "municipality", "6": "town", "7": "parish",
    "state_city": "state_city", "municipality": "municipality", "town": "town", "parish": "parish",
    "valstspilsēta": "state_city", "republikas pilsēta": "state_city", "novads": "municipality",
    "pilsēta": "town", "pagasts": "parish",
}  # fmt: skip
# Three state cities lie inside a municipality and have the type of a town, but this ending.
_STATE_CITY_ENDING = "010"
HISTORY_COLUMNS = (
    "code", "version", "name", "level", "parent", "begin", "end", "predecessors", "successors",
    "row",
)  # fmt: skip
_HISTORY = (
    "Level", "Code", "Code_version", "Name", "Code_parent", "Validity_period_begin",
    "Validity_period_end", "Predecessors", "Successors",
)  # fmt: skip
# Country, region, district, municipality or state city, town or parish.
_LEVELS = ("0", "1", "2", "3", "4")
_ISO = r"^(\d{4}-\d{2}-\d{2})(?:[T ]0{1,2}:00.*)?$"
_LATVIAN = r"(\d{2})\.(\d{2})\.(\d{4})\.?"
# An end so far off says that there is none.
_NO_END = 2900


def read_units(source: Input, layout: Layout | None = None) -> Reading:
    """Read the units in the published form, columns `L1_code` … `NUTS3_name`, and make a layout.

    The project may name the columns (`columns`), and they may be written in another letter case
    or have other usual names, which is told; without regions these stay empty.
    A GeoDataFrame of `COLUMNS` in EPSG:3059 sorted by `unit`; without a layout the file is taken
    as it stands.  ``notes["layout"]`` is its date as `layout_named` finds it, ``notes["codes"]``
    the known layout whose codes it has; each may be empty.
    Dropped: `merged`, `not_in_where`, `duplicate` (an equal row stands there too).  Errors: a
    code is repeated or malformed, a name is empty, a polygon is missing or invalid or lies on
    another.  Raises `InputError` if the file is not of its form, or the layout cannot be made.
    """
    named: dict[str, str] = {}

    def choose(there: Sequence[str]) -> list[str]:
        named.clear()
        named.update(_columns(there, source.columns))
        return [*named.values(), *source.where]

    layer = read_layer(source.path, source.shown, _FORMS, choose)
    no_unit = Message("has no units")
    if layer.shapes is None or len(layer.table) == 0:
        problem = Message("has no geometry") if layer.shapes is None else no_unit
        raise InputError([*layer.faults, Fault("error", source.shown, problem, _AGAIN)])
    shapes = layer.reprojected(CRS)
    # Features have no header: the first is row 1.
    checks = Checks(source.shown, np.arange(1, len(shapes) + 1))
    _tell_columns(checks, named, source.columns)
    copies = _copies(checks, layer.table, shapes, named["unit"], strict=source.strict)
    keep = select_rows(checks, layer.table, source.where) & ~copies
    checks.lines = checks.lines[~copies]
    units = _canonical(layer.table[~copies], named, shapes[~copies], checks)
    faults = [*layer.faults, *checks.faults]
    if not keep.any():
        raise InputError([*faults, Fault("error", source.shown, no_unit, _AGAIN)])
    codes = units["unit"].tolist()
    days = layer.table[named["day"]].tolist() if "day" in named else []
    found = layout_of(codes)
    name, doubts = layout_named(source.path, source.shown, codes, column=days, layer=layer.name)
    units = units[keep[~copies]]
    faults.extend([*doubts, *_overlaps(units, source.shown, named["unit"])])
    if layout is not None and layout != found:
        if (layout, found) != ("2021-07-01", "2022-07-01"):
            problem = Message(
                "holds another layout ({known}), from which the one asked for cannot be made",
                known=Bilingual(name, name) if name else Message("unknown"),
            )
            remedy = Message("give another file, or the --layout that fits it")
            fault = Fault("error", source.shown, problem, remedy, field="layout", value=layout)
            raise InputError([*faults, fault])
        units, found = _put_towns_back(units), layout
    units = units.assign(area_km2=units.area / 1e6)
    units = units.sort_values("unit", ignore_index=True)[list(COLUMNS)]
    dropped = {
        NOT_IN_WHERE: int((~keep & ~copies).sum()),
        "duplicate": int(copies.sum()),
        "merged": int(keep.sum()) - len(units),
    }
    notes = {"layout": layout or name, "codes": found}
    return Reading(units, len(shapes), dropped, faults, notes)


def _columns(there: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Find the columns by key: as given, else by a usual name; one not found as published."""
    written = {folded(name): name for name in reversed(there)}

    def find(names: Sequence[str]) -> str | None:
        exact = (name for name in names[:1] if name in there)
        alike = (written[folded(name)] for name in names if folded(name) in written)
        return next(exact, next(alike, None))

    found = {key: given.get(key) or find(names) or names[0] for key, names in _NAMES.items()}
    if "region" not in given and find(_NAMES["region"]) is None:
        del found["region"]
    if (day := find(_DAYS)) is not None:
        found["day"] = day
    return found


def _tell_columns(checks: Checks, named: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Warn of columns taken by another than the published name, and of a missing region."""
    others = [
        f'{key} = "{named[key]}"'
        for key, (published, *_) in _NAMES.items()
        if key not in given and folded(named.get(key, published)) != folded(published)
    ]
    if others:
        problem = Message("its columns were found by other names: {names}", names=", ".join(others))
        remedy = Message("if one is wrong, name the columns in the project file")
        checks.faults.append(Fault("warning", checks.shown, problem, remedy))
    if "region" not in named:
        problem = Message("is not among the columns; the statistical region of units stays empty")
        remedy = Message("if it is wanted, name its column in the project file: region")
        field = _NAMES["region"][0]
        checks.faults.append(Fault("warning", checks.shown, problem, remedy, field=field))


def _copies(
    checks: Checks, text: pd.DataFrame, shapes: gpd.GeoSeries, code: str, *, strict: bool
) -> NDArray[np.bool_]:
    """Find the rows that repeat another in everything: few are a warning, more an error."""
    drawn = shapely.to_wkb(shapely.normalize(shapes.to_numpy()))
    copies = text.assign(drawn=drawn).duplicated().to_numpy(bool)
    problem: Text = Message("stands there more than once, row for row")
    remedy = Message("keep the unit once")
    report = checks.refuse
    if not strict and 100 * int(copies.sum()) <= _PER_CENT * len(copies):
        problem, report = Composed(problem, Message("; it counts once")), checks.warn
    report(copies, problem, remedy, field=code, values=text[code])
    return copies


def _overlaps(units: gpd.GeoDataFrame, shown: str, field: str) -> list[Fault]:
    """Report units that lie on one another: what stands there would count in either."""
    sound = units[units.is_valid & ~units.is_empty & units.geom_type.isin(_POLYGONS)]
    one, other = overlapping(sound.geometry.to_numpy(), _OVERLAP)
    codes = sound["unit"].to_numpy(object)
    if len(other) == 0:
        return []
    problem = Message("overlaps {unit}", unit=codes[one[0]])
    remedy = Message("keep units that do not overlap")
    value, alike = str(codes[other[0]]), len(other)
    return [Fault("error", shown, problem, remedy, field=field, value=value, alike=alike)]


def _canonical(
    table: pd.DataFrame, named: Mapping[str, str], shape: gpd.GeoSeries, checks: Checks
) -> gpd.GeoDataFrame:
    # Republic cities and undivided municipalities of 2021-01-01 go by the contract's kinds:
    # state_city and municipality.
    text = pd.DataFrame({key: table[name] for key, name in named.items()})
    kind = text["kind"].str.casefold().str.removesuffix(".0").map(_KINDS).fillna("").astype(str)
    is_city = (kind == "town") & text["unit"].str.endswith(_STATE_CITY_ENDING)
    kind = kind.mask(is_city, "state_city")
    polygon = shape.geom_type.isin(_POLYGONS) & ~shape.is_empty
    for key in ("unit", "municipality"):
        text[key] = checks.unit_codes(text[key], field=named[key])
    checks.unique(text["unit"], field=named["unit"])
    for key in ("unit_name", "municipality_name", "municipality"):
        checks.filled(text[key], field=named[key])
    sound = polygon & shape.is_valid
    # The few units that lie outside Latvia have their axes swapped, say.
    west, south, east, north = shape.where(sound).bounds.to_numpy().T
    there = np.isfinite(west)
    inside = np.zeros(len(shape), bool)
    inside[there] = in_latvia(*to_degrees((west + east)[there] / 2, (south + north)[there] / 2))
    outside = there & ~inside & inside.any()
    swapped = Message("check its coordinates (are x and y swapped?)")
    for key, wrong, problem, remedy in (
        ("kind", kind == "", Message("is not a known type"), Message("must be 1, 5, 6 or 7")),
        ("unit", ~sound, Message("has no valid polygon"),
         Message("correct it (QGIS: Fix geometries)")),
        ("unit", outside, Message("lies outside Latvia, unlike others"), swapped),
    ):  # fmt: skip
        checks.refuse(wrong, problem, remedy, field=named[key], values=text[key])
    empty = {"region": "", "population": pd.array([pd.NA] * len(text), "Int64")}
    units = pd.DataFrame(empty, index=text.index).assign(**text.assign(kind=kind))
    return gpd.GeoDataFrame(units, geometry=shape.to_numpy(), crs=CRS)


def _put_towns_back(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Make the layout of 2021-07-01: the five newest towns rejoin their parishes."""
    target = units["unit"].replace(NEW_TOWNS)
    changed = target.isin(NEW_TOWNS.values())
    joined = units[changed].assign(unit=target[changed]).dissolve("unit")["geometry"]
    parishes = units[~units["unit"].isin(NEW_TOWNS.keys())].set_index("unit")
    parishes.loc[joined.index, "geometry"] = joined
    return parishes.reset_index()


def read_atvk(source: Input) -> Reading:
    """Read the history of unit codes, the classifier ATVK: a row per unit, version and period.

    Table of `HISTORY_COLUMNS`, sorted by code and begin: `code` and `parent` as `LV` and seven
    digits, also where the file leaves `LV` out; `begin` and `end` dates, `end` null while in
    force; `predecessors` and `successors` codes joined by blanks.  Dropped: `blank`, `type`,
    rows of no unit code (the country and its regions), and as `PublishedChecks.settle` decides
    `bad_value` and `duplicate`: an unknown level, a code and begin that occur twice, no name, a
    value that is no date, an end before the begin.  Raises `InputError` if a column is missing.
    """
    read = read_records(source.path, source.shown, required=_HISTORY)
    checks = PublishedChecks(source.shown, read.lines, strict=source.strict)
    raw = read.table[list(_HISTORY)]
    checks.some(raw)
    checks.choices(raw["Level"], _LEVELS, field="Level")
    codes = _codes(raw["Code"])
    is_unit = codes.str.fullmatch(UNIT_CODE).to_numpy(bool)
    table, checks.lines = raw[is_unit].reset_index(drop=True), read.lines[is_unit]
    found = pd.DataFrame(
        {
            "code": codes[is_unit].to_numpy(object),
            "version": table["Code_version"],
            "name": table["Name"],
            "level": pd.to_numeric(table["Level"], errors="coerce"),
            "parent": _codes(table["Code_parent"]),
            "begin": _dates(checks, table, "Validity_period_begin"),
            "end": _dates(checks, table, "Validity_period_end"),
            "predecessors": _code_lists(table["Predecessors"]),
            "successors": _code_lists(table["Successors"]),
            "row": checks.lines,
        }
    )
    checks.filled(table["Name"], field="Name")
    checks.filled(table["Validity_period_begin"], field="Validity_period_begin")
    checks.refuse(
        (found["end"] < found["begin"]).to_numpy(bool),
        Message("is before the begin"),
        Message("check both dates"),
        field="Validity_period_end",
        values=table["Validity_period_end"],
    )
    begun = found["begin"].dt.strftime("%Y-%m-%d")
    # A row without a begin, or with one that is no date, has been refused for that.
    versions = (found["code"] + ", " + begun).fillna("?" + found["row"].astype(str))
    checks.unique(versions.astype(str), field="Code", rows=found.drop(columns="row"))
    found, bad = checks.settle(found)
    checks.lines = found["row"].to_numpy(np.int64)
    named = (found["predecessors"] + " " + found["successors"]).str.split()
    known = set(found["code"])
    missing = named.map(lambda codes: next((code for code in codes if code not in known), ""))
    problem = Message("is named as predecessor or successor, but is not in the file")
    remedy = Message("download the whole history")
    checks.warn(np.asarray(missing != "", bool), problem, remedy, values=missing.astype(str))
    found = found.sort_values(["code", "begin"], ignore_index=True)
    dropped = {"blank": read.blank, "type": int((~is_unit).sum()), **bad}
    faults = [*read.faults, *checks.faults]
    return Reading(found, len(found) + sum(dropped.values()), dropped, faults)


def _codes(texts: pd.Series) -> pd.Series:
    """Write codes with `LV`, as the units' files have them."""
    return texts.str.replace(r"\b(?:[Ll][Vv][ \xa0-]?)?([0-9]{7})\b", r"LV\1", regex=True)


def _code_lists(texts: pd.Series) -> pd.Series:
    """Return the unit codes named in a text, each once, joined by blanks."""
    return _codes(texts).str.findall(UNIT_CODE).map(lambda codes: " ".join(dict.fromkeys(codes)))


def _dates(checks: Checks, table: pd.DataFrame, field: str) -> pd.Series:
    """Read dates as 2021-07-01 or 01.07.2021.; null where empty."""
    text = table[field]
    iso = text.str.replace(_LATVIAN, r"\3-\2-\1", regex=True)
    written = iso.str.extract(_ISO, expand=False)
    endless = pd.to_numeric(written.str[:4], errors="coerce") >= _NO_END
    dates = pd.to_datetime(written.mask(endless), format="%Y-%m-%d", errors="coerce")
    problem, remedy = Message("is not a date"), Message('write "2021-07-01"')
    checks.refuse((text != "") & dates.isna() & ~endless, problem, remedy, field=field, values=text)
    return dates
