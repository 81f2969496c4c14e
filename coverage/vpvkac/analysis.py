"""The analysis: from a project to its result, each step a function from tables to a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac import catchment, clusters, cover, following, gaps, waves
from vpvkac.access import in_set, measure
from vpvkac.development import with_centre
from vpvkac.inputs import read_inputs
from vpvkac.language import Text
from vpvkac.network import build_network
from vpvkac.premises import with_answers
from vpvkac.progress import silent
from vpvkac.published import Known, compare
from vpvkac.result import Result
from vpvkac.service import of_points, with_service
from vpvkac.sources.population import is_by_unit
from vpvkac.stop_places import count_once
from vpvkac.summary import Tables, summarise

if TYPE_CHECKING:
    from vpvkac.inputs import Inputs
    from vpvkac.language import Lang
    from vpvkac.progress import Progress
    from vpvkac.project import Project

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
    inputs = read_inputs(project, progress)
    rules = project.rules
    progress(DISTANCES.into(lang))
    stops = inputs.stops.assign(in_set=in_set(inputs.stops, rules.stop_set))
    chosen = stops[stops["in_set"]]
    counted = chosen[count_once(chosen)]
    places = measure(inputs.places, inputs.stops, rules)
    places = with_service(places, chosen, rules.threshold_m)
    progress(COVERAGE.into(lang))
    territory = inputs.territory
    network = build_network(territory.units, places, rules.hosts)
    units = cover.cover_units(territory.units, network, places, counted)
    municipalities = cover.cover_municipalities(territory, units, network, places)
    places["chosen"] = places["place"].isin(network["place"].dropna())
    places = with_answers(places, inputs.checklist)
    held = None if inputs.development is None else with_centre(inputs.development, places)
    living = _residents(project, inputs)
    network = catchment.with_demand(of_points(network, places), living)
    residents = catchment.reached_residents(living, territory.units, network)
    summary = summarise(
        Tables(units, network, places, counted, municipalities, residents, held),
        project.given,
        synthetic=project.synthetic,
    )
    known = Known(inputs, project, summary, units, municipalities, places, held)
    progress(GAPS.into(lang))
    without_centre = municipalities if "centre" in project.hosts else municipalities.iloc[:0]
    lists = {
        "access": gaps.access_gaps(units, network, places, rules, lang),
        "coverage": gaps.coverage_gaps(
            units,
            network,
            places,
            rules,
            lang,
            premises_known="municipal_premises" in project.hosts,
        ),
    }
    rare = gaps.service_gaps(units, network, places, rules, lang)
    of_municipalities = gaps.municipality_gaps(without_centre, network, places, lang)
    joined = clusters.find_clusters(lists, lang)
    followed = following.follow_up(
        inputs.decisions,
        units,
        places,
        {
            **{name: listed["unit"] for name, listed in lists.items()},
            "service": rare["unit"],
            "municipalities": of_municipalities["municipality"],
        },
        following.reference_day(inputs.accounts),
    )
    listed = {
        name: table.assign(**joined.of_gaps[name], **following.beside_gaps(followed, table["unit"]))
        for name, table in lists.items()
    }
    rare = rare.assign(**following.beside_gaps(followed, rare["unit"]))
    of_municipalities["decisions"] = following.count_in(followed, of_municipalities["municipality"])
    return Result(
        project=project,
        lang=lang,
        inputs=inputs,
        units=units,
        places=places,
        stops=stops,
        network=network,
        municipalities=municipalities,
        hosts=cover.compare_hosts(units, places),
        residents=residents,
        summary=summary,
        gaps_access=listed["access"],
        gaps_service=rare,
        gaps_coverage=listed["coverage"],
        gaps_municipalities=of_municipalities,
        published=compare(known, lang),
        follow_up=followed,
        gap_clusters=joined.table,
        progress=waves.progress(without_centre, followed),
    )


def _residents(project: Project, inputs: Inputs) -> catchment.Residents | None:
    """Tell where residents live, where they are given."""
    if inputs.residents is None:
        return None
    basis = catchment.BY_UNIT if is_by_unit(project.optional["population"]) else catchment.GRID
    complete = bool(inputs.territory.units["population"].notna().all())
    return catchment.Residents(inputs.residents, basis, complete)
