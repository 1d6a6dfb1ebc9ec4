"""What is in an index, as lines of text for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from indexer.errors import IndexUnusable
from indexer.index import Index
from indexer.records import Passage, collapse

WHAT = "documents, sections, passages, sentences, furniture, or the id of a document or passage"
SHOWN = 100  # code points of a passage in a list


def show(index: Index, what: str) -> Iterator[str]:
    """Raises `IndexUnusable` when `what` is nothing that `WHAT` names."""
    lists = {"documents": _documents, "sections": _sections, "passages": _passages, "sentences": _sentences, "furniture": _furniture}
    if what in lists:
        return lists[what](index)
    if what in index.documents:
        return _document(index, what)
    numbers = [number for number, passage in enumerate(index.passages) if passage.id == what]
    if not numbers:
        raise IndexUnusable(f"expected {WHAT}, found {what!r}: list them with python -m indexer show passages")
    return _passage_between_neighbours(index, numbers[0])


def shorten(text: str, longest: int) -> str:
    text = collapse(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _documents(index: Index) -> Iterator[str]:
    counts = Counter(sentence.document_id for sentence in index.sentences)
    for document in index.documents.values():
        facts = "; ".join(fact for fact in (document.author, document.publisher, document.published) if fact)
        yield f"{document.id}\t{counts[document.id]} sentences\t{document.title}{f' ({facts})' if facts else ''}"


def _sections(index: Index) -> Iterator[str]:
    for (id, section), number in Counter((sentence.document_id, sentence.section) for sentence in index.sentences).items():
        yield f"{id}\t{number} sentences\t{section}"


def _passages(index: Index) -> Iterator[str]:
    for passage in index.passages:
        yield f"{passage.id}\t{passage.section}\t{shorten(index.documents[passage.document_id].slice(passage.span), SHOWN)}"


def _sentences(index: Index) -> Iterator[str]:
    for sentence in index.sentences:
        yield f"{sentence.document_id}:{sentence.span.start}-{sentence.span.end}\t{sentence.kind}\t{collapse(sentence.text)}"


def _furniture(index: Index) -> Iterator[str]:
    for part in index.furniture:
        text = shorten(index.documents[part.document_id].slice(part.span), SHOWN)
        yield f"{part.document_id}:{part.span.start}-{part.span.end}\t{part.reason}\t{text}"


def _document(index: Index, id: str) -> Iterator[str]:
    for passage in index.passages:
        if passage.document_id == id:
            yield f"\n{passage.id}  {passage.section}"
            yield from (f"    {collapse(index.sentences[row].text)}" for row in passage.sentences)


def _passage_between_neighbours(index: Index, number: int) -> Iterator[str]:
    """The passage with the questions that its sentences are known to answer, between the ones before and after it."""
    wanted = index.passages[number]
    for passage in index.passages[max(0, number - 1) : number + 2]:
        if passage.document_id == wanted.document_id:
            yield f"{'>' if passage is wanted else ' '} {passage.id}  {passage.section}"
            yield from _sentences_of(index, passage, with_questions=passage is wanted)


def _sentences_of(index: Index, passage: Passage, with_questions: bool) -> Iterator[str]:
    for row in passage.sentences:
        sentence = index.sentences[row]
        yield f"    {sentence.span.start}-{sentence.span.end}\t{collapse(sentence.text)}"
        if with_questions:
            yield from (f"        ? {question.text}" for question in index.questions if question.sentence == row)
