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
from vpvkac.texts.message import Bilingual, Composed, Lang, Message, Text, in_context


@dataclass(frozen=True)
class Type:
    """What the values of a column are.

    Parameters
    ----------
    name
        Tells apart types that files write alike: `to_stop` and `length` are both metres.
    stored
        As a data package names it.
    unit
        In which numbers are stored; empty for texts, flags, counts and shares (0-1).
    decimals
        How many CSV files and the GeoPackage have; None for as many as a value needs.
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
SCORE = Type("score", "number", decimals=1)
FACTOR = Type("factor", "number", decimals=2)
WEIGHT = Type("weight", "number", decimals=3)
GAP = Type("gap", "number", decimals=6)


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name
        As files have it; no language changes it.
    type
        What its values are.
    heading
        What people call it; ``{threshold}`` in it is the run's own.
    codes
        Label of each code, for a column of codes.
    pattern
        Regular expression of a whole text.
    limits
        Least and greatest number.
    nullable
        Whether a value may be null, or a text empty.
    """

    name: str
    type: Type
    heading: Text
    codes: Mapping[Any, Text] | None = None
    pattern: str | None = None
    limits: tuple[float, float] | None = None
    nullable: bool = True


UNIT_CODE = "LV[0-9]{7}"
MODES = r"(bus|trolleybus|tram)(\+(trolleybus|tram))*"
_LATITUDE, _LONGITUDE = (-90.0, 90.0), (-180.0, 180.0)
_FROM_0 = (0.0, float("inf"))
# Metres that are more are no distance within a country.
_DISTANCE = (0.0, 1e7)
_COUNTED_BY_STATUS = {
    "existing": words.CRITERIA["units_existing"],
    "announced": words.CRITERIA["units_announced"],
    "planned": words.CRITERIA["units_planned"],
    "none": words.CRITERIA["units_none"],
}


# fmt: off
_DECLARED = (
    # Keys, names and territory
    Column("rank", COUNT, in_context("row", "No.")),
    Column("number", COUNT, Message("No.")),
    Column("national_rank", COUNT, Message("No. in the national list")),
    Column("unit", CODE, Message("Unit code"), pattern=UNIT_CODE),
    Column("unit_name", TEXT, Message("Territorial unit")),
    Column("kind", CODE, Message("Kind of unit"), words.KINDS),
    Column("municipality", CODE, Message("Municipality code"), pattern=UNIT_CODE),
    Column("municipality_name", TEXT, Message("Municipality")),
    Column("region", TEXT, Message("Statistical region")),
    # The least float above 0: no unit is without area.
    Column("area_km2", AREA, Message("Area, km²"), limits=(5e-324, float("inf"))),
    Column("population", COUNT, Message("Residents"), limits=_FROM_0),
    Column("population_least", COUNT, Message("Residents, at least")),
    Column("population_most", COUNT, Message("Residents, at most")),
    # Places
    Column("place", CODE, Message("Place identifier"), pattern=r"[a-z_]+:[\s\S]+"),
    Column("host", CODE, Message("Kind of host"), words.HOSTS),
    Column("name", TEXT, Message("Name")),
    Column("place_name", TEXT, Message("Place")),
    Column("address", TEXT, Message("Address")),
    Column("owner", CODE, Message("Owner (municipality)"), pattern=UNIT_CODE),
    Column("status", CODE, Message("Status"), words.STATUSES),
    Column("chosen", FLAG, Message("Is the unit's contact point")),
    Column("hours", TEXT, Message("Opening hours")),
    Column("phone", TEXT, Message("Telephone")),
    Column("email", TEXT, Message("E-mail")),
    Column("located_by", CODE, Message("How located"), words.LOCATED_BY),
    Column("located_within_m", LENGTH, Message("Placing precision"), limits=_DISTANCE),
    Column("score", SCORE, Message("Address similarity"), limits=(0.0, 100.0)),
    Column("near_border", FLAG, Message("Near another unit's border")),
    Column("lat", DEGREES, Message("Latitude"), limits=_LATITUDE),
    Column("lon", DEGREES, Message("Longitude"), limits=_LONGITUDE),
    *(Column(name, CODE, label, words.ANSWERS) for name, label in words.REQUIREMENTS.items()),
    # Stops and distance
    Column("stop", CODE, Message("Stop identifier"), pattern=r"[\s\S]*:[\s\S]*"),
    Column("stop_name", TEXT, Message("Nearest stop")),
    Column("feed", TEXT, Message("Stop feed")),
    Column("regional", FLAG, Message("Intercity and local routes")),
    Column("modes", CODE, Message("Modes of transport"), pattern=MODES),
    Column("in_set", FLAG, Message("The stop counts")),
    Column("distance_m", TO_STOP, Message("Straight-line distance, m"), limits=_DISTANCE),
    Column("distance_all_m", TO_STOP, Message("Distance to a stop of any kind (rail left out), m"),
           limits=_DISTANCE),
    Column("over_m", EXCESS, Message("Excess, m")),
    Column("walk_min", MINUTES, Message("Walking time in a straight line, at least, min"),
           limits=_DISTANCE),
    Column("within", FLAG, words.WITHIN),
    Column("uncertain", FLAG, words.UNCERTAIN),
    Column("visits", COUNT, Message("Bus calls per day"), limits=_FROM_0),
    Column("visits_within", COUNT, Message("Bus calls per day within {threshold}")),
    Column("service_class", CODE, Message("Class of bus calls"), words.SERVICE_CLASSES),
    Column("alt_visits_within", COUNT,
           Message("Alternative: bus calls per day within {threshold}")),
    Column("alt_service_class", CODE, Message("Alternative: class of bus calls"),
           words.SERVICE_CLASSES),
    # Counts
    Column("units", COUNT, Message("Territorial units")),
    Column("centres", COUNT, words.HOSTS_PLURAL["centre"]),
    Column("centres_owned", COUNT, Message("Centres owned")),
    Column("announced", COUNT, in_context("plural", "Announced")),
    Column("planned", COUNT, in_context("plural", "Planned")),
    Column("none", COUNT, words.STATUSES_PLURAL["none"]),
    Column("libraries", COUNT, words.HOSTS_PLURAL["library"]),
    Column("post_offices", COUNT, words.HOSTS_PLURAL["post_office"]),
    Column("other", COUNT, Message("Other places")),
    Column("stops", COUNT, Message("Bus stops")),
    *(Column(f"units_{status}", COUNT, label) for status, label in _COUNTED_BY_STATUS.items()),
    *(Column(name, COUNT, words.CRITERIA[name])
      for name in ("points_within", "points_beyond", "points_uncertain")),
    # Gaps
    Column("class", CODE, Message("Kind of gap"), words.CLASSES),
    Column("alt_place", CODE, Message("Alternative: identifier")),
    Column("alt_host", CODE, Message("Alternative: kind of host"), words.HOSTS),
    Column("alt_name", TEXT, Message("Alternative place")),
    Column("alt_address", TEXT, Message("Alternative: address")),
    Column("alt_distance_m", TO_STOP, Message("Alternative: distance to a stop, m")),
    Column("other_premises", TEXT, Message("Other premises in the unit")),
    Column("nearest_place", CODE, Message("Nearest contact point: identifier")),
    Column("nearest_host", CODE, Message("Nearest contact point: kind of host"), words.HOSTS),
    Column("nearest_name", TEXT, Message("Nearest contact point elsewhere")),
    Column("nearest_unit_name", TEXT, Message("Nearest contact point: unit")),
    Column("nearest_m", LENGTH, Message("Distance to the nearest contact point")),
    Column("institution_offices", COUNT, words.HOSTS_PLURAL["institution"]),
    Column("remedy", CODE, Message("Recommended action"), words.REMEDIES),
    Column("reason", SENTENCE, Message("Reason")),
    # Clusters of gaps, decisions, progress
    Column("cluster", COUNT, Message("Cluster number")),
    Column("cluster_name", TEXT, Message("Cluster of gaps")),
    Column("cluster_size", COUNT, Message("Number of gaps in the cluster")),
    Column("gaps", COUNT, Message("Gaps")),
    Column("residents", COUNT, Message("Residents")),
    Column("extent_m", LENGTH, Message("Farthest apart")),
    Column("municipalities", TEXT, Message("Municipality codes")),
    Column("decision", TEXT, Message("Decision")),
    Column("decision_place", TEXT, Message("Place of the decision")),
    Column("responsible", TEXT, Message("Responsible")),
    Column("due", TEXT, Message("Due")),
    Column("note", TEXT, Message("Note")),
    Column("decisions", COUNT, Message("Decisions")),
    Column("overdue", FLAG, Message("Overdue")),
    Column("state", CODE, Message("State"), words.DECISION_STATES),
    Column("lists", TEXT, Message("Gap lists")),
    Column("existing_share", SHARE, Message("With an existing centre, share")),
    Column("remaining", COUNT, Message("Still to open")),
    Column("decisions_open", COUNT, Message("Decisions open")),
    Column("decisions_done", COUNT, Message("Decisions done")),
    # Hosts
    Column("hosts", CODE, Message("Kinds of host")),
    Column("places", COUNT, Message("Places")),
    Column("units_share", SHARE, Message("Share of units")),
    Column("within_share", SHARE, Message("Within {threshold} of a stop, share")),
    Column("chosen_within_share", SHARE,
           Message("Chosen ones within {threshold} of a stop, share")),
    Column("only_units", COUNT, Message("Units with neither a centre nor another host")),
    # Summary and comparison with published figures
    Column("criterion", CODE, Message("Criterion"), words.CRITERIA),
    Column("value", VALUE, Message("Value found")),
    Column("measure", CODE, Message("Measure")),
    Column("target", VALUE, Message("Target")),
    Column("published", VALUE, Message("Published value")),
    Column("met", CODE, in_context("column", "Met"), words.MET),
    Column("least", VALUE, Message("At least")),
    Column("most", VALUE, Message("At most")),
    Column("part", VALUE, Message("Part")),
    Column("whole", VALUE, in_context("column", "Of")),
    Column("figure", CODE, Message("Figure")),
    Column("section", TEXT, Message("Section")),
    Column("difference", VALUE, Message("Difference")),
    Column("basis", TEXT, Message("Basis")),
    # Residents
    Column("radius_m", METRES, Message("Distance from a point, m")),
    Column("residents_group", CODE, Message("Group of residents"), words.RESIDENTS_MEASURES),
    Column("points", CODE, Message("Contact points"), words.RESIDENTS_POINTS),
    Column("share", SHARE, Message("Share")),
    Column("share_least", SHARE, Message("Share, at least")),
    Column("share_most", SHARE, Message("Share, at most")),
    Column("residents_nearest", COUNT, Message("Residents nearest to this point")),
    Column("residents_nearest_least", COUNT, Message("Residents nearest, at least")),
    Column("residents_nearest_most", COUNT, Message("Residents nearest, at most")),
    Column("services_least", COUNT, Message("Services expected per year, at least")),
    Column("services_most", COUNT, Message("Services expected per year, at most")),
    # check
    Column("level", CODE, Message("Level")),
    Column("file", TEXT, Message("File")),
    Column("row", COUNT, Message("Row")),
    Column("field", TEXT, Message("Field")),
    Column("problem", SENTENCE, Message("Problem")),
    Column("alike", COUNT, Message("Rows like it")),
    # Changes of a layout
    Column("old", CODE, Message("Earlier code"), pattern=UNIT_CODE),
    Column("old_name", TEXT, Message("Earlier name")),
    Column("new", CODE, Message("Later code"), pattern=UNIT_CODE),
    Column("new_name", TEXT, Message("Later name")),
    Column("change", CODE, Message("Change")),
    # walk
    Column("air_stop", CODE, Message("Nearest stop in a straight line")),
    Column("air_m", TO_STOP, Message("Straight-line distance, m")),
    Column("street_stop", CODE, Message("Nearest stop along streets and roads")),
    Column("street_m", TO_STOP, Message("Distance along streets and roads, m")),
    Column("off_street_m", LENGTH, Message("Distance to the street, m")),
    Column("detour", FACTOR, Message("Detour factor")),
    Column("minutes", MINUTES, Message("Walking time, min")),
    Column("within_air", FLAG, Message("Within {threshold} in a straight line")),
    Column("within_street", FLAG, Message("Within {threshold} along streets and roads")),
    # hours
    Column("weekly_h", HOURS, Message("Hours a week")),
    Column("weekly_h_least", HOURS, Message("Hours a week, at least")),
    Column("weekly_h_most", HOURS, Message("Hours a week, at most")),
    Column("year_h", HOURS, Message("Hours a year")),
    Column("lunch_closed", FLAG, Message("Lunch break")),
    Column("early", FLAG, Message("Open 8:00–9:00")),
    Column("evening", FLAG, Message("Open after 17:00")),
    Column("saturday", FLAG, in_context("column", "Open on Saturday")),
    Column("intensity_share", SHARE, Message("Share of demand intensity covered")),
    Column("lunch_days", COUNT, Message("Working days with a lunch break")),
    Column("early_days", COUNT, Message("Working days open 8:00–9:00")),
    Column("evening_days", COUNT, Message("Working days open after 17:00")),
    Column("late_days", COUNT, Message("Working days open 18:00–19:00")),
    Column("unknown", CODE, Message("Why the hours are not known")),
    Column("service_day", TEXT, Message("Service day")),
    Column("bus_before", FLAG, Message("A bus calls before opening")),
    Column("bus_after", FLAG, Message("A bus calls after closing")),
    Column("bus_unknown", CODE, Message("Why the buses are not known")),
    # site
    Column("gain", VALUE, Message("Gain")),
    Column("covered", COUNT, Message("Covered")),
    Column("covered_least", COUNT, Message("Covered, at least")),
    Column("covered_most", COUNT, Message("Covered, at most")),
    Column("method", CODE, Message("Method")),
    Column("optimal", FLAG, Message("Is optimal")),
    Column("gap", GAP, Message("Optimality gap")),
    Column("mean_m", LENGTH, Message("Mean distance to the nearest point, m")),
    # cost
    Column("scenario", CODE, Message("Scenario")),
    Column("year", COUNT, Message("Year")),
    # compare
    Column("cause", CODE, Message("Cause")),
    Column("moved_m", LENGTH, Message("Moved by, m")),
    Column("counterparts", TEXT, Message("Units that take its place")),
    # demand
    Column("origin", TEXT, Message("Origin")),
    Column("origins", COUNT, Message("Origins")),
    Column("place_m", TO_STOP, Message("Distance to the contact point, m")),
    Column("stop_m", TO_STOP, Message("Distance to the stop, m")),
    Column("place_within", FLAG, Message("Contact point within {threshold}")),
    Column("place_within_share", SHARE, Message("Contact point within {threshold}, share")),
    Column("weight", WEIGHT, Message("Weight")),
    # Reach: there, served, and home again
    Column("walk", COUNT, Message("Residents on foot")),
    Column("bus", COUNT, Message("Residents by bus")),
    Column("none", COUNT, Message("Residents who cannot")),
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
    Column("residents_walk", COUNT, Message("Residents on foot")),
    Column("residents_bus", COUNT, Message("Residents by bus")),
    Column("earlier_adds", COUNT, Message("An hour earlier would add, residents")),
    Column("later_adds", COUNT, Message("An hour later would add, residents")),
    Column("home", CODE, Message("Home")),
    Column("of", COUNT, Message("Appointments of the place")),
    Column("out", COUNT, Message("Leaving home, s")),
    Column("arrive", COUNT, Message("At the place, s")),
    Column("leave", COUNT, Message("Leaving the place, s")),
    Column("back", COUNT, Message("Home again, s")),
    Column("changes", COUNT, Message("Changes there and back")),
    Column("own", FLAG, Message("In the home's own unit")),
    Column("residents_none", COUNT, Message("Residents who cannot")),
    Column("example", CODE, Message("Home with most residents")),
)
# fmt: on
COLUMNS = {column.name: column for column in _DECLARED}


def with_end(column: str, suffix: str, end: Text, of: Type | None = None) -> Column:
    """Derive a column: `status`, "_a", "(A)" is `status_a`, "Status (A)".

    Parameters
    ----------
    column
        Name of the column that it is derived from.
    suffix
        Stands behind the name.
    end
        Stands behind the heading.
    of
        Type of the values, where it is another.
    """
    whole = COLUMNS[column]
    heading = Composed(whole.heading, end, between=" ")
    return Column(f"{column}{suffix}", of or whole.type, heading, whole.codes)


COLUMNS |= {
    derived.name: derived
    for side in ("a", "b")
    for name in (
        "status", "within", "uncertain", "host", "place", "place_name", "stop", "stop_name", "lat",
        "lon", "value",
    )
    for derived in [
        with_end(name, f"_{side}", Bilingual(*2 * (f"({side.upper()})",))),
    ]
}  # fmt: skip
COLUMNS |= {
    "distance_a": Column("distance_a", LENGTH, Message("Distance (A), m")),
    "distance_b": Column("distance_b", LENGTH, Message("Distance (B), m")),
}
COLUMNS |= {
    derived.name: derived
    for name in ("place_m", "stop_m")
    for derived in (
        with_end(name, "_mean", Message("(mean)"), LENGTH),
        with_end(name, "_median", Message("(median)"), WHOLE_LENGTH),
        with_end(name, "_max", Message("(greatest)"), LENGTH),
    )
}
COLUMNS |= {
    f"weight_{name}": Column(
        f"weight_{name}",
        SHARE if name.endswith("_share") else WEIGHT,
        Composed(COLUMNS["weight"].heading, COLUMNS[name].heading, between=": "),
    )
    for name in ("within", "within_share", "place_within", "place_within_share")
}


def heading(lang: Lang, column: str, threshold_m: float) -> str:
    """Give the heading of a column; the threshold in it is the run's own."""
    return words.with_threshold(lang, COLUMNS[column].heading, threshold_m)
