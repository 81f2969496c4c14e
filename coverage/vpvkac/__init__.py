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
    from vpvkac.api import (
        Comparison,
        Result,
        Walk,
        analyse,
        compare,
        cost,
        demand,
        hours,
        site,
        walk,
    )
    from vpvkac.inputs.project_file import load
    from vpvkac.inputs.sample import sample
    from vpvkac.model.faults import Fault, InputError
    from vpvkac.model.project import Project, Rules
    from vpvkac.questions.compare.earlier import load_run
    from vpvkac.questions.compare.run import Run
    from vpvkac.questions.demand.answer import Demand
    from vpvkac.questions.demand.chunk import Columns

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
    "analyse": "vpvkac.api",
    "cost": "vpvkac.api",
    "Comparison": "vpvkac.api",
    "compare": "vpvkac.api",
    "load_run": "vpvkac.questions.compare.earlier",
    "Run": "vpvkac.questions.compare.run",
    "sample": "vpvkac.inputs.sample",
    "explain": "vpvkac.api",
    "hours": "vpvkac.api",
    "Columns": "vpvkac.questions.demand.chunk",
    "Demand": "vpvkac.questions.demand.answer",
    "demand": "vpvkac.api",
    "Fault": "vpvkac.model.faults",
    "InputError": "vpvkac.model.faults",
    "Project": "vpvkac.model.project",
    "Rules": "vpvkac.model.project",
    "load": "vpvkac.inputs.project_file",
    "Result": "vpvkac.api",
    "Walk": "vpvkac.api",
    "site": "vpvkac.api",
    "walk": "vpvkac.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'vpvkac' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
