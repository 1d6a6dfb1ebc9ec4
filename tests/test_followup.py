"""A question in a conversation becomes weighted queries."""

import pytest

from chat.followup import queries

CRAMPS = "do cramps come from low magnesium?"
DOSE = "how much magnesium should I take for migraine?"


def test_without_history_the_question_is_searched_alone():
    assert [(query.text, query.weight) for query in queries("and why?", ())] == [("and why?", 1.0)]


@pytest.mark.parametrize(
    "question", ["why?", "and for women?", "is it safe?", "tell me more", "no, I meant the injection", "what about kidney disease and osteoporosis drugs"]
)
def test_weights_add_up_to_one_and_the_bare_question_comes_first(question: str):
    searched = queries(question, (DOSE, "and how often?"))
    assert searched[0].text == question
    assert sum(query.weight for query in searched) == pytest.approx(1.0)


def test_what_says_nothing_alone_leans_most_on_the_question_before():
    assert [(query.text, round(query.weight, 3)) for query in queries("why?", (CRAMPS,))] == [("why?", 0.2), (f"{CRAMPS} why?", 0.8)]


def test_a_full_question_leans_little():
    bare, *context = queries("which foods are rich in magnesium and cheap", (CRAMPS,))
    assert bare.weight > sum(query.weight for query in context)


def test_the_context_is_the_last_question_that_stands_alone_beside_the_last_one():
    texts = [query.text for query in queries("for women?", (DOSE, "and how often?"))]
    assert texts == ["for women?", f"{DOSE} for women?", "and how often? for women?"]


def test_an_announced_new_topic_forgets_the_old_one():
    assert [query.text for query in queries("new question: what is a cramp?", (DOSE,))] == ["new question: what is a cramp?"]


def test_a_return_takes_up_the_question_with_the_same_words():
    texts = [query.text for query in queries("back to the cramps: why?", (CRAMPS, DOSE, "and how often?"))]
    assert texts[1:] == [f"{CRAMPS} back to the cramps: why?"]


def test_a_correction_drops_what_it_takes_back():
    texts = [query.text for query in queries("sorry, fibromyalgia not migraine", (DOSE,))]
    assert "migraine" not in texts[1].replace("not migraine", "")
    assert texts[1].startswith("how much magnesium should I take for")
