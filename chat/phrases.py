"""The language of the phrase files, which a nurse can read and extend; `chat/matching.py` finds them in a message.

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

No phrase reaches over the end of a sentence except with `&`. In a list, an entry may hold several with `|` between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NoReturn

from indexer.errors import MagpieError

GAP = 3  # other words that a bare `..` lets stand between
APOSTROPHE = re.compile("['`´‘’ʼ]")
PIECE = re.compile(r"\([^()]*\)|[^\s()]+")
BAR = re.compile(r"\|(?![^()]*\))")  # no bar within brackets
NUMBER = re.compile(r"#(?:(?P<low>[\d.]+)(?:(?P<open>\+)|-(?P<high>[\d.]+)))?(?P<unit>mg)?")
WORD = re.compile(r"[a-z0-9]+\*?")


class PhraseUnreadable(MagpieError):
    """A line of a phrase file that the language above does not have."""


Row = tuple[str, ...]  # words that follow one another
Range = tuple[float, float, str]  # lowest, highest, unit


class Choices:
    """Rows of words any of which may stand at one part of a phrase."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(dict.fromkeys(rows))
        self.words = frozenset(row[0] for row in self.rows if len(row) == 1)
        self.longer = tuple(row for row in self.rows if len(row) > 1)
        self.beginnings = frozenset(row[0] for row in self.rows)


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


def read_number(key: str) -> Range:
    """Lowest, highest and unit of a number in a phrase.

    >>> read_number("#4-42"), read_number("#3000+mg")
    ((4.0, 42.0, ''), (3000.0, inf, 'mg'))
    """
    match = NUMBER.fullmatch(key)
    low, high, unit = (match["low"], match["high"], match["unit"]) if match else (None, None, None)
    return float(low or 0), float(high or "inf"), unit or ""
