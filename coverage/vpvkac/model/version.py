"""The version of the program, for what it writes and whom it asks."""

from __future__ import annotations

from importlib.metadata import version

VERSION = __version__ = version("vpvkac")
