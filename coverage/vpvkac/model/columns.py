"""The registry of columns: what each column of the tables holds, and what people call it.

A column is declared here once.  CSV files, workbooks, the GeoPackage, the data package, the
contracts of the tables, pages, `check` and the reader of an earlier run all take its type, unit,
decimals, codes and heading from here.  Which table has which columns, and where a column means
something else in one of them: `vpvkac.model.tables`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vpvkac.texts import words
from vpvkac.texts.message import Bilingual, Composed, Lang, Message, Text, in_context, labels


@dataclass(frozen=True)
class Type:
    """What the values of a column are.

    The name tells apart types that files write alike: `to_stop` and `length` are both metres.
    `stored` is as a data package names it; the unit is empty for texts, flags, counts and shares
    (0-1); files have so many decimals, None for as many as a value needs.
    """

    name: str
    stored: Literal["string", "boolean", "integer", "number"]
    unit: str = ""
    decimals: int | None = None


TEXT = Type("text", "string")
CODE = Type("code", "string")
# A text made by the program in the language of a run, not by the analysis.
SENTENCE = Type("sentence", "string")
FLAG = Type("flag", "boolean")
COUNT = Type("count", "integer")
METRES = Type("metres", "integer", "m")
# Of several measures, told by another column of the row.
VALUE = Type("value", "number")
SHARE = Type("share", "number", decimals=4)
# Measured to a stop: never rounded across the threshold (`analysis.rounding`).
TO_STOP = Type("to_stop", "number", "m", 1)
EXCESS = Type("excess", "number", "m", 1)
LENGTH = Type("length", "number", "m", 1)
WHOLE_LENGTH = Type("whole_length", "number", "m", 0)
AREA = Type("area", "number", "km²", 3)
DEGREES = Type("degrees", "number", "°", 7)
MINUTES = Type("minutes", "number", "min", 1)
MINUTES_AWAY = Type("minutes_away", "integer", "min")
# A minute is 0.0167 h: two decimals tell it apart.
HOURS = Type("hours", "number", "h", 2)
PEOPLE = Type("people", "number", decimals=1)
SCORE = Type("score", "number", decimals=1)
FACTOR = Type("factor", "number", decimals=2)
WEIGHT = Type("weight", "number", decimals=3)
NEED = Type("need", "number", decimals=2)
GAP = Type("gap", "number", decimals=6)
MONEY = Type("money", "number", "EUR", 2)


@dataclass(frozen=True)
class Column:
    """A column of a table.

    No language changes its name; ``{threshold}`` in its heading is the run's own.  `codes` has
    the label of each code, `pattern` is of a whole text, `limits` are the least and greatest
    number; a `nullable` value may be null, a text empty.
    """

    name: str
    type: Type
    heading: Text
    codes: Mapping[Any, Text] | None = None
    pattern: str | None = None
    limits: tuple[float, float] | None = None
    nullable: bool = True


UNIT_CODE = "LV[0-9]{7}"
# As people write it: without LV, or with it apart or in small letters.
WRITTEN_CODE = r"^(?:[Ll][Vv][ \xa0-]?)?([0-9]{7})$"
MODES = r"(bus|trolleybus|tram)(\+(trolleybus|tram))*"
_LATITUDE, _LONGITUDE = (-90.0, 90.0), (-180.0, 180.0)
_FROM_0 = (0.0, float("inf"))
# Metres that are more are no distance within a country.
_DISTANCE = (0.0, 1e7)


def _all(of: Type, headings: Mapping[str, Text]) -> list[Column]:
    """Declare columns of one type that have nothing but a heading."""
    return [Column(name, of, heading) for name, heading in headings.items()]


# fmt: off
_DECLARED = (
    # Keys, names and territory
    Column("rank", COUNT, in_context("row", "No.")),
    Column("unit", CODE, Message("Unit code"), pattern=UNIT_CODE),
    Column("kind", CODE, Message("Kind of unit"), words.KINDS),
    Column("municipality", CODE, Message("Municipality code"), pattern=UNIT_CODE),
    # The least float above 0: no unit is without area.
    Column("area_km2", AREA, Message("Area, km²"), limits=(5e-324, float("inf"))),
    Column("population", COUNT, Message("Residents"), limits=_FROM_0),
    *_all(COUNT, labels(
        number="No.", national_rank="No. in the national list",
        population_least="Residents, at least", population_most="Residents, at most",
    )),
    *_all(TEXT, labels(
        unit_name="Territorial unit", municipality_name="Municipality", region="Statistical region",
    )),
    # Places
    Column("place", CODE, Message("Place identifier"), pattern=r"[a-z_]+:[\s\S]+"),
    Column("host", CODE, Message("Kind of host"), words.HOSTS),
    Column("owner", CODE, Message("Owner (municipality)"), pattern=UNIT_CODE),
    Column("status", CODE, Message("Status"), words.STATUSES),
    Column("located_by", CODE, Message("How located"), words.LOCATED_BY),
    Column("located_unit", CODE, Message("How the unit is known"), words.LOCATED_UNIT),
    Column("located_within_m", LENGTH, Message("Placing precision"), limits=_DISTANCE),
    Column("score", SCORE, Message("Address similarity"), limits=(0.0, 100.0)),
    Column("lat", DEGREES, Message("Latitude"), limits=_LATITUDE),
    Column("lon", DEGREES, Message("Longitude"), limits=_LONGITUDE),
    *(Column(name, CODE, label, words.ANSWERS) for name, label in words.REQUIREMENTS.items()),
    *_all(COUNT, labels(
        requirements_met="Requirements met", requirements_not_met="Requirements not met",
        requirements_unknown="Requirements not known",
        residents_within="Residents within {threshold}",
    )),
    Column("compliance", SHARE, Message("Requirements met, of those answered")),
    Column("floor_check", FLAG, Message("Step-free entrance to be checked (floor)")),
    Column("on_front", FLAG, Message("No other candidate is better throughout")),
    Column("better_place", CODE, Message("A candidate at least as good throughout")),
    *_all(TEXT, labels(
        name="Name", place_name="Place", address="Address", hours="Opening hours",
        phone="Telephone", email="E-mail",
    )),
    *_all(FLAG, labels(
        chosen="Is the unit's contact point", near_border="Near another unit's border",
    )),
    # Stops and distance
    Column("stop", CODE, Message("Stop identifier"), pattern=r"[\s\S]*:[\s\S]*"),
    Column("modes", CODE, Message("Modes of transport"), pattern=MODES),
    Column("distance_m", TO_STOP, Message("Straight-line distance, m"), limits=_DISTANCE),
    Column("distance_all_m", TO_STOP, Message("Distance to a stop of any kind (rail left out), m"),
           limits=_DISTANCE),
    Column("over_m", EXCESS, Message("Excess, m")),
    Column("walk_min", MINUTES, Message("Walking time in a straight line, at least, min"),
           limits=_DISTANCE),
    Column("within", FLAG, words.WITHIN),
    Column("uncertain", FLAG, words.UNCERTAIN),
    Column("visits", COUNT, Message("Bus calls per day"), limits=_FROM_0),
    Column("service_class", CODE, Message("Class of bus calls"), words.SERVICE_CLASSES),
    Column("alt_service_class", CODE, Message("Alternative: class of bus calls"),
           words.SERVICE_CLASSES),
    Column("quality_class", CODE, Message("Quality class of the bus"), words.QUALITY_CLASSES),
    Column("calls_by_day", COUNT, Message("Bus calls from 6 to 20 h"), limits=_FROM_0),
    *_all(TEXT, labels(stop_name="Nearest stop", feed="Stop feed", parent="Station")),
    *_all(FLAG, labels(regional="Intercity and local routes", in_set="The stop counts")),
    *_all(COUNT, labels(
        visits_within="Bus calls per day within {threshold}",
        alt_visits_within="Alternative: bus calls per day within {threshold}",
    )),
    # Counts
    Column("centres", COUNT, words.HOSTS_PLURAL["centre"]),
    Column("announced", COUNT, in_context("plural", "Announced")),
    Column("planned", COUNT, in_context("plural", "Planned")),
    Column("none", COUNT, words.STATUSES_PLURAL["none"]),
    Column("libraries", COUNT, words.HOSTS_PLURAL["library"]),
    Column("post_offices", COUNT, words.HOSTS_PLURAL["post_office"]),
    *(Column(name, COUNT, words.CRITERIA[name])
      for name in ("units_existing", "units_announced", "units_planned", "units_none",
                   "points_within", "points_beyond", "points_uncertain")),
    *_all(COUNT, labels(
        units="Territorial units", centres_owned="Centres owned", other="Other places",
        stops="Bus stops",
    )),
    # Gaps
    Column("class", CODE, Message("Kind of gap"), words.CLASSES),
    Column("alt_host", CODE, Message("Alternative: kind of host"), words.HOSTS),
    Column("alt_distance_m", TO_STOP, Message("Alternative: distance to a stop, m")),
    Column("nearest_host", CODE, Message("Nearest contact point: kind of host"), words.HOSTS),
    Column("nearest_m", LENGTH, Message("Distance to the nearest contact point")),
    Column("institution_offices", COUNT, words.HOSTS_PLURAL["institution"]),
    Column("institution", TEXT, Message("Institution")),
    Column("institutions", TEXT, Message("Institutions")),
    Column("offices", COUNT, Message("Offices")),
    Column("state_centres", COUNT, words.HOSTS_PLURAL["state_centre"]),
    Column("has_centre", FLAG, Message("With an existing centre")),
    Column("remedy", CODE, Message("Recommended action"), words.REMEDIES),
    Column("reason", SENTENCE, Message("Reason")),
    *_all(CODE, labels(
        alt_place="Alternative: identifier", nearest_place="Nearest contact point: identifier",
    )),
    *_all(TEXT, labels(
        alt_name="Alternative place", alt_address="Alternative: address",
        other_premises="Other premises in the unit", nearest_name="Nearest contact point elsewhere",
        nearest_unit_name="Nearest contact point: unit",
    )),
    # Clusters of gaps, decisions, progress
    Column("extent_m", LENGTH, Message("Farthest apart")),
    Column("overdue", FLAG, Message("Overdue")),
    Column("state", CODE, Message("State"), words.DECISION_STATES),
    Column("existing_share", SHARE, Message("With an existing centre, share")),
    *_all(COUNT, labels(
        cluster="Cluster number", cluster_size="Number of gaps in the cluster", gaps="Gaps",
        residents="Residents", decisions="Decisions", remaining="Still to open",
        decisions_open="Decisions open", decisions_done="Decisions done",
    )),
    *_all(TEXT, labels(
        cluster_name="Cluster of gaps", municipalities="Municipality codes", decision="Decision",
        decision_place="Place of the decision", responsible="Responsible", due="Due", note="Note",
        lists="Gap lists",
    )),
    # Hosts
    Column("hosts", CODE, Message("Kinds of host")),
    *_all(COUNT, labels(
        places="Places", only_units="Units with neither a centre nor another host",
    )),
    *_all(SHARE, labels(
        units_share="Share of units", within_share="Within {threshold} of a stop, share",
        chosen_within_share="Chosen ones within {threshold} of a stop, share",
    )),
    # Summary and comparison with published figures
    Column("criterion", CODE, Message("Criterion"), words.CRITERIA),
    Column("met", CODE, in_context("column", "Met"), words.MET),
    Column("whole", VALUE, in_context("column", "Of")),
    *_all(VALUE, labels(
        value="Value found", target="Target", published="Published value", least="At least",
        most="At most", part="Part", difference="Difference",
    )),
    *_all(CODE, labels(measure="Measure", figure="Figure")),
    *_all(TEXT, labels(section="Section", basis="Basis")),
    # Residents
    Column("radius_m", METRES, Message("Distance from a point, m")),
    Column("residents_group", CODE, Message("Group of residents"), words.RESIDENTS_MEASURES),
    Column("points", CODE, Message("Contact points"), words.RESIDENTS_POINTS),
    *_all(SHARE, labels(share="Share", share_least="Share, at least", share_most="Share, at most")),
    *_all(COUNT, labels(
        residents_nearest="Residents nearest to this point",
        residents_nearest_least="Residents nearest, at least",
        residents_nearest_most="Residents nearest, at most",
        services_least="Services expected per year, at least",
        services_most="Services expected per year, at most",
    )),
    *_all(PEOPLE, labels(
        staff_least="People at the desk, at least", staff_most="People at the desk, at most",
    )),
    # Who is worst off
    Column("people", CODE, Message("People"), words.PEOPLE),
    Column("km", VALUE, Message("Within, km"), limits=_FROM_0),
    *_all(LENGTH, labels(
        distance_p50="To the nearest point, median", distance_p90="90 % live no farther than",
        distance_p99="99 % live no farther than",
    )),
    Column("minutes_p99", MINUTES_AWAY, Message("Minutes away, 99 % have at most")),
    *_all(COUNT, labels(age_65_74="Residents of 65–74", age_75="Residents of 75 and over")),
    Column("offline", NEED, Message("Of 65 and over who use no internet"), limits=_FROM_0),
    Column("required", SHARE, Message("Required, share")),
    Column("none_share", SHARE, Message("Cannot go there and back, share")),
    # check
    Column("level", CODE, Message("Level")),
    Column("problem", SENTENCE, Message("Problem")),
    *_all(TEXT, labels(file="File", field="Field")),
    *_all(COUNT, labels(row="Row", alike="Rows like it")),
    # Changes of a layout
    Column("old", CODE, Message("Earlier code"), pattern=UNIT_CODE),
    Column("new", CODE, Message("Later code"), pattern=UNIT_CODE),
    Column("change", CODE, Message("Change")),
    *_all(TEXT, labels(old_name="Earlier name", new_name="Later name")),
    # walk
    Column("off_street_m", LENGTH, Message("Distance to the street, m")),
    Column("detour", FACTOR, Message("Detour factor")),
    Column("minutes", MINUTES, Message("Walking time, min")),
    *_all(CODE, labels(
        air_stop="Nearest stop in a straight line",
        street_stop="Nearest stop along streets and roads",
    )),
    *_all(TO_STOP, labels(
        air_m="Straight-line distance, m", street_m="Distance along streets and roads, m",
    )),
    *_all(FLAG, labels(
        within_air="Within {threshold} in a straight line",
        within_street="Within {threshold} along streets and roads",
    )),
    # hours
    Column("saturday", FLAG, in_context("column", "Open on Saturday")),
    Column("intensity_share", SHARE, Message("Share of demand intensity covered")),
    Column("service_day", TEXT, Message("Service day")),
    *_all(HOURS, labels(
        weekly_h="Hours a week", weekly_h_least="Hours a week, at least",
        weekly_h_most="Hours a week, at most", year_h="Hours a year",
    )),
    *_all(FLAG, labels(
        lunch_closed="Lunch break", early="Open 8:00–9:00", evening="Open after 17:00",
        bus_before="A bus calls before opening", bus_after="A bus calls after closing",
    )),
    *_all(COUNT, labels(
        lunch_days="Working days with a lunch break", early_days="Working days open 8:00–9:00",
        evening_days="Working days open after 17:00", late_days="Working days open 18:00–19:00",
    )),
    *_all(CODE, labels(
        unknown="Why the hours are not known", bus_unknown="Why the buses are not known",
    )),
    # site
    Column("gain", VALUE, Message("Gain")),
    Column("method", CODE, Message("Method")),
    Column("optimal", FLAG, Message("Is optimal")),
    Column("gap", GAP, Message("Optimality gap")),
    Column("mean_m", LENGTH, Message("Mean distance to the nearest point, m")),
    *_all(COUNT, labels(
        covered="Covered", covered_least="Covered, at least", covered_most="Covered, at most",
    )),
    # cost
    Column("scenario", CODE, Message("Scenario")),
    Column("year", COUNT, Message("Year")),
    # plan
    Column("fixed", CODE, in_context("column", "Fixed by"), words.FIXED),
    *_all(COUNT, labels(
        opened="Points opened", open="Points opened so far", greedy_rank="Greedy order: No.",
        greedy_year="Greedy order: year", greedy_opened="Greedy order: points opened",
        served="Newly served, added up over the years", bound="Newly served, at most (bound)",
    )),
    *_all(MONEY, labels(
        setup="Set-up cost, EUR", upkeep="Upkeep a year, EUR", spent="Spent, EUR",
        budget="Budget, EUR", cost="Cost whoever pays, EUR",
    )),
    *_all(SHARE, labels(
        area_share="Area with an open point, share", residents_share="Residents served, share",
        greedy_area_share="Greedy order: area, share",
        greedy_residents_share="Greedy order: residents, share",
    )),
    # compare
    Column("cause", CODE, Message("Cause")),
    Column("moved_m", LENGTH, Message("Moved by, m")),
    Column("counterparts", TEXT, Message("Units that take its place")),
    # demand
    Column("origin", TEXT, Message("Origin")),
    Column("origins", COUNT, Message("Origins")),
    Column("place_within", FLAG, Message("Contact point within {threshold}")),
    Column("place_within_share", SHARE, Message("Contact point within {threshold}, share")),
    Column("weight", WEIGHT, Message("Weight")),
    *_all(TO_STOP, labels(
        place_m="Distance to the contact point, m", stop_m="Distance to the stop, m",
    )),
    # Reach: there, served, and home again
    Column("walk", COUNT, Message("Residents on foot")),
    Column("bus", COUNT, Message("Residents by bus")),
    Column("none_least", COUNT, Message("Residents who cannot, at least")),
    Column("none_most", COUNT, Message("Residents who cannot, at most")),
    Column("appointments_median", COUNT, Message("Appointments they can use, median")),
    Column("minutes_p50", MINUTES_AWAY, Message("Minutes away, median")),
    Column("minutes_p90", MINUTES_AWAY, Message("Minutes away, 90 % have at most")),
    Column("changes_p50", COUNT, Message("Changes there and back, median")),
    Column("own_share", SHARE, Message("To a point of their own unit")),
    Column("way", CODE, Message("What stands in the way"), words.REACH_WAYS),
    Column("hours_known", FLAG, Message("Hours are known")),
    Column("appointments", COUNT, Message("Appointments")),
    Column("appointments_bus", COUNT, Message("Usable by bus")),
    Column("unused", TEXT, Message("Of use to no one by bus")),
    Column("residents_walk", COUNT, Message("Residents on foot")),
    Column("residents_bus", COUNT, Message("Residents by bus")),
    Column("first", TEXT, Message("First appointment")),
    Column("last", TEXT, Message("Last appointment")),
    Column("busiest", TEXT, Message("Appointment usable by most")),
    Column("begin", TEXT, Message("Beginning of the appointment")),
    Column("is_open", FLAG, Message("Open now")),
    Column("adds", COUNT, Message("Adds, residents")),
    Column("earlier_adds", COUNT, Message("An hour earlier adds, residents")),
    Column("later_adds", COUNT, Message("An hour later adds, residents")),
    Column("home", CODE, Message("Home")),
    Column("of", COUNT, Message("Appointments of the place")),
    Column("out", COUNT, Message("Leaving home, s")),
    Column("arrive", COUNT, Message("At the place, s")),
    Column("leave", COUNT, Message("Leaving the place, s")),
    Column("back", COUNT, Message("Home again, s")),
    Column("changes", COUNT, Message("Changes there and back")),
    Column("own", FLAG, Message("In the home's own unit")),
    Column("line", TEXT, Message("Line")),
    Column("departures", COUNT, Message("Departures")),
    Column("times", TEXT, Message("Times of departure")),
    Column("arrivals", COUNT, Message("Arrivals")),
    Column("arrival_times", TEXT, Message("Times of arrival")),
    Column("able_a", COUNT, Message("Residents who can in A")),
    Column("able_b", COUNT, Message("Residents who can in B")),
    Column("gained", COUNT, Message("Residents who gain the way")),
    Column("lost", COUNT, Message("Residents who lose the way")),
    Column("more", COUNT, Message("Residents with more appointments")),
    Column("fewer", COUNT, Message("Residents with fewer appointments")),
    Column("residents_lost", COUNT, Message("Residents nearby who lose the way")),
    Column("residents_none", COUNT, Message("Residents who cannot")),
    Column("example", CODE, Message("Home with most residents")),
    Column("walk_s", COUNT, Message("Walk to the stop, s")),
    Column("walk_place", CODE, Message("Place on foot"), pattern=r"[a-z_]+:[\s\S]+"),
    Column("walk_m", LENGTH, Message("Straight-line distance to it, m"), limits=_DISTANCE),
    Column("hour", COUNT, Message("Half hour that would serve most, s")),
)
# fmt: on
COLUMNS = {column.name: column for column in _DECLARED}


def with_end(column: str, suffix: str, end: Text, of: Type | None = None) -> Column:
    """Derive a column: `status`, "_a", "(A)" is `status_a`, "Status (A)"."""
    whole = COLUMNS[column]
    heading = Composed(whole.heading, end, between=" ")
    return Column(f"{column}{suffix}", of or whole.type, heading, whole.codes)


_SIDES = [
    "status",
    "within",
    "uncertain",
    "host",
    "place",
    "place_name",
    "stop",
    "stop_name",
    "lat",
    "lon",
    "value",
    "departures",
    "times",
    "arrivals",
    "arrival_times",
]
_AGGREGATES = (
    ("_mean", Message("(mean)"), LENGTH),
    ("_median", Message("(median)"), WHOLE_LENGTH),
    ("_max", Message("(greatest)"), LENGTH),
)
_DERIVED = (
    *(with_end(name, "_a", Bilingual("(A)", "(A)")) for name in _SIDES),
    *(with_end(name, "_b", Bilingual("(B)", "(B)")) for name in _SIDES),
    *_all(LENGTH, labels(distance_a="Distance (A), m", distance_b="Distance (B), m")),
    *(with_end(name, *end) for name in ("place_m", "stop_m") for end in _AGGREGATES),
    *(
        Column(
            f"weight_{name}",
            SHARE if name.endswith("_share") else WEIGHT,
            Composed(COLUMNS["weight"].heading, COLUMNS[name].heading, between=": "),
        )
        for name in ("within", "within_share", "place_within", "place_within_share")
    ),
)
COLUMNS |= {column.name: column for column in _DERIVED}


def heading(lang: Lang, column: str, threshold_m: float) -> str:
    """Give the heading of a column; the threshold in it is the run's own."""
    return words.with_threshold(lang, COLUMNS[column].heading, threshold_m)
