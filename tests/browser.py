"""Headless Chromium for the tests: no network, and everything it asks for or says is kept."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

_SCRIPT_S = 180.0


@contextmanager
def chromium() -> Iterator[WebDriver]:
    """Start Chromium; without one a test is skipped, under CI it fails."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        missing = "no Chromium with its driver (Debian packages chromium, chromium-driver)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in _FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver))
    # A busy machine takes its time over the accessibility check of a long page.
    started.set_script_timeout(_SCRIPT_S)
    try:
        yield started
    finally:
        started.quit()


def show(driver: WebDriver, file: Path, *, width: int = 1280, height: int = 900) -> None:
    """Open a file in a window of this size, with fresh logs."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.get("about:blank")
    console(driver)
    requests(driver)
    driver.get(file.as_uri())
    ready(driver)


def ready(driver: WebDriver) -> None:
    """Wait until the page's scripts have run: a busy driver may come back before."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, _SCRIPT_S).until(
        lambda driver: driver.execute_script("return document.readyState") == "complete"
    )


def pages_printed(driver: WebDriver) -> int:
    """Print the page that is open; give the number of sheets."""
    from selenium.common.exceptions import WebDriverException

    command = ("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    try:
        printed = driver.execute_cdp_cmd(*command)
    except WebDriverException:
        # A busy browser says "Printing failed" of a page that it prints when asked again.
        printed = driver.execute_cdp_cmd(*command)
    return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"])))


def console(driver: WebDriver) -> list[str]:
    """Give what the console says since the last call."""
    log: list[dict[str, Any]] = driver.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in log]


def requests(driver: WebDriver) -> list[str]:
    """Give the addresses asked for since the last call."""
    log: list[dict[str, Any]] = driver.get_log("performance")  # type: ignore[no-untyped-call]
    messages = [json.loads(entry["message"])["message"] for entry in log]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
