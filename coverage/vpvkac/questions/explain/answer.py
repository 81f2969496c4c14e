"""`explain`: everything that is known about one unit's contact point, gathered and told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis.network import NONE
from vpvkac.model.options import instance, language
from vpvkac.questions.coverage.result import Result as Findings
from vpvkac.questions.explain.blocks import WIDTH, Section, as_html, as_text
from vpvkac.questions.explain.candidates import candidates, steps
from vpvkac.questions.explain.changes import changes
from vpvkac.questions.explain.decision import Decision, Placing, decide, placing
from vpvkac.questions.explain.elsewhere import COLUMNS as ELSEWHERE
from vpvkac.questions.explain.elsewhere import elsewhere
from vpvkac.questions.explain.finding import find_unit
from vpvkac.questions.explain.surroundings import Surroundings, surroundings

if TYPE_CHECKING:
    from vpvkac.texts.message import Lang

_OF_UNIT = (
    "unit", "unit_name", "kind", "municipality", "municipality_name", "region", "area_km2",
    "population", "population_least", "population_most", "centres", "announced", "libraries",
    "post_offices", "other", "stops", "status",
)  # fmt: skip
_OF_GAP = (
    "class", "place", "distance_m", "over_m", "alt_place", "alt_name", "alt_distance_m", "remedy",
    "reason",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why a unit's contact point is what it is, and what would change it.

    Parameters
    ----------
    result
        The analysis explained, its reasons in the language of the explanation.
    unit
        The unit's row of `units.csv`, None for what is not known.
    others
        Codes of the units whose name is the same but for the kind.
    steps
        The steps of the rule and which decides (`candidates.STEP_COLUMNS`).
    candidates
        Every place of the unit (`candidates.COLUMNS`).
    surroundings
        The stops around the point; None where there is no point.
    decision
        Within reach or beyond, and how surely.
    placing
        How the point came to its position and unit; None where there is none.
    changes
        What would change it (`changes.COLUMNS`).
    gaps
        The unit's rows of the lists of access and coverage gaps, with remedies.
    elsewhere
        For a unit with no point, what is nearest outside it (`elsewhere.COLUMNS`).
    """

    result: Findings
    unit: dict[str, Any]
    others: tuple[str, ...]
    steps: pd.DataFrame
    candidates: pd.DataFrame
    surroundings: Surroundings | None
    decision: Decision
    placing: Placing | None
    changes: pd.DataFrame
    gaps: list[dict[str, Any]]
    elsewhere: pd.DataFrame

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Explanation: {self.unit['unit']} {self.unit['unit_name']}>"

    def _repr_html_(self) -> str:
        """Show it in Jupyter."""
        return as_html(self.title, self.sections)

    @property
    def title(self) -> str:
        """What is explained."""
        from vpvkac.questions.explain.sections import title

        return title(self)

    @property
    def sections(self) -> list[Section]:
        """The explanation in sentences and tables."""
        from vpvkac.questions.explain.sections import sections

        return sections(self)

    @property
    def text(self) -> str:
        """The explanation as text, in lines of at most 100 characters."""
        return self.wrapped(WIDTH)

    def wrapped(self, width: int) -> str:
        """Give the text in lines of at most so many characters."""
        return as_text(self.title, self.sections, width)

    @property
    def data(self) -> dict[str, Any]:
        """The explanation for machines: plain values, None for what is not known."""
        near = self.surroundings
        rules = self.result.project.rules
        return {
            "synthetic": self.result.synthetic,
            "rules": {
                "layout": self.result.layout or None,
                "threshold_m": rules.threshold_m,
                "stop_set": rules.stop_set,
                "hosts": list(rules.hosts),
            },
            "unit": self.unit,
            "steps": _records(self.steps),
            "candidates": _records(self.candidates),
            "stops": None
            if near is None
            else {
                "counted": _records(near.counted),
                "not_counted": _records(near.not_counted),
                "within": near.within,
            },
            "decision": self.decision._asdict(),
            "placing": None if self.placing is None else self.placing._asdict(),
            "changes": _records(self.changes),
            "gaps": self.gaps,
            "elsewhere": _records(self.elsewhere),
            "sources": [
                {"input": account.key, "file": account.shown, "date": account.source.date,
                 "sha256": account.sha256, "service_day": account.notes.get("service_day")}
                for account in self.result.accounts
            ],
        }  # fmt: skip

    def to_json(self) -> str:
        """Write `data` as JSON; what a terminal could take for a command is escaped."""
        written = json.dumps(self.data, ensure_ascii=False, indent=2)
        return "".join(char if char.isprintable() or char == "\n" else _escaped(char)
                       for char in written)  # fmt: skip


def explain(result: Findings, unit: str, lang: Lang | None = None) -> Explanation:
    """Explain the contact point of one unit.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    unit
        Its code ("LV…"); its name, with or without the kind, whatever case
        and diacritics; or "name, municipality" where a name occurs twice.
    lang
        {"lv", "en"}; None for the language of the result.

    Returns
    -------
    explanation
        Prints as text and shows itself in Jupyter; its tables go on.

    Raises
    ------
    vpvkac.questions.explain.finding.UnitNotFoundError
        If no unit fits, or several do; it names the closest, or those that fit.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> vpvkac.explain(result, "LV9927580").decision.distance_m
    1411.0
    """
    instance("result", result, Findings, "vpvkac.analyse(project)")
    instance("unit", unit, str, 'its code or name, "LV…"')
    lang = None if lang is None else language(lang)
    told = result if lang is None else result.in_language(lang)
    found = find_unit(told.units, unit, told.places)
    row = told.network.set_index("unit").loc[found.unit]
    has_point = row["status"] != NONE
    listed = candidates(told, found.unit)
    return Explanation(
        result=told,
        unit=_of_unit(told, found.unit),
        others=found.others,
        steps=steps(listed, told.project.rules.hosts),
        candidates=listed,
        surroundings=surroundings(told, row["lat"], row["lon"]) if has_point else None,
        decision=decide(told, found.unit),
        placing=placing(told, row["place"]) if has_point else None,
        changes=changes(told, found.unit),
        gaps=_gaps_of(told, found.unit),
        elsewhere=pd.DataFrame(columns=list(ELSEWHERE))
        if has_point
        else elsewhere(told, found.unit),
    )


def _of_unit(result: Findings, unit: str) -> dict[str, Any]:
    row = result.units[result.units["unit"] == unit][list(_OF_UNIT)]
    return _records(row)[0]


def _gaps_of(result: Findings, unit: str) -> list[dict[str, Any]]:
    """Give the unit's rows of the gap lists; a coverage gap has no place and no distance."""
    tables = (result.gaps_access, result.gaps_coverage.assign(**{"class": "none"}))
    rows = [
        pd.DataFrame(table[table["unit"] == unit]).reindex(columns=list(_OF_GAP))
        for table in tables
    ]
    return [record for table in rows for record in _records(table)]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give rows as plain values, None for a null."""
    plain = table.astype(object)
    filled = plain.where(plain.notna(), None)
    return [
        {name: _plain(value) for name, value in zip(filled.columns, row, strict=True)}
        for row in filled.to_numpy()
    ]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]
