"""What is wrong with a suite that loads: cases that are no new question, splits that leak, kinds too small to say anything."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.cases import KINDS, SPLITS, Case
from indexer.lexical import terms, words
from indexer.records import Document, collapse

# Two wordings are all but equal from these on: the shared share of their terms (Jaccard), and of their words' characters
# (difflib's ratio). Chosen by reading the closest 300 pairs of the first suite and its question bank: above both, all but
# one ask for the same ("can I take magnesium (together) with antibiotics"); right below stand the first that do not
# ("made of" and "used for" at 0.87, "is it safe" and "is it safe for cats" at 0.86).
SAME_TERMS, SAME_LETTERS = 0.75, 0.88

# In each split. Under ten cases one flip moves a share by more than a tenth, which is wider than any change looked for;
# the kinds that the floors rest on need an interval of about a tenth either way.
MINIMUM = {"single": 60, "follow_up": 30, "multi": 10, "conflict": 10, "provenance": 10, "unanswerable": 50, "emergency": 15, "smalltalk": 10}
ANY_SPLIT = "none"  # the topic of cases about nothing that the texts say


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and the cases that it is about."""

    rule: str
    message: str
    cases: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


def lint(cases: Sequence[Case], bank: Sequence[str], unanswered: Sequence[str], documents: Mapping[str, Document]) -> tuple[Finding, ...]:
    """`bank` and `unanswered` are the curated questions that the index is built with: a case that is one of them
    measures memory."""
    return (
        *doubled(cases),
        *across_splits(cases),
        *curated(cases, bank, "questions.jsonl"),
        *curated(cases, unanswered, "unanswered.jsonl"),
        *split_conversations(cases),
        *split_topics(cases),
        *small_kinds(cases),
        *lost_temptations(cases, documents),
    )


def doubled(cases: Sequence[Case]) -> Iterable[Finding]:
    """The same question after the same conversation."""
    first: dict[str, Case] = {}
    for case in cases:
        earlier = first.setdefault(_wording(_whole(case)), case)
        if earlier is not case:
            yield Finding("doubled", f"{case.id} asks what {earlier.id} asks: {case.question!r}", (earlier.id, case.id))


def across_splits(cases: Sequence[Case]) -> Iterable[Finding]:
    """All but the same question in both splits: what was tuned on dev is then measured on test."""
    dev, test = ([case for case in cases if case.split == split] for split in SPLITS)
    for row, column in alike([_whole(case) for case in dev], [_whole(case) for case in test]):
        message = f"{dev[row].id} (dev) and {test[column].id} (test) are all but the same: {dev[row].question!r}, {test[column].question!r}"
        yield Finding("leak", message, (dev[row].id, test[column].id))


def curated(cases: Sequence[Case], questions: Sequence[str], file: str) -> Iterable[Finding]:
    """A case's own words, whatever was asked before, in a curated file: one finding for each case."""
    seen: set[int] = set()
    for row, column in alike([case.question for case in cases], questions):
        if row not in seen:
            seen.add(row)
            yield Finding("curated", f"{cases[row].id} is all but in {file}: {cases[row].question!r}, {questions[column]!r}", (cases[row].id,))


def alike(first: Sequence[str], second: Sequence[str]) -> Iterable[tuple[int, int]]:
    """The pairs, by position, that are all but equal.

    >>> list(alike(["Can I take magnesium with antibiotics?"], ["why?", "can I take magnesium together with antibiotics"]))
    [(0, 1)]
    """
    shared = _shared_terms(first, second)
    wordings = [[_wording(text) for text in side] for side in (first, second)]
    for row, column in zip(*np.nonzero(shared >= SAME_TERMS), strict=True):
        one, other = wordings[0][row], wordings[1][column]
        if one == other or difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() >= SAME_LETTERS:
            yield int(row), int(column)


def _shared_terms(first: Sequence[str], second: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """`(len(first), len(second))`: the Jaccard index of the sets of terms, 1 for two empty ones."""
    vocabulary: dict[str, int] = {}
    sets = [[{vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)} for text in side] for side in (first, second)]
    held = [np.zeros((len(side), len(vocabulary)), np.float32) for side in sets]
    for side, matrix in zip(sets, held, strict=True):
        for row, numbers in enumerate(side):
            matrix[row, list(numbers)] = 1
    both = held[0] @ held[1].T
    either = held[0].sum(axis=1)[:, None] + held[1].sum(axis=1)[None, :] - both
    return np.where(either > 0, both / np.maximum(either, 1), 1).astype(np.float32)


def _whole(case: Case) -> str:
    return " ".join((*case.history, case.question))


def _wording(text: str) -> str:
    """Words without case, accents and punctuation; where there are none ("???"), the text itself."""
    return " ".join(words(text)) or collapse(text)


def split_conversations(cases: Sequence[Case]) -> Iterable[Finding]:
    splits: dict[str, dict[str, str]] = {}
    for case in cases:
        splits.setdefault(case.conversation, {}).setdefault(case.split, case.id)
    for conversation, found in splits.items():
        if len(found) > 1:
            yield Finding("conversation", f"{conversation!r} is in both splits: {found['dev']} (dev), {found['test']} (test)", tuple(found.values()))


def split_topics(cases: Sequence[Case]) -> Iterable[Finding]:
    splits: dict[str, dict[str, str]] = {}
    for case in cases:
        if case.topic not in (ANY_SPLIT, ""):
            splits.setdefault(case.topic, {}).setdefault(case.split, case.id)
    for topic, found in splits.items():
        if len(found) > 1:
            yield Finding("topic", f"{topic!r} is in both splits: {found['dev']} (dev), {found['test']} (test)", tuple(found.values()))


def small_kinds(cases: Sequence[Case]) -> Iterable[Finding]:
    counts = Counter((case.kind, case.split) for case in cases)
    for kind in KINDS:
        for split in SPLITS:
            if counts[kind, split] < MINIMUM[kind]:
                yield Finding("balance", f"{counts[kind, split]} cases of kind {kind} in {split}, fewer than {MINIMUM[kind]}", ())


def lost_temptations(cases: Sequence[Case], documents: Mapping[str, Document]) -> Iterable[Finding]:
    """What an unanswerable question is said to be tempting with must be in the texts."""
    texts = [collapse(document.text) for document in documents.values()]
    for case in cases:
        if case.tempts and not any(collapse(case.tempts) in text for text in texts):
            yield Finding("tempts", f"{case.id} quotes under tempts what no text holds: {case.tempts[:80]!r}", (case.id,))
