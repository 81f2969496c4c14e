"""The tree beside another commit: the same commands of both in turn, under one interpreter."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness import ROOT, Comparison, Goal, compare

# Both read the sample of the other commit: the later program knows what the earlier one does.
_SAMPLE = "data/sample"
_JOBS = {
    "start of the program": ("--help",),
    "check of the sample": ("check", _SAMPLE),
    "run of the sample": ("run", _SAMPLE),
}
# Each side keeps its own caches; after the first run they are warm, on both sides.
_START = """
import os, sys
sys.path.insert(0, sys.argv[1])
os.environ["VPVKAC_CACHE"] = sys.argv[2]
del sys.argv[1:3]
try:
    from vpvkac.cli.main import main
except ImportError:  # before there was a folder of commands
    from vpvkac.cli import main
main()
"""


def benchmark(revision: str, runs: int) -> Iterator[Comparison]:
    """Measure what people wait for most, in this tree and in another commit.

    Raises subprocess.CalledProcessError where git knows no such commit.
    """
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        other = _unpacked(revision, folder / "other")
        for name, words in _JOBS.items():
            ours = _command(ROOT, folder / "ours", other, words)
            theirs = _command(other, folder / "theirs", other, words)
            yield compare(name, ours, {revision: theirs}, runs=runs)


def of_a_first_run(revision: str, runs: int, goal: float) -> Comparison:
    """Measure a run of the sample of another commit, beside that commit's, nothing being kept."""
    with tempfile.TemporaryDirectory() as made:
        folder, words = Path(made), ("run", _SAMPLE)
        other, label = _unpacked(revision, folder / "other"), f"the program of commit {revision}"
        ours = _command(ROOT, folder / "ours", other, words, cache=os.devnull)
        theirs = _command(other, folder / "theirs", other, words, cache=os.devnull)
        return compare(
            f"vpvkac run on the sample of commit {revision}, with all it writes",
            ours, {label: theirs}, runs=runs, goals=[Goal("ratio", goal, label)],
        )  # fmt: skip


def _unpacked(revision: str, tree: Path) -> Path:
    """Unpack a commit, with Latvian texts compiled where it has a catalogue of them."""
    command = ["git", "archive", "--format=tar", revision, "coverage", _SAMPLE, "data/reference"]
    packed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(tree, filter="data")
    # Those of this tree serve for the time that they take; what they lack is said in English.
    texts = "coverage/vpvkac/texts/lv.mo"
    if (tree / texts).parent.is_dir():
        shutil.copy(ROOT / texts, tree / texts)
    return tree


def _command(
    tree: Path, kept: Path, other: Path, words: tuple[str, ...], cache: str = ""
) -> list[str]:
    asked = [str(other / word) if word == _SAMPLE else word for word in words]
    if _SAMPLE in words:
        asked += ["--out", str(kept / "out"), "--lang", "en"]
    return [
        sys.executable,
        "-c",
        _START,
        str(tree / "coverage"),
        cache or str(kept / "cache"),
        *asked,
    ]
