"""The slider of the threshold in map.html: how long the page takes to follow a step.

`python benchmarks/slider.py PAGE` opens the page in Chromium, without a network, and prints the
slowest and the middle one of 25 steps, milliseconds, each the best of five tries.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import OURS, Comparison, Outcome, measure

_MOST_MS = 50
_CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
TAKE_STEPS = """
  document.getElementById("gap-list").open = true;
  const slider = document.getElementById("threshold");
  const once = (value) => {
    const start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
    return performance.now() - start;
  };
  const steps = Array.from({length: 25}, (_, i) => 300 + 50 * i);
  const took = steps.map(
    (step) => Math.min(...[0, 1, 2, 3, 4].map(() => (once(1500), once(step)))),
  );
"""
"""Takes 25 steps from the far end, each five times: `took` are the least milliseconds of each."""
_STEPS = f"""
<script>
addEventListener("load", () => {{
{TAKE_STEPS}
  took.sort((one, other) => one - other);
  document.title = "took " + JSON.stringify({{slowest_ms: took[24], median_ms: took[12]}});
}});
</script>
"""
_TOOK = re.compile(r"<title>took (\{.*?\})</title>")


def compared(page: Path) -> list[Comparison]:
    """Measure the page; nothing where there is no Chromium."""
    if not _CHROMIUM:
        return []
    (row,) = measure({OURS: [sys.executable, __file__, str(page)]}, 1)
    slowest = row.runs[0].found["slowest_ms"]
    goal = f"the slowest of 25 steps at most {_MOST_MS} ms, with its gap list open"
    note = "The time is that of Chromium from its start; found: steps, each the best of five tries."
    return [
        Comparison(
            "the threshold moved in map.html", [row], [Outcome(goal, _MOST_MS, slowest)], note
        )
    ]


def main(page: Path) -> None:
    """Open a copy of the page that measures itself; print what it found."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, page.name)
        copy.write_text(page.read_text(encoding="utf-8") + _STEPS, encoding="utf-8")
        command = [_CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                   "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/profile",
                   copy.as_uri()]  # fmt: skip
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    took = _TOOK.search(told)
    if took is None:
        raise RuntimeError(f"{page}: the page did not tell")
    print(json.dumps({name: round(value, 1) for name, value in json.loads(took[1]).items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
