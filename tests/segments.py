"""The hand-made segmentation of the five texts: gold/segments.jsonl, every part of every text in text order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.records import BYLINE, HEADING, LIST_ITEM, PARAGRAPH, Document, Span

KINDS = {"sentence": PARAGRAPH, "list_item": LIST_ITEM, "byline": BYLINE, "heading": HEADING, "furniture": "furniture"}


@dataclass(frozen=True, slots=True)
class Segment:
    kind: str  # of the block that it stands in, or furniture
    span: Span


def gold_segments(document: Document) -> tuple[Segment, ...]:
    """Each part is looked for after the one before it, so a repeated sentence is found at its own place."""
    found = []
    end = 0
    for line in (Path(__file__).parent / "gold" / "segments.jsonl").read_text("utf-8").splitlines():
        part = json.loads(line)
        if part["document"] == document.id:
            start = document.text.index(part["exact"], end)
            end = start + len(part["exact"])
            found.append(Segment(KINDS[part["kind"]], Span(start, end)))
    return tuple(found)


def written(text: str, spans: Iterable[Span]) -> set[int]:
    """The offsets of the characters that are no whitespace."""
    return {at for span in spans for at in range(span.start, span.end) if not text[at].isspace()}
