"""Misspelt words become words that the index knows; words of English are left alone."""

import pytest

from chat.misspellings import Speller

SPELLER = Speller(["magnesium belly sugar levels fibromyalgia headache headache headaches lights", "tension injection will settle"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("magnesuim", "magnesium"),  # two letters swapped
        ("suger levls", "sugar levels"),  # one changed, one left out
        ("fibromialgya", "fibromyalgia"),  # two errors in a long word
        ("my hedache", "my headache"),  # of two that are near, the more frequent
        ("Magneseum, please!", "magnesium please"),
    ],
)
def test_a_misspelling_is_corrected(written: str, meant: str):
    assert SPELLER.correct(written) == meant


@pytest.mark.parametrize("question", ["Is gabapentin like zinc?", "the lice on my chest", "dont", "sgr", "", "310-320 mg?"])
def test_what_is_no_misspelling_of_a_known_word_stays_as_it_was(question: str):
    assert SPELLER.correct(question) == question


def test_the_first_letter_is_taken_as_right():
    assert SPELLER.correct("xagnesium") == "xagnesium"


def test_an_empty_vocabulary_corrects_nothing():
    assert Speller([]).correct("magnesuim") == "magnesuim"
