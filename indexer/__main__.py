"""python -m indexer build | show | check"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from indexer.errors import IndexUnusable, MagpieError
from indexer.show import WHAT, shorten

if TYPE_CHECKING:
    from indexer.build import Settings
    from indexer.corpus import Corpus

CORPUS, INDEX = Path("corpus"), Path("index")
LISTED = 40  # pieces of furniture that are shown one by one; of more, only the counts


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m indexer", description="Makes an index of source texts, shows what is in it, checks it.")
    commands = parser.add_subparsers(dest="command", required=True)

    build = commands.add_parser("build", help="read the texts and write an index")
    build.add_argument("--corpus", type=Path, default=CORPUS, help="a folder of .txt and .md files, or a corpus.jsonl in BEIR's form (default: %(default)s)")
    build.add_argument("--out", type=Path, default=INDEX, help="the index folder (default: %(default)s)")
    build.add_argument("--model", default="all-MiniLM-L6-v2", help="a sentence-transformers model: name, folder or hub id (default: %(default)s)")
    build.add_argument("--if-stale", action="store_true", help="do nothing if the index is sound and made of the same texts, model and code")

    show = commands.add_parser("show", help="list documents, sections, passages and sentences")
    show.add_argument("what", nargs="?", default="documents", help=f"{WHAT} (default: %(default)s)")
    show.add_argument("--index", type=Path, default=INDEX)

    check = commands.add_parser("check", help="verify every byte of an index; changes nothing")
    check.add_argument("--index", type=Path, default=INDEX)

    options = parser.parse_args(arguments)
    try:
        if options.command == "build":
            status = _build(options.corpus, options.out, options.model, options.if_stale)
        elif options.command == "show":
            status = _show(options.what, options.index)
        else:
            status = _check(options.index)
        sys.stdout.flush()
        return status
    except MagpieError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # "| head" has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _build(corpus_path: Path, out: Path, model: str, if_stale: bool) -> int:
    from indexer.build import Settings, build
    from indexer.corpus import read_corpus
    from indexer.embed import SentenceTransformerEmbedder

    started = time.monotonic()
    corpus = read_corpus(corpus_path)
    settings = Settings()
    if if_stale:
        reason = _stale_because(corpus, model, settings, out)
        if not reason:
            return 0
        print(f"building the index: {reason}", file=sys.stderr)
    bars: dict[str, tqdm[None]] = {}

    def progress(what: str, done: int, total: int) -> None:
        if what not in bars:
            bars[what] = tqdm(total=total, desc=what, disable=None, leave=False)
        bar = bars[what]
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    built = build(corpus, SentenceTransformerEmbedder(model), out, settings, progress)
    print(f"{len(built.documents)} documents, {built.sentences} sentences, {built.passages} passages, {built.questions} anticipated questions")
    texts = {document.id: document for document in built.documents}
    for kind, number in Counter(part.reason for part in built.furniture).most_common():
        print(f"left out as furniture: {number} × {kind}")
        for part in built.furniture:
            if part.reason == kind and len(built.furniture) <= LISTED:
                print(f"    {part.document_id}: {shorten(texts[part.document_id].slice(part.span), 80)}")
    print(f"index {built.build_id} in {out}, {time.monotonic() - started:.1f} s")
    return 0


def _stale_because(corpus: Corpus, model: str, settings: Settings, out: Path) -> str:
    """Why the index must be built, or nothing: it is sound, and made of the same texts, model, settings and code."""
    from indexer.build import fingerprint
    from indexer.embed import model_digest, model_folder
    from indexer.store import read_current

    wanted = fingerprint(corpus.sha256, model, model_digest(model_folder(model), model), settings)
    try:
        manifest, _ = read_current(out)
    except IndexUnusable as error:
        return str(error)
    changed = [name for name, value in wanted.items() if manifest.get(name) != value]
    return f"{', '.join(changed)} changed" if changed else ""


def _show(what: str, folder: Path) -> int:
    from indexer.index import open_index
    from indexer.show import show

    for line in show(open_index(folder), what):
        print(line)
    return 0


def _check(folder: Path) -> int:
    from indexer.index import open_index

    index = open_index(folder)
    files = index.manifest["files"]
    counts = ", ".join(f"{number} {what}" for what, number in index.manifest["counts"].items())
    print(f"sound: {len(files)} files, {sum(facts['size'] for facts in files.values()):,} bytes, {counts}, model {index.model}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
