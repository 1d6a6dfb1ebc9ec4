"""Every sentence gets a score: each signal is checked against a computation by hand."""

import numpy as np
import pytest

from chat.answer import WITH_BANK
from chat.followup import Query
from chat.retrieve import SIGNALS, Weights, nearness, score_sentences, signals, standardise
from indexer.index import Index
from tests.conftest import ToyEmbedder


def test_signals_are_cosines_with_sentence_passage_and_closest_question_and_bm25(toy_index: Index):
    toy = ToyEmbedder()
    vector = toy.encode(["do leg cramps come at night?"])
    found = signals(toy_index, vector, "do leg cramps come at night?")
    sentences = toy_index.sentence_vectors.rows(range(len(toy_index.sentences)))
    assert found.shape == (len(SIGNALS), len(toy_index.sentences))
    np.testing.assert_allclose(found[0], sentences @ vector[0], atol=1e-6)
    for row, passage in enumerate(toy_index.passages):
        expected = float(toy_index.passage_vectors.rows([row])[0] @ vector[0])
        np.testing.assert_allclose(found[1][list(passage.sentences)], expected, atol=1e-6)
    for row in range(len(toy_index.sentences)):
        asked = [number for number, question in enumerate(toy_index.questions) if question.sentence == row]
        best = max([float(found[0][row]), *(toy_index.question_vectors.rows(asked) @ vector[0])])
        assert found[2][row] == pytest.approx(best, abs=1e-6)
    np.testing.assert_allclose(found[3], toy_index.lexical.scores("do leg cramps come at night?"))


def test_standardised_rows_have_mean_zero_and_deviation_one():
    rows = standardise(np.array([[1, 2, 3], [5, 5, 5]], np.float32))
    np.testing.assert_allclose(rows, [[-1.2247449, 0, 1.2247449], [0, 0, 0]], atol=1e-6)


def test_queries_are_fused_by_their_weights(toy_index: Index):
    toy, weights = ToyEmbedder(), WITH_BANK.weights
    first = score_sentences(toy_index, toy, [Query("leg cramps", 1.0)], weights).total
    second = score_sentences(toy_index, toy, [Query("vitamin D", 1.0)], weights).total
    fused = score_sentences(toy_index, toy, [Query("leg cramps", 0.25), Query("vitamin D", 0.75)], weights)
    np.testing.assert_allclose(fused.total, 0.25 * first + 0.75 * second, atol=1e-5)
    np.testing.assert_allclose(fused.signals.sum(axis=0), fused.total, atol=1e-5)


def test_the_surroundings_of_a_sentence_are_its_section_and_then_its_document(toy_index: Index):
    row = next(row for row, sentence in enumerate(toy_index.sentences) if sentence.text.startswith("Calcium works"))
    assert nearness(toy_index, row).tolist() == [2.0 if sentence.section == "Calcium and vitamin D" else 1.0 for sentence in toy_index.sentences]


def test_a_signal_without_weight_counts_nothing(toy_index: Index):
    only_words = Weights(sentence=0, passage=0, question=0, words=1, question_words=0)
    found = score_sentences(toy_index, ToyEmbedder(), [Query("calcium", 1.0)], only_words)
    assert np.argmax(found.total) == np.argmax(toy_index.lexical.scores("calcium"))
