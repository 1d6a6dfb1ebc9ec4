from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.__main__ import main
from indexer.embed import SentenceTransformerEmbedder
from tests.conftest import ROOT

ARTICLE = """\
Cramps at night

By Ann Lee, RN

Magnesium eases pain. It relaxes muscles.

Subscribe

What helps

Rich foods are:

- Nuts
- Seeds
"""
BANK = '{"document": "article", "quote": "Magnesium eases pain.", "questions": ["what eases pain?"]}\n'
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "article.txt").write_text(ARTICLE, "utf-8")
    (folder / "zinc.md").write_text("# Zinc\n\nZinc is a metal.", "utf-8")
    (folder / "questions.jsonl").write_text(BANK, "utf-8")
    (folder / "sources.toml").write_text('[article]\ntitle = "Cramps"\npublisher = "Example Health"\n', "utf-8")
    return folder


@pytest.fixture(scope="module")
def index(texts: Path, embedder: SentenceTransformerEmbedder) -> Path:
    folder = texts.parent / f"{texts.name}-index"
    assert main(["build", "--corpus", str(texts), "--out", str(folder)]) == 0
    return folder


def output(capsys: Capture, *arguments: str | Path) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def error(capsys: Capture, *arguments: str | Path) -> str:
    """The one line with which a command refuses."""
    assert main([str(argument) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert captured.err.startswith("error: expected ") and ", found" in captured.err
    return captured.err.strip()


# build


def test_build_closes_with_a_summary_of_what_was_read_and_left_out(texts: Path, index: Path, capsys: Capture) -> None:
    before = {path.name: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    lines = output(capsys, "build", "--corpus", texts, "--out", index).splitlines()
    assert lines[0] == "2 documents, 7 sentences, 4 passages, 1 anticipated questions"
    assert lines[1:3] == ["left out as furniture: 1 × newsletter sign-up", "    article: Subscribe"]
    assert lines[3].startswith(f"index {(index / 'CURRENT').read_text('ascii').strip()} in {index}, ") and lines[3].endswith(" s")
    assert {path.name: path.read_bytes() for path in index.rglob("*") if path.is_file()} == before  # building twice changes nothing


class Terminal(io.StringIO):
    """What is shown on a screen."""

    def isatty(self) -> bool:
        return True


def test_build_shows_a_bar_for_each_step_on_a_terminal_and_clears_it(texts: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    with contextlib.redirect_stderr(Terminal()) as screen:
        assert main(["build", "--corpus", str(texts), "--out", str(tmp_path / "index")]) == 0
    shown = screen.getvalue()
    for step in ("texts split:   0%", "sentences embedded:   0%", "passages embedded:   0%", "questions embedded:   0%"):
        assert shown.count(step) == 1, step
    assert shown.endswith(" \r") and "\n" not in shown


def test_build_if_stale_does_nothing_for_a_sound_index_of_the_same_texts(texts: Path, index: Path, capsys: Capture) -> None:
    assert output(capsys, "build", "--if-stale", "--corpus", texts, "--out", index) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda texts, index: (texts / "zinc.md").write_text("Zinc is a blue metal.", "utf-8"), "sources changed"),
        (lambda texts, index: next(index.glob("*/sentences.jsonl")).write_bytes(b""), "sentences.jsonl with "),
        (lambda texts, index: (index / "CURRENT").unlink(), "found none"),
    ],
)
def test_build_if_stale_says_why_it_builds(
    tmp_path: Path, texts: Path, index: Path, capsys: Capture, change: Callable[[Path, Path], object], said: str
) -> None:
    copies = []
    for folder in (texts, index):
        copies.append(tmp_path / folder.name)
        subprocess.run(["cp", "-r", folder, copies[-1]], check=True)
    change(*copies)
    assert main(["build", "--if-stale", "--corpus", str(copies[0]), "--out", str(copies[1])]) == 0
    captured = capsys.readouterr()
    assert said in captured.err and captured.err.count("\n") == 1
    assert captured.out.startswith("2 documents, ")
    assert output(capsys, "check", "--index", copies[1]).startswith("sound: ")


def test_much_furniture_is_counted_and_a_long_piece_of_it_cut(tmp_path: Path, capsys: Capture, embedder: SentenceTransformerEmbedder) -> None:
    for number, name in ((40, "few"), (41, "many")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.txt").write_text("It helps.\n" + "Subscribe\n" * (number - 1) + "Subscribe to " + "x" * 68, "utf-8")
    lines = output(capsys, "build", "--corpus", tmp_path / "few", "--out", tmp_path / "index").splitlines()
    assert lines[1] == "left out as furniture: 40 × newsletter sign-up"
    assert len(lines) == 43 and lines[41] == "    page: Subscribe to " + "x" * 66 + "…"  # 80 of 81
    lines = output(capsys, "build", "--corpus", tmp_path / "many", "--out", tmp_path / "index").splitlines()
    assert lines[1] == "left out as furniture: 41 × newsletter sign-up" and len(lines) == 3


def test_a_corpus_in_beirs_form_is_built(tmp_path: Path, capsys: Capture, embedder: SentenceTransformerEmbedder) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "title": "Zinc", "text": "Zinc is a metal."}\n', "utf-8")
    assert output(capsys, "build", "--corpus", tmp_path / "corpus.jsonl", "--out", tmp_path / "index").startswith("1 documents, 1 sentences, 1 passages")


# show


def test_show_lists_documents_with_what_is_known_of_them(index: Path, capsys: Capture) -> None:
    assert output(capsys, "show", "--index", index) == "article\t6 sentences\tCramps (Example Health)\nzinc\t1 sentences\tzinc\n"
    assert output(capsys, "show", "documents", "--index", index) == output(capsys, "show", "--index", index)


def test_show_lists_sections_passages_sentences_and_furniture(index: Path, capsys: Capture) -> None:
    assert (
        output(capsys, "show", "sections", "--index", index)
        == "article\t3 sentences\tCramps at night\narticle\t3 sentences\tWhat helps\nzinc\t1 sentences\tZinc\n"
    )
    assert output(capsys, "show", "passages", "--index", index).splitlines() == [
        "article:17-31\tCramps at night\tBy Ann Lee, RN",
        "article:33-74\tCramps at night\tMagnesium eases pain. It relaxes muscles.",
        "article:99-130\tWhat helps\tRich foods are: - Nuts - Seeds",
        "zinc:8-24\tZinc\tZinc is a metal.",
    ]
    assert output(capsys, "show", "sentences", "--index", index).splitlines()[:2] == [
        "article:17-31\tbyline\tBy Ann Lee, RN",
        "article:33-54\tparagraph\tMagnesium eases pain.",
    ]
    assert output(capsys, "show", "furniture", "--index", index) == "article:76-85\tnewsletter sign-up\tSubscribe\n"


def test_show_of_a_document_gives_its_passages(index: Path, capsys: Capture) -> None:
    assert output(capsys, "show", "zinc", "--index", index) == "\nzinc:8-24  Zinc\n    Zinc is a metal.\n"


def test_show_of_a_passage_gives_its_sentences_its_questions_and_its_neighbours_in_the_document(index: Path, capsys: Capture) -> None:
    assert output(capsys, "show", "article:33-74", "--index", index).splitlines() == [
        "  article:17-31  Cramps at night",
        "    17-31\tBy Ann Lee, RN",
        "> article:33-74  Cramps at night",
        "    33-54\tMagnesium eases pain.",
        "        ? what eases pain?",
        "    55-74\tIt relaxes muscles.",
        "  article:99-130  What helps",
        "    99-114\tRich foods are:",
        "    118-122\tNuts",
        "    125-130\tSeeds",
    ]
    assert "zinc" not in output(capsys, "show", "article:99-130", "--index", index)


def test_show_of_anything_else_says_what_there_is(index: Path, capsys: Capture) -> None:
    assert "found 'nothing': list them with python -m indexer show passages" in error(capsys, "show", "nothing", "--index", index)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_is_no_error(index: Path, unbuffered: str) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "indexer", "show", "--index", str(index)]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


# check


def test_check_of_a_sound_index_says_what_is_in_it_and_changes_nothing(index: Path, capsys: Capture) -> None:
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*")}
    said = output(capsys, "check", "--index", index)
    assert said.startswith("sound: 13 files, ") and said.endswith(", model all-MiniLM-L6-v2\n")
    assert "2 documents" in said and "7 sentences" in said and "4 passages" in said and "1 questions" in said
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*")} == before


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "documents.jsonl", "passages.faiss", "sentences.bm25"])
def test_check_and_show_name_the_damaged_file(index: Path, capsys: Capture, name: str) -> None:
    (file,) = index.rglob(name)
    content = file.read_bytes()
    file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    for command in ("check", "show"):
        message = error(capsys, command, "--index", index)
        assert str(file) in message and message.endswith("it is damaged, run python -m indexer build")
    file.write_bytes(content)
    assert output(capsys, "check", "--index", index)


# Bad input: one line and exit code 2


@pytest.mark.parametrize("command", ["show", "check"])
def test_no_index_is_one_line(tmp_path: Path, capsys: Capture, command: str) -> None:
    assert error(capsys, command, "--index", tmp_path) == f"error: expected an index in {tmp_path}, found none: run python -m indexer build"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.rst", b"No text.", "expected .txt or .md files in"),
        ("photo.txt", b"\x89PNG\0\0", "found byte 0x89 at 0 of"),
        ("photo.txt", b"PNG\0\0", "found a null byte at 3 of"),
        ("latin.txt", b"caf\xe9", "found byte 0xe9 at 3 of"),
        ("blank.txt", b" \n", "found only whitespace"),
        ("corpus.jsonl", b'{"_id": "a", "text": "Zinc."\n', "expected a JSON object at"),
        ("corpus.jsonl", b'{"_id": "a"}\n', "expected a string 'text' at"),
    ],
)
def test_a_corpus_that_cannot_be_read_is_one_line(tmp_path: Path, capsys: Capture, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert said in error(capsys, "build", "--corpus", tmp_path, "--out", tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_no_corpus_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    assert "name one with --corpus" in error(capsys, "build", "--corpus", tmp_path / "nowhere", "--out", tmp_path / "index")


def test_a_corpus_without_sentences_is_one_line(tmp_path: Path, capsys: Capture, embedder: SentenceTransformerEmbedder) -> None:
    (tmp_path / "page.txt").write_text("Menu\nSearch", "utf-8")
    assert "found none: check what was left out as furniture" in error(capsys, "build", "--corpus", tmp_path, "--out", tmp_path / "index")


def test_an_unknown_model_is_one_line(texts: Path, tmp_path: Path, capsys: Capture, embedder: SentenceTransformerEmbedder) -> None:
    for model in ("nobody/no-model", str(tmp_path)):
        message = error(capsys, "build", "--corpus", texts, "--out", tmp_path / "index", "--model", model)
        assert f"expected a sentence-transformers model named {model!r}, found: " in message
        assert message.endswith(": name a folder that holds one, or all-MiniLM-L6-v2")


def test_a_place_that_cannot_be_written_is_one_line(texts: Path, tmp_path: Path, capsys: Capture, embedder: SentenceTransformerEmbedder) -> None:
    (tmp_path / "index").write_text("mine", "utf-8")
    assert "found: File exists: make room there, or name another folder with --out" in error(capsys, "build", "--corpus", texts, "--out", tmp_path / "index")


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["build", "--nonsense"], ["check", "--index"]])
def test_a_command_line_that_is_wrong_exits_with_2_and_says_how_it_is_used(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m indexer" in capsys.readouterr().err
