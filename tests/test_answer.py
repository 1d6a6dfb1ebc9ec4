"""The stories of the product, on the real texts with the real model."""

import re

import pytest

from chat.answer import Answerer
from chat.answers import ABSTAIN, ANSWER, EMERGENCY, SMALLTALK, Answer
from chat.guard import QuestionRefused
from indexer.errors import IndexUnusable
from indexer.index import Index
from indexer.records import collapse
from tests.conftest import ToyEmbedder


def quotes(answer: Answer) -> list[str]:
    return [collapse(citation.quote) for citation in answer.citations]


def test_the_daily_amount_for_a_woman(answerer: Answerer):
    answer = answerer.answer("how much magnesium should a woman take each day?")
    assert answer.kind == ANSWER
    assert "310-320 mg" in quotes(answer)[0]


def test_iv_magnesium_during_an_attack(answerer: Answerer):
    answer = answerer.answer("Does IV magnesium work during a migraine attack?")
    assert any("85%" in quote for quote in quotes(answer))
    assert {citation.document_id for citation in answer.citations} >= {"migraine-mechanisms"}


@pytest.mark.parametrize("question", ["What is the capital of France?", "how many gabapentin tablets is too many"])
def test_what_the_sources_do_not_say_is_not_answered(answerer: Answerer, question: str):
    answer = answerer.answer(question)
    assert (answer.kind, answer.citations) == (ABSTAIN, ())
    assert "confidence" in answer.trace.reason


def test_words_that_no_source_mentions_are_named(answerer: Answerer):
    assert "gabapentin" not in answerer.answer("does magnesium help with cramps").trace.unknown
    assert answerer.answer("how many oxycontin tablets can I take").trace.unknown == ("oxycontin",)


def test_a_misspelt_question_is_answered_like_the_plain_one(answerer: Answerer):
    plain, misspelt = (answerer.answer(question) for question in ("which foods are rich in magnesium", "wich foods are rihc in magneseum"))
    assert quotes(plain) == quotes(misspelt)
    assert misspelt.query == "wich foods are rich in magnesium"


def test_a_greeting_is_answered_without_a_search(answerer: Answerer):
    answer = answerer.answer("hi")
    assert (answer.kind, answer.query, answer.citations) == (SMALLTALK, "", ())


def test_an_emergency_is_named_whatever_is_found(answerer: Answerer):
    answer = answerer.answer("I have crushing chest pain right now, does magnesium help?")
    assert (answer.kind, answer.trace.reason) == (EMERGENCY, "heart")


def test_a_follow_up_is_understood_from_the_question_before(answerer: Answerer):
    answer = answerer.answer("and for men?", ["how much magnesium should a woman take each day?"])
    assert "400-420 mg" in quotes(answer)[0]
    assert answer.query.startswith("how much magnesium should a woman take each day?")


def test_small_talk_in_between_is_passed_over(answerer: Answerer):
    plain, thanked = (["how much magnesium should a woman take each day?", *between] for between in ([], ["thanks!"]))
    assert quotes(answerer.answer("and for men?", thanked)) == quotes(answerer.answer("and for men?", plain))


def test_an_answer_can_be_kept_to_one_source(answerer: Answerer):
    answer = answerer.answer("does magnesium help against migraine?", within=[("chronic-pain", None)])
    assert {citation.document_id for citation in answer.citations} <= {"chronic-pain"}
    nothing = answerer.answer("does magnesium help against migraine?", within=[])
    assert (nothing.kind, nothing.citations) == (ABSTAIN, ())


def test_every_quote_is_the_slice_of_its_source(answerer: Answerer):
    for question in ("what triggers migraines", "why do muscles cramp", "is glycinate safe", "who is Dr. Rapson"):
        for citation in answerer.answer(question).citations:
            assert answerer.index.documents[citation.document_id].text[citation.span.start : citation.span.end] == citation.quote


def test_numbers_count_from_one_and_documents_are_named(answerer: Answerer):
    citations = answerer.answer("what are the side effects of magnesium").citations
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    assert all(citation.title == answerer.index.documents[citation.document_id].title for citation in citations)


def test_the_trace_says_what_was_searched_and_why_each_candidate_fell(answerer: Answerer):
    trace = answerer.answer("and at night?", ["do cramps come from low magnesium?"]).trace
    assert [text for text, _ in trace.queries][0] == "and at night?"
    assert len(trace.candidates) >= 10
    assert all(re.match("cited|too far|says the same|is part of|more than", candidate.verdict) for candidate in trace.candidates)
    scores = [candidate.score for candidate in trace.candidates]
    assert scores == sorted(scores, reverse=True)


def test_the_same_question_has_the_same_answer(answerer: Answerer):
    assert answerer.answer("what is a muscle cramp") == answerer.answer("what is a muscle cramp")


@pytest.mark.parametrize(("question", "reason"), [("", "empty"), (" \n\t", "empty"), ("?!…", "empty"), ("magnesium " * 400, "too long")])
def test_nothing_and_too_much_are_answered_with_a_request(answerer: Answerer, question: str, reason: str):
    answer = answerer.answer(question)
    assert (answer.kind, answer.trace.reason) == (SMALLTALK, reason)


def test_what_is_no_text_is_refused(answerer: Answerer):
    with pytest.raises(QuestionRefused):
        answerer.answer(42)


def test_an_index_of_another_model_is_refused(index: Index):
    with pytest.raises(
        IndexUnusable, match="expected the model that made the index, all-MiniLM-L6-v2 .*, found toy .*: run python -m indexer build --model toy"
    ):
        Answerer(index, ToyEmbedder())
