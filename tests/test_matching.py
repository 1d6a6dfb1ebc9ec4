"""Phrases in a message, against a plain search over all places."""

from __future__ import annotations

import random
from itertools import product

import pytest

from chat.matching import Message, Phrases, Reader
from chat.phrases import Chain, read_phrase


def read(text: str, *lines: str, **spelling: list[str]) -> Message:
    return Reader([read_phrase(line, {}) for line in lines], **spelling).read(text)


def places(bits: int) -> list[int]:
    return [place for place in range(bits.bit_length()) if bits >> place & 1]


def ends(line: str, text: str) -> list[int]:
    message = read(text, line)
    return places(message.ends(read_phrase(line, {}).chains[0], message.all))


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("chest pain", "chest pain and chest pain", [1, 4]),
        ("chest pain", "pain chest", []),
        ("droop*", "droopy, drooping, droop", [0, 1, 2]),
        ("face ..2 numb", "face is so numb", [3]),
        ("face ..2 numb", "face one two three numb", []),
        ("(passed out|fainted) ..1 again", "passed out again, fainted again", [2, 4]),
        ("chest pain", "my chest. pain", []),
        ("chest ..2 pain", "chest! and pain", []),
        ("chest ..2 pain", "chest, and pain", [2]),
        ("^ help", "help. please help. help", [0, 3]),
        ("help $", "help me. please help", [3]),
        ("#10+ tablets", "9 tablets, 10 tablets, forty tablets", [3, 5]),
        ("#4-42 weeks", "3 weeks, 42 weeks, 43 weeks", [3]),
        ("#3000+mg", "2 g, 3 g, 3,000mg, 3000, 2999.9 mg", [1, 2]),
        ("#38.5-42", "38.4 38.5", [1]),
        ("cant breathe", "I CAN’T breathe", [2]),
    ],
)
def test_a_chain_ends_at_these_places(line: str, text: str, expected: list[int]) -> None:
    assert ends(line, text) == expected


def plainly(chain: Chain, words: list[str]) -> list[int]:
    """Every way to lay the rows of a chain over the words, one after the other."""
    found = set()
    for start, rows in product(range(len(words)), product(*(part.choices.rows for part in chain.parts))):
        reached = {start}
        for number, (part, row) in enumerate(zip(chain.parts, rows, strict=True)):
            begins = reached if number == 0 else {end + 1 + skipped for end in reached for skipped in range(part.gap + 1)}
            reached = {begin + len(row) - 1 for begin in begins if tuple(words[begin : begin + len(row)]) == row}
        found |= reached
    return sorted(found)


def test_chains_are_found_where_a_plain_search_finds_them() -> None:
    source = random.Random(7)
    for _ in range(300):
        a, b, c, d, e, f = source.choices("abc", k=6)
        line = f"{a}|{b} ..{source.randrange(3)} ({c} {d}|{e}) {f}"
        words = source.choices("abcd", k=source.randrange(1, 12))
        assert ends(line, " ".join(words)) == plainly(read_phrase(line, {}).chains[0], words), (line, words)


def test_the_covered_words_are_those_of_the_phrase_and_not_of_its_gaps() -> None:
    line = "(had a|a) stroke ..2 (long ago|ago)"
    message = read("she had a stroke very long ago", line)
    assert places(message.covered(read_phrase(line, {}).chains[0])) == [1, 2, 3, 5, 6]


def test_words_that_do_not_count_are_not_found() -> None:
    message = read("chest pain chest pain", "chest pain")
    chain = read_phrase("chest pain", {}).chains[0]
    assert places(message.ends(chain, 0b1110)) == [3]


def test_what_follows_reaches_over_commas_and_not_over_sentences_or_stops() -> None:
    message = read("no fever, chest pain. cough", "fever")
    assert places(message.after(0b1, gap=5)) == [1, 2, 3]
    assert places(message.after(0b1, gap=1)) == [1, 2]
    assert places(message.after(0b1, gap=5, stops=0b100)) == [1]


def test_the_places_where_sentences_and_their_parts_begin_are_known() -> None:
    message = read("no, my chest hurts. help", "help")
    assert (places(message.first), places(message.clause), places(message.last)) == ([0, 4], [0, 1, 4], [3, 4])


def test_ignored_words_are_passed_over() -> None:
    assert read("my chest really hurts", "chest hurts", ignored=["really"]).words == ("my", "chest", "hurts")


def test_misspelt_words_are_read_as_they_are_meant_and_real_words_as_they_stand() -> None:
    lines = ("chest pain", "breath*")
    assert read("chesst payn, cant breeth", *lines, misspelt=["chest", "pain", "breath"]).words == ("chest", "pain", "cant", "breath")
    assert read("cheese chess", *lines, misspelt=["chest"], real_words=["chess", "cheese"]).words == ("cheese", "chess")


def test_possible_phrases_are_those_of_whose_parts_each_has_a_word() -> None:
    lines = ["chest pain", "chest ..2 hurts", "pregnan* & bleed*", "my arm"]
    phrases = Phrases(lines, {})
    reader = Reader(phrases)

    def possible(text: str) -> list[str]:
        return [phrase.source for phrase in phrases.possible(reader.read(text))]

    assert possible("my chest hurts") == ["chest ..2 hurts"]
    assert possible("bleeding") == ["pregnan* & bleed*"]  # the first half may have been said before
    assert possible("pregnant") == []
    assert phrases.ends(reader.read("my chest hurts")) == 0b100
    assert phrases.covered(reader.read("my chest really hurts")) == 0b1010


def test_an_empty_message_has_no_places() -> None:
    message = read(" \x00 ?! ", "help")
    assert (message.words, message.all, message.first, message.last) == ((), 0, 0, 0)
