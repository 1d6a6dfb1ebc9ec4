"""python -m indexer build | show | check"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

from tqdm import tqdm

from indexer.errors import IndexUnusable, MagpieError
from indexer.records import collapse

CORPUS, INDEX = Path("corpus"), Path("index")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m indexer", description="Makes an index of source texts, shows what is in it, checks it.")
    commands = parser.add_subparsers(dest="command", required=True)

    build = commands.add_parser("build", help="read the texts and write an index")
    build.add_argument("--corpus", type=Path, default=CORPUS, help="a folder of .txt and .md files, or a corpus.jsonl in BEIR's form (default: %(default)s)")
    build.add_argument("--out", type=Path, default=INDEX, help="the index folder (default: %(default)s)")
    build.add_argument("--model", default="all-MiniLM-L6-v2", help="a sentence-transformers model: name, folder or hub id (default: %(default)s)")
    build.add_argument("--if-stale", action="store_true", help="do nothing if the index is sound and made of the same texts, model and code")

    show = commands.add_parser("show", help="list documents, sections, passages and sentences")
    show.add_argument("what", nargs="?", default="documents", help="documents, sections, passages, sentences, furniture, or the id of a document or passage (default: %(default)s)")
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
    from indexer.build import Settings, build, fingerprint
    from indexer.corpus import read_corpus
    from indexer.embed import SentenceTransformerEmbedder, model_digest, model_folder
    from indexer.store import read_current

    started = time.monotonic()
    corpus = read_corpus(corpus_path)
    settings = Settings()
    if if_stale:
        wanted = fingerprint(corpus.sha256, model, model_digest(model_folder(model), model), settings)
        try:
            manifest, _ = read_current(out)
        except IndexUnusable as reason:
            print(f"building the index: {reason}", file=sys.stderr)
        else:
            stale = [name for name, value in wanted.items() if manifest.get(name) != value]
            if not stale:
                return 0
            print(f"building the index anew: {', '.join(stale)} changed", file=sys.stderr)
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
    for reason, number in Counter(part.reason for part in built.furniture).most_common():
        print(f"left out as furniture: {number} × {reason}")
        for part in built.furniture:
            if part.reason == reason and len(built.furniture) <= 40:
                print(f"    {part.document_id}: {_shorten(texts[part.document_id].slice(part.span), 80)}")
    print(f"index {built.build_id} in {out}, {time.monotonic() - started:.1f} s")
    return 0


def _show(what: str, folder: Path) -> int:
    from indexer.index import open_index

    index = open_index(folder)
    counts = Counter(sentence.document_id for sentence in index.sentences)
    if what == "documents":
        for document in index.documents.values():
            facts = "; ".join(fact for fact in (document.author, document.publisher, document.published) if fact)
            print(f"{document.id}\t{counts[document.id]} sentences\t{document.title}{f' ({facts})' if facts else ''}")
    elif what == "sections":
        for id in index.documents:
            for section, number in Counter(s.section for s in index.sentences if s.document_id == id).items():
                print(f"{id}\t{number} sentences\t{section}")
    elif what == "passages":
        for passage in index.passages:
            print(f"{passage.id}\t{passage.section}\t{_shorten(index.documents[passage.document_id].slice(passage.span), 100)}")
    elif what == "sentences":
        for sentence in index.sentences:
            print(f"{sentence.document_id}:{sentence.span.start}-{sentence.span.end}\t{sentence.kind}\t{collapse(sentence.text)}")
    elif what == "furniture":
        for part in index.furniture:
            print(f"{part.document_id}:{part.span.start}-{part.span.end}\t{part.reason}\t{_shorten(index.documents[part.document_id].slice(part.span), 100)}")
    elif what in index.documents:
        for passage in index.passages:
            if passage.document_id == what:
                print(f"\n{passage.id}  {passage.section}")
                for row in passage.sentences:
                    print(f"    {collapse(index.sentences[row].text)}")
    else:
        rows = [row for row, passage in enumerate(index.passages) if passage.id == what]
        if not rows:
            raise IndexUnusable(f"expected documents, sections, passages, sentences, furniture, or the id of a document or passage, found {what!r}: list them with python -m indexer show passages")
        for row in range(max(0, rows[0] - 1), min(len(index.passages), rows[0] + 2)):
            passage = index.passages[row]
            if passage.document_id != index.passages[rows[0]].document_id:
                continue
            print(f"{'>' if row == rows[0] else ' '} {passage.id}  {passage.section}")
            for sentence_row in passage.sentences:
                sentence = index.sentences[sentence_row]
                print(f"    {sentence.span.start}-{sentence.span.end}\t{collapse(sentence.text)}")
                for question in index.questions:
                    if question.sentence == sentence_row and row == rows[0]:
                        print(f"        ? {question.text}")
    return 0


def _check(folder: Path) -> int:
    from indexer.index import open_index

    index = open_index(folder)
    files = index.manifest["files"]
    counts = ", ".join(f"{number} {what}" for what, number in index.manifest["counts"].items())
    print(f"sound: {len(files)} files, {sum(facts['size'] for facts in files.values()):,} bytes, {counts}, model {index.model}")
    return 0


def _shorten(text: str, longest: int) -> str:
    text = collapse(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


if __name__ == "__main__":
    sys.exit(main())
