from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from indexer.lexical import STOPWORDS, LexicalIndex, fold, terms, words

TEXTS = (
    "Magnesium relaxes the muscles.",
    "Cramps are painful contractions of a muscle.",
    "Calcium, calcium and more calcium: it contracts muscles.",
    "",
    "It is what it is.",
    "400-420 mg of magnesium per day",
)


def lucene_bm25(texts: Sequence[str], query: str, k1: float = 1.2, b: float = 0.75) -> list[float]:
    """Lucene's BM25Similarity (since version 8, without the constant k1 + 1), written out; a term asked twice counts twice."""
    bags = [Counter(terms(text)) for text in texts]
    lengths = [bag.total() for bag in bags]
    average = sum(lengths) / len(lengths)
    scores = []
    for bag, length in zip(bags, lengths, strict=True):
        score = 0.0
        for term in terms(query):
            frequency, holding = bag[term], sum(1 for other in bags if other[term])
            inverse = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            score += inverse * frequency / (frequency + k1 * (1 - b + b * length / average))
        scores.append(score)
    return scores


@pytest.mark.parametrize(
    "query",
    ["muscle", "does magnesium relax muscles?", "calcium contracting a muscle", "magnesium magnesium", "420 mg", "zinc", "zinc for cramps", "what is it", ""],
)
def test_scores_are_those_of_lucenes_bm25(query: str) -> None:
    found = LexicalIndex.from_texts(TEXTS).scores(query)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, lucene_bm25(TEXTS, query), rtol=1e-5, atol=1e-7)


def test_a_score_worked_by_hand() -> None:
    # Two texts of 1 and 3 terms, so 2 on average; "pain" stands once in the second: idf = ln(1 + 1.5 / 1.5) = ln 2,
    # and 1 / (1 + 1.2 · (0.25 + 0.75 · 3 / 2)) = 1 / 2.65.
    scores = LexicalIndex.from_texts(["sleep", "pain nerves brain"]).scores("pain")
    np.testing.assert_allclose(scores, [0.0, math.log(2) / 2.65], rtol=1e-6)


def test_scores_agree_with_lucenes_bm25_on_many_texts() -> None:
    choose = random.Random(2)
    vocabulary = [f"word{number}" for number in range(40)]
    texts = [" ".join(choose.choices(vocabulary, k=choose.randrange(30))) for _ in range(100)]
    index = LexicalIndex.from_texts(texts)
    for _ in range(20):
        query = " ".join(choose.choices(vocabulary, k=4))
        np.testing.assert_allclose(index.scores(query), lucene_bm25(texts, query), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("texts", [TEXTS, ["", "the of a", ""], ["pain"]])
def test_an_index_comes_back_from_its_bytes_as_it_was(texts: Sequence[str]) -> None:
    index = LexicalIndex.from_texts(texts)
    again = LexicalIndex.from_bytes(index.to_bytes())
    assert (again.count, again.vocabulary) == (index.count, index.vocabulary)
    for query in ("muscle pain", "magnesium", "zinc"):
        np.testing.assert_array_equal(again.scores(query), index.scores(query))


def test_the_same_texts_give_the_same_bytes_and_the_bytes_hold_no_objects() -> None:
    content = LexicalIndex.from_texts(TEXTS).to_bytes()
    assert content == LexicalIndex.from_texts(TEXTS).to_bytes()
    assert content.startswith(b"PK")  # a zip of plain arrays


@pytest.mark.parametrize("texts", [["", "", ""], ["the of a", "?", "–"]])
def test_texts_without_words_score_nothing(texts: Sequence[str]) -> None:
    index = LexicalIndex.from_texts(texts)
    assert index.count == 3
    assert index.scores("magnesium").tolist() == [0.0, 0.0, 0.0]
    assert "magnesium" not in index.vocabulary


def test_an_index_knows_the_terms_of_its_texts_and_no_others() -> None:
    index = LexicalIndex.from_texts(["Cramps hurt", "Muscles cramp"])
    assert index.vocabulary == ("cramp", "hurt", "muscl")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RAYNAUD’S Naïve Größe", "raynaud's naive große"),
        ("ﬁbromyalgia", "fibromyalgia"),
        ("µg Mg²⁺", "μg mg2+"),
    ],
)
def test_folding_makes_letters_plain(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Women's health, womens’ health", ["women", "health", "womens", "health"]),
        ("310-320 mg (0.5 or 1,000)!", ["310", "320", "mg", "0.5", "or", "1,000"]),
        ("It was 5.", ["it", "was", "5"]),
        ("N-methyl-D-aspartate", ["n", "methyl", "d", "aspartate"]),
        ("🤕 – …", []),
    ],
)
def test_words_are_folded_letters_and_whole_numbers(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_terms_are_stems_without_the_words_that_carry_no_topic() -> None:
    assert terms("What are the cramping muscles doing to me?") == ["cramp", "muscl"]
    assert terms("migraine migraines Migraine's") == ["migrain"] * 3
    assert terms(" ".join(sorted(STOPWORDS))) == []
