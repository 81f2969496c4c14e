"""The section of the report on institutions' own offices, and the units that hold them by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.texts.message import Message
from vpvkac.views.page import Section
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result


def institutions_section(result: Result) -> Section | None:
    """Name the units that hold offices, those without an open centre first; None without any."""
    table = result.institution_places
    if table.empty:
        return None
    write = Writer.of(result)
    said = Message(
        "Territorial units with offices of institutions: {units}; of these with an open centre: "
        "{open}; where one is still needed: {needed}. The 2020 analysis (2.2, figure 11) has 39 "
        "places, 9 and 30; it does not say whether a place is a unit, and counts Rīga, which has a "
        "state centre, among the 30. How far each institution's nearest office is from each unit: "
        "institutions.csv."
    )
    held = int(table["has_centre"].sum())
    counts = {"units": len(table), "open": held, "needed": len(table) - held}
    fields = write.fields(
        "unit_name", "municipality_name", "institutions", "offices", "has_centre", "status",
        "place_name", "state_centres",
    )  # fmt: skip
    caption = write(Message("Units with institutions' offices, those without an open centre first"))
    return Section.of(
        "institutions",
        write(Message("Institutions' offices and centres")),
        write(said, **{name: write.number(count) for name, count in counts.items()}),
        tabulate(
            "institutions",
            caption,
            fields,
            records(table),
            wide=True,
            files=("institution_places.csv",),
        ),
    )
