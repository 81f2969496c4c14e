"""Findings with their texts in one language: what pages, maps, workbooks and files show."""

from __future__ import annotations

from dataclasses import dataclass

from vpvkac.analysis.result import Findings


@dataclass(frozen=True, repr=False)
class Result(Findings):
    """The network of a project and its gaps, with their texts in one language."""
