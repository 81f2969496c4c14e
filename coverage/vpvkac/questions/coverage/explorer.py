"""The explorer, one page on which a planner finds any unit and gap; its layers and its legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from vpvkac.analysis.gaps import hulls
from vpvkac.analysis.map_classes import (
    count_codes,
    count_decided,
    count_gaps,
    count_sides,
    points_to_show,
)
from vpvkac.geo.geodesy import circle
from vpvkac.render import map_page
from vpvkac.render.map_page import (
    BaseLayers,
    PageMap,
    border_entry,
    by_name,
    coded,
    draw_map,
    label_points,
    map_words,
)
from vpvkac.texts import words
from vpvkac.texts.formats import metres, number, typographic
from vpvkac.texts.message import Lang, Message
from vpvkac.views import maps
from vpvkac.views.gaps import access_sentence, counts_sentence
from vpvkac.views.page import about
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.analysis.network import Findings

# How far outside its gaps the outline of a cluster runs, metres.
_AROUND_M = 2_500


def explorer(result: Findings, *, lang: Lang = "lv") -> PageMap:
    """Draw the whole network on one map; Jupyter shows it, `map_page.render` makes a file of it.

    Units are coloured by the status of their point, municipality borders are
    bold, points show kind of host and status by form and reach by colour,
    each access gap has a line to its nearest stop and a geodesic circle.
    """
    base, clusters = BaseLayers.of(result.units), _clusters(result, lang)
    lists = result.gaps_access, result.gaps_service, result.gaps_coverage
    gaps, text = count_gaps(*lists), map_words(lang)
    layers = [maps.Layer("points", text["points"]), maps.Layer("names", text["names"])]
    if clusters["features"]:
        count = number(lang, len(clusters["features"]))
        layers.append(maps.Layer("clusters", f"{text['clusters']} ({count})"))
    counting = result.stops[result.stops["in_set"]]
    if not result.stops.empty:
        layers += [
            maps.Layer("gaps", words.gap_layer(lang, result.threshold_m)),
            maps.Layer("stops", f"{text['stops']} ({number(lang, len(counting))})", on=False),
        ]
    # The legend counts points: say what the number of gaps is made of.
    notes = [
        counts_sentence(gaps, lang),
        access_sentence(result.gaps_access, result.network, Writer(lang, result.threshold_m)),
    ]
    return draw_map(
        "explorer",
        about(result, lang),
        data={
            "units": unit_areas(result, base, lang),
            "borders": base.borders,
            "names": base.names,
            "points": point_marks(result, lang),
            "gaps": gap_lines(result, lang),
            "clusters": clusters,
            "stops": map_page.points(counting, _of_stops(counting)),
            "words": text,
            "hosts": coded(words.HOSTS, lang),
            "statuses": coded(words.STATUSES, lang),
            "reach": result.threshold_m,
            "home": "",
        },
        legend=network_legend(result, lang),
        layers=layers,
        decided_count=count_decided(*lists).total,
        gap_count=gaps.total,
        gap_notes=[note for note in notes if note],
        pages=[maps.NavLink("gaps.html", words.MAP["gap_tables"].text(lang))],
    )


# --- Layers ------------------------------------------------------------------------------------


def unit_areas(result: Findings, base: BaseLayers, lang: Lang) -> maps.Json:
    """Make the polygons of the units, in the order of the Latvian alphabet."""
    labels, described = label_points(base.units), maps.unit_cards(result, lang)
    order = by_name(base.units)
    properties = [described[row] | {"at": labels[row]} for row in order]
    return map_page.projected(base.units.iloc[order], properties)


def point_marks(result: Findings, lang: Lang) -> maps.Json:
    """Make the contact points, and the open centres beyond reach that are not one.

    Those that need attention come last, so that they are drawn on top.
    """
    frame = points_to_show(result)
    return map_page.points(frame, maps.point_cards(result, frame, lang))


def gap_lines(result: Findings, lang: Lang, listed: gpd.GeoDataFrame | None = None) -> maps.Json:
    """Make a line from each access gap to its nearest stop, and its circle of the threshold.

    Of all access gaps, or of those listed; with the places of the same unit that would close
    them. The circle is a geodesic polygon: one that Leaflet draws is 1-2 m off here.
    """
    listed = result.gaps_access if listed is None else listed
    limit = result.threshold_m
    stops = result.stops.set_index("stop")[["lat", "lon"]].add_prefix("stop_")
    columns = ["lat", "lon", "stop", "stop_name", "visits", "distance_m"]
    frame = listed[columns].merge(stops, left_on="stop", right_index=True)
    shapes: list[shapely.Geometry] = []
    parts: list[maps.Json] = []
    for row in frame.itertuples(index=False):
        line = shapely.LineString([(row.lon, row.lat), (row.stop_lon, row.stop_lat)])
        shapes += [shapely.Polygon(circle(row.lat, row.lon, limit)), line]
        parts += [
            {"part": "circle"},
            {"part": "line", "distance": metres(lang, row.distance_m, limit)},
        ]
    ends = frame[["stop_lat", "stop_lon"]].set_axis(["lat", "lon"], axis=1)
    better = listed[listed["alt_place"].notna()][["alt_place", "alt_host", "alt_name",
                                                 "alt_distance_m"]]  # fmt: skip
    places = result.places.set_index("place")[["lat", "lon"]]
    better = better.join(places, on="alt_place", how="inner")
    label = words.ALTERNATIVE.text(lang)
    alternatives = [
        {
            "part": "alternative",
            "host": host,
            "name": f"{label}: {typographic(name)} – {metres(lang, distance, limit)}",
        }
        for _, host, name, distance in better.iloc[:, :4].itertuples(index=False)
    ]
    layers = [
        map_page.shapes(shapes, parts),
        map_page.points(ends, [{"part": "stop"} | stop for stop in _of_stops(frame)]),
        map_page.points(better, alternatives),
    ]
    return map_page.collection(feature for layer in layers for feature in layer["features"])


def _clusters(result: Findings, lang: Lang) -> maps.Json:
    """Make an outline round each cluster of gaps, with its number and where to write it."""
    lists = {"access": result.gaps_access, "coverage": result.gaps_coverage}
    outlines = hulls(lists, _AROUND_M).to_crs(map_page.DEGREES)
    label, decimals = words.CLUSTER_NUMBERED.text(lang), map_page.BORDER_DECIMALS
    described = []
    for cluster, outline in outlines.items():
        west, _, east, north = outline.bounds
        top = [round(north, decimals), round((west + east) / 2, decimals)]
        described.append({"name": label.format(cluster), "at": top})
    return map_page.shapes(outlines.to_numpy(), described, decimals)


def _of_stops(frame: pd.DataFrame) -> list[maps.Json]:
    """Name stops; `visits` only where it is known."""
    columns = frame["stop_name"].to_numpy(object), frame["visits"].to_numpy(object)
    return [
        {"name": maps.cell_text(name)}
        | ({} if maps.cell_value(visits) is None else {"visits": int(visits)})
        for name, visits in zip(*columns, strict=True)
    ]


# --- Legend ------------------------------------------------------------------------------------


def network_legend(result: Findings, lang: Lang) -> list[maps.Group]:
    """Explain the fills of units and the marks of contact points: host, status and reach."""
    fills = maps.fill_entries(words.STATUSES_PLURAL, count_codes(result.units["status"]), lang)
    hosts, statuses = (count_codes(result.network[column]) for column in ("host", "status"))
    kinds = [
        maps.mark_entry(label.text(lang), host=host, status="existing")
        for host, label in words.HOSTS.items()
        if host in hosts
    ]
    forms = [
        maps.mark_entry(words.STATUSES[status].text(lang), host="centre", status=status)
        for status in ("existing", "announced", "planned")
        if status in statuses
    ]
    sides, limit = count_sides(result.network), result.threshold_m
    decided = count_decided(result.gaps_access, result.gaps_service, result.gaps_coverage)
    unsure: dict[str, Any] = {"reach": "within", "uncertain": True}
    looks: list[tuple[str, int, dict[str, Any]]] = [
        (words.within_reach(lang, limit), sides.within, {"reach": "within"}),
        (words.beyond_reach(lang, limit), sides.beyond, {"reach": "beyond"}),
        (words.UNCERTAIN.text(lang), sides.uncertain, unsure),
    ]
    reach = [
        maps.mark_entry(label, number(lang, count), host="centre", status="existing", **look)
        for label, count, look in looks
        if count
    ]
    reach += gap_entries(result.gaps_access, lang)
    if decided.points:
        label = Message("Points with a decision on their gap").text(lang)
        dotted = {"host": "centre", "status": "existing", "reach": "beyond", "decisions": True}
        reach.append(maps.mark_entry(label, number(lang, decided.points), **dotted))
    return [
        maps.Group(words.MAP["units"].text(lang), [*fills, border_entry(lang)]),
        maps.Group(words.MAP["points"].text(lang), kinds),
        maps.Group("", forms),
        maps.Group("", reach),
    ]


def gap_entries(listed: pd.DataFrame, lang: Lang) -> list[maps.Entry]:
    """Explain what stands beside an access gap."""
    if not listed["alt_place"].notna().any():
        return []
    return [maps.mark_entry(words.ALTERNATIVE.text(lang), host="library", status="alternative")]
