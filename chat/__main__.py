"""python -m chat ask | serve"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import MagpieError

if TYPE_CHECKING:
    from chat.answer import Answerer

INDEX = Path("index")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m chat", description="Answers questions with sentences from the indexed texts, word for word.")
    commands = parser.add_subparsers(dest="command", required=True)

    ask = commands.add_parser("ask", help="answer one question, or one per line of standard input")
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument("--index", type=Path, default=INDEX, help="the index folder (default: %(default)s)")
    ask.add_argument("--json", action="store_true", help="print one JSON record")
    ask.add_argument("--jsonl", action="store_true", help='read {"id", "history", "question"} lines from standard input, write one record a line')

    serve = commands.add_parser("serve", help="start the web chat")
    serve.add_argument("--index", type=Path, default=INDEX, help="the index folder (default: %(default)s)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=int, default=7860, help="port to listen on (default: %(default)s)")

    options = parser.parse_args(arguments)
    try:
        if options.command == "serve":
            return _serve(options.index, options.host, options.port)
        if options.jsonl:
            return _ask_lines(_open(options.index))
        if not options.question:
            parser.error('expected a question: python -m chat ask "How much magnesium do women need?"')
        return _ask(_open(options.index), options.question, options.json)
    except MagpieError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0


def _open(folder: Path) -> Answerer:
    from indexer.index import open_index

    index = open_index(folder)  # first: it is quick, and says what is wrong before the model is loaded
    from chat.answer import Answerer
    from indexer.embed import SentenceTransformerEmbedder

    return Answerer(index, SentenceTransformerEmbedder(index.model))


def _ask(answerer: Answerer, question: str, as_json: bool) -> int:
    from chat.render import to_record, to_text

    started = time.perf_counter()
    answer = answerer.answer(question)
    elapsed_ms = 1000 * (time.perf_counter() - started)
    documents = answerer.index.documents
    if as_json:
        print(json.dumps(to_record("", answer, documents, elapsed_ms), ensure_ascii=False, indent=2))
    else:
        print(to_text(answer, documents), end="")
    return 0


def _ask_lines(answerer: Answerer) -> int:
    """Stops at the first line that is no case, after the records of those before it."""
    from chat.render import to_record

    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        case = _case(line, number)
        started = time.perf_counter()
        answer = answerer.answer(case["question"], case.get("history") or ())
        record = to_record(case["id"], answer, answerer.index.documents, 1000 * (time.perf_counter() - started))
        print(json.dumps(record, ensure_ascii=False), flush=True)
    return 0


def _case(line: str, number: int) -> dict[str, Any]:
    shape = 'expected {"id": "…", "history": ["…"], "question": "…"}'
    try:
        case = json.loads(line)
    except ValueError as error:
        raise MagpieError(f"{shape} on line {number}, found no JSON ({error}): correct the line") from None
    if not isinstance(case, dict) or not isinstance(case.get("question"), str) or not isinstance(case.get("id"), str):
        raise MagpieError(f"{shape} on line {number}, found {line.strip()[:80]}: correct the line")
    if not isinstance(case.get("history", []), list):
        raise MagpieError(f"{shape} on line {number}, found a history that is no list: correct the line")
    return case


def _serve(folder: Path, host: str, port: int) -> int:
    answerer = _open(folder)
    from chat.page import serve

    return serve(answerer, host, port)


if __name__ == "__main__":
    sys.exit(main())
