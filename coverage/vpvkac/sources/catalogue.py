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
    """A file with an address of its own."""

    address: str


@dataclass(frozen=True)
class OpenStreetMap:
    """Not a file but a question: the places of a kind that OpenStreetMap knows today."""

    host: Literal["library", "post_office"]


@dataclass(frozen=True)
class Source:
    """One published source.

    `name` is what `vpvkac fetch` and the local file are called, `form` what the reader expects
    (a shapefile may come as a zip or in parts), `key` the input it serves, `reader` the function
    of `vpvkac.sources` that reads it.  `member` is the file to take out of a zip.  Publisher and
    licence are None where not known; a licence that the portal states goes into the lock and
    precedes this one.  `national` is whether the national job needs it.
    """

    name: str
    title: Text
    origin: Dataset | Direct | OpenStreetMap
    form: Form
    key: str
    reader: str
    member: str | None = None
    publisher: Text | None = None
    licence: str | None = None
    national: bool = True

    @property
    def ending(self) -> str:
        """Of the local file."""
        return _ENDINGS[self.form]

    @property
    def file(self) -> str:
        """The local file, relative to the project file."""
        return f"{RAW}/{self.name}{self.ending}"


CSB = Message("Central Statistical Bureau of Latvia")

_OSM_HOSTS: tuple[tuple[str, Literal["library", "post_office"], Text], ...] = (
    ("libraries", "library", Message("Libraries in OpenStreetMap")),
    ("post_offices", "post_office", Message("Post offices in OpenStreetMap")),
)

SOURCES = (
    Source(
        "units",
        Message("Territorial units"),
        Dataset("robezas", r"territorial.units.lv.1\.2m"),
        "shapefile",
        "units",
        "units.read_units",
        member=r"territorial.units.lv.1\.2m.*\.shp$",
        publisher=CSB,
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
    Source(
        "addresses",
        Message("State address register"),
        # The buildings alone, or the whole register as a zip; not the past ones (`aw_eka_his`).
        Dataset("varis-atvertie-dati", r"\baw_(eka|csv)\b"),
        "csv",
        "addresses",
        "register.read_register",
        member=r"\baw_eka\.csv$",
        publisher=Message("State Land Service of Latvia"),
        licence="CC BY 4.0",
    ),
    Source(
        "libraries",
        Message("Libraries"),
        Dataset("bibliotku-statistika", "", datastore=True),
        "csv",
        "libraries",
        "libraries.read_libraries",
        publisher=Message("Culture data portal"),
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
            Direct(f"https://www.marsruti.lv/{name}/{name}/gtfs.zip"),
            "gtfs",
            "stops",
            "gtfs.read_gtfs",
            national=False,
        )
        for name, title in (
            ("jurmala", Message("Buses of Jūrmala")),
            ("liepaja", Message("Public transport of Liepāja")),
            ("rezekne", Message("Buses of Rēzekne")),
        )
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

GROUPS = {"osm": ("osm_libraries", "osm_post_offices")}
"""Names that stand for several sources."""


def in_project(paths: set[str]) -> list[Source]:
    """Return the sources whose local files a project names, in the order of the catalogue."""
    return [source for source in SOURCES if source.file in paths]
