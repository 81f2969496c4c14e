"""The environment the commands run in: `.venv`, made from a lock, remade when it no longer fits.

Benchmarks have one of their own beside it, without the tools for the tests.

Standard library only: this runs before anything is installed.  It stays readable by
Python 3.8, so that an old interpreter says what it needs instead of a syntax error.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements-dev.lock"
"""Every pin of `RUNTIME` and the tools for the tests."""
BENCHMARK = "requirements-benchmark.lock"
"""Every pin of `RUNTIME` and what the benchmarks measure beside the program."""

# Pure Python, published without a wheel; gtfs-kit needs it.
_AS_SOURCE = {BENCHMARK: ("--no-binary", "json2html")}
_OLDEST = (3, 11)
_PACKAGE = "pyproject.toml"
_CATALOGUE = "coverage/vpvkac/texts/lv.po"
"""The Latvian texts, which the installation of the package compiles."""
_STAMP = "installed.json"
_LOCK = "setup.lock"
_NEEDED_BYTES = 1_200_000_000
_SHOWN_LINES = 10
_INTERRUPTED = 130
_ADVICE = {
    "No matching distribution": (
        "Either the package index is out of reach (behind a proxy set HTTPS_PROXY, for a mirror\n"
        "use pip's own settings), or it holds no build for this Python on this kind of machine."
    ),
    "No space left": "The disk is full: make room.",
    "DO NOT MATCH THE HASHES": "A file differs from the one that was locked: do not use its index.",
}
"""What pip says when a step fails, and what to do about it."""


class SetupError(Exception):
    """The environment could not be made; the message is what the user is to read."""


def run(lock: str, program: str, arguments: Sequence[str], root: Path = ROOT) -> int:
    """Run a program of the environment in the repository's root, after set-up if need be.

    Parameters
    ----------
    lock
        {`RUNTIME`, `DEVELOPMENT`, `BENCHMARK`}: what must be installed.
    program
        Name of a command that the environment holds.
    arguments
        Its arguments.
    root
        The repository.

    Returns
    -------
    The program's exit code; 1 if the environment could not be made.
    """
    try:
        prepare(root, lock)
        code = _run([str(_command(_folder(root, lock), program)), *arguments], root)
    except SetupError as error:
        _say(str(error))
        return 1
    except OSError as error:
        _say(_told(error, root))
        return 1
    except KeyboardInterrupt:
        _say("Interrupted.")
        return _INTERRUPTED
    return code if code >= 0 else 128 - code


def _run(command: list[str], root: Path) -> int:
    """Run the program to its end; Ctrl-C is its to answer, so that it can close its files."""
    with subprocess.Popen(command, cwd=root) as program:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return program.wait()
        finally:
            signal.signal(signal.SIGINT, before)


def prepare(root: Path, lock: str) -> None:
    """See that the environment holds the package and what the lock pins; install nothing twice.

    Raises
    ------
    SetupError
        If Python is too old or incomplete, or a step of the installation failed.
    OSError
        If the folder cannot be written.
    """
    _check_version()
    wanted, folder = marks(root, lock), _folder(root, lock)
    if _holds(folder, wanted):
        return
    with _alone(folder) as kept_open:
        if not _holds(folder, wanted):
            _install(root, lock, kept_open)


def marks(root: Path, lock: str) -> dict[str, str]:
    """Give what an environment is made from: interpreter, place, contents of the files.

    The marks of `DEVELOPMENT` hold those of `RUNTIME`, so either command can use
    what `scripts/test.py` installed.
    """
    interpreter = (sys.implementation.cache_tag, sysconfig.get_platform(), sys.base_prefix)
    files = (RUNTIME, lock, _PACKAGE, _CATALOGUE)
    return {
        "python": " ".join(interpreter),
        "folder": str(root),
        **{name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in files},
    }


def _holds(folder: Path, wanted: dict[str, str]) -> bool:
    """Tell whether the environment was made from all of this."""
    return wanted.items() <= _installed(folder).items()


def _installed(folder: Path) -> dict[str, str]:
    """Read the stamp; an environment that is unfinished or has lost its Python holds nothing."""
    if not _command(folder, "python").exists():
        return {}
    try:
        stamp = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return dict(stamp)


def _install(root: Path, lock: str, kept_open: int) -> None:
    """Bring it to what the lock says; the stamp is taken away first and put back last."""
    began = time.monotonic()
    folder = _folder(root, lock)
    wanted, installed = marks(root, lock), _installed(folder)
    stamp = folder / _STAMP
    stamp.unlink(missing_ok=True)
    # On top of the same runtime the tools for the tests are only added; else all is made anew.
    if any(wanted[name] != installed.get(name) for name in ("python", "folder", RUNTIME)):
        _make(folder, kept_open)
        installed = {}
    if wanted[lock] != installed.get(lock):
        told = f"Installing the libraries of {lock} into {folder.name}"
        _say(f"{told}: a minute or a few, the first time.")
        # Wheels only: a compiler is not among the things a fresh machine needs to have.
        wheels = ("--only-binary", ":all:", *_AS_SOURCE.get(lock, ()))
        pinned = ("--require-hashes", *wheels, "--requirement", lock)
        _pip(folder, f"installing the libraries of {lock}", pinned, kept_open)
    if any(wanted[name] != installed.get(name) for name in (_PACKAGE, _CATALOGUE)):
        _pip(folder, "installing vpvkac itself", ("--no-deps", "--editable", "."), kept_open)
    stamp.write_text(json.dumps(wanted, indent=1), encoding="utf-8")
    _say(f"Set up in {time.monotonic() - began:.0f} s.")


def _make(folder: Path, kept_open: int) -> None:
    """Make an empty environment with pip in it, in place of what is there."""
    _check_modules()
    _check_space(folder.parent)
    if folder.is_symlink():
        raise SetupError(f"{folder} is a link to another folder; remove it and run this again.")
    left = [entry for entry in folder.iterdir() if entry.name != _LOCK]
    if left:
        _say(f"{folder.name} is unfinished or was made for something else: making it anew.")
    for entry in left:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    # The interpreter under a virtual environment, for this may run from the one just emptied.
    python = getattr(sys, "_base_executable", None) or sys.executable
    _step(
        folder.parent, f"making {folder.name}", [python, "-I", "-m", "venv", str(folder)], kept_open
    )


def _pip(folder: Path, doing: str, arguments: Sequence[str], kept_open: int) -> None:
    """Install with the environment's own pip, from the package index this machine uses."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    pip = [str(_command(folder, "python")), "-I", "-m", "pip", "install", *quiet]
    _step(folder.parent, doing, [*pip, *arguments], kept_open)


def _step(root: Path, doing: str, command: list[str], kept_open: int) -> None:
    """Run one step; its output is shown only if it fails, and then its last lines."""
    # A step outlives a killed parent; with the lock's descriptor it also keeps the lock.
    inherited = (kept_open,) if os.name == "posix" else ()
    # A user-wide installation or another target in pip's settings would miss `.venv`.
    unset = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER"}
    settings = {name: value for name, value in os.environ.items() if name not in unset}
    done = subprocess.run(
        command,
        cwd=root,
        env={**settings, "PIP_USER": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=inherited,
        check=False,
    )
    if done.returncode:
        raise SetupError(_failure(doing, done.returncode, done.stdout.decode(errors="replace")))


def _failure(doing: str, code: int, output: str) -> str:
    """Say which step failed, the last lines of what it printed, and what mends it."""
    lines = [line for line in output.splitlines() if line.strip()][-_SHOWN_LINES:]
    if code < 0:
        lines.append(f"stopped by signal {-code}")
    said = "".join(f"    {line}\n" for line in lines)
    advice = "".join(f"{cure}\n" for symptom, cure in _ADVICE.items() if symptom in output)
    return f"Set-up failed while {doing}:\n{said}{advice}Running this again starts anew."


def _check_version() -> None:
    """Refuse a Python that the package does not run on, and name one that it does."""
    if sys.version_info >= _OLDEST:
        return
    newer = [f"python3.{minor}" for minor in range(_OLDEST[1], 20)]
    there = next(filter(shutil.which, newer), None)
    advice = f"run this with {there}" if there else "install a newer one and run this with it"
    raise SetupError(
        f"vpvkac needs Python {_OLDEST[0]}.{_OLDEST[1]} or newer, "
        f"this is {sys.version_info[0]}.{sys.version_info[1]}: {advice}."
    )


def _check_modules() -> None:
    """Refuse a Python whose packager has split off the modules that make environments."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            f"This Python {version} lacks {' and '.join(missing)}, which .venv is made with. "
            f"On Debian and Ubuntu: sudo apt install python{version}-venv (or python3-venv); "
            "elsewhere install Python from python.org. Then run this again."
        )


def _check_space(root: Path) -> None:
    """Refuse a disk that the libraries would fill."""
    free = shutil.disk_usage(root).free
    if free < _NEEDED_BYTES:
        raise SetupError(
            f"The libraries need about {_NEEDED_BYTES / 1e9:.1f} GB in {root}; "
            f"{free / 1e9:.1f} GB is free there."
        )


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """Keep other set-ups of this folder out; gives the descriptor that holds the lock."""
    folder.mkdir(exist_ok=True)
    with (folder / _LOCK).open("a") as file:
        take = _locking(file.fileno())
        if not take():
            _say("Another set-up of this folder is under way: waiting for it.")
            while not take():
                time.sleep(0.2)
        yield file.fileno()


def _locking(descriptor: int) -> Callable[[], bool]:
    """Give the function that tries to lock an open file; the lock ends with its processes."""
    if sys.platform == "win32":
        import msvcrt

        def take() -> None:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        def take() -> None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def taken() -> bool:
        try:
            take()
        except (BlockingIOError, PermissionError):
            return False
        return True

    return taken


def _told(error: OSError, root: Path) -> str:
    """Say an error of the file system in a sentence."""
    where = f" ({error.filename})" if error.filename else ""
    return (
        f"Set-up failed: {error.strerror}{where}. This needs a whole copy of the repository "
        f"in a folder that can be written: {root}."
    )


def _folder(root: Path, lock: str) -> Path:
    """Give the folder of the environment that is made from this lock."""
    return root / (".venv-benchmark" if lock == BENCHMARK else ".venv")


def _command(folder: Path, name: str) -> Path:
    """Give the path of a command that the environment holds or will hold."""
    if os.name == "nt":
        return folder / "Scripts" / f"{name}.exe"
    return folder / "bin" / name


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
