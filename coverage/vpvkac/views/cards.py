"""Cards: what a map says of a unit, of a contact point and of its gap, in words.

A card is a plain mapping of texts without markup.  Codes stay only where the
page draws by them (`status`, `host`, `reach`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.texts import words
from vpvkac.texts.formats import (
    excess,
    length,
    metres,
    minutes,
    number,
    opening_hours,
    square_kilometres,
    typographic,
)
from vpvkac.views.decisions import by_unit, cluster, labelled

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.analysis.result import Findings
    from vpvkac.texts.message import Lang

Card = dict[str, Any]

_OF_POINT = [
    "unit", "status", "place", "host", "name", "address", "owner", "hours", "phone", "email",
    "located_by", "located_within_m", "lat", "lon", "stop_name", "distance_m", "walk_min",
    "within", "uncertain", "distance_all_m", "visits_within",
]  # fmt: skip
_OF_UNIT = [
    "unit", "unit_name", "municipality_name", "kind", "status", "area_km2",
    "population", "population_least", "population_most",
]  # fmt: skip
_OF_GAP = [
    "unit", "place", "rank", "class", "distance_m", "nearest_m", "reason", "remedy",
    "cluster", "cluster_name", "cluster_size",
]  # fmt: skip


def value(cell: Any) -> Any:
    """Give a cell's value, or None where it is null."""
    # pandas' own test takes arrays too, and ten times as long; NaN and NaT are unlike themselves.
    return None if cell is None or cell is pd.NA or cell != cell else cell  # noqa: PLR0124


def text(cell: Any) -> str:
    """Give a cell's text with one kind of quotation marks, empty where it is null."""
    return "" if value(cell) is None else typographic(str(cell))


def of_units(result: Findings, lang: Lang) -> list[Card]:
    """Say of each unit what it is; of one with no point, why and what to do."""
    gaps = _by_key(result.gaps_coverage, "unit")
    decided = by_unit(result.follow_up)
    return [
        _without_blanks(
            unit=row["unit"],
            name=row["unit_name"],
            municipality=row["municipality_name"],
            kind=words.KINDS[row["kind"]].text(lang),
            status=row["status"],
            area=square_kilometres(lang, row["area_km2"]),
            population=words.residents(lang, row),
            **_coverage_gap(gaps.get(row["unit"]), lang),
            **_followed(gaps.get(row["unit"]), decided, lang),
        )
        for row in _rows(result.units, _OF_UNIT)
    ]


def of_points(result: Findings, frame: pd.DataFrame, lang: Lang) -> list[Card]:
    """Say of each point what, where and how reachable it is, and what would mend its gap."""
    gaps = _by_key(result.gaps_access, "place")
    decided = by_unit(result.follow_up)
    rare = _by_key(result.gaps_service, "place")
    owners = dict(zip(result.units["municipality"], result.units["municipality_name"], strict=True))
    return [
        _without_blanks(
            unit=row["unit"],
            name=row["name"],
            host=row["host"],
            status=row["status"],
            address=row["address"],
            hours=opening_hours(lang, text(row["hours"])),
            phone=row["phone"],
            email=row["email"],
            owner=owners.get(row["owner"], row["owner"]),
            located=_located(row, lang),
            **_reach(row, result.threshold_m, lang),
            **_service_gap(rare.get(row["place"]), lang)
            | _access_gap(gaps.get(row["place"]), result.threshold_m, lang),
            **_followed(gaps.get(row["place"], rare.get(row["place"])), decided, lang),
        )
        for row in _rows(frame, _OF_POINT)
    ]


def _reach(row: Mapping[Hashable, Any], threshold_m: float, lang: Lang) -> Card:
    """Say how far the nearest stop is, and whether that is within reach."""
    distance = value(row["distance_m"])
    if distance is None:
        return {}
    within = bool(row["within"])
    shown = metres(lang, distance, threshold_m)
    reach = (words.within_reach if within else words.beyond_reach)(lang, threshold_m)
    return {
        "reach": "within" if within else "beyond",
        "distance": shown,
        "reached": reach if within else f"{reach} (+{excess(lang, distance, threshold_m)})",
        "stop": f"“{row['stop_name']}” – {shown}" if text(row["stop_name"]) else shown,
        "walk": minutes(lang, row["walk_min"]),
        "any_stop": _other_stop(row, threshold_m, lang),
        "visits_within": _visits(row["visits_within"], lang) if within else "",
        "uncertain": bool(value(row["uncertain"])),
    }


def _other_stop(row: Mapping[Hashable, Any], threshold_m: float, lang: Lang) -> str:
    """Say how far any stop is, where one outside the chosen set is nearer."""
    distance = value(row["distance_all_m"])
    if distance is None or distance >= row["distance_m"]:
        return ""
    return metres(lang, distance, threshold_m)


def _located(row: Mapping[Hashable, Any], lang: Lang) -> str:
    how = value(row["located_by"])
    if how is None:
        return ""
    said = words.LOCATED_BY[how].text(lang)
    within = value(row["located_within_m"])
    return f"{said} (±{length(lang, within)})" if within else said


def _access_gap(gap: Mapping[Hashable, Any] | None, threshold_m: float, lang: Lang) -> Card:
    if gap is None:
        return {}
    # What has to be in view to see the stop and the circle, metres from the point.
    span = max(gap["distance_m"], threshold_m)
    return {
        "rank": int(gap["rank"]),
        "listed": f"unit-{gap['unit']}",
        "span": round(1.1 * span),
        "class": words.CLASSES[gap["class"]].text(lang),
        "reason": gap["reason"],
        "remedy": _remedy(gap["remedy"], lang),
    }


def _service_gap(gap: Mapping[Hashable, Any] | None, lang: Lang) -> Card:
    """Say that few buses call; an access gap of the same place is said in its stead."""
    if gap is None:
        return {}
    return {
        "rare": int(gap["rank"]),
        "listed": f"service-unit-{gap['unit']}",
        "reason": gap["reason"],
        "remedy": _remedy(gap["remedy"], lang),
    }


def _visits(count: Any, lang: Lang) -> str:
    return "" if value(count) is None else number(lang, int(count))


def _coverage_gap(gap: Mapping[Hashable, Any] | None, lang: Lang) -> Card:
    if gap is None:
        return {}
    nearest = value(gap["nearest_m"])
    return {
        "rank": int(gap["rank"]),
        "distance": "" if nearest is None else length(lang, nearest),
        "reason": gap["reason"],
        "remedy": _remedy(gap["remedy"], lang),
    }


def _followed(
    gap: Mapping[Hashable, Any] | None, decided: Mapping[str, list[Any]], lang: Lang
) -> Card:
    """Say to which cluster a gap belongs, and what has been decided on its unit."""
    if gap is None:
        return {}
    given = ["; ".join(labelled(decision, lang)) for decision in decided.get(gap["unit"], [])]
    grouped = value(gap.get("cluster"))
    return {
        "cluster": "" if grouped is None else cluster(gap, lang),
        **({"decisions": given} if given else {}),
    }


def _remedy(code: Any, lang: Lang) -> str:
    return "" if value(code) is None else words.REMEDIES[code].text(lang)


def _without_blanks(**properties: Any) -> Card:
    """Keep only what there is to say: leave out null cells, empty texts and False."""
    return {
        key: _typeset(cell)
        for key, cell in properties.items()
        if cell is not None
        and (isinstance(cell, list) or value(cell) is not None)
        and cell != ""
        and cell is not False
    }


def _typeset(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_typeset(part) for part in cell]
    return typographic(cell) if isinstance(cell, str) else cell


def _rows(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[Hashable, Any]]:
    """Give the rows, of the columns only that are there."""
    plain = pd.DataFrame({name: frame[name] for name in columns if name in frame})
    return plain.to_dict("records")


def _by_key(frame: gpd.GeoDataFrame, key: str) -> dict[str, dict[Hashable, Any]]:
    return {row[key]: row for row in _rows(frame, _OF_GAP)}
