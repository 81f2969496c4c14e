"""Streets of OpenStreetMap by osmnx: the surroundings of points, kept as one GraphML.

Overpass is asked once for each area; its answers are cached for a day, so
that a download that broke off goes on where it was.  `sources.streets` reads
what is written here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vpvkac.fetch.address import check
from vpvkac.fetch.overpass import (
    KEPT_S,
    NOTHING,
    PATIENCE,
    Asking,
    LastingError,
    Services,
    day_of,
    forget,
    osmnx_set,
    patiently,
)
from vpvkac.fetch.refusal import TELL_PUBLISHER, refused
from vpvkac.sources.streets import TAGS, is_walked
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import shapely

    from vpvkac.fetch.web import Patience

# What may be walked on, and a little more, which `is_walked` leaves out: Overpass cannot ask for
# "no cycleways but those for walkers" at once.
_ASKED = (
    '["highway"]["area"!~"yes"]["highway"!~"abandoned|bus_guideway|construction|motor|^no$|planned|'
    'platform|proposed|raceway|razed|rest_area|services"]["foot"!~"^no$"]'
)
# osmnx says so where an answer holds streets around the area, but none in it.
_NONE_IN_IT = "no graph nodes within"
_NO_STREETS = Message("has no street around any of the points")


@dataclass(frozen=True)
class Download:
    """What was downloaded: how many areas, how many of them without streets, the data's day."""

    areas: int
    empty: int
    date: str


def fetch_streets(
    areas: Sequence[shapely.Polygon],
    file: Path,
    cache: Path,
    *,
    services: Services | None = None,
    patience: Patience = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
    begun: Callable[[int], None] = lambda _: None,
) -> Download:
    """Fetch the streets for walking in some areas and write them as GraphML, whole or not at all.

    Parameters
    ----------
    areas
        Polygons in degrees, longitude first.
    file
        What is written; an earlier one is replaced.
    cache
        Folder of the service's answers.
    sleep
        Waits so many seconds between tries.
    begun
        Called with the number of each area, from 1, as it is asked for.

    Raises
    ------
    RefusedError
        If the service does not give the answer, or there is no street in any
        area; an earlier file stays as it was.
    """
    asking = Asking(services or Services(), patience, sleep, cache)
    check(asking.services.overpass, file.name)
    forget(cache, time.time() - KEPT_S)
    with osmnx_set(asking, useful_tags_way=["highway", *sorted(TAGS - {"highway"}), "oneway"]):
        try:
            return _fetched(areas, file, asking, begun)
        except LastingError as lasting:
            # An answer that is of no use must not be taken for one the next time.
            forget(cache, time.time())
            raise refused(file.name, lasting.problem, TELL_PUBLISHER) from None


def _fetched(
    areas: Sequence[shapely.Polygon], file: Path, asking: Asking, begun: Callable[[int], None]
) -> Download:
    import osmnx

    graphs = []
    for number, area in enumerate(areas, 1):
        begun(number)
        graph = patiently(lambda area=area: _graph(area), file.name, asking)  # type: ignore[misc]
        if graph is not None:
            graphs.append(graph)
    if not graphs:
        raise LastingError(_NO_STREETS)
    whole = graphs[0]
    for graph in graphs[1:]:
        whole.update(nodes=graph.nodes(data=True), edges=graph.edges(keys=True, data=True))
    # Only now: simplified before it was clipped, a road without a junction in its area would be
    # clipped away whole.
    whole = osmnx.simplification.simplify_graph(whole)
    date = _day(asking.cache)
    # osmnx writes the time of the download; what tells is the day of the data.
    whole.graph = {key: value for key, value in whole.graph.items() if key != "created_date"}
    whole.graph["date"] = date
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    osmnx.io.save_graphml(whole, part)
    part.replace(file)
    return Download(len(areas), len(areas) - len(graphs), date)


def _graph(area: shapely.Polygon) -> Any | None:
    """Ask for the streets of an area; None if it has none."""
    import osmnx

    try:
        graph = osmnx.graph.graph_from_polygon(
            area, network_type="walk", custom_filter=_ASKED, simplify=False, retain_all=True,
            truncate_by_edge=True,
        )  # fmt: skip
    except LastingError as lasting:
        if lasting.problem == NOTHING:
            return None
        raise
    except ValueError as error:
        if _NONE_IN_IT in str(error):
            return None
        raise
    closed = [edge[:3] for edge in graph.edges(keys=True, data=True) if not is_walked(edge[3])]
    graph.remove_edges_from(closed)
    graph.remove_nodes_from([node for node, degree in graph.degree() if degree == 0])
    return graph if len(graph) else None


def _day(cache: Path) -> str:
    answers = [json.loads(file.read_text(encoding="utf-8")) for file in cache.glob("*.json")]
    return day_of(answers)
