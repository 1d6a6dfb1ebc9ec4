"""The whole suite over the five texts, found by a toy model so that it is quick: our measures against ir_measures, and
the gate against answerers that are broken on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import ir_measures
import pytest

from chat.answer import WITH_BANK, Answerer
from chat.answers import Answer, Citation
from evals.cases import Case, load_cases
from evals.figures import summarise
from evals.gate import Baseline, Held, baseline_of, hold
from evals.report import table, trec_id, write
from evals.run import Ask, Result, evaluate
from indexer.build import Settings as BuildSettings
from indexer.build import build
from indexer.corpus import Corpus
from indexer.index import open_index
from tests.conftest import ROOT, ToyEmbedder, quiet


@pytest.fixture(scope="module")
def answerer(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder, embedder = tmp_path_factory.mktemp("index"), ToyEmbedder(dimension=256)
    build(corpus, embedder, folder, BuildSettings(), quiet)
    return Answerer(open_index(folder), embedder)


@pytest.fixture(scope="module")
def cases(answerer: Answerer) -> Sequence[Case]:
    return load_cases([ROOT / "evals" / "cases"], answerer.index.documents)


@pytest.fixture(scope="module")
def answers(answerer: Answerer, cases: Sequence[Case]) -> dict[str, Answer]:
    return {case.id: answerer.answer(case.question, case.history) for case in cases}


@pytest.fixture(scope="module")
def results(answerer: Answerer, cases: Sequence[Case], answers: dict[str, Answer]) -> tuple[Result, ...]:
    return evaluate(cases, lambda case: answers[case.id], answerer.index)


@pytest.fixture(scope="module")
def baseline(results: Sequence[Result]) -> Baseline:
    return baseline_of(results)


def test_the_suite_holds_what_was_asked_of_it(cases: Sequence[Case]) -> None:
    assert len(cases) >= 400
    assert {case.kind for case in cases} == {"single", "follow_up", "multi", "conflict", "provenance", "unanswerable", "emergency", "smalltalk"}
    assert sum(case.kind == "unanswerable" for case in cases) >= 100


@pytest.mark.parametrize("unit", ["sentences", "passages"])
def test_retrieval_measures_equal_ir_measures_on_the_exported_files(results: Sequence[Result], answerer: Answerer, tmp_path: Path, unit: str) -> None:
    write(tmp_path, results, answerer.index.documents)
    names = {"nDCG@10": f"nDCG@10 {unit[:-1]}", "RR": f"RR {unit[:-1]}"} | {f"R@{k}": f"R@{k} {unit[:-1]}" for k in (1, 3, 5, 10)}
    answerable = [result for result in results if result.case.answerable]
    ours = {figure.measure: figure for figure in summarise(answerable)}
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / f"qrels.{unit}.trec")))
    run = list(ir_measures.read_trec_run(str(tmp_path / f"run.{unit}.trec")))
    assert {entry.query_id for entry in qrels} == {trec_id(result.case.id) for result in answerable}  # so that the means are over the same cases
    theirs = ir_measures.calc_aggregate([ir_measures.parse_measure(name) for name in names], qrels, run)
    for measure, value in theirs.items():
        assert round(ours[names[str(measure)]].value, 4) == round(value, 4), measure
    assert 0.2 < ours[names["nDCG@10"]].value < 1


def test_the_gate_is_open_to_the_answerer_that_it_was_set_by(results: Sequence[Result], baseline: Baseline) -> None:
    held = hold(results, baseline)
    assert held.open and not held.lost and not held.gained


def gate(ask: Ask, cases: Sequence[Case], answerer: Answerer, baseline: Baseline) -> Held:
    return hold(evaluate(cases, ask, answerer.index), baseline)


def broken(held: Held) -> set[str]:
    return {breach.bound.measure for breach in held.breaches}


def test_an_answerer_that_cites_the_previous_questions_passage_is_caught(
    cases: Sequence[Case], answers: dict[str, Answer], answerer: Answerer, baseline: Baseline
) -> None:
    stale = {case.id: answers[before.id] for before, case in zip((cases[-1], *cases), cases, strict=False)}
    held = gate(lambda case: stale[case.id], cases, answerer, baseline)
    assert {"first right", "complete", "citation precision", "RR sentence", "unanswerable refused", "emergency recall"} <= broken(held)
    assert len(held.lost) > 100


def test_an_answerer_that_cites_everything_is_caught(cases: Sequence[Case], answers: dict[str, Answer], answerer: Answerer, baseline: Baseline) -> None:
    index = answerer.index
    all_sentences = tuple(
        Citation(number, sentence.document_id, index.documents[sentence.document_id].title, sentence.section, sentence.span, sentence.text)
        for number, sentence in enumerate(index.sentences, start=1)
    )

    def ask(case: Case) -> Answer:
        return replace(answers[case.id], citations=(*answers[case.id].citations, *all_sentences))

    held = gate(ask, cases[::8], answerer, baseline)
    assert {"citations", "characters quoted", "citation precision", "character precision", "unanswerable refused"} <= broken(held)
    assert "complete" not in broken(held)  # recall alone would have praised it


def test_an_answerer_that_never_abstains_is_caught(cases: Sequence[Case], answerer: Answerer, baseline: Baseline) -> None:
    eager = Answerer(answerer.index, answerer.embedder, replace(WITH_BANK, threshold=0.0))
    held = gate(lambda case: eager.answer(case.question, case.history), cases, answerer, baseline)
    assert "unanswerable refused" in broken(held)
    assert "first right" not in broken(held)  # what it gets right by answering more does not hide it


def test_an_answerer_that_alters_one_character_is_caught(cases: Sequence[Case], answers: dict[str, Answer], answerer: Answerer, baseline: Baseline) -> None:
    chosen = next(case for case in cases if answers[case.id].citations)

    def ask(case: Case) -> Answer:
        answer = answers[case.id]
        if case.id != chosen.id:
            return answer
        first = answer.citations[0]
        altered = first.quote[:3] + ("x" if first.quote[3] != "x" else "y") + first.quote[4:]
        return replace(answer, citations=(replace(first, quote=altered), *answer.citations[1:]))

    held = gate(ask, cases, answerer, baseline)
    assert broken(held) == {"verbatim"}


def test_an_answerer_that_raises_is_caught(cases: Sequence[Case], answers: dict[str, Answer], answerer: Answerer, baseline: Baseline) -> None:
    def ask(case: Case) -> Answer:
        if case.id == cases[0].id:
            raise RuntimeError("the lights went out")
        return answers[case.id]

    assert "errors" in broken(gate(ask, cases, answerer, baseline))


def test_the_table_has_every_figure_by_split_and_kind(results: Sequence[Result]) -> None:
    lines = table(results).splitlines()
    for figure in summarise([result for result in results if result.case.split == "test"]):
        assert sum(line.startswith(figure.measure.ljust(38)) for line in lines) == 1
    assert sum(line.startswith(("single, dev ", "single, test ", "smalltalk, test ")) for line in lines) == 3
