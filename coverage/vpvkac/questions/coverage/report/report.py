"""`report.html`: the story for a reviewer, in words, tables and charts, in one file.

Numbers are those of the output tables, rounded once, from full precision; what
the report alone counts, the bands and other thresholds, is
counted in `bands` and `thresholds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis.clusters import EXTENT_M
from vpvkac.analysis.criteria import AREA_TARGETS
from vpvkac.questions.coverage import gap_counts, wording
from vpvkac.questions.coverage.report import (
    bands,
    decisions,
    gap_lists,
    hosts,
    residents,
    sources,
    thresholds,
)
from vpvkac.questions.coverage.report import published as beside
from vpvkac.questions.coverage.report import summary as criteria
from vpvkac.render import charts
from vpvkac.render.frame import about, render
from vpvkac.texts import formats, words
from vpvkac.texts.formats import percent, threshold
from vpvkac.views import quantities
from vpvkac.views.page import Page

if TYPE_CHECKING:
    from markupsafe import Markup

    from vpvkac.questions.coverage.result import Result

_STATUSES = ("existing", "announced", "planned", "none")
_METRES_A_MINUTE = 70


def report_page(result: Result, tables: Mapping[str, pd.DataFrame]) -> str:
    """Write the report.

    Parameters
    ----------
    result
        The run; its language is the page's.
    tables
        Output tables at full precision (`outputs.tables.exact`).

    Returns
    -------
    page
        One HTML file that needs nothing else; the same result gives the same text.
    """
    lang = result.lang
    page = Page(wording.TITLE.text(lang), "report.html", style=("report.css",), here="report.html")
    context = {
        "contents": wording.CONTENTS.text(lang),
        "sections": {key: text.text(lang) for key, text in wording.SECTIONS.items()},
        "measured": bool(result.network["within"].notna().any()),
        "no_stops": words.NO_STOPS.text(lang),
        **_summary(result),
        **_criteria(result, tables),
        **_distances(result),
        **_gaps(result, tables),
        **_progress(result, tables),
        **_people(result),
        **_hosts(result),
        **_method(result, tables),
    }
    return render(page, context, about(result, lang))


def _summary(result: Result) -> dict[str, object]:
    values = result.summary.drop_duplicates("criterion").set_index("criterion")["value"]
    return {
        "not_compared": wording.NOT_COMPARED.text(result.lang) if result.synthetic else "",
        "sentences": _sentences(result, values),
        "status_chart": _status_chart(result, values),
        "area_chart": _area_chart(result, values),
    }


def _sentences(result: Result, values: pd.Series) -> list[str]:
    """Say the result in a few sentences; what cannot be told is left out."""
    lang, limit = result.lang, result.threshold_m

    def count(code: str) -> int:
        return int(values[code])

    units = {status: formats.number(lang, count(f"units_{status}")) for status in _STATUSES}
    said = [
        wording.UNITS_BY_STATUS.text(lang).format(
            units=formats.number(lang, count("units")), **units
        )
    ]
    if pd.isna(values["centres"]):
        said.append(wording.NO_CENTRES.text(lang))
    if pd.notna(values["centres_within"]):
        counts = {name: count(f"centres_{name}") for name in ("within", "beyond")}
        said.append(
            words.headline(
                lang, limit, centres=count("centres"), to_verify=count("centres_uncertain"),
                **counts,
            )
        )  # fmt: skip
    if pd.notna(values["points_within"]):
        said.append(
            wording.POINTS_WITHIN.text(lang).format(
                threshold=threshold(lang, limit),
                within=formats.number(lang, count("points_within")),
                share=percent(lang, values["points_within_share"]),
                beyond=formats.number(lang, count("points_beyond")),
                uncertain=formats.number(lang, count("points_uncertain")),
            )
        )
    return [*said, *_area_sentences(result, values)]


def _area_sentences(result: Result, values: pd.Series) -> list[str]:
    """Set area coverage beside its targets; synthetic data are set beside none."""
    lang = result.lang
    rows = _area_rows(result)
    if rows["value"].isna().any():
        return []
    if result.synthetic:
        share = quantities.criterion(lang, rows.iloc[0])
        return [wording.AREA_ONLY.text(lang).format(share=share)]
    targets = {_year(row): row["target"] for _, row in rows.iterrows()}
    return [
        words.indicator(lang, rows["value"].iloc[0], values["area_share_municipalities"], targets)
    ]


def _area_rows(result: Result) -> pd.DataFrame:
    summary = result.summary
    return summary[summary["criterion"] == "area_share_existing"]


def _year(row: pd.Series) -> int:
    return int(row["measure"].partition(" ")[2])


def _status_chart(result: Result, values: pd.Series) -> Markup:
    lang = result.lang
    segments = [
        charts.Segment(
            words.STATUSES_PLURAL[status].text(lang),
            int(values[f"units_{status}"]),
            formats.number(lang, int(values[f"units_{status}"])),
            status,
        )
        for status in _STATUSES
        if values[f"units_{status}"]
    ]
    return charts.whole(segments, key="status", title=wording.CHART_STATUS.text(lang))


def _area_chart(result: Result, values: pd.Series) -> Markup:
    lang, targets = result.lang, AREA_TARGETS.values()
    rows = [
        charts.Bar(text.text(lang), values[code], percent(lang, values[code], *targets))
        for code, text in wording.AREA_BARS.items()
        if pd.notna(values[code])
    ]
    marks = [
        charts.Mark(
            row["target"],
            wording.TARGET_MARK.text(lang).format(
                year=_year(row), target=percent(lang, row["target"])
            ),
        )
        for _, row in _area_rows(result).iterrows()
    ]
    return charts.bars(rows, key="area", title=wording.AREA_CHART.text(lang), marks=marks)


def _criteria(result: Result, tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    lang = result.lang
    published = beside.published_table(result)
    notes = [wording.PUBLISHED_NOTE.text(lang), *_against_published(result)]
    return {
        "criteria": criteria.targets_table(result, tables),
        "figures": criteria.figures_table(result),
        "no_value": wording.NO_VALUE.text(lang),
        "criteria_note": wording.CRITERIA_NOTE.text(lang),
        "published": published,
        "published_notes": notes if published else [wording.NOTHING_PUBLISHED.text(lang)],
    }


def _against_published(result: Result) -> list[str]:
    summary = result.summary.set_index("criterion")
    value, published = (
        float(summary[column]["libraries_chosen_within_share"]) for column in ("value", "published")
    )
    if pd.isna(value) or pd.isna(published):
        return []
    return [words.against_published(result.lang, published, value, "2.2")]


def _distances(result: Result) -> dict[str, object]:
    if not result.network["within"].notna().any():
        return {}
    lang = result.lang
    labels = enumerate(bands.band_labels(lang))
    return {
        "bands_note": bands.threshold_note(result),
        "bands_legend": wording.BANDS_LEGEND.text(lang),
        "bands_key": [{"label": label, "style": f"band-{number}"} for number, label in labels],
        "bands": bands.band_tables(result),
        "limits": thresholds.thresholds_table(result),
        "moves": thresholds.moves(result),
        "curve": thresholds.curve(result),
    }


def _gaps(result: Result, tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    lang = result.lang
    judged = "centre" in result.project.hosts
    lists = [
        (words.ACCESS_GAPS, gap_lists.access_table(result, tables), wording.NOTHING),
        (words.SERVICE_GAPS, gap_lists.service_table(result, tables), wording.NOTHING),
        (words.COVERAGE_GAPS, gap_lists.coverage_table(result, tables), wording.NOTHING),
        (
            words.MUNICIPALITY_GAPS,
            gap_lists.municipality_table(result, tables),
            wording.NOTHING if judged else wording.NOT_JUDGED,
        ),
    ]
    access = gap_counts.access_said(lang, tables["gaps_access"], result.network, result.threshold_m)
    notes = [access, "", "", ""]
    return {
        "remedies": gap_lists.remedies_table(result, tables),
        "gap_lists": [
            {"title": title.text(lang), "table": table, "none": none.text(lang), "note": note}
            for (title, table, none), note in zip(lists, notes, strict=True)
        ],
        "all_in_lists": wording.ALL_IN_LISTS.text(lang),
        "clusters_title": words.TABLES["gap_clusters"].text(lang),
        "clusters_note": decisions.clusters_note(lang, EXTENT_M),
        "clusters": decisions.clusters_table(result, tables),
        "no_clusters": decisions.NO_CLUSTERS.text(lang),
    }


def _progress(result: Result, tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    """Say how far the network has come, and what became of the decisions."""
    lang = result.lang
    sentences = [
        *decisions.progress_sentences(result),
        decisions.counts(tables["follow_up"], lang),
        decisions.decided_gaps(tables, lang),
    ]
    return {
        "progress_sentences": [sentence for sentence in sentences if sentence]
        or [wording.NO_CENTRES.text(lang)],
        "progress_tables": [
            table
            for table in (
                decisions.progress_table(result, tables, "municipalities/"),
                *decisions.decisions_tables(result, tables),
            )
            if table
        ],
    }


def _people(result: Result) -> dict[str, object]:
    return {
        "people": residents.people_table(result),
        "people_said": residents.people_said(result),
        "people_charts": residents.people_charts(result),
    }


def _hosts(result: Result) -> dict[str, object]:
    lang = result.lang
    table = hosts.hosts_table(result)
    said = [hosts.hosts_text(result)]
    if not result.synthetic:
        said.append(wording.HOSTS_ANALYSIS.text(lang))
    return {
        "hosts": table,
        "hosts_said": [sentence for sentence in said if sentence],
        "hosts_chart": hosts.hosts_chart(result) if table else "",
        "hosts_not_given": wording.HOSTS_NOT_GIVEN.text(lang),
    }


def _method(result: Result, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    lang = result.lang
    others = (host for host in result.project.rules.hosts if host != "centre")
    return {
        "method": f"method.{lang}.html",
        "analysis": words.ANALYSIS.text(lang),
        "threshold": threshold(lang, result.threshold_m),
        "minutes": formats.plain(lang, result.threshold_m / _METRES_A_MINUTE),
        "stop_set": ""
        if result.stops.empty
        else words.lowered(words.STOP_SETS[result.stop_set].text(lang)),
        "hosts_in_order": ", ".join(words.lowered(words.HOSTS[host].text(lang)) for host in others),
        "placing": sources.placing_table(result, tables),
        "inputs": sources.sources_table(result),
        "service_days": sources.service_days(result),
    }
