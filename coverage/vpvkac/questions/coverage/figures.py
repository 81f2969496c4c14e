"""The figures of the analysis as maps; one that the inputs do not allow is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from vpvkac.analysis import map_classes
from vpvkac.analysis.criteria import INSTITUTIONS, institution_of
from vpvkac.model.columns import heading
from vpvkac.questions.coverage import map_layers
from vpvkac.questions.coverage.explorer import gap_entries, network_legend
from vpvkac.questions.coverage.report.distances import band_labels
from vpvkac.render import geojson
from vpvkac.render.geojson import BaseLayers, municipality_areas, plain_areas
from vpvkac.render.map_page import border_entry, draw_sheet, render
from vpvkac.texts import words
from vpvkac.texts.formats import NBSP, metres, number, percent, threshold
from vpvkac.texts.message import Lang, Message, Text, in_context
from vpvkac.views import maps, writer
from vpvkac.views.maps import (
    Entry,
    Group,
    Json,
    Layer,
    Listed,
    Marks,
    NavLink,
    Row,
    Sheet,
    fill_entries,
    mark_entry,
)
from vpvkac.views.page import about

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

_HOME = "../"
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
_BY_COUNT = Message("Municipalities by number of centres (the number on the map)")
_OF_CENTRES = ("centres", "centres_owned", "announced", "units", "units_planned", "units_none")
_MUNICIPALITIES = ("municipalities_with_centre", "municipalities_one", "municipalities_several",
                   "municipalities_none")  # fmt: skip
# Distance of centres: form by side of the threshold, colour by band.
_RECOMMENDED = Message("No more than {threshold} is recommended")
_ASKED = Message("The threshold of this run is {threshold}")
_CENTRES = Message("Existing centres by distance")
_MORE = Message("All: {count}")
_FORMS = {"within": "centre", "beyond": "municipal_premises"}
_MOST_LISTED = 12
# Libraries: chosen ones are filled, others hollow.
_WITH, _WITHOUT = Message("With a library"), Message("No library")
_LIBRARIES = {"existing": Message("Chosen libraries"), "planned": Message("Other libraries")}
_OF_LIBRARIES = ("libraries", "libraries_within_share", "libraries_chosen",
                 "libraries_chosen_within_share")  # fmt: skip
# Fill of an area by which of two it holds, and the meanings.
_PAIR_FILLS = {"both": "planned", "first": "existing", "second": "some", "neither": "none"}
_HELD = {
    "planned": Message("Library and post office"),
    "existing": Message("Library, but no post office"),
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
_TONES = {"library": "first", "post_office": "second"}
_OFFICE_FILLS = {"both": "existing", "first": "none", "second": "planned", "neither": "neither"}
_OFFICES = {
    "existing": Message("Offices and a centre"),
    "none": Message("Offices, no centre"),
    "planned": Message("A centre, no offices"),
    "neither": Message("Neither"),
}
_BY_OFFICES = Message("Municipalities (the number on the map: how many offices)")
_OTHER = Message("Other institutions")
_OF_OFFICES = ("institution_offices", "centres", "announced", "units")


class _Shared(NamedTuple):
    """What all figures of a run are drawn from.

    Parameters
    ----------
    result, lang
        The run and the language of the pages.
    base
        The territory.
    units
        The explorer's layer of units, with what is said of each.
    """

    result: Result
    lang: Lang
    base: BaseLayers
    units: Json


class _Figure(NamedTuple):
    """A figure: name of its file, title, sentence on what is shown, when and how it is drawn."""

    file: str
    title: Text
    shown: Text
    is_possible: Callable[[Result], bool]
    draw: Callable[[_Shared], dict[str, Any]]


def figure_maps(result: Result) -> dict[str, str]:
    """Draw one map per figure of the analysis.

    Parameters
    ----------
    result
        Tables and facts of a run.

    Returns
    -------
    pages
        File name under ``maps/`` → text of the page; the same result gives the
        same text.
    """
    lang, told = result.lang, about(result, result.lang)
    base = BaseLayers.of(result.units)
    shared = _Shared(result, lang, base, map_layers.units(result, base, lang))
    limit = _RECOMMENDED if result.threshold_m == words.RECOMMENDED_M else _ASKED
    limit_said = limit.text(lang).format(threshold=threshold(lang, result.threshold_m))
    drawn = {one.file: one for one in _FIGURES if one.is_possible(result)}
    pages = {}
    for file, figure in drawn.items():
        title, shown = figure.title.text(lang), figure.shown.text(lang).format(limit=limit_said)
        links = [
            NavLink(f"{_HOME}map.html", words.MAP["explorer"].text(lang)),
            NavLink(f"{_HOME}gaps.html", words.MAP["gap_tables"].text(lang)),
            *(NavLink(one, drawn[one].title.text(lang), here=one == file) for one in drawn),
        ]
        sheet = Sheet(title, shown, **figure.draw(shared))
        map_ = draw_sheet(sheet, base, told, pages=links, home=_HOME)
        project = told.title or words.NETWORK.text(lang)
        pages[file] = render(map_, title=f"{title} – {project}", lang=lang)
    return pages


# --- The figures, in the order of the analysis --------------------------------------------------


def _centres(shared: _Shared) -> dict[str, Any]:
    """Colour municipalities by their number of open centres, and mark the centres."""
    result, lang = shared.result, shared.lang
    table = result.municipalities
    table = table.assign(fill=map_classes.classify_counts(table["centres"]).map(_COUNT_FILLS))
    centres = result.places[result.places["host"] == "centre"]
    centres = centres.replace({"status": {"open": "existing"}}).sort_values("status")
    label, statuses = words.HOSTS_PLURAL["centre"].text(lang), centres["status"].value_counts()
    classes = fill_entries(_COUNT_LABELS, table["fill"].value_counts(), lang)
    entries = [
        mark_entry(words.STATUSES_PLURAL[status].text(lang), number(lang, int(statuses[status])),
                   host="centre", status=status)
        for status in ("existing", "announced")
        if status in statuses
    ]  # fmt: skip
    return {
        "areas": _municipalities(shared, table, _OF_CENTRES),
        "legend": [Group(_BY_COUNT.text(lang), classes), Group(label, entries)],
        "marks": [_marks(shared, centres, Layer("centres", label), **_plain("first"))],
        "values": _criteria(shared, "centres", *_MUNICIPALITIES),
        "counts": _written(table["municipality"], table["centres"], lang),
    }


def _centre_stops(shared: _Shared) -> dict[str, Any]:
    """Mark centres by band of distance; those beyond reach have another form and a label."""
    result, lang, limit = shared.result, shared.lang, shared.result.threshold_m
    centres = map_classes.centres_to_show(result.places)
    beyond = centres[centres["reach"] == map_classes.BEYOND].sort_values(
        ["distance_m", "place"], ascending=[False, True]
    )
    of_centres = result.gaps_access[result.gaps_access["place"].isin(centres["place"])]
    layer = Layer("centres", words.STATUSES_PLURAL["existing"].text(lang))
    marks = _marks(shared, centres.assign(status="existing"), layer, grow=1.5)
    for feature, band, reach in zip(
        marks.points["features"], centres["band"], centres["reach"], strict=True
    ):
        feature["properties"] |= {"tone": f"band_{band}", "form": _FORMS[reach]}
    away = [metres(lang, distance, limit) for distance in beyond["distance_m"]]
    listed = None
    if away:
        rows = [
            Row(name, said, f"{_HOME}map.html#unit={unit}")
            for name, said, unit in zip(beyond["name"], away, beyond["unit"], strict=True)
        ]
        every = _MORE.text(lang).format(count=number(lang, len(rows)))
        more = NavLink(f"{_HOME}gaps.html#access", every) if len(rows) > _MOST_LISTED else None
        listed = Listed(words.beyond_reach(lang, limit), rows[:_MOST_LISTED], more)
    return {
        "areas": plain_areas(shared.base, result.municipalities, lang),
        "legend": [
            Group(_CENTRES.text(lang), _band_entries(centres, limit, lang)),
            Group("", gap_entries(of_centres, lang)),
        ],
        "marks": [marks],
        "values": _criteria(shared, "centres_within", "centres_beyond", "centres_uncertain"),
        "listed": listed,
        "lines": {"gaps": map_layers.gaps(result, lang, of_centres)},
        "labels": [
            {"text": text, "at": [lat, lon]}
            for text, lat, lon in zip(away, beyond["lat"], beyond["lon"], strict=True)
        ],
    }


def _band_entries(centres: pd.DataFrame, limit: float, lang: Lang) -> list[Entry]:
    """Explain each band, apart within and beyond the threshold where it lies inside a band."""
    counts: dict[Any, int] = centres.groupby(["band", "reach"]).size().to_dict()
    sides = {"within": words.within_reach(lang, limit), "beyond": words.beyond_reach(lang, limit)}
    entries = []
    for band, label in enumerate(band_labels(lang)):
        found = [reach for reach in _FORMS if (band, reach) in counts]
        for reach in found:
            side = f" ({words.lowered(sides[reach])})" if len(found) > 1 else ""
            drawn = {"form": _FORMS[reach], "status": "existing", "tone": f"band_{band}"}
            count = number(lang, counts[band, reach])
            entries.append(mark_entry(label + side, count, **drawn, reach=reach))
    uncertain = map_classes.count_sides(centres).uncertain
    if uncertain:
        dashed = {"form": "centre", "status": "existing", "uncertain": True}
        entries.append(mark_entry(words.UNCERTAIN.text(lang), number(lang, uncertain), **dashed))
    return entries


def _libraries(shared: _Shared) -> dict[str, Any]:
    """Mark chosen libraries filled and the others hollow; hatch the units without any."""
    result, lang = shared.result, shared.lang
    libraries = map_classes.libraries_to_show(result.places)
    libraries["status"] = libraries["chosen"].map({True: "existing", False: "planned"})
    held = result.units.set_index("unit")["libraries"] > 0
    fills = held.map({True: "planned", False: "none"})
    labels = {"planned": _WITH, "none": _WITHOUT}
    units = fill_entries(labels, fills.value_counts(), lang, empty=True)
    entries = _library_entries(libraries, result.threshold_m, lang)
    return {
        "areas": _units(shared, fills),
        "legend": [
            Group(words.MAP["units"].text(lang), [*units, border_entry(lang)]),
            Group(words.HOSTS_PLURAL["library"].text(lang), entries),
        ],
        "marks": [
            _marks(
                shared,
                libraries[libraries["status"] == status],
                Layer(f"libraries_{status}", _LIBRARIES[status].text(lang)),
            )
            for status in ("planned", "existing")
        ],
        "values": _criteria(shared, *_OF_LIBRARIES),
    }


def _library_entries(libraries: pd.DataFrame, limit: float, lang: Lang) -> list[Entry]:
    """Explain chosen and other libraries, each within and beyond reach where that is known."""
    entries = []
    for status, label in _LIBRARIES.items():
        of_status = libraries[libraries["status"] == status]
        counts = map_classes.count_sides(of_status)
        sides = [
            ("within", words.lowered(words.within_reach(lang, limit)), counts.within),
            ("beyond", words.lowered(words.beyond_reach(lang, limit)), counts.beyond),
        ]
        if not counts.within + counts.beyond:
            sides = [("", "", len(of_status))]
        for reach, side, count in sides:
            said = ", ".join(part for part in (label.text(lang), side) if part)
            shown = number(lang, count)
            entries.append(mark_entry(said, shown, host="library", status=status, reach=reach))
    return entries


def _libraries_post_offices(shared: _Shared) -> dict[str, Any]:
    """Colour units by which of the two they hold, and mark both."""
    result, lang = shared.result, shared.lang
    units = result.units.set_index("unit")
    fills = map_classes.classify_pair(units["libraries"], units["post_offices"]).map(_PAIR_FILLS)
    areas = fill_entries(_HELD, fills.value_counts(), lang, empty=True)
    marks, entries = [], []
    for host, tone in _TONES.items():
        places = result.places[result.places["host"] == host].assign(status="existing")
        label = words.HOSTS_PLURAL[host].text(lang)
        marks.append(_marks(shared, places, Layer(host, label), **_plain(tone)))
        count = number(lang, len(places))
        entries.append(mark_entry(label, count, host=host, status="existing", tone=tone))
    hosts = result.hosts.set_index("hosts")
    shares = hosts[["units_share", "within_share"]].map(
        lambda share: "–" if pd.isna(share) else percent(lang, share)
    )
    held = [
        (label.text(lang), f"{number(lang, hosts['units'][key])} ({shares['units_share'][key]})")
        for key, label in _UNITS_WITH.items()
    ]
    reached = [
        (words.with_threshold(lang, label, result.threshold_m), shares["within_share"][key])
        for key, label in _WITHIN.items()
    ]
    return {
        "areas": _units(shared, fills),
        "legend": [
            Group(words.MAP["units"].text(lang), [*areas, border_entry(lang)]),
            Group("", entries),
        ],
        "marks": marks,
        "values": [*held, *reached],
    }


def _network(shared: _Shared) -> dict[str, Any]:
    """Draw the network as the explorer does, with the number of every access gap."""
    result, lang = shared.result, shared.lang
    layer = Layer("points", words.MAP["points"].text(lang))
    reach = () if result.stops.empty else ("points_within", "points_beyond")
    areas = ("area_share_existing", "area_share_planned", "municipalities_none")
    numbered = result.gaps_access[["rank", "lat", "lon"]].itertuples(index=False)
    return {
        "areas": _units(shared, result.units.set_index("unit")["status"]),
        "legend": network_legend(result, lang),
        "marks": [Marks(layer, map_layers.points(result, lang))],
        "values": _criteria(shared, *reach, *areas),
        "lines": {"gaps": map_layers.gaps(result, lang)},
        "labels": [{"text": number(lang, rank), "at": [lat, lon]} for rank, lat, lon in numbered],
    }


def _institutions(shared: _Shared) -> dict[str, Any]:
    """Colour municipalities by offices and centres, and mark the offices."""
    result, lang = shared.result, shared.lang
    offices = result.places[result.places["host"] == "institution"].assign(status="existing")
    table = map_classes.count_offices(result.municipalities, offices)
    held = map_classes.classify_pair(table["institution_offices"], table["centres"])
    table = table.assign(fill=held.map(_OFFICE_FILLS))
    label, count = words.HOSTS_PLURAL["institution"].text(lang), number(lang, len(offices))
    named = institution_of(offices["name"]).value_counts()
    labels = {code: code for code in INSTITUTIONS} | {"other": _OTHER.text(lang)}
    numbered = table[table["institution_offices"] > 0]
    classes = fill_entries(_OFFICES, table["fill"].value_counts(), lang)
    entry = mark_entry(label, count, host="institution", status="existing")
    counts = [(text, named[code]) for code, text in labels.items() if code in named]
    return {
        "areas": _municipalities(shared, table, _OF_OFFICES),
        "legend": [Group(_BY_OFFICES.text(lang), classes), Group("", [entry])],
        "marks": [_marks(shared, offices, Layer("offices", label), **_plain("first"))],
        "values": [(label, count), *((text, number(lang, int(found))) for text, found in counts)],
        "counts": _written(numbered["municipality"], numbered["institution_offices"], lang),
    }


# --- What they share ----------------------------------------------------------------------------


def _units(shared: _Shared, fills: pd.Series) -> Json:
    """Make the polygons of units, each with its fill and what the explorer says of it."""

    def said(described: Json) -> Json:
        told = described.copy()
        rows = [(key, told.pop(key, "")) for key in ("population", "area")]
        told["rows"] = [[words.MAP[key].text(shared.lang), text] for key, text in rows if text]
        kind, of = told.pop("kind"), told.pop("municipality")
        told["where"] = kind if of == told["name"] else f"{kind}, {of}"
        return told | {"fill": fills[told["unit"]]}

    return geojson.collection(
        feature | {"properties": said(feature["properties"])}
        for feature in shared.units["features"]
    )


def _municipalities(shared: _Shared, table: pd.DataFrame, columns: Sequence[str]) -> Json:
    """Make the polygons of municipalities by their `fill`, with some columns in the card."""
    lang, limit = shared.lang, shared.result.threshold_m
    headings = {column: heading(lang, column, limit) for column in columns}
    return municipality_areas(
        shared.base,
        table,
        lambda row: [(heading, number(lang, row[name])) for name, heading in headings.items()],
    )


def _marks(shared: _Shared, places: pd.DataFrame, layer: Layer, **look: Any) -> Marks:
    """Make marks of places, with the columns of places.csv; `status` is as it is drawn."""
    said = maps.point_cards(shared.result, places, shared.lang)
    return Marks(layer, geojson.points(places, said), look)


def _plain(tone: str) -> Json:
    """Give the look of marks that tell a kind of host and nothing about reach."""
    return {"tone": tone, "reach": "", "uncertain": False}


def _criteria(shared: _Shared, *codes: str) -> list[tuple[str, str]]:
    """Give label and value of criteria, as summary.csv has them."""
    result, lang = shared.result, shared.lang
    first = result.summary.drop_duplicates("criterion")
    by_code = {row["criterion"]: row for row in first.to_dict("records")}
    return [
        (
            words.criterion(lang, code, result.threshold_m).replace(" %", NBSP + "%"),
            writer.criterion_text(lang, by_code[code]),
        )
        for code in codes
    ]


def _written(codes: Iterable[str], counts: Iterable[int], lang: Lang) -> dict[str, str]:
    return {code: number(lang, count) for code, count in zip(codes, counts, strict=True)}


def _with(*hosts: str) -> Callable[[Result], bool]:
    """Ask that lists of these hosts are given."""
    return lambda result: set(hosts) <= set(result.project.hosts)


# Figures 5, 10, 12, 30, the network itself (2.2 and 2.6), 11.
_FIGURES = (
    _Figure(
        "centres.html",
        Message("Existing centres by municipality"),
        Message(
            "How many open centres there are in each municipality. A centre counts where it is "
            "located, not by its owner."
        ),
        _with("centre"),
        _centres,
    ),
    _Figure(
        "centre_stops.html",
        Message("Existing centres: distance to the nearest stop"),
        Message(
            "The straight-line distance from each existing centre to its nearest stop. {limit}; "
            "the distance of centres beyond it is written on the map."
        ),
        lambda result: len(map_classes.centres_to_show(result.places)) > 0,
        _centre_stops,
    ),
    _Figure(
        "libraries.html",
        Message("Municipal libraries: chosen and other"),
        Message(
            "In every territorial unit that has libraries one is chosen, the nearest to a stop."
        ),
        _with("library"),
        _libraries,
    ),
    _Figure(
        "libraries_post_offices.html",
        in_context("map", "Libraries compared with post offices"),
        Message(
            "Which territorial units hold a municipal library, which a post office, which both, "
            "and what post offices would add to the libraries."
        ),
        _with("library", "post_office"),
        _libraries_post_offices,
    ),
    _Figure(
        "network.html",
        Message("The planned network of contact points and its gaps"),
        Message(
            "One contact point for every territorial unit: existing, announced or planned. The "
            "number beside a point is that of its access gap in the gap list."
        ),
        lambda result: len(result.units) > 0,
        _network,
    ),
    _Figure(
        "institutions.html",
        in_context("map", "Institutions' own service centres"),
        Message(
            "Which municipalities hold offices of state institutions, and whether a centre is open "
            "there."
        ),
        _with("institution"),
        _institutions,
    ),
)
