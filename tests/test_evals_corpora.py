"""Other corpora: their index is built once, their questions are sampled the same way everywhere, their passage is kept to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chat.answer import WITH_BANK, Answerer
from evals.cases import EvalCaseError, Place
from evals.corpora import cache_folder, closed_setting, open_setting, sample
from indexer.build import Settings as BuildSettings
from indexer.build import build
from indexer.corpus import Corpus
from indexer.index import open_index
from indexer.records import Span
from tests.conftest import ToyEmbedder, quiet
from tests.evals_toys import DOCUMENTS, case

CASES = [case(f"c{number}", f"question {number}") for number in range(200)]


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("toy")
    build(Corpus(tuple(DOCUMENTS.values()), {}, (), (), {}), ToyEmbedder(), folder, BuildSettings(), quiet)
    return Answerer(open_index(folder), ToyEmbedder(), replace(WITH_BANK, threshold=0.0))


def test_a_sample_is_the_same_every_time_and_keeps_the_order() -> None:
    chosen = sample(CASES, 20)
    assert len(chosen) == 20 and chosen == sample(CASES, 20)
    assert [CASES.index(one) for one in chosen] == sorted(CASES.index(one) for one in chosen)
    assert chosen != tuple(CASES[:20])


def test_a_sample_does_not_hang_on_the_order_of_the_file() -> None:
    assert set(one.id for one in sample(CASES[::-1], 20)) == set(one.id for one in sample(CASES, 20))


def test_a_smaller_sample_is_part_of_a_larger_one() -> None:
    assert set(one.id for one in sample(CASES, 20)) < set(one.id for one in sample(CASES, 50))


def test_no_limit_and_a_large_one_take_all() -> None:
    assert sample(CASES, None) == sample(CASES, 1000) == tuple(CASES)


def test_a_sample_is_spread_over_the_whole() -> None:
    places = [CASES.index(one) for one in sample(CASES, 100)]
    assert 35 < sum(place < 100 for place in places) < 65


def test_the_cache_is_named_by_the_set() -> None:
    assert cache_folder(Path("sets/scifact/corpus.jsonl")) == Path("build/benchmarks/scifact")
    assert cache_folder(Path("sets/articles")) == Path("build/benchmarks/articles")


def test_the_closed_setting_cites_the_passage_of_the_question_only(answerer: Answerer) -> None:
    asked = replace(case("owls", "do owls hunt at night?", expected=[["Owls hunt at night."]]), context=Place("sky", Span(0, 19)))
    closed, everywhere = closed_setting(answerer, [asked])(asked), open_setting(answerer)(asked)
    assert {(citation.document_id, citation.quote) for citation in closed.citations} == {("sky", "Larks sing at dawn.")}
    assert everywhere.citations[0].quote == "Owls hunt at night."


def test_the_closed_setting_needs_a_passage_for_every_question(answerer: Answerer) -> None:
    with pytest.raises(EvalCaseError, match=r"'context' in every case for --closed, found 1 without, 'bare' first"):
        closed_setting(answerer, [replace(CASES[0], context=Place("sky", Span(0, 19))), case("bare")])


def test_the_cases_of_a_set_load_with_their_context(tmp_path: Path) -> None:
    from evals.cases import load_cases

    line = {"id": "1", "kind": "single", "history": [], "question": "who?", "context": {"doc": "sea", "start": 0, "end": 12}}
    line |= {"expected": [[{"document": "sea", "exact": "Whales", "start": 0, "end": 6}]]}
    (tmp_path / "cases.jsonl").write_text(json.dumps(line), "utf-8")
    (found,) = load_cases([tmp_path / "cases.jsonl"], DOCUMENTS)
    assert (found.split, found.context) == ("test", Place("sea", Span(0, 12)))
