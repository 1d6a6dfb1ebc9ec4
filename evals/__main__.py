"""python -m evals run | …"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from indexer.errors import MagpieError

INDEX, CASES = Path("index"), Path(__file__).parent / "cases"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Measures what Magpie cites against what it should cite.")
    commands = parser.add_subparsers(dest="command")
    run = commands.add_parser("run", help="ask every case and print the table")
    for command in (run, parser):
        command.add_argument("--index", type=Path, default=INDEX, help="the index folder (default: %(default)s)")
        command.add_argument("--cases", type=Path, nargs="+", default=[CASES], help="files or folders of cases (default: the suite)")
        command.add_argument("--split", choices=("dev", "test"), help="only this split")
        command.add_argument("--kind", help="only cases of this kind")
        command.add_argument("--out", type=Path, help="write results.jsonl, report.json, run and qrels there")
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except MagpieError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _run(options: argparse.Namespace) -> int:
    from chat.answer import Answerer
    from evals.cases import load_cases
    from evals.report import table, write
    from evals.run import evaluate
    from indexer.embed import SentenceTransformerEmbedder
    from indexer.index import open_index

    index = open_index(options.index)
    cases = load_cases(options.cases, index.documents)
    chosen = [case for case in cases if options.split in (None, case.split) and options.kind in (None, case.kind)]
    answerer = Answerer(index, SentenceTransformerEmbedder(index.model))
    with tqdm(total=len(chosen), desc="cases", disable=None, leave=False) as bar:
        results = evaluate(chosen, lambda case: answerer.answer(case.question, case.history), index, lambda _: bar.update())
    print(table(results))
    if options.out:
        write(options.out, results)
    failed = [result for result in results if result.error or not result.verbatim]
    for result in failed:
        print(f"failed: {result.case.id}: {result.error or 'a quote is not the slice of its source'}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
