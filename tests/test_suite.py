"""The whole suite on the real texts with the real model: the gate is open, and no quote is anything but its source."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from chat.answer import Answerer
from chat.disclaimer import DISCLAIMER
from chat.render import to_record
from evals.cases import load_cases
from evals.corpora import open_setting
from evals.gate import hold, read_baseline, verdict_lines
from evals.run import Result, evaluate
from tests.conftest import CORPUS, ROOT

EVALS = ROOT / "evals"


@pytest.fixture(scope="module")
def results(answerer: Answerer) -> Sequence[Result]:
    cases = load_cases([EVALS / "cases"], answerer.index.documents)
    return evaluate(cases, open_setting(answerer), answerer.index, lambda done: None)


def test_the_gate_is_open(results: Sequence[Result]):
    baseline = read_baseline(EVALS / "baseline.json")
    held = hold(results, baseline)
    assert held.open, "\n".join(verdict_lines(held, results, baseline))


def test_every_quote_of_every_case_is_the_slice_of_the_corpus_file(answerer: Answerer):
    files = {file.name: file.read_bytes().decode("utf-8") for file in CORPUS.glob("*.txt")}
    cited = 0
    for case in load_cases([EVALS / "cases"], answerer.index.documents):
        record = json.loads(json.dumps(to_record(case.id, answerer.answer(case.question, case.history), answerer.index.documents, 0.0)))
        assert record["disclaimer"] == DISCLAIMER
        for citation in record["citations"]:
            text = files[citation["file"]]
            exact, position = citation["selector"]
            assert text[citation["start"] : citation["end"]] == citation["quote"] == exact["exact"], case.id
            assert exact["prefix"] + exact["exact"] + exact["suffix"] in text
            assert (position["start"], position["end"]) == (citation["start"], citation["end"])
            cited += 1
    assert cited > 500
