"""The catalogue of Latvian texts: `python3 scripts/catalogue.py {compile,extract,check}`.

compile  makes lv.mo, which the program reads, from lv.po, which people edit.
extract  brings lv.po to the messages of the code: new ones without a translation, none unused.
check    says what is wrong with lv.po, and ends with 1 if anything is.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parent.parent / "coverage" / "vpvkac"
_HEADER = """\
# Latvian texts of vpvkac.  msgid is the English text as it stands in the code, msgstr the
# Latvian one: edit msgstr only.  What stands in braces is filled in by the program; keep it.
# Where msgctxt stands, the same English text has another Latvian one elsewhere.
msgid ""
msgstr ""
"Project-Id-Version: vpvkac\\n"
"Language: lv\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
"n%10>=2 && (n%100<11 || n%100>19) ? 1 : 2);\\n"
"""
_WIDTH = 100
_PLACEHOLDER = re.compile(r"\{(\w*)(?::[^{}]*)?\}")
# A compiled catalogue holds no moment: the same texts make the same bytes.
_NO_MOMENT = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)


def read(path: Path) -> Catalog:
    """Read a catalogue as people edit it.

    Raises
    ------
    babel.messages.pofile.PoFileError
        If it is no such file.
    """
    with path.open("rb") as file:
        return read_po(file, locale="lv", abort_invalid=True)


def compile_catalogue(path: Path) -> Path:
    """Write lv.mo beside lv.po, all at once; give its path."""
    catalogue = read(path)
    catalogue.creation_date = catalogue.revision_date = _NO_MOMENT
    compiled = path.with_suffix(".mo")
    being_written = compiled.with_name(f"{compiled.name}.{os.getpid()}")
    with being_written.open("wb") as file:
        write_mo(file, catalogue)
    being_written.replace(compiled)
    return compiled


def messages_of(package: Path) -> Catalog:
    """Gather the messages of the code, each with the files that it stands in."""
    found = Catalog(locale="lv")
    for path in sorted(package.rglob("*.py")):
        place = (path.relative_to(package).as_posix(), 1)
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call):
                for said, context in _said(node):
                    found.add(said, locations=[place], context=context)
    return found


def _said(call: ast.Call) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Give the messages that a call makes, each with its context; wherever it stands.

    Babel's own extraction reads tokens, and misses a call inside an f-string.
    """
    name, texts = getattr(call.func, "id", ""), [_text(one) for one in call.args]
    if name == "Message" and texts and texts[0] is not None:
        yield texts[0], None
    elif name == "in_context" and None not in texts[:2]:
        yield texts[1], texts[0]
    elif name == "Plural" and None not in texts[:2]:
        yield (texts[0], texts[1]), None
    elif name == "labels":
        # labels(code="Its message"): a message in each argument.
        yield from ((ast.literal_eval(argument.value), None) for argument in call.keywords)


def _text(node: ast.expr) -> Any:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def extract(path: Path, package: Path) -> None:
    """Bring a catalogue to the messages of the code."""
    known, found = read(path), messages_of(package)
    for message in _entries(found):
        before = known.get(message.id, message.context)
        if before is not None:
            message.string, message.user_comments = before.string, before.user_comments
    write(found, path)


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue in the order of its English texts, without dates and line numbers."""
    for message in _entries(catalogue):
        # A share, "{share} % of", is no printf format.
        message.flags = {"python-brace-format"} if _placeholders(message.id) else set()
    written = io.BytesIO()
    write_po(written, catalogue, _WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    path.write_text(f"{_HEADER}\n{written.getvalue().decode().strip()}\n", encoding="utf-8")


def problems(catalogue: Catalog, code: Catalog) -> list[str]:
    """Say what is wrong with a catalogue of the messages of the code, a sentence each."""
    wanted = {(message.context, message.id) for message in _entries(code)}
    found = [
        f"{_name(message)} is not in the catalogue: run extract."
        for message in _entries(code)
        if catalogue.get(message.id, message.context) is None
    ]
    for message in _entries(catalogue):
        if (message.context, message.id) not in wanted:
            found.append(f"{_name(message)} is used nowhere: run extract.")
        if message.fuzzy:
            found.append(f"{_name(message)} is marked fuzzy: mend its translation.")
        found.extend(f"{_name(message)} {said}" for said in _faults(message))
    return found


def _faults(message: Message) -> Iterator[str]:
    """Say what is wrong with the translation of one message."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(forms):
        yield "is not translated." if not any(forms) else "lacks a plural form."
    ours = _placeholders(message.id)
    for form in filter(None, forms):
        theirs = _placeholders(form)
        if theirs != ours:
            yield f"has {_listed(ours)}, its translation has {_listed(theirs)}."


def _placeholders(said: str | tuple[str, ...] | list[str]) -> set[str]:
    """Give what is filled in; other braces, `{ path = "…" }`, are words of the text."""
    forms = (said,) if isinstance(said, str) else said
    return {name for form in forms for name in _PLACEHOLDER.findall(form.replace("{{", ""))}


def _entries(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _name(message: Message) -> str:
    said = message.id if isinstance(message.id, str) else message.id[0]
    where = f" (context {message.context})" if message.context else ""
    return f'"{said}"{where}'


def _listed(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no placeholder"


def main(arguments: list[str]) -> int:
    """Run one of the three; give the exit code."""
    path = PACKAGE / "texts" / "lv.po"
    if arguments == ["compile"]:
        compile_catalogue(path)
    elif arguments == ["extract"]:
        extract(path, PACKAGE)
    elif arguments == ["check"]:
        said = problems(read(path), messages_of(PACKAGE))
        print("\n".join(said) or "Every message of the code is translated.")
        return 1 if said else 0
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
