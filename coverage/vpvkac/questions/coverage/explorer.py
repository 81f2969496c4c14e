"""The explorer, one page on which a planner finds any unit and gap; its layers and its legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from vpvkac.analysis import any_threshold
from vpvkac.analysis.access import in_set
from vpvkac.analysis.gaps import hulls
from vpvkac.analysis.map_classes import (
    count_codes,
    count_decided,
    count_gaps,
    count_remedies,
    count_sides,
    points_to_show,
)
from vpvkac.geo.geodesy import circle
from vpvkac.questions.coverage import homes, legend, what_if
from vpvkac.questions.coverage.story import start, who_acts
from vpvkac.render import map_page
from vpvkac.render.map_page import (
    BaseLayers,
    PageMap,
    Telling,
    border_entry,
    coded,
    draw_map,
    label_points,
    map_words,
)
from vpvkac.texts import words
from vpvkac.texts.formats import metres, number, percent, square_kilometres, typographic
from vpvkac.texts.message import Lang, Message, labels
from vpvkac.views import maps
from vpvkac.views.gaps import access_sentence, counts_sentence
from vpvkac.views.page import about
from vpvkac.views.reach import unit_lines
from vpvkac.views.writer import Writer, criterion_text, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from vpvkac.analysis.any_threshold import Decisive
    from vpvkac.analysis.network import Findings
    from vpvkac.model.project import StopSet
    from vpvkac.questions.coverage.view import Result

# How far outside its gaps the outline of a cluster runs, metres.
_AROUND_M = 2_500
# So many towns are named, those with most residents.
_TOWNS = 12
# The other language, which calls itself so.
_OTHER: dict[Lang, tuple[Lang, str]] = {"lv": ("en", "In English"), "en": ("lv", "Latviski")}
# Short, to fit beside the word "stops".
_STOP_SETS = labels(
    regional="Intercity and local",
    bus="All of buses",
    all="All but rail",
)


def explorer(result: Result, *, lang: Lang = "lv", base: BaseLayers | None = None) -> PageMap:
    """Draw the whole network on one map; Jupyter shows it, `map_page.render` makes a file of it.

    Units are coloured by whether their point is within reach, municipality
    borders are bold, points show kind of host by form, status by fill, reach
    by colour.  What depends on threshold and stop set the page can tell at any
    other too, from the distances that decide.
    """
    base = base or BaseLayers.of(result.units)
    found = any_threshold.decisive(result, max(what_if.MOST_M, result.threshold_m))
    told, other = (
        _tell(one, found, base)
        for one in (result.in_language(lang), result.in_language(_OTHER[lang][0]))
    )
    return draw_map(
        "explorer",
        told.about,
        data=told.data,
        scripts=("what_if.js", "finder.js"),
        other=other,
        **told.context,
    )


def _tell(result: Result, found: Mapping[StopSet, Decisive], base: BaseLayers) -> Telling:
    """Say it all in the language of the result."""
    lang, write = result.lang, Writer.of(result)
    others = (place for one in found.values() for place in one.points["place"])
    frame, text = points_to_show(result, others), map_words(lang)
    clusters = _clusters(result, lang)
    layers = [maps.Layer("points", text["points"]), maps.Layer("names", text["names"])]
    if found:
        layers.append(maps.Layer("gaps", write.heading(words.GAP_LAYER)))
        layers.append(maps.Layer("stops", text["stops"], on=False))
    if clusters["features"]:
        layers.append(maps.Layer("clusters", text["clusters"], on=False))
    explained = network_legend(result, lang)
    if result.reach is not None:
        explained.append(homes.legend(result.reach.of_widest_set(), lang))
        layers.append(maps.Layer("homes", homes.HEADING.text(lang), on=False))
    lists = result.gaps_access, result.gaps_service, result.gaps_coverage
    gaps, limit = count_gaps(*lists), result.threshold_m
    asked = count_remedies(*lists)
    limits = (min(what_if.LEAST_M, limit), limit, max(what_if.MOST_M, limit))
    data = {
        "lang": lang,
        "units": unit_areas(result, base, lang),
        "borders": base.borders,
        "names": _with_towns(base, result.units),
        "points": map_page.points(frame, maps.point_cards(result, frame, lang)),
        "clusters": clusters,
        "stops": _stops(result.stops),
        "what_if": what_if.what_if(result, found, frame, lang),
        "municipalities": _municipalities(result, write),
        "words": text,
        "hosts": coded(words.HOSTS, lang),
        "statuses": coded(words.STATUSES, lang),
        "home": "",
        **_reached(result, lang),
    }
    context = {
        "language": _OTHER[lang],
        "band": _band(result, write),
        # Those that a run asks for nowhere, too: at another threshold they may be.
        "steps": [
            (code, write.number(asked.get(code, 0)), write(label))
            for code, label in words.STEPS.items()
        ]
        if asked
        else [],
        "who": who_acts(result.project.reply_by, write),
        "start": start(write),
        "stop_sets": [(code, write(_STOP_SETS[code]), code == result.stop_set) for code in found],
        "thresholds": [f"{metres:g}" for metres in limits],
        "threshold": write.threshold(),
        "legend": explained,
        "closer": True,
        "layers": layers,
        "decided_count": count_decided(*lists).total,
        "gap_count": gaps.total,
        # The legend counts points: say what the number of gaps is made of.
        "gap_sum": counts_sentence(gaps, lang),
        "gap_note": access_sentence(result.gaps_access, result.network, write),
        "pages": [maps.NavLink("gaps.html", text["gap_tables"])],
    }
    return Telling(about(result, lang), data, context)


def _band(result: Findings, write: Writer) -> maps.Json:
    """Give the headline, and the figures that filter: code, number, label."""
    sides, statuses = count_sides(result.network), count_codes(result.network["status"])
    points = sides.within + sides.beyond
    lang, limit = write.lang, write.threshold_m
    figures = [
        ("none", write.number(statuses.get("none", 0)), write(words.STATUSES_PLURAL["none"]))
    ]
    area = result.summary[result.summary["criterion"] == "area_share_existing"].iloc[0]
    if pd.notna(area["value"]):
        figures.append(("open", criterion_text(lang, area), words.MAP["open_today"].text(lang)))
    if not points:
        return {"share": "", "answer": write(words.NO_STOPS), "figures": figures}
    reach = [
        ("within", write.number(sides.within), words.within_reach(lang, limit)),
        ("beyond", write.number(sides.beyond), words.beyond_reach(lang, limit)),
    ]
    said = {"within": write.number(sides.within), "points": write.number(points)}
    return {
        "share": percent(lang, sides.within / points),
        "answer": write(what_if.ANSWER, threshold=write.threshold(), **said),
        "figures": reach + figures,
    }


def _reached(result: Findings, lang: Lang) -> maps.Json:
    """Give the homes, and of each unit how many can go there and back, and how; if it is known."""
    if result.reach is None:
        return {}
    names = result.places.set_index("place")["name"]
    # Of one set of points, as the homes: the sentences of both would make the page heavy.
    found = result.reach.of_widest_set()
    lines = unit_lines(found, result.units["unit"], names, lang)
    return {
        "homes": homes.homes(found, result.places, lang),
        "reached": {unit: said for unit, said in lines.items() if said},
    }


# --- Layers ------------------------------------------------------------------------------------


def unit_areas(result: Findings, base: BaseLayers, lang: Lang) -> maps.Json:
    """Make the polygons of the units, in the order of the Latvian alphabet."""
    return base.unit_areas(maps.unit_cards(result, lang))


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


def _stops(stops: gpd.GeoDataFrame) -> maps.Json:
    """Give all stops by column: millionths of a degree, the number of a name, visits, set.

    The set is the number of the narrowest that a stop belongs to, in the order of `SETS`.
    """
    belongs = [in_set(stops, code) for code in any_threshold.SETS]
    names, name = np.unique(
        stops["stop_name"].map(maps.cell_text).to_numpy(str), return_inverse=True
    )
    degrees = (stops[["lat", "lon"]].to_numpy(float) * 1e6).round().astype(int)
    return {
        "lat": degrees[:, 0].tolist(),
        "lon": degrees[:, 1].tolist(),
        "names": names.tolist(),
        "name": name.tolist(),
        "visits": stops["visits"].astype(object).where(stops["visits"].notna(), None).tolist(),
        "set": (len(belongs) - np.sum(belongs, axis=0)).tolist(),
    }


def _with_towns(base: BaseLayers, units: gpd.GeoDataFrame) -> list[maps.Json]:
    """Add the towns with most residents behind the cities, to find one's way by."""
    towns = units[(units["kind"] == "town") & units["population"].notna()]
    towns = towns.sort_values(["population", "unit"], ascending=[False, True]).head(_TOWNS)
    at = label_points(towns) if len(towns) else []
    named = zip(towns["unit_name"], at, strict=True)
    found = [{"name": name, "at": middle, "town": True} for name, middle in named]
    cities = [name for name in base.names if name["city"]]
    return [*cities, *found, *(name for name in base.names if not name["city"])]


def _municipalities(result: Findings, write: Writer) -> list[maps.Json]:
    """Say of each municipality what no threshold changes; `units` are codes."""
    units = result.units.groupby("municipality")["unit"].agg(list)
    labels = {"units": words.CRITERIA["units"]} | {
        f"units_{code}": label for code, label in words.STATUSES_PLURAL.items()
    }
    area, population = (words.MAP[name] for name in ("area", "population"))
    described = []
    for row in records(result.municipalities):
        counts = [(label, write.number(row[name])) for name, label in labels.items() if row[name]]
        counts.append((area, square_kilometres(write.lang, row["area_km2"])))
        counts.append((population, write.cell("population", row)))
        described.append(
            {
                "code": row["municipality"],
                "name": row["municipality_name"],
                "page": write.letter(row["municipality"]),
                "units": units[row["municipality"]],
                "rows": [[write(label), text] for label, text in counts if text],
            }
        )
    return described


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
    """Explain the marks of contact points, and what stands round a mark or beside it."""
    # A better place may be of any host.
    hosts = {*result.network["host"].dropna(), *result.places["host"]}
    *rows, reach = legend.network_legend(result.network, hosts, lang, result.threshold_m)
    decided = count_decided(result.gaps_access, result.gaps_service, result.gaps_coverage)
    entries = [*reach.entries, *gap_entries(result.gaps_access, lang)]
    if decided.points:
        label = Message("Points with a decision on their gap").text(lang)
        dotted = {"host": "library", "status": "existing", "reach": "beyond", "decisions": True}
        entries.append(maps.mark_entry(label, number(lang, decided.points), **dotted))
    return [*rows, maps.Group(reach.heading, [*entries, border_entry(lang)])]


def gap_entries(listed: pd.DataFrame, lang: Lang) -> list[maps.Entry]:
    """Explain what stands beside an access gap."""
    if not listed["alt_place"].notna().any():
        return []
    return [maps.mark_entry(words.ALTERNATIVE.text(lang), host="library", status="alternative")]
