"""The way from each page of a folder to every other, and the front page's list of them.

A page leaves room for it, `ROOM`; what stands there is filled in when pages are moved into their
folder (`staging`), in all of them at once, so that a page that one command adds is linked from
those that others wrote before.  No page asks the folder for anything itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from vpvkac.texts.message import Lang, Message, Text, in_context


class _Place(NamedTuple):
    """A page that a folder may hold, its name in the navigation, and what a reader finds there."""

    file: str
    label: Text
    about: Text


ROOM = Markup("<!--pages--><!--/pages-->")
LIST = Markup("<!--list--><!--/list-->")
INDEX = "index.html"
_PLACES = (
    _Place(INDEX, in_context("page", "Start"), Message("What this folder tells, and to whom.")),
    _Place("map.html", Message("Map"),
           Message("Every unit, contact point and gap, to search, to filter and to print.")),
    _Place("report.html", Message("Report"),
           Message("The findings on one page, then every figure, its source and its limits.")),
    _Place("gaps.html", in_context("page", "Gaps"),
           Message("Every gap with its reason, what to do and whom to ask, to sort and filter.")),
    _Place("maps/network.html", in_context("page", "Figures"),
           Message("The figures of the 2020 analysis as maps, of the data of this run.")),
    _Place("municipalities/index.html", in_context("page", "Municipalities"),
           Message("A page to print or send, and a workbook, for each municipality.")),
    _Place("walk.html", in_context("page", "Walk"),
           Message("The way along streets to the nearest stop, in metres and minutes.")),
    _Place("reach.html", in_context("page", "Reach"),
           Message("Who can go to a point by bus, be served and come home on one day.")),
    _Place("hours.html", in_context("page", "Hours"),
           Message("When centres are open, and whether a bus comes in time.")),
    _Place("site.html", in_context("page", "Sites"),
           Message("Where more points would bring most, or how few reach a target.")),
    _Place("plan.html", in_context("page", "Plan"),
           Message("In what order the remaining points open, by year, budget and target.")),
    _Place("cost.html", in_context("page", "Cost"),
           Message("What the network costs, who pays, and what a newly covered resident costs.")),
    _Place("compare.html", in_context("page", "Comparison"),
           Message("What changes from one run or what-if to another.")),
    _Place("help.html", in_context("page", "Help"),
           Message("What the numbers, measures and terms mean, and what they do not tell.")),
)  # fmt: skip
# A page below one of these, or beside it, stands under its name.
_UNDER = {"maps/": "maps/network.html", "municipalities/": "municipalities/index.html",
          "compare_": "compare.html"}  # fmt: skip
_FOUND = (*(place.file for place in _PLACES), "compare_map.html", "compare_reach.html",
          "maps/*.html", "municipalities/LV*/index.html")  # fmt: skip
_ROOM = re.compile(r"<!--(pages|list)-->.*?<!--/\1-->", re.DOTALL)
_LANGUAGE = re.compile(r'<(?:html lang|template id="other" data-lang)="(\w+)"')


def fill(new: Path, folder: Path, gone: Collection[str]) -> list[str]:
    """Link the pages of `new` and those of `folder` that stay; name the latter where they change.

    These are written into `new`, to be moved in with the rest.  A page without room for links is
    somebody else's, and stays as it is.
    """
    pages = _read(new)
    stay = {name: text for name, text in _read(folder).items() if name not in {*pages, *gone}}
    there = [place for place in _PLACES if place.file in pages or place.file in stay]
    changed = []
    for name, text in (pages | stay).items():
        linked = _linked(name, text, there)
        if linked != text:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_text(linked, encoding="utf-8", newline="\n")
            changed += [name] * (name in stay)
    return changed


def pages_in(folder: Path) -> list[Path]:
    """Find what may be a page of ours in a folder, in order of name."""
    return sorted({file for pattern in _FOUND for file in folder.glob(pattern)})


def _read(folder: Path) -> dict[str, str]:
    """Read the pages of a folder that have room for links, by their names in it."""
    pages = {}
    for file in pages_in(folder):
        if file.is_file() and not file.is_symlink():
            text = file.read_bytes().decode("utf-8", errors="replace")
            if ROOM[:12] in text:
                pages[file.relative_to(folder).as_posix()] = text
    return pages


def _linked(name: str, text: str, there: Sequence[_Place]) -> str:
    """Put the links, and on the front page the list, where a page has room for them."""

    def put(room: re.Match[str]) -> str:
        # A map holds its panel in the other language too.
        before = _LANGUAGE.findall(text, 0, room.start())
        lang: Lang = "en" if before[-1:] == ["en"] else "lv"
        return f"<!--{room[1]}-->{_links(name, there, lang, room[1])}<!--/{room[1]}-->"

    return _ROOM.sub(put, text)


def _links(name: str, there: Sequence[_Place], lang: Lang, kind: str) -> Markup:
    """Link a page to the others, in the list with what each is about."""
    home = "../" * name.count("/")
    under = next((file for start, file in _UNDER.items() if name.startswith(start)), name)
    links, entries = Markup(), Markup()
    for place in there:
        # "page" is this page itself, "true" what it stands under.
        here = Markup(' aria-current="{}"').format("page" if under == name else "true")
        link = Markup('<a href="{}"{}>{}</a>').format(
            home + place.file, here if place.file == under else "", place.label.text(lang)
        )
        links += Markup("<li>{}</li>").format(link)
        if place.file != INDEX:
            entries += Markup("<li>{} {}</li>").format(link, place.about.text(lang))
    if kind == "list":
        return Markup('<ul class="list">{}</ul>').format(entries)
    return Markup("<ul>{}</ul>").format(links)
