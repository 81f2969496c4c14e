"""The words of the report that are its own; what all outputs share stands in `vpvkac.texts.words`.

The prose of the method stands in `method.lv.html` and `method.en.html`.
"""

from __future__ import annotations

from vpvkac.texts.message import Message, in_context

TITLE = Message("Report on the network of contact points")
CONTENTS = Message("Contents")
SECTIONS = {
    "summary": Message("Summary"),
    "criteria": Message("Criteria and targets"),
    "figures": Message("All figures"),
    "published": Message("Compared with the published figures"),
    "bands": Message("Distance to the nearest stop"),
    "thresholds": Message("How the result changes with another threshold"),
    "gaps": Message("Gaps, reasons and recommended actions"),
    "progress": Message("Progress and decisions"),
    "people": in_context("page", "Residents near the points"),
    "hosts": Message("Libraries compared with post offices"),
    "method": Message("Method and limitations"),
    "sources": Message("Sources"),
}

# --- Synthetic data ----------------------------------------------------------------------------

NOT_COMPARED = Message(
    "These data are a synthetic sample, so nothing is compared with a published value and no "
    "target is judged: the column “Published value” is empty and every verdict is “Cannot be "
    "determined”."
)

NOTHING_PUBLISHED = Message("A synthetic sample is not compared with published figures.")

# --- Summary -----------------------------------------------------------------------------------

UNITS_BY_STATUS = Message(
    "Territorial units: {units}. Of these with an existing centre: {existing}; an announced one: "
    "{announced}; a planned point: {planned}; no point: {none}."
)
POINTS_WITHIN = Message(
    "Contact points, existing and planned together, within {threshold} of the nearest stop: "
    "{within} ({share}); beyond {threshold}: {beyond} (to be verified: {uncertain})."
)
AREA_ONLY = Message(
    "A contact point is open in units that together make up {share} of the area of all units."
)
NO_CENTRES = Message(
    "No list of centres is given, so existing and announced centres are not counted."
)
CHART_STATUS = Message("Units by the status of their point")

# --- Criteria ----------------------------------------------------------------------------------

CRITERIA_CAPTION = Message("Criteria that have a target or a recommendation")
FIGURES_CAPTION = Message("Other figures and what was published")
VERDICT = Message("Verdict")
FAIL_COUNT = Message("Number that fail")
FAIL_WHICH = Message("Which")
# Requirement 6.2 recommends; the plan sets targets.
RECOMMENDED = {
    "yes": Message("Follows the recommendation"),
    "no": Message("Does not follow the recommendation"),
}
FOR_YEAR = Message("{criterion} ({year} target)")
AND_MORE = Message("and {count} more: see the gap lists")
CRITERIA_NOTE = Message(
    "The recommendation on stops is requirement 6.2 (2020 analysis, chapter 3.4); the targets "
    "of area coverage are the indicator of chapter 3.1; a point in every unit is the network "
    "plan of chapter 2.2. A target of 0 means that none should fail (requirement 6.2 is a "
    "recommendation). Area coverage is shown in both readings: by territorial unit and by "
    "municipality."
)
PUBLISHED_CAPTION = Message("Published figures and the values found here")
PUBLISHED_NOTE = Message(
    "Published values are from the 2020 analysis (the second column gives chapter, table or "
    "figure). Contradictions between published figures are named, not corrected."
)
POINTS_OF_PER_CENT = Message("pp")
NO_VALUE = Message(
    "A dash means that there is no value: the data are not given, or no value is published."
)

# --- Bands -------------------------------------------------------------------------------------

UP_TO = Message("Up to {upper}")
OVER_TO = Message("Over {lower}, up to {upper}")
OVER = Message("Over {lower}")
BANDS_NATION = Message("Contact points by distance to the nearest stop, all Latvia")
BANDS_KIND = Message("By kind of unit")
BANDS_REGION = Message("By statistical region")
BANDS_MUNICIPALITY = Message("By municipality")
ALL_POINTS = Message("All contact points")
POINTS_OF = {
    "existing": Message("Existing centres"),
    "announced": Message("Announced centres"),
    "planned": Message("Planned points"),
}
POINTS = Message("Contact points")
UNITS = Message("Units")
WITH_OPEN = Message("With an open centre")
WITHOUT_POINT = in_context("heading", "No point")
SHARES_CHART = Message("Distribution")
BANDS_NOTE = Message(
    "The upper edge of a band belongs to it. The bands are fixed, so that reports can be "
    "compared. {where}"
)
THRESHOLD_ON_EDGE = Message(
    "The threshold of {threshold} is an edge between bands: the blue ones are within it, the "
    "orange ones beyond."
)
THRESHOLD_IN_BAND = Message(
    "The threshold of {threshold} lies inside the band “{band}”, so reach is shown by the column "
    "“{within}” and not by a sum of bands."
)
BANDS_LEGEND = Message("Bands in the charts, from the left")

# --- Thresholds --------------------------------------------------------------------------------

THRESHOLDS_CAPTION = Message("The figures at thresholds of 600 m, 800 m and that of this run")
OF_THIS_RUN = Message("{threshold} (this run)")
MEASURED = {
    "centres_within": Message("Existing centres within the threshold"),
    "centres_beyond": Message("Existing centres beyond the threshold"),
    "points_within": Message("Points within the threshold"),
    "points_beyond": Message("Points beyond the threshold"),
    "points_within_share": Message("Points within the threshold, %"),
    "library_points_within_share": Message("Points in libraries within the threshold, %"),
    "libraries_chosen_within_share": Message("Chosen libraries within the threshold, %"),
    "libraries_within_share": Message("All libraries within the threshold, %"),
}
MOVES = Message(
    "With a threshold of {lower}, {lower_share} of the points would be within reach, with "
    "{upper} {upper_share}, with {threshold} {share}. Points whose verdict depends on the "
    "choice between {lower} and {upper}: {swing}."
)
CURVE_TITLE = Message("Share of contact points with a stop no farther than the distance given")
CURVE_TEXT = Message(
    "The curve grows with the distance: {steps}. The vertical lines mark the thresholds."
)
CURVE_STEP = Message("{distance}: {share}")
AXIS = Message("Straight-line distance, m")
# --- Gaps --------------------------------------------------------------------------------------

REMEDIES_CAPTION = Message("Access gaps and rarely served points by recommended action")
CASES = Message("Count")
MEANS = Message("When it is recommended")
WHEN = {
    "verify_location": Message("the place is located so roughly that the verdict could change"),
    "move_within_unit": Message("another place of the unit is within the threshold"),
    "ask_for_stop": Message("a stop is no farther than twice the threshold"),
    "ask_for_service": Message(
        "a stop is within the threshold, but no more than 3 buses call there on the service day"
    ),
    "other_premises": Message("the stop is farther, but the unit has stops"),
    "remote_support": Message("the unit has no stop"),
}
NOTHING = Message("There are no such gaps.")
NOT_JUDGED = Message("No list of centres is given, so municipalities are not judged.")
ALL_IN_LISTS = Message("Full lists with addresses")
LISTED = Message("{shown} of {all} shown")
WHERE = Message("Territorial unit, municipality")
DISTANCE = Message("Distance")
NEAREST = Message("To the nearest point")

# What each list holds; its count follows.
ACCESS_LIST = Message("Points beyond {threshold} of a stop, or with a position to be verified")
SERVICE_LIST = Message("Points within {threshold} of a stop where few buses call")
COVERAGE_LIST = Message("Territorial units with no contact point")
MUNICIPALITY_LIST = Message("Municipalities in which no centre is open")

# --- Residents ---------------------------------------------------------------------------------

NO_RESIDENTS = Message(
    "Residents are not given (population), so neither those near the points nor the services "
    "they may ask for are computed."
)
RESIDENTS_CAPTION = Message("Residents by distance to the nearest contact point")
OF_RESIDENTS = Message("Group of residents")
NEAR_EXISTING = Message("Near existing centres")
NEAR_NETWORK = Message("Near all points")
SHARE_OF_ALL = Message("Share")
IN_UNITS = Message("The unit has a point")
NO_FARTHER = Message("Within {}")
RESIDENTS_CHART = Message("Share of residents within a distance of {}")
RESIDENTS_ON_GRID = Message(
    "Residents are counted by cells of the grid: a cell is counted at the distance of its "
    "centre. The published grid has 5 for counts of 1 to 10, so every count is given with the "
    "range (in brackets) within which it is certain to lie."
)
RESIDENTS_BY_UNIT = Message(
    "An estimate: residents are known by territorial unit only, so they are assumed to live "
    "evenly over its area; the share of residents within a distance equals the share of the "
    "area within it."
)
SERVICES = Message(
    "Services expected a year at all points together: {least}–{most}. The rate per 1000 residents "
    "is {outside} services in parishes, {towns} in towns and {cities} in state cities (2020 "
    "analysis, table 41). It is a band, because the published count may be one of 21 months; state "
    "cities had no centre in 2019, so the upper end there is the rate of the whole country. The "
    "services are divided among the points by the residents to whom each is the nearest "
    "(network.csv)."
)

# --- Libraries and post offices ----------------------------------------------------------------

HOSTS_CAPTION = Message("Libraries and post offices")
HOSTS = {
    "libraries": Message("Libraries"),
    "post_offices": Message("Post offices"),
    "libraries+post_offices": Message("Both together"),
}
HOSTS_UNITS = Message("Units that hold one")
HOSTS_UNITS_SHARE = Message("Share of units")
HOSTS_WITHIN = Message("Within {threshold}")
HOSTS_WITHIN_SHARE = Message("Within {threshold}, %")
HOSTS_CHOSEN = Message("Chosen within {threshold}, %")
HOSTS_ONLY = Message("Units with neither a centre nor any other place")
HOSTS_NOT_GIVEN = Message("No libraries or post offices are given.")
HOSTS_TEXT = Message(
    "Units with a library: {libraries}; with a post office: {post_offices}; with a post office "
    "but no library: {added}. In so many units post offices could add to the network of "
    "libraries."
)
HOSTS_ANALYSIS = Message(
    "The 2020 analysis (chapter 3.6) found that libraries cover more territory and that "
    "Latvijas Pasts is not needed as a partner; the table allows this to be tested on the data "
    "given."
)
HOSTS_CHART = Message("Share of units that hold such a place")

# --- Area --------------------------------------------------------------------------------------

AREA_CHART = Message("Area coverage and targets")
AREA_BARS = {
    "area_share_existing": Message("Existing points"),
    "area_share_planned": Message("With the planned points"),
    "area_share_municipalities": Message("By municipality"),
}
TARGET_MARK = Message("{year} target: {target}")

# --- Data --------------------------------------------------------------------------------------

SOURCES_CAPTION = Message("Sources and their rows: read, used and not used")
FILE = Message("File")
REFERENCE_DATE = Message("Reference date")
SERVICE_DAY_OF = Message("Service day, {file}: {day}")
DROPPED_ROWS = Message("{count}: {reason}")
PLACING_CAPTION = Message("How places were located")
PLACES = Message("Places")
LARGEST_RADIUS = Message("Placing precision (worst)")
PLACES_UNCERTAIN = Message("To be verified")
