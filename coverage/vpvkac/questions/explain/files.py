"""An explanation as JSON, for machines; nothing else of it is written."""

from __future__ import annotations

import json
from typing import Any

from vpvkac.analysis.catchment import rates
from vpvkac.analysis.coverage import DEMAND
from vpvkac.model.tables import TABLES
from vpvkac.questions.explain.answer import Explanation, records
from vpvkac.questions.explain.view import gaps
from vpvkac.texts.message import Lang


def data(answer: Explanation, lang: Lang) -> dict[str, Any]:
    """Give the explanation as plain values, None for what is not known."""
    unit = answer.unit["unit"]
    reach = None if answer.result.reach is None else answer.result.reach.units
    near, result, rules = answer.surroundings, answer.result, answer.result.project.rules
    return {
        "synthetic": result.synthetic,
        "rules": {
            "layout": result.layout or None,
            "threshold_m": rules.threshold_m,
            "stop_set": rules.stop_set,
            "hosts": list(rules.hosts),
        },
        "unit": answer.unit,
        "steps": records(answer.steps),
        "candidates": records(answer.candidates),
        "stops": None
        if near is None
        else {
            "counted": records(near.counted),
            "not_counted": records(near.not_counted),
            "within": near.within,
        },
        "decision": answer.decision._asdict(),
        "service": _service(answer),
        "placing": None if answer.placing is None else answer.placing._asdict(),
        "reach": None if reach is None else records(reach[reach["unit"] == unit]),
        "changes": records(answer.changes),
        "gaps": [
            {name: gap[name] for name in TABLES["explain_gaps"].names}
            for gap in gaps(answer, lang)
        ],
        "elsewhere": records(answer.elsewhere),
        "sources": [
            {"input": account.key, "file": account.shown, "date": account.source.date,
             "sha256": account.sha256, "service_day": account.notes.get("service_day")}
            for account in result.accounts
        ],
    }  # fmt: skip


def _service(answer: Explanation) -> dict[str, Any]:
    """Tell how good the bus is and what is expected of the point, and what that rests on."""
    network, rate = answer.result.network, rates()[answer.unit["kind"]]
    of_unit = network[network["unit"] == answer.unit["unit"]]
    return {
        **records(of_unit[["quality_class", "residents_nearest", *DEMAND]])[0],
        "services_per_1000": {
            end: round(float(1000 * value), 1) for end, value in rate._asdict().items()
        },
        "peak_factor": answer.result.project.rules.peak_factor,
    }  # fmt: skip


def to_json(answer: Explanation, lang: Lang) -> str:
    """Write `data` as JSON; what a terminal could take for a command is escaped."""
    text = json.dumps(data(answer, lang), ensure_ascii=False, indent=2)
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text
    )
