"""Places: the points that stay, and where new ones could go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from vpvkac.analysis.network import is_open_centre, points_and_centres
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import INPUT_OF_HOST, Host
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Measured as Network

Existing = Literal["open", "network"]
STOPS = "stops"
KINDS = (*get_args(Host), STOPS)
USUAL = ("library", "municipal_premises", "post_office")
COLUMNS = ("place", "host", "name", "unit", "lat", "lon")
_NOT_GIVEN = Message("is not given in the project")
_GIVE = Message("name it, or choose other candidates")
_NO_CANDIDATES = Message("there is no candidate place without a point")
_CHOOSE = Message("choose other --candidates")


def locked_points(result: Network, existing: Existing) -> pd.DataFrame:
    """List the points that stay where they are.

    Parameters
    ----------
    existing
        {"open", "network"}: every open centre; or the announced centres and
        the planned points too, one per unit.

    Returns
    -------
    locked
        `COLUMNS`, sorted by `place`.
    """
    places = result.places
    if existing == "network":
        return _sorted(points_and_centres(result.network, places))
    return _sorted(places[is_open_centre(places)])


def candidates(result: Network, kinds: Sequence[str] | None, locked: pd.DataFrame) -> pd.DataFrame:
    """List the places where a new point could go.

    Parameters
    ----------
    kinds
        Kinds of host, or "stops" for the stops of the set; None for those of
        `USUAL` that the project gives.
    locked
        From `locked_points`; a place that holds a point is no candidate.

    Returns
    -------
    candidates
        `COLUMNS`, sorted by `place`; a stop stands with its key, host "stops".

    Raises
    ------
    InputError
        If a kind is not given in the project, or there is no candidate.
    """
    asked = USUAL if kinds is None else tuple(dict.fromkeys(kinds))
    missing = [kind for kind in asked if not _is_given(result, kind)]
    if kinds is not None and missing:
        raise InputError([_not_given(result, kind) for kind in missing])
    places = result.places
    tables = [_sorted(places[places["host"].isin(asked)])]
    if STOPS in asked:
        tables.append(_stops(result))
    found = pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)
    free = found[~found["place"].isin(locked["place"])]
    if free.empty:
        file = str(result.project.path)
        raise InputError([Fault("error", file, _NO_CANDIDATES, _CHOOSE, field="--candidates")])
    return _sorted(free)


def _stops(result: Network) -> pd.DataFrame:
    stops = result.stops[result.stops["in_set"] & (result.stops["unit"] != "")]
    named = stops.rename(columns={"stop": "place", "stop_name": "name"})
    return _sorted(named.assign(host=STOPS))


def _sorted(places: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame(places)[list(COLUMNS)]
    return table.sort_values("place", ignore_index=True).astype({"lat": float, "lon": float})


def _is_given(result: Network, kind: str) -> bool:
    return bool(result.project.stops) if kind == STOPS else kind in result.project.hosts


def _not_given(result: Network, kind: str) -> Fault:
    field = STOPS if kind == STOPS else INPUT_OF_HOST[kind]  # type: ignore[index]
    return Fault("error", str(result.project.path), _NOT_GIVEN, _GIVE, field=f"inputs.{field}")
