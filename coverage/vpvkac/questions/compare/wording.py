"""The words of a comparison, in Latvian and English.

Names stand in the nominative: after a colon, a dash, or in quotation marks.
"""

from __future__ import annotations

from vpvkac.texts.message import Text

TITLE = Text("Salīdzinājums: A un B", "Comparison of A and B")
MAP_TITLE = Text("Izmaiņu karte", "Map of the changes")
SHOWN = Text(
    "Kas mainās no A uz B: kurās teritoriālajās vienībās kontaktpunkts iegūts vai zaudēts, "
    "kļuvis sasniedzams vai vairs nav sasniedzams.",
    "What changes from A to B: which territorial units gain or lose a contact point, and where "
    "the point comes within reach or falls out of it.",
)
MAP_LINK = Text("Izmaiņas kartē", "The changes on a map")
REPORT_LINK = Text("Salīdzinājuma pārskats", "Report of the comparison")
LIST_OF_ALL = Text(
    "Visas teritoriālās vienības ir datnē compare.csv, visi kritēriji – datnē compare_summary.csv.",
    "Every territorial unit is in compare.csv, every criterion in compare_summary.csv.",
)

CHANGES = {
    "gained_point": Text("Iegūts kontaktpunkts", "Gained a contact point"),
    "lost_point": Text("Zaudēts kontaktpunkts", "Lost its contact point"),
    "gained_reach": Text("Kontaktpunkts kļuvis sasniedzams", "Now within reach"),
    "lost_reach": Text("Kontaktpunkts vairs nav sasniedzams", "No longer within reach"),
    "status": Text("Mainījies statuss", "Status changed"),
    "moved": Text("Kontaktpunkts citā vietā", "Contact point elsewhere"),
    "reach_known": Text("Sasniedzamība kļuvusi zināma", "Reach now known"),
    "reach_unknown": Text("Sasniedzamība vairs nav zināma", "Reach no longer known"),
    "nearer": Text("Tuvāk pieturai", "Nearer to a stop"),
    "farther": Text("Tālāk no pieturas", "Farther from a stop"),
    "new_unit": Text("Jauna teritoriālā vienība", "New territorial unit"),
    "gone_unit": Text("Teritoriālās vienības vairs nav", "Territorial unit no longer there"),
    "same": Text("Bez izmaiņām", "Unchanged"),
}

NO_CHANGE = Text(
    "Izmaiņu nav: visās teritoriālajās vienībās un visos kritērijos A un B sakrīt.",
    "No change: A and B agree in every territorial unit and every criterion.",
)
NO_UNIT_CHANGED = Text(
    "Nevienā teritoriālajā vienībā izmaiņu nav; atšķiras tikai kritēriji.",
    "No territorial unit changed; only criteria differ.",
)
CHANGED = Text(
    "Teritoriālās vienības, kurās ir izmaiņas: {changed} no {units}.",
    "Territorial units that changed: {changed} of {units}.",
)
SAME_BASIS = Text(
    "Noteikumi un ievaddati abās pusēs ir vienādi.", "Rules and inputs are the same on both sides."
)
ONE_SYNTHETIC = Text(
    "Uzmanību: {} ir sintētiski parauga dati, bet otra puse nav; šo salīdzinājumu lēmumu "
    "pieņemšanai izmantot nedrīkst.",
    "Warning: {} is a synthetic sample and the other side is not; this comparison must not be "
    "used for decisions.",
)
OTHER_LAYOUT = Text(
    "Teritoriālais iedalījums atšķiras: teritoriālās vienības salīdzinātas pēc koda. Ja "
    "teritoriālā vienība ir tikai vienā pusē, norādīts, kas otrā pusē aizņem to pašu platību.",
    "The layouts differ: units are matched by code. A new or gone unit is shown with the units of "
    "the other side that share its area.",
)

WHAT_HEADING = Text("Kas salīdzināts", "What is compared")
WHAT_CAPTION = Text("Ar ko A un B atšķiras", "How A and B differ")
WHAT = Text("Pazīme", "Property")
SIDE_A, SIDE_B = Text("A", "A"), Text("B", "B")
PROJECT_TITLE = Text("Nosaukums", "Title")
VERSION = Text("Programmas versija", "Version of the program")
DATA = Text("Dati", "Data")
REAL = Text("nav sintētiski", "not synthetic")
RULES = {
    "layout": Text("Teritoriālais iedalījums", "Territorial layout"),
    "threshold_m": Text("Robežvērtība", "Threshold"),
    "stop_set": Text("Pieturu kopa", "Stop set"),
    "hosts": Text("Iestāžu veidi", "Kinds of host"),
}
AS_GIVEN = Text("kā ievaddatos", "as in the input")
NOT_GIVEN = Text("nav norādīts", "not given")
# A file, its date, its rows and the beginning of its SHA-256.
INPUT = Text(
    "{file}{date}; izmantotās rindas: {rows}; SHA-256: {sha}…",
    "{file}{date}; rows used: {rows}; SHA-256: {sha}…",
)

SUMMARY_HEADING = Text("Kritēriji", "Criteria")
SUMMARY_CAPTION = Text("Kritēriji, kas mainās", "Criteria that change")
SAME_CRITERIA = Text("Pārējie kritēriji nemainās: {}.", "Criteria that do not change: {}.")
DIFFERENCE = Text("Starpība (B − A)", "Difference (B − A)")
# The difference of two shares: procentpunkti, percentage points.
PERCENTAGE_POINTS = Text("p. p.", "pp")

UNITS_HEADING = Text("Teritoriālās vienības, kurās ir izmaiņas", "Territorial units that changed")
LISTED = {
    "gained_point": Text("Iegūst kontaktpunktu", "Gain a contact point"),
    "lost_point": Text("Zaudē kontaktpunktu", "Lose their contact point"),
    "gained_reach": Text(
        "Kontaktpunkts kļūst sasniedzams – tas tagad ir {threshold} robežās no pieturas",
        "Now within reach: the point is within {threshold} of a stop",
    ),
    "lost_reach": Text(
        "Kontaktpunkts vairs nav sasniedzams – tas nav {threshold} robežās no pieturas",
        "No longer within reach: the point is not within {threshold} of a stop",
    ),
    "status": Text("Mainās kontaktpunkta statuss", "The status of the point changes"),
    "moved": Text("Kontaktpunkts ir citā vietā", "The point is elsewhere"),
    "reach_known": CHANGES["reach_known"],
    "reach_unknown": CHANGES["reach_unknown"],
    "nearer": CHANGES["nearer"],
    "farther": CHANGES["farther"],
    "new_unit": Text("Jaunas teritoriālās vienības (tikai B)", "New units (B only)"),
    "gone_unit": Text("Teritoriālās vienības, kuru vairs nav (tikai A)", "Units gone (A only)"),
}
UNIT, MUNICIPALITY = Text("Teritoriālā vienība", "Unit"), Text("Pašvaldība", "Municipality")
WHY = Text("Kas mainījies", "What changed")
MORE = Text(
    "Pārējās: {} (datnē compare.csv).",
    "Others: {} (in compare.csv).",
)
TO_VERIFY = Text("jāprecizē", "to be verified")

# What stands in a cell of a side.
NO_POINT = Text("Kontaktpunkta nav", "No point")
ABSENT = Text("Nav šajā iedalījumā", "Not in this layout")

# Sentences on what changed.
REASON = {
    "gained_point": Text(
        "Kontaktpunkta nebija; tagad tas ir: “{place_b}”.",
        "There was no point; now it is: “{place_b}”.",
    ),
    "lost_point": Text(
        "Kontaktpunkts bija: “{place_a}”; tagad tā nav.",
        "The point was: “{place_a}”; now there is none.",
    ),
    "new_unit": Text(
        "To pašu platību pusē A aizņem: {counterparts}.",
        "In A the same area is held by: {counterparts}.",
    ),
    "gone_unit": Text(
        "To pašu platību pusē B aizņem: {counterparts}.",
        "In B the same area is held by: {counterparts}.",
    ),
    "reach_known": Text(
        "Pusē A attālums nav zināms; pusē B tas ir {metres_b}.",
        "The distance is not known in A; in B it is {metres_b}.",
    ),
    "reach_unknown": Text(
        "Pusē A attālums ir {metres_a}; pusē B tas nav zināms.",
        "The distance in A is {metres_a}; in B it is not known.",
    ),
}
NO_COUNTERPART = Text(
    "Otrā pusē šajā platībā teritoriālās vienības nav.",
    "The other side has no unit in this area.",
)
BY_CAUSE = {
    "threshold": Text(
        "Attālums līdz pieturai – {metres_b}; robežvērtība ir {threshold_b}, nevis {threshold_a}.",
        "The stop is {metres_b} away; the threshold is {threshold_b}, not {threshold_a}.",
    ),
    "place": Text(
        "Kontaktpunkts ir cita iestāde: “{place_a}” vietā – “{place_b}”; attālums līdz pieturai – "
        "{metres_b} (bija {metres_a}).",
        "The point is another place: “{place_b}” instead of “{place_a}”; the distance to the stop "
        "is {metres_b} (was {metres_a}).",
    ),
    "position": Text(
        "Kontaktpunkts pārvietots par {moved}: “{place_b}”; attālums līdz pieturai – {metres_b} "
        "(bija {metres_a}).",
        "The point stands {moved} from where it was: “{place_b}”; the distance to the stop is "
        "{metres_b} (was {metres_a}).",
    ),
    "stops": Text(
        "Tuvākā pietura – “{stop_b}”, {metres_b}; bija “{stop_a}”, {metres_a}.",
        "The nearest stop is “{stop_b}”, {metres_b}; it was “{stop_a}”, {metres_a}.",
    ),
    "": Text(
        "Iestāde un attālums ir tie paši: “{place_b}”.",
        "Place and distance are the same: “{place_b}”.",
    ),
}
UNKNOWN = Text("nav zināms", "not known")

# The map
LEGEND_POINTS = Text("Kontaktpunkti, kuros ir izmaiņas", "Points that changed")
AFTER = Text("Kontaktpunkts B", "Point in B")
REACH_UNKNOWN = Text("Sasniedzamība nav zināma", "Reach not known")
BEFORE = Text("Iepriekšējā atrašanās vieta (A)", "Former position (A)")
MOVE = Text("Pārvietots kontaktpunkts: no A uz B", "Point moved: from A to B")
CHANGE = Text("Izmaiņas", "Change")
