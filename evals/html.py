"""Results become one page that stands alone: figures first, then plots, tables and every case. Nothing is fetched.

Whatever comes from a case or a text is escaped. A policy in the page allows its own script, by its hash, and no request.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from evals import measures, plots
from evals.cases import KINDS, SPLITS, Case, Place
from evals.figures import BY_KIND, GROUPS, MEASURES, RIGHT, Figure, confidences, judged, shown
from evals.report import Documents, by_kind, by_split, figures_of
from evals.run import VERDICTS, Result
from indexer.records import collapse

STYLE, SCRIPT = Path(__file__).with_name("report.css"), Path(__file__).with_name("report.js")
LONGEST_QUOTE = 900  # code points shown of an expected passage; some sets expect whole sections

# The verdicts as a reader tells them apart by colour.
COLOURS = {
    "right": "right",
    "partly": "partly",
    "wrong": "wrong",
    "answered": "wrong",
    "refused": "refused",
    "missed": "failed",
    "false alarm": "failed",
    "altered": "failed",
    "error": "failed",
}
LEGEND = {
    "right": "right",
    "partly": "partly: right, but not first or not all",
    "wrong": "wrong, or answered what no source answers",
    "refused": "refused, though the sources answer",
    "failed": "missed emergency, false alarm, altered quote or error",
}
KIND_NAMES = {"follow_up": "follow-up", "smalltalk": "small talk"}

# Headline figures: the measure, what a person calls it, and what follows its number of cases.
HEADLINES = (
    ("first right", "First citation right", "answerable questions"),
    ("complete", "Nothing missing", "answerable questions"),
    ("unanswerable refused", "Unanswerable refused", "unanswerable questions"),
    ("false refusals", "Wrongly refused", "answerable; less is better"),
    ("follow-up: first right", "Follow-ups right", "questions after others"),
    ("emergency recall", "Emergencies noticed", "emergencies"),
    ("verbatim", "Quotes word for word", "replies"),
    ("milliseconds median", "Median time", "questions"),
)


@dataclass(frozen=True, slots=True)
class About:
    """What was measured, for the head of the page."""

    suite: str
    texts: int
    sentences: int
    model: str
    made: str  # a date, in words


def page(results: Sequence[Result], documents: Documents, about: About) -> str:
    """The whole document."""
    splits = by_split(results)
    columns = {split: figures_of(chosen) for split, chosen in reversed(splits.items())}  # the held-out split first
    style, script = STYLE.read_text("utf-8"), SCRIPT.read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = "\n".join(
        (
            _head(results, columns, about),
            _headlines(columns),
            _plots(results, columns),
            _measures(columns),
            _kinds(results),
            _cases(results, documents),
        )
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>Magpie: eval report</title>
<style>{style}</style>
</head>
<body>
{body}
<script>{script}</script>
</body>
</html>
"""


def write(file: Path, results: Sequence[Result], documents: Documents, about: About) -> None:
    file.write_text(page(results, documents, about), "utf-8", errors="replace")


# ---- the head ----------------------------------------------------------------------------------------------------------


def _head(results: Sequence[Result], columns: dict[str, dict[str, Figure]], about: About) -> str:
    kinds = len({result.case.kind for result in results})
    asked = f"{len(results):,} questions of {kinds} {_plural('kind', kinds)} in {escape(about.suite)}"
    texts = f"{about.texts:,} {_plural('text', about.texts)} ({about.sentences:,} sentences), found with {escape(about.model)}"
    return f"""<header>
<p class="kicker">Magpie · eval report · {escape(about.made)}</p>
<h1>{_sentence(columns)}</h1>
<p class="lede">{asked}, asked of {texts}. Nothing is generated: an answer is right if it cites the sentences that were
marked for it beforehand. Every figure stands with its 95 % bootstrap interval and its number of cases.</p>
<nav aria-label="Sections"><a href="#plots">Plots</a><a href="#measures">Measures</a><a href="#kinds">Kinds</a><a href="#cases">Cases</a></nav>
</header>"""


def _sentence(columns: dict[str, dict[str, Figure]]) -> str:
    """The first thing that anybody wants to know, in words."""
    split, figures = next(iter(columns.items()))
    asked = "held-out questions" if split == "test" else "the questions it was tuned on"
    if "first right" not in figures:
        return f"What Magpie does with {asked}"
    return f"On {asked}, the first citation is right <em>{100 * figures['first right'].value:.0f} %</em> of the time"


def _headlines(columns: dict[str, dict[str, Figure]]) -> str:
    split, figures = next(iter(columns.items()))
    others = {name: of_split for name, of_split in columns.items() if name != split}
    tiles = "".join(_tile(figures[name], title, what, others) for name, title, what in HEADLINES if name in figures)
    return f'<section class="tiles" aria-label="Headline figures, {split}">{tiles}</section>'


def _tile(figure: Figure, title: str, what: str, others: dict[str, dict[str, Figure]]) -> str:
    in_ms = figure.measure.startswith("milliseconds")
    scale, unit = (1.0, "ms") if in_ms else (100.0, "%")
    value, low, high = (_scaled(number, scale) for number in (figure.value, figure.low, figure.high))
    notes = [f"{low} to {high}\u00a0{unit}" if low != high else "every one" if figure.value == 1 else ""]
    notes += [f"{split}\u00a0{_scaled(of_split[figure.measure].value, scale)}\u00a0{unit}" for split, of_split in others.items() if figure.measure in of_split]
    bar = "" if in_ms else plots.interval_bar(figure.value, figure.low, figure.high)
    return f"""<article class="tile"><h2>{escape(title)}</h2>
<p class="big">{value}<span>{unit}</span></p>{bar}
<p class="note">{" · ".join(note for note in notes if note)}<br>{figure.cases:,} {escape(what)}</p></article>"""


def _scaled(value: float, scale: float) -> str:
    """Without decimals, but never a whole that is none.

    >>> _scaled(0.6912, 100), _scaled(0.9996, 100), _scaled(1.0, 100)
    ('69', '99.9', '100')
    """
    number = scale * value
    if scale == 100 and value < 1 and round(number) == 100:
        return f"{min(number, 99.9):.1f}"
    return f"{number:.0f}"


# ---- plots ---------------------------------------------------------------------------------------------------------------


def _plots(results: Sequence[Result], columns: dict[str, dict[str, Figure]]) -> str:
    splits = list(columns)
    colours = _key([(colour, words) for colour, words in LEGEND.items() if any(COLOURS[r.verdict] == colour for r in results)])
    key = _key([(f"line-{split}", split) for split in splits])
    drawn = [
        _plot("What became of the questions", _verdict_bars(results), colours, "Number of questions by kind and split, by what became of them."),
        _plot(
            "First right, by kind",
            _kind_whiskers(results, splits),
            key,
            "Share of questions whose first citation is right; of unanswerable questions that were refused, of emergencies that were noticed, "
            "of small talk that was recognised. The line is the 95 % interval.",
        ),
    ]
    if any(judged(result) for result in results):
        drawn.append(
            _plot(
                "If only the surest were answered",
                _risk_coverage(results, splits),
                key,
                "Risk and coverage: the share wrong among the questions answered, if only the surest ones were. Lower is better; "
                "the dot is where Magpie stands.",
            )
        )
        drawn.append(
            _plot(
                "Does the confidence keep its word?",
                _reliability(results, splits),
                key,
                "Reliability: questions in ten bins by the confidence shown, and how many of their best sentences are right. A dot's area is its number of "
                "questions. On the diagonal, 70 % sure is right seven times in ten.",
            )
        )
    return f'<section id="plots"><h2>Plots</h2><div class="plots">{"".join(drawn)}</div></section>'


def _plot(title: str, svg: str, key: str, caption: str) -> str:
    return f"<figure><h3>{escape(title)}</h3>{key}{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _key(entries: Iterable[tuple[str, str]]) -> str:
    return '<ul class="key">' + "".join(f'<li><i class="{style}"></i>{escape(words)}</li>' for style, words in entries) + "</ul>"


def _verdict_bars(results: Sequence[Result]) -> str:
    bars = []
    for (kind, split), chosen in by_kind(results).items():
        counts = {verdict: sum(result.verdict == verdict for result in chosen) for verdict in VERDICTS}
        segments = tuple(plots.Segment(verdict, count, COLOURS[verdict]) for verdict, count in counts.items() if count)
        bars.append(plots.Bar(f"{_kind_name(kind)}, {split}", segments))
    return plots.stacked_bars(bars, "What became of the questions, by kind and split")


def _kind_whiskers(results: Sequence[Result], splits: Sequence[str]) -> str:
    rows = []
    parts = by_kind(results)
    for kind in KINDS:
        values = [_whisker(parts[kind, split], split) for split in splits if (kind, split) in parts]
        if values:
            rows.append((_kind_name(kind), values))
    return plots.whiskers(rows, "Share of first citations that are right, by kind and split, with intervals")


def _whisker(chosen: Sequence[Result], split: str) -> plots.Whisker:
    figures = figures_of(chosen, BY_KIND)
    figure = figures.get("first right") or figures[RIGHT.name]
    value, low, high = shown(figure)
    return plots.Whisker(figure.value, figure.low, figure.high, f"line-{split}", f"{split}: {value} [{low}, {high}], {figure.cases} cases")


def _risk_coverage(results: Sequence[Result], splits: Sequence[str]) -> str:
    drawn = []
    for split in splits:
        chosen = [result for result in results if result.case.split == split and judged(result)]
        sure, right = confidences(chosen)
        coverage, risk = measures.risk_coverage(sure, right)
        answered = [result for result in chosen if result.citations]
        marks = []
        if answered:
            x, y = len(answered) / len(chosen), sum(not result.best_is_right for result in answered) / len(answered)
            marks = [(x, y, f"{split}: {len(answered)} of {len(chosen)} answered, {100 * y:.0f} % of them wrong")]
        drawn.append(plots.Curve(coverage, risk, f"line-{split}", tuple(marks)))
    return plots.curves(drawn, "share of questions answered", "share wrong among them", "Risk by coverage")


def _reliability(results: Sequence[Result], splits: Sequence[str]) -> str:
    groups = []
    for split in splits:
        mean, share, count = measures.reliability(*confidences([result for result in results if result.case.split == split]))
        groups.append((f"line-{split}", [(float(x), float(y), int(n)) for x, y, n in zip(mean, share, count, strict=True)]))
    return plots.bubbles(groups, "confidence", "share right", "Share right by confidence")


def _kind_name(kind: str) -> str:
    return KIND_NAMES.get(kind, kind)


# ---- tables --------------------------------------------------------------------------------------------------------------


def _measures(columns: dict[str, dict[str, Figure]]) -> str:
    heads = "".join(f'<th scope="col" class="number">{split}</th>' for split in columns)
    bodies = []
    for group in GROUPS:
        rows = []
        for measure in MEASURES:
            if measure.group == group and any(measure.name in figures for figures in columns.values()):
                cells = "".join(_cell(figures.get(measure.name)) for figures in columns.values())
                rows.append(f'<tr><th scope="row">{escape(measure.name)}<small>{escape(measure.meaning)}</small></th>{cells}</tr>')
        if rows:
            title = f'<tr class="group"><th scope="rowgroup" colspan="{1 + len(columns)}">{group}</th></tr>'
            bodies.append(f"<tbody>{title}{''.join(rows)}</tbody>")
    return f"""<section id="measures"><h2>Measures</h2>
<p class="note">Value, 95 % interval, number of cases. Shares run from 0 to 1.</p>
<table class="measures"><thead><tr><th scope="col">measure</th>{heads}</tr></thead>{"".join(bodies)}</table></section>"""


def _kinds(results: Sequence[Result]) -> str:
    heads = "".join(f'<th scope="col" class="number">{escape(measure.name)}</th>' for measure in BY_KIND)
    rows = []
    for (kind, split), chosen in by_kind(results).items():
        figures = figures_of(chosen, BY_KIND)
        cells = "".join(_cell(figures.get(measure.name), counted=False) for measure in BY_KIND)
        rows.append(f'<tr><th scope="row">{_kind_name(kind)} <small class="split">{split}</small></th><td class="number">{len(chosen)}</td>{cells}</tr>')
    return f"""<section id="kinds"><h2>Kinds</h2>
<p class="note">“Right” is the verdict: {escape(VERDICTS["right"])}.</p>
<div class="scroll" tabindex="0"><table class="kinds"><thead><tr><th scope="col">kind</th><th scope="col" class="number">cases</th>{heads}</tr></thead>
<tbody>{"".join(rows)}</tbody></table></div></section>"""


def _cell(figure: Figure | None, counted: bool = True) -> str:
    if figure is None:
        return '<td class="number none">–</td>'
    value, low, high = shown(figure)
    cases = f'<small class="count">{figure.cases:,}</small>' if counted else ""
    return f'<td class="number"><b>{value}</b> <small class="interval">{low}–{high}</small>{cases}</td>'


# ---- cases ---------------------------------------------------------------------------------------------------------------


def _cases(results: Sequence[Result], documents: Documents) -> str:
    filters = (
        _select("kind", "Kind", (kind for kind in KINDS if any(r.case.kind == kind for r in results)), _kind_name),
        _select("split", "Split", (split for split in SPLITS if any(r.case.split == split for r in results))),
        _select("verdict", "Verdict", (verdict for verdict in VERDICTS if any(r.verdict == verdict for r in results))),
    )
    meanings = "".join(f"<dt>{_pill(verdict)}</dt><dd>{escape(meaning)}</dd>" for verdict, meaning in VERDICTS.items())
    return f"""<section id="cases"><h2>Cases</h2>
<details class="meanings"><summary>What the verdicts mean</summary><dl>{meanings}</dl></details>
<form id="filters" hidden>{"".join(filters)}
<label class="search">Search <input type="search" name="text" placeholder="words of a question, quote or id" autocomplete="off"></label>
<output id="shown"></output></form>
<div id="list">{"".join(_case(result, documents) for result in results)}</div></section>"""


def _select(name: str, title: str, choices: Iterable[str], named: Callable[[str], str] = str) -> str:
    options = "".join(f'<option value="{escape(choice)}">{escape(named(choice))}</option>' for choice in choices)
    return f'<label>{title} <select name="{name}"><option value="">all</option>{options}</select></label>'


def _pill(verdict: str) -> str:
    return f'<span class="pill {COLOURS[verdict]}">{escape(verdict)}</span>'


def _case(result: Result, documents: Documents) -> str:
    case = result.case
    about = " · ".join(escape(part) for part in (_kind_name(case.kind), case.split, case.topic, case.style, case.id) if part)
    data = f'data-kind="{case.kind}" data-split="{case.split}" data-verdict="{escape(result.verdict)}"'
    asked = f'<span class="question">{escape(collapse(case.question))}</span><span class="about">{about}</span>'
    return f"""<details class="case" id="case-{escape(case.id)}" {data}>
<summary>{_pill(result.verdict)}<span class="asked">{asked}</span></summary>
<div class="body">{_history(case)}<div class="sides"><section><h4>Expected</h4>{_expected(result, documents)}</section>
<section><h4>Cited</h4>{_cited(result, documents)}</section></div><p class="facts">{_facts(result)}</p></div></details>
"""


def _history(case: Case) -> str:
    if not case.history:
        return ""
    return '<div class="history"><h4>Asked before</h4><ol>' + "".join(f"<li>{escape(collapse(question))}</li>" for question in case.history) + "</ol></div>"


def _expected(result: Result, documents: Documents) -> str:
    case = result.case
    if not case.expected:
        tempting = f'<p class="note">It is tempting to quote:</p>{_quote(case.tempts, "", "")}' if case.tempts else ""
        return f'<p class="note">No citation.</p>{tempting}'
    groups = []
    for number, group in enumerate(case.expected, start=1):
        title = f'<p class="note">Part {number} of {len(case.expected)}{", any of" if len(group) > 1 else ""}</p>' if len(case.expected) > 1 else ""
        title = title or ('<p class="note">Any of</p>' if len(group) > 1 else "")
        quotes = (_quote(_text(place, documents), "found" if _is_cited(place, result) else "", _title(place, documents)) for place in group)
        groups.append(title + "".join(quotes))
    return "".join(groups)


def _is_cited(place: Place, result: Result) -> bool:
    return any(measures.hits(cited, place) for cited in result.citations)


def _cited(result: Result, documents: Documents) -> str:
    if result.error:
        return f'<p class="note">{escape(result.error)}</p>'
    if not result.citations:
        return '<p class="note">Nothing.</p>'
    quotes = []
    for place, quote in zip(result.citations, result.quotes, strict=True):
        style = "found" if measures.hits_any(place, result.case.expected) else "astray"
        quotes.append(_quote(quote, style, _title(place, documents)))
    return "".join(quotes)


def _text(place: Place, documents: Documents) -> str:
    return documents[place.document_id].slice(place.span)


def _title(place: Place, documents: Documents) -> str:
    return documents[place.document_id].title


def _quote(text: str, style: str, source: str) -> str:
    """`style` is found (expected and cited), astray (cited, not expected) or empty."""
    marks = {"found": '<span class="mark">✓ expected and cited</span>', "astray": '<span class="mark">✗ not expected</span>', "": ""}
    text = collapse(text)
    text = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
    cite = " ".join(part for part in (f"<cite>{escape(source)}</cite>" if source else "", marks[style]) if part)
    return f'<blockquote class="{style}"><p>{escape(text)}</p>{f"<footer>{cite}</footer>" if cite else ""}</blockquote>'


def _facts(result: Result) -> str:
    parts = [f"confidence {result.confidence:.2f}"]
    if result.case.answerable:
        rank = next((rank for rank, id in enumerate(result.sentences, start=1) if id in result.relevant_sentences), 0)
        parts.append(f"first expected sentence at rank {rank}" if rank else f"no expected sentence among {len(result.sentences)} candidates")
    if result.query and collapse(result.query) != collapse(result.case.question):
        parts.append(f"searched: {collapse(result.query)}")
    parts.append(f"{result.elapsed_ms:.0f} ms")
    return escape(" · ".join(parts))


def _plural(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"
