"""The command line: what a planner types, and what it answers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from plain_country import at, rows
from vpvkac.cli import runner
from vpvkac.cli.main import COMMANDS, main
from vpvkac.cli.usage import Argument, Option

PROJECT = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""
HEADER = "id,name,lat,lon"


@pytest.fixture
def project(write_project: Callable[..., Path]) -> Path:
    """Give a project with one library and one stop."""
    return write_project(
        toml=PROJECT,
        libraries_csv=rows(HEADER, ("l", "L", *at(5, 5))),
        stops_csv=rows(HEADER, ("s", "S", *at(5, 5.1))),
    )


def test_run_writes_and_prints_the_headline(project: Path, tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["run", str(project), "--out", str(tmp_path / "out")])
    assert answer.exit_code == 0, answer.output
    assert "Teritoriālās vienības" in answer.stdout
    assert answer.stdout.rstrip().endswith(str(tmp_path / "out" / "index.html"))
    assert (tmp_path / "out" / "summary.csv").is_file()


def test_a_quiet_run_says_nothing_but_errors(project: Path, tmp_path: Path) -> None:
    asked = ["run", "--quiet", "--out", str(tmp_path / "out")]
    answer = CliRunner().invoke(main, [*asked, str(project)])
    assert (answer.exit_code, answer.output) == (0, "")
    assert (tmp_path / "out" / "index.html").is_file()
    # The same again, of what stands.
    again = CliRunner().invoke(main, [*asked, str(project)])
    assert (again.exit_code, again.output) == (0, "")
    wrong = CliRunner().invoke(main, [*asked, str(tmp_path / "nowhere")])
    assert wrong.exit_code == 1
    assert "nowhere" in wrong.stderr
    assert wrong.stdout == ""


def test_a_folder_is_as_good_as_the_file_and_english_is_spoken(
    project: Path, tmp_path: Path
) -> None:
    arguments = ["run", str(project.parent), "--out", str(tmp_path / "o"), "--lang", "en"]
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 0
    assert "Territorial units" in answer.stdout
    assert "Project:" in answer.stderr


def test_without_a_project_the_one_here_is_used(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    answer = CliRunner().invoke(main, ["run", "--lang", "en"])
    assert answer.exit_code == 0
    assert "Project: vpvkac.toml" in answer.stderr
    assert (project.parent / "out" / "map.html").is_file()


def test_all_faults_of_all_files_are_told_at_once_and_nothing_is_written(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(
        toml=PROJECT,
        libraries_csv=rows(HEADER, ("l", "L", '"57,1"', 24), ("m", "M", '"57,2"', 24)),
        stops_csv=rows(HEADER, ("s", "S", 57, 24), ("s", "S", 57, 24)),
    )
    answer = CliRunner().invoke(
        main, ["run", str(file), "--out", str(tmp_path / "out"), "--lang", "en"]
    )
    assert answer.exit_code == 1
    assert (
        'libraries.csv, row 2, lat: "57,1" is not a number (decimal comma?); '
        "write a number with a decimal point (2 rows like this)"
    ) in answer.stderr
    assert 'stops.csv, row 3, id: "s" occurs twice' in answer.stderr
    assert "Nothing was written." in answer.stderr
    assert not (tmp_path / "out").exists()


def test_a_project_that_is_not_there_is_a_sentence() -> None:
    answer = CliRunner().invoke(main, ["run", "nav/tur", "--lang", "en"])
    assert answer.exit_code == 1
    assert "nav/tur: was not found" in answer.stderr


@pytest.mark.parametrize(
    "arguments", [["--threshold", "0"], ["--threshold", "x"], ["--stop-set", "rail"], ["--nav"]]
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["run", *arguments]).exit_code == 2


def test_a_folder_that_cannot_be_written_is_a_sentence(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = CliRunner().invoke(main, ["run", str(project), "--out", str(tmp_path / "file" / "o")])
    assert answer.exit_code == 1
    assert "nevar rakstīt" in answer.stderr


def test_options_win_over_the_project(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["run", str(project), "--out", str(out), "--threshold", "50"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    network = (out / "network.csv").read_text(encoding="utf-8")
    assert ",false,false," in network


def test_the_sample_can_be_copied_and_run(tmp_path: Path) -> None:
    folder = tmp_path / "paraugs"
    assert CliRunner().invoke(main, ["sample", str(folder)]).exit_code == 0
    assert (folder / "vpvkac.toml").is_file()
    again = CliRunner().invoke(main, ["sample", str(folder), "--lang", "en"])
    assert again.exit_code == 1
    assert "is not an empty folder" in again.stderr


def test_help_names_an_example() -> None:
    answer = CliRunner().invoke(main, ["run", "--help"])
    assert "vpvkac run ventspils/" in answer.stdout


SAYS = {
    "lv": ("Lietojums:", "Opcijas:", "Piemēri:", "[PROJEKTS]", "PROJEKTS ir mape ar vpvkac.toml"),
    "en": ("Usage:", "Options:", "Examples:", "[PROJECT]", "PROJECT is a folder with vpvkac.toml"),
}


@pytest.mark.parametrize("lang", SAYS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_examples_in_the_language(command: str, lang: str) -> None:
    usage, options, examples, named, project = SAYS[lang]
    # What belongs to a group is asked of its one command.
    words = "decisions import" if command == "decisions" else command
    answer = CliRunner().invoke(main, [*words.split(), "--help", "--lang", lang])
    assert answer.exit_code == 0
    shown = " ".join(answer.output.split())
    assert shown.startswith(usage)
    assert f"{options} " in shown
    assert f"{examples} vpvkac {words}" in shown
    assert (named in shown) == (project in shown)
    other = SAYS["en" if lang == "lv" else "lv"]
    assert not [word for word in other[:3] if word in shown]


def test_a_command_is_a_function_and_a_line_in_commands() -> None:
    modules = Path(runner.__file__).parent.glob("*.py")
    texts = {module.stem: module.read_text(encoding="utf-8") for module in modules}
    assert sum(text.count("\n@command(") for text in texts.values()) == len(COMMANDS)
    for name, (module, _) in COMMANDS.items():
        assert f"\ndef {name}(" in texts[module]
        assert main.get_command(click.Context(main), name).name == name


def test_every_option_of_every_command_is_explained_in_both_languages() -> None:
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        for param in command.params:
            if isinstance(param, Argument) or getattr(param, "hidden", False):
                continue
            assert isinstance(param, Option), (name, param.name)
            assert param.about is not None
            assert param.about.text("lv") != param.about.text("en")


@pytest.mark.parametrize("before", [True, False])
def test_the_language_may_stand_before_the_command(before: bool) -> None:
    arguments = ["--lang", "en", "run", "--nav"] if before else ["run", "--nav", "--lang=en"]
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 2
    assert "Error: no such option: --nav" in answer.stderr


WRONG: dict[str, tuple[list[str], str, str]] = {
    "command": (
        ["rn"],
        "nav tādas komandas: rn (vai domāts: run?)",
        "no such command: rn (did you mean run?)",
    ),
    "option": (
        ["run", "--treshold", "3"],
        "nav tādas opcijas: --treshold (vai domāts: --threshold?)",
        "no such option: --treshold (did you mean --threshold?)",
    ),
    "no number": (
        ["run", "--threshold", "700,x"],
        "--threshold “700,x”: nav skaitlis; jābūt no 1 līdz 100000",
        '--threshold: "700,x" is not a number; must be from 1 to 100000',
    ),
    "range": (
        ["run", "--threshold", "0,5"],
        "--threshold “0,5”: ir ārpus robežām",
        '--threshold: "0,5" is out of range',
    ),
    "nan": (
        ["run", "--threshold", "nan"],
        "--threshold “nan”: ir ārpus robežām",
        '--threshold: "nan" is out of range',
    ),
    "choice": (
        ["run", "--stop-set", "regionl"],
        "“regionl”: nav zināma vērtība; izvēlieties: regional, bus, all (vai domāts: regional?)",
        '"regionl" is not a known value; choose: regional, bus, all (did you mean regional?)',
    ),
    "no value": (
        ["run", "--threshold"],
        "opcijai --threshold vajadzīga vērtība",
        "option --threshold needs a value",
    ),
    "a value": (
        ["run", "--timings=3"],
        "opcijai --timings vērtību nenorāda",
        "option --timings takes no value",
    ),
    "extra": (["run", "a", "b"], "lieki argumenti: b", "unexpected arguments: b"),
    "missing": (["explain"], "trūkst argumenta NOSAUKUMS", "argument UNIT is missing"),
    "percent": (["site", "--target", "90"], "(vai domāts: 0,9?)", "(did you mean 0.9?)"),
    "whole": (
        ["site", "-p", "2.5"],
        "--points “2.5”: nav vesels skaitlis",
        '--points: "2.5" is not a whole number',
    ),
    "both": (["site", "-p", "3", "--target", "0,5"], "viens otru izslēdz", "exclude each other"),
    "kinds": (
        ["compare", "--b-hosts", "centre,libary"],
        "(vai domāts: library?)",
        "(did you mean library?)",
    ),
    "no B": (["compare"], "norādiet B vai ar --b opciju", "give B, or say by a --b option"),
    "feed": (["compare", "--b-stops", "atd"], "rakstiet AVOTS=DATNE", "write FEED=PATH"),
    "source": (["fetch", "atdd"], "atdd: katalogā nav", "atdd: not in the catalogue"),
    "out": (["run", "--out", __file__], "ir datne; norādiet mapi", "is a file; give a folder"),
}


@pytest.mark.parametrize("lang", ["lv", "en"])
@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage_is_told_in_the_language_and_exits_2(case: str, lang: str) -> None:
    arguments, lv, en = WRONG[case]
    answer = CliRunner().invoke(main, ["--lang", lang, *arguments])
    assert answer.exit_code == 2
    assert (lv if lang == "lv" else en) in answer.stderr
    assert ("Kļūda: " if lang == "lv" else "Error: ") in answer.stderr


def test_a_threshold_may_have_a_decimal_comma(project: Path, tmp_path: Path) -> None:
    for given, name in (("50,5", "comma"), ("50.5", "point")):
        arguments = ["run", str(project), "--out", str(tmp_path / name), "--threshold", given]
        assert CliRunner().invoke(main, arguments).exit_code == 0
    tables = [(tmp_path / name / "network.csv").read_bytes() for name in ("comma", "point")]
    assert tables[0] == tables[1]
    assert '"threshold_m": 50.5' in (tmp_path / "comma" / "run.json").read_text(encoding="utf-8")


LIBRARIES = rows(HEADER, ("l", "L", *at(5, 5)), ("m", "M", "", ""), ("n", "N", "", ""))
STOPS = rows(HEADER, ("s", "S", *at(5, 5.1)))


@pytest.mark.parametrize(
    "command", [["run"], ["site", "-p", "1", "--candidates", "stops"], ["cost"], ["hours"]]
)
def test_warnings_are_one_line_on_success(
    write_project: Callable[..., Path], tmp_path: Path, command: list[str]
) -> None:
    file = write_project(toml=PROJECT, libraries_csv=LIBRARIES, stops_csv=STOPS)
    told = CliRunner().invoke(
        main, [command[0], str(file), *command[1:], "--out", str(tmp_path / "o"), "--lang", "en"]
    )
    assert told.exit_code == 0, told.output
    lines = [line for line in told.stderr.splitlines() if "about the inputs" in line]
    assert len(lines) == 1
    assert "(2\N{NO-BREAK SPACE}rows)" in lines[0]
    assert f"see: vpvkac check {file} --lang en" in lines[0]
    assert "libraries.csv" not in told.stderr


def test_check_says_every_warning(write_project: Callable[..., Path], tmp_path: Path) -> None:
    file = write_project(toml=PROJECT, libraries_csv=LIBRARIES, stops_csv=STOPS)
    told = CliRunner().invoke(main, ["check", str(file), "--out", str(tmp_path)])
    assert "libraries.csv, 3. rinda" in told.stderr


def test_after_init_the_answer_is_fetch(tmp_path: Path) -> None:
    folder = tmp_path / "latvija"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    told = CliRunner().invoke(
        main, ["check", str(folder), "--out", str(tmp_path / "o"), "--lang", "en"]
    )
    assert told.exit_code == 1
    missing = [line for line in told.stderr.splitlines() if "file not found" in line]
    assert len(missing) == 7
    assert all(line.endswith("download it with vpvkac fetch") for line in missing)


def test_a_folder_without_a_project_names_init_and_sample(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["run", str(tmp_path)])
    assert told.exit_code == 1
    assert "vpvkac init" in told.stderr
    assert "vpvkac sample" in told.stderr


@pytest.mark.slow
def test_a_pipe_gets_no_progress(project: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "vpvkac.cli.main",
        "run",
        str(project),
        "--out",
        str(tmp_path / "o"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    assert "\r" not in done.stderr + done.stdout
    assert "\x1b" not in done.stderr + done.stdout
    assert Path(tmp_path / "o" / "run.json").is_file()
