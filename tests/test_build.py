from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from indexer.build import BATCH, Built, Settings, build, fingerprint, lexical_key, passage_key, sentence_key
from indexer.corpus import Corpus, read_corpus
from indexer.errors import CorpusError
from indexer.index import open_index
from indexer.records import Passage, Sentence, Span
from indexer.store import read_current
from tests.conftest import ToyEmbedder, quiet

ARTICLE = """\
Cramps at night

Magnesium eases pain. It relaxes muscles. Magnesium eases pain. It calms nerves.

What helps

Rich foods are:

- Nuts
- Seeds

Subscribe
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "article.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "texts" / "zinc.md").write_text("# Zinc\n\nZinc is a metal. Nuts hold it.", "utf-8")
    return tmp_path / "texts"


def built(texts: Path, name: str = "index", settings: Settings | None = None, embedder: ToyEmbedder | None = None) -> Built:
    return build(read_corpus(texts), embedder or ToyEmbedder(), texts.parent / name, settings or Settings(), quiet)


def write_bank(texts: Path, *entries: dict[str, object]) -> None:
    (texts / "questions.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries), "utf-8")


# The same in, the same out


def test_the_same_corpus_model_and_settings_give_the_same_index(folder: Path) -> None:
    write_bank(folder, {"document": "article", "quote": "It calms nerves.", "questions": ["what calms?"]})
    one, other = built(folder, "one"), built(folder, "other")
    assert one == other
    assert read_current(folder.parent / "one") == read_current(folder.parent / "other")
    assert built(folder, "one") == one  # and once more in its own place


def test_the_five_texts_give_the_same_index_twice(corpus: Corpus, tmp_path: Path) -> None:
    ids = [build(corpus, ToyEmbedder(), tmp_path / name, Settings(), quiet).build_id for name in ("one", "other")]
    assert ids[0] == ids[1]
    manifests = [read_current(tmp_path / name)[0] for name in ("one", "other")]
    assert manifests[0]["files"] == manifests[1]["files"] and len(manifests[0]["files"]) == 13


def test_anything_else_in_gives_another_index(folder: Path) -> None:
    ids = [built(folder).build_id]
    ids.append(built(folder, settings=Settings(passage_length=50)).build_id)
    ids.append(built(folder, embedder=ToyEmbedder("another")).build_id)
    ids.append(built(folder, embedder=ToyEmbedder(dimension=32)).build_id)
    write_bank(folder, {"document": "article", "quote": "It calms nerves.", "questions": ["what calms?"]})
    ids.append(built(folder).build_id)
    (folder / "unanswered.jsonl").write_text('{"question": "how much?"}\n', "utf-8")
    ids.append(built(folder).build_id)
    (folder / "sources.toml").write_text('[article]\ntitle = "Cramps"\n', "utf-8")
    ids.append(built(folder).build_id)
    (folder / "article.txt").write_text(ARTICLE + "\nThe end.\n", "utf-8")
    ids.append(built(folder).build_id)
    assert len(set(ids)) == 8


def test_the_fingerprint_names_all_that_an_index_is_made_of() -> None:
    facts = fingerprint({"a.txt": "00"}, "toy", "11", Settings(passage_length=9))
    assert facts | {"indexer": ""} == {"sources": {"a.txt": "00"}, "model": {"name": "toy", "sha256": "11"}, "settings": {"passage_length": 9}, "indexer": ""}
    assert len(facts["indexer"]) == 64


def test_the_manifest_holds_the_fingerprint_and_the_counts(folder: Path) -> None:
    corpus, toy = read_corpus(folder), ToyEmbedder()
    found = built(folder)
    manifest, _ = read_current(folder.parent / "index")
    assert manifest.items() >= fingerprint(corpus.sha256, "toy", toy.digest, Settings()).items()
    assert manifest["dimension"] == 64
    assert manifest["counts"] == {"documents": 2, "sentences": 9, "passages": 3, "questions": 0, "unanswered": 0}
    assert (found.sentences, found.passages, found.questions) == (9, 3, 0)
    assert found.documents == corpus.documents
    assert [(part.document_id, part.reason) for part in found.furniture] == [("article", "newsletter sign-up")]


def test_progress_is_told_for_every_step_up_to_its_end(folder: Path) -> None:
    steps: dict[str, list[tuple[int, int]]] = {}
    many = " ".join(f"Sentence number {number} is here." for number in range(2 * BATCH))
    (folder / "many.txt").write_text(many, "utf-8")
    build(read_corpus(folder), ToyEmbedder(), folder.parent / "index", Settings(), lambda what, done, total: steps.setdefault(what, []).append((done, total)))
    assert steps["texts split"] == [(1, 3), (2, 3), (3, 3)]
    assert steps["sentences embedded"] == [(done, 2 * BATCH + 9) for done in (BATCH, 2 * BATCH, 2 * BATCH + 9)]
    assert steps["passages embedded"][-1][0] == steps["passages embedded"][-1][1]


# What is refused


def test_a_corpus_of_furniture_only_is_refused_and_leaves_no_index(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("Menu\nSearch\nSubscribe\nRead more\n", "utf-8")
    with pytest.raises(CorpusError, match="expected sentences in the texts, found none: check what was left out as furniture"):
        build(read_corpus(tmp_path), ToyEmbedder(), tmp_path / "index", Settings(), quiet)
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("quote", ["Cramps at night", "Subscribe", "What helps\n\nRi"])
def test_a_question_for_a_heading_or_furniture_is_refused(folder: Path, quote: str) -> None:
    write_bank(folder, {"document": "article", "quote": quote, "questions": ["why?"]})
    with pytest.raises(CorpusError, match=f"found one of article at {ARTICLE.index(quote)} that is furniture or a heading: delete it"):
        built(folder)


def test_a_question_for_a_document_of_furniture_only_is_refused(folder: Path) -> None:
    (folder / "page.txt").write_text("Menu\nSearch", "utf-8")
    write_bank(folder, {"document": "page", "quote": "Menu", "questions": ["why?"]})
    with pytest.raises(CorpusError, match="found one of page at 0 that is furniture or a heading"):
        built(folder)


# The question bank


def test_each_question_belongs_to_the_sentence_of_its_quote(folder: Path) -> None:
    write_bank(
        folder,
        {"document": "article", "quote": "Magnesium eases pain.", "suffix": " It calms", "questions": ["second?"]},
        {"document": "article", "quote": "Magnesium eases pain.", "suffix": " It relaxes", "questions": ["first?"]},
        {"document": "article", "quote": "relaxes muscles", "questions": ["part?"]},
        {"document": "article", "quote": "It calms nerves.", "questions": [], "starter": "What calms nerves?"},
        {"document": "article", "quote": "Rich foods are:\n\n- Nuts", "questions": ["lead-in and item?"]},
        {"document": "article", "quote": "Seeds", "questions": ["item?"]},
        {"document": "zinc", "quote": "Zinc is a metal.", "questions": ["zinc?", "metal?"]},
    )
    assert built(folder).questions == 8
    index = open_index(folder.parent / "index")
    asked = {question.text: index.sentences[question.sentence] for question in index.questions}
    assert {question: (sentence.text, sentence.span.start) for question, sentence in asked.items()} == {
        "second?": ("Magnesium eases pain.", ARTICLE.index("Magnesium eases pain. It calms")),
        "first?": ("Magnesium eases pain.", ARTICLE.index("Magnesium eases pain. It relaxes")),
        "part?": ("It relaxes muscles.", ARTICLE.index("It relaxes")),
        "What calms nerves?": ("It calms nerves.", ARTICLE.index("It calms")),
        "lead-in and item?": ("Rich foods are:", ARTICLE.index("Rich")),
        "item?": ("Seeds", ARTICLE.index("Seeds")),
        "zinc?": ("Zinc is a metal.", 8),
        "metal?": ("Zinc is a metal.", 8),
    }
    assert [question.text for question in index.questions if question.starter] == ["What calms nerves?"]


def test_questions_are_searched_by_words_at_the_row_of_their_sentence(folder: Path) -> None:
    write_bank(folder, {"document": "zinc", "quote": "Nuts hold it.", "questions": ["walnuts?", "hazelnut spread?"]})
    built(folder)
    index = open_index(folder.parent / "index")
    (row,) = np.flatnonzero(index.lexical_questions.scores("a hazelnut"))
    assert index.sentences[row].text == "Nuts hold it."


# What is embedded and searched

LEAD_IN = Sentence("a", "paragraph", "What  helps", Span(12, 27), None, "Rich foods are:")
ITEM = Sentence("a", "list_item", "What  helps", Span(31, 36), Span(12, 27), "Nuts,\nseeds")
ALONE = Sentence("a", "paragraph", "", Span(0, 10), None, "It  helps.")


def test_a_sentence_is_embedded_with_its_heading_and_what_it_leans_on() -> None:
    titles = {"a": "Cramps"}
    assert sentence_key(titles, ITEM, "Rich foods are:") == "What helps. Rich foods are:. Nuts, seeds"
    assert sentence_key(titles, LEAD_IN, "") == "What helps. Rich foods are:"
    assert sentence_key(titles, ALONE, "") == "Cramps. It helps."  # with the title, where there is no heading


def test_a_passage_is_embedded_with_title_and_heading_each_once() -> None:
    passage = Passage("a:12-36", "a", "What  helps", Span(12, 36), (1, 2))
    assert passage_key({"a": "Cramps"}, [ALONE, LEAD_IN, ITEM], passage) == "Cramps. What helps. Rich foods are: Nuts, seeds"
    assert passage_key({"a": "What  helps"}, [ALONE, LEAD_IN, ITEM], passage) == "What helps. Rich foods are: Nuts, seeds"


def test_a_sentence_is_searched_by_words_with_title_heading_and_what_it_leans_on() -> None:
    assert lexical_key({"a": "Cramps"}, ITEM, "Rich foods are:").split() == "Cramps What helps Rich foods are: Nuts, seeds".split()
