"""Misspelt words that matter to safety."""

from __future__ import annotations

import random

import pytest
from rapidfuzz.distance import OSA

from chat.near_words import NearWords, distance, sound

WORDS = NearWords(["suicide", "seizure", "anaphylaxis", "breath", "breathe", "chest", "pain", "bleeding", "overdosed", "headache"], known=["chess", "bleating"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("suiside", "suicide"),
        ("sucide", "suicide"),
        ("siezure", "seizure"),
        ("seisure", "seizure"),
        ("anaphalaxis", "anaphylaxis"),
        ("anafylaxis", "anaphylaxis"),
        ("breth", "breath"),
        ("chets", "chest"),
        ("payn", "pain"),
        ("bleding", "bleeding"),
        ("overdoesd", "overdosed"),
        ("headake", "headache"),
    ],
)
def test_a_misspelling_becomes_the_word_that_is_meant(written: str, meant: str) -> None:
    assert WORDS.correct(written) == (meant,)


@pytest.mark.parametrize("word", ["magnesium", "chess", "bleating", "pan", "bath", "best", "x" * 5000])
def test_other_words_stay_as_they_are(word: str) -> None:
    assert WORDS.correct(word) == (word,)


def test_words_run_together_are_parted() -> None:
    assert WORDS.correct("chestpain") == ("chest", "pain")


@pytest.mark.parametrize(("word", "heard"), [("seizure", "sr"), ("psychosis", "sks"), ("knee", "n"), ("headache", "hdk"), ("phone", "fn"), ("ache", "ak")])
def test_a_word_sounds_like_its_consonants(word: str, heard: str) -> None:
    assert sound(word) == heard


def test_distances_are_those_of_an_independent_reference() -> None:
    source = random.Random(3)
    for _ in range(500):
        one, other = ("".join(source.choices("abc", k=source.randrange(7))) for _ in range(2))
        assert distance(one, other) == OSA.distance(one, other)
