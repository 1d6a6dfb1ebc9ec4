"""`python -m chat ask`: the forms that scripts use, and one clear line for bad input."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from chat.__main__ import main
from tests.conftest import ROOT

CASE = '{"id":"1","history":[],"question":"Does IV magnesium work during a migraine attack?"}\n'


def error_line(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    lines = captured.err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("error: ")
    return lines[0]


def test_ask_jsonl_writes_one_record_a_line_in_order(index_folder: Path):
    lines = CASE + '\n{"id":"2","question":"and how fast?","history":["Does IV magnesium work during a migraine attack?"]}\n{"id":"3","question":"hi"}\n'
    command = [sys.executable, "-m", "chat", "ask", "--jsonl", "--index", str(index_folder)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=ROOT, check=True)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["id"] for record in records] == ["1", "2", "3"]
    assert [record["kind"] for record in records] == ["answer", "answer", "smalltalk"]
    assert records[1]["query"] == "how long until iv magnesium during migraine attack works"
    for citation in records[0]["citations"]:
        text = (ROOT / "corpus" / citation["file"]).read_bytes().decode("utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"] == citation["selector"][0]["exact"]
    assert done.stderr == ""


def test_ask_prints_the_answer_for_a_person(index_folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["ask", "--index", str(index_folder), "how much magnesium should a woman take each day?"]) == 0
    assert "310-320 mg per day.” [1]" in capsys.readouterr().out


def test_ask_json_prints_one_record(index_folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["ask", "--json", "--index", str(index_folder), "What is the capital of France?"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["kind"], record["citations"]) == ("abstain", [])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{", "on line 2, found no JSON"),
        ("[1]", "on line 2, found [1]"),
        ('{"id": "2"}', 'on line 2, found {"id": "2"}'),
        ('{"id": "2", "question": 5}', "on line 2"),
        ('{"id": "2", "question": "a", "history": "b"}', "on line 2, found a history that is no list"),
        ('{"id": "2", "question": "a", "history": [3]}', "expected earlier questions as text, found int"),
    ],
)
def test_a_malformed_line_stops_after_the_records_before_it(
    index_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str, found: str
):
    monkeypatch.setattr("sys.stdin", io.StringIO(CASE + line + "\n"))
    assert main(["ask", "--jsonl", "--index", str(index_folder)]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["id"] == "1"
    assert found in captured.err and captured.err.count("\n") == 1


def test_a_missing_index_names_the_next_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["ask", "--index", str(tmp_path / "none"), "hi"]) == 2
    assert error_line(capsys).endswith("found none: run python -m indexer build")


def test_a_changed_byte_of_the_index_is_named(index_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    copy = tmp_path / "index"
    copy.mkdir()
    current = (index_folder / "CURRENT").read_text().strip()
    (copy / "CURRENT").write_text(current + "\n")
    (copy / current).mkdir()
    for file in (index_folder / current).iterdir():
        content = bytearray(file.read_bytes())
        if file.name == "sentences.faiss":
            content[1000] ^= 1
        (copy / current / file.name).write_bytes(content)
    assert main(["ask", "--index", str(copy), "hi"]) == 2
    assert "sentences.faiss" in error_line(capsys)


def test_a_port_in_use_is_said_in_one_line(index_folder: Path, capsys: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--index", str(index_folder), "--port", str(port)]) == 2
    assert error_line(capsys) == f"error: expected 127.0.0.1:{port} to be free, found: Address already in use: name another with --port {port + 1}"
