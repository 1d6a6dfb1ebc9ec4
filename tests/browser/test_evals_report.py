"""The eval report in a real browser: at both widths, light and dark, without a request to anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from evals.html import write
from tests.evals_toys import DOCUMENTS
from tests.test_evals_html import ABOUT, HOSTILE, RESULTS

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    write(file, RESULTS, DOCUMENTS, ABOUT)
    return file


def luminance(page: Page, of: str) -> float:
    """Of a colour of the page's body, 0 to 255."""
    colour = page.evaluate(f"getComputedStyle(document.body).{of}")
    return sum(float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")) / 3


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_fits_both_widths_in_both_colour_schemes_and_fetches_nothing(browser: Browser, report: Path, width: int, scheme: str) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        requests: list[str] = []
        told: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("dialog", lambda dialog: told.append(dialog.message))
        page.goto(report.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        ink, paper = luminance(page, "color"), luminance(page, "backgroundColor")
        assert (ink < 80 and paper > 200) if scheme == "light" else (ink > 200 and paper < 80)
        assert requests == [report.as_uri()] and told == []


def test_the_filters_keep_what_fits_all_of_them(browser: Browser, report: Path) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(report.as_uri())
        shown = page.locator(".case:visible")
        expect(page.locator("#shown")).to_have_text(f"{len(RESULTS)} of {len(RESULTS)} cases")
        page.select_option("select[name=kind]", "single")
        expect(shown).to_have_count(sum(found.case.kind == "single" for found in RESULTS))
        page.select_option("select[name=verdict]", "right")
        expect(shown).to_have_count(1)
        assert shown.get_attribute("id") == "case-right"
        page.select_option("select[name=split]", "test")
        expect(shown).to_have_count(0)
        expect(page.locator("#shown")).to_have_text(f"0 of {len(RESULTS)} cases")


def test_a_search_finds_words_of_questions_and_quotes_in_any_order(browser: Browser, report: Path) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(report.as_uri())
        page.fill("input[name=text]", "HEARTS three")
        expect(page.locator(".case:visible")).to_have_count(1)
        assert page.locator(".case:visible").get_attribute("id") == "case-silent"


def test_the_address_of_a_case_opens_it(browser: Browser, report: Path) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(report.as_uri() + "#case-hostile")
        expect(page.locator("#case-hostile .body")).to_be_visible()
        assert HOSTILE.split("\ud800")[0] in str(page.locator("#case-hostile .question").text_content())
