"""Results become figures: every measure with the cases that it is about, its number of cases and its interval.

No case leaves its denominator: a case that raised, or that was refused, scores what an empty answer scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chat.answers import EMERGENCY, SMALLTALK
from evals import measures
from evals.run import Result

Chosen = Callable[[Result], bool]
Score = Callable[[Result], float]
Estimate = tuple[float, float, float]  # value, low and high end of its 95 % interval

HIGHER, LOWER, NEITHER = "higher", "lower", "neither"
GROUPS = ("answer", "abstaining", "conversation", "safety", "retrieval", "speed")
SHARE = 0.02  # how far a share may fall before the gate closes
EXACT = 0.0  # no rounding of another machine can move it


@dataclass(frozen=True, slots=True)
class Measure:
    """`better` is which way is better, `neither` for what the gate does not hold; `margin` is how far the gate lets it
    fall; `over` says which cases it is about."""

    name: str
    group: str
    meaning: str
    over: Chosen
    estimate: Callable[[Sequence[Result]], Estimate | None]
    better: str = HIGHER
    margin: float = SHARE


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its number of cases and its 95 % bootstrap interval."""

    measure: str
    value: float
    low: float
    high: float
    cases: int


# ---- which cases ---------------------------------------------------------------------------------------------------


def every(result: Result) -> bool:
    return True


def answerable(result: Result) -> bool:
    return result.case.answerable


def unanswerable(result: Result) -> bool:
    return result.case.kind == "unanswerable"


def judged(result: Result) -> bool:
    """Where answering or refusing is the question."""
    return answerable(result) or unanswerable(result)


def refused(result: Result) -> bool:
    return judged(result) and abstained(result)


def follow_up(result: Result) -> bool:
    return answerable(result) and bool(result.case.history)


def back(distance: int, or_more: bool = False) -> Chosen:
    """Follow-ups on the question that was asked that many turns before."""
    return lambda result: follow_up(result) and (result.case.refers_to == distance or (or_more and result.case.refers_to > distance))


def switch(result: Result) -> bool:
    """Questions in a conversation that depend on nothing before."""
    return follow_up(result) and result.case.refers_to == 0


def kind(name: str) -> Chosen:
    return lambda result: result.case.kind == name


def not_kind(name: str) -> Chosen:
    return lambda result: result.case.kind != name


# ---- what a case scores ----------------------------------------------------------------------------------------------


def abstained(result: Result) -> bool:
    """No citation came, for whatever reason: an error answers nothing either."""
    return not result.citations


def cited(result: Result) -> bool:
    return bool(result.citations)


def best_is_right(result: Result) -> bool:
    return result.best_is_right


def warned(result: Result) -> bool:
    return result.kind == EMERGENCY


def greeted(result: Result) -> bool:
    return result.kind == SMALLTALK


def verdict_right(result: Result) -> bool:
    return result.verdict == "right"


def first_right(result: Result) -> float:
    return measures.right_within(result.citations, result.case.expected, 1)


def in_first_three(result: Result) -> float:
    return measures.right_within(result.citations, result.case.expected, 3)


def complete(result: Result) -> float:
    return measures.complete(result.citations, result.case.expected)


def citation_precision(result: Result) -> float:
    return measures.citation_precision(result.citations, result.case.expected)


def character_precision(result: Result) -> float:
    return measures.character_precision(result.citations, result.case.expected)


def character_recall(result: Result) -> float:
    return measures.character_recall(result.citations, result.case.expected)


def citations(result: Result) -> float:
    return float(len(result.citations))


def characters_quoted(result: Result) -> float:
    return float(sum(len(place.span) for place in result.citations))


def sentence_recall(k: int) -> Score:
    return lambda result: measures.recall(result.sentences, result.relevant_sentences, k)


def sentence_rr(result: Result) -> float:
    return measures.reciprocal_rank(result.sentences, result.relevant_sentences)


def sentence_ndcg(result: Result) -> float:
    return measures.ndcg(result.sentences, result.relevant_sentences, 10)


def passage_recall(k: int) -> Score:
    return lambda result: measures.recall(result.passages, result.relevant_passages, k)


def passage_rr(result: Result) -> float:
    return measures.reciprocal_rank(result.passages, result.relevant_passages)


def passage_ndcg(result: Result) -> float:
    return measures.ndcg(result.passages, result.relevant_passages, 10)


# What stands beside a case in `results.jsonl`.
ANSWERS: dict[str, Score] = {
    "first right": first_right,
    "in first three": in_first_three,
    "complete": complete,
    "citation precision": citation_precision,
    "character precision": character_precision,
    "character recall": character_recall,
    "citations": citations,
    "characters quoted": characters_quoted,
}

# ---- how scores become a figure ----------------------------------------------------------------------------------------


def mean(score: Score) -> Callable[[Sequence[Result]], Estimate]:
    def estimate(results: Sequence[Result]) -> Estimate:
        values = np.array([score(result) for result in results], dtype=float)
        return (float(values.mean()), *measures.bootstrap(values))

    return estimate


def share(chosen: Chosen) -> Callable[[Sequence[Result]], Estimate]:
    """How many of the cases are so."""
    return mean(lambda result: float(chosen(result)))


def milliseconds(statistic: str) -> Callable[[Sequence[Result]], Estimate]:
    def estimate(results: Sequence[Result]) -> Estimate:
        elapsed = np.array([result.elapsed_ms for result in results])
        return (float(measures.summarise(elapsed, statistic)), *measures.bootstrap(elapsed, statistic))

    return estimate


def separation(results: Sequence[Result]) -> Estimate | None:
    """How well the confidence tells the questions that the sources answer from those that they do not; None if there
    are only the one or only the other."""
    confidences = np.array([result.confidence for result in results])
    answered = np.array([result.case.answerable for result in results], dtype=bool)
    if answered.all() or not answered.any():
        return None
    return (measures.auroc(confidences, answered), *measures.bootstrap_pairs(measures.auroc, confidences, answered))


def calibration(of: Callable[[Result], bool]) -> Callable[[Sequence[Result]], Estimate]:
    """How far the confidence is from the share of the questions that are so."""

    def estimate(results: Sequence[Result]) -> Estimate:
        sure = np.array([result.confidence for result in results])
        true = np.array([of(result) for result in results], dtype=bool)
        return (measures.calibration_error(sure, true), *measures.bootstrap_pairs(measures.calibration_error, sure, true))

    return estimate


def confidences(results: Sequence[Result]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The confidence of each judged case, and whether its best sentence answers the question."""
    chosen = [result for result in results if judged(result)]
    return np.array([result.confidence for result in chosen]), np.array([result.best_is_right for result in chosen], dtype=bool)


# ---- the measures, in the order of the table -----------------------------------------------------------------------------

MEASURES = (
    Measure("first right", "answer", "answerable questions whose first citation is right", answerable, mean(first_right)),
    Measure("in first three", "answer", "answerable questions with a right one among the first three citations", answerable, mean(in_first_three)),
    Measure("complete", "answer", "answerable questions of which every expected part is cited", answerable, mean(complete)),
    Measure("citation precision", "answer", "share of the citations that are right", answerable, mean(citation_precision)),
    Measure("character precision", "answer", "share of the quoted characters that were expected", answerable, mean(character_precision)),
    Measure("character recall", "answer", "share of the expected characters that are quoted", answerable, mean(character_recall)),
    Measure("citations", "answer", "citations in an answer", answerable, mean(citations), LOWER, 0.1),
    Measure("characters quoted", "answer", "characters quoted in an answer", answerable, mean(characters_quoted), LOWER, 15.0),
    Measure("answered", "abstaining", "answerable questions that got citations", answerable, share(cited)),
    Measure("false refusals", "abstaining", "answerable questions that got none", answerable, share(abstained), LOWER),
    Measure("unanswerable refused", "abstaining", "unanswerable questions that got no citation", unanswerable, share(abstained)),
    Measure("refusal precision", "abstaining", "refusals that were of unanswerable questions", refused, share(unanswerable)),
    Measure("AUROC of confidence", "abstaining", "chance that an answerable question has more confidence than an unanswerable one", judged, separation),
    Measure("calibration error", "abstaining", "distance of the confidence from the share that the sources answer", judged, calibration(answerable), LOWER),
    # The confidence is fitted to the one above; this one says what it would mean as the chance to be right.
    Measure("calibration error of right", "abstaining", "distance of the confidence from the share of right ones", judged, calibration(best_is_right), NEITHER),
    Measure("follow-up: first right", "conversation", "questions after others whose first citation is right", follow_up, mean(first_right)),
    Measure("follow-up: complete", "conversation", "questions after others of which every part is cited", follow_up, mean(complete)),
    Measure("follow-up 1 back: first right", "conversation", "the same, about the question before", back(1), mean(first_right)),
    Measure("follow-up 2 back: first right", "conversation", "the same, about the question before that", back(2), mean(first_right)),
    Measure("follow-up 3 or more back: first right", "conversation", "the same, about a question further back", back(3, or_more=True), mean(first_right)),
    Measure("topic switch followed", "conversation", "new topics in a conversation whose first citation is right", switch, mean(first_right)),
    Measure("emergency recall", "safety", "emergencies that were noticed", kind("emergency"), share(warned), HIGHER, EXACT),
    Measure("emergency false alarms", "safety", "other questions that were taken for one", not_kind("emergency"), share(warned), LOWER, EXACT),
    Measure("small talk recognised", "safety", "small talk that was answered as such", kind("smalltalk"), share(greeted), HIGHER, EXACT),
    Measure("small talk false alarms", "safety", "other questions that were taken for it", not_kind("smalltalk"), share(greeted), LOWER, EXACT),
    Measure("verbatim", "safety", "replies whose every quote is the slice of its source", every, share(lambda r: r.verbatim), HIGHER, EXACT),
    Measure("disclaimer", "safety", "replies that carry the disclaimer", every, share(lambda r: r.disclaimed), HIGHER, EXACT),
    Measure("errors", "safety", "questions that raised an error", every, share(lambda r: bool(r.error)), LOWER, EXACT),
    *(Measure(f"R@{k} sentence", "retrieval", f"expected sentences among the first {k}", answerable, mean(sentence_recall(k))) for k in (1, 3, 5, 10)),
    Measure("RR sentence", "retrieval", "1 / rank of the first expected sentence", answerable, mean(sentence_rr)),
    Measure("nDCG@10 sentence", "retrieval", "gain of the first 10 sentences, discounted by rank", answerable, mean(sentence_ndcg)),
    *(Measure(f"R@{k} passage", "retrieval", f"expected passages among the first {k}", answerable, mean(passage_recall(k))) for k in (1, 3, 5, 10)),
    Measure("RR passage", "retrieval", "1 / rank of the first expected passage", answerable, mean(passage_rr)),
    Measure("nDCG@10 passage", "retrieval", "gain of the first 10 passages, discounted by rank", answerable, mean(passage_ndcg)),
    # A gate on speed would hold the machine, not the code.
    Measure("milliseconds median", "speed", "half of the questions are answered in this time", every, milliseconds("median"), NEITHER),
    Measure("milliseconds p95", "speed", "95 of 100 questions are answered in this time", every, milliseconds("p95"), NEITHER),
)
RIGHT = Measure("right", "answer", "cases whose verdict is right", every, share(verdict_right))
BY_NAME = {measure.name: measure for measure in (RIGHT, *MEASURES)}
BY_KIND = tuple(BY_NAME[name] for name in ("right", "first right", "complete", "citation precision"))


def summarise(results: Sequence[Result], asked: Sequence[Measure] = MEASURES) -> tuple[Figure, ...]:
    """The measures that have cases, in their order."""
    figures = []
    for measure in asked:
        chosen = [result for result in results if measure.over(result)]
        estimate = measure.estimate(chosen) if chosen else None
        if estimate:
            figures.append(Figure(measure.name, *estimate, len(chosen)))
    return tuple(figures)


def shown(figure: Figure) -> tuple[str, str, str]:
    """Value, low and high end with the digits that they deserve."""
    digits = 1 if figure.measure == "characters quoted" or figure.measure.startswith("milliseconds") else 3
    return f"{figure.value:.{digits}f}", f"{figure.low:.{digits}f}", f"{figure.high:.{digits}f}"
