"""The story of a question that becomes an answer, top to bottom; every other file here is a leaf that it calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chat.answers import ABSTAIN, ANSWER, EMERGENCY, SMALLTALK, Answer, Citation, Trace
from chat.confidence import Calibration, Rarity, measure
from chat.emergency import red_flag
from chat.followup import queries
from chat.guard import LONGEST_QUESTION, clean, clean_history, is_too_long
from chat.misspellings import Speller
from chat.retrieve import SIGNALS, Weights, nearness, score_sentences
from chat.select import Limits, quotable, select
from chat.smalltalk import small_talk
from indexer.embed import Embedder
from indexer.errors import IndexUnusable
from indexer.index import Index
from indexer.records import Span


@dataclass(frozen=True, slots=True)
class Settings:
    """How an index is asked; under the `threshold` of confidence Magpie abstains."""

    weights: Weights
    calibration: Calibration
    threshold: float
    limits: Limits = field(default_factory=Limits)
    carried: float = 0.5  # what a follow-up adds near the sentence that answered the question before; chosen on dev


# Calibrations and thresholds are what `python -m evals calibrate` printed, in the order of `Signals`; weights were
# chosen by hand-run search. With a bank: on the dev split of the suite. Without: on SQuAD 2, which has no bank.
WITH_BANK = Settings(
    Weights(sentence=0.3, passage=0.1, question=1.0, words=0.05, question_words=0.3),
    Calibration(bias=-2.980, weights=(5.416, 5.538, 8.312, -4.565, -10.543, 3.327, -0.532)),
    threshold=0.48,
)
WITHOUT_BANK = Settings(
    Weights(sentence=1.0, passage=0.5, question=0.0, words=0.5, question_words=0.0),
    Calibration(bias=-2.779, weights=(1.707, 1.707, 0.0, 0.0, 0.0, 0.927, -0.934)),
    threshold=0.28,
)


class Answerer:
    """An opened index with the model that made it. `answer` keeps no state and may be called by several threads.

    Raises `IndexUnusable` when the index was made by another model.
    """

    def __init__(self, index: Index, embedder: Embedder, settings: Settings | None = None) -> None:
        made_by = index.manifest["model"]
        if (made_by["name"], made_by["sha256"]) != (embedder.name, embedder.digest):
            raise IndexUnusable(
                f"expected the model that made the index, {made_by['name']} ({made_by['sha256'][:12]}…), found {embedder.name} ({embedder.digest[:12]}…): "
                f"run python -m indexer build --model {embedder.name}"
            )
        self.index = index
        self.embedder = embedder
        self.settings = settings or (WITH_BANK if index.questions else WITHOUT_BANK)
        self._rarity = Rarity(index)
        known = (*(document.text for document in index.documents.values()), *(question.text for question in index.questions), *index.unanswered)
        self._speller = Speller(known)

    def answer(self, question: object, history: Sequence[object] = (), within: Sequence[tuple[str, Span | None]] | None = None) -> Answer:
        """`within` limits the citations to these parts of documents (None for a whole one). Raises `QuestionRefused`
        for what is no text."""
        asked, earlier = clean(question), clean_history(history)
        if is_too_long(asked):
            return Answer(asked[:LONGEST_QUESTION], "", SMALLTALK, (), 1.0, Trace(reason="too long"))
        danger = red_flag(asked, earlier)
        talk = None if danger else small_talk(asked)
        if talk:
            return Answer(asked, "", SMALLTALK, (), 1.0, Trace(reason=talk))

        spelt = self._speller.correct(asked)
        before = [self._speller.correct(question) for question in earlier if not small_talk(question)]
        searched = queries(spelt, before)
        query = searched[-1].text if len(searched) > 1 else spelt
        found = score_sentences(self.index, self.embedder, searched, self.settings.weights)
        total = found.total + self._carried(searched[0].weight, before)
        scores = np.where(quotable(self.index, query, within), total, -np.inf).astype(np.float32)
        if not np.isfinite(scores).any():  # nothing may be cited
            return Answer(asked, query, EMERGENCY if danger else ABSTAIN, (), 0.0, Trace(reason=danger or "no sentence may be cited"))
        best = int(np.argmax(scores))
        signals = measure(self.index, spelt, searched, found, best, self._rarity)
        confidence = self.settings.calibration.confidence(signals)
        citations, candidates = select(self.index, scores, found.signals, SIGNALS, self.settings.limits)
        self._verify(citations)

        sure = confidence >= self.settings.threshold
        kind = EMERGENCY if danger else ANSWER if sure else ABSTAIN
        trace = Trace(
            queries=tuple((searched_query.text, searched_query.weight) for searched_query in searched),
            candidates=candidates,
            unknown=self._rarity.unknown_words(spelt),
            signals=signals.named(),
            reason=danger or ("" if sure else f"confidence {confidence:.2f} is under {self.settings.threshold:.2f}"),
        )
        return Answer(asked, query, kind, citations if sure else (), confidence, trace)

    def _carried(self, own: float, before: Sequence[str]) -> NDArray[np.float32] | float:
        """`(n,)`: what the answer before adds to its surroundings, by how little (`own`, 0 to 1) the question says alone."""
        if own == 1.0 or not before:
            return 0.0
        found = score_sentences(self.index, self.embedder, queries(before[-1], before[:-1]), self.settings.weights)
        return np.asarray(self.settings.carried * (1.0 - own) * nearness(self.index, int(np.argmax(found.total))), np.float32)

    def _verify(self, citations: Sequence[Citation]) -> None:
        """The last look before an answer leaves: every quote is the slice of its source."""
        for citation in citations:
            if self.index.documents[citation.document_id].slice(citation.span) != citation.quote:
                raise IndexUnusable(f"expected the words of {citation.document_id} at {citation.span.start}, found others: run python -m indexer build")
