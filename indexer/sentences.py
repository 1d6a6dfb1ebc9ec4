"""Blocks become sentences with exact offsets: Punkt finds the ends, our rules mend what web texts do to them.

Punkt (Kiss and Strunk, 2006) runs on the parameters below, which a person can read, so nothing is downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

from indexer.records import HEADING, LIST_ITEM, Block, Document, Sentence, Span

ABBREVIATIONS = (
    "dr prof mr mrs ms st jr sr vs etc e.g i.e cf al approx ca fig no nos vol pp p ed eds ch sec resp inc ltd co corp dept univ "
    "a.m p.m u.s.a e.u mt ft oz lb lbs tbsp tsp max min avg est jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k ph.d m.d b.sc m.sc d.c d m"
).split()

# Written small within a sentence: a capital on one of them after an abbreviation begins the next ("nuts, etc. The").
STARTERS = (
    "a additionally all also an and as at both but by each even for from he her however if in it its many most no on one other she so some such that the "
    "their there these they this those to we when while with you your"
).split()

# A full stop directly followed by the next capital: "month.The study", "310 mg.She". Two lower-case letters or digits
# (or a closing quote or bracket) before it and a capitalised word after it keep "Ph.D", "U.S.A" and "Node.js" whole.
GLUED_END = re.compile(r"(?<=[a-z0-9%]{2}[.?!])(?=[“\"]?[A-Z](?:[a-z]|[ ’']))|(?<=[a-z0-9][.?!][”\")])(?=[A-Z][a-z])")

# Punkt takes a letter and a full stop for an initial.
VITAMIN_END = re.compile(r"(?<=[Vv]itamin [A-K]\.)(?=\s+[A-Z])")

# “Does it help?” she asked.
SPEAKER = re.compile(r"(?<=[?!.][\"'”’])\s+[a-z]")

# Punkt takes what stands after a sentence's last mark for the next one's beginning.
CLOSERS = re.compile(r"[\"'”’)\]]+(?=\s|$)|[”)\]]+(?=[A-Z“])")

# Words at a sentence's beginning that point back to the sentence before: "It", "However, it", "On the other hand".
LEANS = re.compile(
    r"(?:(?:(?:However|Additionally|Moreover|Furthermore|Therefore|Consequently|Instead|Still|Also|But|And|So|In addition),? )?"
    r"(?i:It|This|That|These|They|Those|Such|He|She|His|Her|Their|Its|Both|In (?:this (?!article|section|guide|post)|that |these |those )\w+)|"
    r"For example|On the other hand|As a result|Consequently|Therefore)\b",
)
# "It is important to note that …" points nowhere.
EXPLETIVE = re.compile(
    r"(?:(?:However|Still|Also|But|And|So),? )?(?i:it)(?: is|’s|'s) (?:also |therefore |generally |often )*"
    r"(?:important|worth|essential|crucial|recommended|necessary|thought|possible|best|known|believed)\b(?! to support)"
)


def _punkt() -> PunktSentenceTokenizer:
    parameters = PunktParameters()
    parameters.abbrev_types = set(ABBREVIATIONS)
    parameters.sent_starters = set(STARTERS)
    return PunktSentenceTokenizer(parameters)


PUNKT = _punkt()


def split_sentences(document: Document, blocks: Sequence[Block]) -> tuple[Sentence, ...]:
    """The quotable sentences of a document, in text order; headings are none."""
    sentences: list[Sentence] = []
    section: list[Sentence] = []  # those under the same heading
    for block in blocks:
        if block.kind == HEADING:
            section = []
            continue
        for place, span in enumerate(sentence_spans(document.text, block.span)):
            leans_on = _leans_on(document, block, span, first=place == 0, before=section)
            section.append(Sentence(document.id, block.kind, block.section, span, leans_on, document.slice(span)))
            sentences.append(section[-1])
    return tuple(sentences)


def sentence_spans(text: str, block: Span) -> Iterable[Span]:
    """Where the sentences of a block stand in the text."""
    part = text[block.start : block.end]
    ends = {end for _, end in PUNKT.span_tokenize(part)}
    ends |= {match.start() for rule in (GLUED_END, VITAMIN_END) for match in rule.finditer(part)}
    ends -= {match.start() for match in SPEAKER.finditer(part)}
    start = 0
    for end in sorted(ends | {len(part)}):
        closers = CLOSERS.match(part, end)
        if closers and part[end - 1] in ".!?":
            end = closers.end()
        while start < end and part[start].isspace():
            start += 1
        stripped = end
        while stripped > start and part[stripped - 1].isspace():
            stripped -= 1
        if start < stripped:
            yield Span(block.start + start, block.start + stripped)
        start = max(start, end)


def _leans_on(document: Document, block: Block, span: Span, first: bool, before: Sequence[Sentence]) -> Span | None:
    """The sentence that must stand beside this one to be understood, among those `before` it under the same heading."""
    if not before:
        return None
    text = document.slice(span)
    if block.kind == LIST_ITEM and first:
        if text[-1] in ".!?":  # a whole sentence says enough alone
            return None
        lead_in = next((sentence for sentence in reversed(before) if sentence.kind != LIST_ITEM), None)
        return lead_in.span if lead_in and lead_in.text.endswith(":") else None
    if LEANS.match(text) and not EXPLETIVE.match(text):
        return before[-1].span
    return None
