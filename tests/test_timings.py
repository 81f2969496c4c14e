"""`--timings` tells every step and their sum."""

from __future__ import annotations

import re
import time

import pytest

from vpvkac.cli.terminal import Steps, most_memory
from vpvkac.inputs.tables import PLACING


def test_every_step_is_told_with_its_seconds_and_their_sum(
    capsys: pytest.CaptureFixture[str],
) -> None:
    watch = Steps("en")
    time.sleep(0.02)
    watch("stops.zip")
    time.sleep(0.04)
    watch(PLACING)
    *steps, memory = watch.table().splitlines()
    told = {
        name: float(seconds) for seconds, name in (line.strip().split(" s  ") for line in steps)
    }
    assert list(told) == [
        "Loading the program",
        "stops.zip",
        "Finding positions and territorial units",
        "Total",
    ]
    assert told["stops.zip"] >= 0.04
    assert told["Total"] >= 0.06
    assert re.fullmatch(r" *[0-9]+ MiB  Peak memory", memory)
    assert capsys.readouterr().err == "", "quiet in a pipe"


def test_the_memory_told_is_that_of_the_process() -> None:
    held = most_memory()
    if held is None:
        pytest.skip("this system does not tell")
    block = bytearray(300 * 2**20)
    block[:: 2**12] = b"x" * len(block[:: 2**12])
    grown = most_memory()
    assert grown is not None
    assert grown >= 300 * 2**20
    del block
