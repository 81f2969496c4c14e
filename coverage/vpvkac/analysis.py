"""The analysis: from a project to its result, each step a function from tables to a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac import clusters, cover, following, gaps, waves
from vpvkac.access import in_set, measure
from vpvkac.development import with_centre
from vpvkac.inputs import read_inputs
from vpvkac.language import Text
from vpvkac.network import build_network
from vpvkac.premises import with_answers
from vpvkac.progress import silent
from vpvkac.published import Known, compare
from vpvkac.result import Result
from vpvkac.stop_places import count_once
from vpvkac.summary import Tables, summarise

if TYPE_CHECKING:
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
    places = measure(inputs.places, inputs.stops, rules)
    stops = inputs.stops.assign(in_set=in_set(inputs.stops, rules.stop_set))
    counted = stops[stops["in_set"]]
    counted = counted[count_once(counted)]
    progress(COVERAGE.into(lang))
    territory = inputs.territory
    network = build_network(territory.units, places, rules.hosts)
    units = cover.cover_units(territory.units, network, places, counted)
    municipalities = cover.cover_municipalities(territory, units, network, places)
    places["chosen"] = places["place"].isin(network["place"].dropna())
    places = with_answers(places, inputs.checklist)
    held = None if inputs.development is None else with_centre(inputs.development, places)
    summary = summarise(
        Tables(units, network, places, counted, municipalities, held),
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
    of_municipalities = gaps.municipality_gaps(without_centre, network, places, lang)
    joined = clusters.find_clusters(lists, lang)
    followed = following.follow_up(
        inputs.decisions,
        units,
        places,
        {
            **{name: listed["unit"] for name, listed in lists.items()},
            "municipalities": of_municipalities["municipality"],
        },
        following.reference_day(inputs.accounts),
    )
    listed = {
        name: table.assign(**joined.of_gaps[name], **following.beside_gaps(followed, table["unit"]))
        for name, table in lists.items()
    }
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
        summary=summary,
        gaps_access=listed["access"],
        gaps_coverage=listed["coverage"],
        gaps_municipalities=of_municipalities,
        published=compare(known, lang),
        follow_up=followed,
        gap_clusters=joined.table,
        progress=waves.progress(without_centre, followed),
    )
