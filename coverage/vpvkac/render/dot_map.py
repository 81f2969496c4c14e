"""A map of dots over municipalities, as a picture in a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import shapely
from markupsafe import Markup

from vpvkac.geo.geodesy import to_planar
from vpvkac.render.symbols import QUIET

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_WIDTH = 900.0


def dot_map(
    homes: pd.DataFrame, column: str, styles: Mapping[str, str],
    municipalities: gpd.GeoDataFrame, title: str,
) -> Markup:  # fmt: skip
    """Draw homes over the municipalities, in the style of what a column says of each: SVG.

    It holds no text but its title; the greater a dot the more residents.
    """
    west, south, east, north = municipalities.total_bounds
    scale = _WIDTH / (east - west)
    svg = ET.Element(
        "svg",
        {
            "class": "plan",
            "role": "img",
            "viewBox": f"0 0 {_WIDTH:.0f} {(north - south) * scale:.0f}",
        },
    )
    ET.SubElement(svg, "title").text = title
    outlines = ET.SubElement(svg, "g", {"fill": "none", "stroke": QUIET, "stroke-width": "0.6"})
    for shape in municipalities.geometry:
        for ring in shapely.get_rings(shapely.simplify(shape, 300)):
            at = shapely.get_coordinates(ring)
            x, y = (at[:, 0] - west) * scale, (north - at[:, 1]) * scale
            path = "L".join(f"{a:.0f} {b:.0f}" for a, b in zip(x, y, strict=True))
            ET.SubElement(outlines, "path", {"d": f"M{path}Z"})
    x, y = to_planar(homes["lat"].to_numpy(), homes["lon"].to_numpy())
    x, y = (x - west) * scale, (north - y) * scale
    radius = np.clip(np.sqrt(homes["residents"].to_numpy(float)) / 12, 1.0, 6.0)
    for kind, style in styles.items():
        rows = np.flatnonzero((homes[column] == kind).to_numpy())
        # A line of no length with round ends is a dot: one path for dots of a size.
        for size in np.unique(radius[rows].round()):
            dots = rows[radius[rows].round() == size]
            path = "".join(f"M{x[dot]:.0f} {y[dot]:.0f}h0" for dot in dots)
            ET.SubElement(
                svg,
                "path",
                {"d": path, "class": f"dots {style}", "stroke-width": f"{2 * size:.0f}"},
            )
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704 - numbers, and an escaped title
