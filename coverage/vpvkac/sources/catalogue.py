"""The catalogue: every published source, where it stands and which file of it is taken.

Everything that is known of a publication is declared here once: `fetch` takes
files by it, `init` writes their paths into the project file, and footers name
publisher and licence by it.  Local names are the program's own and do not
change with the vintage, so that a project file stays true when a newer file
appears; which vintage it is stands in `sources.lock.json`.
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
    """A dataset of the portal, and how to choose among its resources.

    The newest resource is taken whose name or file name fits `pattern`, by the
    date in the name, else by the date of the resource.  Resources have no fixed
    id: a publisher who uploads a file anew may give it another.

    Parameters
    ----------
    id
        The dataset's name in its address.
    pattern
        Regular expression, searched for in names in lower case.
    datastore
        Whether to take the table as the portal gives it out (with its `_id`)
        rather than the file that was uploaded.
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

    Parameters
    ----------
    name
        What `vpvkac fetch` calls it; the local file bears it too.
    title
        What the data are.
    origin
        Where it stands.
    form
        What the reader expects: a shapefile may come as a zip or in parts.
    key
        The input it serves, as `[inputs]` of the project file names it.
    reader
        The function of `vpvkac.sources` that reads it.
    member
        Regular expression for the file to take where the source comes as a zip.
    publisher, licence
        None where they are not known; a licence that the portal states goes
        into the lock and precedes this one.
    national
        Whether the national job needs it.
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
MINISTRY = Message("Ministry of Smart Administration and Regional Development")
LAND_SERVICE = Message("State Land Service of Latvia")
CULTURE = Message("Culture data portal")
POST = Message("Latvijas Pasts")
TRANSPORT = Message("Road Transport Administration of Latvia")

_OSM = Message("© OpenStreetMap contributors")
_OSM_HOSTS: tuple[tuple[str, Text, Literal["library", "post_office"], str], ...] = (
    ("osm_libraries", Message("Libraries in OpenStreetMap"), "library", "libraries"),
    ("osm_post_offices", Message("Post offices in OpenStreetMap"), "post_office", "post_offices"),
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
        publisher=MINISTRY,
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
        publisher=LAND_SERVICE,
        licence="CC BY 4.0",
    ),
    Source(
        "libraries",
        Message("Libraries"),
        Dataset("bibliotku-statistika", "", datastore=True),
        "csv",
        "libraries",
        "libraries.read_libraries",
        publisher=CULTURE,
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
        publisher=POST,
    ),
    Source(
        "atd",
        Message("Intercity and local buses"),
        Dataset("atd-gtfs", r"gtfs"),
        "gtfs",
        "stops",
        "gtfs.read_gtfs",
        publisher=TRANSPORT,
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
        "atvk.read_atvk",
        publisher=CSB,
        national=False,
    ),
    *(
        Source(
            name,
            title,
            OpenStreetMap(host),
            "geojson",
            key,
            "osm.read_osm",
            publisher=_OSM,
            licence="ODbL 1.0",
            national=False,
        )
        for name, title, host, key in _OSM_HOSTS
    ),
)

BY_NAME = {source.name: source for source in SOURCES}

GROUPS = {"osm": ("osm_libraries", "osm_post_offices")}
"""Names that stand for several sources."""


def in_project(paths: set[str]) -> list[Source]:
    """Return the sources whose local files a project names, in the order of the catalogue."""
    return [source for source in SOURCES if source.file in paths]
