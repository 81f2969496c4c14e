"""The catalogue: every published source, where it stands and which file of it is taken.

By it `fetch` takes files, `init` writes their paths, and footers name publisher and licence.
Local names are the program's own and do not change with the vintage, which stands in
`sources.lock.json`: a project file stays true when a newer file appears.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """

    id: str
    pattern: str
    datastore: bool = False


@dataclass(frozen=True)
class Direct:
    """A file with an address of its own; empty where none is known, and it must be given."""

    address: str = ""


@dataclass(frozen=True)
class OpenStreetMap:
    """Not a file but a question: the places of a kind that OpenStreetMap knows today."""

    host: Literal["library", "post_office"]


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
        if self.key == "municipal_premises":
            columns = 'id = "_id", name = "Objekta nosaukums", address = "Adrese"'
            at = 'lat = "LAT", lon = "LON"'
            return f'{self.key} = {{ path = "{self.file}", {columns}, {at} }}'
        return f'{self.key} = "{self.file}"' if self.key else ""


CSB = Message("Central Statistical Bureau of Latvia")

_OSM_HOSTS: tuple[tuple[str, Literal["library", "post_office"], Text], ...] = (
    ("libraries", "library", Message("Libraries in OpenStreetMap")),
    ("post_offices", "post_office", Message("Post offices in OpenStreetMap")),
)

_MARSRUTI = ("https://www.marsruti.lv/{0}/{0}/gtfs.zip", "https://marsruti.lv/{0}/{0}/gtfs.zip")
# Name, title, addresses; an empty one is not known.
_CITY_FEEDS: tuple[tuple[str, Text, *tuple[str, ...]], ...] = (
    ("jurmala", Message("Buses of Jūrmala"), *(one.format("jurmala") for one in _MARSRUTI)),
    ("liepaja", Message("Public transport of Liepāja"),
     *(one.format("liepaja") for one in _MARSRUTI)),
    ("rezekne", Message("Buses of Rēzekne"), *(one.format("rezekne") for one in _MARSRUTI)),
    ("lsa", Message("Regional buses of LSA"), "https://www.marsruti.lv/LSA/lsa/gtfs.zip"),
    ("pieriga", Message("Buses around Rīga"), *(one.format("pieriga") for one in _MARSRUTI)),
    ("jelgava", Message("Buses of Jelgava"), "https://data.lvnap.lv/jap/gtfs-lv-jap.zip"),
    ("daugavpils", Message("Public transport of Daugavpils"), ""),
    ("ventspils", Message("Buses of Ventspils"), ""),
    ("valmiera", Message("Buses of Valmiera"), ""),
    ("jekabpils", Message("Buses of Jēkabpils"), ""),
)  # fmt: skip


def _register(
    name: str, table: str, title: Text, *, reader: str = "", along: str = "", national: bool = True
) -> Source:
    """Declare a table of the address register, alone or out of the zip of all its tables."""
    whole = "his_csv" if table.endswith("_his") else "csv"
    resource = "c3d36546-f92c-4822-a0c4-ee7f1b7760a4/download/aw_his_csv.zip"
    if whole == "csv":
        resource = "1d3cbdf2-ee7d-4743-90c7-97d38824d0bf/download/aw_csv.zip"
    dataset = "0c5e1a3b-0097-45a9-afa9-7f7262f3f623"
    pattern = rf"\baw_({table}|{whole})\b"
    return Source(
        name,
        title,
        Dataset("varis-atvertie-dati", pattern),
        "csv",
        "addresses",
        reader,
        member=rf"\baw_{table}\.csv$",
        publisher=Message("State Land Service of Latvia"),
        licence="CC BY 4.0",
        national=national,
        fallbacks=(
            Dataset("valsts-adresu-registra-informacijas-sistemas-atvertie-dati", pattern),
            Direct(f"https://data.gov.lv/dati/dataset/{dataset}/resource/{resource}"),
        ),
        along=along,
    )


SOURCES = (
    Source(
        "units",
        Message("Territorial units"),
        Dataset("robezas", r"territorial.units.lv.1\.2m"),
        "shapefile",
        "units",
        "units.read_units",
        member=r"territorial.units.lv.1\.\dm.*\.shp$",
        publisher=CSB,
        # The same units with coarser borders.
        fallbacks=(
            Dataset("robezas", r"territorial.units.lv.1\.7m"),
            Dataset("robezas", r"territorial.units.lv.2\.4m"),
        ),
    ),
    Source(
        "centres",
        Message("List of centres (VPVKAC)"),
        Dataset("vpvkac-kontakti", r"vpvkac.kontakti"),
        "csv",
        "centres",
        "centres.read_centres",
        publisher=Message("Ministry of Smart Administration and Regional Development"),
        licence="CC0",
    ),
    # The buildings alone, or the whole register as a zip; not the past ones (`aw_eka_his`).
    _register(
        "addresses", "eka", Message("State address register"), reader="register.read_register"
    ),
    # Its parents, by which an address leads to its unit.
    _register("aw_iela", "iela", Message("State address register: streets"), along="addresses"),
    _register("aw_ciems", "ciems", Message("State address register: villages"), along="addresses"),
    _register(
        "aw_pagasts", "pagasts", Message("State address register: parishes"), along="addresses"
    ),
    _register("aw_pilseta", "pilseta", Message("State address register: towns"), along="addresses"),
    _register(
        "aw_novads", "novads", Message("State address register: municipalities"), along="addresses"
    ),
    Source(
        "libraries",
        Message("Libraries"),
        # The culture institutions, whose list has the code of the unit; else the statistics.
        Dataset("6d564a05-1d8c-49b8-835f-c969c61da182", r"objektusaraksts|objektu.saraksts"),
        "csv",
        "libraries",
        "libraries.read_libraries",
        publisher=Message("Culture data portal"),
        fallbacks=(
            Direct(
                "https://data.gov.lv/dati/dataset/6d564a05-1d8c-49b8-835f-c969c61da182/resource/"
                "92af15f3-9674-426e-925c-86c6254baa0d/download/objektusaraksts.csv"
            ),
            Dataset("bibliotku-statistika", "", datastore=True),
        ),
        instead="osm_libraries",
    ),
    Source(
        "post_offices",
        Message("Post offices"),
        # All kinds of service location in one page: the reader tells offices from lockers.
        Direct(
            "https://mans.pasts.lv/api/public/addresses/service_location"
            "?type[]=1&type[]=2&type[]=6&type[]=9&country[]=LV&search=&itemsPerPage=10000&page=1"
        ),
        "json",
        "post_offices",
        "post_offices.read_post_offices",
        publisher=Message("Latvijas Pasts"),
        instead="osm_post_offices",
    ),
    Source(
        "atd",
        Message("Intercity and local buses"),
        Dataset("atd-gtfs", r"gtfs"),
        "gtfs",
        "stops",
        "gtfs.read_gtfs",
        publisher=Message("Road Transport Administration of Latvia"),
        licence="CC0",
        fallbacks=(Direct("https://www.atd.lv/sites/default/files/GTFS/gtfs-latvia-lv.zip"),),
    ),
    Source(
        "riga",
        Message("Public transport of Rīga"),
        Dataset(
            "marsrutu-saraksti-rigas-satiksme-sabiedriskajam-transportam", r"mar.rutu.?saraksti"
        ),
        "gtfs",
        "stops",
        "gtfs.read_gtfs",
        publisher=Message("Rīgas satiksme"),
        licence="CC0",
    ),
    *(
        Source(
            name,
            title,
            Direct(addresses[0]),
            "gtfs",
            "stops",
            "gtfs.read_gtfs",
            national=False,
            fallbacks=tuple(map(Direct, addresses[1:])),
        )
        for name, title, *addresses in _CITY_FEEDS
    ),
    # Never among the stops: a train is no bus.  For later use.
    Source(
        "rail",
        Message("Passenger trains"),
        Dataset("iekszemes-dzelzcela-vilcienu-kustibas-saraksts-gtfs-formata", r"gtfs"),
        "gtfs",
        "",
        publisher=Message("Pasažieru vilciens"),
        licence="CC0",
        national=False,
        fallbacks=(Direct("https://vivi.lv/uploads/GTFS.zip"),),
    ),
    Source(
        "atvk",
        Message("History of unit codes (ATVK)"),
        Dataset("atvk", r"atu.nuts.codes"),
        "csv",
        "atvk_history",
        "units.read_atvk",
        publisher=CSB,
        national=False,
    ),
    _register(
        "aw_eka_his",
        "eka_his",
        Message("State address register: earlier addresses"),
        national=False,
    ),
    Source(
        "culture_centres",
        Message("Culture centres"),
        Dataset("kulturas-centru-statistika", "", datastore=True),
        "csv",
        "municipal_premises",
        publisher=Message("Culture data portal"),
        national=False,
    ),
    Source(
        "population",
        Message("Residents"),
        Direct(),
        "csv",
        "population",
        publisher=CSB,
        national=False,
    ),
    *(
        Source(
            f"osm_{key}",
            title,
            OpenStreetMap(host),
            "geojson",
            key,
            "osm.read_osm",
            publisher=Message("© OpenStreetMap contributors"),
            licence="ODbL 1.0",
            national=False,
        )
        for key, host, title in _OSM_HOSTS
    ),
)

BY_NAME = {source.name: source for source in SOURCES}

GROUPS = {
    "osm": ("osm_libraries", "osm_post_offices"),
    "register": ("addresses", *(source.name for source in SOURCES if source.along == "addresses")),
    "cities": tuple(name for name, *_ in _CITY_FEEDS),
}
"""Names that stand for several sources."""


def in_project(paths: set[str]) -> list[Source]:
    """Give the sources whose local files a project names, and what is fetched along with them."""
    named = {source.name for source in SOURCES if source.file in paths}
    return [source for source in SOURCES if {source.name, source.along} & named]
