"""Every text of the program, wherever it stands: read from the source, checked by the rules.

The texts are taken from the syntax tree of the modules, so that a new one is
checked wherever it is written; the templates of the method and the reference
files are read as they are.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import vpvkac
from catalogue import read
from vpvkac.texts import formats, words
from vpvkac.texts.message import Bilingual, Lang, Plural, held, latvian

NBSP = "\N{NO-BREAK SPACE}"
PACKAGE = Path(vpvkac.__file__).parent
REFERENCE = PACKAGE.parents[1] / "data" / "reference"
# What every placeholder is shown as where its name does not matter.
GAP = "{}"
COUNTS = (0, 1, 2, 9, 10, 11, 21, 22, 101, 111, 1000, 1001)


def _calls(*names: str) -> Iterator[tuple[Path, int, list[str]]]:
    """Find what the package makes by its name, with the strings that it is made of."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                given = node.args or [keyword.value for keyword in node.keywords]
                strings = [one.value for one in given if isinstance(one, ast.Constant)]
                if strings:
                    yield path, node.lineno, strings  # type: ignore[misc]


def _texts() -> Iterator[tuple[str, Lang, str]]:
    """Find every message of the package, by place and language."""
    for path, line, (*context, english) in _calls("Message", "in_context"):
        where = f"{path.relative_to(PACKAGE)}:{line}"
        yield where, "en", english
        yield where, "lv", latvian(english, *context)
    for path, line, texts in _calls("labels"):
        for english in texts:
            yield f"{path.relative_to(PACKAGE)}:{line}", "en", english
            yield f"{path.relative_to(PACKAGE)}:{line}", "lv", latvian(english)


def _reference() -> Iterator[tuple[str, Lang, str]]:
    """Find the texts of the reference files and of the method's templates."""
    for file in ("published.toml", "hours.toml"):
        yield from _pairs(file, tomllib.loads((REFERENCE / file).read_text(encoding="utf-8")))
    for lang in ("lv", "en"):
        html = (PACKAGE / "render" / "templates" / f"method.{lang}.html").read_text(
            encoding="utf-8"
        )
        text = re.sub(r"<[^>]*>|\{%.*?%\}", "", html).replace("&nbsp;", NBSP)
        yield f"method.{lang}.html", lang, text  # type: ignore[misc]


def _pairs(where: str, value: object) -> Iterator[tuple[str, Lang, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _pairs(where, item)
    if isinstance(value, dict):
        for lang in ("lv", "en"):
            if isinstance(value.get(lang), str):
                yield f"{where}: {value[lang][:30]}", lang, value[lang]  # type: ignore[misc]
        for item in value.values():
            yield from _pairs(where, item)


TEXTS = [*_texts(), *_reference()]
LATVIAN = [(where, text) for where, lang, text in TEXTS if lang == "lv"]
ENGLISH = [(where, text) for where, lang, text in TEXTS if lang == "en"]


def found(pattern: str, texts: list[tuple[str, str]]) -> list[str]:
    """List the texts that a pattern is found in, by place."""
    wanted = re.compile(pattern)
    return [f"{where}: {text}" for where, text in texts if wanted.search(text)]


def test_the_texts_are_found() -> None:
    assert len(LATVIAN) > 1500
    assert len(ENGLISH) > 1500
    assert any("kontaktpunkt" in text for _, text in LATVIAN)


# --- Typography --------------------------------------------------------------------------------

# A straight quotation mark is right in what is to be copied: TOML, a command, a pattern.
CODE = r'(?m)^vpvkac .*$|"[^" ]*"|= "\{\}"|"kolonna" = \["vērtība"\]|"8:30 - |"9:00-17:00"|"Mo-Th '


def test_latvian_has_one_kind_of_quotation_marks_but_in_code() -> None:
    straight = [(where, re.sub(CODE, "", text)) for where, text in LATVIAN]
    other = found("[„‟«»‘’]", LATVIAN)

    assert [line for line in found('"', straight) if "rakstiet" not in line] == []
    assert other == []


@pytest.mark.parametrize("texts", [LATVIAN, ENGLISH], ids=["lv", "en"])
def test_no_text_has_two_spaces_in_a_row(texts: list[tuple[str, str]]) -> None:
    # Two spaces set the default value apart in the help of an option, and part its examples.
    prose = [(where, text) for where, text in texts if not where.startswith("cli/")]

    assert found(r"\S  +\S", prose) == []


@pytest.mark.parametrize("texts", [LATVIAN, ENGLISH], ids=["lv", "en"])
def test_no_hyphen_stands_for_a_dash(texts: list[tuple[str, str]]) -> None:
    # Dates and times to be copied, names of files and standards keep theirs.
    code = r"\d{4}-\d\d-\d\d|\d\d?:\d\d ?-|[A-Z]+-\d+|-\{most:g\}|vpvkac-\w+|COVID-19|-90|10-\d{4}"
    prose = [(where, re.sub(code, "", text)) for where, text in texts]

    assert found(r"[\d}]-[\d{]", prose) == []
    assert (
        found(r"\w - \w", [(where, text.replace("8:30 - 12", "")) for where, text in prose]) == []
    )


def test_no_number_is_parted_from_its_unit_or_from_its_thousands() -> None:
    for _, lang, text in TEXTS:
        shown = Bilingual(text, text).text(lang)
        assert re.search(r"[\d}] (?:%|m|km|km²|min|s|EUR|MB|milj|tūkst)(?!\w)", shown) is None
        assert re.search(r"\d \d{3}(?!\d)", shown) is None


def test_held_spaces_are_those_of_numbers_alone() -> None:
    assert held("103 941 no 1 482 120 EUR") == f"103{NBSP}941 no 1{NBSP}482{NBSP}120{NBSP}EUR"
    assert held("{gap} % un 700 m") == f"{{gap}}{NBSP}% un 700{NBSP}m"
    assert held("2 metri, 129 + 458 = 587, 2020 gada") == "2 metri, 129 + 458 = 587, 2020 gada"


def test_straight_marks_of_names_are_shown_as_typographic_ones() -> None:
    for given, shown in {
        '"Tautas nams", Rasaskalna pag.': "“Tautas nams”, Rasaskalna pag.",
        'SIA "Ezers" ("A")': "SIA “Ezers” (“A”)",
        'biedrība "Nams "Saule""': "biedrība “Nams “Saule””",
        "bez pēdiņām": "bez pēdiņām",
    }.items():
        assert formats.typographic(given) == shown


# --- Words -------------------------------------------------------------------------------------

FORBIDDEN = {
    # GLOSSARY.md, "Not to be used", and what it has another term for.
    r"\b[Hh]ost": "iestādes veids",
    r"\b[Gg]ap[iu]\b": "nepilnība",
    r"\b[Ss]top[iu]\b": "pietura",
    r"saimniek": "iestāde",
    r"[Ii]zcelsm": "sākumpunkts",
    r"Līkuma koeficient": "apkārtceļa koeficients",
    r"[Pp]lūsm": "pieturu avots",
    r"izbraukuma": "the analysis does not recommend a mobile service",
    r"Cik atvērt[si] ": "cik atvērtu",
    # Calques.
    r"\bīst[aāoui]": "faktiskais, reālais",
    r"lasījums\b(?! nav)": "interpretācija",
    r"\b[Dd]odiet\b": "norādiet",
    r"\b[Nn]osauciet\b": "norādiet",
    r"(?<!no)\b[Ii]elādēj": "lejupielādēt",
    r"\bdot(?:s|a|ā|i|as|ās)\b": "norādīts",
    r"\bstāv\b": "norādīts",
    r"\bved uz\b": "saite uz",
    r"\bsver vairāk": "ietekmē vairāk",
    r"pret dienu": "attiecībā pret",
    r"aprēķina dien[aā]|[Aa]prēķina diena\b": "kustības saraksta diena",
    r"\b[Pp]ie (?:esoš|vis[aāi]|pakalpojumu|pirmā)": "tuvumā; atkarībā no; ar",
    r"\b[Pp]abeigt(?:ie|i)\b": "izpildītie lēmumi",
    r"jebkur[aā]i? pietur": "jebkāda veida pietura",
    r"\b[Kk]as jāprecizē": "kuru atrašanās vieta jāprecizē",
    r"minūšu gājien": "gājiena laiks: min",
}
QUAINT = {
    r"\b[Rr]eckon": "calculate",
    r"\b[Mm]end(?:ed|s)?\b": "close a gap, correct a file",
    r"[Cc]annot be told": "cannot be determined",
    r", say\)| say\b(?=[,.;)])": "e.g.",
    r"\b[Ii]n all\b(?! Latvia| candidate| of| such)": "total",
    r"\b[Vv]isits?\b": "bus calls",
    r"\bone a (?:unit|week|year)": "per",
    r"\bhang on\b": "depend on",
    r"\b[Bb]etter place\b": "alternative place",
    r"Desk apart": "separate service desk",
    r"Libraries against": "compared with",
    r"\bsurely\b": "certain to",
}
# Messages of the readers, and the page of opening hours, which their own tests read.
OWN = ("sources/", "analysis/opening", "questions/hours/")


def _prose(text: str) -> str:
    """Leave out placeholders, options and codes of what can be chosen."""
    return re.sub(r"\{[^{}]*\}|--[\w-]+", GAP, text)


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_latvian_avoids(pattern: str) -> None:
    ours = [(where, _prose(text)) for where, text in LATVIAN if not where.startswith(OWN)]

    assert found(pattern, ours) == [], FORBIDDEN[pattern]


@pytest.mark.parametrize("pattern", QUAINT)
def test_english_avoids(pattern: str) -> None:
    ours = [(where, _prose(text)) for where, text in ENGLISH if not where.startswith(OWN)]

    assert found(pattern, ours) == [], QUAINT[pattern]


def test_territorial_units_have_their_full_name() -> None:
    assert (
        found(r"(?<![Tt]eritoriāl[āo]s )(?<!iedalījuma )\bvienības\b(?! iekšienē)", LATVIAN) == []
    )


def test_what_has_no_published_name_is_not_called_a_republic_city_today() -> None:
    named = found(r"[Rr]epublikas pilsēt", LATVIAN)

    assert [line.partition(":")[0] for line in named] == ["texts/words.py"]


# --- Counted nouns -----------------------------------------------------------------------------

# What may follow a placeholder: it takes no form of the number.
AFTER_A_GAP = {
    "lv": """
        % m km km² s min MB EUR milj ap arī atrodas attālumā gadā ir izveido jau līdz no nav pēc
        precizitāti rezultātu robežās scenārijs skaits skaitu tālāk un vajadzīga vidējais vērtību
        vērtībai VPVKAC mazāks mazāk vairāk aplis izraksts par
        """,
    "en": """
        % m km km² s min MB EUR million about along already and around at away before beyond by
        candidate covered even for from in is less lies makes more nearer needs of on or per shown
        since takes target to total within
        """,
}
# Of a noun that stands after a number all the same: why its form is right.
AGREES = {
    "{lower_share} kontaktpunktu": "a genitive after a share, 91,1 % kontaktpunktu",
    "{share} kontaktpunktu": "the same",
    "{share} esošo un plānoto kontaktpunktu": "the same",
    "{share} iedzīvotāju": "the same",
    "{budget} budžetā": "a locative, whatever the number",
    "{begin} vai vēlāk": "a conjunction after a time",
    "{share} platības": "the same",
    "{able} teritoriālo vienību": "the same",
    "{share} dodas": "a verb, of them",
    "{share} go to": "a verb, of them",
    "centres; in": "the first wave, 129",
    "pakalpojum": "a rate with a decimal",
    "services in parishes": "a rate with a decimal",
    "count as the second wave": "a verb",
    "rows like this": "said of two and more",
    "{factor} times": "a factor with a decimal",
    "of {all} appointments": "a plural after “of”, whatever the number",
    "kā {codes} iedalījumā": "a date",
}


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_no_noun_stands_after_a_number_it_may_not_agree_with(lang: Lang) -> None:
    """A count is written "label: number", or as a `Plural`."""
    allowed = set(AFTER_A_GAP[lang].split())
    texts = LATVIAN if lang == "lv" else ENGLISH
    wrong = [
        f"{where}: {text}"
        for where, text in texts
        if not where.startswith(OWN)
        for word in re.findall(r"\{[^{}]*\} (%|[^\W\d_]+)", text)
        if word not in allowed and not any(known in text for known in AGREES)
    ]

    assert wrong == []


NOUNS = {f"{path.name}:{line}": Plural(*forms) for path, line, forms in _calls("Plural")}
FORMS = read(PACKAGE / "texts" / "lv.po")


@pytest.mark.parametrize("where", NOUNS)
def test_a_counted_noun_has_the_form_of_its_number(where: str) -> None:
    noun = NOUNS[where]
    written = FORMS[noun.one].string
    one, many, of = {1, 21, 101, 1001}, {2, 9, 22}, {0, 10, 11, 111, 1000}

    assert one | many | of == set(COUNTS)
    for count in COUNTS:
        form = written[0] if count in one else written[1] if count in many else written[2]
        english = noun.one if count == 1 else noun.many
        for lang, said in (("lv", form), ("en", english)):
            assert said.count("{n} ") == 1
            shown = said.replace("{n} ", f"{count}{NBSP}")
            assert noun.with_values(count).text(lang) == shown


# --- Dates, abbreviations ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "first", "last", "written"),
    [
        ("lv", "2023-11-01", "2023-11-08", "01.11.2023.–08.11.2023."),
        ("en", "2023-11-01", "2023-11-08", "1–8 November 2023"),
        ("en", "2023-10-30", "2023-11-08", "30 October – 8 November 2023"),
        ("en", "2022-11-01", "2023-11-08", "1 November 2022 – 8 November 2023"),
        ("en", "2020", "2023-11-08", "2020 – 8 November 2023"),
    ],
)
def test_ranges_of_dates(lang: Lang, first: str, last: str, written: str) -> None:
    assert formats.date_range(lang, first, last) == written


def test_abbreviations_are_written_out_where_a_text_holds_them() -> None:
    assert words.abbreviations("lv", "VPVKAC un iestāžu KAC") == [
        "VPVKAC – valsts un pašvaldību vienotais klientu apkalpošanas centrs",
        "KAC – klientu apkalpošanas centrs",
    ]
    assert words.abbreviations("lv", "KACĒNS, urbanizācija, VPVKACX") == []


def test_a_label_inside_a_sentence_begins_small_unless_it_is_an_abbreviation() -> None:
    assert words.listed(["VPVKAC", "Pašvaldības bibliotēka"]) == "VPVKAC, pašvaldības bibliotēka"
    assert words.lowered("VPVKAC saraksts") == "VPVKAC saraksts"
