"""Territorial units: their published layouts, and the history of their codes (ATVK)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

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
from vpvkac.sources.base import NOT_IN_WHERE, Checks, PublishedChecks, Reading, select_rows
from vpvkac.sources.geodata import read_layer
from vpvkac.sources.lock import date_fetched
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Bilingual, Composed, Message, Text

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


COLUMNS = (*TABLES["units"].given, "geometry")
_PUBLISHED = (
    "L1_code", "L1_name", "L1_type", "L0_code", "L0_name", "NUTS3_name",
)  # fmt: skip
_FORMS = Message("a shapefile with .shp, .shx, .dbf, .prj and .cpg, a GeoPackage or GeoJSON")
_AGAIN = Message("download it again, or correct where")
_POLYGONS = ["Polygon", "MultiPolygon"]
# Borders of the published files agree; those of others may lap over a little.
_OVERLAP = 0.02
# So many rows of a hundred may be repeated.
_PER_CENT = 1
_TOWN = 6
_KINDS = {1: "state_city", 5: "municipality", _TOWN: "town", 7: "parish"}
# Three state cities lie inside a municipality and have the type of a town, but this ending.
_STATE_CITY_ENDING = "010"
# Rīga's code tells the scheme of codes of 2021-01-01 from that in force since.
_RIGA_2021_01, _RIGA_2021_07 = "LV0010000", "LV0001000"
# A town until its municipality joined another on 2025-07-01: units without it are of a later
# layout, which must not pass for that of 2022.
_VARAKLANI = "LV0055200"
# Towns made between 2021-07-01 and 2022-07-01, and the parishes they were cut from.
NEW_TOWNS = {
    "LV0020220": "LV0020470",  # Koknese
    "LV0034220": "LV0034421",  # Ķekava
    "LV0023200": "LV0023401",  # Ādaži
    "LV0025210": "LV0025460",  # Iecava
    "LV0039200": "LV0039411",  # Mārupe
}
_DAY_IN_NAME = r"(?<!\d)(20\d\d)[._-]?(0[1-9]|1[0-2])[._-]?(0[1-9]|[12]\d|3[01])(?!\d)"
_ISO_DAY = r"\d{4}-\d\d-\d\d"
# By how many units and how many of these towns there are.
_LAYOUTS = {(587, 0): "2021-07-01", (592, len(NEW_TOWNS)): "2022-07-01"}
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

    A GeoDataFrame of `COLUMNS` in EPSG:3059 sorted by `unit`; without a layout the file is taken
    as it stands.  ``notes["layout"]`` is the vintage by its codes, else the day that the file's
    name states, else empty.
    Dropped: `merged`, `not_in_where`, `duplicate` (an equal row stands there too).  Errors: a
    code is repeated or malformed, a name is empty, a polygon is missing or invalid or lies on
    another.  Raises `InputError` if the file is not of its form, or the layout cannot be made.
    """
    layer = read_layer(source.path, source.shown, _FORMS, (*_PUBLISHED, *source.where))
    no_unit = Message("has no units")
    if layer.shapes is None or len(layer.table) == 0:
        problem = Message("has no geometry") if layer.shapes is None else no_unit
        raise InputError([*layer.faults, Fault("error", source.shown, problem, _AGAIN)])
    shapes = layer.reprojected(CRS)
    # Features have no header: the first is row 1.
    checks = Checks(source.shown, np.arange(1, len(shapes) + 1))
    copies = _copies(checks, layer.table, shapes, strict=source.strict)
    keep = select_rows(checks, layer.table, source.where) & ~copies
    checks.lines = checks.lines[~copies]
    units = _canonical(layer.table[~copies], shapes[~copies], checks)
    faults = [*layer.faults, *checks.faults]
    if not keep.any():
        raise InputError([*faults, Fault("error", source.shown, no_unit, _AGAIN)])
    found = layout_of(units["unit"].tolist())
    units = units[keep[~copies]]
    faults.extend(_overlaps(units, source.shown))
    if layout is not None and layout != found:
        if (layout, found) != ("2021-07-01", "2022-07-01"):
            name = _named_by_date(found, source.path)
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
    if layout is None:
        found = _named_by_date(found, source.path)
    return Reading(units, len(shapes), dropped, faults, {"layout": found})


def _named_by_date(known: str, path: Path) -> str:
    """Name a layout by the day of its file, where its codes do not tell it.

    The name states it, or the lock of what was fetched.  Nor do codes tell it where they were in
    force on an earlier day already.
    """
    stated = re.search(_DAY_IN_NAME, path.name)
    day = "-".join(stated.groups()) if stated else date_fetched(path)
    if known or not re.fullmatch(_ISO_DAY, day):
        return day if "" < day < known else known
    return "" if day in get_args(Layout) else day


def layout_of(codes: Sequence[str]) -> str:
    """Find the vintage of units from their codes; empty if it is none of those known."""
    known = set(codes)
    if _RIGA_2021_01 in known:
        return "2021-01-01"
    if not {_RIGA_2021_07, _VARAKLANI} <= known:
        return ""
    return _LAYOUTS.get((len(known), len(known.intersection(NEW_TOWNS))), "")


def _copies(
    checks: Checks, text: pd.DataFrame, shapes: gpd.GeoSeries, *, strict: bool
) -> NDArray[np.bool_]:
    """Find the rows that repeat another in everything: few are a warning, more an error."""
    drawn = shapely.to_wkb(shapely.normalize(shapes.to_numpy()))
    copies = text.assign(drawn=drawn).duplicated().to_numpy(bool)
    problem: Text = Message("stands there more than once, row for row")
    remedy = Message("keep the unit once")
    report = checks.refuse
    if not strict and 100 * int(copies.sum()) <= _PER_CENT * len(copies):
        problem, report = Composed(problem, Message("; it counts once")), checks.warn
    report(copies, problem, remedy, field="L1_code", values=text["L1_code"])
    return copies


def _overlaps(units: gpd.GeoDataFrame, shown: str) -> list[Fault]:
    """Report units that lie on one another: what stands there would count in either."""
    sound = units[units.is_valid & ~units.is_empty & units.geom_type.isin(_POLYGONS)]
    one, other = overlapping(sound.geometry.to_numpy(), _OVERLAP)
    codes = sound["unit"].to_numpy(object)
    if len(other) == 0:
        return []
    problem = Message("overlaps {unit}", unit=codes[one[0]])
    remedy = Message("keep units that do not overlap")
    value, alike = str(codes[other[0]]), len(other)
    return [Fault("error", shown, problem, remedy, field="L1_code", value=value, alike=alike)]


def _canonical(text: pd.DataFrame, shape: gpd.GeoSeries, checks: Checks) -> gpd.GeoDataFrame:
    # Republic cities and undivided municipalities of 2021-01-01 go by the contract's kinds:
    # state_city and municipality.
    types = pd.to_numeric(text["L1_type"], errors="coerce")
    is_city = (types == _TOWN) & text["L1_code"].str.endswith(_STATE_CITY_ENDING)
    kind = types.map(_KINDS).fillna("").mask(is_city, "state_city").astype(str)
    polygon = shape.geom_type.isin(_POLYGONS) & ~shape.is_empty
    checks.unique(text["L1_code"], field="L1_code")
    for field in ("L1_code", "L0_code"):
        text[field] = checks.unit_codes(text[field], field=field)
    for field in ("L1_name", "L0_name", "L0_code"):
        checks.filled(text[field], field=field)
    sound = polygon & shape.is_valid
    # The few units that lie outside Latvia have their axes swapped, say.
    west, south, east, north = shape.where(sound).bounds.to_numpy().T
    there = np.isfinite(west)
    inside = np.zeros(len(shape), bool)
    inside[there] = in_latvia(*to_degrees((west + east)[there] / 2, (south + north)[there] / 2))
    outside = there & ~inside & inside.any()
    swapped = Message("check its coordinates (are x and y swapped?)")
    for field, wrong, problem, remedy in (
        ("L1_type", kind == "", Message("is not a known type"), Message("must be 1, 5, 6 or 7")),
        ("L1_code", ~sound, Message("has no valid polygon"),
         Message("correct it (QGIS: Fix geometries)")),
        ("L1_code", outside, Message("lies outside Latvia, unlike others"), swapped),
    ):  # fmt: skip
        checks.refuse(wrong, problem, remedy, field=field, values=text[field])
    return gpd.GeoDataFrame(
        {
            "unit": text["L1_code"],
            "unit_name": text["L1_name"],
            "kind": kind,
            "municipality": text["L0_code"],
            "municipality_name": text["L0_name"],
            "region": text["NUTS3_name"],
            "population": pd.array([pd.NA] * len(text), "Int64"),
        },
        geometry=shape.to_numpy(),
        crs=CRS,
    )


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
