"""What the explanation says, in Latvian and English; names stand in the nominative."""

from __future__ import annotations

from vpvkac.texts.message import Bilingual, Message, Text, in_context

TITLE = Message("The contact point explained: {}")

# --- Headings ----------------------------------------------------------------------------------

IN_SHORT = Message("In short")
UNIT = Message("The territorial unit")
RULE = Message("The rule and the candidates")
STOPS = Message("The nearest stops")
DECISION = Message("The verdict on reach")
CHANGES = Message("What would change it")
ELSEWHERE = Message("The nearest places outside the unit")
SOURCES = Message("Sources")

# --- In short ----------------------------------------------------------------------------------

POINT = {
    "existing": Message("The contact point is an existing centre: {where}."),
    "announced": Message("The contact point is an announced centre, not yet open: {where}."),
}
WITHIN = Message(
    "The nearest stop{stop} is {distance} away (in a straight line), that is within the "
    "recommended {threshold}."
)
NO_STOP_OF_SET = Message("The stop set has no stop, so reach is not computed.")
REMEDY = Message("Recommended action: {}.")
OTHER_CENTRE = Message("The unit also holds an open centre that is not its point. {reason}")
SAME_NAME = Message("Without its kind the name is also that of: {}.")

# --- Unit --------------------------------------------------------------------------------------

# --- Rule --------------------------------------------------------------------------------------

ORDER = Message(
    "The point is the first found in this order; where a step finds several places, the one "
    "nearest to a stop, and at equal distance the one with the lower identifier."
)
STEP = Message("Step")
FOUND = Message("Found")
DECIDES = Message("Decides")
STEP_OF = {
    "open": Message("{host}, open"),
    "announced": Message("{host}, announced, not yet open"),
}
ONLY_ONE = Message("The step that decides finds only one place: {name}.")
NEAREST_OF = Message(
    "Places found by the step that decides: {count}. The one nearest to a stop is taken: "
    "{name} ({distance}; the next is {next_name}, {next_distance})."
)
TIED = Message(
    "Places found by the step that decides: {count}. The nearest to a stop are equally far "
    "({distance}), so the lowest identifier decides: {name} ({place})."
)
NO_DISTANCE = Message(
    "Places found by the step that decides: {count}. No distance is known, so the lowest "
    "identifier decides: {name} ({place})."
)
NONE_FOUND = Message("No step finds a place, so there is no contact point.")
ALL_PLACES = Message("Every place of the unit, in the order of the rule ({}):")
NO_PLACES = Message("The unit holds none of the places given in the project.")
PLACE = Message("Place")
STATUS = Message("Status")
TO_STOP = Message("To a stop")
LOCATED = Message("Located")
WHY = Message("Verdict")
WHYS = {
    "chosen": Message("is the point"),
    "not_a_host": Message("this kind of host is not in the rule"),
    "later_host": Message("another kind of host takes precedence: {host}"),
    "not_yet_open": Message("not yet open; one that is open takes precedence"),
    "farther": Message("farther from a stop ({over})"),
    "higher_key": Message("a higher identifier"),
}

# --- Stops -------------------------------------------------------------------------------------

COUNTED = Message("Stop set: {set}. Stops within {threshold} of the point: {count}.")
NOT_COUNTED = Message(
    "The nearest stops that do not count under the rule (the nearest stop of any kind but rail "
    "is {distance} away):"
)
NONE_NEARER = Message("None of the stops that do not count is nearer than these.")
NO_POINT_NO_STOPS = Message(
    "There is no point, so there is no distance to a stop. Stops in the unit: {}."
)
STOP = Message("Stop")
FEED = Message("Feed")
MODES = Message("Served by")
MODE = {
    "bus": Message("bus"),
    "trolleybus": Message("trolleybus"),
    "tram": Message("tram"),
}
VISITS = in_context("explain", "Bus calls per day")
DISTANCE = Message("Distance")
WHY_NOT = {
    "mode": Message("not a bus stop"),
    "feed": Message("the feed is not regional"),
}

# --- Decision ----------------------------------------------------------------------------------

TO_NEAREST = Message("Distance to the nearest stop")
OVER = Message("Excess")
SPARE = Message("Margin to the threshold")
LEAST = Message("Least threshold in whole metres at which the point is within reach")
PRECISION = Message("Placing precision")
BETWEEN = Message("Possible distance, given this precision")
FROM_TO = Message("{least} to {most}")
WOULD_PASS = Message("The point would be within reach if the threshold were at least {least}.")
WOULD_FAIL = Message(
    "The point would not be within reach if the threshold were below {least} (in whole metres)."
)
A_LITTLE_MORE = Message("The distance is a little more than {distance}.")
COULD_PASS = Message(
    "If its actual position is nearer to the stop, the point may be within reach; it is "
    "certain to be only at a threshold of {most}."
)
COULD_FAIL = Message(
    "If its actual position is farther from the stop, the point may be out of reach; it is "
    "certain to be within reach only at a threshold of {most}."
)
EXACT = Message(
    "The position is taken as exact, so the verdict does not depend on how it was located."
)
SURE = Message("The position is not exact, but not so rough that the verdict could change.")
IN_UNIT = Message("The coordinates of the point lie inside this unit.")
IN_OTHER = Message(
    "The coordinates of the point lie in another unit ({}); it counts here by code or name."
)
IN_NONE = Message(
    "The coordinates of the point lie in no unit; it counts here by code, name or nearness."
)
NEAR_BORDER = Message(
    "The unit is determined by the coordinates, and another unit is within 700 m, so check "
    "which one the point belongs to."
)
OWNER = Message("The point belongs to another municipality: {}.")

# --- What would change it ----------------------------------------------------------------------

RECKONED = Message("Each case is computed anew by the same rule.")
IF = Message("Case")
THEN = Message("The point")
WHAT_CHANGES = Message("What would change")
CHANGE = {
    "stop_set": Message("Another stop set: {}"),
    "stop_closes": Message("Without the stop: {}"),
    "threshold_m": Message("Another threshold: {}"),
    "opens": Message("The announced centre open: {}"),
    "closes": Message("Without this place: {}"),
    "host": Message("Also in the rule: {}"),
}
NO_POINT = Message("none")
SAME_POINT = Message("the same")
NOTHING = Message("nothing")
OF_POINT = Message("another point")
NO_LONGER = Message("there would be no point")
OF_STATUS = Message("status: {}")
OF_REACH = {
    True: Message("it would be within reach"),
    False: Message("it would be beyond reach"),
    None: Message("its reach would not be known"),
}
OF_CERTAINTY: dict[bool | None, Text] = {
    True: Message("it would have to be verified"),
    False: Message("it need not be verified"),
    None: Bilingual("", ""),
}
OTHER_PLACES = Message(
    "If the point were in another place of the unit, the number of places within {threshold} "
    "of a stop would be: {within} of {count}."
)
BEST_PLACE = Message("Nearest: {name} ({distance}).")
NO_CHANGE_KNOWN = Message(
    "The unit has no place that could hold a point; a new place or other premises would change it."
)

# --- Elsewhere ---------------------------------------------------------------------------------

ELSEWHERE_FROM = Message("Distances are straight lines from a point inside the unit:")
IS_POINT = Message("contact point")
UNIT_OF = Message("Unit")
