"""The explorer: one page on which a planner finds any unit, its point and its gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from vpvkac import words
from vpvkac.formats import date, number
from vpvkac.maps import layers
from vpvkac.maps.page import PageMap, Part, resource, to_json

if TYPE_CHECKING:
    from vpvkac.language import Lang, Text
    from vpvkac.maps.needs import Mapped, Source

_STATUSES = ("existing", "announced", "planned", "none")


def explorer(result: Mapped, *, lang: Lang = "lv") -> PageMap:
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
    shown = layers.simplified(result.units)
    whole = layers.municipalities(shown)
    data = {
        "units": layers.units(result, shown, lang),
        "borders": layers.borders(whole),
        "names": layers.names(whole),
        "points": layers.points(result, lang),
        "gaps": layers.gaps(result, lang),
        "stops": layers.stops(result),
        "words": _words(lang),
        "hosts": _codes(words.HOSTS, lang),
        "statuses": _codes(words.STATUSES, lang),
    }
    map_ = PageMap(lang)
    Part(
        map_,
        style=resource("explorer.css"),
        markup=_panel(result, to_json(data), lang),
        script=resource("explorer.js"),
        call="explore",
    )
    return map_


def _panel(result: Mapped, data: str, lang: Lang) -> str:
    """Fill the panel beside the map: title, search, legend, layers, sources."""
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    template = environment.from_string(resource("panel.html"))
    return template.render(
        words=_words(lang),
        synthetic=words.SYNTHETIC.into(lang) if result.synthetic else "",
        title=result.title or words.NETWORK.into(lang),
        facts=_facts(result, lang),
        statuses=_statuses(result, lang),
        marks=_marks(result, lang),
        layers=_layers(result, lang),
        gap_count=len(result.gaps_access) + len(result.gaps_coverage),
        sources=[_source(source, lang) for source in result.sources],
        notes=[words.LIMITS.into(lang)] + [words.SAMPLE.into(lang)] * result.synthetic,
        # `to_json` has made it safe inside a script element, where entities are not read.
        data=Markup(data),  # noqa: S704
    )


def _facts(result: Mapped, lang: Lang) -> list[str]:
    """Say layout, stop set and reference dates, without which no number is complete."""
    facts = [words.layout_label(lang, result.layout)]
    if result.stops.empty:
        facts.append(words.NO_STOPS.into(lang))
    else:
        facts.append(f"{words.STOP_SET.into(lang)}: {words.STOP_SETS[result.stop_set].into(lang)}")
    dates = sorted({source.date for source in result.sources if source.date})
    if dates:
        last = f" – {date(lang, dates[-1])}" if len(dates) > 1 else ""
        facts.append(words.as_of(lang, dates[0]) + last)
    return facts


def _statuses(result: Mapped, lang: Lang) -> list[dict[str, str]]:
    """List the colours of units with their meaning and count."""
    counts = result.units["status"].value_counts()
    return [
        {
            "code": code,
            "label": words.STATUSES_PLURAL[code].into(lang),
            "count": number(lang, count),
        }
        for code in _STATUSES
        if (count := int(counts.get(code, 0)))
    ]


def _marks(result: Mapped, lang: Lang) -> list[list[dict[str, str]]]:
    """List the marks of points with their meaning: form by host, fill by status, reach."""
    present = set(result.network["host"].dropna())
    hosts = [
        _mark(words.HOSTS[host].into(lang), "", host=host, status="existing")
        for host in words.HOSTS
        if host in present
    ]
    fills = [
        _mark(words.STATUSES[status].into(lang), "", host="centre", status=status)
        for status in _STATUSES[:3]
        if status in set(result.network["status"])
    ]
    return [hosts, fills, _reach_marks(result, lang)]


def _reach_marks(result: Mapped, lang: Lang) -> list[dict[str, str]]:
    within = result.network["within"].astype("boolean")
    uncertain = result.network["uncertain"].astype("boolean")
    counts = [int(within.sum()), int((~within).sum()), int(uncertain.sum())]
    labels = [
        words.within_reach(lang, result.threshold_m),
        words.beyond_reach(lang, result.threshold_m),
        words.UNCERTAIN.into(lang),
    ]
    drawn: list[dict[str, Any]] = [
        {"reach": "within"},
        {"reach": "beyond"},
        {"reach": "within", "uncertain": True},
    ]
    marks = [
        _mark(label, number(lang, count), host="centre", status="existing", **how)
        for label, count, how in zip(labels, counts, drawn, strict=True)
        if count
    ]
    if result.gaps_access["alt_place"].notna().any():
        label = words.ALTERNATIVE.into(lang)
        marks.append(_mark(label, "", host="library", status="alternative"))
    return marks


def _mark(label: str, count: str, **drawn: Any) -> dict[str, str]:
    return {"label": label, "count": count, "drawn": to_json(drawn)}


def _layers(result: Mapped, lang: Lang) -> list[dict[str, Any]]:
    """List what can be switched on and off."""
    said = _words(lang)
    layers = [
        {"code": "points", "label": said["points"], "on": True},
        {"code": "names", "label": said["names"], "on": True},
    ]
    if result.stops.empty:
        return layers
    stops = number(lang, int(result.stops["in_set"].sum()))
    gaps = words.gap_layer(lang, result.threshold_m)
    return [
        *layers,
        {"code": "gaps", "label": gaps, "on": True},
        {"code": "stops", "label": f"{said['stops']} ({stops})", "on": False},
    ]


def _source(source: Source, lang: Lang) -> str:
    """Write one line of the footer: what, who, under which licence, of which date."""
    parts = [source.name.into(lang)]
    if source.publisher:
        parts.append(source.publisher.into(lang))
    if source.licence:
        parts.append(source.licence)
    if source.date:
        parts.append(words.as_of(lang, source.date))
    return "; ".join(parts)


def _words(lang: Lang) -> dict[str, str]:
    texts = words.MAP | {
        "sources": words.SOURCES,
    }
    return {key: text.into(lang) for key, text in texts.items()}


def _codes(texts: dict[str, Text], lang: Lang) -> dict[str, str]:
    return {code: text.into(lang) for code, text in texts.items()}
