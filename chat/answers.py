"""The records of a conversation: what is asked, what is cited, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.records import Span

ANSWER, ABSTAIN, EMERGENCY, SMALLTALK = "answer", "abstain", "emergency", "smalltalk"


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote == document.text[span.start:span.end]`, always. `also` names places that say the same."""

    number: int
    document_id: str
    title: str
    section: str
    span: Span
    quote: str
    also: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that was considered: row number, score, the parts of the score, and what became of it."""

    sentence: int
    score: float
    parts: tuple[tuple[str, float], ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer was found. `queries` are what was searched, with weights; `unknown` are the words of the
    question that no source mentions; `signals` are what the confidence was made of."""

    queries: tuple[tuple[str, float], ...] = ()
    candidates: tuple[Candidate, ...] = ()
    unknown: tuple[str, ...] = ()
    signals: tuple[tuple[str, float], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind` is answer, abstain, emergency or smalltalk; the last two name their `reason` in the trace."""

    question: str
    query: str
    kind: str
    citations: tuple[Citation, ...]
    confidence: float
    trace: Trace
