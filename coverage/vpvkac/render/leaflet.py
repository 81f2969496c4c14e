"""Leaflet itself, as text that can stand inside a page: script and style with its pictures."""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib.resources import files

_DATA = "xstatic.pkg.leaflet.data"
# Internet Explorer's vector language; the address looks like a request to other browsers.
_VML = re.compile(r"\s*behavior: url\(#default#VML\);")
_PICTURE = re.compile(r"url\(images/([\w.-]+\.png)\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+\s*$")


@cache
def script() -> str:
    """Give Leaflet's script, without the address of its source map."""
    return _SOURCE_MAP.sub("", _text("leaflet.js"))


@cache
def style() -> str:
    """Give Leaflet's style sheet, with the pictures it names as data URIs."""
    return _PICTURE.sub(_as_data_uri, _VML.sub("", _text("leaflet.css")))


def _as_data_uri(picture: re.Match[str]) -> str:
    data = files(_DATA).joinpath(f"images/{picture[1]}").read_bytes()
    return f"url(data:image/png;base64,{base64.b64encode(data).decode('ascii')})"


def _text(name: str) -> str:
    return files(_DATA).joinpath(name).read_text(encoding="utf-8")
