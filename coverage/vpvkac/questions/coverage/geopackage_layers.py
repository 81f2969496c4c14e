"""The layers of coverage.gpkg as QGIS shows them: titles, symbols, names of columns, codes.

Form by kind of host, solid where a point is open and hollow where it is not
yet, a ring where it is beyond reach and a dashed one where that is uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from vpvkac.model.columns import heading
from vpvkac.model.tables import TABLES
from vpvkac.render import gpkg
from vpvkac.render.gpkg import Entry, Layer, area, mark, marker
from vpvkac.render.symbols import ALERT, FILLS, GAP_SHAPES, INK, PAPER, SHAPES, STOP
from vpvkac.texts import words
from vpvkac.texts.message import Lang, Message

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
_COUNTED = Message("Stops that count")
_NOT_COUNTED = Message("Other stops")


def layers(tables: Mapping[str, gpd.GeoDataFrame], lang: Lang, threshold_m: float) -> list[Layer]:
    """Make the layers of a run.

    Parameters
    ----------
    tables
        By name, those of `LAYERS`, in EPSG:3059 with the columns and the
        precision of the CSV outputs.
    lang
        Language of titles, labels and column aliases; names of tables and
        columns and all codes stay.
    threshold_m
        Named in labels, metres.
    """
    return [
        Layer(
            name,
            table,
            TABLES[name].title.text(lang),
            _description(name, lang, threshold_m),
            _style(name, table, lang, threshold_m),
            areas=name in _AREAS,
        )
        for name, table in tables.items()
    ]


def _description(layer: str, lang: Lang, threshold_m: float) -> str:
    """Say what a layer holds; the threshold in it is the run's own, metres."""
    if layer in _CONTENTS:
        return _CONTENTS[layer].text(lang)
    parts = (heading(lang, part, threshold_m) for part in ("points_beyond", "points_uncertain"))
    return " ".join(f"{part}." for part in parts)


def _style(layer: str, table: gpd.GeoDataFrame, lang: Lang, threshold_m: float) -> str:
    """Write the style of a layer as QML."""
    columns = [column for column in TABLES[layer].columns if column.name in table]
    return gpkg.document(
        _RENDERERS[layer](table, lang, threshold_m),
        aliases={
            column.name: words.with_threshold(lang, column.heading, threshold_m)
            for column in columns
        },
        codes={
            column.name: {code: label.text(lang) for code, label in column.codes.items()}
            for column in columns
            if column.codes and column.name not in words.REQUIREMENTS
        },
        named_by=_NAMED_BY[layer],
        areas=layer in _AREAS,
    )


def _units(_table: gpd.GeoDataFrame, lang: Lang, _threshold_m: float) -> ET.Element:
    return gpkg.categorised(
        "status",
        [
            Entry(status, label.text(lang), area(FILLS[status]))
            for status, label in words.STATUSES_PLURAL.items()
        ],
    )


def _network(table: gpd.GeoDataFrame, lang: Lang, threshold_m: float) -> ET.Element:
    """Draw points by status and host; a unit without a point has nothing to draw."""
    present = _kinds(table)
    kinds = [
        Entry(
            f"\"status\" = '{status}' AND \"host\" = '{host}'",
            f"{label.text(lang)}: {words.HOSTS[host].text(lang)}",
            _point(host, status, _POINT),
        )
        for status, label in words.STATUSES.items()
        for host in SHAPES
        if (host, status) in present
    ]
    return gpkg.ruled([*kinds, *_rings(lang, threshold_m)])


def _places(table: gpd.GeoDataFrame, lang: Lang, threshold_m: float) -> ET.Element:
    """Draw places by host and status; that a place is open goes without saying."""
    present = _kinds(table)
    kinds = [
        Entry(
            f"\"host\" = '{host}' AND \"status\" = '{status}'",
            words.HOSTS_PLURAL[host].text(lang)
            if status == "open"
            else f"{words.HOSTS[host].text(lang)}: {label.text(lang)}",
            _point(host, "existing" if status == "open" else status, _PLACE),
        )
        for host in SHAPES
        for status, label in words.PLACE_STATUSES.items()
        if (host, status) in present
    ]
    return gpkg.ruled([*kinds, *_rings(lang, threshold_m)])


def _kinds(table: gpd.GeoDataFrame) -> set[tuple[str, str]]:
    """List the pairs of host and status that occur."""
    known = table[table["host"].notna()]
    return set(zip(known["host"], known["status"], strict=True))


def _point(host: str, status: str, size: float) -> ET.Element:
    """Draw a point: solid where it exists, hollow where it does not, with a dot once announced."""
    shape = SHAPES[host].name
    if status == "existing":
        return marker(mark(shape, size, colour=INK, outline=PAPER))
    hollow = mark(shape, size, colour=PAPER, outline=INK, width=_LINE)
    if status == "announced":
        return marker(hollow, mark("circle", size / 3, colour=INK, outline=INK))
    return marker(hollow)


def _rings(lang: Lang, threshold_m: float) -> list[Entry]:
    """Ring what is beyond reach, and with dashes what is to be verified."""
    beyond, uncertain = (
        marker(mark("circle", size, colour=None, outline=ALERT, width=_LINE, dashed=dashed))
        for size, dashed in ((_BEYOND_RING, False), (_UNCERTAIN_RING, True))
    )
    return [
        Entry('NOT "within"', words.beyond_reach(lang, threshold_m), beyond),
        Entry('"uncertain"', words.UNCERTAIN.text(lang), uncertain),
    ]


def _stops(_table: gpd.GeoDataFrame, lang: Lang, _threshold_m: float) -> ET.Element:
    return gpkg.ruled(
        [
            Entry(
                condition,
                label.text(lang),
                marker(mark("circle", _STOP, colour=colour, outline=STOP, width=_STOP / 5)),
            )
            for condition, label, colour in (
                ('NOT "in_set"', _NOT_COUNTED, PAPER),
                ('"in_set"', _COUNTED, STOP),
            )
        ]
    )


def _gaps_access(_table: gpd.GeoDataFrame, lang: Lang, _threshold_m: float) -> ET.Element:
    marks = {
        code: mark(shape.name, _GAP, colour=ALERT, outline=PAPER)
        for code, shape in GAP_SHAPES.items()
    }
    dashed = mark("circle", _GAP, colour=None, outline=ALERT, width=_LINE, dashed=True)
    return gpkg.categorised(
        "class",
        [
            Entry(code, words.CLASSES[code].text(lang), marker(drawn))
            for code, drawn in (marks | {"verify": dashed}).items()
        ],
    )


def _gaps_coverage(_table: gpd.GeoDataFrame, _lang: Lang, _threshold_m: float) -> ET.Element:
    return gpkg.single(area(FILLS["none"], ALERT))


_RENDERERS: dict[str, Callable[[gpd.GeoDataFrame, Lang, float], ET.Element]] = {
    "units": _units,
    "network": _network,
    "places": _places,
    "stops": _stops,
    "gaps_access": _gaps_access,
    "gaps_coverage": _gaps_coverage,
}
