"""Two runs of one suite, held against each other: which cases flipped, and whether the difference is more than chance."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from evals import measures
from evals.cases import EvalCaseError
from indexer.corpus import read_json_lines
from indexer.errors import CorpusError
from indexer.records import collapse

RESULTS = "results.jsonl"
FIELDS = {"id": str, "kind": str, "split": str, "verdict": str, "history": list, "question": str, "cited": list, "expected": list, "scores": dict}
NAMED = 8  # ids in a message


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of `results.jsonl`, as far as a comparison needs it."""

    id: str
    kind: str
    split: str
    verdict: str
    history: tuple[str, ...]
    question: str
    quotes: tuple[str, ...]
    expected: tuple[str, ...]
    scores: dict[str, float]

    @property
    def right(self) -> bool:
        return self.verdict == "right"


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of both runs over the same cases, the 95 % paired bootstrap interval of the difference, how many cases
    rose and fell, and the chance of so uneven a split if both were equal (exact sign test)."""

    measure: str
    cases: int
    first: float
    second: float
    low: float
    high: float
    better: int
    worse: int
    p: float


def read_results(path: Path) -> dict[str, Outcome]:
    """The outcomes of a folder that `run --out` wrote, or of its `results.jsonl`, by id.

    Raises `EvalCaseError` naming the file, the line and the field that is wrong.
    """
    file = path / RESULTS if path.is_dir() else path
    if not file.is_file():
        raise EvalCaseError(f"expected {RESULTS} at {path}, found nothing: write it with python -m evals run --out {path}")
    outcomes: dict[str, Outcome] = {}
    try:
        for number, record in read_json_lines(file):
            outcome = _outcome(record, f"{file}:{number}")
            if outcome.id in outcomes:
                raise EvalCaseError(f"expected every id once, found the field 'id' {outcome.id!r} again at {file}:{number}: write the results anew")
            outcomes[outcome.id] = outcome
    except CorpusError as error:
        raise EvalCaseError(str(error)) from None
    if not outcomes:
        raise EvalCaseError(f"expected results in {file}, found none: write them with python -m evals run --out")
    return outcomes


def _outcome(record: dict[str, Any], where: str) -> Outcome:
    for name, type_ in FIELDS.items():
        if not isinstance(record.get(name), type_):
            raise EvalCaseError(f"expected a {type_.__name__} in the field {name!r} at {where}, found {record.get(name)!r}: write the results anew")
    try:
        quotes = tuple(str(cited["quote"]) for cited in record["cited"])
        expected = tuple(" / ".join(str(place["quote"]) for place in group) for group in record["expected"])
        scores = {name: float(score) for name, score in record["scores"].items()}
    except (TypeError, KeyError, ValueError) as error:
        fields = "'cited', 'expected' and 'scores'"
        raise EvalCaseError(f"expected quotes and scores in the fields {fields} at {where}, found {error!r}: write the results anew") from None
    id, kind, split, verdict, question = (record[name] for name in ("id", "kind", "split", "verdict", "question"))
    return Outcome(id, kind, split, verdict, tuple(record["history"]), question, quotes, expected, scores)


def check_same_cases(first: dict[str, Outcome], second: dict[str, Outcome]) -> None:
    """Raises `EvalCaseError` naming the cases that only one run has, or whose question changed."""
    gone, new = [id for id in first if id not in second], [id for id in second if id not in first]
    other = [id for id in first if id in second and (first[id].question, first[id].history) != (second[id].question, second[id].history)]
    found = [f"{some(ids)} {where}" for ids, where in ((gone, "only in the first"), (new, "only in the second"), (other, "asked otherwise")) if ids]
    if found:
        raise EvalCaseError(f"expected the same cases in both runs, found {'; '.join(found)}: run both on the same suite")


def some(ids: Sequence[str]) -> str:
    """How many, and the first few.

    >>> some(["a", "b"])
    '2 (a, b)'
    """
    return f"{len(ids)} ({', '.join(ids[:NAMED])}{', …' if len(ids) > NAMED else ''})"


def flips(first: dict[str, Outcome], second: dict[str, Outcome]) -> tuple[list[str], list[str]]:
    """The ids of the cases that became right, and of those that are right no longer."""
    gained = [id for id in first if not first[id].right and second[id].right]
    lost = [id for id in first if first[id].right and not second[id].right]
    return gained, lost


def differences(first: dict[str, Outcome], second: dict[str, Outcome]) -> tuple[Difference, ...]:
    """The verdict over all cases, first right and complete over the answerable, refused over the unanswerable ones."""
    scored = [id for id in first if "first right" in first[id].scores and "first right" in second[id].scores]
    unanswerable = [id for id in first if first[id].kind == "unanswerable"]
    pairs = [("right", [(float(first[id].right), float(second[id].right)) for id in first])]
    pairs += [(name, [(first[id].scores[name], second[id].scores[name]) for id in scored]) for name in ("first right", "complete")]
    pairs += [("unanswerable refused", [(float(not first[id].quotes), float(not second[id].quotes)) for id in unanswerable])]
    return tuple(_difference(name, np.array(values)) for name, values in pairs if values)


def _difference(name: str, pairs: measures.Floats) -> Difference:
    """`pairs` is `(n, 2)`, the score of each case in both runs."""
    change = pairs[:, 1] - pairs[:, 0]
    better, worse = int((change > 0).sum()), int((change < 0).sum())
    first, second = pairs.mean(axis=0)
    return Difference(name, len(pairs), float(first), float(second), *measures.bootstrap(change), better, worse, measures.sign_test(better, worse))


def comparison(first: dict[str, Outcome], second: dict[str, Outcome], width: int) -> str:
    """For a terminal of that width: the flips with both answers side by side, then the figures."""
    gained, lost = flips(first, second)
    lines: list[str] = []
    for title, ids in ((f"{len(gained)} became right", gained), (f"{len(lost)} are right no longer", lost)):
        lines += [title, "=" * len(title), ""]
        for id in ids:
            lines += [*_flip(first[id], second[id], width), ""]
    lines.append(f"{'measure'.ljust(22)}{'cases':>6}{'A':>8}{'B':>8}   {'B - A [95 % interval]'.ljust(26)}{'better':>7}{'worse':>7}   p (exact sign test)")
    for found in differences(first, second):
        values = f"{found.cases:6d}{found.first:8.3f}{found.second:8.3f}"
        change = f"{found.second - found.first:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"
        chance = f"{found.p:.4f}" if found.p >= 0.0001 else "< 0.0001"
        lines.append(f"{found.measure.ljust(22)}{values}   {change.ljust(26)}{found.better:7d}{found.worse:7d}   {chance}")
    return "\n".join(lines)


def _flip(first: Outcome, second: Outcome, width: int) -> Iterable[str]:
    yield f"{second.id} ({second.kind}, {second.split})"
    for earlier in second.history:
        yield from textwrap.wrap(f"before: {collapse(earlier)}", width, initial_indent="  ", subsequent_indent="    ")
    yield from textwrap.wrap(f"asked: {collapse(second.question)}", width, initial_indent="  ", subsequent_indent="    ")
    for number, group in enumerate(second.expected, start=1):
        part = f" {number}" if len(second.expected) > 1 else ""
        yield from textwrap.wrap(f"expected{part}: {collapse(group)}", width, initial_indent="  ", subsequent_indent="    ")
    yield from beside(_answer("A", first), _answer("B", second), width)


def _answer(name: str, outcome: Outcome) -> list[str]:
    quotes = [f"[{number}] {collapse(quote)}" for number, quote in enumerate(outcome.quotes, start=1)]
    return [f"{name}: {outcome.verdict}", *(quotes or ["no citation"])]


def beside(left: Sequence[str], right: Sequence[str], width: int) -> Iterable[str]:
    """Two columns of wrapped lines.

    >>> list(beside(["a b"], ["c"], 9))
    ['  a  | c', '  b  |']
    """
    half = max(2, (width - 5) // 2)
    columns = [[line for text in side for line in textwrap.wrap(text, half) or [""]] for side in (left, right)]
    for one, other in zip_longest(*columns, fillvalue=""):
        yield f"  {one.ljust(half)} | {other}".rstrip()
