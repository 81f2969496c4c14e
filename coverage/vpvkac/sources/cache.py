"""The cache: what was read, placed and written, kept between runs under all that decides it.

A name is the hash of the files' bytes, of those beside them that tell of them, of the options and
of the environment that libraries read; an entry holds the hash of the program and of what it is
installed with.  One that is damaged or of another program is as none: it is made again.  Entries
are JSON and Arrow, so that reading one runs nothing, and are checked whole before they are read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import platformdirs

from vpvkac.model.accounts import Account, Progress, Source, silent
from vpvkac.model.faults import Fault, has_errors
from vpvkac.sources.lock import LOCK_FILE, sha256
from vpvkac.texts.message import Bilingual, Message, Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from vpvkac.model.project import Input
    from vpvkac.sources.base import Reading

_T = TypeVar("_T")

# Overrides the folder of the caches, which is else the user's cache folder.
_VARIABLE = "VPVKAC_CACHE"
_ENDING, _HALF = ".kept", ".part"
_MARK = b"vpvkac 1 "
# Smaller files are read faster than their hash is looked up and their entry loaded.
_WORTH_KEEPING = 500_000
# The entries used longest ago go first.
_MOST_BYTES = 2_000_000_000
# What the libraries that read files, dates and texts take from the environment.
_SETTINGS = ("CPL_", "GDAL_", "LANG", "LC_", "OGR_", "OSR_", "PROJ_", "PYTHONUTF8", "SHAPE_",
             "SOURCE_DATE_EPOCH", "TZ")  # fmt: skip
_SET_BY_LIBRARIES = ("GDAL_CURL_CA_BUNDLE", "PROJ_CURL_CA_BUNDLE")
_PACKAGE = Path(__file__).resolve().parents[1]
_INSTALLED = re.compile(r".*\.(dist-info|egg-info)")
DAMAGED = Message("The cache is damaged and made again")
OUTDATED = Message("The cache is of another version and made again")


class Content(NamedTuple):
    """What an entry holds: plain values that JSON writes, and tables by name."""

    about: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = {}


@dataclass(frozen=True)
class Key:
    """All that decides what is kept: options, told field by field, and files.

    `beside` are files that are read with the sources, although nothing names them.
    """

    options: tuple[object, ...]
    sources: tuple[Input, ...]
    beside: tuple[Path, ...] = ()
    files: tuple[Path, ...] = field(init=False)

    def __post_init__(self) -> None:
        paths = [source.path for source in self.sources]
        found = [*paths, *self.beside, *(file for path in paths for file in _about(path))]
        object.__setattr__(self, "files", tuple(dict.fromkeys(found)))

    def name(self) -> str:
        """Name the entry by what the files hold now; empty where nothing is to be kept."""
        try:
            if cache_folder().exists() and not cache_folder().is_dir():
                return ""
            if any(source.unfit is not None for source in self.sources):
                return ""
            if sum(map(_size, self.files)) < _WORTH_KEEPING:
                return ""
            digests = [(str(file), sha256(file)) for file in self.files]
        except OSError:
            return ""
        environment = [(name, value) for name, value in sorted(os.environ.items())
                       if name.startswith(_SETTINGS) and name not in _SET_BY_LIBRARIES]  # fmt: skip
        try:
            decides = repr((_told(self.options), _told(self.sources), digests, environment))
        except TypeError:  # of what cannot be told
            return ""
        return hashlib.sha256(decides.encode(errors="surrogateescape")).hexdigest()


def cache_folder() -> Path:
    """Return the folder of the caches."""
    given = os.environ.get(_VARIABLE)
    return Path(given) if given else platformdirs.user_cache_path("vpvkac", appauthor=False)


def cached(
    key: Key,
    make: Callable[[], _T],
    *,
    pack: Callable[[_T], Content | None],
    unpack: Callable[[Content], _T],
    progress: Progress = silent,
) -> _T:
    """Give what is kept under a key, else make it and keep it, unless `pack` gives None."""
    name = key.name()
    if name and (content := load(name, progress)) is not None:
        return unpack(content)
    made = make()
    # A file that changed meanwhile was not read as it was named.
    if name and (content := pack(made)) is not None and key.name() == name:
        keep(name, content)
    return made


def load(name: str, progress: Progress = silent) -> Content | None:
    """Load what is kept under a name; None if there is nothing, or nothing that can be trusted."""
    file = _file(name)
    try:
        data = file.read_bytes()
        os.utime(file)
    except OSError:
        return None
    head, start = len(_MARK), len(_MARK) + hashlib.sha256().digest_size
    whole = memoryview(data)[start:]
    if data[:head] != _MARK or data[head:start] != hashlib.sha256(whole).digest():
        progress(DAMAGED)
        return None
    line = data.index(b"\n", start)
    described = json.loads(data[start:line])
    if described["program"] != program():
        progress(OUTDATED)
        return None
    tables, at = {}, line + 1
    for table, is_geo, length in described["tables"]:
        tables[table] = _table(data[at : at + length], is_geo=is_geo)
        at += length
    return Content(described["about"], tables)


def keep(name: str, content: Content) -> None:
    """Keep something under a name; where that is not possible, do without."""
    packed = [(name, _is_geo(table), _packed(table)) for name, table in content.tables.items()]
    if not all(data for _, _, data in packed):
        return
    described = {
        "program": program(),
        "about": content.about,
        "tables": [(name, is_geo, len(data)) for name, is_geo, data in packed],
    }
    line = json.dumps(described, ensure_ascii=False).encode(errors="surrogatepass") + b"\n"
    parts = [line, *(data for _, _, data in packed)]
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        handle, half = tempfile.mkstemp(suffix=_HALF, dir=cache_folder())
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.writelines([_MARK, whole.digest(), *parts])
        Path(half).replace(_file(name))
    except OSError:
        Path(half).unlink(missing_ok=True)
    _clear()


def _file(name: str) -> Path:
    return cache_folder() / f"{name}{_ENDING}"


def _clear() -> None:
    """Remove what was used longest ago, as far as all is too large."""
    with suppress(OSError):
        found = [(file.stat(), file) for file in cache_folder().iterdir()
                 if file.suffix in (_ENDING, _HALF)]  # fmt: skip
        total = 0
        for told, file in sorted(found, key=lambda one: one[0].st_mtime, reverse=True):
            total += told.st_size
            if total > _MOST_BYTES:
                file.unlink(missing_ok=True)


@cache
def program() -> str:
    """Name the program: the hash of its files, of Python and of the libraries installed."""
    whole = hashlib.sha256(f"{sys.version} {sys.platform} {platform.machine()}".encode())
    # The sample is an input; facts stand beside the sources where the package is not installed.
    facts = _PACKAGE.parents[1] / "data" / "reference"
    for file in sorted(file for folder in (_PACKAGE, facts) for file in folder.rglob("*")):
        inside = set(file.parts[len(_PACKAGE.parts) :])
        if file.is_file() and not inside & {"__pycache__", "sample"}:
            whole.update(f"{file.name}\0".encode() + file.read_bytes())
    libraries = {file.name for place in sys.path if Path(place).is_dir()
                 for file in Path(place).iterdir() if _INSTALLED.fullmatch(file.name)}  # fmt: skip
    # Conda tells there of the libraries that are not Python's.
    libraries |= {file.name for file in Path(sys.prefix, "conda-meta").glob("*.json")}
    whole.update("\0".join(sorted(libraries)).encode())
    return whole.hexdigest()


def _told(value: object) -> object:
    """Tell a value by its plain parts, of a dataclass every field: a `repr` may leave some out."""
    if is_dataclass(value) and not isinstance(value, type):
        parts = [(one.name, _told(getattr(value, one.name))) for one in fields(value)]
        return type(value).__qualname__, parts
    if isinstance(value, Mapping):
        return [(_told(key), _told(part)) for key, part in value.items()]
    if isinstance(value, tuple | list):
        return [_told(part) for part in value]
    if value is None or isinstance(value, str | int | float | dt.date | dt.time | Path):
        return repr(value)
    raise TypeError(value)


def _about(path: Path) -> list[Path]:
    """Find the files that tell of a file: its parts and marks beside it, the lock above it."""
    parts: list[Path] = []
    with suppress(OSError):
        starts = (f"{path.stem}.".casefold(), f"{path.name}-".casefold())
        parts = sorted(file for file in path.parent.iterdir()
                       if file.name.casefold().startswith(starts) and file.is_file())  # fmt: skip
    locks = [folder / LOCK_FILE for folder in list(path.absolute().parents)[:2]]
    return [*parts, *(lock for lock in locks if lock.is_file())]


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files)


# --- Tables --------------------------------------------------------------------------------------


def _is_geo(table: pd.DataFrame) -> bool:
    import geopandas as gpd

    return isinstance(table, gpd.GeoDataFrame)


def _packed(table: pd.DataFrame) -> bytes:
    """Write a table as Feather; empty if it would not come back just as it is."""
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa
    from pyarrow import feather

    opened = io.BytesIO()
    # `equals` takes every null of such a column for the same.
    objects = [column for _, column in table.items() if pd.api.types.is_object_dtype(column)]
    if any(pd.api.types.infer_dtype(column, skipna=False) != "string" for column in objects):
        return b""
    try:
        if isinstance(table, gpd.GeoDataFrame):
            table.to_feather(opened)
        else:
            feather.write_feather(table, opened)
    # Values of several types in one column, or a table with an index of its own.
    except (pa.ArrowException, TypeError, ValueError):
        return b""
    again = _table(opened.getvalue(), is_geo=_is_geo(table))
    return opened.getvalue() if _is_same(again, table) else b""


def _is_same(again: pd.DataFrame, table: pd.DataFrame) -> bool:
    """Tell whether tables are equal; shapes by their bytes, for geopandas compares one by one."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    if isinstance(table, gpd.GeoDataFrame) != isinstance(again, gpd.GeoDataFrame):
        return False
    if not again.dtypes.equals(table.dtypes):
        return False
    shapes = list(table.columns[table.dtypes == "geometry"])
    plain, plain_again = (pd.DataFrame(one.drop(columns=shapes)) for one in (table, again))
    return (
        plain_again.equals(plain)
        and getattr(again, "crs", None) == getattr(table, "crs", None)
        and all(np.array_equal(_wkb(again[name]), _wkb(table[name])) for name in shapes)
    )


def _wkb(shapes: pd.Series) -> NDArray[np.object_]:
    import numpy as np
    import shapely

    return np.asarray(shapely.to_wkb(shapes.to_numpy()), object)


def _table(data: bytes, *, is_geo: bool) -> pd.DataFrame:
    import geopandas as gpd
    from pyarrow import feather

    table: pd.DataFrame = (gpd.read_feather if is_geo else feather.read_feather)(io.BytesIO(data))
    return table


# --- What is kept --------------------------------------------------------------------------------


def said(text: Text | None) -> list[str] | None:
    """Write a text in both languages."""
    return None if text is None else [text.text("lv"), text.text("en")]


def text_of(languages: list[str] | None) -> Bilingual | None:
    """Read what `said` wrote."""
    return None if languages is None else Bilingual(*languages)


def pack_faults(faults: Iterable[Fault]) -> list[list[object]]:
    """Write faults as they are said."""
    return [[fault.level, fault.file, said(fault.problem), said(fault.remedy),
             fault.row, fault.field, fault.value, fault.alike] for fault in faults]  # fmt: skip


def unpack_faults(packed: Iterable[Any]) -> list[Fault]:
    """Read what `pack_faults` wrote."""
    return [
        Fault(level, file, Bilingual(*problem), Bilingual(*remedy), *rest)
        for level, file, problem, remedy, *rest in packed
    ]


def pack_accounts(accounts: Iterable[Account]) -> list[dict[str, object]]:
    """Write accounts, their sources as they are said."""
    return [
        vars(account) | {"source": vars(source) | {
            "name": said(source.name), "publisher": said(source.publisher)}}
        for account in accounts for source in [account.source]
    ]  # fmt: skip


def unpack_accounts(packed: Iterable[Any]) -> list[Account]:
    """Read what `pack_accounts` wrote."""
    return [
        Account(**about, source=Source(
            Bilingual(*source["name"]), text_of(source["publisher"]),
            source["licence"], source["date"]))
        for account in packed for source, about in [(account.pop("source"), account)]
    ]  # fmt: skip


def read_once(
    read: Callable[[Input], Reading],
    source: Input,
    *options: object,
    beside: Iterable[Path] = (),
    progress: Progress = silent,
) -> Reading:
    """Read an input, or take the reading from the cache if these very files were read so before.

    `options` name the reader, with all that it knows beside the input.
    """
    return cached(
        Key(("reading", *options), (source,), tuple(beside)),
        lambda: read(source),
        pack=_pack_reading,
        unpack=_unpack_reading,
        progress=progress,
    )


def _pack_reading(reading: Reading) -> Content | None:
    # An error must be corrected: it is found anew each time.
    if has_errors(reading.faults):
        return None
    about = {
        "rows_read": reading.rows_read,
        "dropped": reading.dropped,
        "faults": pack_faults(reading.faults),
        "notes": reading.notes,
        "is_published": reading.is_published,
    }
    return Content(about, {"table": reading.table})


def _unpack_reading(content: Content) -> Reading:
    from vpvkac.sources.base import Reading

    about = {**content.about, "faults": unpack_faults(content.about["faults"])}
    return Reading(table=content.tables["table"], **about)
