"""Hook of MkDocs: the site's pages are the repository's, each at its place there.

README.md is the first page, and a link from it to `docs/walk.md`, or from there to
`../CONTRIBUTING.md`, is the same link on the site as in the repository.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parent.parent
BESIDE = ("*.md", "data/README.md", "notebooks/*.ipynb")
"""What belongs to the site and does not stand in docs/."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put each page at its place in the repository, and add those that stand outside docs/."""
    for file in list(files):
        if file.abs_src_path and Path(file.abs_src_path).is_relative_to(config.docs_dir):
            files.remove(file)
    inside = (path for path in (ROOT / "docs").rglob("*") if path.is_file())
    beside = (path for pattern in BESIDE for path in ROOT.glob(pattern))
    for path in sorted({*inside, *beside}):
        uri = path.relative_to(ROOT).as_posix()
        files.append(File(uri, str(ROOT), config.site_dir, config.use_directory_urls))
    return files
