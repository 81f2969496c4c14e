"""Every page of a folder leads to every other, whichever command wrote it."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

import lxml.etree
import lxml.html
import pytest
from click.testing import CliRunner

from links import HREF, dead_links
from vpvkac.cli.main import main
from vpvkac.render.staging import staged, write_text

NAV = re.compile(r"<!--pages-->(.*?)<!--/pages-->")
ROOM = '<html lang="{}"><nav><!--pages--><!--/pages--></nav>'
LATER = ("walk.html", "cost.html")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sample_out: Path) -> Path:
    """Write a run, and pages of other commands after it, one at a time."""
    out = tmp_path_factory.mktemp("pages") / "out"
    shutil.copytree(sample_out, out)
    for name in LATER:
        with staged(out) as new:
            write_text(new / name, ROOM.format("en"))
    return out


def test_every_page_has_the_same_navigation(folder: Path) -> None:
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 50
    wanted = {"index.html", "map.html", "report.html", "gaps.html", "maps/network.html",
              "municipalities/index.html", "help.html", *LATER}  # fmt: skip
    for page in pages:
        rooms = NAV.findall(page.read_text(encoding="utf-8"))
        assert len(rooms) == 1 + (page.name == "map.html"), page
        for links in rooms:
            led = {(page.parent / href).resolve() for href in HREF.findall(links)}
            assert led == {(folder / name).resolve() for name in wanted}, page
            assert links.count("aria-current") == 1, page


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_a_page_spells_the_centre_out_where_it_first_names_it(
    lang: str, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue("sample_out" if lang == "lv" else "sample_out_en")
    names = ("index.html", "map.html", "report.html", "gaps.html", "help.html", "maps/centres.html")
    letters = [f"municipalities/{code.name}/index.html" for code in
               sorted(folder.glob("municipalities/LV*"))[:5]]  # fmt: skip
    for name in (*names, *letters):
        body = lxml.html.parse(folder / name).find("body")
        for part in body.xpath(".//script | .//template | .//h1"):
            part.drop_tree()
        _, _, behind = " ".join(body.text_content().split()).partition("VPVKAC")
        assert behind.startswith((" – valsts un pašvaldību", " – one-stop public service")), name


def test_navigation_is_in_the_language_of_its_page(folder: Path) -> None:
    # The explorer holds its panel in both.
    latvian, english = NAV.findall((folder / "map.html").read_text(encoding="utf-8"))
    assert ">Pārskats<" in latvian
    assert ">Report<" in english
    assert ">Report<" in (folder / "walk.html").read_text(encoding="utf-8")


def test_the_front_page_lists_the_pages_of_other_commands(folder: Path) -> None:
    listed = re.search("<!--list-->(.*)<!--/list-->", (folder / "index.html").read_text("utf-8"))
    assert listed
    assert set(LATER) < set(HREF.findall(listed[1]))


def test_no_link_leads_nowhere(folder: Path) -> None:
    assert not dead_links(folder)


@pytest.mark.parametrize("page", ["report.html", "gaps.html", "municipalities/index.html"])
def test_every_table_of_a_page_leads_to_it_as_a_file(folder: Path, page: str) -> None:
    """That the files are there, the test above sees."""
    for caption in lxml.html.parse(folder / page).xpath("//caption"):
        files = caption.xpath(".//a[@download]/@href")
        assert files, caption.text_content()
        assert all(file.endswith((".csv", ".xlsx", ".json")) for file in files)


def test_every_figure_can_be_saved_as_a_picture_that_stands_alone(folder: Path) -> None:
    seen = 0
    for page in (folder / "report.html", *folder.glob("municipalities/LV*/index.html")):
        for figure in lxml.html.parse(page).xpath("//figure"):
            (href,) = figure.xpath(".//a[@download]/@href")
            kind, _, data = href.partition(",")
            held = kind.startswith("data:")
            svg = base64.b64decode(data) if held else (page.parent / href).read_bytes()
            root = lxml.etree.fromstring(svg)
            space = root.tag.removesuffix("svg")
            assert space == "{http://www.w3.org/2000/svg}"
            texts = [text.text for text in root.iter(f"{space}text")]
            # Its title, its legend or its scale.
            assert len(texts) > 1, page
            assert not list(root.iter(f"{space}script"))
            seen += 1
    assert seen > len(list(folder.glob("municipalities/LV*")))


@pytest.mark.parametrize("command", ["hours", "cost", "walk", "site", "plan"])
def test_the_page_of_a_command_leads_to_its_tables(
    command: str, small_project: Path, tmp_path: Path
) -> None:
    options = {"site": ["-p", "1"], "plan": ["--budget", "500000"]}.get(command, [])
    out = tmp_path / "out"
    done = CliRunner().invoke(main, [command, str(small_project), *options, "--out", str(out)])
    assert done.exit_code == 0, done.output
    links = HREF.findall((out / f"{command}.html").read_text(encoding="utf-8"))
    written = {file.name for file in out.glob("*.csv")}
    assert {href for href in links if href.endswith(".csv")} == written != set()


def test_a_page_that_goes_is_linked_no_more_and_foreign_ones_stay(tmp_path: Path) -> None:
    out, foreign = tmp_path / "out", "<p>walk.html of somebody else</p>"
    with staged(out) as new:
        write_text(new / "report.html", ROOM.format("lv"))
    write_text(out / "walk.html", foreign)
    (out / "hours.html").symlink_to(out / "report.html")
    with staged(out) as new:
        write_text(new / "cost.html", ROOM.format("lv"))
    assert (out / "walk.html").read_text(encoding="utf-8") == foreign
    assert (out / "hours.html").is_symlink()
    for name in ("report.html", "cost.html"):
        (links,) = NAV.findall((out / name).read_text(encoding="utf-8"))
        assert HREF.findall(links) == ["report.html", "cost.html"]
    (out / "cost.html").unlink()
    with staged(out) as new:
        write_text(new / "site.html", ROOM.format("lv"))
    (links,) = NAV.findall((out / "report.html").read_text(encoding="utf-8"))
    assert HREF.findall(links) == ["report.html", "site.html"]


def test_open_says_the_path_where_there_is_no_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["open", "--out", str(tmp_path), "--lang", "en"]
    answer = CliRunner().invoke(main, asked)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "is not there; write it with vpvkac run" in answer.stderr

    (tmp_path / "index.html").write_text("", encoding="utf-8")
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: bool(opened.append(address)))
    answer = CliRunner().invoke(main, asked)
    assert opened == [(tmp_path / "index.html").as_uri()]
    assert answer.exit_code == 0
    assert answer.stdout.startswith("There is no web browser here")
    assert str(tmp_path / "index.html") in answer.stdout
