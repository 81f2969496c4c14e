"""What each layer of the GeoPackage is: its title, its colours and marks, its columns' names.

Colours and forms are the explorer's: form by kind of host, solid where a
point is open and hollow where it is not yet, a ring where it is beyond reach
and a dashed one where that is uncertain; hatching, so that nothing is told
by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from vpvkac.render import qml
from vpvkac.render.palette import ALERT, FILLS, HATCHES, INK, PAPER
from vpvkac.render.qgis_symbols import Symbol, area, fill, hatch, mark, marker
from vpvkac.render.qml import Entry
from vpvkac.texts import words
from vpvkac.texts.message import Lang, Message, Text

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    import geopandas as gpd


STOP = "#3f4a54"
SHAPES = {
    "centre": "circle",
    "library": "square",
    "municipal_premises": "diamond",
    "post_office": "triangle",
    "institution": "hexagon",
}
GAP_SHAPES = {"move": "circle", "beyond": "diamond"}
# Millimetres: a point, a place, a gap, the rings round a point, a stop.
_POINT, _PLACE, _GAP, _BEYOND_RING, _UNCERTAIN_RING, _STOP = 2.2, 1.8, 3.2, 4.0, 5.2, 0.9
_LINE = 0.5

TITLES = {
    "units": words.MAP["units"],
    "network": words.NETWORK,
    "places": words.COLUMNS["places"],
    "stops": words.MAP["stops"],
    "gaps_access": words.ACCESS_GAPS,
    "gaps_coverage": words.COVERAGE_GAPS,
}
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
_CODES: dict[str, Mapping[str, Text]] = {
    "kind": words.KINDS,
    "host": words.HOSTS,
    "status": words.STATUSES,
    "located_by": words.LOCATED_BY,
    "class": words.CLASSES,
    "service_class": words.SERVICE_CLASSES,
    "alt_service_class": words.SERVICE_CLASSES,
    "alt_host": words.HOSTS,
    "nearest_host": words.HOSTS,
    "remedy": words.REMEDIES,
}
# In this layer alone the stop is not another feature's nearest one.
_STOP_COLUMNS = {
    "stop_name": words.COLUMNS["name"],
    "regional": Message("Intercity and local routes"),
    "modes": Message("Modes of transport"),
    "in_set": Message("The stop counts"),
}
_COUNTED = Message("Stops that count")
_NOT_COUNTED = Message("Other stops")


def description(layer: str, lang: Lang, threshold_m: float) -> str:
    """Say what a layer holds; the threshold in it is the run's own, metres."""
    if layer in _CONTENTS:
        return _CONTENTS[layer].text(lang)
    parts = (
        words.heading(lang, part, threshold_m) for part in ("points_beyond", "points_uncertain")
    )
    return " ".join(f"{part}." for part in parts)


def is_area(layer: str) -> bool:
    """Tell whether a layer's features are polygons; else they are points."""
    return layer in {"units", "gaps_coverage"}


def style_of(layer: str, table: gpd.GeoDataFrame, lang: Lang, threshold_m: float) -> str:
    """Write the style of a layer as QML.

    Parameters
    ----------
    layer
        One of `TITLES`.
    table
        The layer's table: its columns get their names, its hosts an entry
        in the legend.
    lang
        Language of labels.
    threshold_m
        Named in labels, metres.
    """
    columns = [str(column) for column in table.columns if column != table.geometry.name]
    aliases = {column: _alias(layer, column, lang, threshold_m) for column in columns}
    return qml.document(
        _RENDERERS[layer](table, lang, threshold_m),
        aliases=aliases,
        codes={name: _labels(_codes(layer, name), lang) for name in columns if name in _CODES},
        named_by=_NAMED_BY[layer],
        areas=is_area(layer),
    )


def _alias(layer: str, column: str, lang: Lang, threshold_m: float) -> str:
    if layer == "stops" and column in _STOP_COLUMNS:
        return _STOP_COLUMNS[column].text(lang)
    return words.heading(lang, column, threshold_m)


def _codes(layer: str, column: str) -> Mapping[str, Text]:
    if layer == "places" and column == "status":
        return words.PLACE_STATUSES
    return _CODES[column]


def _labels(texts: Mapping[str, Text], lang: Lang) -> dict[str, str]:
    return {code: text.text(lang) for code, text in texts.items()}


def _units(_table: gpd.GeoDataFrame, lang: Lang, _threshold_m: float) -> ET.Element:
    entries = [
        Entry(status, words.STATUSES_PLURAL[status].text(lang), _status_fill(status))
        for status in FILLS
    ]
    return qml.categorised("status", entries)


def _status_fill(status: str) -> Symbol:
    hatching = [hatch(*HATCHES[status])] if status in HATCHES else []
    return fill(area(FILLS[status], PAPER), *hatching)


def _network(table: gpd.GeoDataFrame, lang: Lang, threshold_m: float) -> ET.Element:
    """Draw points by status and host; a unit without a point has nothing to draw."""
    present = _kinds(table)
    kinds = [
        Entry(
            f"\"status\" = '{status}' AND \"host\" = '{host}'",
            f"{words.STATUSES[status].text(lang)}: {words.HOSTS[host].text(lang)}",
            _point(host, status, _POINT),
        )
        for status in words.STATUSES
        for host in SHAPES
        if (host, status) in present
    ]
    return qml.ruled([*kinds, *_rings(lang, threshold_m)])


def _places(table: gpd.GeoDataFrame, lang: Lang, threshold_m: float) -> ET.Element:
    """Draw places by host and status."""
    present = _kinds(table)
    kinds = [
        Entry(
            f"\"host\" = '{host}' AND \"status\" = '{status}'",
            _place_label(host, status, lang),
            _point(host, {"open": "existing"}.get(status, status), _PLACE),
        )
        for host in SHAPES
        for status in words.PLACE_STATUSES
        if (host, status) in present
    ]
    return qml.ruled([*kinds, *_rings(lang, threshold_m)])


def _kinds(table: gpd.GeoDataFrame) -> set[tuple[str, str]]:
    """List the pairs of host and status that occur."""
    return set(zip(table["host"].dropna(), table.loc[table["host"].notna(), "status"], strict=True))


def _place_label(host: str, status: str, lang: Lang) -> str:
    """Name a kind of place; that it is open goes without saying."""
    if status == "open":
        return words.HOSTS_PLURAL[host].text(lang)
    return f"{words.HOSTS[host].text(lang)}: {words.PLACE_STATUSES[status].text(lang)}"


def _point(host: str, status: str, size: float) -> Symbol:
    """Draw a point: solid where it exists, hollow where it does not, with a dot once announced."""
    if status == "existing":
        return marker(mark(SHAPES[host], size, colour=INK, outline=PAPER))
    hollow = mark(SHAPES[host], size, colour=PAPER, outline=INK, width=_LINE)
    if status == "announced":
        return marker(hollow, mark("circle", size / 3, colour=INK, outline=INK))
    return marker(hollow)


def _rings(lang: Lang, threshold_m: float) -> list[Entry]:
    """Ring what is beyond reach, and with dashes what is to be verified."""
    beyond = mark("circle", _BEYOND_RING, colour=None, outline=ALERT, width=_LINE)
    uncertain = mark(
        "circle", _UNCERTAIN_RING, colour=None, outline=ALERT, width=_LINE, dashed=True
    )
    return [
        Entry('NOT "within"', words.beyond_reach(lang, threshold_m), marker(beyond)),
        Entry('"uncertain"', words.UNCERTAIN.text(lang), marker(uncertain)),
    ]


def _stops(_table: gpd.GeoDataFrame, lang: Lang, _threshold_m: float) -> ET.Element:
    other = mark("circle", _STOP, colour=PAPER, outline=STOP, width=_STOP / 5)
    counted = mark("circle", _STOP, colour=STOP, outline=STOP, width=_STOP / 5)
    return qml.ruled(
        [
            Entry('NOT "in_set"', _NOT_COUNTED.text(lang), marker(other)),
            Entry('"in_set"', _COUNTED.text(lang), marker(counted)),
        ]
    )


def _gaps_access(_table: gpd.GeoDataFrame, lang: Lang, _threshold_m: float) -> ET.Element:
    known = [
        Entry(
            code,
            words.CLASSES[code].text(lang),
            marker(mark(shape, _GAP, colour=ALERT, outline=PAPER)),
        )
        for code, shape in GAP_SHAPES.items()
    ]
    dashed = mark("circle", _GAP, colour=None, outline=ALERT, width=_LINE, dashed=True)
    verify = Entry("verify", words.CLASSES["verify"].text(lang), marker(dashed))
    return qml.categorised("class", [*known, verify])


def _gaps_coverage(_table: gpd.GeoDataFrame, _lang: Lang, _threshold_m: float) -> ET.Element:
    return qml.single(fill(area(FILLS["none"], ALERT), hatch(*HATCHES["none"])))


_RENDERERS: dict[str, Callable[[gpd.GeoDataFrame, Lang, float], ET.Element]] = {
    "units": _units,
    "network": _network,
    "places": _places,
    "stops": _stops,
    "gaps_access": _gaps_access,
    "gaps_coverage": _gaps_coverage,
}
