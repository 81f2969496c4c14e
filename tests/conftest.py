"""What the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real data beside the repository; skip where it is absent."""
    root = Path(__file__).resolve().parents[1]
    if not (root / "../shared").is_dir():
        pytest.skip("no real data beside the repository")
    return root / "../shared/data"
