"""Search by words (BM25). The only file that imports bm25s and Stemmer."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Sequence

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

WORD = re.compile(r"[a-z0-9]+(?:[.,]\d+)*")
STEMMER = Stemmer.Stemmer("english")

# Words that carry no topic, in questions as in texts.
STOPWORDS = frozenset(
    "a about actually after again all also always am an and any are as at be because been before being but by can cannot could did do does doing "
    "don down each either else even ever every few for from get gets getting give go goes going gonna got had has have having he hello her here hers hi "
    "him his how i if im in into is isn it its itself just know let like m made make makes many may maybe me might mine more most much must my "
    "myself need no nor not now of off ok on once one only or other our ours out over own per please re really s said same say says see she should "
    "shall so some somebody someone something sometimes still such sure t tell than thank thanks that the their theirs them then there these they "
    "thing things think this those through to too true u up us use used using ve very want was way we well were what whats when where whether which while "
    "who whom whose why will with without would yes you your yours "
    "dont doesnt didnt cant couldnt wont wouldnt shouldnt isnt arent wasnt werent havent hasnt hadnt im ive youre theyre thats whats hows".split()
)


def fold(text: str) -> str:
    """Lower case, without accents, typographic apostrophes made plain.

    >>> fold("Raynaud’s Naïve")
    "raynaud's naive"
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower()


def words(text: str) -> list[str]:
    """Folded words and numbers, in order; a possessive loses its "s".

    >>> words("Dr. Rapson’s 310-320 mg, 0.5 or 1,000")
    ['dr', 'rapson', '310', '320', 'mg', '0.5', 'or', '1,000']
    """
    return WORD.findall(re.sub(r"'s?\b", " ", fold(text)))


def terms(text: str) -> list[str]:
    """The stems of the words that carry a topic (Porter 2).

    >>> terms("How does it relieve cramping?")
    ['reliev', 'cramp']
    """
    stems: list[str] = STEMMER.stemWords([word for word in words(text) if word not in STOPWORDS])
    return stems


class LexicalIndex:
    """BM25 (Lucene's variant) over texts; row i keeps the number i."""

    def __init__(self, bm25: bm25s.BM25, vocabulary: dict[str, int]) -> None:
        self._bm25 = bm25
        self._vocabulary = vocabulary

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> LexicalIndex:
        vocabulary: dict[str, int] = {}
        rows = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)] for text in texts]
        if not vocabulary:  # bm25s divides by the mean length; a term that nobody can ask for gives it one
            vocabulary, rows = {"": 0}, [[0] for _ in texts]
        bm25 = bm25s.BM25(k1=1.2, b=0.75)
        bm25.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        return cls(bm25, vocabulary)

    @property
    def count(self) -> int:
        return int(self._bm25.scores["num_docs"])

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return tuple(self._vocabulary)

    def scores(self, query: str) -> NDArray[np.float32]:
        """The BM25 score of every row, `(n,)`; 0 where no term is shared."""
        ids = [self._vocabulary[term] for term in terms(query) if term in self._vocabulary]
        if not ids:
            return np.zeros(self.count, dtype=np.float32)
        return np.asarray(self._bm25.get_scores_from_ids(ids), dtype=np.float32)

    def to_bytes(self) -> bytes:
        buffer = io.BytesIO()
        scores = self._bm25.scores
        vocabulary = np.frombuffer(json.dumps(list(self._vocabulary), ensure_ascii=False).encode(), dtype=np.uint8)
        np.savez(
            buffer,
            allow_pickle=False,
            data=scores["data"],
            indices=scores["indices"],
            indptr=scores["indptr"],
            num_docs=np.int64(scores["num_docs"]),
            vocabulary=vocabulary,
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> LexicalIndex:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            stored = {name: arrays[name] for name in arrays.files}
        vocabulary = {term: row for row, term in enumerate(json.loads(stored["vocabulary"].tobytes()))}
        bm25 = bm25s.BM25(k1=1.2, b=0.75)
        bm25.scores = {"data": stored["data"], "indices": stored["indices"], "indptr": stored["indptr"], "num_docs": int(stored["num_docs"])}
        bm25.vocab_dict = vocabulary
        bm25.nonoccurrence_array = None  # Lucene's variant gives nothing for a term that a text does not hold
        return cls(bm25, vocabulary)
