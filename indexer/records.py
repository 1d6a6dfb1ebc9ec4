"""The records that travel through Magpie. Spans are the truth: every offset counts code points of `Document.text`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, never empty.

    >>> Span(2, 5).overlap(Span(4, 9))
    1
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, found {self.start}, {self.end}")

    def overlap(self, other: Span) -> int:
        """The number of code points that both spans hold."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Document:
    """A source text as it was decoded, never normalised; facts that are not known are empty."""

    id: str
    file: str
    title: str
    author: str
    publisher: str
    published: str
    url: str
    sha256: str
    text: str

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]


HEADING, PARAGRAPH, LIST_ITEM, BYLINE = "heading", "paragraph", "list_item", "byline"
BLOCK_KINDS = (HEADING, PARAGRAPH, LIST_ITEM, BYLINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item (without its marker) or byline; page furniture is no block."""

    document_id: str
    kind: str
    section: str
    span: Span


@dataclass(frozen=True, slots=True)
class Furniture:
    """A part of the page that is not the article, and the rule or correction that says so."""

    document_id: str
    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit of quotation.

    `leans_on` is the span of the sentence that a reader needs beside this one: the lead-in of a list
    item, or the sentence that "It", "This" or "They" refers to.
    """

    document_id: str
    kind: str
    section: str
    span: Span
    leans_on: Span | None
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: neighbouring sentences of one section. `sentences` are row numbers."""

    id: str
    document_id: str
    section: str
    span: Span
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnticipatedQuestion:
    """A question of the bank and the row number of the sentence that answers it; a starter is offered to begin with."""

    text: str
    sentence: int
    starter: bool = False


def collapse(text: str) -> str:
    """Whitespace runs become one space: for display, search and comparison, never for quoting."""
    return " ".join(text.split())
