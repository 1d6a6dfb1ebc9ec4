"""Misspelt words, brought back to the few words that matter to safety. Every other word is left as it is.

Two ways lead from a misspelling to its word: it sounds alike ("siezure", "anaphalaxis"), which is told by the consonants
that are heard; or one letter is wrong, missing, added or swapped ("bleding"), which is looked up among the words with one
letter left out (the symmetric deletes of SymSpell, Garbe 2012). Either way the edit distance has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST = 4  # letters; shorter words have too many neighbours that are words themselves
HEARD = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        *(("^kn", "n"), ("^wr", "r"), ("^ps", "s"), ("ph", "f"), ("gh", ""), ("t?ch", "k"), ("c(?=[eiy])", "s"), ("[cq]", "k"), ("z", "s"), ("x", "ks")),
        *(("(?<=.)[aeiouywh]", ""), (r"(.)\1+", r"\1")),
    )
]


def sound(word: str) -> str:
    """The consonants that are heard, and the first letter.

    >>> sound("siezure"), sound("seizure")
    ('sr', 'sr')
    """
    for pattern, heard in HEARD:
        word = pattern.sub(heard, word)
    return word


def distance(one: str, other: str) -> int:
    """Letters to change, add, leave out or swap with the next (optimal string alignment).

    >>> distance("siezure", "seizure")
    1
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        two_before, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _shortened(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


class NearWords:
    """The words that are looked for, and others that are `known` to be spelt as they are meant."""

    def __init__(self, wanted: Iterable[str], known: Iterable[str] = ()) -> None:
        self._wanted = frozenset(wanted)
        self._known = self._wanted | set(known)
        self._longest = max(map(len, self._wanted), default=0) + 2
        self._alike: dict[str, list[str]] = {}
        self._near: dict[str, list[str]] = {}
        for word in sorted(self._wanted):
            self._alike.setdefault(sound(word), []).append(word)
            for short in _shortened(word):
                self._near.setdefault(short, []).append(word)

    def correct(self, word: str) -> tuple[str, ...]:
        """The word that is meant; two words where two were run together; the word itself where none is near.

        >>> NearWords(["chest", "pain"]).correct("payn"), NearWords(["chest", "pain"]).correct("chestpain")
        (('pain',), ('chest', 'pain'))
        """
        if not SHORTEST <= len(word) <= 2 * self._longest or word in self._known:
            return (word,)
        for place in range(SHORTEST, len(word) - SHORTEST + 1):
            halves = (word[:place], word[place:])
            if self._known.issuperset(halves) and not self._wanted.isdisjoint(halves):
                return halves
        return (self._nearest(word),)

    def _nearest(self, word: str) -> str:
        near = [(distance(word, other), other) for other in self._alike.get(sound(word), ())]
        near = [(far, other) for far, other in near if far <= (1 if len(word) <= 5 else 2)]
        if not near and len(word) > SHORTEST:
            candidates = {other for short in _shortened(word) for other in self._near.get(short, ())}
            near = [(1, other) for other in candidates if other[0] == word[0] and abs(len(other) - len(word)) <= 1 and distance(word, other) == 1]
        return min(near)[1] if near else word
