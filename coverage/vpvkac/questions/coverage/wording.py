"""The words of the report that are its own; what all outputs share stands in `vpvkac.texts.words`.

The prose of the method stands in `method.lv.html` and `method.en.html`.
"""

from __future__ import annotations

from vpvkac.texts.message import Text

TITLE = Text("Pārskats par kontaktpunktu tīklu", "Report on the network of contact points")
CONTENTS = Text("Saturs", "Contents")
SECTIONS = {
    "summary": Text("Kopsavilkums", "Summary"),
    "criteria": Text("Kritēriji un mērķi", "Criteria and targets"),
    "figures": Text("Visi rādītāji", "All figures"),
    "published": Text(
        "Salīdzinājums ar publicētajiem skaitļiem", "Compared with the published figures"
    ),
    "bands": Text("Attālums līdz tuvākajai pieturai", "Distance to the nearest stop"),
    "thresholds": Text(
        "Ja robežvērtība būtu cita", "How the result changes with another threshold"
    ),
    "gaps": Text(
        "Nepilnības, iemesli un ieteicamā rīcība", "Gaps, reasons and recommended actions"
    ),
    "progress": Text("Tīkla izveides gaita un lēmumi", "Progress and decisions"),
    "people": Text("Iedzīvotāji kontaktpunktu tuvumā", "Residents near the points"),
    "hosts": Text(
        "Bibliotēkas salīdzinājumā ar pasta nodaļām", "Libraries compared with post offices"
    ),
    "method": Text("Metode un ierobežojumi", "Method and limitations"),
    "sources": Text("Datu avoti", "Sources"),
}

# --- Synthetic data ----------------------------------------------------------------------------

NOT_COMPARED = Text(
    "Šie ir sintētiski parauga dati, tāpēc tie nav salīdzināti ne ar vienu publicēto vērtību "
    "un mērķu sasniegšana nav vērtēta: ailē “Publicētā vērtība” nav nekā, un vērtējums visur "
    "ir “Nav nosakāms”.",
    "These data are a synthetic sample, so nothing is compared with a published value and no "
    "target is judged: the column “Published value” is empty and every verdict is “Cannot be "
    "determined”.",
)

NOTHING_PUBLISHED = Text(
    "Sintētiskie parauga dati ar publicētajām vērtībām nav salīdzināti.",
    "A synthetic sample is not compared with published figures.",
)

# --- Summary -----------------------------------------------------------------------------------

UNITS_BY_STATUS = Text(
    "Teritoriālās vienības: {units}. No tām ar esošu VPVKAC: {existing}; ar izziņotu: "
    "{announced}; ar plānotu kontaktpunktu: {planned}; bez kontaktpunkta: {none}.",
    "Territorial units: {units}. Of these with an existing centre: {existing}; an announced one: "
    "{announced}; a planned point: {planned}; no point: {none}.",
)
POINTS_WITHIN = Text(
    "Kontaktpunkti, esošie un plānotie kopā, {threshold} robežās no tuvākās pieturas: {within} "
    "({share}); tālāk par {threshold}: {beyond} (jāprecizē: {uncertain}).",
    "Contact points, existing and planned together, within {threshold} of the nearest stop: "
    "{within} ({share}); beyond {threshold}: {beyond} (to be verified: {uncertain}).",
)
AREA_ONLY = Text(
    "Kontaktpunkts ir atvērts teritoriālajās vienībās, kas kopā aizņem {share} no visu "
    "teritoriālo vienību platības.",
    "A contact point is open in units that together make up {share} of the area of all units.",
)
NO_CENTRES = Text(
    "VPVKAC saraksts nav norādīts, tāpēc esošie un izziņotie VPVKAC nav skaitīti.",
    "No list of centres is given, so existing and announced centres are not counted.",
)
CHART_STATUS = Text(
    "Teritoriālās vienības pēc kontaktpunkta statusa", "Units by the status of their point"
)

# --- Criteria ----------------------------------------------------------------------------------

CRITERIA_CAPTION = Text(
    "Kritēriji, kuriem ir mērķis vai ieteikums", "Criteria that have a target or a recommendation"
)
FIGURES_CAPTION = Text(
    "Pārējie rādītāji un publicētās vērtības", "Other figures and what was published"
)
VERDICT = Text("Vērtējums", "Verdict")
FAIL_COUNT = Text("Neatbilst, skaits", "Number that fail")
FAIL_WHICH = Text("Kas neatbilst", "Which")
# Requirement 6.2 recommends; the plan sets targets.
RECOMMENDED = {
    "yes": Text("Atbilst ieteikumam", "Follows the recommendation"),
    "no": Text("Neatbilst ieteikumam", "Does not follow the recommendation"),
}
FOR_YEAR = Text("{criterion} ({year}. gada mērķis)", "{criterion} ({year} target)")
AND_MORE = Text("un vēl {count}: sk. nepilnību sarakstus", "and {count} more: see the gap lists")
CRITERIA_NOTE = Text(
    "Ieteikums par pieturas tuvumu ir prasība 6.2 (2020. gada analīze, 3.4. nodaļa); aptvertās "
    "platības mērķi – rādītājs 3.1. nodaļā; kontaktpunkts katrā teritoriālajā vienībā – tīkla "
    "plāns 2.2. nodaļā. Mērķa vērtība 0 nozīmē, ka neatbilstošu nevajadzētu būt (prasība 6.2 "
    "ir ieteikums). Aptvertajai platībai rādīti abi lasījumi: pa teritoriālajām vienībām un pa "
    "pašvaldībām.",
    "The recommendation on stops is requirement 6.2 (2020 analysis, chapter 3.4); the targets "
    "of area coverage are the indicator of chapter 3.1; a point in every unit is the network "
    "plan of chapter 2.2. A target of 0 means that none should fail (requirement 6.2 is a "
    "recommendation). Area coverage is shown in both readings: by territorial unit and by "
    "municipality.",
)
PUBLISHED_CAPTION = Text(
    "Publicētie skaitļi un tiem atbilstošās aprēķinātās vērtības",
    "Published figures and the values found here",
)
PUBLISHED_NOTE = Text(
    "Publicētās vērtības ņemtas no 2020. gada analīzes (nodaļa, tabula vai attēls norādīts otrajā "
    "ailē). Pretrunas starp publicētajiem skaitļiem ir nosauktas, nevis izlabotas.",
    "Published values are from the 2020 analysis (the second column gives chapter, table or "
    "figure). Contradictions between published figures are named, not corrected.",
)
POINTS_OF_PER_CENT = Text("p. p.", "pp")
NO_VALUE = Text(
    "Svītra nozīmē, ka vērtības nav: dati nav norādīti vai vērtība nav publicēta.",
    "A dash means that there is no value: the data are not given, or no value is published.",
)

# --- Bands -------------------------------------------------------------------------------------

UP_TO = Text("Līdz {upper}", "Up to {upper}")
OVER_TO = Text("Vairāk nekā {lower}, līdz {upper}", "Over {lower}, up to {upper}")
OVER = Text("Vairāk nekā {lower}", "Over {lower}")
BANDS_NATION = Text(
    "Kontaktpunkti pēc attāluma līdz tuvākajai pieturai, visa Latvija",
    "Contact points by distance to the nearest stop, all Latvia",
)
BANDS_KIND = Text("Pēc teritoriālās vienības veida", "By kind of unit")
BANDS_REGION = Text("Pēc statistiskā reģiona", "By statistical region")
BANDS_MUNICIPALITY = Text("Pa pašvaldībām", "By municipality")
ALL_POINTS = Text("Visi kontaktpunkti", "All contact points")
POINTS_OF = {
    "existing": Text("Esošie VPVKAC", "Existing centres"),
    "announced": Text("Izziņotie VPVKAC", "Announced centres"),
    "planned": Text("Plānotie kontaktpunkti", "Planned points"),
}
POINTS = Text("Kontaktpunkti", "Contact points")
UNITS = Text("Teritoriālās vienības", "Units")
WITH_OPEN = Text("Ar atvērtu VPVKAC", "With an open centre")
WITHOUT_POINT = Text("Bez kontaktpunkta", "No point")
SHARES_CHART = Text("Sadalījums", "Distribution")
BANDS_NOTE = Text(
    "Katras joslas augšējā robeža ietilpst joslā. Joslas ir nemainīgas, lai pārskatus varētu "
    "salīdzināt. {where}",
    "The upper edge of a band belongs to it. The bands are fixed, so that reports can be "
    "compared. {where}",
)
THRESHOLD_ON_EDGE = Text(
    "Robežvērtība {threshold} ir robeža starp joslām: zilās joslas ir robežvērtības robežās, "
    "oranžās – tālāk par to.",
    "The threshold of {threshold} is an edge between bands: the blue ones are within it, the "
    "orange ones beyond.",
)
THRESHOLD_IN_BAND = Text(
    "Robežvērtība {threshold} atrodas joslas “{band}” iekšpusē, tāpēc tās ievērošanu rāda aile "
    "“{within}”, nevis joslu summa.",
    "The threshold of {threshold} lies inside the band “{band}”, so reach is shown by the column "
    "“{within}” and not by a sum of bands.",
)
BANDS_LEGEND = Text(
    "Joslas sadalījuma attēlos, no kreisās puses", "Bands in the charts, from the left"
)

# --- Thresholds --------------------------------------------------------------------------------

THRESHOLDS_CAPTION = Text(
    "Rādītāji, ja robežvērtība ir 600 m, 800 m un kā šajā aprēķinā",
    "The figures at thresholds of 600 m, 800 m and that of this run",
)
OF_THIS_RUN = Text("{threshold} (šis aprēķins)", "{threshold} (this run)")
MEASURED = {
    "centres_within": Text(
        "Esošie VPVKAC robežvērtības robežās", "Existing centres within the threshold"
    ),
    "centres_beyond": Text(
        "Esošie VPVKAC tālāk par robežvērtību", "Existing centres beyond the threshold"
    ),
    "points_within": Text("Kontaktpunkti robežvērtības robežās", "Points within the threshold"),
    "points_beyond": Text("Kontaktpunkti tālāk par robežvērtību", "Points beyond the threshold"),
    "points_within_share": Text(
        "Kontaktpunkti robežvērtības robežās, %", "Points within the threshold, %"
    ),
    "library_points_within_share": Text(
        "Kontaktpunkti bibliotēkās robežvērtības robežās, %",
        "Points in libraries within the threshold, %",
    ),
    "libraries_chosen_within_share": Text(
        "Atlasītās bibliotēkas robežvērtības robežās, %", "Chosen libraries within the threshold, %"
    ),
    "libraries_within_share": Text(
        "Visas bibliotēkas robežvērtības robežās, %", "All libraries within the threshold, %"
    ),
}
MOVES = Text(
    "Ja robežvērtība būtu {lower}, tajā iekļautos {lower_share} kontaktpunktu, ja {upper} – "
    "{upper_share}, šajā aprēķinā ({threshold}) – {share}. Kontaktpunkti, kuru vērtējums "
    "atkarīgs no izvēles starp {lower} un {upper}: {swing}.",
    "With a threshold of {lower}, {lower_share} of the points would be within reach, with "
    "{upper} {upper_share}, with {threshold} {share}. Points whose verdict depends on the "
    "choice between {lower} and {upper}: {swing}.",
)
CURVE_TITLE = Text(
    "Kontaktpunktu īpatsvars, kuriem pietura ir ne tālāk par norādīto attālumu",
    "Share of contact points with a stop no farther than the distance given",
)
CURVE_TEXT = Text(
    "Līkne aug līdz ar attālumu: {steps}. Vertikālās līnijas rāda robežvērtības.",
    "The curve grows with the distance: {steps}. The vertical lines mark the thresholds.",
)
CURVE_STEP = Text("{distance} – {share}", "{distance}: {share}")
AXIS = Text("Attālums pa taisni, m", "Straight-line distance, m")
# --- Gaps --------------------------------------------------------------------------------------

REMEDIES_CAPTION = Text(
    "Sasniedzamības nepilnības un kontaktpunkti, kur reisu ir maz, pēc ieteicamās rīcības",
    "Access gaps and rarely served points by recommended action",
)
CASES = Text("Skaits", "Count")
MEANS = Text("Kad tā ieteikta", "When it is recommended")
WHEN = {
    "verify_location": Text(
        "atrašanās vieta noteikta tik aptuveni, ka vērtējums varētu mainīties",
        "the place is located so roughly that the verdict could change",
    ),
    "move_within_unit": Text(
        "tajā pašā teritoriālajā vienībā ir cita iestāde, kas atrodas robežvērtības robežās",
        "another place of the unit is within the threshold",
    ),
    "ask_for_stop": Text(
        "pietura ir ne tālāk par divām robežvērtībām",
        "a stop is no farther than twice the threshold",
    ),
    "ask_for_service": Text(
        "pietura ir robežvērtības robežās, bet kustības saraksta dienā tur ir ne vairāk par 3 "
        "reisiem",
        "a stop is within the threshold, but no more than 3 buses call there on the service day",
    ),
    "other_premises": Text(
        "pietura ir tālāk, bet teritoriālajā vienībā pieturas ir",
        "the stop is farther, but the unit has stops",
    ),
    "remote_support": Text("teritoriālajā vienībā pieturu nav", "the unit has no stop"),
}
NOTHING = Text("Šādu nepilnību nav.", "There are no such gaps.")
NOT_JUDGED = Text(
    "VPVKAC saraksts nav norādīts, tāpēc pašvaldības nav vērtētas.",
    "No list of centres is given, so municipalities are not judged.",
)
ALL_IN_LISTS = Text("Pilni saraksti ar adresēm", "Full lists with addresses")
LISTED = Text("rādītas {shown} no {all}", "{shown} of {all} shown")
WHERE = Text("Teritoriālā vienība, pašvaldība", "Territorial unit, municipality")
DISTANCE = Text("Attālums", "Distance")
NEAREST = Text("Līdz tuvākajam kontaktpunktam", "To the nearest point")

# What each list holds; its count follows.
ACCESS_LIST = Text(
    "Kontaktpunkti tālāk par {threshold} no pieturas vai ar precizējamu atrašanās vietu",
    "Points beyond {threshold} of a stop, or with a position to be verified",
)
SERVICE_LIST = Text(
    "Kontaktpunkti {threshold} robežās no pieturas, pie kuras reisu ir maz",
    "Points within {threshold} of a stop where few buses call",
)
COVERAGE_LIST = Text(
    "Teritoriālās vienības bez kontaktpunkta", "Territorial units with no contact point"
)
MUNICIPALITY_LIST = Text(
    "Pašvaldības, kuru teritorijā nav atvērta VPVKAC", "Municipalities in which no centre is open"
)

# --- Residents ---------------------------------------------------------------------------------

NO_RESIDENTS = Text(
    "Iedzīvotāju skaits nav norādīts (population), tāpēc nav aprēķināts, cik iedzīvotāju dzīvo "
    "kontaktpunktu tuvumā un cik pakalpojumu no tiem sagaidāms.",
    "Residents are not given (population), so neither those near the points nor the services "
    "they may ask for are computed.",
)
RESIDENTS_CAPTION = Text(
    "Iedzīvotāji pēc attāluma līdz tuvākajam kontaktpunktam",
    "Residents by distance to the nearest contact point",
)
OF_RESIDENTS = Text("Iedzīvotāju grupa", "Group of residents")
NEAR_EXISTING = Text("Esošo VPVKAC tuvumā", "Near existing centres")
NEAR_NETWORK = Text("Visu kontaktpunktu tuvumā", "Near all points")
SHARE_OF_ALL = Text("Īpatsvars", "Share")
IN_UNITS = Text("Teritoriālajā vienībā ir kontaktpunkts", "The unit has a point")
NO_FARTHER = Text("Ne tālāk par {}", "Within {}")
RESIDENTS_CHART = Text(
    "Iedzīvotāju īpatsvars noteiktā attālumā no {}",
    "Share of residents within a distance of {}",
)
RESIDENTS_ON_GRID = Text(
    "Iedzīvotāji saskaitīti pa režģa šūnām: šūnu pieskaita tam attālumam, kurā atrodas tās "
    "centrs. Publicētajā režģī skaitļu no 1 līdz 10 vietā ir 5, tāpēc katram skaitam iekavās "
    "norādītas robežas, kurās tas noteikti ir.",
    "Residents are counted by cells of the grid: a cell is counted at the distance of its "
    "centre. The published grid has 5 for counts of 1 to 10, so every count is given with the "
    "range (in brackets) within which it is certain to lie.",
)
RESIDENTS_BY_UNIT = Text(
    "Aplēse: iedzīvotāju skaits zināms tikai pa teritoriālajām vienībām, tāpēc pieņemts, ka tie "
    "dzīvo vienmērīgi visā tās platībā; attālumā ietilpst tāda iedzīvotāju daļa, kāda ir platības "
    "daļa.",
    "An estimate: residents are known by territorial unit only, so they are assumed to live "
    "evenly over its area; the share of residents within a distance equals the share of the "
    "area within it.",
)
SERVICES = Text(
    "Sagaidāmie pakalpojumi gadā visos kontaktpunktos kopā: {least}–{most}. Likme: pagastos "
    "{outside}, novada pilsētās {towns}, valstspilsētās {cities} pakalpojuma uz "
    "1000\u00a0iedzīvotājiem (2020. gada analīze, 41. tabula). Tā ir diapazons, jo publicētais "
    "skaits, iespējams, aptver 21 mēnesi; valstspilsētās 2019. gadā VPVKAC nebija, tāpēc augšējā "
    "robeža ir visas valsts likme. Pa kontaktpunktiem tie sadalīti pēc iedzīvotājiem, kuriem "
    "kontaktpunkts ir tuvākais (network.csv).",
    "Services expected a year at all points together: {least}–{most}. The rate per 1000 residents "
    "is {outside} services in parishes, {towns} in towns and {cities} in state cities (2020 "
    "analysis, table 41). It is a band, because the published count may be one of 21 months; state "
    "cities had no centre in 2019, so the upper end there is the rate of the whole country. The "
    "services are divided among the points by the residents to whom each is the nearest "
    "(network.csv).",
)

# --- Libraries and post offices ----------------------------------------------------------------

HOSTS_CAPTION = Text("Bibliotēkas un pasta nodaļas", "Libraries and post offices")
HOSTS = {
    "libraries": Text("Bibliotēkas", "Libraries"),
    "post_offices": Text("Pasta nodaļas", "Post offices"),
    "libraries+post_offices": Text("Abas kopā", "Both together"),
}
HOSTS_UNITS = Text("Teritoriālās vienības, kurās ir", "Units that hold one")
HOSTS_UNITS_SHARE = Text("Teritoriālo vienību īpatsvars", "Share of units")
HOSTS_WITHIN = Text("{threshold} robežās", "Within {threshold}")
HOSTS_WITHIN_SHARE = Text("{threshold} robežās, %", "Within {threshold}, %")
HOSTS_CHOSEN = Text("Atlasītās {threshold} robežās, %", "Chosen within {threshold}, %")
HOSTS_ONLY = Text(
    "Teritoriālās vienības, kurās nav ne VPVKAC, ne citu iestāžu",
    "Units with neither a centre nor any other place",
)
HOSTS_NOT_GIVEN = Text(
    "Bibliotēku un pasta nodaļu dati nav norādīti.", "No libraries or post offices are given."
)
HOSTS_TEXT = Text(
    "Teritoriālās vienības ar bibliotēku: {libraries}; ar pasta nodaļu: {post_offices}; tādas, "
    "kurās ir pasta nodaļa, bet nav bibliotēkas: {added}. Tik daudzās "
    "teritoriālajās vienībās pasta nodaļas varētu papildināt bibliotēku tīklu.",
    "Units with a library: {libraries}; with a post office: {post_offices}; with a post office "
    "but no library: {added}. In so many units post offices could add to the network of "
    "libraries.",
)
HOSTS_ANALYSIS = Text(
    "2020. gada analīzē (3.6. nodaļa) secināts, ka bibliotēkas aptver lielāku teritoriju un ka "
    "Latvijas Pasts kā partneris nav vajadzīgs; tabula ļauj šo secinājumu pārbaudīt ar "
    "norādītajiem datiem.",
    "The 2020 analysis (chapter 3.6) found that libraries cover more territory and that "
    "Latvijas Pasts is not needed as a partner; the table allows this to be tested on the data "
    "given.",
)
HOSTS_CHART = Text(
    "Teritoriālo vienību īpatsvars, kurās ir šāda iestāde", "Share of units that hold such a place"
)

# --- Area --------------------------------------------------------------------------------------

AREA_CHART = Text("Aptvertā platība un mērķi", "Area coverage and targets")
AREA_BARS = {
    "area_share_existing": Text("Esošie kontaktpunkti", "Existing points"),
    "area_share_planned": Text("Ar plānotajiem", "With the planned points"),
    "area_share_municipalities": Text("Pa pašvaldībām", "By municipality"),
}
TARGET_MARK = Text("{year}. gada mērķis: {target}", "{year} target: {target}")

# --- Data --------------------------------------------------------------------------------------

SOURCES_CAPTION = Text(
    "Datu avoti un to rindas: nolasītās, izmantotās un neizmantotās",
    "Sources and their rows: read, used and not used",
)
FILE = Text("Datne", "File")
REFERENCE_DATE = Text("Dati uz", "Reference date")
SERVICE_DAY_OF = Text("Kustības saraksta diena, {file}: {day}", "Service day, {file}: {day}")
DROPPED_ROWS = Text("{count} – {reason}", "{count}: {reason}")
PLACING_CAPTION = Text("Kā noteiktas atrašanās vietas", "How places were located")
PLACES = Text("Iestādes", "Places")
LARGEST_RADIUS = Text("Vietas noteikšanas precizitāte (sliktākā)", "Placing precision (worst)")
PLACES_UNCERTAIN = Text("Jāprecizē", "To be verified")
