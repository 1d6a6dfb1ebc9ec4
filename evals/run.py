"""The story of a suite that becomes results: each case is asked, what was cited is compared with what was expected."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chat.answers import ABSTAIN, ANSWER, EMERGENCY, SMALLTALK, Answer
from chat.disclaimer import DISCLAIMER
from chat.render import to_text
from evals import measures
from evals.cases import Case, Place
from indexer.index import Index

Ask = Callable[[Case], Answer]

# What can become of a case, best first.
VERDICTS = {
    "right": "the first citation is right and nothing is missing; or it refused, warned or greeted as it should",
    "partly": "something right was cited, but not first or not all of it",
    "wrong": "nothing that was cited is right",
    "refused": "the sources answer, yet nothing was cited",
    "answered": "the sources do not answer, yet something was cited",
    "missed": "an emergency that was not noticed",
    "false alarm": "no emergency, yet it was taken for one",
    "altered": "a quote is not the slice of its source",
    "error": "the question raised an error",
}


@dataclass(frozen=True, slots=True)
class Result:
    """One case and what became of it. `sentences` and `passages` are ranked ids, `relevant_…` the expected ones;
    `verbatim` is whether every quote was the slice of its source, `disclaimed` whether the reply carries the disclaimer;
    `error` is what was raised, or empty."""

    case: Case
    kind: str
    query: str
    citations: tuple[Place, ...]
    quotes: tuple[str, ...]
    confidence: float
    sentences: tuple[str, ...]
    passages: tuple[str, ...]
    relevant_sentences: frozenset[str]
    relevant_passages: frozenset[str]
    verbatim: bool
    disclaimed: bool
    elapsed_ms: float
    error: str

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`."""
        if self.error:
            return "error"
        if not self.verbatim:
            return "altered"
        if self.case.kind == "emergency":
            return "right" if self.kind == EMERGENCY else "missed"
        if self.kind == EMERGENCY:
            return "false alarm"
        if self.case.kind == "smalltalk":
            return "right" if self.kind == SMALLTALK else "wrong"
        return self._verdict_on_citations()

    def _verdict_on_citations(self) -> str:
        if not self.case.answerable:
            return "answered" if self.citations else "right"
        if not self.citations:
            return "refused"
        if measures.right_within(self.citations, self.case.expected, 1) and measures.complete(self.citations, self.case.expected):
            return "right"
        return "partly" if measures.right_within(self.citations, self.case.expected, len(self.citations)) else "wrong"

    @property
    def best_is_right(self) -> bool:
        """Whether the first citation is right or, where it refused, the sentence that it would have cited first: what
        the confidence is the confidence of."""
        if self.citations:
            return bool(measures.right_within(self.citations, self.case.expected, 1))
        return bool(self.sentences) and self.sentences[0] in self.relevant_sentences


def evaluate(cases: Sequence[Case], ask: Ask, index: Index, progress: Callable[[int], None] = lambda done: None) -> tuple[Result, ...]:
    """Asks every case once, in order. A case that raises is a result with its error, and never leaves the count."""
    places = Places(index)
    results = []
    for number, case in enumerate(cases, start=1):
        answer, error, elapsed_ms = _timed(case, ask)
        unknown = [citation.document_id for citation in answer.citations if citation.document_id not in index.documents] if answer else []
        if answer is None or unknown:
            results.append(_failed(case, error or f"cites {', '.join(unknown)}, which the index does not hold", elapsed_ms, places))
        else:
            results.append(_result(case, answer, elapsed_ms, index, places))
        progress(number)
    return tuple(results)


def _timed(case: Case, ask: Ask) -> tuple[Answer | None, str, float]:
    """The answer or what was raised, and the milliseconds that it took."""
    started = time.perf_counter()
    try:
        answer, error = ask(case), ""
    except Exception as raised:  # whatever a broken answerer raises is the finding
        answer, error = None, f"{type(raised).__name__}: {raised}"
    return answer, error, 1000 * (time.perf_counter() - started)


class Places:
    """The ids of the sentences and passages of an index, by where they stand."""

    def __init__(self, index: Index) -> None:
        self.sentences = [Place(sentence.document_id, sentence.span) for sentence in index.sentences]
        self.sentence_ids = [place_id(place) for place in self.sentences]
        passage_ids = [place_id(Place(passage.document_id, passage.span)) for passage in index.passages]
        passage_of = {row: id for id, passage in zip(passage_ids, index.passages, strict=True) for row in passage.sentences}
        self.passage_ids = [passage_of[row] for row in range(len(self.sentences))]
        self._rows: dict[str, list[int]] = {}
        for row, place in enumerate(self.sentences):
            self._rows.setdefault(place.document_id, []).append(row)

    def expected_rows(self, case: Case) -> set[int]:
        """The rows of the sentences that share enough with an expected place."""
        return {row for group in case.expected for place in group for row in self._rows.get(place.document_id, ()) if measures.hits(self.sentences[row], place)}


def place_id(place: Place) -> str:
    return f"{place.document_id}:{place.span.start}-{place.span.end}"


def _result(case: Case, answer: Answer, elapsed_ms: float, index: Index, places: Places) -> Result:
    rows = [candidate.sentence for candidate in answer.trace.candidates]
    expected = places.expected_rows(case)
    return Result(
        case=case,
        kind=answer.kind,
        query=answer.query,
        citations=tuple(Place(citation.document_id, citation.span) for citation in answer.citations),
        quotes=tuple(citation.quote for citation in answer.citations),
        confidence=answer.confidence if answer.kind in (ANSWER, ABSTAIN) else 0.0,
        sentences=tuple(places.sentence_ids[row] for row in rows),
        passages=tuple(dict.fromkeys(places.passage_ids[row] for row in rows)),
        relevant_sentences=frozenset(places.sentence_ids[row] for row in expected),
        relevant_passages=frozenset(places.passage_ids[row] for row in expected),
        verbatim=all(citation.quote == index.documents[citation.document_id].slice(citation.span) for citation in answer.citations),
        disclaimed=DISCLAIMER in to_text(answer, index.documents),
        elapsed_ms=elapsed_ms,
        error="",
    )


def _failed(case: Case, error: str, elapsed_ms: float, places: Places) -> Result:
    """Scores what an empty answer scores; no reply was made, so there is none that lacks a quote's words or the disclaimer."""
    expected = places.expected_rows(case)
    return Result(
        case=case,
        kind="",
        query="",
        citations=(),
        quotes=(),
        confidence=0.0,
        sentences=(),
        passages=(),
        relevant_sentences=frozenset(places.sentence_ids[row] for row in expected),
        relevant_passages=frozenset(places.passage_ids[row] for row in expected),
        verbatim=True,
        disclaimed=True,
        elapsed_ms=elapsed_ms,
        error=error,
    )
