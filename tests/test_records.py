from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from indexer.records import Document, Span, collapse


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 3), (-1, 2), (0, 0)])
def test_a_span_is_never_empty_backwards_or_negative(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"found {start}, {end}"):
        Span(start, end)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (Span(0, 5), Span(5, 9), 0),  # side by side
        (Span(0, 5), Span(7, 9), 0),
        (Span(0, 5), Span(4, 9), 1),
        (Span(0, 9), Span(2, 4), 2),
        (Span(2, 4), Span(2, 4), 2),
    ],
)
def test_the_overlap_is_the_number_of_shared_characters_either_way_round(one: Span, other: Span, shared: int) -> None:
    assert one.overlap(other) == other.overlap(one) == shared


def test_spans_know_their_length_and_sort_in_text_order() -> None:
    assert len(Span(3, 10)) == 7
    assert sorted([Span(5, 6), Span(0, 9), Span(0, 2)]) == [Span(0, 2), Span(0, 9), Span(5, 6)]


def test_a_span_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Span(0, 1).start = 5  # type: ignore[misc]


def test_offsets_count_code_points_not_bytes_or_letters() -> None:
    document = Document("d", "d.txt", "", "", "", "", "", "", "🤕 ne\u0301e “Mg2+”")
    assert document.slice(Span(0, 1)) == "🤕"
    assert document.slice(Span(2, 6)) == "ne\u0301e"
    assert document.slice(Span(7, 13)) == "“Mg2+”"


def test_collapse_makes_any_run_of_whitespace_one_space() -> None:
    assert collapse("  blood vessel\n\nSize,\t serotonin\u00a0function \r\n") == "blood vessel Size, serotonin function"
