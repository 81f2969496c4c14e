"""Reasons: what is said of a gap, and of a cluster of gaps, made from the facts of its row.

The one place of these sentences; the labels of remedies are `words.REMEDIES`, and the Latvian of
both stands in `lv.po`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis.access import RARE
from vpvkac.analysis.gaps import owned_centres, planned_in_library
from vpvkac.texts.formats import excess, length, metres, number, threshold, typographic
from vpvkac.texts.message import Lang, Message
from vpvkac.texts.words import RECOMMENDED_M, quoted_after

if TYPE_CHECKING:
    from vpvkac.analysis.network import Findings

# Inside a sentence: what stands there, and what there is none of.
_HOST_NAMED = {
    "centre": Message("one-stop centre"),
    "library": Message("municipal library"),
    "municipal_premises": Message("municipal administration"),
    "post_office": Message("post office"),
    "institution": Message("institution's own service centre"),
    "state_centre": Message("state service centre"),
}
_HOST_LACKING = {
    "centre": Message("a centre"),
    "library": Message("a municipal library"),
    "municipal_premises": Message("a municipal administration"),
    "post_office": Message("a post office"),
    "institution": Message("an institution's own service centre"),
    "state_centre": Message("a state service centre"),
}

# What one measure would be, by remedy (`analysis.gaps.SHARED_REMEDIES`).
_MEASURES = {
    "ask_for_stop": Message("one proposal on the route and its stops"),
    "ask_for_service": Message("one proposal for more trips on the route"),
    "other_premises": Message("shared premises or shared remote support (VPPPD)"),
    "remote_support": Message("shared arrangements for remote support (VPPPD)"),
}

# Said of a gap at the threshold of the run, and by the explorer at any other.
TOO_FAR = Message(
    "{place} is {distance} from the nearest stop{stop} (in a straight line), "
    "that is {over} beyond {limit}."
)
# So little is within what is known of where a door and a stop are, metres: measure it first.
JUST_BEYOND_M = 10.0
JUST_BEYOND = Message("It is only {over} beyond: check first how that is measured.")
RECOMMENDED = Message("the recommended {threshold}")
OF_RUN = Message("the threshold of {threshold}")
UNSURE = Message(
    "The distance is {distance}, but the point is placed only to within ±{within}, "
    "so its position must be checked before a decision."
)
FEW_CALLS = Message("Bus calls on the service day at all stops within {threshold}: {visits}.")


def reasons(findings: Findings, lang: Lang) -> dict[str, list[str]]:
    """Say why each row is there, of every list that has a `reason`, by name of the list."""
    limit, hosts = findings.threshold_m, findings.project.rules.hosts
    nearest = ("nearest_name", "nearest_unit_name", "nearest_m")
    return {
        "gaps_access": [access_reason(lang, gap, limit) for gap in _rows(findings.gaps_access)],
        "gaps_service": [service_reason(lang, gap, limit) for gap in _rows(findings.gaps_service)],
        "gaps_coverage": [
            coverage_gap(lang, hosts, *(gap[name] for name in nearest))
            for gap in _rows(findings.gaps_coverage)
        ],
        "gaps_municipalities": municipality_reasons(lang, findings),
        "gap_clusters": [cluster_reason(lang, row) for row in _rows(findings.gap_clusters)],
    }


def access_reason(lang: Lang, gap: Mapping[str, Any], threshold_m: float) -> str:
    """Say how far a point is from a stop, and which place of its unit is nearer."""
    distance_m = gap["distance_m"]
    if gap["class"] == "verify":
        return uncertain(lang, distance_m, gap["located_within_m"], threshold_m)
    first = access_gap(lang, gap["place_name"], distance_m, gap["stop_name"], threshold_m)
    alternative = access_alternative(lang, gap, threshold_m)
    return f"{first} {alternative}" if alternative else first


def access_alternative(lang: Lang, gap: Mapping[str, Any], threshold_m: float) -> str:
    """Say which place of the unit is nearer to a stop; nothing where none is."""
    if gap["class"] != "move":
        return ""
    host, name, address = gap["alt_host"], gap["alt_name"], gap["alt_address"]
    better = better_place(lang, host, name, address, gap["alt_distance_m"], threshold_m)
    return f"{better} {alternative_rare(lang, gap, threshold_m)}".rstrip()


def alternative_rare(lang: Lang, gap: Mapping[Any, Any], threshold_m: float) -> str:
    """Say that few buses call at a better place either, if so."""
    if gap["class"] != "move" or gap["alt_service_class"] not in RARE:
        return ""
    rarely = Message(
        "But few buses call there either; on the service day at all stops within {threshold}: "
        "{visits}."
    )
    return _visits(lang, rarely, gap["alt_visits_within"], threshold_m)


def service_reason(lang: Lang, gap: Mapping[str, Any], threshold_m: float) -> str:
    """Say how few buses call at the nearest stop, and how many at all stops within reach."""
    every = _visits(lang, FEW_CALLS, gap["visits_within"], threshold_m)
    if gap["visits"] is None:
        return every
    nearest = rarely_served(lang, gap["stop_name"], gap["distance_m"], gap["visits"], threshold_m)
    return nearest if gap["visits_within"] == gap["visits"] else f"{nearest} {every}"


def municipality_reasons(lang: Lang, findings: Findings, code: str | None = None) -> list[str]:
    """Say why each municipality without an open centre is listed, or one of them.

    Also which centres it owns that stand in another one.
    """
    in_library, owned = planned_in_library(findings.network), owned_centres(findings.places)
    elsewhere = Message("It owns a centre that stands in another municipality: {}.").text(lang)
    sentences = []
    for gap in _rows(findings.gaps_municipalities):
        key = gap["municipality"]
        if code in (None, key):
            sentence = municipality_gap(lang, int(in_library.get(key, 0)), gap["units"])
            if names := owned.get(key, ()):
                sentence += f" {elsewhere.format(', '.join(map(typographic, names)))}"
            sentences.append(sentence)
    return sentences


def cluster_reason(lang: Lang, cluster: Mapping[str, Any]) -> str:
    """Say what a cluster holds, and what one measure could close it."""
    text = Message(
        "Gaps: {gaps}; units: {units}; farthest apart: {extent}. One measure could close them "
        "all: {measure}."
    )
    return text.text(lang).format(
        gaps=number(lang, cluster["gaps"]),
        units=number(lang, cluster["units"]),
        extent=length(lang, cluster["extent_m"]),
        measure=_MEASURES[cluster["remedy"]].text(lang),
    )


def access_gap(
    lang: Lang, place_name: str, distance_m: float, stop_name: str | None, threshold_m: float
) -> str:
    """Say how far a point is from its nearest stop, and how far beyond the threshold."""
    limit = RECOMMENDED if threshold_m == RECOMMENDED_M else OF_RUN
    said = TOO_FAR.text(lang).format(
        place=typographic(place_name),
        distance=metres(lang, distance_m, threshold_m),
        stop=quoted_after(stop_name),
        over=excess(lang, distance_m, threshold_m),
        limit=limit.text(lang).format(threshold=threshold(lang, threshold_m)),
    )
    return f"{said} {just_beyond(lang, distance_m, threshold_m)}".rstrip()


def just_beyond(lang: Lang, distance_m: float, threshold_m: float) -> str:
    """Say what to do first where a point is beyond the threshold by no more than `JUST_BEYOND_M`.

    It is beyond all the same.
    """
    if not 0 < distance_m - threshold_m <= JUST_BEYOND_M:
        return ""
    return JUST_BEYOND.text(lang).format(over=excess(lang, distance_m, threshold_m))


def better_place(
    lang: Lang,
    alt_host: str,
    alt_name: str,
    alt_address: str | None,
    alt_distance_m: float,
    threshold_m: float | None = None,
) -> str:
    """Name the building of the same unit that would mend an access gap."""
    text = place_to_move(lang, alt_host, alt_name, alt_address)
    return text.replace("{distance}", metres(lang, alt_distance_m, threshold_m), 1)


def place_to_move(lang: Lang, host: str, name: str, address: str | None) -> str:
    """Say the same with room for the ``{distance}`` from a stop, which comes before the names."""
    text = Message(
        "In the same territorial unit, {distance} from a stop, there is the "
        "{host}{name}{address}; it is recommended to consider placing the point there."
    )
    return text.text(lang).format(
        distance="{distance}",
        host=_HOST_NAMED[host].text(lang),
        name=quoted_after(name),
        address=f" ({typographic(address)})" if address else "",
    )


def uncertain(lang: Lang, distance_m: float, located_within_m: float, threshold_m: float) -> str:
    """Say that a point's position must be checked before anything is decided."""
    distance = metres(lang, distance_m, threshold_m)
    return UNSURE.text(lang).format(distance=distance, within=length(lang, located_within_m))


def coverage_gap(
    lang: Lang,
    hosts: Sequence[str],
    nearest_name: str | None,
    nearest_unit_name: str | None,
    nearest_m: float | None,
) -> str:
    """Say that a unit has none of `hosts`, and where the nearest contact point is, if anywhere.

    "ne VPVKAC, ne bibliotēkas", "neither a centre nor a library".
    """
    lacking = [_HOST_LACKING[host].text(lang) for host in hosts]
    if lang == "lv":
        joined = lacking[0] if len(lacking) == 1 else ", ".join(f"ne {one}" for one in lacking)
    elif len(lacking) == 1:
        joined = f"no {lacking[0].partition(' ')[2]}"
    else:
        joined = f"neither {' nor '.join(lacking)}"
    sentence = Message("The unit has {}").text(lang).format(joined)
    if nearest_name is None or nearest_m is None:
        return sentence + "."
    nearest = Message("; the nearest contact point, {name}{where}, is {distance} away.")
    return sentence + nearest.text(lang).format(
        name=typographic(nearest_name),
        where=f" ({nearest_unit_name})" if nearest_unit_name else "",
        distance=length(lang, nearest_m),
    )


def municipality_gap(lang: Lang, in_library: int, units: int) -> str:
    """Say that a municipality has no open centre, and where a library could host one."""
    text = Message(
        "The municipality has no existing centre. Units where the point can be set up "
        "in a library: {in_library} of {units}."
    )
    return text.text(lang).format(in_library=number(lang, in_library), units=number(lang, units))


def rarely_served(
    lang: Lang,
    stop_name: str | None,
    distance_m: float,
    visits: int,
    threshold_m: float | None = None,
) -> str:
    """Say that a stop is near but few buses call there."""
    text = Message(
        "The stop{stop} is {distance} away, but few buses call there (on the service day: "
        "{visits}), so reach by public transport is limited."
    )
    distance = metres(lang, distance_m, threshold_m)
    stop, calls = quoted_after(stop_name), number(lang, visits)
    return text.text(lang).format(stop=stop, distance=distance, visits=calls)


def _visits(lang: Lang, text: Message, visits: int, threshold_m: float) -> str:
    """Say how many visits there are at all stops within reach."""
    limit = threshold(lang, threshold_m)
    return text.text(lang).format(threshold=limit, visits=number(lang, visits))


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows as plain values, None for a null; gap lists are short."""
    plain = pd.DataFrame(table).drop(columns="geometry", errors="ignore").astype(object)
    filled = plain.where(plain.notna(), None)
    return [dict(zip(filled.columns, row, strict=True)) for row in filled.to_numpy()]
