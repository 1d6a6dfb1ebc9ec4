"""Finds the phrases of `chat/phrases.py` in a message, in time linear in its length.

The words of a message are places, a set of places is the bits of one integer, and a phrase is a few shifts and ands
(the Shift-And method of Baeza-Yates and Gonnet, 1992).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from chat.near_words import NearWords
from chat.phrases import APOSTROPHE, Chain, Choices, Lists, Phrase, Range, Row, read_number, read_phrase
from indexer.lexical import STOPWORDS, fold

REMEMBERED = 8192  # words whose spelling is not looked up again
TOKEN = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*|[.!?;,:()\n]|-(?= )|[–—]")
ENDS_SENTENCE, ENDS_CLAUSE = frozenset(".!?;\n"), frozenset(",:()-–—")
IN_WORDS = dict(zip("two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), range(2, 16), strict=True))
IN_WORDS |= dict(zip("twenty thirty forty fifty sixty seventy eighty ninety hundred".split(), range(20, 101, 10), strict=True)) | {"dozen": 12}
IN_MG = dict.fromkeys(("mg", "mgs", "milligram", "milligrams"), 1.0) | dict.fromkeys(("g", "gr", "gram", "grams", "gramme", "grammes"), 1000.0)

Number = tuple[float, str]  # value and unit


class Phrases:
    """Phrases to be looked for together; only those are tried of whose every part a word stands in the message."""

    def __init__(self, sources: Iterable[str], lists: Lists) -> None:
        self._phrases = tuple(read_phrase(source, lists) for source in sources)
        self._needed = tuple(_needed(phrase) for phrase in self._phrases)
        self._by_word: dict[str, list[int]] = {}
        for number, needed in enumerate(self._needed):
            for word in needed[0]:
                self._by_word.setdefault(word, []).append(number)
        self._words = frozenset(self._by_word)

    def __iter__(self) -> Iterator[Phrase]:
        return iter(self._phrases)

    def possible(self, message: Message) -> Iterator[Phrase]:
        """In their order, the phrases that may be found in a message."""
        keys = message.keys
        numbers = {number for word in keys & self._words for number in self._by_word[word]}
        for number in sorted(numbers):
            for words in self._needed[number]:
                if words.isdisjoint(keys):
                    break
            else:
                yield self._phrases[number]

    def ends(self, message: Message) -> int:
        """The places where a phrase ends; for phrases without `&`."""
        ends = 0
        for phrase in self.possible(message):
            ends |= message.ends(phrase.chains[0], message.all)
        return ends

    def covered(self, message: Message) -> int:
        """The places of all their words; for phrases without `&`."""
        covered = 0
        for phrase in self.possible(message):
            covered |= message.covered(phrase.chains[0])
        return covered


def _needed(phrase: Phrase) -> list[frozenset[str]]:
    """The words of which a message must have one, for each part, the most telling part first: few, and none of every day.

    The first of several chains may stand in an earlier message, so nothing of it is needed here.
    """
    parts = [part.choices.beginnings for chain in phrase.chains[1:] or phrase.chains for part in chain.parts]
    return sorted(parts, key=lambda words: (not STOPWORDS.isdisjoint(words), len(words)))


class Message:
    """The words of a text as places; `first` and `clause` hold the places where a sentence, a part of one begins."""

    def __init__(
        self,
        words: Sequence[str],
        keys: Sequence[Sequence[str]],
        numbers: Mapping[int, Number],
        ranges: Mapping[str, Range],
        first: int,
        clause: int,
    ) -> None:
        self.words = tuple(words)
        self.all = (1 << len(words)) - 1
        self.first = first
        self.clause = clause
        self.last = (first >> 1) | (1 << len(words) >> 1)
        self._places: dict[str, int] = {}
        for place, found in enumerate(keys):
            for key in found:
                self._places[key] = self._places.get(key, 0) | 1 << place
        for place, (value, unit) in numbers.items():
            for key, (low, high, wanted) in ranges.items():
                if unit == wanted and low <= value <= high:
                    self._places[key] = self._places.get(key, 0) | 1 << place
        self.keys = frozenset(self._places)
        self._present: dict[Choices, tuple[int, list[Row]]] = {}

    def after(self, places: int, gap: int, stops: int = 0) -> int:
        """The places that follow with at most `gap` words between, in the same sentence and not past `stops`."""
        inside = self.all & ~self.first & ~stops
        step = reached = (places << 1) & inside
        for _ in range(gap):
            step = (step << 1) & inside
            if not step:
                break
            reached |= step
        return reached

    def ends(self, chain: Chain, counting: int) -> int:
        """The places where a chain ends, over words that count; 0 where it is not found."""
        rows = self._rows(chain, counting)
        return _union(rows[-1]) if rows else 0

    def covered(self, chain: Chain) -> int:
        """The places of all words of a chain, without those in its gaps."""
        covered, allowed = 0, -1
        rows = self._rows(chain, self.all)
        for part, row in zip(reversed(chain.parts[: len(rows)]), reversed(rows), strict=True):
            starts = 0
            for length, ends in row:
                starts |= (ends & allowed) >> length - 1
                covered |= _back(ends & allowed, length - 1)
            allowed = _back(starts >> 1, part.gap)
        return covered

    def _rows(self, chain: Chain, counting: int) -> list[list[tuple[int, int]]]:
        """For each part, what is found of it: the number of words and the places where they end. Empty if a part is not found."""
        rows: list[list[tuple[int, int]]] = []
        for part in chain.parts:
            starts = self.after(_union(rows[-1]), part.gap) if rows else self.first if chain.opens else self.all
            row = []
            words, longer = self._found(part.choices)
            if words & starts & counting:
                row.append((1, words & starts & counting))
            for choice in longer:
                ends = starts & self._places[choice[0]] & counting
                for key in choice[1:]:
                    ends = (ends << 1) & ~self.first & self._places[key] & counting
                if ends:
                    row.append((len(choice), ends))
            if chain.closes and part is chain.parts[-1]:
                row = [(length, ends & self.last) for length, ends in row if ends & self.last]
            if not row:
                return []
            rows.append(row)
        return rows

    def _found(self, choices: Choices) -> tuple[int, list[Row]]:
        """The places of single words, and the longer rows whose words all stand somewhere in the message."""
        found = self._present.get(choices)
        if found is None:
            places = 0
            for word in choices.words & self.keys:
                places |= self._places[word]
            found = self._present[choices] = (places, [row for row in choices.longer if self.keys.issuperset(row)])
        return found


def _union(row: Iterable[tuple[int, int]]) -> int:
    union = 0
    for _, ends in row:
        union |= ends
    return union


def _back(places: int, steps: int) -> int:
    reached = places
    for _ in range(steps):
        places >>= 1
        reached |= places
    return reached


class Reader:
    """Makes messages whose words are those of the phrases, however they are spelt."""

    def __init__(self, phrases: Iterable[Phrase], misspelt: Iterable[str] = (), real_words: Iterable[str] = (), ignored: Iterable[str] = ()) -> None:
        """The words of `misspelt` are found however they are spelt, save in `real_words`; `ignored` ones are passed over."""
        keys = {key for phrase in phrases for chain in phrase.chains for key in chain.keys}
        self._ranges = {key: read_number(key) for key in keys if key[0] == "#"}
        self._stems = frozenset(key for key in keys if key.endswith("*"))
        self._words = keys - self._stems
        self._lengths = range(min(map(len, self._stems), default=1) - 1, max(map(len, self._stems), default=0))
        self._ignored = frozenset(ignored)
        self._near_words = NearWords(misspelt, self._words | self._ignored | {*real_words, *IN_WORDS, *IN_MG})
        self._look_up = lru_cache(REMEMBERED)(self._found)

    def read(self, text: str) -> Message:
        words: list[str] = []
        keys: list[Sequence[str]] = []
        numbers: dict[int, Number] = {}
        first = clause = 1
        for token in TOKEN.findall(fold(APOSTROPHE.sub("", text))):
            if token in ENDS_SENTENCE:
                first |= 1 << len(words)
            elif token in ENDS_CLAUSE:
                clause |= 1 << len(words)
            elif token in IN_MG and len(words) - 1 in numbers and not numbers[len(words) - 1][1] and not first >> len(words):
                numbers[len(words) - 1] = (numbers[len(words) - 1][0] * IN_MG[token], "mg")
            elif token[0].isdigit() or token in IN_WORDS:
                numbers[len(words)] = (_value(token), "")
                words.append(token)
                keys.append((token,))
            elif token not in self._ignored:
                for word, found in self._look_up(token):
                    words.append(word)
                    keys.append(found)
        inside = (1 << len(words)) - 1
        return Message(words, keys, numbers, self._ranges, first & inside, (first | clause) & inside)

    def _found(self, token: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The words that a token stands for, each with the keys that find it."""
        keys = self._keys(token)
        if keys:
            return ((token, keys),)
        return tuple((word, self._keys(word)) for word in self._near_words.correct(token))

    def _keys(self, word: str) -> tuple[str, ...]:
        stems = tuple(stem for end in self._lengths if end <= len(word) and (stem := f"{word[:end]}*") in self._stems)
        return (word, *stems) if word in self._words else stems


def _value(token: str) -> float:
    if token in IN_WORDS:
        return IN_WORDS[token]
    whole = re.sub(r",(?=\d{3}(?:\D|$))", "", token[:15]).replace(",", ".")
    return float(whole) if whole.count(".") <= 1 else float(whole.split(".")[0])
