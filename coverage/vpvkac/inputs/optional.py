"""Optional inputs: read, checked and fitted to the units and places where they are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from vpvkac.inputs import development_centres as development
from vpvkac.inputs import population, suitability
from vpvkac.model.faults import Fault, has_errors
from vpvkac.sources.plain import read_development_centres, read_suitability
from vpvkac.sources.population import is_by_unit, read_population_by_unit, read_population_grid

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.inputs.crosswalk.crosswalk import Crosswalk
    from vpvkac.model.project import Input
    from vpvkac.model.territory import Territory
    from vpvkac.sources.base import Reading


class InputAccount(NamedTuple):
    """What became of one input: its reading, the rows used, and the rows dropped since."""

    key: str
    reading: Reading
    used: int
    dropped: Mapping[str, int]


class Optional(NamedTuple):
    """The optional inputs of a project.

    Parameters
    ----------
    residents
        `population.COUNTS`, a column each of the units' table; null where not known.
    cells
        Where they live (`population.CELL_COLUMNS`); None where not given.
    development, checklist
        None where they are not given.
    accounts, faults
        What became of the rows of each input, and the faults found.
    changes
        What was split, merged, moved or renamed among the codes met.
    """

    residents: dict[str, pd.Series]
    cells: gpd.GeoDataFrame | None
    development: pd.DataFrame | None
    checklist: pd.DataFrame | None
    accounts: list[InputAccount]
    faults: list[Fault]
    changes: list[pd.DataFrame]


def optional_reader(key: str, source: Input) -> Callable[[Input], Reading]:
    """Give the reader of an optional input."""
    by_unit = is_by_unit(source)
    return {
        "development_centres": read_development_centres,
        "population": read_population_by_unit if by_unit else read_population_grid,
        "suitability": read_suitability,
    }[key]


def resolve_optional(
    readings: Mapping[str, Reading],
    sources: Mapping[str, Input],
    territory: Territory,
    places: Sequence[str],
    crosswalk: Crosswalk | None = None,
) -> Optional:
    """Fit what was read to the units and the places.

    Parameters
    ----------
    readings
        Readings without an error, by input.
    places
        Keys of all places.
    crosswalk
        The way from the codes of other layouts, if there is one.
    """
    found = _Found([], [])
    changes: list[pd.DataFrame] = []
    unknown = pd.Series(pd.NA, territory.units.index, dtype="Int64")
    residents = dict.fromkeys(population.COUNTS, unknown)
    cells = centres = checklist = None
    if (read := readings.get("population")) is not None:
        people = _residents(read, sources["population"], territory, crosswalk)
        changes = [] if people.changes is None else [people.changes]
        residents = {name: people.units[name].reset_index(drop=True) for name in residents}
        cells = people.cells
        notes = {f"residents_{reason}": str(count) for reason, count in people.outside.items()}
        told = replace(read, notes={**read.notes, **notes})
        found.note("population", told, people.rows_used, people.dropped, people.faults)
    if (read := readings.get("development_centres")) is not None:
        placed = development.place(read.table, territory, sources["development_centres"])
        centres = placed.table
        found.note("development_centres", read, len(centres), placed.dropped, placed.faults)
    if (read := readings.get("suitability")) is not None:
        matched = suitability.match(read.table, places, sources["suitability"])
        checklist = matched.table
        found.note("suitability", read, len(checklist), matched.dropped, matched.faults)
    return Optional(residents, cells, centres, checklist, found.accounts, found.faults, changes)


class _Found(NamedTuple):
    """The accounts and faults found so far."""

    accounts: list[InputAccount]
    faults: list[Fault]

    def note(
        self,
        key: str,
        reading: Reading,
        used: int,
        dropped: Mapping[str, int],
        faults: Sequence[Fault],
    ) -> None:
        """Keep the faults; an input with an error is not accounted for, as it is not used."""
        self.faults.extend(faults)
        if not has_errors(faults):
            self.accounts.append(InputAccount(key, reading, used, dropped))


def _residents(
    read: Reading, source: Input, territory: Territory, crosswalk: Crosswalk | None
) -> population.Population:
    if is_by_unit(source):
        return population.by_unit(read.table, territory, source, crosswalk)
    return population.by_grid(read.table, territory, source)
