"""The gate on hand-made results: what it holds, what it names, what it refuses to read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chat.answers import EMERGENCY
from evals.cases import EvalCaseError
from evals.gate import Baseline, Bound, baseline_of, hold, read_baseline, verdict_lines, verdicts_file, write_baseline
from evals.run import Result
from tests.evals_toys import case, result

CRABS, OWLS = "Crabs walk sideways.", "Owls hunt at night."
CASES = [case(f"c{number}", f"question {number}?", expected=[[CRABS]]) for number in range(100)]
DANGER = case("danger", kind="emergency", split="dev")


def results(right: int) -> tuple[Result, ...]:
    """A hundred cases of the test split, the first so many of them right; an emergency of the dev split."""
    answered = [result(about, [CRABS if number < right else OWLS]) for number, about in enumerate(CASES)]
    return (*answered, result(DANGER, kind=EMERGENCY))


def limits(baseline: Baseline) -> dict[tuple[str, str], tuple[str, float]]:
    return {(bound.split, bound.measure): (bound.side, bound.limit) for bound in baseline.bounds}


def test_floors_and_ceilings_leave_a_small_margin() -> None:
    found = limits(baseline_of(results(80)))
    assert found["test", "first right"] == ("floor", pytest.approx(0.78))
    assert found["test", "false refusals"] == ("ceiling", pytest.approx(0.02))
    assert found["test", "citations"] == ("ceiling", pytest.approx(1.1))
    assert found["test", "characters quoted"] == ("ceiling", pytest.approx(15 + (80 * 20 + 20 * 19) / 100))


def test_rules_have_no_margin_and_time_has_no_bound() -> None:
    found = limits(baseline_of(results(80)))
    assert found["dev", "emergency recall"] == ("floor", 1.0)
    assert found["test", "emergency false alarms"] == ("ceiling", 0.0)
    assert found["test", "verbatim"] == ("floor", 1.0)
    assert found["test", "errors"] == ("ceiling", 0.0)
    assert not any(measure.startswith("milliseconds") for _, measure in found)


def test_one_case_of_few_may_flip() -> None:
    few = tuple(result(about, [CRABS]) for about in CASES[:8])
    assert limits(baseline_of(few))["test", "first right"] == ("floor", pytest.approx(1 - 1 / 8))


def test_a_small_loss_leaves_the_gate_open_and_tells_the_flips() -> None:
    baseline = baseline_of(results(80))
    held = hold(results(79), baseline)
    assert held.open and held.lost == ("c79",) and held.gained == ()
    assert verdict_lines(held, results(79), baseline)[-1].startswith("gate open")


def test_a_larger_loss_closes_it_and_names_measure_value_floor_and_cases() -> None:
    baseline = baseline_of(results(80))
    held = hold(results(70), baseline)
    assert not held.open
    broken = {breach.bound.measure for breach in held.breaches}
    assert {"first right", "complete", "R@1 sentence"} <= broken and "citations" not in broken
    lines = verdict_lines(held, results(70), baseline)
    assert "broken: first right (test): 0.7000, floor 0.7800" in lines
    assert "right no longer: c70: right -> wrong: question 70?" in lines
    assert lines[-1].startswith("gate closed") and "10 cases right no longer" in lines[-1]


def test_a_gain_is_no_breach() -> None:
    held = hold(results(90), baseline_of(results(80)))
    assert held.open and len(held.gained) == 10 and held.lost == ()


def test_altered_quotes_and_errors_are_broken_whatever_the_file_says() -> None:
    lenient = Baseline((Bound("test", "verbatim", "floor", 0.0), Bound("test", "errors", "ceiling", 1.0)), {about.id: "right" for about in CASES[:3]})
    broken = (result(CASES[0], [CRABS], verbatim=False), result(CASES[1], error="ValueError: no"), result(CASES[2], [CRABS]))
    held = hold(broken, lenient)
    assert {breach.bound.measure for breach in held.breaches} == {"verbatim", "errors"}
    assert held.lost == ("c0", "c1")


def test_a_state_that_alters_quotes_cannot_be_a_baseline() -> None:
    with pytest.raises(EvalCaseError, match=r"verbatim \(test\): 0.0000, floor 1.0000"):
        baseline_of([result(CASES[0], [CRABS], verbatim=False)])


def test_a_suite_that_lost_or_gained_cases_is_another_suite() -> None:
    baseline = baseline_of(results(100))
    held = hold(results(100)[1:], baseline)
    assert held.removed == ("c0",) and not held.open and not held.breaches
    assert "1 (c0) of the baseline, not asked" in verdict_lines(held, results(100)[1:], baseline)[0]
    more = (*results(100), result(case("new", expected=[[CRABS]]), [CRABS]))
    held = hold(more, baseline)
    assert held.added == ("new",) and not held.open and held.gained == ()


def test_a_measure_without_cases_is_broken() -> None:
    held = hold(results(100)[:100], baseline_of(results(100)))
    assert ("dev", "emergency recall", None) in {(breach.bound.split, breach.bound.measure, breach.value) for breach in held.breaches}
    assert "emergency recall (dev): not measured, floor 1.0000" in {str(breach) for breach in held.breaches}


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    baseline = baseline_of(results(80))
    write_baseline(tmp_path / "baseline.json", baseline)
    assert read_baseline(tmp_path / "baseline.json") == baseline
    assert json.loads((tmp_path / "baseline.json").read_text())["test"]["first right"] == {"floor": 0.78}
    lines = verdicts_file(tmp_path / "baseline.json").read_text().splitlines()
    assert verdicts_file(tmp_path / "baseline.json") == tmp_path / "baseline_results.jsonl"
    assert json.loads(lines[0]) == {"id": "c0", "verdict": "right"} and len(lines) == 101


def test_a_missing_baseline_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(EvalCaseError, match="python -m evals gate --update"):
        read_baseline(tmp_path / "baseline.json")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "JSON"),
        ("{}", "splits"),
        ('{"train": {}}', "'train'"),
        ('{"dev": 3}', "'dev'"),
        ('{"dev": {"first right": {"ceiling": 0.5}}}', "'first right'"),
        ('{"dev": {"first right": {"floor": "high"}}}', "'first right'"),
        ('{"dev": {"first right": {"floor": NaN}}}', "'first right'"),
        ('{"dev": {"beauty": {"floor": 0.5}}}', "'beauty'"),
        ('{"dev": {"milliseconds p95": {"ceiling": 5}}}', "'milliseconds p95'"),
    ],
)
def test_a_malformed_baseline_is_named(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / "baseline.json").write_text(content, "utf-8")
    verdicts_file(tmp_path / "baseline.json").write_text('{"id": "a", "verdict": "right"}\n', "utf-8")
    with pytest.raises(EvalCaseError, match=named):
        read_baseline(tmp_path / "baseline.json")


def test_a_malformed_line_of_verdicts_is_named(tmp_path: Path) -> None:
    (tmp_path / "baseline.json").write_text('{"dev": {}}', "utf-8")
    for line, named in (("{", "baseline_results.jsonl:1"), ('{"id": "a"}', "'verdict'")):
        verdicts_file(tmp_path / "baseline.json").write_text(line, "utf-8")
        with pytest.raises(EvalCaseError, match=named):
            read_baseline(tmp_path / "baseline.json")
