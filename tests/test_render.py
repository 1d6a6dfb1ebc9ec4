"""An answer becomes text, Markdown and the record of `ask`."""

import json

import pytest

from chat.answer import Answerer
from chat.answers import Answer, Trace
from chat.disclaimer import DISCLAIMER
from chat.render import selectors, to_markdown, to_record, to_text
from indexer.records import Span

QUESTIONS = (
    "how much magnesium should a woman take each day?",
    "What is the capital of France?",
    "hi",
    "I took the whole bottle of magnesium pills",
    "",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_kind_of_answer_carries_the_disclaimer_once(answerer: Answerer, question: str):
    answer, documents = answerer.answer(question), answerer.index.documents
    assert to_text(answer, documents).count(DISCLAIMER) == 1
    assert to_markdown(answer, documents).count(DISCLAIMER) == 1
    assert to_record("1", answer, documents, 1.0)["disclaimer"] == DISCLAIMER


def test_the_record_keeps_the_contract(answerer: Answerer):
    record = to_record("7", answerer.answer(QUESTIONS[0]), answerer.index.documents, 12.34)
    assert list(record) == ["id", "question", "query", "kind", "markdown", "citations", "confidence", "disclaimer", "elapsed_ms"]
    assert (record["id"], record["kind"], record["elapsed_ms"]) == ("7", "answer", 12.3)
    citation = record["citations"][0]
    assert list(citation) == ["number", "document", "file", "title", "section", "start", "end", "quote", "selector"]
    text = answerer.index.documents[citation["document"]].text
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["file"] == "glycinate-migraine.txt"
    json.dumps(record)


def test_selectors_find_the_quote_again(answerer: Answerer):
    document = answerer.index.documents["muscle-cramps"]
    quote, position = selectors(document, Span(100, 150))
    assert quote["prefix"] + quote["exact"] + quote["suffix"] == document.text[68:182]
    assert (position["start"], position["end"]) == (100, 150)
    assert selectors(document, Span(0, 5))[0]["prefix"] == ""


def test_the_text_has_quotes_with_numbers_and_their_sources(answerer: Answerer):
    text = to_text(answerer.answer(QUESTIONS[0]), answerer.index.documents)
    assert "310-320 mg per day.” [1]" in text
    assert "[1] How Magnesium Glycinate for Migraines Relief Works · Magnesium Deficiency and Its Effects · Faye D. M." in text


def test_abstaining_says_so_and_names_the_missing_word(answerer: Answerer):
    answer = answerer.answer("how many oxycontin tablets can I take")
    assert to_text(answer, answerer.index.documents).startswith("The sources do not answer this. No source mentions: oxycontin.")


@pytest.mark.parametrize(
    ("danger", "words"),
    [("self-harm", "988"), ("overdose", "poison control"), ("infant", "baby"), ("pregnancy", "maternity"), ("stroke", "emergency number now")],
)
def test_an_emergency_has_a_signpost_that_fits(answerer: Answerer, danger: str, words: str):
    answer = Answer("q", "q", "emergency", (), 0.0, Trace(reason=danger))
    assert words in to_text(answer, answerer.index.documents).split("\n")[0]


def test_markup_in_the_users_words_is_shown_as_text(answerer: Answerer):
    answer = Answer("q", "q", "abstain", (), 0.0, Trace(unknown=("<img", "*x*", "[a](javascript:b)")))
    markdown = to_markdown(answer, answerer.index.documents)
    assert "&lt;img" in markdown and "\\*x\\*" in markdown and "\\[a\\](" in markdown
