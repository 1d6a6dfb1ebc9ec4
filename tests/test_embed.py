from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from indexer.embed import DEFAULT_MODEL, SentenceTransformerEmbedder, model_digest, model_folder
from indexer.errors import ModelUnusable
from tests.conftest import ToyEmbedder

TEXTS = ["Magnesium relaxes muscles.", "Muscles are relaxed by magnesium.", "The train to Paris leaves at noon.", "🤕 “Größe”"]


def test_rows_are_unit_rows_of_384_numbers(embedder: SentenceTransformerEmbedder) -> None:
    rows = embedder.encode(TEXTS)
    assert rows.shape == (4, embedder.dimension) == (4, 384)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


def test_texts_of_one_meaning_are_closer_than_others(embedder: SentenceTransformerEmbedder) -> None:
    cosines = embedder.encode(TEXTS[:3]) @ embedder.encode(TEXTS[:1]).T
    assert cosines[0] > 0.999 and cosines[1] > 0.9 > 0.2 > cosines[2]


def test_no_texts_give_no_rows(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.encode([]).shape == (0, 384)


def test_a_long_text_and_an_empty_one_are_embedded_too(embedder: SentenceTransformerEmbedder) -> None:
    rows = embedder.encode(["pain " * 10_000, ""])
    assert rows.shape == (2, 384) and np.isfinite(rows).all()


def test_the_packaged_model_lies_on_this_machine_and_its_digest_is_stable(embedder: SentenceTransformerEmbedder) -> None:
    folder = model_folder(DEFAULT_MODEL)
    assert folder is not None and (folder / "model.safetensors").is_file()
    assert embedder.name == DEFAULT_MODEL
    assert embedder.digest == model_digest(folder, DEFAULT_MODEL) == model_digest(folder, "under another name")


def test_a_model_is_loaded_from_a_folder_and_is_the_same_as_by_name(embedder: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    folder = model_folder(DEFAULT_MODEL)
    assert folder is not None
    copy = shutil.copytree(folder, tmp_path / "model")
    by_path = SentenceTransformerEmbedder(str(copy))
    assert (by_path.name, by_path.digest, by_path.dimension) == (str(copy), embedder.digest, 384)
    np.testing.assert_array_equal(by_path.encode(TEXTS), embedder.encode(TEXTS))


def test_changed_weights_are_another_model(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "config.json").write_text("{}", "utf-8")
    (tmp_path / "sub" / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "README.md").write_text("About it.", "utf-8")
    digest = model_digest(tmp_path, "m")
    by_hand = hashlib.sha256()
    for name, content in (("config.json", b"{}"), ("sub/model.safetensors", b"weights")):
        by_hand.update(name.encode() + hashlib.sha256(content).digest())
    assert digest == by_hand.hexdigest()
    (tmp_path / "README.md").write_text("More about it.", "utf-8")
    assert model_digest(tmp_path, "m") == digest
    (tmp_path / "sub" / "model.safetensors").write_bytes(b"Weights")
    assert model_digest(tmp_path, "m") != digest


def test_a_hub_id_stands_for_itself() -> None:
    assert model_folder("nobody/no-model") is None
    assert model_digest(None, "nobody/no-model") == hashlib.sha256(b"nobody/no-model").hexdigest()


def test_a_folder_without_a_model_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable) as caught:
        SentenceTransformerEmbedder(str(tmp_path))
    message = str(caught.value)
    assert message.startswith(f"expected a sentence-transformers model named {str(tmp_path)!r}, found: ")
    assert message.endswith(f": name a folder that holds one, or {DEFAULT_MODEL}") and "\n" not in message


def test_an_unknown_name_is_refused_in_one_line(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder  # loaded from its package, which tells the library to stay off the network
    with pytest.raises(ModelUnusable) as caught:
        SentenceTransformerEmbedder("nobody/no-model")
    message = str(caught.value)
    assert message.startswith("expected a sentence-transformers model named 'nobody/no-model', found: ") and "\n" not in message


def test_the_toy_of_the_other_tests_is_an_embedder_too() -> None:
    toy = ToyEmbedder()
    rows = toy.encode(TEXTS[:3])
    assert rows.shape == (3, toy.dimension) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-6)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]
    assert toy.digest != ToyEmbedder("other").digest
