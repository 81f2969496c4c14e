"""`run.json`: by what program, rules and inputs the outputs were made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vpvkac.analysis import catchment
from vpvkac.analysis.rates import rates
from vpvkac.model.epoch import source_date
from vpvkac.model.version import VERSION
from vpvkac.render.ours import FILES

if TYPE_CHECKING:
    from vpvkac.model.accounts import Account
    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang


def run_file(result: Result, files: Sequence[str] = ()) -> str:
    """Describe a run as JSON.

    `time` is SOURCE_DATE_EPOCH, null where that is not set; `files` are what
    the run wrote, by which the next one knows its own.
    """
    rules, moment = result.project.rules, source_date()
    content = {
        "program": "vpvkac",
        "version": VERSION,
        "time": None if moment is None else moment.isoformat(),
        "title": result.title,
        "synthetic": result.synthetic,
        "note": "synthetic sample" if result.synthetic else None,
        "parameters": {
            "layout": result.layout or None,
            "threshold_m": rules.threshold_m,
            "stop_set": rules.stop_set,
            "hosts": list(rules.hosts),
            "lang": result.lang,
        },
        "population": _population(result),
        "inputs": [_input(account, result.lang) for account in result.accounts],
        FILES: list(files),
    }
    return as_json(content)


def _population(result: Result) -> dict[str, Any] | None:
    """Tell how residents were counted, and the band of services expected; null where not given."""
    if result.residents.empty:
        return None
    total = result.residents.iloc[0]
    return {
        "basis": total["basis"],
        **{name: int(total[name]) for name in ("residents", "least", "most")},
        "radii_m": list(catchment.RADII_M),
        "services_a_year": {
            end: int(result.network[f"services_{end}"].sum()) for end in ("least", "most")
        },
        "services_per_1000": {
            kind: {end: round(float(1000 * getattr(rate, end)), 1) for end in ("least", "most")}
            for kind, rate in rates().items()
        },
    }


def as_json(content: dict[str, Any]) -> str:
    """Write JSON for people and machines: indented, letters as they are, a final newline."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _input(account: Account, lang: Lang) -> dict[str, Any]:
    source = account.source
    return {
        "input": account.key,
        "file": account.shown,
        "source": source.name.text(lang),
        "publisher": source.publisher.text(lang) if source.publisher else None,
        "licence": source.licence,
        "reference_date": source.date,
        "sha256": account.sha256,
        "rows_read": account.rows_read,
        "rows_used": account.rows_used,
        "rows_dropped": dict(account.dropped),
        "notes": dict(account.notes),
    }
