"""The index folder: builds beside each other, each verified before it is used, switched by one atomic rename.

    index/CURRENT                 the id of the build that readers use
    index/<build-id>/manifest.json  sha256 and size of every other file; the id is the manifest's own hash
    index/<build-id>/…

A writer that dies leaves the build before it in use; what it left behind is removed by the next one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from indexer.errors import IndexUnusable

CURRENT, MANIFEST, LOCK = "CURRENT", "manifest.json", ".lock"
BUILD_ID = re.compile(r"[0-9a-f]{16}")
FORMAT = 1
MEND = "run python -m indexer build"
Result = TypeVar("Result")


def commit(folder: Path, files: dict[str, bytes], manifest: dict[str, Any]) -> str:
    """Writes a build, reads it back, makes it the current one and returns its id.

    The same content gives the same id. Raises `IndexUnusable` when what was read back is not what was written,
    or when another writer is at work; then the build before stays in use.
    """
    described = manifest | {"format": FORMAT, "files": {name: _facts(content) for name, content in sorted(files.items())}}
    manifest_bytes = (json.dumps(described, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()
    build_id = hashlib.sha256(manifest_bytes).hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _one_writer(folder):
            _switch(folder, build_id, files | {MANIFEST: manifest_bytes})
    except OSError as error:  # no space, no right to write, no folder
        raise IndexUnusable(f"expected to write an index in {folder}, found: {error.strerror}: make room there, or name another folder with --out") from None
    return build_id


def _switch(folder: Path, build_id: str, files: dict[str, bytes]) -> None:
    _remove_leftovers(folder)
    final = folder / build_id
    if final.exists() and not _is_sound(final):  # there is nothing to lose in it
        shutil.rmtree(final)
    if not final.exists():
        temporary = folder / f".new-{build_id}"
        temporary.mkdir()
        for name, content in files.items():
            _write(temporary / name, content)
        _sync_folder(temporary)
        os.rename(temporary, final)
        read_build(final)
    _write(folder / f".{CURRENT}", f"{build_id}\n".encode())
    os.replace(folder / f".{CURRENT}", folder / CURRENT)
    _sync_folder(folder)
    _remove_leftovers(folder)


def read_current(folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest and the verified content of every file of the current build.

    Raises `IndexUnusable` naming the file that is missing or not what the manifest says.
    """
    return _read_current(folder, read_build)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the current build alone, verified: enough to say whether the index is stale."""
    return _read_current(folder, _read_manifest)[0]


def _read_current(folder: Path, read: Callable[[Path], Result]) -> Result:
    build_id = _current_id(folder)
    while True:  # until no writer switched, and removed the build before, between the two reads
        try:
            if not (folder / build_id).is_dir():
                raise IndexUnusable(f"expected the id of a build in {folder / CURRENT}, found {build_id}: it is damaged, {MEND}")
            return read(folder / build_id)
        except IndexUnusable:
            before, build_id = build_id, _current_id(folder)
            if build_id == before:
                raise


def read_build(build: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    manifest, _ = _read_manifest(build)
    files = {}
    for name, facts in manifest["files"].items():
        content = _read(build / name)
        found = _facts(content)
        if found != facts:
            raise IndexUnusable(f"expected {build / name} with {_say(facts)}, found {_say(found)}: it is damaged, {MEND}")
        files[name] = content
    try:
        extra = sorted(set(os.listdir(build)) - {MANIFEST, *files})
    except OSError as error:  # a writer has just removed it
        raise IndexUnusable(f"expected to read {build}, found: {error.strerror}: {MEND}") from None
    if extra:
        raise IndexUnusable(f"expected only the files of its manifest in {build}, found {', '.join(extra)}: {MEND}")
    return manifest, files


def _is_sound(build: Path) -> bool:
    try:
        read_build(build)
    except IndexUnusable:
        return False
    return True


def _current_id(folder: Path) -> str:
    if not folder.is_dir() or not (folder / CURRENT).exists():
        raise IndexUnusable(f"expected an index in {folder}, found none: {MEND}")
    content = _read(folder / CURRENT).decode("ascii", "replace")
    build_id = content.removesuffix("\n")
    if not BUILD_ID.fullmatch(build_id) or build_id == content:
        raise IndexUnusable(f"expected the id of a build in {folder / CURRENT}, found {content[:40]!r}: it is damaged, {MEND}")
    return build_id


def _read_manifest(build: Path) -> tuple[dict[str, Any], bytes]:
    content = _read(build / MANIFEST)
    found = hashlib.sha256(content).hexdigest()[:16]
    if found != build.name:
        raise IndexUnusable(f"expected {build / MANIFEST} with a sha256 beginning {build.name}, found {found}: it is damaged, {MEND}")
    manifest: dict[str, Any] = json.loads(content)
    if manifest["format"] != FORMAT:
        raise IndexUnusable(f"expected an index of format {FORMAT} in {build}, found {manifest['format']}: {MEND}")
    return manifest, content


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise IndexUnusable(f"expected to read {file}, found: {error.strerror}: {MEND}") from None


def _facts(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def _say(facts: dict[str, Any]) -> str:
    return f"{facts['size']:,} bytes and sha256 {facts['sha256'][:12]}…"


@contextmanager
def _one_writer(folder: Path) -> Iterator[None]:
    """The lock is the kernel's, so it goes with the process that held it."""
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise IndexUnusable(f"expected to be the only indexer of {folder}, found another at work: wait until it has finished") from None
        yield


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_leftovers(folder: Path) -> None:
    """Removes half-written builds, and every build but the current one."""
    current = (folder / CURRENT).read_text("ascii", "replace").strip() if (folder / CURRENT).exists() else ""
    for path in folder.iterdir():
        if path.is_dir() and (path.name.startswith(".new-") or (BUILD_ID.fullmatch(path.name) and path.name != current)):
            shutil.rmtree(path)
