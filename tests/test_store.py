from __future__ import annotations

import fcntl
import hashlib
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from indexer.build import Settings, build
from indexer.corpus import Corpus
from indexer.errors import IndexUnusable
from indexer.index import open_index
from indexer.records import Document
from indexer.store import CURRENT, MANIFEST, commit, read_build, read_current, read_manifest
from tests.conftest import ToyEmbedder, quiet

FILES = {"documents.jsonl": b'{"id": "a"}\n', "sentences.faiss": bytes(range(40)), "empty.jsonl": b""}
OTHER = {"documents.jsonl": b'{"id": "b"}\n', "sentences.faiss": b"other"}
FACTS = {"model": {"name": "toy"}, "counts": {"documents": 1}}
processes = multiprocessing.get_context("forkserver")  # a fresh process for each child, with none of this one's threads
processes.set_forkserver_preload(["tests.conftest"])  # what takes long to import, once for all of them


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    commit(tmp_path / "index", FILES, FACTS)
    return tmp_path / "index"


def current(folder: Path) -> Path:
    return folder / (folder / CURRENT).read_text("ascii").strip()


def refusal(folder: Path) -> str:
    with pytest.raises(IndexUnusable) as caught:
        read_current(folder)
    message = str(caught.value)
    assert message.startswith("expected ") and "python -m indexer build" in message and "\n" not in message
    return message


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# What is written is what is read


def test_what_was_committed_is_read_back(folder: Path) -> None:
    manifest, files = read_current(folder)
    assert files == FILES
    assert manifest["model"] == {"name": "toy"} and manifest["counts"] == {"documents": 1} and manifest["format"] == 1
    assert manifest["files"]["sentences.faiss"] == {"sha256": hashlib.sha256(bytes(range(40))).hexdigest(), "size": 40}


def test_a_build_is_named_by_the_hash_of_its_manifest(folder: Path) -> None:
    assert current(folder).name == hashlib.sha256((current(folder) / MANIFEST).read_bytes()).hexdigest()[:16]


def test_the_same_content_gives_the_same_id_and_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert commit(again, dict(reversed(FILES.items())), FACTS) == current(folder).name
    assert everything(again) == everything(folder)


def test_a_sound_build_is_not_written_again(folder: Path) -> None:
    before = everything(folder), current(folder).stat().st_ino, (current(folder) / MANIFEST).stat().st_mtime_ns
    commit(folder, FILES, FACTS)
    assert before == (everything(folder), current(folder).stat().st_ino, (current(folder) / MANIFEST).stat().st_mtime_ns)


def test_other_content_gives_another_id_and_takes_the_place_of_the_build_before(folder: Path) -> None:
    before = current(folder)
    commit(folder, OTHER, FACTS)
    assert current(folder) != before and not before.exists()
    assert read_current(folder)[1] == OTHER
    assert commit(folder, OTHER, FACTS | {"counts": {}}) != before.name
    assert read_current(folder)[0]["counts"] == {}


# What is not whole is refused, by the name of the file


@pytest.mark.parametrize("bit", [1, 0x20, 0x80])
def test_any_changed_byte_of_any_file_is_refused_naming_the_file(folder: Path, bit: int) -> None:
    files = [folder / CURRENT, *sorted(current(folder).iterdir())]
    assert len(files) == 5
    for file in files:
        content = file.read_bytes()
        for at in range(len(content)):
            file.write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
            assert str(file) in refusal(folder), (file, at)
        file.write_bytes(content)
    assert read_current(folder)[1] == FILES


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[:-1]), id="cut short"),
        pytest.param(lambda file: file.write_bytes(b""), id="emptied"),
        pytest.param(lambda file: file.write_bytes(file.read_bytes() + b"\n"), id="made longer"),
        pytest.param(lambda file: file.write_bytes(b"\0" * file.stat().st_size), id="zeroed"),
        pytest.param(lambda file: (file.unlink(), file.mkdir()), id="a folder"),
    ],
)
@pytest.mark.parametrize("name", [CURRENT, MANIFEST, "documents.jsonl", "sentences.faiss"])
def test_a_damaged_file_is_refused_by_name(folder: Path, name: str, damage: Callable[[Path], object]) -> None:
    file = folder / CURRENT if name == CURRENT else current(folder) / name
    damage(file)
    assert str(file) in refusal(folder)


def test_a_damaged_file_is_described_by_what_it_should_be_and_what_it_is(folder: Path) -> None:
    file = current(folder) / "documents.jsonl"
    file.write_bytes(b"")
    sha256 = hashlib.sha256(FILES["documents.jsonl"]).hexdigest()
    assert refusal(folder) == (
        f"expected {file} with 12 bytes and sha256 {sha256[:12]}…, found 0 bytes and sha256 e3b0c44298fc…: it is damaged, run python -m indexer build"
    )


@pytest.mark.parametrize("name", [MANIFEST, "documents.jsonl", "empty.jsonl"])
def test_a_deleted_file_is_refused_by_name(folder: Path, name: str) -> None:
    (current(folder) / name).unlink()
    assert f"expected to read {current(folder) / name}, found: No such file or directory" in refusal(folder)


def test_a_file_that_the_manifest_does_not_name_is_refused(folder: Path) -> None:
    (current(folder) / "notes.txt").write_text("mine", "utf-8")
    (current(folder) / "more").mkdir()
    assert f"expected only the files of its manifest in {current(folder)}, found more, notes.txt" in refusal(folder)


def test_a_missing_build_is_refused_naming_the_file_that_points_to_it(folder: Path) -> None:
    shutil.rmtree(current(folder))
    assert str(folder / CURRENT) in refusal(folder)


def test_where_no_index_is_none_is_found(tmp_path: Path) -> None:
    for empty in (tmp_path, tmp_path / "nowhere"):
        assert f"expected an index in {empty}, found none: run python -m indexer build" in refusal(empty)


def test_the_build_of_another_format_is_refused(folder: Path) -> None:
    manifest = (json.dumps({"format": 2, "files": {}}) + "\n").encode()
    build_id = hashlib.sha256(manifest).hexdigest()[:16]
    (folder / build_id).mkdir()
    (folder / build_id / MANIFEST).write_bytes(manifest)
    (folder / CURRENT).write_text(build_id + "\n", "ascii")
    assert "expected an index of format 1" in refusal(folder) and "found 2" in refusal(folder)


def test_building_again_mends_a_damaged_build(folder: Path) -> None:
    before = everything(folder)
    (current(folder) / "sentences.faiss").write_bytes(b"damaged")
    (current(folder) / "notes.txt").write_text("mine", "utf-8")
    commit(folder, FILES, FACTS)
    assert everything(folder) == before
    (folder / CURRENT).write_bytes(b"nonsense")
    commit(folder, FILES, FACTS)
    assert everything(folder) == before


# A writer that fails leaves the build before


def test_what_a_dead_writer_left_is_removed_and_what_is_not_the_indexs_is_kept(folder: Path) -> None:
    (folder / ".new-0123456789abcdef").mkdir()
    (folder / ".new-0123456789abcdef" / "documents.jsonl").write_bytes(b"half a l")
    (folder / "0123456789abcdef").mkdir()
    (folder / ".CURRENT").write_bytes(b"0123")
    (folder / "notes").mkdir()
    (folder / "notes.txt").write_text("mine", "utf-8")
    assert read_current(folder)[1] == FILES
    commit(folder, OTHER, FACTS)
    assert sorted(path.name for path in folder.iterdir()) == sorted([".lock", CURRENT, current(folder).name, "notes", "notes.txt"])


def commit_with_room(sent: Connection, folder: str, room: int, dies: bool) -> None:
    """In a process of its own: no file may grow over `room` bytes; the kernel kills it there, or says that there is no room."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if dies else signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    sent.send(said(lambda: commit(Path(folder), GROWING, FACTS)))


def commit_where_nobody_may_write(sent: Connection, folder: str) -> None:
    os.chdir(Path(folder).parent)
    if os.geteuid() == 0:  # nothing is forbidden to root
        os.seteuid(65534)
    sent.send(said(lambda: commit(Path("index"), OTHER, FACTS)))


def said(write: Callable[[], object]) -> str:
    try:
        write()
    except IndexUnusable as error:
        return str(error)
    return "nothing"


def run(target: Callable[..., None], *arguments: Any) -> tuple[int | None, str]:
    """The exit code of a process and what it said; nothing where it died."""
    received, sent = processes.Pipe(duplex=False)
    process = processes.Process(target=target, args=(sent, *arguments))
    process.start()
    sent.close()
    process.join()
    try:
        return process.exitcode, received.recv() if received.poll() else ""
    except EOFError:
        return process.exitcode, ""
    finally:
        received.close()
        process.close()


GROWING = {f"{size}.jsonl": b"x" * size for size in (100, 200, 300, 2000)}  # its manifest has about 700 bytes


@pytest.mark.parametrize("room", [10, 150, 250, 500, 1500])
def test_a_writer_that_dies_in_the_middle_of_any_file_leaves_the_build_before(folder: Path, room: int) -> None:
    before = everything(folder)
    assert run(commit_with_room, str(folder), room, True) == (-signal.SIGXFSZ, "")
    assert read_current(folder)[1] == FILES
    assert any(path.name.startswith(".new-") for path in folder.iterdir())  # it was at work
    commit(folder, FILES, FACTS)
    assert everything(folder) == before


def test_a_writer_without_room_says_so_in_one_line_and_leaves_the_build_before(folder: Path) -> None:
    exit_code, message = run(commit_with_room, str(folder), 250, False)
    assert (exit_code, message) == (0, f"expected to write an index in {folder}, found: File too large: make room there, or name another folder with --out")
    assert read_current(folder)[1] == FILES


def test_a_folder_that_may_not_be_written_says_so_in_one_line_and_keeps_its_build(folder: Path) -> None:
    before = everything(folder)
    folder.parent.chmod(0o755)
    folder.chmod(0o555)
    exit_code, message = run(commit_where_nobody_may_write, str(folder))
    folder.chmod(0o755)
    assert (exit_code, message) == (0, "expected to write an index in index, found: Permission denied: make room there, or name another folder with --out")
    assert everything(folder) == before


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("mine", "utf-8")
    with pytest.raises(IndexUnusable, match="expected to write an index in .*index, found: File exists"):
        commit(tmp_path / "index", FILES, FACTS)
    assert (tmp_path / "index").read_text("utf-8") == "mine"


# One writer at a time, and readers beside it


def test_a_second_writer_is_refused_while_the_first_is_at_work(folder: Path) -> None:
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexUnusable, match="expected to be the only indexer of .*, found another at work: wait until it has finished"):
            commit(folder, OTHER, FACTS)
        assert read_current(folder)[1] == FILES  # readers need no lock
    commit(folder, OTHER, FACTS)
    assert read_current(folder)[1] == OTHER


def numbered_corpus(number: int) -> Corpus:
    """A corpus that no other number has: every sentence names it, and there are as many as it says."""
    sentences = 3 + number % 50
    text = "\n\n".join(f"Sentence {row} of {sentences} in build {number}." for row in range(sentences))
    return Corpus((Document("numbered", "numbered.txt", "Numbered", "", "", "", "", str(number), text),), {}, (), (), {"numbered.txt": str(number)})


def rebuild(folder: str, numbers: range) -> None:
    for number in numbers:
        build(numbered_corpus(number), ToyEmbedder(), Path(folder), Settings(), quiet)


def whole_build(folder: Path) -> int:
    """The number of the build in use, of which every part must be."""
    index = open_index(folder)
    number = int(index.manifest["sources"]["numbered.txt"])
    (document,) = numbered_corpus(number).documents
    assert index.documents == {"numbered": document}
    assert [sentence.text for sentence in index.sentences] == document.text.split("\n\n")
    assert index.sentence_vectors.count == index.lexical.count == len(index.sentences)
    return number


def test_a_writer_killed_at_any_moment_leaves_a_whole_build(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    rebuild(str(folder), range(1))
    choose = random.Random(5)
    seen = {0}
    for number in range(20):
        before = whole_build(folder)
        process = processes.Process(target=rebuild, args=(str(folder), range(1000 * number + 1, 1000 * number + 1000)))
        process.start()
        while whole_build(folder) == before:  # until it is at work
            assert process.is_alive()
        time.sleep(choose.uniform(0, 0.1))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        process.close()
        seen.add(whole_build(folder))
        assert 1000 * number < max(seen) <= 1000 * number + 1000
    rebuild(str(folder), range(1))  # the lock went with its holder
    assert whole_build(folder) == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted([".lock", CURRENT, current(folder).name])


def test_a_reader_beside_twenty_rebuilds_sees_whole_builds_only(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    rebuild(str(folder), range(1))
    process = processes.Process(target=rebuild, args=(str(folder), range(1, 21)))
    process.start()
    seen = [whole_build(folder)]
    while process.is_alive():
        seen.append(whole_build(folder))
    process.join()
    assert process.exitcode == 0
    process.close()
    seen.append(whole_build(folder))
    assert seen == sorted(seen) and seen[-1] == 20
    assert len(set(seen)) > 3


def test_one_build_alone_can_be_read_and_checked(folder: Path) -> None:
    assert read_build(current(folder)) == read_current(folder)


def test_the_manifest_alone_can_be_read_and_is_checked(folder: Path) -> None:
    (current(folder) / "documents.jsonl").write_bytes(b"damaged")  # is not looked at
    assert read_manifest(folder)["model"] == {"name": "toy"}
    manifest = current(folder) / MANIFEST
    manifest.write_bytes(manifest.read_bytes().replace(b"toy", b"boy"))
    with pytest.raises(IndexUnusable, match=f"expected {manifest} with a sha256 beginning {current(folder).name}, found"):
        read_manifest(folder)
