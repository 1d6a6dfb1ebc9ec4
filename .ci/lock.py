"""Writes requirements.lock from pyproject.toml: every package of every platform at one version, with its hashes. Needs uv.

torch stands apart: only wheels without CUDA are listed, so that no machine is given gigabytes of GPU libraries that
Magpie never uses. Its lines are kept from the present lock; the packages that only a CUDA build needs are left out.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
TEST_PART = "# tests only"
CUDA_ONLY = re.compile(r"nvidia-|cuda-|triton\b")
HEAD = """\
# Every package at one version, with the hashes of its files. Written by `make lock`; see the README for torch.
"""


def main() -> None:
    runtime = packages(compiled())
    everything = packages(compiled("--extra", "test"))
    runtime["torch"] = packages(LOCK.read_text("utf-8"))["torch"]
    tests = {name: lines for name, lines in everything.items() if name not in runtime}
    LOCK.write_text(HEAD + text(runtime) + TEST_PART + "\n" + text(tests), "utf-8")


def compiled(*options: str) -> str:
    command = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
    command += ["--no-annotate", "--no-header", "--no-emit-package", "torch", *options]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def packages(lock: str) -> dict[str, str]:
    """The lines of each package, by its name; a package with several markers keeps all of its entries."""
    entries: dict[str, str] = {}
    for entry in re.findall(r"^[a-z0-9].*(?:\n +--hash.*)*", lock, re.MULTILINE | re.IGNORECASE):
        name = re.split(r"[=<> \[]", entry)[0].lower()
        if not CUDA_ONLY.match(name):
            entries[name] = entries.get(name, "") + entry + "\n"
    return entries


def text(entries: dict[str, str]) -> str:
    return "".join(entries[name] for name in sorted(entries))


if __name__ == "__main__":
    main()
