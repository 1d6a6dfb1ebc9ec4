"""A corpus of two short texts, cases and results about them, all small enough to be checked by hand."""

from __future__ import annotations

from collections.abc import Sequence

from chat.answers import ABSTAIN, ANSWER
from evals.cases import Case, Place
from evals.run import Result, place_id
from indexer.records import Document, Span

SEA = "Whales sing. Crabs walk sideways. Squid have three hearts."
SKY = "Larks sing at dawn. Owls hunt at night. Swifts sleep in flight."


def document(id: str, text: str) -> Document:
    return Document(id, f"{id}.txt", f"The {id}", "", "", "", "", "", text)


DOCUMENTS = {"sea": document("sea", SEA), "sky": document("sky", SKY)}


def place(quote: str) -> Place:
    """Where the quote stands in one of the two texts."""
    id, text = next((id, text) for id, text in (("sea", SEA), ("sky", SKY)) if quote in text)
    start = text.index(quote)
    return Place(id, Span(start, start + len(quote)))


def case(
    id: str,
    question: str = "who sings?",
    kind: str = "single",
    split: str = "test",
    expected: Sequence[Sequence[str]] = (),
    history: Sequence[str] = (),
    refers_to: int | None = None,
    topic: str = "",
    conversation: str = "",
) -> Case:
    """`expected` are groups of quotes."""
    return Case(
        id=id,
        kind=kind,
        split=split,
        topic=topic,
        style="",
        conversation=conversation or id,
        refers_to=(1 if history else 0) if refers_to is None else refers_to,
        history=tuple(history),
        question=question,
        expected=tuple(tuple(place(quote) for quote in group) for group in expected),
        context=None,
    )


def result(
    about: Case,
    cited: Sequence[str] = (),
    kind: str = "",
    confidence: float = 0.5,
    ranking: Sequence[str] | None = None,
    verbatim: bool = True,
    disclaimed: bool = True,
    elapsed_ms: float = 10.0,
    error: str = "",
) -> Result:
    """What became of a case, if these quotes were cited; `ranking` are the quotes found, else the cited ones."""
    found = tuple(place_id(place(quote)) for quote in (cited if ranking is None else ranking))
    relevant = frozenset(place_id(place) for group in about.expected for place in group)
    return Result(
        case=about,
        kind="" if error else kind or (ANSWER if cited else ABSTAIN),
        query=about.question,
        citations=tuple(place(quote) for quote in cited),
        quotes=tuple(cited),
        confidence=confidence,
        sentences=found,
        passages=found,
        relevant_sentences=relevant,
        relevant_passages=relevant,
        verbatim=verbatim,
        disclaimed=disclaimed,
        elapsed_ms=elapsed_ms,
        error=error,
    )
