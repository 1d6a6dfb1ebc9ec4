"""Results become verdicts and figures, on a suite that was worked by hand."""

from __future__ import annotations

import pytest

from chat.answers import EMERGENCY, SMALLTALK
from evals.cases import KINDS
from evals.figures import BY_NAME, MEASURES, Figure, shown, summarise
from evals.run import VERDICTS, Result
from tests.evals_toys import case, result

WHALES, LARKS, CRABS, OWLS = "Whales sing.", "Larks sing at dawn.", "Crabs walk sideways.", "Owls hunt at night."
SINGERS = case("singers", kind="multi", expected=[[WHALES], [LARKS]])
WALKERS = case("walkers", expected=[[CRABS]])
AFTER = case("after", kind="follow_up", history=["who sings?", "and where?"], refers_to=2, expected=[[LARKS, WHALES]])
SWITCH = case("switch", kind="follow_up", history=["who sings?"], refers_to=0, expected=[[OWLS]])
UNKNOWN = case("unknown", kind="unanswerable")
DANGER = case("danger", kind="emergency")
HELLO = case("hello", kind="smalltalk")


def verdict(of: Result) -> str:
    return of.verdict


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (result(SINGERS, [WHALES, LARKS]), "right"),
        (result(SINGERS, [WHALES]), "partly"),
        (result(WALKERS, [OWLS, CRABS]), "partly"),
        (result(WALKERS, [OWLS]), "wrong"),
        (result(WALKERS), "refused"),
        (result(WALKERS, kind=SMALLTALK), "refused"),
        (result(WALKERS, [CRABS], kind=EMERGENCY), "false alarm"),
        (result(UNKNOWN), "right"),
        (result(UNKNOWN, [OWLS]), "answered"),
        (result(DANGER, kind=EMERGENCY), "right"),
        (result(DANGER, [OWLS]), "missed"),
        (result(HELLO, kind=SMALLTALK), "right"),
        (result(HELLO, [OWLS]), "wrong"),
        (result(WALKERS, [CRABS], verbatim=False), "altered"),
        (result(WALKERS, error="ValueError: no"), "error"),
    ],
)
def test_every_outcome_has_its_verdict(found: Result, expected: str) -> None:
    assert verdict(found) == expected
    assert expected in VERDICTS


def test_the_best_sentence_is_judged_where_nothing_was_cited() -> None:
    assert result(WALKERS, ranking=[CRABS, OWLS]).best_is_right
    assert not result(WALKERS, ranking=[OWLS, CRABS]).best_is_right
    assert not result(WALKERS).best_is_right
    assert result(WALKERS, [CRABS]).best_is_right


SUITE = (
    result(SINGERS, [WHALES, OWLS], confidence=0.9, ranking=[WHALES, OWLS, LARKS], elapsed_ms=10),
    result(WALKERS, confidence=0.3, ranking=[OWLS, CRABS], elapsed_ms=20),
    result(AFTER, [LARKS], confidence=0.8, elapsed_ms=30),
    result(SWITCH, [CRABS, OWLS], confidence=0.7, elapsed_ms=40),
    result(UNKNOWN, confidence=0.4, elapsed_ms=50),
    result(case("unknown2", kind="unanswerable"), [OWLS], confidence=0.6, elapsed_ms=60),
    result(DANGER, kind=EMERGENCY, elapsed_ms=70),
    result(case("danger2", kind="emergency"), [OWLS], elapsed_ms=80),
    result(HELLO, kind=SMALLTALK, elapsed_ms=90),
    result(case("broken", expected=[[CRABS]]), error="ValueError: no", elapsed_ms=100, confidence=0.0),
)
# measure: value and number of cases, by hand; answerable are singers, walkers, after, switch, broken
BY_HAND = {
    "first right": (2 / 5, 5),  # singers, after
    "in first three": (3 / 5, 5),  # and switch
    "complete": (2 / 5, 5),  # after, switch
    "citation precision": ((1 / 2 + 0 + 1 + 1 / 2 + 0) / 5, 5),
    "character recall": ((1 / 2 + 0 + 1 + 1 + 0) / 5, 5),
    "citations": ((2 + 0 + 1 + 2 + 0) / 5, 5),
    "characters quoted": ((12 + 19 + 0 + 19 + 20 + 19 + 0) / 5, 5),
    "answered": (3 / 5, 5),
    "false refusals": (2 / 5, 5),
    "unanswerable refused": (1 / 2, 2),
    "refusal precision": (1 / 3, 3),  # walkers, broken, unknown were refused
    "AUROC of confidence": (6 / 10, 7),  # answerable .9 .3 .8 .7 .0, unanswerable .4 .6
    "follow-up: first right": (1 / 2, 2),
    "follow-up: complete": (1.0, 2),
    "follow-up 2 back: first right": (1.0, 1),
    "topic switch followed": (0.0, 1),
    "emergency recall": (1 / 2, 2),
    "emergency false alarms": (0.0, 8),
    "small talk recognised": (1.0, 1),
    "small talk false alarms": (0.0, 9),
    "verbatim": (1.0, 10),
    "errors": (1 / 10, 10),
    "R@1 sentence": ((1 / 2 + 0 + 1 / 2 + 0 + 0) / 5, 5),
    "R@3 sentence": ((1 + 1 + 1 / 2 + 1 + 0) / 5, 5),
    "RR sentence": ((1 + 1 / 2 + 1 + 1 / 2 + 0) / 5, 5),
    "milliseconds median": (55.0, 10),
}


def test_the_figures_are_those_worked_by_hand() -> None:
    figures = {figure.measure: figure for figure in summarise(SUITE)}
    for name, (value, cases) in BY_HAND.items():
        assert (name, figures[name].value, figures[name].cases) == (name, pytest.approx(value), cases)


def test_calibration_is_held_against_what_the_sources_answer_and_against_what_is_right() -> None:
    figures = {figure.measure: figure.value for figure in summarise(SUITE)}
    # a bin each, but for .3 and .4: answerable 0.9 yes, .3 yes, .8 yes, .7 yes, .4 no, .6 no, .0 yes
    assert figures["calibration error"] == pytest.approx((0.1 + 0.7 + 0.2 + 0.3 + 0.4 + 0.6 + 1.0) / 7)
    # best sentence right: singers and after
    assert figures["calibration error of right"] == pytest.approx((0.1 + 0.3 + 0.2 + 0.7 + 0.4 + 0.6 + 0.0) / 7)


def test_every_figure_lies_in_its_interval() -> None:
    for figure in summarise(SUITE):
        assert figure.low <= figure.value + 1e-9 and figure.value <= figure.high + 1e-9, figure


def test_a_measure_without_cases_has_no_figure() -> None:
    names = {figure.measure for figure in summarise([result(HELLO, kind=SMALLTALK)])}
    assert "first right" not in names and "AUROC of confidence" not in names
    assert "small talk recognised" in names


def test_auroc_needs_both_kinds_of_questions() -> None:
    names = {figure.measure for figure in summarise([result(WALKERS, [CRABS])])}
    assert "AUROC of confidence" not in names and "calibration error" in names


def test_no_case_leaves_the_denominator_when_it_raises() -> None:
    whole = {figure.measure: figure.cases for figure in summarise([result(of.case, error="Error: no") for of in SUITE])}
    assert (whole["first right"], whole["unanswerable refused"], whole["emergency recall"], whole["errors"]) == (5, 2, 2, 10)


def test_measures_are_named_once() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)
    assert set(BY_NAME) == {measure.name for measure in MEASURES} | {"right"}
    assert len(KINDS) == 8


def test_shares_have_three_digits_and_amounts_one() -> None:
    assert shown(Figure("first right", 0.69123, 0.6, 0.75, 9)) == ("0.691", "0.600", "0.750")
    assert shown(Figure("milliseconds p95", 35.06, 33.62, 37.9, 9)) == ("35.1", "33.6", "37.9")
