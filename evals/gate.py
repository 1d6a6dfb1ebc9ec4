"""The gate: figures are held against floors and ceilings that were committed with the code.

    evals/baseline.json           {"dev": {"first right": {"floor": 0.67}, "false refusals": {"ceiling": 0.1}, …}, "test": …}
    evals/baseline_results.jsonl  {"id": …, "verdict": …}, so that a broken floor names the cases that flipped

Whatever the file says, every quote must be the slice of its source and no question may raise an error.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases import SPLITS, EvalCaseError
from evals.compare import some
from evals.figures import BY_NAME, HIGHER, LOWER, NEITHER, Figure, summarise
from evals.report import by_split
from evals.run import Result
from indexer.corpus import read_json_lines
from indexer.errors import CorpusError

FLOOR, CEILING = "floor", "ceiling"
ALWAYS = {"verbatim": (FLOOR, 1.0), "errors": (CEILING, 0.0)}
UPDATE = "write it with python -m evals gate --update"


@dataclass(frozen=True, slots=True)
class Bound:
    """`side` is floor or ceiling: what the value of a measure on a split may not pass."""

    split: str
    measure: str
    side: str
    limit: float


@dataclass(frozen=True, slots=True)
class Baseline:
    bounds: tuple[Bound, ...]
    verdicts: Mapping[str, str]  # by the id of the case


@dataclass(frozen=True, slots=True)
class Breach:
    """A bound that was passed; `value` is None for a measure that has no cases any more."""

    bound: Bound
    value: float | None

    def __str__(self) -> str:
        value = "not measured" if self.value is None else f"{self.value:.4f}"
        return f"{self.bound.measure} ({self.bound.split}): {value}, {self.bound.side} {self.bound.limit:.4f}"


@dataclass(frozen=True, slots=True)
class Held:
    """What the gate found: it is open if nothing was breached and the suite is the one of the baseline."""

    breaches: tuple[Breach, ...]
    gained: tuple[str, ...]  # ids that became right
    lost: tuple[str, ...]  # ids that are right no longer
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def open(self) -> bool:
        return not (self.breaches or self.added or self.removed)


def hold(results: Sequence[Result], baseline: Baseline) -> Held:
    """Holds the figures of every split against the baseline, and against what always holds."""
    figures = _figures(results)
    bounds = [*always(figures), *(bound for bound in baseline.bounds if bound.measure not in ALWAYS)]
    now = {result.case.id: result.verdict for result in results}
    before = baseline.verdicts
    return Held(
        breaches=tuple(breach for bound in bounds if (breach := _breach(bound, figures))),
        gained=tuple(id for id, verdict in now.items() if verdict == "right" and before.get(id, "right") != "right"),
        lost=tuple(id for id, verdict in now.items() if verdict != "right" and before.get(id) == "right"),
        added=tuple(id for id in now if id not in before),
        removed=tuple(id for id in before if id not in now),
    )


def always(figures: Mapping[str, Mapping[str, Figure]]) -> Iterable[Bound]:
    for split in figures:
        for measure, (side, limit) in ALWAYS.items():
            yield Bound(split, measure, side, limit)


def _figures(results: Sequence[Result]) -> dict[str, dict[str, Figure]]:
    return {split: {figure.measure: figure for figure in summarise(chosen)} for split, chosen in by_split(results).items()}


def _breach(bound: Bound, figures: Mapping[str, Mapping[str, Figure]]) -> Breach | None:
    figure = figures.get(bound.split, {}).get(bound.measure)
    if figure is None:
        return Breach(bound, None)
    passed = figure.value < bound.limit if bound.side == FLOOR else figure.value > bound.limit
    return Breach(bound, figure.value) if passed else None


def baseline_of(results: Sequence[Result]) -> Baseline:
    """The bounds that these results just hold, with a margin; and their verdicts.

    Raises `EvalCaseError` when they fail what always holds: such a state is no baseline.
    """
    figures = _figures(results)
    broken = [breach for bound in always(figures) if (breach := _breach(bound, figures))]
    if broken:
        raise EvalCaseError(f"expected results that can be a baseline, found {'; '.join(map(str, broken))}: mend that first")
    bounds = (_bound(split, figure) for split, of_split in figures.items() for figure in of_split.values() if BY_NAME[figure.measure].better != NEITHER)
    return Baseline(tuple(bounds), {result.case.id: result.verdict for result in results})


def _bound(split: str, figure: Figure) -> Bound:
    """The margin is the measure's own, or one case of those that it is about if that is more: a single near tie that
    another processor rounds the other way is no loss. A measure without a margin is exact."""
    measure = BY_NAME[figure.measure]
    margin = max(measure.margin, 1 / figure.cases) if measure.margin else 0.0
    if measure.better == HIGHER:
        return Bound(split, figure.measure, FLOOR, max(0.0, math.floor(10000 * (figure.value - margin)) / 10000))
    return Bound(split, figure.measure, CEILING, math.ceil(10000 * (figure.value + margin)) / 10000)


def verdicts_file(baseline: Path) -> Path:
    """Where the verdicts lie that belong to a file of bounds."""
    return baseline.with_name(f"{baseline.stem}_results.jsonl")


def write_baseline(file: Path, baseline: Baseline) -> None:
    splits = {split: [bound for bound in baseline.bounds if bound.split == split] for split in SPLITS}
    parts = [f"  {json.dumps(split)}: {{\n" + ",\n".join(map(_bound_line, bounds)) + "\n  }" for split, bounds in splits.items() if bounds]
    verdicts = [json.dumps({"id": id, "verdict": verdict}, ensure_ascii=False) for id, verdict in sorted(baseline.verdicts.items())]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")
    verdicts_file(file).write_text("\n".join(verdicts) + "\n", "utf-8")


def _bound_line(bound: Bound) -> str:
    """A line for each measure, so that a change of the file reads as what changed."""
    return f"    {json.dumps(bound.measure)}: {json.dumps({bound.side: bound.limit})}"


def read_baseline(file: Path) -> Baseline:
    """Raises `EvalCaseError` naming the file and the entry that is wrong."""
    for needed in (file, verdicts_file(file)):
        if not needed.is_file():
            raise EvalCaseError(f"expected a baseline at {needed}, found nothing: {UPDATE}")
    try:
        bounds = json.loads(file.read_text("utf-8"))
        verdicts = {str(record["id"]): str(record["verdict"]) for _, record in read_json_lines(verdicts_file(file))}
    except ValueError as error:  # of json, and of decoding
        raise EvalCaseError(f"expected JSON in {file}, found: {error}: {UPDATE}") from None
    except CorpusError as error:
        raise EvalCaseError(f"{error}: {UPDATE}") from None
    except KeyError as error:
        raise EvalCaseError(f"expected id and verdict on every line of {verdicts_file(file)}, found one without {error}: {UPDATE}") from None
    if not isinstance(bounds, dict) or not bounds:
        raise EvalCaseError(f"expected splits in {file}, found {str(bounds)[:80]}: {UPDATE}")
    return Baseline(tuple(bound for split, entries in bounds.items() for bound in _read_bounds(split, entries, file)), verdicts)


def _read_bounds(split: str, entries: Any, file: Path) -> Iterable[Bound]:
    if split not in SPLITS or not isinstance(entries, dict):
        raise EvalCaseError(f"expected measures under dev or test in {file}, found {split!r}: {UPDATE}")
    for measure, sides in entries.items():
        held = BY_NAME[measure].better if measure in BY_NAME else NEITHER
        side = {HIGHER: FLOOR, LOWER: CEILING}.get(held, "")
        limit = sides.get(side) if isinstance(sides, dict) and list(sides) == [side] else None
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not math.isfinite(limit):
            wanted = f"a {side}" if side else "a measure of the suite"
            raise EvalCaseError(f"expected {wanted} for {measure!r} under {split} in {file}, found {sides!r}: {UPDATE}")
        yield Bound(split, measure, side, float(limit))


def verdict_lines(held: Held, results: Sequence[Result], baseline: Baseline) -> list[str]:
    """What the gate says, a line each: the measures that are broken, the flips, and whether it is open."""
    now = {result.case.id: result for result in results}
    lines = [f"broken: {breach}" for breach in held.breaches]
    for what, ids in (("not in the baseline", held.added), ("of the baseline, not asked", held.removed)):
        if ids:
            lines.append(f"broken: the suite is another one: {some(ids)} {what}; if that is meant, {UPDATE}")
    for what, ids in (("right no longer", held.lost), ("became right", held.gained)):
        lines += [f"{what}: {id}: {baseline.verdicts[id]} -> {now[id].verdict}: {now[id].case.question[:100]}" for id in ids]
    state = "open" if held.open else "closed"
    lines.append(
        f"gate {state}: {len(baseline.bounds)} bounds, {len(held.breaches)} broken; {len(held.lost)} cases right no longer, {len(held.gained)} became right"
    )
    return lines
