"""The code is clean by its own rules; types hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def said_by(*command: str) -> str:
    """Run a tool over the repository; what it says if it finds anything."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    assert said_by("ruff", "check", ".") == ""


def test_the_code_is_formatted() -> None:
    assert said_by("ruff", "format", "--check", ".") == ""


@pytest.mark.slow
def test_types_hold_strictly() -> None:
    assert said_by("mypy") == ""
