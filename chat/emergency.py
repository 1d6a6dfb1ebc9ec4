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

from chat.matching import Message, Phrases, Reader
from chat.phrases import Chain, Lists, Phrase, PhraseUnreadable, read_lists
from indexer.lexical import terms

RED_FLAGS = Path(__file__).with_name("red_flags.toml")
PARTS = ("signs", "even_in_questions", "look_alikes")

LOOK_BACK = 3  # earlier questions over which a sign may be spread
REACH = 6  # words that a denial takes along: "no fever, chest pain or trouble breathing"
OPENING = 4  # words; "when I was a child" there is about all that follows it
SHORT = 12  # words; a longer message speaks for itself
OWN_TOPIC = 2  # stems; "how much magnesium do women need" asks about something else

# Words that a sign may hold itself ("not breathing"); then they do not deny it.
DENYING = frozenset(
    "no not never without isnt arent wasnt wont dont doesnt didnt havent hasnt cant cannot couldnt unable barely hardly refuses refusing stopped "
    "struggling".split()
)


@dataclass(frozen=True, slots=True)
class Danger:
    name: str
    signs: Phrases
    even_in_questions: Phrases
    look_alikes: Phrases


@dataclass(frozen=True, slots=True)
class Counting:
    """A message, and the places of its words that count as signs."""

    message: Message
    real: int  # not past, and no look-alike
    now: int  # of the real ones, those not feared, told about or asked about in general
    denied: int


class Context:
    """The phrases that take a sign back."""

    def __init__(self, phrases: Mapping[str, Phrases]) -> None:
        self._phrases = phrases

    def count(self, message: Message) -> Counting:
        parts = self._ends("new_part", message) | message.clause & self._ends("subject", message)
        told_about = message.after(self._ends("told_about", message), REACH - 1, parts)
        real = message.all & ~self._past(message) & ~self._covered("look_alikes", message)
        return Counting(message, real, real & ~told_about & ~self._general(message), self._denied(message, parts))

    def _denied(self, message: Message, parts: int) -> int:
        denials = self._ends("denied", message) & ~self._covered("not_denied", message)
        denials &= ~(message.clause >> 1)  # "No, my chest hurts" denies nothing
        return message.after(denials, REACH - 1, parts)

    def _past(self, message: Message) -> int:
        marks = self._ends("past", message)
        past = 0
        for part in _between(message, message.clause | self._ends("new_part", message)) if marks else ():
            if part & marks:
                opening = part & ~(part << OPENING)
                past |= part if opening & marks else part & ((1 << (part & marks).bit_length()) - 1)
        return past

    def _general(self, message: Message) -> int:
        """The sentences that ask and speak of nobody, unless somebody says that he has it."""
        asked = self._ends("asks", message)
        if not asked or self._ends("admits", message):
            return 0
        somebody = self._ends("somebody", message) & ~self._covered("nobody", message)
        return sum(sentence for sentence in _between(message, message.first) if sentence & asked and not sentence & somebody)

    def _ends(self, name: str, message: Message) -> int:
        return self._phrases[name].ends(message)

    def _covered(self, name: str, message: Message) -> int:
        return self._phrases[name].covered(message)


class RedFlags:
    """A red-flag file, ready to be looked for. Raises `PhraseUnreadable` for what the file's language does not have."""

    def __init__(self, file: Mapping[str, Any]) -> None:
        lists = read_lists(file["words"])
        self._dangers = tuple(_read_danger(name, danger, lists) for name, danger in file["danger"].items())
        context = {name: Phrases(lines, lists) for name, lines in file["context"].items()}
        self._context = Context(context)
        self._follow_up = {name: Phrases(lines, lists) for name, lines in file["follow_up"].items()}
        groups = [*context.values(), *self._follow_up.values()]
        groups += [group for danger in self._dangers for group in (danger.signs, danger.even_in_questions, danger.look_alikes)]
        self._reader = Reader((phrase for group in groups for phrase in group), **file["spelling"])

    def named(self, question: str, history: Sequence[str] = ()) -> str | None:
        """The danger that a question names; earlier questions are oldest first."""
        turns = [*history[-LOOK_BACK:], question]
        read = [self._context.count(self._reader.read(turn)) for turn in turns]
        danger: str | None = None
        for number, turn in enumerate(turns):
            named = self._danger(read[number], read[:number])
            goes_on = danger is not None and self._goes_on(danger, turn, read[number].message)
            danger = named or (danger if goes_on else None)
        return danger

    def _danger(self, counting: Counting, earlier: Sequence[Counting]) -> str | None:
        for danger in self._dangers:
            look_alikes = danger.look_alikes.covered(counting.message)
            now, asked = counting.now & ~look_alikes, counting.real & ~look_alikes
            if any(_says(phrase, counting, asked, earlier) for phrase in danger.even_in_questions.possible(counting.message)):
                return danger.name
            if any(_says(phrase, counting, now, earlier) for phrase in danger.signs.possible(counting.message)):
                return danger.name
        return None

    def _goes_on(self, danger: str, question: str, message: Message) -> bool:
        """Whether a question after a red flag is still about it."""
        says = self._follow_up
        if len(message.words) > SHORT or says["over"].ends(message) or (danger != "self-harm" and says["thanks"].ends(message)):
            return False
        return bool(says["points_back"].ends(message)) or len(set(terms(question))) < OWN_TOPIC


def _read_danger(name: str, danger: Mapping[str, Sequence[str]], lists: Lists) -> Danger:
    unknown = danger.keys() - set(PARTS)
    if unknown:
        raise PhraseUnreadable(f"expected {', '.join(PARTS)} under [danger.{name}], found “{min(unknown)}”: mend that line")
    signs, even_in_questions, look_alikes = (Phrases(danger.get(part, ()), lists) for part in PARTS)
    return Danger(name, signs, even_in_questions, look_alikes)


def _says(phrase: Phrase, counting: Counting, counted: int, earlier: Sequence[Counting]) -> bool:
    """Whether all chains of a phrase are found; of several, the first may stand in an earlier question, whatever it asked."""
    first, *others = phrase.chains
    if not all(_found(chain, counting, counted) for chain in others):
        return False
    return _found(first, counting, counted) or (bool(others) and any(_found(first, before, before.real) for before in earlier))


def _found(chain: Chain, counting: Counting, counted: int) -> bool:
    if DENYING.isdisjoint(chain.keys):
        counted &= ~counting.denied
    return bool(counting.message.ends(chain, counted))


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
