"""Sentences become passages: neighbouring sentences of one section, broken where the layout breaks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from indexer.records import BYLINE, LIST_ITEM, Block, Passage, Sentence, Span


def group_passages(blocks: Sequence[Block], sentences: Sequence[Sentence], longest: int) -> tuple[Passage, ...]:
    """Passages of one document, in text order, at most `longest` code points unless one sentence is longer.

    A passage ends with its paragraph; a list stays with the line that introduces it. `sentences` are row
    numbers within the sequence that is given.
    """
    passages: list[Passage] = []
    rows: list[int] = []
    starts = [block.span.start for block in blocks]
    block_of = [bisect_right(starts, sentence.span.start) for sentence in sentences]
    for row, sentence in enumerate(sentences):
        same_block = row > 0 and block_of[row] == block_of[row - 1]
        if rows and not _continues(sentences[rows[0]], sentences[rows[-1]], sentence, same_block, longest):
            passages.append(_passage(sentences, rows))
            rows = []
        rows.append(row)
    if rows:
        passages.append(_passage(sentences, rows))
    return tuple(passages)


def _continues(first: Sentence, last: Sentence, sentence: Sentence, same_block: bool, longest: int) -> bool:
    if sentence.section != first.section or (sentence.kind == BYLINE) != (first.kind == BYLINE):
        return False
    if sentence.span.end - first.span.start > longest:
        return False
    same_list = sentence.kind == LIST_ITEM and (last.kind == LIST_ITEM or last.text.endswith(":"))
    return same_block or same_list or sentence.kind == BYLINE


def _passage(sentences: Sequence[Sentence], rows: Sequence[int]) -> Passage:
    first, last = sentences[rows[0]], sentences[rows[-1]]
    span = Span(first.span.start, last.span.end)
    return Passage(f"{first.document_id}:{span.start}-{span.end}", first.document_id, first.section, span, tuple(rows))


def shift_rows(passages: Iterable[Passage], rows: int) -> Iterable[Passage]:
    """The same passages where `rows` sentences of other documents come first."""
    for passage in passages:
        yield Passage(passage.id, passage.document_id, passage.section, passage.span, tuple(row + rows for row in passage.sentences))
