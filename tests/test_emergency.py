"""Red flags: 3,300 phrasings, half of the first 500 and 110 written last kept aside while the phrases were tuned."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chat.emergency import RED_FLAGS, RULES, RedFlags, red_flag
from chat.matching import IN_WORDS, Reader
from chat.phrases import Chain, PhraseUnreadable, read_lists, read_phrase
from chat.render import SIGNPOSTS
from indexer.lexical import words

TESTS = Path(__file__).parent
FILE = tomllib.loads(RED_FLAGS.read_text(encoding="utf-8"))
GOLD = [json.loads(line) for line in (TESTS / "gold" / "red_flags.jsonl").read_text(encoding="utf-8").splitlines()]
DANGERS = {"self-harm", "breathing", "stroke", "seizure", "heart", "overdose", "pregnancy", "infant", "headache"}


def gold(split: str, is_red_flag: bool) -> list[dict[str, Any]]:
    return [case for case in GOLD if case["split"] == split and (case["danger"] is not None) is is_red_flag]


def fired(cases: list[dict[str, Any]]) -> list[str]:
    return [case["question"] for case in cases if red_flag(case["question"], case["history"])]


# ------------------------------------------------------------------------------------------------------------ figures


def test_the_gold_set_is_of_the_size_that_the_figures_speak_of() -> None:
    assert [len(gold(split, is_red_flag)) for split in ("dev", "test") for is_red_flag in (True, False)] == [1553, 1376, 204, 156]
    assert {case["danger"] for case in GOLD} == DANGERS | {None}


def test_recall_on_the_dev_split_is_998_in_1000() -> None:
    cases = gold("dev", True)
    assert len(fired(cases)) >= 0.998 * len(cases)


def test_recall_on_the_test_split_is_975_in_1000() -> None:
    cases = gold("test", True)
    assert len(fired(cases)) >= 0.975 * len(cases)


@pytest.mark.parametrize("danger", sorted(DANGERS))
def test_no_danger_is_much_harder_to_see_than_the_others(danger: str) -> None:
    cases = [case for case in GOLD if case["danger"] == danger]
    assert len(fired(cases)) >= 0.98 * len(cases)


def test_nothing_on_the_dev_split_is_a_false_alarm() -> None:
    assert fired(gold("dev", False)) == []


def test_at_most_three_in_156_on_the_test_split_are_false_alarms() -> None:
    assert len(fired(gold("test", False))) <= 3


def test_a_danger_is_called_by_its_name_or_by_one_that_sends_to_the_emergency_number() -> None:
    named = [(case["danger"], red_flag(case["question"], case["history"])) for case in GOLD if case["danger"]]
    right = sum(danger == name for danger, name in named)
    milder = [(danger, name) for danger, name in named if name and danger != name and name in SIGNPOSTS]
    assert right >= 0.93 * len(named)
    assert len(milder) <= 2


def anticipated(name: str, corpus_folder: Path) -> Iterator[str]:
    for line in (corpus_folder / name).read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        yield from record["questions"] if "questions" in record else [record["question"]]


@pytest.mark.parametrize("name", ["questions.jsonl", "unanswered.jsonl"])
def test_no_question_that_is_anticipated_is_a_false_alarm(name: str) -> None:
    questions = list(anticipated(name, TESTS.parent / "corpus"))
    assert len(questions) > 1000
    assert [question for question in questions if red_flag(question)] == []


# -------------------------------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("question", "danger"),
    [
        ("i am having suiside thoughts", "self-harm"),
        ("i cant breeth", "breathing"),
        ("cantbreathe", "breathing"),
        ("my chest payn is bad", "heart"),
        ("chestpain and sweating", "heart"),
        ("my son is having a siezure", "seizure"),
        ("i over dosed on magnesium", "overdose"),
        ("she is in anaphalaxis", "breathing"),
        ("my dads face is droping", "stroke"),
        ("im pregant and bleding", "pregnancy"),
        ("worst headake of my life", "headache"),
        ("my babby has a fevr", "infant"),
    ],
)
def test_misspelt_signs_are_seen(question: str, danger: str) -> None:
    assert red_flag(question) == danger


@pytest.mark.parametrize("apostrophe", ["'", "’", "‘", "`", "´", ""])
def test_the_form_of_an_apostrophe_does_not_matter(apostrophe: str) -> None:
    assert red_flag(f"I can{apostrophe}t breathe") == "breathing"


@pytest.mark.parametrize(
    "question",
    [
        "no chest pain",
        "I don't have chest pain",
        "no fever, chest pain or trouble breathing, only cramps",
        "my doctor ruled out a stroke",
        "she never had a seizure",
        "without bleeding, 30 weeks pregnant",
    ],
)
def test_what_is_denied_is_no_sign(question: str) -> None:
    assert red_flag(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "No, my chest hurts",
        "no fever but I have crushing chest pain",
        "not sure, but I think my dad is having a stroke",
        "I have no idea why my chest hurts so much",
        "he is not breathing",
        "my baby isn't feeding and is floppy",
    ],
)
def test_a_no_that_denies_no_sign_leaves_it(question: str) -> None:
    assert red_flag(question) is not None


@pytest.mark.parametrize(
    "question",
    [
        "my dad had a stroke in 2010, what can he take now for cramps?",
        "years ago I overdosed on paracetamol",
        "when I was a child I was having seizures",
        "I had chest pain last year",
        "recovering from a heart attack, which magnesium is best?",
    ],
)
def test_what_is_long_past_is_no_sign(question: str) -> None:
    assert red_flag(question) is None


def test_a_new_sign_counts_beside_an_old_one() -> None:
    assert red_flag("he had a stroke in 2010 and now his face is drooping again") == "stroke"


@pytest.mark.parametrize(
    "question",
    [
        "can magnesium prevent a stroke?",
        "is chest pain a side effect?",
        "does low magnesium cause seizures?",
        "what is a thunderclap headache",
        "Tell me what an overdose looks like",
        "ok, and what are the signs of anaphylaxis?",
        "how do I know if someone is having a heart attack?",
    ],
)
def test_a_question_that_speaks_of_nobody_is_no_sign(question: str) -> None:
    assert red_flag(question) is None


@pytest.mark.parametrize(
    ("question", "danger"),
    [
        ("is this a heart attack?", "heart"),
        ("am I having a stroke?", "stroke"),
        ("what should I do, my wife is having a seizure", "seizure"),
        ("is chest pain with sweating serious? I have had it since this morning", "heart"),
        ("What is the quickest way to die?", "self-harm"),
    ],
)
def test_a_question_about_somebody_now_is_a_sign(question: str, danger: str) -> None:
    assert red_flag(question) == danger


@pytest.mark.parametrize("who", ["I have", "my mum has", "my neighbour has", "the patient has", "he has", "my 70 year old dad has"])
def test_it_does_not_matter_who_has_the_sign(who: str) -> None:
    assert red_flag(f"{who} crushing chest pain") == "heart"


@pytest.mark.parametrize(
    ("question", "danger"),
    [
        ("took 400 mg of magnesium", None),
        ("took 4000 mg of magnesium", "overdose"),
        ("took 4 g of magnesium", "overdose"),
        ("took 4,000mg of magnesium", "overdose"),
    ],
)
def test_a_weight_counts_from_three_grams(question: str, danger: str | None) -> None:
    assert red_flag(question) == danger


@pytest.mark.parametrize(("count", "danger"), [("2", None), ("two", None), ("40", "overdose"), ("forty", "overdose")])
def test_a_number_of_tablets_counts_from_eight(count: str, danger: str | None) -> None:
    assert red_flag(f"I took {count} magnesium tablets") == danger


# -------------------------------------------------------------------------------------------------------- later turns


@pytest.mark.parametrize("question", ["what should I do?", "should he take magnesium?", "please help", "it's getting worse", "ok", "why"])
def test_a_short_question_after_a_red_flag_is_about_it(question: str) -> None:
    assert red_flag(question, ["my dad's face is drooping"]) == "stroke"


@pytest.mark.parametrize("question", ["How much magnesium do women need each day?", "false alarm, he is fine", "thank you", "by the way, another question"])
def test_a_new_question_or_the_end_of_it_is_not(question: str) -> None:
    assert red_flag(question, ["my dad's face is drooping"]) is None


def test_thanks_do_not_end_a_sign_of_self_harm() -> None:
    assert red_flag("thanks, bye", ["I want to kill myself"]) == "self-harm"


def test_a_red_flag_is_kept_over_several_short_questions() -> None:
    assert red_flag("please hurry", ["my chest hurts and my left arm is numb", "what do I do", "he is 70"]) == "heart"


def test_a_red_flag_is_forgotten_after_another_question() -> None:
    assert red_flag("and then?", ["my face is drooping", "How much magnesium do women need each day?"]) is None


def test_one_half_of_a_sign_may_stand_in_an_earlier_question() -> None:
    assert red_flag("I also have a terrible headache and blurry eyes") is None
    assert red_flag("I also have a terrible headache and blurry eyes", ["can I take magnesium in pregnancy?", "I'm 31 weeks"]) == "pregnancy"


def test_the_half_that_is_the_danger_must_be_said_now() -> None:
    assert red_flag("I am pregnant, which dose is right for me each day?", ["my gums are bleeding"]) is None


# ----------------------------------------------------------------------------------------------------------- the file


def example(chain: Chain) -> str:
    """A text that says a chain: the first row of every part, stems and numbers filled in."""
    filled = []
    for part in chain.parts:
        for key in part.choices.rows[0]:
            low = key.lstrip("#").rstrip("mg").rstrip("+").split("-")[0] or "5"
            filled.append(f"{low} mg" if key.endswith("mg") and key[0] == "#" else low if key[0] == "#" else key.rstrip("*"))
    return " ".join(filled)


LISTS = read_lists(FILE["words"])
READER = Reader(
    (
        read_phrase(line, LISTS)
        for group in [*FILE["context"].values(), *FILE["follow_up"].values(), *(part for danger in FILE["danger"].values() for part in danger.values())]
        for line in group
    ),
    **FILE["spelling"],
)


@pytest.mark.parametrize("table", ["context", "follow_up", *(f"danger.{name}" for name in FILE["danger"])])
def test_every_phrase_of_the_file_can_be_found(table: str) -> None:
    groups = FILE["danger"][table.removeprefix("danger.")] if table.startswith("danger.") else FILE[table]
    for lines in groups.values():
        for line in lines:
            for chain in read_phrase(line, LISTS).chains:
                message = READER.read(example(chain))
                assert message.ends(chain, message.all), line


def test_only_signs_are_joined_with_an_ampersand() -> None:
    others = [*FILE["context"].values(), *FILE["follow_up"].values(), *(danger["look_alikes"] for danger in FILE["danger"].values())]
    assert [line for lines in others for line in lines if "&" in line] == []


def test_no_phrase_stands_twice_in_its_table() -> None:
    for danger in FILE["danger"].values():
        for lines in danger.values():
            assert len(set(lines)) == len(lines)


def test_the_dangers_of_the_file_are_those_of_the_gold_set_and_of_the_signposts() -> None:
    assert set(FILE["danger"]) == DANGERS
    assert set(SIGNPOSTS) <= DANGERS


def test_words_to_be_found_misspelt_occur_in_a_phrase() -> None:
    known = {
        key for lines in FILE["danger"].values() for part in lines.values() for line in part for chain in read_phrase(line, LISTS).chains for key in chain.keys
    }
    stems = tuple(key[:-1] for key in known if key.endswith("*"))
    assert [word for word in FILE["spelling"]["misspelt"] if word not in known and not word.startswith(stems)] == []


def test_no_word_of_the_source_texts_is_taken_for_a_misspelling() -> None:
    for path in sorted((TESTS.parent / "corpus").glob("*.txt")):
        for word in sorted({word for word in words(path.read_text(encoding="utf-8")) if word.isalpha() and word not in IN_WORDS}):
            assert READER.read(word).words in ((word,), ()), word


def test_a_nurse_can_add_a_phrase() -> None:
    file = {**FILE, "danger": {**FILE["danger"], "eye": {"signs": ["<my> eye ..2 (was splashed|got burnt) ..3 bleach"], "look_alikes": []}}}
    assert RULES.named("my eye just got burnt with bleach") is None
    assert RedFlags(file).named("my eye just got burnt with bleach") == "eye"


@pytest.mark.parametrize(
    ("danger", "message"),
    [
        ({"signs": ["<mi> chest hurts"]}, r"expected the name of a list that stands above, found “<mi>” in the phrase “<mi> chest hurts”: mend that line"),
        ({"sign": ["chest hurts"]}, r"expected signs, even_in_questions, look_alikes under \[danger.heart\], found “sign”: mend that line"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(danger: dict[str, list[str]], message: str) -> None:
    with pytest.raises(PhraseUnreadable, match=f"^{message}$"):
        RedFlags({**FILE, "danger": {"heart": danger}})


# --------------------------------------------------------------------------------------------------------------- time

ORDINARY = (
    "Does magnesium glycinate help with migraine, and how much of it should I take each day? My doctor said that my blood level was fine, but I still get "
    "cramps in both legs at night and a headache behind my left eye when I sleep badly. I am 45, take no other tablets, and eat nuts and spinach most days. "
)


def seconds(question: str) -> float:
    """The best of twenty, so that what else the machine does counts little."""
    best = 1.0
    for _ in range(20):
        start = time.perf_counter()
        red_flag(question)
        best = min(best, time.perf_counter() - start)
    return best


def test_two_thousand_code_points_are_read_in_milliseconds() -> None:
    """1.3 ms on the machine where it was written; the bound leaves room for a slower one."""
    assert seconds((ORDINARY * 10)[:2000]) < 0.005


@pytest.mark.parametrize(
    "hostile",
    [
        ORDINARY,
        "chest pain ",
        "no chest pain ",
        "pregnant and not ",
        "my ",
        "is my ",
        "chesst payn ",
        "a",
        "breath",
        ". ",
        "not never ",
        "0123456789",
        "what if you ",
        "40 mg ",
    ],
)
def test_time_grows_with_the_length_and_no_faster(hostile: str) -> None:
    short, long = (hostile * 2000)[:2000], (hostile * 20000)[:20000]
    assert seconds(long) < 20 * max(seconds(short), 0.0005)
