"""The links between the pages of a folder."""

import re
from pathlib import Path
from urllib.parse import urldefrag

HREF = re.compile(r'href="([^"]+)"')


def dead_links(folder: Path) -> list[tuple[Path, str]]:
    """List the relative links that lead to no file, or to no place on its page."""
    texts = {page: page.read_text(encoding="utf-8") for page in folder.rglob("*.html")}
    dead = []
    for page, text in texts.items():
        # Scripts put links together of their own.
        for href in HREF.findall(re.sub("<script.*?</script>", "", text, flags=re.DOTALL)):
            if href.startswith(("mailto:", "tel:", "data:", "http")):
                continue
            file, fragment = urldefrag(href)
            target = (page.parent / file).resolve() if file else page
            named = fragment and "=" not in fragment
            if not target.is_file() or (named and f'id="{fragment}"' not in texts[target]):
                dead.append((page, href))
    return dead
