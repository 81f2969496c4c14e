"""The explorer: one page on which a planner finds any unit, its point and its gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpvkac.analysis.gap_counts import count_decided, count_gaps
from vpvkac.analysis.map_classes import count_sides
from vpvkac.questions.coverage import map_layers
from vpvkac.render.geojson import BaseLayers
from vpvkac.render.map_page import PageMap, border_entry, coded, draw_map, map_words
from vpvkac.texts import words
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Message
from vpvkac.views.gaps import access_sentence, counts_sentence
from vpvkac.views.maps import Entry, Group, Layer, NavLink, fill_entries, mark_entry
from vpvkac.views.page import about
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.analysis.network import Findings


_DECIDED = Message("Points with a decision on their gap")


def explorer(result: Findings, *, lang: Lang = "lv") -> PageMap:
    """Draw the whole network on one map.

    Units are coloured by the status of their point, municipality borders are
    bold, points show kind of host and status by form and reach by colour,
    each access gap has a line to its nearest stop and a geodesic circle.

    Parameters
    ----------
    result
        Tables and facts of a run.
    lang
        {"lv", "en"}.

    Returns
    -------
    map
        A folium map; Jupyter shows it, `map_page.render` makes a file of it.
    """
    base, clusters = BaseLayers.of(result.units), map_layers.clusters(result, lang)
    data = {
        "units": map_layers.units(result, base, lang),
        "borders": base.borders,
        "names": base.names,
        "points": map_layers.points(result, lang),
        "gaps": map_layers.gaps(result, lang),
        "clusters": clusters,
        "stops": map_layers.stops(result),
        "words": map_words(lang),
        "hosts": coded(words.HOSTS, lang),
        "statuses": coded(words.STATUSES, lang),
        "reach": result.threshold_m,
        "home": "",
    }
    gaps = count_gaps(result.gaps_access, result.gaps_service, result.gaps_coverage)
    decided = count_decided(result.gaps_access, result.gaps_service, result.gaps_coverage)
    # The legend counts points: say what the number of gaps is made of.
    notes = [
        counts_sentence(gaps, lang),
        access_sentence(result.gaps_access, result.network, Writer(lang, result.threshold_m)),
    ]
    return draw_map(
        "explorer",
        about(result, lang),
        data=data,
        legend=network_legend(result, lang),
        layers=_layers(result, len(clusters["features"]), lang),
        decided_count=sum(decided),
        gap_count=sum(gaps),
        gap_notes=[note for note in notes if note],
        pages=[NavLink("gaps.html", words.MAP["gap_tables"].text(lang))],
    )


def network_legend(result: Findings, lang: Lang) -> list[Group]:
    """Explain the fills of units and the marks of contact points: host, status and reach."""
    fills = fill_entries(words.STATUSES_PLURAL, result.units["status"].value_counts(), lang)
    hosts, statuses = set(result.network["host"].dropna()), set(result.network["status"])
    return [
        Group(words.MAP["units"].text(lang), [*fills, border_entry(lang)]),
        Group(
            words.MAP["points"].text(lang),
            [
                mark_entry(label.text(lang), host=host, status="existing")
                for host, label in words.HOSTS.items()
                if host in hosts
            ],
        ),
        Group(
            "",
            [
                mark_entry(words.STATUSES[status].text(lang), host="centre", status=status)
                for status in ("existing", "announced", "planned")
                if status in statuses
            ],
        ),
        Group("", _reach_entries(result, lang)),
    ]


def _reach_entries(result: Findings, lang: Lang) -> list[Entry]:
    counts = count_sides(result.network)
    drawn: list[tuple[str, int, dict[str, Any]]] = [
        (words.within_reach(lang, result.threshold_m), counts.within, {"reach": "within"}),
        (words.beyond_reach(lang, result.threshold_m), counts.beyond, {"reach": "beyond"}),
        (
            words.UNCERTAIN.text(lang),
            counts.uncertain,
            {"reach": "within", "uncertain": True},
        ),
    ]
    reach = [
        mark_entry(label, number(lang, count), host="centre", status="existing", **how)
        for label, count, how in drawn
        if count
    ]
    decided = []
    if count := count_decided(result.gaps_access, result.gaps_service, result.gaps_coverage).points:
        dotted = {"host": "centre", "status": "existing", "reach": "beyond", "decisions": True}
        decided = [mark_entry(_DECIDED.text(lang), number(lang, count), **dotted)]
    return [*reach, *gap_entries(result.gaps_access, lang), *decided]


def gap_entries(listed: pd.DataFrame, lang: Lang) -> list[Entry]:
    """Explain what stands beside an access gap."""
    if not listed["alt_place"].notna().any():
        return []
    return [mark_entry(words.ALTERNATIVE.text(lang), host="library", status="alternative")]


def _layers(result: Findings, clusters: int, lang: Lang) -> list[Layer]:
    """List what can be switched on and off."""
    said = map_words(lang)
    layers = [Layer("points", said["points"]), Layer("names", said["names"])]
    if clusters:
        layers.append(Layer("clusters", f"{said['clusters']} ({number(lang, clusters)})"))
    if result.stops.empty:
        return layers
    stops = number(lang, int(result.stops["in_set"].sum()))
    gaps = words.gap_layer(lang, result.threshold_m)
    return [*layers, Layer("gaps", gaps), Layer("stops", f"{said['stops']} ({stops})", on=False)]
