"""Outputs whole or not at all: whatever breaks a command off, whoever else uses the folder."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from click.testing import CliRunner

import dying
from dying import CHECK, NEW, OLD, OWN, content, prepared, write
from plain_country import at, rows
from vpvkac.cli.main import main
from vpvkac.render import staging
from vpvkac.render.staging import staged, write_text
from vpvkac.render.workplace import OutputError

pytestmark = pytest.mark.slow

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a step of Linux alone")
HEADER = "id,name,lat,lon"
PROJECT = """
[inputs]
units = "units.gpkg"
libraries = { path = "places.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""
BEFORE, AFTER = OLD | OWN, NEW | OWN
WRITE_AND_WAIT = """
import sys, time
from vpvkac.render.staging import staged
with staged(sys.argv[1]) as folder:
    (folder / "a.csv").write_text("a")
    print("writing", flush=True)
    time.sleep(600)
"""
RUN_AND_WAIT = """
import sys, time
import vpvkac.questions.coverage.files as folder
def wait(*_):
    print("writing", flush=True)
    time.sleep(600)
folder.write_table = wait
from vpvkac.cli.main import main
main(["run", sys.argv[1], "--out", sys.argv[2]])
"""


@pytest.fixture
def project(write_project: Callable[..., Path]) -> Path:
    """Give a project whose list of libraries is named like an output."""
    return write_project(
        toml=PROJECT,
        places_csv=rows(HEADER, ("l", "L", *at(5, 5))),
        stops_csv=rows(HEADER, ("s", "S", *at(5, 5.1))),
    )


def run(project: Path, out: Path, *more: str, command: str = "run") -> tuple[int, str]:
    """Run a command in English; its exit code and all that it said."""
    arguments = [command, str(project), "--out", str(out), "--lang", "en", *more]
    answer = CliRunner().invoke(main, arguments)
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer.exit_code, answer.output


def program(*arguments: str) -> subprocess.Popen[str]:
    """Start Python, and go on when it says that it is writing."""
    started = subprocess.Popen(
        [sys.executable, "-c", *arguments], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "writing\n"
    return started


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def deaths(way: str, folder: Path) -> list[dict[str, dict[str, str]]]:
    """Die at each step; what was seen then, and after the next command."""
    command = [sys.executable, dying.__file__, way, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: list[dict[str, dict[str, str]]] = json.loads(done.stdout)
    return told


@pytest.fixture
def exchanges(tmp_path: Path) -> None:
    """Skip where two folders cannot change places in one step."""
    first, second = tmp_path / ".first", tmp_path / ".second"
    first.mkdir()
    second.mkdir()
    if not staging._exchange(first, second):  # noqa: SLF001 - asks the file system
        pytest.skip("the file system exchanges no folders")
    first.rmdir()
    second.rmdir()


@linux
@pytest.mark.usefixtures("exchanges")
def test_who_looks_sees_one_run_or_the_other_at_whatever_step_the_process_dies(
    tmp_path: Path,
) -> None:
    told = deaths("exchange", tmp_path)
    seen = [death["seen"] for death in told]
    assert [files for files in seen if files not in (BEFORE, AFTER)] == []
    assert BEFORE in seen
    assert seen[-1] == AFTER
    # The next command changes nothing of it, and leaves nothing beside.
    assert [death["after"] for death in told] == [seen | CHECK for seen in seen]
    assert {tuple(death["left"]) for death in told} == {("out",)}


def test_without_an_exchange_the_next_command_takes_back_what_was_broken_off(
    tmp_path: Path,
) -> None:
    told = deaths("journal", tmp_path)
    whole = [files | CHECK for files in (BEFORE, AFTER)]
    assert [death["after"] for death in told if death["after"] not in whole] == []
    assert whole[0] in [death["after"] for death in told if death["seen"] not in (BEFORE, AFTER)]
    assert told[-1]["after"] == whole[1]
    assert {tuple(death["left"]) for death in told} == {("out",)}


def test_what_dies_while_it_takes_back_is_taken_back_too(tmp_path: Path) -> None:
    told = deaths("twice", tmp_path)
    assert [death["after"] for death in told if death["after"] != BEFORE | CHECK] == []
    assert len(told) > 5


@pytest.mark.parametrize("failing", range(1, 13))
def test_an_error_at_any_move_is_rolled_back(
    failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = prepared(tmp_path)
    monkeypatch.setattr(staging, "_exchange", lambda *_: False)
    move, moves = staging._move, []  # noqa: SLF001 - the step that fails

    def broken(source: Path, target: Path, file: str) -> None:
        moves.append(file)
        if len(moves) == failing:
            raise PermissionError(1, "Operation not permitted", str(out / file))
        move(source, target, file)

    monkeypatch.setattr(staging, "_move", broken)
    with pytest.raises(OutputError, match="cannot be replaced"), staged(out) as folder:
        write(folder, NEW)
    assert content(out) == BEFORE
    assert names(tmp_path) == ["out"]


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Make a file immutable, which only root can, on some file systems."""
    done = subprocess.run(["chattr", "+i", str(file)], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("no file can be locked here")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(file)], check=True)


@linux
@pytest.mark.parametrize("file", ["network.csv", "published.csv", "maps", "maps/b.html"])
def test_a_locked_file_is_an_error_that_names_it_and_no_change(file: str, tmp_path: Path) -> None:
    out = prepared(tmp_path)
    with locked(out / file):
        with pytest.raises(OutputError, match=f"{file}.*cannot be replaced"), staged(out) as folder:
            write(folder, NEW)
        assert content(out) == BEFORE
    assert names(tmp_path) == ["out"]


@linux
@pytest.mark.parametrize("inside", ["maps", "."])
def test_a_mount_inside_or_in_place_of_the_folder_leaves_no_mixture(
    inside: str, tmp_path: Path
) -> None:
    out = prepared(tmp_path / "a" if (tmp_path / "a").mkdir() is None else tmp_path)
    disk = tmp_path / "disk"
    shutil.copytree(out / inside, disk)
    mounted = ["mount", "--bind", str(disk), str(out / inside)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        with staged(out) as folder:
            write(folder, NEW)
    except OutputError as error:
        assert "maps" in str(error)  # noqa: PT017 - either is right, a mixture is not
    seen = content(out)
    subprocess.run(["umount", str(out / inside)], check=True)
    assert seen == (AFTER if inside == "." else BEFORE)


def test_a_shell_that_stands_in_the_folder_stays_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = prepared(tmp_path)
    monkeypatch.chdir(out / "mine")
    with staged(out) as folder:
        write(folder, NEW)
    assert Path.cwd().samefile(out / "mine")
    assert content(Path()) == {"deep/x.txt": "mine"}
    assert content(out) == AFTER


@linux
@pytest.mark.usefixtures("exchanges")
def test_what_the_user_saves_at_the_last_moment_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, exchange = prepared(tmp_path), staging._exchange  # noqa: SLF001 - the last moment

    def late(first: Path, second: Path) -> bool:
        (out / "late.txt").write_text("late", encoding="utf-8")
        # As editors save: a new file in place of the old.
        (out / "half").write_text("saved", encoding="utf-8")
        (out / "half").replace(out / "notes.txt")
        return exchange(first, second)

    monkeypatch.setattr(staging, "_exchange", late)
    with staged(out) as folder:
        write(folder, NEW)
    assert content(out) == AFTER | {"late.txt": "late", "notes.txt": "saved"}


@pytest.mark.parametrize("way", ["exchange", "journal"])
def test_files_and_folders_bear_the_permissions_that_the_user_gives(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "journal":
        monkeypatch.setattr(staging, "_exchange", lambda *_: False)
    before = os.umask(0o027)
    try:
        with staged(tmp_path / "fresh") as folder:
            write(folder, NEW)
        out = prepared(tmp_path)
        out.chmod(0o2775)
        (out / "mine").chmod(0o700)
        with staged(out) as folder:
            write(folder, NEW)
    finally:
        os.umask(before)
    modes = {path.name: oct(path.stat().st_mode & 0o7777) for path in out.rglob("*")}
    assert modes["network.csv"] == modes["c.html"] == "0o640"
    assert modes["LV2"] == "0o2750"
    assert modes["mine"] == "0o700"
    assert oct(out.stat().st_mode & 0o7777) == "0o2775"
    assert oct((tmp_path / "fresh").stat().st_mode & 0o777) == "0o750"


def test_who_is_writing_there_is_told_and_once_dead_does_not_block(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    holder = program(WRITE_AND_WAIT, str(out))
    try:
        code, said = run(project, out)
        assert code == 1
        assert f"out: is being written by another vpvkac (process {holder.pid} on" in said
        assert "since 20" in said
        assert not out.exists()
        code, said = run(project, out, command="check")
        assert code == 1
        assert "process" in said
    finally:
        holder.kill()
        holder.communicate()
    assert [name for name in names(tmp_path) if name.startswith(".")] == [".out-vpvkac"]
    assert run(project, out, command="check")[0] == 0
    assert names(out) == ["check.csv"]
    assert [name for name in names(tmp_path) if name.startswith(".")] == []


def test_a_folder_that_only_bears_the_name_of_ours_is_not_cleared(tmp_path: Path) -> None:
    own = tmp_path / ".out-vpvkac" / "own.txt"
    own.parent.mkdir()
    own.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError), staged(tmp_path / "out"):
        pass
    assert own.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_clears_up_as_an_exception_does(
    number: signal.Signals, project: Path, tmp_path: Path
) -> None:
    before = names(tmp_path)
    # Who started the tests may have had this signal ignored (nohup), which is handed on.
    given = signal.signal(number, signal.SIG_DFL)
    try:
        started = program(RUN_AND_WAIT, str(project), str(tmp_path / "out"))
    finally:
        signal.signal(number, given)
    assert names(tmp_path) != before
    started.send_signal(number)
    started.communicate()
    assert started.returncode == 128 + number
    assert names(tmp_path) == before


def test_nothing_of_the_user_is_written_over_or_deleted_in_the_projects_own_folder(
    project: Path,
) -> None:
    folder = project.parent
    for file in ("maps/mine.html", "municipalities/mine.txt", "report.html"):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text("mine", encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, said = run(project, folder)
    assert code == 1
    assert "places.csv: is an input of the project, and an output would replace it" in said
    assert "report.html: was not made by vpvkac" in said
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_own_folders_named_like_ours_keep_what_is_in_them(project: Path) -> None:
    folder = project.parent
    project.write_text(PROJECT.replace("places.csv", "libs.csv"), encoding="utf-8")
    (folder / "places.csv").rename(folder / "libs.csv")
    for file in ("maps/mine.html", "municipalities/mine.txt"):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text("mine", encoding="utf-8")
    for _ in range(2):
        assert run(project, folder)[0] == 0
        assert (folder / "maps" / "mine.html").read_text(encoding="utf-8") == "mine"
        assert (folder / "municipalities" / "mine.txt").read_text(encoding="utf-8") == "mine"
        assert (folder / "maps" / "network.html").is_file()


@pytest.mark.parametrize("command", ["hours", "cost", "site", "walk", "check", "compare"])
def test_a_table_that_another_made_is_not_written_over(
    command: str, small_project: Path, tmp_path: Path
) -> None:
    options = {"compare": ["--b-threshold", "800"], "site": ["-p", "1"]}.get(command, [])
    arguments = [str(small_project), *options]
    beside = names(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    (out / f"{command}.csv").write_text("name,value\nmine,1\n", encoding="utf-8")
    answer = CliRunner().invoke(main, [command, *arguments, "--out", str(out), "--lang", "en"])
    assert answer.exit_code == 1
    assert f"{command}.csv: was not made by vpvkac" in answer.stderr
    assert content(out) == {f"{command}.csv": "name,value\nmine,1\n"}
    (out / f"{command}.csv").unlink()
    for _ in range(2):
        answer = CliRunner().invoke(main, [command, *arguments, "--out", str(out)])
        assert answer.exit_code == 0, answer.output
    assert names(tmp_path) == sorted([*beside, "out"])


def test_an_input_is_not_written_over_because_an_earlier_run_made_it(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert run(project, out)[0] == 0
    before = content_bytes(out)
    other = tmp_path / "other.toml"
    columns = 'id = "place", name = "name", lat = "lat", lon = "lon"'
    other.write_text(
        PROJECT.replace(
            '"places.csv", id = "id", name = "name", lat = "lat", lon = "lon"',
            f'"out/places.csv", {columns}',
        ),
        encoding="utf-8",
    )
    code, said = run(other, out)
    assert code == 1
    assert "places.csv: is an input of the project" in said
    assert content_bytes(out) == before


def content_bytes(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_outputs_of_a_version_that_kept_no_list_are_replaced(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(project, out)[0] == 0
    file = out / "run.json"
    earlier = json.loads(file.read_text(encoding="utf-8"))
    listed = earlier.pop("files")
    assert listed == sorted(
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()
    )
    file.write_text(json.dumps(earlier), encoding="utf-8")
    for old in ("maps/gone.html", "municipalities/LV0000001/index.html", "layout_changes.csv"):
        write_text(out / old, "old") if (out / old).parent.mkdir(exist_ok=True) is None else None
    assert run(project, out)[0] == 0
    assert json.loads(file.read_text(encoding="utf-8"))["files"] == listed
    assert not (out / "maps" / "gone.html").exists()
    assert not (out / "municipalities" / "LV0000001").exists()


@contextmanager
def full_beyond(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, bytes, as on a disk that is full."""
    limits, compiled = resource.getrlimit(resource.RLIMIT_FSIZE), sys.dont_write_bytecode
    # Python would keep what it compiles, cut off, for all later tests.
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        sys.dont_write_bytecode = compiled


@pytest.mark.parametrize("size", [100, 3_000, 9_000, 40_000, 100_000, 205_000, 213_000])
def test_a_full_disk_is_a_sentence_and_no_change(size: int, project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "own.txt").write_text("mine", encoding="utf-8")
    before = names(tmp_path)
    with full_beyond(size):
        code, said = run(project, out)
    assert code == 1
    assert "out: cannot be written" in said
    assert content(out) == {"own.txt": "mine"}
    assert names(tmp_path) == before


@pytest.mark.parametrize("command", ["hours", "cost", "site", "check", "compare", "demand"])
def test_a_full_disk_is_a_sentence_for_every_command(
    command: str, small_project: Path, tmp_path: Path
) -> None:
    homes = tmp_path / "homes.csv"
    homes.write_text(rows("lat,lon", *[at(5, 5)] * 50), encoding="utf-8")
    before = names(tmp_path)
    options = {"compare": ["--b-threshold", "800"], "site": ["-p", "1"]}.get(command, [])
    origins = [str(homes)] if command == "demand" else []
    arguments = [*origins, str(small_project), *options]
    out = tmp_path / "out"
    with full_beyond(60):
        answer = CliRunner().invoke(main, [command, *arguments, "--out", str(out), "--lang", "en"])
    assert answer.exit_code == 1
    assert "cannot be written" in answer.stderr
    assert "Traceback" not in answer.output
    assert names(tmp_path) == before


@pytest.mark.parametrize("command", [["init"], ["sample"], ["cost", "--write-assumptions"]])
def test_a_full_disk_leaves_no_half_of_a_copy(command: list[str], tmp_path: Path) -> None:
    with full_beyond(50):
        answer = CliRunner().invoke(main, [*command, str(tmp_path / "new"), "--lang", "en"])
    assert answer.exit_code == 1
    assert "cannot be written" in answer.stderr
    assert names(tmp_path) == []
    answer = CliRunner().invoke(main, [*command, str(tmp_path / "new")])
    assert answer.exit_code == 0


@pytest.mark.parametrize("name", ["a\nb", "a\tb\x1b[31m", "x\udcffy", "ārā/ķēde"])
def test_a_folder_may_bear_any_name(
    name: str, project: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In this process, on its own streams; how Python gives it such a name is not ours."""
    out, homes = tmp_path / name, project.parent / "stops.csv"
    for arguments in (["run"], ["demand", str(homes)]):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, str(project), "--out", str(out)])
        assert ended.value.code == 0, capfd.readouterr().err
    assert (out / "coverage.gpkg").is_file()
    assert (out / "demand.parquet").is_file()


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_place_where_no_folder_can_be_is_a_sentence(
    command: str, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "nowhere").symlink_to("file")
    before = names(tmp_path)
    for out in ("file/out", "loop", "loop/out", "n" * 300, "new/" + "n" * 300):
        code, said = run(project, tmp_path / out, command=command)
        assert code == 1, out
        assert "cannot be written" in said, out
    assert names(tmp_path) == before


@linux
@pytest.mark.parametrize(
    ("redirected", "code"),
    [
        ("2>/dev/full", 0), ("2>&-", 0), (">&-", 0), (">&- 2>&- <&-", 0), ("| true", 0),
        (">/dev/full", 1), (">/dev/full 2>&1", 1),
    ],
)  # fmt: skip
def test_standard_streams_decide_nothing_but_the_answer(
    redirected: str, code: int, project: Path, tmp_path: Path
) -> None:
    command = f'"$0" -m vpvkac.cli.main hours "$1" --out "$2" --lang en {redirected}'
    out = tmp_path / "out"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command, sys.executable, str(project), str(out)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert names(out) == ["hours.csv", "hours.html"]
    assert (out / "hours.csv").read_bytes().startswith(b"place,unit,")
    assert "Traceback" not in done.stderr
    assert ("standard output: cannot be written" in done.stderr) == (redirected == ">/dev/full")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1257", "ascii", "utf-8"])
def test_letters_that_the_encoding_lacks_break_nothing_off(
    encoding: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(project.parent)
    for arguments in (["explain", "Pilsēta", str(project), "--json"], ["check", str(project)]):
        # The streams are the process's; which letters they have is all that the program asks them.
        like = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        with redirect_stdout(like), redirect_stderr(like), pytest.raises(SystemExit) as ended:
            main(arguments)
        told = capfdbinary.readouterr()
        assert ended.value.code == 0
        assert told.out
        assert b"Traceback" not in told.err
        if arguments[0] == "explain":
            # Click takes ASCII for a terminal that nobody set up, and writes UTF-8.
            written = told.out.decode("utf-8" if encoding == "ascii" else encoding)
            assert json.loads(written)["unit"]["unit_name"] == "Pilsēta"


@pytest.mark.parametrize(
    "epoch", ["abc", "1e9", "1.5", "99999999999999", "-1", " 5", "+5", "²", "253402300800", "1_0"]
)
@pytest.mark.parametrize("command", ["run", "check"])
def test_an_epoch_that_is_none_is_a_sentence(
    command: str, epoch: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    code, said = run(project, tmp_path / "out", command=command)
    assert code == 1
    assert (
        f'SOURCE_DATE_EPOCH: "{epoch.strip()}" is no number of seconds since 1970'
        in said.replace('" 5"', '"5"')
    )


@pytest.mark.parametrize("epoch", ["", "abc"])
def test_libraries_that_read_the_epoch_as_they_load_do_not_see_a_wrong_one(
    epoch: str, project: Path, tmp_path: Path
) -> None:
    """In a process of its own: here they are loaded."""
    command = [sys.executable, "-m", "vpvkac.cli.main", "run", str(project), "--out", "out"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": epoch}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, cwd=tmp_path
    )
    assert done.returncode == (1 if epoch else 0), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("epoch", "time"), [("", None), ("0", "1970-01-01T00:00:00+00:00"),
                         ("253402300799", "9999-12-31T23:59:59+00:00")])  # fmt: skip
def test_an_epoch_is_the_time_of_the_run(
    epoch: str, time: str | None, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert run(project, tmp_path / "out")[0] == 0
    told = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert told["time"] == time
