"""The measures on examples that were worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evals import measures
from evals.cases import Place
from indexer.records import Span


def at(start: int, end: int, document: str = "d") -> Place:
    return Place(document, Span(start, end))


A, B, C = at(0, 10), at(20, 40), at(50, 60)


def test_recall_counts_the_relevant_among_the_first_k() -> None:
    ranking = ["x", "a", "y", "b"]
    assert [measures.recall(ranking, {"a", "b", "c"}, k) for k in (1, 2, 4, 10)] == [0.0, 1 / 3, 2 / 3, 2 / 3]
    assert measures.recall(ranking, set(), 5) == 0.0


def test_reciprocal_rank_is_that_of_the_first_relevant_one() -> None:
    assert measures.reciprocal_rank(["x", "y", "a", "b"], {"a", "b"}) == 1 / 3
    assert measures.reciprocal_rank(["x"], {"a"}) == 0.0


def test_ndcg_discounts_by_rank_and_is_one_for_the_ideal_ranking() -> None:
    # gains at ranks 2 and 3 of two relevant ones: (1/log2(3) + 1/log2(4)) / (1/log2(2) + 1/log2(3))
    by_hand = (1 / math.log2(3) + 1 / 2) / (1 + 1 / math.log2(3))
    assert measures.ndcg(["x", "a", "b"], {"a", "b"}, 10) == pytest.approx(by_hand)
    assert measures.ndcg(["b", "a", "x"], {"a", "b"}, 10) == 1.0
    assert measures.ndcg(["a"], set(), 10) == 0.0


def test_ndcg_holds_the_ideal_to_k() -> None:
    assert measures.ndcg(["a", "x", "b"], {"a", "b", "c"}, 1) == 1.0


def test_a_citation_hits_from_half_of_the_shorter_span_on() -> None:
    assert measures.hits(at(5, 15), at(0, 10))  # 5 of 10
    assert not measures.hits(at(6, 16), at(0, 10))  # 4 of 10
    assert measures.hits(at(0, 100), at(40, 44))  # a long quote around a short place
    assert not measures.hits(at(0, 10), at(0, 10, "other"))


def test_success_looks_no_further_than_k() -> None:
    assert [measures.right_within([C, B, A], [[A]], k) for k in (1, 2, 3)] == [0.0, 0.0, 1.0]
    assert measures.right_within([], [[A]], 3) == 0.0


def test_complete_needs_one_alternative_of_every_group() -> None:
    groups = [[A, B], [C]]
    assert measures.complete([B, C], groups) == 1.0
    assert measures.complete([A, B], groups) == 0.0
    assert measures.complete([A], []) == 0.0


def test_citation_precision_gives_silence_nothing() -> None:
    assert measures.citation_precision([A, C, B], [[A], [B]]) == pytest.approx(2 / 3)
    assert measures.citation_precision([], [[A]]) == 0.0


def test_characters_are_counted_once_however_often_they_are_quoted() -> None:
    # quoted: 0-20 (20 characters), of which 0-10 were expected
    assert measures.character_precision([at(0, 20), at(5, 15)], [[A]]) == 0.5
    assert measures.character_precision([], [[A]]) == 0.0


def test_character_recall_takes_the_best_alternative_of_every_group() -> None:
    # first group: A wholly; second: 5 of the 20 of B, 0 of C
    assert measures.character_recall([A, at(20, 25)], [[A], [B, C]]) == pytest.approx((1 + 0.25) / 2)
    assert measures.character_recall([A], []) == 0.0


def test_auroc_counts_pairs_and_halves_ties() -> None:
    sure = np.array([0.9, 0.5, 0.5, 0.1])
    answerable = np.array([True, True, False, False])
    assert measures.auroc(sure, answerable) == (1 + 1 + 0.5 + 1) / 4
    assert measures.auroc(sure, np.ones(4, bool)) == 0.5


def test_auroc_equals_counting_all_pairs() -> None:
    generator = np.random.default_rng(1)
    sure, truths = generator.integers(0, 20, 60) / 20, generator.random(60) < 0.4
    pairs = [(p > n) + (p == n) / 2 for p in sure[truths] for n in sure[~truths]]
    assert measures.auroc(sure, truths) == pytest.approx(sum(pairs) / len(pairs))


def test_risk_rises_with_the_wrong_ones_among_the_surest() -> None:
    coverage, risk = measures.risk_coverage(np.array([0.2, 0.9, 0.6, 0.4]), np.array([False, True, False, True]))
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0.0, 0.5, 1 / 3, 0.5])


def test_no_cases_have_no_curve() -> None:
    coverage, risk = measures.risk_coverage(np.zeros(0), np.zeros(0, bool))
    assert len(coverage) == len(risk) == 0


def test_reliability_bins_by_confidence_and_leaves_out_empty_bins() -> None:
    mean, share, count = measures.reliability(np.array([0.05, 0.15, 0.9, 1.0]), np.array([False, True, True, False]), bins=2)
    assert mean.tolist() == pytest.approx([0.1, 0.95])
    assert share.tolist() == [0.5, 0.5]
    assert count.tolist() == [2, 2]


def test_calibration_error_weighs_bins_by_their_counts() -> None:
    # one bin: |0.25 - 1| over 3 cases; another: |0.8 - 0| over one
    sure, right = np.array([0.25, 0.25, 0.25, 0.8]), np.array([True, True, True, False])
    assert measures.calibration_error(sure, right) == pytest.approx((3 * 0.75 + 0.8) / 4)
    assert measures.calibration_error(np.zeros(0), np.zeros(0, bool)) == 0.0


def test_the_interval_of_a_share_is_about_two_standard_errors_either_way() -> None:
    values = np.array([1.0] * 60 + [0.0] * 40)
    low, high = measures.bootstrap(values)
    error = 1.96 * math.sqrt(0.6 * 0.4 / 100)
    assert low == pytest.approx(0.6 - error, abs=0.015)
    assert high == pytest.approx(0.6 + error, abs=0.015)


def test_more_cases_make_a_narrower_interval() -> None:
    few, many = measures.bootstrap(np.array([0.0, 1.0] * 10)), measures.bootstrap(np.array([0.0, 1.0] * 1000))
    assert many[1] - many[0] < (few[1] - few[0]) / 5


def test_the_interval_of_what_does_not_vary_is_that_value() -> None:
    assert measures.bootstrap(np.full(7, 0.25)) == (0.25, 0.25)
    assert measures.bootstrap(np.zeros(0)) == (0.0, 0.0)


def test_the_same_values_have_the_same_interval_every_time() -> None:
    values = np.random.default_rng(3).random(50)
    assert measures.bootstrap(values) == measures.bootstrap(values)


def test_intervals_of_median_and_95th_percentile_hold_them() -> None:
    values = np.arange(1.0, 101.0)
    for statistic, value in (("median", 50.5), ("p95", 95.05)):
        assert measures.summarise(values, statistic) == pytest.approx(value)
        low, high = measures.bootstrap(values, statistic)
        assert low < value < high


def test_intervals_of_pair_statistics_hold_their_value() -> None:
    generator = np.random.default_rng(5)
    truths = generator.random(200) < 0.5
    sure = np.clip(0.3 * truths + generator.random(200) * 0.7, 0, 1)
    for statistic in (measures.auroc, measures.calibration_error):
        low, high = measures.bootstrap_pairs(statistic, sure, truths)
        assert low < statistic(sure, truths) < high
    assert measures.bootstrap_pairs(measures.auroc, np.zeros(0), np.zeros(0, bool)) == (0.0, 0.0)


def test_the_sign_test_is_the_binomial_tail_of_both_sides() -> None:
    assert measures.sign_test(8, 2) == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert measures.sign_test(2, 8) == measures.sign_test(8, 2)
    assert measures.sign_test(3, 3) == 1.0
    assert measures.sign_test(0, 0) == 1.0
    assert measures.sign_test(2000, 1500) < 1e-15
