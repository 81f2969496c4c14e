"""The report's section on residents: how many live near the points, and what they may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.analysis import catchment
from vpvkac.analysis.rates import Rate, rates
from vpvkac.questions.coverage import wording
from vpvkac.render import charts
from vpvkac.texts import formats, words
from vpvkac.views.page import Cell, Column, Table

if TYPE_CHECKING:
    from markupsafe import Markup

    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang

_POINTS = {"existing": wording.NEAR_EXISTING, catchment.NETWORK: wording.NEAR_NETWORK}


def people_table(result: Result) -> Table | None:
    """Count residents in units with a point and within each distance; None where not given."""
    table, lang = result.residents, result.lang
    if table.empty:
        return None
    by_key = {(row["measure"], row["points"]): row for _, row in table.iterrows()}
    columns = [Column(wording.OF_RESIDENTS.text(lang))]
    for heading in _POINTS.values():
        columns.append(Column(heading.text(lang), number=True))
        columns.append(Column(wording.SHARE_OF_ALL.text(lang), number=True))
    rows: list[list[Cell]] = []
    for measure, label in _labels(lang).items():
        row: list[Cell] = [label]
        for points in _POINTS:
            found = by_key[measure, points]
            row += [_counted(lang, found), _shared(lang, found)]
        rows.append(row)
    return Table("people", wording.RESIDENTS_CAPTION.text(lang), columns, rows, head=0)


def people_charts(result: Result) -> list[Markup]:
    """Draw the share of residents within each distance; nothing where it cannot be told."""
    table, lang = result.residents, result.lang
    if table.empty or table["share"].isna().any():
        return []
    by_key = table.set_index(["measure", "points"])["share"]
    labels = {name: label for name, label in _labels(lang).items() if name != catchment.IN_UNIT}
    return [
        charts.bars(
            [
                charts.Bar(
                    label,
                    float(by_key[measure, points]),
                    formats.percent(lang, float(by_key[measure, points])),
                )
                for measure, label in labels.items()
            ],
            key=f"people-{points}",
            title=wording.RESIDENTS_CHART.text(lang).format(words.NEAR_POINTS[points].text(lang)),
        )
        for points in _POINTS
    ]


def people_said(result: Result) -> list[str]:
    """Say how residents were counted, and how many services are expected."""
    lang, table = result.lang, result.residents
    if table.empty:
        return [wording.NO_RESIDENTS.text(lang)]
    on_grid = table["basis"].iloc[0] == catchment.GRID
    how = wording.RESIDENTS_ON_GRID if on_grid else wording.RESIDENTS_BY_UNIT
    least, most = (int(result.network[f"services_{end}"].sum()) for end in ("least", "most"))
    services = wording.SERVICES.text(lang).format(
        least=formats.number(lang, least),
        most=formats.number(lang, most),
        outside=_rate(lang, rates()["parish"]),
        towns=_rate(lang, rates()["town"]),
        cities=_rate(lang, rates()["state_city"]),
    )
    return [how.text(lang), services]


def _rate(lang: Lang, rate: Rate) -> str:
    """Write the band of a rate, of 1000 residents."""
    return "–".join(formats.number(lang, float(1000 * end), 1) for end in rate)


def _labels(lang: Lang) -> dict[str, str]:
    """Label the measures, in the order of the table."""
    within = {
        f"within_{radius}": wording.NO_FARTHER.text(lang).format(said)
        for radius, said in words.RADII.items()
    }
    return {catchment.IN_UNIT: wording.IN_UNITS.text(lang)} | within


def _counted(lang: Lang, row: pd.Series) -> str:
    names = {"population": "residents", "population_least": "least", "population_most": "most"}
    band = {name: row[column] for name, column in names.items()}
    return words.residents(lang, band)


def _shared(lang: Lang, row: pd.Series) -> str:
    """Write a share, and the band it lies in where suppressed counts leave it open."""
    if pd.isna(row["share"]):
        return ""
    value = formats.percent(lang, row["share"])
    if row["share_least"] == row["share_most"]:
        return value
    return f"{value} ({formats.share_band(lang, row['share_least'], row['share_most'])})"
