"""The analysis: from a project to its result, each step a function from tables to a table."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from vpvkac.analysis import catchment, clusters, decisions, gaps, rollout
from vpvkac.analysis import coverage as cover
from vpvkac.analysis.access import in_set, measure
from vpvkac.analysis.criteria import Tables, summarise
from vpvkac.analysis.network import build_network
from vpvkac.analysis.published_figures import Known, compare
from vpvkac.analysis.service import of_points, with_service
from vpvkac.analysis.stop_places import with_stop_places
from vpvkac.inputs.development_centres import with_centre
from vpvkac.inputs.suitability import with_answers
from vpvkac.inputs.tables import read_inputs
from vpvkac.model.options import instance, language
from vpvkac.model.progress import silent
from vpvkac.model.project import Project
from vpvkac.questions.coverage.result import Coverage, Result
from vpvkac.sources.population import is_by_unit
from vpvkac.texts.message import Text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.inputs.tables import Inputs
    from vpvkac.model.progress import Progress
    from vpvkac.texts.message import Lang

DISTANCES = Text("Mēra attālumus", "Measuring distances")
COVERAGE = Text("Aprēķina pārklājumu", "Computing coverage")
GAPS = Text("Meklē nepilnības", "Finding gaps")


def analyse(project: Project, *, lang: Lang = "lv", progress: Progress = silent) -> Result:
    """Compute the network of a project, its coverage and its gaps.

    Parameters
    ----------
    project
        From `vpvkac.load` or `vpvkac.sample`.
    lang
        {"lv", "en"}: language of the reasons, and of the maps and pages.
    progress
        Called with the name of each step.

    Returns
    -------
    result
        Tables as GeoDataFrames in EPSG:3059; see `Result`.

    Raises
    ------
    InputError
        With all faults of all files, if any of them is an error.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> int((result.network["status"] == "existing").sum())
    122
    """
    covered = coverage(project, lang=lang, progress=progress)
    progress(GAPS.into(lang))
    return judged(covered)


def coverage(project: Project, *, lang: Lang = "lv", progress: Progress = silent) -> Coverage:
    """Compute the network of a project and its reach, and nothing that is told of them.

    Parameters, errors
        As of `analyse`.
    """
    instance("project", project, Project, "vpvkac.load(path) or vpvkac.sample()")
    lang = language(lang)
    inputs, rules = read_inputs(project, progress), project.rules
    progress(DISTANCES.into(lang))
    stops = inputs.stops.assign(in_set=in_set(inputs.stops, rules.stop_set))
    chosen = with_stop_places(stops[stops["in_set"]])
    stops["counted"] = chosen["counted"].reindex(stops.index, fill_value=False)
    places = measure(inputs.places, inputs.stops, rules)
    places = with_service(places, chosen, rules.threshold_m)
    progress(COVERAGE.into(lang))
    territory = inputs.territory
    network = build_network(territory.units, places, rules.hosts)
    units = cover.cover_units(territory.units, network, places, stops[stops["counted"]])
    places["chosen"] = places["place"].isin(network["place"].dropna())
    living = _residents(project, inputs)
    return Coverage(
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


def judged(covered: Coverage) -> Result:
    """Find the gaps of a network, and tell of both in the language that it bears."""
    lists = gaps.gap_lists(covered)
    joined = clusters.find_clusters({"access": lists.access, "coverage": lists.coverage},
                                    covered.lang)  # fmt: skip
    followed = _followed(covered, lists)
    development = _development(covered)
    residents = catchment.reached_residents(
        covered.living, covered.inputs.territory.units, covered.network
    )
    summary = _summary(covered, residents, development)
    return Result(
        **{column.name: getattr(covered, column.name) for column in fields(Coverage)},
        hosts=cover.compare_hosts(covered.units, covered.places),
        residents=residents,
        summary=summary,
        gaps_access=_beside(lists.access, followed, joined.of_gaps["access"]),
        gaps_service=_beside(lists.service, followed),
        gaps_coverage=_beside(lists.coverage, followed, joined.of_gaps["coverage"]),
        gaps_municipalities=lists.municipalities.assign(
            decisions=decisions.count_in(followed, lists.municipalities["municipality"])
        ),
        published=compare(_known(covered, summary, development), covered.lang),
        follow_up=followed,
        gap_clusters=joined.table,
        progress=rollout.progress(gaps.judged_municipalities(covered), followed),
    )


def _development(covered: Coverage) -> pd.DataFrame | None:
    given = covered.inputs.development
    return None if given is None else with_centre(given, covered.places)


def _summary(
    covered: Coverage, residents: pd.DataFrame, development: pd.DataFrame | None
) -> pd.DataFrame:
    tables = Tables(
        covered.units,
        covered.network,
        covered.places,
        covered.stops[covered.stops["counted"]],
        covered.municipalities,
        residents,
        development,
    )
    return summarise(tables, covered.project.given, synthetic=covered.synthetic)


def _known(covered: Coverage, summary: pd.DataFrame, development: pd.DataFrame | None) -> Known:
    return Known(
        covered.inputs,
        covered.project,
        summary,
        covered.units,
        covered.municipalities,
        covered.places,
        development,
    )


def _followed(covered: Coverage, lists: gaps.GapLists) -> pd.DataFrame:
    """Set the planner's decisions beside the gaps that they are about."""
    return decisions.follow_up(
        covered.inputs.decisions,
        covered.units,
        covered.places,
        lists.codes(),
        decisions.reference_day(covered.accounts),
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
