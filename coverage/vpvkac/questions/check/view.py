"""What a terminal shows of the inputs: what became of the rows of each."""

from __future__ import annotations

from collections.abc import Sequence

from vpvkac.model.accounts import Account
from vpvkac.render.terminal import align
from vpvkac.texts import words
from vpvkac.texts.message import Lang, Message


def account_table(accounts: Sequence[Account], lang: Lang) -> str:
    """Lay out rows read, used and not used, and under each file the reasons."""
    headings = (Message("File"), Message("read"), Message("used"), Message("not used"))
    rows = [tuple(heading.text(lang) for heading in headings)]
    for account in accounts:
        counts = account.rows_read, account.rows_used, sum(account.dropped.values())
        rows.append((account.shown, *map(str, counts)))
        for reason, count in account.dropped.items():
            rows.append((f"  – {words.DROPPED[reason].text(lang)}", "", "", str(count)))
    return "\n".join(["", *align(rows, numbers={1, 2, 3}), ""])
