"""Texts of the cost page."""

from __future__ import annotations

from vpvkac.texts.message import Text
from vpvkac.texts.words import ANALYSIS

TITLE = Text("Izmaksas", "Costs")
LEAD = Text(
    "Cik izmaksā kontaktpunktu tīkls, kas to sedz un kādas ir izmaksas uz vienu iedzīvotāju, "
    "kura teritoriālā vienība iegūst kontaktpunktu.",
    "What the network of contact points costs, who pays for it, and the cost per resident "
    "whose territorial unit gains a point.",
)
INDICATIVE = Text(
    "Izmaksas ir indikatīvas: tās ir aprēķinātas pēc norādītajiem pieņēmumiem, nevis pēc "
    "līgumiem vai budžetiem.",
    "The costs are indicative: they are calculated from the assumptions listed, not from "
    "contracts or budgets.",
)
SECTIONS = {
    "summary": Text("Kopsavilkums", "Summary"),
    "published": Text(
        "A un B scenārijs: aprēķins un publicētās vērtības",
        "Scenarios A and B: calculated and published",
    ),
    "totals": Text("Publicētās kopsummas", "The published totals"),
    "own": Text("Projekta tīkls", "The project's network"),
    "municipalities": Text("Pa pašvaldībām", "By municipality"),
    "assumptions": Text("Pieņēmumi", "Assumptions"),
    "method": Text("Metode un ierobežojumi", "Method and limitations"),
}
CONTENTS = Text("Saturs", "Contents")
NOT_SYNTHETIC = Text(
    "A un B scenārijs ir aprēķināts no pieņēmumu datnes, nevis no parauga datiem; sintētiska ir "
    "tikai projekta tīkla un pašvaldību daļa.",
    "Scenarios A and B are calculated from the file of assumptions, not from the sample; only "
    "the project's network and its municipalities are synthetic.",
)
SCENARIOS = {
    "A": Text(
        "A: pieprasījums aug mēreni, kopīgās izmaksas valsts un pašvaldības dala",
        "A: demand grows moderately; the state and municipalities share the common costs",
    ),
    "B": Text(
        "B: pieprasījums divkāršojas, kopīgās izmaksas sedz valsts, iestādes ietaupa",
        "B: demand doubles; the state bears the common costs and institutions save",
    ),
}
UNIT_NOTE = Text(
    "EUR. Ietekme uz budžetu: mīnuss ir izdevumi, pluss – ieguvums. Svītra: tajā gadā šādas rindas "
    "nav.",
    "EUR. Effect on a budget: a minus is an expense, a plus a gain. A dash: there is no such row "
    "in that year.",
)
ROW, WHICH, IN_ALL, AGREES = (
    Text("Rinda", "Row"),
    Text("Vērtība", "Value"),
    Text("Kopā", "Total"),
    Text("Sakrīt", "Agrees"),
)
CALCULATED, PUBLISHED = Text("aprēķināta", "calculated"), Text("publicēta", "published")
SAME = Text("{} no {}", "{} of {}")
SHARE_LEGEND = Text(
    "Sakrīt: cik gados aprēķinātā vērtība ir vienāda ar publicēto (izmaksām uz pakalpojumu – līdz "
    "centam, pārējām – līdz eiro).",
    "Agrees: in how many years the calculated value equals the published one (cost per service "
    "to the cent, others to the euro).",
)
CHART = Text("{}: izdevumi pa gadiem, milj. EUR", "{}: expenses by year, million EUR")
STATE, MUNICIPAL = (
    Text("Valsts budžets", "State budget"),
    Text("Pašvaldību budžeti", "Municipal budgets"),
)
BELOW_ZERO = Text("Zem nulles – ieguvums.", "Below zero: a gain.")

TOTALS_CAPTION = Text(
    "2021.–2027. gads kopā, izdevumi, milj. EUR", "2021–2027 total, expenses, million EUR"
)
TOTALS_COLUMNS = (
    Text("Scenārijs", "Scenario"),
    Text("Budžets", "Budget"),
    Text("Kā publicēts", "As published"),
    Text("Publicēto rindu summa", "Sum of the published rows"),
    Text("Starpība", "Difference"),
    Text("Iemesls", "Reason"),
)
TOTAL_IS_SUM = Text(
    "Publicētā kopsumma ir rindu summa, noapaļota.",
    "The published total is the sum of the rows, rounded.",
)
TOTAL_STATE_B = Text(
    "Publicētā kopsumma ir atbalsts ({support}), no kura atņemts tikai 2022. gada ietaupījums "
    "({saving}), t. i., {explained}; rindās ietaupījums atņemts katrā gadā.",
    "The published total is the support ({support}) less the saving of 2022 alone ({saving}), "
    "that is {explained}; in the rows the saving of every year is subtracted.",
)
TOTAL_MUNICIPAL_B = Text(
    "Rindu summa ir ieguvums ({gain}); publicētajā kopsummā tā pasliktināta par 2022. gada "
    "ietaupījumu ({saving}), kas ir iestāžu, nevis pašvaldību ietaupījums, t. i., izdevumi ir "
    "{explained}.",
    "The rows add up to a gain ({gain}); the published total worsens it by the saving of 2022 "
    "({saving}), which belongs to the institutions and not to the municipalities: an expense "
    "of {explained}.",
)
INCONSISTENT_HEADING = Text("Citas publicētās nesakritības", "Other published inconsistencies")
INCONSISTENT = (
    Text(
        "Analīzes tekstā minēts, ka 2021. gadā tiek atvērti septiņi VPVKAC par 10 000 EUR "
        "katrs un 70 % sedz valsts; nevienā tabulā šo 70 000 EUR nav, arī šeit tie nav "
        "pieskaitīti.",
        "The analysis's text speaks of seven openings in 2021 at 10 000 EUR each, 70 % by the "
        "state; no table holds these 70 000 EUR, and they are not added here.",
    ),
    Text(
        "Pakalpojumu skaits, no kura aug pieprasījums, ir 103 941 “2019. gadā” (41. tabula), "
        "bet 1.4. nodaļā – 92 138; noapaļots tas pats skaitlis (103 941) ir arī 8. tabulas 21 "
        "mēneša kopskaits, tāpēc gada skaits ir robežās no aptuveni 59 000 līdz 104 000.",
        "Demand grows from 103 941 services “in 2019” (table 41), but chapter 1.4 says 92 138; "
        "within rounding 103 941 is also the total of 21 months behind table 8, so a year's "
        "count lies between about 59 000 and 104 000.",
    ),
    Text(
        "129 + 458 = 587 nozīmē vienu VPVKAC katrā teritoriālajā vienībā, lai gan divās "
        "pašvaldībās to ir attiecīgi 6 un 13. Projekta tīklā skaitīti visi VPVKAC un visas "
        "teritoriālās vienības bez tā, tāpēc to summa var būt lielāka par teritoriālo vienību "
        "skaitu.",
        "129 + 458 = 587 assumes one centre per territorial unit, though two municipalities "
        "have 6 and 13. In the project's network every centre and every unit without one is "
        "counted, so their sum may exceed the number of units.",
    ),
    Text(
        "122 VPVKAC uzturēšana izmaksā 1 482 120 EUR gadā, 129 VPVKAC – 1 598 040 EUR: vidēji "
        "12 149 EUR katram no 122, bet 16 560 EUR katram no septiņiem jaunajiem. Projekta "
        "tīklam izmantots 129 VPVKAC vidējais.",
        "Upkeep is 1 482 120 EUR a year for 122 centres and 1 598 040 for 129: on average 12 "
        "149 EUR for each of the 122, but 16 560 EUR for each of the seven new ones. For the "
        "project's network the average of the 129 is used.",
    ),
)
EDITED = Text(
    "Pieņēmumi ({}) ir mainīti, tāpēc A un B scenārijs var atšķirties no publicētā.",
    "The assumptions ({}) have been changed, so scenarios A and B may differ from the published.",
)

OWN_CAPTION = Text(
    "Projekta tīkls un publicētā modeļa tīkls", "The project's network and the model's"
)
OWN_COLUMNS = (
    Text("Rādītājs", "Figure"),
    Text("Projekta tīkls", "The project's network"),
    Text("Pieņēmumos (A, B)", "In the assumptions (A, B)"),
    Text("Starpība", "Difference"),
)
FIRST_WAVE = Text(
    "1. kārta: esošie un izziņotie VPVKAC", "First wave: centres, existing and announced"
)
SECOND_WAVE = Text(
    "2. kārta: teritoriālās vienības, kurās kontaktpunkts vēl jāizveido",
    "Second wave: territorial units that still need a point",
)
POINTS = Text("Kontaktpunkti kopā", "Points, total")
SERVICES_BASE = Text(
    "Pakalpojumu skaits gadā pirms aprēķina perioda", "Services in the year before the period"
)
CONTACTS_BASE = Text(
    "Kontaktu skaits gadā pirms aprēķina perioda", "Contacts in the year before the period"
)
RESIDENTS = Text("Iedzīvotāji", "Residents")
NEW_RESIDENTS = Text(
    "Iedzīvotāji 2. kārtas teritoriālajās vienībās", "Residents of second-wave units"
)
OWN_SCENARIO = Text(
    "{} scenārijs projekta tīklam, EUR", "Scenario {} for the project's network, EUR"
)
MODEL_IN_ALL = Text("Kopā modelī", "Total, model")
KINDS_CAPTION = Text(
    "Izmaksas pa veidiem, {}.–{}. gads kopā, EUR", "Cost by kind, {}–{} total, EUR"
)
KINDS_COLUMNS = (
    Text("Izmaksu veids", "Kind of cost"),
    Text("{}, modelī", "{}, model"),
    Text("{}, projekta tīklam", "{}, the project's network"),
)
KINDS_TOTAL = Text("Izmaksas kopā", "Total cost")
PRICE_CAPTION = Text(
    "Izmaksas uz vienu no jauna aptverto iedzīvotāju, EUR", "Cost per newly covered resident, EUR"
)
PRICE_ROWS = (
    Text("Izveide un pirmās mācības, vienreiz", "Set-up and first training, once"),
    Text("Piemaksa un kārtējās mācības, gadā", "Supplement and regular training, per year"),
    Text("Izveide un viens pilns uzturēšanas gads", "Set-up and one full year of upkeep"),
)
PRICE_COLUMNS = (Text("Izmaksas", "Cost"), Text("EUR uz iedzīvotāju", "EUR per resident"))
PRICE_NOTE = Text(
    "Tikai pašu 2. kārtas kontaktpunktu izmaksas, dalītas ar iedzīvotāju skaitu teritoriālajās "
    "vienībās, kas tādu iegūst; abos scenārijos vienādas.",
    "Only what the second-wave points themselves cost, divided by the residents of the units that "
    "gain one; the same in both scenarios.",
)
NO_RESIDENTS = Text(
    "Iedzīvotāju skaits nav zināms visām teritoriālajām vienībām, tāpēc izmaksas uz iedzīvotāju "
    "nav aprēķinātas.",
    "The residents of some territorial units are not known, so no cost per resident is given.",
)
BAND_CAPTION = Text(
    "Pakalpojumi uz vienu kontaktpunktu un viena pakalpojuma izmaksas atkarībā no pakalpojumu "
    "skaita robežvērtībām",
    "Services per point and cost per service at the limits of the number of services",
)
BAND_COLUMNS = (
    Text("Scenārijs", "Scenario"),
    Text("Pakalpojumi gadā valstī", "Services per year, national"),
    Text("Pakalpojumi uz kontaktpunktu, {}", "Services per point, {}"),
    Text("Izmaksas uz pakalpojumu vai kontaktu, {}, EUR", "Cost per service or contact, {}, EUR"),
)
PARTIAL = Text(
    "Kontaktpunkti projekta tīklā – {}, modelī – {}, bet pieprasījums un kopīgās izmaksas "
    "aprēķinātas visai valstij (own.share = 1). Ja projekts aptver tikai daļu Latvijas, "
    "pieņēmumos norādiet tās daļu (own.share).",
    "Points in the project's network: {}, in the model: {}; yet demand and common costs are taken "
    "for the whole country (own.share = 1). If the project covers a part of Latvia, give its share "
    "in the assumptions: own.share.",
)
BASIS_RESIDENTS = Text(
    "Pieprasījums pašvaldībām sadalīts pēc iedzīvotāju skaita un vietas veida likmes (41. tabula: "
    "pagastos 112,0, novada pilsētās 27,5, valstspilsētās līdz 54,1 pakalpojumam uz "
    "1000 iedzīvotājiem), kopīgās izmaksas (administratīvais, digitālais un kontaktu centrs, "
    "publicitāte) – pēc iedzīvotāju skaita.",
    "Demand is divided among municipalities by residents at the rate of the kind of place (table "
    "41: 112.0 services per 1000 residents in parishes, 27.5 in towns, up to 54.1 in state "
    "cities), common costs (administrative, digital and contact centre, publicity) by residents.",
)
BASIS_POINTS = Text(
    "Iedzīvotāju skaits nav zināms visām teritoriālajām vienībām, tāpēc pieprasījums un "
    "kopīgās izmaksas (administratīvais, digitālais un kontaktu centrs, publicitāte) "
    "pašvaldībām sadalītas pēc kontaktpunktu skaita.",
    "The residents of some territorial units are not known, so demand and common costs "
    "(administrative, digital and contact centre, publicity) are divided among municipalities by "
    "points.",
)
PARTS_CAPTION = Text(
    "Pašvaldības: kontaktpunkti un {}.–{}. gads kopā, tūkst. EUR",
    "Municipalities: points, and {}–{} total, thousand EUR",
)
PARTS_COLUMNS = (
    Text("Pašvaldība", "Municipality"),
    Text("1. kārta", "First wave"),
    Text("2. kārta", "Second wave"),
    Text("Daļa no kopīgajām izmaksām", "Share of the common costs"),
    Text("Izmaksas kopā, A", "Total cost, A"),
    Text("Valsts budžets, A", "State budget, A"),
    Text("Pašvaldības budžets, A", "Municipal budget, A"),
    Text("Izmaksas kopā, B", "Total cost, B"),
    Text("Valsts budžets, B", "State budget, B"),
    Text("Pašvaldības budžets, B", "Municipal budget, B"),
    Text("No jauna aptvertie iedzīvotāji", "Newly covered residents"),
    Text("EUR uz no jauna aptverto iedzīvotāju", "EUR per newly covered resident"),
)
PARTS_WHOLE = Text("Kopā", "Total")
ASSUMPTIONS_CAPTION = Text("Pieņēmumi: {}", "Assumptions: {}")
ASSUMPTIONS_COLUMNS = (
    Text("Pieņēmums", "Assumption"),
    Text("Atslēga", "Key"),
    Text("Vērtība", "Value"),
    Text("Publicētā vērtība, ja cita", "Published value, if different"),
)
ASSUMPTIONS_HOW = Text(
    "Pieņēmumus maina savā datnē: {command} izveido kopiju, un vpvkac.toml sadaļā [inputs] to "
    "norāda kā {line}.",
    "Assumptions are changed in a file of your own: {command} makes a copy, and vpvkac.toml names "
    "it under [inputs] as {line}.",
)
ASSUMPTIONS_COMMAND = Text(
    "vpvkac cost --write-assumptions pienemumi.toml",
    "vpvkac cost --write-assumptions assumptions.toml",
)
ASSUMPTIONS_LINE = Text('assumptions = "pienemumi.toml"', 'assumptions = "assumptions.toml"')
YES, NO = Text("jā", "yes"), Text("nē", "no")
METHOD = (
    ANALYSIS,
    Text(
        "Formulas ir atvasinātas no publicētajām tabulām (2020. gada analīze, 4. nodaļa, "
        "40.–44. tabula), un no tām iegūstama katra tabulu rinda; summas noapaļotas tikai "
        "beigās.",
        "The formulas are derived from the published tables (2020 analysis, section 4, tables "
        "40–44) and give each of their rows; amounts are rounded at the end only.",
    ),
    Text(
        "Izmaksas kopā: 1. kārtas VPVKAC uzturēšana, ieguldījums, piemaksa bibliotekāriem, "
        "kontaktu, administratīvais un digitālais centrs, mācības un publicitāte.",
        "Total cost: upkeep of first-wave centres, investment, supplement to librarians, contact, "
        "administrative and digital centre, training and publicity.",
    ),
    Text(
        "Projekta tīklā uzturēšana, uzlabošana, izveide, piemaksa un mācības mainās atbilstoši "
        "kontaktpunktu skaitam, bet pieprasījums un kopīgās izmaksas – atbilstoši own.share. "
        "Valsts atbalsts pirms 2. kārtas (944 020 EUR) ir publicitāte un digitālais centrs, "
        "bet pārējais sadalīts vienādi katram 1. kārtas VPVKAC.",
        "In the project's network upkeep, improving, set-up, supplement and training vary with "
        "the number of points, demand and common costs with own.share. The state's support "
        "before the second wave (944 020 EUR) is publicity and the digital centre, and the "
        "rest is the same for each first-wave centre.",
    ),
    Text(
        "Pašvaldību summa ir precīzi vienāda ar projekta tīklu; noapaļotas vērtības var atšķirties "
        "par dažiem eiro.",
        "The municipalities add up to the project's network exactly; rounded values may differ "
        "by a few euros.",
    ),
    Text(
        "Analīzes ierobežojumi: izmantoti 2019. un 2020. gada dati, un 2020. gadā COVID-19 "
        "pandēmijas dēļ daļa klientu pārgāja uz neklātienes kanāliem; pakalpojumu uzskaite ir "
        "nepilnīga (publicēti 23 549, ziņoti 92 138); avoti nav pārbaudīti; izmaksas ir "
        "indikatīvas. Inflācija un algu pieaugums modelī nav ņemti vērā.",
        "Limits of the analysis: the data are of 2019 and 2020, and in 2020 COVID-19 moved "
        "part of the clients to remote channels; service counts are incomplete (23 549 "
        "published, 92 138 reported); sources were not verified; costs are indicative. The "
        "model takes no account of inflation or rising pay.",
    ),
)
SOURCE = Text(
    "2020. gada analīze par pakalpojumu sniegšanas sistēmu, 4. nodaļa, 40.–44. tabula (pieņēmumi "
    "un publicētās vērtības)",
    "2020 analysis of the service system, section 4, tables 40–44 (assumptions and published "
    "values)",
)
