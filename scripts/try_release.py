"""Build a release and try it where nothing else is, with the oldest and the newest libraries.

    python3 scripts/try_release.py            # under the Python that runs this
    python3 scripts/try_release.py 3.11 3.14  # versions or interpreters that uv finds

uv, which must be there, builds the source archive and from it the wheel, into `dist/`, and
installs the wheel into empty environments in `build/try/`: with the lowest versions that
pyproject.toml allows, and with the newest.  There the sample is run.  Every table must be the
same everywhere; pages and the GeoPackage may differ with what folium and PROJ make of them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST, PLACE = ROOT / "dist", ROOT / "build" / "try"
RESOLUTIONS = ("lowest-direct", "highest")
TABLES = (".csv", ".json", ".xlsx")


def main(pythons: list[str]) -> int:
    """Build and try; tell by the exit code 1 that something failed or tables differ."""
    for folder in (DIST, PLACE):
        shutil.rmtree(folder, ignore_errors=True)
    _uv("build", "--out-dir", str(DIST))
    (wheel,) = DIST.glob("*.whl")
    print(*sorted(path.name for path in DIST.glob("vpvkac-*")), sep="\n", flush=True)
    made: list[Path] = []
    same = True
    for python in pythons:
        for resolution in RESOLUTIONS:
            made.append(_tried(wheel, python, resolution))
            differing = _differing(made[0], made[-1])
            tables = [name for name in differing if name.endswith(TABLES)]
            same = same and not tables
            print(f"  files that differ from the first: {len(differing)}", *tables, flush=True)
    return 0 if same else 1


def _tried(wheel: Path, python: str, resolution: str) -> Path:
    """Run the sample in an empty environment; give the folder of its files."""
    place = PLACE / f"{re.sub(r'[^0-9.]+', '-', python).strip('-.')}-{resolution}"
    scripts = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    _uv("venv", "--python", python, str(place / "venv"))
    # Of pyproject.toml and not of the wheel, whose own needs would not count as direct ones.
    pins, venv = str(place / "requirements.txt"), ("--python", str(place / "venv"))
    wheels = ("--only-binary", ":all:")
    _uv("pip", "compile", *venv, *wheels, "--resolution", resolution, "--extra", "dask",
        "pyproject.toml", "--output-file", pins)  # fmt: skip
    _uv("pip", "install", *venv, *wheels, "--no-deps", "--requirement", pins, str(wheel))
    print(f"{python}, {resolution}:", flush=True)
    command = [str(scripts / "vpvkac"), "run", "--lang", "en", "--out", str(place / "out")]
    # From a folder without a project, and with no cache of another version's.
    settings = {**os.environ, "SOURCE_DATE_EPOCH": "0", "VPVKAC_CACHE": str(place / "cache")}
    settings.pop("PYTHONPATH", None)
    subprocess.run(command, cwd=place, env=settings, stdout=subprocess.DEVNULL, check=True)
    return place / "out"


def _differing(first: Path, second: Path) -> list[str]:
    """Give the files that are not the same in both folders, or stand in one alone."""
    names = {
        path.relative_to(folder).as_posix()
        for folder in (first, second)
        for path in folder.rglob("*")
        if path.is_file()
    }
    return sorted(name for name in names if _bytes(first / name) != _bytes(second / name))


def _bytes(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _uv(*arguments: str) -> None:
    subprocess.run(["uv", "--quiet", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [sys.executable]))
