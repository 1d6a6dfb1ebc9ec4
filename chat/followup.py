"""A question in a conversation becomes the queries that are searched: the bare question, and the question in context.

Gluing the whole history to a question hurts; scoring the bare question and the question with one earlier one, and
fusing the scores, helps. How much the context weighs depends on how little the question says by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.lexical import fold, terms, words

POINTS_BACK = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|their|he|she|his|her|him|there|ones?|same|both|instead|either|former|latter|such|then|so|else|too|as well)\b"
)
CONTINUES = re.compile(
    r"^(?:and|but|or|so|ok(?:ay)?|yes|yeah|yep|no|why|how come|what about|how about|for|in|with|without|also|then|since|because|who|when|where|"
    r"really|sure|go on|more|tell me more|explain)\b"
)
CORRECTS = re.compile(r"^(?:no|nope|sorry|oops|actually|i meant?|i mean|not)\b|\bi (?:meant?|was asking)\b")
DENIED = re.compile(r"\b(?:not|don'?t mean|didn'?t mean)\b (?:about |the |a |an |my |for |what to )*([\w-]+)")
SWITCHES = re.compile(
    r"^(?:new|another|different|other|next|unrelated|separate) (?:question|topic|thing|subject)|"
    r"^(?:(?:anyway|right)\W+)?(?:changing|change of|switching) (?:the )?(?:subject|topic)|"
    r"^(?:by the way|btw|something else)\b|^on another note|^completely different"
)
RETURNS = re.compile(
    r"^(?:(?:ok|okay|so|and|right|anyway)\W+)*"
    r"(?:back to|going back to|returning to|coming back to|about (?:the|that) \w+ (?:again|you mentioned)|again about|earlier)\b"
)

# Questions that lean so much that only their kind is left, and what they ask with the topic of the question before.
OPENS = r"^(?:(?:and|so|but|ok(?:ay)?|then|yes|well)\W+)*"
ELLIPSES = (
    (
        re.compile(
            OPENS + r"(?:how much|how many(?: mg)?|(?:what|which) (?:dose|dosage|amount)|dos(?:e|age))(?: (?:a|per|each) day| daily| then| exactly)?\W*$"
        ),
        "how much {topic} should I take per day",
    ),
    (re.compile(OPENS + r"how often(?: then| exactly)?\W*$"), "how often should I take {topic}"),
    (
        re.compile(OPENS + r"(?:how (?:long|fast|soon|quick(?:ly)?))(?: (?:then|does (?:it|that) take|until it works?|till it works?))?\W*$"),
        "how long until {topic} works",
    ),
    (re.compile(OPENS + r"(?:any |what |which |what about |the )?(?:side[- ]?effects|downsides|risks|dangers)(?: then)?\W*$"), "side effects of {topic}"),
)
# What people ask of a topic, which is no part of it.
FRAMES = frozenset(
    terms("help helps work works working take taking need needs good better best ease relieve treat stop cure prevent try effective mean daily day")
)


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    weight: float


def queries(question: str, history: Sequence[str]) -> tuple[Query, ...]:
    """What to search, weights summing to 1, the bare question first. `history` is oldest first.

    >>> [query.text for query in queries("and why?", ("do cramps come from low magnesium?",))]
    ['and why?', 'do cramps come from low magnesium? and why?']
    """
    text = fold(question)
    if not history or SWITCHES.search(text):
        return (Query(question, 1.0),)
    dependence = _dependence(text)
    last = history[-1]
    anchor = next((earlier for earlier in reversed(history) if not _leans(earlier)), history[0])
    if RETURNS.search(text):
        matching = max(history, key=lambda earlier: len(set(terms(earlier)) & set(terms(question))))
        contexts = [matching]
    else:
        contexts = list(dict.fromkeys((anchor, last)))
    if dependence == 0.0:
        return (Query(question, 1.0),)
    contexts = [_without_denied(context, text) for context in contexts]
    for asks, whole in ELLIPSES:
        if asks.search(text):
            rewritten = whole.format(topic=_topic(anchor))
            return (Query(question, 0.1), Query(f"{anchor} {question}", 0.3), Query(rewritten, 0.6))
    weighted = [Query(question, 1.0 - dependence)]
    weighted += [Query(f"{context} {question}", dependence / len(contexts)) for context in contexts]
    return tuple(weighted)


def _dependence(text: str) -> float:
    """The share of the search that the context gets: from 0 (the question says all) to 0.8 (it says nothing alone)."""
    content = len(set(terms(text)))
    if CORRECTS.search(text):
        return 0.5
    if content <= 1:
        return 0.8 if content == 0 or CONTINUES.search(text) or POINTS_BACK.search(text) else 0.6
    if CONTINUES.search(text) or POINTS_BACK.search(text):
        return 0.6 if content <= 3 else 0.4
    return 0.4 if content <= 2 else 0.2


def _without_denied(context: str, text: str) -> str:
    """The earlier question without the words that the present one takes back.

    >>> _without_denied("what dose helps a migraine?", "sorry, fibromyalgia not migraine")
    'what dose helps a ?'
    """
    if not CORRECTS.search(text):
        return context
    denied = {stem for words_denied in DENIED.findall(text) for stem in terms(words_denied)}
    return " ".join("".join(" " if terms(word) and terms(word)[0] in denied else word for word in re.split(r"(\w+)", context)).split())


def _topic(question: str) -> str:
    """The words of a question that say what it is about.

    >>> _topic("does magnesium glycinate help with migraines?")
    'magnesium glycinate migraines'
    """
    return " ".join(word for word in words(question) if terms(word) and terms(word)[0] not in FRAMES)


def _leans(question: str) -> bool:
    return _dependence(fold(question)) >= 0.5
