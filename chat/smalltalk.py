"""Greetings, thanks and the like, which are answered without a search. The default is to search.

A message is small talk if each of its words belongs to a phrase of small_talk.toml; one word more, and it is a question.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from chat.matching import Phrases, Reader
from chat.phrases import read_lists
from indexer.lexical import fold

SMALL_TALK = Path(__file__).with_name("small_talk.toml")
LONGEST = 200  # code points; whoever writes more has something to ask
DRAWN_OUT = re.compile(r"(\w)\1{2,}")
NOT_ASKED = frozenset({"thanks", "bye"})  # "ok?", "that's all?" ask on

_file = tomllib.loads(SMALL_TALK.read_text(encoding="utf-8"))
_lists = read_lists(_file["words"])
TALK = {kind: Phrases(lines, _lists) for kind, lines in _file["talk"].items()}
BESIDE = {side: Phrases(lines, _lists) for side, lines in _file["beside"].items()}
READER = Reader((phrase for group in (*TALK.values(), *BESIDE.values()) for phrase in group), **_file["spelling"])


def small_talk(question: str) -> str | None:
    """greeting, thanks, bye, identity or empty; None for anything that may be a question.

    >>> small_talk("Hiii there!"), small_talk("thanks, and for cramps?")
    ('greeting', None)
    """
    text = fold(question[: LONGEST + 1])
    if not any(char.isalnum() for char in text):
        return "empty"
    if len(question) > LONGEST or any(char.isalnum() and not char.isascii() for char in text):  # other scripts are not read here
        return None
    message = READER.read(DRAWN_OUT.sub(r"\1\1", text))
    said = {kind: phrases.covered(message) for kind, phrases in TALK.items()}
    covered = 0
    for places in said.values():
        covered |= places
    before, after = (BESIDE[side].covered(message) for side in ("before", "after"))
    leading = trailing = covered
    for _ in message.words:
        leading |= before & leading >> 1
        trailing |= after & trailing << 1
    if leading | trailing != message.all:
        return None
    kind = next((kind for kind, places in said.items() if places), None)
    return None if kind in NOT_ASKED and "?" in question else kind
