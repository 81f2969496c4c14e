"""A number is rounded once, and a workbook's cell displays the text of the page.

The oracle is decimal arithmetic in whole steps; it shares no code with `vpvkac.texts.formats`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from spreadsheet import displayed
from vpvkac.texts import formats
from vpvkac.views import writer

if TYPE_CHECKING:
    from vpvkac.texts.formats import Shown
    from vpvkac.texts.message import Lang

NBSP = "\N{NO-BREAK SPACE}"


def half_up(value: Fraction, step: Fraction = Fraction(1)) -> Fraction:
    """Round a number that is not negative to steps, halves up."""
    return ((value / step + Fraction(1, 2)) // 1) * step


def said(value: Fraction, unit: str) -> str:
    """Write a number with the decimals that it needs, one at most."""
    whole, rest = divmod(value * 10, 10)
    assert rest.denominator == 1
    digits = f"{int(whole):,}".replace(",", NBSP) if whole >= 10_000 else str(whole)
    return digits + (f",{rest}" if rest else "") + f"{NBSP}{unit}"


def cell(shown: Shown) -> Any:
    return cast("Any", SimpleNamespace(value=shown.cell, number_format=shown.number_format))


def distances() -> Iterator[int]:
    """Give distances in millimetres: round every half metre, and round the thresholds."""
    for metre in (*range(760), 1804, 1805, 2305, 2306, 9999, 10_000, 12_345):
        for beside in (-51, -50, -49, -1, 0, 1, 49, 50, 51):
            for at in (0, 500):
                if (mm := 1000 * metre + at + beside) >= 0:
                    yield mm


@pytest.mark.parametrize("threshold", [700, 650, 100.5, 700.25, 12_000])
def test_a_distance_is_rounded_once_and_stays_on_its_side(threshold: float) -> None:
    limit = Fraction(repr(threshold))
    for mm in distances():
        exact = Fraction(mm, 1000)
        whole = half_up(exact)
        shown = formats.to_metres(mm / 1000, threshold)
        read = Fraction(shown.value)
        assert (read > limit) == (exact > limit), mm
        if (whole > limit) == (exact > limit):
            assert shown.text("lv") == said(whole, "m"), mm
        else:
            assert abs(read - exact) < Fraction(1, 10), mm


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_a_cell_displays_what_the_page_says(lang: Lang) -> None:
    for mm in (*range(0, 2_000_000, 1_337), 700_040, 718_470, 2_305_480):
        metres, share = mm / 1000, mm / 2_000_000
        for shown in (
            formats.to_metres(metres, 700),
            formats.to_length(metres * 10),
            formats.to_area(metres),
            formats.to_minutes(metres / 70),
            formats.to_share(share, (0.85, 0.9)),
            formats.to_number(metres),
            formats.to_number(metres, 1),
            formats.less(formats.to_share(0.5), formats.to_share(share), "p. p."),
        ):
            assert displayed(cell(shown), lang) == shown.text(lang)


@pytest.mark.parametrize("whole", [42, 458, 572, 582, 587, 747])
def test_a_share_of_whole_numbers_is_rounded_once(whole: int) -> None:
    for part in range(whole + 1):
        wanted = half_up(Fraction(1000 * part, whole)) / 10
        assert formats.percent("lv", part / whole) == said(wanted, "%"), part


@pytest.mark.parametrize("target", [0.85, 0.9])
def test_a_share_shows_on_its_side_of_every_target(target: float) -> None:
    for apart in (*range(-1200, 1200, 7), -1, 0, 1):
        share = round(target + apart * 1e-6, 6)
        shown = formats.to_share(share, (0.85, 0.9)).value
        goal = Decimal(str(target)) * 100
        assert (shown >= goal) == (share >= target), share
        assert (shown > goal) == (share > target), share


@pytest.mark.parametrize(
    ("metres", "written"),
    [
        (0, "0 m"), (40.3, "40 m"), (999.4, "999 m"), (999.6, "1 km"), (1000, "1 km"),
        (1049.9, "1 km"), (1050, "1,1 km"), (7049.9, "7 km"), (7176, "7,2 km"),
        (12_345, "12,3 km"),
    ],
)  # fmt: skip
def test_a_length_has_one_rule(metres: float, written: str) -> None:
    assert formats.length("lv", metres) == written.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("km2", "written"),
    [(80.509, "80,5"), (77, "77"), (99.94, "99,9"), (99.96, "100"), (3326.314, "3326")],
)
def test_an_area_has_one_rule(km2: float, written: str) -> None:
    assert formats.square_kilometres("lv", km2) == f"{written}{NBSP}km²"


@pytest.mark.parametrize(
    ("metres", "over"), [(640, None), (700, None), (700.04, "0,1"), (2305.48, "1605")]
)
def test_what_exceeds_nothing_has_no_excess(metres: float, over: str | None) -> None:
    shown = writer.of_column("over_m", {"over_m": metres - 700, "distance_m": metres}, 700)
    assert (None if shown is None else shown.text("lv")) == over


def test_a_threshold_is_written_exactly() -> None:
    assert formats.threshold("lv", 700) == f"700{NBSP}m"
    assert formats.threshold("en", 700.25) == f"700.25{NBSP}m"


def test_a_band_of_shares_has_its_unit_once() -> None:
    assert formats.share_band("lv", 0.18849, 0.19199) == f"18,8–19,2{NBSP}%"
