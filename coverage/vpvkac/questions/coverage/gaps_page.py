"""`gaps.html`: the gap lists as tables that everyone can read, the equivalent of the maps.

A row has the address ``#unit-LV…`` or ``#municipality-LV…``, to which the
maps link, and leads to its place on the explorer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from vpvkac.questions.coverage.report.decisions import decisions_section
from vpvkac.questions.coverage.report.gap_lists import clusters_section
from vpvkac.render.frame import render
from vpvkac.texts import words
from vpvkac.texts.message import Message, Text
from vpvkac.views.gaps import (
    AccessGap,
    CoverageGap,
    Gap,
    MunicipalityGap,
    ServiceGap,
    access_sentence,
    by_unit,
    decision_texts,
    is_own,
    nearer_stop,
    placing,
)
from vpvkac.views.page import Column, Line, Page, about
from vpvkac.views.writer import Field, Writer

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.coverage.view import Result


# Only a plain address becomes a link; anything else others wrote is shown as text.
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_POINT = Message("Contact point, address, contact")
_NOTHING = Message("There are no such gaps.")

# Gaps under a heading of their own, each with its cells.
_Rows = Sequence[tuple[Gap, list[str | list[Line]]]]


class _GapList(NamedTuple):
    """One of the lists; `none` is said where it has no row, `note` of what it holds."""

    key: str
    title: str
    caption: str
    columns: Sequence[Column]
    groups: Sequence[tuple[str, _Rows]]
    length: str
    none: str
    note: str = ""


def gaps_page(result: Result, tables: Mapping[str, pd.DataFrame]) -> str:
    """Make `gaps.html`.

    Parameters
    ----------
    tables
        Output tables as `rounding.exact` gives them.

    Returns
    -------
    text
        The page; the same result gives the same text.
    """
    write = Writer.of(result)
    decided = by_unit(tables["follow_up"])
    sequels = [(clusters_section(result, tables), len(tables["gap_clusters"]))]
    if len(tables["follow_up"]):
        sequels.append((decisions_section(result, tables), len(tables["follow_up"])))
    context = {
        "introduction": write(
            Message(
                "What to improve in the network, why and how. The name of a unit is a link to the "
                "explorer map. The order is that of the data files and of the workbook gaps.xlsx."
            )
        ),
        "contents": write(Message("Contents")),
        "lists": [
            _access(result, AccessGap.of(tables["gaps_access"], write, decided)),
            _service(result, ServiceGap.of(tables["gaps_service"], write, decided)),
            _coverage(result, CoverageGap.of(tables["gaps_coverage"], write, decided)),
            _municipalities(result, MunicipalityGap.of(tables["gaps_municipalities"], write)),
        ],
        "sequels": [(section, write.number(count)) for section, count in sequels],
    }
    page = Page(write(Message("Gap lists")), "gaps.html", ("gaps.css",), here="gaps.html")
    return render(page, context, about(result, result.lang))


def _access(result: Result, gaps: Sequence[AccessGap]) -> _GapList:
    """List the access gaps, by class."""
    write = Writer.of(result)
    label = write(words.MAP["located"])
    fields = [
        write.field(
            _POINT,
            lambda gap: [*_contact_lines(gap), Line(placing(gap, write), label, style="quiet")],
        ),
        *write.fields("distance_m", "over_m"),
        write.field("stop_name", _stop_lines),
        *_population(write, gaps),
        write.field(
            Message("Recommended action, alternative place"),
            lambda gap: [*_remedy_lines(gap), *_followed_lines(gap)],
        ),
        write.field("reason"),
    ]
    caption = Message(
        "Contact points beyond {threshold} of a stop, and those whose position is to be verified"
    )
    none = words.NO_STOPS if result.stops.empty else _NOTHING
    note = access_sentence(result.gaps_access, result.network, write)
    listed = _gap_list("access", AccessGap, caption, fields, gaps, write)
    return listed._replace(none=write(none), note=note)


def _service(result: Result, gaps: Sequence[ServiceGap]) -> _GapList:
    """List the points that are near a stop and rarely served."""
    write = Writer.of(result)
    fields = [
        write.field(_POINT, _contact_lines),
        *write.fields("distance_m"),
        write.field("stop_name", lambda gap: _names(gap.text("stop_name"))),
        *write.fields("visits", "visits_within"),
        *_population(write, gaps),
        write.field("remedy", lambda gap: [_remedy(gap), *_followed_lines(gap)]),
        write.field("reason"),
    ]
    caption = Message(
        "Contact points with a stop within {threshold}, where no more than 3 buses call on the "
        "service day at all such stops together"
    )
    known = result.network["service_class"].notna().any()
    none = (
        _NOTHING if known else Message("Bus calls at stops are not known, so they are not judged.")
    )
    listed = _gap_list("service", ServiceGap, caption, fields, gaps, write)
    return listed._replace(none=write(none))


def _coverage(result: Result, gaps: Sequence[CoverageGap]) -> _GapList:
    """List the units with no point."""
    write = Writer.of(result)
    fields = [
        *write.fields("area_km2"),
        *_population(write, gaps),
        write.field("other_premises", lambda gap: _names(gap.text("other_premises"))),
        write.field(Message("Nearest contact point"), _nearest_lines),
        *write.fields("nearest_m"),
        write.field("remedy", lambda gap: [_remedy(gap), *_followed_lines(gap)]),
        write.field("reason"),
    ]
    caption = Message("Territorial units with no contact point")
    return _gap_list("coverage", CoverageGap, caption, fields, gaps, write)


def _municipalities(result: Result, gaps: Sequence[MunicipalityGap]) -> _GapList:
    """List the municipalities with no open centre."""
    write, given = Writer.of(result), result.project.hosts
    fields = [
        *write.fields("units", "announced", "planned", "none", "area_km2"),
        *_population(write, gaps),
        *write.fields(*["institution_offices"] * ("institution" in given)),
        *write.fields(*["decisions"] * any(gap["decisions"] for gap in gaps)),
        write.field("remedy", lambda gap: [_remedy(gap)]),
        write.field("reason"),
    ]
    caption = Message("Municipalities with no open centre")
    no_centres = Message("No list of centres is given, so municipalities are not judged.")
    none = _NOTHING if "centre" in given else no_centres
    listed = _gap_list("municipalities", MunicipalityGap, caption, fields, gaps, write)
    return listed._replace(none=write(none))


def _gap_list(
    key: str,
    kind: type[Gap],
    caption: Text,
    fields: Sequence[Field],
    gaps: Sequence[Gap],
    write: Writer,
) -> _GapList:
    """Lay a list out, its gaps under the headings of their groups."""
    first = [*write.fields("rank"), *write.fields(f"{kind.concerns}_name")]
    groups: list[tuple[str, _Rows]] = []
    for group in dict.fromkeys(gap.group for gap in gaps):
        rows = [(gap, [field.cell(gap) for field in fields]) for gap in gaps if gap.group == group]
        groups.append((f"{group} ({write.number(len(rows))})" if group else "", rows))
    return _GapList(
        key,
        write(kind.title),
        write.heading(caption),
        [field.column for field in (*first, *fields)],
        groups,
        write.number(len(gaps)),
        write(_NOTHING),
    )


def _population(write: Writer, gaps: Sequence[Gap]) -> list[Field]:
    """Give the column of residents where any are known."""
    known = any(gap.text("population") for gap in gaps)
    return write.fields("population") if known else []


def _contact_lines(gap: Any) -> list[Line]:
    """Say what stands there, where, and whom to ask."""
    status = gap.write(Message("status of the point: {}"), gap.status.lower())
    email = gap.text("email")
    return _without_blanks(
        Line(gap.place_name, named=True, style="first"),
        Line(f"{gap.host}; {status}", style="quiet"),
        Line(gap.text("address"), named=True),
        Line(gap.text("phone"), named=True),
        Line(email, href=f"mailto:{email}" if _EMAIL.fullmatch(email) else "", named=True),
    )


def _stop_lines(gap: AccessGap) -> list[Line]:
    """Name the nearest stop, how often it is served, and how far a nearer one of any kind is."""
    return _without_blanks(
        Line(gap.text("stop_name"), named=True),
        Line(gap.text("visits"), gap.write(words.MAP["visits"]), style="quiet"),
        Line(nearer_stop(gap, gap.write), gap.write(words.MAP["any_stop"]), style="quiet"),
    )


def _remedy_lines(gap: AccessGap) -> list[Line]:
    """Say what to do; and where, if a place of the unit is within reach."""
    if gap.alternative is None:
        return [_remedy(gap)]
    name, address, kind = gap.alternative
    return _without_blanks(
        _remedy(gap), Line(name, named=True), Line(address, named=True), Line(kind, style="quiet")
    )


def _remedy(gap: Gap) -> Line:
    return Line(gap.remedy, style="first")


def _followed_lines(gap: Gap) -> list[Line]:
    """Say to which cluster a gap belongs, and what has been decided on its unit."""
    label = gap.write.heading("cluster_name")
    lines = [Line(gap.cluster, label, style="quiet", href="#clusters", named=True)]
    for given in gap.given:
        for name, text in decision_texts(given, gap.write.lang).items():
            style = "first" if name == "decision" else "quiet"
            label = gap.write.heading(name)
            lines.append(Line(text, label, style, named=not is_own(name, given)))
    return _without_blanks(*lines)


def _nearest_lines(gap: CoverageGap) -> list[Line]:
    """Name the nearest contact point of another unit."""
    if gap.nearest is None:
        return []
    name, unit, host = gap.nearest
    return _without_blanks(
        Line(name, named=True), Line(unit, named=True, style="quiet"), Line(host, style="quiet")
    )


def _names(joined: str) -> list[Line]:
    return _without_blanks(Line(joined, named=True))


def _without_blanks(*lines: Line) -> list[Line]:
    """Leave out the lines that say nothing."""
    return [line for line in lines if line.text]
