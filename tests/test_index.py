from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.build import Settings, build, lexical_key, passage_key, sentence_key
from indexer.corpus import Corpus
from indexer.errors import IndexUnusable
from indexer.index import Index, open_index
from indexer.lexical import LexicalIndex
from indexer.store import commit, read_current
from tests.conftest import ToyEmbedder, quiet

TOY = ToyEmbedder()


@pytest.fixture(scope="module")
def folder(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The five texts, indexed with the toy embedder."""
    folder = tmp_path_factory.mktemp("toy")
    build(corpus, TOY, folder, Settings(), quiet)
    return folder


@pytest.fixture(scope="module")
def index(folder: Path) -> Index:
    return open_index(folder)


def test_the_index_holds_the_documents_whole(index: Index, corpus: Corpus) -> None:
    assert tuple(index.documents.values()) == corpus.documents
    assert list(index.documents) == [document.id for document in corpus.documents]


def test_the_counts_of_the_five_texts_are_pinned(index: Index) -> None:
    assert (len(index.sentences), len(index.passages)) == (279, 111)
    kinds = [block.kind for block in index.blocks]
    assert {kind: kinds.count(kind) for kind in sorted(set(kinds))} == {"byline": 6, "heading": 36, "list_item": 13, "paragraph": 101}
    assert len(index.questions) > 2000 and len(index.unanswered) > 1000
    assert index.model == "toy"


def test_every_span_of_the_index_is_a_slice_of_its_document(index: Index) -> None:
    for sentence in index.sentences:
        assert index.documents[sentence.document_id].slice(sentence.span) == sentence.text
    for passage in index.passages:
        inside = [index.sentences[row] for row in passage.sentences]
        assert (passage.span.start, passage.span.end) == (inside[0].span.start, inside[-1].span.end)
        assert {sentence.document_id for sentence in inside} == {passage.document_id}
    assert [row for passage in index.passages for row in passage.sentences] == list(range(len(index.sentences)))
    assert len({passage.id for passage in index.passages}) == len(index.passages)


def test_row_i_of_every_search_belongs_to_record_i(index: Index) -> None:
    titles = {document.id: document.title for document in index.documents.values()}
    before = [index.documents[sentence.document_id].slice(sentence.leans_on) if sentence.leans_on else "" for sentence in index.sentences]
    pairs = list(zip(index.sentences, before, strict=True))
    for vectors, texts in (
        (index.sentence_vectors, [sentence_key(titles, *pair) for pair in pairs]),
        (index.passage_vectors, [passage_key(titles, index.sentences, passage) for passage in index.passages]),
        (index.question_vectors, [question.text for question in index.questions]),
        (index.unanswered_vectors, index.unanswered),
    ):
        np.testing.assert_array_equal(vectors.rows(range(vectors.count)), TOY.encode(texts))
    lexical = LexicalIndex.from_texts([lexical_key(titles, *pair) for pair in pairs])
    for query in ("magnesium for cramps", "how much for women?"):
        np.testing.assert_array_equal(index.lexical.scores(query), lexical.scores(query))
    assert index.lexical_questions.count == len(index.sentences)


def test_every_question_belongs_to_the_sentence_that_its_quote_stands_in(index: Index, corpus: Corpus) -> None:
    asked = {}
    for entry in corpus.bank:
        for question in (*entry.questions, *([entry.starter] if entry.starter else [])):
            asked.setdefault(question, []).append(entry)
    assert sum(len(entries) for entries in asked.values()) == len(index.questions)
    for question in index.questions:
        sentence = index.sentences[question.sentence]
        overlaps = [entry.span.overlap(sentence.span) for entry in asked[question.text] if entry.document_id == sentence.document_id]
        assert overlaps and 2 * max(overlaps) >= len(sentence.span)


def test_no_index_is_refused_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match=f"expected an index in {tmp_path}, found none: run python -m indexer build"):
        open_index(tmp_path)


def test_a_changed_byte_of_any_file_is_refused_naming_the_file(folder: Path) -> None:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != ".lock"]
    assert len(files) == 15
    for file in files:
        content = file.read_bytes()
        for at in (0, len(content) // 2, len(content) - 1):
            file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            with pytest.raises(IndexUnusable) as caught:
                open_index(folder)
            assert str(file) in str(caught.value)
        file.write_bytes(content)
    open_index(folder)


def change_lines(content: bytes, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in change([json.loads(line) for line in content.decode().splitlines()])).encode()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("sentences.jsonl", lambda records: records[:-1], "'sentences': 278"),
        ("passages.jsonl", lambda records: records[1:], "'passages': 110"),
        ("documents.jsonl", lambda records: [*records, records[0] | {"id": "another"}], "'documents': 6"),
        ("unanswered.jsonl", lambda records: [*records, {"text": "why?"}], "'unanswered'"),
        ("sentences.jsonl", lambda records: [records[0] | {"text": "Magnesium cures pain."}, *records[1:]], "word for word, found another text"),
        ("sentences.jsonl", lambda records: [records[0] | {"span": {"start": 115, "end": 255}}, *records[1:]], "word for word, found another text"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused_even_with_sound_hashes(
    folder: Path, tmp_path: Path, name: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], said: str
) -> None:
    manifest, files = read_current(folder)
    commit(tmp_path, files | {name: change_lines(files[name], change)}, manifest)
    with pytest.raises(IndexUnusable) as caught:
        open_index(tmp_path)
    assert said in str(caught.value) and "python -m indexer build" in str(caught.value)


def test_vectors_of_another_dimension_are_refused(folder: Path, tmp_path: Path) -> None:
    manifest, files = read_current(folder)
    commit(tmp_path, files, manifest | {"dimension": 384})
    with pytest.raises(IndexUnusable, match="expected 279 vectors of 384 in sentences.faiss, found 279 of 64"):
        open_index(tmp_path)
