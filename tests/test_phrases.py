"""The language of the phrase files."""

from __future__ import annotations

import pytest

from chat.phrases import Phrase, PhraseUnreadable, read_lists, read_number, read_phrase


def rows(phrase: Phrase) -> list[list[tuple[int, tuple[tuple[str, ...], ...]]]]:
    return [[(part.gap, part.choices.rows) for part in chain.parts] for chain in phrase.chains]


def test_a_line_becomes_parts_with_gaps_and_alternatives() -> None:
    phrase = read_phrase("face ..2 numb|weak (passed out|fainted)", {})
    assert rows(phrase) == [[(0, (("face",),)), (2, (("numb",), ("weak",))), (0, (("passed", "out"), ("fainted",)))]]


def test_two_dots_are_a_gap_of_three() -> None:
    assert rows(read_phrase("face .. numb", {})) == [[(0, (("face",),)), (3, (("numb",),))]]


def test_an_ampersand_makes_two_chains() -> None:
    assert rows(read_phrase("pregnan* & bleed*", {})) == [[(0, (("pregnan*",),))], [(0, (("bleed*",),))]]


def test_beginning_and_end_of_a_sentence_are_no_parts() -> None:
    (chain,) = read_phrase("^ help $", {}).chains
    assert (chain.opens, chain.closes, chain.keys) == (True, True, {"help"})
    (open_chain,) = read_phrase("help", {}).chains
    assert (open_chain.opens, open_chain.closes) == (False, False)


def test_apostrophes_are_left_out() -> None:
    assert read_phrase("can't", {}).chains[0].keys == {"cant"}


def test_lists_use_the_lists_above_them_and_say_nothing_twice() -> None:
    lists = read_lists({"she": ["she|her"], "who": ["<she>|my (mum|dad)", "she"]})
    assert lists["who"].rows == (("she",), ("her",), ("my", "mum"), ("my", "dad"))
    assert read_phrase("<who> fell", lists).chains[0].parts[0].choices is lists["who"]


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("#", (0, float("inf"), "")),
        ("#10+", (10, float("inf"), "")),
        ("#4-42", (4, 42, "")),
        ("#38.5-42", (38.5, 42, "")),
        ("#3000+mg", (3000, float("inf"), "mg")),
    ],
)
def test_numbers_have_a_lowest_a_highest_and_a_unit(key: str, number: tuple[float, float, str]) -> None:
    assert read_number(key) == number


@pytest.mark.parametrize(
    ("line", "expected", "found"),
    [
        ("<mi> chest", "the name of a list that stands above", "<mi>"),
        ("Chest pain", "a word in small letters", "Chest"),
        ("#911", "a word in small letters", "#911"),
        ("chest ..x pain", "`..` or `..4`", "..x"),
        ("chest ..", "a word on both sides of `..` and `&`", "chest .."),
        ("chest &", "a word on both sides of `..` and `&`", ""),
    ],
)
def test_what_the_language_does_not_have_is_named(line: str, expected: str, found: str) -> None:
    with pytest.raises(PhraseUnreadable) as error:
        read_phrase(line, {})
    assert str(error.value) == f"expected {expected}, found “{found}” in the phrase “{line}”: mend that line"
