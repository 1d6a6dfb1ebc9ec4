"""The story of a suite that becomes results: each case is asked, what was cited is compared with what was expected."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chat.answers import ABSTAIN, ANSWER, EMERGENCY, SMALLTALK, Answer
from evals import measures
from evals.cases import Case, Place
from indexer.index import Index

Ask = Callable[[Case], Answer]


@dataclass(frozen=True, slots=True)
class Result:
    """One case and what became of it. `sentences` and `passages` are ranked ids, `relevant_…` the expected ones;
    `verbatim` is whether every quote was the slice of its source; `error` is what was raised, or empty."""

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
    elapsed_ms: float
    error: str

    @property
    def verdict(self) -> str:
        """right, partly (right, but not first or not complete), wrong, refused (though answerable), answered (though not)."""
        if self.error:
            return "error"
        case = self.case
        if case.kind == "emergency":
            return "right" if self.kind == EMERGENCY else "missed"
        if case.kind == "smalltalk":
            return "right" if self.kind == SMALLTALK else "wrong"
        if self.kind == EMERGENCY:
            return "false alarm"
        if not case.answerable:
            return "right" if not self.citations else "answered"
        if not self.citations:
            return "refused"
        first = measures.right_within(self.citations, case.expected, 1)
        if first and measures.complete(self.citations, case.expected):
            return "right"
        return "partly" if measures.right_within(self.citations, case.expected, len(self.citations)) else "wrong"


def evaluate(cases: Sequence[Case], ask: Ask, index: Index, progress: Callable[[int], None]) -> tuple[Result, ...]:
    """Asks every case once, in order. A case that raises is a result with its error, and never leaves the count."""
    places = Places(index)
    results = []
    for number, case in enumerate(cases, start=1):
        started = time.perf_counter()
        try:
            answer, error = ask(case), ""
        except Exception as raised:  # whatever a broken answerer raises is the finding
            answer, error = None, f"{type(raised).__name__}: {raised}"
        results.append(_result(case, answer, error, 1000 * (time.perf_counter() - started), index, places))
        progress(number)
    return tuple(results)


class Places:
    """The ids of the sentences and passages of an index, by where they stand."""

    def __init__(self, index: Index) -> None:
        self.sentences = [Place(sentence.document_id, sentence.span) for sentence in index.sentences]
        self.passages = [Place(passage.document_id, passage.span) for passage in index.passages]
        self.passage_of = {row: number for number, passage in enumerate(index.passages) for row in passage.sentences}
        self._rows: dict[str, list[int]] = {}
        for row, place in enumerate(self.sentences):
            self._rows.setdefault(place.document_id, []).append(row)

    def expected_rows(self, case: Case) -> set[int]:
        """The rows of the sentences that share enough with an expected place."""
        return {
            row
            for group in case.expected
            for place in group
            for row in self._rows.get(place.document_id, ())
            if measures.hits(self.sentences[row], place)
        }


def place_id(place: Place) -> str:
    return f"{place.document_id}:{place.span.start}-{place.span.end}".replace(" ", "_")


def _result(case: Case, answer: Answer | None, error: str, elapsed_ms: float, index: Index, places: Places) -> Result:
    rows = [candidate.sentence for candidate in answer.trace.candidates] if answer else []
    expected = places.expected_rows(case)
    return Result(
        case=case,
        kind=answer.kind if answer else "",
        query=answer.query if answer else "",
        citations=tuple(Place(citation.document_id, citation.span) for citation in answer.citations) if answer else (),
        quotes=tuple(citation.quote for citation in answer.citations) if answer else (),
        confidence=answer.confidence if answer and answer.kind in (ANSWER, ABSTAIN) else 0.0,
        sentences=tuple(place_id(places.sentences[row]) for row in rows),
        passages=tuple(dict.fromkeys(place_id(places.passages[places.passage_of[row]]) for row in rows)),
        relevant_sentences=frozenset(place_id(places.sentences[row]) for row in expected),
        relevant_passages=frozenset(place_id(places.passages[places.passage_of[row]]) for row in expected),
        verbatim=all(citation.quote == index.documents[citation.document_id].slice(citation.span) for citation in answer.citations) if answer else True,
        elapsed_ms=elapsed_ms,
        error=error,
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its number of cases and its 95 % bootstrap interval."""

    measure: str
    value: float
    low: float
    high: float
    cases: int


Score = Callable[[Result], float]

RETRIEVAL: dict[str, Score] = {
    **{f"R@{k} sentence": lambda r, k=k: measures.recall(r.sentences, r.relevant_sentences, k) for k in (1, 3, 5, 10)},  # type: ignore[misc]
    "RR sentence": lambda r: measures.reciprocal_rank(r.sentences, r.relevant_sentences),
    "nDCG@10 sentence": lambda r: measures.ndcg(r.sentences, r.relevant_sentences, 10),
    **{f"R@{k} passage": lambda r, k=k: measures.recall(r.passages, r.relevant_passages, k) for k in (1, 3, 5, 10)},  # type: ignore[misc]
    "RR passage": lambda r: measures.reciprocal_rank(r.passages, r.relevant_passages),
    "nDCG@10 passage": lambda r: measures.ndcg(r.passages, r.relevant_passages, 10),
}
ANSWERS: dict[str, Score] = {
    "first right": lambda r: measures.right_within(r.citations, r.case.expected, 1),
    "in first three": lambda r: measures.right_within(r.citations, r.case.expected, 3),
    "complete": lambda r: measures.complete(r.citations, r.case.expected),
    "citation precision": lambda r: measures.citation_precision(r.citations, r.case.expected),
    "character precision": lambda r: measures.character_precision(r.citations, r.case.expected),
    "character recall": lambda r: measures.character_recall(r.citations, r.case.expected),
    "citations": lambda r: float(len(r.citations)),
    "characters quoted": lambda r: float(sum(len(place.span) for place in r.citations)),
}


def summarise(results: Sequence[Result]) -> tuple[Figure, ...]:
    """Every measure over the cases that it is about, in the order of the table. No case leaves its denominator."""
    answerable = [r for r in results if r.case.answerable]
    judged = [r for r in results if r.case.answerable or r.case.kind == "unanswerable"]
    figures = [_mean(name, answerable, score) for name, score in (ANSWERS | RETRIEVAL).items()]
    figures += _abstaining(judged)
    follow_ups = [r for r in answerable if r.case.history]
    switches = [r for r in follow_ups if r.case.refers_to == 0]
    figures.append(_mean("follow-up: first right", follow_ups, ANSWERS["first right"]))
    figures.append(_mean("follow-up: complete", follow_ups, ANSWERS["complete"]))
    for distance in (1, 2, 3):
        at_distance = [r for r in follow_ups if min(r.case.refers_to, 3) == distance]
        figures.append(_mean(f"follow-up {distance}{' or more' if distance == 3 else ''} back: first right", at_distance, ANSWERS["first right"]))
    figures.append(_mean("topic switch followed", switches, ANSWERS["first right"]))
    emergencies = [r for r in results if r.case.kind == "emergency"]
    others = [r for r in results if r.case.kind != "emergency"]
    figures.append(_mean("emergency recall", emergencies, lambda r: float(r.kind == EMERGENCY)))
    figures.append(_mean("emergency false alarms", others, lambda r: float(r.kind == EMERGENCY)))
    figures.append(_mean("small talk recognised", [r for r in results if r.case.kind == "smalltalk"], lambda r: float(r.kind == SMALLTALK)))
    figures.append(_mean("small talk false alarms", [r for r in results if r.case.kind != "smalltalk"], lambda r: float(r.kind == SMALLTALK)))
    figures.append(_mean("verbatim", list(results), lambda r: float(r.verbatim)))
    figures.append(_mean("errors", list(results), lambda r: float(bool(r.error))))
    elapsed = np.array([r.elapsed_ms for r in results])
    for name in ("median", "p95"):
        low, high = measures.bootstrap(elapsed, name)
        figures.append(Figure(f"milliseconds {name}", float(measures.summarise(elapsed, name)) if len(elapsed) else 0.0, low, high, len(elapsed)))
    return tuple(figure for figure in figures if figure.cases)


def _mean(name: str, results: Sequence[Result], score: Score) -> Figure:
    values = np.array([score(result) for result in results], dtype=float)
    return Figure(name, float(values.mean()) if len(values) else 0.0, *measures.bootstrap(values), len(values))


def abstained(result: Result) -> bool:
    """No citation came, for whatever reason: an error answers nothing either."""
    return not result.citations


def confidences(results: Sequence[Result]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The confidence of each judged case, and whether the sources answer it."""
    return np.array([r.confidence for r in results]), np.array([r.case.answerable for r in results], dtype=bool)


def _abstaining(judged: Sequence[Result]) -> Iterable[Figure]:
    answerable = [r for r in judged if r.case.answerable]
    unanswerable = [r for r in judged if not r.case.answerable]
    refused = [r for r in judged if abstained(r)]
    yield _mean("answered", answerable, lambda r: float(not abstained(r)))
    yield _mean("false refusals", answerable, lambda r: float(abstained(r)))
    yield _mean("unanswerable refused", unanswerable, lambda r: float(abstained(r)))
    yield _mean("refusal precision", refused, lambda r: float(not r.case.answerable))
    if answerable and unanswerable:
        sure, has_answer = confidences(judged)
        yield Figure("AUROC of confidence", measures.auroc(sure, has_answer), *measures.bootstrap_auroc(sure, has_answer), len(judged))
        yield Figure("calibration error", measures.calibration_error(sure, has_answer), *measures.bootstrap_calibration(sure, has_answer), len(judged))
