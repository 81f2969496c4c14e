"""Zip archives to be sent: the same content gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

# The earliest that an archive can tell: its bytes say what is in it, not when it was made.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o100644 << 16


def write_parcel(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their names in the archive, sorted, without moment or owner.

    Raises OSError if it cannot be written.
    """
    # Made in memory: one that a full disk breaks off would complain once more when it is forgotten.
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _MOMENT)
            # As on Linux, wherever it is written.
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
    path.write_bytes(whole.getbuffer())
