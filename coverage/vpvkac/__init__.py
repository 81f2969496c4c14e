"""Coverage planner for Latvia's one-stop public service centres (VPVKAC).

Examples
--------
>>> import vpvkac
>>> result = vpvkac.analyse(vpvkac.sample())
>>> len(result.network)
587
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vpvkac.analysis import analyse
    from vpvkac.comparing.comparison import Comparison, compare
    from vpvkac.comparing.earlier import load_run
    from vpvkac.comparing.side import Run
    from vpvkac.costing.cost import cost
    from vpvkac.embedded import sample
    from vpvkac.explanation.answer import explain
    from vpvkac.faults import Fault, InputError
    from vpvkac.opening.hours import hours
    from vpvkac.origins.chunk import Columns
    from vpvkac.origins.demand import Demand, demand
    from vpvkac.project import Project, Rules, load
    from vpvkac.result import Result
    from vpvkac.siting.site import site
    from vpvkac.walking.walk import Walk, walk

__version__ = version("vpvkac")
__all__ = [
    "Columns",
    "Comparison",
    "Demand",
    "Fault",
    "InputError",
    "Project",
    "Result",
    "Rules",
    "Run",
    "Walk",
    "analyse",
    "compare",
    "cost",
    "demand",
    "explain",
    "hours",
    "load",
    "load_run",
    "sample",
    "site",
    "walk",
]

# Imported when first used, so that `vpvkac --help` does not wait for geopandas.
_HOME = {
    "analyse": "vpvkac.analysis",
    "cost": "vpvkac.costing.cost",
    "Comparison": "vpvkac.comparing.comparison",
    "compare": "vpvkac.comparing.comparison",
    "load_run": "vpvkac.comparing.earlier",
    "Run": "vpvkac.comparing.side",
    "sample": "vpvkac.embedded",
    "explain": "vpvkac.explanation.answer",
    "hours": "vpvkac.opening.hours",
    "Columns": "vpvkac.origins.chunk",
    "Demand": "vpvkac.origins.demand",
    "demand": "vpvkac.origins.demand",
    "Fault": "vpvkac.faults",
    "InputError": "vpvkac.faults",
    "Project": "vpvkac.project",
    "Rules": "vpvkac.project",
    "load": "vpvkac.project",
    "Result": "vpvkac.result",
    "Walk": "vpvkac.walking.walk",
    "site": "vpvkac.siting.site",
    "walk": "vpvkac.walking.walk",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'vpvkac' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
