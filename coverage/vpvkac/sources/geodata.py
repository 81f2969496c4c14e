"""Files of geodata: shapefile, GeoPackage, GeoJSON; what GDAL would log is told as faults."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pyogrio
import shapely

from vpvkac.faults import Fault, InputError
from vpvkac.language import Text

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

# Tables that programs keep in a GeoPackage for themselves.
_OWN_TABLES = {"layer_styles", "qgis_projects"}
# GDAL's, pyogrio's and pyproj's errors are `RuntimeError`s; a wrong encoding is a `ValueError`.
_ERRORS = (RuntimeError, ValueError, OverflowError, shapely.errors.ShapelyError)


def read_layer(
    path: Path, shown: str, forms: Text
) -> tuple[pd.DataFrame | gpd.GeoDataFrame, list[Fault]]:
    """Read the one layer of a file.

    Parameters
    ----------
    path, shown
        The file, and its name as faults say it.
    forms
        The forms a file may have, for the fault.

    Returns
    -------
    table, warnings
        A GeoDataFrame if the layer has geometry; one that cannot be read is
        None.  The warnings are GDAL's.

    Raises
    ------
    InputError
        If the file cannot be read, or has several layers.
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            layer = _only_layer(path, shown)
            table = pyogrio.read_dataframe(path, layer=layer, on_invalid="ignore")
        except InputError:
            raise
        except _ERRORS as error:
            raise InputError([_unreadable(path, shown, error, forms)]) from None
    return table, [_warning(shown, text) for text in dict.fromkeys(str(w.message) for w in told)]


def reprojected(frame: gpd.GeoDataFrame, shown: str, crs: str) -> gpd.GeoDataFrame:
    """Give a table in another coordinate system.

    Raises
    ------
    InputError
        If the table has no coordinate system, or one that does not lead there.
    """
    if frame.crs is None:
        raise InputError([_no_crs(shown)])
    try:
        return frame.to_crs(crs)
    except _ERRORS as error:
        problem = Text(
            f"koordinātas nevar pārrēķināt ({error})", f"cannot be reprojected ({error})"
        )
        remedy = Text("saglabājiet datni EPSG:3059 sistēmā", "save the file in EPSG:3059")
        raise InputError([Fault("error", shown, problem, remedy)]) from None


def _only_layer(path: Path, shown: str) -> str:
    """Name the one layer with geometry, or else the one table."""
    layers = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    tables = [name for name, _ in layers if name not in _OWN_TABLES]
    spatial = [name for name, kind in layers if kind is not None and name in tables]
    chosen = spatial or tables
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(chosen)
    fault = Fault(
        "error",
        shown,
        Text(f"ir {len(chosen)} slāņi ({listed})", f"has {len(chosen)} layers ({listed})"),
        Text(
            "saglabājiet vajadzīgo slāni atsevišķā datnē", "save the layer wanted in its own file"
        ),
    )
    raise InputError([fault])


def _unreadable(path: Path, shown: str, error: Exception, forms: Text) -> Fault:
    # GDAL says the whole path, and goes on to advise programmers.
    reason = str(error).replace(str(path), shown).partition("; It might help")[0]
    return Fault(
        "error",
        shown,
        Text(f"nav lasāms ({reason})", f"cannot be read ({reason})"),
        Text(f"vajadzīgs {forms.lv}", f"{forms.en} is needed"),
    )


def _no_crs(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Text("nav koordinātu sistēmas", "has no coordinate system"),
        Text(
            "pievienojiet .prj datni vai saglabājiet datni EPSG:3059 sistēmā",
            "add its .prj file, or save the file in EPSG:3059",
        ),
    )


def _warning(shown: str, message: str) -> Fault:
    return Fault(
        "warning",
        shown,
        Text(f"lasot teikts: {message}", f"was read with the remark: {message}"),
        Text("pārbaudiet datni", "check the file"),
    )
