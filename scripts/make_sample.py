"""Make the synthetic sample: `python scripts/make_sample.py [--out DIR]`.

The same bytes every time, on any machine with the locked dependencies.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from sample import decisions, oddities, offices, people, published, truth
from sample.addresses import RegisterMaker
from sample.feeds import SERVED_STOPS, CityMaker, Feed, RegionalMaker, trim
from sample.journeys import JourneyMaker
from sample.places import Place, PlaceMaker, Positions, make_plan
from sample.roads import Network, make_network
from sample.streets import STREETS_FILE, Street, StreetMaker, walks, write_streets
from sample.units import Unit, make_units

SEED = 20_200_901
# The streets draw from a stream of their own, so that nothing made before them changes.
STREETS = 5


def make(folder: Path) -> dict[str, Any]:
    """Write every file of the sample into a folder and return the truth about it."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    units = make_units(rng)
    network = make_network(rng, units)
    trim(rng, network, SERVED_STOPS)
    regional = RegionalMaker(rng, network)
    regional.make()
    city = CityMaker(rng, network)
    city.make()
    positions = Positions(rng, units, network, regional.feed)
    plan = make_plan(rng, units)
    places = PlaceMaker(rng, units, positions, plan).make()
    register = RegisterMaker(rng, units, network, places)
    rows = register.make()
    oddities.add_to_regional(regional, places)
    oddities.add_to_city(city, places)
    cells = people.make_cells(units, network)
    ages = people.make_ages(units, cells)
    published.write_units(folder, units)
    accounts = {
        "units": {"rows_read": len(units), "used": len(units), "dropped": {}},
        "centres": published.write_centres(folder, rng, units, places),
        "libraries": published.write_libraries(folder, rng, units, places, positions, plan.bare),
        "post_offices": published.write_offices(folder, rng, units, places, positions, plan.bare),
        "addresses": {"rows_read": len(rows), "in force": sum(row.in_force for row in rows),
                      "not in force": sum(not row.in_force for row in rows),
                      "decoys": register.decoys},
        "population": published.write_residents(folder, cells),
        "age_groups": published.write_ages(folder, units, ages),
    }  # fmt: skip
    published.write_register(folder, rows, units)
    published.write_project(folder)
    feeds = [regional.feed, city.feed]
    answers = answer(units, places, feeds)
    walk, streets = add_streets(folder, units, network, truth.Stops(feeds), answers["regional"])
    lone = JourneyMaker(answers["regional"], feeds, cells, streets, walk["planted"]["cut_off"])
    journeys = lone.make()
    feeds.append(lone.feed)
    names = (published.REGIONAL_FILE, published.CITY_FILE, published.LONE_FILE)
    for name, feed in zip(names, feeds, strict=True):
        published.write_feed(folder / name, feed)
    opened = [point for point in answers["regional"].points if point and point.status == "open"]
    centres = [point for point in opened if point.host == "centre"]
    decided = decisions.decide(answers["regional"])
    accounts["decisions"] = decisions.write(folder, decided)
    told = tell(units, places, feeds, answers) | {
        "files": accounts,
        "residents": people.told(units, cells),
        "older": people.told_of_older(units, cells, ages, centres),
        "follow_up": decisions.follow(answers["regional"], decided),
        "progress": decisions.progress(answers["regional"]),
        "walk": walk,
        "journeys": journeys,
    }
    told |= add_offices(folder, units, answers["regional"], accounts)
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    # A line an entry, so that a change can be read in a comparison of versions.
    text = text.replace('},"', '},\n"').replace("},{", "},\n{")
    (folder / "truth.json").write_bytes((text + "\n").encode())
    return told


def add_streets(
    folder: Path, units: list[Unit], network: Network, stops: truth.Stops, regional: truth.Answer
) -> tuple[dict[str, Any], list[Street]]:
    """Write the streets of a municipality, from numbers of their own; tell the ways."""
    rng = np.random.default_rng([SEED, STREETS])
    maker = StreetMaker(rng, units, network, regional, stops)
    streets = maker.make()
    write_streets(folder / STREETS_FILE, streets)
    return walks(maker, streets), streets


def add_offices(
    folder: Path, units: list[Unit], regional: truth.Answer, accounts: dict[str, Any]
) -> dict[str, Any]:
    """Write the offices of institutions and the checklist of premises; tell the truth of both."""
    placed, state = offices.place_offices(regional)
    given = offices.answer_for_premises(regional)
    accounts |= offices.write_offices(folder, units, placed, state)
    accounts["suitability"] = offices.write_premises(folder, given)
    return {
        "institutions": offices.told(regional, placed, state),
        "premises": offices.compliance(regional, given),
    }


def answer(units: list[Unit], places: list[Place], feeds: list[Feed]) -> dict[str, truth.Answer]:
    """Work out the network by stop set."""
    return {
        name: truth.Answer(units, places, nearest)
        for name, nearest in truth.distances(places, truth.Stops(feeds)).items()
    }


def tell(
    units: list[Unit], places: list[Place], feeds: list[Feed], answers: dict[str, truth.Answer]
) -> dict[str, Any]:
    """Work out the truth about the sample."""
    stops = truth.Stops(feeds)
    sets = stops.sets()
    visited = {feed.name: truth.telling_stops(feed) for feed in feeds}
    return {
        "about": "Synthetic sample: names and numbers are invented.",
        "planted": truth.planted(units, places, answers),
        "sets": {
            name: {
                "counts": {**answer.counts(), "stops": int(sets[name].sum())},
                "hosts": answer.hosts(),
                "gaps_access": answer.gaps(),
                "network": answer.network(),
                "reach": answer.reach(),
            }
            for name, answer in answers.items()
        },
        "places": truth.described(units, places),
        "stops": {feed.name: truth.stop_counts(feed) for feed in feeds},
        "stops_by_unit": {
            name: truth.stops_by_unit(units, stops, held) for name, held in sets.items()
        },
        "service": truth.service_days(feeds, visited),
        "service_of_points": truth.service_of_points(answers["regional"], feeds[0]),
    }


def main() -> None:
    """Make the sample where it is kept, or in a given folder."""
    home = Path(__file__).resolve().parent.parent / "data" / "sample"
    parser = argparse.ArgumentParser(description="Make the synthetic sample.")
    parser.add_argument("--out", type=Path, default=home, help="folder to write into")
    made = make(parser.parse_args().out)
    counts = made["sets"]["regional"]["counts"]
    print(", ".join(f"{name} {counts[name]}" for name in ("units", "centres", "libraries")))


if __name__ == "__main__":
    main()
