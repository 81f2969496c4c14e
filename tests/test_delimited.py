"""Delimited text: every field comes back, and a fault names the physical line of its row."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources import tabular
from vpvkac.sources.tabular import Heading, read_records

FOLDER = tempfile.TemporaryDirectory()
FIELDS = st.text(alphabet='ab ā"\n\r,;\t', max_size=8)
# A row with a letter in its first field is not blank.
ROWS = st.lists(st.tuples(FIELDS.map(lambda text: f"x{text}"), FIELDS, FIELDS), max_size=8)
LINE_BREAK = re.compile("\r\n|\r|\n")


def quoted(row: tuple[str, ...], delimiter: str) -> str:
    return delimiter.join('"' + field.replace('"', '""') + '"' for field in row)


def written(data: bytes) -> Path:
    path = Path(FOLDER.name) / "table.csv"
    path.write_bytes(data)
    return path


def faults(data: bytes, required: tuple[str, ...] = ("a", "b")) -> list[Fault]:
    with pytest.raises(InputError) as raised:
        read_records(written(data), "table.csv", required=required)
    return list(raised.value.faults)


@given(ROWS, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(",;\t"), st.booleans())
def test_fields_come_back_and_lines_are_those_an_editor_shows(
    rows: list[tuple[str, ...]], ending: str, delimiter: str, bom: bool
) -> None:
    text = delimiter.join(["a", "b", "c"]) + ending
    lines = []
    for row in rows:
        lines.append(1 + len(LINE_BREAK.findall(text)))
        text += quoted(row, delimiter) + ending
    path = written(text.encode("utf-8-sig" if bom else "utf-8"))
    read = read_records(path, "table.csv", required=("a", "b", "c"))
    assert read.lines.tolist() == lines
    assert list(read.table.itertuples(index=False, name=None)) == [
        tuple(field.strip() for field in row) for row in rows
    ]


def test_a_row_of_empty_fields_is_counted_and_an_empty_line_is_none() -> None:
    read = read_records(written(b"a,b\n1,2\n\n,\n  , \n3,4\n"), "table.csv", required=("a",))
    assert read.blank == 2
    assert read.lines.tolist() == [2, 6]
    (warning,) = read.faults
    assert (warning.level, warning.row, warning.alike) == ("warning", 4, 2)


def test_letters_written_in_two_parts_are_the_same_letters() -> None:
    read = read_records(written("a\ne\u0304\n".encode()), "table.csv", required=("a",))
    assert read.table["a"].tolist() == ["ē"]


@pytest.mark.parametrize(
    ("data", "row"),
    [
        ("a,b\n1,ā\n".encode() + b"\xe2,2\n", 3),
        ("a,b\r1,2\rā,2\r".encode() + b"\xe2,2\r", 4),
        ("\ufeffa,b\n1,2\n".encode() + b"\xe2,2\n", 3),
        ("a,b\n1,2\n".encode("utf-16-le"), 1),
        (b"a,b\n1,2\n3,\0\n", 3),
    ],
)
def test_text_that_is_not_utf_8_is_refused_at_its_line(data: bytes, row: int) -> None:
    (fault,) = faults(data)
    assert fault.row == row
    assert "UTF-8" in fault.problem.text("en")


@pytest.mark.parametrize(
    ("data", "row", "problem"),
    [
        (b"", None, "is empty"),
        (b"\n\n", None, "is empty"),
        (b'a,b\n1,2\n3,"4\n5,6\n', 3, "not well-formed"),
        (b'a,b\n"x\ny",2\n"3"4,5\n', 4, "not well-formed"),
        (b"a,b\n1,2\n3," + b"x" * 200_000 + b"\n", 3, "not well-formed"),
        (b"a,b\n1,2\n3,4,5\n", 3, "more fields"),
        (b'a,b\n"x\ny",2\n3\n', 4, "ends before"),
    ],
)
def test_a_broken_table_is_refused_at_its_line(data: bytes, row: int | None, problem: str) -> None:
    (fault,) = faults(data)
    assert fault.row == row
    assert problem in fault.problem.text("en")


def test_empty_fields_beyond_the_header_and_missing_ones_not_needed_do_no_harm() -> None:
    read = read_records(written(b"a,b\n1,2,,\n3\n"), "table.csv", required=("a",))
    assert read.table.to_numpy().tolist() == [["1", "2"], ["3", ""]]


def test_all_missing_and_doubled_columns_are_named_at_once() -> None:
    found = faults(b"\na,a,c\n1,2,3\n", required=("a", "b", "d"))
    assert [(fault.field, fault.row) for fault in found] == [("b", 2), ("d", 2), ("a", 2)]


def outcome_of(data: bytes) -> object:
    """Read two columns under a heading; rows and lines, or the fault."""
    head = Heading("table.csv", ["a", "b"], ",", 1, 1, 0)
    try:
        table, lines = tabular.read_block(data, head, ["a", "b"], required=["a"])
    except InputError as error:
        return error.faults
    return table.to_pydict(), lines.tolist()


@settings(max_examples=500)
@given(st.lists(st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "a", "é", " "]), max_size=12))
def test_a_block_is_read_alike_by_arrow_and_by_the_csv_module(parts: list[str]) -> None:
    data = "".join(parts).encode()
    with mock.patch.object(tabular, "_quickly", return_value=None):
        careful = outcome_of(data)
    assert outcome_of(data) == careful
