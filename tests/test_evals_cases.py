from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.cases import EvalCaseError, Place, load_cases
from indexer.records import Span
from tests.evals_toys import DOCUMENTS, SEA, document, place

GOOD: dict[str, Any] = {"id": "a", "kind": "single", "question": "who sings?", "expected": [[{"document": "sea", "exact": "Whales sing."}]]}


def write(folder: Path, *lines: dict[str, Any] | str) -> Path:
    file = folder / "cases.jsonl"
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return file


def refusal(folder: Path, *lines: dict[str, Any] | str) -> str:
    with pytest.raises(EvalCaseError) as caught:
        load_cases([write(folder, *lines)], DOCUMENTS)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_line_becomes_a_case_with_the_place_of_its_quote(tmp_path: Path) -> None:
    line = GOOD | {"split": "dev", "topic": "song", "style": "lay", "tempts": "Squid"}
    (case,) = load_cases([write(tmp_path, line)], DOCUMENTS)
    assert case.expected == ((Place("sea", Span(0, 12)),),)
    assert (case.id, case.kind, case.split, case.topic, case.style, case.tempts) == ("a", "single", "dev", "song", "lay", "Squid")
    assert case.answerable


def test_what_a_line_leaves_out_has_its_default(tmp_path: Path) -> None:
    (case,) = load_cases([write(tmp_path, GOOD)], DOCUMENTS)
    assert (case.split, case.conversation, case.refers_to, case.history, case.context) == ("test", "a", 0, (), None)


def test_a_follow_up_refers_to_the_question_before_unless_it_says_otherwise(tmp_path: Path) -> None:
    line = GOOD | {"kind": "follow_up", "history": ["what lives in the sea?", "and in the sky?"]}
    near, far = load_cases([write(tmp_path, line, line | {"id": "b", "refers_to": 2})], DOCUMENTS)
    assert (near.refers_to, far.refers_to) == (1, 2)


def test_prefix_and_suffix_tell_a_repeated_quote_apart(tmp_path: Path) -> None:
    place = {"document": "sky", "exact": "at", "prefix": "hunt "}
    (case,) = load_cases([write(tmp_path, GOOD | {"expected": [[place]]})], DOCUMENTS)
    assert case.expected[0][0].span == Span(30, 32)


def test_offsets_are_taken_where_their_words_stand(tmp_path: Path) -> None:
    place = {"document": "sea", "exact": "sing", "start": 7, "end": 11}
    (case,) = load_cases([write(tmp_path, GOOD | {"expected": [[place]], "context": {"doc": "sea", "start": 0, "end": 12}})], DOCUMENTS)
    assert case.expected[0][0].span == Span(7, 11)
    assert case.context == Place("sea", Span(0, 12))


def test_a_folder_gives_the_cases_of_all_its_files_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(json.dumps(GOOD | {"id": "second"}), "utf-8")
    (tmp_path / "a.jsonl").write_text(json.dumps(GOOD | {"id": "first"}), "utf-8")
    assert [case.id for case in load_cases([tmp_path], DOCUMENTS)] == ["first", "second"]


def test_emergencies_are_not_answerable_whatever_they_expect(tmp_path: Path) -> None:
    (case,) = load_cases([write(tmp_path, GOOD | {"kind": "emergency"})], DOCUMENTS)
    assert not case.answerable


def test_a_malformed_line_is_named_by_file_and_line(tmp_path: Path) -> None:
    message = refusal(tmp_path, GOOD, "{not json")
    assert f"{tmp_path / 'cases.jsonl'}:2" in message


def test_a_double_id_is_named_with_both_lines(tmp_path: Path) -> None:
    message = refusal(tmp_path, GOOD, GOOD)
    assert f"{tmp_path / 'cases.jsonl'}:2" in message and f"{tmp_path / 'cases.jsonl'}:1" in message
    assert "'id'" in message and "'a'" in message


@pytest.mark.parametrize(("quote", "found"), [("Whales dance.", "0 times"), ("s", "times")])
def test_a_quote_that_is_nowhere_or_in_several_places_is_named_by_file_line_and_field(tmp_path: Path, quote: str, found: str) -> None:
    message = refusal(tmp_path, GOOD, GOOD | {"id": "b", "expected": [[{"document": "sea", "exact": quote}]]})
    assert f"{tmp_path / 'cases.jsonl'}:2" in message
    assert "'expected'" in message and repr(quote) in message and found in message


def test_a_quote_twice_in_its_text_says_how_often(tmp_path: Path) -> None:
    documents = {"echo": document("echo", "Ho ho. Ho ho.")}
    with pytest.raises(EvalCaseError, match="found it 2 times"):
        load_cases([write(tmp_path, GOOD | {"expected": [[{"document": "echo", "exact": "Ho ho."}]]})], documents)


def test_an_empty_suite_is_no_suite(tmp_path: Path) -> None:
    assert "found none" in refusal(tmp_path, "")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvalCaseError, match="found none"):
        load_cases([tmp_path / "empty"], DOCUMENTS)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvalCaseError, match="found nothing at .*gone.jsonl"):
        load_cases([tmp_path / "gone.jsonl"], DOCUMENTS)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "'id'"),
        ({"id": 7}, "'id'"),
        ({"question": " "}, "'question'"),
        ({"kind": "riddle"}, "'kind'"),
        ({"split": "train"}, "'split'"),
        ({"topic": 3}, "'topic'"),
        ({"history": "before"}, "'history'"),
        ({"history": [1]}, "'history'"),
        ({"kind": "follow_up"}, "'history'"),
        ({"refers_to": 1}, "'refers_to'"),
        ({"refers_to": "1", "history": ["x"]}, "'refers_to'"),
        ({"refers_to": True, "history": ["x"]}, "'refers_to'"),
        ({"expected": {}}, "'expected'"),
        ({"expected": [[]]}, "'expected'"),
        ({"expected": []}, "'expected'"),
        ({"kind": "unanswerable"}, "'expected'"),
        ({"expected": [["Whales sing."]]}, "'expected'"),
        ({"expected": [[{"document": "moon", "exact": "x"}]]}, "'expected'"),
        ({"expected": [[{"document": ["sea"], "exact": "x"}]]}, "'expected'"),
        ({"expected": [[{"document": "sea", "exact": 3}]]}, "'expected'"),
        ({"expected": [[{"document": "sea", "exact": ""}]]}, "'expected'"),
        ({"expected": [[{"document": "sea", "start": 5, "end": 5}]]}, "'expected'"),
        ({"expected": [[{"document": "sea", "start": 0, "end": 12, "exact": "Crabs"}]]}, "'expected'"),
        ({"expected": [[{"document": "sea", "start": 0, "end": 5000}]]}, "'expected'"),
        ({"context": "sea"}, "'context'"),
        ({"context": {"doc": "moon", "start": 0, "end": 1}}, "'context'"),
        ({"answer": "Whales"}, "answer"),
    ],
)
def test_every_wrong_field_is_named_with_its_file_and_line(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    message = refusal(tmp_path, GOOD, GOOD | {"id": "b"} | change)
    assert f"{tmp_path / 'cases.jsonl'}:2" in message
    assert field in message


def test_the_toys_know_their_places() -> None:
    assert SEA[place("Crabs").span.start :].startswith("Crabs")
