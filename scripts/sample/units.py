"""The 587 units: a mosaic of parishes with towns and state cities cut out, in 42 municipalities."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry import Polygon

from sample.names import REGIONS, Name, invent
from sample.outline import bend, blob, outline, state_cities

PARISHES = 511
TOWNS = 69
STATE_CITIES = 7
MUNICIPALITIES = 35
CITIES_IN_MUNICIPALITIES = 3
# Where the regions part, metres from the capital.
_EASTERN_M, _WESTERN_M, _AROUND_CAPITAL_M = 105_000.0, -52_000.0, 48_000.0
_CLOUD = 60_000
_VERTEX_EVERY_M = 850.0
_TOWN_M2 = 3.7e6
_TOUCH_M = 200.0
_TOWNS_APART_M = 13_000.0


@dataclass
class Unit:
    """One unit as it stands in the published shapefile."""

    code: str
    name: str
    stem: Name
    kind: str
    municipality: str
    municipality_name: str
    region: str
    region_name: str
    shape: Polygon

    @property
    def l1_type(self) -> int:
        """Return the published type: 1 state city of its own, 6 town, 7 parish."""
        if self.code == self.municipality:
            return 1
        return 7 if self.kind == "parish" else 6


def _density(xy: np.ndarray, capital: np.ndarray) -> np.ndarray:
    """Weigh where parishes are small: near the capital, and in slow waves elsewhere."""
    from_capital = np.hypot(*(xy - capital).T)
    waves = np.sin(xy[:, 0] / 17_000 + 1) * np.sin(xy[:, 1] / 21_000) + np.sin(
        (xy[:, 0] - xy[:, 1]) / 31_000
    )
    return np.asarray(np.exp(0.55 * waves) + 0.6 * np.exp(-((from_capital / 30_000) ** 2)))


def _seeds(rng: np.random.Generator, land: Polygon, capital: np.ndarray) -> np.ndarray:
    """Spread the parishes' middle points: a few Lloyd steps over a weighted cloud of points."""
    west, south, east, north = land.bounds
    cloud = np.column_stack([
        rng.uniform(west, east, 3 * _CLOUD), rng.uniform(south, north, 3 * _CLOUD)
    ])  # fmt: skip
    cloud = cloud[shapely.contains_xy(land, cloud)]
    weights = _density(cloud, capital)
    cloud = cloud[rng.uniform(0, weights.max(), len(cloud)) < weights]
    seeds = cloud[rng.choice(len(cloud), PARISHES, replace=False)]
    for _ in range(4):
        owner = cKDTree(seeds).query(cloud)[1]
        size = np.maximum(np.bincount(owner, minlength=PARISHES), 1)
        seeds = np.column_stack([
            np.bincount(owner, cloud[:, axis], PARISHES) / size for axis in (0, 1)
        ])  # fmt: skip
        seeds = np.round(seeds)
    return np.asarray(seeds)


def _cells(seeds: np.ndarray, land: Polygon) -> list[Polygon]:
    """Cut the land into one area per seed; may still be in several parts."""
    frame = shapely.box(*land.bounds).buffer(50_000)
    cells = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=frame, ordered=True)
    return list(shapely.intersection(shapely.get_parts(cells), land))


def _town_sites(
    rng: np.random.Generator, cells: list[Polygon], groups: np.ndarray
) -> list[tuple[int, Polygon]]:
    """Choose parishes to cut towns from, one a municipality and then the rest, far apart."""
    middles = np.array([cell.centroid.coords[0] for cell in cells])
    order: list[int] = []
    for group in range(MUNICIPALITIES):
        members = np.flatnonzero(groups == group)
        middle = middles[members].mean(axis=0)
        order.append(int(members[np.argmin(np.hypot(*(middles[members] - middle).T))]))
    order += [int(cell) for cell in rng.permutation(len(cells))]
    sites: list[tuple[int, Polygon]] = []
    points: list[np.ndarray] = []
    for place in order:
        spot = middles[place] + rng.uniform(-900, 900, 2)
        apart = min((float(np.hypot(*(spot - other))) for other in points), default=np.inf)
        if len(sites) >= MUNICIPALITIES and apart < _TOWNS_APART_M:
            continue
        large = len(sites) < CITIES_IN_MUNICIPALITIES
        area = rng.uniform(17e6, 25e6) if large else _TOWN_M2 + 13e6 * rng.uniform() ** 2.2
        found = _town_within(rng, cells[place], spot, area)
        if found is not None:
            sites.append((place, found[0]))
            points.append(found[1])
        if len(sites) == TOWNS:
            break
    if len({groups[place] for place, _ in sites}) != MUNICIPALITIES:
        msg = "a municipality has no room for a town"
        raise AssertionError(msg)
    return sites


def _town_within(
    rng: np.random.Generator, parish: Polygon, spot: np.ndarray, area: float
) -> tuple[Polygon, np.ndarray] | None:
    """Draw a town wholly inside its parish, smaller if need be.

    Returns the town and its middle, or None where there is no room.
    """
    room = parish.buffer(-700)
    middle = np.array(parish.centroid.coords[0])
    for _ in range(12):
        radius = float(np.sqrt(area / np.pi))
        town = blob(rng, spot, (radius * rng.uniform(0.9, 1.15), radius))
        if shapely.contains(room, town):
            return town, spot
        area = max(area * 0.85, _TOWN_M2)
        spot = middle + rng.uniform(-400, 400, 2)
    return None


def _groups(rng: np.random.Generator, seeds: np.ndarray, capital: np.ndarray) -> np.ndarray:
    """Group parishes into municipalities: nearest of slightly relaxed, uneven middles."""
    weights = 1 + 2.5 * np.exp(-((np.hypot(*(seeds - capital).T) / 28_000) ** 2))
    first = rng.choice(len(seeds), MUNICIPALITIES, replace=False, p=weights / weights.sum())
    middles = seeds[first]
    for _ in range(3):
        owner = cKDTree(middles).query(seeds)[1]
        middles = np.round(
            np.array([seeds[owner == group].mean(axis=0) for group in range(MUNICIPALITIES)])
        )
    return np.asarray(cKDTree(middles).query(seeds)[1])


def _contiguous(cells: list[Polygon], groups: np.ndarray) -> np.ndarray:
    """Give the parishes cut off from their municipality to the one they border most."""
    areas = np.array(cells)
    one, other = shapely.STRtree(areas).query(areas, predicate="intersects")
    border = shapely.length(shapely.intersection(areas[one], areas[other]))
    border[one == other] = 0.0
    size = (len(cells), len(cells))
    inner = (groups[one] == groups[other]) & (border > _TOUCH_M)
    part = connected_components(csr_array((inner[inner], (one[inner], other[inner])), size))[1]
    joined = groups.copy()
    for group in range(MUNICIPALITIES):
        members = np.flatnonzero(groups == group)
        main = np.bincount(part[members]).argmax()
        for stray in members[part[members] != main]:
            around = (one == stray) & (groups[other] != group)
            joined[stray] = np.bincount(groups[other[around]], border[around]).argmax()
    return joined


def _mosaic(areas: list[Polygon]) -> list[Polygon]:
    """Turn overlapping drawings (later ones on top) into exact neighbours on a 1 m grid.

    Stray parts of an area go to the neighbour that shares the longest border with them.
    """
    lines = shapely.union_all([shapely.boundary(area) for area in areas], grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    spots = shapely.point_on_surface(faces)
    tree = shapely.STRtree(spots)
    label = np.full(len(faces), -1)
    for number, area in enumerate(areas):
        label[tree.query(area, predicate="intersects")] = number
    label = _rejoin(faces, label, len(areas))
    joined = [shapely.coverage_union_all(faces[label == number]) for number in range(len(areas))]
    if not all(isinstance(area, Polygon) for area in joined):
        msg = "an area fell into several parts"
        raise AssertionError(msg)
    return cast("list[Polygon]", joined)


def _rejoin(faces: np.ndarray, label: np.ndarray, count: int) -> np.ndarray:
    """Give the faces that lie apart from the main part of their area to a neighbour."""
    tree = shapely.STRtree(faces)
    for number in range(count):
        mine = np.flatnonzero(label == number)
        parts = shapely.get_parts(shapely.union_all(faces[mine]))
        main = max(parts, key=lambda part: part.area)
        for face in mine[~shapely.intersects(main, shapely.point_on_surface(faces[mine]))]:
            around = [
                other
                for other in tree.query(faces[face], predicate="intersects")
                if label[other] not in (number, -1)
            ]
            shared = [shapely.intersection(faces[face], faces[other]).length for other in around]
            label[face] = label[around[int(np.argmax(shared))]]
    return label


def _bend_ring(ring: np.ndarray) -> np.ndarray:
    """Put vertices along each side, the same from both of its neighbours, and bend them."""
    points = []
    for start, end in itertools.pairwise(ring):
        turned = tuple(start) > tuple(end)
        low, high = (end, start) if turned else (start, end)
        steps = max(1, int(np.ceil(np.hypot(*(high - low)) / _VERTEX_EVERY_M)))
        along = low + np.linspace(0, 1, steps + 1)[:, None] * (high - low)
        points.append(along[::-1][:-1] if turned else along[:-1])
    bent = bend(np.vstack(points))
    return np.vstack([bent, bent[:1]])


def _bent(area: Polygon) -> Polygon:
    rings = [_bend_ring(np.array(ring.coords)) for ring in [area.exterior, *area.interiors]]
    return Polygon(rings[0], rings[1:])


def _regions(middles: np.ndarray, capital: np.ndarray) -> np.ndarray:
    """Part the country into five: around the gulf, west, north, south, east."""
    east, north = (middles - capital).T
    region = np.where(north > 0.35 * east + 5_000, 2, 3)
    region = np.where(east > _EASTERN_M, 4, region)
    region = np.where(east < _WESTERN_M, 0, region)
    return np.where(np.hypot(east, north) < _AROUND_CAPITAL_M, 1, region)


def _region(number: int) -> tuple[str, str]:
    return f"LV99{number + 1}", REGIONS[number]


def _two_equal_pairs(stems: list[Name], groups: np.ndarray) -> list[Name]:
    """Give two pairs of parishes of different municipalities the same name."""
    named = list(stems)
    for first, wanted in ((20, 5), (60, 9)):
        second = next(
            place
            for place in range(first + 100, len(named))
            if groups[place] == (groups[first] + wanted) % MUNICIPALITIES
        )
        named[second] = named[first]
    return named


def make_units(rng: np.random.Generator) -> list[Unit]:
    """Make the units, sorted by code."""
    country = outline()
    cities = state_cities(rng, country)
    capital = np.array(cities[0].centroid.coords[0])
    land = country.difference(shapely.union_all(cities))
    land = max(shapely.get_parts(land), key=lambda part: part.area)
    seeds = _seeds(rng, land, capital)
    groups = _groups(rng, seeds, capital)
    cells = _cells(seeds, country)
    whole = [max(shapely.get_parts(c.difference(shapely.union_all(cities))), key=lambda p: p.area)
             for c in cells]  # fmt: skip
    groups = _contiguous(whole, groups)
    towns = _town_sites(rng, whole, groups)
    shapes = [_bent(area) for area in _mosaic([*cells, *cities, *(town for _, town in towns)])]
    return _named(rng, shapes, groups, towns, bend(capital[None])[0])


def _named(
    rng: np.random.Generator,
    shapes: list[Polygon],
    groups: np.ndarray,
    towns: list[tuple[int, Polygon]],
    capital: np.ndarray,
) -> list[Unit]:
    """Give codes, names, municipalities and regions to the shapes."""
    stems = invent(rng, PARISHES + STATE_CITIES + TOWNS)
    parish_stems = _two_equal_pairs(stems[:PARISHES], groups)
    city_stems = stems[PARISHES : PARISHES + STATE_CITIES]
    town_stems = stems[PARISHES + STATE_CITIES :]
    middles = np.array([
        np.mean([shapes[place].centroid.coords[0] for place in np.flatnonzero(groups == group)],
                axis=0)
        for group in range(MUNICIPALITIES)
    ])  # fmt: skip
    region_of = _regions(middles, capital)
    units = []
    for number, stem in enumerate(city_stems):
        shape = shapes[PARISHES + number]
        region = _regions(np.array(shape.centroid.coords), capital)[0]
        code = f"LV99{number + 1:02d}000"
        units.append(Unit(code, stem.nominative, stem, "state_city", code, stem.nominative,
                          *_region(region), shape))  # fmt: skip
    # The first town of a municipality, the one in its middle, gives it its name.
    heads = {int(groups[place]): town_stems[number]
             for number, (place, _) in reversed(list(enumerate(towns)))}  # fmt: skip
    counts: Counter[tuple[int, str]] = Counter()
    by_group: dict[int, list[tuple[str, Name, Polygon]]] = defaultdict(list)
    for number, (place, _) in enumerate(towns):
        kind = "state_city" if number < CITIES_IN_MUNICIPALITIES else "town"
        by_group[int(groups[place])].append(
            (kind, town_stems[number], shapes[PARISHES + STATE_CITIES + number])
        )
    for place in range(PARISHES):
        by_group[int(groups[place])].append(("parish", parish_stems[place], shapes[place]))
    for group in range(MUNICIPALITIES):
        municipality = f"LV99{20 + group:02d}000"
        owner = (municipality, f"{heads[group].genitive} novads")
        for kind, stem, shape in by_group[group]:
            first = {"state_city": 10, "town": 200, "parish": 400}[kind]
            code = f"{municipality[:6]}{first + 10 * counts[group, kind]:03d}"
            counts[group, kind] += 1
            name = f"{stem.genitive} pagasts" if kind == "parish" else stem.nominative
            units.append(Unit(code, name, stem, kind, *owner, *_region(region_of[group]), shape))
    return sorted(units, key=lambda unit: unit.code)
