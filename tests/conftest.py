"""What the tests share: a real toy embedder, the real corpus, the real index."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chat.answer import Answerer
from indexer.build import Settings, build
from indexer.corpus import Corpus, read_corpus
from indexer.embed import SentenceTransformerEmbedder
from indexer.index import Index, open_index
from indexer.lexical import terms

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


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus(CORPUS)


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


@pytest.fixture(scope="session")
def index_folder(corpus: Corpus, embedder: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    build(corpus, embedder, folder, Settings(), quiet)
    return folder


@pytest.fixture(scope="session")
def index(index_folder: Path) -> Index:
    return open_index(index_folder)


@pytest.fixture(scope="session")
def answerer(index: Index, embedder: SentenceTransformerEmbedder) -> Answerer:
    return Answerer(index, embedder)
