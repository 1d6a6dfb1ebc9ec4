"""Scored sentences become citations: as few as answer the question, at most four, near duplicates merged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chat.answers import Candidate, Citation
from indexer.index import Index
from indexer.lexical import fold, words
from indexer.records import BYLINE, LIST_ITEM, Sentence, Span, collapse

Floats = NDArray[np.float32]

ASKS_WHO_OR_WHEN = re.compile(
    r"\b(?:who(?:'?s|se)?|authors?|writer|wrote|written|byline|posted|biograph\w*|when|date[ds]?|publish\w*|year|old|recent|current|outdated|"
    r"qualifi\w*|credential\w*|degrees?|expert\w*|trained|training|background|profession\w*|university|journals?)\b"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Chosen on the dev split of the suite."""

    citations: int = 4
    behind: float = 1.3  # a further sentence is cited if its score is at most this far behind the best one's
    alike: float = 0.94  # cosine from which two sentences say the same
    joined: int = 450  # code points; a quote joined with the sentence it leans on is not longer


def quotable(index: Index, question: str, within: Sequence[tuple[str, Span | None]] | None = None) -> NDArray[np.bool_]:
    """`(n,)`: which sentences may be cited. A byline answers who and when, and questions that
    name an author, and nothing else; `within` names parts of
    documents, or whole ones with None."""
    allowed = np.ones(len(index.sentences), dtype=bool)
    authors = {word for document in index.documents.values() for word in words(document.author)}
    if not ASKS_WHO_OR_WHEN.search(fold(question)) and not authors & set(words(question)):
        allowed &= ~np.fromiter((sentence.kind == BYLINE for sentence in index.sentences), bool, len(index.sentences))
    if within is not None:
        parts = [any(sentence.document_id == id and (part is None or part.overlap(sentence.span)) for id, part in within) for sentence in index.sentences]
        allowed &= np.array(parts, dtype=bool)
    return allowed


def select(index: Index, scores: Floats, parts: Floats, names: Sequence[str], limits: Limits) -> tuple[tuple[Citation, ...], tuple[Candidate, ...]]:
    """The citations, best first and numbered from 1, and every candidate that was looked at with its verdict.

    `scores` is `(n,)`, minus infinity for what may not be cited; `parts` is `(s, n)`, named by `names`.
    """
    order = [int(row) for row in np.argsort(-scores, kind="stable")[: 6 * limits.citations] if np.isfinite(scores[row])]
    vectors = index.sentence_vectors.rows(order)
    chosen: list[tuple[int, Span]] = []
    also: dict[int, list[int]] = {}
    candidates = []
    for place, row in enumerate(order):
        verdict = _verdict(index, order, vectors, place, scores, chosen, limits)
        if verdict == "cited":
            chosen.append((place, quote_span(index, row, limits.joined)))
        elif verdict.startswith("says the same"):
            twin = next(other for other, _ in chosen if _alike(index, order, vectors, other, place, limits))
            also.setdefault(twin, []).append(row)
        signals = tuple((name, round(float(parts[part, row]), 3)) for part, name in enumerate(names))
        candidates.append(Candidate(row, round(float(scores[row]), 3), signals, verdict))
    citations = tuple(
        _citation(index, number, order[place], span, [index.sentences[row] for row in also.get(place, ())])
        for number, (place, span) in enumerate(chosen, start=1)
    )
    return citations, tuple(candidates)


def _verdict(index: Index, order: Sequence[int], vectors: Floats, place: int, scores: Floats, chosen: Sequence[tuple[int, Span]], limits: Limits) -> str:
    sentence = index.sentences[order[place]]
    for other, span in chosen:
        if index.sentences[order[other]].document_id == sentence.document_id and span.overlap(sentence.span):
            return f"is part of citation {chosen.index((other, span)) + 1}"
    if scores[order[place]] < scores[order[0]] - limits.behind:
        return "too far behind the best"
    for number, (other, _) in enumerate(chosen, start=1):
        if _alike(index, order, vectors, other, place, limits):
            return f"says the same as citation {number}"
    return "cited" if len(chosen) < limits.citations else f"more than {limits.citations} citations"


def _alike(index: Index, order: Sequence[int], vectors: Floats, one: int, other: int, limits: Limits) -> bool:
    """The same words, or nearly the same meaning. A vector holds the heading too, so equal words need not be near."""
    texts = [fold(collapse(index.sentences[order[place]].text)) for place in (one, other)]
    return texts[0] == texts[1] or float(vectors[one] @ vectors[other]) >= limits.alike


def quote_span(index: Index, row: int, longest: int) -> Span:
    """What is quoted for a sentence: itself, with the sentence before that it leans on, or with its whole list, as
    long as that is one stretch of text of at most `longest` code points."""
    sentence = index.sentences[row]
    span = sentence.span
    if sentence.leans_on is not None and sentence.span.end - sentence.leans_on.start <= longest:
        span = Span(sentence.leans_on.start, sentence.span.end)
    lead_in = sentence.span if sentence.text.endswith(":") else sentence.leans_on if sentence.kind == LIST_ITEM else None
    for item in index.sentences[row + 1 :] if lead_in else ():
        if item.kind != LIST_ITEM or item.leans_on != lead_in or item.document_id != sentence.document_id or item.span.end - span.start > longest:
            break
        span = Span(span.start, item.span.end)
    return span


def _citation(index: Index, number: int, row: int, span: Span, also: Sequence[Sentence]) -> Citation:
    sentence = index.sentences[row]
    document = index.documents[sentence.document_id]
    places = tuple((other.document_id, other.span) for other in also)
    return Citation(number, document.id, document.title, sentence.section, span, document.slice(span), places)
