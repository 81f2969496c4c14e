"""What the build makes: the Latvian texts, compiled from the catalogue that people edit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Compile the catalogue before a wheel, a source archive or an editable installation."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write lv.mo beside lv.po."""
        del version, build_data
        root = Path(self.root)
        sys.path.insert(0, str(root / "scripts"))
        from catalogue import compile_catalogue

        compile_catalogue(root / "coverage" / "vpvkac" / "texts" / "lv.po")
