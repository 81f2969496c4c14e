"""What the page and the terminal say of opening hours."""

from __future__ import annotations

from vpvkac.texts.message import Text

TITLE = Text("VPVKAC darba laiks", "Opening hours of the centres")
LEAD = Text(
    "Kurās stundās ir atvērti esošie VPVKAC, kuru darba laiku analīze aicina izvērtēt un vai"
    " tuvākajā pieturā pietur autobuss pirms atvēršanas un pēc slēgšanas.",
    "In which hours the existing centres are open, whose hours the analysis asks to be"
    " reconsidered, and whether a bus calls at the nearest stop before opening and after closing.",
)
WEEK = Text(
    "Rādītāji ir par nedēļu bez svētku dienām. Ja darba laiks mainās pa sezonām, ņemta nedēļa"
    " no pirmdienas {monday}",
    "The figures are of a week without public holidays. Where hours change with the season, it is"
    " the week from Monday {monday}.",
)
SYNTHETIC = Text(
    "Dati ir sintētiski, tāpēc ar publicētajiem skaitļiem tie nav salīdzināti.",
    "The data are synthetic, so nothing published is set beside them.",
)

NATIONAL = Text("Kopsavilkums", "Summary")
NATIONAL_CAPTION = Text("Esošie VPVKAC pēc darba laika", "Existing centres by their hours")
CHECK, COUNT, OF, SHARE, PUBLISHED = (
    Text("Kritērijs", "Criterion"),
    Text("Skaits", "Count"),
    Text("No", "Of"),
    Text("Īpatsvars", "Share"),
    Text("Analīzē (2020)", "In the analysis (2020)"),
)
CHECKS = {
    "known": Text("Darba laiks ir zināms", "Hours are known"),
    "early": Text(
        "Atvērts plkst. 8.00–9.00 visās darba dienās", "Open 8:00–9:00 on all five working days"
    ),
    "early_on_average": Text(
        "Atvērts plkst. 8.00–9.00, vidēji darba dienā", "Open 8:00–9:00, mean of the working days"
    ),
    "late": Text(
        "Atvērts plkst. 18.00–19.00 vismaz vienā darba dienā",
        "Open 18:00–19:00 on at least one working day",
    ),
    "evening": Text(
        "Atvērts pēc plkst. 17.00 vismaz vienā darba dienā",
        "Open after 17:00 on at least one working day",
    ),
    "saturday": Text("Atvērts sestdienā", "Open on Saturday"),
    "lunch_closed": Text(
        "Pusdienu pārtraukums vismaz vienā darba dienā",
        "Closed at lunch on at least one working day",
    ),
    "lunch_monday_to_thursday": Text(
        "Pusdienu pārtraukums, vidēji no pirmdienas līdz ceturtdienai",
        "Closed at lunch, mean of Monday to Thursday",
    ),
    "friday_until_14": Text(
        "Piektdienā slēgts no plkst. 14.00 vai agrāk", "Closed from 14:00 or earlier on Friday"
    ),
    "bus_before": Text(
        "Autobuss tuvākajā pieturā 30 min laikā pirms atvēršanas",
        "A bus at the nearest stop in the 30 min before opening",
    ),
    "bus_after": Text(
        "Autobuss tuvākajā pieturā 30 min laikā pēc slēgšanas",
        "A bus at the nearest stop in the 30 min after closing",
    ),
}

BY_HOUR = Text("Darba laiks un pieprasījums pa stundām", "Hours and demand hour by hour")
HEAT_CAPTIONS = {
    "open": Text(
        "Atvērto VPVKAC skaits (vidēji stundas laikā)", "Centres open (mean over the hour)"
    ),
    "demand": Text(
        "Pakalpojumi VPVKAC darba stundā, 91 nedēļā (analīzes 14. tabula)",
        "Services per open centre hour, over 91 weeks (table 14 of the analysis)",
    ),
}
HOUR = Text("Stunda", "Hour")
DARKER = Text(
    "Jo tumšāks, jo lielāks skaitlis: VPVKAC – pa piektdaļai no visiem, kuru darba laiks ir"
    " zināms; 14. tabulā – līdz 20, 40, 60, 100 un vairāk.",
    "The darker, the greater the number: centres by fifths of those whose hours are known; in"
    " table 14 up to 20, 40, 60, 100, and more.",
)
DEMAND_NOTES = (
    Text(
        "14. tabula rāda pieprasījuma intensitāti stundās, kad VPVKAC ir atvērts"
        " (01.01.2019.–30.09.2020.), nevis stundas daļu kopējā pieprasījumā. Vēlās stundās ir"
        " atvērti tikai daži VPVKAC, tāpēc šīs vērtības balstās uz maz datiem; 2020. gadā daļa"
        " klientu pandēmijas dēļ pārgāja uz neklātienes kanāliem. Tukša šūna: vērtība nav"
        " publicēta.",
        "Table 14 shows an intensity in hours when a centre is open (1 January 2019 to 30 September"
        " 2020), not the hour's share of all demand. Few centres are open late, so the late values"
        " rest on few; in 2020 the pandemic moved part"
        " of the clients to remote channels. Empty cell: no value is published.",
    ),
    Text(
        "Aptvertā intensitāte = Σ (stundas daļa, kurā ir atvērts × 14. tabulas vērtība) /"
        " Σ vērtības; 100 % būtu VPVKAC, kas ir atvērts visās tabulas stundās.",
        "Intensity covered = Σ (part of the hour open × value of table 14) / Σ values; 100 % would"
        " be a centre open in every hour of the table.",
    ),
)
DAYS = {
    "Mo": Text("P.", "Mon"),
    "Tu": Text("O.", "Tue"),
    "We": Text("T.", "Wed"),
    "Th": Text("C.", "Thu"),
    "Fr": Text("Pk.", "Fri"),
    "Sa": Text("S.", "Sat"),
    "Su": Text("Sv.", "Sun"),
}

MUNICIPALITIES = Text("Pašvaldības", "Municipalities")
MUNICIPALITIES_CAPTION = Text(
    "Esošie VPVKAC pēc pašvaldības, kurā tie atrodas; skaits no VPVKAC, par kuriem ziņas ir",
    "Existing centres by the municipality they stand in; counts of those of which it is known",
)
MUNICIPALITY, CENTRE, CENTRES = (
    Text("Pašvaldība", "Municipality"),
    Text("VPVKAC", "Centre"),
    Text("VPVKAC", "Centres"),
)
WEEKLY, SHARE_COVERED = (
    Text("Stundas nedēļā", "Hours a week"),
    Text("Aptvertā intensitāte", "Intensity covered"),
)
WEEKLY_MEAN, SHARE_MEAN = (
    Text("Vidēji stundu nedēļā", "Hours a week, mean"),
    Text("Aptvertā intensitāte, vidēji", "Intensity covered, mean"),
)
SHORT = {
    "early": Text("8.00–9.00", "8:00–9:00"),
    "late": Text("18.00–19.00", "18:00–19:00"),
    "evening": Text("Pēc 17.00", "After 17:00"),
    "saturday": Text("Sestdienās", "Saturdays"),
    "lunch_closed": Text("Pusdienu pārtraukums", "Closed at lunch"),
    "bus_before": Text("Autobuss pirms atvēršanas", "Bus before opening"),
    "bus_after": Text("Autobuss pēc slēgšanas", "Bus after closing"),
}

ASKED = Text(
    "Analīze aicina pašvaldības izvērtēt, vai darbs plkst. 8.00–9.00, kad pieprasījums ir"
    " viszemākais, ir nepieciešams, un vai iespējams strādāt plkst. 18.00–19.00 un saīsinātu laiku"
    " sestdienās.",
    "The analysis asks municipalities to weigh whether opening 8:00–9:00, when demand is lowest, is"
    " needed, and whether opening 18:00–19:00 and for a short time on Saturdays is possible.",
)
EARLY = Text(
    "VPVKAC, par kuriem jāizvērtē, vai darbs plkst. 8.00–9.00 ir nepieciešams",
    "Centres to weigh whether opening 8:00–9:00 is needed",
)
EARLY_LEAD = Text(
    "Skaitlis pie stundas: cik darba dienās VPVKAC tajā ir atvērts.",
    "The number beside an hour: on how many working days the centre is open in it.",
)
EARLY_CAPTION = Text(
    "Esošie VPVKAC, kas vismaz vienā darba dienā ir atvērti plkst. 8.00–9.00",
    "Existing centres open 8:00–9:00 on at least one working day",
)
TO_WEIGH = Text(
    "VPVKAC, kuru darba laiku analīze aicina izvērtēt",
    "Centres whose hours the analysis asks to be reconsidered",
)
TO_WEIGH_LEAD = Text(
    "Sarakstā ir VPVKAC, kas nav atvērti plkst. 18.00–19.00 nevienā darba dienā vai nav atvērti"
    " sestdienās. Tas ir aicinājums izvērtēt iespēju, nevis pienākums. Pirmie ir tie, kas nav"
    " atvērti ne vakarā, ne sestdienās.",
    "Listed are centres that are open 18:00–19:00 on no working day or are closed on Saturdays."
    " The analysis asks municipalities to weigh the possibility; it is no duty. First come those"
    " open neither in the evening nor on Saturdays.",
)
TO_WEIGH_CAPTION = Text(
    "Esošie VPVKAC, kas nav atvērti plkst. 18.00–19.00 vai sestdienās",
    "Existing centres not open 18:00–19:00 or on Saturdays",
)
HOURS = Text("Darba laiks", "Hours")

NO_BUS = Text("VPVKAC, pie kuriem autobuss nepietur laikā", "Centres that no bus serves in time")
NO_BUS_LEAD = Text(
    "Kustības saraksta dienā tuvākajā pieturā neviens autobuss nepienāk 30 min laikā pirms"
    " atvēršanas vai neviens neatiet 30 min laikā pēc slēgšanas. Gājiena laiks un brauciena"
    " virziens nav ņemts vērā; iepriekšējās dienas reisi pēc pusnakts nav skaitīti.",
    "On the service day no bus arrives at the nearest stop in the 30 min before opening, or none"
    " departs in the 30 min after closing. The walk and the direction of the trip are not taken"
    " into account; trips of the day before that run past midnight are not counted.",
)
NO_BUS_CAPTION = Text(
    "Esošie VPVKAC, pie kuriem autobuss nepietur laikā",
    "Existing centres that no bus serves in time",
)
STOP = Text("Tuvākā pietura", "Nearest stop")
UNKNOWN_BUS = Text(
    "Autobusi nav zināmi: {}",
    "Buses are not known: {}",
)
WHY_NO_BUS = {
    "no_hours": Text("darba laiks nav zināms", "hours are not known"),
    "no_stop": Text("nav pieturas", "there is no stop"),
    "no_times": Text(
        "kustības saraksta laiki pieturā nav zināmi", "times at the stop are not known"
    ),
    "closed": Text("kustības saraksta dienā slēgts", "closed on the service day"),
}
NONE = Text("Nav neviena.", "There are none.")

UNKNOWN = Text("VPVKAC, kuru darba laiks nav zināms", "Centres whose hours are not known")
UNKNOWN_CAPTION = Text(
    "Esošie VPVKAC bez izmantojama darba laika", "Existing centres without hours that can be used"
)
REASON = Text("Iemesls", "Reason")
WHY_UNKNOWN = {
    "no_hours": Text("darba laiks nav publicēts", "no hours are published"),
    "not_understood": Text("darba laiks nav saprotams", "the hours cannot be understood"),
    "not_told": Text("darba laiks nav nosakāms", "the hours cannot be told"),
}

FILES = Text("Datnes: {}", "Files: {}")
YES, NO = Text("jā", "yes"), Text("nē", "no")
