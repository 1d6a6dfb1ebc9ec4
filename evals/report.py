"""Results become tables: for a terminal, as JSON lines, as TREC run and qrels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from evals.cases import KINDS, SPLITS
from evals.run import ANSWERS, Figure, Result, summarise

BY_KIND = ("first right", "in first three", "complete", "citation precision", "answered")


def table(results: Sequence[Result]) -> str:
    """Measures by split, then the answer measures by kind and split; every figure with its interval and cases."""
    splits = [split for split in SPLITS if any(result.case.split == split for result in results)]
    columns = {split: {figure.measure: figure for figure in summarise([r for r in results if r.case.split == split])} for split in splits}
    names = list(dict.fromkeys(name for figures in columns.values() for name in figures))
    lines = ["measure".ljust(36) + "".join(f"{split} [95 % interval] cases".rjust(34) for split in splits)]
    lines += [name.ljust(36) + "".join(_cell(columns[split].get(name)).rjust(34) for split in splits) for name in names]
    lines += ["", "kind, split".ljust(36) + "cases".rjust(6) + "right".rjust(7) + "".join(name.rjust(20) for name in BY_KIND)]
    for kind in KINDS:
        for split in splits:
            chosen = [r for r in results if r.case.kind == kind and r.case.split == split]
            if chosen:
                figures = {figure.measure: figure for figure in summarise(chosen)}
                right = sum(r.verdict == "right" for r in chosen)
                cells = "".join((f"{figures[name].value:.3f}" if name in figures else "-").rjust(20) for name in BY_KIND)
                lines.append(f"{kind}, {split}".ljust(36) + str(len(chosen)).rjust(6) + str(right).rjust(7) + cells)
    return "\n".join(lines)


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    digits = 1 if figure.measure in ("characters quoted",) or figure.measure.startswith("milliseconds") else 3
    return f"{figure.value:.{digits}f} [{figure.low:.{digits}f}, {figure.high:.{digits}f}] {figure.cases:4d}"


def result_record(result: Result) -> dict[str, Any]:
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
        "cited": [
            {"document": place.document_id, "start": place.span.start, "end": place.span.end, "quote": quote}
            for place, quote in zip(result.citations, result.quotes, strict=True)
        ],
        "expected": [[{"document": place.document_id, "start": place.span.start, "end": place.span.end} for place in group] for group in case.expected],
        "scores": {name: round(score(result), 4) for name, score in ANSWERS.items()} if case.answerable else {},
        "elapsed_ms": round(result.elapsed_ms, 1),
        "error": result.error,
    }


def report_record(results: Sequence[Result]) -> dict[str, Any]:
    """`report.json`: the figures of each split."""
    return {
        split: {figure.measure: {"value": figure.value, "low": figure.low, "high": figure.high, "cases": figure.cases} for figure in summarise(chosen)}
        for split in SPLITS
        if (chosen := [r for r in results if r.case.split == split])
    }


def run_lines(results: Sequence[Result], unit: str) -> Iterable[str]:
    """A TREC run (query, Q0, id, rank, score, tag) over the answerable cases; `unit` is sentences or passages."""
    for result in results:
        ranking = getattr(result, unit)
        if result.case.answerable:
            for rank, id in enumerate(ranking, start=1):
                yield f"{_query_id(result)} Q0 {id} {rank} {1 / rank:.6f} magpie"


def qrels_lines(results: Sequence[Result], unit: str) -> Iterable[str]:
    """TREC qrels (query, 0, id, relevance) over the answerable cases."""
    for result in results:
        if result.case.answerable:
            for id in sorted(getattr(result, f"relevant_{unit}")):
                yield f"{_query_id(result)} 0 {id} 1"


def _query_id(result: Result) -> str:
    return result.case.id.replace(" ", "_")


def write(folder: Path, results: Sequence[Result]) -> None:
    """`results.jsonl`, `report.json`, `run.<unit>.trec` and `qrels.<unit>.trec`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.jsonl").write_text("".join(json.dumps(result_record(result), ensure_ascii=False) + "\n" for result in results), "utf-8")
    (folder / "report.json").write_text(json.dumps(report_record(results), indent=2, ensure_ascii=False) + "\n", "utf-8")
    for unit in ("sentences", "passages"):
        (folder / f"run.{unit}.trec").write_text("".join(f"{line}\n" for line in run_lines(results, unit)), "utf-8")
        (folder / f"qrels.{unit}.trec").write_text("".join(f"{line}\n" for line in qrels_lines(results, unit)), "utf-8")
