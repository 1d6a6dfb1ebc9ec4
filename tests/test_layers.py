"""Imports run one way, indexer <- chat <- evals, and each library is imported in one file."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.build import Settings, build
from indexer.corpus import read_corpus
from indexer.embed import SentenceTransformerEmbedder
from tests.conftest import ROOT, quiet

PACKAGES = ("indexer", "chat", "evals")
FILES = {file.relative_to(ROOT).as_posix(): file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))}
TEXT_SPLITTING = {"indexer.corpus", "indexer.blocks", "indexer.sentences", "indexer.passages", "indexer.build"}
ONE_FILE = {
    "nltk": "indexer/sentences.py",
    "sentence_transformers": "indexer/embed.py",
    "faiss": "indexer/vectors.py",
    "bm25s": "indexer/lexical.py",
    "Stemmer": "indexer/lexical.py",
    "gradio": "chat/page.py",
}
EVERYWHERE = {"numpy"}  # the common language of the others
CODE_IN_DATA = {"pickle", "cPickle", "_pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}


def imported(source: str) -> set[str]:
    """The modules that a source names in its imports, anywhere in it; `from a import b` may name `a.b`."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, "imports name the whole module"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


IMPORTS = {name: imported(file.read_text("utf-8")) for name, file in FILES.items()}


def importers(module: str) -> set[str]:
    """The files that import a module or something within it."""
    return {name for name, modules in IMPORTS.items() if any(other == module or other.startswith(module + ".") for other in modules)}


def within(package: str) -> set[str]:
    return {name for name in FILES if name.startswith(package + "/")}


def test_imports_are_found_wherever_they_stand() -> None:
    source = "import a.b\nfrom c import d as e\ndef f():\n    if g:\n        import h, i.j\n"
    assert imported(source) == {"a.b", "c", "c.d", "h", "i.j"}
    assert len(within("indexer")) >= 14 and len(within("chat")) >= 13 and len(within("evals")) >= 5


def test_the_indexer_imports_neither_chat_nor_evals() -> None:
    assert not within("indexer") & (importers("chat") | importers("evals"))


def test_the_chat_does_not_import_the_evals() -> None:
    assert not within("chat") & importers("evals")


def test_the_evals_are_imported_by_themselves_only() -> None:
    assert importers("evals") <= within("evals")


def test_only_the_command_imports_the_page() -> None:
    assert importers("chat.page") == {"chat/__main__.py"}


@pytest.mark.parametrize("module", sorted(TEXT_SPLITTING))
def test_the_chat_neither_reads_the_corpus_nor_splits_text(module: str) -> None:
    assert (ROOT / (module.replace(".", "/") + ".py")).is_file()
    assert not within("chat") & importers(module)


@pytest.mark.parametrize("library", sorted(ONE_FILE))
def test_each_library_is_imported_in_its_one_file(library: str) -> None:
    assert importers(library) == {ONE_FILE[library]}


def test_any_other_library_is_imported_in_one_file_too() -> None:
    ours = {*PACKAGES, *sys.stdlib_module_names, *EVERYWHERE, "tqdm"}
    libraries = {module.split(".")[0] for modules in IMPORTS.values() for module in modules} - ours
    assert libraries >= set(ONE_FILE)
    assert {library: importers(library) for library in libraries if len(importers(library)) > 1} == {}


def test_progress_bars_are_drawn_by_commands_only() -> None:
    assert importers("tqdm") <= {f"{package}/__main__.py" for package in PACKAGES}
    assert "indexer/__main__.py" in importers("tqdm")


def test_nothing_is_read_that_could_hold_code() -> None:
    assert not [name for name, modules in IMPORTS.items() if {module.split(".")[0] for module in modules} & CODE_IN_DATA]
    for name, file in FILES.items():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert isinstance(node.value, ast.Constant) and node.value.value is False, f"{name}:{node.value.lineno}"


ASK = """
import json, sys
import chat.answer, indexer.index
from chat.__main__ import main
status = main(["ask", "what eases pain?", "--json", "--index", sys.argv[1]])
print(json.dumps({"status": status, "loaded": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def test_asking_loads_neither_the_splitter_nor_the_page(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    (tmp_path / "article.txt").write_text("Magnesium eases pain. It relaxes muscles. Zinc is a metal.", "utf-8")
    build(read_corpus(tmp_path), embedder, tmp_path / "index", Settings(), quiet)
    done = subprocess.run([sys.executable, "-c", ASK, tmp_path / "index"], cwd=ROOT, capture_output=True, text=True, check=True)
    *answer, after = done.stdout.splitlines()
    assert json.loads("".join(answer))["question"] == "what eases pain?"
    after = json.loads(after)
    assert after["status"] == 0
    assert {"faiss", "sentence_transformers", "bm25s"} <= set(after["loaded"])
    assert not {"nltk", "gradio"} & set(after["loaded"])
