"""Make the synthetic sample: `python scripts/make_sample.py [--out DIR]`.

The same bytes every time, on any machine with the locked dependencies.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from sample import published, truth
from sample.addresses import RegisterMaker
from sample.feeds import SERVED_STOPS, CityMaker, RegionalMaker, trim
from sample.places import PlaceMaker, Positions, make_plan
from sample.roads import make_network
from sample.units import make_units

SEED = 20_200_901


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
    published.write_units(folder, units)
    accounts = {
        "centres": published.write_centres(folder, rng, units, places),
        "libraries": published.write_libraries(folder, rng, units, places, positions, plan.bare),
        "post_offices": published.write_offices(folder, rng, units, places, positions, plan.bare),
    }
    published.write_register(folder, rows)
    published.write_feed(folder / published.REGIONAL_FILE, regional.feed)
    published.write_feed(folder / published.CITY_FILE, city.feed)
    published.write_project(folder)
    feeds = [regional.feed, city.feed]
    stops = truth.Stops(feeds)
    answers = {
        name: truth.Answer(units, places, *found)
        for name, found in truth.distances(places, stops).items()
    }
    told = {
        "synthetic": True,
        "sets": {
            name: {"counts": {**answer.counts(), "stops": int(stops.sets()[name].sum())},
                   "hosts": answer.hosts(), "gaps_access": answer.gaps(),
                   "network": answer.network()}
            for name, answer in answers.items()
        },
        "files": accounts,
        "stops": {feed.name: truth.stop_counts(feed) for feed in feeds},
    }  # fmt: skip
    text = json.dumps(told, ensure_ascii=False, indent=1)
    (folder / "truth.json").write_bytes((text + "\n").encode())
    return told


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
