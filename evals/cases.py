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
    `context` is the passage that a third-party question was asked of."""

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

    @property
    def answerable(self) -> bool:
        return bool(self.expected) and self.kind != "emergency"


def load_cases(paths: Sequence[Path], documents: Mapping[str, Document]) -> tuple[Case, ...]:
    """Reads the files, and every `.jsonl` of the folders, in order.

    Raises `EvalCaseError` naming file, line and field for a case that is malformed, doubled, or quotes what is nowhere
    or in several places; and for an empty suite.
    """
    files = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for file in files:
        if not file.is_file():
            raise EvalCaseError(f"expected a file of cases, found nothing at {file}")
        for case, where in _read(file, documents):
            if case.id in seen:
                raise EvalCaseError(f"expected every id once, found {case.id!r} at {where} and {seen[case.id]}: rename one")
            seen[case.id] = where
            cases.append(case)
    if not cases:
        raise EvalCaseError(f"expected cases in {', '.join(map(str, paths))}, found none")
    return tuple(cases)


def _read(file: Path, documents: Mapping[str, Document]) -> Iterable[tuple[Case, str]]:
    try:
        for number, record in read_json_lines(file):
            where = f"{file}:{number}"
            yield _case(record, documents, where), where
    except CorpusError as error:
        raise EvalCaseError(str(error)) from None


def _case(record: dict[str, Any], documents: Mapping[str, Document], where: str) -> Case:
    unknown = sorted(set(record) - FIELDS)
    if unknown:
        raise EvalCaseError(f"expected the fields {', '.join(sorted(FIELDS))} at {where}, found {', '.join(unknown)}")
    for name in ("id", "kind", "question"):
        if not isinstance(record.get(name), str) or not record[name].strip():
            raise EvalCaseError(f"expected words in the field {name!r} at {where}, found {record.get(name)!r}")
    kind, split = record["kind"], record.get("split", "test")
    if kind not in KINDS:
        raise EvalCaseError(f"expected the field 'kind' at {where} to be one of {', '.join(KINDS)}, found {kind!r}")
    if split not in SPLITS:
        raise EvalCaseError(f"expected the field 'split' at {where} to be dev or test, found {split!r}")
    history = record.get("history", [])
    if not isinstance(history, list) or not all(isinstance(question, str) for question in history):
        raise EvalCaseError(f"expected a list of questions in the field 'history' at {where}, found {history!r}")
    groups = record.get("expected", [])
    if not isinstance(groups, list) or not all(isinstance(group, list) and group for group in groups):
        raise EvalCaseError(f"expected a list of non-empty groups in the field 'expected' at {where}, found {groups!r}")
    if groups and kind in WITHOUT_CITATION:
        raise EvalCaseError(f"expected no citation in the field 'expected' of a case of kind {kind} at {where}, found {len(groups)} groups")
    if not groups and kind not in (*WITHOUT_CITATION, "emergency"):
        raise EvalCaseError(f"expected citations in the field 'expected' of a case of kind {kind} at {where}, found none")
    if kind == "follow_up" and not history:
        raise EvalCaseError(f"expected earlier questions in the field 'history' of a follow_up at {where}, found none")
    expected = tuple(tuple(_place(alternative, documents, f"'expected' at {where}") for alternative in group) for group in groups)
    context = _context(record["context"], documents, where) if record.get("context") else None
    return Case(
        id=record["id"],
        kind=kind,
        split=split,
        topic=str(record.get("topic", "")),
        style=str(record.get("style", "")),
        conversation=str(record.get("conversation", record["id"])),
        refers_to=int(record.get("refers_to", 1 if history else 0)),
        history=tuple(history),
        question=record["question"],
        expected=expected,
        context=context,
    )


def _context(context: Any, documents: Mapping[str, Document], where: str) -> Place:
    if not isinstance(context, dict):
        raise EvalCaseError(f"expected document, start and end in the field 'context' at {where}, found {context!r}")
    return _place({"document": context.get("document", context.get("doc"))} | context, documents, f"'context' at {where}")


def _place(alternative: Any, documents: Mapping[str, Document], where: str) -> Place:
    if not isinstance(alternative, dict) or alternative.get("document") not in documents:
        raise EvalCaseError(f"expected the id of a document in the field {where}, found {str(alternative)[:80]}")
    document = documents[alternative["document"]]
    if isinstance(alternative.get("start"), int) and isinstance(alternative.get("end"), int):
        try:
            span = Span(alternative["start"], alternative["end"])
        except ValueError as error:
            raise EvalCaseError(f"expected a span in the field {where}, found: {error}") from None
        if "exact" in alternative and document.slice(span) != alternative["exact"]:
            raise EvalCaseError(f"expected {alternative['exact']!r} at {span.start} of {document.id} in the field {where}, found {document.slice(span)!r}")
        return Place(document.id, span)
    span = find_once(document.text, alternative.get("exact", ""), alternative.get("prefix", ""), alternative.get("suffix", ""), f"{document.id}, field {where}")
    return Place(document.id, span)
