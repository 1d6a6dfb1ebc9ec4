"""python -m evals run | compare | gate | lint | calibrate"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from indexer.errors import MagpieError

if TYPE_CHECKING:
    from chat.answer import Answerer
    from evals.cases import Case
    from evals.run import Ask, Result
    from indexer.build import Progress

CORPUS, INDEX = Path("corpus"), Path("index")
CASES, BASELINE = Path(__file__).parent / "cases", Path(__file__).parent / "baseline.json"
COMMANDS = ("run", "compare", "gate", "lint", "calibrate")


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] not in (*COMMANDS, "-h", "--help"):
        given = ["run", *given]
    options = _parser().parse_args(given)
    commands = {"run": _run, "compare": _compare, "gate": _gate, "lint": _lint, "calibrate": _calibrate}
    try:
        return commands[options.command](options)
    except MagpieError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except OSError as error:  # a folder that cannot be written, a file that cannot be read
        print(f"error: expected to read and write {error.filename}, found: {error.strerror}: name another place", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Measures what Magpie cites against what it should cite. Without a command: run.")
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="ask every case and print the table")
    run.add_argument("--split", choices=("dev", "test"), help="only this split")
    run.add_argument("--kind", help="only cases of this kind")
    run.add_argument("--case", metavar="ID", help="only this case, with all that was searched, found and dropped, in words")
    run.add_argument("--limit", type=_positive, metavar="N", help="only N cases, drawn at random, always the same ones")
    run.add_argument("--out", type=Path, help="write results.jsonl, report.json, report.html, TREC runs and qrels to this folder")
    run.add_argument("--corpus", type=Path, help="another corpus: a folder of texts or a corpus.jsonl in BEIR's form; its index is built where there is none")
    run.add_argument("--closed", action="store_true", help="keep every question to the passage that it was asked of (its context)")

    compare = commands.add_parser("compare", help="list the cases that flipped between two runs, and whether the difference is more than chance")
    compare.add_argument("first", type=Path, help="a folder that run --out wrote, or its results.jsonl")
    compare.add_argument("second", type=Path, help="another one, of the same cases")

    gate = commands.add_parser("gate", help="hold the figures against the committed floors and ceilings")
    gate.add_argument("--baseline", type=Path, default=BASELINE, help="the file of bounds, with the verdicts beside it (default: evals/baseline.json)")
    gate.add_argument("--update", action="store_true", help="write both files from the present results")

    lint = commands.add_parser("lint", help="look for cases that make the suite lie: duplicates, leaks between the splits, kinds that are too small")
    lint.add_argument("--corpus", type=Path, default=CORPUS, help="the folder of texts and curated questions (default: %(default)s)")

    calibrate = commands.add_parser("calibrate", help="fit the confidence on the dev split and print the constants")
    calibrate.add_argument(
        "--answered", type=float, default=0.96, metavar="SHARE", help="share of the answerable questions that must be answered (default: %(default)s)"
    )

    calibrate.add_argument("--split", choices=("dev", "test"), default="dev", help="third-party cases have no split of their own: test (default: dev)")
    calibrate.add_argument("--corpus", type=Path, help="another corpus, one that may be tuned on")

    for command in (run, gate, calibrate):
        command.add_argument("--index", type=Path, help="the index folder (default: index, or build/benchmarks/NAME with --corpus)")
    for command in (run, gate, lint, calibrate):
        command.add_argument("--cases", type=Path, nargs="+", default=[CASES], help="files or folders of cases (default: the suite)")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1, found {text!r}")
    return int(text)


# ---- run -----------------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)  # first, so that nobody waits for results that cannot be written
    answerer, cases = _open(options, options.corpus)
    if options.case:
        return _explain(answerer, cases, options)
    from evals.report import table

    chosen = _chosen(cases, options)
    ask = _setting(answerer, chosen, options.closed)
    results = _asked(answerer, chosen, ask)
    print(table(results))
    if options.out:
        _write(options, answerer, results)
    return exit_code(results)


def _chosen(cases: Sequence[Case], options: argparse.Namespace) -> Sequence[Case]:
    from evals.cases import KINDS, EvalCaseError
    from evals.corpora import sample

    if options.kind not in (None, *KINDS):
        raise EvalCaseError(f"expected a kind among {', '.join(KINDS)} after --kind, found {options.kind!r}: correct it")
    chosen = [case for case in cases if options.split in (None, case.split) and options.kind in (None, case.kind)]
    if not chosen:
        raise EvalCaseError(f"expected cases of kind {options.kind or 'any'} in the split {options.split or 'any'}, found none: leave out --kind or --split")
    return sample(chosen, options.limit)


def _explain(answerer: Answerer, cases: Sequence[Case], options: argparse.Namespace) -> int:
    from chat.answers import Answer
    from evals.explain import explain, find
    from evals.run import evaluate

    case = find(cases, options.case)
    ask = _setting(answerer, [case], options.closed)
    answers: list[Answer] = []

    def keep(asked: Case) -> Answer:
        answers.append(ask(asked))
        return answers[-1]

    results = evaluate([case], keep, answerer.index)
    print(explain(case, results[0], answers[0] if answers else None, answerer.index))
    return exit_code(results)


def _write(options: argparse.Namespace, answerer: Answerer, results: Sequence[Result]) -> None:
    from evals import html, report

    index = answerer.index
    suite = "the suite" if options.cases == [CASES] else ", ".join(path.parent.name if path.name == "cases.jsonl" else path.name for path in options.cases)
    today = date.today()
    about = html.About(suite, len(index.documents), len(index.sentences), index.model, f"{today.day} {today:%B %Y}")
    report.write(options.out, results, index.documents)
    html.write(options.out / "report.html", results, index.documents, about)
    print(f"\nwritten to {options.out}: results.jsonl, report.json, report.html, TREC runs and qrels")


def exit_code(results: Sequence[Result]) -> int:
    """1 if a case raised an error or a quote was altered, which may never be; names those cases."""
    failed = [result for result in results if result.error or not result.verbatim]
    for result in failed:
        print(f"failed: {result.case.id}: {result.error or 'a quote is not the slice of its source'}", file=sys.stderr)
    return 1 if failed else 0


# ---- compare, gate, lint, calibrate ------------------------------------------------------------------------------------


def _compare(options: argparse.Namespace) -> int:
    from evals.compare import check_same_cases, comparison, read_results

    first, second = read_results(options.first), read_results(options.second)
    check_same_cases(first, second)
    print(f"A: {options.first}\nB: {options.second}\n")
    print(comparison(first, second, min(180, shutil.get_terminal_size((120, 40)).columns)))
    return 0


def _gate(options: argparse.Namespace) -> int:
    from evals.gate import baseline_of, hold, read_baseline, verdict_lines, verdicts_file, write_baseline

    baseline = None if options.update else read_baseline(options.baseline)  # first: it is quick, and may be missing
    answerer, cases = _open(options)
    results = _asked(answerer, cases, _setting(answerer, cases))
    failed = exit_code(results)
    if baseline is None:
        baseline = baseline_of(results)
        write_baseline(options.baseline, baseline)
        print(f"written: {options.baseline}, {len(baseline.bounds)} bounds; {verdicts_file(options.baseline)}, {len(baseline.verdicts)} verdicts")
        return 0
    held = hold(results, baseline)
    print("\n".join(verdict_lines(held, results, baseline)))
    return 0 if held.open else max(1, failed)


def _lint(options: argparse.Namespace) -> int:
    from evals.cases import load_cases
    from evals.lint import lint
    from indexer.corpus import read_corpus

    corpus = read_corpus(options.corpus)
    documents = {document.id: document for document in corpus.documents}
    cases = load_cases(options.cases, documents)
    bank = [question for entry in corpus.bank for question in entry.questions]
    findings = lint(cases, bank, corpus.unanswered, documents)
    for finding in findings:
        print(finding)
    print(f"{len(cases)} cases, {len(bank)} questions of the bank, {len(corpus.unanswered)} unanswered: {len(findings) or 'no'} findings")
    return 1 if findings else 0


def _calibrate(options: argparse.Namespace) -> int:
    import numpy as np

    from evals.calibrate import choose_threshold, describe, fit_logistic

    answerer, cases = _open(options, options.corpus)
    dev = [case for case in cases if case.split == options.split and (case.answerable or case.kind == "unanswerable")]
    answers = [(case, answerer.answer(case.question, case.history)) for case in tqdm(dev, desc="cases", disable=None, leave=False)]
    searched = [(case, answer) for case, answer in answers if answer.trace.signals]  # not what was taken for small talk
    names = [name for name, _ in searched[0][1].trace.signals]
    signals = np.array([[value for _, value in answer.trace.signals] for _, answer in searched])
    answerable = np.array([case.answerable for case, _ in searched])
    bias, weights = fit_logistic(signals, answerable)
    confidences = 1.0 / (1.0 + np.exp(-(bias + signals @ np.array(weights))))
    print(describe(names, bias, weights, choose_threshold(confidences, answerable, options.answered)))
    return 0


# ---- what they share -----------------------------------------------------------------------------------------------------


def _open(options: argparse.Namespace, corpus: Path | None = None) -> tuple[Answerer, Sequence[Case]]:
    """The index, its model and the cases; the index is checked first, since that is quick."""
    from evals.cases import load_cases
    from evals.corpora import build_if_stale, cache_folder
    from indexer.index import open_index

    folder = options.index or (cache_folder(corpus) if corpus else INDEX)
    if corpus:
        with _bars() as progress:
            build_if_stale(corpus, folder, progress)
    index = open_index(folder)
    cases = load_cases(options.cases, index.documents)
    from chat.answer import Answerer
    from indexer.embed import SentenceTransformerEmbedder

    return Answerer(index, SentenceTransformerEmbedder(index.model)), cases


def _setting(answerer: Answerer, cases: Sequence[Case], closed: bool = False) -> Ask:
    from evals.corpora import closed_setting, open_setting

    return closed_setting(answerer, cases) if closed else open_setting(answerer)


def _asked(answerer: Answerer, cases: Sequence[Case], ask: Ask) -> Sequence[Result]:
    from evals.run import evaluate

    with tqdm(total=len(cases), desc="cases", disable=None, leave=False) as bar:
        return evaluate(cases, ask, answerer.index, lambda done: bar.update(done - bar.n))


@contextmanager
def _bars() -> Iterator[Progress]:
    """A bar for each thing that an indexer does; quiet where there is no terminal."""
    bars: dict[str, tqdm[None]] = {}

    def progress(what: str, done: int, total: int) -> None:
        bar = bars.setdefault(what, tqdm(total=total, desc=what, disable=None, leave=False))
        bar.update(done - bar.n)

    try:
        yield progress
    finally:
        for bar in bars.values():
            bar.close()


if __name__ == "__main__":
    sys.exit(main())
