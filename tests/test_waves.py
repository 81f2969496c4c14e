"""Progress of the network: by municipality as planted, nationally by the published plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from page_tables import tables_of
from vpvkac.analysis.decisions import national_progress
from vpvkac.analysis.rounding import exact
from vpvkac.api.coverage import Result
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.gaps import progress_sentences
from vpvkac.questions.coverage.report import report_page


def of(*counts: tuple[int, int]) -> pd.DataFrame:
    """Make a table of municipalities: units, and those with an open point."""
    table = pd.DataFrame(counts, columns=["units", "units_existing"])
    return table.reindex(columns=[*TABLES["progress"].names])


def test_progress_by_municipality_is_the_planted_one(
    sample_result: Result, truth: dict[str, Any]
) -> None:
    table = sample_result.progress
    found = table.set_index("municipality")[["units", "units_existing"]].T.to_dict("list")
    assert found == truth["progress"]
    assert (table["remaining"] == table["units"] - table["units_existing"]).all()
    assert table["existing_share"].tolist() == pytest.approx(
        [existing / units for units, existing in truth["progress"].values()]
    )


@pytest.mark.parametrize(
    ("counts", "second_wave", "opened", "remaining"),
    [
        ([(500, 100), (87, 22)], 458, 0, 465),
        ([(500, 100), (87, 29)], 458, 0, 458),
        ([(500, 200), (87, 87)], 458, 158, 300),
        ([(587, 587)], 458, 458, 0),
        ([(592, 400)], 463, 271, 192),
        ([(12, 3)], None, None, 9),
    ],
)
def test_the_second_wave_is_what_is_open_beyond_the_first_129(
    counts: list[tuple[int, int]], second_wave: int | None, opened: int | None, remaining: int
) -> None:
    whole = national_progress(of(*counts))
    assert whole is not None
    assert (whole.second_wave, whole.opened, whole.remaining) == (second_wave, opened, remaining)
    if whole.opened:
        assert whole.second_wave is not None
        assert whole.second_wave - whole.opened == remaining


def test_without_a_list_of_centres_there_is_no_progress_to_tell(sample_result: Result) -> None:
    assert national_progress(of()) is None
    blank = replace(sample_result, progress=sample_result.progress.iloc[:0])
    assert progress_sentences(blank) == []
    page = report_page(blank, exact(blank))
    assert "progress-table" not in tables_of(page)


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_the_report_tells_progress_its_basis_and_that_the_data_are_invented(
    sample_result: Result, lang: Any
) -> None:
    result = replace(sample_result, lang=lang)
    page = report_page(result, exact(result))
    table = tables_of(page)["progress-table"]
    assert len(table.rows) == len(result.progress)
    assert [int(row[1]) for row in table.rows] != []
    told = " ".join(progress_sentences(result))
    for text in ("587", "122", "129 + 458 = 587"):
        assert text in told
    assert {"lv": "sintētiski", "en": "synthetic"}[lang] in told
    real = replace(result, project=replace(result.project, synthetic=False))
    assert {"lv": "sintētiski", "en": "synthetic"}[lang] not in " ".join(progress_sentences(real))
