"""A folder of texts becomes documents, with the curated facts, corrections and questions that lie beside them."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import CorpusError
from indexer.records import BLOCK_KINDS, Document, Span, collapse

SOURCES = "sources.toml"
QUESTIONS = "questions.jsonl"
UNANSWERED = "unanswered.jsonl"
BEIR = "corpus.jsonl"
SUFFIXES = (".txt", ".md")
FURNITURE = "furniture"
FACTS = ("title", "author", "publisher", "published", "url")
CORRECTION_FIELDS = frozenset(("kind", "reason", "exact", "from", "to"))
LARGEST_DOCUMENT = 20_000_000  # bytes; a longer "text" is a mistake, and would be held in memory several times


@dataclass(frozen=True, slots=True)
class Correction:
    """What `sources.toml` says a part of a text is, against the general rules."""

    span: Span
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class BankEntry:
    """A quote of the question bank, the questions that it answers, and the one to offer at a chat's beginning."""

    document_id: str
    span: Span
    questions: tuple[str, ...]
    starter: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    documents: tuple[Document, ...]
    corrections: dict[str, tuple[Correction, ...]]
    bank: tuple[BankEntry, ...]
    unanswered: tuple[str, ...]
    sha256: dict[str, str]  # of every file that was read, by name


def read_corpus(path: Path) -> Corpus:
    """Reads a folder of `.txt` and `.md` files, or a `corpus.jsonl` in BEIR's form (`_id`, `title`, `text`).

    Raises `CorpusError` naming the file and the line, or the byte, that is wrong.
    """
    if path.is_file() and path.suffix == ".jsonl":
        sha256 = {path.name: _sha256(path)}
        return Corpus(tuple(_read_beir(path)), {}, (), (), sha256)
    if not path.is_dir():
        raise CorpusError(f"expected a folder of texts or a {BEIR} at {path}, found neither: name one with --corpus")
    files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
    if not files and (path / BEIR).is_file():
        return read_corpus(path / BEIR)
    if not files:
        raise CorpusError(f"expected .txt or .md files in {path}, found none: put the articles there, or name another folder with --corpus")
    documents, facts = _read_documents(path, files), _read_facts(path / SOURCES)
    nowhere = sorted(set(facts) - {document.id for document in documents})
    if nowhere:
        raise CorpusError(f"expected a text in {path} for every entry of {SOURCES}, found none for {', '.join(nowhere)}: add it or delete the entry")
    raw = _read_corrections(path / SOURCES)
    corrections = {document.id: tuple(_correction(document, entry, path / SOURCES) for entry in raw.get(document.id, ())) for document in documents}
    bank = tuple(read_bank(path / QUESTIONS, documents)) if (path / QUESTIONS).is_file() else ()
    unanswered = tuple(read_unanswered(path / UNANSWERED, documents)) if (path / UNANSWERED).is_file() else ()
    sha256 = {document.file: document.sha256 for document in documents}
    for name in (SOURCES, QUESTIONS, UNANSWERED):
        if (path / name).is_file():
            sha256[name] = _sha256(path / name)
    return Corpus(tuple(documents), corrections, bank, unanswered, sha256)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read_documents(folder: Path, files: Iterable[Path]) -> list[Document]:
    facts = _read_facts(folder / SOURCES)
    documents: list[Document] = []
    for file in files:
        document = _read_document(file, folder, facts.get(file.stem, {}))
        if any(other.id == document.id for other in documents):
            raise CorpusError(f"expected one file for the id {document.id!r}, found two in {folder}: rename one of them")
        documents.append(document)
    return documents


def _read_document(file: Path, folder: Path, facts: dict[str, Any]) -> Document:
    if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        raise CorpusError(f"expected a plain file inside {folder}, found a link out of it or a special file: remove {file}")
    if file.stat().st_size > LARGEST_DOCUMENT:
        raise CorpusError(f"expected a text of at most {LARGEST_DOCUMENT:,} bytes, found {file.stat().st_size:,} in {file}: split it")
    content = file.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(f"expected UTF-8 text, found byte 0x{content[error.start]:02x} at {error.start} of {file}: convert it with iconv") from None
    if "\0" in text:
        raise CorpusError(f"expected text, found a null byte at {content.index(0)} of {file}: remove this binary file from the folder")
    sha256 = hashlib.sha256(content).hexdigest()
    if facts.get("sha256", sha256) != sha256:
        raise CorpusError(f"expected {file} with sha256 {facts['sha256']} ({SOURCES}), found {sha256}: restore the file, or correct the entry")
    return _document(file.stem, file.name, text, sha256, {name: str(facts.get(name, "")) for name in FACTS})


def _document(id: str, file: str, text: str, sha256: str, facts: dict[str, str]) -> Document:
    if not text.replace("\ufeff", "").strip():
        raise CorpusError(f"expected words in {id!r} ({file}), found only whitespace: remove it")
    title = facts["title"] or id
    return Document(id, file, title, facts["author"], facts["publisher"], facts["published"], facts["url"], sha256, text)


def _read_facts(sources: Path) -> dict[str, dict[str, Any]]:
    if not sources.is_file():
        return {}
    try:
        entries = tomllib.loads(sources.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"expected TOML in {sources}, found: {error}") from None
    known = {*FACTS, "sha256", "correction"}
    for id, entry in entries.items():
        unknown = sorted(set(entry) - known) if isinstance(entry, dict) else [id]
        if unknown:
            raise CorpusError(f"expected the fields {', '.join(sorted(known))} under [{id}] of {sources}, found {', '.join(unknown)}")
    return entries


def _read_corrections(sources: Path) -> dict[str, list[dict[str, str]]]:
    return {id: entry.get("correction", []) for id, entry in _read_facts(sources).items()}


def _correction(document: Document, entry: dict[str, str], sources: Path) -> Correction:
    """`exact` names a part that stands once in the text; `from` and `to` name its first and last words."""
    unknown = sorted(set(entry) - CORRECTION_FIELDS) if isinstance(entry, dict) else [str(entry)]
    if unknown or not all(isinstance(value, str) for value in entry.values()):
        fields, found = ", ".join(sorted(CORRECTION_FIELDS)), ", ".join(unknown) or repr(entry)
        raise CorpusError(f"expected strings under {fields} in a correction of {document.id} in {sources}, found {found}")
    kind = entry.get("kind", "")
    if kind not in (FURNITURE, *BLOCK_KINDS):
        raise CorpusError(f"expected a kind among {', '.join((FURNITURE, *BLOCK_KINDS))} in a correction of {document.id} in {sources}, found {kind!r}")
    where = f"a correction of {document.id} in {sources}"
    if "exact" in entry:
        span = find_once(document.text, entry["exact"], "", "", where)
    else:
        start = find_once(document.text, entry.get("from", ""), "", "", where).start
        end = find_once(document.text, entry.get("to", ""), "", "", where).end
        if end <= start:
            raise CorpusError(f"expected from before to in {where}, found {entry['to']!r} before {entry['from']!r}: exchange them")
        span = Span(start, end)
    return Correction(span, kind, entry.get("reason", "curated"))


def find_once(text: str, exact: str, prefix: str, suffix: str, where: str) -> Span:
    """The one place where `exact` stands, between `prefix` and `suffix`; none or several is an error.

    >>> find_once("a cat, a dog", "a", ", ", "", "here")
    Span(start=7, end=8)
    """
    if not exact:
        raise CorpusError(f"expected a quote in {where}, found nothing")
    places = []
    at = text.find(exact)
    while at >= 0:
        if text.endswith(prefix, 0, at) and text.startswith(suffix, at + len(exact)):
            places.append(Span(at, at + len(exact)))
        at = text.find(exact, at + 1)
    if len(places) != 1:
        advice = "correct the quote" if not places else "tell them apart with prefix or suffix"
        raise CorpusError(f"expected {exact!r} once in the text of {where}, found it {len(places)} times: {advice}")
    return places[0]


def _read_beir(file: Path) -> Iterable[Document]:
    ids: set[str] = set()
    for number, record in read_json_lines(file):
        where = f"{file}:{number}"
        for field in ("_id", "text"):
            if not isinstance(record.get(field), str):
                raise CorpusError(f"expected a string {field!r} at {where}, found {record.get(field)!r}")
        if record["_id"] in ids:
            raise CorpusError(f"expected every _id once, found {record['_id']!r} again at {where}")
        ids.add(record["_id"])
        sha256 = hashlib.sha256(record["text"].encode("utf-8", "surrogatepass")).hexdigest()
        facts = {name: "" for name in FACTS} | {"title": str(record.get("title", ""))}
        yield _document(record["_id"], file.name, record["text"], sha256, facts)
    if not ids:
        raise CorpusError(f"expected documents in {file}, found none")


def read_json_lines(file: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    """Line numbers from 1 and objects; blank lines are passed over."""
    for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8"))
            json.dumps(record, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair can be escaped in JSON, and never written
        except UnicodeError as error:
            raise CorpusError(f"expected UTF-8 at {file}:{number}, found: {error}") from None
        except (ValueError, RecursionError) as error:
            raise CorpusError(f"expected a JSON object at {file}:{number}, found: {error}") from None
        if not isinstance(record, dict):
            raise CorpusError(f"expected a JSON object at {file}:{number}, found {type(record).__name__}")
        yield number, record


def read_bank(file: Path, documents: Iterable[Document]) -> Iterable[BankEntry]:
    """The anticipated questions (doc2query, Nogueira et al. 2019): lines of `document`, `quote`, `questions`.

    `prefix` and `suffix` tell a repeated quote apart; a `starter` is a further question, which the chat offers at its
    beginning.
    """
    by_id = {document.id: document for document in documents}
    for number, record in read_json_lines(file):
        where = f"{file}:{number}"
        for field in ("document", "quote", "prefix", "suffix"):
            if not isinstance(record.get(field, ""), str):
                raise CorpusError(f"expected a string {field!r} at {where}, found {record[field]!r}")
        document = by_id.get(record.get("document", ""))
        questions = record.get("questions")
        if document is None:
            raise CorpusError(f"expected the id of a text at {where}, found {record.get('document')!r}")
        if not isinstance(questions, list) or not all(isinstance(question, str) for question in questions):
            raise CorpusError(f"expected a list of questions at {where}, found {questions!r}")
        span = find_once(document.text, record.get("quote", ""), record.get("prefix", ""), record.get("suffix", ""), f"{document.id}, at {where}")
        starter = record.get("starter", "")
        if not isinstance(starter, str):
            raise CorpusError(f"expected a question under starter at {where}, found {starter!r}")
        yield BankEntry(document.id, span, tuple(questions), starter)


def read_unanswered(file: Path, documents: Iterable[Document]) -> Iterable[str]:
    """Questions that the texts do not answer: lines of `question`, `kind` (near or far) and `tempting`, a quote for a near one."""
    texts = [collapse(document.text) for document in documents]
    for number, record in read_json_lines(file):
        question, tempting = record.get("question"), record.get("tempting", "")
        if not isinstance(question, str) or not question.strip():
            raise CorpusError(f"expected a question at {file}:{number}, found {question!r}")
        if not isinstance(tempting, str) or tempting and not any(collapse(tempting) in text for text in texts):
            raise CorpusError(f"expected a quote of the texts under tempting at {file}:{number}, found {tempting!r}: correct it")
        yield question
