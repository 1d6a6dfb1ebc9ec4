"""Scored sentences become citations."""

import numpy as np

from chat.select import Limits, quotable, quote_span, select
from indexer.index import Index
from indexer.records import Span, collapse


def row_of(index: Index, beginning: str) -> int:
    return next(row for row, sentence in enumerate(index.sentences) if collapse(sentence.text).startswith(beginning))


def scores_for(index: Index, **beginnings: float) -> np.ndarray:
    scores = np.full(len(index.sentences), -5.0, np.float32)
    for beginning, score in beginnings.items():
        scores[row_of(index, beginning.replace("_", " "))] = score
    return scores


def chosen(index: Index, scores: np.ndarray, limits: Limits) -> list[str]:
    citations, _ = select(index, scores, scores[None], ("score",), limits)
    return [collapse(citation.quote) for citation in citations]


def test_citations_come_best_first_and_stop_where_the_scores_fall_behind(index: Index):
    scores = scores_for(index, It_is_recommended_that_adult_men=5.0, Good_dietary_sources=4.5, Dehydration_can=2.0)
    assert [quote[:20] for quote in chosen(index, scores, Limits(behind=1.0))] == ["It is recommended th", "Good dietary sources"]
    assert len(chosen(index, scores, Limits(behind=4.0))) == 3


def test_there_are_never_more_than_the_limit(index: Index):
    assert len(chosen(index, np.zeros(len(index.sentences), np.float32), Limits(citations=2, behind=10))) == 2


def test_near_duplicates_are_named_and_not_cited(index: Index):
    twins = [row for row, sentence in enumerate(index.sentences) if sentence.text.startswith("This combination enhances")]
    scores = np.full(len(index.sentences), -5.0, np.float32)
    scores[twins] = (5.0, 4.9)
    citations, candidates = select(index, scores, scores[None], ("score",), Limits())
    assert [citation.also for citation in citations] == [(("glycinate-migraine", index.sentences[twins[1]].span),)]
    assert candidates[1].verdict == "says the same as citation 1"


def test_a_sentence_is_quoted_with_the_one_it_leans_on(index: Index):
    row = row_of(index, "It may take several weeks")
    before = index.sentences[row - 1]
    assert quote_span(index, row, 450) == Span(before.span.start, index.sentences[row].span.end)
    assert quote_span(index, row, 100) == index.sentences[row].span


def test_a_list_is_quoted_whole_with_its_lead_in(index: Index):
    lead_in, item, last = (row_of(index, beginning) for beginning in ("Duval recommends several", "Avocados", "Dark chocolate"))
    whole = Span(index.sentences[lead_in].span.start, index.sentences[last].span.end)
    assert quote_span(index, lead_in, 450) == whole
    assert quote_span(index, item, 450) == whole


def test_a_sentence_inside_a_quote_is_not_cited_again(index: Index):
    lead_in, item = row_of(index, "Duval recommends several"), row_of(index, "Avocados")
    scores = np.full(len(index.sentences), -5.0, np.float32)
    scores[[item, lead_in]] = (5.0, 4.9)
    citations, candidates = select(index, scores, scores[None], ("score",), Limits())
    assert len(citations) == 1
    assert candidates[1].verdict == "is part of citation 1"


def test_every_candidate_has_a_verdict_and_the_parts_of_its_score(index: Index):
    scores = scores_for(index, It_is_recommended_that_adult_men=5.0)
    _, candidates = select(index, scores, np.stack([scores, 2 * scores]), ("one", "two"), Limits())
    assert candidates[0].parts == (("one", 5.0), ("two", 10.0))
    assert {candidate.verdict for candidate in candidates} == {"cited", "too far behind the best"}


def test_a_byline_answers_who_and_when_and_nothing_else(index: Index):
    byline = row_of(index, "By Dean Smith, DC, PhD|2014")
    assert not quotable(index, "what helps against cramps?")[byline]
    assert quotable(index, "who wrote this?")[byline]
    assert quotable(index, "what helps against cramps?")[row_of(index, "A muscle cramp is")]


def test_within_keeps_to_a_document_or_a_part_of_it(index: Index):
    whole = quotable(index, "cramps", [("muscle-cramps", None)])
    assert {sentence.document_id for sentence, allowed in zip(index.sentences, whole, strict=True) if allowed} == {"muscle-cramps"}
    first = index.sentences[row_of(index, "Magnesium (Mg2+) is an essential")]
    part = quotable(index, "cramps", [("muscle-cramps", first.span)])
    assert int(part.sum()) == 1
