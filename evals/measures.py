"""The measures: pure functions on spans and on ranked ids, never on rendered text. Every one says where it is defined.

Nothing here knows the chat; a case without a result scores what an empty answer scores.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence, Set
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from evals.cases import Place

Groups = Sequence[Sequence[Place]]
Floats = NDArray[np.float64]

# ---- retrieval: a ranking of ids, best first, and the relevant ones ------------------------------------------------


def recall(ranking: Sequence[str], relevant: Set[str], k: int) -> float:
    """Recall@k: the share of the relevant ids among the first k (Manning, Raghavan, Schütze 2008, 8.3).

    >>> recall(["a", "b", "c"], {"c", "d"}, 3)
    0.5
    """
    return len(relevant & set(ranking[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], relevant: Set[str]) -> float:
    """1 / rank of the first relevant id, 0 if there is none (Kantor and Voorhees 2000).

    >>> reciprocal_rank(["a", "b", "c"], {"c", "b"})
    0.5
    """
    return next((1.0 / rank for rank, id in enumerate(ranking, start=1) if id in relevant), 0.0)


def ndcg(ranking: Sequence[str], relevant: Set[str], k: int) -> float:
    """nDCG@k with gains 0 and 1 and the discount 1 / log2(rank + 1) (Järvelin and Kekäläinen 2002).

    >>> round(ndcg(["a", "b"], {"b"}, 10), 4)
    0.6309
    """
    gain = sum(1.0 / math.log2(rank + 1) for rank, id in enumerate(ranking[:k], start=1) if id in relevant)
    ideal = sum(1.0 / math.log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))
    return gain / ideal if ideal else 0.0


# ---- the answer: what was cited, and the groups of places that were expected -----------------------------------------


def hits(cited: Place, expected: Place) -> bool:
    """A citation is right if it shares with an expected place at least half of the shorter of the two."""
    if cited.document_id != expected.document_id:
        return False
    return 2 * cited.span.overlap(expected.span) >= min(len(cited.span), len(expected.span))


def hits_any(cited: Place, groups: Groups) -> bool:
    return any(hits(cited, place) for group in groups for place in group)


def right_within(citations: Sequence[Place], groups: Groups, k: int) -> float:
    """1 if any of the first k citations is right: success@k."""
    return float(any(hits_any(cited, groups) for cited in citations[:k]))


def complete(citations: Sequence[Place], groups: Groups) -> float:
    """1 if every group is satisfied by some citation."""
    return float(bool(groups) and all(any(hits(cited, place) for cited in citations for place in group) for group in groups))


def citation_precision(citations: Sequence[Place], groups: Groups) -> float:
    """The share of the citations that are right; 0 for none, so that silence cannot win."""
    return sum(hits_any(cited, groups) for cited in citations) / len(citations) if citations else 0.0


def character_precision(citations: Sequence[Place], groups: Groups) -> float:
    """The share of the quoted characters that stand in an expected place (as in SQuAD's token precision, on characters)."""
    quoted = _characters(citations)
    expected = _characters([place for group in groups for place in group])
    return len(quoted & expected) / len(quoted) if quoted else 0.0


def character_recall(citations: Sequence[Place], groups: Groups) -> float:
    """The mean over the groups of the best alternative's share of quoted characters."""
    if not groups:
        return 0.0
    quoted = _characters(citations)
    return sum(max(len(_characters([place]) & quoted) / len(place.span) for place in group) for group in groups) / len(groups)


def _characters(places: Sequence[Place]) -> set[tuple[str, int]]:
    return {(place.document_id, offset) for place in places for offset in range(place.span.start, place.span.end)}


# ---- abstaining: confidences, and whether the sources answer -----------------------------------------------------------


def auroc(confidences: Floats, answerable: NDArray[np.bool_]) -> float:
    """The chance that an answerable question has the higher confidence, ties half (Fawcett 2006); 0.5 if one side is empty.

    >>> auroc(np.array([0.9, 0.4, 0.6]), np.array([True, True, False]))
    0.5
    """
    positive, negative = confidences[answerable], confidences[~answerable]
    if not len(positive) or not len(negative):
        return 0.5
    order = np.sort(negative)
    below = np.searchsorted(order, positive, side="left")
    at_most = np.searchsorted(order, positive, side="right")
    return float((below + at_most).sum() / 2 / len(positive) / len(negative))


def risk_coverage(confidences: Floats, right: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Coverage and risk (share wrong) when the surest share of the questions is answered (El-Yaniv and Wiener 2010).
    Both `(n,)`, coverage rising; none for no cases."""
    order = np.argsort(-confidences, kind="stable")
    answered = np.arange(1, len(order) + 1)
    return answered / max(1, len(order)), np.cumsum(~right[order]) / answered


def reliability(confidences: Floats, right: NDArray[np.bool_], bins: int = 10) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Mean confidence, share right and count of each bin of equal width; empty bins are left out (Guo et al. 2017)."""
    numbers = np.minimum((confidences * bins).astype(int), bins - 1)
    rows = [numbers == number for number in range(bins) if (numbers == number).any()]
    return (
        np.array([confidences[row].mean() for row in rows]),
        np.array([right[row].mean() for row in rows]),
        np.array([row.sum() for row in rows]),
    )


def calibration_error(confidences: Floats, right: NDArray[np.bool_], bins: int = 10) -> float:
    """ECE: the mean distance of confidence and share right over the bins, by their counts (Guo et al. 2017)."""
    mean, share, count = reliability(confidences, right, bins)
    return float((np.abs(mean - share) * count).sum() / count.sum()) if len(count) else 0.0


# ---- how sure a figure is ------------------------------------------------------------------------------------------

RESAMPLES, SEED = 2000, 20260101
Statistic = Callable[[Floats, NDArray[np.bool_]], float]


def bootstrap(values: Floats, statistic: str = "mean") -> tuple[float, float]:
    """The 95 % percentile interval of the mean (or "median", "p95") over resampled cases (Efron 1979); fixed seed.

    Given the differences of two systems case by case, it is the paired interval of the difference.
    """
    if not len(values):
        return 0.0, 0.0
    low, high = np.percentile(summarise(values[_draws(len(values))], statistic), [2.5, 97.5])
    return float(low), float(high)


@lru_cache(maxsize=2)
def _draws(cases: int) -> NDArray[np.int32]:
    """`(RESAMPLES, cases)` row numbers; kept, as measure after measure is about the same cases."""
    return np.random.default_rng(SEED).integers(0, cases, (RESAMPLES, cases), dtype=np.int32)


def summarise(values: Floats, statistic: str = "mean") -> Floats:
    """Over the last axis."""
    if statistic == "mean":
        return np.asarray(values.mean(axis=-1))
    return np.asarray(np.percentile(values, {"median": 50, "p95": 95}[statistic], axis=-1))


def bootstrap_pairs(statistic: Statistic, confidences: Floats, truths: NDArray[np.bool_]) -> tuple[float, float]:
    """The 95 % percentile interval of a statistic of confidences and truths, over resampled cases.

    A calibration error stands near the low end of its interval, since resampling adds an error of its own.
    """
    if not len(confidences):
        return 0.0, 0.0
    draws = _draws(len(confidences))[: RESAMPLES // 4]  # these statistics are slower, and their intervals wider than the difference
    low, high = np.percentile([statistic(confidences[draw], truths[draw]) for draw in draws], [2.5, 97.5])
    return float(low), float(high)


def sign_test(better: int, worse: int) -> float:
    """The two-sided exact sign test (McNemar's test on the flips): the chance of a split as uneven, if both were equal.

    >>> sign_test(5, 0)
    0.0625
    """
    flips = better + worse
    tail = sum(math.comb(flips, count) for count in range(min(better, worse) + 1)) / 2**flips
    return min(1.0, 2.0 * float(tail))
