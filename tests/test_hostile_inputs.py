"""Whatever a file holds, a run ends with sentences: exit 1, or exit 0 with warnings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from plain_country import UNITS, at, rows, write_units
from vpvkac.cli.main import main

if TYPE_CHECKING:
    from click.testing import Result

HERE = at(5, 5)
GOOD = rows("id,name,lat,lon", ("1", "Viena", *HERE), ("2", "Otra", *at(5, 15)))
TABLE = '{ path = "places.csv", id = "id", name = "name", lat = "lat", lon = "lon" }'
OFFICE = {"id": "1", "type": 1, "status": 1, "label": "N", "readableAddress": "",
          "latitude": HERE[0], "longitude": HERE[1]}  # fmt: skip


def run(folder: Path, inputs: str, command: str = "run", **files: str | bytes) -> Result:
    """Run a project of these files, named `stem_ending`, or check it."""
    write_units(folder / "units.gpkg", UNITS)
    for name, content in files.items():
        stem, _, ending = name.rpartition("_")
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{stem}.{ending}").write_bytes(data)
    (folder / "vpvkac.toml").write_text(
        f'[inputs]\nunits = "units.gpkg"\n{inputs}\n', encoding="utf-8"
    )
    arguments = [command, str(folder), "--out", str(folder / "out"), "--lang", "en"]
    return CliRunner().invoke(main, arguments)


def said(result: Result, label: str) -> list[str]:
    return [line for line in result.stderr.splitlines() if line.startswith(f"{label}: ")]


ERRORS = {
    "an empty file": b"",
    "a picture": bytes(range(256)) * 40,
    "UTF-16 without its mark": GOOD.encode("utf-16-le"),
    "two encodings": GOOD.replace("Viena", "Vīna").encode() + "3,Trešā,57,24\n".encode("cp1257"),
    "a quotation mark left open": GOOD + '3,"Trešā,57,24\n',
    "a field of 10 MB": GOOD + "3," + "x" * 10_000_000 + ",57,24\n",
    "a doubled id": GOOD + "2,Trešā,57,24\n",
    "an endless number": GOOD + "3,Trešā,1e400,24\n",
    "a page of the web": "<!DOCTYPE html>\n<html><body>404, nav</body></html>\n",
    "another table": "a,b\n1,2\n",
    "a row too long": GOOD + "3,Trešā,57,24,x\n",
    "a row cut short": GOOD + "3,Trešā\n",
}


@pytest.mark.parametrize("content", ERRORS.values(), ids=ERRORS)
def test_a_faulty_table_ends_the_run_with_a_sentence(tmp_path: Path, content: str | bytes) -> None:
    result = run(tmp_path, f"libraries = {TABLE}", places_csv=content)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert all(line.startswith("Error: places.csv") for line in said(result, "Error"))
    assert said(result, "Error")
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("inputs", "content"),
    [
        ('centres = "places.csv"', GOOD),
        ('libraries = "places.csv"', GOOD),
        ('post_offices = "places.csv"', GOOD),
        (f'libraries = {TABLE}\naddresses = "places.csv"', GOOD),
        (f'libraries = {TABLE}\nstops = ["places.csv"]', GOOD),
        (f"libraries = {TABLE.replace('places.csv', 'units.gpkg')}", GOOD),
        ('post_offices = "places.csv"', "[" * 100_000),
        ('post_offices = "places.csv"', json.dumps([OFFICE | {"latitude": float("inf")}])),
    ],
)
def test_a_file_in_the_wrong_place_ends_the_run_with_a_sentence(
    tmp_path: Path, inputs: str, content: str
) -> None:
    result = run(tmp_path, inputs, places_csv=content)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert said(result, "Error")


def test_odd_but_readable_rows_are_told_and_the_run_goes_on(tmp_path: Path) -> None:
    odd = [
        ('"a\nb"', '"=cmd|calc"', *HERE),
        ("ā:č", "<script>alert(1)</script>", *HERE),
        ("=1+1", "\x1b[31msarkans\x07", *HERE),
        ("swapped", "Samainīta", HERE[1], HERE[0]),
        ("zero", "Nulle", 0, 0),
        ("", "", "", ""),
    ]
    content = "\ufeff" + rows("id,name,lat,lon", *odd).replace("\n", "\r\n")
    result = run(tmp_path, f"libraries = {TABLE}", places_csv=content)
    assert result.exit_code == 0, result.output
    assert "3\N{NO-BREAK SPACE}warnings about the inputs" in result.stderr
    checked = run(tmp_path, f"libraries = {TABLE}", "check", places_csv=content)
    assert len(said(checked, "Warning")) == 3
    assert "\x1b[31m" not in checked.stderr
    (account,) = [
        entry
        for entry in json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["inputs"]
        if entry["input"] == "libraries"
    ]
    assert (account["rows_read"], account["rows_used"]) == (6, 3)
    assert account["rows_dropped"] == {"blank": 1, "no_coordinates": 1, "outside": 1}


GROWING = '<!ENTITY e0 "aaaaaaaaaa">' + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9)
)
STRANGER = '<!ENTITY e8 SYSTEM "secret.txt">'
XML = {
    "libraries.osm": '<osm version="0.6"><node id="1" lat="{}" lon="{}">'
    '<tag k="amenity" v="library"/><tag k="name" v="{}"/></node></osm>',
    "streets.graphml": '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    '<key id="d0" for="graph" attr.name="crs" attr.type="string"/><graph edgedefault="directed">'
    '<data key="d0">{2}</data><node id="{0} {1}"/></graph></graphml>',
}


@pytest.mark.parametrize("entities", [GROWING, STRANGER], ids=["growing", "of another file"])
@pytest.mark.parametrize("file", XML)
def test_entities_neither_grow_nor_fetch(tmp_path: Path, file: str, entities: str) -> None:
    (tmp_path / "secret.txt").write_text("hidden")
    key, ending = file.split(".")
    root = XML[file].partition(" ")[0].removeprefix("<")
    text = f"<!DOCTYPE {root} [{entities}]>{XML[file].format(*HERE, '&e8;')}"
    inputs = f'post_offices = {TABLE}\n{key} = "{file}"'
    ended = run(tmp_path, inputs, "check", **{f"{key}_{ending}": text, "places_csv": GOOD})
    assert ended.exit_code == 1
    assert any(file in line for line in said(ended, "Error"))
    assert "hidden" not in ended.output
