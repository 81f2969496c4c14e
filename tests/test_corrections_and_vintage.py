"""In a run: the planner's corrections win, a known unit places, codes of other layouts are led."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import vpvkac
from plain_country import at, rows

PLAIN = 'id = "id", name = "name", lat = "lat", lon = "lon", unit = "unit"'
TOML = f"""
[inputs]
units = "units.gpkg"
libraries = {{ path = "libraries.csv", {PLAIN} }}
stops = [{{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }}]
"""
HEADER = "id,name,lat,lon,unit"
STOPS = rows("id,name,lat,lon", ("s", "S", *at(5, 5)))


def test_a_correction_wins_over_the_list(write_project: Callable[..., Path]) -> None:
    file = write_project(
        toml=TOML + 'corrections = "corrections.csv"\n',
        libraries_csv=rows(HEADER, ("l", "L", *at(5, 9), ""), ("m", "M", *at(15, 15), "")),
        stops_csv=STOPS,
        corrections_csv=rows(
            "place,address,lat,lon", ("libraries:l", "", *at(5, 5.1)), ("libraries:x", "", 57, 24)
        ),
    )
    result = vpvkac.analyse(vpvkac.load(file))
    place = result.places.set_index("place").loc["libraries:l"]
    assert (place["located_by"], place["located_within_m"]) == ("correction", 0)
    assert place["distance_m"] == pytest.approx(100, abs=0.5)
    warnings = [fault for fault in result.inputs.faults if fault.file == "corrections.csv"]
    assert [fault.value for fault in warnings] == ["libraries:x"]
    account = next(account for account in result.accounts if account.key == "corrections")
    assert (account.rows_read, account.rows_used) == (2, 1)
    assert account.dropped == {"no_place": 1}


def test_a_place_with_nothing_but_a_unit_stands_in_it_and_is_uncertain(
    write_project: Callable[..., Path],
) -> None:
    file = write_project(
        toml=TOML, libraries_csv=rows(HEADER, ("l", "L", "", "", "LV9000110")), stops_csv=STOPS
    )
    result = vpvkac.analyse(vpvkac.load(file))
    place = result.places.iloc[0]
    assert (place["located_by"], place["unit"]) == ("unit", "LV9000110")
    # The square's middle, 5 km of 10: its corner is half a diagonal away.
    assert place["located_within_m"] == pytest.approx(5_000 * 2**0.5, rel=0.01)
    assert bool(place["uncertain"])
    gap = result.gaps_access.iloc[0]
    assert (gap["class"], gap["remedy"]) == ("verify", "verify_location")


def real_project(data: Path, folder: Path, history: str) -> Path:
    """Run unit centres with codes of 2021-01-01 against the units of 2022-07-01."""
    units = data.resolve() / "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
    centres = data.resolve() / "points/unit_centres_2021.csv"
    toml = f"""
[inputs]
units = "{units}"
{history}
[inputs.libraries]
path = "{centres}"
id = "unit"
name = "name"
unit = "unit"
lat = "lat"
lon = "lon"
"""
    (folder / "vpvkac.toml").write_text(toml, encoding="utf-8")
    return folder


def test_codes_of_another_layout_are_an_error_that_names_the_way_out(
    shared_data: Path, tmp_path: Path
) -> None:
    with pytest.raises(vpvkac.InputError, match="--layout"):
        vpvkac.analyse(vpvkac.load(real_project(shared_data, tmp_path, "")))


def test_by_the_units_of_that_layout_every_place_finds_its_unit_of_today(
    shared_data: Path, tmp_path: Path
) -> None:
    old = shared_data.resolve() / "units/2021-01-01/Territorial_units_LV_1.2m_(2021.01.01.).shp"
    project = vpvkac.load(real_project(shared_data, tmp_path, f'atvk_history = "{old}"'))
    result = vpvkac.analyse(project)
    assert len(result.places) == 582
    known = pd.read_csv(shared_data / "units/crosswalk_2021-01-01_to_2022-07-01.csv")
    whole = known.groupby("L1_code_2021").filter(lambda pairs: len(pairs) == 1)
    wanted = whole.set_index("L1_code_2021")["L1_code_2022"]
    places = result.places.set_index(result.places["place"].str.removeprefix("libraries:"))
    both = places.index.intersection(wanted.index)
    assert len(both) > 560
    assert (places.loc[both, "unit"] == wanted[both]).all()
    changes = result.inputs.changes
    assert changes is not None
    assert set(changes["change"]) >= {"split", "moved"}


def test_by_the_history_of_codes_a_merger_is_followed(write_project: Callable[..., Path]) -> None:
    header = ("Level,Code,Code_version,Name,Code_parent,Validity_period_begin,"
              "Validity_period_end,Predecessors,Successors")  # fmt: skip
    file = write_project(
        toml=TOML + 'atvk_history = "atvk.csv"\n',
        libraries_csv=rows(HEADER, ("l", "L", "", "", "LV9000777")),
        stops_csv=STOPS,
        atvk_csv=rows(
            header,
            (4, "LV9000777", 1, "Agrākais pagasts", "LV9000000", "2010-01-01", "2025-06-30", "",
             "LV9000110"),
            (4, "LV9000110", 1, "Dienvidu pagasts", "LV9000000", "2025-07-01", "", "LV9000777", ""),
        ),
    )  # fmt: skip
    result = vpvkac.analyse(vpvkac.load(file))
    assert result.places["unit"].tolist() == ["LV9000110"]
    changes = result.inputs.changes
    assert changes is not None
    assert changes[["old", "new"]].to_numpy().tolist() == [["LV9000777", "LV9000110"]]
