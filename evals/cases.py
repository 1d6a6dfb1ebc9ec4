"""The cases: a question, the conversation before it, and the sentences that a right answer cites. Quotes become spans at load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.corpus import find_once, read_json_lines
from indexer.errors import CorpusError, MagpieError
from indexer.records import Document, Span

KINDS = ("single", "follow_up", "multi", "conflict", "provenance", "unanswerable", "emergency", "smalltalk")
SPLITS = ("dev", "test")
WITHOUT_CITATION = ("unanswerable", "smalltalk")
FIELDS = {"id", "kind", "split", "topic", "style", "conversation", "refers_to", "history", "question", "expected", "context", "tempts"}


class EvalCaseError(MagpieError):
    """A case that would make the suite lie; the message names file, line and field."""


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a document: what is expected, or what was cited."""

    document_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Case:
    """`expected` is a tuple of groups, each a tuple of alternatives: any one satisfies its group, and a complete answer
    satisfies all. `refers_to` is the distance in turns to the question that a follow-up depends on, 0 for none.
    `context` is the passage that a third-party question was asked of. `tempts` is the quote that an unanswerable
    question seems to ask for."""

    id: str
    kind: str
    split: str
    topic: str
    style: str
    conversation: str
    refers_to: int
    history: tuple[str, ...]
    question: str
    expected: tuple[tuple[Place, ...], ...]
    context: Place | None
    tempts: str = ""

    @property
    def answerable(self) -> bool:
        return bool(self.expected) and self.kind != "emergency"


def load_cases(paths: Sequence[Path], documents: Mapping[str, Document]) -> tuple[Case, ...]:
    """Reads the files, and every `.jsonl` of the folders, in order.

    Raises `EvalCaseError` naming file, line and field for a case that is malformed, doubled, or quotes what is nowhere
    or in several places; and for an empty suite.
    """
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for file in (file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])):
        for case, where in _read(file, documents):
            if case.id in seen:
                raise EvalCaseError(f"expected every id once, found the field 'id' {case.id!r} at {where} and {seen[case.id]}: rename one")
            seen[case.id] = where
            cases.append(case)
    if not cases:
        raise EvalCaseError(f"expected cases in {', '.join(map(str, paths))}, found none: name a file or folder of them with --cases")
    return tuple(cases)


def _read(file: Path, documents: Mapping[str, Document]) -> Iterable[tuple[Case, str]]:
    if not file.is_file():
        raise EvalCaseError(f"expected a file of cases, found nothing at {file}: name one with --cases")
    try:
        for number, record in read_json_lines(file):
            where = f"{file}:{number}"
            yield _case(record, documents, where), where
    except CorpusError as error:
        raise EvalCaseError(str(error)) from None


def _case(record: dict[str, Any], documents: Mapping[str, Document], where: str) -> Case:
    unknown = sorted(set(record) - FIELDS)
    if unknown:
        raise EvalCaseError(f"expected the fields {', '.join(sorted(FIELDS))} at {where}, found {', '.join(unknown)}: correct the line")
    id, question = _words(record, "id", where), _words(record, "question", where)
    kind = _one_of(KINDS, record.get("kind"), "kind", where)
    history = _history(record, kind, where)
    return Case(
        id=id,
        kind=kind,
        split=_one_of(SPLITS, record.get("split", "test"), "split", where),
        topic=_words(record, "topic", where, default=""),
        style=_words(record, "style", where, default=""),
        conversation=_words(record, "conversation", where, default=id),
        refers_to=_refers_to(record, history, where),
        history=history,
        question=question,
        expected=_expected(record, kind, documents, where),
        context=_context(record["context"], documents, where) if record.get("context") else None,
        tempts=_words(record, "tempts", where, default=""),
    )


def _words(record: dict[str, Any], name: str, where: str, default: str | None = None) -> str:
    value = record.get(name, default)
    if not isinstance(value, str) or not (value.strip() or value == default):
        raise EvalCaseError(f"expected words in the field {name!r} at {where}, found {value!r}: correct the line")
    return value


def _one_of(choices: Sequence[str], value: Any, name: str, where: str) -> str:
    if value not in choices:
        raise EvalCaseError(f"expected the field {name!r} at {where} to be one of {', '.join(choices)}, found {value!r}: correct the line")
    return str(value)


def _history(record: dict[str, Any], kind: str, where: str) -> tuple[str, ...]:
    history = record.get("history", [])
    if not isinstance(history, list) or not all(isinstance(question, str) for question in history):
        raise EvalCaseError(f"expected a list of questions in the field 'history' at {where}, found {history!r}: correct the line")
    if kind == "follow_up" and not history:
        raise EvalCaseError(f"expected earlier questions in the field 'history' of a follow_up at {where}, found none: add them")
    return tuple(history)


def _refers_to(record: dict[str, Any], history: Sequence[str], where: str) -> int:
    distance = record.get("refers_to", 1 if history else 0)
    if type(distance) is not int or not 0 <= distance <= len(history):
        raise EvalCaseError(f"expected 0 to {len(history)} turns back in the field 'refers_to' at {where}, found {distance!r}: correct the line")
    return distance


def _expected(record: dict[str, Any], kind: str, documents: Mapping[str, Document], where: str) -> tuple[tuple[Place, ...], ...]:
    groups = record.get("expected", [])
    if not isinstance(groups, list) or not all(isinstance(group, list) and group for group in groups):
        raise EvalCaseError(f"expected a list of non-empty groups in the field 'expected' at {where}, found {groups!r}: correct the line")
    if groups and kind in WITHOUT_CITATION:
        raise EvalCaseError(f"expected no citation in the field 'expected' of a case of kind {kind} at {where}, found {len(groups)} groups: correct the kind")
    if not groups and kind not in (*WITHOUT_CITATION, "emergency"):
        raise EvalCaseError(f"expected citations in the field 'expected' of a case of kind {kind} at {where}, found none: add them")
    return tuple(tuple(_place(alternative, documents, f"'expected' at {where}") for alternative in group) for group in groups)


def _context(context: Any, documents: Mapping[str, Document], where: str) -> Place:
    if not isinstance(context, dict):
        raise EvalCaseError(f"expected document, start and end in the field 'context' at {where}, found {context!r}: correct the line")
    return _place({"document": context.get("document", context.get("doc"))} | context, documents, f"'context' at {where}")


def _place(alternative: Any, documents: Mapping[str, Document], where: str) -> Place:
    document = documents.get(str(alternative.get("document"))) if isinstance(alternative, dict) else None
    if document is None:
        raise EvalCaseError(f"expected the id of a document in the field {where}, found {str(alternative)[:80]}: correct the id")
    exact, prefix, suffix = (alternative.get(name, "") for name in ("exact", "prefix", "suffix"))
    if not all(isinstance(words, str) for words in (exact, prefix, suffix)):
        raise EvalCaseError(f"expected words under exact, prefix and suffix in the field {where}, found {str(alternative)[:80]}: correct the line")
    if isinstance(alternative.get("start"), int) and isinstance(alternative.get("end"), int):
        return _marked(document, alternative["start"], alternative["end"], exact, where)
    return Place(document.id, find_once(document.text, exact, prefix, suffix, f"{document.id}, field {where}"))


def _marked(document: Document, start: int, end: int, exact: str, where: str) -> Place:
    """A place that is given by its offsets; its words, where given, must stand there."""
    try:
        span = Span(start, end)
    except ValueError as error:
        raise EvalCaseError(f"expected a span in the field {where}, found: {error}: correct the offsets") from None
    if end > len(document.text):
        length = len(document.text)
        raise EvalCaseError(f"expected a span of the {length} code points of {document.id} in the field {where}, found an end of {end}: correct the offsets")
    if exact and document.slice(span) != exact:
        raise EvalCaseError(f"expected {exact!r} at {start} of {document.id} in the field {where}, found {document.slice(span)!r}: correct the offsets")
    return Place(document.id, span)
