"""What can go wrong, by what the reader of the message can do about it.

MagpieError
├── CorpusError       the texts or the facts about them: mend the file that is named
├── IndexUnusable     the index is missing, damaged, or another model's: build it anew
└── ModelUnusable     the embedding model cannot be loaded: name another, or install it

Every message is one line: what was expected, what was found, and the next command.
"""


class MagpieError(Exception):
    """Something that a person can mend; commands print it on one line and exit with 2."""


class CorpusError(MagpieError):
    pass


class IndexUnusable(MagpieError):
    pass


class ModelUnusable(MagpieError):
    pass
