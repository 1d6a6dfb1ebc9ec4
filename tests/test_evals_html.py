"""The page: whole, harmless and complete, as a parser reads it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from chat.answers import EMERGENCY, SMALLTALK
from evals.cases import Place
from evals.html import About, page, write
from evals.run import VERDICTS
from indexer.records import Span
from tests.evals_toys import DOCUMENTS, case, document, result

WHALES, CRABS, OWLS = "Whales sing.", "Crabs walk sideways.", "Owls hunt at night."
HOSTILE = """"><script>alert('x')</script><img src=http://evil.example/x onerror="a()">{{7*7}}\ud800"""
RESULTS = (
    result(case("right", "who sings?", split="dev", expected=[[WHALES]]), [WHALES], confidence=0.9),
    result(case("later", "and who walks?", kind="follow_up", history=["who sings?"], expected=[[CRABS, OWLS], [WHALES]]), [OWLS, CRABS]),
    result(case("hostile", HOSTILE, expected=[[CRABS]], history=[HOSTILE], topic=HOSTILE), [OWLS]),
    result(case("none", "what do bees eat?", kind="unanswerable"), [OWLS]),
    result(case("silent", "who has three hearts?", expected=[["Squid have three hearts."]]), confidence=0.2, ranking=[CRABS, "Squid have three hearts."]),
    result(case("danger", "help", kind="emergency"), kind=EMERGENCY),
    result(case("hello", "hi", kind="smalltalk"), kind=SMALLTALK),
    result(case("broken", "who?", expected=[[CRABS]]), error="ValueError: <b>no</b>"),
)
ABOUT = About("the <suite>", 2, 6, "toy & co", "1 May 2026")
VOID = {"meta", "br", "input", "link", "img", "hr"}


class Page(HTMLParser):
    """Every element with its attributes, the text in it, and whether all tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.open: list[str] = []
        self.script = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.script += data
        elif not self.open or self.open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def text() -> str:
    return page(RESULTS, DOCUMENTS, ABOUT)


@pytest.fixture(scope="module")
def parsed(text: str) -> Page:
    return Page(text)


def test_every_tag_is_closed(parsed: Page) -> None:
    assert parsed.open == []
    assert parsed.elements[0] == ("html", {"lang": "en"})


def test_nothing_is_fetched_from_anywhere(text: str, parsed: Page) -> None:
    for tag, attributes in parsed.elements:
        for name in ("src", "href", "srcset", "action", "data", "poster", "xlink:href"):
            assert attributes.get(name, "#").startswith("#"), (tag, attributes)
        assert "url(" not in attributes.get("style", "")
    assert {"img", "link", "iframe", "object", "base", "embed"}.isdisjoint(tag for tag, _ in parsed.elements)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style and "url(" not in style[1] and "@import" not in style[1]


def test_the_policy_allows_the_script_of_the_page_and_no_other(text: str, parsed: Page) -> None:
    (policy,) = (meta["content"] for meta in parsed.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(parsed.script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert len(parsed.all("script")) == text.count("<script>") == 1
    assert not any(name.startswith("on") for _, attributes in parsed.elements for name in attributes)


def test_every_case_is_there_with_what_the_filters_need(parsed: Page) -> None:
    cases = {attributes["id"]: attributes for attributes in parsed.all("details") if attributes.get("class") == "case"}
    assert list(cases) == [f"case-{found.case.id}" for found in RESULTS]
    assert [(found["data-kind"], found["data-split"], found["data-verdict"]) for found in cases.values()] == [
        (found.case.kind, found.case.split, found.verdict) for found in RESULTS
    ]


def test_questions_history_quotes_and_errors_are_shown(parsed: Page) -> None:
    for words in ("who sings?", "and who walks?", "Asked before", WHALES, CRABS, OWLS, "The sea", "Part 1 of 2, any of", "ValueError: <b>no</b>"):
        assert words in parsed.text
    assert parsed.text.count("✓ expected and cited") == 2 + 4  # on both sides: one pair of the first case, two of the second


def test_a_hostile_question_is_shown_as_it_is_written(text: str, parsed: Page) -> None:
    assert "<script>alert" not in text and "<img" not in text
    assert HOSTILE in parsed.text
    assert "the <suite>" in parsed.text and "toy & co" in parsed.text


def test_the_page_is_written_whatever_a_question_holds(tmp_path: Path) -> None:
    write(tmp_path / "report.html", RESULTS, DOCUMENTS, ABOUT)
    content = (tmp_path / "report.html").read_text("utf-8")
    assert content.endswith("</html>\n") and "case-broken" in content


def test_the_filters_offer_what_there_is(parsed: Page) -> None:
    offered = {option["value"] for option in parsed.all("option")}
    assert {"single", "follow_up", "dev", "test", "right", "partly", "error"} <= offered
    assert "conflict" not in offered and "missed" not in offered and offered - {""} <= {"dev", "test", *VERDICTS, *(r.case.kind for r in RESULTS)}


def test_the_held_out_split_gives_the_headline(parsed: Page) -> None:
    # of the four answerable cases of the test split, one is right first
    assert "On held-out questions, the first citation is right 25 % of the time" in parsed.text
    only_dev = Page(page(RESULTS[:1], DOCUMENTS, ABOUT))
    assert "On the questions it was tuned on, the first citation is right 100 % of the time" in only_dev.text


def test_figures_stand_with_their_intervals_and_cases(parsed: Page) -> None:
    cells = [attributes.get("class") for attributes in parsed.all("small")]
    assert cells.count("interval") > 60 and cells.count("count") > 40
    labels = [attributes["aria-label"] for attributes in parsed.all("svg") if "aria-label" in attributes]
    assert len(labels) == 4


def test_a_suite_of_emergencies_alone_has_a_page() -> None:
    text = page([result(case("danger", kind="emergency"), kind=EMERGENCY)], DOCUMENTS, ABOUT)
    assert "What Magpie does with held-out questions" in Page(text).text


def test_a_long_expected_passage_is_cut() -> None:
    documents = {"sea": document("sea", "Whales sing. " + "Again and again. " * 100)}
    about = replace(case("long"), expected=((Place("sea", Span(0, 1600)),),))
    text = Page(page([result(about, [WHALES])], documents, ABOUT)).text
    assert "Again and again. Again" in text and "…" in text
    assert text.count("Again and again.") == (900 - 13) // 17
