"""The catalogue: every published source, where it stands and which file of it is taken.

By it `fetch` takes files, `init` writes their paths, and footers name publisher and licence.
Local names are the program's own and do not change with the vintage, which stands in
`sources.lock.json`: a project file stays true when a newer file appears.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from vpvkac.texts.message import Message, Text

PORTAL = "https://data.gov.lv/dati"
"""The open data portal; its API stands under `/api/3/action/`."""

OVERPASS = "https://overpass-api.de/api"
RAW = "raw"
"""Folder of fetched files, beside the project file."""

Form = Literal["csv", "json", "gtfs", "shapefile", "geojson"]
_ENDINGS: dict[Form, str] = {
    "csv": ".csv", "json": ".json", "gtfs": ".zip", "shapefile": ".shp", "geojson": ".geojson",
}  # fmt: skip


@dataclass(frozen=True)
class Dataset:
    """A dataset of the portal by its name in the address, and how to choose among its resources.

    The newest resource is taken whose name or file name, in lower case, fits `pattern`, by the
    date in the name, else by that of the resource; its id is not fixed.  `datastore` takes the
    table as the portal gives it out (with its `_id`) rather than the file that was uploaded.
    What is `lesser` never takes the place of a good file that is here; `text_only` passes over
    workbooks.
    """

    id: str
    pattern: str
    datastore: bool = False
    lesser: bool = False
    text_only: bool = False


@dataclass(frozen=True)
class Search:
    """Whatever datasets the portal finds by `words`: among all their resources as in `Dataset`.

    The pattern is looked for in the names of dataset, resource and file together.
    """

    words: str
    pattern: str


@dataclass(frozen=True)
class Direct:
    """A file with an address of its own."""

    address: str


@dataclass(frozen=True)
class Page:
    """A web page that links to the file, whose whole address fits `pattern` in lower case."""

    address: str
    pattern: str


@dataclass(frozen=True)
class Table:
    """A table of a statistical office's PxWeb: by area, newest year, one value of all else."""

    address: str
    chosen: Mapping[str, str]


@dataclass(frozen=True)
class OpenStreetMap:
    """Not a file but a question: the places of a kind that OpenStreetMap knows today.

    `overpass` is the service asked.
    """

    host: Literal["library", "post_office", "municipal_premises"]
    overpass: str = OVERPASS


Origin = Dataset | Search | Direct | Page | Table | OpenStreetMap


@dataclass(frozen=True)
class Source:
    """One published source.

    `name` is what `vpvkac fetch` and the local file are called, `form` what the reader expects
    (a shapefile may come as a zip or in parts), `key` the input it serves, `reader` the function
    of `vpvkac.sources` that reads it, with `columns` where the project must name them.  `member`
    is the file to take out of a zip; a `workbook` the reader knows by its content.  Publisher and
    licence are None where not known; a licence that the portal states goes into the lock and
    precedes this one.  `national` is whether the national job needs it.  `fallbacks` are tried
    in order where the origin cannot be had or its file cannot be read; `along` names the source
    that it is fetched with, `instead` one of another form that serves the same input.
    """

    name: str
    title: Text
    origin: Origin
    form: Form
    key: str
    reader: str = ""
    member: str | None = None
    publisher: Text | None = None
    licence: str | None = None
    national: bool = True
    fallbacks: tuple[Origin, ...] = ()
    along: str = ""
    instead: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    workbook: bool = False

    @property
    def ending(self) -> str:
        """Of the local file."""
        return _ENDINGS[self.form]

    @property
    def file(self) -> str:
        """The local file, relative to the project file."""
        return f"{RAW}/{self.name}{self.ending}"

    @property
    def line(self) -> str:
        """What names it in a project file; empty where nothing reads it."""
        if self.key == "stops":
            return f'{{ path = "{self.file}", feed = "{self.name}" }}'
        if self.columns:
            columns = ", ".join(f'{key} = "{name}"' for key, name in self.columns.items())
            return f'{self.key} = {{ path = "{self.file}", {columns} }}'
        return f'{self.key} = "{self.file}"' if self.key else ""


CSB = Message("Central Statistical Bureau of Latvia")
_CULTURE = Message("Culture data portal")
_OSM = Message("© OpenStreetMap contributors")
_GTFS: tuple[Form, str, str] = ("gtfs", "stops", "gtfs.read_gtfs")
_LISTED = "https://gsvalbe.id.lv/pieturas/avoti.html"
_MIRROR = "https://overpass.private.coffee/api"
_FILES = f"{PORTAL}/dataset"
_PLACES = {
    "id": "_id",
    "name": "Objekta nosaukums",
    "address": "Adrese",
    "lat": "LAT",
    "lon": "LON",
}
_STATISTICS = "https://data.stat.gov.lv/api/v1/{}/OSP_PUB/START/POP/IR/IRS/IRS051"
_INSTITUTIONS = "6d564a05-1d8c-49b8-835f-c969c61da182"
_ZIPS = {
    "csv": "1d3cbdf2-ee7d-4743-90c7-97d38824d0bf/download/aw_csv.zip",
    "his_csv": "c3d36546-f92c-4822-a0c4-ee7f1b7760a4/download/aw_his_csv.zip",
}


def _register(
    name: str, table: str, title: Text, reader: str = "", *, along: str = "", whole: str = "csv"
) -> Source:
    """Declare a table of the address register, alone or out of the zip of all its tables."""
    pattern = rf"\baw_({table}|{whole})\b"
    zipped = f"{_FILES}/0c5e1a3b-0097-45a9-afa9-7f7262f3f623/resource/{_ZIPS[whole]}"
    earlier = "valsts-adresu-registra-informacijas-sistemas-atvertie-dati"
    return Source(
        name, title, Dataset("varis-atvertie-dati", pattern), "csv", "addresses", reader,
        rf"\baw_{table}\.csv$", Message("State Land Service of Latvia"), "CC BY 4.0",
        fallbacks=(Dataset(earlier, pattern), Direct(zipped)), along=along,
    )  # fmt: skip


def _feed(name: str, title: Text, stem: str, *addresses: Direct | Page) -> Source:
    """Declare the feed of a city or an operator, whose name begins so: where it is known to stand.

    Then the portal is searched, and last the list of all feeds that users of the country keep.
    """
    found = Search("gtfs", rf"(?=.*gtfs).*({stem})")
    origins = (*addresses, found, Page(_LISTED, rf"(?<![a-z]){name}(?![a-z]).*\.zip$"))
    return Source(name, title, origins[0], *_GTFS, fallbacks=origins[1:])


def _marsruti(name: str, title: Text, stem: str, path: str = "") -> Source:
    path = f"marsruti.lv/{path or f'{name}/{name}'}/gtfs.zip"
    return _feed(name, title, stem, Direct(f"https://www.{path}"), Direct(f"https://{path}"))


def _osm(
    name: str, title: Text, host: Literal["library", "post_office", "municipal_premises"], key: str
) -> Source:
    return Source(
        name, title, OpenStreetMap(host), "geojson", key, "osm.read_osm", publisher=_OSM,
        licence="ODbL 1.0", fallbacks=(OpenStreetMap(host, _MIRROR),),
    )  # fmt: skip


# fmt: off
_NATIONAL = (
    Source("units", Message("Territorial units"),
           Dataset("robezas", r"territorial.units.lv.1\.2m"), "shapefile", "units",
           "units.read_units", r"territorial.units.lv.[12]\.\dm.*\.shp$", CSB,
           # The same units with coarser borders.
           fallbacks=(Dataset("robezas", r"territorial.units.lv.1\.7m", lesser=True),
                      Dataset("robezas", r"territorial.units.lv.2\.4m", lesser=True),
                      Search("robežas", r"territorial.units.lv.1\.2m"))),
    Source("centres", Message("List of centres (VPVKAC)"),
           Dataset("vpvkac-kontakti", r"vpvkac.kontakti"), "csv", "centres",
           "centres.read_centres", licence="CC0", workbook=True,
           publisher=Message("Ministry of Smart Administration and Regional Development"),
           fallbacks=(Dataset("vpvkac-kontakti", r"vpvkac.kontakti", text_only=True),
                      Search("vpvkac", r"vpvkac.*kontakt|kontakt.*vpvkac"))),
    # The buildings alone, or the whole register as a zip; not the past ones (`aw_eka_his`).
    _register("addresses", "eka", Message("State address register"), "register.read_register"),
    # Its parents, by which an address leads to its unit.
    _register("aw_iela", "iela", Message("State address register: streets"),
              "register.read_parents", along="addresses"),
    _register("aw_ciems", "ciems", Message("State address register: villages"),
              "register.read_parents", along="addresses"),
    _register("aw_pagasts", "pagasts", Message("State address register: parishes"),
              "register.read_parents", along="addresses"),
    _register("aw_pilseta", "pilseta", Message("State address register: towns"),
              "register.read_parents", along="addresses"),
    _register("aw_novads", "novads", Message("State address register: municipalities"),
              "register.read_parents", along="addresses"),
    # The culture institutions, whose list has the code of the unit; else the statistics.
    Source("libraries", Message("Libraries"),
           Dataset(_INSTITUTIONS, r"objektusaraksts|objektu.saraksts"), "csv", "libraries",
           "libraries.read_libraries", publisher=_CULTURE, instead="osm_libraries",
           fallbacks=(Direct(f"{_FILES}/{_INSTITUTIONS}/resource/92af15f3-9674-426e-925c-86c6254ba"
                             "a0d/download/objektusaraksts.csv"),
                      Dataset("bibliotku-statistika", "", datastore=True, lesser=True))),
    # All kinds of service location in one page: the reader tells offices from lockers.
    Source("post_offices", Message("Post offices"),
           Direct("https://mans.pasts.lv/api/public/addresses/service_location?type[]=1&type[]=2"
                  "&type[]=6&type[]=9&country[]=LV&search=&itemsPerPage=10000&page=1"),
           "json", "post_offices", "post_offices.read_post_offices",
           publisher=Message("Latvijas Pasts"), instead="osm_post_offices",
           # The same in the way that other programs ask.
           fallbacks=(Direct("https://mans.pasts.lv/api/public/addresses/service_location?type[]=7"
                             "&type[]=6&type[]=1&type[]=2&search=&itemsPerPage=1500&page=1"),)),
    Source("atd", Message("Intercity and local buses"), Dataset("atd-gtfs", r"gtfs"), *_GTFS,
           publisher=Message("Road Transport Administration of Latvia"), licence="CC0",
           fallbacks=(Direct("https://www.atd.lv/sites/default/files/GTFS/gtfs-latvia-lv.zip"),)),
    Source("riga", Message("Public transport of Rīga"),
           Dataset("marsrutu-saraksti-rigas-satiksme-sabiedriskajam-transportam",
                   r"mar.rutu.?saraksti"),
           *_GTFS, publisher=Message("Rīgas satiksme"), licence="CC0",
           fallbacks=(Direct("https://saraksti.rigassatiksme.lv/gtfs.zip"),
                      Search("rīgas satiksme maršrutu saraksti", r"mar.rutu.?saraksti"))),
)
_CITIES = (
    _marsruti("jurmala", Message("Buses of Jūrmala"), "j.rmal"),
    _marsruti("liepaja", Message("Public transport of Liepāja"), "liep.j"),
    _marsruti("rezekne", Message("Buses of Rēzekne"), "r.zekne"),
    _marsruti("lsa", Message("Regional buses of LSA"), r"\blsa\b|sabiedriskais.autobus", "LSA/lsa"),
    _marsruti("pieriga", Message("Buses around Rīga"), "pier.g"),
    _feed("jelgava", Message("Buses of Jelgava"), "jelgav",
          Direct("https://data.lvnap.lv/jap/gtfs-lv-jap.zip")),
    # Its pages are known, the file's address on them is not.
    _feed("daugavpils", Message("Public transport of Daugavpils"), "daugavpil",
          Page("https://satiksme.daugavpils.lv/", r"gtfs.*\.zip$")),
    _feed("ventspils", Message("Buses of Ventspils"), "ventspil"),
    _feed("valmiera", Message("Buses of Valmiera"), "valmier"),
    _feed("jekabpils", Message("Buses of Jēkabpils"), "j.kabpil"),
)
_OTHERS = (
    *_CITIES,
    # Never among the stops: a train is no bus.  For later use.
    Source("rail", Message("Passenger trains"),
           Dataset("iekszemes-dzelzcela-vilcienu-kustibas-saraksts-gtfs-formata", r"gtfs"),
           "gtfs", "", "gtfs.read_gtfs", publisher=Message("Pasažieru vilciens"), licence="CC0",
           fallbacks=(Direct("https://vivi.lv/uploads/GTFS.zip"),)),
    Source("atvk", Message("History of unit codes (ATVK)"), Dataset("atvk", r"atu.nuts.codes"),
           "csv", "atvk_history", "units.read_atvk", publisher=CSB,
           fallbacks=(Search("atvk", r"atu.nuts.codes"),)),
    _register("aw_eka_his", "eka_his", Message("State address register: earlier addresses"),
              "register.read_former", whole="his_csv"),
    Source("culture_centres", Message("Culture centres"),
           Dataset("kulturas-centru-statistika", "", datastore=True), "csv",
           "municipal_premises", "plain.read_plain_hosts", publisher=_CULTURE, columns=_PLACES,
           fallbacks=(Search("kultūras centri statistika", r"kult.ras.centr.*statistika"),)),
    Source("population", Message("Residents"),
           Table(_STATISTICS.format("lv"), {"INDICATOR": "TOTAL"}), "csv", "population",
           "population.read_population_by_unit", publisher=CSB,
           columns={"unit": "unit", "value": "residents"},
           fallbacks=(Table(_STATISTICS.format("en"), {"INDICATOR": "TOTAL"}),)),
    Source("population_grid", Message("Residents by grid cell"),
           Dataset("rezgis", r"grid.lv.1k|re..is.*1.?(?:k|000)"), "shapefile", "population",
           "population.read_population_grid", r"\.shp$", CSB,
           fallbacks=(Search("režģis iedzīvotāji", r"re..is.*iedz.vot.j|grid.lv.1k"),)),
    _osm("osm_libraries", Message("Libraries in OpenStreetMap"), "library", "libraries"),
    _osm("osm_post_offices", Message("Post offices in OpenStreetMap"), "post_office",
         "post_offices"),
    _osm("osm_town_halls", Message("Town halls in OpenStreetMap"), "municipal_premises",
         "municipal_premises"),
)
# fmt: on
SOURCES = (*_NATIONAL, *(replace(source, national=False) for source in _OTHERS))

BY_NAME = {source.name: source for source in SOURCES}

GROUPS = {
    "osm": ("osm_libraries", "osm_post_offices", "osm_town_halls"),
    "register": ("addresses", *(source.name for source in SOURCES if source.along == "addresses")),
    "cities": tuple(source.name for source in _CITIES),
}
"""Names that stand for several sources."""


def in_project(paths: set[str]) -> list[Source]:
    """Give the sources whose local files a project names, and what is fetched along with them."""
    named = {source.name for source in SOURCES if source.file in paths}
    return [source for source in SOURCES if {source.name, source.along} & named]
