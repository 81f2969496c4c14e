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
    from vpvkac.api.coverage import Result, analyse
    from vpvkac.api.questions import (
        Comparison,
        Walk,
        compare,
        cost,
        demand,
        explain,
        hours,
        import_decisions,
        plan,
        reach,
        site,
        walk,
    )
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
    "import_decisions",
    "load",
    "load_run",
    "plan",
    "reach",
    "sample",
    "site",
    "walk",
]

# Imported when first used, so that `vpvkac --help` does not wait for geopandas.
_HOME = {
    "__version__": "vpvkac.model.stamp",
    "analyse": "vpvkac.api.coverage",
    "cost": "vpvkac.api.questions",
    "Comparison": "vpvkac.api.questions",
    "compare": "vpvkac.api.questions",
    "load_run": "vpvkac.questions.compare.earlier",
    "Run": "vpvkac.questions.compare.question",
    "sample": "vpvkac.inputs.project_file",
    "explain": "vpvkac.api.questions",
    "hours": "vpvkac.api.questions",
    "import_decisions": "vpvkac.api.questions",
    "Columns": "vpvkac.questions.demand.question",
    "Demand": "vpvkac.questions.demand.answer",
    "demand": "vpvkac.api.questions",
    "Fault": "vpvkac.model.faults",
    "InputError": "vpvkac.model.faults",
    "Project": "vpvkac.model.project",
    "Rules": "vpvkac.model.project",
    "load": "vpvkac.inputs.project_file",
    "Result": "vpvkac.api.coverage",
    "plan": "vpvkac.api.questions",
    "reach": "vpvkac.api.questions",
    "Walk": "vpvkac.api.questions",
    "site": "vpvkac.api.questions",
    "walk": "vpvkac.api.questions",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'vpvkac' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
