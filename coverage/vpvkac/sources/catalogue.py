"""The catalogue: every published source, where it stands and which file of it is taken.

By it `fetch` takes files, `init` writes their paths, and footers name publisher and licence.
Local names are the program's own and do not change with the vintage, which stands in
`sources.lock.json`: a project file stays true when a newer file appears.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from vpvkac.texts.message import Message, Text

PORTAL = "https://data.gov.lv/dati"
"""The open data portal; its API stands under `/api/3/action/`."""

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
    What is `lesser` never takes the place of a good file that is here.
    """

    id: str
    pattern: str
    datastore: bool = False
    lesser: bool = False


@dataclass(frozen=True)
class Direct:
    """A file with an address of its own; empty where none is known, and it must be given."""

    address: str = ""


@dataclass(frozen=True)
class OpenStreetMap:
    """Not a file but a question: the places of a kind that OpenStreetMap knows today."""

    host: Literal["library", "post_office", "municipal_premises"]


Origin = Dataset | Direct | OpenStreetMap


@dataclass(frozen=True)
class Source:
    """One published source.

    `name` is what `vpvkac fetch` and the local file are called, `form` what the reader expects
    (a shapefile may come as a zip or in parts), `key` the input it serves, `reader` the function
    of `vpvkac.sources` that reads it.  `member` is the file to take out of a zip.  Publisher and
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
        if self.key == "municipal_premises" and self.form == "csv":
            columns = 'id = "_id", name = "Objekta nosaukums", address = "Adrese"'
            at = 'lat = "LAT", lon = "LON"'
            return f'{self.key} = {{ path = "{self.file}", {columns}, {at} }}'
        return f'{self.key} = "{self.file}"' if self.key else ""


CSB = Message("Central Statistical Bureau of Latvia")
_CULTURE = Message("Culture data portal")
_OSM = Message("© OpenStreetMap contributors")
_GTFS: tuple[Form, str, str] = ("gtfs", "stops", "gtfs.read_gtfs")
_FILES = f"{PORTAL}/dataset"
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


def _feed(name: str, title: Text, *addresses: str) -> Source:
    """Declare the feed of a city or an operator by its addresses; none if none is known."""
    first, *others = addresses or ("",)
    return Source(name, title, Direct(first), *_GTFS, fallbacks=tuple(map(Direct, others)))


def _marsruti(name: str, title: Text) -> Source:
    path = f"marsruti.lv/{name}/{name}/gtfs.zip"
    return _feed(name, title, f"https://www.{path}", f"https://{path}")


# fmt: off
_NATIONAL = (
    Source("units", Message("Territorial units"),
           Dataset("robezas", r"territorial.units.lv.1\.2m"), "shapefile", "units",
           "units.read_units", r"territorial.units.lv.[12]\.\dm.*\.shp$", CSB,
           # The same units with coarser borders.
           fallbacks=(Dataset("robezas", r"territorial.units.lv.1\.7m", lesser=True),
                      Dataset("robezas", r"territorial.units.lv.2\.4m", lesser=True))),
    Source("centres", Message("List of centres (VPVKAC)"),
           Dataset("vpvkac-kontakti", r"vpvkac.kontakti"), "csv", "centres",
           "centres.read_centres", licence="CC0",
           publisher=Message("Ministry of Smart Administration and Regional Development")),
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
           publisher=Message("Latvijas Pasts"), instead="osm_post_offices"),
    Source("atd", Message("Intercity and local buses"), Dataset("atd-gtfs", r"gtfs"), *_GTFS,
           publisher=Message("Road Transport Administration of Latvia"), licence="CC0",
           fallbacks=(Direct("https://www.atd.lv/sites/default/files/GTFS/gtfs-latvia-lv.zip"),)),
    Source("riga", Message("Public transport of Rīga"),
           Dataset("marsrutu-saraksti-rigas-satiksme-sabiedriskajam-transportam",
                   r"mar.rutu.?saraksti"),
           *_GTFS, publisher=Message("Rīgas satiksme"), licence="CC0"),
)
_CITIES = (
    _marsruti("jurmala", Message("Buses of Jūrmala")),
    _marsruti("liepaja", Message("Public transport of Liepāja")),
    _marsruti("rezekne", Message("Buses of Rēzekne")),
    _feed("lsa", Message("Regional buses of LSA"), "https://www.marsruti.lv/LSA/lsa/gtfs.zip"),
    _marsruti("pieriga", Message("Buses around Rīga")),
    _feed("jelgava", Message("Buses of Jelgava"), "https://data.lvnap.lv/jap/gtfs-lv-jap.zip"),
    _feed("daugavpils", Message("Public transport of Daugavpils")),
    _feed("ventspils", Message("Buses of Ventspils")),
    _feed("valmiera", Message("Buses of Valmiera")),
    _feed("jekabpils", Message("Buses of Jēkabpils")),
)
_OTHERS = (
    *_CITIES,
    # Never among the stops: a train is no bus.  For later use.
    Source("rail", Message("Passenger trains"),
           Dataset("iekszemes-dzelzcela-vilcienu-kustibas-saraksts-gtfs-formata", r"gtfs"),
           "gtfs", "", publisher=Message("Pasažieru vilciens"), licence="CC0",
           fallbacks=(Direct("https://vivi.lv/uploads/GTFS.zip"),)),
    Source("atvk", Message("History of unit codes (ATVK)"), Dataset("atvk", r"atu.nuts.codes"),
           "csv", "atvk_history", "units.read_atvk", publisher=CSB),
    _register("aw_eka_his", "eka_his", Message("State address register: earlier addresses"),
              "register.read_former", whole="his_csv"),
    Source("culture_centres", Message("Culture centres"),
           Dataset("kulturas-centru-statistika", "", datastore=True), "csv",
           "municipal_premises", publisher=_CULTURE),
    Source("population", Message("Residents"), Direct(), "csv", "population", publisher=CSB),
    Source("osm_libraries", Message("Libraries in OpenStreetMap"), OpenStreetMap("library"),
           "geojson", "libraries", "osm.read_osm", publisher=_OSM, licence="ODbL 1.0"),
    Source("osm_post_offices", Message("Post offices in OpenStreetMap"),
           OpenStreetMap("post_office"), "geojson", "post_offices", "osm.read_osm",
           publisher=_OSM, licence="ODbL 1.0"),
    Source("osm_town_halls", Message("Town halls in OpenStreetMap"),
           OpenStreetMap("municipal_premises"), "geojson", "municipal_premises", "osm.read_osm",
           publisher=_OSM, licence="ODbL 1.0"),
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
