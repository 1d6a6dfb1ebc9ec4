from __future__ import annotations

from indexer.blocks import split_blocks
from indexer.corpus import Corpus
from indexer.passages import group_passages, shift_rows
from indexer.records import BYLINE, LIST_ITEM, Document, Passage, Sentence, Span
from indexer.sentences import split_sentences

LONGEST = 700


def grouped(text: str, longest: int = LONGEST) -> tuple[tuple[Sentence, ...], tuple[Passage, ...]]:
    document = Document("article", "article.txt", "Article", "", "", "", "", "", text)
    blocks, _ = split_blocks(document)
    sentences = split_sentences(document, blocks)
    return sentences, group_passages(blocks, sentences, longest)


def texts(text: str, longest: int = LONGEST) -> list[list[str]]:
    sentences, passages = grouped(text, longest)
    return [[sentences[row].text for row in passage.sentences] for passage in passages]


def test_a_passage_ends_with_its_paragraph() -> None:
    assert texts("One. Two.\n\nThree. Four.") == [["One.", "Two."], ["Three.", "Four."]]


def test_a_passage_ends_with_its_section() -> None:
    assert texts("One. Two.\n\nWhat helps\n\nThree.\n\nWhat more helps\n\nFour.") == [["One.", "Two."], ["Three."], ["Four."]]


def test_a_list_stays_with_the_line_that_introduces_it() -> None:
    assert texts("Foods hold it. Rich ones are:\n\n- Nuts\n- Seeds. Of pumpkins.\n\nThat is all.") == [
        ["Foods hold it.", "Rich ones are:", "Nuts", "Seeds.", "Of pumpkins."],
        ["That is all."],
    ]
    assert texts("Foods hold it.\n\n- Nuts\n- Seeds") == [["Foods hold it."], ["Nuts", "Seeds"]]


def test_a_byline_shares_no_passage_with_the_article() -> None:
    assert texts("Pain hurts.\n\nBy Ann Lee, RN\n2014-12-30\nIt passes.") == [["Pain hurts."], ["By Ann Lee, RN", "2014-12-30"], ["It passes."]]


def test_a_passage_is_at_most_as_long_as_told_unless_one_sentence_is_longer() -> None:
    text = "Four. Five. A sentence that is longer. Six."
    assert texts(text, 11) == [["Four.", "Five."], ["A sentence that is longer."], ["Six."]]
    assert texts(text, 10) == [["Four."], ["Five."], ["A sentence that is longer."], ["Six."]]
    assert texts(text, 38) == [["Four.", "Five.", "A sentence that is longer."], ["Six."]]


def test_a_passage_knows_its_place_and_is_named_by_it() -> None:
    _, passages = grouped("What helps\n\nOne. Two.\n\nThree.")
    assert passages == (
        Passage("article:12-21", "article", "What helps", Span(12, 21), (0, 1)),
        Passage("article:23-29", "article", "What helps", Span(23, 29), (2,)),
    )


def test_no_sentences_make_no_passages() -> None:
    assert group_passages((), (), LONGEST) == ()


def test_rows_are_shifted_by_the_sentences_of_the_documents_before() -> None:
    _, passages = grouped("One. Two.\n\nThree.")
    assert [passage.sentences for passage in shift_rows(passages, 40)] == [(40, 41), (42,)]
    assert [(passage.id, passage.span) for passage in shift_rows(passages, 40)] == [(passage.id, passage.span) for passage in passages]


def test_the_passages_of_the_five_texts_hold_every_sentence_once_and_in_order(corpus: Corpus) -> None:
    ids: list[str] = []
    counts = {}
    for document in corpus.documents:
        blocks, _ = split_blocks(document, corpus.corrections[document.id])
        sentences = split_sentences(document, blocks)
        passages = group_passages(blocks, sentences, LONGEST)
        assert [row for passage in passages for row in passage.sentences] == list(range(len(sentences)))
        for passage in passages:
            inside = [sentences[row] for row in passage.sentences]
            assert {sentence.section for sentence in inside} == {passage.section}
            assert passage.span == Span(inside[0].span.start, inside[-1].span.end)
            assert len(passage.span) <= LONGEST
            assert len({sentence.kind == BYLINE for sentence in inside}) == 1
            assert inside[0].kind != LIST_ITEM or inside[0].leans_on is None
        ids.extend(passage.id for passage in passages)
        counts[document.id] = len(passages)
    assert len(set(ids)) == len(ids)
    assert counts == {"chronic-pain": 8, "fibromyalgia-trial": 19, "glycinate-migraine": 73, "migraine-mechanisms": 5, "muscle-cramps": 6}
