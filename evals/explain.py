"""One case in words: what was searched, what was found and dropped and why, and where the expected sentences came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat.answers import Answer, Candidate
from evals import measures
from evals.cases import Case, EvalCaseError, Place
from evals.compare import some
from evals.run import VERDICTS, Result
from indexer.index import Index
from indexer.records import collapse


def find(cases: Sequence[Case], id: str) -> Case:
    """Raises `EvalCaseError` naming ids that are like it."""
    for case in cases:
        if case.id == id:
            return case
    like = [case.id for case in cases if id.lower() in case.id.lower()] or [case.id for case in cases]
    raise EvalCaseError(f"expected the id of a case, found {id!r}: choose among {some(like)}")


def explain(case: Case, result: Result, answer: Answer | None, index: Index) -> str:
    """`answer` is None where the question raised an error."""
    lines = [
        f"{case.id}: {result.verdict} ({VERDICTS[result.verdict]})",
        f"kind {case.kind}, split {case.split}" + (f", topic {case.topic}" if case.topic else ""),
        "",
    ]
    lines += [f"before: {question}" for question in case.history]
    lines += [f"asked:  {case.question}", ""]
    if answer is None:
        return "\n".join([*lines, f"raised: {result.error}"])
    lines += [f"answered as: {answer.kind}" + (f" ({answer.trace.reason})" if answer.trace.reason else ""), ""]
    lines += ["Searched, by weight:", *(f"  {weight:.2f}  {text}" for text, weight in answer.trace.queries), ""] if answer.trace.queries else []
    lines += [*_confidence(answer), ""]
    lines += [*_expected(case, answer, index), ""]
    lines += [*_cited(case, answer), ""]
    lines += _candidates(case, answer.trace.candidates, index)
    return "\n".join(lines).rstrip()


def _confidence(answer: Answer) -> Iterable[str]:
    yield f"Confidence {answer.confidence:.3f}, made of:"
    for name, value in answer.trace.signals:
        yield f"  {value:+.3f}  {name}"
    if answer.trace.unknown:
        yield f"  no source mentions: {', '.join(answer.trace.unknown)}"


def _expected(case: Case, answer: Answer, index: Index) -> Iterable[str]:
    if not case.expected:
        yield "Expected: no citation."
        return
    yield "Expected, any one of each part:"
    for number, group in enumerate(case.expected, start=1):
        for place in group:
            yield f"  part {number}: {_found(case, place, answer, index)}"
            yield f"          {_quote(place, index)}"


def _found(case: Case, place: Place, answer: Answer, index: Index) -> str:
    """Where an expected place stands among the citations and among the candidates."""
    cited = [citation.number for citation in answer.citations if measures.hits(Place(citation.document_id, citation.span), place)]
    ranks = [rank for rank, candidate in enumerate(answer.trace.candidates, start=1) if measures.hits(_place(candidate, index), place)]
    in_citations = f"citation {', '.join(map(str, cited))}" if cited else "not cited"
    in_candidates = f"candidate at rank {', '.join(map(str, ranks))}" if ranks else f"not among the {len(answer.trace.candidates)} candidates"
    return f"{in_citations}; {in_candidates}"


def _cited(case: Case, answer: Answer) -> Iterable[str]:
    if not answer.citations:
        yield "Cited: nothing."
        return
    yield "Cited:"
    for citation in answer.citations:
        right = measures.hits_any(Place(citation.document_id, citation.span), case.expected)
        yield f"  [{citation.number}] {'right' if right else 'wrong'}  {citation.document_id}:{citation.span.start}-{citation.span.end}"
        yield f"      {collapse(citation.quote)}"


def _candidates(case: Case, candidates: Sequence[Candidate], index: Index) -> Iterable[str]:
    if not candidates:
        yield "Candidates: none."
        return
    yield f"Candidates ({len(candidates)}), best first; * marks an expected one:"
    for rank, candidate in enumerate(candidates, start=1):
        mark = "*" if measures.hits_any(_place(candidate, index), case.expected) else " "
        signals = ", ".join(f"{name} {value:+.2f}" for name, value in candidate.parts)
        yield f"{mark} {rank:3d}  {candidate.score:+.3f}  {candidate.verdict}  ({signals})"
        yield f"            {_quote(_place(candidate, index), index)}"


def _place(candidate: Candidate, index: Index) -> Place:
    sentence = index.sentences[candidate.sentence]
    return Place(sentence.document_id, sentence.span)


def _quote(place: Place, index: Index) -> str:
    text = collapse(index.documents[place.document_id].slice(place.span))
    return f"{place.document_id}: {text if len(text) <= 240 else text[:239] + '…'}"
