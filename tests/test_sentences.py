from __future__ import annotations

import pytest
from nltk.tokenize.punkt import PunktSentenceTokenizer

from indexer.blocks import split_blocks
from indexer.corpus import Corpus
from indexer.records import HEADING, Document, Sentence, Span
from indexer.sentences import sentence_spans, split_sentences
from tests.segments import gold_segments, written

FURNITURE = "furniture"


def article(text: str) -> Document:
    return Document("article", "article.txt", "Article", "", "", "", "", "", text)


def sentences_of(text: str) -> tuple[Sentence, ...]:
    document = article(text)
    return split_sentences(document, split_blocks(document)[0])


def split(text: str) -> list[str]:
    """The sentences of one block."""
    return [text[span.start : span.end] for span in sentence_spans(text, Span(0, len(text)))]


@pytest.fixture(scope="module")
def sentences(corpus: Corpus) -> dict[str, tuple[Sentence, ...]]:
    return {document.id: split_sentences(document, split_blocks(document, corpus.corrections[document.id])[0]) for document in corpus.documents}


# The five texts, against the hand-made gold


def precision_and_recall(found: set[Span], gold: set[Span]) -> tuple[float, float]:
    return len(found & gold) / len(found), len(found & gold) / len(gold)


def ends(spans: set[tuple[str, Span]]) -> set[tuple[str, int]]:
    return {(id, span.end) for id, span in spans}


def test_the_sentences_are_those_of_the_gold_where_punkt_alone_finds_four_in_five(corpus: Corpus, sentences: dict[str, tuple[Sentence, ...]]) -> None:
    """Of the 279 sentences, Punkt alone finds 226 whole; of their ends 262, and 19 that are none.

    It runs a heading, a list or a sign-up into the next sentence, and knows no "month.The study".
    """
    gold = {(document.id, part.span) for document in corpus.documents for part in gold_segments(document) if part.kind not in (HEADING, FURNITURE)}
    ours = {(id, sentence.span) for id, found in sentences.items() for sentence in found}
    alone = PunktSentenceTokenizer()
    punkt = {(document.id, Span(*span)) for document in corpus.documents for span in alone.span_tokenize(document.text)}

    assert precision_and_recall(ours, gold) == (1.0, 1.0)
    assert precision_and_recall(ends(ours), ends(gold)) == (1.0, 1.0)
    figures = (*precision_and_recall(punkt, gold), *precision_and_recall(ends(punkt), ends(gold)))
    assert [round(figure, 3) for figure in figures] == [0.804, 0.81, 0.932, 0.939], f"Punkt alone: whole sentences and ends, precision and recall {figures}"
    assert max(figures) < 1.0


def test_each_sentence_has_the_kind_that_the_gold_says(corpus: Corpus, sentences: dict[str, tuple[Sentence, ...]]) -> None:
    for document in corpus.documents:
        gold = [(part.span, part.kind) for part in gold_segments(document) if part.kind not in (HEADING, FURNITURE)]
        assert [(sentence.span, sentence.kind) for sentence in sentences[document.id]] == gold


def test_no_word_of_the_furniture_is_in_a_sentence(corpus: Corpus, sentences: dict[str, tuple[Sentence, ...]]) -> None:
    for document in corpus.documents:
        furniture = written(document.text, (part.span for part in gold_segments(document) if part.kind == FURNITURE))
        assert not furniture & written(document.text, (sentence.span for sentence in sentences[document.id]))


def test_each_sentence_is_its_slice_of_the_text(corpus: Corpus, sentences: dict[str, tuple[Sentence, ...]]) -> None:
    for document in corpus.documents:
        for sentence in sentences[document.id]:
            assert sentence.document_id == document.id
            assert sentence.text == document.text[sentence.span.start : sentence.span.end] == sentence.text.strip()


@pytest.mark.parametrize(
    ("id", "count", "first", "tenth", "last"),
    [
        (
            "chronic-pain",
            15,
            "Chronic pain can be delibilitating and difficult to treat safely, effectively, and without side-effects that can be worse than the condition.",
            "There are so many syndromes today that can be described as tension-based.",
            "“The scientific community should take a good hard look at this.”",
        ),
        (
            "fibromyalgia-trial",
            47,
            "The clinical trial found—for the first time—that magnesium may help ease fibromyalgia symptoms, particularly stress and pain.",
            "In moderately stressed participants, pain scores dropped to 5.1 from 5.7 on a 10-point scale, while the placebo group showed no improvement.",
            "It is therefore crucial to consult with your health care provider before starting supplementation.",
        ),
        (
            "glycinate-migraine",
            178,
            "Migraines can be debilitating, causing intense pain, sensitivity to light and sound, and even nausea.",
            "Sensitivity to light and sound",
            "Faye D. M.",
        ),
        (
            "migraine-mechanisms",
            18,
            "Magnesium is a dietary mineral that helps regulate blood vessel\n\nSize, serotonin function, and nerve activity in the brain, among\n\n"
            "Other functions.",
            "Aside from a very few\n\nPatients who had short-term light headedness during the infusion,\n\nThere were no side effects.",
            "It also helps make blood\n\nVessels in the brain more receptive to serotonin and thus clears\n\n"
            "The way for serotonin to cause constriction of blood vessels.",
        ),
        (
            "muscle-cramps",
            21,
            "Magnesium (Mg2+) is an essential ion for the human body.",
            "Additionally, magnesium deficient patients may suffer from neuronal hyperexcitability that can contribute to muscular contraction.",
            "The International Federation of Sports Chiropractic has awarded him with the International Chiropractic Sport Science Diploma (ICSSD).",
        ),
    ],
)
def test_the_counts_and_the_first_tenth_and_last_sentence_are_pinned(
    sentences: dict[str, tuple[Sentence, ...]], id: str, count: int, first: str, tenth: str, last: str
) -> None:
    found = [sentence.text for sentence in sentences[id]]
    assert (len(found), found[0], found[9], found[-1]) == (count, first, tenth, last)


def test_a_sentence_that_stands_twice_is_told_apart_by_its_offset(sentences: dict[str, tuple[Sentence, ...]]) -> None:
    twice = "This combination enhances magnesium absorption in the body, making it a preferred form of magnesium supplementation for some individuals."
    one, other = [sentence for sentence in sentences["glycinate-migraine"] if sentence.text == twice]
    assert one.span != other.span
    assert (one.section, other.section) == ("Magnesium Glycinate: An Overview", "What is Magnesium Glycinate?")


# Ends of sentences in other people's texts


@pytest.mark.parametrize(
    "expected",
    [
        ["He took it once daily for one month.", "The study was short."],
        ["Take 310 mg.", "She took 400 mg."],
        ["How does it work?", "One of the ways is known."],
        ["“It works.”", "He agreed."],
        ["It works (mostly.)", "He agreed."],
    ],
)
def test_a_sentence_glued_to_the_one_before_is_cut_off(expected: list[str]) -> None:
    assert split("".join(expected)) == expected
    assert split(" ".join(expected)) == expected
    assert split("\n".join(expected)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Linda Rapson and Prof. J. Smith agree.",
        "He holds a Ph.D. in physics.",
        "Ph.D candidates in the U.S.A. use Node.js for it.",
        "It fell from 5.7 to 5.1 mg.",
        "Eat nuts, e.g. cashews, seeds, i.e. pumpkin, etc. at noon.",
        "Smith et al. found it, see fig. 3 and no. 5.",
        "At 5 p.m. the clinic opens.",
        "Magnesium vs. placebo was the question.",
        "In Sept. 2014 it began.",
        "“Does it help?” she asked.",
        "“It helps!” said Duval.",
        "Faye D. M.",
        "One finding: Among those with stress, it helped.",
    ],
)
def test_a_full_stop_within_a_sentence_does_not_end_it(sentence: str) -> None:
    assert split(sentence) == [sentence]


@pytest.mark.parametrize(
    "expected",
    [
        ["Is it safe?", "No.", "It is not."],
        ["Eat nuts, seeds, etc.", "They hold a lot of it."],
        ["It helps to take vitamin D.", "Magnesium helps too."],
        ["She lives in the U.S.", "The doctor agreed."],
        ["The clinic opens at 5 p.m.", "It closes late."],
        ["He called it “calming.”", "She agreed."],
        ["(It works.)", "She agreed."],
        ["But that’s not all!", "It also helps."],
    ],
)
def test_a_full_stop_at_the_end_of_a_sentence_ends_it(expected: list[str]) -> None:
    assert split(" ".join(expected)) == expected


def test_offsets_are_those_of_the_whole_text() -> None:
    text = "🤕 Cramps\n\nThey hurt.  They pass.\n"
    assert [(text[span.start : span.end], span.start) for span in sentence_spans(text, Span(10, len(text)))] == [("They hurt.", 10), ("They pass.", 22)]


def test_a_heading_is_no_sentence_and_gives_its_words_as_the_section() -> None:
    assert [(sentence.text, sentence.section) for sentence in sentences_of("First.\n\nWhat helps\n\nStretch. Walk.\n\n- Nuts")] == [
        ("First.", ""),
        ("Stretch.", "What helps"),
        ("Walk.", "What helps"),
        ("Nuts", "What helps"),
    ]


# What a sentence leans on


def leans(text: str) -> dict[str, str]:
    """Each sentence that leans, and the sentence that it leans on."""
    return {sentence.text: text[sentence.leans_on.start : sentence.leans_on.end] for sentence in sentences_of(text) if sentence.leans_on}


@pytest.mark.parametrize(
    "pointer",
    [
        "It helps.",
        "This helps.",
        "These help.",
        "They help.",
        "However, it helps.",
        "But they help.",
        "In that subgroup, stress fell.",
        "For example, it fell.",
    ],
)
def test_a_sentence_that_points_back_leans_on_the_one_before(pointer: str) -> None:
    assert leans(f"Pain is old. Magnesium is a mineral. {pointer}") == {pointer: "Magnesium is a mineral."}


@pytest.mark.parametrize(
    "sentence",
    [
        "Magnesium helps.",
        "It is important to note that genes matter.",
        "It’s worth noting that genes matter.",
        "It is recommended that men take 400 mg.",
        "However, it is important to note that genes matter.",
        "In this article, we explore it.",
        "Italy grows nuts.",
        "Thistles grow.",
    ],
)
def test_a_sentence_that_points_nowhere_leans_on_none(sentence: str) -> None:
    assert leans(f"Magnesium is a mineral. {sentence}") == {}


def test_an_item_of_a_list_leans_on_the_line_that_introduces_it() -> None:
    assert leans("Foods hold it. Rich ones are:\n\n- Nuts\n- Seeds\n- It is in beans, too.\n\nThat is all.\n\nThe end.") == {
        "Nuts": "Rich ones are:",
        "Seeds": "Rich ones are:",
        "That is all.": "It is in beans, too.",
    }


def test_a_list_without_an_introduction_leans_on_nothing() -> None:
    assert leans("Foods hold it.\n\n- Nuts\n- Seeds") == {}


def test_the_second_sentence_of_an_item_leans_on_the_first() -> None:
    assert leans("Ways are:\n\n1. It relaxes vessels. This may help.\n2. It calms.") == {"This may help.": "It relaxes vessels."}


def test_nothing_leans_across_a_heading() -> None:
    assert leans("Pain\n\nMagnesium is a mineral.\n\nSleep\n\nIt helps.") == {}
    assert leans("Foods are:\n\nNuts and more\n\n- Seeds") == {}


def test_nothing_leans_on_an_earlier_section_of_the_same_name() -> None:
    assert leans("Summary\n\nPain is bad.\n\nSleep\n\nSleep is good.\n\nSummary\n\nIt helps.\n\n- Nuts") == {}


def test_what_leans_in_the_five_texts_leans_on_the_neighbour_or_the_lead_in(corpus: Corpus, sentences: dict[str, tuple[Sentence, ...]]) -> None:
    documents = {document.id: document for document in corpus.documents}
    pairs = {sentence.text: documents[id].slice(sentence.leans_on) for id, found in sentences.items() for sentence in found if sentence.leans_on}
    assert pairs["Nausea and vomiting"] == "Common symptoms of migraines include:"
    assert pairs["Dark chocolate"] == "Duval recommends several magnesium-rich foods for patients managing chronic pain, including:"
    assert pairs["It works quickly and bypasses the gut."].startswith("On the other hand, IV magnesium is administered directly into a vein")
    assert pairs["This indicates that improvement was not due to a placebo effect."].startswith("In the study people who were not")
    assert not any(text.startswith("It is essential to maintain balanced levels") for text in pairs)
    for id, found in sentences.items():
        spans = [sentence.span for sentence in found]
        for before, sentence in zip(found, found[1:], strict=False):
            if sentence.leans_on and sentence.kind != "list_item":
                assert sentence.leans_on == before.span
            assert sentence.leans_on is None or sentence.leans_on in spans, id
