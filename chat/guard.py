"""The one place where text from outside comes in and is made safe, before anything is encoded or searched."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

LONGEST_QUESTION = 2000  # code points, after cleaning
LONGEST_HISTORY = 20  # earlier questions; older ones are forgotten

TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,200}>")


class QuestionRefused(ValueError):
    """The question cannot be taken; the message says what was expected and what was found."""


def clean(question: object) -> str:
    """One line of plain text: markup, control, surrogate, bidirectional and zero-width characters taken out.

    Raises `QuestionRefused` for what is no text, or too long.

    >>> clean(" What\\x00 is <b>magnesium</b>\\u202e? ")
    'What is magnesium ?'
    """
    if not isinstance(question, str):
        raise QuestionRefused(f"expected a question as text, found {type(question).__name__}")
    if len(question) > 20 * LONGEST_QUESTION:  # not worth cleaning
        raise QuestionRefused(f"expected a question of at most {LONGEST_QUESTION:,} characters, found {len(question):,}: ask it in fewer words")
    text = TAG.sub(" ", html.unescape(TAG.sub(" ", question)))
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs", "Cf", "Co", "Cn") else char for char in text)
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(text) > LONGEST_QUESTION:
        raise QuestionRefused(f"expected a question of at most {LONGEST_QUESTION:,} characters, found {len(text):,}: ask it in fewer words")
    return text


def clean_history(history: Sequence[object]) -> tuple[str, ...]:
    """The earlier questions that can be used, oldest first, at most `LONGEST_HISTORY`.

    Raises `QuestionRefused` for what is no text.
    """
    cleaned = []
    for question in list(history)[-LONGEST_HISTORY:]:
        if not isinstance(question, str):
            raise QuestionRefused(f"expected earlier questions as text, found {type(question).__name__}")
        cleaned.append(clean(question[:LONGEST_QUESTION]))
    return tuple(question for question in cleaned if question)
