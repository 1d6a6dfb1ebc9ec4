"""An answer becomes text, Markdown or the record of the `ask` contract. The disclaimer is added here and only here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chat.answers import ABSTAIN, ANSWER, EMERGENCY, Answer, Citation
from chat.disclaimer import DISCLAIMER
from indexer.records import Document, Span, collapse

Documents = Mapping[str, Document]
CONTEXT = 32  # code points before and after a quote in its selector

SMALL_TALK = {
    "greeting": "Hello. Ask me in your own words; I answer with sentences from the sources, word for word.",
    "thanks": "You are welcome. Ask on if there is more.",
    "bye": "Goodbye, and take care.",
    "identity": "I am Magpie, a program that searches its source texts and quotes the sentences that answer. I write nothing myself and am no doctor.",
    "empty": "Please type a question, for example: How much magnesium do women need each day?",
    "too long": "That is more than I can read at once. Please ask in fewer words, at most 2,000 characters.",
}
ABSTAINED = "The sources do not answer this."
NO_MENTION = "No source mentions: {words}."
EMERGENCY_FIRST = "This may be an emergency. Call your local emergency number now (112 in Europe, 911 in North America, 999 in the UK). Do not wait for a chat."
SIGNPOSTS = {
    "self-harm": (
        "You deserve help right now. Call or text a crisis line (988 in the USA and Canada, 116 123 in the UK, Ireland and much of Europe), "
        "or your local emergency number (112, 911, 999). Stay with someone."
    ),
    "overdose": (
        "This may be an overdose or poisoning. Call your poison control centre (1-800-222-1222 in the USA) or your local emergency number (112, 911, 999) now."
    ),
    "infant": "A baby with these signs needs a doctor now. Call your local emergency number (112, 911, 999).",
    "pregnancy": "These can be alarm signs in pregnancy. Call your midwife or maternity unit, or your local emergency number (112, 911, 999), now.",
}


def opening(answer: Answer) -> str:
    """The interface's own words before the quotes: fixed phrases, and words of the user's question."""
    if answer.kind == EMERGENCY:
        return SIGNPOSTS.get(answer.trace.reason, EMERGENCY_FIRST)
    if answer.kind == ABSTAIN:
        unknown = f" {NO_MENTION.format(words=', '.join(answer.trace.unknown))}" if answer.trace.unknown else ""
        return ABSTAINED + unknown
    if answer.kind == ANSWER:
        return ""
    return SMALL_TALK[answer.trace.reason]


def source_line(citation: Citation, document: Document) -> str:
    """Title, section, publisher, author and date of a citation, as far as they are known."""
    section = citation.section if citation.section != citation.title else ""
    return " · ".join(part for part in (citation.title, section, document.publisher, document.author, document.published) if part)


def to_text(answer: Answer, documents: Documents) -> str:
    """For a terminal."""
    lines = [opening(answer)] if opening(answer) else []
    lines += [f"“{collapse(citation.quote)}” [{citation.number}]" for citation in answer.citations]
    sources = [f"[{citation.number}] {source_line(citation, documents[citation.document_id])}" for citation in answer.citations]
    return "\n\n".join(part for part in ("\n\n".join(lines), "\n".join(sources), DISCLAIMER) if part) + "\n"


def to_markdown(answer: Answer, documents: Documents) -> str:
    """Quotes as block quotes with their numbers, the sources under them, the disclaimer last."""
    lines = [escape_markdown(opening(answer))] if opening(answer) else []
    lines += [f"> {escape_markdown(collapse(citation.quote))} [{citation.number}]" for citation in answer.citations]
    sources = [f"{citation.number}. {escape_markdown(source_line(citation, documents[citation.document_id]))}" for citation in answer.citations]
    return "\n\n".join(part for part in ("\n\n".join(lines), "\n".join(sources), f"*{escape_markdown(DISCLAIMER)}*") if part)


def escape_markdown(text: str) -> str:
    r"""Source text and the user's words are shown as text, whatever they hold.

    >>> escape_markdown("<b>*a*</b>")
    '&lt;b&gt;\\*a\\*&lt;/b&gt;'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]#|~!$])", r"\\\1", text)


def to_record(id: str, answer: Answer, documents: Documents, elapsed_ms: float) -> dict[str, Any]:
    """The contract of `ask`: plain JSON types, offsets in code points of the decoded file."""
    return {
        "id": id,
        "question": answer.question,
        "query": answer.query,
        "kind": answer.kind,
        "markdown": to_markdown(answer, documents),
        "citations": [_citation_record(citation, documents[citation.document_id]) for citation in answer.citations],
        "confidence": round(answer.confidence, 4),
        "disclaimer": DISCLAIMER,
        "elapsed_ms": round(elapsed_ms, 1),
    }


def _citation_record(citation: Citation, document: Document) -> dict[str, Any]:
    return {
        "number": citation.number,
        "document": citation.document_id,
        "file": document.file,
        "title": citation.title,
        "section": citation.section,
        "start": citation.span.start,
        "end": citation.span.end,
        "quote": citation.quote,
        "selector": selectors(document, citation.span),
    }


def selectors(document: Document, span: Span) -> list[dict[str, Any]]:
    """W3C Web Annotation Data Model, 4.2.4 Text Quote Selector and 4.2.5 Text Position Selector."""
    return [
        {
            "type": "TextQuoteSelector",
            "exact": document.slice(span),
            "prefix": document.text[max(0, span.start - CONTEXT) : span.start],
            "suffix": document.text[span.end : span.end + CONTEXT],
        },
        {"type": "TextPositionSelector", "start": span.start, "end": span.end},
    ]
