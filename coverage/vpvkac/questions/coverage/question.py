"""What is asked of `vpvkac run`."""

from __future__ import annotations

from dataclasses import dataclass

from vpvkac.model.options import instance
from vpvkac.model.project import Project


@dataclass(frozen=True)
class Question:
    """The network of a project, and its gaps; by what rules, the project says.

    Raises
    ------
    TypeError
        If it is no project.
    """

    project: Project

    def __post_init__(self) -> None:
        instance("project", self.project, Project, "vpvkac.load(path) or vpvkac.sample()")
