"""Each rule on a suite that breaks it, and none on one that does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals.cases import KINDS, SPLITS, Case
from evals.lint import MINIMUM, Finding, across_splits, alike, curated, doubled, lint, lost_temptations, small_kinds, split_conversations, split_topics
from tests.evals_toys import DOCUMENTS, case

# Words that make as many different questions as a sound suite needs.
ANIMALS = "ant bat cat dog eel fox gnu hen ibis jay koala lion mole newt owl pig quail ram seal toad urchin vole wasp yak zebra".split()
ACTIONS = "bites climbs digs eats flees grazes hides itches jumps kicks leaps moults nests orbits paws rests swims".split()


def sound_suite() -> list[Case]:
    pairs = ((ANIMALS[row], action, ANIMALS[(row + step + 1) % len(ANIMALS)]) for step, action in enumerate(ACTIONS) for row in range(len(ANIMALS)))
    questions = (f"which {one} {action} the {other}" for one, action, other in pairs)
    enough = [(kind, split) for kind in KINDS for split in SPLITS for _ in range(MINIMUM[kind])]
    return [case(f"c{number}", next(questions), kind, split, topic=f"{kind} {split}") for number, (kind, split) in enumerate(enough)]


def about(findings: Sequence[Finding]) -> list[tuple[str, ...]]:
    return [finding.cases for finding in findings]


def test_a_sound_suite_has_no_findings() -> None:
    assert lint(sound_suite(), ["what is a whale?"], ["who won the cup?"], DOCUMENTS) == ()


def test_the_same_question_after_the_same_conversation_is_doubled() -> None:
    suite = [case("a", "Who sings?"), case("b", "who sings"), case("c", "who sings", history=["in the sea?"]), case("d", "who hunts?")]
    assert about(list(doubled(suite))) == [("a", "b")]


def test_questions_without_words_are_doubled_only_if_they_are_the_same() -> None:
    assert about(list(doubled([case("a", "???"), case("b", "👋"), case("c", "???")]))) == [("a", "c")]


def test_nearly_the_same_wording_in_both_splits_leaks() -> None:
    suite = [
        case("a", "Can I take magnesium with antibiotics?", split="dev"),
        case("b", "can i take magnesium together with antibiotics", split="test"),
        case("c", "does magnesium interact with heart pills", split="test"),
    ]
    assert about(list(across_splits(suite))) == [("a", "b")]
    assert list(across_splits([replace(one, split="dev") for one in suite])) == []


def test_the_same_short_follow_up_of_other_conversations_is_no_leak() -> None:
    suite = [
        case("a", "why?", split="dev", history=["does light bring on a migraine?"]),
        case("b", "why?", split="test", history=["are cramps worse at night?"]),
        case("c", "why?", split="test", history=["does light bring on a migraine"]),
    ]
    assert about(list(across_splits(suite))) == [("a", "c")]


def test_a_case_that_is_in_the_bank_is_found_whatever_was_asked_before() -> None:
    suite = [case("a", "Who is Dean Smith?", history=["hello"]), case("b", "what does he do?")]
    (finding,) = curated(suite, ["where is he", "who is dean smith", "Who is Dean Smith"], "questions.jsonl")
    assert finding.cases == ("a",) and "questions.jsonl" in finding.message and "who is dean smith" in finding.message


def test_questions_that_ask_something_else_are_not_alike() -> None:
    different = [
        ("is magnesium glycinate safe", "is magnesium glycinate safe for cats"),
        ("What is magnesium glycinate made of?", "What is magnesium glycinate used for?"),
        ("how much for men", "how much for women"),
    ]
    for one, other in different:
        assert list(alike([one], [other])) == [], (one, other)


def test_case_accents_and_punctuation_do_not_hide_a_copy() -> None:
    assert list(alike(["Naïve — CRAMPS?!"], ["naive cramps"])) == [(0, 0)]


def test_a_conversation_in_both_splits_is_named() -> None:
    suite = [case("a", split="dev", conversation="talk"), case("b", split="test", conversation="talk"), case("c", split="test", conversation="other")]
    (finding,) = split_conversations(suite)
    assert finding.cases == ("a", "b") and "'talk'" in finding.message


def test_a_topic_in_both_splits_is_named_unless_it_is_none() -> None:
    suite = [case(f"{topic}-{split}", split=split, topic=topic) for topic in ("song", "none", "") for split in SPLITS]
    (finding,) = split_topics(suite)
    assert finding.cases == ("song-dev", "song-test")


def test_a_kind_with_too_few_cases_is_named_with_its_split() -> None:
    suite = [one for one in sound_suite() if (one.kind, one.split) != ("conflict", "dev")] + [case("only", kind="conflict", split="dev")]
    (finding,) = small_kinds(suite)
    assert finding.message == f"1 cases of kind conflict in dev, fewer than {MINIMUM['conflict']}"


def test_what_tempts_must_be_in_a_text() -> None:
    suite = [replace(case("a", kind="unanswerable"), tempts="Whales  sing."), replace(case("b", kind="unanswerable"), tempts="Whales dance.")]
    assert about(list(lost_temptations(suite, DOCUMENTS))) == [("b",)]


def test_lint_applies_every_rule() -> None:
    suite = [
        replace(case("a", "who sings?", split="dev", topic="song", conversation="talk", kind="unanswerable"), tempts="no such words"),
        case("b", "who sings", split="test", topic="song", conversation="talk"),
    ]
    rules = {finding.rule for finding in lint(suite, ["who sings"], [], DOCUMENTS)}
    assert rules == {"doubled", "leak", "curated", "conversation", "topic", "balance", "tempts"}
    assert any("unanswered.jsonl" in finding.message for finding in lint(suite, [], ["who sings"], DOCUMENTS))
