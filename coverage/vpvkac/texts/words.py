"""Every word a person reads, in Latvian and English: labels by code, and model sentences.

The terms and sentences follow GLOSSARY.md, which follows the source
documents.  Codes and column names never change; what stands for them does.
A label with ``{threshold}`` is filled by `heading` or `criterion`, because
the 700 m are a parameter.  Names stand in the nominative (after a colon, a
dash or in brackets), so that none has to be declined.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from vpvkac.texts.formats import (
    date,
    date_range,
    excess,
    length,
    metres,
    number,
    percent,
    threshold,
    typographic,
)
from vpvkac.texts.message import Lang, Text

if TYPE_CHECKING:
    import pandas as pd


# --- Territory ---------------------------------------------------------------------------------

KINDS = {
    "state_city": Text("Valstspilsēta", "State city"),
    "town": Text("Novada pilsēta", "Town"),
    "parish": Text("Pagasts", "Parish"),
    "municipality": Text("Pašvaldība", "Municipality"),
    # Only in the layout of 2021-01-01.
    "republic_city": Text("Republikas pilsēta", "Republic city"),
    "undivided": Text("Novads bez teritoriālā iedalījuma", "Undivided municipality"),
}
LAYOUT = Text("Teritoriālais iedalījums", "Territorial layout")

# --- Network -----------------------------------------------------------------------------------

NETWORK = Text("Kontaktpunktu tīkls", "Network of contact points")
HOSTS = {
    "centre": Text("VPVKAC", "One-stop centre (VPVKAC)"),
    "library": Text("Pašvaldības bibliotēka", "Municipal library"),
    "municipal_premises": Text(
        "Pagasta pārvalde / pilsētas pārvalde", "Parish or town administration"
    ),
    "post_office": Text("Pasta nodaļa", "Post office"),
    "institution": Text(
        "Iestādes klientu apkalpošanas centrs (KAC)", "Institution's own service centre"
    ),
}
HOSTS_PLURAL = {
    "centre": Text("VPVKAC", "One-stop centres (VPVKAC)"),
    "library": Text("Pašvaldību bibliotēkas", "Municipal libraries"),
    "municipal_premises": Text("Pagastu un pilsētu pārvaldes", "Parish and town administrations"),
    "post_office": Text("Pasta nodaļas", "Post offices"),
    "institution": Text("Iestāžu KAC", "Institutions' own service centres"),
}
# Inside a sentence: what stands there, what there is none of, what it is set up in.
_HOST_NAMED = {
    "centre": Text("VPVKAC", "one-stop centre"),
    "library": Text("pašvaldības bibliotēka", "municipal library"),
    "municipal_premises": Text("pašvaldības pārvalde", "municipal administration"),
    "post_office": Text("pasta nodaļa", "post office"),
    "institution": Text("iestādes klientu apkalpošanas centrs", "institution's own service centre"),
}
_HOST_LACKING = {
    "centre": Text("VPVKAC", "a centre"),
    "library": Text("pašvaldības bibliotēkas", "a municipal library"),
    "municipal_premises": Text("pašvaldības pārvaldes", "a municipal administration"),
    "post_office": Text("pasta nodaļas", "a post office"),
    "institution": Text(
        "iestādes klientu apkalpošanas centra", "an institution's own service centre"
    ),
}
_HOST_SET_UP_IN = {
    "centre": Text("VPVKAC telpās", "in the centre"),
    "library": Text("bibliotēkā", "in the library"),
    "municipal_premises": Text("pašvaldības pārvaldē", "in the municipal administration"),
    "post_office": Text("pasta nodaļā", "in the post office"),
    "institution": Text(
        "iestādes klientu apkalpošanas centrā", "in the institution's own service centre"
    ),
}
STATUSES = {
    "existing": Text("Esošs", "Existing"),
    "announced": Text("Izziņots, vēl nav atvērts", "Announced, not yet open"),
    "planned": Text("Plānots", "Planned"),
    "none": Text("Kontaktpunkta nav", "No point"),
}
STATUSES_PLURAL = {
    "existing": Text("Esošie VPVKAC", "Existing centres"),
    "announced": Text("Izziņotie, vēl neatvērtie VPVKAC", "Announced centres, not yet open"),
    "planned": Text("Plānotie kontaktpunkti (2. kārta)", "Planned points (second wave)"),
    "none": Text("Bez kontaktpunkta", "No contact point"),
}
PLACE_STATUSES = {
    # Of a centre, a library, a post office: a verb needs no gender.
    "open": Text("Darbojas", "Open"),
    "announced": Text("Izziņots, vēl nav atvērts", "Announced, not yet open"),
}
LOCATED_BY = {
    "published": Text("pēc publicētajām koordinātām", "by published coordinates"),
    "correction": Text("pēc labojuma", "by correction"),
    "address": Text("pēc adreses", "by address"),
    "fuzzy": Text("pēc līdzīgākās adreses", "by the most similar address"),
    "postcode": Text("pēc pasta indeksa", "by postcode"),
    "settlement": Text("pēc apdzīvotās vietas", "by settlement"),
    "unit": Text("pēc teritoriālās vienības", "by territorial unit"),
}

# --- Stops -------------------------------------------------------------------------------------

STOP_SET = Text("Pieturu kopa", "Stop set")
STOP_SETS = {
    "regional": Text(
        "Starppilsētu un vietējās nozīmes maršrutu pieturas", "Stops of intercity and local routes"
    ),
    "bus": Text("Visas autobusu pieturas", "All bus stops"),
    "all": Text(
        "Visas sabiedriskā transporta pieturas (bez dzelzceļa)",
        "All public transport stops (rail left out)",
    ),
}

NO_STOPS = Text(
    "Pieturas nav norādītas, sasniedzamība nav aprēķināta",
    "No stops are given, reach is not computed",
)

# --- Gaps --------------------------------------------------------------------------------------

ACCESS_GAPS = Text("Sasniedzamības nepilnības", "Access gaps")
COVERAGE_GAPS = Text("Pārklājuma nepilnības", "Coverage gaps")
MUNICIPALITY_GAPS = Text("Pašvaldības bez esoša VPVKAC", "Municipalities with no existing centre")
REMEDIES = {
    "verify_location": Text("Precizēt atrašanās vietu", "Verify the position"),
    "library": Text("Izveidot kontaktpunktu bibliotēkā", "Set up the point in the library"),
    "move_within_unit": Text(
        "Pārcelt uz citu vietu tajā pašā teritoriālajā vienībā", "Move within the unit"
    ),
    "other_premises": Text(
        "Meklēt citas piemērotas pašvaldības telpas (piemēram, pagasta pārvaldē)",
        "Look for other suitable municipal premises (e.g. the parish administration)",
    ),
    "ask_for_stop": Text(
        "Ierosināt pieturas ierīkošanu vai pārvietošanu", "Propose a new or moved stop"
    ),
    "ask_for_service": Text("Ierosināt papildu reisus", "Propose more bus trips"),
    "remote_support": Text("Nodrošināt attālinātu atbalstu (VPPPD)", "Provide remote support"),
}
CLASSES = {
    "move": Text("Iespējams pārcelt", "Can be moved"),
    "beyond": Text("Pārāk tālu no pieturas", "Too far from a stop"),
    "verify": Text("Jāprecizē", "To be verified"),
}
# Classes of the visits at the stops within reach on the service day.
SERVICE_CLASSES = {
    "none": Text("Reisu nav", "No buses"),
    "1-3": Text("1–3 reisi", "1–3 bus calls"),
    "4-9": Text("4–9 reisi", "4–9 bus calls"),
    "10-23": Text("10–23 reisi", "10–23 bus calls"),
    "24+": Text("24 reisi un vairāk", "24 or more bus calls"),
}
SERVICE_GAPS = Text("Pietura ir tuvu, bet reisu maz", "Near a stop but rarely served")

# --- Maps --------------------------------------------------------------------------------------

MAP = {
    "map": Text("Karte", "Map"),
    "explorer": Text("Pārskata karte", "Explorer map"),
    "about": Text("Par karti", "About the map"),
    "find": Text("Meklēt pagastu, pilsētu vai novadu", "Find a parish, town or municipality"),
    "no_match": Text("Nekas nav atrasts", "Nothing found"),
    "no_unit": Text("Šādas teritoriālās vienības nav", "There is no such unit"),
    "legend": Text("Apzīmējumi", "Legend"),
    "layers": Text("Kartes slāņi", "Map layers"),
    "units": Text("Teritoriālās vienības", "Territorial units"),
    "points": Text("Kontaktpunkti", "Contact points"),
    "border": Text("Pašvaldības robeža", "Municipality border"),
    "names": Text("Nosaukumi", "Names"),
    "stops": Text("Pieturas", "Stops"),
    "gap_list": Text("Nepilnību saraksts", "Gap list"),
    "gap_tables": Text("Nepilnību saraksti tabulās", "Gap lists as tables"),
    "in_gap_list": Text("Skatīt nepilnību sarakstā", "See in the gap list"),
    "on_map": Text("Rādīt pārskata kartē", "Show on the explorer map"),
    "other_pages": Text("Citas lapas", "Other pages"),
    "municipality_page": Text("Pašvaldības lapa", "Municipality page"),
    "zoom_in": Text("Tuvināt", "Zoom in"),
    "zoom_out": Text("Tālināt", "Zoom out"),
    "whole": Text("Rādīt visu Latviju", "Show the whole country"),
    "close": Text("Aizvērt", "Close"),
    # Rows of a card
    "stop": Text("Tuvākā pietura", "Nearest stop"),
    "any_stop": Text(
        "Tuvākā jebkāda veida pietura (bez dzelzceļa)", "Nearest stop of any kind (rail left out)"
    ),
    "walk": Text("Gājiena laiks pa taisni, vismaz", "Walking time in a straight line, at least"),
    "address": Text("Adrese", "Address"),
    "hours": Text("Darba laiks", "Opening hours"),
    "phone": Text("Tālrunis", "Telephone"),
    "email": Text("E-pasts", "E-mail"),
    "owner": Text("Īpašnieks (pašvaldība)", "Owner (municipality)"),
    "located": Text("Vieta noteikta", "Located"),
    "area": Text("Platība", "Area"),
    "population": Text("Iedzīvotāju skaits", "Residents"),
    "visits": Text("Autobusu reisi dienā", "Bus calls per day"),
    "visits_within": Text("Reisi dienā tuvējās pieturās", "Bus calls per day at nearby stops"),
    "reason": Text("Iemesls", "Reason"),
    "remedy": Text("Ieteicamā rīcība", "Recommended action"),
    "uncertain": Text("Jāprecizē", "To be verified"),
    # Decisions and clusters
    "decided": Text("Par nepilnību ir lēmums", "Decided on"),
    "undecided": Text("Rādīt tikai nepilnības bez lēmuma", "Show only gaps without a decision"),
    "cluster": Text("Nepilnību grupa", "Cluster of gaps"),
    "clusters": Text("Nepilnību grupas", "Clusters of gaps"),
}
CLUSTER_NUMBERED = Text("{}. grupa", "Cluster {}")
ALTERNATIVE = Text(
    "Iespējamā vieta tajā pašā teritoriālajā vienībā", "Alternative place in the same unit"
)
_GAP_LAYER = Text(
    "Attālums līdz pieturai un {threshold} aplis ap kontaktpunktu",
    "Distance to the stop and the circle of {threshold} around the point",
)

# --- Data --------------------------------------------------------------------------------------

SOURCE = Text("Datu avots", "Source")
SOURCES = Text("Datu avoti", "Sources")
PUBLISHER = Text("Publicētājs", "Publisher")
LICENCE = Text("Licence", "Licence")
DATA_AS_OF = Text("Dati uz", "Data as of")
# What every target and every published value is taken from.
ANALYSIS = Text(
    "“2020. gada analīze” ir PricewaterhouseCoopers SIA ziņojums Vides aizsardzības un reģionālās "
    "attīstības ministrijai (līgums 10.09.2020.); tagad tā ir Viedās administrācijas un "
    "reģionālās attīstības ministrija (VARAM).",
    "“The 2020 analysis” is the report of PricewaterhouseCoopers SIA to the Ministry of "
    "Environmental Protection and Regional Development (contract of 10 September 2020), today the "
    "Ministry of Smart Administration and Regional Development (VARAM).",
)
# Written out where a page or a workbook holds them; each stands alone in capitals.
ABBREVIATIONS = {
    "VPVKAC": Text(
        "valsts un pašvaldību vienotais klientu apkalpošanas centrs",
        "one-stop public service centre of the state and the municipalities (valsts un pašvaldību "
        "vienotais klientu apkalpošanas centrs)",
    ),
    "KAC": Text(
        "klientu apkalpošanas centrs",
        "service centre of one institution (klientu apkalpošanas centrs)",
    ),
    "VPPPD": Text(
        "vienotais valsts un pašvaldību pakalpojumu palīdzības dienests",
        "joint help service for state and municipal services (vienotais valsts un pašvaldību "
        "pakalpojumu palīdzības dienests)",
    ),
    "NVA": Text("Nodarbinātības valsts aģentūra", "State Employment Agency"),
    "VSAA": Text("Valsts sociālās apdrošināšanas aģentūra", "State Social Insurance Agency"),
    "PMLP": Text(
        "Pilsonības un migrācijas lietu pārvalde", "Office of Citizenship and Migration Affairs"
    ),
    "VMD": Text("Valsts meža dienests", "State Forest Service"),
    "VZD": Text("Valsts zemes dienests", "State Land Service"),
    "VID": Text("Valsts ieņēmumu dienests", "State Revenue Service"),
    "VDI": Text("Valsts darba inspekcija", "State Labour Inspectorate"),
    "LAD": Text("Lauku atbalsta dienests", "Rural Support Service"),
    "UR": Text("Uzņēmumu reģistrs", "Register of Enterprises"),
    "ATVK": Text(
        "Administratīvo teritoriju un teritoriālā iedalījuma vienību klasifikators",
        "Classification of Administrative Territories and Territorial Units",
    ),
}
_ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")
SYNTHETIC = Text("Sintētiski parauga dati", "Synthetic sample")
SUMMARY = Text("Kopsavilkums", "Summary")
ROWS_READ = Text("Nolasītās rindas", "Rows read")
ROWS_USED = Text("Izmantotās rindas", "Rows used")
ROWS_NOT_USED = Text("Neizmantotās rindas", "Rows not used")
ABOUT = Text("Par datiem", "About the data")
THRESHOLD = Text("Robežvērtība", "Threshold")
# Titles of the output tables; short enough for the name of a sheet in Excel.
TABLES = {
    "summary": SUMMARY,
    "network": NETWORK,
    "places": Text("Iestādes", "Places"),
    "units": Text("Teritoriālās vienības", "Territorial units"),
    "municipalities": Text("Pašvaldības", "Municipalities"),
    "gaps_access": ACCESS_GAPS,
    "gaps_service": SERVICE_GAPS,
    "gaps_coverage": COVERAGE_GAPS,
    "gaps_municipalities": Text("Pašvaldības bez esoša VPVKAC", "Municipalities without a centre"),
    "hosts": Text("Bibliotēkas un pasta nodaļas", "Libraries and post offices"),
    "residents": Text("Iedzīvotāji tīkla tuvumā", "Residents near the points"),
    "published": Text("Publicētie skaitļi", "Published figures"),
    "gap_clusters": Text("Nepilnību grupas", "Clusters of gaps"),
    "follow_up": Text("Lēmumi par nepilnībām", "Decisions on gaps"),
    "progress": Text("Tīkla izveides gaita", "Progress of the network"),
}
YES_NO = {True: Text("jā", "yes"), False: Text("nē", "no")}
MET = {
    "yes": Text("Sasniegts", "Met"),
    "no": Text("Nav sasniegts", "Not met"),
    "unknown": Text("Nav nosakāms", "Cannot be determined"),
}
MEASURES = {
    "count": Text("skaits", "count"),
    "share": Text("īpatsvars", "share"),
    "km²": Text("km²", "km²"),
    "m": Text("m", "m"),
}
DROPPED = {
    "not_in_where": Text("neatbilst projekta atlasei", "not in the project's selection"),
    "deleted": Text("dzēsts", "deleted"),
    "old_version": Text("vecāka versija", "an older version"),
    "not_walked": Text("pa to neiet kājām", "not for walking"),
    "no_shape": Text("nav līnijas", "no line"),
    "no_length": Text("bez garuma", "no length"),
    "twice": Text("tā pati iela pretējā virzienā", "the same street in the other direction"),
    "merged": Text("pievienota citai teritoriālajai vienībai", "merged into another unit"),
    "no_id": Text("nav identifikatora", "no identifier"),
    "bad_value": Text("kļūdaina vērtība", "a faulty value"),
    "duplicate": Text("atkārtota rinda", "a repeated row"),
    "type": Text("cits objekta veids", "another kind of object"),
    "status": Text("cits statuss", "another status"),
    "not_in_force": Text("vairs nav spēkā", "no longer in force"),
    "closed": Text("vairs nedarbojas", "closed"),
    "blank": Text("tukša rinda", "blank row"),
    "unserved": Text("pieturā nepietur neviens reiss", "no trip calls at the stop"),
    "not_bus": Text("nav autobusu pietura", "not a bus stop"),
    "not_a_stop": Text("nav pietura (stacija vai ieeja)", "not a stop (station or entrance)"),
    "no_coordinates": Text(
        "nav koordinātu un adrese nav atrasta", "no coordinates and no address that resolves"
    ),
    "outside": Text(
        "ārpus projekta teritorijas (vairāk nekā 50 km)",
        "outside the project's territory (more than 50 km)",
    ),
    "duplicate_reference": Text("kartēts divreiz", "mapped twice"),
    "no_unit": Text("neatrodas nevienā teritoriālajā vienībā", "is in no territorial unit"),
    "no_value": Text("nav skaita", "no count"),
    "sum": Text("citu rindu summa", "a sum of other rows"),
    "no_place": Text("nav tādas iestādes", "no such place"),
    "superseded": Text(
        "aizstāta ar hipotētisku kontaktpunktu", "replaced by a point of the what-if"
    ),
}

# Requirements of table 30 that a checklist of premises tells; GLOSSARY.md keeps the three kinds
# of access apart, and this one is of the surroundings.
REQUIREMENTS = {
    "step_free": Text("Ieeja bez pakāpieniem", "Step-free entrance"),
    "public_computer": Text("Publiski pieejams dators", "Public computer"),
    "desk_apart": Text("Atsevišķa apkalpošanas vieta", "Separate service desk"),
    "parking": Text("Autostāvvieta", "Parking"),
}
ANSWERS = {
    "yes": Text("jā", "yes"),
    "no": Text("nē", "no"),
    "unknown": Text("nav zināms", "not known"),
}
DEVELOPMENT_CENTRES = {
    "national": Text(
        "Nacionālas nozīmes attīstības centri", "Development centres of national significance"
    ),
    "regional": Text(
        "Reģionālas nozīmes attīstības centri", "Development centres of regional significance"
    ),
    "municipal": Text(
        "Novada nozīmes attīstības centri", "Development centres of municipal significance"
    ),
}

# --- Tables ------------------------------------------------------------------------------------

_WITHIN = Text("{threshold} robežās", "Within {threshold}")
_BEYOND = Text("Tālāk par {threshold}", "Beyond {threshold}")
UNCERTAIN = Text("Jāprecizē", "To be verified")
DECISION_STATES = {
    "open": Text("Vēl jāizpilda", "Open"),
    "done": Text("Nepilnības vairs nav", "Done"),
}

COLUMNS = {
    # Keys, names and territory
    "rank": Text("Nr. p. k.", "No."),
    "number": Text("Nr.", "No."),
    "national_rank": Text("Nr. valsts sarakstā", "No. in the national list"),
    "unit": Text("Teritoriālās vienības kods", "Unit code"),
    "unit_name": Text("Teritoriālā vienība", "Territorial unit"),
    "kind": Text("Teritoriālās vienības veids", "Kind of unit"),
    "municipality": Text("Pašvaldības kods", "Municipality code"),
    "municipality_name": Text("Pašvaldība", "Municipality"),
    "region": Text("Statistiskais reģions", "Statistical region"),
    "area_km2": Text("Platība, km²", "Area, km²"),
    "population": Text("Iedzīvotāju skaits", "Residents"),
    # Places
    "place": Text("Iestādes identifikators", "Place identifier"),
    "host": Text("Iestādes veids", "Kind of host"),
    "name": Text("Nosaukums", "Name"),
    "place_name": Text("Iestāde", "Place"),
    "address": Text("Adrese", "Address"),
    "owner": Text("Īpašnieks (pašvaldība)", "Owner (municipality)"),
    "status": Text("Statuss", "Status"),
    "chosen": Text("Ir teritoriālās vienības kontaktpunkts", "Is the unit's contact point"),
    "hours": Text("Darba laiks", "Opening hours"),
    "phone": Text("Tālrunis", "Telephone"),
    "email": Text("E-pasts", "E-mail"),
    "located_by": Text("Vietas noteikšanas veids", "How located"),
    "located_within_m": Text("Vietas noteikšanas precizitāte", "Placing precision"),
    "score": Text("Adreses līdzība", "Address similarity"),
    "near_border": Text("Pie citas teritoriālās vienības robežas", "Near another unit's border"),
    "lat": Text("Ģeogrāfiskais platums (grādi)", "Latitude"),
    "lon": Text("Ģeogrāfiskais garums (grādi)", "Longitude"),
    # Stops and distance
    "stop": Text("Pieturas identifikators", "Stop identifier"),
    "stop_name": Text("Tuvākā pietura", "Nearest stop"),
    "feed": Text("Pieturu avots", "Stop feed"),
    "distance_m": Text("Attālums pa taisni, m", "Straight-line distance, m"),
    "distance_all_m": Text(
        "Attālums līdz jebkāda veida pieturai (bez dzelzceļa), m",
        "Distance to a stop of any kind (rail left out), m",
    ),
    "over_m": Text("Pārsniegums, m", "Excess, m"),
    "walk_min": Text(
        "Gājiena laiks pa taisni, vismaz, min", "Walking time in a straight line, at least, min"
    ),
    "within": _WITHIN,
    "uncertain": UNCERTAIN,
    "visits": Text("Autobusu reisi dienā", "Bus calls per day"),
    "visits_within": Text(
        "Autobusu reisi dienā {threshold} robežās", "Bus calls per day within {threshold}"
    ),
    "service_class": Text("Reisu skaita grupa", "Class of bus calls"),
    "alt_visits_within": Text(
        "Iespējamās vietas autobusu reisi dienā {threshold} robežās",
        "Alternative: bus calls per day within {threshold}",
    ),
    "alt_service_class": Text(
        "Iespējamās vietas reisu skaita grupa", "Alternative: class of bus calls"
    ),
    # Counts
    "units": Text("Teritoriālās vienības", "Territorial units"),
    "centres": HOSTS_PLURAL["centre"],
    "centres_owned": Text("Pašvaldībai piederošie VPVKAC", "Centres owned"),
    "announced": Text("Izziņotie", "Announced"),
    "planned": Text("Plānotie", "Planned"),
    "none": STATUSES_PLURAL["none"],
    "libraries": HOSTS_PLURAL["library"],
    "post_offices": HOSTS_PLURAL["post_office"],
    "other": Text("Citas iestādes", "Other places"),
    "stops": Text("Autobusu pieturas", "Bus stops"),
    "units_existing": Text(
        "Teritoriālās vienības ar esošu VPVKAC", "Units with an existing centre"
    ),
    "units_announced": Text(
        "Teritoriālās vienības ar izziņotu VPVKAC", "Units with an announced centre"
    ),
    "units_planned": Text(
        "Teritoriālās vienības ar plānotu kontaktpunktu", "Units with a planned point"
    ),
    "units_none": Text("Teritoriālās vienības bez kontaktpunkta", "Units with no point"),
    "points_within": Text(
        "Kontaktpunkti {threshold} robežās no pieturas", "Points within {threshold} of a stop"
    ),
    "points_beyond": Text(
        "Kontaktpunkti tālāk par {threshold} no pieturas", "Points beyond {threshold} of a stop"
    ),
    "points_uncertain": Text(
        "Kontaktpunkti, kuru atrašanās vieta jāprecizē", "Points whose position is to be verified"
    ),
    # Gaps
    "class": Text("Nepilnības veids", "Kind of gap"),
    "alt_place": Text("Iespējamās vietas identifikators", "Alternative: identifier"),
    "alt_host": Text("Iespējamās vietas veids", "Alternative: kind of host"),
    "alt_name": Text("Iespējamā vieta", "Alternative place"),
    "alt_address": Text("Iespējamās vietas adrese", "Alternative: address"),
    "alt_distance_m": Text(
        "Iespējamās vietas attālums no pieturas, m", "Alternative: distance to a stop, m"
    ),
    "other_premises": Text("Citas iestādes teritoriālajā vienībā", "Other premises in the unit"),
    "nearest_place": Text(
        "Tuvākā kontaktpunkta identifikators", "Nearest contact point: identifier"
    ),
    "nearest_host": Text("Tuvākā kontaktpunkta veids", "Nearest contact point: kind of host"),
    "nearest_name": Text(
        "Tuvākais kontaktpunkts citā teritoriālajā vienībā", "Nearest contact point elsewhere"
    ),
    "nearest_unit_name": Text(
        "Tuvākā kontaktpunkta teritoriālā vienība", "Nearest contact point: unit"
    ),
    "nearest_m": Text(
        "Attālums līdz tuvākajam kontaktpunktam", "Distance to the nearest contact point"
    ),
    "institution_offices": HOSTS_PLURAL["institution"],
    "remedy": Text("Ieteicamā rīcība", "Recommended action"),
    "reason": Text("Iemesls", "Reason"),
    # Clusters of gaps, decisions, progress
    "cluster": Text("Nepilnību grupas numurs", "Cluster number"),
    "cluster_name": Text("Nepilnību grupa", "Cluster of gaps"),
    "cluster_size": Text("Nepilnību skaits grupā", "Number of gaps in the cluster"),
    "gaps": Text("Nepilnības", "Gaps"),
    "residents": Text("Iedzīvotāju skaits", "Residents"),
    "extent_m": Text("Lielākais attālums starp tām", "Farthest apart"),
    "municipalities": Text("Pašvaldību kodi", "Municipality codes"),
    "decision": Text("Lēmums", "Decision"),
    "decision_place": Text("Lēmumā norādītā vieta", "Place of the decision"),
    "responsible": Text("Atbildīgais", "Responsible"),
    "due": Text("Termiņš", "Due"),
    "note": Text("Piezīme", "Note"),
    "decisions": Text("Lēmumi", "Decisions"),
    "overdue": Text("Termiņš pagājis", "Overdue"),
    "state": Text("Izpilde", "State"),
    "lists": Text("Nepilnību saraksti", "Gap lists"),
    "existing_share": Text("Ar esošu VPVKAC, īpatsvars", "With an existing centre, share"),
    "remaining": Text("Vēl jāatver", "Still to open"),
    "decisions_open": Text("Lēmumi, kas vēl jāizpilda", "Decisions open"),
    "decisions_done": Text("Lēmumi, kuru nepilnības vairs nav", "Decisions done"),
    # Hosts
    "hosts": Text("Iestāžu veidi", "Kinds of host"),
    "places": Text("Iestādes", "Places"),
    "units_share": Text("Teritoriālo vienību īpatsvars", "Share of units"),
    "within_share": Text(
        "{threshold} robežās no pieturas, īpatsvars", "Within {threshold} of a stop, share"
    ),
    "chosen_within_share": Text(
        "Atlasītās {threshold} robežās no pieturas, īpatsvars",
        "Chosen ones within {threshold} of a stop, share",
    ),
    "only_units": Text(
        "Teritoriālās vienības, kurās nav ne VPVKAC, ne citu iestāžu",
        "Units with neither a centre nor another host",
    ),
    # Summary and comparison with published figures
    "criterion": Text("Kritērijs", "Criterion"),
    "value": Text("Aprēķinātā vērtība", "Value found"),
    "measure": Text("Mērvienība", "Measure"),
    "target": Text("Mērķa vērtība", "Target"),
    "published": Text("Publicētā vērtība", "Published value"),
    "met": Text("Vai sasniegts", "Met"),
    "figure": Text("Rādītājs", "Figure"),
    "section": Text("Nodaļa", "Section"),
    "difference": Text("Starpība", "Difference"),
    "basis": Text("Aprēķina pamats", "Basis"),
    "part": Text("Daļa", "Part"),
    "whole": Text("Kopā", "Of"),
    "least": Text("Ne mazāk par", "At least"),
    "most": Text("Ne vairāk par", "At most"),
    # Optional inputs
    "population_least": Text("Iedzīvotāju skaits, ne mazāk par", "Residents, at least"),
    "population_most": Text("Iedzīvotāju skaits, ne vairāk par", "Residents, at most"),
    "radius_m": Text("Attālums no kontaktpunkta, m", "Distance from a point, m"),
    "residents_group": Text("Iedzīvotāju grupa", "Group of residents"),
    "points": Text("Kontaktpunkti", "Contact points"),
    "share_least": Text("Īpatsvars, ne mazāk par", "Share, at least"),
    "share_most": Text("Īpatsvars, ne vairāk par", "Share, at most"),
    "residents_nearest": Text(
        "Iedzīvotāji, kuriem šis kontaktpunkts ir tuvākais", "Residents nearest to this point"
    ),
    "residents_nearest_least": Text(
        "Iedzīvotāji, kuriem tas ir tuvākais, ne mazāk par", "Residents nearest, at least"
    ),
    "residents_nearest_most": Text(
        "Iedzīvotāji, kuriem tas ir tuvākais, ne vairāk par", "Residents nearest, at most"
    ),
    "services_least": Text(
        "Sagaidāmie pakalpojumi gadā, ne mazāk par", "Services expected per year, at least"
    ),
    "services_most": Text(
        "Sagaidāmie pakalpojumi gadā, ne vairāk par", "Services expected per year, at most"
    ),
    **REQUIREMENTS,
    # check
    "level": Text("Līmenis", "Level"),
    "file": Text("Datne", "File"),
    "row": Text("Rinda", "Row"),
    "field": Text("Lauks", "Field"),
    "problem": Text("Problēma", "Problem"),
    # walk
    "air_stop": Text("Tuvākā pietura pa taisni", "Nearest stop in a straight line"),
    "air_m": Text("Attālums pa taisni, m", "Straight-line distance, m"),
    "street_stop": Text(
        "Tuvākā pietura pa ielām un ceļiem", "Nearest stop along streets and roads"
    ),
    "street_m": Text("Attālums pa ielām un ceļiem, m", "Distance along streets and roads, m"),
    "off_street_m": Text("Attālums līdz ielai, m", "Distance to the street, m"),
    "detour": Text("Apkārtceļa koeficients", "Detour factor"),
    "minutes": Text("Gājiena laiks, min", "Walking time, min"),
    "within_air": Text("{threshold} robežās pa taisni", "Within {threshold} in a straight line"),
    "within_street": Text(
        "{threshold} robežās pa ielām un ceļiem", "Within {threshold} along streets and roads"
    ),
    # hours
    "weekly_h": Text("Stundas nedēļā", "Hours a week"),
    "lunch_closed": Text("Pusdienu pārtraukums", "Lunch break"),
    "early": Text("Atvērts plkst. 8.00–9.00", "Open 8:00–9:00"),
    "evening": Text("Atvērts pēc plkst. 17.00", "Open after 17:00"),
    "saturday": Text("Atvērts sestdienās", "Open on Saturday"),
    "intensity_share": Text(
        "Aptvertā pieprasījuma intensitāte, īpatsvars", "Share of demand intensity covered"
    ),
    # site
    "gain": Text("Ieguvums", "Gain"),
    "covered": Text("Aptverts", "Covered"),
    "share": Text("Īpatsvars", "Share"),
    "method": Text("Metode", "Method"),
    "optimal": Text("Ir labākais iespējamais", "Is optimal"),
    "gap": Text("Atstatums no labākā iespējamā", "Optimality gap"),
    # cost
    "scenario": Text("Scenārijs", "Scenario"),
    "year": Text("Gads", "Year"),
    # compare
    "status_a": Text("Statuss (A)", "Status (A)"),
    "status_b": Text("Statuss (B)", "Status (B)"),
    "distance_a": Text("Attālums (A), m", "Distance (A), m"),
    "distance_b": Text("Attālums (B), m", "Distance (B), m"),
    "change": Text("Izmaiņas", "Change"),
    # demand
    "origin": Text("Sākumpunkts", "Origin"),
    "place_m": Text("Attālums līdz kontaktpunktam, m", "Distance to the contact point, m"),
    "stop_m": Text("Attālums līdz pieturai, m", "Distance to the stop, m"),
}

CRITERIA = {
    "units": Text("Teritoriālās vienības", "Territorial units"),
    "municipalities": Text("Pašvaldības", "Municipalities"),
    "centres": Text("Esošie VPVKAC", "Existing centres"),
    "centres_announced": STATUSES_PLURAL["announced"],
    "centres_within": Text(
        "Esošie VPVKAC {threshold} robežās no tuvākās pieturas",
        "Existing centres within {threshold} of the nearest stop",
    ),
    "centres_beyond": Text(
        "Esošie VPVKAC tālāk par {threshold} no tuvākās pieturas",
        "Existing centres beyond {threshold} of the nearest stop",
    ),
    "centres_uncertain": Text(
        "Esošie VPVKAC, kuru atrašanās vieta jāprecizē",
        "Existing centres whose position is to be verified",
    ),
    "libraries": HOSTS_PLURAL["library"],
    "libraries_within_share": Text(
        "Bibliotēkas {threshold} robežās no pieturas, %",
        "Libraries within {threshold} of a stop, %",
    ),
    "libraries_chosen": Text(
        "Atlasītās bibliotēkas (viena teritoriālajā vienībā)", "Chosen libraries (one per unit)"
    ),
    "libraries_chosen_within_share": Text(
        "Atlasītās bibliotēkas {threshold} robežās no pieturas, %",
        "Chosen libraries within {threshold} of a stop, %",
    ),
    "post_offices": HOSTS_PLURAL["post_office"],
    "stops": Text("Autobusu pieturas", "Bus stops"),
    "units_existing": COLUMNS["units_existing"],
    "units_announced": COLUMNS["units_announced"],
    "units_planned": COLUMNS["units_planned"],
    "units_none": COLUMNS["units_none"],
    "points_within": COLUMNS["points_within"],
    "points_beyond": COLUMNS["points_beyond"],
    "points_uncertain": COLUMNS["points_uncertain"],
    "points_within_share": Text(
        "Kontaktpunkti {threshold} robežās no pieturas, %", "Points within {threshold} of a stop, %"
    ),
    "library_points_within_share": Text(
        "Kontaktpunkti bibliotēkās {threshold} robežās no pieturas, %",
        "Points in libraries within {threshold} of a stop, %",
    ),
    "municipalities_with_centre": Text(
        "Pašvaldības ar esošu VPVKAC", "Municipalities with an existing centre"
    ),
    "municipalities_one": Text(
        "Pašvaldības ar vienu esošu VPVKAC", "Municipalities with one existing centre"
    ),
    "municipalities_several": Text(
        "Pašvaldības ar vairākiem esošiem VPVKAC", "Municipalities with several existing centres"
    ),
    "municipalities_none": MUNICIPALITY_GAPS,
    "area_share_existing": Text(
        "Aptvertā platība (esošie kontaktpunkti), % no Latvijas platības",
        "Area coverage (existing points), % of Latvia's area",
    ),
    "area_share_planned": Text(
        "Aptvertā platība (ar plānotajiem kontaktpunktiem), % no Latvijas platības",
        "Area coverage (with the planned points), % of Latvia's area",
    ),
    "area_share_municipalities": Text(
        "Aptvertā platība (pašvaldības ar esošu VPVKAC), % no Latvijas platības",
        "Area coverage (municipalities with an existing centre), % of Latvia's area",
    ),
    "population_share_existing": Text(
        "Aptvertie iedzīvotāji (esošie kontaktpunkti), %",
        "Population coverage (existing points), %",
    ),
    "population_share_planned": Text(
        "Aptvertie iedzīvotāji (ar plānotajiem kontaktpunktiem), %",
        "Population coverage (with the planned points), %",
    ),
}

NEAR_POINTS = {
    "existing": Text("esoša VPVKAC", "an existing centre"),
    "network": Text("esoša vai plānota kontaktpunkta", "an existing or planned point"),
}
# Metres, as a person writes them.
RADII = {
    700: "700\N{NO-BREAK SPACE}m",
    **{1000 * km: f"{km}\N{NO-BREAK SPACE}km" for km in (2, 5, 10, 15)},
}
RESIDENTS_MEASURES = {
    "total": Text("Visi iedzīvotāji", "All residents"),
    "in_unit": Text("Teritoriālajās vienībās pēc kontaktpunkta statusa", "In units, by status"),
    **{
        f"within_{radius}": Text(f"Ne tālāk par {said}", f"Within {said}")
        for radius, said in RADII.items()
    },
}
RESIDENTS_POINTS = {
    **STATUSES_PLURAL,
    "network": Text("Visi kontaktpunkti", "All points"),
    "all": Text("Neatkarīgi no kontaktpunktiem", "Irrespective of the points"),
}
RESIDENTS_BASES = {
    "grid": Text("režģis", "grid"),
    "unit": Text("aplēse pēc teritoriālās vienības platības", "estimated from the area of units"),
}
_BY_OWNER = Text("pēc īpašnieka", "by owner")
_WITH_CENTRE = Text(
    "kuru teritoriālajā vienībā ir esošs VPVKAC", "with an existing centre in their unit"
)


def _joined(first: Text, second: Text) -> Text:
    return Text(f"{first.lv}, {second.lv}", f"{first.en}, {second.en}")


# Rows that the summary has where optional inputs are given (`vpvkac.analysis.optional_criteria`).
CRITERIA |= {
    f"{code}_owned": _joined(CRITERIA[code], _BY_OWNER)
    for code in (
        "municipalities_with_centre",
        "municipalities_one",
        "municipalities_several",
        "municipalities_none",
    )
}
for _level, _label in DEVELOPMENT_CENTRES.items():
    CRITERIA |= {
        f"development_{_level}": _label,
        f"development_{_level}_with_centre": _joined(_label, _WITH_CENTRE),
        f"development_{_level}_with_centre_owned": _joined(
            _joined(_label, _WITH_CENTRE), _BY_OWNER
        ),
    }
CRITERIA |= {
    "municipal_premises": HOSTS_PLURAL["municipal_premises"],
    "institutions": HOSTS_PLURAL["institution"],
    **{
        f"institution_{code}": Text(f"Iestāžu KAC: {code}", f"Institutions' offices: {code}")
        for code in ("NVA", "VSAA", "PMLP", "VMD", "VZD", "VID", "VDI", "LAD", "UR")
    },
    "institution_other": Text("Iestāžu KAC: citas iestādes", "Institutions' offices: others"),
    "institution_units": Text(
        "Teritoriālās vienības ar iestāžu KAC", "Units that hold institutions' offices"
    ),
    "institution_units_with_centre": Text(
        "Teritoriālās vienības ar iestāžu KAC un esošu VPVKAC",
        "Units that hold institutions' offices and an existing centre",
    ),
    "institution_municipalities": Text(
        "Pašvaldības ar iestāžu KAC", "Municipalities that hold institutions' offices"
    ),
    "institution_municipalities_with_centre": Text(
        "Pašvaldības ar iestāžu KAC un esošu VPVKAC",
        "Municipalities that hold institutions' offices and an existing centre",
    ),
    "institution_municipalities_with_centre_owned": Text(
        "Pašvaldības ar iestāžu KAC un esošu VPVKAC, pēc īpašnieka",
        "Municipalities that hold institutions' offices and own an existing centre",
    ),
    "population": COLUMNS["population"],
    **{
        f"points_service_{code}": Text(
            f"Kontaktpunkti pēc reisu skaita dienā {{threshold}} robežās: {said.lv.lower()}",
            f"Points by bus calls per day within {{threshold}}: {said.en.lower()}",
        )
        for code, said in zip(
            ("none", "1_3", "4_9", "10_23", "24", "unknown"),
            (*SERVICE_CLASSES.values(), ANSWERS["unknown"]),
            strict=True,
        )
    },
    **{
        f"population_within_{radius}_{points}": Text(
            f"Iedzīvotāji ne tālāk par {said} no {of.lv}", f"Residents within {said} of {of.en}"
        )
        for points, of in NEAR_POINTS.items()
        for radius, said in RADII.items()
    },
    **{
        f"points_{requirement}_{answer}": Text(
            f"Kontaktpunkti, {label.lv[0].lower()}{label.lv[1:]}: {said.lv}",
            f"Points, {label.en[0].lower()}{label.en[1:]}: {said.en}",
        )
        for requirement, label in REQUIREMENTS.items()
        for answer, said in ANSWERS.items()
    },
}


def with_threshold(lang: Lang, text: Text, threshold_m: float) -> str:
    """Fill the ``{threshold}`` of a label with the run's own, with its unit."""
    return text.into(lang).replace("{threshold}", threshold(lang, threshold_m))


def heading(lang: Lang, column: str, threshold_m: float) -> str:
    """Give the heading of a column; the threshold in it is the run's own."""
    return with_threshold(lang, COLUMNS[column], threshold_m)


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
    label = MEASURES[kind].into(lang)
    return f"{label}, {year}" if year else label


def within_reach(lang: Lang, threshold_m: float) -> str:
    """Label what is within reach: "700 m robežās"."""
    return with_threshold(lang, _WITHIN, threshold_m)


def beyond_reach(lang: Lang, threshold_m: float) -> str:
    """Label what is not within reach: "Tālāk par 700 m"."""
    return with_threshold(lang, _BEYOND, threshold_m)


def gap_layer(lang: Lang, threshold_m: float) -> str:
    """Label the map layer of the lines and circles of access gaps."""
    return with_threshold(lang, _GAP_LAYER, threshold_m)


def layout_label(lang: Lang, layout: str) -> str:
    """Name the layout by the date it is in force from: "… (spēkā no 01.07.2022.)"."""
    if not layout:
        as_given = Text("kā ievaddatos", "as in the input").into(lang)
        return f"{LAYOUT.into(lang)}: {as_given}"
    since = Text("spēkā no", "in force from").into(lang)
    return f"{LAYOUT.into(lang)} ({since} {date(lang, layout)})"


def as_of(lang: Lang, iso: str, last: str = "") -> str:
    """Say a reference date, or the first and the last: "Dati uz 08.11.2023."."""
    said = date_range(lang, iso, last) if last else date(lang, iso)
    return f"{DATA_AS_OF.into(lang)} {said}"


def abbreviations(lang: Lang, *texts: str) -> list[str]:
    """Write out the abbreviations that texts hold: "KAC – klientu apkalpošanas centrs"."""
    held = {found for text in texts for found in _ABBREVIATION.findall(text)}
    return [
        f"{short} – {whole.into(lang)}" for short, whole in ABBREVIATIONS.items() if short in held
    ]


def listed(labels: Iterable[str], between: str = ", ") -> str:
    """List labels, a capital on the first alone: "VPVKAC, pašvaldības bibliotēka"."""
    first, *others = labels
    return between.join([first, *map(lowered, others)])


def lowered(label: str) -> str:
    """Begin a label with a small letter inside a sentence, unless it is an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


# --- Model sentences (GLOSSARY.md, in its order) -------------------------------------------------


# Requirement 6.2 of the 2020 analysis recommends this much, and no other threshold of a run.
RECOMMENDED_M = 700


def access_gap(
    lang: Lang, place_name: str, distance_m: float, stop_name: str | None, threshold_m: float
) -> str:
    """Say how far a point is from its nearest stop, and how far beyond the threshold (1)."""
    limit = (
        Text("ieteicamajiem {threshold}", "the recommended {threshold}")
        if threshold_m == RECOMMENDED_M
        else Text("robežvērtību ({threshold})", "the threshold of {threshold}")
    )
    return (
        Text(
            "{place} atrodas {distance} attālumā no tuvākās pieturas{stop} (mērot pa taisni), "
            "t. i., {over} tālāk par {limit}.",
            "{place} is {distance} from the nearest stop{stop} (in a straight line), "
            "that is {over} beyond {limit}.",
        )
        .into(lang)
        .format(
            place=typographic(place_name),
            distance=metres(lang, distance_m, threshold_m),
            stop=quoted_after(stop_name),
            over=excess(lang, distance_m, threshold_m),
            limit=limit.into(lang).format(threshold=threshold(lang, threshold_m)),
        )
    )


def better_place(
    lang: Lang,
    alt_host: str,
    alt_name: str,
    alt_address: str | None,
    alt_distance_m: float,
    threshold_m: float | None = None,
) -> str:
    """Name the building of the same unit that would mend an access gap (2)."""
    return (
        Text(
            "Tajā pašā teritoriālajā vienībā {distance} attālumā no pieturas atrodas "
            "{host}{name}{address}; ieteicams izvērtēt kontaktpunkta izvietošanu tajā.",
            "In the same territorial unit, {distance} from a stop, there is the "
            "{host}{name}{address}; it is recommended to consider placing the point there.",
        )
        .into(lang)
        .format(
            distance=metres(lang, alt_distance_m, threshold_m),
            host=_HOST_NAMED[alt_host].into(lang),
            name=quoted_after(alt_name),
            address=f" ({typographic(alt_address)})" if alt_address else "",
        )
    )


def uncertain(lang: Lang, distance_m: float, located_within_m: float, threshold_m: float) -> str:
    """Say that a point's position must be checked before anything is decided (3)."""
    return (
        Text(
            "Attālums ir {distance}, bet kontaktpunkta atrašanās vieta noteikta tikai ar "
            "±{within} precizitāti, tāpēc pirms lēmuma pieņemšanas tā jāpārbauda.",
            "The distance is {distance}, but the point is placed only to within ±{within}, "
            "so its position must be checked before a decision.",
        )
        .into(lang)
        .format(
            distance=metres(lang, distance_m, threshold_m), within=length(lang, located_within_m)
        )
    )


def coverage_gap(
    lang: Lang,
    hosts: Sequence[str],
    nearest_name: str | None,
    nearest_unit_name: str | None,
    nearest_m: float | None,
) -> str:
    """Say that a unit has none of `hosts`, and where the nearest contact point is (4).

    Parameters
    ----------
    lang
        Language of the sentence.
    hosts
        Codes of the hosts that may hold a contact point, in the run's order.
    nearest_name, nearest_unit_name, nearest_m
        The nearest contact point of another unit and its distance in metres;
        None where there is none.
    """
    lacking = [_HOST_LACKING[host].into(lang) for host in hosts]
    sentence = Text("Teritoriālajā vienībā nav {}", "The unit has {}").into(lang)
    sentence = sentence.format(_neither(lang, lacking))
    if nearest_name is None or nearest_m is None:
        return sentence + "."
    where = f" ({nearest_unit_name})" if nearest_unit_name else ""
    return sentence + (
        Text(
            "; tuvākais kontaktpunkts – {name}{where} – atrodas {distance} attālumā.",
            "; the nearest contact point, {name}{where}, is {distance} away.",
        )
        .into(lang)
        .format(name=typographic(nearest_name), where=where, distance=length(lang, nearest_m))
    )


def planned_point(
    lang: Lang,
    host: str,
    place_name: str,
    address: str | None,
    distance_m: float | None,
    threshold_m: float | None = None,
) -> str:
    """Say where a unit's point is planned, and how far the nearest stop is (5)."""
    # An address that ends with an abbreviation brings its own full stop.
    where = ", ".join(part for part in (place_name, address) if part).removesuffix(".")
    where = typographic(where)
    sentence = (
        Text(
            "Esoša VPVKAC nav; kontaktpunktu plānots izveidot {host}: {where}.",
            "There is no existing centre; the point is planned {host}: {where}.",
        )
        .into(lang)
        .format(host=_HOST_SET_UP_IN[host].into(lang), where=where)
    )
    if distance_m is None:
        return sentence
    distance = Text(
        " Attālums līdz tuvākajai pieturai – {}.", " Distance to the nearest stop: {}."
    ).into(lang)
    return sentence + distance.format(metres(lang, distance_m, threshold_m))


def municipality_gap(lang: Lang, in_library: int, units: int) -> str:
    """Say that a municipality has no open centre, and where a library could host one (6)."""
    return (
        Text(
            "Pašvaldībā nav neviena esoša VPVKAC. Teritoriālās vienības, kurās kontaktpunktu "
            "var izveidot bibliotēkā: {in_library} no {units}.",
            "The municipality has no existing centre. Units where the point can be set up "
            "in a library: {in_library} of {units}.",
        )
        .into(lang)
        .format(in_library=number(lang, in_library), units=number(lang, units))
    )


def owned_elsewhere(lang: Lang, names: Sequence[str]) -> str:
    """Name the centres that a municipality owns and that stand in another one."""
    sentence = Text(
        "Pašvaldībai pieder VPVKAC, kas atrodas citas pašvaldības teritorijā: {}.",
        "It owns a centre that stands in another municipality: {}.",
    )
    return sentence.into(lang).format(", ".join(map(typographic, names)))


def rarely_served(
    lang: Lang,
    stop_name: str | None,
    distance_m: float,
    visits: int,
    threshold_m: float | None = None,
) -> str:
    """Say that a stop is near but few buses call there (7)."""
    return (
        Text(
            "Pietura{stop} ir {distance} attālumā, taču reisu skaits tajā ir mazs (kustības "
            "saraksta dienā – {visits}), tāpēc sasniedzamība ar sabiedrisko transportu ir "
            "ierobežota.",
            "The stop{stop} is {distance} away, but few buses call there (on the service day: "
            "{visits}), so reach by public transport is limited.",
        )
        .into(lang)
        .format(
            stop=quoted_after(stop_name),
            distance=metres(lang, distance_m, threshold_m),
            visits=number(lang, visits),
        )
    )


def visits_within(lang: Lang, visits: int, threshold_m: float) -> str:
    """Say how many visits there are at all stops within reach."""
    sentence = Text(
        "Reisi kustības saraksta dienā visās pieturās {threshold} robežās: {visits}.",
        "Bus calls on the service day at all stops within {threshold}: {visits}.",
    )
    return sentence.into(lang).format(
        threshold=threshold(lang, threshold_m), visits=number(lang, visits)
    )


def rarely_served_there(lang: Lang, visits: int, threshold_m: float) -> str:
    """Say that few buses call at the stops of a better place, too."""
    sentence = Text(
        "Taču arī tur reisu ir maz: kustības saraksta dienā visās pieturās {threshold} robežās "
        "– {visits}.",
        "But few buses call there either; on the service day at all stops within {threshold}: "
        "{visits}.",
    )
    return sentence.into(lang).format(
        threshold=threshold(lang, threshold_m), visits=number(lang, visits)
    )


def headline(
    lang: Lang, threshold_m: float, *, centres: int, within: int, beyond: int, to_verify: int
) -> str:
    """Give the figures a reader looks for first (8)."""
    return (
        Text(
            "Esošie VPVKAC: {centres}. No tiem {threshold} robežās no tuvākās pieturas: {within}; "
            "tālāk par {threshold}: {beyond} (jāprecizē: {to_verify}).",
            "Existing centres: {centres}. Of these within {threshold} of the nearest stop: "
            "{within}; beyond {threshold}: {beyond} (to be verified: {to_verify}).",
        )
        .into(lang)
        .format(
            centres=number(lang, centres),
            threshold=threshold(lang, threshold_m),
            within=number(lang, within),
            beyond=number(lang, beyond),
            to_verify=number(lang, to_verify),
        )
    )


def against_published(lang: Lang, published_share: float, share: float, chapter: str) -> str:
    """Set a share beside the one the 2020 analysis published (9)."""
    return (
        Text(
            "Publicētā vērtība (2020. gada analīze, {chapter}. nodaļa) ir {published}, "
            "šajā aprēķinā – {share}; starpību var radīt tas, ka izmantoti citi pieturu un "
            "bibliotēku dati (sk. datu avotus).",
            "The published value (2020 analysis, chapter {chapter}) is {published}, here it is "
            "{share}; the difference may come from other stop and library data (see the sources).",
        )
        .into(lang)
        .format(
            chapter=chapter,
            published=percent(lang, published_share),
            share=percent(lang, share),
        )
    )


LIMITS = Text(
    "Attālums mērīts pa taisni, kas savieno kontaktpunktu un tuvāko pieturu; faktiskais gājiena "
    "attālums pa ielām un ceļiem var būt lielāks. Dzelzceļa stacijas nav ņemtas vērā.",
    "Distance is measured along the straight line between the point and the nearest stop; the "
    "walk along streets and roads may be longer. Railway stations are not counted.",
)


def indicator(
    lang: Lang, share: float, by_municipality: float, targets: Mapping[int, float]
) -> str:
    """Set both readings of area coverage beside the plan's targets, none of them judged (11)."""
    text = Text(
        "Kontaktpunkts ir atvērts teritoriālajās vienībās, kas kopā aizņem {share} no Latvijas "
        "platības; pašvaldības, kurās ir esošs VPVKAC, aizņem {by_municipality}. Mērķi: {targets}. "
        "Vai tie ir sasniegti, nav nosakāms: {why}.",
        "A contact point is open in units that together make up {share} of Latvia's area; "
        "municipalities with an existing centre make up {by_municipality}. Targets: {targets}. "
        "Whether they are met cannot be determined: {why}.",
    )
    target = Text("{year}. gadā {target}", "{year}: {target}")
    listed = [
        target.into(lang).format(year=year, target=percent(lang, goal))
        for year, goal in targets.items()
    ]
    return text.into(lang).format(
        share=percent(lang, share, *targets.values()),
        by_municipality=percent(lang, by_municipality, *targets.values()),
        targets="; ".join(listed),
        why=NO_METHOD.into(lang),
    )


# Why the area indicator is not judged by unit.
NO_METHOD = Text(
    "rādītāja aprēķina metode nav publicēta, un tā bāzes vērtība (75 %) atbilst aprēķinam pa "
    "pašvaldībām, nevis pa teritoriālajām vienībām",
    "the indicator's method is not published, and its base value (75 %) fits a count by "
    "municipality, not by territorial unit",
)
BY_MUNICIPALITY = Text("Pa pašvaldībām: {share}.", "By municipality: {share}.")

SAMPLE = Text(
    "Sintētiski parauga dati. Nosaukumi un skaitļi ir izdomāti; lēmumu pieņemšanai tos izmantot "
    "nedrīkst.",
    "Synthetic sample. Names and numbers are invented and must not be used for decisions.",
)


def quoted_after(name: str | None) -> str:
    """Put a name in quotation marks after a word; nothing where there is no name."""
    return f" “{typographic(name)}”" if name else ""


def _neither(lang: Lang, lacking: Sequence[str]) -> str:
    """Join what a unit lacks: "ne VPVKAC, ne bibliotēkas", "neither a centre nor a library"."""
    if lang == "lv":
        if len(lacking) == 1:
            return lacking[0]
        return ", ".join(f"ne {thing}" for thing in lacking)
    if len(lacking) == 1:
        return f"no {lacking[0].partition(' ')[2]}"
    return f"neither {' nor '.join(lacking)}"
