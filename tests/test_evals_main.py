"""The commands, as they are typed: exit codes, files and one-line errors. The model is the real one, the corpus is tiny."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.__main__ import exit_code, main
from tests.evals_toys import SEA, SKY, case, place, result

CASES = [
    {"id": "crabs", "kind": "single", "question": "how do crabs walk?", "expected": [[{"document": "sea", "exact": "Crabs walk sideways."}]]},
    {"id": "owls", "kind": "single", "split": "dev", "question": "when do owls hunt?", "expected": [[{"document": "sky", "exact": "Owls hunt at night."}]]},
    {"id": "swifts", "kind": "single", "question": "where do swifts sleep?", "expected": [[{"document": "sky", "exact": "Swifts sleep in flight."}]]},
    {"id": "cup", "kind": "unanswerable", "question": "who won the football cup in 1966?", "expected": []},
    {"id": "hi", "kind": "smalltalk", "question": "hello", "expected": []},
]


class Set:
    """A corpus and its cases in a folder, with an index beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.corpus, self.cases, self.index = folder, folder / "corpus.jsonl", folder / "cases.jsonl", folder / "index"
        self.corpus.write_text("".join(json.dumps({"_id": id, "title": id, "text": text}) + "\n" for id, text in (("sea", SEA), ("sky", SKY))), "utf-8")
        self.write(CASES)
        self.options = ["--corpus", str(self.corpus), "--cases", str(self.cases), "--index", str(self.index)]

    def write(self, cases: list[dict[str, object]]) -> None:
        lines = []
        for line in cases:
            span = place("Owls hunt at night.").span
            lines.append(json.dumps(line | {"context": {"doc": "sky", "start": span.start, "end": span.end}}))
        self.cases.write_text("\n".join(lines), "utf-8")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Set:
    return Set(tmp_path_factory.mktemp("tiny"))


def test_run_builds_the_index_once_and_writes_every_file(tiny: Set, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *tiny.options, "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "first right" in out and "single, test" in out
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {
        "results.jsonl",
        "report.json",
        "report.html",
        "run.sentences.trec",
        "qrels.sentences.trec",
        "run.passages.trec",
        "qrels.passages.trec",
    }
    records = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text("utf-8").splitlines()]
    assert [record["id"] for record in records] == [line["id"] for line in CASES]
    assert records[0]["expected"][0][0]["quote"] == "Crabs walk sideways."
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["splits"]["test"]["first right"]["cases"] == 2
    built = (tiny.index / "CURRENT").stat().st_mtime_ns
    assert main([*tiny.options]) == 0  # without a command: run, and with the same index
    assert (tiny.index / "CURRENT").stat().st_mtime_ns == built
    assert "first right" in capsys.readouterr().out


def test_split_kind_and_limit_choose_cases(tiny: Set, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *tiny.options, "--split", "test", "--kind", "single"]) == 0
    assert ["single,", "test", "2"] in [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
    assert main(["run", *tiny.options, "--limit", "1"]) == 0
    table = capsys.readouterr().out
    assert sum(line.startswith(("single,", "unanswerable,", "smalltalk,")) for line in table.splitlines()) == 1


def test_closed_keeps_to_the_passage(tiny: Set, tmp_path: Path) -> None:
    assert main(["run", *tiny.options, "--closed", "--out", str(tmp_path)]) == 0
    records = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text("utf-8").splitlines()]
    assert {cited["quote"] for record in records for cited in record["cited"]} <= {"Owls hunt at night."}


def test_a_case_is_told_in_words(tiny: Set, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *tiny.options, "--case", "owls"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("owls: ") and "Candidates" in out and "candidate at rank 1" in out


def test_compare_holds_two_runs_against_each_other(tiny: Set, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", *tiny.options, "--out", str(tmp_path / "a")])
    capsys.readouterr()
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "a" / "results.jsonl")]) == 0
    assert "0 became right" in capsys.readouterr().out


def test_gate_needs_a_baseline_that_update_writes_and_closes_when_a_floor_is_passed(tiny: Set, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gate = ["gate", "--cases", str(tiny.cases), "--index", str(tiny.index), "--baseline", str(tmp_path / "baseline.json")]
    assert main(gate) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main([*gate, "--update"]) == 0
    assert "bounds" in capsys.readouterr().out
    bounds = json.loads((tmp_path / "baseline.json").read_text("utf-8"))
    bounds["test"]["first right"]["floor"] = 1.5
    (tmp_path / "baseline.json").write_text(json.dumps(bounds), "utf-8")
    assert main(gate) == 1
    out = capsys.readouterr().out
    assert "broken: first right (test)" in out and "gate closed" in out


def test_lint_lists_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "sea.txt").write_text(SEA, "utf-8")
    bank = {"document": "sea", "quote": "Crabs walk sideways.", "questions": ["How do crabs walk"]}
    (tmp_path / "corpus" / "questions.jsonl").write_text(json.dumps(bank), "utf-8")
    (tmp_path / "cases.jsonl").write_text(json.dumps(CASES[0]), "utf-8")
    assert main(["lint", "--corpus", str(tmp_path / "corpus"), "--cases", str(tmp_path / "cases.jsonl")]) == 1
    out = capsys.readouterr().out
    assert "curated: crabs is all but in questions.jsonl" in out and "balance: 0 cases of kind single in dev" in out
    assert out.splitlines()[-1].startswith("1 cases, 1 questions of the bank, 0 unanswered: ")


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (["{"], "cases.jsonl:1"),
        ([json.dumps(CASES[0])] * 2, "'id'"),
        ([json.dumps(CASES[0] | {"expected": [[{"document": "sea", "exact": "Crabs fly."}]]})], "'expected'"),
        ([json.dumps(CASES[0] | {"expected": [[{"document": "sea", "exact": "s"}]]})], "times"),
        ([], "found none"),
    ],
)
def test_a_suite_that_would_lie_is_refused_in_one_line(tiny: Set, tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: list[str], named: str) -> None:
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), "utf-8")
    assert main(["run", "--corpus", str(tiny.corpus), "--index", str(tiny.index), "--cases", str(tmp_path / "cases.jsonl")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: expected ") and captured.err.count("\n") == 1
    assert named in captured.err and str(tmp_path / "cases.jsonl") in captured.err


def test_a_kind_that_is_none_and_a_case_that_is_none_are_refused(tiny: Set, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *tiny.options, "--kind", "riddle"]) == 2
    assert "'riddle'" in capsys.readouterr().err
    assert main(["run", *tiny.options, "--kind", "conflict"]) == 2
    assert "found none" in capsys.readouterr().err
    assert main(["run", *tiny.options, "--case", "owl"]) == 2
    assert "choose among 1 (owls)" in capsys.readouterr().err


def test_an_index_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--index", str(tmp_path / "none")]) == 2
    assert str(tmp_path / "none") in capsys.readouterr().err


def test_a_case_that_raised_or_was_altered_makes_the_exit_code_one(capsys: pytest.CaptureFixture[str]) -> None:
    about = case("crabs", expected=[["Crabs walk sideways."]])
    assert exit_code([result(about, ["Crabs walk sideways."])]) == 0
    assert capsys.readouterr().err == ""
    assert exit_code([result(about, error="ValueError: no")]) == 1
    assert capsys.readouterr().err == "failed: crabs: ValueError: no\n"
    assert exit_code([result(about, ["Crabs walk sideways."], verbatim=False)]) == 1
    assert "not the slice of its source" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_line(tiny: Set, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["run", *tiny.options, "--out", str(tmp_path / "file")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and str(tmp_path / "file") in error
