"""Run the whole job on the sample with `--timings` and print its steps as JSON.

python benchmarks/run_steps.py OUT
"""

from __future__ import annotations

import json
import re
import subprocess
import sys

_STEP = re.compile(r"^\s*([\d.]+) s  (.+)$", re.MULTILINE)


def main(out: str) -> None:
    """Run in English and read the table of steps."""
    command = [
        sys.executable,
        "-m",
        "vpvkac.cli.main",
        "run",
        "--timings",
        "--lang",
        "en",
        "--out",
        out,
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    print(json.dumps({step: float(seconds) for seconds, step in _STEP.findall(told)}))


if __name__ == "__main__":
    main(sys.argv[1])
