"""Answers and articles become HTML. The one place that escapes what a browser is shown; needs no web framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from chat.answers import ABSTAIN, EMERGENCY, Answer, Citation
from chat.disclaimer import DISCLAIMER
from chat.render import opening, source_line
from indexer.index import Index
from indexer.records import BYLINE, HEADING, LIST_ITEM, Block, Furniture, Span, collapse

SOURCES_HINT = "Every answer is quoted from these texts. Tap a number in an answer to see its sentence here."
FOLDED = "Page furniture, never quoted"
TAGS = {HEADING: "h3", LIST_ITEM: "li", BYLINE: "p"}


def reference(document_id: str, span: Span) -> str:
    """The address of a place within the page.

    >>> reference("muscle-cramps", Span(3, 9))
    'muscle-cramps:3-9'
    """
    return f"{document_id}:{span.start}-{span.end}"


def parse_reference(text: str, index: Index) -> tuple[str, Span] | None:
    """The place that an address names, or None if there is no such place in the index."""
    document_id, _, numbers = text.rpartition(":")
    start, _, end = numbers.partition("-")
    document = index.documents.get(document_id)
    if document is None or not (start.isascii() and start.isdigit() and end.isascii() and end.isdigit()) or len(numbers) > 24:
        return None
    if not int(start) < int(end) <= len(document.text):
        return None
    return document_id, Span(int(start), int(end))


def answer_html(answer: Answer, index: Index) -> str:
    """What the chat shows for an answer: quotes with numbers that open their source, the sources, the disclaimer.

    One HTML block without blank lines, so that no Markdown reader looks into it.
    """
    parts = []
    if words := opening(answer):
        tone = {EMERGENCY: "emergency", ABSTAIN: "abstain"}.get(answer.kind, "small-talk")
        role = ' role="alert"' if answer.kind == EMERGENCY else ""
        parts.append(f'<p class="{tone}"{role}>{_shown(words)}</p>')
    for citation in answer.citations:
        quote = f"<span>{_shown(citation.quote)}</span>"
        parts.append(f'<blockquote class="quote">{quote} {_link(citation, f"[{citation.number}]", "cite")}</blockquote>')
    if answer.citations:
        parts.append(f'<ul class="sources" aria-label="Sources">{_sources(answer.citations, index)}</ul>')
    parts.append(f'<p class="disclaimer">{_shown(DISCLAIMER)}</p>')
    return f'<div class="answer">{"".join(parts)}</div>'


def asked_html(question: str) -> str:
    """What the chat shows for a question: its words as they are, no link and no markup."""
    return f'<div class="asked">{_shown(question)}</div>'


def _link(citation: Citation, label: str, kind: str) -> str:
    title = f"Open source {citation.number}: {citation.title}"
    address = reference(citation.document_id, citation.span)
    return f'<a class="{kind}" role="button" href="#{escape(address)}" title="{escape(collapse(title))}">{_shown(label)}</a>'


def _sources(citations: Sequence[Citation], index: Index) -> str:
    """A line for each source and section, with the numbers of its citations and the other sources that say the same."""
    lines: dict[str, list[Citation]] = {}
    for citation in citations:
        lines.setdefault(source_line(citation, index.documents[citation.document_id]), []).append(citation)
    html = []
    for line, cited in lines.items():
        numbers = " ".join(f"[{citation.number}]" for citation in cited)
        also = {id: span for citation in cited for id, span in citation.also if id != citation.document_id}
        html.append(f"<li>{numbers} {_link(cited[0], line, 'source')}{_also(also, index)}</li>")
    return "".join(html)


def _also(places: Mapping[str, Span], index: Index) -> str:
    links = ", ".join(
        f'<a class="source" role="button" href="#{escape(reference(id, span))}">{_shown(index.documents[id].title)}</a>' for id, span in places.items()
    )
    return f' <span class="also">also in {links}</span>' if links else ""


def _shown(text: str) -> str:
    return escape(collapse(text))


def sources_html(index: Index) -> str:
    """The list of the source texts, each of which opens."""
    rows = []
    for document in index.documents.values():
        facts = " · ".join(fact for fact in (document.publisher, document.author, document.published) if fact)
        whole = reference(document.id, Span(0, len(document.text)))
        rows.append(
            f'<li><a class="source" role="button" href="#{escape(whole)}">{_shown(document.title)}</a>'
            f"{f' <small>{_shown(facts)}</small>' if facts else ''}</li>"
        )
    return f'<div class="panel"><h2 tabindex="-1">Sources</h2><p>{SOURCES_HINT}</p><ul>{"".join(rows)}</ul></div>'


def article_html(index: Index, chosen: tuple[str, Span], cited: Sequence[Span] = ()) -> str:
    """The whole article of `chosen`, with the chosen span and the other cited spans marked by their offsets.

    Headings, paragraphs and lists stand as in the text; page furniture is folded. Every character of the text that is
    marked is inside a `mark`, and nothing else is.
    """
    document_id, span = chosen
    document = index.documents[document_id]
    whole = span == Span(0, len(document.text))
    marks = [] if whole else [(span, "chosen"), *((other, "cited") for other in cited if other != span)]
    parts: list[Block | Furniture] = [block for block in index.blocks if block.document_id == document_id]
    parts += [part for part in index.furniture if part.document_id == document_id]
    parts.sort(key=lambda part: part.span)
    html = []
    for tag, group in groupby(parts, key=_tag):
        body = "".join(_part_html(document.text, part, tag, marks) for part in group)
        if tag == "li":
            body = f"<ul>{body}</ul>"
        elif tag == "small":
            body = f"<details><summary>{FOLDED}</summary>{body}</details>"
        html.append(body)
    facts = " · ".join(fact for fact in (document.publisher, document.author, document.published) if fact)
    place = escape(reference(document_id, span))
    return (
        f'<article class="panel" data-place="{place}" aria-label="{escape(document.title)}">'
        f'<h2 tabindex="-1">{_shown(document.title)}</h2>'
        f"{f'<p><small>{_shown(facts)}</small></p>' if facts else ''}{''.join(html)}</article>"
    )


def _tag(part: Block | Furniture) -> str:
    return "small" if isinstance(part, Furniture) else TAGS.get(part.kind, "p")


def _part_html(text: str, part: Block | Furniture, tag: str, marks: Sequence[tuple[Span, str]]) -> str:
    """A block as an element. The first mark of the chosen span gets the id that the page scrolls to."""
    ends = (end for span, _ in marks for end in (span.start, span.end))
    cuts = sorted({part.span.start, part.span.end, *(end for end in ends if part.span.start < end < part.span.end)})
    pieces = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        piece = escape(text[start:end])
        covering = [(span, kind) for span, kind in marks if span.start <= start and end <= span.end]
        if covering:
            kind = "chosen" if any(kind == "chosen" for _, kind in covering) else "cited"
            piece = f'<mark class="{kind}">{piece}</mark>'
        pieces.append(piece)
    class_name = ' class="byline"' if isinstance(part, Block) and part.kind == BYLINE else ""
    return f"<{tag}{class_name}>{''.join(pieces)}</{tag}>"
