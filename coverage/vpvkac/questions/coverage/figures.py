"""The figures of the analysis as maps; one that the inputs do not allow is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from vpvkac.analysis import map_classes
from vpvkac.analysis.map_classes import classify_pair, count_codes, count_sides
from vpvkac.questions.coverage import explorer
from vpvkac.questions.coverage.reach import band_labels
from vpvkac.render import map_page
from vpvkac.render.map_page import (
    BaseLayers,
    border_entry,
    draw_sheet,
    municipality_areas,
    plain_areas,
    render,
)
from vpvkac.texts import words
from vpvkac.texts.formats import NBSP
from vpvkac.texts.message import Message, Text, in_context
from vpvkac.views import maps
from vpvkac.views.page import about
from vpvkac.views.writer import Writer, criterion_text, records

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.coverage.view import Result

_HOME = "../"
_MOST_LISTED = 12
# Centres by municipality: fill of each class, and what it is called.
_COUNT_FILLS = {"none": "none", "1": "count_1", "2-4": "count_2", "5-9": "count_5",
                "10+": "count_10"}  # fmt: skip
_COUNT_LABELS = {
    "none": Message("No existing centre"),
    "count_1": Message("One centre"),
    "count_2": Message("2–4 centres"),
    "count_5": Message("5–9 centres"),
    "count_10": Message("10 or more centres"),
}
# Libraries: chosen ones are filled, others hollow.
_LIBRARIES = {"existing": Message("Chosen libraries"), "planned": Message("Other libraries")}
_LIBRARY_UNITS = {"planned": Message("With a library"), "none": Message("No library")}
# Fill of an area by which of two it holds, and the meanings.
_PAIR_FILLS = {"both": "existing", "first": "planned", "second": "some", "neither": "none"}
_HELD = {
    "existing": Message("Library and post office"),
    "planned": Message("Library, but no post office"),
    "some": Message("Post office, but no library"),
    "none": in_context("libraries", "Neither"),
}
_UNITS_WITH = {
    "libraries": Message("Units with a library"),
    "post_offices": Message("Units with a post office"),
    "libraries+post_offices": Message("Units with either"),
}
_WITHIN = {
    "libraries": Message("Libraries within {threshold}"),
    "post_offices": Message("Post offices within {threshold}"),
}
# Of marks that tell a kind of host and nothing about reach.
_PLAIN: maps.Json = {"reach": "", "uncertain": False}
_TONES = {"library": "first", "post_office": "second"}
_OFFICE_FILLS = {"both": "existing", "first": "none", "second": "planned", "neither": "neither"}
_OFFICES = {
    "existing": Message("Offices and a centre"),
    "none": Message("Offices, no centre"),
    "planned": Message("A centre, no offices"),
    "neither": Message("Neither"),
}


class _Shared(NamedTuple):
    """What all figures of a run are drawn from; `units` is the explorer's layer of units."""

    result: Result
    write: Writer
    base: BaseLayers
    units: maps.Json


def figure_maps(result: Result, base: BaseLayers | None = None) -> dict[str, str]:
    """Draw one map per figure of the analysis.

    File name under ``maps/`` → text of the page; the same result gives the same text.
    """
    write, described = Writer.of(result), about(result, result.lang)
    base = base or BaseLayers.of(result.units)
    shared = _Shared(result, write, base, explorer.unit_areas(result, base, write.lang))
    sheets = {file: sheet for file, draw in _FIGURES.items() if (sheet := draw(shared))}
    pages = {}
    for file, sheet in sheets.items():
        links = [
            maps.NavLink(f"{_HOME}map.html", write(words.MAP["explorer"])),
            maps.NavLink(f"{_HOME}gaps.html", write(words.MAP["gap_tables"])),
            *(maps.NavLink(one, sheets[one].title, here=one == file) for one in sheets),
        ]
        map_ = draw_sheet(sheet, base, described, pages=links, home=_HOME)
        title = f"{sheet.title} – {described.title or write(words.NETWORK)}"
        pages[file] = render(map_, title=title, lang=write.lang)
    return pages


# --- The figures, in the order of the analysis --------------------------------------------------


def _centres(shared: _Shared) -> maps.Sheet | None:
    """Colour municipalities by their number of open centres, and mark the centres."""
    result, write, table = shared.result, shared.write, shared.result.municipalities
    if "centre" not in result.project.hosts:
        return None
    summary = Message(
        "How many open centres there are in each municipality. A centre counts where it is "
        "located, not by its owner."
    )
    fills = map_classes.classify_counts(table["centres"]).map(_COUNT_FILLS)
    centres = map_classes.centres_by_status(result.places)
    label, statuses = write(words.HOSTS_PLURAL["centre"]), count_codes(centres["status"])
    by_count = Message("Municipalities by number of centres (the number on the map)")
    entries = [
        maps.mark_entry(write(words.STATUSES_PLURAL[status]), write.number(statuses[status]),
                   host="centre", status=status)
        for status in ("existing", "announced")
        if status in statuses
    ]  # fmt: skip
    columns = ("centres", "centres_owned", "announced", "units", "units_planned", "units_none")
    codes = ("with_centre", "one", "several", "none")
    return maps.Sheet(
        write(Message("Existing centres by municipality")),
        write(summary),
        areas=_municipalities(shared, table.assign(fill=fills), columns),
        legend=[_fills(by_count, _COUNT_LABELS, fills, write), maps.Group(label, entries)],
        marks=[_marks(shared, centres, maps.Layer("centres", label), tone="first", **_PLAIN)],
        values=_criteria(shared, "centres", *(f"municipalities_{code}" for code in codes)),
        counts=_numbers(table, "centres", write),
    )


def _centre_stops(shared: _Shared) -> maps.Sheet | None:
    """Mark centres by band of distance; those beyond reach have a halo and a label."""
    result, write = shared.result, shared.write
    centres = map_classes.centres_to_show(result.places)
    if centres.empty:
        return None
    summary = Message(
        "The straight-line distance from each existing centre to its nearest stop. {limit}; "
        "the distance of centres beyond it is written on the map."
    )
    limit = Message("The threshold of this run is {threshold}")
    if write.threshold_m == words.RECOMMENDED_M:
        limit = Message("No more than {threshold} is recommended")
    beyond = map_classes.farthest_centres(centres)
    of_centres = result.gaps_access[result.gaps_access["place"].isin(centres["place"])]
    layer = maps.Layer("centres", write(words.STATUSES_PLURAL["existing"]))
    marks = _marks(shared, centres.assign(status="existing"), layer, grow=1.5)
    for feature, band, reach in zip(
        marks.points["features"], centres["band"], centres["reach"], strict=True
    ):
        feature["properties"] |= {"tone": f"band_{band}", "halo": reach == map_classes.BEYOND}
    away = [write.metres(distance) for distance in beyond["distance_m"]]
    listed = None
    if away:
        rows = [
            maps.Row(name, distance, f"{_HOME}map.html#unit={unit}")
            for name, distance, unit in zip(beyond["name"], away, beyond["unit"], strict=True)
        ]
        every = write(Message("All: {count}"), count=write.number(len(rows)))
        more = maps.NavLink(f"{_HOME}gaps.html#access", every) if len(rows) > _MOST_LISTED else None
        heading = words.beyond_reach(write.lang, write.threshold_m)
        listed = maps.Listed(heading, rows[:_MOST_LISTED], more)
    by_distance = write(Message("Existing centres by distance"))
    return maps.Sheet(
        write(Message("Existing centres: distance to the nearest stop")),
        write(summary, limit=write(limit, threshold=write.threshold())),
        areas=_leading(shared, plain_areas(shared.base, result.municipalities, write.lang)),
        legend=[
            maps.Group(by_distance, _band_entries(centres, write)),
            maps.Group("", explorer.gap_entries(of_centres, write.lang)),
        ],
        marks=[marks],
        values=_criteria(shared, "centres_within", "centres_beyond", "centres_uncertain"),
        listed=listed,
        lines={"gaps": explorer.gap_lines(result, write.lang, of_centres)},
        labels=[
            {"text": text, "at": [lat, lon]}
            for text, lat, lon in zip(away, beyond["lat"], beyond["lon"], strict=True)
        ],
    )


def _band_entries(centres: pd.DataFrame, write: Writer) -> list[maps.Entry]:
    """Explain each band, apart within and beyond the threshold where it lies inside a band."""
    counts, labels = map_classes.count_centres(centres), band_labels(write.lang)
    bands, entries = [band for band, _ in counts], []
    for (band, reach), count in counts.items():
        side = f" ({_side(reach, write)})" if bands.count(band) > 1 else ""
        halo = reach == map_classes.BEYOND
        look = {"host": "centre", "status": "existing", "tone": f"band_{band}", "halo": halo}
        entries.append(
            maps.mark_entry(labels[band] + side, write.number(count), **look, reach=reach)
        )
    uncertain = count_sides(centres).uncertain
    if uncertain:
        dashed = {"host": "centre", "status": "existing", "uncertain": True}
        entries.append(maps.mark_entry(write(words.UNCERTAIN), write.number(uncertain), **dashed))
    return entries


def _libraries(shared: _Shared) -> maps.Sheet | None:
    """Mark chosen libraries filled and the others hollow; hatch the units without any."""
    result, write = shared.result, shared.write
    if "library" not in result.project.hosts:
        return None
    summary = Message(
        "In every territorial unit that has libraries one is chosen, the nearest to a stop."
    )
    libraries = map_classes.libraries_to_show(result.places)
    libraries["status"] = libraries["chosen"].map({True: "existing", False: "planned"})
    classes = map_classes.classify_counts(result.units.set_index("unit")["libraries"])
    fills = classes.where(classes == "none", "planned")
    by_status = {status: libraries[libraries["status"] == status] for status in _LIBRARIES}
    entries = []
    for status, of_status in by_status.items():
        sides, label = count_sides(of_status), write(_LIBRARIES[status])
        counts = {"within": sides.within, "beyond": sides.beyond}
        # Without stops they are of neither side.
        for reach, count in (counts if any(counts.values()) else {"": len(of_status)}).items():
            text = f"{label}, {_side(reach, write)}" if reach else label
            look = {"host": "library", "status": status, "reach": reach}
            entries.append(maps.mark_entry(text, write.number(count), **look))
    codes = ("libraries", "libraries_within_share", "libraries_chosen")
    return maps.Sheet(
        write(Message("Municipal libraries: chosen and other")),
        write(summary),
        areas=_units(shared, fills),
        legend=[
            _fills(words.MAP["units"], _LIBRARY_UNITS, fills, write, empty=True),
            maps.Group(write(words.HOSTS_PLURAL["library"]), entries),
        ],
        marks=[
            _marks(shared, by_status[status], maps.Layer(f"libraries_{status}", write(label)))
            for status, label in reversed(_LIBRARIES.items())
        ],
        values=_criteria(shared, *codes, "libraries_chosen_within_share"),
    )


def _libraries_post_offices(shared: _Shared) -> maps.Sheet | None:
    """Colour units by which of the two they hold, and mark both."""
    result, write = shared.result, shared.write
    if not {"library", "post_office"} <= set(result.project.hosts):
        return None
    summary = Message(
        "Which territorial units hold a municipal library, which a post office, which both, "
        "and what post offices would add to the libraries."
    )
    units = result.units.set_index("unit")
    fills = classify_pair(units["libraries"], units["post_offices"]).map(_PAIR_FILLS)
    marks, entries = [], []
    for host, tone in _TONES.items():
        places = result.places[result.places["host"] == host].assign(status="existing")
        label, look = write(words.HOSTS_PLURAL[host]), {"status": "existing", "tone": tone}
        # From afar the areas tell it.
        layer = maps.Layer(host, label)
        marks.append(_marks(shared, places, layer, tone=tone, near=True, **_PLAIN))
        entries.append(maps.mark_entry(label, write.number(len(places)), host=host, **look))
    hosts = {row["hosts"]: row for row in records(result.hosts)}
    shares = {
        key: {column: write.share(row[column]) or "–" for column in ("units_share", "within_share")}
        for key, row in hosts.items()
    }
    held = [
        (write(label), f"{write.number(hosts[key]['units'])} ({shares[key]['units_share']})")
        for key, label in _UNITS_WITH.items()
    ]
    reached = [
        (write.heading(label), shares[key]["within_share"]) for key, label in _WITHIN.items()
    ]
    return maps.Sheet(
        write(in_context("map", "Libraries compared with post offices")),
        write(summary),
        areas=_units(shared, fills),
        legend=[
            _fills(words.MAP["units"], _HELD, fills, write, empty=True),
            maps.Group("", entries),
        ],
        marks=marks,
        values=[*held, *reached],
    )


def _network(shared: _Shared) -> maps.Sheet | None:
    """Draw the network as the explorer does, with the number of every access gap."""
    result, write = shared.result, shared.write
    if result.units.empty:
        return None
    summary = Message(
        "One contact point for every territorial unit: existing, announced or planned. The "
        "number beside a point is that of its access gap in the gap list."
    )
    layer = maps.Layer("points", write(words.MAP["points"]))
    reach = () if result.stops.empty else ("points_within", "points_beyond")
    areas = ("area_share_existing", "area_share_planned", "municipalities_none")
    numbered = result.gaps_access[["rank", "lat", "lon"]].itertuples(index=False)
    return maps.Sheet(
        write(Message("The planned network of contact points and its gaps")),
        write(summary),
        areas=_units(shared, map_classes.verdicts(result.network)),
        legend=explorer.network_legend(result, write.lang),
        marks=[maps.Marks(layer, explorer.point_marks(result, write.lang))],
        values=_criteria(shared, *reach, *areas),
        lines={"gaps": explorer.gap_lines(result, write.lang)},
        labels=[{"text": write.number(rank), "at": [lat, lon]} for rank, lat, lon in numbered],
    )


def _institutions(shared: _Shared) -> maps.Sheet | None:
    """Colour municipalities by offices and centres, and mark the offices."""
    result, write = shared.result, shared.write
    if "institution" not in result.project.hosts:
        return None
    summary = Message(
        "Which municipalities hold offices of state institutions, and whether a centre is open "
        "there."
    )
    offices = result.places[result.places["host"] == "institution"].assign(status="existing")
    table = map_classes.count_offices(result.municipalities, offices)
    fills = classify_pair(table["institution_offices"], table["centres"]).map(_OFFICE_FILLS)
    label, count = write(words.HOSTS_PLURAL["institution"]), write.number(len(offices))
    by_offices = Message("Municipalities (the number on the map: how many offices)")
    entry = maps.mark_entry(label, count, host="institution", status="existing")
    others = {"other": write(Message("Other institutions"))}
    institutions = map_classes.count_institutions(offices)
    columns = ("institution_offices", "centres", "announced", "units")
    numbered = table[table["institution_offices"] > 0]
    return maps.Sheet(
        write(in_context("map", "Institutions' own service centres")),
        write(summary),
        areas=_municipalities(shared, table.assign(fill=fills), columns),
        legend=[_fills(by_offices, _OFFICES, fills, write), maps.Group("", [entry])],
        marks=[_marks(shared, offices, maps.Layer("offices", label), tone="first", **_PLAIN)],
        values=[
            (label, count),
            *((others.get(code, code), write.number(held)) for code, held in institutions.items()),
        ],
        counts=_numbers(numbered, "institution_offices", write),
    )


# --- What they share ----------------------------------------------------------------------------


def _units(shared: _Shared, fills: pd.Series) -> maps.Json:
    """Make the polygons of units, each with its fill and what the explorer says of it."""

    def filled(card: maps.Json) -> maps.Json:
        card = card.copy()
        rows = [(key, card.pop(key, "")) for key in ("population", "area")]
        card["rows"] = [[shared.write(words.MAP[key]), text] for key, text in rows if text]
        kind, of = card.pop("kind"), card.pop("municipality")
        card["where"] = kind if of == card["name"] else f"{kind}, {of}"
        return card | {"fill": fills[card["unit"]]}

    return map_page.collection(
        feature | {"properties": filled(feature["properties"])}
        for feature in shared.units["features"]
    )


def _municipalities(shared: _Shared, table: pd.DataFrame, columns: Sequence[str]) -> maps.Json:
    """Make the polygons of municipalities by their `fill`, with some columns in the card."""
    write = shared.write
    headings = {column: write.heading(column) for column in columns}
    return _leading(
        shared,
        municipality_areas(
            shared.base,
            table,
            lambda row: [(heading, write.number(row[name])) for name, heading in headings.items()],
        ),
    )


def _leading(shared: _Shared, municipalities: maps.Json) -> maps.Json:
    """Let the polygons of municipalities lead to their pages."""
    for feature in municipalities["features"]:
        card = feature["properties"]
        card["page"] = shared.write.letter(card["municipality"])
    return municipalities


def _marks(shared: _Shared, places: pd.DataFrame, layer: maps.Layer, **look: Any) -> maps.Marks:
    """Make marks of places, with the columns of places.csv; `status` is as it is drawn."""
    described = maps.point_cards(shared.result, places, shared.write.lang)
    return maps.Marks(layer, map_page.points(places, described), look)


def _fills(
    heading: Text,
    labels: Mapping[str, Text],
    fills: pd.Series,
    write: Writer,
    *,
    empty: bool = False,
) -> maps.Group:
    """Explain the fills of areas; of units also their bold borders."""
    entries = maps.fill_entries(labels, count_codes(fills), write.lang, empty=empty)
    borders = [border_entry(write.lang)] if heading is words.MAP["units"] else []
    return maps.Group(write(heading), [*entries, *borders])


def _side(reach: str, write: Writer) -> str:
    of_side = words.within_reach if reach == "within" else words.beyond_reach
    return words.lowered(of_side(write.lang, write.threshold_m))


def _criteria(shared: _Shared, *codes: str) -> list[tuple[str, str]]:
    """Give label and value of criteria, as summary.csv has them."""
    lang, limit = shared.write.lang, shared.write.threshold_m
    by_code = {row["criterion"]: row for row in reversed(records(shared.result.summary))}
    return [
        (
            words.criterion(lang, code, limit).replace(" %", NBSP + "%"),
            criterion_text(lang, by_code[code]),
        )
        for code in codes
    ]


def _numbers(table: pd.DataFrame, column: str, write: Writer) -> dict[str, str]:
    """Write the number that stands beside each municipality's name."""
    return {
        code: write.number(count)
        for code, count in zip(table["municipality"], table[column], strict=True)
    }


# Figures 5, 10, 12, 30, the network itself (2.2 and 2.6), 11.
_FIGURES: Mapping[str, Callable[[_Shared], maps.Sheet | None]] = {
    "centres.html": _centres,
    "centre_stops.html": _centre_stops,
    "libraries.html": _libraries,
    "libraries_post_offices.html": _libraries_post_offices,
    "network.html": _network,
    "institutions.html": _institutions,
}
