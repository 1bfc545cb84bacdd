"""A real browser: Debian's Chromium without a window. Skipped with a reason where there is none, a failure in CI."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Open = Callable[[str], Any]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not browser or not driver:
        reason = "no browser: apt-get install chromium chromium-driver"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    options = ChromeOptions()
    options.binary_location = browser
    # As root, as in CI, Chromium does not start in its sandbox; the pages are our own.
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options=options, service=ChromeService(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


@pytest.fixture
def show(chromium: Any, tmp_path: Path) -> Callable[..., Any]:
    """Shows a page at a width and height in pixels, and gives the browser."""

    def at(page: str, width: int = 1400, height: int = 900) -> Any:
        path = tmp_path / "page.html"
        path.write_text(page, encoding="utf-8")
        # Not the window's size: that is never below 500 pixels.
        chromium.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        )  # fmt: skip
        chromium.get_log("browser")
        chromium.get(path.as_uri())
        return chromium

    return at
