"""What Windows does otherwise, as far as another system can play it: letters, paths, open files."""

from __future__ import annotations

import io
import json
import ntpath
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from click.testing import CliRunner

from plain_country import at, rows
from vpvkac.cli import terminal
from vpvkac.cli.main import main
from vpvkac.model.tables import TABLES
from vpvkac.render import staging
from vpvkac.sources.catalogue import SOURCES

LIBRARIES = rows("id,name,lat,lon", ("1", "Ķirzaku bibliotēka", *at(5, 5)), ("2", "B", *at(15, 5)))
COLUMNS = 'id = "id", name = "name", lat = "lat", lon = "lon"'
INPUTS = f'[inputs]\nunits = "units.gpkg"\nlibraries = {{ path = "libraries.csv", {COLUMNS} }}\n'
IN_USE = "The process cannot access the file because it is being used by another process"


def run(*arguments: str | Path) -> tuple[int, str]:
    ended = CliRunner().invoke(main, [*map(str, arguments), "--lang", "en"])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.exit_code, ended.output


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def project(write_project: Callable[..., Path]) -> Path:
    return write_project(toml=INPUTS, libraries_csv=LIBRARIES)


# --- encodings and consoles ------------------------------------------------------


def test_neither_the_systems_encoding_nor_its_locale_is_in_any_file(
    project: Path, tmp_path: Path
) -> None:
    """A system that takes files for ASCII and shows Latin-1, which has no Latvian letters."""
    assert run("run", project, "--out", tmp_path / "here")[0] == 0
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
            "PYTHONIOENCODING": "latin-1", "PYTHONWARNDEFAULTENCODING": "1"}  # fmt: skip
    command = [sys.executable, "-m", "vpvkac.cli.main", "run", str(project), "--lang", "en"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "kārte")],
        env={**os.environ, **poor}, capture_output=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert content(tmp_path / "kārte") == content(tmp_path / "here")
    assert b"Network of contact points" in done.stdout
    # No file of ours is opened in the encoding of the system.
    warned = re.findall(r"(\S+):\d+: EncodingWarning", done.stderr.decode("latin-1"))
    assert [name for name in warned if "/site-packages/" not in name] == []


@pytest.mark.parametrize(
    ("encoding", "text", "shown"),
    [
        ("cp1257", "−5 m → ≤ 700 m „Ķekava” – ±0,1 %…", "-5 m -> <= 700 m „Ķekava” – ±0,1 %…"),
        ("cp775", "−5 m → ≤ 700 m „Ķekava” – ±0,1 %…", "-5 m -> <= 700 m „Ķekava” - ±0,1 %..."),
        ("latin-1", "Ģipkas pagasts – ēka № 3, Märjamaa", "Gipkas pagasts - eka No 3, Märjamaa"),
        ("ascii", "„Šķēde” 1\u202f000\xa0m ≥ 50 %", '"Skede" 1 000 m >= 50 %'),
        ("ascii", "Žižmaņi, Москва, \udcc4\u2028", "Zizmani, ??????, ??"),
    ],
)
def test_a_console_shows_the_nearest_of_what_it_lacks(
    encoding: str, text: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding, newline="\n")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdout", screen)
    with terminal.sound_streams():
        sys.stdout.write(text)
    screen.flush()
    assert screen.buffer.getvalue().decode(encoding) == shown  # type: ignore[attr-defined]


def test_json_loses_no_letter_to_a_console(project: Path) -> None:
    command = [sys.executable, "-m", "vpvkac.cli.main", "explain", "LV9000100", str(project)]
    told = []
    for encoding in ("utf-8", "latin-1"):
        settings = {**os.environ, "PYTHONIOENCODING": encoding}
        done = subprocess.run([*command, "--json"], env=settings, capture_output=True, check=True)
        told.append(json.loads(done.stdout.decode(encoding)))
    assert told[0] == told[1]
    assert "Ziemeļu pagasts" in str(told)


def test_a_command_to_type_is_quoted_as_its_shell_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.as_typed(Path("mani dati")) == "'mani dati'"
    monkeypatch.setattr(sys, "platform", "win32")
    assert terminal.as_typed(Path(r"C:\karte")) == r"C:\karte"
    assert terminal.as_typed(Path(r"C:\mani dati\karte")) == r'"C:\mani dati\karte"'


# --- paths -----------------------------------------------------------------------


def test_a_project_with_backslashes_is_the_same_everywhere(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "raw").mkdir()
    file = write_project(libraries_csv=LIBRARIES)
    (tmp_path / "libraries.csv").rename(tmp_path / "raw" / "libraries.csv")
    said = []
    for path in ('"raw/libraries.csv"', r"'raw\libraries.csv'", r'"raw\\libraries.csv"'):
        file.write_text(INPUTS.replace('"libraries.csv"', path), encoding="utf-8")
        code, text = run("check", file, "--out", tmp_path / "out")
        assert code == 0
        said.append(text)
    assert said[0] == said[1] == said[2]
    assert "raw/libraries.csv" in said[0]


@pytest.mark.parametrize(
    "path", [r"raw\libraries.csv", r"raw\units.csv", r"raw\new.csv", r"C:\dati\libraries.csv"]
)
def test_a_backslash_in_double_quotes_is_answered_with_slashes(
    write_project: Callable[..., Path], path: str
) -> None:
    code, text = run("check", write_project(toml=INPUTS.replace("libraries.csv", path)))
    assert code == 1
    assert "write paths with slashes: raw/stops.csv" in text


def is_refused_by_windows(name: str) -> bool:
    """Tell a name that Windows has for a device or cannot keep, as its Python 3.13 does."""
    if hasattr(ntpath, "isreserved"):
        return bool(ntpath.isreserved(name))
    odd = re.search(r'[\0-\x1f"*:<>?|\\/]|[. ]$', name)
    return bool(odd) or PureWindowsPath(name).is_reserved()


def test_no_file_that_is_written_has_a_name_that_windows_refuses(
    project: Path, tmp_path: Path
) -> None:
    for name in ("aux.csv", "CON", "nul.txt", "com1.xlsx", "karte.", "a:b.csv", "kas?.csv"):
        assert is_refused_by_windows(name)
    assert run("run", project, "--out", tmp_path / "out")[0] == 0
    written = [
        *content(tmp_path / "out"),
        *(source.file for source in SOURCES),
        *(f"{table}.csv" for table in TABLES),
    ]
    parts = {part for file in written for part in PurePosixPath(file).parts}
    assert "map.html" in parts
    assert [part for part in parts if is_refused_by_windows(part)] == []
    # Beneath .out-vpvkac/new, of the 260 letters that a path may have there.
    assert max(map(len, written)) <= 80
    # Where letters of both cases are one, no file is another.
    assert len({file.casefold() for file in written}) == len(set(written))


# --- files that are open elsewhere -----------------------------------------------


def test_outputs_beside_an_open_table_stay_as_they_were(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that a spreadsheet has open can be neither moved nor replaced there."""
    out, replace = tmp_path / "out", Path.replace
    assert run("check", project, "--out", out)[0] == 0
    before = content(out)

    def refused(self: Path, target: Path) -> Path:
        if self == out / "check.csv":
            raise PermissionError(13, IN_USE, str(self), 32, str(target))
        return replace(self, target)

    # Folders change places in one step on Linux alone.
    monkeypatch.setattr(staging, "_exchange", lambda *_: False)
    monkeypatch.setattr(Path, "replace", refused)
    code, said = run("check", project, "--out", out)
    assert code == 1
    assert f"check.csv: cannot be replaced ({IN_USE}); all is as it was; close it" in said
    assert content(out) == before
