"""The cost model: every published cell, whatever an assumption changes, and own networks."""

from __future__ import annotations

from fractions import Fraction

import pytest

from vpvkac.costing.assumptions import published_assumptions
from vpvkac.costing.model import published_scope, reckon, rounded

YEARS = range(2021, 2028)
# Tables 40-44 of the 2020 analysis, 2021 to 2027; "-" where a table has a dash.
PUBLISHED = """
A support                944_020  3_543_073  1_478_470  1_507_770  1_515_743  1_506_444  1_497_401
A fixed part             944_020  1_126_104    984_234    986_800    987_339    986_250    985_183
A services part                -    420_181    453_796    476_486    481_251    471_626    462_193
A contacts part                -     35_788     40_440     44_484     47_153     48_568     50_025
A total cost           1_673_040  4_359_980  2_532_683  2_537_815  2_538_893  2_536_716  2_534_583
A state budget          -944_020 -3_719_173 -1_478_470 -1_507_770 -1_515_743 -1_506_444 -1_497_401
A municipal budget      -729_020   -640_807 -1_054_213 -1_030_046 -1_023_150 -1_030_272 -1_037_181
A cost per service          9.70      13.31      14.01      13.13      12.75      12.74      12.72
B support                944_020  4_306_678  2_815_445  2_895_591  2_916_871  2_890_527  2_864_882
B fixed part             944_020  1_517_916  1_570_612  1_583_572  1_586_294  1_580_796  1_575_408
B services part                -    763_966  1_145_950  1_203_247  1_215_279  1_190_974  1_167_154
B contacts part                -     63_796     98_883    108_772    115_298    118_757    122_320
B total cost           1_673_040  4_437_740  2_689_240  2_702_200  2_704_922  2_699_424  2_694_036
B saving                       -    295_506    629_163    664_576    675_573    666_673    658_090
B state budget          -944_020 -4_011_172 -2_186_282 -2_231_015 -2_241_299 -2_223_854 -2_206_793
B municipal budget      -729_020   -131_062    126_205    193_391    211_950    191_103    170_846
B cost per service          9.70       7.60       5.92       5.56       5.40       5.39       5.38
"""


def cells() -> list[tuple[str, str, int, str]]:
    """Give scenario, row, year and value as text of every published cell."""
    given = []
    for line in PUBLISHED.strip().splitlines():
        *name, _, _, _, _, _, _, _ = line.split()
        for year, text in zip(YEARS, line.split()[-7:], strict=True):
            given.append((name[0], " ".join(name[1:]), year, text.replace("_", "")))
    return given


def test_the_transcription_is_whole() -> None:
    assert len(cells()) == (8 + 9) * 7


@pytest.mark.parametrize(("scenario", "row", "year", "text"), cells())
def test_every_published_cell_is_given(scenario: str, row: str, year: int, text: str) -> None:
    assumptions = published_assumptions()
    amount = reckon(assumptions, scenario, published_scope(assumptions))[row][year]
    if text == "-":
        assert amount is None
    else:
        assert amount is not None
        decimals = 2 if "." in text else 0
        assert rounded(amount, decimals) == Fraction(text)
