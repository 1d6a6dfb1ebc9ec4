"""One case in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chat.answer import WITH_BANK, Answerer
from evals.cases import Case, EvalCaseError
from evals.explain import explain, find
from evals.run import evaluate
from indexer.build import Settings as BuildSettings
from indexer.build import build
from indexer.corpus import Corpus
from indexer.index import open_index
from tests.conftest import ToyEmbedder, quiet
from tests.evals_toys import DOCUMENTS, case, result

HUNT = case(
    "hunt",
    "and do owls hunt at night?",
    kind="follow_up",
    history=["do larks sing?"],
    expected=[["Owls hunt at night."], ["Crabs walk sideways."]],
    topic="birds",
)


def explained(about: Case, folder: Path, threshold: float) -> str:
    build(Corpus(tuple(DOCUMENTS.values()), {}, (), (), {}), ToyEmbedder(), folder, BuildSettings(), quiet)
    answerer = Answerer(open_index(folder), ToyEmbedder(), replace(WITH_BANK, threshold=threshold))
    answer = answerer.answer(about.question, about.history)
    (found,) = evaluate([about], lambda asked: answer, answerer.index)
    return explain(about, found, answer, answerer.index)


def test_everything_that_led_to_an_answer_is_told(tmp_path: Path) -> None:
    lines = explained(HUNT, tmp_path, 0.0).splitlines()
    assert lines[0].startswith("hunt: partly (") or lines[0].startswith("hunt: right (")
    assert "kind follow_up, split test, topic birds" in lines
    assert "before: do larks sing?" in lines and "asked:  and do owls hunt at night?" in lines
    assert any(line.endswith("do larks sing? and do owls hunt at night?") for line in lines)
    for name in ("anticipated", "coverage", "unknown"):
        assert any(line.endswith(f"  {name}") for line in lines)
    assert any(line.startswith("  part 1: citation 1; candidate at rank 1") for line in lines)
    assert any(line.startswith("  part 2: ") for line in lines)
    assert "  [1] right  sky:20-39" in lines and "      Owls hunt at night." in lines
    first = lines.index(next(line for line in lines if line.startswith("Candidates"))) + 1
    assert lines[first].startswith("*   1  ") and "cited" in lines[first] and "question words" in lines[first]
    assert lines[first + 1].strip() == "sky: Owls hunt at night."


def test_a_refusal_tells_its_confidence_and_what_would_have_come(tmp_path: Path) -> None:
    text = explained(case("bees", "what do bees eat?", kind="unanswerable"), tmp_path, 1.0)
    assert text.startswith("bees: right (")
    assert "answered as: abstain (confidence" in text
    assert "Expected: no citation." in text and "Cited: nothing." in text
    assert "no source mentions: bees, eat" in text


def test_small_talk_has_no_candidates(tmp_path: Path) -> None:
    text = explained(case("hi", "hello", kind="smalltalk"), tmp_path, 0.0)
    assert "answered as: smalltalk (greeting)" in text and "Candidates: none." in text


def test_an_error_is_told(tmp_path: Path) -> None:
    build(Corpus(tuple(DOCUMENTS.values()), {}, (), (), {}), ToyEmbedder(), tmp_path, BuildSettings(), quiet)
    text = explain(HUNT, result(HUNT, error="ValueError: no"), None, open_index(tmp_path))
    assert text.startswith("hunt: error (") and text.endswith("raised: ValueError: no")


def test_a_case_is_found_by_its_id_and_a_wrong_id_names_others() -> None:
    assert find([case("a"), HUNT], "hunt") is HUNT
    with pytest.raises(EvalCaseError, match=r"found 'HUN': choose among 1 \(hunt\)"):
        find([case("a"), HUNT], "HUN")
    with pytest.raises(EvalCaseError, match=r"choose among 2 \(a, hunt\)"):
        find([case("a"), HUNT], "zebra")
