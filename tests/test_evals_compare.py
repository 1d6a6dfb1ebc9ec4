"""Two runs of one suite: what flipped, by how much, and what makes a comparison impossible."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.cases import EvalCaseError
from evals.compare import check_same_cases, comparison, differences, flips, read_results
from evals.report import write
from evals.run import Result
from tests.evals_toys import DOCUMENTS, case, result

WHALES, CRABS, OWLS = "Whales sing.", "Crabs walk sideways.", "Owls hunt at night."
GAINED = case("gained", "who walks sideways?", expected=[[CRABS]])
LOST = case("lost", "who sings in the sea?", kind="follow_up", split="dev", history=["who lives there?"], expected=[[WHALES]])
SAME = case("same", "who hunts at night?", expected=[[OWLS]])
UNKNOWN = case("unknown", "what do bees eat?", kind="unanswerable")
BEFORE = (result(GAINED, [OWLS]), result(LOST, [WHALES]), result(SAME, [OWLS]), result(UNKNOWN, [OWLS]))
AFTER = (result(GAINED, [CRABS]), result(LOST), result(SAME, [OWLS]), result(UNKNOWN))


def written(folder: Path, results: Sequence[Result]) -> Path:
    write(folder, results, DOCUMENTS)
    return folder


def test_results_are_read_from_their_folder_and_from_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path / "a", BEFORE)
    outcomes = read_results(folder)
    assert outcomes == read_results(folder / "results.jsonl")
    lost = outcomes["lost"]
    assert (lost.verdict, lost.right, lost.history, lost.quotes, lost.expected) == ("right", True, ("who lives there?",), (WHALES,), (WHALES,))
    assert lost.scores["first right"] == 1.0


def test_the_cases_that_flipped_are_found_on_both_sides(tmp_path: Path) -> None:
    first, second = read_results(written(tmp_path / "a", BEFORE)), read_results(written(tmp_path / "b", AFTER))
    assert flips(first, second) == (["gained", "unknown"], ["lost"])
    assert flips(first, first) == ([], [])


def test_differences_are_paired_case_by_case(tmp_path: Path) -> None:
    first, second = read_results(written(tmp_path / "a", BEFORE)), read_results(written(tmp_path / "b", AFTER))
    found = {difference.measure: difference for difference in differences(first, second)}
    right, first_right, refused = found["right"], found["first right"], found["unanswerable refused"]
    assert (right.cases, right.first, right.second, right.better, right.worse) == (4, 0.5, 0.75, 2, 1)
    assert right.p == 1.0  # two against one
    assert (first_right.cases, first_right.first, first_right.second) == (3, pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert first_right.low <= 0 <= first_right.high
    assert (refused.cases, refused.first, refused.second, refused.better) == (1, 0.0, 1.0, 1)
    assert list(found) == ["right", "first right", "complete", "unanswerable refused"]


def test_a_change_for_the_better_in_many_cases_is_more_than_chance(tmp_path: Path) -> None:
    many = [case(f"c{number}", expected=[[CRABS]]) for number in range(12)]
    first = read_results(written(tmp_path / "a", [result(about, [OWLS]) for about in many]))
    second = read_results(written(tmp_path / "b", [result(about, [CRABS]) for about in many]))
    right = differences(first, second)[0]
    assert (right.better, right.low, right.high) == (12, 1.0, 1.0)
    assert right.p == pytest.approx(2 / 2**12)
    assert comparison(first, second, 100).splitlines()[-1].split()[:4] == ["complete", "12", "0.000", "1.000"]


def test_the_comparison_shows_both_answers_side_by_side(tmp_path: Path) -> None:
    first, second = read_results(written(tmp_path / "a", BEFORE)), read_results(written(tmp_path / "b", AFTER))
    lines = comparison(first, second, 100).splitlines()
    assert "2 became right" in lines and "1 are right no longer" in lines
    assert "gained (single, test)" in lines and "  asked: who walks sideways?" in lines and f"  expected: {CRABS}" in lines
    assert any(f"[1] {OWLS}" in line.split("|")[0] and f"[1] {CRABS}" in line.split("|")[1] for line in lines if "|" in line)
    assert "  before: who lives there?" in lines
    assert any("A: right" in line and "B: refused" in line for line in lines)
    assert not any("same (single" in line for line in lines)
    assert all(len(line) <= 100 for line in lines[: lines.index(next(line for line in lines if line.startswith("measure")))])


def test_runs_of_other_cases_are_not_compared(tmp_path: Path) -> None:
    first, second = read_results(written(tmp_path / "a", BEFORE)), read_results(written(tmp_path / "b", AFTER[1:]))
    with pytest.raises(EvalCaseError, match=r"1 \(gained\) only in the first"):
        check_same_cases(first, second)
    with pytest.raises(EvalCaseError, match=r"1 \(gained\) only in the second"):
        check_same_cases(second, first)
    other = read_results(written(tmp_path / "c", (result(case("gained", "who swims?", expected=[[CRABS]])), *AFTER[1:])))
    with pytest.raises(EvalCaseError, match=r"1 \(gained\) asked otherwise"):
        check_same_cases(first, other)
    check_same_cases(first, first)


def test_results_that_are_not_there_say_how_to_write_them(tmp_path: Path) -> None:
    with pytest.raises(EvalCaseError, match="python -m evals run --out"):
        read_results(tmp_path / "none")


def test_a_malformed_line_of_results_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "a", BEFORE)
    file = folder / "results.jsonl"
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([lines[0], "{"]), "utf-8")
    with pytest.raises(EvalCaseError, match=r"results.jsonl:2"):
        read_results(folder)
    file.write_text("\n".join([lines[0], lines[0]]), "utf-8")
    with pytest.raises(EvalCaseError, match=r"'id' 'gained' again at .*results.jsonl:2"):
        read_results(folder)
    for field, value in (("verdict", 3), ("cited", [{}]), ("scores", {"first right": "high"})):
        file.write_text(json.dumps(json.loads(lines[0]) | {field: value}), "utf-8")
        with pytest.raises(EvalCaseError, match=rf"'{field}'.* at .*results.jsonl:1"):
            read_results(folder)
    file.write_text("", "utf-8")
    with pytest.raises(EvalCaseError, match="found none"):
        read_results(folder)
