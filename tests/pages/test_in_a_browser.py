"""The report as a browser shows it: filters, links both ways, on a phone, on paper, soon, and harmless."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.support.wait import WebDriverWait

from tests.conftest import SAMPLES
from tests.pages.pages import HOSTILE, hostile_application, report_page
from toolkit.batch.results import FindingRow, Result
from toolkit.batch.summary import render_html as render_summary
from toolkit.catalog.catalog import Catalog

Show = Callable[..., Any]
# Elements of a selector that are shown.
SHOWN = "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility()).length"
PAINTED = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
IN_VIEW = "const b = document.getElementById(arguments[0]).getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight + 1"


@pytest.fixture(scope="module")
def page(catalog: Catalog) -> str:
    """Of the largest sample."""
    return report_page(SAMPLES["document-signing"], catalog)


def test_a_filter_shows_one_service_and_what_all_share(page: str, show: Show) -> None:
    browser = show(page)
    rows = "#services tbody tr"
    assert browser.execute_script(SHOWN, rows) == 5
    browser.find_element("css selector", "label:has(#show-firmas-worker)").click()
    assert browser.execute_script(SHOWN, rows) == 1
    assert browser.execute_script(SHOWN, "details[data-for~=firmas-worker]") > 3
    assert browser.execute_script(SHOWN, "details[data-for]:not([data-for~=firmas-worker])") == 0
    assert browser.execute_script(SHOWN, "#routes tbody tr") == 0
    assert browser.execute_script(
        "return [...document.querySelectorAll('details')].some(e => !e.dataset.for && e.checkVisibility())"
    )
    browser.find_element("css selector", "label:has(#show-all)").click()
    assert browser.execute_script(SHOWN, rows) == 5


def test_links_lead_from_the_readme_to_the_files_and_back(page: str, show: Show) -> None:
    browser = show(page)
    link = browser.find_element(
        "xpath", "//div[contains(@class, 'read')]//li[contains(., 'gunicorn')]//a[contains(., 'Dockerfile')]"
    )
    target = link.get_attribute("href").partition("#")[2]
    read = browser.execute_script("return arguments[0].closest('li').id", link)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    link.click()
    assert browser.execute_script(IN_VIEW, target) and browser.execute_script(IN_VIEW, read)
    assert "gunicorn" in browser.execute_script("return document.querySelector('li:target').textContent")
    back = browser.find_element("css selector", f'#{target} a[href="#{read}"]')
    back.click()
    assert browser.execute_script("return document.querySelector('li:target').id") == read
    assert browser.execute_script(IN_VIEW, read)


@pytest.mark.parametrize("width", [360, 1024, 2560])
def test_nothing_stands_beside_the_screen(page: str, show: Show, width: int) -> None:
    browser = show(page, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") == width
    small = "return [...document.querySelectorAll('td, li, p')].filter(e => e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 11).length"
    assert browser.execute_script(small) == 0


def test_it_prints_without_templates_and_buttons(page: str, show: Show) -> None:
    browser = show(page)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert browser.execute_script(SHOWN, ".filter, nav, details.template") == 0
        findings = len(browser.find_elements("css selector", "#findings article"))
        assert browser.execute_script(SHOWN, "#findings article") == findings > 0
        assert browser.execute_script("return getComputedStyle(document.querySelector('.pane')).overflow") == "visible"
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    paper = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert paper.startswith(b"%PDF") and 10 < paper.count(b"/Type /Page\n") < 80


def test_the_first_paint_comes_within_a_second(page: str, show: Show) -> None:
    times = []
    for _ in range(5):
        browser = show(page)
        times.append(WebDriverWait(browser, 20).until(lambda one: one.execute_script(PAINTED)))
    assert min(times) < 1000


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_nothing(text: str, tmp_path: Path, catalog: Catalog, show: Show) -> None:
    browser = show(report_page(hostile_application(tmp_path / "shop", text), catalog))
    assert browser.execute_script("return typeof pwned") == "undefined"
    assert browser.execute_script("return document.body.textContent.includes(arguments[0])", text)
    assert browser.get_log("browser") == []  # nor did the policy have anything to stop


def test_the_policy_stops_what_escaping_would_miss(page: str, show: Show) -> None:
    injected = "<script>pwned = 1</script><img src=x onerror='pwned = 1'><style>h1 { display: none }</style>"
    browser = show(page.replace("<main>", f"<main>{injected}"))
    assert browser.execute_script("return typeof pwned") == "undefined"
    assert browser.execute_script(SHOWN, "h1") == 1
    assert len([entry for entry in browser.get_log("browser") if "Content Security Policy" in entry["message"]]) >= 3


@pytest.mark.parametrize("width", [360, 1400])
@pytest.mark.parametrize("text", HOSTILE)
def test_the_summary_of_a_batch_fits_and_is_harmless(text: str, width: int, show: Show) -> None:
    finding = FindingRow(code="RP012", severity="warning", message=f"odd {text}", places=(f"{text}:3",))
    results = [
        Result(name="shop", source="shop", status="converted", services={"web": "web"}, stacks=("python-flask",), confidence=0.7, findings=(finding,) * 30),
        Result(name=text, source=text, status="failed", error=f"bad {text}" * 20),
    ]  # fmt: skip
    browser = show(render_summary(results), width)
    assert browser.execute_script("return document.documentElement.scrollWidth") == width
    assert browser.execute_script(SHOWN, "#repositories tbody tr") == 2
    assert browser.execute_script("return typeof pwned") == "undefined" and browser.get_log("browser") == []
    assert browser.execute_script("return document.body.textContent.includes(arguments[0])", text)
