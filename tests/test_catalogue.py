"""The catalogue of Latvian texts: whole, in step with the code, and found where it is installed."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import vpvkac
from catalogue import compile_catalogue, extract, messages_of, problems, read
from vpvkac.questions.walk.streets import FARTHEST_M
from vpvkac.texts import formats, message
from vpvkac.texts.message import (
    Bilingual,
    Composed,
    Formatted,
    Lang,
    Message,
    Plural,
    Text,
    in_context,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(vpvkac.__file__).parent
CATALOGUE = PACKAGE / "texts" / "lv.po"
NBSP = "\N{NO-BREAK SPACE}"
CODE = """
A = Message("{count} of {all}", count=1, all=2)
B = in_context("gap", "Open")
C = in_context("centre", "Open")
D = Plural("{n} row", "{n} rows")
"""
HEADER = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n!=0 ? 1 : 2);\\n"
"""
WHOLE = """
msgid "{count} of {all}"
msgstr "{count} no {all}"

msgctxt "gap"
msgid "Open"
msgstr "Vēl jāizpilda"

msgctxt "centre"
msgid "Open"
msgstr "Esošs"

msgid "{n} row"
msgid_plural "{n} rows"
msgstr[0] "{n} rinda"
msgstr[1] "{n} rindas"
msgstr[2] "{n} rindu"
"""


@pytest.fixture
def found(tmp_path: Path) -> Callable[[str], list[str]]:
    """Say what is wrong with a catalogue of the messages of `CODE`."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "module.py").write_text(CODE, encoding="utf-8")

    def check(entries: str) -> list[str]:
        path = tmp_path / "lv.po"
        path.write_text(HEADER + entries, encoding="utf-8")
        return problems(read(path), messages_of(package))

    return check


# --- Ours ----------------------------------------------------------------------------------------


def test_every_message_is_translated_and_every_translation_used() -> None:
    assert problems(read(CATALOGUE), messages_of(PACKAGE)) == []


def test_the_catalogue_is_written_as_extraction_writes_it(tmp_path: Path) -> None:
    copy = Path(shutil.copy(CATALOGUE, tmp_path / "lv.po"))
    extract(copy, PACKAGE)

    assert copy.read_text(encoding="utf-8") == CATALOGUE.read_text(encoding="utf-8")


def test_the_same_texts_compile_to_the_same_bytes(tmp_path: Path) -> None:
    copy = Path(shutil.copy(CATALOGUE, tmp_path / "lv.po"))

    assert compile_catalogue(copy).read_bytes() == CATALOGUE.with_suffix(".mo").read_bytes(), (
        "lv.mo is older than lv.po: run `python3 scripts/catalogue.py compile`"
    )


def test_a_distance_that_only_the_latvian_text_names_is_that_of_the_code() -> None:
    said = message.latvian(
        "other points with no street near: {more} (walk.csv: reason = no_street)"
    )

    assert f"{FARTHEST_M:.0f} m robežās" in said


# --- Planted faults ------------------------------------------------------------------------------


def test_a_whole_catalogue_has_no_fault(found: Callable[[str], list[str]]) -> None:
    assert found(WHOLE) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('msgstr "Esošs"', 'msgstr ""', '"Open" (context centre) is not translated.'),
        ('msgctxt "gap"', 'msgctxt "map"', '"Open" (context gap) is not in the catalogue'),
        ('msgctxt "gap"', 'msgctxt "map"', '"Open" (context map) is used nowhere'),
        ('msgid "{count} of', 'msgid "{count} off', '"{count} off {all}" is used nowhere'),
        ('"{count} no {all}"', '"{count} no"', "has {all}, {count}, its translation has {count}."),
        ('"{count} no {all}"', '"{skaits} no {all}"', "its translation has {all}, {skaits}."),
        ('"{n} rindas"', '"rindas"', "has {n}, its translation has no placeholder."),
        ('\nmsgid "{count}', '\n#, fuzzy\nmsgid "{count}', "is marked fuzzy"),
        ('"{n} rindu"', '""', '"{n} row" lacks a plural form.'),
        ('msgstr[2] "{n} rindu"\n', "", '"{n} row" lacks a plural form.'),
    ],
)
def test_a_planted_fault_is_found(
    found: Callable[[str], list[str]], before: str, after: str, said: str
) -> None:
    assert before in WHOLE

    assert any(said in one for one in found(WHOLE.replace(before, after)))


def test_extraction_adds_what_is_new_drops_what_is_unused_and_keeps_the_rest(
    tmp_path: Path,
) -> None:
    path, package = tmp_path / "lv.po", tmp_path / "package"
    package.mkdir()
    path.write_text(HEADER + WHOLE, encoding="utf-8")
    code = CODE.replace("Message(", 'Message("New"), Message(').replace('C = in_context("c', '# "')
    (package / "module.py").write_text(code, encoding="utf-8")

    extract(path, package)

    known = read(path)
    assert known["New"].string == ""
    assert known.get("Open", "centre") is None
    assert known.get("Open", "gap").string == "Vēl jāizpilda"
    assert known["{n} row"].string == ("{n} rinda", "{n} rindas", "{n} rindu")
    assert "#: module.py\n" in path.read_text(encoding="utf-8")


def test_a_message_inside_an_f_string_is_found(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = f\"{Message('Inside').text(lang)}: 1\"\n")
    assert [one.id for one in messages_of(tmp_path) if one.id] == ["Inside"]


# --- Messages ------------------------------------------------------------------------------------


def said_in_both(text: Text) -> tuple[str, str]:
    return text.text("lv"), text.text("en")


def test_a_message_is_its_id_in_english_and_its_translation_in_latvian() -> None:
    assert said_in_both(Message("yes")) == ("jā", "yes")
    assert said_in_both(Message("")) == ("", "")


def test_an_english_text_with_two_latvian_ones_is_told_apart_by_its_context() -> None:
    assert said_in_both(in_context("place", "closed")) == ("vairs nedarbojas", "closed")
    assert said_in_both(Message("closed")) == ("slēgts", "closed")


def test_values_are_said_in_the_language_of_the_message_and_held_to_their_units() -> None:
    share = formats.to_share(0.1234)
    message = Message("{what}: {share} of {length} m", what=Message("yes"), share=share, length=7)

    assert message.text("en") == f"yes: 12.3{NBSP}% of 7{NBSP}m"
    assert message.text("lv") == f"jā: 12,3{NBSP}% of 7{NBSP}m"


def test_braces_stay_without_values_and_are_halved_with_them() -> None:
    assert Message("write { a = {} }").text("en") == "write { a = {} }"
    assert Message("within {{threshold}}: {n}", n=1).text("en") == "within {threshold}: 1"


def test_values_are_put_in_by_place_or_by_name() -> None:
    assert Message("{} and {b}").with_values("x", b=2).text("en") == "x and 2"
    assert in_context("c", "{}").with_values(1) == in_context("c", "{}").with_values(1)
    assert in_context("c", "{}").with_values(1) != Message("{}").with_values(1)


def test_other_texts_are_composed_of_both_languages() -> None:
    assert said_in_both(Bilingual("0,5", "0.5")) == ("0,5", "0.5")
    assert said_in_both(Composed(Message("yes"), Bilingual("b", "c"), between="; ")) == (
        "jā; b",
        "yes; c",
    )
    assert said_in_both(Formatted(formats.percent, 0.5)) == (f"50{NBSP}%", f"50{NBSP}%")


@pytest.mark.parametrize(
    "text",
    [
        Message("{n} m", n=Message("yes")),
        in_context("place", "closed"),
        Plural("{n} row", "{n} rows", 2),
        Bilingual("a", "b"),
        Composed(Message("yes"), Message("no"), between=", "),
        Formatted(formats.percent, 0.5),
    ],
)
def test_a_text_goes_to_another_process_and_can_be_a_key(text: Text) -> None:
    assert pickle.loads(pickle.dumps(text)) == text  # noqa: S301
    assert len({text, pickle.loads(pickle.dumps(text))}) == 1  # noqa: S301


def test_a_value_that_may_change_is_written_when_the_message_is_made() -> None:
    names = ["a"]
    message = Message("has {names}", names=names)
    names.append("b")

    assert message.text("en") == "has ['a']"


def test_a_message_without_translation_stays_english() -> None:
    assert Message("in no catalogue").text("lv") == "in no catalogue"


def test_a_missing_compilation_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "_COMPILED", "nav.mo")
    message._catalogue.cache_clear()  # noqa: SLF001

    with pytest.raises(FileNotFoundError, match=r"scripts/catalogue\.py compile"):
        message.latvian("yes")
    monkeypatch.undo()
    message._catalogue.cache_clear()  # noqa: SLF001
    assert message.latvian("yes") == "jā"


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_a_count_is_written_as_numbers_are(lang: Lang) -> None:
    for count in (0, 1, 999, 9310, 10_000, 64_589, 1_000_000):
        written = Plural("{n} row", "{n} rows", count).text(lang)
        assert written.rpartition(NBSP)[0] == formats.number(lang, count)
