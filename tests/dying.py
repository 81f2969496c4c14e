"""Kill a process at each step of moving outputs in; tell what the folder holds then and later.

Run as a program, for it forks: `dying.py WAY FOLDER`; writes JSON.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import count
from pathlib import Path
from typing import Any

from vpvkac.render import staging
from vpvkac.render.staging import staged, write_text

OLD = {"network.csv": "old", "published.csv": "old", "maps/a.html": "old", "maps/b.html": "old",
       "municipalities/LV1/index.html": "old", "run.json": ""}  # fmt: skip
NEW = {"network.csv": "new", "units.csv": "new", "maps/a.html": "new", "maps/c.html": "new",
       "municipalities/LV2/index.html": "new", "run.json": ""}  # fmt: skip
OWN = {"notes.txt": "mine", "maps/mine.html": "mine", "mine/deep/x.txt": "mine"}
for _run in (OLD, NEW):
    _run["run.json"] = json.dumps({"program": "vpvkac", "files": sorted(_run)})
# What changes a folder.
STEPS = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.utime"}
EXCHANGE, TWICE = "exchange", "twice"
# A step of the journal's way at which old and new files stand side by side.
HALF_WAY = 45
CHECK = {"check.csv": "level,file,row\n"}


def content(folder: Path) -> dict[str, str]:
    """Read every file of a folder."""
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files as a command does."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(folder / name, text)


def prepared(base: Path) -> Path:
    """Make a folder of an earlier run with files of the user's own."""
    out = base / "out"
    with staged(out) as folder:
        write(folder, OLD)
    write(out, OWN)
    return out


def die_at(step: int) -> None:
    """End this process, without a word, when it is about to take that step."""
    left = step

    def hook(event: str, _: tuple[Any, ...]) -> None:
        nonlocal left
        if event not in STEPS:
            return
        if left == 0:
            os._exit(9)
        left -= 1

    sys.addaudithook(hook)
    exchange = staging._exchange  # noqa: SLF001 - a step that Python's audit does not tell of

    def told(first: Path, second: Path) -> bool:
        hook("os.rename", ())
        done = exchange(first, second)
        hook("os.rename", ())
        return done

    staging._exchange = told  # noqa: SLF001


def killed(out: Path, files: dict[str, str], step: int, *, whole: bool) -> bool:
    """Write files in a process that dies at a step; tell whether it did.

    The steps are those of moving in, or with `whole` all from the beginning.
    """
    child = os.fork()
    if child == 0:
        if whole:
            die_at(step)
        with staged(out) as folder:
            write(folder, files)
            if not whole:
                die_at(step)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def main(way: str, base: Path) -> None:
    """Die at the first step, at the second and so on, until the work is done before."""
    if way != EXCHANGE:
        staging._exchange = lambda *_: False  # type: ignore[assignment] # noqa: SLF001
    told = []
    for step in count():
        here = base / str(step)
        here.mkdir()
        out = prepared(here)
        if way == TWICE:
            killed(out, NEW, HALF_WAY, whole=False)
            died = killed(out, CHECK, step, whole=True)
        else:
            died = killed(out, NEW, step, whole=False)
        seen = content(out)
        with staged(out) as folder:
            write(folder, CHECK)
        after, left = content(out), [path.name for path in here.iterdir()]
        told.append({"seen": seen, "after": after, "left": left})
        if not died:
            break
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
