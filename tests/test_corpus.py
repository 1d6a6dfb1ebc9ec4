from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.corpus import BankEntry, Corpus, Correction, find_once, read_bank, read_corpus, read_unanswered
from indexer.errors import CorpusError
from indexer.records import Span
from tests.conftest import CORPUS

ARTICLE = "Magnesium eases pain. It relaxes muscles. Magnesium eases pain. It calms nerves."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "article.txt").write_text(ARTICLE, "utf-8")
    return tmp_path


def refusal(read: Callable[[], object]) -> str:
    """The message with which `read` refuses: one line that begins with what was expected."""
    with pytest.raises(CorpusError) as caught:
        read()
    message = str(caught.value)
    assert message.startswith("expected ") and ", found" in message and "\n" not in message
    return message


def refused(path: Path) -> str:
    return refusal(lambda: read_corpus(path))


def write_lines(file: Path, *records: object) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return file


# The corpus of this project


def test_the_five_texts_are_read_as_they_lie_there(corpus: Corpus) -> None:
    assert [document.id for document in corpus.documents] == [
        "chronic-pain",
        "fibromyalgia-trial",
        "glycinate-migraine",
        "migraine-mechanisms",
        "muscle-cramps",
    ]
    for document in corpus.documents:
        content = (CORPUS / document.file).read_bytes()
        assert document.text.encode() == content
        assert document.sha256 == corpus.sha256[document.file] == hashlib.sha256(content).hexdigest()
    assert {"sources.toml", "questions.jsonl", "unanswered.jsonl"} <= set(corpus.sha256)


def test_facts_come_from_sources_toml_and_unknown_ones_stay_empty(corpus: Corpus) -> None:
    known = {document.id: (document.title, document.author, document.publisher, document.published) for document in corpus.documents}
    assert known == {
        "chronic-pain": ("Magnesium For Chronic Pain: Does it Help?", "", "Stay Calm Blog", ""),
        "fibromyalgia-trial": ("Magnesium Could Relieve Fibromyalgia and Migraines, and How It Works", "", "The Epoch Times", ""),
        "glycinate-migraine": ("How Magnesium Glycinate for Migraines Relief Works", "Faye D. M.", "", ""),
        "migraine-mechanisms": ("How does Magnesium work for", "", "", ""),
        "muscle-cramps": ("Magnesium – Muscle Cramps and Pain", "Dean Smith, DC, PhD", "", "2014-12-30"),
    }


def test_every_fact_stands_in_its_text(corpus: Corpus) -> None:
    for document in corpus.documents:
        assert document.title in document.text
        assert document.author in document.text and document.published in document.text


def test_every_question_of_the_bank_has_a_quote_in_its_text(corpus: Corpus) -> None:
    lines = [json.loads(line) for line in (CORPUS / "questions.jsonl").read_text("utf-8").splitlines()]
    texts = {document.id: document for document in corpus.documents}
    assert len(corpus.bank) == len(lines) > 200
    for line, entry in zip(lines, corpus.bank, strict=True):
        assert texts[entry.document_id].slice(entry.span) == line["quote"]
        assert list(entry.questions) == line["questions"]


# Folders


def test_text_and_markdown_files_are_documents_in_the_order_of_their_names(folder: Path) -> None:
    (folder / "zinc.md").write_text("# Zinc\n\nZinc is a metal.", "utf-8")
    (folder / "notes.pdf").write_bytes(b"%PDF-1.7 \xff")
    corpus = read_corpus(folder)
    assert [(document.id, document.file, document.title) for document in corpus.documents] == [
        ("article", "article.txt", "article"),
        ("zinc", "zinc.md", "zinc"),
    ]
    assert corpus.bank == () and corpus.unanswered == () and corpus.corrections == {"article": (), "zinc": ()}


def test_line_ends_and_a_byte_order_mark_are_kept(tmp_path: Path) -> None:
    (tmp_path / "windows.txt").write_bytes(b"\xef\xbb\xbfOne line.\r\nAnother.\r\n")
    assert read_corpus(tmp_path).documents[0].text == "\ufeffOne line.\r\nAnother.\r\n"


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere").endswith(f"at {tmp_path / 'nowhere'}, found neither: name one with --corpus")


def test_a_single_text_file_is_refused(folder: Path) -> None:
    assert "found neither" in refused(folder / "article.txt")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readme.rst").write_text("Not a text to index.", "utf-8")
    assert refused(tmp_path).startswith(f"expected .txt or .md files in {tmp_path}, found none: put the articles there")


def test_a_binary_file_is_refused_with_the_place_of_its_first_null_byte(folder: Path) -> None:
    (folder / "photo.txt").write_bytes("Größe".encode() + b"\0\x01")
    assert f"found a null byte at 7 of {folder / 'photo.txt'}" in refused(folder)


@pytest.mark.parametrize(
    ("content", "byte", "offset"), [(b"caf\xe9 au lait", "0xe9", 3), (b"x" * 20_000 + b"\xff", "0xff", 20_000), (b"na\xc3\xafve \xc3", "0xc3", 7)]
)
def test_text_that_is_not_utf8_is_refused_with_byte_and_offset(folder: Path, content: bytes, byte: str, offset: int) -> None:
    (folder / "latin.txt").write_bytes(content)
    assert f"found byte {byte} at {offset} of {folder / 'latin.txt'}: convert it with iconv" in refused(folder)


@pytest.mark.parametrize("content", ["", " \n\t\r\n", "\ufeff\n", "\u00a0\u2003\n"])
def test_a_text_without_words_is_refused(folder: Path, content: str) -> None:
    (folder / "blank.txt").write_text(content, "utf-8")
    assert "expected words in 'blank' (blank.txt), found only whitespace" in refused(folder)


def test_two_files_of_one_id_are_refused(folder: Path) -> None:
    (folder / "article.md").write_text("Another text.", "utf-8")
    assert "expected one file for the id 'article', found two" in refused(folder)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("A secret.", "utf-8")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "innocent.txt").symlink_to(tmp_path / "secret.txt")
    assert f"remove {tmp_path / 'texts' / 'innocent.txt'}" in refused(tmp_path / "texts")


def test_a_link_to_nothing_and_a_folder_named_like_a_text_are_refused(folder: Path) -> None:
    (folder / "folder.txt").mkdir()
    assert f"remove {folder / 'folder.txt'}" in refused(folder)
    (folder / "folder.txt").rmdir()
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    assert f"remove {folder / 'gone.txt'}" in refused(folder)


def test_a_link_within_the_folder_is_read(folder: Path) -> None:
    (folder / "again.txt").symlink_to("article.txt")
    assert [document.text for document in read_corpus(folder).documents] == [ARTICLE, ARTICLE]


def test_a_text_of_more_than_20_million_bytes_is_refused(folder: Path) -> None:
    with (folder / "long.txt").open("wb") as file:
        file.truncate(20_000_001)
    assert "expected a text of at most 20,000,000 bytes, found 20,000,001" in refused(folder)


# sources.toml


def test_a_text_with_another_sha256_than_its_entry_is_refused(folder: Path) -> None:
    (folder / "sources.toml").write_text('[article]\nsha256 = "00ff"\n', "utf-8")
    assert "with sha256 00ff (sources.toml), found " + hashlib.sha256(ARTICLE.encode()).hexdigest() in refused(folder)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[article]\nautor = "Faye"\n', "found autor"),
        ('[article]\ntitle = "Pain"\ncorrections = []\n', "under [article]"),
        ('title = "Pain"\n', "found title"),
        ("[article\n", "expected TOML in"),
        ('[other]\ntitle = "Pain"\n', "found none for other: add it or delete the entry"),
        ('[[article.correction]]\nkind = "advert"\nexact = "It calms nerves."\n', "found 'advert'"),
        ('[[article.correction]]\nexact = "It calms nerves."\n', "found ''"),
        ('[[article.correction]]\nkind = "furniture"\nexakt = "It calms nerves."\n', "found exakt"),
        ('[[article.correction]]\nkind = "furniture"\nexact = 5\n', "found {'kind': 'furniture', 'exact': 5}"),
        ('[article]\ncorrection = ["furniture"]\n', "found furniture"),
        ('[[article.correction]]\nkind = "furniture"\nexact = "It was never said."\n', "found it 0 times"),
        ('[[article.correction]]\nkind = "furniture"\nexact = "Magnesium eases pain."\n', "found it 2 times"),
        ('[[article.correction]]\nkind = "furniture"\n', "expected a quote in a correction of article"),
        ('[[article.correction]]\nkind = "furniture"\nfrom = "It calms"\nto = "relaxes"\n', "found 'relaxes' before 'It calms'"),
    ],
)
def test_an_entry_that_is_wrong_is_refused(folder: Path, toml: str, said: str) -> None:
    (folder / "sources.toml").write_text(toml, "utf-8")
    message = refused(folder)
    assert said in message and "sources.toml" in message


def test_a_correction_names_a_part_by_its_words_or_by_its_first_and_last_ones(folder: Path) -> None:
    toml = '[[article.correction]]\nkind = "heading"\nexact = "It relaxes muscles."\n[[article.correction]]\nkind = "furniture"\n'
    toml += 'from = "muscles."\nto = "It calms"\nreason = "an advert"\n'
    (folder / "sources.toml").write_text(toml, "utf-8")
    assert read_corpus(folder).corrections == {"article": (Correction(Span(22, 41), "heading", "curated"), Correction(Span(33, 72), "furniture", "an advert"))}


# Quotes


def test_a_repeated_quote_is_told_apart_by_what_stands_around_it() -> None:
    assert find_once(ARTICLE, "Magnesium eases pain.", "", " It calms", "here") == Span(42, 63)
    assert find_once(ARTICLE, "Magnesium eases pain.", "muscles. ", "", "here") == Span(42, 63)
    assert find_once(ARTICLE, "Magnesium eases pain.", "", " It relaxes", "here") == Span(0, 21)


@pytest.mark.parametrize(
    ("exact", "said"),
    [
        ("", "expected a quote in here, found nothing"),
        ("Zinc", "found it 0 times: correct the quote"),
        ("It", "found it 2 times: tell them apart with prefix or suffix"),
    ],
)
def test_a_quote_that_stands_nowhere_or_in_several_places_is_refused(exact: str, said: str) -> None:
    assert refusal(lambda: find_once(ARTICLE, exact, "", "", "here")).endswith(said)


def test_overlapping_places_count_as_several() -> None:
    assert "found it 2 times" in refusal(lambda: find_once("ana ana ana", "ana ana", "", "", "here"))


# The question bank and the near misses


def test_the_bank_is_read_with_repeated_quotes_told_apart(folder: Path) -> None:
    file = write_lines(
        folder / "questions.jsonl",
        {"document": "article", "quote": "It relaxes muscles.", "questions": ["what relaxes a muscle?", "cramp remedy"]},
        {"document": "article", "quote": "Magnesium eases pain.", "prefix": "muscles. ", "questions": ["painkiller?"], "starter": "What eases pain?"},
    )
    file.write_text("\n" + file.read_text("utf-8") + "\n\n", "utf-8")  # blank lines are passed over
    assert read_corpus(folder).bank == (
        BankEntry("article", Span(22, 41), ("what relaxes a muscle?", "cramp remedy")),
        BankEntry("article", Span(42, 63), ("painkiller?",), "What eases pain?"),
    )


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"document": "other", "quote": "It calms nerves.", "questions": []}, "expected the id of a text"),
        ({"quote": "It calms nerves.", "questions": []}, "expected the id of a text"),
        ({"document": ["article"], "quote": "It calms nerves.", "questions": []}, "expected a string 'document'"),
        ({"document": "article", "quote": 7, "questions": []}, "expected a string 'quote'"),
        ({"document": "article", "questions": ["calm?"]}, "expected a quote in article"),
        ({"document": "article", "quote": "It was never said.", "questions": ["calm?"]}, "found it 0 times"),
        ({"document": "article", "quote": "Magnesium eases pain.", "questions": ["pain?"]}, "found it 2 times"),
        ({"document": "article", "quote": "It calms nerves.", "questions": "calm?"}, "expected a list of questions"),
        ({"document": "article", "quote": "It calms nerves.", "questions": ["calm?", 3]}, "expected a list of questions"),
        ({"document": "article", "quote": "It calms nerves.", "questions": [], "starter": 1}, "expected a question under starter"),
        (["article"], "found list"),
    ],
)
def test_a_line_of_the_bank_that_is_wrong_is_refused_by_its_number(folder: Path, record: object, said: str) -> None:
    documents = read_corpus(folder).documents
    good = {"document": "article", "quote": "It relaxes muscles.", "questions": []}
    file = write_lines(folder / "questions.jsonl", good, record)
    message = refusal(lambda: list(read_bank(file, documents)))
    assert said in message and f"{file}:2" in message


def test_near_misses_are_read_and_their_quotes_checked(folder: Path) -> None:
    write_lines(
        folder / "unanswered.jsonl",
        {"question": "How much zinc?", "kind": "far", "tempting": ""},
        {"question": "How fast does it relax?", "kind": "near", "tempting": "It  relaxes\nmuscles."},
    )
    assert read_corpus(folder).unanswered == ("How much zinc?", "How fast does it relax?")


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"kind": "far"}, "expected a question at"),
        ({"question": "  "}, "expected a question at"),
        ({"question": "why?", "tempting": "It was never said."}, "expected a quote of the texts under tempting"),
        ({"question": "why?", "tempting": 4}, "expected a quote of the texts under tempting"),
    ],
)
def test_a_near_miss_that_is_wrong_is_refused_by_its_line(folder: Path, record: dict[str, Any], said: str) -> None:
    documents = read_corpus(folder).documents
    file = write_lines(folder / "unanswered.jsonl", record)
    message = refusal(lambda: list(read_unanswered(file, documents)))
    assert said in message and f"{file}:1" in message


# BEIR's form


def test_a_corpus_in_beirs_form_is_read_by_file_or_by_folder(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "corpus.jsonl", {"_id": "d1", "title": "Zinc", "text": "Zinc is a metal.", "metadata": {}}, {"_id": "d2", "text": "Größe 🤕"})
    corpus = read_corpus(file)
    assert [(document.id, document.title, document.text, document.file) for document in corpus.documents] == [
        ("d1", "Zinc", "Zinc is a metal.", "corpus.jsonl"),
        ("d2", "d2", "Größe 🤕", "corpus.jsonl"),
    ]
    assert corpus.documents[1].sha256 == hashlib.sha256("Größe 🤕".encode()).hexdigest()
    assert corpus.sha256 == {"corpus.jsonl": hashlib.sha256(file.read_bytes()).hexdigest()}
    assert read_corpus(tmp_path) == corpus


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"_id": "d2"}', "expected a string 'text'"),
        (b'{"text": "Zinc."}', "expected a string '_id'"),
        (b'{"_id": 2, "text": "Zinc."}', "expected a string '_id'"),
        (b'{"_id": "d1", "text": "Zinc."}', "expected every _id once, found 'd1' again"),
        (b'{"_id": "d2", "text": "Zinc."', "expected a JSON object"),
        (b'["d2", "Zinc."]', "found list"),
        (b"[" * 100_000, "expected a JSON object"),
        (b'{"_id": "d2", "text": "Zin\xe9."}', "expected UTF-8"),
        (b'{"_id": "d2", "text": "Zin\\ud800."}', "expected UTF-8"),
    ],
)
def test_a_line_of_beirs_form_that_is_wrong_is_refused_by_its_number(tmp_path: Path, line: bytes, said: str) -> None:
    file = tmp_path / "corpus.jsonl"
    file.write_bytes(b'{"_id": "d1", "text": "Zinc is a metal."}\n\n' + line + b"\n")
    message = refused(file)
    assert said in message and f"{file}:3" in message


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_beirs_form_without_a_document_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "corpus.jsonl").write_bytes(content)
    assert "found none" in refused(tmp_path / "corpus.jsonl")


def test_beirs_form_with_a_text_without_words_is_refused(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "corpus.jsonl", {"_id": "d1", "text": " \n"})
    assert "expected words in 'd1' (corpus.jsonl), found only whitespace" in refused(file)
