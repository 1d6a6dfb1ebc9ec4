"""The confidence: explainable signals, weighed once."""

import pytest

from chat.confidence import Calibration, Rarity, Signals
from indexer.index import Index
from indexer.records import collapse


def test_confidence_is_the_logistic_of_the_weighed_signals():
    signals = Signals(0.5, 0.25, 0, 0, 0, 1.0, 0)
    calibration = Calibration(bias=-1.0, weights=(2.0, 4.0, 9.0, 9.0, 9.0, 0.5, 9.0))
    assert calibration.confidence(signals) == pytest.approx(1 / (1 + 2.718281828 ** -(-1 + 1 + 1 + 0.5)))


def test_extreme_signals_do_not_overflow():
    assert Calibration(0.0, (1e9,) * 7).confidence(Signals(1, 1, 1, 1, 1, 1, 1)) == pytest.approx(1.0)
    assert Calibration(0.0, (-1e9,) * 7).confidence(Signals(1, 1, 1, 1, 1, 1, 1)) == pytest.approx(0.0, abs=1e-9)


def test_shares_weigh_rare_terms_more(index: Index):
    rarity = Rarity(index)
    row = next(row for row, sentence in enumerate(index.sentences) if collapse(sentence.text).startswith("Dehydration can also"))
    held, unknown = rarity.shares("dehydration gabapentin", row)
    assert 0.3 < held < 0.6
    assert held + unknown == pytest.approx(1.0)
    assert rarity.shares("dehydration trigger", row) == (pytest.approx(1.0), 0.0)
    assert rarity.shares("what is it?", row) == (0.5, 0.0)


def test_unknown_words_are_those_that_no_source_and_no_anticipated_question_holds(index: Index):
    assert Rarity(index).unknown_words("How many gabapentin tablets for my magnesium, Bartholomew?") == ("gabapentin", "bartholomew")
