"""Queries become a score for every sentence: what is close in meaning, and what shares words, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chat.followup import Query
from indexer.embed import Embedder
from indexer.index import Index

Scores = NDArray[np.float32]
SIGNALS = ("sentence", "passage", "question", "words", "question words")


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts, in standard deviations over the sentences of the index."""

    sentence: float
    passage: float
    question: float
    words: float
    question_words: float


@dataclass(frozen=True)
class Found:
    """`total` is `(n,)`, one fused score for each sentence of the index; `signals` is `(5, n)`, the parts of it in the
    order of `SIGNALS`; `cosines` is `(2, n)`, the fused cosines with the sentence and with its closest anticipated
    question; `vectors` are the queries' vectors, `(q, d)`."""

    total: Scores
    signals: Scores
    cosines: Scores
    vectors: Scores


def score_sentences(index: Index, embedder: Embedder, queries: Sequence[Query], weights: Weights) -> Found:
    """Scores every sentence by every query and fuses them by the queries' weights."""
    vectors = embedder.encode([query.text for query in queries])
    columns = np.array([weights.sentence, weights.passage, weights.question, weights.words, weights.question_words], np.float32)
    raw = [signals(index, vectors[row : row + 1], query.text) for row, query in enumerate(queries)]
    shares = np.array([query.weight for query in queries], np.float32)
    parts = columns[:, None] * np.einsum("q,qsn->sn", shares, np.stack([standardise(scores) for scores in raw]))
    cosines = np.einsum("q,qsn->sn", shares, np.stack(raw))[[0, 2]]
    return Found(parts.sum(axis=0), parts, cosines, vectors)


def signals(index: Index, vector: Scores, text: str) -> Scores:
    """`(5, n)`: cosine with the sentence, with its passage, with the closest anticipated question of the sentence;
    BM25 of the sentence, and of its anticipated questions."""
    sentence = index.sentence_vectors.scores(vector)[0]
    passage = np.zeros_like(sentence)
    for score, row in zip(index.passage_vectors.scores(vector)[0], index.passages, strict=True):
        passage[list(row.sentences)] = score
    question = sentence.copy()
    if index.questions:
        rows = np.fromiter((question.sentence for question in index.questions), np.int64, len(index.questions))
        np.maximum.at(question, rows, index.question_vectors.scores(vector)[0])
    return np.stack([sentence, passage, question, index.lexical.scores(text), index.lexical_questions.scores(text)])


def nearness(index: Index, row: int) -> Scores:
    """`(n,)`: 2 for the sentences of the same section as sentence `row`, 1 for others of its document, 0 elsewhere."""
    wanted = index.sentences[row]
    near = ((sentence.document_id == wanted.document_id) * (1 + (sentence.section == wanted.section)) for sentence in index.sentences)
    return np.fromiter(near, np.float32, len(index.sentences))


def standardise(scores: Scores) -> Scores:
    """Rows of mean 0 and standard deviation 1; a row that does not vary becomes 0."""
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 1e-9, spread, 1.0), np.float32)
