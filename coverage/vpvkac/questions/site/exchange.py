"""The interchange: swap a chosen point for another as long as that saves more (Teitz & Bart 1968).

It makes the greedy answer better where the model is too large to be solved.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from vpvkac.questions.site.greedy import Ranked, greedy
from vpvkac.questions.site.relaxation import saved_above

if TYPE_CHECKING:
    from scipy.sparse import csc_array


def exchanged(savings: csc_array, start: Ranked, seconds: float) -> Ranked:
    """Swap points until no swap saves more, or the time is up.

    Parameters
    ----------
    savings
        From `savings`, int64, shape (n, m); every candidate saves something.
    start
        The set to begin with.
    """
    until = time.monotonic() + seconds
    chosen, unchanged, number = list(start.chosen), 0, 0
    while unchanged < len(chosen) and time.monotonic() < until:
        others = [one for one in chosen if one != chosen[number]]
        kept = savings[:, others].max(axis=1).toarray().ravel() if others else 0
        gains = saved_above(savings, np.broadcast_to(kept, savings.shape[:1]))
        best = int(gains.argmax())
        is_better = gains[best] > gains[chosen[number]]
        if is_better:
            chosen[number] = best
        unchanged = 0 if is_better else unchanged + 1
        number = (number + 1) % len(chosen)
    return greedy(savings, len(chosen), among=sorted(chosen))
