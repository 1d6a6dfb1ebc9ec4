"""Phrases that a nurse can read and extend, found in a message in time linear in its length.

A phrase is a line of words:

    chest hurts            these words, one after the other, also when misspelt
    droop*                 any word that begins so
    tight|heavy            either word
    (passed out|fainted)   either, where one of them is more than a word
    <cannot> breathe       any entry of the list `cannot`
    face ..2 numb          up to two other words between; `..` alone is up to three
    took #10+ tablets      a number of at least 10; `#4-42` from 4 to 42; `#3000+mg` a weight in mg, also written in g
    ^ help $               at the beginning, at the end of a sentence
    pregnan* & bleed*      both, anywhere in the message, in any order

The words of a message are places, a set of places is the bits of one integer, and a phrase is a few shifts and ands
(the Shift-And method of Baeza-Yates and Gonnet, 1992). No phrase reaches over the end of a sentence except with `&`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NoReturn

from chat.near_words import NearWords
from indexer.errors import MagpieError
from indexer.lexical import fold

GAP = 3  # other words that a bare `..` lets stand between
REMEMBERED = 8192  # words whose spelling is not looked up again
APOSTROPHE = re.compile("['`´‘’ʼ]")
TOKEN = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*|[.!?;,:()\n]|-(?= )|[–—]")
ENDS_SENTENCE, ENDS_CLAUSE = frozenset(".!?;\n"), frozenset(",:()-–—")
PIECE = re.compile(r"\([^()]*\)|[^\s()]+")
BAR = re.compile(r"\|(?![^()]*\))")  # no bar within brackets
NUMBER = re.compile(r"#(?:(?P<low>[\d.]+)(?:(?P<open>\+)|-(?P<high>[\d.]+)))?(?P<unit>mg)?")
WORD = re.compile(r"[a-z0-9]+\*?")
IN_WORDS = {
    word: float(value)
    for value, word in [*enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2), (15, "fifteen"), (12, "dozen")]
    + [*zip((20, 30, 40, 50, 60, 70, 80, 90, 100), "twenty thirty forty fifty sixty seventy eighty ninety hundred".split(), strict=True)]
}
IN_MG = {"mg": 1.0, "mgs": 1.0, "milligram": 1.0, "milligrams": 1.0, "g": 1000.0, "gr": 1000.0, "gram": 1000.0, "grams": 1000.0, "gramme": 1000.0, "grammes": 1000.0}


class PhraseUnreadable(MagpieError):
    """A line of a phrase file that the language above does not have."""


Row = tuple[str, ...]  # words that follow one another


class Choices:
    """Rows of words any of which may stand at one part of a phrase."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(dict.fromkeys(rows))
        self.by_first_word: dict[str, list[Row]] = {}
        for row in self.rows:
            self.by_first_word.setdefault(row[0], []).append(row)


Lists = Mapping[str, Choices]


@dataclass(frozen=True, slots=True)
class Part:
    gap: int  # other words that may stand before it
    choices: Choices


@dataclass(frozen=True, slots=True)
class Chain:
    parts: tuple[Part, ...]
    opens: bool  # stands at the beginning of a sentence
    closes: bool  # at its end
    keys: frozenset[str]  # every word, stem and number in it


@dataclass(frozen=True, slots=True)
class Phrase:
    source: str
    chains: tuple[Chain, ...]


def read_lists(entries: Mapping[str, Sequence[str]]) -> Lists:
    """The named lists. A line of a list may hold several entries with `|` between, and lists that stand above its own."""
    lists: dict[str, Choices] = {}
    for name, sources in entries.items():
        lists[name] = Choices(row for source in sources for row in _choices(f"({source})", source, lists).rows)
    return lists


def read_phrase(source: str, lists: Lists) -> Phrase:
    """
    >>> [part.gap for part in read_phrase("face ..2 numb|weak", {}).chains[0].parts]
    [0, 2]
    """
    return Phrase(source, tuple(_chain(half, source, lists) for half in source.split("&")))


def _chain(half: str, source: str, lists: Lists) -> Chain:
    tokens = PIECE.findall(half)
    opens, closes = tokens[:1] == ["^"], tokens[-1:] == ["$"]
    parts: list[Part] = []
    gap = 0
    for token in tokens[opens : len(tokens) - closes]:
        if token.startswith(".."):
            gap = int(token[2:]) if token[2:].isdigit() else GAP if token == ".." else _refuse("`..` or `..4`", token, source)
            continue
        parts.append(Part(gap, _choices(token, source, lists)))
        gap = 0
    if not parts or gap:
        _refuse("a word on both sides of `..` and `&`", half.strip(), source)
    return Chain(tuple(parts), opens, closes, frozenset(key for part in parts for row in part.choices.rows for key in row))


def _choices(piece: str, source: str, lists: Lists) -> Choices:
    if piece.startswith("("):
        return Choices(row for choice in BAR.split(piece[1:-1]) for row in _rows(choice, source, lists))
    words = APOSTROPHE.sub("", piece).split("|")
    if len(words) == 1:
        return _word(words[0], source, lists)
    return Choices(row for word in words for row in _word(word, source, lists).rows)


def _rows(words: str, source: str, lists: Lists) -> Iterator[Row]:
    for rows in product(*(_choices(piece, source, lists).rows for piece in PIECE.findall(words))):
        yield tuple(key for row in rows for key in row)


def _word(word: str, source: str, lists: Lists) -> Choices:
    if word.startswith("<") and word.endswith(">"):
        return lists[word[1:-1]] if word[1:-1] in lists else _refuse("the name of a list that stands above", word, source)
    if WORD.fullmatch(word) or NUMBER.fullmatch(word):
        return Choices([(word,)])
    return _refuse("a word in small letters", word, source)


def _refuse(expected: str, found: str, source: str) -> NoReturn:
    raise PhraseUnreadable(f"expected {expected}, found “{found}” in the phrase “{source}”: mend that line")


class Phrases:
    """Phrases to be looked for together; only those are tried of which a telling word stands in the message."""

    def __init__(self, sources: Iterable[str], lists: Lists) -> None:
        self._phrases = tuple(read_phrase(source, lists) for source in sources)
        self._by_key: dict[str, list[int]] = {}
        for number, phrase in enumerate(self._phrases):
            for key in {key for chain in phrase.chains for key in _most_telling(chain).choices.by_first_word}:
                self._by_key.setdefault(key, []).append(number)

    def __iter__(self) -> Iterator[Phrase]:
        return iter(self._phrases)

    def possible(self, message: Message) -> Iterator[Phrase]:
        """In their order, the phrases that may be found in a message."""
        numbers = {number for key in message.keys & self._by_key.keys() for number in self._by_key[key]}
        return (self._phrases[number] for number in sorted(numbers))

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


def _most_telling(chain: Chain) -> Part:
    return min(chain.parts, key=lambda part: len(part.choices.rows))


class Message:
    """The words of a text as places; `first` and `clause` hold the places where a sentence, a part of one begins."""

    def __init__(self, words: Sequence[str], keys: Sequence[Sequence[str]], numbers: Mapping[int, tuple[float, str]], first: int, clause: int, number_keys: Iterable[str]) -> None:
        self.words = tuple(words)
        self.all = (1 << len(words)) - 1
        self.first = first
        self.clause = clause
        self.last = (first >> 1) | (1 << len(words) >> 1)
        self._numbers = numbers
        self._places: dict[str, int] = {}
        for place, found in enumerate(keys):
            for key in found:
                self._places[key] = self._places.get(key, 0) | 1 << place
        for key in {key for key in number_keys if any(_fits(key, *number) for number in numbers.values())}:
            self._places[key] = sum(1 << place for place, number in numbers.items() if _fits(key, *number))
        self.keys = self._places.keys()
        self._present: dict[Choices, list[Row]] = {}

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
        """For each part, the choices that are found: their length and the places where they end. Empty if one has none."""
        rows: list[list[tuple[int, int]]] = []
        for part in chain.parts:
            starts = self.after(_union(rows[-1]), part.gap) if rows else self.first if chain.opens else self.all
            row = []
            for choice in self._found(part.choices):
                ends = starts & self._places[choice[0]] & counting
                for key in choice[1:]:
                    ends = (ends << 1) & ~self.first & self._places[key] & counting
                if chain.closes and part is chain.parts[-1]:
                    ends &= self.last
                if ends:
                    row.append((len(choice), ends))
            if not row:
                return []
            rows.append(row)
        return rows

    def _found(self, choices: Choices) -> list[Row]:
        """The rows whose words all stand somewhere in the message."""
        found = self._present.get(choices)
        if found is None:
            rows = (row for key in self.keys & choices.by_first_word.keys() for row in choices.by_first_word[key])
            found = self._present[choices] = [row for row in rows if len(row) == 1 or all(key in self._places for key in row)]
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


def _fits(key: str, value: float, unit: str) -> bool:
    match = NUMBER.fullmatch(key)
    if match is None or (match["unit"] or "") != unit:
        return False
    low = float(match["low"]) if match["low"] else 0.0
    high = float(match["high"]) if match["high"] else float("inf")
    return low <= value <= high


class Reader:
    """Makes messages whose words are those of the phrases, however they are spelt."""

    def __init__(self, phrases: Iterable[Phrase], misspelt: Iterable[str] = (), real_words: Iterable[str] = (), ignored: Iterable[str] = ()) -> None:
        """The words of `misspelt` are found however they are spelt, save in `real_words`; `ignored` ones are passed over."""
        keys = {key for phrase in phrases for chain in phrase.chains for key in chain.keys}
        self._number_keys = tuple(key for key in keys if key[0] == "#")
        self._stems = frozenset(key for key in keys if key.endswith("*"))
        self._words = keys - self._stems
        self._lengths = range(min(map(len, self._stems), default=1) - 1, max(map(len, self._stems), default=0))
        self._ignored = frozenset(ignored)
        self._near_words = NearWords(misspelt, self._words | self._ignored | {*real_words, *IN_WORDS, *IN_MG})
        self._look_up = lru_cache(REMEMBERED)(self._found)

    def read(self, text: str) -> Message:
        words: list[str] = []
        keys: list[Sequence[str]] = []
        numbers: dict[int, tuple[float, str]] = {}
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
        return Message(words, keys, numbers, first & inside, (first | clause) & inside, self._number_keys)

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
