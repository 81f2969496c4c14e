"""The date that a publisher wrote into a name."""

from __future__ import annotations

import datetime as dt
import re

# From the most certain form to the least; the letters say which group is what.
_DATES = (
    (r"(?<!\d)(20\d\d)[-_. ](\d\d)[-_. ](\d\d)(?!\d)", "ymd"),
    (r"(?<!\d)(\d\d?)([-_. ])(\d\d?)\2(20\d\d)(?!\d)", "d-my"),
    (r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)", "ymd"),
    (r"(?<!\d)(\d\d)(\d\d)(20\d\d)(?!\d)", "dmy"),
    (r"(?<!\d)(\d\d)(\d\d)(\d\d)(?!\d)", "dmy"),
    (r"(?<!\d)(20\d\d)[-_. ](\d\d)(?!\d)", "ym"),
    (r"(?<!\d)(?<!\d\.)(\d\d?)[-_. ]?(20\d\d)(?!\d)", "my"),
)
# No layout or list of ours is older; "2000" is a scale.
_YEAR = r"(?<!\d)(20(?:09|[1-9]\d))(?!\d)"


def date_in(name: str) -> str | None:
    """Read the date that a publisher wrote into a name.

    >>> date_in("Territorial_units_LV_1.2m_(2022.07.01.).zip")
    '2022-07-01'
    >>> date_in("vpvkac-kontakti_2023_aktual_081123.csv")
    '2023-11-08'
    >>> date_in("vpvkac_kontakti_2022_08.xlsx")
    '2022-08'
    >>> [date_in(f"marsrutusaraksti{name}.zip") for name in ("06_2025", "6_2025", "062025")]
    ['2025-06', '2025-06', '2025-06']
    """
    for pattern, order in _DATES:
        for match in re.finditer(pattern, name):
            part = dict(zip(order, match.groups(), strict=True))
            try:
                day = dt.date(int(part["y"][-2:]) + 2000, int(part["m"]), int(part.get("d", "1")))
            except ValueError:
                continue
            return day.isoformat() if "d" in part else day.isoformat()[:7]
    return None


def date_or_year_in(name: str) -> str:
    """Read a date as `date_in`, else the year alone; empty if there is none.

    >>> date_or_year_in("Teritorialas_vienibas_1.7.2025.gpkg"), date_or_year_in("units_2025.shp")
    ('2025-07-01', '2025')
    """
    year = re.search(_YEAR, name)
    return date_in(name) or (year[0] if year else "")
