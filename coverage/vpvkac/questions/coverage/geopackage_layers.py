"""The layers of coverage.gpkg as QGIS shows them: titles, symbols, names of columns, codes.

Form by kind of host, solid where a point is open and hollow where it is not
yet, a ring where it is beyond reach and a dashed one where that is uncertain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from vpvkac.model.tables import TABLES
from vpvkac.render import gpkg
from vpvkac.render.gpkg import Entry, Layer, area, mark, marker
from vpvkac.render.symbols import ALERT, FILLS, GAP_SHAPES, INK, PAPER, SHAPES, STOP
from vpvkac.texts import words
from vpvkac.texts.message import Lang, Message
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    import geopandas as gpd

# Millimetres: a point, a place, a gap, the rings round a point, a stop.
_POINT, _PLACE, _GAP, _BEYOND_RING, _UNCERTAIN_RING, _STOP = 2.2, 1.8, 3.2, 4.0, 5.2, 0.9
_LINE = 0.5
_CONTENTS = {
    "units": Message("Territorial units by the status of their contact point."),
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


def layers(tables: Mapping[str, gpd.GeoDataFrame], lang: Lang, threshold_m: float) -> list[Layer]:
    """Make the layers of a run, from tables of `rounding.shown` by name.

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
        labels = words.STATUSES_PLURAL.items()
        fills = [Entry(status, write(label), area(FILLS[status])) for status, label in labels]
        return gpkg.categorised("status", fills)
    if layer == "gaps_coverage":
        return gpkg.single(area(FILLS["none"], ALERT))
    if layer == "gaps_access":
        drawn = {
            code: mark(shape.name, _GAP, colour=ALERT, outline=PAPER)
            for code, shape in GAP_SHAPES.items()
        }
        drawn["verify"] = _ring(_GAP, dashed=True)
        marks = [Entry(code, write(words.CLASSES[code]), marker(drawn[code])) for code in drawn]
        return gpkg.categorised("class", marks)
    if layer == "stops":
        other, counted = (
            marker(mark("circle", _STOP, colour=colour, outline=STOP, width=_STOP / 5))
            for colour in (PAPER, STOP)
        )
        others = Entry('NOT "in_set"', write(Message("Other stops")), other)
        return gpkg.ruled([others, Entry('"in_set"', write(Message("Stops that count")), counted)])
    # Beyond reach, and to be verified.
    beyond = words.beyond_reach(write.lang, write.threshold_m)
    rings = [
        Entry('NOT "within"', beyond, marker(_ring(_BEYOND_RING, dashed=False))),
        Entry('"uncertain"', write(words.UNCERTAIN), marker(_ring(_UNCERTAIN_RING, dashed=True))),
    ]
    return gpkg.ruled([*_kinds(layer, table, write), *rings])


def _kinds(layer: str, table: gpd.GeoDataFrame, write: Writer) -> list[Entry]:
    """Draw points by status and host, places by host and status, of the kinds that occur.

    A unit without a point has nothing to draw; that a place is open goes without saying.
    """
    known = table[table["host"].notna()]
    present = set(zip(known["host"], known["status"], strict=True))
    entries = []
    if layer == "network":
        for status, label in words.STATUSES.items():
            for host in (host for host in SHAPES if (host, status) in present):
                condition = f"\"status\" = '{status}' AND \"host\" = '{host}'"
                named = f"{write(label)}: {write(words.HOSTS[host])}"
                entries.append(Entry(condition, named, _point(host, status, _POINT)))
        return entries
    for host in SHAPES:
        for status, label in words.PLACE_STATUSES.items():
            if (host, status) not in present:
                continue
            condition = f"\"host\" = '{host}' AND \"status\" = '{status}'"
            if status == "open":
                named, symbol = write(words.HOSTS_PLURAL[host]), _point(host, "existing", _PLACE)
            else:
                named = f"{write(words.HOSTS[host])}: {write(label)}"
                symbol = _point(host, status, _PLACE)
            entries.append(Entry(condition, named, symbol))
    return entries


def _point(host: str, status: str, size: float) -> ET.Element:
    """Draw a point: solid where it exists, hollow where it does not, with a dot once announced."""
    shape = SHAPES[host].name
    if status == "existing":
        return marker(mark(shape, size, colour=INK, outline=PAPER))
    hollow = mark(shape, size, colour=PAPER, outline=INK, width=_LINE)
    if status == "announced":
        return marker(hollow, mark("circle", size / 3, colour=INK, outline=INK))
    return marker(hollow)


def _ring(size: float, *, dashed: bool) -> ET.Element:
    return mark("circle", size, colour=None, outline=ALERT, width=_LINE, dashed=dashed)
