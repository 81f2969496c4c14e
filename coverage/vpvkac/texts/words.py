"""Every word a person reads, in Latvian and English: labels by code, and model sentences.

Codes and column names never change; what stands for them does.  A label with ``{threshold}`` is
filled by `with_threshold` or `criterion`, because the 700 m are a parameter.  Names stand in the
nominative (after a colon, a dash or in brackets), so that none has to be declined.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

from vpvkac.texts.formats import date, date_range, metres, number, percent, threshold, typographic
from vpvkac.texts.message import (
    Bilingual,
    Composed,
    Formatted,
    Lang,
    Message,
    Text,
    in_context,
    labels,
)

if TYPE_CHECKING:
    import pandas as pd


# --- Territory ---------------------------------------------------------------------------------

KINDS = labels(
    state_city="State city", town="Town", parish="Parish", municipality="Municipality",
    # Only in the layout of 2021-01-01.
    republic_city="Republic city", undivided="Undivided municipality",
)  # fmt: skip
LAYOUT = Message("Territorial layout")
# Whose first day is known.
_LAYOUTS = ("2021-01-01", "2021-07-01", "2022-07-01")

# --- Network -----------------------------------------------------------------------------------

NETWORK = Message("Network of contact points")
HOSTS = labels(
    centre="One-stop centre (VPVKAC)", library="Municipal library",
    municipal_premises="Parish or town administration", post_office="Post office",
    institution="Institution's own service centre",
    state_centre="State service centre of several institutions",
)  # fmt: skip
HOSTS_PLURAL = labels(
    centre="One-stop centres (VPVKAC)", library="Municipal libraries",
    municipal_premises="Parish and town administrations", post_office="Post offices",
    institution="Institutions' own service centres",
    state_centre="State service centres of several institutions",
)  # fmt: skip
# Inside a sentence: what a point is set up in.
_HOST_SET_UP_IN = labels(
    centre="in the centre", library="in the library",
    municipal_premises="in the municipal administration", post_office="in the post office",
    institution="in the institution's own service centre",
    state_centre="in the state service centre",
)  # fmt: skip
STATUSES = labels(
    existing="Existing", announced="Announced, not yet open", planned="Planned", none="No point",
)  # fmt: skip
STATUSES_PLURAL = labels(
    existing="Existing centres", announced="Announced centres, not yet open",
    planned="Planned points (second wave)", none="No contact point",
)  # fmt: skip
PLACE_STATUSES = {
    # Of a centre, a library, a post office: a verb needs no gender.
    "open": Message("Open"),
    "announced": Message("Announced, not yet open"),
}
LOCATED_BY = labels(
    published="by published coordinates", correction="by correction", address="by address",
    fuzzy="by the most similar address", postcode="by postcode", settlement="by settlement",
    unit="by territorial unit",
)  # fmt: skip
LOCATED_UNIT = labels(
    code="by its code", register="by the address register", name="by its name",
    polygon="by the borders", nearest="by nearness",
)  # fmt: skip

# --- Stops -------------------------------------------------------------------------------------

STOP_SET = Message("Stop set")
STOP_SETS = labels(
    regional="Stops of intercity and local routes", bus="All bus stops",
    all="All public transport stops (rail left out)",
)  # fmt: skip

NO_STOPS = Message("No stops are given, reach is not computed")

# --- Gaps --------------------------------------------------------------------------------------

ACCESS_GAPS = Message("Access gaps")
COVERAGE_GAPS = Message("Coverage gaps")
MUNICIPALITY_GAPS = Message("Municipalities with no existing centre")
REMEDIES = labels(
    verify_location="Verify the position", library="Set up the point in the library",
    move_within_unit="Move within the unit",
    other_premises="Look for other suitable municipal premises (e.g. the parish administration)",
    ask_for_stop="Propose a new or moved stop", ask_for_service="Propose more bus trips",
    remote_support="Provide remote support",
)  # fmt: skip
# The same in a few words, beside how many there are.
STEPS = labels(
    move_within_unit="move within the unit (municipality)",
    ask_for_stop="propose a stop (to the Road Transport Administration)",
    other_premises="look for premises (municipality)",
    remote_support="support remotely (VPPPD)",
    ask_for_service="propose more bus trips (to the Road Transport Administration)",
    verify_location="verify the position (municipality)",
)
CLASSES = labels(move="Can be moved", beyond="Too far from a stop", verify="To be verified")
# Classes of the visits at the stops within reach on the service day.
SERVICE_CLASSES = {
    "none": Message("No buses"),
    "1-3": Message("1–3 bus calls"),
    "4-9": Message("4–9 bus calls"),
    "10-23": Message("10–23 bus calls"),
    "24+": Message("24 or more bus calls"),
}
# The Austrian classes of stops and the ways to them; buses alone give none better than B.
QUALITY_CLASSES: dict[str, Text] = {
    **{letter: Bilingual(letter, letter) for letter in "BCDEFG"},
    "none": Message("No class"),
}
QUALITY_GAPS = Message("Near, without a quality class")
SERVICE_GAPS = Message("Near a stop but rarely served")

# The way to every page of a folder.
PAGES = Message("Pages")

# --- Maps --------------------------------------------------------------------------------------

MAP = labels(
    map="Map", explorer="Explorer map", about="About the map",
    find="Find a unit, municipality, place, code", no_match="Nothing found",
    no_unit="There is no such unit", no_municipality="There is no such municipality",
    municipality="Municipality", show="Show only", home="Whole country",
    copy_link="Copy the link", copied="The link is copied", on_osm="On OpenStreetMap",
    card="What was chosen", picture="Save the map as a picture", more_gaps="More in the gap list",
    what_if="What if …", back="Back to the run", open_today="of the area has an open point",
    there_and_back="There, served, and home again",
    to_do="What to do", legend="Legend", layers="Map layers",
    closer="All points show when zoomed in",
    units="Territorial units", points="Contact points", border="Municipality border", names="Names",
    stops="Stops", gap_list="Gap list", gap_tables="Gap lists as tables",
    in_gap_list="See in the gap list", on_map="Show on the explorer map", other_pages="Other pages",
    municipality_page="Municipality page", zoom_in="Zoom in", zoom_out="Zoom out",
    whole="Show the whole country", close="Close",
    # Rows of a card
    stop="Nearest stop", any_stop="Nearest stop of any kind (rail left out)",
    walk="Walking time in a straight line, at least", address="Address", hours="Opening hours",
    phone="Telephone", email="E-mail", owner="Owner (municipality)", located="Located", area="Area",
    population="Residents", visits="Bus calls per day",
    visits_within="Bus calls per day at nearby stops", reason="Reason", remedy="Recommended action",
    uncertain="To be verified",
    # Decisions and clusters
    decided="Decided on", undecided="Show only gaps without a decision", cluster="Cluster of gaps",
    clusters="Clusters of gaps",
)  # fmt: skip
CLUSTER_NUMBERED = Message("Cluster {}")
ALTERNATIVE = Message("Alternative place in the same unit")
GAP_LAYER = Message("Distance to the stop and the circle of {threshold} around the point")

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
MOBILE_SERVICE = Message(
    "No mobile service is proposed here: the 2020 analysis calls it “not needed” and, as "
    "alternative 2, “not recommended” (section 3.5)."
)
CLIENT_SURVEY = Message(
    "The client survey of 2024 (n = 142) asks neither how people travel nor how far nor which "
    "hours they want, so it can neither support nor refute these figures."
)
UNITS_AS_RESIDENTS = Message(
    "Residents are not given: where residents are counted here, every territorial unit counts as "
    "one."
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
    **labels(
        NVA="State Employment Agency", VSAA="State Social Insurance Agency",
        PMLP="Office of Citizenship and Migration Affairs", VMD="State Forest Service",
        VZD="State Land Service", VID="State Revenue Service", VDI="State Labour Inspectorate",
        LAD="Rural Support Service", UR="Register of Enterprises",
        ATVK="Classification of Administrative Territories and Territorial Units",
    ),
}  # fmt: skip
_ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")
SYNTHETIC = Message("Synthetic sample")
# Pages lead nowhere outside their folder.
GUIDE = Message(
    "The guide for planners, in Latvian, is in the program's documentation: docs/lv/celvedis.md"
)
SUMMARY = Message("Summary")
ROWS_READ = Message("Rows read")
ROWS_USED = Message("Rows used")
ROWS_NOT_USED = Message("Rows not used")
ABOUT = Message("About the data")
THRESHOLD = Message("Threshold")
YES_NO = {True: Message("yes"), False: Message("no")}
MET = labels(yes="Met", no="Not met", unknown="Cannot be determined")
FIXED = labels(planner="The planner", decision="A decision", barred="Barred")
MEASURES = {
    "count": Message("count"),
    "share": Message("share"),
    "km²": Message("km²"),
    "m": Message("m"),
}
DROPPED: dict[str, Text] = {
    **labels(
        not_in_where="not in the project's selection", deleted="deleted",
        old_version="an older version", not_walked="not for walking", no_shape="no line",
        no_length="no length", twice="the same street in the other direction",
        merged="merged into another unit", no_id="no identifier", bad_value="a faulty value",
        duplicate="a repeated row", type="another kind of object", status="another status",
        not_in_force="no longer in force",
        former="a former address that names no one building", blank="blank row",
        country="in another country",
        unserved="no trip calls at the stop", not_bus="not a bus stop",
        not_a_stop="not a stop (station or entrance)",
        no_coordinates="no coordinates and no address that resolves",
        outside="outside the project's territory (more than 50 km)",
        duplicate_reference="mapped twice", no_unit="is in no territorial unit",
        no_value="no count", sum="a sum of other rows", no_place="no such place",
        superseded="replaced by a point of the what-if",
    ),
    "closed": in_context("place", "closed"),
}  # fmt: skip

# What a checklist of premises answers; this access is of the surroundings.
REQUIREMENTS = labels(
    utilities="Utilities by the rules", step_free="Step-free entrance",
    desk_kinds="Open, half-closed and closed desks", desk_apart="Separate service desk",
    public_computer="Public computer", printing="Printing, copying, scanning",
    specialist_desk="Specialist's computer and optical internet", card_terminal="Card terminal",
    queue_machine="Queue machine", signs="Signs outside and inside", leaflets="Place for leaflets",
    video="Video surveillance", covid_rules="Covid-19 rules", parking="Parking",
)  # fmt: skip
# What each asks in full: the text beside a cell to fill in, of 255 letters with what is said there.
REQUIREMENTS_IN_FULL = labels(
    utilities="Utilities (heating, ventilation) by the rules of building and safety.",
    step_free="Access for people with sight, hearing, movement or mental impairments: ramp, width "
    "of doors, marked steps and glass, signs.",
    desk_kinds="Open and half-closed desks, and a few closed ones.",
    desk_apart="A half-closed desk with a partition.",
    public_computer="A public computer with web camera, scanner and free internet.",
    printing="A device to print, copy and scan.",
    specialist_desk="The specialist's desk with a computer and optical internet.",
    card_terminal="A card terminal; in a library “if technically and legally possible”.",
    queue_machine="A queue machine (desirable).", signs="A sign at the door and inside.",
    leaflets="A place for leaflets.", video="Video surveillance, to be considered.",
    covid_rules="The rules of the Covid-19 pandemic, which are past.",
    parking="Parking by the norms, with places for people with disabilities.",
)  # fmt: skip
ANSWERS = labels(yes="yes", no="no", unknown="not known")
DEVELOPMENT_CENTRES = labels(
    national="Development centres of national significance",
    regional="Development centres of regional significance",
    municipal="Development centres of municipal significance",
)  # fmt: skip

# --- Tables ------------------------------------------------------------------------------------

WITHIN = Message("Within {threshold}")
BEYOND = Message("Beyond {threshold}")
UNCERTAIN = Message("To be verified")
DECISION_STATES = {"open": in_context("decision", "Open"), "done": Message("Done")}

CRITERIA: dict[str, Text] = {
    **labels(
        units="Territorial units", municipalities="Municipalities", centres="Existing centres",
        centres_within="Existing centres within {threshold} of the nearest stop",
        centres_beyond="Existing centres beyond {threshold} of the nearest stop",
        centres_uncertain="Existing centres whose position is to be verified",
        libraries_within_share="Libraries within {threshold} of a stop, %",
        libraries_chosen="Chosen libraries (one per unit)",
        libraries_chosen_within_share="Chosen libraries within {threshold} of a stop, %",
        stops="Bus stops", units_existing="Units with an existing centre",
        units_announced="Units with an announced centre",
        units_planned="Units with a planned point", units_none="Units with no point",
        points_within="Points within {threshold} of a stop",
        points_beyond="Points beyond {threshold} of a stop",
        points_uncertain="Points whose position is to be verified",
        points_within_share="Points within {threshold} of a stop, %",
        library_points_within_share="Points in libraries within {threshold} of a stop, %",
        municipalities_with_centre="Municipalities with an existing centre",
        municipalities_one="Municipalities with one existing centre",
        municipalities_several="Municipalities with several existing centres",
        area_share_existing="Area coverage (existing points), % of Latvia's area",
        area_share_planned="Area coverage (with the planned points), % of Latvia's area",
        area_share_municipalities=
        "Area coverage (municipalities with an existing centre), % of Latvia's area",
        population_share_existing="Population coverage (existing points), %",
        population_share_planned="Population coverage (with the planned points), %",
        institution_other="Institutions' offices: others", population="Residents",
        institution_units="Units that hold institutions' offices",
        institution_units_with_centre=
        "Units that hold institutions' offices and an existing centre",
        institution_municipalities="Municipalities that hold institutions' offices",
        institution_municipalities_with_centre=
        "Municipalities that hold institutions' offices and an existing centre",
        institution_municipalities_with_centre_owned=
        "Municipalities that hold institutions' offices and own an existing centre",
    ),
    "centres_announced": STATUSES_PLURAL["announced"],
    "libraries": HOSTS_PLURAL["library"],
    "post_offices": HOSTS_PLURAL["post_office"],
    "municipalities_none": MUNICIPALITY_GAPS,
    "municipal_premises": HOSTS_PLURAL["municipal_premises"],
    "institutions": HOSTS_PLURAL["institution"],
}  # fmt: skip

NEAR_POINTS = labels(existing="an existing centre", network="an existing or planned point")
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
PEOPLE = labels(all="All residents", offline="Older people who use no internet")
RESIDENTS_BASES = labels(grid="grid", unit="estimated from the area of units")


def _in_small_letters(lang: Lang, label: Text) -> str:
    return label.text(lang).lower()


def _begun_small(lang: Lang, label: Text) -> str:
    text = label.text(lang)
    return text[0].lower() + text[1:]


# Rows that the summary has where optional inputs are given (`vpvkac.analysis.criteria`).
_BY_OWNER, _WITH_CENTRE = Message("by owner"), Message("with an existing centre in their unit")
for _code in ("with_centre", "one", "several", "none"):
    _label = CRITERIA[f"municipalities_{_code}"]
    CRITERIA[f"municipalities_{_code}_owned"] = Composed(_label, _BY_OWNER, between=", ")
for _level, _label in DEVELOPMENT_CENTRES.items():
    _own = f"development_{_level}"
    CRITERIA[_own] = _label
    CRITERIA[f"{_own}_with_centre"] = Composed(_label, _WITH_CENTRE, between=", ")
    CRITERIA[f"{_own}_with_centre_owned"] = Composed(_label, _WITH_CENTRE, _BY_OWNER, between=", ")
for _code in ("NVA", "VSAA", "PMLP", "VMD", "VZD", "VID", "VDI", "LAD", "UR"):
    CRITERIA[f"institution_{_code}"] = Message("Institutions' offices: {code}", code=_code)
for _code, _label in {**SERVICE_CLASSES, "unknown": ANSWERS["unknown"]}.items():
    CRITERIA[f"points_service_{_code.replace('-', '_').rstrip('+')}"] = Message(
        "Points by bus calls per day within {{threshold}}: {label}",
        label=Formatted(_in_small_letters, _label),
    )
for _code, _label in {**QUALITY_CLASSES, "unknown": ANSWERS["unknown"]}.items():
    _begun = Formatted(_begun_small, _label) if len(_code) > 1 else _label
    CRITERIA[f"points_quality_{_code}"] = Message(
        "Points by quality class of the bus: {label}", label=_begun
    )
    CRITERIA[f"population_quality_{_code}"] = Message(
        "Residents by quality class of the bus at home: {label}", label=_begun
    )
for _code, _of in NEAR_POINTS.items():
    for _radius, _shown in RADII.items():
        CRITERIA[f"population_within_{_radius}_{_code}"] = Message(
            "Residents within {said} of {of}", said=_shown, of=_of
        )
for _code, _label in REQUIREMENTS.items():
    for _answer, _said in ANSWERS.items():
        CRITERIA[f"points_{_code}_{_answer}"] = Message(
            "Points, {label}: {said}", label=Formatted(_begun_small, _label), said=_said
        )


REACH_POINTS = {
    "existing": Message("Existing centres"),
    "network": Message("Network of contact points"),
}
for _code, _label in REACH_POINTS.items():
    _of = Formatted(_begun_small, _label)
    for _class, _text in {
        "share": Message("Residents who can go there and back: {of}, %", of=_of),
        "walk": Message("Residents who can on foot: {of}", of=_of),
        "bus": Message("Residents who can by bus: {of}", of=_of),
        "none": Message("Residents who cannot: {of}", of=_of),
    }.items():
        CRITERIA[f"reach_{_code}_{_class}"] = _text
    # Where residents are not given.
    for _class, _text in {
        "share": Message("Units from which one can go there and back: {of}, %", of=_of),
        "walk": Message("Units from which one can on foot: {of}", of=_of),
        "bus": Message("Units from which one can by bus: {of}", of=_of),
        "none": Message("Units from which one cannot: {of}", of=_of),
    }.items():
        CRITERIA[f"reach_{_code}_units_{_class}"] = _text


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
    return with_threshold(lang, BEYOND, threshold_m)


def layout_label(lang: Lang, layout: str) -> str:
    """Name the layout by the date it is in force from: "… (spēkā no 01.07.2022.)".

    Of any but those known it is the day that its file states.
    """
    if not layout:
        as_given = Message("as in the input").text(lang)
        return f"{LAYOUT.text(lang)}: {as_given}"
    since = (Message("in force from") if layout in _LAYOUTS else Message("as of")).text(lang)
    return f"{LAYOUT.text(lang)} ({since} {date(lang, layout)})"


def as_of(lang: Lang, iso: str, last: str = "") -> str:
    """Say a reference date, or the first and the last: "Dati uz 08.11.2023."."""
    said = date_range(lang, iso, last) if last else date(lang, iso)
    return f"{DATA_AS_OF.text(lang)} {said}"


def service_day(lang: Lang, file: str, iso: str) -> str:
    """Say on which day the trips of a feed were counted."""
    said = Message("Service day, {file}: {day}").text(lang)
    return said.format(file=file, day=date(lang, iso))


class Term(NamedTuple):
    """A word of the pages, what it means, and how its forms begin in either language."""

    name: Text
    meaning: Text
    lv: str
    en: str


TERMS = (
    Term(Message("Contact point"), Message(
        "Where residents of a territorial unit get help with services of the state and the "
        "municipality: an existing centre, else the place where one is announced or planned."),
        "kontaktpunkt", "contact point"),
    Term(Message("Territorial unit"), Message(
        "A parish, a town or a state city; the plan has one contact point in each."),
        "teritoriāl(?:ā|ās|ajā|ajās|o) vienīb", "territorial unit"),
    Term(Message("Threshold"), Message(
        "The straight-line distance to a stop that counts as within reach; 700 m is recommended by "
        "requirement 6.2 of the 2020 analysis."),
        "robežvērtīb", "threshold"),
    Term(Message("Stop set"), Message(
        "Which stops count: those of intercity and local routes, all bus stops, or all stops of "
        "public transport."),
        "pieturu kopa", "stop set"),
    Term(ACCESS_GAPS, Message(
        "A contact point whose nearest stop is beyond the threshold, or whose position is so "
        "uncertain that the verdict could change."),
        "sasniedzamības nepilnīb", "access gap"),
    Term(COVERAGE_GAPS, Message(
        "A territorial unit in which there is no place for a contact point."),
        "pārklājuma nepilnīb", "coverage gap"),
    Term(SERVICE_GAPS, Message(
        "A contact point whose stops within the threshold have no more than 3 bus calls on the "
        "service day."),
        "reisu maz|autobusu maz", "rarely served|few buses"),
    Term(in_context("term", "Service day"), Message(
        "The working day of the timetables on which bus calls are counted; its date stands with "
        "the sources."),
        "kustības saraksta dien", "service day"),
    Term(UNCERTAIN, Message(
        "The place is located so roughly that it could lie on the other side of the threshold."),
        "jāprecizē", "to be verified"),
    Term(in_context("term", "Cluster of gaps"), Message(
        "Gaps with the same recommended action that lie so near each other that one measure could "
        "close them."),
        "nepilnību grup", "cluster"),
    Term(in_context("term", "Second wave"), Message(
        "The points planned in units that have no centre of the first wave."),
        r"2\. kārt", "second wave"),
    Term(in_context("term", "Chosen library"), Message(
        "Of the libraries of a unit the one nearest to a stop."),
        "atlasīt(?:ā|ās|ajā|ajās) bibliotēk", "chosen librar"),
)  # fmt: skip


def terms(lang: Lang, *texts: str) -> list[tuple[str, str]]:
    """Explain the terms that texts hold."""
    whole = " ".join(texts)
    return [
        (term.name.text(lang), term.meaning.text(lang))
        for term in TERMS
        if re.search(getattr(term, lang), whole, re.IGNORECASE)
    ]


def abbreviations(lang: Lang, *texts: str) -> list[str]:
    """Write out the abbreviations that texts hold: "KAC – klientu apkalpošanas centrs"."""
    held = {found for text in texts for found in _ABBREVIATION.findall(text)}
    return [
        f"{short} – {whole.text(lang)}" for short, whole in ABBREVIATIONS.items() if short in held
    ]


class WrittenOut(NamedTuple):
    """What a page writes out: `centre`, what it is about, where it is met; others at the foot."""

    centre: str
    abbreviations: list[str]


def written_out(lang: Lang, *texts: str) -> WrittenOut:
    """Part what `abbreviations` writes out; `centre` is empty where no text holds it."""
    lines = abbreviations(lang, *texts)
    centre = [line for line in lines if line.startswith("VPVKAC ")]
    return WrittenOut("".join(centre), [line for line in lines if line not in centre])


def listed(labels: Iterable[str], between: str = ", ") -> str:
    """List labels, a capital on the first alone: "VPVKAC, pašvaldības bibliotēka"."""
    first, *others = labels
    return between.join([first, *map(lowered, others)])


def lowered(label: str) -> str:
    """Begin a label with a small letter inside a sentence, unless it is an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


# --- Model sentences ----------------------------------------------------------------------------

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
    """Say where a unit's point is planned, and how far the nearest stop is."""
    # An address that ends with an abbreviation brings its own full stop.
    where = ", ".join(part for part in (place_name, address) if part).removesuffix(".")
    text = Message("There is no existing centre; the point is planned {host}: {where}.").text(lang)
    sentence = text.format(host=_HOST_SET_UP_IN[host].text(lang), where=typographic(where))
    if distance_m is None:
        return sentence
    distance = Message(" Distance to the nearest stop: {}.").text(lang)
    return sentence + distance.format(metres(lang, distance_m, threshold_m))


def headline(
    lang: Lang, threshold_m: float, *, centres: int, within: int, beyond: int, to_verify: int
) -> str:
    """Give the figures a reader looks for first."""
    text = Message(
        "Existing centres: {centres}. Of these within {threshold} of the nearest stop: "
        "{within}; beyond {threshold}: {beyond} (to be verified: {to_verify})."
    )
    counts = {"centres": centres, "within": within, "beyond": beyond, "to_verify": to_verify}
    shown = {name: number(lang, count) for name, count in counts.items()}
    return text.text(lang).format(threshold=threshold(lang, threshold_m), **shown)


def against_published(lang: Lang, published_share: float, share: float, chapter: str) -> str:
    """Set a share beside the one the 2020 analysis published."""
    text = Message(
        "The published value (2020 analysis, chapter {chapter}) is {published}, here it is "
        "{share}; the difference may come from other stop and library data (see the sources)."
    )
    published, here = percent(lang, published_share), percent(lang, share)
    return text.text(lang).format(chapter=chapter, published=published, share=here)


LIMITS = Message(
    "Distance is measured along the straight line between the point and the nearest stop; the "
    "walk along streets and roads may be longer. Railway stations are not counted."
)
LIMITS_WITH_RAIL = Message(
    "Distances are measured along the straight line; the walk along streets and roads may be "
    "longer. Railway stations are counted."
)


def indicator(
    lang: Lang, share: float, by_municipality: float, targets: Mapping[int, float]
) -> str:
    """Set both readings of area coverage beside the plan's targets, none of them judged."""
    text = Message(
        "A contact point is open in units that together make up {share} of Latvia's area; "
        "municipalities with an existing centre make up {by_municipality}. Targets: {targets}. "
        "Whether they are met cannot be determined: {why}."
    )
    target = Message("{year}: {target}").text(lang)
    goals = [target.format(year=year, target=percent(lang, goal)) for year, goal in targets.items()]
    return text.text(lang).format(
        share=percent(lang, share, *targets.values()),
        by_municipality=percent(lang, by_municipality, *targets.values()),
        targets="; ".join(goals),
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


# Reach: there, served, and home again.
SERVICE_CHANGES = {
    "withdrawn": Message("No longer served by the line"),
    "fewer": Message("Fewer departures"),
    "retimed": Message("Other times"),
    "more": Message("More departures"),
    "added": Message("Newly served by the line"),
}
REACH_CLASSES = {
    "walk": Message("On foot"),
    "bus": Message("By bus"),
    "none": Message("Cannot on one day"),
}
REACH_WAYS = {
    "": Message("Nothing"),
    "no_stop": Message("No stop within the walk"),
    "no_outbound": Message("No way there while a point is open"),
    "no_return": Message("No way home afterwards"),
    "hours": Message("Opening hours"),
}
REACH_REMEDIES = {
    "remote_support": Message("Provide remote support"),
    "departure_there": Message("Ask for a departure to the point"),
    "departure_back": Message("Ask for a departure home"),
    "other_hours": Message("Consider other opening hours"),
}
