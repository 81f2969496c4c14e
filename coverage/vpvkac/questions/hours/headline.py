"""The headline of `hours` for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.questions.hours import wording
from vpvkac.texts import formats, words

if TYPE_CHECKING:
    from vpvkac.questions.hours.hours import Hours

_SHOWN = (
    "known", "early", "late", "saturday", "lunch_closed", "bus_before", "bus_after",
)  # fmt: skip


def headline(hours: Hours, files: Sequence[Path]) -> str:
    """Say the counts under the title, and which files were written."""
    result = hours.result
    lang = result.lang
    rows = hours.national.set_index("check").loc[list(_SHOWN)]
    labels = [wording.CHECKS[check].text(lang) for check in _SHOWN]
    width = max(map(len, labels))
    counts = [
        f"{label:<{width}}  {formats.number(lang, count)} / {formats.number(lang, of)}"
        for label, count, of in zip(labels, rows["count"], rows["of"], strict=True)
    ]
    said = [words.SAMPLE.text(lang)] if result.synthetic else []
    written = wording.FILES.text(lang).format(", ".join(map(str, files)))
    return "\n".join([wording.TITLE.text(lang), *said, "", *counts, "", written])
