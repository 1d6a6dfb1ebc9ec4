"""The story of a document that becomes an index, top to bottom; every other file here is a leaf that it calls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.blocks import split_blocks
from indexer.corpus import BankEntry, Corpus
from indexer.embed import Embedder
from indexer.errors import CorpusError
from indexer.lexical import LexicalIndex
from indexer.passages import group_passages, shift_rows
from indexer.records import AnticipatedQuestion, Block, Document, Furniture, Passage, Sentence, collapse
from indexer.sentences import split_sentences
from indexer.store import commit
from indexer.vectors import VectorIndex

Progress = Callable[[str, int, int], None]  # what is done, how many are done, of how many
BATCH = 512  # texts between two looks at the progress; the model sorts them by length and takes fewer at once


@dataclass(frozen=True, slots=True)
class Settings:
    passage_length: int = 700  # code points; the model reads about 256 tokens, near 1,000 code points of English


@dataclass(frozen=True, slots=True)
class Built:
    build_id: str
    documents: tuple[Document, ...]
    furniture: tuple[Furniture, ...]
    sentences: int
    passages: int
    questions: int


def build(corpus: Corpus, embedder: Embedder, out: Path, settings: Settings, progress: Progress) -> Built:
    """Reads nothing but its arguments; the same corpus, model and settings give the same build id."""
    blocks: list[Block] = []
    furniture: list[Furniture] = []
    sentences: list[Sentence] = []
    passages: list[Passage] = []
    for number, document in enumerate(corpus.documents, start=1):
        document_blocks, document_furniture = split_blocks(document, corpus.corrections.get(document.id, ()))
        document_sentences = split_sentences(document, document_blocks)
        document_passages = group_passages(document_blocks, document_sentences, settings.passage_length)
        passages.extend(shift_rows(document_passages, len(sentences)))
        blocks.extend(document_blocks)
        furniture.extend(document_furniture)
        sentences.extend(document_sentences)
        progress("texts split", number, len(corpus.documents))
    if not sentences:
        raise CorpusError("expected sentences in the texts, found none: check what was left out as furniture")
    titles = {document.id: document.title for document in corpus.documents}
    texts = {(sentence.document_id, sentence.span): sentence.text for sentence in sentences}
    before = [texts[sentence.document_id, sentence.leans_on] if sentence.leans_on else "" for sentence in sentences]
    questions = _bank_rows(corpus.bank, sentences)

    sentence_vectors = _encode(embedder, [sentence_key(titles, *pair) for pair in zip(sentences, before, strict=True)], "sentences embedded", progress)
    passage_vectors = _encode(embedder, [passage_key(titles, sentences, passage) for passage in passages], "passages embedded", progress)
    question_vectors = _encode(embedder, [question.text for question in questions], "questions embedded", progress)
    unanswered_vectors = _encode(embedder, corpus.unanswered, "near misses embedded", progress)
    asked: dict[int, list[str]] = {}
    for question in questions:
        asked.setdefault(question.sentence, []).append(question.text)
    lexical = LexicalIndex.from_texts([lexical_key(titles, *pair) for pair in zip(sentences, before, strict=True)])
    lexical_questions = LexicalIndex.from_texts([" ".join(asked.get(row, ())) for row in range(len(sentences))])

    files = {
        "documents.jsonl": _json_lines(asdict(document) for document in corpus.documents),
        "blocks.jsonl": _json_lines(asdict(block) for block in blocks),
        "furniture.jsonl": _json_lines(asdict(part) for part in furniture),
        "sentences.jsonl": _json_lines(asdict(sentence) for sentence in sentences),
        "passages.jsonl": _json_lines(asdict(passage) for passage in passages),
        "questions.jsonl": _json_lines(asdict(question) for question in questions),
        "unanswered.jsonl": _json_lines({"text": question} for question in corpus.unanswered),
        "sentences.faiss": VectorIndex.from_vectors(sentence_vectors).to_bytes(),
        "passages.faiss": VectorIndex.from_vectors(passage_vectors).to_bytes(),
        "questions.faiss": VectorIndex.from_vectors(question_vectors).to_bytes(),
        "unanswered.faiss": VectorIndex.from_vectors(unanswered_vectors).to_bytes(),
        "sentences.bm25": lexical.to_bytes(),
        "questions.bm25": lexical_questions.to_bytes(),
    }
    manifest = fingerprint(corpus.sha256, embedder.name, embedder.digest, settings) | {
        "dimension": embedder.dimension,
        "counts": {
            "documents": len(corpus.documents),
            "sentences": len(sentences),
            "passages": len(passages),
            "questions": len(questions),
            "unanswered": len(corpus.unanswered),
        },
    }
    build_id = commit(out, files, manifest)
    return Built(build_id, corpus.documents, tuple(furniture), len(sentences), len(passages), len(questions))


def fingerprint(sources: dict[str, str], model: str, model_digest: str, settings: Settings) -> dict[str, Any]:
    """What an index is made of. A stored one that differs in any of it is stale."""
    code = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        code.update(file.read_bytes())
    return {
        "sources": sources,
        "model": {"name": model, "sha256": model_digest},
        "settings": asdict(settings),
        "indexer": code.hexdigest(),
    }


def sentence_key(titles: dict[str, str], sentence: Sentence, before: str) -> str:
    """What is embedded for a sentence: its heading, the sentence that it leans on, itself."""
    parts = (sentence.section or titles[sentence.document_id], before, sentence.text)
    return collapse(". ".join(part for part in parts if part))


def passage_key(titles: dict[str, str], sentences: Sequence[Sentence], passage: Passage) -> str:
    """What is embedded for a passage: title, heading, text."""
    text = " ".join(sentences[row].text for row in passage.sentences)
    parts = (titles[passage.document_id], passage.section if passage.section != titles[passage.document_id] else "", text)
    return collapse(". ".join(part for part in parts if part))


def lexical_key(titles: dict[str, str], sentence: Sentence, before: str) -> str:
    """What is searched by words for a sentence: title, heading, the sentence that it leans on, itself."""
    return " ".join((titles[sentence.document_id], sentence.section, before, sentence.text))


def _bank_rows(bank: Iterable[BankEntry], sentences: Sequence[Sentence]) -> list[AnticipatedQuestion]:
    """Each question beside the sentence that its quote covers most of."""
    by_document: dict[str, list[int]] = {}
    for row, sentence in enumerate(sentences):
        by_document.setdefault(sentence.document_id, []).append(row)
    questions: list[AnticipatedQuestion] = []
    for entry in bank:
        best = max(by_document.get(entry.document_id, ()), key=lambda row: sentences[row].span.overlap(entry.span), default=None)
        if best is None or 2 * sentences[best].span.overlap(entry.span) < min(len(entry.span), len(sentences[best].span)):
            where = f"{entry.document_id} at {entry.span.start}"
            raise CorpusError(f"expected quotes of sentences in the question bank, found one of {where} that is furniture or a heading: delete it")
        questions.extend(AnticipatedQuestion(question, best) for question in entry.questions)
        if entry.starter:
            questions.append(AnticipatedQuestion(entry.starter, best, starter=True))
    return questions


def _encode(embedder: Embedder, texts: Sequence[str], what: str, progress: Progress) -> NDArray[np.float32]:
    """`(len(texts), d)` unit rows, in batches, so that progress shows."""
    batches = []
    for start in range(0, len(texts), BATCH):
        batches.append(embedder.encode(texts[start : start + BATCH]))
        progress(what, min(start + BATCH, len(texts)), len(texts))
    return np.concatenate(batches) if batches else np.zeros((0, embedder.dimension), np.float32)


def _json_lines(records: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode("utf-8", "surrogatepass")
