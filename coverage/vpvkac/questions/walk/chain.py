"""Chains: pieces of street cut where points and stops stand on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.questions.walk.network import Streets, lengths_along

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.questions.walk.joining import Joined

# The first vertex of a piece comes before what stands on it, the last one after.
_FIRST, _ON_THE_WAY, _LAST = 0, 1, 2
_VERTEX = -1


class Chain(NamedTuple):
    """Stretches from one standing place or junction to the next, arrays of shape (k,).

    Parameters
    ----------
    start, end
        Numbers of nodes: junctions, then what stands on streets in the order given.
    length_m
        Geodesic length along the vertices.
    lines
        Shapes from `start` to `end`, EPSG:3059.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    lines: NDArray[np.object_]


def chained(streets: Streets, standing: Joined) -> Chain:
    """Cut the pieces on which something stands, and measure each stretch.

    Stretches are measured anew, the cuts being vertices too, so that none is
    shorter than the geodesic between its ends.  The uncut piece stays a link
    as well; it is no other way than its stretches together.
    """
    rows = pd.concat([_cuts(streets, standing), _vertices(streets, standing)])
    rows = rows.sort_values(["piece", "along", "order", "node"], kind="stable")
    x, y = rows["x"].to_numpy(float), rows["y"].to_numpy(float)
    piece, node = rows["piece"].to_numpy(np.int64), rows["node"].to_numpy(np.int64)
    ends = np.flatnonzero(node != _VERTEX)
    on_one = piece[ends[1:]] == piece[ends[:-1]]
    begin, end = ends[:-1][on_one], ends[1:][on_one]
    # Every row from one end to the next, both included, belongs to the stretch between them.
    size = end - begin + 1
    stretch = np.repeat(np.arange(len(begin)), size)
    at = np.repeat(begin - np.cumsum(size) + size, size) + np.arange(size.sum())
    xy = np.column_stack([x, y])[at]
    lines = np.asarray(shapely.linestrings(xy, indices=stretch), object)
    return Chain(node[begin], node[end], lengths_along(xy, stretch, len(begin)), lines)


def _cuts(streets: Streets, standing: Joined) -> pd.DataFrame:
    """Make a row for each standing place."""
    return pd.DataFrame(
        {
            "piece": standing.piece,
            "along": standing.along,
            "order": _ON_THE_WAY,
            "node": streets.junctions + np.arange(len(standing.piece)),
            "x": standing.x,
            "y": standing.y,
        }
    )


def _vertices(streets: Streets, standing: Joined) -> pd.DataFrame:
    """Make a row for each vertex of the pieces to be cut; its ends are junctions."""
    cut = np.unique(standing.piece)
    xy, of = shapely.get_coordinates(streets.lines[cut], return_index=True)
    first = np.concatenate([[True], of[1:] != of[:-1]])
    last = np.concatenate([of[1:] != of[:-1], [True]])
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    so_far = np.cumsum(np.where(first, 0.0, step))
    node = np.full(len(xy), _VERTEX)
    node[first], node[last] = streets.start[cut], streets.end[cut]
    along = so_far - so_far[first][of]
    # Whatever the rounding of the way to it, nothing stands beyond the last vertex.
    along[last] = np.maximum(along[last], shapely.length(streets.lines[cut])) + 1.0
    return pd.DataFrame(
        {
            "piece": cut[of],
            "along": along,
            "order": np.where(first, _FIRST, np.where(last, _LAST, _ON_THE_WAY)),
            "node": node,
            "x": xy[:, 0],
            "y": xy[:, 1],
        }
    )
