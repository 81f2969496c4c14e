"""Texts of the cost page."""

from __future__ import annotations

from vpvkac.texts.message import Message, in_context
from vpvkac.texts.words import ANALYSIS

TITLE = Message("Costs")
LEAD = Message(
    "What the network of contact points costs, who pays for it, and the cost per resident "
    "whose territorial unit gains a point."
)
INDICATIVE = Message(
    "The costs are indicative: they are calculated from the assumptions listed, not from "
    "contracts or budgets."
)
SECTIONS = {
    "summary": Message("Summary"),
    "published": Message("Scenarios A and B: calculated and published"),
    "totals": Message("The published totals"),
    "own": Message("The project's network"),
    "municipalities": Message("By municipality"),
    "assumptions": Message("Assumptions"),
    "method": Message("Method and limitations"),
}
CONTENTS = Message("Contents")
NOT_SYNTHETIC = Message(
    "Scenarios A and B are calculated from the file of assumptions, not from the sample; only "
    "the project's network and its municipalities are synthetic."
)
SCENARIOS = {
    "A": Message("A: demand grows moderately; the state and municipalities share the common costs"),
    "B": Message("B: demand doubles; the state bears the common costs and institutions save"),
}
UNIT_NOTE = Message(
    "EUR. Effect on a budget: a minus is an expense, a plus a gain. A dash: there is no such row "
    "in that year."
)
ROW, WHICH, IN_ALL, AGREES = (
    Message("Row"),
    Message("Value"),
    Message("Total"),
    Message("Agrees"),
)
CALCULATED, PUBLISHED = Message("calculated"), Message("published")
SAME = Message("{} of {}")
SHARE_LEGEND = Message(
    "Agrees: in how many years the calculated value equals the published one (cost per service "
    "to the cent, others to the euro)."
)
CHART = Message("{}: expenses by year, million EUR")
STATE, MUNICIPAL = (
    Message("State budget"),
    Message("Municipal budgets"),
)
BELOW_ZERO = Message("Below zero: a gain.")

TOTALS_CAPTION = Message("2021–2027 total, expenses, million EUR")
TOTALS_COLUMNS = (
    Message("Scenario"),
    Message("Budget"),
    Message("As published"),
    Message("Sum of the published rows"),
    Message("Difference"),
    Message("Reason"),
)
TOTAL_IS_SUM = Message("The published total is the sum of the rows, rounded.")
TOTAL_STATE_B = Message(
    "The published total is the support ({support}) less the saving of 2022 alone ({saving}), "
    "that is {explained}; in the rows the saving of every year is subtracted."
)
TOTAL_MUNICIPAL_B = Message(
    "The rows add up to a gain ({gain}); the published total worsens it by the saving of 2022 "
    "({saving}), which belongs to the institutions and not to the municipalities: an expense "
    "of {explained}."
)
INCONSISTENT_HEADING = Message("Other published inconsistencies")
INCONSISTENT = (
    Message(
        "The analysis's text speaks of seven openings in 2021 at 10 000 EUR each, 70 % by the "
        "state; no table holds these 70 000 EUR, and they are not added here."
    ),
    Message(
        "Demand grows from 103 941 services “in 2019” (table 41), but chapter 1.4 says 92 138; "
        "within rounding 103 941 is also the total of 21 months behind table 8, so a year's "
        "count lies between about 59 000 and 104 000."
    ),
    Message(
        "129 + 458 = 587 assumes one centre per territorial unit, though two municipalities "
        "have 6 and 13. In the project's network every centre and every unit without one is "
        "counted, so their sum may exceed the number of units."
    ),
    Message(
        "Upkeep is 1 482 120 EUR a year for 122 centres and 1 598 040 for 129: on average 12 "
        "149 EUR for each of the 122, but 16 560 EUR for each of the seven new ones. For the "
        "project's network the average of the 129 is used."
    ),
)
EDITED = Message(
    "The assumptions ({}) have been changed, so scenarios A and B may differ from the published."
)

OWN_CAPTION = Message("The project's network and the model's")
OWN_COLUMNS = (
    Message("Figure"),
    Message("The project's network"),
    Message("In the assumptions (A, B)"),
    Message("Difference"),
)
FIRST_WAVE = Message("First wave: centres, existing and announced")
SECOND_WAVE = Message("Second wave: territorial units that still need a point")
POINTS = Message("Points, total")
SERVICES_BASE = Message("Services in the year before the period")
CONTACTS_BASE = Message("Contacts in the year before the period")
RESIDENTS = in_context("cost", "Residents")
NEW_RESIDENTS = Message("Residents of second-wave units")
OWN_SCENARIO = Message("Scenario {} for the project's network, EUR")
MODEL_IN_ALL = Message("Total, model")
KINDS_CAPTION = Message("Cost by kind, {}–{} total, EUR")
KINDS_COLUMNS = (
    Message("Kind of cost"),
    Message("{}, model"),
    Message("{}, the project's network"),
)
KINDS_TOTAL = Message("Total cost")
PRICE_CAPTION = Message("Cost per newly covered resident, EUR")
PRICE_ROWS = (
    Message("Set-up and first training, once"),
    Message("Supplement and regular training, per year"),
    Message("Set-up and one full year of upkeep"),
)
PRICE_COLUMNS = (Message("Cost"), Message("EUR per resident"))
PRICE_NOTE = Message(
    "Only what the second-wave points themselves cost, divided by the residents of the units that "
    "gain one; the same in both scenarios."
)
NO_RESIDENTS = Message(
    "The residents of some territorial units are not known, so no cost per resident is given."
)
BAND_CAPTION = Message(
    "Services per point and cost per service at the limits of the number of services"
)
BAND_COLUMNS = (
    Message("Scenario"),
    Message("Services per year, national"),
    Message("Services per point, {}"),
    Message("Cost per service or contact, {}, EUR"),
)
PARTIAL = Message(
    "Points in the project's network: {}, in the model: {}; yet demand and common costs are taken "
    "for the whole country (own.share = 1). If the project covers a part of Latvia, give its share "
    "in the assumptions: own.share."
)
BASIS_RESIDENTS = Message(
    "Demand is divided among municipalities by residents at the rate of the kind of place (table "
    "41: 112.0 services per 1000 residents in parishes, 27.5 in towns, up to 54.1 in state "
    "cities), common costs (administrative, digital and contact centre, publicity) by residents."
)
BASIS_POINTS = Message(
    "The residents of some territorial units are not known, so demand and common costs "
    "(administrative, digital and contact centre, publicity) are divided among municipalities by "
    "points."
)
PARTS_CAPTION = Message("Municipalities: points, and {}–{} total, thousand EUR")
PARTS_COLUMNS = (
    Message("Municipality"),
    Message("First wave"),
    Message("Second wave"),
    Message("Share of the common costs"),
    Message("Total cost, A"),
    Message("State budget, A"),
    Message("Municipal budget, A"),
    Message("Total cost, B"),
    Message("State budget, B"),
    Message("Municipal budget, B"),
    Message("Newly covered residents"),
    Message("EUR per newly covered resident"),
)
PARTS_WHOLE = Message("Total")
ASSUMPTIONS_CAPTION = Message("Assumptions: {}")
ASSUMPTIONS_COLUMNS = (
    Message("Assumption"),
    Message("Key"),
    Message("Value"),
    Message("Published value, if different"),
)
ASSUMPTIONS_HOW = Message(
    "Assumptions are changed in a file of your own: {command} makes a copy, and vpvkac.toml names "
    "it under [inputs] as {line}."
)
ASSUMPTIONS_COMMAND = Message("vpvkac cost --write-assumptions assumptions.toml")
ASSUMPTIONS_LINE = Message('assumptions = "assumptions.toml"')
YES, NO = Message("yes"), Message("no")
METHOD = (
    ANALYSIS,
    Message(
        "The formulas are derived from the published tables (2020 analysis, section 4, tables "
        "40–44) and give each of their rows; amounts are rounded at the end only."
    ),
    Message(
        "Total cost: upkeep of first-wave centres, investment, supplement to librarians, contact, "
        "administrative and digital centre, training and publicity."
    ),
    Message(
        "In the project's network upkeep, improving, set-up, supplement and training vary with "
        "the number of points, demand and common costs with own.share. The state's support "
        "before the second wave (944 020 EUR) is publicity and the digital centre, and the "
        "rest is the same for each first-wave centre."
    ),
    Message(
        "The municipalities add up to the project's network exactly; rounded values may differ "
        "by a few euros."
    ),
    Message(
        "Limits of the analysis: the data are of 2019 and 2020, and in 2020 COVID-19 moved "
        "part of the clients to remote channels; service counts are incomplete (23 549 "
        "published, 92 138 reported); sources were not verified; costs are indicative. The "
        "model takes no account of inflation or rising pay."
    ),
)
SOURCE = Message(
    "2020 analysis of the service system, section 4, tables 40–44 (assumptions and published "
    "values)"
)
