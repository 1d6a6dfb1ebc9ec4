"""Answers and articles as HTML: what is marked is what is quoted, and nothing of a source or a question is markup."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

import pytest

from chat.answer import Answerer
from chat.answers import Answer, Citation, Trace
from chat.disclaimer import DISCLAIMER
from chat.markup import answer_html, article_html, parse_reference, reference, sources_html
from indexer.index import Index
from indexer.records import Span, collapse


class Reader(HTMLParser):
    """Collects the text inside marks, by class, all text, and all tags; raises on tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.marked: dict[str, str] = {"chosen": "", "cited": ""}
        self.text = ""
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.tags.append(tag)
        self.open.append((tag, values.get("class") or ""))
        if tag == "a":
            self.links.append(values.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag, name in self.open:
            if tag == "mark":
                self.marked[name] += data


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_sentence_is_marked_exactly(index: Index):
    for sentence in index.sentences:
        reader = Reader(article_html(index, (sentence.document_id, sentence.span)))
        assert squeezed(reader.marked["chosen"]) == squeezed(sentence.text), sentence.span
        assert reader.marked["cited"] == ""


def test_a_quote_over_a_list_marks_every_item_and_no_marker(index: Index):
    text = index.documents["fibromyalgia-trial"].text
    start, end = text.index("Duval recommends"), text.index("Dark chocolate") + len("Dark chocolate")
    marked = Reader(article_html(index, ("fibromyalgia-trial", Span(start, end)))).marked["chosen"]
    assert squeezed(marked) == squeezed(text[start:end].replace("- ", ""))


def test_a_repeated_sentence_is_marked_only_where_it_is_cited(index: Index):
    twins = [sentence for sentence in index.sentences if sentence.text.startswith("This combination enhances")]
    html = [article_html(index, (twin.document_id, twin.span)) for twin in twins]
    assert html[0] != html[1]
    assert all(Reader(page).marked["chosen"].count("This combination") == 1 for page in html)


def test_other_citations_are_marked_weaker(index: Index):
    first, second = [sentence for sentence in index.sentences if sentence.document_id == "muscle-cramps"][:2]
    reader = Reader(article_html(index, (first.document_id, first.span), [first.span, second.span]))
    assert collapse(reader.marked["chosen"]) == collapse(first.text)
    assert collapse(reader.marked["cited"]) == collapse(second.text)


def test_the_whole_article_is_there_and_unmarked_when_it_is_opened_as_a_whole(index: Index):
    for document in index.documents.values():
        reader = Reader(article_html(index, (document.id, Span(0, len(document.text)))))
        assert reader.marked == {"chosen": "", "cited": ""}
        for block in index.blocks:
            if block.document_id == document.id:
                assert squeezed(document.slice(block.span)) in squeezed(reader.text)


def test_furniture_is_folded(index: Index):
    html = article_html(index, ("chronic-pain", Span(0, len(index.documents["chronic-pain"].text))))
    assert "<details><summary>Page furniture, never quoted</summary><small>Close this search box.</small></details>" in html


def test_markup_in_a_source_is_shown_as_text(index: Index):
    hostile = dataclasses.replace(
        index,
        documents={
            id: dataclasses.replace(document, title="<img src=x onerror=alert(1)>", text=document.text.replace("muscle", "<b>mus"))
            for id, document in index.documents.items()
        },
    )
    reader = Reader(article_html(hostile, ("muscle-cramps", Span(0, 40))) + sources_html(hostile))
    assert "img" not in reader.tags and "b" not in reader.tags
    assert "<b>mus" in reader.text


def test_an_answer_links_each_number_to_its_place(answerer: Answerer, index: Index):
    answer = answerer.answer("how much magnesium should a woman take each day?")
    reader = Reader(answer_html(answer, index))
    first = answer.citations[0]
    assert reader.links[0] == "#" + reference(first.document_id, first.span)
    assert collapse(first.quote) in reader.text
    assert reader.text.count(DISCLAIMER) == 1


def test_an_answer_is_one_block_without_blank_lines(answerer: Answerer, index: Index):
    assert "\n" not in answer_html(answerer.answer("what did the intravenous study find?"), index)


def test_markup_in_a_quote_is_shown_as_text(index: Index):
    citation = Citation(1, "muscle-cramps", "<i>T</i>", "<u>S</u>", Span(0, 5), "<script>alert(1)</script>")
    answer = Answer("q", "q", "answer", (citation,), 0.9, Trace())
    reader = Reader(answer_html(answer, index))
    assert set(reader.tags) == {"div", "blockquote", "span", "a", "ul", "li", "p"}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "muscle-cramps",
        "muscle-cramps:",
        "muscle-cramps:5-5",
        "muscle-cramps:9-3",
        "muscle-cramps:-1-4",
        "muscle-cramps:0-999999",
        "nowhere:0-5",
        "muscle-cramps:a-b",
        "muscle-cramps:0-5-9",
        "muscle-cramps:²-5",
        "muscle-cramps:1-" + "9" * 5000,
    ],
)
def test_an_address_that_names_no_place_opens_nothing(index: Index, address: str):
    assert parse_reference(address, index) is None


def test_an_address_names_its_place_again(index: Index):
    assert parse_reference(reference("muscle-cramps", Span(3, 9)), index) == ("muscle-cramps", Span(3, 9))
