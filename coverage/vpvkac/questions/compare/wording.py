"""The words of a comparison, in Latvian and English.

Names stand in the nominative: after a colon, a dash, or in quotation marks.
"""

from __future__ import annotations

from vpvkac.texts.message import Message

TITLE = Message("Comparison of A and B")
MAP_TITLE = Message("Map of the changes")
SHOWN = Message(
    "What changes from A to B: which territorial units gain or lose a contact point, and where "
    "the point comes within reach or falls out of it."
)
MAP_LINK = Message("The changes on a map")
REPORT_LINK = Message("Report of the comparison")
LIST_OF_ALL = Message(
    "Every territorial unit is in compare.csv, every criterion in compare_summary.csv."
)

CHANGES = {
    "gained_point": Message("Gained a contact point"),
    "lost_point": Message("Lost its contact point"),
    "gained_reach": Message("Now within reach"),
    "lost_reach": Message("No longer within reach"),
    "status": Message("Status changed"),
    "moved": Message("Contact point elsewhere"),
    "reach_known": Message("Reach now known"),
    "reach_unknown": Message("Reach no longer known"),
    "nearer": Message("Nearer to a stop"),
    "farther": Message("Farther from a stop"),
    "new_unit": Message("New territorial unit"),
    "gone_unit": Message("Territorial unit no longer there"),
    "same": Message("Unchanged"),
}

NO_CHANGE = Message("No change: A and B agree in every territorial unit and every criterion.")
NO_UNIT_CHANGED = Message("No territorial unit changed; only criteria differ.")
CHANGED = Message("Territorial units that changed: {changed} of {units}.")
SAME_BASIS = Message("Rules and inputs are the same on both sides.")
ONE_SYNTHETIC = Message(
    "Warning: {} is a synthetic sample and the other side is not; this comparison must not be "
    "used for decisions."
)
OTHER_LAYOUT = Message(
    "The layouts differ: units are matched by code. A new or gone unit is shown with the units of "
    "the other side that share its area."
)

WHAT_HEADING = Message("What is compared")
WHAT_CAPTION = Message("How A and B differ")
WHAT = Message("Property")
SIDE_A, SIDE_B = Message("A"), Message("B")
PROJECT_TITLE = Message("Title")
VERSION = Message("Version of the program")
DATA = Message("Data")
REAL = Message("not synthetic")
RULES = {
    "layout": Message("Territorial layout"),
    "threshold_m": Message("Threshold"),
    "stop_set": Message("Stop set"),
    "hosts": Message("Kinds of host"),
}
AS_GIVEN = Message("as in the input")
NOT_GIVEN = Message("not given")
# A file, its date, its rows and the beginning of its SHA-256.
INPUT = Message("{file}{date}; rows used: {rows}; SHA-256: {sha}…")

SUMMARY_HEADING = Message("Criteria")
SUMMARY_CAPTION = Message("Criteria that change")
SAME_CRITERIA = Message("Criteria that do not change: {}.")
DIFFERENCE = Message("Difference (B − A)")
# The difference of two shares: procentpunkti, percentage points.
PERCENTAGE_POINTS = Message("pp")

UNITS_HEADING = Message("Territorial units that changed")
LISTED = {
    "gained_point": Message("Gain a contact point"),
    "lost_point": Message("Lose their contact point"),
    "gained_reach": Message("Now within reach: the point is within {threshold} of a stop"),
    "lost_reach": Message("No longer within reach: the point is not within {threshold} of a stop"),
    "status": Message("The status of the point changes"),
    "moved": Message("The point is elsewhere"),
    "reach_known": CHANGES["reach_known"],
    "reach_unknown": CHANGES["reach_unknown"],
    "nearer": CHANGES["nearer"],
    "farther": CHANGES["farther"],
    "new_unit": Message("New units (B only)"),
    "gone_unit": Message("Units gone (A only)"),
}
UNIT, MUNICIPALITY = Message("Unit"), Message("Municipality")
WHY = Message("What changed")
MORE = Message("Others: {} (in compare.csv).")
TO_VERIFY = Message("to be verified")

# What stands in a cell of a side.
NO_POINT = Message("No point")
ABSENT = Message("Not in this layout")

# Sentences on what changed.
REASON = {
    "gained_point": Message("There was no point; now it is: “{place_b}”."),
    "lost_point": Message("The point was: “{place_a}”; now there is none."),
    "new_unit": Message("In A the same area is held by: {counterparts}."),
    "gone_unit": Message("In B the same area is held by: {counterparts}."),
    "reach_known": Message("The distance is not known in A; in B it is {metres_b}."),
    "reach_unknown": Message("The distance in A is {metres_a}; in B it is not known."),
}
NO_COUNTERPART = Message("The other side has no unit in this area.")
BY_CAUSE = {
    "threshold": Message(
        "The stop is {metres_b} away; the threshold is {threshold_b}, not {threshold_a}."
    ),
    "place": Message(
        "The point is another place: “{place_b}” instead of “{place_a}”; the distance to the stop "
        "is {metres_b} (was {metres_a})."
    ),
    "position": Message(
        "The point stands {moved} from where it was: “{place_b}”; the distance to the stop is "
        "{metres_b} (was {metres_a})."
    ),
    "stops": Message("The nearest stop is “{stop_b}”, {metres_b}; it was “{stop_a}”, {metres_a}."),
    "": Message("Place and distance are the same: “{place_b}”."),
}
UNKNOWN = Message("not known")

# The map
LEGEND_POINTS = Message("Points that changed")
AFTER = Message("Point in B")
REACH_UNKNOWN = Message("Reach not known")
BEFORE = Message("Former position (A)")
MOVE = Message("Point moved: from A to B")
CHANGE = Message("Change")
