"""The slider of the explorer: how long the page takes to follow it, in headless Chromium.

`python benchmarks/slider.py PAGE` opens a page and prints the milliseconds of every step.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import harness

_MOST_MS = 50.0
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_TOLD = re.compile(r'data-slider="([^"]*)"')
# Every step of 25 m is taken from the far end, so that every unit may change.
_SCRIPT = """<script>
addEventListener("load", () => {
  document.getElementById("gap-list").open = true;
  const slider = document.getElementById("threshold");
  const once = (value) => {
    const start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
    return performance.now() - start;
  };
  const took = [];
  for (let metres = 300; metres <= 1500; metres += 25) took.push((once(1500), once(metres)));
  took.sort((a, b) => a - b);
  const told = {steps: took.length, median_ms: took[took.length >> 1], most_ms: took.at(-1)};
  document.body.dataset.slider = encodeURIComponent(JSON.stringify(told));
});
</script></body>"""


def benchmark(runs: int) -> harness.Comparison:
    """Measure each step of the slider on the sample's map."""
    if shutil.which("chromium") is None:
        raise SystemExit("slider: chromium is not installed; install it from Debian's packages")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "vpvkac.cli.main", "run", "--out", folder]
        subprocess.run(command, cwd=harness.ROOT, check=True, capture_output=True)
        page = Path(folder) / "map.html"
        text = _POLICY.sub("", page.read_text(encoding="utf-8"), count=1)
        page.write_text(text.replace("</body>", _SCRIPT, 1), encoding="utf-8")
        (row,) = harness.measure({harness.OURS: [sys.executable, __file__, str(page)]}, runs)
    slowest = min(run.found["most_ms"] for run in row.runs)
    outcome = harness.Outcome(f"slowest step at most {_MOST_MS:g} ms", _MOST_MS, slowest)
    note = "Seconds: opening the page, and 98 steps. The slowest step is that of the best run."
    return harness.Comparison("the slider of map.html, 49 thresholds", [row], [outcome], note)


def main(page: str) -> None:
    """Open a page, let it measure itself, and print what it tells."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    shown = subprocess.run(
        [*command, Path(page).as_uri()], capture_output=True, text=True, check=True
    )
    told = _TOLD.search(shown.stdout)
    if told is None:
        raise SystemExit(f"{page}: the page did not measure itself")
    from urllib.parse import unquote

    print(json.dumps({name: round(ms, 2) for name, ms in json.loads(unquote(told[1])).items()}))


if __name__ == "__main__":
    main(sys.argv[1])
