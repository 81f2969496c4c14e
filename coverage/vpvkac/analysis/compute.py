"""The analysis: from inputs to findings, each step a function from tables to a table."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from vpvkac.analysis import catchment, clusters, decisions, gaps, rollout
from vpvkac.analysis import coverage as cover
from vpvkac.analysis.access import in_set, measure
from vpvkac.analysis.criteria import Tables, summarise
from vpvkac.analysis.network import build_network
from vpvkac.analysis.optional_criteria import with_centre
from vpvkac.analysis.published_figures import Known, compare
from vpvkac.analysis.result import Findings, Network
from vpvkac.analysis.service import of_points, with_service
from vpvkac.analysis.stop_places import with_stop_places
from vpvkac.inputs.suitability import with_answers
from vpvkac.model.progress import Progress, silent
from vpvkac.sources.population import is_by_unit
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.inputs.tables import Inputs
    from vpvkac.model.project import Project

DISTANCES = Message("Measuring distances")
COVERAGE = Message("Computing coverage")
GAPS = Message("Finding gaps")


def measure_network(
    project: Project, inputs: Inputs, *, lang: Lang = "lv", progress: Progress = silent
) -> Network:
    """Compute the network of a project and its reach, and nothing that is told of them.

    Parameters
    ----------
    project, inputs
        What `read_inputs` gave of the project.
    lang
        Language of reasons and pages.
    progress
        Called with the name of each step.
    """
    rules = project.rules
    progress(DISTANCES.text(lang))
    stops = inputs.stops.assign(in_set=in_set(inputs.stops, rules.stop_set))
    chosen = with_stop_places(stops[stops["in_set"]])
    stops["counted"] = chosen["counted"].reindex(stops.index, fill_value=False)
    places = measure(inputs.places, inputs.stops, rules)
    places = with_service(places, chosen, rules.threshold_m)
    progress(COVERAGE.text(lang))
    territory = inputs.territory
    network = build_network(territory.units, places, rules.hosts)
    units = cover.cover_units(territory.units, network, places, stops[stops["counted"]])
    places["chosen"] = places["place"].isin(network["place"].dropna())
    living = _residents(project, inputs)
    return Network(
        project=project,
        lang=lang,
        inputs=inputs,
        units=units,
        places=with_answers(places, inputs.checklist),
        stops=stops,
        network=catchment.with_demand(of_points(network, places), living),
        municipalities=cover.cover_municipalities(territory, units, network, places),
        living=living,
    )


def find_gaps(measured: Network) -> Findings:
    """Find the gaps of a network, and tell of both in the language that it bears."""
    lists = gaps.gap_lists(measured)
    joined = clusters.find_clusters({"access": lists.access, "coverage": lists.coverage},
                                    measured.lang)  # fmt: skip
    followed = _followed(measured, lists)
    development = _development(measured)
    residents = catchment.reached_residents(
        measured.living, measured.inputs.territory.units, measured.network
    )
    summary = _summary(measured, residents, development)
    return Findings(
        **{column.name: getattr(measured, column.name) for column in fields(Network)},
        hosts=cover.compare_hosts(measured.units, measured.places),
        residents=residents,
        summary=summary,
        gaps_access=_beside(lists.access, followed, joined.of_gaps["access"]),
        gaps_service=_beside(lists.service, followed),
        gaps_coverage=_beside(lists.coverage, followed, joined.of_gaps["coverage"]),
        gaps_municipalities=lists.municipalities.assign(
            decisions=decisions.count_in(followed, lists.municipalities["municipality"])
        ),
        published=compare(_known(measured, summary, development), measured.lang),
        follow_up=followed,
        gap_clusters=joined.table,
        progress=rollout.progress(gaps.judged_municipalities(measured), followed),
    )


def _development(measured: Network) -> pd.DataFrame | None:
    given = measured.inputs.development
    return None if given is None else with_centre(given, measured.places)


def _summary(
    measured: Network, residents: pd.DataFrame, development: pd.DataFrame | None
) -> pd.DataFrame:
    tables = Tables(
        measured.units,
        measured.network,
        measured.places,
        measured.stops[measured.stops["counted"]],
        measured.municipalities,
        residents,
        development,
    )
    return summarise(tables, measured.project.given, synthetic=measured.synthetic)


def _known(measured: Network, summary: pd.DataFrame, development: pd.DataFrame | None) -> Known:
    return Known(
        measured.inputs,
        measured.project,
        summary,
        measured.units,
        measured.municipalities,
        measured.places,
        development,
    )


def _followed(measured: Network, lists: gaps.GapLists) -> pd.DataFrame:
    """Set the planner's decisions beside the gaps that they are about."""
    return decisions.follow_up(
        measured.inputs.decisions,
        measured.units,
        measured.places,
        lists.codes(),
        decisions.reference_day(measured.accounts),
    )


def _beside(
    listed: gpd.GeoDataFrame, followed: pd.DataFrame, joined: pd.DataFrame | None = None
) -> gpd.GeoDataFrame:
    """Add to a gap list the clusters of its gaps and the decisions on their units."""
    decided = decisions.beside_gaps(followed, listed["unit"])
    return listed.join(decided if joined is None else [joined, decided])


def _residents(project: Project, inputs: Inputs) -> catchment.Residents | None:
    """Tell where residents live, where they are given."""
    if inputs.residents is None:
        return None
    basis = catchment.BY_UNIT if is_by_unit(project.optional["population"]) else catchment.GRID
    complete = bool(inputs.territory.units["population"].notna().all())
    return catchment.Residents(inputs.residents, basis, complete)
