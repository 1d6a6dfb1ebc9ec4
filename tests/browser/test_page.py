"""The web chat in a real browser: Debian's chromium, on a desktop and on a phone."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from chat.disclaimer import DISCLAIMER
from tests.conftest import ROOT

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ATTACK = "Does IV magnesium work during a migraine attack?"


@pytest.fixture(scope="module")
def address(index_folder: Path) -> Iterator[str]:
    """A real server on a free port, stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "chat", "serve", "--index", str(index_folder), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        url = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except OSError:
                assert server.poll() is None, server.stdout and server.stdout.read()
                time.sleep(0.5)
        yield url
        server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """An open page and what it did behind the scenes."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        answers = self.page.locator(".answer").count()
        self.page.locator("#question textarea").fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".answer")).to_have_count(answers + 1)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    yield from open_page(browser, address, request.param)


def open_page(browser: Browser, address: str, viewport: dict[str, int]) -> Iterator[Visit]:
    context = browser.new_context(viewport=viewport, has_touch=viewport is PHONE)
    visit = Visit(context.new_page())
    visit.page.on("request", lambda request: visit.requests.append(request.url))
    visit.page.on("console", lambda message: visit.errors.append(message.text) if message.type == "error" else None)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.goto(address)
    expect(visit.page.locator("#question textarea")).to_be_visible()
    yield visit
    context.close()


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_question_its_citations_their_sources_and_a_follow_up(visit: Visit, address: str):
    page = visit.page
    expect(page.locator("#disclaimer")).to_contain_text(DISCLAIMER)
    visit.ask(ATTACK)
    answer = page.locator(".answer").last
    expect(answer.locator(".disclaimer")).to_have_text(DISCLAIMER)
    numbers = answer.locator("a.cite")
    assert numbers.count() >= 2
    for place in range(numbers.count()):
        number = numbers.nth(place)
        quote = answer.locator("blockquote.quote > span").nth(place).inner_text()
        number.tap() if page.viewport_size == PHONE else number.click()
        wanted = (number.get_attribute("href") or "")[1:]
        expect(page.locator(f'#panel article[data-place="{wanted}"]')).to_be_visible()
        marked = page.locator("#source mark.chosen")
        expect(marked.first).to_be_in_viewport()
        assert squeezed("".join(marked.all_inner_texts())) == squeezed(quote)
        expect(marked.first).to_be_focused()
        if page.viewport_size == PHONE:
            page.locator("#close-source").tap()
            expect(number).to_be_focused()
    visit.ask("and how fast?")
    follow_up = page.locator(".answer").last
    expect(follow_up.locator("blockquote.quote").first).to_contain_text(re.compile("minutes|rapid|quickly"))
    assert visit.errors == []
    assert [url for url in visit.requests if not url.startswith((address, "data:", "blob:"))] == []


def test_citations_open_by_keyboard_and_the_source_closes_with_escape(browser: Browser, address: str):
    for visit in open_page(browser, address, PHONE):
        page = visit.page
        visit.ask(ATTACK)
        number = page.locator(".answer a.cite").first
        number.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#source mark.chosen").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()
        expect(number).to_be_focused()
        page.keyboard.press("Space")
        expect(page.locator("#source mark.chosen").first).to_be_focused()


def test_a_starter_is_asked_and_answered(visit: Visit):
    page = visit.page
    page.get_by_text("How much magnesium do I need each day?").click()
    expect(page.locator(".answer blockquote").first).to_contain_text("310-320 mg")


def test_what_the_sources_do_not_say(visit: Visit):
    visit.ask("how many oxycontin tablets is too many for me")
    answer = visit.page.locator(".answer").last
    expect(answer.locator(".abstain")).to_contain_text("The sources do not answer this. No source mentions: oxycontin.")
    expect(answer.locator("a.cite")).to_have_count(0)


def test_an_emergency_comes_first_and_is_an_alert(visit: Visit):
    visit.ask("i have crushing chest pain right now")
    expect(visit.page.locator(".answer > *").first).to_have_attribute("role", "alert")


def test_markup_in_a_question_stays_text(visit: Visit):
    visit.ask("<img src=x onerror=\"document.title='hacked'\"> **cramps** [link](http://example.com)")
    assert visit.page.title() == "Magpie"
    assert visit.page.locator("#chat .user-row img, #chat .user-row a, #chat .user-row strong").count() == 0


def test_an_address_opens_its_passage_in_a_fresh_browser(browser: Browser, address: str):
    text = (ROOT / "corpus" / "muscle-cramps.txt").read_text("utf-8")
    start = text.index("A muscle cramp is")
    span = f"{start}-{text.index('.', start) + 1}"
    for visit in open_page(browser, f"{address}/?source=muscle-cramps&span={span}", PHONE):
        expect(visit.page.locator("#source mark.chosen")).to_be_in_viewport()
        assert visit.page.locator("#source mark.chosen").inner_text().startswith("A muscle cramp is a sudden, involuntary, painful contraction")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_is_wider_than_the_page(browser: Browser, address: str, viewport: dict[str, int]):
    for visit in open_page(browser, address, viewport):
        visit.ask(ATTACK)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
