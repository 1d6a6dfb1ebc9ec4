from __future__ import annotations

import random
import re
from collections.abc import Sequence

import pytest

from indexer.blocks import split_blocks
from indexer.corpus import Corpus, Correction
from indexer.records import HEADING, Document, Span
from tests.segments import gold_segments, written

FURNITURE = "furniture"


def article(text: str) -> Document:
    return Document("article", "article.txt", "Article", "", "", "", "", "", text)


def parts(text: str, corrections: Sequence[Correction] = ()) -> list[tuple[str, str]]:
    """Every block and furniture in text order, each with its kind and its words on one line."""
    document = article(text)
    blocks, furniture = split_blocks(document, corrections)
    found = [(block.span, block.kind) for block in blocks] + [(part.span, FURNITURE) for part in furniture]
    return [(kind, " ".join(document.slice(span).split())) for span, kind in sorted(found)]


def left_over(document: Document, corrections: Sequence[Correction] = ()) -> list[str]:
    """What is in no block and no furniture; fails where something is in two."""
    blocks, furniture = split_blocks(document, corrections)
    spans = sorted(part.span for part in (*blocks, *furniture))
    for before, after in zip(spans, spans[1:], strict=False):
        assert before.end <= after.start, (document.slice(before), document.slice(after))
    rest = list(document.text)
    for span in spans:
        assert document.slice(span) == document.slice(span).strip()
        rest[span.start : span.end] = " " * len(span)
    return "".join(rest).split()


# The five texts, against the hand-made gold


def test_headings_and_furniture_of_the_five_texts_are_those_of_the_gold(corpus: Corpus) -> None:
    for document in corpus.documents:
        gold = gold_segments(document)
        blocks, furniture = split_blocks(document, corpus.corrections[document.id])
        assert [block.span for block in blocks if block.kind == HEADING] == [part.span for part in gold if part.kind == HEADING]
        expected = written(document.text, (part.span for part in gold if part.kind == FURNITURE))
        assert written(document.text, (part.span for part in furniture)) == expected


def test_each_gold_sentence_stands_in_a_block_of_its_kind_and_under_its_heading(corpus: Corpus) -> None:
    for document in corpus.documents:
        blocks, _ = split_blocks(document, corpus.corrections[document.id])
        heading = ""
        for part in gold_segments(document):
            if part.kind == FURNITURE:
                continue
            heading = document.slice(part.span) if part.kind == HEADING else heading
            (block,) = [block for block in blocks if block.span.overlap(part.span)]
            assert block.span.overlap(part.span) == len(part.span)
            assert (block.kind, block.section) == (part.kind, heading)


def test_every_character_of_the_five_texts_is_in_one_block_or_furniture_or_is_a_list_marker(corpus: Corpus) -> None:
    markers = {document.id: left_over(document, corpus.corrections[document.id]) for document in corpus.documents}
    assert markers == {
        "chronic-pain": [],
        "fibromyalgia-trial": ["-", "-", "-", "-", "-"],
        "glycinate-migraine": ["•", "•", "•", "•", "1.", "2.", "3.", "4."],
        "migraine-mechanisms": [],
        "muscle-cramps": [],
    }


def test_most_furniture_of_the_five_texts_is_found_without_corrections(corpus: Corpus) -> None:
    by_rule = [(part.reason, document.slice(part.span)) for document in corpus.documents for part in split_blocks(document)[1]]
    assert by_rule == [
        ("navigation", "Close this search box."),
        ("table of contents", "Table of Contents"),
        ("newsletter sign-up", "Get the best of the"),
        ("newsletter sign-up", "Stay Calm blog sent to your inbox"),
        ("teaser of other articles", "From the Stay Calm Blog"),
        ("link to more", "Read More »"),
        ("comment form", "Comments"),
        ("comment form", "Post a Comment"),
        ("alternative text of an image", "magnesium glycinate for migraines"),
        ("advertising of an app", "Install CareClinic App"),
        ("advertising of an app", "Try the CareClinic app"),
        ("advertising of an app", "Download CareClinic Pill & Symptom Tracker App"),
    ]


# Other people's texts

WRAPPED = """Sleep and magnesium

Many people who sleep badly take magnesium in the evening, hoping that
it will help them to fall asleep. A small trial in older adults found
that those who took it slept seventeen minutes longer.

The trial was short. Its authors warn that nobody should expect much
of a mineral that most people already get from their food every day,
and they ask for larger trials.
No other paragraph begins without a blank line above it, but this does
because the line before it is short and ends a sentence.

Foods that hold a lot of it are listed in every table of nutrients:
1. pumpkin seeds, which hold more than almost any other food does, and
   of which a handful is enough
2. spinach
"""


def test_a_hard_wrapped_text_is_joined_into_its_paragraphs_and_items() -> None:
    found = parts(WRAPPED)
    assert [kind for kind, _ in found] == ["heading", "paragraph", "paragraph", "paragraph", "paragraph", "list_item", "list_item"]
    assert found[0][1] == "Sleep and magnesium"
    assert found[1][1].startswith("Many people") and found[1][1].endswith("minutes longer.")
    assert found[2][1].startswith("The trial") and found[2][1].endswith("larger trials.")
    assert found[3][1].startswith("No other") and found[3][1].endswith("ends a sentence.")
    assert found[5:] == [
        ("list_item", "pumpkin seeds, which hold more than almost any other food does, and of which a handful is enough"),
        ("list_item", "spinach"),
    ]
    assert left_over(article(WRAPPED)) == ["1.", "2."]


def test_short_lines_that_are_whole_sentences_are_not_taken_for_a_hard_wrapped_text() -> None:
    lines = [f"Cramp number {number} went away after some minutes." for number in range(8)]
    assert parts("\n".join(lines)) == [("paragraph", line) for line in lines]


MARKDOWN = """# Cramps

## What helps

Stretching helps *most* people. See [the trial](https://example.org/a).

* Stretch the calf
* Drink water
+ Walk

1) Warm bath
(b) Massage

---

### When to see a doctor

If cramps last (for more than a week), see one.
"""


def test_markdown_headings_lists_and_rules_are_known() -> None:
    assert parts(MARKDOWN) == [
        ("heading", "Cramps"),
        ("heading", "What helps"),
        ("paragraph", "Stretching helps *most* people. See [the trial](https://example.org/a)."),
        ("list_item", "Stretch the calf"),
        ("list_item", "Drink water"),
        ("list_item", "Walk"),
        ("list_item", "Warm bath"),
        ("list_item", "Massage"),
        ("furniture", "---"),
        ("heading", "When to see a doctor"),
        ("paragraph", "If cramps last (for more than a week), see one."),
    ]
    assert left_over(article(MARKDOWN)) == ["#", "##", "*", "*", "+", "1)", "(b)", "###"]


@pytest.mark.parametrize("marker", ["•", "·", "▪", "◦", "‣", "*", "+", "-", "–", "1.", "12)", "(3)", "a)", "b."])
def test_every_usual_list_marker_is_left_out_of_its_item(marker: str) -> None:
    text = f"Foods:\n  {marker}\tNuts and seeds\nThat is all."
    assert parts(text) == [("paragraph", "Foods:"), ("list_item", "Nuts and seeds"), ("paragraph", "That is all.")]
    assert left_over(article(text)) == [marker]


@pytest.mark.parametrize(
    "line", ["-5 degrees is cold.", "3.5 mg is little.", "1,000 mg is much.", "*Nuts* are food.", "100. That is the dose.", "A. Smith found it."]
)
def test_a_number_or_a_stress_mark_is_no_list_marker(line: str) -> None:
    assert parts(f"Before.\n{line}\nAfter.")[1] == ("paragraph", line)


def test_a_list_glued_to_the_colon_of_its_lead_in_is_cut_off() -> None:
    assert parts("Some foods are rich in it, including:- Pumpkin seeds\n- Cashews\nThe rest: see below.") == [
        ("paragraph", "Some foods are rich in it, including:"),
        ("list_item", "Pumpkin seeds"),
        ("list_item", "Cashews"),
        ("paragraph", "The rest: see below."),
    ]


PAGE = """Skip to content
Menu
Search
Why legs cramp at night
By Ann Lee, RN
Updated on March 3, 2021
Share on Facebook
In this article
Cramps wake one adult in three. They last seconds or minutes.
Sign up for our newsletter!
Get our weekly tips: subscribe by e-mail
Enter your email
Advertisement
Stretch before bed, every evening.
Read more: Ten foods with magnesium
Related articles
More stories from Example Health
You may also like
Try our free symptom tracker app
© 2021 Example Health. All rights reserved.
Privacy Policy
3 Comments
Leave a comment
No comments yet
* * *
"""


def test_what_stands_around_an_article_on_its_page_is_furniture() -> None:
    found = parts(PAGE)
    assert [part for part in found if part[0] != FURNITURE] == [
        ("heading", "Why legs cramp at night"),
        ("byline", "By Ann Lee, RN"),
        ("byline", "Updated on March 3, 2021"),
        ("paragraph", "Cramps wake one adult in three. They last seconds or minutes."),
        ("paragraph", "Stretch before bed, every evening."),
    ]
    assert len(found) == 25
    _, furniture = split_blocks(article(PAGE))
    assert all(part.reason for part in furniture)


@pytest.mark.parametrize(
    "sentence",
    [
        "Patients sign up for trials every year.",
        "Most doctors subscribe to one of two theories.",
        "Share this information with your healthcare provider.",
        "Share your diary with your doctor.",
        "Recent articles suggest that magnesium helps.",
        "More reading is needed to settle the question.",
        "You might also enjoy a warm bath.",
        "Sponsored trials report larger effects.",
        "Skip to the next dose if you forget one.",
        "No comments were made by the patients.",
        "Comments from patients were kind.",
        "Search for the cause with your doctor.",
        "Menu planning helps people with migraine.",
        "Contents of the capsule are a white powder.",
        "Categories of pain differ.",
        "Try the tablets with food.",
        "Get enough sleep.",
        "Follow the instructions on the label.",
        "Like us, rats need magnesium.",
        "Print on the label shows the dose.",
        "Reply rates were low.",
        "Join a support group.",
        "By Monday, most patients felt better.",
        "Newsletters and app stores are not where to look for a diagnosis, even if they ask you to sign up or to read more about it.",
    ],
)
def test_a_sentence_of_an_article_is_no_furniture(sentence: str) -> None:
    assert parts(f"Magnesium is a mineral.\n{sentence}\nIt eases pain.")[1] == ("paragraph", sentence)


@pytest.mark.parametrize("line", ["as directed by your doctor", "nausea", "one tablet daily"])
def test_small_letters_under_a_heading_are_text_unless_they_repeat_its_words(line: str) -> None:
    assert parts(f"Dosage\n{line}\nAsk first.") == [("heading", "Dosage"), ("paragraph", line), ("paragraph", "Ask first.")]
    assert parts("Kidney Stones and You\nkidney stones\nAsk first.")[1] == (FURNITURE, "kidney stones")


@pytest.mark.parametrize("line", ["Why it works", "What is magnesium?", "5 foods to try", "Magnesium (Mg)", "The “feel-good” hormone"])
def test_a_short_line_that_is_no_sentence_is_the_heading_of_what_follows(line: str) -> None:
    document = article(f"First.\n\n{line}\n\nIt is a mineral.")
    blocks, _ = split_blocks(document)
    assert [(block.kind, block.section) for block in blocks] == [("paragraph", ""), ("heading", line), ("paragraph", line)]


@pytest.mark.parametrize("line", ["Rapson said, “It works.”", "It works.", "Foods rich in it:", "(See the trial.)", "and so on", "It helped (a little!)"])
def test_a_short_line_that_ends_as_a_sentence_does_is_no_heading(line: str) -> None:
    assert parts(f"First.\n{line}\nLast.")[1] == ("paragraph", line)


def test_the_last_line_is_no_heading_as_nothing_stands_under_it() -> None:
    assert parts("First.\nThe end") == [("paragraph", "First."), ("paragraph", "The end")]


@pytest.mark.parametrize(
    "line",
    [
        "By Dean Smith, DC, PhD",
        "Written by Ann Lee",
        "Reviewed by: Ann Lee, RN",
        "December 30th, 2014",
        "30 December 2014",
        "2014-12-30T11:50:26-05:00",
        "Published: Jan. 3, 2020",
        "Last updated on March 3, 2021",
    ],
)
def test_who_wrote_and_when_are_bylines(line: str) -> None:
    assert parts(f"Cramps\n{line}\nThey hurt.")[1] == ("byline", line)


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\u2028"])
def test_any_line_end_gives_the_same_parts(line_end: str) -> None:
    assert parts(PAGE.replace("\n", line_end)) == parts(PAGE)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert parts("\ufeffCramps\n\nThey hurt.") == [("heading", "Cramps"), ("paragraph", "They hurt.")]


# Corrections


def correction(text: str, exact: str, kind: str) -> Correction:
    start = text.index(exact)
    return Correction(Span(start, start + len(exact)), kind, "curated")


def test_a_correction_has_the_last_word_over_the_general_rules() -> None:
    text = "Subscribe\n\nTo be well, sleep.\n\nBuy one now"
    assert parts(text, [correction(text, "Subscribe", "heading"), correction(text, "Buy one now", FURNITURE)]) == [
        ("heading", "Subscribe"),
        ("paragraph", "To be well, sleep."),
        (FURNITURE, "Buy one now"),
    ]


def test_a_correction_cuts_a_line_and_what_it_cuts_off_keeps_its_kind() -> None:
    text = "By Dean Smith|December 30th, 2014|Tags: pain\nThey hurt."
    assert parts(text, [correction(text, "|Tags: pain", FURNITURE)]) == [
        ("byline", "By Dean Smith|December 30th, 2014"),
        (FURNITURE, "|Tags: pain"),
        ("paragraph", "They hurt."),
    ]


def test_a_correction_covers_several_lines() -> None:
    text = "One is text.\nTwo is an advert.\nThree is one too. Four is text."
    assert parts(text, [correction(text, "Two is an advert.\nThree is one too.", FURNITURE)]) == [
        ("paragraph", "One is text."),
        (FURNITURE, "Two is an advert."),
        (FURNITURE, "Three is one too."),
        ("paragraph", "Four is text."),
    ]


def test_a_corrected_heading_begins_a_section() -> None:
    text = "Cramps\n\nThey hurt.\n\nwhat helps.\n\nStretch."
    blocks, _ = split_blocks(article(text), [correction(text, "what helps.", "heading")])
    assert [(block.kind, block.section) for block in blocks][-2:] == [("heading", "what helps."), ("paragraph", "what helps.")]


# Any text


def test_no_character_of_any_text_is_lost_or_in_two_parts() -> None:
    pieces = [
        *PAGE.splitlines(),
        *MARKDOWN.splitlines(),
        *WRAPPED.splitlines(),
        "foods:- Nuts",
        "•",
        "- ",
        "…",
        "🤕",
        "x",
        "Ends.Here",
        ":- a:- b",
        "\u2028",
        "\t",
        "(a)",
        "#",
    ]
    choose = random.Random(1)
    for _ in range(300):
        text = "".join(choose.choice(pieces) + choose.choice(["\n", "\n\n", "\r\n", " ", ""]) for _ in range(choose.randrange(1, 30)))
        for rest in left_over(article(text)):
            assert re.fullmatch(r"[•*+-]|\(?(?:\d{1,2}|[a-z])[.)]|#{1,6}|\ufeff", rest), (rest, text)
