"""Misspelt words of a question become words that the index knows. The only file that imports rapidfuzz and spellchecker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist
from spellchecker import SpellChecker

from indexer.lexical import STOPWORDS, words

SHORTEST = 4  # letters; shorter words have too many neighbours
SECOND_ERROR_FROM = 8  # letters from which two errors are one misspelling


class Speller:
    """The words of an index, each with how often it stands there, beside a dictionary of English that says what is no
    misspelling."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._english = SpellChecker(language="en").word_frequency.dictionary
        self._counts = Counter(word for text in texts for word in words(text) if len(word) >= SHORTEST and word.isalpha())
        self._words = sorted(self._counts)

    def correct(self, question: str) -> str:
        """The question in folded words, each unknown one replaced by the nearest known one; as it was if nothing is
        misspelt.

        Near is one letter changed, left out, added or swapped (two in a long word), with the first letter right; of
        several, the most frequent. Damerau (1964) found that four of five misspellings are of that kind.
        """
        written = words(question)
        unknown = [word for word in written if self._is_unknown(word)]
        if not unknown or not self._words:
            return question
        nearest = self._nearest(unknown)
        return " ".join(nearest.get(word, word) for word in written) if nearest else question

    def _is_unknown(self, word: str) -> bool:
        return len(word) >= SHORTEST and word.isalpha() and not (word in self._counts or word in STOPWORDS or word in self._english)

    def _nearest(self, unknown: list[str]) -> dict[str, str]:
        distances = cdist(unknown, self._words, scorer=OSA.distance, score_cutoff=2)
        nearest = {}
        for word, row in zip(unknown, distances, strict=True):
            reach = 2 if len(word) >= SECOND_ERROR_FROM else 1
            near = [
                (int(row[number]), -self._counts[self._words[number]], self._words[number])
                for number in (row <= reach).nonzero()[0]
                if self._words[number][0] == word[0]
            ]
            if near:
                nearest[word] = min(near)[2]
        return nearest
