"""A saved index, opened: the records and the three ways to search them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import IndexUnusable
from indexer.lexical import LexicalIndex
from indexer.records import AnticipatedQuestion, Block, Document, Furniture, Passage, Sentence, Span
from indexer.store import MEND, read_current
from indexer.vectors import VectorIndex


@dataclass(frozen=True)
class Index:
    """Row i of every search belongs to record i. All files were verified against the manifest."""

    manifest: dict[str, Any]
    documents: dict[str, Document]
    blocks: tuple[Block, ...]
    furniture: tuple[Furniture, ...]
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    questions: tuple[AnticipatedQuestion, ...]
    unanswered: tuple[str, ...]
    sentence_vectors: VectorIndex
    passage_vectors: VectorIndex
    question_vectors: VectorIndex
    unanswered_vectors: VectorIndex
    lexical: LexicalIndex
    lexical_questions: LexicalIndex

    @property
    def model(self) -> str:
        return str(self.manifest["model"]["name"])


def open_index(folder: Path) -> Index:
    """Raises `IndexUnusable` when the index is missing or damaged, or when its parts do not belong together."""
    manifest, files = read_current(folder)
    counts, dimension = manifest["counts"], manifest["dimension"]
    documents = {record["id"]: Document(**record) for record in _records(files["documents.jsonl"])}
    index = Index(
        manifest=manifest,
        documents=documents,
        blocks=tuple(Block(**_spans(record)) for record in _records(files["blocks.jsonl"])),
        furniture=tuple(Furniture(**_spans(record)) for record in _records(files["furniture.jsonl"])),
        sentences=tuple(Sentence(**_spans(record)) for record in _records(files["sentences.jsonl"])),
        passages=tuple(Passage(**_spans(record)) for record in _records(files["passages.jsonl"])),
        questions=tuple(AnticipatedQuestion(**record) for record in _records(files["questions.jsonl"])),
        unanswered=tuple(record["text"] for record in _records(files["unanswered.jsonl"])),
        sentence_vectors=VectorIndex.from_bytes(files["sentences.faiss"], counts["sentences"], dimension, "sentences.faiss"),
        passage_vectors=VectorIndex.from_bytes(files["passages.faiss"], counts["passages"], dimension, "passages.faiss"),
        question_vectors=VectorIndex.from_bytes(files["questions.faiss"], counts["questions"], dimension, "questions.faiss"),
        unanswered_vectors=VectorIndex.from_bytes(files["unanswered.faiss"], counts["unanswered"], dimension, "unanswered.faiss"),
        lexical=LexicalIndex.from_bytes(files["sentences.bm25"]),
        lexical_questions=LexicalIndex.from_bytes(files["questions.bm25"]),
    )
    found = {"documents": len(documents), "unanswered": len(index.unanswered)}
    found |= {what: len(getattr(index, what)) for what in ("sentences", "passages", "questions")}
    if found != counts:
        raise IndexUnusable(f"expected {counts} in {folder}, found {found}: {MEND}")
    for sentence in index.sentences:
        if documents[sentence.document_id].slice(sentence.span) != sentence.text:
            raise IndexUnusable(f"expected the sentence at {sentence.span.start} of {sentence.document_id} word for word, found another text: {MEND}")
    return index


def _records(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.decode("utf-8", "surrogatepass").split("\n"):
        if line:
            yield json.loads(line)


def _spans(record: dict[str, Any]) -> dict[str, Any]:
    """JSON has no spans and no tuples: `{"start": …, "end": …}` and lists become what they were."""
    spans = {name: Span(**record[name]) for name in ("span", "leans_on") if record.get(name)}
    rows = {name: tuple(record[name]) for name in ("sentences",) if name in record}
    return record | spans | rows
