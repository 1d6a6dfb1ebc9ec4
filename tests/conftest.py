"""What the tests share: a real toy embedder, the real corpus, the real index."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chat.answer import Answerer
from indexer.build import Settings, build, fingerprint
from indexer.corpus import Corpus, read_corpus
from indexer.embed import SentenceTransformerEmbedder
from indexer.errors import IndexUnusable
from indexer.index import Index, open_index
from indexer.lexical import terms
from indexer.store import read_manifest

os.environ["HF_HUB_OFFLINE"] = "1"  # read when a model is loaded: no test reaches a network

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"


class ToyEmbedder:
    """A hashed bag of stems: a real embedder, quick and the same everywhere (crc32, as `hash` changes between processes)."""

    def __init__(self, name: str = "toy", dimension: int = 64) -> None:
        self.name = name
        self.digest = hashlib.sha256(f"{name} {dimension}".encode()).hexdigest()
        self.dimension = dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term in terms(text) or ["nothing"]:
                row[zlib.crc32(term.encode()) % self.dimension] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def quiet(what: str, done: int, total: int) -> None:
    """A progress that shows nothing."""


TOY_TEXT = """\
Leg cramps at night

Leg cramps often come at night. They are painful. Magnesium may help against cramps.

Calcium and vitamin D

Calcium works with vitamin D. Too much calcium may cause pain.
"""
TOY_QUESTIONS = (
    '{"document": "toy", "quote": "Leg cramps often come at night.", "questions": ["when do leg cramps come?", "charley horse in bed?"]}\n'
    '{"document": "toy", "quote": "Too much calcium may cause pain.", "questions": ["is too much calcium bad?"], "starter": "Can calcium cause pain?"}\n'
)


@pytest.fixture(scope="session")
def toy_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Five sentences in two sections, three anticipated questions and a starter, one near miss."""
    folder = tmp_path_factory.mktemp("toy")
    (folder / "toy.txt").write_text(TOY_TEXT, "utf-8")
    (folder / "questions.jsonl").write_text(TOY_QUESTIONS, "utf-8")
    (folder / "unanswered.jsonl").write_text('{"question": "how much zinc for cramps?", "kind": "near", "tempting": "Leg cramps often come at night."}\n')
    build(read_corpus(folder), ToyEmbedder(), folder / "index", Settings(), quiet)
    return open_index(folder / "index")


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus(CORPUS)


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


@pytest.fixture(scope="session")
def index_folder(corpus: Corpus, embedder: SentenceTransformerEmbedder) -> Path:
    """The index of the five texts, built by the first test that wants it and kept as long as nothing it is made of changes."""
    folder = ROOT / "build" / "test-index"
    wanted = fingerprint(corpus.sha256, embedder.name, embedder.digest, Settings())
    try:
        manifest = read_manifest(folder)
    except IndexUnusable:
        manifest = {}
    if any(manifest.get(name) != value for name, value in wanted.items()):
        build(corpus, embedder, folder, Settings(), quiet)
    return folder


@pytest.fixture(scope="session")
def index(index_folder: Path) -> Index:
    return open_index(index_folder)


@pytest.fixture(scope="session")
def answerer(index: Index, embedder: SentenceTransformerEmbedder) -> Answerer:
    return Answerer(index, embedder)
