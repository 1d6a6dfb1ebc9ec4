"""A document becomes blocks: headings, paragraphs, list items and bylines. Page furniture is set aside, with the reason.

General rules read the layout of any web text; the corrections of `sources.toml` have the last word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from indexer.corpus import FURNITURE, Correction
from indexer.records import BYLINE, HEADING, LIST_ITEM, PARAGRAPH, Block, Document, Furniture, Span

LINE = re.compile(r"[^\r\n\u2028\u2029]+")
MARKER = re.compile(r"(?:[•·▪◦‣*+–-]|\(?(?:\d{1,2}|[a-z])[.)])[ \t]+(?=\S)")
GLUED_MARKER = re.compile(r":(?=[•▪◦‣*-][ \t]+\S)")
MARKDOWN_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
BY = re.compile(r"(?:(?:[Ww]ritten |[Pp]osted |[Rr]eviewed )?[Bb]y:? )[A-Z][\w.’'-]+(?: [A-Z]|[,|]|$)")
DATE = re.compile(
    r"(?:published|updated|posted|last (?:updated|reviewed|modified))?[ :]*(?:on )?"
    r"(?:\d{4}-\d{2}-\d{2}\S*|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|"
    r"\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? \d{4})$",
    re.IGNORECASE,
)

# Lines of at most FURNITURE_WORDS words that stand on web pages around articles, matched from their first word.
# What an article may say too ("Recent articles suggest that it helps.") is furniture only without a full stop.
FURNITURE_WORDS = 12
FURNITURE_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), reason)
    for pattern, reason in (
        (r"close this|search for:?$|search$|skip to (?:the |main |primary )*(?:content|navigation|menu|footer|search)|menu$|toggle ", "navigation"),
        (r"(?:table of )?contents$|in this article$|jump to ", "table of contents"),
        (r"(?:read|learn|see|view|show|load) more\b|continue reading|click here|back to top", "link to more"),
        (r"(?:install|download|try|get) (?:the |our )?(?:\S+ ){0,6}app$", "advertising of an app"),
        (r"(?:sign up|subscribe)\b|(?:\S+ ){1,4}(?:sign up|subscribe)\b.*(?:newsletter|e-?mail|inbox|updates)", "newsletter sign-up"),
        (r"get the best of the|join our |enter your e-?mail|.*\bsent to your inbox$", "newsletter sign-up"),
        (r"(?:post|leave|add|write) a (?:comment|reply)|\d* ?comments?(?: off\b.*)?$|no comments(?: yet)?\.?$|reply$", "comment form"),
        (r"share (?:on|via)\b|share this(?: (?:article|page|post|story|recipe|video)\b.*)?:?$|tweet$|pin it", "share links"),
        (r"follow us|like us(?: on\b|$)|print(?: this)?$|e-?mail this", "share links"),
        (r"(?:related|recent|popular|previous|next|more) (?:posts?|articles?|stories|reading)\b[^.!?]*$", "teaser of other articles"),
        (r"you (?:may|might) also (?:like|enjoy)\b[^.!?]*$|from the .* blog$", "teaser of other articles"),
        (r"advertisement|sponsored\b[^.!?]*$|(?:©|copyright|\(c\)) ?\d{4}|all rights reserved|privacy policy", "page frame"),
        (r"terms of (?:use|service)|(?:accept|manage) (?:all )?cookies|log ?in$|sign in$|filed under|tagged |tags?:|categor(?:y|ies):", "page frame"),
    )
)
ALTERNATIVE_TEXT_WORDS = 6  # and all of them stand in the heading above

HEADING_WORDS = 16
QUOTED_END = re.compile(r"[.!:;][\"'”’)\]]+$")
WRAP_COLUMNS = 100  # no line of a hard-wrapped text is longer
WRAP_SHARE = 0.5  # at least this share of its lines breaks off in mid-sentence,
CONTINUED_SHARE = 0.25  # or this share does, and the next line goes on in small letters
ENDS_SENTENCE = re.compile(r"[.!?:;][\"'”’)\]]*$")


def split_blocks(document: Document, corrections: Sequence[Correction] = ()) -> tuple[tuple[Block, ...], tuple[Furniture, ...]]:
    """Every character that is not whitespace or a list marker is in exactly one block or furniture, in text order."""
    parts: list[Span] = []
    for span in _logical_lines(document.text):
        parts.extend(_cut_glued_list(document.text, span))
    kinds = _classify(document.text, parts)
    kinds = _correct(document.text, kinds, corrections)
    blocks: list[Block] = []
    furniture: list[Furniture] = []
    section = ""
    for span, kind, reason in kinds:
        if kind == FURNITURE:
            furniture.append(Furniture(document.id, span, reason))
            continue
        if kind == HEADING:
            section = " ".join(document.slice(span).split())
        blocks.append(Block(document.id, kind, section, span))
    return tuple(blocks), tuple(furniture)


def _trim(text: str, start: int, end: int) -> Span | None:
    """The span without whitespace (or a byte order mark) at its ends; None where nothing is left."""
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _logical_lines(text: str) -> list[Span]:
    """Lines as the author meant them: a hard-wrapped text is joined again, each other line stands for itself."""
    lines = [span for match in LINE.finditer(text) if (span := _trim(text, *match.span()))]
    if not _is_hard_wrapped(text, lines):
        return lines
    width = max(len(line) for line in lines)
    gaps = [_breaks(text, before, after) for before, after in pairwise(lines)]
    usual_gap = Counter(gaps).most_common(1)[0][0]
    joined = [lines[0]]
    for gap, (before, after) in zip(gaps, pairwise(lines), strict=True):
        ends = ENDS_SENTENCE.search(text, before.start, before.end) is not None
        paragraph_ends = ends and len(before) < 0.75 * width
        if gap > usual_gap or paragraph_ends or MARKER.match(text, after.start, after.end):
            joined.append(after)
        else:
            joined[-1] = Span(joined[-1].start, after.end)
    return joined


def _breaks(text: str, before: Span, after: Span) -> int:
    return text.count("\n", before.end, after.start)


def _is_hard_wrapped(text: str, lines: Sequence[Span]) -> bool:
    if len(lines) < 6 or max(len(line) for line in lines) > WRAP_COLUMNS:
        return False
    width = max(len(line) for line in lines)
    broken = [row for row, line in enumerate(lines[:-1]) if len(line) > 0.7 * width and not ENDS_SENTENCE.search(text, line.start, line.end)]
    continued = [row for row in broken if text[lines[row + 1].start].islower()]
    return len(broken) >= WRAP_SHARE * len(lines) or len(continued) >= CONTINUED_SHARE * len(lines)


def _cut_glued_list(text: str, span: Span) -> Iterable[Span]:
    """ "including:- Pumpkin seeds" is a lead-in and a list item."""
    start = span.start
    for match in GLUED_MARKER.finditer(text, span.start, span.end):
        yield Span(start, match.end())
        start = match.end()
    yield Span(start, span.end)


def _classify(text: str, parts: Sequence[Span]) -> list[tuple[Span, str, str]]:
    kinds: list[tuple[Span, str, str]] = []
    for row, span in enumerate(parts):
        line = text[span.start : span.end]
        above = text[kinds[-1][0].start : kinds[-1][0].end] if kinds and kinds[-1][1] == HEADING else ""
        reason = _furniture_reason(line, heading_above=above)
        if reason:
            kinds.append((span, FURNITURE, reason))
        elif match := MARKER.match(text, span.start, span.end):
            kinds.append((Span(match.end(), span.end), LIST_ITEM, ""))
        elif match := MARKDOWN_HEADING.match(text, span.start, span.end):
            kinds.append((Span(match.end(), span.end), HEADING, ""))
        elif not ENDS_SENTENCE.search(line) and (BY.match(line) or DATE.match(line)):
            kinds.append((span, BYLINE, ""))
        elif _is_heading(line, last=row == len(parts) - 1):
            kinds.append((span, HEADING, ""))
        else:
            kinds.append((span, PARAGRAPH, ""))
    return kinds


def _furniture_reason(line: str, heading_above: str) -> str:
    words = line.split()
    if not any(char.isalnum() for char in line):
        return "ornament"
    if len(words) > FURNITURE_WORDS:
        return ""
    for pattern, reason in FURNITURE_RULES:
        if pattern.match(line):
            return reason
    if len(words) <= ALTERNATIVE_TEXT_WORDS and line == line.lower() and line[-1].isalpha() and set(words) <= set(heading_above.lower().split()):
        return "alternative text of an image"
    return ""


def _is_heading(line: str, last: bool) -> bool:
    """A short line that does not end as a sentence does, with something under it."""
    if last or len(line.split()) > HEADING_WORDS or not (line[0].isupper() or line[0].isdigit()) or QUOTED_END.search(line):
        return False
    return line[-1].isalnum() or line[-1] in "?)”’\"'"


def _correct(text: str, kinds: list[tuple[Span, str, str]], corrections: Sequence[Correction]) -> list[tuple[Span, str, str]]:
    """Lays each correction over the parts: what it covers gets its kind, what it cuts off keeps its own."""
    for correction in corrections:
        corrected: list[tuple[Span, str, str]] = []
        for span, kind, reason in kinds:
            if not span.overlap(correction.span):
                corrected.append((span, kind, reason))
                continue
            start, end = max(span.start, correction.span.start), min(span.end, correction.span.end)
            for piece, piece_kind, piece_reason in (
                (_trim(text, span.start, start), kind, reason),
                (_trim(text, start, end), correction.kind, correction.reason),
                (_trim(text, end, span.end), kind, reason),
            ):
                if piece:
                    corrected.append((piece, piece_kind, piece_reason))
        kinds = corrected
    return kinds
