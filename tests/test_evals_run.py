"""Cases are asked and compared: by a real answerer over a small corpus, and by ones that are broken on purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chat.answer import WITH_BANK, Answerer
from chat.answers import Answer
from evals.cases import Case, Place
from evals.report import run_lines
from evals.run import evaluate
from indexer.build import Settings as BuildSettings
from indexer.build import build
from indexer.corpus import Corpus
from indexer.index import open_index
from indexer.records import Span
from tests.conftest import ToyEmbedder, quiet
from tests.evals_toys import DOCUMENTS, case

WALK = case("walk", "do crabs walk sideways?", expected=[["Crabs walk sideways."]])
HUNT = case("hunt", "do owls hunt at night?", expected=[["Owls hunt at night."]])


@pytest.fixture(scope="module")
def toy_answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("toy")
    build(Corpus(tuple(DOCUMENTS.values()), {}, (), (), {}), ToyEmbedder(), folder, BuildSettings(), quiet)
    return Answerer(open_index(folder), ToyEmbedder(), replace(WITH_BANK, threshold=0.0))


def test_a_real_answer_becomes_places_ranks_and_a_verdict(toy_answerer: Answerer) -> None:
    (found,) = evaluate([WALK], lambda asked: toy_answerer.answer(asked.question), toy_answerer.index)
    assert found.citations[0] == WALK.expected[0][0]
    assert found.quotes[0] == "Crabs walk sideways."
    assert found.sentences[0] == "sea:13-33"
    assert found.relevant_sentences == {"sea:13-33"}
    assert found.relevant_passages == {"sea:0-58"} and found.passages[0] == "sea:0-58"
    assert (found.kind, found.verbatim, found.disclaimed, found.error) == ("answer", True, True, "")
    assert found.elapsed_ms > 0


def test_every_case_is_asked_once_in_order_and_progress_is_told(toy_answerer: Answerer) -> None:
    asked: list[str] = []
    told: list[int] = []

    def ask(about: Case) -> Answer:
        asked.append(about.id)
        return toy_answerer.answer(about.question)

    results = evaluate([WALK, HUNT], ask, toy_answerer.index, told.append)
    assert asked == [found.case.id for found in results] == ["walk", "hunt"]
    assert told == [1, 2]


def test_a_raising_answerer_fails_its_case_and_the_others_are_asked(toy_answerer: Answerer) -> None:
    def ask(about: Case) -> Answer:
        if about.id == "walk":
            raise ZeroDivisionError("no crabs")
        return toy_answerer.answer(about.question)

    broken, sound = evaluate([WALK, HUNT], ask, toy_answerer.index)
    assert (broken.verdict, broken.error) == ("error", "ZeroDivisionError: no crabs")
    assert broken.relevant_sentences == {"sea:13-33"}
    assert sound.verdict != "error"


def test_an_altered_quote_is_not_verbatim(toy_answerer: Answerer) -> None:
    def ask(about: Case) -> Answer:
        answer = toy_answerer.answer(about.question)
        first = replace(answer.citations[0], quote=answer.citations[0].quote.replace("Crabs", "Crabz"))
        return replace(answer, citations=(first, *answer.citations[1:]))

    (found,) = evaluate([WALK], ask, toy_answerer.index)
    assert not found.verbatim and found.verdict == "altered"


def test_a_citation_of_an_unknown_text_is_an_error(toy_answerer: Answerer) -> None:
    def ask(about: Case) -> Answer:
        answer = toy_answerer.answer(about.question)
        return replace(answer, citations=(replace(answer.citations[0], document_id="moon"),))

    (found,) = evaluate([WALK], ask, toy_answerer.index)
    assert found.error == "cites moon, which the index does not hold"


def test_the_confidence_is_that_of_answers_and_refusals_only(toy_answerer: Answerer) -> None:
    greeting = case("hi", "hello", kind="smalltalk")
    talk, searched = evaluate([greeting, WALK], lambda asked: toy_answerer.answer(asked.question), toy_answerer.index)
    assert talk.confidence == 0.0
    assert searched.confidence == toy_answerer.answer(WALK.question).confidence > 0


def test_a_place_within_a_long_sentence_makes_the_sentence_relevant(toy_answerer: Answerer) -> None:
    word = replace(WALK, expected=((Place("sea", Span(14, 18)),),))
    (found,) = evaluate([word], lambda asked: toy_answerer.answer(asked.question), toy_answerer.index)
    assert found.relevant_sentences == {"sea:13-33"}
    assert next(iter(run_lines([found], "sentences"))).split()[:4] == ["walk", "Q0", "sea:13-33", "1"]
