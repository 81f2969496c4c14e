"""The analysis: from inputs to findings, each step a function from tables to a table."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.analysis import catchment, decisions, gaps
from vpvkac.analysis import coverage as cover
from vpvkac.analysis.access import in_set, measure, of_points, with_service, with_stop_places
from vpvkac.analysis.criteria import summarise, with_centre
from vpvkac.analysis.institutions import nearest_offices, office_places
from vpvkac.analysis.network import Findings, Network, Residents, build_network
from vpvkac.analysis.premises import compare_candidates, with_compliance
from vpvkac.analysis.published_figures import compare_published
from vpvkac.analysis.quality import quality_classes
from vpvkac.analysis.worst_off import judge_standards, worst_off
from vpvkac.model.accounts import Progress, silent
from vpvkac.sources.population import is_by_unit
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.analysis.reach import ThereAndBack
    from vpvkac.inputs.tables import Inputs
    from vpvkac.model.project import Project, Rules


DISTANCES = Message("Measuring distances")
COVERAGE = Message("Computing coverage")
GAPS = Message("Finding gaps")


class Reach(NamedTuple):
    """What a set of stops decides: columns of the tables of `Network`, without what others add.

    `chosen` are the stops of the set, with `stop_place`.
    """

    units: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    chosen: gpd.GeoDataFrame
    network: gpd.GeoDataFrame


def reach_stops(rules: Rules, inputs: Inputs, progress: Progress = silent) -> Reach:
    """Measure the places of a project by the stops of its set, and choose the units' points."""
    progress(DISTANCES)
    stops = inputs.stops.assign(in_set=in_set(inputs.stops, rules.stop_set))
    chosen = with_stop_places(stops[stops["in_set"]])
    stops["counted"] = chosen["counted"].reindex(stops.index, fill_value=False)
    places = with_service(measure(inputs.places, inputs.stops, rules), chosen, rules.threshold_m)
    progress(COVERAGE)
    network = build_network(inputs.territory.units, places, rules.hosts)
    units = cover.cover_units(inputs.territory.units, network, places, stops[stops["counted"]])
    places["chosen"] = places["place"].isin(network["place"].dropna())
    return Reach(units, places, stops, chosen, of_points(network, places))


def measure_network(project: Project, inputs: Inputs, progress: Progress = silent) -> Network:
    """Compute the network of a project and its reach, without its gaps.

    Of what `read_inputs` gave of the project; `progress` is called with each step.
    """
    rules, territory = project.rules, inputs.territory
    units, places, stops, chosen, network = reach_stops(rules, inputs, progress)
    places["quality_class"] = quality_classes(places["lat"], places["lon"], chosen)
    network = network.join(places.set_index("place")["quality_class"], on="place")
    residents = None
    if inputs.residents is not None:
        by_unit = is_by_unit(project.optional["population"])
        complete = bool(territory.units["population"].notna().all())
        basis = catchment.BY_UNIT if by_unit else catchment.GRID
        residents = Residents(inputs.residents, basis, complete)
    network = catchment.with_demand(network, residents)
    hours = places.set_index("place")["hours"]
    network = catchment.with_staff(network, hours, rules.peak_factor)
    return Network(
        project=project,
        inputs=inputs,
        units=units,
        places=with_compliance(places, inputs.checklist, rules),
        stops=stops,
        network=network,
        municipalities=cover.cover_municipalities(territory, units, network, places),
        living=residents,
    )


def find_gaps(
    result: Network, progress: Progress = silent, reach: ThereAndBack | None = None
) -> Findings:
    """Find the gaps of a network, and what follows from them."""
    progress(GAPS)
    inputs, units, places = result.inputs, result.units, result.places
    access, coverage = gaps.access_gaps(result), gaps.coverage_gaps(result)
    service, municipal = gaps.service_gaps(result), gaps.municipality_gaps(result)
    clusters, cluster_of = gaps.find_clusters({"access": access, "coverage": coverage})
    # A municipality may be a unit itself.
    codes = {"access": access["unit"], "coverage": coverage["unit"], "service": service["unit"],
             "municipalities": municipal["municipality"]}  # fmt: skip
    day = decisions.reference_day(result.accounts)
    followed = decisions.follow_up(inputs.decisions, units, places, codes, day)
    decided = {
        name: decisions.decisions_for_gaps(followed, codes[name])
        for name in ("access", "coverage", "service")
    }
    development = None
    if inputs.development is not None:
        development = with_centre(inputs.development, places)
    residents = catchment.reached_residents(result.living, inputs.territory.units, result.network)
    summary = summarise(result, residents, development, reach)
    published, causes = compare_published(result, summary, development)
    return Findings(
        **{column.name: getattr(result, column.name) for column in fields(Network)},
        hosts=cover.compare_hosts(units, places),
        residents=residents,
        worst_off=worst_off(result, reach),
        standards=judge_standards(result),
        summary=summary,
        gaps_access=access.join([cluster_of["access"], decided["access"]]),
        gaps_service=service.join(decided["service"]),
        gaps_coverage=coverage.join([cluster_of["coverage"], decided["coverage"]]),
        gaps_quality=gaps.quality_gaps(result),
        gaps_municipalities=municipal.assign(
            decisions=decisions.count_in(followed, municipal["municipality"])
        ),
        published=published,
        causes=causes,
        follow_up=followed,
        gap_clusters=clusters,
        institutions=nearest_offices(result),
        institution_places=office_places(result),
        candidates=compare_candidates(result),
        progress=decisions.progress(gaps.municipalities_with_list(result), followed),
        reach=reach,
    )
