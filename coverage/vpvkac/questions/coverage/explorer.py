"""The explorer: one page on which a planner finds any unit, its point and its gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.questions.coverage import gap_counts
from vpvkac.questions.coverage import map_layers as layers
from vpvkac.render.base_layers import BaseLayers
from vpvkac.render.map_page import PageMap
from vpvkac.render.panel import add_panel, border_entry, coded, map_words, marked
from vpvkac.texts import words
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Message
from vpvkac.views.maps import Entry, Group, Layer, NavLink

if TYPE_CHECKING:
    from vpvkac.analysis.result import Findings

_DECIDED = Message("Points with a decision on their gap")
_STATUSES = ("existing", "announced", "planned", "none")


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
        A folium map; Jupyter shows it, `page.render` makes a file of it.
    """
    base = BaseLayers.of(result.units)
    data = {
        "units": layers.units(result, base, lang),
        "borders": base.borders,
        "names": base.names,
        "points": layers.points(result, lang),
        "gaps": layers.gaps(result, lang),
        "clusters": layers.clusters(result, lang),
        "stops": layers.stops(result),
        "words": map_words(lang),
        "hosts": coded(words.HOSTS, lang),
        "statuses": coded(words.STATUSES, lang),
        "reach": result.threshold_m,
        "home": "",
    }
    listed = gap_counts.listed(result.gaps_access, result.gaps_service, result.gaps_coverage)
    map_ = PageMap(lang)
    add_panel(
        map_,
        "explorer",
        result,
        lang,
        data=data,
        legend=network_legend(result, lang),
        layers=_layers(result, lang),
        decided_count=sum(_decided(result)),
        gap_count=sum(listed),
        gap_notes=_notes(result, listed, lang),
        pages=[NavLink("gaps.html", words.MAP["gap_tables"].text(lang))],
    )
    return map_


def _notes(result: Findings, listed: gap_counts.Listed, lang: Lang) -> list[str]:
    """Say what the number of gaps is made of, for the legend counts points."""
    access = gap_counts.access_said(lang, result.gaps_access, result.network, result.threshold_m)
    return [note for note in (gap_counts.listed_said(lang, listed), access) if note]


def network_legend(result: Findings, lang: Lang) -> list[Group]:
    """Explain the fills of units and the marks of contact points."""
    points = words.MAP["points"].text(lang)
    hosts, fills, reach = _marks(result, lang)
    groups = [Group(words.MAP["units"].text(lang), _statuses(result, lang)), Group(points, hosts)]
    return [*groups, *(Group("", entries) for entries in (fills, reach) if entries)]


def gap_entries(listed: pd.DataFrame, lang: Lang) -> list[Entry]:
    """Explain what stands beside an access gap."""
    if not listed["alt_place"].notna().any():
        return []
    return [marked(words.ALTERNATIVE.text(lang), host="library", status="alternative")]


def _statuses(result: Findings, lang: Lang) -> list[Entry]:
    """List the colours of units with their meaning and count."""
    counts = result.units["status"].value_counts()
    statuses = [
        Entry(words.STATUSES_PLURAL[code].text(lang), number(lang, count), fill=code)
        for code in _STATUSES
        if (count := int(counts.get(code, 0)))
    ]
    return [*statuses, border_entry(lang)]


def _marks(result: Findings, lang: Lang) -> tuple[list[Entry], list[Entry], list[Entry]]:
    """List the marks of points with their meaning: form by host, fill by status, reach."""
    present = set(result.network["host"].dropna())
    hosts = [
        marked(words.HOSTS[host].text(lang), host=host, status="existing")
        for host in words.HOSTS
        if host in present
    ]
    fills = [
        marked(words.STATUSES[status].text(lang), host="centre", status=status)
        for status in _STATUSES[:3]
        if status in set(result.network["status"])
    ]
    return hosts, fills, _reach_marks(result, lang)


def _reach_marks(result: Findings, lang: Lang) -> list[Entry]:
    within = result.network["within"].astype("boolean")
    uncertain = result.network["uncertain"].astype("boolean")
    counts = [int(within.sum()), int((~within).sum()), int(uncertain.sum())]
    labels = [
        words.within_reach(lang, result.threshold_m),
        words.beyond_reach(lang, result.threshold_m),
        words.UNCERTAIN.text(lang),
    ]
    drawn: list[dict[str, Any]] = [
        {"reach": "within"},
        {"reach": "beyond"},
        {"reach": "within", "uncertain": True},
    ]
    marks = [
        marked(label, number(lang, count), host="centre", status="existing", **how)
        for label, count, how in zip(labels, counts, drawn, strict=True)
        if count
    ]
    return [*marks, *gap_entries(result.gaps_access, lang), *_decided_entry(result, lang)]


def _decided(result: Findings) -> tuple[int, int]:
    """Count the points with a gap, and the units with none, that a decision is about."""
    return gap_counts.decided(result.gaps_access, result.gaps_service, result.gaps_coverage)


def _decided_entry(result: Findings, lang: Lang) -> list[Entry]:
    """Explain the dot beside a gap with a decision."""
    count, _ = _decided(result)
    if not count:
        return []
    drawn = {"host": "centre", "status": "existing", "reach": "beyond", "decisions": True}
    return [marked(_DECIDED.text(lang), number(lang, count), **drawn)]


def _layers(result: Findings, lang: Lang) -> list[Layer]:
    """List what can be switched on and off."""
    said = map_words(lang)
    layers = [Layer("points", said["points"]), Layer("names", said["names"])]
    grouped = pd.concat([result.gaps_access["cluster"], result.gaps_coverage["cluster"]]).nunique()
    if grouped:
        layers.append(Layer("clusters", f"{said['clusters']} ({number(lang, grouped)})"))
    if result.stops.empty:
        return layers
    stops = number(lang, int(result.stops["in_set"].sum()))
    gaps = words.gap_layer(lang, result.threshold_m)
    return [*layers, Layer("gaps", gaps), Layer("stops", f"{said['stops']} ({stops})", on=False)]
