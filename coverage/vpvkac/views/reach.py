"""What is said of reach: headlines, and why residents of a unit cannot go and return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpvkac.analysis.reach import clock
from vpvkac.model.tables import TABLES
from vpvkac.texts import words
from vpvkac.texts.formats import number, percent, time_of_day
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.analysis.reach import ThereAndBack

_REASONS = {
    "no_outbound": Message(
        "Residents whom no vehicle brings to a point while it is open: {residents}. Asked for: a "
        "departure from the stop “{stop}”, to be there at {begin}–{end}: {place}."
    ),
    "no_return": Message(
        "Residents who get to a point but not home by {home}: {residents}. Asked for: a departure "
        "at {begin}–{end} to the stop “{stop}” from: {place}."
    ),
    "hours": Message(
        "Residents who could if a point were open at other hours: {residents}. Most would be "
        "served by an appointment at {begin}: {place}."
    ),
}
_WITHOUT_HELP = {
    "no_stop": Message("Residents without a served stop within {walk} min on foot: {residents}."),
    "no_outbound": Message("No point has an appointment. Residents: {residents}."),
    "no_return": Message("No point has an appointment. Residents: {residents}."),
}
_HEADLINE = Message(
    "{points}: {able} of residents can go there, be served and be home again on one day "
    "({walk} on foot, {bus} by bus). Residents who cannot: {none}."
)


def reason(row: Any, found: ThereAndBack, lang: Lang) -> str:
    """Say why most of the residents of a unit who cannot cannot, and what to ask for."""
    text = _REASONS[row["way"]] if row["begin"] else _WITHOUT_HELP[row["way"]]
    return text.text(lang).format(
        residents=number(lang, row["hindered"]),
        walk=found.rules.walk // 60,
        home=time_of_day(lang, clock(found.rules.home)),
        stop=row["stop"],
        place=row["place"],
        **{name: time_of_day(lang, row[name]) for name in ("begin", "end") if row["begin"]},
    )


def with_reasons(found: ThereAndBack, lang: Lang) -> pd.DataFrame:
    """Give the gaps with their sentences, as in gaps_reach.csv."""
    reasons = [reason(row, found, lang) for row in found.gaps.to_dict("records")]
    return found.gaps.assign(reason=reasons)[list(TABLES["gaps_reach"].names)]


def headlines(found: ThereAndBack, lang: Lang) -> list[str]:
    """Say for each set of points how many residents can, and how."""
    return [
        _HEADLINE.text(lang).format(
            points=words.REACH_POINTS[row["points"]].text(lang),
            able=percent(lang, (row["walk"] + row["bus"]) / (row["residents"] or 1)),
            walk=percent(lang, row["walk"] / (row["residents"] or 1)),
            bus=percent(lang, row["bus"] / (row["residents"] or 1)),
            none=number(lang, row["none"]),
        )
        for row in found.country.to_dict("records")
    ]
