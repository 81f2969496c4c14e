"""Take the README's pictures anew, from the sample's run: `python3 scripts/pictures.py out/`.

Wants Chromium; look at what it made before committing it.
"""

import subprocess
import sys
from pathlib import Path

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
# Picture: page of the run's folder, width and height of the window.
PICTURES = {
    "map": ("map.html", 1440, 900),
    "centre_stops": ("maps/centre_stops.html", 1440, 900),
    "municipality": ("municipalities/LV9927000/index.html", 1000, 1200),
}
CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
    "--virtual-time-budget=3000", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


def take(folder: Path) -> None:
    """Take each picture of the pages in a folder that `vpvkac run` has written."""
    for name, (page, width, height) in PICTURES.items():
        file = (folder / page).resolve(strict=True)
        window = (f"--window-size={width},{height}", f"--screenshot={IMAGES / name}.png")
        subprocess.run([*CHROMIUM, *window, file.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else "out"))
