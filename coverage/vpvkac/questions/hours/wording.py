"""What the page and the terminal say of opening hours."""

from __future__ import annotations

from vpvkac.texts.message import Message

TITLE = Message("Opening hours of the centres")
LEAD = Message(
    "In which hours the existing centres are open, whose hours the analysis asks to be"
    " reconsidered, and whether a bus calls at the nearest stop before opening and after closing."
)
WEEK = Message(
    "The figures are of a week without public holidays. Where hours change with the season, it is"
    " the week from Monday {monday}."
)
SYNTHETIC = Message("The data are synthetic, so nothing published is set beside them.")

NATIONAL = Message("Summary")
NATIONAL_CAPTION = Message("Existing centres by their hours")
CHECK, COUNT, OF, SHARE, PUBLISHED = (
    Message("Criterion"),
    Message("Count"),
    Message("Of"),
    Message("Share"),
    Message("In the analysis (2020)"),
)
CHECKS = {
    "known": Message("Hours are known"),
    "early": Message("Open 8:00–9:00 on all five working days"),
    "early_on_average": Message("Open 8:00–9:00, mean of the working days"),
    "late": Message("Open 18:00–19:00 on at least one working day"),
    "evening": Message("Open after 17:00 on at least one working day"),
    "saturday": Message("Open on Saturday"),
    "lunch_closed": Message("Closed at lunch on at least one working day"),
    "lunch_monday_to_thursday": Message("Closed at lunch, mean of Monday to Thursday"),
    "friday_until_14": Message("Closed from 14:00 or earlier on Friday"),
    "bus_before": Message("A bus at the nearest stop in the 30 min before opening"),
    "bus_after": Message("A bus at the nearest stop in the 30 min after closing"),
}

BY_HOUR = Message("Hours and demand hour by hour")
HEAT_CAPTIONS = {
    "open": Message("Centres open (mean over the hour)"),
    "demand": Message("Services per open centre hour, over 91 weeks (table 14 of the analysis)"),
}
HOUR = Message("Hour")
DARKER = Message(
    "The darker, the greater the number: centres by fifths of those whose hours are known; in"
    " table 14 up to 20, 40, 60, 100, and more."
)
DEMAND_NOTES = (
    Message(
        "Table 14 shows an intensity in hours when a centre is open (1 January 2019 to 30 September"
        " 2020), not the hour's share of all demand. Few centres are open late, so the late values"
        " rest on few; in 2020 the pandemic moved part"
        " of the clients to remote channels. Empty cell: no value is published."
    ),
    Message(
        "Intensity covered = Σ (part of the hour open × value of table 14) / Σ values; 100 % would"
        " be a centre open in every hour of the table."
    ),
)
DAYS = {
    "Mo": Message("Mon"),
    "Tu": Message("Tue"),
    "We": Message("Wed"),
    "Th": Message("Thu"),
    "Fr": Message("Fri"),
    "Sa": Message("Sat"),
    "Su": Message("Sun"),
}

MUNICIPALITIES = Message("Municipalities")
MUNICIPALITIES_CAPTION = Message(
    "Existing centres by the municipality they stand in; counts of those of which it is known"
)
MUNICIPALITY, CENTRE, CENTRES = (
    Message("Municipality"),
    Message("Centre"),
    Message("Centres"),
)
WEEKLY, SHARE_COVERED = (
    Message("Hours a week"),
    Message("Intensity covered"),
)
WEEKLY_MEAN, SHARE_MEAN = (
    Message("Hours a week, mean"),
    Message("Intensity covered, mean"),
)
SHORT = {
    "early": Message("8:00–9:00"),
    "late": Message("18:00–19:00"),
    "evening": Message("After 17:00"),
    "saturday": Message("Saturdays"),
    "lunch_closed": Message("Closed at lunch"),
    "bus_before": Message("Bus before opening"),
    "bus_after": Message("Bus after closing"),
}

ASKED = Message(
    "The analysis asks municipalities to weigh whether opening 8:00–9:00, when demand is lowest, is"
    " needed, and whether opening 18:00–19:00 and for a short time on Saturdays is possible."
)
EARLY = Message("Centres to weigh whether opening 8:00–9:00 is needed")
EARLY_LEAD = Message(
    "The number beside an hour: on how many working days the centre is open in it."
)
EARLY_CAPTION = Message("Existing centres open 8:00–9:00 on at least one working day")
TO_WEIGH = Message("Centres whose hours the analysis asks to be reconsidered")
TO_WEIGH_LEAD = Message(
    "Listed are centres that are open 18:00–19:00 on no working day or are closed on Saturdays."
    " The analysis asks municipalities to weigh the possibility; it is no duty. First come those"
    " open neither in the evening nor on Saturdays."
)
TO_WEIGH_CAPTION = Message("Existing centres not open 18:00–19:00 or on Saturdays")
HOURS = Message("Hours")

NO_BUS = Message("Centres that no bus serves in time")
NO_BUS_LEAD = Message(
    "On the service day no bus arrives at the nearest stop in the 30 min before opening, or none"
    " departs in the 30 min after closing. The walk and the direction of the trip are not taken"
    " into account; trips of the day before that run past midnight are not counted."
)
NO_BUS_CAPTION = Message("Existing centres that no bus serves in time")
STOP = Message("Nearest stop")
UNKNOWN_BUS = Message("Buses are not known: {}")
WHY_NO_BUS = {
    "no_hours": Message("hours are not known"),
    "no_stop": Message("there is no stop"),
    "no_times": Message("times at the stop are not known"),
    "closed": Message("closed on the service day"),
}
NONE = Message("There are none.")

UNKNOWN = Message("Centres whose hours are not known")
UNKNOWN_CAPTION = Message("Existing centres without hours that can be used")
REASON = Message("Reason")
WHY_UNKNOWN = {
    "no_hours": Message("no hours are published"),
    "not_understood": Message("the hours cannot be understood"),
    "not_told": Message("the hours cannot be told"),
}

FILES = Message("Files: {}")
YES, NO = Message("yes"), Message("no")
