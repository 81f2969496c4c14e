"""Answers: the best set of points and the greedy one, with what is proven of each."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.questions.site.greedy import Ranked, greedy
from vpvkac.questions.site.solver import Best, best, fewest_by_bound

if TYPE_CHECKING:
    from scipy.sparse import csc_array


class Answer(NamedTuple):
    """A set of points and how far it may be from the best.

    Parameters
    ----------
    ranked
        The points in the order of their gain.
    optimal
        Whether no other set is better: proven.
    gap
        By how much the best may be better, as a share of the bound of what is
        saved; for a target, as a share of the points.
    """

    ranked: Ranked
    optimal: bool
    gap: float


class Answers(NamedTuple):
    """The best answer found, and the greedy one."""

    exact: Answer
    greedy: Answer


def most_saved(savings: csc_array, points: int, seconds: float) -> Answers:
    """Choose so many points that save most."""
    simple = greedy(savings, points)
    found = best(savings, points, seconds, simple)
    return Answers(_of_worth(found.ranked, found), _of_worth(simple, found))


def fewest(savings: csc_array, enough: int, seconds: float) -> Answers:
    """Choose as few points as save enough; of such sets the one that saves most.

    The greedy answer tells how many points are enough; one fewer is tried
    until the best set of so many is proven not to be.

    Parameters
    ----------
    enough
        What has to be saved; no more than all candidates save together.
    """
    until = time.monotonic() + seconds
    simple = greedy(savings, savings.shape[1], enough=enough)
    count, found, least = len(simple.chosen), None, 0
    while count > least:
        fewer = best(savings, count - 1, until - time.monotonic(), _first(simple, count - 1))
        if fewer.ranked.worth >= enough:
            found, count = fewer, len(fewer.ranked.chosen)
            continue
        least = count if fewer.bound < enough else fewest_by_bound(savings, enough)
        break
    if found is None:
        found = best(savings, count, until - time.monotonic(), simple)
    return Answers(_of_count(found.ranked, least), _of_count(simple, least))


def _first(ranked: Ranked, count: int) -> Ranked:
    return Ranked(ranked.chosen[:count], ranked.gains[:count])


def _of_worth(ranked: Ranked, found: Best) -> Answer:
    bound = found.ranked.worth if found.optimal else found.bound
    missing = bound - ranked.worth
    return Answer(ranked, missing == 0, missing / bound if bound else 0.0)


def _of_count(ranked: Ranked, least: int) -> Answer:
    count = len(ranked.chosen)
    return Answer(ranked, count == least, (count - least) / count if count else 0.0)
