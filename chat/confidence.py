"""How sure Magpie is that the sources answer the question: a few signals that a person can check, weighed once.

The weights are a logistic regression on the dev split (`python -m evals calibrate` fits and prints them).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chat.followup import Query
from chat.retrieve import Found
from indexer.index import Index
from indexer.lexical import terms, words

NEAREST = 3  # questions whose mean similarity is taken


@dataclass(frozen=True, slots=True)
class Signals:
    """Cosines are with the bare question unless said; shares are of its terms, weighed by their rarity."""

    anticipated: float  # the best sentence's closest anticipated question, over all queries by weight
    sentence: float  # the best sentence itself, over all queries by weight
    neighbours: float  # mean cosine of the nearest anticipated questions of any sentence
    near_miss: float  # the closest question that is known to have no answer
    near_misses: float  # mean cosine of the nearest such questions
    coverage: float  # share of the question's terms that the best sentence, or a question that it answers, holds
    unknown: float  # share of the question's terms that neither a source nor an anticipated question holds

    def named(self) -> tuple[tuple[str, float], ...]:
        return tuple((name, round(float(getattr(self, name)), 4)) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Bias and weights of the signals in `Signals`, in their order."""

    bias: float
    weights: tuple[float, ...]

    def confidence(self, signals: Signals) -> float:
        """The probability, 0 to 1, that the sources answer the question."""
        values = [float(getattr(signals, name)) for name in signals.__slots__]
        total = self.bias + sum(weight * value for weight, value in zip(self.weights, values, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def measure(index: Index, question: str, queries: Sequence[Query], found: Found, best: int, rarity: Rarity) -> Signals:
    """The signals for the sentence in row `best`."""
    bare = found.vectors[:1]
    asked = index.question_vectors.search(bare, NEAREST)[0] if index.questions else np.zeros((1, 0))
    missed = index.unanswered_vectors.search(found.vectors[[0, -1]], NEAREST)[0] if index.unanswered else np.zeros((1, 0))
    share = rarity.shares(question, best)
    return Signals(
        anticipated=float(found.cosines[1][best]),
        sentence=float(found.cosines[0][best]),
        neighbours=float(asked.mean()) if asked.size else 0.0,
        near_miss=float(missed.max()) if missed.size else 0.0,
        near_misses=float(missed[0].mean()) if missed.size else 0.0,
        coverage=share[0],
        unknown=share[1],
    )


class Rarity:
    """Which terms a sentence and its anticipated questions hold, and how rare each is (inverse document frequency)."""

    def __init__(self, index: Index) -> None:
        held = [set(terms(f"{index.documents[s.document_id].title} {s.section} {s.text}")) for s in index.sentences]
        for question in index.questions:
            held[question.sentence].update(terms(question.text))
        self._held = held
        frequency: dict[str, int] = {}
        for held_terms in held:
            for term in held_terms:
                frequency[term] = frequency.get(term, 0) + 1
        self._idf = {term: math.log(1 + len(held) / (0.5 + count)) for term, count in frequency.items()}
        self._unseen = math.log(1 + len(held) / 0.5)

    def shares(self, question: str, row: int) -> tuple[float, float]:
        """Of the question's terms, by rarity: the share that row holds, and the share that is in nothing but the question."""
        asked = dict.fromkeys(terms(question))
        whole = sum(self._idf.get(term, self._unseen) for term in asked)
        if not whole:
            return 0.5, 0.0
        held = sum(self._idf.get(term, self._unseen) for term in asked if term in self._held[row])
        unknown = sum(self._unseen for term in asked if term not in self._idf)
        return held / whole, unknown / whole

    def unknown_words(self, question: str) -> tuple[str, ...]:
        """The words of the question that carry a topic and that neither a source nor an anticipated question holds."""
        return tuple(dict.fromkeys(word for word in words(question) if (stems := terms(word)) and stems[0] not in self._idf))
