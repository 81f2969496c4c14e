"""The files that say what to install agree, and the two commands install it."""

from __future__ import annotations

import ast
import base64
import fcntl
import hashlib
import importlib.util
import os
import re
import runpy
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = [
    ROOT / "scripts" / name for name in ("environment.py", "demo.py", "test.py", "benchmark.py")
]
LOCKS = {"requirements.lock": "", "requirements-dev.lock": "dev",
         "requirements-benchmark.lock": "benchmark"}  # fmt: skip
PYTHONS = ["3.11.0", "3.11.13", "3.12.0", "3.13.0", "3.14.0"]

# What conda-forge calls a thing otherwise than the Python index.
CONDA_NAMES = {
    "isal": "python-isal",
    "osmium": "pyosmium",
    "pandera[geopandas]": "pandera-geopandas",
}


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def dependencies(group: str) -> list[Requirement]:
    """What the program needs, and what a dependency group adds."""
    texts = list(pyproject()["project"]["dependencies"])
    if group:
        texts += pyproject()["dependency-groups"][group]
    return [Requirement(text) for text in texts]


def conda_lines() -> list[str]:
    """The lines of environment.yml without its comments."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    lines = [re.sub(r"(^|\s+)#.*", "", line) for line in text.splitlines()]
    return [line for line in lines if line]


def pins(lock: str) -> dict[Requirement, list[str]]:
    """Each pin of a lock with its hashes."""
    found: dict[Requirement, list[str]] = {}
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.lstrip().startswith("#"):
            pin, *hashes = line.split("--hash=")
            found[Requirement(pin)] = [value.strip() for value in hashes]
    return found


# --- the files that say what to install ------------------------------------


def in_conda(group: str) -> Iterator[str]:
    """What pyproject.toml asks for, as conda-forge and `pip` under it call it."""
    yield f"python{pyproject()['project']['requires-python']}"
    for requirement in dependencies(group):
        extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
        name = requirement.name + extras
        yield f"{CONDA_NAMES.get(name, name)}{requirement.specifier}"


def test_environment_yml_names_the_dependencies_of_pyproject_with_their_bounds() -> None:
    items = [line.strip() for line in conda_lines() if line.startswith("  ")]
    channel, *named = [item.removeprefix("- ") for item in items if item != "- pip:"]
    assert channel == "conda-forge"
    assert sorted(named) == sorted([*in_conda("dev"), "pip"])


def test_the_conda_recipe_names_them_too_and_brings_leaflet_along() -> None:
    recipe = yaml.safe_load((ROOT / "recipe" / "recipe.yaml").read_text(encoding="utf-8"))
    oldest = recipe["context"]["python_min"]
    needs = {
        when: {line.replace("${{ python_min }}", oldest).replace(" ", "") for line in lines}
        for when, lines in recipe["requirements"].items()
    }
    (leaflet,) = pins("recipe/leaflet.txt")
    assert needs["run"] == {*in_conda("")} - {"xstatic-leaflet>=1.9"}
    assert needs["host"] == {f"python{oldest}.*", "pip", *pyproject()["build-system"]["requires"]}
    assert pins("recipe/leaflet.txt")[leaflet][0] in pins("requirements.lock")[leaflet]
    assert recipe["context"]["version"] == pyproject()["project"]["version"]
    (entry,) = pyproject()["project"]["scripts"].items()
    assert recipe["build"]["python"]["entry_points"] == [" = ".join(entry)]
    assert all((ROOT / file).is_file() for file in recipe["about"]["license_file"])


def test_environment_yml_holds_nothing_but_names_and_lists() -> None:
    forms = r"name: vpvkac|channels:|dependencies:|  - [\w.>=-]+|  - pip:|      - [\w.>=-]+"
    assert [line for line in conda_lines() if not re.fullmatch(forms, line)] == []


def test_only_what_users_may_need_is_published_as_an_extra() -> None:
    assert set(pyproject()["project"]["optional-dependencies"]) == {"dask"}


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("python", PYTHONS)
def test_each_dependency_is_pinned_once_within_its_bounds(lock: str, python: str) -> None:
    machine = {
        "python_full_version": python,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "sys_platform": "linux",
    }
    in_force = [pin for pin in pins(lock) if not pin.marker or pin.marker.evaluate(machine)]
    versions = {pin.name: next(iter(pin.specifier)) for pin in in_force}
    assert len(versions) == len(in_force)
    for requirement in dependencies(LOCKS[lock]):
        assert versions[requirement.name].operator == "=="
        assert requirement.specifier.contains(versions[requirement.name].version)


@pytest.mark.parametrize("lock", LOCKS)
def test_each_pin_bears_its_hashes(lock: str) -> None:
    bare = [
        str(pin)
        for pin, hashes in pins(lock).items()
        if not hashes or not all(re.fullmatch("sha256:[0-9a-f]{64}", value) for value in hashes)
    ]
    assert bare == []


@pytest.mark.parametrize("lock", list(LOCKS)[1:])
def test_the_other_locks_hold_the_runtime_lock(lock: str) -> None:
    runtime, larger = (set(map(str, pins(name))) for name in ("requirements.lock", lock))
    assert runtime - larger == set()


def test_no_file_names_a_package_index() -> None:
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a clone, or no git: which files are the project's is not known")
    # The clone may belong to another user, as in a container.
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    options = ("index" + "-url", "find" + "-links", "trusted" + "-host")
    pattern = re.compile("|".join(options).encode())
    files = [ROOT / name for name in names.split("\0") if name]
    assert [path for path in files if path.is_file() and pattern.search(path.read_bytes())] == []


# --- the scripts as they stand ----------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_an_old_python_can_read_the_scripts(script: Path) -> None:
    ast.parse(script.read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_import_nothing_that_is_to_be_installed(script: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported <= sys.stdlib_module_names | {"environment"}


@pytest.fixture
def environment() -> ModuleType:
    """A copy of the set-up code of its own for each test."""
    spec = importlib.util.spec_from_file_location("environment", SCRIPTS[0])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("script", "lock", "command"),
    [
        ("demo.py", "requirements.lock", ["vpvkac", "run", "--out", "out/", "--lang", "en"]),
        (
            "test.py",
            "requirements-dev.lock",
            ["pytest", "-n", "2", "--dist", "worksteal", "--lang", "en"],
        ),
        (
            "benchmark.py",
            "requirements-benchmark.lock",
            ["python", "benchmarks/run.py", "--lang", "en"],
        ),
    ],
)
def test_a_command_passes_on_its_arguments_and_the_exit_code(
    environment: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    lock: str,
    command: list[str],
) -> None:
    started = []

    def run(lock: str, program: str, arguments: Sequence[str]) -> int:
        started.append((lock, [program, *arguments]))
        return 7

    monkeypatch.setattr(environment, "run", run)
    monkeypatch.setitem(sys.modules, "environment", environment)
    monkeypatch.setattr(sys, "argv", [script, "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "scripts" / script), run_name="__main__")
    assert ended.value.code == 7
    assert started == [(lock, command)]


# --- which steps are taken ----------------------------------------------------

ALL = ["venv", "requirements.lock", "vpvkac"]
CATALOGUE = "coverage/vpvkac/texts/lv.po"


class Machine:
    """A repository with one-line locks, where steps are noted instead of done.

    Attributes
    ----------
    root
        The repository.
    failing
        The step that fails, and what it prints then.
    """

    def __init__(
        self, environment: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.environment = environment
        self.root = root
        self.failing = ("", "")
        self._noted: list[str] = []
        root.mkdir()
        (root / CATALOGUE).parent.mkdir(parents=True)
        for name in (*LOCKS, "pyproject.toml", CATALOGUE):
            (root / name).write_text(f"# {name}\n")
        monkeypatch.setattr(environment.subprocess, "run", self._do)

    def steps(self, lock: str = "requirements.lock") -> list[str]:
        """The steps that a set-up takes now."""
        self._noted.clear()
        self.environment.prepare(self.root, lock)
        return list(self._noted)

    def failed(self, step: str, output: str) -> str:
        """What a set-up says in which a step fails."""
        self.failing = (step, output)
        with pytest.raises(self.environment.SetupError) as told:
            self.steps()
        self.failing = ("", "")
        return str(told.value)

    def _do(self, command: list[str], **_: object) -> SimpleNamespace:
        step = self._step(command)
        self._noted.append(step)
        if step == "venv":
            python = Path(command[-1]) / "bin" / "python"
            python.parent.mkdir()
            python.touch()
        return SimpleNamespace(
            returncode=int(step == self.failing[0]), stdout=self.failing[1].encode()
        )

    @staticmethod
    def _step(command: list[str]) -> str:
        if "venv" in command:
            return "venv"
        return "vpvkac" if "--editable" in command else command[-1]


@pytest.fixture
def machine(environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(environment, tmp_path / "clone", monkeypatch)


def test_the_first_run_makes_everything_and_the_second_nothing(machine: Machine) -> None:
    assert machine.steps() == ALL
    assert machine.steps() == []


def test_what_the_tests_installed_serves_the_demo(machine: Machine) -> None:
    machine.steps("requirements-dev.lock")
    assert machine.steps("requirements.lock") == []


def test_the_tests_add_their_tools_to_what_the_demo_installed(machine: Machine) -> None:
    machine.steps("requirements.lock")
    assert machine.steps("requirements-dev.lock") == ["requirements-dev.lock"]


def test_the_benchmarks_have_an_environment_without_the_tools_for_the_tests(
    machine: Machine,
) -> None:
    machine.steps("requirements-dev.lock")
    steps = ["venv", "requirements-benchmark.lock", "vpvkac"]
    assert machine.steps("requirements-benchmark.lock") == steps
    assert machine.steps("requirements-benchmark.lock") == []
    assert machine.steps("requirements-dev.lock") == []
    assert (machine.root / ".venv-benchmark" / "bin" / "python").exists()


def test_mended_latvian_texts_are_compiled_anew(machine: Machine) -> None:
    machine.steps()
    (machine.root / CATALOGUE).write_text("# other words\n")
    assert machine.steps() == ["vpvkac"]
    assert machine.steps() == []


def test_a_changed_lock_is_installed_anew(machine: Machine) -> None:
    machine.steps()
    (machine.root / "requirements.lock").write_text("# other versions\n")
    assert machine.steps() == ALL


def test_a_changed_project_file_reinstalls_the_package_alone(machine: Machine) -> None:
    machine.steps()
    (machine.root / "pyproject.toml").write_text("# another version\n")
    assert machine.steps() == ["vpvkac"]


def test_another_python_gets_an_environment_of_its_own(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.steps()
    monkeypatch.setattr(sys, "base_prefix", "/opt/another-python")
    assert machine.steps() == ALL


def test_a_moved_folder_gets_an_environment_of_its_own(machine: Machine, tmp_path: Path) -> None:
    machine.steps()
    machine.root = Path(shutil.move(machine.root, tmp_path / "moved"))
    assert machine.steps() == ALL


def test_an_environment_whose_python_is_gone_is_made_anew(machine: Machine) -> None:
    machine.steps()
    (machine.root / ".venv" / "bin" / "python").unlink()
    assert machine.steps() == ALL


def test_a_half_written_stamp_counts_for_nothing(machine: Machine) -> None:
    machine.steps()
    stamp = machine.root / ".venv" / "installed.json"
    stamp.write_text(stamp.read_text()[:40])
    assert machine.steps() == ALL


@pytest.mark.parametrize("step", ALL)
def test_after_a_failed_step_the_next_run_starts_anew(machine: Machine, step: str) -> None:
    machine.failed(step, "")
    assert machine.steps() == ALL


def test_two_set_ups_of_one_folder_wait_for_each_other(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.root / ".venv").mkdir()
    steps: list[str] = []
    second = threading.Thread(target=lambda: steps.extend(machine.steps()))
    with (machine.root / ".venv" / "setup.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        second.start()
        second.join(0.5)
        assert second.is_alive()
        assert steps == []
    second.join(10)
    assert steps == ALL
    assert "Another set-up of this folder is under way" in capsys.readouterr().err


# --- what is said when something is missing ---------------------------------


def test_an_old_python_is_told_which_one_is_needed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(shutil, "which", {"python3.12": "/usr/bin/python3.12"}.get)
    with pytest.raises(machine.environment.SetupError) as told:
        machine.steps()
    assert str(told.value) == (
        "vpvkac needs Python 3.11 or newer, this is 3.9: run this with python3.12."
    )


def test_a_python_without_venv_is_told_the_debian_package(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    monkeypatch.setattr(sys, "version_info", (3, 12, 3, "final", 0))
    with pytest.raises(machine.environment.SetupError) as told:
        machine.steps()
    assert str(told.value).startswith("This Python 3.12 lacks ensurepip")
    assert "sudo apt install python3.12-venv" in str(told.value)


def test_a_full_disk_is_told_before_anything_is_installed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=300_000_000))
    with pytest.raises(machine.environment.SetupError, match=r"0\.3 GB is free there"):
        machine.steps()


def test_a_link_in_place_of_the_environment_is_left_alone(machine: Machine) -> None:
    elsewhere = machine.root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "keep").touch()
    (machine.root / ".venv").symlink_to(elsewhere)
    with pytest.raises(machine.environment.SetupError, match="is a link to another folder"):
        machine.steps()
    assert (elsewhere / "keep").exists()


def test_a_failed_step_is_named_with_the_last_lines_of_pip(machine: Machine) -> None:
    lines = [f"line {number}" for number in range(30)]
    told = machine.failed("requirements.lock", "\n".join([*lines, "", ""])).splitlines()
    assert told[0] == "Set-up failed while installing the libraries of requirements.lock:"
    assert told[1:11] == [f"    line {number}" for number in range(20, 30)]
    assert told[11:] == ["Running this again starts anew."]


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("ERROR: No matching distribution found for click==8.5.1", "index is out of reach"),
        ("ERROR: [Errno 28] No space left on device", "make room"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "do not use its index"),
    ],
)
def test_what_pip_says_is_answered_with_what_to_do(
    machine: Machine, said: str, advice: str
) -> None:
    assert advice in machine.failed("requirements.lock", said)


def test_a_fault_is_told_in_words_and_ends_with_1(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.root / "requirements.lock").unlink()
    assert machine.environment.run("requirements.lock", "vpvkac", [], machine.root) == 1
    told = capsys.readouterr().err
    assert told.startswith("Set-up failed: No such file or directory")
    assert str(machine.root / "requirements.lock") in told


# --- the steps themselves, in small, without an index -----------------------

BACKEND = """
import zipfile

NAME = "planner-1.0"
FILES = {
    "METADATA": "Metadata-Version: 2.1\\nName: planner\\nVersion: 1.0\\n",
    "WHEEL": "Wheel-Version: 1.0\\nTag: py3-none-any\\n",
    "entry_points.txt": "[console_scripts]\\nplanner = stops:main\\n",
    "RECORD": "",
}


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{wheel_directory}/{NAME}-py3-none-any.whl", "w") as wheel:
        for name, text in FILES.items():
            wheel.writestr(f"{NAME}.dist-info/{name}", text)
    return f"{NAME}-py3-none-any.whl"
"""
LIBRARY = """
import sys


def main():
    print("arguments:", *sys.argv[1:])
    return 7
"""


def write_wheel(folder: Path) -> str:
    """Write the library `stops` as a wheel; give its hash."""
    path = folder / "stops-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("stops.py", LIBRARY)
        info = "stops-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: stops\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        digest = base64.urlsafe_b64encode(hashlib.sha256(LIBRARY.encode()).digest())
        wheel.writestr(f"{info}/RECORD", f"stops.py,sha256={digest.rstrip(b'=').decode()},\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.slow
def test_a_half_made_environment_is_remade_and_runs_the_program(
    environment: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "mans plāns"
    half_made = root / ".venv" / "lib" / "half-made"
    half_made.mkdir(parents=True)
    digest = write_wheel(root)
    (root / "backend.py").write_text(BACKEND)
    (root / CATALOGUE).parent.mkdir(parents=True)
    (root / CATALOGUE).touch()
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "planner"\nversion = "1.0"\n'
    )
    (root / "requirements.lock").write_text(
        f"./stops-1.0-py3-none-any.whl --hash=sha256:{digest}\n"
    )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert environment.run("requirements.lock", "planner", ["--lang", "en"], root) == 7
    assert not half_made.exists()
    written = capfd.readouterr()
    assert written.out == "arguments: --lang en\n"
    assert "making it anew" in written.err

    assert environment.run("requirements.lock", "planner", [], root) == 7
    assert capfd.readouterr().err == ""


# --- the run on a submission ------------------------------------------------


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash on this machine")
@pytest.mark.parametrize("has_browser", [False, True])
def test_ci_installs_a_browser_only_where_there_is_none(
    tmp_path: Path, *, has_browser: bool
) -> None:
    said = tmp_path / "said"
    programs = {"apt-get": "", "python3": "exit 3\n"}
    if has_browser:
        programs |= {"chromium": "", "chromedriver": ""}
    for name, rest in programs.items():
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> "{said}"\n{rest}')
        program.chmod(0o755)
    (tmp_path / "id").write_text("#!/bin/sh\necho 0\n")
    (tmp_path / "id").chmod(0o755)
    for name in ("bash", "dirname", "env"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")

    run = f'exec "{ROOT}/.ci/run" <&-'
    done = subprocess.run(
        ["/bin/sh", "-c", run], env={"PATH": str(tmp_path)}, check=False, capture_output=True
    )
    assert done.returncode == 3, done.stderr
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    installs = [
        "apt-get update -q",
        "apt-get install -q -y --no-install-recommends chromium chromium-driver",
    ]
    expected = [*([] if has_browser else installs), "python3 scripts/test.py"]
    assert said.read_text().splitlines() == expected
