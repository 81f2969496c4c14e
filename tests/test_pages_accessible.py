"""Every kind of page can be read by everyone: axe-core finds nothing serious in it."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser import show
from vpvkac.analysis.rounding import exact
from vpvkac.questions.coverage.report import report_page

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

    from vpvkac.api.coverage import Result


pytestmark = pytest.mark.browser
# The rules of WCAG 2.1 A and AA, and what axe-core calls good practice.
_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then(
    found => done(found.violations.map(rule => ({
        rule: rule.id, impact: rule.impact, where: rule.nodes.map(node => node.html.slice(0, 200)),
    }))),
    fault => done([{rule: String(fault), impact: "critical", where: []}]),
);
"""


@pytest.fixture
def out(sample_out: Path) -> Path:
    return sample_out


def serious(driver: WebDriver) -> list[dict[str, Any]]:
    """Give what axe-core calls serious or critical on the page that is open."""
    axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    driver.execute_script(axe)
    found: list[dict[str, Any]] = driver.execute_async_script(_RUN)
    return [rule for rule in found if rule["impact"] in {"serious", "critical"}]


def test_axe_finds_what_is_wrong(browser: WebDriver, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_text("<html><title>x</title><img src='data:,'><input></html>", encoding="utf-8")
    show(browser, file)
    found = {rule["rule"] for rule in serious(browser)}
    assert {"html-has-lang", "image-alt", "label"} <= found


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["lv", "en"])
def test_the_report_has_no_serious_finding(
    browser: WebDriver, sample_result: Result, tmp_path: Path, lang: Any, width: int
) -> None:
    file = tmp_path / "report.html"
    result = replace(sample_result, lang=lang)
    file.write_text(report_page(result, exact(result)), encoding="utf-8")
    show(browser, file, width=width)
    assert serious(browser) == []


def test_no_page_of_a_run_has_a_serious_finding(browser: WebDriver, out: Path) -> None:
    """One page of each kind: the municipalities' pages are made alike."""
    pages = [*out.glob("*.html"), *out.glob("maps/*.html"), *out.glob("municipalities/*.html")]
    pages += sorted(out.glob("municipalities/*/index.html"))[:2]
    assert pages
    found = {}
    for page in pages:
        show(browser, page)
        found[page.relative_to(out).as_posix()] = serious(browser)
    assert {page: rules for page, rules in found.items() if rules} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_with_a_card_and_a_what_if_has_no_serious_finding(
    browser: WebDriver, out: Path, sample_result: Result, scheme: str
) -> None:
    unit = sample_result.gaps_access["unit"].iloc[0]
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    show(browser, out / "map.html", width=360)
    browser.execute_script(f"location.hash = 'unit={unit}&t=900&show=beyond'")
    found = serious(browser)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert found == []
