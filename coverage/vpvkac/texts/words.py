"""Every word a person reads, in Latvian and English: labels by code, and model sentences.

The terms and sentences follow GLOSSARY.md, which follows the source
documents.  Codes and column names never change; what stands for them does.
A label with ``{threshold}`` is filled by `with_threshold` or `criterion`, because
the 700 m are a parameter.  Names stand in the nominative (after a colon, a
dash or in brackets), so that none has to be declined.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

from vpvkac.texts.formats import (
    date,
    date_range,
    metres,
    number,
    percent,
    threshold,
    typographic,
)
from vpvkac.texts.message import Composed, Formatted, Lang, Message, Text, in_context

if TYPE_CHECKING:
    import pandas as pd


# --- Territory ---------------------------------------------------------------------------------

KINDS = {
    "state_city": Message("State city"),
    "town": Message("Town"),
    "parish": Message("Parish"),
    "municipality": Message("Municipality"),
    # Only in the layout of 2021-01-01.
    "republic_city": Message("Republic city"),
    "undivided": Message("Undivided municipality"),
}
LAYOUT = Message("Territorial layout")

# --- Network -----------------------------------------------------------------------------------

NETWORK = Message("Network of contact points")
HOSTS = {
    "centre": Message("One-stop centre (VPVKAC)"),
    "library": Message("Municipal library"),
    "municipal_premises": Message("Parish or town administration"),
    "post_office": Message("Post office"),
    "institution": Message("Institution's own service centre"),
}
HOSTS_PLURAL = {
    "centre": Message("One-stop centres (VPVKAC)"),
    "library": Message("Municipal libraries"),
    "municipal_premises": Message("Parish and town administrations"),
    "post_office": Message("Post offices"),
    "institution": Message("Institutions' own service centres"),
}
# Inside a sentence: what a point is set up in.
_HOST_SET_UP_IN = {
    "centre": Message("in the centre"),
    "library": Message("in the library"),
    "municipal_premises": Message("in the municipal administration"),
    "post_office": Message("in the post office"),
    "institution": Message("in the institution's own service centre"),
}
STATUSES = {
    "existing": Message("Existing"),
    "announced": Message("Announced, not yet open"),
    "planned": Message("Planned"),
    "none": Message("No point"),
}
STATUSES_PLURAL = {
    "existing": Message("Existing centres"),
    "announced": Message("Announced centres, not yet open"),
    "planned": Message("Planned points (second wave)"),
    "none": Message("No contact point"),
}
PLACE_STATUSES = {
    # Of a centre, a library, a post office: a verb needs no gender.
    "open": Message("Open"),
    "announced": Message("Announced, not yet open"),
}
LOCATED_BY = {
    "published": Message("by published coordinates"),
    "correction": Message("by correction"),
    "address": Message("by address"),
    "fuzzy": Message("by the most similar address"),
    "postcode": Message("by postcode"),
    "settlement": Message("by settlement"),
    "unit": Message("by territorial unit"),
}

# --- Stops -------------------------------------------------------------------------------------

STOP_SET = Message("Stop set")
STOP_SETS = {
    "regional": Message("Stops of intercity and local routes"),
    "bus": Message("All bus stops"),
    "all": Message("All public transport stops (rail left out)"),
}

NO_STOPS = Message("No stops are given, reach is not computed")

# --- Gaps --------------------------------------------------------------------------------------

ACCESS_GAPS = Message("Access gaps")
COVERAGE_GAPS = Message("Coverage gaps")
MUNICIPALITY_GAPS = Message("Municipalities with no existing centre")
REMEDIES = {
    "verify_location": Message("Verify the position"),
    "library": Message("Set up the point in the library"),
    "move_within_unit": Message("Move within the unit"),
    "other_premises": Message(
        "Look for other suitable municipal premises (e.g. the parish administration)"
    ),
    "ask_for_stop": Message("Propose a new or moved stop"),
    "ask_for_service": Message("Propose more bus trips"),
    "remote_support": Message("Provide remote support"),
}
CLASSES = {
    "move": Message("Can be moved"),
    "beyond": Message("Too far from a stop"),
    "verify": Message("To be verified"),
}
# Classes of the visits at the stops within reach on the service day.
SERVICE_CLASSES = {
    "none": Message("No buses"),
    "1-3": Message("1–3 bus calls"),
    "4-9": Message("4–9 bus calls"),
    "10-23": Message("10–23 bus calls"),
    "24+": Message("24 or more bus calls"),
}
SERVICE_GAPS = Message("Near a stop but rarely served")

# --- Maps --------------------------------------------------------------------------------------

MAP = {
    "map": Message("Map"),
    "explorer": Message("Explorer map"),
    "about": Message("About the map"),
    "find": Message("Find a parish, town or municipality"),
    "no_match": Message("Nothing found"),
    "no_unit": Message("There is no such unit"),
    "legend": Message("Legend"),
    "layers": Message("Map layers"),
    "units": Message("Territorial units"),
    "points": Message("Contact points"),
    "border": Message("Municipality border"),
    "names": Message("Names"),
    "stops": Message("Stops"),
    "gap_list": Message("Gap list"),
    "gap_tables": Message("Gap lists as tables"),
    "in_gap_list": Message("See in the gap list"),
    "on_map": Message("Show on the explorer map"),
    "other_pages": Message("Other pages"),
    "municipality_page": Message("Municipality page"),
    "zoom_in": Message("Zoom in"),
    "zoom_out": Message("Zoom out"),
    "whole": Message("Show the whole country"),
    "close": Message("Close"),
    # Rows of a card
    "stop": Message("Nearest stop"),
    "any_stop": Message("Nearest stop of any kind (rail left out)"),
    "walk": Message("Walking time in a straight line, at least"),
    "address": Message("Address"),
    "hours": Message("Opening hours"),
    "phone": Message("Telephone"),
    "email": Message("E-mail"),
    "owner": Message("Owner (municipality)"),
    "located": Message("Located"),
    "area": Message("Area"),
    "population": Message("Residents"),
    "visits": Message("Bus calls per day"),
    "visits_within": Message("Bus calls per day at nearby stops"),
    "reason": Message("Reason"),
    "remedy": Message("Recommended action"),
    "uncertain": Message("To be verified"),
    # Decisions and clusters
    "decided": Message("Decided on"),
    "undecided": Message("Show only gaps without a decision"),
    "cluster": Message("Cluster of gaps"),
    "clusters": Message("Clusters of gaps"),
}
CLUSTER_NUMBERED = Message("Cluster {}")
ALTERNATIVE = Message("Alternative place in the same unit")
_GAP_LAYER = Message("Distance to the stop and the circle of {threshold} around the point")

# --- Data --------------------------------------------------------------------------------------

SOURCE = Message("Source")
SOURCES = Message("Sources")
PUBLISHER = Message("Publisher")
LICENCE = Message("Licence")
DATA_AS_OF = Message("Data as of")
# What every target and every published value is taken from.
ANALYSIS = Message(
    "“The 2020 analysis” is the report of PricewaterhouseCoopers SIA to the Ministry of "
    "Environmental Protection and Regional Development (contract of 10 September 2020), today the "
    "Ministry of Smart Administration and Regional Development (VARAM)."
)
# Written out where a page or a workbook holds them; each stands alone in capitals.
ABBREVIATIONS = {
    "VPVKAC": Message(
        "one-stop public service centre of the state and the municipalities (valsts un pašvaldību "
        "vienotais klientu apkalpošanas centrs)"
    ),
    "KAC": Message("service centre of one institution (klientu apkalpošanas centrs)"),
    "VPPPD": Message(
        "joint help service for state and municipal services (vienotais valsts un pašvaldību "
        "pakalpojumu palīdzības dienests)"
    ),
    "NVA": Message("State Employment Agency"),
    "VSAA": Message("State Social Insurance Agency"),
    "PMLP": Message("Office of Citizenship and Migration Affairs"),
    "VMD": Message("State Forest Service"),
    "VZD": Message("State Land Service"),
    "VID": Message("State Revenue Service"),
    "VDI": Message("State Labour Inspectorate"),
    "LAD": Message("Rural Support Service"),
    "UR": Message("Register of Enterprises"),
    "ATVK": Message("Classification of Administrative Territories and Territorial Units"),
}
_ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")
SYNTHETIC = Message("Synthetic sample")
SUMMARY = Message("Summary")
ROWS_READ = Message("Rows read")
ROWS_USED = Message("Rows used")
ROWS_NOT_USED = Message("Rows not used")
ABOUT = Message("About the data")
THRESHOLD = Message("Threshold")
YES_NO = {True: Message("yes"), False: Message("no")}
MET = {
    "yes": Message("Met"),
    "no": Message("Not met"),
    "unknown": Message("Cannot be determined"),
}
MEASURES = {
    "count": Message("count"),
    "share": Message("share"),
    "km²": Message("km²"),
    "m": Message("m"),
}
DROPPED = {
    "not_in_where": Message("not in the project's selection"),
    "deleted": Message("deleted"),
    "old_version": Message("an older version"),
    "not_walked": Message("not for walking"),
    "no_shape": Message("no line"),
    "no_length": Message("no length"),
    "twice": Message("the same street in the other direction"),
    "merged": Message("merged into another unit"),
    "no_id": Message("no identifier"),
    "bad_value": Message("a faulty value"),
    "duplicate": Message("a repeated row"),
    "type": Message("another kind of object"),
    "status": Message("another status"),
    "not_in_force": Message("no longer in force"),
    "former": Message("a former address that names no one building"),
    "closed": in_context("place", "closed"),
    "blank": Message("blank row"),
    "unserved": Message("no trip calls at the stop"),
    "not_bus": Message("not a bus stop"),
    "not_a_stop": Message("not a stop (station or entrance)"),
    "no_coordinates": Message("no coordinates and no address that resolves"),
    "outside": Message("outside the project's territory (more than 50 km)"),
    "duplicate_reference": Message("mapped twice"),
    "no_unit": Message("is in no territorial unit"),
    "no_value": Message("no count"),
    "sum": Message("a sum of other rows"),
    "no_place": Message("no such place"),
    "superseded": Message("replaced by a point of the what-if"),
}

# Requirements of table 30 that a checklist of premises tells; GLOSSARY.md keeps the three kinds
# of access apart, and this one is of the surroundings.
REQUIREMENTS = {
    "step_free": Message("Step-free entrance"),
    "public_computer": Message("Public computer"),
    "desk_apart": Message("Separate service desk"),
    "parking": Message("Parking"),
}
ANSWERS = {
    "yes": Message("yes"),
    "no": Message("no"),
    "unknown": Message("not known"),
}
DEVELOPMENT_CENTRES = {
    "national": Message("Development centres of national significance"),
    "regional": Message("Development centres of regional significance"),
    "municipal": Message("Development centres of municipal significance"),
}

# --- Tables ------------------------------------------------------------------------------------

WITHIN = Message("Within {threshold}")
_BEYOND = Message("Beyond {threshold}")
UNCERTAIN = Message("To be verified")
DECISION_STATES = {
    "open": in_context("decision", "Open"),
    "done": Message("Done"),
}

CRITERIA: dict[str, Text] = {
    "units": Message("Territorial units"),
    "municipalities": Message("Municipalities"),
    "centres": Message("Existing centres"),
    "centres_announced": STATUSES_PLURAL["announced"],
    "centres_within": Message("Existing centres within {threshold} of the nearest stop"),
    "centres_beyond": Message("Existing centres beyond {threshold} of the nearest stop"),
    "centres_uncertain": Message("Existing centres whose position is to be verified"),
    "libraries": HOSTS_PLURAL["library"],
    "libraries_within_share": Message("Libraries within {threshold} of a stop, %"),
    "libraries_chosen": Message("Chosen libraries (one per unit)"),
    "libraries_chosen_within_share": Message("Chosen libraries within {threshold} of a stop, %"),
    "post_offices": HOSTS_PLURAL["post_office"],
    "stops": Message("Bus stops"),
    "units_existing": Message("Units with an existing centre"),
    "units_announced": Message("Units with an announced centre"),
    "units_planned": Message("Units with a planned point"),
    "units_none": Message("Units with no point"),
    "points_within": Message("Points within {threshold} of a stop"),
    "points_beyond": Message("Points beyond {threshold} of a stop"),
    "points_uncertain": Message("Points whose position is to be verified"),
    "points_within_share": Message("Points within {threshold} of a stop, %"),
    "library_points_within_share": Message("Points in libraries within {threshold} of a stop, %"),
    "municipalities_with_centre": Message("Municipalities with an existing centre"),
    "municipalities_one": Message("Municipalities with one existing centre"),
    "municipalities_several": Message("Municipalities with several existing centres"),
    "municipalities_none": MUNICIPALITY_GAPS,
    "area_share_existing": Message("Area coverage (existing points), % of Latvia's area"),
    "area_share_planned": Message("Area coverage (with the planned points), % of Latvia's area"),
    "area_share_municipalities": Message(
        "Area coverage (municipalities with an existing centre), % of Latvia's area"
    ),
    "population_share_existing": Message("Population coverage (existing points), %"),
    "population_share_planned": Message("Population coverage (with the planned points), %"),
}

NEAR_POINTS = {
    "existing": Message("an existing centre"),
    "network": Message("an existing or planned point"),
}
# Metres, as a person writes them.
RADII = {
    700: "700\N{NO-BREAK SPACE}m",
    **{1000 * km: f"{km}\N{NO-BREAK SPACE}km" for km in (2, 5, 10, 15)},
}
RESIDENTS_MEASURES = {
    "total": Message("All residents"),
    "in_unit": Message("In units, by status"),
    **{f"within_{radius}": Message("Within {said}", said=said) for radius, said in RADII.items()},
}
RESIDENTS_POINTS = {
    **STATUSES_PLURAL,
    "network": Message("All points"),
    "all": Message("Irrespective of the points"),
}
RESIDENTS_BASES = {
    "grid": Message("grid"),
    "unit": Message("estimated from the area of units"),
}
_BY_OWNER = Message("by owner")
_WITH_CENTRE = Message("with an existing centre in their unit")


def _joined(first: Text, second: Text) -> Text:
    return Composed(first, second, between=", ")


def _in_small_letters(lang: Lang, label: Text) -> str:
    return label.text(lang).lower()


def _begun_small(lang: Lang, label: Text) -> str:
    said = label.text(lang)
    return said[0].lower() + said[1:]


# Rows that the summary has where optional inputs are given (`vpvkac.analysis.criteria`).
CRITERIA |= {
    f"{code}_owned": _joined(CRITERIA[code], _BY_OWNER)
    for code in (
        "municipalities_with_centre",
        "municipalities_one",
        "municipalities_several",
        "municipalities_none",
    )
}
for _level, _label in DEVELOPMENT_CENTRES.items():
    CRITERIA |= {
        f"development_{_level}": _label,
        f"development_{_level}_with_centre": _joined(_label, _WITH_CENTRE),
        f"development_{_level}_with_centre_owned": _joined(
            _joined(_label, _WITH_CENTRE), _BY_OWNER
        ),
    }
CRITERIA |= {
    "municipal_premises": HOSTS_PLURAL["municipal_premises"],
    "institutions": HOSTS_PLURAL["institution"],
    **{
        f"institution_{code}": Message("Institutions' offices: {code}", code=code)
        for code in ("NVA", "VSAA", "PMLP", "VMD", "VZD", "VID", "VDI", "LAD", "UR")
    },
    "institution_other": Message("Institutions' offices: others"),
    "institution_units": Message("Units that hold institutions' offices"),
    "institution_units_with_centre": Message(
        "Units that hold institutions' offices and an existing centre"
    ),
    "institution_municipalities": Message("Municipalities that hold institutions' offices"),
    "institution_municipalities_with_centre": Message(
        "Municipalities that hold institutions' offices and an existing centre"
    ),
    "institution_municipalities_with_centre_owned": Message(
        "Municipalities that hold institutions' offices and own an existing centre"
    ),
    "population": Message("Residents"),
    **{
        f"points_service_{code}": Message(
            "Points by bus calls per day within {{threshold}}: {label}", label=label
        )
        for code, said in zip(
            ("none", "1_3", "4_9", "10_23", "24", "unknown"),
            (*SERVICE_CLASSES.values(), ANSWERS["unknown"]),
            strict=True,
        )
        if (label := Formatted(_in_small_letters, said))
    },
    **{
        f"population_within_{radius}_{points}": Message(
            "Residents within {said} of {of}", said=said, of=of
        )
        for points, of in NEAR_POINTS.items()
        for radius, said in RADII.items()
    },
    **{
        f"points_{requirement}_{answer}": Message("Points, {label}: {said}", label=label, said=said)
        for requirement, required in REQUIREMENTS.items()
        if (label := Formatted(_begun_small, required))
        for answer, said in ANSWERS.items()
    },
}


def with_threshold(lang: Lang, text: Text, threshold_m: float) -> str:
    """Fill the ``{threshold}`` of a label with the run's own, with its unit."""
    return text.text(lang).replace("{threshold}", threshold(lang, threshold_m))


def criterion(lang: Lang, code: str, threshold_m: float) -> str:
    """Give the label of a summary criterion; the threshold in it is the run's own."""
    return with_threshold(lang, CRITERIA[code], threshold_m)


def residents(lang: Lang, row: Mapping[Any, Any] | pd.Series) -> str:
    """Write a count of residents with the band of suppressed counts; nothing where unknown.

    "1204 (1198–1251)", and "1204" where the count is exact.
    """
    value, least, most = (
        row[name] for name in ("population", "population_least", "population_most")
    )
    # A null is no number to Python (`pandas.NA`), or is not one by name.
    if not isinstance(value, Real) or math.isnan(value):
        return ""
    if least == most:
        return number(lang, float(value))
    low, high = number(lang, float(least)), number(lang, float(most))
    return f"{number(lang, float(value))} ({low}–{high})"


def measure(lang: Lang, code: str) -> str:
    """Label a measure of the summary; "share 2024" is a share with its target year."""
    kind, _, year = code.partition(" ")
    label = MEASURES[kind].text(lang)
    return f"{label}, {year}" if year else label


def within_reach(lang: Lang, threshold_m: float) -> str:
    """Label what is within reach: "700 m robežās"."""
    return with_threshold(lang, WITHIN, threshold_m)


def beyond_reach(lang: Lang, threshold_m: float) -> str:
    """Label what is not within reach: "Tālāk par 700 m"."""
    return with_threshold(lang, _BEYOND, threshold_m)


def gap_layer(lang: Lang, threshold_m: float) -> str:
    """Label the map layer of the lines and circles of access gaps."""
    return with_threshold(lang, _GAP_LAYER, threshold_m)


def layout_label(lang: Lang, layout: str) -> str:
    """Name the layout by the date it is in force from: "… (spēkā no 01.07.2022.)"."""
    if not layout:
        as_given = Message("as in the input").text(lang)
        return f"{LAYOUT.text(lang)}: {as_given}"
    since = Message("in force from").text(lang)
    return f"{LAYOUT.text(lang)} ({since} {date(lang, layout)})"


def as_of(lang: Lang, iso: str, last: str = "") -> str:
    """Say a reference date, or the first and the last: "Dati uz 08.11.2023."."""
    said = date_range(lang, iso, last) if last else date(lang, iso)
    return f"{DATA_AS_OF.text(lang)} {said}"


def service_day(lang: Lang, file: str, iso: str) -> str:
    """Say on which day the trips of a feed were counted."""
    said = Message("Service day, {file}: {day}").text(lang)
    return said.format(file=file, day=date(lang, iso))


def abbreviations(lang: Lang, *texts: str) -> list[str]:
    """Write out the abbreviations that texts hold: "KAC – klientu apkalpošanas centrs"."""
    held = {found for text in texts for found in _ABBREVIATION.findall(text)}
    return [
        f"{short} – {whole.text(lang)}" for short, whole in ABBREVIATIONS.items() if short in held
    ]


def listed(labels: Iterable[str], between: str = ", ") -> str:
    """List labels, a capital on the first alone: "VPVKAC, pašvaldības bibliotēka"."""
    first, *others = labels
    return between.join([first, *map(lowered, others)])


def lowered(label: str) -> str:
    """Begin a label with a small letter inside a sentence, unless it is an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


# --- Model sentences (GLOSSARY.md, in its order) -------------------------------------------------


# Requirement 6.2 of the 2020 analysis recommends this much, and no other threshold of a run.
RECOMMENDED_M = 700


def planned_point(
    lang: Lang,
    host: str,
    place_name: str,
    address: str | None,
    distance_m: float | None,
    threshold_m: float | None = None,
) -> str:
    """Say where a unit's point is planned, and how far the nearest stop is (5)."""
    # An address that ends with an abbreviation brings its own full stop.
    where = ", ".join(part for part in (place_name, address) if part).removesuffix(".")
    where = typographic(where)
    sentence = (
        Message("There is no existing centre; the point is planned {host}: {where}.")
        .text(lang)
        .format(host=_HOST_SET_UP_IN[host].text(lang), where=where)
    )
    if distance_m is None:
        return sentence
    distance = Message(" Distance to the nearest stop: {}.").text(lang)
    return sentence + distance.format(metres(lang, distance_m, threshold_m))


def headline(
    lang: Lang, threshold_m: float, *, centres: int, within: int, beyond: int, to_verify: int
) -> str:
    """Give the figures a reader looks for first (8)."""
    return (
        Message(
            "Existing centres: {centres}. Of these within {threshold} of the nearest stop: "
            "{within}; beyond {threshold}: {beyond} (to be verified: {to_verify})."
        )
        .text(lang)
        .format(
            centres=number(lang, centres),
            threshold=threshold(lang, threshold_m),
            within=number(lang, within),
            beyond=number(lang, beyond),
            to_verify=number(lang, to_verify),
        )
    )


def against_published(lang: Lang, published_share: float, share: float, chapter: str) -> str:
    """Set a share beside the one the 2020 analysis published (9)."""
    return (
        Message(
            "The published value (2020 analysis, chapter {chapter}) is {published}, here it is "
            "{share}; the difference may come from other stop and library data (see the sources)."
        )
        .text(lang)
        .format(
            chapter=chapter,
            published=percent(lang, published_share),
            share=percent(lang, share),
        )
    )


LIMITS = Message(
    "Distance is measured along the straight line between the point and the nearest stop; the "
    "walk along streets and roads may be longer. Railway stations are not counted."
)


def indicator(
    lang: Lang, share: float, by_municipality: float, targets: Mapping[int, float]
) -> str:
    """Set both readings of area coverage beside the plan's targets, none of them judged (11)."""
    text = Message(
        "A contact point is open in units that together make up {share} of Latvia's area; "
        "municipalities with an existing centre make up {by_municipality}. Targets: {targets}. "
        "Whether they are met cannot be determined: {why}."
    )
    target = Message("{year}: {target}")
    listed = [
        target.text(lang).format(year=year, target=percent(lang, goal))
        for year, goal in targets.items()
    ]
    return text.text(lang).format(
        share=percent(lang, share, *targets.values()),
        by_municipality=percent(lang, by_municipality, *targets.values()),
        targets="; ".join(listed),
        why=NO_METHOD.text(lang),
    )


# Why the area indicator is not judged by unit.
NO_METHOD = Message(
    "the indicator's method is not published, and its base value (75 %) fits a count by "
    "municipality, not by territorial unit"
)
BY_MUNICIPALITY = Message("By municipality: {share}.")

SAMPLE = Message(
    "Synthetic sample. Names and numbers are invented and must not be used for decisions."
)


def quoted_after(name: str | None) -> str:
    """Put a name in quotation marks after a word; nothing where there is no name."""
    return f" “{typographic(name)}”" if name else ""
