"""Other corpora than Magpie's own: their index is built once and reused, their questions are sampled and kept to their passage."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from chat.answer import Answerer
from evals.cases import Case, EvalCaseError
from evals.run import Ask
from indexer.build import Progress, Settings, build, fingerprint
from indexer.corpus import read_corpus
from indexer.embed import DEFAULT_MODEL, SentenceTransformerEmbedder, model_digest, model_folder
from indexer.errors import IndexUnusable
from indexer.store import read_manifest

CACHE = Path("build/benchmarks")
SEED = 20260101


def cache_folder(corpus: Path) -> Path:
    """Where the index of another corpus is kept.

    >>> cache_folder(Path("sets/scifact/corpus.jsonl")).as_posix()
    'build/benchmarks/scifact'
    """
    return CACHE / (corpus.resolve().parent.name if corpus.suffix else corpus.resolve().name)


def build_if_stale(corpus_path: Path, folder: Path, progress: Progress, model: str = DEFAULT_MODEL) -> bool:
    """Builds the index of a corpus unless the folder holds one of the same texts, model and code; whether it did."""
    corpus = read_corpus(corpus_path)
    wanted = fingerprint(corpus.sha256, model, model_digest(model_folder(model), model), Settings())
    try:
        stored = read_manifest(folder)
    except IndexUnusable:
        stored = {}
    if all(stored.get(name) == value for name, value in wanted.items()):
        return False
    build(corpus, SentenceTransformerEmbedder(model), folder, Settings(), progress)
    return True


def sample(cases: Sequence[Case], limit: int | None) -> tuple[Case, ...]:
    """At most `limit` cases, in their order, by the hash of their ids: the same on every machine, and a smaller sample
    is part of a larger one."""
    if limit is None or limit >= len(cases):
        return tuple(cases)
    ranked = sorted(cases, key=lambda case: hashlib.sha256(f"{SEED} {case.id}".encode()).digest())
    chosen = {case.id for case in ranked[:limit]}
    return tuple(case for case in cases if case.id in chosen)


def open_setting(answerer: Answerer) -> Ask:
    """The whole corpus may be cited."""
    return lambda case: answerer.answer(case.question, case.history)


def closed_setting(answerer: Answerer, cases: Sequence[Case]) -> Ask:
    """Only the passage that the question was asked of may be cited.

    Raises `EvalCaseError` naming the cases that have none.
    """
    without = [case.id for case in cases if case.context is None]
    if without:
        raise EvalCaseError(f"expected the field 'context' in every case for --closed, found {len(without)} without, {without[0]!r} first: leave out --closed")
    return lambda case: answerer.answer(case.question, case.history, within=[(place.document_id, place.span) for place in (case.context,) if place])
