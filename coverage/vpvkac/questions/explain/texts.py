"""What the explanation says, in Latvian and English; names stand in the nominative."""

from __future__ import annotations

from vpvkac.texts.message import Text

TITLE = Text("Kontaktpunkta skaidrojums: {}", "The contact point explained: {}")

# --- Headings ----------------------------------------------------------------------------------

IN_SHORT = Text("Īsumā", "In short")
UNIT = Text("Teritoriālā vienība", "The territorial unit")
RULE = Text("Noteikums un iespējamās vietas", "The rule and the candidates")
STOPS = Text("Tuvākās pieturas", "The nearest stops")
DECISION = Text("Sasniedzamības vērtējums", "The verdict on reach")
CHANGES = Text("Kas to mainītu", "What would change it")
ELSEWHERE = Text(
    "Tuvākās iestādes ārpus teritoriālās vienības", "The nearest places outside the unit"
)
SOURCES = Text("Datu avoti", "Sources")

# --- In short ----------------------------------------------------------------------------------

POINT = {
    "existing": Text(
        "Kontaktpunkts ir esošs VPVKAC: {where}.",
        "The contact point is an existing centre: {where}.",
    ),
    "announced": Text(
        "Kontaktpunkts ir izziņots, vēl neatvērts VPVKAC: {where}.",
        "The contact point is an announced centre, not yet open: {where}.",
    ),
}
WITHIN = Text(
    "Tuvākā pietura{stop} ir {distance} attālumā (mērot pa taisni), t. i., ieteicamo "
    "{threshold} robežās.",
    "The nearest stop{stop} is {distance} away (in a straight line), that is within the "
    "recommended {threshold}.",
)
NO_STOP_OF_SET = Text(
    "Izvēlētajā pieturu kopā nav nevienas pieturas, tāpēc sasniedzamība nav aprēķināta.",
    "The stop set has no stop, so reach is not computed.",
)
REMEDY = Text("Ieteicamā rīcība: {}.", "Recommended action: {}.")
OTHER_CENTRE = Text(
    "Teritoriālajā vienībā ir arī atvērts VPVKAC, kas nav tās kontaktpunkts. {reason}",
    "The unit also holds an open centre that is not its point. {reason}",
)
SAME_NAME = Text(
    "Tāds pats nosaukums bez veida ir arī citai teritoriālajai vienībai: {}.",
    "Without its kind the name is also that of: {}.",
)

# --- Unit --------------------------------------------------------------------------------------

# --- Rule --------------------------------------------------------------------------------------

ORDER = Text(
    "Kontaktpunkts ir pirmais, kas atrodams šādā secībā; ja solī ir vairākas iestādes, – tā, kas "
    "ir vistuvāk pieturai, un vienāda attāluma gadījumā tā, kurai ir zemāks identifikators.",
    "The point is the first found in this order; where a step finds several places, the one "
    "nearest to a stop, and at equal distance the one with the lower identifier.",
)
STEP = Text("Solis", "Step")
FOUND = Text("Atrasts", "Found")
DECIDES = Text("Izšķir", "Decides")
STEP_OF = {
    "open": Text("{host}, darbojas", "{host}, open"),
    "announced": Text("{host}, izziņots, vēl nav atvērts", "{host}, announced, not yet open"),
}
ONLY_ONE = Text(
    "Izšķirošajā solī ir viena iestāde: {name}.",
    "The step that decides finds only one place: {name}.",
)
NEAREST_OF = Text(
    "Izšķirošajā solī atrasto iestāžu skaits: {count}. Izvēlēta tā, kas ir vistuvāk pieturai: "
    "{name} ({distance}; nākamā – {next_name}, {next_distance}).",
    "Places found by the step that decides: {count}. The one nearest to a stop is taken: "
    "{name} ({distance}; the next is {next_name}, {next_distance}).",
)
TIED = Text(
    "Izšķirošajā solī atrasto iestāžu skaits: {count}. Līdz pieturai vistuvākās atrodas vienādā "
    "attālumā ({distance}), tāpēc izšķir zemākais identifikators: {name} ({place}).",
    "Places found by the step that decides: {count}. The nearest to a stop are equally far "
    "({distance}), so the lowest identifier decides: {name} ({place}).",
)
NO_DISTANCE = Text(
    "Izšķirošajā solī atrasto iestāžu skaits: {count}. Attālumi nav zināmi, tāpēc izšķir zemākais "
    "identifikators: {name} ({place}).",
    "Places found by the step that decides: {count}. No distance is known, so the lowest "
    "identifier decides: {name} ({place}).",
)
NONE_FOUND = Text(
    "Neviens solis neko neatrod, tāpēc kontaktpunkta nav.",
    "No step finds a place, so there is no contact point.",
)
ALL_PLACES = Text(
    "Visas teritoriālās vienības iestādes noteikuma secībā (skaits: {}):",
    "Every place of the unit, in the order of the rule ({}):",
)
NO_PLACES = Text(
    "Teritoriālajā vienībā nav nevienas projektā norādītas iestādes.",
    "The unit holds none of the places given in the project.",
)
PLACE = Text("Iestāde", "Place")
STATUS = Text("Statuss", "Status")
TO_STOP = Text("Līdz pieturai", "To a stop")
LOCATED = Text("Vieta noteikta", "Located")
WHY = Text("Vērtējums", "Verdict")
WHYS = {
    "chosen": Text("ir kontaktpunkts", "is the point"),
    "not_a_host": Text(
        "šis iestādes veids noteikumā nav paredzēts", "this kind of host is not in the rule"
    ),
    "later_host": Text(
        "priekšroka ir citam iestādes veidam: {host}",
        "another kind of host takes precedence: {host}",
    ),
    "not_yet_open": Text(
        "vēl nav atvērts, priekšroka ir atvērtam", "not yet open; one that is open takes precedence"
    ),
    "farther": Text(
        "no pieturas tālāk nekā kontaktpunkts ({over})", "farther from a stop ({over})"
    ),
    "higher_key": Text("augstāks identifikators", "a higher identifier"),
}

# --- Stops -------------------------------------------------------------------------------------

COUNTED = Text(
    "Tiek ņemtas vērā: {set}. To skaits {threshold} robežās no kontaktpunkta: {count}.",
    "Stop set: {set}. Stops within {threshold} of the point: {count}.",
)
NOT_COUNTED = Text(
    "Tuvākās pieturas, kas pēc noteikuma netiek ņemtas vērā (attālums līdz tuvākajai jebkāda "
    "veida pieturai (bez dzelzceļa) – {distance}):",
    "The nearest stops that do not count under the rule (the nearest stop of any kind but rail "
    "is {distance} away):",
)
NONE_NEARER = Text(
    "No pieturām, kas netiek ņemtas vērā, neviena nav tuvāk par šeit minētajām.",
    "None of the stops that do not count is nearer than these.",
)
NO_POINT_NO_STOPS = Text(
    "Kontaktpunkta nav, tāpēc nav arī attāluma līdz pieturai. Pieturas teritoriālajā vienībā: {}.",
    "There is no point, so there is no distance to a stop. Stops in the unit: {}.",
)
STOP = Text("Pietura", "Stop")
FEED = Text("Avots", "Feed")
MODES = Text("Apkalpo", "Served by")
MODE = {
    "bus": Text("autobuss", "bus"),
    "trolleybus": Text("trolejbuss", "trolleybus"),
    "tram": Text("tramvajs", "tram"),
}
VISITS = Text("Reisi dienā", "Bus calls per day")
DISTANCE = Text("Attālums", "Distance")
WHY_NOT = {
    "mode": Text("nav autobusu pietura", "not a bus stop"),
    "feed": Text("avots nav reģionāls", "the feed is not regional"),
}

# --- Decision ----------------------------------------------------------------------------------

TO_NEAREST = Text("Attālums līdz tuvākajai pieturai", "Distance to the nearest stop")
OVER = Text("Pārsniegums", "Excess")
SPARE = Text("Rezerve līdz robežvērtībai", "Margin to the threshold")
LEAST = Text(
    "Mazākā robežvērtība veselos metros, ar kuru kontaktpunkts ir sasniedzams",
    "Least threshold in whole metres at which the point is within reach",
)
PRECISION = Text("Vietas noteikšanas precizitāte", "Placing precision")
BETWEEN = Text(
    "Iespējamais attālums, ievērojot šo precizitāti", "Possible distance, given this precision"
)
FROM_TO = Text("no {least} līdz {most}", "{least} to {most}")
WOULD_PASS = Text(
    "Kontaktpunkts būtu sasniedzams, ja robežvērtība būtu vismaz {least}.",
    "The point would be within reach if the threshold were at least {least}.",
)
WOULD_FAIL = Text(
    "Kontaktpunkts nebūtu sasniedzams, ja robežvērtība būtu mazāka par {least} (veselos metros).",
    "The point would not be within reach if the threshold were below {least} (in whole metres).",
)
A_LITTLE_MORE = Text(
    "Attālums ir nedaudz lielāks par {distance}.", "The distance is a little more than {distance}."
)
COULD_PASS = Text(
    "Ja kontaktpunkta faktiskā atrašanās vieta ir pieturai tuvāk, tas var būt sasniedzams; "
    "droši tas ir sasniedzams tikai ar robežvērtību {most}.",
    "If its actual position is nearer to the stop, the point may be within reach; it is "
    "certain to be only at a threshold of {most}.",
)
COULD_FAIL = Text(
    "Ja kontaktpunkta faktiskā atrašanās vieta ir no pieturas tālāk, tas var nebūt "
    "sasniedzams; droši tas ir sasniedzams tikai ar robežvērtību {most}.",
    "If its actual position is farther from the stop, the point may be out of reach; it is "
    "certain to be within reach only at a threshold of {most}.",
)
EXACT = Text(
    "Vieta uzskatīta par precīzi noteiktu, tāpēc vērtējums no tās noteikšanas nav atkarīgs.",
    "The position is taken as exact, so the verdict does not depend on how it was located.",
)
SURE = Text(
    "Vieta nav noteikta precīzi, taču vērtējumu tas nemaina.",
    "The position is not exact, but not so rough that the verdict could change.",
)
IN_UNIT = Text(
    "Kontaktpunkta koordinātas ir šīs teritoriālās vienības robežās.",
    "The coordinates of the point lie inside this unit.",
)
IN_OTHER = Text(
    "Kontaktpunkta koordinātas ir citas teritoriālās vienības robežās ({}); šai tas pieskaitīts "
    "pēc koda vai nosaukuma.",
    "The coordinates of the point lie in another unit ({}); it counts here by code or name.",
)
IN_NONE = Text(
    "Kontaktpunkta koordinātas nav nevienas teritoriālās vienības robežās; šai tas pieskaitīts "
    "pēc koda, nosaukuma vai tuvuma.",
    "The coordinates of the point lie in no unit; it counts here by code, name or nearness.",
)
NEAR_BORDER = Text(
    "Teritoriālā vienība noteikta pēc koordinātām, un 700 m robežās ir cita teritoriālā vienība, "
    "tāpēc piederība jāpārbauda.",
    "The unit is determined by the coordinates, and another unit is within 700 m, so check "
    "which one the point belongs to.",
)
OWNER = Text(
    "Kontaktpunkts pieder citai pašvaldībai: {}.", "The point belongs to another municipality: {}."
)

# --- What would change it ----------------------------------------------------------------------

RECKONED = Text(
    "Katrs gadījums ir aprēķināts no jauna ar to pašu noteikumu.",
    "Each case is computed anew by the same rule.",
)
IF = Text("Gadījums", "Case")
THEN = Text("Kontaktpunkts", "The point")
WHAT_CHANGES = Text("Kas mainītos", "What would change")
CHANGE = {
    "stop_set": Text("Cita pieturu kopa: {}", "Another stop set: {}"),
    "stop_closes": Text("Nebūtu pieturas: {}", "Without the stop: {}"),
    "threshold_m": Text("Cita robežvērtība: {}", "Another threshold: {}"),
    "opens": Text("Atvērts izziņotais VPVKAC: {}", "The announced centre open: {}"),
    "closes": Text("Nebūtu šīs iestādes: {}", "Without this place: {}"),
    "host": Text("Noteikumā arī: {}", "Also in the rule: {}"),
}
NO_POINT = Text("nav", "none")
SAME_POINT = Text("tas pats", "the same")
NOTHING = Text("nekas", "nothing")
OF_POINT = Text("cits kontaktpunkts", "another point")
NO_LONGER = Text("kontaktpunkta nebūtu", "there would be no point")
OF_STATUS = Text("statuss: {}", "status: {}")
OF_REACH = {
    True: Text("kļūtu sasniedzams", "it would be within reach"),
    False: Text("vairs nebūtu sasniedzams", "it would be beyond reach"),
    None: Text("sasniedzamība nebūtu zināma", "its reach would not be known"),
}
OF_CERTAINTY = {
    True: Text("būtu jāprecizē", "it would have to be verified"),
    False: Text("nebūtu jāprecizē", "it need not be verified"),
    None: Text("", ""),
}
OTHER_PLACES = Text(
    "Ja kontaktpunkts būtu kādā citā šīs teritoriālās vienības iestādē – iestādes {threshold} "
    "robežās no pieturas: {within} no {count}.",
    "If the point were in another place of the unit, the number of places within {threshold} "
    "of a stop would be: {within} of {count}.",
)
BEST_PLACE = Text("Vistuvāk pieturai ir: {name} ({distance}).", "Nearest: {name} ({distance}).")
NO_CHANGE_KNOWN = Text(
    "Teritoriālajā vienībā nav iestādes, kurā kontaktpunktu varētu izveidot; to mainītu jauna "
    "iestāde vai citas telpas.",
    "The unit has no place that could hold a point; a new place or other premises would change it.",
)

# --- Elsewhere ---------------------------------------------------------------------------------

ELSEWHERE_FROM = Text(
    "Attālums mērīts pa taisni no punkta teritoriālās vienības iekšienē:",
    "Distances are straight lines from a point inside the unit:",
)
IS_POINT = Text("kontaktpunkts", "contact point")
UNIT_OF = Text("Teritoriālā vienība", "Unit")
