"""Demand: who is to be reached, where, and how much each counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from vpvkac.geo.geodesy import to_degrees
from vpvkac.model.faults import Fault, InputError
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Measured as Network

Weights = Literal["population", "units"]
COLUMNS = ("demand", "unit", "lat", "lon", "weight", "least", "most")
_NO_POPULATION = Message("no residents are given")
_GIVE_POPULATION = Message("name population, or choose --weights units")
_NOBODY = Message("has no residents")
_CHECK_POPULATION = Message("check the file, or choose --weights units")


def weighed(result: Network, asked: Weights | None) -> Weights:
    """Choose the weights: those asked for, else residents where they are known."""
    if asked is not None:
        return asked
    return "units" if result.inputs.residents is None else "population"


def demand_of(result: Network, weights: Weights) -> pd.DataFrame:
    """List the places of demand with their weights.

    Residents stand in the middle of their cell of the grid, or at their
    unit's representative point where they are counted by unit.  With the
    weights `units` every unit counts 1, at its representative point.

    Returns
    -------
    demand
        `COLUMNS`, sorted by unit and key; weights are whole numbers above 0,
        with the band that suppressed counts leave.

    Raises
    ------
    InputError
        If residents are to be weighed and none are given.
    """
    table = _units(result) if weights == "units" else _residents(result)
    return table.sort_values(["unit", "demand"], ignore_index=True)[list(COLUMNS)]


def _units(result: Network) -> pd.DataFrame:
    units = result.units
    middles = units.geometry.representative_point()
    lat, lon = to_degrees(middles.x, middles.y)
    ones = np.ones(len(units), np.int64)
    return pd.DataFrame(
        {
            "demand": units["unit"],
            "unit": units["unit"],
            "lat": lat,
            "lon": lon,
            "weight": ones,
            "least": ones,
            "most": ones,
        }
    )


def _residents(result: Network) -> pd.DataFrame:
    residents = result.inputs.residents
    if residents is None:
        raise InputError([_fault(result, _NO_POPULATION, _GIVE_POPULATION)])
    names = {
        "cell": "demand",
        "population": "weight",
        "population_least": "least",
        "population_most": "most",
    }
    table = pd.DataFrame(residents.drop(columns="geometry")).rename(columns=names)
    lived_in = table[table["weight"] > 0]
    if lived_in.empty:
        raise InputError([_fault(result, _NOBODY, _CHECK_POPULATION)])
    return lived_in.astype(dict.fromkeys(("weight", "least", "most"), np.int64))


def _fault(result: Network, problem: Text, remedy: Text) -> Fault:
    return Fault("error", str(result.project.path), problem, remedy, field="inputs.population")
