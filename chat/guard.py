"""The one place where text from outside comes in and is made safe, before anything is encoded or searched."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

from indexer.errors import MagpieError

LONGEST_QUESTION = 2000  # code points, after cleaning
LONGEST_HISTORY = 20  # earlier questions; older ones are forgotten

TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,200}>")


class QuestionRefused(MagpieError):
    """What came in is no question; the message says what was expected and what was found."""


def clean(question: object) -> str:
    """One line of plain text: markup, control, surrogate, bidirectional and zero-width characters taken out.

    A text far longer than any question is cut, which leaves it too long. Raises `QuestionRefused` for what is no text.

    >>> clean(" What\\x00 is <b>magnesium</b>\\u202e? ")
    'What is magnesium ?'
    """
    if not isinstance(question, str):
        raise QuestionRefused(f"expected a question as text, found {type(question).__name__}")
    question = question[: 10 * LONGEST_QUESTION]
    text = TAG.sub(" ", html.unescape(TAG.sub(" ", question)))
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs", "Cf", "Co", "Cn") else char for char in text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def is_too_long(cleaned: str) -> bool:
    return len(cleaned) > LONGEST_QUESTION


def clean_history(history: Sequence[object]) -> tuple[str, ...]:
    """The earlier questions that can be used, oldest first, at most `LONGEST_HISTORY`.

    Raises `QuestionRefused` for what is no text.
    """
    cleaned = []
    for question in list(history)[-LONGEST_HISTORY:]:
        if not isinstance(question, str):
            raise QuestionRefused(f"expected earlier questions as text, found {type(question).__name__}")
        cleaned.append(clean(question)[:LONGEST_QUESTION])
    return tuple(question for question in cleaned if question)
