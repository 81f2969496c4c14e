"""The Python interface refuses what the project file refuses, and names what may be meant."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import vpvkac
from vpvkac.model.options import OptionError, listed, number, one_of, whole
from vpvkac.model.project import Rules

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result


WRONG_RULES: list[tuple[dict[str, Any], list[str]]] = [
    ({"stop_set": "regionl"}, ["stop_set", "'regionl'", "regional, bus, all", "mean regional?"]),
    ({"stop_set": "REGIONAL"}, ["'REGIONAL'", "mean regional?"]),
    ({"stop_set": None}, ["stop_set", "None", "regional, bus, all"]),
    ({"threshold_m": -5}, ["threshold_m", "-5", "from 1 to 100000"]),
    ({"threshold_m": 0}, ["threshold_m", "from 1 to 100000"]),
    ({"threshold_m": math.nan}, ["threshold_m", "nan"]),
    ({"threshold_m": math.inf}, ["threshold_m", "inf"]),
    ({"threshold_m": 10**400}, ["threshold_m", "from 1 to 100000"]),
    ({"threshold_m": "700"}, ["threshold_m", "'700'", "not a number"]),
    ({"threshold_m": True}, ["threshold_m", "True", "not a number"]),
    ({"hosts": ("foo",)}, ["hosts", "'foo'", "centre, library"]),
    ({"hosts": ("centre", "libary")}, ["'libary'", "mean library?"]),
    ({"hosts": "library"}, ["hosts", "not a list"]),
    ({"hosts": ()}, ["hosts", "empty"]),
    ({"hosts": ("centre", "centre")}, ["hosts", "twice"]),
    ({"hosts": [["centre"]]}, ["hosts", "['centre']"]),
    ({"layout": "2021"}, ["layout", "'2021'", "2021-07-01"]),
    ({"treshold": 800}, ["'treshold'", "mean threshold_m?"]),
    ({"stopset": "bus"}, ["'stopset'", "mean stop_set?"]),
]


@pytest.mark.parametrize(("rules", "said"), WRONG_RULES)
def test_a_wrong_rule_is_a_value_error_that_names_it(
    rules: dict[str, Any], said: list[str]
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it says is looked at
        vpvkac.sample().with_rules(**rules)
    for part in said:
        assert part in str(caught.value)


def test_all_wrong_rules_are_named_at_once() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it says is looked at
        Rules(threshold_m=-1, stop_set="rail")  # type: ignore[arg-type]
    assert "threshold_m" in str(caught.value)
    assert "'rail'" in str(caught.value)


@pytest.mark.parametrize("value", [800, 800.0, np.int64(800), np.float32(800)])
def test_numbers_of_any_kind_are_thresholds(value: float) -> None:
    assert vpvkac.sample().with_rules(threshold_m=value).rules.threshold_m == 800.0


WRONG_CALLS: dict[str, tuple[Callable[[Result], object], list[str]]] = {
    "analyse, language": (lambda r: vpvkac.analyse(r.project, lang="de"), ["'de'", "lv, en"]),  # type: ignore[arg-type]
    "site, method": (lambda r: vpvkac.site(r, method="cove"), ["'cove'", "mean cover?"]),  # type: ignore[arg-type]
    "site, none": (lambda r: vpvkac.site(r, points=0), ["points", "at least 1"]),
    "site, half": (lambda r: vpvkac.site(r, points=2.5), ["points", "2.5"]),  # type: ignore[arg-type]
    "site, percent": (lambda r: vpvkac.site(r, target=90), ["target", "90", "0.9"]),
    "site, radius": (lambda r: vpvkac.site(r, radius_m=math.nan), ["radius_m", "nan"]),
    "site, kind": (lambda r: vpvkac.site(r, candidates=["libraries"]), ["mean library?"]),
    "site, text": (lambda r: vpvkac.site(r, candidates="library"), ["candidates", "not a list"]),
    "site, weights": (lambda r: vpvkac.site(r, weights="people"), ["population, units"]),  # type: ignore[arg-type]
    "site, existing": (lambda r: vpvkac.site(r, existing="opn"), ["mean open?"]),  # type: ignore[arg-type]
    "site, time": (lambda r: vpvkac.site(r, time_limit_s=0), ["time_limit_s", "above 0"]),
    "site, median target": (
        lambda r: vpvkac.site(r, target=0.5, method="median"), ["target", "p-median"],
    ),
    "walk, speed": (lambda r: vpvkac.walk(r, speed_km_h=50), ["speed_km_h", "0.5 to 20"]),
    "walk, text": (lambda r: vpvkac.walk(r, speed_km_h="4"), ["speed_km_h", "'4'"]),  # type: ignore[arg-type]
    "compare, language": (lambda r: vpvkac.compare(r, r, lang="ev"), ["'ev'"]),  # type: ignore[arg-type]
    "explain, language": (lambda r: vpvkac.explain(r, "LV9927580", "lt"), ["'lt'", "lv, en"]),  # type: ignore[arg-type]
    "explain, nowhere": (lambda r: vpvkac.explain(r, "Vezusalla"), ["Vēžusala"]),
    "hours, flag": (lambda r: vpvkac.hours(r, every_host="no"), ["every_host", "'no'"]),  # type: ignore[arg-type]
}  # fmt: skip


@pytest.mark.parametrize("call", WRONG_CALLS)
def test_a_wrong_option_is_a_value_error_that_names_it(sample_result: Result, call: str) -> None:
    ask, said = WRONG_CALLS[call]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it says is looked at
        ask(sample_result)
    for part in said:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("option", "said"), [({"points": "networks"}, "mean network?"), ({"workers": 0}, "at least 1")]
)
def test_demand_refuses_before_it_reads(
    sample_result: Result, tmp_path: Path, option: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        vpvkac.demand(sample_result, tmp_path / "none.csv", tmp_path / "out", **option)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("ask", [vpvkac.site, vpvkac.walk, vpvkac.hours, vpvkac.cost])
def test_a_project_in_place_of_a_result_is_told(ask: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match=r"result: Project was given; make it by vpvkac.analyse"):
        ask(vpvkac.sample())


def test_a_path_in_place_of_a_project_is_told() -> None:
    with pytest.raises(TypeError, match=r"project: str was given; make it by vpvkac.load"):
        vpvkac.analyse("vpvkac.toml")  # type: ignore[arg-type]


def test_checks_give_the_value_in_its_own_form() -> None:
    assert one_of("stop_set", "bus", ("regional", "bus")) == "bus"
    assert listed("hosts", ["library"], ("centre", "library")) == ("library",)
    assert whole("points", np.int32(3), 1) == 3
    assert number("target", 1, 0, 1, above=True) == 1.0


def test_an_option_error_goes_from_process_to_process() -> None:
    with pytest.raises(OptionError) as caught:
        whole("points", "x", 1)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301
