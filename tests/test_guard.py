"""What comes in from outside is made safe before anything is encoded or searched."""

import pytest

from chat.guard import LONGEST_HISTORY, LONGEST_QUESTION, QuestionRefused, clean, clean_history, is_too_long


def test_markup_becomes_plain_text():
    assert clean("<script>alert(1)</script>What is <b>magnesium</b>?") == "alert(1) What is magnesium ?"


def test_escaped_markup_is_markup():
    assert clean("&lt;img src=x onerror=alert(1)&gt; cramps") == "cramps"


def test_a_comparison_is_no_markup():
    assert clean("is 300 mg < 400 mg and 5 > 4?") == "is 300 mg < 400 mg and 5 > 4?"


@pytest.mark.parametrize("character", ["\0", "\x1b", "\u202e", "\u200b", "\ud800", "\u2066", "\ufeff", "\u2028"])
def test_invisible_and_broken_characters_are_taken_out(character: str):
    assert clean(f"leg{character}cramps") == "leg cramps"


def test_letters_of_other_languages_stay():
    assert clean("¿Cuánto magnesio? هل يسبب") == "¿Cuánto magnesio? هل يسبب"


def test_accents_are_composed():
    assert clean("Cafe\u0301") == "Café"


@pytest.mark.parametrize("question", [None, 7, ["a"], {"text": "a"}, b"a"])
def test_what_is_no_text_is_refused(question: object):
    with pytest.raises(QuestionRefused, match="expected a question as text, found"):
        clean(question)


def test_a_text_of_fifty_megabytes_is_cut_and_is_too_long():
    cleaned = clean("magnesium " * 5_000_000)
    assert is_too_long(cleaned)
    assert len(cleaned) <= 10 * LONGEST_QUESTION


def test_a_question_at_the_limit_is_not_too_long():
    assert not is_too_long(clean("m" * LONGEST_QUESTION))
    assert is_too_long(clean("m" * (LONGEST_QUESTION + 1)))


def test_history_keeps_the_latest_questions_in_order_without_empty_ones():
    history = clean_history(["old", *(f"question {number}" for number in range(LONGEST_HISTORY - 1)), " \n"])
    assert history[0] == "question 0"
    assert history[-1] == f"question {LONGEST_HISTORY - 2}"


def test_history_that_is_no_text_is_refused():
    with pytest.raises(QuestionRefused, match="expected earlier questions as text, found int"):
        clean_history(["why?", 3])
