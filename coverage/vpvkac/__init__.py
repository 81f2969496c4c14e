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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vpvkac.api.compare import Comparison, compare
    from vpvkac.api.cost import cost
    from vpvkac.api.coverage import Result, analyse
    from vpvkac.api.demand import demand
    from vpvkac.api.explain import explain
    from vpvkac.api.hours import hours
    from vpvkac.api.site import site
    from vpvkac.api.walk import Walk, walk
    from vpvkac.inputs.project_file import load, sample
    from vpvkac.model.faults import Fault, InputError
    from vpvkac.model.project import Project, Rules
    from vpvkac.questions.compare.earlier import load_run
    from vpvkac.questions.compare.question import Run
    from vpvkac.questions.demand.answer import Demand
    from vpvkac.questions.demand.question import Columns

    __version__: str

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
    "__version__": "vpvkac.model.stamp",
    "analyse": "vpvkac.api.coverage",
    "cost": "vpvkac.api.cost",
    "Comparison": "vpvkac.api.compare",
    "compare": "vpvkac.api.compare",
    "load_run": "vpvkac.questions.compare.earlier",
    "Run": "vpvkac.questions.compare.question",
    "sample": "vpvkac.inputs.project_file",
    "explain": "vpvkac.api.explain",
    "hours": "vpvkac.api.hours",
    "Columns": "vpvkac.questions.demand.question",
    "Demand": "vpvkac.questions.demand.answer",
    "demand": "vpvkac.api.demand",
    "Fault": "vpvkac.model.faults",
    "InputError": "vpvkac.model.faults",
    "Project": "vpvkac.model.project",
    "Rules": "vpvkac.model.project",
    "load": "vpvkac.inputs.project_file",
    "Result": "vpvkac.api.coverage",
    "Walk": "vpvkac.api.walk",
    "site": "vpvkac.api.site",
    "walk": "vpvkac.api.walk",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'vpvkac' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
