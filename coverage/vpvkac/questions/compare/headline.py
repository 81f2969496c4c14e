"""What page, map and terminal say first of a comparison: its title, its facts, its counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.questions.compare import wording
from vpvkac.render.frame import job_facts, source_line
from vpvkac.texts import words
from vpvkac.texts.formats import number
from vpvkac.views.page import About

if TYPE_CHECKING:
    from vpvkac.questions.compare.comparison import Comparison
    from vpvkac.questions.compare.side import Run
    from vpvkac.texts.message import Lang

# Told even where none is: what a reader asks for first.
_ALWAYS = ("gained_point", "lost_point", "gained_reach", "lost_reach")


def about(comparison: Comparison) -> About:
    """Give title, facts and sources; what the two sides share is said once."""
    a, b, lang = comparison.a, comparison.b, comparison.lang
    first, second = _facts(a, lang), _facts(b, lang)
    own_a = [fact for fact in first if fact not in second]
    own_b = [fact for fact in second if fact not in first]
    facts = [fact for fact in first if fact in second]
    facts += [
        f"{side} – {', '.join(map(words.lowered, own))}"
        for side, own in (("A", own_a), ("B", own_b))
        if own
    ]
    return About(lang, _title(a, b, lang), comparison.synthetic, facts, _sources(a, b, lang))


def headline(comparison: Comparison) -> list[tuple[str, str]]:
    """Count the units by change: gains and losses always, the others where there are any."""
    counts, lang = comparison.counts, comparison.lang
    order = (*_ALWAYS, *(change for change in counts if change not in _ALWAYS))
    return [
        (wording.CHANGES[change].text(lang), number(lang, counts[change]))
        for change in order
        if counts[change] or change in _ALWAYS
    ]


def in_a_sentence(comparison: Comparison) -> str:
    """Say how many units changed, or plainly that nothing did."""
    lang = comparison.lang
    if len(comparison.changed) == 0:
        nothing = len(comparison.changed_criteria) == 0
        return (wording.NO_CHANGE if nothing else wording.NO_UNIT_CHANGED).text(lang)
    return wording.CHANGED.text(lang).format(
        changed=number(lang, len(comparison.changed)), units=number(lang, len(comparison.table))
    )


def headline_text(comparison: Comparison) -> str:
    """Lay title, counts and the criteria that change out for a terminal."""
    lang, told = comparison.lang, about(comparison)
    lines = [f"{wording.TITLE.text(lang)} – {told.title or words.NETWORK.text(lang)}"]
    lines += [words.SAMPLE.text(lang)] * told.synthetic
    lines += [text for text in (warning(comparison), words.listed(told.facts, "; ")) if text]
    rows = headline(comparison)
    width = max(len(label) for label, _ in rows)
    reach = max(len(value) for _, value in rows)
    table = [f"{label:<{width}}  {value:>{reach}}" for label, value in rows]
    return "\n".join([*lines, "", in_a_sentence(comparison), "", *table, ""])


def warning(comparison: Comparison) -> str:
    """Warn where one side is invented and the other is not; else nothing."""
    if comparison.a.synthetic == comparison.b.synthetic:
        return ""
    side = "A" if comparison.a.synthetic else "B"
    return wording.ONE_SYNTHETIC.text(comparison.lang).format(side)


def _title(a: Run, b: Run, lang: Lang) -> str:
    titles = [run.title or words.NETWORK.text(lang) for run in (a, b)]
    return titles[0] if titles[0] == titles[1] else f"A: {titles[0]} · B: {titles[1]}"


def _facts(run: Run, lang: Lang) -> list[str]:
    stop_set = run.stop_set if run.has_stops else ""
    dates = {source.date for source in run.sources if source.date}
    return job_facts(lang, run.layout, stop_set, run.threshold_m, dates)


def _sources(a: Run, b: Run, lang: Lang) -> list[str]:
    first, second = ([source_line(source, lang) for source in run.sources] for run in (a, b))
    shared = [line for line in first if line in second]
    own = [
        f"{side} – {line}"
        for side, lines, others in (("A", first, second), ("B", second, first))
        for line in lines
        if line not in others
    ]
    return [*shared, *own]
