"""Red flags in a question: what must be said before any passage is shown.

A sign counts when somebody has it now, whoever it is; a question *about* it ("does magnesium help after a stroke?")
does not. What the signs are, and what takes them back, is written in red_flags.toml. The rules look at the words that
were typed, never at what the index would answer.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chat.phrases import Chain, Message, Phrase, Phrases, Reader, read_lists
from indexer.lexical import terms

PARTS = ("signs", "even_in_questions", "look_alikes")
RED_FLAGS = Path(__file__).with_name("red_flags.toml")
LOOK_BACK = 3  # earlier questions over which a sign may be spread
REACH = 6  # words that a denial takes along: "no fever, chest pain or trouble breathing"
OPENING = 4  # words; "when I was a child" here is about all that follows it
SHORT = 12  # words; a longer message speaks for itself
OWN_TOPIC = 2  # stems; "how much magnesium do women need" asks about something else

# A sign may hold these itself ("not breathing"); then they do not deny it.
DENIALS = frozenset("no not never without isnt arent wasnt wont dont doesnt didnt havent hasnt cant cannot couldnt unable barely hardly refuses refusing stopped struggling".split())


@dataclass(frozen=True, slots=True)
class Danger:
    name: str
    signs: Phrases
    even_in_questions: Phrases
    look_alikes: Phrases


@dataclass(frozen=True, slots=True)
class Counting:
    """The places of a message whose words count as signs."""

    message: Message
    now: int  # neither denied nor past, feared or asked about in general
    now_or_denied: int
    asked: int  # neither denied nor past
    asked_or_denied: int


class RedFlags:
    """The phrases of a red-flag file, ready to be looked for."""

    def __init__(self, file: Mapping[str, Any]) -> None:
        lists = read_lists(file["words"])
        self._dangers = tuple(Danger(name, *(Phrases(danger.get(part, ()), lists) for part in PARTS)) for name, danger in file["danger"].items())
        self._context = {name: Phrases(lines, lists) for name, lines in file["context"].items()}
        self._follow_up = {name: Phrases(lines, lists) for name, lines in file["follow_up"].items()}
        groups = [*self._context.values(), *self._follow_up.values()]
        groups += [group for danger in self._dangers for group in (danger.signs, danger.even_in_questions, danger.look_alikes)]
        self._reader = Reader((phrase for group in groups for phrase in group), **file["spelling"])

    def named(self, question: str, history: Sequence[str] = ()) -> str | None:
        """The danger that a question names; earlier questions are oldest first."""
        turns = [*history[-LOOK_BACK:], question]
        read = [self._count(self._reader.read(turn)) for turn in turns]
        danger: str | None = None
        for turn, text in enumerate(turns):
            named = self._danger(read[turn], read[:turn])
            danger = named or (danger if danger and self._goes_on(danger, text, read[turn].message) else None)
        return danger

    def _danger(self, counting: Counting, earlier: Sequence[Counting]) -> str | None:
        for danger in self._dangers:
            taken_out = danger.look_alikes.covered(counting.message)
            for phrases, even_in_questions in ((danger.even_in_questions, True), (danger.signs, False)):
                if any(_says(phrase, counting, earlier, even_in_questions, ~taken_out) for phrase in phrases.possible(counting.message)):
                    return danger.name
        return None

    def _count(self, message: Message) -> Counting:
        parts = message.clause & self._context["subject"].ends(message) | self._context["new_part"].ends(message)
        denials = self._context["denied"].ends(message) & ~(message.clause >> 1)  # "No, my chest hurts" denies nothing
        look_alikes = self._context["look_alikes"].covered(message)
        denied = message.after(denials & ~self._context["not_denied"].covered(message), REACH - 1, parts)
        told_about = message.after(self._context["told_about"].ends(message), REACH - 1, parts)
        past = 0
        marks = self._context["past"].ends(message)
        for part in _between(message, message.clause | self._context["new_part"].ends(message)) if marks else ():
            if marks & part:
                opening = part & ~(part << OPENING) & marks
                past |= part if opening else part & ((1 << (marks & part).bit_length()) - 1)
        asked = 0 if self._context["admits"].ends(message) else self._context["asks"].ends(message)
        somebody = self._context["somebody"].ends(message) & ~self._context["nobody"].covered(message) if asked else 0
        general = 0
        for sentence in _between(message, message.first) if asked else ():
            if asked & sentence and not somebody & sentence:
                general |= sentence
        asked_or_denied = message.all & ~past & ~look_alikes
        now_or_denied = asked_or_denied & ~told_about & ~general
        return Counting(message, now_or_denied & ~denied, now_or_denied, asked_or_denied & ~denied, asked_or_denied)

    def _goes_on(self, danger: str, text: str, message: Message) -> bool:
        """Whether a message after a red flag is still about it."""

        says = self._follow_up
        if len(message.words) > SHORT or says["over"].ends(message) or (danger != "self-harm" and says["thanks"].ends(message)):
            return False
        return bool(says["points_back"].ends(message)) or len(set(terms(text))) < OWN_TOPIC


def _says(phrase: Phrase, counting: Counting, earlier: Sequence[Counting], even_in_questions: bool, mask: int) -> bool:
    """Whether all chains of a phrase are found; of several, the first may stand in an earlier question, whatever it asked."""
    first, *others = phrase.chains
    if not all(_found(chain, counting, even_in_questions, mask) for chain in others):
        return False
    return _found(first, counting, even_in_questions, mask) or (bool(others) and any(_found(first, before, True, -1) for before in earlier))


def _found(chain: Chain, counting: Counting, even_in_questions: bool, mask: int) -> bool:
    denies = not DENIALS.isdisjoint(chain.keys)
    if even_in_questions:
        places = counting.asked_or_denied if denies else counting.asked
    else:
        places = counting.now_or_denied if denies else counting.now
    return bool(counting.message.ends(chain, places & mask))


def _between(message: Message, begins: int) -> Iterator[int]:
    """The stretches of places from one beginning to the next."""
    starts = [place for place in range(len(message.words)) if begins >> place & 1]
    for start, end in zip(starts, [*starts[1:], len(message.words)], strict=True):
        yield (1 << end) - (1 << start)


RULES = RedFlags(tomllib.loads(RED_FLAGS.read_text(encoding="utf-8")))


def red_flag(question: str, history: Sequence[str] = ()) -> str | None:
    """The danger that the question names, or None. A danger named in a turn before counts while the question goes on about it.

    >>> red_flag("my face is drooping on one side"), red_flag("can magnesium prevent a stroke?")
    ('stroke', None)
    """
    return RULES.named(question, history)
