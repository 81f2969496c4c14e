"""What the documentation links to is there, and the site builds without a warning."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.md"),
     ROOT / "data" / "README.md"}
)  # fmt: skip
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def broken(page: Path) -> list[str]:
    """The links of a page that lead to no file or to no heading of it."""
    found = []
    for link in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        there = target.exists() and target.is_relative_to(ROOT)
        if there and parts.fragment:
            there = parts.fragment in anchors(target.read_text(encoding="utf-8"))
        if not there:
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_to_nowhere_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "there.md").write_text("# Here, and `there`\n```\n# not a heading\n```\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md#here-and-there) [b](there.md#elsewhere) [c](gone.md) [d](../out.md)\n"
        "![e](gone.png) [f](https://example.org/x) [g](there.md#not-a-heading)\n"
    )
    assert broken(page) == [
        "there.md#elsewhere", "gone.md", "../out.md", "gone.png", "there.md#not-a-heading",
    ]  # fmt: skip


def test_every_page_of_docs_stands_in_the_menu() -> None:
    menu = re.findall(r": ([\w/.-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert menu[0] == "README.md"
    assert len(set(menu)) == len(menu)
    assert {ROOT / name for name in menu} == {page for page in PAGES if ".github" not in page.parts}


class Loaded(HTMLParser):
    """What a page loads from another host when it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        loads = tag in {"script", "img", "iframe", "source", "video"} or (
            tag == "link" and told.get("rel") not in {"canonical", "prev", "next", "alternate"}
        )
        address = told.get("src") or told.get("href") or ""
        if loads and urlsplit(address).netloc:
            self.addresses.append(address)


@pytest.mark.skipif(
    importlib.util.find_spec("material") is None or importlib.util.find_spec("mkdocs") is None,
    reason="no MkDocs here: it is the dependency group `docs` (about 120 MB)",
)
def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=ROOT, env=os.environ | nowhere, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")}
    assert {"index.html", "CONTRIBUTING.html", "docs/walk.html", "data/index.html"} <= pages
    for name in pages:
        loaded = Loaded()
        loaded.feed((tmp_path / name).read_text(encoding="utf-8"))
        assert loaded.addresses == [], name
