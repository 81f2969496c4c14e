"""What a terminal shows of the inputs: what became of the rows of each."""

from __future__ import annotations

from collections.abc import Sequence

from vpvkac.model.accounts import Account
from vpvkac.render.terminal import align
from vpvkac.texts import words
from vpvkac.texts.formats import date
from vpvkac.texts.message import Lang, Message


def account_table(accounts: Sequence[Account], lang: Lang) -> str:
    """Lay out rows read, used and not used, under each file the reasons; then the layout found."""
    headings = (Message("File"), Message("read"), Message("used"), Message("not used"))
    rows = [tuple(heading.text(lang) for heading in headings)]
    for account in accounts:
        counts = account.rows_read, account.rows_used, sum(account.dropped.values())
        rows.append((account.shown, *map(str, counts)))
        for reason, count in account.dropped.items():
            rows.append((f"  – {words.DROPPED[reason].text(lang)}", "", "", str(count)))
    layouts = [_layout(account, lang) for account in accounts if account.key == "units"]
    return "\n".join(["", *align(rows, numbers={1, 2, 3}), "", *layouts])


def _layout(units: Account, lang: Lang) -> str:
    """Name the layout of the units, and the known one whose codes they have."""
    problem = Message("{layout}; units: {count}; codes of no layout known here")
    if codes := units.notes["codes"]:
        problem = Message("{layout}; units: {count}; codes as of {codes}")
    label = words.layout_label(lang, units.notes["layout"])
    line = problem.with_values(layout=label, count=units.rows_used, codes=date(lang, codes))
    return line.text(lang)
