"""The embedded sample: a synthetic country in the published formats."""

from __future__ import annotations

from pathlib import Path

from vpvkac.inputs.project_file import load
from vpvkac.model.project import PROJECT_FILE, Project

_HERE = Path(__file__).resolve().parents[1]


def sample_folder() -> Path:
    """Find the sample: in the installed package, or in the source tree it is made from."""
    folders = (_HERE / "sample", _HERE.parents[1] / "data" / "sample")
    return next(folder for folder in folders if (folder / PROJECT_FILE).is_file())


def sample() -> Project:
    """Load the embedded sample as a project; its names and numbers are invented."""
    return load(sample_folder())
