"""Results become tables: for a terminal, as JSON lines, as TREC run and qrels. The page is in html.py."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.cases import KINDS, SPLITS, Place
from evals.figures import ANSWERS, BY_KIND, MEASURES, Figure, Measure, shown, summarise
from evals.run import Result
from indexer.records import Document

Documents = Mapping[str, Document]


def by_split(results: Sequence[Result]) -> dict[str, list[Result]]:
    """The splits that there are, in order."""
    return {split: chosen for split in SPLITS if (chosen := [result for result in results if result.case.split == split])}


def by_kind(results: Sequence[Result]) -> dict[tuple[str, str], list[Result]]:
    """The kinds and splits that there are, in order."""
    parts = {(kind, split): [r for r in results if (r.case.kind, r.case.split) == (kind, split)] for kind in KINDS for split in SPLITS}
    return {part: chosen for part, chosen in parts.items() if chosen}


def figures_of(results: Sequence[Result], asked: Sequence[Measure] = MEASURES) -> dict[str, Figure]:
    return {figure.measure: figure for figure in summarise(results, asked)}


def table(results: Sequence[Result]) -> str:
    """Measures by split, then the answer measures by kind and split; every figure with its interval and cases."""
    columns = {split: figures_of(chosen) for split, chosen in by_split(results).items()}
    names = [measure.name for measure in MEASURES if any(measure.name in figures for figures in columns.values())]
    lines = ["measure".ljust(38) + "".join(f"{split} [95 % interval] cases".rjust(34) for split in columns)]
    lines += [name.ljust(38) + "".join(_cell(columns[split].get(name), counted=True).rjust(34) for split in columns) for name in names]
    lines += ["", "kind, split".ljust(22) + "cases".rjust(6) + "".join(measure.name.rjust(22) for measure in BY_KIND)]
    for (kind, split), chosen in by_kind(results).items():
        figures = figures_of(chosen, BY_KIND)
        lines.append(f"{kind}, {split}".ljust(22) + str(len(chosen)).rjust(6) + "".join(_cell(figures.get(measure.name)).rjust(22) for measure in BY_KIND))
    return "\n".join(lines)


def _cell(figure: Figure | None, counted: bool = False) -> str:
    if figure is None:
        return "-"
    value, low, high = shown(figure)
    return f"{value} [{low}, {high}]" + (f" {figure.cases:5d}" if counted else "")


def result_record(result: Result, documents: Documents) -> dict[str, Any]:
    """One line of `results.jsonl`."""
    case = result.case
    return {
        "id": case.id,
        "kind": case.kind,
        "split": case.split,
        "topic": case.topic,
        "style": case.style,
        "history": list(case.history),
        "question": case.question,
        "query": result.query,
        "answer": result.kind,
        "verdict": result.verdict,
        "confidence": round(result.confidence, 4),
        "cited": [_place_record(place, quote) for place, quote in zip(result.citations, result.quotes, strict=True)],
        "expected": [[_place_record(place, documents[place.document_id].slice(place.span)) for place in group] for group in case.expected],
        "scores": {name: round(score(result), 4) for name, score in ANSWERS.items()} if case.answerable else {},
        "elapsed_ms": round(result.elapsed_ms, 1),
        "error": result.error,
    }


def _place_record(place: Place, quote: str) -> dict[str, Any]:
    return {"document": place.document_id, "start": place.span.start, "end": place.span.end, "quote": quote}


def report_record(results: Sequence[Result]) -> dict[str, Any]:
    """`report.json`: the figures of each split, and of each kind and split."""
    kinds: dict[str, dict[str, Any]] = {}
    for (kind, split), chosen in by_kind(results).items():
        kinds.setdefault(kind, {})[split] = _figure_records(chosen, BY_KIND)
    return {"splits": {split: _figure_records(chosen, MEASURES) for split, chosen in by_split(results).items()}, "kinds": kinds}


def _figure_records(results: Sequence[Result], asked: Sequence[Measure]) -> dict[str, Any]:
    return {figure.measure: {"value": figure.value, "low": figure.low, "high": figure.high, "cases": figure.cases} for figure in summarise(results, asked)}


def run_lines(results: Sequence[Result], unit: str) -> Iterable[str]:
    """A TREC run (query, Q0, id, rank, score, tag) over the answerable cases; `unit` is sentences or passages."""
    for result in results:
        if result.case.answerable:
            for rank, id in enumerate(getattr(result, unit), start=1):
                yield f"{trec_id(result.case.id)} Q0 {trec_id(id)} {rank} {1 / rank:.6f} magpie"


def qrels_lines(results: Sequence[Result], unit: str) -> Iterable[str]:
    """TREC qrels (query, 0, id, relevance) over the answerable cases."""
    for result in results:
        if result.case.answerable:
            for id in sorted(getattr(result, f"relevant_{unit}")):
                yield f"{trec_id(result.case.id)} 0 {trec_id(id)} 1"


def trec_id(id: str) -> str:
    """An id without whitespace, which parts the columns of TREC files; two ids never become one.

    >>> trec_id("Lady with an Ermine:0-12")
    'Lady%20with%20an%20Ermine:0-12'
    """
    return re.sub(r"[\s%]", lambda found: f"%{ord(found[0]):02X}", id)


def write(folder: Path, results: Sequence[Result], documents: Documents) -> None:
    """`results.jsonl`, `report.json`, `run.<unit>.trec` and `qrels.<unit>.trec`."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_lines(folder / "results.jsonl", (json.dumps(result_record(result, documents), ensure_ascii=False) for result in results))
    _write_lines(folder / "report.json", [json.dumps(report_record(results), indent=2, ensure_ascii=False)])
    for unit in ("sentences", "passages"):
        _write_lines(folder / f"run.{unit}.trec", run_lines(results, unit))
        _write_lines(folder / f"qrels.{unit}.trec", qrels_lines(results, unit))


def _write_lines(file: Path, lines: Iterable[str]) -> None:
    """A lone surrogate of a hostile question becomes its JSON escape."""
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8", errors="backslashreplace")
